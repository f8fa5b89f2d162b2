//! Changing and stopping: which strengths exist, how one medicine follows another, and what to know on the way out.
//!
//! What a label forbids for so many days stands as a wait in the substance's own file ([`super::Washout`]) and counts for
//! the judgment as well. What is only practice (how to change over where nothing forbids it, and which gap a guideline
//! adds) stands here and counts for plans alone.

use super::{Evidence, Value};
use serde::{Deserialize, Serialize};

/// `[[strength]]` of a substance: what can be bought of one form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strength {
    /// `tablet`, `capsule`, `extended_release`, `liquid` or `patch`.
    pub form: String,
    /// Amounts of one piece, `"25 mg"`; of a liquid the smallest amount that can be measured out.
    pub amounts: Vec<String>,
    /// Pieces that the label allows to halve, as written in `amounts`.
    #[serde(default)]
    pub halved: Vec<String>,
    /// A remark that who uses it needs.
    #[serde(default)]
    pub note: Option<String>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// `switching.toml`, `[[switch]]`: how one medicine follows another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// Permanent id.
    pub id: String,
    /// Class id, substance id, or an ATC group as `atc:N06A`.
    pub from: String,
    /// The same of what is started.
    pub to: String,
    /// How.
    pub kind: SwitchKind,
    /// Days from the last dose of the one to the first of the other, strictest first; empty where they overlap.
    #[serde(default)]
    pub wait: Vec<Value>,
    /// How it is done, one or two sentences; `{a}` and `{b}` stand for the names.
    pub says: String,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// How one medicine follows another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwitchKind {
    /// The one is lowered while the other is raised.
    CrossTaper,
    /// The one ends and the other begins the next day.
    Direct,
    /// Days without either lie between.
    Washout,
}

/// `stopping.toml`, `[[statement]]`: what to know while a medicine is lowered and after it has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stopping {
    /// Permanent id; the plan asks for it by this name.
    pub id: String,
    /// To the person; `{a}` and `{b}` stand for the names.
    pub person: String,
    /// To a clinician.
    pub clinician: String,
    /// Sources.
    pub evidence: Vec<Evidence>,
}
