//! *Helping*: is it helping?
//!
//! One thing that was started, stopped or done is chosen; the choice waits in the memory of the server and stands in no
//! address. Then comes one of five answers, the sentence behind it with its range, the picture with its numbers, and what is
//! missing. The words are those of [`raphe::report::helping`], which says "since you started" and never "because of".

mod picture;
#[cfg(test)]
mod tests;

use super::words::{capital, on_pages};
use crate::{
    app::App,
    desk::Desk,
    page::Page,
    visit::{Html, Json, Note, Posted, Visit, Wrong},
};
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use raphe::{
    helping::{self, Helping, treatment, verdict::Verdict},
    report::{
        self, Item, Section,
        html::{Writer, plain, prose},
    },
    timeline::Event,
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/helping", get(page).post(choose))
        .route("/helping.json", get(json))
        .route("/assets/helping.css", get(|| async { super::css(include_str!("../assets/helping.css")) }))
}

/// What this browser asked about.
#[derive(Debug, Clone)]
struct Asked(String);

async fn page(visit: Visit) -> Result<Html, Wrong> {
    visit.ask(show).await
}

async fn json(visit: Visit) -> Result<Response, Wrong> {
    visit
        .ask(|desk| {
            let asked = asked(desk, &holds(desk)).unwrap_or_default();
            let mut answer = answer(desk, &asked);
            // What is withheld on the page is withheld here.
            if desk.withheld().is_some() {
                answer.outcomes.clear();
            }
            Json(raphe_json::Helping::new(&answer, desk.knowledge(), &desk.zone())).into_response()
        })
        .await
}

async fn choose(visit: Visit, form: Posted) -> Response {
    // A button counts before what was typed beside it.
    let what = [form.get("what"), form.get("other")].into_iter().find(|what| !what.is_empty());
    match what {
        Some(what) => {
            visit.remember(Asked(what.chars().take(200).collect()));
            visit.back("/helping", None)
        }
        None => {
            let help = "Choose one of the names, or write what the diary calls it.";
            visit.back("/helping", Some(Note::bad("Nothing was chosen.", help)))
        }
    }
}

/// What can be asked about: everything begun or done, and the end of what was ended.
fn holds(desk: &Desk) -> Vec<String> {
    let timeline = &desk.reading.resolved;
    let mut names = treatment::holds(timeline, desk.knowledge());
    for entry in &timeline.entries {
        let Event::Stop(name) = &entry.event else { continue };
        let name = name.id.as_deref().map_or(name.text.as_str(), |id| desk.knowledge().substance_name(id));
        let stopping = format!("stopping {name}");
        if !names.contains(&stopping) {
            names.push(stopping);
        }
    }
    names
}

/// What was chosen, or else what the diary began first.
fn asked(desk: &Desk, holds: &[String]) -> Option<String> {
    desk.visit.recall::<Asked>().map(|asked| asked.0).or_else(|| holds.first().cloned())
}

fn answer(desk: &Desk, what: &str) -> Helping {
    helping::helping(&desk.reading.timeline, desk.knowledge(), what, desk.reading.as_of)
}

fn show(desk: &Desk) -> Html {
    let holds = holds(desk);
    let asked = asked(desk, &holds);
    let body = html! {
        link rel="stylesheet" href="/assets/helping.css";
        (choice(desk, &holds, asked.as_deref()))
        @match (&asked, desk.withheld()) {
            (_, Some(withheld)) => (desk.instead(&withheld)),
            (Some(asked), None) => (answered(desk, asked)),
            (None, None) => {
                p { "The diary holds nothing yet that was started, stopped or done. Write down what you begin, and fill in the same "
                    a href="/mood#mood-questionnaires" { "questionnaire" } " once a week: two before the start and four after it are the least." }
            }
        }
    };
    desk.page(Page::Helping, &body)
}

fn choice(desk: &Desk, holds: &[String], asked: Option<&str>) -> Markup {
    let other = asked.filter(|asked| !holds.iter().any(|name| name == asked));
    html! {
        section {
            h2 { "What is asked about" }
            form.choose method="post" action="/helping" {
                (desk.secret())
                @if !holds.is_empty() {
                    div.names role="group" aria-label="What was started, stopped or done" {
                        @for name in holds {
                            @let on = asked == Some(name.as_str());
                            button name="what" value=(name) aria-pressed=(if on { "true" } else { "false" }) { (plain(&capital(name))) }
                        }
                    }
                }
            }
            details open[other.is_some()] {
                summary { "Something else in the diary" }
                form method="post" action="/helping" {
                    (desk.secret())
                    div.field {
                        label for="other" { "As the diary calls it" }
                        input id="other" name="other" autocomplete="off" maxlength="200" value=(other.unwrap_or_default()) aria-describedby="other-hint";
                        p.hint id="other-hint" { "Such as walking, or a medicine by its brand name." }
                    }
                    button { "Ask" }
                }
            }
        }
    }
}

