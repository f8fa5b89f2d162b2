//! Prints reports as one HTML file for a browser, a phone and a printer.
//!
//! The file is whole: no script, nothing fetched, its style inside; a policy in its head forbids both, so that a slip
//! here could not run either. It holds everything that the text has, in the same order, with ways from each number to its
//! source and back. `maud` writes the tags and escapes every text; what browsers do not print is made visible.

use super::{Curve, Item, Report, Section, svg, urgency_word};
use crate::knowledge::schema::Urgency;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::{borrow::Cow, collections::BTreeMap, fmt::Write};

/// How a report looks: colors as variables, for light, dark, forced colors and paper.
pub const STYLE: &str = include_str!("html/report.css");
/// Nothing is loaded and nothing runs.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// One report of a file.
#[derive(Debug, Clone)]
pub struct Article<'r> {
    /// What tells it from the others, such as the name of a diary.
    pub name: String,
    /// What it says.
    pub report: &'r Report,
}

/// Prints one file. Of several reports each is an article of its own, after a list of them with how urgent each is.
///
/// ```
/// # use raphe::{knowledge::schema::Urgency, report::{Report, html}};
/// let report = Report {
///     urgency: Urgency::Watch,
///     headline: vec!["WATCH. Nothing has to be done now.".to_owned()],
///     sections: Vec::new(),
///     sources: Vec::new(),
///     footer: "a <b> & c".to_owned(),
/// };
/// let page = html::print("A report", &[html::Article { name: "mine.raphe".to_owned(), report: &report }]);
/// assert!(page.contains("WATCH. Nothing has to be done now.") && page.contains("a &lt;b&gt; &amp; c"));
/// ```
#[must_use]
pub fn print(title: &str, articles: &[Article<'_>]) -> String {
    let title = plain(title);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    @match articles {
                        [one] => { (Writer::new("r").article(one, &title, 1)) }
                        several => {
                            h1 { (title) }
                            nav aria-label="Reports" {
                                ul {
                                    @for (place, article) in several.iter().enumerate() {
                                        li { a href=(format!("#r{}", place + 1)) {
                                            (plain(&article.name)) ": " (urgency_word(article.report.urgency))
                                        } }
                                    }
                                }
                            }
                            @for (place, article) in several.iter().enumerate() {
                                (Writer::new(&format!("r{}", place + 1)).article(article, &plain(&article.name), 2))
                            }
                        }
                    }
                }
            }
        }
    };
    page.into_string() + "\n"
}

/// Writes an article or parts of one, for pages that hold more than a report; every id in it begins with its own.
#[derive(Debug)]
pub struct Writer<'i> {
    id: &'i str,
    /// How often each source was named so far.
    named: BTreeMap<usize, usize>,
    curves: usize,
}

impl<'i> Writer<'i> {
    /// A writer whose ids begin with `id`; on one page each needs another.
    #[must_use]
    pub fn new(id: &'i str) -> Self {
        Self { id, named: BTreeMap::new(), curves: 0 }
    }

    /// A whole report under a heading of this level (1 to 4).
    pub fn article(&mut self, article: &Article<'_>, title: &str, level: usize) -> Markup {
        let report = article.report;
        let id = self.id;
        let name = format!("{id}-name");
        let at = |place: usize| format!("{id}-{}", place + 1);
        // Sections are written before the sources, which must know how often each was named.
        let sections: Vec<Markup> = report
            .sections
            .iter()
            .enumerate()
            .map(|(place, section)| self.section(section, &at(place), level + 1))
            .collect();
        let sources = (!report.sources.is_empty()).then(|| self.sources(&report.sources, level + 1));
        html! {
            article id=(id) aria-labelledby=(name) {
                (heading(level, &name, title))
                (urgency(report))
                @if report.sections.len() > 2 {
                    nav aria-label=(format!("Contents of: {title}")) {
                        details {
                            summary { "Contents" }
                            ul {
                                @for (place, section) in report.sections.iter().enumerate() {
                                    li { a href=(format!("#{}", at(place))) { (plain(&section.title)) } }
                                }
                                @if sources.is_some() { li { a href=(format!("#{id}-sources")) { "Sources" } } }
                            }
                        }
                    }
                }
                @for section in &sections { (section) }
                @if let Some(sources) = &sources { (sources) }
                footer { p { (plain(&report.footer)) } }
            }
        }
    }

