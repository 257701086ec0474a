//! The numbers of a column, in as few bytes as hold them exactly.

/// The numbers of a column, one for each row, NaN where a value is missing.
///
/// What is read from a text is mostly decimals of a few digits, such as 12.5 or -0.037. A column of them takes four bytes
/// for each row, and a column of any other numbers eight. They are the same numbers, to the last bit.
///
/// ```
/// use chainrule_tabular::table::Numbers;
///
/// let numbers = Numbers::from(vec![0.5, f64::NAN]);
/// assert_eq!((numbers.len(), numbers.get(0)), (2, 0.5));
/// assert_eq!(numbers.iter().filter(|value| value.is_nan()).count(), 1);
/// ```
#[derive(Clone, Debug)]
pub struct Numbers {
    form: Form,
    has_gap: bool,
    has_infinity: bool,
}

#[derive(Clone, Debug)]
enum Form {
    /// m stands for m / 10ᵏ: see [`POWERS`].
    Decimals {
        m: Vec<i32>,
        k: usize,
    },
    Doubles(Vec<f64>),
}

/// Stands for a missing value among decimals.
const GAP: i32 = i32::MIN;

/// Powers of ten that a double precision number holds exactly. An integer m ≤ 2⁵³ is exact as well, so that the only
/// rounding is that of the quotient m / 10ᵏ: it is the number nearest to the decimal, however many zeros end it.
pub(super) const POWERS: [f64; 20] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19,
];

/// 10ᵏ in an integer of four bytes.
const MOST_PLACES: usize = 9;

/// ±m / 10ᵏ with m ≤ 2⁵³, as it stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) is_negative: bool,
    pub(super) m: u64,
    pub(super) k: usize,
}

impl Decimal {
    #[inline]
    pub(super) fn value(self) -> f64 {
        const SIGNS: [f64; 2] = [1.0, -1.0];
        SIGNS[usize::from(self.is_negative)] * (self.m as f64 / POWERS[self.k])
    }

    /// With as many places, if it fits. Of zeros only the positive one does.
    #[inline]
    fn narrow(self) -> Option<i32> {
        match (i32::try_from(self.m).ok()?, self.is_negative) {
            (0, true) => None,
            (m, true) => Some(-m),
            (m, false) => Some(m),
        }
    }

    /// The decimal with the fewest places that is this finite number, if it has nine at most and its digits fit.
    fn of(value: f64) -> Option<Self> {
        let is_negative = value.is_sign_negative();
        (0..=MOST_PLACES).find_map(|k| {
            let m = (value.abs() * POWERS[k]).round();
            let decimal = Self { is_negative, m: m as u64, k };
            let fits = m <= f64::from(i32::MAX) && decimal.value().to_bits() == value.to_bits();
            fits.then_some(decimal)
        })
    }
}

impl Default for Numbers {
    fn default() -> Self {
        Self { form: Form::Decimals { m: Vec::new(), k: 0 }, has_gap: false, has_infinity: false }
    }
}

impl From<Vec<f64>> for Numbers {
    fn from(values: Vec<f64>) -> Self {
        Self {
            has_gap: values.iter().any(|value| value.is_nan()),
            has_infinity: values.iter().any(|value| value.is_infinite()),
            form: Form::Doubles(values),
        }
    }
}

/// Gaps are equal to gaps.
impl PartialEq for Numbers {
    fn eq(&self, other: &Self) -> bool {
        let are_equal = |(a, b): (f64, f64)| a == b || a.is_nan() && b.is_nan();
        self.len() == other.len() && self.iter().zip(other.iter()).all(are_equal)
    }
}

impl Numbers {
    /// How many there are, gaps included.
    pub fn len(&self) -> usize {
        match &self.form {
            Form::Decimals { m, .. } => m.len(),
            Form::Doubles(values) => values.len(),
        }
    }

    /// Whether there is not even a gap.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of this row, NaN if it is missing.
    ///
    /// # Panics
    ///
    /// If there is no such row.
    #[inline]
    pub fn get(&self, row: usize) -> f64 {
        match &self.form {
            Form::Decimals { m, .. } if m[row] == GAP => f64::NAN,
            Form::Decimals { m, k } => f64::from(m[row]) / POWERS[*k],
            Form::Doubles(values) => values[row],
        }
    }

