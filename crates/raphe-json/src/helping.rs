//! `raphe.helping/1`: what `raphe helping --json` prints.
//!
//! Scores are told as they were written. A change is in points of the scale, turned so that below zero is better on every scale.

use crate::{Evidence, Help, Interval, Notice, assessment, word};
use raphe::{
    TimeZone,
    helping::{
        self, Needs as Missing,
        series::{Series, date_of},
        treatment::Problem,
        verdict,
    },
    knowledge::{Knowledge, schema::Urgency},
};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;

/// Is it helping?
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(title = "raphe.helping/1"))]
pub struct Helping {
    /// `raphe.helping/1`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "raphe.helping/1")))]
    pub schema: &'static str,
    /// Version of the program.
    pub raphe: &'static str,
    /// Version of the knowledge.
    pub knowledge: String,
    /// The moment it speaks of.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub as_of: String,
    /// How urgent the same diary is for any reason; it comes before the answer. `raphe assess` says why.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::urgency"))]
    pub urgency: String,
    /// Whether anything points to suicide.
    pub suicide_path: bool,
    /// An answer above zero on suicide since the start, where it was zero before.
    pub new_suicidal_answer: bool,
    /// Whom to call.
    pub help: Help,
    /// What was asked about, as written.
    pub asked: String,
    /// Why nothing could be worked out: `unknown`, `never_started`, `no_scores`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["unknown", "never_started", "no_scores"])))]
    pub problem: Option<&'static str>,
    /// The answer for the first of the outcomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "verdict_words"))]
    pub verdict: Option<&'static str>,
    /// What that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub treatment: Option<Treatment>,
    /// Each series with scores before and after, the one that says most in front.
    pub outcomes: Vec<Outcome>,
    /// Names of series with scores on one side only.
    pub one_sided: Vec<String>,
    /// Whether something else changed so near to the start that they cannot be told apart.
    pub cannot_attribute: bool,
    /// What that was.
    pub beside: Vec<Change>,
    /// What else changed later.
    pub later: Vec<Change>,
    /// What was not understood.
    pub notices: Vec<Notice>,
}

/// What is asked about.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Treatment {
    /// Name.
    pub name: String,
    /// Whether its stop is asked about.
    pub stopping: bool,
    /// When it was on.
    pub spells: Vec<Spell>,
    /// Days on which the dose was changed.
    pub dose_changes: Vec<String>,
    /// Days until 63 % of the effect is there.
    pub tau_days: u32,
    /// From this day on "not helping" may be said.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::day"))]
    pub judge_from: String,
    /// What is known of groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
}

/// When it was on.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Spell {
    /// First day.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::day"))]
    pub from: String,
    /// First day without; absent while it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::day"))]
    pub to: Option<String>,
}

/// What is known of groups.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Group {
    /// In whom.
    pub population: String,
    /// Against what.
    pub compared_with: String,
    /// How sure it is: `high`, `moderate`, `low`, `very_low`, `refuted`.
    pub certainty: String,
    /// The standardized difference in the group, as written; below zero is better.
    pub standardized_difference: String,
    /// Source.
    pub evidence: Vec<Evidence>,
}

/// One series and what it says.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Outcome {
    /// Id of the questionnaire or of the feeling.
    pub id: String,
    /// Name.
    pub name: String,
    /// The answer.
    #[cfg_attr(feature = "schema", schemars(schema_with = "verdict_words"))]
    pub verdict: &'static str,
    /// How many scores before (or without it).
    pub scores_before: usize,
    /// How many since (or with it).
    pub scores_after: usize,
    /// Longest time without a score, days.
    pub longest_gap_days: u32,
    /// Change since the start beyond the natural course, points, below zero is better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_points: Option<Interval>,
    /// The smallest change that matters.
    pub important: Measured,
    /// Mean of the scores before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_before: Option<Measured>,
    /// How likely each outcome is; gain, little and harm add up to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<Probability>,
    /// What is missing for a clear answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<Needs>,
    /// The serial t-test, as a check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial_t_test: Option<SerialTest>,
    /// The scores, one a day, as they were written.
    pub scores: Vec<Scored>,
    /// Sources of what matters.
    pub evidence: Vec<Evidence>,
}

/// A measured amount in points of the scale, or a threshold; not modeled.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Measured {
    /// Points.
    pub points: f64,
}

/// One day's score.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Scored {
    /// Day.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::day"))]
    pub on: String,
    /// Points.
    pub points: f64,
}

/// Probabilities of the model.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Probability {
    /// Better by as much as matters.
    pub gain: f64,
    /// Less than matters, either way.
    pub little: f64,
    /// Worse by as much as matters.
    pub harm: f64,
    /// Better by any amount.
    pub better: f64,
}

/// What is missing for a clear answer.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Needs {
    /// `scores_before` (they cannot be had any more), `scores_after`, `room` (they were too low before to fall by as much as matters),
    /// or `nothing` that scores could give.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["scores_before", "scores_after", "room", "nothing"])))]
    pub what: &'static str,
    /// How many more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more: Option<u32>,
    /// Until about this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::day"))]
    pub until: Option<String>,
}

