//! The two futures: the person as it is, and with the lines of the draft.
//!
//! [`raphe::whatif`] says what is different at the worst moment after the lines; beside it stand what would still act together
//! in two weeks, and the modeled curves until then. What does not hang on the lines is worked out once for a reading of the
//! diary. While somebody drags, few virtual people are asked; whoever is no longer waited for stops between two steps.
//!
//! A dose far above the highest recommended, in the draft or in the diary, ends everything here before anything is simulated.

use crate::{app::lock, desk::Desk};
use jiff::{SignedDuration, Timestamp};
use raphe::{
    assess::{self, Finding, Question},
    check::{TooMuch, withheld},
    exposure::{
        intake, later,
        simulation::{Simulation, Span},
    },
    knowledge::{OVERDOSE_TIMES, maximum},
    population::Population,
    report::Voice,
    synapse,
    timeline::{Entry, Notice, Origin, Timeline, Weight, diary},
    units::TimeSpan,
    whatif::{self, WhatIf},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

/// So far ahead both futures are drawn, days.
pub(super) const AHEAD: i64 = 14;
/// Curves have a value this often, hours.
const EVERY: f64 = 3.0;
/// So many virtual people are asked while somebody drags: two groups of eight for each of two processors.
pub(super) const FEW: u32 = 32;
/// So many comparisons are kept for a browser.
const KEPT: usize = 6;

/// What came of a draft.
#[derive(Debug, Clone)]
pub(super) enum Futures {
    /// Nothing is worked out: whom to call.
    Withheld(Box<WhatIf>),
    /// Both.
    Told(Arc<Told>),
    /// A newer draft came meanwhile.
    Overtaken,
}

/// Both futures.
#[derive(Debug)]
pub(super) struct Told {
    /// The comparison.
    pub(super) answer: WhatIf,
    /// What acts together when the picture ends, without and with the lines.
    pub(super) then: [Vec<Finding>; 2],
    /// The curves without and with the lines; none of a dose that was an overdose.
    pub(super) curves: Option<[Arc<Simulation>; 2]>,
    /// With how many virtual people.
    pub(super) people: u32,
    /// The first moment that a line speaks of.
    pub(super) begins: Option<Timestamp>,
    /// What could not be read as it was meant, of lines that a slider made.
    pub(super) unread: Vec<Notice>,
}

/// Comparisons that this browser asked for, oldest first.
type Memory = Arc<Mutex<Vec<(Key, Arc<Told>)>>>;
/// The text, the moment, the lines, the people, whether a clinician reads.
type Key = (u64, Timestamp, Vec<String>, u32, bool);

/// The diary with lines at its end, as it would be written.
pub(super) fn joined(bytes: &[u8], lines: &[String]) -> Vec<u8> {
    let ending: &str = match bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
        Some(at) if bytes[at..].starts_with(b"\r\n") => "\r\n",
        Some(at) if bytes[at] == b'\r' => "\r",
        _ => "\n",
    };
    let mut joined = bytes.to_vec();
    if joined.last().is_some_and(|byte| !matches!(byte, b'\r' | b'\n')) {
        joined.extend_from_slice(ending.as_bytes());
    }
    for line in lines {
        joined.extend_from_slice(line.as_bytes());
        joined.extend_from_slice(ending.as_bytes());
    }
    joined
}

/// The medicine of which lines would be far too much: in one of them, or together with all that is written.
///
/// Both timelines are resolved; `first` is the number of the first new line.
pub(super) fn too_much(desk: &Desk, after: &Timeline, first: u32) -> Option<TooMuch> {
    let knowledge = desk.knowledge();
    let is_new = |entry: &&Entry| matches!(entry.origin, Origin::Line(line) if line >= first);
    let new: Vec<Entry> = after.entries.iter().filter(is_new).cloned().collect();
    if new.is_empty() {
        return None;
    }
    // Whatever its date, a line of a draft is still to come: nobody sees figures of it.
    if let Some(found) = withheld(&after.holding(new.clone()), knowledge, Timestamp::MIN, false) {
        return Some(TooMuch { name: found.name });
    }
    // Several lines that are each within bounds may add up.
    let last = new.iter().map(|entry| entry.when.last()).max()?.max(desk.reading.as_of);
    let until = later(last, TimeSpan::days(2.0));
    let most = |timeline: &Timeline| -> BTreeMap<String, f64> {
        let (uses, _) = intake::uses(timeline, knowledge, until);
        let of = |one: intake::Use| {
            let most = one.spells.iter().filter_map(|spell| {
                let most = maximum(knowledge.substance(&one.substance)?, spell.route.word())?;
                Some(spell.most_in_a_day?.as_mg() / most.as_mg())
            });
            let most = most.fold(0.0, f64::max);
            (one.substance, most)
        };
        uses.into_iter().map(of).collect()
    };
    let high: Vec<(String, f64)> =
        most(after).into_iter().filter(|(_, times)| *times > OVERDOSE_TIMES).collect();
    if high.is_empty() {
        return None;
    }
    let before = most(&desk.reading.resolved);
    let (id, _) = high.into_iter().find(|(id, times)| before.get(id).is_none_or(|before| times > before))?;
    Some(TooMuch { name: knowledge.substance_name(&id).to_owned() })
}

