//! The shape of every file in the knowledge base.
//!
//! A curator writes TOML; `build.rs` reads it into these types, refuses what does not fit, and stores the whole base as
//! one compact block inside the program, so that starting raphe costs no parsing. A field that is not known is left
//! out of the file and stays `None` or empty here: unknown is absent, never zero.
//!
//! Quantities stay text with their unit (`"26 h"`, `"50 mg .. 200 mg"`). The engine reads them into its unit types,
//! and the curation tests read every one of them, so a value without a unit never ships.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[path = "schema/care.rs"]
mod care;
#[path = "schema/differential.rs"]
mod differential;
#[path = "schema/helping.rs"]
mod helping;
#[path = "schema/plan.rs"]
mod plan;
#[path = "schema/risk.rs"]
mod risk;

pub use care::*;
pub use differential::*;
pub use helping::*;
pub use plan::*;
pub use risk::*;

/// Everything raphe knows, in the order of its files.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Base {
    /// Version of the knowledge, separate from the version of the program.
    pub version: String,
    /// `substances/*.toml`, sorted by id.
    pub substances: Vec<Substance>,
    /// `mechanisms.toml`: the classes that pairs are keyed on.
    pub mechanisms: Vec<Mechanism>,
    /// `pairs.toml`: what two mechanisms do together.
    pub pairs: Vec<Pair>,
    /// `signs.toml`: signs, symptoms and conditions.
    pub signs: Vec<Sign>,
    /// `criteria/*.toml`: published diagnostic criteria.
    pub criteria: Vec<Criterion>,
    /// `severity.toml`: grades from worst to mildest.
    pub severity: Vec<SeverityGrade>,
    /// `flags.toml`: danger signs and the other rules that set urgency.
    pub flags: Vec<Flag>,
    /// `rivals.toml`: conditions that look alike and must be named.
    pub rivals: Vec<Rival>,
    /// `differential.toml`: what speaks for and against each explanation.
    pub differential: Differential,
    /// `course.toml`: how toxicity begins and settles.
    pub course: CourseFacts,
    /// `danger.toml`: words that count even in text that was not understood.
    pub danger: Vec<DangerWord>,
    /// `help.toml`: emergency numbers, crisis lines and poison centers by country.
    pub help: Vec<HelpLine>,
    /// `scope.toml`: what raphe does not assess, said on every report.
    pub out_of_scope: Vec<OutOfScope>,
    /// `actions.toml`: what to do at each urgency.
    pub actions: Vec<Action>,
    /// `enzymes.toml`: turnover of the enzymes that irreversible inhibitors destroy.
    pub enzymes: Vec<Enzyme>,
    /// `questionnaires/*.toml`, sorted by id.
    pub questionnaires: Vec<Questionnaire>,
    /// `factors/*.toml`, sorted by id.
    pub factors: Vec<Factor>,
    /// `guidance/*.toml`: ways back to balance, sorted by id.
    pub guidance: Vec<Guidance>,
    /// `deficiency.toml`: the features that the article calls low serotonin.
    pub deficiency: Deficiency,
    /// `safety.toml`: what is asked and said where anything points to suicide.
    pub safety: Safety,
    /// `article.toml`: each statement of the article, its verdict and where it lives.
    pub article: Vec<ArticleStatement>,
    /// `switching.toml`: how one medicine follows another.
    pub switching: Vec<Switch>,
    /// `stopping.toml`: what to know while a medicine is lowered and after it has ended.
    pub stopping: Vec<Stopping>,
    /// `synapse.toml`: parameters of the model of the synapse.
    pub synapse: Vec<SynapseParameter>,
    /// `helping.toml`: what the question "is it helping?" takes for granted.
    pub helping: Helping,
    /// `risk.toml`: how likely toxicity is, from people who were counted.
    pub risk: RiskBase,
    /// `references.bib`, sorted by key.
    pub references: Vec<Reference>,
}

