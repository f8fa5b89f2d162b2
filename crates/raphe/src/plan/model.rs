//! When the modeled synapse has calmed down.
//!
//! For a row of days the new medicine is begun so long after the last dose of the old one, and everyone's highest
//! serotonin of its first 48 hours is held against what it would have been without the old one. A person's first day is
//! the first from which on it is at most 1.6 times that. Between the days that were simulated the logarithm of the ratio
//! runs straight.
//!
//! Where a guideline lets the two overlap, the comparison is with the stronger of the two alone, because there it is the
//! sum that must not grow, not the rest of the first.

use crate::{
    exposure::later,
    knowledge::Knowledge,
    population::Population,
    synapse::peaks::{Peaks, peaks},
    timeline::{DoseLine, Entry, Event, Origin, Timeline, When},
    units::{Interval, TimeSpan},
};
use jiff::Timestamp;

/// The first 48 hours of the new medicine are looked at.
pub(super) const HOURS: f64 = 48.0;
/// At most so many times what it does alone.
const MOST: f64 = 1.6;
/// What changes serotonin by less than this does not act on it.
const ACTS: f64 = 1.1;
/// Days that are simulated, as far as is needed.
const DAYS: [f64; 15] =
    [0.0, 1.0, 2.0, 4.0, 7.0, 14.0, 21.0, 28.0, 35.0, 42.0, 56.0, 70.0, 84.0, 98.0, 120.0];
/// Points of the curve.
const POINTS: usize = 29;

/// What the model says of a change.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Modeled {
    /// Each person's own first day; `None` where serotonin is not at stake, or something is missing.
    pub days: Option<Interval>,
    /// Why there is no day, in words.
    pub why_not: Option<String>,
    /// Highest serotonin of the first 48 hours, by the day on which the new one begins.
    pub curve: Vec<Point>,
    /// More than one in twenty had not calmed down after the longest time that was simulated.
    pub open: bool,
}

/// One day of the curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Days after the last dose of the old one.
    pub day: f64,
    /// With what is left of the old one, over the person's own baseline.
    pub with: Interval,
    /// The new one without the old.
    pub alone: Interval,
}

/// One medicine that follows another.
pub(super) struct Change<'a> {
    pub(super) knowledge: &'a Knowledge,
    /// Resolved, with the old one ended.
    pub(super) timeline: &'a Timeline,
    /// Id of the old one.
    pub(super) from: &'a str,
    /// The new one, as it is begun.
    pub(super) line: &'a DoseLine,
    /// The first dose of the new one if it begins on day 0.
    pub(super) first: Timestamp,
    /// Whether the two may overlap.
    pub(super) overlaps: bool,
}

