//! One file, cut into resources and sorted by person.
//!
//! The first pass only finds where each resource begins and ends and which type it has; types that are not read are
//! counted and never looked into. The second parses what is read, borrowed from the same bytes, so that a record costs
//! little more memory than its file. Of an observation, which most of a record are, the first pass takes an [`Outline`];
//! whether it is worth parsing is known only with the knowledge base.

use crate::{
    Error,
    course::{Evidence, Row},
    json::{self, Text},
    lines::Line,
    medicine::Directory,
    model::{
        AllergyIntolerance, Condition, Medicating, Medication, Patient, QuestionnaireResponse, Reference,
        Request,
    },
    notices::{Known, Notices},
    outline::{self, Outline},
    person::Person,
    split::{Broken, Cursor},
};
use raphe::{
    knowledge::Knowledge,
    timeline::{Notice, Timeline, Weight},
};
use serde::de::IgnoredAny;
use std::{borrow::Cow, collections::BTreeMap, fmt};

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
    /// The notice of each type that is not read.
    unread: BTreeMap<Cow<'a, str>, Known>,
    /// The person of the last observation, by the subject as written: most say the same as the one before.
    last: Option<(&'a str, String)>,
    /// How many resources were found, read or not.
    resources: usize,
    lines: bool,
}

/// Where a resource stands in its file; written out only for those that a notice or an answer names.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Spot {
    /// It is the file.
    Whole,
    /// A line of NDJSON.
    Line(usize),
    /// Of a Bundle, which may be a line, the entry with this number; without one the only entry.
    Entry(Option<usize>, Option<usize>),
}

impl Spot {
    /// The path of a resource of this type.
    pub(crate) fn path(self, kind: &str) -> impl fmt::Display {
        struct Path<'k>(Spot, &'k str);
        impl fmt::Display for Path<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.0 {
                    Spot::Whole => f.write_str(self.1),
                    Spot::Line(number) => write!(f, "line {number}"),
                    Spot::Entry(line, entry) => {
                        match line {
                            Some(number) => write!(f, "line {number}.")?,
                            None => f.write_str("Bundle.")?,
                        }
                        match entry {
                            Some(index) => write!(f, "entry[{index}].resource"),
                            None => f.write_str("entry.resource"),
                        }
                    }
                }
            }
        }
        Path(self, kind)
    }
}

/// A resource in its place.
struct Found<'a> {
    raw: &'a str,
    /// Its type; empty where it names none.
    kind: Cow<'a, str>,
    spot: Spot,
    full_url: Option<Text<'a>>,
    outline: Option<Outline>,
}

impl<'a> Found<'a> {
    fn path(&self) -> String {
        self.spot.path(&self.kind).to_string()
    }
}

/// An observation, not parsed yet.
#[derive(Debug)]
pub(crate) struct Observed<'a> {
    pub(crate) raw: &'a str,
    pub(crate) outline: Outline,
    pub(crate) spot: Spot,
}

