//! Rows that hide one another, and the combinations that kill.
//!
//! For two substances the most specific row of each kind of harm wins. That is how knowledge gets finer, and how a
//! second-hand "this one is milder" could silence a warning. So every two substances of the base are laid against every
//! row here, as the engine does it, with all classes acting whatever the route and the dose.

use super::{file, substances};
use crate::{
    assess::combine::level,
    knowledge::{
        self, Knowledge,
        schema::{Base, Level, Pair, Substance, Urgency, Value},
    },
    units::TimeSpan,
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

pub(super) fn pair_without_view(knowledge: &Knowledge) -> Vec<String> {
    let without = knowledge.base().pairs.iter().filter(|pair| pair.views.is_empty());
    without.map(|pair| format!("pairs.toml: {}: nobody's view is given", pair.id)).collect()
}

pub(super) fn pair_twice(knowledge: &Knowledge) -> Vec<String> {
    let mut seen: BTreeMap<(&str, &str, &str), &str> = BTreeMap::new();
    let mut problems = Vec::new();
    for pair in &knowledge.base().pairs {
        let (first, second) = (pair.a.as_str().min(&pair.b), pair.a.as_str().max(&pair.b));
        if let Some(other) = seen.insert((first, second, &pair.kind), &pair.id) {
            problems.push(format!("pairs.toml: {}: says of the same two what `{other}` says", pair.id));
        }
    }
    problems
}

/// Whether a class or substance is, or acts in, a class.
fn lies_in(knowledge: &Knowledge, id: &str, class: &str) -> bool {
    knowledge.within(id, class)
        || knowledge.substance(id).is_some_and(|substance| {
            substance.mechanisms.iter().any(|effect| knowledge.within(&effect.class, class))
        })
}

/// A potent MAO-A inhibitor with what blocks, releases or feeds serotonin; in either order.
fn deadly(knowledge: &Knowledge, a: &str, b: &str) -> bool {
    let potent = |id| lies_in(knowledge, id, "maoa_potent");
    let raises = |id| {
        ["sri", "releaser", "sri_opioid", "precursor"].into_iter().any(|class| lies_in(knowledge, id, class))
    };
    (potent(a) && raises(b)) || (potent(b) && raises(a))
}

/// What a deadly row fails to say.
fn too_quiet(pair: &Pair, ids: [&str; 2]) -> Option<&'static str> {
    let at_once = ids.iter().any(|id| matches!(*id, "mdma" | "pethidine"));
    let silent = if at_once { Urgency::Emergency } else { Urgency::Urgent };
    match () {
        () if pair.silent < silent && at_once => Some("is not an emergency at once"),
        () if pair.silent < silent => Some("is not urgent while nothing is felt"),
        () if pair.symptomatic < Urgency::Emergency => Some("is not an emergency once a sign is there"),
        () => None,
    }
}

pub(super) fn deadly_pair_without_alarm(knowledge: &Knowledge) -> Vec<String> {
    let mut problems = Vec::new();
    for pair in knowledge.base().pairs.iter().filter(|pair| pair.kind == "serotonin") {
        if level(pair) == Level::Contraindicated && deadly(knowledge, &pair.a, &pair.b) {
            let wrong = too_quiet(pair, [&pair.a, &pair.b]);
            problems.extend(wrong.map(|wrong| format!("pairs.toml: {}: {wrong}", pair.id)));
        }
    }
    problems
}

/// How exactly a row's side names a substance, as the engine counts it.
fn fit(knowledge: &Knowledge, substance: &Substance, side: &str) -> Option<u32> {
    if substance.id == side {
        return Some(4);
    }
    let classes = substance.mechanisms.iter().map(|effect| effect.class.as_str());
    let fits = classes.filter_map(|class| match class {
        _ if class == side => Some(2),
        _ if knowledge.within(class, side) => Some(1),
        _ => None,
    });
    fits.max()
}

