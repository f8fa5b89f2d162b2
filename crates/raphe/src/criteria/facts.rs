//! What the atoms of a rule mean.
//!
//! A [`Facts`] is a view of a timeline: the signs of one episode, or everything that was reported and not yet said to be
//! over; and strictly what was understood, or also what words and unread numbers would mean. The same rules run over
//! each view, which is how danger in a note counts without pretending that the note was understood.
//!
//! Who looked decides what a "no" is worth: a sign that needs an examination is absent only when a clinician says so.

use super::{
    Answer, Comparison, Operator, Truth,
    words::{Scanner, spoken_temperatures},
};
use crate::{
    exposure::{
        Exposure,
        intake::{Change, ChangeKind, Use},
        later, serotonergic,
    },
    knowledge::{
        Knowledge, key,
        schema::{Found, Serotonergic, Side, SignGroup},
    },
    timeline::{Course, Event, Observer, Origin, Overdose, Precision, Timeline, Vital, When},
    units::{MolarConcentration, TimeSpan},
};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// One report of one sign.
#[derive(Debug, Clone)]
struct Report {
    sign: usize,
    when: When,
    origin: Origin,
    present: bool,
    /// For an absence: whether the one who looked could know.
    counts: bool,
    /// The words it was found by, when it was not written as a sign.
    words: Option<String>,
}

/// One measured value.
#[derive(Debug, Clone)]
struct Measured {
    quantity: &'static str,
    value: f64,
    when: When,
    origin: Origin,
    /// As written, when the unit had to be supposed.
    supposed: Option<String>,
}

/// Everything reported, in order of time: the ground all views stand on.
#[derive(Debug)]
pub struct Reports<'a> {
    knowledge: &'a Knowledge,
    timeline: &'a Timeline,
    exposure: &'a Exposure,
    as_of: Timestamp,
    reports: Vec<Report>,
    measured: Vec<Measured>,
    /// Danger words that are no sign: `suicide`, `overdose`.
    words: Vec<Words>,
    /// For each sign, every sign that its presence implies, itself included.
    implied: Vec<BTreeSet<usize>>,
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

/// A view of the reports that answers atoms.
#[derive(Debug)]
pub struct Facts<'a> {
    ground: &'a Reports<'a>,
    /// First and last moment of the signs in view.
    span: (Timestamp, Timestamp),
    /// Whether words and unread numbers count.
    conditional: bool,
    signs: BTreeMap<usize, Answer>,
    values: BTreeMap<&'static str, Vec<(f64, Origin, bool)>>,
    derived: BTreeMap<String, Answer>,
    /// How each conditional line would be read: words or number as written.
    readings: BTreeMap<Origin, String>,
}

/// Facts that rules may name, with what each means; the engine answers every one.
pub const FACTS: &[(&str, &str)] = &[
    ("serotonergic_exposure", "a serotonergic agent still acts"),
    (
        "serotonergic_change",
        "a serotonergic agent was started, raised, added or taken within 35 days before the signs",
    ),
    ("recent_change_7d", "such a change within 7 days"),
    ("lowered_only", "the only change of serotonergic medicines in 14 days was a stop or a lower dose"),
    ("overdose_on_purpose", "an overdose on purpose is recorded"),
    ("overdose_accidental", "a dose marked as an accident is recorded"),
    (
        "overdose_recorded",
        "an overdose is marked, or a day's total is above three times the highest usual dose",
    ),
    ("overdose_maoa", "an overdose of an MAO-A inhibitor is recorded"),
    ("double_dose", "a day's total is above the highest usual dose, up to three times"),
    ("child", "the person is younger than 12"),
    ("worsening", "the course is written as worsening"),
    ("toxicity_sign", "at least one sign of serotonin toxicity is reported"),
    ("two_neuromuscular_signs", "two neuromuscular signs are reported"),
    (
        "neuromuscular_with_mental_or_autonomic_within_24h_of_change",
        "a neuromuscular with a mental or autonomic sign within 24 h of a change",
    ),
    ("other_causes_not_reported", "no infection and no other cause is reported"),
    ("unrecognized_medicine", "a medicine was not recognized"),
    ("suicide_words", "words of suicide stand in a note"),
    ("overdose_words", "words of an overdose stand in a note"),
    ("phq9_item9", "the last answer to PHQ-9 item 9 is above 0"),
    ("maoa_with_serotonergic", "a potent MAO-A inhibitor overlaps with another serotonergic mechanism"),
    ("hunter_met", "the Hunter criteria are met"),
    ("hunter_indeterminate", "the Hunter criteria cannot be decided"),
    ("sternbach_met", "the Sternbach criteria are met"),
    ("radomski_met", "the Radomski criteria are met"),
    ("severity_severe", "the severity is severe or worse"),
    ("severity_moderate", "the severity is moderate or worse"),
];

