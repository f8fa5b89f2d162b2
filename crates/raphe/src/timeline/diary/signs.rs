//! What was seen, measured and felt: `sign`, `vital`, `feel`, `factor` and `condition` lines.
//!
//! A line is a list between commas. `no X` was looked for and is absent; what is not named was not looked for. A vital
//! sign that cannot be read, or that nobody lives with, keeps what it could have meant, because that may be an emergency.

use super::words::{Notices, Span, Word, begins, phrase, quote, short};
use crate::timeline::{Event, Feeling, Find, Lab, Observer, Vital};
use crate::units::{Frequency, Pressure, Temperature};

/// Endings of a `sign` line that say a clinician looked.
const EXAMINED: [&str; 13] = [
    "by clinician",
    "by a clinician",
    "by the clinician",
    "by doctor",
    "by a doctor",
    "by the doctor",
    "by physician",
    "by nurse",
    "by a nurse",
    "by paramedic",
    "by a paramedic",
    "on examination",
    "examined",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Temperature,
    Pulse,
    BloodPressure,
    Respiration,
    Spo2,
}

const KINDS: [(&str, Kind); 26] = [
    ("temperature", Kind::Temperature),
    ("body temperature", Kind::Temperature),
    ("temp", Kind::Temperature),
    ("t", Kind::Temperature),
    ("fever", Kind::Temperature),
    ("pulse", Kind::Pulse),
    ("pulse rate", Kind::Pulse),
    ("heart rate", Kind::Pulse),
    ("heartrate", Kind::Pulse),
    ("hr", Kind::Pulse),
    ("bp", Kind::BloodPressure),
    ("blood pressure", Kind::BloodPressure),
    ("respiration", Kind::Respiration),
    ("respirations", Kind::Respiration),
    ("respiratory rate", Kind::Respiration),
    ("breathing rate", Kind::Respiration),
    ("rr", Kind::Respiration),
    ("spo2", Kind::Spo2),
    ("saturation", Kind::Spo2),
    ("oxygen saturation", Kind::Spo2),
    ("oxygen", Kind::Spo2),
    ("sats", Kind::Spo2),
    ("sat", Kind::Spo2),
    ("o2 sat", Kind::Spo2),
    ("o2 saturation", Kind::Spo2),
    ("o2", Kind::Spo2),
];

/// `inducible clonus, no hyperreflexia by clinician`; a measurement among the signs is kept as a vital sign too.
pub(super) fn sign(rest: Span<'_>, notices: &mut Notices) -> Vec<Event> {
    let (rest, by) = observer(rest);
    let mut vitals = Vec::new();
    let mut finds = Vec::new();
    for item in rest.items() {
        let (item, early) = observer(item);
        if early == Observer::Clinician {
            let help = "write it once, at the end of the line: it speaks for every sign on it";
            notices.warning(item, "who examined is written in the middle of the line", help);
        }
        let measured = value(item).and_then(|(kind, value)| vital_of(kind, value).ok());
        if let Some(vital) = measured.filter(|vital| impossible(vital).is_none()) {
            let help = format!("it is read as a vital sign too; write a line `vital {}`", short(item.text));
            notices.warning(item, format!("{} is a measurement", quote(item.text)), help);
            vitals.push(vital);
        }
        finds.extend(alternatives(item).into_iter().filter_map(find));
    }
    let sign = (!finds.is_empty()).then_some(Event::Sign { finds, by });
    let vital = (!vitals.is_empty()).then_some(Event::Vital(vitals));
    sign.into_iter().chain(vital).collect()
}

/// `bipolar, infection excluded, pregnancy`.
pub(super) fn finds(rest: Span<'_>) -> Vec<Find> {
    rest.items().into_iter().flat_map(alternatives).filter_map(find).collect()
}

/// Who looked, and the text without it.
fn observer(rest: Span<'_>) -> (Span<'_>, Observer) {
    let rest = rest.trim();
    let last = rest.text.rsplit(is_break).next().map(super::words::key).unwrap_or_default();
    if !EXAMINED.iter().any(|ending| ending.ends_with(last.as_str())) {
        return (rest, Observer::Lay);
    }
    let words = rest.words();
    for ending in EXAMINED {
        let from = words.len().saturating_sub(ending.split(' ').count());
        if begins(&words[from..], ending).is_some() {
            let before = rest.slice(0, words[from].at);
            return (before.trim(), Observer::Clinician);
        }
    }
    (rest, Observer::Lay)
}

fn is_break(c: char) -> bool {
    super::words::is_space(c) || c == ','
}

