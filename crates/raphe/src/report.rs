//! An assessment in words, in reading order.
//!
//! Urgency and what to do come first, then the verdict, then why, then what was not assessed, then the sources. A
//! [`Report`] is sections of sentences and knows nothing of terminals; [`text`] prints it. One voice for the person and
//! the clinician: short sentences, the clinical word where it is the plain one.

pub mod text;

use crate::{
    assess::{
        Assessment, Finding, Reason, Scoped, Standing, Verdict, Viewed, capital, is_poisoning, leading, list,
        only_suicide,
    },
    check::Check,
    criteria::Truth,
    knowledge::{
        Citation, Knowledge,
        schema::{Grade, Level, Serotonergic, Side, Urgency},
    },
    synapse::{Synapse, engagement::Target},
    timeline::{Notice, Origin, Weight},
    units::{Interval, number, two_digits},
};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// A report: a headline, sections, sources.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// How soon to act.
    pub urgency: Urgency,
    /// The first lines, most important first.
    pub headline: Vec<String>,
    /// In reading order.
    pub sections: Vec<Section>,
    /// What the numbers in brackets refer to, from 1.
    pub sources: Vec<String>,
    /// The last line.
    pub footer: String,
}

/// A titled list of sentences.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Title.
    pub title: String,
    /// Sentences.
    pub items: Vec<Item>,
}

/// One item of a section.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Item {
    /// A word in front that stands out, such as a level.
    pub mark: Option<String>,
    /// The sentence.
    pub text: String,
    /// Numbers of its sources.
    pub sources: Vec<usize>,
    /// Sentences that belong to it.
    pub under: Vec<Item>,
    /// A curve behind it.
    pub curve: Option<Curve>,
}

/// One thing over time, for looking at.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// What it shows, as a sentence.
    pub title: String,
    /// The middle and the range at moments that lie evenly.
    pub values: Vec<Interval>,
    /// What the foot of the curve stands for.
    pub foot: f64,
}

/// The word for an urgency.
#[must_use]
pub fn urgency_word(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Emergency => "EMERGENCY",
        Urgency::Urgent => "URGENT",
        Urgency::Prompt => "PROMPT",
        Urgency::Watch => "WATCH",
        Urgency::None => "NOTHING URGENT FOUND",
    }
}

/// The word for a level.
#[must_use]
pub fn level_word(level: Level) -> &'static str {
    match level {
        Level::Contraindicated => "contraindicated",
        Level::Major => "major",
        Level::Moderate => "moderate",
        Level::Minor => "minor",
        Level::Info => "for information",
        Level::NoneKnown => "no serotonin interaction known",
    }
}

/// The word for how a fact came to be known.
#[must_use]
pub fn grade_word(grade: Grade) -> &'static str {
    match grade {
        Grade::Label => "label",
        Grade::Regulator => "regulator",
        Grade::MetaAnalysis => "meta-analysis",
        Grade::Trial => "trial",
        Grade::Cohort => "cohort",
        Grade::Review => "review",
        Grade::CaseReport => "case report",
        Grade::InVitro => "in vitro",
        Grade::Animal => "animal",
        Grade::Derived => "derived",
        Grade::Inferred => "inferred",
    }
}

/// Puts an assessment in words. `preface` stands before everything else, such as which moment was judged.
#[must_use]
pub fn report(assessment: &Assessment, knowledge: &Knowledge, preface: Option<&str>) -> Report {
    let mut writer = Writer { knowledge, assessment, sources: Sources::default() };
    let headline = writer.headline(preface);
    let sections = [
        writer.what_to_do(),
        writer.why(),
        writer.together(),
        writer.criteria(),
        writer.rivals(),
        writer.in_the_body(),
        writer.synapse(),
        not_assessed(knowledge, &assessment.not_assessed),
        notices("How the diary was read", &assessment.notices),
    ];
    Report {
        urgency: assessment.urgency,
        headline,
        sections: sections.into_iter().flatten().collect(),
        sources: writer.sources.print(knowledge),
        footer: footer(&assessment.knowledge),
    }
}

/// Numbers the sources in the order in which they are first named.
#[derive(Default)]
pub(crate) struct Sources {
    order: Vec<Citation>,
}

