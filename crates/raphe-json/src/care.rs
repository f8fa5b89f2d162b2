//! The low side and the ways back, as parts of `raphe.assessment/1`.

use crate::{Because, Evidence, assessment::Convert, word};
use raphe::{
    assess::Assessment,
    care::{self, Care, State, Way},
    criteria::Truth,
    knowledge::{
        Citation,
        schema::{self, Direction},
    },
};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;

/// The last result of one questionnaire.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Score {
    /// Id of the questionnaire.
    pub id: String,
    /// Its short name.
    pub name: String,
    /// When it was filled in.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub at: String,
    /// The total; absent where the answers give none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u32>,
    /// The largest total there is.
    pub highest: u32,
    /// Name of the band that the total lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band: Option<String>,
    /// Whether it is a positive screen; absent where it is no screen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screen_positive: Option<bool>,
    /// Whether its item on suicide is above zero; absent where nobody can tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suicide_item: Option<bool>,
    /// Answers that were left out count as the mean of the others.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub prorated: bool,
    /// Numbers of the items without an answer, from 1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unanswered: Vec<u32>,
    /// Whether it still speaks of now.
    pub current: bool,
    /// Since the result before and since the first.
    pub changes: Vec<ScoreChange>,
    /// What it cannot tell.
    pub limits: String,
    /// Its line.
    pub because: Vec<Because>,
    /// Sources of its bands.
    pub evidence: Vec<Evidence>,
}

/// How a total changed.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct ScoreChange {
    /// Since the first result; else since the one before.
    pub first: bool,
    /// When that was.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub since: String,
    /// What it was.
    pub from: u32,
    /// By how many points; below zero is a fall.
    pub by: i64,
    /// Absent when nothing changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub better: Option<bool>,
    /// As large as what people notice; absent where no source says how much that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub important: Option<bool>,
    /// More than the scale errs by in one person; absent where no source says how much that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reliable: Option<bool>,
}

/// A feature that the article calls low serotonin.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Feature {
    /// Id of the sign.
    pub id: String,
    /// In words.
    pub name: String,
    /// Whether it counts toward the pattern.
    pub counts: bool,
    /// Out of ten, as the person gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strength_of_10: Option<f64>,
    /// The answer of a questionnaire that tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// Substances on board that can cause it themselves: then it is more likely their effect.
    pub drug_effect_of: Vec<String>,
    /// Other common causes.
    pub also: Vec<String>,
    /// Lines behind it.
    pub because: Vec<Because>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// One answer of a questionnaire.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Answer {
    /// Id of the questionnaire.
    pub questionnaire: String,
    /// Number of the item, from 1.
    pub item: u32,
    /// What it counts.
    pub score: u32,
}

/// Whether the features are spoken of together.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct LowPattern {
    /// They are.
    pub enough: bool,
    /// Questionnaires whose total is a positive screen.
    pub screens: Vec<String>,
    /// How many different features count.
    pub features: u32,
    /// Every feature that counts can be an effect of a medicine on board.
    pub explained_by_medicines: bool,
}

impl LowPattern {
    pub(crate) fn new(seen: &care::PatternSeen) -> Self {
        Self {
            enough: seen.enough,
            screens: seen.screens.clone(),
            features: seen.features,
            explained_by_medicines: seen.explained,
        }
    }
}

