//! When it began, how it goes, when it is expected to settle.
//!
//! Three plain questions about an episode of signs. Does the time between the last change of medicines and the first sign
//! fit toxicity? Which signs and measurements came, went, rose or fell? And by when does it usually end, given what is
//! still in the body? A late onset rules nothing out and an expected end promises nothing; both are said. Nothing here
//! lowers an urgency: that it gets worse is a danger sign of its own.

use super::{
    OnBoard,
    differential::{Explanation, Fits, SEROTONIN_TOXICITY},
};
use crate::{
    criteria::{
        reports::Reports,
        trend::{Moment, Stated, is_fast},
    },
    exposure::{Exposure, hours_between, intake::ChangeKind, later, serotonergic},
    knowledge::{
        Citation, Knowledge,
        schema::{Evidence, Serotonergic},
    },
    timeline::Origin,
    units::TimeSpan,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// The course of an episode; every part is absent where it is not known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Course {
    /// What the diary says of how it goes, if it said so during this episode.
    pub stated: Option<Stated>,
    /// From the last change to the first sign.
    pub onset: Option<Onset>,
    /// When it is expected to settle.
    pub settling: Option<Settling>,
    /// What was found, moment by moment; empty with fewer than two moments.
    pub moments: Vec<Moment>,
    /// What rises and falls.
    pub trends: Vec<Trend>,
}

/// From the last serotonergic change to the first sign.
#[derive(Debug, Clone, PartialEq)]
pub struct Onset {
    /// The substance that was changed.
    pub substance: String,
    /// What was done.
    pub change: ChangeKind,
    /// When, at the earliest and at the latest.
    pub changed: (Timestamp, Timestamp),
    /// The first sign, at the earliest and at the latest.
    pub first_sign: (Timestamp, Timestamp),
    /// How it compares with published cases.
    pub plausible: Plausible,
    /// Lines behind it.
    pub because: BTreeSet<Origin>,
    /// Sources of the published onset.
    pub citations: Vec<Citation>,
}

impl Onset {
    /// Hours from the change to the first sign, least and most.
    #[must_use]
    pub fn hours(&self) -> (f64, f64) {
        let least = hours_between(self.changed.1, self.first_sign.0).max(0.0);
        (least, hours_between(self.changed.0, self.first_sign.1).max(least))
    }
}

/// How an onset compares with published cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plausible {
    /// Within six hours.
    WithinSixHours,
    /// Within a day.
    WithinADay,
    /// Later; accepted, and said.
    Late,
    /// The times are not known well enough.
    CannotTell,
}

/// When it is expected to settle.
#[derive(Debug, Clone, PartialEq)]
pub struct Settling {
    /// Most have settled by then, if no more is taken.
    pub from: Timestamp,
    /// Long-lived parts are gone by then at the latest in 19 of 20 people.
    pub until: Timestamp,
    /// What stays longest, by id, where it makes `until` later than `from`.
    pub longest: Option<String>,
    /// Serotonergic medicines that are still taken: the days count from their last dose.
    pub still_taken: Vec<String>,
    /// Sources.
    pub citations: Vec<Citation>,
}

/// How one measurement changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// `temperature`, `pulse`, `systolic`, …
    pub quantity: &'static str,
    /// First value and when.
    pub first: (Timestamp, f64),
    /// Last value and when.
    pub last: (Timestamp, f64),
    /// Up, down or steady.
    pub direction: Direction,
    /// Faster than a degree in two hours, for a temperature.
    pub fast: bool,
}

/// Where a measurement goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Higher than before.
    Rising,
    /// Lower than before.
    Falling,
    /// Within what measuring alone changes.
    Steady,
}

/// What the course is read from.
pub(super) struct Ground<'a> {
    pub(super) knowledge: &'a Knowledge,
    pub(super) reports: &'a Reports<'a>,
    pub(super) exposure: &'a Exposure,
    pub(super) on_board: &'a [OnBoard],
    /// First and last moment of the signs.
    pub(super) episode: Option<(Timestamp, Timestamp)>,
    /// What fits best.
    pub(super) leading: Option<&'a Explanation>,
    pub(super) as_of: Timestamp,
}

/// "Adding or increasing" looks back five weeks.
const LOOK_BACK: TimeSpan = TimeSpan::days(35.0);
/// Most have settled after so long without more.
const USUAL: SignedDuration = SignedDuration::from_hours(24);
/// Enzyme that an irreversible inhibitor destroyed is taken as back after the wait that labels ask for.
const ENZYME_BACK: TimeSpan = TimeSpan::days(14.0);

/// The course of the episode in view.
pub(super) fn course(ground: &Ground<'_>) -> Course {
    let Some((from, last)) = ground.episode else { return Course::default() };
    let to = ground.as_of.max(last);
    // What was measured in the day before the first sign is where it started from.
    let moments = ground.reports.moments(from - SignedDuration::from_hours(24), to);
    let trends = trends(&moments);
    let in_episode = |stated: &Stated| stated.at >= from;
    // What fits another cause best has another course.
    let could_be = ground.leading.is_some_and(|item| match item.id.as_str() {
        SEROTONIN_TOXICITY => item.excluded.is_none(),
        _ => item.fits != Fits::Best,
    });
    Course {
        stated: ground.reports.stated_course().filter(in_episode),
        onset: onset(ground, from),
        settling: could_be.then(|| settling(ground)).flatten(),
        moments: if moments.len() > 1 { moments } else { Vec::new() },
        trends,
    }
}

