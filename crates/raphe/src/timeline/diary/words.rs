//! Words and where they stand: what every reader of a line shares.
//!
//! A line is cut into [`Span`]s and [`Word`]s that remember their column, in characters from 1, so that a notice points
//! at what it speaks of. Readers compare a word's [`key`] with tables of phrases and collect what a person should know
//! in [`Notices`]. Everything here passes over the text once: a line of a megabyte costs a megabyte's time.

use crate::timeline::{Name, Notice, Place, Weight};

/// A piece of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span<'a> {
    /// As written.
    pub(super) text: &'a str,
    /// First column, from 1.
    pub(super) column: u32,
}

impl<'a> Span<'a> {
    /// A whole line.
    pub(super) fn line(text: &'a str) -> Self {
        Self { text, column: 1 }
    }

    /// The bytes `from..to` of this piece.
    pub(super) fn slice(self, from: usize, to: usize) -> Self {
        Self { text: &self.text[from..to], column: self.column + characters(&self.text[..from]) }
    }

    /// Without space at either end.
    pub(super) fn trim(self) -> Self {
        let end = self.text.trim_end_matches(is_space).len();
        let from = self.text.len() - self.text.trim_start_matches(is_space).len();
        self.slice(from.min(end), end)
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(self) -> bool {
        self.text.is_empty()
    }

    /// The words, without commas after them.
    pub(super) fn words(self) -> Vec<Word<'a>> {
        let mut words: Vec<Word<'a>> = Vec::new();
        let mut start = None;
        let characters = self.text.char_indices().chain([(self.text.len(), ' ')]);
        for (column, (at, c)) in (self.column..).zip(characters) {
            match (is_space(c), start) {
                (false, None) => start = Some((at, column)),
                (true, Some((from, column))) => {
                    start = None;
                    let written = &self.text[from..at];
                    let text = written.trim_end_matches(',');
                    let comma = text.len() < written.len();
                    match text.is_empty() {
                        true => words.iter_mut().last().into_iter().for_each(|word| word.comma = true),
                        false => {
                            words.push(Word { span: Span { text, column }, at: from, key: key(text), comma })
                        }
                    }
                }
                _ => {}
            }
        }
        words
    }

    /// The first word, and what follows it.
    pub(super) fn first_word(self) -> (Self, Self) {
        let start = self.trim();
        let end = start.text.find(is_space).unwrap_or(start.text.len());
        (start.slice(0, end), start.slice(end, start.text.len()).trim())
    }

    /// The pieces between commas, except a comma that stands between two digits.
    pub(super) fn items(self) -> Vec<Self> {
        self.split(|at| !between_digits(self.text, at))
    }

    /// The names between commas, except a comma inside a word: `N,N-DMT`.
    pub(super) fn names(self) -> Vec<Self> {
        self.split(|at| self.text[at + 1..].chars().next().is_none_or(is_space))
    }

    /// The pieces between the commas that separate, by their byte.
    fn split(self, separates: impl Fn(usize) -> bool) -> Vec<Self> {
        let mut items = Vec::new();
        let (mut from, mut column) = (0, self.column);
        let ends = self.text.match_indices(',').map(|(at, _)| at).filter(|&at| separates(at));
        for end in ends.chain([self.text.len()]) {
            let item = Span { text: &self.text[from..end], column };
            column += characters(item.text) + 1;
            from = end + 1;
            items.push(item.trim());
        }
        items.retain(|item| !item.is_empty());
        items
    }

    /// From the first to the last of these words, which are words of this piece.
    pub(super) fn between(self, words: &[Word<'a>]) -> Self {
        match (words.first(), words.last()) {
            (Some(first), Some(last)) => {
                Span { text: &self.text[first.at..last.at + last.span.text.len()], column: first.span.column }
            }
            _ => Span { text: "", column: self.column },
        }
    }

    /// As a name that is not resolved yet.
    pub(super) fn name(self) -> Name {
        let text = self.text.trim_end_matches(['.', ',', ':']);
        let text = if text.is_empty() { self.text } else { text };
        Name { text: text.to_owned(), column: self.column, id: None }
    }
}

/// A word.
#[derive(Debug, Clone)]
pub(super) struct Word<'a> {
    /// As written, without a comma after it.
    pub(super) span: Span<'a>,
    /// First byte in the piece it was cut from.
    pub(super) at: usize,
    /// Its form for comparing with tables.
    pub(super) key: String,
    /// Whether a comma followed.
    pub(super) comma: bool,
}

