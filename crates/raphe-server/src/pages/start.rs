//! *Your own diary*: first run. Five questions make a profile, what is taken makes the first lines, and the file is there.
//!
//! Nothing must be answered. Each question says why it is asked. What cannot be read is shown beside its field, with what was
//! typed, and no file is made until all of it reads. A file that is there already is never written over.

mod form;

use crate::{
    app::App,
    desk::Desk,
    page::Page,
    pages::script,
    store,
    visit::{Html, Note, Posted, Visit, Wrong},
};
use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use form::{Answers, COUNTRIES, OFTEN, Row};
use maud::{Markup, html};
use raphe::report::html::plain;
use std::path::PathBuf;

/// So many medicines can be written down at once; the rest is added later.
const MOST: usize = 40;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/start", get(page).post(begin))
        .route("/assets/start.js", get(|| async { script(include_str!("../assets/start.js")) }))
}

async fn page(visit: Visit) -> Result<Html, Wrong> {
    visit.ask(|desk| shown(desk, &Answers::empty())).await
}

/// Where the diary is begun, written in full.
fn place(app: &App) -> PathBuf {
    let path = app.path().unwrap_or_else(|| app.options.fresh.clone());
    std::path::absolute(&path).unwrap_or(path)
}

fn shown(desk: &Desk, answers: &Answers) -> Html {
    let place = place(&desk.visit.app);
    let begun = desk.visit.app.path().is_some() && desk.reading.exists;
    let taken = !begun && !matches!(store::read(&place), Ok(None));
    let body = html! {
        link rel="stylesheet" href="/assets/diary.css";
        @if begun {
            p { "You have a diary already: " code { (place.display()) } }
            p { a href="/now" { "Look at it" } }
        } @else if taken {
            p { "There is something with the name " code { (place.display()) } " already. Nothing is written over it." }
            p { "To see it, stop the program where you started it (Ctrl-C) and type " code { "raphe serve " (place.display()) } }
        } @else {
            (questions(desk, answers, &place))
        }
    };
    desk.page(Page::Start, &body)
}

fn questions(desk: &Desk, answers: &Answers, place: &std::path::Path) -> Markup {
    html! {
        script src="/assets/start.js" defer {}
        p { "Five questions about you, and what you take. Leave out what you do not want to say. All of it goes into one file on this machine, "
            code { (place.display()) } ", and nowhere else." }
        form.start method="post" action="/start" {
            (desk.secret())
            fieldset {
                legend { "About you" }
                (text_field(answers, "born", "When were you born?", "Year, or year and month, such as 1971-05. Age changes how long a medicine stays.", "bday"))
                div.field {
                    label for="sex" { "Sex" }
                    p.hint id="sex-hint" { "As the body handles medicines." }
                    (wrong(answers, "sex"))
                    select id="sex" name="sex" aria-describedby="sex-hint" {
                        @for (value, says) in [("", "I leave it out"), ("female", "Female"), ("male", "Male")] {
                            option value=(value) selected[answers.get("sex") == value] { (says) }
                        }
                    }
                }
                div.field {
                    label for="country" { "Country" }
                    p.hint id="country-hint" { "So that the right emergency number and poison center are shown." }
                    (wrong(answers, "country"))
                    select id="country" name="country" aria-describedby="country-hint" {
                        option value="" { "I leave it out, or it is not here" }
                        @for (code, name) in COUNTRIES {
                            option value=(code) selected[answers.get("country") == code] { (name) }
                        }
                    }
                }
                (text_field(answers, "weight", "Weight", "With its unit, such as 62 kg or 140 lb. The same dose weighs more in a small body.", "off"))
                fieldset role="group" aria-describedby="matters-hint" {
                    legend { "Does any of these hold for you?" }
                    p.hint id="matters-hint" { "They change how medicines work or leave the body." }
                    div.choices { @for (name, says) in [("pregnant", "I am pregnant"), ("smoker", "I smoke tobacco"), ("liver", "My liver is not well (a doctor told me)")] {
                        label.choice { input type="checkbox" name=(name) value="yes" checked[answers.get(name) == "yes"]; " " (says) }
                    } }
                    (text_field(answers, "egfr", "Kidney value (eGFR), if you know it", "A number from a blood test, such as 45. Weak kidneys keep some medicines longer.", "off"))
                }
                (text_field(answers, "zone", "Time zone", "Such as Europe/London. Your times are read and shown in it. If your browser tells it, it stands here.", "off"))
            }
            fieldset {
                legend { "What do you take?" }
                p.hint { "Everything counts: from a doctor, from a shop, herbs, drugs. One row each. You can add more any time." }
                @for (place, row) in answers.rows.iter().enumerate() { (row_fields(place, row)) }
                @if answers.rows.len() < MOST {
                    p { button name="act" value="more" formnovalidate { "Add a row" } }
                }
            }
            p { button.main name="act" value="begin" { "Begin my diary" } }
            p.hint { "This makes the file " code { (place.display()) } "." }
        }
    }
}

