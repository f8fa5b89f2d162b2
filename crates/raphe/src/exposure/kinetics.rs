//! What the base says of one substance, made into one consistent set of rates.
//!
//! Sources give half-lives, clearances, volumes, bioavailabilities and peaks one by one, from different studies. Here
//! they become the parameters of a typical person (70 kg, about 40 years, normal metabolizer, no smoker): a clearance
//! split into liver and kidney, a liver that extracts before and after the drug reaches the circulation, one or two
//! compartments. Where two numbers cannot both hold, clearance and half-life win, because exposure over weeks hangs on
//! them; a volume or a peak then decides whether a second compartment is needed.
//!
//! ```text
//!   dose ─▶ gut ─▶ wall of the gut (CYP3A4) ─▶ liver ─▶ blood ◀─▶ tissue
//!                                               ▲  │       │
//!                                               └──┴───────┴─▶ liver (CYPs, rest), kidney
//! ```
//!
//! The liver is well stirred (Rowland, Benet and Graham 1973, J Pharmacokinet Biopharm 1:123): extraction is
//! `x / (1 + x)` with `x` the intrinsic clearance over the flow. `x` alone scales with enzyme activity, so a drug that
//! the liver extracts strongly reacts to an inhibitor in its bioavailability, another one in its half-life.

use crate::{
    knowledge::{self, Citation, Knowledge},
    timeline::{DoseLine, Form, Route, Schedule, diary::read_dose_line},
    units::{self, Clearance, Fraction, MassConcentration, TimeSpan, Volume},
};
use raphe_knowledge::{Kinetics, Substance, Value};
use std::f64::consts::LN_2;

/// Blood flow through the liver of a 70 kg person, L/h: 20.7 mL/min/kg (Davies and Morris 1993, Pharm Res 10:1093).
pub(crate) const LIVER_FLOW: f64 = 87.0;
/// The body that published clearances and volumes are taken to be of, kg.
pub(crate) const TYPICAL_WEIGHT: f64 = 70.0;
/// No liver is taken to extract more than this: beyond it, a peak and an AUC say nothing of the intrinsic clearance.
const MOST_EXTRACTED: f64 = 0.97;
/// Time of the peak where no source gives one, hours.
const USUAL_T_MAX: f64 = 2.0;
/// How much later the peak of an extended release comes where no source says, times.
const EXTENDED_T_MAX: f64 = 3.0;
/// Absorption rate of what is absorbed at once, 1/h.
const AT_ONCE: f64 = 20.0;

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

/// The 5 to 95 % range of a value: as published, or 0.6 to 1.6 times the median, which is wide on purpose.
#[must_use]
pub fn spread(value: &Value, median: TimeSpan) -> (f64, f64) {
    let published = value.spread.as_deref().and_then(|text| units::range::<TimeSpan>(text).ok());
    match published {
        Some((low, high)) if high > low => (low.as_hours(), high.as_hours()),
        _ => (0.6 * median.as_hours(), 1.6 * median.as_hours()),
    }
}

/// The tables of a substance in the order in which a route is answered from them: its form, itself, `oral`, any other.
///
/// Elimination is the body's, so a route without a table of its own has that of another.
fn tables(substance: &Substance, route: Route, form: Option<Form>) -> impl Iterator<Item = &Kinetics> {
    let word = match form {
        Some(Form::ExtendedRelease) => Some("extended_release"),
        Some(Form::Depot) => Some("depot"),
        _ => None,
    };
    let named = [word, Some(route.word()), Some("oral")].into_iter().flatten();
    named.filter_map(|name| substance.pk.get(name)).chain(substance.pk.values())
}

/// The half-life of one moiety.
#[must_use]
pub fn half_life(substance: &Substance, route: Route) -> Option<HalfLife> {
    let list = tables(substance, route, None).map(|table| &table.half_life).find(|list| !list.is_empty())?;
    from_table(substance, list)
}

