//! *Diary*: the file itself, with errors under the line and its history.
//!
//! The whole text stands in one field. Below it is a list of the lines that something is to be said of; the script renews it
//! while somebody types, and shows the words under the line itself. What is saved is put together with what others changed
//! meanwhile; where that cannot be decided, both versions stand side by side and nothing is written.

mod history;
mod notices;

use crate::{
    app::App,
    change::{Refusal, uneditable, vanished},
    clock,
    desk::Desk,
    merge::{Conflict, Pick, page_text},
    page::Page,
    pages::{css, script},
    visit::{Html, Json, Note, Posted, Visit, Wrong},
};
use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use raphe::report::html::plain;
use std::collections::BTreeMap;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/diary", get(page).post(save))
        .route("/diary.json", get(json))
        .route("/diary/check", post(check))
        .route("/diary/add", post(add))
        .route("/diary/file", get(download))
        .merge(history::routes())
        .route("/assets/diary.css", get(|| async { css(include_str!("../assets/diary.css")) }))
        .route("/assets/diary.js", get(|| async { script(include_str!("../assets/diary.js")) }))
}

/// What the page shows besides the file: what was sent and not taken.
#[derive(Debug, Clone, Default)]
struct Sent {
    /// The whole text as it was typed, and what it was made from.
    text: Option<(String, String)>,
    /// What is asked about it.
    asked: Vec<Conflict>,
    /// Whether the file is to be written anew.
    gone: bool,
    /// The line that was not added, and why.
    line: Option<(String, Note)>,
}

async fn page(visit: Visit) -> Result<Html, Wrong> {
    visit.ask(|desk| shown(desk, &Sent::default())).await
}

async fn json(visit: Visit) -> Result<impl IntoResponse, Wrong> {
    visit
        .ask(|desk| {
            let name = file_name(&desk.visit.app);
            let read = (clock::now(desk.reading.timeline.person.zone.as_ref()), &desk.zone());
            Json(raphe_json::Lint::new(&name, &desk.reading.notices, desk.knowledge(), read))
        })
        .await
}

