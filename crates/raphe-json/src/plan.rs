//! `raphe.plan/1`: what `raphe plan --json` prints.

use crate::{Evidence, Finding, Help, Interval, Notice, assessment, word};
use raphe::{knowledge::Knowledge, plan};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;

/// When the next one may begin, or how one comes off.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(title = "raphe.plan/1"))]
pub struct Plan {
    /// `raphe.plan/1`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "raphe.plan/1")))]
    pub schema: &'static str,
    /// Version of the program.
    pub raphe: &'static str,
    /// Version of the knowledge.
    pub knowledge: String,
    /// The moment it is made for.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub as_of: String,
    /// Something in the diary points to suicide: `help` stands first, and nothing else is answered.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub suicide_path: bool,
    /// Set when a dose is far above the highest recommended: nothing else is answered, only whom to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub too_much: Option<String>,
    /// Whom to call.
    pub help: Help,
    /// What is taken.
    pub from: PlanSide,
    /// What is to follow; absent when it only stops.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<PlanSide>,
    /// How: `washout`, `direct`, `cross_taper`, `taper` or `stop`; absent when there is no plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(extend("enum" = ["washout", "direct", "cross_taper", "taper", "stop"]))
    )]
    pub kind: Option<&'static str>,
    /// Why there is no plan, and what stands against it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<PlanRefused>,
    /// Least days from the last dose of the one to the first of the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_days: Option<u32>,
    /// The strictest published wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_days: Option<f64>,
    /// First day on which the model sees at most 1.6 times the serotonin of the new one alone; absent where serotonin is not
    /// at stake or the model cannot follow one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_days: Option<Interval>,
    /// Why there is no `model_days`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_model_days_because: Option<String>,
    /// Why it takes so long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Every published wait, strictest first.
    pub rules: Vec<PlanRule>,
    /// How it is done, as published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<PlanTold>,
    /// What to do on which day.
    pub steps: Vec<PlanStep>,
    /// Highest serotonin of the first 48 hours, by the day on which the new one begins.
    pub curve: Vec<PlanPoint>,
    /// What to know on the way.
    pub watch: Vec<PlanTold>,
    /// What changes when the first is gone.
    pub frees: Vec<PlanTold>,
    /// Sources of the waits, of how it is done, and of the strengths.
    pub evidence: Vec<Evidence>,
    /// What every plan ends with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agree: Option<PlanTold>,
    /// What was not understood.
    pub notices: Vec<Notice>,
}

/// One of the two medicines.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct PlanSide {
    /// Permanent id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Class in words.
    pub class: String,
    /// Milligrams a day, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daily_mg: Option<f64>,
}

/// Why there is no plan.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct PlanRefused {
    /// In words.
    pub says: String,
    /// What stands against it.
    pub findings: Vec<Finding>,
}

/// One published wait.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct PlanRule {
    /// Days.
    pub days: f64,
    /// What the source adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The source.
    pub evidence: Vec<Evidence>,
}

/// A sentence with its sources.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct PlanTold {
    /// Its id, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// To the person.
    pub says: String,
    /// To a clinician, where that is another sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clinician: Option<String>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// One thing to do.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct PlanStep {
    /// Earliest day.
    pub day: u32,
    /// Latest day, where the pace is free.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_latest: Option<u32>,
    /// Earliest date; absent without a diary or a moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::day"))]
    pub date: Option<String>,
    /// Which medicine.
    pub substance: String,
    /// Milligrams a day from then on; 0 ends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daily_mg: Option<f64>,
    /// What to do.
    pub says: String,
    /// Share of the serotonin transporter that is occupied at this dose after long use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transporter_occupancy: Option<Interval>,
    /// Urgency of an assessment in the hour after it and a day later, the worse of the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::urgency"))]
    pub urgency: Option<String>,
    /// Worst level of the same assessment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::level"))]
    pub level: Option<String>,
}

/// One day of the curve.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct PlanPoint {
    /// Days after the last dose of the first.
    pub day: f64,
    /// Highest fold with what is left of it.
    pub with_fold_change: Interval,
    /// Highest fold without it.
    pub alone_fold_change: Interval,
}

