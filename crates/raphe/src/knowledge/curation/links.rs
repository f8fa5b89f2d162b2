//! Classes, metabolites, atoms of rules, and what the engine calls by name.

use super::{atoms, file, substances};
use crate::{
    criteria::{Comparison, FACTS, facts::ExposureAtom},
    knowledge::{
        Knowledge,
        schema::{Base, Kind, Rule, Serotonergic, Substance},
    },
    synapse,
    timeline::Route,
};
use std::collections::BTreeSet;

/// Whether an id names a class or a substance.
fn known(knowledge: &Knowledge, id: &str) -> bool {
    knowledge.class(id).is_some() || knowledge.substance(id).is_some()
}

pub(super) fn class_unknown(knowledge: &Knowledge) -> Vec<String> {
    let base = knowledge.base();
    let mut problems = Vec::new();
    for (file, substance) in substances(base) {
        let classes = substance.mechanisms.iter().map(|effect| &effect.class);
        let classes = classes.filter(|class| knowledge.class(class).is_none());
        problems.extend(classes.map(|class| format!("{file}: `{class}` is not a class")));
        let waits =
            substance.washouts.iter().map(|washout| &washout.before).filter(|id| !known(knowledge, id));
        problems.extend(
            waits.map(|id| format!("{file}: washout before `{id}`: neither a class nor a substance")),
        );
    }
    let named =
        |id: &&String| known(knowledge, id) || id.strip_prefix("atc:").is_some_and(|code| !code.is_empty());
    for item in &base.switching {
        let sides = [&item.from, &item.to].into_iter().filter(|id| !named(id));
        problems
            .extend(sides.map(|id| {
                format!("switching.toml: {}: `{id}` is no class, substance or ATC group", item.id)
            }));
    }
    for class in &base.mechanisms {
        let wider = class.part_of.iter().filter(|id| knowledge.class(id).is_none());
        problems.extend(wider.map(|id| format!("mechanisms.toml: {}: `{id}` is not a class", class.id)));
    }
    for pair in &base.pairs {
        let sides = [&pair.a, &pair.b].into_iter().filter(|id| !known(knowledge, id));
        problems.extend(
            sides.map(|id| format!("pairs.toml: {}: `{id}` is neither a class nor a substance", pair.id)),
        );
    }
    problems
}

pub(super) fn part_of_not_closed(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for class in &knowledge.base().mechanisms {
        if class.part_of.contains(&class.id) {
            problems.push(format!("mechanisms.toml: {}: is part of itself", class.id));
        }
        for wider in class.part_of.iter().filter_map(|id| knowledge.class(id)) {
            let missing = wider.part_of.iter().filter(|id| !class.part_of.contains(id));
            problems.extend(missing.map(|id| {
                format!(
                    "mechanisms.toml: {}: is part of `{}`, so of `{id}`, which it does not list",
                    class.id, wider.id
                )
            }));
        }
    }
    problems
}

pub(super) fn metabolite_without_file(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for (file, substance) in substances(knowledge.base()) {
        let lost = substance.metabolites.iter().filter(|link| knowledge.substance(&link.id).is_none());
        problems.extend(lost.map(|link| format!("{file}: the metabolite `{}` has no file", link.id)));
    }
    problems
}

pub(super) fn metabolite_without_parent(knowledge: &Knowledge) -> Vec<String> {
    let substances = &knowledge.base().substances;
    let linked: BTreeSet<&str> =
        substances.iter().flat_map(|item| &item.metabolites).map(|link| link.id.as_str()).collect();
    let orphans =
        substances.iter().filter(|item| item.kind == Kind::Metabolite && !linked.contains(item.id.as_str()));
    orphans.map(|item| format!("{}: no substance lists it as its metabolite", file(&item.id))).collect()
}

