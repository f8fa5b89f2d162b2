//! Words that *Now*, *Together* and *Why* share: dates, ranges, ways to the lines of the diary, and when no figure is shown.

use crate::desk::Desk;
use jiff::Timestamp;
use maud::{Markup, html};
use raphe::{
    check::Withheld,
    knowledge::schema::Level,
    report::{
        Report, Voice,
        html::{Writer, plain},
    },
    timeline::{Origin, Precision},
    units::{Interval, number, two_digits},
};
use std::collections::BTreeSet;

/// So many lines are named in one place.
const LINES: usize = 5;

/// The same text with its first letter in upper case.
pub(in crate::pages) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `a`, `a and b`, `a, b and c`.
pub(in crate::pages) fn list(items: &[String], word: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} {word} {last}", rest.join(", ")),
    }
}

/// The day of a moment, where the person is.
pub(in crate::pages) fn day(desk: &Desk, at: Timestamp) -> String {
    at.to_zoned(desk.zone()).date().to_string()
}

/// `about 2.1 times (1.5 to 3.2)`.
pub(in crate::pages) fn times(fold: Interval) -> String {
    let [middle, low, high] = [fold.median, fold.p5, fold.p95].map(|fold| match two_digits(fold) {
        whole if whole == "1" => "1.0".to_owned(),
        other => other,
    });
    if low == high {
        format!("about {middle} times")
    } else {
        format!("about {middle} times ({low} to {high})")
    }
}

/// `82 % (76 to 88 %)`.
pub(in crate::pages) fn percent(share: Interval) -> String {
    let [middle, low, high] =
        [share.median, share.p5, share.p95].map(|share| number((share * 100.0).round()));
    if low == high { format!("{middle} %") } else { format!("{middle} % ({low} to {high} %)") }
}

/// The word of a level as it stands in a table, and its sign: each level has its own of both.
pub(in crate::pages) fn level(level: Level) -> (&'static str, &'static str, &'static str) {
    match level {
        Level::Contraindicated => ("✕", "contraindicated", "l5"),
        Level::Major => ("▲", "major", "l4"),
        Level::Moderate => ("◆", "moderate", "l3"),
        Level::Minor => ("●", "minor", "l2"),
        Level::Info => ("i", "for information", "l1"),
        Level::NoneKnown => ("?", "nothing known", "l0"),
    }
}

/// What kind of harm, where it is not serotonin's own.
pub(in crate::pages) fn kind(kind: &str) -> &str {
    match kind {
        "exposure" => "drug level",
        "qt" => "heart rhythm",
        "pressor" => "blood pressure",
        other => other,
    }
}

/// A level with its sign.
pub(in crate::pages) fn badge(of: Level) -> Markup {
    let (sign, word, class) = level(of);
    html! { span class=(format!("level {class}")) { span.sign aria-hidden="true" { (sign) } " " (word) } }
}

/// What figures are not shown for, if any: a dose far above the highest recommended, or more of it in a day than that.
///
/// What was taken hides them from all but clinicians; what is still to come hides them from everybody.
pub(in crate::pages) fn hidden(desk: &Desk) -> Option<Withheld> {
    desk.withheld().or_else(|| {
        let assessment = desk.assessment();
        let over = assessment.remaining.iter().find(|left| left.overdose)?;
        let name = desk.knowledge().substance_name(&over.substance).to_owned();
        (desk.voice() == Voice::Person).then_some(Withheld { name, to_come: false })
    })
}

/// The sources that were named so far, if any were.
pub(in crate::pages) fn named(writer: &Writer<'_>, report: &Report) -> Markup {
    let sources = writer.sources(&report.sources, 2);
    if sources.0.contains("<li") {
        sources
    } else {
        html! {}
    }
}

/// Ways to the lines behind something, each with its date.
pub(in crate::pages) fn lines(desk: &Desk, origins: &BTreeSet<Origin>) -> Markup {
    let entries = &desk.reading.timeline.entries;
    let dated = |origin: &Origin| {
        let entry = entries.iter().find(|entry| entry.origin == *origin)?;
        (entry.when.precision != Precision::Undated).then(|| day(desk, entry.when.start))
    };
    let numbers: Vec<(u32, Option<String>)> = origins
        .iter()
        .filter_map(|origin| match origin {
            Origin::Line(line) if *line > 0 => Some((*line, dated(origin))),
            _ => None,
        })
        .collect();
    html! {
        @if !numbers.is_empty() {
            span.lines {
                @for (place, (line, date)) in numbers.iter().take(LINES).enumerate() {
                    @if place > 0 { ", " }
                    a href=(format!("/diary#line-{line}")) {
                        "line " (line) @if let Some(date) = date { " (" span.whole { (plain(date)) } ")" }
                    }
                }
                @if numbers.len() > LINES { " and " (numbers.len() - LINES) " more" }
            }
        }
    }
}
