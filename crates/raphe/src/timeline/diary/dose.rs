//! What was taken: the dose line of `start`, `change` and `take`.
//!
//! ```text
//! NAME DOSE [FORM] [ROUTE] [over DURATION] [SCHEDULE] [up to N a day] [on purpose | by accident]
//! ```
//!
//! The reader walks along the words. A phrase that a table knows is taken as what it says, an amount as the dose, and
//! the first run of other words is the name; `NAME` and `DOSE` may swap. Other words that come later were not
//! understood: they are reported and kept as text. A dose is read as written or not at all, never corrected.

use super::amount::{self, Found};
use super::keywords::{KEYWORDS, Keyword};
use super::schedule::{self, Part};
use super::words::{Notices, Span, Word, phrase};
use crate::timeline::{DoseLine, Form, Overdose, Route};
use crate::units::TimeSpan;
use std::ops::Range;

/// What the line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A `start` line: has a schedule.
    Start,
    /// A `change` line: what it leaves out stays as it was.
    Change,
    /// A `take` line: a single dose.
    Take,
    /// A question without a date: nothing is filled in.
    Ask,
}

/// What a line left to be filled in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Unwritten {
    /// No dose.
    pub(super) dose: bool,
    /// No form.
    pub(super) form: bool,
    /// No route.
    pub(super) route: bool,
    /// No schedule.
    pub(super) schedule: bool,
}

/// A dose line as read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    /// The line.
    pub(super) line: DoseLine,
    /// What it left out.
    pub(super) unwritten: Unwritten,
    /// Words that were not understood, when another dose stands among them.
    pub(super) another: Option<String>,
    /// Words that were not understood.
    pub(super) leftover: Vec<String>,
}

/// Reads what follows the verb. `None`, with a notice, when nothing is named.
pub(super) fn read(rest: Span<'_>, purpose: Purpose, notices: &mut Notices) -> Option<Reading> {
    let words = split_times(rest.words());
    let mut reader = Reader::new(rest, &words);
    while reader.at < words.len() {
        let used = reader.step(purpose);
        reader.at += used;
    }
    reader.settle(purpose, notices)
}

/// The name in a `stop` or `miss` line: as a dose line has it, so that `stop sertraline 50 mg` reads too.
pub(super) fn name_alone<'a>(rest: Span<'a>) -> (Option<Span<'a>>, Vec<Span<'a>>) {
    let words = rest.words();
    let mut reader = Reader::new(rest, &words);
    while reader.at < words.len() {
        let used = reader.step(Purpose::Start);
        reader.at += used;
    }
    let leftover = reader.runs().into_iter().map(|run| rest.between(&words[run])).collect();
    (reader.name.clone().map(|name| rest.between(&words[name])), leftover)
}

/// `20x50mg` as `20`, `x`, `50mg`.
fn split_times<'a>(words: Vec<Word<'a>>) -> Vec<Word<'a>> {
    let mut split = Vec::with_capacity(words.len());
    for word in words {
        let text = word.span.text;
        let cross = text.char_indices().find(|(_, c)| !c.is_ascii_digit() && *c != '.');
        match cross.filter(|(_, c)| matches!(c, 'x' | 'X' | '×')) {
            Some((at, c)) if cut_here(at, &text[at + c.len_utf8()..]) => {
                let ends = [0, at, at + c.len_utf8(), text.len()];
                let parts = ends.windows(2).filter(|ends| ends[0] < ends[1]).map(|ends| Word {
                    span: word.span.slice(ends[0], ends[1]),
                    at: word.at + ends[0],
                    key: super::words::key(&text[ends[0]..ends[1]]),
                    comma: word.comma && ends[1] == text.len(),
                });
                split.extend(parts);
            }
            _ => split.push(word),
        }
    }
    split
}

/// Whether the `x` counts: `20x`, `20x50mg`, `3x/day`, `x2`, but not `x` and not `2x-name`.
fn cut_here(at: usize, after: &str) -> bool {
    if at == 0 {
        return !after.is_empty() && after.bytes().all(|byte| byte.is_ascii_digit());
    }
    after.is_empty() || after.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == '/')
}

