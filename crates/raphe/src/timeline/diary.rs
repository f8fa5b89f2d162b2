//! The diary: plain text that a person types, one event a line.
//!
//! ```text
//! profile  born 1971-05  sex female  weight 62 kg  zone Europe/London
//! 2026-03-01 08:00  start  sertraline 50 mg daily      ; a comment
//! 2026-03-17 09:30  sign   inducible clonus, no hyperreflexia by clinician
//! ```
//!
//! Reading is total: any bytes give a [`Timeline`] and [`Notice`]s. A line that cannot be read stays as
//! [`Event::Unread`] under the best date there is, because it may hold the one word that matters. Reading is lossless
//! too: [`Diary`] keeps every byte, so a program that adds a line leaves the others as they were.
//!
//! Reading goes in three steps. Lines are cut (`words`) and their dates read (`when`); the profile is read first,
//! because it may name the time zone anywhere in the file (`profile`). Each dated line is read by its verb (`line`):
//! doses (`dose`, `amount`, `schedule`, `settle`), signs and measurements (`signs`), daily life (`life`). At last the
//! lines are completed and checked against each other (`regimens`). No step knows any medicine. `write` goes the other
//! way: what came from elsewhere becomes lines that read back.

mod amount;
mod dose;
mod keywords;
mod life;
mod line;
mod numeral;
mod profile;
mod regimens;
mod schedule;
mod settle;
mod signs;
#[cfg(test)]
mod tests;
mod when;
mod words;
mod write;

use super::{DoseLine, Entry, Event, Notice, Origin, Precision, Timeline, Weight, When};
use jiff::Timestamp;
use jiff::civil::Date;
use line::Said;
use profile::Profile;
use regimens::Draft;
use std::borrow::Cow;
use when::{Clock, Head, Until, Written, Wrong};
use words::{Notices, Span, quote};
pub use write::{dosing, line, profile_line};

/// A diary file: every byte of it, line by line.
///
/// ```
/// # use raphe::timeline::diary::Diary;
/// let mut diary = Diary::read(b"2026-03-01 start sertraline 50 mg daily ; with breakfast\r\n");
/// assert!(diary.append("2026-03-16 21:30 take dextromethorphan 30 mg").is_ok());
/// assert!(diary.append("2026-03-17 take tramadol 50").is_err(), "a number without a unit");
/// assert!(diary.print().ends_with(b"\r\n2026-03-16 21:30 take dextromethorphan 30 mg\r\n"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diary {
    bytes: Vec<u8>,
}

impl Diary {
    /// Reads any bytes.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        Self { bytes: bytes.to_vec() }
    }

    /// Exactly the bytes that were read, and the lines that were added.
    #[must_use]
    pub fn print(&self) -> Vec<u8> {
        self.bytes.clone()
    }

    /// Its lines as they are read: without endings and byte-order mark, what is no text shown as `�`.
    pub fn lines(&self) -> impl Iterator<Item = Cow<'_, str>> {
        lines(&self.bytes).map(String::from_utf8_lossy)
    }

    /// What the diary says, and what a person should know about how it was read.
    ///
    /// Notices about the whole file come first, then those of each line in order.
    #[must_use]
    pub fn timeline(&self) -> (Timeline, Vec<Notice>) {
        read(&self.bytes)
    }

    /// Adds one line at the end, after checking it against the lines before.
    ///
    /// The file's own line ending is used, and a missing one at its end is added. On success the notices of the new line
    /// are returned, none of them an error.
    ///
    /// # Errors
    /// When the line would not be read without an error; the diary then stays as it was.
    pub fn append(&mut self, line: &str) -> Result<Vec<Notice>, Vec<Notice>> {
        let line = line.trim_end_matches(['\r', '\n']);
        if let Some((says, help)) = self.refusal(line) {
            let help = Some(help.to_owned());
            return Err(vec![Notice { weight: Weight::Error, place: None, says: says.to_owned(), help }]);
        }
        let ending: &[u8] = match self.bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
            Some(at) if self.bytes[at..].starts_with(b"\r\n") => b"\r\n",
            Some(at) if self.bytes[at] == b'\r' => b"\r",
            _ => b"\n",
        };
        let mut bytes = self.bytes.clone();
        if bytes.last().is_some_and(|byte| !matches!(byte, b'\r' | b'\n')) {
            bytes.extend_from_slice(ending);
        }
        let number = lines(&bytes).count() + 1;
        bytes.extend_from_slice(line.as_bytes());
        bytes.extend_from_slice(ending);
        let (_, mut notices) = read(&bytes);
        notices.retain(|notice| notice.place.is_some_and(|place| place.line as usize == number));
        if notices.iter().any(|notice| notice.weight == Weight::Error) {
            return Err(notices);
        }
        self.bytes = bytes;
        Ok(notices)
    }

    /// Why nothing can be added, and what to do.
    fn refusal(&self, line: &str) -> Option<(&'static str, &'static str)> {
        match () {
            () if line.trim().is_empty() => {
                Some(("the line is empty", "write an entry, or a comment after `;`"))
            }
            () if line.contains(['\r', '\n']) => {
                Some(("more than one line was given", "add one line at a time"))
            }
            () if is_utf16(&self.bytes) => Some(UTF16),
            () => None,
        }
    }
}

