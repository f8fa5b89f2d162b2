//! The low side, honestly, and what to do.
//!
//! Nobody can measure how much serotonin a brain has, so nothing here speaks of a level. What can be told is told: what
//! questionnaires come to and how they changed ([`scores`]), the features that the article calls low serotonin, each with what
//! else causes it ([`features`]), what in a life goes with them and what speaks against it ([`factors`]), and which ways back
//! fit this person, in which order, and which do not ([`guidance`]). [`form`] asks a questionnaire item by item.
//!
//! Everything is judged from what was written and from what was taken; the modeled synapse is not asked. A medicine that can
//! cause a feature itself is named before anything else, and what is not known about a person is asked, not assumed.

pub mod factors;
pub mod features;
pub mod form;
pub mod guidance;
pub mod scores;

pub(crate) use factors::too_few;
pub use factors::{FactorSeen, RuleOutSeen};
pub use features::{FeatureSeen, PatternSeen};
pub use guidance::{HoldSaid, State, Way};
pub use scores::{ScoreChange, ScoreSeen};

use crate::{
    criteria::{
        Truth,
        facts::{Facts, Reading, Scope},
        judge,
        reports::Reports,
    },
    exposure::Exposure,
    knowledge::Knowledge,
    timeline::{Event, Origin, Timeline},
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// What is known of the low side, and the ways back.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Care {
    /// The last result of each questionnaire.
    pub scores: Vec<ScoreSeen>,
    /// Features that the article calls low serotonin, those that no medicine explains first.
    pub features: Vec<FeatureSeen>,
    /// Whether they are spoken of as a pattern.
    pub pattern: PatternSeen,
    /// What goes with them, and what speaks against it; the main ones first.
    pub factors: Vec<FactorSeen>,
    /// Other causes for a clinician to rule out.
    pub rule_outs: Vec<RuleOutSeen>,
    /// Tests that are refused as evidence, with their lines.
    pub refused: Vec<RefusedSeen>,
    /// What has to be said before anything is advised; where it is unknown, asked.
    pub before: Vec<BeforeSaid>,
    /// Ways back, in order.
    pub ways: Vec<Way>,
    /// Whether the questions on suicide are to be asked.
    pub safety: bool,
}

/// A test that is refused as evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedSeen {
    /// Id in `deficiency.toml`.
    pub id: String,
    /// Lines that hold it.
    pub lines: BTreeSet<Origin>,
}

/// Something to be said, or asked, before anything is advised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeforeSaid {
    /// Id in `deficiency.toml`.
    pub id: String,
    /// True: it holds and is said. Unknown: it is asked.
    pub truth: Truth,
    /// Lines behind it.
    pub lines: BTreeSet<Origin>,
}

/// What the low side is judged from.
pub(crate) struct Ground<'a> {
    pub(crate) knowledge: &'a Knowledge,
    /// With its names resolved.
    pub(crate) timeline: &'a Timeline,
    pub(crate) exposure: &'a Exposure,
    pub(crate) as_of: Timestamp,
    /// What is so now: the last two weeks, without what was said to be over.
    now: Facts<'a>,
}

impl<'a> Ground<'a> {
    pub(crate) fn new(
        knowledge: &'a Knowledge,
        timeline: &'a Timeline,
        exposure: &'a Exposure,
        reports: &'a Reports<'a>,
        as_of: Timestamp,
    ) -> Self {
        let days = i64::from(knowledge.base().deficiency.pattern.days);
        let from = as_of - SignedDuration::from_hours(24 * days);
        let now = reports.view(Scope::Past(from, as_of), (as_of, as_of), Reading::Strict);
        Self { knowledge, timeline, exposure, as_of, now }
    }

    /// Entries that had begun, at most so many days before the question.
    fn lately(&self, days: u32) -> impl Iterator<Item = &'a crate::timeline::Entry> + use<'a> {
        let from = self.as_of - SignedDuration::from_hours(24 * i64::from(days));
        let as_of = self.as_of;
        self.timeline
            .entries
            .iter()
            .filter(move |entry| entry.when.begun_by(as_of) && self::until(entry, as_of) >= from)
    }

    /// Names of those on board that are one of these classes or substances, those that surely act first.
    fn on_board(&self, ids: &[String]) -> Vec<String> {
        let acting = self
            .exposure
            .acting_at(self.as_of)
            .filter(|(one, sure)| *sure && ids.iter().any(|id| one.is_of(self.knowledge, id)));
        acting.map(|(one, _)| one.substance.clone()).collect()
    }
}

/// The last moment an entry speaks of; an open range reaches to now.
fn until(entry: &crate::timeline::Entry, as_of: Timestamp) -> Timestamp {
    match entry.when.end {
        None => as_of,
        Some(_) => entry.when.last().min(as_of),
    }
}

/// Looks at everything but the ways back, which depend on how urgent the rest is.
pub(crate) fn look(ground: &Ground<'_>, suicide: bool) -> Care {
    let scores = scores::seen(ground);
    let features = features::seen(ground);
    let pattern = features::pattern(ground, &features, &scores);
    let factors = factors::seen(ground, &scores);
    let rule_outs = factors::rule_outs(ground);
    let deficiency = &ground.knowledge.base().deficiency;
    let before = deficiency.before.iter().filter_map(|item| {
        let judged = judge(&item.when, &ground.now);
        let asked = judged.truth == Truth::Unknown && item.ask.is_some();
        (judged.truth == Truth::True || asked).then(|| BeforeSaid {
            id: item.id.clone(),
            truth: judged.truth,
            lines: if judged.truth == Truth::True { judged.because } else { BTreeSet::new() },
        })
    });
    let before = before.collect();
    let refused = refused(ground);
    Care { scores, features, pattern, factors, rule_outs, refused, before, ways: Vec::new(), safety: suicide }
}

/// Refused tests, each with its lines.
fn refused(ground: &Ground<'_>) -> Vec<RefusedSeen> {
    let mut found: Vec<RefusedSeen> = Vec::new();
    for entry in ground.timeline.entries.iter().filter(|entry| entry.when.begun_by(ground.as_of)) {
        let Event::Lab(labs) = &entry.event else { continue };
        for item in labs.iter().filter_map(|lab| ground.knowledge.refused_test(&lab.name.text)) {
            match found.iter_mut().find(|seen| seen.id == item.id) {
                Some(seen) => drop(seen.lines.insert(entry.origin.clone())),
                None => found
                    .push(RefusedSeen { id: item.id.clone(), lines: BTreeSet::from([entry.origin.clone()]) }),
            }
        }
    }
    found
}

/// Whether something that a diary holds is judged here, so that nobody is told that it is only kept.
pub(crate) fn judges(knowledge: &Knowledge, event: &Event) -> bool {
    let named = |find: &crate::timeline::Find| find.name.id.is_some();
    match event {
        Event::Score(score) => knowledge.find_questionnaire(&score.name).is_some(),
        Event::Light { .. } | Event::Sunlight(_) | Event::Exercise { .. } | Event::Sleep(_) => true,
        Event::Session(text) => knowledge.find_guidance(text).is_some(),
        Event::Factor(finds) => finds.iter().all(named),
        Event::Lab(labs) => labs.iter().all(|lab| {
            knowledge.refused_test(&lab.name.text).is_some() || factors::uses_lab(knowledge, &lab.name.text)
        }),
        _ => false,
    }
}