/// A half-life as one list of values tells it.
fn from_table(substance: &Substance, list: &[Value]) -> Option<HalfLife> {
    let ((low, high), value) = knowledge::best::<TimeSpan>(list)?;
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
pub fn slowest_half_life(
    knowledge: &Knowledge,
    substance: &Substance,
    route: Route,
    form: Option<Form>,
) -> Option<HalfLife> {
    let metabolites = substance.metabolites.iter().filter_map(|link| knowledge.substance(&link.id));
    // A depot lets go more slowly than the body removes.
    let released = substance.pk.get("depot").filter(|_| form == Some(Form::Depot));
    let released = released.and_then(|table| from_table(substance, &table.half_life));
    std::iter::once(substance)
        .chain(metabolites)
        .filter_map(|moiety| half_life(moiety, route))
        .chain(released)
        .max_by(|a, b| a.median.total_cmp(&b.median))
}

/// The middle of the first value of a list that reads, in the units of `get`.
pub(crate) fn middle<T>(list: &[Value], get: impl Fn(T) -> f64) -> Option<f64>
where
    T: std::str::FromStr<Err = units::ParseQuantityError> + Copy,
{
    let ((low, high), _) = knowledge::best::<T>(list)?;
    let (low, high) = (get(low), get(high));
    Some(if low == high { low } else { libm::sqrt(low * high) })
}

/// A clearance or volume for the typical body, and whether it is apparent (bioavailability not taken out).
fn sized<T>(list: &[Value], get: fn(T) -> f64) -> Option<(f64, bool)>
where
    T: std::str::FromStr<Err = units::ParseQuantityError> + Copy,
{
    let value = list.first()?;
    let (low, high) = value.value.split_once("..").unwrap_or((&value.value, &value.value));
    let read = |text: &str| {
        let (text, scale) = match text.trim().strip_suffix("/kg") {
            Some(each) => (each, TYPICAL_WEIGHT),
            None => (text, 1.0),
        };
        text.parse().ok().map(|quantity| get(quantity) * scale)
    };
    let middle = libm::sqrt(read(low)? * read(high)?);
    (middle > 0.0).then_some((middle, value.parameter.as_deref() == Some("apparent")))
}

/// How one moiety moves through a typical person.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Disposition {
    /// Elimination half-life, hours.
    pub(crate) half_life: f64,
    /// 5 to 95 % range between people, as factors of the half-life.
    pub(crate) spread: (f64, f64),
    /// Whether amounts become levels: a clearance or a volume is known. Else the volume is one liter.
    pub(crate) measured: bool,
    /// Clearance, L/h.
    pub(crate) clearance: f64,
    /// Share of the clearance that leaves by the kidney.
    pub(crate) renal: f64,
    /// Share of what flows through the liver that it removes.
    pub(crate) extraction: f64,
    /// Volume of distribution as published, L; without one, that of clearance and half-life.
    pub(crate) volume: f64,
    /// Volume of the central compartment, L.
    pub(crate) central: f64,
    /// Rate into the tissue, 1/h; 0 = one compartment.
    pub(crate) to_tissue: f64,
    /// Rate back, 1/h.
    pub(crate) from_tissue: f64,
    /// Share of a swallowed dose that reaches the wall of the gut.
    pub(crate) absorbed: f64,
    /// Share that survives the wall of the gut.
    pub(crate) gut: f64,
    /// Share not bound in plasma, where known.
    pub(crate) unbound: Option<f64>,
}

/// How a dose gets in by one route and form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Uptake {
    /// First-order rate, 1/h; `None` = straight into the blood.
    pub(crate) rate: Option<f64>,
    /// Hours before it begins.
    pub(crate) lag: f64,
    /// Share of the dose that gets as far as the wall of the gut, or into the blood where it passes none.
    pub(crate) share: f64,
    /// Whether it passes the wall of the gut and the liver first.
    pub(crate) first_pass: bool,
}

