//! The two curves that cross: what is left of the old one, what there is of the new one, and serotonin meanwhile.
//!
//! The steps are put into the diary as they would be written and the whole is simulated, so that everything else that is
//! taken counts too.

use crate::{
    chart::{Bands, Figure, Mark, Scale, Series, Threshold, Time, Tone, Window, bands},
    desk::Desk,
};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use raphe::{
    exposure::{
        later,
        simulation::{Kind, Simulation, Span},
    },
    plan::{self, Plan},
    population::Population,
    synapse,
    timeline::{Entry, Event, Origin, Timeline, When, diary},
    units::{Interval, TimeSpan},
};

/// So many virtual people draw the curves: the days are found with all of them.
const PEOPLE: u32 = 96;
/// Days that are drawn before the first step and after the last.
const BEFORE: f64 = 7.0;
const AFTER: f64 = 14.0;
/// Longer than this is not drawn, days.
const LONGEST: f64 = 200.0;
/// Hours between two values, so that a day has its peaks; longer pictures take a wider one.
const EVERY: f64 = 4.0;
const SELDOM: f64 = 6.0;

/// First and last moment of the steps.
fn reach(plan: &Plan) -> Option<(Timestamp, Timestamp)> {
    let at = |date: jiff::civil::Date| date.to_zoned(plan.zone.clone()).ok().map(|zoned| zoned.timestamp());
    let dates = || plan.steps.iter().filter_map(|step| step.date);
    Some((at(dates().min()?)?, at(dates().max()?)?))
}

/// Simulates the diary with the steps in it; `alone` has no diary and takes the old one as usual.
pub(super) fn simulate(desk: &Desk, plan: &Plan, alone: bool) -> Option<Simulation> {
    let (first, last) = reach(plan)?;
    let (from, to) = (later(first, TimeSpan::days(-BEFORE)), later(last, TimeSpan::days(AFTER)));
    let hours = to.duration_since(from).as_secs_f64() / 3600.0;
    if hours > LONGEST * 24.0 {
        return None;
    }
    let knowledge = desk.knowledge();
    let reading = &desk.reading;
    let ground = match alone {
        true => usual(desk, plan)?,
        false => {
            let begun = reading.resolved.entries.iter().filter(|entry| entry.when.begun_by(plan.as_of));
            reading.resolved.holding(begun.cloned().collect())
        }
    };
    let planned = plan.steps.iter().flat_map(|step| step.entries.iter().cloned());
    let (timeline, _) = knowledge.resolve(&ground.with(planned));
    let population = Population { people: PEOPLE, ..desk.question().population };
    let population = Population { people: PEOPLE.min(desk.question().population.people), ..population };
    let step = TimeSpan::hours(if hours > LONGEST * 12.0 { SELDOM } else { EVERY });
    Some(synapse::simulation(&timeline, knowledge, population, Span { from: Some(from), to, step }))
}

/// Somebody who has long taken the old one alone, at the dose of the plan.
fn usual(desk: &Desk, plan: &Plan) -> Option<Timeline> {
    let dose = plan.from.daily_mg.map_or("?".to_owned(), |mg| format!("{} mg", raphe::units::number(mg)));
    let line = diary::read_dose_line(&format!("{} {dose} daily", plan.from.id)).ok()?;
    let start = plan.as_of.saturating_sub(SignedDuration::from_hours(120 * 24)).ok()?;
    let entry =
        Entry { when: When::at(start), event: Event::Start(line), origin: Origin::Asked(1), note: None };
    Some(Timeline::new(desk.reading.timeline.person.clone(), vec![entry]))
}

