//! *What if*: add, stop, move or change something and see both futures.
//!
//! A draft of changes is kept for each browser ([`draft`]); forms and sliders change it ([`form`]), the engine is asked for the
//! person with and without it ([`futures`]), and both are shown side by side ([`show`]). The diary is written only at the
//! end, by a form of its own, and never with a dose of which nothing is worked out.
//!
//! ```text
//!   slider ── POST redraw ──▶ draft ─▶ futures ─▶ three parts of the page, with few people
//!   at rest ─ the same, with all people
//!   forms ─── POST change, remove, slide ──▶ draft ─▶ the page
//!   agreed ── POST write ──▶ diary
//! ```

mod draft;
mod form;
mod futures;
mod show;
#[cfg(test)]
mod tests;

use crate::{
    app::{App, lock},
    desk::Desk,
    page::Page,
    visit::{Html, Json, Note, Posted, Visit, Wrong},
};
use axum::{
    Router,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use draft::{Draft, MOST, Running, running};
use form::{Forms, OFTEN, Refused, day_of, time_of};
use futures::{Futures, joined, look, nothing, too_much};
use maud::html;
use raphe::timeline::{
    Notice, Weight,
    diary::{self, Diary},
};
use show::parts;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

pub(super) fn routes() -> Router<App> {
    let css = || async { super::css(include_str!("../assets/whatif.css")) };
    let script = || async { super::script(include_str!("../assets/whatif.js")) };
    Router::new()
        .route("/whatif", get(page))
        .route("/whatif.json", get(json).post(json_of))
        .route("/whatif/redraw", post(redraw))
        .route("/whatif/slide", post(slide))
        .route("/whatif/change", post(change))
        .route("/whatif/remove", post(remove))
        .route("/whatif/write", post(write))
        .route("/assets/whatif.css", get(css))
        .route("/assets/whatif.js", get(script))
}

/// The draft of this browser.
fn draft_of(visit: &Visit) -> Draft {
    visit.recall::<Draft>().unwrap_or_default()
}

async fn page(visit: Visit) -> Result<Html, Wrong> {
    visit.ask(|desk| body(desk, None)).await
}

/// The whole page around the draft as it is; `refused` is a form that was not taken.
fn body(desk: &Desk, refused: Option<&Refused>) -> Html {
    let draft = draft_of(&desk.visit);
    let futures = look(desk, &draft.lines(), &|| true);
    let parts = parts(desk, &draft, &futures);
    let running = running(&desk.reading.resolved, desk.knowledge(), desk.reading.as_of);
    let withheld = matches!(futures, Futures::Withheld(_));
    let forms = Forms { desk, draft: &draft, running: &running, refused };
    let body = html! {
        link rel="stylesheet" href="/assets/whatif.css";
        @if withheld { (parts.alarm) } @else { (forms.put(&parts.alarm)) }
        (parts.lines)
        (parts.futures)
        script src="/assets/whatif.js" defer {}
    };
    desk.page(Page::WhatIf, &body)
}

/// Whose turn it is: an older redraw ends where a newer one has come.
#[derive(Clone, Default)]
struct Turns(Arc<(AtomicU64, Mutex<()>)>);

/// The parts of the page for sliders that stand elsewhere.
async fn redraw(visit: Visit, form: Posted) -> Result<Response, Wrong> {
    let turns = visit.recall::<Turns>().unwrap_or_else(|| {
        let new = Turns::default();
        visit.remember(new.clone());
        new
    });
    let mine = turns.0.0.fetch_add(1, Ordering::Relaxed) + 1;
    visit
        .ask(move |desk| {
            let wanted = || turns.0.0.load(Ordering::Relaxed) == mine;
            let _one = lock(&turns.0.1);
            if !wanted() {
                return StatusCode::NO_CONTENT.into_response();
            }
            if slid(desk, &form).is_err() {
                return StatusCode::UNPROCESSABLE_ENTITY.into_response();
            }
            let draft = draft_of(&desk.visit);
            let futures = look(desk, &draft.lines(), &wanted);
            if matches!(futures, Futures::Overtaken) {
                return StatusCode::NO_CONTENT.into_response();
            }
            let parts = parts(desk, &draft, &futures);
            Html(html! { (parts.alarm) (parts.lines) (parts.futures) }).into_response()
        })
        .await
}

/// Moves the sliders of a form; the day is the only thing in it that can be wrong.
fn slid(desk: &Desk, form: &Posted) -> Result<(), Refused> {
    let zone = desk.zone();
    let mut draft = draft_of(&desk.visit);
    let on = form.get("from");
    if !on.is_empty() {
        draft.from = Some(day_of(on).ok_or_else(|| no_day("slide", "from", form))?);
    }
    let on = draft.from.unwrap_or_else(|| draft::tomorrow(desk.reading.as_of, &zone));
    for one in running(&desk.reading.resolved, desk.knowledge(), desk.reading.as_of) {
        let moved = draft.moved(&one.key);
        let now = one.place(moved.or(one.mg).unwrap_or(0.0));
        let asked = form.get(&one.key).parse::<usize>().ok().filter(|place| *place < one.stops.len());
        match asked {
            Some(place) if place != now => draft.slide(&one, one.stops[place], on, &zone),
            // Untouched, but the day may be another.
            _ => {
                if let Some(mg) = moved {
                    draft.slide(&one, mg, on, &zone);
                }
            }
        }
    }
    desk.visit.remember(draft);
    Ok(())
}

/// The sliders without the script.
async fn slide(visit: Visit, form: Posted) -> Result<Response, Wrong> {
    let back = visit.clone();
    let refused =
        visit.ask(move |desk| slid(desk, &form).err().map(|refused| body(desk, Some(&refused)))).await?;
    Ok(refused.map_or_else(
        || back.back("/whatif", None),
        |page| (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
    ))
}

/// A change that a form describes.
async fn change(visit: Visit, form: Posted) -> Result<Response, Wrong> {
    let back = visit.clone();
    let refused =
        visit.ask(move |desk| changed(desk, &form).err().map(|refused| body(desk, Some(&refused)))).await?;
    Ok(refused.map_or_else(
        || back.back("/whatif", None),
        |page| (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
    ))
}

/// Puts the change of a form into the draft.
fn changed(desk: &Desk, form: &Posted) -> Result<(), Refused> {
    let mut draft = draft_of(&desk.visit);
    let running = running(&desk.reading.resolved, desk.knowledge(), desk.reading.as_of);
    let Made { kind, lines, stops, fields } = made(desk, form, &running)?;
    let refuse =
        |field, says: String, help: String| Refused { kind, field, says, help, posted: form.clone() };
    if draft.changes.len() >= MOST {
        let says = format!("{MOST} changes are as many as are tried at once");
        return Err(refuse(fields[0].0, says, "Remove one first.".to_owned()));
    }
    if !far(desk, &draft.lines(), &lines) {
        let mut diary = Diary::read(&joined(&desk.reading.bytes, &draft.lines()));
        for line in &lines {
            diary.append(line).map_err(|errors| {
                let field = field_at(line, &errors, fields.as_slice());
                let says: Vec<&str> = errors.iter().map(|error| error.says.as_str()).collect();
                let help: Vec<&str> = errors.iter().filter_map(|error| error.help.as_deref()).collect();
                refuse(field, says.join("; "), help.join("; "))
            })?;
        }
    }
    draft.add(lines, stops);
    desk.visit.remember(draft);
    Ok(())
}

/// Whether lines would be far too much: they are kept, and the page says whom to call instead of all else.
fn far(desk: &Desk, before: &[String], lines: &[String]) -> bool {
    let first = desk.reading.lines() as u32 + 1;
    let all: Vec<String> = before.iter().chain(lines).cloned().collect();
    let (after, _) = diary::read(&joined(&desk.reading.bytes, &all));
    too_much(desk, &desk.knowledge().resolve(&after).0, first).is_some()
}

/// The field in which the first error lies: the last that begins before it.
fn field_at(line: &str, errors: &[Notice], fields: &[(&'static str, String)]) -> &'static str {
    let usual = fields[0].0;
    let Some(column) = errors.iter().find_map(|error| error.place).map(|place| place.column as usize) else {
        return usual;
    };
    let begins = |text: &str| line.find(text).map(|at| line[..at].chars().count() + 1);
    let before =
        |(_, text): &&(&'static str, String)| !text.is_empty() && begins(text).is_some_and(|at| at <= column);
    fields.iter().filter(before).max_by_key(|(_, text)| begins(text)).map_or(usual, |(field, _)| field)
}

/// What a form asks for.
struct Made {
    kind: &'static str,
    lines: Vec<String>,
    stops: Option<String>,
    /// Its fields with the words that they put into the line, the most likely to be wrong first.
    fields: Vec<(&'static str, String)>,
}

fn no_day(kind: &'static str, field: &'static str, form: &Posted) -> Refused {
    let (says, help) = ("that is no day".to_owned(), "Write it as year, month, day: 2026-03-01.".to_owned());
    Refused { kind, field, says, help, posted: form.clone() }
}

fn made(desk: &Desk, form: &Posted, running: &[Running<'_>]) -> Result<Made, Refused> {
    let zone = desk.zone();
    let kind =
        ["stop", "add", "move", "line"].into_iter().find(|kind| *kind == form.get("kind")).unwrap_or("line");
    let refuse = |field, says: &str, help: &str| Refused {
        kind,
        field,
        says: says.to_owned(),
        help: help.to_owned(),
        posted: form.clone(),
    };
    let day = |field| day_of(form.get(field)).ok_or_else(|| no_day(kind, field, form));
    let time = |field| {
        let help = "Write hours and minutes: 20:30.";
        time_of(form.get(field)).ok_or_else(|| refuse(field, "that is no time of day", help))
    };
    let medicine = || {
        let help = "Choose one of those in the diary now.";
        let found = running.iter().find(|one| one.key == form.get("medicine"));
        found.ok_or_else(|| refuse("medicine", "this one is not running", help))
    };
    let one_line = |field| {
        let text = form.get(field);
        match text.chars().any(|c| c == ';' || c.is_control()) {
            true => Err(refuse(field, "`;` and line breaks do not fit in here", "Leave them out.")),
            false => Ok(text.to_owned()),
        }
    };
    Ok(match kind {
        "stop" => {
            let one = medicine()?;
            let lines = vec![one.stop(day("on")?, &zone)];
            Made {
                kind,
                lines,
                stops: Some(one.substance.id.clone()),
                fields: vec![("medicine", String::new())],
            }
        }
        "add" => {
            let (name, dose) = (one_line("name")?, one_line("dose")?);
            if name.is_empty() {
                return Err(refuse("name", "nothing is named", "Write the name of what you would add."));
            }
            let on = day("on")?;
            let at = match form.get("at") {
                "" => String::new(),
                _ => format!(" {}", time("at")?.strftime("%H:%M")),
            };
            let often = OFTEN
                .iter()
                .map(|(word, _)| *word)
                .find(|word| *word == form.get("often"))
                .unwrap_or("daily");
            let dose = if dose.is_empty() { "?".to_owned() } else { dose };
            let line = match often {
                "once" => format!("{on}{at} take {name} {dose}"),
                _ => format!("{on}{at} start {name} {dose} {often}"),
            };
            let fields = vec![("name", name), ("dose", dose)];
            Made { kind, lines: vec![line], stops: None, fields }
        }
        "move" => {
            let one = medicine()?;
            let (from, at) = (day("from")?, time("at")?);
            let hours = one.hours(&zone);
            let lines = match form.get("what") {
                "each" if hours.len() == 1 => vec![one.at_time(from, at, &zone)],
                "each" => {
                    let help = "Move one dose, or type a `change` line with all its times.";
                    return Err(refuse("what", "it is taken more than once a day", help));
                }
                _ => {
                    let then = match (form.get("then"), hours.len()) {
                        ("", 1) => None,
                        ("", _) => {
                            return Err(refuse(
                                "then",
                                "it is taken at several times",
                                "Say which of them is moved.",
                            ));
                        }
                        _ => Some(time("then")?),
                    };
                    one.moved((from, then), (day("on")?, at), &zone)
                }
            };
            Made { kind, lines, stops: None, fields: vec![("at", String::new())] }
        }
        _ => {
            let line = form.get("line").to_owned();
            let (read, _) = diary::read(line.as_bytes());
            let stops = read.entries.iter().find_map(|entry| match &entry.event {
                raphe::timeline::Event::Stop(name) => {
                    Some(desk.knowledge().find_substance(&name.text)?.id.clone())
                }
                _ => None,
            });
            Made { kind, lines: vec![line], stops, fields: vec![("line", String::new())] }
        }
    })
}

async fn remove(visit: Visit, form: Posted) -> Response {
    let mut draft = draft_of(&visit);
    match form.get("id").parse::<u32>() {
        Ok(id) => draft.remove(id),
        Err(_) => draft = Draft::default(),
    }
    visit.remember(draft);
    visit.back("/whatif", None)
}

/// Writes the draft into the diary.
async fn write(visit: Visit, form: Posted) -> Result<Response, Wrong> {
    let back = visit.clone();
    let done = visit
        .ask(move |desk| -> Result<Note, Note> {
            let lines = draft_of(&desk.visit).lines();
            if lines.is_empty() {
                return Err(Note::bad("There is nothing to write.", "Try a change first."));
            }
            if desk.withheld().is_some() || far(desk, &[], &lines) {
                let help =
                    "Take it back. If it was taken, call the poison center or the emergency number now.";
                return Err(Note::bad(
                    "A dose far above any recommended one is not written from here.",
                    help,
                ));
            }
            if form.get("agreed") != "yes" {
                let help = "Tick that it is agreed with the prescriber. If it is not: agree it first.";
                return Err(Note::bad("Nothing was written.", help));
            }
            let notices = desk.visit.app.add(&lines)?;
            desk.visit.forget::<Draft>();
            let says = match lines.len() {
                1 => "The line is in the diary.".to_owned(),
                count => format!("{count} lines are in the diary."),
            };
            let help: Vec<String> = notices.into_iter().map(|notice| notice.says).collect();
            Ok(Note { help: (!help.is_empty()).then(|| help.join("; ")), ..Note::done(says) })
        })
        .await?;
    Ok(match done {
        Ok(note) => back.back("/now", Some(note)),
        Err(note) => back.back("/whatif", Some(note)),
    })
}

/// The comparison that the page shows.
async fn json(visit: Visit) -> Result<Response, Wrong> {
    visit.ask(|desk| answered(desk, &draft_of(&desk.visit).lines())).await
}

/// A comparison with lines that were sent: fields `line`, one for each.
async fn json_of(visit: Visit, form: Posted) -> Result<Response, Wrong> {
    let lines: Vec<String> = form.all("line").map(|line| line.trim().to_owned()).collect();
    visit.ask(move |desk| answered(desk, &lines)).await
}

fn answered(desk: &Desk, lines: &[String]) -> Response {
    let wire = |answer| Json(raphe_json::WhatIf::new(answer, desk.knowledge())).into_response();
    if !far(desk, &[], lines) {
        let mut diary = Diary::read(&desk.reading.bytes);
        for line in lines {
            if let Err(errors) = diary.append(line) {
                let error = errors.into_iter().find(|notice| notice.weight == Weight::Error);
                let (says, help) = error.map_or_else(Default::default, |error| (error.says, error.help));
                let body = serde_json::json!({ "line": line, "says": says, "help": help }).to_string();
                let kind = [(header::CONTENT_TYPE, "application/json")];
                return (StatusCode::UNPROCESSABLE_ENTITY, kind, body + "\n").into_response();
            }
        }
    }
    match look(desk, lines, &|| true) {
        Futures::Told(told) => wire(&told.answer),
        Futures::Withheld(answer) => wire(&answer),
        Futures::Overtaken => wire(&nothing(desk, String::new())),
    }
}
