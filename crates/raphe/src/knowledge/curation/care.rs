//! Questionnaires, factors, guidance, the features called low serotonin, and the statements of the article.
//!
//! What can harm here is quiet: a band that skips a total, an item on suicide that nobody marked, a supplement that is
//! offered beside an MAO inhibitor because a caution was forgotten, a sentence for a frightened person that only a
//! clinician can read, a statement of the article that lives nowhere.

use super::{atoms, shared};
use crate::{
    knowledge::{
        Knowledge, key,
        schema::{
            Base, Caution, Direction, EffectSize, Guidance, Hold, Questionnaire, Serotonergic, Verdict,
        },
    },
    units::TimeSpan,
};
use std::collections::BTreeSet;

/// The last statement of the article.
const STATEMENTS: u32 = 112;

fn questionnaire(item: &Questionnaire) -> String {
    format!("questionnaires/{}.toml", item.id)
}

pub(super) fn band_leaves_a_gap(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for item in &knowledge.base().questionnaires {
        let place = questionnaire(item);
        let mut next = item.lowest;
        for band in &item.bands {
            if band.from != next || band.to < band.from {
                problems.push(format!("{place}: the band `{}` does not begin at {next}", band.name));
            }
            next = band.to + 1;
        }
        if next != item.highest + 1 {
            problems.push(format!("{place}: the bands end at {} and not at {}", next - 1, item.highest));
        }
    }
    problems
}

pub(super) fn questionnaire_contradicts_itself(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for item in &knowledge.base().questionnaires {
        let best = item.answers.iter().map(|choice| choice.score).max().unwrap_or_default();
        let shown = !item.texts.is_empty();
        let count = u32::try_from(item.texts.len()).unwrap_or(u32::MAX);
        let wrong = [
            (shown && count != item.items, "has not as many items as it says"),
            (
                shown && count * best * item.times.unwrap_or(1) != item.highest,
                "has answers that do not add up to its highest total",
            ),
            (shown != item.stem.is_some() || shown == item.answers.is_empty(), "shows a part of its text"),
            (item.may_miss >= item.items, "may miss every item"),
            (
                item.screen.is_some_and(|total| total <= item.lowest || total > item.highest),
                "screens outside its range",
            ),
            (!matches!(item.by.as_str(), "person" | "clinician"), "is rated by nobody"),
        ];
        let place = questionnaire(item);
        problems.extend(wrong.iter().filter(|(wrong, _)| *wrong).map(|(_, what)| format!("{place}: {what}")));
    }
    problems
}

pub(super) fn suicide_item_not_marked(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for item in &knowledge.base().questionnaires {
        for (at, text) in item.texts.iter().enumerate() {
            let asks = text.sign.as_deref() == Some("suicidal_ideation") || (item.id == "phq_9" && at == 8);
            if asks != text.suicide {
                problems.push(format!("{}: item {}: is it about suicide?", questionnaire(item), at + 1));
            }
        }
    }
    problems
}

pub(super) fn change_says_no_amount(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for item in &knowledge.base().questionnaires {
        for change in &item.changes {
            let range = f64::from(item.highest - item.lowest);
            let fits = match (change.points, change.percent) {
                (Some(points), None) => points > 0.0 && points < range,
                (None, Some(percent)) => percent > 0.0 && percent < 100.0,
                _ => false,
            };
            if !fits || !matches!(change.kind.as_str(), "important" | "reliable") {
                problems.push(format!(
                    "{}: a change of `{}` fits no scale",
                    questionnaire(item),
                    change.kind
                ));
            }
        }
    }
    problems
}

