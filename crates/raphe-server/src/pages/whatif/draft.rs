//! What somebody tries out: changes, each of them one or two lines that a diary could hold.
//!
//! A draft lives in the memory of the server, per browser, and is written nowhere until it is said to be. Its lines are checked
//! as lines of the diary are; a change that does not read is refused whole, and the draft stays as it was.

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Time},
    tz::TimeZone,
};
use raphe::{
    knowledge::{Knowledge, schema::Substance},
    plan,
    timeline::{
        Amount, Dose, DoseLine, Entry, Event, Origin, Precision, Quantity, Route, Schedule, Timeline, When,
        diary,
    },
    units::Mass,
};
use std::collections::BTreeMap;

/// What was changed so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Draft {
    /// In the order in which it was made.
    pub(super) changes: Vec<Change>,
    /// From when on sliders change a dose, where somebody chose a day.
    pub(super) from: Option<Date>,
    made: u32,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change {
    /// Names it in forms.
    pub(super) id: u32,
    /// Set where a slider made it: which one, and where it stands (milligrams at a time).
    pub(super) slider: Option<(String, f64)>,
    /// The medicine it ends, by id.
    pub(super) stops: Option<String>,
    /// The lines it would be.
    pub(super) lines: Vec<String>,
}

/// So many changes are enough to try at once.
pub(super) const MOST: usize = 12;

impl Draft {
    /// Every line, in order.
    pub(super) fn lines(&self) -> Vec<String> {
        self.changes.iter().flat_map(|change| change.lines.iter().cloned()).collect()
    }

    /// Adds a change.
    pub(super) fn add(&mut self, lines: Vec<String>, stops: Option<String>) {
        self.made += 1;
        self.changes.push(Change { id: self.made, slider: None, stops, lines });
    }

    /// Takes one back.
    pub(super) fn remove(&mut self, id: u32) {
        self.changes.retain(|change| change.id != id);
    }

    /// Where a slider stands, if it was moved.
    pub(super) fn moved(&self, key: &str) -> Option<f64> {
        self.changes
            .iter()
            .filter_map(|change| change.slider.as_ref())
            .find(|(own, _)| own == key)
            .map(|(_, mg)| *mg)
    }

    /// Moves a slider; back at the present dose it changes nothing.
    pub(super) fn slide(&mut self, running: &Running<'_>, mg: f64, on: Date, zone: &TimeZone) {
        let place = self
            .changes
            .iter()
            .position(|change| change.slider.as_ref().is_some_and(|(own, _)| *own == running.key));
        let same = running.mg.is_some_and(|now| (now - mg).abs() < 1e-6);
        match (place, same) {
            (Some(place), true) => {
                self.changes.remove(place);
            }
            (None, true) => {}
            (place, false) => {
                let stops = (mg == 0.0).then(|| running.substance.id.clone());
                let (slider, lines) = (Some((running.key.clone(), mg)), vec![running.at_dose(mg, on, zone)]);
                match place {
                    Some(place) => {
                        let change = &mut self.changes[place];
                        (change.slider, change.stops, change.lines) = (slider, stops, lines);
                    }
                    None => {
                        self.made += 1;
                        self.changes.push(Change { id: self.made, slider, stops, lines });
                    }
                }
            }
        }
    }
}

/// A medicine that is being taken.
#[derive(Debug, Clone)]
pub(super) struct Running<'k> {
    /// Names its slider: substance and route.
    pub(super) key: String,
    /// What it is.
    pub(super) substance: &'k Substance,
    /// As it is taken now.
    pub(super) line: DoseLine,
    /// Milligrams at a time, where they are known.
    pub(super) mg: Option<f64>,
    /// What can be taken at a time, milligrams from none upwards; empty where no slider can be made.
    pub(super) stops: Vec<f64>,
    since: When,
}

/// What is being taken at a moment, in order of names.
pub(super) fn running<'k>(
    timeline: &Timeline,
    knowledge: &'k Knowledge,
    as_of: Timestamp,
) -> Vec<Running<'k>> {
    let mut found: BTreeMap<(&str, Route), (&DoseLine, When)> = BTreeMap::new();
    for entry in timeline.entries.iter().filter(|entry| entry.when.begun_by(as_of)) {
        match &entry.event {
            Event::Start(line) | Event::Change(line) => {
                let Some(id) = line.name.id.as_deref() else { continue };
                let over = entry.when.precision == Precision::Range
                    && entry.when.end.is_some_and(|end| end <= as_of);
                if over {
                    found.remove(&(id, line.route));
                } else {
                    found.insert((id, line.route), (line, entry.when));
                }
            }
            Event::Stop(name) => {
                let Some(id) = name.id.as_deref() else { continue };
                found.retain(|(other, _), _| *other != id);
            }
            _ => {}
        }
    }
    let weight = timeline.person.weight;
    let one = |((id, route), (line, since)): ((&str, Route), (&DoseLine, When))| {
        let substance = knowledge.substance(id)?;
        let mg = match line.dose {
            Dose::Known(amount) => amount.mass(weight, line.over).map(Mass::as_mg),
            _ => None,
        };
        let stops = plan::doses(substance, line, weight);
        let key = format!("dose-{id}-{}", route.word());
        // A slider of nothing and one dose is none.
        Some(Running {
            key,
            substance,
            line: line.clone(),
            mg,
            stops: if stops.len() > 1 { stops } else { Vec::new() },
            since,
        })
    };
    found.into_iter().filter_map(one).collect()
}