/// The name of the file, without the folders that it is in.
fn file_name(app: &App) -> String {
    let path = app.path();
    let name = path.as_deref().and_then(|path| path.file_name());
    name.map_or_else(|| "example.raphe".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// The whole text as a page.
fn shown(desk: &Desk, sent: &Sent) -> Html {
    let app = &desk.visit.app;
    let kept = app.versions().len();
    let whole = app.path().map(|path| std::path::absolute(&path).unwrap_or(path));
    let lines = sent.text.as_ref().map_or_else(|| desk.reading.lines(), |(_, text)| text.lines().count());
    let body = html! {
        link rel="stylesheet" href="/assets/diary.css";
        script src="/assets/diary.js" defer {}
        @if let Some(path) = &whole { p { "Your diary is the file " code { (path.display()) } }
        } @else { p { "This is the example. It is held in memory." } }
        @if let (None, Some(path)) = (&sent.text, &desk.reading.gone) {
            div."note bad" role="alert" {
                p { strong { (plain(&vanished(path).says)) } }
                p { "Put it back, or bring back a kept version: " a href="/diary/history" { "History" } "." }
            }
        }
        @if sent.text.is_none() { (add_form(desk, sent)) }
        h2 id="whole" { "The whole file" }
        ul.ways {
            li { a href="/diary/file" download { "Download it" } }
            @if whole.is_some() { li { a href="/diary/history" { "History (" (kept) " kept)" } } }
        }
        (editor(desk, sent, lines))
    };
    desk.page(Page::Diary, &body)
}

fn add_form(desk: &Desk, sent: &Sent) -> Markup {
    let wrong = sent.line.as_ref();
    html! {
        form.add method="post" action="/diary/add" {
            (desk.secret())
            div.field {
                label for="line" { "Add a line" }
                p.hint id="line-hint" {
                    "For example " code { "take sertraline 50 mg" } " or " code { "feel low mood 6/10" }
                    ". Without a date it counts for now."
                }
                @if let Some((_, note)) = wrong {
                    p.wrong id="line-wrong" role="alert" { strong { (plain(&note.says)) } @if let Some(help) = &note.help { " " (plain(help)) } }
                }
                input id="line" name="line" type="text" autocomplete="off" spellcheck="false" required
                    value=(wrong.map_or("", |(line, _)| line.as_str()))
                    aria-invalid=[wrong.map(|_| "true")]
                    aria-describedby=(if wrong.is_some() { "line-hint line-wrong" } else { "line-hint" });
            }
            button.main { "Add it" }
        }
    }
}

fn editor(desk: &Desk, sent: &Sent, lines: usize) -> Markup {
    let bytes = &desk.reading.bytes;
    let found = match &sent.text {
        Some((_, text)) => notices::of_text(text.as_bytes(), desk.knowledge()),
        None => desk.reading.notices.clone(),
    };
    let text = sent.text.as_ref().map_or_else(|| page_text(bytes), |(_, text)| text.as_str().into());
    if let (None, Some(note)) = (&sent.text, uneditable(bytes)) {
        return html! {
            div.note role="note" { p { strong { (plain(&note.says)) } } @if let Some(help) = &note.help { p { (plain(help)) } } }
            label for="text" { "The text, to read" }
            div.paper { textarea id="text" readonly wrap="off" rows=(rows(lines)) spellcheck="false" { "\n" (page_text(bytes)) } }
            (notices::list(&found, bytes))
        };
    }
    let base = sent.text.as_ref().map_or_else(|| desk.visit.app.base(bytes), |(base, _)| base.clone());
    html! {
        form.editing method="post" action="/diary" id="whole-form" {
            (desk.secret())
            input type="hidden" name="base" value=(base);
            @if !sent.asked.is_empty() { (questions(&sent.asked)) }
            @if sent.gone {
                fieldset {
                    legend { "The file is gone" }
                    label.choice { input type="checkbox" name="anew" value="yes"; " Write it anew with the text below" }
                }
            }
            div.field {
                label for="text" { "The text, one event a line" }
                p.hint id="text-hint" { "Save writes the whole file. Earlier versions are kept." }
                div.paper data-paper {
                    div.gutter aria-hidden="true" {}
                    textarea id="text" name="text" wrap="off" rows=(rows(lines)) spellcheck="false" autocomplete="off"
                        autocapitalize="off" aria-describedby="text-hint said" { "\n" (text) }
                    div.said id="said" role="status" hidden {}
                }
            }
            p.acts {
                button.main { "Save" }
                a href="/diary" { "Leave my changes out" }
            }
        }
        (notices::list(&found, text.as_bytes()))
    }
}

/// So many lines are seen at once.
fn rows(lines: usize) -> usize {
    (lines + 2).clamp(10, 28)
}

/// Lines that both the person and somebody else changed.
fn questions(asked: &[Conflict]) -> Markup {
    let side = |lines: &[String]| {
        html! {
            @if lines.is_empty() { p.hint { "(the line is taken out)" } }
            @else { pre { @for line in lines { (line) "\n" } } }
        }
    };
    html! {
        div."note bad" role="alert" {
            p { strong { "The file was changed meanwhile, in the same place as yours. Nothing was written." } }
            p { "Your text is below. Choose which lines to keep, then save again." }
        }
        @for (place, conflict) in asked.iter().enumerate() {
            fieldset.asked {
                legend { "Line " (conflict.line) }
                div.cards {
                    div.card { h3 { "In the file now" } (side(&conflict.theirs)) }
                    div.card { h3 { "Yours" } (side(&conflict.ours)) }
                }
                div.choices {
                    @for (value, says) in [("theirs", "Keep the file's"), ("ours", "Keep mine"), ("both", "Keep both")] {
                        label.choice {
                            input type="radio" name=(format!("pick-{}", conflict.key)) value=(value) required[place == 0 && value == "theirs"];
                            " " (says)
                        }
                    }
                }
            }
        }
    }
}

async fn save(visit: Visit, form: Posted) -> Result<Response, Wrong> {
    let picks: BTreeMap<String, Pick> = form
        .iter()
        .filter_map(|(name, value)| {
            let pick = match value {
                "theirs" => Pick::Theirs,
                "ours" => Pick::Ours,
                "both" => Pick::Both,
                _ => return None,
            };
            Some((name.strip_prefix("pick-")?.to_owned(), pick))
        })
        .collect();
    let (base, text) = (form.get("base").to_owned(), form.raw("text").to_owned());
    let anew = form.get("anew") == "yes";
    let (sent_base, sent_text) = (base.clone(), text.clone());
    let done = visit.change(move |app| app.edit(&base, &text, &picks, anew)).await?;
    let mut sent = Sent { text: Some((sent_base, sent_text)), ..Sent::default() };
    let status = match done {
        Ok(edited) => {
            let says = match edited.merged {
                true => {
                    "Saved. Another program had changed the file meanwhile; its changes are in it as well."
                }
                false => "Saved.",
            };
            return Ok(visit.back("/diary", Some(saved(says, edited.unkept))));
        }
        Err(Refusal::Asked(asked)) => {
            sent.asked = asked;
            StatusCode::CONFLICT
        }
        Err(Refusal::Gone(path)) => {
            sent.gone = true;
            let help = "Your text is below. Put the file back, or choose to write it anew.";
            visit.remember(Note::bad(vanished(&path).says, help));
            StatusCode::CONFLICT
        }
        Err(Refusal::Said(note)) => {
            let help = format!("Nothing was saved; your text is below. {}", note.help.unwrap_or_default());
            visit.remember(Note::bad(note.says, help));
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    visit.ask(move |desk| (status, shown(desk, &sent)).into_response()).await
}

/// What to say after something was written.
fn saved(says: &str, unkept: Option<String>) -> Note {
    Note { help: unkept.map(|why| format!("But {why}.")), ..Note::done(says) }
}

async fn add(visit: Visit, form: Posted) -> Result<Response, Wrong> {
    let typed = form.get("line").to_owned();
    let line = {
        let typed = typed.clone();
        visit.ask(move |desk| dated(&typed, desk.reading.timeline.person.zone.as_ref())).await?
    };
    let written = line.clone();
    match visit.change(move |app| app.add(&[line])).await? {
        Ok(notices) => {
            let help: Vec<String> = notices.iter().map(|notice| notice.says.clone()).collect();
            let help = (!help.is_empty()).then(|| format!("{}.", help.join("; ")));
            Ok(visit.back("/diary", Some(Note { help, ..Note::done(format!("Added: {written}")) })))
        }
        Err(note) => {
            let sent = Sent { line: Some((typed, note)), ..Sent::default() };
            let page = visit.ask(move |desk| shown(desk, &sent)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// A line with the date and time of now, if it has none of its own and needs one.
fn dated(line: &str, zone: Option<&TimeZone>) -> String {
    let first = line.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
    let whole = line.starts_with(|c: char| c.is_ascii_digit() || c == ';');
    if line.is_empty() || whole || matches!(first.as_str(), "profile" | "gene") {
        return line.to_owned();
    }
    let now = clock::now(zone).to_zoned(zone.cloned().unwrap_or(TimeZone::UTC));
    format!("{} {line}", now.strftime("%Y-%m-%d %H:%M"))
}

/// How a text would be read, while it is typed.
async fn check(visit: Visit, form: Posted) -> Result<Html, Wrong> {
    let text = form.raw("text").to_owned();
    visit
        .change(move |app| {
            let found = notices::of_text(text.as_bytes(), app.knowledge);
            Html(notices::list(&found, text.as_bytes()))
        })
        .await
}

async fn download(State(app): State<App>, _: Visit) -> Result<Response, Wrong> {
    let (bytes, _) = app.bytes()?;
    let name: String = file_name(&app)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' })
        .collect();
    let place = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, place)], bytes).into_response())
}

#[cfg(test)]
mod tests;
