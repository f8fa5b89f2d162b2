//! *Now*: how urgent, which way, why, what to do.

use crate::{
    app::App,
    page::Page,
    visit::{Html, Json, Visit, Wrong},
};
use axum::{Router, response::IntoResponse, routing::get};
use maud::html;
use raphe::report::html::{Writer, urgency};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/now", get(page)).route("/now.json", get(json))
}

async fn page(visit: Visit) -> Result<Html, Wrong> {
    visit
        .ask(|desk| {
            let report = desk.report();
            let mut writer = Writer::new("now");
            let sections: Vec<_> = report
                .sections
                .iter()
                .enumerate()
                .map(|(place, section)| writer.section(section, &format!("now-{place}"), 2))
                .collect();
            let body = html! {
                (urgency(&report))
                @for section in &sections { (section) }
                (writer.sources(&report.sources, 2))
            };
            desk.page(Page::Now, &body)
        })
        .await
}

async fn json(visit: Visit) -> Result<impl IntoResponse, Wrong> {
    visit.ask(|desk| Json(raphe_json::Assessment::new(&desk.assessment(), desk.knowledge()))).await
}
