//! The low side and the ways back: questionnaires, factors, guidance, the features that the article calls low serotonin,
//! and where each statement of the article lives.
//!
//! Two voices stand side by side in every item: `person` is for someone of twelve or someone who is frightened,
//! `clinician` for someone who prescribes. Both say the same facts. How sure a fact is has the four words of GRADE
//! ([`Certainty`]); how large an effect is has numbers with an interval and what it was compared with
//! ([`EffectSize`]). Nothing here says how much serotonin someone has: no test can.

use super::{Evidence, Grade, Rule};
use serde::{Deserialize, Serialize};

/// How sure the evidence is, in the words of GRADE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Looked for in large studies and not found.
    Refuted,
    /// Hardly studied, or the studies say nothing that can be relied on.
    VeryLow,
    /// The truth may well be different.
    Low,
    /// Probably close to the truth.
    Moderate,
    /// Further research is unlikely to change it.
    High,
}

/// The size of an effect in one population against one comparator, with its 95 % interval.
///
/// Differences (`SMD`, `g`, `points`) are of symptoms: below zero is better than the comparator. Ratios (`OR`, `RR`,
/// `HR`) are of the outcome that `outcome` names: above one is more of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EffectSize {
    /// What was measured: `"depressive symptoms"`, `"response"`.
    pub outcome: String,
    /// In whom.
    pub population: String,
    /// Against what.
    pub compared_with: String,
    /// `SMD`, `g`, `points`, `OR`, `RR` or `HR`.
    pub measure: String,
    /// The estimate.
    pub value: f64,
    /// Lower end of the 95 % interval, where the source gives one.
    #[serde(default)]
    pub low: Option<f64>,
    /// Upper end.
    #[serde(default)]
    pub high: Option<f64>,
    /// How many trials or studies.
    #[serde(default)]
    pub studies: Option<u32>,
    /// How many people.
    #[serde(default)]
    pub people: Option<u32>,
    /// A remark that a reader of the number needs.
    #[serde(default)]
    pub note: Option<String>,
    /// How it came to be known.
    pub grade: Grade,
    /// Key of the source.
    pub cite: String,
    /// The place in the source.
    #[serde(default)]
    pub r#where: Option<String>,
    /// Day on which a curator opened the source itself; absent means second-hand.
    #[serde(default)]
    pub checked: Option<String>,
}

/// `questionnaires/NAME.toml`: a questionnaire whose score a diary may hold.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Questionnaire {
    /// Permanent id, equal to the file's name.
    pub id: String,
    /// Short name as a report writes it, `"PHQ-9"`.
    pub name: String,
    /// Its whole name.
    pub title: String,
    /// Other names a diary may use.
    #[serde(default)]
    pub names: Vec<String>,
    /// What it measures: `"depressive symptoms"`.
    pub measures: String,
    /// `person` where one fills it in oneself, `clinician` where it is rated in an interview.
    pub by: String,
    /// The time it asks about: `"the last 2 weeks"`.
    #[serde(default)]
    pub recall: Option<String>,
    /// How many items count in the score.
    pub items: u32,
    /// Smallest total.
    pub lowest: u32,
    /// Largest total.
    pub highest: u32,
    /// Whether a higher total is better; mostly it is worse.
    #[serde(default)]
    pub higher_is_better: bool,
    /// What a sum of the answers is multiplied by to give the total; 1 when absent.
    #[serde(default)]
    pub times: Option<u32>,
    /// What stands above the items, where its text may be shown.
    #[serde(default)]
    pub stem: Option<String>,
    /// The choices for every item, where its text may be shown.
    #[serde(default, rename = "answer")]
    pub answers: Vec<Choice>,
    /// The text of each item in order; empty where the licence does not let us show it, and then only a total is taken.
    #[serde(default, rename = "item")]
    pub texts: Vec<Item>,
    /// Most items that may be left out before there is no score.
    #[serde(default)]
    pub may_miss: u32,
    /// The highest answer to an item, the lowest being 0, where its text is not shown and answers may still be added up.
    #[serde(default)]
    pub item_highest: Option<u32>,
    /// Items about suicide, from 1, where their text is not shown.
    #[serde(default)]
    pub suicide_items: Vec<u32>,
    /// Items that may follow the counted ones and do not count, such as how hard they make daily life.
    #[serde(default)]
    pub not_counted: u32,
    /// Where to get its text, when it may not be shown here.
    #[serde(default)]
    pub obtain: Option<String>,
    /// What totals mean, without gap or overlap from `lowest` to `highest`.
    #[serde(rename = "band")]
    pub bands: Vec<Band>,
    /// Total from which a screen is positive (or up to which, where higher is better).
    #[serde(default)]
    pub screen: Option<u32>,
    /// How much change matters.
    #[serde(default, rename = "change")]
    pub changes: Vec<Change>,
    /// Who may use it and how.
    pub licence: String,
    /// LOINC code of the total.
    #[serde(default)]
    pub loinc: Option<String>,
    /// What it cannot tell, for every reader.
    pub limits: String,
    /// Sources: licence, bands, screening.
    pub evidence: Vec<Evidence>,
}

