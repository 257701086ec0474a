//! Writes a report with one chart of each kind, from made-up numbers, to standard output:
//! `cargo run -p chainrule-report --example page > report.html`.

use std::f64::consts::TAU;

use chainrule_report::chart::{self, Bar, Intervals, IntervalsLegend, Weights};
use chainrule_report::page::Kind;
use chainrule_report::{Error, Labels, Page, Section, Series, Table};

fn main() -> Result<(), Error> {
    print!("{}", page()?);
    Ok(())
}

/// The report.
pub fn page() -> Result<String, Error> {
    let page = Page::new("Median house value in California", "en")
        .paragraph("A network with 8 inputs and 32 hidden units, trained on 16,512 rows.")
        .section(summary())
        .section(errors()?)
        .section(classes()?)
        .section(inputs()?)
        .section(inside()?);
    Ok(page.render())
}

/// Numbers that are nearly normal with deviation 1 (sums of those of Numerical Recipes).
fn noise(seed: u32) -> impl FnMut() -> f64 {
    let mut state = seed;
    let mut uniform = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 24)
    };
    move || (0..12).map(|_| uniform()).sum::<f64>() - 6.0
}

fn summary() -> Section {
    let table = Table::new(["measure", "this model", "least squares", "the mean"])
        .caption("Errors on 4,128 rows that the network has not seen")
        .row(["root mean squared error ($)", "48,213", "69,450", "115,380"])
        .row(["mean absolute error ($)", "31,904", "50,730", "91,205"])
        .row(["R²", "0.826", "0.638", "0.000"]);
    Section::new("In short")
        .notice(Kind::Good, "The network is better than a linear model: its error is 31 % less.")
        .notice(
            Kind::Warning,
            "965 houses cost exactly $500,001: the value was cut off there, and errors above it are \
             not known.",
        )
        .fact("rows for training", "16,512")
        .fact("rows for the test", "4,128")
        .fact("parameters", "321")
        .fact("target", "median_house_value")
        .table(table)
        .paragraph("The same command with the same file makes the same network, bit for bit:")
        .code("chainrule train housing.csv --target median_house_value \\\n    --hidden 32 --seed 7 --report housing.html")
}

/// Predictions and truth of many houses, and the income that they are predicted from.
struct Houses {
    income: Vec<f64>,
    truth: Vec<f64>,
    predicted: Vec<f64>,
}

fn houses(n: usize) -> Houses {
    let mut noise = noise(3);
    let income: Vec<f64> = (0..n).map(|_| (1.2 + 0.45 * noise()).exp()).collect();
    let predicted: Vec<f64> =
        income.iter().map(|x| 60.0 + 42.0 * x - 0.9 * x * x + 30.0 * noise()).collect();
    let truth = predicted.iter().map(|p| (p + 0.16 * p * noise()).clamp(15.0, 500.0)).collect();
    Houses { income, truth, predicted }
}

fn errors() -> Result<Section, Error> {
    let houses = houses(4_128);
    let residual: Vec<f64> =
        houses.truth.iter().zip(&houses.predicted).map(|(truth, p)| truth - p).collect();
    let width: Vec<f64> = houses.predicted.iter().map(|p| 0.25 * p.abs()).collect();
    let bound = |sign: f64| -> Vec<f64> {
        houses.predicted.iter().zip(&width).map(|(p, w)| p + sign * w).collect()
    };
    let (lower, upper) = (bound(-1.0), bound(1.0));

    let epochs: Vec<f64> = (1..=300).map(f64::from).collect();
    let loss = |floor: f64| -> Vec<f64> {
        epochs.iter().map(|e| floor + 0.9 * (-e / 40.0).exp() + 0.0002 * e * floor).collect()
    };
    let loss = chart::loss(
        Labels { title: "Training", x: "epoch", y: "mean squared error" },
        Series::new("training", &epochs, &loss(0.15)),
        Some(Series::new("validation", &epochs, &loss(0.21))),
        "best epoch",
    )?;
    let scatter = chart::predicted_against_true(
        Labels {
            title: "Predicted and true values",
            x: "true (1,000 $)",
            y: "predicted (1,000 $)",
        },
        &[Series::new("test rows", &houses.truth, &houses.predicted)],
        "perfect prediction",
    )?;
    let histogram = chart::histogram(
        Labels { title: "How large the errors are", x: "true − predicted (1,000 $)", y: "rows" },
        &residual,
        "no error",
    )?;
    let residuals = chart::residuals(
        Labels {
            title: "Errors and income", x: "median_income", y: "true − predicted (1,000 $)"
        },
        &[Series::new("test rows", &houses.income, &residual)],
        "no error",
    )?;
    let legend = IntervalsLegend {
        prediction: "prediction",
        interval: "90 % interval",
        inside: "true, inside",
        outside: "true, outside",
    };
    let rows = Intervals {
        predicted: &houses.predicted,
        lower: &lower,
        upper: &upper,
        truth: &houses.truth,
    };
    let labels = Labels { title: "Intervals", x: "rows by prediction", y: "1,000 $" };
    Ok(Section::new("Errors")
        .paragraph("Half of the predictions are within 20,000 $ of the truth.")
        .chart(scatter, "The points lie along the diagonal and spread with the value.")
        .chart(histogram, "The errors are centred on zero; few are larger than 150,000 $.")
        .chart(residuals, "The errors spread with income and show no bend.")
        .chart(chart::intervals(labels, rows, legend)?, "Nine in ten true values are inside.")
        .subheading("How it was trained")
        .chart(loss, "Both losses fall quickly at first; the validation loss rises at the end."))
}

