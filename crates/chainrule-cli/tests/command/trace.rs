//! `chainrule trace`.

use crate::place::Place;

#[test]
fn a_random_network_is_traced() {
    let place = Place::new();
    let line = "trace --network 2-3-1 --activation sigmoid --steps 2";
    let ran = place.run(line).exits(0);
    ran.shows("z = xW + b  [4 × 3]").shows("δ = da ⊙ σ′(z)").shows("m̂ = m / (1 − β₁ᵗ)");
    let again = place.run(line).exits(0);
    let other = place.run(&format!("{line} --seed 7")).exits(0);
    assert!(again.stdout == place.run(line).stdout && again.stdout != other.stdout);

    let object = place.run(&format!("{line} --json")).exits(0).object();
    assert_eq!((&object["format"], &object["version"]), (&"chainrule.trace".into(), &1.into()));
    assert_eq!(object["steps"].as_array().unwrap().len(), 2);
    assert_eq!(object["gradients"]["dense_1.w"].as_array().unwrap().len(), 2);
    let deviation = &object["steps"][0]["layers"][0]["backward"]["dz"]["deviation"];
    assert!(deviation.as_f64().unwrap() < 1e-8);
}

#[test]
fn demos_and_losses_are_traced() {
    let place = Place::new();
    place.run("trace --demo xor --lang zh").exits(0).shows("反向传播").shows("xor：");
    for problem in ["sine", "polynomial", "spiral", "moons"] {
        place.run(&format!("trace --demo {problem}")).exits(0).shows("Backward");
    }
    for (widths, loss) in
        [("4-8-8-2", "cross_entropy"), ("3-4-2", "gaussian"), ("2-3-3", "quantile")]
    {
        let line = format!("trace --network {widths} --activation relu --loss {loss}");
        place.run(&line).exits(0).shows("dy = ∂L/∂y");
    }
    place.run("trace --network 2-3-1 --no-differences --optimizer sgd").exits(0);
    place.run("trace --network 2-3-1 --optimizer lion").exits(0).shows("m ← β₂m + (1 − β₂)g");
    let relu = "trace --network 2-4-1 --activation relu --batch 2 --optimizer sgd";
    assert!(!place.run(relu).exits(0).stdout.contains("-0.000000 "), "a zero has no sign");
    let one = place.run("trace --demo sine --batch 1 --json").exits(0).object();
    assert_eq!(one["batch"]["x"].as_array().unwrap().len(), 1);
}

#[test]
fn a_page_has_formulas() {
    let place = Place::new();
    place.run("trace --demo xor --html xor.html").exits(0).shows("xor.html");
    let html = place.read("xor.html");
    assert!(html.contains("<html lang=\"en\">") && html.contains("<math display=\"block\">"));
    assert!(html.contains("class=\"chart\""), "the network is drawn");
    place.run("trace --demo xor --html no/folder.html").exits(1).says("no folder");
}

#[test]
fn rows_of_a_table_go_through_a_model() {
    let place = Place::new();
    place.model();
    let line = "trace data.safetensors --data data.csv";
    let ran = place.run(&format!("{line} --row 3")).exits(0);
    ran.shows("Network 1 of 3").shows("counted from 1: 3");
    let object =
        place.run(&format!("{line} --row 2-4 --row 9 --member 2 --json")).exits(0).object();
    assert_eq!(object["batch"]["rows"], serde_json::json!(["2", "3", "4", "9"]));
    assert_eq!(object["batch"]["input_names"], serde_json::json!(["x1", "x2"]));
    assert_eq!(object["mode"], "prediction");
    place.classifier();
    let line = "trace kinds.safetensors --data kinds.csv --row 5";
    place.run(line).exits(0).shows("binary_cross_entropy").shows("p, the probabilities");
}

#[test]
fn what_is_wrong_is_told() {
    let place = Place::new();
    place.model();
    place.write("short.csv", "x1,y\n1,2\n");
    place.write("gap.csv", "x1,x2,y\n1,2,\n");
    place.write("hole.csv", "x1,x2,y\n,2,3\n1,2,3\n");
    let line = "trace data.safetensors --data data.csv";
    place
        .run(&format!("{line} --row 226"))
        .exits(3)
        .says("no row 226 in data.csv, which has 225 rows");
    place.run(&format!("{line} --row 0")).exits(2).says("a row from 1");
    place.run(&format!("{line} --member 9")).exits(2).says("the model has 3 networks");
    place.run("trace data.safetensors --data short.csv").exits(3).says("the column \"x2\"");
    place.run("trace data.safetensors --data gap.csv").exits(3).says("no value of \"y\"");
    place.run("trace data.safetensors --data no.csv").exits(3).says("there is no file no.csv");
    place.run("trace data.safetensors").exits(2).says("--data");
    place.run("trace").exits(2).says("no network to look at");
    place.run("trace --network 2-x-1").exits(2).says("two or more widths");
    place.run("trace --network 3").exits(2).says("such as 2-3-1");
    place.run("trace --demo circle").exits(2).says("xor");
    place.run("trace --network 2-3-1 --loss gaussian").exits(2).says("another width");
    place.run("trace --network 2-3-1 --loss cross_entropy").exits(2).says("binary_cross_entropy");
    place.run("trace --demo sine --loss gaussian").exits(2).says("it needs 2 outputs");
    place.run("trace --demo sine --loss poisson").exits(2).says("choose another --loss");
    let hole = place.run("trace data.safetensors --data hole.csv --row 1-2").exits(0);
    hole.shows("x1 is missing in 1 row, which it never was in training; its median was taken");
    let same = format!("{line} --html data.csv");
    place.run(&same).exits(2).says("is a file that is read");
    let object = place.run(&format!("{line} --row 226 --json")).exits(3).object();
    assert_eq!(object["error"]["kind"], "data");
}
