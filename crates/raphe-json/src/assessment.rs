//! `raphe.assessment/1`: what `raphe assess --json` prints.

use crate::{
    Advice, Because, Before, Course, Evidence, Explanation, Factor, Feature, Interval, LowPattern, Notice,
    Refused, Risk, RuleOut, Said, Scoped, Score, View, word,
};
use raphe::{
    assess::{self, Standing, Verdict},
    criteria::Truth,
    knowledge::{Citation, Knowledge, schema::HelpLine},
    report,
    timeline::{Origin, Weight},
};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// An assessment of one timeline.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(title = "raphe.assessment/1"))]
pub struct Assessment {
    /// `raphe.assessment/1`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "raphe.assessment/1")))]
    pub schema: &'static str,
    /// Version of the program.
    pub raphe: &'static str,
    /// Version of the knowledge.
    pub knowledge: String,
    /// The moment it speaks of.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub as_of: String,
    /// Too high, too low, neither or unclear.
    pub balance: Balance,
    /// `emergency`, `urgent`, `prompt`, `watch` or `none`.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::urgency"))]
    pub urgency: String,
    /// Every reason to act, most urgent first.
    pub urgency_because: Vec<Reason>,
    /// Present and true when anything points to suicide.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "schema", schemars(extend("const" = true)))]
    pub suicide_path: bool,
    /// Whom to call.
    pub help: Help,
    /// The published criteria.
    pub criteria: Vec<Criterion>,
    /// How severe the signs are, if it is serotonin toxicity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["life_threatening", "severe", "moderate", "mild", "none"])))]
    pub severity: Option<String>,
    /// What is still in the body, above 1 % of its peak.
    pub exposure: Vec<Exposure>,
    /// Enzymes that are not back yet.
    pub enzymes: Vec<Enzyme>,
    /// Targets in the modeled synapse that something engages.
    pub targets: Vec<Target>,
    /// Serotonin in the modeled synapse; absent where nothing acts on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serotonin: Option<Serotonin>,
    /// What the substances do, worst first.
    pub findings: Vec<Finding>,
    /// Look-alikes that must be named, the leading ones first.
    pub rivals: Vec<Rival>,
    /// Serotonin toxicity among everything that looks like it, in order of fit.
    pub differential: Vec<Explanation>,
    /// How it began, how it goes, when it is expected to settle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub course: Option<Course>,
    /// The last result of each questionnaire, the newest first.
    pub scores: Vec<Score>,
    /// Features that the article calls low serotonin; they fit many conditions.
    pub features: Vec<Feature>,
    /// Whether these features are spoken of as a pattern; never a level.
    pub low_pattern: LowPattern,
    /// What goes with one side or the other, and what speaks against it.
    pub factors: Vec<Factor>,
    /// Other causes of the same features, for a clinician to rule out.
    pub rule_outs: Vec<RuleOut>,
    /// Tests that are not taken as evidence of serotonin in the brain.
    pub refused: Vec<Refused>,
    /// What has to be said, or asked, before anything is advised, and where anything points to suicide.
    pub before: Vec<Before>,
    /// What to do, in order: for the danger first, then ways back.
    pub advice: Vec<Advice>,
    /// What was assessed.
    pub assessed: Vec<Scoped>,
    /// What was not.
    pub not_assessed: Vec<Scoped>,
    /// What was not understood.
    pub notices: Vec<Notice>,
}

/// The verdict.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Balance {
    /// `too_high`, `too_low`, `neither` or `unclear`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["too_high", "too_low", "neither", "unclear"])))]
    pub verdict: &'static str,
    /// Why, one sentence.
    pub because: String,
    /// How likely toxicity is among people who were counted; absent where nobody counted. It decides nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub risk: Vec<Risk>,
    /// Exposures of which nobody counted how often they end in toxicity, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_counted: Vec<Said>,
}

/// A reason to act.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Reason {
    /// Id of the flag or finding.
    pub id: String,
    /// How soon.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::urgency"))]
    pub urgency: String,
    /// A danger sign, judged from what was reported alone.
    pub danger: bool,
    /// What was found.
    pub says: String,
    /// Lines behind it.
    pub because: Vec<Because>,
    /// Set when it was reported on this day and is not known to be over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::day"))]
    pub not_known_to_be_over_since: Option<String>,
    /// Set when the words or the number were not understood and this is what they would mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub would_mean: Option<String>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// Whom to call.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Help {
    /// ISO 3166 country, or `*` where it is not known.
    pub country: String,
    /// Emergency number.
    pub emergency: String,
    /// Poison center.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poison: Option<String>,
    /// Crisis lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub crisis: Vec<String>,
}

