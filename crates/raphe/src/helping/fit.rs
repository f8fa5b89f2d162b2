//! The model of one person's scores, solved exactly on a grid.
//!
//! ```text
//! y(t) = level + course·n(t) + effect·f(t) + worst·h(t) + season + u(t) + noise
//!
//! n(t) = 1 - exp(-(t - first)/T)     what goes by itself
//! f(t)   follows "on" and "off":      df/dt = (on - f)/tau, so 1 - exp(-(t - start)/tau) after one start
//! h(t) = r^|t - start|                people start at a bad moment; that passes by itself
//! u(t)   continuous-time AR(1):       correlation r^(days/step) between two moments; r ~ Beta(2, 3)
//! ```
//!
//! Values run so that less is better. Given the correlation `r`, the share of measurement noise, `tau` and the size of the ups and
//! downs, everything else is Gaussian and solved in closed form: a Kalman filter over irregular times makes the residuals
//! independent, and what is left is a regression with priors. The four others are summed over a grid, so the answer is the same to
//! the byte and no chain has to converge. The prior of the effect has two parts: the group's evidence with a spread of 0.4 standard
//! deviations of the scale, and, weighing more, the same middle with a wide spread, because one person's change over weeks can be
//! far from any group's, for good reasons or for reasons that have nothing to do with the treatment.

use super::stats::{Cholesky, MOST, Matrix, Vector, normal};

/// One moment of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Day, counted from any fixed day.
    pub day: f64,
    /// Value; less is better.
    pub value: f64,
    /// How many reports of that day it is the mean of.
    pub reports: f64,
}

/// A spell of taking or doing it, in days; `to` is the first day without.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spell {
    /// First day.
    pub from: f64,
    /// First day without; `None` while it goes on.
    pub to: Option<f64>,
}

/// What is believed before the scores are seen, in points of the scale unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    /// Expected effect; below zero is better.
    pub effect: f64,
    /// How much people differ on the scale (standard deviation).
    pub spread: f64,
    /// Days until 63 % of the effect is there.
    pub tau: f64,
    /// Expected change by itself in the long run.
    pub natural: f64,
    /// How much people differ in it (standard deviation).
    pub natural_spread: f64,
    /// Its time constant, days.
    pub natural_days: f64,
    /// How bad the moment of the start is, in standard deviations of the ups and downs.
    pub worst_moment: f64,
    /// Smallest error of one value that can be (rounding to whole points).
    pub rounding: f64,
}

/// Spread of the effect in one person round the group's, in standard deviations of the scale, with weights.
pub const EFFECT_SPREADS: [(f64, f64); 2] = [(0.4, 0.3), (1.5, 0.7)];
/// Half and twice the time constant are tried as well.
const TAUS: [(f64, f64); 3] = [(0.5, 0.25), (1.0, 0.5), (2.0, 0.25)];
/// Shares of the variance that are measurement noise, equally likely.
const NOISES: [f64; 3] = [0.15, 0.45, 0.75];
/// Correlations between neighboring scores; their weights are the density of Beta(2, 3).
const CORRELATIONS: [f64; 7] = [0.07, 0.21, 0.35, 0.49, 0.63, 0.77, 0.91];
/// Sizes of the ups and downs tried, from a tenth of the spread to twice of it.
const SIZES: usize = 12;
/// The likeliest size, as a share of the spread, and how widely it may lie (on a log scale).
const SIZE: (f64, f64) = (0.4, 0.6);
/// Series longer than this get a yearly wave.
const SEASON_AFTER: f64 = 270.0;

const LEVEL: usize = 0;
const COURSE: usize = 1;
const WORST: usize = 2;
const EFFECT: usize = 3;
const SEASON: usize = 4;

/// One point of the grid.
#[derive(Debug, Clone, Copy)]
struct Cell {
    tau: f64,
    /// How much of the effect was there at most on a day with a score.
    reach: f64,
    correlation: f64,
    noise: f64,
    size: f64,
    spread: f64,
    /// Which of the whitened series.
    data: usize,
}

/// One point of the grid with everything else solved.
#[derive(Debug, Clone)]
struct Component {
    weight: f64,
    cell: Cell,
    mean: Vector,
    covariance: Matrix,
}

/// What weighs less than this share of the likeliest point (natural logarithm) is left away.
const LEAST_WEIGHT: f64 = -8.0;

/// What is believed after the scores were seen.
#[derive(Debug, Clone)]
pub struct Fit {
    components: Vec<Component>,
    columns: usize,
    first: f64,
    spells: Vec<Spell>,
    prior: Prior,
    step: f64,
    points: Vec<Point>,
}

