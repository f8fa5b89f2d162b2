//! One file, cut into resources and sorted by person.
//!
//! The first pass only finds where each resource begins and ends and which type it has; types that are not read are
//! counted and never looked into. The second parses what is read, borrowed from the same bytes, so that a record costs
//! little more memory than its file.

use crate::{
    Error,
    course::{Evidence, Row},
    json,
    medicine::Directory,
    model::{
        AllergyIntolerance, Condition, Glance, Medicating, Medication, Patient, QuestionnaireResponse,
        Reference, Request,
    },
    notices::Notices,
    person::Person,
    split::{self, Broken, Cursor},
};
use raphe::{
    knowledge::Knowledge,
    timeline::{Notice, Timeline},
};
use std::collections::BTreeMap;

/// What was read of one person.
#[derive(Debug, Clone)]
pub struct Reading {
    /// `Patient/id`; `None` when the record names nobody.
    pub patient: Option<String>,
    /// What happened; never complete.
    pub timeline: Timeline,
    /// How it was read: the gravest first.
    pub notices: Vec<Notice>,
}

/// A file, with its resources by person; borrowed from its bytes.
#[derive(Debug)]
pub struct Record<'a> {
    people: BTreeMap<String, Person<'a>>,
    directory: Directory<'a>,
    notices: Notices,
    /// How many resources were found, read or not.
    resources: usize,
    lines: bool,
}

/// A resource in its place.
pub(crate) struct Found<'a> {
    pub(crate) raw: &'a str,
    pub(crate) path: String,
    pub(crate) full_url: Option<String>,
}

