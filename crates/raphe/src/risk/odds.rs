//! What moves a count: dose, age and what else was taken, each as odds from the people who were counted.
//!
//! On the log-odds scale the published points of the dose are joined by straight lines, everything else is added, and
//! variances add up: the sampling error of the count, the uncertainty of the slope away from the median dose, and that of every
//! odds ratio.
//!
//! ```text
//!   logit p = points(dose) + Σ ln OR          var = 1/cases + 1/rest + (slope's)² + Σ (OR's)²
//! ```
//!
//! Two antagonists of 5-HT2A were counted. For another one the protection is taken to go with the logarithm of how far
//! it holds serotonin back, `ln 1/(1 - blocked)`; the two that were counted, at their usual doses in the same modeled synapse,
//! say by how much. That is an inference and as uncertain as it is large, so its range begins at no protection at all.

use super::{Taken, count};
use crate::{
    exposure::later,
    knowledge::{
        Citation, Knowledge,
        schema::{RiskModifier, RiskReference, RiskScale},
    },
    population::Population,
    synapse::{self, Synapse, engagement::Target},
    timeline::{Entry, Event, Origin, Person, Precision, Timeline, When, diary::read_dose_line},
    units::{Fraction, Interval, TimeSpan, number, range, two_digits},
};
use jiff::{Timestamp, tz::TimeZone};

/// What the people of a count and what moves them make of an exposure.
pub(super) struct Estimate {
    pub(super) p: Interval,
    pub(super) calibrated: bool,
    pub(super) moved_by: Vec<String>,
    pub(super) citations: Vec<Citation>,
}

/// Standard normal quantile of a 95 % interval.
const WIDE: f64 = 1.959_963_985;
/// No more of a receptor counts as blocked: beyond it a share says little of how far serotonin is held back.
const MOST_BLOCKED: f64 = 0.97;
/// Days of the usual dose after which a blockade has settled.
const SETTLED: f64 = 30.0;

fn logit(p: f64) -> f64 {
    libm::log(p / (1.0 - p))
}