pub(super) fn name_of_two_ways(knowledge: &Knowledge) -> Vec<String> {
    let base = knowledge.base();
    let mut problems = Vec::new();
    let mut tell = |folder: &str, claims: Vec<(String, String)>| {
        problems.extend(shared(claims).into_iter().map(|(key, owners)| {
            let owners: Vec<String> = owners.into_iter().collect();
            format!("{folder}/{}.toml: `{key}` belongs to {}", owners[0], owners.join(" and "))
        }));
    };
    let claim = |id: &String, name: &String, names: &[String]| -> Vec<(String, String)> {
        [id, name].into_iter().chain(names).map(|text| (key(text), id.clone())).collect()
    };
    let of = |item: &Questionnaire| claim(&item.id, &item.name, &item.names);
    tell("questionnaires", base.questionnaires.iter().flat_map(of).collect());
    tell("factors", base.factors.iter().flat_map(|item| claim(&item.id, &item.name, &item.names)).collect());
    tell(
        "guidance",
        base.guidance.iter().flat_map(|item| claim(&item.id, &item.name, &item.names)).collect(),
    );
    problems
}

/// Every size of an effect with its place.
pub(super) fn effects(base: &Base) -> Vec<(String, &EffectSize)> {
    let factors = base.factors.iter().map(|item| (format!("factors/{}.toml", item.id), &item.effects));
    let guidance = base.guidance.iter().map(|item| (format!("guidance/{}.toml", item.id), &item.effects));
    factors
        .chain(guidance)
        .flat_map(|(place, effects)| effects.iter().map(move |effect| (place.clone(), effect)))
        .collect()
}

pub(super) fn effect_does_not_add_up(knowledge: &Knowledge) -> Vec<String> {
    let wrong = |effect: &EffectSize| {
        let ratio = matches!(effect.measure.as_str(), "OR" | "RR" | "HR");
        let difference = matches!(effect.measure.as_str(), "SMD" | "g" | "points");
        let inside = match (effect.low, effect.high) {
            (Some(low), Some(high)) => low <= effect.value && effect.value <= high,
            (None, None) => true,
            _ => false,
        };
        let positive = !ratio || effect.low.unwrap_or(effect.value) > 0.0;
        !((ratio || difference) && inside && positive && effect.value.is_finite())
    };
    let wrong = effects(knowledge.base()).into_iter().filter(|(_, effect)| wrong(effect));
    wrong
        .map(|(place, effect)| {
            format!("{place}: {} {} of {} does not add up", effect.measure, effect.value, effect.outcome)
        })
        .collect()
}

pub(super) fn guidance_without_effect(knowledge: &Knowledge) -> Vec<String> {
    use crate::knowledge::schema::Certainty;
    let bare = |item: &&Guidance| {
        item.direction == Direction::Low && item.certainty > Certainty::Low && item.effects.is_empty()
    };
    let bare = knowledge.base().guidance.iter().filter(bare);
    bare.map(|item| format!("guidance/{}.toml: how large is an effect that is so sure?", item.id)).collect()
}

pub(super) fn judge_after_does_not_read(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for item in &knowledge.base().guidance {
        if item.judge_after.as_deref().is_some_and(|text| text.parse::<TimeSpan>().is_err()) {
            problems.push(format!("guidance/{}.toml: judge_after is no span of time", item.id));
        }
        if item.direction == Direction::Both {
            problems.push(format!("guidance/{}.toml: it is for one side", item.id));
        }
    }
    problems
}

/// What [`Measure`](crate::knowledge::schema::Measure) may be.
const MEASURES: &[&str] = &["exercise", "sleep", "daylight", "day_length", "score", "lab"];

pub(super) fn measure_tells_nothing(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for item in &knowledge.base().factors {
        for measure in &item.measures {
            let named = matches!(measure.what.as_str(), "score" | "lab");
            let apart = match (measure.below, measure.from, measure.against) {
                (Some(below), None, against) => against.is_none_or(|against| against >= below),
                (None, Some(from), against) => against.is_none_or(|against| against < from),
                _ => false,
            };
            let wrong = [
                (!MEASURES.contains(&measure.what.as_str()), "measures what no diary holds"),
                (named == measure.names.is_empty(), "names what it does not need, or not what it needs"),
                ((measure.what == "lab") != measure.unit.is_some(), "has a unit where none is, or none"),
                (!apart, "has limits that do not tell"),
                (
                    (measure.what == "day_length") == measure.latitudes.is_empty(),
                    "needs places to know the day",
                ),
            ];
            let place = format!("factors/{}.toml: {}", item.id, measure.what);
            problems
                .extend(wrong.iter().filter(|(wrong, _)| *wrong).map(|(_, what)| format!("{place}: {what}")));
        }
    }
    problems
}

