//! An evaluation as text for people.

use crate::text;
use chainrule_tabular::{
    Evaluation, Measures, TargetEvaluation,
    evaluate::{Coverage, Interval, Verdict},
};

/// The scores of all targets beside those of what is cheap to have, and what to think of them.
pub(crate) fn told(evaluation: &Evaluation) -> String {
    let rows = evaluation.rows;
    let title = match evaluation.unseen {
        true => format!("Scores on {rows} rows that no decision has seen"),
        false => {
            format!("Scores on the {rows} rows that told when to stop, which flatters a little")
        }
    };
    titled(&title, evaluation)
}

/// The same under another title.
pub(crate) fn titled(title: &str, evaluation: &Evaluation) -> String {
    let mut told = format!("{}\n", text::strong(title));
    for target in &evaluation.targets {
        told += &table(target);
        told += &classes(&target.measures);
        told += &intervals(target);
        told += &verdict(target).map_or(String::new(), |words| format!("  {words}\n"));
    }
    told
}

/// The measures that are shown, beside those of the cheap ones.
pub(crate) fn shown(measures: &Measures) -> Vec<&'static str> {
    match measures {
        Measures::Numbers { .. } => vec!["rmse", "mae", "r2"],
        Measures::Classes { names, .. } if names.len() == 2 => {
            vec!["accuracy", "balanced_accuracy", "f1", "roc_auc", "log_loss", "brier"]
        }
        Measures::Classes { .. } => vec!["accuracy", "balanced_accuracy", "f1", "log_loss"],
    }
}

/// A measure as people write it.
pub(crate) fn title(name: &str) -> String {
    match name {
        "rmse" | "mae" | "mape" => name.to_uppercase(),
        "r2" => "R²".to_owned(),
        "f1" => "F1".to_owned(),
        "roc_auc" => "ROC-AUC".to_owned(),
        "pr_auc" => "PR-AUC".to_owned(),
        "brier" => "Brier".to_owned(),
        name => name.replace('_', " "),
    }
}

/// The measures of these names, as text.
pub(crate) fn values(names: &[&str], measures: &Measures) -> Vec<String> {
    let named = measures.named();
    let value = |name: &&str| {
        let found = named.iter().find(|(other, _)| other == name);
        found.map_or("-".to_owned(), |(_, value)| text::number(*value))
    };
    names.iter().map(value).collect()
}

/// How well each class is told from the others; nothing where there are none.
pub(crate) fn classes_one_by_one(target: &TargetEvaluation) -> String {
    let Measures::Classes { names, score } = &target.measures else { return String::new() };
    let header = ["", "rows", "precision", "recall", "F1", "ROC-AUC"].map(str::to_owned).to_vec();
    let mut rows = vec![header];
    rows[0][0] = format!("{}, each class", text::shown(&target.target));
    let or_dash = |value: Option<f64>| value.map_or("-".to_owned(), text::number);
    for (name, class) in names.iter().zip(&score.classes) {
        let counts = &class.counts;
        rows.push(vec![
            text::cut(&text::shown(name), 40),
            counts.support.to_string(),
            or_dash(counts.precision),
            or_dash(counts.recall),
            or_dash(counts.f1),
            or_dash(class.roc_auc),
        ]);
    }
    text::indented(&text::columns(&rows))
}

fn table(target: &TargetEvaluation) -> String {
    let names = shown(&target.measures);
    let mut rows = vec![vec![text::shown(&target.target)]];
    rows[0].extend(names.iter().map(|name| title(name)));
    let row = |label: &str, measures: &Measures| {
        [label.to_owned()].into_iter().chain(values(&names, measures)).collect::<Vec<_>>()
    };
    rows.push(row("model", &target.measures));
    if !target.uncertainty.is_empty() {
        let interval = |name: &&str| {
            let found = target.uncertainty.iter().find(|(other, _)| other == name);
            found.map_or(String::new(), |(_, Interval { low, high })| {
                format!("{} to {}", text::number(*low), text::number(*high))
            })
        };
        rows.push(["  95 %".to_owned()].into_iter().chain(names.iter().map(interval)).collect());
    }
    for baseline in &target.baselines {
        rows.push(row(&baseline.name, &baseline.measures));
    }
    text::indented(&text::columns(&rows))
}

/// Which classes are taken for which.
fn classes(measures: &Measures) -> String {
    let Measures::Classes { names, score } = measures else { return String::new() };
    const MOST: usize = 8;
    if names.len() > MOST {
        return String::new();
    }
    let mut rows = vec![vec!["true \\ predicted".to_owned()]];
    rows[0].extend(names.iter().map(|name| text::shown(name)));
    rows[0].push("recall".to_owned());
    for ((name, counts), class) in names.iter().zip(&score.confusion.counts).zip(&score.classes) {
        let mut row = vec![text::shown(name)];
        row.extend(counts.iter().map(usize::to_string));
        row.push(class.counts.recall.map_or("-".to_owned(), text::number));
        rows.push(row);
    }
    text::indented(&text::columns(&rows))
        + &format!("  Calibration error {}.\n", text::number(score.calibration_error))
}

fn intervals(target: &TargetEvaluation) -> String {
    let Some(Coverage { level, quality }) = &target.intervals else { return String::new() };
    format!(
        "  Intervals for {:.0} % hold {:.1} % of the true values; their mean width is {}.\n",
        100.0 * level,
        100.0 * quality.coverage,
        text::number(quality.mean_width),
    )
}

/// Whether the model is worth more than what is cheap to have; `None` where nothing cheap was measured.
pub(crate) fn verdict(target: &TargetEvaluation) -> Option<String> {
    let (verdict, best) = (target.verdict?, target.best_baseline()?);
    let (name, rival) = (text::shown(&target.target), &best.name);
    Some(match verdict {
        Verdict::Better => {
            let measure = title(target.measures.main_name());
            let part = 100.0 * (1.0 - target.measures.main() / best.measures.main());
            format!(
                "For {name} the model is better than the {rival}: its {measure} is {part:.0} % lower."
            )
        }
        Verdict::Undecided => format!(
            "For {name} these rows do not show that the model is better than the {rival}: prefer what is \
             simpler, or collect more rows."
        ),
        Verdict::Worse => format!(
            "For {name} the {rival} is better than the model: prefer that, or try other settings."
        ),
    })
}
