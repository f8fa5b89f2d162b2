//! The course in time: from doses to levels and enzyme activities, for eight people at once.
//!
//! Time goes in steps of one hour. Within a step every enzyme keeps the activity it has in the middle of it, found by a
//! first pass over the drugs that act on enzymes; then each moiety is advanced exactly: a sum of exponentials for what
//! was there, for what comes out of the gut, and for each dose from its own moment. A metabolite receives what its
//! parents lost in the step as an even flow, so that nothing appears or vanishes. The hour can be made shorter (the
//! tests halve it); it is never longer.
//!
//! What is wanted of a course is written down in a [`Wanted`]; nothing else is kept, so memory grows with people times
//! outputs and not with time.

use super::{
    network::{EffectKind, Network},
    people::{Group, People},
};
use crate::{
    lanes::{LANES, Lane},
    progress, threads,
};

/// One dose, in hours from the start of the course.
#[derive(Debug, Clone)]
pub(crate) struct Dose {
    /// The moiety.
    pub(crate) moiety: usize,
    /// First moment it could be.
    pub(crate) from: f64,
    /// Last moment it could be.
    pub(crate) to: f64,
    /// Least and most, mg, as it was written.
    pub(crate) mass: (f64, f64),
    /// How it gets in.
    pub(crate) way: Way,
    /// Names the draw of the moment; the draw of an unknown amount is the same for all doses of a line.
    pub(crate) key: (u64, u64),
}

/// How a dose gets in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Way {
    /// At once into the blood, this share of it.
    Blood(f64),
    /// Evenly over so many hours into the blood, this share of it.
    Over(f64, f64),
    /// Into a depot (an index into [`Plan::depots`]).
    Depot(usize),
}

/// A place from which a drug is absorbed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Depot {
    /// The moiety.
    pub(crate) moiety: usize,
    /// Rate, 1/h.
    pub(crate) rate: f64,
    /// Hours before it begins.
    pub(crate) lag: f64,
    /// Share of the dose that gets out.
    pub(crate) share: f64,
    /// Whether it passes the wall of the gut and the liver first.
    pub(crate) first_pass: bool,
}

/// What is taken.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    /// Doses in any order.
    pub(crate) doses: Vec<Dose>,
    /// Places of absorption.
    pub(crate) depots: Vec<Depot>,
}

/// What is wanted of a course.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// Number of steps.
    pub(crate) steps: usize,
    /// Length of a step, hours.
    pub(crate) step: f64,
    /// Steps at whose end levels and activities are kept, ascending; `steps` is the end.
    pub(crate) samples: Vec<usize>,
    /// Areas under the levels are counted from the end of this step on.
    pub(crate) area_from: usize,
    /// Peaks count up to the end of this step, and what is left is told of it.
    pub(crate) now: usize,
}

/// What goes along with every group of eight and sees the whole of its course, of which the rest is then forgotten.
pub(crate) trait Companion: Sync {
    /// What it brings back of a group.
    type Found: Send;
    /// Whether it wants to see anything at all.
    const LOOKS: bool;
    /// Sees the course of a group.
    fn along(&self, journey: &Journey<'_>) -> Self::Found;
}

/// Nobody comes along.
impl Companion for () {
    type Found = ();
    const LOOKS: bool = false;
    fn along(&self, _: &Journey<'_>) {}
}

/// The course of eight people, step by step.
pub(crate) struct Journey<'a> {
    /// Who meets whom.
    pub(crate) network: &'a Network,
    /// The people.
    pub(crate) group: &'a Group,
    /// Which eight.
    pub(crate) number: usize,
    /// Length of a step, hours.
    pub(crate) step: f64,
    levels: &'a [Lane],
}

impl Journey<'_> {
    /// How many steps, with the start.
    pub(crate) fn moments(&self) -> usize {
        self.levels.len() / self.network.moieties.len().max(1)
    }

    /// Levels of all moieties at the end of a step, mg/L.
    pub(crate) fn levels(&self, moment: usize) -> &[Lane] {
        let count = self.network.moieties.len();
        &self.levels[moment * count..(moment + 1) * count]
    }