/// Something about a person or a life that goes with one side or the other.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Factor {
    /// Permanent id.
    pub id: String,
    /// In words.
    pub name: String,
    /// `low`, `high` or `both`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["low", "high", "both"])))]
    pub direction: String,
    /// Whether something tells it; else something only speaks against it.
    pub present: bool,
    /// What tells it.
    pub tells: Vec<String>,
    /// What speaks against it.
    pub against: Vec<String>,
    /// `main`, `minor`, `context` or `rule_out`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["main", "minor", "context", "rule_out"])))]
    pub weight: String,
    /// How sure it is that it goes with the symptoms.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::certainty"))]
    pub symptoms: String,
    /// How sure it is that it acts through serotonin in people.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::certainty"))]
    pub serotonin: String,
    /// `yes`, `partly` or `no`.
    pub changeable: String,
    /// What a person should know.
    pub says: String,
    /// The same for a clinician.
    pub for_clinician: String,
    /// Sizes of the association.
    pub effects: Vec<Effect>,
    /// Guidance that answers it.
    pub guidance: Vec<String>,
    /// Lines behind it.
    pub because: Vec<Because>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// The size of an effect in one population against one comparator.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Effect {
    /// What was measured.
    pub outcome: String,
    /// In whom.
    pub population: String,
    /// Against what.
    pub compared_with: String,
    /// `SMD`, `g`, `points`, `OR`, `RR` or `HR`; differences below zero are better.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["SMD", "g", "points", "OR", "RR", "HR"])))]
    pub measure: String,
    /// The estimate.
    pub value: f64,
    /// Lower end of the 95 % interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Upper end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// How many studies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub studies: Option<u32>,
    /// How many people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<u32>,
    /// A remark that a reader of the number needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Source.
    pub evidence: Evidence,
}

/// Another cause of the same features.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct RuleOut {
    /// Permanent id.
    pub id: String,
    /// In words.
    pub name: String,
    /// What tells: a test or a question.
    pub test: String,
    /// Whether it is reported.
    pub known: bool,
    /// Laboratory values that look for it.
    pub looked: Vec<String>,
    /// Lines behind it.
    pub because: Vec<Because>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// A test that is not taken as evidence.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Refused {
    /// Permanent id.
    pub id: String,
    /// Why, for a person.
    pub says: String,
    /// Why, for a clinician.
    pub for_clinician: String,
    /// Lines that hold it.
    pub because: Vec<Because>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// Something to be said or asked before anything is advised.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Before {
    /// Permanent id.
    pub id: String,
    /// `said`, because it holds; `asked`, because it is not known; `suicide`, where anything points to it.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["said", "asked", "suicide"])))]
    pub kind: &'static str,
    /// For a person.
    pub says: String,
    /// For a clinician.
    pub for_clinician: String,
    /// Lines behind it.
    pub because: Vec<Because>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// One thing to do.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Advice {
    /// Permanent id.
    pub id: String,
    /// What.
    pub says: String,
    /// When, or when an effect is to be expected.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub when: String,
    /// The best grade among its sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::grade"))]
    pub grade: Option<String>,
    /// A way back: what is known of it and how it stands for this person. Absent for what the danger asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way: Option<WayBack>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// A way back, as it stands for this person.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct WayBack {
    /// Name in words.
    pub name: String,
    /// `low`: for the features; `high`: the treatment of toxicity.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["low", "high"])))]
    pub side: &'static str,
    /// `offered`, `ask_first` or `not_for_you`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["offered", "ask_first", "not_for_you"])))]
    pub state: &'static str,
    /// `person`, `asked`, `therapist`, `prescriber` or `hospital`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["person", "asked", "therapist", "prescriber", "hospital"])))]
    pub by: String,
    /// How it is done, with dose.
    pub how: String,
    /// For a clinician.
    pub for_clinician: String,
    /// How sure the effect on symptoms is.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::certainty"))]
    pub certainty: String,
    /// How sure it is that it works through serotonin in people; absent where that is not claimed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::certainty"))]
    pub serotonin: Option<String>,
    /// Sizes of the effect.
    pub effects: Vec<Effect>,
    /// Since when it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub running_since: Option<String>,
    /// When it can be judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub judge_on: Option<String>,
    /// Cautions that hold, the strongest first.
    pub cautions: Vec<Held>,
    /// Conditions that are not known and would hold it back: to be asked.
    pub not_known: Vec<String>,
    /// Features and factors it answers.
    pub answers: Vec<String>,
    /// What to watch while it goes on.
    pub watch: Vec<String>,
}

/// A caution that holds.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Held {
    /// `tell`, `ask_first` or `never`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["tell", "ask_first", "never"])))]
    pub hold: String,
    /// Why, and what instead.
    pub says: String,
    /// Lines behind it.
    pub because: Vec<Because>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

