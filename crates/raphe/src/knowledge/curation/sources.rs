//! Citations, dates and references.

use super::{care, file, quantities, risk, shared};
use crate::knowledge::{
    Knowledge,
    schema::{Base, EffectSize, Evidence, Grade, Reference, Safety, Value, View, Voices},
};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Something in the base that cites a source.
pub(super) struct Fact<'a> {
    /// File and field.
    pub(super) place: String,
    pub(super) grade: Grade,
    pub(super) cite: &'a str,
    pub(super) checked: Option<&'a str>,
    /// What the source says, or the remark beside a value.
    pub(super) says: Option<&'a str>,
}

impl<'a> Fact<'a> {
    fn value(place: String, item: &'a Value) -> Self {
        let (grade, cite, checked) = (item.grade, item.cite.as_str(), item.checked.as_deref());
        Self { place, grade, cite, checked, says: item.note.as_deref() }
    }

    fn evidence(place: String, item: &'a Evidence) -> Self {
        let (grade, cite, checked) = (item.grade, item.cite.as_str(), item.checked.as_deref());
        Self { place, grade, cite, checked, says: item.says.as_deref() }
    }

    fn effect(place: String, item: &'a EffectSize) -> Self {
        let (grade, cite, checked) = (item.grade, item.cite.as_str(), item.checked.as_deref());
        Self { place, grade, cite, checked, says: item.note.as_deref() }
    }

    fn view(place: String, item: &'a View) -> Self {
        let (grade, cite, checked) = (item.grade, item.cite.as_str(), item.checked.as_deref());
        Self { place, grade, cite, checked, says: Some(&item.says) }
    }
}

/// Everything that cites a source: values, evidence, effects and views.
pub(super) fn facts(base: &Base) -> Vec<Fact<'_>> {
    let values = quantities::values(base).into_iter();
    let mut facts: Vec<Fact<'_>> = values.map(|(place, _, value)| Fact::value(place, value)).collect();
    for (place, list) in claims(base) {
        facts.extend(list.iter().map(|item| Fact::evidence(place.clone(), item)));
    }
    let effects = care::effects(base).into_iter();
    facts.extend(effects.map(|(place, effect)| Fact::effect(format!("{place}: effect"), effect)));
    facts.extend(risk::daily_doses(base));
    // A statement of the article may have no source of its own; its places have.
    for statement in &base.article {
        let place = format!("article.toml: {}", statement.id);
        facts.extend(statement.evidence.iter().map(|item| Fact::evidence(place.clone(), item)));
    }
    for pair in &base.pairs {
        facts.extend(
            pair.views.iter().map(|view| Fact::view(format!("pairs.toml: {}: views", pair.id), view)),
        );
    }
    facts
}

