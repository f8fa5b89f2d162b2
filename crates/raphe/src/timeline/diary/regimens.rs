//! What the lines say together: which medicines run, and what a later line leaves unsaid about them.
//!
//! A `change` line keeps what it does not write: its dose, form, route and schedule stay as they were. On the way the
//! lines are checked against each other as far as text alone allows: a name that was never started, a `start` of what
//! runs already, a `take` that may be the scheduled dose. Names are compared as text; that two names mean one substance
//! is found later, with the knowledge base.

use super::dose::Unwritten;
use super::schedule::describe;
use super::settle::fill_schedule;
use super::when::Clock;
use super::words::{Notices, Span, nearest, quote};
use crate::timeline::{Dose, DoseLine, Entry, Event, Name, Origin, Precision, Schedule, When};
use crate::units::TimeSpan;
use jiff::civil::{Date, Time};
use std::collections::BTreeMap;

/// An entry, and what a `change` line left unsaid.
#[derive(Debug)]
pub(super) struct Draft {
    /// As far as its own line says.
    pub(super) entry: Entry,
    /// What it left unsaid.
    pub(super) unwritten: Unwritten,
}

/// A medicine that is being taken.
#[derive(Debug, Clone)]
struct Running {
    line: DoseLine,
    since: When,
}

/// By lower-case name: the regimens that run, one a route; none after a stop.
type Medicines = BTreeMap<String, Vec<Running>>;

/// How giving up smoking is written.
const SMOKING: [&str; 4] = ["smoking", "tobacco", "cigarettes", "tobacco smoke"];

/// Completes the drafts and checks them against each other, in the order in which things happened.
pub(super) fn complete(mut drafts: Vec<Draft>, clock: &Clock, notices: &mut Notices) -> Vec<Entry> {
    drafts.sort_by(|a, b| (a.entry.when.start, &a.entry.origin).cmp(&(b.entry.when.start, &b.entry.origin)));
    let mut medicines = Medicines::new();
    for draft in &mut drafts {
        if let Origin::Line(line) = draft.entry.origin {
            notices.line = line;
        }
        follow(&mut draft.entry, draft.unwritten, &mut medicines, clock, notices);
    }
    drafts.into_iter().map(|draft| draft.entry).collect()
}

fn follow(
    entry: &mut Entry,
    unwritten: Unwritten,
    medicines: &mut Medicines,
    clock: &Clock,
    notices: &mut Notices,
) {
    let when = entry.when;
    match &mut entry.event {
        Event::Start(line) => start(line, when, medicines, notices),
        Event::Change(line) => change(line, when, unwritten, medicines, notices),
        Event::Take(line) => take(line, when, medicines, clock, notices),
        Event::Miss(name) => {
            running(name, "missed", medicines, notices);
        }
        Event::Stop(name) => {
            // Who smokes says so in the profile, not in a line that starts it.
            if !SMOKING.contains(&name.text.to_lowercase().as_str()) {
                running(name, "stopped", medicines, notices);
            }
            medicines.entry(name.text.to_lowercase()).or_default().clear();
        }
        _ => {}
    }
}

fn place(name: &Name) -> Span<'_> {
    Span { text: &name.text, column: name.column }
}

fn start(line: &DoseLine, since: When, medicines: &mut Medicines, notices: &mut Notices) {
    let runs = medicines.entry(line.name.text.to_lowercase()).or_default();
    let now = Running { line: line.clone(), since };
    match runs.iter_mut().find(|before| before.line.route == line.route) {
        None => runs.push(now),
        Some(before) => {
            let says = format!("{} is taken already", quote(&line.name.text));
            let help = "read as a change of it; write `change`, or `stop` before a new start";
            notices.info(place(&line.name), says, help);
            *before = now;
        }
    }
}

fn change(
    line: &mut DoseLine,
    when: When,
    unwritten: Unwritten,
    medicines: &mut Medicines,
    notices: &mut Notices,
) {
    let before = running(&line.name, "changed", medicines, notices)
        .iter()
        .find(|before| unwritten.route || before.line.route == line.route)
        .cloned();
    let name = place(&line.name);
    match &before {
        Some(before) => keep(line, &before.line, unwritten, notices),
        None => {
            if unwritten.dose {
                let says = format!("no dose is written for {}", quote(name.text));
                notices.warning(
                    name,
                    says,
                    "read as `?`, the usual range; write the new dose, for example `50 mg daily`",
                );
            }
            if unwritten.schedule {
                line.schedule = fill_schedule(line, name, notices);
            }
        }
    }
    let runs = medicines.entry(line.name.text.to_lowercase()).or_default();
    let now = Running { line: line.clone(), since: before.map_or(when, |before| before.since) };
    match runs.iter_mut().find(|before| before.line.route == line.route) {
        Some(before) => *before = now,
        None => runs.push(now),
    }
}