/// Verbs of the diary that can tell a factor.
const VERBS: &[&str] = &[
    "profile",
    "gene",
    "start",
    "change",
    "take",
    "stop",
    "sign",
    "vital",
    "feel",
    "score",
    "light",
    "sunlight",
    "exercise",
    "sleep",
    "meal",
    "session",
    "factor",
    "condition",
    "lab",
];

pub(super) fn factor_told_by_nothing(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for item in &knowledge.base().factors {
        let verb = |text: &&String| !text.split(' ').next().is_some_and(|word| VERBS.contains(&word));
        let wrong = item.told_by.iter().filter(verb);
        let place = format!("factors/{}.toml", item.id);
        problems.extend(wrong.map(|text| format!("{place}: `{text}` is no line of a diary")));
        if item.told_by.is_empty() || !matches!(item.changeable.as_str(), "yes" | "partly" | "no") {
            problems.push(format!("{place}: what tells it, and can it be changed?"));
        }
    }
    problems
}

/// Whether an id names a class or substance that raises serotonin's effect.
fn raises(knowledge: &Knowledge, id: &str) -> bool {
    let yes =
        |class: &str| knowledge.class(class).is_some_and(|class| class.serotonergic == Serotonergic::Yes);
    yes(id)
        || knowledge
            .substance(id)
            .is_some_and(|substance| substance.mechanisms.iter().any(|effect| yes(&effect.class)))
}

pub(super) fn serotonin_raiser_without_caution(knowledge: &Knowledge) -> Vec<String> {
    let forbids = |caution: &Caution| {
        caution.hold == Hold::Never && atoms(&caution.when).into_iter().any(|atom| atom == "exposed maoa")
    };
    let asks = |caution: &Caution| atoms(&caution.when).into_iter().any(|atom| atom == "bipolar");
    let mut problems = Vec::new();
    for item in &knowledge.base().guidance {
        let raising = item.consists_of.iter().any(|id| raises(knowledge, id));
        if item.direction != Direction::Low || !raising {
            continue;
        }
        let place = format!("guidance/{}.toml", item.id);
        if !item.cautions.iter().any(forbids) {
            problems.push(format!("{place}: raises serotonin and is not ruled out beside an MAO inhibitor"));
        }
        if !item.cautions.iter().any(asks) {
            problems.push(format!("{place}: raises serotonin and does not ask about bipolar disorder"));
        }
    }
    problems
}

pub(super) fn care_names_what_is_missing(knowledge: &Knowledge) -> Vec<String> {
    let base = knowledge.base();
    let known = |id: &str| knowledge.class(id).is_some() || knowledge.substance(id).is_some();
    let sign = |id: &str| knowledge.sign(id).is_some();
    let way = |id: &str| base.guidance.iter().any(|item| item.id == id);
    let asked = |text: &str| {
        text.split_once(' ').is_some_and(|(id, number)| {
            let item = base.questionnaires.iter().find(|item| item.id == id);
            let number = number.parse::<usize>().unwrap_or_default();
            item.is_some_and(|item| (1..=item.texts.len()).contains(&number))
        })
    };
    let mut problems = Vec::new();
    let mut missing = |place: String, ids: Vec<&str>, there: &dyn Fn(&str) -> bool| {
        let lost = ids.into_iter().filter(|id| !there(id));
        problems.extend(lost.map(|id| format!("{place}: `{id}` is not there")));
    };
    for item in &base.guidance {
        let ids = item.consists_of.iter().map(String::as_str).collect();
        missing(format!("guidance/{}.toml: consists_of", item.id), ids, &known);
    }
    for item in &base.factors {
        let ids = item.guidance.iter().map(String::as_str).collect();
        missing(format!("factors/{}.toml: guidance", item.id), ids, &way);
    }
    for item in &base.questionnaires {
        let ids = item.texts.iter().filter_map(|text| text.sign.as_deref()).collect();
        missing(format!("questionnaires/{}.toml: item", item.id), ids, &sign);
    }
    for item in &base.deficiency.features {
        let place = |what: &str| format!("deficiency.toml: {}: {what}", item.sign);
        missing(place("sign"), vec![&item.sign], &sign);
        missing(place("drug_effect_of"), item.drug_effect_of.iter().map(String::as_str).collect(), &known);
        missing(place("asked_by"), item.asked_by.iter().map(String::as_str).collect(), &asked);
    }
    let form = |id: &str| base.questionnaires.iter().any(|item| item.id == id);
    for item in &base.guidance {
        let place = |what: &str| format!("guidance/{}.toml: {what}", item.id);
        missing(place("part_of"), item.part_of.iter().map(String::as_str).collect(), &way);
        missing(place("helps"), item.helps.iter().map(String::as_str).collect(), &sign);
        let totals = item.from_totals.keys().chain(item.to_totals.keys());
        missing(place("totals"), totals.map(String::as_str).collect(), &form);
    }
    for item in &base.factors {
        let place = format!("factors/{}.toml: measure", item.id);
        let scores = item.measures.iter().filter(|measure| measure.what == "score");
        missing(place, scores.flat_map(|measure| &measure.names).map(String::as_str).collect(), &form);
    }
    let pattern = &base.deficiency.pattern;
    missing("deficiency.toml: pattern".to_owned(), pattern.core.iter().map(String::as_str).collect(), &sign);
    problems
}

