//! Seeded randomness: one stream for each purpose.
//!
//! Nothing in this crate asks the operating system or the clock for randomness. A seed and a purpose
//! give a stream, so that, say, switching dropout on does not change the initial weights, and the same
//! seed gives the same training again, on every machine of the same kind.

use crate::Real;
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// What a stream of random numbers is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The initial parameters of a network.
    Parameters,
    /// The order of the samples in an epoch.
    Shuffling,
    /// The units that dropout leaves out; one stream for each part of a batch that is computed by itself.
    Dropout {
        /// The number of the part.
        shard: u32,
    },
    /// Which samples are held out for validation.
    Splitting,
    /// Synthetic data and their noise.
    Data,
    /// The points at which gradients are checked.
    Checking,
}

/// A reproducible stream of random numbers (ChaCha8: portable and the same in every version).
#[derive(Clone, Debug)]
pub struct Random(ChaCha8Rng);

impl Random {
    /// The stream of this seed for this purpose.
    pub fn new(seed: u64, purpose: Purpose) -> Self {
        let stream = match purpose {
            Purpose::Parameters => 0,
            Purpose::Shuffling => 1,
            Purpose::Splitting => 2,
            Purpose::Data => 3,
            Purpose::Checking => 4,
            Purpose::Dropout { shard } => (1 << 32) + u64::from(shard),
        };
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Self(generator)
    }

    /// How many words of 32 bits have been drawn: where the stream stands.
    pub(crate) fn position(&self) -> u64 {
        // A position of 68 bits; nobody draws 2⁶⁴ words.
        u64::try_from(self.0.get_word_pos()).unwrap_or(u64::MAX)
    }

    /// Goes to where so many words have been drawn.
    pub(crate) fn set_position(&mut self, position: u64) {
        self.0.set_word_pos(u128::from(position));
    }

    /// A number drawn evenly from [0, 1).
    pub fn unit<T: Real>(&mut self) -> T {
        // 24 bits are exact in both precisions, so that f32 and f64 runs see the same draws.
        T::of(f64::from(self.0.random::<u32>() >> 8) / f64::from(1 << 24))
    }

    /// A number drawn evenly from [low, high).
    pub fn uniform<T: Real>(&mut self, low: T, high: T) -> T {
        low + (high - low) * self.unit::<T>()
    }

    /// A number from the normal distribution with mean 0 and standard deviation 1.
    pub fn normal<T: Real>(&mut self) -> T {
        let z: f64 = StandardNormal.sample(&mut self.0);
        T::of(z)
    }

    /// An integer drawn evenly from 0, …, bound − 1 (0 where the bound is 0).
    pub fn below(&mut self, bound: usize) -> usize {
        self.0.random_range(0..bound.max(1) as u64) as usize
    }

    /// Puts the items into a random order (Fisher–Yates).
    pub fn shuffle<I>(&mut self, items: &mut [I]) {
        items.shuffle(&mut self.0);
    }

    /// The integers 0, …, n − 1 in a random order.
    pub fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        self.shuffle(&mut order);
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first draws of seed 42. A change of these numbers changes every training: it needs a new
    /// major version.
    #[test]
    fn streams_are_fixed_for_ever() {
        let mut parameters = Random::new(42, Purpose::Parameters);
        let draws: Vec<f64> = (0..3).map(|_| parameters.unit()).collect();
        assert_eq!(draws, FIRST_UNITS);
        let mut shuffling = Random::new(42, Purpose::Shuffling);
        assert_eq!(shuffling.permutation(8), FIRST_ORDER);
    }

    const FIRST_UNITS: [f64; 3] = [0.22408074140548706, 0.6818961501121521, 0.14638620615005493];
    const FIRST_ORDER: [usize; 8] = [6, 4, 5, 3, 2, 1, 0, 7];

    /// At every place within the generator's blocks of 64 words.
    #[test]
    fn a_position_is_found_again() {
        let mut random = Random::new(42, Purpose::Shuffling);
        for draws in 0..200 {
            let mut again = Random::new(42, Purpose::Shuffling);
            again.set_position(random.position());
            assert_eq!(again.position(), random.position());
            assert_eq!(again.permutation(99), random.clone().permutation(99), "{draws} draws");
            if draws % 3 == 0 {
                random.normal::<f64>(); // of two words or more
            } else {
                random.unit::<f32>(); // of one
            }
        }
        random.set_position(u64::MAX);
        random.permutation(99);
    }

    #[test]
    fn purposes_do_not_share_numbers() {
        let mut a = Random::new(1, Purpose::Parameters);
        let mut b = Random::new(1, Purpose::Dropout { shard: 0 });
        let (a, b): (f64, f64) = (a.unit(), b.unit());
        assert_ne!(a, b);
    }

    #[test]
    fn normal_has_mean_zero_and_variance_one() {
        let mut random = Random::new(7, Purpose::Data);
        let z: Vec<f64> = (0..20_000).map(|_| random.normal()).collect();
        let mean = z.iter().sum::<f64>() / z.len() as f64;
        let variance = z.iter().map(|z| z * z).sum::<f64>() / z.len() as f64;
        assert!(mean.abs() < 0.03, "mean {mean}");
        assert!((variance - 1.0).abs() < 0.05, "variance {variance}");
    }
}
