//! *Exam*: the guided examination, with its tree.
//!
//! One question at a time, the one whose answer decides most ([`raphe::exam`]). The answers wait in the memory of the server
//! until they are written into the diary; addresses hold none of them. Who looks is settled before the first question and
//! stays so: what a lay person denies is never written as examined, whatever words the pages speak later.

#[cfg(test)]
mod tests;
mod tree;

use super::{now::words::day, words::on_pages};
use crate::{
    app::App,
    clock,
    desk::Desk,
    page::Page,
    visit::{Html, Json, Note, Posted, Visit, Wrong},
};
use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use raphe::{
    criteria::Truth,
    exam::{self, Answered, Next, Reply, State, TEMPERATURE},
    knowledge::{Knowledge, schema::Urgency},
    population::Population,
    report::{
        self, Voice,
        html::{plain, prose, urgency},
    },
    units::{Temperature, number},
};
use tree::Names;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/exam", get(page).post(post))
        .route("/exam.json", get(json))
        .route("/assets/exam.css", get(|| async { super::css(include_str!("../assets/exam.css")) }))
}

/// An examination that is going on.
#[derive(Debug, Clone)]
struct Draft {
    /// When it was begun: the moment its answers speak of.
    at: Timestamp,
    /// Who looks.
    by: Voice,
    /// In the order in which they were given.
    answered: Vec<Answered>,
}

/// What was typed as a temperature and could not be taken.
#[derive(Debug, Clone, Default)]
struct Refused {
    typed: String,
    fahrenheit: bool,
    says: String,
}

async fn page(visit: Visit) -> Result<Html, Wrong> {
    visit.ask(|desk| show(desk, None)).await
}

async fn json(visit: Visit) -> Result<impl IntoResponse, Wrong> {
    visit
        .ask(|desk| {
            let draft = desk.visit.recall::<Draft>().unwrap_or_else(|| fresh(desk, desk.voice()));
            let state = state(desk, &draft);
            Json(raphe_json::Exam::new(&state, &draft.answered, desk.knowledge(), draft.by))
        })
        .await
}

/// One answer, one step back, a new beginning, or the end.
async fn post(visit: Visit, form: Posted) -> Result<Response, Wrong> {
    visit
        .ask(move |desk| {
            let visit = &desk.visit;
            let mut draft = visit.recall::<Draft>().unwrap_or_else(|| fresh(desk, desk.voice()));
            match form.get("do") {
                "again" => {
                    visit.forget::<Draft>();
                }
                "lay" | "clinician" => {
                    let by = if form.get("do") == "lay" { Voice::Person } else { Voice::Clinician };
                    visit.remember(fresh(desk, by));
                }
                "back" => {
                    draft.answered.pop();
                    visit.remember(draft);
                }
                "write" => return write(desk, &draft),
                _ => match read(&form, desk.knowledge()) {
                    Ok(answer) => {
                        // Another tab may have answered it already: the last word counts, in its old place.
                        match draft.answered.iter_mut().find(|known| known.sign == answer.sign) {
                            Some(known) => *known = answer,
                            None => draft.answered.push(answer),
                        }
                        visit.remember(draft);
                    }
                    Err(refused) => {
                        let page = show(desk, Some(&refused));
                        return (StatusCode::UNPROCESSABLE_ENTITY, page).into_response();
                    }
                },
            }
            visit.back("/exam", None)
        })
        .await
}

/// An examination without an answer.
fn fresh(desk: &Desk, by: Voice) -> Draft {
    // What is seen now is of now, however old the diary is; the example and a moment that was asked for stay where they are.
    let fixed = desk.visit.app.options.at.is_some() || desk.visit.app.is_example();
    let now = || clock::now(desk.reading.timeline.person.zone.as_ref());
    Draft { at: if fixed { desk.reading.as_of } else { now() }, by, answered: Vec::new() }
}

/// Everything judged with the answers so far. What is judged asks no model, so that no virtual person is needed.
fn state(desk: &Desk, draft: &Draft) -> State {
    let question = desk.question();
    let population = Population { people: 0, ..question.population };
    let question = raphe::assess::Question { as_of: draft.at, population, ..question };
    exam::state(&desk.reading.timeline, &draft.answered, desk.knowledge(), &question, draft.by)
}

