//! What a diary says of how somebody is: one series for each questionnaire and each feeling with a strength.
//!
//! A series has one value a day. Several values of one day are averaged and said to be so; a value for a range of days stands at its
//! middle; a day without a value stays a day without a value. Values run so that less is better (a well-being score is turned round).

use super::fit::Point;
use crate::{
    knowledge::{
        Citation, Knowledge, key,
        schema::{Assumption, Questionnaire},
    },
    timeline::{Entry, Event, Precision, Score, Timeline},
    units::number,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use std::collections::BTreeMap;

/// How somebody is, over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Id of the questionnaire, or of the sign that is felt.
    pub id: String,
    /// `PHQ-9`, `low mood`.
    pub name: String,
    /// What it measures: `depressive symptoms`; for a feeling its id.
    pub measures: String,
    /// Whether it is a questionnaire; else it is a feeling out of ten.
    pub questionnaire: bool,
    /// Smallest and largest value.
    pub range: (f64, f64),
    /// Whether more is better; the values are turned round then.
    pub turned: bool,
    /// One value a day in order, less is better.
    pub points: Vec<Point>,
    /// Days with several different values, which were averaged.
    pub averaged: u32,
    /// Values that were written twice on one day, and counted once.
    pub repeated: u32,
    /// Totals that were made up from a questionnaire with answers left out, as its rules say.
    pub completed: u32,
    /// Entries that give no value: too many answers left out, out of range, no strength.
    pub unusable: u32,
}

/// The smallest change that matters, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Important {
    /// In points, whatever the first scores were.
    pub points: f64,
    /// As a share of the first scores, percent.
    pub percent: Option<f64>,
    /// Whether the points are known for this scale; else a share of its range is taken.
    pub known: bool,
    /// Sources.
    pub citations: Vec<Citation>,
}

impl Important {
    /// For a person whose first scores were so high: the larger of the two.
    #[must_use]
    pub fn at(&self, baseline: f64) -> f64 {
        self.points.max(self.percent.unwrap_or(0.0) / 100.0 * baseline)
    }
}

/// The number of a day.
#[must_use]
pub fn day_number(date: Date) -> f64 {
    (date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24) as f64
}

/// The date of a day.
#[must_use]
pub fn date_of(day: f64) -> Date {
    let span = jiff::SignedDuration::from_hours(24 * libm::round(day) as i64);
    Date::constant(1970, 1, 1).saturating_add(span)
}

/// The days an entry speaks of, first and last.
pub(super) fn days_of(entry: &Entry, zone: &TimeZone) -> (f64, Option<f64>) {
    let civil = |at: Timestamp| day_number(at.to_zoned(zone.clone()).date());
    let first = civil(entry.when.start);
    match (entry.when.precision, entry.when.end) {
        (Precision::Range, None) => (first, None),
        (Precision::Range, Some(_)) => (first, Some(civil(entry.when.last()))),
        _ => (first, Some(first)),
    }
}

/// The values of each day.
type Days = BTreeMap<i64, Vec<f64>>;

/// Every series that a timeline with resolved names holds by a moment.
#[must_use]
pub fn series(timeline: &Timeline, knowledge: &Knowledge, as_of: Timestamp) -> Vec<Series> {
    let zone = timeline.zone();
    let mut found: BTreeMap<(bool, String), (Series, Days)> = BTreeMap::new();
    let dated = |entry: &&Entry| entry.when.precision != Precision::Undated && entry.when.start <= as_of;
    for entry in timeline.entries.iter().filter(dated) {
        let (first, last) = days_of(entry, &zone);
        let middle = libm::floor(0.5 * (first + last.unwrap_or(first))) as i64;
        match &entry.event {
            Event::Score(score) => {
                let Some(item) = questionnaire(knowledge, &score.name) else { continue };
                let (series, days) =
                    found.entry((false, item.id.clone())).or_insert_with(|| (of(item), BTreeMap::new()));
                match total(item, score) {
                    Some((value, completed)) => {
                        series.completed += u32::from(completed);
                        let value = if series.turned { series.range.1 - value } else { value };
                        days.entry(middle).or_default().push(value);
                    }
                    None => series.unusable += 1,
                }
            }
            Event::Feel(feelings) => {
                for feeling in feelings {
                    let Some(sign) = feeling.name.id.as_deref().and_then(|id| knowledge.sign(id)) else {
                        continue;
                    };
                    let (series, days) = found.entry((true, sign.id.clone())).or_insert_with(|| {
                        let (name, measures) = (sign.lay.clone(), sign.id.clone());
                        (blank(&sign.id, name, measures, false, (0.0, 10.0)), BTreeMap::new())
                    });
                    let value = match (feeling.strength, feeling.present) {
                        (Some(strength), _) => Some(strength),
                        (None, false) => Some(0.0),
                        (None, true) => None,
                    };
                    match value.filter(|value| (0.0..=10.0).contains(value)) {
                        Some(value) => days.entry(middle).or_default().push(value),
                        None => series.unusable += 1,
                    }
                }
            }
            _ => {}
        }
    }
    found.into_values().map(|(series, days)| settle(series, &days)).collect()
}