    /// All of them, in the order of the rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = f64> + DoubleEndedIterator + Clone {
        (0..self.len()).map(|row| self.get(row))
    }

    /// All of them, eight bytes each.
    pub fn to_vec(&self) -> Vec<f64> {
        self.iter().collect()
    }

    /// Whether a value is missing.
    pub(crate) fn has_gap(&self) -> bool {
        self.has_gap
    }

    /// Whether one of them has no end.
    pub(crate) fn has_infinity(&self) -> bool {
        self.has_infinity
    }

    /// Those of these rows, in this order.
    pub(super) fn select(&self, rows: &[usize]) -> Self {
        match &self.form {
            Form::Decimals { m, k } => {
                let m: Vec<i32> = rows.iter().map(|&row| m[row]).collect();
                let has_gap = m.contains(&GAP);
                Self { form: Form::Decimals { m, k: *k }, has_gap, has_infinity: false }
            }
            Form::Doubles(values) => {
                rows.iter().map(|&row| values[row]).collect::<Vec<f64>>().into()
            }
        }
    }

    /// Adds a number, or NaN for a gap.
    pub(super) fn push(&mut self, value: f64) {
        self.has_gap |= value.is_nan();
        self.has_infinity |= value.is_infinite();
        match &mut self.form {
            Form::Decimals { m, .. } if value.is_nan() => m.push(GAP),
            Form::Decimals { .. } => match Decimal::of(value) {
                Some(decimal) => self.push_decimal(decimal),
                None => self.widened().push(value),
            },
            Form::Doubles(values) => values.push(value),
        }
    }

    /// The same for a decimal.
    #[inline]
    pub(super) fn push_decimal(&mut self, decimal: Decimal) {
        match &mut self.form {
            Form::Decimals { m, k } if *k == decimal.k => match decimal.narrow() {
                Some(number) => m.push(number),
                None => self.widened().push(decimal.value()),
            },
            Form::Decimals { .. } => self.push_with_places(decimal),
            Form::Doubles(values) => values.push(decimal.value()),
        }
    }

    /// The same for a decimal with more or fewer places than those before it.
    fn push_with_places(&mut self, decimal: Decimal) {
        if let Form::Decimals { m, k } = &mut self.form {
            let has_room = decimal.k <= *k || rescale(m, k, decimal.k);
            let factor = has_room.then(|| POWERS_OF_INTEGERS[*k - decimal.k.min(*k)]);
            if let Some(number) = factor.and_then(|factor| decimal.narrow()?.checked_mul(factor)) {
                m.push(number);
                return;
            }
        }
        self.widened().push(decimal.value());
    }

    /// Adds others below these.
    pub(super) fn append(&mut self, mut other: Self) {
        self.has_gap |= other.has_gap;
        self.has_infinity |= other.has_infinity;
        if let (Form::Decimals { m, k }, Form::Decimals { m: more, k: places }) =
            (&mut self.form, &mut other.form)
        {
            let both = (*k).max(*places);
            if rescale(m, k, both) && rescale(more, places, both) {
                reserve(m, more.len());
                m.extend_from_slice(more);
                return;
            }
        }
        let values = self.widened();
        reserve(values, other.len());
        values.extend(other.iter());
    }

    /// Gives back the room for more.
    pub(super) fn shrink(&mut self) {
        match &mut self.form {
            Form::Decimals { m, .. } => m.shrink_to_fit(),
            Form::Doubles(values) => values.shrink_to_fit(),
        }
    }

    /// The same numbers with eight bytes each.
    fn widened(&mut self) -> &mut Vec<f64> {
        if let Form::Decimals { .. } = self.form {
            let values = self.to_vec();
            self.form = Form::Doubles(values);
        }
        match &mut self.form {
            Form::Doubles(values) => values,
            Form::Decimals { .. } => unreachable!("they have just become others"),
        }
    }
}

