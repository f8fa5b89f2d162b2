//! From usual to now: one bar for each cause, each beginning where the last one ended, the sum at the end.

use super::{
    Drawing, Figure, Scale,
    paper::{Drawn, LINE, shape, tenths, words},
    pattern::Key,
    put,
    table::{MOST, Table},
    value::Up,
    words::{cut, lines, ranged, told, wide},
};
use maud::Markup;
use plotters::{
    chart::{ChartBuilder, LabelAreaPosition},
    coord::types::RangedCoordf64,
    element::{PathElement, Polygon, Rectangle},
};
use plotters_backend::text_anchor::HPos;
use raphe::units::Interval;

/// One cause: from what it found to what it made of it.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// What did it.
    pub(crate) name: String,
    /// The value before it.
    pub(crate) from: f64,
    /// The value after it, with the range of that.
    pub(crate) to: Interval,
}

impl Step {
    /// A step from one value to another.
    #[must_use]
    pub(crate) fn new(name: impl Into<String>, from: f64, to: Interval) -> Self {
        Self { name: name.into(), from, to }
    }

    fn sound(&self) -> bool {
        [self.from, self.to.median, self.to.p5, self.to.p95].iter().all(|value| value.is_finite())
    }

    /// The words at its end: the factor (logarithmic) or the difference (linear).
    fn said(&self, scale: &Scale) -> String {
        if !self.sound() {
            return "unknown".to_owned();
        }
        match scale.log && self.from > 0.0 {
            true => format!("× {}", told(self.to.median / self.from, "")),
            false => {
                let change = self.to.median - self.from;
                format!("{}{}", if change < 0.0 { "−" } else { "+" }, told(change.abs(), &scale.unit))
            }
        }
    }
}

/// What [`waterfall`] draws.
#[derive(Debug, Clone)]
pub(crate) struct Waterfall {
    /// The value axis; usually logarithmic.
    pub(crate) scale: Scale,
    /// What the first step begins with: its name and its value.
    pub(crate) start: (String, f64),
    /// The causes, in order.
    pub(crate) steps: Vec<Step>,
    /// What they come to: its name and its value.
    pub(crate) total: (String, Interval),
}

/// How a row is drawn.
struct Row {
    name: String,
    said: String,
    class: &'static str,
    from: f64,
    to: Option<Interval>,
}

