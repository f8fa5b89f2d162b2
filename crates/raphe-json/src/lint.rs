//! `raphe.lint/1`: what `raphe lint --json` prints.

use crate::{Notice, assessment};
use raphe::{TimeZone, Timestamp, knowledge::Knowledge};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;

/// How one diary is read.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(title = "raphe.lint/1"))]
pub struct Lint {
    /// `raphe.lint/1`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "raphe.lint/1")))]
    pub schema: &'static str,
    /// Version of the program.
    pub raphe: &'static str,
    /// Version of the knowledge.
    pub knowledge: String,
    /// The moment it was read.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub as_of: String,
    /// The file as it was named.
    pub file: String,
    /// Everything worth saying, in order of place.
    pub notices: Vec<Notice>,
}

impl Lint {
    /// The wire form of the notices of one file, read at a moment.
    #[must_use]
    pub fn new(
        file: &str,
        notices: &[raphe::timeline::Notice],
        knowledge: &Knowledge,
        (as_of, zone): (Timestamp, &TimeZone),
    ) -> Self {
        Self {
            schema: "raphe.lint/1",
            raphe: env!("CARGO_PKG_VERSION"),
            knowledge: knowledge.base().version.clone(),
            as_of: assessment::Convert { knowledge, zone }.time(as_of),
            file: file.to_owned(),
            notices: notices.iter().map(assessment::notice).collect(),
        }
    }
}
