//! The network and the batch that are traced or checked.

use crate::{
    args::{self, Language, Problem, Widths},
    commands::report::network::{input_names, output_names},
    failure::Failure,
    files, text,
};
use chainrule::{
    Network,
    data::synthetic::{self, Curve, Plane},
    loss::Loss,
    random::{Purpose, Random},
    table,
};
use chainrule_tabular::{Architecture, Model, Table};
use ndarray::{Array2, array};
use std::{path::Path, sync::Arc};

/// What is looked at, and the words that go with it.
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) notes: Vec<String>,
    pub(crate) network: Network<f64>,
    pub(crate) x: Array2<f64>,
    pub(crate) targets: Array2<f64>,
    pub(crate) loss: Arc<dyn Loss<f64>>,
    pub(crate) inputs: Vec<String>,
    pub(crate) outputs: Vec<String>,
    pub(crate) rows: Vec<String>,
}

/// The rows of a batch unless told otherwise.
const ROWS: usize = 4;

/// More multiplications than these would let difference quotients take minutes.
const MOST_MULTIPLICATIONS: f64 = 2e10;

impl Subject {
    pub(crate) fn of(args: &args::Subject, language: Language) -> Result<Self, Failure> {
        match (&args.model, &args.data, args.demo, &args.network) {
            (Some(model), Some(data), ..) => of_model(args, language, model, data),
            (_, _, Some(problem), _) => of_problem(args, language, problem),
            (_, _, _, Some(widths)) => of_widths(args, language, widths),
            _ => Err(Failure::Usage(
                "there is no network to look at; name a model with --data, or use --demo or --network"
                    .to_owned(),
            )),
        }
    }

    /// Whether all difference quotients of some steps take seconds at most: two passes for each parameter and each
    /// number between the layers.
    pub(crate) fn has_quick_differences(&self, steps: usize) -> bool {
        let (parameters, rows) = (self.network.parameters().len() as f64, self.x.nrows() as f64);
        let between: usize = self.network.summary().layers.iter().map(|layer| layer.outputs).sum();
        let numbers = parameters + 4.0 * rows * (between + self.x.ncols()) as f64;
        2.0 * numbers * parameters * rows * steps as f64 <= MOST_MULTIPLICATIONS
    }
}

/// Rows of a table through a network of a model.
fn of_model(
    args: &args::Subject,
    language: Language,
    path: &Path,
    data: &Path,
) -> Result<Subject, Failure> {
    let model = Model::load(path)?;
    let members = model.members();
    let number = args.member.unwrap_or(1);
    let member = members.get(number - 1).ok_or_else(|| {
        let there = text::count(members.len(), "network");
        Failure::Usage(format!(
            "the model has {there}, but no network {number}; choose --member from 1 to {}",
            members.len()
        ))
    })?;
    let table = files::open(data, &args.reading.how_for(&model))?;
    let rows = chosen_rows(args, &table, data)?;
    let batch = model.batch(member, &table, &rows)?;
    let numbers: Vec<String> = rows.iter().map(|row| (row + 1).to_string()).collect();
    let mut notes = vec![match language {
        Language::En => {
            format!("Rows of {}, counted from 1: {}.", data.display(), numbers.join(", "))
        }
        Language::Zh => format!("{} 的第 {} 行（从 1 数起）。", data.display(), numbers.join("、")),
    }];
    if members.len() > 1 {
        notes.push(match language {
            Language::En => format!(
                "Network {number} of {}, whose mean the model is; --member chooses another one.",
                members.len()
            ),
            Language::Zh => format!(
                "模型是 {} 个网络的平均，这是第 {number} 个；用 --member 选择其他网络。",
                members.len()
            ),
        });
    }
    let stop = language.say(".", "。");
    let guessed = text::guessed(language, &batch.filled, &batch.unseen);
    notes.extend(guessed.into_iter().map(|note| note + stop));
    notes.push(
        language
            .say(
                "Inputs and targets are in the units that the network learns, mostly standardised.",
                "输入和目标值采用网络学习时的单位，通常已标准化。",
            )
            .to_owned(),
    );
    Ok(Subject {
        name: path.display().to_string(),
        notes,
        inputs: input_names(&model, batch.x.ncols()),
        outputs: output_names(&model),
        rows: numbers,
        network: batch.network,
        x: batch.x,
        targets: batch.targets,
        loss: batch.loss,
    })
}

/// The places of the rows that were asked for.
fn chosen_rows(args: &args::Subject, table: &Table, data: &Path) -> Result<Vec<usize>, Failure> {
    const MOST: usize = 1000;
    let first = [1..=1];
    let ranges = if args.row.is_empty() { &first[..] } else { &args.row[..] };
    for range in ranges {
        if *range.end() > table.rows() {
            return Err(Failure::Data(format!(
                "there is no row {} in {}, which has {}; choose --row from 1 to {}",
                range.end(),
                data.display(),
                text::count(table.rows(), "row"),
                table.rows()
            )));
        }
    }
    let rows: Vec<usize> = ranges.iter().cloned().flatten().map(|row| row - 1).collect();
    match rows.len() > MOST {
        true => Err(Failure::Usage(format!(
            "{} rows are too many to be looked at; choose at most {MOST}",
            rows.len()
        ))),
        false => Ok(rows),
    }
}

