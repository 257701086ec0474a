//! Arrow's record batches as columns of a table.

use super::super::{
    Column, Moment, Reading, Table, TableError, Values, check_names,
    column::{Dictionary, shortest},
};
use arrow_array::{
    Array, ArrowPrimitiveType, RecordBatch,
    cast::AsArray,
    types::{
        Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type,
        DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType,
        DurationSecondType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
        Int64Type, Time32MillisecondType, Time32SecondType, Time64MicrosecondType,
        Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType,
        TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type,
        UInt64Type,
    },
};
use arrow_schema::{DataType, Field, TimeUnit};

/// What becomes of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Numbers,
    Words,
}

/// Numbers of every width are numbers, times of the day and durations are numbers of seconds; text, truth values, dates
/// and points in time are words. `None` for everything else, such as lists.
fn kind(data: &DataType) -> Option<Kind> {
    use DataType as D;
    match data {
        D::Null | D::Int8 | D::Int16 | D::Int32 | D::Int64 => Some(Kind::Numbers),
        D::UInt8 | D::UInt16 | D::UInt32 | D::UInt64 => Some(Kind::Numbers),
        D::Float16 | D::Float32 | D::Float64 => Some(Kind::Numbers),
        D::Decimal32(..) | D::Decimal64(..) | D::Decimal128(..) => Some(Kind::Numbers),
        D::Time32(_) | D::Time64(_) | D::Duration(_) => Some(Kind::Numbers),
        D::Boolean | D::Utf8 | D::LargeUtf8 | D::Utf8View => Some(Kind::Words),
        D::Date32 | D::Date64 | D::Timestamp(..) => Some(Kind::Words),
        D::Dictionary(_, values) if !matches!(**values, D::Dictionary(..)) => kind(values),
        _ => None,
    }
}

/// Whether such a column can be read.
pub(super) fn is_readable(field: &Field) -> bool {
    kind(field.data_type()).is_some()
}

/// A table as its batches come.
pub(super) struct Gathering<'a> {
    file: &'a str,
    reading: &'a Reading,
    /// Numbers that stand for a missing value.
    codes: Vec<f64>,
    names: Vec<String>,
    columns: Vec<Cells>,
    rows: usize,
}

/// The cells of a column.
enum Cells {
    Numbers(Vec<f64>),
    Words(Dictionary),
    /// What it holds instead, in words.
    Foreign(String),
}

impl<'a> Gathering<'a> {
    /// For columns like these.
    pub(super) fn new<'f>(
        fields: impl Iterator<Item = &'f Field>,
        file: &'a str,
        reading: &'a Reading,
    ) -> Result<Self, TableError> {
        let (mut names, mut columns) = (Vec::new(), Vec::new());
        for field in fields {
            names.push(field.name().trim().to_owned());
            columns.push(match kind(field.data_type()) {
                Some(Kind::Numbers) => Cells::Numbers(Vec::new()),
                Some(Kind::Words) => Cells::Words(Dictionary::default()),
                None => Cells::Foreign(field.data_type().to_string()),
            });
        }
        if names.is_empty() {
            return Err(TableError::NoColumns);
        }
        check_names(&names, file)?;
        let codes = reading.missing.iter().filter_map(|word| word.parse::<f64>().ok()).collect();
        Ok(Self { file, reading, codes, names, columns, rows: 0 })
    }

    /// Adds the rows of a batch. It may leave out the columns that can not be read; the others have the types that were
    /// promised, or the file is damaged.
    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), String> {
        let leaves_out = batch.num_columns() < self.columns.len();
        let mut arrays = batch.columns().iter();
        for (cells, name) in self.columns.iter_mut().zip(&self.names) {
            if leaves_out && matches!(cells, Cells::Foreign(_)) {
                continue;
            }
            let array = arrays.next().ok_or_else(|| format!("column {name:?} ends too early"))?;
            let fits = match cells {
                Cells::Numbers(values) => {
                    numbers(array, values) && values.len() == self.rows + batch.num_rows()
                }
                Cells::Words(words) => {
                    let (reading, mut count) = (self.reading, 0);
                    let mut push = |word: Option<&str>| {
                        let word = word.map(str::trim).filter(|word| !reading.is_missing(word));
                        words.push(word);
                        count += 1;
                    };
                    self::words(array, &mut push) && count == batch.num_rows()
                }
                Cells::Foreign(_) => true,
            };
            if !fits {
                return Err(format!("column {name:?} changes its type"));
            }
        }
        self.rows += batch.num_rows();
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Table, TableError> {
        if self.rows == 0 {
            return Err(TableError::NoRows);
        }
        let (rows, codes, reading) = (self.rows, self.codes, self.reading);
        let columns = self.columns.into_iter().zip(&self.names).map(|(cells, name)| match cells {
            Cells::Numbers(mut values) => {
                for value in values.iter_mut().filter(|value| codes.contains(value)) {
                    *value = f64::NAN;
                }
                match reading.words.contains(name) {
                    true => as_words(&values),
                    false => Column::numbers(values),
                }
            }
            Cells::Words(words) => Column::new(Values::Words(words.finish()), None),
            Cells::Foreign(found) => {
                let (file, column) = (self.file.to_owned(), name.clone());
                let flaw = TableError::Foreign { file, column, found };
                Column::new(Values::Numbers(vec![f64::NAN; rows].into()), Some(flaw))
            }
        });
        let columns = columns.collect();
        Ok(Table { names: self.names, columns, rows, separator: None })
    }
}

