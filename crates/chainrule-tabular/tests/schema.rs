//! What columns mean: the rules on tables made for them, and on tables from the world.

use chainrule_tabular::{
    Table, TableError,
    table::{Column, ColumnType, Reading, Schema},
};
use std::path::PathBuf;

fn numbers(values: impl IntoIterator<Item = f64>) -> Column {
    Column::numbers(values.into_iter().collect())
}

fn words<T: AsRef<str>>(cells: &[T]) -> Column {
    Column::words(cells.iter().map(|cell| Some(cell.as_ref()).filter(|cell| !cell.is_empty())))
}

/// The type of a column that stands behind two others, and why.
fn kind(name: &str, column: &Column) -> (ColumnType, String) {
    let others = (0..column.len()).map(|i| (i as f64).sin()).collect::<Vec<_>>();
    let columns = vec![
        ("a".to_owned(), Column::numbers(others.clone())),
        ("b".to_owned(), Column::numbers(others)),
        (name.to_owned(), column.clone()),
    ];
    let schema = Schema::of(&Table::of(columns).unwrap(), &[]).unwrap();
    let profile = schema.profile(name).unwrap();
    (profile.kind, profile.note.clone().unwrap_or_default())
}

#[test]
fn columns_of_numbers() {
    use ColumnType::{Boolean, Category, Constant, Identifier, Integer, Number};
    let (count, gap) = ((0..100).map(f64::from), f64::NAN);
    let few = |n: u32, rows: u32| numbers((0..rows).map(|i| f64::from(i % n)));
    for (name, column, expected) in [
        ("v", numbers([gap; 5]), Constant),
        ("v", numbers([3.0; 5]), Constant),
        ("v", numbers([3.0, gap, 3.0]), Category),
        ("v", numbers([0.0, 1.0, gap]), Boolean),
        ("v", numbers([-0.0, 0.0, 1.5]), Boolean),
        ("v", numbers([0.0, 1.0, 2.0]), Number),
        ("v", few(9, 100), Integer),
        ("v", few(10, 100), Number),
        ("v", few(20, 1000), Integer),
        ("v", few(21, 1000), Number),
        ("v", numbers((0..100).map(|i| f64::from(i % 3) / 2.0)), Number),
        // It counts, but it is not the first column.
        ("v", numbers(count.clone()), Number),
        ("PassengerId", numbers(count.clone()), Identifier),
        ("id", numbers(count.clone().map(|v| 7.0 * v)), Identifier),
        ("id", numbers(count.clone().map(|v| v / 2.0)), Number),
        ("id", numbers(count.clone().map(|v| if v == 50.0 { gap } else { v })), Number),
        ("id", numbers(count.clone().map(|v| if v == 50.0 { 0.0 } else { v })), Number),
        ("id", numbers(count.clone().take(19)), Number),
        ("humid", numbers(count), Number),
    ] {
        assert_eq!(kind(name, &column).0, expected, "{name}: {column:?}");
    }
}