impl Disposition {
    /// From the base; `None` without a half-life.
    pub(crate) fn of(substance: &Substance, route: Route) -> Option<Self> {
        let half_life = half_life(substance, route)?;
        let first = |get: fn(&Kinetics) -> &Vec<Value>| {
            tables(substance, route, None).map(get).find(|list| !list.is_empty()).map(Vec::as_slice)
        };
        let share = |get| first(get).and_then(|list| middle(list, Fraction::as_of_one));
        let by_mouth = substance.pk.get("oral");
        let available = by_mouth
            .and_then(|table| middle(&table.bioavailability, Fraction::as_of_one))
            .map(|share| share.clamp(0.001, 1.0));
        let renal = share(|table| &table.renal).unwrap_or(0.0).clamp(0.0, 1.0);
        let gut = share(|table| &table.gut_availability).unwrap_or(1.0).clamp(0.02, 1.0);
        // What was measured in the vein goes first, because it needs no bioavailability; but a drug that changes its own
        // removal is described by the regimen it was measured under, and by nothing else.
        let under_regimen = substance.pk.values().find(|table| table.regimen.is_some());
        let in_order = |field: fn(&Kinetics) -> &Vec<Value>| {
            let only = under_regimen.filter(|table| !field(table).is_empty());
            let others = substance.pk.get("iv").into_iter().chain(tables(substance, route, None));
            only.into_iter().chain(others.filter(move |_| only.is_none())).map(field)
        };
        let clearances: Vec<_> = in_order(|table| &table.clearance)
            .filter_map(|list| sized(list, Clearance::as_liters_per_hour))
            .collect();
        let volumes: Vec<_> =
            in_order(|table| &table.volume).filter_map(|list| sized(list, Volume::as_liters)).collect();
        let systemic = |list: &[(f64, bool)]| list.iter().find(|(_, apparent)| !apparent).map(|(v, _)| *v);
        let apparent = |list: &[(f64, bool)]| list.iter().find(|(_, apparent)| *apparent).map(|(v, _)| *v);

        // An apparent clearance without a bioavailability: all that is not lost in gut and liver arrives.
        let assumed = |apparent: f64| gut * LIVER_FLOW / (LIVER_FLOW + gut * apparent * (1.0 - renal));
        let reaches = available.or_else(|| apparent(&clearances).map(assumed)).unwrap_or(1.0);
        let volume = systemic(&volumes).or_else(|| apparent(&volumes).map(|volume| volume * reaches));
        let rate = LN_2 / half_life.median;
        let known = systemic(&clearances)
            .or_else(|| apparent(&clearances).map(|clearance| clearance * reaches))
            .or_else(|| volume.map(|volume| volume * rate));
        let clearance = known.unwrap_or(rate);
        let by_liver = clearance * (1.0 - renal);
        let from_flow = (by_liver / LIVER_FLOW).min(MOST_EXTRACTED);
        let extraction = match (known, available) {
            // Amounts alone: the share that is lost on the way is the only trace of the liver.
            (None, Some(available)) => (1.0 - available / gut).clamp(0.0, MOST_EXTRACTED),
            (None, None) => 0.0,
            (Some(_), Some(available)) => from_flow.min((1.0 - available / gut).max(0.02)),
            (Some(_), None) => from_flow,
        };
        let absorbed = available.map_or(1.0, |share| (share / (gut * (1.0 - extraction))).min(1.0));
        let mut disposition = Self {
            half_life: half_life.median,
            spread: (half_life.spread.0 / half_life.median, half_life.spread.1 / half_life.median),
            measured: known.is_some(),
            clearance,
            renal,
            extraction,
            volume: volume.unwrap_or(clearance / rate),
            central: clearance / rate,
            to_tissue: 0.0,
            from_tissue: 0.0,
            absorbed,
            gut,
            unbound: share(|table| &table.fraction_unbound),
        };
        if known.is_some() {
            disposition.distribute(substance, volume);
        }
        Some(disposition)
    }

