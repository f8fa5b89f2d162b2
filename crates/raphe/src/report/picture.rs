//! One person's scores as a picture: on a terminal, and as SVG for a page.
//!
//! Both are drawn from the same [`Picture`]. Nothing hangs on hue: scores before are rings and after are dots, the band is hatched, what
//! would have come by itself is dashed, and everything has the color of the text around it.
//!
//! Drawn by hand: one kind of picture whose title, description and hatching are most of it.

use crate::{
    helping::{fit::Spell, series::date_of},
    units::number,
};
use std::fmt::Write;

/// What is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Title.
    pub title: String,
    /// What it shows, for somebody who does not see it.
    pub describes: String,
    /// What stands at the upright axis: `PHQ-9, 0 to 27, lower is better`.
    pub axis: String,
    /// Whole range of the scale.
    pub range: (f64, f64),
    /// Day, value as written, whether it counts as with it (after the start).
    pub points: Vec<(f64, f64, bool)>,
    /// What those without and those with it are called: before and since, without and with.
    pub words: (&'static str, &'static str),
    /// Day, 5 %, middle and 95 % of where the person's middle lies.
    pub band: Vec<(f64, [f64; 3])>,
    /// Day and value: what would have come by itself.
    pub alone: Vec<(f64, f64)>,
    /// When it was on.
    pub spells: Vec<Spell>,
    /// What was on: `sertraline`.
    pub treatment: String,
}

impl Picture {
    fn days(&self) -> (f64, f64) {
        let days = self.points.iter().map(|point| point.0).chain(self.spells.iter().map(|spell| spell.from));
        let (first, last) =
            days.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), day| (low.min(day), high.max(day)));
        (first, last.max(first + 1.0))
    }

    /// Smallest and largest value to show, and the step of the marks: 1, 2 or 5 times a power of ten.
    fn values(&self) -> (f64, f64, f64) {
        let shown = self.points.iter().map(|point| point.1);
        let shown = shown.chain(self.band.iter().flat_map(|(_, band)| [band[0], band[2]]));
        let shown = shown.map(|value| value.clamp(self.range.0, self.range.1));
        let (low, high) = shown
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        // A point up or down is not to look like a cliff.
        let least = 0.3 * (self.range.1 - self.range.0);
        let wider = (0.5 * (least - (high - low))).max(0.0);
        let (low, high) = ((low - wider).max(self.range.0), (high + wider).min(self.range.1));
        let rough = ((high - low) / 4.0).max((self.range.1 - self.range.0) / 30.0);
        let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
        let step = [1.0, 2.0, 5.0, 10.0].map(|times| times * power);
        let step = step.into_iter().find(|step| *step >= rough).unwrap_or(10.0 * power);
        let low = libm::floor(low / step) * step;
        let high = (libm::ceil(high / step) * step).max(low + step);
        (low.max(self.range.0), high.min(self.range.1), step)
    }

    /// Whether it was on, on a day.
    fn on(&self, day: f64) -> bool {
        self.spells.iter().any(|spell| day >= spell.from && spell.to.is_none_or(|to| day < to))
    }
}

/// Rows of a picture on a terminal.
const ROWS: usize = 12;

/// Draws it in characters, so many columns wide.
#[must_use]
pub fn text(picture: &Picture, width: usize) -> Vec<String> {
    let ((first, last), (low, high, step)) = (picture.days(), picture.values());
    let columns = width.saturating_sub(8).clamp(24, 72);
    let column = |day: f64| {
        let share = ((day - first) / (last - first)).clamp(0.0, 1.0);
        libm::round(share * (columns - 1) as f64) as usize
    };
    let row = |value: f64| {
        let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
        ROWS - 1 - libm::round(share * (ROWS - 1) as f64) as usize
    };
    let mut grid = vec![vec![' '; columns]; ROWS];
    for (day, [down, _, up]) in &picture.band {
        (row(*up)..=row(*down)).for_each(|r| grid[r][column(*day)] = '░');
    }
    for (place, (day, value)) in picture.alone.iter().enumerate() {
        if place % 2 == 0 {
            grid[row(*value)][column(*day)] = '·';
        }
    }
    for (day, [_, middle, _]) in &picture.band {
        grid[row(*middle)][column(*day)] = '─';
    }
    for spell in &picture.spells {
        let at = column(spell.from);
        for line in &mut grid {
            if line[at] != '─' {
                line[at] = '│';
            }
        }
    }
    for (day, value, after) in &picture.points {
        grid[row(*value)][column(*day)] = if *after { '●' } else { '○' };
    }
    let mut marks = vec![String::new(); ROWS];
    let mut value = libm::ceil(low / step) * step;
    while value <= high + 1e-9 {
        marks[row(value)] = number(libm::round(value * 100.0) / 100.0);
        value += step;
    }
    let mut lines = vec![picture.axis.clone()];
    for (line, mark) in grid.iter().zip(&marks) {
        let edge = if mark.is_empty() { '│' } else { '┤' };
        let drawn: String = line.iter().collect();
        lines.push(format!("{mark:>5} {edge}{}", drawn.trim_end()));
    }
    let per = (last - first) / (columns - 1) as f64;
    let on = (0..columns).map(|c| if picture.on(first + per * c as f64) { '▀' } else { '─' });
    lines.push(format!("{:>6}└{}", "", on.collect::<String>()));
    let (begin, end) = (date_of(first).to_string(), date_of(last).to_string());
    let gap = columns.saturating_sub(begin.len() + end.len());
    lines.push(format!("{:>7}{begin}{}{end}", "", " ".repeat(gap)));
    let (without, with) = picture.words;
    let mut legend = format!("○ {without}  ● {with}  ▀ {}", picture.treatment);
    if !picture.band.is_empty() {
        legend.push_str("  ─ middle  ░ where it lies, 9 in 10 sure  · by itself");
    }
    lines.push(legend);
    lines
}