impl Running<'_> {
    /// The place of the slider for a dose: the nearest there is.
    pub(super) fn place(&self, mg: f64) -> usize {
        let away = |stop: &f64| (stop - mg).abs();
        (0..self.stops.len())
            .min_by(|a, b| away(&self.stops[*a]).total_cmp(&away(&self.stops[*b])))
            .unwrap_or(0)
    }

    /// How often it is taken, in words of the diary.
    pub(super) fn often(&self) -> String {
        let any = day(Date::constant(2026, 1, 1), &TimeZone::UTC);
        let said = |line: DoseLine| self.print(Event::Change(line), any, &TimeZone::UTC);
        let bare = said(DoseLine { schedule: None, up_to: None, ..self.line.clone() });
        said(self.line.clone()).strip_prefix(&bare).unwrap_or_default().trim().to_owned()
    }

    /// The line that says: so much at a time from a day on, or none.
    fn at_dose(&self, mg: f64, on: Date, zone: &TimeZone) -> String {
        if mg == 0.0 {
            return self.stop(on, zone);
        }
        let dose =
            Dose::Known(Amount { count: 1.0, each: Quantity::Mass(Mass::mg((mg * 1e4).round() / 1e4)) });
        let line = DoseLine { dose, overdose: None, ..self.line.clone() };
        self.print(Event::Change(line), self.begins(on, zone), zone)
    }

    /// The line that ends it.
    pub(super) fn stop(&self, on: Date, zone: &TimeZone) -> String {
        self.print(Event::Stop(self.line.name.clone()), day(on, zone), zone)
    }

    /// The lines that move one dose: not then, but at another moment.
    pub(super) fn moved(&self, from: (Date, Option<Time>), to: (Date, Time), zone: &TimeZone) -> Vec<String> {
        let take = DoseLine { schedule: None, up_to: None, overdose: None, ..self.line.clone() };
        let missed = from.1.map_or_else(|| day(from.0, zone), |time| moment(from.0, time, zone));
        vec![
            self.print(Event::Miss(self.line.name.clone()), missed, zone),
            self.print(Event::Take(take), moment(to.0, to.1, zone), zone),
        ]
    }

    /// The line that moves every dose of a once-daily medicine to another time of day.
    pub(super) fn at_time(&self, on: Date, time: Time, zone: &TimeZone) -> String {
        let line = DoseLine { schedule: Some(Schedule::At(vec![time])), overdose: None, ..self.line.clone() };
        self.print(Event::Change(line), day(on, zone), zone)
    }

    /// The hours of the day at which it is taken, where they are known.
    pub(super) fn hours(&self, zone: &TimeZone) -> Vec<Time> {
        let morning = match self.since.precision {
            Precision::Moment => zone.to_datetime(self.since.start).time(),
            _ => Time::constant(8, 0, 0, 0),
        };
        match &self.line.schedule {
            None | Some(Schedule::TimesADay(0 | 1)) => vec![morning],
            Some(Schedule::TimesADay(times)) => Schedule::times_a_day(*times),
            Some(Schedule::Nightly) => vec![Schedule::bedtime()],
            Some(Schedule::At(times)) => times.clone(),
            _ => Vec::new(),
        }
    }

    /// A changed regimen keeps its hour, which some lines have from the moment at which they began.
    fn begins(&self, on: Date, zone: &TimeZone) -> When {
        let by_start =
            matches!(self.line.schedule, None | Some(Schedule::TimesADay(0 | 1) | Schedule::Every(_)));
        match self.since.precision {
            Precision::Moment if by_start => moment(on, zone.to_datetime(self.since.start).time(), zone),
            _ => day(on, zone),
        }
    }

    fn print(&self, event: Event, when: When, zone: &TimeZone) -> String {
        diary::line(&Entry { when, event, origin: Origin::Asked(1), note: None }, zone)
    }
}

/// A whole day in a zone.
fn day(date: Date, zone: &TimeZone) -> When {
    let at =
        |date: Date| zone.to_timestamp(date.to_datetime(Time::midnight())).unwrap_or(Timestamp::UNIX_EPOCH);
    let next = date.checked_add(1.day()).unwrap_or(date);
    When { start: at(date), end: Some(at(next)), precision: Precision::Day }
}

/// A time of a day in a zone.
fn moment(date: Date, time: Time, zone: &TimeZone) -> When {
    When::at(zone.to_timestamp(date.to_datetime(time)).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// The day after a moment: changes that nobody dates begin then.
pub(super) fn tomorrow(as_of: Timestamp, zone: &TimeZone) -> Date {
    let today = zone.to_datetime(as_of).date();
    today.checked_add(1.day()).unwrap_or(today)
}
