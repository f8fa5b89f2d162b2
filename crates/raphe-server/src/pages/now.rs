//! *Now*: how urgent, what to do, which way, why; then what to add.
//!
//! In an emergency the page is a band that says whom to call, what to do meanwhile, and the danger signs. Whatever invites
//! to read on is folded away until then. In calm times it is the answer at a glance, three causes, and the last and next week.

mod add;
mod band;
mod causes;
mod changed;
#[cfg(test)]
pub(super) mod tests;
mod unwell;
pub(super) mod words;

use crate::{
    app::App,
    desk::Desk,
    page::Page,
    visit::{Html, Json, Visit, Wrong},
};
use axum::{Router, response::IntoResponse, routing::get};
use changed::Added;
use maud::{Markup, html};
use raphe::{
    knowledge::schema::Urgency,
    report::html::{Writer, urgency},
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/now", get(page).post(add::add))
        .route("/now.json", get(json))
        .route("/unwell", get(unwell::page).post(unwell::add))
        .route("/unwell.json", get(json))
        .route("/assets/now.css", get(|| async { super::css(include_str!("../assets/now.css")) }))
        .route("/assets/now.js", get(|| async { super::script(include_str!("../assets/now.js")) }))
}

async fn page(visit: Visit) -> Result<Html, Wrong> {
    let added = visit.forget::<Added>();
    visit.ask(move |desk| show(desk, &add::Draft::blank(desk), added.as_ref())).await
}

async fn json(visit: Visit) -> Result<impl IntoResponse, Wrong> {
    visit.ask(|desk| Json(raphe_json::Assessment::new(&desk.assessment(), desk.knowledge()))).await
}

/// The page, with a form as it was typed and what was added just before.
fn show(desk: &Desk, draft: &add::Draft, added: Option<&Added>) -> Html {
    let (assessment, report) = (desk.assessment(), desk.report());
    let mut writer = Writer::new("now");
    let mut part = |title: &str| -> Option<Markup> {
        let (place, section) =
            report.sections.iter().enumerate().find(|(_, section)| section.title == title)?;
        Some(writer.section(section, &format!("now-{place}"), 2))
    };
    let first = ["Thoughts of suicide", "What to do"].map(&mut part);
    let last = ["Not assessed", "How the diary was read"].map(&mut part);
    let emergency = report.urgency == Urgency::Emergency;
    let to_come = words::hidden(desk).filter(|withheld| withheld.to_come);
    let rest = html! {
        (causes::causes(desk, &assessment))
        (band::band(desk, &assessment))
        @for section in last.iter().flatten() { (section) }
    };
    let body = html! {
        link rel="stylesheet" href="/assets/now.css";
        script src="/assets/now.js" defer {}
        (urgency(report))
        @if let Some(withheld) = &to_come { (desk.instead(withheld)) }
        @if let Some(added) = added.filter(|_| !emergency) { (added.show()) }
        @for section in first.iter().flatten() { (section) }
        (causes::dangers(desk, &assessment))
        @if let Some(added) = added.filter(|_| emergency) { (added.show()) }
        p.doors {
            a.door.main href=(Page::Unwell.path()) { "I feel unwell" }
            a.door href="#add" { "Add to the diary" }
            a.door href=(Page::Report.path()) { "Whole report" }
            a.door href=(Page::Why.path()) { "Why" }
            a.door href=(Page::Together.path()) { "Together" }
        }
        @if emergency {
            details.later {
                summary { "When help is on its way: what is behind it, and what was not assessed" }
                (rest)
            }
            (draft.form(desk))
        } @else {
            div.sides {
                div { (rest) }
                div { (draft.form(desk)) }
            }
        }
        (words::named(&writer, report))
    };
    desk.page(Page::Now, &body)
}