fn expit(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// The middle of a share that is written with its unit.
fn share(text: &str) -> Option<(f64, f64)> {
    let (low, high) = range::<Fraction>(text).ok()?;
    Some((low.as_of_one(), high.as_of_one()))
}

/// Whether a part of the exposure moves a count, as something that was counted or works like it.
pub(super) fn moves(taken: &Taken<'_>, reference: &RiskReference, at: usize) -> bool {
    let part = &taken.parts[at];
    let modifiers = taken.base().modifiers.iter().filter(|modifier| modifier.reference == reference.id);
    modifiers.into_iter().any(|modifier| {
        part.is_any(taken.knowledge, &modifier.when)
            || part.is_any(taken.knowledge, &modifier.inferred_for)
            || (modifier.blocks_5ht2a && part.is(taken.knowledge, ANTAGONIST))
    })
}

/// The class whose members block 5-HT2A.
const ANTAGONIST: &str = "antagonist_2a";

pub(super) fn estimate(taken: &Taken<'_>, reference: &RiskReference) -> Estimate {
    let counted = match (reference.cases, reference.n) {
        (Some(cases), Some(n)) => count::of(cases, n),
        (None, n) => published(reference.published.as_deref(), n),
        (Some(_), None) => published(None, None),
    };
    let plain = Estimate { p: counted, calibrated: true, moved_by: Vec::new(), citations: Vec::new() };
    let modifiers: Vec<&RiskModifier> =
        taken.base().modifiers.iter().filter(|modifier| modifier.reference == reference.id).collect();
    if modifiers.is_empty() {
        return plain;
    }
    let (cases, n) = (f64::from(reference.cases.unwrap_or(0)), f64::from(reference.n.unwrap_or(0)));
    let mut sum = Sum {
        middle: logit(counted.median),
        variance: 1.0 / (cases + 0.5) + 1.0 / (n - cases + 0.5),
        calibrated: true,
        moved_by: Vec::new(),
        citations: Vec::new(),
    };
    sum.dose(taken, reference, &modifiers);
    for modifier in &modifiers {
        match modifier.scale {
            RiskScale::AgeDecade => {
                let decades =
                    taken.age.zip(modifier.from).map(|(age, from)| (age - from) / 10.0).unwrap_or(0.0);
                sum.add(modifier, decades, "age");
            }
            RiskScale::Presence if !modifier.blocks_5ht2a => sum.presence(taken, modifier),
            RiskScale::Presence | RiskScale::TenDailyDoses => {}
        }
    }
    sum.blockade(taken, &modifiers);
    if sum.moved_by.is_empty() {
        return plain;
    }
    let deviation = libm::sqrt(sum.variance);
    let at = |steps: f64| expit(sum.middle + steps * deviation);
    Estimate {
        p: Interval { median: at(0.0), p5: at(-WIDE), p95: at(WIDE) },
        calibrated: sum.calibrated,
        moved_by: sum.moved_by,
        citations: sum.citations,
    }
}

/// A range that was published without its cases: its middle is that of the logarithms, or half of it where only its upper end is
/// known. One figure gets the sampling error of the people it is of.
fn published(text: Option<&str>, n: Option<u32>) -> Interval {
    let (low, high) = text.and_then(share).unwrap_or((0.0, 1.0));
    match n {
        Some(n) if low == high => count::of(libm::round(low * f64::from(n)) as u32, n),
        _ if low == 0.0 => Interval { median: 0.5 * high, p5: low, p95: high },
        _ => Interval { median: libm::sqrt(low * high), p5: low, p95: high },
    }
}

struct Sum {
    middle: f64,
    variance: f64,
    calibrated: bool,
    moved_by: Vec<String>,
    citations: Vec<Citation>,
}

impl Sum {
    /// So many times the logarithm of an odds ratio.
    fn add(&mut self, modifier: &RiskModifier, times: f64, what: &str) {
        if times == 0.0 {
            return;
        }
        let deviation = times * libm::log(modifier.high / modifier.low) / (2.0 * WIDE);
        self.middle += times * libm::log(modifier.odds);
        self.variance += deviation * deviation;
        let [odds, low, high] = [modifier.odds, modifier.low, modifier.high]
            .map(|odds| two_digits(libm::exp(times * libm::log(odds))));
        let (low, high) = if times < 0.0 { (high, low) } else { (low, high) };
        self.moved_by.push(format!("{what}: {odds} times the odds ({low} to {high})"));
        self.citations.extend(modifier.evidence.iter().map(Citation::from));
    }

    fn dose(&mut self, taken: &Taken<'_>, reference: &RiskReference, modifiers: &[&RiskModifier]) {
        let Some(doses) = taken.daily_doses else { return };
        let points: Vec<(f64, f64)> = reference
            .points
            .iter()
            .filter_map(|point| Some((point.daily_doses, logit(share(&point.p)?.0))))
            .collect();
        let ([first, ..], [.., last]) = (points.as_slice(), points.as_slice()) else { return };
        let inside = doses.clamp(first.0, last.0);
        self.calibrated &= doses <= last.0;
        let at = points.windows(2).find(|pair| inside <= pair[1].0).unwrap_or(&points[points.len() - 2..]);
        let along = (inside - at[0].0) / (at[1].0 - at[0].0);
        self.middle = at[0].1 + along * (at[1].1 - at[0].1);
        if let Some(slope) = modifiers.iter().find(|one| one.scale == RiskScale::TenDailyDoses) {
            let tens = (inside - slope.from.unwrap_or(0.0)) / 10.0;
            let deviation = tens * libm::log(slope.high / slope.low) / (2.0 * WIDE);
            self.variance += deviation * deviation;
            self.citations.extend(slope.evidence.iter().map(Citation::from));
        }
        let beyond = if doses > last.0 { ", more than anyone who was counted" } else { "" };
        self.moved_by.push(format!("dose: about {} defined daily doses{beyond}", number(libm::round(doses))));
    }

    fn presence(&mut self, taken: &Taken<'_>, modifier: &RiskModifier) {
        let knowledge = taken.knowledge;
        let with = |ids: &[String]| taken.parts.iter().find(|part| part.is_any(knowledge, ids));
        if let Some(part) = with(&modifier.when) {
            self.add(modifier, 1.0, &name(taken, part, &modifier.when));
        } else if let Some(part) = with(&modifier.inferred_for) {
            let what = format!(
                "{}, taken to act like {}, which was counted",
                name(taken, part, &modifier.inferred_for),
                names(knowledge, &modifier.when)
            );
            self.add(modifier, 1.0, &what);
            self.calibrated = false;
        }
    }

    /// What blocks 5-HT2A: the strongest that was counted, else what the modeled blockade suggests.
    fn blockade(&mut self, taken: &Taken<'_>, modifiers: &[&RiskModifier]) {
        let counted: Vec<&&RiskModifier> = modifiers.iter().filter(|one| one.blocks_5ht2a).collect();
        let here = counted.iter().filter_map(|modifier| {
            let part = taken.parts.iter().find(|part| part.is_any(taken.knowledge, &modifier.when))?;
            Some((**modifier, part))
        });
        let mut here: Vec<_> = here.collect();
        here.sort_by(|a, b| a.0.odds.total_cmp(&b.0.odds));
        if let Some((modifier, part)) = here.first() {
            self.add(modifier, 1.0, &name(taken, part, &modifier.when));
            self.calibrated &= here.len() == 1;
            return;
        }
        let Some(blocked) = taken.blocked else { return };
        let (mut products, mut squares) = (0.0, 0.0);
        for modifier in counted {
            let Some(held) = usual_blockade(taken.knowledge, modifier).map(held_back) else { continue };
            let deviation = libm::log(modifier.high / modifier.low) / (2.0 * WIDE);
            products += held * libm::log(modifier.odds) / (deviation * deviation);
            squares += held * held / (deviation * deviation);
            self.citations.extend(modifier.evidence.iter().map(Citation::from));
        }
        if squares <= 0.0 {
            return;
        }
        let effect = products / squares * held_back(blocked);
        // The range of what nobody counted reaches from no effect at all to twice as much of it.
        self.middle += effect;
        self.variance += (effect / WIDE) * (effect / WIDE);
        self.calibrated = false;
        self.moved_by.push(format!(
            "5-HT2A blocked by about {} % in the modeled synapse: {} times the odds ({} to 1), inferred from olanzapine and \
             risperidone",
            number(libm::round(blocked * 100.0)),
            two_digits(libm::exp(effect)),
            two_digits(libm::exp(2.0 * effect))
        ));
    }
}

/// How far a blockade holds serotonin back, on the scale on which it is taken to add up.
fn held_back(blocked: f64) -> f64 {
    -libm::log1p(-blocked.clamp(0.0, MOST_BLOCKED))
}

fn name(taken: &Taken<'_>, part: &super::Part<'_>, ids: &[String]) -> String {
    match &part.what {
        super::What::Used(one) => taken.knowledge.substance_name(&one.substance).to_owned(),
        super::What::Named(_) => names(taken.knowledge, ids),
    }
}

fn names(knowledge: &Knowledge, ids: &[String]) -> String {
    let names: Vec<String> = ids.iter().map(|id| knowledge.substance_name(id).to_owned()).collect();
    names.join(" or ")
}

/// Share of 5-HT2A that antagonists block now or at the next peak, where one was taken.
pub(super) fn blocked(taken: &Taken<'_>, synapse: &Synapse) -> Option<f64> {
    let knowledge = taken.knowledge;
    taken.parts.iter().find(|part| part.is(knowledge, ANTAGONIST))?;
    let other = |id: &str| ["agonist_2a", "sri"].iter().any(|class| super::named_is(knowledge, id, class));
    let engaged = synapse.targets.iter().chain(&synapse.targets_at_peak);
    let shares = engaged.filter(|engaged| engaged.target == Target::Receptor2A).map(|engaged| {
        let antagonists = engaged.by.iter().filter(|(id, _)| !other(id)).map(|(_, part)| part.median);
        engaged.share.median * antagonists.sum::<f64>().min(1.0)
    });
    shares.reduce(f64::max).filter(|share| *share > 0.0)
}

/// Share of 5-HT2A that a counted antagonist blocks at its usual dose in the typical person.
fn usual_blockade(knowledge: &Knowledge, modifier: &RiskModifier) -> Option<f64> {
    let id = modifier.when.first()?;
    let substance = knowledge.substance(id)?;
    let mut line = read_dose_line(&format!("{} {}", substance.names.inn, modifier.dose.as_deref()?)).ok()?;
    line.name.id = Some(id.clone());
    // Which days these are decides nothing.
    let begin = Timestamp::UNIX_EPOCH;
    let when = When { start: begin, end: Some(begin), precision: Precision::Moment };
    let entry = Entry { when, event: Event::Start(line), origin: Origin::Asked(1), note: None };
    let person = Person { zone: Some(TimeZone::UTC), ..Person::default() };
    let timeline = Timeline::new(person, vec![entry]);
    let typical = Population { seed: 1, people: 0 };
    let (_, synapse) =
        synapse::simulate(&timeline, knowledge, typical, later(begin, TimeSpan::days(SETTLED)));
    let engaged = synapse.targets.iter().find(|engaged| engaged.target == Target::Receptor2A)?;
    Some(engaged.share.median)
}