/// A small network and samples of a problem.
fn of_problem(
    args: &args::Subject,
    language: Language,
    problem: Problem,
) -> Result<Subject, Failure> {
    let samples = args.batch.unwrap_or(ROWS);
    let curve = |curve: Curve| {
        let data = curve.sample::<f64>(samples, 0.0, args.seed);
        // The interval becomes [−2, 2], where activations bend.
        let end = curve.interval.1;
        let largest = data.targets().values.iter().fold(1.0, |most: f64, t| most.max(t.abs()));
        (data.x().mapv(|x| 2.0 * x / end), data.targets().values.mapv(|t| t / largest))
    };
    let plane = |plane: Plane| {
        let data = plane.sample::<f64>(samples, 0.0, args.seed);
        (data.x().to_owned(), data.targets().values.to_owned())
    };
    let (name, (x, targets)) = match problem {
        Problem::Sine => ("sine", curve(synthetic::SINE)),
        Problem::Polynomial => ("polynomial", curve(synthetic::POLYNOMIAL)),
        Problem::Spiral => ("spiral", plane(Plane::Spiral)),
        Problem::Moons => ("moons", plane(Plane::Moons)),
        // The corners themselves.
        Problem::Xor if args.batch.is_none() => (
            "xor",
            (
                array![[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]],
                array![[0.0], [1.0], [1.0], [0.0]],
            ),
        ),
        Problem::Xor => ("xor", plane(Plane::Xor)),
    };
    let widths = Widths(vec![x.ncols(), 3, 1]);
    let usual = if x.ncols() == 2 { "binary_cross_entropy" } else { "mean_squared_error" };
    let name = match language {
        Language::En => format!("{name}: a {} network", shown(&widths)),
        Language::Zh => format!("{name}：{} 网络", shown(&widths)),
    };
    random_network(args, language, &widths, name, usual, |_, _| Ok((x, targets)))
}

/// A random network and a random batch.
fn of_widths(
    args: &args::Subject,
    language: Language,
    widths: &Widths,
) -> Result<Subject, Failure> {
    let name = match language {
        Language::En => format!("A {} network", shown(widths)),
        Language::Zh => format!("{} 网络", shown(widths)),
    };
    let rows = args.batch.unwrap_or(ROWS);
    random_network(args, language, widths, name, "mean_squared_error", |loss, outputs| {
        let mut random = Random::new(args.seed, Purpose::Data);
        // Short numbers can be read, and computed with by hand.
        let mut draw = || (random.normal::<f64>() * 10.0).round() / 10.0 + 0.0; // no −0
        let x = Array2::from_shape_simple_fn((rows, widths.0[0]), &mut draw);
        let columns = (1..=outputs).rev().find(|columns| loss.outputs(*columns) == Some(outputs));
        let targets = match loss.name() {
            "cross_entropy" => Array2::from_shape_fn((rows, 1), |(i, _)| (i % outputs) as f64),
            "binary_cross_entropy" => {
                Array2::from_shape_fn((rows, outputs), |(i, j)| ((i + j) % 2) as f64)
            }
            "poisson" => Array2::from_shape_fn((rows, outputs), |(i, j)| ((i + j) % 4) as f64),
            name => {
                let columns = columns.ok_or_else(|| {
                    Failure::Usage(format!(
                        "the loss {name} can not be computed for {}; choose another width at the end of --network",
                        text::count(outputs, "output")
                    ))
                })?;
                Array2::from_shape_simple_fn((rows, columns), &mut draw)
            }
        };
        Ok((x, targets))
    })
}

fn random_network(
    args: &args::Subject,
    language: Language,
    widths: &Widths,
    name: String,
    usual_loss: &str,
    batch: impl FnOnce(&dyn Loss<f64>, usize) -> Result<(Array2<f64>, Array2<f64>), Failure>,
) -> Result<Subject, Failure> {
    let Widths(widths) = widths;
    let (inputs, outputs) = (widths[0], widths[widths.len() - 1]);
    let architecture = Architecture {
        hidden: widths[1..widths.len() - 1].to_vec(),
        activation: args.activation.clone(),
        dropout: 0.0,
    };
    let network = architecture.build::<f64>(inputs, outputs, args.seed)?;
    let loss = args.loss.as_deref().unwrap_or(usual_loss);
    let loss = table::loss(loss)
        .ok_or_else(|| Failure::Usage(format!("there is no loss {loss}; see --help")))?;
    let (x, targets) = batch(&*loss, outputs)?;
    check(&*loss, &targets, outputs)?;
    let notes = vec![match language {
        Language::En => format!("Random weights of the seed {}.", args.seed),
        Language::Zh => format!("随机权重，种子为 {}。", args.seed),
    }];
    let named = |letter: &str, count: usize| (1..=count).map(|i| format!("{letter}{i}")).collect();
    Ok(Subject {
        name,
        notes,
        inputs: named("x", inputs),
        outputs: named("y", outputs),
        rows: (1..=x.nrows()).map(|row| row.to_string()).collect(),
        network,
        x,
        targets,
        loss,
    })
}

/// Fails if the loss can not be computed, or if there is nothing to learn by it.
fn check(loss: &dyn Loss<f64>, targets: &Array2<f64>, outputs: usize) -> Result<(), Failure> {
    let unfit = |reason: String| {
        let name = loss.name();
        Err(Failure::Usage(format!(
            "the loss {name} does not fit: {reason}; choose another --loss"
        )))
    };
    if loss.name() == "cross_entropy" && outputs == 1 {
        return unfit(
            "with one output there is one class; binary_cross_entropy is for two".to_owned(),
        );
    }
    match loss.outputs(targets.ncols()) {
        Some(expected) if expected != outputs => {
            let (needed, there) = (text::count(expected, "output"), text::count(outputs, "output"));
            return unfit(format!("it needs {needed}, and the network has {there}"));
        }
        _ => {}
    }
    for target in targets.outer_iter() {
        if let Err(reason) = loss.check_target(&target.to_vec(), outputs) {
            return unfit(format!("of a target, {reason}"));
        }
    }
    Ok(())
}

fn shown(widths: &Widths) -> String {
    widths.0.iter().map(usize::to_string).collect::<Vec<_>>().join("-")
}
