//! The diary reader meets 100,000 diaries that nobody should have written.
//!
//! Random bytes, soups of the grammar's own words, and damaged copies of the example diary. Whatever comes, reading does
//! not fail, printing gives back every byte, notices point into their line, and entries are in order. The diaries are
//! drawn from fixed seeds, so a failure names the one to look at: `draw(kind, seed)`.
#![allow(clippy::disallowed_methods, reason = "a test may look at the clock; the engine does not")]

use raphe::timeline::diary::{self, Diary};
use raphe::timeline::{Entry, Event, Notice, Origin, Timeline, Weight};

const EXAMPLE: &str = include_str!("diary.raphe");

/// Words of the grammar, and words that are nearly of it; the first twenty are verbs.
const WORDS: &str = "start change take miss stop sign vital feel course score light sunlight exercise sleep meal \
    session factor condition lab note profile gene tkae 2026-03-01 2026-03-02 2026-02-30 01/03/2026 2026-03-01.. .. \
    2026-03-01..2026-03-09 9999-12-31 0001-01-01 9999-12-30..9999-12-31 08:00 25:00 8:30 pm am 23:59+14:00 +01:00 Z T \
    sertraline 5-HTP St John's wort rxnorm:36437 25I-NBOMe сертралин 50 mg 50mg mcg g kg mg/kg mg/24 h mg/h mg/day 20 x \
    x2 20x50mg 1,5 1 000 50-100 30/500 ~50 ½ ٥٠ ? . , ; : - / % tablets a bottle of half two double dose IU mL patch \
    depot extended release XR liquid oral iv im subcutaneous sl over 30 min daily once twice three times a day every 8 \
    other nightly weekly at and in the morning noon as needed up to 3 max on purpose by accident clinician od for 7 days \
    no or clonus tremor excluded temperature 37.9 C 104 F bp 150/95 pulse 112 spo2 97 4/10 0/10 out PHQ-9 2 total 11 \
    10000 lux ng/mL mmol/L sodium born 1971-05 sex female weight 62 height 165 cm country GB zone Europe/London \
    pregnant smoker liver impaired kidney eGFR 45 \u{feff} \u{200b} \u{a0} é 漢字 \0 999999999999999999999 1e400 1.2.3";

/// A small generator of random numbers (splitmix64): the same diaries on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap_or(0)
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Bytes,
    Soup,
    Damaged,
}

fn draw(kind: Kind, seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    match kind {
        Kind::Bytes => (0..random.below(300)).map(|_| random.byte()).collect(),
        Kind::Soup => soup(&mut random),
        Kind::Damaged => damaged(&mut random),
    }
}

fn soup(random: &mut Random) -> Vec<u8> {
    let words: Vec<&str> = WORDS.split(' ').filter(|word| !word.is_empty()).collect();
    let mut text = String::new();
    for _ in 0..random.below(6) {
        text.push_str(random.one(&["", "2026-03-01 ", "2026-03-02 ", "2026-03-03 08:00 ", "2026-03-01.. "]));
        if random.below(4) > 0 {
            text.push_str(random.one(&words[..20]));
            text.push(' ');
        }
        for _ in 0..random.below(12) {
            text.push_str(random.one(&words));
            text.push_str(random.one(&[" ", " ", " ", ", ", "", "  "]));
        }
        text.push_str(random.one(&["\n", "\n", "\r\n", "\r", " ; x\n"]));
    }
    text.into_bytes()
}

fn damaged(random: &mut Random) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = EXAMPLE.lines().map(|line| line.as_bytes().to_vec()).collect();
    let first = random.below(lines.len());
    lines.rotate_left(first);
    lines.truncate(1 + random.below(8));
    for _ in 0..=random.below(6) {
        let (one, other) = (random.below(lines.len()), random.below(lines.len()));
        let at = random.below(lines[one].len());
        match random.below(6) {
            0 if !lines[one].is_empty() => lines[one][at] ^= 1 << random.below(8),
            1 if !lines[one].is_empty() => drop(lines[one].remove(at)),
            2 => lines.swap(one, other),
            3 => lines.push(lines[one].clone()),
            4 => lines[one].insert(at, random.byte()),
            _ => {
                let tail = lines[one].split_off(at);
                lines[other].extend(tail);
            }
        }
    }
    lines.join(&b'\n')
}

