//! Lines that something is to be said of, each with its words under it.

use maud::{Markup, html};
use raphe::{
    knowledge::Knowledge,
    report::html::plain,
    timeline::{
        Notice, Place, Weight,
        diary::{self, Diary},
    },
};
use std::collections::BTreeMap;

/// So many lines are listed; whoever mends these sees the next.
const LISTED: usize = 100;

/// How a text is read and its names are understood.
pub(super) fn of_text(bytes: &[u8], knowledge: &Knowledge) -> Vec<Notice> {
    let (timeline, mut notices) = diary::read(bytes);
    notices.extend(knowledge.resolve(&timeline).1);
    notices
}

/// One word for how much a notice matters, and the word of its class.
fn weighed(weight: Weight) -> (&'static str, &'static str) {
    match weight {
        Weight::Error => ("Not read", "error"),
        Weight::Warning => ("Look again", "warning"),
        Weight::Info => ("Read so", "info"),
    }
}

/// Everything worth saying of a text: first of the whole, then line by line.
pub(super) fn list(notices: &[Notice], bytes: &[u8]) -> Markup {
    let mut whole: Vec<&Notice> = Vec::new();
    let mut lines: BTreeMap<u32, Vec<&Notice>> = BTreeMap::new();
    for notice in notices {
        match notice.place {
            Some(place) => lines.entry(place.line).or_default().push(notice),
            None => whole.push(notice),
        }
    }
    for list in lines.values_mut() {
        list.sort_by_key(|notice| std::cmp::Reverse(notice.weight));
    }
    let matters = |list: &[&Notice]| list.iter().any(|notice| notice.weight > Weight::Info);
    let (to_mend, as_read): (Vec<_>, Vec<_>) = lines.into_iter().partition(|(_, list)| matters(list));
    let texts: Vec<String> = Diary::read(bytes).lines().map(|line| line.into_owned()).collect();
    let text = |line: u32| texts.get(line as usize - 1).map_or("", String::as_str);
    let unread = notices.iter().filter(|notice| notice.weight == Weight::Error).count();
    html! {
        section id="notices" aria-label="How it is read" {
            h2 { "How it is read" }
            @if unread == 0 && to_mend.is_empty() {
                p { "Every line was read." }
            } @else {
                p.counts {
                    @if unread > 0 { strong { (counted(unread, "thing was", "things were")) " not read." } " Nothing is worked out from them. " }
                    @if to_mend.len() > 1 {
                        "Lines: "
                        @for (place, (line, _)) in to_mend.iter().take(LISTED).enumerate() {
                            @if place > 0 { " " }
                            a href=(format!("#line-{line}")) data-goto=(line) { (line) }
                        }
                        @if to_mend.len() > LISTED { " and " (to_mend.len() - LISTED) " more" }
                    }
                }
            }
            @if !whole.is_empty() {
                ul.found { @for notice in &whole { li { (said(notice)) } } }
            }
            @if !to_mend.is_empty() {
                ol.lines { @for (line, list) in to_mend.iter().take(LISTED) { (item(*line, text(*line), list)) } }
            }
            @if !as_read.is_empty() {
                details {
                    summary { (counted(as_read.len(), "line was", "lines were")) " read in a way worth knowing" }
                    ol.lines { @for (line, list) in as_read.iter().take(LISTED) { (item(*line, text(*line), list)) } }
                }
            }
        }
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn item(line: u32, text: &str, notices: &[&Notice]) -> Markup {
    let worst = notices.iter().map(|notice| notice.weight).max().unwrap_or(Weight::Info);
    html! {
        li id=(format!("line-{line}")) data-line=(line) data-weight=(weighed(worst).1) {
            p.of {
                a href="#text" data-goto=(line) { "Line " (line) }
                code { (marked(text, notices.first().and_then(|notice| notice.place))) }
            }
            ul.found { @for notice in notices { li { (said(notice)) } } }
        }
    }
}

fn said(notice: &Notice) -> Markup {
    let (word, class) = weighed(notice.weight);
    html! {
        span class=(format!("weight {class}")) { (word) ":" } " " (quoted(&notice.says)) "."
        @if let Some(help) = &notice.help { " " span.help { (quoted(&sentence(help))) } }
    }
}

/// Words with what was written or is to be written as code.
fn quoted(text: &str) -> Markup {
    let plain = plain(text);
    // An odd mark is part of what somebody wrote.
    let paired = plain.matches('`').count().is_multiple_of(2);
    html! {
        @if paired {
            @for (place, part) in plain.split('`').enumerate() {
                @if place % 2 == 1 { code { (part) } } @else { (part) }
            }
        } @else { (plain) }
    }
}

/// A help begins small where it follows a colon; here it is a sentence.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}

/// The line with the words marked that are spoken of.
fn marked(text: &str, place: Option<Place>) -> Markup {
    let Some(place) = place else { return html! { (text) } };
    let byte = |column: u32| text.char_indices().nth(column as usize).map_or(text.len(), |(at, _)| at);
    let from = byte(place.column.saturating_sub(1));
    let to = byte(place.column.saturating_sub(1) + place.length).max(from);
    html! { (&text[..from]) @if to > from { mark { (&text[from..to]) } } (&text[to..]) }
}
