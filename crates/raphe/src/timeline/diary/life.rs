//! How life goes: `course`, `score`, `light`, `sunlight`, `exercise`, `sleep` and `meal` lines.
//!
//! Each is a few words with a number and its unit. What a line needs and does not have makes it unread; words that it
//! cannot use are reported and kept as text.

use super::amount::{duration, quantity};
use super::when::{clock, hours_minutes};
use super::words::{self, Notices, Span, Word, nearest, phrase, quote};
use crate::timeline::{Course, Event, Score};
use crate::units::{Illuminance, Mass, ParseQuantityError, TimeSpan};

const COURSES: [(&str, Course); 15] = [
    ("rapidly worsening", Course::Worsening),
    ("worsening rapidly", Course::Worsening),
    ("much worse", Course::Worsening),
    ("rapidly worse", Course::Worsening),
    ("worsening", Course::Worsening),
    ("worse", Course::Worsening),
    ("getting worse", Course::Worsening),
    ("deteriorating", Course::Worsening),
    ("improving", Course::Improving),
    ("better", Course::Improving),
    ("improved", Course::Improving),
    ("getting better", Course::Improving),
    ("unchanged", Course::Unchanged),
    ("stable", Course::Unchanged),
    ("the same", Course::Unchanged),
];

/// `worsening`, `improving`, `unchanged`; what is said beyond the one word (`rapidly`) is kept as a note.
pub(super) fn course(rest: Span<'_>, notices: &mut Notices) -> Vec<Event> {
    const HELP: &str = "write `worsening`, `improving` or `unchanged`";
    let words = rest.words();
    let Some((course, used)) = phrase(&COURSES, &words) else {
        let close = nearest(rest.text, COURSES.iter().map(|(word, _)| *word));
        let help = close.map_or(HELP.to_owned(), |word| format!("did you mean `{word}`? {HELP}"));
        notices.error(rest, format!("{} is not a course", quote(rest.text)), help);
        return Vec::new();
    };
    if used < words.len() {
        let more = rest.between(&words[used..]);
        notices.warning(more, format!("{} was not understood", quote(more.text)), HELP);
    }
    let more_said = (words.len() > 1).then(|| Event::Note(rest.text.to_owned()));
    [Event::Course(course)].into_iter().chain(more_said).collect()
}

/// `PHQ-9 2 1 2 2 1 1 2 0 0`, `PHQ-9 total 11`; `-` is an item without an answer.
pub(super) fn score(rest: Span<'_>, notices: &mut Notices) -> Vec<Event> {
    const HELP: &str = "write the answers in order, or the total: `PHQ-9 total 11`";
    let words = rest.words();
    let item =
        |word: &Word<'_>| word.span.text == "-" || word.span.text.starts_with(|c: char| c.is_ascii_digit());
    let is_total = |word: &Word<'_>| matches!(word.key.as_str(), "total" | "score" | "sum" | "=");
    let Some(first) = words.iter().skip(1).position(|word| item(word) || is_total(word)).map(|at| at + 1)
    else {
        notices.error(rest, format!("{} has no answers", quote(rest.text)), HELP);
        return Vec::new();
    };
    let total = words.iter().position(is_total).filter(|at| *at >= first);
    let (mut answers, mut named) = (&words[first..total.unwrap_or(words.len())], first);
    if total.is_some() && answers.len() == 1 {
        (answers, named) = (&[], first + 1);
    }
    let items: Vec<Option<u32>> = answers.iter().map(|word| answer(word, notices)).collect();
    let column = |word: &Word<'_>| word.span.column;
    let mut columns: Vec<u32> = [rest.column].into_iter().chain(answers.iter().map(column)).collect();
    columns.extend(total.and_then(|at| words.get(at + 1)).map(column));
    let total = match total {
        None => None,
        Some(at) => match total_of(&words[at + 1..]) {
            Some(total) => Some(total),
            None => {
                let found = rest.between(&words[at..]);
                notices.error(found, format!("{} is not a total", quote(found.text)), HELP);
                return Vec::new();
            }
        },
    };
    if items.len() == 1 {
        let found = rest.between(answers);
        notices.warning(found, "one number is read as the answer to the first question", HELP);
    }
    vec![Event::Score(Score { name: rest.between(&words[..named]).name().text, items, total, columns })]
}

fn answer(word: &Word<'_>, notices: &mut Notices) -> Option<u32> {
    if matches!(word.span.text, "-" | "–" | "?") {
        return None;
    }
    let read = word.span.text.parse().ok();
    if read.is_none() {
        let says = format!("{} is not an answer", quote(word.span.text));
        notices.error(word.span, says, "write a whole number, or `-` for a question that was not answered");
    }
    read
}

