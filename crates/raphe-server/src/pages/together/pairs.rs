//! Every two of what is in the body, and what is known of the two.
//!
//! A row and a column for each substance that acts, and for each that a published wait still counts though it has left. A
//! cell holds the worst that is known, in a sign and a word; where nothing is known it says so, in words that nobody can take
//! for "safe".

use crate::{
    desk::Desk,
    pages::now::words::{badge, capital, day, kind, level, lines},
};
use maud::{Markup, html};
use raphe::{
    assess::{Assessment, Finding},
    check::NONE_KNOWN,
    knowledge::schema::Level,
    report::{
        Report,
        html::{Writer, prose},
    },
};

/// What stands in the matrix: id and name, in reading order.
pub(super) fn members(desk: &Desk, assessment: &Assessment) -> Vec<(String, String)> {
    let mut members: Vec<(String, String)> =
        assessment.on_board.iter().map(|item| (item.substance.clone(), item.name.clone())).collect();
    for id in assessment.findings.iter().flat_map(|finding| &finding.substances) {
        if !members.iter().any(|(known, _)| known == id) {
            members.push((id.clone(), desk.knowledge().substance_name(id).to_owned()));
        }
    }
    members
}

/// What is known of two, worst first, serotonin first among equals, with its place among all findings.
pub(super) fn between<'a>(findings: &'a [Finding], a: &str, b: &str) -> Vec<(usize, &'a Finding)> {
    let both = |finding: &Finding| [a, b].iter().all(|id| finding.substances.iter().any(|known| known == id));
    let mut found: Vec<(usize, &Finding)> =
        findings.iter().enumerate().filter(|(_, finding)| both(finding)).collect();
    found.sort_by_key(|(place, finding)| {
        (std::cmp::Reverse(finding.level), finding.kind != "serotonin", *place)
    });
    found
}

/// The name of a pair in addresses within the page, the same both ways round.
fn anchor(a: &str, b: &str) -> String {
    let (first, second) = if a <= b { (a, b) } else { (b, a) };
    format!("pair-{first}-{second}")
}

/// The matrix, for wide windows, and the same as a list.
pub(super) fn matrix(assessment: &Assessment, members: &[(String, String)]) -> Markup {
    let cell = |a: &str, b: &str| {
        let worst = between(&assessment.findings, a, b);
        match worst.first() {
            Some((_, finding)) => {
                let (sign, word, class) = level(finding.level);
                let about = (finding.kind != "serotonin").then(|| kind(&finding.kind));
                (
                    class,
                    html! {
                        a href=(format!("#{}", anchor(a, b))) {
                            span.sign aria-hidden="true" { (sign) } " " (word) @if let Some(about) = about { ", " (about) }
                        }
                    },
                )
            }
            None => {
                let (sign, word, class) = level(Level::NoneKnown);
                (
                    class,
                    html! {
                        a href=(format!("#{}", anchor(a, b))) { span.sign aria-hidden="true" { (sign) } " " (word) span.visually-hidden { ", which is not the same as safe" } }
                    },
                )
            }
        }
    };
    html! {
        div.scroll.matrix role="region" tabindex="0" aria-label="Table of every two" {
            table {
                caption.visually-hidden { "What is known of every two; each cell leads to the details" }
                thead { tr {
                    td {}
                    @for (_, name) in members { th scope="col" { (capital(name)) } }
                } }
                tbody {
                    @for (place, (id, name)) in members.iter().enumerate() {
                        tr {
                            th scope="row" { (capital(name)) }
                            @for (other, (with, _)) in members.iter().enumerate() {
                                @if other == place { td.self { span aria-hidden="true" { "–" } span.visually-hidden { "itself" } } }
                                @else {
                                    @let (class, text) = cell(id, with);
                                    td class=(format!("cell {class}")) { (text) }
                                }
                            }
                        }
                    }
                }
            }
        }
        ul.pairs-list {
            @for (place, (id, name)) in members.iter().enumerate() {
                @for (with, other) in &members[place + 1..] {
                    @let (class, text) = cell(id, with);
                    li { (capital(name)) " with " (other) ": " span class=(format!("level {class}")) { (text) } }
                }
            }
        }
    }
}

/// Every pair in full: the known ones with the words of the report, then those of which nothing is known.
pub(super) fn details(
    desk: &Desk,
    assessment: &Assessment,
    report: &Report,
    members: &[(String, String)],
    writer: &mut Writer<'_>,
) -> Markup {
    let told = report.sections.iter().find(|section| section.title == TOLD);
    let mut known: Vec<(Level, String, Markup)> = Vec::new();
    let mut unknown: Vec<(String, String)> = Vec::new();
    for (place, (a, name)) in members.iter().enumerate() {
        for (b, other) in &members[place + 1..] {
            let found = between(&assessment.findings, a, b);
            let title = format!("{} with {other}", capital(name));
            let Some((_, worst)) = found.first() else {
                unknown.push((anchor(a, b), title));
                continue;
            };
            let text = html! {
                ul.found {
                    @for (place, finding) in &found {
                        @match told.and_then(|section| section.items.get(*place)) {
                            Some(item) => (writer.item(item)),
                            None => li { (prose(finding.claim.says())) },
                        }
                    }
                }
                p.hint { (until(desk, worst)) " " (lines(desk, &worst.because)) }
            };
            let body = html! {
                details open[worst.level >= Level::Major] {
                    summary { h3 id=(anchor(a, b)) tabindex="-1" { (title) ": " (badge(worst.level)) } }
                    (text)
                }
            };
            known.push((worst.level, title, body));
        }
    }
    known.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let alone: Vec<(usize, &Finding)> =
        assessment.findings.iter().enumerate().filter(|(_, finding)| finding.substances.len() < 2).collect();
    if known.is_empty() && unknown.is_empty() && alone.is_empty() {
        return html! {};
    }
    html! {
        section aria-labelledby="pairs-title" {
            h2 id="pairs-title" { @if members.len() < 2 { "What is known of it" } @else { "Two by two" } }
            @for (_, _, body) in &known { (body) }
            @if !unknown.is_empty() {
                details open[known.is_empty()] {
                    summary { "Nothing known of " (unknown.len()) @if unknown.len() == 1 { " pair" } @else { " pairs" } " (not the same as safe)" }
                    p { (NONE_KNOWN) " That is not the same as safe." }
                    ul { @for (anchor, title) in &unknown { li id=(anchor) tabindex="-1" { (title) ": nothing known about serotonin." } } }
                }
            }
            @if !alone.is_empty() {
                h3 { "By itself" }
                ul.found {
                    @for (place, finding) in &alone {
                        @match told.and_then(|section| section.items.get(*place)) {
                            Some(item) => (writer.item(item)),
                            None => li { (prose(finding.claim.says())) },
                        }
                    }
                }
            }
        }
    }
}

/// Whether of any two of them nothing is known.
pub(super) fn any_unknown(assessment: &Assessment, members: &[(String, String)]) -> bool {
    let unknown = |(place, (a, _)): (usize, &(String, String))| {
        members[place + 1..].iter().any(|(b, _)| between(&assessment.findings, a, b).is_empty())
    };
    members.iter().enumerate().any(unknown)
}

/// The section of the report that tells every finding, in their order.
pub(super) const TOLD: &str = "What was taken, together";

/// From when until when two act together.
fn until(desk: &Desk, finding: &Finding) -> Markup {
    html! {
        "Together since " (prose(&day(desk, finding.from)))
        @match finding.until {
            Some(until) => { ", until " (prose(&day(desk, until))) " if no more is taken." },
            None => ", as long as doses go on.",
        }
    }
}
