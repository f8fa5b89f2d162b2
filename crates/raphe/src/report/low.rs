//! The low side and what can help, in words.
//!
//! To a person in plain words: what is there, what else causes it, what can help and how well in everyday terms, what is not for
//! them and why, and what is not known. To a clinician the same facts with numbers, intervals and comparators, and where toxicity
//! is in question its treatment. Neither ever reads how much serotonin there is.

use super::{Item, Section, Sources, Voice, lines, section};
use crate::{
    assess::{Assessment, capital, list, only_suicide},
    care::{FactorSeen, FeatureSeen, HoldSaid, ScoreSeen, State, Way},
    criteria::Truth,
    knowledge::{
        Citation, Knowledge,
        schema::{
            Carrier, Certainty, Direction, EffectSize, Evidence, Factor, Guidance, Hold, Urgency, Voices,
            Weight,
        },
    },
    units::{TimeSpan, number},
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Title of the features.
const FEATURES: &str = "Features that the article calls low serotonin";
/// So many ways are told in full to a person; the others by name.
const IN_FULL: usize = 6;

/// The low side in parts, for whoever lays them out by themselves.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LowSide {
    /// Whether something has to be done today, so that nothing of the low side is told but the scores.
    pub acute: bool,
    /// What is asked where anything points to suicide.
    pub safety: Option<Section>,
    /// The last result of each questionnaire, by its id.
    pub scores: Vec<(String, Item)>,
    /// The features that the article calls low serotonin.
    pub features: Option<Section>,
    /// What in a life goes with them.
    pub factors: Option<Section>,
    /// Other causes for a clinician to rule out.
    pub rule_outs: Option<Section>,
    /// What can help, every way that fits in full.
    pub ways: Option<Section>,
    /// What the numbers of the sources refer to, from 1.
    pub sources: Vec<String>,
}

/// The low side in parts: the same sentences as in [`super::report`], with sources numbered on their own.
#[must_use]
pub fn low_side(assessment: &Assessment, knowledge: &Knowledge, voice: Voice) -> LowSide {
    let mut sources = Sources::default();
    let safety = safety(assessment, knowledge, voice, &mut sources);
    let mut words = Words { assessment, knowledge, voice, sources: &mut sources };
    let scores = assessment.care.scores.iter();
    let scores =
        scores.filter_map(|score| Some((score.questionnaire.clone(), words.score(score)?))).collect();
    let acute = is_acute(assessment);
    let mut side = LowSide { acute, safety, scores, ..LowSide::default() };
    if !acute {
        let features = words.features_alone();
        side.features = section(FEATURES, features);
        side.factors = words.factors();
        side.rule_outs = words.rule_outs();
        side.ways = words.ways(usize::MAX);
    }
    side.sources = sources.print(knowledge);
    side
}

/// Where something has to be done today it is not the hour to read about the low side.
fn is_acute(assessment: &Assessment) -> bool {
    assessment.urgency >= Urgency::Urgent && !only_suicide(&assessment.reasons, Urgency::Urgent)
}

/// Every section of the low side, in reading order.
pub(super) fn sections(
    assessment: &Assessment,
    knowledge: &Knowledge,
    voice: Voice,
    sources: &mut Sources,
) -> Vec<Option<Section>> {
    let mut words = Words { assessment, knowledge, voice, sources };
    if is_acute(assessment) {
        return vec![words.treatment()];
    }
    // A clinician reads every way in full; a person the first of them.
    let limit = if voice == Voice::Clinician { usize::MAX } else { IN_FULL };
    vec![words.treatment(), words.features(), words.factors(), words.rule_outs(), words.ways(limit)]
}

/// What is asked and said where anything points to suicide; it stands before everything else.
pub(super) fn safety(
    assessment: &Assessment,
    knowledge: &Knowledge,
    voice: Voice,
    sources: &mut Sources,
) -> Option<Section> {
    if !assessment.care.safety {
        return None;
    }
    let safety = &knowledge.base().safety;
    let mut item = |voices: &Voices, mark: Option<&str>| {
        let text = match voice {
            Voice::Person => &voices.person,
            Voice::Clinician => &voices.clinician,
        };
        Item {
            mark: mark.map(str::to_owned),
            text: text.replace("{emergency}", &assessment.help.emergency),
            sources: sources.cite(citations(&voices.evidence).iter()),
            ..Item::default()
        }
    };
    let ask = if voice == Voice::Person { "A plain question" } else { "Ask" };
    let asked = safety.questions.iter().map(|voices| item(voices, Some(ask))).collect::<Vec<_>>();
    let answers = safety.triage.iter().map(|voices| item(voices, None)).collect::<Vec<_>>();
    let steps = safety.step.iter().map(|voices| item(voices, Some("Until then"))).collect::<Vec<_>>();
    section("Thoughts of suicide", [asked, answers, steps].concat())
}