/// One set of criteria.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Criterion {
    /// `hunter`, `sternbach` or `radomski`.
    pub id: String,
    /// `met`, `not_met` or `indeterminate`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["met", "not_met", "indeterminate"])))]
    pub verdict: &'static str,
    /// Labels of the rules that are met.
    pub rules: Vec<String>,
    /// Signs that made it so.
    pub because: BTreeSet<String>,
    /// Signs whose examination would decide it.
    pub would_decide: BTreeSet<String>,
    /// What a met result takes for granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proviso: Option<String>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// What is left of one moiety.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Exposure {
    /// The substance that was taken.
    pub substance: String,
    /// Itself or a metabolite.
    pub moiety: String,
    /// Share of the person's own peak, 0 to 1.
    pub share_of_peak: Interval,
    /// Total level in plasma; absent where amounts cannot be told as levels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_ng_per_ml: Option<Interval>,
    /// Free level in plasma; absent where the share not bound is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_nmol_per_l: Option<Interval>,
    /// Last dose.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub last_dose: String,
    /// When it is below 1 % of its peak if no more is taken, in 19 of 20 people.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub gone_by: String,
    /// Source of the half-life.
    pub evidence: Vec<Evidence>,
}

/// An enzyme that something taken acts on.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Enzyme {
    /// `CYP2D6`, `MAO-A`, …; `CYP3A4 gut` in the wall of the gut.
    pub id: String,
    /// 1 = the person's own uninhibited activity.
    pub activity: Interval,
    /// 1 = a normal metabolizer.
    pub of_normal: Interval,
    /// Who acts on it, strongest first.
    pub by: Vec<String>,
    /// Source of its turnover.
    pub evidence: Vec<Evidence>,
}

/// A target in the modeled synapse; one of `occupancy` and `inhibition` is there.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Target {
    /// `SERT`, `SERT release`, `NET`, `MAO-A`, `MAO-B`, `5-HT1A` or `5-HT2A`.
    #[cfg_attr(
        feature = "schema",
        schemars(extend("enum" = ["SERT", "SERT release", "NET", "MAO-A", "MAO-B", "5-HT1A", "5-HT2A"]))
    )]
    pub id: &'static str,
    /// Share that is occupied, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occupancy: Option<Interval>,
    /// Share that is inhibited, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inhibition: Option<Interval>,
    /// Who, largest part first.
    pub by: Vec<Part>,
    /// Where the strengths are from.
    pub evidence: Vec<Evidence>,
}

/// The part of one substance in something.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Part {
    /// The substance or metabolite.
    pub substance: String,
    /// Its part, 0 to 1.
    pub share: Interval,
}

/// Serotonin outside the cells in the modeled synapse, over the person's own level without any drug.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Serotonin {
    /// Now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fold_change: Option<Interval>,
    /// The highest of the next 24 hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_fold_change_24h: Option<Interval>,
    /// In a check: the substance that is newly added to the others, where that goes higher than all having long been taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newly_added: Option<String>,
}

impl Serotonin {
    pub(crate) fn new(synapse: &raphe::synapse::Synapse) -> Option<Self> {
        let (now, peak) = (synapse.fold_change, synapse.peak_fold_change_24h);
        (now.is_some() || peak.is_some()).then(|| Self {
            fold_change: now.map(Into::into),
            peak_fold_change_24h: peak.map(Into::into),
            newly_added: None,
        })
    }
}

/// What substances do, together or alone.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Finding {
    /// Permanent id.
    pub id: String,
    /// `contraindicated`, `major`, `moderate`, `minor` or `info`.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::level"))]
    pub level: String,
    /// `serotonin`, `bleeding`, `sodium`, `pressor`, `exposure`, `dose`, …
    pub kind: String,
    /// The substances.
    pub substances: Vec<String>,
    /// Why.
    pub says: String,
    /// When each was taken, and until when it counts.
    pub timing: Vec<String>,
    /// What the evidence says to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// Lines behind it.
    pub because: Vec<Because>,
    /// When both were first there.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub from: String,
    /// Until when, if no more is taken; absent while doses go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub until: Option<String>,
    /// What each party says.
    pub views: Vec<View>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// A look-alike.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Rival {
    /// Permanent id.
    pub id: String,
    /// In words.
    pub name: String,
    /// Whether it fits better than serotonin toxicity.
    pub leads: bool,
    /// What would tell them apart.
    pub tell_apart: String,
    /// What is due now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