impl Sources {
    /// Numbers of these citations, each source and place once.
    pub(crate) fn cite<'c>(&mut self, citations: impl IntoIterator<Item = &'c Citation>) -> Vec<usize> {
        let mut numbers: Vec<usize> = citations
            .into_iter()
            .map(|citation| {
                let same = |known: &Citation| known.cite == citation.cite && known.place == citation.place;
                self.order.iter().position(same).unwrap_or_else(|| {
                    self.order.push(citation.clone());
                    self.order.len() - 1
                }) + 1
            })
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    pub(crate) fn print(&self, knowledge: &Knowledge) -> Vec<String> {
        self.order.iter().map(|citation| source_line(knowledge, citation)).collect()
    }
}

/// One source in words: who, what, when, where, and whether it was opened.
#[must_use]
pub fn source_line(knowledge: &Knowledge, citation: &Citation) -> String {
    let mut line = match knowledge.reference(&citation.cite) {
        Some(reference) => {
            let mut parts =
                vec![reference.authors.clone(), reference.title.clone(), reference.source.clone()];
            parts.extend(reference.year.clone());
            parts.retain(|part| !part.is_empty());
            // What an organization publishes itself names it once.
            if reference.source == reference.authors && parts.len() > 2 {
                parts.remove(2);
            }
            let mut line = parts.iter().map(|part| part.trim_end_matches('.')).collect::<Vec<_>>().join(". ");
            let address = reference
                .doi
                .as_ref()
                .map(|doi| format!("doi:{doi}"))
                .or_else(|| reference.pmid.as_ref().map(|pmid| format!("PMID {pmid}")))
                .or_else(|| reference.url.clone());
            if let Some(address) = address {
                line.push_str(&format!(". {address}"));
            }
            line
        }
        None => citation.cite.clone(),
    };
    if let Some(place) = &citation.place {
        line.push_str(&format!(" ({place})"));
    }
    let opened = if citation.checked.is_some() { "" } else { " *" };
    format!("{line} [{}]{opened}", grade_word(citation.grade))
}

struct Writer<'a> {
    knowledge: &'a Knowledge,
    assessment: &'a Assessment,
    sources: Sources,
}

