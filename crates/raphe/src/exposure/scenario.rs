//! A question about exposure, made ready to run: what was taken by one person, from when to when.
//!
//! A scenario begins early enough that nothing older can matter (ten half-lives of the slowest moiety, six of the
//! slowest enzyme, at most 400 days) and ends at a moment. Times are hours from its start, in whole steps back from the
//! end.

use super::{
    course::{self, Companion, Course, Depot, Dose, Plan, Wanted, Way},
    hours_between,
    intake::{Intake, Use},
    kinetics::{Regimen, Uptake},
    later,
    network::Network,
    people::People,
};
use crate::{
    knowledge::Knowledge,
    population::Population,
    timeline::{Event, Form, Lab, Route, Timeline},
    units::{Interval, MassConcentration, MolarConcentration, TimeSpan},
};
use jiff::Timestamp;
use raphe_knowledge::Substance;

/// Half-lives after which a moiety, and an enzyme, no longer counts.
const HALF_LIVES: f64 = 10.0;
const TURNOVERS: f64 = 6.0;
/// Shortest and longest time looked back, hours.
const LOOK_BACK: (f64, f64) = (3.0 * 24.0, 400.0 * 24.0);
/// How long a depot injection may still give something off, hours.
const DEPOT_LASTS: f64 = 300.0 * 24.0;
/// The substance that a smoker takes all along.
pub(crate) const TOBACCO: &str = "tobacco";
/// Between a level in the blood and the same level simulated lie the assay and the hour it was drawn: the standard
/// deviation of the logarithm.
const LAB_ERROR: f64 = 0.2;
/// People who must still count once a measured level has weighed them.
const LEAST_COUNTED: f64 = 20.0;

/// What is simulated.
pub(crate) struct Scenario<'a> {
    knowledge: &'a Knowledge,
    pub(crate) network: Network,
    pub(crate) plan: Plan,
    people: People<'a>,
    /// The first hour.
    pub(crate) start: Timestamp,
    /// Hours from the start to the end.
    pub(crate) hours: f64,
    /// Hours from the start to the moment that is asked for.
    pub(crate) now: f64,
    /// What was taken, by id.
    pub(crate) taken: Vec<String>,
    /// Moieties of which some dose has no known amount: their levels mean nothing, only shares do.
    pub(crate) amount_unknown: Vec<bool>,
    /// Measured levels: moiety, hours from the start, mg/L.
    labs: Vec<(usize, f64, f64)>,
}

/// Levels and enzymes at chosen moments, with how much each person counts.
pub(crate) struct Outcome {
    /// What came of it.
    pub(crate) course: Course,
    /// Weight of each person; empty = everyone counts the same.
    pub(crate) weights: Vec<f64>,
    /// Place of each wanted moment among the samples.
    pub(crate) place: Vec<usize>,
    /// What the measured levels were held against.
    pub(crate) labs: Vec<LabLevel>,
}

/// A measured level beside the simulated one.
#[derive(Debug, Clone, PartialEq)]
pub struct LabLevel {
    /// The substance or metabolite.
    pub moiety: String,
    /// As measured, ng/mL.
    pub measured: f64,
    /// As simulated for that hour before it was measured, ng/mL.
    pub simulated: Interval,
}

impl LabLevel {
    /// Whether the doses explain it: it lies within twice the simulated range.
    #[must_use]
    pub fn is_explained(&self) -> bool {
        (0.5 * self.simulated.p5..2.0 * self.simulated.p95).contains(&self.measured)
    }
}

/// The time a scenario spans.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    /// It is looked at from here on.
    pub(crate) seen_from: Timestamp,
    /// The moment that is asked for.
    pub(crate) now: Timestamp,
    /// It ends here.
    pub(crate) end: Timestamp,
    /// What comes along needs to have seen so much before `seen_from`, hours.
    pub(crate) memory: f64,
}

impl<'a> Scenario<'a> {
    /// What was taken of some uses up to `end`, looked at from `seen_from` on (or at the end only).
    pub(crate) fn new(
        knowledge: &'a Knowledge,
        timeline: &'a Timeline,
        uses: &[&Use],
        population: Population,
        seen_from: Option<Timestamp>,
        end: Timestamp,
    ) -> Self {
        let window = Window { seen_from: seen_from.unwrap_or(end).min(end), now: end, end, memory: 0.0 };
        Self::over(knowledge, timeline, uses, population, window)
    }

