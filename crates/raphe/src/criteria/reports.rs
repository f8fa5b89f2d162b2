//! Everything that was reported, in order of time: the ground that all views of [`super::facts`] stand on.
//!
//! Who looked decides what a "no" is worth: a sign that needs an examination is absent only when a clinician says so. Text
//! that was not understood is searched for danger words here, once.

use super::{
    facts::Reading,
    words::{Scanner, spoken_values},
};
use crate::{
    exposure::Exposure,
    knowledge::{
        Knowledge,
        laboratory::{self, Judged},
        schema::{Found, Side},
    },
    timeline::{Event, Observer, Origin, Precision, Timeline, Vital, When},
};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// One report of one sign.
#[derive(Debug, Clone)]
pub(super) struct Report {
    pub(super) sign: usize,
    pub(super) when: When,
    pub(super) origin: Origin,
    pub(super) present: bool,
    /// For an absence: whether the one who looked could know.
    pub(super) counts: bool,
    /// How it was heard of: written as a sign, by a danger word, or by any word of a note.
    pub(super) heard: Reading,
    /// The words it was found by, when it was not written as a sign.
    pub(super) words: Option<String>,
}

/// One measured value.
#[derive(Debug, Clone)]
pub(super) struct Measured {
    pub(super) quantity: &'static str,
    pub(super) value: f64,
    pub(super) when: When,
    pub(super) origin: Origin,
    /// As written, when the unit had to be supposed.
    pub(super) supposed: Option<String>,
}

/// Everything reported, in order of time: the ground all views stand on.
#[derive(Debug)]
pub struct Reports<'a> {
    pub(super) knowledge: &'a Knowledge,
    pub(super) timeline: &'a Timeline,
    pub(super) exposure: &'a Exposure,
    pub(super) as_of: Timestamp,
    pub(super) reports: Vec<Report>,
    pub(super) measured: Vec<Measured>,
    /// Danger words that are no sign: `suicide`, `overdose`.
    pub(super) words: Vec<Words>,
    /// For each sign, every sign that its presence implies, itself included.
    pub(super) implied: Vec<BTreeSet<usize>>,
}

/// Danger words found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// What they would mean.
    pub means: String,
    /// The phrase as found.
    pub phrase: String,
    /// When.
    pub when: When,
    /// The line.
    pub origin: Origin,
}

/// Signs are one episode while reports follow one another within this time.
const EPISODE_GAP: SignedDuration = SignedDuration::from_hours(24);
/// An episode whose last sign is older than this is past.
pub(super) const EPISODE_CURRENT: SignedDuration = SignedDuration::from_hours(7 * 24);
impl<'a> Reports<'a> {
    /// Collects what was reported by `as_of`.
    #[must_use]
    pub fn collect(
        timeline: &'a Timeline,
        knowledge: &'a Knowledge,
        exposure: &'a Exposure,
        as_of: Timestamp,
    ) -> Self {
        let signs = &knowledge.base().signs;
        let index: BTreeMap<&str, usize> =
            signs.iter().enumerate().map(|(i, sign)| (sign.id.as_str(), i)).collect();
        let direct: Vec<Vec<usize>> = signs
            .iter()
            .map(|sign| sign.implies.iter().filter_map(|id| index.get(id.as_str()).copied()).collect())
            .collect();
        let implied = (0..signs.len())
            .map(|sign| {
                let (mut seen, mut open) = (BTreeSet::from([sign]), vec![sign]);
                while let Some(next) = open.pop() {
                    open.extend(direct[next].iter().filter(|other| seen.insert(**other)));
                }
                seen
            })
            .collect();
        let mut ground = Self {
            knowledge,
            timeline,
            exposure,
            as_of,
            reports: Vec::new(),
            measured: Vec::new(),
            words: Vec::new(),
            implied,
        };
        let scanner = Scanner::new(knowledge);
        for entry in timeline.entries.iter().filter(|entry| entry.when.begun_by(as_of)) {
            ground.read(entry, &index, &scanner);
        }
        ground.doubt();
        ground
    }

