//! Numbers as they are written, with what makes them doubtful.
//!
//! `50` and `.5` are numbers. `1,5`, `1 000`, `50-100`, `~50` and `½` are not one number to every reader: each keeps its
//! [`Flaw`] and the largest value it could have, and is never used as a dose.

/// A number and what is glued to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Numeral<'a> {
    /// As written.
    pub(super) text: &'a str,
    /// The number, or the largest it could be.
    pub(super) value: f64,
    /// Why it is not one number.
    pub(super) flaw: Option<Flaw>,
    /// What follows without a space.
    pub(super) rest: &'a str,
}

/// Why a text is not one number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Flaw {
    /// `1,5`: fifteen, or one and a half.
    Comma,
    /// `1 000`.
    Space,
    /// `50-100`, `30/500`.
    Range,
    /// `~50`, `<50`, `-50`.
    Mark,
    /// `½`, or digits of another script.
    Digits,
    /// `1.2.3`, or too large.
    Number,
}

impl<'a> Numeral<'a> {
    /// The number a word begins with.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let first = text.chars().next()?;
        if first.is_numeric() && !first.is_ascii() {
            return Some(Self { text, value: 0.0, flaw: Some(Flaw::Digits), rest: "" });
        }
        let unmarked = text.trim_start_matches(['~', '≈', '<', '>', '≤', '≥', '+', '-', '−', '±']);
        let end = digits(unmarked);
        unmarked[..end].contains(|c: char| c.is_ascii_digit()).then_some(())?;
        let (digits_text, rest) = unmarked.split_at(end);
        let marked = text.len() > unmarked.len();
        let plain = Self {
            text: &text[..text.len() - rest.len()],
            value: digits_text.replace(',', "").parse().unwrap_or(f64::INFINITY),
            flaw: marked.then_some(Flaw::Mark),
            rest,
        };
        let numeral = match range_end(rest) {
            Some(end) => plain.up_to(text, &rest[..end], &rest[end..]),
            None if digits_text.contains(',') => Self { flaw: Some(Flaw::Comma), ..plain },
            None => plain,
        };
        Some(match numeral.value.is_finite() && numeral.value < 1e12 {
            true => numeral,
            false => Self { value: 0.0, flaw: Some(Flaw::Number), ..numeral },
        })
    }

    /// The same with a second number: `50-100`.
    fn up_to(self, text: &'a str, second: &str, rest: &'a str) -> Self {
        let second = second.trim_start_matches(['-', '–', '—', '/']);
        let value = second.replace(',', "").parse().unwrap_or(f64::INFINITY);
        Self {
            text: &text[..text.len() - rest.len()],
            value: self.value.max(value),
            flaw: Some(Flaw::Range),
            rest,
        }
    }
}

/// Bytes of digits, points and commas at the start.
fn digits(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(text.len())
}

/// Where the second number of `50-100` ends, when one begins here.
fn range_end(rest: &str) -> Option<usize> {
    let second = rest.strip_prefix(['-', '–', '—', '/'])?;
    let end = digits(second);
    let number = second.starts_with(|c: char| c.is_ascii_digit());
    number.then(|| rest.len() - second.len() + end)
}