/// How a fact came to be known, from what decides most to what decides least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Product information approved by a regulator.
    Label,
    /// A regulator's own communication.
    Regulator,
    /// A meta-analysis or systematic review.
    MetaAnalysis,
    /// A randomized trial or a human pharmacology study.
    Trial,
    /// An observational study with a denominator.
    Cohort,
    /// A narrative review or a guideline.
    Review,
    /// Reports of single patients.
    CaseReport,
    /// Measured outside a living body.
    InVitro,
    /// Measured in animals.
    Animal,
    /// Computed from other facts; the note says which.
    Derived,
    /// Our own reasoning; the note says why.
    Inferred,
}

/// One value of one thing from one place in one source. Values of one thing stand best first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Value {
    /// The value with its unit: `"26 h"`, `"50 mg .. 200 mg"`, `"0.29 nM"`, `"45 %"`.
    pub value: String,
    /// Range between people (about 5 to 95 %), `"22 h .. 36 h"`.
    #[serde(default)]
    pub spread: Option<String>,
    /// What was measured, where several things could be: `"Kd"`, `"Ki"`, `"IC50"`, `"occupancy EC50"`.
    #[serde(default)]
    pub parameter: Option<String>,
    /// The dose it was measured at, in diary words: `"20 mg daily"`; of another substance with its name first:
    /// `"fluoxetine 20 mg daily"`.
    #[serde(default)]
    pub at: Option<String>,
    /// A remark that a reader of the value needs.
    #[serde(default)]
    pub note: Option<String>,
    /// How it came to be known.
    pub grade: Grade,
    /// Key of the source in `references.bib`.
    pub cite: String,
    /// The place in the source: a section, a table, a page.
    #[serde(default)]
    pub r#where: Option<String>,
    /// Day on which a curator opened the source itself, ISO 8601; absent means second-hand.
    #[serde(default)]
    pub checked: Option<String>,
}

/// A source that supports a statement, with the exact place in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// What this source says, in our own words and one sentence.
    #[serde(default)]
    pub says: Option<String>,
    /// How it came to be known.
    pub grade: Grade,
    /// Key of the source in `references.bib`.
    pub cite: String,
    /// The place in the source.
    #[serde(default)]
    pub r#where: Option<String>,
    /// Day on which a curator opened the source itself; absent means second-hand.
    #[serde(default)]
    pub checked: Option<String>,
}

/// `substances/NAME.toml`: one medicine, drug, food, plant or active metabolite.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Substance {
    /// Permanent id, equal to the file's name; lower case, `_` between words.
    pub id: String,
    /// What kind of thing it is.
    pub kind: Kind,
    /// Its class in words that a pharmacist uses: `"SSRI"`, `"irreversible MAO inhibitor"`.
    pub class: String,
    /// The names people write.
    pub names: Names,
    /// Codes of other systems.
    #[serde(default)]
    pub codes: Codes,
    /// Molar mass of the free base, `"306.23 g/mol"`.
    #[serde(default)]
    pub molar_mass: Option<String>,
    /// What it does, class by class. Empty means: no mechanism of interest is known.
    #[serde(default, rename = "mechanism")]
    pub mechanisms: Vec<Effect>,
    /// Active metabolites, each a substance of its own.
    #[serde(default, rename = "metabolite")]
    pub metabolites: Vec<Metabolite>,
    /// Kinetics by route (`oral`, `iv`, …).
    #[serde(default)]
    pub pk: BTreeMap<String, Kinetics>,
    /// Enzymes that remove it, or that it inhibits or induces.
    #[serde(default, rename = "enzyme")]
    pub enzymes: Vec<EnzymeRole>,
    /// Usual and highest doses by route.
    #[serde(default, rename = "dose")]
    pub doses: Vec<DoseRange>,
    /// Strengths that can be bought, form by form.
    #[serde(default, rename = "strength")]
    pub strengths: Vec<Strength>,
    /// How long to wait after this one before another may be started.
    #[serde(default, rename = "washout")]
    pub washouts: Vec<Washout>,
    /// Statements worth showing whenever this substance is on board.
    #[serde(default, rename = "note")]
    pub notes: Vec<Statement>,
    /// Why raphe never advises stopping it at once, as half a sentence: "stopping it suddenly can cause seizures".
    #[serde(default)]
    pub keep: Option<String>,
    /// Set when the id is no longer used; it is never deleted.
    #[serde(default)]
    pub retired: bool,
    /// The id that took its place.
    #[serde(default)]
    pub replaced_by: Option<String>,
}

