//! What was found, moment by moment: the ground of the course.
//!
//! An episode is cut into the moments at which something was reported. Each holds what was measured, which signs of
//! toxicity were seen for the first time, and which of those seen before were looked for and found gone. Words of notes
//! and numbers without a unit are left out: a trend is read off what is sure.

use super::{facts::Reading, reports::Reports};
use crate::{
    exposure::hours_between,
    knowledge::schema::{Found, Side},
    timeline::{Course, Event, Origin, Precision},
    units::{Temperature, number},
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What was found at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// When; the first moment of it where only the day is known.
    pub at: Timestamp,
    /// Known to the day only.
    pub day_only: bool,
    /// What was measured: `temperature`, `pulse`, `systolic`, … with its value in the unit of [`super::Comparison`].
    pub measured: BTreeMap<&'static str, f64>,
    /// Ids of signs seen now and not before in this episode.
    pub new: Vec<String>,
    /// Ids of signs seen before and found gone now.
    pub gone: Vec<String>,
    /// Ids of every sign reported present now.
    pub present: Vec<String>,
}

/// What one moment holds, before it is compared with those before it.
#[derive(Default)]
struct Gathered {
    day_only: bool,
    measured: BTreeMap<&'static str, f64>,
    /// Signs, there or not there.
    found: BTreeMap<usize, bool>,
}

/// The last thing the diary says of how it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// Better, worse or the same.
    pub course: Course,
    /// When.
    pub at: Timestamp,
    /// The line.
    pub origin: Origin,
}

impl Reports<'_> {
    /// The moments of a span, in order of time.
    #[must_use]
    pub fn moments(&self, from: Timestamp, to: Timestamp) -> Vec<Moment> {
        let signs = &self.knowledge.base().signs;
        let mut moments: BTreeMap<Timestamp, Gathered> = BTreeMap::new();
        let inside = |at: Timestamp| at >= from && at <= to;
        for value in &self.measured {
            if value.supposed.is_none() && inside(value.when.start) {
                let moment = moments.entry(value.when.start).or_default();
                moment.day_only |= value.when.precision != Precision::Moment;
                moment.measured.insert(value.quantity, value.value);
            }
        }
        let toxic = |sign: usize| {
            matches!(signs[sign].side, Side::Toxicity | Side::Both) && signs[sign].found != Found::Condition
        };
        for report in &self.reports {
            let counts = report.heard == Reading::Strict && (report.present || report.counts);
            if counts && inside(report.when.start) && toxic(report.sign) {
                let moment = moments.entry(report.when.start).or_default();
                moment.day_only |= report.when.precision != Precision::Moment;
                // Both at one moment: it was there.
                *moment.found.entry(report.sign).or_default() |= report.present;
            }
        }
        let id = |sign: &usize| signs[*sign].id.clone();
        let (mut seen, mut there) = (BTreeSet::new(), BTreeSet::new());
        moments
            .into_iter()
            .map(|(at, Gathered { day_only, measured, found })| {
                let (mut new, mut gone, mut present) = (Vec::new(), Vec::new(), Vec::new());
                for (sign, is_there) in &found {
                    match is_there {
                        true => {
                            present.push(id(sign));
                            if seen.insert(*sign) {
                                new.push(id(sign));
                            }
                            there.insert(*sign);
                        }
                        false => {
                            // What is absent takes every kind of it along.
                            let ends: Vec<usize> = (there.iter().copied())
                                .filter(|one| {
                                    self.implied[*one].contains(sign)
                                        || signs[*one].denied_by.contains(&signs[*sign].id)
                                })
                                .collect();
                            for one in ends {
                                there.remove(&one);
                                gone.push(id(&one));
                            }
                        }
                    }
                }
                Moment { at, day_only, measured, new, gone, present }
            })
            .collect()
    }

    /// The first sign of an episode that begins at `from`: its first and its last possible moment.
    #[must_use]
    pub fn first_sign(&self, from: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let signs = &self.knowledge.base().signs;
        let toxic = |sign: usize| matches!(signs[sign].side, Side::Toxicity | Side::Both);
        let reported = self.reports.iter().filter(|report| report.present && toxic(report.sign));
        let reported = reported.map(|report| report.when);
        let hot = self.measured.iter().filter(|value| value.quantity == "temperature" && value.value > 38.0);
        let first = reported.chain(hot.map(|value| value.when)).filter(|when| when.start == from);
        first
            .map(|when| (when.start, when.last().min(self.as_of).max(when.start)))
            .min_by_key(|(_, last)| *last)
    }

    /// The lines of a temperature that rose fast since a moment, by its last value; empty where it did not.
    #[must_use]
    pub fn rises_fast(&self, since: Timestamp) -> Vec<Origin> {
        let sure = self.measured.iter().filter(|value| {
            value.quantity == "temperature"
                && value.supposed.is_none()
                && value.when.precision == Precision::Moment
                && value.when.start >= since
        });
        let mut values: Vec<_> = sure.map(|value| (value.when.start, value.value, &value.origin)).collect();
        values.sort_by_key(|(at, ..)| *at);
        let Some((last, value, origin)) = values.last().copied() else { return Vec::new() };
        let before = values.iter().find(|(at, before, _)| is_fast((*at, *before), (last, value)));
        before.map_or_else(Vec::new, |(_, _, before)| vec![(*before).clone(), origin.clone()])
    }

    /// The last `course` line by now.
    #[must_use]
    pub fn stated_course(&self) -> Option<Stated> {
        let entries = self.timeline.entries.iter().filter(|entry| entry.when.begun_by(self.as_of));
        let mut last: Option<Stated> = None;
        for entry in entries {
            let Event::Course(course) = &entry.event else { continue };
            let at = entry.when.last().min(self.as_of);
            if last.as_ref().is_none_or(|known| at >= known.at) {
                last = Some(Stated { course: *course, at, origin: entry.origin.clone() });
            }
        }
        last
    }
}

/// Degrees, and hours within which they are fast; our own reading of "rises fast".
const FAST: (f64, f64) = (1.0, 2.0);

/// Whether a temperature rose fast from one moment to another.
#[must_use]
pub fn is_fast((from, before): (Timestamp, f64), (to, value): (Timestamp, f64)) -> bool {
    hours_between(from, to) <= FAST.1 + 1e-9 && value - before >= FAST.0 - 1e-9
}

/// A measured value with its unit, as a person writes it.
#[must_use]
pub fn amount(quantity: &str, value: f64) -> String {
    match quantity {
        "temperature" => Temperature::celsius(libm::round(value * 10.0) / 10.0).to_string(),
        "systolic" | "diastolic" => format!("{} mmHg", number(value)),
        "pulse" | "respiration" => format!("{}/min", number(value)),
        "spo2" => format!("{} %", number(value)),
        "ck" => format!("{} U/L", number(value)),
        _ => format!("{} mmol/L", number(value)),
    }
}
