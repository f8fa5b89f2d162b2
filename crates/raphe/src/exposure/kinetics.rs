//! From doses to amounts, exactly.
//!
//! One moiety is a chain of three amounts: gut `g`, body `b`, metabolite `m`, with `g' = -ka g`, `b' = ka g - k b`,
//! `m' = k b - km m`. Between doses the solution is a sum of exponentials, so each step from one dose to the next is
//! exact whatever its length. Half-lives differ between people: each virtual person draws one from the published
//! spread. Where a source gives none, the 5 to 95 % range is taken as 0.6 to 1.6 times the median, which is wide on
//! purpose.
//!
//! A metabolite's amount is counted as if all of the drug became it: its share of its own peak does not depend on the
//! fraction, and no other number leaves this module.

use crate::{
    exposure::{Remaining, hours_between, intake::Use, later},
    knowledge::{self, Citation, Knowledge},
    population::Population,
    timeline::Route,
    units::{Interval, TimeSpan},
};
use jiff::Timestamp;
use raphe_knowledge::{Kinetics, Substance, Value};

/// A half-life with its spread and source.
#[derive(Debug, Clone, PartialEq)]
pub struct HalfLife {
    /// The moiety it belongs to.
    pub moiety: String,
    /// Median, hours.
    pub median: f64,
    /// 5 to 95 % range between people, hours.
    pub spread: (f64, f64),
    /// Source.
    pub citation: Citation,
}

/// The 5 to 95 % range of a value: as published, or 0.6 to 1.6 times the median.
#[must_use]
pub fn spread(value: &Value, median: TimeSpan) -> (f64, f64) {
    let published = value.spread.as_deref().and_then(|text| crate::units::range::<TimeSpan>(text).ok());
    match published {
        Some((low, high)) if high > low => (low.as_hours(), high.as_hours()),
        _ => (0.6 * median.as_hours(), 1.6 * median.as_hours()),
    }
}

/// Kinetics by a route; another route's where this one is not known, because elimination is the body's.
fn by_route(substance: &Substance, route: Route) -> Option<&Kinetics> {
    let pk = &substance.pk;
    let known = |kinetics: &&Kinetics| !kinetics.half_life.is_empty();
    pk.get(route.word())
        .filter(known)
        .or_else(|| pk.get("oral").filter(known))
        .or_else(|| pk.values().find(known))
}

/// The half-life of one moiety.
#[must_use]
pub fn half_life(substance: &Substance, route: Route) -> Option<HalfLife> {
    let ((low, high), value) = knowledge::best::<TimeSpan>(&by_route(substance, route)?.half_life)?;
    // A published range without a center is taken at its geometric middle.
    let median = libm::sqrt(low.as_hours() * high.as_hours());
    let spread = if high > low { (low.as_hours(), high.as_hours()) } else { spread(value, low) };
    (median > 0.0).then(|| HalfLife {
        moiety: substance.id.clone(),
        median,
        spread,
        citation: Citation::from(value),
    })
}

/// The slowest half-life of a substance and its active metabolites: what decides how long it acts.
#[must_use]
pub fn slowest_half_life(knowledge: &Knowledge, substance: &Substance, route: Route) -> Option<HalfLife> {
    let metabolites = substance.metabolites.iter().filter_map(|link| knowledge.substance(&link.id));
    std::iter::once(substance)
        .chain(metabolites)
        .filter_map(|moiety| half_life(moiety, route))
        .max_by(|a, b| a.median.total_cmp(&b.median))
}

/// Absorption rate that puts the peak of one dose at `t_max` for the typical person; `None` = at once.
fn absorption_rate(kinetics: &Kinetics, median_half_life: f64) -> Option<f64> {
    let ((low, high), _) = knowledge::best::<TimeSpan>(&kinetics.t_max)?;
    let t_max = libm::sqrt(low.as_hours() * high.as_hours());
    if t_max <= 0.0 {
        return None;
    }
    let k = std::f64::consts::LN_2 / median_half_life;
    // ln(ka/k)/(ka - k) falls with ka: bisect between the elimination rate and a very fast absorption.
    let (mut low, mut high) = (k * 1.000_001, 1e4);
    let peak_at = |ka: f64| libm::log(ka / k) / (ka - k);
    if t_max >= peak_at(low) {
        return Some(low);
    }
    for _ in 0..60 {
        let middle = libm::sqrt(low * high);
        if peak_at(middle) > t_max { low = middle } else { high = middle }
    }
    Some(high)
}

/// Amounts of the chain, in milligrams of the dose.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Amounts {
    /// Waiting to be absorbed.
    pub gut: f64,
    /// In the body.
    pub body: f64,
    /// As metabolite.
    pub metabolite: f64,
}

/// Rates of the chain, 1/h.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// Absorption; `None` = at once.
    pub absorption: Option<f64>,
    /// Elimination of the parent.
    pub elimination: f64,
    /// Elimination of the metabolite; `None` where none is followed.
    pub metabolite: Option<f64>,
}

