//! One dosage of one ingredient as a dose line.
//!
//! Coded fields win; words fill what they leave open. Amounts are counted up from pieces through the strength of the
//! product. What cannot be counted stays unknown, which the engine reads as the usual range, and is said.

use crate::{
    medicine::unit_of,
    model::{Dosage, DoseAndRate, Quantity, Range, Ratio},
    notices::Notices,
    product::{Part, Product, Strength, mass_unit},
    sig::{self, Sig},
    timing::{self, Rhythm},
};
use raphe::{
    timeline::{Amount, Dose, DoseLine, Form, Name, Quantity as Held, Route, Schedule},
    units::{Mass, TimeSpan, Volume},
};

/// One step of a course.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// What is taken, and how.
    pub(crate) line: DoseLine,
    /// When.
    pub(crate) rhythm: Rhythm,
    /// Which step.
    pub(crate) sequence: Option<f64>,
    /// Pieces at a time, to count how long a supply lasts.
    pub(crate) pieces: Option<f64>,
}

/// Words of a route.
const ROUTES: &[(&str, Route)] = &[
    ("transdermal", Route::Transdermal),
    ("transderm", Route::Transdermal),
    ("topical", Route::Transdermal),
    ("cutaneous route", Route::Transdermal),
    ("subcutaneous", Route::Subcutaneous),
    ("subcut", Route::Subcutaneous),
    ("intramuscular", Route::Im),
    ("intravenous", Route::Iv),
    ("iv ", Route::Iv),
    ("intra-arterial", Route::Iv),
    ("epidural", Route::Iv),
    ("intrathecal", Route::Iv),
    ("sublingual", Route::Sublingual),
    ("under tongue", Route::Sublingual),
    ("buccal", Route::Buccal),
    ("nasal", Route::Intranasal),
    ("inhal", Route::Inhaled),
    ("respiratory", Route::Inhaled),
    ("pulmonary", Route::Inhaled),
    ("smok", Route::Smoked),
    ("rectal", Route::Rectal),
    ("per rectum", Route::Rectal),
    ("ophthalmic", Route::Transdermal),
    ("ocular", Route::Transdermal),
    ("otic", Route::Transdermal),
    ("auricular", Route::Transdermal),
    ("vaginal", Route::Transdermal),
    ("swallow", Route::Oral),
    ("enteral", Route::Oral),
    ("mouth", Route::Oral),
    ("oral", Route::Oral),
];

/// Codes of a route, as HL7 abbreviates them.
const ROUTE_CODES: &[(&str, Route)] = &[
    ("PO", Route::Oral),
    ("NG", Route::Oral),
    ("IV", Route::Iv),
    ("IVPUSH", Route::Iv),
    ("IM", Route::Im),
    ("SC", Route::Subcutaneous),
    ("SQ", Route::Subcutaneous),
    ("SL", Route::Sublingual),
    ("BUC", Route::Buccal),
    ("TD", Route::Transdermal),
    ("TOPICAL", Route::Transdermal),
    ("NASINHL", Route::Intranasal),
    ("IN", Route::Intranasal),
    ("IH", Route::Inhaled),
    ("IPINHL", Route::Inhaled),
    ("PR", Route::Rectal),
];

/// Routes that raphe does not tell apart from the skin.
const LOCAL: &[&str] =
    &["ophthalmic", "ocular", "otic", "auricular", "vaginal", "topical", "cutaneous route"];

/// Units that count pieces.
const PIECES: &[&str] = &[
    "",
    "1",
    "tab",
    "tabs",
    "tablet",
    "tablets",
    "tbl",
    "tablet(s)",
    "cap",
    "caps",
    "capsule",
    "capsules",
    "capsule(s)",
    "pill",
    "pills",
    "ea",
    "each",
    "dose",
    "doses",
    "patch",
    "patches",
    "puff",
    "puffs",
    "spray",
    "sprays",
    "actuat",
    "supp",
    "suppository",
    "suppositories",
    "vial",
    "vials",
    "amp",
    "ampule",
    "ampoule",
    "lozenge",
    "sachet",
    "film",
    "caplet",
    "count",
    "unit dose",
    "piece",
    "ertab",
    "ercap",
    "srtab",
    "vagtab",
    "drop",
    "drops",
    "gtt",
    "opdrop",
    "tablet dose form",
];