impl Change<'_> {
    fn begin(&self, timeline: &Timeline, day: f64) -> (Timeline, Timestamp) {
        let at = later(self.first, TimeSpan::days(day));
        let event = Event::Start(self.line.clone());
        let entry = Entry { when: When::at(at), event, origin: Origin::Asked(u32::MAX), note: None };
        (timeline.with([entry]), at)
    }

    fn seen(&self, timeline: &Timeline, population: Population, day: f64) -> Peaks {
        let (timeline, at) = self.begin(timeline, day);
        peaks(&timeline, self.knowledge, population, at, HOURS)
    }

    /// The same person without the old medicine.
    fn without(&self) -> Timeline {
        let of_old = |entry: &&Entry| match &entry.event {
            Event::Start(line) | Event::Change(line) | Event::Take(line) => {
                line.name.id.as_deref() != Some(self.from)
            }
            Event::Stop(name) | Event::Miss(name) => name.id.as_deref() != Some(self.from),
            _ => true,
        };
        self.timeline.holding(self.timeline.entries.iter().filter(of_old).cloned().collect())
    }

    /// Simulates it.
    pub(super) fn model(&self, population: Population) -> Modeled {
        let alone = self.seen(&self.without(), population, 0.0);
        let at_once = self.seen(self.timeline, population, 0.0);
        let old = peaks(self.timeline, self.knowledge, population, self.first, HOURS);
        if let Some((id, why)) = at_once.missing.first() {
            let name = self.knowledge.substance_name(id);
            let why_not = Some(format!("the model cannot follow {name}: {why}"));
            return Modeled { why_not, ..Modeled::default() };
        }
        let weights = at_once.weights.clone();
        let middle = |values: &[f64]| Interval::weighed(values, &weights).map_or(1.0, |value| value.median);
        let raises: Vec<f64> = at_once.folds.iter().zip(&old.folds).map(|(with, old)| with / old).collect();
        let none = Population { people: 0, ..population };
        let bare = peaks(&self.without(), self.knowledge, none, self.first, HOURS);
        let own = self.seen(&self.without(), none, 0.0);
        let does = own.folds.first().copied().unwrap_or(1.0) / bare.folds.first().copied().unwrap_or(1.0);
        // The new one neither raises serotonin by itself nor what the old one has raised; or the old one does nothing.
        let leaves = |values: &[f64]| (1.0 / ACTS..ACTS).contains(&middle(values));
        let changed: Vec<f64> =
            at_once.folds.iter().zip(&alone.folds).map(|(with, alone)| with / alone).collect();
        if (does < ACTS && leaves(&raises)) || leaves(&changed) && middle(&old.folds) < ACTS {
            let why_not = Some(
                "in the model the two do not add to each other's effect on serotonin, so it sets no day"
                    .to_owned(),
            );
            return Modeled { why_not, ..Modeled::default() };
        }
        let reference: Vec<f64> = match self.overlaps {
            true => alone.folds.iter().zip(&old.folds).map(|(alone, old)| alone.max(*old)).collect(),
            false => alone.folds.clone(),
        };
        let over = |peaks: &Peaks| -> Vec<f64> {
            let pairs = peaks.folds.iter().zip(&reference);
            pairs.map(|(with, alone)| libm::log(with.max(1e-6) / alone.max(1e-6))).collect()
        };
        let limit = libm::log(MOST);
        let mut rows = vec![(0.0, over(&at_once))];
        let done = |row: &[f64]| Interval::weighed(row, &weights).is_some_and(|row| row.p95 <= limit);
        for day in &DAYS[1..] {
            if done(&rows.last().expect("the first day is there").1) {
                break;
            }
            rows.push((*day, over(&self.seen(self.timeline, population, *day))));
        }
        let open = !done(&rows.last().expect("the first day is there").1);
        let people = reference.len();
        let first = |person: usize| {
            let Some(last) = rows.iter().rposition(|(_, row)| row[person] > limit) else { return 0.0 };
            let (day, above) = (rows[last].0, rows[last].1[person]);
            match rows.get(last + 1) {
                Some((next, row)) => day + (next - day) * (above - limit) / (above - row[person]).max(1e-9),
                None => day,
            }
        };
        let days: Vec<f64> = (0..people).map(first).collect();
        Modeled {
            days: Interval::weighed(&days, &weights),
            why_not: None,
            curve: curve(&rows, &alone.folds, &reference, &weights),
            open,
        }
    }
}

/// The curve between the days that were simulated.
fn curve(rows: &[(f64, Vec<f64>)], alone: &[f64], reference: &[f64], weights: &[f64]) -> Vec<Point> {
    let last = rows.last().map_or(0.0, |(day, _)| *day);
    if last <= 0.0 {
        return Vec::new();
    }
    let Some(apart) = Interval::weighed(alone, weights) else { return Vec::new() };
    let at = |place: usize| {
        let day = last * place as f64 / (POINTS - 1) as f64;
        let next = rows.iter().position(|(other, _)| *other >= day - 1e-9)?;
        let (after, later) = &rows[next];
        let (before, earlier) = &rows[next.saturating_sub(1)];
        let share = if after > before { (day - before) / (after - before) } else { 1.0 };
        let with: Vec<f64> = (0..alone.len())
            .map(|person| {
                let over = earlier[person] + share * (later[person] - earlier[person]);
                reference[person] * libm::exp(over)
            })
            .collect();
        Some(Point { day, with: Interval::weighed(&with, weights)?, alone: apart })
    };
    (0..POINTS).filter_map(at).collect()
}
