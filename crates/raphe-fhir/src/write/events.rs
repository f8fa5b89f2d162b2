//! What was seen, felt, measured, asked and noted.
//!
//! Signs and feelings are Observations that say present or absent, vital signs and laboratory values have their LOINC and
//! UCUM codes where they are known, answers to a questionnaire are a QuestionnaireResponse, conditions and circumstances
//! Conditions. Each carries the verb of its line as a second category; what R4 has no element for is in the words of the
//! diary, which a person can read and [`read`](crate::read) takes back.

use super::{
    bundle::{Writing, notes},
    codes::{
        CATEGORY, CLINICAL, DIARY, HPO, LOINC, OWN, PROBLEM, QUESTIONNAIRE, STRENGTH, UCUM, VERIFIED, coding,
        concept, named, quantity, ucum,
    },
    model::{
        Answered, Coding, Component, Concept, Condition, Decimal, Extension, Observation, Quantity, Question,
        QuestionnaireResponse, Resource,
    },
};
use crate::findings::{ANSWERS, ORDINAL};
use raphe::{
    knowledge::{key, schema::Questionnaire},
    timeline::{
        Entry, Event, Feeling, Find, Lab, Name, Observer, Origin, Precision, Score, Timeline, Vital, Weight,
        When, diary,
    },
};

impl<'k> Writing<'k> {
    /// Writes everything but the medicines.
    pub(super) fn events(&mut self, timeline: &Timeline) {
        for entry in &timeline.entries {
            match &entry.event {
                Event::Start(_) | Event::Change(_) | Event::Take(_) | Event::Miss(_) | Event::Stop(_) => {}
                Event::Sign { finds, by } => finds.iter().for_each(|find| self.sign(find, *by, entry)),
                Event::Feel(feelings) => feelings.iter().for_each(|feeling| self.feeling(feeling, entry)),
                Event::Vital(vitals) => vitals.iter().for_each(|vital| self.vital(vital, entry)),
                Event::Lab(labs) => labs.iter().for_each(|lab| self.lab(lab, entry)),
                Event::Score(score) => self.score(score, entry),
                Event::Condition(finds) => {
                    finds.iter().for_each(|find| self.condition("condition", find, entry))
                }
                Event::Factor(finds) => finds.iter().for_each(|find| self.condition("factor", find, entry)),
                Event::Note(text) => {
                    self.in_words("note", entry.when, &entry.origin, text, entry.note.as_ref())
                }
                Event::Unread(text) => {
                    let help = "its words are kept";
                    self.notice(&entry.origin, Weight::Warning, "a line could not be read", help);
                    self.in_words("unread", entry.when, &entry.origin, text, entry.note.as_ref());
                }
                Event::Course(_)
                | Event::Light { .. }
                | Event::Sunlight(_)
                | Event::Exercise { .. }
                | Event::Sleep(_)
                | Event::Meal { .. }
                | Event::Session(_) => self.line(entry),
            }
        }
    }

    /// An observation of the diary, without its value.
    fn observed(
        &self,
        verb: &str,
        category: &str,
        code: Concept,
        when: When,
        note: Option<&String>,
    ) -> Observation {
        let effective = self.effective(when);
        Observation {
            status: Some("final".to_owned()),
            category: vec![concept(CATEGORY, category, None), concept(DIARY, verb, None)],
            code: Some(code),
            subject: self.subject.clone(),
            effective_date_time: effective.date_time,
            effective_period: effective.period,
            effective_absent: effective.absent,
            note: notes(note),
            ..Observation::default()
        }
    }

    fn push(&mut self, origin: &Origin, observation: Observation) {
        self.add_of(origin, Resource::Observation(Box::new(observation)));
    }

    /// What is said in words: those of a diary line without its time and verb.
    pub(super) fn in_words(
        &mut self,
        verb: &str,
        when: When,
        origin: &Origin,
        text: &str,
        note: Option<&String>,
    ) {
        let (text, note) = match (text.trim(), note) {
            ("", Some(note)) => (note.trim(), None),
            (text, note) => (text, note),
        };
        if text.is_empty() {
            return;
        }
        let (category, label) = match verb {
            "note" => ("survey", "note"),
            "unread" => ("survey", "what was written and could not be read"),
            "course" => ("survey", "course of the symptoms"),
            "vital" => ("vital-signs", "vital sign as it was written"),
            "score" => ("survey", "questionnaire as it was written"),
            "session" => ("therapy", "session of therapy"),
            "exercise" => ("activity", "physical activity"),
            "light" => ("therapy", "light box"),
            "sunlight" => ("social-history", "time in daylight"),
            "sleep" => ("social-history", "sleep"),
            "meal" => ("social-history", "meal"),
            other => ("survey", other),
        };
        let observation = Observation {
            value_string: Some(text.to_owned()),
            ..self.observed(verb, category, named(DIARY, verb, label), when, note)
        };
        self.push(origin, observation);
    }