/// `11`, `11/27`.
fn total_of(words: &[Word<'_>]) -> Option<f64> {
    let [word] = words else { return None };
    let text = word.span.text.split('/').next()?;
    text.parse::<f64>()
        .ok()
        .filter(|total| total.is_finite() && text.starts_with(|c: char| c.is_ascii_digit()))
}

/// `30 min 10000 lux 07:30`.
pub(super) fn light(rest: Span<'_>, notices: &mut Notices) -> Vec<Event> {
    let words = rest.words();
    let mut parts = Parts::new(rest, &words);
    let length = parts.take(duration);
    let brightness = parts.quantity::<Illuminance>(notices);
    let time = parts.take(|words| {
        let at = usize::from(words[0].key == "at");
        clock(words.get(at)?.span.text).map(|time| (time, at + 1))
    });
    if length.is_none() && brightness.is_none() && time.is_none() {
        let says = format!("{} says no light", quote(rest.text));
        notices.error(
            rest,
            says,
            "write how long, how bright and when, for example `light 30 min 10000 lux 07:30`",
        );
        return Vec::new();
    }
    let event = Event::Light { duration: length, brightness, at: time };
    parts.with_leftover(event, notices)
}

/// `45 min`: the span of time a line is about.
pub(super) fn span(
    rest: Span<'_>,
    example: &'static str,
    event: fn(TimeSpan) -> Event,
    notices: &mut Notices,
) -> Vec<Event> {
    const LONGEST: f64 = 24.0;
    let words = rest.words();
    let mut parts = Parts::new(rest, &words);
    let Some(length) = parts.take(duration) else {
        let error = rest.text.parse::<TimeSpan>().err();
        let clock_time = words.iter().find_map(|word| clock(word.span.text));
        let help = match (clock_time, error) {
            (Some(time), _) => {
                format!("{} is a time of day; write how long, for example `{example}`", hours_minutes(time))
            }
            (None, Some(error)) if error.could_mean.is_some() => error.help,
            _ => format!("write the number and the unit, for example `{example}`"),
        };
        notices.error(rest, format!("{} is not a span of time", quote(rest.text)), help);
        return Vec::new();
    };
    if length.as_hours() > LONGEST {
        let help = "it is kept as written; write a line for each day";
        notices.warning(rest, format!("{} is more than a day", quote(rest.text)), help);
    }
    parts.with_leftover(event(length), notices)
}

/// `brisk walking 30 min`.
pub(super) fn exercise(rest: Span<'_>, notices: &mut Notices) -> Vec<Event> {
    let words = rest.words();
    let mut parts = Parts::new(rest, &words);
    let length = parts.take(duration);
    if length.is_none() {
        let help = "write how long, for example `exercise brisk walking 30 min`";
        notices.info(rest, format!("{} has no length", quote(rest.text)), help);
    }
    vec![Event::Exercise { what: parts.text(), duration: length }]
}

/// `salmon 150 g, rice`: one event for each food.
pub(super) fn meal(rest: Span<'_>, notices: &mut Notices) -> Vec<Event> {
    let food = |item: Span<'_>| {
        let words = item.words();
        let mut parts = Parts::new(item, &words);
        let amount = parts.quantity::<Mass>(notices);
        let what = parts.text();
        Event::Meal { what: if what.is_empty() { item.text.to_owned() } else { what }, amount }
    };
    rest.items().into_iter().map(food).collect()
}

/// The words of a line, from which parts are taken wherever they stand.
struct Parts<'a, 'w> {
    rest: Span<'a>,
    words: &'w [Word<'a>],
    taken: Vec<bool>,
}

impl<'a, 'w> Parts<'a, 'w> {
    fn new(rest: Span<'a>, words: &'w [Word<'a>]) -> Self {
        Self { rest, words, taken: vec![false; words.len()] }
    }

    /// Takes the first part that reads.
    fn take<T>(&mut self, read: impl Fn(&[Word<'a>]) -> Option<(T, usize)>) -> Option<T> {
        let free = (0..self.words.len()).filter(|at| !self.taken[*at]);
        let (at, (part, used)) =
            free.into_iter().find_map(|at| read(&self.words[at..]).map(|found| (at, found)))?;
        self.taken[at..at + used].fill(true);
        Some(part)
    }

    /// Takes the first quantity that reads; reports a number that does not, unless its unit is of another kind.
    fn quantity<T>(&mut self, notices: &mut Notices) -> Option<T>
    where
        T: std::str::FromStr<Err = ParseQuantityError>,
    {
        let read = self.take(|words| quantity::<T>(words)?.ok());
        if read.is_none() {
            let comma = |error: ParseQuantityError| error.could_mean.is_some().then_some(error);
            let free = (0..self.words.len()).filter(|at| !self.taken[*at]);
            let mut wrong =
                free.filter_map(|at| Some((at, comma(quantity::<T>(&self.words[at..])?.err()?)?)));
            if let Some((at, error)) = wrong.next() {
                let used = error.found.split_whitespace().count().min(self.words.len() - at);
                notices.error(self.rest.between(&self.words[at..at + used]), error.to_string(), error.help);
                self.taken[at..at + used].fill(true);
            }
        }
        read
    }

    /// The words that were not taken, as text.
    fn text(&self) -> String {
        self.runs().iter().map(|run| run.text).collect::<Vec<_>>().join(" ")
    }

    fn runs(&self) -> Vec<Span<'a>> {
        let mut runs = Vec::new();
        let mut at = 0;
        while at < self.words.len() {
            let end = (at..self.words.len()).find(|index| self.taken[*index]).unwrap_or(self.words.len());
            if end > at {
                runs.push(self.rest.between(&self.words[at..end]));
            }
            at = end.max(at) + 1;
        }
        runs
    }

    /// The event, and a note with the words it could not use.
    fn with_leftover(&self, event: Event, notices: &mut Notices) -> Vec<Event> {
        let runs = self.runs();
        for run in &runs {
            let says = format!("{} was not understood", words::quote(run.text));
            notices.warning(*run, says, "write what the line cannot say after `;`");
        }
        let note = (!runs.is_empty()).then(|| Event::Note(self.text()));
        [event].into_iter().chain(note).collect()
    }
}
