//! From the lines of a diary to the tracks of the timeline.

use crate::{
    chart::{Bar, Column, Content, Point, Scale, Series, Shape, Threshold, Tick, Time, Track},
    desk::Desk,
};
use jiff::{Timestamp, ToSpan};
use raphe::{
    exposure::simulation::{Kind, Simulation},
    knowledge::{Knowledge, questionnaire},
    report::Voice,
    synapse,
    timeline::{DoseLine, Entry, Event, Name, Origin, Precision, Vital, diary},
    units::{TimeSpan, number},
};
use std::collections::BTreeMap;

/// So many levels are drawn; more is said in words.
const LEVELS: usize = 4;
/// So many days of a range get a column of their own.
const LONGEST_RANGE: i64 = 400;

/// What is drawn and what is said under it.
pub(super) struct Drawn {
    pub(super) tracks: Vec<Track>,
    pub(super) says: Vec<String>,
    pub(super) shapes: Vec<(Shape, usize, String)>,
}

/// The tracks of everything that touches this stretch of time.
pub(super) fn tracks(desk: &Desk, time: &Time, course: Option<&Simulation>) -> Drawn {
    let mut sorter = Sorter::new(desk, time);
    for entry in &desk.reading.resolved.entries {
        sorter.take(entry);
    }
    let mut drawn = sorter.drawn();
    if let Some(course) = course {
        levels(desk, course, &mut drawn);
    }
    drawn
}

/// Sorts lines into tracks.
struct Sorter<'a> {
    desk: &'a Desk,
    time: &'a Time,
    medicines: Vec<Medicine>,
    doses: Vec<Tick>,
    signs: Vec<Tick>,
    feelings: Vec<Tick>,
    scores: BTreeMap<String, Vec<Point>>,
    sleep: Vec<Column>,
    light: Vec<Column>,
    movement: Vec<Column>,
    other: Vec<Tick>,
    unread: Vec<Tick>,
}

/// One medicine taken regularly.
struct Medicine {
    key: String,
    name: String,
    bars: Vec<Bar>,
    amounts: bool,
    known: bool,
}

impl<'a> Sorter<'a> {
    fn new(desk: &'a Desk, time: &'a Time) -> Self {
        Self {
            desk,
            time,
            medicines: Vec::new(),
            doses: Vec::new(),
            signs: Vec::new(),
            feelings: Vec::new(),
            scores: BTreeMap::new(),
            sleep: Vec::new(),
            light: Vec::new(),
            movement: Vec::new(),
            other: Vec::new(),
            unread: Vec::new(),
        }
    }

