//! The big time axis: tracks stacked over one stretch of time.
//!
//! Names stand at the left where the drawing is wide, and above their track where it is narrow. Every element says what it
//! is to the mouse (`title`) and which line of the diary it stands for (`data-line`). Elements that would fall on the same
//! pixel are one element, the tallest, which says how many it stands for.

use super::{
    Drawing, Figure, Mark, Scale, Series, Threshold, Time, Window, bands,
    paper::{Drawn, LINE, shape, tenths, words},
    pattern::{Key, look},
    put,
    stage::{FOOT, Stage, flags, notes, window_keys},
    table::{MOST, Table},
    thin::{Edge, evenly, keep},
    value::Up,
    words::{lines, ranged, told, wide},
};
use jiff::Timestamp;
use maud::Markup;
use plotters::{
    element::{Circle, PathElement, Polygon, Rectangle},
    series::LineSeries,
    style::ShapeStyle,
};
use plotters_backend::text_anchor::HPos;
use std::collections::BTreeMap;

/// A spell at one dose: as tall as the dose is high.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    /// Its beginning.
    pub(crate) from: Timestamp,
    /// Its end; without one it goes on, and is paler after now.
    pub(crate) to: Option<Timestamp>,
    /// How tall, in the unit of the track, from zero.
    pub(crate) height: f64,
    /// The words in it, for example `50 mg`.
    pub(crate) label: String,
    /// The line of the diary it stands for.
    pub(crate) line: Option<usize>,
}

/// What a moment looks like, so that kinds differ without color.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Shape {
    /// A filled circle.
    #[default]
    Dot,
    /// An open circle.
    Ring,
    /// A filled square.
    Square,
    /// A filled diamond.
    Diamond,
    /// A filled triangle.
    Triangle,
    /// A cross.
    Cross,
}

impl Shape {
    const fn class(self) -> &'static str {
        match self {
            Self::Ring => "ring",
            Self::Cross => "cross",
            _ => "dot",
        }
    }

    /// Its corners around its place, in pixels; none for a circle.
    const fn corners(self) -> &'static [(f64, f64)] {
        match self {
            Self::Dot | Self::Ring => &[],
            Self::Square => &[(-4.0, -4.0), (4.0, -4.0), (4.0, 4.0), (-4.0, 4.0)],
            Self::Diamond => &[(0.0, -5.5), (5.5, 0.0), (0.0, 5.5), (-5.5, 0.0)],
            Self::Triangle => &[(0.0, -5.0), (5.2, 4.2), (-5.2, 4.2)],
            Self::Cross => {
                &[(-4.0, -4.0), (0.0, 0.0), (4.0, -4.0), (0.0, 0.0), (4.0, 4.0), (0.0, 0.0), (-4.0, 4.0)]
            }
        }
    }
}

/// A moment: a single dose, a sign, a feeling.
#[derive(Debug, Clone)]
pub(crate) struct Tick {
    /// When.
    pub(crate) at: Timestamp,
    /// What it looks like.
    pub(crate) shape: Shape,
    /// How strong, from 0 to 10: a stem of that height. Without it, the shape alone.
    pub(crate) strength: Option<f64>,
    /// What it is, in words.
    pub(crate) label: String,
    /// The line of the diary it stands for.
    pub(crate) line: Option<usize>,
}

/// An amount over a stretch of time, usually a day.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// Its beginning.
    pub(crate) from: Timestamp,
    /// Its end.
    pub(crate) to: Timestamp,
    /// How much, in the unit of the track.
    pub(crate) value: f64,
    /// The line of the diary it stands for.
    pub(crate) line: Option<usize>,
}

/// A score.
#[derive(Debug, Clone)]
pub(crate) struct Point {
    /// When.
    pub(crate) at: Timestamp,
    /// How high.
    pub(crate) value: f64,
    /// The line of the diary it stands for.
    pub(crate) line: Option<usize>,
}

/// What a track shows.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// Spells at a dose.
    Bars(Vec<Bar>),
    /// Moments.
    Ticks(Vec<Tick>),
    /// Amounts, from zero up to the highest or to the end of the scale.
    Columns(Scale, Vec<Column>),
    /// Points with a line and cut-offs.
    Scores(Scale, Vec<Point>, Vec<Threshold>),
    /// Values with ranges and thresholds.
    Bands(Scale, Vec<Series>, Vec<Threshold>),
}