/// Every list of evidence with what it stands under.
fn claims(base: &Base) -> Vec<(String, &[Evidence])> {
    let mut found: Vec<(String, &[Evidence])> = Vec::new();
    for substance in &base.substances {
        let file = file(&substance.id);
        let mut add = |what: String, list| found.push((format!("{file}: {what}"), list));
        substance.mechanisms.iter().for_each(|item| add(format!("mechanism.{}", item.class), &item.evidence));
        substance.metabolites.iter().for_each(|item| add(format!("metabolite.{}", item.id), &item.evidence));
        substance.enzymes.iter().for_each(|item| add(format!("enzyme.{}", item.enzyme), &item.evidence));
        substance.notes.iter().for_each(|item| add(format!("note `{}`", start(&item.says)), &item.evidence));
        substance.strengths.iter().for_each(|item| add(format!("strength.{}", item.form), &item.evidence));
    }
    let mut add = |file: &str, id: &str, list| found.push((format!("{}: {id}", file.replace('*', id)), list));
    base.enzymes.iter().flat_map(|enzyme| &enzyme.alleles).for_each(|item| {
        add("enzymes.toml", &item.id, &item.evidence);
    });
    base.synapse.iter().for_each(|item| add("synapse.toml", &item.id, &item.evidence));
    base.switching.iter().for_each(|item| add("switching.toml", &item.id, &item.evidence));
    base.stopping.iter().for_each(|item| add("stopping.toml", &item.id, &item.evidence));
    base.mechanisms.iter().for_each(|item| add("mechanisms.toml", &item.id, &item.evidence));
    base.pairs.iter().for_each(|item| add("pairs.toml", &item.id, &item.evidence));
    base.criteria.iter().for_each(|item| add("criteria/*.toml", &item.id, &item.evidence));
    base.severity.iter().for_each(|item| add("severity.toml", &item.id, &item.evidence));
    base.flags.iter().for_each(|item| add("flags.toml", &item.id, &item.evidence));
    base.rivals.iter().for_each(|item| add("rivals.toml", &item.id, &item.evidence));
    let own = |item: &&crate::knowledge::schema::Candidate| item.name.is_some();
    let (candidates, clues) = (&base.differential.candidates, &base.differential.clues);
    candidates.iter().filter(own).for_each(|item| add("differential.toml", &item.id, &item.evidence));
    clues.iter().for_each(|item| add("differential.toml", &item.id, &item.evidence));
    let course = &base.course;
    for item in course.onset.iter().chain(&course.settling) {
        add("course.toml", &item.within, &item.evidence);
    }
    for (id, item) in
        [("late", &course.late), ("longer", &course.longer), ("not_settled", &course.not_settled)]
    {
        add("course.toml", id, &item.evidence);
    }
    base.help.iter().for_each(|item| add("help.toml", &item.country, &item.evidence));
    base.actions.iter().for_each(|item| add("actions.toml", &item.id, &item.evidence));
    for item in &base.questionnaires {
        add("questionnaires/*.toml", &item.id, &item.evidence);
        item.changes.iter().for_each(|change| add("questionnaires/*.toml", &item.id, &change.evidence));
    }
    for item in &base.factors {
        add("factors/*.toml", &item.id, &item.evidence);
        item.measures.iter().for_each(|measure| add("factors/*.toml", &item.id, &measure.evidence));
    }
    for item in &base.guidance {
        add("guidance/*.toml", &item.id, &item.evidence);
        item.cautions.iter().for_each(|caution| add("guidance/*.toml", &item.id, &caution.evidence));
    }
    let risk = &base.risk;
    risk.references.iter().for_each(|item| add("risk.toml", &item.id, &item.evidence));
    risk.modifiers.iter().for_each(|item| add("risk.toml", &item.id, &item.evidence));
    risk.uncounted.iter().chain(&risk.beware).for_each(|item| add("risk.toml", &item.id, &item.evidence));
    let deficiency = &base.deficiency;
    deficiency.science.iter().for_each(|item| add("deficiency.toml", &item.id, &item.evidence));
    deficiency.features.iter().for_each(|item| add("deficiency.toml", &item.sign, &item.evidence));
    deficiency.refused.iter().for_each(|item| add("deficiency.toml", &item.id, &item.evidence));
    deficiency.rule_outs.iter().for_each(|item| add("deficiency.toml", &item.id, &item.evidence));
    base.helping.onsets.iter().for_each(|item| add("helping.toml", &item.guidance, &item.evidence));
    base.helping.assumptions.iter().for_each(|item| add("helping.toml", &item.id, &item.evidence));
    base.helping.besides.iter().for_each(|item| add("helping.toml", &item.id, &item.evidence));
    deficiency.before.iter().for_each(|item| add("deficiency.toml", &item.id, &item.evidence));
    add("deficiency.toml", "pattern", &deficiency.pattern.evidence);
    spoken(&base.safety).for_each(|item| add("safety.toml", &item.id, &item.evidence));
    found
}

/// Everything that is said where anything points to suicide.
pub(super) fn spoken(safety: &Safety) -> impl Iterator<Item = &Voices> {
    safety.questions.iter().chain(&safety.triage).chain(&safety.step)
}

/// The first words of a sentence.
fn start(text: &str) -> String {
    text.split_whitespace().take(4).collect::<Vec<_>>().join(" ")
}

pub(super) fn statement_without_source(knowledge: &Knowledge) -> Vec<String> {
    let base = knowledge.base();
    // A class may rest on its potencies, a metabolite on its fraction, a pair on its views.
    // So may a parameter of the synapse on its value.
    let mut elsewhere: BTreeSet<String> =
        base.pairs.iter().map(|item| format!("pairs.toml: {}", item.id)).collect();
    let valued = base.synapse.iter().filter(|item| !item.value.is_empty());
    elsewhere.extend(valued.map(|item| format!("synapse.toml: {}", item.id)));
    for substance in &base.substances {
        let file = file(&substance.id);
        let potent = substance.mechanisms.iter().filter(|item| !item.potency.is_empty());
        elsewhere.extend(potent.map(|item| format!("{file}: mechanism.{}", item.class)));
        let measured = substance.metabolites.iter().filter(|item| !item.fraction.is_empty());
        elsewhere.extend(measured.map(|item| format!("{file}: metabolite.{}", item.id)));
        let counted =
            substance.enzymes.iter().filter(|item| item.fields().iter().any(|(_, list)| !list.is_empty()));
        elsewhere.extend(counted.map(|item| format!("{file}: enzyme.{}", item.enzyme)));
    }
    let bare = claims(base).into_iter().filter(|(place, list)| list.is_empty() && !elsewhere.contains(place));
    bare.map(|(place, _)| format!("{place}: has no source")).collect()
}