    /// Adds a tissue where the volume is smaller than clearance and half-life ask for, or the peak higher.
    fn distribute(&mut self, substance: &Substance, volume: Option<f64>) {
        let whole = self.central;
        let steady = volume.filter(|steady| *steady < whole / 1.15);
        let peak = substance.pk.get("oral").and_then(|table| {
            let value = table.peak.first()?;
            let high: MassConcentration = value.value.parse().ok()?;
            let regimen = Regimen::at(substance, value)?;
            let uptake = Uptake::of(substance, self, Route::Oral, None);
            (regimen.of.is_none() && regimen.every.is_none()).then_some((
                high.as_mg_per_l() / regimen.dose,
                uptake.lag,
                t_max(substance),
            ))
        });
        let with_central = |central: f64| {
            let steady = steady.unwrap_or_else(|| libm::sqrt(central * whole)).max(central * 1.02);
            self.with_tissue(central, steady)
        };
        match (steady, peak) {
            (_, Some((peak, lag, t_max))) => {
                let reaches = self.absorbed * self.gut * (1.0 - self.extraction);
                let height = |shape: &Self| {
                    let rate = shape.absorption(t_max - lag);
                    Profile::swallowed(shape, rate).at((t_max - lag).max(0.0)) * reaches
                };
                if height(self) >= peak / 1.05 {
                    return;
                }
                // A smaller center does not always raise the peak: it also brings it earlier, which slower absorption has
                // to make up for. So the largest center that reaches the peak, or else the one that comes nearest.
                const FINER: f64 = 0.93;
                let (least, most) = (whole * 0.03, steady.unwrap_or(whole) / 1.03);
                let (mut best, mut central) = ((height(self), whole), most);
                while central >= least && best.0 < peak {
                    let reached = height(&with_central(central));
                    if reached >= peak {
                        let (mut low, mut high) = (central, (central / FINER).min(most));
                        for _ in 0..12 {
                            let middle = libm::sqrt(low * high);
                            if height(&with_central(middle)) > peak { low = middle } else { high = middle }
                        }
                        central = low;
                    }
                    if reached > best.0 {
                        best = (reached, central);
                    }
                    central *= FINER;
                }
                if best.1 < whole {
                    *self = with_central(best.1);
                }
            }
            (Some(steady), None) => *self = self.with_tissue(0.5 * steady, steady),
            (None, None) => {}
        }
    }

    /// The same clearance and terminal half-life with a central volume and a steady-state volume.
    ///
    /// From `CL = k V`, `l1 l2 = k k21` and `l1 + l2 = k + k12 + k21`, `l2` being the terminal rate.
    fn with_tissue(&self, central: f64, steady: f64) -> Self {
        let terminal = LN_2 / self.half_life;
        let out = self.clearance / central;
        let back = (out - terminal) / (out / terminal - steady / central);
        if !(back.is_finite() && back > 0.0) {
            return *self;
        }
        Self { central, from_tissue: back, to_tissue: back * (steady / central - 1.0), ..*self }
    }

    /// Share of a swallowed dose that reaches the circulation.
    pub(crate) fn bioavailability(&self) -> f64 {
        self.absorbed * self.gut * (1.0 - self.extraction)
    }

    /// Absorption rate that puts the peak of one dose at `t_max` hours.
    fn absorption(&self, t_max: f64) -> f64 {
        let terminal = LN_2 / self.half_life;
        if t_max <= 0.02 {
            return AT_ONCE;
        }
        // The peak comes earlier the faster the absorption, and the level still rises before it: bisect between the
        // elimination rate and at once.
        let rises = |rate: f64| Profile::swallowed(self, rate).slope(t_max) > 0.0;
        let (mut low, mut high) = (terminal * 0.8, AT_ONCE);
        if !rises(low) {
            return low;
        }
        for _ in 0..40 {
            let middle = libm::sqrt(low * high);
            if rises(middle) { low = middle } else { high = middle }
        }
        high
    }
}

