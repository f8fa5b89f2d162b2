//! One type per dimension; the unit lives in the constructor.
//!
//! Outside text enters by `"50 mg".parse::<Mass>()`, which refuses a bare `50`, a decimal comma and a unit of another
//! dimension, and says what to write instead. Inside, no bare `f64` crosses a module boundary, so a level can never
//! meet a dose by accident. Printing gives the shortest text that reads back to the same value.

use std::fmt;

/// Why a text is not a quantity, and what to write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
#[error("`{found}` is not {expected}")]
#[diagnostic(code(raphe::units), help("{help}"))]
pub struct ParseQuantityError {
    /// The text that was found.
    pub found: String,
    /// What it should have been, with its article: `a dose`.
    pub expected: &'static str,
    /// What to write instead.
    pub help: String,
    /// The largest number the text could have meant, where a comma makes it unclear.
    pub could_mean: Option<u64>,
}

/// A number and the unit text behind it, before any dimension is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Written<'a> {
    /// The number; finite and not negative.
    pub number: f64,
    /// The unit as written, trimmed; empty for a bare number.
    pub unit: &'a str,
}

/// Splits `"50 mg"` or `"50mg"` into its number and its unit.
///
/// # Errors
/// When there is no number, when it is negative, not finite, or written with a comma.
pub fn split<'a>(
    text: &'a str,
    expected: &'static str,
    example: &str,
) -> Result<Written<'a>, ParseQuantityError> {
    let text = text.trim();
    let end = text
        .char_indices()
        .find(|&(index, c)| {
            !(c.is_ascii_digit() || c == '.' || c == ',' || (index == 0 && (c == '+' || c == '-')))
        })
        .map_or(text.len(), |(index, _)| index);
    let (digits, unit) = (&text[..end], text[end..].trim());
    let error = |help: String, could_mean| {
        Err(ParseQuantityError { found: text.to_owned(), expected, help, could_mean })
    };
    if digits.contains(',') {
        let plain: String = digits.chars().filter(|c| *c != ',').collect();
        let decimal = digits.replace(',', ".");
        // Only groups of three digits can be thousands.
        let thousands = digits.split(',').skip(1).all(|group| group.len() == 3);
        let help = match thousands {
            true => format!("a comma can be read two ways: write `{plain} {unit}` or `{decimal} {unit}`"),
            false => format!("write a decimal point: `{decimal} {unit}`"),
        };
        let largest = if thousands { plain } else { decimal };
        return error(help, largest.parse::<f64>().ok().map(|number| libm::ceil(number) as u64));
    }
    match digits.parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 && !digits.starts_with(['+', '-']) => {
            Ok(Written { number, unit })
        }
        _ => error(format!("write a number and a unit, for example `{example}`"), None),
    }
}

