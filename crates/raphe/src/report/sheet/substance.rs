//! A substance in full: names, what it does, where it goes, how much is usual, how long to wait, and what it does with others.

use super::{Backing, Row, Writer, evidence};
use crate::{
    assess::{capital, combine::level},
    check::NONE_KNOWN,
    knowledge::{
        Citation,
        schema::{Kind, Kinetics, Pair, Substance},
        words::level_word,
    },
};
use std::cmp::Reverse;

pub(super) fn substance(page: &mut Writer<'_>, item: &Substance) {
    names(page, item);
    mechanisms(page, item);
    body(page, item);
    enzymes(page, item);
    doses(page, item);
    page.part("How long to wait before the next");
    for washout in &item.washouts {
        let next = name(page, &washout.before);
        page.values(0, &format!("wait before {next}"), &washout.wait);
    }
    pairs(page, item);
    page.part("Good to know");
    if let Some(keep) = &item.keep {
        page.line("never stopped at once", keep);
    }
    for note in &item.notes {
        page.backed(0, "note", &note.says, evidence(&note.evidence));
    }
}

/// A class or a substance by name.
fn name(page: &Writer<'_>, id: &str) -> String {
    match page.knowledge.class(id) {
        Some(class) => class.name.clone(),
        None => page.knowledge.substance_name(id).to_owned(),
    }
}

/// The word for what kind of thing a substance is.
const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Medicine => "medicine",
        Kind::Recreational => "drug outside medicine",
        Kind::Supplement => "food supplement",
        Kind::Plant => "plant",
        Kind::Food => "food or drink",
        Kind::Metabolite => "formed in the body from another substance",
    }
}

fn names(page: &mut Writer<'_>, item: &Substance) {
    page.part("Names");
    page.line("id", &item.id);
    page.line("is a", kind(item.kind));
    page.line("brands", &item.names.brands.join(", "));
    page.line("also called", &item.names.synonyms.join(", "));
    for (brand, route) in &item.names.routes {
        page.line(&format!("{brand} is taken"), route);
    }
    page.line("rxnorm", item.codes.rxnorm.as_deref().unwrap_or_default());
    page.line("atc", &item.codes.atc.join(", "));
    page.line("unii", item.codes.unii.as_deref().unwrap_or_default());
    page.line("molar mass", item.molar_mass.as_deref().unwrap_or_default());
    if item.retired {
        page.line("no longer used, see", item.replaced_by.as_deref().unwrap_or("nothing in its place"));
    }
}

fn mechanisms(page: &mut Writer<'_>, item: &Substance) {
    page.part("What it does");
    for effect in &item.mechanisms {
        let class = page.knowledge.class(&effect.class);
        let (name, says) = class.map_or((effect.class.as_str(), ""), |class| (&class.name, &class.says));
        let target = effect.target.as_deref().unwrap_or_default();
        let how =
            effect.action.as_deref().map_or_else(String::new, |how| format!(" ({})", how.replace('_', " ")));
        let text = format!("{name} {target}{how}");
        page.backed(0, "mechanism", text.trim(), evidence(&effect.evidence));
        page.under("in plain words", says);
        page.under("by route", &effect.routes.join(", "));
        page.under("above a day's dose of", effect.above.as_deref().unwrap_or_default());
        page.values(1, "potency", &effect.potency);
    }
    if item.mechanisms.is_empty() {
        page.line("mechanism", "none that matters here is known");
    }
}

/// What a list of kinetics is called.
fn kinetic(field: &str) -> &str {
    match field {
        "lag" => "time before absorption begins",
        "half_life" => "half-life",
        "t_max" => "time of the peak",
        "peak" => "highest level",
        "gut_availability" => "share that passes the gut wall",
        "volume" => "volume of distribution",
        "renal" => "share that leaves by the kidney unchanged",
        "fraction_unbound" => "fraction unbound",
        other => other,
    }
}

