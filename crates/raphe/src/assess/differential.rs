//! What it could be, in order: serotonin toxicity among everything that looks like it.
//!
//! Each clue of the knowledge base that is true gives its points; what nobody looked for gives none. The sum ranks, and
//! three stronger rules stand above it. A look-alike that must be named is in the list whatever its score. Criteria that
//! make the verdict "too high" keep serotonin toxicity first; a look-alike that leads by its own rule stands first
//! otherwise. And nothing here touches urgency.
//!
//! How well an explanation fits is one of four words, and no probability: the points were never validated.

use super::{Balance, NamedRival, Verdict, citations};
use crate::{
    criteria::{Truth, facts::Facts, judge},
    knowledge::{
        Citation, Knowledge,
        schema::{Candidate, Clue, ClueKind, Urgency},
    },
    timeline::Origin,
};
use std::collections::BTreeSet;

/// Serotonin toxicity itself, among its look-alikes.
pub const SEROTONIN_TOXICITY: &str = "serotonin_toxicity";

/// One explanation of what was reported.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// `serotonin_toxicity`, or the id of a look-alike.
    pub id: String,
    /// Name in words.
    pub name: String,
    /// Sum of points; it ranks and says nothing of how likely it is.
    pub score: Points,
    /// How well what was reported fits it.
    pub fits: Fits,
    /// Why it cannot be, where it cannot.
    pub excluded: Option<String>,
    /// It must be named whatever its score.
    pub must_be_named: bool,
    /// What speaks for it, strongest first.
    pub supporting: Vec<Weighed>,
    /// What speaks against it, strongest first.
    pub against: Vec<Weighed>,
    /// What would tell it apart.
    pub tell_apart: String,
    /// What is due now.
    pub due: Option<String>,
    /// Sources of what tells it apart.
    pub citations: Vec<Citation>,
}

/// Points, counted in halves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Points {
    halves: i32,
}

impl Points {
    /// Whole points.
    #[must_use]
    pub const fn whole(points: i32) -> Self {
        Self { halves: 2 * points }
    }

    /// The number of points, a multiple of one half.
    #[must_use]
    pub fn get(self) -> f64 {
        f64::from(self.halves) / 2.0
    }

    fn add(self, clue: &Clue, points: i32) -> Self {
        Self { halves: self.halves + if clue.half { points } else { 2 * points } }
    }
}

/// A clue that holds, with what it gives to one explanation.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// Id of the clue.
    pub id: String,
    /// What was found, as half a sentence.
    pub says: String,
    /// What kind of thing it is.
    pub kind: ClueKind,
    /// What it gives or takes.
    pub points: Points,
    /// Lines behind it.
    pub because: BTreeSet<Origin>,
    /// Sources.
    pub citations: Vec<Citation>,
}

/// How well what was reported fits an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fits {
    /// Better than every other.
    Best,
    /// As well as another one.
    CannotTell,
    /// It could be.
    Possible,
    /// It cannot be, or what was found speaks against it.
    Not,
}

impl Fits {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Best => "fits best",
            Self::CannotTell => "cannot be told apart here",
            Self::Possible => "possible",
            Self::Not => "does not fit",
        }
    }
}

/// Every explanation worth naming, in order.
pub(super) fn differential(
    knowledge: &Knowledge,
    facts: &Facts<'_>,
    rivals: &[NamedRival],
    (balance, hunter): (&Balance, Truth),
) -> Vec<Explanation> {
    let data = &knowledge.base().differential;
    let toxic = facts.answer("fact toxicity_sign").truth == Truth::True;
    if rivals.is_empty() && !toxic {
        return Vec::new();
    }
    let mut explanations: Vec<Explanation> =
        data.candidates.iter().filter_map(|item| weigh(knowledge, facts, rivals, item)).collect();
    // While the criteria are open, toxicity is possible whatever the points say.
    for item in explanations.iter_mut().filter(|item| item.id == SEROTONIN_TOXICITY) {
        item.must_be_named = toxic && item.excluded.is_none() && hunter != Truth::False;
    }
    let least = Points::whole(data.least);
    explanations.retain(|item| {
        let itself = item.id == SEROTONIN_TOXICITY && toxic;
        itself || item.must_be_named || (item.excluded.is_none() && item.score >= least)
    });
    let leads = |item: &Explanation| rivals.iter().position(|rival| rival.leads && rival.id == item.id);
    let met = balance.verdict == Verdict::TooHigh;
    let urgency = |item: &Explanation| {
        let rival = knowledge.base().rivals.iter().find(|rival| rival.id == item.id);
        rival.map_or(Urgency::Emergency, |rival| rival.urgency)
    };
    explanations.sort_by_key(|item| {
        let first = match leads(item) {
            _ if met && item.id == SEROTONIN_TOXICITY => 0,
            Some(place) => 1 + place,
            None => usize::MAX,
        };
        (first, item.excluded.is_some(), std::cmp::Reverse((item.score, urgency(item))))
    });
    let led = explanations.first().is_some_and(|item| leads(item).is_some());
    say_how_well(&mut explanations, Points::whole(data.ahead), led, met);
    explanations
}

