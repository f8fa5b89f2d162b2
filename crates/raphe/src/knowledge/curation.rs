//! Curation rules, one per kind of mistake, named for what is wrong.
//!
//! The files are written by hand, and the build refuses what has the wrong shape. These rules find what has the right
//! shape and is wrong all the same: a half-life in milligrams, a name that leads to two substances, a dangerous row
//! that a milder one hides, a number that nobody can trace. Each rule is one function from the whole base to lines,
//! one line a problem, so that `cargo test` and `raphe knowledge check` say the same.
//!
//! Where the engine reads a text, the rule asks the engine's own reader: what passes here is read there. Rules judge
//! the base alone; whether a true fact was copied well from its source only a second reader of the source can tell.
//!
//! | module | what can be wrong there |
//! |---|---|
//! | `quantities` | values, spreads, doses |
//! | `names` | ids, names, codes, words for signs |
//! | `links` | classes, metabolites, atoms of rules, and what the engine calls by name |
//! | `pairs` | rows that hide one another, and the combinations that kill |
//! | `danger` | danger words, flags, help |
//! | `ranking` | points of the differential, the course of toxicity |
//! | `care` | questionnaires, factors, guidance, features, the article's statements |
//! | `helping` | what "is it helping?" takes for granted |
//! | `risk` | counts, odds, and what is said in words |
//! | `sources` | citations, dates, references |
//! | `sentences` | what a person will read |

mod care;
mod danger;
mod helping;
mod links;
mod names;
mod pairs;
mod quantities;
mod ranking;
mod risk;
mod sentences;
mod sources;

use super::{
    Knowledge,
    schema::{Base, Rule as Condition, Substance},
};
use sources::{Fact, facts};
use std::collections::{BTreeMap, BTreeSet};

/// One kind of mistake.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What is wrong, in snake case.
    pub name: &'static str,
    /// What must hold, as one sentence.
    pub asks: &'static str,
    find: fn(&Knowledge) -> Vec<String>,
}

impl Rule {
    /// Every problem of this kind, one line each: `substances/sertraline.toml: pk.oral.half_life: …`.
    #[must_use]
    pub fn run(&self, knowledge: &Knowledge) -> Vec<String> {
        (self.find)(knowledge)
    }
}

macro_rules! rules {
    ($( $module:ident::$name:ident $asks:literal )+) => {
        /// Every rule.
        pub const RULES: &[Rule] =
            &[$(Rule { name: stringify!($name), asks: $asks, find: $module::$name }),+];
    };
}

