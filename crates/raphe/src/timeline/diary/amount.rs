//! How much: numbers with their units, as a dose line writes them.
//!
//! [`read`] looks at one place in a line and says what stands there: a known amount, `?`, pieces without a strength, a
//! number without a unit, or something that is meant as an amount and cannot be read. An amount is never guessed; where
//! a text could mean several, the largest is kept beside it, so that danger is not missed.
//!
//! A word that begins with a digit is an amount only if a unit follows at once: `5-HTP` and `25I-NBOMe` stay names.

use super::numeral::{Flaw, Numeral};
use super::words::{Word, begins, number_word, phrase, quote};
use crate::timeline::{Amount, Quantity};
use crate::units::{Mass, ParseQuantityError, TimeSpan, Volume, number};
use std::str::FromStr;

/// What stands at one place of a dose line.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    /// An amount; `per_day` when it was written as a daily total (`100 mg/day`).
    Known {
        /// The amount.
        amount: Amount,
        /// Whether it is what one day brings.
        per_day: bool,
    },
    /// `?`.
    Unknown,
    /// So many tablets, or a bottle: pieces without a strength.
    Pieces(Option<f64>),
    /// A number without a unit.
    Bare(f64),
    /// Meant as an amount, and not readable.
    Unreadable {
        /// The largest mass it could mean.
        could_mean: Option<Mass>,
        /// What is wrong with it.
        says: String,
        /// What to write.
        help: String,
    },
}

/// Pieces of which one needs to know the strength.
const PIECES: &str = "tablet tablets tab tabs pill pills capsule capsules cap caps caplet caplets lozenge lozenges \
    sachet sachets ampoule ampoules vial vials suppository suppositories puff puffs spray sprays \
    drop drops dose doses piece pieces";

/// What holds an unknown amount.
const CONTAINERS: &str = "bottle bottles pack packs packet packets box boxes strip strips blister blisters handful \
    handfuls teaspoon teaspoons tablespoon tablespoons cup cups glass glasses drinks lines bumps";

/// Words that count pieces beside the numbers.
const COUNTS: [(&str, Option<f64>); 17] = [
    ("a", Some(1.0)),
    ("an", Some(1.0)),
    ("one", Some(1.0)),
    ("a whole", None),
    ("a full", None),
    ("the whole", None),
    ("whole", None),
    ("half", Some(0.5)),
    ("half a", Some(0.5)),
    ("a half", Some(0.5)),
    ("quarter", Some(0.25)),
    ("double", Some(2.0)),
    ("triple", Some(3.0)),
    ("several", None),
    ("some", None),
    ("many", None),
    ("an extra", None),
];

/// What the amount is divided by, in the ways it is written.
const PER: [(&str, Per); 12] = [
    ("kg", Per::Kilogram),
    ("h", Per::Hours(1.0)),
    ("hr", Per::Hours(1.0)),
    ("hour", Per::Hours(1.0)),
    ("24h", Per::Hours(24.0)),
    ("24hr", Per::Hours(24.0)),
    ("24hrs", Per::Hours(24.0)),
    ("24hours", Per::Hours(24.0)),
    ("d", Per::Day),
    ("day", Per::Day),
    ("24", Per::Hours(24.0)),
    ("dose", Per::Dose),
];

/// Units that are written for doses and say no mass.
const REFUSED: &str = "mmol µmol umol mol meq % percent grain grains oz ounce ounces lb ppm";

#[derive(Debug, Clone, Copy, PartialEq)]
enum Per {
    Kilogram,
    Hours(f64),
    Day,
    Dose,
}

/// What a unit makes of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Unit {
    /// Milligrams in one.
    Mass(f64, Per),
    /// Liters in one.
    Volume(f64),
    /// International units.
    International,
    /// A unit that says no mass.
    Refused,
}

