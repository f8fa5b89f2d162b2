//! Doses that are too high, said beside what two substances do together.

use super::Finding;
use crate::{
    exposure::{Exposure, later},
    knowledge::{
        Citation, Knowledge, OVERDOSE_TIMES,
        schema::{Level, Urgency},
    },
    timeline::Timeline,
    units::{Mass, TimeSpan},
};
use jiff::Timestamp;

/// A dose above the highest recommended counts for this long after it.
const COUNTS_FOR: TimeSpan = TimeSpan::days(14.0);

/// Substances of which more was taken in a day than is recommended.
pub(super) fn findings(
    knowledge: &Knowledge,
    timeline: &Timeline,
    exposure: &Exposure,
    as_of: Timestamp,
) -> Vec<Finding> {
    let zone = timeline.zone();
    let too_much = exposure.uses.iter().filter_map(|one| {
        let spell = one.spells.iter().rfind(|spell| later(spell.last, COUNTS_FOR) >= as_of)?;
        let substance = knowledge.substance(&one.substance)?;
        let taken = spell.most_in_a_day?;
        let route = spell.route.word();
        let sources =
            substance.doses.iter().filter(|dose| dose.route == route).flat_map(|dose| &dose.maximum);
        let sources: Vec<Citation> = sources.map(Citation::from).collect();
        let most = crate::knowledge::maximum(substance, route)?;
        let times = taken.as_mg() / most.as_mg();
        if times <= 1.0 + 1e-9 {
            return None;
        }
        // How far an overdose went is nothing to read off a page; a dose that is somewhat high is to be put right.
        let overdose = times > OVERDOSE_TIMES || one.intakes.iter().any(|intake| intake.overdose.is_some());
        let says = match overdose {
            true => format!("More {} was taken in one day than is ever recommended.", substance.names.inn),
            false => format!(
                "{} of {} in one day is above the highest recommended dose ({most}).",
                rounded(taken),
                substance.names.inn
            ),
        };
        let level = if times > OVERDOSE_TIMES { Level::Major } else { Level::Moderate };
        Some(Finding {
            id: format!("dose:{}", one.substance),
            level,
            kind: "dose".to_owned(),
            substances: vec![one.substance.clone()],
            claim: knowledge.claim(says, sources)?,
            timing: vec![format!("Last taken {}.", spell.last.to_zoned(zone.clone()).date())],
            advice: None,
            views: Vec::new(),
            because: spell.origins.clone(),
            from: spell.first,
            until: Some(later(spell.last, COUNTS_FOR)),
            urgency: (Urgency::None, Urgency::None),
        })
    });
    too_much.collect()
}

/// A mass without digits that nobody measured.
fn rounded(mass: Mass) -> Mass {
    Mass::mg(libm::round(mass.as_mg() * 10.0) / 10.0)
}