/// The serial t-test.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct SerialTest {
    /// Mean with less mean without, points; below zero is better.
    pub difference: f64,
    /// Lower end of the 95 % confidence interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Correlation of neighboring scores.
    pub correlation: f64,
    /// Degrees of freedom.
    pub degrees: f64,
}

/// Something else that changed.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Change {
    /// Day.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::day"))]
    pub on: String,
    /// What.
    pub says: String,
}

/// The five answers.
#[cfg(feature = "schema")]
fn verdict_words(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "type": "string",
        "enum": ["worse", "likely_helping", "maybe", "not_helping", "cannot_tell"]
    })
}

fn day(day: f64) -> String {
    date_of(day).to_string()
}

fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

fn written(series: &Series, value: f64) -> f64 {
    rounded(if series.turned { series.range.1 - value } else { value })
}

impl Helping {
    /// The wire form of an answer.
    #[must_use]
    pub fn new(answer: &helping::Helping, knowledge: &Knowledge, zone: &TimeZone) -> Self {
        let convert = assessment::Convert { knowledge, zone };
        let own = if answer.new_suicidal_answer { Urgency::Urgent } else { Urgency::None };
        let change =
            |other: &helping::treatment::Other| Change { on: day(other.day), says: other.says.clone() };
        Self {
            schema: "raphe.helping/1",
            raphe: env!("CARGO_PKG_VERSION"),
            knowledge: answer.assessment.knowledge.clone(),
            as_of: convert.time(answer.as_of),
            urgency: word(answer.assessment.urgency.max(own)),
            suicide_path: answer.assessment.suicide_path || answer.new_suicidal_answer,
            new_suicidal_answer: answer.new_suicidal_answer,
            help: Help::new(&answer.assessment.help),
            asked: answer.asked.clone(),
            problem: answer.problem.as_ref().map(|problem| match problem {
                Problem::Unknown { .. } => "unknown",
                Problem::NeverStarted { .. } => "never_started",
                Problem::NoScores => "no_scores",
            }),
            verdict: answer.outcomes.first().map(|outcome| verdict::word(outcome.verdict)),
            treatment: answer.treatment.as_ref().map(|item| Treatment {
                name: item.name.clone(),
                stopping: item.stopping,
                spells: item
                    .spells
                    .iter()
                    .map(|spell| Spell { from: day(spell.from), to: spell.to.map(day) })
                    .collect(),
                dose_changes: item.changes.iter().map(|at| day(*at)).collect(),
                tau_days: item.tau as u32,
                judge_from: day(helping::judge_from(item)),
                group: item.group.as_ref().map(|group| Group {
                    population: group.population.clone(),
                    compared_with: group.compared_with.clone(),
                    certainty: word(group.certainty),
                    standardized_difference: raphe::units::number(group.effect),
                    evidence: convert.evidence([&group.citation]),
                }),
            }),
            outcomes: answer.outcomes.iter().map(|outcome| self::outcome(outcome, &convert)).collect(),
            one_sided: answer.one_sided.iter().map(|series| series.name.clone()).collect(),
            cannot_attribute: !answer.beside.is_empty(),
            beside: answer.beside.iter().map(change).collect(),
            later: answer.later.iter().map(change).collect(),
            notices: answer.notices.iter().map(assessment::notice).collect(),
        }
    }
}

fn outcome(outcome: &helping::Outcome, convert: &assessment::Convert<'_>) -> Outcome {
    let series = &outcome.series;
    Outcome {
        id: series.id.clone(),
        name: series.name.clone(),
        verdict: verdict::word(outcome.verdict),
        scores_before: outcome.counts.0,
        scores_after: outcome.counts.1,
        longest_gap_days: outcome.longest_gap as u32,
        change_points: outcome.change.map(Into::into),
        important: Measured { points: rounded(outcome.important_points) },
        mean_before: outcome.baseline.map(|mean| Measured { points: written(series, mean) }),
        probability: outcome.chances.map(|chances| Probability {
            gain: rounded(chances.gain),
            little: rounded(chances.little),
            harm: rounded(chances.harm),
            better: rounded(chances.better),
        }),
        needs: outcome.needs.map(|needs| match needs {
            Missing::Before => Needs { what: "scores_before", more: None, until: None },
            Missing::After { more, day: until } => {
                Needs { what: "scores_after", more: Some(more), until: Some(day(until)) }
            }
            Missing::Room => Needs { what: "room", more: None, until: None },
            Missing::Nothing => Needs { what: "nothing", more: None, until: None },
        }),
        serial_t_test: outcome.serial.map(|test| SerialTest {
            difference: rounded(test.difference),
            low: rounded(test.interval.0),
            high: rounded(test.interval.1),
            p: rounded(test.p),
            correlation: rounded(test.correlation),
            degrees: rounded(test.degrees),
        }),
        scores: series
            .points
            .iter()
            .map(|point| Scored { on: day(point.day), points: written(series, point.value) })
            .collect(),
        evidence: convert.evidence(&outcome.important.citations),
    }
}