/// Width of the drawing where nobody says otherwise, and the narrowest there is.
const WIDTH: f64 = 720.0;
const NARROWEST: f64 = 240.0;
/// A letter of the title and of what is written small, about so wide.
const LETTER: f64 = 7.4;
const SMALL: f64 = 6.3;

/// Draws it as SVG, one root element that can stand in a page or in a file of its own.
#[must_use]
pub fn svg(picture: &Picture) -> String {
    svg_of(picture, WIDTH)
}

/// The same for a place so many pixels wide: letters keep their size, and what has no room stands in more lines.
#[must_use]
pub fn svg_of(picture: &Picture, width: f64) -> String {
    let width = if width.is_finite() { width.max(NARROWEST) } else { WIDTH };
    let ((first, last), (low, high, step)) = (picture.days(), picture.values());
    let (left, right) = (if width < 480.0 { 40.0 } else { 56.0 }, width - 16.0);
    let titles = wrapped(&picture.title, (right - left) / LETTER);
    let axes = wrapped(&picture.axis, (right - left) / SMALL);
    let top = 10.0 + 17.0 * (titles.len() + axes.len()) as f64;
    let bottom = top + 256.0;
    let (legend, height) = legend(picture, (left, right), bottom + 64.0);
    let x = |day: f64| left + (day - first) / (last - first) * (right - left);
    let y = |value: f64| bottom - (value.clamp(low, high) - low) / (high - low) * (bottom - top);
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"raphe-title raphe-desc\" \
         font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"currentColor\" stroke=\"none\">\n\
         <title id=\"raphe-title\">{}</title>\n<desc id=\"raphe-desc\">{}</desc>\n\
         <defs><pattern id=\"raphe-band\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <path d=\"M0 0V6\" stroke=\"currentColor\" stroke-width=\"1.4\" stroke-opacity=\"0.35\"/></pattern></defs>\n",
        width,
        height,
        escape(&picture.title),
        escape(&picture.describes),
    );
    let above = titles.iter().map(|line| (line, "font-weight=\"bold\""));
    for (place, (line, look)) in above.chain(axes.iter().map(|line| (line, "font-size=\"12\""))).enumerate() {
        let at = 18.0 + 17.0 * place as f64;
        let _ = writeln!(out, "<text x=\"{left}\" y=\"{at}\" {look}>{}</text>", escape(line));
    }
    // Marks of both axes.
    let mut value = libm::ceil(low / step) * step;
    while value <= high + 1e-9 {
        let at = y(value);
        let _ = writeln!(
            out,
            "<path d=\"M{left} {at:.1}H{right}\" stroke=\"currentColor\" stroke-opacity=\"0.15\"/><text x=\"{:.1}\" y=\"{:.1}\" \
             text-anchor=\"end\">{}</text>",
            left - 8.0,
            at + 4.5,
            number(libm::round(value * 100.0) / 100.0)
        );
        value += step;
    }
    let inner: &[f64] = if width < 480.0 { &[] } else { &[1.0 / 3.0, 2.0 / 3.0] };
    let dates = inner.iter().map(|place| (*place, "middle")).chain([(0.0, "start"), (1.0, "end")]);
    for (place, anchor) in dates {
        let day = first + place * (last - first);
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
            x(day),
            bottom + 36.0,
            date_of(day)
        );
    }
    // When it was on: a bar under the plot, and a line where it begins.
    for spell in &picture.spells {
        let (from, to) = (x(spell.from), x(spell.to.unwrap_or(last).min(last)));
        let _ = writeln!(
            out,
            "<rect x=\"{from:.1}\" y=\"{}\" width=\"{:.1}\" height=\"10\" fill-opacity=\"0.75\"/>\
             <path d=\"M{from:.1} {top}V{}\" stroke=\"currentColor\" stroke-dasharray=\"2 3\"/>",
            bottom + 6.0,
            (to - from).max(1.5),
            bottom + 16.0
        );
    }
    let _ =
        writeln!(out, "<path d=\"M{left} {top}V{bottom}H{right}\" fill=\"none\" stroke=\"currentColor\"/>");
    if !picture.band.is_empty() {
        let up = picture.band.iter().map(|(day, band)| (*day, band[2]));
        let down = picture.band.iter().rev().map(|(day, band)| (*day, band[0]));
        let outline = path(up.chain(down), x, y);
        let _ = writeln!(out, "<path d=\"{outline}Z\" fill=\"url(#raphe-band)\"/>");
        let middle = path(picture.band.iter().map(|(day, band)| (*day, band[1])), x, y);
        let _ =
            writeln!(out, "<path d=\"{middle}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/>");
        let alone = path(picture.alone.iter().copied(), x, y);
        let _ = writeln!(
            out,
            "<path d=\"{alone}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\" stroke-dasharray=\"7 4\"/>"
        );
    }
    // Many points are small ones.
    let radius = if picture.points.len() > 120 { 2.0 } else { 4.0 };
    for (day, value, after) in &picture.points {
        let fill = if *after { "currentColor" } else { "none" };
        let _ = writeln!(
            out,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius}\" fill=\"{fill}\" stroke=\"currentColor\" stroke-width=\"1.4\"><title>{}: {}</title></circle>",
            x(*day),
            y(*value),
            date_of(*day),
            number(libm::round(*value * 10.0) / 10.0)
        );
    }
    out.push_str(&legend);
    out.push_str("</svg>\n");
    out
}

