//! A small line with its cut-offs: how a score went, at a glance.

use super::{
    Drawing, Figure, Scale, Threshold, Time,
    paper::{LINE, shape, tenths, words},
    pattern::Key,
    put,
    table::{MOST, Table},
    thin::{Edge, evenly, keep},
    value::Up,
    words::{cut, told, wide},
};
use jiff::Timestamp;
use maud::Markup;
use plotters::element::{Circle, PathElement};
use plotters_backend::text_anchor::HPos;

/// What [`spark`] draws.
#[derive(Debug, Clone)]
pub struct Spark {
    /// The stretch of time.
    pub time: Time,
    /// The value axis; give it the reach of the questionnaire.
    pub scale: Scale,
    /// Values in any order.
    pub points: Vec<(Timestamp, f64)>,
    /// Named values: dashed lines.
    pub cutoffs: Vec<Threshold>,
}

/// Draws a small line, 160 to 320 pixels wide.
#[must_use]
pub fn spark(figure: &Figure<'_>, spark: &Spark) -> Markup {
    const PLOT: f64 = 52.0;
    let Spark { time, scale, points, cutoffs } = spark;
    let width = f64::from(figure.width.clamp(160, 320));
    let mut seen: Vec<(Timestamp, f64)> =
        points.iter().copied().filter(|(at, value)| value.is_finite() && time.holds(*at)).collect();
    seen.sort_by_key(|(at, _)| *at);
    let lines = cutoffs.iter().map(|line| line.value);
    let up = Up::new(scale, seen.iter().map(|(_, value)| *value).chain(lines), 2);
    let last = seen.last().map(|(_, value)| told(*value, &scale.unit)).unwrap_or_default();
    let (left, right) = (6.0, width - wide(&last).max(12.0) * 1.08 - 12.0);
    let bottom = 10.0 + PLOT;
    let height = bottom + 6.0 + LINE;
    let place = |(at, value): &(Timestamp, f64)| {
        (left + time.share(*at) * (right - left), bottom - up.share(*value) * PLOT)
    };
    let drawing = Drawing::new(figure, width, height, |area, inks| {
        let path = |class: &str, points: &[(f64, f64)]| {
            let points = points.iter().map(|(x, y)| (tenths(*x), tenths(*y))).collect::<Vec<_>>();
            area.draw(&PathElement::new(points, shape(inks.of(class))))
        };
        let say = |text: &str, class: &str, across: HPos, x: f64, y: f64| match text.is_empty() {
            true => Ok(()),
            false => area.draw_text(text, &words(inks.of(class), across), (tenths(x), tenths(y))),
        };
        path("base", &[(0.0, bottom), (right + 6.0, bottom)])?;
        for cutoff in cutoffs.iter().filter(|cutoff| cutoff.value.is_finite()) {
            let y = bottom - up.share(cutoff.value) * PLOT;
            path("threshold", &[(0.0, y), (right + 6.0, y)])?;
        }
        let pixels: Vec<(f64, f64)> = seen.iter().map(place).collect();
        if pixels.len() > 1 {
            let line: Vec<(f64, f64)> =
                keep(&pixels, Edge::Line).into_iter().map(|place| pixels[place]).collect();
            path("line s0", &line)?;
        }
        // Few values are dots; of many, the last.
        let dots = if pixels.len() as f64 * 12.0 <= right - left {
            &pixels[..]
        } else {
            &pixels[pixels.len() - 1..]
        };
        for (place, (x, y)) in dots.iter().enumerate() {
            let size = if place + 1 == dots.len() { 4.0 } else { 2.5 };
            area.draw(&Circle::new((tenths(*x), tenths(*y)), tenths(size), shape(inks.of("dot s0"))))?;
        }
        if let Some((x, y)) = pixels.last() {
            say(&last, "label name", HPos::Left, (x + 8.0).min(right + 8.0), y + 4.5)?;
        }
        // One cut-off has room for its name; several are in the legend.
        if let [cutoff] = &cutoffs[..] {
            let y = bottom - up.share(cutoff.value) * PLOT;
            let clear = pixels.first().is_none_or(|(_, first)| (first - (y - 8.0)).abs() > 12.0);
            if clear {
                say(&cut(&cutoff.name, right - left), "label", HPos::Left, 0.0, y - 4.0)?;
            }
        }
        let first = seen.first().map(|(at, _)| time.short(*at)).unwrap_or_default();
        say(&first, "tick", HPos::Left, 0.0, height - 4.0)?;
        let end = seen.last().filter(|_| seen.len() > 1).map(|(at, _)| time.short(*at)).unwrap_or_default();
        if wide(&first) + wide(&end) + 12.0 < right {
            say(&end, "tick", HPos::Right, right + 6.0, height - 4.0)?;
        }
        Ok(())
    });
    let key = |line: &Threshold| {
        Key::Line("threshold", format!("{}: {}", told(line.value, &scale.unit), line.name))
    };
    let legend: Vec<Key> = cutoffs.iter().map(key).collect();
    let extreme = |up: bool| {
        let all = seen.iter().enumerate();
        let best = if up {
            all.max_by(|a, b| a.1.1.total_cmp(&b.1.1))
        } else {
            all.min_by(|a, b| a.1.1.total_cmp(&b.1.1))
        };
        best.map(|(place, _)| place)
    };
    let must: Vec<usize> = [Some(0), Some(seen.len().saturating_sub(1)), extreme(true), extreme(false)]
        .into_iter()
        .flatten()
        .collect();
    let rows = evenly(seen.len(), MOST, &must).into_iter().map(|place| {
        let (at, value) = seen[place];
        vec![time.told(at), told(value, &scale.unit)]
    });
    let table = Table {
        heads: vec![
            "When".to_owned(),
            if scale.name.is_empty() { "Value".to_owned() } else { scale.name.clone() },
        ],
        rows: rows.collect(),
        of: seen.len(),
        notes: cutoffs
            .iter()
            .map(|line| format!("{}: {}", line.name, told(line.value, &scale.unit)))
            .collect(),
    };
    put(figure, "spark", drawing, &legend, table)
}