    fn knowledge(&self) -> &'static Knowledge {
        self.desk.knowledge()
    }

    fn take(&mut self, entry: &Entry) {
        let line = line_of(entry);
        match &entry.event {
            Event::Start(dose) | Event::Change(dose) => self.begin(entry, dose),
            Event::Stop(name) => self.end(entry, name),
            Event::Take(dose) => {
                let marked = if dose.overdose.is_some() { Shape::Triangle } else { Shape::Diamond };
                let label = format!("{} {}", self.named(&dose.name), diary::dosing(dose));
                self.doses.push(tick(entry, marked, None, label));
            }
            Event::Miss(name) => {
                let label = format!("{} missed", self.named(name));
                self.doses.push(tick(entry, Shape::Cross, None, label));
            }
            Event::Sign { finds, .. } => {
                for find in finds {
                    let name = self.sign(&find.name);
                    let (shape, label) =
                        if find.present { (Shape::Dot, name) } else { (Shape::Ring, format!("no {name}")) };
                    self.signs.push(tick(entry, shape, None, label));
                }
            }
            Event::Vital(vitals) => {
                let label = vitals.iter().map(vital).collect::<Vec<_>>().join(", ");
                self.signs.push(tick(entry, Shape::Square, None, label));
            }
            Event::Feel(feelings) => {
                for feeling in feelings {
                    let name = self.sign(&feeling.name);
                    let (label, shape) = match feeling.strength {
                        Some(strength) => (format!("{name} {}/10", number(strength)), Shape::Dot),
                        None if feeling.present => (name, Shape::Dot),
                        None => (format!("no {name}"), Shape::Ring),
                    };
                    self.feelings.push(tick(entry, shape, feeling.strength, label));
                }
            }
            Event::Score(score) => {
                let form = self.knowledge().find_questionnaire(&score.name);
                let total = match form {
                    Some(form) => questionnaire::read(form, score).total.map(f64::from),
                    None => score.total,
                };
                let name = form.map_or(&score.name, |form| &form.name).clone();
                match total {
                    Some(value) => {
                        let point = Point { at: entry.when.start, value, line };
                        self.scores.entry(name).or_default().push(point);
                    }
                    None => self.other.push(tick(entry, Shape::Cross, None, format!("{name}, no total"))),
                }
            }
            Event::Sleep(span) => self.sleep.extend(self.columns(entry, span.as_hours())),
            Event::Sunlight(span) => self.light.extend(self.columns(entry, minutes(*span))),
            Event::Light { duration: Some(span), .. } => {
                self.light.extend(self.columns(entry, minutes(*span)));
            }
            Event::Exercise { duration: Some(span), .. } => {
                self.movement.extend(self.columns(entry, minutes(*span)));
            }
            Event::Unread(text) => self.unread.push(tick(entry, Shape::Cross, None, text.clone())),
            Event::Light { .. }
            | Event::Exercise { .. }
            | Event::Course(_)
            | Event::Meal { .. }
            | Event::Session(_)
            | Event::Factor(_)
            | Event::Condition(_)
            | Event::Lab(_)
            | Event::Note(_) => {
                let zone = self.desk.zone();
                // The line says it best; its date stands on the axis.
                let label = diary::line(entry, &zone);
                let label = label.split_once(' ').map_or(label.clone(), |(_, rest)| rest.to_owned());
                self.other.push(tick(entry, Shape::Ring, None, label));
            }
        }
    }

    fn named(&self, name: &Name) -> String {
        name.id.as_deref().map_or(name.text.as_str(), |id| self.knowledge().substance_name(id)).to_owned()
    }

    fn sign(&self, name: &Name) -> String {
        let known = name.id.as_deref().and_then(|id| self.knowledge().sign(id));
        match known {
            Some(sign) if self.desk.voice() == Voice::Clinician => sign.name.to_lowercase(),
            _ => name.text.clone(),
        }
    }

    fn begin(&mut self, entry: &Entry, dose: &DoseLine) {
        let weight = self.desk.reading.timeline.person.weight;
        let mass = dose.mass_a_day(weight);
        let bar = Bar {
            from: entry.when.start,
            to: None,
            height: mass.map_or(1.0, |mass| mass.as_mg()),
            label: diary::dosing(dose),
            line: line_of(entry),
        };
        let (key, name) = (key(&dose.name), self.named(&dose.name));
        let found = self.medicines.iter().position(|known| known.key == key);
        let place = found.unwrap_or_else(|| {
            let known = dose.name.id.is_some();
            self.medicines.push(Medicine { key, name, bars: Vec::new(), amounts: true, known });
            self.medicines.len() - 1
        });
        let medicine = &mut self.medicines[place];
        medicine.amounts &= mass.is_some();
        close(medicine, entry.when.start);
        medicine.bars.push(bar);
    }

    fn end(&mut self, entry: &Entry, name: &Name) {
        let key = key(name);
        if let Some(medicine) = self.medicines.iter_mut().find(|known| known.key == key) {
            close(medicine, entry.when.start);
        }
    }

    /// One column a day of what a line speaks of.
    fn columns(&self, entry: &Entry, value: f64) -> Vec<Column> {
        let zone = self.desk.zone();
        let first = entry.when.start.to_zoned(zone.clone()).date();
        let last = match entry.when.end {
            Some(_) => entry.when.last().to_zoned(zone.clone()).date(),
            // An open range goes on until now.
            None => self.desk.reading.as_of.to_zoned(zone.clone()).date().max(first),
        };
        let days = first.series(1.day()).take_while(|day| *day <= last).take(LONGEST_RANGE as usize);
        let start = |day: jiff::civil::Date| day.to_zoned(zone.clone()).map(|at| at.timestamp()).ok();
        days.filter_map(|day| {
            let (from, to) = (start(day)?, start(day.tomorrow().ok()?)?);
            Some(Column { from, to, value, line: line_of(entry) })
        })
        .collect()
    }

    fn seen(&self, from: Timestamp, to: Timestamp) -> bool {
        from <= self.time.to && to >= self.time.from
    }

    fn drawn(mut self) -> Drawn {
        let mut tracks = Vec::new();
        let mut says = Vec::new();
        let medicines = std::mem::take(&mut self.medicines);
        let shown = |bar: &Bar| self.seen(bar.from, bar.to.unwrap_or(Timestamp::MAX));
        for (place, medicine) in medicines.into_iter().enumerate() {
            if !medicine.bars.iter().any(shown) {
                continue;
            }
            let note = match (medicine.known, medicine.amounts) {
                (false, _) => "not known here, not judged",
                (true, true) => "mg a day",
                (true, false) => "a dose is not known",
            };
            tracks.push(Track::new(medicine.name, place, Content::Bars(medicine.bars)).note(note));
        }
        let look = tracks.len();
        let all = [&self.doses, &self.signs, &self.feelings, &self.other, &self.unread];
        let seen = |shape, kind: usize| {
            all[kind].iter().any(|tick| tick.shape == shape && self.seen(tick.at, tick.at))
        };
        let mut shapes = Vec::new();
        for (shape, kind, means) in [
            (Shape::Diamond, 0, "a dose"),
            (Shape::Triangle, 0, "marked as an overdose"),
            (Shape::Cross, 0, "missed"),
            (Shape::Dot, 1, "there"),
            (Shape::Ring, 1, "looked for, not there"),
            (Shape::Square, 1, "measured"),
        ] {
            if seen(shape, kind) {
                shapes.push((shape, look, means.to_owned()));
            }
        }
        for (name, ticks) in [
            ("Single doses", &mut self.doses),
            ("Signs", &mut self.signs),
            ("Feelings", &mut self.feelings),
            ("Other lines", &mut self.other),
            ("Not read", &mut self.unread),
        ] {
            let ticks: Vec<Tick> = std::mem::take(ticks)
                .into_iter()
                .filter(|tick| tick.at >= self.time.from && tick.at <= self.time.to)
                .collect();
            if !ticks.is_empty() {
                let note = if name == "Feelings" { "out of 10" } else { "" };
                tracks.push(Track::new(name, look, Content::Ticks(ticks)).note(note));
            }
        }
        for (name, points) in std::mem::take(&mut self.scores) {
            if !points.iter().any(|point| self.seen(point.at, point.at)) {
                continue;
            }
            let form = self.knowledge().find_questionnaire(&name);
            let (scale, cutoffs) = form.map_or((Scale::linear("points"), Vec::new()), |form| {
                let bands = form.bands.iter().filter(|band| band.from > form.lowest);
                let lines = bands.map(|band| Threshold::new(f64::from(band.from), band.name.clone()));
                let reach = (f64::from(form.lowest), f64::from(form.highest));
                (Scale::linear("points").reach(reach.0, reach.1), lines.collect())
            });
            let note = form.map_or("", |form| form.measures.as_str());
            tracks.push(Track::new(name, look, Content::Scores(scale, points, cutoffs)).note(note));
        }
        for (name, unit, columns) in [
            ("Sleep", "hours", &mut self.sleep),
            ("Light", "minutes", &mut self.light),
            ("Movement", "minutes", &mut self.movement),
        ] {
            let columns: Vec<Column> = std::mem::take(columns)
                .into_iter()
                .filter(|column| column.from <= self.time.to && column.to >= self.time.from)
                .collect();
            if !columns.is_empty() {
                let content = Content::Columns(Scale::linear(unit), columns);
                tracks.push(Track::new(name, look, content).note(unit));
            }
        }
        if tracks.is_empty() {
            says.push("Nothing is written down for these days.".to_owned());
        }
        Drawn { tracks, says, shapes }
    }
}