    /// Level over Ki of what blocks an enzyme, and the rate at which it is destroyed, 1/h.
    pub(crate) fn acts_on(&self, enzyme: usize, moment: usize) -> (Lane, Lane) {
        let levels = self.levels(moment);
        let (mut blocked, mut lost) = (Lane::ZERO, Lane::ZERO);
        for (place, effect) in self.network.effects.iter().enumerate() {
            if effect.on == enzyme {
                let (level, potency) = (levels[effect.by], self.group.potency[place]);
                blocked += effect.kind.blocked(level, potency);
                lost += effect.kind.lost(level, potency);
            }
        }
        (blocked, lost)
    }
}

impl EffectKind {
    /// Level over Ki of what blocks.
    #[inline(always)]
    pub(crate) fn blocked(self, level: Lane, potency: Lane) -> Lane {
        match self {
            Self::Blocks(per) => level * potency * per,
            Self::Destroys { .. } | Self::Induces { .. } => Lane::ZERO,
        }
    }

    /// Rate of loss to what destroys, 1/h.
    #[inline(always)]
    pub(crate) fn lost(self, level: Lane, potency: Lane) -> Lane {
        match self {
            Self::Destroys { per, half } => level * potency * per / (level * (1.0 / half) + 1.0),
            Self::Blocks(_) | Self::Induces { .. } => Lane::ZERO,
        }
    }
}

/// What came of it, person by person.
#[derive(Debug, Clone, Default)]
pub(crate) struct Course {
    /// Level of each moiety, mg/L: `[moiety][sample][person]`.
    pub(crate) levels: Vec<Vec<Vec<f64>>>,
    /// Activity of each enzyme over the person's own uninhibited one: `[enzyme][sample][person]`.
    pub(crate) activity: Vec<Vec<Vec<f64>>>,
    /// Uninhibited activity of each enzyme over that of a normal metabolizer: `[enzyme][person]`.
    pub(crate) inborn: Vec<Vec<f64>>,
    /// Highest level, mg/L: `[moiety][person]`.
    pub(crate) peak: Vec<Vec<f64>>,
    /// Area under the level, mg h/L: `[moiety][person]`.
    pub(crate) area: Vec<Vec<f64>>,
    /// Amount still in the body or to be absorbed now, mg: `[moiety][person]`.
    pub(crate) amount: Vec<Vec<f64>>,
    /// Rate of the terminal decline now, 1/h: `[moiety][person]`.
    pub(crate) decline: Vec<Vec<f64>>,
    /// Volume in which an amount spreads now, L: `[moiety][person]`.
    pub(crate) volume: Vec<Vec<f64>>,
}

/// Runs a course for everyone.
///
/// People are advanced in groups of eight by index; threads share out the groups, and the result does not depend on
/// how many there are.
pub(crate) fn run<C: Companion>(
    network: &Network,
    plan: &Plan,
    people: &People<'_>,
    wanted: &Wanted,
    companion: &C,
) -> (Course, Vec<C::Found>) {
    let size = people.size();
    let groups = size.div_ceil(LANES);
    progress::plan(groups);
    // `seen` is room that groups use one after the other: asking the system for it anew takes longer than to fill it.
    let one = |group: usize, seen: &mut Vec<Lane>| -> (Outcome, C::Found) {
        let mut drawn = people.group(network, plan, group);
        drawn.happenings = people.happenings(plan, group, wanted.steps, wanted.step);
        // The runner is compiled once, whoever comes along.
        seen.clear();
        let mut runner = Runner::new(network, plan, drawn, wanted);
        let outcome = runner.run(C::LOOKS.then_some(&mut *seen));
        let journey =
            Journey { network, group: &runner.group, number: group, step: wanted.step, levels: seen };
        let found = companion.along(&journey);
        progress::done();
        (outcome, found)
    };
    let work = groups * wanted.steps * (network.moieties.len() + if C::LOOKS { 20 } else { 1 });
    let threads = if work < 20_000 { 1 } else { people.threads.min(groups) };
    let (outcomes, found): (Vec<Outcome>, Vec<C::Found>) =
        threads::share(groups, threads, one).into_iter().unzip();
    (gather(network, wanted, &outcomes, size), found)
}

