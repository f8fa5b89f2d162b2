//! The knowledge base obeys every curation rule, and every rule catches the mistake it is named for.
//!
//! Each line below is a rule and one way to break the base. `holds::<rule>` runs the rule on the base as it is shipped;
//! `catches::<rule>` runs it on the broken one and asks for a problem that was not there before.

use raphe::{
    knowledge::{
        Citation, Knowledge,
        curation::{RULES, Rule, counts},
        schema::{self, Base, Flag, Level, Likelihood, Pair, Reference, Sign, Substance, Urgency},
    },
    report::source_line,
};
use std::collections::BTreeSet;

macro_rules! rules {
    ($( $rule:ident: |$base:ident| $break:expr; )+) => {
        /// Every rule that is tested here.
        const TESTED: &[&str] = &[$(stringify!($rule)),+];

        mod holds {
            $(
                #[test]
                fn $rule() {
                    super::holds(stringify!($rule));
                }
            )+
        }

        mod catches {
            use super::*;
            $(
                #[test]
                fn $rule() {
                    super::catches(stringify!($rule), |$base: &mut Base| {
                        $break;
                    });
                }
            )+
        }
    };
}

rules! {
    value_does_not_read: |base| oral(base).half_life[0].value = "26 mg".into();
    value_outside_plausible_bounds: |base| oral(base).half_life[0].value = "300 d".into();
    spread_does_not_hold_its_value: |base| oral(base).half_life[0].spread = Some("30 h .. 36 h".into());
    half_life_contradicts_clearance: |base| {
        let iv = substance(base, "fentanyl").pk.get_mut("iv").unwrap();
        iv.clearance.truncate(1);
        iv.clearance[0].value = "0.01 L/h/kg".into()
    };
    usual_dose_above_maximum: |base| substance(base, "sertraline").doses[0].usual[0].value = "50 mg .. 2000 mg".into();
    typical_dose_does_not_read: |base| substance(base, "sertraline").doses[0].typical = "50 daily".into();
    typical_dose_outside_usual: |base| substance(base, "sertraline").doses[0].typical = "500 mg daily".into();
    dose_of_neither_day_nor_occasion: |base| substance(base, "sertraline").doses[0].per = "week".into();
    parameter_unknown: |base| potent(base).mechanisms[0].potency[0].parameter = None;
    potency_without_molar_mass: |base| potent(base).molar_mass = None;

    list_not_sorted: |base| base.substances.swap(3, 4);
    id_not_snake_case: |base| flag(base, "danger_seizure").id = "Seizure-now".into();
    name_of_two_substances: |base| substance(base, "sertraline").names.synonyms.push("Prozac".into());
    name_cannot_be_found: |base| substance(base, "sertraline").names.brands.push("50 mg".into());
    word_of_two_signs: |base| sign(base, "myoclonus").synonyms.push("ankle clonus".into());
    word_cannot_be_written: |base| sign(base, "myoclonus").synonyms.push("jerks, many of them".into());
    id_of_class_and_substance: |base| base.mechanisms[0].id = "sertraline".into();
    code_malformed: |base| substance(base, "sertraline").codes.atc[0] = "N06AB6".into();
    code_of_two_substances: |base| substance(base, "sertraline").codes.atc[0] = "N06AB03".into();
    enzyme_misspelled: |base| substance(base, "fluoxetine").enzymes[0].enzyme = "Cyp2d6".into();

    class_unknown: |base| substance(base, "sertraline").mechanisms[0].class = "ssri".into();
    part_of_not_closed: |base| class(base, "maoa_irreversible").part_of.retain(|wider| wider != "maoa");
    metabolite_without_file: |base| substance(base, "fluoxetine").metabolites[0].id = "northfluoxetine".into();
    metabolite_without_parent: |base| substance(base, "fluoxetine").metabolites.clear();
    serotonergic_without_half_life_or_window: |base| {
        class(base, "sri").window = None;
        class(base, "ssri_like_discontinuation").window = None;
        substance(base, "sertraline").pk.clear()
    };
    route_unknown: |base| substance(base, "sertraline").doses[0].route = "by mouth".into();
    word_outside_its_list: |base| pair(base, "maoa_irreversible_sri").kind = "serotonine".into();
    atom_unknown: |base| flag(base, "danger_seizure").when = schema::Rule::Atom("seizzure".into());
    fact_not_known_yet: |base| base.criteria[0].given = schema::Rule::Atom("fact hunter_met".into());
    rule_decides_nothing: |base| flag(base, "danger_seizure").when = schema::Rule::All(Vec::new());
    implied_sign_unknown: |base| sign(base, "knee_clonus").implies[0] = "inducable_clonus".into();
    measured_by_does_not_read: |base| sign(base, "tachycardia").measured_by = vec!["pulse > 100".into()];
    engine_misses_what_it_names: |base| base.criteria.retain(|criterion| criterion.id != "hunter");
    synapse_parameter_astray: |base| base.synapse.retain(|parameter| parameter.id != "kap_s");
    article_statement_without_sign: |base| sign(base, "ocular_clonus").article.clear();
    retired_without_successor: |base| substance(base, "sertraline").retired = true;

    pair_without_view: |base| pair(base, "maoa_irreversible_sri").views.clear();
    pair_twice: |base| {
        let mut same = pair(base, "maoa_irreversible_sri").clone();
        (same.id, same.a, same.b) = ("sri_maoa_irreversible".into(), same.b, same.a);
        base.pairs.push(same)
    };
    deadly_pair_without_alarm: |base| pair(base, "maoa_irreversible_sri").silent = Urgency::Prompt;
    deadly_pair_uncovered: |base| base.pairs.retain(|pair| pair.id != "maoa_irreversible_sri");
    lowering_without_a_checked_source: |base| {
        let mut mild = pair(base, "maoa_irreversible_sri").clone();
        (mild.id, mild.b, mild.likelihood) = ("mild".into(), "sertraline".into(), Likelihood::Low);
        mild.views.truncate(1);
        (mild.views[0].level, mild.views[0].checked) = (Level::Major, None);
        mild.evidence.clear();
        base.pairs.push(mild)
    };
    wait_lowered_without_a_checked_source: |base| {
        let mut washouts = substance(base, "sertraline").washouts.iter_mut();
        let washout = washouts.find(|washout| washout.before == "maoa").unwrap();
        washout.wait.truncate(1);
        (washout.wait[0].value, washout.wait[0].checked) = ("2 d".into(), None)
    };
    keep_missing_where_a_sudden_stop_harms: |base| substance(base, "baclofen").keep = None;

    danger_word_means_nothing: |base| base.danger[0].means = "fit".into();
    danger_phrase_not_lower_case: |base| base.danger[0].phrases[0] = "Seizure".into();
    danger_phrase_never_matches: |base| base.danger[0].phrases.push("fit/collapse".into());
    unless_without_its_phrase: |base| base.danger[0].unless.push("a fit note".into());
    danger_flag_below_urgent: |base| flag(base, "danger_seizure").urgency = Urgency::Prompt;
    danger_sign_without_alarm: |base| {
        let seizure = flag(base, "danger_seizure").when.clone();
        let exposed = schema::Rule::Atom("exposed sri".into());
        flag(base, "danger_seizure").when = schema::Rule::All(vec![seizure, exposed])
    };
    urgency_without_action: |base| base.actions.retain(|action| action.urgency != Urgency::Urgent);
    help_without_fallback_country: |base| base.help.retain(|line| line.country != "*");
    country_is_not_a_code: |base| base.help[0].country = "Britain".into();
    country_without_crisis_line: |base| base.help[0].crisis.clear();

    candidate_missing_or_astray: |base| base.differential.candidates.retain(|item| item.id != "heat_stroke");
    points_out_of_bounds: |base| {
        base.differential.clues[0].points.insert("heatstroke".into(), 7);
    };
    course_does_not_read: |base| base.course.onset[0].within = "24".into();

    band_leaves_a_gap: |base| questionnaire(base, "phq_9").bands[1].from = 6;
    questionnaire_contradicts_itself: |base| {
        questionnaire(base, "phq_9").texts.pop();
    };
    suicide_item_not_marked: |base| questionnaire(base, "phq_9").texts[8].suicide = false;
    change_says_no_amount: |base| questionnaire(base, "phq_9").changes[0].points = None;
    name_of_two_ways: |base| factor(base, "chronic_stress").names.push("Chronic pain".into());
    effect_does_not_add_up: |base| guidance(base, "light_therapy").effects[0].low = Some(0.4);
    guidance_without_effect: |base| guidance(base, "cbt").effects.clear();
    judge_after_does_not_read: |base| guidance(base, "cbt").judge_after = Some("a while".into());
    measure_tells_nothing: |base| factor(base, "inactivity").measures[0].against = Some(10.0);
    factor_told_by_nothing: |base| factor(base, "chronic_stress").told_by = vec!["hearsay".into()];
    serotonin_raiser_without_caution: |base| guidance(base, "five_htp").cautions.retain(|item| {
        item.when != schema::Rule::Atom("exposed maoa".into())
    });
    care_names_what_is_missing: |base| base.deficiency.features[0].sign = "saddness".into();
    claim_not_among_places: |base| guidance(base, "exercise").article.push("S13".into());
    article_place_unknown: |base| base.article[0].places.push("guidance:wishing".into());
    article_statement_without_place: |base| base.article[55].places.clear();
    person_sentence_too_hard: |base| guidance(base, "cbt").person = "The OR of response is large.".into();

    onset_does_not_read: |base| base.helping.onsets[0].tau = "three weeks".into();
    assumption_missing: |base| base.helping.assumptions.retain(|item| item.id != "natural_days");
    risk_names_what_is_missing: |base| count(base, "linezolid_alone").also.push("linezolid_everywhere".into());
    risk_count_does_not_add_up: |base| count(base, "linezolid_alone").cases = Some(262);
    risk_odds_outside_their_interval: |base| base.risk.modifiers[0].low = 1.02;
    risk_of_usual_doses_beside_an_maoi: |base| count(base, "triptan_with_sri_definite").without.clear();
    overdose_reads_low_without_its_danger: |base| base.risk.beware.clear();
    daily_dose_does_not_read: |base| base.risk.daily_doses[0].dose = "20".into();

    citation_unknown: |base| oral(base).half_life[0].cite = "nobody2020".into();
    reference_never_cited: |base| reference(base).key = "unread2020".into();
    reference_without_year_title_or_source: |base| reference(base).year = None;
    reference_identifier_malformed: |base| reference(base).doi = Some("doi:10.1/2".into());
    source_twice: |base| {
        let same = reference(base).clone();
        base.references.push(Reference { key: "again".into(), ..same })
    };
    checked_is_not_a_date: |base| oral(base).half_life[0].checked = Some("23 Nov 2026".into());
    statement_without_source: |base| flag(base, "danger_seizure").evidence.clear();
    inference_without_reason: |base| {
        let half_life = &mut oral(base).half_life[0];
        (half_life.grade, half_life.note) = (schema::Grade::Inferred, None)
    };

    forbidden_words: |base| flag(base, "danger_seizure").advice = Some("Stop all your medicines.".into());
    placeholder_unknown: |base| flag(base, "danger_seizure").advice = Some("Take no more {held}.".into());
    sentence_empty: |base| sign(base, "myoclonus").lay = String::new();
}