    /// The same over a window whose end lies past the moment that is asked for.
    pub(crate) fn over(
        knowledge: &'a Knowledge,
        timeline: &'a Timeline,
        uses: &[&Use],
        population: Population,
        window: Window,
    ) -> Self {
        let end = window.end;
        let person = &timeline.person;
        let taken: Vec<(&Substance, Route)> = uses
            .iter()
            .filter_map(|one| Some((knowledge.substance(&one.substance)?, one.spells.last()?.route)))
            .collect();
        let smokes = smoked_until(timeline, knowledge, uses, end);
        let tobacco =
            smokes.and_then(|_| knowledge.substance(TOBACCO)).map(|tobacco| (tobacco, Route::Smoked));
        let network = Network::of(knowledge, taken.iter().copied().chain(tobacco));
        let start = start(&network, uses, smokes.is_some(), window);
        let hours = hours_between(start, end).max(0.0);
        let mut scenario = Self {
            knowledge,
            plan: Plan::default(),
            people: People::new(knowledge, population, person, window.now),
            start,
            hours,
            now: hours_between(start, window.now).clamp(0.0, hours),
            taken: uses.iter().map(|one| one.substance.clone()).collect(),
            amount_unknown: vec![false; network.moieties.len()],
            labs: Vec::new(),
            network,
        };
        for one in uses {
            scenario.take(one, end);
        }
        if let Some((until, (tobacco, route))) = smokes.zip(tobacco) {
            scenario.smoke(tobacco, route, hours_between(start, until).min(hours));
        }
        scenario.labs = scenario.labs(timeline, window.now);
        scenario
    }

    fn take(&mut self, one: &Use, end: Timestamp) {
        let (Some(substance), Some(moiety)) =
            (self.knowledge.substance(&one.substance), self.network.find(&one.substance))
        else {
            return;
        };
        for (index, intake) in one.intakes.iter().enumerate() {
            let (from, to) = (hours_between(self.start, intake.from), hours_between(self.start, intake.to));
            if to < 0.0 || intake.from > end {
                continue;
            }
            // A dose of today that may lie before or after now lies before.
            let to = if from <= self.now { to.min(self.now.max(from)) } else { to };
            let mass = intake.mass.map(|(low, high)| (low.as_mg(), high.as_mg()));
            if mass.is_none() {
                self.amount_unknown[moiety] = true;
            }
            let way = self.way(substance, moiety, intake);
            let line = format!("{:?}", intake.origin);
            let key = (named(&one.substance, &line), named(&one.substance, &index.to_string()));
            self.plan.doses.push(Dose { moiety, from, to, mass: mass.unwrap_or((1.0, 1.0)), way, key });
        }
    }

    fn way(&mut self, substance: &Substance, moiety: usize, intake: &Intake) -> Way {
        let patch = intake.route == Route::Transdermal || intake.form == Some(Form::Patch);
        match (intake.route, intake.over) {
            (Route::Iv, None) => Way::Blood(1.0),
            (Route::Iv, Some(over)) => Way::Over(over.as_hours(), 1.0),
            // What a patch is said to give in a day has passed the skin.
            (_, Some(over)) if patch => Way::Over(over.as_hours(), 1.0),
            (_, None) if intake.form == Some(Form::Patch) => Way::Over(24.0, 1.0),
            (route, _) => Way::Depot(self.depot(substance, moiety, route, intake.form)),
        }
    }

    fn depot(&mut self, substance: &Substance, moiety: usize, route: Route, form: Option<Form>) -> usize {
        let shape = &self.network.moieties[moiety].shape;
        let Uptake { rate, lag, share, first_pass } = Uptake::of(substance, shape, route, form);
        let depot = Depot { moiety, rate: rate.unwrap_or(20.0), lag, share, first_pass };
        match self.plan.depots.iter().position(|known| *known == depot) {
            Some(place) => place,
            None => {
                self.plan.depots.push(depot);
                self.plan.depots.len() - 1
            }
        }
    }