macro_rules! dimension {
    (
        $(#[$meta:meta])* $name:ident, $expected:literal, example $example:literal;
        $( $(#[$unit_meta:meta])* $make:ident / $get:ident = $factor:literal, $symbol:literal $(| $other:literal)*; )+
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
        pub struct $name(f64);

        impl $name {
            $(
                $(#[$unit_meta])*
                #[must_use]
                pub const fn $make(value: f64) -> Self { Self(value * $factor) }
                #[doc = concat!("The value in ", $symbol, ".")]
                #[must_use]
                pub const fn $get(self) -> f64 { self.0 / $factor }
            )+

            /// The units this dimension is written in, the preferred first.
            pub const UNITS: &'static [(&'static str, f64)] = &[$(($symbol, $factor), $(($other, $factor),)*)+];

            /// Reads a number that stands beside its unit.
            ///
            /// # Errors
            /// When the unit is missing or belongs to another dimension.
            pub fn from_written(written: Written<'_>, found: &str) -> Result<Self, ParseQuantityError> {
                let unit = written.unit.trim();
                match Self::UNITS.iter().find(|(symbol, _)| symbol.eq_ignore_ascii_case(unit) || *symbol == unit) {
                    Some((_, factor)) => Ok(Self(written.number * factor)),
                    None => Err(ParseQuantityError {
                        found: found.trim().to_owned(),
                        expected: $expected,
                        help: if unit.is_empty() {
                            format!("a number alone can be read in several units: write the unit, for example `{}`", $example)
                        } else {
                            format!("`{unit}` is not a unit I know here: write for example `{}`", $example)
                        },
                        could_mean: None,
                    }),
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = ParseQuantityError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::from_written(split(text, $expected, $example)?, text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                print(f, self.0, &[$(($symbol, $factor)),+])
            }
        }
    };
}

/// Prints in the largest unit that gives a whole number above one, else in the preferred unit, else in one that fits.
fn print(f: &mut fmt::Formatter<'_>, value: f64, units: &[(&str, f64)]) -> fmt::Result {
    let preferred = units[0];
    let fits = |unit: &(&str, f64)| (1.0..1000.0).contains(&(value / unit.1));
    let whole = |unit: &(&str, f64)| {
        let count = value / unit.1;
        count >= 2.0 && (count - libm::round(count)).abs() < 1e-9
    };
    let larger =
        units.iter().filter(|unit| unit.1 > preferred.1 && whole(unit)).max_by(|a, b| a.1.total_cmp(&b.1));
    let (symbol, factor) = match larger {
        Some(unit) => *unit,
        None if value == 0.0 || fits(&preferred) => preferred,
        None => units.iter().copied().find(fits).unwrap_or(preferred),
    };
    write!(f, "{} {symbol}", number(value / factor))
}

/// A number with at most four significant decimals, without trailing zeros.
#[must_use]
pub fn number(value: f64) -> String {
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A number with two significant digits, as levels are told: more would claim what nobody knows.
#[must_use]
pub fn two_digits(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    let digits = 1 - libm::floor(libm::log10(value.abs())) as i32;
    if digits >= 0 {
        let text = format!("{value:.*}", digits.min(12) as usize);
        return if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        };
    }
    let step = libm::pow(10.0, f64::from(-digits));
    format!("{:.0}", libm::round(value / step) * step)
}

dimension! {
    /// A mass of substance, held in milligrams.
    ///
    /// ```
    /// # use raphe::units::Mass;
    /// assert_eq!("50 mg".parse::<Mass>().unwrap(), Mass::mg(50.0));
    /// assert!("50".parse::<Mass>().unwrap_err().help.contains("write the unit"));
    /// ```
    Mass, "a mass", example "50 mg";
    /// From milligrams.
    mg / as_mg = 1.0, "mg" | "milligram" | "milligrams";
    /// From grams.
    g / as_g = 1e3, "g" | "gram" | "grams";
    /// From micrograms.
    micrograms / as_micrograms = 1e-3, "µg" | "μg" | "ug" | "mcg" | "microgram" | "micrograms";
    /// From nanograms.
    ng / as_ng = 1e-6, "ng";
    /// From kilograms.
    kg / as_kg = 1e6, "kg";
}

dimension! {
    /// A span of time, held in hours.
    TimeSpan, "a span of time", example "30 min";
    /// From hours.
    hours / as_hours = 1.0, "h" | "hr" | "hrs" | "hour" | "hours";
    /// From days.
    days / as_days = 24.0, "d" | "day" | "days";
    /// From minutes.
    minutes / as_minutes = 0.016_666_666_666_666_666, "min" | "mins" | "minute" | "minutes";
}

dimension! {
    /// A molar mass, held in grams per mole.
    MolarMass, "a molar mass", example "306.23 g/mol";
    /// From grams per mole.
    g_per_mol / as_g_per_mol = 1.0, "g/mol";
}

dimension! {
    /// A total mass concentration, held in nanograms per milliliter.
    MassConcentration, "a level", example "45 ng/mL";
    /// From nanograms per milliliter.
    ng_per_ml / as_ng_per_ml = 1.0, "ng/mL" | "µg/L" | "μg/L" | "ug/L" | "mcg/L";
    /// From milligrams per liter.
    mg_per_l / as_mg_per_l = 1e3, "mg/L" | "µg/mL" | "μg/mL" | "ug/mL" | "mcg/mL";
}

dimension! {
    /// A molar concentration, held in nanomoles per liter.
    MolarConcentration, "a concentration", example "2 nmol/L";
    /// From nanomoles per liter.
    nmol_per_l / as_nmol_per_l = 1.0, "nmol/L" | "nM";
    /// From micromoles per liter.
    umol_per_l / as_umol_per_l = 1e3, "µmol/L" | "μmol/L" | "umol/L" | "µM" | "uM";
    /// From millimoles per liter.
    mmol_per_l / as_mmol_per_l = 1e6, "mmol/L" | "mM";
}

impl MassConcentration {
    /// The only road from mass to molar, so a binding constant can never meet a mass concentration by accident.
    #[must_use]
    pub fn to_molar(self, molar_mass: MolarMass) -> MolarConcentration {
        MolarConcentration::umol_per_l(self.as_ng_per_ml() / molar_mass.as_g_per_mol())
    }
}

dimension! {
    /// A blood pressure, held in millimeters of mercury.
    Pressure, "a blood pressure", example "120 mmHg";
    /// From millimeters of mercury.
    mmhg / as_mmhg = 1.0, "mmHg";
    /// From kilopascals.
    kpa / as_kpa = 7.500_62, "kPa";
}

dimension! {
    /// How often something happens, held in events per minute.
    Frequency, "a rate", example "112 /min";
    /// From events per minute.
    per_minute / as_per_minute = 1.0, "/min" | "bpm" | "per minute" | "a minute";
}

dimension! {
    /// A share of a whole, held from 0 to 1.
    Fraction, "a share", example "45 %";
    /// From percent.
    percent / as_percent = 0.01, "%" | "percent";
    /// From a share of one.
    of_one / as_of_one = 1.0, "of 1";
}

dimension! {
    /// How many times as much, held as a plain factor.
    Ratio, "a ratio", example "2.5-fold";
    /// From a factor.
    fold / as_fold = 1.0, "-fold" | "fold" | "x";
}

dimension! {
    /// A volume cleared of a substance in a time, held in liters per hour.
    Clearance, "a clearance", example "20 L/h";
    /// From liters per hour.
    liters_per_hour / as_liters_per_hour = 1.0, "L/h";
    /// From milliliters per minute.
    ml_per_min / as_ml_per_min = 0.06, "mL/min";
}

dimension! {
    /// A volume of liquid, held in liters.
    Volume, "a volume", example "200 mL";
    /// From liters.
    liters / as_liters = 1.0, "L" | "liter" | "liters" | "litre" | "litres";
    /// From milliliters.
    ml / as_ml = 1e-3, "mL";
}

dimension! {
    /// A length, held in centimeters.
    Length, "a length", example "165 cm";
    /// From centimeters.
    cm / as_cm = 1.0, "cm";
    /// From meters.
    m / as_m = 100.0, "m";
}

dimension! {
    /// How bright light is at the eye, held in lux.
    Illuminance, "a brightness", example "10000 lux";
    /// From lux.
    lux / as_lux = 1.0, "lux" | "lx";
}

/// A body temperature, held in degrees Celsius.
///
/// ```
/// # use raphe::units::Temperature;
/// assert_eq!("104 F".parse::<Temperature>().unwrap().as_celsius(), 40.0);
/// assert!("104".parse::<Temperature>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Temperature(f64);

impl Temperature {
    /// From degrees Celsius.
    #[must_use]
    pub const fn celsius(value: f64) -> Self {
        Self(value)
    }

    /// From degrees Fahrenheit, rounded to a hundredth of a degree Celsius.
    #[must_use]
    pub fn fahrenheit(value: f64) -> Self {
        Self(libm::round((value - 32.0) / 1.8 * 100.0) / 100.0)
    }

    /// Degrees Celsius.
    #[must_use]
    pub const fn as_celsius(self) -> f64 {
        self.0
    }

    /// Degrees Fahrenheit.
    #[must_use]
    pub fn as_fahrenheit(self) -> f64 {
        self.0 * 1.8 + 32.0
    }
}

impl std::str::FromStr for Temperature {
    type Err = ParseQuantityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "a temperature";
        let written = split(text, EXPECTED, "37.9 C")?;
        match written.unit.trim_start_matches('°').to_ascii_lowercase().as_str() {
            "c" | "celsius" => Ok(Self::celsius(written.number)),
            "f" | "fahrenheit" => Ok(Self::fahrenheit(written.number)),
            _ => Err(ParseQuantityError {
                found: text.trim().to_owned(),
                expected: EXPECTED,
                help: format!("write the unit: `{n} C` or `{n} F`", n = number(written.number)),
                could_mean: None,
            }),
        }
    }
}

impl fmt::Display for Temperature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} °C", number(libm::round(self.0 * 100.0) / 100.0))
    }
}

