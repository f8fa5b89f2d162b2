//! Values, spreads and doses.
//!
//! Each field has one or more scales it may be written in. A scale reads a text into a number and knows the smallest
//! and the largest that is believed; the bounds are wider than anything published, and catch a slipped unit, not an
//! unusual drug.

use super::{file, substances};
use crate::{
    knowledge::{
        Knowledge,
        schema::{Base, DoseRange, Substance, Value},
    },
    timeline::{Dose, DoseLine, Quantity, diary::read_dose_line},
    units::{
        Clearance, Fraction, Mass, MassConcentration, MolarConcentration, MolarMass, ParseQuantityError,
        Ratio, TimeSpan, Volume, split,
    },
};

/// What a value is a value of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    HalfLife,
    PeakTime,
    Share,
    Volume,
    Clearance,
    Potency,
    Occupancy,
    Dose,
    Wait,
    Recovery,
    MolarMass,
    Level,
    Ratio,
    Parameter,
}

/// One way to write a quantity.
struct Scale {
    read: fn(&str) -> Result<f64, ParseQuantityError>,
    least: &'static str,
    most: &'static str,
}

impl What {
    fn scales(self) -> &'static [Scale] {
        match self {
            Self::HalfLife => &[Scale { read: hours, least: "1 min", most: "200 d" }],
            Self::PeakTime => &[Scale { read: hours, least: "1 min", most: "14 d" }],
            Self::Wait => &[Scale { read: hours, least: "1 h", most: "84 d" }],
            Self::Recovery => &[Scale { read: hours, least: "1 h", most: "200 d" }],
            Self::Share => &[Scale { read: share, least: "0.01 %", most: "100 %" }],
            Self::Occupancy => &[Scale { read: share, least: "1 %", most: "100 %" }],
            Self::Volume => &[
                Scale { read: volume, least: "1 L", most: "20000 L" },
                Scale { read: volume_per_kg, least: "0.02 L/kg", most: "300 L/kg" },
            ],
            Self::Clearance => &[
                Scale { read: clearance, least: "0.01 L/h", most: "3000 L/h" },
                Scale { read: clearance_per_kg, least: "0.0005 L/h/kg", most: "50 L/h/kg" },
            ],
            Self::Potency => &[Scale { read: nanomolar, least: "0.001 nM", most: "10 mM" }],
            Self::Dose => &[
                Scale { read: milligrams, least: "1 µg", most: "20 g" },
                Scale { read: milligrams_per_kg, least: "0.001 mg/kg", most: "100 mg/kg" },
            ],
            Self::Level => &[Scale { read: level, least: "0.01 ng/mL", most: "1000 mg/L" }],
            Self::Ratio => &[Scale { read: ratio, least: "0-fold", most: "60-fold" }],
            Self::Parameter => &[
                Scale { read: plain, least: "0.0001", most: "10000" },
                Scale { read: micromolar, least: "0.0001 µM", most: "10000 µM" },
                Scale { read: micromolar_per_hour, least: "0.001 µM/h", most: "100000 µM/h" },
                Scale { read: per_hour, least: "0.0001 1/h", most: "10000 1/h" },
                Scale { read: whole_hours, least: "1 h", most: "5000 h" },
            ],
            Self::MolarMass => &[Scale { read: molar_mass, least: "5 g/mol", most: "2000 g/mol" }],
        }
    }
}

fn hours(text: &str) -> Result<f64, ParseQuantityError> {
    text.parse().map(TimeSpan::as_hours)
}

fn share(text: &str) -> Result<f64, ParseQuantityError> {
    text.parse().map(Fraction::as_of_one)
}

fn nanomolar(text: &str) -> Result<f64, ParseQuantityError> {
    text.parse().map(MolarConcentration::as_nmol_per_l)
}

fn molar_mass(text: &str) -> Result<f64, ParseQuantityError> {
    text.parse().map(MolarMass::as_g_per_mol)
}

fn milligrams(text: &str) -> Result<f64, ParseQuantityError> {
    text.parse().map(Mass::as_mg)
}

fn milligrams_per_kg(text: &str) -> Result<f64, ParseQuantityError> {
    per_kg(text, "1 mg/kg", milligrams)
}