struct Words<'a, 's> {
    assessment: &'a Assessment,
    knowledge: &'a Knowledge,
    voice: Voice,
    sources: &'s mut Sources,
}

fn citations(evidence: &[Evidence]) -> Vec<Citation> {
    evidence.iter().map(Citation::from).collect()
}

fn plain(text: impl Into<String>) -> Item {
    Item { text: text.into(), ..Item::default() }
}

impl Words<'_, '_> {
    /// What holds back from a way, under the words for never, ask first and tell.
    fn holds(&mut self, way: &Way, [never, ask_first, tell]: [&str; 3]) -> Vec<Item> {
        let mark = |hold| match hold {
            Hold::Never => never,
            Hold::AskFirst => ask_first,
            Hold::Tell => tell,
        };
        let item = |hold: &HoldSaid| Item {
            mark: Some(mark(hold.hold).to_owned()),
            text: format!("{}{}", hold.says, lines(&hold.lines)),
            sources: self.sources.cite(hold.citations.iter()),
            ..Item::default()
        };
        way.holds.iter().map(item).collect()
    }

    fn clinician(&self) -> bool {
        self.voice == Voice::Clinician
    }

    fn cite(&mut self, evidence: &[Evidence]) -> Vec<usize> {
        self.sources.cite(citations(evidence).iter())
    }

    fn date(&self, at: Timestamp) -> jiff::civil::Date {
        at.to_zoned(self.assessment.zone.clone()).date()
    }

    fn names(&self, ids: &[String]) -> String {
        let names: Vec<String> = ids.iter().map(|id| self.knowledge.substance_name(id).to_owned()).collect();
        list(&names, "and")
    }

    fn features(&mut self) -> Option<Section> {
        let scores = self.assessment.care.scores.iter();
        let mut items: Vec<Item> = scores.filter_map(|score| self.score(score)).collect();
        items.extend(self.features_alone());
        section(FEATURES, items)
    }

    /// The features, what is known of serotonin in them, and the tests that do not show it.
    fn features_alone(&mut self) -> Vec<Item> {
        let care = &self.assessment.care;
        let features: Vec<Item> = care.features.iter().filter_map(|feature| self.feature(feature)).collect();
        let refused: Vec<Item> = care.refused.iter().filter_map(|seen| self.refused(seen)).collect();
        let any = !features.is_empty() || !refused.is_empty() || care.pattern.enough;
        let mut items = features;
        if any {
            // Both sides of the dispute in one sentence each, and that no test shows it.
            let said = if self.clinician() || care.pattern.enough { 3 } else { 2 };
            for science in self.knowledge.base().deficiency.science.iter().take(said) {
                let text = if self.clinician() { &science.clinician } else { &science.person };
                let sources = self.cite(&science.evidence);
                items.push(Item { text: text.clone(), sources, ..Item::default() });
            }
        }
        items.extend(refused);
        items
    }

