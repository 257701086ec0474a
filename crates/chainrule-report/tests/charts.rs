//! What a caller can rely on, whatever the numbers and the words.

use chainrule_report::chart::{Bar, Grid, Intervals, IntervalsLegend, Samples, Weights};
use chainrule_report::{Chart, Error, Labels, Series, chart};

const LABELS: Labels<'static> = Labels { title: "title", x: "the x axis", y: "the y axis" };

fn fit(labels: Labels<'_>, x: &[f64], y: &[f64]) -> Result<Chart, Error> {
    chart::fit(labels, Series::new("samples", x, y), None, Series::new("prediction", x, y))
}

fn sine(n: usize) -> (Vec<f64>, Vec<f64>) {
    (0..n).map(|i| i as f64 / n as f64 * 20.0 - 10.0).map(|x| (x, x.sin())).unzip()
}

/// One chart of each kind, from good numbers.
fn charts(labels: Labels<'_>) -> Vec<Chart> {
    let (x, y) = sine(100);
    let loss: Vec<f64> = x.iter().map(|x| (-x).exp()).collect();
    let series = Series::new("samples", &x, &y);
    let grid = Grid::of_probabilities(
        (-10.0, 10.0),
        (-1.0, 1.0),
        2,
        2,
        &[0.1, 0.9, 0.5, 0.5, 0.8, 0.2, 1.0, 0.0],
    );
    let class: Vec<usize> = (0..100).map(|i| i % 2).collect();
    let samples = Samples { x: &x, y: &y, class: &class };
    let above: Vec<f64> = y.iter().map(|y| y + 0.5).collect();
    let intervals = Intervals { predicted: &x, lower: &y, upper: &above, truth: &loss };
    let legend = IntervalsLegend {
        prediction: "prediction",
        interval: "interval",
        inside: "inside",
        outside: "outside",
    };
    let bars = [("a", 2.0), ("b", 1.0), ("c", -0.5)].map(|(name, value)| Bar {
        name,
        value,
        range: Some((value - 0.1, value + 0.2)),
    });
    let share: Vec<f64> = (0..100).map(|i| f64::from(i) / 99.0).collect();
    let shares = Series::new("shares", &share, &share);
    vec![
        chart::fit(labels, series, Some(series), series).unwrap(),
        chart::loss(
            labels,
            Series::new("training", &x, &loss),
            Some(Series::new("validation", &x, &loss)),
            "best",
        )
        .unwrap(),
        chart::predicted_against_true(labels, &[series, series], "diagonal").unwrap(),
        chart::race(labels, &[Series::new("first", &loss, &loss), series]).unwrap(),
        chart::regions(labels, &["no", "yes"], &grid.unwrap(), samples).unwrap(),
        chart::histogram(labels, &y, "zero").unwrap(),
        chart::residuals(labels, &[series, series], "zero").unwrap(),
        chart::dependence(labels, series, Some((series, series))).unwrap(),
        chart::intervals(labels, intervals, legend).unwrap(),
        chart::bars(labels, &bars).unwrap(),
        chart::dependence_of_categories(labels, &bars[..2]).unwrap(),
        chart::dependence_of_classes(labels, &[shares, shares]).unwrap(),
        chart::confusion(labels, &["first", "second"], &[90, 10, 0, 7]).unwrap(),
        chart::roc(labels, &[shares, shares], "chance").unwrap(),
        chart::precision_recall(labels, &[shares], Some(("chance", 0.3))).unwrap(),
        chart::calibration(labels, &[shares], "perfect").unwrap(),
    ]
}

/// A network, which has no axes.
fn network(labels: Labels<'_>) -> Chart {
    let w: Vec<f64> = (0..90).map(|i| f64::from(i).sin()).collect();
    let layers = [
        Weights { inputs: 2, outputs: 30, w: &w[..60] },
        Weights { inputs: 30, outputs: 1, w: &w[60..] },
    ];
    chart::network(labels, &layers, &["a", "b"], &["c"], ["plus", "minus"]).unwrap()
}

/// The values of an attribute, in the order they are written.
fn attributes<'a>(svg: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    svg.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Every coordinate is a number on the paper.
fn assert_on_paper(chart: &Chart) {
    let svg = chart.svg();
    let height: f64 = attributes(&svg, "height")[0].parse().unwrap();
    assert_eq!(attributes(&svg, "viewBox"), [format!("0 0 600 {height}")]);
    for (names, end) in [(["x", "x1", "x2", "cx"], 600.0), (["y", "y1", "y2", "cy"], height)] {
        for value in names.iter().flat_map(|name| attributes(&svg, name)) {
            let value: f64 = value.parse().unwrap();
            assert!((0.0..=end).contains(&value), "{value}");
        }
    }
    for d in attributes(&svg, "d") {
        let numbers = d
            .split(|c: char| c.is_whitespace() || "MLHVZ".contains(c))
            .filter(|word| !word.is_empty());
        for number in numbers {
            let number: f64 = number.parse().unwrap();
            assert!((0.0..=height.max(600.0)).contains(&number), "{number}");
        }
    }
}

