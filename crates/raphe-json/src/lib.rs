//! The JSON wire types, shared by the program and the server.
//!
//! Keys are snake_case with the unit in the name; a modeled number is an [`Interval`]; times are ISO 8601. A field that
//! was not computed is absent, never null or 0. Every result starts with its schema, the versions and the moment it
//! speaks of. The published schemas in `schemas/` are derived from these types, and a test holds real output against
//! them.

mod assessment;
mod care;
mod check;
mod exam;
mod explanation;
mod helping;
mod lint;
mod plan;
mod questionnaire;
mod risk;
#[cfg(feature = "schema")]
mod schema;
mod simulation;
mod substances;
mod whatif;
mod why;

pub use assessment::*;
pub use care::*;
pub use check::*;
pub use exam::*;
pub use explanation::*;
pub use helping::*;
pub use lint::*;
pub use plan::*;
pub use questionnaire::*;
pub use risk::*;
#[cfg(feature = "schema")]
pub use schema::schemas;
pub use simulation::*;
pub use substances::*;
pub use whatif::*;
pub use why::*;

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;

/// A median with its 5 to 95 % range.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Interval {
    /// The middle of the population.
    pub median: f64,
    /// One in twenty lies below.
    pub p5: f64,
    /// One in twenty lies above.
    pub p95: f64,
}

impl From<raphe::units::Interval> for Interval {
    /// Rounded to four digits: more would claim what nobody knows.
    fn from(interval: raphe::units::Interval) -> Self {
        let round =
            |value: f64| if value == 0.0 { 0.0 } else { format!("{value:.3e}").parse().unwrap_or(value) };
        Self { median: round(interval.median), p5: round(interval.p5), p95: round(interval.p95) }
    }
}

/// A source behind a statement.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Evidence {
    /// Key of the source.
    pub cite: String,
    /// The place in it.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The source in words.
    pub source: String,
    /// How the fact came to be known.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::grade"))]
    pub grade: String,
    /// Day on which a curator opened the source; absent = second-hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::day"))]
    pub checked: Option<String>,
}

/// What one party says of a combination.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct View {
    /// Whose view.
    pub by: String,
    /// The level they give it.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::level"))]
    pub level: String,
    /// In one sentence.
    pub says: String,
    /// Key of the source.
    pub cite: String,
}

/// What something stands on: a line of the diary, or a resource of a health record.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(deny_unknown_fields))]
#[serde(untagged)]
pub enum Because {
    /// A line of the diary.
    Line {
        /// Line of the diary, from 1.
        #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
        line: u32,
    },
    /// A resource of a health record.
    Fhir {
        /// Its type and id, such as `MedicationRequest/17`, or its place where it has no id.
        fhir_id: String,
    },
}

/// Something that was, or was not, assessed.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Scoped {
    /// What.
    pub text: String,
    /// How, or why not.
    pub reason: String,
}

/// Something read but not understood, or read in a way worth saying.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Notice {
    /// `error` (not read), `warning` or `info`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["error", "warning", "info"])))]
    pub weight: &'static str,
    /// Line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub line: Option<u32>,
    /// Column in characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub column: Option<u32>,
    /// What was found.
    pub says: String,
    /// What to write instead, or what it means for the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// The word of a fieldless schema value, as the knowledge base spells it.
pub(crate) fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
