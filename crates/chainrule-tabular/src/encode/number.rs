/// The power of two at or below this number, so that a division by it is exact; 1 for zero.
pub(crate) fn magnitude(largest: f64) -> f64 {
    if largest == 0.0 {
        return 1.0;
    }
    largest.log2().floor().clamp(-1022.0, 1023.0).exp2()
}
