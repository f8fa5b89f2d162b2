//! What in a person or a life goes with one side or the other, and what speaks against it.
//!
//! A factor is told by its name on a `factor` or `condition` line, by what a diary measures (sleep, exercise, light, a
//! questionnaire, a laboratory value), by the season where the country is known, or by a rule over medicines, conditions and
//! age. What was not written says nothing: a diary without a line on exercise is no diary of somebody who does not move. None
//! of this is a cause; how sure it is that it goes with the symptoms, and that it acts through serotonin, stands beside it.

use super::{Ground, ScoreSeen, until};
use crate::{
    criteria::{Truth, judge},
    exposure::hours_between,
    knowledge::{
        Knowledge, key,
        schema::{Direction, Factor, Measure, Weight},
    },
    timeline::{Entry, Event, Origin},
    units::{TimeSpan, number},
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use std::collections::BTreeSet;

/// A factor that is there, or that something speaks against.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorSeen {
    /// Id of the factor.
    pub id: String,
    /// Whether something tells it; else there is only something against it.
    pub present: bool,
    /// Whether the person named it.
    pub named: bool,
    /// What tells it, in words.
    pub tells: Vec<String>,
    /// What speaks against it, in words.
    pub against: Vec<String>,
    /// Lines behind it.
    pub lines: BTreeSet<Origin>,
}

/// Another cause of the same features for a clinician to rule out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOutSeen {
    /// Id in `deficiency.toml`.
    pub id: String,
    /// Whether it is known to be there.
    pub known: bool,
    /// Laboratory values that look for it, in words with their day.
    pub looked: Vec<String>,
    /// Lines behind it.
    pub lines: BTreeSet<Origin>,
}

/// Sleep and daylight of so many days count, exercise and laboratory values of longer.
const DAYS: u32 = 14;
const WEEKS: u32 = 4;
const LAB_DAYS: u32 = 365;

/// Every factor that something tells or speaks against, the main ones first.
pub(super) fn seen(ground: &Ground<'_>, scores: &[ScoreSeen]) -> Vec<FactorSeen> {
    let base = ground.knowledge.base();
    let mut found: Vec<(&Factor, FactorSeen)> =
        base.factors.iter().filter_map(|factor| Some((factor, one(ground, factor, scores)?))).collect();
    let weight = |factor: &Factor| match factor.weight {
        Weight::Main => 0,
        Weight::Minor => 1,
        Weight::RuleOut => 2,
        Weight::Context => 3,
    };
    let high = |factor: &Factor| factor.direction == Direction::High;
    found.sort_by_key(|(factor, seen)| {
        (!seen.present, high(factor), weight(factor), std::cmp::Reverse(factor.symptoms))
    });
    found.into_iter().map(|(_, seen)| seen).collect()
}

fn one(ground: &Ground<'_>, factor: &Factor, scores: &[ScoreSeen]) -> Option<FactorSeen> {
    let mut seen = FactorSeen {
        id: factor.id.clone(),
        present: false,
        named: false,
        tells: Vec::new(),
        against: Vec::new(),
        lines: BTreeSet::new(),
    };
    // The last word on a named factor counts.
    let mut named: Option<(bool, &str, &Origin)> = None;
    for entry in ground.timeline.entries.iter().filter(|entry| entry.when.begun_by(ground.as_of)) {
        let (Event::Factor(finds) | Event::Condition(finds)) = &entry.event else { continue };
        let over =
            until(entry, ground.as_of) < ground.as_of - SignedDuration::from_hours(24 * i64::from(LAB_DAYS));
        for find in finds.iter().filter(|find| find.name.id.as_deref() == Some(&factor.id)) {
            named = (!over).then_some((find.present, &find.name.text, &entry.origin));
        }
    }
    match named {
        Some((true, text, origin)) => {
            seen.named = true;
            seen.tells.push(format!("\"{text}\" is written"));
            seen.lines.insert(origin.clone());
        }
        Some((false, text, origin)) => {
            seen.against.push(format!("\"no {text}\" is written"));
            seen.lines.insert(origin.clone());
        }
        None => {}
    }
    if let Some(rule) = &factor.when {
        let judged = judge(rule, &ground.now);
        if judged.truth == Truth::True {
            let names = judged.atoms.iter().map(|atom| words(ground, atom)).collect::<BTreeSet<_>>();
            let names: Vec<String> = names.into_iter().collect();
            seen.tells.push(crate::assess::list(&names, "and"));
            seen.lines.extend(judged.because);
        }
    }
    for measure in &factor.measures {
        let Some(measured) = measured(ground, measure, scores) else { continue };
        let tells = measure.below.is_some_and(|limit| measured.value < limit)
            || measure.from.is_some_and(|limit| measured.value >= limit);
        let against = measure.against.is_some_and(|limit| match measure.below {
            Some(_) => measured.value >= limit,
            None => measured.value <= limit,
        });
        let list = match (tells, against) {
            (true, _) => &mut seen.tells,
            (false, true) => &mut seen.against,
            (false, false) => continue,
        };
        list.push(measured.says);
        seen.lines.extend(measured.lines);
    }
    seen.present = !seen.tells.is_empty();
    // What the season does not speak for is nothing against a factor.
    (seen.present || !seen.against.is_empty()).then_some(seen)
}

