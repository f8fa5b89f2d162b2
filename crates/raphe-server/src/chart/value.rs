//! The value axis: linear by plotters, logarithmic with ticks people read (1, 2, 5, 10 …).
//!
//! Plotters ticks a logarithmic axis at powers of ten only; most of ours span less than one. So the mapping and the ticks of
//! that one are here, and the linear ticks are plotters'.

use plotters::coord::{
    ranged1d::{BoldPoints, KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter},
    types::RangedCoordf64,
};
use raphe::units::number;
use std::ops::Range;

/// What values are measured in and how they climb.
#[derive(Debug, Clone, Default)]
pub struct Scale {
    /// What it measures, in words: `times as much as usual`.
    pub name: String,
    /// Stands right behind each number: `×`, ` %`, ` ng/mL`; may be empty.
    pub unit: String,
    /// Equal steps are equal factors. What is not above zero lies at the foot.
    pub log: bool,
    /// The axis reaches at least this low.
    pub least: Option<f64>,
    /// The axis reaches at least this high.
    pub most: Option<f64>,
}

impl Scale {
    /// Equal steps are equal differences.
    #[must_use]
    pub fn linear(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Equal steps are equal factors.
    #[must_use]
    pub fn log(name: impl Into<String>) -> Self {
        Self { name: name.into(), log: true, ..Self::default() }
    }

    /// With what stands behind each number, space included.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = unit.into();
        self
    }

    /// Whether the unit stands at every tick; a longer one stands once, behind the name.
    fn short(&self) -> bool {
        self.unit.chars().count() <= 2
    }

    /// The name as it stands at the axis.
    pub(super) fn titled(&self) -> String {
        match (self.short(), self.name.is_empty()) {
            (true, _) => self.name.clone(),
            (false, true) => self.unit.trim().to_owned(),
            (false, false) => format!("{}, {}", self.name, self.unit.trim()),
        }
    }

    /// Reaching at least from one value to another.
    #[must_use]
    pub fn reach(mut self, least: f64, most: f64) -> Self {
        (self.least, self.most) = (Some(least), Some(most));
        self
    }
}

/// A scale with its ends and ticks; what plotters maps and labels by.
#[derive(Debug, Clone)]
pub(super) struct Up {
    log: bool,
    from: f64,
    to: f64,
    ticks: Vec<f64>,
    unit: String,
}

/// No axis tells larger numbers apart than this, and none smaller than one by it.
const HUGE: f64 = 1e9;
/// A logarithmic axis has at most so many decades: below, everything lies at the foot.
const DECADES: i32 = 4;

