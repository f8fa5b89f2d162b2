//! Who the diary is about: the `profile` and `gene` lines, which have no date.
//!
//! Everything is optional, in any order, on one line or several. A value that cannot be read is left out, and said so.

use super::words::{Notices, Span, Word, nearest, phrase, quote};
use crate::timeline::{Person, Sex};
use crate::units::{Length, Mass, ParseQuantityError};
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Born,
    Sex,
    Weight,
    Height,
    Country,
    Zone,
    Kidney,
    Liver,
    Pregnant,
    Smoker,
    NotPregnant,
    NotSmoker,
    Incomplete,
}

const KEYS: [(&str, Key); 27] = [
    ("born", Key::Born),
    ("sex", Key::Sex),
    ("weight", Key::Weight),
    ("height", Key::Height),
    ("country", Key::Country),
    ("zone", Key::Zone),
    ("time zone", Key::Zone),
    ("timezone", Key::Zone),
    ("kidney egfr", Key::Kidney),
    ("egfr", Key::Kidney),
    ("liver impaired", Key::Liver),
    ("liver impairment", Key::Liver),
    ("pregnant", Key::Pregnant),
    ("pregnant yes", Key::Pregnant),
    ("not pregnant", Key::NotPregnant),
    ("no pregnant", Key::NotPregnant),
    ("pregnant no", Key::NotPregnant),
    ("smoker", Key::Smoker),
    ("smoker yes", Key::Smoker),
    ("smokes", Key::Smoker),
    ("not smoker", Key::NotSmoker),
    ("no smoker", Key::NotSmoker),
    ("smoker no", Key::NotSmoker),
    ("non-smoker", Key::NotSmoker),
    ("nonsmoker", Key::NotSmoker),
    ("non smoker", Key::NotSmoker),
    ("medicines incomplete", Key::Incomplete),
];

const SEXES: [(&str, Sex); 8] = [
    ("female", Sex::Female),
    ("f", Sex::Female),
    ("woman", Sex::Female),
    ("girl", Sex::Female),
    ("male", Sex::Male),
    ("m", Sex::Male),
    ("man", Sex::Male),
    ("boy", Sex::Male),
];

/// A value that was not read: what is wrong with it, and what to write.
type Refusal = (String, String);

/// The person, as far as the lines have said.
#[derive(Debug, Default)]
pub(super) struct Profile {
    /// Who it is.
    pub(super) person: Person,
    /// Whether the medicines are known not to be all that was taken.
    pub(super) incomplete: bool,
    /// Whether all zones were searched for one that was misspelled; once a file is enough.
    searched: bool,
}

/// Reads what follows `profile`.
pub(super) fn read(rest: Span<'_>, profile: &mut Profile, notices: &mut Notices) {
    let words = rest.words();
    let mut at = 0;
    while at < words.len() {
        let here = &words[at..];
        let Some((key, used)) = phrase(&KEYS, here) else {
            at += unknown(rest, here, notices);
            continue;
        };
        let value = &here[used..];
        let more = match needs_value(key) {
            true => set(profile, key, rest.between(&here[..used]), rest, value, notices),
            false => flag(profile, key),
        };
        at += used + more;
    }
}

/// Reads what follows `gene`.
pub(super) fn gene(rest: Span<'_>, person: &mut Person, notices: &mut Notices) {
    let (symbol, status) = rest.first_word();
    if symbol.is_empty() || status.is_empty() {
        let says = format!("{} does not say what is known of the gene", quote(rest.text));
        let help = "write the gene and its status, for example `gene CYP2D6 poor metabolizer` or `gene CYP2D6 *4/*4`";
        notices.error(rest, says, help);
        return;
    }
    let symbol = symbol.text.trim_end_matches([':', ',']).to_uppercase();
    if let Some((_, before)) = person.genes.iter_mut().find(|(known, _)| *known == symbol) {
        if before != status.text {
            let says = format!("{} was written before as {}", quote(&symbol), quote(before));
            notices.warning(rest, says, "the last one is used; write one line for each gene");
        }
        status.text.clone_into(before);
        return;
    }
    person.genes.push((symbol, status.text.to_owned()));
}

fn needs_value(key: Key) -> bool {
    matches!(key, Key::Born | Key::Sex | Key::Weight | Key::Height | Key::Country | Key::Zone | Key::Kidney)
}

fn flag(profile: &mut Profile, key: Key) -> usize {
    let person = &mut profile.person;
    match key {
        Key::Incomplete => profile.incomplete = true,
        Key::Liver => person.liver_impaired = true,
        Key::Pregnant => person.pregnant = true,
        Key::NotPregnant => person.pregnant = false,
        Key::Smoker => person.smoker = true,
        Key::NotSmoker => person.smoker = false,
        _ => {}
    }
    0
}