/// What an atom of a rule says, in words.
fn words(ground: &Ground<'_>, atom: &str) -> String {
    let named = |id: &str| ground.on_board(&[id.to_owned()]);
    if let Some((verb, rest)) =
        atom.split_once(' ').filter(|(verb, _)| matches!(*verb, "exposed" | "started"))
    {
        let id = rest.split(" within ").next().unwrap_or(rest);
        let names = named(id);
        let names: Vec<String> = match names.is_empty() {
            true => vec![ground.knowledge.substance_name(id).to_owned()],
            false => names.iter().map(|id| ground.knowledge.substance_name(id).to_owned()).collect(),
        };
        let names = crate::assess::list(&names, "and");
        return if verb == "exposed" { format!("{names} on board") } else { format!("{names} taken lately") };
    }
    match atom {
        "age" => match ground.timeline.person.age_at(ground.as_of) {
            Some(age) => format!("age {age}"),
            None => "age".to_owned(),
        },
        "serotonergic_change" => {
            "a serotonergic medicine was started, raised or taken in the last five weeks".to_owned()
        }
        "several_serotonergic" => {
            let yes = ground.exposure.acting_at(ground.as_of).filter(|(one, _)| {
                crate::exposure::serotonergic(ground.knowledge, one)
                    != crate::knowledge::schema::Serotonergic::No
            });
            let names: Vec<String> =
                yes.map(|(one, _)| ground.knowledge.substance_name(&one.substance).to_owned()).collect();
            format!("{} together", crate::assess::list(&names, "and"))
        }
        "poor_metabolizer" => "a gene of the profile".to_owned(),
        id => ground.knowledge.sign(id).map_or_else(|| id.replace('_', " "), |sign| sign.name.to_lowercase()),
    }
}