/// Walks along the words of a dose line, and holds what it found. Ranges are of words.
pub(super) struct Reader<'a, 'w> {
    /// What follows the verb.
    pub(super) rest: Span<'a>,
    /// Its words.
    pub(super) words: &'w [Word<'a>],
    /// The word it stands at.
    at: usize,
    /// The name.
    pub(super) name: Option<Range<usize>>,
    /// Whether the next word may still belong to the name.
    name_open: bool,
    /// An amount, a count of pieces, or both.
    pub(super) amounts: Vec<(Found, Range<usize>)>,
    /// Phrases of a schedule.
    pub(super) parts: Vec<(Part, Range<usize>)>,
    /// The form, if written.
    pub(super) form: Option<Form>,
    /// The route, if written.
    pub(super) route: Option<Route>,
    /// Length of an infusion.
    pub(super) over: Option<TimeSpan>,
    /// At most so many a day.
    pub(super) up_to: Option<u32>,
    /// Marked as an overdose.
    pub(super) overdose: Option<Overdose>,
    /// What is read two ways, with what to write.
    pub(super) refused: Vec<(&'static str, Range<usize>)>,
    /// Limits in time, which a dose line does not have.
    pub(super) limits: Vec<Range<usize>>,
    /// Words that were not understood.
    leftover: Vec<usize>,
    /// Whether another dose stands among them.
    pub(super) another: bool,
    /// Where the next amount with a unit stands, once looked for.
    next_amount: Option<Option<usize>>,
}