/// What one group leaves.
struct Outcome {
    levels: Vec<Lane>,
    activity: Vec<Lane>,
    inborn: Vec<Lane>,
    peak: Vec<Lane>,
    area: Vec<Lane>,
    amount: Vec<Lane>,
    decline: Vec<Lane>,
    volume: Vec<Lane>,
}

fn gather(network: &Network, wanted: &Wanted, outcomes: &[Outcome], size: usize) -> Course {
    let spread = |pick: &dyn Fn(&Outcome) -> Lane| -> Vec<f64> {
        outcomes.iter().flat_map(|outcome| pick(outcome).0).take(size).collect()
    };
    let (moieties, enzymes, samples) = (network.moieties.len(), network.enzymes.len(), wanted.samples.len());
    let over_time = |count: usize, list: fn(&Outcome) -> &Vec<Lane>| -> Vec<Vec<Vec<f64>>> {
        (0..count)
            .map(|item| {
                (0..samples).map(|sample| spread(&|outcome| list(outcome)[sample * count + item])).collect()
            })
            .collect()
    };
    let once = |count: usize, list: fn(&Outcome) -> &Vec<Lane>| -> Vec<Vec<f64>> {
        (0..count).map(|item| spread(&|outcome| list(outcome)[item])).collect()
    };
    Course {
        levels: over_time(moieties, |outcome| &outcome.levels),
        activity: over_time(enzymes, |outcome| &outcome.activity),
        inborn: once(enzymes, |outcome| &outcome.inborn),
        peak: once(moieties, |outcome| &outcome.peak),
        area: once(moieties, |outcome| &outcome.area),
        amount: once(moieties, |outcome| &outcome.amount),
        decline: once(moieties, |outcome| &outcome.decline),
        volume: once(moieties, |outcome| &outcome.volume),
    }
}

/// Something that happens within one step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Happening {
    /// The step.
    pub(crate) step: usize,
    /// Hours left of the step.
    pub(crate) left: f64,
    /// What happens.
    pub(crate) what: What,
    /// How much, mg.
    pub(crate) mass: Lane,
}

/// What happens within a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// Into a depot.
    Depot(usize),
    /// Into the blood at once.
    Blood(usize),
    /// Into the blood evenly over the step.
    Flow(usize),
}

/// Rates of one moiety in one step.
#[derive(Debug, Clone, Copy)]
struct Rates {
    /// Share that passes the liver.
    passes: Lane,
    /// Share of the removal that the liver does.
    by_liver: Lane,
    /// One over the intrinsic clearance relative to the uninhibited one.
    per_intrinsic: Lane,
    /// Clearance, L/h.
    clearance: Lane,
    /// Rates of decline, fast and slow, and what they leave after the step.
    fast: Lane,
    slow: Lane,
    fast_left: Lane,
    slow_left: Lane,
}

/// One group on its way.
struct Runner<'a> {
    network: &'a Network,
    plan: &'a Plan,
    group: Group,
    wanted: &'a Wanted,
    /// Moieties whose removal changes with an enzyme that someone acts on.
    varying: Vec<bool>,
    /// Moieties that act on an enzyme, and their parents.
    drivers: Vec<bool>,
    /// Enzymes that someone acts on.
    acted: Vec<bool>,
    /// Moieties that are made of others.
    made: Vec<bool>,
    rates: Vec<Rates>,
    depot_left: Vec<Lane>,
    central: Vec<Lane>,
    tissue: Vec<Lane>,
    depots: Vec<Lane>,
    abundance: Vec<Lane>,
    inflow: Vec<Lane>,
    /// Enzymes whose amount changes.
    changes: Vec<bool>,
    /// Levels and amounts of enzymes in the middle of the step, and amounts at its end.
    middle: Vec<Lane>,
    halfway: Vec<Lane>,
    abundance_after: Vec<Lane>,
}

/// Both compartments, and what went out in a step.
struct Advanced {
    central: Lane,
    tissue: Lane,
    gone: Lane,
    lost_on_the_way: Lane,
}