impl Rates {
    /// The amounts after a time without doses: exact.
    ///
    /// Two rates that are equal are set one part in a million apart, which changes a result by less than that.
    #[must_use]
    pub fn after(&self, hours: f64, start: Amounts) -> Amounts {
        self.propagate(&self.decays(hours), start)
    }

    fn apart(&self) -> (f64, f64, f64) {
        let nudge = |rate: f64, other: f64| {
            if (rate / other - 1.0).abs() < 1e-6 { other * (1.0 + 1e-6) } else { rate }
        };
        let k = self.elimination;
        let ka = nudge(self.absorption.unwrap_or(k * 1e6), k);
        let km = self.metabolite.map_or(k * 1e6, |km| nudge(nudge(km, k), ka));
        (ka, k, km)
    }

    fn decays(&self, hours: f64) -> [f64; 3] {
        let (ka, k, km) = self.apart();
        [libm::exp(-ka * hours), libm::exp(-k * hours), libm::exp(-km * hours)]
    }

    fn propagate(&self, &[ea, e, em]: &[f64; 3], start: Amounts) -> Amounts {
        let (ka, k, km) = self.apart();
        let Amounts { gut, body, metabolite } = start;
        let from_gut = gut * ka / (ka - k);
        let gut_after = gut * ea;
        let body_after = body * e + from_gut * (e - ea);
        let metabolite_after = match self.metabolite {
            None => 0.0,
            Some(_) => {
                metabolite * em
                    + body * k / (k - km) * (em - e)
                    + from_gut * k * ((em - e) / (k - km) - (em - ea) / (ka - km))
            }
        };
        Amounts { gut: gut_after, body: body_after, metabolite: metabolite_after.max(0.0) }
    }
}

/// What is left now of a substance and of each of its metabolites, where it is above 1 % of its peak.
pub(crate) fn remaining(
    knowledge: &Knowledge,
    population: Population,
    one: &Use,
    as_of: Timestamp,
) -> Vec<Remaining> {
    let Some(substance) = knowledge.substance(&one.substance) else { return Vec::new() };
    let Some(route) = one.spells.last().map(|spell| spell.route) else { return Vec::new() };
    let Some(parent) = half_life(substance, route) else { return Vec::new() };
    let absorption = by_route(substance, route).and_then(|kinetics| absorption_rate(kinetics, parent.median));
    let last_dose = one.intakes.last().map_or(as_of, |intake| intake.to.min(as_of));
    let metabolites = substance
        .metabolites
        .iter()
        .filter_map(|link| half_life(knowledge.substance(&link.id)?, route))
        .map(Some);
    let mut left = Vec::new();
    for metabolite in std::iter::once(None).chain(metabolites) {
        let chain = Chain { one, parent: &parent, metabolite: metabolite.as_ref(), absorption };
        let (mut shares, mut gone) = (Vec::new(), Vec::new());
        for person in 0..population.size() {
            let (share, hours_to_go) = chain.run(population, person, as_of);
            shares.push(share);
            gone.push(hours_to_go);
        }
        let moiety = metabolite.as_ref().unwrap_or(&parent);
        let (Some(share_of_peak), Some(gone)) = (Interval::of(&shares), Interval::of(&gone)) else {
            continue;
        };
        if share_of_peak.p95 >= 0.01 {
            left.push(Remaining {
                substance: one.substance.clone(),
                moiety: moiety.moiety.clone(),
                share_of_peak,
                last_dose,
                gone_by: later(as_of, TimeSpan::hours(gone.p95)),
                citation: moiety.citation.clone(),
            });
        }
    }
    left
}

/// One moiety of one use.
struct Chain<'a> {
    one: &'a Use,
    parent: &'a HalfLife,
    metabolite: Option<&'a HalfLife>,
    absorption: Option<f64>,
}

