//! Predicted classes beside the true ones.

use super::{Subject, places, words::short};
use crate::{args::Language, failure::Failure};
use chainrule_report::{Chart, Labels, Section, Series, Table, chart};
use chainrule_tabular::{
    Comparison, Model, Predicted,
    evaluate::classification::{
        Bins, ClassificationScore, Confusion, average_precision, most_probable,
        precision_recall_curve, reliability_curve, roc_auc, roc_curve,
    },
};

/// Of more classes than these, curves are drawn for the most frequent ones.
const MOST_CURVES: usize = 6;
/// A point of the calibration has about so many rows at least.
const ROWS_OF_A_POINT: usize = 10;
/// Points of the calibration, at most.
const MOST_POINTS: usize = 10;

pub(super) fn section(subject: &Subject<'_>, comparison: &Comparison) -> Result<Section, Failure> {
    let Subject { model, language, .. } = *subject;
    let names = names(model, comparison);
    let heading = match language {
        Language::En => format!("Classes of {}", comparison.target),
        Language::Zh => format!("{} 的类别", comparison.target),
    };
    let mut section = Section::new(heading);
    let Predicted::Classes(probabilities) = &comparison.predicted else { return Ok(section) };
    let score = ClassificationScore::new(probabilities.view(), &places(comparison))?;
    let right = short(100.0 * score.accuracy);
    section = section.paragraph(match language {
        Language::En => format!(
            "The most probable class is right in {right} % of the rows. The mean distance between predicted \
             probabilities and what happened (the calibration error) is {}.",
            short(score.calibration_error)
        ),
        Language::Zh => format!(
            "最可能的类别在 {right} % 的数据中是正确的。预测概率与实际频率的平均差距（校准误差）为 {}。",
            short(score.calibration_error)
        ),
    });
    section = section.chart(
        confusion(model, comparison, language)?,
        language.say(
            "Rows by their true and their predicted class: those on the diagonal are right.",
            "按真实类别和预测类别计数：对角线上是正确的。",
        ),
    );
    let alternatives = [
        language.say(
            "The share of a class that is found against the share of the others that is taken for it.",
            "找到的正例比例与误判的比例。",
        ),
        language.say(
            "How many of those taken for a class are of it, against the share that is found.",
            "判为某类的数据中正确的比例，与找到的比例。",
        ),
        language.say(
            "How often a class is true against its predicted probability: on the diagonal they agree.",
            "类别实际出现的频率与预测概率：在对角线上二者一致。",
        ),
    ];
    let charts = [
        roc(model, comparison, language)?,
        precision_recall(model, comparison, language)?,
        calibration(model, comparison, language)?,
    ];
    for (chart, words) in charts.into_iter().zip(alternatives) {
        if let Some(chart) = chart {
            section = section.chart(chart, words);
        }
    }
    Ok(section.table(each(&names, &score, language)))
}

/// The measures of each class.
fn each(names: &[String], score: &ClassificationScore, language: Language) -> Table {
    let header = match language {
        Language::En => ["class", "rows", "precision", "recall", "F1", "ROC-AUC"],
        Language::Zh => ["类别", "行数", "精确率", "召回率", "F1", "ROC-AUC"],
    };
    let caption = language.say("Each class", "各个类别");
    let cell = |value: Option<f64>| value.map_or("–".to_owned(), short);
    names.iter().zip(&score.classes).fold(
        Table::new(header).caption(caption),
        |table, (name, class)| {
            let counts = &class.counts;
            table.row([
                name.clone(),
                counts.support.to_string(),
                cell(counts.precision),
                cell(counts.recall),
                cell(counts.f1),
                cell(class.roc_auc),
            ])
        },
    )
}

/// The names of the classes.
fn names(model: &Model, comparison: &Comparison) -> Vec<String> {
    let target = model.targets().iter().find(|target| target.name == comparison.target);
    target.and_then(|target| target.class_names()).unwrap_or_default().to_vec()
}

/// Which classes are taken for which.
pub(in crate::commands) fn confusion(
    model: &Model,
    comparison: &Comparison,
    language: Language,
) -> Result<Chart, Failure> {
    let names = names(model, comparison);
    let labels = Labels {
        title: language.say("Which classes are taken for which", "混淆矩阵"),
        x: language.say("predicted", "预测"),
        y: language.say("true", "真实"),
    };
    let counts: Vec<u64> = match &comparison.predicted {
        Predicted::Classes(probabilities) => {
            let predicted = most_probable(probabilities.view());
            let confusion = Confusion::new(&places(comparison), &predicted, names.len())?;
            confusion.counts.concat().into_iter().map(|count| count as u64).collect()
        }
        Predicted::Number { .. } => Vec::new(),
    };
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Ok(chart::confusion(labels, &names, &counts)?)
}

/// A class against all others.
struct OneClass {
    name: String,
    /// Its probability in each row.
    probability: Vec<f64>,
    /// Whether the row is of it.
    is_it: Vec<bool>,
}