impl<'a> Runner<'a> {
    fn new(network: &'a Network, plan: &'a Plan, group: Group, wanted: &'a Wanted) -> Self {
        let count = network.moieties.len();
        let mut acted = vec![false; network.enzymes.len()];
        let mut changes = acted.clone();
        let mut drivers = vec![false; count];
        for effect in &network.effects {
            acted[effect.on] = true;
            changes[effect.on] |= !matches!(effect.kind, EffectKind::Blocks(_));
            drivers[effect.by] = true;
        }
        for (place, moiety) in network.moieties.iter().enumerate().rev() {
            drivers[place] |= moiety.forms.iter().any(|form| drivers[form.child]);
        }
        let varying =
            network.moieties.iter().map(|m| m.shares.iter().any(|(enzyme, _)| acted[*enzyme])).collect();
        let mut made = vec![false; count];
        network.moieties.iter().flat_map(|moiety| &moiety.forms).for_each(|form| made[form.child] = true);
        let step = wanted.step;
        let mut runner = Self {
            made,
            depot_left: group.depot_rates.iter().map(|rate| (-*rate * step).exp()).collect(),
            rates: Vec::with_capacity(count),
            central: vec![Lane::ZERO; count],
            tissue: vec![Lane::ZERO; count],
            depots: vec![Lane::ZERO; plan.depots.len()],
            abundance: vec![Lane::ONE; network.enzymes.len()],
            inflow: vec![Lane::ZERO; count],
            changes,
            middle: vec![Lane::ZERO; count],
            halfway: vec![Lane::ONE; network.enzymes.len()],
            abundance_after: vec![Lane::ONE; network.enzymes.len()],
            network,
            plan,
            group,
            wanted,
            varying,
            drivers,
            acted,
        };
        let idle = vec![Lane::ONE; network.enzymes.len()];
        runner.rates = (0..count).map(|moiety| runner.rates(moiety, &idle)).collect();
        runner
    }

    /// Runs to the end; `seen` takes the level of each moiety at each step.
    #[inline(never)]
    fn run(&mut self, mut seen: Option<&mut Vec<Lane>>) -> Outcome {
        let (moieties, enzymes) = (self.network.moieties.len(), self.network.enzymes.len());
        let mut kept = 0;
        let mut outcome = Outcome {
            levels: Vec::with_capacity(moieties * self.wanted.samples.len()),
            activity: Vec::with_capacity(enzymes * self.wanted.samples.len()),
            inborn: self.group.inborn.clone(),
            peak: vec![Lane::ZERO; moieties],
            area: vec![Lane::ZERO; moieties],
            amount: Vec::new(),
            decline: Vec::new(),
            volume: Vec::new(),
        };
        let mut activity = vec![Lane::ONE; enzymes];
        if let Some(seen) = seen.as_deref_mut() {
            seen.reserve((self.wanted.steps + 1) * moieties);
        }
        let happenings = std::mem::take(&mut self.group.happenings);
        let mut next = 0;
        for step in 0..=self.wanted.steps {
            if self.wanted.samples.get(kept) == Some(&step) {
                kept += 1;
                let levels = self.levels();
                self.activity(&levels, &self.abundance, &mut activity);
                outcome.levels.extend(levels);
                outcome.activity.extend(activity.iter().copied());
            }
            if let Some(seen) = seen.as_deref_mut() {
                seen.extend((0..moieties).map(|moiety| self.level(moiety)));
            }
            if step == self.wanted.now {
                self.remains(&mut outcome);
            }
            if step == self.wanted.steps {
                break;
            }
            let first = next;
            while happenings.get(next).is_some_and(|one| one.step == step) {
                next += 1;
            }
            let area = step >= self.wanted.area_from;
            self.advance(&happenings[first..next], &mut activity, area.then_some(&mut outcome.area));
            if step < self.wanted.now {
                for moiety in 0..moieties {
                    outcome.peak[moiety] = outcome.peak[moiety].max(self.level(moiety));
                }
            }
        }
        outcome
    }

