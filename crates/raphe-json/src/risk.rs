//! How likely toxicity is among people who were counted, and what nobody counted.

use crate::{Evidence, Interval, assessment::Convert, word};
use raphe::risk;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;

/// How likely serotonin toxicity is, in one group of people who were counted. No urgency hangs on it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Risk {
    /// `of_exposure`: of everyone with this exposure, before any sign; or `of_present_signs`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["of_exposure", "of_present_signs"])))]
    pub quantity: &'static str,
    /// `overdose`, `course`, `person_year` or `episode`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["overdose", "course", "person_year", "episode"])))]
    pub per: String,
    /// The probability, from 0 to 1; its ends hold the sampling error of the count (a 95 % interval, wider than 5 to 95 %).
    pub p: Interval,
    /// Who was counted.
    pub reference_class: String,
    /// How many overdoses, people or person-years were counted; absent where that is not published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<u32>,
    /// How many of them had it, where the number is the plain count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cases: Option<u32>,
    /// Whether just this was counted; false where it is inferred.
    pub calibrated: bool,
    /// Ids of the substances that make this exposure.
    pub of: Vec<String>,
    /// By which criteria.
    pub criteria: String,
    /// What moved the number away from the plain count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moved_by: Vec<String>,
    /// What one must know to read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What is more dangerous here than serotonin.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub beware: Vec<Said>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// Something said in words instead of, or before, a number.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Said {
    /// Id in the base.
    pub id: String,
    /// In clinical words.
    pub says: String,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

impl Convert<'_> {
    pub(crate) fn risk(&self, risk: &risk::Risk) -> Risk {
        Risk {
            // Nothing is told of present signs: nobody counted that.
            quantity: "of_exposure",
            per: word(risk.per),
            p: risk.p.into(),
            reference_class: risk.reference_class.clone(),
            n: risk.n,
            cases: risk.cases,
            calibrated: risk.calibrated,
            of: risk.of.clone(),
            criteria: risk.criteria.clone(),
            moved_by: risk.moved_by.clone(),
            note: risk.note.clone(),
            beware: risk.beware.iter().map(|said| self.said(said)).collect(),
            evidence: self.evidence(&risk.citations),
        }
    }

    pub(crate) fn said(&self, said: &risk::Said) -> Said {
        Said { id: said.id.clone(), says: said.clinician.clone(), evidence: self.evidence(&said.citations) }
    }
}
