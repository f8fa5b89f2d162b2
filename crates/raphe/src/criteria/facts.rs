//! What the atoms of a rule mean.
//!
//! A [`Facts`] is a view of the [`Reports`]: the signs of one episode, or everything that was reported and not yet said to be
//! over; and strictly what was understood, or also what words and unread numbers would mean. The same rules run over
//! each view, which is how danger in a note counts without pretending that the note was understood.

use super::{
    Answer, Comparison, Judgment, Operator, Truth,
    reports::{Report, Reports},
};
use crate::{
    exposure::{
        intake::{Change, ChangeKind, Use},
        later,
    },
    knowledge::schema::Found,
    timeline::{Origin, Sex, When},
    units::TimeSpan,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Laboratory values that stand until they are measured again, and for how long at most: as long as a danger sign of which
/// nobody said that it is over.
const STANDING: [&str; 2] = ["lithium", "sodium"];
const STANDS_FOR: jiff::SignedDuration = jiff::SignedDuration::from_hours(35 * 24);

/// Which reports a view takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Reports of this span, whatever was said later: signs of one episode count together.
    Episode(Timestamp, Timestamp),
    /// Reports of this span whose sign was not said to be absent later: an episode that lies behind.
    Past(Timestamp, Timestamp),
    /// Every report whose sign was not said to be absent later.
    Open,
}

/// How words and unread numbers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reading {
    /// Only what was written as a sign, a measurement or a medicine.
    Strict,
    /// Danger words and numbers without a unit count for what they would mean.
    Danger,
    /// Every sign that a note speaks of counts as well.
    Every,
}

/// A view of the reports that answers atoms.
#[derive(Debug)]
pub struct Facts<'a> {
    pub(super) ground: &'a Reports<'a>,
    /// First and last moment of the signs in view.
    pub(super) span: (Timestamp, Timestamp),
    /// How words and unread numbers count.
    reading: Reading,
    pub(super) signs: BTreeMap<usize, Answer>,
    pub(super) values: BTreeMap<&'static str, Vec<(f64, Origin, bool)>>,
    pub(super) derived: BTreeMap<String, Answer>,
    /// How each conditional line would be read: words or number as written.
    pub(super) readings: Vec<(Origin, String, String)>,
    /// Where the list of medicines has holes: the same view of what is listed alone.
    as_listed: Option<Box<Facts<'a>>>,
    /// Whether a medicine that is not listed was not taken.
    only_listed: bool,
}

impl<'a> Reports<'a> {
    /// A view for rules.
    ///
    /// `span` is the first and last moment of the signs: what was taken is looked at from there.
    #[must_use]
    pub fn view(&'a self, scope: Scope, span: (Timestamp, Timestamp), reading: Reading) -> Facts<'a> {
        let mut facts = self.view_of(scope, span, reading, false);
        if !self.timeline.complete || !self.exposure.unrecognized.is_empty() {
            facts.as_listed = Some(Box::new(self.view_of(scope, span, reading, true)));
        }
        facts
    }

    fn view_of(
        &'a self,
        scope: Scope,
        span: (Timestamp, Timestamp),
        reading: Reading,
        only_listed: bool,
    ) -> Facts<'a> {
        let mut facts = Facts {
            ground: self,
            span,
            reading,
            signs: BTreeMap::new(),
            values: BTreeMap::new(),
            derived: BTreeMap::new(),
            readings: Vec::new(),
            as_listed: None,
            only_listed,
        };
        facts.take_measured(scope);
        facts.take_signs(scope);
        facts.derive(scope);
        facts
    }
}

/// "Adding or increasing" looks back five weeks.
pub(super) const CHANGE_WINDOW: TimeSpan = TimeSpan::days(35.0);

