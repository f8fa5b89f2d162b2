//! "Is it helping?" in words: what is dangerous first, then the answer, then what it stands on.
//!
//! It says "since you started", never "because of". A person reads chances out of ten, a clinician probabilities and points.

use super::{
    Item, Picture, Report, Sources, Voice, crisis_lines, footer, notices, section, standing, urgency_word,
};
use crate::{
    assess::{capital, leading, list},
    helping::{
        Helping, Needs, Outcome,
        series::{Series, date_of, written},
        treatment::{Other, Problem, Treatment},
        verdict::{Chances, Verdict},
    },
    knowledge::{
        Citation, Knowledge,
        schema::{Carrier, Certainty, Urgency},
    },
    units::{number, two_digits},
};

/// Puts the answer in words. `preface` stands before everything else, such as which moment was judged.
#[must_use]
pub fn helping(answer: &Helping, knowledge: &Knowledge, voice: Voice, preface: Option<&str>) -> Report {
    let mut writer = Writer { answer, knowledge, voice, sources: Sources::default() };
    let headline = writer.headline(preface);
    let sections = [
        writer.scores(),
        writer.needs(),
        writer.behind(),
        writer.worked_out(),
        writer.unused(),
        notices("How the diary was read", &answer.notices),
    ];
    let worse = answer.outcomes.iter().any(|outcome| outcome.verdict == Verdict::Worse);
    let own = if answer.new_suicidal_answer {
        Urgency::Urgent
    } else if worse {
        Urgency::Prompt
    } else {
        Urgency::None
    };
    Report {
        urgency: answer.assessment.urgency.max(own),
        headline,
        sections: sections.into_iter().flatten().collect(),
        sources: writer.sources.print(knowledge),
        footer: footer(&answer.assessment.knowledge),
    }
}

/// The picture of one series; `None` where there is nothing to compare.
#[must_use]
pub fn picture(outcome: &Outcome, treatment: &Treatment) -> Picture {
    let series = &outcome.series;
    let turn = |value: f64| if series.turned { series.range.1 - value } else { value };
    let within = |value: f64| value.clamp(series.range.0, series.range.1);
    let start = treatment.spells[0].from;
    let (first, last) = (series.points[0].day, series.points[series.points.len() - 1].day);
    let days = (0..=72).map(|place| first + (last - first) * f64::from(place) / 72.0);
    let fitted = outcome.fit.as_ref().filter(|_| outcome.baseline.is_some() && outcome.counts.1 > 0);
    let (mut band, mut alone) = (Vec::new(), Vec::new());
    if let Some(fit) = fitted {
        for day in days {
            let (range, by_itself) = fit.course(day);
            let mut range = range.map(|value| within(turn(value)));
            range.sort_by(f64::total_cmp);
            band.push((day, range));
            if day >= start {
                alone.push((day, within(turn(by_itself))));
            }
        }
    }
    let better = if series.turned { "higher" } else { "lower" };
    let range = format!("{} to {}, {better} is better", series.range.0, series.range.1);
    let several = treatment.spells.len() > 1;
    let with = |day: f64| match several {
        true => treatment.spells.iter().any(|spell| day > spell.from && spell.to.is_none_or(|to| day <= to)),
        false => day > start,
    };
    let points: Vec<(f64, f64, bool)> =
        series.points.iter().map(|point| (point.day, turn(point.value), with(point.day))).collect();
    let since =
        if treatment.stopping { format!("{} stopped", treatment.name) } else { treatment.name.clone() };
    let mut describes = format!(
        "{} values of {} from {} to {}; {} begins on {}.",
        points.len(),
        series.name,
        date_of(first),
        date_of(last),
        since,
        date_of(start)
    );
    if let (Some(before), Some(change)) = (outcome.baseline, outcome.change) {
        describes.push_str(&format!(
            " Mean before: {}. Change since, beyond what goes by itself: {} points ({} to {}).",
            written(series, before),
            signed(turned(series, change.median)),
            signed(turned(series, change.p5).min(turned(series, change.p95))),
            signed(turned(series, change.p5).max(turned(series, change.p95))),
        ));
    }
    Picture {
        title: format!("{} and {since}", capital(&series.name)),
        describes,
        axis: format!("{}, {range}", capital(&series.name)),
        range: series.range,
        points,
        words: if several { ("without", "with") } else { ("before", "since") },
        band,
        alone,
        spells: treatment.spells.clone(),
        treatment: since,
    }
}