/// What is wrong with an answer.
fn wrong(answers: &Answers, name: &str) -> Markup {
    html! { @if let Some(wrong) = answers.wrong(name) { p.wrong id=(format!("{name}-wrong")) { strong { (plain(wrong)) } } } }
}

/// A field of one line with its question, why it is asked, and what is wrong with what was typed.
fn text_field(answers: &Answers, name: &str, asks: &str, why: &str, fill: &str) -> Markup {
    field(name, name, asks, why, answers.get(name), answers.wrong(name), fill)
}

fn field(
    id: &str,
    name: &str,
    asks: &str,
    why: &str,
    value: &str,
    wrong: Option<&str>,
    fill: &str,
) -> Markup {
    let described = match wrong {
        Some(_) => format!("{id}-hint {id}-wrong"),
        None => format!("{id}-hint"),
    };
    html! {
        div.field {
            label for=(id) { (asks) }
            p.hint id=(format!("{id}-hint")) { (why) }
            @if let Some(wrong) = wrong { p.wrong id=(format!("{id}-wrong")) { strong { (plain(wrong)) } } }
            input id=(id) name=(name) type="text" value=(value) autocomplete=(fill) spellcheck="false"
                aria-invalid=[wrong.map(|_| "true")] aria-describedby=(described);
        }
    }
}

fn row_fields(place: usize, row: &Row) -> Markup {
    let id = |name: &str| format!("{name}-{place}");
    html! {
        fieldset.row {
            legend { "Medicine " (place + 1) }
            @if let Some(wrong) = &row.wrong { p.wrong id=(id("wrong")) role="alert" { strong { (plain(wrong)) } } }
            div.cards {
                (field(&id("name"), "name", "Name", "Of the substance or the brand, such as sertraline.", &row.name, None, "off"))
                (field(&id("dose"), "dose", "Dose", "Each time, with its unit, such as 50 mg. ? if you do not know.", &row.dose, None, "off"))
                div.field {
                    label for=(id("often")) { "How often" }
                    p.hint id=(id("often-hint")) { "The usual way." }
                    select id=(id("often")) name="often" aria-describedby=(id("often-hint")) {
                        @for (value, says) in OFTEN { option value=(value) selected[row.often == value] { (says) } }
                    }
                }
                (field(&id("since"), "since", "Since when", "Day, month or year: 2026-03-01, 2026-03 or 2026.", &row.since, None, "off"))
            }
            @if row.unknown {
                @if !row.near.is_empty() {
                    p { "Did you mean " (row.near.join(" or ")) "? Then write it so above." }
                }
                label.choice {
                    input type="checkbox" name=(format!("sure-{place}")) value="yes" checked[row.sure];
                    " It is called just that: write it down, though nothing can be said of it."
                }
            }
            @if !row.sure && !row.unknown { input type="hidden" name=(format!("sure-{place}")) value=""; }
        }
    }
}

async fn begin(visit: Visit, form: Posted) -> Result<Response, Wrong> {
    let mut answers = Answers::of(&form);
    if form.get("act") == "more" {
        answers.rows.push(Row::default());
        answers.rows.truncate(MOST);
        return visit.ask(move |desk| shown(desk, &answers).into_response()).await;
    }
    let lines = answers.lines(visit.app.knowledge);
    let place = place(&visit.app);
    let Some(lines) = lines else {
        visit.remember(Note::bad(
            "Not all of it could be read.",
            "Look at the marked fields. No file was made yet.",
        ));
        return refused(&visit, answers, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    if visit.app.path().is_some() && matches!(store::read(&place), Ok(Some(_))) {
        return Ok(visit.back("/start", None));
    }
    let text = lines.join("\n") + "\n";
    let path = visit.app.path().unwrap_or_else(|| place.clone());
    match visit.change(move |app| app.begin(&path, text.as_bytes())).await? {
        Ok(()) => {
            let says = format!("Your diary is begun: {}", place.display());
            let help = "Next time start with this file: raphe serve and its name.";
            Ok(visit.back("/now", Some(Note { help: Some(help.to_owned()), ..Note::done(says) })))
        }
        Err(note) => {
            visit.remember(note);
            refused(&visit, answers, StatusCode::CONFLICT).await
        }
    }
}

async fn refused(visit: &Visit, answers: Answers, status: StatusCode) -> Result<Response, Wrong> {
    visit.ask(move |desk| (status, shown(desk, &answers)).into_response()).await
}

#[cfg(test)]
mod tests;