/// The medicine with kinetics that most lines above break.
fn oral(base: &mut Base) -> &mut schema::Kinetics {
    substance(base, "sertraline").pk.get_mut("oral").expect("sertraline is swallowed")
}

fn substance<'a>(base: &'a mut Base, id: &str) -> &'a mut Substance {
    base.substances.iter_mut().find(|item| item.id == id).expect("the substance is in the base")
}

/// A substance whose first mechanism has a molar potency.
fn potent(base: &mut Base) -> &mut Substance {
    let molar = |item: &&mut Substance| {
        let first = item.mechanisms.first().and_then(|effect| effect.potency.first());
        first.is_some_and(|value| value.value.ends_with("nM"))
    };
    base.substances.iter_mut().find(molar).expect("some potency is known")
}

fn class<'a>(base: &'a mut Base, id: &str) -> &'a mut schema::Mechanism {
    base.mechanisms.iter_mut().find(|item| item.id == id).expect("the class is in the base")
}

fn pair<'a>(base: &'a mut Base, id: &str) -> &'a mut Pair {
    base.pairs.iter_mut().find(|item| item.id == id).expect("the pair is in the base")
}

fn sign<'a>(base: &'a mut Base, id: &str) -> &'a mut Sign {
    base.signs.iter_mut().find(|item| item.id == id).expect("the sign is in the base")
}