/// What kind of thing a substance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A licensed medicine.
    Medicine,
    /// A drug taken for its effect on the mind, outside medicine.
    Recreational,
    /// Sold as a food supplement.
    Supplement,
    /// A plant or a preparation of one.
    Plant,
    /// A food or drink.
    Food,
    /// Formed in the body from another substance.
    Metabolite,
}

/// The names of a substance. Matching ignores case, accents, spaces and hyphens.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// International nonproprietary name, or the common name where there is none.
    pub inn: String,
    /// Brand names.
    #[serde(default)]
    pub brands: Vec<String>,
    /// Other generic names, spellings, abbreviations and street names.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// Brands that exist by one route only: `{ Emsam = "transdermal" }`.
    #[serde(default)]
    pub routes: BTreeMap<String, String>,
}

/// Codes of other systems.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codes {
    /// RxNorm concept of the ingredient.
    #[serde(default)]
    pub rxnorm: Option<String>,
    /// WHO ATC codes.
    #[serde(default)]
    pub atc: Vec<String>,
    /// FDA unique ingredient identifier.
    #[serde(default)]
    pub unii: Option<String>,
}

/// One thing a substance does at one target.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// Class id of `mechanisms.toml`.
    pub class: String,
    /// Target: `SERT`, `NET`, `MAO-A`, `5-HT2A`, …
    #[serde(default)]
    pub target: Option<String>,
    /// `block`, `inhibit`, `release`, `agonist`, `partial_agonist`, `antagonist`, `precursor`, …
    #[serde(default)]
    pub action: Option<String>,
    /// Holds only by these routes; empty = by any.
    #[serde(default)]
    pub routes: Vec<String>,
    /// Holds only above this daily dose, `"10 mg"`; absent = at any dose.
    #[serde(default)]
    pub above: Option<String>,
    /// Measured potencies, best first.
    #[serde(default)]
    pub potency: Vec<Value>,
    /// Why the class is assigned.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// An active metabolite.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metabolite {
    /// Id of the metabolite's own substance file.
    pub id: String,
    /// Enzyme that forms it, where one dominates.
    #[serde(default)]
    pub by: Option<String>,
    /// Share of the dose that becomes it, best first.
    #[serde(default)]
    pub fraction: Vec<Value>,
    /// AUC of the metabolite over AUC of the parent, by mass, in normal metabolizers: `"1.5-fold"`.
    #[serde(default)]
    pub ratio: Vec<Value>,
    /// Sources for the link.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// Kinetics by one route, or by one form (`extended_release`, `depot`). Lists stand best first.
///
/// What a form or a route leaves out is that of `oral`, then of any other route: the body is the same.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kinetics {
    /// The regimen whose steady state the half-life and clearance are of, where the drug changes its own removal:
    /// `"20 mg daily"`. Absent = of a single dose.
    #[serde(default)]
    pub regimen: Option<String>,
    /// Time before a swallowed dose begins to be absorbed, `"1 h"`.
    #[serde(default)]
    pub lag: Vec<Value>,
    /// Elimination half-life, `"26 h"` or `"9.3 d"`, with the spread between people.
    #[serde(default)]
    pub half_life: Vec<Value>,
    /// Time of the highest level after one dose, `"5 h"`.
    #[serde(default)]
    pub t_max: Vec<Value>,
    /// Highest level after the dose in `at`, `"45 ng/mL"`.
    #[serde(default)]
    pub peak: Vec<Value>,
    /// Share of the dose that reaches the circulation, `"45 %"`.
    #[serde(default)]
    pub bioavailability: Vec<Value>,
    /// Share that survives the wall of the gut, where its CYP3A4 matters, `"57 %"`.
    #[serde(default)]
    pub gut_availability: Vec<Value>,
    /// Volume of distribution, `"12 L/kg"` or `"50 L"`; `parameter = "apparent"` where bioavailability is not taken out.
    #[serde(default)]
    pub volume: Vec<Value>,
    /// Clearance, `"20 L/h"` or `"0.3 L/h/kg"`; `parameter = "apparent"` where bioavailability is not taken out.
    #[serde(default)]
    pub clearance: Vec<Value>,
    /// Share of the clearance that is unchanged drug leaving by the kidney, `"10 %"`.
    #[serde(default)]
    pub renal: Vec<Value>,
    /// Share not bound in plasma, `"2 %"`.
    #[serde(default)]
    pub fraction_unbound: Vec<Value>,
}

