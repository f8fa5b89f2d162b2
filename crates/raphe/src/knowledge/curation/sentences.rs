//! What a person will read.

use super::{file, risk, sources};
use crate::knowledge::{
    Knowledge,
    schema::{Base, EffectSize},
};

/// What the engine fills in.
#[derive(Clone, Copy)]
enum Fills {
    Nothing,
    /// `{a}` and `{b}`, the names of the two.
    Names,
    /// The names, and `{from}` and `{to}`, days.
    Days,
    /// `{emergency}` and `{poison}`, the numbers to call.
    Numbers,
    /// The numbers, and `{held}`, the medicines to hold; the engine leaves the sentence out when there are none.
    Held,
}

impl Fills {
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Nothing => &[],
            Self::Names => &["a", "b"],
            Self::Days => &["a", "b", "from", "to"],
            Self::Numbers => &["emergency", "poison"],
            Self::Held => &["emergency", "poison", "held"],
        }
    }
}

/// Every sentence, name and remark, with its place and what may be filled into it.
fn sentences(base: &Base) -> Vec<(String, Fills, &str)> {
    let mut found: Vec<(String, Fills, &str)> = Vec::new();
    for substance in &base.substances {
        let file = file(&substance.id);
        let names = &substance.names;
        let words = [&substance.class, &names.inn].into_iter().chain(&names.brands).chain(&names.synonyms);
        let said = words.chain(&substance.keep).chain(substance.notes.iter().map(|note| &note.says));
        found.extend(said.map(|text| (file.clone(), Fills::Nothing, text.as_str())));
    }
    let mut add = |place: String, fills, text| found.push((place, fills, text));
    for class in &base.mechanisms {
        [&class.name, &class.says]
            .into_iter()
            .for_each(|text| add(format!("mechanisms.toml: {}", class.id), Fills::Nothing, text));
    }
    for pair in &base.pairs {
        let views = pair.views.iter().map(|view| &view.says);
        let said = [&pair.why].into_iter().chain(&pair.advice).chain(views);
        said.for_each(|text| add(format!("pairs.toml: {}", pair.id), Fills::Names, text));
    }
    for item in &base.switching {
        add(format!("switching.toml: {}", item.id), Fills::Names, &item.says);
    }
    for item in &base.stopping {
        let said = [&item.person, &item.clinician].into_iter();
        said.for_each(|text| add(format!("stopping.toml: {}", item.id), Fills::Days, text));
    }
    for sign in &base.signs {
        let said =
            [&sign.name, &sign.lay].into_iter().chain(&sign.synonyms).chain(&sign.how).chain(&sign.note);
        said.for_each(|text| add(format!("signs.toml: {}", sign.id), Fills::Nothing, text));
    }
    for item in &base.criteria {
        let rules = item.rules.iter().flat_map(|rule| [&rule.label, &rule.says]);
        let said = [&item.name, &item.limits].into_iter().chain(&item.proviso).chain(rules);
        said.for_each(|text| add(format!("criteria/{}.toml", item.id), Fills::Nothing, text));
    }
    for item in &base.severity {
        add(format!("severity.toml: {}", item.id), Fills::Nothing, &item.name);
    }
    for flag in &base.flags {
        add(format!("flags.toml: {}", flag.id), Fills::Nothing, &flag.says);
        flag.advice.iter().for_each(|text| add(format!("flags.toml: {}", flag.id), Fills::Numbers, text));
    }
    for rival in &base.rivals {
        let said = [&rival.name, &rival.tell_apart].into_iter().chain(&rival.due);
        said.for_each(|text| add(format!("rivals.toml: {}", rival.id), Fills::Nothing, text));
    }
    for item in &base.differential.candidates {
        let said = [&item.name, &item.tell_apart, &item.due, &item.excluded].into_iter().flatten();
        said.for_each(|text| add(format!("differential.toml: {}", item.id), Fills::Nothing, text));
    }
    for item in &base.differential.clues {
        add(format!("differential.toml: {}", item.id), Fills::Nothing, &item.says);
    }
    for text in [&base.course.late.says, &base.course.longer.says, &base.course.not_settled.says] {
        add("course.toml".to_owned(), Fills::Nothing, text);
    }
    for line in &base.help {
        let said = [&line.emergency].into_iter().chain(&line.poison).chain(&line.crisis);
        said.for_each(|text| add(format!("help.toml: {}", line.country), Fills::Nothing, text));
    }
    for item in &base.out_of_scope {
        [&item.text, &item.reason]
            .into_iter()
            .for_each(|text| add("scope.toml".to_owned(), Fills::Nothing, text));
    }
    for action in &base.actions {
        add(format!("actions.toml: {}", action.id), Fills::Nothing, &action.when);
        add(format!("actions.toml: {}", action.id), Fills::Held, &action.says);
    }
    for item in &base.questionnaires {
        let texts = item.texts.iter().map(|item| &item.text);
        let texts = texts.chain(item.answers.iter().map(|choice| &choice.text)).chain(&item.stem);
        let named = [&item.name, &item.title, &item.measures, &item.licence, &item.limits].into_iter();
        let said = named.chain(&item.names).chain(&item.recall).chain(texts);
        let said = said.chain(item.bands.iter().map(|band| &band.name));
        said.for_each(|text| add(format!("questionnaires/{}.toml", item.id), Fills::Nothing, text));
    }
    for item in &base.factors {
        let said = [&item.name, &item.person, &item.clinician].into_iter().chain(&item.names);
        let said = said.chain(&item.ask).chain(item.effects.iter().flat_map(effect_words));
        said.for_each(|text| add(format!("factors/{}.toml", item.id), Fills::Nothing, text));
    }
    for item in &base.guidance {
        let said = [&item.name, &item.how, &item.onset, &item.person, &item.clinician].into_iter();
        let said = said.chain(&item.names).chain(&item.problems).chain(&item.watch);
        let said = said.chain(item.cautions.iter().map(|caution| &caution.says));
        let said = said.chain(item.effects.iter().flat_map(effect_words));
        said.for_each(|text| add(format!("guidance/{}.toml", item.id), Fills::Nothing, text));
    }
    let deficiency = &base.deficiency;
    let voices = deficiency.science.iter().flat_map(|item| [&item.person, &item.clinician]);
    let voices = voices.chain(deficiency.refused.iter().flat_map(|item| [&item.person, &item.clinician]));
    let voices = voices.chain(deficiency.refused.iter().flat_map(|item| &item.names));
    let voices =
        voices.chain(deficiency.features.iter().flat_map(|item| item.also.iter().chain([&item.serotonin])));
    let voices = voices.chain(deficiency.rule_outs.iter().flat_map(|item| [&item.name, &item.test]));
    let before = deficiency.before.iter();
    let voices =
        voices.chain(before.flat_map(|item| [&item.person, &item.clinician].into_iter().chain(&item.ask)));
    voices.for_each(|text| add("deficiency.toml".to_owned(), Fills::Nothing, text));
    for item in &base.helping.besides {
        let said = [&item.person, &item.clinician].into_iter();
        said.for_each(|text| add(format!("helping.toml: {}", item.id), Fills::Nothing, text));
    }
    for item in &base.helping.assumptions {
        add(format!("helping.toml: {}", item.id), Fills::Nothing, &item.means);
    }
    for item in sources::spoken(&base.safety) {
        [&item.person, &item.clinician]
            .into_iter()
            .for_each(|text| add(format!("safety.toml: {}", item.id), Fills::Numbers, text));
    }
    for item in &base.article {
        let said = [&item.gist].into_iter().chain(&item.correction);
        said.for_each(|text| add(format!("article.toml: {}", item.id), Fills::Nothing, text));
    }
    for (place, text) in risk::sentences(base) {
        add(place, Fills::Nothing, text);
    }
    let views = |place: &str| place.ends_with(": views");
    for fact in sources::facts(base).into_iter().filter(|fact| !views(&fact.place)) {
        found.extend(fact.says.map(|text| (fact.place, Fills::Nothing, text)));
    }
    found
}

