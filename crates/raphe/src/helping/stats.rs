//! Distributions and a small linear solver.
//!
//! `libm` alone, so that the same scores give the same answer on every machine: statistics crates such as `statrs` compute with the
//! platform's elementary functions. The systems solved here are six by six at most.

/// Most coefficients of the model.
pub(super) const MOST: usize = 6;
/// A square matrix of coefficients; only the first `n` rows and columns are used.
pub(super) type Matrix = [[f64; MOST]; MOST];
/// A vector of coefficients.
pub(super) type Vector = [f64; MOST];

/// Standard normal distribution function.
pub(super) fn normal(z: f64) -> f64 {
    0.5 * libm::erfc(-z / core::f64::consts::SQRT_2)
}

/// Two-sided p-value of Student's t with any positive degrees of freedom.
pub(super) fn student_two_sided(t: f64, degrees: f64) -> f64 {
    incomplete_beta(degrees / (degrees + t * t), degrees / 2.0, 0.5)
}

/// Value of Student's t that leaves so much on both sides together.
pub(super) fn student_quantile(two_sided: f64, degrees: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1e4);
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if student_two_sided(middle, degrees) > two_sided { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// Regularized incomplete beta function, by its continued fraction.
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(1.0 - x, b, a);
    }
    let front =
        libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * libm::log(x) + b * libm::log1p(-x);
    const TINY: f64 = 1e-300;
    let guard = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut c, mut d) = (1.0, 1.0 / guard(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for m in 1..300 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / guard(1.0 + even * d);
        c = guard(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / guard(1.0 + odd * d);
        c = guard(1.0 + odd / c);
        fraction *= d * c;
        if (d * c - 1.0).abs() < 1e-14 {
            break;
        }
    }
    libm::exp(front) * fraction / a
}

/// A symmetric positive matrix, taken apart: `L L' = A`.
pub(super) struct Cholesky {
    l: Matrix,
    n: usize,
}

impl Cholesky {
    /// Takes the first `n` rows and columns apart; `None` when they are not positive.
    pub(super) fn new(a: &Matrix, n: usize) -> Option<Self> {
        let mut l = [[0.0; MOST]; MOST];
        for row in 0..n {
            for column in 0..=row {
                let inner: f64 = (0..column).map(|k| l[row][k] * l[column][k]).sum();
                let rest = a[row][column] - inner;
                if row == column {
                    if rest <= 0.0 {
                        return None;
                    }
                    l[row][row] = libm::sqrt(rest);
                } else {
                    l[row][column] = rest / l[column][column];
                }
            }
        }
        Some(Self { l, n })
    }

    /// Square root of the determinant of the matrix.
    pub(super) fn root_determinant(&self) -> f64 {
        (0..self.n).map(|k| self.l[k][k]).product()
    }

    /// `b' A⁻¹ b`.
    pub(super) fn square(&self, b: &Vector) -> f64 {
        let mut x = *b;
        for row in 0..self.n {
            let inner: f64 = (0..row).map(|k| self.l[row][k] * x[k]).sum();
            x[row] = (x[row] - inner) / self.l[row][row];
        }
        (0..self.n).map(|k| x[k] * x[k]).sum()
    }

    /// The solution of `A x = b`.
    pub(super) fn solve(&self, b: &Vector) -> Vector {
        let mut x = *b;
        for row in 0..self.n {
            let inner: f64 = (0..row).map(|k| self.l[row][k] * x[k]).sum();
            x[row] = (x[row] - inner) / self.l[row][row];
        }
        for row in (0..self.n).rev() {
            let inner: f64 = (row + 1..self.n).map(|k| self.l[k][row] * x[k]).sum();
            x[row] = (x[row] - inner) / self.l[row][row];
        }
        x
    }

    /// The inverse of the matrix.
    pub(super) fn inverse(&self) -> Matrix {
        let mut inverse = [[0.0; MOST]; MOST];
        for column in 0..self.n {
            let mut unit = [0.0; MOST];
            unit[column] = 1.0;
            let solved = self.solve(&unit);
            (0..self.n).for_each(|row| inverse[row][column] = solved[row]);
        }
        inverse
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_have_their_published_values() {
        assert!((normal(1.959_963_984_540_054) - 0.975).abs() < 1e-12);
        assert!((normal(-1.0) - 0.158_655_253_931_457).abs() < 1e-12);
        // Table of Student's t: 2.228 at 10 degrees and 12.706 at one leave 5 % on both sides together.
        assert!((student_two_sided(2.228_138_851_964_939, 10.0) - 0.05).abs() < 1e-9);
        assert!((student_two_sided(12.706_204_736_432_1, 1.0) - 0.05).abs() < 1e-9);
        assert!((student_quantile(0.05, 10.0) - 2.228_138_851_964_939).abs() < 1e-6);
        assert!((student_two_sided(0.0, 3.5) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_system_is_solved_and_inverted() {
        let mut a = [[0.0; MOST]; MOST];
        let rows = [[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]];
        (0..3).for_each(|r| (0..3).for_each(|c| a[r][c] = rows[r][c]));
        let cholesky = Cholesky::new(&a, 3).expect("it is positive");
        let b = [1.0, 2.0, 3.0, 0.0, 0.0, 0.0];
        let x = cholesky.solve(&b);
        let inverse = cholesky.inverse();
        for row in 0..3 {
            let back: f64 = (0..3).map(|k| a[row][k] * x[k]).sum();
            assert!((back - b[row]).abs() < 1e-12);
            let solved: f64 = (0..3).map(|k| inverse[row][k] * b[k]).sum();
            assert!((solved - x[row]).abs() < 1e-12);
        }
        let determinant = 4.0 * (6.0 - 0.04) - (2.0 - 0.1) + 0.5 * (0.2 - 1.5);
        assert!((cholesky.root_determinant() - libm::sqrt(determinant)).abs() < 1e-12);
        let square: f64 = (0..3).map(|k| b[k] * x[k]).sum();
        assert!((cholesky.square(&b) - square).abs() < 1e-12);
        a[0][0] = -1.0;
        assert!(Cholesky::new(&a, 3).is_none());
    }
}
