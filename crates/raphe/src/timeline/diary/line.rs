//! One dated line: its verb, and what the verb makes of the rest.
//!
//! A verb reads the rest of its line into events and reports what it cannot read. When nothing is left the line stays as
//! [`Event::Unread`], so that its words are never lost.

use super::dose::{self, Purpose, Reading, Unwritten};
use super::words::{Notices, Span, nearest, quote};
use super::{life, signs};
use crate::timeline::{Event, Name};

/// What happened, by its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Start,
    Change,
    Take,
    Miss,
    Stop,
    Sign,
    Vital,
    Feel,
    Course,
    Score,
    Light,
    Sunlight,
    Exercise,
    Sleep,
    Meal,
    Session,
    Factor,
    Condition,
    Lab,
    Note,
}

const VERBS: [(&str, Verb); 20] = [
    ("start", Verb::Start),
    ("change", Verb::Change),
    ("take", Verb::Take),
    ("miss", Verb::Miss),
    ("stop", Verb::Stop),
    ("sign", Verb::Sign),
    ("vital", Verb::Vital),
    ("feel", Verb::Feel),
    ("course", Verb::Course),
    ("score", Verb::Score),
    ("light", Verb::Light),
    ("sunlight", Verb::Sunlight),
    ("exercise", Verb::Exercise),
    ("sleep", Verb::Sleep),
    ("meal", Verb::Meal),
    ("session", Verb::Session),
    ("factor", Verb::Factor),
    ("condition", Verb::Condition),
    ("lab", Verb::Lab),
    ("note", Verb::Note),
];

/// Words that people write for a verb, far from it in spelling.
const MEANT: [(&str, &str); 36] = [
    ("started", "start"),
    ("begin", "start"),
    ("began", "start"),
    ("took", "take"),
    ("taken", "take"),
    ("takes", "take"),
    ("taking", "take"),
    ("dose", "take"),
    ("ate", "meal"),
    ("food", "meal"),
    ("eat", "meal"),
    ("drank", "meal"),
    ("changed", "change"),
    ("increase", "change"),
    ("increased", "change"),
    ("decrease", "change"),
    ("reduce", "change"),
    ("raise", "change"),
    ("switch", "stop"),
    ("quit", "stop"),
    ("ended", "stop"),
    ("end", "stop"),
    ("missed", "miss"),
    ("skip", "miss"),
    ("skipped", "miss"),
    ("forgot", "miss"),
    ("symptom", "feel"),
    ("symptoms", "feel"),
    ("felt", "feel"),
    ("feeling", "feel"),
    ("temperature", "vital"),
    ("bp", "vital"),
    ("slept", "sleep"),
    ("walk", "exercise"),
    ("diagnosis", "condition"),
    ("comment", "note"),
];

/// What a line says.
#[derive(Debug)]
pub(super) struct Said {
    /// What happened.
    pub(super) event: Event,
    /// For a `change` line: what stays as it was. For others: nothing.
    pub(super) unwritten: Unwritten,
}

impl From<Event> for Said {
    fn from(event: Event) -> Self {
        Self { event, unwritten: Unwritten::default() }
    }
}

/// The verb that a word is closest to, for help.
pub(super) fn meant(word: &str) -> Option<&'static str> {
    let key = super::words::key(word);
    let known = MEANT.iter().find(|(written, _)| *written == key).map(|(_, verb)| *verb);
    known.or_else(|| nearest(&key, VERBS.iter().map(|(verb, _)| *verb)))
}

/// Whether a word is a verb.
pub(super) fn is_verb(word: &str) -> bool {
    let key = super::words::key(word);
    VERBS.iter().any(|(verb, _)| *verb == key)
}

/// Reads what follows the date; empty, with a notice, when it could not be read.
pub(super) fn read(body: Span<'_>, has_note: bool, notices: &mut Notices) -> Vec<Said> {
    let (word, rest) = body.first_word();
    let key = super::words::key(word.text);
    let Some((_, verb)) = VERBS.iter().find(|(verb, _)| *verb == key) else {
        unknown(word, &key, notices);
        return Vec::new();
    };
    if rest.is_empty() && *verb != Verb::Note {
        let says = format!("nothing follows {}", quote(word.text));
        notices.error(word, says, format!("write for example `{}`", example(*verb)));
        return Vec::new();
    }
    if rest.is_empty() && !has_note {
        notices.info(word, "the note is empty", "write what happened after `note`");
    }
    said(*verb, rest, notices)
}

