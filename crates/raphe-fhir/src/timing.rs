//! How often and for how long: a FHIR Timing as one of raphe's schedules.
//!
//! FHIR can say more than a schedule holds. A range of frequencies is read as its most frequent, uneven days of a week
//! as evenly spread, and both are said. Lengths are those of FHIR: a month has 30 days, a year 365.

use crate::{
    medicine::unit_of,
    model::{Concept, Quantity, Repeat, Timing},
    notices::Notices,
    when::{Written, clock_time},
};
use jiff::civil::{Date, Time, Weekday};
use raphe::{timeline::Schedule, units::TimeSpan};

/// What a timing says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Rhythm {
    /// How often.
    pub(crate) schedule: Option<Schedule>,
    /// Single doses at these times.
    pub(crate) events: Vec<Written>,
    /// So many single doses, without a rhythm.
    pub(crate) single: Option<f64>,
    /// Not before.
    pub(crate) start: Option<Written>,
    /// Not after.
    pub(crate) end: Option<Written>,
    /// For so many days.
    pub(crate) days: Option<f64>,
    /// Each takes so long.
    pub(crate) over: Option<TimeSpan>,
    /// Once a week on this day.
    pub(crate) weekday: Option<Weekday>,
    /// Words of a code that was not understood.
    pub(crate) words: Option<String>,
}

/// Codes for how often: doses a day.
const CODES: &[(&str, f64)] = &[
    ("QD", 1.0),
    ("BID", 2.0),
    ("TID", 3.0),
    ("QID", 4.0),
    ("QOD", 0.5),
    ("Q1H", 24.0),
    ("Q2H", 12.0),
    ("Q3H", 8.0),
    ("Q4H", 6.0),
    ("Q6H", 4.0),
    ("Q8H", 3.0),
    ("Q12H", 2.0),
    ("Q24H", 1.0),
    ("WK", 1.0 / 7.0),
    ("MO", 1.0 / 30.0),
];

/// Times of day by their code: the hour.
const WHENS: &[(&str, &[i8])] = &[
    ("MORN", &[8]),
    ("MORN.early", &[7]),
    ("MORN.late", &[10]),
    ("WAKE", &[7]),
    ("NOON", &[12]),
    ("AFT", &[15]),
    ("AFT.early", &[14]),
    ("AFT.late", &[16]),
    ("EVE", &[18]),
    ("EVE.early", &[17]),
    ("EVE.late", &[20]),
    ("NIGHT", &[22]),
    ("HS", &[22]),
    ("PHS", &[23]),
    ("AC", &[8, 12, 18]),
    ("PC", &[8, 12, 18]),
    ("C", &[8, 12, 18]),
    ("ACM", &[8]),
    ("CM", &[8]),
    ("PCM", &[8]),
    ("ACD", &[12]),
    ("CD", &[12]),
    ("PCD", &[12]),
    ("ACV", &[18]),
    ("CV", &[18]),
    ("PCV", &[18]),
];

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// Hours in a unit of time.
pub(crate) fn hours_in(unit: &str) -> Option<f64> {
    Some(match unit.trim_matches(['{', '}', '[', ']']).to_lowercase().as_str() {
        "s" | "sec" | "second" | "seconds" => 1.0 / 3600.0,
        "min" | "minute" | "minutes" => 1.0 / 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 1.0,
        "d" | "day" | "days" => 24.0,
        "wk" | "week" | "weeks" => 168.0,
        "mo" | "month" | "months" => 720.0,
        "a" | "y" | "yr" | "year" | "years" => 8760.0,
        _ => return None,
    })
}

/// The days of a duration; a bare number counts days.
pub(crate) fn days(quantity: &Quantity<'_>) -> Option<f64> {
    let value = quantity.value?.0;
    let hours = match unit_of(quantity) {
        "" => 24.0,
        unit => hours_in(unit)?,
    };
    Some(value * hours / 24.0).filter(|days| *days > 0.0)
}

