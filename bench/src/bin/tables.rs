//! What `fit` does with public tables: for each of the published splits the defaults and each solver, trained on the training
//! rows alone and scored on the test rows. The rule of `--solver auto` rests on it.
//!
//! usage: CHAINRULE_DATA=FOLDER tables [SET,...] [SPLITS]
//!
//! FOLDER has data/uci-regression-pbp/SET with data.txt, index_features.txt, index_target.txt, index_train_0.txt, …

use anyhow::{Context, Result};
use chainrule_tabular::{Score, Settings, Table, fit};
use std::{path::Path, time::Instant};

/// A name, and the settings that differ from the defaults.
type Contestant = (&'static str, fn(Settings) -> Settings);

const CONTESTANTS: [Contestant; 8] = [
    ("defaults", |settings| settings),
    ("--solver bayes --restarts 1", |settings| Settings {
        solver: "bayesian_regularization".into(),
        restarts: Some(1),
        ..settings
    }),
    ("--solver bayes --hidden 20", |settings| Settings {
        solver: "bayesian_regularization".into(),
        ..settings
    }),
    ("--solver lm --hidden 20", |settings| Settings {
        solver: "levenberg_marquardt".into(),
        ..settings
    }),
    ("--solver lbfgs --hidden 20 --restarts 4", |settings| Settings {
        solver: "lbfgs".into(),
        restarts: Some(4),
        ..settings
    }),
    ("--solver scg --hidden 20 --restarts 4", |settings| Settings {
        solver: "scaled_conjugate_gradient".into(),
        restarts: Some(4),
        ..settings
    }),
    ("--solver lbfgs --hidden 64,64 --activation silu", |settings| Settings {
        solver: "lbfgs".into(),
        hidden: Some(vec![64, 64]),
        activation: Some("silu".into()),
        ..settings
    }),
    ("--solver adam (--hidden 64,64 --activation silu)", |settings| Settings {
        solver: "adam".into(),
        ..settings
    }),
];

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let sets = arguments.next().unwrap_or("yacht,energy,bostonHousing,concrete,power-plant".into());
    let splits: usize = arguments.next().map_or(Ok(20), |count| count.parse())?;
    let folder = std::env::var("CHAINRULE_DATA").context("CHAINRULE_DATA names no folder")?;
    println!("| set | settings | RMSE on the test rows | standard error | seconds per split |");
    println!("|---|---|---|---|---|");
    for set in sets.split(',') {
        let folder = Path::new(&folder).join("data/uci-regression-pbp").join(set);
        for (name, choose) in CONTESTANTS {
            let (mut errors, mut seconds) = (Vec::new(), 0.0);
            for split in 0..splits {
                let (training, test, target) = tables(&folder, split)?;
                let settings =
                    Settings { seed: split as u64, threads: 2, ..Settings::new([&target]) };
                let started = Instant::now();
                let fit = fit(&training, &choose(settings), &mut ())?;
                seconds += started.elapsed().as_secs_f64();
                let prediction = fit.model.predict(&test)?.table;
                errors.push(Score::new(prediction.column(&target)?, test.column(&target)?)?.rmse);
            }
            let n = splits as f64;
            let mean = errors.iter().sum::<f64>() / n;
            let variance = errors.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / n;
            let seconds = seconds / n;
            println!(
                "| {set} | `{name}` | {mean:.3} | {:.3} | {seconds:.2} |",
                (variance / n).sqrt()
            );
        }
    }
    Ok(())
}

/// The training and the test rows of a split, and the name of the target.
fn tables(folder: &Path, split: usize) -> Result<(Table, Table, String)> {
    let rows = numbers(&folder.join("data.txt"))?;
    let columns = |file: &str| -> Result<Vec<usize>> {
        Ok(numbers(&folder.join(file))?.concat().into_iter().map(|v| v as usize).collect())
    };
    let (features, target) = (columns("index_features.txt")?, columns("index_target.txt")?[0]);
    let table = |file: String| -> Result<Table> {
        let chosen = columns(&file)?;
        let column = |j: usize| chosen.iter().map(|&i| rows[i][j]).collect::<Vec<f64>>();
        let all = features.iter().chain([&target]);
        Ok(Table::new(all.map(|&j| (format!("column {j}"), column(j))).collect())?)
    };
    Ok((
        table(format!("index_train_{split}.txt"))?,
        table(format!("index_test_{split}.txt"))?,
        format!("column {target}"),
    ))
}

fn numbers(path: &Path) -> Result<Vec<Vec<f64>>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| line.split_whitespace().map(|word| Ok(word.parse()?)).collect()).collect()
}
