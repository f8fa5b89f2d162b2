//! What is planned: lines that lie after the moment of the question.
//!
//! They change nothing of how a person is now. But a medicine that is written down for next week and must not meet one that will
//! still act is worth a word today, while there is time to ask.

use super::{Finding, Reason, Standing, capital, combined, list};
use crate::{
    exposure::{self, later},
    knowledge::{
        Knowledge,
        schema::{Level, Urgency},
    },
    population::Population,
    timeline::{Event, Precision, Timeline},
    units::TimeSpan,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// At most so many planned moments are looked at, the earliest first.
const MOMENTS: usize = 20;

/// Dangerous meetings that planned lines would bring about within the horizon and that are not there now.
pub(super) fn ahead(
    knowledge: &Knowledge,
    timeline: &Timeline,
    now: &[Finding],
    as_of: Timestamp,
    horizon: TimeSpan,
) -> Vec<Reason> {
    let end = later(as_of, horizon);
    let planned = timeline.entries.iter().filter(|entry| {
        matches!(entry.event, Event::Start(_) | Event::Change(_) | Event::Take(_))
            && entry.when.start > as_of
            && entry.when.start <= end
    });
    // A day whose hour is not known is judged in its evening.
    let after = |precision| TimeSpan::hours(if precision == Precision::Moment { 1.0 } else { 15.0 });
    let moments: BTreeSet<Timestamp> =
        planned.map(|entry| later(entry.when.start, after(entry.when.precision))).collect();
    let level = |finding: &Finding| now.iter().find(|known| known.id == finding.id).map(|known| known.level);
    let mut found: BTreeMap<String, Reason> = BTreeMap::new();
    for at in moments.into_iter().take(MOMENTS) {
        let typical = Population { seed: 1, people: 0 };
        let exposure = exposure::simulate(timeline, knowledge, typical, at);
        let findings = combined(knowledge, timeline, &exposure, at).into_iter();
        for finding in findings.filter(|finding| finding.level >= Level::Major) {
            if level(&finding).is_none_or(|known| known < finding.level) {
                let id = format!("planned:{}", finding.id.replace('+', "/"));
                if let Some(reason) = reason(knowledge, timeline, &finding, (at, &id)) {
                    found.entry(id).or_insert(reason);
                }
            }
        }
    }
    found.into_values().collect()
}

fn reason(
    knowledge: &Knowledge,
    timeline: &Timeline,
    finding: &Finding,
    (at, id): (Timestamp, &str),
) -> Option<Reason> {
    let names: Vec<String> =
        finding.substances.iter().map(|id| knowledge.substance_name(id).to_owned()).collect();
    let day = at.to_zoned(timeline.zone()).date();
    let says =
        format!("{} on {day}, as it is planned: {}", capital(&list(&names, "with")), finding.claim.says());
    let wait = match names.as_slice() {
        [first, second] => {
            format!("; `raphe plan switch {first} {second}` and the other way round tell the waits")
        }
        _ => String::new(),
    };
    Some(Reason {
        id: id.to_owned(),
        urgency: if finding.level == Level::Contraindicated { Urgency::Prompt } else { Urgency::Watch },
        danger: false,
        claim: knowledge.claim(says, finding.claim.citations().to_vec())?,
        advice: Some(format!("Do not begin what is planned for {day} before you have asked{wait}.")),
        hold: Vec::new(),
        because: finding.because.clone(),
        standing: Standing::Reported,
    })
}
