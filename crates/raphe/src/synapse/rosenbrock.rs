//! The solver: eight stiff systems side by side.
//!
//! A Rosenbrock method needs no iteration: one Jacobian, one factoring and a few solves a step, the same instructions for
//! eight people, which is what makes a population cheap. RODAS3 (Sandu, Verwer, Blom, Spee, Carmichael and Potra 1997,
//! Atmospheric Environment 31:3459) is of order 3 with an embedded order 2, L-stable and stiffly accurate, and looks at
//! the inputs at the ends of a step only.
//!
//! ```text
//!   W = 1/(h g) - J,  g = 1/2
//!   W k1 = f(t, y)                                   + h/2 f_t
//!   W k2 = f(t, y)                + 4 k1/h           + 3h/2 f_t
//!   W k3 = f(t+h, y + 2 k1)       + (k1 - k2)/h
//!   W k4 = f(t+h, y + 2 k1 + k3)  + (k1 - k2 - 8/3 k3)/h
//!   y(t+h) = y + 2 k1 + k3 + k4,  error = k4
//! ```
//!
//! Between the ends `y = (1-s) y(t) + s y(t+h) + s(1-s)(3 k1 - k2)`, of order 2 and as strongly damped as the steps are.
//! A step never crosses the end of a piece of the input. The eight share the length of a step, so it is that of the one
//! who needs the shortest; one who cannot be advanced at all is marked and no longer asked.

use crate::lanes::{LANES, Lane};

/// Differential equations for eight people.
pub(crate) trait System<const N: usize> {
    /// What drives them.
    type Inputs: Copy;
    /// The Jacobian J.
    type Jacobian;
    /// `1 / (h gamma) - J`, ready to be solved with.
    type Factored;
    /// How fast each state changes.
    fn rates(&self, y: &[Lane; N], inputs: &Self::Inputs) -> [Lane; N];
    /// The same with the Jacobian there.
    fn linearize(&self, y: &[Lane; N], inputs: &Self::Inputs) -> ([Lane; N], Self::Jacobian);
    /// The matrix for a step.
    fn factor(&self, jacobian: &Self::Jacobian, per_step: f64) -> Self::Factored;
    /// Solves with it.
    fn solve(&self, jacobian: &Self::Jacobian, matrix: &Self::Factored, rhs: &[Lane; N]) -> [Lane; N];
}

/// A step that was taken.
pub(crate) struct Step<'a, const N: usize> {
    /// It began here.
    pub(crate) from: f64,
    /// It ended here.
    pub(crate) to: f64,
    before: &'a [Lane; N],
    after: &'a [Lane; N],
    bend: &'a [Lane; N],
}

impl<const N: usize> Step<'_, N> {
    /// The states at a moment of the step.
    #[inline(always)]
    pub(crate) fn at(&self, moment: f64) -> [Lane; N] {
        if moment >= self.to {
            return *self.after;
        }
        let s = (moment - self.from) / (self.to - self.from);
        each(|n| self.before[n] * (1.0 - s) + self.after[n] * s + self.bend[n] * (s * (1.0 - s)))
    }
}

/// The states of eight people on their way.
#[derive(Debug, Clone)]
pub(crate) struct Solver<const N: usize> {
    /// Error allowed in a step: `relative * |y| + absolute`.
    pub(crate) relative: f64,
    pub(crate) absolute: [f64; N],
    /// The states.
    pub(crate) y: [Lane; N],
    /// Lanes that could not be advanced.
    pub(crate) failed: [bool; LANES],
    /// Length of the next step, hours.
    pub(crate) next: f64,
}

/// No step is shorter, hours.
const SHORTEST: f64 = 1e-9;
/// First step after a jump of the inputs, hours.
pub(crate) const AFTER_JUMP: f64 = 1e-3;

