//! An assessment in words: urgency and what to do first, then the verdict, then why.

use super::{
    Item, Report, Section, Sources, Voice, course, crisis_lines, differential, finding_item, footer, lines,
    low, not_assessed, notices, risk, section, standing,
    synapse::{self, About},
    urgency_word,
};
use crate::{
    assess::{Assessment, CriterionResult, Verdict, capital, is_poisoning, leading, list, only_suicide},
    criteria::Truth,
    exposure::Remaining,
    knowledge::{
        Knowledge,
        schema::{Level, Serotonergic, Side, Urgency},
    },
    timeline::Weight,
    units::two_digits,
};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Puts an assessment in words. `preface` stands before everything else, such as which moment was judged.
#[must_use]
pub fn report(assessment: &Assessment, knowledge: &Knowledge, voice: Voice, preface: Option<&str>) -> Report {
    let mut writer = Writer { knowledge, assessment, voice, sources: Sources::default() };
    let headline = writer.headline(preface);
    let first = [
        low::safety(assessment, knowledge, voice, &mut writer.sources),
        writer.what_to_do(),
        writer.why(),
        writer.together(),
    ];
    // Where nothing was reported that toxicity can cause, the rules for it wait until the end.
    let asked = writer.toxicity_is_asked();
    let early = asked.then(|| writer.toxicity());
    let care = low::sections(assessment, knowledge, voice, &mut writer.sources);
    let late = (!asked).then(|| writer.toxicity());
    let last = [
        writer.in_the_body(),
        writer.synapse(),
        writer.risk(),
        not_assessed(knowledge, &assessment.not_assessed),
        notices("How the diary was read", &assessment.notices),
    ];
    Report {
        urgency: assessment.urgency,
        headline,
        sections: first
            .into_iter()
            .chain(early.into_iter().flatten())
            .chain(care)
            .chain(late.into_iter().flatten())
            .chain(last)
            .flatten()
            .collect(),
        sources: writer.sources.print(knowledge),
        footer: footer(&assessment.knowledge),
    }
}

/// What an undecided set of rules means to someone who cannot examine.
const EXAMINE: &str = "Some of these can only be tested by someone who knows how. Until they are, nobody can say it is not serotonin toxicity.";

struct Writer<'a> {
    knowledge: &'a Knowledge,
    assessment: &'a Assessment,
    voice: Voice,
    sources: Sources,
}

