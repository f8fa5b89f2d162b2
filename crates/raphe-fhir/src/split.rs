//! Where the values of a JSON text begin and end, without reading them.
//!
//! Most of a record are bills, documents and encounters that say nothing about serotonin. Their bytes are passed over as
//! fast as quotes and brackets can be counted, eight bytes at a time. What is wrong inside them without hiding where they
//! end, as a misspelled `true`, is never seen; a text that ends too early always is, because its brackets stay open. What
//! is kept is parsed whole later, and judged then.

use memchr::memchr2;

/// A text, and how far into it one has come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// At the beginning of a text.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// How far it has come.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// What it has not seen yet.
    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The text from there to where it is.
    pub(crate) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// The next byte that is no space.
    pub(crate) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(byte @ (b' ' | b'\n' | b'\r' | b'\t')) = bytes.get(self.at) {
            let _ = byte;
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    /// Takes this byte if it is next.
    pub(crate) fn take(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    /// The next value as written; `None` where the text ends before it does.
    pub(crate) fn value(&mut self) -> Option<&'a str> {
        let first = self.peek()?;
        let start = self.at;
        match first {
            b'"' => self.at = string_end(self.text.as_bytes(), start)?,
            b'{' | b'[' => self.at = container_end(self.text.as_bytes(), start)?,
            b'}' | b']' | b',' | b':' => return None,
            _ => {
                let rest = &self.text.as_bytes()[start..];
                let end = rest
                    .iter()
                    .position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'));
                self.at = start + end.unwrap_or(rest.len());
            }
        }
        self.text.get(start..self.at)
    }

    /// Goes into the object or the list that begins here.
    pub(crate) fn enter(&mut self, bracket: u8) -> Result<Inside, Broken> {
        self.take(bracket).ok_or(Broken)?;
        Ok(Inside { first: true })
    }

    /// Goes to the next field of the object it is in, and takes its name; `None` at the end of the object.
    pub(crate) fn name(&mut self, inside: &mut Inside) -> Result<Option<&'a str>, Broken> {
        if !self.more(inside, b'}')? {
            return Ok(None);
        }
        let name = self.value().and_then(|name| name.strip_prefix('"')?.strip_suffix('"')).ok_or(Broken)?;
        self.take(b':').ok_or(Broken)?;
        Ok(Some(name))
    }

    /// Goes to the next item of the list or object it is in; false at its end.
    pub(crate) fn more(&mut self, inside: &mut Inside, bracket: u8) -> Result<bool, Broken> {
        let first = std::mem::replace(&mut inside.first, false);
        match self.peek().ok_or(Broken)? {
            end if end == bracket => {
                self.at += 1;
                Ok(false)
            }
            b',' if !first => {
                self.at += 1;
                Ok(true)
            }
            _ if first => Ok(true),
            _ => Err(Broken),
        }
    }
}

/// Whether anything of an object or a list was seen.
#[derive(Debug)]
pub(crate) struct Inside {
    first: bool,
}

/// The text ends, or holds something else, where a value is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Broken;

/// Eight times the same byte.
const fn eight(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The next eight bytes, the first of them lowest.
fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|chunk| u64::from_le_bytes(*chunk))
}

/// Marks bytes that are zero; only the lowest mark is sure to be true.
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(eight(1)) & !word & eight(0x80)
}

/// The byte behind a string that begins at `start`.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    /// Longer strings are searched by a search that takes longer to set up.
    const SHORT: usize = 32;
    let mut at = start + 1;
    loop {
        let short = at + SHORT;
        let found = loop {
            let Some(word) = word(bytes, at).filter(|_| at < short) else {
                break at + memchr2(b'"', b'\\', bytes.get(at..)?)?;
            };
            let marks = zeros(word ^ eight(b'"')) | zeros(word ^ eight(b'\\'));
            if marks != 0 {
                break at + marks.trailing_zeros() as usize / 8;
            }
            at += 8;
        };
        if bytes[found] == b'"' {
            return Some(found + 1);
        }
        at = found + 2;
    }
}

/// The next byte from `at` on that may be a quote or a bracket: all of those, and letters that no JSON has outside of its
/// strings.
fn next_mark(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(word) = word(bytes, at) {
        // Of `[`, `]`, `{` and `}` these bits differ: with all of them set they are one byte.
        let marks = zeros(word ^ eight(b'"')) | zeros((word | eight(0x26)) ^ eight(0x7f));
        if marks != 0 {
            return Some(at + marks.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?.iter().position(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']'))?;
    Some(at + rest)
}

/// The byte behind an object or a list that begins at `start`.
fn container_end(bytes: &[u8], start: usize) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, start);
    loop {
        at = next_mark(bytes, at)?;
        match bytes[at] {
            b'"' => {
                at = string_end(bytes, at)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Result<Vec<(&str, &str)>, Broken> {
        let mut cursor = Cursor::new(text);
        let mut inside = cursor.enter(b'{')?;
        let mut fields = Vec::new();
        while let Some(name) = cursor.name(&mut inside)? {
            fields.push((name, cursor.value().ok_or(Broken)?));
        }
        Ok(fields)
    }

    #[test]
    fn fields_and_items_are_cut_where_they_end() {
        let text = r#" { "a" : [1, {"b": "]}\" \\"}, null] , "c":"x", "d": -1.5e3 } "#;
        assert_eq!(
            fields(text).unwrap(),
            [("a", r#"[1, {"b": "]}\" \\"}, null]"#), ("c", "\"x\""), ("d", "-1.5e3")]
        );
        let mut cursor = Cursor::new("[1, {}, \"a\"]");
        let mut inside = cursor.enter(b'[').unwrap();
        let mut items = Vec::new();
        while cursor.more(&mut inside, b']').unwrap() {
            items.push(cursor.value().unwrap());
        }
        assert_eq!(items, ["1", "{}", "\"a\""]);
        assert_eq!(fields("{}").unwrap(), []);
    }

    #[test]
    fn a_value_ends_where_a_search_byte_by_byte_says() {
        fn slow(text: &str) -> Option<&str> {
            let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
            for (at, byte) in text.bytes().enumerate() {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if quoted => escaped = true,
                    b'"' => quoted = !quoted,
                    _ if quoted => {}
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' if depth == 1 => return Some(&text[..=at]),
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
            }
            None
        }
        for fill in 0..40 {
            let (space, words) = (" ".repeat(fill), "yY_\u{7f}µ\u{2fa2}".repeat(fill));
            for text in [
                format!("{{{space}\"{words}\"{space}:[{space}]{space}}}, 1"),
                format!("[\"{words}\\\"]\",{space}{{\"a\":\"\\\\\"}}] "),
                format!("{{\"{words}\\\\\":{space}true"),
                format!("{{\"{words}\\"),
            ] {
                assert_eq!(Cursor::new(&text).value(), slow(&text), "{text}");
            }
        }
    }

    #[test]
    fn a_broken_text_ends_in_an_error() {
        for text in [
            "",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\": [",
            "{\"a\": \"",
            "{\"a\": 1",
            "{\"a\": 1 \"b\": 2}",
            "[1]",
            "{1: 2}",
            "{\"a\\",
        ] {
            assert_eq!(fields(text), Err(Broken), "{text}");
        }
    }
}