/// The answer of a form.
fn read(form: &Posted, knowledge: &Knowledge) -> Result<Answered, Refused> {
    let wrong = |says: &str| Refused { says: says.to_owned(), ..Refused::default() };
    let sign = form.get("sign");
    let sign = match knowledge.sign(sign) {
        Some(known) => known.id.clone(),
        None if sign == TEMPERATURE => TEMPERATURE.to_owned(),
        None => return Err(wrong("This was no question of ours. Answer the one below.")),
    };
    let reply = match (form.get("answer"), sign == TEMPERATURE) {
        ("skip", _) => Reply::NotExamined,
        ("there", false) => Reply::Present,
        ("not_there", false) => Reply::Absent,
        ("measured", true) => Reply::Measured(temperature(form)?),
        _ => return Err(wrong("Choose one of the answers below.")),
    };
    Ok(Answered { sign, reply })
}

/// A temperature as it was typed; a letter in the field counts more than the choice beside it.
fn temperature(form: &Posted) -> Result<Temperature, Refused> {
    let typed = form.get("temperature");
    let fahrenheit = form.get("unit") == "F";
    let refused =
        |says: &str| Refused { typed: form.raw("temperature").to_owned(), fahrenheit, says: says.to_owned() };
    let text = typed.replace(',', ".");
    let text = match text.parse::<f64>() {
        Ok(_) => format!("{text} {}", if fahrenheit { "F" } else { "C" }),
        Err(_) => text,
    };
    let value = text
        .parse::<Temperature>()
        .map_err(|_| refused("This is no temperature. Write a number such as 38.4, and choose °C or °F."))?;
    match value.as_celsius() {
        25.0..=46.0 => Ok(value),
        _ if fahrenheit => {
            Err(refused("No living person has this temperature in °F. Check the number and the unit."))
        }
        _ => Err(refused("No living person has this temperature in °C. Check the number and the unit.")),
    }
}

/// Writes the answers into the diary.
fn write(desk: &Desk, draft: &Draft) -> Response {
    let lines = exam::lines(&draft.answered, draft.at, &desk.zone(), draft.by);
    if lines.is_empty() {
        let help = "Only what is there or not there is written, and a temperature that was measured.";
        return desk.visit.back("/exam", Some(Note::bad("There is nothing to write yet.", help)));
    }
    match desk.visit.app.add(&lines) {
        Ok(_) => {
            desk.visit.forget::<Draft>();
            desk.visit.back(
                "/now",
                Some(Note::done("What you found is in the diary. Everything is judged with it now.")),
            )
        }
        Err(note) => desk.visit.back("/exam", Some(note)),
    }
}

fn show(desk: &Desk, refused: Option<&Refused>) -> Html {
    let draft = desk.visit.recall::<Draft>();
    // Whether an absence counts as examined is not guessed from the words that are spoken.
    let unsettled = draft.is_none() && desk.voice() == Voice::Clinician;
    let draft = draft.unwrap_or_else(|| fresh(desk, Voice::Person));
    let state = state(desk, &draft);
    let mut report = report::report(&state.assessment, desk.knowledge(), draft.by, None);
    report.headline = report.headline.iter().map(|line| on_pages(line)).collect();
    // What the frame says already is not said twice.
    let said = desk.alarm() && draft.answered.is_empty();
    let body = html! {
        link rel="stylesheet" href="/assets/exam.css";
        @if state.assessment.urgency == Urgency::Emergency && !draft.answered.is_empty() {
            div.stop role="alert" {
                p { strong { "Do not wait for the rest of the questions." } " They can go on while help is on its way." }
            }
        }
        @if !said {
            h2.visually-hidden { "As it stands" }
            (urgency(&report))
        }
        @if draft.at > desk.reading.as_of + SignedDuration::from_hours(24) {
            p { "This is about what is seen now, on " (day(desk, draft.at)) ". What was written until " (day(desk, desk.reading.as_of))
                @if desk.alarm() { " is judged above." } @else { " is judged on " a href=(Page::Now.path()) { "Now" } "." } }
        }
        div.exam {
            div.exam-main {
                @if unsettled { (who(desk)) }
                @else if let Some(next) = &state.next { (question(desk, &draft, next, refused, &state)) }
                @else { (done(desk, &draft)) }
            }
            @if !draft.answered.is_empty() { (answers(desk, &draft)) }
        }
        (needs(desk, &draft, &state))
        (drawn(desk, &draft, &state))
    };
    desk.page(Page::Exam, &body)
}