impl Facts<'_> {
    fn take_signs(&mut self, scope: Scope) {
        let ground = self.ground;
        let mut latest: BTreeMap<usize, (When, bool)> = BTreeMap::new();
        if !matches!(scope, Scope::Episode(..)) {
            // A word that this view does not hear must not reopen what was said to be over.
            let heard = |report: &&Report| report.heard <= self.reading && (report.present || report.counts);
            for report in ground.reports.iter().filter(heard) {
                let says = (report.when, report.present);
                latest
                    .entry(report.sign)
                    .and_modify(|last| {
                        if report.when.start >= last.0.start {
                            *last = says
                        }
                    })
                    .or_insert(says);
            }
        }
        let open =
            |report: &Report| latest.get(&report.sign).is_none_or(|(_, present)| *present == report.present);
        let in_view = |report: &Report| match scope {
            Scope::Episode(first, last) => report.when.last() >= first && report.when.start <= last,
            Scope::Past(first, last) => {
                report.when.last() >= first && report.when.start <= last && open(report)
            }
            Scope::Open => open(report),
        };
        // A condition holds until it is said to be over, so it is in view whenever it began.
        let standing = |report: &Report| ground.knowledge.base().signs[report.sign].found == Found::Condition;
        for report in ground.reports.iter().filter(|report| in_view(report) || standing(report)) {
            if report.heard > self.reading {
                continue;
            }
            if report.present {
                if let Some(words) = &report.words {
                    for sign in &ground.implied[report.sign] {
                        let id = ground.knowledge.base().signs[*sign].id.clone();
                        self.readings.push((report.origin.clone(), id, words.clone()));
                    }
                }
                for sign in &ground.implied[report.sign] {
                    let answer = self.signs.entry(*sign).or_default();
                    answer.truth = Truth::True;
                    answer.because.insert(report.origin.clone());
                }
            } else if report.counts {
                // What is absent takes with it everything that would imply it, and every kind of it.
                let signs = &ground.knowledge.base().signs;
                let denied = |sign: &usize| {
                    ground.implied[*sign].contains(&report.sign)
                        || signs[*sign].denied_by.contains(&signs[report.sign].id)
                };
                for sign in (0..ground.implied.len()).filter(denied) {
                    let answer = self.signs.entry(sign).or_default();
                    if answer.truth == Truth::Unknown {
                        answer.truth = Truth::False;
                    }
                }
            }
        }
        self.take_profile();
        for (sign, item) in ground.knowledge.base().signs.iter().enumerate() {
            let measured: Vec<Answer> =
                item.measured_by.iter().map(|atom| self.compare(atom, false)).collect();
            let answer = self.signs.entry(sign).or_default();
            for measured in &measured {
                if measured.truth == Truth::True {
                    answer.truth = Truth::True;
                    answer.because.extend(measured.because.iter().cloned());
                }
            }
            let denied = measured.iter().any(|measured| measured.truth == Truth::False);
            if answer.truth == Truth::Unknown && denied {
                answer.truth = Truth::False;
            }
        }
    }

    /// Conditions that the profile tells.
    fn take_profile(&mut self) {
        let person = &self.ground.timeline.person;
        let male = person.sex == Some(Sex::Male);
        let tells = [
            ("pregnancy", person.pregnant, male),
            ("breastfeeding", false, male),
            ("liver_disease", person.liver_impaired, false),
            ("kidney_disease", person.egfr.is_some_and(|rate| rate < 60.0), false),
        ];
        let signs = &self.ground.knowledge.base().signs;
        for (id, present, absent) in tells {
            let Some(sign) = signs.iter().position(|sign| sign.id == id) else { continue };
            let answer = self.signs.entry(sign).or_default();
            match () {
                () if present => answer.truth = Truth::True,
                () if absent && answer.truth == Truth::Unknown => answer.truth = Truth::False,
                () => {}
            }
        }
    }

    fn take_measured(&mut self, scope: Scope) {
        let mut latest: BTreeMap<&str, When> = BTreeMap::new();
        for value in &self.ground.measured {
            let last = latest.entry(value.quantity).or_insert(value.when);
            if value.when.start >= last.start {
                *last = value.when;
            }
        }
        for value in &self.ground.measured {
            let open = latest.get(value.quantity) == Some(&value.when);
            let in_view = match scope {
                Scope::Episode(first, last) => {
                    // A level in the blood stands until the next one: no one feels it go.
                    let stands = STANDING.contains(&value.quantity) && open;
                    let first = if stands { first - STANDS_FOR } else { first };
                    value.when.last() >= first && value.when.start <= last
                }
                Scope::Past(first, last) => value.when.last() >= first && value.when.start <= last && open,
                Scope::Open => open,
            };
            if !in_view || (value.supposed.is_some() && self.reading == Reading::Strict) {
                continue;
            }
            if let Some(text) = &value.supposed {
                self.readings.push((value.origin.clone(), value.quantity.to_owned(), text.clone()));
            }
            let values = self.values.entry(value.quantity).or_default();
            values.push((value.value, value.origin.clone(), value.supposed.is_some()));
        }
        if let Some(age) = self.ground.timeline.person.age_at(self.ground.as_of) {
            self.values.insert("age", vec![(f64::from(age), Origin::Line(0), false)]);
        }
    }

    /// The words or the number as written that a judgment rests on, where it rests on such.
    #[must_use]
    pub fn reading(&self, judgment: &Judgment) -> Option<&str> {
        let behind = |(origin, subject, _): &&(Origin, String, String)| {
            judgment.because.contains(origin) && judgment.atoms.contains(subject)
        };
        self.readings.iter().find(behind).map(|(_, _, text)| text.as_str())
    }

    /// The highest temperature that a line could have meant.
    #[must_use]
    pub fn supposed_temperature(&self, because: &BTreeSet<Origin>) -> Option<f64> {
        let values = self.values.get("temperature")?;
        values
            .iter()
            .filter(|(_, origin, supposed)| *supposed && because.contains(origin))
            .map(|(value, _, _)| *value)
            .max_by(f64::total_cmp)
    }

    /// Adds a fact that a later stage derived.
    pub fn set(&mut self, fact: &str, answer: Answer) {
        if let Some(listed) = &mut self.as_listed {
            listed.set(fact, answer.clone());
        }
        self.derived.insert(fact.to_owned(), answer);
    }

    /// The view of what is listed alone, where the list of medicines has holes.
    #[must_use]
    pub fn as_listed(&self) -> Option<&Self> {
        self.as_listed.as_deref()
    }

    /// Answers one atom.
    #[must_use]
    pub fn answer(&self, atom: &str) -> Answer {
        if let Some(fact) = atom.strip_prefix("fact ") {
            return self.derived.get(fact).cloned().unwrap_or_default();
        }
        if Comparison::read(atom).is_some() {
            return self.compare(atom, true);
        }
        if let Some(exposure) = ExposureAtom::read(atom) {
            return self.exposure(&exposure);
        }
        let signs = &self.ground.knowledge.base().signs;
        match signs.iter().position(|sign| sign.id == atom) {
            Some(sign) => self.signs.get(&sign).cloned().unwrap_or_default(),
            None => Answer::default(),
        }
    }

    /// Compares measured values; a fever stated without a number counts as above 38 °C and leaves the rest unknown.
    fn compare(&self, atom: &str, stated: bool) -> Answer {
        let Some(comparison) = Comparison::read(atom) else { return Answer::default() };
        let values = self.values.get(comparison.quantity).map_or(&[][..], Vec::as_slice);
        let holds = |(value, _, supposed): &&(f64, Origin, bool)| {
            // A number without its unit was hardly written to the decimal: on the border counts as beyond it.
            let border = *supposed && comparison.operator == Operator::Above && *value == comparison.number;
            comparison.holds(*value) || border
        };
        let because: BTreeSet<Origin> =
            values.iter().filter(holds).map(|(_, origin, _)| origin.clone()).collect();
        if !because.is_empty() {
            return Answer { truth: Truth::True, because };
        }
        if stated && comparison.quantity == "temperature" && comparison.operator == Operator::Above {
            let fever = self.answer("hyperthermia");
            if fever.truth == Truth::True {
                return if comparison.number <= 38.0 { fever } else { Answer::default() };
            }
            if values.is_empty() && fever.truth == Truth::False {
                return Answer::plain(Truth::False);
            }
        }
        let surely_not = values.iter().any(|(_, _, supposed)| !supposed);
        Answer::plain(if surely_not { Truth::False } else { Truth::Unknown })
    }

    fn exposure(&self, atom: &ExposureAtom<'_>) -> Answer {
        let ground = self.ground;
        let is = |one: &Use| one.is_of(ground.knowledge, atom.class);
        let mut answer = Answer::plain(Truth::False);
        match atom.what {
            Asked::Exposed => {
                for at in [self.span.0, self.span.1] {
                    for (one, sure) in ground.exposure.acting_at(at).filter(|(one, _)| is(one)) {
                        let truth = if sure { Truth::True } else { Truth::Unknown };
                        answer.raise(truth, one.lines());
                    }
                }
            }
            Asked::Started | Asked::Stopped => {
                for one in ground.exposure.uses.iter().filter(|one| is(one)) {
                    for change in one.changes.iter().filter(|change| self.within(change, atom.within)) {
                        if atom.what == asked(change.kind) {
                            answer.raise(Truth::True, [change.origin.clone()]);
                        }
                    }
                }
            }
        }
        match atom.what {
            Asked::Stopped => answer,
            _ => self.unless_unrecognized(answer),
        }
    }

    /// A medicine that was not recognized, or that a record does not hold, may be what is asked for: then a "no" is not
    /// known.
    pub(super) fn unless_unrecognized(&self, mut answer: Answer) -> Answer {
        if self.only_listed {
            return answer;
        }
        let unrecognized = &self.ground.exposure.unrecognized;
        if answer.truth == Truth::False && !unrecognized.is_empty() {
            answer.raise(Truth::Unknown, unrecognized.iter().map(|item| item.origin.clone()));
        }
        if answer.truth == Truth::False && !self.ground.timeline.complete {
            answer.truth = Truth::Unknown;
        }
        answer
    }

    /// Whether a change lies within a time before the first sign, or between the first and the last.
    pub(super) fn within(&self, change: &Change, window: TimeSpan) -> bool {
        change.from <= self.span.1 && later(change.to, window) >= self.span.0
    }
}

