//! What bands and lanes share: a time axis with its grid, the now line, marks, shaded windows, and lines with ranges.

use super::{
    Key, Time,
    bands::Series,
    paper::{Area, Drawn, Inks, LINE, shape, tenths, words},
    pattern::look,
    thin::{Edge, keep},
    time::Along,
    value::{Scale, Up},
    words::{cut, told, wide},
};
use jiff::Timestamp;
use plotters::{
    chart::{ChartBuilder, ChartContext},
    coord::cartesian::Cartesian2d,
    element::{Circle, PathElement, Polygon, Rectangle},
    series::LineSeries,
};
use plotters_backend::text_anchor::HPos;
use raphe::units::Interval;

/// A named value: a horizontal line.
#[derive(Debug, Clone)]
pub(crate) struct Threshold {
    /// Where it lies; one that is not a finite number is left out.
    pub(crate) value: f64,
    /// What it means, in a few words.
    pub(crate) name: String,
}

impl Threshold {
    /// A line at this value.
    #[must_use]
    pub(crate) fn new(value: f64, name: impl Into<String>) -> Self {
        Self { value, name: name.into() }
    }
}

/// A named moment: a vertical line, for example the first safe day.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// When.
    pub(crate) at: Timestamp,
    /// What it is, in a few words.
    pub(crate) name: String,
}

impl Mark {
    /// A line at this moment.
    #[must_use]
    pub(crate) fn new(at: Timestamp, name: impl Into<String>) -> Self {
        Self { at, name: name.into() }
    }
}

/// How a shaded stretch of time is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// By the rules, this is when it may be done.
    Safe,
    /// This is when it must not be done.
    Danger,
}

impl Tone {
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Danger => "danger",
        }
    }
}

/// A named stretch of time, shaded from top to bottom.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    /// Its beginning.
    pub(crate) from: Timestamp,
    /// Its end; without one it goes on.
    pub(crate) to: Option<Timestamp>,
    /// What it is.
    pub(crate) name: String,
    /// How it is meant.
    pub(crate) tone: Tone,
}

/// A chart over time and a value.
pub(super) type Chart<'d, 'a> = ChartContext<'d, super::paper::Paper<'a>, Cartesian2d<Along, Up>>;

/// Room at the foot for the words of the time axis.
pub(super) const FOOT: f64 = 26.0;

/// The place where time runs from left to right, in pixels of the drawing.
pub(super) struct Stage<'d, 'a> {
    pub(super) area: &'d Area<'a>,
    pub(super) inks: &'d Inks,
    pub(super) time: &'d Time,
    pub(super) size: (f64, f64),
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// A vertical line and where its words stand over it: the row counted from the drawing upwards, and their left end.
pub(super) struct Flag {
    at: Timestamp,
    name: String,
    shown: String,
    class: &'static str,
    place: Option<(usize, f64)>,
}

/// The words over the vertical lines, in as few rows as keep them apart; how many rows that takes.
///
/// No line runs through the words of another where that can be helped: words stand over their line, or begin or end at it.
pub(super) fn flags(time: &Time, marks: &[Mark], left: f64, right: f64, sheet: f64) -> (Vec<Flag>, usize) {
    /// More rows of words than this would leave no drawing.
    const ROWS: usize = 4;
    const AIR: f64 = 8.0;
    struct Set {
        row: usize,
        line: f64,
        from: f64,
        to: f64,
    }
    let now = time.now.map(|at| Mark::new(at, "now"));
    let all = now.iter().map(|mark| (mark, "now")).chain(marks.iter().map(|mark| (mark, "mark")));
    let mut set: Vec<Set> = Vec::new();
    let mut flags = Vec::new();
    for (mark, class) in all.filter(|(mark, _)| time.holds(mark.at)) {
        let shown = cut(&mark.name, sheet * 0.7);
        let (line, room) = (left + time.share(mark.at) * (right - left), wide(&shown));
        let free = |set: &[Set], row: usize, from: f64, clear: bool| {
            let (from, to) = (from - AIR, from + room + AIR);
            set.iter().all(|other| {
                let apart = other.row != row || to < other.from || from > other.to;
                let uncrossed = match other.row.cmp(&row) {
                    std::cmp::Ordering::Less => !(other.from..=other.to).contains(&line),
                    std::cmp::Ordering::Greater => !(from..=to).contains(&other.line),
                    std::cmp::Ordering::Equal => true,
                };
                apart && (uncrossed || !clear)
            })
        };
        let fits = |from: &f64| *from >= 0.0 && *from + room <= sheet;
        let starts = [line - room / 2.0, line + 2.0, line - room - 2.0, 0.0, sheet - room];
        let near = |from: &f64| *from <= line + 2.0 && *from + room >= line - 2.0;
        let place = [true, false].into_iter().find_map(|clear| {
            (0..ROWS).find_map(|row| {
                let start =
                    starts.into_iter().filter(fits).filter(near).find(|from| free(&set, row, *from, clear));
                start.map(|from| (row, from))
            })
        });
        let place = place.filter(|_| !shown.is_empty());
        if let Some((row, from)) = place {
            set.push(Set { row, line, from, to: from + room });
        }
        flags.push(Flag { at: mark.at, name: mark.name.clone(), shown, class, place });
    }
    let rows = set.iter().map(|set| set.row + 1).max().unwrap_or(0);
    (flags, rows)
}

impl<'d, 'a> Stage<'d, 'a> {
    pub(super) fn x(&self, at: Timestamp) -> f64 {
        self.left + self.time.share(at) * (self.right - self.left)
    }