pub(super) fn serotonergic_without_half_life_or_window(knowledge: &Knowledge) -> Vec<String> {
    let acts = |substance: &Substance| {
        let classes: Vec<_> =
            substance.mechanisms.iter().filter_map(|effect| knowledge.class(&effect.class)).collect();
        let serotonergic = classes.iter().any(|class| class.serotonergic != Serotonergic::No);
        let timed = classes.iter().any(|class| class.window.is_some())
            || substance.pk.values().any(|pk| !pk.half_life.is_empty());
        serotonergic && !timed
    };
    let wrong = knowledge.base().substances.iter().filter(|substance| acts(substance));
    wrong.map(|item| format!("{}: acts on serotonin, for how long is not known", file(&item.id))).collect()
}

pub(super) fn route_unknown(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for (file, substance) in substances(knowledge.base()) {
        let forms = ["extended_release", "depot"];
        let routes = (substance.pk.keys().filter(|key| !forms.contains(&key.as_str())))
            .chain(substance.doses.iter().map(|dose| &dose.route))
            .chain(substance.mechanisms.iter().flat_map(|effect| &effect.routes));
        let wrong = routes.filter(|route| !Route::ALL.iter().any(|(_, word)| word == route));
        problems.extend(wrong.map(|route| format!("{file}: `{route}` is not a route")));
    }
    problems
}

pub(super) fn word_outside_its_list(knowledge: &Knowledge) -> Vec<String> {
    let base = knowledge.base();
    let mut problems = Vec::new();
    for (file, substance) in substances(base) {
        for role in &substance.enzymes {
            let strengths: &[&str] = match role.role.as_str() {
                "substrate" => &["major", "minor"],
                "inhibitor" | "inducer" => &["strong", "moderate", "weak"],
                other => {
                    problems.push(format!("{file}: {}: `{other}` is not a role of an enzyme", role.enzyme));
                    continue;
                }
            };
            if !strengths.contains(&role.strength.as_str()) {
                problems.push(format!("{file}: {}: a {} is not `{}`", role.enzyme, role.role, role.strength));
            }
        }
    }
    for pair in &base.pairs {
        let kinds = ["serotonin", "pressor", "bleeding", "sodium", "exposure", "seizure", "qt"];
        if !kinds.contains(&pair.kind.as_str()) {
            problems.push(format!("pairs.toml: {}: `{}` is not a kind of harm", pair.id, pair.kind));
        }
        let parties = ["label", "regulator", "toxicology", "cohort"];
        let views = pair.views.iter().filter(|view| !parties.contains(&view.by.as_str()));
        problems.extend(views.map(|view| format!("pairs.toml: {}: `{}` is not a party", pair.id, view.by)));
    }
    problems
}

/// Every rule over facts, with its place.
fn rules(base: &Base) -> Vec<(String, &Rule)> {
    let mut found = Vec::new();
    for item in &base.criteria {
        let place = |what: &str| format!("criteria/{}.toml: {what}", item.id);
        found.push((place("given"), &item.given));
        found.extend(item.rules.iter().map(|rule| (place(&rule.label), &rule.when)));
    }
    found.extend(base.severity.iter().map(|item| (format!("severity.toml: {}", item.id), &item.when)));
    found.extend(base.flags.iter().map(|item| (format!("flags.toml: {}", item.id), &item.when)));
    for item in &base.rivals {
        found.push((format!("rivals.toml: {}: when", item.id), &item.when));
        found.extend(item.leads.iter().map(|rule| (format!("rivals.toml: {}: leads", item.id), rule)));
    }
    for item in &base.differential.candidates {
        let place = format!("differential.toml: {}: excluded_by", item.id);
        found.extend(item.excluded_by.iter().map(|rule| (place.clone(), rule)));
    }
    let clues = base.differential.clues.iter();
    found.extend(clues.map(|item| (format!("differential.toml: {}", item.id), &item.when)));
    for item in &base.guidance {
        let place = format!("guidance/{}.toml: caution", item.id);
        found.extend(item.cautions.iter().map(|caution| (place.clone(), &caution.when)));
        found.extend(item.when.iter().map(|rule| (format!("guidance/{}.toml: when", item.id), rule)));
    }
    for item in &base.factors {
        found.extend(item.when.iter().map(|rule| (format!("factors/{}.toml: when", item.id), rule)));
    }
    let deficiency = &base.deficiency;
    let place = |id: &str| format!("deficiency.toml: {id}");
    found.extend(deficiency.before.iter().map(|item| (place(&item.id), &item.when)));
    for item in &deficiency.rule_outs {
        found.extend(item.when.iter().map(|rule| (place(&item.id), rule)));
    }
    found
}

