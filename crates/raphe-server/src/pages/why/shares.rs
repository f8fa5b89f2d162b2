//! Who adds how much to serotonin: the same people without each substance, and with one more after the other.
//!
//! Effects on serotonin do not add up: two substances at one transporter share it, and one may slow the removal of another.
//! So there are two honest answers, and both are given. *Without X*: everything else is taken, only X never was. *One after
//! the other*: from nothing to all of it, the one that matters most first; these are the bars of the figure, and they end at
//! the level now. Whoever looks may leave something out; then the figure is of what is left.

use crate::desk::{Desk, FEW};
use jiff::Timestamp;
use raphe::{
    assess::Assessment,
    knowledge::Knowledge,
    population::Population,
    synapse,
    timeline::{Event, Timeline},
    units::Interval,
};
use std::{collections::BTreeSet, sync::Arc};

/// A change of less than this share is no bar of its own.
const COUNTS: f64 = 0.02;

/// What somebody left out of the picture: ids. Remembered for their browser.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LeftOut(pub(super) BTreeSet<String>);

/// One substance that moves the level.
#[derive(Debug, Clone)]
pub(super) struct Share {
    pub(super) id: String,
    pub(super) name: String,
    /// The level with it and all bars before it, times the level without any.
    pub(super) up_to: Interval,
    /// The level with all others and without it.
    pub(super) without: Interval,
}

/// From the level without anything to the level now.
#[derive(Debug, Clone)]
pub(super) struct Shares {
    /// Those that move it, the strongest first.
    pub(super) shares: Vec<Share>,
    /// Everything that was not left out, together.
    pub(super) together: Interval,
    /// With what was left out as well, where something was.
    pub(super) all: Option<Interval>,
    /// What acts and moves the modeled level by less than can be told: id and name.
    pub(super) unmoved: Vec<(String, String)>,
}

impl Shares {
    /// The numbers for the wire.
    pub(super) fn wire(&self) -> raphe_json::Summed {
        let shares = self.shares.iter().map(|share| (share.id.clone(), share.up_to, share.without));
        raphe_json::Summed {
            together: Some(self.together),
            all: self.all,
            shares: shares.collect(),
            unmoved: self.unmoved.iter().map(|(id, _)| id.clone()).collect(),
        }
    }
}

/// The last answer, for the same diary, moment and choice.
#[derive(Clone)]
struct Known {
    of: (u64, Timestamp, BTreeSet<String>),
    shares: Arc<Option<Shares>>,
}

/// What can be left out: what acts now, and what is gone but for what it left behind.
pub(super) fn members(desk: &Desk, assessment: &Assessment) -> Vec<(String, String)> {
    let mut members: Vec<(String, String)> =
        assessment.on_board.iter().map(|item| (item.substance.clone(), item.name.clone())).collect();
    for left in &assessment.remaining {
        if !members.iter().any(|(id, _)| *id == left.substance) {
            members
                .push((left.substance.clone(), desk.knowledge().substance_name(&left.substance).to_owned()));
        }
    }
    members
}

/// The shares, worked out once for each choice; `None` where nothing is modeled.
pub(super) fn shares(
    desk: &Desk,
    assessment: &Assessment,
    left_out: &BTreeSet<String>,
) -> Arc<Option<Shares>> {
    let of = (desk.reading.mark, assessment.as_of, left_out.clone());
    if let Some(known) = desk.visit.recall::<Known>().filter(|known| known.of == of) {
        return known.shares;
    }
    let population = desk.question().population;
    let few = Population { people: population.people.min(FEW), ..population };
    let members = members(desk, assessment);
    let shares =
        Arc::new(work(&desk.reading.resolved, desk.knowledge(), few, assessment.as_of, &members, left_out));
    desk.visit.remember(Known { of, shares: shares.clone() });
    shares
}

