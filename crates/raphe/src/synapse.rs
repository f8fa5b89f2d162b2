//! From what is in the body to serotonin outside the cells.
//!
//! `engagement` turns levels into what the synapse feels: how much of the transporter is blocked, how fast MAO is lost,
//! which receptors are held. `model` has the equations, `rosenbrock` the solver, `drive` moves the one by the other, and
//! `people` says whose synapse it is. Everyone who is simulated gets the exposure of one virtual person and the synapse
//! of the same one, so the range of what comes out is the range between people.
//!
//! ```text
//!   exposure ─▶ engagement ─▶ drive ─▶ model ─▶ fold of the person's own serotonin, occupancies, receptors
//!                                        ▲
//!                       synapse.toml ─▶ people
//! ```
//!
//! Two to four fold is what reuptake inhibitors do when they treat; toxicity in animals begins around ten. The numbers
//! come from rats and are never a diagnosis; they explain, and no rule listens to them.

mod algebra;
mod drive;
pub mod engagement;
mod model;
pub(crate) mod peaks;
mod people;
mod rosenbrock;
pub mod run;
pub mod sbml;
#[doc(hidden)]
pub mod throughput;

#[cfg(test)]
mod tests;

use crate::{
    exposure::{
        self, Ahead, Exposure,
        course::{Companion, Journey},
        scenario::Scenario,
        simulation::{self, Kind, Series, Simulation, Span},
    },
    knowledge::{Citation, Knowledge},
    lanes::{LANES, Lane},
    population::Population,
    timeline::{Entry, Event, Notice, Origin, Person, Timeline, Weight},
    units::{Interval, TimeSpan},
};
use drive::Drive;
use engagement::{Engagement, Gap, Target};
use jiff::Timestamp;
use people::Synapses;
use std::sync::{Mutex, PoisonError};

/// The synapse now and over the next day.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Synapse {
    /// Serotonin outside the cells of the forebrain, over the person's own baseline.
    pub fold_change: Option<Interval>,
    /// The highest of the next 24 hours, with the doses of what is running.
    pub peak_fold_change_24h: Option<Interval>,
    /// The same fold every three hours of the last two weeks and the next day, for a curve.
    pub course: Vec<Interval>,
    /// Every half hour of the next day.
    pub next_day: Vec<Interval>,
    /// Targets that something engages now.
    pub targets: Vec<Engaged>,
    /// The same at the hour of the peak.
    pub targets_at_peak: Vec<Engaged>,
    /// What acts on serotonin and is missing from the model.
    pub gaps: Vec<Gap>,
    /// Virtual people that the solver could not follow; they are not in the intervals.
    pub failed: usize,
}

/// One target.
#[derive(Debug, Clone, PartialEq)]
pub struct Engaged {
    /// Which.
    pub target: Target,
    /// Share that is occupied, or inhibited, now.
    pub share: Interval,
    /// Who, with the part of each, largest first.
    pub by: Vec<(String, Interval)>,
    /// Where the strengths are from.
    pub citations: Vec<Citation>,
}

/// The id of what the fold is of.
pub const SEROTONIN: &str = "serotonin";
/// How far ahead and back is looked, and how often, hours.
pub(crate) const AHEAD: f64 = 24.0;
const AHEAD_EVERY: f64 = 0.5;
const BEHIND: f64 = 14.0 * 24.0;
pub(crate) const BEHIND_EVERY: f64 = 3.0;
/// The slowest state that matters needs so long to settle, hours: five time constants of the raphe autoreceptor.
pub(crate) const MEMORY: f64 = 40.0 * 24.0;
/// Error allowed in a step of a population.
const RELATIVE: f64 = 1e-4;

