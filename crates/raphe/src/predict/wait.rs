//! Published waits between two medicines.
//!
//! A guideline often speaks of a class. It is answered with the strictest wait over its members, because who asks may
//! take any of them: "SSRI" has fluoxetine in it.

use super::{NotPredicted, Row, cell, find};
use crate::{
    knowledge::{Knowledge, schema::Substance},
    plan,
};

/// How a class is named in print, and who belongs to it: a group of the ATC system, or the class as a substance's own file
/// words it.
const CLASSES: &[(&str, &[&str])] = &[
    ("irreversible maoi", &["N06AF"]),
    ("maoi", &["N06AF", "N06AG"]),
    ("reversible maoi", &["N06AG"]),
    ("rima", &["N06AG"]),
    ("maob inhibitor", &["N04BD"]),
    ("mao-b inhibitor", &["N04BD"]),
    ("ssri", &["N06AB"]),
    ("snri", &["SNRI"]),
    ("tca", &["N06AA"]),
    ("tricyclic", &["N06AA"]),
    ("triptan", &["N02CC"]),
    ("setron", &["A04AA"]),
    ("amphetamine", &["N06BA"]),
    ("antidepressant", &["N06A"]),
    ("opioid", &["N02A"]),
];

/// The strictest published wait after one drug before another, in days.
pub(super) fn days(knowledge: &Knowledge, row: &Row) -> Result<f64, NotPredicted> {
    let (stop, start) = (cell(row, "stop_drug"), cell(row, "start_drug"));
    let (stopped, started) = (members(knowledge, stop)?, members(knowledge, start)?);
    let two = stopped.iter().flat_map(|from| started.iter().map(move |to| (*from, *to)));
    let waits = two
        .filter(|(from, to)| from.id != to.id)
        .filter_map(|(from, to)| plan::rules(knowledge, from, to))
        .map(|rules| rules.days());
    let missing = || NotPredicted::Missing(format!("a wait before {start}"), stop.to_owned());
    waits.reduce(f64::max).ok_or_else(missing)
}

/// Whom a name stands for: one substance, or the members of a class, perhaps without some of them. What stands in
/// brackets behind it (`(class)`, `(planned)`) says how it is meant and names nobody.
fn members<'k>(knowledge: &'k Knowledge, name: &str) -> Result<Vec<&'k Substance>, NotPredicted> {
    if let Ok(one) = find(knowledge, name) {
        return Ok(vec![one]);
    }
    let bare = name.split('(').next().unwrap_or(name).trim();
    let (wide, without) = bare.split_once(" other than ").unwrap_or((bare, ""));
    let without: Vec<&str> = without
        .split([',', '/'])
        .flat_map(|part| part.split(" or "))
        .flat_map(|part| part.split(" and "))
        .filter_map(|part| find(knowledge, part).ok())
        .map(|one| one.id.as_str())
        .collect();
    let lower = wide.trim().to_lowercase();
    let singular = lower.strip_suffix('s').unwrap_or(&lower);
    let groups = CLASSES.iter().find(|(class, _)| *class == lower || *class == singular);
    let Some((_, groups)) = groups else { return find(knowledge, wide).map(|one| vec![one]) };
    let belongs = |one: &&Substance| {
        groups
            .iter()
            .any(|group| one.class == *group || one.codes.atc.iter().any(|code| code.starts_with(group)))
            && !without.contains(&one.id.as_str())
    };
    Ok(knowledge.base().substances.iter().filter(belongs).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(stop: &str, start: &str) -> Result<f64, NotPredicted> {
        let knowledge = Knowledge::bundled();
        let row = [("stop_drug", stop), ("start_drug", start)].map(|(a, b)| (a.to_owned(), b.to_owned()));
        days(&knowledge, &row.into_iter().collect())
    }

    #[test]
    fn a_class_waits_as_long_as_its_slowest_member() {
        assert_eq!(wait("SSRI (class)", "MAOI (class)"), Ok(35.0));
        assert_eq!(wait("SSRIs other than fluoxetine", "irreversible MAOI (class)"), Ok(14.0));
        assert!(
            wait("TCA other than clomipramine/imipramine", "MAOI (class)").is_ok_and(|days| days >= 14.0)
        );
        assert!(wait("TCA", "MAOI (class)").is_ok_and(|days| days >= 21.0));
    }

    #[test]
    fn what_stands_in_brackets_names_nobody() {
        assert_eq!(wait("fluoxetine", "linezolid (planned)"), Ok(35.0));
        assert!(wait("nonsense (class)", "sertraline").is_err());
    }
}