pub(super) fn inference_without_reason(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for fact in facts(knowledge.base()) {
        let ours = matches!(fact.grade, Grade::Derived | Grade::Inferred);
        if ours && fact.says.is_none_or(|text| text.trim().is_empty()) {
            problems.push(format!(
                "{}: `{}` is our own conclusion and does not say from what",
                fact.place, fact.cite
            ));
        }
    }
    problems
}

pub(super) fn citation_unknown(knowledge: &Knowledge) -> Vec<String> {
    let lost = facts(knowledge.base()).into_iter().filter(|fact| knowledge.reference(fact.cite).is_none());
    lost.map(|fact| format!("{}: `{}` is not in references.bib", fact.place, fact.cite)).collect()
}

pub(super) fn checked_is_not_a_date(knowledge: &Knowledge) -> Vec<String> {
    let day = |text: &str| text.len() == 10 && text.parse::<Date>().is_ok_and(|date| date.year() >= 2020);
    let facts = facts(knowledge.base()).into_iter();
    let wrong = facts.filter_map(|fact| Some((fact.place, fact.checked.filter(|text| !day(text))?)));
    wrong.map(|(place, text)| format!("{place}: checked `{text}` is not a day since 2020")).collect()
}

pub(super) fn reference_never_cited(knowledge: &Knowledge) -> Vec<String> {
    let cited: BTreeSet<&str> = facts(knowledge.base()).iter().map(|fact| fact.cite).collect();
    let idle = knowledge.base().references.iter().filter(|reference| !cited.contains(reference.key.as_str()));
    idle.map(|reference| format!("references.bib: {}: nothing cites it", reference.key)).collect()
}

/// What a study or an article is graded; a label or a page that is kept up to date has versions instead of a year, and
/// `checked` says which one was read.
const PUBLISHED_ONCE: &[Grade] =
    &[Grade::MetaAnalysis, Grade::Trial, Grade::Cohort, Grade::CaseReport, Grade::InVitro, Grade::Animal];

pub(super) fn reference_without_year_title_or_source(knowledge: &Knowledge) -> Vec<String> {
    let facts = facts(knowledge.base());
    let published: BTreeSet<&str> =
        facts.iter().filter(|fact| PUBLISHED_ONCE.contains(&fact.grade)).map(|fact| fact.cite).collect();
    let mut problems = Vec::new();
    for reference in &knowledge.base().references {
        let year = reference
            .year
            .as_deref()
            .map(|text| text.parse::<i16>().is_ok_and(|year| (1900..2100).contains(&year)));
        let once =
            published.contains(reference.key.as_str()) || reference.doi.is_some() || reference.pmid.is_some();
        let missing = [
            (reference.title.trim().is_empty(), "no title"),
            (reference.source.trim().is_empty() && reference.authors.trim().is_empty(), "no source"),
            (year == Some(false), "a year that is none"),
            (year.is_none() && once, "no year, though it was published once"),
        ];
        let missing = missing.into_iter().filter(|(missing, _)| *missing);
        problems.extend(missing.map(|(_, what)| format!("references.bib: {}: {what}", reference.key)));
    }
    problems
}

pub(super) fn reference_identifier_malformed(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for reference in &knowledge.base().references {
        let wrong = [
            reference
                .doi
                .as_deref()
                .filter(|doi| !doi.starts_with("10.") || !doi.contains('/') || doi.contains(' ')),
            reference
                .pmid
                .as_deref()
                .filter(|pmid| !(1..=8).contains(&pmid.len()) || pmid.parse::<u32>().is_err()),
            reference.url.as_deref().filter(|url| !url.starts_with("http") || url.contains(' ')),
        ];
        let wrong = wrong.into_iter().flatten();
        problems
            .extend(wrong.map(|text| format!("references.bib: {}: `{text}` leads nowhere", reference.key)));
    }
    problems
}

pub(super) fn source_twice(knowledge: &Knowledge) -> Vec<String> {
    let ids = |reference: &Reference| {
        let doi = reference.doi.iter().map(|doi| format!("doi {}", doi.to_lowercase()));
        doi.chain(reference.pmid.iter().map(|pmid| format!("PMID {pmid}"))).collect::<Vec<_>>()
    };
    let claims = knowledge
        .base()
        .references
        .iter()
        .flat_map(|reference| ids(reference).into_iter().map(|id| (id, reference.key.clone())));
    let line = |(id, keys): (String, BTreeSet<String>)| {
        format!("references.bib: {id} is {}", keys.into_iter().collect::<Vec<_>>().join(" and "))
    };
    shared(claims).into_iter().map(line).collect()
}