/// What follows from it: levels and serotonin, with their ranges.
fn levels(desk: &Desk, course: &Simulation, drawn: &mut Drawn) {
    let knowledge = desk.knowledge();
    let moment = |hours: f64| raphe::exposure::later(course.start, TimeSpan::hours(hours));
    let points = |values: &[raphe::units::Interval]| {
        course.time_h.iter().zip(values).map(|(hours, value)| (moment(*hours), *value)).collect::<Vec<_>>()
    };
    let ever =
        |series: &&raphe::exposure::simulation::Series| series.values.iter().any(|value| value.p95 > 1e-3);
    let mut levels: Vec<_> =
        course.series.iter().filter(|series| series.kind == Kind::Total).filter(ever).collect();
    // What was taken comes before what the body makes of it, and what acts on serotonin before the rest.
    let bar = |id: &str| {
        let name = knowledge.substance_name(id);
        drawn.tracks.iter().find(|track| track.name == name).map(|track| track.look)
    };
    let bars: Vec<Option<usize>> = course.series.iter().map(|series| bar(&series.id)).collect();
    let look_of =
        |id: &str| course.series.iter().position(|series| series.id == id).and_then(|place| bars[place]);
    levels.sort_by_key(|series| {
        let quiet = knowledge.substance(&series.id).is_none_or(|substance| substance.mechanisms.is_empty());
        (look_of(&series.id).is_none(), quiet)
    });
    let look = drawn.tracks.len();
    if let Some(fold) =
        course.series.iter().find(|series| series.kind == Kind::FoldChange && series.id == synapse::SEROTONIN)
    {
        let series = vec![Series::new("serotonin", points(&fold.values))];
        let content = Content::Bands(
            Scale::log("times the person's own usual").unit("×"),
            series,
            vec![Threshold::new(1.0, "usual")],
        );
        drawn
            .tracks
            .push(Track::new("Serotonin outside the cells", look, content).note("modeled, not measured"));
        drawn.says.push(
            "Levels and serotonin are simulated for people like this one: the line is the middle, 9 of 10 lie in the band. \
             They are no measurement, and nothing that is urgent waits for them."
                .to_owned(),
        );
    }
    for series in levels.iter().take(LEVELS) {
        let name = knowledge.substance_name(&series.id).to_owned();
        let content = Content::Bands(
            Scale::linear("ng/mL"),
            vec![Series::new(name.clone(), points(&series.values))],
            Vec::new(),
        );
        // One medicine looks the same everywhere.
        let look = look_of(&series.id).unwrap_or(look);
        drawn.tracks.push(Track::new(name, look, content).note("ng/mL in blood"));
    }
    if levels.len() > LEVELS {
        let rest: Vec<&str> =
            levels[LEVELS..].iter().map(|series| knowledge.substance_name(&series.id)).collect();
        drawn.says.push(format!("Levels that are simulated and not drawn here: {}.", rest.join(", ")));
    }
    if !course.missing.is_empty() {
        let names: Vec<&str> = course.missing.iter().map(|(id, _)| knowledge.substance_name(id)).collect();
        drawn.says.push(format!("Not, or only in part, in the modeled serotonin: {}.", names.join(", ")));
    }
}