/// Reads a diary: [`Diary::read`] and [`Diary::timeline`] in one step.
///
/// ```
/// # use raphe::timeline::diary;
/// let (timeline, notices) = diary::read("2026-03-16 take sertraline 50".as_bytes());
/// assert_eq!(timeline.entries.len(), 1, "the entry stays, without a dose");
/// assert_eq!(notices[0].says, "`50` is a number without a unit");
/// ```
#[must_use]
pub fn read(bytes: &[u8]) -> (Timeline, Vec<Notice>) {
    let texts: Vec<Cow<'_, str>> = lines(bytes).map(String::from_utf8_lossy).collect();
    let mut notices = Notices::default();
    report_encoding(bytes, &texts, &mut notices);
    let lines = cut(&texts);
    let profile = read_profile(&lines, &mut notices);
    let person = profile.person;
    let clock = Clock { zone: person.zone.clone() };
    let drafts = read_entries(&lines, &clock, &mut notices);
    let entries = regimens::complete(drafts, &clock, &mut notices);
    let mut notices = notices.list;
    notices.sort_by_key(|notice| notice.place);
    (Timeline { complete: !profile.incomplete, ..Timeline::new(person, entries) }, notices)
}

/// Reads a dose line without a date, `sertraline 50 mg daily`, as a `start` line has it.
///
/// Nothing is filled in: without a dose it is [`super::Dose::Unknown`], without a schedule `None`.
///
/// # Errors
/// With the first thing that was not understood: a question is answered whole or not at all. Places are columns of
/// `text`, on line 1.
pub fn read_dose_line(text: &str) -> Result<DoseLine, Notice> {
    let mut notices = Notices { line: 1, list: Vec::new() };
    let reading = dose::read(Span::line(text), dose::Purpose::Ask, &mut notices);
    let worst =
        notices.list.into_iter().filter(|notice| notice.weight >= Weight::Warning).max_by_key(|n| n.weight);
    match (reading, worst) {
        (Some(reading), None) => Ok(reading.line),
        (_, Some(notice)) => Err(notice),
        (None, None) => Err(Notice {
            weight: Weight::Error,
            place: None,
            says: format!("{} names no medicine", quote(text)),
            help: Some("write the name and the dose, for example `sertraline 50 mg`".to_owned()),
        }),
    }
}

/// The lines of a file without their endings; a last line without an ending counts, an empty one does not.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
        let ending = if rest[end..].starts_with(b"\r\n") { 2 } else { 1 };
        let line = &rest[..end];
        rest = &rest[(end + ending).min(rest.len())..];
        Some(line)
    })
}

const UTF16: (&str, &str) = (
    "the file is written in UTF-16, which raphe does not read",
    "save it as UTF-8 in the editor that wrote it",
);

fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff")
}

