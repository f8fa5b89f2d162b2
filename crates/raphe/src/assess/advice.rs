//! What to do, whom to call, and which medicines to hold.
//!
//! Advice to hold names the medicine, is given only when it is urgent, and never names one whose sudden stop harms.

use super::{Advice, Finding, Reason, citations, list};
use crate::{
    exposure::{self, Exposure},
    knowledge::{
        Knowledge,
        schema::{HelpLine, Level, Serotonergic, Urgency},
    },
    timeline::Origin,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// Whom to call in a country, or where it is not known.
pub(crate) fn help_line(knowledge: &Knowledge, country: Option<&str>) -> HelpLine {
    let lines = &knowledge.base().help;
    let find = |code: &str| lines.iter().find(|line| line.country == code).cloned();
    country.and_then(find).or_else(|| find("*")).unwrap_or_else(|| HelpLine {
        country: "*".to_owned(),
        emergency: "the local emergency number".to_owned(),
        poison: None,
        crisis: Vec::new(),
        evidence: Vec::new(),
    })
}

/// Medicines to hold, by name: the serotonergic parts of what is urgent, never one that must not be stopped suddenly.
pub(super) fn held(
    knowledge: &Knowledge,
    exposure: &Exposure,
    findings: &[Finding],
    urgency: Urgency,
    as_of: Timestamp,
) -> Vec<String> {
    if urgency < Urgency::Urgent {
        return Vec::new();
    }
    let pressing = findings
        .iter()
        .filter(|finding| finding.level >= Level::Major || finding.urgency.1 >= Urgency::Urgent);
    let mut ids: BTreeSet<String> = pressing.flat_map(|finding| finding.substances.iter().cloned()).collect();
    let serotonergic = exposure
        .acting_at(as_of)
        .filter(|(one, sure)| *sure && exposure::serotonergic(knowledge, one) == Serotonergic::Yes)
        .map(|(one, _)| one.substance.clone());
    ids.extend(serotonergic);
    let running = |id: &String| {
        exposure.of(id).is_some_and(|(one, _)| {
            one.spells.last().is_some_and(|spell| {
                spell.running || as_of.duration_since(spell.last) <= SignedDuration::from_hours(72)
            })
        })
    };
    ids.iter()
        .filter(|id| running(id))
        .filter_map(|id| knowledge.substance(id))
        .filter(|substance| substance.keep.is_none())
        .map(|substance| substance.names.inn.clone())
        .collect()
}

/// What to do, in order: the actions of the urgency, then what each leading reason adds.
pub(super) fn advice(
    knowledge: &Knowledge,
    urgency: Urgency,
    help: &HelpLine,
    held: &[String],
    reasons: &[Reason],
) -> Vec<Advice> {
    let poison = help.poison.clone().unwrap_or_else(|| "a poison center or emergency doctor".to_owned());
    let fill = |text: &str| {
        text.replace("{emergency}", &help.emergency)
            .replace("{poison}", &poison)
            .replace("{held}", &list(held, "or"))
    };
    let mut advice: Vec<Advice> = knowledge
        .base()
        .actions
        .iter()
        .filter(|action| action.urgency == urgency && !(held.is_empty() && action.says.contains("{held}")))
        .map(|action| Advice {
            id: action.id.clone(),
            when: action.when.clone(),
            says: fill(&action.says),
            citations: citations(&action.evidence),
        })
        .collect();
    // A finding's and a rival's own advice stands beside it; what is due for the leading rival is said here too.
    let own = leading(reasons, urgency);
    let texts: Vec<(&Reason, String)> =
        own.iter().filter_map(|reason| Some((*reason, fill(reason.advice.as_deref()?)))).collect();
    for (index, (reason, text)) in texts.iter().enumerate() {
        let stem = text.trim_end_matches('.').to_lowercase();
        let repeated = texts.iter().enumerate().any(|(other, (_, longer))| {
            other != index
                && longer.to_lowercase().contains(&stem)
                && (longer.len() > text.len() || other < index)
        });
        if !repeated {
            advice.push(Advice {
                id: reason.id.clone(),
                when: String::new(),
                says: text.clone(),
                citations: reason.claim.citations().to_vec(),
            });
        }
    }
    advice
}

/// The reasons to say: all of the greatest urgency, and a milder one only when it rests on a line that no graver one names.
///
/// So "do not stop suddenly" never stands beside "take no more", while a lithium level that is due is not lost.
pub(crate) fn leading(reasons: &[Reason], urgency: Urgency) -> Vec<&Reason> {
    let mut named: BTreeSet<&Origin> = BTreeSet::new();
    let mut leading = Vec::new();
    for reason in reasons.iter().filter(|reason| !reason.id.contains('+')) {
        let near = reason.urgency >= urgency.min(Urgency::Urgent) || urgency <= Urgency::Prompt;
        if reason.urgency == urgency || (near && !reason.because.iter().all(|line| named.contains(line))) {
            named.extend(&reason.because);
            leading.push(reason);
        }
    }
    leading
}