/// How much of the effect is there at a day.
#[must_use]
pub fn reached(spells: &[Spell], tau: f64, day: f64) -> f64 {
    let (mut level, mut at) = (0.0, f64::NEG_INFINITY);
    for spell in spells {
        if day <= spell.from {
            break;
        }
        if at.is_finite() {
            level *= libm::exp(-(spell.from - at) / tau);
        }
        let until = spell.to.map_or(day, |to| to.min(day));
        level = 1.0 - (1.0 - level) * libm::exp(-(until - spell.from) / tau);
        at = until;
    }
    if at.is_finite() && day > at {
        level *= libm::exp(-(day - at) / tau);
    }
    level
}

/// Fits the model. `points` are in order of time and there is at least one; `spells` are in order and do not overlap.
#[must_use]
pub fn fit(points: &[Point], spells: &[Spell], prior: &Prior) -> Fit {
    let first = points[0].day;
    let last = points[points.len() - 1].day;
    let columns = if last - first > SEASON_AFTER { MOST } else { SEASON };
    let step = usual_gap(points).clamp(1.0, 7.0);
    let mut fit = Fit {
        components: Vec::new(),
        columns,
        first,
        spells: spells.to_vec(),
        prior: *prior,
        step,
        points: points.to_vec(),
    };
    let center = points.iter().map(|point| point.value).sum::<f64>() / points.len() as f64;
    let mut cells = Vec::new();
    let mut wholes = Vec::new();
    for (times, tau_weight) in TAUS {
        let tau = prior.tau * times;
        let mut rows: Vec<Vector> = points.iter().map(|point| fit.row(point.day, tau, 1.0)).collect();
        let reach = rows.iter().map(|row| row[EFFECT]).fold(0.0, f64::max);
        for correlation in CORRELATIONS {
            fit.worst(&mut rows, correlation);
            let density = correlation * (1.0 - correlation) * (1.0 - correlation);
            for noise in NOISES {
                let data = whiten(points, &rows, columns, center, correlation, noise, step);
                for place in 0..SIZES {
                    let size = fit.size(place);
                    let off = (libm::log(size / prior.spread) - libm::log(SIZE.0)) / SIZE.1;
                    let ln_grid = libm::log(density * tau_weight) - 0.5 * off * off;
                    for (spread, share) in EFFECT_SPREADS {
                        let cell = Cell { tau, reach, correlation, noise, size, spread, data: wholes.len() };
                        if let Some((ln_weight, _)) = weigh(&data, columns, prior, &cell) {
                            cells.push((ln_weight + ln_grid + libm::log(share), cell));
                        }
                    }
                }
                wholes.push(data);
            }
        }
    }
    // Only what weighs something is solved to the end.
    let most = cells.iter().map(|(weight, _)| *weight).fold(f64::NEG_INFINITY, f64::max);
    for (weight, cell) in cells.into_iter().filter(|(weight, _)| weight - most > LEAST_WEIGHT) {
        let Some((_, solved)) = weigh(&wholes[cell.data], columns, prior, &cell) else { continue };
        let mut mean = solved.cholesky.solve(&solved.pull);
        mean[LEVEL] += center;
        let covariance = solved.cholesky.inverse();
        fit.components.push(Component { weight: libm::exp(weight - most), cell, mean, covariance });
    }
    fit.settle();
    fit
}

/// Middle distance between neighboring points, days.
fn usual_gap(points: &[Point]) -> f64 {
    let mut gaps: Vec<f64> = points.windows(2).map(|pair| pair[1].day - pair[0].day).collect();
    gaps.sort_by(f64::total_cmp);
    gaps.get(gaps.len() / 2).copied().unwrap_or(7.0)
}

/// The series with its residuals made independent: `X'X`, `X'y`, `y'y`, the logarithm of the determinant, how many.
struct Whitened {
    xx: Matrix,
    xy: Vector,
    yy: f64,
    ln_determinant: f64,
    count: f64,
}

