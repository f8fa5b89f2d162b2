//! Dates as FHIR writes them: a year, a month, a day, or a moment with its offset from UTC.
//!
//! A timeline has one zone. It is the one that the patient's record names, else the offset that most of its own times
//! have, so that a morning dose stays in the morning; the offset of a single time only tells which moment it means.

use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, DateTime, Time},
    tz::{Offset, TimeZone},
};
use raphe::timeline::{Precision, When};
use std::collections::BTreeMap;

/// A date as written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Written {
    /// The first day that it may be.
    pub(crate) first: Date,
    /// The last one.
    pub(crate) last: Date,
    /// The time of day and its offset.
    pub(crate) time: Option<(Time, Option<Offset>)>,
}

impl Written {
    /// Reads `2015`, `2015-03`, `2015-03-01` or `2015-03-01T10:00:00+01:00`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let (date, time) =
            text.split_once(['T', 't', ' ']).map_or((text, None), |(date, time)| (date, Some(time)));
        let mut parts = date.splitn(3, '-');
        let number = |part: &str, width: usize| {
            (part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| part.parse::<i16>().ok())?
        };
        let year = number(parts.next()?, 4).filter(|year| (1..=9998).contains(year))?;
        let small = |part: Option<&str>| match part {
            None => Some(None),
            Some(part) => i8::try_from(number(part, 2)?).ok().map(Some),
        };
        let (month, day) = (small(parts.next())?, small(parts.next())?);
        let (first, last) = match (month, day) {
            (None, _) => (Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?),
            (Some(month), None) => {
                let first = Date::new(year, month, 1).ok()?;
                (first, first.last_of_month())
            }
            (Some(month), Some(day)) => {
                let date = Date::new(year, month, day).ok()?;
                (date, date)
            }
        };
        let time = match time {
            None => None,
            Some(_) if first != last => return None,
            Some(time) => Some(time_of(time)?),
        };
        Some(Self { first, last, time })
    }

    /// Whether not even the day is known.
    pub(crate) fn partial(&self) -> bool {
        self.first != self.last
    }
}

/// `10:00:00.123+01:00`, `10:00Z`, `10:00`.
fn time_of(text: &str) -> Option<(Time, Option<Offset>)> {
    let split = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (clock, offset) = text.split_at(split);
    let offset = match offset {
        "" => None,
        "Z" | "z" => Some(Offset::UTC),
        signed => {
            let (hours, minutes) = signed[1..].split_once(':')?;
            let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
            let seconds = (hours * 60 + minutes) * 60;
            let plausible = (0..=14).contains(&hours) && (0..60).contains(&minutes);
            Some(plausible.then(|| {
                Offset::from_seconds(if signed.starts_with('+') { seconds } else { -seconds }).ok()
            })??)
        }
    };
    clock_time(clock).map(|time| (time, offset))
}

/// `08:00:00`, `08:00`; a fraction of a second is dropped, a leap second is the second before.
pub(crate) fn clock_time(text: &str) -> Option<Time> {
    let mut parts = text.trim().splitn(3, ':');
    let part = |part: &str| (part.len() == 2).then(|| part.parse::<i8>().ok())?;
    let (hour, minute) = (part(parts.next()?)?, part(parts.next()?)?);
    let second = match parts.next() {
        None => 0,
        Some(seconds) => part(seconds.split('.').next()?)?.min(59),
    };
    match hour {
        24 => Time::new(23, 59, 59, 0).ok(),
        _ => Time::new(hour, minute, second, 0).ok(),
    }
}

/// Turns what is written into moments.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    /// The zone of the timeline.
    pub(crate) zone: TimeZone,
}

impl Clock {
    /// The zone that most of the times of a record are written in; the greatest offset among equals.
    pub(crate) fn of(texts: impl Iterator<Item = impl AsRef<str>>) -> Option<TimeZone> {
        let mut counts: BTreeMap<i32, usize> = BTreeMap::new();
        for text in texts {
            if let Some(Written { time: Some((_, Some(offset))), .. }) = Written::read(text.as_ref()) {
                *counts.entry(offset.seconds()).or_default() += 1;
            }
        }
        let (seconds, _) = counts.into_iter().max_by_key(|(_, count)| *count)?;
        Some(named(Offset::from_seconds(seconds).ok()?))
    }

