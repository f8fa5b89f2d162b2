//! *Substances*: the knowledge, to browse and search.
//!
//! Everything here is public knowledge and nothing is about the person, so ids stand in the path. What is typed into the search
//! is not: it comes by POST, and where the script runs it never leaves the page. The rows are those of
//! [`raphe::report::sheet`], which `raphe knowledge show` prints too.
//!
//! ```text
//!   /substances            by class, with a filter        /substances/ID           one of them
//!   /knowledge/SHELF       the other subjects             /knowledge/SHELF/ID      one of those
//!   /knowledge/sources     by letter                      /knowledge/sources/a
//! ```

mod list;
mod sheet;
mod shelves;
#[cfg(test)]
mod tests;

use crate::{
    app::App,
    page::Page,
    visit::{Html, Json, Posted, Visit, Wrong},
};
use axum::{
    Router,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use raphe::report::sheet::Subject;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/substances", get(all).post(search))
        .route("/substances.json", get(all_json))
        .route("/substances/{id}", get(one))
        .route("/knowledge/{shelf}", get(shelves::shelf))
        .route("/knowledge/{shelf}/{id}", get(shelves::one))
        .route(
            "/assets/substances.css",
            get(|| async { super::css(include_str!("../assets/substances.css")) }),
        )
        .route(
            "/assets/substances.js",
            get(|| async { super::script(include_str!("../assets/substances.js")) }),
        )
}

async fn all(visit: Visit) -> Result<Html, Wrong> {
    visit.ask(|desk| desk.page(Page::Substances, &list::page(desk, None))).await
}

/// What the script does on the page, for browsers without it.
async fn search(visit: Visit, form: Posted) -> Result<Html, Wrong> {
    visit.ask(move |desk| desk.page(Page::Substances, &list::page(desk, Some(form.get("name"))))).await
}

async fn all_json(visit: Visit) -> Result<impl IntoResponse, Wrong> {
    visit
        .ask(|desk| Json(raphe_json::Substances::new(desk.knowledge(), (desk.reading.as_of, &desk.zone()))))
        .await
}

async fn one(visit: Visit, Path(name): Path<String>) -> Result<Response, Wrong> {
    let (id, json) = asked(&name);
    let id = id.to_owned();
    visit
        .ask(move |desk| {
            let knowledge = desk.knowledge();
            let Some(item) = knowledge.substance(&id) else {
                return missing(knowledge.suggest_substance(&id).as_slice()).into_response();
            };
            if json {
                return Json(item).into_response();
            }
            let body = sheet::page(desk, &Subject::Substance(item), ("/substances", "All substances"));
            desk.page_called(Page::Substances, &item.names.inn, &format!("/substances/{id}"), &body)
                .into_response()
        })
        .await
}

/// What a last part of a path asks for: an id, and whether as JSON.
fn asked(name: &str) -> (&str, bool) {
    match name.strip_suffix(".json") {
        Some(id) => (id, true),
        None => (name, false),
    }
}

/// There is nothing of this name.
fn missing(near: &[String]) -> Wrong {
    let help = match near {
        [] => "The page “Substances” lists all there are.".to_owned(),
        some => format!("Did you mean {}? The page “Substances” lists all there are.", some.join(" or ")),
    };
    Wrong { status: StatusCode::NOT_FOUND, says: "Nothing of this name is known here.".to_owned(), help }
}