/// Characters of each line, as an editor counts them.
fn widths(bytes: &[u8]) -> Vec<usize> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut lines: Vec<Vec<u8>> = vec![Vec::new()];
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'\n' if at > 0 && text[at - 1] == b'\r' => {}
            b'\r' | b'\n' => lines.push(Vec::new()),
            _ => lines.last_mut().expect("there is a line").push(*byte),
        }
    }
    lines.iter().map(|line| String::from_utf8_lossy(line).chars().count()).collect()
}

fn check(kind: Kind, seed: u64) {
    let bytes = draw(kind, seed);
    let diary = Diary::read(&bytes);
    assert!(diary.print() == bytes, "{kind:?} {seed}: printing changed the file");
    let (timeline, notices) = diary.timeline();
    if let Err(wrong) =
        notices_point(&notices, &widths(&bytes)).and_then(|()| entries_hold(&timeline, &notices))
    {
        panic!("{kind:?} {seed}: {wrong}\n{}", String::from_utf8_lossy(&bytes));
    }
}

/// Every notice points into its line, and says what to do.
fn notices_point(notices: &[Notice], widths: &[usize]) -> Result<(), String> {
    for notice in notices {
        if notice.help.as_ref().is_none_or(String::is_empty) {
            return Err(format!("no help in {notice:?}"));
        }
        let Some(place) = notice.place else { continue };
        let width = widths.get(place.line as usize - 1).copied().unwrap_or(0);
        let end = place.column as usize + place.length as usize - 1;
        if place.column == 0 || place.length == 0 || end > width {
            return Err(format!("{notice:?} in a line of {width}"));
        }
    }
    Ok(())
}

/// Entries are in order, end after they begin, and none is unread in silence.
fn entries_hold(timeline: &Timeline, notices: &[Notice]) -> Result<(), String> {
    let order = |entry: &Entry| (entry.when.start, entry.origin.clone());
    if !timeline.entries.is_sorted_by_key(order) {
        return Err("entries out of order".to_owned());
    }
    for entry in &timeline.entries {
        let said = notices.iter().filter(|notice| notice.weight == Weight::Error);
        let said =
            said.filter_map(|notice| notice.place).any(|place| entry.origin == Origin::Line(place.line));
        let silent = matches!(entry.event, Event::Unread(_)) && !said;
        if silent
            || entry.when.end.is_some_and(|end| end < entry.when.start)
            || entry.when.last() < entry.when.start
        {
            return Err(format!("{entry:?}"));
        }
    }
    Ok(())
}

/// Half of the diaries: the even or the odd seeds of each kind.
fn check_half(first: u64) {
    (first..20_000).step_by(2).for_each(|seed| check(Kind::Bytes, seed));
    (first..40_000).step_by(2).for_each(|seed| check(Kind::Soup, seed));
    (first..40_000).step_by(2).for_each(|seed| check(Kind::Damaged, seed));
}

#[test]
fn fifty_thousand_diaries_are_read() {
    check_half(0);
}

#[test]
fn fifty_thousand_other_diaries_are_read() {
    check_half(1);
}

#[test]
fn what_is_added_reads_without_an_error() {
    for seed in 0..2_000 {
        let line = String::from_utf8(draw(Kind::Soup, seed)).expect("a soup of words");
        let line = line.lines().next().unwrap_or("");
        let _ = diary::read_dose_line(line);
        let mut diary = Diary::read(EXAMPLE.as_bytes());
        let accepted = diary.append(line).is_ok();
        assert_eq!(diary.print().len() > EXAMPLE.len(), accepted, "{seed}: {line}");
        let (_, notices) = diary.timeline();
        assert!(notices.iter().all(|notice| notice.weight < Weight::Error), "{seed}: {line} {notices:?}");
    }
}

#[test]
fn a_long_line_takes_time_in_proportion() {
    for (begin, word) in [
        ("2026-03-01 take ", "x "),
        ("2026-03-01 take x ", "5 "),
        ("2026-03-01 take x ", "5 mg, "),
        ("2026-03-01 start x 5 mg ", "foo at 08:00 "),
        ("2026-03-01 sign ", "no a or b by clinician, "),
        ("2026-03-01 vital ", "temperature 104, "),
        ("2026-03-01 stop ", "a, "),
        ("profile ", "zone Europe/Lodnon "),
        ("", "2026-03-01 stop a b c\n"),
        ("", "a\n"),
        ("", "\0"),
    ] {
        let text = begin.to_owned() + &word.repeat(1_000_000 / word.len());
        let before = std::time::Instant::now();
        let (timeline, _) = diary::read(text.as_bytes());
        let seconds = before.elapsed().as_secs_f64();
        assert!(seconds < 20.0, "{begin}{word}: {seconds} s for {} entries", timeline.entries.len());
    }
}
