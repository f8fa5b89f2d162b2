//! What drives eight synapses over time, and how they follow.
//!
//! A [`Drive`] is a list of knots between which every input runs in a straight line; two knots at one moment are a step.
//! [`Drive::thin`] leaves out the knots that a straight line explains, because every knot ends a step of the solver.

use super::{
    model::{self, Factored, Inputs, Jacobian, STATES, Synapse},
    rosenbrock::{AFTER_JUMP, Solver, System},
};
use crate::lanes::{LANES, Lane};
use pulp::{Arch, NullaryFnOnce};

/// The parts of a step, each run with the widest vectors that the processor has: one person after the other in the source,
/// several at once in the machine. The same numbers come out of every processor.
struct Rates<'a>(&'a Synapse<Lane>, &'a [Lane; STATES], &'a Inputs<Lane>);
struct Linearize<'a>(&'a Synapse<Lane>, &'a [Lane; STATES], &'a Inputs<Lane>);
struct Factor<'a>(&'a Synapse<Lane>, &'a Jacobian<Lane>, f64);
struct Solve<'a>(&'a Synapse<Lane>, &'a Jacobian<Lane>, &'a Factored<Lane>, &'a [Lane; STATES]);

/// One person's states.
#[inline(always)]
fn one(y: &[Lane; STATES], lane: usize) -> [f64; STATES] {
    let mut one = [0.0; STATES];
    for n in 0..STATES {
        one[n] = y[n].0[lane];
    }
    one
}

/// Puts one person's states in their place.
#[inline(always)]
fn put(all: &mut [Lane; STATES], lane: usize, one: &[f64; STATES]) {
    for n in 0..STATES {
        all[n].0[lane] = one[n];
    }
}

impl NullaryFnOnce for Rates<'_> {
    type Output = [Lane; STATES];
    #[inline(always)]
    fn call(self) -> Self::Output {
        let mut all = [Lane::ZERO; STATES];
        for lane in 0..LANES {
            let (synapse, y, inputs) = (self.0.one(lane), one(self.1, lane), self.2.of(lane));
            put(&mut all, lane, &model::rates(&y, &inputs, &synapse, &model::terms(&y, &inputs, &synapse)));
        }
        all
    }
}

impl NullaryFnOnce for Linearize<'_> {
    type Output = ([Lane; STATES], Jacobian<Lane>);
    #[inline(always)]
    fn call(self) -> Self::Output {
        let (mut all, mut jacobian) = ([Lane::ZERO; STATES], Jacobian::each(|_| Lane::ZERO));
        for lane in 0..LANES {
            let (synapse, y, inputs) = (self.0.one(lane), one(self.1, lane), self.2.of(lane));
            let terms = model::terms(&y, &inputs, &synapse);
            put(&mut all, lane, &model::rates(&y, &inputs, &synapse, &terms));
            jacobian.put(lane, &Jacobian::at(&y, &inputs, &synapse, &terms));
        }
        (all, jacobian)
    }
}

impl NullaryFnOnce for Factor<'_> {
    type Output = Factored<Lane>;
    #[inline(always)]
    fn call(self) -> Self::Output {
        let mut factored = Factored::each(|_| Lane::ZERO);
        for lane in 0..LANES {
            factored.put(lane, &self.1.of(lane).factor(self.2, &self.0.one(lane)));
        }
        factored
    }
}

impl NullaryFnOnce for Solve<'_> {
    type Output = [Lane; STATES];
    #[inline(always)]
    fn call(self) -> Self::Output {
        let mut all = [Lane::ZERO; STATES];
        for lane in 0..LANES {
            let (synapse, jacobian) = (self.0.one(lane), self.1.of(lane));
            let solved = self.2.of(lane).solve(&jacobian, &one(self.3, lane), &synapse);
            put(&mut all, lane, &solved);
        }
        all
    }
}

