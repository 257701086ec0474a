use super::{
    category::{Level, Levels},
    date::Dates,
    scale::{Scale, quantile},
};
use crate::table::{Column, Numbers, TableError, Values};
use serde::{Deserialize, Serialize};

/// A column of the table as features of a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The name of the column.
    pub name: String,
    /// What is made of it.
    pub encoding: Encoding,
}

/// What is made of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Encoding {
    /// One feature, and perhaps a second one that is 1 where the value is missing and 0 elsewhere.
    Number {
        /// What is made of the numbers.
        scale: Scale,
        /// What stands for a missing value: the median of the training; `None` where none may be missing.
        fill: Option<f64>,
        /// Whether there is the second feature: where training had gaps.
        indicator: bool,
    },
    /// One-hot features.
    OneHot(Levels),
    /// The code of the level, for a layer that learns numbers for each level.
    Embedding {
        /// The levels.
        levels: Levels,
        /// So many numbers for each.
        width: usize,
    },
    /// Times and cycles.
    Date(Dates),
    /// One feature: 1 where there is any text, 0 where it is missing.
    Presence,
}

impl Input {
    /// A column of numbers, standardised, of which none may be missing.
    pub fn number(name: &str, values: &[f64]) -> Self {
        Self::scaled(name, Scale::standard(values).unwrap_or(Scale::RAW))
    }

    /// A column of numbers as they are, of which none may be missing.
    pub fn raw(name: &str) -> Self {
        Self::scaled(name, Scale::RAW)
    }

    /// A column of numbers with this scale, of which none may be missing.
    pub fn scaled(name: &str, scale: Scale) -> Self {
        Self::of(name, Encoding::Number { scale, fill: None, indicator: false })
    }

    fn of(name: &str, encoding: Encoding) -> Self {
        Self { name: name.to_owned(), encoding }
    }

    /// Numbers in these rows; `None` if they are all the same.
    pub(crate) fn fit_number(
        name: &str,
        column: &Column,
        rows: &[usize],
    ) -> Result<Option<Self>, TableError> {
        let all = numbers(name, column)?;
        let mut values: Vec<f64> =
            rows.iter().map(|&row| all.get(row)).filter(|value| !value.is_nan()).collect();
        let indicator = values.len() < rows.len();
        let scale = match Scale::fit(&values) {
            Some(scale) => scale,
            // Of equal numbers only the gaps tell something.
            None if indicator && !values.is_empty() => Scale { center: values[0], ..Scale::RAW },
            None => return Ok(None),
        };
        values.sort_unstable_by(f64::total_cmp);
        let fill = Some(quantile(&values, 0.5));
        Ok(Some(Self::of(name, Encoding::Number { scale, fill, indicator })))
    }

    /// Categories in these rows, with numbers to be learned if there are more than `most` of them; `None` if they are
    /// all the same.
    pub(crate) fn fit_category(
        name: &str,
        column: &Column,
        rows: &[usize],
        most: usize,
    ) -> Option<Self> {
        let levels = Levels::fit(column, rows)?;
        Some(Self::of(
            name,
            match levels.codes() {
                codes if codes > most => {
                    Encoding::Embedding { width: embedding_width(codes), levels }
                }
                _ => Encoding::OneHot(levels),
            },
        ))
    }

    /// Dates in these rows; `None` if they are all the same.
    pub(crate) fn fit_date(name: &str, column: &Column, rows: &[usize]) -> Option<Self> {
        Some(Self::of(name, Encoding::Date(Dates::fit(column, rows)?)))
    }

    /// Whether there is text in these rows; `None` if it is in all or in none.
    pub(crate) fn fit_presence(name: &str, column: &Column, rows: &[usize]) -> Option<Self> {
        let gaps = rows.iter().filter(|row| column.is_missing(**row)).count();
        (0 < gaps && gaps < rows.len()).then(|| Self::of(name, Encoding::Presence))
    }

    /// The names of its features.
    pub fn features(&self) -> Vec<String> {
        let name = &self.name;
        match &self.encoding {
            Encoding::Number { indicator: false, .. } => vec![name.clone()],
            Encoding::Number { indicator: true, .. } => {
                vec![name.clone(), format!("{name} is missing")]
            }
            Encoding::OneHot(levels) if levels.is_binary() => {
                vec![format!("{name} = {}", levels.levels[1])]
            }
            Encoding::OneHot(levels) => {
                levels.names().iter().map(|level| format!("{name} = {level}")).collect()
            }
            Encoding::Embedding { .. } => vec![format!("{name} (code)")],
            Encoding::Date(dates) => {
                dates.features().iter().map(|feature| format!("{name}{feature}")).collect()
            }
            Encoding::Presence => vec![format!("{name} is there")],
        }
    }

    /// The number of its features.
    pub fn width(&self) -> usize {
        match &self.encoding {
            Encoding::Number { indicator, .. } => 1 + usize::from(*indicator),
            Encoding::OneHot(levels) if levels.is_binary() => 1,
            Encoding::OneHot(levels) => levels.codes(),
            Encoding::Date(dates) => dates.width(),
            Encoding::Embedding { .. } | Encoding::Presence => 1,
        }
    }

    /// The levels and the width of what is learned for each, if that is so.
    pub fn embedding(&self) -> Option<(usize, usize)> {
        match &self.encoding {
            // The last code is that of levels that training did not have.
            Encoding::Embedding { levels, width } => Some((levels.codes() + 1, *width)),
            _ => None,
        }
    }

