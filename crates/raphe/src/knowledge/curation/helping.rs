//! What "is it helping?" takes for granted.

use crate::{
    knowledge::{Knowledge, schema::Certainty},
    units::TimeSpan,
};

/// Every number that the analysis asks for.
const ASSUMED: [&str; 9] = [
    "spread_of_scale",
    "important_share_of_scale",
    "least_share_of_scale",
    "feeling_points",
    "feeling_percent",
    "natural_share",
    "natural_days",
    "natural_spread",
    "worst_moment",
];

pub(super) fn onset_does_not_read(knowledge: &Knowledge) -> Vec<String> {
    let base = knowledge.base();
    let mut problems = Vec::new();
    for item in &base.helping.onsets {
        let times = [Some(&item.tau), item.judge_after.as_ref(), item.gap.as_ref()];
        if times.into_iter().flatten().any(|text| text.parse::<TimeSpan>().is_err()) {
            problems.push(format!("helping.toml: onset of {}: a time does not read", item.guidance));
        }
        let there = item.guidance == "other" || base.guidance.iter().any(|known| known.id == item.guidance);
        let once = base.helping.onsets.iter().filter(|other| other.guidance == item.guidance).count() == 1;
        if !(there && once) {
            problems
                .push(format!("helping.toml: onset of {}: no such guidance, or there twice", item.guidance));
        }
    }
    if !base.helping.onsets.iter().any(|item| item.guidance == "other") {
        problems.push("helping.toml: no onset for everything else".to_owned());
    }
    problems
}

pub(super) fn assumption_missing(knowledge: &Knowledge) -> Vec<String> {
    use Certainty::*;
    let helping = &knowledge.base().helping;
    let mut problems = Vec::new();
    for id in ASSUMED {
        let found: Vec<_> = helping.assumptions.iter().filter(|item| item.id == id).collect();
        if !matches!(found.as_slice(), [one] if one.value.is_finite() && one.value >= 0.0) {
            problems.push(format!("helping.toml: {id}: once, and not below zero"));
        }
    }
    for item in helping.assumptions.iter().filter(|item| !ASSUMED.contains(&item.id.as_str())) {
        problems.push(format!("helping.toml: {}: nothing asks for it", item.id));
    }
    for certainty in [High, Moderate, Low, VeryLow, Refuted] {
        let mut shares = helping.shrinks.iter().filter(|item| item.certainty == certainty);
        if shares.next().is_none_or(|item| !(0.0..=1.0).contains(&item.share)) || shares.next().is_some() {
            problems.push(format!("helping.toml: {certainty:?} has one share from 0 to 1"));
        }
    }
    problems
}