/// Time of the peak of one swallowed dose, hours.
fn t_max(substance: &Substance) -> f64 {
    substance.pk.get("oral").and_then(|table| middle(&table.t_max, TimeSpan::as_hours)).unwrap_or(USUAL_T_MAX)
}

impl Uptake {
    /// By a route and a form.
    pub(crate) fn of(
        substance: &Substance,
        disposition: &Disposition,
        route: Route,
        form: Option<Form>,
    ) -> Self {
        let own = substance.pk.get(route.word());
        let formed = match form {
            Some(Form::ExtendedRelease) => substance.pk.get("extended_release"),
            Some(Form::Depot) => substance.pk.get("depot"),
            _ => None,
        };
        let either = |get: fn(&Kinetics) -> &Vec<Value>| {
            [formed, own].into_iter().flatten().map(get).find(|list| !list.is_empty())
        };
        let hours = |list: Option<&Vec<Value>>| list.and_then(|list| middle(list, TimeSpan::as_hours));
        let lag = hours(either(|table| &table.lag)).unwrap_or(0.0).clamp(0.0, 48.0);
        let first_pass = route == Route::Oral && form != Some(Form::Depot);
        let written = either(|table| &table.bioavailability)
            .and_then(|list| middle(list, Fraction::as_of_one))
            .map(|share| share.clamp(0.001, 1.0));
        let share = match (first_pass, written) {
            (true, Some(share)) => (share / (disposition.gut * (1.0 - disposition.extraction))).min(1.0),
            (true, None) => disposition.absorbed,
            (false, Some(share)) if route != Route::Iv => share,
            // Swallowed in the end, unless a source says how much passes the mucosa.
            (false, None) if matches!(route, Route::Sublingual | Route::Buccal) => {
                disposition.bioavailability()
            }
            (false, _) => 1.0,
        };
        let slow = formed.and_then(|table| middle(&table.half_life, TimeSpan::as_hours));
        let peak = hours(either(|table| &table.t_max));
        let rate = match (route, form) {
            (Route::Iv, _) => None,
            // Release slower than removal: the half-life seen is that of the release.
            _ if slow.is_some_and(|slow| slow > 1.2 * disposition.half_life) => slow.map(|slow| LN_2 / slow),
            (_, Some(Form::ExtendedRelease)) if formed.is_none_or(|table| table.t_max.is_empty()) => {
                Some(disposition.absorption(EXTENDED_T_MAX * t_max(substance)))
            }
            (Route::Inhaled | Route::Smoked, _) => {
                Some(peak.map_or(AT_ONCE, |peak| disposition.absorption(peak - lag)))
            }
            _ => Some(disposition.absorption(peak.unwrap_or(USUAL_T_MAX) - lag)),
        };
        Self { rate, lag, share, first_pass }
    }
}

/// A regimen as the base writes it: `"20 mg daily"`, `"fluoxetine 20 mg daily"`, `"50 mg"`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Regimen {
    /// The substance it is of, where it is another.
    pub(crate) of: Option<String>,
    /// One dose, mg.
    pub(crate) dose: f64,
    /// Hours from dose to dose; `None` = one dose.
    pub(crate) every: Option<f64>,
    /// How it is taken, where that is written.
    pub(crate) route: Option<Route>,
    /// Evenly over so many hours, as an infusion or a patch is.
    pub(crate) over: Option<f64>,
}

impl Regimen {
    /// The regimen a value was measured at.
    pub(crate) fn at(substance: &Substance, value: &Value) -> Option<Self> {
        Self::read(substance, value.at.as_deref()?)
    }

