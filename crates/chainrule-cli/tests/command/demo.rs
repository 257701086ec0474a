//! `chainrule demo`.

use crate::place::{Place, is_there, number_after};
use std::fs;

#[test]
fn demo_sine_prints_the_losses_and_writes_chart_and_model() {
    let place = Place::new();
    let ran = place.run("demo sine --epochs 301 --out pictures").exits(0);
    let losses: Vec<&str> = ran.stdout.lines().filter(|line| line.starts_with("Epoch ")).collect();
    assert_eq!(losses.len(), 4, "{ran:#?}");
    assert!(losses[3].starts_with("Epoch 300, Loss: 0."), "{ran:#?}");
    assert!(fs::read_to_string(place.path("pictures/sine.svg")).unwrap().contains("<svg"));
    assert!(fs::read(place.path("pictures/sine.png")).unwrap().starts_with(b"\x89PNG"));

    place.write("new.csv", "x\n0.5\n-3\n");
    let predicted = place.run("predict pictures/sine.safetensors new.csv").exits(0);
    assert_eq!(predicted.stdout.lines().count(), 3, "{predicted:#?}");
    assert!(predicted.stdout.starts_with("y\n"), "{predicted:#?}");
}

#[test]
fn demo_as_lesson_prints_the_lessons_numbers() {
    let place = Place::new();
    // The script prints 129.93941769420263 and 0.4413684630624004.
    place
        .run("demo sine --as-lesson --epochs 101")
        .exits(0)
        .shows("Epoch 0, Loss: 129.9394176942\n")
        .shows("Epoch 100, Loss: 0.4413684631\n");
}

#[test]
fn demo_sine_learns_the_sine_whatever_the_seed() {
    let place = Place::new();
    let error = |seed| {
        let ran = place.run(&format!("demo sine --seed {seed}")).exits(0);
        number_after(&ran.stdout, "Mean squared error ")
    };
    let errors: Vec<f64> = (0..20).map(error).collect();
    let good = errors.iter().filter(|error| **error < 0.003).count();
    assert!(good >= 19, "{errors:?}");
}

#[test]
fn demo_as_lesson_ends_where_the_lesson_ends() {
    let ran = Place::new().run("demo sine --as-lesson").exits(0);
    let error = number_after(&ran.stdout, "Mean squared error ");
    assert!(error < 0.02, "{error}");
}

#[test]
fn every_demo_runs_in_both_precisions() {
    let place = Place::new();
    for problem in ["sine", "polynomial", "spiral", "moons", "xor"] {
        for precision in ["f32", "f64"] {
            let line = format!(
                "demo {problem} --epochs 30 --hidden 8 --activation prelu --optimizer nadam \
                 --noise 0.1 --learning-rate 0.02 --seed 3 --precision {precision} --out {precision}"
            );
            place.run(&line).exits(0).shows("Written: ");
            for ending in ["svg", "png", "safetensors"] {
                assert!(is_there(&place.path(&format!("{precision}/{problem}.{ending}"))));
            }
        }
    }
}

/// The lesson's curve by a solver: thousands of times as good as by Adam.
#[test]
fn demo_sine_by_a_solver() {
    let place = Place::new();
    let ran =
        place.run("demo sine --solver lm --hidden 20 --activation tanh --epochs 300").exits(0);
    assert!(number_after(&ran.stdout, "Mean squared error ") < 1e-9, "{ran:#?}");
    ran.shows(" iterations");
    place.run("demo moons --solver lbfgs --epochs 60").exits(0).shows("samples right");
}

#[test]
fn a_newcomer_is_told_what_to_do_next() {
    let place = Place::new();
    let ran = place.run("demo sine --epochs 30").exits(0);
    ran.shows("\nNext: chainrule predict out/sine.safetensors points.csv").shows("chainrule fit ");
    let ran = place.run("demo xor --epochs 30 --out pictures").exits(0);
    let next = ran.stdout.lines().find_map(|line| line.strip_prefix("Next: chainrule ")).unwrap();
    let command = next.split("  ").next().unwrap();
    assert!(next.contains("with the columns "), "{ran:#?}");
    let header = next.rsplit("columns ").next().unwrap().replace(", ", ",");
    place.write("points.csv", format!("{header}\n0.5,0.5\n"));
    place.run(command).exits(0);
}
