//! How likely serotonin toxicity is, from groups of people who were really counted.
//!
//! A [`RiskReference`] is one published count: who was counted, by which criteria, how many had it. It says which exposures it
//! speaks of by what must be taken ([`RiskReference::needs`]) and what must not ([`RiskReference::without`]); what a list names is
//! a substance, a class of `mechanisms.toml`, or a [`RiskGroup`]. An exposure of which nobody counted anything gets no
//! number: where it matters that nobody did, an [`Uncounted`] says so in words.

use super::{Evidence, Grade};
use serde::{Deserialize, Serialize};

/// `risk.toml`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskBase {
    /// Groups of substances that references speak of, and the words for them.
    #[serde(default, rename = "group")]
    pub groups: Vec<RiskGroup>,
    /// Published counts, the more trustworthy of two first.
    #[serde(default, rename = "reference")]
    pub references: Vec<RiskReference>,
    /// What raises or lowers the odds within one reference.
    #[serde(default, rename = "modifier")]
    pub modifiers: Vec<RiskModifier>,
    /// Exposures of which nobody knows how often they end in toxicity.
    #[serde(default, rename = "uncounted")]
    pub uncounted: Vec<Uncounted>,
    /// Overdoses whose danger is another one than serotonin.
    #[serde(default, rename = "beware")]
    pub beware: Vec<Uncounted>,
    /// Defined daily doses, in which overdoses were measured.
    #[serde(default, rename = "daily_dose")]
    pub daily_doses: Vec<DailyDose>,
}

/// A group of substances that studies count together.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskGroup {
    /// Permanent id; no class and no substance has it.
    pub id: String,
    /// What studies call its members, in lower case: `"ssri"`, `"serotonergic"`.
    pub words: Vec<String>,
    /// Substances, classes or other groups that belong to it.
    #[serde(default)]
    pub of: Vec<String>,
    /// Everything that counts as a serotonergic agent belongs to it.
    #[serde(default)]
    pub serotonergic: bool,
}

/// What a probability is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskPer {
    /// One overdose.
    Overdose,
    /// One course of treatment.
    Course,
    /// One person in one year of treatment.
    PersonYear,
    /// One stay, such as in intensive care.
    Episode,
}

/// A published point of how the probability rises with the dose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DosePoint {
    /// Defined daily doses.
    pub daily_doses: f64,
    /// The probability there, `"12.5 %"`.
    pub p: String,
}

/// One published count.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskReference {
    /// Permanent id.
    pub id: String,
    /// Who was counted, for a clinician, as a phrase without a full stop.
    pub people: String,
    /// The same people as the end of "about 1 in 7 …", for a person: `"people in hospital after …"`.
    pub person: String,
    /// What the probability is of.
    pub per: RiskPer,
    /// Whether the first of `needs` was taken in overdose; else nothing was.
    #[serde(default)]
    pub overdose: bool,
    /// What everyone took: of each list one, and no two lists the same.
    #[serde(default)]
    pub needs: Vec<Vec<String>>,
    /// What some of them took besides, where the study mixes those with and without.
    #[serde(default)]
    pub optional: Vec<String>,
    /// Whether nobody took a further serotonergic agent.
    #[serde(default)]
    pub alone: bool,
    /// What nobody took.
    #[serde(default)]
    pub without: Vec<String>,
    /// It speaks only where nothing else does.
    #[serde(default)]
    pub fallback: bool,
    /// Beginnings of words that name exactly these people: `"egypt"`, `"intensive care"`.
    #[serde(default)]
    pub named: Vec<String>,
    /// It speaks only of an exposure that names it: a diary does not tell in which ward somebody lies.
    #[serde(default)]
    pub only_named: bool,
    /// How many had it.
    #[serde(default)]
    pub cases: Option<u32>,
    /// Of how many people, overdoses or person-years.
    #[serde(default)]
    pub n: Option<u32>,
    /// What was published where no cases are: `"0.07 % .. 0.19 %"`.
    #[serde(default)]
    pub published: Option<String>,
    /// By which criteria: `"Hunter"`.
    pub criteria: String,
    /// Whether they were counted for just this. False where it was inferred, or coded by those who do not know the
    /// signs.
    pub calibrated: bool,
    /// How the probability goes with the dose, lowest dose first.
    #[serde(default, rename = "point")]
    pub points: Vec<DosePoint>,
    /// Other counts that come out differently and are shown with it.
    #[serde(default)]
    pub also: Vec<String>,
    /// What a clinician must know to read the number.
    #[serde(default)]
    pub note: Option<String>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// What the odds of a modifier go with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskScale {
    /// Something is there or not.
    Presence,
    /// Ten years of age above `from`.
    AgeDecade,
    /// Ten defined daily doses above `from`: the points of the reference have the middle, this has the range.
    TenDailyDoses,
}

/// What raises or lowers the odds of toxicity within one reference, with its 95 % interval.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskModifier {
    /// Permanent id.
    pub id: String,
    /// The reference it was found in.
    pub reference: String,
    /// What the odds go with.
    pub scale: RiskScale,
    /// What must be there, for a presence.
    #[serde(default)]
    pub when: Vec<String>,
    /// Substances and classes that work in the same way and were not counted.
    #[serde(default)]
    pub inferred_for: Vec<String>,
    /// Whether it protects by blocking 5-HT2A: two of these say how much a blockade of another size would.
    #[serde(default)]
    pub blocks_5ht2a: bool,
    /// The usual dose of what was counted, in diary words, where the blockade is to be modeled.
    #[serde(default)]
    pub dose: Option<String>,
    /// Where the scale begins: an age in years, or daily doses.
    #[serde(default)]
    pub from: Option<f64>,
    /// Odds ratio.
    pub odds: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// Something that is said in words instead of, or before, a number.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uncounted {
    /// Permanent id.
    pub id: String,
    /// What must be taken: of each list one.
    pub needs: Vec<Vec<String>>,
    /// Whether the first of `needs` must be taken in overdose.
    #[serde(default)]
    pub overdose: bool,
    /// For a person.
    pub person: String,
    /// For a clinician.
    pub clinician: String,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// The assumed average maintenance dose of a day for an adult, as the WHO defines it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DailyDose {
    /// The substance.
    pub substance: String,
    /// `"50 mg"`.
    pub dose: String,
    /// How it came to be known.
    pub grade: Grade,
    /// Key of the source.
    pub cite: String,
    /// The place in it.
    #[serde(default)]
    pub r#where: Option<String>,
    /// Day on which a curator opened the source itself; absent means second-hand.
    #[serde(default)]
    pub checked: Option<String>,
}