    /// One questionnaire: total, band, change, what it cannot tell.
    fn score(&mut self, score: &ScoreSeen) -> Option<Item> {
        let forms = &self.knowledge.base().questionnaires;
        let form = forms.iter().find(|form| form.id == score.questionnaire)?;
        let date = self.date(score.at);
        let mut text = match score.total {
            Some(total) => {
                let band = score.band.as_deref().map_or_else(String::new, |band| format!(", {band}"));
                format!("{total} of {} on {date}{band} ({})", form.highest, form.measures)
            }
            None => format!("no total on {date}"),
        };
        if score.prorated {
            text.push_str("; answers that were left out count as the mean of the others");
        }
        if !score.current {
            text.push_str("; that was too long ago to speak of now");
        }
        text.push('.');
        if score.suicide == Some(true) {
            text.push_str(" Its question about suicide is answered with more than zero.");
        }
        let mut under = Vec::new();
        for change in &score.changes {
            let since = if change.first { "first result" } else { "result before" };
            let way = match change.better {
                None => "the same as".to_owned(),
                Some(better) => {
                    let points = change.by.unsigned_abs();
                    let plural = if points == 1 { "" } else { "s" };
                    format!("{points} point{plural} {} than", if better { "better" } else { "worse" })
                }
            };
            let much = match (change.better, change.important, change.reliable) {
                (None, ..) | (_, None, None) => String::new(),
                (_, Some(true), Some(true)) => {
                    ", a change that people notice and more than the scale errs by".to_owned()
                }
                (_, Some(true), None) => ", a change that people notice".to_owned(),
                (_, Some(true), Some(false)) => {
                    ", as much as people notice, but within what the scale errs by in one person".to_owned()
                }
                (_, _, Some(true)) => ", more than the scale errs by".to_owned(),
                _ => ", less than people notice".to_owned(),
            };
            under.push(plain(format!(
                "{} the {since} ({}, {}){much}.",
                capital(&way),
                change.from,
                self.date(change.since)
            )));
        }
        if score.screen == Some(true) {
            under.push(plain(format!(
                "A positive screen: it asks for a talk with a doctor about {}, and is no diagnosis.",
                form.measures
            )));
        }
        under.push(plain(form.limits.clone()));
        Some(Item {
            mark: Some(form.name.clone()),
            text: format!("{text}{}", lines(&score.lines)),
            sources: self.cite(&form.evidence),
            under,
            ..Item::default()
        })
    }

    /// One feature: a medicine that can cause it is said first, then what else does.
    fn feature(&mut self, seen: &FeatureSeen) -> Option<Item> {
        let deficiency = &self.knowledge.base().deficiency;
        let feature = deficiency.features.iter().find(|feature| feature.sign == seen.sign)?;
        let sign = self.knowledge.sign(&seen.sign)?;
        let forms = &self.knowledge.base().questionnaires;
        let answered = seen.answer.as_ref().and_then(|(id, item, answer)| {
            let form = forms.iter().find(|form| form.id == *id)?;
            let words = form.answers.iter().find(|choice| choice.score == *answer)?;
            Some(format!("{} question {item}: \"{}\"", form.name, words.text.to_lowercase()))
        });
        let told = match (seen.strength, answered) {
            (Some(strength), _) => format!("{}/10", number(strength)),
            (None, Some(answered)) => answered,
            (None, None) => "reported".to_owned(),
        };
        let name = if self.clinician() { &sign.name } else { &sign.lay };
        let also = list(&feature.also, "or");
        let mut text = format!("{told}{}. ", lines(&seen.lines));
        if seen.medicines.is_empty() {
            text.push_str(&format!("It also comes from {also}."));
        } else {
            let names = self.names(&seen.medicines);
            text.push_str(&format!(
                "On {names} this is more likely an effect of the medicine; tell the prescriber, and do not stop it suddenly. It also \
                 comes from {also}."
            ));
        }
        let under = match self.clinician() {
            true => vec![plain(feature.serotonin.clone())],
            false => Vec::new(),
        };
        let evidence: &[Evidence] = &feature.evidence;
        let sources = match self.clinician() || !seen.medicines.is_empty() {
            true => self.cite(evidence),
            false => Vec::new(),
        };
        Some(Item { mark: Some(capital(name)), text, sources, under, ..Item::default() })
    }

    fn refused(&mut self, seen: &crate::care::RefusedSeen) -> Option<Item> {
        let tests = &self.knowledge.base().deficiency.refused;
        let test = tests.iter().find(|test| test.id == seen.id)?;
        let text = if self.clinician() { &test.clinician } else { &test.person };
        Some(Item {
            mark: Some("Not taken as evidence".to_owned()),
            text: format!("{text}{}", lines(&seen.lines)),
            sources: self.cite(&test.evidence),
            ..Item::default()
        })
    }