fn level(text: &str) -> Result<f64, ParseQuantityError> {
    text.parse().map(MassConcentration::as_ng_per_ml)
}

fn ratio(text: &str) -> Result<f64, ParseQuantityError> {
    text.parse().map(Ratio::as_fold)
}

fn volume(text: &str) -> Result<f64, ParseQuantityError> {
    text.parse().map(Volume::as_liters)
}

fn volume_per_kg(text: &str) -> Result<f64, ParseQuantityError> {
    per_kg(text, "12 L/kg", volume)
}

fn clearance(text: &str) -> Result<f64, ParseQuantityError> {
    text.parse().map(Clearance::as_liters_per_hour)
}

fn clearance_per_kg(text: &str) -> Result<f64, ParseQuantityError> {
    per_kg(text, "0.3 L/h/kg", clearance)
}

/// Reads a number in the one unit that a parameter of the synapse is written in: the engine takes the number as it stands.
fn in_unit(text: &str, unit: &'static str, example: &'static str) -> Result<f64, ParseQuantityError> {
    let written = split(text, "a number and its unit", example)?;
    if written.unit == unit {
        return Ok(written.number);
    }
    Err(ParseQuantityError {
        found: text.trim().to_owned(),
        expected: "a number, alone or in µM, µM/h, 1/h or h",
        help: format!("write for example `{example}`"),
        could_mean: None,
    })
}

fn plain(text: &str) -> Result<f64, ParseQuantityError> {
    in_unit(text, "", "0.18")
}

fn micromolar(text: &str) -> Result<f64, ParseQuantityError> {
    in_unit(text, "µM", "40 µM")
}

fn micromolar_per_hour(text: &str) -> Result<f64, ParseQuantityError> {
    in_unit(text, "µM/h", "2.5 µM/h")
}

fn per_hour(text: &str) -> Result<f64, ParseQuantityError> {
    in_unit(text, "1/h", "0.06 1/h")
}

fn whole_hours(text: &str) -> Result<f64, ParseQuantityError> {
    in_unit(text, "h", "72 h")
}

/// Reads a quantity that is counted for each kilogram of the body.
fn per_kg(
    text: &str,
    example: &str,
    read: fn(&str) -> Result<f64, ParseQuantityError>,
) -> Result<f64, ParseQuantityError> {
    match text.trim().strip_suffix("/kg") {
        Some(text) => read(text),
        None => Err(ParseQuantityError {
            found: text.trim().to_owned(),
            expected: "a quantity per kilogram",
            help: format!("write for example `{example}`"),
            could_mean: None,
        }),
    }
}

/// A quantity that was read: the place of its scale, the low and the high end.
type Read = (usize, f64, f64);

/// Reads a value or a range, both ends in one scale.
fn read(what: What, text: &str) -> Result<Read, String> {
    let (low, high) = text.split_once("..").unwrap_or((text, text));
    let mut wrong = None;
    for (scale, Scale { read, .. }) in what.scales().iter().enumerate() {
        match read(low).and_then(|low| Ok((low, read(high)?))) {
            Ok((low, high)) if low > high => return Err(format!("`{text}` runs backward")),
            Ok((low, high)) => return Ok((scale, low, high)),
            Err(error) => wrong = wrong.or(Some(format!("{error}; {}", error.help))),
        }
    }
    Err(wrong.unwrap_or_default())
}

/// A text that holds a quantity, and the spread beside it.
struct Written<'a> {
    place: String,
    what: What,
    text: &'a str,
    spread: Option<&'a str>,
}