impl Writer<'_> {
    fn headline(&self, preface: Option<&str>) -> Vec<String> {
        let assessment = self.assessment;
        let mut lines: Vec<String> = preface.map(str::to_owned).into_iter().collect();
        if assessment.suicide_path {
            lines.extend(crisis_lines(&assessment.help));
        }
        let poison = assessment.help.poison.as_deref().unwrap_or("a poison center or emergency doctor");
        let emergency = &assessment.help.emergency;
        let call = match assessment.urgency {
            Urgency::Emergency => format!("EMERGENCY. Call {emergency} now."),
            Urgency::Urgent if only_suicide(&assessment.reasons, Urgency::Urgent) => {
                "URGENT. Talk to someone now.".to_owned()
            }
            Urgency::Urgent if !is_poisoning(&assessment.reasons, Urgency::Urgent) => {
                "URGENT. Speak to a doctor today.".to_owned()
            }
            Urgency::Urgent if assessment.signs.iter().any(|sign| sign.side != Side::Other) => {
                format!("URGENT. Phone {poison} now, and be seen by a doctor today.")
            }
            Urgency::Urgent => format!("URGENT. Phone {poison} now, even though you feel well."),
            Urgency::Prompt => "PROMPT. Ask the prescriber or a pharmacist within 24 hours.".to_owned(),
            Urgency::Watch => "WATCH. Nothing has to be done now. Know what to look out for.".to_owned(),
            Urgency::None => "Nothing urgent was found for serotonin in what was recorded.".to_owned(),
        };
        lines.push(call);
        let verdict = match assessment.balance.verdict {
            Verdict::TooHigh => "Serotonin: likely too high.",
            Verdict::TooLow => "Serotonin: features that the article calls low.",
            Verdict::Neither => "Serotonin: neither too high nor too low is likely.",
            Verdict::Unclear => "Serotonin: unclear.",
        };
        lines.push(format!("{verdict} {}", assessment.balance.because));
        let not_read = assessment.notices.iter().filter(|notice| notice.weight == Weight::Error).count();
        let unsure = assessment.notices.iter().any(|notice| notice.weight == Weight::Warning);
        match not_read {
            0 if unsure => {
                lines.push("Not every word was understood: see \"How the diary was read\".".to_owned())
            }
            0 => {}
            1 => lines.push("One thing could not be read: see \"How the diary was read\".".to_owned()),
            many => lines.push(format!("{many} things could not be read: see \"How the diary was read\".")),
        }
        let leads = assessment.rivals.iter().any(|rival| rival.leads);
        let hunter = assessment.criteria.iter().find(|result| result.id == "hunter");
        let open = hunter.is_none_or(|result| result.verdict != Truth::False);
        if let Some(severity) = assessment.severity.as_ref().filter(|_| !leads && open) {
            let signs: BTreeSet<String> = severity.because.iter().map(|id| self.sign_name(id)).collect();
            let signs: Vec<String> = signs.into_iter().collect();
            let because =
                if signs.is_empty() { String::new() } else { format!(" ({})", list(&signs, "and")) };
            lines.push(format!("If it is serotonin toxicity, it is {}{because}.", severity.name));
        }
        lines
    }

    fn sign_name(&self, id: &str) -> String {
        let named = self.knowledge.sign(id).map(|sign| sign.name.to_lowercase());
        named.unwrap_or_else(|| match id {
            "systolic" | "diastolic" => "blood pressure".to_owned(),
            "spo2" => "oxygen saturation".to_owned(),
            "ck" => "creatine kinase".to_owned(),
            "respiration" => "breathing rate".to_owned(),
            "serotonergic_exposure" => "what exactly was taken".to_owned(),
            "serotonergic_change" => "what was started or raised, and when".to_owned(),
            "other_causes_not_reported" => "whether other causes have been ruled out".to_owned(),
            other => other.replace('_', " "),
        })
    }

    fn what_to_do(&mut self) -> Option<Section> {
        let items: Vec<Item> = self
            .assessment
            .advice
            .iter()
            .map(|advice| Item {
                mark: (!advice.when.is_empty()).then(|| capital(&advice.when)),
                text: advice.says.clone(),
                sources: self.sources.cite(&advice.citations),
                ..Item::default()
            })
            .collect();
        section("What to do", items)
    }

    fn why(&mut self) -> Option<Section> {
        let reasons = leading(&self.assessment.reasons, self.assessment.urgency);
        let items = reasons
            .into_iter()
            .filter(|reason| !reason.id.starts_with("rival:"))
            .map(|reason| {
                let finding = self.assessment.findings.iter().find(|finding| finding.id == reason.id);
                let text = match finding {
                    Some(finding) => {
                        let names: Vec<String> = (finding.substances.iter())
                            .map(|id| self.knowledge.substance_name(id).to_owned())
                            .collect();
                        format!("{}: see below{}.", capital(&list(&names, "with")), lines(&reason.because))
                    }
                    None => format!("{}{}", standing(reason), lines(&reason.because)),
                };
                let sources = match finding {
                    Some(_) => Vec::new(),
                    None => self.sources.cite(reason.claim.citations()),
                };
                Item { mark: Some(urgency_word(reason.urgency).to_owned()), text, sources, ..Item::default() }
            })
            .collect();
        section("Why", items)
    }

    fn together(&mut self) -> Option<Section> {
        let mut items: Vec<Item> = Vec::new();
        for finding in &self.assessment.findings {
            items.push(finding_item(finding, &mut self.sources));
        }
        section("What was taken, together", items)
    }

    fn criteria(&mut self) -> Option<Section> {
        let asked = self.assessment.on_board.iter().any(|item| item.serotonergic != Serotonergic::No)
            || self.assessment.criteria.iter().any(|result| result.verdict == Truth::True)
            || !self.assessment.signs.is_empty();
        if !asked {
            return None;
        }
        let mut items = Vec::new();
        for result in &self.assessment.criteria {
            let names =
                |ids: &BTreeSet<String>| -> Vec<String> { ids.iter().map(|id| self.sign_name(id)).collect() };
            let because = names(&result.because);
            let decide = names(&result.would_decide);
            let text = match result.verdict {
                Truth::True => {
                    let rules = result.rules.join(", ");
                    let proviso =
                        result.proviso.as_deref().map_or_else(String::new, |text| format!(" {text}"));
                    format!("met ({rules}): {}.{proviso}", list(&because, "and"))
                }
                Truth::False => "not met.".to_owned(),
                Truth::Unknown if because.is_empty() && result.id != "hunter" => {
                    "cannot be decided: none of its signs was reported, present or absent.".to_owned()
                }
                Truth::Unknown if because.is_empty() => {
                    format!("cannot be decided. Would decide: {}.", list(&decide, "or"))
                }
                // The other two sets have so many features that a list of what is missing helps nobody.
                Truth::Unknown if result.id != "hunter" => {
                    format!("cannot be decided. Found so far: {}.", list(&because, "and"))
                }
                Truth::Unknown => format!(
                    "cannot be decided. Found: {}. Would decide: {}.",
                    list(&because, "and"),
                    list(&decide, "or")
                ),
            };
            let mut item = Item {
                mark: Some(result.name.clone()),
                text,
                sources: self.sources.cite(&result.citations),
                ..Item::default()
            };
            if result.verdict != Truth::False && !result.because.is_empty() {
                item.under.push(Item { text: result.limits.clone(), ..Item::default() });
            }
            items.push(item);
        }
        section("Diagnostic criteria for serotonin toxicity", items)
    }

    fn rivals(&mut self) -> Option<Section> {
        let mut items = Vec::new();
        for rival in &self.assessment.rivals {
            items.push(Item {
                mark: Some(capital(&rival.name)),
                text: format!(
                    "{}{}",
                    if rival.leads { "fits better than serotonin toxicity. " } else { "" },
                    rival.tell_apart
                ),
                sources: self.sources.cite(&rival.citations),
                // What is due for the leading one already stands under what to do.
                under: rival
                    .due
                    .iter()
                    .filter(|_| !rival.leads)
                    .map(|due| Item { text: format!("If it is this: {due}"), ..Item::default() })
                    .collect(),
                ..Item::default()
            });
        }
        section("What else it could be", items)
    }

    fn in_the_body(&mut self) -> Option<Section> {
        let assessment = self.assessment;
        let mut items = Vec::new();
        for item in &assessment.on_board {
            let taken = match item.running {
                true => format!("taken since {}", self.date(item.since)),
                false => format!("last taken {}", self.moment(item.last)),
            };
            let mut under = Vec::new();
            for left in assessment.remaining.iter().filter(|left| left.substance == item.substance) {
                let percent = |share: f64| libm::round(share * 100.0);
                let share = left.share_of_peak;
                let gone = match item.running {
                    true => "below 1 % of it, if stopped now, by",
                    false => "below 1 % of it by",
                };
                let level = left.total_ng_per_ml.filter(|_| !left.overdose).map(|level| {
                    let (unit, per) = match left.ion {
                        Some(mass) => ("mmol/L", 1e-3 / mass.as_g_per_mol()),
                        None => ("ng/mL", 1.0),
                    };
                    let [median, low, high] =
                        [level.median, level.p5, level.p95].map(|level| two_digits(level * per));
                    format!("about {median} {unit} in the blood now ({low} to {high}), ")
                });
                under.push(Item {
                    text: format!(
                        "{}: {}{} % of the most so far ({} to {} %); {gone} {} at the latest in 19 of 20 people.",
                        capital(self.knowledge.substance_name(&left.moiety)),
                        level.unwrap_or_default(),
                        percent(share.median),
                        percent(share.p5),
                        percent(share.p95),
                        self.date(left.gone_by)
                    ),
                    sources: self.sources.cite([&left.citation]),
                    ..Item::default()
                });
            }
            let moieties: Vec<&str> = assessment
                .remaining
                .iter()
                .filter(|left| left.substance == item.substance)
                .map(|left| left.moiety.as_str())
                .chain([item.substance.as_str()])
                .collect();
            // What hardly changes, and the second of two that change alike, would only be noise here; it is in the JSON.
            let matters = |enzyme: &crate::exposure::EnzymeState| {
                !enzyme.id.ends_with(" gut") && !(0.7..1.4).contains(&enzyme.activity.median)
            };
            let leads = |enzyme: &&crate::exposure::EnzymeState| {
                matters(enzyme) && enzyme.by.first().is_some_and(|by| moieties.contains(&by.as_str()))
            };
            for enzyme in assessment.enzymes.iter().filter(leads) {
                let percent = |share: f64| libm::round(share * 100.0);
                let after = match enzyme.lasting {
                    true => {
                        "It comes back to its usual level over days to weeks, as enzyme is made and lost."
                    }
                    false => "It follows the level of the medicine.",
                };
                under.push(Item {
                    text: format!(
                        "{} activity: about {} % of this person's own ({} to {} %). {after}",
                        enzyme.id,
                        percent(enzyme.activity.median),
                        percent(enzyme.activity.p5),
                        percent(enzyme.activity.p95)
                    ),
                    sources: self.sources.cite([&enzyme.citation]),
                    ..Item::default()
                });
            }
            let involved = assessment
                .findings
                .iter()
                .any(|finding| finding.level >= Level::Major && finding.substances.contains(&item.substance));
            for note in item.notes.iter().filter(|_| involved) {
                under.push(Item {
                    text: note.says().to_owned(),
                    sources: self.sources.cite(note.citations()),
                    ..Item::default()
                });
            }
            items.push(Item {
                mark: Some(capital(&item.name)),
                text: format!("{}; {taken}{}", item.class, lines(&item.lines)),
                under,
                ..Item::default()
            });
        }
        section("What is in the body", items)
    }

    fn synapse(&mut self) -> Option<Section> {
        let assessment = self.assessment;
        // What an overdose does is for those who treat it.
        if assessment.has_overdose() {
            return None;
        }
        let about = About::Person { in_danger: assessment.urgency >= Urgency::Urgent };
        synapse(self.knowledge, &assessment.synapse, about, &mut self.sources)
    }

    fn date(&self, at: Timestamp) -> jiff::civil::Date {
        at.to_zoned(self.assessment.zone.clone()).date()
    }

    fn moment(&self, at: Timestamp) -> String {
        at.to_zoned(self.assessment.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }
}

