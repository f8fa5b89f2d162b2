//! A curve as a drawing: the middle as a line, the range of nine in ten as a hatched band, axes with words.
//!
//! Whoever cannot see it hears its title and what it comes to; whoever sees no color has the hatching and the dashes. The
//! drawing takes the color of the text around it, so it suits light, dark and paper alike. Same curve, same bytes.

use super::{Curve, html::plain};
use crate::units::{number, two_digits};
use maud::{Markup, html};
use std::fmt::Write;

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 220.0;
/// Room for the words at each side.
const LEFT: f64 = 40.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 44.0;

/// Draws a curve of at least two values. `id` makes the names inside unique in a page that holds several.
#[must_use]
pub fn draw(curve: &Curve, id: &str) -> Markup {
    let paper = Paper::of(curve);
    let [title, about, hatch] = ["title", "about", "hatch"].map(|part| format!("{id}-{part}"));
    let (line, band) = (paper.line(curve), paper.band(curve));
    let (left, right, foot) = (LEFT, WIDTH - RIGHT, HEIGHT - BOTTOM);
    let middle = point((left + right) / 2.0);
    html! {
        svg.curve xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img"
            aria-labelledby=(format!("{title} {about}")) font-size="12" fill="currentColor" {
            title id=(title) { (plain(&curve.title)) "." }
            desc id=(about) { (plain(&told(curve))) }
            defs {
                pattern id=(hatch) width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    path d="M0 0V6" stroke="currentColor" stroke-width="1.5" stroke-opacity="0.55" {}
                }
            }
            @for (at, words) in paper.up() {
                path d=(format!("M{} {}H{}", point(left), point(at), point(right))) stroke="currentColor"
                    stroke-width="0.5" stroke-opacity="0.35" {}
                text x=(point(left - 6.0)) y=(point(at + 4.0)) text-anchor="end" { (words) }
            }
            @for (at, words) in paper.along() {
                path d=(format!("M{} {}v4", point(at), point(foot))) stroke="currentColor" {}
                text x=(point(at)) y=(point(foot + 17.0)) text-anchor="middle" { (words) }
            }
            path d=(band) fill=(format!("url(#{hatch})")) stroke="currentColor" stroke-width="0.5"
                stroke-opacity="0.6" {}
            path d=(line) fill="none" stroke="currentColor" stroke-width="2.2" stroke-linejoin="round" {}
            @if let Some(at) = curve.along.now.map(|now| paper.x(now)) {
                path d=(format!("M{} {}V{}", point(at), point(TOP - 4.0), point(foot))) stroke="currentColor"
                    stroke-dasharray="4 3" {}
                text x=(point(at)) y=(point(TOP - 8.0)) text-anchor=(if at > right - 15.0 { "end" } else { "middle" }) {
                    "now"
                }
            }
            path d=(format!("M{} {}V{}H{}", point(left), point(TOP), point(foot), point(right))) fill="none"
                stroke="currentColor" {}
            text x=(middle) y=(point(HEIGHT - 8.0)) text-anchor="middle" { (plain(&curve.along.name)) }
        }
    }
}

/// The values at moments one can name, with the numbers rounded as they are told: the moment, the middle, the range.
#[must_use]
pub fn rows(curve: &Curve) -> Vec<[String; 4]> {
    /// More rows than this are no table to read.
    const MOST: usize = 16;
    let last = curve.values.len().saturating_sub(1);
    let every = last.div_ceil(MOST - 1).max(1);
    let mut places: Vec<usize> = (0..=last).step_by(every).collect();
    if places.last() != Some(&last) {
        places.push(last);
    }
    let row = |place: usize| {
        let value = curve.values.get(place)?;
        let share = if last == 0 { 0.0 } else { place as f64 / last as f64 };
        let at = curve.along.from + share * (curve.along.to - curve.along.from);
        let at = number(libm::round(at * 10.0) / 10.0);
        Some([at, two_digits(value.median), two_digits(value.p5), two_digits(value.p95)])
    };
    places.into_iter().filter_map(row).collect()
}

