//! `chainrule evaluate`.

use crate::place::Place;

#[test]
fn numbers_are_scored() {
    let place = Place::new();
    place.model();
    let ran = place.run("evaluate data.safetensors data.csv").exits(0);
    let ran = ran.shows("Scores on 225 rows\n").shows("RMSE").shows("Intervals for 90 %");
    let alias = place.run("eval data.safetensors data.csv").exits(0);
    assert_eq!(alias.stdout, ran.stdout);
    // In fewer rows, in another order, with another column, without some targets.
    place.write("new.csv", "y,name,x2,x1\n1,a,0,0.5\n,b,1,1\n-1,c,1,0\n0.5,d,0.5,0.5\n");
    let ran = place.run("evaluate data.safetensors new.csv --level 0.8").exits(0);
    ran.shows("Scores on 3 rows").shows("1 row left out").shows("Intervals for 80 %");
}

#[test]
fn classes_are_scored_one_by_one() {
    let place = Place::new();
    place.classifier();
    let ran = place.run("evaluate kinds.safetensors kinds.csv").exits(0);
    let ran = ran.shows("kind, each class").shows("precision").shows("true \\ predicted");
    assert_eq!(ran.stdout.lines().filter(|line| line.contains("inner")).count(), 3, "{ran:#?}");
    // An unknown class can not be scored, and is told.
    place.write("new.csv", "x1,x2,colour,kind\n0,0,red,inner\n1,1,red,outer\n1,1,red,odd\n");
    let ran = place.run("evaluate kinds.safetensors new.csv").exits(0);
    ran.shows("Scores on 2 rows").shows("1 row left out");
    place.write("odd.csv", "x1,x2,colour,kind\n1,1,red,odd\n");
    place.run("evaluate kinds.safetensors odd.csv").exits(3).says("nothing to compare with");
}

#[test]
fn groups_are_scored_by_themselves() {
    let place = Place::new();
    place.classifier();
    let ran = place.run("evaluate kinds.safetensors kinds.csv --by colour").exits(0);
    let ran = ran.shows("kind by colour");
    for colour in ["red", "green", "blue"] {
        assert!(ran.stdout.lines().any(|line| line.trim().starts_with(colour)), "{ran:#?}");
    }
    // Many numbers are cut into quarters.
    let ran = place.run("evaluate kinds.safetensors kinds.csv --by x1 --json").exits(0);
    let groups = ran.object()["groups"].as_array().unwrap().clone();
    assert_eq!(groups.len(), 4);
    assert!(groups[0]["group"].as_str().unwrap().starts_with("-1.3 to "));
    let rows = groups.iter().map(|group| group["evaluation"]["rows"].as_u64().unwrap());
    assert_eq!(rows.sum::<u64>(), 196);
    place.run("evaluate kinds.safetensors kinds.csv --by color").exits(3).says("\"colour\"");
}

#[test]
fn requirements_and_what_is_missing() {
    let place = Place::new();
    place.model();
    let line = "evaluate data.safetensors data.csv --quiet";
    let ran = place.run(&format!("{line} --require r2>0.5 --require coverage>0.5")).exits(0);
    assert!(ran.stdout.is_empty() && ran.stderr.is_empty(), "{ran:#?}");
    place.run(&format!("{line} --require rmse<1e-12")).exits(5).says("rmse<0.000000000001 is");
    let ran = place.run(&format!("{line} --require rmse<1e-12 --json")).exits(5);
    let object = ran.object();
    assert_eq!(object["error"]["kind"], "unmet");
    assert_eq!(object["evaluation"]["rows"], 225);
    place.run(&format!("{line} --require auc>1")).exits(2).says("there is no measure auc");
    place.write("new.csv", "x1,x2\n1,2\n");
    place.run("evaluate data.safetensors new.csv").exits(3).says("\"y\"");
    place.write("new.csv", "x1,y\n1,2\n");
    place.run("evaluate data.safetensors new.csv").exits(3).says("\"x2\"");
}