    fn read(&mut self, entry: &crate::timeline::Entry, index: &BTreeMap<&str, usize>, scanner: &Scanner<'_>) {
        // A line without a readable date counts as said now: its danger must not fade into the past.
        let when = if entry.when.precision == Precision::Undated { When::at(self.as_of) } else { entry.when };
        let origin = &entry.origin;
        let mut texts: Vec<&str> = entry.note.as_deref().into_iter().collect();
        match &entry.event {
            Event::Sign { finds, by } => {
                for find in finds {
                    match find.name.id.as_deref().and_then(|id| index.get(id)) {
                        Some(sign) => self.report(*sign, when, origin, find.present, *by),
                        None if find.present => texts.push(&find.name.text),
                        None => {}
                    }
                }
            }
            Event::Condition(finds) | Event::Factor(finds) => {
                for find in finds {
                    let sign = find.name.id.as_deref().and_then(|id| index.get(id));
                    let standing =
                        |sign: &usize| self.knowledge.base().signs[*sign].found == Found::Condition;
                    match sign {
                        // A condition is somebody's diagnosis: its exclusion counts as well.
                        Some(sign) if standing(sign) => {
                            self.report(*sign, when, origin, find.present, Observer::Clinician);
                        }
                        // A long-standing `hypertension` is no sign of this episode; its words may still be danger.
                        // A factor that was recognized holds no hidden danger.
                        None if find.name.id.is_some() => {}
                        _ if find.present && entry.when.precision != Precision::Range => {
                            texts.push(&find.name.text)
                        }
                        _ => {}
                    }
                }
            }
            Event::Feel(feelings) => {
                for feeling in feelings {
                    match feeling.name.id.as_deref().and_then(|id| index.get(id)) {
                        Some(sign) => self.report(*sign, when, origin, feeling.present, Observer::Lay),
                        None if feeling.present => texts.push(&feeling.name.text),
                        None => {}
                    }
                }
            }
            Event::Vital(vitals) => vitals.iter().for_each(|vital| self.vital(vital, when, origin, None)),
            Event::Lab(labs) => {
                for lab in labs {
                    let Some(Judged::Used(quantity, value)) = laboratory::judge(lab) else { continue };
                    self.measured.push(Measured {
                        quantity,
                        value,
                        when,
                        origin: origin.clone(),
                        supposed: None,
                    });
                }
            }
            Event::Note(text) | Event::Unread(text) | Event::Session(text) => texts.push(text),
            Event::Meal { what, .. } => texts.push(what),
            _ => {}
        }
        for text in texts {
            for (quantity, phrase, value) in spoken_values(text) {
                let supposed = Some(phrase);
                self.measured.push(Measured { quantity, value, when, origin: origin.clone(), supposed });
            }
            for (means, phrase) in scanner.scan(text) {
                match index.get(means) {
                    Some(sign) => self.heard(*sign, when, origin, Reading::Danger, phrase),
                    None => self.words.push(Words {
                        means: means.to_owned(),
                        phrase,
                        when,
                        origin: origin.clone(),
                    }),
                }
            }
            for (id, phrase) in scanner.signs(text) {
                if let Some(sign) = index.get(id) {
                    self.heard(*sign, when, origin, Reading::Every, phrase);
                }
            }
        }
    }

    fn heard(&mut self, sign: usize, when: When, origin: &Origin, heard: Reading, phrase: String) {
        let words = Some(phrase);
        self.reports.push(Report {
            sign,
            when,
            origin: origin.clone(),
            present: true,
            counts: true,
            heard,
            words,
        });
    }

    fn report(&mut self, sign: usize, when: When, origin: &Origin, present: bool, by: Observer) {
        let found = self.knowledge.base().signs[sign].found;
        let counts = present
            || match found {
                Found::Felt | Found::Seen => true,
                Found::Examined | Found::Measured | Found::Condition => by == Observer::Clinician,
            };
        self.reports.push(Report {
            sign,
            when,
            origin: origin.clone(),
            present,
            counts,
            heard: Reading::Strict,
            words: None,
        });
    }

    fn vital(&mut self, vital: &Vital, when: When, origin: &Origin, supposed: Option<&str>) {
        let mut push = |quantity, value| {
            let supposed = supposed.map(str::to_owned);
            self.measured.push(Measured { quantity, value, when, origin: origin.clone(), supposed });
        };
        match vital {
            Vital::Temperature(temperature) => push("temperature", temperature.as_celsius()),
            Vital::Pulse(pulse) => push("pulse", pulse.as_per_minute()),
            Vital::Respiration(rate) => push("respiration", rate.as_per_minute()),
            Vital::Spo2(percent) => push("spo2", *percent),
            Vital::BloodPressure(systolic, diastolic) => {
                push("systolic", systolic.as_mmhg());
                push("diastolic", diastolic.as_mmhg());
            }
            Vital::Unread { text, could_mean } => {
                for reading in could_mean {
                    self.vital(reading, when, origin, Some(text));
                }
            }
        }
    }