    /// A smoker smokes from before the beginning: evenly over the day is near enough for an enzyme that needs days.
    fn smoke(&mut self, tobacco: &Substance, route: Route, until: f64) {
        let typical = tobacco.doses.first().and_then(|dose| Regimen::read(tobacco, &dose.typical));
        let (Some(moiety), Some(typical)) = (self.network.find(TOBACCO), typical) else { return };
        let share = Uptake::of(tobacco, &self.network.moieties[moiety].shape, route, None).share;
        let rate = typical.dose / typical.every.unwrap_or(24.0);
        let mass = (rate * until, rate * until);
        let way = Way::Over(until, share);
        self.plan.doses.push(Dose { moiety, from: 0.0, to: 0.0, mass, way, key: (0, 0) });
    }

    fn labs(&self, timeline: &Timeline, end: Timestamp) -> Vec<(usize, f64, f64)> {
        let known = |lab: &Lab| {
            let id = &self.knowledge.find_substance(&lab.name.text)?.id;
            let moiety = self.network.find(id)?;
            let usable = self.network.moieties[moiety].shape.measured && !self.amount_unknown[moiety];
            let written = format!("{} {}", lab.value, lab.unit);
            let molar = || {
                let level: MolarConcentration = written.parse().ok()?;
                let mass = self.network.moieties[moiety].molar_mass?;
                Some(MassConcentration::ng_per_ml(level.as_umol_per_l() * mass.as_g_per_mol()))
            };
            let level = written.parse::<MassConcentration>().ok().or_else(molar)?;
            (usable && level.as_mg_per_l() > 0.0).then_some((moiety, level.as_mg_per_l()))
        };
        let mut labs = Vec::new();
        for entry in &timeline.entries {
            let Event::Lab(list) = &entry.event else { continue };
            if entry.when.start < self.start || entry.when.start > end {
                continue;
            }
            let at = hours_between(self.start, entry.when.start);
            labs.extend(list.iter().filter_map(known).map(|(moiety, level)| (moiety, at, level)));
        }
        labs
    }

    /// Runs it and keeps levels at some hours from the start, which come out in the order given.
    pub(crate) fn run(&self, moments: &[f64], step: f64, area_from: f64) -> Outcome {
        self.accompanied(moments, step, area_from, &()).0
    }

    /// The same with somebody who sees the whole course of each group.
    pub(crate) fn accompanied<C: Companion>(
        &self,
        moments: &[f64],
        step: f64,
        area_from: f64,
        companion: &C,
    ) -> (Outcome, Vec<C::Found>) {
        let step = step.clamp(0.05, 1.0);
        let steps = (self.hours / step).ceil().max(0.0) as usize;
        let nearest = |hours: f64| ((hours / step).round().max(0.0) as usize).min(steps);
        let mut samples: Vec<usize> = moments.iter().map(|at| nearest(*at)).collect();
        samples.extend(self.labs.iter().map(|(_, at, _)| nearest(*at)));
        samples.sort_unstable();
        samples.dedup();
        let wanted = Wanted { steps, step, samples, area_from: nearest(area_from), now: nearest(self.now) };
        let (course, found) = course::run(&self.network, &self.plan, &self.people, &wanted, companion);
        let find = |hours: f64| wanted.samples.binary_search(&nearest(hours)).unwrap_or(0);
        let weights = self.weigh(&course, find);
        let labs = self.labs.iter().filter_map(|(moiety, at, level)| {
            let ng_per_ml = |level: f64| MassConcentration::mg_per_l(level).as_ng_per_ml();
            Some(LabLevel {
                moiety: self.network.moieties[*moiety].id.clone(),
                measured: ng_per_ml(*level),
                simulated: Interval::of(&course.levels[*moiety][find(*at)])?.map(ng_per_ml),
            })
        });
        let labs = labs.collect();
        let place = moments.iter().map(|at| find(*at)).collect();
        (Outcome { place, course, weights, labs }, found)
    }

