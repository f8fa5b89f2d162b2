//! Questionnaires, factors and pieces of guidance in full.

use super::{Backing, Writer, condition, evidence};
use crate::knowledge::{
    Citation,
    schema::{
        Carrier, Caution, Certainty, Direction, EffectSize, Factor, Guidance, Hold, Questionnaire, Weight,
    },
};

pub(super) fn questionnaire(page: &mut Writer<'_>, item: &Questionnaire) {
    page.part("What it is");
    page.line("id", &item.id);
    page.line("whole name", &item.title);
    page.line("also called", &item.names.join(", "));
    page.line("measures", &item.measures);
    page.line("filled in by", &item.by);
    page.line("asks about", item.recall.as_deref().unwrap_or_default());
    let better = if item.higher_is_better { "better" } else { "worse" };
    page.line("total", &format!("{} to {}, higher is {better}", item.lowest, item.highest));
    if let Some(times) = item.times {
        page.line("total is the sum of the answers times", &times.to_string());
    }
    page.part("What it asks");
    page.line("items", &item.items.to_string());
    page.line("items that may be left out", &item.may_miss.to_string());
    page.line("asked as", item.stem.as_deref().unwrap_or_default());
    for answer in &item.answers {
        page.line(&format!("answer {}", answer.score), &answer.text);
    }
    for (number, text) in (1..).zip(&item.texts) {
        let path = if text.suicide { " (any answer above zero opens the suicide path)" } else { "" };
        page.line(&format!("item {number}"), &format!("{}{path}", text.text));
    }
    if item.texts.is_empty() {
        page.line("text of the items", "not shown, because of the licence; only a total is taken");
    }
    page.part("How a total is read");
    for band in &item.bands {
        page.line(&format!("{} to {}", band.from, band.to), &band.name);
    }
    if let Some(screen) = item.screen {
        let way = if item.higher_is_better { "up to" } else { "from" };
        page.line("screen is positive", &format!("{way} {screen}"));
    }
    for change in &item.changes {
        let points = change.points.map(|points| format!("{points} points"));
        let percent = change.percent.map(|percent| format!("{percent} % of the first total"));
        let much: Vec<String> = points.into_iter().chain(percent).collect();
        page.backed(0, &format!("{} change", change.kind), &much.join(", "), evidence(&change.evidence));
    }
    page.line("what it cannot tell", &item.limits);
    page.part("Licence and code");
    page.line("licence", &item.licence);
    page.line("loinc", item.loinc.as_deref().unwrap_or_default());
    page.sources(&item.evidence);
}

pub(super) fn factor(page: &mut Writer<'_>, item: &Factor) {
    page.part("What it is");
    page.line("id", &item.id);
    page.line("also called", &item.names.join(", "));
    page.line("goes with", side(item.direction));
    page.line("how sure for symptoms", certainty(item.symptoms));
    page.line("how sure through serotonin", certainty(item.serotonin));
    page.line("can be changed", &item.changeable);
    page.line("in an explanation", weight(item.weight));
    page.part("What tells of it");
    page.line("told by", &item.told_by.join(", "));
    if let Some(rule) = &item.when {
        page.line("told when", &condition(rule));
    }
    for measure in &item.measures {
        let limit = |word: &str, limit: Option<f64>| limit.map(|limit| format!("{word} {limit}"));
        let limits = [
            limit("tells below", measure.below),
            limit("tells from", measure.from),
            limit("against from", measure.against),
        ];
        let names = measure.names.join(", ");
        let unit = measure.unit.as_deref().unwrap_or_default();
        let limits: Vec<String> = limits.into_iter().flatten().collect();
        let (title, text) =
            (format!("measured by {} {names}", measure.what), format!("{} {unit}", limits.join(", ")));
        page.backed(0, &title, &text, evidence(&measure.evidence));
    }
    page.part("How much it does");
    effects(page, &item.effects);
    page.part("In words");
    page.line("for a person", &item.person);
    page.line("for a clinician", &item.clinician);
    page.line("ask or test", item.ask.as_deref().unwrap_or_default());
    page.line("guidance", &item.guidance.join(", "));
    page.line("statements of the article", &item.article.join(", "));
    page.sources(&item.evidence);
}

