//! Many people under a medicine that is taken once a day: what benchmarks run.
//!
//! Not part of the program. The input is one compartment with first-order absorption, known in closed form, so that
//! another simulator can be given the same; it is followed along straight lines that are short where it bends.

use super::{
    drive::Drive,
    model::{self, Derived, Inputs, Parameters, STATE_SYMBOLS, Synapse},
    people::Synapses,
};
use crate::{
    knowledge::Knowledge,
    lanes::{LANES, Lane},
    population::Population,
};

/// Hours after a dose at which a line ends.
const KNOTS: [f64; 17] =
    [0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.4, 1.8, 2.3, 3.0, 4.0, 5.0, 7.0, 10.0, 14.0, 19.0];

/// Someone, with what they take.
#[derive(Debug, Clone)]
pub struct Person {
    parameters: Vec<f64>,
    /// Absorption and elimination, 1/h.
    pub absorption: f64,
    /// See `absorption`.
    pub elimination: f64,
    /// What a dose adds to `u` once it is absorbed.
    pub dose: f64,
}

impl Person {
    /// Parameters, derived constants and states at rest by their symbols.
    #[must_use]
    pub fn symbols(&self) -> Vec<(&'static str, f64)> {
        let synapse = synapse(&[self; LANES]);
        let first = |value: &Lane| value.0[0];
        let given = Parameters::<f64>::SYMBOLS.iter().copied().zip(self.parameters.iter().copied());
        let derived = Derived::<f64>::SYMBOLS
            .iter()
            .copied()
            .zip(synapse.d.values().iter().map(first).collect::<Vec<_>>());
        let rest = STATE_SYMBOLS.into_iter().zip(synapse.rest().iter().map(first).collect::<Vec<_>>());
        given.chain(derived).chain(rest).collect()
    }
}

/// Draws people around the typical one.
#[must_use]
pub fn people(knowledge: &Knowledge, population: Population) -> Vec<Person> {
    let synapses = Synapses::new(knowledge, None, None);
    let draw = |person: usize, symbol: &str, median: f64, spread: (f64, f64)| {
        population.lognormal(person, symbol, median, spread)
    };
    let size = population.size();
    let groups = (0..size.div_ceil(LANES)).map(|group| {
        let who = |lane: usize| (group * LANES + lane).min(size - 1);
        synapses.eight(population, who, None)
    });
    let everyone = groups.flat_map(|eight| (0..LANES).map(move |lane| eight.p.of(lane).values().to_vec()));
    everyone
        .take(size)
        .enumerate()
        .map(|(person, parameters)| Person {
            parameters,
            absorption: draw(person, "absorption", 1.0, (0.5, 2.0)),
            elimination: draw(person, "elimination", 0.03, (0.018, 0.05)),
            dose: draw(person, "dose", 3.0, (1.5, 6.0)),
        })
        .collect()
}

fn synapse(eight: &[&Person; LANES]) -> Synapse<Lane> {
    let mut next = 0..;
    Synapse::of(Parameters::each(|_| {
        let n = next.next().unwrap_or(0);
        Lane::each(|lane| eight[lane].parameters[n])
    }))
}

/// A dose a day of eight people: what is left of all doses by absorption and by elimination, one day after the other.
fn daily(eight: &[&Person; LANES], days: u32) -> Drive {
    let absorption = Lane::each(|lane| eight[lane].absorption);
    let elimination = Lane::each(|lane| eight[lane].elimination);
    let dose = Lane::each(|lane| eight[lane].dose);
    let scale = dose * absorption / (absorption - elimination);
    let left = |rate: Lane, hours: f64| (-rate * hours).exp();
    let (mut by_elimination, mut by_absorption) = (Lane::ZERO, Lane::ZERO);
    let mut knots = Vec::new();
    for day in 0..=days {
        by_elimination = by_elimination * left(elimination, 24.0) + Lane::ONE;
        by_absorption = by_absorption * left(absorption, 24.0) + Lane::ONE;
        for hour in KNOTS.into_iter().take(if day < days { KNOTS.len() } else { 1 }) {
            let u =
                scale * (by_elimination * left(elimination, hour) - by_absorption * left(absorption, hour));
            knots.push((24.0 * f64::from(day) + hour, Inputs { u, u_r: u, ..Inputs::REST.for_all() }));
        }
    }
    Drive { knots }
}

/// Serotonin outside, fold, of everyone at every hour of so many days; not a number for whom could not be followed.
#[must_use]
pub fn hourly(people: &[Person], days: u32, relative: f64) -> Vec<Vec<f64>> {
    let moments: Vec<f64> = (0..=24 * days).map(f64::from).collect();
    let mut seen = vec![vec![f64::NAN; moments.len()]; people.len()];
    for (group, seen) in people.chunks(LANES).zip(seen.chunks_mut(LANES)) {
        let eight: [&Person; LANES] = std::array::from_fn(|lane| &group[lane.min(group.len() - 1)]);
        let drive = daily(&eight, days);
        let synapse = synapse(&eight);
        let failed = drive.follow(&synapse, &moments, relative, &mut |now| {
            let fold = model::fold(now.y, &synapse);
            for (lane, seen) in seen.iter_mut().enumerate() {
                seen[now.moment] = fold.0[lane];
            }
        });
        for (seen, _) in seen.iter_mut().zip(failed).filter(|(_, failed)| *failed) {
            seen.fill(f64::NAN);
        }
    }
    seen
}
