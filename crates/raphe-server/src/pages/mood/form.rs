//! One questionnaire as a form, and its answers as one line of the diary.
//!
//! The wording is that of the base, which holds it only where its licence allows; elsewhere the total is asked alone. A question
//! may be left out. An answer above zero about suicide is written at once, and the next page begins with whom to call.

use super::{super::words::capital, CrisisDue};
use crate::{
    clock,
    desk::Desk,
    page::Page,
    visit::{Html, Json, Note, Posted, Visit, Wrong},
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, civil::Date};
use maud::{Markup, html};
use raphe::{
    care::form::{Form, Took},
    knowledge::{
        Citation,
        questionnaire::{self, suicide_items},
        schema::Questionnaire,
    },
    report::{
        Voice, crisis_lines,
        html::{plain, prose},
    },
};

/// The questionnaire that this browser chose.
#[derive(Debug, Clone)]
struct Chosen(String);

/// What was sent and could not be taken, or not yet.
#[derive(Debug, Default)]
struct Sent {
    answers: Vec<String>,
    total: String,
    day: String,
    /// What stands above the form.
    says: Vec<String>,
    /// Numbers of the questions without an answer, from 1.
    open: Vec<usize>,
    /// Which field is wrong: `total` or `day`.
    wrong: Option<&'static str>,
    /// Whether it may be written as it is.
    may: bool,
}

fn find(desk: &Desk, id: &str) -> Option<&'static Questionnaire> {
    desk.knowledge().base().questionnaires.iter().find(|form| form.id == id)
}

/// The moment that a questionnaire filled in now speaks of.
fn moment(desk: &Desk) -> Timestamp {
    let fixed = desk.visit.app.options.at.is_some() || desk.visit.app.is_example();
    if fixed { desk.reading.as_of } else { clock::now(desk.reading.timeline.person.zone.as_ref()) }
}

fn today(desk: &Desk) -> Date {
    moment(desk).to_zoned(desk.zone()).date()
}

/// All that can be filled in.
pub(super) fn choices(desk: &Desk) -> Markup {
    let all = &desk.knowledge().base().questionnaires;
    // Those whose questions can be shown first, each group in the order of the base.
    let shown = |form: &&Questionnaire| !form.texts.is_empty();
    let own = || all.iter().filter(|form| form.by != "clinician");
    let rated = || all.iter().filter(|form| form.by == "clinician");
    let open = desk.voice() == Voice::Clinician;
    html! {
        section {
            h2 id="mood-questionnaires" { "Fill in a questionnaire" }
            form method="post" action="/mood/choose" {
                (desk.secret())
                div.choices {
                    @for form in own().filter(shown) { (choice(form)) }
                }
                details {
                    summary { "Write down the total of another one" }
                    p.hint { "Their questions may not be shown here. Fill them in on paper and write the total down." }
                    div.choices { @for form in own().filter(|form| !shown(form)) { (choice(form)) } }
                }
                details open[open] {
                    summary { "Rated by a clinician" }
                    div.choices { @for form in rated() { (choice(form)) } }
                }
            }
        }
    }
}

fn choice(form: &Questionnaire) -> Markup {
    html! {
        button.choice name="form" value=(form.id) {
            strong { (form.name) } " "
            span { (form.measures) @if !form.texts.is_empty() { ", " (form.texts.len()) " questions" } @else { ", total only" } }
        }
    }
}

/// Chooses one: its name goes by POST, so that no address tells what somebody asks about.
pub(super) async fn choose(visit: Visit, form: Posted) -> Result<Response, Wrong> {
    visit
        .ask(move |desk| match find(desk, form.get("form")) {
            Some(form) => {
                desk.visit.remember(Chosen(form.id.clone()));
                desk.visit.back("/mood/form", None)
            }
            None => desk
                .visit
                .back("/mood", Some(Note::bad("This questionnaire is not known here.", "Choose one below."))),
        })
        .await
}

pub(super) async fn page(visit: Visit) -> Result<Response, Wrong> {
    visit
        .ask(|desk| {
            let chosen = desk.visit.recall::<Chosen>().and_then(|chosen| find(desk, &chosen.0));
            match chosen {
                Some(form) => show(desk, form, &Sent::default()).into_response(),
                None => desk.visit.back("/mood", None),
            }
        })
        .await
}