/// `no nausea or vomiting, …` as `no nausea` and `no vomiting`; any other item as it is.
fn alternatives(item: Span<'_>) -> Vec<(Span<'_>, bool)> {
    let (absent, name) = absence(item);
    if !absent {
        return vec![(item, true)];
    }
    let words = name.words();
    let ends = words.split(|word| matches!(word.key.as_str(), "or" | "nor")).filter(|part| !part.is_empty());
    ends.map(|part| (absence(name.between(part)).1, false)).collect()
}

/// Whether an item says that something is absent, and what.
fn absence(item: Span<'_>) -> (bool, Span<'_>) {
    let item = item.trim();
    let cut = |bytes: usize| item.slice(bytes, item.text.len()).trim();
    for lead in ["no ", "No ", "NO "] {
        if item.text.starts_with(lead) && !cut(lead.len()).is_empty() {
            return (true, cut(lead.len()));
        }
    }
    for end in [" excluded", " absent", " ruled out"] {
        if let Some(name) = item.text.strip_suffix(end).filter(|name| !name.trim().is_empty()) {
            return (true, item.slice(0, name.len()).trim());
        }
    }
    (false, item)
}

fn find((name, present): (Span<'_>, bool)) -> Option<Find> {
    (!name.is_empty()).then(|| Find { name: name.name(), present })
}

/// `temperature 37.9 C, pulse 112, bp 150/95, spo2 97`.
pub(super) fn vital(rest: Span<'_>, notices: &mut Notices) -> Vec<Event> {
    let vitals: Vec<Vital> = rest.items().into_iter().map(|item| one_vital(item, notices)).collect();
    if vitals.is_empty() { Vec::new() } else { vec![Event::Vital(vitals)] }
}

fn one_vital(item: Span<'_>, notices: &mut Notices) -> Vital {
    let Some((kind, value)) = value(item) else {
        let says = format!("{} is not a vital sign I know", quote(item.text));
        let help = "write for example `temperature 37.9 C, pulse 112, bp 150/95, respiration 18, spo2 97`";
        notices.error(item, says, help);
        return Vital::Unread { text: item.text.to_owned(), could_mean: temperatures(item.text) };
    };
    match vital_of(kind, value) {
        Ok(vital) => match impossible(&vital) {
            Some((help, could_mean)) => {
                notices.error(item, format!("{} cannot be true", quote(item.text)), help);
                Vital::Unread { text: item.text.to_owned(), could_mean }
            }
            None => vital,
        },
        Err((says, help)) => {
            notices.error(item, says, help);
            let could_mean = match kind {
                Kind::Temperature => temperatures(value.text),
                Kind::BloodPressure => reversed(value).into_iter().collect(),
                _ => Vec::new(),
            };
            Vital::Unread { text: item.text.to_owned(), could_mean }
        }
    }
}

/// A blood pressure whose numbers stand the other way round.
fn reversed(value: Span<'_>) -> Option<Vital> {
    let (systolic, diastolic) = pressures(value).filter(|(systolic, diastolic)| systolic < diastolic)?;
    Some(Vital::BloodPressure(diastolic, systolic))
}

/// The kind and the value of `temperature 37.9 C`; a value with its unit, or `150/95`, needs no kind.
fn value(item: Span<'_>) -> Option<(Kind, Span<'_>)> {
    let words = item.words();
    if let Some((kind, used)) = phrase(&KINDS, &words) {
        let rest = words.get(used).map_or(item.slice(item.text.len(), item.text.len()), |word| {
            item.slice(word.at, item.text.len())
        });
        let named = rest.text.trim_start_matches([':', '=']);
        return Some((kind, rest.slice(rest.text.len() - named.len(), rest.text.len()).trim()));
    }
    let temperature = item.text.parse::<Temperature>().is_ok().then_some(Kind::Temperature);
    let pressure = || pressures(item).is_some().then_some(Kind::BloodPressure);
    temperature.or_else(pressure).map(|kind| (kind, item))
}

type Refusal = (String, String);

fn vital_of(kind: Kind, value: Span<'_>) -> Result<Vital, Refusal> {
    let per_minute = |example: &str| -> Result<Frequency, Refusal> {
        let (number, unit) = bare_or_unit(value, example)?;
        let minute = matches!(
            unit.to_lowercase().as_str(),
            "" | "/min" | "bpm" | "per minute" | "per min" | "a minute"
        );
        minute.then(|| Frequency::per_minute(number)).ok_or_else(|| refusal(value, example))
    };
    match kind {
        Kind::Temperature => match value.text.parse::<Temperature>() {
            Ok(temperature) => Ok(Vital::Temperature(temperature)),
            Err(error) => Err((error.to_string(), error.help)),
        },
        Kind::Pulse => per_minute("pulse 112").map(Vital::Pulse),
        Kind::Respiration => per_minute("respiration 18").map(Vital::Respiration),
        Kind::BloodPressure => match pressures(value) {
            Some((systolic, diastolic)) if systolic >= diastolic => {
                Ok(Vital::BloodPressure(systolic, diastolic))
            }
            Some(_) => Err((
                format!("in {} the first number is below the second", quote(value.text)),
                "write the upper value first, for example `bp 150/95`".to_owned(),
            )),
            None => Err(refusal(value, "bp 150/95")),
        },
        Kind::Spo2 => match bare_or_unit(value, "spo2 97")? {
            (number, "" | "%" | "percent") if (10.0..=100.0).contains(&number) => Ok(Vital::Spo2(number)),
            _ => Err((
                format!("{} is not a saturation", quote(value.text)),
                "write percent, for example `spo2 97`".to_owned(),
            )),
        },
    }
}

fn refusal(value: Span<'_>, example: &str) -> Refusal {
    let found = if value.is_empty() { "nothing".to_owned() } else { quote(value.text) };
    (format!("{found} was found where a number is needed"), format!("write for example `{example}`"))
}

fn bare_or_unit<'a>(value: Span<'a>, example: &str) -> Result<(f64, &'a str), Refusal> {
    match crate::units::split(value.text, "a measurement", example) {
        Ok(written) => Ok((written.number, written.unit)),
        Err(error) if error.could_mean.is_some() => Err((error.to_string(), error.help)),
        Err(_) => Err(refusal(value, example)),
    }
}