/// Lines for a person who may be thinking of suicide; they stand before everything else.
#[must_use]
pub fn crisis_lines(help: &crate::knowledge::schema::HelpLine) -> Vec<String> {
    let lines = match help.crisis.as_slice() {
        [] => "a crisis line of your country".to_owned(),
        some if help.country == "*" => format!("a crisis line of your country ({})", list(some, "or")),
        some => list(some, "or"),
    };
    vec![
        format!(
            "If you are thinking of ending your life: you do not have to carry this alone. Call {lines}, any hour, or {} if \
             you are in danger now.",
            help.emergency
        ),
        "Ask someone to stay with you, and to keep the medicines away from you.".to_owned(),
    ]
}

/// Puts a check in words.
#[must_use]
pub fn check(check: &Check, knowledge: &Knowledge) -> Report {
    let mut sources = Sources::default();
    let help = &check.help;
    if let Some(too_much) = &check.too_much {
        let poison = help.poison.as_deref().unwrap_or("a poison center");
        let mut headline = crisis_lines(help);
        headline.push(format!(
            "This much {} is far above any recommended dose, so nothing is worked out for it. If it was taken, by anyone, \
             phone {poison} or {} now, even if they feel well.",
            too_much.name, help.emergency
        ));
        return Report {
            urgency: Urgency::Emergency,
            headline,
            sections: Vec::new(),
            sources: Vec::new(),
            footer: footer(&check.knowledge),
        };
    }
    let names: Vec<String> =
        check.substances.iter().map(|item| format!("{} ({})", item.name, item.dose)).collect();
    let worst = check.findings.iter().map(|finding| finding.level).max().unwrap_or(Level::NoneKnown);
    let unknown: Vec<String> = check
        .not_assessed
        .iter()
        .filter(|item| !knowledge.base().out_of_scope.iter().any(|known| known.text == item.text))
        .map(|item| format!("`{}`", item.text))
        .collect();
    let mut headline = Vec::new();
    if !unknown.is_empty() {
        let were = if unknown.len() == 1 { "was" } else { "were" };
        headline.push(format!(
            "{} {were} not recognized, so nothing can be said of it here.",
            list(&unknown, "and")
        ));
    }
    // What is worse than the serotonin answer comes before it.
    if worst > check.level && check.findings.iter().any(|finding| finding.kind != "serotonin") {
        headline
            .push(format!("{}, for another reason than serotonin: see below.", capital(level_word(worst))));
    }
    match check.level {
        _ if names.is_empty() => headline.push("There is nothing to check.".to_owned()),
        _ if names.len() < 2 && unknown.is_empty() && check.findings.is_empty() => {
            headline.push(format!("Only {} was named: there is no pair to check.", list(&names, "and")));
        }
        _ if names.len() < 2 && check.findings.is_empty() => {
            headline.push(format!("Only {} was recognized: there is no pair to check.", list(&names, "and")));
        }
        Level::NoneKnown => headline.push("No serotonin interaction known between these.".to_owned()),
        level => headline.push(format!("Serotonin: {}.", level_word(level))),
    }
    for (first, second) in &check.same {
        headline.push(format!(
            "`{first}` and `{second}` are the same medicine: together they are a double dose."
        ));
    }
    if check.findings.iter().any(|finding| finding.kind == "dose") {
        let poison = help.poison.as_deref().unwrap_or("a poison center");
        headline.push(format!("A dose is above the highest recommended. If it was taken, phone {poison}."));
    }
    if names.len() > 1 {
        headline.push(format!("Checked at usual doses unless you named one: {}.", list(&names, "and")));
    }
    let mut together: Vec<Item> = Vec::new();
    for pair in &check.pairs {
        let mut item = match pair.finding {
            Some(index) => finding_item(&check.findings[index], &mut sources),
            None => Item {
                mark: Some(capital(level_word(pair.level))),
                text: "Bleeding, heart rhythm, sedation and seizures were not assessed.".to_owned(),
                ..Item::default()
            },
        };
        item.mark = item.mark.map(|mark| format!("{} with {}: {mark}", capital(&pair.a), pair.b));
        together.push(item);
    }
    for finding in check.findings.iter().filter(|finding| finding.substances.len() == 1) {
        together.push(finding_item(finding, &mut sources));
    }
    let levels: Vec<Item> = check
        .exposure_ratios
        .iter()
        .map(|ratio| {
            let fold = ratio.auc_ratio;
            let name = |id: &str| knowledge.substance_name(id).to_owned();
            let digits = |fold: f64| crate::units::number(libm::round(fold * 10.0) / 10.0);
            let (victim, beside) = (capital(&name(&ratio.victim)), name(&ratio.perpetrator));
            let text = if fold.median >= 1.0 {
                format!(
                    "beside {beside}, about {} times as much of it in the blood over time ({} to {} in 9 of 10 people).",
                    digits(fold.median),
                    digits(fold.p5),
                    digits(fold.p95)
                )
            } else {
                let percent = |fold: f64| libm::round(fold * 100.0);
                format!(
                    "beside {beside}, only about {} % as much of it in the blood over time ({} to {} % in 9 of 10 people).",
                    percent(fold.median),
                    percent(fold.p5),
                    percent(fold.p95)
                )
            };
            Item { mark: Some(victim), text, ..Item::default() }
        })
        .collect();
    let mut worth_knowing: Vec<Item> = Vec::new();
    for item in &check.substances {
        for note in &item.notes {
            worth_knowing.push(Item {
                mark: Some(capital(&item.name)),
                text: note.says().to_owned(),
                sources: sources.cite(note.citations()),
                ..Item::default()
            });
        }
    }
    let about = check.newly_added.as_deref().map_or(About::Set, About::Newly);
    let modeled = synapse(knowledge, &check.synapse, about, &mut sources);
    let sections = [
        section("Pair by pair", together),
        section("How one changes the level of another (simulated)", levels),
        modeled,
        section("Worth knowing", worth_knowing),
        not_assessed(knowledge, &check.not_assessed),
        notices("What was not recognized", &check.notices),
    ];
    Report {
        urgency: Urgency::None,
        headline,
        sections: sections.into_iter().flatten().collect(),
        sources: sources.print(knowledge),
        footer: footer(&check.knowledge),
    }
}

