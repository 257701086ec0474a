//! A cross-validation as text for people.

use super::{Fold, Mean, Summary, summary::Rival};
use crate::{
    evaluation::{shown, title},
    text,
};

/// A fold, as soon as it is done.
pub(super) fn line(number: usize, folds: usize, fold: &Fold) -> String {
    let score = |target: &chainrule_tabular::TargetEvaluation| {
        let (name, value) = (target.measures.main_name(), target.measures.main());
        format!("{} {} of {}", title(name), text::number(value), text::shown(&target.target))
    };
    let scores: Vec<String> = fold.evaluation.targets.iter().map(score).collect();
    format!("fold {} of {folds}: {}", number + 1, scores.join(", "))
}

/// All folds, their means, and what to think of them.
pub(super) fn whole(folds: &[Fold], summaries: &[Summary]) -> String {
    let rows: usize = folds.iter().map(|fold| fold.scored).sum();
    let heading = format!(
        "Scores on {rows} rows, in {} folds that were learned without their rows",
        folds.len()
    );
    let mut told = format!("{}\n", text::strong(&heading));
    for (place, summary) in summaries.iter().enumerate() {
        told += &text::indented(&table(folds, place, summary));
        told += &intervals(summary);
        told += &summary.best().map_or(String::new(), |best| verdict(summary, best));
    }
    told + "  ± is the standard error of the mean over the folds; they share rows, so it is rather too small.\n"
}

fn table(folds: &[Fold], place: usize, summary: &Summary) -> String {
    let Some(first) = folds.first() else { return String::new() };
    let mut names = shown(&first.evaluation.targets[place].measures);
    if summary.level.is_some() {
        names.push("coverage");
    }
    let mut header = vec![text::shown(&summary.target), "learned".to_owned(), "scored".to_owned()];
    header.extend(names.iter().map(|name| title(name)));
    let mut rows = vec![header];
    for (number, fold) in folds.iter().enumerate() {
        let named = fold.evaluation.targets[place].named();
        let mut row = vec![format!("fold {}", number + 1)];
        row.extend([fold.learned.to_string(), fold.scored.to_string()]);
        row.extend(names.iter().map(|name| {
            let found = named.iter().find(|(other, _)| other == name);
            found.map_or("-".to_owned(), |(_, value)| text::number(*value))
        }));
        rows.push(row);
    }
    let mut push = |label: &str, means: &[(String, Mean)]| {
        let find = |name: &&str| means.iter().find(|(other, _)| other == name).map(|(_, m)| *m);
        let start = |label: &str| vec![label.to_owned(), String::new(), String::new()];
        let mean = |name: &&str| find(name).map_or("-".to_owned(), |m| text::number(m.mean));
        let error = |name: &&str| {
            let error = find(name).and_then(|mean| mean.error);
            error.map_or(String::new(), |error| format!("±{}", text::number(error)))
        };
        rows.push(start(label).into_iter().chain(names.iter().map(mean)).collect());
        rows.push(start("").into_iter().chain(names.iter().map(error)).collect());
    };
    push("model, mean", &summary.model);
    for Rival { name, measures, .. } in &summary.baselines {
        push(name, measures);
    }
    text::columns(&rows)
}

fn intervals(summary: &Summary) -> String {
    let find = |name: &str| summary.model.iter().find(|(other, _)| other == name).map(|(_, m)| m);
    match (summary.level, find("coverage"), find("interval_width")) {
        (Some(level), Some(coverage), Some(width)) => format!(
            "  Intervals for {:.0} % hold {:.1} % of the true values; their mean width is {}.\n",
            100.0 * level,
            100.0 * coverage.mean,
            text::number(width.mean),
        ),
        _ => String::new(),
    }
}

fn verdict(summary: &Summary, best: &Rival) -> String {
    let (name, rival, measure) =
        (text::shown(&summary.target), text::shown(&best.name), title(summary.main));
    let difference = best.difference.map_or(String::new(), |Mean { mean, error }| {
        let error = error.map_or(String::new(), |error| format!(" ± {}", text::number(error)));
        let word = if mean < 0.0 { "lower" } else { "higher" };
        format!(", its {measure} {word} by {}{error}", text::number(mean.abs()))
    });
    format!(
        "  For {name} the model is better than the {rival} in {} of {} folds{difference}.\n",
        best.better, best.folds
    )
}