    /// One section under a heading of this level.
    pub fn section(&mut self, section: &Section, id: &str, level: usize) -> Markup {
        html! {
            section {
                (heading(level, id, &plain(&section.title)))
                ul { @for item in &section.items { (self.item(item)) } }
            }
        }
    }

    /// One item of a list.
    pub fn item(&mut self, item: &Item) -> Markup {
        html! { li { (self.item_body(item)) } }
    }

    /// What stands in an item of a list, for a list of another kind.
    pub fn item_body(&mut self, item: &Item) -> Markup {
        html! {
            p {
                @if let Some(mark) = &item.mark { strong { (plain(mark)) ":" } " " }
                (prose(&item.text))
                @if !item.sources.is_empty() { " " (self.cites(&item.sources)) }
            }
            @if let Some(curve) = &item.curve { (self.curve(curve)) }
            @if !item.under.is_empty() {
                ul { @for under in &item.under { (self.item(under)) } }
            }
        }
    }

    /// `[1, 3]`, each number a way to its source.
    fn cites(&mut self, numbers: &[usize]) -> Markup {
        html! {
            span.cites {
                "["
                @for (place, number) in numbers.iter().enumerate() {
                    @if place > 0 { ", " }
                    @let times = self.count(*number);
                    a id=(format!("{}-cite-{number}-{times}", self.id)) href=(format!("#{}-source-{number}", self.id))
                        aria-label=(format!("source {number}")) { (number) }
                }
                "]"
            }
        }
    }

    fn count(&mut self, number: usize) -> usize {
        let times = self.named.entry(number).or_default();
        *times += 1;
        *times
    }

    fn curve(&mut self, curve: &Curve) -> Markup {
        self.curves += 1;
        let id = format!("{}-curve-{}", self.id, self.curves);
        let up = plain(&curve.up);
        html! {
            figure {
                (svg::draw(curve, &id))
                figcaption {
                    (plain(&curve.title)) ". The line is the middle, the hatched band holds 9 of 10 people."
                }
                details {
                    summary { "The same in numbers" }
                    div.numbers role="group" tabindex="0" aria-label=(format!("Numbers of: {}", plain(&curve.title))) {
                        table {
                            thead { tr {
                                th scope="col" { (plain(&curve.along.name)) }
                                th scope="col" { "middle" }
                                th scope="col" { "lower end" }
                                th scope="col" { "upper end" }
                            } }
                            tbody {
                                @for [at, middle, low, high] in svg::rows(curve) {
                                    tr { th scope="row" { (at) } td { (middle) } td { (low) } td { (high) } }
                                }
                            }
                        }
                        @if !up.is_empty() { p { "Numbers are " (up) "." } }
                    }
                }
            }
        }
    }

    /// Those of a report's sources that were named so far, each under its own number.
    pub fn sources(&self, sources: &[String], level: usize) -> Markup {
        let id = format!("{}-sources", self.id);
        let named = || sources.iter().enumerate().filter(|(place, _)| self.named.contains_key(&(place + 1)));
        let gaps = named().zip(0..).any(|((place, _), counted)| place != counted);
        html! {
            section {
                (heading(level, &id, "Sources"))
                ol.sources {
                    @for (place, source) in named() {
                        @let number = place + 1;
                        li id=(format!("{}-source-{number}", self.id)) value=[gaps.then_some(number)] { p {
                            (linked(&plain(source)))
                            @if let Some(times) = self.named.get(&number) {
                                " "
                                span.back {
                                    "↩"
                                    @for time in 1..=*times {
                                        a href=(format!("#{}-cite-{number}-{time}", self.id))
                                            aria-label=(format!("back to where source {number} is named, {time} of {times}")) {
                                            (time)
                                        }
                                    }
                                }
                            }
                        } }
                    }
                }
            }
        }
    }
}

