//! The time axis: ticks where a calendar has them, in the person's zone.
//!
//! Places are proportional to elapsed time; ticks stand at civil hours, midnights, Mondays and first days of months. So a
//! day of 23 or 25 hours is drawn as long as it was, and midnight is still midnight. Plotters' own axes for dates need
//! another calendar library and know no zones; this one is its `Ranged` over jiff.

use super::words::wide;
use jiff::{
    SignedDuration, Timestamp, Zoned,
    civil::{Date, DateTime, Weekday},
    tz::TimeZone,
};
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use std::ops::Range;

/// A stretch of time to look at, as one person lives it.
#[derive(Debug, Clone)]
pub struct Time {
    /// The left edge.
    pub from: Timestamp,
    /// The right edge.
    pub to: Timestamp,
    /// Where the person is: dates and hours are theirs.
    pub zone: TimeZone,
    /// Where the now line stands, if it lies between the edges.
    pub now: Option<Timestamp>,
}

impl Time {
    /// From one moment to another, the earlier first; at least an hour.
    #[must_use]
    pub fn new(from: Timestamp, to: Timestamp, zone: TimeZone) -> Self {
        let (from, to) = (from.min(to), from.max(to));
        let hour = SignedDuration::from_hours(1);
        let to = to.max(from.saturating_add(hour).unwrap_or(to));
        let from = from.min(to.saturating_sub(hour).unwrap_or(from));
        Self { from, to, zone, now: None }
    }

    /// With a now line.
    #[must_use]
    pub fn now(mut self, now: Timestamp) -> Self {
        self.now = Some(now);
        self
    }

    /// The nearest moment that lies between the edges.
    pub(super) fn held(&self, at: Timestamp) -> Timestamp {
        at.clamp(self.from, self.to.max(self.from))
    }

    /// Whether a moment lies between the edges.
    pub(super) fn holds(&self, at: Timestamp) -> bool {
        (self.from..=self.to).contains(&at)
    }

    /// How far along a moment lies, from 0 to 1.
    pub(super) fn share(&self, at: Timestamp) -> f64 {
        let all = seconds(self.to) - seconds(self.from);
        if all > 0.0 { ((seconds(at) - seconds(self.from)) / all).clamp(0.0, 1.0) } else { 0.5 }
    }

    /// A moment in words: `9 Mar 2026`, with the hour when it is not midnight.
    pub(super) fn told(&self, at: Timestamp) -> String {
        let at = at.to_zoned(self.zone.clone());
        let day = day(at.date(), true);
        if at.hour() == 0 && at.minute() == 0 { day } else { format!("{day} {}", hour(&at)) }
    }

    /// The same without the year.
    pub(super) fn short(&self, at: Timestamp) -> String {
        day(at.to_zoned(self.zone.clone()).date(), false)
    }
}

fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1e3
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn month(date: Date) -> &'static str {
    MONTHS.get(date.month().unsigned_abs() as usize - 1).copied().unwrap_or("")
}

fn day(date: Date, year: bool) -> String {
    let day = format!("{} {}", date.day(), month(date));
    if year { format!("{day} {}", date.year()) } else { day }
}

fn hour(at: &Zoned) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// How far apart ticks stand.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Hours(i8),
    Days(i64),
    Weeks(i64),
    Months(i8),
    Years(i16),
}

impl Step {
    const ALL: [Self; 18] = [
        Self::Hours(1),
        Self::Hours(3),
        Self::Hours(6),
        Self::Hours(12),
        Self::Days(1),
        Self::Days(2),
        Self::Weeks(1),
        Self::Weeks(2),
        Self::Months(1),
        Self::Months(2),
        Self::Months(3),
        Self::Months(6),
        Self::Years(1),
        Self::Years(2),
        Self::Years(5),
        Self::Years(20),
        Self::Years(100),
        Self::Years(1000),
    ];

    /// About how many hours.
    fn hours(self) -> f64 {
        match self {
            Self::Hours(count) => f64::from(count),
            Self::Days(count) => 24.0 * count as f64,
            Self::Weeks(count) => 168.0 * count as f64,
            Self::Months(count) => 730.5 * f64::from(count),
            Self::Years(count) => 8766.0 * f64::from(count),
        }
    }

    /// Room of its widest label, in pixels.
    fn room(self) -> f64 {
        match self {
            Self::Years(_) => wide("2026"),
            Self::Months(_) => wide("Mar"),
            _ => wide("29 Mar"),
        }
    }

