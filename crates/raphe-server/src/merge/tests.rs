//! Lines of two sides, put together or asked.

use super::{Conflict, Pick, compared, merge, typed};
use std::collections::BTreeMap;

fn together(base: &str, theirs: &str, ours: &str) -> Result<String, Vec<Conflict>> {
    let merged = merge(Some(base.as_bytes()), theirs.as_bytes(), ours.as_bytes(), &BTreeMap::new());
    merged.map(|bytes| String::from_utf8(bytes).expect("text stays text"))
}

#[test]
fn what_one_side_changed_is_taken_from_that_side() {
    assert_eq!(together("a\nb\nc\n", "a\nb\nC\n", "A\nb\nc\n").as_deref(), Ok("A\nb\nC\n"));
    assert_eq!(together("a\nb\nc\n", "b\nc\n", "a\nb\nc\nd\n").as_deref(), Ok("b\nc\nd\n"));
}

#[test]
fn neighbors_are_lines_of_their_own() {
    assert_eq!(together("a\nb\n", "A\nb\n", "a\nB\n").as_deref(), Ok("A\nB\n"));
    assert_eq!(together("a\nb\n", "a\nnew\nb\n", "a\nB\n").as_deref(), Ok("a\nnew\nB\n"));
}

#[test]
fn lines_added_at_one_place_all_stay() {
    assert_eq!(together("a\n", "a\ntheirs\n", "a\nours\n").as_deref(), Ok("a\ntheirs\nours\n"));
    assert_eq!(together("", "theirs\n", "ours\n").as_deref(), Ok("theirs\nours\n"));
}

#[test]
fn the_same_line_added_twice_is_one_line() {
    assert_eq!(together("a\n", "a\ntake x\n", "a\ntake x\n").as_deref(), Ok("a\ntake x\n"));
}

#[test]
fn the_same_line_changed_twice_is_asked() {
    let asked = together("a\nb\nc\n", "a\ntheirs\nc\n", "a\nours\nc\n").expect_err("both changed line 2");
    let [conflict] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(
        (conflict.line, &conflict.theirs[..], &conflict.ours[..]),
        (2, &["theirs".to_owned()][..], &["ours".to_owned()][..])
    );
    for (pick, wanted) in
        [(Pick::Theirs, "a\ntheirs\nc\n"), (Pick::Ours, "a\nours\nc\n"), (Pick::Both, "a\ntheirs\nours\nc\n")]
    {
        let picks = BTreeMap::from([(conflict.key.clone(), pick)]);
        let merged = merge(Some(b"a\nb\nc\n"), b"a\ntheirs\nc\n", b"a\nours\nc\n", &picks);
        assert_eq!(merged.expect("it was answered"), wanted.as_bytes());
        let later = merge(Some(b"a\nb\nc\n"), b"a\nlater\nc\n", b"a\nours\nc\n", &picks);
        assert!(later.is_err(), "an answer counts for its own question");
    }
}

#[test]
fn a_line_removed_here_and_changed_there_is_asked() {
    let asked = together("a\nb\n", "a\n", "a\nB\n").expect_err("one side removed what the other changed");
    assert!(asked[0].theirs.is_empty() && asked[0].ours == ["B"]);
}

#[test]
fn without_an_ancestor_every_difference_is_asked() {
    let asked = merge(None, b"a\nb\nc\n", b"a\nB\nc\nd\n", &BTreeMap::new()).expect_err("nothing is known");
    assert_eq!(asked.len(), 2);
    assert_eq!(merge(None, b"a\n", b"a\n", &BTreeMap::new()).as_deref(), Ok(&b"a\n"[..]));
}

#[test]
fn a_last_line_without_an_ending_is_no_conflict() {
    assert_eq!(together("a\nb", "a\nb\ntheirs\n", "a\nb\nours\n").as_deref(), Ok("a\nb\ntheirs\nours\n"));
}

#[test]
fn untouched_lines_keep_every_byte() {
    let base = b"\xef\xbb\xbfa\r\nb\nc\rd".as_slice();
    assert_eq!(typed(base, "a\r\nb\r\nc\r\nd"), base, "a page sends all endings alike");
    assert_eq!(typed(base, "a\r\nb\r\nc\r\nd\r\n"), base);
    assert_eq!(typed(base, "a\r\nB\r\nc\r\nd\r\ne"), b"\xef\xbb\xbfa\r\nB\r\nc\rd\r\ne\r\n");
    assert_eq!(typed(b"a\r\nb\r\n", "a\n\nb"), b"a\r\n\r\nb\r\n");
    assert_eq!(typed(b"", "a\r\n"), b"a\n");
    assert_eq!(typed(b"a\n", ""), b"");
}

#[test]
fn a_comparison_shows_what_came_and_went() {
    let (lines, more, less) = compared(b"a\nb\nc\n", b"a\nB\nc\nd\n");
    assert_eq!((more, less), (2, 1));
    let signs: String = lines
        .iter()
        .map(|(sign, ..)| match sign {
            super::Sign::More => '+',
            super::Sign::Less => '-',
            super::Sign::Same => ' ',
        })
        .collect();
    assert_eq!(signs, " -+ +");
}

/// Whoever merges a text with its own ancestor or twin gets that text: over a thousand small texts.
#[test]
fn laws_of_putting_together() {
    let mut state = 7_u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for _ in 0..1000 {
        let mut text = || {
            (0..draw(7)).map(|_| format!("{}\n", ["a", "b", "c", "d"][draw(4) as usize])).collect::<String>()
        };
        let (base, one, other) = (text(), text(), text());
        assert_eq!(together(&base, &base, &one).as_deref(), Ok(one.as_str()));
        assert_eq!(together(&base, &one, &base).as_deref(), Ok(one.as_str()));
        assert_eq!(together(&base, &one, &one).as_deref(), Ok(one.as_str()));
        if let Ok(merged) = together(&base, &one, &other) {
            // A line that only one side added is there.
            for letter in ["a", "b", "c", "d"] {
                let count = |text: &str| text.lines().filter(|line| *line == letter).count();
                let added = count(&one).max(count(&other));
                assert!(count(&base) > 0 || count(&merged) >= added, "{base:?} {one:?} {other:?} {merged:?}");
            }
        }
    }
}