/// The score of one candidate, with what makes it up.
fn weigh(
    knowledge: &Knowledge,
    facts: &Facts<'_>,
    rivals: &[NamedRival],
    candidate: &Candidate,
) -> Option<Explanation> {
    let rival = knowledge.base().rivals.iter().find(|rival| rival.id == candidate.id);
    let must_be_named = rivals.iter().any(|rival| rival.id == candidate.id);
    let mut score = Points::default();
    let (mut supporting, mut against) = (Vec::new(), Vec::new());
    for clue in &knowledge.base().differential.clues {
        let Some(points) = clue.points.get(&candidate.id) else { continue };
        let judgment = judge(&clue.when, facts);
        if judgment.truth != Truth::True {
            continue;
        }
        score = score.add(clue, *points);
        let side = if *points > 0 { &mut supporting } else { &mut against };
        side.push(Weighed {
            id: clue.id.clone(),
            says: clue.says.clone(),
            kind: clue.kind,
            points: Points::default().add(clue, *points),
            because: judgment.because,
            citations: citations(&clue.evidence),
        });
    }
    supporting.sort_by_key(|clue| std::cmp::Reverse(clue.points));
    against.sort_by_key(|clue| clue.points);
    // What must be named is in the list all the same: then the list says what rules it out.
    let excluded = candidate.excluded_by.as_ref().filter(|rule| judge(rule, facts).truth == Truth::True);
    let excluded = excluded.and(candidate.excluded.clone());
    Some(Explanation {
        id: candidate.id.clone(),
        name: candidate.name.clone().or_else(|| Some(rival?.name.clone()))?,
        score,
        fits: Fits::Possible,
        excluded,
        must_be_named,
        supporting,
        against,
        tell_apart: candidate.tell_apart.clone().or_else(|| Some(rival?.tell_apart.clone()))?,
        due: candidate.due.clone().or_else(|| rival?.due.clone()),
        citations: match rival {
            Some(rival) => citations(&rival.evidence),
            None => citations(&candidate.evidence),
        },
    })
}

/// One of four words for each, from the order and the distance to the first.
fn say_how_well(explanations: &mut [Explanation], ahead: Points, led: bool, met: bool) {
    let Some(top) = explanations.first().map(|item| item.score) else { return };
    let close = |item: &Explanation| {
        item.excluded.is_none()
            && item.score > Points::default()
            && item.score.halves > top.halves - ahead.halves
    };
    let rivaled = explanations.iter().skip(1).any(close);
    // What was taken explains nothing alone: a sign or a test must speak for what fits best.
    let found = |item: &Explanation| item.supporting.iter().any(|clue| clue.kind != ClueKind::Taken);
    for (place, item) in explanations.iter_mut().enumerate() {
        item.fits = match place {
            _ if item.excluded.is_some() => Fits::Not,
            0 if led => Fits::Best,
            0 if rivaled && (met || close(item)) => Fits::CannotTell,
            0 if met || (found(item) && item.score >= ahead) => Fits::Best,
            1.. if !led && rivaled && close(item) => Fits::CannotTell,
            _ if item.score > Points::default() || item.must_be_named => Fits::Possible,
            _ => Fits::Not,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, points: i32, must_be_named: bool) -> Explanation {
        let clue = Weighed {
            id: "sign".to_owned(),
            says: "a sign".to_owned(),
            kind: ClueKind::Sign,
            points: Points::whole(points),
            because: BTreeSet::new(),
            citations: Vec::new(),
        };
        Explanation {
            id: id.to_owned(),
            name: id.to_owned(),
            score: Points::whole(points),
            fits: Fits::Possible,
            excluded: None,
            must_be_named,
            supporting: vec![clue],
            against: Vec::new(),
            tell_apart: String::new(),
            due: None,
            citations: Vec::new(),
        }
    }

    fn words(mut items: Vec<Explanation>, led: bool, met: bool) -> Vec<Fits> {
        say_how_well(&mut items, Points::whole(3), led, met);
        items.into_iter().map(|item| item.fits).collect()
    }

    #[test]
    fn three_points_ahead_fit_best_and_two_cannot_be_told_apart() {
        let pair = |second| vec![item("a", 7, false), item("b", second, true)];
        assert_eq!(words(pair(4), false, false), [Fits::Best, Fits::Possible]);
        assert_eq!(words(pair(5), false, false), [Fits::CannotTell, Fits::CannotTell]);
        assert_eq!(words(pair(5), true, false), [Fits::Best, Fits::Possible], "a leading one leads");
    }

    #[test]
    fn what_must_be_named_is_possible_whatever_speaks_against_it() {
        let items = vec![item("a", 7, false), item("named", -5, true), item("unnamed", -5, false)];
        assert_eq!(words(items, false, false), [Fits::Best, Fits::Possible, Fits::Not]);
    }

    #[test]
    fn criteria_that_are_met_do_not_hide_a_rival_that_fits_as_well() {
        let items = vec![item("serotonin_toxicity", 6, false), item("lithium_toxicity", 9, true)];
        assert_eq!(words(items, false, true), [Fits::CannotTell, Fits::CannotTell]);
    }

    #[test]
    fn what_was_taken_alone_fits_nothing_best() {
        let mut taken = item("a", 4, false);
        taken.supporting[0].kind = ClueKind::Taken;
        assert_eq!(words(vec![taken], false, false), [Fits::Possible]);
    }
}
