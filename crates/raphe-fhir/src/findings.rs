//! What was seen, measured and asked: Condition, Observation, QuestionnaireResponse, AllergyIntolerance, Patient.
//!
//! Measurements are known by their LOINC codes, signs and diagnoses by their words, looked up in the knowledge base. A
//! diagnosis that it does not know is kept as a note, because its words may be danger words; one that is over is not.

mod codes;
mod own;
mod person;
mod questionnaire;

pub(crate) use codes::{ANSWERS, ORDINAL};
pub(crate) use person::person;

use self::{
    codes::{ICD, Kind, LOINC, kind_of_code},
    questionnaire::of_coding,
};
use crate::{
    json::Text,
    medicine::unit_of,
    model::{AllergyIntolerance, Concept, Condition, Observation, Period, Reference},
    notices::{Notices, short},
    when::{Clock, Written},
};
use jiff::Timestamp;
use raphe::{
    knowledge::{
        Knowledge,
        schema::{Found, Sign},
    },
    timeline::{Entry, Event, Find, Lab, Name, Observer, Origin, Person, Score, Vital, When},
    units::{Frequency, Length, Mass, Pressure, Temperature},
};
use std::{cell::RefCell, collections::BTreeMap};

/// What the resources of one person say beside their medicines.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) entries: Vec<Entry>,
    /// Latest weight, height and kidney function, with their days.
    weight: Option<(Timestamp, Mass)>,
    height: Option<(Timestamp, Length)>,
    egfr: Option<(Timestamp, f64)>,
    smoker: Option<(Timestamp, bool)>,
    /// What the profile of a diary said, which only a record written by raphe has.
    profile: own::Profile,
    /// Halves of blood pressures that stand in resources of their own.
    pressures: BTreeMap<Timestamp, Halves>,
    /// Items of questionnaires that stand in resources of their own.
    items: BTreeMap<(&'static str, Timestamp), Answers>,
}

/// The two numbers of a blood pressure.
#[derive(Debug)]
struct Halves {
    when: When,
    origin: String,
    systolic: Option<f64>,
    diastolic: Option<f64>,
}

/// The answers of a questionnaire.
#[derive(Debug)]
struct Answers {
    when: When,
    origin: String,
    items: Vec<Option<u32>>,
}

/// What findings are read with.
pub(crate) struct Ground<'g> {
    pub(crate) knowledge: &'g Knowledge,
    pub(crate) clock: &'g Clock,
    /// Words that were looked up before: a record says the same a thousand times.
    signs: RefCell<BTreeMap<String, Option<&'g Sign>>>,
}

impl<'g> Ground<'g> {
    /// Nothing is looked up yet.
    pub(crate) fn new(knowledge: &'g Knowledge, clock: &'g Clock) -> Self {
        Self { knowledge, clock, signs: RefCell::default() }
    }

    /// The sign that words name.
    fn sign(&self, words: &str) -> Option<&'g Sign> {
        if let Some(known) = self.signs.borrow().get(words) {
            return *known;
        }
        let found = self.knowledge.find_sign(words);
        self.signs.borrow_mut().insert(words.to_owned(), found);
        found
    }
}

/// Where a resource stands, and how it is named in answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'p> {
    pub(crate) path: &'p str,
    pub(crate) origin: &'p str,
}

impl Findings {
    fn push(&mut self, when: When, event: Event, place: Place<'_>, note: Option<String>) {
        self.entries.push(Entry { when, event, origin: Origin::Fhir(place.origin.to_owned()), note });
    }