/// An answer that names whom to call, and nothing else.
pub(super) fn nothing(desk: &Desk, name: String) -> WhatIf {
    let knowledge = desk.knowledge();
    WhatIf {
        knowledge: knowledge.base().version.clone(),
        as_of: desk.reading.as_of,
        lines: Vec::new(),
        without: None,
        with: None,
        differences: Vec::new(),
        too_much: Some(TooMuch { name }),
        help: assess::help_line(knowledge, desk.reading.timeline.person.country.as_deref()),
        notices: Vec::new(),
    }
}

/// Compares; `wanted` says whether somebody still waits for it.
pub(super) fn look(desk: &Desk, lines: &[String], wanted: &dyn Fn() -> bool) -> Futures {
    if let Some(withheld) = desk.withheld() {
        return Futures::Withheld(Box::new(nothing(desk, withheld.name)));
    }
    let memory = desk.visit.recall::<Memory>().unwrap_or_else(|| {
        let new = Memory::default();
        desk.visit.remember(new.clone());
        new
    });
    let all = desk.visit.app.options.population.people;
    let key = |people: u32| -> Key {
        let clinician = desk.voice() == Voice::Clinician;
        (desk.reading.mark, desk.reading.as_of, lines.to_vec(), people, clinician)
    };
    let known = |people: u32| {
        let key = key(people);
        lock(&memory).iter().find(|(own, _)| *own == key).map(|(_, told)| told.clone())
    };
    if let Some(told) = known(all) {
        return Futures::Told(told);
    }
    let people = if desk.visit.patient { all } else { all.min(FEW) };
    if people < all {
        desk.refine();
    }
    if let Some(told) = known(people) {
        return Futures::Told(told);
    }
    let told = match told(desk, lines, people, wanted) {
        Ok(told) => Arc::new(told),
        Err(futures) => return futures,
    };
    let mut memory = lock(&memory);
    if memory.len() == KEPT {
        memory.remove(0);
    }
    memory.push((key(people), told.clone()));
    Futures::Told(told)
}

fn told(desk: &Desk, lines: &[String], people: u32, wanted: &dyn Fn() -> bool) -> Result<Told, Futures> {
    let (knowledge, reading) = (desk.knowledge(), &desk.reading);
    let first = reading.lines() as u32 + 1;
    let (after, read) = diary::read(&joined(&reading.bytes, lines));
    let (resolved, names) = knowledge.resolve(&after);
    if let Some(TooMuch { name }) = too_much(desk, &resolved, first) {
        return Err(Futures::Withheld(Box::new(nothing(desk, name))));
    }
    let overtaken = || if wanted() { Ok(()) } else { Err(Futures::Overtaken) };
    overtaken()?;
    let question = desk.question_of(people);
    let without = |at: &Question| desk.assessment_at(at).as_ref().clone();
    let end = reading.as_of + SignedDuration::from_hours(24 * AHEAD);
    let quick =
        Question { as_of: end, population: Population { people: 0, ..question.population }, ..question };
    // The end of the picture is judged beside the moments of the comparison: none of them takes more than one processor.
    let (mut answer, then) = std::thread::scope(|scope| {
        let then = scope.spawn(|| assess::judged(&after, knowledge, &quick).findings);
        let answer = whatif::beside(&reading.timeline, &after, lines, knowledge, &question, &without);
        (answer, then.join().unwrap_or_default())
    });
    if let Some(too_much) = answer.too_much.take() {
        return Err(Futures::Withheld(Box::new(nothing(desk, too_much.name))));
    }
    let new = |notice: &Notice| notice.place.is_some_and(|place| place.line >= first);
    let own: Vec<Notice> = read.into_iter().chain(names).filter(new).collect();
    let unread = own.iter().filter(|notice| notice.weight == Weight::Error).cloned().collect();
    answer.notices = own;
    let then = [desk.assessment_at(&quick).findings.clone(), then];
    overtaken()?;
    let sides = || [&answer.without, &answer.with].into_iter().flatten();
    let figures = desk.voice() == Voice::Clinician
        || sides()
            .all(|side| !side.has_overdose() && side.urgency < raphe::knowledge::schema::Urgency::Urgent);
    let span = Span { from: Some(reading.as_of), to: end, step: TimeSpan::hours(EVERY) };
    let curves = figures.then(|| {
        let before = desk.simulation_of(span, people);
        let after = match lines.is_empty() {
            true => before.clone(),
            false => Arc::new(synapse::simulation(&resolved, knowledge, question.population, span)),
        };
        [before, after]
    });
    let new = |entry: &&Entry| matches!(entry.origin, Origin::Line(line) if line >= first);
    let begins = after.entries.iter().filter(new).map(|entry| entry.when.start).min();
    Ok(Told { answer, then, curves, people, begins, unread })
}