    fn factors(&mut self) -> Option<Section> {
        let base = self.knowledge.base();
        let care = &self.assessment.care;
        let low_asked = !care.features.is_empty()
            || care.scores.iter().any(|score| score.screen == Some(true))
            || care.factors.iter().any(|factor| factor.named);
        let of = |seen: &FactorSeen| base.factors.iter().find(|factor| factor.id == seen.id);
        // What goes with toxicity already stands under what was taken; here it is the low side.
        let shown = |factor: &Factor, seen: &FactorSeen| {
            factor.direction != Direction::High && (seen.present || !seen.against.is_empty())
        };
        let chosen: Vec<(&FactorSeen, &Factor)> = care
            .factors
            .iter()
            .filter_map(|seen| Some((seen, of(seen)?)))
            .filter(|(seen, factor)| low_asked && shown(factor, seen))
            .collect();
        let mut items = Vec::new();
        for (seen, factor) in chosen {
            let mut text = match seen.present {
                true => format!("{}{}. ", capital(&list(&seen.tells, "and")), lines(&seen.lines)),
                false => format!("Speaks against it: {}{}.", list(&seen.against, "and"), lines(&seen.lines)),
            };
            let mut under = Vec::new();
            if seen.present {
                if !seen.against.is_empty() {
                    text.push_str(&format!("Against it: {}. ", list(&seen.against, "and")));
                }
                text.push_str(if self.clinician() { &factor.clinician } else { &factor.person });
                under.push(plain(match self.clinician() {
                    true => format!(
                        "Certainty of the association: {}; of a serotonergic mechanism in people: {}.",
                        certainty(factor.symptoms),
                        certainty(factor.serotonin)
                    ),
                    false => format!(
                        "That it goes with such features is {}; that it acts through serotonin is {}.",
                        sure(factor.symptoms),
                        sure(factor.serotonin)
                    ),
                }));
                if self.clinician() {
                    under.extend(factor.effects.iter().map(|effect| plain(numbers(effect))));
                    under.extend(factor.ask.iter().map(|ask| plain(format!("To ask or test: {ask}"))));
                }
            }
            let mut evidence = factor.evidence.clone();
            evidence.extend(factor.measures.iter().flat_map(|measure| measure.evidence.clone()));
            let sources = if seen.present { self.cite(&factor.evidence) } else { self.cite(&evidence) };
            let mark = match factor.weight {
                Weight::Context => format!("{} (background)", factor.name),
                _ => factor.name.clone(),
            };
            items.push(Item { mark: Some(mark), text, sources, under, ..Item::default() });
        }
        if !items.is_empty() {
            items.push(plain("These go with such features in groups of people. None of them is shown to be the cause here."));
        }
        section("What may play a part", items)
    }

    fn rule_outs(&mut self) -> Option<Section> {
        let care = &self.assessment.care;
        if !care.pattern.enough {
            return None;
        }
        let items = &self.knowledge.base().deficiency.rule_outs;
        let mut lines_out = Vec::new();
        let mut rest: Vec<String> = Vec::new();
        let mut rest_evidence: Vec<Evidence> = Vec::new();
        for seen in &care.rule_outs {
            let Some(item) = items.iter().find(|item| item.id == seen.id) else { continue };
            if !seen.known && seen.looked.is_empty() {
                rest.push(if self.clinician() {
                    format!("{} ({})", item.name, item.test)
                } else {
                    item.name.clone()
                });
                rest_evidence.extend(item.evidence.iter().cloned());
                continue;
            }
            let looked = match seen.looked.as_slice() {
                [] => String::new(),
                some => format!(" Measured: {}.", list(some, "and")),
            };
            let known = if seen.known { "reported; such features can come from it." } else { "looked for." };
            lines_out.push(Item {
                mark: Some(capital(&item.name)),
                text: format!("{known}{looked}{}", lines(&seen.lines)),
                sources: self.cite(&item.evidence),
                ..Item::default()
            });
        }
        if !rest.is_empty() {
            let sources = self.cite(&rest_evidence);
            lines_out.push(Item {
                text: format!("A doctor rules out first: {}.", rest.join("; ")),
                sources,
                ..Item::default()
            });
        }
        section("Other causes of the same", lines_out)
    }