impl Kinetics {
    /// Every list of values with the name of its field.
    #[must_use]
    pub fn fields(&self) -> [(&'static str, &[Value]); 10] {
        [
            ("lag", &self.lag),
            ("half_life", &self.half_life),
            ("t_max", &self.t_max),
            ("peak", &self.peak),
            ("bioavailability", &self.bioavailability),
            ("gut_availability", &self.gut_availability),
            ("volume", &self.volume),
            ("clearance", &self.clearance),
            ("renal", &self.renal),
            ("fraction_unbound", &self.fraction_unbound),
        ]
    }
}

/// A substance and an enzyme.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnzymeRole {
    /// `CYP2D6`, `CYP3A4`, `MAO-A`, …; `CYP3A4 gut` where only the wall of the gut is meant.
    pub enzyme: String,
    /// `substrate`, `inhibitor` or `inducer`.
    pub role: String,
    /// `major` or `minor` for a substrate; `strong`, `moderate` or `weak` otherwise.
    pub strength: String,
    /// Substrate: share of its whole clearance that goes through this enzyme in a normal metabolizer, `"85 %"`.
    #[serde(default)]
    pub share: Vec<Value>,
    /// Inhibitor: share of the enzyme's activity that is lost at the dose in `at`, `"91 %"`.
    #[serde(default)]
    pub inhibition: Vec<Value>,
    /// Inhibitor: it destroys the enzyme (mechanism-based), which must be made again.
    #[serde(default)]
    pub lasting: bool,
    /// Inducer: activity of the enzyme over its usual activity at the dose in `at`, `"3-fold"`.
    #[serde(default)]
    pub induction: Vec<Value>,
    /// Sources.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

impl EnzymeRole {
    /// Every list of values with the name of its field.
    #[must_use]
    pub fn fields(&self) -> [(&'static str, &[Value]); 3] {
        [("share", &self.share), ("inhibition", &self.inhibition), ("induction", &self.induction)]
    }
}

/// Usual and highest doses of one route for an adult.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoseRange {
    /// `oral`, `iv`, …
    pub route: String,
    /// Whether the amounts are of a `day` or of a single `occasion`.
    pub per: String,
    /// Usual range, `"50 mg .. 200 mg"`.
    pub usual: Vec<Value>,
    /// Highest recommended dose, `"200 mg"`.
    #[serde(default)]
    pub maximum: Vec<Value>,
    /// How `raphe check` takes it when nothing else is said, in diary words: `"100 mg daily"`, `"30 mg"`.
    pub typical: String,
}

/// How long to wait after stopping this substance before starting another.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Washout {
    /// Class id or substance id of what is started next.
    pub before: String,
    /// The waits of different sources, `"14 d"`, strictest first.
    pub wait: Vec<Value>,
}

/// A sentence of ours with its sources.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The sentence.
    pub says: String,
    /// Its sources.
    pub evidence: Vec<Evidence>,
}

/// `mechanisms.toml`, `[[class]]`: a class of substances that pairs and rules are keyed on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mechanism {
    /// Permanent id, `maoa_irreversible`.
    pub id: String,
    /// Name in words, `"irreversible MAO-A inhibitor"`.
    pub name: String,
    /// What it does to serotonin, one sentence that a person can follow.
    pub says: String,
    /// Whether it makes its members serotonergic agents in the sense of the criteria.
    pub serotonergic: Serotonergic,
    /// Wider classes this one belongs to; pairs on those apply as well.
    #[serde(default)]
    pub part_of: Vec<String>,
    /// How long its effect counts when no kinetics are known, `"14 d"`.
    #[serde(default)]
    pub window: Option<String>,
    /// Sources.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// Whether a class raises serotonin's effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Serotonergic {
    /// It does: the precondition of the criteria is true.
    Yes,
    /// A regulator lists it, the mechanism is doubted: the precondition is unknown, never false.
    Disputed,
    /// It does not.
    No,
}