    /// Adds what was measured last to the person, and what was put together from several resources.
    pub(crate) fn settle(mut self, person: &mut Person, notices: &mut Notices) -> Vec<Entry> {
        person.weight = self.weight.map(|(_, mass)| mass);
        person.height = self.height.map(|(_, length)| length);
        person.egfr = self.egfr.map(|(_, rate)| rate);
        person.smoker = self.smoker.is_some_and(|(_, smokes)| smokes);
        std::mem::take(&mut self.profile).tell(person);
        for halves in std::mem::take(&mut self.pressures).into_values() {
            let (Some(upper), Some(lower)) = (halves.systolic, halves.diastolic) else {
                notices.info(
                    &halves.origin,
                    "half of a blood pressure is missing",
                    "the other half is left out",
                    "",
                );
                continue;
            };
            let pressure = Vital::BloodPressure(Pressure::mmhg(upper), Pressure::mmhg(lower));
            let place = Place { path: "", origin: &halves.origin };
            self.push(halves.when, Event::Vital(vec![pressure]), place, None);
        }
        for ((name, _), answers) in std::mem::take(&mut self.items) {
            let score =
                Score { name: name.to_owned(), items: answers.items, total: None, columns: Vec::new() };
            let place = Place { path: "", origin: &answers.origin };
            self.push(answers.when, Event::Score(score), place, None);
        }
        // A panel and its parts often say the same thing twice.
        let mut seen: BTreeMap<Timestamp, Vec<usize>> = BTreeMap::new();
        let mut kept: Vec<Entry> = Vec::with_capacity(self.entries.len());
        for entry in self.entries {
            let same = seen.entry(entry.when.start).or_default();
            if matches!(entry.event, Event::Vital(_) | Event::Lab(_) | Event::Score(_))
                && same.iter().any(|index| kept[*index].event == entry.event)
            {
                continue;
            }
            same.push(kept.len());
            kept.push(entry);
        }
        kept
    }

    /// Body weight, for doses by weight.
    pub(crate) fn weight(&self) -> Option<Mass> {
        self.weight.map(|(_, mass)| mass)
    }

