//! Instructions in words: "Take 1-2 tablets by mouth every 4 to 6 hours as needed for 5 days".
//!
//! A small grammar of tables, English first. Numbers are those in the text, the upper of a range; a phrase that no table
//! knows is left over and reported, never guessed at. It only fills what the coded fields leave open.

use crate::when::clock_time;
use jiff::civil::Time;
use raphe::{
    timeline::{Route, Schedule},
    units::TimeSpan,
};

/// What an instruction says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sig {
    /// How many pieces at a time.
    pub(crate) pieces: Option<f64>,
    /// How much at a time, with its unit.
    pub(crate) amount: Option<(f64, String)>,
    /// How often.
    pub(crate) schedule: Option<Schedule>,
    /// When it is needed.
    pub(crate) as_needed: bool,
    /// Once, and not again.
    pub(crate) once: bool,
    /// At most so many a day.
    pub(crate) up_to: Option<u32>,
    /// For so many days.
    pub(crate) days: Option<f64>,
    /// By which route.
    pub(crate) route: Option<Route>,
    /// Words that no table knows.
    pub(crate) leftover: String,
}

#[derive(Debug, Clone, Copy)]
enum Says {
    Times(u32),
    Hours(f64),
    At(i8),
    Night,
    Weekly,
    Meals,
    AsNeeded,
    Once,
    By(Route),
    Nothing,
}

const PHRASES: &[(&str, Says)] = &[
    ("once daily", Says::Times(1)),
    ("once a day", Says::Times(1)),
    ("one time daily", Says::Times(1)),
    ("one time a day", Says::Times(1)),
    ("every day", Says::Times(1)),
    ("each day", Says::Times(1)),
    ("a day", Says::Times(1)),
    ("per day", Says::Times(1)),
    ("/day", Says::Times(1)),
    ("/d", Says::Times(1)),
    ("daily", Says::Times(1)),
    ("qd", Says::Times(1)),
    ("od", Says::Times(1)),
    ("every 24 hours", Says::Times(1)),
    ("twice daily", Says::Times(2)),
    ("twice a day", Says::Times(2)),
    ("twice per day", Says::Times(2)),
    ("bid", Says::Times(2)),
    ("bd", Says::Times(2)),
    ("bds", Says::Times(2)),
    ("thrice daily", Says::Times(3)),
    ("tid", Says::Times(3)),
    ("tds", Says::Times(3)),
    ("qid", Says::Times(4)),
    ("qds", Says::Times(4)),
    ("every other day", Says::Hours(48.0)),
    ("every second day", Says::Hours(48.0)),
    ("on alternate days", Says::Hours(48.0)),
    ("alternate days", Says::Hours(48.0)),
    ("qod", Says::Hours(48.0)),
    ("every hour", Says::Hours(1.0)),
    ("hourly", Says::Hours(1.0)),
    ("once weekly", Says::Weekly),
    ("once a week", Says::Weekly),
    ("every week", Says::Weekly),
    ("each week", Says::Weekly),
    ("weekly", Says::Weekly),
    ("twice weekly", Says::Hours(84.0)),
    ("twice a week", Says::Hours(84.0)),
    ("every two weeks", Says::Hours(336.0)),
    ("monthly", Says::Hours(720.0)),
    ("once a month", Says::Hours(720.0)),
    ("every month", Says::Hours(720.0)),
    ("in the morning", Says::At(8)),
    ("every morning", Says::At(8)),
    ("each morning", Says::At(8)),
    ("morning", Says::At(8)),
    ("before breakfast", Says::At(8)),
    ("with breakfast", Says::At(8)),
    ("after breakfast", Says::At(8)),
    ("qam", Says::At(8)),
    ("mane", Says::At(8)),
    ("at noon", Says::At(12)),
    ("at lunch", Says::At(12)),
    ("before lunch", Says::At(12)),
    ("with lunch", Says::At(12)),
    ("midday", Says::At(12)),
    ("in the evening", Says::At(18)),
    ("every evening", Says::At(18)),
    ("evening", Says::At(18)),
    ("before supper", Says::At(18)),
    ("with dinner", Says::At(18)),
    ("before dinner", Says::At(18)),
    ("qpm", Says::At(18)),
    ("at bedtime", Says::Night),
    ("bedtime", Says::Night),
    ("before bed", Says::Night),
    ("at night", Says::Night),
    ("every night", Says::Night),
    ("each night", Says::Night),
    ("nightly", Says::Night),
    ("nocte", Says::Night),
    ("qhs", Says::Night),
    ("hs", Says::Night),
    ("with meals", Says::Meals),
    ("with each meal", Says::Meals),
    ("after meals", Says::Meals),
    ("before meals", Says::Meals),
    ("as needed", Says::AsNeeded),
    ("as required", Says::AsNeeded),
    ("when needed", Says::AsNeeded),
    ("when required", Says::AsNeeded),
    ("if needed", Says::AsNeeded),
    ("if required", Says::AsNeeded),
    ("prn", Says::AsNeeded),
    ("at once", Says::Once),
    ("as a single dose", Says::Once),
    ("single dose", Says::Once),
    ("immediately", Says::Once),
    ("stat", Says::Once),
    ("by mouth", Says::By(Route::Oral)),
    ("orally", Says::By(Route::Oral)),
    ("oral", Says::By(Route::Oral)),
    ("po", Says::By(Route::Oral)),
    ("intravenously", Says::By(Route::Iv)),
    ("intravenous", Says::By(Route::Iv)),
    ("iv", Says::By(Route::Iv)),
    ("intramuscularly", Says::By(Route::Im)),
    ("intramuscular", Says::By(Route::Im)),
    ("im", Says::By(Route::Im)),
    ("subcutaneously", Says::By(Route::Subcutaneous)),
    ("subcut", Says::By(Route::Subcutaneous)),
    ("sc", Says::By(Route::Subcutaneous)),
    ("sublingually", Says::By(Route::Sublingual)),
    ("under the tongue", Says::By(Route::Sublingual)),
    ("rectally", Says::By(Route::Rectal)),
    ("into each nostril", Says::By(Route::Intranasal)),
    ("in each nostril", Says::By(Route::Intranasal)),
    ("to the skin", Says::By(Route::Transdermal)),
    ("with food", Says::Nothing),
    ("with water", Says::Nothing),
    ("as directed", Says::Nothing),
    ("take", Says::Nothing),
    ("taken", Says::Nothing),
    ("give", Says::Nothing),
    ("inject", Says::Nothing),
    ("apply", Says::Nothing),
    ("administer", Says::Nothing),
    ("swallow", Says::Nothing),
    ("insert", Says::Nothing),
    ("use", Says::Nothing),
    ("chew", Says::Nothing),
    ("of", Says::Nothing),
    ("the", Says::Nothing),
    ("and", Says::Nothing),
    ("at", Says::Nothing),
    ("once", Says::Nothing),
    ("only", Says::Nothing),
    ("each", Says::Nothing),
    ("dose", Says::Nothing),
];