impl System<STATES> for Synapse<Lane> {
    type Inputs = Inputs<Lane>;
    type Jacobian = Jacobian<Lane>;
    type Factored = Factored<Lane>;

    fn rates(&self, y: &[Lane; STATES], inputs: &Inputs<Lane>) -> [Lane; STATES] {
        Arch::new().dispatch(Rates(self, y, inputs))
    }

    fn linearize(&self, y: &[Lane; STATES], inputs: &Inputs<Lane>) -> ([Lane; STATES], Jacobian<Lane>) {
        Arch::new().dispatch(Linearize(self, y, inputs))
    }

    fn factor(&self, jacobian: &Jacobian<Lane>, per_step: f64) -> Self::Factored {
        Arch::new().dispatch(Factor(self, jacobian, per_step))
    }

    fn solve(
        &self,
        jacobian: &Jacobian<Lane>,
        matrix: &Factored<Lane>,
        rhs: &[Lane; STATES],
    ) -> [Lane; STATES] {
        Arch::new().dispatch(Solve(self, jacobian, matrix, rhs))
    }
}

/// Inputs over time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Drive {
    /// Hours, ascending, and the inputs there.
    pub(crate) knots: Vec<(f64, Inputs<Lane>)>,
}

/// What is seen of eight people at one moment.
pub(crate) struct Seen<'a> {
    /// Which of the wanted moments.
    pub(crate) moment: usize,
    /// The states.
    pub(crate) y: &'a [Lane; STATES],
    /// The inputs.
    pub(crate) inputs: &'a Inputs<Lane>,
}