    /// The moment, day or days of an event.
    pub(crate) fn when(&self, written: Written) -> When {
        match written.time {
            Some((time, offset)) => When::at(self.moment(written.first.to_datetime(time), offset)),
            None => When {
                start: self.midnight(written.first),
                end: Some(self.after(written.last)),
                precision: if written.partial() { Precision::Range } else { Precision::Day },
            },
        }
    }

    /// The day of an event, the first that it may be.
    pub(crate) fn day(&self, written: Written) -> When {
        self.whole_day(self.date(written))
    }

    /// A whole day.
    pub(crate) fn whole_day(&self, date: Date) -> When {
        When { start: self.midnight(date), end: Some(self.after(date)), precision: Precision::Day }
    }

    /// From a day on.
    pub(crate) fn from(&self, written: Written) -> When {
        When { start: self.midnight(self.date(written)), end: None, precision: Precision::Range }
    }

    /// The civil day of a date, the first that it may be.
    pub(crate) fn date(&self, written: Written) -> Date {
        match written.time {
            Some((time, offset @ Some(_))) => {
                self.zone.to_datetime(self.moment(written.first.to_datetime(time), offset)).date()
            }
            _ => written.first,
        }
    }

    /// The civil day of a moment.
    pub(crate) fn date_of(&self, moment: Timestamp) -> Date {
        self.zone.to_datetime(moment).date()
    }

    /// The first moment of a day.
    pub(crate) fn midnight(&self, date: Date) -> Timestamp {
        self.moment(date.to_datetime(Time::midnight()), None)
    }

    fn after(&self, date: Date) -> Timestamp {
        date.tomorrow().map_or(Timestamp::MAX, |next| self.midnight(next))
    }

    fn moment(&self, civil: DateTime, offset: Option<Offset>) -> Timestamp {
        let moment = match offset {
            Some(offset) => offset.to_timestamp(civil),
            None => self.zone.to_ambiguous_timestamp(civil).compatible(),
        };
        moment.unwrap_or(if civil.year() > 5000 {
            Timestamp::MAX - SignedDuration::from_secs(1)
        } else {
            Timestamp::MIN
        })
    }
}

/// A fixed zone under a name that a diary can hold, where there is one.
fn named(offset: Offset) -> TimeZone {
    let hours = offset.seconds() / 3600;
    let name = match (offset.seconds() % 3600, hours) {
        (0, 0) => "Etc/UTC".to_owned(),
        // The names of these zones count westward.
        (0, hours) => format!("Etc/GMT{:+}", -hours),
        _ => String::new(),
    };
    jiff::tz::TimeZoneDatabase::bundled().get(&name).unwrap_or_else(|_| TimeZone::fixed(offset))
}

/// A day so many days later; the end of the calendar when there is none.
pub(crate) fn days_after(date: Date, days: f64) -> Date {
    let days = if days.is_finite() { days.clamp(-4e6, 4e6) } else { 0.0 };
    date.saturating_add((days as i64).days())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_as_precise_as_written() {
        let read =
            |text| Written::read(text).map(|written| (written.first.to_string(), written.last.to_string()));
        let days = |first: &str, last: &str| Some((first.to_owned(), last.to_owned()));
        assert_eq!(read("2015"), days("2015-01-01", "2015-12-31"));
        assert_eq!(read("2015-02"), days("2015-02-01", "2015-02-28"));
        assert_eq!(read("2015-03-01"), days("2015-03-01", "2015-03-01"));
        for wrong in
            ["", "15", "2015-13", "2015-02-30", "2015-03T10:00:00Z", "2015-03-01T25:00:00Z", "2015-03-01T10"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_zone_is_the_one_most_times_have() {
        let texts =
            ["2026-01-01T08:00:00-05:00", "2026-01-02T08:00:00-05:00", "2026-01-02T08:00:00Z", "2026"];
        let clock = Clock { zone: Clock::of(texts.into_iter()).unwrap() };
        assert_eq!(clock.zone.iana_name(), Some("Etc/GMT+5"));
        let at = |text| clock.when(Written::read(text).unwrap());
        assert_eq!(at("2026-01-01T08:00:00Z").start.to_string(), "2026-01-01T08:00:00Z");
        assert_eq!(at("2026-01-01").start.to_string(), "2026-01-01T05:00:00Z");
        assert_eq!(at("2026-01-01T08:00:00.123+05:30").precision, Precision::Moment);
        assert_eq!(clock.date(Written::read("2026-01-02T02:00:00Z").unwrap()).to_string(), "2026-01-01");
    }
}