/// A row that applies to two substances; the higher rank wins.
struct Row<'a> {
    rank: (u32, Level, Urgency, Urgency),
    pair: &'a Pair,
    /// Whether the row's `a` is the second of the two.
    swapped: bool,
}

/// Two substances and every row of one kind of harm that applies to them, the winner first.
struct Meeting<'a> {
    two: [&'a Substance; 2],
    rows: Vec<Row<'a>>,
}

fn meetings(knowledge: &Knowledge) -> Vec<Meeting<'_>> {
    let base: &Base = knowledge.base();
    let sides: BTreeSet<&str> = base.pairs.iter().flat_map(|pair| [pair.a.as_str(), &pair.b]).collect();
    let fits: Vec<BTreeMap<&str, u32>> = base
        .substances
        .iter()
        .map(|item| sides.iter().filter_map(|side| Some((*side, fit(knowledge, item, side)?))).collect())
        .collect();
    let mut found = Vec::new();
    for (i, first) in base.substances.iter().enumerate() {
        for (j, second) in base.substances.iter().enumerate().skip(i + 1) {
            let mut kinds: BTreeMap<&str, Vec<Row<'_>>> = BTreeMap::new();
            for pair in &base.pairs {
                for (swapped, a, b) in [(false, &fits[i], &fits[j]), (true, &fits[j], &fits[i])] {
                    if let (Some(left), Some(right)) = (a.get(pair.a.as_str()), b.get(pair.b.as_str())) {
                        let rank = (left + right, level(pair), pair.silent, pair.symptomatic);
                        kinds.entry(&pair.kind).or_default().push(Row { rank, pair, swapped });
                    }
                }
            }
            found.extend(kinds.into_values().map(|mut rows| {
                rows.sort_by_key(|row| Reverse(row.rank));
                Meeting { two: [first, second], rows }
            }));
        }
    }
    found
}

pub(super) fn deadly_pair_uncovered(knowledge: &Knowledge) -> Vec<String> {
    let meetings = meetings(knowledge);
    let mut problems = Vec::new();
    for (i, first) in knowledge.base().substances.iter().enumerate() {
        for second in knowledge.base().substances.iter().skip(i + 1) {
            let ids = [first.id.as_str(), second.id.as_str()];
            if !deadly(knowledge, ids[0], ids[1]) {
                continue;
            }
            let row = meetings.iter().find(|meeting| {
                meeting.two.map(|item| item.id.as_str()) == ids && meeting.rows[0].pair.kind == "serotonin"
            });
            let wrong = match row.map(|meeting| meeting.rows[0].pair) {
                None => Some("no row of kind serotonin".to_owned()),
                Some(pair) if level(pair) < Level::Contraindicated => {
                    Some(format!("`{}` does not rule it out", pair.id))
                }
                Some(pair) => too_quiet(pair, ids).map(|wrong| format!("`{}` {wrong}", pair.id)),
            };
            problems.extend(wrong.map(|wrong| format!("pairs.toml: {} with {}: {wrong}", ids[0], ids[1])));
        }
    }
    problems
}

pub(super) fn lowering_without_a_checked_source(knowledge: &Knowledge) -> Vec<String> {
    let mut lowered: BTreeMap<(&str, &str), [&str; 2]> = BTreeMap::new();
    for meeting in &meetings(knowledge) {
        let [winner, others @ ..] = meeting.rows.as_slice() else { continue };
        let pair = winner.pair;
        let checked = pair.views.iter().any(|view| view.checked.is_some())
            || pair.evidence.iter().any(|item| item.checked.is_some());
        let worse = |row: &&Row<'_>| {
            let (_, level, silent, symptomatic) = row.rank;
            level > winner.rank.1 || silent > winner.rank.2 || symptomatic > winner.rank.3
        };
        for other in others.iter().filter(|row| !checked && row.pair.id != pair.id).filter(worse) {
            lowered.entry((&pair.id, &other.pair.id)).or_insert(meeting.two.map(|item| item.id.as_str()));
        }
    }
    let line = |((by, from), [one, other]): ((&str, &str), [&str; 2])| {
        format!("pairs.toml: {by}: lowers `{from}` ({one} with {other}), and no source of it was opened")
    };
    lowered.into_iter().map(line).collect()
}

