//! Many people under a medicine that is taken once a day: what benchmarks run.
//!
//! Not part of the program. The input is one compartment with first-order absorption, known in closed form, so that
//! another simulator can be given the same; it is followed along straight lines that are short where it bends.

use super::{
    drive::Drive,
    model::{Derived, Inputs, Parameters, STATE_SYMBOLS, Synapse},
    people,
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

    /// The input so long after the first of daily doses.
    fn u(&self, hours: f64) -> f64 {
        let (a, e) = (self.absorption, self.elimination);
        let doses = libm::floor(hours / 24.0 + 1e-9);
        let left = |rate: f64| {
            let day = libm::exp(-24.0 * rate);
            let last = libm::exp(-rate * (hours - 24.0 * doses));
            last * (1.0 - libm::pow(day, doses + 1.0)) / (1.0 - day)
        };
        self.dose * a / (a - e) * (left(e) - left(a))
    }
}

/// Draws people around the typical one.
#[must_use]
pub fn people(knowledge: &Knowledge, population: Population) -> Vec<Person> {
    let typical = people::typical(knowledge);
    let number = |text: &Option<String>| {
        text.as_ref().and_then(|text| text.trim_end_matches(['%', ' ']).parse::<f64>().ok())
    };
    let draw = |person: usize, symbol: &str, mean: f64, spread: f64| {
        let variance = libm::log(1.0 + spread * spread);
        mean * libm::exp(libm::sqrt(variance) * population.normal(person, symbol) - 0.5 * variance)
    };
    (0..population.size())
        .map(|person| {
            let mut values = typical.values().into_iter();
            let parameters = Parameters::<f64>::SYMBOLS.iter().map(|symbol| {
                let mean = values.next().unwrap_or(f64::NAN);
                let facts = knowledge.base().synapse.iter().find(|facts| facts.id == *symbol);
                let Some(spread) = facts.and_then(|facts| number(&facts.varies)) else { return mean };
                let least = facts.and_then(|facts| number(&facts.least)).unwrap_or(0.0);
                let most = facts.and_then(|facts| number(&facts.most)).unwrap_or(f64::INFINITY);
                draw(person, symbol, mean, 0.01 * spread).clamp(least, most)
            });
            Person {
                parameters: parameters.collect(),
                absorption: draw(person, "absorption", 1.0, 0.4),
                elimination: draw(person, "elimination", 0.03, 0.3),
                dose: draw(person, "dose", 3.0, 0.4),
            }
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

/// Serotonin outside, fold, of everyone at every hour of so many days; not a number for whom could not be followed.
#[must_use]
pub fn hourly(people: &[Person], days: u32, relative: f64) -> Vec<Vec<f64>> {
    let moments: Vec<f64> = (0..=24 * days).map(f64::from).collect();
    let mut seen = vec![vec![f64::NAN; moments.len()]; people.len()];
    for (group, seen) in people.chunks(LANES).zip(seen.chunks_mut(LANES)) {
        let eight: [&Person; LANES] = std::array::from_fn(|lane| &group[lane.min(group.len() - 1)]);
        let hours = (0..days).flat_map(|day| KNOTS.map(|hour| 24.0 * f64::from(day) + hour));
        let knots = hours.chain([24.0 * f64::from(days)]).map(|hour| {
            let u = Lane::each(|lane| eight[lane].u(hour));
            (hour, Inputs { u, u_r: u, ..Inputs::REST.for_all() })
        });
        let drive = Drive { knots: knots.collect() };
        let failed = drive.follow(&synapse(&eight), &moments, relative, &mut |now| {
            for (lane, seen) in seen.iter_mut().enumerate() {
                seen[now.moment] = now.terms.x.0[lane];
            }
        });
        for (seen, _) in seen.iter_mut().zip(failed).filter(|(_, failed)| *failed) {
            seen.fill(f64::NAN);
        }
    }
    seen
}
