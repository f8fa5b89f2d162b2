//! From diary lines to doses.
//!
//! A regimen runs from its `start` (or `change`) to the next `change`, its `stop`, or now; its schedule gives the doses.
//! A `take` is always extra. Doses that lie closer together than a month belong to one spell of use; a spell is what
//! interacts with another. A dose known only to the day is kept as that day: the simulation samples its hour.

use crate::{
    exposure::later,
    knowledge::{self, Knowledge},
    timeline::{
        Dose, DoseLine, Event, Form, Name, Origin, Overdose, Precision, Quantity, Route, Schedule, Timeline,
        When,
    },
    units::{Mass, TimeSpan},
};
use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{self, Time},
    tz::TimeZone,
};
use raphe_knowledge::Substance;
use std::collections::{BTreeMap, BTreeSet};

/// Everything taken of one substance by now.
#[derive(Debug, Clone)]
pub struct Use {
    /// Id of the substance.
    pub substance: String,
    /// Spells of use, in order of time.
    pub spells: Vec<Spell>,
    /// Every dose by now, in order of time.
    pub intakes: Vec<Intake>,
    /// What was started, raised, lowered, stopped or taken, in order of time.
    pub changes: Vec<Change>,
}

/// A time during which a substance was taken without a long pause.
#[derive(Debug, Clone, PartialEq)]
pub struct Spell {
    /// First dose.
    pub first: Timestamp,
    /// Last dose by now.
    pub last: Timestamp,
    /// Whether a regimen is still running now.
    pub running: bool,
    /// Route of the last dose.
    pub route: Route,
    /// Form of the last dose: a depot goes on acting for weeks.
    pub form: Option<Form>,
    /// Highest amount in one day, where amounts are known.
    pub most_in_a_day: Option<Mass>,
    /// Lines that speak of it.
    pub origins: BTreeSet<Origin>,
}

/// One dose.
#[derive(Debug, Clone, PartialEq)]
pub struct Intake {
    /// When; a range when known only to the day.
    pub from: Timestamp,
    /// Equal to `from` when the moment is known.
    pub to: Timestamp,
    /// How much, lowest and highest; `None` where neither a dose nor a usual range is known.
    pub mass: Option<(Mass, Mass)>,
    /// Whether the amount was written by the person.
    pub known: bool,
    /// Route.
    pub route: Route,
    /// Length of an infusion or a patch day.
    pub over: Option<TimeSpan>,
    /// Extended release, patch or depot.
    pub form: Option<Form>,
    /// Marked as an overdose.
    pub overdose: Option<Overdose>,
    /// The line it came from.
    pub origin: Origin,
}

/// A change of treatment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// First moment it could have been.
    pub from: Timestamp,
    /// Last moment it could have been.
    pub to: Timestamp,
    /// What changed.
    pub kind: ChangeKind,
    /// The line.
    pub origin: Origin,
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// Begun.
    Started,
    /// More of it.
    Raised,
    /// Less of it.
    Lowered,
    /// No more of it.
    Stopped,
    /// One dose, apart from any schedule.
    Taken,
}

/// A name that is not in the knowledge base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unrecognized {
    /// As written.
    pub name: Name,
    /// It is known, but stands in a line that could not be read.
    pub unread: bool,
    /// When it was first taken.
    pub from: Timestamp,
    /// The line.
    pub origin: Origin,
}

/// Doses closer together than this belong to one spell.
const SPELL_GAP: TimeSpan = TimeSpan::days(30.0);
/// No schedule is expanded into more doses than this; older ones have long left the body.
const MOST_DOSES: usize = 20_000;

impl Use {
    /// Whether it is this substance, or acts in this class or in one that this class widens.
    pub(crate) fn is_of(&self, knowledge: &Knowledge, id: &str) -> bool {
        self.substance == id || self.classes(knowledge).any(|class| knowledge.within(class, id))
    }

    /// Classes the substance acts in, as it was taken here: by this route and above this dose, in any spell.
    pub fn classes<'a>(&'a self, knowledge: &'a Knowledge) -> impl Iterator<Item = &'a str> {
        let substance = knowledge.substance(&self.substance);
        let actions = substance.map_or(&[][..], |substance| &substance.mechanisms);
        actions
            .iter()
            .filter(|action| self.spells.iter().any(|spell| applies(action, spell)))
            .map(|action| action.class.as_str())
    }