/// Numbers that are to be words.
fn as_words(values: &[f64]) -> Column {
    let mut words = Dictionary::default();
    for &value in values {
        words.push((!value.is_nan()).then(|| shortest(value)).as_deref());
    }
    Column::new(Values::Words(words.finish()), None)
}

/// Adds the numbers of this array, NaN where one is missing, and says whether it has the type that it promised.
fn numbers(array: &dyn Array, to: &mut Vec<f64>) -> bool {
    use DataType as D;
    fn push<T: ArrowPrimitiveType>(
        array: &dyn Array,
        to: &mut Vec<f64>,
        number: impl Fn(T::Native) -> f64,
    ) -> bool {
        let Some(array) = array.as_primitive_opt::<T>() else { return false };
        to.extend(array.iter().map(|value| value.map_or(f64::NAN, &number)));
        true
    }
    // An integer above 2⁵³ becomes the nearest number that there is, as in a text.
    match array.data_type() {
        D::Null => {
            to.extend(std::iter::repeat_n(f64::NAN, array.len()));
            true
        }
        D::Int8 => push::<Int8Type>(array, to, f64::from),
        D::Int16 => push::<Int16Type>(array, to, f64::from),
        D::Int32 => push::<Int32Type>(array, to, f64::from),
        D::Int64 => push::<Int64Type>(array, to, |value| value as f64),
        D::UInt8 => push::<UInt8Type>(array, to, f64::from),
        D::UInt16 => push::<UInt16Type>(array, to, f64::from),
        D::UInt32 => push::<UInt32Type>(array, to, f64::from),
        D::UInt64 => push::<UInt64Type>(array, to, |value| value as f64),
        D::Float16 => push::<Float16Type>(array, to, |value| value.to_f64()),
        D::Float32 => push::<Float32Type>(array, to, f64::from),
        D::Float64 => push::<Float64Type>(array, to, |value| value),
        &D::Decimal32(_, scale) => {
            push::<Decimal32Type>(array, to, |v| scaled(f64::from(v), scale))
        }
        &D::Decimal64(_, scale) => push::<Decimal64Type>(array, to, |v| scaled(v as f64, scale)),
        &D::Decimal128(_, scale) => push::<Decimal128Type>(array, to, |v| scaled(v as f64, scale)),
        D::Time32(TimeUnit::Second) => push::<Time32SecondType>(array, to, f64::from),
        D::Time32(_) => push::<Time32MillisecondType>(array, to, |value| f64::from(value) / 1e3),
        D::Time64(TimeUnit::Microsecond) => {
            push::<Time64MicrosecondType>(array, to, |value| value as f64 / 1e6)
        }
        D::Time64(_) => push::<Time64NanosecondType>(array, to, |value| value as f64 / 1e9),
        D::Duration(unit) => match unit {
            TimeUnit::Second => push::<DurationSecondType>(array, to, |value| value as f64),
            TimeUnit::Millisecond => {
                push::<DurationMillisecondType>(array, to, |value| value as f64 / 1e3)
            }
            TimeUnit::Microsecond => {
                push::<DurationMicrosecondType>(array, to, |value| value as f64 / 1e6)
            }
            TimeUnit::Nanosecond => {
                push::<DurationNanosecondType>(array, to, |value| value as f64 / 1e9)
            }
        },
        D::Dictionary(..) => {
            let Some(dictionary) = array.as_any_dictionary_opt() else { return false };
            let mut values = Vec::new();
            let fits = numbers(dictionary.values(), &mut values);
            let places =
                places(array).map(|place| place.and_then(|place| values.get(place).copied()));
            to.extend(places.map(|value| value.unwrap_or(f64::NAN)));
            fits
        }
        _ => false,
    }
}

