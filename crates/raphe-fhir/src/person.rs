//! The resources of one person, and the timeline they make.

use crate::{
    course::{self, Row},
    findings::{self, Findings, Place},
    medicine::Directory,
    model::{AllergyIntolerance, Condition, Observation, Patient, QuestionnaireResponse},
    notices::{Known, Notices},
    record::{Observed, Parsed, salvaged},
    when::{Clock, Written},
};
use jiff::{civil::Date, tz::TimeZone};
use raphe::{
    knowledge::Knowledge,
    timeline::{Timeline, Weight},
};
use std::{borrow::Cow, cell::LazyCell, collections::BTreeMap};

/// A resource with where it stands and how answers name it.
#[derive(Debug)]
struct Placed<T> {
    resource: T,
    path: String,
    origin: String,
}

impl<T> Placed<T> {
    fn place(&self) -> Place<'_> {
        Place { path: &self.path, origin: &self.origin }
    }
}

/// Everything on record of one person.
#[derive(Debug, Default)]
pub(crate) struct Person<'a> {
    patients: Vec<Placed<Patient<'a>>>,
    rows: Vec<Row<'a>>,
    conditions: Vec<Placed<Condition<'a>>>,
    observations: Vec<Observed<'a>>,
    questionnaires: Vec<Placed<QuestionnaireResponse<'a>>>,
    allergies: Vec<Placed<AllergyIntolerance<'a>>>,
}

impl<'a> Person<'a> {
    /// Adds a resource.
    pub(crate) fn add(&mut self, one: Parsed<'a>, path: String, origin: String) {
        match one {
            Parsed::Patient(resource) => self.patients.push(Placed { resource: *resource, path, origin }),
            Parsed::Row(row) => self.rows.push(*row),
            Parsed::Condition(resource) => self.conditions.push(Placed { resource: *resource, path, origin }),
            Parsed::Questionnaire(resource) => {
                self.questionnaires.push(Placed { resource: *resource, path, origin })
            }
            Parsed::Allergy(resource) => self.allergies.push(Placed { resource: *resource, path, origin }),
        }
    }

    /// Adds an observation.
    pub(crate) fn observe(&mut self, observed: Observed<'a>) {
        self.observations.push(observed);
    }

    /// Adds what is on record under another name.
    pub(crate) fn join(&mut self, other: Self) {
        self.patients.extend(other.patients);
        self.rows.extend(other.rows);
        self.conditions.extend(other.conditions);
        self.observations.extend(other.observations);
        self.questionnaires.extend(other.questionnaires);
        self.allergies.extend(other.allergies);
    }

    /// The timeline, and how it was read.
    pub(crate) fn read(&self, directory: &Directory<'_>, knowledge: &Knowledge) -> (Timeline, Notices) {
        let mut notices = Notices::default();
        let mut person = match self.patients.first() {
            Some(patient) => findings::person(&patient.resource, &patient.path, &mut notices),
            None => raphe::timeline::Person::default(),
        };
        person.zone = person.zone.or_else(|| Clock::of(self.times()));
        let clock = Clock { zone: person.zone.clone().unwrap_or(TimeZone::UTC) };
        let ground = findings::Ground::new(knowledge, &clock);
        let mut found = Findings::default();
        // Most observations are numbers that raphe does not read, thousands of each kind: the code, as written, tells.
        let mut useless: BTreeMap<&str, Option<Known>> = BTreeMap::new();
        for Observed { raw, outline, spot } in &self.observations {
            let path = spot.path("Observation");
            if let Some(code) = outline.code_of_number(raw) {
                match useless.get(code) {
                    Some(None) => {}
                    Some(Some(known)) => {
                        notices.again(*known);
                        continue;
                    }
                    None => {
                        let known = findings::useless_number(code, knowledge).map(|name| {
                            let says = "an observation is of no use to raphe";
                            notices.add(Weight::Info, &path, says, "it is left out", &name)
                        });
                        useless.insert(code, known);
                        if known.is_some() {
                            continue;
                        }
                    }
                }
            }
            if let Some(read) = salvaged::<Observation<'_>>(raw, "Observation", &path, &mut notices) {
                let path = path.to_string();
                let origin =
                    read.id.as_deref().map_or_else(|| path.clone(), |id| format!("Observation/{id}"));
                found.observation(&read, Place { path: &path, origin: &origin }, &ground, &mut notices);
            }
        }
        for placed in &self.conditions {
            found.condition(&placed.resource, placed.place(), &ground, &mut notices);
        }
        for placed in &self.questionnaires {
            found.questionnaire(&placed.resource, placed.place(), &ground, &mut notices);
        }
        for placed in &self.allergies {
            findings::allergy(&placed.resource, &placed.path, &mut notices);
        }
        let ground = course::Ground {
            directory,
            knowledge,
            clock: &clock,
            weight: found.weight(),
            first_day: LazyCell::new(Box::new(|| self.first_day(&clock))),
        };
        let mut entries = course::read(&self.rows, &ground, &mut notices);
        entries.extend(found.settle(&mut person, &mut notices));
        (Timeline::new(person, entries).incomplete(), notices)
    }

    /// The dates of medicines and observations, as written.
    fn times(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let rows = self.rows.iter().flat_map(|row| {
            let resource = &row.resource;
            let period = resource.effective_period.as_ref().and_then(|period| period.start.as_deref());
            let dates = [
                &resource.authored_on,
                &resource.effective_date_time,
                &resource.when_handed_over,
                &resource.date_asserted,
            ];
            dates.into_iter().filter_map(|date| date.as_deref()).chain(period).map(Cow::Borrowed)
        });
        let observed =
            self.observations.iter().filter_map(|observed| observed.outline.effective(observed.raw));
        let observed = observed.map(Cow::from);
        rows.chain(observed)
    }

    fn first_day(&self, clock: &Clock) -> Option<Date> {
        self.times().filter_map(|time| Written::read(&time)).map(|written| clock.date(written)).min()
    }
}