/// A straight line explains a knot that lies within this share of it, and within this of what counts at all.
const THIN: (f64, f64) = (5e-3, 1e-3);
/// What counts as one of each input: a rate of loss of 1/h is thousands of times the turnover of MAO.
const SCALE: [f64; Inputs::<f64>::SYMBOLS.len()] =
    [1.0, 1.0, 1e-3, 1e-3, 1.0, 1.0, 1.0, 4.0, 96.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
/// No straight line is longer, hours.
const LONGEST: f64 = 12.0;

/// Error that is allowed in a step, of what a state is at rest.
const ABSOLUTE: f64 = 1e-3;

impl Drive {
    /// Knots without those that the line between their neighbors explains. Knots at one moment stay.
    ///
    /// `rows` is room for what is compared: whoever has many courses to thin takes it along.
    pub(crate) fn thin(knots: &[(f64, Inputs<Lane>)], rows: &mut Vec<Lane>) -> Self {
        const COUNT: usize = Inputs::<f64>::SYMBOLS.len();
        let Some((_, first)) = knots.first() else { return Self::default() };
        let first = first.values();
        let mut moves = [false; COUNT];
        for (_, inputs) in knots {
            let values = inputs.values();
            for n in 0..COUNT {
                moves[n] |= values[n] != first[n];
            }
        }
        let moving: Vec<usize> = (0..COUNT).filter(|n| moves[*n]).collect();
        rows.clear();
        rows.extend(knots.iter().flat_map(|(_, inputs)| {
            let values = inputs.values();
            moving.iter().map(move |n| values[*n])
        }));
        let width = moving.len();
        let row = |knot: usize| &rows[knot * width..(knot + 1) * width];
        let at = |knot: usize| knots[knot].0;
        let explained = |from: usize, to: usize, between: usize| {
            let share = (at(between) - at(from)) / (at(to) - at(from));
            let ends = row(from).iter().zip(row(to)).zip(row(between));
            moving.iter().zip(ends).all(|(n, ((a, b), there))| {
                let (a, b, there) = (&a.0, &b.0, &there.0);
                (0..LANES).all(|lane| {
                    let line = a[lane] + (b[lane] - a[lane]) * share;
                    (line - there[lane]).abs() <= THIN.0 * there[lane].abs() + THIN.1 * SCALE[*n]
                })
            })
        };
        let mut kept = vec![0];
        let mut from = 0;
        while from + 1 < knots.len() {
            let mut to = from + 1;
            while to + 1 < knots.len()
                && at(to + 1) > at(to)
                && at(to) > at(from)
                && at(to + 1) - at(from) <= LONGEST
                && (from + 1..=to).all(|between| explained(from, to + 1, between))
            {
                to += 1;
            }
            kept.push(to);
            from = to;
        }
        Self { knots: kept.into_iter().map(|knot| knots[knot]).collect() }
    }

    /// Follows it from rest and shows wanted moments, which ascend from the first knot on.
    ///
    /// Past the last knot the inputs stay. Returns who could not be followed.
    pub(crate) fn follow(
        &self,
        synapse: &Synapse<Lane>,
        moments: &[f64],
        relative: f64,
        keep: &mut dyn FnMut(&Seen<'_>),
    ) -> [bool; LANES] {
        let rest = synapse.rest();
        let absolute = std::array::from_fn(|n| relative * ABSOLUTE * rest[n].0[0]);
        let mut solver = Solver { relative, absolute, y: rest, failed: [false; LANES], next: AFTER_JUMP };
        let mut next = 0;
        let Some(((first, start), (_, last))) = self.knots.first().copied().zip(self.knots.last().copied())
        else {
            return solver.failed;
        };
        let mut show = |moment: usize, y: &[Lane; STATES], inputs: &Inputs<Lane>| {
            keep(&Seen { moment, y, inputs });
        };
        while moments.get(next).is_some_and(|moment| *moment <= first) {
            show(next, &solver.y, &start);
            next += 1;
        }
        let end = moments.last().copied().unwrap_or(first);
        let after = self.knots.last().map(|(at, _)| (*at, end.max(*at), last, last));
        let pieces = self.knots.windows(2).map(|two| (two[0].0, two[1].0, two[0].1, two[1].1)).chain(after);
        let mut before: Option<Inputs<Lane>> = None;
        for (from, to, a, b) in pieces {
            // A step of the inputs starts anew.
            if before.is_some_and(|before| before.values() != a.values()) {
                solver.next = solver.next.min(AFTER_JUMP);
            }
            before = Some(b);
            if to <= from {
                continue;
            }
            if from >= end {
                break;
            }
            let slope = a.slope(&b, 1.0 / (to - from));
            let at = |moment: f64| match moment {
                _ if moment <= from => a,
                _ if moment >= to => b,
                _ => a.along(&slope, moment - from),
            };
            let steady = a.values() == b.values();
            solver.advance(synapse, (from, to), at, steady, |step| {
                while let Some(moment) = moments.get(next).filter(|moment| **moment <= step.to) {
                    show(next, &step.at(*moment), &at(*moment));
                    next += 1;
                }
            });
        }
        solver.failed
    }
}

impl Inputs<f64> {
    /// The same for all eight.
    pub(crate) fn for_all(&self) -> Inputs<Lane> {
        let values = self.values();
        let mut next = values.iter();
        Inputs::each(|_| next.next().map_or(Lane::ZERO, |value| Lane::all(*value)))
    }
}

impl Inputs<Lane> {
    /// How fast they change on the way to others.
    #[inline(always)]
    fn slope(&self, other: &Self, per_hour: f64) -> Self {
        self.zip(other, |from, to| (to - from) * per_hour)
    }

    /// Where they are after some hours.
    #[inline(always)]
    fn along(&self, slope: &Self, hours: f64) -> Self {
        self.zip(slope, |from, slope| from + slope * hours)
    }

    #[inline(always)]
    fn zip(&self, other: &Self, f: impl Fn(Lane, Lane) -> Lane) -> Self {
        let (ours, theirs) = (self.values(), other.values());
        let mut next = 0;
        Self::each(|_| {
            next += 1;
            f(ours[next - 1], theirs[next - 1])
        })
    }
}
