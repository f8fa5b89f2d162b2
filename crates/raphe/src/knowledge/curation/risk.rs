//! How likely toxicity is: counts, odds, and what is said in words.
//!
//! What can harm here is a number that calms: a count that fits an exposure it was never made of, a probability without the people
//! behind it, a tramadol overdose that reads as harmless, a protection that no source bears out.

use super::sources::Fact;
use crate::{
    knowledge::{
        Knowledge, key,
        schema::{Base, RiskReference, RiskScale, Uncounted},
    },
    units::{Fraction, Mass, range},
};
use std::collections::BTreeSet;

fn place(id: &str) -> String {
    format!("risk.toml: {id}")
}

/// Everything that is said in words.
fn said(knowledge: &Knowledge) -> impl Iterator<Item = &Uncounted> {
    let risk = &knowledge.base().risk;
    risk.uncounted.iter().chain(&risk.beware)
}

fn share(text: &str) -> Option<(f64, f64)> {
    let (low, high) = range::<Fraction>(text).ok()?;
    (low.as_of_one() <= high.as_of_one()).then(|| (low.as_of_one(), high.as_of_one()))
}

pub(super) fn risk_names_what_is_missing(knowledge: &Knowledge) -> Vec<String> {
    let risk = &knowledge.base().risk;
    let mut problems = Vec::new();
    let known = |id: &String| {
        let groups = risk.groups.iter().any(|group| group.id == *id);
        groups || knowledge.class(id).is_some() || knowledge.substance(id).is_some()
    };
    let mut ask = |owner: &str, ids: &[String]| {
        let missing = ids.iter().filter(|id| !known(id));
        problems.extend(missing.map(|id| format!("{}: `{id}` is not in the base", place(owner))));
    };
    for group in &risk.groups {
        ask(&group.id, &group.of);
    }
    for item in &risk.references {
        item.needs.iter().chain([&item.optional, &item.without]).for_each(|ids| ask(&item.id, ids));
    }
    for item in &risk.modifiers {
        ask(&item.id, &item.when);
        ask(&item.id, &item.inferred_for);
    }
    for item in said(knowledge) {
        item.needs.iter().for_each(|ids| ask(&item.id, ids));
    }
    risk.daily_doses.iter().for_each(|dose| ask("daily_dose", std::slice::from_ref(&dose.substance)));
    let reference = |id: &String| risk.references.iter().any(|item| item.id == *id);
    let named = (risk.references.iter().flat_map(|item| item.also.iter().map(|id| (&item.id, id))))
        .chain(risk.modifiers.iter().map(|item| (&item.id, &item.reference)));
    problems.extend(
        named
            .filter(|(_, id)| !reference(id))
            .map(|(owner, id)| format!("{}: `{id}` is no reference", place(owner))),
    );
    for group in &risk.groups {
        if knowledge.class(&group.id).is_some() || knowledge.substance(&group.id).is_some() {
            problems.push(format!("{}: is the id of a class or substance as well", place(&group.id)));
        }
        if !group.serotonergic && group.of.is_empty() {
            problems.push(format!("{}: has no members", place(&group.id)));
        }
        let mut spoken = group.words.iter().chain(group.words.is_empty().then_some(&group.id));
        if group.words.is_empty() || spoken.any(|word| *word != word.to_lowercase()) {
            problems.push(format!("{}: has no words, or not in lower case", place(&group.id)));
        }
    }
    problems
}

pub(super) fn risk_count_does_not_add_up(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for item in &knowledge.base().risk.references {
        let published = item.published.as_deref().map(share);
        let counted = item.cases.zip(item.n);
        let wrong = [
            (counted.is_some_and(|(cases, n)| cases > n || n == 0), "counts more cases than people"),
            (item.cases.is_some() && item.n.is_none(), "has cases of nobody"),
            (
                item.cases.is_some() == published.is_some(),
                "has both or neither of cases and a published figure",
            ),
            (published == Some(None), "has a published figure that does not read"),
            (item.needs.is_empty() && !item.only_named, "speaks of every exposure"),
            (item.overdose && item.needs.is_empty(), "is an overdose of nothing"),
            (item.only_named && item.named.is_empty(), "is named by nothing"),
        ];
        problems.extend(
            wrong.iter().filter(|(wrong, _)| *wrong).map(|(_, what)| format!("{}: {what}", place(&item.id))),
        );
        problems.extend(points(item));
    }
    problems
}

