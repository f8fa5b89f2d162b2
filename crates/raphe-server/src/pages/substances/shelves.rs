//! The other subjects of the base: questionnaires, factors, ways back, criteria, look-alikes, the model, the sources.

use super::{asked, missing, sheet};
use crate::{
    desk::Desk,
    page::Page,
    visit::{Json, Visit, Wrong},
};
use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use raphe::{
    knowledge::{Knowledge, schema::Reference},
    report::{
        html::linked,
        reference_line,
        sheet::{Subject, parameters},
    },
};
use std::collections::BTreeMap;

/// Name in the path, name in words, what stands there.
const SHELVES: [(&str, &str, &str); 7] = [
    (
        "questionnaires",
        "Questionnaires",
        "What can be asked, how totals are read, and what they cannot tell.",
    ),
    ("factors", "Factors", "What may add to how somebody feels, and how sure that is."),
    (
        "guidance",
        "Ways back",
        "What may help, for whom, with the size of its effect and who should take care.",
    ),
    ("criteria", "Criteria", "Published rules by which clinicians recognize serotonin toxicity."),
    ("lookalikes", "Look-alikes", "Conditions that look like serotonin toxicity, and what tells them apart."),
    ("model", "The model", "Parameters of the modeled synapse."),
    ("sources", "Sources", "Every source that a fact rests on, by its key."),
];

/// Where a subject has its page.
pub(super) fn path(subject: &Subject<'_>) -> String {
    let shelf = match subject {
        Subject::Substance(_) => return format!("/substances/{}", subject.id()),
        Subject::Questionnaire(_) => "questionnaires",
        Subject::Factor(_) => "factors",
        Subject::Guidance(_) => "guidance",
        Subject::Criterion(_) => "criteria",
        Subject::Rival(_) => "lookalikes",
    };
    format!("/knowledge/{shelf}/{}", subject.id())
}

/// The ways between the shelves.
pub(super) fn tabs(here: &str) -> Markup {
    html! {
        nav aria-label="Kinds of knowledge" {
            ul.inline {
                li { a href="/substances" aria-current=[(here == "/substances").then_some("page")] { "Substances" } }
                @for (shelf, name, _) in SHELVES {
                    li { a href=(format!("/knowledge/{shelf}")) aria-current=[(here == shelf).then_some("page")] { (name) } }
                }
            }
        }
    }
}

/// The subjects of a shelf; none on those that have pages of another kind.
fn subjects<'k>(knowledge: &'k Knowledge, shelf: &str) -> Vec<Subject<'k>> {
    let base = knowledge.base();
    match shelf {
        "questionnaires" => base.questionnaires.iter().map(Subject::Questionnaire).collect(),
        "factors" => base.factors.iter().map(Subject::Factor).collect(),
        "guidance" => base.guidance.iter().map(Subject::Guidance).collect(),
        "criteria" => base.criteria.iter().map(Subject::Criterion).collect(),
        "lookalikes" => base.rivals.iter().map(Subject::Rival).collect(),
        _ => Vec::new(),
    }
}

/// A shelf.
pub(super) async fn shelf(visit: Visit, Path(name): Path<String>) -> Result<Response, Wrong> {
    let (shelf, json) = asked(&name);
    let known = SHELVES.iter().find(|(known, ..)| *known == shelf).copied();
    visit
        .ask(move |desk| {
            let Some((shelf, name, says)) = known else { return missing(&[]).into_response() };
            let base = desk.knowledge().base();
            if json {
                return match shelf {
                    "questionnaires" => Json(&base.questionnaires).into_response(),
                    "factors" => Json(&base.factors).into_response(),
                    "guidance" => Json(&base.guidance).into_response(),
                    "criteria" => Json(&base.criteria).into_response(),
                    "lookalikes" => Json(&base.rivals).into_response(),
                    "model" => Json(&base.synapse).into_response(),
                    _ => Json(&base.references).into_response(),
                };
            }
            let path = format!("/knowledge/{shelf}");
            let body = match shelf {
                "model" => {
                    sheet::body(desk, says, &parameters(desk.knowledge()), ("/substances", "All substances"))
                }
                "sources" => letters(desk, says),
                _ => list(&subjects(desk.knowledge(), shelf), shelf, says),
            };
            desk.page_called(Page::Substances, name, &path, &body).into_response()
        })
        .await
}

