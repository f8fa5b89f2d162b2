//! `raphe.lint/1`: what `raphe lint --json` prints.

use crate::{Notice, assessment};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;

/// How one diary is read.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Lint {
    /// `raphe.lint/1`.
    pub schema: &'static str,
    /// Version of the program.
    pub raphe: &'static str,
    /// The file as it was named.
    pub file: String,
    /// Everything worth saying, in order of place.
    pub notices: Vec<Notice>,
}

impl Lint {
    /// The wire form of the notices of one file.
    #[must_use]
    pub fn new(file: &str, notices: &[raphe::timeline::Notice]) -> Self {
        Self {
            schema: "raphe.lint/1",
            raphe: env!("CARGO_PKG_VERSION"),
            file: file.to_owned(),
            notices: notices.iter().map(assessment::notice).collect(),
        }
    }
}