    /// What is said before, what can help, what is asked first, what is not for this person.
    fn ways(&mut self, limit: usize) -> Option<Section> {
        let care = &self.assessment.care;
        let base = self.knowledge.base();
        let found: Vec<(&Way, &Guidance)> = care
            .ways
            .iter()
            .filter_map(|way| Some((way, base.guidance.iter().find(|item| item.id == way.id)?)))
            .filter(|(way, item)| item.direction == Direction::Low && (self.clinician() || !way.detail))
            .collect();
        if found.is_empty() {
            return None;
        }
        let mut items = self.before();
        // A supplement of which too little is known is not advised; going outside costs nothing.
        let weak = |item: &Guidance| item.certainty == Certainty::VeryLow && !item.consists_of.is_empty();
        let told = |way: &Way, item: &Guidance| {
            way.running.is_some() || (way.state != State::NotForYou && !weak(item))
        };
        let (full, rest): (Vec<_>, Vec<_>) = found.iter().copied().partition(|(way, item)| told(way, item));
        // A clinician reads all of it; a person what fits in full, and what needs a question first with the reason why.
        let short = |way: &Way| !self.clinician() && way.running.is_none() && way.state == State::AskFirst;
        let (asked, offered): (Vec<_>, Vec<_>) = full.into_iter().partition(|(way, _)| short(way));
        for (way, item) in offered.iter().take(limit) {
            items.push(self.way(way, item));
        }
        let more: Vec<String> = offered.iter().skip(limit).map(|(_, item)| item.name.clone()).collect();
        if !more.is_empty() {
            items.push(plain(format!("Also possible: {}.", list(&more, "and"))));
        }
        let measured = |measures: &str| {
            care.scores.iter().any(|score| {
                let form = base.questionnaires.iter().find(|form| form.id == score.questionnaire);
                score.current
                    && score.total.is_some()
                    && form.is_some_and(|form| form.measures.starts_with(measures))
            })
        };
        if !care.features.is_empty() && !measured("depressive symptoms") {
            items.push(plain("How heavy it is was not measured: `raphe ask PHQ-9` asks nine questions, and what helps depends on it."));
        }
        let refused = rest.iter().filter(|(way, _)| way.state == State::NotForYou);
        for (way, item) in asked.iter().chain(refused) {
            let (stance, hold) = match way.state {
                State::NotForYou => ("not for you", Hold::Never),
                State::AskFirst | State::Offered => ("ask first", Hold::AskFirst),
            };
            let held = way.holds.iter().filter(|said| said.hold == hold);
            let says: Vec<String> = held.clone().map(|said| said.says.clone()).collect();
            let cited: Vec<Citation> = held.flat_map(|said| said.citations.clone()).collect();
            items.push(Item {
                mark: Some(format!("{}: {stance}", item.name)),
                text: says.join(" "),
                sources: self.sources.cite(cited.iter()),
                ..Item::default()
            });
        }
        let weak: Vec<&Guidance> =
            rest.iter().filter(|(way, _)| way.state != State::NotForYou).map(|(_, item)| *item).collect();
        if !weak.is_empty() {
            let names: Vec<String> = weak.iter().map(|item| item.name.clone()).collect();
            let evidence: Vec<Evidence> =
                weak.iter().flat_map(|item| item.evidence.iter().take(1)).cloned().collect();
            let sources = self.cite(&evidence);
            items.push(Item {
                mark: Some("Too little is known of".to_owned()),
                text: format!("{}; they are not advised here.", list(&names, "and")),
                sources,
                ..Item::default()
            });
        }
        // What is not advised needs no question.
        let offered: Vec<(&Way, &Guidance)> =
            found.iter().copied().filter(|(way, item)| told(way, item)).collect();
        items.extend(self.questions(&offered));
        section("What can help", items)
    }

    fn before(&mut self) -> Vec<Item> {
        let base = self.knowledge.base();
        let said = self.assessment.care.before.iter().filter(|said| said.truth == Truth::True);
        let said: Vec<_> = said
            .filter_map(|said| Some((said, base.deficiency.before.iter().find(|item| item.id == said.id)?)))
            .collect();
        let mut items = Vec::new();
        for (said, item) in said {
            let text = if self.clinician() { &item.clinician } else { &item.person };
            items.push(Item {
                mark: Some("First".to_owned()),
                text: format!("{text}{}", lines(&said.lines)),
                sources: self.cite(&item.evidence),
                ..Item::default()
            });
        }
        items
    }

