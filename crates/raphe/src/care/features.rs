//! The features that the article calls low serotonin: which are there, and what else causes each.
//!
//! They come from what was felt and seen and from the answers of questionnaires. None of them tells how much serotonin there
//! is: every one fits many conditions, and some are effects of the very medicines that raise serotonin. Where such a medicine
//! is on board it is named first, and such a feature alone never makes a pattern.

use super::{Ground, ScoreSeen};
use crate::{
    knowledge::schema::{Feature, Questionnaire},
    timeline::{Event, Origin, When},
};
use std::collections::{BTreeMap, BTreeSet};

/// A feature that is there.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureSeen {
    /// Id of the sign.
    pub sign: String,
    /// Out of ten, as the person gave it last.
    pub strength: Option<f64>,
    /// The highest answer of a questionnaire that asks for it: questionnaire, item, answer.
    pub answer: Option<(String, u32, u32)>,
    /// Whether it counts toward the pattern: felt or seen, or answered with "more than half the days".
    pub counts: bool,
    /// Substances on board that can cause it themselves.
    pub medicines: Vec<String>,
    /// Lines behind it.
    pub lines: BTreeSet<Origin>,
}

/// Whether the features are spoken of as a pattern, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PatternSeen {
    /// They are.
    pub enough: bool,
    /// Questionnaires whose total is a positive screen.
    pub screens: Vec<String>,
    /// How many different features count.
    pub features: u32,
    /// Every feature that counts can be an effect of a medicine on board.
    pub explained: bool,
}

/// The last word on one feature.
struct Told {
    when: When,
    present: bool,
    strength: Option<f64>,
    /// Every line that reports it.
    lines: BTreeSet<Origin>,
}

/// Features of the last two weeks, those that no medicine explains first.
pub(super) fn seen(ground: &Ground<'_>) -> Vec<FeatureSeen> {
    let deficiency = &ground.knowledge.base().deficiency;
    let known: BTreeSet<&str> = deficiency.features.iter().map(|feature| feature.sign.as_str()).collect();
    // The last word on each counts; of two of one moment what is there, and what is stronger, whichever stands first.
    let mut told: BTreeMap<&str, Told> = BTreeMap::new();
    let mut tell =
        |id: Option<&'_ str>, when: When, present: bool, strength: Option<f64>, origin: &Origin| {
            let Some(id) = id.and_then(|id| known.get(id).copied()) else { return };
            let newer = told.get(id).is_none_or(|last| {
                let stronger = strength.unwrap_or(0.0) >= last.strength.unwrap_or(0.0);
                (when.start, present, stronger) >= (last.when.start, last.present, true)
            });
            let says =
                told.entry(id).or_insert_with(|| Told { when, present, strength, lines: BTreeSet::new() });
            if newer {
                (says.when, says.present, says.strength) = (when, present, strength);
            }
            if present {
                says.lines.insert(origin.clone());
            }
        };
    for entry in ground.lately(deficiency.pattern.days) {
        match &entry.event {
            Event::Sign { finds, .. } => finds.iter().for_each(|find| {
                tell(find.name.id.as_deref(), entry.when, find.present, None, &entry.origin);
            }),
            Event::Feel(feelings) => feelings.iter().for_each(|feeling| {
                let (id, strength) = (feeling.name.id.as_deref(), feeling.strength);
                tell(id, entry.when, feeling.present, strength, &entry.origin);
            }),
            _ => {}
        }
    }
    let answers = answers(ground);
    let seen = deficiency.features.iter().filter_map(|feature| {
        let told = told.get(feature.sign.as_str()).filter(|told| told.present);
        let answer = answers.get(feature.sign.as_str());
        let lines = told.map(|told| &told.lines).into_iter().flatten();
        let lines: BTreeSet<Origin> =
            lines.chain(answer.iter().flat_map(|answer| &answer.lines)).cloned().collect();
        (told.is_some() || answer.is_some()).then(|| FeatureSeen {
            sign: feature.sign.clone(),
            strength: told.and_then(|told| told.strength),
            answer: answer.map(|answer| (answer.form.id.clone(), answer.item, answer.answer)),
            counts: told.is_some() || answer.is_some_and(|answer| answer.counts),
            medicines: ground.on_board(&feature.drug_effect_of),
            lines,
        })
    });
    let mut seen: Vec<FeatureSeen> = seen.collect();
    seen.sort_by_key(|feature| (!feature.counts, !feature.medicines.is_empty()));
    seen
}