/// One strip of the drawing.
#[derive(Debug, Clone)]
pub(crate) struct Track {
    /// Its name.
    pub(crate) name: String,
    /// A few quiet words under the name, for example the unit; may be empty.
    pub(crate) note: String,
    /// Which of the looks (hue and hatching) it has.
    pub(crate) look: usize,
    /// What it shows.
    pub(crate) content: Content,
}

impl Track {
    /// A strip of this name and look.
    #[must_use]
    pub(crate) fn new(name: impl Into<String>, look: usize, content: Content) -> Self {
        Self { name: name.into(), note: String::new(), look, content }
    }

    /// With a few quiet words under the name.
    #[must_use]
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    fn height(&self) -> f64 {
        match &self.content {
            Content::Bars(_) | Content::Columns(..) => 40.0,
            Content::Ticks(ticks) if ticks.iter().all(|tick| tick.strength.is_none()) => 24.0,
            Content::Ticks(_) => 44.0,
            Content::Scores(..) => 96.0,
            Content::Bands(..) => 130.0,
        }
    }

    /// The value axis.
    fn up(&self, time: &Time) -> Up {
        match &self.content {
            Content::Bars(bars) => {
                let tops = bars.iter().map(|bar| bar.height);
                Up::new(&Scale::linear("").reach(0.0, 0.0), tops, 2)
            }
            Content::Ticks(_) => Up::new(&Scale::linear("").reach(0.0, 10.0), [], 2),
            Content::Columns(scale, columns) => {
                let scale = Scale { least: Some(scale.least.unwrap_or(0.0)), log: false, ..scale.clone() };
                Up::new(&scale, columns.iter().map(|column| column.value), 2)
            }
            Content::Scores(scale, points, cutoffs) => {
                let seen = points.iter().filter(|point| time.holds(point.at)).map(|point| point.value);
                Up::new(scale, seen.chain(cutoffs.iter().map(|line| line.value)), 3)
            }
            Content::Bands(scale, series, thresholds) => {
                Up::new(scale, bands::values(time, series, thresholds), 4)
            }
        }
    }

    /// Whether the words of its value axis are drawn.
    fn rungs(&self) -> bool {
        matches!(self.content, Content::Scores(..) | Content::Bands(..))
    }
}

/// What [`lanes`] draws. Tracks from top to bottom; marks and windows go through all of them.
#[derive(Debug, Clone)]
pub(crate) struct Lanes {
    /// The time axis of all tracks.
    pub(crate) time: Time,
    /// The tracks.
    pub(crate) tracks: Vec<Track>,
    /// Named moments.
    pub(crate) marks: Vec<Mark>,
    /// Named stretches of time.
    pub(crate) windows: Vec<Window>,
    /// What the shapes mean, for the legend: shape, look, words.
    pub(crate) shapes: Vec<(Shape, usize, String)>,
}

impl Lanes {
    /// An empty drawing over this stretch of time.
    #[must_use]
    pub(crate) fn new(time: Time) -> Self {
        Self { time, tracks: vec![], marks: vec![], windows: vec![], shapes: vec![] }
    }
}

/// Where a track lies.
struct Place {
    name: f64,
    top: f64,
    bottom: f64,
}