/// Every quantity of the base.
fn quantities(base: &Base) -> Vec<Written<'_>> {
    let values = values(base).into_iter();
    let mut found: Vec<Written<'_>> = values
        .map(|(place, what, value)| Written {
            place,
            what,
            text: &value.value,
            spread: value.spread.as_deref(),
        })
        .collect();
    let mut add = |place: String, what, text| found.push(Written { place, what, text, spread: None });
    for (file, substance) in substances(base) {
        if let Some(text) = &substance.molar_mass {
            add(format!("{file}: molar_mass"), What::MolarMass, text.as_str());
        }
        for effect in &substance.mechanisms {
            if let Some(text) = &effect.above {
                add(format!("{file}: mechanism.{}: above", effect.class), What::Dose, text);
            }
        }
    }
    for parameter in &base.synapse {
        let limits = [("least", &parameter.least), ("most", &parameter.most)];
        for (field, text) in limits {
            if let Some(text) = text {
                add(format!("synapse.toml: {}: {field}", parameter.id), What::Parameter, text);
            }
        }
        if let Some(text) = &parameter.varies {
            add(format!("synapse.toml: {}: varies", parameter.id), What::Share, text);
        }
    }
    for class in &base.mechanisms {
        if let Some(text) = &class.window {
            add(format!("mechanisms.toml: {}: window", class.id), What::Wait, text);
        }
    }
    for pair in &base.pairs {
        for (field, text) in [("after_a", &pair.after_a), ("after_b", &pair.after_b)] {
            if let Some(text) = text {
                add(format!("pairs.toml: {}: {field}", pair.id), What::Wait, text);
            }
        }
    }
    found
}

/// Every value that has a source, with its place and what it is a value of.
pub(super) fn values(base: &Base) -> Vec<(String, What, &Value)> {
    fn add<'a>(into: &mut Vec<(String, What, &'a Value)>, place: String, what: What, list: &'a [Value]) {
        into.extend(list.iter().map(|value| (place.clone(), what, value)));
    }
    let mut found = Vec::new();
    for (file, substance) in substances(base) {
        for effect in &substance.mechanisms {
            for value in &effect.potency {
                let what = match value.parameter.as_deref() {
                    Some("occupancy EC50" | "effective level") => What::Level,
                    Some("brain occupancy" | "occupancy Emax" | "intrinsic efficacy") => What::Occupancy,
                    _ => What::Potency,
                };
                found.push((format!("{file}: mechanism.{}: potency", effect.class), what, value));
            }
        }
        for link in &substance.metabolites {
            add(&mut found, format!("{file}: metabolite.{}: fraction", link.id), What::Share, &link.fraction);
            add(&mut found, format!("{file}: metabolite.{}: ratio", link.id), What::Ratio, &link.ratio);
        }
        for (route, pk) in &substance.pk {
            for (field, list) in pk.fields() {
                let what = match field {
                    "half_life" => What::HalfLife,
                    "t_max" | "lag" => What::PeakTime,
                    "peak" => What::Level,
                    "volume" => What::Volume,
                    "clearance" => What::Clearance,
                    _ => What::Share,
                };
                add(&mut found, format!("{file}: pk.{route}.{field}"), what, list);
            }
        }
        for role in &substance.enzymes {
            for (field, list) in role.fields() {
                let what = if field == "induction" { What::Ratio } else { What::Share };
                add(&mut found, format!("{file}: enzyme.{}: {field}", role.enzyme), what, list);
            }
        }
        for dose in &substance.doses {
            add(&mut found, format!("{file}: dose.{}: usual", dose.route), What::Dose, &dose.usual);
            add(&mut found, format!("{file}: dose.{}: maximum", dose.route), What::Dose, &dose.maximum);
        }
        for washout in &substance.washouts {
            add(&mut found, format!("{file}: washout before {}", washout.before), What::Wait, &washout.wait);
        }
    }
    for item in &base.switching {
        add(&mut found, format!("switching.toml: {}", item.id), What::Wait, &item.wait);
    }
    for enzyme in &base.enzymes {
        let place = |field: &str| format!("enzymes.toml: {}: {field}", enzyme.id);
        add(&mut found, place("recovery_half_life"), What::Recovery, &enzyme.recovery_half_life);
        add(&mut found, place("women"), What::Ratio, &enzyme.women);
        add(&mut found, place("at_80"), What::Ratio, &enzyme.at_80);
        add(&mut found, place("impaired_liver"), What::Ratio, &enzyme.impaired_liver);
        for kind in &enzyme.phenotypes {
            add(&mut found, place(&format!("{}: activity", kind.id)), What::Ratio, &kind.activity);
            add(&mut found, place(&format!("{}: frequency", kind.id)), What::Share, &kind.frequency);
        }
    }
    for parameter in &base.synapse {
        for (field, list) in parameter.fields() {
            let what = match field {
                "value" => What::Parameter,
                "lost_a_decade" => What::Share,
                _ => What::Ratio,
            };
            add(&mut found, format!("synapse.toml: {}: {field}", parameter.id), what, list);
        }
    }
    found
}

