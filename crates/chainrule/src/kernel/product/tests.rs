use super::*;
use crate::kernel::{InstructionSet, run_with};
use crate::random::{Purpose, Random};

fn numbers<T: Real>(random: &mut Random, n: usize) -> Vec<T> {
    (0..n).map(|_| random.uniform(-T::one(), T::one())).collect()
}

/// Computes on this instruction set.
fn compute<T: Real>(set: InstructionSet, product: Tiled<T>, (cut, turns): (Cut, &[Range<usize>])) {
    match product.packing.packs() {
        false if product.shape[0] == 1 => run_with(set, Row(product)),
        _ => with_room(|room| {
            let blocks = Blocks { product, room: Some(room) };
            run_with(set, InTurns { blocks, cut, turns: turns.iter().cloned() });
        }),
    }
}

/// All at once.
fn compute_all<T: Real>(set: InstructionSet, product: Tiled<T>) {
    let rows = 0..product.shape[0];
    compute(set, product, (Cut::Rows, std::slice::from_ref(&rows)));
}

/// Every choice of what is packed.
const PACKINGS: [Packing; 4] = [
    Packing { a: None, b: false },
    Packing { a: Some(0), b: false },
    Packing { a: None, b: true },
    Packing { a: Some(0), b: true },
];

/// Every remainder of rows, columns and blocks, on every instruction set that the machine has: the very bits of the
/// reference where multiply–adds are fused, nearly the same numbers elsewhere.
fn agrees_with_the_reference<T: Real>(tolerance: f64) {
    let mut random = Random::new(1, Purpose::Checking);
    let sizes = [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 31, 33, 65, 130];
    let few = if cfg!(miri) { 5 } else { sizes.len() };
    for set in InstructionSet::available() {
        let agree = |expected: &[T], found: &[T], what: &str| {
            if set.is_fused() {
                assert_eq!(expected, found, "{set:?} {what}");
            }
            for (e, f) in expected.iter().zip(found) {
                assert!((*e - *f).abs().f64() < tolerance, "{set:?} {what}");
            }
        };
        for m in sizes.into_iter().take(few) {
            for n in sizes.into_iter().take(few) {
                for k in [0, 1, 2, 5, 40] {
                    let (a, b): (Vec<T>, Vec<T>) =
                        (numbers(&mut random, m * k), numbers(&mut random, k * n));
                    let bias: Vec<T> = numbers(&mut random, n);
                    let (by_rows, by_columns) = (Matrix::new(&a, k), Matrix::transposed(&a, m));
                    let factors = [
                        (by_rows, Matrix::new(&b, n), Start::Bias(&bias[..])),
                        (by_rows, Matrix::new(&b, n), Start::Zero),
                        (by_columns, Matrix::new(&b, n), Start::C),
                        (by_rows, Matrix::transposed(&b, k), Start::Zero),
                    ];
                    for (a, b, start) in factors {
                        let mut expected = numbers(&mut random, m * n);
                        let before = expected.clone();
                        let cells = Cells::new(&mut expected, n);
                        // SAFETY: the elements are all there.
                        unsafe { reference::product(a, b, start, cells, [m, k, n]) };
                        for packing in PACKINGS {
                            if b.column != 1 && !packing.b {
                                continue;
                            }
                            let mut c = before.clone();
                            let product = Tiled::new(a, b, start, &mut c, [m, k, n]);
                            compute_all(set, Tiled { packing, ..product });
                            agree(&expected, &c, &format!("{m}×{k}×{n} {packing:?}"));
                        }
                    }
                }
            }
        }
    }
}

