//! *Together*: everything in the body now and after stopping, pair by pair.
//!
//! First what is there and how long it stays, then the matrix of every two, then each pair in full, with both views where
//! regulators and toxicologists differ; then a picture of who would still be there later. Foods and waits of an MAO inhibitor
//! stand with the substance they belong to.

mod after;
mod pairs;
#[cfg(test)]
mod tests;

use super::now::words::{capital, day, hidden, lines, named};
use crate::{
    app::App,
    desk::Desk,
    page::Page,
    visit::{Html, Json, Posted, Visit, Wrong},
};
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::Timestamp;
use maud::{Markup, html};
use raphe::{
    assess::{Assessment, OnBoard},
    check,
    knowledge::Citation,
    report::html::{Writer, prose},
    synapse::Synapse,
};
use std::collections::BTreeMap;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/together", get(page).post(choose))
        .route("/together.json", get(json))
        .route("/assets/together.css", get(|| async { super::css(include_str!("../assets/together.css")) }))
        .route("/assets/together.js", get(|| async { super::script(include_str!("../assets/together.js")) }))
}

async fn page(visit: Visit) -> Result<Html, Wrong> {
    visit.ask(show).await
}

/// Remembers what is no longer taken in the picture.
async fn choose(visit: Visit, form: Posted) -> Response {
    visit.remember(after::Stopping(form.all("stop").map(str::to_owned).collect()));
    visit.back("/together", None)
}

fn show(desk: &Desk) -> Html {
    let (assessment, report) = (desk.assessment(), desk.report());
    let members = pairs::members(desk, &assessment);
    let mut writer = Writer::new("together");
    let body = html! {
        link rel="stylesheet" href="/assets/now.css";
        link rel="stylesheet" href="/assets/together.css";
        script src="/assets/together.js" defer {}
        @if members.is_empty() {
            p { "By what the diary says, nothing that is known acts in the body now. What is not written, or was not recognized, is not counted." }
            p { a href="/now#add" { "Add to the diary" } }
        } @else {
            (there(desk, &assessment))
            section aria-labelledby="matrix-title" {
                h2 id="matrix-title" { "Every two" }
                @if members.len() < 2 { p { "Only one that is known acts in the body now, so there is nothing to hold it against. What was not recognized stands under Not assessed." } }
                @else {
                    @if pairs::any_unknown(&assessment, &members) {
                        p { "Where it says “nothing known”: " (check::NONE_KNOWN) " That is not the same as safe." }
                    }
                    (pairs::matrix(&assessment, &members))
                }
            }
            (pairs::details(desk, &assessment, report, &members, &mut writer))
            (after::section(desk, &assessment))
        }
        @if let Some(section) = report.sections.iter().find(|section| section.title == "Not assessed") {
            (writer.section(section, "not-assessed", 2))
        }
        (named(&writer, report))
    };
    desk.page(Page::Together, &body)
}

/// What is in the body, since when, and how long it stays.
fn there(desk: &Desk, assessment: &Assessment) -> Markup {
    let figures = hidden(desk).is_none();
    let acts = if figures { after::acting_until(desk, assessment) } else { BTreeMap::new() };
    html! {
        section aria-labelledby="there" {
            h2 id="there" { "In the body now" }
            div.cards {
                @for item in &assessment.on_board { (card(desk, assessment, item, figures, &acts)) }
            }
        }
    }
}

fn card(
    desk: &Desk,
    assessment: &Assessment,
    item: &OnBoard,
    figures: bool,
    acts: &BTreeMap<String, Timestamp>,
) -> Markup {
    let left = assessment.remaining.iter().filter(|left| left.substance == item.substance);
    let last = left.max_by_key(|left| left.gone_by).filter(|_| figures);
    // An effect may outlast what made it: an enzyme that was destroyed must first be made again.
    let acts = acts.get(&item.substance).copied().filter(|_| figures);
    let until = acts.into_iter().chain(last.map(|left| left.gone_by)).max();
    let lasting =
        assessment.enzymes.iter().any(|enzyme| enzyme.lasting && enzyme.by.contains(&item.substance));
    let notes: Vec<Citation> = item.notes.iter().flat_map(|note| note.citations().to_vec()).collect();
    html! {
        div.card {
            h3 { (capital(&item.name)) }
            p { (item.class) ". "
                @if item.running { "Taken since " (prose(&day(desk, item.since))) "." }
                @else { "Last taken " (prose(&day(desk, item.last))) "; it still acts." }
                " " (lines(desk, &item.lines)) }
            @if let Some(until) = until {
                p { strong { (days(assessment.as_of, until)) } " to clear, "
                    @if item.running { "if it were not taken any more" } @else { "if no more is taken" }
                    ": it may act until " (prose(&day(desk, until))) "." }
            }
            @if let Some(last) = last {
                p {
                    "Nearly all of it is gone by " (prose(&day(desk, last.gone_by))) " in 19 of 20 people"
                    @if last.moiety != item.substance {
                        " (as " (desk.knowledge().substance_name(&last.moiety)) ", which the body makes of it)"
                    }
                    "."
                    @if lasting && last.gone_by < until.unwrap_or(last.gone_by) {
                        " Its effect lasts longer: the enzyme that it switched off must first be made again."
                    }
                }
                (desk.sources([&last.citation]))
            }
            @if !item.notes.is_empty() {
                details {
                    summary { "Worth knowing" @if item.notes.len() > 1 { " (" (item.notes.len()) ")" } }
                    ul { @for note in &item.notes { li { (prose(note.says())) } } }
                    (desk.sources(&notes))
                }
            }
        }
    }
}

/// Whole days from one moment to another, at least one.
fn days(from: Timestamp, to: Timestamp) -> String {
    let hours = to.duration_since(from).as_hours().max(0);
    match (hours + 23) / 24 {
        0 | 1 => "About a day".to_owned(),
        days => format!("{days} days"),
    }
}

async fn json(visit: Visit) -> Result<Response, Wrong> {
    visit
        .ask(|desk| {
            let reading = &desk.reading;
            let asked = check::check(&[], Some(&reading.resolved), desk.knowledge(), &desk.question());
            match asked {
                Ok(mut answer) => {
                    if hidden(desk).is_some() {
                        // No figure of a dose far above any: what is left are words and whom to call.
                        answer.exposure_ratios.clear();
                        answer.synapse = Synapse::default();
                        answer.risk.clear();
                        answer.newly_added = None;
                    }
                    Json(raphe_json::Check::new(&answer, desk.knowledge())).into_response()
                }
                // Nothing is asked in words, so nothing can be misread.
                Err(_) => axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }
        })
        .await
}
