//! Danger in text that was not understood.
//!
//! Phrases of the knowledge base are looked for on word boundaries, clause by clause; a "no" up to three words before takes
//! one back, and so does a harmless phrase around it. Two things cannot be listed as phrases: a number of tablets, and a
//! temperature spoken of in a sentence.

use crate::{
    knowledge::{
        Knowledge,
        schema::{Found, Side},
    },
    units::Temperature,
};
use std::collections::BTreeMap;

/// What a danger word may mean beside a sign.
pub(crate) const MEANINGS: &[&str] = &["suicide", "overdose", "double_dose", "tyramine"];

/// Finds danger words in text that was not understood.
#[derive(Debug)]
pub(crate) struct Scanner<'a> {
    words: Vec<Danger<'a>>,
    /// Phrases for signs of toxicity that a person can tell of, by their first word.
    signs: BTreeMap<String, Vec<(Vec<String>, &'a str)>>,
}

#[derive(Debug)]
struct Danger<'a> {
    means: &'a str,
    phrases: Vec<Vec<&'a str>>,
    unless: Vec<Vec<&'a str>>,
}

/// A danger phrase does not count when one of these stands up to three words before it in the same clause.
const NEGATIONS: &[&str] = &[
    "no", "not", "never", "without", "denies", "denied", "didn't", "didnt", "hasn't", "hasnt", "isn't",
    "isnt", "wasn't", "wasnt", "don't", "dont", "doesn't", "doesnt", "none", "nor", "haven't", "havent",
    "hadn't", "hadnt",
];

/// Words that take a "no" back: "not only", "no longer", "without warning".
const NOT_A_NEGATION: &[&str] = &["only", "sure", "longer", "warning", "reason", "doubt", "idea"];

/// So many tablets at once in a note count as an overdose.
const MANY_TABLETS: u32 = 8;

impl<'a> Scanner<'a> {
    /// The danger words of the knowledge base.
    pub(crate) fn new(knowledge: &'a Knowledge) -> Self {
        let split = |phrases: &'a [String]| {
            phrases.iter().map(|phrase| phrase.split_whitespace().collect()).collect()
        };
        let words = knowledge.base().danger.iter().map(|word| Danger {
            means: &word.means,
            phrases: split(&word.phrases),
            unless: split(&word.unless),
        });
        let mut signs: BTreeMap<String, Vec<(Vec<String>, &'a str)>> = BTreeMap::new();
        for sign in &knowledge.base().signs {
            let told = matches!(sign.found, Found::Felt | Found::Seen);
            if !told || !matches!(sign.side, Side::Toxicity | Side::Both) {
                continue;
            }
            let names = [&sign.name, &sign.lay].into_iter().chain(&sign.synonyms);
            for name in names.filter(|name| name.chars().count() >= 5) {
                let phrase: Vec<String> = name.to_lowercase().split_whitespace().map(str::to_owned).collect();
                if let Some(first) = phrase.first() {
                    signs.entry(first.clone()).or_default().push((phrase, &sign.id));
                }
            }
        }
        Self { words: words.collect(), signs }
    }

    /// Signs of toxicity that a text speaks of, with the phrase; each sign once.
    pub(crate) fn signs(&self, text: &str) -> Vec<(&'a str, String)> {
        let lower = text.to_lowercase().replace('\u{2019}', "'");
        let mut found: Vec<(&str, String)> = Vec::new();
        for clause in clauses(&lower) {
            for (start, word) in clause.iter().enumerate() {
                for (phrase, sign) in self.signs.get(*word).into_iter().flatten() {
                    let here =
                        clause[start..].iter().zip(phrase).filter(|(a, b)| *a == b).count() == phrase.len();
                    if here && !negated(&clause, start) && !found.iter().any(|(known, _)| known == sign) {
                        found.push((sign, phrase.join(" ")));
                    }
                }
            }
        }
        found
    }

    /// What a text would mean, with the phrase that says so; one finding for each meaning.
    pub(crate) fn scan(&self, text: &str) -> Vec<(&'a str, String)> {
        let lower = text.to_lowercase().replace('\u{2019}', "'");
        let clauses: Vec<Vec<&str>> = clauses(&lower).collect();
        let mut found: Vec<(&str, String)> = Vec::new();
        for danger in &self.words {
            let hit = clauses.iter().find_map(|clause| {
                let harmless: Vec<(usize, usize)> =
                    danger.unless.iter().flat_map(|phrase| places(clause, phrase)).collect();
                danger.phrases.iter().find_map(|phrase| {
                    let counts = |(start, end): &(usize, usize)| {
                        let covered = harmless.iter().any(|(from, to)| from <= start && end <= to);
                        !covered && !negated(clause, *start)
                    };
                    places(clause, phrase).any(|place| counts(&place)).then(|| phrase.join(" "))
                })
            });
            if let Some(phrase) = hit
                && !found.iter().any(|(means, _)| *means == danger.means)
            {
                found.push((danger.means, phrase));
            }
        }
        if let Some(phrase) = clauses.iter().find_map(|clause| many_tablets(clause))
            && !found.iter().any(|(means, _)| *means == "overdose")
        {
            found.push(("overdose", phrase));
        }
        found
    }
}