impl Rhythm {
    /// Reads a timing.
    pub(crate) fn read(timing: &Timing<'_>, path: &str, notices: &mut Notices) -> Self {
        let mut rhythm = Self::default();
        for event in &timing.event {
            match Written::read(event) {
                Some(written) => rhythm.events.push(written),
                None => notices.warning(path, "a time of a dose cannot be read", "it is left out", event),
            }
        }
        if let Some(repeat) = &timing.repeat {
            rhythm.bounds(repeat, path, notices);
            rhythm.repeat(repeat, path, notices);
        }
        if rhythm.schedule.is_none() && rhythm.events.is_empty() && rhythm.single.is_none() {
            rhythm.code(timing.code.as_ref());
        }
        rhythm
    }

    fn bounds(&mut self, repeat: &Repeat<'_>, path: &str, notices: &mut Notices) {
        if let Some(period) = &repeat.bounds_period {
            let mut date = |text: Option<&str>| {
                let text = text?;
                let written = Written::read(text);
                if written.is_none() {
                    notices.warning(path, "a date cannot be read", "it is left out", text);
                }
                written
            };
            self.start = date(period.start.as_deref());
            self.end = date(period.end.as_deref());
        }
        self.days = repeat.bounds_duration.as_ref().and_then(days);
        if let Some(high) =
            repeat.bounds_range.as_ref().and_then(|range| range.high.as_ref().or(range.low.as_ref()))
        {
            self.days = days(high);
            notices.info(path, "a course has a range of lengths", "the longest is used", "");
        }
        let duration = repeat.duration_max.or(repeat.duration);
        let unit = repeat.duration_unit.as_deref().and_then(hours_in);
        if let (Some(duration), Some(unit)) = (duration, unit) {
            let hours = duration.0 * unit;
            match hours {
                hours if !(hours > 0.0 && hours.is_finite()) => {}
                // Nobody infuses for weeks: a length of the course is meant.
                hours if hours > 168.0 => self.days = self.days.or(Some(hours / 24.0)),
                hours => self.over = Some(TimeSpan::hours(hours)),
            }
        }
    }

    fn repeat(&mut self, repeat: &Repeat<'_>, path: &str, notices: &mut Notices) {
        let unit = repeat.period_unit.as_deref().and_then(hours_in);
        let count = repeat.count_max.or(repeat.count).map(|count| count.0).filter(|count| *count > 0.0);
        let frequency =
            repeat.frequency_max.or(repeat.frequency).map(|value| value.0).filter(|value| *value > 0.0);
        let period = repeat.period.map(|value| value.0).filter(|value| *value > 0.0);
        if repeat.frequency_max.is_some() || repeat.period_max.is_some() {
            notices.info(path, "how often a medicine is taken is a range", "the most frequent is used", "");
        }
        let every = match (frequency, period, unit) {
            (Some(frequency), Some(period), Some(unit)) => Some((frequency, period * unit)),
            (None, Some(period), Some(unit)) => Some((1.0, period * unit)),
            (Some(frequency), None, Some(unit)) => Some((frequency, unit)),
            (Some(frequency), ..) => {
                notices.info(path, "a frequency has no period", "read as so many times a day", "");
                Some((frequency, 24.0))
            }
            (None, None, Some(unit)) if count.is_some() => {
                let help = "read as so many each day, week or other unit, not as single doses";
                notices.info(path, "a count stands without a frequency", help, "");
                Some((count.unwrap_or(1.0), unit))
            }
            _ => None,
        };
        self.schedule = every.and_then(|(times, hours)| schedule(times, hours));
        match (count, every, period.or(frequency)) {
            (Some(count), Some((times, hours)), Some(_)) => {
                let days = count * hours / times / 24.0;
                self.days = Some(self.days.map_or(days, |known| known.min(days)));
            }
            (Some(count), None, _) => self.single = Some(count.min(100.0)),
            _ => {}
        }
        self.times_of_day(repeat, path, notices);
        self.days_of_week(repeat, path, notices);
    }