/// The words of the size of an effect.
fn effect_words(effect: &EffectSize) -> [&String; 3] {
    [&effect.outcome, &effect.population, &effect.compared_with]
}

/// What is never said: promises, a theory that does not hold, advice that sweeps.
const FORBIDDEN: &[&str] = &[
    "chemical imbalance",
    "your serotonin is low",
    "your serotonin is too low",
    "you have low serotonin",
    "your low serotonin",
    "raise your serotonin",
    "boost your serotonin",
    "all your medicines",
    "all your medicine",
    "zero risk",
    "no risk",
    "risk-free",
    "completely safe",
    "perfectly safe",
    "nothing to worry about",
];

/// "No interaction" alone sounds like knowledge; what is meant is that none is known.
const NO_INTERACTION: &str = "no interaction";

pub(super) fn forbidden_words(knowledge: &Knowledge) -> Vec<String> {
    let bare = |text: &str| {
        text.match_indices(NO_INTERACTION).any(|(at, found)| {
            let rest = text[at + found.len()..].trim_start_matches('s').trim_start();
            !["known", "is known", "are known"].iter().any(|known| rest.starts_with(known))
        })
    };
    let mut problems = Vec::new();
    for (place, _, text) in sentences(knowledge.base()) {
        let lower = text.to_lowercase();
        // "keep a list of all your medicines" is no advice to stop them.
        let listed = lower.replace("list of all your medicines", "");
        let found = FORBIDDEN.iter().copied().filter(|words| listed.contains(words));
        let found = found.chain(bare(&lower).then_some(NO_INTERACTION));
        problems.extend(found.map(|words| format!("{place}: says `{words}`")));
    }
    problems
}

pub(super) fn placeholder_unknown(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for (place, fills, text) in sentences(knowledge.base()) {
        let mut parts = text.split('{');
        let before = parts.next().is_some_and(|text| text.contains('}'));
        let wrong = parts.any(|part| match part.split_once('}') {
            Some((word, rest)) => !fills.words().contains(&word) || rest.contains('}'),
            None => true,
        });
        if before || wrong {
            problems.push(format!("{place}: nothing fills in a part of `{text}`"));
        }
    }
    problems
}

pub(super) fn sentence_empty(knowledge: &Knowledge) -> Vec<String> {
    let wrong =
        |text: &str| text.is_empty() || text.trim() != text || text.contains("  ") || text.contains('\n');
    let wrong = sentences(knowledge.base()).into_iter().filter(|(_, _, text)| wrong(text));
    wrong
        .map(|(place, _, text)| format!("{place}: `{text}` is empty, or has a space or a line end too many"))
        .collect()
}