    /// Whether it acts in a class (or a part of it) during one spell.
    #[must_use]
    pub fn acts_as(&self, knowledge: &Knowledge, class: &str, spell: &Spell) -> bool {
        knowledge.substance(&self.substance).is_some_and(|substance| {
            substance
                .mechanisms
                .iter()
                .any(|action| applies(action, spell) && knowledge.within(&action.class, class))
        })
    }

    /// Lines that speak of it.
    pub fn lines(&self) -> impl Iterator<Item = Origin> {
        self.spells.iter().flat_map(|spell| spell.origins.iter().cloned())
    }
}

/// Whether an action holds for a route and a dose; an unknown dose counts as above.
fn applies(action: &raphe_knowledge::Effect, spell: &Spell) -> bool {
    let by_route = action.routes.is_empty() || action.routes.iter().any(|route| route == spell.route.word());
    let above = action.above.as_deref().and_then(|text| text.parse::<Mass>().ok());
    let by_dose = match (above, spell.most_in_a_day) {
        (Some(above), Some(most)) => most > above,
        _ => true,
    };
    by_route && by_dose
}

/// One running regimen.
struct Regimen {
    line: DoseLine,
    from: When,
    origin: Origin,
}

/// What was taken by `as_of`, one item a substance sorted by id, and the names that were not recognized.
#[must_use]
pub fn uses(timeline: &Timeline, knowledge: &Knowledge, as_of: Timestamp) -> (Vec<Use>, Vec<Unrecognized>) {
    uses_until(timeline, knowledge, as_of, as_of)
}

/// The same, with the doses of what is still running at `as_of` up to a later moment.
#[must_use]
pub fn uses_until(
    timeline: &Timeline,
    knowledge: &Knowledge,
    as_of: Timestamp,
    until: Timestamp,
) -> (Vec<Use>, Vec<Unrecognized>) {
    let mut reader = Reader {
        zone: timeline.zone(),
        weight: timeline.person.weight,
        knowledge,
        as_of: until,
        regimens: BTreeMap::new(),
        uses: BTreeMap::new(),
        ends: BTreeMap::new(),
        missed: BTreeMap::new(),
        unrecognized: Vec::new(),
        takes: timeline
            .entries
            .iter()
            .filter_map(|entry| match &entry.event {
                Event::Take(line) => line.name.id.clone(),
                _ => None,
            })
            .collect(),
    };
    for entry in timeline.entries.iter() {
        if let Event::Miss(name) = &entry.event
            && let Some(id) = &name.id
        {
            reader.missed.entry(id.clone()).or_default().push(entry.when);
        }
    }
    for entry in timeline.entries.iter().filter(|entry| entry.when.begun_by(as_of)) {
        match &entry.event {
            Event::Start(line) | Event::Change(line) => reader.regimen(line, entry.when, &entry.origin),
            Event::Take(line) => reader.take(line, entry.when, &entry.origin),
            Event::Stop(name) => reader.stop(name, entry.when, &entry.origin),
            Event::Unread(text) => {
                for found in knowledge.names_in(text) {
                    let name = Name { text: found, column: 1, id: None };
                    let (from, origin) = (entry.when.start, entry.origin.clone());
                    reader.unrecognized.push(Unrecognized { name, unread: true, from, origin });
                }
            }
            _ => {}
        }
    }
    reader.finish()
}

struct Reader<'a> {
    zone: TimeZone,
    weight: Option<Mass>,
    knowledge: &'a Knowledge,
    as_of: Timestamp,
    /// Running regimens by substance and route.
    regimens: BTreeMap<(String, Route), Regimen>,
    uses: BTreeMap<String, Use>,
    /// When a regimen that ran by now was ended, by substance: tells a running spell from a stopped one.
    ends: BTreeMap<String, bool>,
    missed: BTreeMap<String, Vec<When>>,
    unrecognized: Vec<Unrecognized>,
    /// Substances with logged doses: their `as needed` regimens are not sampled.
    takes: BTreeSet<String>,
}

