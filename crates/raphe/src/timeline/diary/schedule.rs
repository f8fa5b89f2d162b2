//! How often: the words of a schedule, and one schedule made of them.
//!
//! People write `daily at 08:00`, `twice a day`, `1 in the morning`; each phrase is a [`Part`], and [`combine`] makes one
//! [`Schedule`] of the parts, or names the part that contradicts. Abbreviations that cost lives because they were
//! read as others (`od`, `qd`, `qod`, `hs`) are refused with the words to write instead.

use super::amount;
use super::when::{clock, meridiem, on_twelve_hours};
use super::words::{Word, begins, number_word, phrase};
use crate::timeline::Schedule;
use crate::units::TimeSpan;
use jiff::civil::Time;

/// One phrase of a schedule.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    /// `twice daily`.
    Times(u32),
    /// `every 8 h`.
    Every(TimeSpan),
    /// `at 08:00 and 20:00`.
    At(Vec<Time>),
    /// `nightly`.
    Nightly,
    /// `weekly`.
    Weekly,
    /// `as needed`.
    AsNeeded,
    /// A schedule that cannot be followed, or an abbreviation that is read two ways: what to write.
    Refused(&'static str),
}

/// A phrase that needs no number.
#[derive(Debug, Clone, Copy)]
enum Fixed {
    Times(u32),
    Hours(f64),
    Weekly,
    AsNeeded,
    Refused(&'static str),
}

const FIXED: [(&str, Fixed); 38] = [
    ("daily", Fixed::Times(1)),
    ("every day", Fixed::Times(1)),
    ("each day", Fixed::Times(1)),
    ("a day", Fixed::Times(1)),
    ("per day", Fixed::Times(1)),
    ("once daily", Fixed::Times(1)),
    ("once a day", Fixed::Times(1)),
    ("once per day", Fixed::Times(1)),
    ("once every day", Fixed::Times(1)),
    ("twice daily", Fixed::Times(2)),
    ("twice a day", Fixed::Times(2)),
    ("twice per day", Fixed::Times(2)),
    ("thrice daily", Fixed::Times(3)),
    ("bid", Fixed::Times(2)),
    ("bd", Fixed::Times(2)),
    ("bds", Fixed::Times(2)),
    ("tid", Fixed::Times(3)),
    ("tds", Fixed::Times(3)),
    ("qid", Fixed::Times(4)),
    ("qds", Fixed::Times(4)),
    ("every other day", Fixed::Hours(48.0)),
    ("every second day", Fixed::Hours(48.0)),
    ("on alternate days", Fixed::Hours(48.0)),
    ("alternate days", Fixed::Hours(48.0)),
    ("hourly", Fixed::Hours(1.0)),
    ("fortnightly", Fixed::Hours(336.0)),
    ("weekly", Fixed::Weekly),
    ("once weekly", Fixed::Weekly),
    ("once a week", Fixed::Weekly),
    ("every week", Fixed::Weekly),
    ("as needed", Fixed::AsNeeded),
    ("when needed", Fixed::AsNeeded),
    ("if needed", Fixed::AsNeeded),
    ("prn", Fixed::AsNeeded),
    ("od", Fixed::Refused("`od` is read as once daily, as right eye and as overdose: write `daily`")),
    ("qd", Fixed::Refused("`qd` is mistaken for `qid`: write `daily` or `four times daily`")),
    ("qod", Fixed::Refused("`qod` is mistaken for `qd` and `qid`: write `every other day`")),
    ("hs", Fixed::Refused("`hs` is read as bedtime and as half strength: write `nightly`")),
];

/// Times of day by name, as hours.
const DAYPARTS: [(&str, i8); 32] = [
    ("midnight", 0),
    ("at midnight", 0),
    ("morning", 8),
    ("mornings", 8),
    ("every morning", 8),
    ("each morning", 8),
    ("in the morning", 8),
    ("mane", 8),
    ("qam", 8),
    ("noon", 12),
    ("at noon", 12),
    ("midday", 12),
    ("at midday", 12),
    ("evening", 20),
    ("evenings", 20),
    ("every evening", 20),
    ("each evening", 20),
    ("in the evening", 20),
    ("qpm", 20),
    ("nightly", NIGHT),
    ("once nightly", NIGHT),
    ("night", NIGHT),
    ("nights", NIGHT),
    ("every night", NIGHT),
    ("each night", NIGHT),
    ("at night", NIGHT),
    ("bedtime", NIGHT),
    ("at bedtime", NIGHT),
    ("before bed", NIGHT),
    ("before bedtime", NIGHT),
    ("nocte", NIGHT),
    ("qhs", NIGHT),
];

/// The hour of `nightly`.
const NIGHT: i8 = 22;
/// More doses a day than this are not a schedule.
const MOST_A_DAY: f64 = 48.0;

const ENDINGS: [(&str, f64); 9] = [
    ("daily", 1.0),
    ("a day", 1.0),
    ("per day", 1.0),
    ("each day", 1.0),
    ("every day", 1.0),
    ("/day", 1.0),
    ("weekly", 7.0),
    ("a week", 7.0),
    ("per week", 7.0),
];

/// The longest part of a schedule that begins here, and how many words it takes.
pub(super) fn read(words: &[Word<'_>]) -> Option<(Part, usize)> {
    let fixed = phrase(&FIXED, words).map(|(fixed, used)| (fixed.part(), used));
    let all = [counted(words), every(words), times_of_day(words), fixed];
    all.into_iter().flatten().max_by_key(|(_, used)| *used)
}

impl Fixed {
    fn part(self) -> Part {
        match self {
            Self::Times(times) => Part::Times(times),
            Self::Hours(hours) => Part::Every(TimeSpan::hours(hours)),
            Self::Weekly => Part::Weekly,
            Self::AsNeeded => Part::AsNeeded,
            Self::Refused(help) => Part::Refused(help),
        }
    }
}

/// `at 08:00 and 20:00`, `in the morning and at bedtime`, `nightly`.
fn times_of_day(words: &[Word<'_>]) -> Option<(Part, usize)> {
    let (first, mut used) = time_of_day(words, false)?;
    let mut times = vec![first];
    while times.len() < MOST_A_DAY as usize {
        let and = words.get(used).is_some_and(|word| matches!(word.key.as_str(), "and" | "&"));
        if !and && !words[used - 1].comma {
            break;
        }
        let from = used + usize::from(and);
        let Some((time, more)) = words.get(from..).and_then(|rest| time_of_day(rest, true)) else { break };
        times.push(time);
        used = from + more;
    }
    times.sort_unstable();
    times.dedup();
    let nightly = times == [Time::constant(NIGHT, 0, 0, 0)] && words[0].key != "at"
        || begins(words, "at night").or_else(|| begins(words, "at bedtime")).is_some_and(|n| n == used);
    Some((if nightly { Part::Nightly } else { Part::At(times) }, used))
}

/// One time of day; after a first one, `at` may be left out before `8 pm`.
fn time_of_day(words: &[Word<'_>], later: bool) -> Option<(Time, usize)> {
    if let Some((hour, used)) = phrase(&DAYPARTS, words) {
        return Some((Time::constant(hour, 0, 0, 0), used));
    }
    let at = usize::from(words.first()?.key == "at");
    let text = words.get(at)?.span.text;
    text.starts_with(|c: char| c.is_ascii_digit()).then_some(())?;
    let lower = text.to_lowercase();
    let (digits, glued) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(digits), _) => (digits, Some(false)),
        (_, Some(digits)) => (digits, Some(true)),
        _ => (lower.as_str(), None),
    };
    let next = || words.get(at + 1).and_then(|word| meridiem(&word.key));
    let (noon, used) = match glued {
        Some(noon) => (Some(noon), at + 1),
        None => next().map_or((None, at + 1), |noon| (Some(noon), at + 2)),
    };
    let time = clock(digits).or_else(|| noon.and_then(|_| clock(&format!("{digits}:00"))))?;
    let named = at == 1 || later || noon.is_some() || digits.contains(':');
    let time = noon.map_or(Some(time), |noon| on_twelve_hours(time, noon))?;
    named.then_some((time, used))
}

/// `every 8 h`, `every 3 days`, `every two weeks`, `every hour`, `q8h`.
fn every(words: &[Word<'_>]) -> Option<(Part, usize)> {
    let first = words.first()?.key.as_str();
    let (span, used) = match first.strip_prefix('q').and_then(|rest| rest.parse::<TimeSpan>().ok()) {
        Some(span) => (span, 1),
        None if matches!(first, "every" | "each") => {
            let (span, used) = interval(&words[1..])?;
            (span, used + 1)
        }
        None => return None,
    };
    const TOO_SHORT: &str = "write how often as `every 8 h`, from every half hour to once a year";
    let part = match (0.5..=8784.0).contains(&span.as_hours()) {
        true => Part::Every(span),
        false => Part::Refused(TOO_SHORT),
    };
    Some((part, used))
}

fn interval(words: &[Word<'_>]) -> Option<(TimeSpan, usize)> {
    let first = words.first()?;
    match number_word(&first.key) {
        Some(count) => {
            let unit = amount::one(&words.get(1)?.key)?;
            Some((TimeSpan::hours(unit.as_hours() * count), 2))
        }
        None if first.key.starts_with(char::is_alphabetic) => amount::one(&first.key).map(|unit| (unit, 1)),
        None => amount::span(words),
    }
}

/// `three times a day`, `3 times daily`, `3x/day`, `2 times a week`.
fn counted(words: &[Word<'_>]) -> Option<(Part, usize)> {
    let first = words.first()?;
    let once = ["once", "twice", "thrice"].iter().position(|word| *word == first.key);
    let (count, lead) = match once {
        Some(index) => (index as f64 + 1.0, 1),
        None => {
            let times = words.get(1).is_some_and(|word| matches!(word.key.as_str(), "times" | "x" | "×"));
            let count =
                number_word(&first.key).or_else(|| first.span.text.parse::<u32>().ok().map(f64::from));
            (count.filter(|_| times)?, 2)
        }
    };
    let (days, used) = phrase(&ENDINGS, &words[lead..])?;
    const TOO_MANY: &str = "write how often as `3 times daily`, from once to 48 times";
    let part = match (count, days) {
        (count, _) if !(1.0..=MOST_A_DAY).contains(&count) => Part::Refused(TOO_MANY),
        (count, 1.0) => Part::Times(count as u32),
        (1.0, _) => Part::Weekly,
        (count, days) => Part::Every(TimeSpan::hours(days * 24.0 / count)),
    };
    Some((part, lead + used))
}

/// `up to 3 a day`, `max 3 daily`: how many a day at most.
pub(super) fn up_to(words: &[Word<'_>]) -> Option<(u32, usize)> {
    const LEADS: [(&str, ()); 8] = [
        ("up to", ()),
        ("max", ()),
        ("max of", ()),
        ("maximum", ()),
        ("maximum of", ()),
        ("at most", ()),
        ("no more than", ()),
        ("not more than", ()),
    ];
    const DAY: [(&str, ()); 9] = [
        ("daily", ()),
        ("a day", ()),
        ("per day", ()),
        ("each day", ()),
        ("every day", ()),
        ("/day", ()),
        ("in 24 h", ()),
        ("in 24 hours", ()),
        ("per 24 h", ()),
    ];
    let ((), mut used) = phrase(&LEADS, words)?;
    let word = words.get(used)?;
    let once =
        ["once", "twice", "thrice"].iter().position(|once| *once == word.key).map(|index| index as f64 + 1.0);
    let count = once
        .or_else(|| number_word(&word.key))
        .or_else(|| word.span.text.parse::<u32>().ok().map(f64::from))?;
    used += 1;
    used +=
        usize::from(words.get(used).is_some_and(|word| matches!(word.key.as_str(), "times" | "x" | "doses")));
    let ((), day) = phrase(&DAY, &words[used..])?;
    (count <= MOST_A_DAY).then_some((count as u32, used + day))
}

/// A schedule, and the most a day that it says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Combined {
    /// The schedule; `None` when no part says one.
    pub(super) schedule: Option<Schedule>,
    /// At most so many a day.
    pub(super) up_to: Option<u32>,
    /// The part that contradicts the others, by its index.
    pub(super) conflict: Option<usize>,
}

/// One schedule out of its parts.
pub(super) fn combine(parts: &[Part]) -> Combined {
    let needed = parts.contains(&Part::AsNeeded);
    let mut whole: Option<Part> = None;
    let mut conflict = None;
    for (index, part) in parts.iter().enumerate().filter(|(_, part)| **part != Part::AsNeeded) {
        whole = match whole {
            None => Some(part.clone()),
            Some(before) => Some(merge(&before, part).unwrap_or_else(|| {
                conflict = conflict.or(Some(index));
                before
            })),
        };
    }
    if needed {
        return Combined {
            schedule: Some(Schedule::AsNeeded),
            up_to: whole.as_ref().and_then(most_a_day),
            conflict,
        };
    }
    Combined { schedule: whole.and_then(schedule), up_to: None, conflict }
}

/// Two parts as one, unless they contradict.
fn merge(one: &Part, other: &Part) -> Option<Part> {
    let nightly = || vec![Time::constant(NIGHT, 0, 0, 0)];
    let merged = |mut one: Vec<Time>, other: Vec<Time>| {
        one.extend(other);
        one.sort_unstable();
        one.dedup();
        Some(Part::At(one))
    };
    match (one, other) {
        (one, other) if one == other => Some(one.clone()),
        (Part::Times(1) | Part::Weekly, part) | (part, Part::Times(1) | Part::Weekly) => {
            let once = !matches!(part, Part::At(times) if times.len() > 1);
            let plain = matches!(part, Part::At(_) | Part::Nightly) && once;
            let weekly = [one, other].contains(&&Part::Weekly);
            plain.then(|| if weekly { Part::Weekly } else { part.clone() })
        }
        (Part::Times(n), Part::At(times)) | (Part::At(times), Part::Times(n)) => {
            (times.len() == *n as usize).then(|| Part::At(times.clone()))
        }
        (Part::At(one), Part::At(other)) => merged(one.clone(), other.clone()),
        (Part::At(times), Part::Nightly) | (Part::Nightly, Part::At(times)) => {
            merged(times.clone(), nightly())
        }
        _ => None,
    }
}

fn schedule(part: Part) -> Option<Schedule> {
    Some(match part {
        Part::Times(times) => Schedule::TimesADay(times),
        Part::Every(span) => Schedule::Every(span),
        Part::At(times) => Schedule::At(times),
        Part::Nightly => Schedule::Nightly,
        Part::Weekly => Schedule::Weekly,
        Part::AsNeeded => Schedule::AsNeeded,
        Part::Refused(_) => return None,
    })
}

fn most_a_day(part: &Part) -> Option<u32> {
    match part {
        Part::Times(times) => Some(*times),
        Part::Every(span) => Some((24.0 / span.as_hours()) as u32).filter(|times| *times > 0),
        Part::At(times) => u32::try_from(times.len()).ok(),
        Part::Nightly => Some(1),
        Part::Weekly | Part::AsNeeded | Part::Refused(_) => None,
    }
}

/// A schedule in words, for notices.
pub(super) fn describe(schedule: &Schedule) -> String {
    match schedule {
        Schedule::TimesADay(1) => "once daily".to_owned(),
        Schedule::TimesADay(times) => format!("{times} times daily"),
        Schedule::Every(span) => format!("every {span}"),
        Schedule::Nightly => "nightly".to_owned(),
        Schedule::Weekly => "weekly".to_owned(),
        Schedule::At(times) => {
            let times: Vec<String> = times.iter().map(|time| super::when::hours_minutes(*time)).collect();
            format!("at {}", times.join(" and "))
        }
        Schedule::AsNeeded => "as needed".to_owned(),
        Schedule::Continuous => "without pause".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::Span;
    use super::*;
    use jiff::civil::time;

    /// Reads a text that is nothing but a schedule.
    fn scheduled(text: &str) -> Combined {
        let words = Span::line(text).words();
        let (mut at, mut parts) = (0, Vec::new());
        while at < words.len() {
            let (part, used) = read(&words[at..]).unwrap_or_else(|| panic!("{text}: {:?}", &words[at..]));
            parts.push(part);
            at += used;
        }
        combine(&parts)
    }

    #[test]
    fn schedules_are_read_in_the_ways_they_are_written() {
        let at = |hours: &[i8]| Schedule::At(hours.iter().map(|hour| time(*hour, 0, 0, 0)).collect());
        let hours = |hours| Schedule::Every(TimeSpan::hours(hours));
        for (text, expected) in [
            ("daily", Schedule::TimesADay(1)),
            ("once daily", Schedule::TimesADay(1)),
            ("every day", Schedule::TimesADay(1)),
            ("twice daily", Schedule::TimesADay(2)),
            ("b.i.d.", Schedule::TimesADay(2)),
            ("TID", Schedule::TimesADay(3)),
            ("three times daily", Schedule::TimesADay(3)),
            ("4 times a day", Schedule::TimesADay(4)),
            ("3 x daily", Schedule::TimesADay(3)),
            ("every 8 h", hours(8.0)),
            ("every 8h", hours(8.0)),
            ("q8h", hours(8.0)),
            ("every 3 d", hours(72.0)),
            ("every other day", hours(48.0)),
            ("every two weeks", hours(336.0)),
            ("every 28 days", hours(672.0)),
            ("every 4 weeks", hours(672.0)),
            ("every hour", hours(1.0)),
            ("twice a week", hours(84.0)),
            ("weekly", Schedule::Weekly),
            ("once a week", Schedule::Weekly),
            ("nightly", Schedule::Nightly),
            ("each night", Schedule::Nightly),
            ("at bedtime", Schedule::Nightly),
            ("once daily at bedtime", Schedule::Nightly),
            ("at 08:00 and 20:00", at(&[8, 20])),
            ("at 8:00, 14:00 and 20:00", at(&[8, 14, 20])),
            ("twice daily at 08:00 and 20:00", at(&[8, 20])),
            ("at 8 am and 8 pm", at(&[8, 20])),
            ("at 8pm", at(&[20])),
            ("daily at 22:00", at(&[22])),
            ("in the morning", at(&[8])),
            ("every morning", at(&[8])),
            ("in the morning and at bedtime", at(&[8, 22])),
            ("evening", at(&[20])),
            ("as needed", Schedule::AsNeeded),
            ("prn", Schedule::AsNeeded),
        ] {
            assert_eq!(
                scheduled(text),
                Combined { schedule: Some(expected), up_to: None, conflict: None },
                "{text}"
            );
        }
    }

    #[test]
    fn as_needed_keeps_the_most_a_day() {
        for (text, most) in
            [("every 8 h as needed", 3), ("as needed three times a day", 3), ("prn nightly", 1)]
        {
            let combined = scheduled(text);
            assert_eq!((combined.schedule, combined.up_to), (Some(Schedule::AsNeeded), Some(most)), "{text}");
        }
        let words = Span::line("up to 3 a day").words();
        assert_eq!(up_to(&words), Some((3, 5)));
        assert_eq!(up_to(&Span::line("max 4 times daily").words()), Some((4, 4)));
        assert_eq!(up_to(&Span::line("up to 400 mg a day").words()), None);
    }

    #[test]
    fn contradictions_and_ambiguous_abbreviations_are_named() {
        assert_eq!(scheduled("daily every 8 h").conflict, Some(1));
        assert_eq!(scheduled("twice daily at 08:00").conflict, Some(1));
        for text in
            ["od", "q.d.", "qod", "hs", "every 0 h", "every 5 min", "1000 times a day", "0 times daily"]
        {
            let words = Span::line(text).words();
            assert!(matches!(read(&words), Some((Part::Refused(_), used)) if used == words.len()), "{text}");
        }
    }

    #[test]
    fn words_of_a_name_are_no_schedule() {
        for text in
            ["at home", "every", "once", "morning-glory", "nightshade", "3 x 50 mg", "2 daily", "20 mg"]
        {
            assert_eq!(read(&Span::line(text).words()), None, "{text}");
        }
    }
}