    /// A chart between two heights of the stage.
    pub(super) fn chart(&self, top: f64, bottom: f64, up: Up) -> Drawn<Chart<'d, 'a>> {
        let along = Along::new(self.time, self.right - self.left);
        ChartBuilder::on(self.area)
            .margin_top(tenths(top))
            .margin_right(tenths(self.size.0 - self.right))
            .margin_bottom(tenths((self.size.1 - bottom - FOOT).max(0.0)))
            .x_label_area_size(tenths(FOOT.min(self.size.1 - bottom)))
            .y_label_area_size(tenths(self.left))
            .build_cartesian_2d(along, up)
    }

    /// Windows, the grid of time, its words at the foot.
    pub(super) fn ground(&self, windows: &[Window]) -> Drawn {
        let mut chart = self.chart(self.top, self.bottom, Up::new(&Scale::default(), [], 2))?;
        for window in windows {
            let (from, to) = (self.time.held(window.from), self.time.held(window.to.unwrap_or(self.time.to)));
            if to <= from {
                continue;
            }
            let class = format!("window {tone} fill-{tone}", tone = window.tone.class());
            let ink = self.inks.one(&class, &window.name, None);
            chart.draw_series([Rectangle::new([(from, 0.0), (to, 1.0)], shape(ink))])?;
        }
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .y_labels(0)
            .y_label_formatter(&|_| String::new())
            .set_tick_mark_size(plotters::chart::LabelAreaPosition::Bottom, tenths(5.0))
            .bold_line_style(shape(self.inks.of("grid")))
            .light_line_style(shape(self.inks.of("grid fine")))
            .axis_style(shape(self.inks.of("axis")))
            .x_label_style(words(self.inks.of("tick"), HPos::Center))
            .draw()
    }

    /// The names of windows that have room for them; the others are for the legend.
    pub(super) fn window_names(&self, windows: &[Window]) -> Drawn {
        for window in windows.iter().filter(|window| self.named(window)) {
            let (from, to) = self.seen(window);
            let style = words(self.inks.of("label"), HPos::Center);
            self.say(&window.name, &style, (from + to) / 2.0, self.top + 14.0)?;
        }
        Ok(())
    }

    fn seen(&self, window: &Window) -> (f64, f64) {
        (self.x(window.from), self.x(window.to.unwrap_or(self.time.to)))
    }

    /// Whether a window is wide enough for its name.
    pub(super) fn named(&self, window: &Window) -> bool {
        let (from, to) = self.seen(window);
        to - from >= wide(&window.name) + 10.0
    }

    /// The vertical lines with their words, over everything else.
    pub(super) fn flags(&self, flags: &[Flag]) -> Drawn {
        for flag in flags {
            let x = tenths(self.x(flag.at));
            let (row, from) = flag.place.unwrap_or_default();
            let words_at = self.top - 5.0 - row as f64 * LINE;
            let head = if flag.place.is_some() { words_at + 3.0 } else { self.top };
            let ink = self.inks.one(flag.class, &flag.name, None);
            let line = PathElement::new(vec![(x, tenths(head)), (x, tenths(self.bottom))], shape(ink));
            self.area.draw(&line)?;
            if flag.place.is_some() {
                let style = words(self.inks.of(&format!("label {}", flag.class)), HPos::Left);
                self.say(&flag.shown, &style, from, words_at)?;
            }
        }
        Ok(())
    }