/// One notice for the file where its bytes are not plain text.
fn report_encoding(bytes: &[u8], texts: &[Cow<'_, str>], notices: &mut Notices) {
    if is_utf16(bytes) {
        return notices.whole(Weight::Error, UTF16.0, UTF16.1);
    }
    let first = |wrong: fn(&Cow<'_, str>) -> bool| texts.iter().position(wrong).map(|index| index + 1);
    if let Some(line) = first(|text| matches!(text, Cow::Owned(_))) {
        let says = format!("the file is not UTF-8 everywhere, first on line {line}");
        notices.whole(
            Weight::Warning,
            &says,
            "characters that could not be read are shown as `�`; save the file as UTF-8",
        );
    }
    if let Some(line) = first(|text| text.bytes().any(|byte| byte != b'\t' && byte.is_ascii_control())) {
        let says = format!("the file holds invisible control characters, first on line {line}");
        notices.whole(Weight::Warning, &says, "they are read as spaces; remove them if a word is torn apart");
    }
}

/// A line, cut at its comment.
struct Line<'a> {
    number: u32,
    body: Span<'a>,
    note: Option<&'a str>,
    head: Head<'a>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    Profile,
    Gene,
    Dated,
}

fn cut<'a>(texts: &'a [Cow<'_, str>]) -> Vec<Line<'a>> {
    let numbered = (1..).zip(texts);
    numbered
        .map(|(number, text)| {
            let whole = Span::line(text);
            let (body, note) = match text.find(';') {
                Some(at) => (whole.slice(0, at), Some(text[at + 1..].trim_matches(words::is_space))),
                None => (whole, None),
            };
            let body = body.trim();
            let kind = match words::key(body.first_word().0.text).as_str() {
                _ if body.is_empty() => Kind::Blank,
                "profile" => Kind::Profile,
                "gene" => Kind::Gene,
                _ => Kind::Dated,
            };
            let head = if kind == Kind::Dated { when::read(body) } else { Head::Undated };
            Line { number, body, note: note.filter(|note| !note.is_empty()), head, kind }
        })
        .collect()
}

fn read_profile(lines: &[Line<'_>], notices: &mut Notices) -> Profile {
    let mut profile = Profile::default();
    for line in lines {
        notices.line = line.number;
        let rest = line.body.first_word().1;
        match line.kind {
            Kind::Profile => profile::read(rest, &mut profile, notices),
            Kind::Gene => {
                profile::gene(if rest.is_empty() { line.body } else { rest }, &mut profile.person, notices)
            }
            Kind::Blank | Kind::Dated => {}
        }
    }
    profile
}

fn read_entries(lines: &[Line<'_>], clock: &Clock, notices: &mut Notices) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let dated: Vec<&Line<'_>> = lines.iter().filter(|line| line.kind == Kind::Dated).collect();
    let mut before = Near { date: dated.iter().find_map(|line| date_of(&line.head)), side: "after" };
    let mut timed = false;
    for line in dated {
        notices.line = line.number;
        let (when, said) = match &line.head {
            Head::Dated(written, rest) => {
                timed |= written.time.is_some();
                read_dated(line, written, *rest, clock, notices)
            }
            Head::Wrong(wrong) => (wrong_date(wrong, &before, clock, notices), Vec::new()),
            Head::Undated => (undated(line, &before, clock, notices), Vec::new()),
        };
        if let Some(date) = date_of(&line.head) {
            before = Near { date: Some(date), side: "before" };
        }
        let text = match line.head {
            Head::Dated(_, rest) if !rest.is_empty() => rest.text,
            _ => line.body.text,
        };
        let unread = || vec![Said::from(Event::Unread(text.to_owned()))];
        let said = if said.is_empty() { unread() } else { said };
        drafts.extend(said.into_iter().map(|said| draft(line, when, said)));
    }
    if timed && clock.zone.is_none() {
        let help = "all times are read as one clock, offsets are not used; write for example `profile zone Europe/London`";
        notices.whole(Weight::Info, "the diary has times of day and names no time zone", help);
    }
    drafts
}

fn draft(line: &Line<'_>, when: When, said: Said) -> Draft {
    let entry = Entry {
        when,
        event: said.event,
        origin: Origin::Line(line.number),
        note: line.note.map(str::to_owned),
    };
    Draft { entry, unwritten: said.unwritten }
}

/// The date that stands nearest to an undated line.
struct Near {
    date: Option<Date>,
    side: &'static str,
}

fn date_of(head: &Head<'_>) -> Option<Date> {
    match head {
        Head::Dated(written, _) => Some(written.date),
        Head::Wrong(wrong) => wrong.date,
        Head::Undated => None,
    }
}

fn read_dated(
    line: &Line<'_>,
    written: &Written,
    rest: Span<'_>,
    clock: &Clock,
    notices: &mut Notices,
) -> (When, Vec<Said>) {
    let mut when = clock.when(written);
    let date = line.body.first_word().0;
    if !(1900..=2100).contains(&written.date.year()) {
        notices.warning(
            date,
            format!("{} is far from today", quote(date.text)),
            "look at the year; it is kept as written",
        );
    }
    if rest.is_empty() {
        let help = "write what happened, for example `2026-03-01 take sertraline 50 mg`";
        notices.error(line.body, "nothing follows the date", help);
        return (when, Vec::new());
    }
    let said = line::read(rest, line.note.is_some(), notices);
    if let Until::Day(last) = written.until {
        when = ranged(when, &said, written, last, date, clock, notices);
    }
    (when, said)
}

/// Events that happen at one time do not last: the first day counts, and what the range may have meant is asked.
fn ranged(
    when: When,
    said: &[Said],
    written: &Written,
    last: Date,
    found: Span<'_>,
    clock: &Clock,
    notices: &mut Notices,
) -> When {
    let help = match said.first().map(|said| &said.event) {
        Some(Event::Start(_) | Event::Change(_)) if written.date != last => {
            format!("read as {}; write a `stop` line for the day after {last}", written.date)
        }
        Some(Event::Stop(_)) if written.date != last => format!("read as {}; write the day", written.date),
        Some(Event::Take(_)) if written.date != last => {
            let help =
                "read as one dose on one of these days; write a line for each dose, or `start` and `stop`";
            notices.warning(found, "a range of days for a single dose", help);
            return when;
        }
        _ => return when,
    };
    notices.warning(found, "a range of days for something that happens on one day", help);
    clock.day(written.date)
}

fn wrong_date(wrong: &Wrong<'_>, near: &Near, clock: &Clock, notices: &mut Notices) -> When {
    match wrong.date {
        Some(date) => {
            notices.error(
                wrong.found,
                wrong.says.clone(),
                format!("{}; its words are kept under {date}", wrong.help),
            );
            clock.day(date)
        }
        None => {
            let (when, kept) = borrowed(near, clock);
            notices.error(wrong.found, wrong.says.clone(), format!("{}; {kept}", wrong.help));
            when
        }
    }
}

fn undated(line: &Line<'_>, near: &Near, clock: &Clock, notices: &mut Notices) -> When {
    let (when, kept) = borrowed(near, clock);
    let (word, _) = line.body.first_word();
    let head = words::nearest(word.text, ["profile", "gene"]).filter(|_| !line::is_verb(word.text));
    let says = format!("{} has no date", quote(line.body.text));
    let help = match (head, word.text.starts_with(['#', '/'])) {
        (_, true) => "a comment begins with `;`".to_owned(),
        (Some(head), false) => format!("did you mean `{head}`?"),
        (None, false) => match line::is_verb(word.text) {
            true => format!(
                "a line begins with a date, for example `2026-03-01 {}`",
                words::short(line.body.text)
            ),
            false => "a line begins with a date, for example `2026-03-01 take sertraline 50 mg`".to_owned(),
        },
    };
    notices.error(line.body, says, format!("{help}; {kept}"));
    when
}

/// Where a line without a date stands among the others, and what to say about it.
fn borrowed(near: &Near, clock: &Clock) -> (When, String) {
    let undated = |start| When { start, end: None, precision: Precision::Undated };
    match near.date {
        Some(date) => {
            let says = format!("its words are kept under {date}, the date of the line {}", near.side);
            (undated(clock.day(date).start), says)
        }
        None => (
            undated(Timestamp::UNIX_EPOCH),
            "its words are kept without a date, as no line has one".to_owned(),
        ),
    }
}