/// The last serotonergic change before the first sign.
fn onset(ground: &Ground<'_>, first: Timestamp) -> Option<Onset> {
    let at = ground.reports.first_sign(first)?;
    let up = |kind: ChangeKind| matches!(kind, ChangeKind::Started | ChangeKind::Raised | ChangeKind::Taken);
    let changes = (ground.exposure.uses.iter())
        .filter(|one| serotonergic(ground.knowledge, one) == Serotonergic::Yes)
        .flat_map(|one| one.changes.iter().map(move |change| (one, change)))
        .filter(|(_, change)| up(change.kind) && change.from <= at.1 && later(change.to, LOOK_BACK) >= at.0);
    let (one, change) = changes.max_by_key(|(_, change)| (change.to, change.from))?;
    let mut onset = Onset {
        substance: one.substance.clone(),
        change: change.kind,
        changed: (change.from, change.to),
        first_sign: at,
        plausible: Plausible::CannotTell,
        because: BTreeSet::from([change.origin.clone()]),
        citations: Vec::new(),
    };
    let (least, most) = onset.hours();
    onset.plausible = match () {
        () if most <= 6.0 => Plausible::WithinSixHours,
        () if most <= 24.0 => Plausible::WithinADay,
        () if least > 24.0 => Plausible::Late,
        () => Plausible::CannotTell,
    };
    let facts = &ground.knowledge.base().course;
    let late = facts.late.evidence.iter().filter(|_| onset.plausible == Plausible::Late);
    onset.citations = cited(facts.onset.iter().flat_map(|item| &item.evidence).chain(late));
    Some(onset)
}

fn settling(ground: &Ground<'_>) -> Option<Settling> {
    let serotonergic: Vec<&OnBoard> =
        ground.on_board.iter().filter(|item| item.serotonergic == Serotonergic::Yes).collect();
    let last = serotonergic.iter().map(|item| item.last).max()?;
    let still_taken: Vec<String> =
        serotonergic.iter().filter(|item| item.running).map(|item| item.substance.clone()).collect();
    let start = if still_taken.is_empty() { last } else { ground.as_of };
    let from = start.max(ground.as_of - USUAL) + USUAL;
    let acts = |substance: &str| serotonergic.iter().any(|item| item.substance == substance);
    let mut ends: Vec<(Timestamp, String)> = (ground.exposure.remaining.iter())
        .filter(|left| acts(&left.substance))
        .map(|left| (left.gone_by, left.moiety.clone()))
        .collect();
    for item in &serotonergic {
        let destroys = ground.knowledge.substance(&item.substance).is_some_and(|substance| {
            substance.mechanisms.iter().any(|effect| effect.class == "maoa_irreversible")
        });
        if destroys {
            let stop = if item.running { ground.as_of } else { item.last };
            ends.push((later(stop, ENZYME_BACK), item.substance.clone()));
        }
    }
    let longest = ends.into_iter().max().filter(|(end, _)| *end > from);
    let facts = &ground.knowledge.base().course;
    let longer: &[Evidence] = if longest.is_some() { &facts.longer.evidence } else { &[] };
    let shares = facts.settling.iter().flat_map(|item| &item.evidence);
    Some(Settling {
        from,
        until: longest.as_ref().map_or(from, |(end, _)| *end),
        longest: longest.map(|(_, id)| id),
        still_taken,
        citations: cited(shares.chain(longer).chain(&facts.not_settled.evidence)),
    })
}

fn cited<'a>(evidence: impl IntoIterator<Item = &'a Evidence>) -> Vec<Citation> {
    evidence.into_iter().map(Citation::from).collect()
}

/// What measuring alone changes.
const NOISE: [(&str, f64); 6] = [
    ("temperature", 0.3),
    ("pulse", 10.0),
    ("systolic", 10.0),
    ("diastolic", 10.0),
    ("respiration", 4.0),
    ("spo2", 2.0),
];
fn trends(moments: &[Moment]) -> Vec<Trend> {
    let mut trends = Vec::new();
    for (quantity, noise) in NOISE {
        let values: Vec<(Timestamp, f64)> = moments
            .iter()
            .filter_map(|moment| moment.measured.get(quantity).map(|value| (moment.at, *value)))
            .collect();
        let [first, .., last] = values.as_slice() else { continue };
        let change = last.1 - first.1;
        let direction = match () {
            () if change >= noise => Direction::Rising,
            () if change <= -noise => Direction::Falling,
            () => Direction::Steady,
        };
        trends.push(Trend {
            quantity,
            first: *first,
            last: *last,
            direction,
            fast: quantity == "temperature" && rises_fast(&values),
        });
    }
    trends
}

/// Whether the last value lies a degree above one of the two hours before it.
fn rises_fast(values: &[(Timestamp, f64)]) -> bool {
    values.last().is_some_and(|last| values.iter().any(|before| is_fast(*before, *last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(written: &[(i64, f64)]) -> Vec<(Timestamp, f64)> {
        let at = |minutes: &i64| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(*minutes);
        written.iter().map(|(minutes, value)| (at(minutes), *value)).collect()
    }

    #[test]
    fn a_degree_in_two_hours_is_fast_and_a_degree_in_three_is_not() {
        assert!(rises_fast(&values(&[(0, 38.0), (120, 39.0)])));
        assert!(rises_fast(&values(&[(0, 37.0), (60, 38.4), (90, 38.0)])));
        assert!(!rises_fast(&values(&[(0, 38.0), (180, 39.0)])));
        assert!(!rises_fast(&values(&[(0, 39.0), (60, 38.0)])));
    }
}
