//! Eight people side by side.
//!
//! The hot path of the program advances people in fixed groups of eight, whatever the processor: the compiler turns
//! these plain loops into vector instructions, and because every lane is computed by the same additions and
//! multiplications in the same order (no fused multiply-add, no library call), the result has the same bytes on every
//! machine.

use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

/// People in a group.
pub(crate) const LANES: usize = 8;

/// One number for each of eight people.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub(crate) struct Lane(pub(crate) [f64; LANES]);

impl Lane {
    pub(crate) const ZERO: Self = Self::all(0.0);
    pub(crate) const ONE: Self = Self::all(1.0);

    /// The same number for everyone.
    #[inline(always)]
    pub(crate) const fn all(value: f64) -> Self {
        Self([value; LANES])
    }

    /// A number for each person.
    pub(crate) fn each(f: impl FnMut(usize) -> f64) -> Self {
        Self(std::array::from_fn(f))
    }

    #[inline(always)]
    fn map(mut self, f: impl Fn(f64) -> f64) -> Self {
        for value in &mut self.0 {
            *value = f(*value);
        }
        self
    }

    #[inline(always)]
    fn zip(mut self, other: Self, f: impl Fn(f64, f64) -> f64) -> Self {
        for (value, other) in self.0.iter_mut().zip(other.0) {
            *value = f(*value, other);
        }
        self
    }

    /// The larger of two numbers, lane by lane; numbers here are never NaN.
    #[inline(always)]
    pub(crate) fn max(self, other: Self) -> Self {
        self.zip(other, |a, b| if a > b { a } else { b })
    }

    /// Without its sign.
    #[inline(always)]
    pub(crate) fn abs(self) -> Self {
        self.map(f64::abs)
    }

    /// The square root.
    #[inline(always)]
    pub(crate) fn sqrt(self) -> Self {
        self.map(f64::sqrt)
    }

    /// [`exp`] of each.
    #[inline(always)]
    pub(crate) fn exp(self) -> Self {
        self.map(exp)
    }

    /// [`ln`] of each.
    #[inline(always)]
    pub(crate) fn ln(self) -> Self {
        // Most often nobody's firing is driven from outside.
        if self == Self::ONE {
            return Self::ZERO;
        }
        self.map(ln)
    }

    /// `then` where this is above zero, `otherwise` elsewhere, lane by lane; it is not asked for where nobody needs it.
    #[inline(always)]
    pub(crate) fn if_positive(self, then: Self, otherwise: impl FnOnce() -> Self) -> Self {
        if self.0.iter().all(|value| *value > 0.0) {
            return then;
        }
        let otherwise = otherwise();
        let mut chosen = otherwise;
        for i in 0..LANES {
            chosen.0[i] = if self.0[i] > 0.0 { then.0[i] } else { otherwise.0[i] };
        }
        chosen
    }

    /// What a flow `exp(-a t)` leaves after `span` in a pool that empties at rate `b`:
    /// `(exp(-b span) - exp(-a span)) / (a - b)`, also where the two rates meet.
    #[inline(always)]
    pub(crate) fn between(a: Self, exp_a: Self, b: Self, exp_b: Self, span: f64) -> Self {
        let mut left = Self::ZERO;
        for i in 0..LANES {
            let apart = a.0[i] - b.0[i];
            let meet = apart.abs() * span < 1e-5;
            let divisor = if meet { 1.0 } else { apart };
            let met = span * exp_b.0[i] * (1.0 - 0.5 * apart * span);
            let general = (exp_b.0[i] - exp_a.0[i]) / divisor;
            left.0[i] = if meet { met } else { general };
        }
        left
    }
}

/// e to the power of each number; below -708 it is zero in all but name.
///
/// The argument is split into a whole number of halvings and a rest below 0.35, whose Taylor series of degree 12
/// is exact to the last bit or two.
#[inline(always)]
pub(crate) fn exp(x: f64) -> f64 {
    const LOG2_E: f64 = std::f64::consts::LOG2_E;
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    /// Adding this rounds to a whole number and leaves it in the low bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    let x = if x < -708.0 { -708.0 } else { x };
    let x = if x > 708.0 { 708.0 } else { x };
    let shifted = x * LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN2_HIGH) - n * LN2_LOW;
    let r2 = r * r;
    let r4 = r2 * r2;
    let r8 = r4 * r4;
    let low = (1.0 + r) + r2 * (0.5 + r * (1.0 / 6.0));
    let middle = (1.0 / 24.0 + r * (1.0 / 120.0)) + r2 * (1.0 / 720.0 + r * (1.0 / 5040.0));
    let high = (1.0 / 40_320.0 + r * (1.0 / 362_880.0))
        + r2 * (1.0 / 3_628_800.0 + r * (1.0 / 39_916_800.0))
        + r4 * (1.0 / 479_001_600.0);
    let series = (low + r4 * middle) + r8 * high;
    series * f64::from_bits((shifted.to_bits() << 52).wrapping_add(1023 << 52))
}