#[test]
fn columns_of_words() {
    use ColumnType::{Boolean, Category, Constant, Date, Identifier, Number, Text};
    let different = |n: usize| (0..n).map(|i| format!("w{i}")).collect::<Vec<_>>();
    let repeated = |n: usize, times: usize| vec![different(n); times].concat();
    let with_blanks: Vec<_> = different(30).iter().map(|word| format!("the {word}")).collect();
    for (name, column, expected) in [
        ("v", words(&["", "", ""]), Constant),
        ("v", words(&["a", "a"]), Constant),
        ("v", words(&["a", ""]), Category),
        ("v", words(&["a", "b", ""]), Boolean),
        ("v", words(&["a", "b", "c", "a"]), Category),
        ("v", words(&["a", "b", "c", "d"]), Text),
        ("v", words(&repeated(1000, 2)), Category),
        ("v", words(&repeated(1001, 2)), Text),
        ("v", words(&different(20)), Identifier),
        ("v", words(&different(19)), Text),
        ("v", words(&with_blanks), Text),
        ("v", words(&[different(30), different(20)].concat()), Text),
        ("Individual ID", words(&[different(30), different(20)].concat()), Identifier),
        ("v", words(&["2020-02-29", "2021-01-01"]), Date),
        ("v", words(&["2020-02-29", "", "2021-01-01T12:00Z"]), Date),
        ("v", words(&["2020-02-29", "2021-02-29", "2021-02-29"]), Boolean),
        // Handed over as words, they are meant as words.
        ("v", words(&["1", "2", "3", "1"]), Category),
    ] {
        assert_eq!(kind(name, &column).0, expected, "{name}: {column:?}");
    }
    assert_eq!(
        kind("v", &words(&["03/04/2020", "05/06/2020"])).1,
        "day and month could be the other way round; they are read as MM/DD/YYYY"
    );
    let text = |cell: &str| format!("x,v\n{}7,{cell}\n", "0,2.5\n1,3\n".repeat(10));
    for (cell, kind, flaw) in [
        ("abc", Number, "t.csv, line 22: \"abc\" in column \"v\" is not a number"),
        ("\"2,5\"", Number, "t.csv, line 22: \"2,5\" in column \"v\" has a comma"),
        ("inf", Number, "t.csv, line 22: \"inf\" in column \"v\" is not a finite number"),
        ("NA", Boolean, ""),
    ] {
        let table = Table::read_csv(text(cell).as_bytes(), "t.csv").unwrap();
        let schema = Schema::of(&table, &[]).unwrap();
        let profile = schema.profile("v").unwrap();
        assert_eq!(profile.kind, kind, "{cell}");
        let found = profile.flaw.as_ref().map(ToString::to_string).unwrap_or_default();
        assert!(found.starts_with(flaw) && flaw.is_empty() == found.is_empty(), "{found}");
        let said = [("v".to_owned(), ColumnType::Category)];
        let schema = Schema::of(&table, &said).unwrap();
        let profile = schema.profile("v").unwrap();
        assert_eq!((profile.kind, &profile.flaw), (ColumnType::Category, &None));
    }
    // A decimal comma everywhere is one, too.
    let table = Table::read_csv(b"x;v\n1;1,5\n2;2,5\n3;NA\n", "t.csv").unwrap();
    let schema = Schema::of(&table, &[]).unwrap();
    assert!(matches!(schema.profile("v").unwrap().flaw, Some(TableError::DecimalComma { .. })));
}

#[test]
fn a_count_of_the_rows() {
    let count = |from: u32| numbers((from..from + 50).map(f64::from));
    let other = || numbers((0..50).map(|i| f64::from(i).cos()));
    let kinds = |columns: &[(&str, Column)]| {
        let columns = columns.iter().map(|(name, column)| ((*name).to_owned(), column.clone()));
        let schema = Schema::of(&Table::of(columns.collect()).unwrap(), &[]).unwrap();
        schema.profiles().iter().map(|profile| profile.kind.name()).collect::<Vec<_>>()
    };
    let two = [("u", other()), ("v", other())];
    let after = |name: &'static str, first: Column| [&[(name, first)], &two[..]].concat();
    assert_eq!(kinds(&after("Order", count(1))), ["identifier", "number", "number"]);
    assert_eq!(kinds(&after("Order", count(0))), ["identifier", "number", "number"]);
    assert_eq!(kinds(&after("Order", count(2))), ["number", "number", "number"]);
    assert_eq!(kinds(&after("day", count(1))), ["number", "number", "number"]);
    // The only input is none.
    assert_eq!(kinds(&[("Order", count(1)), ("v", other())]), ["number", "number"]);
    let constant = ("c", numbers([1.0; 50]));
    let columns = [("id", count(1)), constant, ("v", other())];
    assert_eq!(kinds(&columns), ["number", "constant", "number"]);
    let table = Table::of(after("Order", count(1)).map_names()).unwrap();
    let schema = Schema::of(&table, &[]).unwrap().for_targets(&["u".to_owned(), "v".to_owned()]);
    assert_eq!(schema.profile("Order").unwrap().kind, ColumnType::Number);
    let schema = Schema::of(&table, &[]).unwrap().for_targets(&["u".to_owned()]);
    assert_eq!(schema.profile("Order").unwrap().kind, ColumnType::Identifier);
}