/// Reports a word that is no key, and passes over the words that belong to it.
fn unknown(rest: Span<'_>, here: &[Word<'_>], notices: &mut Notices) -> usize {
    const HELP: &str = "write born, sex, weight, height, country, zone, pregnant, smoker, liver impaired or kidney \
                        eGFR with its value";
    let used = next_key(here).max(1);
    let found = rest.between(&here[..used]);
    let close = nearest(here[0].span.text, KEYS.iter().map(|(word, _)| *word));
    let help = match (here[0].key.as_str(), close) {
        ("kidney" | "kidneys", _) => "write the kidney function as `kidney eGFR 45`".to_owned(),
        ("liver", _) => "write `liver impaired`, or nothing".to_owned(),
        (_, Some(word)) => format!("did you mean `{word}`? {HELP}"),
        (_, None) => HELP.to_owned(),
    };
    notices.warning(found, format!("{} is not part of a profile", quote(found.text)), help);
    used
}

/// Sets one value; how many words it took.
fn set(
    profile: &mut Profile,
    key: Key,
    name: Span<'_>,
    rest: Span<'_>,
    words: &[Word<'_>],
    notices: &mut Notices,
) -> usize {
    let mut used = usize::from(!words.is_empty());
    let Profile { person, searched, .. } = profile;
    let result = match key {
        Key::Born => born(words).map(|date| (person.born.replace(date).is_some_and(|had| had != date), 1)),
        Key::Sex => sex(words).map(|sex| (person.sex.replace(sex).is_some_and(|had| had != sex), 1)),
        Key::Weight => {
            weight(words).map(|(mass, n)| (person.weight.replace(mass).is_some_and(|had| had != mass), n))
        }
        Key::Height => {
            height(words).map(|(size, n)| (person.height.replace(size).is_some_and(|had| had != size), n))
        }
        Key::Country => country(words).map(|code| (replaced(&mut person.country, code), 1)),
        Key::Zone => zone(words, searched).map(|zone| (replaced(&mut person.zone, zone), 1)),
        _ => egfr(words).map(|(rate, n)| (person.egfr.replace(rate).is_some_and(|had| had != rate), n)),
    };
    match result {
        Ok((changed, more)) => {
            used = more;
            if changed {
                let found = rest.between(&words[..used]);
                let says = format!("{} was written before with another value", quote(name.text));
                notices.warning(found, says, format!("{} is used; write it once", quote(found.text)));
            }
        }
        Err((says, help)) => {
            if used == 1 && matches!(key, Key::Weight | Key::Height) {
                used = with_unit(words).1;
            }
            let found = if words.is_empty() { name } else { rest.between(&words[..used]) };
            notices.error(found, says, help);
        }
    }
    used
}

fn replaced<T: PartialEq>(slot: &mut Option<T>, value: T) -> bool {
    let changed = slot.as_ref().is_some_and(|had| *had != value);
    *slot = Some(value);
    changed
}

/// Where the next key stands, after the first word.
fn next_key(words: &[Word<'_>]) -> usize {
    (1..words.len()).find(|at| phrase(&KEYS, &words[*at..]).is_some()).unwrap_or(words.len())
}

fn first<'w>(words: &'w [Word<'_>], help: &str) -> Result<&'w str, Refusal> {
    match words.first() {
        Some(word) => Ok(word.span.text),
        None => Err(("a value is missing".to_owned(), help.to_owned())),
    }
}

fn born(words: &[Word<'_>]) -> Result<Date, Refusal> {
    const HELP: &str =
        "write the year, with month and day if you like: `born 1971`, `born 1971-05`, `born 1971-05-23`";
    let text = first(words, HELP)?;
    let parts: Vec<&str> = text.split('-').take(4).collect();
    let widths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let plain = parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let part = |index: usize| parts.get(index).and_then(|part| part.parse::<i8>().ok());
    let date = match (widths.as_slice(), parts[0].parse::<i16>()) {
        ([4], Ok(year)) if plain => Date::new(year, 7, 2).ok(),
        ([4, 2], Ok(year)) if plain => part(1).and_then(|month| Date::new(year, month, 15).ok()),
        ([4, 2, 2], Ok(year)) if plain => part(1).zip(part(2)).and_then(|(m, d)| Date::new(year, m, d).ok()),
        _ => None,
    };
    let plausible = date.filter(|date| (1880..=2100).contains(&date.year()));
    plausible.ok_or_else(|| (format!("{} is not a date of birth", quote(text)), HELP.to_owned()))
}

fn sex(words: &[Word<'_>]) -> Result<Sex, Refusal> {
    const HELP: &str = "write `sex female` or `sex male`, as the body handles medicines";
    let text = first(words, HELP)?;
    let known = phrase(&SEXES, words).map(|(sex, _)| sex);
    known.ok_or_else(|| (format!("{} is not a sex I know", quote(text)), HELP.to_owned()))
}

fn weight(words: &[Word<'_>]) -> Result<(Mass, usize), Refusal> {
    const POUND: f64 = 0.453_592_37;
    const HELP: &str = "write the weight with its unit, for example `weight 62 kg`";
    first(words, HELP)?;
    let (text, used) = with_unit(words);
    let pounds = crate::units::split(&text, "a weight", "62 kg").ok();
    let pounds =
        pounds.filter(|written| ["lb", "lbs", "pounds"].contains(&written.unit.to_lowercase().as_str()));
    let mass = match pounds {
        Some(pounds) => Mass::kg(pounds.number * POUND),
        None => text.parse::<Mass>().map_err(|error| refusal(error, &text, "62 kg"))?,
    };
    within(mass, used, (0.3..=700.0).contains(&mass.as_kg()), &text, HELP)
}

fn height(words: &[Word<'_>]) -> Result<(Length, usize), Refusal> {
    const HELP: &str = "write the height in centimeters, for example `height 165 cm`";
    first(words, HELP)?;
    let (text, used) = with_unit(words);
    let length = text.parse::<Length>().map_err(|error| refusal(error, &text, "165 cm"))?;
    within(length, used, (20.0..=280.0).contains(&length.as_cm()), &text, HELP)
}

fn within<T>(value: T, used: usize, plausible: bool, text: &str, help: &str) -> Result<(T, usize), Refusal> {
    match plausible {
        true => Ok((value, used)),
        false => Err((format!("{} is hardly possible and is not used", quote(text)), help.to_owned())),
    }
}

fn refusal(error: ParseQuantityError, text: &str, example: &str) -> Refusal {
    let help = match error.could_mean {
        Some(_) => error.help,
        None => format!("write the number and its unit, for example `{example}`"),
    };
    (format!("{} has no unit I know here", quote(text)), help)
}

/// `62 kg` from `62 kg` or `62kg`.
fn with_unit(words: &[Word<'_>]) -> (String, usize) {
    let text = words[0].span.text;
    let bare = text.ends_with(|c: char| c.is_ascii_digit());
    match words.get(1).filter(|_| bare && next_key(words) > 1) {
        Some(unit) => (format!("{text} {}", unit.span.text), 2),
        None => (text.to_owned(), 1),
    }
}

fn country(words: &[Word<'_>]) -> Result<String, Refusal> {
    const HELP: &str = "write the two letters of the country, for example `country GB`";
    let text = first(words, HELP)?;
    match text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        true => Ok(if text.eq_ignore_ascii_case("uk") { "GB".to_owned() } else { text.to_uppercase() }),
        false => Err((format!("{} is not the code of a country", quote(text)), HELP.to_owned())),
    }
}

fn zone(words: &[Word<'_>], searched: &mut bool) -> Result<TimeZone, Refusal> {
    const HELP: &str = "write the zone as continent and city, for example `zone Europe/London`";
    let text = first(words, HELP)?;
    let zones = TimeZoneDatabase::bundled();
    zones.get(text).map_err(|_| {
        let search = !std::mem::replace(searched, true);
        let close = search
            .then(|| nearest_zone(&zones, text))
            .flatten()
            .map(|zone| format!("did you mean `{zone}`? {HELP}"));
        (format!("{} is not a time zone I know", quote(text)), close.unwrap_or_else(|| HELP.to_owned()))
    })
}

/// The zone of that city, or the zone that is spelled most like it.
fn nearest_zone(zones: &TimeZoneDatabase, text: &str) -> Option<String> {
    let names: Vec<String> = zones.available().map(|name| name.as_str().to_owned()).collect();
    let city = |name: &&String| name.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(text));
    let named = names.iter().find(city).cloned();
    named.or_else(|| nearest(text, names.iter().map(String::as_str)).map(str::to_owned))
}

fn egfr(words: &[Word<'_>]) -> Result<(f64, usize), Refusal> {
    const HELP: &str = "write mL/min/1.73 m² as a number, for example `kidney eGFR 45`";
    let text = first(words, HELP)?;
    let unit = words.get(1).is_some_and(|unit| unit.key.starts_with("ml/min"));
    match text.parse::<f64>() {
        Ok(rate) if text.starts_with(|c: char| c.is_ascii_digit()) && (0.0..=250.0).contains(&rate) => {
            Ok((rate, 1 + usize::from(unit)))
        }
        _ => Err((format!("{} is not an eGFR", quote(text)), HELP.to_owned())),
    }
}