    /// A diagnosis.
    pub(crate) fn condition(
        &mut self,
        resource: &Condition<'_>,
        place: Place<'_>,
        ground: &Ground<'_>,
        notices: &mut Notices,
    ) {
        let path = place.path;
        let Some(code) = resource.code.as_ref().filter(|code| code.shown().is_some()) else {
            notices.info(path, "a diagnosis has no name", "it is left out", "");
            return;
        };
        let shown = code.shown().unwrap_or_default();
        let states =
            |words: &[&str]| resource.verification_status.as_ref().is_some_and(|status| status.is(words));
        if states(&["entered-in-error"]) {
            return notices.info(path, "a diagnosis was entered in error", "it is left out", &shown);
        }
        let refuted = states(&["refuted"]);
        if states(&["provisional", "differential", "unconfirmed"]) {
            notices.info(path, "a diagnosis is not confirmed", "it is read as present", &shown);
        }
        if self.own_condition(resource, &shown, refuted, place, ground) {
            return;
        }
        let icd = || {
            let systems = ["http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10-cm"];
            let codes = systems.into_iter().flat_map(|system| code.codes_in(system));
            codes.into_iter().find_map(|code| ICD.iter().find(|(start, _)| code.starts_with(start)))
        };
        let mut words: Vec<String> = code.words().map(plain).collect();
        words.extend(icd().map(|(_, words)| (*words).to_owned()));
        let sign = words.iter().find_map(|words| ground.sign(words));
        let start = |period: &Option<Period<'_>>| {
            period.as_ref().and_then(|period| period.start.as_deref().map(str::to_owned))
        };
        let end = |period: &Option<Period<'_>>| {
            period.as_ref().and_then(|period| period.end.as_deref().map(str::to_owned))
        };
        let text = |text: &Option<Text<'_>>| text.as_deref().map(str::to_owned);
        let onset = text(&resource.onset_date_time).or_else(|| start(&resource.onset_period));
        let onset = onset.or_else(|| text(&resource.recorded_date)).and_then(|text| Written::read(&text));
        let abated = text(&resource.abatement_date_time).or_else(|| end(&resource.abatement_period));
        let abated = abated.and_then(|text| Written::read(&text));
        let over = abated.is_some()
            || resource.abatement_boolean.is_some_and(|flag| flag.0)
            || resource
                .clinical_status
                .as_ref()
                .is_some_and(|status| status.is(&["resolved", "inactive", "remission"]));
        let note = note_of(&resource.note);
        let Some(onset) = onset else {
            if over {
                return notices.info(path, "a diagnosis is over", "it is not used", &shown);
            }
            // A name that was never dated is there from the beginning; a sign of which nobody knows when is only a word.
            notices.info(path, "a diagnosis has no date", "it is kept as present", &shown);
            let from = ground.clock.from(Written::read("1970").expect("a year is a date"));
            let event = match sign.filter(|sign| sign.found == Found::Condition) {
                Some(sign) => Event::Condition(vec![find(&sign.name, !refuted)]),
                None if refuted => return,
                None => Event::Note(words.join(", ")),
            };
            return self.push(from, event, place, note);
        };
        match sign {
            Some(sign) if sign.found == Found::Condition => {
                if over {
                    return notices.info(path, "a diagnosis is over", "it is not used", &shown);
                }
                let when = if refuted { ground.clock.day(onset) } else { ground.clock.from(onset) };
                self.push(when, Event::Condition(vec![find(&sign.name, !refuted)]), place, note);
            }
            Some(sign) => {
                let seen =
                    |present| Event::Sign { finds: vec![find(&sign.name, present)], by: Observer::Clinician };
                self.push(ground.clock.when(onset), seen(!refuted), place, note);
                if let (Some(abated), false) = (abated, refuted) {
                    self.push(ground.clock.when(abated), seen(false), place, None);
                }
            }
            None if over || refuted => {
                let says = if refuted { "a diagnosis was refuted" } else { "a diagnosis is over" };
                notices.info(path, says, "it is not used", &shown);
            }
            None => {
                let help = "kept as a note and searched for danger words, but not judged";
                notices.info(path, "a diagnosis is not in the knowledge base", help, &shown);
                self.push(ground.clock.day(onset), Event::Note(words.join(", ")), place, note);
            }
        }
    }

    /// Something measured or seen.
    pub(crate) fn observation(
        &mut self,
        resource: &Observation<'_>,
        place: Place<'_>,
        ground: &Ground<'_>,
        notices: &mut Notices,
    ) {
        let path = place.path;
        if let Some(status @ ("entered-in-error" | "cancelled")) = resource.status.as_deref() {
            return notices.info(
                path,
                format!("an observation is in the state `{status}`"),
                "it is left out",
                "",
            );
        }
        if own::is_judged(resource) {
            let help = "it is not taken for something that was seen";
            return notices.info(path, "an observation is an answer of raphe", help, &name_of(resource));
        }
        if self.own(resource, place, ground, notices) {
            return;
        }
        let period = resource.effective_period.as_ref().and_then(|period| period.start.as_ref());
        let dated = resource.effective_date_time.as_ref().or(resource.effective_instant.as_ref()).or(period);
        let written = dated.or(resource.issued.as_ref()).and_then(|text| Written::read(text));
        // What a profile says has no date; any that has one is later.
        let written = written.or_else(|| Written::read("1970").filter(|_| own::is_profile(resource)));
        let Some(written) = written else {
            if is_read(resource, ground) {
                notices.warning(path, "an observation has no date", "it is left out", &name_of(resource));
            }
            return;
        };
        let when = ground.clock.when(written);
        let by = observer(resource);
        let mut seen = Seen { when, by, vitals: Vec::new(), labs: Vec::new(), used: false };
        self.one(resource, &mut seen, place, ground, notices);
        let mut pressure = (None, None);
        for component in &resource.component {
            match kind_of(component) {
                Some(Kind::Systolic) => pressure.0 = mmhg(component),
                Some(Kind::Diastolic) => pressure.1 = mmhg(component),
                _ => self.one(component, &mut seen, place, ground, notices),
            }
        }
        if let (Some(upper), Some(lower)) = pressure {
            seen.vitals.push(Vital::BloodPressure(Pressure::mmhg(upper), Pressure::mmhg(lower)));
        }
        let note = note_of(&resource.note);
        let used = seen.used || !seen.vitals.is_empty() || !seen.labs.is_empty();
        if !seen.vitals.is_empty() {
            self.push(when, Event::Vital(seen.vitals), place, note.clone());
        }
        if !seen.labs.is_empty() {
            self.push(when, Event::Lab(seen.labs), place, note);
        } else if !used {
            notices.info(path, "an observation is of no use to raphe", "it is left out", &name_of(resource));
        }
    }

    /// One value, of an observation or of its component.
    fn one(
        &mut self,
        value: &Observation<'_>,
        seen: &mut Seen,
        place: Place<'_>,
        ground: &Ground<'_>,
        notices: &mut Notices,
    ) {
        let Some(kind) = kind_of(value) else { return self.named(value, seen, place, ground) };
        let number = number_of(value);
        let unit = value.value_quantity.as_ref().map_or("", |quantity| unit_of(quantity));
        let at = seen.when.start;
        let missing = |notices: &mut Notices| {
            notices.info(place.path, "a measurement has no value", "it is left out", &name_of(value));
        };
        match (kind, number) {
            (Kind::Smoking, _) => {
                let Some(words) = value.value_codeable_concept.as_ref().and_then(|concept| concept.shown())
                else {
                    return;
                };
                let lower = words.to_lowercase();
                let not = ["never", "non", "former", "ex-", "quit", "unknown", "not "]
                    .iter()
                    .any(|not| lower.contains(not));
                latest(&mut self.smoker, at, lower.contains("smok") && !not);
                seen.used = true;
            }
            (Kind::Pregnancy, _) => {
                let Some(words) = value.value_codeable_concept.as_ref().and_then(|concept| concept.shown())
                else {
                    return;
                };
                let lower = words.to_lowercase();
                let present = lower.contains("pregnant") && !lower.contains("not");
                if present || lower.contains("not pregnant") {
                    self.push(seen.when, Event::Condition(vec![find("Pregnancy", present)]), place, None);
                    seen.used = true;
                }
            }
            (Kind::Item(name, index), _) => match answer_of(value) {
                Some(answer) => {
                    let length = if name == "PHQ-9" { 9 } else { 7 };
                    let items = self.items.entry((name, at));
                    let answers = items.or_insert_with(|| Answers {
                        when: seen.when,
                        origin: place.origin.to_owned(),
                        items: vec![None; length],
                    });
                    answers.items[index] = Some(answer);
                    seen.used = true;
                }
                None => missing(notices),
            },
            (_, None) => missing(notices),
            (Kind::Total(name), Some(number)) => {
                let score = Score {
                    name: name.to_owned(),
                    items: Vec::new(),
                    total: Some(number),
                    columns: Vec::new(),
                };
                self.push(seen.when, Event::Score(score), place, None);
                seen.used = true;
            }
            (Kind::Temperature, Some(number)) => {
                seen.vitals.push(temperature(number, unit, place.path, notices))
            }
            (Kind::Pulse, Some(number)) => seen.vitals.push(Vital::Pulse(Frequency::per_minute(number))),
            (Kind::Respiration, Some(number)) => {
                seen.vitals.push(Vital::Respiration(Frequency::per_minute(number)))
            }
            (Kind::Spo2, Some(number)) => {
                let percent = if number <= 1.0 { number * 100.0 } else { number };
                match (10.0..=100.0).contains(&percent) {
                    true => seen.vitals.push(Vital::Spo2(percent)),
                    false => missing(notices),
                }
            }
            (Kind::Systolic | Kind::Diastolic, Some(_)) => {
                let half = mmhg(value);
                let slot = self.pressures.entry(at).or_insert_with(|| Halves {
                    when: seen.when,
                    origin: place.origin.to_owned(),
                    systolic: None,
                    diastolic: None,
                });
                match kind {
                    Kind::Systolic => slot.systolic = half,
                    _ => slot.diastolic = half,
                }
                seen.used = true;
            }
            (Kind::Weight, Some(number)) => match mass(number, unit) {
                Some(mass) => {
                    latest(&mut self.weight, at, mass);
                    seen.used = true;
                }
                None => missing(notices),
            },
            (Kind::Height, Some(number)) => match length(number, unit) {
                Some(length) => {
                    latest(&mut self.height, at, length);
                    seen.used = true;
                }
                None => missing(notices),
            },
            (Kind::Egfr, Some(number)) => {
                if (0.0..=250.0).contains(&number) {
                    latest(&mut self.egfr, at, number);
                    seen.used = true;
                }
            }
            (Kind::Lab(name), Some(number)) => {
                if unit.is_empty() {
                    return notices.warning(
                        place.path,
                        "a laboratory value has no unit",
                        "it is left out",
                        name,
                    );
                }
                seen.labs.push(lab(name, number, unit));
            }
        }
    }

    /// A sign or a drug level, known by its words.
    fn named(&mut self, value: &Observation<'_>, seen: &mut Seen, place: Place<'_>, ground: &Ground<'_>) {
        let Some(code) = &value.code else { return };
        for words in code.words() {
            let words = plain(words);
            if let Some(sign) = ground.sign(&words)
                && let Some(present) = presence(value)
            {
                let event = match sign.found {
                    Found::Condition => Event::Condition(vec![find(&sign.name, present)]),
                    _ => Event::Sign { finds: vec![find(&sign.name, present)], by: seen.by },
                };
                self.push(seen.when, event, place, None);
                seen.used = true;
                return;
            }
            // `Sertraline [Mass/volume] in Serum or Plasma`
            let level = words.split(" [").next().unwrap_or_default();
            if let (Some(quantity), true) = (&value.value_quantity, words.contains('['))
                && let Some(substance) = ground.knowledge.find_substance(level)
                && let (Some(number), unit) = (number_of(value), unit_of(quantity))
                && !unit.is_empty()
            {
                seen.labs.push(lab(&substance.names.inn, number, unit));
                return;
            }
        }
        // `Clinical finding`: `Tremor`
        let words = value
            .value_codeable_concept
            .as_ref()
            .map(|concept| concept.words().map(plain).collect::<Vec<_>>());
        if let Some(sign) = words.iter().flatten().find_map(|words| ground.sign(words)) {
            let event = match sign.found {
                Found::Condition => Event::Condition(vec![find(&sign.name, true)]),
                _ => Event::Sign { finds: vec![find(&sign.name, true)], by: seen.by },
            };
            self.push(seen.when, event, place, None);
            seen.used = true;
        }
    }
}