fn unknown(word: Span<'_>, key: &str, notices: &mut Notices) {
    let says = format!("{} is not a word that begins an entry", quote(word.text));
    let help = match (key, meant(word.text)) {
        ("profile" | "gene", _) => format!("a `{key}` line has no date: leave the date out"),
        (_, Some(verb)) => format!("did you mean `{verb}`?"),
        (_, None) => {
            let verbs: Vec<&str> = VERBS.iter().map(|(verb, _)| *verb).collect();
            format!("write one of {}", verbs.join(", "))
        }
    };
    notices.error(word, says, help);
}

fn example(verb: Verb) -> &'static str {
    match verb {
        Verb::Start => "start sertraline 50 mg daily",
        Verb::Change => "change sertraline 100 mg daily",
        Verb::Take => "take sertraline 50 mg",
        Verb::Miss => "miss sertraline",
        Verb::Stop => "stop sertraline",
        Verb::Sign => "sign inducible clonus, no hyperreflexia by clinician",
        Verb::Vital => "vital temperature 37.9 C, pulse 112",
        Verb::Feel => "feel tremor 4/10, low mood 7/10",
        Verb::Course => "course worsening",
        Verb::Score => "score PHQ-9 total 11",
        Verb::Light => "light 30 min 10000 lux 07:30",
        Verb::Sunlight => "sunlight 45 min",
        Verb::Exercise => "exercise brisk walking 30 min",
        Verb::Sleep => "sleep 6.5 h",
        Verb::Meal => "meal salmon 150 g",
        Verb::Session => "session CBT",
        Verb::Factor => "factor chronic stress",
        Verb::Condition => "condition bipolar, infection excluded",
        Verb::Lab => "lab sodium 128 mmol/L",
        Verb::Note => "note slept badly",
    }
}

fn said(verb: Verb, rest: Span<'_>, notices: &mut Notices) -> Vec<Said> {
    let events = match verb {
        Verb::Start => return dosed(rest, Purpose::Start, Event::Start, notices),
        Verb::Change => return dosed(rest, Purpose::Change, Event::Change, notices),
        Verb::Take => return dosed(rest, Purpose::Take, Event::Take, notices),
        Verb::Miss => named(rest, Event::Miss, notices),
        Verb::Stop => named(rest, Event::Stop, notices),
        Verb::Sign => signs::sign(rest, notices),
        Verb::Vital => signs::vital(rest, notices),
        Verb::Feel => signs::feel(rest, notices),
        Verb::Course => life::course(rest, notices),
        Verb::Score => life::score(rest, notices),
        Verb::Light => life::light(rest, notices),
        Verb::Sunlight => life::span(rest, "sunlight 45 min", Event::Sunlight, notices),
        Verb::Exercise => life::exercise(rest, notices),
        Verb::Sleep => life::span(rest, "sleep 6.5 h", Event::Sleep, notices),
        Verb::Meal => life::meal(rest, notices),
        Verb::Session => vec![Event::Session(rest.text.to_owned())],
        Verb::Factor => some(signs::finds(rest)).map(Event::Factor).into_iter().collect(),
        Verb::Condition => some(signs::finds(rest)).map(Event::Condition).into_iter().collect(),
        Verb::Lab => signs::lab(rest, notices),
        Verb::Note => vec![Event::Note(rest.text.to_owned())],
    };
    if events.is_empty()
        && !matches!(verb, Verb::Course | Verb::Score | Verb::Light | Verb::Sunlight | Verb::Sleep)
    {
        let says = format!("{} names nothing", quote(rest.text));
        notices.error(rest, says, format!("write for example `{}`", example(verb)));
    }
    events.into_iter().map(Said::from).collect()
}

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn dosed(
    rest: Span<'_>,
    purpose: Purpose,
    event: fn(crate::timeline::DoseLine) -> Event,
    notices: &mut Notices,
) -> Vec<Said> {
    let Some(Reading { line, unwritten, another, leftover }) = dose::read(rest, purpose, notices) else {
        return Vec::new();
    };
    let unwritten = if purpose == Purpose::Change { unwritten } else { Unwritten::default() };
    let more = match another {
        Some(text) => Some(Event::Unread(text)),
        None => some(leftover).map(|leftover| Event::Note(leftover.join(" "))),
    };
    [Said { event: event(line), unwritten }].into_iter().chain(more.map(Said::from)).collect()
}

/// `stop sertraline, tramadol`: one event for each name.
fn named(rest: Span<'_>, event: fn(Name) -> Event, notices: &mut Notices) -> Vec<Event> {
    let mut events = Vec::new();
    for item in rest.names() {
        let (name, leftover) = dose::name_alone(item);
        events.extend(name.map(|name| event(name.name())));
        for more in leftover {
            let says = format!("{} was not understood", quote(more.text));
            notices.warning(more, says, "write what the line cannot say after `;`");
            events.push(Event::Note(more.text.to_owned()));
        }
    }
    events
}