    /// How well each person's levels agree with the measured ones.
    fn weigh(&self, course: &Course, find: impl Fn(f64) -> usize) -> Vec<f64> {
        if self.labs.is_empty() || self.people.size() < 2 {
            return Vec::new();
        }
        let misfit = |person: usize| -> f64 {
            self.labs
                .iter()
                .map(|(moiety, at, level)| {
                    let simulated = course.levels[*moiety][find(*at)][person].max(1e-9);
                    let apart = libm::log(simulated / level) / LAB_ERROR;
                    0.5 * apart * apart
                })
                .sum()
        };
        let misfits: Vec<f64> = (0..self.people.size()).map(misfit).collect();
        let least = misfits.iter().copied().fold(f64::INFINITY, f64::min);
        let weights = |trust: f64| -> Vec<f64> {
            misfits.iter().map(|misfit| libm::exp(trust * (least - misfit))).collect()
        };
        // A level that hardly anyone reaches must not make one person stand for all: it is trusted less, until enough
        // people count.
        let count = |weights: &[f64]| {
            let sum: f64 = weights.iter().sum();
            sum * sum / weights.iter().map(|weight| weight * weight).sum::<f64>()
        };
        let enough = LEAST_COUNTED.min(0.5 * self.people.size() as f64);
        let mut trust = 1.0;
        while count(&weights(trust)) < enough && trust > 1e-6 {
            trust *= 0.8;
        }
        weights(trust)
    }

    /// Whether a moiety is a substance or one of its metabolites, at any remove.
    pub(crate) fn is_made_of(&self, moiety: &str, substance: &str) -> bool {
        let Some(from) = self.network.find(substance) else { return false };
        moiety == substance
            || self.network.moieties[from].forms.iter().any(|form| {
                let child = &self.network.moieties[form.child].id;
                child != substance && self.is_made_of(moiety, child)
            })
    }

    /// Whether a moiety's amounts can be told as levels.
    pub(crate) fn measured(&self, moiety: usize) -> bool {
        self.network.moieties[moiety].shape.measured && !self.amount_unknown[moiety]
    }
}

/// Until when the person smokes, if the profile says so and the diary does not follow it dose by dose.
fn smoked_until(
    timeline: &Timeline,
    knowledge: &Knowledge,
    uses: &[&Use],
    end: Timestamp,
) -> Option<Timestamp> {
    let tobacco = |name: &str| knowledge.find_substance(name).is_some_and(|found| found.id == TOBACCO);
    if !timeline.person.smoker || uses.iter().any(|one| one.substance == TOBACCO) {
        return None;
    }
    let stopped = timeline.entries.iter().find_map(|entry| match &entry.event {
        Event::Stop(name) if tobacco(&name.text) => Some(entry.when.start),
        _ => None,
    });
    Some(stopped.map_or(end, |stopped| stopped.min(end)))
}

/// The first hour that can matter for what is seen from `seen` on.
fn start(network: &Network, uses: &[&Use], smokes: bool, window: Window) -> Timestamp {
    let end = window.end;
    let depot = uses.iter().flat_map(|one| &one.intakes).any(|intake| intake.form == Some(Form::Depot));
    let acted = network.effects.iter().map(|effect| network.enzymes[effect.on].half_life * TURNOVERS);
    let slowest = network
        .moieties
        .iter()
        .map(|moiety| moiety.shape.half_life * moiety.shape.spread.1 * HALF_LIVES)
        .chain(acted)
        .chain(depot.then_some(DEPOT_LASTS))
        .fold(0.0, f64::max);
    let back =
        hours_between(window.seen_from, end) + slowest.clamp(LOOK_BACK.0, LOOK_BACK.1).max(window.memory);
    let first = uses.iter().filter_map(|one| one.intakes.first()).map(|intake| intake.from).min();
    // A smoker's enzyme has long leveled off when the first dose comes.
    let before = if smokes { 15.0 * 24.0 } else { 1.0 };
    let since = hours_between(first.map_or(end, |first| first.min(end)), end);
    let hours = libm::ceil(since.min(back) + before);
    later(end, TimeSpan::hours(-hours))
}

/// A number that stands for two names.
fn named(one: &str, other: &str) -> u64 {
    one.bytes()
        .chain([b'/'])
        .chain(other.bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
