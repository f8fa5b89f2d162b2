//! Ids, names, codes, and words for signs.

use super::{file, shared, substances};
use crate::{
    knowledge::{
        Knowledge, key,
        schema::{Base, Substance},
        sign_names,
    },
    timeline::diary::read_dose_line,
};
use std::collections::BTreeSet;

pub(super) fn list_not_sorted(knowledge: &Knowledge) -> Vec<String> {
    let pairs = knowledge.base().substances.windows(2);
    let wrong = pairs.filter(|pair| pair[0].id >= pair[1].id);
    wrong.map(|pair| format!("{}: stands after `{}`", file(&pair[1].id), pair[0].id)).collect()
}

/// Every permanent id with its file.
fn ids(base: &Base) -> Vec<(String, &str)> {
    fn add<'a>(into: &mut Vec<(String, &'a str)>, file: &str, ids: impl Iterator<Item = &'a String>) {
        into.extend(ids.map(|id| (file.replace('*', id), id.as_str())));
    }
    let mut found = Vec::new();
    add(&mut found, "substances/*.toml", base.substances.iter().map(|item| &item.id));
    add(&mut found, "criteria/*.toml", base.criteria.iter().map(|item| &item.id));
    add(&mut found, "mechanisms.toml", base.mechanisms.iter().map(|item| &item.id));
    add(&mut found, "pairs.toml", base.pairs.iter().map(|item| &item.id));
    add(&mut found, "signs.toml", base.signs.iter().map(|item| &item.id));
    add(&mut found, "severity.toml", base.severity.iter().map(|item| &item.id));
    add(&mut found, "flags.toml", base.flags.iter().map(|item| &item.id));
    add(&mut found, "rivals.toml", base.rivals.iter().map(|item| &item.id));
    add(&mut found, "differential.toml", base.differential.clues.iter().map(|item| &item.id));
    add(&mut found, "actions.toml", base.actions.iter().map(|item| &item.id));
    add(&mut found, "questionnaires/*.toml", base.questionnaires.iter().map(|item| &item.id));
    add(&mut found, "factors/*.toml", base.factors.iter().map(|item| &item.id));
    add(&mut found, "guidance/*.toml", base.guidance.iter().map(|item| &item.id));
    add(&mut found, "deficiency.toml", base.deficiency.science.iter().map(|item| &item.id));
    add(&mut found, "deficiency.toml", base.deficiency.refused.iter().map(|item| &item.id));
    add(&mut found, "deficiency.toml", base.deficiency.rule_outs.iter().map(|item| &item.id));
    add(&mut found, "deficiency.toml", base.deficiency.before.iter().map(|item| &item.id));
    add(&mut found, "safety.toml", super::sources::spoken(&base.safety).map(|item| &item.id));
    found
}

pub(super) fn id_not_snake_case(knowledge: &Knowledge) -> Vec<String> {
    let snake = |id: &str| {
        let word = |word: &str| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        id.starts_with(|c: char| c.is_ascii_lowercase()) && id.split('_').all(word)
    };
    let wrong = ids(knowledge.base()).into_iter().filter(|(_, id)| !snake(id));
    wrong.map(|(file, id)| format!("{file}: the id `{id}` is not in snake case")).collect()
}

fn names(substance: &Substance) -> impl Iterator<Item = &str> {
    let names = &substance.names;
    [&substance.id, &names.inn].into_iter().chain(&names.brands).chain(&names.synonyms).map(String::as_str)
}

pub(super) fn name_of_two_substances(knowledge: &Knowledge) -> Vec<String> {
    let claims = knowledge
        .base()
        .substances
        .iter()
        .flat_map(|item| names(item).map(|name| (key(name), item.id.clone())));
    told(shared(claims), file)
}

/// One line for each key with several owners, under the file of the first.
fn told(shared: Vec<(String, BTreeSet<String>)>, file: impl Fn(&str) -> String) -> Vec<String> {
    let line = |(key, owners): (String, BTreeSet<String>)| {
        let owners: Vec<String> = owners.into_iter().collect();
        format!("{}: `{key}` belongs to {}", file(&owners[0]), owners.join(" and "))
    };
    shared.into_iter().map(line).collect()
}

pub(super) fn name_cannot_be_found(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for (file, substance) in substances(knowledge.base()) {
        let found = |name: &str| {
            let line = read_dose_line(&format!("{name} 50 mg"));
            line.is_ok_and(|line| knowledge.find_substance(&line.name.text).is_some())
        };
        let lost = names(substance).filter(|name| key(name).is_empty() || !found(name));
        problems.extend(lost.map(|name| format!("{file}: `{name} 50 mg` does not lead here")));
    }
    problems
}