fn flag<'a>(base: &'a mut Base, id: &str) -> &'a mut Flag {
    base.flags.iter_mut().find(|item| item.id == id).expect("the flag is in the base")
}

fn questionnaire<'a>(base: &'a mut Base, id: &str) -> &'a mut schema::Questionnaire {
    base.questionnaires.iter_mut().find(|item| item.id == id).expect("the questionnaire is in the base")
}

fn factor<'a>(base: &'a mut Base, id: &str) -> &'a mut schema::Factor {
    base.factors.iter_mut().find(|item| item.id == id).expect("the factor is in the base")
}

fn guidance<'a>(base: &'a mut Base, id: &str) -> &'a mut schema::Guidance {
    base.guidance.iter_mut().find(|item| item.id == id).expect("the guidance is in the base")
}

fn count<'a>(base: &'a mut Base, id: &str) -> &'a mut schema::RiskReference {
    base.risk.references.iter_mut().find(|item| item.id == id).expect("the count is in the base")
}

/// A reference with a DOI.
fn reference(base: &mut Base) -> &mut Reference {
    base.references.iter_mut().find(|item| item.key == "dunkley2003").expect("the Hunter criteria are cited")
}

fn rule(name: &str) -> Rule {
    *RULES.iter().find(|rule| rule.name == name).expect("the rule exists")
}

