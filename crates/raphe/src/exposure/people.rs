//! Who these virtual people are: what each of them draws, and what is known of the person they stand for.
//!
//! Everyone stands for the person of the timeline: the same weight, age, sex, smoking, liver, kidney and genes where
//! those are known, and a draw from the people who are otherwise alike where not. A half-life is drawn from its
//! published spread; volume, absorption and the strength of an inhibitor vary a little on their own. Where no gene is
//! written, a kind of metabolizer is drawn by its frequency, so that the range says what not knowing it means; the
//! typical person is a normal metabolizer.

use super::{
    course::{Happening, Plan, Way, What},
    network::Network,
};
use crate::{
    knowledge::{self, Knowledge},
    lanes::{LANES, Lane},
    population::Population,
    threads,
    timeline::{Person, Sex},
    units::{Fraction, Mass, Ratio},
};
use jiff::Timestamp;
use raphe_knowledge::{Enzyme as EnzymeFacts, Phenotype, Value};

/// Spread of volumes between people of one weight, and of absorption rates: 5 to 95 % as factors of the median.
const VOLUME_SPREAD: (f64, f64) = (0.75, 1.33);
const ABSORPTION_SPREAD: (f64, f64) = (0.6, 1.67);
/// Spread of the blood flow through the liver, which limits what a strongly extracted drug can vary by otherwise.
const FLOW_SPREAD: (f64, f64) = (0.75, 1.33);
/// Spread of an enzyme's amount among metabolizers of one kind where no source says.
const WITHIN_KIND: (f64, f64) = (0.8, 1.25);
/// Weights outside these are not taken for a body's, kg.
const BODY_WEIGHT: std::ops::RangeInclusive<f64> = 2.0..=400.0;
/// Filtration of a young adult, and its loss with each year after 40 (Lindeman 1985, J Am Geriatr Soc 33:278).
const FILTRATION: f64 = 100.0;
const FILTRATION_LOST_A_YEAR: f64 = 0.75;

/// Everyone who is simulated.
#[derive(Debug, Clone)]
pub(crate) struct People<'a> {
    knowledge: &'a Knowledge,
    population: Population,
    person: &'a Person,
    as_of: Timestamp,
    /// How many threads may share the work; it changes no result.
    pub(crate) threads: usize,
}

/// Eight people with their numbers drawn.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    /// One over the central volume, 1/L, by moiety.
    pub(crate) per_volume: Vec<Lane>,
    /// Uninhibited intrinsic clearance over liver flow, by moiety.
    pub(crate) intrinsic: Vec<Lane>,
    /// Liver flow as it counts for the drug, L/h, by moiety.
    pub(crate) flow: Vec<Lane>,
    /// Clearance by the kidney, L/h, by moiety.
    pub(crate) kidney: Vec<Lane>,
    /// Share of each enzyme in the intrinsic clearance, times how much of it the person has: `[moiety][share]`.
    pub(crate) shares: Vec<Vec<Lane>>,
    /// Share of the rest, by moiety.
    pub(crate) rest: Vec<Lane>,
    /// Rate of absorption, 1/h, by depot.
    pub(crate) depot_rates: Vec<Lane>,
    /// How strongly an effect acts in this person, by effect.
    pub(crate) potency: Vec<Lane>,
    /// Rate of turnover, 1/h, by enzyme.
    pub(crate) turnover: Vec<Lane>,
    /// Inborn activity over that of a normal metabolizer, by enzyme.
    pub(crate) inborn: Vec<Lane>,
    /// The enzyme in the wall of the gut.
    pub(crate) gut: Option<usize>,
    /// What happens to them, in order of steps.
    pub(crate) happenings: Vec<Happening>,
}

impl<'a> People<'a> {
    /// People who stand for a person at a moment.
    pub(crate) fn new(
        knowledge: &'a Knowledge,
        population: Population,
        person: &'a Person,
        as_of: Timestamp,
    ) -> Self {
        Self { knowledge, population, person, as_of, threads: threads::available() }
    }

    /// How many.
    pub(crate) fn size(&self) -> usize {
        self.population.size()
    }

    /// The weight of the person over that of the typical one.
    fn weight(&self) -> f64 {
        let weight = self.person.weight.map(Mass::as_kg).filter(|weight| BODY_WEIGHT.contains(weight));
        weight.unwrap_or(super::kinetics::TYPICAL_WEIGHT) / super::kinetics::TYPICAL_WEIGHT
    }

    fn age(&self) -> Option<f64> {
        self.person.age_at(self.as_of).map(f64::from).filter(|age| (0.0..=120.0).contains(age))
    }

