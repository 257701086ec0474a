//! Intervals hold the truth as often as promised, whatever the noise looks like.

use crate::tables::{fitted, numbers, random, table};
use chainrule::random::Random;
use chainrule_tabular::{Settings, Table, Task, Validation};

/// y = sin(3x) and noise.
fn noisy(rows: usize, seed: u64, noise: fn(&mut Random, f64) -> f64) -> Table {
    let mut random = random(seed);
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for _ in 0..rows {
        let at: f64 = random.uniform(-1.0, 1.0);
        x.push(at);
        y.push((3.0 * at).sin() + noise(&mut random, at));
    }
    table(vec![("x", numbers(x)), ("y", numbers(y))])
}

/// The part of new rows whose truth lies in the interval, over several tables.
fn coverage(settings: &Settings, noise: fn(&mut Random, f64) -> f64) -> f64 {
    let (tables, rows) = (4, 2000);
    let mut inside = 0;
    for seed in 0..tables {
        let settings = Settings { seed, ..settings.clone() };
        let model = fitted(&noisy(800, 100 + seed, noise), &settings).model;
        let new = noisy(rows, 200 + seed, noise);
        let prediction = model.predict_within(&new, Some(settings.level)).unwrap().table;
        let [low, high] = ["y low", "y high"].map(|name| prediction.numbers(name).unwrap());
        let truth = new.numbers("y").unwrap();
        inside += (0..rows).filter(|&i| low[i] <= truth[i] && truth[i] <= high[i]).count();
    }
    inside as f64 / (tables as usize * rows) as f64
}

/// Noise of some kind at a place.
type Noise = fn(&mut Random, f64) -> f64;

/// Several kinds, each about as large.
const KINDS: [(&str, Noise); 5] = [
    ("normal", |random, _| 0.3 * random.normal::<f64>()),
    ("uniform", |random, _| random.uniform(-0.5, 0.5)),
    // Mostly small, sometimes very large.
    ("heavy", |random, _| 0.1 * random.normal::<f64>() / random.uniform(0.05f64, 1.0)),
    ("skewed", |random, _| -0.3 * random.uniform(1e-9f64, 1.0).ln()),
    ("growing", |random, x| 0.3 * (1.1 + x) * random.normal::<f64>()),
];

fn quick(task: Task, level: f64) -> Settings {
    Settings {
        task: Some(task),
        solver: "adam".to_owned(),
        hidden: Some(vec![12]),
        epochs: Some(120),
        batch_size: Some(64),
        validation: Some(Validation::Folds(4)),
        test: Some(0.0),
        level,
        ..Settings::new(["y"])
    }
}

/// Of several folds, intervals are a little wider than needed, as each network saw fewer rows than there are.
#[test]
fn intervals_hold_the_truth_as_often_as_promised() {
    let mut wrong = Vec::new();
    for (name, noise) in KINDS {
        for (task, level) in [
            (Task::Regression, 0.9),
            (Task::Regression, 0.7),
            (Task::Gaussian, 0.9),
            (Task::Quantiles(vec![0.1, 0.5, 0.9]), 0.8),
        ] {
            let found = coverage(&quick(task.clone(), level), noise);
            if (found - level).abs() >= 0.03 {
                wrong.push(format!("{name} {task:?}: {found} instead of {level}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// With the method that small tables get by itself.
#[test]
fn intervals_of_the_default_hold_the_truth() {
    let settings = Settings {
        hidden: Some(vec![6]),
        epochs: Some(40),
        restarts: Some(1),
        ..Settings::new(["y"])
    };
    let found = coverage(&settings, KINDS[0].1);
    assert!((found - 0.9).abs() < 0.03, "{found}");
}