/// m / 10ˢ: the number that the digits m with a point s places from the end stand for.
fn scaled(m: f64, s: i8) -> f64 {
    match s {
        0.. => m / 10f64.powi(i32::from(s)),
        _ => m * 10f64.powi(-i32::from(s)),
    }
}

/// For each row of a dictionary the place of its value; `None` where it is missing.
fn places(array: &dyn Array) -> impl Iterator<Item = Option<usize>> {
    let dictionary = array.as_any_dictionary_opt();
    let dictionary = dictionary.filter(|dictionary| !dictionary.values().is_empty());
    let keys = dictionary.map(|dictionary| dictionary.normalized_keys()).unwrap_or_default();
    let is_null = move |row: &usize| array.is_null(*row);
    (0..array.len()).map(move |row| keys.get(row).copied().filter(|_| !is_null(&row)))
}

/// Hands on the words of this array, and says whether it has the type that it promised.
fn words(array: &dyn Array, push: &mut dyn FnMut(Option<&str>)) -> bool {
    use DataType as D;
    fn moments<T: ArrowPrimitiveType<Native = i64>>(
        array: &dyn Array,
        per_second: i64,
        push: &mut dyn FnMut(Option<&str>),
    ) -> bool {
        let Some(array) = array.as_primitive_opt::<T>() else { return false };
        for value in array.iter() {
            push(value.and_then(|value| moment(value, per_second)).as_deref());
        }
        true
    }
    match array.data_type() {
        D::Boolean => {
            let Some(array) = array.as_boolean_opt() else { return false };
            array
                .iter()
                .for_each(|value| push(value.map(|value| if value { "true" } else { "false" })));
        }
        D::Utf8 => {
            let Some(array) = array.as_string_opt::<i32>() else { return false };
            array.iter().for_each(push);
        }
        D::LargeUtf8 => {
            let Some(array) = array.as_string_opt::<i64>() else { return false };
            array.iter().for_each(push);
        }
        D::Utf8View => {
            let Some(array) = array.as_string_view_opt() else { return false };
            array.iter().for_each(push);
        }
        D::Date32 => {
            let Some(array) = array.as_primitive_opt::<Date32Type>() else { return false };
            for value in array.iter() {
                push(value.and_then(|days| moment(86_400 * i64::from(days), 1)).as_deref());
            }
        }
        D::Date64 => return moments::<Date64Type>(array, 1_000, push),
        D::Timestamp(TimeUnit::Second, _) => return moments::<TimestampSecondType>(array, 1, push),
        D::Timestamp(TimeUnit::Millisecond, _) => {
            return moments::<TimestampMillisecondType>(array, 1_000, push);
        }
        D::Timestamp(TimeUnit::Microsecond, _) => {
            return moments::<TimestampMicrosecondType>(array, 1_000_000, push);
        }
        D::Timestamp(TimeUnit::Nanosecond, _) => {
            return moments::<TimestampNanosecondType>(array, 1_000_000_000, push);
        }
        D::Dictionary(..) => {
            let Some(dictionary) = array.as_any_dictionary_opt() else { return false };
            let mut values: Vec<Option<String>> = Vec::new();
            let fits = words(dictionary.values(), &mut |word| values.push(word.map(str::to_owned)));
            for place in places(array) {
                push(place.and_then(|place| values.get(place)?.as_deref()));
            }
            return fits;
        }
        _ => return false,
    }
    true
}

/// A point in time as ISO 8601 has it, in universal time or by the writer's clock, whichever was written; `None` outside
/// of the years 1 to 9999.
fn moment(value: i64, per_second: i64) -> Option<String> {
    let seconds = value.div_euclid(per_second);
    let nanoseconds = value.rem_euclid(per_second) * (1_000_000_000 / per_second);
    let moment = Moment::after_1970(seconds, u32::try_from(nanoseconds).ok()?)?;
    Some(moment.to_string())
}