/// What one observation says.
struct Seen {
    when: When,
    by: Observer,
    vitals: Vec<Vital>,
    labs: Vec<Lab>,
    /// Whether anything of it was used.
    used: bool,
}

/// An allergy is said, not judged.
pub(crate) fn allergy(resource: &AllergyIntolerance<'_>, path: &str, notices: &mut Notices) {
    let states =
        |words: &[&str]| resource.verification_status.as_ref().is_some_and(|status| status.is(words));
    if states(&["entered-in-error", "refuted"]) {
        return notices.info(path, "an allergy was refuted or entered in error", "it is left out", "");
    }
    let name = resource.code.as_ref().and_then(|code| code.shown()).unwrap_or_default();
    let reactions = resource.reaction.iter().flat_map(|reaction| &reaction.manifestation);
    let serotonin =
        reactions.filter_map(|concept| concept.shown()).any(|text| text.to_lowercase().contains("serotonin"));
    match serotonin {
        true => {
            let help = "tell a doctor or pharmacist before a medicine of this kind is taken again";
            notices.warning(path, "a medicine has caused serotonin toxicity before", help, &name);
        }
        false => notices.info(
            path,
            "an allergy or intolerance is recorded",
            "it is kept here and not judged",
            &name,
        ),
    }
}

/// The name of a measurement whose number is of no use: its code is not read, and its words name neither a sign nor a
/// substance.
pub(crate) fn useless_number(code: &str, knowledge: &Knowledge) -> Option<String> {
    let code = serde_json::from_str::<Concept<'_>>(code).ok()?;
    let known = code.codes_in(LOINC).any(|code| kind_of_code(code).is_some()) || own::is_code(&code);
    let named = code.words().any(|words| {
        let words = plain(words);
        let level = words.split(" [").next().unwrap_or_default();
        knowledge.find_sign(&words).is_some() || knowledge.find_substance(level).is_some()
    });
    (!known && !named).then(|| code.shown().map(|shown| short(&shown)).unwrap_or_default())
}