impl Plan {
    /// The wire form of a plan.
    #[must_use]
    pub fn new(plan: &plan::Plan, knowledge: &Knowledge) -> Self {
        let convert = assessment::Convert { knowledge, zone: &plan.zone };
        let side = |side: &plan::Side| PlanSide {
            id: side.id.clone(),
            name: side.name.clone(),
            class: side.class.clone(),
            daily_mg: side.daily_mg,
        };
        let claim = |claim: &raphe::knowledge::Claim| PlanTold {
            id: None,
            says: claim.says().to_owned(),
            clinician: None,
            evidence: convert.evidence(claim.citations()),
        };
        let told = |told: &plan::Told| PlanTold {
            id: Some(told.id.clone()),
            says: told.person.clone(),
            clinician: (told.clinician != told.person).then(|| told.clinician.clone()),
            evidence: convert.evidence(&told.citations),
        };
        let refused = |refused: &plan::Refused| PlanRefused {
            says: refused.says.clone(),
            findings: refused.findings.iter().map(|finding| convert.finding(finding)).collect(),
        };
        let step = |step: &plan::Step| PlanStep {
            day: step.day,
            day_latest: step.day_latest,
            date: step.date.filter(|_| plan.dated).map(|date| date.to_string()),
            substance: step.substance.clone(),
            daily_mg: step.daily_mg,
            says: step.says.clone(),
            transporter_occupancy: step.occupancy.map(Interval::from),
            urgency: step.check.as_ref().map(|check| word(check.urgency)),
            level: step.check.as_ref().map(|check| word(check.level)),
        };
        let modeled = plan.modeled.as_ref();
        let point = |point: &plan::Point| PlanPoint {
            day: (point.day * 100.0).round() / 100.0,
            with_fold_change: point.with.into(),
            alone_fold_change: point.alone.into(),
        };
        let waits = plan.rules.iter().map(|wait| &wait.citation);
        let how = plan.how.iter().flat_map(|how| how.citations());
        let evidence = convert.evidence(waits.chain(how).chain(&plan.strengths));
        Self {
            schema: "raphe.plan/1",
            raphe: env!("CARGO_PKG_VERSION"),
            knowledge: plan.knowledge.clone(),
            as_of: convert.time(plan.as_of),
            suicide_path: plan.suicide_path,
            too_much: plan.too_much.as_ref().map(|too_much| too_much.name.clone()),
            help: Help::new(&plan.help),
            from: PlanSide {
                daily_mg: plan.from.daily_mg.filter(|_| !plan.suicide_path),
                ..side(&plan.from)
            },
            to: plan.to.as_ref().map(side),
            kind: plan.kind.map(|kind| match kind {
                plan::Kind::Washout => "washout",
                plan::Kind::Direct => "direct",
                plan::Kind::CrossTaper => "cross_taper",
                plan::Kind::Taper => "taper",
                plan::Kind::Stop => "stop",
            }),
            refused: plan.refused.as_ref().map(refused),
            min_days: plan.min_days,
            rule_days: plan.rule_days,
            model_days: modeled.and_then(|modeled| modeled.days).map(Interval::from),
            no_model_days_because: modeled.and_then(|modeled| modeled.why_not.clone()),
            reason: plan.reason.clone(),
            rules: plan
                .rules
                .iter()
                .map(|wait| PlanRule {
                    days: wait.days,
                    note: wait.note.clone(),
                    evidence: convert.evidence([&wait.citation]),
                })
                .collect(),
            how: plan.how.as_ref().map(claim),
            steps: plan.steps.iter().map(step).collect(),
            curve: modeled.map_or_else(Vec::new, |modeled| modeled.curve.iter().map(point).collect()),
            watch: plan.watch.iter().map(told).collect(),
            frees: plan.frees.iter().map(claim).collect(),
            evidence,
            agree: plan.agree.as_ref().map(told),
            notices: plan.notices.iter().map(assessment::notice).collect(),
        }
    }
}
