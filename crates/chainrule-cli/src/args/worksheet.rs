use super::{
    Language, Widths,
    values::{up_to_a_thousand, widths},
};
use std::path::PathBuf;

const WORKSHEET_EXAMPLES: &str = "\
Examples:
  chainrule worksheet --students 30                    writes worksheet.html and worksheet.key.html
  chainrule worksheet --students 30 --network 2-2-1 --seed 7 --lang zh
  chainrule worksheet --network 2-3-2 --out homework.html

Each student has another exercise on a sheet of its own: print the page. All numbers are small and short. The same seed
makes the same exercises.";

#[derive(Debug, clap::Args)]
#[command(after_help = WORKSHEET_EXAMPLES)]
pub(crate) struct Worksheet {
    /// How many students, each with an exercise of their own
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = up_to_a_thousand)]
    pub(crate) students: usize,

    /// The widths of the network, from its inputs to its outputs
    #[arg(long, value_name = "WIDTHS", default_value = "2-2-1", value_parser = widths)]
    pub(crate) network: Widths,

    /// Of the random numbers
    #[arg(long, value_name = "NUMBER", default_value_t = 42)]
    pub(crate) seed: u64,

    /// The language of the sheets
    #[arg(long, value_enum, default_value = "en")]
    pub(crate) lang: Language,

    /// The HTML file of the sheets; the key is written beside it, under the same name with .key before the ending
    #[arg(long, value_name = "FILE", default_value = "worksheet.html")]
    pub(crate) out: PathBuf,

    /// Say nothing but errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}