struct Writer<'a> {
    answer: &'a Helping,
    knowledge: &'a Knowledge,
    voice: Voice,
    sources: Sources,
}

impl Writer<'_> {
    fn person(&self) -> bool {
        self.voice == Voice::Person
    }

    fn headline(&mut self, preface: Option<&str>) -> Vec<String> {
        let answer = self.answer;
        let assessment = &answer.assessment;
        let mut lines: Vec<String> = preface.map(str::to_owned).into_iter().collect();
        if assessment.suicide_path || answer.new_suicidal_answer {
            lines.extend(crisis_lines(&assessment.help));
        }
        if answer.new_suicidal_answer {
            lines.push(match self.voice {
                Voice::Person => {
                    "Thoughts of death or self-harm are new since then. Tell your doctor today, before anything else here."
                        .to_owned()
                }
                Voice::Clinician => {
                    "Item on suicide newly above zero since the start: assess today, whatever the scores say.".to_owned()
                }
            });
        }
        // What is urgent for another reason is told before any answer, and not explained here.
        if assessment.urgency >= Urgency::Prompt {
            let why: Vec<String> = leading(&assessment.reasons, assessment.urgency)
                .into_iter()
                .filter(|reason| reason.id != "suicidal_thoughts")
                .take(2)
                .map(standing)
                .collect();
            if !why.is_empty() {
                let call = match assessment.urgency {
                    Urgency::Emergency => format!(" Call {} now.", assessment.help.emergency),
                    _ => String::new(),
                };
                lines.push(format!(
                    "{}.{call} {} `raphe assess` says what to do; that comes before the question here.",
                    urgency_word(assessment.urgency),
                    why.join(" ")
                ));
            }
        }
        if let Some(problem) = &answer.problem {
            lines.push(self.problem(problem));
        }
        let Some(treatment) = &answer.treatment else { return lines };
        if answer.problem.is_some() {
            return lines;
        }
        match answer.outcomes.first() {
            Some(outcome) => lines.extend(self.verdict(outcome, treatment)),
            None => lines.push(self.one_side(treatment)),
        }
        lines
    }

    fn problem(&self, problem: &Problem) -> String {
        let asked = &self.answer.asked;
        let of = |holds: &[String]| match holds {
            [] => "It holds nothing that was started or done.".to_owned(),
            some => format!("It holds {}.", list(some, "and")),
        };
        match problem {
            Problem::Unknown { suggestions, holds } => {
                let like = match suggestions.as_slice() {
                    [] => String::new(),
                    some => format!(" Did you mean {}?", list(some, "or")),
                };
                format!("`{asked}` is not known, and the diary does not name it.{like} {}", of(holds))
            }
            Problem::NeverStarted { holds } => format!(
                "The diary does not say that {asked} was begun{}, so there is no before and after. {} Write the line, such as \
                 `2026-03-01 start sertraline 50 mg daily`, and ask again.",
                if asked.to_lowercase().starts_with("stop") { " or ended" } else { "" },
                of(holds)
            ),
            Problem::NoScores => "It cannot be told: the diary holds no score and no feeling with a strength. Fill in a PHQ-9 once a \
                                  week (`score PHQ-9 total 12`), or note each evening `feel low mood 6/10`. Two before the start \
                                  and four after it are the least."
                .to_owned(),
        }
    }

    /// "Since you started sertraline", "With light therapy".
    fn since(&self, treatment: &Treatment) -> String {
        let name = &treatment.name;
        let who = if self.person() { "you " } else { "" };
        match (treatment.spells.len(), treatment.stopping, treatment.medicine) {
            (1, true, _) if self.person() => format!("Since you stopped {name}"),
            (1, true, _) => format!("Since {name} was stopped"),
            (1, false, true) if self.person() => format!("Since {who}started {name}"),
            (1, false, true) => format!("Since {name} was started"),
            (1, false, false) if self.person() => format!("Since you began {name}"),
            (1, false, false) => format!("Since {name} was begun"),
            (_, true, _) => format!("While {name} was stopped"),
            _ => format!("In the periods with {name}"),
        }
    }

    fn verdict(&self, outcome: &Outcome, treatment: &Treatment) -> Vec<String> {
        let answer = self.answer;
        let since = self.since(treatment);
        let name =
            &if treatment.stopping { format!("stopping {}", treatment.name) } else { treatment.name.clone() };
        let series = &outcome.series;
        let scale = &series.name;
        let matters = points(outcome.important_points);
        let shared = !answer.beside.is_empty() && outcome.verdict <= Verdict::Maybe;
        let better = if series.turned { "higher" } else { "lower" };
        let worse = if series.turned { "lower" } else { "higher" };
        let size = outcome.change.map(|change| change.median.abs());
        let about = size.map_or(String::new(), |size| format!("about {}", points(size)));
        let range = outcome.change.map_or(String::new(), |change| self.range(series, &change));
        let others: Vec<String> = answer.beside.iter().map(other).collect();
        let first = match outcome.verdict {
            Verdict::LikelyHelping | Verdict::Maybe if shared => format!(
                "Something {} helping; it cannot be said which: near the start of {name}, {} as well. {since}, {scale} is {about} {better} than \
                 expected by itself{range}; {matters} matter.",
                if outcome.verdict == Verdict::Maybe { "may be" } else { "is likely" },
                list(&others, "and")
            ),
            Verdict::LikelyHelping => format!(
                "{}: likely helping. {since}, {scale} is {about} {better} than expected by itself{range}; {matters} matter.",
                capital(name)
            ),
            Verdict::Maybe => format!(
                "{}: maybe helping. {since}, {scale} is {about} {better} than expected by itself{range}; whether by the {matters} that matter \
                 is not sure.",
                capital(name)
            ),
            Verdict::NotHelping => format!(
                "{}: not helping so far, as far as {scale} shows. {since}, it changed by less than the {matters} that matter{range}, beyond \
                 what is expected by itself.",
                capital(name)
            ),
            Verdict::Worse => format!(
                "Worse. {since}, {scale} is {worse} than before by as much as matters ({matters}). That need not come from {name}, but it \
                 should not wait."
            ),
            Verdict::CannotTell => {
                let needs =
                    outcome.needs.map_or(String::new(), |needs| format!(" {}", missing(needs, outcome)));
                format!("{}: it cannot be told yet, as far as {scale} shows.{needs}", capital(name))
            }
        };
        let mut lines = vec![first];
        match outcome.verdict {
            Verdict::Worse if self.person() => lines.push(match (treatment.medicine, treatment.stopping) {
                (true, true) => format!(
                    "Phone whoever prescribed {} today or tomorrow: this can be what comes after stopping, or the illness coming back. If \
                     thoughts of dying come up, call {}.",
                    treatment.name,
                    self.crisis()
                ),
                (true, false) => format!(
                    "Phone whoever prescribed {name} today or tomorrow. Do not stop it suddenly on your own. If thoughts of dying come up, \
                     call {}.",
                    self.crisis()
                ),
                (false, _) => "Talk to a doctor or therapist today or tomorrow.".to_owned(),
            }),
            Verdict::Worse => lines.push(
                "Review now: suicidality, adherence, activation, interactions, discontinuation, bipolarity, physical illness, life events."
                    .to_owned(),
            ),
            Verdict::NotHelping if treatment.medicine && !treatment.stopping => lines.push(match self.voice {
                Voice::Person => format!("Do not stop {name} on your own; ask whoever prescribed it what to do next."),
                Voice::Clinician => "Check adherence, dose, level, diagnosis and comorbidity before switching or adding.".to_owned(),
            }),
            _ => {}
        }
        let also: Vec<String> = answer
            .outcomes
            .iter()
            .skip(1)
            .filter(|other| other.verdict != Verdict::CannotTell)
            .map(|other| format!("{}: {}", other.series.name, verdict_word(other.verdict)))
            .collect();
        if !also.is_empty() {
            lines.push(format!("Also {}.", also.join("; ")));
        }
        lines
    }

    /// Whom to call.
    fn crisis(&self) -> String {
        match self.answer.assessment.help.crisis.as_slice() {
            [] => "a crisis line".to_owned(),
            some => list(some, "or"),
        }
    }

    fn one_side(&self, treatment: &Treatment) -> String {
        let name = &treatment.name;
        let start = date_of(treatment.spells[0].from);
        let all_after = self
            .answer
            .one_sided
            .iter()
            .any(|series| series.points.iter().any(|point| point.day > treatment.spells[0].from));
        if all_after {
            format!(
                "{}: it cannot be told. Every score is from after the start ({start}); what was before cannot be made up.",
                capital(name)
            )
        } else {
            format!(
                "{}: it cannot be told yet. Every score is from before the start ({start}). Record at least 4 more, one a week, until {}.",
                capital(name),
                date_of(treatment.spells[0].from + (2.0 * treatment.tau).max(28.0))
            )
        }
    }

    /// ` (between 4 and 10)`; clinicians see what it is.
    fn range(&self, series: &Series, change: &crate::units::Interval) -> String {
        let (one, other) = (turned(series, change.p5), turned(series, change.p95));
        let (low, high) = (one.min(other), one.max(other));
        match self.voice {
            Voice::Person => format!(" (anything from {} to {} fits)", signed(low), signed(high)),
            Voice::Clinician => {
                format!(
                    " (change {}, 90 % interval {} to {})",
                    signed(turned(series, change.median)),
                    signed(low),
                    signed(high)
                )
            }
        }
    }

    fn scores(&mut self) -> Option<super::Section> {
        let treatment = self.answer.treatment.as_ref()?;
        let mut items = Vec::new();
        for (place, outcome) in self.answer.outcomes.iter().enumerate() {
            let series = &outcome.series;
            let (before, after) = outcome.counts;
            let mut text = format!(
                "{before} {} {} and {after} {}",
                if before == 1 { "score" } else { "scores" },
                if treatment.spells.len() == 1 { "before" } else { "without it" },
                if treatment.spells.len() == 1 { "since" } else { "with it" },
            );
            if let Some(baseline) = outcome.baseline {
                let before = if treatment.spells.len() == 1 { "before" } else { "without it" };
                text.push_str(&format!(", mean {before} {}", written(series, baseline)));
            }
            let last = series.points.last().map_or(0.0, |point| point.value);
            text.push_str(&format!(
                ", last {}. {}.",
                written(series, last),
                capital(verdict_word(outcome.verdict))
            ));
            let mut under = Vec::new();
            if let Some(chances) = &outcome.chances {
                under.push(plain(self.chances(chances, outcome)));
            }
            if outcome.chances.is_none() {
                under.push(plain("These are too few to say how likely anything is.".to_owned()));
            }
            under.push(self.important(outcome));
            let drawn = (place == 0 && series.points.len() > 1).then(|| picture(outcome, treatment));
            items.push(Item {
                mark: Some(capital(&series.name)),
                text,
                under,
                picture: drawn,
                ..Item::default()
            });
        }
        if items.len() > 1 {
            items.push(plain(
                "The first is the one whose scores say most, not the one that looks best; of many series one may look good by chance."
                    .to_owned(),
            ));
        }
        section("What the scores say", items)
    }

    fn chances(&self, chances: &Chances, outcome: &Outcome) -> String {
        let matters = points(outcome.important_points);
        match self.voice {
            Voice::Person => format!(
                "Chances: {} that it is better by {matters} or more, {} that it changed by less, {} that it is worse by {matters} or more.",
                of_ten(chances.gain),
                of_ten(chances.little),
                of_ten(chances.harm)
            ),
            Voice::Clinician => format!(
                "P(improvement >= {matters}) {}, P(change < {matters}) {}, P(deterioration >= {matters}) {}; P(any improvement) {}.",
                probability(chances.gain),
                probability(chances.little),
                probability(chances.harm),
                probability(chances.better)
            ),
        }
    }

    fn important(&mut self, outcome: &Outcome) -> Item {
        let important = &outcome.important;
        let mut text = format!("What matters: {}", points(important.points));
        if let Some(percent) = important.percent {
            text.push_str(&format!(
                " or {} % of the first scores, whichever is more; here {}",
                number(percent),
                points(outcome.important_points)
            ));
        }
        if !important.known {
            text.push_str(" (no number is known for this scale; a fifth of its range is taken)");
        }
        text.push('.');
        Item { text, sources: self.sources.cite(&important.citations), ..Item::default() }
    }

    fn needs(&mut self) -> Option<super::Section> {
        let treatment = self.answer.treatment.as_ref()?;
        let mut items = Vec::new();
        for outcome in &self.answer.outcomes {
            let name = &outcome.series.name;
            let Some(needs) = outcome.needs else { continue };
            let text = missing(needs, outcome);
            items.push(Item { mark: Some(capital(name)), text, ..Item::default() });
        }
        // Only what is safe, quick and a person's own may be left out for a test.
        let own = treatment.by == Some(Carrier::Person) && !treatment.medicine && treatment.tau <= 7.0;
        if own
            && treatment.spells.len() < 3
            && !items.is_empty()
            && self.answer.assessment.urgency == Urgency::None
        {
            items.push(plain(format!(
                "Clearest are two weeks with and two weeks without {}, in turn, three times, the order drawn by a coin.",
                treatment.name
            )));
        }
        section("What would make it clearer", items)
    }

    fn behind(&mut self) -> Option<super::Section> {
        let treatment = self.answer.treatment.as_ref()?;
        let mut items = Vec::new();
        if !self.answer.beside.is_empty() {
            let others: Vec<String> = self.answer.beside.iter().map(other).collect();
            items.push(Item {
                mark: Some("Something else at the same time".to_owned()),
                text: format!(
                    "{}. What helped, or harmed, cannot be told apart.",
                    capital(&list(&others, "and"))
                ),
                ..Item::default()
            });
        }
        if !self.answer.later.is_empty() {
            let mut others: Vec<String> = self.answer.later.iter().map(other).collect();
            let more = others.len().saturating_sub(4);
            others.truncate(4);
            if more > 0 {
                others.push(format!("{more} more changes"));
            }
            items.push(Item {
                mark: Some("Later".to_owned()),
                text: format!(
                    "{}. Scores after that may speak of it instead.",
                    capital(&list(&others, "and"))
                ),
                ..Item::default()
            });
        }
        if !treatment.changes.is_empty() {
            items.push(plain(format!(
                "The dose was changed on {}; the whole time is judged together, and not before {}.",
                crate::helping::treatment::dates(&treatment.changes),
                date_of(crate::helping::judge_from(treatment))
            )));
        }
        for beside in &self.knowledge.base().helping.besides {
            let told = |outcome: &Outcome| {
                beside
                    .measures
                    .iter()
                    .any(|item| *item == outcome.series.measures || *item == outcome.series.id)
            };
            if beside.measures.is_empty() || !self.answer.outcomes.iter().any(told) {
                continue;
            }
            let text = if self.person() { &beside.person } else { &beside.clinician };
            let citations: Vec<Citation> = beside.evidence.iter().map(Citation::from).collect();
            items.push(Item {
                mark: Some("By itself".to_owned()),
                text: text.clone(),
                sources: self.sources.cite(&citations),
                ..Item::default()
            });
        }
        if treatment.medicine && !treatment.stopping && treatment.by != Some(Carrier::Person) {
            items.push(plain(match self.voice {
                Voice::Person => format!("Never leave {} out to test it.", treatment.name),
                Voice::Clinician => {
                    "Observation only: no off-periods are suggested for a prescribed medicine.".to_owned()
                }
            }));
        }
        section("What else may be behind it", items)
    }

    fn worked_out(&mut self) -> Option<super::Section> {
        let treatment = self.answer.treatment.as_ref()?;
        if self.answer.outcomes.iter().all(|outcome| outcome.fit.is_none()) {
            return None;
        }
        let mut items = Vec::new();
        let method = self.knowledge.base().helping.besides.iter().find(|item| item.id == "method");
        if let Some(method) = method {
            let citations: Vec<Citation> = method.evidence.iter().map(Citation::from).collect();
            let text = if self.person() { &method.person } else { &method.clinician };
            items.push(Item {
                text: text.clone(),
                sources: self.sources.cite(&citations),
                ..Item::default()
            });
        }
        items.push(self.prior(treatment));
        if treatment.spells.len() > 1 {
            let count = treatment.spells.len();
            items.push(plain(format!(
                "It was on {count} times, and all of it was used. That the order was drawn by chance is not known; if it was, this comes \
                 nearer to a cause."
            )));
        }
        for outcome in &self.answer.outcomes {
            let mut parts = Vec::new();
            let series = &outcome.series;
            if outcome.longest_gap > 14.0 {
                parts.push(format!(
                    "the longest time without a score was {} days",
                    number(outcome.longest_gap)
                ));
            }
            if !series.questionnaire {
                let (first, last) = (series.points[0].day, series.points[series.points.len() - 1].day);
                parts.push(format!(
                    "{} of {} days have a value; days without one count as unknown, though people write less when they are ill",
                    series.points.len(),
                    number(last - first + 1.0)
                ));
            }
            if series.averaged > 0 {
                parts.push(format!("{} had several values, which were averaged", days(series.averaged)));
            }
            if series.repeated > 0 {
                parts.push(format!("{} written twice count once", amount(series.repeated, "score")));
            }
            if series.completed > 0 {
                parts.push(format!(
                    "{} with answers left out got the mean of the others there",
                    amount(series.completed, "score")
                ));
            }
            if series.unusable > 0 {
                parts.push(format!("{} gave no number", amount(series.unusable, "line")));
            }
            if let Some(test) = &outcome.serial {
                let change = turned(series, test.difference);
                let ends = [test.interval.0, test.interval.1].map(|end| turned(series, end));
                let (low, high) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
                parts.push(match self.voice {
                    Voice::Person if test.degrees < 4.0 => {
                        "a plain comparison of the means, as a check, says nothing with so few scores"
                            .to_owned()
                    }
                    Voice::Person => format!(
                        "a plain comparison of the means, as a check, gives {} points ({} to {})",
                        signed(change),
                        signed(low),
                        signed(high)
                    ),
                    Voice::Clinician => format!(
                        "serial t-test ({} v {} scores): difference {} (95 % CI {} to {}), p {}, r {}, df {}",
                        test.counts.0,
                        test.counts.1,
                        signed(change),
                        signed(low),
                        signed(high),
                        p_value(test.p),
                        two_digits(test.correlation),
                        two_digits(test.degrees)
                    ),
                });
            }
            if self.voice == Voice::Clinician
                && let Some(fit) = &outcome.fit
            {
                let (correlation, size) = fit.ups_and_downs();
                parts.push(format!(
                    "residual SD {}, correlation of neighboring scores {}",
                    two_digits(size),
                    two_digits(correlation)
                ));
            }
            if !parts.is_empty() {
                let text = format!("{}.", parts.join("; "));
                items.push(Item { mark: Some(capital(&series.name)), text, ..Item::default() });
            }
        }
        section("How this was worked out", items)
    }

    fn prior(&mut self, treatment: &Treatment) -> Item {
        let tau = number(treatment.tau);
        let Some(group) = &treatment.group else {
            let text = if treatment.stopping {
                "What stopping does was not assumed beforehand.".to_owned()
            } else {
                "No effect in groups that could be used is known of it, so none was assumed.".to_owned()
            };
            let text = match self.voice {
                Voice::Person => text,
                Voice::Clinician => format!("{text} Time constant {tau} days (half and twice tried)."),
            };
            return Item { text, sources: self.sources.cite(&treatment.onset), ..Item::default() };
        };
        let certainty = match group.certainty {
            Certainty::High => "high",
            Certainty::Moderate => "moderate",
            Certainty::Low => "low",
            Certainty::VeryLow => "very low",
            Certainty::Refuted => "refuted",
        };
        let mut citations = vec![group.citation.clone()];
        let text = match self.voice {
            Voice::Person => format!(
                "Before your scores were looked at, a small effect was expected, as groups of people showed it ({} against {}); your scores \
                 count for more.",
                group.population, group.compared_with
            ),
            Voice::Clinician => {
                citations.extend(treatment.onset.clone());
                let outcome = self.answer.outcomes.first().map(|outcome| outcome.prior);
                let points = outcome.map_or(String::new(), |prior| {
                    format!(
                        ", {} points; SD {} (weight 0.3) and {} (0.7); natural course {} ± {} points in the long run",
                        signed(prior.effect),
                        two_digits(0.4 * prior.spread),
                        two_digits(1.5 * prior.spread),
                        signed(prior.natural),
                        two_digits(prior.natural_spread)
                    )
                });
                format!(
                    "Prior: {} of the group's standardized difference {} ({} against {}, {certainty} certainty){points}; time constant {tau} \
                     days (half and twice tried).",
                    number(group.share),
                    signed(group.effect),
                    group.population,
                    group.compared_with
                )
            }
        };
        Item { text, sources: self.sources.cite(&citations), ..Item::default() }
    }

    fn unused(&self) -> Option<super::Section> {
        let start = self.answer.treatment.as_ref()?.spells[0].from;
        if self.answer.outcomes.is_empty() && self.answer.one_sided.is_empty() {
            return None;
        }
        let items = self.answer.one_sided.iter().map(|series| {
            let count = amount(series.points.len() as u32, "value");
            let text = match series.points.last() {
                None => "no value could be used.".to_owned(),
                Some(last) if last.day <= start => format!("{count}, all before or on the day of the start."),
                Some(_) => format!("{count}, all after the start."),
            };
            Item { mark: Some(capital(&series.name)), text, ..Item::default() }
        });
        section("Not compared", items.collect())
    }
}

