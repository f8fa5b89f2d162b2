//! Words in a drawing: how wide they are, how they are cut to fit, and numbers as they are told.

use raphe::units::{Interval, two_digits};
use std::borrow::Cow;

/// How wide a line of words is at 13 pixels, about; on the safe side, since nobody knows the reader's font.
pub(super) fn wide(text: &str) -> f64 {
    text.chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '(' | ')' | '[' | ']' => 4.2,
            ' ' | 'f' | 't' | 'r' | 'I' | '-' | '/' => 5.0,
            'm' | 'w' | 'M' | 'W' | '%' | '@' | '—' | '…' => 11.6,
            'A'..='Z' => 9.2,
            _ if c.is_ascii() || c == '–' || c == '×' => 7.6,
            _ if (c as u32) < 0x1100 => 8.4,
            _ => 13.5,
        })
        .sum()
}

/// As much of a text as has room, with a sign that there was more; nothing when not even three letters have room.
pub(super) fn cut(text: &str, room: f64) -> String {
    if wide(text) <= room {
        return text.to_owned();
    }
    let mut cut = String::new();
    for c in text.chars() {
        cut.push(c);
        if wide(&cut) + 11.6 > room {
            cut.pop();
            break;
        }
    }
    let cut = cut.trim_end();
    if cut.chars().count() < 3 { String::new() } else { format!("{cut}…") }
}

/// A text in at most so many lines, the last one cut where it must be.
pub(super) fn lines(text: &str, room: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let more = lines.len() < most;
        match lines.last_mut() {
            Some(line) if !more || wide(line) + 5.0 + wide(word) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| cut(line, room)).filter(|line| !line.is_empty()).collect()
}

/// A text as it may stand in a page: what HTML has no place for, and what turns the order of letters, is a mark instead.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    let odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fdd0}'..='\u{fdef}')
            || (u32::from(c) & 0xfffe == 0xfffe)
    };
    if text.contains(odd) { Cow::Owned(text.replace(odd, "\u{fffd}")) } else { Cow::Borrowed(text) }
}

/// A number as it is told, with its unit. Nothing we measure is beyond a thousand million; what is, says only that.
pub(super) fn told(value: f64, unit: &str) -> String {
    const MOST: f64 = 1e9;
    match value {
        _ if !value.is_finite() => "unknown".to_owned(),
        _ if value >= MOST => format!("over {MOST:.0}{unit}"),
        _ if value <= -MOST => format!("under -{MOST:.0}{unit}"),
        _ => format!("{}{unit}", two_digits(value)),
    }
}

/// A middle with its range, with the unit.
pub(super) fn ranged(value: &Interval, unit: &str) -> String {
    let [median, p5, p95] = [value.median, value.p5, value.p95].map(|value| told(value, unit));
    format!("{median} ({p5} to {p95})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_cut_and_says_so() {
        assert_eq!(cut("sertraline", 200.0), "sertraline");
        let short = cut("desvenlafaxine extended release", 90.0);
        assert!(short.ends_with('…') && wide(&short) <= 90.0, "{short}");
        assert_eq!(cut("sertraline", 12.0), "");
    }

    #[test]
    fn lines_are_few_and_fit() {
        let told = lines("light from a box in the morning before work", 90.0, 2);
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(|line| wide(line) <= 90.0) && told[1].ends_with('…'), "{told:?}");
        assert_eq!(lines("", 90.0, 2), Vec::<String>::new());
    }
}
