//! A value over time with its range: medians as lines, 5 to 95 % as hatched bands.

use super::{
    Drawing, Figure, Mark, Scale, Threshold, Time, Window,
    paper::{LINE, words},
    pattern::{Key, look},
    put,
    stage::{FOOT, Stage, flags, notes, window_keys},
    table::{MOST, Table},
    thin::evenly,
    value::Up,
    words::{cut, ranged, wide},
};
use jiff::Timestamp;
use maud::Markup;
use plotters_backend::text_anchor::HPos;
use raphe::units::Interval;
use std::collections::BTreeMap;

/// One line with its range.
#[derive(Debug, Clone, Default)]
pub struct Series {
    /// What it is called in the legend, the table and beside its end.
    pub name: String,
    /// Values in any order; one that is not a finite number is a gap.
    pub points: Vec<(Timestamp, Interval)>,
    /// The other future: dashed.
    pub second: bool,
    /// Which of the looks (hue and hatching) it has; without one, its place among the series.
    pub look: Option<usize>,
}

impl Series {
    /// A line of this name.
    #[must_use]
    pub fn new(name: impl Into<String>, points: Vec<(Timestamp, Interval)>) -> Self {
        Self { name: name.into(), points, ..Self::default() }
    }

    /// As the other future: dashed.
    #[must_use]
    pub fn second(mut self) -> Self {
        self.second = true;
        self
    }

    /// With the look of this number, so that one thing looks the same everywhere.
    #[must_use]
    pub fn look(mut self, number: usize) -> Self {
        self.look = Some(number);
        self
    }
}

/// What [`bands`] draws. Only `time` and `scale` are needed; the rest may be empty.
#[derive(Debug, Clone)]
pub struct Bands {
    /// The time axis.
    pub time: Time,
    /// The value axis.
    pub scale: Scale,
    /// Lines with ranges.
    pub series: Vec<Series>,
    /// Named values; the axis reaches to them.
    pub thresholds: Vec<Threshold>,
    /// Named moments.
    pub marks: Vec<Mark>,
    /// Named stretches of time.
    pub windows: Vec<Window>,
}

impl Bands {
    /// An empty drawing over these axes.
    #[must_use]
    pub fn new(time: Time, scale: Scale) -> Self {
        Self { time, scale, series: vec![], thresholds: vec![], marks: vec![], windows: vec![] }
    }
}

/// The values an axis must hold: of what can be seen of the series, and the thresholds.
pub(super) fn values<'a>(
    time: &'a Time,
    series: &'a [Series],
    thresholds: &'a [Threshold],
) -> impl Iterator<Item = f64> + 'a {
    let points = series.iter().flat_map(|series| &series.points);
    let seen = points.filter(|(at, _)| time.holds(*at));
    let ends = seen.flat_map(|(_, value)| [value.p5, value.median, value.p95]);
    // Room above a threshold for its name.
    ends.chain(thresholds.iter().flat_map(|line| [line.value, line.value + 0.12 * line.value.abs()]))
}

/// The series with the numbers of their looks.
pub(super) fn numbered(series: &[Series]) -> Vec<(usize, &Series)> {
    series.iter().enumerate().map(|(place, series)| (series.look.unwrap_or(place), series)).collect()
}

/// Draws values over time with their ranges.
#[must_use]
pub fn bands(figure: &Figure<'_>, bands: &Bands) -> Markup {
    let Bands { time, scale, series, thresholds, marks, windows } = bands;
    let width = figure.wide();
    let plot = (width * 0.42).clamp(180.0, 380.0).round();
    let up = Up::new(scale, values(time, series, thresholds), (plot / 54.0) as usize);
    let left = up.labels().map(|text| wide(&text)).fold(12.0, f64::max).ceil() + 10.0;
    // Names beside the ends of lines where there is room; the legend has them anyway.
    let ends = series.iter().map(|series| wide(&series.name)).fold(0.0, f64::max).ceil() + 12.0;
    let beside = width >= 600.0 && series.len() > 1 && ends <= width * 0.25;
    let right = width - if beside { ends } else { 12.0 };
    let (flags, rows) = flags(time, marks, left, right, width);
    let title = scale.titled();
    let name = if title.is_empty() { 0.0 } else { LINE + 4.0 };
    let top = name + rows as f64 * LINE + 8.0;
    let (bottom, height) = (top + plot, top + plot + FOOT);
    let all = numbered(series);
    let mut nameless = Vec::new();
    let drawing = Drawing::new(figure, width, height, |area, inks| {
        let stage = Stage { area, inks, time, size: (width, height), left, right, top, bottom };
        nameless = window_keys(|window| stage.named(window), windows);
        stage.ground(windows)?;
        let mut chart = stage.chart(top, bottom, up.clone())?;
        stage.rungs(&mut chart)?;
        stage.series(&mut chart, &up, plot, &all)?;
        stage.thresholds(&mut chart, thresholds, &scale.unit, "threshold")?;
        stage.window_names(windows)?;
        stage.flags(&flags)?;
        stage.say(&cut(&title, width), &words(inks.of("label quiet"), HPos::Left), 0.0, 13.0)?;
        if !values(time, series, &[]).any(f64::is_finite) {
            stage.nothing(top + plot / 2.0)?;
        }
        if beside {
            for (number, name, y) in beside_ends(&stage, &up, plot, &all) {
                let style = words(inks.of(&format!("label s{}", look(number))), HPos::Left);
                stage.say(&name, &style, right + 6.0, y)?;
            }
        }
        Ok(())
    });
    let mut legend = keys(&all);
    legend.extend(nameless);
    let table =
        Table { notes: notes(time, &scale.unit, thresholds, marks, windows), ..table(time, scale, series) };
    put(figure, "bands", drawing.reach(left, right, time), &legend, table)
}