/// The lines of a terminal without their escape sequences.
fn without_escapes(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let mut plain: String = parts.next().unwrap_or_default().into();
    for part in parts {
        plain.push_str(part.split_once('m').unwrap().1);
    }
    plain
}

/// The width in a terminal, counted independently of the crate: CJK letters are double.
fn width(line: &str) -> usize {
    line.chars().map(|c| if ('\u{2e80}'..='\u{ffef}').contains(&c) { 2 } else { 1 }).sum()
}

#[test]
fn all_coordinates_are_on_the_paper() {
    charts(LABELS).iter().for_each(assert_on_paper);
    charts(Labels::default()).iter().for_each(assert_on_paper);
    assert_on_paper(&network(LABELS));
}

#[test]
fn png_pictures_are_1200_pixels_wide_and_as_high_as_the_svg() {
    for chart in charts(LABELS).into_iter().chain([network(LABELS)]) {
        let png = chart.png().unwrap();
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
        let height: f64 = attributes(&chart.svg(), "height")[0].parse().unwrap();
        assert_eq!((number(16), f64::from(number(20))), (1200, 2.0 * height));
    }
}

#[test]
fn words_are_escaped_and_nothing_in_them_is_markup() {
    let title = "a < b & \"c\" > 'd' 学习 costs $5 and $6\u{0}\n\u{1b}[31m";
    let labels = Labels { title, ..LABELS };
    for chart in charts(labels).into_iter().chain([network(labels)]) {
        let svg = chart.svg();
        assert!(
            svg.contains(
                "a &lt; b &amp; &quot;c&quot; &gt; &apos;d&apos; 学习 costs $5 and $6 [31m<"
            ),
            "{svg}"
        );
        let is_control = |c: char| c.is_control() && c != '\n';
        assert!(!svg.contains(is_control));
        assert!(!chart.terminal(80, 24, false).contains(is_control));
    }
}

#[test]
fn letters_that_the_png_font_lacks_are_an_error_not_boxes() {
    let chart = &charts(Labels { title: "学习 sin 习", ..LABELS })[0];
    let error = chart.png().unwrap_err();
    assert_eq!(error, Error::Letters { letters: "学习".into() });
    assert!(error.to_string().contains("SVG"), "{error}");
    assert!(charts(Labels { title: "σ² ≤ ½ – naïve Größe, Ж", ..LABELS })[0].png().is_ok());
}

#[test]
fn no_line_is_longer_and_no_more_lines_than_asked() {
    let long = "一个很长的标题 with a great many words in it, more than fit into one line of a terminal, 真的";
    for labels in [LABELS, Labels::default(), Labels { title: long, x: long, y: long }] {
        for chart in charts(labels).into_iter().chain([network(labels)]) {
            for (columns, rows) in [
                (80, 24),
                (120, 40),
                (40, 12),
                (79, 9),
                (20, 10),
                (9, 5),
                (3, 3),
                (1, 1),
                (0, 0),
                (5000, 3),
            ] {
                for colour in [false, true] {
                    let text = chart.terminal(columns, rows, colour);
                    let plain = without_escapes(&text);
                    // Escape sequences where asked for, and only there.
                    assert!(colour || text == plain, "{columns} x {rows}");
                    assert!(
                        !colour || text != plain || rows.min(columns) < 9,
                        "{columns} x {rows}"
                    );
                    assert!(plain.lines().count() <= rows);
                    let longest = plain.lines().map(width).max().unwrap_or(0);
                    assert!(longest <= columns, "{longest} > {columns}\n{plain}");
                }
            }
        }
    }
}

#[test]
fn the_terminal_uses_the_whole_window() {
    for chart in charts(LABELS) {
        let text = chart.terminal(80, 24, false);
        assert_eq!(text.lines().count(), 24);
        assert!(text.lines().map(width).max() >= Some(79), "{text}");
        for word in ["title", "the x axis", "the y axis"] {
            assert!(text.contains(word), "{word}\n{text}");
        }
    }
}