/// Draws tracks over one time axis.
#[must_use]
pub(crate) fn lanes(figure: &Figure<'_>, lanes: &Lanes) -> Markup {
    const GAP: f64 = 16.0;
    let Lanes { time, tracks, marks, windows, shapes } = lanes;
    let width = figure.wide();
    let beside = width >= 600.0;
    let ups: Vec<Up> = tracks.iter().map(|track| track.up(time)).collect();
    let rungs = tracks.iter().zip(&ups).filter(|(track, _)| track.rungs());
    let rungs =
        rungs.flat_map(|(_, up)| up.labels()).map(|text| wide(&text) + 10.0).fold(8.0, f64::max).ceil();
    let names = tracks.iter().map(|track| wide(&track.name).max(wide(&track.note))).fold(60.0, f64::max);
    let names = if beside { names.min(width * 0.2).ceil() + 8.0 } else { 0.0 };
    let (left, right) = (names + rungs, width - 12.0);
    let (flags, rows) = flags(time, marks, left, right, width);
    let top = rows as f64 * LINE + 8.0;
    let mut foot = top;
    let places: Vec<Place> = tracks
        .iter()
        .map(|track| {
            let name = foot;
            let above = if beside { GAP / 2.0 } else { LINE + 6.0 };
            let place = Place { name, top: name + above, bottom: name + above + track.height() };
            foot = place.bottom + GAP / 2.0;
            place
        })
        .collect();
    let bottom = foot.max(top + 40.0);
    let height = bottom + FOOT;
    let mut legend = Vec::new();
    let drawing = Drawing::new(figure, width, height, |area, inks| {
        let stage = Stage { area, inks, time, size: (width, height), left, right, top, bottom };
        legend = window_keys(|window| stage.named(window), windows);
        stage.ground(windows)?;
        for ((track, up), place) in tracks.iter().zip(&ups).zip(&places) {
            let strip = Strip { stage: &stage, track, up, place };
            strip.draw()?;
            strip.named(beside, names)?;
        }
        stage.flags(&flags)
    });
    let series = tracks.iter().filter_map(|track| match &track.content {
        Content::Bands(_, series, _) => Some(numbered(track, series)),
        _ => None,
    });
    let series: Vec<(usize, &Series)> = series.flatten().collect();
    let mut keys = bands::keys(&series);
    keys.extend(legend);
    keys.extend(
        shapes.iter().map(|(kind, number, name)| {
            Key::Shape(kind.class(), look(*number), kind.corners(), name.clone())
        }),
    );
    let table = Table { notes: notes(time, "", &[], marks, windows), ..table(lanes) };
    put(figure, "lanes", drawing.reach(left, right, time), &keys, table)
}

/// The series of a track begin with its look.
fn numbered<'s>(track: &Track, series: &'s [Series]) -> Vec<(usize, &'s Series)> {
    let all = series.iter().enumerate();
    all.map(|(place, series)| (series.look.unwrap_or(track.look + place), series)).collect()
}

/// The tallest of those that fall on the same pixels, with how many others it stands for.
fn tallest<T, K: Ord>(
    all: &[T],
    key: impl Fn(&T) -> Option<K>,
    height: impl Fn(&T) -> f64,
) -> Vec<(&T, usize)> {
    let mut kept: BTreeMap<K, (&T, usize)> = BTreeMap::new();
    for one in all {
        if let Some(key) = key(one) {
            kept.entry(key)
                .and_modify(|(best, more)| {
                    *more += 1;
                    if height(one) > height(best) {
                        *best = one;
                    }
                })
                .or_insert((one, 0));
        }
    }
    kept.into_values().collect()
}

fn and_more(words: String, more: usize) -> String {
    if more == 0 { words } else { format!("{words} (and {more} more here)") }
}

/// A track at its place.
struct Strip<'s, 'd, 'a> {
    stage: &'s Stage<'d, 'a>,
    track: &'s Track,
    up: &'s Up,
    place: &'s Place,
}

