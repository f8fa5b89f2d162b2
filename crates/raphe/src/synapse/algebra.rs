//! What the equations may be written in.
//!
//! The equations of the model stand once, in [`super::model`], over anything that adds, multiplies and takes an
//! exponential. One person's numbers advance in time, and eight people's ([`Lane`]) are looked at; a symbol writes the same lines down as SBML; a number
//! that carries its derivatives (in the tests) holds the Jacobian against them.

use crate::lanes::{self, Lane};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number in the equations.
pub(crate) trait Algebra:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
{
    /// A number that is the same for all, beside it.
    fn constant(self, value: f64) -> Self;
    /// e to the power of it.
    fn exp(self) -> Self;
    /// Its natural logarithm.
    fn ln(self) -> Self;
    /// It, where it is above zero; zero elsewhere.
    fn positive(self) -> Self;
    /// `then` where it is above zero, `otherwise` elsewhere, which is asked for only where it is needed.
    fn if_positive(self, then: Self, otherwise: impl FnOnce() -> Self) -> Self;
}

impl Algebra for Lane {
    #[inline(always)]
    fn constant(self, value: f64) -> Self {
        Self::all(value)
    }

    #[inline(always)]
    fn exp(self) -> Self {
        Self::exp(self)
    }

    #[inline(always)]
    fn ln(self) -> Self {
        Self::ln(self)
    }

    #[inline(always)]
    fn positive(self) -> Self {
        self.max(Self::ZERO)
    }

    #[inline(always)]
    fn if_positive(self, then: Self, otherwise: impl FnOnce() -> Self) -> Self {
        Self::if_positive(self, then, otherwise)
    }
}

impl Algebra for f64 {
    #[inline(always)]
    fn constant(self, value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn exp(self) -> Self {
        lanes::exp(self)
    }

    #[inline(always)]
    fn ln(self) -> Self {
        lanes::ln(self)
    }

    #[inline(always)]
    fn positive(self) -> Self {
        if self > 0.0 { self } else { 0.0 }
    }

    #[inline(always)]
    fn if_positive(self, then: Self, otherwise: impl FnOnce() -> Self) -> Self {
        let otherwise = otherwise();
        if self > 0.0 { then } else { otherwise }
    }
}