/// One subject of a shelf, or the sources of one letter.
pub(super) async fn one(
    visit: Visit,
    Path((shelf, name)): Path<(String, String)>,
) -> Result<Response, Wrong> {
    let known = SHELVES.iter().find(|(known, ..)| *known == shelf).copied();
    visit
        .ask(move |desk| {
            let Some((shelf, title, _)) = known else { return missing(&[]).into_response() };
            let (id, json) = asked(&name);
            let path = format!("/knowledge/{shelf}");
            if shelf == "sources" {
                return of_letter(desk, id, json);
            }
            let subjects = subjects(desk.knowledge(), shelf);
            let Some(subject) = subjects.iter().find(|subject| subject.id() == id) else {
                return missing(&[]).into_response();
            };
            if json {
                return match subject {
                    Subject::Substance(item) => Json(item).into_response(),
                    Subject::Questionnaire(item) => Json(item).into_response(),
                    Subject::Factor(item) => Json(item).into_response(),
                    Subject::Guidance(item) => Json(item).into_response(),
                    Subject::Criterion(item) => Json(item).into_response(),
                    Subject::Rival(item) => Json(item).into_response(),
                };
            }
            let body = sheet::page(desk, subject, (&path, title));
            desk.page_called(Page::Substances, subject.name(), &format!("{path}/{id}"), &body).into_response()
        })
        .await
}

fn list(subjects: &[Subject<'_>], shelf: &str, says: &str) -> Markup {
    html! {
        link rel="stylesheet" href="/assets/substances.css";
        (tabs(shelf))
        p.asks { (says) }
        ul { @for subject in subjects { li { a href=(path(subject)) { (subject.name()) } } } }
    }
}

/// All letters with which a key begins, and the sources of each.
fn by_letter(knowledge: &Knowledge) -> BTreeMap<char, Vec<&Reference>> {
    let mut letters: BTreeMap<char, Vec<&Reference>> = BTreeMap::new();
    for found in &knowledge.base().references {
        let letter = found.key.chars().next().unwrap_or('_').to_ascii_lowercase();
        letters.entry(letter).or_default().push(found);
    }
    letters
}

fn letters(desk: &Desk, says: &str) -> Markup {
    let letters = by_letter(desk.knowledge());
    html! {
        link rel="stylesheet" href="/assets/substances.css";
        (tabs("sources"))
        p.asks { (says) }
        ul.inline {
            @for (letter, sources) in &letters {
                li { a href=(format!("/knowledge/sources/{letter}")) { (letter.to_ascii_uppercase()) " (" (sources.len()) ")" } }
            }
        }
        p { "All in one file: " a href="/knowledge/sources.json" { "every source as JSON" } "." }
    }
}

fn of_letter(desk: &Desk, name: &str, json: bool) -> Response {
    let letters = by_letter(desk.knowledge());
    let mut name_letters = name.chars();
    let (Some(letter), None) = (name_letters.next(), name_letters.next()) else {
        return missing(&[]).into_response();
    };
    let Some(sources) = letters.get(&letter) else { return missing(&[]).into_response() };
    if json {
        return Json(sources).into_response();
    }
    let body = html! {
        link rel="stylesheet" href="/assets/substances.css";
        p.up { a href="/knowledge/sources" { "← Sources" } }
        ul.sources-of-letter {
            @for found in sources { li id=(found.key) { p { code { (found.key) } " " (linked(&reference_line(found))) } } }
        }
    };
    let title = format!("Sources: {}", letter.to_ascii_uppercase());
    desk.page_called(Page::Substances, &title, &format!("/knowledge/sources/{letter}"), &body).into_response()
}
