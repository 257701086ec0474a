//! The command line: one item for each flag. The help texts are these comments.

mod check;
mod cv;
mod demo;
mod evaluate;
mod fit;
mod gradcheck;
mod info;
mod keeping;
mod learning;
mod papers;
mod plot;
mod predict;
mod race;
mod reading;
mod report;
mod requirement;
mod search;
mod subject;
mod trace;
mod values;
mod worksheet;

pub(crate) use check::Check;
pub(crate) use cv::Cv;
pub(crate) use demo::{Demo, Problem};
pub(crate) use evaluate::Evaluate;
pub(crate) use fit::{Fit, Test};
pub(crate) use gradcheck::Gradcheck;
pub(crate) use info::Info;
pub(crate) use keeping::{Every, Keeping};
pub(crate) use learning::{Learning, Levels, columns};
pub(crate) use papers::{Completions, Man};
pub(crate) use plot::{Kind, Plot};
pub(crate) use predict::{Format, Predict};
pub(crate) use race::Race;
pub(crate) use reading::Reading;
pub(crate) use report::{Language, Report};
pub(crate) use requirement::Requirement;
pub(crate) use search::Search;
pub(crate) use subject::{Subject, Widths};
pub(crate) use trace::Trace;
pub(crate) use worksheet::Worksheet;

use clap::{Parser, Subcommand, ValueEnum, builder::Styles};

const EXAMPLES: &str = "\
Examples:
  chainrule demo sine                                  a network learns sin(x)
  chainrule check pump.csv --target flow               what is in a table, and what is odd about it
  chainrule fit pump.csv --target flow                 a table becomes a model
  chainrule predict pump.safetensors new.csv           the model's predictions, as CSV
  chainrule evaluate pump.safetensors later.csv        how good they are where the truth is known

Environment:
  CHAINRULE_KERNEL   the instructions to compute with, such as avx2 or reference [default: the best there are]
  NO_COLOR           no colours, if it is set

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 unfit data, 4 diverged, 5 a requirement\nis not met, 130 interrupted. \
With --json, standard output tells them too: {\"error\":{\"code\":3, …}}.";

/// Small neural networks, hand-made from the chain rule up.
#[derive(Debug, Parser)]
#[command(name = "chainrule", version, after_help = EXAMPLES, styles = Styles::styled())]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Train a network on a problem with a known answer, and draw what it learned
    Demo(Demo),
    /// Look a table over: what its columns are, and what is odd about them
    Check(Check),
    /// Train networks on a table and write a model file: the mean of several networks
    Fit(Fit),
    /// Try settings by chance, more epochs for the better ones, and fit a model with the best
    Search(Box<Search>),
    /// Fit and score several times over, so that each row of a table scores once: cross-validation
    Cv(Cv),
    /// Let the solvers train one network on a table from the same start, and compare error and time
    Race(Race),
    /// Write a model's predictions for a table
    Predict(Predict),
    /// Score a model on a table in which the truth is known
    #[command(alias = "eval")]
    Evaluate(Evaluate),
    /// Write a report on a model as one HTML file: scores, errors, what the inputs do
    Report(Report),
    /// Draw one chart of a model in the terminal, or as an SVG or PNG file
    Plot(Plot),
    /// Show every number of a step: forward, loss, backward, optimizer
    Trace(Box<Trace>),
    /// Check gradients: a network's beside difference quotients, or your own with the likely slip named
    Gradcheck(Box<Gradcheck>),
    /// Write exercises for paper, back-propagation by hand: another one for each student, and the key
    Worksheet(Worksheet),
    /// Describe a model file
    Info(Info),
    /// Write the completions of the command line for a shell
    Completions(Completions),
    /// Write the manual page
    Man(Man),
}

impl Command {
    /// Whether a program reads the standard output.
    pub(crate) fn wants_json(&self) -> bool {
        match self {
            Self::Check(args) => args.json,
            Self::Fit(args) => args.json,
            Self::Cv(args) => args.json,
            Self::Race(args) => args.json,
            Self::Predict(args) => args.json,
            Self::Evaluate(args) => args.json,
            Self::Info(args) => args.json,
            Self::Search(args) => args.fit.json,
            Self::Trace(args) => args.json,
            Self::Gradcheck(args) => args.json,
            Self::Demo(_)
            | Self::Report(_)
            | Self::Worksheet(_)
            | Self::Plot(_)
            | Self::Completions(_)
            | Self::Man(_) => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Precision {
    /// Single precision
    F32,
    /// Double precision
    F64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    /// The defaults stand in the library; the help repeats them.
    #[test]
    fn the_help_tells_the_defaults_of_the_library() {
        let help =
            Args::command().find_subcommand_mut("fit").unwrap().render_long_help().to_string();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        use chainrule_tabular::Settings;
        let settings = Settings::new(["y"]);
        let list =
            |widths: &[usize]| widths.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
        let [layers, units] = [list(&Settings::LAYERS), list(&[Settings::UNITS])];
        let [few, many] = Settings::PATIENCE;
        for (flag, default) in [
            ("--hidden", format!("up to {units} with a solver, {layers} with an optimizer")),
            ("--learning-rate", Settings::LEARNING_RATE.to_string()),
            ("--epochs", Settings::EPOCHS.to_string()),
            ("--patience", format!("{few} with a solver of least squares, else {many}")),
            ("--solver", settings.solver),
            ("--dropout", settings.dropout.to_string()),
            ("--test", Settings::TEST.to_string()),
            ("--level", settings.level.to_string()),
            ("--l1", settings.l1.to_string()),
            ("--l2", settings.l2.to_string()),
        ] {
            let (_, text) = help.split_once(&format!("{flag} <")).unwrap();
            let (_, text) = text.split_once("[default: ").unwrap();
            assert!(text.starts_with(&format!("{default}]")), "{flag}: {default} in {text:.20}");
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
