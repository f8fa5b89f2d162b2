//! What the question "is it helping?" takes for granted, each with its source: how fast a kind of treatment acts, how much
//! changes by itself, how much of a change counts where no questionnaire says it.

use super::{Certainty, Evidence};
use serde::{Deserialize, Serialize};

/// `helping.toml`: the assumptions of the n-of-1 analysis.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Helping {
    /// How fast an effect builds up, by piece of guidance.
    #[serde(default, rename = "onset")]
    pub onsets: Vec<Onset>,
    /// Numbers that hold for every analysis.
    #[serde(default, rename = "assumption")]
    pub assumptions: Vec<Assumption>,
    /// How much of the group's effect is expected in one person, by how sure the group's is.
    #[serde(default, rename = "shrink")]
    pub shrinks: Vec<Shrink>,
    /// Sentences a report says beside every result of a kind.
    #[serde(default, rename = "beside")]
    pub besides: Vec<Beside>,
}

/// How fast the effect of one kind of treatment builds up.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Onset {
    /// Id of the piece of guidance; `other` where none fits.
    pub guidance: String,
    /// Time after which 63 % of the effect is there: `"21 d"`.
    pub tau: String,
    /// When to judge where the guidance itself does not say it.
    #[serde(default)]
    pub judge_after: Option<String>,
    /// Lines of a diary that lie further apart than this are two spells of doing it: `"4 d"`; absent for what is
    /// started and stopped.
    #[serde(default)]
    pub gap: Option<String>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// One number of the analysis.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumption {
    /// Permanent id.
    pub id: String,
    /// What it means.
    pub means: String,
    /// The number; a share, a ratio, points or days, as `means` says.
    pub value: f64,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// How much of a group's effect to expect in one person.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shrink {
    /// How sure the group's effect is.
    pub certainty: Certainty,
    /// The share that is expected.
    pub share: f64,
}

/// A sentence that stands beside a result.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// Permanent id.
    pub id: String,
    /// What the questionnaire or feeling measures for it to be said; empty is always.
    #[serde(default)]
    pub measures: Vec<String>,
    /// For a person.
    pub person: String,
    /// For a clinician.
    pub clinician: String,
    /// Sources.
    pub evidence: Vec<Evidence>,
}