/// How soon to act, first of all.
#[must_use]
pub fn urgency(report: &Report) -> Markup {
    let class = match report.urgency {
        Urgency::Emergency => "emergency",
        Urgency::Urgent => "urgent",
        Urgency::Prompt => "prompt",
        Urgency::Watch => "watch",
        Urgency::None => "none",
    };
    let word = urgency_word(report.urgency);
    let says = |line: &str| line.starts_with(word);
    let said = report.urgency == Urgency::None || report.headline.iter().any(|line| says(line));
    html! {
        div class=(format!("urgency {class}")) {
            @if !said { p.call { (word) } }
            @for line in &report.headline {
                @if says(line) { p.call { (prose(line)) } } @else { p { (prose(line)) } }
            }
        }
    }
}

fn heading(level: usize, id: &str, text: &str) -> Markup {
    match level {
        1 => html! { h1 id=(id) { (text) } },
        2 => html! { h2 id=(id) { (text) } },
        3 => html! { h3 id=(id) { (text) } },
        _ => html! { h4 id=(id) { (text) } },
    }
}

/// A source with the ways to it: a DOI, a PubMed number or an address.
#[must_use]
pub fn linked(source: &str) -> Markup {
    html! {
        @for (place, word) in source.split(' ').enumerate() {
            @if place > 0 { " " }
            @match address(source, place, word) {
                Some(address) => { a href=(address) rel="noreferrer" { (word) } }
                None => { (word) }
            }
        }
    }
}

fn address(source: &str, place: usize, word: &str) -> Option<String> {
    if let Some(doi) = word.strip_prefix("doi:").filter(|doi| doi.starts_with("10.")) {
        return Some(format!("https://doi.org/{}", encoded(doi)));
    }
    if word.starts_with("https://") || word.starts_with("http://") {
        return Some(encoded(word));
    }
    let before = place.checked_sub(1).and_then(|place| source.split(' ').nth(place));
    let number = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    (before == Some("PMID") && number).then(|| format!("https://pubmed.ncbi.nlm.nih.gov/{word}/"))
}

/// A sentence in which no date is cut at its hyphens, and no number from its percent.
#[must_use]
pub fn prose(text: &str) -> Markup {
    let text = plain(text).replace(" %", "\u{a0}%");
    let dated = |word: &str| {
        word.as_bytes().windows(6).any(|part| {
            part[..4].iter().all(u8::is_ascii_digit) && part[4] == b'-' && part[5].is_ascii_digit()
        })
    };
    html! {
        @for (place, word) in text.split(' ').enumerate() {
            @if place > 0 { " " }
            @if dated(word) { span.whole { (word) } } @else { (word) }
        }
    }
}

/// An address without the letters that none may hold; what is encoded already stays so.
fn encoded(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for byte in address.bytes() {
        match byte {
            b'<' | b'>' | b'"' | b'\'' | b'`' | b'\\' | b'^' | b'{' | b'|' | b'}' | 0..=b' ' | 0x7f.. => {
                write!(out, "%{byte:02X}").ok();
            }
            _ => out.push(char::from(byte)),
        }
    }
    out
}

/// A text as it may stand in a page: what HTML has no place for, and what turns the order of letters, is a mark instead.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    let odd = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            || (u32::from(c) & 0xfffe == 0xfffe)
            || matches!(c, '\u{fdd0}'..='\u{fdef}')
    };
    match text.contains(odd) {
        true => Cow::Owned(text.replace(odd, "\u{fffd}")),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests;