pub(super) fn word_of_two_signs(knowledge: &Knowledge) -> Vec<String> {
    let claims = knowledge
        .base()
        .signs
        .iter()
        .flat_map(|sign| sign_names(sign).map(|word| (key(word), sign.id.clone())));
    told(shared(claims), |_| "signs.toml".to_owned())
}

pub(super) fn word_cannot_be_written(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for sign in &knowledge.base().signs {
        let cut = sign.synonyms.iter().filter(|word| key(word).is_empty() || word.contains([',', ';']));
        problems
            .extend(cut.map(|word| format!("signs.toml: {}: `{word}` cannot be written in a list", sign.id)));
    }
    problems
}

pub(super) fn id_of_class_and_substance(knowledge: &Knowledge) -> Vec<String> {
    let both = knowledge.base().mechanisms.iter().filter(|class| knowledge.substance(&class.id).is_some());
    both.map(|class| format!("mechanisms.toml: `{}` is also a substance", class.id)).collect()
}

fn digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn code_malformed(knowledge: &Knowledge) -> Vec<String> {
    let rxnorm = |code: &str| (1..=8).contains(&code.len()) && digits(code, code.len());
    let capitals = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase());
    let atc = |code: &str| {
        code.is_ascii()
            && code.len() == 7
            && capitals(&code[..1])
            && digits(&code[1..3], 2)
            && capitals(&code[3..5])
            && digits(&code[5..], 2)
    };
    let unii = |code: &str| {
        code.len() == 10 && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    let mut problems = Vec::new();
    for (file, substance) in substances(knowledge.base()) {
        let codes = &substance.codes;
        let wrong = (codes.rxnorm.iter().filter(|code| !rxnorm(code)).map(|code| ("RxNorm", code)))
            .chain(codes.atc.iter().filter(|code| !atc(code)).map(|code| ("ATC", code)))
            .chain(codes.unii.iter().filter(|code| !unii(code)).map(|code| ("UNII", code)));
        problems.extend(wrong.map(|(system, code)| format!("{file}: `{code}` is not an {system} code")));
    }
    for sign in &knowledge.base().signs {
        let wrong = |code: &&String| !code.strip_prefix("HP:").is_some_and(|code| digits(code, 7));
        let wrong = sign.hpo.iter().filter(wrong);
        problems.extend(wrong.map(|code| format!("signs.toml: {}: `{code}` is not an HPO term", sign.id)));
    }
    problems
}

pub(super) fn code_of_two_substances(knowledge: &Knowledge) -> Vec<String> {
    let claims = knowledge.base().substances.iter().flat_map(|item| {
        let codes = &item.codes;
        (codes.rxnorm.iter().map(|code| format!("rxnorm:{code}")))
            .chain(codes.atc.iter().map(|code| format!("atc:{code}")))
            .chain(codes.unii.iter().map(|code| format!("unii:{code}")))
            .map(|code| (code, item.id.clone()))
    });
    told(shared(claims), file)
}

pub(super) fn enzyme_misspelled(knowledge: &Knowledge) -> Vec<String> {
    let base = knowledge.base();
    let mut spellings: Vec<(String, &str)> = Vec::new();
    for (file, substance) in substances(base) {
        spellings.extend(substance.enzymes.iter().map(|role| (file.clone(), role.enzyme.as_str())));
        let forms = substance.metabolites.iter().filter_map(|link| link.by.as_deref());
        spellings.extend(forms.map(|enzyme| (file.clone(), enzyme)));
    }
    spellings.extend(base.enzymes.iter().map(|enzyme| ("enzymes.toml".to_owned(), enzyme.id.as_str())));
    let mut problems: Vec<String> = Vec::new();
    for (at, (file, enzyme)) in spellings.iter().enumerate() {
        let cyp = |code: &str| {
            let family = code.trim_start_matches(|c: char| c.is_ascii_digit());
            let number = family.trim_start_matches(|c: char| c.is_ascii_uppercase());
            family.len() < code.len()
                && number.len() + 1 == family.len()
                && digits(number, number.len().max(1))
        };
        let first = spellings[..at].iter().find(|(_, other)| key(other) == key(enzyme) && other != enzyme);
        if let Some((_, other)) = first {
            problems.push(format!("{file}: the enzyme `{enzyme}` is written `{other}` elsewhere"));
        } else if key(enzyme).starts_with("cyp")
            && !enzyme.trim_end_matches(" gut").strip_prefix("CYP").is_some_and(cyp)
        {
            problems.push(format!("{file}: `{enzyme}` is not spelled like CYP2D6"));
        }
    }
    problems
}