fn body(page: &mut Writer<'_>, item: &Substance) {
    page.part("In the body");
    for (route, kinetics) in &item.pk {
        let route = route.replace('_', " ");
        let Kinetics { regimen, .. } = kinetics;
        page.line(&format!("values of {route} are of"), regimen.as_deref().unwrap_or_default());
        for (field, values) in kinetics.fields() {
            page.values(0, &format!("{}, {route}", kinetic(field)), values);
        }
    }
    for link in &item.metabolites {
        let by = link.by.as_ref().map_or_else(String::new, |by| format!(", formed by {by}"));
        let text = format!("{}{by}", name(page, &link.id));
        page.backed(0, "metabolite", &text, evidence(&link.evidence));
        page.values(1, "share of the dose", &link.fraction);
        page.values(1, "level of it over the level of the parent", &link.ratio);
    }
}

fn enzymes(page: &mut Writer<'_>, item: &Substance) {
    page.part("Enzymes");
    for role in &item.enzymes {
        let lasting = if role.lasting { "; destroys it, so it must be made again" } else { "" };
        let text = format!("{} {} ({}){lasting}", role.enzyme, role.role, role.strength);
        page.backed(0, "enzyme", &text, evidence(&role.evidence));
        page.values(1, "share of its removal", &role.share);
        page.values(1, "activity that is lost", &role.inhibition);
        page.values(1, "activity over the usual", &role.induction);
    }
}

fn doses(page: &mut Writer<'_>, item: &Substance) {
    page.part("Doses and strengths");
    for dose in &item.doses {
        page.values(0, &format!("usual dose per {}, {}", dose.per, dose.route), &dose.usual);
        page.values(0, &format!("highest dose per {}, {}", dose.per, dose.route), &dose.maximum);
    }
    for strength in &item.strengths {
        let mut text = strength.amounts.join(", ");
        if !strength.halved.is_empty() {
            text.push_str(&format!("; may be halved: {}", strength.halved.join(", ")));
        }
        text.extend(strength.note.iter().map(|note| format!("; {note}")));
        let title = format!("strengths, {}", strength.form.replace('_', " "));
        page.backed(0, &title, &text, evidence(&strength.evidence));
    }
}

/// The word for a kind of harm.
fn harm(kind: &str) -> &str {
    match kind {
        "exposure" => "drug level",
        "qt" => "heart rhythm",
        "pressor" => "blood pressure",
        other => other,
    }
}

/// What it does together with others: every row that names it or one of its classes, the worst first.
fn pairs(page: &mut Writer<'_>, item: &Substance) {
    page.part("Together with others");
    let knowledge = page.knowledge;
    let ours = |side: &str| {
        side == item.id || item.mechanisms.iter().any(|effect| knowledge.within(&effect.class, side))
    };
    let mut rows: Vec<(&Pair, bool)> = Vec::new();
    for pair in &knowledge.base().pairs {
        if ours(&pair.a) {
            rows.push((pair, false));
        } else if ours(&pair.b) {
            rows.push((pair, true));
        }
    }
    rows.sort_by_key(|(pair, _)| (Reverse(level(pair)), &pair.kind, &pair.id));
    for (pair, swapped) in rows {
        let (own, other) = (&item.names.inn, name(page, if swapped { &pair.a } else { &pair.b }));
        let (a, b) = if swapped { (&other, own) } else { (own, &other) };
        let fill = |text: &str| capital(&text.replace("{a}", a).replace("{b}", b));
        let title = format!("{}, {}", capital(level_word(level(pair))), harm(&pair.kind));
        let text = format!("with {other}: {}", fill(&pair.why));
        page.backed(0, &title, &text, evidence(&pair.evidence));
        for view in &pair.views {
            page.add(Row {
                depth: 1,
                title: format!("{} ({})", view.by, level_word(view.level)),
                text: fill(&view.says),
                backing: vec![Backing { says: None, citation: Citation::from(view) }],
            });
        }
        page.under("what to do", &pair.advice.as_deref().map_or_else(String::new, fill));
        let (own_wait, other_wait) =
            if swapped { (&pair.after_b, &pair.after_a) } else { (&pair.after_a, &pair.after_b) };
        for (who, wait) in [(own.as_str(), own_wait), (other.as_str(), other_wait)] {
            page.under(
                &format!("{who} still counts after its last dose for"),
                wait.as_deref().unwrap_or_default(),
            );
        }
    }
    page.line("with everything else", NONE_KNOWN);
}
