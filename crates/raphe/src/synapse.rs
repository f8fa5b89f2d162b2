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
mod people;
mod rosenbrock;
pub mod run;

use crate::{
    exposure::{
        self, Ahead, Exposure,
        course::{Companion, Journey},
        scenario::Scenario,
    },
    knowledge::Knowledge,
    lanes::{LANES, Lane},
    population::Population,
    timeline::{Person, Timeline},
    units::Interval,
};
use drive::Drive;
use engagement::{Engagement, Gap, Target};
use jiff::Timestamp;
use people::Synapses;

/// The synapse now and over the next day.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Synapse {
    /// Serotonin outside the cells of the forebrain, over the person's own baseline.
    pub fold_change: Option<Interval>,
    /// The highest of the next 24 hours, with the doses of what is running.
    pub peak_fold_change_24h: Option<Interval>,
    /// The same fold at moments of the last two weeks and of the next day, for a curve.
    pub course: Vec<(Timestamp, Interval)>,
    /// Targets that something engages.
    pub targets: Vec<Engaged>,
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
}

/// Hours that the next day is looked at in, and the last two weeks.
const AHEAD: f64 = 24.0;
const AHEAD_EVERY: f64 = 0.5;
const BEHIND: f64 = 14.0 * 24.0;
const BEHIND_EVERY: f64 = 6.0;
/// The slowest state that matters needs so long to settle, hours: eight time constants of the raphe autoreceptor.
pub(crate) const MEMORY: f64 = 60.0 * 24.0;
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
    let mut engagement = Engagement::default();
    let mut from = as_of;
    let (exposure, found, weights) =
        exposure::accompanied(timeline, knowledge, population, as_of, ahead, |scenario| {
            engagement = scenario.engagement(knowledge);
            from = scenario.start;
            Follower::new(
                knowledge,
                population,
                &timeline.person,
                as_of,
                engagement.clone(),
                moments(scenario.now),
            )
        });
    let synapse = Synapse { gaps: engagement.gaps.clone(), ..Synapse::default() };
    if engagement.is_empty() {
        return (exposure, synapse);
    }
    let moments = moments(exposure::hours_between(from, as_of));
    let told = Told::of(&engagement, &found, &weights, population.size());
    let fold = |place: usize| told.interval(&told.folds(place));
    let now = moments.iter().rposition(|hour| *hour <= exposure::hours_between(from, as_of) + 1e-9);
    let now = now.unwrap_or(0);
    let peaks: Vec<f64> = (0..told.people)
        .map(|person| (now..moments.len()).map(|place| told.fold(place, person)).fold(0.0, f64::max))
        .collect();
    let course = moments
        .iter()
        .enumerate()
        .filter_map(|(place, hour)| {
            Some((exposure::later(from, crate::units::TimeSpan::hours(*hour)), fold(place)?))
        })
        .collect();
    let synapse = Synapse {
        fold_change: fold(now),
        peak_fold_change_24h: told.interval(&peaks),
        course,
        targets: told.targets(now),
        failed: told.failed,
        ..synapse
    };
    (exposure, synapse)
}

/// Hours from the start that are looked at: every six hours of two weeks, then every half hour of the next day.
fn moments(now: f64) -> Vec<f64> {
    let back = (BEHIND.min(now) / BEHIND_EVERY).floor() as usize;
    let behind = (1..=back).rev().map(|n| now - n as f64 * BEHIND_EVERY);
    let ahead = (0..=(AHEAD / AHEAD_EVERY) as usize).map(|n| now + n as f64 * AHEAD_EVERY);
    behind.chain(ahead).collect()
}

impl Scenario<'_> {
    /// Who engages the synapse in it.
    pub(crate) fn engagement(&self, knowledge: &Knowledge) -> Engagement {
        let taken = self.taken.iter().filter_map(|id| knowledge.substance(id));
        Engagement::of(knowledge, &self.network, taken, &self.amount_unknown)
    }
}

/// Follows everyone's synapse along their exposure.
pub(crate) struct Follower {
    population: Population,
    synapses: Synapses,
    engagement: Engagement,
    targets: Vec<Target>,
    /// Hours from the start at which it is looked at.
    moments: Vec<f64>,
}

/// What was seen of eight people.
pub(crate) struct Found {
    /// Fold of serotonin at each moment.
    folds: Vec<Lane>,
    /// Share of each target at each moment: `[moment * targets + target]`.
    shares: Vec<Lane>,
    /// Strength of each bond at each moment.
    strengths: Vec<Lane>,
    failed: [bool; LANES],
}

impl Follower {
    pub(crate) fn new(
        knowledge: &Knowledge,
        population: Population,
        person: &Person,
        as_of: Timestamp,
        engagement: Engagement,
        moments: Vec<f64>,
    ) -> Self {
        let age = person.age_at(as_of).map(f64::from);
        let synapses = Synapses::new(knowledge, person.sex, age);
        Self { population, synapses, targets: engagement.targets(), engagement, moments }
    }
}

impl Companion for Follower {
    type Found = Found;
    const LOOKS: bool = true;

