//! Earlier versions of the diary: when, what changed, and back to one.

use super::saved;
use crate::{
    app::App,
    desk::Desk,
    merge::{Compared, Sign, compared, page_text},
    page::Page,
    store::versions::Version,
    visit::{Html, Note, Posted, Visit, Wrong},
};
use axum::{
    Router,
    extract::Path,
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use jiff::Timestamp;
use maud::{Markup, html};

/// So many lines of a comparison are shown.
const SHOWN: usize = 400;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/diary/history", get(all))
        .route("/diary/history/{version}", get(one))
        .route("/diary/restore", post(restore))
}

fn at(desk: &Desk, at: Timestamp) -> String {
    at.to_zoned(desk.zone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}

/// A version, its text, and the text before it.
type Step = (Version, Vec<u8>, Option<Vec<u8>>);

/// Every kept version that can be read, the newest first.
fn steps(app: &App) -> Vec<Step> {
    let mut before: Option<Vec<u8>> = None;
    let mut steps = Vec::new();
    for version in app.versions() {
        let Ok(bytes) = version.read() else { continue };
        steps.push((version, bytes.clone(), before.replace(bytes)));
    }
    steps.reverse();
    steps
}

async fn all(visit: Visit) -> Result<Html, Wrong> {
    visit
        .ask(|desk| {
            let steps = steps(&desk.visit.app);
            let body = html! {
                link rel="stylesheet" href="/assets/diary.css";
                p { a href="/diary" { "Back to the diary" } }
                h2 { "History" }
                @if steps.is_empty() {
                    p { "Nothing is kept yet. The first time these pages change the file, the text before is kept." }
                } @else {
                    p { "The last " (crate::store::versions::KEPT) " versions are kept, in a hidden folder beside the file." }
                    div.scroll tabindex="0" role="region" aria-label="Versions" {
                        table.history {
                            thead { tr { th scope="col" { "Kept" } th scope="col" { "Lines" } th scope="col" { "Changed" } th scope="col" { "Look" } } }
                            tbody {
                                @for (version, bytes, before) in &steps {
                                    @let now = *bytes == desk.reading.bytes;
                                    tr {
                                        th scope="row" { (at(desk, version.at)) @if now { " " strong { "(now)" } } }
                                        td { (page_text(bytes).lines().count()) }
                                        td {
                                            @if let Some(before) = before {
                                                @let (_, more, less) = compared(before, bytes);
                                                "+" (more) " −" (less)
                                            } @else { "the oldest" }
                                        }
                                        td { a href=(format!("/diary/history/{}", version.name())) aria-label=(format!("Look at {}", at(desk, version.at))) { "Look" } }
                                    }
                                }
                            }
                        }
                    }
                }
            };
            desk.page(Page::Diary, &body)
        })
        .await
}

async fn one(visit: Visit, Path(name): Path<String>) -> Result<Html, Wrong> {
    visit
        .ask(move |desk| {
            let steps = steps(&desk.visit.app);
            let found = steps.iter().find(|(version, ..)| version.name() == name);
            let (version, bytes, before) = found.ok_or_else(|| Wrong {
                status: StatusCode::NOT_FOUND,
                says: "This version is not there any more.".to_owned(),
                help: "Only the last ones are kept. The page Diary shows them.".to_owned(),
            })?;
            let body = html! {
                link rel="stylesheet" href="/assets/diary.css";
                p { a href="/diary/history" { "Back to the history" } }
                h2 { "Kept " (at(desk, version.at)) }
                @if *bytes == desk.reading.bytes {
                    p { strong { "This is what the file holds now." } }
                } @else {
                    form method="post" action="/diary/restore" {
                        (desk.secret())
                        p { "The text of now is kept as well; you can come back to it." }
                        button.main name="version" value=(name) { "Bring this version back" }
                    }
                    h3 { "What would change" }
                    (comparison(&desk.reading.bytes, bytes))
                }
                @if let Some(before) = before {
                    h3 { "What changed from the version before" }
                    (comparison(before, bytes))
                }
                details {
                    summary { "The whole text" }
                    pre.kept tabindex="0" { (page_text(bytes)) }
                }
            };
            Ok(desk.page(Page::Diary, &body))
        })
        .await?
}

fn comparison(old: &[u8], new: &[u8]) -> Markup {
    let (lines, more, less) = compared(old, new);
    let row = |(sign, number, text): &Compared| {
        html! {
            @match sign {
                Sign::More => li { ins { span.sign { "+" } span.number { (number) } (text) } },
                Sign::Less => li { del { span.sign { "−" } span.number { (number) } (text) } },
                Sign::Same => li { span.sign { " " } span.number { (number) } (text) },
            }
        }
    };
    html! {
        @if lines.is_empty() { p { "Nothing but the endings of lines." } }
        @else {
            p { "+" (more) " come, −" (less) " go." }
            ol.compared tabindex="0" { @for line in lines.iter().take(SHOWN) { (row(line)) } }
            @if lines.len() > SHOWN { p { "and " (lines.len() - SHOWN) " lines more" } }
        }
    }
}

async fn restore(visit: Visit, form: Posted) -> Result<Response, Wrong> {
    let name = form.get("version").to_owned();
    let note = match visit.change(move |app| app.restore(&name)).await? {
        Ok(unkept) => saved("The version is back. The text before is kept in the history.", unkept),
        Err(note) => Note { bad: true, ..note },
    };
    Ok(visit.back("/diary", Some(note)))
}
