//! One subject: each fact with its source, the place in it, and whether a curator opened it.

use crate::desk::Desk;
use maud::{Markup, html};
use raphe::report::{
    grade_word,
    html::linked,
    reference_line,
    sheet::{Backing, Part, Row, Subject},
};

/// The body of a page of one subject; `up` is the way back, with its name.
pub(super) fn page(desk: &Desk, subject: &Subject<'_>, up: (&str, &str)) -> Markup {
    let sheet = subject.sheet(desk.knowledge());
    body(desk, &sheet.kind, &sheet.parts, up)
}

/// The body of a page of parts.
pub(super) fn body(desk: &Desk, kind: &str, parts: &[Part], (path, name): (&str, &str)) -> Markup {
    let mut cited = Cited(Vec::new());
    let sections: Vec<Markup> =
        parts.iter().enumerate().map(|(place, part)| cited.part(place, part)).collect();
    html! {
        link rel="stylesheet" href="/assets/substances.css";
        p.up { a href=(path) { "← " (name) } }
        p.asks { (kind) }
        @if parts.len() > 2 {
            nav aria-label="On this page" {
                ul.inline {
                    @for (place, part) in parts.iter().enumerate() {
                        li { a href=(format!("#part-{place}")) { (part.title) } }
                    }
                    li { a href="#sources" { "Sources" } }
                }
            }
        }
        p.hint {
            "Each fact stands with its source. “Opened” is the day on which a curator read the source itself; “second-hand” means \
             that nobody here has yet."
        }
        @for section in &sections { (section) }
        section {
            h2 #sources { "Sources" }
            @if cited.0.is_empty() { p { "Only its names are kept here. Nothing is claimed of it, so there is no source." } }
            ol.sources {
                @for (place, key) in cited.0.iter().enumerate() {
                    li id=(format!("source-{}", place + 1)) { p {
                        (desk.knowledge().reference(key).map_or_else(|| html! { (key) }, |found| linked(&reference_line(found))))
                    } }
                }
            }
        }
    }
}

/// Keys of sources in the order in which they are first named.
struct Cited<'s>(Vec<&'s str>);

impl<'s> Cited<'s> {
    fn number(&mut self, key: &'s str) -> usize {
        let place = self.0.iter().position(|known| *known == key).unwrap_or_else(|| {
            self.0.push(key);
            self.0.len() - 1
        });
        place + 1
    }

    fn part(&mut self, place: usize, part: &'s Part) -> Markup {
        html! {
            section {
                h2 id=(format!("part-{place}")) { (part.title) }
                ul.facts {
                    @for group in part.rows.chunk_by(|_, next| next.depth > 0) {
                        li {
                            @if let Some((first, under)) = group.split_first() {
                                @if under.is_empty() { (self.row(first)) }
                                @else {
                                    details {
                                        summary { strong { (first.title) ":" } " " (first.text) }
                                        @for backing in &first.backing { (self.backing(backing)) }
                                        ul { @for row in under { li { (self.row(row)) } } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn row(&mut self, row: &'s Row) -> Markup {
        html! {
            @if !row.text.is_empty() { p { strong { (row.title) ":" } " " (row.text) } }
            @for backing in &row.backing { (self.backing(backing)) }
        }
    }

    fn backing(&mut self, backing: &'s Backing) -> Markup {
        let citation = &backing.citation;
        let number = self.number(&citation.cite);
        html! {
            p.backing {
                @if let Some(says) = &backing.says { (says) " " }
                span.quiet {
                    a href=(format!("#source-{number}")) aria-label=(format!("source {number}")) { "[" (number) "]" }
                    @if let Some(place) = &citation.place { " " (place) ";" }
                    " " (grade_word(citation.grade)) "; "
                    @if citation.checked.is_some() { (backing.standing()) } @else { strong { (backing.standing()) } }
                }
            }
        }
    }
}