    /// A sign that is both there and not there, on one line or at one moment, is unknown to the criteria and there for
    /// danger.
    fn doubt(&mut self) {
        let mut moments: BTreeMap<Timestamp, Vec<usize>> = BTreeMap::new();
        for (place, report) in self.reports.iter().enumerate() {
            if report.heard == Reading::Strict {
                moments.entry(report.when.start).or_default().push(place);
            }
        }
        let mut doubted: Vec<(usize, usize, String)> = Vec::new();
        let signs = &self.knowledge.base().signs;
        let name = |report: &Report| signs[report.sign].name.to_lowercase();
        for places in moments.values().filter(|places| places.len() > 1) {
            let (there, not_there): (Vec<usize>, Vec<usize>) =
                places.iter().partition(|place| self.reports[**place].present);
            for (present, absent) in
                there.iter().flat_map(|one| not_there.iter().map(move |other| (*one, *other)))
            {
                let (there, not_there) = (&self.reports[present], &self.reports[absent]);
                let moment = there.when.precision == Precision::Moment && there.when == not_there.when;
                let together = there.origin == not_there.origin || (moment && not_there.counts);
                let denied = self.implied[there.sign].contains(&not_there.sign)
                    || signs[there.sign].denied_by.contains(&signs[not_there.sign].id);
                if together && denied {
                    doubted.push((present, absent, format!("{}, no {}", name(there), name(not_there))));
                }
            }
        }
        for (present, absent, words) in doubted {
            let there = &mut self.reports[present];
            (there.heard, there.words) = (Reading::Danger, Some(words));
            self.reports[absent].counts = false;
        }
    }

    /// First and last moment of the current episode of toxicity signs, if there is one.
    ///
    /// Reports within 24 hours of one another are one episode; it is current until a week after its last report.
    #[must_use]
    pub fn episode(&self) -> Option<(Timestamp, Timestamp)> {
        let signs = &self.knowledge.base().signs;
        let mut times: Vec<(Timestamp, Timestamp)> = self
            .reports
            .iter()
            .filter(|report| report.present && matches!(signs[report.sign].side, Side::Toxicity | Side::Both))
            .map(|report| (report.when.start, report.when.last().min(self.as_of)))
            .chain(
                self.measured
                    .iter()
                    .filter(|value| value.quantity == "temperature" && value.value > 38.0)
                    .map(|value| (value.when.start, value.when.last().min(self.as_of))),
            )
            .collect();
        times.sort();
        let (mut first, mut last) = times.pop()?;
        last = times.iter().map(|(_, end)| *end).fold(last, Timestamp::max);
        for (start, end) in times.into_iter().rev() {
            if first.duration_since(end) > EPISODE_GAP {
                break;
            }
            first = first.min(start);
        }
        (self.as_of.duration_since(last) <= EPISODE_CURRENT).then_some((first, last))
    }

    /// Ids of the signs reported present in a span, with the lines, in the order of the knowledge base.
    #[must_use]
    pub fn present_signs(&self, from: Timestamp, to: Timestamp) -> Vec<(&'a str, BTreeSet<Origin>)> {
        let mut found: BTreeMap<usize, BTreeSet<Origin>> = BTreeMap::new();
        for report in self.reports.iter().filter(|report| report.present && report.words.is_none()) {
            if report.when.last() >= from && report.when.start <= to {
                found.entry(report.sign).or_default().insert(report.origin.clone());
            }
        }
        found
            .into_iter()
            .map(|(sign, origins)| (self.knowledge.base().signs[sign].id.as_str(), origins))
            .collect()
    }

    /// Whether a sign of toxicity was looked for in a span, or a vital sign measured.
    #[must_use]
    pub fn looked(&self, from: Timestamp, to: Timestamp) -> bool {
        let inside = |when: &When| when.last() >= from && when.start <= to;
        let toxic = |report: &&Report| {
            report.counts
                && matches!(self.knowledge.base().signs[report.sign].side, Side::Toxicity | Side::Both)
        };
        let mut reports = self.reports.iter().filter(toxic);
        reports.any(|report| inside(&report.when) && report.words.is_none())
            || self.measured.iter().any(|value| inside(&value.when) && value.supposed.is_none())
    }

    /// The last time a line was reported, for a flag that is not known to be over.
    ///
    /// What was taken may go on for years after the sign: only where nothing but medicines is behind a flag does their time
    /// count.
    #[must_use]
    pub fn last_reported(&self, origins: &BTreeSet<Origin>) -> Option<Timestamp> {
        let taken = |event: &Event| {
            matches!(
                event,
                Event::Start(_) | Event::Change(_) | Event::Take(_) | Event::Miss(_) | Event::Stop(_)
            )
        };
        let behind = || self.timeline.entries.iter().filter(|entry| origins.contains(&entry.origin));
        let last = |at: Timestamp| at.min(self.as_of);
        let reported =
            behind().filter(|entry| !taken(&entry.event)).map(|entry| last(entry.when.last())).max();
        reported.or_else(|| behind().map(|entry| last(entry.when.last())).max())
    }
}
