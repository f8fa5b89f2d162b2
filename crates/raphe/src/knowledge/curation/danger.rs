//! Danger words, flags, and whom to call.

use crate::{
    criteria::{
        Comparison,
        words::{MEANINGS, Scanner},
    },
    knowledge::{
        Knowledge,
        schema::{DangerWord, Rule, Urgency},
    },
};
use std::collections::BTreeSet;

pub(super) fn danger_word_means_nothing(knowledge: &Knowledge) -> Vec<String> {
    let means = |word: &&DangerWord| {
        !MEANINGS.contains(&word.means.as_str()) && knowledge.sign(&word.means).is_none()
    };
    let wrong = knowledge.base().danger.iter().filter(means);
    wrong.map(|word| format!("danger.toml: `{}` is no sign", word.means)).collect()
}

pub(super) fn danger_phrase_not_lower_case(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for word in &knowledge.base().danger {
        let plain = |text: &str| text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        let wrong = word.phrases.iter().chain(&word.unless).filter(|text| **text != plain(text));
        problems.extend(
            wrong.map(|text| format!("danger.toml: {}: `{text}` is not plain lower case", word.means)),
        );
    }
    problems
}

pub(super) fn danger_phrase_never_matches(knowledge: &Knowledge) -> Vec<String> {
    let scanner = Scanner::new(knowledge);
    let mut problems = Vec::new();
    for word in &knowledge.base().danger {
        let found = |text: &str| scanner.scan(text).iter().any(|(means, _)| *means == word.means);
        let lost = word.phrases.iter().filter(|text| !found(text));
        problems.extend(lost.map(|text| format!("danger.toml: {}: `{text}` is never found", word.means)));
    }
    problems
}

pub(super) fn unless_without_its_phrase(knowledge: &Knowledge) -> Vec<String> {
    let words = |text: &str| format!(" {} ", text.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut problems = Vec::new();
    for word in &knowledge.base().danger {
        let phrases: Vec<String> = word.phrases.iter().map(|text| words(text)).collect();
        let idle =
            word.unless.iter().filter(|text| !phrases.iter().any(|phrase| words(text).contains(phrase)));
        problems.extend(
            idle.map(|text| format!("danger.toml: {}: unless `{text}` takes nothing away", word.means)),
        );
    }
    problems
}

pub(super) fn danger_flag_below_urgent(knowledge: &Knowledge) -> Vec<String> {
    let wrong = knowledge.base().flags.iter().filter(|flag| flag.danger && flag.urgency < Urgency::Urgent);
    wrong.map(|flag| format!("flags.toml: {}: does not expire, but is not urgent", flag.id)).collect()
}

/// What is an emergency with nothing else known: signs, and measured values that stand for "above 40 °C" and the like.
const ALARMS: &[&[Given]] = &[
    &[Given::Holds("seizure")],
    &[Given::Holds("loss_of_consciousness")],
    &[Given::Holds("coma")],
    &[Given::Holds("confusion")],
    &[Given::Holds("delirium")],
    &[Given::Holds("breathing_trouble")],
    &[Given::Holds("chest_pain")],
    &[Given::Holds("fainting")],
    &[Given::Holds("arrhythmia")],
    &[Given::Holds("rhythmic_jerking")],
    &[Given::Holds("rapid_worsening")],
    &[Given::Holds("fact overdose_on_purpose")],
    &[Given::Measured("temperature", 40.1)],
    &[Given::Holds("hypertonia"), Given::Measured("temperature", 38.5)],
    &[Given::Holds("headache"), Given::Measured("systolic", 181.0)],
    &[Given::Holds("headache"), Given::Measured("diastolic", 121.0)],
    &[Given::Holds("exposed maoa"), Given::Measured("systolic", 181.0)],
];

/// Something that is known to be so.
#[derive(Debug, Clone, Copy)]
enum Given {
    Holds(&'static str),
    Measured(&'static str, f64),
}

/// Whether a rule is true when only this much is known. What is unknown decides nothing, so neither does a `not`.
fn decided(rule: &Rule, given: &[Given]) -> bool {
    match rule {
        Rule::Atom(atom) => given.iter().any(|given| match given {
            Given::Holds(known) => known == atom,
            Given::Measured(quantity, value) => {
                Comparison::read(atom).is_some_and(|atom| atom.quantity == *quantity && atom.holds(*value))
            }
        }),
        Rule::All(parts) => parts.iter().all(|part| decided(part, given)),
        Rule::Any(parts) => parts.iter().any(|part| decided(part, given)),
        Rule::AtLeast(n, parts) => {
            let met = parts.iter().filter(|part| decided(part, given)).count();
            usize::try_from(*n).is_ok_and(|n| met >= n)
        }
        Rule::Not(_) => false,
    }
}

pub(super) fn danger_sign_without_alarm(knowledge: &Knowledge) -> Vec<String> {
    let flags = &knowledge.base().flags;
    let raised = |given: &[Given]| {
        let alarms = flags.iter().filter(|flag| flag.danger && flag.urgency == Urgency::Emergency);
        alarms.into_iter().any(|flag| decided(&flag.when, given))
    };
    let silent = ALARMS.iter().filter(|given| !raised(given));
    let line = |given: &&[Given]| {
        let words: Vec<String> = given
            .iter()
            .map(|given| match given {
                Given::Holds(atom) => format!("`{atom}`"),
                Given::Measured(quantity, value) => format!("{quantity} {value}"),
            })
            .collect();
        format!("flags.toml: {} alone raises no alarm", words.join(" with "))
    };
    silent.map(line).collect()
}

pub(super) fn urgency_without_action(knowledge: &Knowledge) -> Vec<String> {
    let all = [Urgency::Watch, Urgency::Prompt, Urgency::Urgent, Urgency::Emergency];
    let idle = all.into_iter().filter(|urgency| {
        !knowledge
            .base()
            .actions
            .iter()
            .any(|action| action.urgency == *urgency && !action.says.contains("{held}"))
    });
    idle.map(|urgency| format!("actions.toml: nothing to do at {urgency:?}")).collect()
}

pub(super) fn help_without_fallback_country(knowledge: &Knowledge) -> Vec<String> {
    match knowledge.base().help.iter().any(|line| line.country == "*") {
        true => Vec::new(),
        false => vec!["help.toml: no entry `*` for an unknown country".to_owned()],
    }
}

pub(super) fn country_is_not_a_code(knowledge: &Knowledge) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for line in &knowledge.base().help {
        let country = line.country.as_str();
        let code = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
        if !(code || country == "*") {
            problems.push(format!("help.toml: `{country}` is not a country code"));
        }
        if !seen.insert(country) {
            problems.push(format!("help.toml: `{country}` is there twice"));
        }
    }
    problems
}

pub(super) fn country_without_crisis_line(knowledge: &Knowledge) -> Vec<String> {
    let wrong =
        knowledge.base().help.iter().filter(|line| line.emergency.is_empty() || line.crisis.is_empty());
    wrong.map(|line| format!("help.toml: {}: no emergency number or no crisis line", line.country)).collect()
}
