//! Questionnaires: their items by LOINC code, or in their order where they have none.

use super::{
    Findings, Ground, Place,
    codes::{ANSWERS, Kind, ORDINAL, kind_of_code},
    whole,
};
use crate::{
    model::{Answer, Coding, Item, Quantity, QuestionnaireResponse},
    notices::Notices,
    when::Written,
    write::codes,
};
use raphe::timeline::{Event, Score};
use std::collections::BTreeMap;

impl Findings {
    /// A questionnaire.
    pub(crate) fn questionnaire(
        &mut self,
        resource: &QuestionnaireResponse<'_>,
        place: Place<'_>,
        ground: &Ground<'_>,
        notices: &mut Notices,
    ) {
        if resource.status.as_deref() == Some("entered-in-error") {
            return notices.info(place.path, "a questionnaire was entered in error", "it is left out", "");
        }
        let canonical =
            resource.questionnaire.as_ref().map(|address| address.0.to_string()).unwrap_or_default();
        let Some(written) = resource.authored.as_deref().and_then(Written::read) else {
            return notices.warning(place.path, "a questionnaire has no date", "it is left out", &canonical);
        };
        let when = ground.clock.when(written);
        if let Some(id) = canonical.strip_prefix(codes::QUESTIONNAIRE)
            && let Some(form) = ground.knowledge.base().questionnaires.iter().find(|form| form.id == id)
        {
            // Written from a diary: every question in its order, answered or not.
            let items = resource.item.iter().map(|item| item.answer.first().and_then(value_of)).collect();
            let score = Score { name: form.name.clone(), items, total: None, columns: Vec::new() };
            return self.push(when, Event::Score(score), place, None);
        }
        let mut answers = Vec::new();
        collect(&resource.item, 0, &mut answers);
        let mut items: BTreeMap<&str, Vec<Option<u32>>> = BTreeMap::new();
        let mut totals: BTreeMap<&str, f64> = BTreeMap::new();
        for (item, answer) in &answers {
            let code = item.link_id.as_deref().unwrap_or_default().trim_start_matches('/');
            let code = code.rsplit('/').next().unwrap_or(code);
            match kind_of_code(code) {
                Some(Kind::Item(name, index)) => {
                    let length = if name == "PHQ-9" { 9 } else { 7 };
                    items.entry(name).or_insert_with(|| vec![None; length])[index] = value_of(answer);
                }
                Some(Kind::Total(name)) => {
                    let total = answer.value_decimal.or(answer.value_integer);
                    let total = total.or(answer.value_quantity.as_ref().and_then(|quantity| quantity.value));
                    totals.extend(total.map(|total| (name, total.0)));
                }
                _ => {}
            }
        }
        if items.is_empty() && totals.is_empty() {
            // Known by its address, its questions in their order.
            let lower = canonical.to_lowercase();
            let known =
                [("PHQ-9", 9, ["phq-9", "phq9", "44249-1"]), ("GAD-7", 7, ["gad-7", "gad7", "69737-5"])];
            let form = known.iter().find(|(_, _, marks)| marks.iter().any(|mark| lower.contains(mark)));
            if let Some((name, length, _)) = form {
                let values: Vec<Option<u32>> = answers.iter().map(|(_, answer)| value_of(answer)).collect();
                if values.len() >= *length && values[..*length].iter().all(Option::is_some) {
                    notices.info(
                        place.path,
                        "a questionnaire has no codes",
                        "its answers are read in their order",
                        name,
                    );
                    items.insert(name, values[..*length].to_vec());
                }
            }
        }
        if items.is_empty() && totals.is_empty() {
            notices.info(
                place.path,
                "a questionnaire is not known",
                "only what was written in words is kept",
                &canonical,
            );
        }
        for (name, values) in items {
            let score = Score { name: name.to_owned(), items: values, total: None, columns: Vec::new() };
            totals.remove(name);
            self.push(when, Event::Score(score), place, None);
        }
        for (name, total) in totals {
            let score =
                Score { name: name.to_owned(), items: Vec::new(), total: Some(total), columns: Vec::new() };
            self.push(when, Event::Score(score), place, None);
        }
        for (_, answer) in &answers {
            if let Some(words) = answer.value_string.as_deref().filter(|words| !words.trim().is_empty()) {
                self.push(when, Event::Note(words.to_owned()), place, None);
            }
        }
    }
}

/// The number of an answer.
fn value_of(answer: &Answer<'_>) -> Option<u32> {
    let quantity = |quantity: &Quantity<'_>| quantity.value;
    let number = answer.value_integer.or(answer.value_decimal);
    let number = number.or_else(|| answer.value_quantity.as_ref().and_then(quantity));
    let coded = answer.value_coding.as_ref().and_then(of_coding);
    coded.or_else(|| number.and_then(|number| whole(number.0)))
}

pub(super) fn of_coding(coding: &Coding<'_>) -> Option<u32> {
    let ordinal = coding
        .extension
        .iter()
        .find(|extension| extension.url.as_deref().is_some_and(|url| ORDINAL.contains(&url)));
    let ordinal = ordinal.and_then(|extension| extension.value_decimal.or(extension.value_integer));
    let code = coding.code.as_deref().unwrap_or_default();
    let known = ANSWERS.iter().find(|(known, _)| *known == code).map(|(_, value)| *value);
    ordinal
        .and_then(|value| whole(value.0))
        .or(known)
        .or_else(|| code.parse().ok().filter(|value| *value <= 3))
}

/// The items with their first answers, in order, however deep they stand.
fn collect<'i, 'a>(items: &'i [Item<'a>], depth: usize, into: &mut Vec<(&'i Item<'a>, &'i Answer<'a>)>) {
    if depth > 32 {
        return;
    }
    for item in items {
        into.extend(item.answer.first().map(|answer| (item, answer)));
        collect(&item.item, depth + 1, into);
        for answer in &item.answer {
            collect(&answer.item, depth + 1, into);
        }
    }
}