/// Words of each clause; a comma, a full stop or "but" ends the reach of a "no".
fn clauses(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.split(['.', ',', ';', '!', '?', ':', '\n', '(', ')']).flat_map(|clause| clause.split(" but ")).map(
        |clause| {
            let word = |c: char| c.is_alphanumeric() || c == '\'' || c == '-';
            clause.split(move |c: char| !word(c)).filter(|word| !word.is_empty()).collect()
        },
    )
}

/// Where a phrase stands in a clause.
fn places(clause: &[&str], phrase: &[&str]) -> impl Iterator<Item = (usize, usize)> {
    let length = phrase.len();
    let found: Vec<(usize, usize)> = match length == 0 || length > clause.len() {
        true => Vec::new(),
        false => (0..=clause.len() - length)
            .filter(|start| clause[*start..start + length] == *phrase)
            .map(|start| (start, start + length))
            .collect(),
    };
    found.into_iter()
}

/// Whether a "no" stands up to three words before a place; the phrase's own words do not count.
fn negated(clause: &[&str], start: usize) -> bool {
    (start.saturating_sub(3)..start).any(|place| {
        let taken_back = clause.get(place + 1).is_some_and(|next| NOT_A_NEGATION.contains(next));
        NEGATIONS.contains(&clause[place]) && !taken_back
    })
}

/// "his temperature is 105", "sodium 118": values spoken of in a text, with the words and what they would be in the
/// quantity's own unit.
pub(crate) fn spoken_values(text: &str) -> Vec<(&'static str, String, f64)> {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split_whitespace().map(|word| word.trim_matches([',', '.', ';', ':', '!', '(', ')'])).collect();
    let mut found = Vec::new();
    for (place, word) in words.iter().enumerate() {
        let quantity = match *word {
            "temperature" | "temp" | "fever" => "temperature",
            "sodium" => "sodium",
            _ => continue,
        };
        for end in place + 1..words.len().min(place + 5) {
            let digits = words[end].trim_end_matches(['c', 'f', '°']);
            let Ok(number) = digits.parse::<f64>() else { continue };
            let value = match (quantity, number) {
                ("temperature", 30.0..=45.0) | ("sodium", 95.0..=175.0) => number,
                ("temperature", 86.0..=115.0) => Temperature::fahrenheit(number).as_celsius(),
                _ => continue,
            };
            found.push((quantity, words[place..=end].join(" "), value));
            break;
        }
    }
    found
}

/// "took 30 tablets" and its like.
fn many_tablets(clause: &[&str]) -> Option<String> {
    let taken = ["took", "taken", "swallowed", "ate"];
    let pieces = ["tablets", "pills", "capsules", "tabs"];
    (0..clause.len()).find_map(|place| {
        let count: u32 = clause[place].parse().ok()?;
        let before = clause[place.saturating_sub(4)..place].iter().any(|word| taken.contains(word));
        let after = clause[place + 1..].iter().take(3).any(|word| pieces.contains(word));
        (count >= MANY_TABLETS && before && after && !negated(clause, place))
            .then(|| clause[place..].join(" "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_reaches_three_words_and_ends_with_its_clause() {
        let fit = ["had", "a", "fit"];
        let spoken = |text: &str| {
            clauses(text).any(|clause| places(&clause, &fit).any(|(start, _)| !negated(&clause, start)))
        };
        assert!(spoken("she had a fit this morning"));
        assert!(!spoken("she has not had a fit"));
        assert!(spoken("no sleep, had a fit"));
        assert!(spoken("not sure she had a fit"));
    }

    #[test]
    fn many_tablets_in_a_note_are_an_overdose() {
        let clause = |text: &'static str| clauses(text).next().unwrap();
        assert!(many_tablets(&clause("i took about 30 of the tablets")).is_some());
        assert!(many_tablets(&clause("took 2 tablets")).is_none());
        assert!(many_tablets(&clause("bought 30 tablets")).is_none());
    }
}
