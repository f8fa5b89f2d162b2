//! A check in words: the answer first, then pair by pair.

use super::{
    Item, Report, Sources, Voice, crisis_lines, finding_item, footer, level_word, not_assessed, notices,
    risk, section,
    synapse::{self, About},
};
use crate::{
    assess::{capital, list},
    check::Check,
    knowledge::{
        Knowledge,
        schema::{Level, Urgency},
    },
};

/// Puts a check in words.
#[must_use]
pub fn check(check: &Check, knowledge: &Knowledge, voice: Voice) -> Report {
    let mut sources = Sources::default();
    let help = &check.help;
    if let Some(too_much) = &check.too_much {
        let poison = help.poison.as_deref().unwrap_or("a poison center");
        let mut headline = crisis_lines(help);
        headline.push(format!(
            "This much {} is far above any recommended dose, so nothing is worked out for it. If it was taken, by anyone, \
             phone {poison} or {} now, even if they feel well.",
            too_much.name, help.emergency
        ));
        return Report {
            urgency: Urgency::Emergency,
            headline,
            sections: Vec::new(),
            sources: Vec::new(),
            footer: footer(&check.knowledge),
        };
    }
    let names: Vec<String> =
        check.substances.iter().map(|item| format!("{} ({})", item.name, item.dose)).collect();
    let worst = check.findings.iter().map(|finding| finding.level).max().unwrap_or(Level::NoneKnown);
    let unknown: Vec<String> = check
        .not_assessed
        .iter()
        .filter(|item| !knowledge.base().out_of_scope.iter().any(|known| known.text == item.text))
        .map(|item| format!("`{}`", item.text))
        .collect();
    let mut headline = Vec::new();
    if !unknown.is_empty() {
        let were = if unknown.len() == 1 { "was" } else { "were" };
        headline.push(format!(
            "{} {were} not recognized, so nothing can be said of it here.",
            list(&unknown, "and")
        ));
    }
    // What is worse than the serotonin answer comes before it.
    if worst > check.level && check.findings.iter().any(|finding| finding.kind != "serotonin") {
        headline
            .push(format!("{}, for another reason than serotonin: see below.", capital(level_word(worst))));
    }
    match check.level {
        _ if names.is_empty() => headline.push("There is nothing to check.".to_owned()),
        _ if names.len() < 2 && unknown.is_empty() && check.findings.is_empty() => {
            headline.push(format!("Only {} was named: there is no pair to check.", list(&names, "and")));
        }
        _ if names.len() < 2 && check.findings.is_empty() => {
            headline.push(format!("Only {} was recognized: there is no pair to check.", list(&names, "and")));
        }
        Level::NoneKnown => headline.push("No serotonin interaction known between these.".to_owned()),
        level => headline.push(format!("Serotonin: {}.", level_word(level))),
    }
    for (first, second) in &check.same {
        headline.push(format!(
            "`{first}` and `{second}` are the same medicine: together they are a double dose."
        ));
    }
    if check.findings.iter().any(|finding| finding.kind == "dose") {
        let poison = help.poison.as_deref().unwrap_or("a poison center");
        headline.push(format!("A dose is above the highest recommended. If it was taken, phone {poison}."));
    }
    if names.len() > 1 {
        headline.push(format!("Checked at usual doses unless you named one: {}.", list(&names, "and")));
    }
    let mut together: Vec<Item> = Vec::new();
    for pair in &check.pairs {
        let mut item = match pair.finding {
            Some(index) => finding_item(&check.findings[index], voice, &mut sources),
            None => Item {
                mark: Some(capital(level_word(pair.level))),
                text: "Bleeding, heart rhythm, sedation and seizures were not assessed.".to_owned(),
                ..Item::default()
            },
        };
        item.mark = item.mark.map(|mark| format!("{} with {}: {mark}", capital(&pair.a), pair.b));
        together.push(item);
    }
    for finding in check.findings.iter().filter(|finding| finding.substances.len() == 1) {
        together.push(finding_item(finding, voice, &mut sources));
    }
    let levels: Vec<Item> = check
        .exposure_ratios
        .iter()
        .map(|ratio| {
            let fold = ratio.auc_ratio;
            let name = |id: &str| knowledge.substance_name(id).to_owned();
            let digits = |fold: f64| crate::units::number(libm::round(fold * 10.0) / 10.0);
            let (victim, beside) = (capital(&name(&ratio.victim)), name(&ratio.perpetrator));
            let text = if fold.median >= 1.0 {
                format!(
                    "beside {beside}, about {} times as much of it in the blood over time ({} to {} in 9 of 10 people).",
                    digits(fold.median),
                    digits(fold.p5),
                    digits(fold.p95)
                )
            } else {
                let percent = |fold: f64| libm::round(fold * 100.0);
                format!(
                    "beside {beside}, only about {} % as much of it in the blood over time ({} to {} % in 9 of 10 people).",
                    percent(fold.median),
                    percent(fold.p5),
                    percent(fold.p95)
                )
            };
            Item { mark: Some(victim), text, ..Item::default() }
        })
        .collect();
    let about = check.newly_added.as_deref().map_or(About::Set, About::Newly);
    let modeled = synapse::section(knowledge, &check.synapse, about, voice, &mut sources);
    let around = risk::Around::default();
    let likely = risk::section(knowledge, &check.risk, &check.uncounted, voice, around, &mut sources);
    let mut worth_knowing: Vec<Item> = Vec::new();
    for item in &check.substances {
        for note in &item.notes {
            worth_knowing.push(Item {
                mark: Some(capital(&item.name)),
                text: note.says().to_owned(),
                sources: sources.cite(note.citations()),
                ..Item::default()
            });
        }
    }
    let sections = [
        section("Pair by pair", together),
        section("How one changes the level of another (simulated)", levels),
        modeled,
        likely,
        section("Worth knowing", worth_knowing),
        not_assessed(knowledge, &check.not_assessed),
        notices("What was not recognized", &check.notices),
    ];
    Report {
        urgency: Urgency::None,
        headline,
        sections: sections.into_iter().flatten().collect(),
        sources: sources.print(knowledge),
        footer: footer(&check.knowledge),
    }
}