/// Whether an observation is one that raphe reads.
fn is_read(resource: &Observation<'_>, ground: &Ground<'_>) -> bool {
    let coded = kind_of(resource).is_some() || resource.component.iter().any(|part| kind_of(part).is_some());
    coded
        || resource
            .code
            .iter()
            .flat_map(|code| code.words())
            .any(|words| ground.sign(&plain(words)).is_some())
}

fn kind_of(value: &Observation<'_>) -> Option<Kind> {
    value.code.as_ref()?.codes_in(LOINC).find_map(kind_of_code)
}

fn number_of(value: &Observation<'_>) -> Option<f64> {
    let quantity = value.value_quantity.as_ref().and_then(|quantity| quantity.value);
    quantity.or(value.value_integer).map(|value| value.0).filter(|value| *value >= 0.0)
}

fn mmhg(value: &Observation<'_>) -> Option<f64> {
    let factor = match value.value_quantity.as_ref().map_or("", |quantity| unit_of(quantity)) {
        "kPa" => Pressure::kpa(1.0).as_mmhg(),
        _ => 1.0,
    };
    number_of(value).map(|number| number * factor)
}

fn temperature(number: f64, unit: &str, path: &str, notices: &mut Notices) -> Vital {
    let plain = unit.trim_matches(['[', ']', '{', '}', '°']).to_lowercase();
    match plain.as_str() {
        "cel" | "c" | "degc" | "celsius" | "degrees c" => Vital::Temperature(Temperature::celsius(number)),
        "degf" | "f" | "fahrenheit" | "degrees f" => Vital::Temperature(Temperature::fahrenheit(number)),
        _ => {
            notices.warning(
                path,
                "a temperature has no unit",
                "what it could mean is judged",
                &format!("{number} {unit}"),
            );
            let celsius = (30.0..=45.0).contains(&number).then(|| Temperature::celsius(number));
            let fahrenheit = (86.0..=115.0).contains(&number).then(|| Temperature::fahrenheit(number));
            let text = format!("temperature {number} {unit}").trim().to_owned();
            Vital::Unread {
                text,
                could_mean: celsius.into_iter().chain(fahrenheit).map(Vital::Temperature).collect(),
            }
        }
    }
}