/// Draws how each cause moved a value, one bar below the other.
#[must_use]
pub(crate) fn waterfall(figure: &Figure<'_>, waterfall: &Waterfall) -> Markup {
    let Waterfall { scale, start, steps, total } = waterfall;
    let width = figure.wide();
    let beside = width >= 600.0;
    let rows = rows(waterfall);
    let ends = rows.iter().flat_map(|row| row.to.iter().flat_map(|to| [to.p5, to.median, to.p95]));
    let ends = ends.chain(rows.iter().map(|row| row.from));
    let said = rows.iter().map(|row| wide(&row.said) * 1.08).fold(30.0, f64::max).ceil() + 12.0;
    let names = rows.iter().map(|row| wide(&row.name) * 1.08).fold(60.0, f64::max).ceil() + 14.0;
    let (left, right) = match beside {
        true => (names.min(width * 0.32).round(), width - said.min(width * 0.25)),
        false => (12.0, width - 14.0),
    };
    let up = Up::new(scale, ends, ((right - left) / 60.0) as usize);
    let row_height = if beside { 36.0 } else { 46.0 };
    let title = scale.titled();
    let name = if title.is_empty() { 0.0 } else { LINE };
    let top = 6.0;
    let bottom = top + row_height * rows.len() as f64;
    let height = bottom + 26.0 + name;
    let x = |value: f64| left + up.share(value) * (right - left);
    let drawing = Drawing::new(figure, width, height, |area, inks| {
        let mut chart = ChartBuilder::on(area)
            .margin_top(tenths(top))
            .margin_right(tenths(width - right))
            .margin_bottom(tenths(name))
            .x_label_area_size(tenths(26.0))
            .y_label_area_size(tenths(left))
            .build_cartesian_2d(up.clone(), RangedCoordf64::from(rows.len() as f64..0.0))?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .y_labels(0)
            .y_label_formatter(&|_| String::new())
            .set_tick_mark_size(LabelAreaPosition::Bottom, tenths(5.0))
            .bold_line_style(shape(inks.of("grid")))
            .light_line_style(shape(inks.of("grid fine")))
            .axis_style(shape(inks.of("axis")))
            .x_label_style(words(inks.of("tick"), HPos::Center))
            .draw()?;
        let say = |text: &str, class: &str, across: HPos, x: f64, y: f64| -> Drawn {
            if text.is_empty() {
                return Ok(());
            }
            area.draw_text(text, &words(inks.of(class), across), (tenths(x), tenths(y)))
        };
        let path = |class: &str, ends: &[(f64, f64)]| -> Drawn {
            let ends = ends.iter().map(|(x, y)| (tenths(*x), tenths(*y))).collect::<Vec<_>>();
            area.draw(&PathElement::new(ends, shape(inks.of(class))))
        };
        let usual = x(start.1);
        path("usual", &[(usual, top), (usual, bottom)])?;
        for (place, row) in rows.iter().enumerate() {
            let foot = top + row_height * (place + 1) as f64;
            let (a, b) = if beside { (foot - 27.0, foot - 9.0) } else { (foot - 22.0, foot - 6.0) };
            let middle = (a + b) / 2.0;
            let strong = if row.class == "total" { "label name" } else { "label" };
            if beside {
                let names = lines(&row.name, (left - 14.0) / 1.08, 2);
                let first = middle + 4.5 - (names.len().max(1) - 1) as f64 * LINE / 2.0;
                for (line, text) in names.iter().enumerate() {
                    say(text, strong, HPos::Left, 0.0, first + line as f64 * LINE)?;
                }
            } else {
                let room = width - wide(&row.said) * 1.08 - 12.0;
                say(&cut(&row.name, room / 1.08), strong, HPos::Left, 0.0, a - 5.0)?;
                say(&row.said, "label name", HPos::Right, width, a - 5.0)?;
            }
            let Some(to) = row.to else {
                if beside {
                    say(&row.said, "label name", HPos::Left, usual + 6.0, middle + 4.5)?;
                }
                continue;
            };
            let (from, end) = (x(row.from), x(to.median));
            let title = format!("{}: {}, {}", row.name, row.said, ranged(&to, &scale.unit));
            let ink = shape(inks.one(&format!("step {}", row.class), &title, None));
            let (low, high) = (from.min(end), from.max(end).max(from.min(end) + 1.5));
            if row.class == "total" || row.class == "start" || high - low < 14.0 {
                area.draw(&Rectangle::new([(tenths(low), tenths(a)), (tenths(high), tenths(b))], ink))?;
            } else {
                // Up and down are arrows, not colors.
                let nose = if end > from { -6.0 } else { 6.0 };
                let corners = [(from, a), (end + nose, a), (end, middle), (end + nose, b), (from, b)];
                let corners: Vec<_> = corners.iter().map(|(x, y)| (tenths(*x), tenths(*y))).collect();
                area.draw(&Polygon::new(corners, ink))?;
            }
            let (p5, p95) = (x(to.p5.min(to.median)), x(to.p95.max(to.median)));
            if p95 - p5 > 1.0 {
                path("range", &[(p5, middle - 4.0), (p5, middle + 4.0)])?;
                path("range", &[(p5, middle), (p95, middle)])?;
                path("range", &[(p95, middle - 4.0), (p95, middle + 4.0)])?;
            }
            // On to the next row.
            if place + 1 < rows.len() && row.class != "total" {
                path("onward", &[(end, b), (end, foot + (a - (foot - row_height)))])?;
            }
            if beside {
                say(&row.said, "label name", HPos::Left, p95.max(high) + 8.0, middle + 4.5)?;
            }
        }
        say(&title, "label quiet", HPos::Right, right, height - 5.0)
    });
    let legend = [
        Key::Line("usual", format!("{}: {}", start.0, told(start.1, &scale.unit))),
        Key::Line("range", "where nine in ten lie".to_owned()),
    ];
    put(figure, "waterfall", drawing, &legend, table(scale, start, steps, total))
}

fn rows(waterfall: &Waterfall) -> Vec<Row> {
    let Waterfall { scale, start, steps, total } = waterfall;
    let step = |step: &Step| Row {
        name: step.name.clone(),
        said: step.said(scale),
        class: if step.to.median < step.from { "lower" } else { "raise" },
        from: step.from,
        to: step.sound().then_some(step.to),
    };
    let end = Step::new(total.0.clone(), start.1, total.1);
    let sum = Row {
        name: total.0.clone(),
        said: told(total.1.median, &scale.unit),
        class: "total",
        from: start.1,
        to: end.sound().then_some(total.1),
    };
    steps.iter().map(step).chain([sum]).collect()
}

fn table(scale: &Scale, start: &(String, f64), steps: &[Step], total: &(String, Interval)) -> Table {
    let first = vec![start.0.clone(), told(start.1, &scale.unit), String::new()];
    let middle = steps.iter().take(MOST - 2);
    let middle = middle.map(|step| vec![step.name.clone(), ranged(&step.to, &scale.unit), step.said(scale)]);
    let last = vec![total.0.clone(), ranged(&total.1, &scale.unit), String::new()];
    Table {
        heads: ["Cause", "Comes to: middle (nine in ten)", "Change"].map(str::to_owned).into(),
        rows: std::iter::once(first).chain(middle).chain([last]).collect(),
        of: steps.len() + 2,
        notes: Vec::new(),
    }
}