/// Points of the dose read, and rise in dose and in probability.
fn points(item: &RiskReference) -> Vec<String> {
    let read: Option<Vec<(f64, f64)>> = item
        .points
        .iter()
        .map(|point| {
            Some((point.daily_doses, share(&point.p)?.0))
                .filter(|(dose, p)| *dose > 0.0 && *p > 0.0 && *p < 1.0)
        })
        .collect();
    let bad = match read {
        None => Some("has a point of the dose that does not read"),
        Some(read) if read.len() == 1 => Some("has one point, which is no line"),
        Some(read) if read.windows(2).any(|pair| pair[0].0 >= pair[1].0 || pair[0].1 > pair[1].1) => {
            Some("has points of the dose that do not rise")
        }
        Some(_) => None,
    };
    bad.map(|what| format!("{}: {what}", place(&item.id))).into_iter().collect()
}

pub(super) fn risk_odds_outside_their_interval(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for item in &knowledge.base().risk.modifiers {
        let ordered = 0.0 < item.low && item.low <= item.odds && item.odds <= item.high;
        let presence = item.scale == RiskScale::Presence;
        let wrong = [
            (!ordered, "its odds do not lie in their interval"),
            (presence == item.when.is_empty(), "says not what must be there, or says it without need"),
            (presence == item.from.is_some(), "says not where its scale begins, or says it without need"),
            (
                item.blocks_5ht2a != item.dose.is_some(),
                "blocks 5-HT2A at no dose, or has a dose without need",
            ),
        ];
        problems.extend(
            wrong.iter().filter(|(wrong, _)| *wrong).map(|(_, what)| format!("{}: {what}", place(&item.id))),
        );
    }
    problems
}

/// A count that could calm must not speak of an exposure that holds something far more dangerous.
pub(super) fn risk_of_usual_doses_beside_an_maoi(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for item in &knowledge.base().risk.references {
        let needs_maoa = item.needs.iter().flatten().any(|id| {
            let own = knowledge.substance(id).into_iter().flat_map(|one| &one.mechanisms);
            own.into_iter().any(|effect| knowledge.within(&effect.class, "maoa") && effect.above.is_none())
        });
        // What inhibits MAO-A itself is counted without one that does so more strongly.
        let refused: &[&str] =
            if needs_maoa { &["maoa", "maoa_potent", "maoa_irreversible"] } else { &["maoa"] };
        let covered = item.alone || item.without.iter().any(|id| refused.contains(&id.as_str()));
        if !item.overdose && !item.only_named && !covered {
            problems.push(format!("{}: could speak of people on a potent MAO-A inhibitor", place(&item.id)));
        }
    }
    problems
}

pub(super) fn overdose_reads_low_without_its_danger(knowledge: &Knowledge) -> Vec<String> {
    /// Below it a number may be taken for harmless.
    const LOW: f64 = 0.01;
    let risk = &knowledge.base().risk;
    let low = risk.references.iter().filter(|item| {
        item.overdose
            && item.cases.zip(item.n).is_some_and(|(cases, n)| f64::from(cases) < LOW * f64::from(n))
    });
    let warned = |item: &&RiskReference| {
        let of = item.needs.first().map(Vec::as_slice).unwrap_or_default();
        risk.beware
            .iter()
            .any(|beware| beware.overdose && beware.needs.first().is_some_and(|ids| ids.as_slice() == of))
    };
    let bare = low.filter(|item| !warned(item));
    bare.map(|item| format!("{}: reads low, and nothing says what is dangerous", place(&item.id))).collect()
}

pub(super) fn daily_dose_does_not_read(knowledge: &Knowledge) -> Vec<String> {
    let risk = &knowledge.base().risk;
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for dose in &risk.daily_doses {
        if dose.dose.parse::<Mass>().is_err() || !seen.insert(key(&dose.substance)) {
            problems.push(format!("{}: does not read, or is there twice", place(&dose.substance)));
        }
    }
    problems
}

/// Every sentence of the file, with its place.
pub(super) fn sentences(base: &Base) -> Vec<(String, &str)> {
    let risk = &base.risk;
    let mut found = Vec::new();
    for item in &risk.references {
        let said = [&item.people, &item.person, &item.criteria].into_iter().chain(&item.note);
        found.extend(said.map(|text| (place(&item.id), text.as_str())));
    }
    for item in risk.uncounted.iter().chain(&risk.beware) {
        found.extend([&item.person, &item.clinician].map(|text| (place(&item.id), text.as_str())));
    }
    found
}

/// Every citation of the file that is no evidence.
pub(super) fn daily_doses(base: &Base) -> Vec<Fact<'_>> {
    let doses = base.risk.daily_doses.iter();
    doses
        .map(|dose| Fact {
            place: place(&dose.substance),
            grade: dose.grade,
            cite: &dose.cite,
            checked: dose.checked.as_deref(),
            says: None,
        })
        .collect()
}
