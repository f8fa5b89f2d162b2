//! What questionnaires come to, and how much that has changed.
//!
//! The last result of each questionnaire is shown with its band, and beside it the one before and the first. A change is called
//! important when it is as large as what people notice, and reliable when it is more than the scale errs by in one person; where
//! no source says how much that is, nothing is said.

use super::Ground;
use crate::{
    exposure::hours_between,
    knowledge::{
        questionnaire,
        schema::{Change, Questionnaire},
    },
    timeline::{Event, Origin},
};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// The last result of one questionnaire.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreSeen {
    /// Id of the questionnaire.
    pub questionnaire: String,
    /// When it was filled in.
    pub at: Timestamp,
    /// The total; `None` where the answers give none.
    pub total: Option<u32>,
    /// Whether answers that were left out were filled with the mean of the others.
    pub prorated: bool,
    /// Numbers of the items without an answer.
    pub unanswered: Vec<u32>,
    /// Name of the band that the total lies in.
    pub band: Option<String>,
    /// Whether it is a positive screen; `None` where it is no screen.
    pub screen: Option<bool>,
    /// Whether its item on suicide is above zero; `None` where it has none or nobody can tell.
    pub suicide: Option<bool>,
    /// Whether it still speaks of now.
    pub current: bool,
    /// Since the result before, and since the first, where there are such.
    pub changes: Vec<ScoreChange>,
    /// Answers in order, where they were written.
    pub answers: Vec<Option<u32>>,
    /// Its line.
    pub lines: BTreeSet<Origin>,
}

/// How a total changed since an earlier one.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreChange {
    /// Since the first one, or since the one before.
    pub first: bool,
    /// When that was.
    pub since: Timestamp,
    /// What it was.
    pub from: u32,
    /// By how many points; below zero is a fall.
    pub by: i64,
    /// Whether it became better; `None` when nothing changed.
    pub better: Option<bool>,
    /// Whether the change is as large as what people notice; `None` where no source says how much that is.
    pub important: Option<bool>,
    /// Whether it is more than the scale errs by in one person; `None` where no source says how much that is.
    pub reliable: Option<bool>,
}

/// Every total of one questionnaire with its time, the oldest first.
type Totals = Vec<(Timestamp, u32)>;

/// The last result of each questionnaire, the newest first.
pub(super) fn seen(ground: &Ground<'_>) -> Vec<ScoreSeen> {
    let days = f64::from(ground.knowledge.base().deficiency.pattern.score_days);
    let mut found: Vec<(ScoreSeen, &Questionnaire, Totals)> = Vec::new();
    for entry in ground.timeline.entries.iter().filter(|entry| entry.when.begun_by(ground.as_of)) {
        let Event::Score(score) = &entry.event else { continue };
        let Some(form) = ground.knowledge.find_questionnaire(&score.name) else { continue };
        let read = questionnaire::read(form, score);
        let at = entry.when.last().min(ground.as_of);
        let result = ScoreSeen {
            questionnaire: form.id.clone(),
            at,
            total: read.total,
            prorated: read.prorated,
            unanswered: read.unanswered,
            band: read.total.and_then(|total| questionnaire::band(form, total)).map(|band| band.name.clone()),
            screen: read.total.and_then(|total| questionnaire::screen(form, total)),
            suicide: questionnaire::suicide(form, score),
            current: hours_between(at, ground.as_of) <= 24.0 * days,
            changes: Vec::new(),
            answers: score.items.iter().copied().take(form.items as usize).collect(),
            lines: BTreeSet::from([entry.origin.clone()]),
        };
        let earlier = match found.iter().position(|(known, ..)| known.questionnaire == form.id) {
            Some(index) => found.remove(index).2,
            None => Vec::new(),
        };
        let totals = earlier.into_iter().chain(read.total.map(|total| (at, total))).collect();
        found.push((result, form, totals));
    }
    let told = found.into_iter().rev().map(|(mut result, form, totals)| {
        if let (Some(total), [earlier @ .., _]) = (result.total, totals.as_slice()) {
            let first = earlier.first().filter(|_| earlier.len() > 1).map(|first| (true, first));
            let before = earlier.last().map(|before| (false, before));
            result.changes = before
                .into_iter()
                .chain(first)
                .map(|(first, (since, from))| change(form, first, (*since, *from), total))
                .collect();
        }
        result
    });
    told.collect()
}

fn change(form: &Questionnaire, first: bool, (since, from): (Timestamp, u32), to: u32) -> ScoreChange {
    let by = i64::from(to) - i64::from(from);
    let better = (by != 0).then_some((by > 0) == form.higher_is_better);
    let reaches = |change: &Change| {
        let points = change.points.or(change.percent.map(|percent| percent / 100.0 * f64::from(from)));
        points.is_some_and(|points| by != 0 && by.unsigned_abs() as f64 >= points - 1e-9)
    };
    // Where several sources give a limit, a change has to pass the strictest.
    let all = |kind: &str| {
        let mut limits = form.changes.iter().filter(|change| change.kind == kind).peekable();
        limits.peek().is_some().then(|| limits.all(reaches))
    };
    ScoreChange { first, since, from, by, better, important: all("important"), reliable: all("reliable") }
}
