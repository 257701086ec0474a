//! Every kind of column, and cells that training did not have.

use crate::tables::{fitted, numbers, predicted, quick, table, told, words};
use chainrule_tabular::{Column, Encoding, Fit, Settings, Table, table::ColumnType};

const ROWS: usize = 240;

/// A column of each kind, and a target that depends on them.
fn motley() -> Table {
    let noise = |row: usize, of: usize| ((row * 7919 + of * 104_729) % 997) as f64 / 498.5 - 1.0;
    let depth = (0..ROWS).map(|i| if i % 9 == 4 { f64::NAN } else { noise(i, 1) });
    let soil: Vec<&str> = (0..ROWS)
        .map(|i| match i {
            100 => "peat",
            _ if i % 17 == 3 => "",
            _ => ["clay", "sand", "loam"][i % 3],
        })
        .collect();
    let well: Vec<String> = (0..ROWS).map(|i| format!("w{}", i * 7 % 40)).collect();
    let day: Vec<String> = (0..ROWS)
        .map(|i| format!("20{}-{:02}-{:02}", 20 + i / 120, 1 + i / 10 % 12, 1 + i % 28))
        .collect();
    let note: Vec<String> =
        (0..ROWS)
            .map(|i| {
                if i % 4 == 0 { String::new() } else { format!("saw {i} birds that day, and more") }
            })
            .collect();
    let open: Vec<&str> = (0..ROWS).map(|i| if i % 5 == 0 { "open" } else { "shut" }).collect();
    let y = (0..ROWS).map(|i| {
        let soil = (i % 3) as f64;
        noise(i, 1) + soil + (i * 7 % 40) as f64 / 20.0 + f64::from(u8::from(i % 5 == 0))
    });
    table(vec![
        ("id", numbers((0..ROWS).map(|i| i as f64 + 1.0))),
        ("depth", numbers(depth)),
        ("soil", words(&soil)),
        ("well", words(&well)),
        ("day", words(&day)),
        ("note", words(&note)),
        ("open", words(&open)),
        ("country", words(&["NL"; ROWS])),
        ("y", numbers(y)),
    ])
}

fn encoding<'a>(fit: &'a Fit, name: &str) -> &'a Encoding {
    &fit.model.inputs().iter().find(|input| input.name == name).unwrap().encoding
}

#[test]
fn each_column_becomes_what_suits_it() {
    let fit = fitted(&motley(), &quick(&["y"]));
    let read: Vec<&str> = fit.model.inputs().iter().map(|input| input.name.as_str()).collect();
    assert_eq!(read, ["depth", "soil", "well", "day", "note", "open"]);
    assert!(matches!(encoding(&fit, "depth"), Encoding::Number { indicator: true, .. }));
    match encoding(&fit, "soil") {
        Encoding::OneHot(levels) => {
            let mut known = levels.levels.clone();
            known.sort_unstable();
            assert_eq!(known, ["clay", "loam", "sand"]);
            assert!(levels.missing);
        }
        other => panic!("{other:?}"),
    }
    match encoding(&fit, "well") {
        // √40 is more than 6.
        Encoding::Embedding { levels, width: 7 } => assert_eq!(levels.levels.len(), 40),
        other => panic!("{other:?}"),
    }
    assert!(matches!(encoding(&fit, "day"), Encoding::Date(dates) if dates.cycles.len() == 2));
    assert!(matches!(encoding(&fit, "note"), Encoding::Presence));
    assert!(matches!(encoding(&fit, "open"), Encoding::OneHot(levels) if levels.codes() == 2));
    let told = told(&fit);
    for expected in [
        "1 identifier left out: \"id\"",
        "1 constant column left out: \"country\"",
        "1 column of free text left out: \"note\"",
        "gaps filled with the median: \"depth\"",
        "one feature for each category: \"soil\", \"open\"",
        "categories embedded: \"well\"",
        "dates taken apart: \"day\"",
    ] {
        assert!(told.contains(&expected), "{expected}: {told:?}");
    }
}

#[test]
fn what_training_did_not_have_is_counted() {
    let fit = fitted(&motley(), &quick(&["y"]));
    let depth = numbers([0.0, f64::NAN, 1.0]);
    let new = |soil: &[&str], well: &[&str], day: &[&str], open: &[&str]| {
        let note = words(&["", "a story", ""]);
        table(vec![
            ("open", words(open)),
            ("more", numbers([1.0, 2.0, 3.0])),
            ("depth", depth.clone()),
            ("note", note),
            ("day", words(day)),
            ("well", words(well)),
            ("soil", words(soil)),
        ])
    };
    let known = ["2020-03-01", "2021-12-31", "2020-02-29"];
    let table = new(&["clay", "", "sand"], &["w1", "w2", "w3"], &known, &["open", "shut", "open"]);
    let prediction = fit.model.predict(&table).unwrap();
    assert_eq!(prediction.ignored, ["more"]);
    assert!(prediction.filled.is_empty() && prediction.unseen.is_empty(), "{prediction:?}");

    let days = ["2020-03-01", "", "9999-12-31"];
    let table = new(&["clay", "moss", "sand"], &["w1", "", "w99"], &days, &["ajar", "", "open"]);
    let prediction = fit.model.predict(&table).unwrap();
    let filled = prediction.filled.iter().map(|(name, rows)| (name.as_str(), *rows));
    assert_eq!(filled.collect::<Vec<_>>(), [("day", 1)]);
    // Of the soil there were rare levels in training if the only row of peat was not kept for the scores.
    let unseen: Vec<(&str, usize)> = (prediction.unseen.iter())
        .map(|(name, rows)| (name.as_str(), *rows))
        .filter(|(name, _)| *name != "soil")
        .collect();
    assert_eq!(unseen, [("well", 2), ("open", 2)]);
    let y = prediction.table.numbers("y").unwrap();
    assert!(y.iter().all(|y| y.is_finite()), "{y:?}");
}