/// Of what a modeled synapse is.
#[derive(Clone, Copy)]
enum About<'a> {
    /// A person, now.
    Person {
        /// Something has to be done at once.
        in_danger: bool,
    },
    /// A set of medicines, all long taken.
    Set,
    /// A set to which this one is newly added.
    Newly(&'a str),
}

/// What the model of the synapse makes of it: ranges, what they rest on, and that they are no diagnosis.
fn synapse(
    knowledge: &Knowledge,
    synapse: &Synapse,
    about: About<'_>,
    sources: &mut Sources,
) -> Option<Section> {
    let times = |fold: Interval| {
        let [median, low, high] = [fold.median, fold.p5, fold.p95].map(two_digits);
        (median, format!("{low} to {high}"))
    };
    let mut items = Vec::new();
    let model = |symbol: &str| {
        let parameters = knowledge.base().synapse.iter();
        parameters.filter(|one| one.id == symbol).flat_map(|one| &one.value).map(Citation::from).next()
    };
    if let Some(peak) = synapse.peak_fold_change_24h {
        let (highest, highest_range) = times(peak);
        let within = format!(
            "at most about {highest} times a person's own level without any medicine ({highest_range} in 9 of 10 people)"
        );
        let text = match (about, synapse.fold_change) {
            (About::Person { .. }, Some(now)) => {
                let (median, range) = times(now);
                format!(
                    "about {median} times this person's own level without any medicine ({range} in 9 of 10 such people); at \
                     most {highest} times ({highest_range}) in the next 24 hours."
                )
            }
            (About::Newly(id), _) => format!(
                "{within} in the first day on which {} is newly added to the rest.",
                knowledge.substance_name(id)
            ),
            _ => format!("{within} within a day."),
        };
        let (title, values) = match about {
            About::Person { .. } => {
                ("The last two weeks up to tomorrow, from one time upwards", &synapse.course)
            }
            _ => ("The 24 hours, from one time upwards", &synapse.next_day),
        };
        let curve = Curve { title: title.to_owned(), values: values.clone(), foot: 1.0 };
        items.push(Item {
            mark: Some("Serotonin outside the nerve cells".to_owned()),
            text,
            sources: sources.cite(model("e0").as_ref()),
            curve: (curve.values.len() > 1).then_some(curve),
            ..Item::default()
        });
    }
    let targets = match about {
        About::Person { .. } => &synapse.targets,
        _ => &synapse.targets_at_peak,
    };
    for engaged in targets {
        let percent = |share: f64| number(libm::round(share * 100.0));
        let share = engaged.share;
        if share.p95 < 0.01 {
            continue;
        }
        let word = match engaged.target {
            Target::Release => "of the greatest effect",
            target if target.is_enzyme() => "inhibited",
            _ => "occupied",
        };
        let several = engaged.by.len() > 1;
        let who: Vec<String> = engaged
            .by
            .iter()
            .filter(|(_, part)| part.median >= 0.01)
            .map(|(id, part)| match several {
                true => format!("{} ({} % of it)", knowledge.substance_name(id), percent(part.median)),
                false => knowledge.substance_name(id).to_owned(),
            })
            .collect();
        let by = if who.is_empty() { String::new() } else { format!(" by {}", list(&who, "and")) };
        items.push(Item {
            mark: Some(capital(engaged.target.name())),
            text: format!(
                "about {} % {word} ({} to {} %){by}.",
                percent(share.median),
                percent(share.p5),
                percent(share.p95)
            ),
            sources: sources.cite(&engaged.citations),
            ..Item::default()
        });
    }
    if !items.is_empty() {
        // Who needs help now must not read that their number is a usual one.
        let reading = match about {
            About::Person { in_danger: true } => "This changes nothing of what is said above.",
            _ => {
                "Two to four times is usual under antidepressants that block reuptake; ten times and more is where toxicity \
                 begins in animals."
            }
        };
        let limits = "The numbers come from a model that rests on experiments in rats: they explain, they are no measurement and \
                      no diagnosis, and a low one makes nothing safe.";
        items.push(Item {
            text: format!("{reading} {limits}"),
            sources: sources.cite(model("EC2A").as_ref()),
            ..Item::default()
        });
    }
    section("What a model of the synapse makes of it", items)
}