/// Both figures; nothing where the model cannot follow.
pub(super) fn figures(desk: &Desk, plan: &Plan, simulation: &Simulation) -> Markup {
    let until = simulation.time_h.last().map_or(simulation.start, |hours| at(simulation, *hours));
    let time = Time::new(simulation.start, until, plan.zone.clone()).now(plan.as_of);
    let (marks, windows) = (marks(plan), windows(plan));
    let width = desk.width() as u32;
    let levels = levels(desk, plan, simulation);
    let serotonin = simulation.series.iter().find(|series| series.kind == Kind::FoldChange);
    html! {
        section #plan-curves data-live {
            h2 { @if plan.to.is_some() { "How the one goes and the other comes" } @else { "How it goes" } }
            @if levels.is_empty() && serotonin.is_none() {
                p { "No picture: the model cannot follow these." }
            }
            @if !levels.is_empty() {
                (bands(
                    &Figure::new("plan-levels", "What is in the body", &said(plan), width),
                    &Bands { marks: marks.clone(), windows: windows.clone(),
                        ..with(&time, Scale::linear("of its own highest in this picture").unit(" %").reach(0.0, 100.0), levels) },
                ))
            }
            @if let Some(serotonin) = serotonin {
                @let series = vec![Series::new("serotonin", points(simulation, &serotonin.values, 1.0)).look(0)];
                (bands(
                    &Figure::new("plan-serotonin", "Modeled serotonin outside the cells",
                        "The line is the middle of the virtual people, the band holds nine in ten. One is this person's usual.", width),
                    &Bands { marks, windows, thresholds: vec![Threshold::new(1.0, "usual")],
                        ..with(&time, Scale::log("times as much as usual").unit("×"), series) },
                ))
            }
            p.hint {
                "Drawn with " (PEOPLE.min(desk.question().population.people)) " virtual people. The model rests on experiments in rats. It can \
                 make a wait longer, never shorter, and a shaded time is not free of risk."
            }
        }
    }
}

fn with(time: &Time, scale: Scale, series: Vec<Series>) -> Bands {
    Bands { series, ..Bands::new(time.clone(), scale) }
}

fn at(simulation: &Simulation, hours: f64) -> Timestamp {
    later(simulation.start, TimeSpan::hours(hours))
}

fn points(simulation: &Simulation, values: &[Interval], times: f64) -> Vec<(Timestamp, Interval)> {
    let scaled = |value: &Interval| Interval {
        median: value.median * times,
        p5: value.p5 * times,
        p95: value.p95 * times,
    };
    simulation
        .time_h
        .iter()
        .zip(values)
        .map(|(hours, value)| (at(simulation, *hours), scaled(value)))
        .collect()
}

/// Levels of both and of what the body makes of them, in percent of their highest middle; and the enzyme that the old or the
/// new one destroys.
fn levels(desk: &Desk, plan: &Plan, simulation: &Simulation) -> Vec<Series> {
    let knowledge = desk.knowledge();
    let mut list = Vec::new();
    let sides = [Some(&plan.from), plan.to.as_ref()];
    for (place, side) in sides.into_iter().flatten().enumerate() {
        let Some(substance) = knowledge.substance(&side.id) else { continue };
        let moieties =
            std::iter::once(&substance.id).chain(substance.metabolites.iter().map(|link| &link.id));
        for (nth, id) in moieties.enumerate().take(2) {
            let of = |kind| simulation.series.iter().find(|series| series.kind == kind && series.id == *id);
            let Some(found) = of(Kind::Total).or_else(|| of(Kind::ShareOfPeak)) else { continue };
            let most = found.values.iter().map(|value| value.median).fold(0.0, f64::max);
            if most <= 0.0 {
                continue;
            }
            let days = highest_of_days(points(simulation, &found.values, 100.0 / most));
            let series = Series::new(knowledge.substance_name(id), days);
            let series = series.look(2 * place + nth);
            list.push(if place == 1 { series.second() } else { series });
        }
    }
    let destroys = [Some(&plan.from), plan.to.as_ref()].into_iter().flatten().any(|side| {
        knowledge.substance(&side.id).is_some_and(|substance| plan::inhibits_mao(knowledge, substance))
    });
    let held = simulation.series.iter().find(|series| series.kind == Kind::Occupancy && series.id == "MAO-A");
    if let Some(held) = held.filter(|_| destroys) {
        list.push(Series::new("MAO-A blocked", points(simulation, &held.values, 100.0)).look(4));
    }
    list
}