/// The natural logarithm; what is not above zero counts as the smallest number there is.
///
/// The argument is split into a power of two and a rest between the square roots of one half and of two, whose
/// logarithm is twice the inverse hyperbolic tangent of `(m - 1) / (m + 1)`, a series that ends at the last bit.
#[inline(always)]
pub(crate) fn ln(x: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    /// Bits of the square root of one half: what lies above it belongs to the next power of two.
    const ROOT: u64 = 0x3fe6_a09e_667f_3bcd;
    /// A whole number below 2^51 in the low bits of this one is that number plus 2^52.
    const WHOLE: u64 = 0x4330_0000_0000_0000;
    let x = if x < f64::MIN_POSITIVE { f64::MIN_POSITIVE } else { x };
    let above = x.to_bits().wrapping_sub(ROOT);
    // The exponent moved up so that it is never negative, read as a number without a conversion.
    let moved = (above.wrapping_add(2048 << 52) >> 52) | WHOLE;
    let n = f64::from_bits(moved) - (4_503_599_627_370_496.0 + 2048.0);
    let m = f64::from_bits((above & 0x000f_ffff_ffff_ffff).wrapping_add(ROOT));
    let s = (m - 1.0) / (m + 1.0);
    let t = s * s;
    let t2 = t * t;
    let t4 = t2 * t2;
    let low = (1.0 / 3.0 + t * (1.0 / 5.0)) + t2 * (1.0 / 7.0 + t * (1.0 / 9.0));
    let high = (1.0 / 11.0 + t * (1.0 / 13.0)) + t2 * (1.0 / 15.0 + t * (1.0 / 17.0)) + t4 * (1.0 / 19.0);
    let rest = 2.0 * s + 2.0 * s * t * (low + t4 * high);
    n * LN2_HIGH + (rest + n * LN2_LOW)
}

macro_rules! by_lane {
    ($($trait:ident $method:ident $op:tt;)+) => {
        $(impl $trait for Lane {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                self.zip(other, |a, b| a $op b)
            }
        }
        impl $trait<f64> for Lane {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: f64) -> Self {
                self.map(|a| a $op other)
            }
        })+
    };
}

by_lane! {
    Add add +;
    Sub sub -;
    Mul mul *;
    Div div /;
}

impl Neg for Lane {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.map(|a| -a)
    }
}

impl AddAssign for Lane {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_that_of_the_mathematics_library() {
        for step in -70_000..=1_000 {
            let x = f64::from(step) * 0.01;
            let (ours, theirs) = (Lane::all(x).exp().0[3], libm::exp(x));
            assert!((ours / theirs - 1.0).abs() < 1e-15, "{x}: {ours} {theirs}");
        }
        assert!(Lane::all(-1e300).exp().0[0] < 1e-300);
        assert!(Lane::all(1e300).exp().0[0].is_finite());
    }

    #[test]
    fn ln_is_that_of_the_mathematics_library() {
        for step in -60_000..=60_000 {
            let x = libm::exp(f64::from(step) * 0.01);
            let (ours, theirs) = (Lane::all(x).ln().0[5], libm::log(x));
            assert!((ours - theirs).abs() <= 4e-16 * theirs.abs().max(0.5), "{x}: {ours} {theirs}");
        }
        for x in [0.0, -1.0, f64::MIN_POSITIVE] {
            assert!((Lane::all(x).ln().0[0] - libm::log(f64::MIN_POSITIVE)).abs() < 1e-12);
        }
        assert_eq!(Lane::ONE.ln(), Lane::ZERO);
    }

    #[test]
    fn rates_that_meet_give_the_limit() {
        for apart in [0.0, 1e-9, 1e-7, 2e-5, 1e-3, 0.1] {
            let (a, b, span) = (0.3 + apart, 0.3, 1.0);
            let exp = |rate: f64| Lane::all(-rate * span).exp();
            let ours = Lane::between(Lane::all(a), exp(a), Lane::all(b), exp(b), span).0[0];
            // The integral of exp(-a s) exp(-b (span - s)) by many trapezoids.
            let n = 20_000;
            let at = |s: f64| libm::exp(-a * s - b * (span - s));
            let sum: f64 = (0..n)
                .map(|i| 0.5 * (at(f64::from(i) / f64::from(n)) + at(f64::from(i + 1) / f64::from(n))))
                .sum();
            assert!((ours / (sum / f64::from(n)) - 1.0).abs() < 1e-8, "{apart}: {ours}");
        }
    }
}