pub(super) async fn json(visit: Visit) -> Result<Response, Wrong> {
    visit
        .ask(|desk| {
            let chosen = desk.visit.recall::<Chosen>().and_then(|chosen| find(desk, &chosen.0));
            match chosen {
                Some(form) => {
                    let zone = desk.zone();
                    Json(raphe_json::Questionnaire::new(form, desk.knowledge(), (moment(desk), &zone)))
                        .into_response()
                }
                None => StatusCode::NOT_FOUND.into_response(),
            }
        })
        .await
}

/// Takes the answers.
pub(super) async fn post(visit: Visit, posted: Posted) -> Result<Response, Wrong> {
    visit
        .ask(move |desk| {
            let Some(asks) = find(desk, posted.get("form")) else {
                return desk.visit.back(
                    "/mood",
                    Some(Note::bad("This questionnaire is not known here.", "Choose one below.")),
                );
            };
            if posted.get("do") == "leave" {
                desk.visit.forget::<Chosen>();
                return desk.visit.back("/mood", None);
            }
            match take(desk, asks, &posted) {
                Ok(response) => response,
                Err(sent) => (StatusCode::UNPROCESSABLE_ENTITY, show(desk, asks, &sent)).into_response(),
            }
        })
        .await
}

fn take(desk: &Desk, asks: &'static Questionnaire, posted: &Posted) -> Result<Response, Box<Sent>> {
    let mut form = Form::new(asks);
    let mut sent = Sent {
        answers: (1..=asks.texts.len())
            .map(|number| posted.get(&format!("item{number}")).to_owned())
            .collect(),
        total: posted.raw("total").to_owned(),
        day: posted.get("day").to_owned(),
        ..Sent::default()
    };
    let day = match sent.day.as_str() {
        "" => today(desk),
        text => match text.parse::<Date>().ok().filter(|day| *day <= today(desk)) {
            Some(day) => day,
            None => {
                sent.wrong = Some("day");
                sent.says
                    .push("The day has to be a date such as 2026-03-01, and not one to come.".to_owned());
                return Err(sent.into());
            }
        },
    };
    let mut crisis = false;
    if form.shows_items() {
        if sent.answers.iter().all(String::is_empty) {
            sent.says.push("No question was answered yet.".to_owned());
            sent.open = (1..=sent.answers.len()).collect();
            return Err(sent.into());
        }
        for (number, answer) in (1..).zip(&sent.answers) {
            match form.answer(if answer.is_empty() { "-" } else { answer }) {
                Took::Yes => {}
                Took::Crisis => crisis = true,
                Took::No(help) => {
                    sent.says.push(format!("Question {number}: {help}."));
                    sent.open.push(number);
                    return Err(sent.into());
                }
            }
        }
    } else {
        match form.answer(&sent.total) {
            Took::Yes => {}
            Took::Crisis => crisis = true,
            Took::No(help) => {
                sent.wrong = Some("total");
                sent.says.push(format!("This is no total of {}: {help}.", asks.name));
                return Err(sent.into());
            }
        }
    }
    let result = form.result();
    let anyway = crisis || posted.get("do") == "anyway";
    // What was passed over is asked for once; what was left out on purpose is not, unless there is no total without it.
    // Whom to call does not wait for either.
    let passed: Vec<usize> =
        (1..).zip(&sent.answers).filter(|(_, answer)| answer.is_empty()).map(|(number, _)| number).collect();
    if !anyway && (!passed.is_empty() || result.total.is_none()) {
        let left = || result.unanswered.iter().map(|number| *number as usize).collect();
        sent.open = if passed.is_empty() { left() } else { passed };
        sent.says = result.remarks.iter().map(|remark| capital(&format!("{}.", remark.says))).collect();
        sent.may = true;
        return Err(sent.into());
    }
    if let Err(note) = desk.visit.app.add(&[format!("{day} {}", form.line())]) {
        sent.says = vec![note.says, note.help.unwrap_or_default()];
        sent.may = anyway;
        return Err(sent.into());
    }
    desk.visit.forget::<Chosen>();
    if crisis {
        desk.visit.remember(CrisisDue);
    }
    let says = match result.total {
        Some(total) => {
            let band =
                questionnaire::band(asks, total).map(|band| format!(", {}", band.name)).unwrap_or_default();
            format!("{} is in the diary: {total} of {}{band}.", asks.name, asks.highest)
        }
        None => format!("{} is in the diary. Too many questions were left out for a total.", asks.name),
    };
    Ok(desk.visit.back("/mood", Some(Note::done(says))))
}

