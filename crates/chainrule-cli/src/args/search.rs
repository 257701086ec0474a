use super::{Fit, values::positive_count};

const EXAMPLES: &str = "\
Examples:
  chainrule search pump.csv --target flow
  chainrule search pump.csv --target flow --trials 100 --time 10m
  chainrule search pump.csv --target flow --checkpoint search.state --resume";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Search {
    /// How many settings are tried, the default among them
    #[arg(long, value_name = "COUNT", default_value_t = 30, value_parser = positive_count)]
    pub(crate) trials: usize,

    #[command(flatten)]
    pub(crate) fit: Fit,
}
