//! The words in which urgencies, levels and grades are said, everywhere the same.

use super::schema::{Grade, Level, Urgency};

/// The word for an urgency.
#[must_use]
pub fn urgency_word(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Emergency => "EMERGENCY",
        Urgency::Urgent => "URGENT",
        Urgency::Prompt => "PROMPT",
        Urgency::Watch => "WATCH",
        Urgency::None => "NOTHING URGENT FOUND",
    }
}

/// The word for a level.
#[must_use]
pub fn level_word(level: Level) -> &'static str {
    match level {
        Level::Contraindicated => "contraindicated",
        Level::Major => "major",
        Level::Moderate => "moderate",
        Level::Minor => "minor",
        Level::Info => "for information",
        Level::NoneKnown => "no serotonin interaction known",
    }
}

/// The word for how a fact came to be known.
#[must_use]
pub fn grade_word(grade: Grade) -> &'static str {
    match grade {
        Grade::Label => "label",
        Grade::Regulator => "regulator",
        Grade::MetaAnalysis => "meta-analysis",
        Grade::Trial => "trial",
        Grade::Cohort => "cohort",
        Grade::Review => "review",
        Grade::CaseReport => "case report",
        Grade::InVitro => "in vitro",
        Grade::Animal => "animal",
        Grade::Derived => "derived",
        Grade::Inferred => "inferred",
    }
}