    fn way(&mut self, way: &Way, item: &Guidance) -> Item {
        let mut text = String::new();
        let taken = way
            .running
            .as_ref()
            .filter(|running| running.what.iter().any(|id| self.knowledge.substance(id).is_some()));
        if let Some(running) = &way.running {
            let what = match taken {
                Some(running) => format!("{} is taken", capital(&self.names(&running.what))),
                None => "It goes on".to_owned(),
            };
            text.push_str(&format!("{what} since {}{}. ", self.date(running.since), lines(&running.lines)));
            if let Some(judge_on) = running.judge_on.filter(|_| way.state != State::NotForYou) {
                let passed = judge_on <= self.assessment.as_of;
                let when = self.date(judge_on);
                text.push_str(&match passed {
                    true => format!("Whether it helps can be judged since {when} (`raphe helping`). "),
                    false => format!(
                        "Whether it helps can be judged from {when} on (`raphe helping`), not before. "
                    ),
                });
            }
            if taken.is_some() && item.by >= Carrier::Prescriber {
                text.push_str("Do not change or stop it without the prescriber. ");
            }
        }
        let running = way.running.is_some();
        // Of what is prescribed, and of what does not go together, only that is said.
        let conflict = running && way.state == State::NotForYou;
        let short = conflict || (taken.is_some() && item.by >= Carrier::Prescriber);
        if !short {
            text.push_str(if self.clinician() { &item.clinician } else { &item.person });
        }
        let mut under = Vec::new();
        let of_itself = item.helps.len() + item.effects.len() > 0;
        if !running && of_itself {
            under.push(plain(format!("How: {}", item.how)));
        }
        let judge = match (&item.judge_after, running) {
            (Some(after), false) => match after.parse::<TimeSpan>() {
                Ok(span) => format!(" Judge it after {} weeks.", number(libm::ceil(span.as_hours() / 168.0))),
                Err(_) => String::new(),
            },
            _ => String::new(),
        };
        if of_itself && self.clinician() {
            under.extend(item.effects.iter().map(|effect| plain(numbers(effect))));
            let serotonin = item.serotonin.map_or_else(String::new, |sure| {
                format!(" That it works through serotonin in people: {}.", certainty(sure))
            });
            let sure = certainty(item.certainty);
            under.push(plain(format!("Certainty: {sure}.{serotonin} Onset: {}.{judge}", item.onset)));
        } else if of_itself && !short {
            let how_well =
                item.effects.first().map(|effect| format!("{} ", in_words(effect))).unwrap_or_default();
            under.push(plain(format!("{how_well}The evidence is {}.", weight_of(item.certainty))));
            under.push(plain(format!("Works after: {}.{judge}", item.onset)));
        }
        let never = if running { "Does not go together" } else { "Not for you" };
        under.extend(self.holds(way, [never, "Ask first", "Mind"]));
        if running && way.state == State::NotForYou {
            under.push(plain("Ask the prescriber or a pharmacist within a day, and do not stop a prescribed medicine suddenly."));
        }
        if !item.watch.is_empty() && !conflict {
            under.push(plain(format!("Watch: {}.", item.watch.join("; "))));
        }
        let by = match item.by {
            Carrier::Person | Carrier::Asked => "",
            Carrier::Therapist => " (with a therapist)",
            Carrier::Prescriber => " (only a doctor can prescribe it)",
            Carrier::Hospital => " (in hospital)",
        };
        let state = match (running, way.state) {
            (true, _) => "",
            (false, State::AskFirst) => ": ask first",
            (false, _) => "",
        };
        Item {
            mark: Some(format!("{}{by}{state}", item.name)),
            text: text.trim_end().to_owned(),
            sources: {
                let effects: Vec<Citation> = item.effects.iter().map(Citation::from).collect();
                let told = if self.clinician() { effects.len() } else { 1 };
                let evidence = citations(&item.evidence);
                let all = effects.iter().take(told).chain(evidence.iter().take(if self.clinician() {
                    99
                } else {
                    2
                }));
                self.sources.cite(all.collect::<Vec<_>>())
            },
            under,
            ..Item::default()
        }
    }