/// Who looks: asked where the pages speak as to a clinician.
fn who(desk: &Desk) -> Markup {
    html! {
        section.card {
            h2 { "Who examines?" }
            p { "Clonus, reflexes and stiff muscles count as not there only if somebody who can examine them has examined them." }
            form.answers method="post" action="/exam" {
                (desk.secret())
                button.main name="do" value="clinician" { "I am a clinician and examine now" }
                button name="do" value="lay" { "I look as a lay person" }
            }
        }
    }
}

fn question(desk: &Desk, draft: &Draft, next: &Next, refused: Option<&Refused>, state: &State) -> Markup {
    let place = draft.answered.len() + 1;
    let left = state.remaining.len();
    let measures = next.sign == TEMPERATURE;
    let heading = if measures { "What is the temperature?" } else { next.question.as_str() };
    html! {
        section.card.asked aria-labelledby="question" {
            p.count { "Question " (place) @if left > 1 { ", at most " (left) " to go" } }
            h2 id="question" { (plain(heading)) }
            @if let Some(how) = &next.how { p { strong { "How to look: " } (prose(how)) } }
            p.hint { "Why this: " (prose(&next.why)) "." }
            @if let Some(refused) = refused.filter(|refused| !measures || refused.typed.is_empty()) {
                p.wrong role="alert" { (refused.says) }
            }
            form method="post" action="/exam" {
                (desk.secret())
                input type="hidden" name="sign" value=(next.sign);
                @if measures { (degrees(desk, refused)) }
                div.answers {
                    @if measures {
                        button.main name="answer" value="measured" { "Take this" }
                        button name="answer" value="skip" formnovalidate { "Not measured" }
                    } @else {
                        button.yes name="answer" value="there" { "It is there" }
                        button.no name="answer" value="not_there" { "It is not there" }
                        button name="answer" value="skip" {
                            @if draft.by == Voice::Clinician { "Not examined" } @else { "I cannot tell" }
                        }
                    }
                }
            }
            (steps(desk, draft))
        }
    }
}

/// The field of a temperature.
fn degrees(desk: &Desk, refused: Option<&Refused>) -> Markup {
    let refused = refused.filter(|refused| !refused.typed.is_empty() || !refused.says.is_empty());
    let american = desk.reading.timeline.person.country.as_deref() == Some("US");
    let fahrenheit = refused.map_or(american, |refused| refused.fahrenheit);
    html! {
        div.field {
            label for="temperature" { "Temperature" }
            input id="temperature" name="temperature" inputmode="decimal" autocomplete="off" size="8"
                value=(refused.map_or("", |refused| refused.typed.as_str()))
                aria-invalid=[refused.map(|_| "true")] aria-describedby=[refused.map(|_| "temperature-wrong")];
            @if let Some(refused) = refused { p.wrong id="temperature-wrong" role="alert" { (plain(&refused.says)) } }
        }
        fieldset.unit {
            legend { "In" }
            label { input type="radio" name="unit" value="C" checked[!fahrenheit]; " °C" }
            label { input type="radio" name="unit" value="F" checked[fahrenheit]; " °F" }
        }
    }
}

/// One back, all again, and the end before the end.
fn steps(desk: &Desk, draft: &Draft) -> Markup {
    html! {
        @if !draft.answered.is_empty() {
            form.steps method="post" action="/exam" {
                (desk.secret())
                button name="do" value="back" { "← Take back the last answer" }
                button name="do" value="again" { "Begin again" }
            }
        }
    }
}

/// Nothing more would change the answer.
fn done(desk: &Desk, draft: &Draft) -> Markup {
    html! {
        section.card {
            h2 { "That is all" }
            @if draft.answered.is_empty() {
                p { "No question would change what is said above. Write down new signs as they come, and ask again." }
            } @else {
                p { "No further question would change what is said above. If anything changes, begin again." }
                @if exam::lines(&draft.answered, draft.at, &desk.zone(), draft.by).is_empty() {
                    p { "Nothing was found or excluded, so there is nothing to write down." }
                }
            }
            (steps(desk, draft))
        }
    }
}