    fn times_of_day(&mut self, repeat: &Repeat<'_>, path: &str, notices: &mut Notices) {
        let mut times: Vec<Time> = Vec::new();
        for text in &repeat.time_of_day {
            match clock_time(text) {
                Some(time) => times.push(time),
                None => notices.warning(path, "a time of day cannot be read", "it is left out", text),
            }
        }
        for code in &repeat.when {
            match WHENS.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)) {
                Some((_, hours)) => times.extend(hours.iter().map(|hour| Time::constant(*hour, 0, 0, 0))),
                None => notices.warning(path, "a time of day has an unknown code", "it is left out", code),
            }
        }
        times.sort_unstable();
        times.dedup();
        let daily = match &self.schedule {
            None | Some(Schedule::TimesADay(1)) => true,
            Some(Schedule::TimesADay(n)) => *n as usize == times.len(),
            _ => false,
        };
        // Three times a day before breakfast is a contradiction: the frequency is the safer of the two.
        if times.is_empty() || !daily {
            return;
        }
        self.single = None;
        self.schedule = Some(match times.as_slice() {
            [time] if *time == Schedule::bedtime() => Schedule::Nightly,
            _ => Schedule::At(times),
        });
    }

    fn days_of_week(&mut self, repeat: &Repeat<'_>, path: &str, notices: &mut Notices) {
        let mut days: Vec<Weekday> = Vec::new();
        for code in &repeat.day_of_week {
            match WEEKDAYS.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)) {
                Some((_, day)) if !days.contains(day) => days.push(*day),
                Some(_) => {}
                None => {
                    notices.warning(path, "a day of the week has an unknown code", "it is left out", code)
                }
            }
        }
        let a_day = match &self.schedule {
            Some(Schedule::TimesADay(times)) => f64::from(*times),
            Some(Schedule::At(times)) => times.len() as f64,
            Some(Schedule::Nightly | Schedule::Weekly) | None => 1.0,
            _ => return,
        };
        match (days.len(), a_day) {
            (0 | 7.., _) => {}
            (1, 1.0) => {
                self.weekday = days.first().copied();
                self.schedule = Some(Schedule::Weekly);
            }
            (count, a_day) => {
                let help = "read as so many doses a week, evenly spread";
                notices.info(path, "a medicine is taken on some days of the week only", help, "");
                self.schedule = schedule(a_day * count as f64, 168.0);
            }
        }
    }

    fn code(&mut self, code: Option<&Concept<'_>>) {
        let Some(code) = code else { return };
        let known = CODES.iter().find(|(known, _)| code.is(&[known]));
        self.schedule = known.and_then(|(_, a_day)| schedule(*a_day, 24.0));
        if self.schedule.is_none() && code.is(&["AM"]) {
            self.schedule = Some(Schedule::At(vec![Time::constant(8, 0, 0, 0)]));
        }
        if self.schedule.is_none() && code.is(&["PM"]) {
            self.schedule = Some(Schedule::At(vec![Time::constant(18, 0, 0, 0)]));
        }
        if self.schedule.is_none() && code.is(&["BED"]) {
            self.schedule = Some(Schedule::Nightly);
        }
        if self.schedule.is_none() {
            self.words = code.words().next().map(str::to_owned);
        }
    }
}

/// So many times in so many hours.
pub(crate) fn schedule(times: f64, hours: f64) -> Option<Schedule> {
    let every = hours / times;
    if !(every.is_finite() && every > 0.0) {
        return None;
    }
    let whole = (times - times.round()).abs() < 1e-9;
    Some(match () {
        () if hours == 24.0 && whole && (1.0..=24.0).contains(&times) => Schedule::TimesADay(times as u32),
        () if every == 24.0 => Schedule::TimesADay(1),
        () if every == 168.0 => Schedule::Weekly,
        () => Schedule::Every(TimeSpan::hours(every.clamp(0.5, 8760.0))),
    })
}

/// How many doses fall on one day.
pub(crate) fn doses_a_day(schedule: &Schedule, up_to: Option<u32>) -> f64 {
    match schedule {
        Schedule::TimesADay(times) => f64::from((*times).max(1)),
        Schedule::Every(span) => 24.0 / span.as_hours().max(0.5),
        Schedule::Weekly => 1.0 / 7.0,
        Schedule::At(times) => times.len().max(1) as f64,
        Schedule::AsNeeded => f64::from(up_to.unwrap_or(1)),
        Schedule::Nightly | Schedule::Continuous => 1.0,
    }
}