#[test]
fn values_that_are_not_finite_are_left_out() {
    let x = [0.0, 1.0, f64::NAN, 3.0, 4.0, 5.0, 1e308];
    let y = [0.0, 1.0, 2.0, f64::NEG_INFINITY, 4.0, 5.0, 6.0];
    let chart = fit(LABELS, &x, &y).unwrap();
    assert_on_paper(&chart);
    let svg = chart.svg();
    // Four samples, and one for the legend.
    assert_eq!(attributes(&svg, "cx").len(), 5);
    // The curve is interrupted where y is missing: two pieces, and one for the legend.
    assert_eq!(attributes(&svg, "d").len(), 3);
}

#[test]
fn nothing_to_draw_is_an_error() {
    let nothing: [(&[f64], &[f64]); 3] =
        [(&[], &[]), (&[f64::NAN], &[1.0]), (&[1.0, f64::INFINITY], &[f64::NAN, 1.0])];
    for (x, y) in nothing {
        let empty = |result: Result<Chart, Error>| {
            assert!(matches!(result, Err(Error::Empty { .. })), "{result:?}")
        };
        let series = Series::new("samples", x, y);
        empty(fit(LABELS, x, y));
        empty(chart::loss(LABELS, series, None, "best"));
        empty(chart::predicted_against_true(LABELS, &[series], "diagonal"));
        empty(chart::predicted_against_true(LABELS, &[], "diagonal"));
    }
    assert!(matches!(fit(LABELS, &[1.0], &[]), Err(Error::Length { expected: 1, found: 0, .. })));
}

#[test]
fn flat_tiny_and_huge_values_have_axes() {
    let x = [0.0, 1.0, 2.0];
    for y in [
        [0.0; 3],
        [5.0; 3],
        [-1e300, 0.0, 1e300],
        [1e-300; 3],
        [1e9, 1e9 + 1e-6, 1e9],
        [5e-324, 0.0, 0.0],
    ] {
        let charts = [
            fit(LABELS, &x, &y),
            fit(LABELS, &y, &y),
            chart::loss(LABELS, Series::new("training", &x, &y), None, "best"),
            chart::predicted_against_true(LABELS, &[Series::new("rows", &y, &y)], "diagonal"),
        ];
        for chart in charts {
            let chart = chart.unwrap();
            assert_on_paper(&chart);
            assert_eq!(chart.terminal(80, 24, false).lines().count(), 24);
        }
    }
    assert_on_paper(&fit(LABELS, &[1.0], &[2.0]).unwrap());
}

#[test]
fn the_best_epoch_is_that_of_the_lowest_validation_loss() {
    let epochs = [10.0, 20.0, 30.0, 40.0];
    let training = Series::new("training", &epochs, &[4.0, 3.0, 2.0, 1.0]);
    let validation = Series::new("validation", &epochs, &[4.0, f64::NAN, 0.0625, 0.0625]);
    let text = |validation| {
        chart::loss(LABELS, training, validation, "best epoch").unwrap().terminal(80, 24, false)
    };
    assert!(text(None).contains("best epoch 40 (1.00)"));
    assert!(text(Some(validation)).contains("best epoch 30 (0.0625)"));
}

#[test]
fn many_samples_make_a_small_picture() {
    let (x, y) = sine(200_000);
    let svg = fit(LABELS, &x, &y).unwrap().svg();
    assert!(svg.len() < 500_000, "{}", svg.len());
    assert_eq!(attributes(&svg, "cx").len().clamp(500, 3_001), attributes(&svg, "cx").len());
}

#[test]
fn cells_have_the_colour_of_their_most_probable_class() {
    // Two rows of two: class 1 low and left, undecided low and right, nothing known above left.
    let probability = [0.0, 1.0, 0.5, 0.5, f64::NAN, 0.5, 1.0, 0.0];
    let grid = Grid::of_probabilities((0.0, 2.0), (0.0, 2.0), 2, 2, &probability).unwrap();
    let nobody = Samples { x: &[], y: &[], class: &[] };
    let chart = chart::regions(Labels::default(), &["no", "yes"], &grid, nobody).unwrap();
    let text = chart.terminal(60, 20, false);
    let lines: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
    // The letters of the classes: a space, and a dot in the middle.
    assert_eq!(lines[16][6], '·', "{text}");
    assert_eq!(
        (lines[16].get(56), lines[3].get(6), lines[3].get(56)),
        (None, None, None),
        "{text}"
    );
    // On paper three tints.
    let svg = chart.svg();
    let region = svg.split("crispEdges").nth(1).unwrap().split("</g>").next().unwrap();
    assert_eq!(attributes(region, "fill").len(), 3, "{region}");
}

