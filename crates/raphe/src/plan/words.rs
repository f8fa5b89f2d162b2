//! What a plan says besides its days: what to look out for, and what comes back when a medicine goes.

use super::{Side, Told};
use crate::{
    assess::{capital, list},
    exposure::kinetics::slowest_half_life,
    knowledge::{
        Citation, Claim, Knowledge,
        schema::{EnzymeRole, Substance},
    },
    timeline::Route,
    units::number,
};

/// One statement of `stopping.toml`, filled in.
pub(super) fn told(knowledge: &Knowledge, id: &str, fill: &[(&str, &str)]) -> Option<Told> {
    let item = knowledge.base().stopping.iter().find(|item| item.id == id)?;
    let filled = |text: &str| {
        let text = fill
            .iter()
            .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value));
        capital(&text)
    };
    let citations = item.evidence.iter().map(Citation::from).collect();
    Some(Told {
        id: id.to_owned(),
        person: filled(&item.person),
        clinician: filled(&item.clinician),
        citations,
    })
}

/// Days after a step in which what stopping brings begins: from two to five half-lives of the slowest active moiety, where a
/// label does not give its own.
pub(super) fn onset(knowledge: &Knowledge, substance: &Substance) -> Option<(String, String)> {
    let slowest = slowest_half_life(knowledge, substance, Route::Oral, None)?;
    let days = |lives: f64| libm::round((slowest.median * lives / 24.0).max(1.0));
    let (from, to) = (days(2.0), days(5.0).max(days(2.0) + 2.0));
    Some((number(from), number(to)))
}

/// What a plan does, for what is to be said of it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Way {
    /// It ends one and begins none.
    pub(super) stops: bool,
    /// In steps.
    pub(super) steps: bool,
    /// Days without either.
    pub(super) gap: bool,
    /// The steps are of occupancy.
    pub(super) occupancy: bool,
    /// It begins another.
    pub(super) starts: bool,
    /// The other holds the same transporter.
    pub(super) takes_over: bool,
}

/// What to look out for, in the order in which it is said.
pub(super) fn watch(knowledge: &Knowledge, from: &Substance, way: Way) -> Vec<Told> {
    let Way { stops, gap, occupancy, starts, steps, takes_over } = way;
    let mut ids: Vec<&str> = Vec::new();
    let class = |id: &str| from.mechanisms.iter().any(|action| knowledge.within(&action.class, id));
    let felt = class("ssri_like_discontinuation");
    if starts {
        ids.push("start_watch");
    }
    if gap {
        ids.extend(["gap_not_zero", "gap_harm"]);
    }
    if stops {
        if class("maoa") {
            ids.push("maoi_stop");
        }
        let itself = from.id == "fluoxetine";
        ids.extend(itself.then_some("fluoxetine_self"));
        match occupancy {
            true if steps && !itself => ids.extend(["occupancy", "occupancy_limits"]),
            false if steps && !itself => ids.push("proportion"),
            _ => {}
        }
        if steps {
            ids.push("pace");
            ids.extend((!itself).then_some("no_alternate_days"));
            ids.push("no_crushing");
        }
    }
    // What takes over at the transporter covers what the other one leaves.
    if felt && (stops || gap || !takes_over) {
        ids.extend(["onset", "relapse", "toxicity", "incidence", "incidence_opposite", "more_likely"]);
    } else if stops {
        ids.push("relapse");
    }
    let days = onset(knowledge, from);
    let (low, high) = days.unwrap_or_else(|| ("1".to_owned(), "5".to_owned()));
    let fill = [("a", from.names.inn.as_str()), ("from", low.as_str()), ("to", high.as_str())];
    ids.into_iter().filter_map(|id| told(knowledge, id, &fill)).collect()
}