    /// Filtration of the kidney over that of a young adult.
    fn kidney(&self) -> f64 {
        let by_age = self.age().map(|age| FILTRATION - FILTRATION_LOST_A_YEAR * (age - 40.0).max(0.0));
        let filtration = self.person.egfr.or(by_age).unwrap_or(FILTRATION);
        (filtration / FILTRATION).clamp(0.02, 1.3)
    }

    /// Draws eight people.
    pub(crate) fn group(&self, network: &Network, plan: &Plan, group: usize) -> Group {
        let people = self.population;
        let first = group * LANES;
        // Lanes past the last person repeat it; what they do is never read.
        let who = |lane: usize| (first + lane).min(self.size() - 1);
        let draw = |name: &str, spread: (f64, f64)| Lane::each(|lane| people.factor(who(lane), name, spread));
        let (weight, kidney) = (self.weight(), self.kidney());
        let flow = libm::pow(weight, 0.75);
        let inborn: Vec<Lane> = network
            .enzymes
            .iter()
            .map(|enzyme| {
                let facts = self.knowledge.base().enzymes.iter().find(|facts| facts.id == enzyme.id);
                facts.map_or(Lane::ONE, |facts| self.inborn(facts, who))
            })
            .collect();
        let mut drawn = Group {
            per_volume: Vec::new(),
            intrinsic: Vec::new(),
            flow: Vec::new(),
            kidney: Vec::new(),
            shares: Vec::new(),
            rest: Vec::new(),
            depot_rates: Vec::new(),
            potency: Vec::new(),
            turnover: Vec::new(),
            gut: network.enzymes.iter().position(|enzyme| enzyme.id == super::network::GUT),
            happenings: Vec::new(),
            inborn,
        };
        let flows = draw("liver/flow", FLOW_SPREAD) * flow;
        for moiety in &network.moieties {
            let volume = draw(&format!("{}/volume", moiety.id), VOLUME_SPREAD);
            let slower = draw(&format!("{}/half_life", moiety.id), moiety.shape.spread);
            let speed = volume / slower;
            drawn.per_volume.push(Lane::ONE / (volume * (weight * moiety.shape.central)));
            // Intrinsic clearance is the drug's and the enzymes'; what it is over the flow is the person's.
            drawn.intrinsic.push(speed * (moiety.intrinsic * flow) / flows);
            drawn.flow.push(flows * moiety.flow);
            drawn.kidney.push(speed * (moiety.kidney * kidney * flow));
            drawn
                .shares
                .push(moiety.shares.iter().map(|(enzyme, share)| drawn.inborn[*enzyme] * *share).collect());
            drawn.rest.push(Lane::all(moiety.rest));
        }
        for (place, depot) in plan.depots.iter().enumerate() {
            let moiety = &network.moieties[depot.moiety];
            let faster = draw(&format!("{}/absorption/{place}", moiety.id), ABSORPTION_SPREAD);
            drawn.depot_rates.push(faster * depot.rate);
        }
        for effect in &network.effects {
            let (by, on) = (&network.moieties[effect.by].id, &network.enzymes[effect.on].id);
            drawn.potency.push(draw(&format!("{by}/{on}/potency"), effect.spread));
        }
        for enzyme in &network.enzymes {
            let slower = draw(
                &format!("{}/recovery", enzyme.id),
                (enzyme.spread.0 / enzyme.half_life, enzyme.spread.1 / enzyme.half_life),
            );
            drawn.turnover.push(Lane::all(std::f64::consts::LN_2 / enzyme.half_life) / slower);
        }
        drawn
    }

    /// How much of an enzyme these people are born with, and have left at their age.
    fn inborn(&self, facts: &EnzymeFacts, who: impl Fn(usize) -> usize) -> Lane {
        let people = self.population;
        let fold = |list: &[Value]| super::kinetics::middle(list, Ratio::as_fold);
        let mut common = 1.0;
        if let (Some(women), Some(sex)) = (fold(&facts.women), self.person.sex) {
            // Published values are of both together.
            common *= match sex {
                Sex::Female => 2.0 * women / (1.0 + women),
                Sex::Male => 2.0 / (1.0 + women),
            };
        }
        if let (Some(at_80), Some(age)) = (fold(&facts.at_80), self.age()) {
            common *= (1.0 - (1.0 - at_80) * (age - 40.0) / 40.0).clamp(at_80.min(1.0) * 0.8, at_80.max(1.0));
        }
        let liver = self.person.liver_impaired.then(|| factor_of(&facts.impaired_liver)).flatten();
        let known = self.known_phenotype(facts);
        let within = |kind: &Phenotype, person: usize| {
            let (median, spread) = factor_of(&kind.activity)?;
            let spread = spread.unwrap_or(WITHIN_KIND);
            Some(median * people.factor(person, &format!("{}/amount", facts.id), spread))
        };
        Lane::each(|lane| {
            let person = who(lane);
            let kind = known.or_else(|| self.drawn_phenotype(facts, person));
            let activity = match kind {
                Some(kind) => within(kind, person).unwrap_or(1.0),
                None => 1.0,
            };
            let liver = liver.as_ref().map_or(1.0, |(median, spread)| {
                let spread = spread.unwrap_or((0.5, 2.0));
                median * people.factor(person, &format!("{}/liver", facts.id), spread)
            });
            activity * common * liver.min(1.5)
        })
    }