/// Simulates exposure, and the synapse with it where anything acts on it.
///
/// The timeline must be resolved (`knowledge::resolve`).
#[must_use]
pub fn simulate(
    timeline: &Timeline,
    knowledge: &Knowledge,
    population: Population,
    as_of: Timestamp,
) -> (Exposure, Synapse) {
    let ahead = Ahead { hours: AHEAD, memory: MEMORY };
    let follow = |scenario: &Scenario<'_>| {
        let moments = moments(scenario.now);
        Follower::new(knowledge, population, &timeline.person, as_of, scenario, moments)
    };
    let (exposure, follower, found, weights) =
        exposure::accompanied(timeline, knowledge, population, as_of, ahead, follow);
    let gaps = follower.engagement.gaps.clone();
    if follower.engagement.is_empty() {
        return (exposure, Synapse { gaps, ..Synapse::default() });
    }
    let told = Told::of(&follower, &found, &weights);
    let now = follower.now;
    let moments = &follower.moments;
    let highest = |person| (now..moments.len()).map(|place| told.fold(place, person)).fold(0.0, f64::max);
    let peaks: Vec<f64> = (0..told.people).map(highest).collect();
    let folds: Vec<Interval> =
        (0..moments.len()).filter_map(|place| told.interval(&told.folds(place))).collect();
    let next_day = folds.get(now..).unwrap_or_default().to_vec();
    let sparse = (BEHIND_EVERY / AHEAD_EVERY) as usize;
    let behind = folds.iter().take(now).copied();
    let middle = |place: &usize| next_day.get(*place).map_or(0.0, |fold| fold.median);
    let peak = (0..next_day.len()).max_by(|a, b| middle(a).total_cmp(&middle(b))).unwrap_or(0);
    let synapse = Synapse {
        fold_change: folds.get(now).copied(),
        peak_fold_change_24h: told.interval(&peaks),
        course: behind.chain(next_day.iter().copied().step_by(sparse)).collect(),
        targets: told.targets(now),
        targets_at_peak: told.targets(now + peak),
        next_day,
        gaps,
        failed: told.failed,
    };
    (exposure, synapse)
}

/// The synapse with everything that was asked: the typical person says which is worse, all having long been taken or one
/// newly added to the others, and everyone is simulated for that.
#[must_use]
pub fn worst(
    timeline: &Timeline,
    knowledge: &Knowledge,
    population: Population,
    as_of: Timestamp,
) -> (Synapse, Option<String>) {
    let typical = Population { people: 0, ..population };
    let peak = |synapse: &Synapse| synapse.peak_fold_change_24h.map_or(0.0, |peak| peak.median);
    let timeline = &shortened(timeline, knowledge, as_of);
    let (_, settled) = simulate(timeline, knowledge, typical, as_of);
    let (mut worst, mut highest) = ((timeline.clone(), None), peak(&settled));
    let asked = |entry: &Entry| matches!(entry.origin, Origin::Asked(_));
    let regimens = timeline.entries.iter().enumerate().filter_map(|(place, entry)| match &entry.event {
        Event::Start(line) if asked(entry) => Some((place, line)),
        _ => None,
    });
    // One alone is never newer than itself, and where nothing is engaged there is nothing to compare.
    let compared = timeline.entries.len() > 1 && !settled.targets.is_empty();
    for (place, line) in regimens.filter(|_| compared) {
        let mut entries = timeline.entries.clone();
        let when = &mut entries[place].when;
        (when.start, when.end) = (as_of, Some(as_of));
        let newer = timeline.holding(entries);
        let reached = peak(&simulate(&newer, knowledge, typical, as_of).1);
        if reached > highest {
            highest = reached;
            worst = (newer, line.name.id.clone());
        }
    }
    let (_, synapse) = simulate(&worst.0, knowledge, population, as_of);
    (synapse, worst.1)
}

/// The same, with what was asked begun no earlier than it takes to level off: a rest of the drug, or of the enzyme that it
/// blocks, that changes by less than 1 % a day is as good as none.
fn shortened(timeline: &Timeline, knowledge: &Knowledge, as_of: Timestamp) -> Timeline {
    const HALF_LIVES: f64 = 6.0;
    let slowest = timeline.entries.iter().filter_map(|entry| match &entry.event {
        Event::Start(line) => {
            let substance = knowledge.substance(line.name.id.as_deref()?)?;
            let slowest = exposure::kinetics::slowest_half_life(knowledge, substance, line.route, line.form)?;
            Some(slowest.spread.1)
        }
        _ => None,
    });
    let hours = slowest.fold(0.0, f64::max) * HALF_LIVES;
    let begun = exposure::later(as_of, TimeSpan::hours(-hours.max(MEMORY)));
    let entries = timeline.entries.iter().cloned().map(|mut entry| {
        if matches!((&entry.origin, &entry.event), (Origin::Asked(_), Event::Start(_)))
            && entry.when.start < begun
        {
            (entry.when.start, entry.when.end) = (begun, Some(begun));
        }
        entry
    });
    timeline.holding(entries.collect())
}