/// What a curve comes to, in a sentence.
fn told(curve: &Curve) -> String {
    let Some((first, last)) = curve.values.first().zip(curve.values.last()) else {
        return "There is nothing to draw.".to_owned();
    };
    let highest =
        curve.values.iter().fold(first, |most, value| if value.median > most.median { value } else { most });
    format!(
        "The middle begins at {}, is at most {} (range {} to {}) and ends at {}. Along it: {}; upwards: {}.",
        two_digits(first.median),
        two_digits(highest.median),
        two_digits(highest.p5),
        two_digits(highest.p95),
        two_digits(last.median),
        curve.along.name,
        curve.up,
    )
}

/// Where values lie on the paper.
struct Paper {
    along: (f64, f64),
    up: (f64, f64),
    steps: (f64, f64),
}

impl Paper {
    fn of(curve: &Curve) -> Self {
        let along = (curve.along.from, curve.along.to);
        let along = if along.1 > along.0 { along } else { (0.0, curve.values.len().max(2) as f64 - 1.0) };
        let highest = curve.values.iter().map(|value| value.p95.max(value.median)).fold(curve.foot, f64::max);
        let lowest = curve.values.iter().map(|value| value.p5.min(value.median)).fold(curve.foot, f64::min);
        let step = round_step(highest - lowest, 4.0);
        let bottom = lowest.min(curve.foot);
        let bottom = if bottom < curve.foot { libm::floor(bottom / step) * step } else { bottom };
        let top = (libm::ceil(highest / step) * step).max(bottom + step);
        Self { along, up: (bottom, top), steps: (round_step(along.1 - along.0, 6.0), step) }
    }

    fn x(&self, at: f64) -> f64 {
        let share = (at - self.along.0) / (self.along.1 - self.along.0);
        LEFT + share.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        let share = (value - self.up.0) / (self.up.1 - self.up.0);
        HEIGHT - BOTTOM - share.clamp(0.0, 1.0) * (HEIGHT - TOP - BOTTOM)
    }

    fn points(&self, values: impl ExactSizeIterator<Item = f64>) -> Vec<(f64, f64)> {
        let last = (values.len().max(2) - 1) as f64;
        let width = WIDTH - LEFT - RIGHT;
        values.enumerate().map(|(place, value)| (LEFT + place as f64 / last * width, self.y(value))).collect()
    }

    fn line(&self, curve: &Curve) -> String {
        path(&self.points(curve.values.iter().map(|value| value.median)))
    }

    /// Along the upper edge, and back along the lower.
    fn band(&self, curve: &Curve) -> String {
        let mut edge = self.points(curve.values.iter().map(|value| value.p95));
        let mut lower = self.points(curve.values.iter().map(|value| value.p5));
        lower.reverse();
        edge.extend(lower);
        path(&edge) + "Z"
    }

    fn along(&self) -> Vec<(f64, String)> {
        marks(self.along, self.steps.0).into_iter().map(|at| (self.x(at), number(at))).collect()
    }

    /// The foot itself is marked, whatever the step.
    fn up(&self) -> Vec<(f64, String)> {
        let (bottom, top) = self.up;
        let mut values = marks((bottom, top), self.steps.1);
        values.retain(|value| *value - bottom > self.steps.1 * 0.4);
        values.insert(0, bottom);
        values.into_iter().map(|value| (self.y(value), number(value))).collect()
    }
}

/// A step of 1, 2 or 5 times a power of ten that divides a span into at most so many.
fn round_step(span: f64, most: f64) -> f64 {
    if !(span.is_finite() && span > 0.0) {
        return 1.0;
    }
    let power = libm::pow(10.0, libm::floor(libm::log10(span / most)));
    let steps = [1.0, 2.0, 5.0, 10.0].map(|times| times * power);
    steps.into_iter().find(|step| span / step <= most * (1.0 + 1e-9)).unwrap_or(10.0 * power)
}