const POWERS_OF_INTEGERS: [i32; MOST_PLACES + 1] =
    [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

/// Gives decimals with k places so many places, at least k, if all of them fit then.
fn rescale(m: &mut [i32], k: &mut usize, places: usize) -> bool {
    if places == *k {
        return true;
    }
    if places > MOST_PLACES {
        return false;
    }
    let factor = POWERS_OF_INTEGERS[places - *k];
    let fits = |m: &i32| *m == GAP || m.checked_mul(factor).is_some_and(|m| m != GAP);
    let all_fit = m.iter().all(fits);
    if all_fit {
        m.iter_mut().filter(|m| **m != GAP).for_each(|m| *m *= factor);
        *k = places;
    }
    all_fit
}

/// Makes room for more, and a quarter beyond: columns are long, and doubling them would take as much again.
fn reserve<T>(values: &mut Vec<T>, more: usize) {
    if values.capacity() - values.len() < more {
        values.reserve_exact(more.max(values.len() / 4));
    }
}

/// So many bytes hold them.
#[cfg(test)]
pub(super) fn bytes(numbers: &Numbers) -> usize {
    match &numbers.form {
        Form::Decimals { m, .. } => size_of_val(&m[..]),
        Form::Doubles(values) => size_of_val(&values[..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    fn of(values: &[f64]) -> Numbers {
        let mut numbers = Numbers::default();
        values.iter().for_each(|value| numbers.push(*value));
        numbers
    }

    fn bits(values: impl IntoIterator<Item = f64>) -> Vec<u64> {
        let canonical = |v: f64| if v.is_nan() { f64::NAN } else { v };
        values.into_iter().map(|value| canonical(value).to_bits()).collect()
    }

    #[test]
    fn decimals_take_four_bytes() {
        for (values, size) in [
            (&[1.0, -2.5, 0.037, f64::NAN][..], 4),
            (&[2_147_483_647.0, -2_147_483_647.0], 4),
            // Together they have too many digits, or one alone has.
            (&[2_147_483_647.0, 0.5], 8),
            (&[0.5, 2_147_483_647.0], 8),
            (&[2_147_483_648.0], 8),
            (&[-2_147_483_648.0], 8),
            (&[1e-10], 8),
            (&[1.0 / 3.0], 8),
            (&[0.0, -0.0], 8),
            (&[1.0, f64::INFINITY], 8),
            (&[f64::NAN, f64::NAN], 4),
            (&[1e-9, 2.0], 4),
            (&[1e-9, 3.0], 8),
        ] {
            let numbers = of(values);
            assert_eq!(bytes(&numbers), size * values.len(), "{values:?}");
            assert_eq!(bits(numbers.iter()), bits(values.iter().copied()), "{values:?}");
            assert_eq!(numbers.has_gap(), values.iter().any(|value| value.is_nan()));
            assert_eq!(numbers.has_infinity(), values.contains(&f64::INFINITY));
            assert_eq!(numbers, Numbers::from(values.to_vec()));
        }
        assert_ne!(of(&[1.0, f64::NAN]), of(&[1.0, 2.0]));
    }

    /// A decimal of up to twelve digits, a gap, or any number.
    fn number() -> impl Strategy<Value = f64> {
        let decimal = (-999_999_999_999i64..1_000_000_000_000, 0u32..12, 0usize..11);
        prop_oneof![
            8 => decimal.prop_map(|(m, cut, k)| (m / 10i64.pow(cut)) as f64 / POWERS[k]),
            1 => Just(f64::NAN),
            1 => any::<f64>(),
        ]
    }

    proptest! {
        #[test]
        fn numbers_stay_as_they_are(parts in vec(vec(number(), 0..6), 0..5)) {
            let mut whole = Numbers::default();
            parts.iter().for_each(|part| whole.append(of(part)));
            let expected = parts.concat();
            prop_assert_eq!(bits(whole.iter()), bits(expected.iter().copied()));
            prop_assert_eq!(bits(of(&expected).iter()), bits(expected.iter().copied()));
            prop_assert_eq!(bytes(&whole), bytes(&of(&expected)));
            let rows: Vec<usize> = (0..expected.len()).rev().step_by(2).collect();
            let selected = whole.select(&rows);
            prop_assert_eq!(bits(selected.iter()), bits(rows.iter().map(|&row| expected[row])));
            prop_assert_eq!(selected.has_gap(), selected.iter().any(f64::is_nan));
        }
    }
}
