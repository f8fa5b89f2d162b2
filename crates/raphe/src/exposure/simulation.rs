//! Courses for looking at: levels and enzyme activities over time with their bands, and how much more of one drug
//! there is beside another.

use super::{
    course::Companion,
    intake::{self, Use},
    later,
    network::GUT,
    scenario::{Outcome, Scenario, TOBACCO, Window},
};
use crate::{
    knowledge::Knowledge,
    population::Population,
    timeline::{Event, Precision, Timeline},
    units::{Interval, MassConcentration, TimeSpan},
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The course of everything in a timeline.
#[derive(Debug, Clone)]
pub struct Simulation {
    /// The moment of time zero.
    pub start: Timestamp,
    /// Hours from the start.
    pub time_h: Vec<f64>,
    /// One for each thing that has a course.
    pub series: Vec<Series>,
    /// What is taken and has none, or only a part of it, and why.
    pub missing: Vec<(String, &'static str)>,
}

/// One thing over time.
#[derive(Debug, Clone)]
pub struct Series {
    /// What is told of it.
    pub kind: Kind,
    /// The moiety or the enzyme.
    pub id: String,
    /// One interval for each time.
    pub values: Vec<Interval>,
}

/// What a series tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Total level in plasma, ng/mL.
    Total,
    /// Free level in plasma, nmol/L.
    Free,
    /// Share of the person's own highest level, where no level can be told.
    ShareOfPeak,
    /// Activity of an enzyme over the person's own uninhibited one.
    Activity,
    /// Share of a target that is occupied, or of an enzyme of the brain that is inhibited.
    Occupancy,
    /// Serotonin outside the cells over the person's own baseline.
    FoldChange,
}

impl Kind {
    /// Its word in the output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Total => "total_ng_per_ml",
            Self::Free => "free_nmol_per_l",
            Self::ShareOfPeak => "share_of_peak",
            Self::Activity => "enzyme_activity",
            Self::Occupancy => "occupancy",
            Self::FoldChange => "fold_change",
        }
    }
}

/// When to look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// From here; `None` = the first dose.
    pub from: Option<Timestamp>,
    /// To here.
    pub to: Timestamp,
    /// At this distance.
    pub step: TimeSpan,
}

/// Simulates levels and enzyme activities of a resolved timeline over a span.
///
/// Doses of running regimens go on to the end of the span, also past the last line of the diary.
#[must_use]
pub fn simulate(
    timeline: &Timeline,
    knowledge: &Knowledge,
    population: Population,
    span: Span,
) -> Simulation {
    accompanied(timeline, knowledge, population, span, 0.0, |_, _| ()).0
}