fn mass(number: f64, unit: &str) -> Option<Mass> {
    let mass = match unit.trim_matches(['[', ']', '{', '}']).to_lowercase().as_str() {
        "kg" => Mass::kg(number),
        "g" => Mass::g(number),
        "lb_av" | "lb" | "lbs" => Mass::kg(number * 0.453_592_37),
        "oz_av" | "oz" => Mass::kg(number * 0.028_349_523),
        _ => return None,
    };
    (0.3..=700.0).contains(&mass.as_kg()).then_some(mass)
}

fn length(number: f64, unit: &str) -> Option<Length> {
    let length = match unit.trim_matches(['[', ']', '{', '}']).to_lowercase().as_str() {
        "cm" => Length::cm(number),
        "m" => Length::m(number),
        "mm" => Length::cm(number / 10.0),
        "in_i" | "in" | "in_us" => Length::cm(number * 2.54),
        "ft_i" | "ft" => Length::cm(number * 30.48),
        _ => return None,
    };
    (20.0..=280.0).contains(&length.as_cm()).then_some(length)
}

fn lab(name: &str, value: f64, unit: &str) -> Lab {
    Lab { name: Name { text: name.to_owned(), column: 1, id: None }, value, unit: unit.to_owned() }
}

fn find(name: &str, present: bool) -> Find {
    Find { name: Name { text: name.to_owned(), column: 1, id: None }, present }
}

