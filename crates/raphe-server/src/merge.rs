//! Two changes of one text, put together line by line.
//!
//! A page shows the diary as it was; by the time it is saved, an editor, a sync tool or another tab may have changed the file.
//! Each line is an event of its own, so lines that only one side touched are taken from that side, also right beside lines of
//! the other, and lines that both added at one place all stay. Where both changed the same line, nobody but the person knows what
//! is true: [`Part::Asked`].
//!
//! Lines are compared without their endings. What nobody changed keeps every byte: mixed endings, a byte-order mark, a last
//! line without an ending.

use imara_diff::{Algorithm, Diff, Hunk, InternedInput};
use std::{
    borrow::Cow,
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    ops::Range,
};

/// A byte-order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// One line and what ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Line<'t> {
    text: &'t [u8],
    ending: &'t [u8],
}

/// Lines as the diary counts them: each ends at a line feed, a carriage return or both.
fn lines(bytes: &[u8]) -> Vec<Line<'_>> {
    let mut rest = bytes.strip_prefix(MARK).unwrap_or(bytes);
    let mut lines = Vec::new();
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
        let ending = match &rest[end..] {
            [b'\r', b'\n', ..] => 2,
            [] => 0,
            _ => 1,
        };
        lines.push(Line { text: &rest[..end], ending: &rest[end..end + ending] });
        rest = &rest[end + ending..];
    }
    lines
}

/// The ending that a file uses first, as in [`raphe::timeline::diary::Diary::append`].
fn ending(bytes: &[u8]) -> &'static [u8] {
    match lines(bytes).first().map(|line| line.ending) {
        Some(b"\r\n") => b"\r\n",
        Some(b"\r") => b"\r",
        _ => b"\n",
    }
}

fn diff(before: &[Line<'_>], after: &[Line<'_>]) -> Vec<Hunk> {
    let mut input = InternedInput::default();
    input.update_before(before.iter().map(|line| line.text));
    input.update_after(after.iter().map(|line| line.text));
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    diff.hunks().collect()
}

/// What a person typed as the whole text, as bytes that leave untouched lines as `base` has them.
pub(crate) fn typed(base: &[u8], text: &str) -> Vec<u8> {
    let (old, new) = (lines(base), lines(text.as_bytes()));
    let mut out = Writer::new(base);
    let mut at = 0;
    for hunk in diff(&old, &new) {
        out.lines(&old[at..hunk.before.start as usize]);
        out.typed(&new[range(&hunk.after)]);
        at = hunk.before.end as usize;
    }
    out.lines(&old[at..]);
    out.bytes
}

