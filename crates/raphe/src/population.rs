//! Virtual people: the spread between real ones, made repeatable.
//!
//! A draw is a hash of the seed, the person, the name of the parameter and an attempt, never the next number of a
//! running stream. So the same person keeps the same half-life when a line is added to the diary, a comparison is
//! between the same people, and the number of threads changes nothing.

/// A population of virtual people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Population {
    /// Seed of every draw.
    pub seed: u64,
    /// How many people; zero means one typical person.
    pub people: u32,
}

impl Population {
    /// How many columns a simulation has: at least one.
    #[must_use]
    pub fn size(self) -> usize {
        self.people.max(1) as usize
    }

    /// A draw between 0 and 1, both excluded.
    #[must_use]
    pub fn uniform(self, person: usize, parameter: &str, attempt: u64) -> f64 {
        let name = parameter.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mixed = mix(mix(mix(mix(self.seed) ^ person as u64) ^ name) ^ attempt);
        ((mixed >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// A draw from the standard normal distribution; 0 for the typical person.
    #[must_use]
    pub fn normal(self, person: usize, parameter: &str) -> f64 {
        self.normal_again(person, parameter, 0)
    }

    /// The same for a person who had to be drawn again so many times.
    #[must_use]
    pub fn normal_again(self, person: usize, parameter: &str, attempt: u64) -> f64 {
        if self.people == 0 {
            return 0.0;
        }
        let (u, v) =
            (self.uniform(person, parameter, 2 * attempt), self.uniform(person, parameter, 2 * attempt + 1));
        libm::sqrt(-2.0 * libm::log(u)) * libm::cos(std::f64::consts::TAU * v)
    }

    /// A factor around 1 whose 5 to 95 % range is `low .. high`.
    #[must_use]
    pub fn factor(self, person: usize, parameter: &str, spread: (f64, f64)) -> f64 {
        self.lognormal(person, parameter, 1.0, spread)
    }

    /// A draw from a lognormal distribution with this median, whose 5 to 95 % range is `low .. high`.
    #[must_use]
    pub fn lognormal(self, person: usize, parameter: &str, median: f64, (low, high): (f64, f64)) -> f64 {
        const WIDTH_OF_90_PERCENT: f64 = 3.289_707_253_902_945;
        let sigma = if low > 0.0 && high > low { libm::log(high / low) / WIDTH_OF_90_PERCENT } else { 0.0 };
        median * libm::exp(sigma * self.normal(person, parameter))
    }
}

/// The finalizer of SplitMix64 (Steele, Lea and Flood 2014).
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEOPLE: Population = Population { seed: 7, people: 4000 };

    #[test]
    fn the_same_question_draws_the_same_person() {
        assert_eq!(PEOPLE.normal(3, "sertraline/half_life"), PEOPLE.normal(3, "sertraline/half_life"));
        assert_ne!(PEOPLE.normal(3, "sertraline/half_life"), PEOPLE.normal(4, "sertraline/half_life"));
        assert_ne!(PEOPLE.normal(3, "sertraline/half_life"), PEOPLE.normal(3, "tramadol/half_life"));
    }

    #[test]
    fn the_range_given_is_the_range_drawn() {
        let mut draws: Vec<f64> = (0..PEOPLE.size())
            .map(|person| PEOPLE.lognormal(person, "half_life", 26.0, (22.0, 36.0)))
            .collect();
        draws.sort_by(f64::total_cmp);
        let at = |share: f64| draws[(share * draws.len() as f64) as usize];
        assert!((at(0.5) / 26.0 - 1.0).abs() < 0.02, "median {}", at(0.5));
        assert!((at(0.95) / at(0.05) / (36.0 / 22.0) - 1.0).abs() < 0.04, "width {}", at(0.95) / at(0.05));
    }

    #[test]
    fn nobody_means_the_typical_person() {
        let nobody = Population { seed: 7, people: 0 };
        assert_eq!(nobody.size(), 1);
        assert_eq!(nobody.lognormal(0, "half_life", 26.0, (22.0, 36.0)), 26.0);
    }
}
