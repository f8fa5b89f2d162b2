//! Whose synapse it is: what is typical, and how people differ.
//!
//! A parameter that varies is drawn from a lognormal distribution with its value as the mean and its coefficient of
//! variation; the typical person has the value itself. Draws that leave the model without a resting state are made again.
//! Of the person of the timeline, sex and age shift what is known to depend on them.

use super::model::{Parameters, Synapse};
use crate::{
    knowledge::{self, Knowledge},
    lanes::{LANES, Lane},
    population::Population,
    timeline::Sex,
    units::{Fraction, Ratio, TimeSpan, split},
};

/// How one parameter varies.
#[derive(Debug, Clone, Copy)]
struct Varies {
    /// Its symbol.
    symbol: &'static str,
    /// Mean and standard deviation of the logarithm.
    mean: f64,
    deviation: f64,
    /// Least and most.
    bounds: (f64, f64),
}

/// Everyone's synapses, ready to be drawn.
#[derive(Debug, Clone)]
pub(crate) struct Synapses {
    typical: Parameters<f64>,
    varies: Vec<Varies>,
}

/// A person who cannot be is drawn again so often at most.
const ATTEMPTS: u64 = 50;
/// Ages that the slopes hold for.
const AGES: (f64, f64) = (18.0, 90.0);

fn plain(text: &str) -> Option<f64> {
    split(text, "a number", "0.18").ok().map(|written| written.number)
}

/// The parameters of the typical person.
pub(crate) fn typical(knowledge: &Knowledge) -> Parameters<f64> {
    Parameters::each(|symbol| {
        let value = match symbol {
            "tA" => recovery(knowledge, "MAO-A"),
            "tB" => recovery(knowledge, "MAO-B"),
            _ => (knowledge.base().synapse.iter())
                .find(|parameter| parameter.id == symbol)
                .and_then(|parameter| plain(&parameter.value.first()?.value)),
        };
        value.unwrap_or(f64::NAN)
    })
}

fn recovery(knowledge: &Knowledge, id: &str) -> Option<f64> {
    let enzyme = knowledge.base().enzymes.iter().find(|enzyme| enzyme.id == id)?;
    knowledge::best::<TimeSpan>(&enzyme.recovery_half_life).map(|((half_life, _), _)| half_life.as_hours())
}

impl Synapses {
    /// The synapses of people who stand for one of this sex and age, where those are known.
    pub(crate) fn new(knowledge: &Knowledge, sex: Option<Sex>, age: Option<f64>) -> Self {
        let mut typical = typical(knowledge);
        let mut varies = Vec::new();
        for parameter in &knowledge.base().synapse {
            let Some(symbol) = Parameters::<f64>::SYMBOLS.iter().find(|symbol| **symbol == parameter.id)
            else {
                continue;
            };
            let Some(value) = typical.get_mut(symbol) else { continue };
            let of_sex = match sex {
                Some(Sex::Female) => &parameter.women,
                Some(Sex::Male) => &parameter.men,
                None => &[][..],
            };
            if let Some(((factor, _), _)) = knowledge::best::<Ratio>(of_sex) {
                *value *= factor.as_fold();
            }
            if let (Some(((lost, _), _)), Some(age)) =
                (knowledge::best::<Fraction>(&parameter.lost_a_decade), age)
            {
                let decades = (age.clamp(AGES.0, AGES.1) - 30.0) / 10.0;
                *value *= (1.0 - lost.as_of_one() * decades).max(0.1);
            }
            let Some(cv) = parameter.varies.as_deref().and_then(|text| text.parse::<Fraction>().ok()) else {
                continue;
            };
            let square = libm::log(1.0 + cv.as_of_one() * cv.as_of_one());
            let bound = |text: &Option<String>, other: f64| text.as_deref().and_then(plain).unwrap_or(other);
            varies.push(Varies {
                symbol,
                mean: libm::log(*value) - 0.5 * square,
                deviation: libm::sqrt(square),
                bounds: (bound(&parameter.least, 0.0), bound(&parameter.most, f64::INFINITY)),
            });
        }
        Self { typical, varies }
    }

    /// Eight of them. `recovery` gives what the exposure engine drew for the half-lives of MAO-A and MAO-B, so that both
    /// speak of the same enzyme.
    pub(crate) fn eight(
        &self,
        population: Population,
        who: impl Fn(usize) -> usize,
        recovery: Option<(Lane, Lane)>,
    ) -> Synapse<Lane> {
        let values = self.typical.values();
        let mut next = values.iter();
        let mut lanes = Parameters::each(|_| Lane::all(next.next().copied().unwrap_or(f64::NAN)));
        if let Some((a, b)) = recovery {
            (lanes.t_a, lanes.t_b) = (a, b);
        }
        for lane in 0..LANES {
            self.draw(&mut lanes, lane, population, who(lane), 0);
        }
        if population.people == 0 {
            return Synapse::of(lanes);
        }
        for attempt in 1..ATTEMPTS {
            let synapse = Synapse::of(lanes);
            let impossible: Vec<usize> = (0..LANES)
                .filter(|lane| !(synapse.d.fm.0[*lane] > 0.0 && synapse.p.vfill.0[*lane] > 1.0))
                .collect();
            if impossible.is_empty() {
                return synapse;
            }
            for lane in impossible {
                self.draw(&mut lanes, lane, population, who(lane), attempt);
            }
        }
        Synapse::of(lanes)
    }

    fn draw(
        &self,
        lanes: &mut Parameters<Lane>,
        lane: usize,
        population: Population,
        person: usize,
        attempt: u64,
    ) {
        if population.people == 0 {
            return;
        }
        for one in &self.varies {
            let z = population.normal_again(person, one.symbol, attempt);
            let value = libm::exp(one.mean + one.deviation * z);
            if let Some(slot) = lanes.get_mut(one.symbol) {
                slot.0[lane] = value.clamp(one.bounds.0, one.bounds.1);
            }
        }
    }
}