/// A parsed resource that is about somebody.
pub(crate) enum Parsed<'a> {
    Patient(Box<Patient<'a>>),
    Row(Box<Row<'a>>),
    Condition(Box<Condition<'a>>),
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
        let mut record = Self::empty(false);
        match is_lines(text) {
            true => {
                record.lines = true;
                let lines = lines(text).map(str::trim).enumerate();
                for (index, line) in lines.filter(|(_, line)| !line.is_empty()) {
                    record.line(line, index + 1, None);
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

    /// Nothing read yet, of NDJSON or of anything else.
    fn empty(lines: bool) -> Self {
        Self {
            people: BTreeMap::new(),
            directory: Directory::default(),
            notices: Notices::default(),
            unread: BTreeMap::new(),
            last: None,
            resources: 0,
            lines,
        }
    }

    /// Lines of NDJSON.
    pub(crate) fn of_lines(lines: impl Iterator<Item = &'a Line>) -> Self {
        let mut record = Self::empty(true);
        for line in lines {
            record.line(&line.text, line.number, line.outline);
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
        let Some(kind) = outline::resource_type(trimmed) else {
            serde_json::from_str::<IgnoredAny>(trimmed).map_err(broken)?;
            let found =
                if trimmed.starts_with('{') { "a JSON object without a resourceType" } else { "this JSON" };
            return Err(Error::NotFhir { found: found.to_owned() });
        };
        if kind != "Bundle" {
            if !json::is_whole(trimmed) {
                serde_json::from_str::<IgnoredAny>(trimmed).map_err(broken)?;
            }
            let found = Found { raw: trimmed, kind, spot: Spot::Whole, full_url: None, outline: None };
            self.add_all(&mut [found]);
            return Ok(());
        }
        let whole = self.bundle(trimmed, None);
        // Only a text that could not be cut is read again, to say where it is broken.
        whole.map_err(|Broken| match serde_json::from_str::<IgnoredAny>(trimmed) {
            Err(error) => broken(error),
            Ok(_) => Error::NotFhir { found: "a Bundle that is no object".to_owned() },
        })
    }

    /// A Bundle: its entries are cut, their resources are not read yet.
    fn bundle(&mut self, text: &'a str, line: Option<usize>) -> Result<(), Broken> {
        let path = line.map_or(Spot::Whole, Spot::Line).path("Bundle");
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
                        found.extend(self.entry(&mut cursor, Spot::Entry(line, Some(index)))?);
                    }
                }
                ("entry", Some(b'{')) => {
                    found.extend(self.entry(&mut cursor, Spot::Entry(line, None))?);
                }
                _ => {
                    let value = cursor.value().ok_or(Broken)?;
                    match name {
                        "type" => kind = json::string(value),
                        "entry" if value != "null" => {
                            self.notices.error(
                                &path,
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
        if cursor.peek().is_some() {
            return Err(Broken);
        }
        match kind.as_deref() {
            Some("collection" | "document" | "searchset" | "transaction" | "batch" | "history") => {}
            other => {
                let kind = other.unwrap_or("none");
                self.notices.info(
                    &path,
                    "a Bundle has an unusual type",
                    "its entries are read all the same",
                    kind,
                );
            }
        }
        self.add_all(&mut found);
        Ok(())
    }

    fn entry(&mut self, cursor: &mut Cursor<'a>, spot: Spot) -> Result<Option<Found<'a>>, Broken> {
        let (mut resource, mut full_url, mut deleted) = (None, None, false);
        if cursor.peek() != Some(b'{') {
            cursor.value().ok_or(Broken)?;
            self.notices.error(spot.path(""), "an entry is no object", "it was not read", "");
            return Ok(None);
        }
        let mut fields = cursor.enter(b'{')?;
        while let Some(name) = cursor.name(&mut fields)? {
            if name == "resource" && cursor.peek() == Some(b'{') {
                resource = Some(cut(cursor)?);
                continue;
            }
            let value = cursor.value().ok_or(Broken)?;
            match name {
                "fullUrl" => full_url = json::string(value),
                "request" => {
                    let request = serde_json::from_str::<Request<'_>>(value);
                    deleted = request.is_ok_and(|request| request.method.as_deref() == Some("DELETE"));
                }
                _ => {}
            }
        }
        match resource {
            _ if deleted => {
                self.notices.info(spot.path(""), "an entry deletes a resource", "it is left out", "")
            }
            Some((raw, kind, outline)) => {
                return Ok(Some(Found { raw, kind, spot, full_url, outline }));
            }
            None => self.notices.info(spot.path(""), "an entry has no resource", "it is left out", ""),
        }
        Ok(None)
    }

    /// One line of NDJSON, trimmed: a resource, or a Bundle.
    fn line(&mut self, line: &'a str, number: usize, outline: Option<Outline>) {
        let spot = Spot::Line(number);
        let kind = outline::first_type(line).map(Cow::from);
        let kind = kind.or_else(|| Some(outline.or_else(|| Outline::of(line))?.kind(line)?.into()));
        let read = match kind {
            Some(kind) if kind == "Bundle" => match self.bundle(line, Some(number)) {
                Ok(()) => Ok(()),
                Err(Broken) => serde_json::from_str::<IgnoredAny>(line).map(|_| ()),
            },
            Some(kind) if outline.is_some() || line.ends_with('}') => {
                let outline = outline.or_else(|| Outline::of(line));
                self.add_all(&mut [Found { raw: line, kind, spot, full_url: None, outline }]);
                Ok(())
            }
            _ => serde_json::from_str::<IgnoredAny>(line).map(|_| {
                self.notices.error(spot.path(""), "a line is no FHIR resource", "it was not read", "");
            }),
        };
        if let Err(error) = read {
            let says = format!("a line is not whole JSON, {}", without_place(&error));
            self.notices.error(spot.path(""), says, "it was not read; export the record again", "");
        }
    }

    /// Adds resources; of those that point at others the targets come first.
    fn add_all(&mut self, found: &mut [Found<'a>]) {
        self.resources += found.len();
        // What is added may change whom a reference leads to.
        if found.iter().any(|found| found.kind != "Observation") {
            self.last = None;
        }
        let mut parsed = Vec::new();
        for (index, found) in found.iter_mut().enumerate() {
            if found.kind == "Observation" {
                self.outline(found);
                continue;
            }
            let Some((id, one)) = self.parse(found) else { continue };
            let local = id.map(|id| format!("{}/{}", found.kind, &*id));
            if let (Some(url), Some(local)) = (&found.full_url, &local) {
                self.directory.place(url.clone(), local);
            }
            let one = match one {
                One::Medication(medication) => {
                    let url = found.full_url.as_deref().map(str::to_owned);
                    let local = local.or(url).unwrap_or_else(|| found.path());
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
                    self.directory.place(format!("Patient?identifier={system}|{value}").into(), local);
                }
            }
            parsed.push((index, one, local));
        }
        let mut parsed = parsed.into_iter().peekable();
        for (index, found) in found.iter().enumerate() {
            if let Some((_, mut one, local)) = parsed.next_if(|(of, _, _)| *of == index) {
                let subject = match &one {
                    Parsed::Patient(_) => local.clone(),
                    other => about(other).and_then(|subject| self.named(subject)),
                };
                let path = found.path();
                let origin = local.unwrap_or_else(|| path.clone());
                if let Parsed::Row(row) = &mut one {
                    row.origin.clone_from(&origin);
                }
                self.about(subject).add(one, path, origin);
            } else if let (Some(outline), "Observation") = (found.outline, &*found.kind) {
                self.observe(Observed { raw: found.raw, outline, spot: found.spot });
            }
        }
    }

    /// Gives an observation to whom it is about.
    fn observe(&mut self, observed: Observed<'a>) {
        let subject = observed.outline.subject(observed.raw);
        if self.last.as_ref().map(|(written, _)| *written) != subject {
            let person = |written| self.named(&serde_json::from_str(written).ok()?);
            self.last = subject.and_then(|written| Some((written, person(written)?)));
        }
        let known = self.last.as_ref().map(|(_, person)| person);
        let person = match known.and_then(|person| self.people.get_mut(person)) {
            Some(person) => person,
            None => self.about(known.cloned()),
        };
        person.observe(observed);
    }

    /// Of an observation only the outline: which of them are worth reading is known with the knowledge base. What is
    /// broken inside of one that is not, and does not hide its end, is never seen. No reference that is read leads to
    /// one, so it has no place in the directory.
    fn outline(&mut self, found: &mut Found<'a>) {
        found.outline = found.outline.or_else(|| Outline::of(found.raw));
        if found.outline.is_none() {
            salvaged::<IgnoredAny>(found.raw, &found.kind, found.path(), &mut self.notices);
        }
    }

    /// Whom a reference names.
    fn named(&self, subject: &Reference<'_>) -> Option<String> {
        let reference = subject.reference.as_deref().filter(|reference| !reference.is_empty());
        reference.map(|reference| self.directory.local(reference))
    }

    /// Whom a resource is about: one that names nobody is about the only one there is.
    fn about(&mut self, subject: Option<String>) -> &mut Person<'a> {
        let only = || self.people.keys().next().filter(|_| self.people.len() == 1).cloned();
        let subject = subject.or_else(only).unwrap_or_default();
        self.people.entry(subject).or_default()
    }

    /// Parses a resource that is read; the others are counted.
    fn parse(&mut self, found: &Found<'a>) -> Option<(Option<Text<'a>>, One<'a>)> {
        let (raw, kind) = (found.raw, &*found.kind);
        let path = || found.spot.path(kind);
        let notices = &mut self.notices;
        macro_rules! read {
            ($type:ty, $wrap:expr) => {
                salvaged::<$type>(raw, kind, path(), notices)
                    .map(|read| (read.id.clone(), One::Of($wrap(Box::new(read)))))
            };
        }
        match kind {
            "Patient" => read!(Patient<'a>, Parsed::Patient),
            "Condition" => read!(Condition<'a>, Parsed::Condition),
            "QuestionnaireResponse" => read!(QuestionnaireResponse<'a>, Parsed::Questionnaire),
            "AllergyIntolerance" => read!(AllergyIntolerance<'a>, Parsed::Allergy),
            "Medication" => salvaged::<Medication<'a>>(raw, kind, path(), notices)
                .map(|read| (read.id.clone(), One::Medication(Box::new(read)))),
            "" => {
                notices.error(path(), "an entry has no resourceType", "it was not read", "");
                None
            }
            "MedicationOrder" | "MedicationUsage" => {
                let help = "it was not read; export the record as R4";
                notices.error(path(), "a medicine is of another version of FHIR", help, kind);
                None
            }
            other => match (Evidence::of(other), self.unread.get(other)) {
                (Some(evidence), _) => {
                    let resource = salvaged::<Medicating<'a>>(raw, kind, path(), notices)?;
                    let id = resource.id.clone();
                    let row = Row { evidence, path: found.path(), origin: String::new(), resource };
                    Some((id, One::Of(Parsed::Row(Box::new(row)))))
                }
                // A line that was cut off, or two in one: in a Bundle everything has its end.
                (None, _) if matches!(found.spot, Spot::Line(_)) && found.outline.is_none() => {
                    salvaged::<IgnoredAny>(raw, kind, path(), notices).and(None)
                }
                (None, Some(known)) => {
                    notices.again(*known);
                    None
                }
                (None, None) => {
                    let says = match NOT_YET.contains(&other) {
                        true => "resources of this kind are not judged yet",
                        false => "resources of this kind say nothing about serotonin",
                    };
                    let known = notices.add(Weight::Info, path(), says, "they were not read", other);
                    self.unread.insert(found.kind.clone(), known);
                    None
                }
            },
        }
    }
}

/// A resource up to its end, with its type; an observation with its outline.
fn cut<'a>(cursor: &mut Cursor<'a>) -> Result<(&'a str, Cow<'a, str>, Option<Outline>), Broken> {
    cursor.peek();
    let start = cursor.at();
    let kind = outline::first_type(cursor.rest());
    if kind == Some("Observation") {
        let mut ahead = *cursor;
        // One without an outline may have an end all the same.
        if let Ok(outline) = Outline::take(&mut ahead) {
            *cursor = ahead;
            return Ok((cursor.since(start), "Observation".into(), Some(outline)));
        }
    }
    let raw = cursor.value().ok_or(Broken)?;
    Ok((raw, kind.map(Cow::from).or_else(|| outline::resource_type(raw)).unwrap_or_default(), None))
}

enum One<'a> {
    Medication(Box<Medication<'a>>),
    Of(Parsed<'a>),
}

/// A resource, or as much of it as is of the right type.
pub(crate) fn salvaged<'a, T: serde::Deserialize<'a>>(
    raw: &'a str,
    kind: &str,
    path: impl fmt::Display,
    notices: &mut Notices,
) -> Option<T> {
    match json::salvage(raw) {
        Ok((read, left)) => {
            for field in left {
                let help = "it was not read; the rest of the resource was";
                notices.error(&path, "a field is not of its type", help, &format!("{kind}.{field}"));
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
        Parsed::Questionnaire(resource) => resource.subject.as_ref(),
        Parsed::Allergy(resource) => resource.patient.as_ref(),
    }
}

/// The lines of a text.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]).map(move |end| {
        let line = &text[start..end];
        start = end + 1;
        line
    })
}

/// Whether a text is NDJSON: its first line is a whole resource, and more follows it.
fn is_lines(text: &str) -> bool {
    let text = text.trim_start();
    let Some((first, rest)) = text.split_once('\n') else { return false };
    let first = first.trim_end();
    !rest.trim_start().is_empty() && first.starts_with('{') && first.ends_with('}') && json::is_whole(first)
}