/// `pairs.toml`, `[[pair]]`: what two classes (or two substances) do together.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// Permanent id.
    pub id: String,
    /// Class id or substance id.
    pub a: String,
    /// Class id or substance id; `a` and `b` may be the same class.
    pub b: String,
    /// `serotonin`, `pressor`, `bleeding`, `sodium`, `exposure`, `seizure`, `qt`.
    pub kind: String,
    /// The worst it can reach at usual doses.
    pub ceiling: Ceiling,
    /// How likely it is.
    pub likelihood: Likelihood,
    /// Urgency while both are on board and nothing is felt.
    #[serde(default)]
    pub silent: Urgency,
    /// Urgency as soon as one sign of toxicity is reported.
    #[serde(default)]
    pub symptomatic: Urgency,
    /// Why, in one or two sentences that a person can follow; `{a}` and `{b}` stand for the names.
    pub why: String,
    /// What the evidence says to do, one or two sentences; `{a}` and `{b}` stand for the names.
    #[serde(default)]
    pub advice: Option<String>,
    /// What regulators and toxicologists say, each with its level. At least one.
    pub views: Vec<View>,
    /// How long after the last `a` it still counts before `b`, `"14 d"`; a washout in a substance file goes first.
    #[serde(default)]
    pub after_a: Option<String>,
    /// How long after the last `b` it still counts before `a`.
    #[serde(default)]
    pub after_b: Option<String>,
    /// Further sources.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// What one party says of a pair.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    /// Whose view: `label`, `regulator`, `toxicology`, `cohort`.
    pub by: String,
    /// The level they give it.
    pub level: Level,
    /// Their view in our words, one sentence.
    pub says: String,
    /// How it came to be known.
    pub grade: Grade,
    /// Key of the source.
    pub cite: String,
    /// The place in the source.
    #[serde(default)]
    pub r#where: Option<String>,
    /// Day on which a curator opened the source itself.
    #[serde(default)]
    pub checked: Option<String>,
}

/// The one vocabulary for how much a combination matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nothing is known; never "none".
    NoneKnown,
    /// A warning without a plausible mechanism or evidence.
    Info,
    /// At worst mild.
    Minor,
    /// At worst moderate.
    Moderate,
    /// Can be severe.
    Major,
    /// Ruled out by a label, or able to kill and not unlikely.
    Contraindicated,
}

/// The worst a pair can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ceiling {
    /// No route to harm is known.
    None,
    /// Discomfort.
    Mild,
    /// Needs medical care.
    Moderate,
    /// Needs intensive care.
    Severe,
    /// Has killed.
    Fatal,
}

/// How likely harm is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Likelihood {
    /// No plausible mechanism.
    Implausible,
    /// Seen in about 1 in 1000 or fewer.
    VeryLow,
    /// Uncommon.
    Low,
    /// To be expected in some.
    Moderate,
    /// To be expected in many.
    High,
}

/// How soon to act. `Emergency` is now, `Urgent` today, `Prompt` within a day, `Watch` look out for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Nothing to do for serotonin.
    #[default]
    None,
    /// Know what to look out for.
    Watch,
    /// Ask a prescriber or pharmacist within a day.
    Prompt,
    /// Be seen today; poison center now.
    Urgent,
    /// Call the emergency number now.
    Emergency,
}

/// `signs.toml`, `[[sign]]`: a sign, a symptom, a finding or a condition.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// Permanent id, American spelling: `inducible_clonus`.
    pub id: String,
    /// Clinical name.
    pub name: String,
    /// What a person would say.
    pub lay: String,
    /// Other words for it, clinical and lay, British spellings among them.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// Human Phenotype Ontology id, `HP:0002169`.
    #[serde(default)]
    pub hpo: Option<String>,
    /// How it is found.
    pub found: Found,
    /// Which group it belongs to.
    pub group: SignGroup,
    /// Which side of the question it speaks for.
    pub side: Side,
    /// Signs that are present whenever this one is.
    #[serde(default)]
    pub implies: Vec<String>,
    /// Wider words whose absence, reported as such, denies this sign too: "no clonus" denies every kind of it.
    #[serde(default)]
    pub denied_by: Vec<String>,
    /// Measurements that are this sign, any of them: `"pulse > 100 /min"`; values on the other side are its absence.
    #[serde(default)]
    pub measured_by: Vec<String>,
    /// Statements of the seed article it covers, `S15`.
    #[serde(default)]
    pub article: Vec<String>,
    /// How to look for it, for the person who examines.
    #[serde(default)]
    pub how: Option<String>,
    /// Remark.
    #[serde(default)]
    pub note: Option<String>,
}