const PIECES: &[&str] = &[
    "tablet",
    "tablets",
    "tab",
    "tabs",
    "capsule",
    "capsules",
    "cap",
    "caps",
    "pill",
    "pills",
    "caplet",
    "caplets",
    "patch",
    "patches",
    "spray",
    "sprays",
    "puff",
    "puffs",
    "suppository",
    "suppositories",
    "lozenge",
    "lozenges",
    "ampoule",
    "ampoules",
    "vial",
    "vials",
    "sachet",
    "sachets",
    "doses",
];

const AMOUNTS: &[&str] = &[
    "mg",
    "mcg",
    "ug",
    "µg",
    "microgram",
    "micrograms",
    "g",
    "gram",
    "grams",
    "ml",
    "milliliter",
    "milliliters",
    "unit",
    "units",
    "iu",
    "mg/kg",
];

const NUMBERS: &[(&str, f64)] = &[
    ("half", 0.5),
    ("½", 0.5),
    ("1/2", 0.5),
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("twelve", 12.0),
];

const DAYS: &[(&str, f64)] =
    &[("day", 1.0), ("days", 1.0), ("week", 7.0), ("weeks", 7.0), ("month", 30.0), ("months", 30.0)];

const HOURS: &[(&str, f64)] = &[
    ("hour", 1.0),
    ("hours", 1.0),
    ("hr", 1.0),
    ("hrs", 1.0),
    ("h", 1.0),
    ("minutes", 1.0 / 60.0),
    ("min", 1.0 / 60.0),
    ("day", 24.0),
    ("days", 24.0),
    ("week", 168.0),
    ("weeks", 168.0),
    ("month", 720.0),
    ("months", 720.0),
];

/// The steps of an instruction: one, or several joined by "then".
pub(crate) fn read(text: &str) -> Vec<Sig> {
    // Nobody writes a longer instruction; the rest is left over.
    const MOST: usize = 2000;
    let end = text.char_indices().nth(MOST).map_or(text.len(), |(end, _)| end);
    let words: Vec<String> = words(&text[..end]);
    let steps = words.split(|word| word == "then").filter(|step| !step.is_empty());
    steps
        .map(|step| {
            Reader { words: step, at: 0, sig: Sig::default(), times: Vec::new(), left: Vec::new() }.read()
        })
        .collect()
}

fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut words = Vec::new();
    for raw in lower.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';')) {
        let word = raw.trim_matches(['.', ':', '!', '*']);
        if word.is_empty() {
            continue;
        }
        let plain: String = match word.chars().all(|c| c.is_alphabetic() || c == '.') {
            true => word.chars().filter(|c| *c != '.').collect(),
            false => word.to_owned(),
        };
        // `50mg`, `40mg/day`, `6mg` become two words.
        let digits = plain.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(plain.len());
        let unit = &plain[digits..];
        match digits > 0 && !unit.is_empty() && unit.starts_with(|c: char| c.is_alphabetic() || c == 'µ') {
            true => {
                words.push(plain[..digits].to_owned());
                push_unit(&mut words, unit);
            }
            false => push_unit(&mut words, &plain),
        }
    }
    words
}

/// `mg/day` as `mg` and `/day`.
fn push_unit(words: &mut Vec<String>, word: &str) {
    match word.strip_suffix("/day").or_else(|| word.strip_suffix("/d")) {
        Some(unit) if !unit.is_empty() => words.extend([unit.to_owned(), "/day".to_owned()]),
        _ => words.push(word.to_owned()),
    }
}

struct Reader<'w> {
    words: &'w [String],
    at: usize,
    sig: Sig,
    times: Vec<Time>,
    left: Vec<&'w str>,
}

impl<'w> Reader<'w> {
    fn read(mut self) -> Sig {
        while self.at < self.words.len() {
            let used = self.limit().or_else(|| self.interval()).or_else(|| self.counted());
            let used = used.or_else(|| self.amount()).or_else(|| self.phrase()).or_else(|| self.clock());
            match used {
                Some(used) => self.at += used,
                None => {
                    self.left.push(&self.words[self.at]);
                    self.at += 1;
                }
            }
        }
        self.settle()
    }