/// The highest answer that asks for a sign.
struct Asked<'k> {
    form: &'k Questionnaire,
    item: u32,
    answer: u32,
    counts: bool,
    lines: BTreeSet<Origin>,
}

/// Answers above zero to items that ask for a sign, of questionnaires that still speak of now.
fn answers<'k>(ground: &Ground<'k>) -> BTreeMap<&'k str, Asked<'k>> {
    let pattern = &ground.knowledge.base().deficiency.pattern;
    let mut last: BTreeMap<&str, (&Questionnaire, &crate::timeline::Score, &Origin)> = BTreeMap::new();
    for entry in ground.lately(pattern.score_days) {
        if let Event::Score(score) = &entry.event
            && let Some(form) = ground.knowledge.find_questionnaire(&score.name)
            && !score.items.is_empty()
        {
            last.insert(&form.id, (form, score, &entry.origin));
        }
    }
    let mut found: BTreeMap<&str, Asked<'_>> = BTreeMap::new();
    for (form, score, origin) in last.into_values() {
        // Answers that do not fit the questionnaire may belong to other items.
        let fits = score.items.len() >= form.texts.len();
        for ((number, text), answer) in (1..).zip(&form.texts).zip(&score.items).filter(|_| fits) {
            let (Some(sign), Some(answer)) = (text.sign.as_deref(), answer.filter(|answer| *answer > 0))
            else {
                continue;
            };
            let counts = answer >= pattern.item_from || text.suicide;
            let lines = BTreeSet::from([origin.clone()]);
            let asked = Asked { form, item: number, answer, counts, lines };
            match found.get_mut(sign) {
                Some(known) if known.answer >= answer => known.lines.extend(asked.lines),
                _ => drop(found.insert(sign, asked)),
            }
        }
    }
    found
}

/// Whether the features are enough to be spoken of together.
pub(super) fn pattern(ground: &Ground<'_>, features: &[FeatureSeen], scores: &[ScoreSeen]) -> PatternSeen {
    let base = ground.knowledge.base();
    let wanted = &base.deficiency.pattern;
    let measures = |id: &str| {
        let form = base.questionnaires.iter().find(|form| form.id == id);
        form.is_some_and(|form| wanted.measures.contains(&form.measures))
    };
    let positive = scores
        .iter()
        .filter(|score| score.current && score.screen == Some(true) && measures(&score.questionnaire));
    let screens: Vec<String> = positive.map(|score| score.questionnaire.clone()).collect();
    let counting: Vec<&FeatureSeen> = features.iter().filter(|feature| feature.counts).collect();
    // Two words for what one item asks for are one feature.
    let same = |feature: &Feature| feature.asked_by.first().unwrap_or(&feature.sign).clone();
    let of = |seen: &&FeatureSeen| base.deficiency.features.iter().find(|feature| feature.sign == seen.sign);
    let kinds: BTreeSet<String> = counting.iter().filter_map(of).map(same).collect();
    let plain = |seen: &&&FeatureSeen| seen.medicines.is_empty();
    let core = counting.iter().filter(plain).any(|seen| wanted.core.contains(&seen.sign));
    let several = kinds.len() as u32 >= wanted.least && core;
    PatternSeen {
        enough: several || !screens.is_empty(),
        screens,
        features: kinds.len() as u32,
        explained: !counting.is_empty() && counting.iter().all(|seen| !seen.medicines.is_empty()),
    }
}