fn whiten(
    points: &[Point],
    rows: &[Vector],
    columns: usize,
    center: f64,
    correlation: f64,
    noise: f64,
    step: f64,
) -> Whitened {
    let mut out =
        Whitened { xx: [[0.0; MOST]; MOST], xy: [0.0; MOST], yy: 0.0, ln_determinant: 0.0, count: 0.0 };
    // Means of the state, one for each column and one for the values: the filter is linear in all of them.
    let mut state = [0.0; MOST + 1];
    let mut variance = 1.0 - noise;
    let mut before = points[0].day;
    let ln_correlation = libm::log(correlation);
    let (mut carried_days, mut carry) = (0.0, 1.0);
    for (point, row) in points.iter().zip(rows) {
        let days = point.day - before;
        if days != carried_days {
            (carried_days, carry) = (days, libm::exp(ln_correlation * days / step));
        }
        before = point.day;
        state.iter_mut().for_each(|mean| *mean *= carry);
        variance = carry * carry * variance + (1.0 - carry * carry) * (1.0 - noise);
        let total = variance + noise / point.reports;
        let gain = variance / total;
        let scale = 1.0 / libm::sqrt(total);
        let mut white = [0.0; MOST];
        for column in 0..columns {
            let innovation = row[column] - state[column];
            state[column] += gain * innovation;
            white[column] = innovation * scale;
        }
        let innovation = point.value - center - state[MOST];
        state[MOST] += gain * innovation;
        let y = innovation * scale;
        variance *= 1.0 - gain;
        out.ln_determinant += libm::log(total);
        for r in 0..columns {
            for c in 0..=r {
                out.xx[r][c] += white[r] * white[c];
            }
            out.xy[r] += white[r] * y;
        }
        out.yy += y * y;
        out.count += 1.0;
    }
    for r in 0..columns {
        for c in 0..r {
            out.xx[c][r] = out.xx[r][c];
        }
    }
    out
}

/// Means and standard deviations of the prior at one point of the grid.
fn beliefs(prior: &Prior, cell: &Cell) -> (Vector, Vector) {
    let wave = cell.size * libm::sqrt(1.0 - cell.noise);
    let means = [0.0, prior.natural, prior.worst_moment * wave, prior.effect, 0.0, 0.0];
    let deviations = [
        2.0 * prior.spread,
        prior.natural_spread,
        0.5 * wave,
        cell.spread * prior.spread,
        0.2 * prior.spread,
        0.2 * prior.spread,
    ];
    (means, deviations)
}

/// The equations of one point of the grid.
struct Equations {
    cholesky: Cholesky,
    pull: Vector,
}

/// The logarithm of the weight of one point of the grid, and its equations.
fn weigh(data: &Whitened, columns: usize, prior: &Prior, cell: &Cell) -> Option<(f64, Equations)> {
    let inverse = 1.0 / (cell.size * cell.size);
    let (means, deviations) = beliefs(prior, cell);
    let mut precision = [[0.0; MOST]; MOST];
    let mut pull = [0.0; MOST];
    let mut ln_weight =
        -data.count * libm::log(cell.size) - 0.5 * data.ln_determinant - 0.5 * data.yy * inverse;
    let mut product = 1.0;
    for r in 0..columns {
        precision[r] = data.xx[r].map(|product| product * inverse);
        let own = 1.0 / (deviations[r] * deviations[r]);
        precision[r][r] += own;
        pull[r] = data.xy[r] * inverse + own * means[r];
        product *= deviations[r];
        ln_weight -= 0.5 * own * means[r] * means[r];
    }
    let cholesky = Cholesky::new(&precision, columns)?;
    ln_weight += 0.5 * cholesky.square(&pull) - libm::log(product * cholesky.root_determinant());
    Some((ln_weight, Equations { cholesky, pull }))
}

impl Fit {
    fn size(&self, place: usize) -> f64 {
        let share = 0.1 * libm::pow(20.0, place as f64 / (SIZES - 1) as f64);
        let size = share * self.prior.spread;
        libm::sqrt(size * size + self.prior.rounding * self.prior.rounding)
    }

    /// What stands before each coefficient on a day.
    fn row(&self, day: f64, tau: f64, correlation: f64) -> Vector {
        let mut row = [0.0; MOST];
        row[LEVEL] = 1.0;
        row[COURSE] = 1.0 - libm::exp(-(day - self.first) / self.prior.natural_days);
        row[WORST] = libm::exp(libm::log(correlation) * self.steps_from_start(day));
        row[EFFECT] = reached(&self.spells, tau, day);
        if self.columns > SEASON {
            let turn = core::f64::consts::TAU * day / 365.25;
            (row[SEASON], row[SEASON + 1]) = (libm::cos(turn), libm::sin(turn));
        }
        row
    }

    /// Days between a day and the start, in steps.
    fn steps_from_start(&self, day: f64) -> f64 {
        self.spells.first().map_or(f64::INFINITY, |spell| (day - spell.from).abs() / self.step)
    }

    /// The same rows for another correlation.
    fn worst(&self, rows: &mut [Vector], correlation: f64) {
        let ln_correlation = libm::log(correlation);
        for (row, point) in rows.iter_mut().zip(&self.points) {
            let steps = self.steps_from_start(point.day);
            // Nothing of a bad moment is left by then.
            row[WORST] = if steps * ln_correlation < -30.0 { 0.0 } else { libm::exp(ln_correlation * steps) };
        }
    }

    /// Makes the weights add up to one.
    fn settle(&mut self) {
        let sum: f64 = self.components.iter().map(|component| component.weight).sum();
        self.components.iter_mut().for_each(|component| component.weight /= sum);
    }