/// What was asked of exposure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Exposed,
    Started,
    Stopped,
}

pub(super) fn asked(kind: ChangeKind) -> Asked {
    match kind {
        ChangeKind::Started | ChangeKind::Raised | ChangeKind::Taken => Asked::Started,
        ChangeKind::Lowered | ChangeKind::Stopped => Asked::Stopped,
    }
}

/// `exposed maoa`, `started antipsychotic within 35 d`, `stopped sri within 14 d`.
#[derive(Debug, Clone, Copy)]
pub struct ExposureAtom<'a> {
    what: Asked,
    /// Class or substance id.
    pub class: &'a str,
    within: TimeSpan,
}

impl<'a> ExposureAtom<'a> {
    /// Reads an atom; `None` when it is not about exposure.
    #[must_use]
    pub fn read(atom: &'a str) -> Option<Self> {
        let (what, rest) = atom.split_once(' ')?;
        let what = match what {
            "exposed" => Asked::Exposed,
            "started" => Asked::Started,
            "stopped" => Asked::Stopped,
            _ => return None,
        };
        let (class, within) = match rest.split_once(" within ") {
            Some((class, within)) => (class, within.parse().ok()?),
            None => (rest, CHANGE_WINDOW),
        };
        Some(Self { what, class: class.trim(), within })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exposure_atom_reads_its_window() {
        let atom = ExposureAtom::read("stopped sri within 14 d").unwrap();
        assert_eq!((atom.class, atom.within, atom.what), ("sri", TimeSpan::days(14.0), Asked::Stopped));
        assert!(ExposureAtom::read("tremor").is_none());
    }
}