pub(super) fn atom_unknown(knowledge: &Knowledge) -> Vec<String> {
    let reads = |atom: &str| {
        if let Some(fact) = atom.strip_prefix("fact ") {
            return FACTS.iter().any(|(name, _)| *name == fact);
        }
        if let Some(exposure) = ExposureAtom::read(atom) {
            return known(knowledge, exposure.class);
        }
        Comparison::read(atom).is_some() || knowledge.sign(atom).is_some()
    };
    let mut problems = Vec::new();
    for (place, rule) in rules(knowledge.base()) {
        let wrong = atoms(rule).into_iter().filter(|atom| !reads(atom));
        problems
            .extend(wrong.map(|atom| format!("{place}: `{atom}` is no sign, comparison, exposure or fact")));
    }
    problems
}

pub(super) fn fact_not_known_yet(knowledge: &Knowledge) -> Vec<String> {
    let by_severity = |fact: &str| fact.starts_with("severity_");
    let by_criteria = |fact: &str| {
        fact.ends_with("_indeterminate")
            || (fact.ends_with("_met") && FACTS.iter().any(|(name, _)| *name == fact))
    };
    let mut problems = Vec::new();
    for (place, rule) in rules(knowledge.base()) {
        let early = |fact: &&str| match () {
            () if place.starts_with("criteria/") => by_criteria(fact) || by_severity(fact),
            () if place.starts_with("severity.toml") => by_severity(fact),
            () => false,
        };
        let early = atoms(rule).into_iter().filter_map(|atom| atom.strip_prefix("fact ")).filter(early);
        problems.extend(early.map(|fact| format!("{place}: `{fact}` is only known later")));
    }
    problems
}

pub(super) fn rule_decides_nothing(knowledge: &Knowledge) -> Vec<String> {
    fn hollow(rule: &Rule) -> bool {
        match rule {
            Rule::Atom(_) => false,
            Rule::Not(part) => hollow(part),
            Rule::All(parts) | Rule::Any(parts) => parts.is_empty() || parts.iter().any(hollow),
            Rule::AtLeast(n, parts) => {
                *n == 0 || usize::try_from(*n).is_ok_and(|n| n > parts.len()) || parts.iter().any(hollow)
            }
        }
    }
    let wrong = rules(knowledge.base()).into_iter().filter(|(_, rule)| hollow(rule));
    wrong.map(|(place, _)| format!("{place}: a part of it is always true or never")).collect()
}

pub(super) fn implied_sign_unknown(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for sign in &knowledge.base().signs {
        for (how, others) in [("implies", &sign.implies), ("is denied by", &sign.denied_by)] {
            let wrong = others.iter().filter(|id| **id == sign.id || knowledge.sign(id).is_none());
            problems.extend(wrong.map(|id| format!("signs.toml: {}: {how} `{id}`", sign.id)));
        }
    }
    problems
}

pub(super) fn measured_by_does_not_read(knowledge: &Knowledge) -> Vec<String> {
    let measured =
        knowledge.base().signs.iter().flat_map(|sign| sign.measured_by.iter().map(move |atom| (sign, atom)));
    let wrong = measured.filter(|(_, atom)| Comparison::read(atom).is_none());
    wrong.map(|(sign, atom)| format!("signs.toml: {}: `{atom}` is not a comparison", sign.id)).collect()
}