/// What acts on serotonin and is missing from the model, and why.
#[must_use]
pub fn missing(knowledge: &Knowledge, synapse: &Synapse) -> Vec<(String, &'static str)> {
    let one = |gap: &Gap| {
        (format!("{} at the modeled synapse", knowledge.substance_name(&gap.substance)), gap.missing)
    };
    synapse.gaps.iter().map(one).collect()
}

/// Virtual people that the solver could not follow.
#[must_use]
pub fn lost(synapse: &Synapse, population: Population) -> Option<Notice> {
    (synapse.failed > 0).then(|| Notice {
        weight: Weight::Warning,
        place: None,
        says: format!(
            "the model of the synapse could not be solved for {} of {} virtual people; they are not in its ranges",
            synapse.failed,
            population.size()
        ),
        help: Some("check doses that are far outside the usual".to_owned()),
    })
}

/// The course of everything in a resolved timeline over a span: levels, enzymes, occupancies and serotonin.
#[must_use]
pub fn simulation(
    timeline: &Timeline,
    knowledge: &Knowledge,
    population: Population,
    span: Span,
) -> Simulation {
    let (mut simulation, follower, found, weights) =
        simulation::accompanied(timeline, knowledge, population, span, MEMORY, |scenario, moments| {
            Follower::new(knowledge, population, &timeline.person, span.to, scenario, moments)
        });
    simulation.missing =
        follower.engagement.gaps.iter().map(|gap| (gap.substance.clone(), gap.missing)).collect();
    if follower.engagement.is_empty() {
        return simulation;
    }
    let told = Told::of(&follower, &found, &weights);
    let mut add = |kind, id: &str, values: &dyn Fn(usize) -> Vec<f64>| {
        let values = (0..follower.moments.len()).map(|moment| told.interval(&values(moment)));
        let values: Option<Vec<Interval>> = values.collect();
        simulation.series.extend(values.map(|values| Series { kind, id: id.to_owned(), values }));
    };
    for (place, target) in follower.targets.iter().enumerate() {
        add(Kind::Occupancy, target.id(), &|moment| told.shares(place, moment));
    }
    add(Kind::FoldChange, SEROTONIN, &|moment| told.folds(moment));
    simulation
}

/// Hours from the start that are looked at: some of the last two weeks, then of the next day.
fn moments(now: f64) -> Vec<f64> {
    let back = (BEHIND.min(now) / BEHIND_EVERY).floor() as usize;
    let behind = (1..=back).rev().map(|n| now - n as f64 * BEHIND_EVERY);
    let ahead = (0..=(AHEAD / AHEAD_EVERY) as usize).map(|n| now + n as f64 * AHEAD_EVERY);
    behind.chain(ahead).collect()
}

/// Follows everyone's synapse along their exposure.
pub(crate) struct Follower {
    population: Population,
    synapses: Synapses,
    engagement: Engagement,
    targets: Vec<Target>,
    /// What acts on MAO-A and MAO-B: place among the effects of the network, which of the two, who, and a source.
    on_mao: Vec<(usize, Target, String, Option<Citation>)>,
    /// Hours from the start at which it is looked at.
    moments: Vec<f64>,
    /// Which of them is the one that is asked for.
    now: usize,
    /// Room that groups use one after the other: asking the system for it anew takes longer than to fill it.
    room: Mutex<Vec<Room>>,
}

/// Room for the inputs of eight people over time.
#[derive(Default)]
struct Room {
    knots: Vec<(f64, model::Inputs<Lane>)>,
    rows: Vec<Lane>,
}

/// What was seen of eight people.
pub(crate) struct Found {
    /// Fold of serotonin at each moment.
    folds: Vec<Lane>,
    /// Share of each target at each moment: `[moment * targets + target]`.
    shares: Vec<Lane>,
    /// Strength of each bond, then of each effect on MAO, at each moment from now on.
    strengths: Vec<Vec<Lane>>,
    failed: [bool; LANES],
}

