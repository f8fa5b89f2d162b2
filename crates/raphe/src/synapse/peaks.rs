//! The highest serotonin of everyone over some hours: what a plan compares.

use super::{Follower, MEMORY, Told};
use crate::{
    exposure::{
        later,
        scenario::Scenario,
        simulation::{self, Span},
    },
    knowledge::Knowledge,
    population::Population,
    timeline::Timeline,
    units::TimeSpan,
};
use jiff::Timestamp;

/// The highest fold of everyone, person by person, and how much each counts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Peaks {
    /// Over the person's own baseline; 1 where nothing acts on serotonin.
    pub(crate) folds: Vec<f64>,
    /// Weights; empty = everyone counts the same.
    pub(crate) weights: Vec<f64>,
    /// What acts on serotonin and is missing from the model.
    pub(crate) missing: Vec<(String, &'static str)>,
}

/// The highest fold from `from` on, for so many hours, with the doses of what is running.
pub(crate) fn peaks(
    timeline: &Timeline,
    knowledge: &Knowledge,
    population: Population,
    from: Timestamp,
    hours: f64,
) -> Peaks {
    let to = later(from, TimeSpan::hours(hours));
    let span = Span { from: Some(from), to, step: TimeSpan::hours(1.0) };
    let follow = |scenario: &Scenario<'_>, moments: Vec<f64>| {
        Follower::new(knowledge, population, &timeline.person, to, scenario, moments)
    };
    let (_, follower, found, weights) =
        simulation::accompanied(timeline, knowledge, population, span, MEMORY, follow);
    let missing = follower.engagement.gaps.iter().map(|gap| (gap.substance.clone(), gap.missing)).collect();
    if follower.engagement.is_empty() {
        return Peaks { folds: vec![1.0; population.size()], weights, missing };
    }
    let told = Told::of(&follower, &found, &weights);
    let highest =
        |person| (0..follower.moments.len()).map(|place| told.fold(place, person)).fold(0.0, f64::max);
    Peaks { folds: (0..told.people).map(highest).collect(), weights: told.weights.clone(), missing }
}