trait MapNames {
    fn map_names(self) -> Vec<(String, Column)>;
}

impl MapNames for Vec<(&str, Column)> {
    fn map_names(self) -> Vec<(String, Column)> {
        self.into_iter().map(|(name, column)| (name.to_owned(), column)).collect()
    }
}

#[test]
fn what_columns_are_said_to_be() {
    let text = b"x,word,date\n1,a,2020-01-01\n2,7,2020-31-01\n2.5,c,2020-01-03\n3,c,2020-01-04\n";
    let table = Table::read_csv(text, "t.csv").unwrap();
    let schema = |name: &str, kind| Schema::of(&table, &[(name.to_owned(), kind)]);
    for (name, kind, expected) in [
        ("word", ColumnType::Number, "t.csv, line 2: \"a\" in column \"word\" is not a number"),
        ("word", ColumnType::Boolean, "column \"word\" can not be taken for boolean: it has more"),
        ("word", ColumnType::Date, "column \"word\" can not be taken for date: \"a\" is no date"),
        ("date", ColumnType::Date, "column \"date\" can not be taken for date: \"2020-31-01\" is"),
        ("x", ColumnType::Date, "column \"x\" can not be taken for date: it holds numbers"),
        ("x", ColumnType::Integer, "column \"x\" can not be taken for integer: 2.5 is no whole"),
        ("wrod", ColumnType::Text, "there is no column \"wrod\"; did you mean \"word\"?"),
    ] {
        let error = schema(name, kind).expect_err(expected).to_string();
        assert!(error.starts_with(expected), "{error}\n{expected}");
    }
    for kind in ColumnType::ALL {
        let _ = schema("x", kind).map_err(|error| error.to_string());
    }
    let said = [("x".to_owned(), ColumnType::Text), ("x".to_owned(), ColumnType::Category)];
    let schema = Schema::of(&table, &said).unwrap();
    assert_eq!(schema.profile("x").unwrap().kind, ColumnType::Category);
    let json = serde_json::to_value(&schema).unwrap();
    assert_eq!(json["rows"], 4);
    assert_eq!(json["columns"][0]["kind"], "category");
    assert_eq!(json["columns"][0]["numeric"]["max"], 3.0);
}

/// The table of this file, unless there is no folder with data.
fn real(path: &str) -> Option<Table> {
    let Some(folder) = std::env::var_os("CHAINRULE_DATA") else {
        println!("SKIPPED: set CHAINRULE_DATA to the folder with data/{path}");
        return None;
    };
    let path = PathBuf::from(folder).join("data").join(path);
    Some(Table::open_as(&path, &Reading::default()).unwrap_or_else(|error| panic!("{error}")))
}

fn check(path: &str, expected: &[(ColumnType, &str)]) {
    let Some(table) = real(path) else { return };
    let schema = Schema::of(&table, &[]).unwrap();
    let mut found: Vec<(&str, ColumnType)> =
        schema.profiles().iter().map(|profile| (profile.name.as_str(), profile.kind)).collect();
    let mut wanted: Vec<(&str, ColumnType)> = expected
        .iter()
        .flat_map(|(kind, names)| names.split(", ").map(move |name| (name, *kind)))
        .collect();
    found.sort_unstable_by_key(|(name, _)| *name);
    wanted.sort_unstable_by_key(|(name, _)| *name);
    assert_eq!(found, wanted, "{path}");
    assert!(schema.profiles().iter().all(|profile| profile.flaw.is_none()), "{path}");
}