impl Strip<'_, '_, '_> {
    fn draw(&self) -> Drawn {
        let base = (self.place.top, self.place.bottom);
        let mut chart = self.stage.chart(base.0, base.1, self.up.clone())?;
        if self.track.rungs() {
            self.stage.rungs(&mut chart)?;
        } else {
            self.across("base", self.place.bottom)?;
        }
        if !self.shows() {
            return self.stage.nothing((base.0 + base.1) / 2.0);
        }
        match &self.track.content {
            Content::Bars(bars) => self.bars(bars),
            Content::Ticks(ticks) => self.ticks(ticks),
            Content::Columns(scale, columns) => self.columns(scale, columns),
            Content::Scores(scale, points, cutoffs) => {
                self.stage.thresholds(&mut chart, cutoffs, &scale.unit, "threshold")?;
                let mut seen: Vec<&Point> =
                    points.iter().filter(|point| self.seen(point.at, point.value)).collect();
                seen.sort_by_key(|point| point.at);
                let ink = shape(self.stage.inks.of(&format!("line s{}", look(self.track.look))));
                if seen.len() > 1 {
                    let path = self.thinned(&seen);
                    chart.draw_series(LineSeries::new(path, ink))?;
                }
                self.dots(scale, points)
            }
            Content::Bands(scale, series, thresholds) => {
                let all = numbered(self.track, series);
                self.stage.series(&mut chart, self.up, base.1 - base.0, &all)?;
                self.stage.thresholds(&mut chart, thresholds, &scale.unit, "threshold")
            }
        }
    }

    /// Whether anything of the track can be seen.
    fn shows(&self) -> bool {
        let time = self.stage.time;
        match &self.track.content {
            Content::Bars(bars) => {
                bars.iter().any(|bar| bar.from <= time.to && bar.to.is_none_or(|to| to >= time.from))
            }
            Content::Ticks(ticks) => ticks.iter().any(|tick| time.holds(tick.at)),
            Content::Columns(_, columns) => {
                columns.iter().any(|column| self.seen(middle(column), column.value))
            }
            Content::Scores(_, points, _) => points.iter().any(|point| self.seen(point.at, point.value)),
            Content::Bands(_, series, _) => bands::values(time, series, &[]).any(f64::is_finite),
        }
    }

    /// The name, at the left or above.
    fn named(&self, beside: bool, room: f64) -> Drawn {
        let stage = self.stage;
        let (name, note) = (stage.inks.of("label name"), stage.inks.of("label quiet"));
        let (name, note) = (words(name, HPos::Left), words(note, HPos::Left));
        if !beside {
            let y = self.place.name + LINE - 1.0;
            let track = &self.track.name;
            let shown = super::words::cut(track, stage.size.0 - 4.0);
            stage.say(&shown, &name, 0.0, y)?;
            // A name is bold, and wider than its letters are counted. At the other end nothing runs into it.
            let after = wide(&shown) * 1.2 + 8.0;
            let shown = super::words::cut(&self.track.note, stage.size.0 - after);
            let note = words(stage.inks.of("label quiet"), HPos::Right);
            return stage.say(&shown, &note, stage.size.0, y);
        }
        let fits = ((self.place.bottom - self.place.top + 6.0) / LINE).floor().max(1.0) as usize;
        let names = lines(&self.track.name, (room - 8.0) / 1.06, fits.min(2));
        let notes = lines(&self.track.note, room - 8.0, fits.saturating_sub(names.len()).min(2));
        let all = (names.len() + notes.len()) as f64;
        let middle = (self.place.top + self.place.bottom) / 2.0;
        let mut y = middle - (all - 1.0) * LINE / 2.0 + 4.5;
        for line in &names {
            stage.say(line, &name, 0.0, y)?;
            y += LINE;
        }
        for line in &notes {
            stage.say(line, &note, 0.0, y)?;
            y += LINE;
        }
        Ok(())
    }

    fn across(&self, class: &str, y: f64) -> Drawn {
        let ends = vec![(tenths(self.stage.left), tenths(y)), (tenths(self.stage.right), tenths(y))];
        self.stage.area.draw(&PathElement::new(ends, shape(self.stage.inks.of(class))))
    }

    fn seen(&self, at: Timestamp, value: f64) -> bool {
        value.is_finite() && self.stage.time.holds(at)
    }

    /// The height of a value, in pixels of the drawing.
    fn y(&self, value: f64) -> f64 {
        self.place.bottom - self.up.share(value) * (self.place.bottom - self.place.top)
    }

    fn pixel(&self, at: Timestamp) -> i64 {
        self.stage.x(at).floor() as i64
    }

    fn bars(&self, bars: &[Bar]) -> Drawn {
        let (stage, time) = (self.stage, self.stage.time);
        let look = look(self.track.look);
        let ends = |bar: &Bar| (time.held(bar.from), time.held(bar.to.unwrap_or(time.to)));
        let key = |bar: &Bar| {
            let (from, to) = ends(bar);
            let inside = bar.from <= time.to && bar.to.is_none_or(|to| to >= time.from);
            (inside && bar.height.is_finite()).then(|| (self.pixel(from), self.pixel(to)))
        };
        let shown = tallest(bars, key, |bar| bar.height);
        for (place, (bar, more)) in shown.iter().enumerate() {
            let (from, to) = ends(bar);
            let words = format!("{}: {}, {}", self.track.name, bar.label, spell(time, bar));
            let words = and_more(words, *more);
            let (x0, x1) = (stage.x(from), stage.x(to).max(stage.x(from) + 2.0).min(stage.size.0));
            let top = self.y(bar.height);
            let now =
                time.now.filter(|now| bar.to.is_none() && from < *now && *now < to).map(|now| stage.x(now));
            for (a, b, class) in match now {
                Some(now) => vec![(x0, now, "bar"), (now, x1, "bar ahead")],
                None => vec![(x0, x1, "bar")],
            } {
                let ink = shape(stage.inks.one(&format!("{class} s{look}"), &words, bar.line));
                let corners = [(tenths(a), tenths(top)), (tenths(b), tenths(self.place.bottom))];
                stage.area.draw(&Rectangle::new(corners, ink))?;
            }
            // Inside, or behind the bar up to the next one.
            let next = shown.get(place + 1).map_or(stage.right, |(next, _)| stage.x(next.from));
            let room = wide(&bar.label) + 8.0;
            let style = super::paper::words(stage.inks.of("label"), HPos::Left);
            let y = (self.place.bottom - 4.0).min((top + self.place.bottom) / 2.0 + 4.5);
            if room <= x1 - x0 {
                stage.say(&bar.label, &style, x0 + 5.0, y)?;
            } else if room <= next - x1 {
                stage.say(&bar.label, &style, x1 + 4.0, self.place.bottom - 4.0)?;
            }
        }
        Ok(())
    }

    fn ticks(&self, ticks: &[Tick]) -> Drawn {
        let stage = self.stage;
        let strength = |tick: &Tick| tick.strength.filter(|strength| strength.is_finite());
        let key = |tick: &Tick| stage.time.holds(tick.at).then(|| (self.pixel(tick.at), tick.shape));
        let middle = (self.place.top + self.place.bottom) / 2.0;
        for (tick, more) in tallest(ticks, key, |tick| strength(tick).unwrap_or(-1.0)) {
            let told_strength = strength(tick).map(|value| format!(", {} of 10", told(value, "")));
            let words =
                format!("{}{}, {}", tick.label, told_strength.unwrap_or_default(), stage.time.told(tick.at));
            let words = and_more(words, more);
            let x = stage.x(tick.at);
            let y = match strength(tick) {
                Some(strength) => self.y(strength).clamp(self.place.top + 5.0, self.place.bottom - 5.0),
                None => middle,
            };
            if strength(tick).is_some() {
                let ink = shape(stage.inks.of(&format!("stem s{}", look(self.track.look))));
                let stem = vec![(tenths(x), tenths(self.place.bottom)), (tenths(x), tenths(y))];
                stage.area.draw(&PathElement::new(stem, ink))?;
            }
            self.marker(tick.shape, x, y, &words, tick.line)?;
        }
        Ok(())
    }

    fn marker(&self, kind: Shape, x: f64, y: f64, words: &str, line: Option<usize>) -> Drawn {
        let class = format!("{} s{}", kind.class(), look(self.track.look));
        let ink: ShapeStyle = shape(self.stage.inks.one(&class, words, line));
        let area = self.stage.area;
        let corners =
            kind.corners().iter().map(|(dx, dy)| (tenths(x + dx), tenths(y + dy))).collect::<Vec<_>>();
        match kind {
            Shape::Dot | Shape::Ring => area.draw(&Circle::new((tenths(x), tenths(y)), tenths(4.25), ink)),
            Shape::Cross => area.draw(&PathElement::new(corners, ink)),
            _ => area.draw(&Polygon::new(corners, ink)),
        }
    }

    fn columns(&self, scale: &Scale, columns: &[Column]) -> Drawn {
        let stage = self.stage;
        let key = |column: &Column| {
            let at = middle(column);
            self.seen(at, column.value).then(|| self.pixel(at))
        };
        for (column, more) in tallest(columns, key, |column| column.value) {
            let words = format!(
                "{}: {}, {}",
                self.track.name,
                told(column.value, &scale.unit),
                stage.time.told(column.from)
            );
            let (a, b) = (stage.x(stage.time.held(column.from)), stage.x(stage.time.held(column.to)));
            // A sliver of air between neighbors where there is room for it.
            let (a, b) = if b - a > 4.0 { (a + 1.0, b - 1.0) } else { (a, b.max(a + 1.0)) };
            let class = format!("column s{}", look(self.track.look));
            let ink = shape(stage.inks.one(&class, &and_more(words, more), column.line));
            let corners = [(tenths(a), tenths(self.y(column.value))), (tenths(b), tenths(self.place.bottom))];
            stage.area.draw(&Rectangle::new(corners, ink))?;
        }
        Ok(())
    }

    fn thinned(&self, points: &[&Point]) -> Vec<(Timestamp, f64)> {
        let pixels: Vec<(f64, f64)> =
            points.iter().map(|point| (self.stage.x(point.at), self.y(point.value))).collect();
        let kept = keep(&pixels, Edge::Line).into_iter();
        kept.map(|place| (points[place].at, self.up.held(points[place].value))).collect()
    }

    fn dots(&self, scale: &Scale, points: &[Point]) -> Drawn {
        let key = |point: &Point| self.seen(point.at, point.value).then(|| self.pixel(point.at));
        for (point, more) in tallest(points, key, |point| point.value) {
            let told_value = told(point.value, &scale.unit);
            let words = format!("{}: {told_value}, {}", self.track.name, self.stage.time.told(point.at));
            let (x, y) = (self.stage.x(point.at), self.y(point.value));
            self.marker(Shape::Dot, x, y, &and_more(words, more), point.line)?;
        }
        Ok(())
    }
}