/// Numbers where training had words are other words, and words where it had numbers are told.
#[test]
fn columns_of_another_kind() {
    let data = motley();
    let fit = fitted(&data, &quick(&["y"]));
    let with = |name: &str, column: Column| {
        let columns = data.columns().map(|(other, own)| {
            (other.to_owned(), if other == name { column.clone() } else { own.clone() })
        });
        Table::of(columns.collect()).unwrap()
    };
    let unseen = fit.model.predict(&with("well", numbers((0..ROWS).map(|i| i as f64)))).unwrap();
    assert_eq!(unseen.unseen, [("well".to_owned(), ROWS)]);
    let error = fit.model.predict(&with("depth", words(&["deep"; ROWS]))).unwrap_err().to_string();
    assert_eq!(error, "column \"depth\" holds words, not numbers");
    let infinite = numbers((0..ROWS).map(|i| if i == 7 { f64::INFINITY } else { 0.0 }));
    let error = fit.model.predict(&with("depth", infinite)).unwrap_err().to_string();
    assert!(error.starts_with("column \"depth\", row 7 (counted from 0) is inf"), "{error}");
}

#[test]
fn types_can_be_asked_for() {
    let data = motley();
    let types = vec![
        ("id".to_owned(), ColumnType::Number),
        ("note".to_owned(), ColumnType::Identifier),
        ("well".to_owned(), ColumnType::Text),
    ];
    let fit = fitted(&data, &Settings { types, without: vec!["day".into()], ..quick(&["y"]) });
    let read: Vec<&str> = fit.model.inputs().iter().map(|input| input.name.as_str()).collect();
    assert_eq!(read, ["id", "depth", "soil", "open"]);
    let told = told(&fit);
    assert!(told.contains(&"1 identifier left out: \"note\""), "{told:?}");
    assert!(told.contains(&"1 column of free text left out: \"well\""), "{told:?}");
}

#[test]
fn the_order_of_columns_does_not_matter() {
    let data = motley();
    let model = fitted(&data, &quick(&["y"])).model;
    let mut columns: Vec<(String, Column)> =
        data.columns().map(|(name, column)| (name.to_owned(), column.clone())).collect();
    let expected = predicted(&model, &data, "y");
    for _ in 0..columns.len() {
        columns.rotate_left(1);
        assert_eq!(predicted(&model, &Table::of(columns.clone()).unwrap(), "y"), expected);
    }
    columns.reverse();
    columns.retain(|(name, _)| name != "y");
    assert_eq!(predicted(&model, &Table::of(columns).unwrap(), "y"), expected);
}

/// The same bits alone, in pairs, and among thousands.
#[test]
fn a_prediction_does_not_depend_on_the_other_rows() {
    let data = motley();
    let settings = Settings { restarts: Some(2), ..quick(&["y"]) };
    let model = fitted(&data, &settings).model;
    let of = |rows: &[usize]| {
        let table = data.select(rows).unwrap();
        let prediction = model.predict_within(&table, Some(0.9)).unwrap().table;
        let column = |name| prediction.numbers(name).unwrap().to_vec();
        [column("y"), column("y low"), column("y high")]
    };
    let whole = of(&(0..ROWS).collect::<Vec<_>>());
    let many: Vec<usize> = (0..9000).map(|i| i * 7 % ROWS).collect();
    let large = of(&many);
    for (place, row) in many.iter().enumerate() {
        for (large, whole) in large.iter().zip(&whole) {
            assert_eq!(large[place], whole[*row], "{row}");
        }
    }
    for row in 0..ROWS {
        let alone = of(&[row]);
        let pair = of(&[(row + 5) % ROWS, row]);
        for ((alone, pair), whole) in alone.iter().zip(&pair).zip(&whole) {
            assert_eq!((alone[0], pair[1]), (whole[row], whole[row]), "{row}");
        }
    }
}

/// Very large, very small and very skewed numbers are no reason for errors.
#[test]
fn scales_of_all_sizes() {
    for unit in [1e-300, 1e-30, 1.0, 1e30, 1e300] {
        let x = numbers((0..80).map(|i| f64::from(i) * unit));
        let skewed = numbers((0..80).map(|i| (f64::from(i * 13 % 80) / 8.0).exp() * unit));
        let y = numbers((0..80).map(|i| f64::from(i) * unit));
        let data = table(vec![("x", x), ("skewed", skewed), ("y", y)]);
        let fit = fitted(&data, &Settings { epochs: Some(150), ..quick(&["y"]) });
        let y = predicted(&fit.model, &data, "y");
        assert!((y[40] / unit - 40.0).abs() < 10.0, "{unit}: {}", y[40]);
    }
}
