//! A guided examination: which sign to look for next, because it decides most.
//!
//! Of everything that nobody looked for yet, one question is the best to ask. First come the Hunter criteria: the sign that
//! meets them at once if it is there, else the one whose absence closes most rules. That asks for spontaneous clonus first,
//! then inducible clonus, then clonus of the eyes, then tremor and reflexes, which is the order of the published decision
//! tree. Then comes what would be a danger sign or make it more severe, one question a danger. Last comes what tells the
//! two explanations apart that lie closest. When no question would change anything, it is decided.
//!
//! A lay person is asked only for what a person can see, feel or measure at home; what needs an examination is named, so
//! that somebody can be found who examines it. After each answer everything is judged anew by [`crate::assess`] itself.

pub mod tree;

use crate::{
    assess::{
        self, Assessment, Question, Scopes,
        differential::{Explanation, Fits},
    },
    criteria::{
        Comparison, Truth,
        facts::{Facts, Reading},
        reports::Reports,
    },
    exposure,
    knowledge::{
        Knowledge,
        schema::{Criterion, Found, Rule, Urgency},
    },
    report::Voice,
    timeline::{Entry, Event, Find, Name, Observer, Origin, Timeline, Vital, When},
    units::{Temperature, number},
};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// What is asked for instead of a sign when a temperature would decide.
pub const TEMPERATURE: &str = "temperature";

/// One answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// Id of the sign, or [`TEMPERATURE`].
    pub sign: String,
    /// What was found.
    pub reply: Reply,
}

/// What was found when somebody looked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reply {
    /// It is there.
    Present,
    /// It was looked for and is not there.
    Absent,
    /// It was not examined: this is not an absence.
    NotExamined,
    /// The temperature that was measured.
    Measured(Temperature),
}

/// The next question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// Id of the sign, or [`TEMPERATURE`].
    pub sign: String,
    /// The question in words.
    pub question: String,
    /// How to examine it.
    pub how: Option<String>,
    /// What the answer would decide.
    pub why: String,
}

/// Where the examination stands.
#[derive(Debug, Clone)]
pub struct State {
    /// Everything judged with the answers so far.
    pub assessment: Assessment,
    /// The next question; `None` when nothing more would change the answer.
    pub next: Option<Next>,
    /// Everything still worth asking, most deciding first, `next` included.
    pub remaining: Vec<String>,
    /// What would decide the Hunter criteria and needs somebody who can examine.
    pub needs_examination: Vec<String>,
    /// The Hunter criteria with what is known of each part.
    pub tree: Option<tree::Tree>,
}

/// So many questions are enough for anybody.
const MOST: usize = 30;

/// Judges the answers so far and finds the next question.
///
/// Pure: the same timeline, answers and question give the same state.
#[must_use]
pub fn state(
    timeline: &Timeline,
    answered: &[Answered],
    knowledge: &Knowledge,
    question: &Question,
    voice: Voice,
) -> State {
    let timeline = with_answers(timeline, answered, question.as_of, voice);
    let assessment = assess::assess(&timeline, knowledge, question);
    let (resolved, _) = knowledge.resolve(&timeline);
    let exposure = exposure::simulate(&resolved, knowledge, question.population, question.as_of);
    let reports = Reports::collect(&resolved, knowledge, &exposure, question.as_of);
    let scopes = Scopes::of(reports.episode(), question.as_of);
    let facts = reports.view(scopes.strict, scopes.span, Reading::Strict);
    let danger = reports.view(scopes.danger, scopes.span, Reading::Strict);
    let desk = Desk { knowledge, facts: &facts, danger: &danger, assessment: &assessment, answered, voice };
    let mut ranked = desk.hunter();
    ranked.extend(desk.dangers());
    ranked.extend(desk.discriminators());
    let mut seen = BTreeSet::new();
    ranked.retain(|wanted| seen.insert(wanted.sign.clone()));
    if answered.len() >= MOST {
        ranked.clear();
    }
    let next = ranked.first().map(|wanted| desk.ask(wanted));
    let needs_examination = desk.needs_examination();
    State {
        next,
        remaining: ranked.into_iter().map(|wanted| wanted.sign).collect(),
        needs_examination,
        tree: hunter(knowledge).map(|criterion| tree::Tree::of(criterion, &facts)),
        assessment,
    }
}