fn key(name: &Name) -> String {
    name.id.clone().unwrap_or_else(|| raphe::knowledge::key(&name.text))
}

fn close(medicine: &mut Medicine, at: Timestamp) {
    if let Some(last) = medicine.bars.last_mut()
        && last.to.is_none()
    {
        last.to = Some(at);
    }
}

fn line_of(entry: &Entry) -> Option<usize> {
    match entry.origin {
        Origin::Line(line) => Some(line as usize),
        _ => None,
    }
}

/// A moment; what is known to the day stands at noon.
fn tick(entry: &Entry, shape: Shape, strength: Option<f64>, label: String) -> Tick {
    let noon = matches!(entry.when.precision, Precision::Day | Precision::Range);
    let at = if noon { super::after(entry.when.start, 12 * 3600) } else { entry.when.start };
    Tick { at, shape, strength, label, line: line_of(entry) }
}

fn minutes(span: TimeSpan) -> f64 {
    span.as_hours() * 60.0
}

fn vital(vital: &Vital) -> String {
    match vital {
        Vital::Temperature(value) => format!("{} °C", number(value.as_celsius())),
        Vital::Pulse(value) => format!("pulse {}", number(value.as_per_minute())),
        Vital::BloodPressure(high, low) => {
            format!("blood pressure {}/{}", number(high.as_mmhg()), number(low.as_mmhg()))
        }
        Vital::Respiration(value) => format!("breaths {}", number(value.as_per_minute())),
        Vital::Spo2(value) => format!("oxygen {} %", number(*value)),
        Vital::Unread { text, .. } => text.clone(),
    }
}
