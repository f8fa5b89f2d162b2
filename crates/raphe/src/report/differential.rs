//! "What it could be": the explanations in order, with what tells them apart and what is due now.

use super::{Item, Section, Sources, Voice, lines, section};
use crate::{
    assess::{
        Assessment, capital,
        differential::{Explanation, Fits, SEROTONIN_TOXICITY, Weighed},
        list,
    },
    knowledge::Knowledge,
    units::number,
};

/// The section; `None` where nothing was reported that needs an explanation.
pub(super) fn section_of(
    assessment: &Assessment,
    knowledge: &Knowledge,
    voice: Voice,
    sources: &mut Sources,
) -> Option<Section> {
    let explanations = &assessment.differential;
    // Serotonin toxicity alone is no list.
    if explanations.iter().all(|item| item.id == SEROTONIN_TOXICITY) {
        return None;
    }
    let leads = |item: &Explanation| assessment.rivals.iter().any(|rival| rival.leads && rival.id == item.id);
    // What is due for it may already stand under what to do.
    let told = |item: &Explanation| {
        item.due.as_ref().is_some_and(|due| assessment.advice.iter().any(|advice| advice.says == *due))
    };
    let mut items: Vec<Item> = explanations
        .iter()
        .map(|item| match voice {
            Voice::Person => for_person(item, leads(item), told(item), sources),
            Voice::Clinician => for_clinician(item, leads(item), sources),
        })
        .collect();
    if voice == Voice::Clinician {
        items.push(Item { text: knowledge.base().differential.proviso.clone(), ..Item::default() });
    }
    section("What it could be", items)
}

/// How well it fits, as a sentence.
fn fits(item: &Explanation, leads: bool) -> String {
    match (&item.excluded, item.fits) {
        (Some(why), _) => format!("Does not fit: {why}."),
        (None, Fits::Best) if leads => "Fits better than serotonin toxicity.".to_owned(),
        (None, fits) => format!("{}.", capital(fits.words())),
    }
}

fn for_person(item: &Explanation, leads: bool, told: bool, sources: &mut Sources) -> Item {
    let mut under = Vec::new();
    if let Some(due) = item.due.as_ref().filter(|_| !told && item.excluded.is_none()) {
        under.push(Item { text: format!("If it is this: {due}"), ..Item::default() });
    }
    Item {
        mark: Some(capital(&item.name)),
        text: match item.excluded {
            Some(_) => fits(item, leads),
            None => format!("{} {}", fits(item, leads), item.tell_apart),
        },
        sources: sources.cite(&item.citations),
        under,
        ..Item::default()
    }
}

fn for_clinician(item: &Explanation, leads: bool, sources: &mut Sources) -> Item {
    let mut under = Vec::new();
    for (word, clues) in [("For", &item.supporting), ("Against", &item.against)] {
        if !clues.is_empty() {
            let said: Vec<String> = clues.iter().map(weighed).collect();
            under.push(Item {
                mark: Some(word.to_owned()),
                text: format!("{}.", list(&said, "and")),
                sources: sources.cite(clues.iter().flat_map(|clue| &clue.citations)),
                ..Item::default()
            });
        }
    }
    if item.excluded.is_none() {
        under.push(Item { text: item.tell_apart.clone(), ..Item::default() });
    }
    if let Some(due) = item.due.as_ref().filter(|_| item.excluded.is_none()) {
        under.push(Item { mark: Some("Due now".to_owned()), text: due.clone(), ..Item::default() });
    }
    Item {
        mark: Some(capital(&item.name)),
        text: format!("{} {}.", fits(item, leads), points(item.score.get())),
        sources: sources.cite(&item.citations),
        under,
        ..Item::default()
    }
}

/// `3.5 points`, `1 point`.
fn points(score: f64) -> String {
    let plural = if score == 1.0 { "" } else { "s" };
    format!("{} point{plural}", number(score))
}

/// `clonus (+4; line 7)`.
fn weighed(clue: &Weighed) -> String {
    let points = clue.points.get();
    let sign = if points > 0.0 { "+" } else { "" };
    let place = lines(&clue.because).trim_matches([' ', '(', ')']).to_owned();
    let place = if place.is_empty() { place } else { format!("; {place}") };
    format!("{} ({sign}{}{place})", clue.says, number(points))
}