    fn word(&self, ahead: usize) -> &'w str {
        self.words.get(self.at + ahead).map_or("", String::as_str)
    }

    /// A number, the upper of a range, and how many words it takes.
    fn number(&self, ahead: usize) -> Option<(f64, usize)> {
        let (mut value, mut used) = (number(self.word(ahead))?, 1);
        while matches!(self.word(ahead + used), "to" | "-" | "or")
            && let Some(upper) = number(self.word(ahead + used + 1))
        {
            (value, used) = (value.max(upper), used + 2);
        }
        if self.word(ahead + used) == "half" && self.word(ahead) == "one" {
            return Some((1.5, used + 1));
        }
        Some((value, used))
    }

    /// `for 7 days`, `x 2 weeks`; `maximum 3 per day`, `up to 4 times a day`.
    fn limit(&mut self) -> Option<usize> {
        let lead = match (self.word(0), self.word(1)) {
            ("for" | "x", "the") => 3,
            ("for" | "x", _) => 1,
            ("up", "to") | ("maximum", "of") | ("max", "of") => 2,
            ("maximum" | "max" | "maximim", _) => 1,
            ("not", "exceed") | ("more", "than") => 2,
            _ => return None,
        };
        let (value, used) = self.number(lead)?;
        if matches!(self.word(0), "for" | "x") {
            let unit = lookup(DAYS, self.word(lead + used))?;
            self.sig.days = Some(value * unit);
            return Some(lead + used + 1);
        }
        let mut end = lead + used;
        while PIECES.contains(&self.word(end)) || matches!(self.word(end), "times" | "in") {
            end += 1;
        }
        let a_day = matches!((self.word(end), self.word(end + 1)), ("a" | "per" | "each", "day"));
        let day = matches!(self.word(end), "daily" | "/day") || self.word(end) == "24";
        if !(a_day || day) {
            return None;
        }
        self.sig.up_to = Some(value.clamp(1.0, 48.0) as u32);
        Some(end + if a_day || self.word(end) == "24" { 2 } else { 1 })
    }

    /// `every 4-6 hours`, `q6h`, `q 6 h`: the shorter of a range.
    fn interval(&mut self) -> Option<usize> {
        let first = self.word(0);
        if let Some(rest) =
            first.strip_prefix('q').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let count: f64 = rest[..end].parse().ok()?;
            let (unit, used) = match rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-') {
                "h" => (1.0, 1),
                "d" => (24.0, 1),
                "" => (lookup(HOURS, self.word(1))?, 2),
                _ => return None,
            };
            return self.every(count * unit, used);
        }
        if !matches!(first, "every" | "each" | "q") {
            return None;
        }
        let (mut value, mut used) = (lowest(self.word(1))?, 2);
        if matches!(self.word(used), "to" | "-" | "or") && number(self.word(used + 1)).is_some() {
            (value, used) = (value.min(number(self.word(used + 1))?), used + 2);
        }
        self.every(value * lookup(HOURS, self.word(used))?, used + 1)
    }

    fn every(&mut self, hours: f64, used: usize) -> Option<usize> {
        (hours > 0.0).then(|| {
            let schedule = match hours {
                24.0 => Schedule::TimesADay(1),
                168.0 => Schedule::Weekly,
                hours => Schedule::Every(TimeSpan::hours(hours.max(0.5))),
            };
            self.sig.schedule.get_or_insert(schedule);
            used
        })
    }

    /// `three times a day`, `2 times daily`, `3 times per week`.
    fn counted(&mut self) -> Option<usize> {
        let (value, used) = self.number(0)?;
        if !matches!(self.word(used), "times" | "time" | "x") || !(1.0..=24.0).contains(&value) {
            return None;
        }
        let used = used + 1;
        let (unit, more) = match (self.word(used), self.word(used + 1)) {
            ("daily" | "/day", _) => ("day", 1),
            ("weekly", _) => ("week", 1),
            ("a" | "per" | "each" | "every", unit) => (unit, 2),
            _ => return None,
        };
        let schedule = match (unit, value) {
            ("day", value) => Schedule::TimesADay(value as u32),
            ("week" | "wk", 1.0) => Schedule::Weekly,
            ("week" | "wk", value) => Schedule::Every(TimeSpan::hours(168.0 / value)),
            _ => return None,
        };
        self.sig.schedule.get_or_insert(schedule);
        Some(used + more)
    }

    /// `1 tablet`, `50 mg`, `2` before a frequency.
    fn amount(&mut self) -> Option<usize> {
        let article = matches!(self.word(0), "a" | "an") && PIECES.contains(&self.word(1));
        let (value, used) = if article { (1.0, 1) } else { self.number(0)? };
        let unit = self.word(used);
        let of = |unit: &str| PIECES.contains(&unit);
        if AMOUNTS.contains(&unit) {
            if self.sig.amount.is_none() {
                let times = match self.sig.pieces {
                    Some(pieces) if self.at > 0 && matches!(self.words[self.at - 1].as_str(), "of" | "x") => {
                        pieces
                    }
                    _ => 1.0,
                };
                self.sig.amount = Some((value * times, unit.to_owned()));
            }
            return Some(used + 1);
        }
        let article = usize::from(unit == "a");
        if of(self.word(used + article)) {
            self.sig.pieces.get_or_insert(value);
            return Some(used + article + 1);
        }
        let lead = self.at == 0 || matches!(self.words[self.at - 1].as_str(), "take" | "give" | "use");
        let plain = lead && self.sig.pieces.is_none() && self.sig.amount.is_none();
        plain.then(|| {
            self.sig.pieces = Some(value);
            used
        })
    }

    fn phrase(&mut self) -> Option<usize> {
        let here = &self.words[self.at..];
        let (says, used) = PHRASES
            .iter()
            .filter_map(|(phrase, says)| {
                let count = phrase.split(' ').count();
                let same =
                    count <= here.len() && phrase.split(' ').zip(here).all(|(one, other)| one == other);
                same.then_some((*says, count))
            })
            .max_by_key(|(_, count)| *count)?;
        match says {
            Says::Times(times) => drop(self.sig.schedule.get_or_insert(Schedule::TimesADay(times))),
            Says::Hours(hours) => {
                self.sig.schedule.get_or_insert(Schedule::Every(TimeSpan::hours(hours)));
            }
            Says::At(hour) => self.times.push(Time::constant(hour, 0, 0, 0)),
            Says::Night => self.times.push(Schedule::bedtime()),
            Says::Weekly => drop(self.sig.schedule.get_or_insert(Schedule::Weekly)),
            Says::Meals => self.times.extend([8, 12, 18].map(|hour| Time::constant(hour, 0, 0, 0))),
            Says::AsNeeded => {
                self.sig.as_needed = true;
                // What it is needed for is no part of how it is taken.
                if self.words.get(self.at + used).is_some_and(|word| word == "for")
                    && number(self.word(used + 1)).is_none()
                {
                    return Some(used + 2);
                }
            }
            Says::By(route) => drop(self.sig.route.get_or_insert(route)),
            Says::Once => self.sig.once = true,
            Says::Nothing => {}
        }
        Some(used)
    }

    /// `at 9 am`, `08:00`.
    fn clock(&mut self) -> Option<usize> {
        let time = clock_time(self.word(0)).or_else(|| clock_time(&format!("0{}", self.word(0))))?;
        self.times.push(time);
        Some(1)
    }

    fn settle(mut self) -> Sig {
        self.times.sort_unstable();
        self.times.dedup();
        let once = matches!(self.sig.schedule, None | Some(Schedule::TimesADay(1)));
        let fits =
            matches!(self.sig.schedule, Some(Schedule::TimesADay(n)) if n as usize == self.times.len());
        if !self.times.is_empty() && (once || fits) {
            self.sig.schedule = Some(match self.times.as_slice() {
                [time] if *time == Schedule::bedtime() => Schedule::Nightly,
                _ => Schedule::At(self.times),
            });
        }
        self.sig.leftover = self.left.join(" ");
        self.sig
    }
}