pub(super) fn value_does_not_read(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for item in quantities(knowledge.base()) {
        // The engine reads a wait, and a parameter of the synapse, as one number; a range would be passed over.
        let single = matches!(item.what, What::Wait | What::Parameter) && item.text.contains("..");
        let value = match read(item.what, item.text) {
            Ok(_) if single => Err(format!("`{}` is a range; write one number", item.text)),
            other => other,
        };
        let spread = item.spread.map(|text| match (read(item.what, text), &value) {
            (Ok(_), _) if !text.contains("..") => Err(format!("the spread `{text}` is not a range")),
            (Ok((scale, ..)), Ok((other, ..))) if scale != *other => {
                Err(format!("the spread `{text}` has another unit than `{}`", item.text))
            }
            (result, _) => result,
        });
        let wrong = [value.err(), spread.and_then(Result::err)];
        problems.extend(wrong.into_iter().flatten().map(|wrong| format!("{}: {wrong}", item.place)));
    }
    problems
}

pub(super) fn value_outside_plausible_bounds(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for item in quantities(knowledge.base()) {
        for text in [Some(item.text), item.spread].into_iter().flatten() {
            let Ok((scale, low, high)) = read(item.what, text) else { continue };
            let Scale { read, least, most } = &item.what.scales()[scale];
            let bound = |text| read(text).expect("the bounds of a scale read in that scale");
            if low < bound(least) || high > bound(most) {
                problems.push(format!("{}: `{text}` is not between {least} and {most}", item.place));
            }
        }
    }
    problems
}

pub(super) fn spread_does_not_hold_its_value(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for item in quantities(knowledge.base()) {
        let Some(spread) = item.spread else { continue };
        if let (Ok((_, low, high)), Ok((_, least, most))) =
            (read(item.what, item.text), read(item.what, spread))
            && !(least <= low && high <= most)
        {
            problems.push(format!("{}: `{}` is not within `{spread}`", item.place, item.text));
        }
    }
    problems
}

/// The terminal half-life of a drug that spreads slowly is longer than `ln 2 · V / CL`, rarely by more than this.
const HALF_LIFE_AGREES_WITHIN: f64 = 12.0;

pub(super) fn half_life_contradicts_clearance(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for (file, substance) in substances(knowledge.base()) {
        for (route, pk) in &substance.pk {
            let first = |what, list: &[Value]| list.first().and_then(|value| read(what, &value.value).ok());
            let of = (
                first(What::HalfLife, &pk.half_life),
                first(What::Volume, &pk.volume),
                first(What::Clearance, &pk.clearance),
            );
            let (Some((_, low, high)), Some((per_kg, volume, _)), Some((same, clearance, _))) = of else {
                continue;
            };
            let computed = std::f64::consts::LN_2 * volume / clearance;
            let apart = (low / computed).max(computed / high);
            if per_kg == same && apart > HALF_LIFE_AGREES_WITHIN {
                problems.push(format!(
                    "{file}: pk.{route}: half-life {low:.1} h, but volume and clearance give {computed:.1} h"
                ));
            }
        }
    }
    problems
}

/// The lowest and highest end of several values that are written in one scale.
fn reach(list: &[Value]) -> Option<Read> {
    let all: Vec<Read> = list.iter().filter_map(|value| read(What::Dose, &value.value).ok()).collect();
    let (scale, ..) = *all.first()?;
    let same = all.iter().filter(|(other, ..)| *other == scale);
    Some(same.fold((scale, f64::INFINITY, 0.0), |(_, least, most), (_, low, high)| {
        (scale, least.min(*low), most.max(*high))
    }))
}

pub(super) fn usual_dose_above_maximum(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for (place, dose) in doses(knowledge.base()) {
        let Some((scale, _, maximum)) = reach(&dose.maximum) else { continue };
        for value in &dose.usual {
            let above =
                read(What::Dose, &value.value).is_ok_and(|(same, _, high)| same == scale && high > maximum);
            if above {
                problems.push(format!("{place}: `{}` is above the highest dose", value.value));
            }
        }
    }
    problems
}

