//! NDJSON in constant memory: one person after the other.
//!
//! The format does not promise that the lines of one person stand together. Those that do become one [`Reading`]; when a
//! person comes again later, that is another reading, and says so. Memory holds the lines of one person, the Medications
//! that other lines point at, and eight bytes for each person seen.

use crate::{Error, Reading, Record, json, model::Subject, notices};
use raphe::{
    knowledge::Knowledge,
    timeline::{Notice, Weight},
};
use std::{
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
    /// A line that belongs to the next person.
    waiting: Option<(usize, String, String)>,
    /// Medications, which belong to nobody.
    shared: Vec<(usize, String)>,
    seen: BTreeSet<u64>,
    ended: bool,
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

    /// The next line that is not blank, with its number.
    fn line(&mut self) -> Result<Option<(usize, String)>, Error> {
        loop {
            let mut bytes = Vec::new();
            let mut limited = std::io::Read::take(&mut self.source, LONGEST);
            if limited.read_until(b'\n', &mut bytes)? == 0 {
                return Ok(None);
            }
            self.number += 1;
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
            let line = String::from_utf8_lossy(bytes);
            let line = line.trim();
            if !line.is_empty() {
                return Ok(Some((self.number, line.to_owned())));
            }
        }
    }

    fn group(&mut self) -> Result<Option<Reading>, Error> {
        let mut lines: Vec<(usize, String)> = Vec::new();
        let mut of: Option<String> = None;
        if let Some((number, line, subject)) = self.waiting.take() {
            lines.push((number, line));
            of = Some(subject);
        }
        while let Some((number, line)) = self.line()? {
            match subject(&line) {
                Whose::Nobody => lines.push((number, line)),
                Whose::Shared => self.shared.push((number, line)),
                Whose::Of(subject) if of.as_ref().is_some_and(|current| *current != subject) => {
                    self.waiting = Some((number, line, subject));
                    break;
                }
                Whose::Of(subject) => {
                    of = Some(subject);
                    lines.push((number, line));
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

/// Whose a line is.
enum Whose {
    Of(String),
    /// A Medication, which others point at.
    Shared,
    Nobody,
}

fn subject(line: &str) -> Whose {
    let kind = json::resource_type(line);
    match kind.as_deref() {
        Some("Medication") => return Whose::Shared,
        Some("Bundle") | None => return Whose::Nobody,
        _ => {}
    }
    let Ok((found, _)) = json::salvage::<Subject<'_>>(line) else { return Whose::Nobody };
    if kind.as_deref() == Some("Patient") {
        return found.id.map_or(Whose::Nobody, |id| Whose::Of(format!("Patient/{}", &*id)));
    }
    let reference = found.subject.or(found.patient).and_then(|subject| subject.reference);
    reference.map_or(Whose::Nobody, |reference| {
        let plain = reference.split("/_history/").next().unwrap_or(&reference).to_owned();
        let mut parts = plain.rsplit('/');
        match (parts.next(), parts.next()) {
            (Some(id), Some("Patient")) => Whose::Of(format!("Patient/{id}")),
            _ => Whose::Of(plain),
        }
    })
}