    /// What is left now, and how it will go.
    fn remains(&self, outcome: &mut Outcome) {
        for moiety in 0..self.network.moieties.len() {
            let depots = self.plan.depots.iter().zip(&self.depots);
            let waiting = depots
                .filter(|(depot, _)| depot.moiety == moiety)
                .fold(Lane::ZERO, |sum, (_, amount)| sum + *amount);
            let rates = &self.rates[moiety];
            outcome.amount.push(self.central[moiety] + self.tissue[moiety] + waiting);
            outcome.decline.push(rates.slow);
            outcome.volume.push(rates.clearance / rates.slow);
        }
    }

    #[inline(always)]
    fn level(&self, moiety: usize) -> Lane {
        self.central[moiety] * self.group.per_volume[moiety]
    }

    fn levels(&self) -> Vec<Lane> {
        (0..self.central.len()).map(|moiety| self.level(moiety)).collect()
    }

    /// Activity of each enzyme at some levels, over the person's own uninhibited one.
    #[inline(always)]
    fn activity(&self, levels: &[Lane], abundance: &[Lane], into: &mut [Lane]) {
        let mut blocked = [Lane::ONE; MOST_ENZYMES];
        for (place, effect) in self.network.effects.iter().enumerate() {
            if let EffectKind::Blocks(_) = effect.kind {
                blocked[effect.on] += effect.kind.blocked(levels[effect.by], self.group.potency[place]);
            }
        }
        for (enzyme, into) in into.iter_mut().enumerate() {
            if self.acted[enzyme] {
                *into = abundance[enzyme] / blocked[enzyme];
            }
        }
    }

    /// How much of each enzyme there is after a step at some levels.
    #[inline(always)]
    fn turnover(&mut self) {
        let mut made = [Lane::ONE; MOST_ENZYMES];
        let mut lost = [Lane::ZERO; MOST_ENZYMES];
        for (place, effect) in self.network.effects.iter().enumerate() {
            let level = self.middle[effect.by];
            match effect.kind {
                EffectKind::Blocks(_) => {}
                EffectKind::Destroys { .. } => {
                    lost[effect.on] += effect.kind.lost(level, self.group.potency[place]);
                }
                EffectKind::Induces { most, half } => {
                    let x = level * self.group.potency[place];
                    made[effect.on] += x * most / (x + half);
                }
            }
        }
        for enzyme in 0..self.abundance.len() {
            let now = self.abundance[enzyme];
            if !self.changes[enzyme] {
                self.abundance_after[enzyme] = now;
                continue;
            }
            let turnover = self.group.turnover[enzyme];
            let leaves = turnover + lost[enzyme];
            let levels_off = made[enzyme] * turnover / leaves;
            self.abundance_after[enzyme] =
                levels_off + (now - levels_off) * (-leaves * self.wanted.step).exp();
        }
    }

    /// Rates of a moiety at some activities.
    #[inline(always)]
    fn rates(&self, moiety: usize, activity: &[Lane]) -> Rates {
        let (of, group) = (&self.network.moieties[moiety], &self.group);
        let mut intrinsic = group.rest[moiety];
        for (share, (enzyme, _)) in of.shares.iter().enumerate() {
            intrinsic += group.shares[moiety][share] * activity[*enzyme];
        }
        let x = group.intrinsic[moiety] * intrinsic;
        let passes = Lane::ONE / (x + 1.0);
        let liver = group.flow[moiety] * x * passes;
        let clearance = liver + group.kidney[moiety];
        let out = clearance * group.per_volume[moiety];
        let (fast, slow) = if of.shape.from_tissue > 0.0 {
            let (a, b) = (of.shape.to_tissue, of.shape.from_tissue);
            let sum = out + (a + b);
            let root = (sum * sum - out * (4.0 * b)).max(Lane::ZERO).sqrt();
            ((sum + root) * 0.5, (sum - root) * 0.5)
        } else {
            (out, out)
        };
        let step = self.wanted.step;
        let slow_left = (-slow * step).exp();
        let fast_left = if of.shape.from_tissue > 0.0 { (-fast * step).exp() } else { slow_left };
        // Only what becomes something is asked which way it went.
        let (by_liver, per_intrinsic) = match of.forms.is_empty() {
            true => (Lane::ONE, Lane::ONE),
            false => (liver / clearance, Lane::ONE / intrinsic),
        };
        Rates { passes, by_liver, per_intrinsic, clearance, fast, slow, fast_left, slow_left }
    }

