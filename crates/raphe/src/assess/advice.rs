//! What to do, whom to call, and which medicines to hold.
//!
//! Advice to hold names the medicine, is given only when it is urgent, and never names one whose sudden stop harms.

use super::{Advice, Reason, citations, list};
use crate::{
    exposure::{self, Exposure, intake::Use},
    knowledge::{
        Knowledge, key,
        schema::{HelpLine, Serotonergic, Substance, Urgency},
    },
    timeline::{Event, Origin, Timeline},
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// Whom to call in a country, or where it is not known.
#[must_use]
pub fn help_line(knowledge: &Knowledge, country: Option<&str>) -> HelpLine {
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

/// Medicines to hold, as the person writes them: what the most urgent reasons point to, never one whose sudden stop harms.
pub(super) fn held(
    knowledge: &Knowledge,
    timeline: &Timeline,
    exposure: &Exposure,
    reasons: &[Reason],
    urgency: Urgency,
    as_of: Timestamp,
) -> Vec<String> {
    if urgency < Urgency::Urgent {
        return Vec::new();
    }
    let asked: BTreeSet<&str> = reasons
        .iter()
        .filter(|reason| reason.urgency == urgency)
        .flat_map(|reason| reason.hold.iter().map(String::as_str))
        .collect();
    let overdosed: BTreeSet<&Origin> = reasons
        .iter()
        .filter(|reason| reason.hold.iter().any(|what| what == "overdosed"))
        .flat_map(|reason| &reason.because)
        .collect();
    let wanted = |one: &Use| {
        let taken_too_much = || one.intakes.iter().any(|intake| overdosed.contains(&intake.origin));
        asked.iter().any(|what| match *what {
            "serotonergic" => exposure::serotonergic(knowledge, one) == Serotonergic::Yes,
            "overdosed" => taken_too_much(),
            id => one.is_of(knowledge, id),
        })
    };
    // What was last taken days ago cannot be held.
    let lately = |one: &Use| {
        one.spells.last().is_some_and(|spell| {
            spell.running || as_of.duration_since(spell.last) <= SignedDuration::from_hours(72)
        })
    };
    exposure
        .acting_at(as_of)
        .filter(|(one, sure)| *sure && lately(one) && wanted(one))
        .filter_map(|(one, _)| knowledge.substance(&one.substance))
        .filter(|substance| substance.keep.is_none())
        .map(|substance| as_written(timeline, substance))
        .collect()
}

/// The name the person wrote last, with the generic name behind it where they differ.
fn as_written(timeline: &Timeline, substance: &Substance) -> String {
    let inn = &substance.names.inn;
    let written = timeline.entries.iter().rev().find_map(|entry| match &entry.event {
        Event::Start(line) | Event::Change(line) | Event::Take(line)
            if line.name.id.as_deref() == Some(&substance.id) =>
        {
            Some(&line.name.text)
        }
        _ => None,
    });
    match written {
        Some(written) if !written.contains(':') && !key(written).contains(&key(inn)) => {
            format!("{written} ({inn})")
        }
        _ => inn.clone(),
    }
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
    let poisoning = is_poisoning(reasons, urgency);
    let mut advice: Vec<Advice> = knowledge
        .base()
        .actions
        .iter()
        .filter(|action| action.urgency == urgency && !(held.is_empty() && action.says.contains("{held}")))
        .filter(|action| {
            !only_suicide(reasons, urgency) && action.poison.is_none_or(|poison| poison == poisoning)
        })
        .map(|action| Advice {
            id: action.id.clone(),
            when: action.when.clone(),
            says: fill(&action.says),
            citations: citations(&action.evidence),
        })
        .collect();
    // A finding's own advice stands beside it; what is due for the leading rival is said here.
    let own: Vec<&Reason> =
        leading(reasons, urgency).into_iter().filter(|reason| !reason.id.contains('+')).collect();
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

/// Whether a poison center can help: something that was taken is among the most urgent reasons.
pub(crate) fn is_poisoning(reasons: &[Reason], urgency: Urgency) -> bool {
    let urgent = reasons.iter().filter(|reason| reason.urgency == urgency);
    urgent.clone().any(|reason| !reason.hold.is_empty() || reason.id.contains('+'))
}

/// Whether thoughts of suicide are the only reason of this urgency.
pub(crate) fn only_suicide(reasons: &[Reason], urgency: Urgency) -> bool {
    let mut urgent = reasons.iter().filter(|reason| reason.urgency == urgency && urgency > Urgency::None);
    urgent.clone().next().is_some() && urgent.all(|reason| reason.id == "suicidal_thoughts")
}

/// The reasons to say: all of the greatest urgency, and a milder one only when it rests on a line that no graver one names.
///
/// So "do not stop suddenly" never stands beside "take no more", while a lithium level that is due is not lost.
pub(crate) fn leading(reasons: &[Reason], urgency: Urgency) -> Vec<&Reason> {
    let mut named: BTreeSet<&Origin> = BTreeSet::new();
    let mut leading = Vec::new();
    let of_pairs = |reason: &Reason| reason.id.contains('+');
    let alone = !reasons.iter().any(|reason| reason.urgency == urgency && !of_pairs(reason));
    for reason in reasons.iter().filter(|reason| alone || !of_pairs(reason)) {
        let near = reason.urgency >= urgency.min(Urgency::Urgent) || urgency <= Urgency::Prompt;
        if reason.urgency == urgency || (near && !reason.because.iter().all(|line| named.contains(line))) {
            named.extend(&reason.because);
            leading.push(reason);
        }
    }
    leading
}