#[test]
fn tables_from_the_world() {
    use ColumnType::{Boolean, Category, Constant, Date, Identifier, Integer, Number, Text};
    check(
        "titanic/titanic-kaggle-train.csv",
        &[
            (Identifier, "PassengerId"),
            (Boolean, "Survived, Sex"),
            (Integer, "Pclass, SibSp, Parch"),
            (Number, "Age, Fare"),
            (Text, "Name, Ticket, Cabin"),
            (Category, "Embarked"),
        ],
    );
    check(
        "titanic/titanic-seaborn.csv",
        &[
            (Boolean, "survived, sex, adult_male, alive, alone"),
            (Integer, "pclass, sibsp, parch"),
            (Number, "age, fare"),
            (Category, "embarked, class, who, deck, embark_town"),
        ],
    );
    check(
        "penguins/penguins_raw.csv",
        &[
            (Category, "studyName, Species, Island, Comments"),
            (Number, "Sample Number, Culmen Length (mm), Culmen Depth (mm)"),
            (Number, "Flipper Length (mm), Body Mass (g), Delta 15 N (o/oo), Delta 13 C (o/oo)"),
            (Constant, "Region, Stage"),
            (Identifier, "Individual ID"),
            (Boolean, "Clutch Completion, Sex"),
            (Date, "Date Egg"),
        ],
    );
    check(
        "penguins/penguins.csv",
        &[
            (Category, "species, island"),
            (Number, "bill_length_mm, bill_depth_mm, flipper_length_mm, body_mass_g"),
            (Boolean, "sex"),
            (Integer, "year"),
        ],
    );
    check(
        "auto-mpg/mpg.csv",
        &[
            (Number, "mpg, displacement, horsepower, weight, acceleration"),
            (Integer, "cylinders, model_year"),
            (Category, "origin"),
            (Text, "name"),
        ],
    );
    check(
        "california-housing/housing.csv",
        &[
            (Number, "longitude, latitude, housing_median_age, total_rooms, total_bedrooms"),
            (Number, "population, households, median_income, median_house_value"),
            (Category, "ocean_proximity"),
        ],
    );
    let Some(ames) = real("ames-housing/AmesHousing.txt") else { return };
    let schema = Schema::of(&ames, &[]).unwrap();
    for (kind, names) in [
        (Identifier, "Order, PID"),
        (Boolean, "Street, Alley, Central Air"),
        (Category, "MS Zoning, Neighborhood, Exter Qual, Garage Type, Pool QC, Sale Condition"),
        (Integer, "MS SubClass, Overall Qual, Full Bath, Garage Cars, Mo Sold, Yr Sold"),
        (Number, "Lot Frontage, Lot Area, Year Built, Garage Yr Blt, Gr Liv Area, SalePrice"),
    ] {
        for name in names.split(", ") {
            assert_eq!(schema.profile(name).unwrap().kind, kind, "{name}");
        }
    }
}

proptest::proptest! {
    /// Whatever the columns are said to be.
    #[test]
    fn every_table_has_a_schema_and_a_diagnosis(text in "[ab01259.,;|\t \"\n:/é-]{0,80}") {
        let Ok(table) = Table::read_csv(text.as_bytes(), "t") else { return Ok(()) };
        let schema = Schema::of(&table, &[]).unwrap();
        for target in table.names().map(Some).chain([None]) {
            let diagnosis = chainrule_tabular::table::Diagnosis::of(&table, &schema, target).unwrap();
            serde_json::to_string(&diagnosis).unwrap();
        }
        for profile in schema.profiles() {
            proptest::prop_assert!(profile.missing + profile.distinct <= table.rows());
            for kind in ColumnType::ALL {
                let said = [(profile.name.clone(), kind)];
                let Ok(schema) = Schema::of(&table, &said) else { continue };
                proptest::prop_assert_eq!(schema.profile(&profile.name).unwrap().kind, kind);
            }
        }
    }
}