impl<'a, 'w> Reader<'a, 'w> {
    fn new(rest: Span<'a>, words: &'w [Word<'a>]) -> Self {
        Self {
            rest,
            words,
            at: 0,
            name: None,
            name_open: false,
            amounts: Vec::new(),
            parts: Vec::new(),
            form: None,
            route: None,
            over: None,
            up_to: None,
            overdose: None,
            refused: Vec::new(),
            limits: Vec::new(),
            leftover: Vec::new(),
            another: false,
            next_amount: None,
        }
    }

    /// Takes what stands here; how many words it was.
    fn step(&mut self, purpose: Purpose) -> usize {
        let here = &self.words[self.at..];
        let found = match self.at {
            0 => self.amount(here),
            _ => self.keyword(here, purpose).or_else(|| self.amount(here)),
        };
        match found {
            Some(used) => {
                self.name_open = false;
                used
            }
            None => self.plain_word(),
        }
    }

    fn plain_word(&mut self) -> usize {
        let at = self.at;
        let filler = matches!(self.words[at].key.as_str(), "of" | "a" | "an" | "the" | "my");
        let joint = self.name_open && self.another_begins(at);
        match &mut self.name {
            None if filler => {}
            None => (self.name, self.name_open) = (Some(at..at + 1), true),
            Some(_) if joint => {
                self.name_open = false;
                self.leftover.push(at);
            }
            Some(name) if self.name_open => name.end = at + 1,
            Some(_) => self.leftover.push(at),
        }
        1
    }

    /// Whether this is the `and` before another dose.
    fn another_begins(&self, at: usize) -> bool {
        is_joint(&self.words[at]) && self.words.get(at + 1..).is_some_and(|next| amount::read(next).is_some())
    }

    fn keyword(&mut self, here: &[Word<'a>], purpose: Purpose) -> Option<usize> {
        if let Some(used) = amount::limit(here) {
            self.limits.push(self.at..self.at + used);
            return Some(used);
        }
        if here[0].key == "over"
            && let Some((span, used)) = amount::duration(&here[1..]).filter(|(span, _)| span.as_hours() > 0.0)
        {
            return Some(self.once(used + 1, |reader| agree(&mut reader.over, span)));
        }
        if let Some((most, used)) = schedule::up_to(here) {
            return Some(self.once(used, |reader| agree(&mut reader.up_to, most)));
        }
        if let Some((part, used)) = schedule::read(here) {
            self.parts.push((part, self.at..self.at + used));
            return Some(used);
        }
        if here[0].key == "once" && matches!(purpose, Purpose::Take | Purpose::Ask) {
            return Some(1);
        }
        let (keyword, used) = phrase(&KEYWORDS, here).or_else(|| {
            let loose_piece = amount::is_piece(&here[0].key) && self.name.is_some();
            loose_piece.then_some((Keyword::Nothing, 1))
        })?;
        if keyword == Keyword::Route(Route::Intranasal) && here.get(1).is_some_and(|word| word.key == "spray")
        {
            self.route = Some(Route::Intranasal);
            return Some(2);
        }
        Some(self.known(keyword, used))
    }

    fn known(&mut self, keyword: Keyword, used: usize) -> usize {
        match keyword {
            Keyword::Nothing => used,
            Keyword::Form(form) => self.once(used, |reader| agree(&mut reader.form, form)),
            Keyword::Route(route) => self.once(used, |reader| agree(&mut reader.route, route)),
            Keyword::Overdose(mark) => self.once(used, |reader| agree(&mut reader.overdose, mark)),
            Keyword::Refused(help) => {
                self.refused.push((help, self.at..self.at + used));
                used
            }
        }
    }

    /// Takes a phrase that may stand once; a second, different one is left over.
    fn once(&mut self, used: usize, take: impl FnOnce(&mut Self) -> bool) -> usize {
        if !take(self) {
            self.leftover.extend(self.at..self.at + used);
        }
        used
    }

    fn amount(&mut self, here: &[Word<'a>]) -> Option<usize> {
        let (found, used) =
            self.suffix(here).or_else(|| amount::read(here)).or_else(|| self.leading_count(here))?;
        let (at, bare) = (self.at, matches!(found, Found::Bare(_)));
        if bare && self.name_open && self.amount_follows() {
            return None;
        }
        let adjacent = self.amounts.last().is_some_and(|(_, range)| range.end == at);
        match self.amounts.as_slice() {
            [] => {}
            [(had, _)] if pairs(had, &found, adjacent) => {}
            _ => {
                self.another |= match &found {
                    Found::Known { .. } | Found::Pieces(_) => true,
                    Found::Unreadable { could_mean, .. } => could_mean.is_some(),
                    Found::Unknown | Found::Bare(_) => false,
                };
                self.leftover.extend(at..at + used);
                return Some(used);
            }
        }
        self.amounts.push((found, at..at + used));
        Some(used)
    }

    /// `x 20` directly after an amount.
    fn suffix(&self, here: &[Word<'a>]) -> Option<(Found, usize)> {
        let adjacent = self.amounts.last().is_some_and(|(_, range)| range.end == self.at);
        if !adjacent || !amount::is_times(here[0].span.text) {
            return None;
        }
        match amount::read(here.get(1..)?)? {
            (Found::Bare(count), 1) => Some((Found::Pieces(Some(count)), 2)),
            (Found::Pieces(count), used) => Some((Found::Pieces(count), used + 1)),
            _ => None,
        }
    }

    /// `two`, `half a` at the very start.
    fn leading_count(&self, here: &[Word<'a>]) -> Option<(Found, usize)> {
        let (count, used) =
            amount::count_in_words(here).filter(|(_, used)| self.at == 0 && here.len() > *used)?;
        let article = matches!(here[0].key.as_str(), "a" | "an") && used == 1;
        (!article).then_some((count.map_or(Found::Pieces(None), Found::Bare), used))
    }

    /// Whether an amount with a unit follows, so that a number before it belongs to the name: `omega 3 1000 mg`.
    fn amount_follows(&mut self) -> bool {
        if let Some(known) = self.next_amount {
            return known.is_some_and(|known| known > self.at);
        }
        let stop = |index: &usize| {
            let word = &self.words[*index];
            is_joint(word)
                || self.words[index - 1].comma
                || phrase(&KEYWORDS, &self.words[*index..]).is_some()
        };
        let next = (self.at + 1..self.words.len()).take_while(|index| !stop(index)).find(|index| {
            matches!(amount::read(&self.words[*index..]), Some((Found::Known { .. } | Found::Unknown, _)))
        });
        self.next_amount = Some(next);
        next.is_some()
    }

    /// The words of a range, as written.
    pub(super) fn span(&self, range: &Range<usize>) -> Span<'a> {
        self.rest.between(&self.words[range.clone()])
    }

    /// The amounts where they stand side by side, else the first.
    pub(super) fn amounts_span(&self) -> Option<Span<'a>> {
        let (first, last) = (&self.amounts.first()?.1, &self.amounts.last()?.1);
        Some(self.span(&(first.start..if first.end == last.start { last.end } else { first.end })))
    }

    /// The runs of words that were left over.
    pub(super) fn runs(&self) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for &at in &self.leftover {
            match runs.last_mut() {
                Some(run) if run.end == at => run.end += 1,
                _ => runs.push(at..at + 1),
            }
        }
        runs
    }
}

/// Whether a word joins two medicines.
pub(super) fn is_joint(word: &Word<'_>) -> bool {
    matches!(word.key.as_str(), "and" | "with" | "plus" | "+" | "&")
}

/// Sets what is not set, or is set to the same.
fn agree<T: PartialEq + Copy>(slot: &mut Option<T>, value: T) -> bool {
    *slot.get_or_insert(value) == value
}

/// Whether two amounts say one dose together: an amount and a count, or two amounts side by side.
fn pairs(one: &Found, other: &Found, adjacent: bool) -> bool {
    let known = |found: &Found| matches!(found, Found::Known { .. });
    let count =
        |found: &Found| matches!(found, Found::Pieces(_)) || adjacent && matches!(found, Found::Bare(_));
    match (known(one), known(other)) {
        (true, true) => adjacent,
        (true, false) => count(other),
        (false, true) => matches!(one, Found::Pieces(_) | Found::Bare(_)),
        (false, false) => false,
    }
}