#[test]
fn grids_and_classes_are_checked() {
    let square = |class: &[usize]| Grid::of_classes((0.0, 1.0), (0.0, 1.0), 2, class);
    assert!(matches!(square(&[0, 0, 0]), Err(Error::Length { expected: 2, found: 1, .. })));
    assert!(matches!(square(&[]), Err(Error::Empty { .. })));
    assert!(matches!(Grid::of_classes((0.0, 1.0), (0.0, 1.0), 0, &[0]), Err(Error::Length { .. })));
    assert!(matches!(
        Grid::of_classes((1.0, 1.0), (0.0, 1.0), 1, &[0]),
        Err(Error::Rectangle { axis: 'x', .. })
    ));
    assert!(matches!(
        Grid::of_classes((0.0, 1.0), (0.0, f64::NAN), 1, &[0]),
        Err(Error::Rectangle { axis: 'y', .. })
    ));
    assert!(matches!(
        Grid::of_probabilities((0.0, 1.0), (0.0, 1.0), 1, 0, &[]),
        Err(Error::Length { .. })
    ));
    assert!(matches!(
        Grid::of_probabilities((0.0, 1.0), (0.0, 1.0), 1, 2, &[0.5]),
        Err(Error::Length { expected: 2, found: 1, .. })
    ));

    let grid = square(&[0, 1, 1, 0]).unwrap();
    let nobody = Samples { x: &[], y: &[], class: &[] };
    let regions = |classes: &[&str], samples| chart::regions(LABELS, classes, &grid, samples);
    assert!(regions(&["a", "b"], nobody).is_ok());
    assert!(matches!(regions(&[], nobody), Err(Error::Classes { found: 0, most: 10 })));
    assert!(matches!(regions(&["c"; 11], nobody), Err(Error::Classes { found: 11, .. })));
    assert!(matches!(
        regions(&["a"], nobody),
        Err(Error::UnknownClass { what: "the grid", class: 1, last: 0 })
    ));
    let two = Samples { x: &[0.5], y: &[0.5], class: &[2] };
    assert!(matches!(
        regions(&["a", "b"], two),
        Err(Error::UnknownClass { what: "the samples", class: 2, .. })
    ));
    assert!(matches!(
        regions(&["a", "b"], Samples { y: &[], ..two }),
        Err(Error::Length { expected: 1, found: 0, .. })
    ));
    // A sample outside the rectangle, or nowhere, is left out: the legend's circle remains.
    let outside = Samples { x: &[2.0, f64::NAN], y: &[0.5, 0.5], class: &[0, 0] };
    assert_eq!(attributes(&regions(&["a", "b"], outside).unwrap().svg(), "cx").len(), 1);
}

#[test]
fn the_shade_of_a_cell_is_its_part_of_its_row() {
    let confusion = |counts: &[u64]| chart::confusion(LABELS, &["no", "yes"], counts);
    let text = confusion(&[90, 10, 0, 7]).unwrap().terminal(80, 24, false);
    for word in ["90 %", "10 %", "0 %", "100 %", "no", "yes", "7"] {
        assert!(text.contains(word), "{word}\n{text}");
    }
    // The first class is at the top, as in a table.
    let line = |word: &str| text.lines().position(|line| line.contains(word));
    assert!(line("90 %") < line("100 %"), "{text}");
    assert!(matches!(confusion(&[1, 2, 3]), Err(Error::Length { expected: 4, found: 3, .. })));
    assert!(matches!(chart::confusion(LABELS, &[], &[]), Err(Error::Empty { .. })));
}

#[test]
fn bars_are_sorted_and_of_many_the_greatest_are_drawn() {
    let names: Vec<String> = (0..1000).map(|i| format!("column{i}")).collect();
    let bar = |(i, name)| Bar { name, value: i as f64, range: None };
    let bars: Vec<Bar<'_>> = names.iter().map(String::as_str).enumerate().map(bar).collect();
    let svg = chart::bars(LABELS, &bars).unwrap().svg();
    let place = |name: &str| svg.find(&format!(">{name}<"));
    assert!(place("column999").is_some() && place("column971").is_some(), "{svg}");
    assert!(place("column970").is_none() && place("… (971)").is_some(), "{svg}");
    let nothing = Bar { name: "a", value: f64::NAN, range: None };
    assert!(matches!(chart::bars(LABELS, &[nothing]), Err(Error::Empty { .. })));
}

#[test]
fn shares_beyond_one_are_not_drawn() {
    let curve = Series::new("curve", &[0.0, 0.5, 2.0], &[0.0, 0.5, 2.0]);
    assert_on_paper(&chart::roc(LABELS, &[curve], "chance").unwrap());
    assert!(matches!(chart::roc(LABELS, &[], "chance"), Err(Error::Empty { .. })));
    assert!(matches!(chart::calibration(LABELS, &[], "perfect"), Err(Error::Empty { .. })));
    assert!(matches!(chart::precision_recall(LABELS, &[], None), Err(Error::Empty { .. })));
}