fn show(desk: &Desk, asks: &'static Questionnaire, sent: &Sent) -> Html {
    let evidence: Vec<Citation> = asks.evidence.iter().map(Citation::from).collect();
    let day = if sent.day.is_empty() { today(desk).to_string() } else { sent.day.clone() };
    let body = html! {
        link rel="stylesheet" href="/assets/mood.css";
        h2 { (asks.title) " (" (asks.name) ")" }
        @if !sent.says.is_empty() {
            div.note.bad role="alert" id="form-wrong" {
                @for says in sent.says.iter().filter(|says| !says.is_empty()) { p { (plain(says)) } }
                @if !sent.open.is_empty() && !sent.answers.is_empty() {
                    p { "Open: "
                        @for (place, number) in sent.open.iter().enumerate() {
                            @if place > 0 { ", " }
                            a href=(format!("#item{number}")) { "question " (number) }
                        }
                        "."
                    }
                }
            }
        }
        form.questionnaire method="post" action="/mood/form" {
            (desk.secret())
            input type="hidden" name="form" value=(asks.id);
            @if asks.texts.is_empty() { (total(asks, sent)) } @else { (items(desk, asks, sent)) }
            div.field {
                label for="day" { "Filled in on" }
                input id="day" type="date" name="day" value=(day) max=(today(desk))
                    aria-invalid=[(sent.wrong == Some("day")).then_some("true")] aria-describedby=[(sent.wrong == Some("day")).then_some("form-wrong")];
            }
            div.row {
                button.main name="do" value="write" { "Write it into the diary" }
                @if sent.may { button name="do" value="anyway" { "Write it without these answers" } }
                button name="do" value="leave" formnovalidate { "Leave it" }
            }
        }
        p { (prose(&asks.limits)) }
        p.hint { (plain(&asks.licence)) }
        (desk.sources(&evidence))
    };
    desk.page(Page::Mood, &body)
}

/// The questions, each with its choices and a way to leave it out.
fn items(desk: &Desk, asks: &Questionnaire, sent: &Sent) -> Markup {
    let about = suicide_items(asks);
    html! {
        @if let Some(stem) = &asks.stem { p.stem { (plain(stem)) } }
        @for (number, item) in (1..).zip(&asks.texts) {
            @let chosen = sent.answers.get(number - 1).map_or("", String::as_str);
            @let open = sent.open.contains(&number);
            @let name = format!("item{number}");
            fieldset.item id=(name) .open[open] .about-suicide[about.contains(&(number as u32))] aria-describedby=[open.then_some("form-wrong")] {
                legend { (number) ". " (plain(&item.text)) }
                @if open { p.wrong { "Not answered yet." } }
                @for choice in &asks.answers {
                    @let value = choice.score.to_string();
                    label.radio {
                        input type="radio" name=(name) value=(value) checked[chosen == value];
                        span { (plain(&choice.text)) } " " span.score { (value) }
                    }
                }
                label.radio.leave {
                    input type="radio" name=(name) value="-" checked[chosen == "-"];
                    span { "Leave it out" }
                }
            }
            // Shown by the style sheet as soon as the answer above is more than zero; the next page begins with it in any case.
            @if about.contains(&(number as u32)) {
                div.reveal { (calls(desk)) }
            }
        }
    }
}

fn calls(desk: &Desk) -> Markup {
    html! {
        div.note.bad { @for line in crisis_lines(&desk.assessment().help) { p { (prose(&line)) } } }
    }
}

/// The total alone.
fn total(asks: &Questionnaire, sent: &Sent) -> Markup {
    let obtain = asks.obtain.as_deref().unwrap_or("its authors or a clinician");
    let wrong = sent.wrong == Some("total");
    html! {
        p { "The questions may not be shown here. Their text comes from " (plain(obtain)) "." }
        div.field {
            label for="total" { "Total, from " (asks.lowest) " to " (asks.highest) }
            input id="total" name="total" inputmode="numeric" autocomplete="off" size="6" value=(sent.total)
                aria-invalid=[wrong.then_some("true")] aria-describedby=[wrong.then_some("form-wrong")];
        }
        ul.bands {
            @for band in &asks.bands { li { (band.from) " to " (band.to) ": " (plain(&band.name)) } }
        }
    }
}