/// Characters in a text, as a width of columns.
pub(super) fn characters(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// White space, and everything a person cannot see.
pub(super) fn is_space(c: char) -> bool {
    if c.is_ascii() {
        return c <= ' ' || c == '\x7f';
    }
    c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

fn between_digits(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let digit = |index: Option<usize>| index.and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_digit);
    digit(at.checked_sub(1)) && digit(Some(at + 1))
}

/// A word's form for comparing with tables: lower case, without the dots of `b.i.d.` and a colon at the end.
///
/// No table holds a word of more than 40 bytes; a longer one gets an empty key, which matches nothing.
pub(super) fn key(text: &str) -> String {
    if text.len() > 40 {
        return String::new();
    }
    let mut key = text.trim_end_matches([':', '.']).to_lowercase();
    if key.starts_with(char::is_alphabetic) {
        key.retain(|c| c != '.');
    }
    key
}

/// The longest phrase of a table that begins here: its meaning, and how many words it has.
pub(super) fn phrase<T: Copy>(table: &[(&str, T)], words: &[Word<'_>]) -> Option<(T, usize)> {
    let first = words.first()?.key.as_str();
    let letter = first.as_bytes().first()?;
    table
        .iter()
        .filter(|(phrase, _)| phrase.as_bytes()[0] == *letter && phrase.starts_with(first))
        .filter_map(|&(phrase, meaning)| begins(words, phrase).map(|used| (meaning, used)))
        .max_by_key(|&(_, used)| used)
}

/// How many words a phrase has, when the words begin with it.
pub(super) fn begins(words: &[Word<'_>], phrase: &str) -> Option<usize> {
    let mut used = 0;
    for part in phrase.split(' ') {
        words.get(used).filter(|word| word.key == part)?;
        used += 1;
    }
    Some(used)
}

/// A number written as a word; `None` when it is none or more than twelve.
pub(super) fn number_word(key: &str) -> Option<f64> {
    const WORDS: [&str; 12] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.iter().position(|word| *word == key).map(|index| index as f64 + 1.0)
}

/// The candidate that is most likely meant, when one is close.
pub(super) fn nearest<'t>(found: &str, candidates: impl IntoIterator<Item = &'t str>) -> Option<&'t str> {
    let found = key(found);
    let allowed = match characters(&found) {
        0..=2 | 41.. => return None,
        3..=4 => 1,
        5..=7 => 2,
        _ => 3,
    };
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(found.len()) <= allowed)
        .map(|candidate| (strsim::osa_distance(&found, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A text in backticks.
pub(super) fn quote(text: &str) -> String {
    format!("`{}`", short(text))
}

/// At most 60 characters of a text, and nothing that a terminal could take for a command.
pub(super) fn short(text: &str) -> String {
    const LONGEST: usize = 60;
    let plain = |c: char| if is_space(c) || c == '`' { ' ' } else { c };
    let mut short: String = text.chars().take(LONGEST).map(plain).collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short.trim().to_owned()
}

/// What a person should know about the reading, gathered line by line.
#[derive(Debug, Default)]
pub(super) struct Notices {
    /// The line that is being read, from 1.
    pub(super) line: u32,
    /// Found so far.
    pub(super) list: Vec<Notice>,
}

impl Notices {
    /// Something was not read.
    pub(super) fn error(&mut self, found: Span<'_>, says: impl Into<String>, help: impl Into<String>) {
        self.add(Weight::Error, found, says.into(), help.into());
    }

    /// Something was read, but deserves a second look.
    pub(super) fn warning(&mut self, found: Span<'_>, says: impl Into<String>, help: impl Into<String>) {
        self.add(Weight::Warning, found, says.into(), help.into());
    }

    /// How something was read.
    pub(super) fn info(&mut self, found: Span<'_>, says: impl Into<String>, help: impl Into<String>) {
        self.add(Weight::Info, found, says.into(), help.into());
    }

    /// Something about the whole file.
    pub(super) fn whole(&mut self, weight: Weight, says: &str, help: &str) {
        self.list.push(Notice { weight, place: None, says: says.to_owned(), help: Some(help.to_owned()) });
    }

    fn add(&mut self, weight: Weight, found: Span<'_>, says: String, help: String) {
        let place = Place { line: self.line, column: found.column, length: characters(found.text) };
        self.list.push(Notice { weight, place: Some(place), says, help: Some(help) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_items_know_their_columns() {
        let line = Span::line("  µg, St John's wort ,, 39,5 C,b");
        let words: Vec<_> =
            line.words().iter().map(|word| (word.span.text, word.span.column, word.comma)).collect();
        assert_eq!(
            words,
            [
                ("µg", 3, true),
                ("St", 7, false),
                ("John's", 10, false),
                ("wort", 17, true),
                ("39,5", 25, false),
                ("C,b", 30, false)
            ]
        );
        let items: Vec<_> = line.items().iter().map(|item| (item.text, item.column)).collect();
        assert_eq!(items, [("µg", 3), ("St John's wort", 7), ("39,5 C", 25), ("b", 32)]);
    }

    #[test]
    fn the_longest_phrase_wins() {
        let table = [("every", 1), ("every day", 2), ("every other day", 3)];
        assert_eq!(phrase(&table, &Span::line("Every other day, then").words()), Some((3, 3)));
        assert_eq!(phrase(&table, &Span::line("every Day.").words()), Some((2, 2)));
        assert_eq!(phrase(&table, &Span::line("everyday").words()), None);
    }

    #[test]
    fn a_close_word_is_suggested_and_a_far_one_is_not() {
        let verbs = ["start", "take", "stop"];
        assert_eq!(nearest("tkae", verbs), Some("take"));
        assert_eq!(nearest("strat", verbs), Some("start"));
        assert_eq!(nearest("xyzzy", verbs), None);
    }

    #[test]
    fn a_quote_is_short_and_harmless() {
        assert_eq!(quote("a\u{1b}[31m`b`"), "`a [31m b`");
        assert_eq!(characters(&quote(&"x".repeat(1000))), 63);
    }
}