    /// The kind that the diary names, by words or by alleles.
    fn known_phenotype<'f>(&self, facts: &'f EnzymeFacts) -> Option<&'f Phenotype> {
        let (_, written) = self.person.genes.iter().find(|(gene, _)| gene.eq_ignore_ascii_case(&facts.id))?;
        knowledge::phenotype(facts, written)
    }

    fn drawn_phenotype<'f>(&self, facts: &'f EnzymeFacts, person: usize) -> Option<&'f Phenotype> {
        if self.population.people == 0 {
            return facts.phenotypes.iter().find(|kind| kind.id == "normal");
        }
        let frequency =
            |kind: &Phenotype| super::kinetics::middle(&kind.frequency, Fraction::as_of_one).unwrap_or(0.0);
        let all: f64 = facts.phenotypes.iter().map(frequency).sum();
        let mut place = self.population.uniform(person, &format!("{}/kind", facts.id), 0) * all;
        facts.phenotypes.iter().find(|kind| {
            place -= frequency(kind);
            place <= 0.0
        })
    }

    /// When and how much each of eight people takes, in order of steps of `step` hours, `steps` of them.
    pub(crate) fn happenings(&self, plan: &Plan, group: usize, steps: usize, step: f64) -> Vec<Happening> {
        let people = self.population;
        let first = group * LANES;
        let who = |lane: usize| (first + lane).min(self.size() - 1);
        let mut list = Vec::with_capacity(plan.doses.len());
        let mut add = |at: f64, what: What, mass: Lane| {
            let place = (at / step).floor();
            if place >= 0.0 && place < steps as f64 {
                let left = ((place + 1.0) * step - at).clamp(0.0, step);
                list.push(Happening { step: place as usize, left, what, mass });
            }
        };
        for dose in &plan.doses {
            let (low, high) = dose.mass;
            let mass = if high > low && people.people > 0 {
                Lane::each(|lane| low + (high - low) * people.uniform(who(lane), "amount", dose.key.0))
            } else {
                Lane::all(libm::sqrt(low * high))
            };
            let mut give = |at: f64, mass: Lane| match dose.way {
                Way::Depot(depot) => add(at + plan.depots[depot].lag, What::Depot(depot), mass),
                Way::Blood(share) => add(at, What::Blood(dose.moiety), mass * share),
                Way::Over(hours, share) => {
                    // Cut at the steps; each piece carries its part.
                    let hours = hours.max(1e-3);
                    let end = at + hours;
                    let mut from = at;
                    while from < end && from < steps as f64 * step {
                        let to = (((from / step + 1e-9).floor() + 1.0) * step).min(end);
                        add(from, What::Flow(dose.moiety), mass * (share * (to - from) / hours));
                        from = to.max(from + 1e-6);
                    }
                }
            };
            if dose.to <= dose.from {
                give(dose.from, mass);
                continue;
            }
            if people.people == 0 {
                give(0.5 * (dose.from + dose.to), mass);
                continue;
            }
            for lane in 0..LANES {
                let at = dose.from + (dose.to - dose.from) * people.uniform(who(lane), "time", dose.key.1);
                give(at, Lane::each(|other| if other == lane { mass.0[lane] } else { 0.0 }));
            }
        }
        list.sort_by_key(|one| one.step);
        list
    }
}

/// A factor with its spread as factors of it.
fn factor_of(list: &[Value]) -> Option<(f64, Option<(f64, f64)>)> {
    let ((low, high), value) = knowledge::best::<Ratio>(list)?;
    let median = if low == high { low.as_fold() } else { libm::sqrt(low.as_fold() * high.as_fold()) };
    let spread = value.spread.as_deref().and_then(|text| crate::units::range::<Ratio>(text).ok());
    let spread = match spread {
        Some((low, high)) if median > 0.0 => Some((low.as_fold() / median, high.as_fold() / median)),
        _ if high > low && median > 0.0 => Some((low.as_fold() / median, high.as_fold() / median)),
        _ => None,
    };
    Some((median, spread))
}