    /// A line in the words of the diary.
    fn line(&mut self, entry: &Entry) {
        let plain = Entry { note: None, ..entry.clone() };
        let when = When { precision: Precision::Day, ..entry.when };
        let line = diary::line(&Entry { when, ..plain }, &jiff::tz::TimeZone::UTC);
        let mut parts = line.splitn(3, ' ').skip(1);
        let verb = parts.next().unwrap_or("note");
        let text = parts.next().unwrap_or_default();
        self.in_words(verb, entry.when, &entry.origin, text, entry.note.as_ref());
    }

    /// The code of a sign, and the words that were written.
    pub(super) fn sign_code(&self, name: &Name) -> Concept {
        let sign = name.id.as_deref().and_then(|id| self.knowledge.sign(id));
        let own = sign.map(|sign| coding(&format!("{OWN}sign"), &sign.id, Some(&sign.name)));
        let hpo = sign.and_then(|sign| sign.hpo.as_deref()).map(|code| coding(HPO, code, None));
        Concept { coding: own.into_iter().chain(hpo).collect(), text: Some(name.text.clone()) }
    }

    fn sign(&mut self, find: &Find, by: Observer, entry: &Entry) {
        let category = if by == Observer::Clinician { "exam" } else { "survey" };
        let code = self.sign_code(&find.name);
        let observation = Observation {
            value_boolean: Some(find.present),
            ..self.observed("sign", category, code, entry.when, entry.note.as_ref())
        };
        self.push(&entry.origin, observation);
    }

    fn feeling(&mut self, feeling: &Feeling, entry: &Entry) {
        let strength = feeling.strength.map(|value| Component {
            code: Some(named(DIARY, STRENGTH, "strength out of ten")),
            value_quantity: Some(quantity(value, "out of 10", "{score}")),
            ..Component::default()
        });
        let code = self.sign_code(&feeling.name);
        let observation = Observation {
            value_boolean: Some(feeling.present),
            component: strength.into_iter().collect(),
            ..self.observed("feel", "survey", code, entry.when, entry.note.as_ref())
        };
        self.push(&entry.origin, observation);
    }

    fn vital(&mut self, vital: &Vital, entry: &Entry) {
        let one = |code: &str, name: &str, value: Quantity| {
            (concept(LOINC, code, Some(name)), Some(value), Vec::new())
        };
        let (code, value_quantity, component) = match vital {
            Vital::Temperature(value) => {
                one("8310-5", "Body temperature", quantity(value.as_celsius(), "°C", "Cel"))
            }
            Vital::Pulse(rate) => one("8867-4", "Heart rate", quantity(rate.as_per_minute(), "/min", "/min")),
            Vital::Respiration(rate) => {
                one("9279-1", "Respiratory rate", quantity(rate.as_per_minute(), "/min", "/min"))
            }
            Vital::Spo2(percent) => {
                let (mut code, value, none) =
                    one("2708-6", "Oxygen saturation in Arterial blood", quantity(*percent, "%", "%"));
                code.coding.insert(0, coding(LOINC, "59408-5", None));
                (code, value, none)
            }
            Vital::BloodPressure(upper, lower) => {
                let half = |code: &str, name: &str, value: f64| Component {
                    code: Some(concept(LOINC, code, Some(name))),
                    value_quantity: Some(quantity(value, "mmHg", "mm[Hg]")),
                    ..Component::default()
                };
                let halves = vec![
                    half("8480-6", "Systolic blood pressure", upper.as_mmhg()),
                    half("8462-4", "Diastolic blood pressure", lower.as_mmhg()),
                ];
                (concept(LOINC, "85354-9", None), None, halves)
            }
            Vital::Unread { text, .. } => {
                return self.in_words("vital", entry.when, &entry.origin, text, entry.note.as_ref());
            }
        };
        let observation = Observation {
            value_quantity,
            component,
            ..self.observed("vital", "vital-signs", code, entry.when, entry.note.as_ref())
        };
        self.push(&entry.origin, observation);
    }

    fn lab(&mut self, lab: &Lab, entry: &Entry) {
        let code = match (lab.name.text.trim().to_lowercase().as_str(), lab.unit.as_str()) {
            ("sodium", "mmol/L" | "mEq/L") => Some("2951-2"),
            ("ck", "U/L" | "IU/L") => Some("2157-6"),
            ("lithium", "mmol/L" | "mEq/L") => Some("14334-7"),
            ("creatinine", "mg/dL") => Some("2160-0"),
            ("creatinine", "µmol/L" | "umol/L") => Some("14682-9"),
            ("qtc", "ms") => Some("8634-8"),
            _ => None,
        };
        let code = code.map(|code| coding(LOINC, code, None));
        let own = coding(DIARY, "lab", None);
        let code =
            Concept { coding: code.into_iter().chain([own]).collect(), text: Some(lab.name.text.clone()) };
        let unit = ucum(&lab.unit);
        let value = Quantity {
            value: Some(Decimal(lab.value)),
            unit: Some(lab.unit.clone()),
            system: unit.map(|_| UCUM.to_owned()),
            code: unit.map(str::to_owned),
        };
        let observation = Observation {
            value_quantity: Some(value),
            ..self.observed("lab", "laboratory", code, entry.when, entry.note.as_ref())
        };
        self.push(&entry.origin, observation);
    }

