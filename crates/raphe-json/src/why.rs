//! `raphe.why/1`: who adds how much to serotonin, as the page *Why* shows it.

use crate::{Interval, Scoped, Target, assessment, word};
use raphe::{assess, knowledge::Knowledge, synapse, units};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;

/// From the level without anything to the level now, one substance after the other.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(title = "raphe.why/1"))]
pub struct Why {
    /// `raphe.why/1`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "raphe.why/1")))]
    pub schema: &'static str,
    /// Version of the program.
    pub raphe: &'static str,
    /// Version of the knowledge.
    pub knowledge: String,
    /// The moment it speaks of.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub as_of: String,
    /// How soon to act, which hangs on nothing below.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::urgency"))]
    pub urgency: String,
    /// Set when a dose is far above the highest recommended: then no figure is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withheld: Option<String>,
    /// Ids that were left out of the picture, as a thought and no advice to stop.
    pub left_out: Vec<String>,
    /// The level of everything that was not left out, times the own level without any; absent where nothing is modeled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub together: Option<Interval>,
    /// The same with what was left out, where something was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<Interval>,
    /// Those that move it, the strongest first.
    pub shares: Vec<Share>,
    /// Ids of what acts and moves the modeled level by less than can be told.
    pub unmoved: Vec<String>,
    /// Targets in the modeled synapse that something engages.
    pub targets: Vec<Target>,
    /// What acts on serotonin and is not in these numbers.
    pub missing: Vec<Scoped>,
}

/// One substance that moves the level.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Share {
    /// The substance.
    pub substance: String,
    /// The level with it and all before it in the list.
    pub up_to: Interval,
    /// The level with all others and without it.
    pub without: Interval,
}

/// The numbers of [`Why`], as they were worked out.
#[derive(Debug, Clone, Default)]
pub struct Summed {
    /// Of everything that was not left out.
    pub together: Option<units::Interval>,
    /// With what was left out as well.
    pub all: Option<units::Interval>,
    /// Id, level up to it, level without it.
    pub shares: Vec<(String, units::Interval, units::Interval)>,
    /// Ids of what moves nothing.
    pub unmoved: Vec<String>,
}

impl Why {
    /// The wire form; with `Err`, the name of what no figure is given of.
    #[must_use]
    pub fn new(
        assessment: &assess::Assessment,
        knowledge: &Knowledge,
        left_out: Vec<String>,
        summed: Result<Summed, String>,
    ) -> Self {
        let convert = assessment::Convert { knowledge, zone: &assessment.zone };
        let shown = summed.is_ok();
        let (summed, withheld) = match summed {
            Ok(summed) => (summed, None),
            Err(name) => (Summed::default(), Some(name)),
        };
        let targets = assessment.synapse.targets.iter().filter(|_| shown);
        let missing = synapse::missing(knowledge, &assessment.synapse);
        Self {
            schema: "raphe.why/1",
            raphe: env!("CARGO_PKG_VERSION"),
            knowledge: assessment.knowledge.clone(),
            as_of: convert.time(assessment.as_of),
            urgency: word(assessment.urgency),
            withheld,
            left_out,
            together: summed.together.map(Into::into),
            all: summed.all.map(Into::into),
            shares: summed
                .shares
                .into_iter()
                .map(|(substance, up_to, without)| Share {
                    substance,
                    up_to: up_to.into(),
                    without: without.into(),
                })
                .collect(),
            unmoved: summed.unmoved,
            targets: targets.map(|engaged| convert.target(engaged)).collect(),
            missing: missing
                .into_iter()
                .map(|(text, reason)| Scoped { text, reason: reason.to_owned() })
                .collect(),
        }
    }
}