pub(super) fn guidance(page: &mut Writer<'_>, item: &Guidance) {
    page.part("What it is");
    page.line("id", &item.id);
    page.line("also called", &item.names.join(", "));
    page.line("is for", &format!("{}: {}", side(item.direction), item.problems.join("; ")));
    page.line("answers the features", &item.helps.join(", "));
    let totals = |totals: &std::collections::BTreeMap<String, u32>| {
        totals.iter().map(|(id, total)| format!("{id} {total}")).collect::<Vec<_>>().join(", ")
    };
    page.line("only from a total of", &totals(&item.from_totals));
    page.line("only up to a total of", &totals(&item.to_totals));
    page.line("a kind of", item.part_of.as_deref().unwrap_or_default());
    if let Some(rule) = &item.when {
        page.line("when", &condition(rule));
    }
    page.line("carried out by", carrier(item.by));
    page.line("consists of", &item.consists_of.join(", "));
    page.line("how", &item.how);
    page.part("How much it does");
    effects(page, &item.effects);
    page.line("how sure for symptoms", certainty(item.certainty));
    page.line("how sure through serotonin", item.serotonin.map_or("", certainty));
    page.line("works after", &item.onset);
    page.line("judged after", item.judge_after.as_deref().unwrap_or_default());
    page.part("Who should take care");
    if item.adults_only {
        page.line("only from 18 years", "below, a doctor decides");
    }
    item.cautions.iter().for_each(|caution| held(page, caution));
    page.line("watch", &item.watch.join("; "));
    page.part("In words");
    page.line("for a person", &item.person);
    page.line("for a clinician", &item.clinician);
    page.line("statements of the article", &item.article.join(", "));
    page.sources(&item.evidence);
}

fn held(page: &mut Writer<'_>, caution: &Caution) {
    let hold = match caution.hold {
        Hold::Tell => "to be said",
        Hold::AskFirst => "ask a doctor or pharmacist first",
        Hold::Never => "not at all",
    };
    let title = format!("{hold}, when {}", condition(&caution.when));
    page.backed(0, &title, &caution.says, evidence(&caution.evidence));
}

/// Sizes of effect, each with its interval and what it was compared with.
fn effects(page: &mut Writer<'_>, effects: &[EffectSize]) {
    for effect in effects {
        let interval = match (effect.low, effect.high) {
            (Some(low), Some(high)) => format!("{low} to {high}"),
            _ => "the source gives no interval".to_owned(),
        };
        let mut text = format!(
            "{} {} ({interval}) in {}, against {}",
            effect.measure, effect.value, effect.population, effect.compared_with
        );
        if let Some(studies) = effect.studies {
            let word = if studies == 1 { "study" } else { "studies" };
            text.push_str(&format!(", {studies} {word}"));
        }
        if let Some(people) = effect.people {
            text.push_str(&format!(", {people} people"));
        }
        if let Some(note) = &effect.note {
            text.push_str(&format!("; {note}"));
        }
        let backing = vec![Backing { says: None, citation: Citation::from(effect) }];
        page.backed(0, &format!("effect on {}", effect.outcome), &text, backing);
    }
}

fn side(direction: Direction) -> &'static str {
    match direction {
        Direction::Low => "features that the article calls low serotonin",
        Direction::High => "too much serotonin",
        Direction::Both => "either side",
    }
}

fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Refuted => "looked for in large studies and not found",
        Certainty::VeryLow => "very low",
        Certainty::Low => "low",
        Certainty::Moderate => "moderate",
        Certainty::High => "high",
    }
}

fn weight(weight: Weight) -> &'static str {
    match weight {
        Weight::Main => "named first",
        Weight::Minor => "named after the main ones",
        Weight::Context => "background that nobody can change",
        Weight::RuleOut => "a cause for a clinician to rule out",
    }
}

fn carrier(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Person => "a person alone, after reading who should not",
        Carrier::Asked => "a person, after asking a doctor or pharmacist",
        Carrier::Therapist => "a therapist",
        Carrier::Prescriber => "a prescriber",
        Carrier::Hospital => "a hospital",
    }
}