rules! {
    quantities::value_does_not_read
        "A value and its spread read as the dimension of their field, and no range runs backward."
    quantities::value_outside_plausible_bounds
        "No value is smaller or larger than anything of its kind that is known."
    quantities::spread_does_not_hold_its_value
        "A value lies within its spread."
    quantities::half_life_contradicts_clearance
        "Half-life, clearance and volume of one route agree within a factor of twelve."
    quantities::usual_dose_above_maximum
        "The usual range of a route ends at or below the highest dose of that route."
    quantities::typical_dose_does_not_read
        "The typical dose reads as a line of a diary, by the route it stands under."
    quantities::typical_dose_outside_usual
        "The typical dose, counted over a day where the range is of a day, lies in the usual range."
    quantities::dose_of_neither_day_nor_occasion
        "A dose range is of a `day` or of an `occasion`."
    quantities::parameter_unknown
        "A potency says what was measured: Ki, Kd, IC50, EC50, an occupancy, an efficacy or a level."
    quantities::potency_without_molar_mass
        "A substance with a molar potency has a molar mass."

    names::list_not_sorted
        "Substances stand in the order of their ids, because the engine searches them by halves."
    names::id_not_snake_case
        "An id is lower case, begins with a letter, and has single `_` between words."
    names::name_of_two_substances
        "No name leads to two substances."
    names::name_cannot_be_found
        "Every name leads to its substance when it is written in a diary."
    names::word_of_two_signs
        "No word leads to two signs."
    names::word_cannot_be_written
        "A synonym of a sign has no comma or semicolon, which would cut it in a diary."
    names::id_of_class_and_substance
        "No id names both a class and a substance, because pairs may name either."
    names::code_malformed
        "RxNorm codes are digits, ATC codes have seven places, UNII ten, HPO terms seven digits."
    names::code_of_two_substances
        "No RxNorm, ATC or UNII code leads to two substances."
    names::enzyme_misspelled
        "One enzyme has one spelling, because inhibitor and substrate are matched by it."

    links::class_unknown
        "Every class or substance that a mechanism, pair or washout names has its entry."
    links::part_of_not_closed
        "A class lists every wider class of its wider classes, and never itself."
    links::metabolite_without_file
        "An active metabolite has its own file."
    links::metabolite_without_parent
        "A metabolite is linked from at least one substance."
    links::serotonergic_without_half_life_or_window
        "What acts on serotonin has a half-life, or a class with a window."
    links::route_unknown
        "Routes are the words of the diary."
    links::word_outside_its_list
        "Kinds of pairs, parties of views, and roles and strengths of enzymes are words that the engine knows."
    links::atom_unknown
        "Every atom of a rule reads, and names a sign, fact, class or substance that is there."
    links::fact_not_known_yet
        "A rule asks only for facts that are derived before it is judged."
    links::rule_decides_nothing
        "A rule has parts, and asks for at least one and at most all of them."
    links::implied_sign_unknown
        "A sign implies, and is denied by, signs that are there, and never itself."
    links::measured_by_does_not_read
        "A sign's measurement reads as a comparison."
    links::engine_misses_what_it_names
        "What the engine calls by name is in the base."
    links::synapse_parameter_astray
        "Every parameter of the synapse has one entry and a value, and there is no entry besides."
    links::article_statement_without_sign
        "Statements S13 to S33 and S35 to S53 of the article each have a sign."
    links::retired_without_successor
        "A retired substance names the one that took its place, and only a retired one does."

    pairs::pair_without_view
        "A pair has at least one view."
    pairs::pair_twice
        "Two classes or substances have one row for each kind of harm."
    pairs::deadly_pair_without_alarm
        "Potent MAO-A inhibitors with what raises serotonin are urgent at once, an emergency with signs."
    pairs::deadly_pair_uncovered
        "For every such two substances the row that wins is contraindicated and raises that alarm."
    pairs::lowering_without_a_checked_source
        "A row that replaces a worse, more general one rests on a source that a curator opened."
    pairs::wait_lowered_without_a_checked_source
        "A wait that is shorter than another for the same two substances rests on a source that a curator opened."
    pairs::keep_missing_where_a_sudden_stop_harms
        "A medicine that must never be stopped at once says so."

    danger::danger_word_means_nothing
        "A danger word means a sign, `suicide` or `overdose`."
    danger::danger_phrase_not_lower_case
        "Danger phrases are lower case with single spaces."
    danger::danger_phrase_never_matches
        "Every danger phrase is found when it is written as it stands."
    danger::unless_without_its_phrase
        "What takes a danger away holds a phrase of that danger."
    danger::danger_flag_below_urgent
        "A flag that does not expire is at least urgent."
    danger::danger_sign_without_alarm
        "Each danger sign is an emergency alone, whatever was taken."
    danger::urgency_without_action
        "Each urgency has something to do."
    danger::help_without_fallback_country
        "There is help for where the country is not known."
    danger::country_is_not_a_code
        "A country is two capital letters or `*`, and stands there once."
    danger::country_without_crisis_line
        "Each country has an emergency number and a crisis line."

    ranking::candidate_missing_or_astray
        "Serotonin toxicity and every rival are candidates of the differential, with words of their own or the rival's."
    ranking::points_out_of_bounds
        "A clue gives one to four points to candidates, and a share of published cases a point a quarter at half weight."
    ranking::course_does_not_read
        "Onset and settling have shares within times."

    care::band_leaves_a_gap
        "Bands hold every total of a questionnaire once."
    care::questionnaire_contradicts_itself
        "Items, answers and range of a questionnaire agree, and its text is shown whole or not at all."
    care::suicide_item_not_marked
        "Item 9 of the PHQ-9, and every item about suicide, opens the suicide path."
    care::change_says_no_amount
        "A change that matters is given in points or in percent, and is important or reliable."
    care::name_of_two_ways
        "No name leads to two questionnaires, two factors or two pieces of guidance."
    care::effect_does_not_add_up
        "An effect has a known measure and lies in its interval."
    care::guidance_without_effect
        "Guidance on the low side that is more than of low certainty has the size of an effect."
    care::judge_after_does_not_read
        "Guidance is for one side, and the time to judge it reads."
    care::measure_tells_nothing
        "What a diary measures for a factor is known to the engine, and its limits stand apart."
    care::factor_told_by_nothing
        "A factor says which lines of a diary tell it, and whether it can be changed."
    care::serotonin_raiser_without_caution
        "What raises serotonin is never offered beside an MAO inhibitor, nor without a question about bipolar disorder."
    care::care_names_what_is_missing
        "Classes, substances, signs, items and guidance that are named are there."
    care::claim_not_among_places
        "A statement that a sign, factor, feature or piece of guidance claims names it among its places."
    care::article_place_unknown
        "Every place where a statement of the article lives is there."
    care::article_statement_without_place
        "S1 to S112 stand in order, each with a place, a source, and a correction where one is due."
    care::person_sentence_too_hard
        "What a person reads has few, short sentences and no abbreviations of statistics."

    helping::onset_does_not_read
        "Each onset is of a piece of guidance that is there, its times read, and one holds for everything else."
    helping::assumption_missing
        "Every number that the analysis asks for is there once, and every certainty has its share."
    risk::risk_names_what_is_missing
        "Groups, classes, substances and references that `risk.toml` names are there."
    risk::risk_count_does_not_add_up
        "A count has people behind it, or a published figure that reads; points of the dose rise."
    risk::risk_odds_outside_their_interval
        "Odds lie in their interval and say what they go with."
    risk::risk_of_usual_doses_beside_an_maoi
        "No count of usual doses speaks of people on a potent MAO-A inhibitor who were not counted."
    risk::overdose_reads_low_without_its_danger
        "An overdose that seldom ends in serotonin toxicity says what is dangerous about it."
    risk::daily_dose_does_not_read
        "A defined daily dose is a mass and stands there once."

    sources::citation_unknown
        "Every citation is in `references.bib`."
    sources::reference_never_cited
        "Every reference is cited."
    sources::reference_without_year_title_or_source
        "A reference has a title and a source, and a year unless it is a label or page that is kept up to date."
    sources::reference_identifier_malformed
        "A DOI begins with `10.`, a PubMed id is digits, an address begins with `http`."
    sources::source_twice
        "No two references share a DOI or a PubMed id."
    sources::checked_is_not_a_date
        "A source was opened on a day, written as in `2026-11-23`, and not before 2020."
    sources::statement_without_source
        "What is said to a person, and every class assigned to a substance, has a source."
    sources::inference_without_reason
        "What was inferred or derived says from what."

    sentences::forbidden_words
        "No sentence promises safety, blames a chemical imbalance, or speaks of all medicines at once."
    sentences::placeholder_unknown
        "Braces stand only where the engine fills them in."
    sentences::sentence_empty
        "No sentence or name is empty or begins or ends with a space."
}