impl<const N: usize> Solver<N> {
    /// Advances over a piece of time on which the inputs run smoothly from one value to another.
    ///
    /// `steady` says that they do not change at all.
    pub(crate) fn advance<S: System<N>>(
        &mut self,
        system: &S,
        (from, to): (f64, f64),
        inputs: impl Fn(f64) -> S::Inputs,
        steady: bool,
        mut see: impl FnMut(&Step<'_, N>),
    ) {
        let mut t = from;
        while t < to {
            let left = to - t;
            let here = inputs(t);
            let (f, jacobian) = system.linearize(&self.y, &here);
            let mut f_t = [Lane::ZERO; N];
            if !steady {
                let later = left * 1e-6;
                let f_later = system.rates(&self.y, &inputs(t + later));
                f_t = each(|n| (f_later[n] - f[n]) * (1.0 / later));
            }
            loop {
                let last = self.next >= left * (1.0 - 1e-9);
                let h = if last { left } else { self.next };
                let there = inputs(if last { to } else { t + h });
                let taken = self.attempt(system, h, &jacobian, &there, &f, &f_t);
                let error = self.error(&taken.after, &taken.error);
                if error <= 1.0 || h <= SHORTEST {
                    let end = if last { to } else { t + h };
                    see(&Step { from: t, to: end, before: &self.y, after: &taken.after, bend: &taken.bend });
                    // The end of a piece cuts a step short; that says nothing about the next one.
                    let longer = h * stretch(error);
                    self.next = if last { longer.max(self.next) } else { longer };
                    self.y = taken.after;
                    t = end;
                    break;
                }
                self.next = if error.is_finite() { h * stretch(error) } else { h * 0.1 };
                if self.next <= SHORTEST {
                    self.give_up(&taken.after, &taken.error);
                    self.next = self.next.max(SHORTEST);
                }
            }
        }
    }

    fn attempt<S: System<N>>(
        &self,
        system: &S,
        h: f64,
        jacobian: &S::Jacobian,
        there: &S::Inputs,
        f: &[Lane; N],
        f_t: &[Lane; N],
    ) -> Attempt<N> {
        let y = &self.y;
        let per = 1.0 / h;
        let matrix = system.factor(jacobian, 2.0 * per);
        let k1 = system.solve(jacobian, &matrix, &each(|n| f[n] + f_t[n] * (0.5 * h)));
        let k2 = system.solve(jacobian, &matrix, &each(|n| f[n] + k1[n] * (4.0 * per) + f_t[n] * (1.5 * h)));
        let y3: [Lane; N] = each(|n| y[n] + k1[n] * 2.0);
        let f3 = system.rates(&y3, there);
        let k3 = system.solve(jacobian, &matrix, &each(|n| f3[n] + (k1[n] - k2[n]) * per));
        let y4: [Lane; N] = each(|n| y3[n] + k3[n]);
        let f4 = system.rates(&y4, there);
        let error =
            system.solve(jacobian, &matrix, &each(|n| f4[n] + (k1[n] - k2[n] - k3[n] * (8.0 / 3.0)) * per));
        Attempt { after: each(|n| y4[n] + error[n]), bend: each(|n| k1[n] * 3.0 - k2[n]), error }
    }

    /// The error of a step over what is allowed: the root of the mean square over the states, of the worst lane.
    #[inline(always)]
    fn error(&self, after: &[Lane; N], error: &[Lane; N]) -> f64 {
        let squares = self.squares(after, error);
        let mut worst: f64 = 0.0;
        for (square, failed) in squares.0.iter().zip(&self.failed) {
            if *failed {
                continue;
            }
            if square.is_nan() {
                return f64::INFINITY;
            }
            worst = square.max(worst);
        }
        worst.sqrt()
    }

    #[inline(always)]
    fn squares(&self, after: &[Lane; N], error: &[Lane; N]) -> Lane {
        let mut sum = Lane::ZERO;
        for n in 0..N {
            let size = self.y[n].abs().max(after[n].abs());
            let part = error[n] / (size * self.relative + self.absolute[n]);
            sum += part * part;
        }
        sum * (1.0 / N as f64)
    }

    /// Marks whoever still cannot be advanced by the shortest step.
    fn give_up(&mut self, after: &[Lane; N], error: &[Lane; N]) {
        for (lane, square) in self.squares(after, error).0.iter().enumerate() {
            self.failed[lane] |= square.is_nan() || *square > 1.0;
        }
    }
}

/// One lane for each state; a plain loop, so that it becomes part of what calls it.
#[inline(always)]
fn each<const N: usize>(mut f: impl FnMut(usize) -> Lane) -> [Lane; N] {
    let mut all = [Lane::ZERO; N];
    for (n, one) in all.iter_mut().enumerate() {
        *one = f(n);
    }
    all
}

/// By how much to lengthen or shorten a step.
#[inline(always)]
fn stretch(error: f64) -> f64 {
    (0.9 / libm::cbrt(error.max(1e-6))).clamp(0.2, 6.0)
}

struct Attempt<const N: usize> {
    after: [Lane; N],
    bend: [Lane; N],
    error: [Lane; N],
}
