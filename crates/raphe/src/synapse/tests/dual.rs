//! Numbers that carry their derivatives, and dense systems made of them.
//!
//! [`Dual`] goes through the same equations as everything else, so the Jacobian it gives owes nothing to the one that is
//! written by hand. [`Dense`] solves any system with it, slowly.

#![allow(clippy::needless_range_loop, clippy::suspicious_arithmetic_impl, reason = "the product rule")]

use crate::{
    lanes::Lane,
    synapse::{algebra::Algebra, rosenbrock::System},
};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number with its derivatives by `N` others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dual<const N: usize> {
    pub(super) value: f64,
    pub(super) by: [f64; N],
}

impl<const N: usize> Dual<N> {
    /// A number that depends on nothing.
    pub(super) fn fixed(value: f64) -> Self {
        Self { value, by: [0.0; N] }
    }

    /// The numbers themselves.
    pub(super) fn variables(values: [f64; N]) -> [Self; N] {
        std::array::from_fn(|n| {
            let mut variable = Self::fixed(values[n]);
            variable.by[n] = 1.0;
            variable
        })
    }

    /// What a function is worth, and its slope.
    #[inline(never)]
    fn through(self, value: f64, slope: f64) -> Self {
        Self { value, by: self.by.map(|by| by * slope) }
    }
}

impl<const N: usize> Add for Dual<N> {
    type Output = Self;
    #[inline(never)]
    fn add(self, other: Self) -> Self {
        Self { value: self.value + other.value, by: std::array::from_fn(|n| self.by[n] + other.by[n]) }
    }
}

impl<const N: usize> Neg for Dual<N> {
    type Output = Self;
    fn neg(self) -> Self {
        self.through(-self.value, -1.0)
    }
}

impl<const N: usize> Sub for Dual<N> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl<const N: usize> Mul for Dual<N> {
    type Output = Self;
    #[inline(never)]
    fn mul(self, other: Self) -> Self {
        let by = std::array::from_fn(|n| self.by[n] * other.value + self.value * other.by[n]);
        Self { value: self.value * other.value, by }
    }
}

impl<const N: usize> Div for Dual<N> {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        self * other.through(1.0 / other.value, -1.0 / (other.value * other.value))
    }
}

impl<const N: usize> Add<f64> for Dual<N> {
    type Output = Self;
    fn add(self, other: f64) -> Self {
        self.through(self.value + other, 1.0)
    }
}

impl<const N: usize> Sub<f64> for Dual<N> {
    type Output = Self;
    fn sub(self, other: f64) -> Self {
        self.through(self.value - other, 1.0)
    }
}

impl<const N: usize> Mul<f64> for Dual<N> {
    type Output = Self;
    fn mul(self, other: f64) -> Self {
        self.through(self.value * other, other)
    }
}

impl<const N: usize> Algebra for Dual<N> {
    fn constant(self, value: f64) -> Self {
        Self::fixed(value)
    }

    fn exp(self) -> Self {
        let value = libm::exp(self.value);
        self.through(value, value)
    }

    fn ln(self) -> Self {
        self.through(libm::log(self.value), 1.0 / self.value)
    }

    fn positive(self) -> Self {
        if self.value > 0.0 { self } else { Self::fixed(0.0) }
    }

    fn if_positive(self, then: Self, otherwise: impl FnOnce() -> Self) -> Self {
        if self.value > 0.0 { then } else { otherwise() }
    }
}

/// Differential equations in any algebra, driven by `K` inputs.
pub(super) trait Equations<const N: usize, const K: usize> {
    /// How fast each state changes.
    fn rates<A: Algebra>(&self, y: &[A; N], inputs: &[A; K]) -> [A; N];
}

/// The same for the solver, which is shown the same person in every lane.
pub(super) struct Dense<E, const K: usize>(pub(super) E);

/// A dense matrix, factored with exchange of rows.
pub(super) struct Factored<const N: usize> {
    m: [[f64; N]; N],
    rows: [usize; N],
}

impl<const N: usize> Factored<N> {
    fn of(mut m: [[f64; N]; N]) -> Self {
        let mut rows: [usize; N] = std::array::from_fn(|n| n);
        for pivot in 0..N {
            let size = |row: &usize| m[*row][pivot].abs();
            let best = (pivot..N).max_by(|a, b| size(a).total_cmp(&size(b))).unwrap_or(pivot);
            m.swap(pivot, best);
            rows.swap(pivot, best);
            for row in pivot + 1..N {
                let factor = m[row][pivot] / m[pivot][pivot];
                m[row][pivot] = factor;
                for column in pivot + 1..N {
                    m[row][column] -= factor * m[pivot][column];
                }
            }
        }
        Self { m, rows }
    }

    fn solve(&self, rhs: [f64; N]) -> [f64; N] {
        let mut x: [f64; N] = self.rows.map(|row| rhs[row]);
        for row in 1..N {
            for column in 0..row {
                x[row] -= self.m[row][column] * x[column];
            }
        }
        for row in (0..N).rev() {
            for column in row + 1..N {
                x[row] -= self.m[row][column] * x[column];
            }
            x[row] /= self.m[row][row];
        }
        x
    }
}

impl<E: Equations<N, K>, const N: usize, const K: usize> System<N> for Dense<E, K> {
    type Inputs = [Lane; K];
    type Jacobian = [[f64; N]; N];
    type Factored = Factored<N>;

    #[inline(never)]
    fn rates(&self, y: &[Lane; N], inputs: &[Lane; K]) -> [Lane; N] {
        // Through duals as well, so that the equations are compiled once more and not twice.
        let y = y.map(|state| Dual::<N>::fixed(state.0[0]));
        self.0.rates(&y, &inputs.map(|input| Dual::fixed(input.0[0]))).map(|rate| Lane::all(rate.value))
    }

    #[inline(never)]
    fn linearize(&self, y: &[Lane; N], inputs: &[Lane; K]) -> ([Lane; N], Self::Jacobian) {
        let y = Dual::variables(y.map(|state| state.0[0]));
        let rates = self.0.rates(&y, &inputs.map(|input| Dual::fixed(input.0[0])));
        (rates.map(|rate| Lane::all(rate.value)), rates.map(|rate| rate.by))
    }

    #[inline(never)]
    fn factor(&self, jacobian: &Self::Jacobian, per_step: f64) -> Self::Factored {
        Factored::of(std::array::from_fn(|row| {
            std::array::from_fn(|column| {
                let diagonal = if row == column { per_step } else { 0.0 };
                diagonal - jacobian[row][column]
            })
        }))
    }

    #[inline(never)]
    fn solve(&self, _: &Self::Jacobian, matrix: &Self::Factored, rhs: &[Lane; N]) -> [Lane; N] {
        matrix.solve(rhs.map(|value| value.0[0])).map(Lane::all)
    }
}
