//! The exposure engine against what was measured in people.
//!
//! `exposure.toml` holds published levels, half-lives, ratios of metabolites, and interaction studies with
//! their sources. Each is predicted by the public API for the typical person and has to lie within the factor that its
//! row allows. A row with `known_misfit` is printed with its reason, and not asserted.

use super::rows;
use raphe::{
    knowledge::Knowledge,
    predict::{Row, predict},
};
use std::fmt::Write;

const CHECKS: &str = include_str!("exposure.toml");
/// How far a prediction may be off where the row does not say, as a factor.
const USUAL_TOLERANCE: f64 = 2.0;
/// Keys of a check that are no column of a row.
const OURS: [&str; 6] = ["published", "tolerance", "cite", "where", "over", "known_misfit"];

/// One published observation.
struct Check {
    row: Row,
}

impl Check {
    fn text(&self, key: &str) -> Option<&str> {
        self.row.get(key).map(String::as_str)
    }

    fn number(&self, key: &str) -> Option<f64> {
        self.text(key)?.parse().ok()
    }

    fn published(&self) -> f64 {
        self.number("published").expect("every check has a published value")
    }

    fn tolerance(&self) -> f64 {
        self.number("tolerance").unwrap_or(USUAL_TOLERANCE)
    }

    /// The columns that are the engine's, with an average level asked for as the area of a day.
    fn columns(&self) -> Row {
        let mut row = self.row.clone();
        row.retain(|key, _| !OURS.contains(&key.as_str()));
        if self.is_average() {
            row.insert("parameter".into(), "AUC0-24".into());
        }
        row
    }

    fn is_average(&self) -> bool {
        self.text("parameter") == Some("average")
    }

    fn predicted(&self, knowledge: &Knowledge) -> Result<f64, String> {
        let row = self.columns();
        let mut value = predict(knowledge, &row).map_err(|error| error.to_string())?;
        if let Some(parent) = self.text("over") {
            let mut other = row;
            other.insert("drug".into(), parent.to_owned());
            other.insert("regimen".into(), "single dose".into());
            value /= predict(knowledge, &other).map_err(|error| error.to_string())?;
        }
        Ok(if self.is_average() { value / 24.0 } else { value })
    }

    /// What is measured, in one phrase.
    fn name(&self) -> String {
        let get = |key| self.text(key).unwrap_or_default();
        if let Some(victim) = self.text("victim") {
            return format!("{victim} with {} {}", get("perpetrator"), get("perpetrator_dose_mg_day"))
                .trim_end()
                .to_owned();
        }
        let drug = match self.text("over") {
            Some(parent) => format!("{} over {parent}", get("drug")),
            None => get("drug").to_owned(),
        };
        let place = [get("dose_mg"), get("regimen"), get("parameter"), get("population")].join(" ");
        format!("{drug} {}", place.trim_end())
    }
}

fn checks() -> Vec<Check> {
    rows::read(CHECKS, "check").into_iter().map(|row| Check { row }).collect()
}

/// Predicts every check, on as many threads as there are.
fn predictions(knowledge: &Knowledge, checks: &[Check]) -> Vec<Result<f64, String>> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        let handles: Vec<_> = checks
            .chunks(checks.len().div_ceil(threads))
            .map(|part| {
                scope.spawn(move || part.iter().map(|check| check.predicted(knowledge)).collect::<Vec<_>>())
            })
            .collect();
        handles.into_iter().flat_map(|handle| handle.join().expect("no prediction panics")).collect()
    })
}

/// What `VALIDATION.md` says of them.
pub(crate) fn summary(knowledge: &Knowledge) -> String {
    let checks = checks();
    let predicted = predictions(knowledge, &checks);
    let mut out = String::from(
        "| what | checks | within their factor | typical factor off | known misfits |\n|---|---|---|---|---|\n",
    );
    let kinds = [
        ("Area under the curve with an interacting drug over without", true),
        ("Levels, half-lives, ratios of metabolites", false),
    ];
    for (what, interaction) in kinds {
        let (mut count, mut within, mut misfits, mut logs) = (0, 0, 0, 0.0);
        for (check, predicted) in
            checks.iter().zip(&predicted).filter(|(check, _)| check.text("victim").is_some() == interaction)
        {
            count += 1;
            misfits += usize::from(check.text("known_misfit").is_some());
            let Ok(value) = predicted else { continue };
            let off = (value / check.published()).ln().abs();
            logs += off;
            within += usize::from(off <= check.tolerance().ln());
        }
        let off = (logs / f64::from(count.max(1))).exp();
        writeln!(out, "| {what} | {count} | {within} | {off:.2} | {misfits} |")
            .expect("a string takes any text");
    }
    let named = checks.iter().filter_map(|check| Some((check.name(), check.text("known_misfit")?)));
    let named: Vec<String> = named.map(|(name, why)| format!("- {name}: {why}\n")).collect();
    if !named.is_empty() {
        write!(out, "\nKnown misfits:\n\n{}", named.concat()).expect("a string takes any text");
    }
    out
}

#[test]
fn every_check_has_a_source() {
    let knowledge = Knowledge::bundled();
    let checks = checks();
    assert!(checks.len() >= 40, "only {} checks", checks.len());
    for check in &checks {
        let cite = check.text("cite").unwrap_or_default();
        assert!(knowledge.reference(cite).is_some(), "{}: `{cite}` is not in references.bib", check.name());
        assert!(check.text("where").is_some(), "{}: no place in the source", check.name());
        assert!(check.published() > 0.0 && check.tolerance() > 1.0, "{}", check.name());
    }
}

#[test]
fn exposure_agrees_with_publications() {
    let knowledge = Knowledge::bundled();
    let checks = checks();
    let predicted = predictions(&knowledge, &checks);

    let mut table =
        format!("{:62} {:>10} {:>10} {:>7} {:>6}\n", "", "published", "predicted", "ratio", "within");
    let mut wrong = Vec::new();
    let mut misfits = 0;
    for (check, predicted) in checks.iter().zip(&predicted) {
        let (published, tolerance) = (check.published(), check.tolerance());
        let (shown, fits) = match predicted {
            Ok(value) => {
                let ratio = value / published;
                let fits = ratio <= tolerance && ratio >= 1.0 / tolerance;
                (format!("{value:10.3} {ratio:7.2}"), fits)
            }
            Err(why) => (format!("{why:>18}"), false),
        };
        let cite = check.text("cite").unwrap_or_default();
        let mut line = format!("{:62} {published:10.3} {shown} {tolerance:6.1} {cite}", check.name());
        if let Some(why) = check.text("known_misfit") {
            misfits += 1;
            let now = if fits { "fits now; was a misfit" } else { "known misfit" };
            write!(line, "\n    {now}: {why}").expect("a string takes any text");
        } else if !fits {
            wrong.push(line.clone());
        }
        writeln!(table, "{line}").expect("a string takes any text");
    }
    println!("{table}\n{} checks, {misfits} known misfits, {} wrong", checks.len(), wrong.len());
    assert!(wrong.is_empty(), "off by more than the tolerance:\n{}", wrong.join("\n"));
}