    fn along(&self, journey: &Journey<'_>) -> Found {
        let mut found = Found {
            folds: Vec::with_capacity(self.moments.len()),
            shares: Vec::with_capacity(self.moments.len() * self.targets.len()),
            strengths: Vec::new(),
            failed: [false; LANES],
        };
        if self.engagement.is_empty() {
            return found;
        }
        let who = |lane: usize| (journey.number * LANES + lane).min(self.population.size() - 1);
        let recovery = |place: Option<usize>| {
            place.map(|enzyme| Lane::all(std::f64::consts::LN_2) / journey.group.turnover[enzyme])
        };
        let place = |id: &str| journey.network.enzymes.iter().position(|enzyme| enzyme.id == id);
        let recovery = recovery(place("MAO-A")).zip(recovery(place("MAO-B")));
        let synapse = self.synapses.eight(self.population, who, recovery);
        let per_level = self.engagement.drawn(self.population, who);
        let mut strengths = Vec::with_capacity(per_level.len());
        let mut drive = Drive::default();
        for moment in 0..journey.moments() {
            self.engagement.strengths(journey.levels(moment), &per_level, &mut strengths);
            let inputs = self.engagement.inputs(journey, moment, &strengths);
            drive.knots.push((moment as f64 * journey.step, inputs));
        }
        let drive = drive.thin();
        let last = journey.moments().saturating_sub(1);
        found.failed = drive.follow(&synapse, &self.moments, RELATIVE, |seen| {
            found.folds.push(seen.terms.x);
            let step = ((self.moments[seen.moment] / journey.step).round() as usize).min(last);
            self.engagement.strengths(journey.levels(step), &per_level, &mut strengths);
            found.shares.extend(self.targets.iter().map(|target| match target {
                Target::MaoA => Lane::ONE - seen.terms.ea,
                Target::MaoB => Lane::ONE - seen.terms.eb,
                Target::Release => seen.inputs.mdma / (seen.inputs.mdma + 1.0),
                other => self.engagement.occupancy(*other, &strengths),
            }));
            found.strengths.extend_from_slice(&strengths);
        });
        found
    }
}

/// What everyone's synapse told.
pub(crate) struct Told<'a> {
    engagement: &'a Engagement,
    targets: Vec<Target>,
    found: &'a [Found],
    weights: Vec<f64>,
    people: usize,
    failed: usize,
}

impl<'a> Told<'a> {
    pub(crate) fn of(engagement: &'a Engagement, found: &'a [Found], weights: &[f64], people: usize) -> Self {
        let lost: Vec<bool> = found.iter().flat_map(|found| found.failed).take(people).collect();
        let failed = lost.iter().filter(|lost| **lost).count();
        let mut weights = weights.to_vec();
        if failed > 0 {
            weights.resize(people, 1.0);
            weights.iter_mut().zip(&lost).filter(|(_, lost)| **lost).for_each(|(weight, _)| *weight = 0.0);
        }
        Self { engagement, targets: engagement.targets(), found, weights, people, failed }
    }

    fn fold(&self, moment: usize, person: usize) -> f64 {
        let found = &self.found[person / LANES];
        found.folds[moment].0[person % LANES]
    }

    pub(crate) fn folds(&self, moment: usize) -> Vec<f64> {
        (0..self.people).map(|person| self.fold(moment, person)).collect()
    }

    pub(crate) fn interval(&self, values: &[f64]) -> Option<Interval> {
        // Whoever was lost counts for nothing; what is there of them must only be a number.
        let finite: Vec<f64> =
            values.iter().map(|value| if value.is_finite() { *value } else { 0.0 }).collect();
        if self.failed == self.people {
            return None;
        }
        Interval::weighed(if self.failed > 0 { &finite } else { values }, &self.weights)
    }

    /// Share of a target at a moment.
    pub(crate) fn share(&self, target: usize, moment: usize) -> Option<Interval> {
        let at = |person: usize| {
            self.found[person / LANES].shares[moment * self.targets.len() + target].0[person % LANES]
        };
        self.interval(&(0..self.people).map(at).collect::<Vec<f64>>())
    }

    /// Every target at a moment, with who is behind it.
    fn targets(&self, moment: usize) -> Vec<Engaged> {
        let bonds = self.engagement.bonds.len();
        let mut engaged = Vec::new();
        for (place, target) in self.targets.iter().enumerate() {
            let Some(share) = self.share(place, moment) else { continue };
            let strength = |bond: usize, person: usize| {
                self.found[person / LANES].strengths[moment * bonds + bond].0[person % LANES]
            };
            let here: Vec<usize> =
                (0..bonds).filter(|bond| self.engagement.bonds[*bond].target == Some(*target)).collect();
            let sum =
                |person: usize| here.iter().map(|bond| strength(*bond, person)).sum::<f64>().max(1e-300);
            let mut by: Vec<(String, Interval)> = here
                .iter()
                .filter_map(|bond| {
                    let parts = (0..self.people).map(|person| strength(*bond, person) / sum(person));
                    let part = self.interval(&parts.collect::<Vec<f64>>())?;
                    Some((self.engagement.bonds[*bond].id.clone(), part))
                })
                .collect();
            by.sort_by(|a, b| b.1.median.total_cmp(&a.1.median).then(a.0.cmp(&b.0)));
            engaged.push(Engaged { target: *target, share, by });
        }
        engaged
    }
}
