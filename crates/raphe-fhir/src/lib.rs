//! FHIR R4 health records as timelines; timelines and answers as FHIR R4 ([`write`](mod@write)).
//!
//! A [`Record`] is one file: a Bundle, a resource, or NDJSON with a resource a line. It is cut into resources without
//! parsing what is not needed, the resources are sorted by the person they are about, and each person becomes a
//! [`Reading`]: a timeline and what a person should know about how it was read.
//!
//! ```text
//!  bytes ─ json ─▶ model ─┬─ medicine, product, dosage, timing, sig ─ course ─┐
//!                         └─ findings ────────────────────────────────────────┴─▶ Timeline + Notices
//! ```
//!
//! The reader is tolerant: shapes of STU3 and R5, single things for lists, partial dates, references that lead nowhere.
//! It drops nothing in silence: what is skipped or assumed becomes a notice with its place, and a thousand equal ones
//! are one notice with a count. A record does not hold everything that was taken, so its timeline is not
//! [`complete`](raphe::timeline::Timeline::complete): an exposure that it does not show is unknown, never absent.
//!
//! Codes of ingredients resolve through the knowledge base, products by their names. A product code alone, without a
//! name, is shown as unknown: no table of product codes is shipped.

mod course;
mod dosage;
mod findings;
mod json;
mod lines;
mod medicine;
mod model;
mod notices;
mod outline;
mod person;
mod product;
mod record;
mod sig;
mod split;
mod timing;
mod when;
pub mod write;

pub use lines::Lines;
pub use record::{Reading, Record};

use raphe::knowledge::Knowledge;

/// Why a file could not be read at all.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are no text.
    #[error("the file is not UTF-8: byte {at} cannot be read")]
    #[diagnostic(code(raphe::fhir::encoding), help("FHIR is written in UTF-8; export the record again"))]
    Encoding {
        /// The first byte that is none, from 0.
        at: usize,
    },
    /// The JSON is broken.
    #[error("the file is not whole JSON: {says}")]
    #[diagnostic(
        code(raphe::fhir::json),
        help("it may have been cut off or changed; export or download the record again")
    )]
    Json {
        /// What is wrong, with line and column.
        says: String,
    },
    /// It is JSON, but no FHIR.
    #[error("{found} is no FHIR resource")]
    #[diagnostic(
        code(raphe::fhir::resource),
        help("raphe reads a FHIR R4 Bundle, one resource, or NDJSON with a resource a line")
    )]
    NotFhir {
        /// What was found.
        found: String,
    },
    /// Nothing is in it.
    #[error("the file holds no resources")]
    #[diagnostic(code(raphe::fhir::empty), help("export the record again, with the medicines in it"))]
    Empty,
    /// Several people are in it.
    #[error("the file is about {} people: {}", patients.len(), shown(patients))]
    #[diagnostic(
        code(raphe::fhir::several),
        help(
            "raphe judges one person at a time: make one file for each, or NDJSON to read them one after the other"
        )
    )]
    Several {
        /// `Patient/id` of each.
        patients: Vec<String>,
    },
    /// A line could not be taken from its source.
    #[error("the lines cannot be read: {0}")]
    #[diagnostic(code(raphe::fhir::lines), help("check that the file can be read"))]
    Lines(#[from] std::io::Error),
}

fn shown(patients: &[String]) -> String {
    const MOST: usize = 5;
    let name =
        |patient: &String| if patient.is_empty() { "nobody named".to_owned() } else { patient.clone() };
    let listed = patients.iter().take(MOST).map(name).collect::<Vec<_>>().join(", ");
    match patients.len().checked_sub(MOST) {
        Some(more @ 1..) => format!("{listed} and {more} more"),
        _ => listed,
    }
}

/// Whether bytes look like JSON, and so like FHIR rather than like a diary.
#[must_use]
pub fn is_json(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| matches!(byte, b'{' | b'['))
}

/// Reads the record of one person: [`Record::open`] and [`Record::person`] in one step.
///
/// ```
/// # use raphe::knowledge::Knowledge;
/// let order = br#"{"resourceType": "MedicationRequest", "id": "1", "status": "active", "intent": "order",
///   "subject": {"reference": "Patient/p"}, "authoredOn": "2026-03-01",
///   "medicationCodeableConcept": {"text": "Sertraline 50 MG Oral Tablet"}}"#;
/// let reading = raphe_fhir::read(order, &Knowledge::bundled()).unwrap();
/// assert_eq!(reading.timeline.entries.len(), 1);
/// assert!(!reading.timeline.complete);
/// assert_eq!(reading.notices[0].says, "no dosage is written: `sertraline` (MedicationRequest)");
/// ```
///
/// # Errors
/// When the file cannot be read at all, or is about several people.
pub fn read(bytes: &[u8], knowledge: &Knowledge) -> Result<Reading, Error> {
    Record::open(bytes)?.person(knowledge)
}