    fn starts(self, date: Date) -> bool {
        let days = i64::from(date.duration_since(Date::constant(1970, 1, 5)).as_hours() as i32 / 24);
        match self {
            Self::Hours(_) => true,
            Self::Days(count) => days.rem_euclid(count) == 0,
            Self::Weeks(count) => days.rem_euclid(7 * count) == 0 && date.weekday() == Weekday::Monday,
            Self::Months(count) => date.day() == 1 && (date.month() - 1) % count == 0,
            Self::Years(count) => date.day() == 1 && date.month() == 1 && date.year() % count == 0,
        }
    }

    /// From one day to the next that could start a step.
    fn next(self, date: Date) -> Option<Date> {
        match self {
            Self::Months(_) => date.first_of_month().checked_add(jiff::Span::new().months(1)).ok(),
            Self::Years(_) => date.first_of_year().checked_add(jiff::Span::new().years(1)).ok(),
            _ => date.tomorrow().ok(),
        }
    }

    /// The moments at which steps start between two edges.
    fn moments(self, time: &Time) -> Vec<Timestamp> {
        // Whatever the step was chosen for, this many ticks are more than any drawing has room for.
        const MOST: usize = 4000;
        let first = time.from.to_zoned(time.zone.clone()).date();
        let first = match self {
            Self::Months(_) => first.first_of_month(),
            Self::Years(_) => first.first_of_year(),
            _ => first,
        };
        let hours = match self {
            Self::Hours(count) => count,
            _ => 24,
        };
        let mut moments = Vec::new();
        let mut date = Some(first);
        while let Some(today) = date.filter(|_| moments.len() < MOST) {
            for hour in (0..24_i8).step_by(hours.unsigned_abs().into()) {
                let civil = DateTime::from_parts(today, jiff::civil::Time::constant(hour, 0, 0, 0));
                let at = time.zone.to_ambiguous_zoned(civil).compatible().map(|at| at.timestamp());
                if let Ok(at) = at.as_ref().copied()
                    && self.starts(today)
                    && time.holds(at)
                    && moments.last() != Some(&at)
                {
                    moments.push(at);
                }
                if at.is_ok_and(|at| at > time.to) {
                    return moments;
                }
            }
            date = self.next(today);
        }
        moments
    }
}

/// A stretch of time with the ticks that a width has room for; what plotters maps and labels by.
#[derive(Debug, Clone)]
pub(super) struct Along {
    time: Time,
    labels: Vec<(Timestamp, String)>,
    fine: Vec<Timestamp>,
}

impl Along {
    /// An axis of so many pixels.
    pub(super) fn new(time: &Time, width: f64) -> Self {
        const GAP: f64 = 14.0;
        let hours = (seconds(time.to) - seconds(time.from)) / 3600.0;
        let apart = |step: &Step| width * step.hours() / hours.max(1.0);
        let place = Step::ALL.iter().position(|step| apart(step) >= step.room() + GAP);
        let place = place.unwrap_or(Step::ALL.len() - 1);
        let step = Step::ALL[place];
        let fine = Step::ALL[..place].iter().rfind(|fine| apart(fine) >= 10.0 && nests(**fine, step));
        let fine = fine.map_or_else(Vec::new, |fine| fine.moments(time));
        let moments = step.moments(time);
        let labels = label(&moments, step, time, apart(&step));
        // A line is drawn once.
        let fine = fine.into_iter().filter(|at| !moments.contains(at)).collect();
        Self { time: time.clone(), labels, fine }
    }

    /// The words under the tick at this moment.
    pub(super) fn words(&self, at: &Timestamp) -> String {
        self.labels.iter().find(|(tick, _)| tick == at).map(|(_, text)| text.clone()).unwrap_or_default()
    }
}

/// Whether ticks of the finer step fall on all ticks of the coarser one.
fn nests(fine: Step, coarse: Step) -> bool {
    match (fine, coarse) {
        (Step::Weeks(_), Step::Months(_) | Step::Years(_)) | (Step::Days(2), _) => false,
        (Step::Hours(fine), Step::Hours(coarse)) => coarse % fine == 0,
        (Step::Months(fine), Step::Months(coarse)) => coarse % fine == 0,
        _ => true,
    }
}

