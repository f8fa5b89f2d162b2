//! A row of published incidence: an exposure in words, in percent.
//!
//! `SSRI/SNRI overdose 15 DDD + olanzapine` is cut into what was taken together; each piece is searched for substances,
//! and for the words by which studies call groups of them. What is left names the people: a country, a ward, `definite`. The
//! count that comes closest answers, by the same rules and the same odds as for a diary. No row is known by its id.

use super::{NotPredicted, Row, cell};
use crate::{
    knowledge::{Knowledge, schema::RiskPer},
    risk::{Part, Taken, named_is},
};
use std::collections::BTreeSet;

/// Between two things that were taken together.
const TOGETHER: &[&str] = &["+", " with ", " plus ", " and ", " & ", " on top of ", " combined with "];
/// Before something that only some of the people took; longest first.
const PERHAPS: &[&str] = &["with or without", "with/without", "with and without", "+/-", "±"];
/// Words that say that too much was taken.
const OVERDOSE: &[&str] = &["overdose", "poisoning", "self-poisoning", "intoxication"];

/// What the engine says, in percent.
pub(super) fn incidence(knowledge: &Knowledge, row: &Row) -> Result<f64, NotPredicted> {
    let exposure = cell(row, "exposure").to_lowercase();
    let context = cell(row, "context").to_lowercase();
    let unit = cell(row, "unit").to_lowercase();
    let too_much = |text: &str| OVERDOSE.iter().any(|word| text.contains(word));
    let pieces = pieces(&exposure);
    let said_where = pieces.iter().any(|(piece, _)| too_much(piece));
    let parts = pieces.iter().filter_map(|(piece, optional)| {
        let substances = substances(knowledge, piece);
        let overdose = if said_where { too_much(piece) } else { too_much(&context) };
        (!substances.is_empty()).then(|| Part::named(substances, overdose, *optional))
    });
    let mut taken = Taken::named(knowledge, parts.collect());
    taken.daily_doses = daily_doses(&exposure);
    taken.words = words(&format!("{exposure} {context} {unit}")).map(str::to_owned).collect();
    taken.criteria = cell(row, "criteria").to_owned();
    let (per, share) = per(&unit);
    let nobody = || NotPredicted::Missing("a count".to_owned(), cell(row, "exposure").to_owned());
    let risk = taken.closest(per).ok_or_else(nobody)?;
    Ok(100.0 * share * risk.p.median)
}

/// What stands between signs of addition, and whether only some took it.
fn pieces(exposure: &str) -> Vec<(String, bool)> {
    const CUT: char = '\u{1}';
    const CUT_PERHAPS: char = '\u{2}';
    let mut text = exposure.to_owned();
    for word in PERHAPS {
        text = text.replace(word, &CUT_PERHAPS.to_string());
    }
    for word in TOGETHER {
        text = text.replace(word, &CUT.to_string());
    }
    let mut pieces = Vec::new();
    let (mut piece, mut optional) = (String::new(), false);
    for letter in text.chars().chain([CUT]) {
        match letter {
            CUT | CUT_PERHAPS => {
                pieces.push((std::mem::take(&mut piece), optional));
                optional = letter == CUT_PERHAPS;
            }
            other => piece.push(other),
        }
    }
    pieces
}

/// Every substance that a piece may mean: those it names, and the members of the groups it names.
fn substances<'k>(knowledge: &'k Knowledge, piece: &str) -> BTreeSet<&'k str> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let plain: Vec<&str> = words(piece).collect();
    for group in &knowledge.base().risk.groups {
        let named = group.words.iter().any(|word| holds(&plain, word));
        let members = knowledge.base().substances.iter().filter(|_| named);
        found.extend(members.map(|one| one.id.as_str()).filter(|id| named_is(knowledge, id, &group.id)));
    }
    let names = knowledge.names_in(&piece.replace('/', " "));
    found.extend(names.iter().filter_map(|name| Some(knowledge.find_substance(name)?.id.as_str())));
    found
}

/// Words of a text, without what stands between them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|word| !word.is_empty())
}

/// Whether some words in a row are these, in the singular or the plural.
fn holds(plain: &[&str], phrase: &str) -> bool {
    let wanted: Vec<&str> = phrase.split(' ').collect();
    let same = |(found, wanted): (&&str, &&str)| {
        found.strip_suffix('s').unwrap_or(found) == wanted.strip_suffix('s').unwrap_or(wanted)
    };
    plain.windows(wanted.len()).any(|window| window.iter().zip(&wanted).all(same))
}

/// The number before `DDD`.
fn daily_doses(exposure: &str) -> Option<f64> {
    let before = &exposure[..exposure.find("ddd")?];
    words_with_points(before).last()?.parse().ok()
}

fn words_with_points(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '.')).filter(|word| !word.is_empty())
}

/// What a unit is of, and what share of that.
fn per(unit: &str) -> (Option<RiskPer>, f64) {
    let has = |words: &[&str]| words.iter().any(|word| unit.contains(word));
    match () {
        () if has(&["month"]) => (Some(RiskPer::PersonYear), 1.0 / 12.0),
        () if has(&["year"]) => (Some(RiskPer::PersonYear), 1.0),
        () if has(&["overdose", "poisoning"]) => (Some(RiskPer::Overdose), 1.0),
        () if has(&["stay", "admission", "episode", "prevalence"]) => (Some(RiskPer::Episode), 1.0),
        () if has(&["course", "treated", "patient", "people"]) => (Some(RiskPer::Course), 1.0),
        () => (None, 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::{daily_doses, holds, pieces, words};

    #[test]
    fn an_exposure_is_cut_where_things_are_added() {
        let cut = |text: &str| -> Vec<(String, bool)> {
            pieces(text).into_iter().map(|(piece, optional)| (piece.trim().to_owned(), optional)).collect()
        };
        let of = |items: &[(&str, bool)]| -> Vec<(String, bool)> {
            items.iter().map(|(piece, optional)| ((*piece).to_owned(), *optional)).collect()
        };
        assert_eq!(cut("ssri or snri overdose (any)"), of(&[("ssri or snri overdose (any)", false)]));
        assert_eq!(
            cut("triptan + ssri/snri, definite"),
            of(&[("triptan", false), ("ssri/snri, definite", false)])
        );
        assert_eq!(
            cut("linezolid with or without a serotonergic drug"),
            of(&[("linezolid", false), ("a serotonergic drug", true)])
        );
        assert_eq!(cut("linezolid ± ssri"), of(&[("linezolid", false), ("ssri", true)]));
    }

    #[test]
    fn words_and_doses_are_found() {
        let plain: Vec<&str> = words("two ssris, mao inhibitors").collect();
        assert!(holds(&plain, "ssri") && holds(&plain, "mao inhibitor") && !holds(&plain, "snri"));
        assert_eq!(daily_doses("ssri/snri overdose 15 ddd + olanzapine"), Some(15.0));
        assert_eq!(daily_doses("overdose of 2.5 ddds"), Some(2.5));
        assert_eq!(daily_doses("an overdose"), None);
    }
}