/// What is missing for a clear answer, as a sentence.
fn missing(needs: Needs, outcome: &Outcome) -> String {
    match needs {
                Needs::After { more, day } => format!(
                    "Record {more} more {}, one a week, until {}; then ask again.",
                    if more == 1 { "score" } else { "scores" },
                    date_of(day)
                ),
                Needs::Before => "Two or more scores, a week or more apart, from before the start are missing, and they cannot be made up. \
                                  Keep recording: at the next change there is a before."
                    .to_owned(),
                Needs::Room => format!(
                    "The scores before were so low that they cannot fall by the {} that matter. Only getting worse can be seen here.",
                    points(outcome.important_points)
                ),
                Needs::Nothing => {
                    "More scores of the same kind would hardly make it clearer; talk about what you notice yourself.".to_owned()
                }
            }
}

/// The answer in words.
#[must_use]
pub fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Worse => "worse",
        Verdict::LikelyHelping => "likely helping",
        Verdict::Maybe => "maybe helping",
        Verdict::NotHelping => "not helping so far",
        Verdict::CannotTell => "cannot be told yet",
    }
}

fn plain(text: String) -> Item {
    Item { text, ..Item::default() }
}

fn other(other: &Other) -> String {
    format!("{} ({})", other.says, date_of(other.day))
}

