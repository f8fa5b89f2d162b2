//! Parts of `raphe.assessment/1`: the ranked differential and the course of an episode.

use crate::{Because, Evidence, assessment::Convert};
use raphe::{
    assess::{
        course::{self, Direction, Plausible},
        differential::{self, Fits, Weighed},
    },
    criteria::trend,
    exposure::intake::ChangeKind,
    timeline,
};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;

/// One explanation of what was reported, in order of fit.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Explanation {
    /// `serotonin_toxicity`, or the id of a look-alike.
    pub id: String,
    /// In words.
    pub name: String,
    /// Points, a multiple of one half: they rank, were not validated, and are no probability.
    pub score: f64,
    /// How well what was reported fits it.
    #[cfg_attr(
        feature = "schema",
        schemars(extend("enum" = ["fits best", "cannot be told apart here", "possible", "does not fit"]))
    )]
    pub fits: &'static str,
    /// Why it cannot be; absent where it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excluded: Option<String>,
    /// Whether it must be named whatever its score.
    pub must_be_named: bool,
    /// What speaks for it, strongest first.
    #[serde(rename = "for")]
    pub supporting: Vec<Clue>,
    /// What speaks against it, strongest first.
    pub against: Vec<Clue>,
    /// What would tell it apart.
    pub tell_apart: String,
    /// What is due now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Sources.
    pub sources: Vec<Evidence>,
}

/// Something that speaks for or against an explanation.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Clue {
    /// Permanent id.
    pub id: String,
    /// What was found.
    pub says: String,
    /// Points it gives or takes.
    pub points: f64,
    /// Lines behind it.
    pub because: Vec<Because>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

impl Explanation {
    pub(crate) fn new(item: &differential::Explanation, convert: &Convert<'_>) -> Self {
        let clue = |clue: &Weighed| Clue {
            id: clue.id.clone(),
            says: clue.says.clone(),
            points: clue.points.get(),
            because: convert.because(&clue.because),
            evidence: convert.evidence(&clue.citations),
        };
        Self {
            id: item.id.clone(),
            name: item.name.clone(),
            score: item.score.get(),
            fits: match item.fits {
                Fits::Best => "fits best",
                Fits::CannotTell => "cannot be told apart here",
                Fits::Possible => "possible",
                Fits::Not => "does not fit",
            },
            excluded: item.excluded.clone(),
            must_be_named: item.must_be_named,
            supporting: item.supporting.iter().map(clue).collect(),
            against: item.against.iter().map(clue).collect(),
            tell_apart: item.tell_apart.clone(),
            due: item.due.clone(),
            sources: convert.evidence(&item.citations),
        }
    }
}

/// How an episode began, how it goes, and when it is expected to settle; parts that are not known are absent.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Course {
    /// `worsening`, `improving` or `unchanged`, as the diary last says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["worsening", "improving", "unchanged"])))]
    pub stated: Option<&'static str>,
    /// From the last serotonergic change to the first sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub onset: Option<Onset>,
    /// When it is expected to settle, if it is serotonin toxicity and no more is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_to_settle: Option<Settling>,
    /// What rises and falls.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trends: Vec<Trend>,
    /// What was found, moment by moment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moments: Vec<Moment>,
}

/// From the last serotonergic change to the first sign.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Onset {
    /// What was changed.
    pub substance: String,
    /// `started`, `raised` or `taken`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["started", "raised", "taken"])))]
    pub change: &'static str,
    /// When, at the earliest.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub changed_from: String,
    /// When, at the latest.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub changed_until: String,
    /// The first sign, at the earliest.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub first_sign_from: String,
    /// The first sign, at the latest.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub first_sign_until: String,
    /// `within_6_h` or `within_24_h` of the change, `late` (accepted), or `cannot_tell`.
    #[cfg_attr(
        feature = "schema",
        schemars(extend("enum" = ["within_6_h", "within_24_h", "late", "cannot_tell"]))
    )]
    pub compared: &'static str,
    /// Lines behind it.
    pub because: Vec<Because>,
    /// Sources of the published onset.
    pub evidence: Vec<Evidence>,
}