fn holds(name: &str) {
    let rule = rule(name);
    let problems = rule.run(&Knowledge::bundled());
    assert!(problems.is_empty(), "{}\n  {}", rule.asks, problems.join("\n  "));
}

fn catches(name: &str, break_it: impl FnOnce(&mut Base)) {
    let rule = rule(name);
    let mut base = raphe_knowledge::bundled();
    let before: BTreeSet<String> = rule.run(&Knowledge::new(base.clone())).into_iter().collect();
    break_it(&mut base);
    let after = rule.run(&Knowledge::new(base));
    let new: Vec<&String> = after.iter().filter(|problem| !before.contains(*problem)).collect();
    assert!(!new.is_empty(), "the broken base passes: {}", rule.asks);
    let named =
        new.iter().all(|problem| problem.contains(".toml: ") || problem.starts_with("references.bib: "));
    assert!(named, "a problem does not name its file: {new:?}");
}

#[test]
fn every_rule_is_tested() {
    let rules: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(rules, TESTED);
}

#[test]
fn every_rule_says_what_it_asks() {
    for rule in RULES {
        assert!(
            rule.asks.ends_with('.') && rule.asks.starts_with(char::is_uppercase),
            "{}: {}",
            rule.name,
            rule.asks
        );
    }
}

#[test]
fn counts_agree_with_the_base() {
    let knowledge = Knowledge::bundled();
    let counts = counts(&knowledge);
    let number = |what: &str| counts.iter().find(|count| count.what == what).expect("it is counted").number;
    assert_eq!(number("substances"), knowledge.base().substances.len());
    assert_eq!(number("sources"), knowledge.base().references.len());
    for count in &counts {
        assert!(count.number > 0 && count.checked.is_none_or(|checked| checked <= count.number), "{count:?}");
    }
}

/// A title that asks ends with its own mark: no source is printed with two marks in a row.
#[test]
fn no_source_ends_a_sentence_twice() {
    let knowledge = Knowledge::bundled();
    let mut asking = 0;
    for reference in &knowledge.base().references {
        let citation = Citation {
            cite: reference.key.clone(),
            place: None,
            grade: schema::Grade::Review,
            checked: None,
        };
        let line = source_line(&knowledge, &citation);
        assert!(!line.contains("?.") && !line.contains("!.") && !line.contains(".. "), "{line}");
        asking += usize::from(line.contains("? "));
    }
    assert!(asking > 0, "the base holds titles that ask");
}
