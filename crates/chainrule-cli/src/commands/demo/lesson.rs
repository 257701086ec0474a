//! The random numbers of the lesson's script, numpy's `RandomState(seed)`.
//!
//! They are a Mersenne Twister and Marsaglia's polar method, which numpy keeps for compatibility (NEP 19); so
//! `--as-lesson` starts from the very weights that the script starts from.

use rand_mt::Mt;

pub(crate) struct RandomState {
    generator: Mt,
    spare: Option<f64>,
}

impl RandomState {
    /// numpy seeds with 32 bits.
    pub(crate) fn new(seed: u32) -> Self {
        Self { generator: Mt::new(seed), spare: None }
    }

    /// A number drawn evenly from [0, 1), with 53 bits.
    fn unit(&mut self) -> f64 {
        let high = f64::from(self.generator.next_u32() >> 5);
        let low = f64::from(self.generator.next_u32() >> 6);
        (high * 67_108_864.0 + low) / 9_007_199_254_740_992.0
    }

    /// A number from the normal distribution with mean 0 and standard deviation 1.
    pub(crate) fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (u, v) = (2.0 * self.unit() - 1.0, 2.0 * self.unit() - 1.0);
            let square = u * u + v * v;
            if square < 1.0 && square != 0.0 {
                let factor = (-2.0 * square.ln() / square).sqrt();
                self.spare = Some(factor * u);
                return factor * v;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers of numpy's RandomState(42).
    #[test]
    fn the_numbers_are_those_of_numpy() {
        let mut random = RandomState::new(42);
        for expected in
            [0.496_714_153_011_233_1, -0.138_264_301_171_184_66, 0.647_688_538_100_692_4]
        {
            assert!((random.normal() - expected).abs() < 1e-15);
        }
    }
}