/// What was written lately, and on too few days to speak of a habit.
pub(crate) fn too_few(ground: &Ground<'_>) -> Vec<&'static str> {
    type Is = fn(&Event) -> bool;
    let kinds: [(&str, &str, Is); 3] = [
        ("sleep", "sleep", |event| matches!(event, Event::Sleep(_))),
        ("exercise", "exercise", |event| matches!(event, Event::Exercise { .. })),
        ("daylight", "light", |event| matches!(event, Event::Sunlight(_) | Event::Light { .. })),
    ];
    let factors = &ground.knowledge.base().factors;
    let judged = |what: &str| {
        let mut measures = factors.iter().flat_map(|factor| &factor.measures);
        measures.any(|measure| measure.what == what && measured(ground, measure, &[]).is_some())
    };
    let written = |is: Is| ground.lately(DAYS).any(|entry| is(&entry.event));
    kinds.into_iter().filter(|(what, _, is)| written(*is) && !judged(what)).map(|(_, word, _)| word).collect()
}

/// A measured value in the unit of its limits.
struct Measured {
    value: f64,
    says: String,
    lines: BTreeSet<Origin>,
}

fn measured(ground: &Ground<'_>, measure: &Measure, scores: &[ScoreSeen]) -> Option<Measured> {
    let whole = |value: f64| number(libm::round(value * 10.0) / 10.0);
    match measure.what.as_str() {
        "exercise" => {
            let (total, days, lines) = spans(ground, 7 * WEEKS, |event| match event {
                Event::Exercise { duration, .. } => *duration,
                _ => None,
            })?;
            // From the first line on, so that a diary that begins today is not a month without exercise.
            let weeks = (days / 7.0).max(1.0);
            let value = total.as_minutes() / weeks;
            // A few days are too short to call somebody inactive, and long enough to call them active.
            if days < 7.0 && measure.against.is_none_or(|enough| value < enough) {
                return None;
            }
            let says = format!("{} min of exercise a week are written", number(libm::round(value)));
            Some(Measured { value, says, lines })
        }
        "sleep" => {
            let nights: Vec<(f64, &Origin)> = ground
                .lately(DAYS)
                .filter_map(|entry| match &entry.event {
                    Event::Sleep(span) => Some((span.as_hours(), &entry.origin)),
                    _ => None,
                })
                .collect();
            // One night is no habit.
            if nights.len() < 3 {
                return None;
            }
            let value = nights.iter().map(|(hours, _)| hours).sum::<f64>() / nights.len() as f64;
            let says =
                format!("{} h of sleep a night on average, of {} nights written", whole(value), nights.len());
            Some(Measured {
                value,
                says,
                lines: nights.into_iter().map(|(_, origin)| origin.clone()).collect(),
            })
        }
        "daylight" => {
            let (total, days, lines) = spans(ground, DAYS, |event| match event {
                Event::Sunlight(span) => Some(*span),
                Event::Light { duration, .. } => *duration,
                _ => None,
            })?;
            let value = total.as_minutes() / days.max(1.0);
            if days < 3.0 && measure.against.is_none_or(|enough| value < enough) {
                return None;
            }
            let says =
                format!("{} min a day of daylight or a bright lamp are written", number(libm::round(value)));
            Some(Measured { value, says, lines })
        }
        "day_length" => {
            let country = ground.timeline.person.country.as_deref()?;
            let latitude = *measure.latitudes.get(country)?;
            let date = ground.as_of.to_zoned(ground.timeline.zone()).date();
            let value = day_length(latitude, date);
            let says = format!(
                "days of about {} h in {country} at this time of the year",
                number(libm::round(value))
            );
            // Long days are no reason against: someone may still sit inside.
            (value < measure.below?).then(|| Measured { value, says, lines: BTreeSet::new() })
        }
        "score" => {
            let score =
                scores.iter().find(|score| score.current && measure.names.contains(&score.questionnaire))?;
            let total = score.total?;
            let forms = &ground.knowledge.base().questionnaires;
            let name = forms.iter().find(|form| form.id == score.questionnaire).map(|form| &form.name)?;
            let band = score.band.as_deref().map_or_else(String::new, |band| format!(" ({band})"));
            Some(Measured {
                value: f64::from(total),
                says: format!("{name} {total}{band}"),
                lines: score.lines.clone(),
            })
        }
        "lab" => {
            let wanted: Vec<String> = measure.names.iter().map(|name| key(name)).collect();
            let unit = key(measure.unit.as_deref()?);
            let mut last = None;
            for entry in ground.lately(LAB_DAYS) {
                let Event::Lab(labs) = &entry.event else { continue };
                let hit =
                    labs.iter().find(|lab| wanted.contains(&key(&lab.name.text)) && key(&lab.unit) == unit);
                last = hit.map(|lab| (lab, entry)).or(last);
            }
            let (lab, entry) = last?;
            Some(Measured {
                value: lab.value,
                says: format!("{} {} {}", lab.name.text, number(lab.value), lab.unit),
                lines: BTreeSet::from([entry.origin.clone()]),
            })
        }
        _ => None,
    }
}

/// Total time of what was written, and over how many days it was written.
fn spans(
    ground: &Ground<'_>,
    days: u32,
    of: impl Fn(&Event) -> Option<TimeSpan>,
) -> Option<(TimeSpan, f64, BTreeSet<Origin>)> {
    let from = ground.as_of - SignedDuration::from_hours(24 * i64::from(days));
    let mut total = 0.0;
    let mut first: Option<Timestamp> = None;
    let mut lines = BTreeSet::new();
    for entry in ground.lately(days) {
        let Some(span) = of(&entry.event) else { continue };
        let begun = entry.when.start.max(from);
        // A range of days says it of each of them.
        let times = repeats(entry, begun, ground.as_of);
        total += span.as_hours() * times;
        first = Some(first.map_or(begun, |first| first.min(begun)));
        lines.insert(entry.origin.clone());
    }
    let days = hours_between(first?, ground.as_of) / 24.0;
    Some((TimeSpan::hours(total), days, lines))
}

/// On how many days of a range an entry speaks of, up to now.
fn repeats(entry: &Entry, from: Timestamp, as_of: Timestamp) -> f64 {
    if entry.when.precision != crate::timeline::Precision::Range {
        return 1.0;
    }
    let hours = hours_between(from, until(entry, as_of));
    libm::ceil(hours / 24.0 - 1e-9).max(1.0)
}

/// Hours from sunrise to sunset at a latitude in degrees on a day of the year, for a flat horizon.
///
/// The sun's declination from the day of the year (Cooper 1969), refraction and the sun's width as 0.833 degrees; within a few
/// minutes of an almanac between the polar circles, 0 or 24 beyond.
#[must_use]
pub fn day_length(latitude: f64, date: Date) -> f64 {
    use std::f64::consts::PI;
    let rad = |degrees: f64| degrees * PI / 180.0;
    let day = f64::from(date.day_of_year());
    let declination = rad(23.45) * libm::sin(2.0 * PI * (284.0 + day) / 365.0);
    let latitude = rad(latitude);
    let cosine = (libm::sin(rad(-0.833)) - libm::sin(latitude) * libm::sin(declination))
        / (libm::cos(latitude) * libm::cos(declination));
    libm::acos(cosine.clamp(-1.0, 1.0)) * 24.0 / PI
}

/// Other causes of the same features, those that are known first.
pub(super) fn rule_outs(ground: &Ground<'_>) -> Vec<RuleOutSeen> {
    let items = ground.knowledge.base().deficiency.rule_outs.iter();
    let seen = items.map(|item| {
        let judged = item.when.as_ref().map(|rule| judge(rule, &ground.now));
        let judged = judged.filter(|judged| judged.truth == Truth::True);
        let mut lines = judged.as_ref().map(|judged| judged.because.clone()).unwrap_or_default();
        let wanted: Vec<String> = item.labs.iter().map(|name| key(name)).collect();
        let mut looked = Vec::new();
        for entry in ground.lately(LAB_DAYS) {
            let Event::Lab(labs) = &entry.event else { continue };
            for lab in labs.iter().filter(|lab| wanted.contains(&key(&lab.name.text))) {
                let date = entry.when.start.to_zoned(ground.timeline.zone()).date();
                looked.push(format!("{} {} {} on {date}", lab.name.text, number(lab.value), lab.unit));
                lines.insert(entry.origin.clone());
            }
        }
        RuleOutSeen { id: item.id.clone(), known: judged.is_some(), looked, lines }
    });
    let mut seen: Vec<RuleOutSeen> = seen.collect();
    seen.sort_by_key(|item| !item.known);
    seen
}

/// Whether a laboratory value tells a factor or looks for another cause.
pub(super) fn uses_lab(knowledge: &Knowledge, name: &str) -> bool {
    let wanted = key(name);
    let base = knowledge.base();
    let labs =
        base.factors.iter().flat_map(|factor| &factor.measures).filter(|measure| measure.what == "lab");
    let names = labs.flat_map(|measure| &measure.names);
    names.chain(base.deficiency.rule_outs.iter().flat_map(|item| &item.labs)).any(|name| key(name) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_as_long_as_an_almanac_says() {
        // Day lengths of the United States Naval Observatory's tables, in hours, from memory to a quarter of an hour.
        for (latitude, day, hours) in [
            (51.5, date(2026, 12, 21), 7.83),
            (51.5, date(2026, 6, 21), 16.64),
            (38.9, date(2026, 12, 21), 9.44),
            (0.0, date(2026, 3, 20), 12.1),
            (-33.9, date(2026, 6, 21), 9.9),
        ] {
            let found = day_length(latitude, day);
            assert!((found - hours).abs() < 0.25, "{latitude} on {day}: {found}");
        }
        assert_eq!(day_length(75.0, date(2026, 12, 21)), 0.0);
        assert_eq!(day_length(75.0, date(2026, 6, 21)), 24.0);
    }
}
