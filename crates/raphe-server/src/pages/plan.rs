//! *Plan*: switch or stop, with both curves, the days to wait, and dates.
//!
//! What is asked comes by POST and is kept as this browser's draft; the page then works it out of the diary as it is. A plan needs
//! a long simulation, so its answer is kept beside the draft until the diary or the question changes, and the script says
//! that it is being worked out. All virtual people are asked: with fewer the number of days could be another.
//!
//! ```text
//!   draft ─▶ work ─▶ show (dates, steps, words of `report::plan`) ─▶ lines in the diary, when agreed
//!              └───▶ curves (the diary with the steps in it, simulated)
//! ```

mod curves;
mod draft;
mod show;
#[cfg(test)]
mod tests;
mod work;

use crate::{
    app::App,
    page::Page,
    visit::{Html, Json, Note, Posted, Visit, Wrong},
};
use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use draft::Draft;
use raphe::timeline::diary::Diary;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/plan", get(page).post(ask))
        .route("/plan.json", get(json))
        .route("/plan/write", post(write))
        .route("/assets/plan.css", get(|| async { super::css(include_str!("../assets/plan.css")) }))
        .route("/assets/plan.js", get(|| async { super::script(include_str!("../assets/plan.js")) }))
}

async fn page(visit: Visit) -> Result<Html, Wrong> {
    visit
        .ask(|desk| {
            let draft = desk.visit.recall::<Draft>();
            // Nothing is worked out while an overdose stands in the diary as something to come.
            let to_come = desk.withheld().is_some_and(|withheld| withheld.to_come);
            let worked = draft.as_ref().filter(|_| !to_come).map(|draft| work::worked(desk, draft));
            desk.page(Page::Plan, &show::page(desk, draft.as_ref(), worked.as_ref()))
        })
        .await
}

async fn ask(visit: Visit, form: Posted) -> Response {
    if form.get("clear").is_empty() {
        visit.remember(Draft::of(&form));
        visit.back("/plan#plan", None)
    } else {
        visit.forget::<Draft>();
        visit.back("/plan", None)
    }
}

async fn json(visit: Visit) -> Result<Response, Wrong> {
    visit
        .ask(|desk| {
            let Some(draft) = desk.visit.recall::<Draft>() else {
                return refused("nothing was asked", "say on the page “Plan” what to plan");
            };
            let withheld = desk.withheld();
            if withheld.as_ref().is_some_and(|withheld| withheld.to_come) {
                return refused(
                    "a dose far above the highest recommended is to come",
                    "the page “Plan” says whom to call",
                );
            }
            match &work::worked(desk, &draft).answer {
                Ok(plan) if withheld.is_some() => {
                    Json(raphe_json::Plan::new(&work::bare(plan), desk.knowledge())).into_response()
                }
                Ok(plan) => Json(raphe_json::Plan::new(plan, desk.knowledge())).into_response(),
                Err(wrong) => refused(&wrong.says, wrong.help.as_deref().unwrap_or_default()),
            }
        })
        .await
}

/// There is no plan to give as JSON.
fn refused(says: &str, help: &str) -> Response {
    (StatusCode::NOT_FOUND, Json(serde_json::json!({ "error": says, "help": help }))).into_response()
}

/// Writes the steps of the plan into the diary, once somebody said that they are agreed.
async fn write(visit: Visit, form: Posted) -> Result<Response, Wrong> {
    let agreed = !form.get("agreed").is_empty();
    visit
        .ask(move |desk| {
            let back = |note: Note| desk.visit.back("/plan#plan", Some(note));
            let worked = desk.visit.recall::<Draft>().map(|draft| work::worked(desk, &draft));
            let plan = worked.as_ref().and_then(|worked| worked.answer.as_ref().ok());
            let lines = plan.map_or_else(Vec::new, |plan| work::lines(desk, plan));
            // What is written is what the page showed: the diary or the day may be another by now.
            let shown: Vec<&str> = form.all("line").collect();
            if lines.is_empty() || shown != lines {
                let help = "Nothing was written. Look at the plan as it is now, and press the button again.";
                return back(Note::bad("The plan is another by now.", help));
            }
            if !agreed {
                let help = "Nothing was written. Tick the box when the prescriber has agreed to these steps.";
                return back(Note::bad("Is this plan agreed?", help));
            }
            let known = Diary::read(&desk.reading.bytes);
            let new: Vec<String> =
                lines.into_iter().filter(|line| !known.lines().any(|old| old.trim() == line)).collect();
            match desk.visit.app.add(&new) {
                Ok(_) => back(Note::done(
                    "The steps stand in the diary as planned lines. Each counts from its day on; change or \
                                          delete a line if it goes another way.",
                )),
                Err(note) => back(note),
            }
        })
        .await
}