fn lookup(table: &[(&str, f64)], word: &str) -> Option<f64> {
    table.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
}

/// The number that a word says; the upper of `1-2`.
fn number(word: &str) -> Option<f64> {
    let plain = |part: &str| {
        let digits = part.starts_with(|c: char| c.is_ascii_digit() || c == '.');
        digits.then(|| part.parse::<f64>().ok()).flatten().filter(|value| (0.0..1e6).contains(value))
    };
    let range = || word.split_once(['-', '–']).and_then(|(low, high)| Some(plain(low)?.max(plain(high)?)));
    lookup(NUMBERS, word).or_else(|| plain(word)).or_else(range)
}

/// The lower of `4-6`.
fn lowest(word: &str) -> Option<f64> {
    match word.split_once(['-', '–']) {
        Some((low, _)) => number(low),
        None => number(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Sig {
        read(text).into_iter().next().unwrap_or_default()
    }

    #[test]
    fn instructions_are_read_in_the_ways_they_are_written() {
        let hours = |hours| Some(Schedule::Every(TimeSpan::hours(hours)));
        for (text, pieces, schedule) in [
            ("Take 1 tablet by mouth twice daily", Some(1.0), Some(Schedule::TimesADay(2))),
            ("one capsule three times daily", Some(1.0), Some(Schedule::TimesADay(3))),
            (
                "1-2 tablets once daily at bedtime as needed for restless legs",
                Some(2.0),
                Some(Schedule::Nightly),
            ),
            ("one to two tablets every 4-6 hours as needed for rib pain", Some(2.0), hours(4.0)),
            ("Take half a tablet every other day", Some(0.5), hours(48.0)),
            ("2 tabs q6h prn", Some(2.0), hours(6.0)),
            ("Take 2 daily", Some(2.0), Some(Schedule::TimesADay(1))),
            ("apply one patch three times per week", Some(1.0), hours(56.0)),
            ("1 tab b.i.d.", Some(1.0), Some(Schedule::TimesADay(2))),
            (
                "Take 1 capsule in the morning and at bedtime",
                Some(1.0),
                Some(Schedule::At(vec![Time::constant(8, 0, 0, 0), Time::constant(22, 0, 0, 0)])),
            ),
            ("as directed", None, None),
        ] {
            let sig = one(text);
            assert_eq!((sig.pieces, &sig.schedule), (pieces, &schedule), "{text}");
        }
    }

    #[test]
    fn amounts_limits_and_lengths_are_read() {
        let sig = one("Take 3 tablets (6mg) once daily for 10 days");
        assert_eq!((sig.pieces, sig.amount, sig.days), (Some(3.0), Some((6.0, "mg".to_owned())), Some(10.0)));
        assert_eq!(one("40 mg/day").schedule, Some(Schedule::TimesADay(1)));
        assert_eq!(one("2 tablets of 50 mg daily").amount, Some((100.0, "mg".to_owned())));
        let sig = one("50mg PO every 6 hours as needed, maximum 4 per day");
        assert!(sig.as_needed && sig.up_to == Some(4) && sig.route == Some(Route::Oral));
        assert_eq!(one("500mg IV q6h x 3 days").days, Some(3.0));
    }

    #[test]
    fn a_taper_is_its_steps_and_the_rest_is_left_over() {
        let steps = read("Take 4 tablets daily for 7 days, then 2 tablets daily for 7 days");
        assert_eq!(
            steps.iter().map(|step| (step.pieces, step.days)).collect::<Vec<_>>(),
            [(Some(4.0), Some(7.0)), (Some(2.0), Some(7.0))]
        );
        assert_eq!(one("Take 1 tablet with grapefruit daily").leftover, "with grapefruit");
        assert!(read("").is_empty());
    }
}