/// A wait in hours, and the value it comes from.
fn waits<'a>(knowledge: &Knowledge, from: &'a Substance, to: &Substance) -> Vec<(f64, &'a Value)> {
    let before = from.washouts.iter().filter(|washout| {
        let classes = to.mechanisms.iter().map(|effect| effect.class.as_str());
        washout.before == to.id || classes.into_iter().any(|class| knowledge.within(class, &washout.before))
    });
    let values = before.flat_map(|washout| &washout.wait);
    values.filter_map(|value| Some((value.value.parse::<TimeSpan>().ok()?.as_hours(), value))).collect()
}

pub(super) fn wait_lowered_without_a_checked_source(knowledge: &Knowledge) -> Vec<String> {
    let mut problems: BTreeMap<String, String> = BTreeMap::new();
    for meeting in &meetings(knowledge) {
        let row = &meeting.rows[0];
        let [first, second] = meeting.two;
        let (a, b) = if row.swapped { (second, first) } else { (first, second) };
        for (from, to, of_row) in [(a, b, &row.pair.after_a), (b, a, &row.pair.after_b)] {
            let Some(((mildest, strictest), _)) = knowledge::washout(knowledge, from, to) else { continue };
            let waits = waits(knowledge, from, to);
            let of_row = of_row.as_deref().and_then(|text| text.parse::<TimeSpan>().ok());
            let checked =
                |hours: f64| waits.iter().any(|(wait, value)| *wait == hours && value.checked.is_some());
            let (mildest, strictest) = (mildest.as_hours(), strictest.as_hours());
            let days = |hours: f64| TimeSpan::hours(hours);
            if of_row.is_some_and(|of_row| strictest < of_row.as_hours()) && !checked(strictest) {
                problems.entry(format!("{} {strictest} {}", from.id, row.pair.id)).or_insert_with(|| {
                    format!(
                        "{}: {} before {}, shorter than in `{}`, and its source was not opened",
                        file(&from.id),
                        days(strictest),
                        to.id,
                        row.pair.id
                    )
                });
            }
            if mildest < strictest && mildest <= SHORT_WAIT.as_hours() && !checked(mildest) {
                let before =
                    waits.iter().find(|(wait, _)| *wait == mildest).map_or("", |(_, value)| &value.cite);
                problems.entry(format!("{} {mildest} {before}", from.id)).or_insert_with(|| {
                    format!(
                        "{}: {} before {} calms a wait of {}, and its source `{before}` was not opened",
                        file(&from.id),
                        days(mildest),
                        to.id,
                        days(strictest)
                    )
                });
            }
        }
    }
    problems.into_values().collect()
}

/// The engine calms a finding when the mildest published wait is at most this long and has passed.
const SHORT_WAIT: TimeSpan = TimeSpan::days(3.0);

/// ATC groups of what is never stopped at once: baclofen, benzodiazepines (two groups, and clonazepam among the
/// antiepileptics), antiepileptics, levodopa, methadone; and linezolid, where the antidepressant is held instead.
const NEVER_STOPPED: &[&str] = &["M03BX01", "N05BA", "N05CD", "N03", "N04BA", "N07BC02", "J01XX08"];

pub(super) fn keep_missing_where_a_sudden_stop_harms(knowledge: &Knowledge) -> Vec<String> {
    let never = |substance: &Substance| {
        substance.codes.atc.iter().any(|code| NEVER_STOPPED.iter().any(|group| code.starts_with(group)))
            || substance.mechanisms.iter().any(|effect| effect.class == "gabab_agonist")
    };
    let wrong =
        substances(knowledge.base()).filter(|(_, substance)| substance.keep.is_none() && never(substance));
    wrong.map(|(file, _)| format!("{file}: `keep` must say why it is never stopped at once")).collect()
}