    /// Probability that the change since the start, as far as it has come, is at most so many points (below zero is better).
    #[must_use]
    pub fn at_most(&self, points: f64) -> f64 {
        let part = |component: &Component| {
            let deviation = component.cell.reach * libm::sqrt(component.covariance[EFFECT][EFFECT]);
            if deviation <= 0.0 {
                return f64::from(u8::from(points >= 0.0));
            }
            normal((points - component.cell.reach * component.mean[EFFECT]) / deviation)
        };
        self.components.iter().map(|component| component.weight * part(component)).sum()
    }

    /// The change that lies above so much of the probability.
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        let of = |component: &Component| {
            let deviation = component.cell.reach * libm::sqrt(component.covariance[EFFECT][EFFECT]);
            (component.cell.reach * component.mean[EFFECT], deviation)
        };
        let lowest = |far: f64| {
            move |edge: f64, component: &Component| {
                let (mean, deviation) = of(component);
                if far < 0.0 { edge.min(mean + far * deviation) } else { edge.max(mean + far * deviation) }
            }
        };
        let mut low = self.components.iter().fold(f64::INFINITY, lowest(-4.0));
        let mut high = self.components.iter().fold(f64::NEG_INFINITY, lowest(4.0));
        // Regula falsi with the Illinois rule: a flat end that stays is halved.
        let (mut below, mut above) = (self.at_most(low) - share, self.at_most(high) - share);
        let near = 1e-5 * self.prior.spread;
        let mut middle = 0.5 * (low + high);
        let mut stayed = 0;
        for _ in 0..60 {
            middle = if above > below {
                (low * above - high * below) / (above - below)
            } else {
                0.5 * (low + high)
            };
            let here = self.at_most(middle) - share;
            if here.abs() < 1e-7 || high - low < near {
                break;
            }
            if here < 0.0 {
                (low, below) = (middle, here);
                if stayed < 0 {
                    above *= 0.5;
                }
                stayed = -1;
            } else {
                (high, above) = (middle, here);
                if stayed > 0 {
                    below *= 0.5;
                }
                stayed = 1;
            }
        }
        middle
    }

    /// Middle and 5 to 95 % of where the person's middle lies at a day: with the change, and by itself alone.
    #[must_use]
    pub fn course(&self, day: f64) -> ([f64; 3], f64) {
        let (mut mean, mut square, mut alone) = (0.0, 0.0, 0.0);
        for component in &self.components {
            let mut row = self.row(day, component.cell.tau, component.cell.correlation);
            // The bad moment of the start is not the person's middle.
            row[WORST] = 0.0;
            let value: f64 = (0..self.columns).map(|k| row[k] * component.mean[k]).sum();
            let variance: f64 = (0..self.columns)
                .flat_map(|r| (0..self.columns).map(move |c| (r, c)))
                .map(|(r, c)| row[r] * row[c] * component.covariance[r][c])
                .sum();
            mean += component.weight * value;
            square += component.weight * (value * value + variance);
            alone += component.weight * (value - row[EFFECT] * component.mean[EFFECT]);
        }
        let deviation = libm::sqrt((square - mean * mean).max(0.0));
        ([mean - 1.645 * deviation, mean, mean + 1.645 * deviation], alone)
    }

    /// The correlation of neighboring scores, and the size of the ups and downs in points: the middle of what is believed.
    #[must_use]
    pub fn ups_and_downs(&self) -> (f64, f64) {
        let sum = |of: fn(&Component) -> f64| -> f64 {
            self.components.iter().map(|component| component.weight * of(component)).sum()
        };
        (
            sum(|component| component.cell.correlation * (1.0 - component.cell.noise)),
            sum(|component| component.cell.size),
        )
    }

    /// Standard deviation of the change if scores on these further days were there as well; it does not hang on their values.
    #[must_use]
    pub fn deviation_with(&self, days: &[f64]) -> f64 {
        let best = self.components.iter().max_by(|a, b| a.weight.total_cmp(&b.weight));
        let Some(best) = best.map(|best| best.cell) else { return f64::INFINITY };
        let more = days.iter().map(|day| Point { day: *day, value: 0.0, reports: 1.0 });
        let points: Vec<Point> = self.points.iter().copied().chain(more).collect();
        let rows: Vec<Vector> =
            points.iter().map(|point| self.row(point.day, best.tau, best.correlation)).collect();
        let data = whiten(&points, &rows, self.columns, 0.0, best.correlation, best.noise, self.step);
        let Some((_, solved)) = weigh(&data, self.columns, &self.prior, &best) else { return f64::INFINITY };
        let reach = rows.iter().map(|row| row[EFFECT]).fold(0.0, f64::max);
        reach * libm::sqrt(solved.cholesky.inverse()[EFFECT][EFFECT])
    }
}