/// One choice of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What it counts.
    pub score: u32,
    /// The words.
    pub text: String,
}

/// One item of a questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The words, unchanged.
    pub text: String,
    /// The sign it asks about.
    #[serde(default)]
    pub sign: Option<String>,
    /// An answer above zero opens the suicide path, whatever the total.
    #[serde(default)]
    pub suicide: bool,
    /// LOINC code of the item.
    #[serde(default)]
    pub loinc: Option<String>,
}

/// A range of totals with its name; both ends belong to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// First total.
    pub from: u32,
    /// Last total.
    pub to: u32,
    /// `"mild"`.
    pub name: String,
}

/// How much change of a total matters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// `important` (what people notice) or `reliable` (more than the scale errs by in one person).
    pub kind: String,
    /// In points.
    #[serde(default)]
    pub points: Option<f64>,
    /// As a share of the first total, in percent.
    #[serde(default)]
    pub percent: Option<f64>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// Which way a factor works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Goes with the features that the article calls low serotonin.
    Low,
    /// Makes too much serotonin effect more likely.
    High,
    /// Both.
    Both,
}

/// What a factor is good for in an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Named first.
    Main,
    /// Named after the main ones.
    Minor,
    /// Background that nobody can change.
    Context,
    /// A cause to be ruled out by a clinician, mostly with a test.
    RuleOut,
}

/// `factors/NAME.toml`: something about a person or a life that goes with one side or the other.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Factor {
    /// Permanent id, equal to the file's name.
    pub id: String,
    /// Name in words.
    pub name: String,
    /// What a diary may call it: `factor chronic stress`.
    #[serde(default)]
    pub names: Vec<String>,
    /// Lines of a diary that tell it, by their first words: `factor`, `light`, `sleep`, `profile born`, `gene`, `lab`.
    pub told_by: Vec<String>,
    /// Statements of the article, `S65`.
    #[serde(default)]
    pub article: Vec<String>,
    /// Which way it works.
    pub direction: Direction,
    /// How sure it is that it goes with the symptoms (low side) or with toxicity (high side).
    pub symptoms: Certainty,
    /// How sure it is that it acts through serotonin in people.
    pub serotonin: Certainty,
    /// `yes`, `partly` or `no`.
    pub changeable: String,
    /// Where it stands in an explanation.
    pub weight: Weight,
    /// What tells it besides its name: medicines, conditions, age.
    #[serde(default)]
    pub when: Option<Rule>,
    /// What a diary measures that tells it, or speaks against it.
    #[serde(default, rename = "measure")]
    pub measures: Vec<Measure>,
    /// Sizes of the association.
    #[serde(default, rename = "effect")]
    pub effects: Vec<EffectSize>,
    /// What a person should know, at most three short sentences.
    pub person: String,
    /// The same for a clinician.
    pub clinician: String,
    /// A test or question that is due where it is suspected.
    #[serde(default)]
    pub ask: Option<String>,
    /// Guidance that answers it.
    #[serde(default)]
    pub guidance: Vec<String>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// Something that a diary measures, and from where on it tells a factor or speaks against it.
///
/// What counts is what was written: a diary without a line on exercise says nothing about exercise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// `exercise` (minutes a week), `sleep` (hours a night), `daylight` (minutes a day outdoors or before a lamp), `day_length`
    /// (hours from sunrise to sunset, by date and country), `score` (a total) or `lab` (a value).
    pub what: String,
    /// For `score` the questionnaires, for `lab` the names of the value.
    #[serde(default)]
    pub names: Vec<String>,
    /// For `lab` the unit as it is written.
    #[serde(default)]
    pub unit: Option<String>,
    /// Below this it tells the factor.
    #[serde(default)]
    pub below: Option<f64>,
    /// From this on it tells the factor.
    #[serde(default)]
    pub from: Option<f64>,
    /// From this on it speaks against the factor; for a measure that tells from above, up to this.
    #[serde(default)]
    pub against: Option<f64>,
    /// For `day_length` the latitude of a country's people in degrees, north positive, by its code.
    #[serde(default)]
    pub latitudes: std::collections::BTreeMap<String, f64>,
    /// Sources of the limits.
    pub evidence: Vec<Evidence>,
}