impl Follower {
    pub(crate) fn new(
        knowledge: &Knowledge,
        population: Population,
        person: &Person,
        as_of: Timestamp,
        scenario: &Scenario<'_>,
        moments: Vec<f64>,
    ) -> Self {
        let network = &scenario.network;
        let taken = scenario.taken.iter().filter_map(|id| knowledge.substance(id));
        let engagement = Engagement::of(knowledge, network, taken, &scenario.amount_unknown);
        let on_mao = network.effects.iter().enumerate().filter_map(|(place, effect)| {
            let which = engagement.mao.iter().position(|enzyme| *enzyme == Some(effect.on))?;
            let (target, id) = ([Target::MaoA, Target::MaoB][which], &network.moieties[effect.by].id);
            let role = knowledge.substance(id)?.enzymes.iter().find(|role| {
                role.enzyme == target.id() && role.role == "inhibitor" && !role.inhibition.is_empty()
            });
            Some((place, target, id.clone(), role.map(|role| Citation::from(&role.inhibition[0]))))
        });
        let now = moments.iter().rposition(|hour| *hour <= scenario.now + 1e-9).unwrap_or(0);
        Self {
            population,
            synapses: Synapses::new(knowledge, person.sex, person.age_at(as_of).map(f64::from)),
            targets: engagement.targets(),
            on_mao: on_mao.collect(),
            engagement,
            moments,
            now,
            room: Mutex::default(),
        }
    }

    /// How much each effect on MAO holds back at each step: what blocks by its level, what destroys by what it has
    /// destroyed and is not made again yet.
    fn holds(&self, journey: &Journey<'_>) -> Vec<Vec<Lane>> {
        let hold = |(place, ..): &(usize, Target, String, Option<Citation>)| {
            let effect = &journey.network.effects[*place];
            let potency = journey.group.potency[*place];
            let kept = (-journey.group.turnover[effect.on] * journey.step).exp();
            let mut destroyed = Lane::ZERO;
            let at = |step: usize| {
                let level = journey.levels(step)[effect.by];
                let held = destroyed + effect.kind.blocked(level, potency);
                destroyed = destroyed * kept + effect.kind.lost(level, potency) * journey.step;
                held
            };
            (0..journey.moments()).map(at).collect()
        };
        self.on_mao.iter().map(hold).collect()
    }
}

impl Companion for Follower {
    type Found = Found;
    const LOOKS: bool = true;

    fn along(&self, journey: &Journey<'_>) -> Found {
        let count = self.moments.len();
        let mut found = Found {
            folds: Vec::with_capacity(count),
            shares: Vec::with_capacity(count * self.targets.len()),
            strengths: Vec::new(),
            failed: [false; LANES],
        };
        if self.engagement.is_empty() {
            return found;
        }
        let who = |lane: usize| (journey.number * LANES + lane).min(self.population.size() - 1);
        let recovery = |id: &str| {
            let enzyme = journey.network.enzymes.iter().position(|enzyme| enzyme.id == id)?;
            Some(Lane::all(std::f64::consts::LN_2) / journey.group.turnover[enzyme])
        };
        let synapse = self.synapses.eight(self.population, who, recovery("MAO-A").zip(recovery("MAO-B")));
        let per_level = self.engagement.drawn(self.population, who);
        let strengths = |step: usize| self.engagement.strengths(journey.levels(step), &per_level);
        let knots = (0..journey.moments()).map(|step| {
            (step as f64 * journey.step, self.engagement.inputs(journey, step, &strengths(step)))
        });
        let mut room = self.room.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        room.knots.clear();
        room.knots.extend(knots);
        let drive = Drive::thin(&room.knots, &mut room.rows);
        self.room.lock().unwrap_or_else(PoisonError::into_inner).push(room);
        let holds = self.holds(journey);
        let last = journey.moments().saturating_sub(1);
        found.failed = drive.follow(&synapse, &self.moments, RELATIVE, &mut |seen| {
            found.folds.push(model::fold(seen.y, &synapse));
            let (a, b) = model::active_mao(seen.y, seen.inputs);
            let step = ((self.moments[seen.moment] / journey.step).round() as usize).min(last);
            let strengths = strengths(step);
            found.shares.extend(self.targets.iter().map(|target| match target {
                Target::MaoA => Lane::ONE - a,
                Target::MaoB => Lane::ONE - b,
                Target::Release => seen.inputs.mdma / (seen.inputs.mdma + 1.0),
                other => self.engagement.occupancy(*other, &strengths),
            }));
            if seen.moment >= self.now {
                found
                    .strengths
                    .push(strengths.into_iter().chain(holds.iter().map(|held| held[step])).collect());
            }
        });
        found
    }
}