fn doses(base: &Base) -> impl Iterator<Item = (String, &DoseRange)> {
    substances(base).flat_map(|(file, substance)| {
        substance.doses.iter().map(move |dose| (format!("{file}: dose.{}", dose.route), dose))
    })
}

fn typical(substance: &Substance, dose: &DoseRange) -> Result<DoseLine, String> {
    let text = format!("{} {}", substance.names.inn, dose.typical);
    let line = read_dose_line(&text).map_err(|notice| format!("`{text}`: {}", notice.says))?;
    let name = line.name.text.as_str();
    match line.dose {
        _ if name != substance.names.inn => Err(format!("`{text}`: `{name}` is read as its name")),
        Dose::Known(_) if line.route.word() == dose.route => Ok(line),
        Dose::Known(_) => Err(format!("`{}` is read as {}", dose.typical, line.route.word())),
        _ => Err(format!("`{}` is not an amount", dose.typical)),
    }
}

pub(super) fn typical_dose_does_not_read(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for (file, substance) in substances(knowledge.base()) {
        for dose in &substance.doses {
            if let Err(wrong) = typical(substance, dose) {
                problems.push(format!("{file}: dose.{}: {wrong}", dose.route));
            }
        }
    }
    problems
}

pub(super) fn typical_dose_outside_usual(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for (file, substance) in substances(knowledge.base()) {
        for dose in &substance.doses {
            let (Some((per_kg, least, most)), Ok(line)) = (reach(&dose.usual), typical(substance, dose))
            else {
                continue;
            };
            let Dose::Known(amount) = line.dose else { continue };
            let once = match (amount.each, per_kg) {
                (Quantity::MassPerKg(mass), 1) => mass.as_mg() * amount.count,
                (Quantity::Mass(_) | Quantity::MassPerHour(_), 0) => {
                    amount.mass(None, line.over).map_or(f64::NAN, Mass::as_mg)
                }
                _ => f64::NAN,
            };
            let counted = if dose.per == "day" { once * line.times_a_day() } else { once };
            let slack = 1e-9 * most;
            if !(least - slack..=most + slack).contains(&counted) {
                problems.push(format!(
                    "{file}: dose.{}: `{}` a {} is not within the usual range",
                    dose.route, dose.typical, dose.per
                ));
            }
        }
    }
    problems
}

pub(super) fn dose_of_neither_day_nor_occasion(knowledge: &Knowledge) -> Vec<String> {
    let wrong = doses(knowledge.base()).filter(|(_, dose)| !matches!(dose.per.as_str(), "day" | "occasion"));
    wrong.map(|(place, dose)| format!("{place}: `{}` is neither `day` nor `occasion`", dose.per)).collect()
}

pub(super) fn parameter_unknown(knowledge: &Knowledge) -> Vec<String> {
    const KNOWN: [&str; 4] = ["Ki", "Kd", "IC50", "EC50"];
    let mut problems = Vec::new();
    for (place, what, value) in values(knowledge.base()) {
        let parameter = value.parameter.as_deref();
        // Occupancies, efficacies and levels are told apart by their parameter, so theirs is known.
        if what == What::Potency && !parameter.is_some_and(|text| KNOWN.contains(&text)) {
            problems.push(format!(
                "{place}: `{}` is {}",
                value.value,
                match parameter {
                    Some(text) => format!("of an unknown parameter, `{text}`"),
                    None => "without its parameter".to_owned(),
                }
            ));
        }
    }
    problems
}

pub(super) fn potency_without_molar_mass(knowledge: &Knowledge) -> Vec<String> {
    let molar = |substance: &Substance| {
        let potencies = substance.mechanisms.iter().flat_map(|effect| &effect.potency);
        potencies.map(|value| value.value.as_str()).any(|text| read(What::Potency, text).is_ok())
    };
    let without = knowledge.base().substances.iter().filter(|item| item.molar_mass.is_none() && molar(item));
    without.map(|item| format!("{}: a molar potency, but no molar_mass", file(&item.id))).collect()
}