/// The later of two.
fn latest<T>(slot: &mut Option<(Timestamp, T)>, at: Timestamp, value: T) {
    if slot.as_ref().is_none_or(|(before, _)| at >= *before) {
        *slot = Some((at, value));
    }
}

/// Words without the tag that SNOMED CT writes behind them.
fn plain(words: &str) -> String {
    let words = words.trim();
    match words.strip_suffix(')').and_then(|rest| rest.rsplit_once(" (")) {
        Some((before, tag)) if tag.chars().all(|c| c.is_lowercase() || c == ' ' || c == '/') => {
            before.to_owned()
        }
        _ => words.to_owned(),
    }
}

fn name_of(value: &Observation<'_>) -> String {
    value.code.as_ref().and_then(|code| code.shown()).map(|shown| short(&shown)).unwrap_or_default()
}

fn note_of(notes: &[crate::model::Annotation<'_>]) -> Option<String> {
    let texts: Vec<&str> = notes.iter().filter_map(|note| note.text.as_deref()).collect();
    (!texts.is_empty()).then(|| texts.join(" · "))
}

/// A clinician looked, unless nobody or the person is named; an examination is a clinician's.
fn observer(resource: &Observation<'_>) -> Observer {
    let named = |reference: &Reference<'_>, kinds: &[&str]| {
        let text = reference.reference.as_deref().unwrap_or_default();
        kinds.iter().any(|kind| text.split(['/', '?']).any(|part| part == *kind))
    };
    let lay = resource.performer.iter().any(|performer| named(performer, &["Patient", "RelatedPerson"]));
    let professional = resource
        .performer
        .iter()
        .any(|performer| named(performer, &["Practitioner", "PractitionerRole", "Organization", "CareTeam"]));
    let exam = resource.category.iter().any(|category| category.is(&["exam"]));
    if (professional || exam) && !lay { Observer::Clinician } else { Observer::Lay }
}

/// Whether a sign was found; `None` when the value says neither.
fn presence(value: &Observation<'_>) -> Option<bool> {
    if let Some(flag) = value.value_boolean {
        return Some(flag.0);
    }
    let concept = value.value_codeable_concept.as_ref().and_then(|concept| concept.shown());
    let words = plain(&concept.or_else(|| value.value_string.as_deref().map(str::to_owned))?).to_lowercase();
    let first = words.split([' ', ',', ';']).next().unwrap_or_default();
    match first {
        "present" | "yes" | "positive" | "found" | "detected" | "true" | "mild" | "moderate" | "severe"
        | "y" => Some(true),
        "absent" | "no" | "negative" | "none" | "false" | "n" => Some(false),
        "not" if words.starts_with("not present") || words.starts_with("not detected") => Some(false),
        _ => None,
    }
}

/// The number of an answer that stands in an observation.
fn answer_of(value: &Observation<'_>) -> Option<u32> {
    let coded =
        value.value_codeable_concept.as_ref().and_then(|concept| concept.coding.iter().find_map(of_coding));
    coded.or_else(|| number_of(value).and_then(whole))
}

fn whole(number: f64) -> Option<u32> {
    (number.fract() == 0.0 && (0.0..=100.0).contains(&number)).then_some(number as u32)
}
