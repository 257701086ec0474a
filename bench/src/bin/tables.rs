//! What `fit` does with public tables: for each of the published splits, trained on the training rows alone and scored on
//! the test rows.
//!
//! usage: CHAINRULE_DATA=FOLDER tables [SET,...] [SPLITS] [CONTESTANT,...]
//!
//! FOLDER has data/uci-regression-pbp/SET with data.txt, index_features.txt, index_target.txt, index_train_0.txt, …

use anyhow::{Context, Result};
use chainrule_tabular::{Measures, Preparation, Settings, Table};
use std::{path::Path, time::Instant};

/// A name, and the settings that differ from the defaults.
type Contestant = (&'static str, fn(Settings) -> Settings);

const CONTESTANTS: [Contestant; 5] = [
    ("defaults", |settings| settings),
    ("relu50", |settings| Settings {
        hidden: Some(vec![50]),
        activation: Some("relu".into()),
        ..settings
    }),
    ("bayes", |settings| Settings { solver: "bayesian_regularization".into(), ..settings }),
    ("lm", |settings| Settings { solver: "levenberg_marquardt".into(), ..settings }),
    ("adam", |settings| Settings { solver: "adam".into(), ..settings }),
];

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let sets = arguments.next().unwrap_or("yacht,energy,bostonHousing,concrete,power-plant".into());
    let splits: usize = arguments.next().map_or(Ok(20), |count| count.parse())?;
    let chosen = arguments.next().unwrap_or("defaults,relu50".into());
    let chosen: Vec<&str> = chosen.split(',').collect();
    let folder = std::env::var("CHAINRULE_DATA").context("CHAINRULE_DATA names no folder")?;
    println!(
        "| set | settings | RMSE on the test rows | standard error | coverage of 90 % | seconds per split |"
    );
    println!("|---|---|---|---|---|---|");
    for set in sets.split(',') {
        let folder = Path::new(&folder).join("data/uci-regression-pbp").join(set);
        for (name, choose) in CONTESTANTS.iter().filter(|(name, _)| chosen.contains(name)) {
            let (mut errors, mut covered, mut rows, mut seconds) = (Vec::new(), 0.0, 0.0, 0.0);
            for split in 0..splits {
                let (training, test, target) = tables(&folder, split)?;
                let settings =
                    Settings { seed: split as u64, threads: 2, ..Settings::new([&target]) };
                let settings = choose(settings);
                let started = Instant::now();
                let fit = Preparation::new(&training, Some(&test), &settings)?.run(&mut ())?;
                seconds += started.elapsed().as_secs_f64();
                let evaluation = &fit.evaluation.targets[0];
                if let Measures::Numbers { score, .. } = &evaluation.measures {
                    errors.push(score.rmse);
                }
                if let Some(coverage) = &evaluation.intervals {
                    covered += coverage.quality.coverage * test.rows() as f64;
                    rows += test.rows() as f64;
                }
            }
            let n = splits as f64;
            let mean = errors.iter().sum::<f64>() / n;
            let variance = errors.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / n;
            let (seconds, coverage) = (seconds / n, 100.0 * covered / rows);
            println!(
                "| {set} | `{name}` | {mean:.3} | {:.3} | {coverage:.1} % | {seconds:.2} |",
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