/// The highest of each day: what comes and goes within a day would else be drawn as a comb.
fn highest_of_days(points: Vec<(Timestamp, Interval)>) -> Vec<(Timestamp, Interval)> {
    let Some((start, _)) = points.first().copied() else { return points };
    let day = |at: Timestamp| at.duration_since(start).as_secs().div_euclid(86_400);
    // A day that the picture only touches has no peak to tell.
    let days = points.chunk_by(|one, next| day(one.0) == day(next.0)).filter(|day| day.len() > 1);
    let highest = days.filter_map(|day| {
        let most = |of: fn(&Interval) -> f64| day.iter().map(|(_, value)| of(value)).fold(0.0, f64::max);
        let value = Interval {
            median: most(|value| value.median),
            p5: most(|value| value.p5),
            p95: most(|value| value.p95),
        };
        // It stands where it was highest, so that nothing seems to be there before its first dose.
        let at = day.iter().max_by(|a, b| a.1.median.total_cmp(&b.1.median)).map(|(at, _)| *at)?;
        Some((at, value))
    });
    highest.collect()
}

/// What the first figure shows, in a sentence.
fn said(plan: &Plan) -> String {
    match &plan.to {
        Some(to) => format!(
            "{} goes and {} comes. Each line is the highest level in blood of each day, in percent of its own highest in this picture; the band \
             holds nine in ten virtual people.",
            plan.from.name, to.name
        ),
        None => format!(
            "{} goes step by step. The line is the highest level in blood of each day, in percent of its highest in this picture; the band holds \
             nine in ten virtual people.",
            plan.from.name
        ),
    }
}

/// The midnight that begins a day.
fn day(plan: &Plan, date: jiff::civil::Date) -> Option<Timestamp> {
    date.to_zoned(plan.zone.clone()).ok().map(|zoned| zoned.timestamp())
}

fn marks(plan: &Plan) -> Vec<Mark> {
    let Days { last, first, .. } = days(plan);
    let mark = |at: Option<Timestamp>, name: String| at.map(|at| Mark::new(at, name));
    let to = plan.to.as_ref().map_or("", |to| to.name.as_str());
    let last = mark(last, format!("last {}", plan.from.name));
    let first = mark(first, format!("first {to}"));
    last.into_iter().chain(first).collect()
}

fn windows(plan: &Plan) -> Vec<Window> {
    let Days { last, first, .. } = days(plan);
    let (Some(last), Some(first), Some(to)) = (last, first, &plan.to) else { return Vec::new() };
    let open = Window { from: first, to: None, name: format!("{} may begin", to.name), tone: Tone::Safe };
    if first <= last {
        return Vec::new();
    }
    vec![Window { from: last, to: Some(first), name: format!("no {}", to.name), tone: Tone::Danger }, open]
}

/// The days that a plan turns on.
pub(super) struct Days {
    /// Last dose of the old one, as a moment of the drawing.
    pub(super) last: Option<Timestamp>,
    /// First dose of the new one.
    pub(super) first: Option<Timestamp>,
    /// The same as dates.
    pub(super) last_day: Option<jiff::civil::Date>,
    pub(super) first_day: Option<jiff::civil::Date>,
}

/// Reads them off the steps: what ends and what begins is in their lines.
pub(super) fn days(plan: &Plan) -> Days {
    let entries = || plan.steps.iter().flat_map(|step| &step.entries);
    let date = |at: Timestamp| at.to_zoned(plan.zone.clone()).date();
    let stops = entries().find(|entry| matches!(entry.event, Event::Stop(_)));
    // A stop holds from the beginning of its day, so the last dose was the day before; what has ended has no such line.
    let last_day = match stops {
        Some(entry) => date(entry.when.start).yesterday().ok(),
        None => plan.steps.iter().find(|step| step.daily_mg == Some(0.0)).and_then(|step| step.date),
    };
    let first = entries().find(|entry| matches!(entry.event, Event::Start(_))).map(|entry| entry.when.start);
    Days { last: last_day.and_then(|date| day(plan, date)), first, last_day, first_day: first.map(date) }
}