impl Reader<'_> {
    fn known(&mut self, name: &Name, when: When, origin: &Origin) -> Option<String> {
        if name.id.is_none() {
            self.unrecognized.push(Unrecognized {
                name: name.clone(),
                unread: false,
                from: when.start,
                origin: origin.clone(),
            });
        }
        name.id.clone()
    }

    fn of(&mut self, id: &str) -> &mut Use {
        self.uses.entry(id.to_owned()).or_insert_with(|| Use {
            substance: id.to_owned(),
            spells: Vec::new(),
            intakes: Vec::new(),
            changes: Vec::new(),
        })
    }

    fn regimen(&mut self, line: &DoseLine, when: When, origin: &Origin) {
        let Some(id) = self.known(&line.name, when, origin) else { return };
        let place = (id.clone(), line.route);
        let kind = match self.regimens.remove(&place) {
            Some(earlier) => {
                let (before, after) = (earlier.line.mass_a_day(self.weight), line.mass_a_day(self.weight));
                self.expand(&id, &earlier, Some(when.start));
                match (before, after) {
                    (Some(before), Some(after)) if after.as_mg() < before.as_mg() => {
                        Some(ChangeKind::Lowered)
                    }
                    (Some(before), Some(after)) if after.as_mg() == before.as_mg() => None,
                    _ => Some(ChangeKind::Raised),
                }
            }
            None => Some(ChangeKind::Started),
        };
        self.change(&id, when, kind, origin);
        let regimen = Regimen { line: line.clone(), from: when, origin: origin.clone() };
        match (when.precision, when.end) {
            (Precision::Range, Some(end)) if end <= self.as_of => self.expand(&id, &regimen, Some(end)),
            (Precision::Range, Some(end)) => {
                self.expand(&id, &regimen, Some(end));
                self.ends.insert(id, true);
            }
            _ => {
                self.regimens.insert(place, regimen);
            }
        }
    }

    fn take(&mut self, line: &DoseLine, when: When, origin: &Origin) {
        let Some(id) = self.known(&line.name, when, origin) else { return };
        self.change(&id, when, Some(ChangeKind::Taken), origin);
        let (from, to) = match when.precision {
            Precision::Moment => (when.start, when.start),
            _ => self.waking_hours(when),
        };
        let intake = self.intake(&id, line, from, to, 1.0, origin);
        self.of(&id).intakes.push(intake);
    }

    fn stop(&mut self, name: &Name, when: When, origin: &Origin) {
        let Some(id) = name.id.clone() else { return };
        let running: Vec<_> = self.regimens.keys().filter(|(other, _)| *other == id).cloned().collect();
        for place in running {
            let regimen = self.regimens.remove(&place).expect("the key was just listed");
            self.expand(&id, &regimen, Some(when.start));
        }
        if self.uses.contains_key(&id) {
            self.change(&id, when, Some(ChangeKind::Stopped), origin);
        }
    }

    fn change(&mut self, id: &str, when: When, kind: Option<ChangeKind>, origin: &Origin) {
        let to = if when.precision == Precision::Range { when.start } else { when.last() };
        if let Some(kind) = kind {
            self.of(id).changes.push(Change { from: when.start, to, kind, origin: origin.clone() });
        }
    }

    /// The hours in which a dose known only to the day was taken.
    fn waking_hours(&self, when: When) -> (Timestamp, Timestamp) {
        let day = when.start.to_zoned(self.zone.clone()).date();
        let at = |hour| self.moment(day, Time::constant(hour, 0, 0, 0));
        (at(7), at(23))
    }

    fn moment(&self, day: civil::Date, time: Time) -> Timestamp {
        day.to_datetime(time).to_zoned(self.zone.clone()).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }

    fn intake(
        &self,
        id: &str,
        line: &DoseLine,
        from: Timestamp,
        to: Timestamp,
        doses_a_day: f64,
        origin: &Origin,
    ) -> Intake {
        let substance = self.knowledge.substance(id);
        let known = match line.dose {
            Dose::Known(amount) => amount.mass(self.weight, line.over),
            _ => None,
        };
        let usual = || substance.and_then(|substance| usual_amount(substance, line, doses_a_day));
        let over = line.over.or(match line.dose {
            Dose::Known(amount) if matches!(amount.each, Quantity::MassPerHour(_)) => {
                Some(TimeSpan::days(1.0))
            }
            _ => None,
        });
        Intake {
            from,
            to,
            mass: known.map(|mass| (mass, mass)).or_else(usual),
            known: known.is_some(),
            route: line.route,
            over,
            form: line.form,
            overdose: line.overdose,
            origin: origin.clone(),
        }
    }

    /// Doses of a regimen up to its end or now.
    fn expand(&mut self, id: &str, regimen: &Regimen, end: Option<Timestamp>) {
        if regimen.line.schedule.is_none() && regimen.line.form == Some(Form::Depot) {
            // One injection lasts for weeks: without a schedule it is one.
            let until = end.unwrap_or(self.as_of).min(self.as_of);
            let at = self.first_moment(regimen);
            if at <= until || regimen.from.start <= until {
                let at = at.min(until).max(regimen.from.start);
                let intake = self.intake(id, &regimen.line, at, at, 1.0, &regimen.origin);
                self.of(id).intakes.push(intake);
            }
            return;
        }
        let schedule = regimen.line.schedule.clone().unwrap_or(Schedule::TimesADay(1));
        if schedule == Schedule::AsNeeded && self.takes.contains(id) {
            return;
        }
        // A dose on the very day of `as_of` may lie before it, so the day counts to its end when times are not known.
        let until = end.unwrap_or(self.as_of).min(self.as_of);
        let closed = end.is_some();
        let times = self.times(&schedule, regimen);
        let doses_a_day = regimen.line.times_a_day();
        let mut moments = Vec::new();
        match times {
            Times::Every(step) => {
                let step = SignedDuration::from_secs((step.as_hours().max(0.25) * 3600.0) as i64);
                let mut at = self.first_moment(regimen);
                while (at < until || (!closed && at == until)) && moments.len() < MOST_DOSES * 10 {
                    moments.push(at);
                    match at.checked_add(step) {
                        Ok(next) => at = next,
                        Err(_) => break,
                    }
                }
            }
            Times::OfDay(times, every_days) => {
                let first_day = regimen.from.start.to_zoned(self.zone.clone()).date();
                let last_day = until.to_zoned(self.zone.clone()).date();
                let mut day = first_day;
                while day <= last_day && moments.len() < MOST_DOSES * 10 {
                    for time in &times {
                        let at = self.moment(day, *time);
                        let begun = regimen.from.precision != Precision::Moment || at >= regimen.from.start;
                        if begun && (at < until || (!closed && at <= until)) {
                            moments.push(at);
                        }
                    }
                    match day.checked_add(i64::from(every_days).days()) {
                        Ok(next) => day = next,
                        Err(_) => break,
                    }
                }
            }
        }
        if moments.is_empty() && regimen.from.start <= until && !closed {
            // Started today, the hour of the first dose not reached or not known: it may have been taken already.
            moments.push(regimen.from.start);
        }
        self.skip_missed(id, &mut moments);
        let skip = moments.len().saturating_sub(MOST_DOSES);
        let intakes: Vec<Intake> = moments
            .into_iter()
            .skip(skip)
            .map(|at| self.intake(id, &regimen.line, at, at, doses_a_day, &regimen.origin))
            .collect();
        self.of(id).intakes.extend(intakes);
    }

    fn skip_missed(&self, id: &str, moments: &mut Vec<Timestamp>) {
        for miss in self.missed.get(id).into_iter().flatten() {
            match miss.precision {
                Precision::Moment => {
                    let distance = |at: &Timestamp| at.duration_since(miss.start).abs();
                    let nearest = moments.iter().copied().min_by_key(distance);
                    if let Some(nearest) = nearest.filter(|at| distance(at) <= SignedDuration::from_hours(6))
                    {
                        moments.retain(|at| *at != nearest);
                    }
                }
                _ => moments.retain(|at| *at < miss.start || miss.end.is_some_and(|end| *at >= end)),
            }
        }
    }

    fn first_moment(&self, regimen: &Regimen) -> Timestamp {
        match regimen.from.precision {
            Precision::Moment => regimen.from.start,
            _ => {
                self.moment(regimen.from.start.to_zoned(self.zone.clone()).date(), Time::constant(8, 0, 0, 0))
            }
        }
    }

    fn times(&self, schedule: &Schedule, regimen: &Regimen) -> Times {
        let morning = match regimen.from.precision {
            Precision::Moment => regimen.from.start.to_zoned(self.zone.clone()).time(),
            _ => Time::constant(8, 0, 0, 0),
        };
        match schedule {
            Schedule::TimesADay(0 | 1) => Times::OfDay(vec![morning], 1),
            Schedule::TimesADay(n) => Times::OfDay(Schedule::times_a_day(*n), 1),
            Schedule::AsNeeded => Times::OfDay(Schedule::times_a_day(regimen.line.up_to.unwrap_or(1)), 1),
            Schedule::Every(step) => Times::Every(*step),
            Schedule::Nightly => Times::OfDay(vec![Schedule::bedtime()], 1),
            Schedule::Weekly => Times::OfDay(vec![morning], 7),
            Schedule::At(times) => Times::OfDay(times.clone(), 1),
            Schedule::Continuous => Times::Every(TimeSpan::days(1.0)),
        }
    }

    fn finish(mut self) -> (Vec<Use>, Vec<Unrecognized>) {
        let running: Vec<_> = std::mem::take(&mut self.regimens).into_iter().collect();
        for ((id, _), regimen) in running {
            self.expand(&id, &regimen, None);
            // A medicine at hand for when it is needed counts as taken until it is stopped.
            self.ends.insert(id, true);
        }
        let ends = self.ends;
        let mut uses: Vec<Use> = self.uses.into_values().collect();
        for one in &mut uses {
            one.intakes.sort_by(|a, b| (a.from, &a.origin).cmp(&(b.from, &b.origin)));
            let running = ends.get(&one.substance).copied().unwrap_or(false);
            one.spells = spells(one, running, self.as_of, &self.zone);
        }
        uses.retain(|one| !one.intakes.is_empty());
        (uses, self.unrecognized)
    }
}