fn footer(knowledge: &str) -> String {
    format!(
        "raphe {} with knowledge {knowledge}. Decision support, not a diagnosis: it does not replace an examination. A \
         source marked * was not opened by a curator yet and is second-hand.",
        env!("CARGO_PKG_VERSION")
    )
}

/// A finding as an item: level, names, why, when, both views, what to do.
pub(crate) fn finding_item(finding: &Finding, sources: &mut Sources) -> Item {
    let plain = |text: String| Item { text, ..Item::default() };
    let mut under: Vec<Item> = finding.timing.iter().cloned().map(plain).collect();
    // One sentence for each party and level; others that say the same lend their sources.
    let mut parties: Vec<(&Viewed, Vec<&Citation>)> = Vec::new();
    for view in &finding.views {
        match parties.iter_mut().find(|(first, _)| first.by == view.by && first.level == view.level) {
            Some((_, citations)) => citations.push(&view.citation),
            None => parties.push((view, vec![&view.citation])),
        }
    }
    for (view, citations) in parties {
        under.push(Item {
            mark: Some(format!("{} ({})", capital(&view.by), level_word(view.level))),
            text: format!("{}.", view.says.trim_end_matches('.')),
            sources: sources.cite(citations),
            ..Item::default()
        });
    }
    under.extend(finding.advice.iter().cloned().map(plain));
    let kind = match finding.kind.as_str() {
        "serotonin" => String::new(),
        "exposure" => ", drug level".to_owned(),
        "qt" => ", heart rhythm".to_owned(),
        "pressor" => ", blood pressure".to_owned(),
        other => format!(", {other}"),
    };
    Item {
        mark: Some(format!("{}{kind}", capital(level_word(finding.level)))),
        text: format!("{}{}", finding.claim.says(), lines(&finding.because)),
        sources: sources.cite(finding.claim.citations()),
        under,
        ..Item::default()
    }
}