/// What the engine and these rules call by its id; renamed in a file, it would fail in silence.
const NAMED: &[(&str, &[&str])] = &[
    ("mechanisms.toml", &["maoa_potent", "maoa_irreversible", "sri", "releaser", "sri_opioid", "precursor"]),
    ("substances/*.toml", &["mdma", "pethidine"]),
    ("enzymes.toml", &["MAO-A"]),
    ("signs.toml", &["hyperthermia", "infection", "other_causes", "suicidal_ideation"]),
    ("criteria/*.toml", &["hunter", "sternbach", "radomski"]),
    ("severity.toml", &["life_threatening", "severe", "moderate", "mild"]),
    ("stopping.toml", crate::plan::STATEMENTS),
    ("danger.toml", crate::criteria::words::MEANINGS),
];

pub(super) fn engine_misses_what_it_names(knowledge: &Knowledge) -> Vec<String> {
    let base = knowledge.base();
    let mut problems = Vec::new();
    for (file, ids) in NAMED {
        let there = |id: &&&str| match *file {
            "mechanisms.toml" => base.mechanisms.iter().any(|item| item.id == **id),
            "substances/*.toml" => base.substances.iter().any(|item| item.id == **id),
            "enzymes.toml" => base.enzymes.iter().any(|item| item.id == **id),
            "signs.toml" => base.signs.iter().any(|item| item.id == **id),
            "criteria/*.toml" => base.criteria.iter().any(|item| item.id == **id),
            "stopping.toml" => base.stopping.iter().any(|item| item.id == **id),
            "severity.toml" => base.severity.iter().any(|item| item.id == **id),
            _ => base.danger.iter().any(|item| item.means == **id),
        };
        problems.extend(ids.iter().filter(|id| !there(id)).map(|id| format!("{file}: `{id}` is missing")));
    }
    problems
}

/// Parameters of the synapse that stand with their enzyme.
const OF_ENZYMES: [&str; 2] = ["tA", "tB"];

pub(super) fn synapse_parameter_astray(knowledge: &Knowledge) -> Vec<String> {
    let written = &knowledge.base().synapse;
    let wanted: Vec<&str> =
        synapse::run::parameters().iter().copied().filter(|symbol| !OF_ENZYMES.contains(symbol)).collect();
    let mut problems = Vec::new();
    for symbol in &wanted {
        match written.iter().filter(|item| item.id == *symbol).count() {
            1 => {}
            0 => problems.push(format!("synapse.toml: `{symbol}` is missing")),
            count => problems.push(format!("synapse.toml: `{symbol}` is there {count} times")),
        }
    }
    for item in written {
        if !wanted.contains(&item.id.as_str()) {
            problems.push(format!("synapse.toml: `{}` is no parameter that stands here", item.id));
        } else if item.value.is_empty() {
            problems.push(format!("synapse.toml: `{}` has no value", item.id));
        }
    }
    problems
}

pub(super) fn article_statement_without_sign(knowledge: &Knowledge) -> Vec<String> {
    let statements: Vec<String> =
        (13..=53).filter(|number| *number != 34).map(|number| format!("S{number}")).collect();
    let signs = &knowledge.base().signs;
    let missing =
        statements.iter().filter(|statement| !signs.iter().any(|sign| sign.article.contains(statement)));
    let mut problems: Vec<String> =
        missing.map(|statement| format!("signs.toml: no sign covers {statement} of the article")).collect();
    for sign in signs {
        let wrong = sign.article.iter().filter(|statement| !statements.contains(statement));
        problems.extend(wrong.map(|text| format!("signs.toml: {}: `{text}` is not about a sign", sign.id)));
    }
    problems
}

pub(super) fn retired_without_successor(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for (file, substance) in substances(knowledge.base()) {
        let successor = substance.replaced_by.as_deref();
        let lives = |id| knowledge.substance(id).is_some_and(|other| !other.retired);
        match (substance.retired, successor) {
            (true, None) => problems.push(format!("{file}: retired, but nothing took its place")),
            (false, Some(id)) => problems.push(format!("{file}: replaced by `{id}`, but not retired")),
            (true, Some(id)) if !lives(id) => {
                problems.push(format!("{file}: replaced by `{id}`, which is not in use"))
            }
            _ => {}
        }
    }
    problems
}