/// What a `change` line does not write stays as it was.
fn keep(line: &mut DoseLine, before: &DoseLine, unwritten: Unwritten, notices: &mut Notices) {
    if unwritten.form && unwritten.route {
        (line.form, line.route) = (before.form, before.route);
    }
    if unwritten.dose {
        line.dose = before.dose.clone();
        let says = format!("no dose is written for {}", quote(&line.name.text));
        notices.info(place(&line.name), says, "the dose stays as it was; write the new dose if it changed");
    }
    if unwritten.schedule && before.schedule.is_some() {
        line.schedule.clone_from(&before.schedule);
        line.up_to = line.up_to.or(before.up_to);
        let kept = before.schedule.as_ref().map_or(String::new(), describe);
        let says = format!("no schedule is written for {}", quote(&line.name.text));
        let help = format!("it stays as it was, {kept}; write the schedule if it changed");
        notices.info(place(&line.name), says, help);
    }
}

/// The regimens of a name; a notice when there are none.
fn running<'m>(name: &Name, done: &str, medicines: &'m Medicines, notices: &mut Notices) -> &'m [Running] {
    let key = name.text.to_lowercase();
    let runs = medicines.get(&key).map_or(&[][..], Vec::as_slice);
    if !runs.is_empty() {
        return runs;
    }
    let says = match medicines.contains_key(&key) {
        true => format!("{} is {done}, but it was stopped before", quote(&name.text)),
        false => format!("{} is {done}, but was not started under this name", quote(&name.text)),
    };
    let help = match similar(&key, medicines) {
        Some(known) => format!("did you mean `{known}`? Write other words after `;`"),
        None if medicines.contains_key(&key) => "write a `start` line if it was taken again".to_owned(),
        None => "write its `start` line, from the day it was first taken".to_owned(),
    };
    notices.warning(place(name), says, help);
    &[]
}

/// A running name that a text begins with, or that is spelled much like it.
fn similar<'m>(key: &str, medicines: &'m Medicines) -> Option<&'m str> {
    const FEW: usize = 50;
    let runs = |name: &str| medicines.get_key_value(name).filter(|(_, runs)| !runs.is_empty());
    let spaces = key.match_indices(' ').map(|(at, _)| at).take(6);
    let begun = spaces.filter_map(|at| runs(&key[..at])).last().map(|(name, _)| name.as_str());
    begun.or_else(|| {
        let few = medicines.iter().filter(|(_, runs)| !runs.is_empty()).take(FEW);
        nearest(key, few.map(|(name, _)| name.as_str()))
    })
}

fn take(line: &DoseLine, when: When, medicines: &Medicines, clock: &Clock, notices: &mut Notices) {
    let same = |run: &&Running| {
        run.line.route == line.route && run.line.dose == line.dose && matches!(line.dose, Dose::Known(_))
    };
    let runs = medicines.get(&line.name.text.to_lowercase()).map_or(&[][..], Vec::as_slice);
    if runs.iter().filter(same).any(|run| is_due(run, when, clock)) {
        let says = format!("{} is scheduled at about this time, in this dose", quote(&line.name.text));
        let help = "is this in addition? A scheduled dose needs no line; if it is the scheduled one, remove this line";
        notices.warning(place(&line.name), says, help);
    }
}

/// Whether a scheduled dose falls within two hours; on that day, where only the day is known.
fn is_due(run: &Running, when: When, clock: &Clock) -> bool {
    let now = clock.civil(when.start);
    let first = clock.civil(run.since.start);
    let near = |times: &[Time]| {
        when.precision == Precision::Day || times.iter().any(|time| apart(*time, now.time()) <= 2.0)
    };
    let day = |date: Date| (date - first.date()).get_days();
    match (&run.line.schedule, when.precision) {
        (_, Precision::Range) | (None | Some(Schedule::AsNeeded | Schedule::Continuous), _) => false,
        (Some(Schedule::TimesADay(times)), _) => near(&Schedule::times_a_day(*times)),
        (Some(Schedule::At(times)), _) => near(times),
        (Some(Schedule::Nightly), _) => near(&[Schedule::bedtime()]),
        (Some(Schedule::Weekly), _) => day(now.date()) % 7 == 0 && near(&Schedule::times_a_day(1)),
        (Some(Schedule::Every(every)), _) => falls_on(*every, run.since, when),
    }
}

/// Whether a multiple of the interval since the start falls within two hours, or on that day.
fn falls_on(every: TimeSpan, since: When, when: When) -> bool {
    let hours = when.start.duration_since(since.start).as_secs_f64() / 3600.0;
    let into = hours - libm::floor(hours / every.as_hours()) * every.as_hours();
    match (since.precision, when.precision) {
        (Precision::Moment, Precision::Moment) => into <= 2.0 || every.as_hours() - into <= 2.0,
        _ => every.as_hours() <= 24.0 || into < 24.0,
    }
}

/// Hours between two times of day, the short way round.
fn apart(one: Time, other: Time) -> f64 {
    let hours = |time: Time| f64::from(time.hour()) + f64::from(time.minute()) / 60.0;
    let gap = (hours(one) - hours(other)).abs();
    gap.min(24.0 - gap)
}