/// Blocks of rows and of k, groups of panels, what is packed because it is large and what is kept from one turn to the next
/// leave the chains as they are.
#[test]
fn large_products_have_the_bits_of_the_reference() {
    let mut random = Random::new(5, Purpose::Checking);
    let [m, n] = if cfg!(miri) { [9, 5] } else { [330, 157] };
    let thirds = |n: usize| [0..n / 3, n / 2..n, n / 3..n / 2];
    // One block of k, and several.
    for k in if cfg!(miri) { [7, 20] } else { [200, 530] } {
        let (a, b): (Vec<f32>, Vec<f32>) =
            (numbers(&mut random, m * k), numbers(&mut random, k * n));
        let [x, w] = [(&a, k), (&b, n)].map(|(numbers, columns)| Matrix::new(numbers, columns));
        let [xt, wt] = [(&a, m), (&b, k)].map(|(numbers, rows)| Matrix::transposed(numbers, rows));
        for (a, b) in [(x, w), (xt, w), (x, wt), (xt, wt)] {
            let mut expected = vec![0.0; m * n];
            let cells = Cells::new(&mut expected, n);
            // SAFETY: the elements are all there.
            unsafe { reference::product(a, b, Start::Zero, cells, [m, k, n]) };
            for set in InstructionSet::available().into_iter().filter(|set| set.is_fused()) {
                for parts in [(Cut::Rows, thirds(m)), (Cut::Columns, thirds(n))] {
                    let mut c = vec![f32::NAN; m * n];
                    let product = Tiled::new(a, b, Start::Zero, &mut c, [m, k, n]);
                    compute(set, product, (parts.0, &parts.1));
                    assert!(c == expected, "{set:?}, {k} deep");
                }
            }
        }
    }
}

/// The upper triangle has the bits of the whole product, for every remainder.
#[test]
fn gram_matrices_are_products() {
    let mut random = Random::new(3, Purpose::Checking);
    let sizes = [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 40, 65, 300];
    for set in InstructionSet::available() {
        for n in sizes.into_iter().take(if cfg!(miri) { 5 } else { sizes.len() }) {
            for k in [0, 1, 5, 40] {
                let a: Vec<f64> = numbers(&mut random, k * n);
                let factors = (Matrix::transposed(&a, n), Matrix::new(&a, n));
                for packing in PACKINGS {
                    let [expected, upper] = [Part::All, Part::Upper].map(|part| {
                        let mut c = vec![0.5; n * n];
                        let (a, b) = factors;
                        let product = Tiled::new(a, b, Start::C, &mut c, [n, k, n]);
                        let turns = (Cut::Columns, &[0..n / 2, n / 2..n][..]);
                        compute(set, Tiled { part, packing, ..product }, turns);
                        c
                    });
                    for i in 0..n {
                        assert_eq!(upper[i * n + i..][..n - i], expected[i * n + i..][..n - i]);
                    }
                }
            }
        }
    }
}

#[test]
fn products_with_a_transpose() {
    let mut c = [0.0; 4];
    product_with_transposed(&[1.0, 2.0, 3.0, 4.0], &[1.0, 10.0, 5.0, 7.0], &mut c, [2, 2, 2]).now();
    assert_eq!(c, [21.0, 19.0, 43.0, 43.0]);
    // One column, one term.
    product_with_transposed(&[1.0, 2.0, 3.0, 4.0], &[1.0, 10.0], &mut c[..2], [2, 2, 1]).now();
    assert_eq!(c[..2], [21.0, 43.0]);
    product_with_transposed(&[2.0, 3.0], &[1.0, 10.0], &mut c, [2, 1, 2]).now();
    assert_eq!(c, [2.0, 20.0, 3.0, 30.0]);
}

#[test]
fn outer_products() {
    let mut c = [0.0; 6];
    outer_product(&[2.0, 3.0], &[1.0, 10.0, 100.0], &mut c);
    assert_eq!(c, [2.0, 20.0, 200.0, 3.0, 30.0, 300.0]);
}

#[test]
fn products_agree_with_the_reference_in_single_precision() {
    agrees_with_the_reference::<f32>(1e-5);
}

#[test]
fn products_agree_with_the_reference_in_double_precision() {
    agrees_with_the_reference::<f64>(1e-13);
}

#[test]
fn a_row_does_not_depend_on_its_neighbours() {
    let mut random = Random::new(2, Purpose::Checking);
    let [m, k, n] = [29, 37, 43];
    let (a, b): (Vec<f32>, Vec<f32>) = (numbers(&mut random, m * k), numbers(&mut random, k * n));
    let mut together = vec![0.0; m * n];
    product(&a, &b, None, &mut together, [m, k, n]).now();
    for i in 0..m {
        let mut alone = vec![0.0; n];
        product(&a[i * k..][..k], &b, None, &mut alone, [1, k, n]).now();
        assert_eq!(alone, together[i * n..][..n]);
    }
}