/// What claims a statement of the article, with its file and with the name of its place.
fn claimed(base: &Base) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let mut add = |file: String, place: String, statements: &[String]| {
        found.extend(statements.iter().map(|id| (file.clone(), place.clone(), id.clone())));
    };
    for item in &base.signs {
        add(format!("signs.toml: {}", item.id), format!("sign:{}", item.id), &item.article);
    }
    for item in &base.factors {
        add(format!("factors/{}.toml", item.id), format!("factor:{}", item.id), &item.article);
    }
    for item in &base.guidance {
        add(format!("guidance/{}.toml", item.id), format!("guidance:{}", item.id), &item.article);
    }
    for item in &base.deficiency.features {
        add(format!("deficiency.toml: {}", item.sign), format!("feature:{}", item.sign), &item.article);
    }
    found
}

pub(super) fn claim_not_among_places(knowledge: &Knowledge) -> Vec<String> {
    let base = knowledge.base();
    let mut problems = Vec::new();
    for (file, place, id) in claimed(base) {
        let statement = base.article.iter().find(|item| item.id == id);
        if !statement.is_some_and(|item| item.places.contains(&place)) {
            problems.push(format!("{file}: claims {id} of the article, which does not name `{place}`"));
        }
    }
    problems
}

/// Modules of the engine that statements may name.
const MODULES: &[&str] = &[
    "assess",
    "care",
    "check",
    "criteria",
    "exposure",
    "knowledge",
    "population",
    "predict",
    "report",
    "synapse",
    "timeline",
];

fn there(knowledge: &Knowledge, place: &str) -> bool {
    let base = knowledge.base();
    let Some((kind, id)) = place.split_once(':') else { return false };
    match kind {
        "substance" => knowledge.substance(id).is_some(),
        "class" => knowledge.class(id).is_some(),
        "sign" => knowledge.sign(id).is_some(),
        "pair" => base.pairs.iter().any(|item| item.id == id),
        "criteria" => base.criteria.iter().any(|item| item.id == id),
        "severity" => base.severity.iter().any(|item| item.id == id),
        "flag" => base.flags.iter().any(|item| item.id == id),
        "rival" => base.rivals.iter().any(|item| item.id == id),
        "action" => base.actions.iter().any(|item| item.id == id),
        "help" => base.help.iter().any(|item| item.country == id),
        "questionnaire" => base.questionnaires.iter().any(|item| item.id == id),
        "factor" => base.factors.iter().any(|item| item.id == id),
        "guidance" => base.guidance.iter().any(|item| item.id == id),
        "feature" => base.deficiency.features.iter().any(|item| item.sign == id),
        "science" => base.deficiency.science.iter().any(|item| item.id == id),
        "refused" => base.deficiency.refused.iter().any(|item| item.id == id),
        "rule_out" => base.deficiency.rule_outs.iter().any(|item| item.id == id),
        "module" => MODULES.contains(&id),
        _ => false,
    }
}