/// A reason in words, with how far it is to be trusted.
#[must_use]
pub fn standing(reason: &Reason) -> String {
    let says = reason.claim.says();
    match &reason.standing {
        Standing::Reported => says.to_owned(),
        Standing::Would { text, reading: Some(reading) } => {
            format!("`{text}` can be read in more than one way. If this is {reading}: {says}")
        }
        Standing::Would { text, reading: None } => {
            format!("The words \"{text}\" were written. If they mean what they seem to mean: {says}")
        }
        Standing::NotOver(date) => {
            format!("{says} This was reported on {date} and is not known to be over.")
        }
    }
}

/// What was not recognized stands alone; what is never assessed is one sentence.
fn not_assessed(knowledge: &Knowledge, items: &[Scoped]) -> Option<Section> {
    let always = |item: &&Scoped| knowledge.base().out_of_scope.iter().any(|known| known.text == item.text);
    let mut lines: Vec<Item> = items
        .iter()
        .filter(|item| !always(item))
        .map(|item| Item {
            mark: Some(item.text.clone()),
            text: format!("{}.", item.reason),
            ..Item::default()
        })
        .collect();
    let rest: Vec<String> = items.iter().filter(always).map(|item| item.text.clone()).collect();
    if !rest.is_empty() {
        lines.push(Item { text: format!("{}.", capital(&list(&rest, "and"))), ..Item::default() });
    }
    section("Not assessed", lines)
}