/// A median with its 5 to 95 % range: the only form in which a modeled number leaves the engine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The middle of the population.
    pub median: f64,
    /// One in twenty lies below.
    pub p5: f64,
    /// One in twenty lies above.
    pub p95: f64,
}

impl Interval {
    /// The interval of a sampled population; `None` when it is empty or holds a value that is not finite.
    ///
    /// Percentiles are read off the sorted values by linear interpolation, so the result does not depend on the order
    /// in which people were simulated.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        Self::weighed(values, &[])
    }

    /// The interval of people who count differently; without weights everyone counts the same.
    ///
    /// A weighted percentile is the first value at which the weights so far make that share of all.
    #[must_use]
    pub fn weighed(values: &[f64], weights: &[f64]) -> Option<Self> {
        if values.is_empty() || values.iter().any(|value| !value.is_finite()) {
            return None;
        }
        if weights.len() != values.len() {
            let mut sorted = values.to_vec();
            sorted.sort_by(f64::total_cmp);
            let at = |p: f64| {
                let place = p * (sorted.len() - 1) as f64;
                let (below, above) = (libm::floor(place) as usize, libm::ceil(place) as usize);
                sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
            };
            return Some(Self { median: at(0.5), p5: at(0.05), p95: at(0.95) });
        }
        let mut sorted: Vec<(f64, f64)> = values.iter().copied().zip(weights.iter().copied()).collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let all: f64 = sorted.iter().map(|(_, weight)| weight).sum();
        let at = |p: f64| {
            let mut below = 0.0;
            for (value, weight) in &sorted {
                if below + weight >= p * all {
                    return *value;
                }
                below += weight;
            }
            sorted.last().map_or(f64::NAN, |(value, _)| *value)
        };
        (all > 0.0).then(|| Self { median: at(0.5), p5: at(0.05), p95: at(0.95) })
    }

    /// The same interval in another unit; `f` must keep the order.
    #[must_use]
    pub fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self { median: f(self.median), p5: f(self.p5), p95: f(self.p95) }
    }
}

