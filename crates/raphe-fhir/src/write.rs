//! Diaries and answers as FHIR R4.
//!
//! [`diary`] writes what a person wrote: what was taken, seen, felt, measured and asked. [`assessment`] adds what was made of
//! it: one RiskAssessment with the answer and what to do, a DetectedIssue for each finding, Observations for urgency,
//! criteria and the modeled synapse, the program as a Device, and a Provenance. Both are a Bundle of type `collection`.
//!
//! ```text
//!  Timeline ───┬─ person, medicines, events ─┬──────────────▶ Bundle (type collection)
//!  Assessment ─┴─ judged ────────────────────┘
//! ```
//!
//! Nothing is invented: a person of whom nothing is known is a Patient without data, a dose that is not known has no
//! number, a year of birth stays a year. Ids are made of the content, so the same answer is the same bytes. What a program
//! worked out is `preliminary`, carries codes of our own and never one of a laboratory. What R4 cannot say is written as
//! words under our own code, from where [`read`](crate::read) takes it back; what is lost is said in a notice.

mod bundle;
pub(crate) mod codes;
mod events;
mod judged;
mod medicines;
mod model;
mod person;

use self::bundle::Writing;
use raphe::{
    assess::Assessment,
    knowledge::Knowledge,
    report::Report,
    timeline::{Notice, Timeline},
};

/// A Bundle, and what it does not say.
#[derive(Debug, Clone)]
pub struct Written {
    /// JSON in one line, with its end.
    pub bundle: String,
    /// What the Bundle cannot say, or says less precisely than the diary.
    pub notices: Vec<Notice>,
}

/// Of whom an assessment is.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'s> {
    /// What was judged.
    pub timeline: &'s Timeline,
    /// `Patient/id` in the record that it was read from.
    pub patient: Option<&'s str>,
    /// It was read from a health record: its resources are referred to and not written anew.
    pub record: bool,
}

/// Writes a diary as a Bundle.
///
/// ```
/// # use raphe::{knowledge::Knowledge, timeline::diary};
/// let (timeline, _) = diary::read(b"profile zone Europe/London\n2026-03-01 start sertraline 50 mg daily\n");
/// let knowledge = Knowledge::bundled();
/// let written = raphe_fhir::write::diary(&timeline, &knowledge);
/// let again = raphe_fhir::read(written.bundle.as_bytes(), &knowledge).unwrap().timeline;
/// assert_eq!(diary::line(&again.entries[0], &again.zone()), "2026-03-01 start sertraline 50 mg daily");
/// ```
#[must_use]
pub fn diary(timeline: &Timeline, knowledge: &Knowledge) -> Written {
    let (timeline, _) = knowledge.resolve(timeline);
    let mut writing = Writing::new(knowledge, &timeline);
    writing.of_diary(&timeline);
    writing.said();
    let notices = writing.notices.clone();
    Written { bundle: writing.print(), notices }
}

/// Writes an assessment as a Bundle: of a diary with all that is in it, of a health record with references to it.
///
/// `report` is the same assessment in words; its first lines are what a person reads of the RiskAssessment.
#[must_use]
pub fn assessment(
    assessment: &Assessment,
    report: &Report,
    of: &Subject<'_>,
    knowledge: &Knowledge,
) -> String {
    let (timeline, _) = knowledge.resolve(of.timeline);
    let mut writing = Writing::new(knowledge, &timeline);
    match of.record {
        true => writing.of_record(of.patient),
        false => writing.of_diary(&timeline),
    }
    writing.judged(assessment, report, &timeline);
    writing.print()
}