/// Who carries a piece of guidance out, from the person to the hospital.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carrier {
    /// A person alone, after reading who should not.
    Person,
    /// A person, after asking a doctor or pharmacist.
    Asked,
    /// A therapist.
    Therapist,
    /// Only with a prescription.
    Prescriber,
    /// Only in a hospital.
    Hospital,
}

/// `guidance/NAME.toml`: one way back to balance, on either side.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guidance {
    /// Permanent id, equal to the file's name.
    pub id: String,
    /// Name in words.
    pub name: String,
    /// What a diary may call it: `session CBT`, `exercise`.
    #[serde(default)]
    pub names: Vec<String>,
    /// The side it is for: `low` features, `high` for toxicity; never `both`.
    pub direction: Direction,
    /// Problems it is for, in words: `"depression"`, `"winter depression"`, `"serotonin toxicity"`.
    pub problems: Vec<String>,
    /// Statements of the article.
    #[serde(default)]
    pub article: Vec<String>,
    /// Who carries it out.
    pub by: Carrier,
    /// A wider piece of guidance that this is a kind of: told to a clinician under it.
    #[serde(default)]
    pub part_of: Option<String>,
    /// Features (ids of signs) that it is for, on the low side.
    #[serde(default)]
    pub helps: Vec<String>,
    /// Only from this total of a questionnaire on; a total of one of them is enough.
    #[serde(default)]
    pub from_totals: std::collections::BTreeMap<String, u32>,
    /// Only up to this total of a questionnaire.
    #[serde(default)]
    pub to_totals: std::collections::BTreeMap<String, u32>,
    /// When it belongs to this person at all; without it always. What is not known counts as "it may".
    #[serde(default)]
    pub when: Option<Rule>,
    /// Place in the order: for toxicity that of a ward; on the low side it decides among ways of equal certainty.
    #[serde(default)]
    pub rank: u32,
    /// Verbs of a diary that tell that it goes on: `light`, `sunlight`, `exercise`, `session`.
    #[serde(default)]
    pub told_by: Vec<String>,
    /// Classes or substances that it consists of, so that what is known of them holds as well.
    #[serde(default)]
    pub consists_of: Vec<String>,
    /// How it is done, with dose; for toxicity in the words of a ward.
    pub how: String,
    /// Sizes of the effect, the one to tell first in front.
    #[serde(default, rename = "effect")]
    pub effects: Vec<EffectSize>,
    /// How sure the effect on symptoms is.
    pub certainty: Certainty,
    /// How sure it is that it works through serotonin in people; absent where that is not claimed.
    #[serde(default)]
    pub serotonin: Option<Certainty>,
    /// When an effect is to be expected.
    pub onset: String,
    /// When to judge it: `"28 d"`; read by the n-of-1 analysis.
    #[serde(default)]
    pub judge_after: Option<String>,
    /// Advice only for people of 18 and older; below, a doctor decides.
    #[serde(default)]
    pub adults_only: bool,
    /// Who should not, and what it must not be combined with.
    #[serde(default, rename = "caution")]
    pub cautions: Vec<Caution>,
    /// What to watch while it goes on.
    #[serde(default)]
    pub watch: Vec<String>,
    /// What a person should know and do, at most four short sentences.
    pub person: String,
    /// The same for a clinician.
    pub clinician: String,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// How strongly a caution holds back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// Known, and to be said.
    Tell,
    /// Not before a doctor or pharmacist was asked.
    AskFirst,
    /// Not at all.
    Never,
}

/// Someone whom a piece of guidance is not for, or something it must not be combined with.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caution {
    /// When it holds; a condition that is not known is unknown, and then the caution is said as a question.
    pub when: Rule,
    /// How strongly.
    pub hold: Hold,
    /// Why and what instead, one or two sentences that a person can follow.
    pub says: String,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// `deficiency.toml`: the features that the article calls low serotonin, and what is honestly known.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deficiency {
    /// When the features are spoken of as a pattern.
    #[serde(default)]
    pub pattern: Pattern,
    /// State of the science, in the order in which to say it.
    #[serde(default)]
    pub science: Vec<Voices>,
    /// The features.
    #[serde(default, rename = "feature")]
    pub features: Vec<Feature>,
    /// Tests that are refused as evidence.
    #[serde(default)]
    pub refused: Vec<Refused>,
    /// Other causes of the same features that a clinician rules out.
    #[serde(default, rename = "rule_out")]
    pub rule_outs: Vec<RuleOut>,
    /// What has to be said before anything is advised.
    #[serde(default)]
    pub before: Vec<Before>,
}

