use super::values::{column_type, separator};
use chainrule_tabular::{
    Encoding, Model,
    table::{ColumnType, Reading as HowToRead},
};

/// How a table is read.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "The table")]
pub(crate) struct Reading {
    /// What a column holds, if it is not what it looks like: number, integer, boolean, category, date, identifier or
    /// text; may be repeated
    #[arg(long = "type", value_name = "COLUMN=TYPE", value_parser = column_type)]
    pub(crate) types: Vec<(String, ColumnType)>,

    /// Words and numbers that stand for a missing value, separated by commas; an empty cell always does [default:
    /// NA, N/A, NaN, null, none, ?, -]
    #[arg(long, value_name = "WORD,...", value_delimiter = ',')]
    pub(crate) missing: Option<Vec<String>>,

    /// What stands between the cells of CSV, such as ';' or tab [default: found by itself]
    #[arg(long, value_name = "CHARACTER", value_parser = separator)]
    pub(crate) separator: Option<char>,
}

impl Reading {
    /// For the table of a model, whose columns of categories are words.
    pub(crate) fn how_for(&self, model: &Model) -> HowToRead {
        let mut how = self.how();
        let is_words = |encoding: &Encoding| {
            matches!(encoding, Encoding::OneHot(_) | Encoding::Embedding { .. })
        };
        let inputs = model.inputs().iter().filter(|input| is_words(&input.encoding));
        how.words.extend(inputs.map(|input| input.name.clone()));
        how
    }

    /// For the reader of the file: a number with leading zeros in a column of categories is a word.
    pub(crate) fn how(&self) -> HowToRead {
        let usual = HowToRead::default();
        let words = self.types.iter().filter(|(_, kind)| {
            matches!(kind, ColumnType::Category | ColumnType::Identifier | ColumnType::Text)
        });
        HowToRead {
            words: words.map(|(name, _)| name.clone()).collect(),
            missing: self.missing.clone().unwrap_or(usual.missing.clone()),
            separator: self.separator,
        }
    }
}