    /// What nobody told and would hold something back, each asked once.
    fn questions(&mut self, found: &[(&Way, &Guidance)]) -> Vec<Item> {
        let base = self.knowledge.base();
        let mut items = Vec::new();
        let mut covered: Vec<&str> = Vec::new();
        for said in &self.assessment.care.before {
            let Some(item) = base.deficiency.before.iter().find(|item| item.id == said.id) else { continue };
            let atoms = match &item.when {
                crate::knowledge::schema::Rule::Any(parts) => parts.clone(),
                other => vec![other.clone()],
            };
            let named: Vec<&str> = base
                .signs
                .iter()
                .map(|sign| sign.id.as_str())
                .filter(|id| {
                    atoms
                        .iter()
                        .any(|rule| matches!(rule, crate::knowledge::schema::Rule::Atom(atom) if atom == id))
                })
                .collect();
            // What was said is answered; what was not is asked only where an answer would change something.
            if said.truth == Truth::True {
                covered.extend(named);
                continue;
            }
            let changes = match named.is_empty() {
                // A rule over age alone.
                true => found.iter().any(|(_, item)| item.adults_only),
                false => found.iter().any(|(way, _)| way.open.iter().any(|id| named.contains(&id.as_str()))),
            };
            if !changes {
                continue;
            }
            covered.extend(named);
            let ask = item.ask.clone().unwrap_or_default();
            let sources = self.cite(&item.evidence);
            items.push(Item {
                mark: Some("Not known here".to_owned()),
                text: ask,
                sources,
                ..Item::default()
            });
        }
        let mut open: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (way, item) in found.iter().filter(|(way, _)| way.state != State::NotForYou) {
            for id in way.open.iter().filter(|id| !covered.contains(&id.as_str())) {
                open.entry(id).or_default().push(item.name.clone());
            }
        }
        let asked: Vec<String> = open
            .into_iter()
            .map(|(id, ways)| {
                let what = match self.knowledge.sign(id) {
                    Some(sign) => sign.lay.clone(),
                    None => "a medicine that was not recognized".to_owned(),
                };
                format!("{what} ({})", list(&ways, "and"))
            })
            .collect();
        if !asked.is_empty() {
            items.push(Item {
                mark: Some("Ask a doctor or pharmacist first if there is".to_owned()),
                text: format!("{}.", asked.join("; ")),
                ..Item::default()
            });
        }
        items
    }

    /// How toxicity is treated, for those who treat.
    fn treatment(&mut self) -> Option<Section> {
        if !self.clinician() {
            return None;
        }
        let base = self.knowledge.base();
        let ways: Vec<(&Way, &Guidance)> = self
            .assessment
            .care
            .ways
            .iter()
            .filter_map(|way| Some((way, base.guidance.iter().find(|item| item.id == way.id)?)))
            .filter(|(_, item)| item.direction == Direction::High)
            .collect();
        let mut items = Vec::new();
        for (way, item) in ways {
            let mut under = vec![plain(item.clinician.clone())];
            under.extend(item.effects.iter().map(|effect| plain(numbers(effect))));
            under.push(plain(format!("Certainty: {}. Onset: {}.", certainty(item.certainty), item.onset)));
            under.extend(self.holds(way, ["Not here", "Weigh", "Mind"]));
            if !item.watch.is_empty() {
                under.push(plain(format!("Watch: {}.", item.watch.join("; "))));
            }
            let perhaps = if way.perhaps { " (if it comes to it)" } else { "" };
            items.push(Item {
                mark: Some(format!("{}{perhaps}", item.name)),
                text: item.how.clone(),
                sources: self.cite(&item.evidence),
                under,
                ..Item::default()
            });
        }
        section("Treatment of serotonin toxicity", items)
    }
}

/// How sure something is, in words that follow a colon.
#[must_use]
pub fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Refuted => "looked for and not found",
        Certainty::VeryLow => "very low",
        Certainty::Low => "low",
        Certainty::Moderate => "moderate",
        Certainty::High => "high",
    }
}

/// An effect with its numbers, for a clinician.
#[must_use]
pub fn numbers(effect: &EffectSize) -> String {
    let interval = match (effect.low, effect.high) {
        (Some(low), Some(high)) => format!(" ({} to {})", number(low), number(high)),
        _ => " (the source gives no interval)".to_owned(),
    };
    let studies = effect.studies.map(|studies| match studies {
        1 => ", 1 study".to_owned(),
        studies => format!(", {studies} studies"),
    });
    let people = effect.people.map(|people| format!(", {people} people"));
    let note = effect.note.as_ref().map(|note| format!("; {note}"));
    format!(
        "{}: {} {}{interval} against {}, {}{}{}{}.",
        capital(&effect.outcome),
        effect.measure,
        number(effect.value),
        effect.compared_with,
        effect.population,
        studies.unwrap_or_default(),
        people.unwrap_or_default(),
        note.unwrap_or_default()
    )
}

/// How sure something is, in everyday words.
fn sure(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Refuted => "looked for and not found",
        Certainty::VeryLow => "hardly studied",
        Certainty::Low => "uncertain",
        Certainty::Moderate => "fairly sure",
        Certainty::High => "well established",
    }
}