/// When the features are spoken of as a pattern: a convention of this base, because no criteria exist.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// Features of so many days count together.
    pub days: u32,
    /// So many different features …
    pub least: u32,
    /// … one of which is one of these signs.
    pub core: Vec<String>,
    /// An answer of a questionnaire counts as a feature from this score on; below, it is only shown.
    pub item_from: u32,
    /// A questionnaire speaks of now for so many days.
    pub score_days: u32,
    /// A positive screen of a questionnaire that measures one of these is enough by itself.
    pub measures: Vec<String>,
    /// Where this comes from.
    pub evidence: Vec<Evidence>,
}

/// Something about a person that changes what may be advised, said before the advice.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Before {
    /// Permanent id.
    pub id: String,
    /// When it is said.
    pub when: Rule,
    /// Where it is not known: the question to ask; without one nothing is asked.
    #[serde(default)]
    pub ask: Option<String>,
    /// For a person.
    pub person: String,
    /// For a clinician.
    pub clinician: String,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// `safety.toml`: what is asked and said where anything points to suicide, in the order in which to say it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Safety {
    /// The two plain questions.
    #[serde(default, rename = "question")]
    pub questions: Vec<Voices>,
    /// What each answer asks for, the gravest first.
    #[serde(default)]
    pub triage: Vec<Voices>,
    /// What helps until then, medicines in the house among it.
    #[serde(default)]
    pub step: Vec<Voices>,
}

/// One statement in two voices.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voices {
    /// Permanent id.
    pub id: String,
    /// For a person.
    pub person: String,
    /// For a clinician.
    pub clinician: String,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// How little a feature says about its cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unspecific {
    /// Belongs to many conditions and to everyday life.
    Very,
    /// Belongs to several conditions.
    Rather,
}

/// One feature that the article counts to the low side.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// Id of the sign.
    pub sign: String,
    /// Statements of the article.
    #[serde(default)]
    pub article: Vec<String>,
    /// How little it says.
    pub unspecific: Unspecific,
    /// Other common causes, in words.
    pub also: Vec<String>,
    /// Classes or substances that can cause it themselves.
    #[serde(default)]
    pub drug_effect_of: Vec<String>,
    /// Items that ask for it: `"phq_9 3"`.
    #[serde(default)]
    pub asked_by: Vec<String>,
    /// What serotonin has to do with it, for a clinician, one sentence.
    pub serotonin: String,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// A test result that is not taken as evidence of serotonin in the brain.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// Permanent id.
    pub id: String,
    /// What a diary or record may call the test.
    pub names: Vec<String>,
    /// Why, for a person.
    pub person: String,
    /// Why, and what the test is for, for a clinician.
    pub clinician: String,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// Another cause of the same features.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleOut {
    /// Permanent id.
    pub id: String,
    /// The cause.
    pub name: String,
    /// What tells: a test or a question.
    pub test: String,
    /// When it is already known to be there.
    #[serde(default)]
    pub when: Option<Rule>,
    /// Names of laboratory values that look for it.
    #[serde(default)]
    pub labs: Vec<String>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// What evidence says of a statement of the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Evidence supports it as it stands.
    Supported,
    /// True with limits, which `correction` gives.
    Partly,
    /// Told differently here, because evidence says so.
    Corrected,
    /// Evidence does not support it.
    NotSupported,
    /// Nothing that evidence could decide.
    NotCheckable,
}

/// `article.toml`, `[[statement]]`: one statement of the article that raphe grew from.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArticleStatement {
    /// `S1` to `S112`, in order.
    pub id: String,
    /// What it says, in our own words.
    pub gist: String,
    /// What evidence says.
    pub verdict: Verdict,
    /// What holds instead, or within which limits.
    #[serde(default)]
    pub correction: Option<String>,
    /// Where it lives: `guidance:light_therapy`, `sign:tremor`, `criteria:hunter`, `module:exposure`.
    pub places: Vec<String>,
    /// Sources; further ones stand in the places.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}
