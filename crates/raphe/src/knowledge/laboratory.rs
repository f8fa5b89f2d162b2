//! Laboratory values that are judged: which they are, in which unit, and what cannot be.
//!
//! A number in a unit that is not known is not judged: sodium 128 mg/dL is not sodium 128 mmol/L. Nor is one that nobody has
//! lived with. Both are kept, and said.

use super::key;
use crate::{
    timeline::Lab,
    units::{MassConcentration, MolarConcentration, MolarMass},
};

/// What became of a laboratory value that rules ask for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Judged {
    /// The quantity and its value in the unit of [`crate::criteria::Comparison`].
    Used(&'static str, f64),
    /// Its unit says nothing here; this one would.
    Unit(&'static str),
    /// Nobody has lived with it.
    Impossible(&'static str),
}

/// A quantity that rules ask for.
struct Quantity {
    id: &'static str,
    /// How it is written, as keys.
    names: &'static [&'static str],
    /// The unit it is judged in.
    unit: &'static str,
    /// The range that people have lived with, in that unit.
    lived: (f64, f64),
}

const QUANTITIES: [Quantity; 4] = [
    Quantity {
        id: "sodium",
        names: &["sodium", "na", "serumsodium", "natrium"],
        unit: "mmol/L",
        lived: (85.0, 210.0),
    },
    Quantity {
        id: "lithium",
        names: &["lithium", "li", "serumlithium", "lithiumlevel"],
        unit: "mmol/L",
        lived: (0.0, 15.0),
    },
    Quantity {
        id: "glucose",
        names: &["glucose", "bloodglucose", "bloodsugar", "sugar", "serumglucose", "bm"],
        unit: "mmol/L",
        lived: (0.1, 150.0),
    },
    Quantity { id: "ck", names: &["ck", "creatinekinase", "cpk"], unit: "U/L", lived: (0.0, 2e6) },
];

/// Molar mass of glucose.
const GLUCOSE: MolarMass = MolarMass::g_per_mol(180.16);

fn of(name: &str) -> Option<&'static Quantity> {
    let written = key(name);
    QUANTITIES.iter().find(|quantity| quantity.names.contains(&written.as_str()))
}

/// Whether a laboratory value of this name is judged.
#[must_use]
pub fn is_used(name: &str) -> bool {
    of(name).is_some()
}

/// Reads a value that rules ask for; `None` for one that is only kept.
#[must_use]
pub fn judge(lab: &Lab) -> Option<Judged> {
    let Quantity { id, unit, lived: (least, most), .. } = of(&lab.name.text)?;
    let Some(value) = value(id, lab) else { return Some(Judged::Unit(unit)) };
    Some(match (*least..=*most).contains(&value) {
        true => Judged::Used(id, value),
        false => Judged::Impossible(unit),
    })
}

/// The value in the quantity's own unit.
fn value(quantity: &str, lab: &Lab) -> Option<f64> {
    let unit = lab.unit.to_lowercase().replace(' ', "");
    if quantity == "ck" {
        return match unit.as_str() {
            "u/l" | "iu/l" | "units/l" => Some(lab.value),
            // 1 microkatal is 60 units.
            "µkat/l" | "μkat/l" | "ukat/l" => Some(lab.value * 60.0),
            _ => None,
        };
    }
    // Of an ion with one charge a milliequivalent is a millimole.
    let ion = quantity == "sodium" || quantity == "lithium";
    if ion && matches!(unit.as_str(), "meq/l" | "mval/l") {
        return Some(lab.value);
    }
    if unit == "mmol/l" {
        return Some(lab.value);
    }
    let written = format!("{} {}", lab.value, lab.unit);
    if let Ok(molar) = written.parse::<MolarConcentration>() {
        return Some(molar.as_mmol_per_l());
    }
    if quantity != "glucose" {
        return None;
    }
    // A deciliter is a tenth of a liter.
    let mass = match unit.as_str() {
        "mg/dl" | "mg%" => MassConcentration::mg_per_l(lab.value * 10.0),
        "g/l" => MassConcentration::mg_per_l(lab.value * 1000.0),
        _ => return None,
    };
    Some(mass.to_molar(GLUCOSE).as_mmol_per_l())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::Name;

    fn lab(name: &str, value: f64, unit: &str) -> Option<Judged> {
        let name = Name { text: name.to_owned(), column: 1, id: None };
        judge(&Lab { name, value, unit: unit.to_owned() })
    }

    #[test]
    fn a_unit_that_says_nothing_is_not_taken_for_another() {
        assert_eq!(lab("sodium", 128.0, "mmol/L"), Some(Judged::Used("sodium", 128.0)));
        assert_eq!(lab("Na", 128.0, "mEq/L"), Some(Judged::Used("sodium", 128.0)));
        assert_eq!(lab("sodium", 128.0, "mg/dL"), Some(Judged::Unit("mmol/L")));
        assert_eq!(lab("sodium", 12.8, "mmol/L"), Some(Judged::Impossible("mmol/L")));
        assert_eq!(lab("lithium", 800.0, "mmol/L"), Some(Judged::Impossible("mmol/L")));
        assert_eq!(lab("potassium", 4.0, "mmol/L"), None);
    }

    #[test]
    fn a_blood_sugar_reads_in_both_worlds() {
        let Some(Judged::Used("glucose", value)) = lab("blood sugar", 38.0, "mg/dL") else { panic!() };
        assert!((value - 2.11).abs() < 0.01, "{value}");
        assert_eq!(lab("glucose", 2.1, "mmol/L"), Some(Judged::Used("glucose", 2.1)));
        assert_eq!(lab("glucose", 2.1, "mg"), Some(Judged::Unit("mmol/L")));
    }
}