fn cited(evidence: &[schema::Evidence]) -> Vec<Citation> {
    evidence.iter().map(Citation::from).collect()
}

impl Convert<'_> {
    fn sources(&self, evidence: &[schema::Evidence]) -> Vec<Evidence> {
        self.evidence(&cited(evidence))
    }

    fn effects(&self, effects: &[schema::EffectSize]) -> Vec<Effect> {
        let one = |effect: &schema::EffectSize| {
            let evidence = self.evidence([&Citation::from(effect)]).pop()?;
            Some(Effect {
                outcome: effect.outcome.clone(),
                population: effect.population.clone(),
                compared_with: effect.compared_with.clone(),
                measure: effect.measure.clone(),
                value: effect.value,
                low: effect.low,
                high: effect.high,
                studies: effect.studies,
                people: effect.people,
                note: effect.note.clone(),
                evidence,
            })
        };
        effects.iter().filter_map(one).collect()
    }

    pub(crate) fn score(&self, seen: &care::ScoreSeen) -> Option<Score> {
        let forms = &self.knowledge.base().questionnaires;
        let form = forms.iter().find(|form| form.id == seen.questionnaire)?;
        let changes = seen.changes.iter().map(|change| ScoreChange {
            first: change.first,
            since: self.time(change.since),
            from: change.from,
            by: change.by,
            better: change.better,
            important: change.important,
            reliable: change.reliable,
        });
        Some(Score {
            id: form.id.clone(),
            name: form.name.clone(),
            at: self.time(seen.at),
            total: seen.total,
            highest: form.highest,
            band: seen.band.clone(),
            screen_positive: seen.screen,
            suicide_item: seen.suicide,
            prorated: seen.prorated,
            unanswered: seen.unanswered.clone(),
            current: seen.current,
            changes: changes.collect(),
            limits: form.limits.clone(),
            because: self.because(&seen.lines),
            evidence: self.sources(&form.evidence),
        })
    }

    pub(crate) fn feature(&self, seen: &care::FeatureSeen) -> Option<Feature> {
        let features = &self.knowledge.base().deficiency.features;
        let feature = features.iter().find(|feature| feature.sign == seen.sign)?;
        let answer = seen.answer.as_ref().map(|(questionnaire, item, score)| Answer {
            questionnaire: questionnaire.clone(),
            item: *item,
            score: *score,
        });
        Some(Feature {
            id: seen.sign.clone(),
            name: self.knowledge.sign(&seen.sign)?.name.clone(),
            counts: seen.counts,
            strength_of_10: seen.strength,
            answer,
            drug_effect_of: seen.medicines.clone(),
            also: feature.also.clone(),
            because: self.because(&seen.lines),
            evidence: self.sources(&feature.evidence),
        })
    }

    pub(crate) fn factor(&self, seen: &care::FactorSeen) -> Option<Factor> {
        let factor = self.knowledge.base().factors.iter().find(|factor| factor.id == seen.id)?;
        Some(Factor {
            id: factor.id.clone(),
            name: factor.name.clone(),
            direction: word(factor.direction),
            present: seen.present,
            tells: seen.tells.clone(),
            against: seen.against.clone(),
            weight: word(factor.weight),
            symptoms: word(factor.symptoms),
            serotonin: word(factor.serotonin),
            changeable: factor.changeable.clone(),
            says: factor.person.clone(),
            for_clinician: factor.clinician.clone(),
            effects: self.effects(&factor.effects),
            guidance: factor.guidance.clone(),
            because: self.because(&seen.lines),
            evidence: self.sources(&factor.evidence),
        })
    }

    pub(crate) fn rule_out(&self, seen: &care::RuleOutSeen) -> Option<RuleOut> {
        let item = self.knowledge.base().deficiency.rule_outs.iter().find(|item| item.id == seen.id)?;
        Some(RuleOut {
            id: item.id.clone(),
            name: item.name.clone(),
            test: item.test.clone(),
            known: seen.known,
            looked: seen.looked.clone(),
            because: self.because(&seen.lines),
            evidence: self.sources(&item.evidence),
        })
    }

    pub(crate) fn refused(&self, seen: &care::RefusedSeen) -> Option<Refused> {
        let item = self.knowledge.base().deficiency.refused.iter().find(|item| item.id == seen.id)?;
        Some(Refused {
            id: item.id.clone(),
            says: item.person.clone(),
            for_clinician: item.clinician.clone(),
            because: self.because(&seen.lines),
            evidence: self.sources(&item.evidence),
        })
    }

    /// What is said about suicide first, then what is said or asked before advice.
    pub(crate) fn before(&self, assessment: &Assessment) -> Vec<Before> {
        let care: &Care = &assessment.care;
        let base = self.knowledge.base();
        let safety = &base.safety;
        let spoken = safety.questions.iter().chain(&safety.triage).chain(&safety.step);
        let spoken = spoken.filter(|_| care.safety).map(|item| Before {
            id: item.id.clone(),
            kind: "suicide",
            says: item.person.replace("{emergency}", &assessment.help.emergency),
            for_clinician: item.clinician.clone(),
            because: Vec::new(),
            evidence: self.sources(&item.evidence),
        });
        let said = care.before.iter().filter_map(|seen| {
            let item = base.deficiency.before.iter().find(|item| item.id == seen.id)?;
            let known = seen.truth == Truth::True;
            Some(Before {
                id: item.id.clone(),
                kind: if known { "said" } else { "asked" },
                says: if known { item.person.clone() } else { item.ask.clone()? },
                for_clinician: item.clinician.clone(),
                because: self.because(&seen.lines),
                evidence: self.sources(&item.evidence),
            })
        });
        spoken.chain(said).collect()
    }

    /// What the danger asks for, then the ways back.
    pub(crate) fn advice(&self, assessment: &Assessment) -> Vec<Advice> {
        let danger = assessment.advice.iter().map(|advice| Advice {
            id: advice.id.clone(),
            says: advice.says.clone(),
            when: advice.when.clone(),
            grade: advice.citations.iter().map(|citation| citation.grade).min().map(word),
            way: None,
            evidence: self.evidence(&advice.citations),
        });
        // What an overdose asks of a ward names amounts: that is for those who treat it, not for whoever reads this.
        let hidden = assessment.has_overdose() || assessment.suicide_path;
        let ways = assessment.care.ways.iter().filter_map(|way| self.way(way));
        let shown = |advice: &Advice| !hidden || advice.way.as_ref().is_none_or(|way| way.side == "low");
        danger.chain(ways.filter(shown)).collect()
    }

    fn way(&self, way: &Way) -> Option<Advice> {
        let item = self.knowledge.base().guidance.iter().find(|item| item.id == way.id)?;
        let held = way.holds.iter().map(|hold| Held {
            hold: word(hold.hold),
            says: hold.says.clone(),
            because: self.because(&hold.lines),
            evidence: self.evidence(&hold.citations),
        });
        Some(Advice {
            id: item.id.clone(),
            says: item.person.clone(),
            when: item.onset.clone(),
            grade: item.evidence.iter().map(|evidence| evidence.grade).min().map(word),
            way: Some(WayBack {
                name: item.name.clone(),
                side: if item.direction == Direction::High { "high" } else { "low" },
                state: match way.state {
                    State::Offered => "offered",
                    State::AskFirst => "ask_first",
                    State::NotForYou => "not_for_you",
                },
                by: word(item.by),
                how: item.how.clone(),
                for_clinician: item.clinician.clone(),
                certainty: word(item.certainty),
                serotonin: item.serotonin.map(word),
                effects: self.effects(&item.effects),
                running_since: way.running.as_ref().map(|running| self.time(running.since)),
                judge_on: way.running.as_ref().and_then(|running| running.judge_on).map(|at| self.time(at)),
                cautions: held.collect(),
                not_known: way.open.clone(),
                answers: way.because.clone(),
                watch: item.watch.clone(),
            }),
            evidence: self.sources(&item.evidence),
        })
    }
}
