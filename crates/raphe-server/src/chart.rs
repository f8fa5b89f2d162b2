//! Figures: each one function from what is to be seen to markup that everybody can read.
//!
//! A figure is a caption, a sentence that says in words what it shows, a drawing for the width it will have, a legend that
//! needs no color, and the same data as a table behind a disclosure. Nothing here knows a theme: elements carry classes, and
//! `assets/chart.css` gives them colors for light, dark, forced colors and paper. Patterns, dashes, shapes and words carry
//! what color carries.
//!
//! ```text
//!   bands      a value over time: middle, range, thresholds, now, safe window, a second future
//!   lanes      tracks stacked over one time axis: medicines, doses, signs, light, sleep, scores, bands
//!   waterfall  from usual to now, one bar for each cause, on a logarithmic scale
//!   spark      a small line with its cut-offs
//! ```
//!
//! Places, axes and series are plotters'; it draws on [`paper`], which writes SVG. Our own are calendar ticks in the person's
//! zone ([`time`]), logarithmic ticks ([`value`]), what may be left out ([`thin`]), legend, table and the places of labels.
//! A value that is not a finite number is a gap, never a zero. Same input, same bytes.

mod bands;
mod lanes;
mod paper;
mod pattern;
mod spark;
mod stage;
mod table;
#[cfg(test)]
mod tests;
mod thin;
mod time;
mod value;
mod waterfall;
mod words;

pub use bands::{Bands, Series, bands};
pub use lanes::{Bar, Column, Content, Lanes, Point, Shape, Tick, Track, lanes};
pub use spark::{Spark, spark};
pub use stage::{Mark, Threshold, Tone, Window};
pub use time::Time;
pub use value::Scale;
pub use waterfall::{Step, Waterfall, waterfall};

use maud::{Markup, PreEscaped, html};
use paper::{Area, Drawn, Inks, LETTER, Paper};
use pattern::Key;
use plotters::drawing::IntoDrawingArea;
use table::Table;
use words::plain;

/// What every figure has.
#[derive(Debug, Clone, Copy)]
pub struct Figure<'a> {
    /// Unique in the page: every id inside begins with it. Letters, digits, `-` and `_`; others become `-`.
    pub id: &'a str,
    /// The caption: what is drawn, in a few words.
    pub title: &'a str,
    /// A sentence that says what the drawing shows, for whoever cannot or will not read it.
    pub says: &'a str,
    /// The width it is drawn for, in pixels: held within 280 and 1600 (within 160 and 320 for a [`spark`]).
    pub width: u32,
}

impl<'a> Figure<'a> {
    /// A figure of this name, caption, sentence and width.
    #[must_use]
    pub const fn new(id: &'a str, title: &'a str, says: &'a str, width: u32) -> Self {
        Self { id, title, says, width }
    }

    fn name(&self) -> String {
        let fits = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
        let name: String = self.id.chars().map(fits).collect();
        if name.is_empty() { "chart".to_owned() } else { name }
    }

    fn wide(&self) -> f64 {
        f64::from(self.width.clamp(280, 1600))
    }
}

/// What the script needs to turn a place on the drawing into a moment.
struct Reach {
    left: f64,
    right: f64,
    time: Time,
}

/// A drawing on its way into a figure.
struct Drawing {
    width: f64,
    height: f64,
    body: String,
    reach: Option<Reach>,
}

impl Drawing {
    /// Draws on a sheet of so many pixels. Plotters' errors come from the backend alone, and ours has none.
    fn new(
        figure: &Figure<'_>,
        width: f64,
        height: f64,
        draw: impl FnOnce(&Area<'_>, &Inks) -> Drawn,
    ) -> Self {
        let mut body = String::new();
        let inks = Inks::new(&figure.name());
        {
            let area = Paper::new(&mut body, &inks, width, height).into_drawing_area();
            if draw(&area, &inks).is_err() {
                debug_assert!(false, "writing to a text failed");
            }
        }
        Self { width, height, body, reach: None }
    }

    fn reach(mut self, left: f64, right: f64, time: &Time) -> Self {
        self.reach = Some(Reach { left, right, time: time.clone() });
        self
    }
}

/// Puts a figure together.
fn put(figure: &Figure<'_>, kind: &str, drawing: Drawing, legend: &[Key], table: Table) -> Markup {
    let name = figure.name();
    let Drawing { width, height, body, reach } = drawing;
    let (title, says) = (format!("{name}-title"), format!("{name}-says"));
    let legend = pattern::legend(&name, legend);
    let fills = pattern::fills(&name, &[&body, &legend.0]);
    let plot = reach.as_ref().map(|reach| format!("{} {}", reach.left.round(), reach.right.round()));
    let moments =
        reach.as_ref().map(|reach| format!("{} {}", reach.time.from.as_second(), reach.time.to.as_second()));
    html! {
        figure.chart id=(name) data-chart=(kind) {
            figcaption id=(title) { (plain(figure.title)) }
            p.chart-says id=(says) { (plain(figure.says)) }
            svg role="img" aria-labelledby=(format!("{title} {says}")) width=(width) height=(height)
                viewBox=(format!("0 0 {width} {height}")) font-size=(LETTER) font-family="system-ui, sans-serif"
                data-plot=[plot] data-time=[moments] {
                (fills)
                (PreEscaped(body))
            }
            (legend)
            (table.put(&name, figure.title))
        }
    }
}
