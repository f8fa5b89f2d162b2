//! `raphe.check/1`: what `raphe check --json` prints.

use crate::{
    Evidence, Finding, Help, Interval, Notice, Risk, Said, Scoped, Serotonin, Target, View, assessment, word,
};
use raphe::{TimeZone, check, knowledge::Knowledge};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;

/// May these be taken together?
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(title = "raphe.check/1"))]
pub struct Check {
    /// `raphe.check/1`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "raphe.check/1")))]
    pub schema: &'static str,
    /// Version of the program.
    pub raphe: &'static str,
    /// Version of the knowledge.
    pub knowledge: String,
    /// The moment it speaks of.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub as_of: String,
    /// `contraindicated`, `major`, `moderate`, `minor`, `info` or `none_known`: serotonin, of the whole set. Absent when
    /// `too_much` is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::level"))]
    pub level: Option<String>,
    /// Set when a dose is far above the highest recommended: nothing else is answered then, only whom to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub too_much: Option<String>,
    /// Whom to call.
    pub help: Help,
    /// What was recognized.
    pub substances: Vec<Asked>,
    /// One answer for each pair and kind of harm, worst first.
    pub pairs: Vec<Pair>,
    /// The findings in full, worst first.
    pub findings: Vec<Finding>,
    /// How much one changes the level of another, where it does.
    pub exposure_ratio: Vec<ExposureRatio>,
    /// Targets in the modeled synapse that something engages, at the hour of the peak.
    pub targets: Vec<Target>,
    /// Serotonin in the modeled synapse; absent where nothing acts on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serotonin: Option<Serotonin>,
    /// How likely toxicity is among people who were counted with these at usual doses; absent where nobody counted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub risk: Vec<Risk>,
    /// Sets of which nobody counted how often they end in toxicity, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_counted: Vec<Said>,
    /// What was assessed.
    pub assessed: Vec<Scoped>,
    /// What was not.
    pub not_assessed: Vec<Scoped>,
    /// What was not understood.
    pub notices: Vec<Notice>,
}

/// A substance that was asked about.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Asked {
    /// Permanent id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Class in words.
    pub class: String,
    /// Dose as it was taken to be.
    pub dose: String,
}

/// The answer for one pair and one kind of harm.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Pair {
    /// Name of the first.
    pub a: String,
    /// Name of the second.
    pub b: String,
    /// How much it matters; `none_known` is not "none".
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::level"))]
    pub level: String,
    /// Kind of harm.
    pub kind: String,
    /// Why.
    pub why: String,
    /// What each party says.
    pub views: Vec<View>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// How much one substance changes the level of another.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct ExposureRatio {
    /// Id of the one whose level changes: what was taken, or a metabolite of it.
    pub victim: String,
    /// Id of the one who changes it.
    pub perpetrator: String,
    /// Area under the level with it over the area without it.
    pub auc_ratio: Interval,
}

impl Check {
    /// The wire form of a check.
    #[must_use]
    pub fn new(check: &check::Check, knowledge: &Knowledge) -> Self {
        let convert = assessment::Convert { knowledge, zone: &TimeZone::UTC };
        let findings: Vec<Finding> = check.findings.iter().map(|finding| convert.finding(finding)).collect();
        let pairs = check.pairs.iter().map(|pair| {
            let finding = pair.finding.map(|index| &findings[index]);
            Pair {
                a: pair.a.clone(),
                b: pair.b.clone(),
                level: word(pair.level),
                kind: pair.kind.clone(),
                why: pair.why.clone(),
                views: finding.map_or_else(Vec::new, |finding| finding.views.clone()),
                evidence: finding.map_or_else(Vec::new, |finding| finding.evidence.clone()),
            }
        });
        let pairs = pairs.collect();
        Self {
            schema: "raphe.check/1",
            raphe: env!("CARGO_PKG_VERSION"),
            knowledge: check.knowledge.clone(),
            as_of: convert.time(check.as_of),
            level: check.too_much.is_none().then(|| word(check.level)),
            too_much: check.too_much.as_ref().map(|too_much| too_much.name.clone()),
            help: Help::new(&check.help),
            substances: check
                .substances
                .iter()
                .map(|item| Asked {
                    id: item.id.clone(),
                    name: item.name.clone(),
                    class: item.class.clone(),
                    dose: item.dose.clone(),
                })
                .collect(),
            pairs,
            findings,
            exposure_ratio: check
                .exposure_ratios
                .iter()
                .map(|ratio| ExposureRatio {
                    victim: ratio.victim.clone(),
                    perpetrator: ratio.perpetrator.clone(),
                    auc_ratio: ratio.auc_ratio.into(),
                })
                .collect(),
            targets: check.synapse.targets_at_peak.iter().map(|engaged| convert.target(engaged)).collect(),
            serotonin: Serotonin::new(&check.synapse)
                .map(|serotonin| Serotonin { newly_added: check.newly_added.clone(), ..serotonin }),
            risk: check.risk.iter().map(|risk| convert.risk(risk)).collect(),
            not_counted: check.uncounted.iter().map(|said| convert.said(said)).collect(),
            assessed: assessment::scoped(&check.assessed),
            not_assessed: assessment::scoped(&check.not_assessed),
            notices: check.notices.iter().map(assessment::notice).collect(),
        }
    }
}