/// The criteria that an examination is led by.
fn hunter(knowledge: &Knowledge) -> Option<&Criterion> {
    knowledge.base().criteria.iter().find(|criterion| criterion.id == "hunter")
}

/// The lines that write the answers into a diary; none when nothing was found or excluded.
#[must_use]
pub fn lines(answered: &[Answered], at: Timestamp, zone: &jiff::tz::TimeZone, voice: Voice) -> Vec<String> {
    let when = at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    let mut finds = Vec::new();
    let mut vitals = Vec::new();
    for answer in answered {
        let name = words(&answer.sign);
        match answer.reply {
            Reply::Present => finds.push(name),
            Reply::Absent => finds.push(format!("no {name}")),
            Reply::NotExamined => {}
            Reply::Measured(temperature) => {
                let celsius = libm::round(temperature.as_celsius() * 10.0) / 10.0;
                vitals.push(format!("temperature {} C", number(celsius)));
            }
        }
    }
    let by = if voice == Voice::Clinician { " by clinician" } else { "" };
    let sign = (!finds.is_empty()).then(|| format!("{when} sign {}{by}", finds.join(", ")));
    let vital = (!vitals.is_empty()).then(|| format!("{when} vital {}", vitals.join(", ")));
    sign.into_iter().chain(vital).collect()
}

/// How a sign is written in a diary.
fn words(sign: &str) -> String {
    if sign == TEMPERATURE { "fever".to_owned() } else { sign.replace('_', " ") }
}

/// The timeline with the answers in it, as if they had been written down.
fn with_answers(timeline: &Timeline, answered: &[Answered], at: Timestamp, voice: Voice) -> Timeline {
    let mut entries = timeline.entries.clone();
    let by = if voice == Voice::Clinician { Observer::Clinician } else { Observer::Lay };
    for (index, answer) in (1..).zip(answered) {
        let event = match answer.reply {
            Reply::NotExamined => continue,
            Reply::Measured(temperature) => Event::Vital(vec![Vital::Temperature(temperature)]),
            reply => {
                let name = Name { text: words(&answer.sign), column: 1, id: None };
                Event::Sign { finds: vec![Find { name, present: reply == Reply::Present }], by }
            }
        };
        entries.push(Entry { when: When::at(at), event, origin: Origin::Asked(index), note: None });
    }
    timeline.holding(entries)
}

/// A sign worth asking for, with what it would decide.
struct Wanted {
    sign: String,
    why: String,
}

/// Everything a choice rests on.
struct Desk<'a> {
    knowledge: &'a Knowledge,
    facts: &'a Facts<'a>,
    danger: &'a Facts<'a>,
    assessment: &'a Assessment,
    answered: &'a [Answered],
    voice: Voice,
}