impl Chain<'_> {
    /// One person's share of the own peak now, and the hours until it is below 1 %.
    fn run(&self, population: Population, person: usize, as_of: Timestamp) -> (f64, f64) {
        let rate = |half_life: &HalfLife| {
            let parameter = format!("{}/half_life", half_life.moiety);
            std::f64::consts::LN_2
                / population.lognormal(person, &parameter, half_life.median, half_life.spread)
        };
        let elimination = rate(self.parent);
        let metabolite = self.metabolite.map(rate);
        let rates =
            Rates { absorption: self.absorption.map(|ka| ka.max(elimination)), elimination, metabolite };
        let slowest = metabolite.unwrap_or(elimination).min(elimination);
        // What is older than sixty half-lives is below one part in 10^18.
        let horizon = 60.0 * std::f64::consts::LN_2 / slowest;
        let counted = |amounts: Amounts| match metabolite {
            Some(_) => amounts.metabolite,
            None => amounts.gut + amounts.body,
        };
        let mut amounts = Amounts::default();
        let mut peak = 0.0_f64;
        let mut clock: Option<Timestamp> = None;
        let (mut step, mut decays) = (f64::NAN, [1.0; 3]);
        for (index, intake) in self.one.intakes.iter().enumerate() {
            let draw = |what: &str, low: f64, high: f64| match high > low {
                true => low + (high - low) * population.uniform(person, what, index as u64),
                false => low,
            };
            let hours = hours_between(intake.from, intake.to);
            let at = later(intake.from, TimeSpan::hours(draw("intake/time", 0.0, hours)))
                .min(as_of.max(intake.from));
            if at > as_of || hours_between(at, as_of) > horizon {
                continue;
            }
            if let Some(clock) = clock {
                let hours = hours_between(clock, at).max(0.0);
                if hours != step {
                    (step, decays) = (hours, rates.decays(hours));
                }
                amounts = rates.propagate(&decays, amounts);
                peak = peak.max(counted(amounts));
            }
            clock = Some(clock.map_or(at, |clock| clock.max(at)));
            let (low, high) = intake.mass.map_or((1.0, 1.0), |(low, high)| (low.as_mg(), high.as_mg()));
            let dose = draw("intake/dose", low, high);
            match rates.absorption {
                Some(_) => amounts.gut += dose,
                None => amounts.body += dose,
            }
            peak = peak.max(counted(amounts));
        }
        let Some(clock) = clock else { return (0.0, 0.0) };
        let now = rates.after(hours_between(clock, as_of).max(0.0), amounts);
        // A slow metabolite still rises after the last dose: its peak may lie behind or ahead of now.
        let mut ahead = 0.0_f64;
        for quarter in 1..=40 {
            let hours = 0.25 * f64::from(quarter) * std::f64::consts::LN_2 / elimination;
            let then = counted(rates.after(hours, amounts));
            peak = peak.max(if hours <= hours_between(clock, as_of) { then } else { 0.0 });
            ahead = ahead.max(then);
        }
        let peak = if peak > 0.0 { peak } else { ahead };
        if peak <= 0.0 {
            return (0.0, 0.0);
        }
        let share = (counted(now) / peak).min(1.0);
        let total = (now.gut + now.body + now.metabolite) / peak;
        let hours_to_go = if total > 0.01 { libm::log(total / 0.01) / slowest } else { 0.0 };
        (share, hours_to_go)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: Rates = Rates { absorption: Some(0.9), elimination: 0.1, metabolite: Some(0.01) };

    /// The chain by many small Euler steps: slow, but from the equations alone.
    fn by_small_steps(rates: Rates, hours: f64, start: Amounts) -> Amounts {
        let steps = 2_000_000;
        let h = hours / f64::from(steps);
        let (ka, k, km) = (rates.absorption.unwrap(), rates.elimination, rates.metabolite.unwrap());
        let mut a = start;
        for _ in 0..steps {
            let (gut, body, metabolite) =
                (-ka * a.gut, ka * a.gut - k * a.body, k * a.body - km * a.metabolite);
            a = Amounts {
                gut: a.gut + h * gut,
                body: a.body + h * body,
                metabolite: a.metabolite + h * metabolite,
            };
        }
        a
    }

    #[test]
    fn one_long_step_is_the_solution_of_the_equations() {
        let start = Amounts { gut: 100.0, body: 20.0, metabolite: 5.0 };
        let (exact, slow) = (RATES.after(30.0, start), by_small_steps(RATES, 30.0, start));
        for (a, b) in [(exact.gut, slow.gut), (exact.body, slow.body), (exact.metabolite, slow.metabolite)] {
            assert!((a - b).abs() < 1e-3, "{exact:?} {slow:?}");
        }
    }

    #[test]
    fn two_steps_are_one_step() {
        let start = Amounts { gut: 100.0, body: 20.0, metabolite: 5.0 };
        let (one, two) = (RATES.after(30.0, start), RATES.after(12.0, RATES.after(18.0, start)));
        assert!((one.metabolite - two.metabolite).abs() < 1e-9 && (one.body - two.body).abs() < 1e-9);
    }

    #[test]
    fn nothing_is_made_from_nothing() {
        assert_eq!(RATES.after(5.0, Amounts::default()), Amounts::default());
        let after = RATES.after(5.0, Amounts { gut: 100.0, ..Amounts::default() });
        assert!(after.gut + after.body + after.metabolite <= 100.0 + 1e-9, "{after:?}");
    }

    #[test]
    fn equal_rates_do_not_divide_by_zero() {
        let rates = Rates { absorption: Some(0.1), elimination: 0.1, metabolite: Some(0.1) };
        let after = rates.after(10.0, Amounts { gut: 100.0, ..Amounts::default() });
        let exact = 100.0 * 0.1 * 10.0 * libm::exp(-1.0);
        assert!((after.body / exact - 1.0).abs() < 1e-4, "{after:?}");
        assert!(after.metabolite.is_finite());
    }

    #[test]
    fn accumulation_of_a_daily_dose_is_the_closed_form() {
        let half_life = 26.0_f64;
        let rates =
            Rates { absorption: None, elimination: std::f64::consts::LN_2 / half_life, metabolite: None };
        let mut amounts = Amounts { body: 1.0, ..Amounts::default() };
        for _ in 0..200 {
            amounts = rates.after(24.0, amounts);
            amounts.body += 1.0;
        }
        let exact = 1.0 / (1.0 - 2.0_f64.powf(-24.0 / half_life));
        assert!((amounts.body / exact - 1.0).abs() < 1e-9);
    }
}