    /// Says that there is nothing, so that nobody waits for it.
    pub(super) fn nothing(&self, y: f64) -> Drawn {
        let style = words(self.inks.of("label quiet"), HPos::Center);
        self.say("nothing in this time", &style, (self.left + self.right) / 2.0, y + 4.5)
    }

    /// Words at a place.
    pub(super) fn say(&self, text: &str, style: &plotters::style::TextStyle<'_>, x: f64, y: f64) -> Drawn {
        if text.is_empty() { Ok(()) } else { self.area.draw_text(text, style, (tenths(x), tenths(y))) }
    }

    /// The words and lines of a value axis, at the left of a chart.
    pub(super) fn rungs(&self, chart: &mut Chart<'d, 'a>) -> Drawn {
        chart
            .configure_mesh()
            .disable_x_mesh()
            .disable_x_axis()
            .x_labels(0)
            .x_label_formatter(&|_| String::new())
            .set_tick_mark_size(plotters::chart::LabelAreaPosition::Left, tenths(3.0))
            .bold_line_style(shape(self.inks.of("grid")))
            .light_line_style(shape(self.inks.of("grid fine")))
            .axis_style(shape(self.inks.of("")))
            .y_label_style(words(self.inks.of("tick"), HPos::Right))
            .draw()
    }