/// The same with somebody who sees the whole course of everyone, from `memory` hours before the span on; they are told the
/// moments of the span, in hours from the start of the scenario, and come back with what they found and how much each
/// person counts.
pub(crate) fn accompanied<C: Companion>(
    timeline: &Timeline,
    knowledge: &Knowledge,
    population: Population,
    span: Span,
    memory: f64,
    companion: impl FnOnce(&Scenario<'_>, Vec<f64>) -> C,
) -> (Simulation, C, Vec<C::Found>, Vec<f64>) {
    let (uses, _) = intake::uses(timeline, knowledge, span.to);
    let all: Vec<&Use> = uses.iter().collect();
    let first = all.iter().filter_map(|one| one.intakes.first()).map(|intake| intake.from).min();
    let start = span.from.or(first).unwrap_or(span.to).min(span.to);
    let window = Window { seen_from: start, now: span.to, end: span.to, memory };
    let scenario = Scenario::over(knowledge, timeline, &all, population, window);
    let start = start.max(scenario.start);
    let begin = super::hours_between(scenario.start, start);
    let every = span.step.as_hours().max(0.05);
    let count = ((scenario.hours - begin) / every + 1e-6).floor() as usize + 1;
    let time_h: Vec<f64> = (0..count).map(|place| place as f64 * every).collect();
    let moments: Vec<f64> = time_h.iter().map(|hour| begin + hour).collect();
    let companion = companion(&scenario, moments.clone());
    let (outcome, found) = scenario.accompanied(&moments, every.min(1.0), f64::INFINITY, &companion);
    let series = series(&scenario, &outcome);
    (Simulation { start, time_h, series, missing: Vec::new() }, companion, found, outcome.weights)
}

fn series(scenario: &Scenario<'_>, outcome: &Outcome) -> Vec<Series> {
    let (network, course) = (&scenario.network, &outcome.course);
    let interval = |values: &[f64]| Interval::weighed(values, &outcome.weights);
    let mut list = Vec::new();
    // What smoke brings in is counted only for what it does to an enzyme: its level means nothing.
    let told = network.moieties.iter().enumerate().filter(|(_, moiety)| moiety.id != TOBACCO);
    for (place, moiety) in told {
        let over_time = |value: &dyn Fn(f64, usize) -> f64| -> Option<Vec<Interval>> {
            let at = |sample: &usize| {
                let levels = course.levels[place][*sample].iter().enumerate();
                interval(&levels.map(|(person, level)| value(*level, person)).collect::<Vec<f64>>())
            };
            outcome.place.iter().map(at).collect()
        };
        let mut add = |kind, values: Option<Vec<Interval>>| {
            list.extend(values.map(|values| Series { kind, id: moiety.id.clone(), values }));
        };
        if scenario.measured(place) {
            add(Kind::Total, over_time(&|level, _| MassConcentration::mg_per_l(level).as_ng_per_ml()));
            if moiety.free(0.0).is_some() {
                add(Kind::Free, over_time(&|level, _| moiety.free(level).unwrap_or_default()));
            }
        } else {
            let share = |level: f64, person: usize| {
                let peak = course.peak[place][person];
                if peak > 0.0 { (level / peak).min(1.0) } else { 0.0 }
            };
            add(Kind::ShareOfPeak, over_time(&share));
        }
    }
    for (place, enzyme) in network.enzymes.iter().enumerate() {
        if network.effects.iter().all(|effect| effect.on != place) {
            continue;
        }
        let at = |sample: &usize| interval(&course.activity[place][*sample]);
        let values: Option<Vec<Interval>> = outcome.place.iter().map(at).collect();
        list.extend(values.map(|values| Series { kind: Kind::Activity, id: enzyme.id.clone(), values }));
    }
    list.sort_by(|a, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
    list
}

/// How much more of one substance there is beside another.
#[derive(Debug, Clone, PartialEq)]
pub struct ExposureRatio {
    /// Whose level changes: what was taken, or a metabolite of it.
    pub victim: String,
    /// Who changes it.
    pub perpetrator: String,
    /// Area under the level with it over the area without it.
    pub auc_ratio: Interval,
}

/// Ratios that are told: from this much more, or the same less.
const TOLD: f64 = 1.15;
/// Half-lives of one dose that are followed.
const FOLLOWED: f64 = 7.0;

/// For every two substances that act together at `as_of`, how much the one changes the level of the other.
///
/// A regimen is judged over its last day, a single dose over all of its course. What is running goes on as it does.
#[must_use]
pub fn exposure_ratios(
    timeline: &Timeline,
    knowledge: &Knowledge,
    population: Population,
    as_of: Timestamp,
) -> Vec<ExposureRatio> {
    let (uses, _) = intake::uses(timeline, knowledge, as_of);
    // Two regimens beside each other answer both ways in one run.
    let mut seen: BTreeMap<(BTreeSet<&str>, Stretch), Areas> = BTreeMap::new();
    let mut ratios = Vec::new();
    for victim in &uses {
        for perpetrator in uses.iter().filter(|one| one.substance != victim.substance) {
            let both = Scenario::new(knowledge, timeline, &[victim, perpetrator], population, None, as_of);
            let Some(stretch) = stretch(&both, victim, as_of) else { continue };
            let [alone, together] = [vec![victim], vec![victim, perpetrator]].map(|given| {
                let ids: BTreeSet<&str> = given.iter().map(|one| one.substance.as_str()).collect();
                seen.entry((ids.clone(), stretch))
                    .or_insert_with(|| areas(timeline, knowledge, population, &ids, stretch))
                    .clone()
            });
            for (moiety, without) in
                alone.of.iter().filter(|(moiety, _)| both.is_made_of(moiety, &victim.substance))
            {
                let Some(with) = together.of.get(moiety) else { continue };
                // Another one that also becomes it would be counted as an effect.
                if moiety != &victim.substance && both.is_made_of(moiety, &perpetrator.substance) {
                    continue;
                }
                let ratio = |(with, without): (&f64, &f64)| if *without > 0.0 { with / without } else { 1.0 };
                let folds: Vec<f64> = with.iter().zip(without).map(ratio).collect();
                let Some(auc_ratio) = Interval::weighed(&folds, &together.weights) else { continue };
                if auc_ratio.median < TOLD && auc_ratio.median > 1.0 / TOLD {
                    continue;
                }
                ratios.push(ExposureRatio {
                    victim: moiety.clone(),
                    perpetrator: perpetrator.substance.clone(),
                    auc_ratio,
                });
            }
        }
    }
    ratios
}

/// Over which time an area is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Stretch {
    from: Timestamp,
    to: Timestamp,
}

/// Areas under the levels of what was taken and of its metabolites, by id, person by person; and how much each person counts.
#[derive(Debug, Clone)]
struct Areas {
    of: BTreeMap<String, Vec<f64>>,
    weights: Vec<f64>,
}

/// Where to look for the effect on one of two substances; `None` where the other acts on no enzyme that removes it.
fn stretch(both: &Scenario<'_>, victim: &Use, as_of: Timestamp) -> Option<Stretch> {
    let network = &both.network;
    let place = network.find(&victim.substance)?;
    let removed = &network.moieties[place];
    let own = |moiety: usize| moiety == place || removed.forms.iter().any(|form| form.child == moiety);
    let meets = network.effects.iter().any(|effect| {
        let enzyme = &network.enzymes[effect.on].id;
        !own(effect.by)
            && (removed.shares.iter().any(|(share, _)| *share == effect.on)
                || (removed.wall < 1.0 && enzyme == GUT))
    });
    if !meets {
        return None;
    }
    if victim.spells.last().is_some_and(|spell| spell.running) {
        return Some(Stretch { from: later(as_of, TimeSpan::days(-1.0)), to: as_of });
    }
    // With the other one still taken, the half-life may be several times its own.
    let span = (removed.shape.half_life * FOLLOWED * 3.0).clamp(24.0, 60.0 * 24.0);
    Some(Stretch { from: victim.intakes.first()?.from, to: later(as_of, TimeSpan::hours(span)) })
}

/// The areas when only these are taken.
fn areas(
    timeline: &Timeline,
    knowledge: &Knowledge,
    population: Population,
    ids: &BTreeSet<&str>,
    stretch: Stretch,
) -> Areas {
    let (uses, _) = intake::uses(timeline, knowledge, stretch.to);
    let given: Vec<&Use> = uses.iter().filter(|one| ids.contains(one.substance.as_str())).collect();
    let scenario = Scenario::new(knowledge, timeline, &given, population, Some(stretch.from), stretch.to);
    let from = super::hours_between(scenario.start, stretch.from).max(0.0);
    let outcome = scenario.run(&[], 1.0, from);
    let moieties = scenario.network.moieties.iter().map(|moiety| moiety.id.clone());
    Areas { of: moieties.zip(outcome.course.area).collect(), weights: outcome.weights }
}

/// The last moment a timeline speaks of.
#[must_use]
pub fn last_moment(timeline: &Timeline) -> Option<Timestamp> {
    timeline
        .entries
        .iter()
        .filter(|entry| entry.when.precision != Precision::Undated)
        .filter(|entry| !matches!(entry.event, Event::Unread(_)))
        .map(|entry| entry.when.last())
        .max()
}