/// When it is expected to settle: a range, and no promise.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Settling {
    /// Most have settled by then.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub from: String,
    /// What stays longest is gone by then, or the enzyme is back.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub until: String,
    /// What stays longest, where it makes `until` later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest: Option<String>,
    /// What is still taken: the times hold if it is not taken again.
    pub still_taken: Vec<String>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// How one measurement changed.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Trend {
    /// `temperature`, `pulse`, `systolic`, `diastolic`, `respiration` or `spo2`.
    pub what: &'static str,
    /// `rising`, `falling` or `steady`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["rising", "falling", "steady"])))]
    pub direction: &'static str,
    /// Present and true when a temperature rose by a degree within two hours.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "schema", schemars(extend("const" = true)))]
    pub fast: bool,
    /// First value, with its unit.
    pub first: String,
    /// Last value, with its unit.
    pub last: String,
}

/// What was found at one moment.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Moment {
    /// When.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub at: String,
    /// What was measured, with units: `temperature 38.6 °C`.
    pub measured: Vec<String>,
    /// Signs reported present.
    pub present: Vec<String>,
    /// Signs seen for the first time.
    pub new: Vec<String>,
    /// Signs seen before and found gone.
    pub gone: Vec<String>,
}

impl Course {
    pub(crate) fn new(course: &course::Course, convert: &Convert<'_>) -> Option<Self> {
        let nothing = course == &course::Course::default();
        (!nothing).then(|| Self {
            stated: course.stated.as_ref().map(|stated| match stated.course {
                timeline::Course::Worsening => "worsening",
                timeline::Course::Improving => "improving",
                timeline::Course::Unchanged => "unchanged",
            }),
            onset: course.onset.as_ref().map(|onset| Onset {
                substance: onset.substance.clone(),
                change: match onset.change {
                    ChangeKind::Started => "started",
                    ChangeKind::Raised => "raised",
                    _ => "taken",
                },
                changed_from: convert.time(onset.changed.0),
                changed_until: convert.time(onset.changed.1),
                first_sign_from: convert.time(onset.first_sign.0),
                first_sign_until: convert.time(onset.first_sign.1),
                compared: match onset.plausible {
                    Plausible::WithinSixHours => "within_6_h",
                    Plausible::WithinADay => "within_24_h",
                    Plausible::Late => "late",
                    Plausible::CannotTell => "cannot_tell",
                },
                because: convert.because(&onset.because),
                evidence: convert.evidence(&onset.citations),
            }),
            expected_to_settle: course.settling.as_ref().map(|settling| Settling {
                from: convert.time(settling.from),
                until: convert.time(settling.until),
                longest: settling.longest.clone(),
                still_taken: settling.still_taken.clone(),
                evidence: convert.evidence(&settling.citations),
            }),
            trends: course
                .trends
                .iter()
                .map(|trend| Trend {
                    what: trend.quantity,
                    direction: match trend.direction {
                        Direction::Rising => "rising",
                        Direction::Falling => "falling",
                        Direction::Steady => "steady",
                    },
                    fast: trend.fast,
                    first: trend::amount(trend.quantity, trend.first.1),
                    last: trend::amount(trend.quantity, trend.last.1),
                })
                .collect(),
            moments: course
                .moments
                .iter()
                .map(|moment| Moment {
                    at: convert.time(moment.at),
                    measured: (moment.measured.iter())
                        .map(|(quantity, value)| format!("{quantity} {}", trend::amount(quantity, *value)))
                        .collect(),
                    present: moment.present.clone(),
                    new: moment.new.clone(),
                    gone: moment.gone.clone(),
                })
                .collect(),
        })
    }
}
