//! The pages, one module each. A page's module says which paths it answers ([`routes`] joins them).

#[cfg(test)]
mod browser;
mod diary;
mod exam;
mod helping;
mod mood;
mod now;
mod plan;
mod report;
mod start;
mod substances;
mod timeline;
mod together;
#[cfg(test)]
mod trial;
mod whatif;
mod why;
mod words;

use crate::{
    app::App,
    page::Page,
    visit::{Posted, Visit},
};
use axum::{
    Router,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use raphe::report::{Voice, html::STYLE};

/// Every path there is.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(first))
        .route("/settings", post(settings))
        .route("/awake", get(awake))
        .route("/assets/report.css", get(|| async { css(STYLE) }))
        .route("/assets/app.css", get(|| async { css(include_str!("assets/app.css")) }))
        .route("/assets/chart.css", get(|| async { css(include_str!("assets/chart.css")) }))
        .route("/assets/app.js", get(|| async { script(include_str!("assets/app.js")) }))
        .route("/assets/icon.svg", get(|| async { file("image/svg+xml", include_str!("assets/icon.svg")) }))
        .merge(now::routes())
        .merge(timeline::routes())
        .merge(together::routes())
        .merge(why::routes())
        .merge(whatif::routes())
        .merge(plan::routes())
        .merge(exam::routes())
        .merge(mood::routes())
        .merge(helping::routes())
        .merge(report::routes())
        .merge(diary::routes())
        .merge(substances::routes())
        .merge(start::routes())
        .fallback(|| async {
            (
                StatusCode::NOT_FOUND,
                crate::page::bare("There is no such page.", "The menu names all there are."),
            )
        })
}

/// The first page: where there is no diary yet, the one that begins it.
async fn first(visit: Visit) -> Redirect {
    let begins = visit.app.gone().is_none() && visit.app.bytes().is_ok_and(|(_, exists)| !exists);
    Redirect::to(if begins { Page::Start.path() } else { Page::Now.path() })
}

/// Somebody reads a page without asking for another: the lock waits. The answer is what the forms of that page need, which
/// have an older one if the pages were locked and opened again meanwhile.
async fn awake(visit: Visit) -> String {
    visit.csrf
}

/// Our own files change only with the program.
pub(crate) fn file(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

pub(crate) fn script(text: &'static str) -> Response {
    file("text/javascript; charset=utf-8", text)
}

pub(crate) fn css(text: &'static str) -> Response {
    file("text/css; charset=utf-8", text)
}

/// In whose words, and the lock.
async fn settings(visit: Visit, form: Posted) -> Response {
    if !form.get("lock").is_empty() {
        visit.leave();
        return Redirect::to("/now").into_response();
    }
    match form.get("voice") {
        "clinician" => visit.speak(Voice::Clinician),
        "person" => visit.speak(Voice::Person),
        _ => {}
    }
    let back = Page::MENU.into_iter().find(|page| page.path() == form.get("back")).unwrap_or(Page::Now);
    visit.back(back.path(), None)
}
