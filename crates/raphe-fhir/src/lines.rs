//! NDJSON in constant memory: one person after the other.
//!
//! The format does not promise that the lines of one person stand together. Those that do become one [`Reading`]; when a
//! person comes again later, that is another reading, and says so. Memory holds the lines of one person, the Medications
//! that other lines point at, and eight bytes for each person seen.

use crate::{
    Error, Reading, Record,
    model::Reference,
    notices,
    outline::{self, Outline},
};
use raphe::{
    knowledge::Knowledge,
    timeline::{Notice, Weight},
};
use std::{
    borrow::Cow,
    collections::BTreeSet,
    hash::{DefaultHasher, Hash, Hasher},
    io::BufRead,
};

/// Reads the people of an NDJSON source, one after the other.
///
/// ```
/// # use raphe::knowledge::Knowledge;
/// let ndjson = "{\"resourceType\":\"Patient\",\"id\":\"a\"}\n\n{\"resourceType\":\"Patient\",\"id\":\"b\"}\n";
/// let knowledge = Knowledge::bundled();
/// let people = raphe_fhir::Lines::new(ndjson.as_bytes(), &knowledge);
/// let names: Vec<_> = people.map(|reading| reading.unwrap().patient.unwrap()).collect();
/// assert_eq!(names, ["Patient/a", "Patient/b"]);
/// ```
#[derive(Debug)]
pub struct Lines<'k, R> {
    source: R,
    knowledge: &'k Knowledge,
    number: usize,
    /// A line that belongs to the next person, and whose it is.
    waiting: Option<(Line, String)>,
    /// Medications, which belong to nobody.
    shared: Vec<Line>,
    seen: BTreeSet<u64>,
    ended: bool,
}

/// A line that is not blank.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) number: usize,
    pub(crate) text: String,
    /// Of a line that is an object.
    pub(crate) outline: Option<Outline>,
}

/// A line longer than this is no line of NDJSON.
const LONGEST: u64 = 1 << 30;

impl<'k, R: BufRead> Lines<'k, R> {
    /// Reads from a source.
    pub fn new(source: R, knowledge: &'k Knowledge) -> Self {
        let seen = BTreeSet::new();
        Self { source, knowledge, number: 0, waiting: None, shared: Vec::new(), seen, ended: false }
    }

    /// How many lines were read so far.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.number
    }

    /// The next line that is not blank.
    fn line(&mut self) -> Result<Option<Line>, Error> {
        loop {
            let mut bytes = Vec::new();
            let mut limited = std::io::Read::take(&mut self.source, LONGEST);
            if limited.read_until(b'\n', &mut bytes)? == 0 {
                return Ok(None);
            }
            self.number += 1;
            let mut text = String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
            text.truncate(text.trim_end().len());
            let start = text.strip_prefix('\u{feff}').unwrap_or(&text).trim_start().len();
            text.drain(..text.len() - start);
            if !text.is_empty() {
                let outline = Outline::of(&text);
                return Ok(Some(Line { number: self.number, text, outline }));
            }
        }
    }

    fn group(&mut self) -> Result<Option<Reading>, Error> {
        let mut lines: Vec<Line> = Vec::new();
        let mut of: Option<String> = None;
        if let Some((line, subject)) = self.waiting.take() {
            lines.push(line);
            of = Some(subject);
        }
        // Most lines name whom they are about in the same words as the one before.
        let mut words: Option<String> = None;
        while let Some(line) = self.line()? {
            let outline = line.outline.filter(|outline| outline.patient(&line.text).is_none());
            let named = outline.and_then(|outline| outline.subject(&line.text));
            let first = outline::first_type(&line.text);
            let plain = named.is_some() && first.is_some_and(|kind| !SPECIAL.contains(&kind));
            if plain && words.as_deref() == named {
                lines.push(line);
                continue;
            }
            let named = named.filter(|_| plain).map(str::to_owned);
            match whose(&line) {
                Whose::Nobody => lines.push(line),
                Whose::Shared => self.shared.push(line),
                Whose::Of(subject) if of.as_ref().is_some_and(|current| *current != subject) => {
                    self.waiting = Some((line, subject));
                    break;
                }
                Whose::Of(subject) => {
                    of = Some(subject);
                    words = named;
                    lines.push(line);
                }
            }
        }
        if lines.is_empty() {
            return Ok(None);
        }
        let mut record = Record::of_lines(self.shared.iter().chain(&lines));
        let reading = record.joined(of.as_deref().unwrap_or_default(), self.knowledge);
        Ok(Some(self.with_repeat(reading, of)))
    }

    /// Says so when a person was read before.
    fn with_repeat(&mut self, mut reading: Reading, of: Option<String>) -> Reading {
        let Some(of) = of else { return reading };
        let mut hasher = DefaultHasher::new();
        of.hash(&mut hasher);
        if !self.seen.insert(hasher.finish()) {
            let help = "this is a part only: sort the lines by patient to judge all of them together";
            reading.notices.insert(
                0,
                Notice {
                    weight: Weight::Warning,
                    place: None,
                    says: format!("the lines of {} do not stand together", notices::short(&of)),
                    help: Some(help.to_owned()),
                },
            );
        }
        reading
    }
}

impl<R: BufRead> Iterator for Lines<'_, R> {
    type Item = Result<Reading, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.group().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

/// Types whose lines do not say by their subject whose they are.
const SPECIAL: [&str; 3] = ["Medication", "Bundle", "Patient"];

/// Whose a line is.
enum Whose {
    Of(String),
    /// A Medication, which others point at.
    Shared,
    Nobody,
}

fn whose(line: &Line) -> Whose {
    fn read(reference: &str) -> Option<Reference<'_>> {
        serde_json::from_str(reference).ok()
    }
    let text = &*line.text;
    let kind = outline::first_type(text).map(Cow::Borrowed);
    let kind = kind.or_else(|| Some(line.outline?.kind(text)?.into()));
    let (kind, outline) = match (kind.as_deref(), line.outline) {
        (Some("Medication"), _) => return Whose::Shared,
        (Some("Bundle") | None, _) | (_, None) => return Whose::Nobody,
        (Some(kind), Some(outline)) => (kind, outline),
    };
    if kind == "Patient" {
        return outline.id(text).map_or(Whose::Nobody, |id| Whose::Of(format!("Patient/{}", &*id)));
    }
    let subject = outline.subject(text).and_then(read).or_else(|| outline.patient(text).and_then(read));
    let reference = subject.and_then(|subject| subject.reference);
    reference.map_or(Whose::Nobody, |reference| {
        let plain = reference.split("/_history/").next().unwrap_or(&reference).to_owned();
        let mut parts = plain.rsplit('/');
        match (parts.next(), parts.next()) {
            (Some(id), Some("Patient")) => Whose::Of(format!("Patient/{id}")),
            _ => Whose::Of(plain),
        }
    })
}
