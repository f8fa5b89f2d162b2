//! *Timeline*: what happened when, on one axis.
//!
//! Medicines are bars as tall as the dose is high; below lie single doses, signs, feelings, scores, sleep, light and movement, and
//! under them what follows from it: levels in blood and serotonin, each with its range. The stretch that is looked at is remembered
//! by the server, moved by buttons; the script adds keys and dragging. A line that could not be read has a track too.

mod tracks;

use crate::{
    app::App,
    chart::{self, Figure, Lanes, Time},
    desk::Desk,
    page::Page,
    visit::{Html, Json, Posted, Visit, Wrong},
};
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use raphe::{exposure::simulation::Span, report::html::plain, units::TimeSpan};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/timeline", get(page))
        .route("/timeline.json", get(json))
        .route("/timeline/view", post(view))
        .route("/assets/timeline.js", get(|| async { super::script(include_str!("../assets/timeline.js")) }))
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct View {
    from: Timestamp,
    to: Timestamp,
}

const DAY: i64 = 24 * 3600;
/// What is seen at first: so many days back and ahead.
const BACK: i64 = 60;
const AHEAD: i64 = 14;
/// The narrowest and the widest stretch, seconds.
const NARROWEST: i64 = 6 * 3600;
const WIDEST: i64 = 40 * 366 * DAY;
/// Curves have a value this often, hours: as often as their stretch of time asks for.
const STEPS: [f64; 10] = [0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 24.0];
const LONGEST_STEP: f64 = 48.0;

impl View {
    /// What is seen at first: the last two months and the next two weeks.
    fn first(desk: &Desk) -> Self {
        let as_of = desk.reading.as_of;
        let start = desk.reading.timeline.start().unwrap_or(as_of);
        let back = after(as_of, -BACK * DAY);
        Self { from: back.max(after(start, -DAY)), to: after(as_of, AHEAD * DAY) }.sound()
    }

    /// Everything there is.
    fn whole(desk: &Desk) -> Self {
        let as_of = desk.reading.as_of;
        let timeline = &desk.reading.timeline;
        let from = timeline.start().unwrap_or(as_of).min(as_of);
        let to = timeline.end().unwrap_or(as_of).max(after(as_of, AHEAD * DAY));
        Self { from: after(from, -DAY), to }.sound()
    }

    /// The days around now.
    fn days(desk: &Desk, days: i64) -> Self {
        let ahead = (days / 4).clamp(1, AHEAD);
        let as_of = desk.reading.as_of;
        Self { from: after(as_of, -(days - ahead) * DAY), to: after(as_of, ahead * DAY) }
    }

    fn seconds(self) -> i64 {
        self.to.as_second() - self.from.as_second()
    }

    /// Moved by a share of itself.
    fn moved(self, share: f64) -> Self {
        let by = (self.seconds() as f64 * share) as i64;
        Self { from: after(self.from, by), to: after(self.to, by) }
    }

    /// Wider or narrower by a factor, around its middle.
    fn scaled(self, factor: f64) -> Self {
        let by = (self.seconds() as f64 * (factor - 1.0) / 2.0) as i64;
        Self { from: after(self.from, -by), to: after(self.to, by) }
    }

    /// Neither narrower nor wider than what can be looked at.
    fn sound(self) -> Self {
        let (from, to) = (self.from.min(self.to), self.from.max(self.to));
        match to.as_second() - from.as_second() {
            length if length < NARROWEST => Self { from, to: after(from, NARROWEST) },
            length if length > WIDEST => Self { from: after(to, -WIDEST), to },
            _ => Self { from, to },
        }
    }

    fn span(self) -> Span {
        // About as many points as there are pixels for them, and each day at the same hours: else what is taken once a day
        // rises and falls with a rhythm that is none of its own.
        let wanted = self.seconds() as f64 / 3600.0 / 400.0;
        let step = STEPS.into_iter().find(|step| *step >= wanted).unwrap_or(LONGEST_STEP);
        Span { from: Some(self.from), to: self.to, step: TimeSpan::hours(step) }
    }
}

fn after(at: Timestamp, seconds: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(at)
}

