//! What a reader of a report can rely on, whatever its words and numbers.

use std::collections::HashSet;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use chainrule_report::chart::{self, Bar, Intervals, IntervalsLegend, Weights};
use chainrule_report::page::{Kind, Words};
use chainrule_report::{Chart, Labels, Page, Section, Series, Table};
use roxmltree::{Document, ParsingOptions};

#[path = "../examples/page.rs"]
#[allow(dead_code, unreachable_pub)]
mod example;

/// Names that are no words.
const HOSTILE: [&str; 9] = [
    "<script>alert(1)</script>",
    "<1H OCEAN",
    "\"><img src=x onerror=alert(1)>",
    "a' onload='x",
    "&lt;b&gt; & </title></svg></style>",
    "\u{202e}reversed\u{2066} עברית",
    "🙂 学习 👩‍👩‍👧",
    "javascript:alert(1) https://example.org/x.png",
    "a name that goes on and on and on, far beyond what any chart, table or phone has room for",
];

/// A page whose words are all hostile, with each kind of block and charts of edge cases.
fn hostile() -> String {
    let [a, b, c, d, e, f, g, h, i] = HOSTILE;
    let table = Table::new([a, b, c]).caption(d).row([e, f, g]).row([h, "1", "2"]);
    let mut section = Section::new(a)
        .paragraph(b)
        .subheading(c)
        .fact(d, e)
        .fact(f, g)
        .table(table)
        .code(format!("{h}\n  {i}"))
        .notice(Kind::Good, a)
        .notice(Kind::Note, b)
        .notice(Kind::Warning, c);
    for chart in edge_cases(Labels { title: a, x: e, y: i }) {
        section = section.chart(chart, c);
    }
    let words = Words { data: a.into(), ..Words::of_language("en") };
    Page::new(a, "e\"><n")
        .words(words)
        .paragraph(g)
        .section(section)
        .section(Section::new(""))
        .render()
}

/// Charts of hostile names, of one and of a thousand categories, of constant and of negative values.
fn edge_cases(labels: Labels<'_>) -> Vec<Chart> {
    let bar = |name, value: f64| Bar { name, value, range: Some((value - 0.1, value + 0.1)) };
    let many: Vec<Bar<'_>> = (0..1000).map(|i| bar(HOSTILE[i % 9], (i as f64).sin())).collect();
    let names: Vec<&str> = (0..40).map(|i| HOSTILE[i % 9]).collect();
    let counts: Vec<u64> = (0..1600).map(|i| (i * 7919 % 1000) as u64).collect();
    let x: Vec<f64> = (0..50).map(f64::from).collect();
    let share: Vec<f64> = x.iter().map(|x| x / 49.0).collect();
    let flat = [3.0; 50];
    let series = Series::new(HOSTILE[0], &x, &flat);
    let shares = Series::new(HOSTILE[1], &share, &share);
    let rows = Intervals { predicted: &flat, lower: &flat, upper: &flat, truth: &x };
    let legend = IntervalsLegend {
        prediction: HOSTILE[0],
        interval: HOSTILE[1],
        inside: HOSTILE[2],
        outside: HOSTILE[8],
    };
    let w = [0.0; 200];
    let layers =
        [Weights { inputs: 2, outputs: 100, w: &w }, Weights { inputs: 100, outputs: 2, w: &w }];
    let charts = [
        chart::bars(labels, &many),
        chart::bars(labels, &[bar(HOSTILE[8], -1.0)]),
        chart::bars(
            labels,
            &[bar("nothing", 0.0), Bar { name: "lost", value: f64::NAN, range: None }],
        ),
        chart::dependence_of_categories(labels, &[bar(HOSTILE[0], 1e6), bar("b", 1e6 + 1.0)]),
        chart::dependence_of_categories(labels, &many),
        chart::dependence(labels, series, Some((series, series))),
        chart::confusion(labels, &names, &counts),
        chart::confusion(labels, &[HOSTILE[0]], &[u64::MAX]),
        chart::confusion(labels, &["a", "b"], &[0; 4]),
        chart::histogram(labels, &flat, HOSTILE[3]),
        chart::histogram(labels, &[-1e9, 0.0, 1e9], ""),
        chart::residuals(labels, &[series], HOSTILE[4]),
        chart::roc(labels, &[shares], HOSTILE[5]),
        chart::precision_recall(labels, &[shares], Some((HOSTILE[5], f64::NAN))),
        chart::calibration(labels, &[shares], HOSTILE[8]),
        chart::intervals(labels, rows, legend),
        chart::network(labels, &layers, &HOSTILE[..2], &HOSTILE[7..], [HOSTILE[0], HOSTILE[8]]),
    ];
    charts.into_iter().map(|chart| chart.unwrap()).collect()
}