/// The second one of two classes; of more all, or the most frequent ones.
fn one_by_one(model: &Model, comparison: &Comparison) -> Vec<OneClass> {
    let names = names(model, comparison);
    let Predicted::Classes(probabilities) = &comparison.predicted else { return Vec::new() };
    let truth = places(comparison);
    let mut classes: Vec<usize> = match names.len() {
        2 => vec![1],
        n => (0..n).collect(),
    };
    let rows = |class: &usize| truth.iter().filter(|place| *place == class).count();
    classes.sort_by_key(|class| std::cmp::Reverse(rows(class)));
    classes.truncate(MOST_CURVES);
    classes.sort_unstable();
    // A mere number would tell nothing in a legend.
    let name = |class: usize| match names[class].parse::<f64>() {
        Ok(_) => format!("{} = {}", comparison.target, names[class]),
        Err(_) => names[class].clone(),
    };
    let one = |class: usize| OneClass {
        name: name(class),
        probability: probabilities.column(class).to_vec(),
        is_it: truth.iter().map(|place| *place == class).collect(),
    };
    classes.into_iter().map(one).collect()
}

/// The name of a curve and its points.
type Curve = (String, Vec<f64>, Vec<f64>);

fn series(curves: &[Curve]) -> Vec<Series<'_>> {
    curves.iter().map(|(name, x, y)| Series::new(name, x, y)).collect()
}

/// True against false positives; `None` if the rows are all of one class.
pub(in crate::commands) fn roc(
    model: &Model,
    comparison: &Comparison,
    language: Language,
) -> Result<Option<Chart>, Failure> {
    let mut curves: Vec<Curve> = Vec::new();
    for one in one_by_one(model, comparison) {
        let area = roc_auc(&one.probability, &one.is_it)?;
        let (Some(points), Some(area)) = (roc_curve(&one.probability, &one.is_it)?, area) else {
            continue;
        };
        let (x, y) =
            points.iter().map(|at| (at.false_positive_rate, at.true_positive_rate)).unzip();
        curves.push((format!("{}, AUC {area:.3}", one.name), x, y));
    }
    if curves.is_empty() {
        return Ok(None);
    }
    let labels = Labels {
        title: language.say("Found and wrongly found (ROC)", "ROC 曲线"),
        x: language.say("part of the others that is taken for the class", "误判率"),
        y: language.say("part of the class that is found", "命中率"),
    };
    Ok(Some(chart::roc(labels, &series(&curves), language.say("chance", "随机"))?))
}

/// Precision against recall; `None` if the rows are all of one class.
pub(in crate::commands) fn precision_recall(
    model: &Model,
    comparison: &Comparison,
    language: Language,
) -> Result<Option<Chart>, Failure> {
    let mut curves: Vec<Curve> = Vec::new();
    let all = one_by_one(model, comparison);
    for one in &all {
        let area = average_precision(&one.probability, &one.is_it)?;
        let points = precision_recall_curve(&one.probability, &one.is_it)?;
        let (Some(points), Some(area)) = (points, area) else { continue };
        let (x, y) = points.iter().map(|at| (at.recall, at.precision)).unzip();
        let mean = language.say("mean precision", "平均精确率");
        curves.push((format!("{}, {mean} {area:.3}", one.name), x, y));
    }
    if curves.is_empty() {
        return Ok(None);
    }
    let labels = Labels {
        title: language.say("Precision and recall", "精确率与召回率"),
        x: language.say("recall", "召回率"),
        y: language.say("precision", "精确率"),
    };
    let share = match &all[..] {
        [one] => {
            let rows = one.is_it.iter().filter(|is_it| **is_it).count();
            Some((language.say("chance", "随机"), rows as f64 / one.is_it.len() as f64))
        }
        _ => None,
    };
    Ok(Some(chart::precision_recall(labels, &series(&curves), share)?))
}

/// Whether probabilities are what happens; `None` without rows.
pub(in crate::commands) fn calibration(
    model: &Model,
    comparison: &Comparison,
    language: Language,
) -> Result<Option<Chart>, Failure> {
    let mut curves: Vec<Curve> = Vec::new();
    for one in one_by_one(model, comparison) {
        let bins = (one.is_it.len() / ROWS_OF_A_POINT).clamp(2, MOST_POINTS);
        let points = reliability_curve(&one.probability, &one.is_it, Bins::EqualMass(bins))?;
        let (x, y) = points.iter().map(|point| (point.predicted, point.observed)).unzip();
        curves.push((one.name, x, y));
    }
    if curves.is_empty() {
        return Ok(None);
    }
    let labels = Labels {
        title: language.say("Can the probabilities be believed?", "概率可信吗？"),
        x: language.say("predicted probability", "预测概率"),
        y: language.say("how often it happened", "实际频率"),
    };
    Ok(Some(chart::calibration(labels, &series(&curves), language.say("perfect", "完美"))?))
}