/// `150/95`, `150 / 95 mmHg`, `150 over 95`.
fn pressures(value: Span<'_>) -> Option<(Pressure, Pressure)> {
    let (upper, lower) = value.text.split_once('/').or_else(|| value.text.split_once(" over "))?;
    let upper = crate::units::split(upper, "a blood pressure", "150/95")
        .ok()
        .filter(|upper| upper.unit.is_empty())?;
    let lower = crate::units::split(lower, "a blood pressure", "150/95").ok()?;
    let unit = if lower.unit.is_empty() { "mmHg" } else { lower.unit };
    let read = |number: f64| Pressure::from_written(crate::units::Written { number, unit }, "").ok();
    Some((read(upper.number)?, read(lower.number)?))
}

/// What to write instead, and what it could have meant, where nobody lives with a value. It is then kept and not used.
fn impossible(vital: &Vital) -> Option<(&'static str, Vec<Vital>)> {
    let look = "look at the number again and write it anew";
    match vital {
        Vital::Temperature(value) => {
            let celsius = value.as_celsius();
            if (20.0..=46.5).contains(&celsius) {
                return None;
            }
            // 104 C was 104 F, and 38.5 F was 38.5 C.
            let fahrenheit = Temperature::fahrenheit(celsius);
            let as_celsius = Temperature::celsius(libm::round(value.as_fahrenheit() * 10.0) / 10.0);
            let lives = |value: &Temperature| (30.0..=45.0).contains(&value.as_celsius());
            if lives(&fahrenheit) {
                return Some((
                    "C was written and F may be meant: write the unit of the thermometer, for example `104 F`",
                    vec![Vital::Temperature(fahrenheit)],
                ));
            }
            if lives(&as_celsius) {
                return Some((
                    "F was written and C may be meant: write the unit of the thermometer, for example `38.5 C`",
                    vec![Vital::Temperature(as_celsius)],
                ));
            }
            let help = "nobody lives with that: measure again; if the person feels burning hot, write `sign burning up`";
            Some((help, Vec::new()))
        }
        Vital::Pulse(rate) => (rate.as_per_minute() > 400.0).then(|| (look, Vec::new())),
        Vital::Respiration(rate) => (rate.as_per_minute() > 150.0).then(|| (look, Vec::new())),
        Vital::BloodPressure(upper, lower) => match () {
            () if upper.as_mmhg() > 400.0 => Some((look, Vec::new())),
            () if upper.as_mmhg() < 30.0 && lower.as_mmhg() >= 4.0 => {
                let help =
                    "blood pressure is read in mmHg: write for example `bp 150/95`, not in kPa or in tens";
                Some((help, Vec::new()))
            }
            () => None,
        },
        Vital::Spo2(_) | Vital::Unread { .. } => None,
    }
}

/// The temperatures a text without a readable unit could mean, as far as people survive them.
fn temperatures(text: &str) -> Vec<Vital> {
    let digits = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
    let start = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let tail = &text[start..];
    let end = tail.find(|c| !digits(c)).unwrap_or(tail.len());
    let unit = tail[end..].trim().trim_start_matches('°').to_lowercase();
    let Ok(value) = tail[..end].trim_end_matches(['.', ',']).replace(',', ".").parse::<f64>() else {
        return Vec::new();
    };
    let celsius = (30.0..=45.0).contains(&value) && !unit.starts_with('f');
    let fahrenheit = (86.0..=115.0).contains(&value) && !unit.starts_with('c');
    let readings = [(celsius, Temperature::celsius(value)), (fahrenheit, Temperature::fahrenheit(value))];
    let plausible = readings.into_iter().filter(|(plausible, _)| *plausible);
    plausible.map(|(_, reading)| Vital::Temperature(reading)).collect()
}