    /// Advances everything by one step.
    #[inline(always)]
    fn advance(&mut self, happenings: &[Happening], activity: &mut [Lane], area: Option<&mut Vec<Lane>>) {
        if !self.network.effects.is_empty() {
            // First pass, at the rates of the step before: where the drugs that act on enzymes will be, so that enzymes
            // are judged mid-step.
            self.inflow.iter_mut().for_each(|flow| *flow = Lane::ZERO);
            for moiety in 0..self.network.moieties.len() {
                let level = self.level(moiety);
                self.middle[moiety] = level;
                if self.drivers[moiety] {
                    let advanced = self.moved(moiety, happenings, activity);
                    let after = advanced.central * self.group.per_volume[moiety];
                    self.middle[moiety] = (level + after) * 0.5;
                    self.pass_on(moiety, &advanced, activity);
                }
            }
            self.turnover();
            for enzyme in 0..self.abundance.len() {
                self.halfway[enzyme] = (self.abundance[enzyme] + self.abundance_after[enzyme]) * 0.5;
            }
            self.activity(&self.middle, &self.halfway, activity);
            self.refresh(activity);
            std::mem::swap(&mut self.abundance, &mut self.abundance_after);
        }
        self.inflow.iter_mut().for_each(|flow| *flow = Lane::ZERO);
        let mut area = area;
        for moiety in 0..self.network.moieties.len() {
            let advanced = self.moved(moiety, happenings, activity);
            self.pass_on(moiety, &advanced, activity);
            self.central[moiety] = advanced.central;
            self.tissue[moiety] = advanced.tissue;
            if let Some(area) = area.as_deref_mut() {
                area[moiety] += advanced.gone / self.rates[moiety].clearance;
            }
        }
        let step = self.wanted.step;
        for (amount, left) in self.depots.iter_mut().zip(&self.depot_left) {
            *amount = *amount * *left;
        }
        for one in happenings {
            if let What::Depot(depot) = one.what {
                let kept = self.wall(depot, one.mass, activity);
                let rate = self.group.depot_rates[depot];
                self.depots[depot] += kept * (-rate * one.left.min(step)).exp();
            }
        }
    }

    /// Rates that change with the enzymes.
    #[inline(always)]
    fn refresh(&mut self, activity: &[Lane]) {
        for moiety in 0..self.network.moieties.len() {
            if self.varying[moiety] {
                self.rates[moiety] = self.rates(moiety, activity);
            }
        }
    }

    /// What the wall of the gut lets through of a dose, at the activity it has now.
    #[inline(always)]
    fn wall(&self, depot: usize, mass: Lane, activity: &[Lane]) -> Lane {
        let depot = &self.plan.depots[depot];
        let gut = self.network.moieties[depot.moiety].wall;
        if !depot.first_pass || gut >= 1.0 {
            return mass * depot.share;
        }
        let active = self.group.gut.map_or(Lane::ONE, |enzyme| activity[enzyme]);
        mass * (depot.share * gut) / (active * (1.0 - gut) + gut)
    }