/// How many of one thing there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// What is counted.
    pub what: &'static str,
    /// How many.
    pub number: usize,
    /// How many of them rest on a source that a curator opened; `None` where that says nothing.
    pub checked: Option<usize>,
}

/// What is in the base, and how much of it was read at the source.
#[must_use]
pub fn counts(knowledge: &Knowledge) -> Vec<Count> {
    let base = knowledge.base();
    let facts = facts(base);
    let checked: Vec<&Fact<'_>> = facts.iter().filter(|fact| fact.checked.is_some()).collect();
    let opened: BTreeSet<&str> = checked.iter().map(|fact| fact.cite).collect();
    let known = base.references.iter().filter(|reference| opened.contains(reference.key.as_str())).count();
    let phrases = base.danger.iter().map(|word| word.phrases.len()).sum();
    let plain = |what, number| Count { what, number, checked: None };
    vec![
        plain("substances", base.substances.len()),
        plain("classes", base.mechanisms.len()),
        plain("pairs", base.pairs.len()),
        plain("signs", base.signs.len()),
        plain("flags", base.flags.len()),
        plain("criteria", base.criteria.len()),
        plain("rivals", base.rivals.len()),
        plain("clues of the differential", base.differential.clues.len()),
        plain("parameters of the synapse", base.synapse.len()),
        plain("danger phrases", phrases),
        plain("countries", base.help.iter().filter(|line| line.country != "*").count()),
        plain("questionnaires", base.questionnaires.len()),
        plain("factors", base.factors.len()),
        plain("pieces of guidance", base.guidance.len()),
        plain("features", base.deficiency.features.len()),
        plain("counts of how likely toxicity is", base.risk.references.len()),
        plain("statements of the article", base.article.len()),
        Count { what: "facts", number: facts.len(), checked: Some(checked.len()) },
        Count { what: "sources", number: base.references.len(), checked: Some(known) },
    ]
}

/// Every atom of a condition.
fn atoms(rule: &Condition) -> Vec<&str> {
    match rule {
        Condition::Atom(atom) => vec![atom],
        Condition::All(parts) | Condition::Any(parts) | Condition::AtLeast(_, parts) => {
            parts.iter().flat_map(atoms).collect()
        }
        Condition::Not(part) => atoms(part),
    }
}

/// The file of a substance.
fn file(id: &str) -> String {
    format!("substances/{id}.toml")
}

/// Every substance with its file.
fn substances(base: &Base) -> impl Iterator<Item = (String, &Substance)> {
    base.substances.iter().map(|substance| (file(&substance.id), substance))
}

/// Keys that more than one owner claims, each with its owners.
fn shared(claims: impl IntoIterator<Item = (String, String)>) -> Vec<(String, BTreeSet<String>)> {
    let mut owners: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (key, owner) in claims {
        owners.entry(key).or_default().insert(owner);
    }
    owners.into_iter().filter(|(_, owners)| owners.len() > 1).collect()
}
