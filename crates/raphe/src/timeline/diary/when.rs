//! When something happened: the date, time, offset or range that begins a line, and the moment it names.
//!
//! Dates are ISO 8601 and nothing else, because 01/03 is two different days in two countries. What is refused is
//! explained with the date it could have been. A time of day is civil: it becomes a moment in the zone of the profile,
//! or of its own offset. Without a zone every time is read on one civil clock, as if it were UTC, so that all of them
//! stay comparable. A clock time that was skipped moves forward, one that came twice means the first.

use super::words::{self, Span, is_space};
use crate::timeline::{Precision, When};
use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// How a line begins.
#[derive(Debug)]
pub(super) enum Head<'a> {
    /// With a date that was read; the rest of the line follows.
    Dated(Written, Span<'a>),
    /// With something that is meant as a date.
    Wrong(Wrong<'a>),
    /// Without a date.
    Undated,
}

/// When, as written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Written {
    /// The day, or the first day.
    pub(super) date: Date,
    /// The time of day, and its offset from UTC.
    pub(super) time: Option<(Time, Option<Offset>)>,
    /// What ends it.
    pub(super) until: Until,
}

/// What ends it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Until {
    /// The same day.
    Same,
    /// Nothing yet: `A..`.
    Open,
    /// The end of this day: `A..B`.
    Day(Date),
}

/// A date or time that cannot be read.
#[derive(Debug)]
pub(super) struct Wrong<'a> {
    /// What was found.
    pub(super) found: Span<'a>,
    /// What is wrong with it.
    pub(super) says: String,
    /// What to write.
    pub(super) help: String,
    /// The day, where that much is clear.
    pub(super) date: Option<Date>,
}

const EXAMPLE: &str = "write year, month and day, for example `2026-03-01`";
const TIME_EXAMPLE: &str = "write hours and minutes from `00:00` to `23:59`";

/// Reads how a line begins.
pub(super) fn read(line: Span<'_>) -> Head<'_> {
    let line = line.trim();
    if !line.text.starts_with(|c: char| c.is_ascii_digit()) {
        return Head::Undated;
    }
    dated(line).map_or_else(Head::Wrong, |(written, rest)| Head::Dated(written, rest.trim()))
}

fn dated(line: Span<'_>) -> Result<(Written, Span<'_>), Wrong<'_>> {
    let end = date_end(line.text);
    let date = date(line.slice(0, end))?;
    let (tail, all) = (&line.text[end..], line.text.len());
    let written = Written { date, time: None, until: Until::Same };
    let space = tail.len() - tail.trim_start_matches(is_space).len();
    if tail[space..].starts_with("..") {
        return range(written, line.slice(end + space + 2, all));
    }
    let joined = tail.starts_with(['T', 't']) && tail[1..].starts_with(|c: char| c.is_ascii_digit());
    if joined {
        return timed(written, line.slice(end + 1, all));
    }
    if !tail.is_empty() && space == 0 {
        let (found, _) = line.first_word();
        return Err(wrong_date(found, EXAMPLE.to_owned(), Some(date)));
    }
    match tail[space..].starts_with(|c: char| c.is_ascii_digit()) {
        true => timed(written, line.slice(end + space, all)),
        false => Ok((written, line.slice(end, all))),
    }
}

/// Where the characters of a date end.
fn date_end(text: &str) -> usize {
    text.char_indices()
        .find(|&(at, c)| !(c.is_ascii_digit() || "-/.".contains(c)) || text[at..].starts_with(".."))
        .map_or(text.len(), |(at, _)| at)
}

fn range<'a>(written: Written, rest: Span<'a>) -> Result<(Written, Span<'a>), Wrong<'a>> {
    let rest = rest.trim();
    if !rest.text.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok((Written { until: Until::Open, ..written }, rest));
    }
    let (last, after) = rest.first_word();
    let until = date(last).map_err(|wrong| Wrong { date: Some(written.date), ..wrong })?;
    let error = |found: Span<'a>, says: String, help: &str| {
        Err(Wrong { found, says, help: help.to_owned(), date: Some(written.date) })
    };
    if until < written.date {
        let says = format!("the range ends on {until}, before it begins on {}", written.date);
        return error(last, says, "write the earlier day first, for example `2026-03-18..2026-03-24`");
    }
    if after.text.starts_with(|c: char| c.is_ascii_digit()) {
        let (found, _) = after.first_word();
        let says = format!("{} follows a range, which is of whole days", words::quote(found.text));
        return error(found, says, "write one line for each moment, or leave the time out");
    }
    Ok((Written { until: Until::Day(until), ..written }, after))
}