/// How a sign is found, which decides whose "no" counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// A person feels it; anyone's "no" counts.
    Felt,
    /// Anyone present can see it; anyone's "no" counts.
    Seen,
    /// Needs an examination: "no" counts only from a clinician.
    Examined,
    /// Needs a measurement or a laboratory.
    Measured,
    /// A diagnosis or circumstance.
    Condition,
}

/// The group of a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignGroup {
    /// Tone, reflexes, clonus, tremor.
    Neuromuscular,
    /// Sweat, pulse, pressure, temperature, pupils, gut.
    Autonomic,
    /// Consciousness, agitation, mood.
    Mental,
    /// Everything else.
    Other,
}

/// Which side of the question a sign speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Counts as a sign of serotonin toxicity.
    Toxicity,
    /// Named by the article on the low side.
    Low,
    /// Both.
    Both,
    /// Speaks for a rival, or is context.
    Other,
}

/// A rule over facts, three-valued. Atoms are listed in the crate's documentation.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// One fact.
    Atom(String),
    /// True when every part is.
    All(Vec<Rule>),
    /// True when one part is.
    Any(Vec<Rule>),
    /// True when the part is false.
    Not(Box<Rule>),
    /// True when at least so many parts are.
    AtLeast(u32, Vec<Rule>),
}

/// `criteria/NAME.toml`: a published set of diagnostic criteria.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// `hunter`, `sternbach`, `radomski`.
    pub id: String,
    /// Full name with year.
    pub name: String,
    /// Precondition: false makes the verdict `not_met`.
    pub given: Rule,
    /// The criteria. Each rule that is met is named by its label.
    #[serde(rename = "rule")]
    pub rules: Vec<CriterionRule>,
    /// What a met result takes for granted, said beside it.
    #[serde(default)]
    pub proviso: Option<String>,
    /// What is known of its accuracy and limits, one or two sentences.
    pub limits: String,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// One rule of a criterion; any one that is met is enough.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriterionRule {
    /// `R1`.
    pub label: String,
    /// The rule in words.
    pub says: String,
    /// The rule.
    pub when: Rule,
}

/// `severity.toml`, `[[grade]]`: first match from the top wins.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeverityGrade {
    /// `life_threatening`, `severe`, `moderate`, `mild`.
    pub id: String,
    /// In words.
    pub name: String,
    /// When it holds.
    pub when: Rule,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// `flags.toml`, `[[flag]]`: a rule that sets urgency. Danger signs are flags at `emergency`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// Permanent id.
    pub id: String,
    /// When it holds.
    pub when: Rule,
    /// How soon to act.
    pub urgency: Urgency,
    /// True for a danger sign: it counts from what was reported alone and does not expire in silence.
    #[serde(default)]
    pub danger: bool,
    /// What was found, as a sentence a frightened person understands.
    pub says: String,
    /// What to do, one sentence.
    #[serde(default)]
    pub advice: Option<String>,
    /// What to hold while this is among the most urgent reasons: class or substance ids, `serotonergic` for everything
    /// serotonergic on board, `overdosed` for what too much was taken of. Empty = nothing is to be held for it.
    #[serde(default)]
    pub hold: Vec<String>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// `rivals.toml`, `[[rival]]`: a condition that can look like serotonin toxicity, or come with it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rival {
    /// Permanent id.
    pub id: String,
    /// Name in words.
    pub name: String,
    /// When it must be named.
    pub when: Rule,
    /// When it fits better than serotonin toxicity, as long as Hunter is not met.
    #[serde(default)]
    pub leads: Option<Rule>,
    /// What would tell them apart, one sentence.
    pub tell_apart: String,
    /// Test or treatment that is due now, one sentence.
    #[serde(default)]
    pub due: Option<String>,
    /// Least urgency while it leads.
    #[serde(default)]
    pub urgency: Urgency,
    /// What to hold while it leads, as in a flag.
    #[serde(default)]
    pub hold: Vec<String>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// `danger.toml`, `[[word]]`: words that count in a note or a line that was not understood.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DangerWord {
    /// What it would mean: a sign id, or `suicide`, `overdose`, `double_dose`, `tyramine`.
    pub means: String,
    /// Phrases, lower case; matched on word boundaries.
    pub phrases: Vec<String>,
    /// Phrases around it that take the danger away: `"fit and well"`.
    #[serde(default)]
    pub unless: Vec<String>,
}