/// The questionnaire a diary names.
pub(super) fn questionnaire<'k>(knowledge: &'k Knowledge, name: &str) -> Option<&'k Questionnaire> {
    let wanted = key(name);
    let names = |item: &Questionnaire| {
        [&item.id, &item.name].into_iter().chain(&item.names).any(|name| key(name) == wanted)
    };
    knowledge.base().questionnaires.iter().find(|item| names(item))
}

fn of(item: &Questionnaire) -> Series {
    let range = (f64::from(item.lowest), f64::from(item.highest));
    let mut series = blank(&item.id, item.name.clone(), item.measures.clone(), true, range);
    series.turned = item.higher_is_better;
    series
}

fn blank(id: &str, name: String, measures: String, questionnaire: bool, range: (f64, f64)) -> Series {
    Series {
        id: id.to_owned(),
        name,
        measures,
        questionnaire,
        range,
        turned: false,
        points: Vec::new(),
        averaged: 0,
        repeated: 0,
        completed: 0,
        unusable: 0,
    }
}

/// The total of a questionnaire, and whether answers left out were made up by the mean of the others.
fn total(item: &Questionnaire, score: &Score) -> Option<(f64, bool)> {
    let within = |value: f64| (f64::from(item.lowest)..=f64::from(item.highest)).contains(&value);
    if let Some(total) = score.total {
        return within(total).then_some((total, false));
    }
    let answers: Vec<f64> = score.items.iter().flatten().map(|answer| f64::from(*answer)).collect();
    let missing = (item.items as usize).checked_sub(answers.len())?;
    if missing > item.may_miss as usize || answers.is_empty() {
        return None;
    }
    let sum = answers.iter().sum::<f64>() * f64::from(item.items) / answers.len() as f64;
    let value = libm::round(sum) * f64::from(item.times.unwrap_or(1));
    within(value).then_some((value, missing > 0))
}

fn settle(mut series: Series, days: &Days) -> Series {
    for (day, values) in days {
        let mut different = values.clone();
        different.sort_by(f64::total_cmp);
        different.dedup();
        // A total written twice on a day is one; a feeling may well be the same at two times of it.
        if series.questionnaire {
            series.repeated += (values.len() - different.len()) as u32;
        }
        series.averaged += u32::from(different.len() > 1);
        let counted = if series.questionnaire { &different } else { values };
        let mean = counted.iter().sum::<f64>() / counted.len() as f64;
        // Reports of one day are not independent: more of them never count for more than two.
        let reports = (counted.len() as f64).min(2.0);
        series.points.push(Point { day: *day as f64, value: mean, reports });
    }
    series
}

/// The smallest change of a series that matters.
#[must_use]
pub fn important(knowledge: &Knowledge, series: &Series) -> Important {
    let base = knowledge.base();
    let assumed = |id: &str| base.helping.assumptions.iter().find(|item| item.id == id);
    let value = |item: Option<&Assumption>| item.map_or(0.0, |item| item.value);
    let cited = |items: &[Option<&Assumption>]| -> Vec<Citation> {
        items.iter().flatten().flat_map(|item| &item.evidence).map(Citation::from).collect()
    };
    if !series.questionnaire {
        let (points, percent) = (assumed("feeling_points"), assumed("feeling_percent"));
        return Important {
            points: value(points),
            percent: percent.map(|item| item.value),
            known: true,
            citations: cited(&[points, percent]),
        };
    }
    let item = base.questionnaires.iter().find(|item| item.id == series.id);
    let changes = item.into_iter().flat_map(|item| &item.changes).filter(|change| change.kind == "important");
    let points = changes.clone().find_map(|change| change.points.map(|points| (points, change)));
    let percent = changes.clone().find_map(|change| change.percent.map(|percent| (percent, change)));
    let sources = [points.map(|(_, change)| change), percent.map(|(_, change)| change)];
    let mut citations: Vec<Citation> =
        sources.iter().flatten().flat_map(|change| &change.evidence).map(Citation::from).collect();
    let points = match (points, percent) {
        (Some((points, _)), _) => (points, true),
        // A share of the first scores alone would call one point of a mild score important.
        (None, percent) => {
            let id = if percent.is_some() { "least_share_of_scale" } else { "important_share_of_scale" };
            let share = assumed(id);
            citations.extend(cited(&[share]));
            (value(share) * (series.range.1 - series.range.0), percent.is_some())
        }
    };
    Important { points: points.0, percent: percent.map(|(percent, _)| percent), known: points.1, citations }
}

/// A value of a series as it was written, the other way round where more is better.
#[must_use]
pub fn written(series: &Series, value: f64) -> String {
    let value = if series.turned { series.range.1 - value } else { value };
    number(libm::round(value * 10.0) / 10.0)
}