fn amount(count: u32, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn days(count: u32) -> String {
    amount(count, "day")
}

/// A change as the scale is written: of well-being more is better.
fn turned(series: &Series, change: f64) -> f64 {
    if series.turned { -change } else { change }
}

fn signed(value: f64) -> String {
    let value = libm::round(value * 10.0) / 10.0;
    let sign = if value > 0.0 {
        "+"
    } else if value < 0.0 {
        "−"
    } else {
        ""
    };
    format!("{sign}{}", number(value.abs()))
}

fn points(value: f64) -> String {
    let value = libm::round(value * 10.0) / 10.0;
    format!("{} {}", number(value), if value == 1.0 { "point" } else { "points" })
}

fn probability(value: f64) -> String {
    match value {
        value if value > 0.99 => "> 0.99".to_owned(),
        value if value < 0.01 => "< 0.01".to_owned(),
        value => format!("= {}", number(libm::round(value * 100.0) / 100.0)),
    }
}

fn p_value(value: f64) -> String {
    if value < 0.001 { "< 0.001".to_owned() } else { format!("= {}", two_digits(value)) }
}

fn of_ten(value: f64) -> String {
    match libm::round(value * 10.0) as u32 {
        0 => "hardly any".to_owned(),
        10 => "nearly 10 in 10".to_owned(),
        some => format!("about {some} in 10"),
    }
}
