//! *Mood and factors*: questionnaires, scores over time, what adds to it, ways to balance.
//!
//! What somebody told comes first (scores with their cut-offs), then how to tell more (questionnaires), then what the article
//! calls low serotonin with everything else that causes it, what may play a part, and what can help, in the order of the
//! engine. The sentences are those of the report; here each way is a card that opens. Where something has to be done today,
//! only the scores and the questionnaires are left.

mod form;
mod scores;
#[cfg(test)]
mod tests;

use super::words::on_pages;
use crate::{
    app::App,
    desk::Desk,
    page::Page,
    visit::{Html, Json, Visit, Wrong},
};
use axum::{
    Router,
    response::IntoResponse,
    routing::{get, post},
};
use maud::{Markup, html};
use raphe::{
    knowledge::schema::{Certainty, Guidance},
    report::{
        self, Item, LowSide, Section,
        html::{Writer, plain, prose},
    },
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/mood", get(page))
        .route("/mood.json", get(json))
        .route("/mood/choose", post(form::choose))
        .route("/mood/form", get(form::page).post(form::post))
        .route("/mood/form.json", get(form::json))
        .route("/assets/mood.css", get(|| async { super::css(include_str!("../assets/mood.css")) }))
}

/// Crisis lines are due on the next page, whatever the diary says as a whole.
#[derive(Debug, Clone, Copy)]
struct CrisisDue;

async fn page(visit: Visit) -> Result<Html, Wrong> {
    visit.ask(show).await
}

async fn json(visit: Visit) -> Result<impl IntoResponse, Wrong> {
    visit.ask(|desk| Json(raphe_json::Assessment::new(&desk.assessment(), desk.knowledge()))).await
}

fn show(desk: &Desk) -> Html {
    let assessment = desk.assessment();
    let side = report::low_side(&assessment, desk.knowledge(), desk.voice());
    let withheld = desk.withheld();
    let crisis = desk.visit.forget::<CrisisDue>().is_some() && !assessment.suicide_path;
    let mut writer = Writer::new("mood");
    let safety = side.safety.as_ref().map(|section| section_of(&mut writer, section, "safety"));
    let scores = scores::cards(desk, &side, withheld.is_none(), &mut writer);
    let questionnaires = form::choices(desk);
    let rest = match &withheld {
        Some(withheld) => desk.instead(withheld),
        None if side.acute => html! {
            section {
                h2 { "What can help" }
                p { "Something else has to be done today: " a href="/now" { "what to do now" } ". What helps in the long run can wait until then." }
            }
        },
        None => low(desk, &side, &mut writer),
    };
    let body = html! {
        link rel="stylesheet" href="/assets/mood.css";
        @if crisis { (lines(desk)) }
        @if let Some(safety) = &safety { (safety) }
        (scores)
        (questionnaires)
        (rest)
        @if !side.sources.is_empty() { (writer.sources(&side.sources, 2)) }
    };
    desk.page(Page::Mood, &body)
}

/// Whom to call.
fn lines(desk: &Desk) -> Markup {
    html! {
        aside.danger aria-label="If you are thinking of ending your life" {
            @for line in report::crisis_lines(&desk.assessment().help) { p { (prose(&line)) } }
        }
    }
}

/// A section of the report as the pages say it.
fn section_of(writer: &mut Writer, section: &Section, id: &str) -> Markup {
    let items = section.items.iter().map(paged).collect();
    writer.section(&Section { title: section.title.clone(), items }, &format!("mood-{id}"), 2)
}

/// An item in the words of the pages.
fn paged(item: &Item) -> Item {
    Item { text: on_pages(&item.text), under: item.under.iter().map(paged).collect(), ..item.clone() }
}

/// Features, factors, other causes and ways back.
fn low(desk: &Desk, side: &LowSide, writer: &mut Writer) -> Markup {
    let nothing = side.features.is_none() && side.factors.is_none() && side.ways.is_none();
    html! {
        @if nothing {
            section {
                h2 { "What may play a part, and what can help" }
                p {
                    "The diary holds nothing yet that this could be said of. A questionnaire above, or a line such as "
                    code { "feel low mood 6/10" } ", is a beginning."
                }
            }
        }
        @if let Some(section) = &side.features { (section_of(writer, section, "features")) }
        @if let Some(section) = &side.factors { (section_of(writer, section, "factors")) }
        @if let Some(section) = &side.rule_outs { (section_of(writer, section, "causes")) }
        @if let Some(section) = &side.ways { (ways(desk, section, writer)) }
    }
}

/// The ways back, each under its name.
fn ways(desk: &Desk, section: &Section, writer: &mut Writer) -> Markup {
    let items: Vec<Item> = section.items.iter().map(paged).collect();
    html! {
        section {
            h2 id="mood-ways" { (plain(&section.title)) }
            ul.ways {
                @for item in &items {
                    @match item.mark.as_deref().filter(|_| !item.under.is_empty()).map(|mark| (mark, way(desk, mark))) {
                        Some((mark, way)) => li.way {
                            details {
                                summary {
                                    strong { (plain(mark)) }
                                    // A first step without an effect of its own has no evidence to weigh.
                                    @if let Some(way) = way.filter(|way| !way.effects.is_empty()) { " " span.evidence { (weight(way.certainty)) } }
                                }
                                ul.in-way { (writer.item(&Item { mark: None, ..item.clone() })) }
                            }
                        },
                        None => (writer.item(item)),
                    }
                }
            }
        }
    }
}

/// The piece of guidance whose name an item bears.
fn way<'k>(desk: &Desk, mark: &str) -> Option<&'k Guidance> {
    let all = desk.knowledge().base().guidance.iter();
    all.filter(|item| mark.starts_with(&item.name)).max_by_key(|item| item.name.len())
}

/// How much the evidence weighs, beside a name.
fn weight(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::High => "strong evidence",
        Certainty::Moderate => "fair evidence",
        Certainty::Low => "weak evidence",
        Certainty::VeryLow => "very weak evidence",
        Certainty::Refuted => "evidence against it",
    }
}