/// The words under the ticks: hours with the day at midnight, days, months, the year where it changes.
fn label(moments: &[Timestamp], step: Step, time: &Time, apart: f64) -> Vec<(Timestamp, String)> {
    let mut year = None;
    let words = |(place, &at): (usize, &Timestamp)| {
        let zoned = at.to_zoned(time.zone.clone());
        let date = zoned.date();
        let midnight = zoned.hour() == 0 && zoned.minute() == 0;
        let new_year = year.replace(date.year()) != Some(date.year());
        let text = match step {
            Step::Years(_) => date.year().to_string(),
            Step::Months(_) if new_year && (place == 0 || date.month() == 1) => match place {
                0 => format!("{} {}", month(date), date.year()),
                _ => date.year().to_string(),
            },
            Step::Months(_) => month(date).to_owned(),
            Step::Hours(_) if !midnight && place > 0 => hour(&zoned),
            Step::Hours(_) if !midnight => format!("{} {}", day(date, false), hour(&zoned)),
            _ => {
                let (full, plain) = (day(date, true), day(date, false));
                if new_year && wide(&full) + 8.0 <= apart { full } else { plain }
            }
        };
        let text = if place == 0 && wide(&text) + 8.0 > apart {
            match step {
                Step::Hours(_) if !midnight => hour(&zoned),
                Step::Months(_) => month(date).to_owned(),
                _ => text,
            }
        } else {
            text
        };
        (at, text)
    };
    moments.iter().enumerate().map(words).collect()
}

impl Ranged for Along {
    type FormatOption = NoDefaultFormatting;
    type ValueType = Timestamp;

    fn map(&self, value: &Timestamp, limit: (i32, i32)) -> i32 {
        limit.0 + (self.time.share(*value) * f64::from(limit.1 - limit.0)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<Timestamp> {
        match hint.weight().allow_light_points() {
            true => self.fine.clone(),
            false => self.labels.iter().map(|(at, _)| *at).collect(),
        }
    }

    fn range(&self) -> Range<Timestamp> {
        self.time.from..self.time.to
    }
}

impl ValueFormatter<Timestamp> for Along {
    fn format_ext(&self, value: &Timestamp) -> String {
        self.words(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(from: &str, to: &str, width: f64) -> Vec<String> {
        let zone = TimeZone::get("Europe/London").unwrap();
        let at = |text: &str| text.parse::<DateTime>().unwrap().to_zoned(zone.clone()).unwrap().timestamp();
        let along = Along::new(&Time::new(at(from), at(to), zone.clone()), width);
        along.labels.into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn ticks_stand_where_a_calendar_has_them() {
        let days = axis("2026-03-01T10:00", "2026-03-15T10:00", 660.0);
        assert_eq!(days, ["2 Mar 2026", "4 Mar", "6 Mar", "8 Mar", "10 Mar", "12 Mar", "14 Mar"]);
        assert_eq!(axis("2026-03-01T10:00", "2026-03-15T10:00", 230.0), ["2 Mar 2026", "9 Mar"]);
        assert_eq!(
            axis("2025-11-15T00:00", "2026-04-02T00:00", 330.0),
            ["Dec 2025", "2026", "Feb", "Mar", "Apr"]
        );
        assert_eq!(axis("1990-01-01T00:00", "2030-01-01T00:00", 300.0), ["2000", "2020"]);
    }

    #[test]
    fn hours_survive_the_change_of_clocks() {
        // In London the hour from 1 to 2 is missing on 29 March and there twice on 25 October.
        let spring = axis("2026-03-28T22:00", "2026-03-29T06:00", 600.0);
        assert_eq!(spring, ["22:00", "23:00", "29 Mar", "02:00", "03:00", "04:00", "05:00", "06:00"]);
        let autumn = axis("2026-10-24T23:00", "2026-10-25T05:00", 700.0);
        assert_eq!(autumn, ["24 Oct 23:00", "25 Oct", "01:00", "02:00", "03:00", "04:00", "05:00"]);
    }

    #[test]
    fn the_ends_of_time_do_not_hang_or_panic() {
        let all = Time::new(Timestamp::MIN, Timestamp::MAX, TimeZone::UTC);
        assert!(Along::new(&all, 300.0).labels.len() < 20);
        for edge in [Timestamp::MIN, Timestamp::MAX] {
            let time = Time::new(edge, edge, TimeZone::UTC);
            assert!(time.to > time.from);
            Along::new(&time, 300.0);
        }
    }
}
