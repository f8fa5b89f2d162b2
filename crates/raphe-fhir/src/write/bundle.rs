//! A Bundle as it grows: resources with ids made of what they say, and who points to whom.

use super::model::{Absence, Annotation, Bundle, Entry, Extension, Period, Reference, Resource};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use raphe::{
    knowledge::Knowledge,
    timeline::{Notice, Origin, Precision, Timeline, Weight, When},
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What ids are made under.
const NAMESPACE: Uuid = Uuid::from_u128(0x6b2d_1f0e_58c4_5d0a_9f0b_7a1c_2e4d_8f31);
/// Why a value is not there.
const REASON: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

/// A Bundle that is being written.
pub(super) struct Writing<'k> {
    pub(super) knowledge: &'k Knowledge,
    zone: TimeZone,
    entries: Vec<Entry>,
    /// How often the same content was written.
    same: BTreeMap<String, usize>,
    pub(super) subject: Option<Reference>,
    /// Where each line of the diary, or each resource of the record, is found.
    places: BTreeMap<Origin, BTreeSet<String>>,
    pub(super) notices: Vec<Notice>,
}

/// A time as an event has it.
#[derive(Debug, Default)]
pub(super) struct Effective {
    pub(super) date_time: Option<String>,
    pub(super) period: Option<Period>,
    pub(super) absent: Option<Absence>,
}

impl<'k> Writing<'k> {
    pub(super) fn new(knowledge: &'k Knowledge, timeline: &Timeline) -> Self {
        Self {
            knowledge,
            zone: timeline.zone(),
            entries: Vec::new(),
            same: BTreeMap::new(),
            subject: None,
            places: BTreeMap::new(),
            notices: Vec::new(),
        }
    }

    /// Adds a resource, and gives its address.
    pub(super) fn add(&mut self, mut resource: Resource) -> String {
        let content = text(&resource);
        let times = self.same.entry(content.clone()).or_default();
        let name = format!("{content}{times}");
        *times += 1;
        let id = Uuid::new_v5(&NAMESPACE, name.as_bytes()).hyphenated().to_string();
        *resource.id() = Some(id.clone());
        let full_url = format!("urn:uuid:{id}");
        self.entries.push(Entry { full_url: full_url.clone(), resource });
        full_url
    }

    /// Adds the resource that an entry of the timeline is.
    pub(super) fn add_of(&mut self, origin: &Origin, resource: Resource) -> String {
        let address = self.add(resource);
        self.find(origin, &address);
        address
    }

    /// Says where an entry of the timeline is found.
    pub(super) fn find(&mut self, origin: &Origin, address: &str) {
        self.places.entry(origin.clone()).or_default().insert(address.to_owned());
    }

    /// The resources behind lines of the diary; resources of a record by their own names.
    pub(super) fn behind<'o>(&self, origins: impl IntoIterator<Item = &'o Origin>) -> Vec<Reference> {
        let mut all: BTreeSet<String> = BTreeSet::new();
        for origin in origins {
            match (self.places.get(origin), origin) {
                (Some(places), _) => all.extend(places.iter().cloned()),
                (None, Origin::Fhir(id)) if is_address(id) => {
                    all.insert(id.clone());
                }
                _ => {}
            }
        }
        all.iter().map(|address| to(address)).collect()
    }

    /// Every resource that was made of a line of the diary.
    pub(super) fn inputs(&self) -> Vec<Reference> {
        let all: BTreeSet<&String> = self.places.values().flatten().collect();
        all.into_iter().map(|address| to(address)).collect()
    }

    /// Whether an address is that of an observation or a questionnaire.
    pub(super) fn is_observed(&self, reference: &Reference) -> bool {
        let Some(address) = &reference.reference else { return false };
        let entry = self.entries.iter().find(|entry| entry.full_url == *address);
        match entry.map(|entry| &entry.resource) {
            Some(resource) => {
                matches!(resource, Resource::Observation(_) | Resource::QuestionnaireResponse(_))
            }
            None => address.starts_with("Observation/") || address.starts_with("QuestionnaireResponse/"),
        }
    }

    /// Something that the Bundle does not say.
    pub(super) fn notice(&mut self, origin: &Origin, weight: Weight, says: impl Into<String>, help: &str) {
        let line = match origin {
            Origin::Line(line) if *line > 0 => format!("line {line}: "),
            _ => String::new(),
        };
        let says = format!("{line}{}", says.into());
        self.notices.push(Notice { weight, place: None, says, help: Some(help.to_owned()) });
    }

    pub(super) fn moment(&self, at: Timestamp) -> String {
        let zoned = at.to_zoned(self.zone.clone());
        // FHIR has offsets of whole minutes, up to fourteen hours.
        let seconds = zoned.offset().seconds();
        let zoned = match seconds % 60 == 0 && seconds.abs() <= 14 * 3600 {
            true => zoned,
            false => at.to_zoned(TimeZone::UTC),
        };
        zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    pub(super) fn day(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d").to_string()
    }

    /// The last day before a moment, or the moment itself where it is no midnight.
    pub(super) fn until(&self, end: When) -> String {
        match end.precision {
            Precision::Moment => self.moment(end.start),
            _ => self.day(end.start - SignedDuration::from_secs(1)),
        }
    }

    pub(super) fn start(&self, when: When) -> String {
        match when.precision {
            Precision::Moment => self.moment(when.start),
            _ => self.day(when.start),
        }
    }

    pub(super) fn effective(&self, when: When) -> Effective {
        let one = |date_time| Effective { date_time: Some(date_time), ..Effective::default() };
        match (when.precision, when.end) {
            (Precision::Undated, _) => Effective { absent: Some(unknown()), ..Effective::default() },
            (Precision::Moment | Precision::Day, _) => one(self.start(when)),
            (Precision::Range, end) => {
                let end = end.map(|end| self.day(end - SignedDuration::from_secs(1)));
                let period = Period { start: Some(self.day(when.start)), end };
                Effective { period: Some(period), ..Effective::default() }
            }
        }
    }

    /// The whole Bundle, in one line.
    pub(super) fn print(self) -> String {
        let content: String = self.entries.iter().map(|entry| entry.full_url.as_str()).collect();
        let id = Uuid::new_v5(&NAMESPACE, content.as_bytes()).hyphenated().to_string();
        let bundle = Bundle { resource_type: "Bundle", id, kind: "collection", entry: self.entries };
        text(&bundle) + "\n"
    }
}

/// A value that nobody knows.
pub(super) fn unknown() -> Absence {
    let unknown =
        Extension { url: REASON.to_owned(), value_code: Some("unknown".to_owned()), value_decimal: None };
    Absence { extension: vec![unknown] }
}

/// A reference to an address.
pub(super) fn to(address: &str) -> Reference {
    Reference { reference: Some(address.to_owned()), display: None }
}

/// The note of an entry.
pub(super) fn notes(note: Option<&String>) -> Vec<Annotation> {
    note.filter(|note| !note.trim().is_empty())
        .map(|note| Annotation { text: Some(note.clone()) })
        .into_iter()
        .collect()
}

/// `Type/id`, as against the place of a resource without one.
fn is_address(text: &str) -> bool {
    let Some((kind, id)) = text.split_once('/') else { return false };
    let letters = kind.starts_with(|c: char| c.is_ascii_uppercase())
        && kind.bytes().all(|byte| byte.is_ascii_alphabetic());
    letters
        && !id.is_empty()
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("these shapes hold only what JSON can hold")
}