/// `tremor 4/10, low mood 7/10, no nausea, headache`.
pub(super) fn feel(rest: Span<'_>, notices: &mut Notices) -> Vec<Event> {
    let items = rest.items().into_iter().flat_map(alternatives);
    let feelings: Vec<Feeling> = items.filter_map(|item| feeling(item, notices)).collect();
    if feelings.is_empty() { Vec::new() } else { vec![Event::Feel(feelings)] }
}

fn feeling((item, present): (Span<'_>, bool), notices: &mut Notices) -> Option<Feeling> {
    let words = item.words();
    let Some((from, text)) = strength(&words) else {
        return (!item.is_empty()).then(|| Feeling { name: item.name(), strength: None, present });
    };
    let written = item.between(&words[from..]);
    let name = item.slice(0, words[from].at).trim();
    let name = if name.is_empty() { written } else { name };
    let help = "write how strong from 0 to 10, for example `tremor 4/10`";
    let strength = match text.split_once('/').map(|(n, of)| (n.parse::<f64>(), of)) {
        Some((Ok(n), "10")) if (0.0..=10.0).contains(&n) => Some(n),
        _ => {
            notices.warning(written, format!("{} is not read as a strength", quote(written.text)), help);
            None
        }
    };
    let nothing = text == "0" || strength == Some(0.0);
    Some(Feeling { name: name.name(), strength, present: present && !nothing })
}

/// Where the strength begins, and its text without spaces: `4/10` from `4 out of 10`.
fn strength(words: &[Word<'_>]) -> Option<(usize, String)> {
    let digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let last = words.len().checked_sub(1)?;
    let text = |index: usize| words[index].span.text;
    let joined = ["out of", "of", "/"].into_iter().find_map(|between| {
        let size = between.split(' ').count();
        let from = last.checked_sub(size + 1)?;
        let matches = digit(text(from)) && digit(text(last)) && begins(&words[from + 1..], between).is_some();
        matches.then(|| (from, format!("{}/{}", text(from), text(last))))
    });
    let bare = || {
        let plain = text(last).chars().all(|c| c.is_ascii_digit() || ".,/%".contains(c));
        (plain && digit(text(last))).then(|| (last, text(last).to_owned()))
    };
    joined.or_else(bare)
}

/// Laboratory values: `sertraline 45 ng/mL, sodium 128 mmol/L`.
pub(super) fn lab(rest: Span<'_>, notices: &mut Notices) -> Vec<Event> {
    let mut labs = Vec::new();
    let mut unread = Vec::new();
    for item in rest.items() {
        match one_lab(item) {
            Ok(lab) => labs.push(lab),
            Err((says, help)) => {
                notices.error(item, says, help);
                unread.push(Event::Unread(item.text.to_owned()));
            }
        }
    }
    let labs = (!labs.is_empty()).then_some(Event::Lab(labs));
    labs.into_iter().chain(unread).collect()
}

/// Measures that have no unit.
const WITHOUT_UNIT: [&str; 2] = ["inr", "ph"];

fn one_lab(item: Span<'_>) -> Result<Lab, Refusal> {
    let words = item.words();
    let digit = |word: &Word<'_>| word.span.text.starts_with(|c: char| c.is_ascii_digit());
    let help = "write the name, the number and the unit, for example `sodium 128 mmol/L`".to_owned();
    let at = words.iter().skip(1).position(digit).map(|at| at + 1);
    let Some(at) = at else {
        return Err((format!("{} has no value", quote(item.text)), help));
    };
    let name = item.slice(0, words[at].at);
    let name = name.slice(0, name.text.trim_end_matches([' ', ':', '=']).len()).trim();
    let value = item.slice(words[at].at, item.text.len());
    let written = crate::units::split(value.text, "a laboratory value", "128 mmol/L");
    let written = written.map_err(|error| (error.to_string(), error.help))?;
    let unitless = WITHOUT_UNIT.contains(&name.text.to_lowercase().as_str());
    if written.unit.is_empty() && !unitless {
        let says = format!("{} has no unit", quote(item.text));
        return Err((says, "write the unit after the number, for example `sodium 128 mmol/L`".to_owned()));
    }
    Ok(Lab { name: name.name(), value: written.number, unit: written.unit.to_owned() })
}
