//! `raphe.whatif/1`: what `raphe whatif --json` prints.

use crate::{Assessment, Help, Notice, assessment};
use raphe::{TimeZone, knowledge::Knowledge, whatif};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;

/// The same person with lines added, beside the person without them.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(title = "raphe.whatif/1"))]
pub struct WhatIf {
    /// `raphe.whatif/1`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "raphe.whatif/1")))]
    pub schema: &'static str,
    /// Version of the program.
    pub raphe: &'static str,
    /// Version of the knowledge.
    pub knowledge: String,
    /// The moment both are judged at: the one that was asked for, or the worst in the two days after a line.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub as_of: String,
    /// The lines that were added.
    pub lines: Vec<String>,
    /// Set when a line names a dose far above the highest recommended: nothing else is answered, only whom to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub too_much: Option<String>,
    /// Whom to call.
    pub help: Help,
    /// What is different, most important first.
    pub differences: Vec<Difference>,
    /// Without the lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without: Option<Assessment>,
    /// With them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with: Option<Assessment>,
    /// How the lines were read.
    pub notices: Vec<Notice>,
}

/// One thing that is different.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Difference {
    /// Of what kind.
    #[cfg_attr(
        feature = "schema",
        schemars(extend("enum" = ["urgency", "verdict", "finding", "serotonin", "exposure", "enzyme", "target"]))
    )]
    pub what: &'static str,
    /// Which finding, moiety, enzyme or target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Without the lines, in words.
    pub without: String,
    /// With them, in words.
    pub with: String,
}

impl WhatIf {
    /// The wire form of a comparison.
    #[must_use]
    pub fn new(whatif: &whatif::WhatIf, knowledge: &Knowledge) -> Self {
        let zone = whatif.with.as_ref().map_or(TimeZone::UTC, |with| with.zone.clone());
        let convert = assessment::Convert { knowledge, zone: &zone };
        let assessed = |one: &Option<Box<raphe::assess::Assessment>>| {
            one.as_ref().map(|one| Assessment::new(one, knowledge))
        };
        Self {
            schema: "raphe.whatif/1",
            raphe: env!("CARGO_PKG_VERSION"),
            knowledge: whatif.knowledge.clone(),
            as_of: convert.time(whatif.as_of),
            lines: whatif.lines.clone(),
            too_much: whatif.too_much.as_ref().map(|too_much| too_much.name.clone()),
            help: Help::new(&whatif.help),
            differences: whatif.differences.iter().map(difference).collect(),
            without: assessed(&whatif.without),
            with: assessed(&whatif.with),
            notices: whatif.notices.iter().map(assessment::notice).collect(),
        }
    }
}

fn difference(difference: &whatif::Difference) -> Difference {
    use whatif::What;
    let (what, id) = match &difference.what {
        What::Urgency => ("urgency", None),
        What::Verdict => ("verdict", None),
        What::Serotonin => ("serotonin", None),
        What::Finding(id) => ("finding", Some(id)),
        What::Exposure(id) => ("exposure", Some(id)),
        What::Enzyme(id) => ("enzyme", Some(id)),
        What::Target(id) => ("target", Some(id)),
    };
    Difference { what, id: id.cloned(), without: difference.without.clone(), with: difference.with.clone() }
}