    fn score(&mut self, score: &Score, entry: &Entry) {
        let form = self.questionnaire(&score.name);
        let dated = matches!(entry.when.precision, Precision::Moment | Precision::Day);
        match (form, score.total) {
            (Some(form), None) if dated && !score.items.is_empty() => {
                let response = QuestionnaireResponse {
                    id: None,
                    questionnaire: Some(format!("{QUESTIONNAIRE}{}", form.id)),
                    status: Some("completed".to_owned()),
                    subject: self.subject.clone(),
                    authored: Some(self.start(entry.when)),
                    source: self.subject.clone().filter(|_| form.by == "person"),
                    item: score
                        .items
                        .iter()
                        .enumerate()
                        .map(|(place, answer)| question(form, place, *answer))
                        .collect(),
                };
                self.add_of(&entry.origin, Resource::QuestionnaireResponse(response));
                if let Some(note) = &entry.note {
                    self.in_words("note", entry.when, &entry.origin, note, None);
                }
            }
            (form, Some(total)) if score.items.is_empty() => {
                let observation = self.total(&score.name, form, total, entry.when, entry.note.as_ref());
                self.push(&entry.origin, observation);
            }
            _ => self.line(entry),
        }
    }

    /// A questionnaire's total.
    pub(super) fn total(
        &self,
        name: &str,
        form: Option<&Questionnaire>,
        total: f64,
        when: When,
        note: Option<&String>,
    ) -> Observation {
        let loinc = form.and_then(|form| form.loinc.as_deref()).map(|code| coding(LOINC, code, None));
        let own = form.map(|form| coding(&format!("{OWN}questionnaire"), &form.id, None));
        let codes = loinc.into_iter().chain(own).chain([coding(DIARY, "score", None)]);
        let code = Concept { coding: codes.collect(), text: Some(name.to_owned()) };
        Observation {
            value_quantity: Some(quantity(total, "score", "{score}")),
            ..self.observed("score", "survey", code, when, note)
        }
    }

    /// The questionnaire of a name.
    pub(super) fn questionnaire(&self, name: &str) -> Option<&'k Questionnaire> {
        let wanted = key(name);
        let mut all = self.knowledge.base().questionnaires.iter();
        all.find(|form| {
            let names = form.names.iter().chain([&form.id, &form.name, &form.title]);
            names.into_iter().any(|known| key(known) == wanted)
        })
    }

    fn condition(&mut self, verb: &str, find: &Find, entry: &Entry) {
        let when = entry.when;
        let lasts = when.precision == Precision::Range;
        let over = when.end.filter(|_| lasts);
        let clinical = if over.is_some() { "resolved" } else { "active" };
        let state = if find.present { "confirmed" } else { "refuted" };
        let problem = find.present.then(|| concept(PROBLEM, "problem-list-item", None));
        let condition = Condition {
            clinical_status: find.present.then(|| concept(CLINICAL, clinical, None)),
            verification_status: Some(concept(VERIFIED, state, None)),
            category: problem.into_iter().chain([concept(DIARY, verb, None)]).collect(),
            code: Some(self.sign_code(&find.name)),
            subject: self.subject.clone(),
            // A single day is when it was said, not when it began.
            onset_date_time: lasts.then(|| self.day(when.start)),
            abatement_date_time: over.map(|end| self.day(end - jiff::SignedDuration::from_secs(1))),
            recorded_date: (!lasts && when.precision != Precision::Undated).then(|| self.start(when)),
            note: notes(entry.note.as_ref()),
            id: None,
        };
        self.add_of(&entry.origin, Resource::Condition(condition));
    }
}

/// One question with its answer.
fn question(form: &Questionnaire, place: usize, answer: Option<u32>) -> Question {
    let item = form.texts.get(place);
    let loinc = item.and_then(|item| item.loinc.as_deref());
    let choice = answer.and_then(|answer| form.answers.iter().find(|choice| choice.score == answer));
    let code = answer
        .and_then(|answer| ANSWERS.iter().find(|(_, value)| *value == answer))
        .filter(|_| loinc.is_some());
    let answer = answer.map(|answer| match code {
        Some((code, value)) => {
            let ordinal = Extension {
                url: ORDINAL[0].to_owned(),
                value_code: None,
                value_decimal: Some(Decimal(f64::from(*value))),
            };
            let words = choice.map(|choice| choice.text.as_str());
            let coding = Coding { extension: vec![ordinal], ..coding(LOINC, code, words) };
            Answered { value_integer: None, value_coding: Some(coding) }
        }
        None => Answered { value_integer: Some(answer), value_coding: None },
    });
    Question {
        link_id: Some(loinc.map_or_else(|| (place + 1).to_string(), |code| format!("/{code}"))),
        text: item.map(|item| item.text.clone()).filter(|text| !text.is_empty()),
        answer: answer.into_iter().collect(),
    }
}