/// What was answered so far, and the lines they would be.
fn answers(desk: &Desk, draft: &Draft) -> Markup {
    let names = Names { knowledge: desk.knowledge(), voice: draft.by };
    let lines = exam::lines(&draft.answered, draft.at, &desk.zone(), draft.by);
    let begun = draft.at.to_zoned(desk.zone()).strftime("%Y-%m-%d %H:%M").to_string();
    html! {
        section.card aria-labelledby="so-far" {
            h2 id="so-far" { "Answers so far" }
            ol.so-far {
                @for answer in &draft.answered {
                    li {
                        @let (mark, word) = said(answer);
                        (if answer.sign == TEMPERATURE { "Temperature".to_owned() } else { names.atom(&answer.sign) })
                        ": " span aria-hidden="true" { (mark) " " } strong { (word) }
                    }
                }
            }
            p.hint { "As of " (begun) ", "
                @if draft.by == Voice::Clinician { "examined by a clinician." } @else { "looked at by a lay person." } }
            @if !lines.is_empty() {
                details {
                    summary { "What would be written" }
                    pre.lines { (plain(&lines.join("\n"))) }
                }
                form method="post" action="/exam" {
                    (desk.secret())
                    button.main name="do" value="write" { "Write it into the diary" }
                }
            }
        }
    }
}

/// An answer as a mark and in words.
fn said(answer: &Answered) -> (&'static str, String) {
    match answer.reply {
        Reply::Present => ("✓", "there".to_owned()),
        Reply::Absent => ("✕", "not there".to_owned()),
        Reply::NotExamined if answer.sign == TEMPERATURE => ("?", "not measured".to_owned()),
        Reply::NotExamined => ("?", "not examined".to_owned()),
        Reply::Measured(value) => ("✓", format!("{} °C", number((value.as_celsius() * 10.0).round() / 10.0))),
    }
}

/// What would decide it and only somebody who can examine can tell, with the names to say.
fn needs(desk: &Desk, draft: &Draft, state: &State) -> Markup {
    let signs: Vec<_> = state.needs_examination.iter().filter_map(|id| desk.knowledge().sign(id)).collect();
    let lay = draft.by == Voice::Person;
    html! {
        @if lay && !signs.is_empty() {
            section {
                h2 { "What a doctor has to examine" }
                p { "You cannot tell these yourself, and they would decide it. Ask for them by these names:" }
                ul {
                    @for sign in &signs { li { strong { (sign.name) } ": " (sign.lay) "." } }
                }
            }
        }
    }
}

/// The tree, with the same as a list.
fn drawn(desk: &Desk, draft: &Draft, state: &State) -> Markup {
    let Some(tree) = &state.tree else { return html! {} };
    let names = Names { knowledge: desk.knowledge(), voice: draft.by };
    let hunter = desk.knowledge().base().criteria.iter().find(|criterion| criterion.id == tree.id);
    let result = state.assessment.criteria.iter().find(|result| result.id == tree.id);
    let verdict = match result.map(|result| result.verdict) {
        Some(Truth::True) => "They are met.",
        Some(Truth::False) => "They are not met.",
        _ => "They are not decided yet.",
    };
    html! {
        section {
            h2 { "The rules behind the questions" }
            figure.tree-figure id="exam-tree" data-live {
                figcaption { (tree.name) ". " strong { (verdict) } " " (tree::sentence(tree)) }
                (tree::draw(tree, names, desk.width(), "exam-tree"))
                p.key {
                    span { "Full box ✓: there" } " " span { "Hatched, cut corners ✕: not there" } " " span { "Dashed, round ?: nobody looked" }
                }
                details {
                    summary { "The same as a list" }
                    (tree::list(tree, names))
                }
            }
            @if let Some(result) = result {
                p { (prose(&result.limits)) @if let Some(proviso) = &result.proviso { " " (prose(proviso)) } }
            }
            @if let Some(hunter) = hunter {
                (desk.sources(&hunter.evidence.iter().map(raphe::knowledge::Citation::from).collect::<Vec<_>>()))
            }
        }
    }
}