/// Signs are one episode while reports follow one another within this time.
const EPISODE_GAP: SignedDuration = SignedDuration::from_hours(24);
/// An episode whose last sign is older than this is past.
const EPISODE_CURRENT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// "Adding or increasing" looks back five weeks.
const CHANGE_WINDOW: TimeSpan = TimeSpan::days(35.0);

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
            Event::Condition(finds) => {
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
                        _ if find.present => texts.push(&find.name.text),
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
            Event::Vital(vitals) => vitals.iter().for_each(|vital| self.vital(vital, when, origin)),
            Event::Lab(labs) => {
                for lab in labs {
                    let quantity = match key(&lab.name.text).as_str() {
                        "sodium" | "na" | "serumsodium" | "natrium" => "sodium",
                        "ck" | "creatinekinase" | "cpk" => "ck",
                        _ => continue,
                    };
                    let value = match quantity {
                        "sodium" => format!("{} {}", lab.value, lab.unit)
                            .parse::<MolarConcentration>()
                            .map(MolarConcentration::as_mmol_per_l)
                            .unwrap_or(lab.value),
                        _ => lab.value,
                    };
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
            _ => {}
        }
        for text in texts {
            for (phrase, celsius) in spoken_temperatures(text) {
                let supposed = Some(phrase);
                self.measured.push(Measured {
                    quantity: "temperature",
                    value: celsius,
                    when,
                    origin: origin.clone(),
                    supposed,
                });
            }
            for (means, phrase) in scanner.scan(text) {
                match index.get(means) {
                    Some(sign) => self.reports.push(Report {
                        sign: *sign,
                        when,
                        origin: origin.clone(),
                        present: true,
                        counts: true,
                        words: Some(phrase.to_owned()),
                    }),
                    None => self.words.push(Words {
                        means: means.to_owned(),
                        phrase: phrase.to_owned(),
                        when,
                        origin: origin.clone(),
                    }),
                }
            }
        }
    }

    fn report(&mut self, sign: usize, when: When, origin: &Origin, present: bool, by: Observer) {
        let found = self.knowledge.base().signs[sign].found;
        let counts = present
            || match found {
                Found::Felt | Found::Seen => true,
                Found::Examined | Found::Measured | Found::Condition => by == Observer::Clinician,
            };
        self.reports.push(Report { sign, when, origin: origin.clone(), present, counts, words: None });
    }

    fn vital(&mut self, vital: &Vital, when: When, origin: &Origin) {
        let mut push = |quantity, value, supposed: Option<&str>| {
            let supposed = supposed.map(str::to_owned);
            self.measured.push(Measured { quantity, value, when, origin: origin.clone(), supposed });
        };
        match vital {
            Vital::Temperature(temperature) => push("temperature", temperature.as_celsius(), None),
            Vital::Pulse(pulse) => push("pulse", pulse.as_per_minute(), None),
            Vital::Respiration(rate) => push("respiration", rate.as_per_minute(), None),
            Vital::Spo2(percent) => push("spo2", *percent, None),
            Vital::BloodPressure(systolic, diastolic) => {
                push("systolic", systolic.as_mmhg(), None);
                push("diastolic", diastolic.as_mmhg(), None);
            }
            Vital::Unread { text, could_mean } => {
                for temperature in could_mean {
                    push("temperature", temperature.as_celsius(), Some(text));
                }
            }
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

    /// A view for rules.
    ///
    /// With `conditional`, words in notes and numbers without a unit count for what they would mean. `span` is the
    /// first and last moment of the signs: what was taken is looked at from there.
    #[must_use]
    pub fn view(&'a self, scope: Scope, span: (Timestamp, Timestamp), conditional: bool) -> Facts<'a> {
        let mut facts = Facts {
            ground: self,
            span,
            conditional,
            signs: BTreeMap::new(),
            values: BTreeMap::new(),
            derived: BTreeMap::new(),
            readings: BTreeMap::new(),
        };
        facts.take_measured(scope);
        facts.take_signs(scope);
        facts.derive(scope);
        facts
    }

    /// Danger words that are no sign.
    #[must_use]
    pub fn words(&self) -> &[Words] {
        &self.words
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
    #[must_use]
    pub fn last_reported(&self, origins: &BTreeSet<Origin>) -> Option<Timestamp> {
        self.timeline
            .entries
            .iter()
            .filter(|entry| origins.contains(&entry.origin))
            .map(|entry| entry.when.last().min(self.as_of))
            .max()
    }
}

impl Facts<'_> {
    fn take_signs(&mut self, scope: Scope) {
        let ground = self.ground;
        let mut latest: BTreeMap<usize, (When, bool)> = BTreeMap::new();
        if !matches!(scope, Scope::Episode(..)) {
            for report in ground.reports.iter().filter(|report| report.present || report.counts) {
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
            if report.words.is_some() && !self.conditional {
                continue;
            }
            if report.present {
                if let Some(words) = &report.words {
                    self.readings.insert(report.origin.clone(), words.clone());
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
                Scope::Episode(first, last) => value.when.last() >= first && value.when.start <= last,
                Scope::Past(first, last) => value.when.last() >= first && value.when.start <= last && open,
                Scope::Open => open,
            };
            if !in_view || (value.supposed.is_some() && !self.conditional) {
                continue;
            }
            if let Some(text) = &value.supposed {
                self.readings.insert(value.origin.clone(), text.clone());
            }
            let values = self.values.entry(value.quantity).or_default();
            values.push((value.value, value.origin.clone(), value.supposed.is_some()));
        }
        if let Some(age) = self.ground.timeline.person.age_at(self.ground.as_of) {
            self.values.insert("age", vec![(f64::from(age), Origin::Line(0), false)]);
        }
    }

    /// How a conditional line would be read, for lines among these.
    pub fn readings<'s>(
        &'s self,
        because: &'s BTreeSet<Origin>,
    ) -> impl Iterator<Item = (&'s Origin, &'s str)> {
        self.readings
            .iter()
            .filter(|(origin, _)| because.contains(origin))
            .map(|(origin, text)| (origin, text.as_str()))
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
        self.derived.insert(fact.to_owned(), answer);
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
        let Some(mut comparison) = Comparison::read(atom) else { return Answer::default() };
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
            comparison.operator = Operator::AtMost;
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
        let is = |one: &Use| {
            one.substance == atom.class
                || one.classes(ground.knowledge).any(|class| ground.knowledge.within(class, atom.class))
        };
        let mut answer = Answer::plain(Truth::False);
        let raise = |answer: &mut Answer, truth: Truth, origins: &mut dyn Iterator<Item = Origin>| {
            if truth > answer.truth {
                *answer = Answer { truth, because: BTreeSet::new() };
            }
            if truth == answer.truth {
                answer.because.extend(origins);
            }
        };
        match atom.what {
            Asked::Exposed => {
                for at in [self.span.0, self.span.1] {
                    for (one, sure) in ground.exposure.acting_at(at).filter(|(one, _)| is(one)) {
                        let truth = if sure { Truth::True } else { Truth::Unknown };
                        raise(
                            &mut answer,
                            truth,
                            &mut one.spells.iter().flat_map(|spell| spell.origins.iter().cloned()),
                        );
                    }
                }
            }
            Asked::Started | Asked::Stopped => {
                for one in ground.exposure.uses.iter().filter(|one| is(one)) {
                    for change in one.changes.iter().filter(|change| self.within(change, atom.within)) {
                        if atom.what == asked(change.kind) {
                            raise(&mut answer, Truth::True, &mut std::iter::once(change.origin.clone()));
                        }
                    }
                }
            }
        }
        if answer.truth == Truth::False
            && atom.what != Asked::Stopped
            && !ground.exposure.unrecognized.is_empty()
        {
            let unrecognized = &mut ground.exposure.unrecognized.iter().map(|item| item.origin.clone());
            raise(&mut answer, Truth::Unknown, unrecognized);
        }
        answer
    }

    /// Whether a change lies within a time before the first sign, or between the first and the last.
    fn within(&self, change: &Change, window: TimeSpan) -> bool {
        change.from <= self.span.1 && later(change.to, window) >= self.span.0
    }

    fn derive(&mut self, scope: Scope) {
        let ground = self.ground;
        let knowledge = ground.knowledge;
        let kind = |one: &&Use| serotonergic(knowledge, one);
        let changes = |wanted: Asked, window: TimeSpan| -> Answer {
            let mut answer = Answer::plain(Truth::False);
            for one in &ground.exposure.uses {
                let truth = match serotonergic(knowledge, one) {
                    Serotonergic::Yes => Truth::True,
                    Serotonergic::Disputed => Truth::Unknown,
                    Serotonergic::No => continue,
                };
                for change in one.changes.iter().filter(|change| self.within(change, window)) {
                    if asked(change.kind) == wanted && truth >= answer.truth {
                        if truth > answer.truth {
                            answer = Answer { truth, because: BTreeSet::new() };
                        }
                        answer.because.insert(change.origin.clone());
                    }
                }
            }
            answer
        };
        let unknown_if_unrecognized = |answer: Answer| match answer.truth {
            Truth::False if !ground.exposure.unrecognized.is_empty() => Answer {
                truth: Truth::Unknown,
                because: ground.exposure.unrecognized.iter().map(|item| item.origin.clone()).collect(),
            },
            _ => answer,
        };

        let mut exposure = Answer::plain(Truth::False);
        for at in [self.span.0, self.span.1] {
            for (one, sure) in ground.exposure.acting_at(at) {
                let truth = match (kind(&one), sure) {
                    (Serotonergic::Yes, true) => Truth::True,
                    (Serotonergic::Yes, false) | (Serotonergic::Disputed, _) => Truth::Unknown,
                    (Serotonergic::No, _) => continue,
                };
                if truth > exposure.truth {
                    exposure = Answer { truth, because: BTreeSet::new() };
                }
                if truth == exposure.truth {
                    exposure
                        .because
                        .extend(one.spells.iter().flat_map(|spell| spell.origins.iter().cloned()));
                }
            }
        }
        let raised = changes(Asked::Started, CHANGE_WINDOW);
        let lowered = changes(Asked::Stopped, TimeSpan::days(14.0));
        let raised_lately = changes(Asked::Started, TimeSpan::days(14.0));
        let lowered_only = match (lowered.truth, raised_lately.truth) {
            (Truth::True, Truth::False) => lowered,
            _ => Answer::plain(Truth::False),
        };
        let recent = changes(Asked::Started, TimeSpan::days(7.0));
        let sudden = changes(Asked::Started, TimeSpan::days(1.0));
        let derived = [
            ("serotonergic_exposure", unknown_if_unrecognized(exposure)),
            ("serotonergic_change", unknown_if_unrecognized(raised)),
            ("recent_change_7d", unknown_if_unrecognized(recent)),
            ("lowered_only", lowered_only),
            (
                "unrecognized_medicine",
                match ground.exposure.unrecognized.as_slice() {
                    [] => Answer::plain(Truth::False),
                    some => Answer::yes(some.iter().map(|item| item.origin.clone())),
                },
            ),
        ];
        self.derived.extend(derived.map(|(name, answer)| (name.to_owned(), answer)));
        self.derive_doses();
        self.derive_signs(&sudden);
        self.derive_reports(scope);
    }

    /// Overdoses: as marked, and as the day's total against the highest usual dose.
    fn derive_doses(&mut self) {
        let ground = self.ground;
        let (mut purpose, mut accident, mut recorded, mut double, mut maoa) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let oldest = ground.as_of.saturating_sub(OVERDOSE_COUNTS).unwrap_or(Timestamp::MIN);
        for one in &ground.exposure.uses {
            let substance =
                ground.knowledge.substance(&one.substance).expect("a use is of a resolved substance");
            let recent = |origin: &Origin| {
                one.intakes
                    .iter()
                    .rev()
                    .take_while(|intake| intake.to >= oldest)
                    .any(|intake| intake.origin == *origin)
            };
            let (mut over, mut by_accident) = (BTreeSet::new(), BTreeSet::new());
            for intake in one.intakes.iter().rev().take_while(|intake| intake.to >= oldest) {
                match intake.overdose {
                    Some(Overdose::OnPurpose) => {
                        purpose.insert(intake.origin.clone());
                        over.insert(intake.origin.clone());
                    }
                    Some(Overdose::ByAccident) => drop(by_accident.insert(intake.origin.clone())),
                    None => {}
                }
            }
            let totals = DayTotals::of(one, oldest, &ground.timeline.zone());
            for (total, route, origins) in totals.days {
                let Some(most) = crate::knowledge::maximum(substance, route.word()) else { continue };
                let times = total / most.as_mg();
                let lines = origins.into_iter().filter(|origin| recent(origin));
                if times > 3.0 {
                    over.extend(lines);
                } else if times > 1.0 + 1e-9 {
                    double.extend(lines);
                }
            }
            let is_maoa =
                one.classes(ground.knowledge).any(|class| ground.knowledge.within(class, "maoa_potent"));
            if is_maoa {
                maoa.extend(over.iter().chain(&by_accident).cloned());
            }
            accident.extend(by_accident);
            recorded.extend(over);
        }
        let age = self.values.get("age").and_then(|ages| ages.first()).map(|(age, _, _)| *age);
        let answers = [
            ("overdose_on_purpose", purpose),
            ("overdose_accidental", accident),
            ("overdose_recorded", recorded),
            ("overdose_maoa", maoa),
            ("double_dose", double),
        ]
        .map(|(name, because)| (name.to_owned(), Answer { truth: (!because.is_empty()).into(), because }));
        self.derived.extend(answers);
        let child = age.map_or(Truth::Unknown, |age| (age < 12.0).into());
        self.derived.insert("child".to_owned(), Answer::plain(child));
    }

    fn derive_signs(&mut self, sudden: &Answer) {
        let signs = &self.ground.knowledge.base().signs;
        let present = |wanted: &dyn Fn(usize) -> bool| -> (usize, BTreeSet<Origin>) {
            let mut because = BTreeSet::new();
            let mut count = 0;
            for (sign, answer) in self.signs.iter().filter(|(sign, _)| wanted(**sign)) {
                if answer.truth == Truth::True {
                    // A sign that is only implied by another present one is not a second sign.
                    let implied = self.signs.iter().any(|(other, also)| {
                        other != sign
                            && also.truth == Truth::True
                            && self.ground.implied[*other].contains(sign)
                            && !(self.ground.implied[*sign].contains(other) && other > sign)
                    });
                    count += usize::from(!implied);
                    because.extend(answer.because.iter().cloned());
                }
            }
            (count, because)
        };
        let toxic = |sign: usize| matches!(signs[sign].side, Side::Toxicity | Side::Both);
        let in_group = |sign: usize, group: SignGroup| toxic(sign) && signs[sign].group == group;
        let (any, any_because) = present(&toxic);
        let (neuro, mut neuro_because) = present(&|sign| in_group(sign, SignGroup::Neuromuscular));
        let (other, other_because) =
            present(&|sign| in_group(sign, SignGroup::Mental) || in_group(sign, SignGroup::Autonomic));
        let answer = |holds: bool, because: &BTreeSet<Origin>| Answer {
            truth: holds.into(),
            because: if holds { because.clone() } else { BTreeSet::new() },
        };
        let toxicity = answer(any > 0, &any_because);
        let two = answer(neuro >= 2, &neuro_because);
        neuro_because.extend(other_because);
        let after_change = answer(neuro >= 1 && other >= 1 && sudden.truth == Truth::True, &neuro_because);
        self.set("toxicity_sign", toxicity);
        self.set("two_neuromuscular_signs", two);
        self.set("neuromuscular_with_mental_or_autonomic_within_24h_of_change", after_change);
        let causes = ["infection", "other_causes"].map(|cause| self.answer(cause));
        let reported = causes.iter().any(|answer| answer.truth == Truth::True);
        self.set(
            "other_causes_not_reported",
            match reported {
                true => Answer::plain(Truth::Unknown),
                false => Answer::plain(Truth::True),
            },
        );
    }

    fn derive_reports(&mut self, scope: Scope) {
        let ground = self.ground;
        let mut course: Option<(Timestamp, Course, Origin)> = None;
        let mut item9: Option<(Timestamp, u32, Origin)> = None;
        for entry in ground.timeline.entries.iter().filter(|entry| entry.when.begun_by(ground.as_of)) {
            match &entry.event {
                Event::Course(state) => course = Some((entry.when.last(), *state, entry.origin.clone())),
                Event::Score(score)
                    if matches!(key(&score.name).as_str(), "phq9") && score.items.len() >= 9 =>
                {
                    if let Some(answer) = score.items[8] {
                        item9 = Some((entry.when.last(), answer, entry.origin.clone()));
                    }
                }
                _ => {}
            }
        }
        let recent = |at: Timestamp| ground.as_of.duration_since(at) <= EPISODE_CURRENT;
        let worsening = course.filter(|(at, state, _)| *state == Course::Worsening && recent(*at));
        let lately = |at: Timestamp| ground.as_of.duration_since(at.min(ground.as_of)) <= OVERDOSE_COUNTS;
        let item9 = item9.filter(|(at, answer, _)| *answer > 0 && (scope == Scope::Open || lately(*at)));
        let answer = |origin: Option<Origin>| match origin {
            Some(origin) => Answer::yes([origin]),
            None => Answer::plain(Truth::False),
        };
        self.set("worsening", answer(worsening.map(|(_, _, origin)| origin)));
        self.set("phq9_item9", answer(item9.map(|(_, _, origin)| origin)));
        for (fact, means) in [("suicide_words", "suicide"), ("overdose_words", "overdose")] {
            let in_view = |words: &&Words| scope == Scope::Open || lately(words.when.last());
            let found: Vec<&Words> =
                ground.words.iter().filter(|words| words.means == means).filter(in_view).collect();
            let spoken = match found.is_empty() {
                true => Answer::plain(Truth::False),
                false => Answer::yes(found.iter().map(|words| words.origin.clone())),
            };
            for words in found {
                self.readings.insert(words.origin.clone(), words.phrase.clone());
            }
            self.set(fact, spoken);
        }
    }
}

/// An overdose counts for this long.
const OVERDOSE_COUNTS: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What was asked of exposure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Exposed,
    Started,
    Stopped,
}

fn asked(kind: ChangeKind) -> Asked {
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

/// Known masses of each day and route, with the lines they come from.
struct DayTotals {
    days: Vec<(f64, crate::timeline::Route, BTreeSet<Origin>)>,
}

impl DayTotals {
    fn of(one: &Use, oldest: Timestamp, zone: &jiff::tz::TimeZone) -> Self {
        let mut days: BTreeMap<_, (f64, BTreeSet<Origin>)> = BTreeMap::new();
        for intake in one.intakes.iter().rev().take_while(|intake| intake.to >= oldest) {
            let Some((_, mass)) = intake.mass.filter(|_| intake.known) else { continue };
            let day = intake.from.to_zoned(zone.clone()).date();
            let total = days.entry((day, intake.route)).or_default();
            total.0 += mass.as_mg();
            total.1.insert(intake.origin.clone());
        }
        Self {
            days: days.into_iter().map(|((_, route), (total, origins))| (total, route, origins)).collect(),
        }
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