/// The first such day of the week from a day on.
pub(crate) fn next_weekday(date: Date, weekday: Weekday) -> Date {
    let ahead = date.weekday().until(weekday);
    crate::when::days_after(date, f64::from(ahead))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Rhythm {
        let timing: Timing<'_> = serde_json::from_str(json).unwrap();
        Rhythm::read(&timing, "", &mut Notices::default())
    }

    fn repeat(json: &str) -> Rhythm {
        let text = format!("{{\"repeat\": {{{json}}}}}");
        read(&text)
    }

    #[test]
    fn every_shape_becomes_a_schedule() {
        let hours = |hours| Schedule::Every(TimeSpan::hours(hours));
        let at =
            |hours: &[i8]| Schedule::At(hours.iter().map(|hour| Time::constant(*hour, 0, 0, 0)).collect());
        for (json, expected) in [
            (r#""frequency": 2, "period": 1, "periodUnit": "d""#, Schedule::TimesADay(2)),
            (r#""frequency": 1, "period": 8, "periodUnit": "h""#, hours(8.0)),
            (r#""frequency": 1, "period": 4, "periodMax": 6, "periodUnit": "h""#, hours(4.0)),
            (r#""frequency": 1, "frequencyMax": 3, "period": 1, "periodUnit": "d""#, Schedule::TimesADay(3)),
            (r#""frequency": 3, "period": 1, "periodUnit": "wk""#, hours(56.0)),
            (r#""frequency": 1, "period": 1, "periodUnit": "wk""#, Schedule::Weekly),
            (r#""frequency": 2, "period": 21, "periodUnit": "d""#, hours(252.0)),
            (r#""frequency": 1, "period": 1, "periodUnit": "mo""#, hours(720.0)),
            (r#""period": 1, "periodUnit": "d""#, Schedule::TimesADay(1)),
            (r#""frequency": 2"#, Schedule::TimesADay(2)),
            (r#""count": 1, "periodUnit": "d""#, Schedule::TimesADay(1)),
            (r#""timeOfDay": ["09:00:00", "21:00:00"]"#, at(&[9, 21])),
            (r#""when": ["MORN", "EVE"]"#, at(&[8, 18])),
            (r#""when": ["HS"]"#, Schedule::Nightly),
            (r#""when": "C""#, at(&[8, 12, 18])),
            (r#""frequency": 3, "period": 1, "periodUnit": "d", "when": ["ACM"]"#, Schedule::TimesADay(3)),
            (r#""frequency": 4, "period": 1, "periodUnit": "d", "dayOfWeek": ["mon"]"#, hours(42.0)),
            (r#""dayOfWeek": ["mon", "wed", "fri"], "timeOfDay": ["08:00:00"]"#, hours(56.0)),
            (r#""dayOfWeek": ["tue"]"#, Schedule::Weekly),
        ] {
            assert_eq!(repeat(json).schedule, Some(expected), "{json}");
        }
        assert_eq!(read(r#"{"code": {"coding": [{"code": "BID"}]}}"#).schedule, Some(Schedule::TimesADay(2)));
        assert_eq!(read(r#"{"code": {"text": "2 times daily"}}"#).words.as_deref(), Some("2 times daily"));
        assert_eq!(read(r#"{"event": ["2026-03-01T08:00:00Z", "nonsense"]}"#).events.len(), 1);
    }

    #[test]
    fn lengths_and_counts_end_a_course() {
        assert_eq!(repeat(r#""count": 20, "frequency": 2, "period": 1, "periodUnit": "d""#).days, Some(10.0));
        assert_eq!(repeat(r#""count": 1"#).single, Some(1.0));
        assert_eq!(repeat(r#""boundsDuration": {"value": 2, "code": "wk"}"#).days, Some(14.0));
        assert_eq!(
            repeat(r#""boundsRange": {"low": {"value": 5, "unit": "d"}, "high": {"value": 7, "unit": "d"}}"#)
                .days,
            Some(7.0)
        );
        assert_eq!(repeat(r#""duration": 30, "durationUnit": "min""#).over, Some(TimeSpan::hours(0.5)));
        assert_eq!(repeat(r#""duration": 12, "durationUnit": "wk""#).days, Some(84.0));
        assert!(repeat(r#""boundsPeriod": {"start": "2026-01"}"#).start.is_some());
        assert_eq!(repeat(r#""frequency": 0, "period": 0, "periodUnit": "d""#).schedule, None);
    }

    #[test]
    fn a_weekday_is_the_next_of_its_kind() {
        let monday = jiff::civil::date(2026, 3, 2);
        assert_eq!(next_weekday(monday, Weekday::Monday), monday);
        assert_eq!(next_weekday(monday, Weekday::Sunday), jiff::civil::date(2026, 3, 8));
    }
}
