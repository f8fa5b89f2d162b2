//! `raphe.exam/1`: what `raphe exam --json` prints.

use crate::{Criterion, assessment::Convert, word};
use raphe::{
    exam::{self, Answered, Reply},
    knowledge::Knowledge,
    report::Voice,
};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;

/// Where a guided examination stands, and the next question.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(title = "raphe.exam/1"))]
pub struct Exam {
    /// `raphe.exam/1`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "raphe.exam/1")))]
    pub schema: &'static str,
    /// Version of the program.
    pub raphe: &'static str,
    /// Version of the knowledge.
    pub knowledge: String,
    /// The moment of the examination.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub as_of: String,
    /// How urgent it is with the answers so far; in an emergency nobody waits for the next question.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::urgency"))]
    pub urgency: String,
    /// The published criteria with the answers so far.
    pub criteria: Vec<Criterion>,
    /// How severe the signs are, if it is serotonin toxicity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["life_threatening", "severe", "moderate", "mild"])))]
    pub severity: Option<String>,
    /// What was asked, in order.
    pub asked: Vec<AskedSign>,
    /// The next question; absent when nothing more would change the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<NextQuestion>,
    /// Every sign still worth asking for, most deciding first.
    pub remaining: Vec<String>,
    /// What would decide the Hunter criteria and needs somebody who can examine.
    pub needs_examination: Vec<String>,
    /// The answers as lines of a diary.
    pub lines: Vec<String>,
}

/// One answer.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct AskedSign {
    /// Id of the sign, or `temperature`.
    pub sign: String,
    /// `present`, `absent`, `not_examined`, or the temperature that was measured.
    pub answer: String,
}

/// A question.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct NextQuestion {
    /// Id of the sign, or `temperature`.
    pub sign: String,
    /// In words.
    pub question: String,
    /// How to examine it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// What the answer would decide.
    pub why: String,
}

impl Exam {
    /// The wire form of a state.
    #[must_use]
    pub fn new(state: &exam::State, answered: &[Answered], knowledge: &Knowledge, voice: Voice) -> Self {
        let assessment = &state.assessment;
        let convert = Convert { knowledge, zone: &assessment.zone };
        Self {
            schema: "raphe.exam/1",
            raphe: env!("CARGO_PKG_VERSION"),
            knowledge: assessment.knowledge.clone(),
            as_of: convert.time(assessment.as_of),
            urgency: word(assessment.urgency),
            criteria: assessment.criteria.iter().map(|result| convert.criterion(result)).collect(),
            severity: assessment.severity.as_ref().map(|severity| severity.id.clone()),
            asked: answered
                .iter()
                .map(|answer| AskedSign {
                    sign: answer.sign.clone(),
                    answer: match answer.reply {
                        Reply::Present => "present".to_owned(),
                        Reply::Absent => "absent".to_owned(),
                        Reply::NotExamined => "not_examined".to_owned(),
                        Reply::Measured(temperature) => temperature.to_string(),
                    },
                })
                .collect(),
            next: state.next.as_ref().map(|next| NextQuestion {
                sign: next.sign.clone(),
                question: next.question.clone(),
                how: next.how.clone(),
                why: next.why.clone(),
            }),
            remaining: state.remaining.clone(),
            needs_examination: state.needs_examination.clone(),
            lines: exam::lines(answered, assessment.as_of, &assessment.zone, voice),
        }
    }
}