fn spell(time: &Time, bar: &Bar) -> String {
    match bar.to {
        Some(to) => format!("{} to {}", time.told(bar.from), time.told(to)),
        None => format!("from {} on", time.told(bar.from)),
    }
}

/// One row for each element, in order of time.
fn table(lanes: &Lanes) -> Table {
    let time = &lanes.time;
    // When, what, value; how high, for the extremes of each track.
    let mut rows: Vec<(Timestamp, usize, String, f64)> = Vec::new();
    for (number, track) in lanes.tracks.iter().enumerate() {
        let mut add = |at: Timestamp, words: String, height: f64| rows.push((at, number, words, height));
        match &track.content {
            Content::Bars(bars) => {
                let seen = |bar: &&Bar| bar.from <= time.to && bar.to.is_none_or(|to| to >= time.from);
                for bar in bars.iter().filter(seen) {
                    add(bar.from, format!("{}, {}", bar.label, spell(time, bar)), bar.height);
                }
            }
            Content::Ticks(ticks) => {
                for tick in ticks.iter().filter(|tick| time.holds(tick.at)) {
                    let strength = tick.strength.map(|value| format!(", {} of 10", told(value, "")));
                    let height = tick.strength.unwrap_or(f64::NAN);
                    add(tick.at, format!("{}{}", tick.label, strength.unwrap_or_default()), height);
                }
            }
            Content::Columns(scale, columns) => {
                for column in columns.iter().filter(|column| column.to >= time.from && column.from <= time.to)
                {
                    add(column.from, told(column.value, &scale.unit), column.value);
                }
            }
            Content::Scores(scale, points, _) => {
                for point in points.iter().filter(|point| time.holds(point.at)) {
                    add(point.at, told(point.value, &scale.unit), point.value);
                }
            }
            Content::Bands(scale, series, _) => {
                for one in series {
                    let who = if series.len() > 1 { format!("{}: ", one.name) } else { String::new() };
                    for (at, value) in one.points.iter().filter(|(at, _)| time.holds(*at)) {
                        add(*at, format!("{who}{}", ranged(value, &scale.unit)), value.median);
                    }
                }
            }
        }
    }
    rows.sort_by_key(|row| (row.0, row.1));
    let mut must = vec![0, rows.len().saturating_sub(1)];
    for number in 0..lanes.tracks.len() {
        let of = || rows.iter().enumerate().filter(move |(_, row)| row.1 == number && row.3.is_finite());
        must.extend(of().max_by(|a, b| a.1.3.total_cmp(&b.1.3)).map(|(place, _)| place));
        must.extend(of().min_by(|a, b| a.1.3.total_cmp(&b.1.3)).map(|(place, _)| place));
    }
    let shown = evenly(rows.len(), MOST, &must).into_iter().map(|place| {
        let (at, number, words, _) = &rows[place];
        vec![time.told(*at), lanes.tracks[*number].name.clone(), words.clone()]
    });
    Table {
        heads: ["When", "What", "How much"].map(str::to_owned).into(),
        rows: shown.collect(),
        of: rows.len(),
        notes: Vec::new(),
    }
}

fn middle(column: &Column) -> Timestamp {
    let (from, to) = (column.from.min(column.to), column.from.max(column.to));
    from.checked_add(to.duration_since(from) / 2).unwrap_or(from)
}