/// `help.toml`, `[[country]]`: whom to call.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpLine {
    /// ISO 3166 code, or `*` where the country is not known.
    pub country: String,
    /// Emergency number.
    pub emergency: String,
    /// Poison center, where one number serves the country.
    #[serde(default)]
    pub poison: Option<String>,
    /// Crisis lines, each with its name.
    #[serde(default)]
    pub crisis: Vec<String>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// `scope.toml`, `[[item]]`: something raphe does not assess.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutOfScope {
    /// What.
    pub text: String,
    /// Why not.
    pub reason: String,
}

/// `actions.toml`, `[[action]]`: what to do at one urgency, in the order in which to say it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Permanent id.
    pub id: String,
    /// The urgency it belongs to.
    pub urgency: Urgency,
    /// Said when a poison center can help, said when it cannot, or always when absent.
    #[serde(default)]
    pub poison: Option<bool>,
    /// When to do it: `now`, `today`, `within 24 hours`, `until then`.
    pub when: String,
    /// What to do; `{emergency}`, `{poison}` and `{held}` stand for the numbers and the medicines to hold.
    pub says: String,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// `enzymes.toml`, `[[enzyme]]`: how fast an enzyme is made again, and how much of it whom has.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enzyme {
    /// `CYP2D6`, `MAO-A`; `CYP3A4 gut` for the wall of the gut.
    pub id: String,
    /// Half-life of recovery after it was destroyed or induced, best first.
    pub recovery_half_life: Vec<Value>,
    /// Activity in women over activity in men, `"0.8-fold"`.
    #[serde(default)]
    pub women: Vec<Value>,
    /// Activity at 80 years over activity at 40, `"0.7-fold"`.
    #[serde(default)]
    pub at_80: Vec<Value>,
    /// Activity with an impaired liver (moderate cirrhosis) over activity with a healthy one, `"0.4-fold"`.
    #[serde(default)]
    pub impaired_liver: Vec<Value>,
    /// Inherited kinds of this enzyme.
    #[serde(default, rename = "phenotype")]
    pub phenotypes: Vec<Phenotype>,
    /// Named alleles and what each one is worth.
    #[serde(default, rename = "allele")]
    pub alleles: Vec<Allele>,
}

/// `synapse.toml`, `[[parameter]]`: one parameter of the model of the synapse.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SynapseParameter {
    /// Its symbol in the equations.
    pub id: String,
    /// What it is, in words.
    pub means: String,
    /// What it is in the typical person, `"0.18"`, `"278 µM/h"`.
    pub value: Vec<Value>,
    /// What it is in men, and in women, over what it is in both together, `"1.2-fold"`.
    #[serde(default)]
    pub men: Vec<Value>,
    /// See `men`.
    #[serde(default)]
    pub women: Vec<Value>,
    /// Share that each decade of age takes away after the age of 30, `"3.5 %"`.
    #[serde(default)]
    pub lost_a_decade: Vec<Value>,
    /// Coefficient of variation between people, `"30 %"`; absent = not varied.
    #[serde(default)]
    pub varies: Option<String>,
    /// Nobody has less.
    #[serde(default)]
    pub least: Option<String>,
    /// Nobody has more.
    #[serde(default)]
    pub most: Option<String>,
    /// What was measured where it was calibrated.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