/// How much the evidence of a way weighs, in everyday words.
fn weight_of(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Refuted => "against it",
        Certainty::VeryLow => "very weak: it may not help at all",
        Certainty::Low => "weak: the true effect may be smaller",
        Certainty::Moderate => "fair",
        Certainty::High => "strong",
    }
}

/// An effect in everyday words, for a person: how large, against what, and whether chance could explain it.
///
/// Differences follow Cohen's words (0.2 small, 0.5 medium, 0.8 large); an interval that reaches "no difference" is not an effect.
#[must_use]
pub fn in_words(effect: &EffectSize) -> String {
    let ratio = matches!(effect.measure.as_str(), "OR" | "RR" | "HR");
    let none = if ratio { 1.0 } else { 0.0 };
    let interval = effect.low.zip(effect.high);
    let unclear = interval.is_some_and(|(low, high)| low <= none && none <= high);
    let near = interval.is_some_and(|(low, high)| ratio && low > 0.8 && high < 1.25);
    let EffectSize { outcome, compared_with, population, .. } = effect;
    if interval.is_none() && effect.studies == Some(1) {
        return format!(
            "One study of {population} found better {outcome} than with {compared_with}; how large the effect is cannot be told from it."
        );
    }
    let how = match () {
        () if near => format!("{outcome} was about as frequent as with {compared_with}"),
        () if unclear && ratio => {
            format!("{outcome} was not clearly more or less frequent than with {compared_with}")
        }
        () if unclear => format!("{outcome}: not clearly different from {compared_with}"),
        () if ratio && effect.value > 1.0 => format!("{outcome} was more frequent than with {compared_with}"),
        () if ratio => format!("{outcome} was less frequent than with {compared_with}"),
        () => {
            let size = match effect.value.abs() {
                size if size < 0.2 => "a very small",
                size if size < 0.5 => "a small",
                size if size < 0.8 => "a medium-sized",
                _ => "a large",
            };
            let way = if effect.value < 0.0 { "improvement" } else { "worsening" };
            format!("{outcome}: {size} {way}, compared with {compared_with}")
        }
    };
    let doubt = if interval.is_none() { " (the source gives no range for it)" } else { "" };
    format!("In studies of {population}, {how}{doubt}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::schema::Grade;

    fn effect(measure: &str, value: f64, range: Option<(f64, f64)>) -> EffectSize {
        EffectSize {
            outcome: "response".to_owned(),
            population: "adults".to_owned(),
            compared_with: "placebo".to_owned(),
            measure: measure.to_owned(),
            value,
            low: range.map(|range| range.0),
            high: range.map(|range| range.1),
            studies: None,
            people: None,
            note: None,
            grade: Grade::MetaAnalysis,
            cite: "nobody2026".to_owned(),
            r#where: None,
            checked: None,
        }
    }

    #[test]
    fn an_interval_that_reaches_no_difference_is_no_effect() {
        let said = |measure, value, low, high| in_words(&effect(measure, value, Some((low, high))));
        assert!(said("RR", 1.53, 1.19, 1.97).contains("more frequent than with placebo"));
        assert!(said("RR", 1.01, 0.9, 1.14).contains("about as frequent as with placebo"));
        assert!(said("OR", 1.09, 0.49, 2.64).contains("not clearly more or less frequent"));
        assert!(said("HR", 0.5, 0.3, 0.8).contains("less frequent"));
        assert!(said("SMD", -0.18, -0.47, 0.11).contains("not clearly different"));
        assert!(said("SMD", -0.3, -0.34, -0.26).contains("a small improvement"));
        assert!(said("g", -0.79, -0.89, -0.7).contains("a medium-sized improvement"));
        assert!(in_words(&effect("g", -0.63, None)).contains("no range"));
        let single = EffectSize { studies: Some(1), ..effect("SMD", -1.16, None) };
        assert!(
            in_words(&single).contains("cannot be told"),
            "one study without a range is not a large effect"
        );
    }

    #[test]
    fn a_clinician_reads_the_numbers() {
        let text = numbers(&effect("RR", 1.53, Some((1.19, 1.97))));
        assert_eq!(text, "Response: RR 1.53 (1.19 to 1.97) against placebo, adults.");
    }
}