fn notices(title: &str, notices: &[Notice]) -> Option<Section> {
    let items = notices
        .iter()
        .map(|notice| {
            let place = notice.place.map(|place| format!("Line {}, column {}", place.line, place.column));
            let mark = match (place, notice.weight) {
                (Some(place), Weight::Error) => Some(format!("{place}, not read")),
                (place, _) => place,
            };
            let help = notice.help.as_deref().map_or_else(String::new, |help| format!(": {help}"));
            let text = format!(
                "{}{help}.",
                if mark.is_none() { capital(&notice.says) } else { notice.says.clone() }
            );
            Item { mark, text, ..Item::default() }
        })
        .collect();
    section(title, items)
}

fn section(title: &str, items: Vec<Item>) -> Option<Section> {
    (!items.is_empty()).then(|| Section { title: title.to_owned(), items })
}

/// ` (line 3)`, ` (lines 3 and 7)`, at most five of them; of a health record ` (MedicationRequest/17)`.
fn lines(origins: &BTreeSet<Origin>) -> String {
    let resources: Vec<&str> = origins
        .iter()
        .filter_map(|origin| match origin {
            Origin::Fhir(id) => Some(id.as_str()),
            _ => None,
        })
        .collect();
    match resources.as_slice() {
        [] => {}
        [one] => return format!(" ({one})"),
        [one, other] => return format!(" ({one} and {other})"),
        [one, other, more @ ..] => return format!(" ({one}, {other} and {} more)", more.len()),
    }
    let numbers: Vec<String> = origins
        .iter()
        .filter_map(|origin| match origin {
            Origin::Line(line) if *line > 0 => Some(line.to_string()),
            _ => None,
        })
        .collect();
    match numbers.as_slice() {
        [] => String::new(),
        [one] => format!(" (line {one})"),
        [some @ .., _] if numbers.len() > 5 => {
            format!(" (lines {} and {} more)", some[..4].join(", "), numbers.len() - 4)
        }
        some => format!(" (lines {})", list(some, "and")),
    }
}
