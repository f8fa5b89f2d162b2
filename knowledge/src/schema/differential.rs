//! The shapes of `differential.toml` and `course.toml`: what speaks for which explanation, and how toxicity runs.

use super::{Evidence, Rule};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `differential.toml`: points by which explanations are ranked. They rank and never decide.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Differential {
    /// Points ahead of the next one that make an explanation "fit best".
    pub ahead: i32,
    /// Points from which an explanation that need not be named is shown all the same.
    pub least: i32,
    /// What is said of the points wherever they are shown.
    pub proviso: String,
    /// Serotonin toxicity and every rival.
    #[serde(rename = "candidate")]
    pub candidates: Vec<Candidate>,
    /// What counts for or against them.
    #[serde(rename = "clue")]
    pub clues: Vec<Clue>,
}

/// An explanation of what was reported.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// `serotonin_toxicity`, or the id of a rival, which brings its name and what would tell it apart.
    pub id: String,
    /// Name in words, where it is not a rival.
    #[serde(default)]
    pub name: Option<String>,
    /// What speaks for it, one sentence, where it is not a rival.
    #[serde(default)]
    pub tell_apart: Option<String>,
    /// What is due now, where it is not a rival.
    #[serde(default)]
    pub due: Option<String>,
    /// When it cannot be; true only on what is known.
    #[serde(default)]
    pub excluded_by: Option<Rule>,
    /// Why it cannot be then, as half a sentence.
    #[serde(default)]
    pub excluded: Option<String>,
    /// Sources, where it is not a rival.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// Something that speaks for some explanations and against others.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clue {
    /// Permanent id.
    pub id: String,
    /// What kind of thing it is.
    pub kind: ClueKind,
    /// When it holds.
    pub when: Rule,
    /// In words, as half a sentence.
    pub says: String,
    /// Points by candidate, from -4 to 4.
    pub points: BTreeMap<String, i32>,
    /// Counts at half its points: how often a sign is written of in published cases.
    #[serde(default)]
    pub half: bool,
    /// The share of published cases that have it, where that is what it rests on: `"58.5 %"`.
    #[serde(default)]
    pub share: Option<String>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// What kind of thing a clue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClueKind {
    /// What was taken, stopped or is known of the person.
    Taken,
    /// What was seen, felt or measured at the bedside.
    Sign,
    /// A laboratory result.
    Test,
}

/// `course.toml`: when toxicity begins and when it settles, in published cases.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CourseFacts {
    /// From a change of medicines to the first sign.
    pub onset: Vec<CourseShare>,
    /// From being seen to the end of all signs.
    pub settling: Vec<CourseShare>,
    /// That a late onset does not rule it out.
    pub late: CourseSentence,
    /// What makes it last longer.
    pub longer: CourseSentence,
    /// What to do when it has not settled by then.
    pub not_settled: CourseSentence,
}

/// A share of published cases within a time.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CourseShare {
    /// `"24 h"`.
    pub within: String,
    /// `"74 %"`.
    pub share: String,
    /// Of how many cases, where the source says so.
    #[serde(default)]
    pub cases: Option<u32>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// A sentence with its sources.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CourseSentence {
    /// The sentence.
    pub says: String,
    /// Sources.
    pub evidence: Vec<Evidence>,
}