/// What each sign means, from this height on, and where the drawing ends.
fn legend(picture: &Picture, (left, right): (f64, f64), top: f64) -> (String, f64) {
    let mut out = String::new();
    let (mut at, mut line) = (left, top);
    let mut entry = |sign: String, words: &str| {
        let width = 34.0 + SMALL * words.chars().count() as f64;
        // A long name of a treatment takes rows of its own.
        if at > left && at + width > right {
            (at, line) = (left, line + 20.0);
        }
        for (place, words) in wrapped(words, (right - left - 24.0) / SMALL).iter().enumerate() {
            line += if place > 0 { 16.0 } else { 0.0 };
            let sign = if place == 0 { sign.as_str() } else { "" };
            let _ = writeln!(
                out,
                "<g transform=\"translate({at:.1} {line})\">{sign}<text x=\"24\" y=\"4.5\" font-size=\"12\">{}</text></g>",
                escape(words)
            );
        }
        at += width;
    };
    let ring = |fill: &str| {
        format!(
            "<circle cx=\"10\" cy=\"0\" r=\"4\" fill=\"{fill}\" stroke=\"currentColor\" stroke-width=\"1.4\"/>"
        )
    };
    entry(ring("none"), picture.words.0);
    entry(ring("currentColor"), picture.words.1);
    entry(
        "<rect x=\"0\" y=\"-5\" width=\"20\" height=\"10\" fill-opacity=\"0.75\"/>".to_owned(),
        &picture.treatment,
    );
    if !picture.band.is_empty() {
        entry(
            "<rect x=\"0\" y=\"-7\" width=\"20\" height=\"14\" fill=\"url(#raphe-band)\"/>\
             <path d=\"M0 0H20\" stroke=\"currentColor\" stroke-width=\"2\"/>"
                .to_owned(),
            "middle, and where it lies (9 in 10 sure)",
        );
        entry(
            "<path d=\"M0 0H20\" stroke=\"currentColor\" stroke-width=\"1.5\" stroke-dasharray=\"7 4\"/>"
                .to_owned(),
            "expected by itself",
        );
    }
    (out, line + 12.0)
}

/// A text in lines of at most so many letters, cut between words where that is possible.
fn wrapped(text: &str, letters: f64) -> Vec<String> {
    let most = letters.max(8.0) as usize;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn path(points: impl Iterator<Item = (f64, f64)>, x: impl Fn(f64) -> f64, y: impl Fn(f64) -> f64) -> String {
    let mut out = String::new();
    for (day, value) in points {
        let letter = if out.is_empty() { 'M' } else { 'L' };
        let _ = write!(out, "{letter}{:.1} {:.1}", x(day), y(value));
    }
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