fn classes() -> Result<Section, Error> {
    let share: Vec<f64> = (0..=100).map(|i| f64::from(i) / 100.0).collect();
    let power = |exponent: f64| -> Vec<f64> { share.iter().map(|x| x.powf(exponent)).collect() };
    let (good, fair) = (power(0.12), power(0.4));
    let roc = chart::roc(
        Labels { title: "Dear or not", x: "false positives", y: "true positives" },
        &[
            Series::new("network, AUC 0.893", &share, &good),
            Series::new("logistic regression, AUC 0.714", &share, &fair),
        ],
        "chance",
    )?;
    let precision: Vec<f64> = share.iter().map(|x| 0.97 - 0.6 * x.powi(4)).collect();
    let precision_recall = chart::precision_recall(
        Labels { title: "Precision and recall", x: "recall", y: "precision" },
        &[Series::new("network, average precision 0.85", &share, &precision)],
        Some(("share of dear houses", 0.28)),
    )?;
    let mean: Vec<f64> = (0..10).map(|i| 0.05 + 0.1 * f64::from(i)).collect();
    let observed: Vec<f64> = mean.iter().map(|p| p - 0.09 * (TAU * p).sin()).collect();
    let scaled: Vec<f64> = mean.iter().map(|p| p - 0.02 * (2.0 * TAU * p).sin()).collect();
    let calibration = chart::calibration(
        Labels { title: "Can the probabilities be believed?", x: "predicted", y: "observed" },
        &[Series::new("as trained", &mean, &observed), Series::new("scaled", &mean, &scaled)],
        "perfect",
    )?;
    let names = ["<1H OCEAN", "INLAND", "NEAR BAY", "NEAR OCEAN"];
    let counts = [1650, 92, 21, 64, 70, 1220, 3, 12, 31, 5, 402, 20, 140, 22, 18, 358];
    let confusion = chart::confusion(
        Labels { title: "Where a house stands", x: "predicted", y: "true" },
        &names,
        &counts,
    )?;
    Ok(Section::new("Classes")
        .chart(roc, "The network's curve is above that of the logistic regression everywhere.")
        .chart(precision_recall, "The precision stays above 0.9 up to a recall of 0.55.")
        .chart(calibration, "As trained the network is too sure; scaled it is on the diagonal.")
        .chart(
            confusion,
            "Most rows are on the diagonal; NEAR OCEAN is often taken for <1H OCEAN.",
        ))
}

fn inputs() -> Result<Section, Error> {
    let importance = |name, value, deviation| Bar {
        name,
        value,
        range: Some((value - deviation, value + deviation)),
    };
    let importances = [
        importance("median_income", 0.42, 0.012),
        importance("latitude", 0.31, 0.02),
        importance("longitude", 0.29, 0.015),
        importance("ocean_proximity", 0.11, 0.01),
        importance("housing_median_age", 0.031, 0.006),
        importance("population", 0.02, 0.005),
        importance("total_rooms", 0.004, 0.004),
        importance("a_random_number", -0.006, 0.008),
    ];
    let importance = chart::bars(
        Labels { title: "Which inputs matter", x: "increase of the error", y: "input" },
        &importances,
    )?;
    let x: Vec<f64> = (0..60).map(|i| 0.5 + f64::from(i) * 0.16).collect();
    let mean: Vec<f64> = x.iter().map(|x| 90.0 + 42.0 * x - 1.8 * x * x).collect();
    let around = |by: f64| -> Vec<f64> {
        mean.iter().zip(&x).map(|(m, x)| m + by * (20.0 + 8.0 * x)).collect()
    };
    let (low, high) = (around(-1.0), around(1.0));
    let dependence = chart::dependence(
        Labels { title: "Income", x: "median_income (10,000 $)", y: "prediction (1,000 $)" },
        Series::new("mean", &x, &mean),
        Some((Series::new("half of the rows", &x, &low), Series::new("", &x, &high))),
    )?;
    let category =
        |name, value: f64| Bar { name, value, range: Some((value - 38.0, value + 41.0)) };
    let categories = chart::dependence_of_categories(
        Labels { title: "Place", x: "prediction (1,000 $)", y: "ocean_proximity" },
        &[
            category("<1H OCEAN", 215.0),
            category("INLAND", 172.0),
            category("ISLAND", 289.0),
            category("NEAR BAY", 221.0),
            category("NEAR OCEAN", 236.0),
        ],
    )?;
    Ok(Section::new("Inputs")
        .paragraph("An input matters as much as the error grows when its values are shuffled.")
        .chart(importance, "Income and place matter most; a random number does not matter.")
        .chart(dependence, "The value grows with income, more slowly above 80,000 $.")
        .chart(categories, "Houses inland are worth least, those on islands most."))
}

fn inside() -> Result<Section, Error> {
    let mut noise = noise(9);
    let mut weights = |n: usize| -> Vec<f64> { (0..n).map(|_| noise()).collect() };
    let (first, second, third) = (weights(8 * 32), weights(32 * 6), weights(6));
    let network = chart::network(
        Labels { title: "The network", x: "from → to", y: "weight" },
        &[
            Weights { inputs: 8, outputs: 32, w: &first },
            Weights { inputs: 32, outputs: 6, w: &second },
            Weights { inputs: 6, outputs: 1, w: &third },
        ],
        &[
            "longitude",
            "latitude",
            "median age",
            "rooms",
            "bedrooms",
            "population",
            "households",
            "median income",
        ],
        &["median house value"],
        ["positive weight", "negative weight"],
    )?;
    Ok(Section::new("The network")
        .chart(network, "Eight inputs, 32 and 6 hidden units, one output."))
}