impl Up {
    /// An axis that holds these values, with at most so many ticks.
    pub(super) fn new(scale: &Scale, values: impl IntoIterator<Item = f64>, most: usize) -> Self {
        let ends = values.into_iter().chain(scale.least).chain(scale.most);
        let ends = ends.filter(|value| value.is_finite() && (!scale.log || *value > 0.0));
        let ends =
            ends.map(|value| value.clamp(-HUGE, HUGE)).fold(None, |ends: Option<(f64, f64)>, value| {
                Some(ends.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
            });
        let most = most.max(2);
        let (from, to, ticks) = match scale.log {
            true => logarithmic(ends.unwrap_or((1.0, 10.0)), most),
            false => linear(ends.unwrap_or((0.0, 1.0)), scale, most),
        };
        let unit = if scale.short() { scale.unit.clone() } else { String::new() };
        Self { log: scale.log, from, to, ticks, unit }
    }

    /// The nearest value on the axis.
    pub(super) fn held(&self, value: f64) -> f64 {
        if value.is_nan() { self.from } else { value.clamp(self.from, self.to) }
    }

    /// How far up a value lies, from 0 to 1.
    pub(super) fn share(&self, value: f64) -> f64 {
        let value = self.held(value);
        let share = match self.log {
            true => (value / self.from).ln() / (self.to / self.from).ln(),
            false => (value - self.from) / (self.to - self.from),
        };
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The words beside the ticks.
    pub(super) fn labels(&self) -> impl Iterator<Item = String> {
        self.ticks.iter().map(|tick| self.format_ext(tick))
    }
}

/// The first of these that is not above, and the first that is not below, in the decades around.
fn around(value: f64, steps: &[f64]) -> (f64, f64) {
    let power = 10f64.powf(value.log10().floor());
    let all = || {
        [0.1, 1.0, 10.0].into_iter().flat_map(|decade| steps.iter().map(move |step| step * decade * power))
    };
    let below = all().filter(|step| *step <= value * (1.0 + 1e-9)).fold(0.0, f64::max);
    let above = all().filter(|step| *step >= value * (1.0 - 1e-9)).fold(f64::INFINITY, f64::min);
    (below, above)
}

fn logarithmic((low, high): (f64, f64), most: usize) -> (f64, f64, Vec<f64>) {
    let high = high.max(1.0 / HUGE);
    let low = low.max(high / 10f64.powi(DECADES));
    let ends: &[f64] =
        if high / low > 20.0 { &[1.0, 2.0, 5.0] } else { &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0] };
    let (mut from, mut to) = (around(low, ends).0, around(high, ends).1);
    if to / from < 1.2 {
        (from, to) = (around(from / 1.3, ends).0, around(to * 1.3, ends).1);
    }
    let ladders: [&[f64]; 4] = [&[1.0, 1.5, 2.0, 3.0, 5.0, 7.0], &[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];
    let first = from.log10().floor() as i32;
    let last = to.log10().ceil() as i32;
    for ladder in ladders {
        let decades = (first..=last).map(|power| 10f64.powi(power));
        let ticks = decades.flat_map(|decade| ladder.iter().map(move |step| step * decade));
        let ticks: Vec<f64> = ticks.filter(|tick| (from * 0.999..=to * 1.001).contains(tick)).collect();
        if ticks.len() <= most {
            return if ticks.len() >= 2 { (from, to, ticks) } else { (from, to, vec![from, to]) };
        }
    }
    (from, to, vec![from, to])
}

fn linear((low, high): (f64, f64), scale: &Scale, most: usize) -> (f64, f64, Vec<f64>) {
    // Zero belongs to it unless that would squeeze everything into the upper half.
    let low = if scale.least.is_none() && low > 0.0 && low < 0.6 * high { 0.0 } else { low };
    let least = (low.abs().max(high.abs()) * 1e-6).max(1e-6);
    let (low, high) = if high - low < least { (low - 0.5, high + 0.5) } else { (low, high) };
    let points = |from: f64, to: f64| RangedCoordf64::from(from..to).key_points(BoldPoints(most));
    let ticks = points(low, high);
    // Out to the next tick on both sides.
    let step = ticks.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
    if !step.is_finite() || step <= 0.0 {
        return (low, high, vec![low, high]);
    }
    let (from, to) = ((low / step + 1e-6).floor() * step, (high / step - 1e-6).ceil() * step);
    let count = ((to - from) / step).round().clamp(1.0, 50.0) as usize;
    let ticks = (0..=count).map(|place| from + place as f64 * step);
    // An end that was given and holds everything is the end, round or not.
    let from = scale.least.filter(|least| *least == low).unwrap_or(from);
    let to = scale.most.filter(|most| *most == high).unwrap_or(to);
    (from, to, ticks.filter(|tick| (from..=to).contains(tick)).collect())
}

impl Ranged for Up {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        limit.0 + (self.share(*value) * f64::from(limit.1 - limit.0)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.ticks.clone() }
    }

    fn range(&self) -> Range<f64> {
        self.from..self.to
    }
}

impl ValueFormatter<f64> for Up {
    fn format_ext(&self, value: &f64) -> String {
        format!("{}{}", number(*value), self.unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(scale: &Scale, values: &[f64], most: usize) -> Vec<String> {
        Up::new(scale, values.iter().copied(), most).labels().collect()
    }

    #[test]
    fn ticks_are_round_and_few() {
        let log = Scale::log("level").unit("×");
        assert_eq!(ticks(&log, &[0.83, 3.1], 6), ["1×", "1.5×", "2×", "3×"]);
        let all = ["0.5×", "1×", "2×", "5×", "10×", "20×", "50×", "100×"];
        assert_eq!(ticks(&log, &[0.9, 80.0], 8), all);
        assert_eq!(ticks(&log, &[0.9, 80.0], 7), ["1×", "3×", "10×", "30×", "100×"]);
        assert_eq!(ticks(&log, &[0.9, 80.0], 4), ["1×", "10×", "100×"]);
        assert_eq!(ticks(&Scale::linear("score").reach(0.0, 27.0), &[], 5), ["0", "10", "20"]);
        assert_eq!(
            ticks(&Scale::linear("level"), &[36.8, 39.2], 5),
            ["36.5", "37", "37.5", "38", "38.5", "39", "39.5"]
        );
    }

    #[test]
    fn every_axis_holds_its_values_and_has_ends() {
        let odd = [f64::NAN, f64::INFINITY, f64::MAX, f64::MIN, 0.0, -0.0, 1e-300, 5.0];
        for log in [true, false] {
            let scale = Scale { log, ..Scale::default() };
            for values in [&odd[..], &[], &odd[..2], &odd[4..5], &odd[6..7], &odd[7..], &odd[2..4]] {
                let up = Up::new(&scale, values.iter().copied(), 5);
                assert!(
                    up.from.is_finite() && up.to.is_finite() && up.from < up.to,
                    "{log} {values:?} {up:?}"
                );
                assert!((2..=60).contains(&up.ticks.len()), "{log} {values:?} {up:?}");
                for value in odd {
                    assert!((0.0..=1.0).contains(&up.share(value)));
                    assert!((0..=1000).contains(&up.map(&value, (0, 1000))));
                }
            }
        }
    }

    #[test]
    fn higher_lies_higher() {
        let up = Up::new(&Scale::log(""), [1.0, 8.0], 5);
        assert!(up.map(&4.0, (1000, 0)) < up.map(&2.0, (1000, 0)));
        assert_eq!(up.map(&0.0, (1000, 0)), 1000);
    }
}