fn date(found: Span<'_>) -> Result<Date, Wrong<'_>> {
    iso(found.text).ok_or_else(|| explained(found))
}

/// `2026-03-01`, and no other way to write it.
fn iso(text: &str) -> Option<Date> {
    let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
    let number = |from: usize, to: usize| {
        bytes[from..to]
            .iter()
            .try_fold(0_i16, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i16::from(byte - b'0')))
    };
    (bytes[4] == b'-' && bytes[7] == b'-').then_some(())?;
    day(number(0, 4), number(5, 7), number(8, 10))
}

fn day(year: Option<i16>, month: Option<i16>, day: Option<i16>) -> Option<Date> {
    let (month, day) = (i8::try_from(month?).ok()?, i8::try_from(day?).ok()?);
    Date::new(year.filter(|year| (1..=9999).contains(year))?, month, day).ok()
}

/// What is wrong with a date, and which one it could be.
fn explained(found: Span<'_>) -> Wrong<'_> {
    let parts: Vec<&str> = found.text.split(['-', '/', '.']).take(4).collect();
    let number = |index: usize| parts.get(index).and_then(|part| part.parse::<i16>().ok());
    let (first, second, third) = (number(0), number(1), number(2));
    match (parts.len(), parts[0].len()) {
        (3, 4) => match day(first, second, third) {
            Some(date) => wrong_date(found, format!("write `{date}`"), Some(date)),
            None => wrong_date(found, no_such_day(first, second, third), None),
        },
        (3, 1..=2) if parts[2].len() == 4 => {
            day_first(found, day(third, second, first), day(third, first, second))
        }
        (2, 4) => match day(first, second, Some(1)) {
            Some(from) => {
                let help =
                    format!("write the day too, or the whole month: `{from}..{}`", from.last_of_month());
                wrong_date(found, help, Some(from))
            }
            None => wrong_date(found, EXAMPLE.to_owned(), None),
        },
        (1, 8) if found.text.is_ascii() => {
            let part = |from: usize, to: usize| found.text[from..to].parse().ok();
            let date = day(part(0, 4), part(4, 6), part(6, 8));
            wrong_date(found, date.map_or(EXAMPLE.to_owned(), |date| format!("write `{date}`")), date)
        }
        _ => wrong_date(found, EXAMPLE.to_owned(), None),
    }
}

fn wrong_date(found: Span<'_>, help: String, date: Option<Date>) -> Wrong<'_> {
    Wrong { found, says: format!("{} is not a date", words::quote(found.text)), help, date }
}

/// Help for a date that ends with its year.
fn day_first(found: Span<'_>, european: Option<Date>, american: Option<Date>) -> Wrong<'_> {
    match (european, american) {
        (Some(one), Some(other)) if one != other => {
            wrong_date(found, format!("it can be read two ways: write `{one}` or `{other}`"), None)
        }
        (Some(date), _) | (None, Some(date)) => wrong_date(found, format!("write `{date}`"), Some(date)),
        (None, None) => wrong_date(found, EXAMPLE.to_owned(), None),
    }
}

/// Help for a year, month and day that no calendar holds.
fn no_such_day(year: Option<i16>, month: Option<i16>, day: Option<i16>) -> String {
    let month = month.and_then(|month| i8::try_from(month).ok());
    let first = year.filter(|year| *year > 0).and_then(|year| Date::new(year, month?, 1).ok());
    match first {
        Some(first) if day.is_some() => {
            let length = first.days_in_month();
            format!(
                "{:04}-{:02} has {length} days: write a day from 01 to {length}",
                first.year(),
                first.month()
            )
        }
        None if month.is_some_and(|month| !(1..=12).contains(&month)) => {
            format!("months run from 01 to 12: {EXAMPLE}")
        }
        _ => EXAMPLE.to_owned(),
    }
}

fn timed<'a>(written: Written, rest: Span<'a>) -> Result<(Written, Span<'a>), Wrong<'a>> {
    let (found, after) = rest.first_word();
    let split = found.text.find(['Z', 'z', '+', '-', '−']).unwrap_or(found.text.len());
    let (digits, joined) = found.text.split_at(split);
    let wrong = |found: Span<'a>, help: String| Wrong {
        found,
        says: format!("{} is not a time of day", words::quote(found.text)),
        help,
        date: Some(written.date),
    };
    let time = clock(digits).ok_or_else(|| wrong(found, time_help(digits)))?;
    let (next, later) = after.first_word();
    if let Some(noon) = meridiem(&words::key(next.text)) {
        let both = rest.trim();
        let both = both.slice(0, both.text.len() - later.text.len()).trim();
        return Err(wrong(both, twelve_hours(time, noon)));
    }
    let (offset_text, after) = match joined.is_empty() && is_offset(next.text) {
        true => (next, later),
        false => (found.slice(split, found.text.len()), after),
    };
    let offset = match offset_text.is_empty() {
        true => None,
        false => Some(offset(offset_text.text).ok_or_else(|| Wrong {
            found: offset_text,
            says: format!("{} is not an offset from UTC", words::quote(offset_text.text)),
            help: "write for example `+01:00`, or `Z` for UTC".to_owned(),
            date: Some(written.date),
        })?),
    };
    Ok((Written { time: Some((time, offset)), ..written }, after))
}

/// `8:30`, `08:30`, `08:30:15`, `08:30:15.5`.
pub(super) fn clock(text: &str) -> Option<Time> {
    let mut parts = text.split(':');
    let number = |part: &str, widths: &[usize]| -> Option<i8> {
        let digits = widths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse().ok())?
    };
    let hour = number(parts.next()?, &[1, 2])?;
    let minute = number(parts.next()?, &[2])?;
    let second = match parts.next() {
        None => 0,
        Some(part) => {
            let (whole, fraction) = part.split_once('.').unwrap_or((part, ""));
            fraction.bytes().all(|byte| byte.is_ascii_digit()).then_some(())?;
            number(whole, &[2])?
        }
    };
    parts.next().is_none().then(|| Time::new(hour, minute, second, 0).ok())?
}

/// Whether a word is `am` (false) or `pm` (true).
pub(super) fn meridiem(key: &str) -> Option<bool> {
    match key {
        "am" => Some(false),
        "pm" => Some(true),
        _ => None,
    }
}

/// A time of a twelve-hour clock.
pub(super) fn on_twelve_hours(time: Time, noon: bool) -> Option<Time> {
    let hour = match time.hour() {
        12 => 0,
        hour @ 1..=11 => hour,
        _ => return None,
    };
    Time::new(hour + if noon { 12 } else { 0 }, time.minute(), time.second(), 0).ok()
}

fn twelve_hours(time: Time, noon: bool) -> String {
    match on_twelve_hours(time, noon) {
        Some(time) => format!("write `{}`", hours_minutes(time)),
        None => TIME_EXAMPLE.to_owned(),
    }
}

/// `08:30`.
pub(super) fn hours_minutes(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

fn time_help(digits: &str) -> String {
    let joined: String = digits.chars().filter(char::is_ascii_digit).take(5).collect();
    let plain = matches!(digits.len(), 4 | 5) && joined.len() == 4;
    match plain.then(|| clock(&format!("{}:{}", &joined[..2], &joined[2..]))).flatten() {
        Some(time) => format!("write `{}`", hours_minutes(time)),
        None if joined.starts_with("24") => "write `00:00` of the next day".to_owned(),
        None => TIME_EXAMPLE.to_owned(),
    }
}

fn is_offset(text: &str) -> bool {
    let signed = text.strip_prefix(['+', '-', '−']);
    signed.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) || text == "Z" || text == "z"
}

/// `Z`, `+01`, `+0100`, `+01:00`.
fn offset(text: &str) -> Option<Offset> {
    if matches!(text, "Z" | "z") {
        return Some(Offset::UTC);
    }
    let digits = text.strip_prefix(['+', '-', '−'])?;
    let (hours, minutes) = match digits.len() {
        2 => (digits, "0"),
        4 | 5 if digits.is_ascii() => (&digits[..2], digits[2..].trim_start_matches(':')),
        _ => return None,
    };
    let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds = (i32::from(hours) * 60 + i32::from(minutes)) * 60;
    let plausible = hours <= 14 && minutes < 60;
    plausible.then(|| Offset::from_seconds(if text.starts_with('+') { seconds } else { -seconds }).ok())?
}

/// The clock by which civil times become moments.
#[derive(Debug)]
pub(super) struct Clock {
    /// The zone of the profile.
    pub(super) zone: Option<TimeZone>,
}

impl Clock {
    /// The moment or span of moments that was written.
    pub(super) fn when(&self, written: &Written) -> When {
        match (written.time, written.until) {
            (Some((time, offset)), _) => When::at(self.moment(written.date, time, offset)),
            (None, Until::Same) => self.day(written.date),
            (None, Until::Open) => {
                When { start: self.midnight(written.date), end: None, precision: Precision::Range }
            }
            (None, Until::Day(last)) => When {
                start: self.midnight(written.date),
                end: Some(self.after(last)),
                precision: Precision::Range,
            },
        }
    }

    /// A whole day.
    pub(super) fn day(&self, date: Date) -> When {
        When { start: self.midnight(date), end: Some(self.after(date)), precision: Precision::Day }
    }

    /// The civil time at a moment.
    pub(super) fn civil(&self, moment: Timestamp) -> jiff::civil::DateTime {
        self.zone.as_ref().unwrap_or(&TimeZone::UTC).to_datetime(moment)
    }

    fn midnight(&self, date: Date) -> Timestamp {
        self.moment(date, Time::midnight(), None)
    }

    /// The first moment after a day.
    fn after(&self, date: Date) -> Timestamp {
        date.tomorrow().map_or(Timestamp::MAX, |next| self.midnight(next))
    }

    fn moment(&self, date: Date, time: Time, offset: Option<Offset>) -> Timestamp {
        let civil = date.to_datetime(time);
        let moment = match (&self.zone, offset) {
            (Some(_), Some(offset)) => offset.to_timestamp(civil),
            (Some(zone), None) => zone.to_ambiguous_timestamp(civil).compatible(),
            (None, _) => Offset::UTC.to_timestamp(civil),
        };
        let last = || Timestamp::MAX - SignedDuration::from_secs(1);
        moment.unwrap_or_else(|_| if date.year() > 5000 { last() } else { Timestamp::MIN })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    fn written(text: &str) -> (Written, &str) {
        match read(Span::line(text)) {
            Head::Dated(written, rest) => (written, rest.text),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn dates_times_offsets_and_ranges_are_read() {
        let day = date(2026, 3, 1);
        let at = |hour, minute, second, hours: Option<i8>| Written {
            date: day,
            time: Some((time(hour, minute, second, 0), hours.map(jiff::tz::offset))),
            until: Until::Same,
        };
        let until = |until| Written { date: day, time: None, until };
        for (text, expected) in [
            ("2026-03-01 take x", until(Until::Same)),
            ("2026-03-01 08:00 take x", at(8, 0, 0, None)),
            ("2026-03-01 8:00 take x", at(8, 0, 0, None)),
            ("2026-03-01T08:00:30 take x", at(8, 0, 30, None)),
            ("2026-03-01t08:00:30.25Z take x", at(8, 0, 30, Some(0))),
            ("2026-03-01 08:00+01:00 take x", at(8, 0, 0, Some(1))),
            ("2026-03-01 08:00 -0500 take x", at(8, 0, 0, Some(-5))),
            ("2026-03-01 08:00 Z take x", at(8, 0, 0, Some(0))),
            ("2026-03-01.. take x", until(Until::Open)),
            ("2026-03-01..2026-03-02 take x", until(Until::Day(date(2026, 3, 2)))),
            ("2026-03-01 .. 2026-03-02 take x", until(Until::Day(date(2026, 3, 2)))),
        ] {
            assert_eq!(written(text), (expected, "take x"), "{text}");
        }
    }

    #[test]
    fn a_wrong_date_is_explained() {
        let cases = [
            (
                "01/03/2026 take x",
                "`01/03/2026` is not a date",
                "it can be read two ways: write `2026-03-01` or `2026-01-03`",
            ),
            ("25/03/2026 take x", "`25/03/2026` is not a date", "write `2026-03-25`"),
            ("3/3/2026 take x", "`3/3/2026` is not a date", "write `2026-03-03`"),
            (
                "1.3.2026 take x",
                "`1.3.2026` is not a date",
                "it can be read two ways: write `2026-03-01` or `2026-01-03`",
            ),
            ("2026-3-1 take x", "`2026-3-1` is not a date", "write `2026-03-01`"),
            ("2026/03/01 take x", "`2026/03/01` is not a date", "write `2026-03-01`"),
            ("20260301 take x", "`20260301` is not a date", "write `2026-03-01`"),
            (
                "2026-02-30 take x",
                "`2026-02-30` is not a date",
                "2026-02 has 28 days: write a day from 01 to 28",
            ),
            (
                "2026-13-01 take x",
                "`2026-13-01` is not a date",
                "months run from 01 to 12: write year, month and day, for example `2026-03-01`",
            ),
            (
                "2026-03 take x",
                "`2026-03` is not a date",
                "write the day too, or the whole month: `2026-03-01..2026-03-31`",
            ),
            (
                "0000-01-01 take x",
                "`0000-01-01` is not a date",
                "write year, month and day, for example `2026-03-01`",
            ),
            (
                "2026-03-01x take x",
                "`2026-03-01x` is not a date",
                "write year, month and day, for example `2026-03-01`",
            ),
            (
                "1 March 2026 take x",
                "`1` is not a date",
                "write year, month and day, for example `2026-03-01`",
            ),
            (
                "2026-03-01 25:00 take x",
                "`25:00` is not a time of day",
                "write hours and minutes from `00:00` to `23:59`",
            ),
            ("2026-03-01 24:00 take x", "`24:00` is not a time of day", "write `00:00` of the next day"),
            ("2026-03-01 2130 take x", "`2130` is not a time of day", "write `21:30`"),
            ("2026-03-01 08.30 take x", "`08.30` is not a time of day", "write `08:30`"),
            ("2026-03-01 8:30  pm take x", "`8:30  pm` is not a time of day", "write `20:30`"),
            ("2026-03-01 12:05 am take x", "`12:05 am` is not a time of day", "write `00:05`"),
            (
                "2026-03-01 08:30+1 take x",
                "`+1` is not an offset from UTC",
                "write for example `+01:00`, or `Z` for UTC",
            ),
            (
                "2026-03-04..2026-03-01 light",
                "the range ends on 2026-03-01, before it begins on 2026-03-04",
                "write the earlier day first, for example `2026-03-18..2026-03-24`",
            ),
            (
                "2026-03-01..2026-03-04 07:30 light",
                "`07:30` follows a range, which is of whole days",
                "write one line for each moment, or leave the time out",
            ),
        ];
        for (text, says, help) in cases {
            match read(Span::line(text)) {
                Head::Wrong(wrong) => {
                    assert_eq!((wrong.says.as_str(), wrong.help.as_str()), (says, help), "{text}")
                }
                other => panic!("{text}: {other:?}"),
            }
        }
        assert!(matches!(read(Span::line("take sertraline 50 mg")), Head::Undated));
    }

    #[test]
    fn a_gap_moves_forward_and_a_fold_takes_the_first() {
        let clock = Clock { zone: TimeZone::get("Europe/London").ok() };
        let at = |text| clock.when(&written(text).0).start.to_string();
        assert_eq!(at("2026-03-29 01:30 note"), "2026-03-29T01:30:00Z", "02:30 in summer time");
        assert_eq!(at("2026-10-25 01:30 note"), "2026-10-25T00:30:00Z", "the first 01:30, in summer time");
        assert_eq!(at("2026-07-01 08:00 note"), "2026-07-01T07:00:00Z");
        assert_eq!(at("2026-07-01 08:00-04:00 note"), "2026-07-01T12:00:00Z");
        assert_eq!(at("2026-07-01 note"), "2026-06-30T23:00:00Z");
    }

    #[test]
    fn the_ends_of_the_calendar_do_not_overflow() {
        for zone in ["Pacific/Kiritimati", "Etc/GMT+12", "UTC"] {
            let clock = Clock { zone: TimeZone::get(zone).ok() };
            for text in [
                "9999-12-31",
                "9999-12-31 23:59",
                "9999-12-30..9999-12-31",
                "0001-01-01",
                "0001-01-01 00:00+14:00",
            ] {
                let when = clock.when(&written(&format!("{text} note")).0);
                assert!(when.end.is_some() && when.last() >= when.start, "{zone} {text}");
            }
        }
    }

    #[test]
    fn without_a_zone_every_time_is_on_one_civil_clock() {
        let clock = Clock { zone: None };
        for text in ["2026-07-01 08:00 note", "2026-07-01 08:00-04:00 note", "2026-07-01T08:00Z note"] {
            assert_eq!(clock.when(&written(text).0).start.to_string(), "2026-07-01T08:00:00Z");
        }
    }
}