/// What stands here, and how many words it takes; `None` when it is no amount.
pub(super) fn read(words: &[Word<'_>]) -> Option<(Found, usize)> {
    question(words).or_else(|| pieces(words)).or_else(|| numbered(words))
}

/// A quantity written here as `30 min` or `30min`; `None` when no number stands here.
pub(super) fn quantity<T>(words: &[Word<'_>]) -> Option<Result<(T, usize), ParseQuantityError>>
where
    T: FromStr<Err = ParseQuantityError>,
{
    let text = words.first()?.span.text;
    text.starts_with(|c: char| c.is_ascii_digit()).then_some(())?;
    let glued = text.ends_with(|c: char| !c.is_ascii_digit() && !",.".contains(c));
    match (glued, words.get(1)) {
        (false, Some(unit))
            if !words[0].comma && !unit.span.text.starts_with(|c: char| c.is_ascii_digit()) =>
        {
            let unit = unit.span.text.trim_end_matches('.');
            Some(format!("{text} {unit}").parse().map(|quantity| (quantity, 2)))
        }
        _ => Some(text.parse().map(|quantity| (quantity, 1))),
    }
}

/// A span of time, of one or several parts: `1 h 30 min`.
pub(super) fn duration(words: &[Word<'_>]) -> Option<(TimeSpan, usize)> {
    let (mut hours, mut used) = (0.0, 0);
    while let Some((part, more)) = words.get(used..).and_then(span) {
        hours += part.as_hours();
        used += more;
        if used >= 6 {
            break;
        }
    }
    (used > 0).then_some((TimeSpan::hours(hours), used))
}

/// A span of time in one unit: `30 min`, `4 weeks`.
pub(super) fn span(words: &[Word<'_>]) -> Option<(TimeSpan, usize)> {
    let read = quantity::<TimeSpan>(words)?.ok();
    read.or_else(|| {
        let week = one(&words.get(1)?.key)?;
        let number: f64 = words[0].span.text.parse().ok()?;
        Some((TimeSpan::hours(number * week.as_hours()), 2))
    })
}

/// One of a unit of time, by its word.
pub(super) fn one(unit: &str) -> Option<TimeSpan> {
    match unit {
        "week" | "weeks" | "wk" => Some(TimeSpan::days(7.0)),
        unit => format!("1 {unit}").parse().ok(),
    }
}

fn question(words: &[Word<'_>]) -> Option<(Found, usize)> {
    let text = words.first()?.span.text;
    let rest = text.strip_prefix('?')?;
    match rest.is_empty() {
        true => Some((Found::Unknown, 1 + unit(&words[1..], "").map_or(0, |(_, used)| used))),
        false => unit(&words[1..], rest).map(|(_, used)| (Found::Unknown, 1 + used)),
    }
}

/// `2 tablets`, `half a tablet`, `a bottle of`, `2 tablets of 50 mg`.
fn pieces(words: &[Word<'_>]) -> Option<(Found, usize)> {
    let numeral = Numeral::read(words.first()?.span.text);
    let (count, mut used) = match numeral {
        Some(numeral) if numeral.rest.is_empty() => (numeral.flaw.is_none().then_some(numeral.value), 1),
        Some(numeral) if is_piece(&numeral.rest.to_lowercase()) => {
            return Some(strength_of(words, numeral.flaw.is_none().then_some(numeral.value), 1));
        }
        _ => count_in_words(words).unwrap_or((None, 0)),
    };
    let counted = used > 0;
    let key = |at: usize| words.get(at).map_or("", |word| word.key.as_str());
    while counted
        && used < 5
        && matches!(key(used), "a" | "of" | "the" | "x" | "×" | "whole" | "full" | "extra")
    {
        used += 1;
    }
    if counted && is_piece(key(used)) {
        return Some(strength_of(words, count, used + 1));
    }
    let container = (counted || key(used + 1) == "of") && listed(CONTAINERS, key(used));
    container.then(|| {
        let of = usize::from(key(used + 1) == "of");
        (Found::Pieces(None), used + 1 + of)
    })
}

/// `half a`, `two`: how many, and how many words say it.
pub(super) fn count_in_words(words: &[Word<'_>]) -> Option<(Option<f64>, usize)> {
    phrase(&COUNTS, words).or_else(|| number_word(&words.first()?.key).map(|count| (Some(count), 1)))
}

/// Whether a word is a piece whose strength one needs to know.
pub(super) fn is_piece(key: &str) -> bool {
    listed(PIECES, key)
}

fn listed(list: &str, key: &str) -> bool {
    list.contains(key) && list.split(' ').any(|word| word == key)
}

/// Pieces, with the strength where ` of 50 mg` follows.
fn strength_of(words: &[Word<'_>], count: Option<f64>, used: usize) -> (Found, usize) {
    let joined = words.get(used).is_some_and(|word| matches!(word.key.as_str(), "of" | "x" | "×" | "@"));
    if joined && let Some((Found::Known { amount, per_day: false }, more)) = numbered(&words[used + 1..]) {
        return match count {
            Some(count) => (
                Found::Known { amount: Amount { count: count * amount.count, ..amount }, per_day: false },
                used + 1 + more,
            ),
            None => (Found::Pieces(None), used + 1 + more),
        };
    }
    let of = joined && words[used].key == "of";
    (Found::Pieces(count), used + usize::from(of))
}

fn numbered(words: &[Word<'_>]) -> Option<(Found, usize)> {
    let first = Numeral::read(words.first()?.span.text)?;
    if first.rest.is_empty() {
        let next = words.get(1).map_or("", |word| word.span.text);
        if is_times(next) {
            return multiplied(first, &words[2..]).map(|(found, used)| (found, used + 2));
        }
        let thousands = next.get(..3).is_some_and(|group| group.bytes().all(|byte| byte.is_ascii_digit()));
        if thousands && let Some(group) = Numeral::read(next).filter(|group| group.text.len() == 3) {
            let value = first.value * 1000.0 + group.value;
            let whole = Numeral { value, flaw: Some(Flaw::Space), rest: group.rest, ..first };
            return Some(
                measured(whole, &words[2..]).map_or((bare(whole), 2), |(found, used)| (found, used + 2)),
            );
        }
    }
    match measured(first, &words[1..]) {
        Some((found, used)) => Some((found, used + 1)),
        None if first.rest.is_empty() && duration(words).is_none() => Some((bare(first), 1)),
        None => None,
    }
}

/// Whether a word is the `x` of `20 x 50 mg`.
pub(super) fn is_times(word: &str) -> bool {
    matches!(word, "x" | "X" | "×" | "*")
}

fn bare(numeral: Numeral<'_>) -> Found {
    match numeral.flaw {
        None => Found::Bare(numeral.value),
        Some(flaw) => flawed(numeral, flaw, None, ""),
    }
}

/// `50 mg` after `20 x`.
fn multiplied(count: Numeral<'_>, words: &[Word<'_>]) -> Option<(Found, usize)> {
    let second = Numeral::read(words.first()?.span.text);
    let unreadable = |could_mean: Option<Mass>| Found::Unreadable {
        could_mean,
        says: format!("the strength after {} is not known", quote(&format!("{} x", count.text))),
        help: "write the number and the strength of each, for example `20 x 50 mg`".to_owned(),
    };
    let Some(second) = second else {
        return (words[0].key == "?").then(|| (unreadable(None), 1));
    };
    let Some((found, used)) = measured(second, &words[1..]) else {
        return second.rest.is_empty().then(|| (unreadable(None), 1));
    };
    let times = |mass: Mass| Mass::mg(mass.as_mg() * count.value);
    let found = match (found, count.flaw) {
        (Found::Known { amount, .. }, None) => {
            Found::Known { amount: Amount { count: count.value, ..amount }, per_day: false }
        }
        (Found::Known { amount, .. }, Some(flaw)) => {
            flawed(count, flaw, amount.mass(None, None).map(times), " x ")
        }
        (Found::Unreadable { could_mean, says, help }, _) => {
            Found::Unreadable { could_mean: could_mean.map(times), says, help }
        }
        (other, _) => other,
    };
    Some((found, used + 1))
}

/// A number with the unit that follows.
fn measured(numeral: Numeral<'_>, words: &[Word<'_>]) -> Option<(Found, usize)> {
    let Some((unit, used)) = unit(words, numeral.rest) else {
        return mistyped(numeral, words);
    };
    let written = written_unit(words, numeral.rest, used);
    let amount = |each: Quantity| Amount { count: 1.0, each };
    let value = numeral.value;
    let (amount, per_day) = match unit {
        Unit::Mass(factor, Per::Kilogram) => (amount(Quantity::MassPerKg(Mass::mg(value * factor))), false),
        Unit::Mass(factor, Per::Hours(hours)) => {
            (amount(Quantity::MassPerHour(Mass::mg(value * factor / hours))), false)
        }
        Unit::Mass(factor, per) => (amount(Quantity::Mass(Mass::mg(value * factor))), per == Per::Day),
        Unit::Volume(factor) => (amount(Quantity::Volume(Volume::liters(value * factor))), false),
        Unit::International => (amount(Quantity::Units(value)), false),
        Unit::Refused => {
            let says = format!("{} is not a mass", quote(&format!("{} {written}", numeral.text)));
            let help = "write the mass of the medicine, for example `50 mg`".to_owned();
            return Some((Found::Unreadable { could_mean: None, says, help }, used));
        }
    };
    let found = match numeral.flaw {
        None => Found::Known { amount, per_day },
        Some(flaw) => {
            let mass = matches!(amount.each, Quantity::Mass(_)).then(|| amount.mass(None, None)).flatten();
            flawed(numeral, flaw, mass, &format!(" {written}"))
        }
    };
    Some((found, used))
}

/// A number before a word that is nearly a unit: `50 mgg`.
fn mistyped(numeral: Numeral<'_>, words: &[Word<'_>]) -> Option<(Found, usize)> {
    let (word, used) = match numeral.rest.is_empty() {
        true => (words.first()?.key.clone(), 1),
        false => (numeral.rest.to_lowercase(), 0),
    };
    let letters = (2..=5).contains(&word.chars().count()) && word.chars().all(char::is_alphabetic);
    let near =
        ["mg", "mcg", "µg", "ug", "gram"].into_iter().find(|unit| strsim::osa_distance(&word, unit) == 1);
    let unit = near.filter(|_| letters)?;
    let says = format!("{} is not a unit I know", quote(&word));
    let help = format!("if it is `{unit}`, write `{} {unit}`", numeral.text);
    Some((Found::Unreadable { could_mean: None, says, help }, used))
}

fn flawed(numeral: Numeral<'_>, flaw: Flaw, could_mean: Option<Mass>, after: &str) -> Found {
    let text = numeral.text;
    let help = match flaw {
        Flaw::Comma => {
            let plain: String = text.chars().filter(|c| *c != ',').collect();
            format!(
                "a comma can be read two ways: write `{plain}{after}` or `{}{after}`",
                text.replace(',', ".")
            )
        }
        Flaw::Space => {
            format!(
                "a space can be read two ways: write `{}{after}` if it is one number",
                number(numeral.value)
            )
        }
        Flaw::Range => {
            "write the one dose that was taken, for example `50 mg`; of a combination, write a line for \
                        each medicine"
                .to_owned()
        }
        Flaw::Mark => {
            format!("write the number alone, for example `{}{after}`, or `?`", number(numeral.value))
        }
        Flaw::Digits => "write the number with the digits 0 to 9, for example `0.5 x 50 mg`".to_owned(),
        Flaw::Number => "write one number, for example `50 mg`".to_owned(),
    };
    let says = format!("{} is not one number", quote(text));
    Found::Unreadable {
        could_mean: could_mean.filter(|mass| mass.as_mg() > 0.0 && mass.as_mg().is_finite()),
        says,
        help,
    }
}

/// The unit that begins with what is glued to the number, or with the next word; and how many words it takes.
fn unit(words: &[Word<'_>], glued: &str) -> Option<(Unit, usize)> {
    let most = words.len().min(4);
    let least = usize::from(glued.is_empty());
    (least..=most).rev().find_map(|used| {
        let spaced = words[..used].iter().skip(least).all(|word| continues(&word.key));
        let text = spaced.then(|| written_unit(words, glued, used))?;
        Some((known_unit(&text)?, used))
    })
}

/// Whether a word can be a later part of a unit: `mg / kg`, `mg per 24 h`.
fn continues(key: &str) -> bool {
    key.starts_with('/')
        || matches!(key, "per" | "kg" | "h" | "hr" | "hrs" | "hour" | "hours" | "24" | "24h" | "day")
}

fn written_unit(words: &[Word<'_>], glued: &str, used: usize) -> String {
    let parts = words[..used].iter().map(|word| if word.key == "per" { "/" } else { word.span.text });
    let text: String = [glued].into_iter().chain(parts).collect();
    text.trim_end_matches('.').to_owned()
}

fn known_unit(text: &str) -> Option<Unit> {
    let (head, per) = text.split_once('/').map_or((text, None), |(head, per)| (head, Some(per)));
    let head = head.trim_end_matches('.');
    let find = |units: &[(&str, f64)]| {
        units.iter().find(|(symbol, _)| symbol.eq_ignore_ascii_case(head)).map(|(_, factor)| *factor)
    };
    let Some(per) = per else {
        let mass = find(Mass::UNITS).map(|factor| Unit::Mass(factor, Per::Dose));
        let volume = || find(Volume::UNITS).map(Unit::Volume);
        let international = || listed("iu u unit units", &head.to_lowercase()).then_some(Unit::International);
        let refused = || listed(REFUSED, &head.to_lowercase()).then_some(Unit::Refused);
        return mass.or_else(volume).or_else(international).or_else(refused);
    };
    let factor = find(Mass::UNITS)?;
    let per = PER.iter().find(|(word, _)| word.eq_ignore_ascii_case(per));
    Some(per.map_or(Unit::Refused, |(_, per)| Unit::Mass(factor, *per)))
}

/// How many words a limit in time takes: `for 7 days`, `x 2 weeks`.
pub(super) fn limit(words: &[Word<'_>]) -> Option<usize> {
    let lead =
        begins(words, "for the next").or_else(|| begins(words, "for")).or_else(|| begins(words, "x"))?;
    let number = number_word(&words.get(lead)?.key).is_some();
    if number && words.get(lead + 1).is_some_and(|unit| one(&unit.key).is_some()) {
        return Some(lead + 2);
    }
    duration(&words[lead..]).map(|(_, used)| lead + used)
}

#[cfg(test)]
mod tests {
    use super::super::words::Span;
    use super::*;

    fn found(text: &str) -> (Found, usize) {
        read(&Span::line(text).words()).unwrap_or_else(|| panic!("{text} is no amount"))
    }

    #[test]
    fn amounts_are_read_in_the_ways_they_are_written() {
        let mass = |mg| Quantity::Mass(Mass::mg(mg));
        let per_kg = |mg| Quantity::MassPerKg(Mass::mg(mg));
        let rate = |mg| Quantity::MassPerHour(Mass::mg(mg));
        for (text, count, each, used) in [
            ("50 mg", 1.0, mass(50.0), 2),
            ("50mg daily", 1.0, mass(50.0), 1),
            ("50 MG.", 1.0, mass(50.0), 2),
            (".5 g", 1.0, mass(500.0), 2),
            ("150 µg", 1.0, mass(0.15), 2),
            ("150mcg", 1.0, mass(0.15), 1),
            ("50 milligrams", 1.0, mass(50.0), 2),
            ("20 x 50 mg", 20.0, mass(50.0), 4),
            ("20 × 50mg", 20.0, mass(50.0), 3),
            ("1.5 mg/kg iv", 1.0, per_kg(1.5), 2),
            ("1.5 mg per kg iv", 1.0, per_kg(1.5), 4),
            ("1.5 mg / kg", 1.0, per_kg(1.5), 4),
            ("12 mg/h", 1.0, rate(12.0), 2),
            ("6 mg/24 h patch", 1.0, rate(0.25), 3),
            ("6mg/24h", 1.0, rate(0.25), 1),
            ("6 mg per 24 h", 1.0, rate(0.25), 5),
            ("1000 IU", 1.0, Quantity::Units(1000.0), 2),
            ("5 mL", 1.0, Quantity::Volume(Volume::liters(0.005)), 2),
            ("2 tablets of 50 mg", 2.0, mass(50.0), 5),
            ("half a tablet of 50 mg", 0.5, mass(50.0), 6),
        ] {
            let expected = Found::Known { amount: Amount { count, each }, per_day: false };
            assert_eq!(found(text), (expected, used), "{text}");
        }
        assert!(matches!(found("100 mg/day"), (Found::Known { per_day: true, .. }, 2)));
        assert!(matches!(found("100 mg per day"), (Found::Known { per_day: true, .. }, 4)));
        assert_eq!(found("? nightly"), (Found::Unknown, 1));
        assert_eq!(found("? mg nightly"), (Found::Unknown, 2));
    }

    #[test]
    fn pieces_and_bare_numbers_are_recognized() {
        for (text, expected) in [
            ("2 tablets", (Found::Pieces(Some(2.0)), 2)),
            ("2tabs", (Found::Pieces(Some(2.0)), 1)),
            ("half a tablet", (Found::Pieces(Some(0.5)), 3)),
            ("½ tablet", (Found::Pieces(None), 2)),
            ("a bottle of", (Found::Pieces(None), 3)),
            ("a whole packet of", (Found::Pieces(None), 4)),
            ("double dose", (Found::Pieces(Some(2.0)), 2)),
            ("three pills", (Found::Pieces(Some(3.0)), 2)),
            ("50 daily", (Found::Bare(50.0), 1)),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_one_number_keeps_the_largest_reading() {
        for (text, largest, help) in [
            ("1,5 mg", Some(15.0), "a comma can be read two ways: write `15 mg` or `1.5 mg`"),
            ("1,000 mg", Some(1000.0), "a comma can be read two ways: write `1000 mg` or `1.000 mg`"),
            ("20 x 1,5 mg", Some(300.0), "a comma can be read two ways: write `15 mg` or `1.5 mg`"),
            ("1 000 mg", Some(1000.0), "a space can be read two ways: write `1000 mg` if it is one number"),
            (
                "50-100 mg",
                Some(100.0),
                "write the one dose that was taken, for example `50 mg`; of a combination, write a line for each medicine",
            ),
            (
                "30/500 mg",
                Some(500.0),
                "write the one dose that was taken, for example `50 mg`; of a combination, write a line for each medicine",
            ),
            ("~50 mg", Some(50.0), "write the number alone, for example `50 mg`, or `?`"),
            ("-50mg", Some(50.0), "write the number alone, for example `50 mg`, or `?`"),
            ("٥٠ mg", None, "write the number with the digits 0 to 9, for example `0.5 x 50 mg`"),
            ("1.2.3 mg", None, "write one number, for example `50 mg`"),
            ("10 mmol", None, "write the mass of the medicine, for example `50 mg`"),
            ("5 mg/mL", None, "write the mass of the medicine, for example `50 mg`"),
            ("50 mgg", None, "if it is `mg`, write `50 mg`"),
            ("20 x ?", None, "write the number and the strength of each, for example `20 x 50 mg`"),
        ] {
            match found(text).0 {
                Found::Unreadable { could_mean, help: written, .. } => {
                    assert_eq!((could_mean.map(Mass::as_mg), written.as_str()), (largest, help), "{text}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn names_that_begin_with_a_digit_are_no_amounts() {
        for text in [
            "5-HTP",
            "25I-NBOMe",
            "2C-B",
            "4-MMC 20 mg",
            "3,4-MDMA",
            "1,4-butanediol",
            "5HTP",
            "2 x daily",
            "x",
            "",
        ] {
            assert_eq!(read(&Span::line(text).words()), None, "{text}");
        }
    }
}