async fn page(visit: Visit) -> Result<Html, Wrong> {
    let view = visit.recall::<View>();
    visit
        .ask(move |desk| {
            let view = view.unwrap_or_else(|| View::first(desk));
            desk.page(Page::Timeline, &body(desk, view))
        })
        .await
}

async fn json(visit: Visit) -> Result<Response, Wrong> {
    let view = visit.recall::<View>();
    visit
        .ask(move |desk| {
            let view = view.unwrap_or_else(|| View::first(desk));
            match desk.simulation(view.span()) {
                Ok(course) => Json(raphe_json::Simulation::new(
                    &course,
                    &desk.reading.resolved,
                    desk.knowledge(),
                    view.to,
                ))
                .into_response(),
                // What is withheld is withheld in every form; the assessment says whom to call.
                Err(_) => {
                    Json(raphe_json::Assessment::new(&desk.assessment(), desk.knowledge())).into_response()
                }
            }
        })
        .await
}

/// Another stretch of time.
async fn view(visit: Visit, form: Posted) -> Result<Response, Wrong> {
    let old = visit.recall::<View>();
    let asker = visit.clone();
    let new = asker
        .ask(move |desk| {
            let old = old.unwrap_or_else(|| View::first(desk));
            let moment =
                |name| form.get(name).parse().ok().and_then(|second| Timestamp::from_second(second).ok());
            match form.get("act") {
                "earlier" => old.moved(-0.5),
                "later" => old.moved(0.5),
                "closer" => old.scaled(0.5),
                "wider" => old.scaled(2.0),
                "all" => View::whole(desk),
                "week" => View::days(desk, 7),
                "month" => View::days(desk, 30),
                "quarter" => View::days(desk, 91),
                "year" => View::days(desk, 365),
                "between" => match (moment("from"), moment("to")) {
                    (Some(from), Some(to)) => View { from, to },
                    _ => old,
                },
                _ => View::first(desk),
            }
            .sound()
        })
        .await?;
    visit.remember(new);
    Ok(visit.back(Page::Timeline.path(), None))
}

const MOVES: [(&str, &str); 4] =
    [("earlier", "Earlier"), ("later", "Later"), ("closer", "Closer"), ("wider", "Wider")];
const STRETCHES: [(&str, &str); 5] =
    [("week", "A week"), ("month", "A month"), ("quarter", "3 months"), ("year", "A year"), ("all", "All")];

fn body(desk: &Desk, view: View) -> Markup {
    let zone = desk.zone();
    let time = Time::new(view.from, view.to, zone.clone()).now(desk.reading.as_of);
    let day = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%-d %b %Y").to_string();
    let course = desk.simulation(view.span());
    let drawn = tracks::tracks(desk, &time, course.as_deref().ok());
    let says = format!(
        "From {} to {}: {}. The line marked now is the moment that is judged.",
        day(view.from),
        day(view.to),
        match drawn.tracks.as_slice() {
            [] => "nothing is written down for these days".to_owned(),
            some => some.iter().map(|track| track.name.as_str()).collect::<Vec<_>>().join(", "),
        }
    );
    let figure = Figure::new("axis", "What happened when", &says, desk.visit.width.into());
    let lanes = Lanes { tracks: drawn.tracks, shapes: drawn.shapes, ..Lanes::new(time) };
    html! {
        form.moves method="post" action="/timeline/view" aria-label="Which days" {
            (desk.secret())
            div.buttons role="group" aria-label="Move" {
                @for (act, word) in MOVES { button name="act" value=(act) { (word) } }
            }
            div.buttons role="group" aria-label="Show" {
                @for (act, word) in STRETCHES { button name="act" value=(act) { (word) } }
            }
        }
        @if let Err(withheld) = &course { (desk.instead(withheld)) }
        div.axis id="timeline" data-live tabindex="0" role="group" aria-label="Timeline. Arrow keys move it, plus and minus zoom." {
            (chart::lanes(&figure, &lanes))
            @for line in &drawn.says { p.hint { (plain(line)) } }
        }
        p.hint.scripted hidden {
            "Drag over the picture to look closer. With the picture chosen: arrow keys move it, + and − zoom, 0 shows all."
        }
        p { a href="/diary" { "See or change the lines behind it" } }
        script src="/assets/timeline.js" defer {}
    }
}