impl SynapseParameter {
    /// Every list of values with the name of its field.
    #[must_use]
    pub fn fields(&self) -> [(&'static str, &[Value]); 4] {
        [
            ("value", &self.value),
            ("men", &self.men),
            ("women", &self.women),
            ("lost_a_decade", &self.lost_a_decade),
        ]
    }
}

/// An inherited kind of an enzyme.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phenotype {
    /// `poor`, `intermediate`, `normal`, `rapid` or `ultrarapid`; what a diary writes before `metabolizer`.
    pub id: String,
    /// Other ways to write it: `"PM"`.
    #[serde(default)]
    pub words: Vec<String>,
    /// Activity over that of a normal metabolizer, `"0.4-fold"`, with the spread within the kind.
    pub activity: Vec<Value>,
    /// Share of people who have it where nothing is known of a person.
    #[serde(default)]
    pub frequency: Vec<Value>,
    /// Sums of two allele scores that belong to it, both ends included: `"0.25 .. 1"`.
    #[serde(default)]
    pub score: Option<String>,
}

/// A named allele.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allele {
    /// `*4`, `*1xN`.
    pub id: String,
    /// Its activity score; a normal allele is 1.
    pub score: f64,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// One entry of `references.bib`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// Key, `dunkley2003`.
    pub key: String,
    /// Authors as printed, shortened to the first and "et al." past two.
    pub authors: String,
    /// Title.
    pub title: String,
    /// Journal, publisher or regulator.
    pub source: String,
    /// Year.
    pub year: Option<String>,
    /// Digital object identifier.
    pub doi: Option<String>,
    /// PubMed id.
    pub pmid: Option<String>,
    /// Address, for what has no identifier.
    pub url: Option<String>,
}

mod rule_format {
    //! A rule is a string or a small table in TOML, and a tagged value in the compiled block.
    use super::Rule;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Atom(String),
        Table(Table),
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Table {
        all: Option<Vec<Rule>>,
        any: Option<Vec<Rule>>,
        not: Option<Box<Rule>>,
        at_least: Option<u32>,
        of: Option<Vec<Rule>>,
    }

    #[derive(Serialize, Deserialize)]
    enum Stored {
        Atom(String),
        All(Vec<Rule>),
        Any(Vec<Rule>),
        Not(Box<Rule>),
        AtLeast(u32, Vec<Rule>),
    }

    impl Serialize for Rule {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match self.clone() {
                Rule::Atom(name) => Stored::Atom(name),
                Rule::All(rules) => Stored::All(rules),
                Rule::Any(rules) => Stored::Any(rules),
                Rule::Not(rule) => Stored::Not(rule),
                Rule::AtLeast(n, rules) => Stored::AtLeast(n, rules),
            }
            .serialize(serializer)
        }
    }

    impl<'de> Deserialize<'de> for Rule {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            if !deserializer.is_human_readable() {
                return Ok(match Stored::deserialize(deserializer)? {
                    Stored::Atom(name) => Rule::Atom(name),
                    Stored::All(rules) => Rule::All(rules),
                    Stored::Any(rules) => Rule::Any(rules),
                    Stored::Not(rule) => Rule::Not(rule),
                    Stored::AtLeast(n, rules) => Rule::AtLeast(n, rules),
                });
            }
            match Written::deserialize(deserializer)? {
                Written::Atom(name) => Ok(Rule::Atom(name)),
                Written::Table(Table {
                    all: Some(rules),
                    any: None,
                    not: None,
                    at_least: None,
                    of: None,
                }) => Ok(Rule::All(rules)),
                Written::Table(Table {
                    all: None,
                    any: Some(rules),
                    not: None,
                    at_least: None,
                    of: None,
                }) => Ok(Rule::Any(rules)),
                Written::Table(Table { all: None, any: None, not: Some(rule), at_least: None, of: None }) => {
                    Ok(Rule::Not(rule))
                }
                Written::Table(Table {
                    all: None,
                    any: None,
                    not: None,
                    at_least: Some(n),
                    of: Some(rules),
                }) => Ok(Rule::AtLeast(n, rules)),
                Written::Table(_) => Err(D::Error::custom(
                    "a rule is a fact in quotes or one of { all = [..] }, { any = [..] }, { not = .. }, { at_least = n, of = [..] }",
                )),
            }
        }
    }
}
