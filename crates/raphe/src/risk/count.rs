//! What a count of cases says of the probability behind it.
//!
//! The middle is the median under Jeffreys' prior, so that none of 71 is near zero and not zero. The range is the exact
//! (Clopper and Pearson) 95 % interval, which holds the truth at least that often: 11 of 21 is 30 to 74 %, none of 71 is 0 to
//! 5 %. Both are quantiles of the beta distribution, found by halving; the incomplete beta integral is Lentz's continued
//! fraction.

use crate::units::Interval;

/// The probability behind `cases` of `n`.
pub(super) fn of(cases: u32, n: u32) -> Interval {
    let (cases, n) = (f64::from(cases), f64::from(n));
    let rest = (n - cases).max(0.0);
    let median = quantile(0.5, cases + 0.5, rest + 0.5);
    let p5 = if cases == 0.0 { 0.0 } else { quantile(0.025, cases, rest + 1.0) };
    let p95 = if rest == 0.0 { 1.0 } else { quantile(0.975, cases + 1.0, rest) };
    // A median under a prior may lie a hair beyond an exact end; the range holds it.
    Interval { median, p5: p5.min(median), p95: p95.max(median) }
}

/// The value below which a beta variable lies with probability `p`.
fn quantile(p: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if integral(middle, a, b) < p { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// The regularized incomplete beta integral.
fn integral(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    // The fraction converges fast on this side of the middle only.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - integral(1.0 - x, b, a);
    }
    let log =
        libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * libm::log(x) + b * libm::log1p(-x);
    libm::exp(log) * fraction(x, a, b) / a
}

fn fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let kept = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut c, mut d) = (1.0, 1.0 / kept(1.0 - (a + b) * x / (a + 1.0)));
    let mut result = d;
    for m in 1..1000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut last = 1.0;
        for step in [even, odd] {
            d = 1.0 / kept(1.0 + step * d);
            c = kept(1.0 + step / c);
            last = c * d;
            result *= last;
        }
        if (last - 1.0).abs() < 1e-14 {
            break;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::{integral, of};

    fn near(value: f64, wanted: f64) {
        assert!((value - wanted).abs() < 5e-4, "{value} is not {wanted}");
    }

    #[test]
    fn exact_intervals_are_those_of_tables() {
        // Clopper and Pearson: 11 of 21, none of 71 (1 - 0.025^(1/71)), one of 33.
        let some = of(11, 21);
        near(some.p5, 0.2978);
        near(some.p95, 0.7429);
        near(of(0, 71).p95, 1.0 - libm::pow(0.025, 1.0 / 71.0));
        near(of(1, 33).p5, 1.0 - libm::pow(0.975, 1.0 / 33.0));
        near(of(1, 33).p95, 0.1576);
        let all = of(5, 5);
        near(all.p5, libm::pow(0.025, 0.2));
        assert_eq!(all.p95, 1.0);
    }

    #[test]
    fn the_middle_lies_in_the_range_and_near_the_count() {
        for (cases, n) in [(0, 1), (1, 1), (0, 471), (1, 87), (2, 30_928), (269, 1978), (4, 4538), (40, 41)] {
            let range = of(cases, n);
            assert!(range.p5 <= range.median && range.median <= range.p95, "{cases} of {n}: {range:?}");
            assert!(range.p5 >= 0.0 && range.p95 <= 1.0);
            let share = f64::from(cases) / f64::from(n);
            assert!((range.median - share).abs() <= 0.5 / f64::from(n), "{cases} of {n}: {range:?}");
        }
    }

    #[test]
    fn more_people_narrow_it() {
        let width = |cases, n| of(cases, n).p95 - of(cases, n).p5;
        assert!(width(1, 10) > width(10, 100) && width(10, 100) > width(100, 1000));
    }

    #[test]
    fn the_integral_is_that_of_known_cases() {
        // Of two ones it is uniform; of a and 1 it is x^a.
        near(integral(0.3, 1.0, 1.0), 0.3);
        near(integral(0.7, 3.0, 1.0), 0.343);
        near(integral(0.5, 20.5, 20.5), 0.5);
    }
}