    /// Reads a regimen of a substance, or of the one it names.
    pub(crate) fn read(substance: &Substance, text: &str) -> Option<Self> {
        let own = text.trim().starts_with(|c: char| c.is_ascii_digit());
        let line = match own {
            true => read_dose_line(&format!("{} {text}", substance.names.inn)),
            false => read_dose_line(text),
        };
        let line: DoseLine = line.ok()?;
        let crate::timeline::Dose::Known(amount) = line.dose else { return None };
        let dose = amount.mass(Some(units::Mass::kg(TYPICAL_WEIGHT)), line.over)?.as_mg();
        let patch = line.form == Some(Form::Patch);
        let route = if patch { Route::Transdermal } else { line.route };
        let route = (route != Route::Oral || substance.pk.contains_key("oral")).then_some(route);
        let over = match patch || line.schedule == Some(Schedule::Continuous) {
            true => Some(24.0),
            false => line.over.map(units::TimeSpan::as_hours).filter(|_| line.route == Route::Iv),
        };
        let schedule = line.schedule.or(patch.then_some(Schedule::Continuous));
        let every = schedule.map(|schedule| match schedule {
            Schedule::TimesADay(n) => 24.0 / f64::from(n.max(1)),
            Schedule::Every(step) => step.as_hours().max(0.25),
            Schedule::Nightly | Schedule::Continuous | Schedule::AsNeeded => 24.0,
            Schedule::Weekly => 168.0,
            Schedule::At(times) => 24.0 / times.len().max(1) as f64,
        });
        (dose > 0.0).then(|| Self { of: (!own).then_some(line.name.text), dose, every, route, over })
    }
}

/// The level after one dose, as a sum of exponentials for each milligram that reaches the blood.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Profile {
    terms: [(f64, f64); 3],
}

impl Profile {
    /// A dose that is absorbed at `rate`; infinite = injected.
    pub(crate) fn swallowed(disposition: &Disposition, rate: f64) -> Self {
        let (k, a, b) =
            (disposition.clearance / disposition.central, disposition.to_tissue, disposition.from_tissue);
        let (sum, product) = (k + a + b, k * b);
        let root = libm::sqrt((sum * sum - 4.0 * product).max(0.0));
        let (fast, slow) = if b > 0.0 { (0.5 * (sum + root), 0.5 * (sum - root)) } else { (k, k) };
        let mut terms = match b > 0.0 {
            true => [((fast - b) / (fast - slow), fast), ((b - slow) / (fast - slow), slow), (0.0, 1.0)],
            false => [(1.0, k), (0.0, 1.0), (0.0, 1.0)],
        };
        let mut gone = 0.0;
        if rate.is_finite() {
            for term in &mut terms[..2] {
                // Rates that meet are set one part in a million apart.
                let apart = if (rate / term.1 - 1.0).abs() < 1e-6 { 1e-6 * rate } else { rate - term.1 };
                term.0 *= rate / apart;
                gone += term.0;
            }
            terms[2] = (-gone, rate);
        }
        terms.iter_mut().for_each(|term| term.0 /= disposition.central);
        Self { terms }
    }

    /// Level at a time, mg/L for each milligram.
    pub(crate) fn at(&self, hours: f64) -> f64 {
        self.terms.iter().map(|(share, rate)| share * libm::exp(-rate * hours)).sum()
    }

    /// How fast the level rises at a time, mg/L an hour for each milligram.
    fn slope(&self, hours: f64) -> f64 {
        self.terms.iter().map(|(share, rate)| -share * rate * libm::exp(-rate * hours)).sum()
    }

    /// Mean level over the first `window` hours after a dose, mg/L for each milligram; under a regimen, once it has
    /// leveled off.
    pub(crate) fn mean(&self, every: Option<f64>, window: f64) -> f64 {
        let area = |(share, rate): &(f64, f64)| {
            let one = share * (1.0 - libm::exp(-rate * window)) / rate;
            every.map_or(one, |every| one / (1.0 - libm::exp(-rate * every)))
        };
        self.terms.iter().map(area).sum::<f64>() / window
    }
}

