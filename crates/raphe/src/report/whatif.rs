//! What if, in words: what is different first, then both side by side.

use super::{
    Item, Report, Section, Sources, Voice, crisis_lines, finding_item, footer, notices, section, urgency_word,
};
use crate::{
    assess::{Assessment, capital, list},
    knowledge::{
        Knowledge,
        schema::{Level, Urgency},
    },
    units::two_digits,
    whatif::{What, WhatIf, verdict_word},
};

/// Puts a comparison in words.
#[must_use]
pub fn whatif(whatif: &WhatIf, knowledge: &Knowledge, voice: Voice) -> Report {
    let help = &whatif.help;
    let (Some(without), Some(with)) = (&whatif.without, &whatif.with) else {
        let poison = help.poison.as_deref().unwrap_or("a poison center");
        let mut headline = crisis_lines(help);
        let name = whatif.too_much.as_ref().map_or("this", |too_much| too_much.name.as_str());
        headline.push(format!(
            "This much {name} is far above any recommended dose, so nothing is worked out for it. If it was taken, by anyone, \
             phone {poison} or {} now, even if they feel well.",
            help.emergency
        ));
        let footer = footer(&whatif.knowledge);
        return Report {
            urgency: Urgency::Emergency,
            headline,
            sections: Vec::new(),
            sources: Vec::new(),
            footer,
        };
    };
    let mut sources = Sources::default();
    let mut headline = Vec::new();
    if with.suicide_path || without.suicide_path {
        headline.extend(crisis_lines(help));
    }
    let when = whatif.as_of.to_zoned(with.zone.clone()).strftime("%Y-%m-%d %H:%M");
    let lines: Vec<String> = whatif.lines.iter().map(|line| format!("`{}`", line.trim())).collect();
    headline.push(format!("With {}, judged at {when}:", list(&lines, "and")));
    headline.push(match (with.urgency.cmp(&without.urgency), whatif.differences.is_empty()) {
        (std::cmp::Ordering::Greater, _) => {
            format!("More urgent: {} instead of {}.", urgency_word(with.urgency), urgency_word(without.urgency).to_lowercase())
        }
        (std::cmp::Ordering::Less, _) => format!(
            "Less urgent: {} instead of {}. That says nothing of how to get there: do not stop anything alone.",
            urgency_word(with.urgency).to_lowercase(),
            urgency_word(without.urgency)
        ),
        (std::cmp::Ordering::Equal, true) => {
            "Nothing that is judged here changes. That is not the same as harmless.".to_owned()
        }
        (std::cmp::Ordering::Equal, false) => format!("As urgent as without: {}.", urgency_word(with.urgency).to_lowercase()),
    });
    let sections = [
        different(whatif, knowledge, without, with),
        new_findings(without, with, voice, &mut sources),
        columns(without, with, knowledge, voice),
        what_to_do(with, &mut sources),
        notices("How it was read", &whatif.notices),
    ];
    Report {
        urgency: with.urgency,
        headline,
        sections: sections.into_iter().flatten().collect(),
        sources: sources.print(knowledge),
        footer: footer(&whatif.knowledge),
    }
}

fn different(
    whatif: &WhatIf,
    knowledge: &Knowledge,
    without: &Assessment,
    with: &Assessment,
) -> Option<Section> {
    let items = whatif.differences.iter().map(|difference| {
        let name = match &difference.what {
            What::Urgency => "Urgency".to_owned(),
            What::Verdict => "Serotonin".to_owned(),
            What::Serotonin => "Modeled serotonin, highest of the next 24 hours".to_owned(),
            What::Exposure(id) => format!("Level of {}", knowledge.substance_name(id)),
            What::Enzyme(id) => format!("Activity of {id}"),
            What::Target(id) => format!("Held of {id}"),
            What::Finding(id) => {
                let finding = with.findings.iter().chain(&without.findings).find(|finding| finding.id == *id);
                finding.map_or_else(
                    || id.clone(),
                    |finding| {
                        let names: Vec<String> = finding
                            .substances
                            .iter()
                            .map(|id| knowledge.substance_name(id).to_owned())
                            .collect();
                        let kind = match finding.kind.as_str() {
                            "serotonin" => String::new(),
                            "exposure" => " (drug level)".to_owned(),
                            "qt" => " (heart rhythm)".to_owned(),
                            "pressor" => " (blood pressure)".to_owned(),
                            other => format!(" ({other})"),
                        };
                        format!("{}{kind}", capital(&list(&names, "with")))
                    },
                )
            }
        };
        Item {
            mark: Some(name),
            text: format!("{} → {}.", difference.without, difference.with),
            ..Item::default()
        }
    });
    section("What is different (without → with)", items.collect())
}

fn new_findings(
    without: &Assessment,
    with: &Assessment,
    voice: Voice,
    sources: &mut Sources,
) -> Option<Section> {
    let items = with
        .findings
        .iter()
        .filter(|finding| {
            let old = without
                .findings
                .iter()
                .find(|old| old.id == finding.id)
                .map_or(Level::NoneKnown, |old| old.level);
            finding.level > old
        })
        .map(|finding| finding_item(finding, voice, sources))
        .collect();
    section("What is new", items)
}

fn columns(without: &Assessment, with: &Assessment, knowledge: &Knowledge, voice: Voice) -> Option<Section> {
    let column = |name: &str, one: &Assessment| {
        let plain = |text: String| Item { text, ..Item::default() };
        let mut under = vec![plain(format!(
            "{}; serotonin: {}.",
            capital(&urgency_word(one.urgency).to_lowercase()),
            verdict_word(one.balance.verdict)
        ))];
        let names: Vec<String> =
            one.on_board.iter().map(|item| knowledge.substance_name(&item.substance).to_owned()).collect();
        under.push(plain(match names.as_slice() {
            [] => "Nothing is on board.".to_owned(),
            some => format!("On board: {}.", list(some, "and")),
        }));
        let danger = one.urgency >= Urgency::Urgent;
        if let Some(peak) = one
            .synapse
            .peak_fold_change_24h
            .filter(|_| !(one.has_overdose() || danger && voice == Voice::Person))
        {
            let [median, low, high] = [peak.median, peak.p5, peak.p95].map(two_digits);
            under.push(plain(format!(
                "Modeled serotonin at most about {median} times the person's own level in the next 24 hours ({low} to {high}); a \
                 model explains and calms nothing."
            )));
        }
        Item { mark: Some(name.to_owned()), text: String::new(), under, ..Item::default() }
    };
    section("Side by side", vec![column("Without", without), column("With", with)])
}

fn what_to_do(with: &Assessment, sources: &mut Sources) -> Option<Section> {
    let items = with
        .advice
        .iter()
        .map(|advice| Item {
            mark: (!advice.when.is_empty()).then(|| capital(&advice.when)),
            text: advice.says.clone(),
            sources: sources.cite(&advice.citations),
            ..Item::default()
        })
        .collect();
    section("If it is done, or was done", items)
}