impl Help {
    /// The wire form of the numbers to call.
    #[must_use]
    pub fn new(help: &HelpLine) -> Self {
        Self {
            country: help.country.clone(),
            emergency: help.emergency.clone(),
            poison: help.poison.clone(),
            crisis: help.crisis.clone(),
        }
    }
}

impl Assessment {
    /// The wire form of an assessment.
    #[must_use]
    pub fn new(assessment: &assess::Assessment, knowledge: &Knowledge) -> Self {
        let convert = Convert { knowledge, zone: &assessment.zone };
        Self {
            schema: "raphe.assessment/1",
            raphe: env!("CARGO_PKG_VERSION"),
            knowledge: assessment.knowledge.clone(),
            as_of: convert.time(assessment.as_of),
            balance: Balance {
                verdict: match assessment.balance.verdict {
                    Verdict::TooHigh => "too_high",
                    Verdict::TooLow => "too_low",
                    Verdict::Neither => "neither",
                    Verdict::Unclear => "unclear",
                },
                because: assessment.balance.because.clone(),
                risk: assessment.risk.iter().map(|risk| convert.risk(risk)).collect(),
                not_counted: assessment.uncounted.iter().map(|said| convert.said(said)).collect(),
            },
            urgency: word(assessment.urgency),
            urgency_because: assessment.reasons.iter().map(|reason| convert.reason(reason)).collect(),
            suicide_path: assessment.suicide_path,
            help: Help::new(&assessment.help),
            criteria: assessment.criteria.iter().map(|result| convert.criterion(result)).collect(),
            severity: assessment.severity.as_ref().map(|severity| severity.id.clone()),
            exposure: assessment
                .remaining
                .iter()
                .map(|left| Exposure {
                    substance: left.substance.clone(),
                    moiety: left.moiety.clone(),
                    share_of_peak: left.share_of_peak.into(),
                    total_ng_per_ml: left.total_ng_per_ml.map(Into::into),
                    free_nmol_per_l: left.free_nmol_per_l.map(Into::into),
                    last_dose: convert.time(left.last_dose),
                    gone_by: convert.time(left.gone_by),
                    evidence: convert.evidence([&left.citation]),
                })
                .collect(),
            enzymes: assessment
                .enzymes
                .iter()
                .map(|enzyme| Enzyme {
                    id: enzyme.id.clone(),
                    activity: enzyme.activity.into(),
                    of_normal: enzyme.of_normal.into(),
                    by: enzyme.by.clone(),
                    evidence: convert.evidence([&enzyme.citation]),
                })
                .collect(),
            // What an overdose does is for those who treat it.
            targets: match assessment.has_overdose() {
                true => Vec::new(),
                false => assessment.synapse.targets.iter().map(|engaged| convert.target(engaged)).collect(),
            },
            serotonin: Serotonin::new(&assessment.synapse).filter(|_| !assessment.has_overdose()),
            findings: assessment.findings.iter().map(|finding| convert.finding(finding)).collect(),
            differential: (assessment.differential.iter())
                .map(|item| Explanation::new(item, &convert))
                .collect(),
            course: Course::new(&assessment.course, &convert),
            rivals: assessment
                .rivals
                .iter()
                .map(|rival| Rival {
                    id: rival.id.clone(),
                    name: rival.name.clone(),
                    leads: rival.leads,
                    tell_apart: rival.tell_apart.clone(),
                    due: rival.due.clone(),
                    evidence: convert.evidence(&rival.citations),
                })
                .collect(),
            scores: assessment.care.scores.iter().filter_map(|seen| convert.score(seen)).collect(),
            features: assessment.care.features.iter().filter_map(|seen| convert.feature(seen)).collect(),
            low_pattern: LowPattern::new(&assessment.care.pattern),
            factors: assessment.care.factors.iter().filter_map(|seen| convert.factor(seen)).collect(),
            rule_outs: assessment.care.rule_outs.iter().filter_map(|seen| convert.rule_out(seen)).collect(),
            refused: assessment.care.refused.iter().filter_map(|seen| convert.refused(seen)).collect(),
            before: convert.before(assessment),
            advice: convert.advice(assessment),
            assessed: scoped(&assessment.assessed),
            not_assessed: scoped(&assessment.not_assessed),
            notices: assessment.notices.iter().map(notice).collect(),
        }
    }
}