/// What is common to the steps of one ingredient.
pub(crate) struct Reader<'r> {
    /// The ingredient.
    pub(crate) part: &'r Part,
    /// The product it is in.
    pub(crate) product: &'r Product,
    /// Body weight, where known.
    pub(crate) weight: Option<Mass>,
    /// Where the resource stands.
    pub(crate) path: &'r str,
    /// Whether it tells of one dose, which needs no schedule.
    pub(crate) once: bool,
}

impl Reader<'_> {
    /// The steps of all dosages; one without anything when there is none.
    pub(crate) fn steps(&self, dosages: &[Dosage<'_>], field: &str, notices: &mut Notices) -> Vec<Step> {
        if dosages.is_empty() {
            let help = "the usual dose once a day is supposed; ask what is taken";
            notices.info(self.path, "no dosage is written", help, &self.part.name);
            return vec![self.empty()];
        }
        let mut steps = Vec::new();
        for (index, dosage) in dosages.iter().enumerate() {
            let path = format!("{}.{field}[{index}]", self.path);
            steps.extend(self.dosage(dosage, &path, notices));
        }
        steps
    }

    fn name(&self) -> Name {
        Name { text: self.part.name.clone(), column: 1, id: None }
    }

    fn empty(&self) -> Step {
        let (rhythm, route) = (Rhythm::default(), self.product.route.unwrap_or_default());
        let line = DoseLine {
            name: self.name(),
            dose: Dose::Unknown,
            form: self.product.form,
            route,
            over: None,
            schedule: Some(Schedule::TimesADay(1)),
            up_to: None,
            overdose: None,
        };
        Step { line, rhythm, sequence: None, pieces: None }
    }

    /// A coded dosage is one step, a text may hold several.
    fn dosage(&self, dosage: &Dosage<'_>, path: &str, notices: &mut Notices) -> Vec<Step> {
        let rhythm =
            dosage.timing.as_ref().map(|timing| Rhythm::read(timing, path, notices)).unwrap_or_default();
        let timed = rhythm.schedule.is_some() || !rhythm.events.is_empty() || rhythm.single.is_some();
        let rate = dosage.dose_and_rate.first().cloned().unwrap_or_else(|| DoseAndRate {
            dose_quantity: dosage.dose.clone(),
            dose_range: dosage.dose_range.clone(),
            rate_ratio: dosage.rate_ratio.clone(),
            rate_range: dosage.rate_range.clone(),
            rate_quantity: dosage.rate_quantity.clone(),
        });
        if dosage.dose_and_rate.len() > 1 {
            notices.info(path, "a dosage has several doses", "the first is used", "");
        }
        if dosage.dose_and_rate.is_empty() && self.older(dosage) {
            let help = "read as R4 has it in doseAndRate";
            notices.info(path, "the dose stands where STU3 has it", help, "");
        }
        let texts = [rhythm.words.as_deref(), dosage.text.as_deref(), dosage.patient_instruction.as_deref()];
        let mut sigs: Vec<Sig> =
            texts.into_iter().flatten().map(sig::read).find(|sigs| !sigs.is_empty()).unwrap_or_default();
        // The words of a coded frequency leave the dose to the text.
        if rhythm.words.is_some()
            && let (Some(sig), Some(text)) = (sigs.first_mut(), dosage.text.as_deref())
        {
            let more = sig::read(text).into_iter().next().unwrap_or_default();
            sig.pieces = sig.pieces.or(more.pieces);
            sig.amount = sig.amount.clone().or(more.amount);
        }
        let coded = timed && (rate.dose_quantity.is_some() || rate.dose_range.is_some());
        if !coded && sigs.len() > 1 && !timed {
            let steps = sigs.iter().enumerate().map(|(index, sig)| {
                let mut step = self.step(dosage, &rate, Rhythm::default(), Some(sig), path, notices);
                step.sequence =
                    Some(dosage.sequence.map_or(1.0, |sequence| sequence.0) + index as f64 / 100.0);
                step.rhythm.start = rhythm.start.filter(|_| index == 0);
                step
            });
            return steps.collect();
        }
        let sig = sigs.first();
        let mut step = self.step(dosage, &rate, rhythm, sig, path, notices);
        step.sequence = dosage.sequence.map(|sequence| sequence.0);
        vec![step]
    }

    /// Whether a dose stands where only older versions, and administrations, have it.
    fn older(&self, dosage: &Dosage<'_>) -> bool {
        dosage.dose_range.is_some()
            || (dosage.dose.is_some() && (dosage.timing.is_some() || dosage.sequence.is_some()))
    }

    fn step(
        &self,
        dosage: &Dosage<'_>,
        rate: &DoseAndRate<'_>,
        mut rhythm: Rhythm,
        sig: Option<&Sig>,
        path: &str,
        notices: &mut Notices,
    ) -> Step {
        let unknown = Sig::default();
        let said = sig.unwrap_or(&unknown);
        let route = self.route(dosage, path, notices).or(said.route).or(self.product.route);
        let route = route.unwrap_or(if self.product.form == Some(Form::Patch) {
            Route::Transdermal
        } else {
            Route::Oral
        });
        let (mut dose, mut pieces) = self.dose(rate, path, notices);
        let mut over = rhythm.over;
        if let Some(found) = self.rate(rate, &mut over, path, notices)
            && (matches!(dose, Dose::Unknown) || over.is_none())
        {
            dose = Dose::Known(found);
        }
        let filled = matches!(dose, Dose::Unknown) && !coded_dose(rate);
        if filled && (said.amount.is_some() || said.pieces.is_some()) {
            (dose, pieces) = self.said(said, path, notices);
        }
        let mut schedule = rhythm.schedule.clone().or_else(|| said.schedule.clone());
        rhythm.days = rhythm.days.or(said.days.filter(|_| rhythm.end.is_none()));
        let needed = dosage.as_needed_boolean.or(dosage.as_needed).is_some_and(|flag| flag.0)
            || dosage.as_needed_codeable_concept.is_some()
            || said.as_needed
            || dosage
                .patient_instruction
                .as_deref()
                .is_some_and(|text| text.to_lowercase().contains("as needed"));
        let mut up_to = said.up_to;
        if needed {
            let often = schedule
                .as_ref()
                .map(|schedule| timing::doses_a_day(schedule, None).ceil().clamp(1.0, 48.0) as u32);
            up_to = up_to.or(often);
            // A written maximum is what the frequency is held to.
            let most =
                dosage.max_dose_per_period.as_ref().and_then(|ratio| self.most_a_day(ratio, &dose, pieces));
            up_to = most.or(up_to);
            schedule = Some(Schedule::AsNeeded);
        }
        let hourly = matches!(dose, Dose::Known(Amount { each: Held::MassPerHour(_), .. }));
        if hourly && over.is_none() {
            schedule = Some(Schedule::Continuous);
        }
        if schedule.is_none() && rhythm.events.is_empty() && said.once {
            rhythm.single = rhythm.single.or(Some(1.0));
        }
        let single = rhythm.single.is_some() || !rhythm.events.is_empty();
        if schedule.is_none() && !single && !self.once {
            let text = dosage.text.as_deref().unwrap_or_default();
            notices.info(path, "no schedule could be read", "read as once a day; ask how it is taken", text);
            schedule = Some(Schedule::TimesADay(1));
        } else if filled && !said.leftover.is_empty() {
            let help = "the rest of the instruction was read; look at it in the record";
            notices.info(path, "words of an instruction were not understood", help, &said.leftover);
        }
        if filled && matches!(dose, Dose::Unknown) {
            notices.info(path, "no dose could be read", "the usual dose is supposed", &self.part.name);
        }
        let form = self.product.form;
        let schedule = if single { None } else { schedule };
        let line = DoseLine { name: self.name(), dose, form, route, over, schedule, up_to, overdose: None };
        Step { line, rhythm, sequence: None, pieces }
    }

    fn route(&self, dosage: &Dosage<'_>, path: &str, notices: &mut Notices) -> Option<Route> {
        let route = dosage.route.as_ref()?;
        let by_code = ROUTE_CODES.iter().find(|(code, _)| route.is(&[code])).map(|(_, route)| *route);
        let words: Vec<String> = route.words().map(|words| format!("{} ", words.to_lowercase())).collect();
        let by_words = || {
            let says = |known: &str| words.iter().any(|words| words.contains(known));
            let local = LOCAL.iter().any(|local| says(local)) && !says("oral");
            if local {
                let help = "read as through the skin";
                notices.info(path, "a route is local", help, words.first().map_or("", |words| words.trim()));
            }
            ROUTES.iter().find(|(known, _)| says(known)).map(|(_, route)| *route)
        };
        let found = by_code.or_else(by_words);
        if found.is_none() {
            let shown = route.shown().unwrap_or_default();
            notices.info(path, "a route is not known", "read as the product is usually taken", &shown);
        }
        found
    }

    /// The dose, and how many pieces it is.
    fn dose(&self, rate: &DoseAndRate<'_>, path: &str, notices: &mut Notices) -> (Dose, Option<f64>) {
        if let Some(quantity) = &rate.dose_quantity {
            return self.amount(quantity, path, notices);
        }
        let Some(Range { low, high }) = &rate.dose_range else { return (Dose::Unknown, None) };
        let Some(most) = high.as_ref().or(low.as_ref()) else { return (Dose::Unknown, None) };
        notices.info(path, "a dose is a range", "the highest is used", "");
        self.amount(most, path, notices)
    }

    fn amount(&self, quantity: &Quantity<'_>, path: &str, notices: &mut Notices) -> (Dose, Option<f64>) {
        let unit = unit_of(quantity);
        let Some(value) = quantity.value.map(|value| value.0).filter(|value| *value > 0.0) else {
            if quantity.value.is_some() {
                notices.warning(path, "a dose is not above zero", "it is read as unknown", &self.part.name);
            }
            return (Dose::Unknown, None);
        };
        self.counted(value, unit, path, notices)
    }

    /// So many of a unit.
    fn counted(&self, value: f64, unit: &str, path: &str, notices: &mut Notices) -> (Dose, Option<f64>) {
        let lower = unit.to_lowercase();
        let plain = lower.trim_matches(['{', '}', '[', ']']);
        let known = |count: f64, each: Held| Dose::Known(Amount { count, each });
        let combined = self.product.parts.len() > 1;
        if let Some(factor) = mass_unit(plain) {
            let mass = Mass::mg(value * factor);
            let pieces = match self.part.strength {
                Some(Strength::Piece(each)) => Some(mass.as_mg() / each.as_mg()),
                _ => None,
            };
            if combined {
                let help = "it is read as the mass of each; ask which one it means";
                notices.warning(path, "a dose in mass is written for a combination", help, &self.part.name);
            }
            return (known(1.0, Held::Mass(mass)), pieces);
        }
        if let Some((mass, per)) = plain.split_once('/').and_then(|(mass, per)| Some((mass_unit(mass)?, per)))
        {
            let mass = value * mass;
            return match (per, hours_of(per)) {
                ("kg", _) => (known(1.0, Held::MassPerKg(Mass::mg(mass))), None),
                (_, Some(hours)) => (known(1.0, Held::MassPerHour(Mass::mg(mass / hours))), None),
                _ => (self.unread(value, unit, path, notices), None),
            };
        }
        let milliliters = match plain {
            "ml" | "milliliter" | "milliliters" | "cc" => Some(value),
            "l" => Some(value * 1e3),
            "tsp" | "teaspoon" | "tsp_us" => Some(value * 5.0),
            _ => None,
        };
        if let Some(volume) = milliliters {
            return match self.part.strength {
                Some(Strength::Milliliter(each)) => {
                    (known(1.0, Held::Mass(Mass::mg(each.as_mg() * volume))), Some(volume))
                }
                _ => (known(1.0, Held::Volume(Volume::ml(volume))), Some(volume)),
            };
        }
        if matches!(plain, "iu" | "u" | "unt" | "unit" | "units" | "international unit") {
            return (known(1.0, Held::Units(value)), None);
        }
        if PIECES.contains(&plain) {
            if plain.is_empty() && value > 10.0 {
                let help = "the number alone could mean pieces or milligrams; the usual dose is supposed";
                notices.warning(path, "a dose has no unit", help, &format!("{} {value}", self.part.name));
                return (Dose::Unread { text: format!("{value}"), could_mean: None }, None);
            }
            return match self.part.strength {
                Some(Strength::Piece(each)) => {
                    if plain.is_empty() {
                        notices.info(path, "a dose has no unit", "read as so many pieces of the product", "");
                    }
                    (known(value, Held::Mass(each)), Some(value))
                }
                Some(Strength::Hour(each)) => (known(value, Held::MassPerHour(each)), Some(value)),
                _ => {
                    let help = "the usual dose is supposed";
                    notices.info(path, "how much one piece holds is not known", help, &self.part.name);
                    (Dose::Unknown, Some(value))
                }
            };
        }
        (self.unread(value, unit, path, notices), None)
    }

    fn unread(&self, value: f64, unit: &str, path: &str, notices: &mut Notices) -> Dose {
        let text = format!("{value} {unit}");
        notices.info(path, "a dose is in a unit that says no mass", "the usual dose is supposed", &text);
        Dose::Unread { text, could_mean: None }
    }

    /// What the words of an instruction say.
    fn said(&self, sig: &Sig, path: &str, notices: &mut Notices) -> (Dose, Option<f64>) {
        match (&sig.amount, sig.pieces) {
            (Some((value, unit)), pieces) => {
                let (dose, counted) = self.counted(*value, unit, path, notices);
                (dose, pieces.or(counted))
            }
            (None, Some(pieces)) => self.counted(pieces, "tablet", path, notices),
            (None, None) => (Dose::Unknown, None),
        }
    }

    /// The amount that a rate gives; the length of an infusion that is written as a rate.
    fn rate(
        &self,
        rate: &DoseAndRate<'_>,
        over: &mut Option<TimeSpan>,
        path: &str,
        notices: &mut Notices,
    ) -> Option<Amount> {
        let (value, unit) = match (&rate.rate_quantity, &rate.rate_ratio, &rate.rate_range) {
            (Some(quantity), ..) => (quantity.value?.0, unit_of(quantity).to_lowercase()),
            (None, Some(Ratio { numerator, denominator }), _) => {
                let (numerator, denominator) = (numerator.as_ref()?, denominator.as_ref()?);
                let of = denominator.value.map_or(1.0, |value| value.0);
                let value = numerator.value?.0 / if of > 0.0 { of } else { return None };
                (value, format!("{}/{}", unit_of(numerator), unit_of(denominator)).to_lowercase())
            }
            (None, None, Some(range)) => {
                let most = range.high.as_ref().or(range.low.as_ref())?;
                notices.info(path, "a rate is a range", "the highest is used", "");
                (most.value?.0, unit_of(most).to_lowercase())
            }
            (None, None, None) => return None,
        };
        if value <= 0.0 {
            return None;
        }
        // HL7's own examples give the length of an infusion as its rate.
        if let Some(hours) = timing::hours_in(&unit) {
            *over = over.or(Some(TimeSpan::hours(value * hours)));
            return None;
        }
        let parts: Vec<&str> = unit.split('/').collect();
        let (mass, per) = match parts.as_slice() {
            [mass, "kg", time] => (mass_unit(mass)? * self.weight?.as_kg(), time),
            ["ml" | "l", time] => {
                let volume = if parts[0] == "l" { 1e3 } else { 1.0 };
                match self.part.strength {
                    Some(Strength::Milliliter(each)) => (each.as_mg() * volume, time),
                    _ => {
                        let help = "the usual dose is supposed";
                        notices.info(path, "a rate in volume has no concentration", help, &self.part.name);
                        return None;
                    }
                }
            }
            [mass, time] => (mass_unit(mass)?, time),
            _ => return None,
        };
        let hourly = Mass::mg(value * mass / hours_of(per)?);
        Some(Amount { count: 1.0, each: Held::MassPerHour(hourly) })
    }

    /// How many doses a day a maximum allows.
    fn most_a_day(&self, ratio: &Ratio<'_>, dose: &Dose, pieces: Option<f64>) -> Option<u32> {
        let (most, of) = (ratio.numerator.as_ref()?, ratio.denominator.as_ref());
        let days = of.and_then(timing::days).unwrap_or(1.0);
        let value = most.value?.0 / days;
        let unit = unit_of(most).to_lowercase();
        let each = match (mass_unit(&unit), dose) {
            (Some(factor), Dose::Known(amount)) => amount.mass(self.weight, None)?.as_mg() / factor,
            (Some(_), _) => return None,
            (None, _) => pieces.unwrap_or(1.0),
        };
        let times = value / each;
        (times.is_finite() && times >= 1.0).then(|| times.min(48.0) as u32)
    }
}

fn coded_dose(rate: &DoseAndRate<'_>) -> bool {
    let value = |quantity: &Quantity<'_>| quantity.value.is_some();
    rate.dose_quantity.as_ref().is_some_and(value) || rate.dose_range.is_some()
}

/// Hours of what stands behind the stroke of a rate: `h`, `24.h`, `min`.
fn hours_of(per: &str) -> Option<f64> {
    let digits = per.find(|c: char| !c.is_ascii_digit()).unwrap_or(per.len());
    let count: f64 = if digits == 0 { 1.0 } else { per[..digits].parse().ok()? };
    timing::hours_in(per[digits..].trim_start_matches(['.', ' ']))
        .map(|hours| hours * count)
        .filter(|hours| *hours > 0.0)
}