impl Profile {
    /// How far something that is half saturated at the mean level is saturated over time, under a regimen that has
    /// leveled off; for each milligram, `mean` likewise.
    ///
    /// A level that rises and falls saturates less than its mean does.
    pub(crate) fn saturation(&self, every: f64, mean: f64) -> f64 {
        let levels = self.levels(Some(every), every);
        let saturated = |level: &f64| level / (level + mean);
        levels.iter().map(saturated).sum::<f64>() / levels.len() as f64
    }

    /// The constant that an inhibitor has when it takes away `lost` of an enzyme's activity on average over the first
    /// `window` hours after a dose; for each milligram.
    ///
    /// The activity is averaged and not the level: while a level is low, the enzyme works.
    pub(crate) fn constant(&self, every: Option<f64>, window: f64, lost: f64) -> f64 {
        let levels = self.levels(every, window);
        let left = |constant: f64| -> f64 {
            levels.iter().map(|level| constant / (constant + level)).sum::<f64>() / levels.len() as f64
        };
        let most = levels.iter().copied().fold(0.0, f64::max);
        let (mut low, mut high) = (most * 1e-7, most * 1e7);
        for _ in 0..60 {
            let middle = libm::sqrt(low * high);
            if left(middle) > 1.0 - lost { high = middle } else { low = middle }
        }
        libm::sqrt(low * high)
    }

    /// Levels at even moments of the first `window` hours after a dose, for each milligram.
    fn levels(&self, every: Option<f64>, window: f64) -> Vec<f64> {
        const POINTS: u32 = 96;
        let at = |point: u32| {
            let hours = (f64::from(point) + 0.5) * window / f64::from(POINTS);
            let one = |(share, rate): &(f64, f64)| {
                let before = every.map_or(1.0, |every| 1.0 - libm::exp(-rate * every));
                share * libm::exp(-rate * hours) / before
            };
            self.terms.iter().map(one).sum::<f64>().max(0.0)
        };
        (0..POINTS).map(at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simple() -> Disposition {
        Disposition {
            half_life: 6.93,
            spread: (0.6, 1.6),
            measured: true,
            clearance: 10.0,
            renal: 0.0,
            extraction: 0.1,
            volume: 100.0,
            central: 100.0,
            to_tissue: 0.0,
            from_tissue: 0.0,
            absorbed: 1.0,
            gut: 1.0,
            unbound: None,
        }
    }

    #[test]
    fn a_tissue_keeps_clearance_and_half_life() {
        let one = Disposition { clearance: 10.0, half_life: 10.0 * LN_2 * 2.0, central: 200.0, ..simple() };
        let two = one.with_tissue(40.0, 120.0);
        assert!(two.to_tissue > 0.0);
        let profile = Profile::swallowed(&two, f64::INFINITY);
        assert!((profile.mean(None, 1e5) * 1e5 * 10.0 - 1.0).abs() < 1e-9, "CL = dose / AUC");
        let (late, later) = (profile.at(200.0), profile.at(200.0 + two.half_life));
        assert!((later / late - 0.5).abs() < 1e-3, "terminal half-life");
        assert!((profile.at(0.0) * 40.0 - 1.0).abs() < 1e-9, "starts in the central volume");
    }

    #[test]
    fn the_peak_comes_when_it_is_told_to() {
        for t_max in [0.5, 1.0, 3.0, 6.0] {
            let profile = Profile::swallowed(&simple(), simple().absorption(t_max));
            let [before, at, after] = [t_max - 0.02, t_max, t_max + 0.02].map(|hours| profile.at(hours));
            assert!(before < at && after < at, "{t_max}");
        }
    }

    #[test]
    fn the_mean_of_a_regimen_is_dose_rate_over_clearance() {
        let profile = Profile::swallowed(&simple(), 1.0);
        assert!((profile.mean(Some(24.0), 24.0) - 1.0 / 24.0 / 10.0).abs() < 1e-12);
        assert!(profile.mean(Some(24.0), 8.0) > profile.mean(Some(24.0), 24.0));
    }
}