impl Desk<'_> {
    /// What a person may be asked: the sign behind an atom, if somebody here can tell.
    fn askable(&self, atom: &str) -> Option<String> {
        let sign = match Comparison::read(atom) {
            Some(comparison) if comparison.quantity == TEMPERATURE => TEMPERATURE.to_owned(),
            Some(_) => return None,
            None => {
                let sign = self.knowledge.sign(atom)?;
                let can = match sign.found {
                    Found::Felt | Found::Seen => true,
                    Found::Examined => self.voice == Voice::Clinician,
                    Found::Measured | Found::Condition => false,
                };
                can.then(|| sign.id.clone())?
            }
        };
        (!self.was_asked(&sign)).then_some(sign)
    }

    fn was_asked(&self, sign: &str) -> bool {
        self.answered.iter().any(|answer| answer.sign == sign)
    }

    /// The truth of a rule if an atom had a value.
    fn suppose(&self, facts: &Facts<'_>, rule: &Rule, atom: &str, truth: Truth) -> Truth {
        let part = |rule: &Rule| self.suppose(facts, rule, atom, truth);
        let at_least = |n: usize, rules: &[Rule]| {
            let parts: Vec<Truth> = rules.iter().map(part).collect();
            let sure = parts.iter().filter(|part| **part == Truth::True).count();
            let open = parts.iter().filter(|part| **part == Truth::Unknown).count();
            match () {
                () if sure >= n => Truth::True,
                () if sure + open < n => Truth::False,
                () => Truth::Unknown,
            }
        };
        match rule {
            Rule::Atom(name) if name == atom => truth,
            Rule::Atom(name) => facts.answer(name).truth,
            Rule::All(rules) => at_least(rules.len(), rules),
            Rule::Any(rules) => at_least(1, rules),
            Rule::AtLeast(n, rules) => at_least(*n as usize, rules),
            Rule::Not(rule) => !part(rule),
        }
    }

    /// A rule as it stands: supposing an atom that no rule has.
    fn stands(&self, facts: &Facts<'_>, rule: &Rule) -> Truth {
        self.suppose(facts, rule, "", Truth::Unknown)
    }

    /// What would decide the Hunter criteria, most deciding first.
    fn hunter(&self) -> Vec<Wanted> {
        let Some(hunter) = hunter(self.knowledge) else { return Vec::new() };
        let open = self
            .assessment
            .criteria
            .iter()
            .any(|result| result.id == "hunter" && result.verdict == Truth::Unknown);
        if !open {
            return Vec::new();
        }
        let rules: Vec<_> = hunter
            .rules
            .iter()
            .filter(|rule| self.stands(self.facts, &rule.when) == Truth::Unknown)
            .collect();
        let mut atoms: Vec<&str> = Vec::new();
        for rule in &rules {
            for atom in atoms_of(&rule.when) {
                if !atoms.contains(&atom) && self.facts.answer(atom).truth == Truth::Unknown {
                    atoms.push(atom);
                }
            }
        }
        let mut ranked: Vec<((bool, usize, usize), Wanted)> = Vec::new();
        for atom in atoms {
            let Some(sign) = self.askable(atom) else { continue };
            let labels = |wanted: &dyn Fn(&Rule) -> bool| -> Vec<String> {
                rules.iter().filter(|rule| wanted(&rule.when)).map(|rule| rule.label.clone()).collect()
            };
            let meets = labels(&|rule| self.suppose(self.facts, rule, atom, Truth::True) == Truth::True);
            let closes = labels(&|rule| self.suppose(self.facts, rule, atom, Truth::False) == Truth::False);
            let within = labels(&|rule| atoms_of(rule).contains(&atom));
            let (there, not_there) = match sign == TEMPERATURE {
                true => ("it is above 38 °C", "it is not above 38 °C"),
                false => ("it is there", "it is not there"),
            };
            let why = match () {
                () if !meets.is_empty() => {
                    format!("if {there}, the Hunter criteria are met ({})", meets.join(", "))
                }
                () if !closes.is_empty() => {
                    format!("if {not_there}, Hunter {} out", rules_are(&closes, ("is", "are")))
                }
                () => format!("it counts in Hunter {}", rules_are(&within, ("", "")).trim_end()),
            };
            ranked.push(((!meets.is_empty(), closes.len(), within.len()), Wanted { sign, why }));
        }
        // Among equals the order of the rules holds: clonus before tremor.
        ranked.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
        ranked.into_iter().map(|(_, wanted)| wanted).collect()
    }

    /// What would be a danger sign, or make it more severe: one question a danger.
    fn dangers(&self) -> Vec<Wanted> {
        let mut wanted: Vec<Wanted> = Vec::new();
        let base = self.knowledge.base();
        if self.assessment.urgency < Urgency::Emergency {
            for flag in base.flags.iter().filter(|flag| flag.danger && flag.urgency == Urgency::Emergency) {
                let why = "it would be an emergency by itself";
                wanted.extend(self.one_of(self.danger, &flag.when, why));
            }
        }
        // How severe it is matters only if it can be toxicity.
        let hunter = self.assessment.criteria.iter().find(|result| result.id == "hunter");
        if hunter.is_some_and(|result| result.verdict != Truth::False) {
            let grade = self.assessment.severity.as_ref().map(|severity| severity.id.as_str());
            for higher in base.severity.iter().take_while(|item| grade != Some(item.id.as_str())) {
                if matches!(higher.id.as_str(), "life_threatening" | "severe") && grade.is_some() {
                    let why = format!("it would make the toxicity {}", higher.name);
                    wanted.extend(self.one_of(self.facts, &higher.when, &why));
                }
            }
        }
        wanted
    }

    /// The first atom that alone makes a rule true; nothing once any such atom was asked for.
    fn one_of(&self, facts: &Facts<'_>, rule: &Rule, why: &str) -> Option<Wanted> {
        let makes = |atom: &&&str| self.suppose(facts, rule, atom, Truth::True) == Truth::True;
        let atoms = atoms_of(rule);
        if self.stands(facts, rule) == Truth::True {
            return None;
        }
        let deciding: Vec<&&str> = atoms.iter().filter(makes).collect();
        if deciding.iter().any(|atom| self.was_asked(atom)) {
            return None;
        }
        let open = deciding.into_iter().find(|atom| {
            facts.answer(atom).truth == Truth::Unknown
                && Comparison::read(atom).is_none()
                && self.askable(atom).is_some()
        })?;
        Some(Wanted { sign: self.askable(open)?, why: why.to_owned() })
    }

    /// What tells the two closest explanations apart.
    fn discriminators(&self) -> Vec<Wanted> {
        let explanations = &self.assessment.differential;
        let [first, second, ..] = explanations.as_slice() else { return Vec::new() };
        if first.fits == Fits::Best || second.excluded.is_some() {
            return Vec::new();
        }
        let mut ranked: Vec<(i32, Wanted)> = Vec::new();
        for clue in &self.knowledge.base().differential.clues {
            let points = |item: &Explanation| {
                clue.points.get(&item.id).copied().unwrap_or_default() * if clue.half { 1 } else { 2 }
            };
            let apart = points(first) - points(second);
            if apart.abs() < LEAST_APART || self.stands(self.facts, &clue.when) == Truth::True {
                continue;
            }
            let speaks = if apart > 0 { first } else { second };
            let why = format!(
                "it would speak for {} rather than {}",
                speaks.name,
                other(speaks, first, second).name
            );
            ranked.extend(self.one_of(self.facts, &clue.when, &why).map(|wanted| (apart.abs(), wanted)));
        }
        ranked.sort_by_key(|(apart, _)| std::cmp::Reverse(*apart));
        ranked.into_iter().map(|(_, wanted)| wanted).collect()
    }

    /// What would decide the criteria and only an examination can tell.
    fn needs_examination(&self) -> Vec<String> {
        let hunter = self.assessment.criteria.iter().find(|result| result.id == "hunter");
        let Some(hunter) = hunter.filter(|result| result.verdict == Truth::Unknown) else {
            return Vec::new();
        };
        let examined =
            |id: &&String| self.knowledge.sign(id).is_some_and(|sign| sign.found == Found::Examined);
        hunter.would_decide.iter().filter(examined).cloned().collect()
    }

    fn ask(&self, wanted: &Wanted) -> Next {
        let Wanted { sign, why } = wanted;
        let (question, how) = match self.knowledge.sign(sign) {
            _ if sign == TEMPERATURE => (
                "What is the temperature? Write it with its unit, such as 38.4 C or 101 F.".to_owned(),
                self.knowledge.sign("hyperthermia").and_then(|sign| sign.how.clone()),
            ),
            Some(sign) if self.voice == Voice::Clinician => (format!("{}?", sign.name), sign.how.clone()),
            Some(sign) => (format!("Is this there: {}?", sign.lay), sign.how.clone()),
            None => (format!("{sign}?"), None),
        };
        Next { sign: sign.clone(), question, how, why: why.clone() }
    }
}