/// How the report ends the line that repeats whom to call, and why.
const COMES_FIRST: &str = "that comes before the question here.";
/// The same where the frame says it above.
const AT_THE_TOP: &str = "What stands at the top comes before the question here.";
/// The five answers there are, from the worst to the best.
const ANSWERS: [Verdict; 5] =
    [Verdict::Worse, Verdict::NotHelping, Verdict::CannotTell, Verdict::Maybe, Verdict::LikelyHelping];

fn answered(desk: &Desk, asked: &str) -> Markup {
    let answer = answer(desk, asked);
    // Whom to call, and for when that is said, stands in the frame already where the diary as a whole calls for it.
    let (framed, alarm) = (desk.report(), desk.alarm());
    let preface = desk.reading.preface.as_deref().filter(|_| !alarm);
    let report = report::helping(&answer, desk.knowledge(), desk.voice(), preface);
    let mut writer = Writer::new("helping");
    let lines: Vec<String> = report
        .headline
        .iter()
        .filter(|line| !(alarm && framed.headline.contains(line)))
        .map(|line| match alarm && line.ends_with(COMES_FIRST) {
            true => AT_THE_TOP.to_owned(),
            false => on_pages(line),
        })
        .collect();
    let first = answer.outcomes.first();
    let verdict =
        first.map(|outcome| outcome.verdict).or(answer.treatment.as_ref().map(|_| Verdict::CannotTell));
    let shared =
        !answer.beside.is_empty() && matches!(verdict, Some(Verdict::LikelyHelping | Verdict::Maybe));
    let (needs, others): (Vec<&Section>, Vec<&Section>) = report
        .sections
        .iter()
        // How the diary was read is said on the page Now.
        .filter(|section| section.title != "How the diary was read")
        .partition(|section| section.title == "What would make it clearer");
    let (scores, others): (Vec<&Section>, Vec<&Section>) =
        others.into_iter().partition(|section| section.title == "What the scores say");
    let drawn = first.zip(answer.treatment.as_ref());
    html! {
        section aria-labelledby="helping-answer" {
            h2 id="helping-answer" { "Is " (plain(asked)) " helping?" }
            // What is dangerous stands before any answer.
            @let (danger, rest) = split(&answer, &lines);
            @for line in danger { p.grave { (prose(line)) } }
            @if let Some(verdict) = verdict {
                p.verdict {
                    @if shared { "Something is " (if verdict == Verdict::Maybe { "maybe" } else { "likely" }) " helping" }
                    @else { (capital(report::verdict_word(verdict))) }
                }
                ol.five aria-label="The five answers there are" {
                    @for one in ANSWERS {
                        li aria-current=[(one == verdict).then_some("true")] { (capital(report::verdict_word(one))) }
                    }
                }
            }
            @for line in rest { p.sentence { (prose(line)) } }
        }
        @if let Some((outcome, treatment)) = drawn.filter(|(outcome, _)| outcome.series.points.len() > 1) {
            (picture::figure(desk, outcome, treatment))
        }
        @for section in &needs { (section_of(&mut writer, section, "needs")) }
        @if answer.treatment.is_some() && verdict != Some(Verdict::LikelyHelping) {
            p { a href="/mood#mood-questionnaires" { "Fill in a questionnaire" } " now: the same one, once a week, on about the same day." }
        }
        @for section in &scores { (section_of(&mut writer, section, "scores")) }
        @for (place, section) in others.iter().enumerate() { (section_of(&mut writer, section, &format!("more-{place}"))) }
        @if !report.sources.is_empty() { (writer.sources(&report.sources, 2)) }
    }
}

/// The lines of danger in front, and the others.
fn split<'l>(answer: &Helping, lines: &'l [String]) -> (&'l [String], &'l [String]) {
    let crisis = report::crisis_lines(&answer.assessment.help);
    let grave = |line: &String| {
        crisis.contains(line)
            || line == AT_THE_TOP
            || line.starts_with("URGENT")
            || line.starts_with("EMERGENCY")
            || line.starts_with("Thoughts of death")
            || line.starts_with("Item on suicide")
    };
    let until = lines.iter().rposition(grave).map_or(0, |place| place + 1);
    lines.split_at(until)
}

fn section_of(writer: &mut Writer, section: &Section, id: &str) -> Markup {
    let items = section.items.iter().map(paged).collect();
    writer.section(&Section { title: section.title.clone(), items }, &format!("helping-{id}"), 2)
}

fn paged(item: &Item) -> Item {
    Item { text: on_pages(&item.text), under: item.under.iter().map(paged).collect(), ..item.clone() }
}