    /// Writes the features of these rows by `write(row of rows, feature, value)`, and takes note of what had to be
    /// guessed.
    pub(crate) fn transform(
        &self,
        column: &Column,
        rows: &[usize],
        guesses: &mut Guesses,
        mut write: impl FnMut(usize, usize, f64),
    ) -> Result<(), TableError> {
        match &self.encoding {
            Encoding::Number { scale, fill, indicator } => {
                let values = match fill {
                    Some(_) => numbers(&self.name, column)?,
                    None => column.finite(&self.name)?,
                };
                for (i, &row) in rows.iter().enumerate() {
                    let value = values.get(row);
                    let is_missing = value.is_nan();
                    guesses.filled += usize::from(is_missing && !indicator);
                    let value = if is_missing { fill.unwrap_or(scale.center) } else { value };
                    write(i, 0, scale.transform(value));
                    if *indicator {
                        write(i, 1, f64::from(u8::from(is_missing)));
                    }
                }
            }
            Encoding::OneHot(levels) => {
                for (i, level) in levels.of(column, rows).into_iter().enumerate() {
                    match level {
                        Level::Unseen => guesses.unseen += 1,
                        Level::Known(code) if levels.is_binary() => {
                            write(i, 0, if code == 0 { -1.0 } else { 1.0 });
                        }
                        Level::Known(code) => write(i, code, 1.0),
                    }
                }
            }
            Encoding::Embedding { levels, .. } => {
                for (i, level) in levels.of(column, rows).into_iter().enumerate() {
                    let code = match level {
                        Level::Known(code) => code,
                        Level::Unseen => {
                            guesses.unseen += 1;
                            levels.codes()
                        }
                    };
                    write(i, 0, code as f64);
                }
            }
            Encoding::Date(dates) => {
                for (i, &row) in rows.iter().enumerate() {
                    let cell = column.cell(row);
                    let values = dates.values(cell.as_deref());
                    guesses.filled += usize::from(cell.is_none() && !dates.indicator);
                    values.into_iter().enumerate().for_each(|(j, value)| write(i, j, value));
                }
            }
            Encoding::Presence => {
                for (i, &row) in rows.iter().enumerate() {
                    write(i, 0, f64::from(u8::from(!column.is_missing(row))));
                }
            }
        }
        Ok(())
    }
}

/// How many numbers are learned for each of so many levels: ⌈√levels⌉, 50 at most.
fn embedding_width(levels: usize) -> usize {
    (levels as f64).sqrt().ceil().min(50.0) as usize
}

/// What was guessed in a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Guesses {
    /// Gaps in a column that had none in training: the median stood in.
    pub(crate) filled: usize,
    /// Levels that training did not have.
    pub(crate) unseen: usize,
}

/// The numbers of a column, NaN where they are missing.
pub(crate) fn numbers<'a>(name: &str, column: &'a Column) -> Result<&'a Numbers, TableError> {
    match column.values() {
        Values::Numbers(values) if !values.has_infinity() => Ok(values),
        // Says which cell it is.
        _ => column.finite(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(input: &Input, column: &Column) -> (Vec<Vec<f64>>, Guesses) {
        let rows: Vec<usize> = (0..column.len()).collect();
        let mut x = vec![vec![0.0; input.width()]; rows.len()];
        let mut guesses = Guesses::default();
        input.transform(column, &rows, &mut guesses, |i, j, value| x[i][j] = value).unwrap();
        assert_eq!(input.features().len(), input.width());
        (x, guesses)
    }

    #[test]
    fn gaps_among_numbers_are_filled_and_told() {
        let column = Column::numbers(vec![1.0, f64::NAN, 3.0, 5.0, 11.0]);
        let input = Input::fit_number("x", &column, &[0, 1, 2, 3, 4]).unwrap().unwrap();
        assert_eq!(input.features(), ["x", "x is missing"]);
        let (x, guesses) = encoded(&input, &column);
        // The median of the others is 4, their mean 5, their deviation √14.
        let expected = (4.0 - 5.0) / 14f64.sqrt();
        assert_eq!((x[1].clone(), guesses.filled), (vec![expected, 1.0], 0));
        let input = Input::fit_number("x", &column, &[0, 2, 3, 4]).unwrap().unwrap();
        let (x, guesses) = encoded(&input, &column);
        assert_eq!((x[1].clone(), guesses.filled), (vec![expected], 1));
        assert_eq!(Input::fit_number("x", &column, &[0]).unwrap(), None);
        assert!(Input::fit_number("x", &Column::words([Some("a")]), &[0]).is_err());
    }

    #[test]
    fn categories_are_one_hot_or_learned() {
        let column = Column::words(["a", "b", "a", "b", "c", "c"].map(Some));
        let rows = [0, 1, 2, 3, 4, 5];
        let (x, _) = encoded(&Input::fit_category("k", &column, &rows, 3).unwrap(), &column);
        assert_eq!(x[1], [0.0, 1.0, 0.0]);
        let input = Input::fit_category("k", &column, &rows, 2).unwrap();
        assert_eq!(input.embedding(), Some((4, 2)));
        let new = Column::words([Some("c"), Some("d"), None]);
        let (x, guesses) = encoded(&input, &new);
        assert_eq!((x, guesses.unseen), (vec![vec![2.0], vec![3.0], vec![3.0]], 2));
        let input = Input::fit_category("k", &column, &rows[..4], 9).unwrap();
        assert_eq!(input.features(), ["k = b"]);
        let (x, guesses) = encoded(&input, &column);
        assert_eq!((x[0][0], x[1][0], x[4][0], guesses.unseen), (-1.0, 1.0, 0.0, 2));
    }

    #[test]
    fn text_is_there_or_not() {
        let column = Column::words([Some("a long story"), None]);
        let input = Input::fit_presence("note", &column, &[0, 1]).unwrap();
        assert_eq!(encoded(&input, &column).0, [[1.0], [0.0]]);
        assert_eq!(Input::fit_presence("note", &column, &[0]), None);
    }
}