pub(crate) fn scoped(items: &[assess::Scoped]) -> Vec<Scoped> {
    items.iter().map(|item| Scoped { text: item.text.clone(), reason: item.reason.clone() }).collect()
}

pub(crate) fn notice(notice: &raphe::timeline::Notice) -> Notice {
    Notice {
        weight: match notice.weight {
            Weight::Error => "error",
            Weight::Warning => "warning",
            Weight::Info => "info",
        },
        line: notice.place.map(|place| place.line),
        column: notice.place.map(|place| place.column),
        says: notice.says.clone(),
        help: notice.help.clone(),
    }
}

/// Converts parts that name sources, lines and times.
/// A moment as ISO 8601 with its offset.
pub(crate) fn time(at: raphe::Timestamp, zone: &raphe::TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

pub(crate) struct Convert<'a> {
    pub(crate) knowledge: &'a Knowledge,
    pub(crate) zone: &'a raphe::TimeZone,
}

impl Convert<'_> {
    pub(crate) fn time(&self, at: raphe::Timestamp) -> String {
        time(at, self.zone)
    }

    pub(crate) fn evidence<'c>(&self, citations: impl IntoIterator<Item = &'c Citation>) -> Vec<Evidence> {
        citations
            .into_iter()
            .map(|citation| Evidence {
                cite: citation.cite.clone(),
                place: citation.place.clone(),
                source: report::source_line(self.knowledge, citation),
                grade: word(citation.grade),
                checked: citation.checked.clone(),
            })
            .collect()
    }

    pub(crate) fn target(&self, engaged: &raphe::synapse::Engaged) -> Target {
        let share = Some(engaged.share.into());
        let (occupancy, inhibition) = if engaged.target.is_enzyme() { (None, share) } else { (share, None) };
        let part = |(id, share): &(String, raphe::units::Interval)| Part {
            substance: id.clone(),
            share: (*share).into(),
        };
        Target {
            id: engaged.target.id(),
            occupancy,
            inhibition,
            by: engaged.by.iter().map(part).collect(),
            evidence: self.evidence(&engaged.citations),
        }
    }

    pub(crate) fn because(&self, origins: &BTreeSet<Origin>) -> Vec<Because> {
        origins
            .iter()
            .filter_map(|origin| match origin {
                Origin::Line(line) if *line > 0 => Some(Because::Line { line: *line }),
                Origin::Fhir(id) => Some(Because::Fhir { fhir_id: id.clone() }),
                _ => None,
            })
            .collect()
    }

    fn reason(&self, reason: &assess::Reason) -> Reason {
        let (over, would) = match &reason.standing {
            Standing::Reported => (None, None),
            Standing::NotOver(date) => (Some(date.to_string()), None),
            Standing::Would { text, reading } => {
                (None, Some(reading.clone().unwrap_or_else(|| text.clone())))
            }
        };
        Reason {
            id: reason.id.clone(),
            urgency: word(reason.urgency),
            danger: reason.danger,
            says: report::standing(reason),
            because: self.because(&reason.because),
            not_known_to_be_over_since: over,
            would_mean: would,
            evidence: self.evidence(reason.claim.citations()),
        }
    }

    pub(crate) fn criterion(&self, result: &assess::CriterionResult) -> Criterion {
        Criterion {
            id: result.id.clone(),
            verdict: match result.verdict {
                Truth::True => "met",
                Truth::False => "not_met",
                Truth::Unknown => "indeterminate",
            },
            rules: result.rules.clone(),
            because: result.because.clone(),
            would_decide: result.would_decide.clone(),
            proviso: result.proviso.clone().filter(|_| result.verdict == Truth::True),
            evidence: self.evidence(&result.citations),
        }
    }

    pub(crate) fn finding(&self, finding: &assess::Finding) -> Finding {
        Finding {
            id: finding.id.clone(),
            level: word(finding.level),
            kind: finding.kind.clone(),
            substances: finding.substances.clone(),
            says: finding.claim.says().to_owned(),
            timing: finding.timing.clone(),
            advice: finding.advice.clone(),
            because: self.because(&finding.because),
            from: self.time(finding.from),
            until: finding.until.map(|until| self.time(until)),
            views: finding
                .views
                .iter()
                .map(|view| View {
                    by: view.by.clone(),
                    level: word(view.level),
                    says: view.says.clone(),
                    cite: view.citation.cite.clone(),
                })
                .collect(),
            evidence: self.evidence(finding.claim.citations()),
        }
    }
}
