//! A check by other means: the t-test for one person's serially correlated scores, after Tang and Landes.
//!
//! The mean without and the mean with the treatment are compared as in the usual t-test, but scores that follow one another are alike,
//! so each counts for less than one: the variance of a mean of n scores with neighbor correlation r is
//! `s²/n (1 + 2 Σ (1 - k/n) r^k)`. It knows nothing of natural recovery, of the start at a bad moment or of groups; that it
//! disagrees with the main answer is worth seeing.

use super::{
    fit::{Point, Spell},
    stats::{student_quantile, student_two_sided},
};

/// The result of the serial t-test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SerialTest {
    /// Mean with it less mean without, points; below zero is better.
    pub difference: f64,
    /// 95 % confidence interval.
    pub interval: (f64, f64),
    /// Two-sided p-value.
    pub p: f64,
    /// Correlation of neighboring scores; never taken below zero.
    pub correlation: f64,
    /// Degrees of freedom that are left.
    pub degrees: f64,
    /// How many scores without and with it were compared.
    pub counts: (usize, usize),
}

/// Whether a day counts as with (`Some(true)`) or without (`Some(false)`); the first days after a switch count for neither.
pub(super) fn phase(spells: &[Spell], washout: f64, day: f64) -> Option<bool> {
    let mut since = f64::INFINITY;
    let mut with = false;
    for spell in spells {
        // The score of the day of the start still tells of before.
        if day > spell.from {
            (with, since) = (true, day - spell.from);
        }
        if let Some(to) = spell.to.filter(|to| day > *to) {
            (with, since) = (false, day - to);
        }
    }
    (since > washout).then_some(with)
}

/// Compares the scores without and with it; `None` when there are fewer than two of either or they do not vary.
#[must_use]
pub fn serial(points: &[Point], spells: &[Spell], washout: f64) -> Option<SerialTest> {
    let phases: Vec<(bool, f64)> = points
        .iter()
        .filter_map(|point| phase(spells, washout, point.day).map(|with| (with, point.value)))
        .collect();
    let mean = |with: bool| {
        let values: Vec<f64> =
            phases.iter().filter(|(phase, _)| *phase == with).map(|(_, value)| *value).collect();
        (values.len(), values.iter().sum::<f64>() / values.len().max(1) as f64)
    };
    let ((before, mean_before), (after, mean_after)) = (mean(false), mean(true));
    if before < 2 || after < 2 {
        return None;
    }
    let residuals: Vec<(bool, f64)> = phases
        .iter()
        .map(|(with, value)| (*with, value - if *with { mean_after } else { mean_before }))
        .collect();
    let squares: f64 = residuals.iter().map(|(_, residual)| residual * residual).sum();
    if squares <= 0.0 {
        return None;
    }
    let pairs = residuals.windows(2).filter(|pair| pair[0].0 == pair[1].0);
    let products: f64 = pairs.map(|pair| pair[0].1 * pair[1].1).sum();
    let count = phases.len() as f64;
    let raw = products / squares;
    // A short series shows less correlation than there is.
    let correlation = (raw + (1.0 + 3.0 * raw) / count).clamp(0.0, 0.95);
    let inflation = |count: usize| {
        let n = count as f64;
        let (mut sum, mut power) = (0.0, 1.0);
        for k in 1..count {
            power *= correlation;
            sum += (1.0 - k as f64 / n) * power;
        }
        1.0 + 2.0 * sum
    };
    let (wide_before, wide_after) = (inflation(before), inflation(after));
    let (n_before, n_after) = (before as f64, after as f64);
    let variance = squares / (count - wide_before - wide_after).max(1.0);
    let error = libm::sqrt(variance * (wide_before / n_before + wide_after / n_after));
    let degrees = (n_before / wide_before + n_after / wide_after - 2.0).max(1.0);
    let difference = mean_after - mean_before;
    let reach = student_quantile(0.05, degrees) * error;
    Some(SerialTest {
        difference,
        interval: (difference - reach, difference + reach),
        p: student_two_sided(difference / error, degrees),
        correlation,
        degrees,
        counts: (before, after),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_correlation_it_is_the_usual_t_test() {
        // 5 1 5 1 … has a negative correlation, which counts as none: then t and degrees are Student's.
        let values = [5.0, 1.0, 5.0, 1.0, 5.0, 1.0, 4.0, 0.0, 4.0, 0.0, 4.0, 0.0];
        let points: Vec<Point> = values
            .iter()
            .enumerate()
            .map(|(day, value)| Point { day: day as f64, value: *value, reports: 1.0 })
            .collect();
        let test = serial(&points, &[Spell { from: 5.0, to: None }], 0.0).expect("six and six");
        assert_eq!((test.counts, test.correlation), ((6, 6), 0.0));
        assert!((test.degrees - 10.0).abs() < 1e-12 && (test.difference + 1.0).abs() < 1e-12);
        // s² = 48 / 10, standard error sqrt(4.8 / 3), t = -0.790569.
        let reach = 2.228_138_85 * libm::sqrt(4.8 / 3.0);
        assert!((test.interval.1 - (-1.0 + reach)).abs() < 1e-6);
        assert!((test.p - 0.447_559).abs() < 1e-4, "{}", test.p);
    }

    #[test]
    fn alike_neighbors_count_for_less() {
        let rising: Vec<Point> = (0..20)
            .map(|day| Point { day: f64::from(day), value: f64::from((day % 10) / 5), reports: 1.0 })
            .collect();
        let test = serial(&rising, &[Spell { from: 9.0, to: None }], 0.0).expect("ten and ten");
        assert!(test.correlation > 0.5 && test.degrees < 8.0, "{test:?}");
    }

    #[test]
    fn switches_leave_the_first_days_out() {
        let spells = [Spell { from: 10.0, to: Some(20.0) }];
        assert_eq!(phase(&spells, 3.0, 10.0), Some(false));
        assert_eq!(phase(&spells, 3.0, 12.0), None);
        assert_eq!(phase(&spells, 3.0, 14.0), Some(true));
        assert_eq!(phase(&spells, 3.0, 22.0), None);
        assert_eq!(phase(&spells, 3.0, 24.0), Some(false));
    }
}