fn range(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

/// Bytes of a file, line by line.
struct Writer {
    bytes: Vec<u8>,
    ending: &'static [u8],
}

impl Writer {
    /// As the ending and the byte-order mark of this file are.
    fn new(like: &[u8]) -> Self {
        let bytes = if like.starts_with(MARK) { MARK.to_vec() } else { Vec::new() };
        Self { bytes, ending: ending(like) }
    }

    /// Lines with their own endings.
    fn lines(&mut self, lines: &[Line<'_>]) {
        for line in lines {
            self.line(line.text, line.ending);
        }
    }

    /// Lines with the ending of the file.
    fn typed(&mut self, lines: &[Line<'_>]) {
        for line in lines {
            self.line(line.text, self.ending);
        }
    }

    fn line(&mut self, text: &[u8], ending: &[u8]) {
        let begun = !self.bytes.is_empty() && self.bytes != MARK;
        if begun && !matches!(self.bytes.last(), Some(b'\r' | b'\n')) {
            self.bytes.extend_from_slice(self.ending);
        }
        self.bytes.extend_from_slice(text);
        self.bytes.extend_from_slice(ending);
    }
}

/// One piece of two texts put together.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part<'t> {
    /// Nobody need be asked.
    Settled(Vec<Line<'t>>),
    /// Both changed these lines.
    Asked(Question<'t>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Question<'t> {
    first: usize,
    theirs: Vec<Line<'t>>,
    ours: Vec<Line<'t>>,
}

/// Lines that both sides changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conflict {
    /// Tells this question from others: an answer counts for it alone.
    pub(crate) key: String,
    /// The first of these lines in the file as it is now, from 1.
    pub(crate) line: usize,
    /// The lines in the file as it is now.
    pub(crate) theirs: Vec<String>,
    /// The lines as the person wrote them.
    pub(crate) ours: Vec<String>,
}

/// Which lines a person chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pick {
    /// Those of the file.
    Theirs,
    /// Their own.
    Ours,
    /// All of them, those of the file first.
    Both,
}

/// Puts two changes of `base` together: `theirs` stands in the file, `ours` is what the person wants.
///
/// Without a `base` (the program was started anew meanwhile) every difference is asked.
///
/// # Errors
/// The questions that `picks` does not answer.
pub(crate) fn merge(
    base: Option<&[u8]>,
    theirs: &[u8],
    ours: &[u8],
    picks: &BTreeMap<String, Pick>,
) -> Result<Vec<u8>, Vec<Conflict>> {
    let (their, our) = (lines(theirs), lines(ours));
    let parts = match base {
        Some(base) => three(&lines(base), &their, &our),
        None => two(&their, &our),
    };
    let mut out = Writer::new(theirs);
    let mut open = Vec::new();
    for part in &parts {
        match part {
            Part::Settled(lines) => out.lines(lines),
            Part::Asked(question) => {
                let key = key(question);
                let pick = picks.get(&key).copied();
                if matches!(pick, Some(Pick::Theirs | Pick::Both)) {
                    out.lines(&question.theirs);
                }
                if matches!(pick, Some(Pick::Ours | Pick::Both)) {
                    out.typed(&question.ours);
                }
                if pick.is_none() {
                    let (theirs, ours) = (shown(&question.theirs), shown(&question.ours));
                    open.push(Conflict { key, line: question.first + 1, theirs, ours });
                }
            }
        }
    }
    if open.is_empty() { Ok(out.bytes) } else { Err(open) }
}

fn shown(lines: &[Line<'_>]) -> Vec<String> {
    lines.iter().map(|line| String::from_utf8_lossy(line.text).into_owned()).collect()
}

fn key(question: &Question<'_>) -> String {
    let mut hasher = DefaultHasher::new();
    (question.first, texts(&question.theirs), texts(&question.ours)).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Without a common ancestor.
fn two<'t>(theirs: &[Line<'t>], ours: &[Line<'t>]) -> Vec<Part<'t>> {
    let mut parts = Vec::new();
    let mut at = 0;
    for hunk in diff(theirs, ours) {
        let first = hunk.before.start as usize;
        parts.push(Part::Settled(theirs[at..first].to_vec()));
        let (theirs, ours) = (theirs[range(&hunk.before)].to_vec(), ours[range(&hunk.after)].to_vec());
        parts.push(Part::Asked(Question { first, theirs, ours }));
        at = hunk.before.end as usize;
    }
    parts.push(Part::Settled(theirs[at..].to_vec()));
    parts
}

/// With a common ancestor.
fn three<'t>(base: &[Line<'t>], theirs: &[Line<'t>], ours: &[Line<'t>]) -> Vec<Part<'t>> {
    let mut changes: Vec<Change> = Vec::new();
    changes.extend(diff(base, theirs).into_iter().map(|hunk| Change { mine: false, hunk }));
    changes.extend(diff(base, ours).into_iter().map(|hunk| Change { mine: true, hunk }));
    // Added lines stand before what is changed at the same place, and theirs before ours.
    changes.sort_by_key(|change| (change.hunk.before.start, change.hunk.before.end, change.mine));
    let mut parts = Vec::new();
    // Where we are in the base, and by how many lines the other two are ahead of it.
    let (mut at, mut their_shift, mut our_shift) = (0, 0, 0);
    let mut rest = changes.as_slice();
    while let Some(first) = rest.first() {
        let mut reach = first.hunk.before.clone();
        let mut used = 1;
        while let Some(next) = rest.get(used).filter(|next| meet(&reach, &next.hunk.before)) {
            reach.end = reach.end.max(next.hunk.before.end);
            used += 1;
        }
        let (group, after) = rest.split_at(used);
        rest = after;
        let ahead =
            |mine: bool| group.iter().filter(|change| change.mine == mine).map(Change::ahead).sum::<i64>();
        let (their_more, our_more) = (ahead(false), ahead(true));
        let their_lines = cut(theirs, &reach, their_shift, their_more);
        let our_lines = cut(ours, &reach, our_shift, our_more);
        parts.push(Part::Settled(cut(theirs, &(at..reach.start), their_shift, 0)));
        let both = group.iter().any(|change| change.mine) && group.iter().any(|change| !change.mine);
        parts.push(match both {
            false if first.mine => Part::Settled(our_lines),
            false => Part::Settled(their_lines),
            true if texts(&their_lines) == texts(&our_lines) => Part::Settled(their_lines),
            true if reach.is_empty() => Part::Settled([their_lines, our_lines].concat()),
            true => {
                let first = (i64::from(reach.start) + their_shift) as usize;
                Part::Asked(Question { first, theirs: their_lines, ours: our_lines })
            }
        });
        (their_shift, our_shift) = (their_shift + their_more, our_shift + our_more);
        at = reach.end;
    }
    parts.push(Part::Settled(cut(theirs, &(at..base.len() as u32), their_shift, 0)));
    parts
}

/// One side's change of some lines of the base.
struct Change {
    mine: bool,
    hunk: Hunk,
}

impl Change {
    /// By how many lines the text grew.
    fn ahead(&self) -> i64 {
        self.hunk.after.len() as i64 - self.hunk.before.len() as i64
    }
}

/// Whether two changes touch one line, or add lines at one place, or one adds lines between those of the other.
fn meet(one: &Range<u32>, other: &Range<u32>) -> bool {
    match (one.is_empty(), other.is_empty()) {
        (true, true) => one.start == other.start,
        _ => one.start < other.end && other.start < one.end,
    }
}

/// The lines that stand in a text where the base has `place`: `shift` lines further on, and `more` of them.
fn cut<'t>(lines: &[Line<'t>], place: &Range<u32>, shift: i64, more: i64) -> Vec<Line<'t>> {
    let start = (i64::from(place.start) + shift) as usize;
    let end = (i64::from(place.end) + shift + more) as usize;
    lines[start..end].to_vec()
}