/// What comes back, or goes, when a medicine that blocks or multiplies an enzyme ends.
///
/// With a diary the medicines that go on are named; without one some that many people take.
pub(super) fn frees(knowledge: &Knowledge, from: &Side, going_on: &[String]) -> Vec<Claim> {
    let Some(substance) = knowledge.substance(&from.id) else { return Vec::new() };
    let name = &substance.names.inn;
    let roles = substance.enzymes.iter().filter(|role| {
        !role.enzyme.contains("gut")
            && role.enzyme.starts_with("CYP")
            && matches!(role.strength.as_str(), "strong" | "moderate")
    });
    let mut claims = Vec::new();
    for role in roles.filter(|role| role.role == "inhibitor" || role.role == "inducer") {
        let depends = |one: &&Substance| {
            let removed = |other: &EnzymeRole| {
                other.enzyme == role.enzyme && other.role == "substrate" && other.strength == "major"
            };
            one.id != substance.id && one.enzymes.iter().any(removed)
        };
        // What works through what the enzyme makes of it gets stronger when the enzyme comes back.
        let made_active = |one: &Substance| {
            one.metabolites.iter().any(|link| link.by.as_deref() == Some(role.enzyme.as_str()))
                && matches!(
                    one.id.as_str(),
                    "tramadol" | "codeine" | "hydrocodone" | "dihydrocodeine" | "tamoxifen"
                )
        };
        let own = |id: &&Substance| going_on.contains(&id.id);
        let mut of: Vec<&Substance> =
            knowledge.base().substances.iter().filter(depends).filter(own).collect();
        let named = !of.is_empty();
        if !named {
            let common = [
                "tramadol",
                "codeine",
                "metoprolol",
                "nortriptyline",
                "risperidone",
                "theophylline",
                "clozapine",
                "tizanidine",
                "omeprazole",
                "diazepam",
                "warfarin",
                "apixaban",
                "ethinylestradiol",
            ];
            of = knowledge.base().substances.iter().filter(depends).collect();
            of.retain(|one| common.contains(&one.id.as_str()));
        }
        let (stronger, weaker): (Vec<&Substance>, Vec<&Substance>) =
            of.into_iter().partition(|one| made_active(one) != (role.role == "inducer"));
        let names =
            |list: &[&Substance]| list.iter().map(|one| one.names.inn.clone()).collect::<Vec<String>>();
        let (stronger, weaker) = (names(&stronger), names(&weaker));
        let mut parts = Vec::new();
        let such = |these: Vec<String>| match named {
            true => list(&these, "and"),
            false => format!("medicines such as {}", list(&these, "and")),
        };
        if !stronger.is_empty() {
            let act = if named && stronger.len() == 1 { "acts" } else { "act" };
            parts.push(format!("{} {act} more strongly", such(stronger)));
        }
        if !weaker.is_empty() {
            let reach = if named && weaker.len() == 1 { "reaches" } else { "reach" };
            parts.push(format!("{} {reach} lower levels", such(weaker)));
        }
        if parts.is_empty() {
            continue;
        }
        let what = if role.role == "inducer" {
            format!(
                "{name} multiplies the enzyme {}; as it ends the enzyme falls back over one to three weeks",
                role.enzyme
            )
        } else {
            format!(
                "{name} blocks the enzyme {}; as it ends the enzyme comes back over {}",
                role.enzyme,
                over(knowledge, substance)
            )
        };
        let says = format!("{}: {}.", capital(&what), list(&parts, "and"));
        claims.extend(knowledge.claim(says, role.evidence.iter().map(Citation::from)));
    }
    claims
}

/// Over how long what a drug blocks comes back: about five half-lives of its slowest moiety.
fn over(knowledge: &Knowledge, substance: &Substance) -> String {
    let hours = slowest_half_life(knowledge, substance, Route::Oral, None)
        .map_or(24.0, |slowest| slowest.median * 5.0);
    match hours / 24.0 {
        days if days < 10.0 => "about one to two weeks".to_owned(),
        _ => "several weeks".to_owned(),
    }
}