fn parsed(html: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    match Document::parse_with_options(html, options) {
        Ok(document) => document,
        Err(error) => panic!("the page is not well-formed: {error}"),
    }
}

fn pages() -> [String; 2] {
    [example::page().unwrap(), hostile()]
}

#[test]
fn only_the_elements_and_attributes_of_the_page_are_there() {
    let known: HashSet<&str> =
        "html head meta link title style body header nav main section h1 h2 h3 p a \
        ol li dl div dt dd table caption thead tbody tr th td figure svg desc g path circle line \
        polyline text tspan details summary pre code span"
            .split_whitespace()
            .collect();
    for html in pages() {
        let document = parsed(&html);
        for node in document.descendants().filter(|node| node.is_element()) {
            assert!(known.contains(node.tag_name().name()), "<{}>", node.tag_name().name());
            for attribute in node.attributes() {
                assert!(!attribute.name().starts_with("on"), "{}", attribute.name());
            }
        }
    }
}

#[test]
fn hostile_names_are_read_as_they_were_written() {
    let html = hostile();
    let document = parsed(&html);
    let text = |tag: &str| -> Vec<String> {
        let nodes = document.descendants().filter(|node| node.has_tag_name(tag));
        nodes.map(|node| node.text().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(text("h1"), [HOSTILE[0]]);
    assert_eq!(text("dt"), [HOSTILE[3], "reversed עברית"]);
    assert!(text("th").contains(&HOSTILE[2].to_owned()));
    assert!(text("title").iter().skip(1).all(|title| title == HOSTILE[0]));
    assert_eq!(text("code"), [format!("{}\n  {}", HOSTILE[7], HOSTILE[8])]);
    assert!(!html.contains(['\u{202e}', '\u{2066}']));
    assert_eq!(document.root_element().attribute("lang"), Some("en"));
}

#[test]
fn every_picture_has_a_title_and_its_words_and_numbers() {
    for html in pages() {
        let document = parsed(&html);
        let pictures: Vec<_> = document.descendants().filter(|n| n.has_tag_name("svg")).collect();
        assert!(pictures.len() > 10);
        for svg in pictures {
            assert_eq!(svg.attribute("role"), Some("img"));
            let name = |attribute| {
                let id = svg.attribute(attribute).unwrap();
                let node = svg.children().find(|node| node.attribute("id") == Some(id)).unwrap();
                node.text().unwrap_or_default().to_owned()
            };
            assert!(!name("aria-labelledby").is_empty() && !name("aria-describedby").is_empty());
            let figure = svg.parent().unwrap();
            let details = figure.children().find(|node| node.has_tag_name("details")).unwrap();
            assert!(details.descendants().filter(|node| node.has_tag_name("tr")).count() > 1);
        }
    }
}

#[test]
fn every_id_is_unique_and_every_link_and_label_has_one() {
    for html in pages() {
        let document = parsed(&html);
        let mut ids = HashSet::new();
        for id in document.descendants().filter_map(|node| node.attribute("id")) {
            assert!(ids.insert(id), "{id} twice");
        }
        for node in document.descendants() {
            let target = node.attribute("href").and_then(|link| link.strip_prefix('#'));
            let label = node.attribute("aria-labelledby").or(node.attribute("aria-describedby"));
            for id in target.into_iter().chain(label) {
                assert!(ids.contains(id), "{id} is nowhere");
            }
        }
    }
}

#[test]
fn nothing_is_fetched_from_anywhere() {
    for html in pages() {
        let document = parsed(&html);
        for attribute in document.descendants().flat_map(|node| node.attributes()) {
            let value = attribute.value();
            assert!(!value.contains("http:") && !value.contains("https:"), "{value}");
            if matches!(attribute.name(), "href" | "src") {
                assert!(value.starts_with('#') || value == "data:,", "{value}");
            }
        }
        let style = document.descendants().find(|node| node.has_tag_name("style")).unwrap();
        let style = style.text().unwrap();
        assert!(!style.contains("url(") && !style.contains("@import"));
    }
}

#[test]
fn headings_are_in_order() {
    for html in pages() {
        let document = parsed(&html);
        let levels = document.descendants().filter_map(|node| {
            node.tag_name().name().strip_prefix('h').and_then(|level| level.parse::<u8>().ok())
        });
        let levels: Vec<u8> = levels.collect();
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
        assert!(
            levels[0] == 1 && levels.windows(2).all(|pair| pair[1] <= pair[0] + 1),
            "{levels:?}"
        );
    }
}

#[test]
fn a_report_is_small() {
    let [example, _] = pages();
    assert!(example.matches("<svg").count() >= 12);
    assert!(example.len() < 1_000_000, "{}", example.len());
}

/// The program that `CHROMIUM` names, or `chromium` where it is installed.
fn chromium() -> Option<PathBuf> {
    let named = env::var_os("CHROMIUM").filter(|name| !name.is_empty()).map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    named.or_else(|| {
        env::split_paths(&path).map(|folder| folder.join("chromium")).find(|file| file.is_file())
    })
}

#[test]
fn a_browser_has_nothing_to_complain_of_and_nothing_is_wider_than_a_phone() {
    let Some(chromium) = chromium() else {
        println!("SKIPPED: no chromium was found; install it, or let CHROMIUM name it");
        eprintln!("SKIPPED: no chromium was found; install it, or let CHROMIUM name it");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let shown = |name: &str, html: &str| {
        let file = folder.path().join(name);
        fs::write(&file, html).unwrap();
        let output = Command::new(&chromium)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
            .args(["--enable-logging=stderr", "--virtual-time-budget=5000", "--dump-dom"])
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .arg(format!("file://{}", file.display()))
            .output()
            .unwrap();
        let log = String::from_utf8_lossy(&output.stderr);
        let complaints: Vec<&str> = log.lines().filter(|line| line.contains("CONSOLE")).collect();
        assert!(complaints.is_empty(), "{complaints:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    // The page forbids scripts; the one that measures it needs a page that does not. A window cannot
    // be as narrow as a phone, but a frame in it can.
    let measure =
        "<script>parent.postMessage(document.documentElement.scrollWidth, '*')</script></body>";
    let frame = "<body><iframe src=\"open.html\" style=\"width:360px;height:800px;border:0\"></iframe>\
        <script>onmessage = event => document.body.setAttribute('data-width', event.data)</script>";
    let widest = |html: &str| {
        let (start, rest) = html.split_once("<meta http-equiv").unwrap();
        let open = format!("{start}{}", rest.split_once("/>").unwrap().1);
        let open = open.replace("<details>", "<details open=\"open\">").replace("</body>", measure);
        fs::write(folder.path().join("open.html"), open).unwrap();
        let frame = shown("frame.html", frame);
        let width = frame.split_once("data-width=\"").and_then(|(_, rest)| rest.split('"').next());
        width.unwrap_or_else(|| panic!("{frame}")).parse::<u32>().unwrap()
    };
    for html in pages() {
        assert!(shown("page.html", &html).contains("</main>"));
        assert_eq!(widest(&html), 360);
    }
    // It would be seen if something were wider.
    assert_eq!(widest("<meta http-equiv=\"a\"/><body style=\"margin:0;width:400px\"></body>"), 400);
}