fn texts<'t>(lines: &[Line<'t>]) -> Vec<&'t [u8]> {
    lines.iter().map(|line| line.text).collect()
}

/// How a line came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// Only in the newer text.
    More,
    /// Only in the older text.
    Less,
    /// In both, shown beside one that is not.
    Same,
}

/// A line of a comparison: its sign, its number in the newer text (the older one for [`Sign::Less`]), its text.
pub(crate) type Compared = (Sign, usize, String);

/// What changed from one text to another, with a line before and after each change, and how many lines came and went.
pub(crate) fn compared(old: &[u8], new: &[u8]) -> (Vec<Compared>, usize, usize) {
    let (before, after) = (lines(old), lines(new));
    let text = |line: &Line<'_>| String::from_utf8_lossy(line.text).into_owned();
    let mut out: Vec<Compared> = Vec::new();
    let (mut more, mut less) = (0, 0);
    for hunk in diff(&before, &after) {
        let (gone, come) = (range(&hunk.before), range(&hunk.after));
        (more, less) = (more + come.len(), less + gone.len());
        let context = |at: usize, out: &mut Vec<Compared>| {
            if let Some(line) = after.get(at)
                && !out.iter().rev().take(2).any(|(sign, number, _)| *sign == Sign::Same && *number == at + 1)
            {
                out.push((Sign::Same, at + 1, text(line)));
            }
        };
        if let Some(at) = come.start.checked_sub(1) {
            context(at, &mut out);
        }
        out.extend(gone.map(|at| (Sign::Less, at + 1, text(&before[at]))));
        out.extend(come.clone().map(|at| (Sign::More, at + 1, text(&after[at]))));
        context(come.end, &mut out);
    }
    (out, more, less)
}

/// A text as a page can show and send it back: what is no text, and what no page may hold, is shown as `�`.
pub(crate) fn page_text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes.strip_prefix(MARK).unwrap_or(bytes))
}

#[cfg(test)]
mod tests;