/// A pair of quantities written as `low .. high`, or one value standing for both.
///
/// # Errors
/// When either side does not read as the quantity.
pub fn range<T: std::str::FromStr<Err = ParseQuantityError> + Copy>(
    text: &str,
) -> Result<(T, T), ParseQuantityError> {
    match text.split_once("..") {
        Some((low, high)) => Ok((low.parse()?, high.parse()?)),
        None => text.parse().map(|value| (value, value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_number_is_refused_with_help() {
        let error = "50".parse::<Mass>().unwrap_err();
        assert_eq!(error.to_string(), "`50` is not a mass");
        assert!(error.help.contains("`50 mg`"), "{}", error.help);
    }

    #[test]
    fn a_comma_is_refused_and_both_readings_are_offered() {
        let error = "1,000 mg".parse::<Mass>().unwrap_err();
        assert!(error.help.contains("`1000 mg`") && error.help.contains("`1.000 mg`"), "{}", error.help);
        assert_eq!(error.could_mean, Some(1000));
    }

    #[test]
    fn negative_infinite_and_empty_numbers_are_refused() {
        for text in ["-5 mg", "", "mg", "1.2.3 mg", ". mg", "1e400 mg"] {
            assert!(text.parse::<Mass>().is_err(), "{text}");
        }
    }

    #[test]
    fn printing_reads_back_to_the_same_value() {
        for mass in [Mass::mg(50.0), Mass::micrograms(150.0), Mass::g(2.0), Mass::mg(0.0), Mass::mg(37.5)] {
            assert_eq!(mass.to_string().parse::<Mass>().unwrap(), mass, "{mass}");
        }
        assert_eq!(Mass::micrograms(150.0).to_string(), "150 µg");
        assert_eq!(TimeSpan::days(14.0).to_string(), "14 d");
        assert_eq!(TimeSpan::hours(30.0).to_string(), "30 h");
    }

    #[test]
    fn a_temperature_needs_its_unit_and_reads_both_scales() {
        assert_eq!("40 °C".parse::<Temperature>().unwrap(), Temperature::celsius(40.0));
        assert_eq!("104 F".parse::<Temperature>().unwrap(), Temperature::celsius(40.0));
        assert!("104".parse::<Temperature>().unwrap_err().help.contains("`104 F`"));
    }

    #[test]
    fn mass_becomes_molar_only_through_a_molar_mass() {
        let level = MassConcentration::ng_per_ml(306.23);
        let molar = level.to_molar(MolarMass::g_per_mol(306.23));
        assert!((molar.as_umol_per_l() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn an_interval_ignores_the_order_of_people() {
        let up: Vec<f64> = (0..=100).map(f64::from).collect();
        let down: Vec<f64> = up.iter().rev().copied().collect();
        assert_eq!(Interval::of(&up), Interval::of(&down));
        assert_eq!(Interval::of(&up), Some(Interval { median: 50.0, p5: 5.0, p95: 95.0 }));
        assert_eq!(Interval::of(&[f64::NAN]), None);
    }
}
