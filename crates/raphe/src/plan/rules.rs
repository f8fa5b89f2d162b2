//! How long labels and guidelines wait, and how they change over.
//!
//! The strictest wait counts and every one is shown, because countries differ. A wait stands in the file of what is
//! stopped; else in the most specific row of `switching.toml`; else in the row of the pair. Where an MAO inhibitor is on
//! either side nothing ever overlaps, whatever a row says.

use crate::{
    assess::capital,
    knowledge::{
        Citation, Claim, Knowledge,
        schema::{Pair, Substance, Switch, SwitchKind, Value},
    },
    units::TimeSpan,
};

/// One published wait.
#[derive(Debug, Clone, PartialEq)]
pub struct Wait {
    /// Days from the last dose of the one to the first of the other.
    pub days: f64,
    /// What the source adds.
    pub note: Option<String>,
    /// The source.
    pub citation: Citation,
}

/// What is published on one change.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// Every wait, strictest first; empty where the two may overlap.
    pub waits: Vec<Wait>,
    /// How it is done.
    pub kind: SwitchKind,
    /// How, in words.
    pub how: Option<Claim>,
}

impl Rules {
    /// The strictest wait, days.
    #[must_use]
    pub fn days(&self) -> f64 {
        self.waits.first().map_or(0.0, |wait| wait.days)
    }
}

/// Whether something blocks MAO, of whatever kind, by any route and dose.
#[must_use]
pub fn inhibits_mao(knowledge: &Knowledge, substance: &Substance) -> bool {
    substance
        .mechanisms
        .iter()
        .any(|action| knowledge.within(&action.class, "maoa") || knowledge.within(&action.class, "maob"))
}

/// Whether a substance belongs to a group of the ATC system. What is only a building block of serotonin has a code among the
/// antidepressants, but no rule for antidepressants was made for it.
pub(super) fn in_group(substance: &Substance, group: &str) -> bool {
    substance.codes.atc.iter().any(|code| code.starts_with(group))
        && !substance.mechanisms.iter().any(|action| action.class == "precursor")
}

/// How exactly an id of a row names a substance: itself, one of its classes, a wider class, its ATC group.
fn fit(knowledge: &Knowledge, substance: &Substance, id: &str) -> Option<u32> {
    if substance.id == id {
        return Some(6);
    }
    if let Some(group) = id.strip_prefix("atc:") {
        return in_group(substance, group).then_some(0);
    }
    let classes = || substance.mechanisms.iter().map(|action| action.class.as_str());
    if classes().any(|class| class == id) {
        return Some(3);
    }
    classes().any(|class| knowledge.within(class, id)).then_some(2)
}

/// What is published on following `from` by `to`; `None` where nothing is.
#[must_use]
pub fn rules(knowledge: &Knowledge, from: &Substance, to: &Substance) -> Option<Rules> {
    let own = from.washouts.iter().filter(|washout| fit(knowledge, to, &washout.before).is_some());
    let mut waits: Vec<Wait> = own.flat_map(|washout| washout.wait.iter().filter_map(read)).collect();
    let mao = inhibits_mao(knowledge, from) || inhibits_mao(knowledge, to);
    // How two reuptake inhibitors follow each other says nothing where MAO is blocked.
    let fitting = knowledge.base().switching.iter().filter(|row| !mao || row.kind == SwitchKind::Washout);
    let rows = fitting.filter_map(|row| {
        let (a, b) = (fit(knowledge, from, &row.from)?, fit(knowledge, to, &row.to)?);
        Some((a + b, row))
    });
    // Among equals the first of the file is taken.
    let row = rows.fold(None, |best: Option<(u32, &Switch)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    });
    let last_resort = |row: &Switch| row.from.starts_with("atc:") || row.to.starts_with("atc:");
    if let Some((_, row)) = row
        && (waits.is_empty() || !last_resort(row))
    {
        waits.extend(row.wait.iter().filter_map(read));
    }
    if waits.is_empty() && row.is_none() {
        waits.extend(of_pairs(knowledge, from, to));
    }
    if waits.is_empty() && row.is_none() {
        return None;
    }
    waits.sort_by(|a, b| b.days.total_cmp(&a.days).then_with(|| a.citation.cmp(&b.citation)));
    waits.dedup_by(|a, b| a.days == b.days && a.citation.cite == b.citation.cite);
    let longest = waits.first().map_or(0.0, |wait| wait.days);
    let kind = match row {
        _ if mao => SwitchKind::Washout,
        Some((_, row)) => row.kind,
        None if longest > 1.0 => SwitchKind::Washout,
        None => SwitchKind::Direct,
    };
    let how = row.and_then(|(_, row)| {
        let says = row.says.replace("{a}", &from.names.inn).replace("{b}", &to.names.inn);
        knowledge.claim(sentences(&says), row.evidence.iter().map(Citation::from))
    });
    Some(Rules { waits, kind, how })
}

/// The same text with every sentence begun in upper case: a name may stand there.
fn sentences(text: &str) -> String {
    text.split(". ").map(capital).collect::<Vec<String>>().join(". ")
}

fn read(value: &Value) -> Option<Wait> {
    let days = value.value.parse::<TimeSpan>().ok()?.as_hours() / 24.0;
    Some(Wait { days, note: value.note.clone(), citation: Citation::from(value) })
}

/// Waits of the rows that say how two classes act together, the most specific of each kind of harm.
fn of_pairs(knowledge: &Knowledge, from: &Substance, to: &Substance) -> Vec<Wait> {
    let mut best: Vec<(u32, &Pair, Option<&String>)> = Vec::new();
    for pair in &knowledge.base().pairs {
        for (a, b, after) in [(&pair.a, &pair.b, &pair.after_a), (&pair.b, &pair.a, &pair.after_b)] {
            let (Some(left), Some(right)) = (fit(knowledge, from, a), fit(knowledge, to, b)) else {
                continue;
            };
            let place = best.iter().position(|(_, other, _)| other.kind == pair.kind);
            match place {
                Some(place) if best[place].0 >= left + right => {}
                Some(place) => best[place] = (left + right, pair, after.as_ref()),
                None => best.push((left + right, pair, after.as_ref())),
            }
        }
    }
    let waits = best.into_iter().filter_map(|(_, pair, after)| {
        let days = after?.parse::<TimeSpan>().ok()?.as_hours() / 24.0;
        let citation = pair.views.first().map(Citation::from)?;
        Some(Wait { days, note: None, citation })
    });
    waits.collect()
}