    /// One moiety after the step.
    #[inline(always)]
    fn moved(&self, moiety: usize, happenings: &[Happening], activity: &[Lane]) -> Advanced {
        let shape = &self.network.moieties[moiety].shape;
        let rates = &self.rates[moiety];
        let step = self.wanted.step;
        let (mut fast, mut slow) = (Lane::ZERO, Lane::ZERO);
        let (mut came, mut lost_on_the_way) = (Lane::ZERO, Lane::ZERO);
        let two = shape.from_tissue > 0.0;
        // What a place of absorption delivers over a span, and what of it is still there, by each rate of decline.
        for (place, depot) in self.plan.depots.iter().enumerate() {
            if depot.moiety != moiety {
                continue;
            }
            let (rate, left) = (self.group.depot_rates[place], self.depot_left[place]);
            let there = self.depots[place];
            let passes = if depot.first_pass { rates.passes } else { Lane::ONE };
            let flow = there * rate * passes;
            slow += flow * Lane::between(rate, left, rates.slow, rates.slow_left, step);
            if two {
                fast += flow * Lane::between(rate, left, rates.fast, rates.fast_left, step);
            }
            let absorbed = there * (Lane::ONE - left);
            came += absorbed * passes;
            lost_on_the_way += absorbed * (Lane::ONE - passes);
        }
        let mut steady = self.inflow[moiety];
        // What nothing flows into steadily is spared the division.
        let mut flows = self.made[moiety];
        for one in happenings {
            match one.what {
                What::Depot(place) if self.plan.depots[place].moiety == moiety => {
                    let depot = &self.plan.depots[place];
                    let there = self.wall(place, one.mass, activity);
                    let (rate, span) = (self.group.depot_rates[place], one.left);
                    let left = (-rate * span).exp();
                    let passes = if depot.first_pass { rates.passes } else { Lane::ONE };
                    let flow = there * rate * passes;
                    let slow_left = (-rates.slow * span).exp();
                    slow += flow * Lane::between(rate, left, rates.slow, slow_left, span);
                    if two {
                        let fast_left = (-rates.fast * span).exp();
                        fast += flow * Lane::between(rate, left, rates.fast, fast_left, span);
                    }
                    let absorbed = there * (Lane::ONE - left);
                    came += absorbed * passes;
                    lost_on_the_way += absorbed * (Lane::ONE - passes);
                }
                What::Blood(other) if other == moiety => {
                    slow += one.mass * (-rates.slow * one.left).exp();
                    fast += one.mass * (-rates.fast * one.left).exp();
                    came += one.mass;
                }
                What::Flow(other) if other == moiety => {
                    steady += one.mass * (1.0 / step);
                    flows = true;
                }
                _ => {}
            }
        }
        if flows {
            slow += steady * (Lane::ONE - rates.slow_left) / rates.slow;
            came += steady * step;
        }
        let (central, tissue) = (self.central[moiety], self.tissue[moiety]);
        let (after, after_tissue) = if two {
            if flows {
                fast += steady * (Lane::ONE - rates.fast_left) / rates.fast;
            }
            let (a, b) = (shape.to_tissue, shape.from_tissue);
            let apart = Lane::ONE / (rates.fast - rates.slow);
            // Weights of the two declines in what starts in the blood, and in what starts in the tissue.
            let of_fast = (rates.fast - Lane::all(b)) * apart;
            let of_slow = (Lane::all(b) - rates.slow) * apart;
            let out = rates.clearance * self.group.per_volume[moiety] + a;
            let tissue_fast = (rates.fast - out) * apart;
            let tissue_slow = (out - rates.slow) * apart;
            let crossing = (rates.slow_left - rates.fast_left) * apart;
            (
                central * (of_fast * rates.fast_left + of_slow * rates.slow_left)
                    + tissue * crossing * b
                    + of_fast * fast
                    + of_slow * slow,
                tissue * (tissue_fast * rates.fast_left + tissue_slow * rates.slow_left)
                    + central * crossing * a
                    + (slow - fast) * apart * a,
            )
        } else {
            (central * rates.slow_left + slow, Lane::ZERO)
        };
        let gone = (central + tissue + came - after - after_tissue).max(Lane::ZERO);
        Advanced { central: after, tissue: after_tissue, gone, lost_on_the_way }
    }

    /// Gives the metabolites what their parent lost.
    #[inline(always)]
    fn pass_on(&mut self, moiety: usize, advanced: &Advanced, activity: &[Lane]) {
        let of = &self.network.moieties[moiety];
        if of.forms.is_empty() {
            return;
        }
        let rates = &self.rates[moiety];
        let by_liver = advanced.gone * rates.by_liver + advanced.lost_on_the_way;
        let flow = by_liver * (1.0 / self.wanted.step);
        for form in &of.forms {
            let share = match form.by {
                Some(by) => {
                    let enzyme = of.shares[by].0;
                    self.group.shares[moiety][by] * activity[enzyme] * rates.per_intrinsic
                }
                None => Lane::ONE,
            };
            self.inflow[form.child] += flow * share * (form.part * form.mass);
        }
    }
}

/// Room for the enzymes of the base.
pub(crate) const MOST_ENZYMES: usize = 16;