fn work(
    timeline: &Timeline,
    knowledge: &Knowledge,
    population: Population,
    as_of: Timestamp,
    members: &[(String, String)],
    left_out: &BTreeSet<String>,
) -> Option<Shares> {
    let fold = |without: &BTreeSet<&str>, population: Population| {
        let timeline = lacking(timeline, without);
        synapse::simulate(&timeline, knowledge, population, as_of).1.fold_change
    };
    let out: BTreeSet<&str> = left_out.iter().map(String::as_str).collect();
    let nothing = Interval { median: 1.0, p5: 1.0, p95: 1.0 };
    let all = (!out.is_empty()).then(|| fold(&BTreeSet::new(), population)).flatten();
    // Where nothing that is left is modeled, the level is the own one.
    let together = match fold(&out, population) {
        Some(together) => together,
        None if all.is_some() => nothing,
        None => return None,
    };
    let kept: Vec<&(String, String)> = members.iter().filter(|(id, _)| !out.contains(id.as_str())).collect();
    let but = |id: &str| -> BTreeSet<&str> {
        let one = members.iter().map(|(known, _)| known.as_str()).filter(|known| *known == id);
        out.iter().copied().chain(one).collect()
    };
    // The typical person tells who matters, and in which order.
    let typical = Population { people: 0, ..population };
    let whole = fold(&out, typical).map_or(1.0, |fold| fold.median);
    let mut moved: Vec<(f64, &(String, String))> = kept
        .iter()
        .map(|member| {
            let without = fold(&but(&member.0), typical).map_or(1.0, |fold| fold.median);
            ((whole / without.max(1e-9)).ln(), *member)
        })
        .collect();
    moved.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()).then_with(|| a.1.0.cmp(&b.1.0)));
    let (moving, still): (Vec<_>, Vec<_>) = moved.into_iter().partition(|(change, _)| change.abs() > COUNTS);
    let mut shares = Vec::with_capacity(moving.len());
    for (place, (_, (id, name))) in moving.iter().enumerate() {
        // Those that come later are not there yet.
        let later = moving[place + 1..].iter().map(|(_, (id, _))| id.as_str());
        let up_to = match place + 1 == moving.len() {
            true => together,
            false => fold(&out.iter().copied().chain(later).collect(), population).unwrap_or(nothing),
        };
        let without = fold(&but(id), population).unwrap_or(nothing);
        shares.push(Share { id: id.clone(), name: name.clone(), up_to, without });
    }
    let unmoved = still.into_iter().map(|(_, member)| member.clone()).collect();
    Some(Shares { shares, together, all, unmoved })
}

/// The same diary, in which these were never taken.
fn lacking(timeline: &Timeline, without: &BTreeSet<&str>) -> Timeline {
    let of = |event: &Event| match event {
        Event::Start(line) | Event::Change(line) | Event::Take(line) => line.name.id.clone(),
        Event::Stop(name) | Event::Miss(name) => name.id.clone(),
        _ => None,
    };
    let kept = timeline
        .entries
        .iter()
        .filter(|entry| !of(&entry.event).is_some_and(|id| without.contains(id.as_str())));
    timeline.holding(kept.cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::now::tests::desk;
    use raphe::report::Voice;

    const TWO: &str = "2026-01-01 start sertraline 100 mg daily\n2026-03-01 start moclobemide 300 mg twice daily\n\
                       2026-03-10 note well\n";

    fn of(diary: &str, left_out: &[&str]) -> Option<Shares> {
        let desk = desk(diary, Voice::Person);
        let assessment = desk.assessment();
        let left_out = left_out.iter().map(|id| (*id).to_owned()).collect();
        let population = Population { seed: 1, people: 8 };
        let members = members(&desk, &assessment);
        work(&desk.reading.resolved, desk.knowledge(), population, assessment.as_of, &members, &left_out)
    }

    #[test]
    fn the_bars_end_at_the_level_now_and_the_strongest_comes_first() {
        let shares = of(TWO, &[]).expect("both are modeled");
        let ids: Vec<&str> = shares.shares.iter().map(|share| share.id.as_str()).collect();
        assert_eq!(ids.len(), 2);
        assert!(ids.contains(&"sertraline") && ids.contains(&"moclobemide"));
        assert_eq!(shares.shares[1].up_to, shares.together);
        assert!(shares.together.median > shares.shares[0].up_to.median);
        assert!(shares.shares[0].without.median < shares.shares[1].without.median);
        // With one of two, the first bar is what is left without the other.
        assert_eq!(shares.shares[0].up_to, shares.shares[1].without);
    }

    #[test]
    fn what_is_left_out_is_gone_and_all_is_still_told() {
        let shares = of(TWO, &["sertraline"]).expect("moclobemide is modeled");
        assert_eq!(shares.shares.len(), 1);
        assert!(shares.all.is_some_and(|all| all.median > shares.together.median));
        let none = of(TWO, &["sertraline", "moclobemide"]).expect("all is still told");
        assert!(none.shares.is_empty());
        assert_eq!(none.together.median, 1.0);
    }

    #[test]
    fn nothing_modeled_is_no_number() {
        assert!(of("2026-03-01 start paracetamol 500 mg daily\n2026-03-10 note well\n", &[]).is_none());
    }
}