/// A parsed resource that is about somebody.
pub(crate) enum Parsed<'a> {
    Patient(Box<Patient<'a>>),
    Row(Box<Row<'a>>),
    Condition(Box<Condition<'a>>),
    Observation(Box<Glance<'a>>),
    Questionnaire(Box<QuestionnaireResponse<'a>>),
    Allergy(Box<AllergyIntolerance<'a>>),
}

/// Resources that could change an answer and are not read yet.
const NOT_YET: &[&str] = &[
    "Procedure",
    "Encounter",
    "DiagnosticReport",
    "DocumentReference",
    "FamilyMemberHistory",
    "Flag",
    "DetectedIssue",
    "RiskAssessment",
    "ClinicalImpression",
    "AdverseEvent",
    "List",
    "CarePlan",
    "Composition",
    "Immunization",
];

impl<'a> Record<'a> {
    /// Opens a file: a Bundle, one resource, or NDJSON, told apart by what is in it.
    ///
    /// # Errors
    /// When it is no text, broken JSON, no FHIR, or empty. In NDJSON a broken line is a notice instead.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Error> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|error| Error::Encoding { at: error.valid_up_to() })?;
        let mut record = Self {
            people: BTreeMap::new(),
            directory: Directory::default(),
            notices: Notices::default(),
            resources: 0,
            lines: false,
        };
        match is_lines(text) {
            true => {
                record.lines = true;
                for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                    record.line(line, &format!("line {}", number + 1));
                }
            }
            false => record.whole(text)?,
        }
        // What names nobody is about the one who is named.
        if record.people.len() == 2
            && let Some(nobody) = record.people.remove("")
        {
            record.people.values_mut().next().expect("one is left").join(nobody);
        }
        match record.resources == 0 && !record.notices.has_errors() {
            true => Err(Error::Empty),
            false => Ok(record),
        }
    }

    /// Whether the file is NDJSON, which may be about many people.
    #[must_use]
    pub fn is_lines(&self) -> bool {
        self.lines
    }

    /// The people in it: `Patient/id`, or an empty text for resources that name nobody.
    pub fn patients(&self) -> impl Iterator<Item = &str> {
        self.people.keys().map(String::as_str)
    }

    /// Reads one of [`patients`](Self::patients); an unknown one has nothing on record.
    #[must_use]
    pub fn patient(&self, patient: &str, knowledge: &Knowledge) -> Reading {
        let nobody = Person::default();
        let person = self.people.get(patient).unwrap_or(&nobody);
        let (timeline, mut notices) = person.read(&self.directory, knowledge);
        notices.extend(&self.notices);
        let patient = (!patient.is_empty()).then(|| patient.to_owned());
        Reading { patient, timeline, notices: notices.list() }
    }

    /// Reads a file that is about one person.
    ///
    /// # Errors
    /// When it is about several; they are listed.
    pub fn person(&self, knowledge: &Knowledge) -> Result<Reading, Error> {
        let patients: Vec<&str> = self.patients().collect();
        match patients.as_slice() {
            [] => Ok(self.patient("", knowledge)),
            [one] => Ok(self.patient(one, knowledge)),
            several => Err(Error::Several { patients: several.iter().map(|id| (*id).to_owned()).collect() }),
        }
    }

    /// Lines of NDJSON with their numbers.
    pub(crate) fn of_lines(lines: impl Iterator<Item = &'a (usize, String)>) -> Self {
        let mut record = Self {
            people: BTreeMap::new(),
            directory: Directory::default(),
            notices: Notices::default(),
            resources: 0,
            lines: true,
        };
        for (number, line) in lines {
            record.line(line, &format!("line {number}"));
        }
        record
    }

    /// Reads lines that are about one person, whatever those say that name nobody.
    pub(crate) fn joined(&mut self, patient: &str, knowledge: &Knowledge) -> Reading {
        if let Some(nobody) = self.people.remove("") {
            self.people.entry(patient.to_owned()).or_default().join(nobody);
        }
        let only = self.people.keys().next().cloned().unwrap_or_default();
        self.patient(if self.people.contains_key(patient) { patient } else { &only }, knowledge)
    }

    /// A file that is one JSON value.
    fn whole(&mut self, text: &'a str) -> Result<(), Error> {
        let broken = |error: serde_json::Error| Error::Json { says: error.to_string() };
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(Error::Empty);
        }
        let Some(kind) = json::resource_type(trimmed) else {
            serde_json::from_str::<serde::de::IgnoredAny>(trimmed).map_err(broken)?;
            let found =
                if trimmed.starts_with('{') { "a JSON object without a resourceType" } else { "this JSON" };
            return Err(Error::NotFhir { found: found.to_owned() });
        };
        if kind != "Bundle" {
            if !json::is_whole(trimmed) {
                serde_json::from_str::<serde::de::IgnoredAny>(trimmed).map_err(broken)?;
            }
            let path = kind.into_owned();
            self.add_all(vec![Found { raw: trimmed, path, full_url: None }]);
            return Ok(());
        }
        let whole = self.bundle(trimmed, "Bundle.");
        // Only a text that could not be cut is read again, to say where it is broken.
        whole.map_err(|Broken| match serde_json::from_str::<serde::de::IgnoredAny>(trimmed) {
            Err(error) => broken(error),
            Ok(_) => Error::NotFhir { found: "a Bundle that is no object".to_owned() },
        })
    }

    /// A Bundle: its entries are cut, their resources are not read yet.
    fn bundle(&mut self, text: &'a str, at: &str) -> Result<(), Broken> {
        let path = at.trim_end_matches('.');
        let mut kind = None;
        let mut found = Vec::new();
        let mut cursor = Cursor::new(text);
        let mut fields = cursor.enter(b'{')?;
        while let Some(name) = cursor.name(&mut fields)? {
            match (name, cursor.peek()) {
                ("entry", Some(b'[')) => {
                    let mut entries = cursor.enter(b'[')?;
                    for index in 0.. {
                        if !cursor.more(&mut entries, b']')? {
                            break;
                        }
                        found.extend(self.entry(&mut cursor, format!("{at}entry[{index}].resource"))?);
                    }
                }
                ("entry", Some(b'{')) => {
                    found.extend(self.entry(&mut cursor, format!("{at}entry.resource"))?);
                }
                _ => {
                    let value = cursor.value().ok_or(Broken)?;
                    match name {
                        "type" => kind = split::string(value),
                        "entry" if value != "null" => {
                            self.notices.error(
                                path,
                                "a field is not of its type",
                                "it was not read",
                                "entry",
                            );
                        }
                        _ => {}
                    }
                }
            }
        }
        match kind.as_deref() {
            Some("collection" | "document" | "searchset" | "transaction" | "batch" | "history") => {}
            other => {
                let kind = other.unwrap_or("none");
                self.notices.info(
                    path,
                    "a Bundle has an unusual type",
                    "its entries are read all the same",
                    kind,
                );
            }
        }
        self.add_all(found);
        Ok(())
    }

    fn entry(&mut self, cursor: &mut Cursor<'a>, path: String) -> Result<Option<Found<'a>>, Broken> {
        let (mut raw, mut full_url, mut deleted) = (None, None, false);
        if cursor.peek() != Some(b'{') {
            cursor.value().ok_or(Broken)?;
            self.notices.error(&path, "an entry is no object", "it was not read", "");
            return Ok(None);
        }
        let mut fields = cursor.enter(b'{')?;
        while let Some(name) = cursor.name(&mut fields)? {
            let value = cursor.value().ok_or(Broken)?;
            match name {
                "resource" if value.starts_with('{') => raw = Some(value),
                "fullUrl" => full_url = split::string(value),
                "request" => {
                    let request = serde_json::from_str::<Request<'_>>(value);
                    deleted = request.is_ok_and(|request| request.method.as_deref() == Some("DELETE"));
                }
                _ => {}
            }
        }
        match raw {
            _ if deleted => self.notices.info(&path, "an entry deletes a resource", "it is left out", ""),
            Some(raw) => return Ok(Some(Found { raw, path, full_url })),
            None => self.notices.info(&path, "an entry has no resource", "it is left out", ""),
        }
        Ok(None)
    }

    /// One line of NDJSON: a resource, or a Bundle.
    fn line(&mut self, line: &'a str, path: &str) {
        let read = match json::resource_type(line).as_deref() {
            Some("Bundle") => match self.bundle(line.trim(), &format!("{path}.")) {
                Ok(()) => Ok(()),
                Err(Broken) => serde_json::from_str::<serde::de::IgnoredAny>(line).map(|_| ()),
            },
            Some(_) if line.trim_end().ends_with('}') => {
                self.add_all(vec![Found { raw: line.trim(), path: path.to_owned(), full_url: None }]);
                Ok(())
            }
            _ => serde_json::from_str::<serde::de::IgnoredAny>(line).map(|_| {
                self.notices.error(path, "a line is no FHIR resource", "it was not read", "");
            }),
        };
        if let Err(error) = read {
            let says = format!("a line is not whole JSON, {}", without_place(&error));
            self.notices.error(path, says, "it was not read; export the record again", "");
        }
    }

    /// Adds resources; of those that point at others the targets come first.
    fn add_all(&mut self, found: Vec<Found<'a>>) {
        self.resources += found.len();
        let mut parsed = Vec::with_capacity(found.len());
        for found in found {
            let kind = json::resource_type(found.raw);
            let kind = kind.as_deref().unwrap_or_default();
            let Some((id, one)) = self.parse(kind, &found) else { continue };
            let local = id.map(|id| format!("{kind}/{id}"));
            if let (Some(url), Some(local)) = (&found.full_url, &local) {
                self.directory.place(url, local);
            }
            let one = match one {
                One::Medication(medication) => {
                    let local = local.or(found.full_url).unwrap_or(found.path);
                    self.directory.add(local, *medication);
                    continue;
                }
                One::Of(one) => one,
            };
            if let (Parsed::Patient(patient), Some(local)) = (&one, &local) {
                self.people.entry(local.clone()).or_default();
                for identifier in &patient.identifier {
                    let system = identifier.system.as_deref().unwrap_or_default();
                    let value = identifier.value.as_deref().unwrap_or_default();
                    self.directory.place(&format!("Patient?identifier={system}|{value}"), local);
                }
            }
            parsed.push((one, local, found));
        }
        for (mut one, local, found) in parsed {
            let subject = match &one {
                Parsed::Patient(_) => local.clone(),
                other => about(other).and_then(|subject| {
                    let reference = subject.reference.as_deref().filter(|reference| !reference.is_empty());
                    reference.map(|reference| self.directory.local(reference))
                }),
            };
            let only = match self.people.len() {
                1 => self.people.keys().next().cloned(),
                _ => None,
            };
            let subject = subject.or(only).unwrap_or_default();
            // One Patient and another name for it, as a contained or a conditional one: it is the same.
            let origin = local.unwrap_or_else(|| found.path.clone());
            if let Parsed::Row(row) = &mut one {
                row.origin.clone_from(&origin);
            }
            self.people.entry(subject).or_default().add(one, found.path, origin);
        }
    }

    /// Parses a resource that is read; the others are counted.
    fn parse(&mut self, kind: &str, found: &Found<'a>) -> Option<(Option<String>, One<'a>)> {
        let (raw, path) = (found.raw, &found.path);
        let notices = &mut self.notices;
        macro_rules! read {
            ($type:ty, $wrap:expr) => {
                salvaged::<$type>(raw, kind, path, notices)
                    .map(|read| (read.id.as_deref().map(str::to_owned), One::Of($wrap(Box::new(read)))))
            };
        }
        match kind {
            "Patient" => read!(Patient<'a>, Parsed::Patient),
            "Condition" => read!(Condition<'a>, Parsed::Condition),
            // Only a glance: which of them are worth reading is known with the knowledge base.
            "Observation" => json::salvage::<Glance<'a>>(raw).ok().map(|(glance, _)| {
                let id = glance.id.as_deref().map(str::to_owned);
                (id, One::Of(Parsed::Observation(Box::new(Glance { raw, ..glance }))))
            }),
            "QuestionnaireResponse" => read!(QuestionnaireResponse<'a>, Parsed::Questionnaire),
            "AllergyIntolerance" => read!(AllergyIntolerance<'a>, Parsed::Allergy),
            "Medication" => salvaged::<Medication<'a>>(raw, kind, path, notices)
                .map(|read| (read.id.as_deref().map(str::to_owned), One::Medication(Box::new(read)))),
            "" => {
                notices.error(path, "an entry has no resourceType", "it was not read", "");
                None
            }
            "MedicationOrder" | "MedicationUsage" => {
                let help = "it was not read; export the record as R4";
                notices.error(path, "a medicine is of another version of FHIR", help, kind);
                None
            }
            other => match Evidence::of(other) {
                Some(evidence) => {
                    let resource = salvaged::<Medicating<'a>>(raw, kind, path, notices)?;
                    let id = resource.id.as_deref().map(str::to_owned);
                    let row = Row { evidence, path: path.clone(), origin: String::new(), resource };
                    Some((id, One::Of(Parsed::Row(Box::new(row)))))
                }
                None => {
                    let says = match NOT_YET.contains(&other) {
                        true => "resources of this kind are not judged yet",
                        false => "resources of this kind say nothing about serotonin",
                    };
                    notices.info(path, says, "they were not read", other);
                    None
                }
            },
        }
    }
}

enum One<'a> {
    Medication(Box<Medication<'a>>),
    Of(Parsed<'a>),
}

/// A resource, or as much of it as is of the right type.
pub(crate) fn salvaged<'a, T: serde::Deserialize<'a>>(
    raw: &'a str,
    kind: &str,
    path: &str,
    notices: &mut Notices,
) -> Option<T> {
    match json::salvage(raw) {
        Ok((read, left)) => {
            for field in left {
                let help = "it was not read; the rest of the resource was";
                notices.error(path, "a field is not of its type", help, &format!("{kind}.{field}"));
            }
            Some(read)
        }
        Err(error) => {
            let says = format!("a resource cannot be read, {}", without_place(&error));
            notices.error(path, says, "it is missing from the result", kind);
            None
        }
    }
}

/// What is wrong, without the line and column inside the resource.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

/// Whom a resource is about.
fn about<'p, 'a>(one: &'p Parsed<'a>) -> Option<&'p Reference<'a>> {
    match one {
        Parsed::Patient(_) => None,
        Parsed::Row(row) => row.resource.subject.as_ref().or(row.resource.patient.as_ref()),
        Parsed::Condition(resource) => resource.subject.as_ref().or(resource.patient.as_ref()),
        Parsed::Observation(resource) => resource.subject.as_ref(),
        Parsed::Questionnaire(resource) => resource.subject.as_ref(),
        Parsed::Allergy(resource) => resource.patient.as_ref(),
    }
}

/// Whether a text is NDJSON: its first line is a whole resource, and more follows it.
fn is_lines(text: &str) -> bool {
    let text = text.trim_start();
    let Some((first, rest)) = text.split_once('\n') else { return false };
    let first = first.trim_end();
    !rest.trim_start().is_empty() && first.starts_with('{') && first.ends_with('}') && json::is_whole(first)
}