impl Writer<'_> {
    /// Whether signs that toxicity can cause, or what was taken, put it in question now.
    fn toxicity_is_asked(&self) -> bool {
        let assessment = self.assessment;
        let signs = assessment.signs.iter().any(|sign| matches!(sign.side, Side::Toxicity | Side::Both));
        let met = assessment.criteria.iter().any(|result| result.verdict == Truth::True);
        signs
            || met
            || (assessment.urgency >= Urgency::Urgent && !only_suicide(&assessment.reasons, Urgency::Urgent))
    }

    /// The rules for it, what else it could be, and how it goes.
    fn toxicity(&mut self) -> Vec<Option<Section>> {
        vec![
            self.criteria(),
            differential::section_of(self.assessment, self.knowledge, self.voice, &mut self.sources),
            course::section_of(self.assessment, self.knowledge, self.voice, &mut self.sources),
        ]
    }

    fn headline(&self, preface: Option<&str>) -> Vec<String> {
        let assessment = self.assessment;
        let mut lines = Vec::new();
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
            Urgency::Urgent if !assessment.signs.is_empty() => {
                format!("URGENT. Phone {poison} now, and be seen by a doctor today.")
            }
            Urgency::Urgent => format!("URGENT. Phone {poison} now, even though you feel well."),
            Urgency::Prompt => "PROMPT. Ask the prescriber or a pharmacist within 24 hours.".to_owned(),
            Urgency::Watch => "WATCH. Nothing has to be done now. Know what to look out for.".to_owned(),
            Urgency::None => "Nothing urgent was found for serotonin in what was recorded.".to_owned(),
        };
        // The moment that is judged stands in the same line, behind what cannot wait.
        lines.push(preface.map_or_else(|| call.clone(), |preface| format!("{call} {preface}")));
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
                if signs.is_empty() { String::new() } else { format!(" ({})", self.signs(&signs, "and")) };
            lines.push(format!("If it is serotonin toxicity, it is {}{because}.", severity.name));
        }
        lines
    }

    fn sign_name(&self, id: &str) -> String {
        let named = self.knowledge.sign(id).map(|sign| match self.voice {
            Voice::Person => sign.lay.clone(),
            Voice::Clinician => sign.name.to_lowercase(),
        });
        named.unwrap_or_else(|| match id {
            "temperature" if self.voice == Voice::Person => "a high temperature".to_owned(),
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

    /// Signs in a row: what a person would say of them has commas of its own.
    fn signs(&self, names: &[String], word: &str) -> String {
        match (self.voice, names) {
            (Voice::Person, [rest @ .., last]) if !rest.is_empty() => {
                format!("{}; {word} {last}", rest.join("; "))
            }
            _ => list(names, word),
        }
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
            let mut item = finding_item(finding, self.voice, &mut self.sources);
            // What is wise in calm times must not speak against what has to be done now.
            if self.assessment.urgency >= Urgency::Urgent
                && finding.kind == "serotonin"
                && let Some(last) = item.under.last_mut().filter(|_| finding.advice.is_some())
            {
                last.mark = Some("When this is over".to_owned());
            }
            items.push(item);
        }
        section("What was taken, together", items)
    }

    fn criteria(&mut self) -> Option<Section> {
        let asked = self.assessment.on_board.iter().any(|item| item.serotonergic != Serotonergic::No)
            || self.toxicity_is_asked();
        if !asked {
            return None;
        }
        let mut items = Vec::new();
        // Three lists that say the same help only a clinician; the person reads the one that decides, and another where it is
        // met and that one is not.
        let met = |id: &str| {
            self.assessment.criteria.iter().any(|result| result.id == id && result.verdict == Truth::True)
        };
        let told = |result: &&CriterionResult| {
            self.voice == Voice::Clinician
                || result.id == "hunter"
                || (!met("hunter") && result.verdict == Truth::True)
        };
        for result in self.assessment.criteria.iter().filter(told) {
            let names =
                |ids: &BTreeSet<String>| -> Vec<String> { ids.iter().map(|id| self.sign_name(id)).collect() };
            let because = names(&result.because);
            let decide = names(&result.would_decide);
            let text = match result.verdict {
                Truth::True => {
                    let rules = result.rules.join(", ");
                    let proviso =
                        result.proviso.as_deref().map_or_else(String::new, |text| format!(" {text}"));
                    let signs = self.signs(&because, "and");
                    match self.voice {
                        Voice::Person => format!("met: {signs}.{proviso}"),
                        Voice::Clinician => format!("met ({rules}): {signs}.{proviso}"),
                    }
                }
                Truth::False => "not met.".to_owned(),
                Truth::Unknown if because.is_empty() && result.id != "hunter" => {
                    "cannot be decided: none of its signs was reported, present or absent.".to_owned()
                }
                Truth::Unknown if because.is_empty() => {
                    format!("cannot be decided. Would decide: {}.", self.signs(&decide, "or"))
                }
                // The other two sets have so many features that a list of what is missing helps nobody.
                Truth::Unknown if result.id != "hunter" => {
                    format!("cannot be decided. Found so far: {}.", self.signs(&because, "and"))
                }
                Truth::Unknown => format!(
                    "cannot be decided. Found: {}. Would decide: {}.",
                    self.signs(&because, "and"),
                    self.signs(&decide, "or")
                ),
            };
            let mut item = Item {
                mark: Some(result.name.clone()),
                text,
                sources: self.sources.cite(&result.citations),
                ..Item::default()
            };
            let limits = result.verdict != Truth::False && !result.because.is_empty();
            let under = match self.voice {
                Voice::Person if result.verdict == Truth::Unknown => Some(EXAMINE.to_owned()),
                Voice::Clinician if limits => Some(result.limits.clone()),
                _ => None,
            };
            item.under.extend(under.map(|text| Item { text, ..Item::default() }));
            items.push(item);
        }
        let title = match self.voice {
            Voice::Person => "The rules by which doctors recognize serotonin toxicity",
            Voice::Clinician => "Diagnostic criteria for serotonin toxicity",
        };
        section(title, items)
    }

    fn in_the_body(&mut self) -> Option<Section> {
        let assessment = self.assessment;
        let mut items = Vec::new();
        for item in &assessment.on_board {
            let taken = match item.running {
                true => format!("taken since {}", self.date(item.since)),
                false => format!("last taken {}", self.moment(item.last)),
            };
            let left: Vec<&Remaining> =
                assessment.remaining.iter().filter(|left| left.substance == item.substance).collect();
            let mut under = match self.voice {
                Voice::Person => self.gone(&left, item.running),
                Voice::Clinician => left.iter().map(|left| self.level(left, item.running)).collect(),
            };
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
            let told = self.voice == Voice::Clinician;
            for enzyme in assessment.enzymes.iter().filter(|enzyme| told && leads(enzyme)) {
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

    /// What is left of one moiety: its level, its share of the most so far, and when it is gone.
    fn level(&mut self, left: &Remaining, running: bool) -> Item {
        let percent = |share: f64| libm::round(share * 100.0);
        let share = left.share_of_peak;
        let gone = match running {
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
        Item {
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
        }
    }

    /// When a medicine and what the body makes of it are gone, in one sentence.
    fn gone(&mut self, left: &[&Remaining], running: bool) -> Vec<Item> {
        let Some(last) = left.iter().max_by_key(|left| left.gone_by) else { return Vec::new() };
        let when = if running { "if you stopped now" } else { "if no more is taken" };
        let what = match last.moiety == last.substance {
            true => String::new(),
            false => {
                format!(" (as {}, which the body makes of it)", self.knowledge.substance_name(&last.moiety))
            }
        };
        vec![Item {
            text: format!(
                "Nearly all of it is gone by {} in 19 of 20 people {when}{what}.",
                self.date(last.gone_by)
            ),
            sources: self.sources.cite([&last.citation]),
            ..Item::default()
        }]
    }

    fn synapse(&mut self) -> Option<Section> {
        let assessment = self.assessment;
        // What an overdose does is for those who treat it.
        if assessment.has_overdose() {
            return None;
        }
        let about = About::Person { in_danger: assessment.urgency >= Urgency::Urgent };
        synapse::section(self.knowledge, &assessment.synapse, about, self.voice, &mut self.sources)
    }

    fn risk(&mut self) -> Option<Section> {
        let assessment = self.assessment;
        let signs = assessment.signs.iter().any(|sign| matches!(sign.side, Side::Toxicity | Side::Both));
        let around = risk::Around { signs, suicide: assessment.suicide_path };
        let (risks, uncounted) = (&assessment.risk, &assessment.uncounted);
        risk::section(self.knowledge, risks, uncounted, self.voice, around, &mut self.sources)
    }

    fn date(&self, at: Timestamp) -> jiff::civil::Date {
        at.to_zoned(self.assessment.zone.clone()).date()
    }

    fn moment(&self, at: Timestamp) -> String {
        at.to_zoned(self.assessment.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }
}