pub(super) fn article_place_unknown(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for item in &knowledge.base().article {
        let lost = item.places.iter().filter(|place| !there(knowledge, place));
        problems.extend(lost.map(|place| format!("article.toml: {}: `{place}` is not there", item.id)));
    }
    problems
}

pub(super) fn article_statement_without_place(knowledge: &Knowledge) -> Vec<String> {
    let article = &knowledge.base().article;
    let there: Vec<&str> = article.iter().map(|item| item.id.as_str()).collect();
    let wanted: Vec<String> = (1..=STATEMENTS).map(|number| format!("S{number}")).collect();
    let mut problems = Vec::new();
    if there != wanted {
        let lost: Vec<&str> = wanted.iter().map(String::as_str).filter(|id| !there.contains(id)).collect();
        problems.push(format!("article.toml: S1 to S{STATEMENTS} in order; missing: {}", lost.join(", ")));
    }
    for item in article {
        let told = matches!(item.verdict, Verdict::Supported | Verdict::NotCheckable);
        let wrong = [
            (item.places.is_empty(), "lives nowhere"),
            (!told && item.correction.is_none(), "is not supported as it stands, and nothing says what is"),
            (
                item.verdict != Verdict::NotCheckable && item.evidence.is_empty(),
                "has a verdict without a source",
            ),
        ];
        let wrong = wrong.iter().filter(|(wrong, _)| *wrong);
        problems.extend(wrong.map(|(_, what)| format!("article.toml: {}: {what}", item.id)));
    }
    problems
}

/// Every text for a person, with its place.
fn plain(base: &Base) -> Vec<(String, &str)> {
    let mut found: Vec<(String, &str)> = Vec::new();
    found.extend(base.factors.iter().map(|item| (format!("factors/{}.toml", item.id), item.person.as_str())));
    for item in &base.guidance {
        let place = format!("guidance/{}.toml", item.id);
        found.push((place.clone(), &item.person));
        found.extend(item.cautions.iter().map(|caution| (place.clone(), caution.says.as_str())));
    }
    let deficiency = &base.deficiency;
    let told = deficiency.science.iter().map(|item| (&item.id, &item.person));
    let told = told.chain(deficiency.refused.iter().map(|item| (&item.id, &item.person)));
    let told = told.chain(deficiency.before.iter().map(|item| (&item.id, &item.person)));
    let told = told.chain(deficiency.before.iter().filter_map(|item| Some((&item.id, item.ask.as_ref()?))));
    found.extend(told.map(|(id, text)| (format!("deficiency.toml: {id}"), text.as_str())));
    let beside = base.helping.besides.iter();
    found.extend(beside.map(|item| (format!("helping.toml: {}", item.id), item.person.as_str())));
    let spoken = super::sources::spoken(&base.safety);
    found.extend(spoken.map(|item| (format!("safety.toml: {}", item.id), item.person.as_str())));
    found
}

pub(super) fn person_sentence_too_hard(knowledge: &Knowledge) -> Vec<String> {
    const LONGEST: usize = 30;
    const MOST: usize = 5;
    const ABBREVIATIONS: &[&str] = &["OR", "RR", "HR", "SMD", "CI", "IV", "IM", "CYP", "SERT", "RCT"];
    let mut problems = Vec::new();
    for (place, text) in plain(knowledge.base()) {
        let sentences: Vec<&str> = text.split_inclusive(['.', '?', ';']).collect();
        let long = sentences.iter().find(|sentence| sentence.split_whitespace().count() > LONGEST);
        problems
            .extend(long.map(|sentence| format!("{place}: too long for a person: `{}`", sentence.trim())));
        if sentences.len() > MOST + 1 {
            problems.push(format!("{place}: more than {MOST} sentences for a person"));
        }
        let words: BTreeSet<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
        let jargon = ABBREVIATIONS.iter().filter(|word| words.contains(*word));
        problems.extend(jargon.map(|word| format!("{place}: `{word}` is not for a person")));
    }
    problems
}
