//! *Report*: one page to print, a file to keep, FHIR for a health record.
//!
//! One page is what a doctor reads; the whole report is a press away, and every file holds it. The person chooses what goes on
//! either; how urgent it is, what was not assessed and the sources always do, and a copy that leaves something out says so. It is always made with all virtual people: what is taken to a doctor is not a first picture.
//! The page, the HTML file and the text are the same [`raphe::report::Report`] with the medicines and their dates on top.

mod choice;
mod medicines;
mod show;
#[cfg(test)]
mod tests;

use crate::{
    app::App,
    desk::Desk,
    page::Page,
    visit::{Html, Json, Posted, Visit, Wrong},
};
use axum::{
    Router,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use choice::Choice;
use raphe::report::{
    html::{self, Article},
    text::{self, Paint},
};
use raphe_fhir::write::Subject;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/report", get(page).post(choose))
        .route("/report.json", get(json))
        .route("/report.html", get(file))
        .route("/report.txt", get(plain))
        .route("/report.fhir.json", get(fhir))
        .route(
            "/assets/report-page.css",
            get(|| async { super::css(include_str!("../assets/report-page.css")) }),
        )
        .route(
            "/assets/report-page.js",
            get(|| async { super::script(include_str!("../assets/report-page.js")) }),
        )
}

/// The visit as this page has it: all people, and the voice that was chosen for the paper.
fn paper(mut visit: Visit) -> (Visit, Choice) {
    let choice = visit.recall::<Choice>().unwrap_or_default();
    visit.voice = choice.voice.unwrap_or(visit.voice);
    visit.patient = true;
    (visit, choice)
}

async fn page(visit: Visit) -> Result<Html, Wrong> {
    let (visit, choice) = paper(visit);
    visit.ask(move |desk| desk.page(Page::Report, &show::page(desk, &choice))).await
}

async fn choose(visit: Visit, form: Posted) -> Response {
    let now = visit.recall::<Choice>().unwrap_or_default();
    visit.remember(match form.get("length") {
        "" if form.get("all").is_empty() => Choice { whole: now.whole, ..Choice::of(&form) },
        "" => Choice { whole: now.whole, ..Choice::default() },
        length => Choice { whole: length == "whole", ..now },
    });
    visit.back("/report", None)
}

async fn json(visit: Visit) -> Result<impl IntoResponse, Wrong> {
    let (visit, _) = paper(visit);
    visit.ask(|desk| Json(raphe_json::Assessment::new(&desk.assessment(), desk.knowledge()))).await
}

/// A file of this name, which tells nothing of a person.
fn download(kind: &'static str, name: &'static str, body: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body)
        .into_response()
}

async fn file(visit: Visit) -> Result<Response, Wrong> {
    let (visit, choice) = paper(visit);
    visit
        .ask(move |desk| {
            let report = choice.cut(&show::report(desk));
            let title = show::title(desk);
            let page = html::print(&title, &[Article { name: title.clone(), report: &report }]);
            download("text/html; charset=utf-8", "raphe-report.html", page)
        })
        .await
}

async fn plain(visit: Visit) -> Result<Response, Wrong> {
    let (visit, choice) = paper(visit);
    visit
        .ask(move |desk| {
            let report = choice.cut(&show::report(desk));
            let words = format!("{}\n\n{}", show::title(desk), text::print(&report, Paint::PLAIN));
            download("text/plain; charset=utf-8", "raphe-report.txt", words)
        })
        .await
}

async fn fhir(visit: Visit) -> Result<Response, Wrong> {
    let (visit, _) = paper(visit);
    let bundle = |desk: &Desk| {
        let of = Subject { timeline: &desk.reading.timeline, patient: None, record: false };
        raphe_fhir::write::assessment(&desk.assessment(), desk.report(), &of, desk.knowledge())
    };
    visit.ask(move |desk| download("application/fhir+json", "raphe-report.fhir.json", bundle(desk))).await
}