/// A clue that moves two explanations apart by less than this many half points is not worth a question.
const LEAST_APART: i32 = 4;

/// `rule R4 is`, `rules R2 and R3 are`.
fn rules_are(labels: &[String], (one, more): (&str, &str)) -> String {
    let (noun, verb) = if labels.len() == 1 { ("rule", one) } else { ("rules", more) };
    format!("{noun} {} {verb}", assess::list(labels, "and"))
}

fn other<'a>(speaks: &Explanation, first: &'a Explanation, second: &'a Explanation) -> &'a Explanation {
    if speaks.id == first.id { second } else { first }
}

/// Every atom of a rule, in its order.
fn atoms_of(rule: &Rule) -> Vec<&str> {
    match rule {
        Rule::Atom(atom) => vec![atom],
        Rule::All(parts) | Rule::Any(parts) | Rule::AtLeast(_, parts) => {
            parts.iter().flat_map(atoms_of).collect()
        }
        Rule::Not(part) => atoms_of(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{population::Population, timeline::diary, units::TimeSpan};

    const DIARY: &str = "2026-01-01 start sertraline 50 mg daily\n2026-03-10 08:00 take tramadol 100 mg\n";

    fn run(diary: &str, voice: Voice, reply: impl Fn(&str) -> Reply) -> (Vec<Answered>, State) {
        let knowledge = Knowledge::bundled();
        let (timeline, _) = diary::read(diary.as_bytes());
        let as_of = "2026-03-10T12:00:00Z".parse().unwrap();
        let population = Population { seed: 1, people: 0 };
        let question = Question { as_of, horizon: TimeSpan::days(14.0), population };
        let mut answered: Vec<Answered> = Vec::new();
        loop {
            let state = state(&timeline, &answered, &knowledge, &question, voice);
            let Some(next) = &state.next else { return (answered, state) };
            let sign = next.sign.clone();
            let reply = reply(&sign);
            answered.push(Answered { sign, reply });
        }
    }

    fn verdict(state: &State) -> Truth {
        state.assessment.criteria.iter().find(|result| result.id == "hunter").unwrap().verdict
    }

    fn asked(answered: &[Answered]) -> Vec<&str> {
        answered.iter().map(|answer| answer.sign.as_str()).collect()
    }

    #[test]
    fn a_clinician_is_led_down_the_published_tree() {
        let (answered, state) = run(DIARY, Voice::Clinician, |_| Reply::Absent);
        let order = asked(&answered);
        assert_eq!(order[..3], ["spontaneous_clonus", "inducible_clonus", "ocular_clonus"]);
        assert!(["tremor", "hyperreflexia"].contains(&order[3]), "{order:?}");
        assert_eq!(verdict(&state), Truth::False);
        let tree = state.tree.as_ref().unwrap();
        assert_eq!(tree.truth(), Truth::False, "{tree:?}");
        assert!(
            !order.contains(&TEMPERATURE) || order.iter().position(|sign| *sign == TEMPERATURE) > Some(3)
        );
    }

    #[test]
    fn clonus_then_sweating_meets_the_criteria_in_few_questions() {
        let (answered, state) = run(DIARY, Voice::Clinician, |sign| match sign {
            "inducible_clonus" | "diaphoresis" => Reply::Present,
            _ => Reply::Absent,
        });
        let order = asked(&answered);
        let met = order.iter().position(|sign| *sign == "diaphoresis").unwrap();
        assert!(met <= 4, "{order:?}");
        assert!(!order.contains(&"hyperreflexia"), "what no longer decides is not asked: {order:?}");
        assert_eq!(verdict(&state), Truth::True);
    }

    #[test]
    fn a_lay_person_is_never_asked_to_examine() {
        let knowledge = Knowledge::bundled();
        let (answered, state) = run(DIARY, Voice::Person, |_| Reply::Absent);
        for sign in asked(&answered).into_iter().filter(|sign| *sign != TEMPERATURE) {
            let found = knowledge.sign(sign).unwrap().found;
            assert!(matches!(found, Found::Felt | Found::Seen), "{sign}");
        }
        assert!(!answered.is_empty());
        assert_eq!(verdict(&state), Truth::Unknown, "nobody examined clonus");
        assert!(state.needs_examination.contains(&"spontaneous_clonus".to_owned()));
    }

    #[test]
    fn not_examined_is_no_absence_and_is_not_asked_again() {
        let (answered, state) = run(DIARY, Voice::Clinician, |_| Reply::NotExamined);
        let mut order = asked(&answered);
        assert_eq!(verdict(&state), Truth::Unknown);
        order.sort_unstable();
        assert!(order.windows(2).all(|pair| pair[0] != pair[1]), "{order:?}");
        assert!(
            lines(&answered, state.assessment.as_of, &state.assessment.zone, Voice::Clinician).is_empty()
        );
    }

    #[test]
    fn the_tree_holds_the_same_verdict_as_the_criteria_after_every_answer() {
        let found = |sign: &str| match sign {
            "inducible_clonus" | "diaphoresis" => Reply::Present,
            "tremor" => Reply::NotExamined,
            _ => Reply::Absent,
        };
        for voice in [Voice::Person, Voice::Clinician] {
            let (answered, _) = run(DIARY, voice, found);
            for so_far in 0..=answered.len() {
                let knowledge = Knowledge::bundled();
                let (timeline, _) = diary::read(DIARY.as_bytes());
                let as_of = "2026-03-10T12:00:00Z".parse().unwrap();
                let population = Population { seed: 1, people: 0 };
                let question = Question { as_of, horizon: TimeSpan::days(14.0), population };
                let state = super::state(&timeline, &answered[..so_far], &knowledge, &question, voice);
                let tree = state.tree.as_ref().unwrap();
                assert_eq!(tree.truth(), verdict(&state), "{voice:?} after {so_far}: {tree:?}");
            }
        }
    }

    #[test]
    fn the_written_line_reads_back_to_the_same_judgment() {
        let hot = Reply::Measured(Temperature::celsius(38.6));
        let (answered, state) = run(DIARY, Voice::Clinician, |sign| match sign {
            "inducible_clonus" => Reply::Present,
            TEMPERATURE => hot,
            _ => Reply::Absent,
        });
        let lines = lines(&answered, state.assessment.as_of, &state.assessment.zone, Voice::Clinician);
        assert!(lines[0].starts_with("2026-03-10 12:00 sign "), "{lines:?}");
        assert!(lines[0].contains("inducible clonus") && lines[0].ends_with(" by clinician"), "{lines:?}");
        let (timeline, notices) = diary::read(format!("{DIARY}{}\n", lines.join("\n")).as_bytes());
        assert!(notices.iter().all(|notice| notice.weight == crate::timeline::Weight::Info), "{notices:?}");
        let knowledge = Knowledge::bundled();
        assert!(knowledge.resolve(&timeline).1.is_empty());
        let population = Population { seed: 1, people: 0 };
        let question = Question { as_of: state.assessment.as_of, horizon: TimeSpan::days(14.0), population };
        let again = assess::assess(&timeline, &knowledge, &question);
        for (before, after) in state.assessment.criteria.iter().zip(&again.criteria) {
            assert_eq!((before.verdict, &before.because), (after.verdict, &after.because), "{}", before.id);
        }
        assert_eq!(again.urgency, state.assessment.urgency);
    }

    #[test]
    fn danger_is_asked_for_once_a_danger_and_no_more_in_an_emergency() {
        let (answered, state) = run(DIARY, Voice::Person, |sign| match sign {
            "seizure" => Reply::Present,
            _ => Reply::Absent,
        });
        assert_eq!(state.assessment.urgency, Urgency::Emergency);
        let order = asked(&answered);
        let seizure = order.iter().position(|sign| *sign == "seizure").unwrap();
        assert!(!order[seizure..].contains(&"chest_pain"), "one emergency is enough: {order:?}");
        let (all, _) = run(DIARY, Voice::Person, |_| Reply::Absent);
        assert!(asked(&all).contains(&"chest_pain"), "{all:?}");
        let wakes = ["coma", "loss_of_consciousness", "reduced_consciousness"];
        assert_eq!(asked(&all).iter().filter(|sign| wakes.contains(sign)).count(), 1);
    }
}