    /// Lines with their ranges, the ranges underneath.
    pub(super) fn series(
        &self,
        chart: &mut Chart<'d, 'a>,
        up: &Up,
        height: f64,
        all: &[(usize, &Series)],
    ) -> Drawn {
        let mut paths: Vec<_> =
            all.iter().map(|(number, series)| (*number, *series, self.runs(series))).collect();
        // Where two futures are still one, the first lies on top.
        paths.sort_by_key(|(_, series, _)| !series.second);
        for (number, series, runs) in &paths {
            let (look, second) = (look(*number), if series.second { " second" } else { "" });
            let ink = shape(self.inks.one(&format!("band s{look}{second} fill-{look}"), &series.name, None));
            for run in runs {
                let mut edge = self.thinned(run, up, height, Edge::Upper, |value| value.p95);
                let mut foot = self.thinned(run, up, height, Edge::Lower, |value| value.p5);
                foot.reverse();
                if edge.len() + foot.len() > 2 {
                    edge.extend(foot);
                    chart.draw_series([Polygon::new(edge, ink)])?;
                } else if let (Some(a), Some(b)) = (edge.first(), foot.first()) {
                    let ink = shape(self.inks.one(&format!("whisker s{look}{second}"), &series.name, None));
                    chart.draw_series([PathElement::new(vec![*a, *b], ink)])?;
                }
            }
        }
        for (number, series, runs) in &paths {
            let (look, second) = (look(*number), if series.second { " second" } else { "" });
            let ink = shape(self.inks.of(&format!("line s{look}{second}")));
            let fine = shape(self.inks.of(&format!("line s{look}{second} dense")));
            for run in runs {
                let middle = self.thinned(run, up, height, Edge::Line, |value| value.median);
                // A thick line going up and down at every other pixel would be a wall.
                let dense = reversals(&middle) as f64 > (self.right - self.left) / 8.0;
                let ink = if dense { fine } else { ink };
                match middle.as_slice() {
                    [only] => {
                        let ink = shape(self.inks.one(&format!("dot s{look}"), &series.name, None));
                        chart.draw_series([Circle::new(*only, tenths(4.0), ink)])?;
                    }
                    _ => {
                        chart.draw_series(LineSeries::new(middle, ink))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Horizontal lines with their names, at the right end; names that would touch change sides of their line.
    pub(super) fn thresholds(
        &self,
        chart: &mut Chart<'d, 'a>,
        thresholds: &[Threshold],
        unit: &str,
        class: &str,
    ) -> Drawn {
        let mut said: Vec<f64> = Vec::new();
        for threshold in thresholds.iter().filter(|threshold| threshold.value.is_finite()) {
            let name = format!("{} ({})", threshold.name, told(threshold.value, unit));
            let ink = shape(self.inks.one(class, &name, None));
            let ends = vec![(self.time.from, threshold.value), (self.time.to, threshold.value)];
            chart.draw_series([PathElement::new(ends, ink)])?;
            let y = f64::from(chart.backend_coord(&(self.time.to, threshold.value)).1) / 10.0;
            let free =
                |y: &f64| said.iter().all(|other| (other - y).abs() >= LINE - 2.0) && *y > self.top + 9.0;
            let place = [y - 4.0, y + 13.0].into_iter().find(free);
            if let Some(y) = place {
                said.push(y);
                let name = cut(&threshold.name, self.right - self.left - 8.0);
                self.say(&name, &words(self.inks.of("label"), HPos::Right), self.right - 4.0, y)?;
            }
        }
        Ok(())
    }

    /// The stretches of a series without a gap, in order of time, as much of them as can be seen.
    fn runs(&self, series: &Series) -> Vec<Vec<(Timestamp, Interval)>> {
        let mut points: Vec<&(Timestamp, Interval)> = series.points.iter().collect();
        points.sort_by_key(|(at, _)| *at);
        let finite =
            |value: &Interval| [value.median, value.p5, value.p95].iter().all(|value| value.is_finite());
        points
            .split(|(_, value)| !finite(value))
            .map(|run| {
                let ordered = |(at, value): &(Timestamp, Interval)| {
                    let (low, high) = (value.p5.min(value.median), value.p95.max(value.median));
                    (*at, Interval { median: value.median, p5: low, p95: high })
                };
                let run: Vec<_> = run.iter().map(|point| ordered(point)).collect();
                self.cut_to_edges(&run)
            })
            .filter(|run| !run.is_empty())
            .collect()
    }

    /// What lies between the edges, with the places where it crosses them.
    fn cut_to_edges(&self, run: &[(Timestamp, Interval)]) -> Vec<(Timestamp, Interval)> {
        let mut seen: Vec<(Timestamp, Interval)> = Vec::new();
        let crossing = |a: &(Timestamp, Interval), b: &(Timestamp, Interval), at: Timestamp| {
            let all = (b.0.as_millisecond() - a.0.as_millisecond()) as f64;
            let share =
                if all > 0.0 { (at.as_millisecond() - a.0.as_millisecond()) as f64 / all } else { 0.0 };
            let mix = |a: f64, b: f64| a + (b - a) * share;
            let (a, b) = (a.1, b.1);
            let value =
                Interval { median: mix(a.median, b.median), p5: mix(a.p5, b.p5), p95: mix(a.p95, b.p95) };
            (at, value)
        };
        for (place, point) in run.iter().enumerate() {
            let before = place.checked_sub(1).and_then(|before| run.get(before));
            if let Some(before) = before {
                for edge in [self.time.from, self.time.to] {
                    if before.0 < edge && edge < point.0 {
                        seen.push(crossing(before, point, edge));
                    }
                }
            }
            if self.time.holds(point.0) {
                seen.push(*point);
            }
        }
        seen
    }

    fn thinned(
        &self,
        run: &[(Timestamp, Interval)],
        up: &Up,
        height: f64,
        edge: Edge,
        value: impl Fn(&Interval) -> f64,
    ) -> Vec<(Timestamp, f64)> {
        let pixels =
            |(at, interval): &(Timestamp, Interval)| (self.x(*at), up.share(value(interval)) * height);
        let points: Vec<(f64, f64)> = run.iter().map(pixels).collect();
        keep(&points, edge).into_iter().map(|place| (run[place].0, up.held(value(&run[place].1)))).collect()
    }
}

/// How often a line turns from up to down or back.
fn reversals(line: &[(Timestamp, f64)]) -> usize {
    line.windows(3).filter(|three| (three[1].1 - three[0].1) * (three[2].1 - three[1].1) < 0.0).count()
}

/// What the windows are called that have no room for their names.
pub(super) fn window_keys(stage_names: impl Fn(&Window) -> bool, windows: &[Window]) -> Vec<Key> {
    let nameless = windows.iter().filter(|window| !stage_names(window));
    nameless.map(|window| Key::Window(window.tone.class(), window.name.clone())).collect()
}

/// Thresholds, marks and windows in words, for under the table.
pub(super) fn notes(
    time: &Time,
    unit: &str,
    thresholds: &[Threshold],
    marks: &[Mark],
    windows: &[Window],
) -> Vec<String> {
    let values = thresholds.iter().map(|line| format!("{}: {}", line.name, told(line.value, unit)));
    let now = time.now.map(|at| format!("now: {}", time.told(at)));
    let moments = marks.iter().map(|mark| format!("{}: {}", mark.name, time.told(mark.at)));
    let stretches = windows.iter().map(|window| {
        let to = window.to.map_or_else(|| "on".to_owned(), |to| format!("to {}", time.told(to)));
        format!("{}: from {} {to}", window.name, time.told(window.from))
    });
    values.chain(now).chain(moments).chain(stretches).collect()
}