/// What everyone's synapse told.
pub(crate) struct Told<'a> {
    follower: &'a Follower,
    found: &'a [Found],
    weights: Vec<f64>,
    people: usize,
    failed: usize,
}

impl<'a> Told<'a> {
    pub(crate) fn of(follower: &'a Follower, found: &'a [Found], weights: &[f64]) -> Self {
        let people = follower.population.size();
        let lost: Vec<bool> = found.iter().flat_map(|found| found.failed).take(people).collect();
        let failed = lost.iter().filter(|lost| **lost).count();
        let mut weights = weights.to_vec();
        // Whoever could not be followed counts for nothing, and is counted.
        if failed > 0 {
            weights.resize(people, 1.0);
            weights.iter_mut().zip(&lost).filter(|(_, lost)| **lost).for_each(|(weight, _)| *weight = 0.0);
        }
        Self { follower, found, weights, people, failed }
    }

    /// One number for everyone, taken from the eight they belong to.
    fn everyone(&self, pick: impl Fn(&Found) -> Lane) -> Vec<f64> {
        self.found.iter().flat_map(|found| pick(found).0).take(self.people).collect()
    }

    fn fold(&self, moment: usize, person: usize) -> f64 {
        self.found[person / LANES].folds[moment].0[person % LANES]
    }

    /// Fold of serotonin of everyone at a moment.
    pub(crate) fn folds(&self, moment: usize) -> Vec<f64> {
        self.everyone(|found| found.folds[moment])
    }

    /// Share of a target of everyone at a moment.
    pub(crate) fn shares(&self, target: usize, moment: usize) -> Vec<f64> {
        let targets = self.follower.targets.len();
        self.everyone(|found| found.shares[moment * targets + target])
    }

    pub(crate) fn interval(&self, values: &[f64]) -> Option<Interval> {
        if self.failed == self.people {
            return None;
        }
        let finite = |value: &f64| if value.is_finite() { *value } else { 0.0 };
        match self.failed {
            0 => Interval::weighed(values, &self.weights),
            _ => Interval::weighed(&values.iter().map(finite).collect::<Vec<f64>>(), &self.weights),
        }
    }

    /// Every target at a moment from now on, with who is behind it.
    fn targets(&self, moment: usize) -> Vec<Engaged> {
        let Follower { engagement, targets, on_mao, now, .. } = self.follower;
        let strength = |found: &Found, actor: usize| found.strengths[moment - now][actor];
        let bonds = engagement.bonds.iter().map(|bond| (bond.target, &bond.id, Some(&bond.citation)));
        let effects = on_mao.iter().map(|(_, target, id, cite)| (Some(*target), id, cite.as_ref()));
        let actors: Vec<_> = bonds.chain(effects).collect();
        let engaged = targets.iter().enumerate().filter_map(|(place, target)| {
            let share = self.interval(&self.shares(place, moment))?;
            let here: Vec<usize> =
                (0..actors.len()).filter(|actor| actors[*actor].0 == Some(*target)).collect();
            let sum = |found: &Found| {
                here.iter().fold(Lane::all(1e-300), |sum, actor| sum + strength(found, *actor))
            };
            // One substance may both block an enzyme and destroy it.
            let mut by: Vec<(String, Interval)> = Vec::new();
            let mut ids: Vec<&String> = here.iter().map(|actor| actors[*actor].1).collect();
            ids.sort();
            ids.dedup();
            for id in ids {
                let part = self.everyone(|found| {
                    let own = here.iter().filter(|actor| actors[**actor].1 == id);
                    own.fold(Lane::ZERO, |sum, actor| sum + strength(found, *actor)) / sum(found)
                });
                by.extend(self.interval(&part).map(|part| (id.clone(), part)));
            }
            by.sort_by(|a, b| b.1.median.total_cmp(&a.1.median).then(a.0.cmp(&b.0)));
            let citations = here.iter().filter_map(|actor| actors[*actor].2.cloned()).collect();
            Some(Engaged { target: *target, share, by, citations })
        });
        engaged.collect()
    }
}