enum Times {
    Every(TimeSpan),
    OfDay(Vec<Time>, u32),
}

/// The usual range of one dose; above the highest dose when an overdose of unknown size was marked.
fn usual_amount(substance: &Substance, line: &DoseLine, doses_a_day: f64) -> Option<(Mass, Mass)> {
    let range =
        substance.doses.iter().find(|dose| dose.route == line.route.word()).or(substance.doses.first())?;
    let ((low, high), _) = knowledge::best::<Mass>(&range.usual)?;
    if line.overdose == Some(Overdose::OnPurpose) {
        let most = knowledge::maximum(substance, &range.route).unwrap_or(high).as_mg();
        return Some((Mass::mg(most), Mass::mg(10.0 * most)));
    }
    let share = if range.per == "day" { 1.0 / doses_a_day.max(1.0) } else { 1.0 };
    Some((Mass::mg(low.as_mg() * share), Mass::mg(high.as_mg() * share)))
}

fn spells(one: &Use, running: bool, as_of: Timestamp, zone: &TimeZone) -> Vec<Spell> {
    let mut spells: Vec<Spell> = Vec::new();
    let mut day: Option<(civil::Date, f64)> = None;
    for intake in &one.intakes {
        let date = intake.from.to_zoned(zone.clone()).date();
        let mass = intake.known.then_some(intake.mass).flatten().map(|(_, high)| high.as_mg());
        let today = match (day, mass) {
            (Some((same, sum)), Some(mass)) if same == date => Some(sum + mass),
            (_, Some(mass)) => Some(mass),
            (_, None) => None,
        };
        day = today.map(|sum| (date, sum));
        match spells.last_mut() {
            Some(spell) if intake.from <= later(spell.last, SPELL_GAP) => {
                spell.last = spell.last.max(intake.to.min(as_of));
                spell.route = intake.route;
                spell.form = intake.form;
                spell.origins.insert(intake.origin.clone());
                spell.most_in_a_day = match (spell.most_in_a_day, today) {
                    (Some(most), Some(today)) => Some(Mass::mg(most.as_mg().max(today))),
                    (most, today) => most.or(today.map(Mass::mg)),
                };
            }
            _ => spells.push(Spell {
                first: intake.from,
                last: intake.to.min(as_of).max(intake.from),
                running: false,
                route: intake.route,
                form: intake.form,
                most_in_a_day: today.map(Mass::mg),
                origins: BTreeSet::from([intake.origin.clone()]),
            }),
        }
    }
    if let Some(last) = spells.last_mut() {
        last.running = running;
    }
    spells
}
