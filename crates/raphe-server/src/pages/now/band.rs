//! Serotonin over a fortnight: seven days back, seven ahead, with now between them.

use super::words::{day, hidden, times};
use crate::{
    chart::{self, Bands, Figure, Scale, Series, Threshold, Time},
    desk::Desk,
};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use raphe::{
    assess::Assessment,
    exposure::simulation::{Kind, Span},
    knowledge::schema::Urgency,
    report::html::prose,
    units::{Interval, TimeSpan},
};

/// How far back and ahead.
const DAYS: i64 = 7;
/// How often.
const EVERY: f64 = 2.0;

/// The figure, or why there is none.
pub(super) fn band(desk: &Desk, assessment: &Assessment) -> Markup {
    html! {
        section aria-labelledby="band" id="now-band" data-live {
            h2 id="band" { "Serotonin over two weeks" }
            @match hidden(desk) {
                Some(withheld) => (desk.instead(&withheld)),
                None => (drawn(desk, assessment)),
            }
        }
    }
}

fn drawn(desk: &Desk, assessment: &Assessment) -> Markup {
    let week = SignedDuration::from_hours(DAYS * 24);
    let (Ok(from), Ok(to)) = (assessment.as_of.checked_sub(week), assessment.as_of.checked_add(week)) else {
        return html! {};
    };
    let span = Span { from: Some(from), to, step: TimeSpan::hours(EVERY) };
    let simulation = match desk.simulation(span) {
        Ok(simulation) => simulation,
        Err(withheld) => return desk.instead(&withheld),
    };
    let missing = raphe::synapse::missing(desk.knowledge(), &assessment.synapse);
    let fold = simulation.series.iter().find(|series| series.kind == Kind::FoldChange);
    let Some(fold) = fold else {
        return html! {
            p { "Nothing that is in the body now is part of the model of serotonin, so no picture can be drawn. That is not the same as no effect." }
            (not_in_the_picture(&missing))
        };
    };
    let points: Vec<(Timestamp, Interval)> = simulation
        .time_h
        .iter()
        .zip(&fold.values)
        .filter_map(|(hours, value)| {
            let after = SignedDuration::try_from_secs_f64(hours * 3600.0).ok()?;
            Some((simulation.start.checked_add(after).ok()?, *value))
        })
        .collect();
    let now = assessment.synapse.fold_change;
    html! {
        @if let Some(now) = now {
            p { "Now " (prose(&times(now))) " the own level without any medicine, by the model. The range holds 9 of 10 people like this." }
        }
        (figure(desk, assessment, points, (from, to)))
        p.hint {
            @if assessment.urgency >= Urgency::Urgent { "This changes nothing of what is said above. " }
            @else { "The days ahead hold if everything is taken as it is written. " }
            "The numbers come from a model that rests on experiments in rats. They explain; they are no measurement, and a low one makes nothing safe."
        }
        (not_in_the_picture(&missing))
    }
}

fn figure(
    desk: &Desk,
    assessment: &Assessment,
    points: Vec<(Timestamp, Interval)>,
    (from, to): (Timestamp, Timestamp),
) -> Markup {
    let says = says(desk, &points, assessment.as_of);
    let scale = Scale::log("Serotonin outside the nerve cells").unit("×");
    let time = Time::new(from, to, desk.zone()).now(assessment.as_of);
    let bands = Bands {
        series: vec![Series::new("Middle, and range of 9 in 10 people", points)],
        thresholds: vec![Threshold::new(1.0, "without any medicine")],
        ..Bands::new(time, scale)
    };
    let title = "Serotonin, times the own level without any medicine";
    // Beside the form there is less room than on the whole page.
    let width = if desk.width() > 927.0 { desk.width() - 370.0 } else { desk.width() };
    chart::bands(&Figure::new("now-serotonin", title, &says, width as u32), &bands)
}

/// The highest of the week behind and of the week ahead, in a sentence.
fn says(desk: &Desk, points: &[(Timestamp, Interval)], now: Timestamp) -> String {
    let highest = |ahead: bool| {
        let side = points.iter().filter(|(at, _)| (*at > now) == ahead);
        side.max_by(|a, b| a.1.median.total_cmp(&b.1.median))
            .map(|(at, value)| (day(desk, *at), times(*value)))
    };
    match (highest(false), highest(true)) {
        (Some((behind, most)), Some((ahead, coming))) => format!(
            "In the last week it was highest on {behind}, {most}; in the coming week it is highest on {ahead}, {coming}."
        ),
        (Some((at, most)), None) | (None, Some((at, most))) => format!("It is highest on {at}, {most}."),
        (None, None) => "There is nothing to draw.".to_owned(),
    }
}

fn not_in_the_picture(missing: &[(String, &'static str)]) -> Markup {
    html! {
        @if !missing.is_empty() {
            p { strong { "Not in the picture:" } " "
                @for (place, (what, why)) in missing.iter().enumerate() { @if place > 0 { "; " } (what) " (" (why) ")" } "." }
        }
    }
}