/// The multiples of a step in a span.
fn marks((from, to): (f64, f64), step: f64) -> Vec<f64> {
    let first = libm::ceil(from / step - 1e-9) as i64;
    let last = libm::floor(to / step + 1e-9) as i64;
    // Adding zero takes the sign off a negative zero.
    (first..=last).take(50).map(|times| times as f64 * step + 0.0).collect()
}

fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (place, (x, y)) in points.iter().enumerate() {
        let letter = if place == 0 { 'M' } else { 'L' };
        write!(path, "{letter}{} {}", point(*x), point(*y)).ok();
    }
    path
}

/// A tenth of a unit is finer than anybody sees.
fn point(value: f64) -> String {
    number(libm::round(value * 10.0) / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{report::Along, units::Interval};

    fn curve(medians: &[f64]) -> Curve {
        let values = medians.iter().map(|&median| Interval { median, p5: median * 0.8, p95: median * 1.5 });
        Curve {
            title: "A <curve> & its range".to_owned(),
            values: values.collect(),
            foot: 1.0,
            along: Along { name: "days from now".to_owned(), from: -14.0, to: 1.0, now: Some(0.0) },
            up: "times".to_owned(),
        }
    }

    #[test]
    fn steps_are_round_and_few() {
        for (span, step) in [(15.0, 5.0), (24.0, 5.0), (1.0, 0.2), (0.07, 0.02), (900.0, 200.0)] {
            assert_eq!(number(round_step(span, 6.0)), number(step), "{span}");
        }
        assert_eq!(round_step(0.0, 4.0), 1.0);
        assert_eq!(marks((-14.0, 1.0), 5.0), [-10.0, -5.0, 0.0]);
    }

    #[test]
    fn what_is_higher_lies_higher_and_everything_on_the_paper() {
        let curve = curve(&[1.0, 2.0, 4.0, 3.0]);
        let paper = Paper::of(&curve);
        let points = paper.points(curve.values.iter().map(|value| value.median));
        assert!(points[2].1 < points[1].1 && points[1].1 < points[0].1, "{points:?}");
        let all = points
            .iter()
            .chain(&paper.points(curve.values.iter().map(|value| value.p95)))
            .copied()
            .collect::<Vec<_>>();
        assert!(
            all.iter()
                .all(|(x, y)| (LEFT..=WIDTH - RIGHT).contains(x) && (TOP..=HEIGHT - BOTTOM).contains(y))
        );
        assert_eq!((points[0].0, points[3].0), (LEFT, WIDTH - RIGHT));
        assert!(paper.x(0.0) > paper.x(-1.0));
    }

    #[test]
    fn words_are_escaped_and_numbers_are_finite() {
        let drawn = draw(&curve(&[1.0, 1.0]), "c1").into_string();
        assert!(drawn.contains("A &lt;curve&gt; &amp; its range.") && !drawn.contains("<curve>"), "{drawn}");
        for odd in [vec![], vec![2.0], vec![0.0, 0.0], vec![1e6, 1e-6], vec![f64::MAX / 4.0, 1.0]] {
            let drawn = draw(&curve(&odd), "c1").into_string();
            assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{odd:?}: {drawn}");
        }
        assert_eq!(draw(&curve(&[1.0, 2.0]), "c1").0, draw(&curve(&[1.0, 2.0]), "c1").0);
    }

    #[test]
    fn the_table_has_the_ends_and_few_rows() {
        let values: Vec<f64> = (0..121).map(|place| 1.0 + f64::from(place) / 60.0).collect();
        let rows = rows(&curve(&values));
        assert!(rows.len() <= 17, "{}", rows.len());
        assert_eq!((rows[0][0].as_str(), rows[0][1].as_str()), ("-14", "1"));
        assert_eq!(rows.last().map(|row| (row[0].as_str(), row[1].as_str())), Some(("1", "3")));
    }
}
