//! Who it is about, and every medicine with its dates, for the clinician who reads nothing else.

use crate::desk::Desk;
use jiff::{SignedDuration, Timestamp};
use raphe::{
    exposure::{
        intake, later,
        simulation::{Kind, Simulation, Span},
    },
    report::{Along, Curve, Item, Section},
    timeline::{Entry, Event, Sex, diary::line},
    units::{Interval, TimeSpan, number},
};
use std::sync::Arc;

/// The title of what lists them.
pub(super) const MEDICINES: &str = "Medicines and their dates";
/// Days of levels that are drawn behind and ahead.
const BEHIND: f64 = 14.0;
const AHEAD: f64 = 2.0;
/// Hours between two values.
const EVERY: f64 = 4.0;
/// Of one medicine at most so many lines of the diary are shown, the last ones.
const LINES: usize = 8;

/// Levels around the moment that is judged; `None` where they are withheld.
pub(super) fn levels(desk: &Desk) -> Option<Arc<Simulation>> {
    let now = desk.reading.as_of;
    let span = Span {
        from: Some(later(now, TimeSpan::days(-BEHIND))),
        to: later(now, TimeSpan::days(AHEAD)),
        step: TimeSpan::hours(EVERY),
    };
    desk.simulation(span).ok()
}

/// What of the profile changes a judgment or a level.
pub(super) fn about(desk: &Desk) -> Option<Section> {
    let person = &desk.reading.timeline.person;
    let mut said: Vec<String> = Vec::new();
    // A year of birth is known to a year: an age says no more than that.
    said.extend(person.age_at(desk.reading.as_of).map(|age| format!("about {age} years old")));
    said.extend(person.sex.map(|sex| if sex == Sex::Female { "female" } else { "male" }.to_owned()));
    said.extend(person.weight.map(|weight| format!("{} kg", number(weight.as_kg()))));
    for (holds, words) in
        [(person.pregnant, "pregnant"), (person.smoker, "smokes"), (person.liver_impaired, "liver impaired")]
    {
        said.extend(holds.then(|| words.to_owned()));
    }
    said.extend(person.egfr.map(|egfr| format!("eGFR {} mL/min/1.73 m²", number(egfr))));
    said.extend(person.genes.iter().map(|(gene, kind)| format!("{gene}: {kind}")));
    let text = said.join("; ");
    (!text.is_empty()).then(|| Section {
        title: "About the person".to_owned(),
        items: vec![Item { text: format!("{text}."), ..Item::default() }],
    })
}

/// Every medicine of the diary: since when, until when, each change.
pub(super) fn section(desk: &Desk, levels: Option<&Simulation>) -> Option<Section> {
    let (knowledge, now, zone) = (desk.knowledge(), desk.reading.as_of, desk.zone());
    let resolved = &desk.reading.resolved;
    let (uses, _) = intake::uses(resolved, knowledge, now);
    let date = |at: Timestamp| at.to_zoned(zone.clone()).date().to_string();
    let mut items: Vec<(bool, Timestamp, Item)> = Vec::new();
    for one in &uses {
        let Some(spell) = one.spells.last() else { continue };
        let ours =
            |entry: &&Entry| of(&entry.event).is_some_and(|(id, _)| id == Some(one.substance.as_str()));
        let class = knowledge.substance(&one.substance).map_or("", |substance| substance.class.as_str());
        let text = match spell.running {
            true => format!("{class}; taken since {}, and still.", date(spell.first)),
            false if date(spell.first) == date(spell.last) => {
                format!("{class}; taken on {}.", date(spell.last))
            }
            false => format!("{class}; taken from {} to {}.", date(spell.first), date(spell.last)),
        };
        let item = Item {
            mark: Some(knowledge.substance_name(&one.substance).to_owned()),
            text,
            under: said(resolved.entries.iter().filter(ours), now, &zone),
            curve: levels.and_then(|levels| curve(desk, levels, &one.substance)),
            ..Item::default()
        };
        items.push((!spell.running, spell.last, item));
    }
    // Those that run first, then what ended last.
    items.sort_by_key(|(ended, last, _)| (*ended, std::cmp::Reverse(*last)));
    let mut items: Vec<Item> = items.into_iter().map(|(_, _, item)| item).collect();
    let mut unknown: Vec<&str> = resolved
        .entries
        .iter()
        .filter_map(|entry| of(&entry.event))
        .filter_map(|(id, name)| id.is_none().then_some(name))
        .collect();
    unknown.sort_unstable();
    unknown.dedup();
    for name in unknown {
        let ours = |entry: &&Entry| of(&entry.event) == Some((None, name));
        items.push(Item {
            mark: Some(name.to_owned()),
            text: "Not recognized, and not assessed.".to_owned(),
            under: said(resolved.entries.iter().filter(ours), now, &zone),
            ..Item::default()
        });
    }
    (!items.is_empty()).then(|| Section { title: MEDICINES.to_owned(), items })
}