/// The series in the legend, and how to read a range.
pub(super) fn keys(all: &[(usize, &Series)]) -> Vec<Key> {
    let key = |(number, series): &(usize, &Series)| Key::Series {
        look: look(*number),
        second: series.second,
        name: series.name.clone(),
    };
    let mut keys: Vec<Key> = all.iter().map(key).collect();
    if !keys.is_empty() {
        keys.push(Key::range());
    }
    keys
}

/// Where the names beside the ends of the lines stand, moved apart.
fn beside_ends(
    stage: &Stage<'_, '_>,
    up: &Up,
    plot: f64,
    all: &[(usize, &Series)],
) -> Vec<(usize, String, f64)> {
    let end = |(number, series): &(usize, &Series)| {
        let seen =
            series.points.iter().filter(|(at, value)| stage.time.holds(*at) && value.median.is_finite());
        let (_, value) = seen.max_by_key(|(at, _)| *at)?;
        Some((*number, series.name.clone(), stage.bottom - up.share(value.median) * plot + 4.5))
    };
    let mut names: Vec<(usize, String, f64)> = all.iter().filter_map(end).collect();
    names.sort_by(|a, b| a.2.total_cmp(&b.2));
    let mut free = stage.top + 4.5;
    for name in &mut names {
        name.2 = name.2.max(free);
        free = name.2 + LINE - 2.0;
    }
    // And up again from the foot.
    let mut most = stage.bottom + 4.5;
    for name in names.iter_mut().rev() {
        name.2 = name.2.min(most);
        most = name.2 - LINE + 2.0;
    }
    names
}

/// One row for each moment, one column for each series.
fn table(time: &Time, scale: &Scale, series: &[Series]) -> Table {
    let mut moments: BTreeMap<Timestamp, Vec<Option<&Interval>>> = BTreeMap::new();
    for (place, one) in series.iter().enumerate() {
        for (at, value) in one.points.iter().filter(|(at, _)| time.holds(*at)) {
            let row = moments.entry(*at).or_insert_with(|| vec![None; series.len()]);
            // Of two values at the same moment, the higher; any number before none.
            let height =
                |value: &Interval| if value.median.is_nan() { f64::NEG_INFINITY } else { value.median };
            if row[place].is_none_or(|other| height(other) < height(value)) {
                row[place] = Some(value);
            }
        }
    }
    let rows: Vec<(Timestamp, Vec<Option<&Interval>>)> = moments.into_iter().collect();
    let mut must = vec![0, rows.len().saturating_sub(1)];
    for place in 0..series.len() {
        let values = || {
            let finite = |value: &&Interval| value.median.is_finite();
            rows.iter()
                .enumerate()
                .filter_map(move |(row, (_, values))| Some((row, values[place].filter(finite)?)))
        };
        must.extend(values().max_by(|a, b| a.1.p95.total_cmp(&b.1.p95)).map(|(row, _)| row));
        must.extend(values().max_by(|a, b| a.1.median.total_cmp(&b.1.median)).map(|(row, _)| row));
        must.extend(values().min_by(|a, b| a.1.median.total_cmp(&b.1.median)).map(|(row, _)| row));
        must.extend(values().min_by(|a, b| a.1.p5.total_cmp(&b.1.p5)).map(|(row, _)| row));
    }
    let shown = evenly(rows.len(), MOST, &must).into_iter().map(|row| {
        let (at, values) = &rows[row];
        let cell =
            |value: &Option<&Interval>| value.map_or_else(String::new, |value| ranged(value, &scale.unit));
        std::iter::once(time.told(*at)).chain(values.iter().map(cell)).collect()
    });
    let heads = series.iter().map(|series| format!("{}: middle (nine in ten)", series.name));
    Table {
        heads: std::iter::once("When".to_owned()).chain(heads).collect(),
        rows: shown.collect(),
        of: rows.len(),
        notes: Vec::new(),
    }
}