/// The medicine of an event: its id, where it is known, and its name as written.
fn of(event: &Event) -> Option<(Option<&str>, &str)> {
    match event {
        Event::Start(dose) | Event::Change(dose) | Event::Take(dose) => Some(&dose.name),
        Event::Miss(name) | Event::Stop(name) => Some(name),
        _ => None,
    }
    .map(|name| (name.id.as_deref(), name.text.as_str()))
}

/// Lines of the diary, without what is noted behind them.
fn said<'e>(
    entries: impl Iterator<Item = &'e Entry>,
    now: Timestamp,
    zone: &jiff::tz::TimeZone,
) -> Vec<Item> {
    let mut lines: Vec<String> = entries
        .map(|entry| {
            let planned = if entry.when.begun_by(now) { "" } else { " (planned)" };
            line(&Entry { note: None, ..entry.clone() }, zone) + planned
        })
        .collect();
    let more = lines.len().saturating_sub(LINES);
    if more > 0 {
        lines.drain(..more);
        lines.insert(0, format!("{more} earlier lines of the diary are not shown here."));
    }
    lines.into_iter().map(|text| Item { text, ..Item::default() }).collect()
}

/// The level of one, in percent of its highest in this time.
fn curve(desk: &Desk, levels: &Simulation, id: &str) -> Option<Curve> {
    let of = |kind| levels.series.iter().find(|series| series.kind == kind && series.id == id);
    let found = of(Kind::Total).or_else(|| of(Kind::ShareOfPeak))?;
    let most = found.values.iter().map(|value| value.median).fold(0.0, f64::max);
    if most <= 0.0 || found.values.len() < 2 {
        return None;
    }
    let share = |value: f64| value / most * 100.0;
    let from = levels.start.duration_since(desk.reading.as_of).as_secs_f64() / 86_400.0;
    let hours = levels.time_h.last().copied().unwrap_or(0.0);
    Some(Curve {
        title: format!("Level of {} in the blood, modeled", desk.knowledge().substance_name(id)),
        values: found
            .values
            .iter()
            .map(|value| Interval { median: share(value.median), p5: share(value.p5), p95: share(value.p95) })
            .collect(),
        foot: 0.0,
        along: Along { name: "days from now".to_owned(), from, to: from + hours / 24.0, now: Some(0.0) },
        up: "percent of its highest in this time".to_owned(),
    })
}

/// Serotonin over the same time; `None` where the model has nothing to follow.
pub(super) fn serotonin(levels: &Simulation) -> Option<Vec<(Timestamp, Interval)>> {
    let found = levels.series.iter().find(|series| series.kind == Kind::FoldChange)?;
    let at = |hours: &f64| levels.start + SignedDuration::from_secs_f64(hours * 3600.0);
    Some(levels.time_h.iter().map(at).zip(found.values.iter().copied()).collect())
}
