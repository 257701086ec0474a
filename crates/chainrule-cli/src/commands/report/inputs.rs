//! What the model depends on.

use super::{Subject, ranked, words::short};
use crate::{args::Language, failure::Failure};
use chainrule_report::{Chart, Labels, Section, Series, Table, chart, chart::Bar};
use chainrule_tabular::{Dependence, DependenceCurve, Model, Places, evaluate::Importance};

/// The importance of the inputs, and how it was measured.
#[derive(Clone, Debug)]
pub(super) struct Importances {
    /// In the order of the model.
    pub(super) of: Vec<(String, Importance)>,
    /// On so many rows.
    pub(super) rows: usize,
    /// Whether the rows that are shown were too few, and others were taken that trained.
    pub(super) whole: bool,
}

/// The dependence on so many inputs is shown, the most important ones.
const MOST_INPUTS: usize = 6;
/// The values at which it is measured.
pub(in crate::commands) const POINTS: usize = 30;
/// Curves for so many classes fit into one chart.
const MOST_CLASSES: usize = 8;

pub(super) fn section(
    subject: &Subject<'_>,
    importances: &Importances,
) -> Result<Section, Failure> {
    let Subject { model, table, language, .. } = *subject;
    let rows = language.rows(importances.rows.min(2000));
    let mut text = match language {
        Language::En => format!(
            "An input matters as much as the error grows when its values are shuffled among {rows} (permutation \
             importance, with the deviation over {} shuffles). Inputs that tell the same share it.",
            super::REPEATS
        ),
        Language::Zh => format!(
            "把某个输入的值在 {rows} 之间打乱，误差增加得越多，这个输入就越重要（置换重要性，重复 {} 次的标准差）。含义相同的输入会分摊重要性。",
            super::REPEATS
        ),
    };
    if importances.whole {
        text += language.say(
            " The rows for the scores are too few for that; these are all rows, of which most were trained on.",
            "评分数据太少，这里用的是全部数据，其中大多参加过训练。",
        );
    }
    let mut section =
        Section::new(language.say("What it depends on", "依赖哪些输入")).paragraph(text);
    if importances.of.is_empty() {
        return Ok(section);
    }
    section = section.chart(
        importance(model, &importances.of, language)?,
        language.say(
            "A bar for each input, the longest for the most important one.",
            "每个输入一条，越长越重要。",
        ),
    );
    section = section.subheading(language.say("How it depends on each", "如何依赖")).paragraph(
        language.say(
            "The mean prediction when all rows get the same value of one input and keep the others (partial \
             dependence). The band holds the predictions of single rows from the 10 % to the 90 % quantile. Where \
             inputs go together, some of these rows can not be.",
            "让所有数据的某个输入取同一个值、其他输入不变时的平均预测（部分依赖）。色带是单行预测的 10 % 到 90 % 分位数。输入彼此相关时，其中有些组合不会出现。",
        ),
    );
    let words = language.say(
        "The mean prediction against the input; what it does where the band is wide differs from row to row.",
        "平均预测与输入的关系；色带越宽，各行之间差别越大。",
    );
    let (mut charts, mut tables) = (Vec::new(), Vec::new());
    for input in ranked(&importances.of).into_iter().take(MOST_INPUTS) {
        let Some(dependence) = model.dependence(table, input, POINTS)? else { continue };
        charts.extend(dependences(&dependence, language)?);
        tables.extend(of_levels(&dependence, language));
    }
    section = charts.into_iter().fold(section, |section, chart| section.chart(chart, words));
    Ok(tables.into_iter().fold(section, Section::table))
}

/// A bar for each input.
pub(in crate::commands) fn importance(
    model: &Model,
    importances: &[(String, Importance)],
    language: Language,
) -> Result<Chart, Failure> {
    let bar = |(name, importance): &'_ (String, Importance)| -> (String, f64, Option<(f64, f64)>) {
        let Importance { mean, deviation } = *importance;
        (name.clone(), mean, deviation.map(|deviation| (mean - deviation, mean + deviation)))
    };
    let bars: Vec<_> = importances.iter().map(bar).collect();
    let bars: Vec<Bar<'_>> = bars
        .iter()
        .map(|(name, value, range)| Bar { name, value: *value, range: *range })
        .collect();
    let has_classes = model.targets().iter().any(|target| target.class_count().is_some());
    let x = match has_classes {
        true => language.say("increase of the log loss", "对数损失的增加"),
        false => {
            language.say("increase of the RMSE, in standard deviations", "RMSE 的增加（标准差）")
        }
    };
    let title = language.say("Which inputs matter", "哪些输入重要");
    Ok(chart::bars(Labels { title, x, y: language.say("input", "输入") }, &bars)?)
}

/// The charts of a dependence: one for each target of numbers or of two classes; one for all classes of another.
pub(in crate::commands) fn dependences(
    dependence: &Dependence,
    language: Language,
) -> Result<Vec<Chart>, Failure> {
    let mut charts = Vec::new();
    for curves in dependence.curves.chunk_by(|a, b| a.target == b.target) {
        match (&dependence.places, curves) {
            (Places::Numbers(x), [curve]) => charts.push(line(dependence, x, curve, language)?),
            (Places::Categories(levels), [curve]) => {
                charts.push(levelled(dependence, levels, curve, language)?);
            }
            (Places::Numbers(x), curves) => {
                charts.push(classes(dependence, x, curves, language)?);
            }
            // A table tells more.
            (Places::Categories(_), _) => {}
        }
    }
    Ok(charts)
}

/// What stands along the axis of the predictions.
fn prediction(curve: &DependenceCurve, language: Language) -> String {
    match (&curve.class, language) {
        (None, Language::En) => format!("predicted {}", curve.target),
        (None, Language::Zh) => format!("预测的 {}", curve.target),
        (Some(class), Language::En) => format!("probability of {} = {class}", curve.target),
        (Some(class), Language::Zh) => format!("{} = {class} 的概率", curve.target),
    }
}

fn line(
    dependence: &Dependence,
    x: &[f64],
    curve: &DependenceCurve,
    language: Language,
) -> Result<Chart, Failure> {
    let y = prediction(curve, language);
    let labels = Labels { title: &dependence.input, x: &dependence.input, y: &y };
    let mean = Series::new(language.say("mean", "平均"), x, &curve.mean);
    let low = Series::new(language.say("single rows, 10–90 %", "单行，10–90 %"), x, &curve.low);
    let high = Series::new("", x, &curve.high);
    Ok(chart::dependence(labels, mean, Some((low, high)))?)
}

fn levelled(
    dependence: &Dependence,
    levels: &[String],
    curve: &DependenceCurve,
    language: Language,
) -> Result<Chart, Failure> {
    let bar = |(i, name): (usize, &'_ String)| {
        (name.clone(), curve.mean[i], (curve.low[i], curve.high[i]))
    };
    let bars: Vec<_> = levels.iter().enumerate().map(bar).collect();
    let bars: Vec<Bar<'_>> = bars
        .iter()
        .map(|(name, value, range)| Bar { name, value: *value, range: Some(*range) })
        .collect();
    let x = prediction(curve, language);
    let labels = Labels { title: &dependence.input, x: &x, y: &dependence.input };
    Ok(chart::dependence_of_categories(labels, &bars)?)
}

fn classes(
    dependence: &Dependence,
    x: &[f64],
    curves: &[DependenceCurve],
    language: Language,
) -> Result<Chart, Failure> {
    let target = curves.first().map_or("", |curve| curve.target.as_str());
    let y = match language {
        Language::En => format!("probability of each {target}"),
        Language::Zh => format!("各 {target} 的概率"),
    };
    let labels = Labels { title: &dependence.input, x: &dependence.input, y: &y };
    let series: Vec<Series<'_>> = curves
        .iter()
        .take(MOST_CLASSES)
        .map(|curve| Series::new(curve.class.as_deref().unwrap_or_default(), x, &curve.mean))
        .collect();
    Ok(chart::dependence_of_classes(labels, &series)?)
}

/// The mean probabilities of several classes for each level.
fn of_levels(dependence: &Dependence, language: Language) -> Vec<Table> {
    let Places::Categories(levels) = &dependence.places else { return Vec::new() };
    let mut tables = Vec::new();
    for curves in dependence.curves.chunk_by(|a, b| a.target == b.target) {
        let [first, _, ..] = curves else { continue };
        let caption = match language {
            Language::En => {
                format!("{}: mean probability of each {}", dependence.input, first.target)
            }
            Language::Zh => format!("{}：各 {} 的平均概率", dependence.input, first.target),
        };
        let header = curves.iter().map(|curve| curve.class.clone().unwrap_or_default());
        let header = [dependence.input.clone()].into_iter().chain(header);
        let mut table = Table::new(header).caption(caption);
        for (i, level) in levels.iter().enumerate() {
            let cells = curves.iter().map(|curve| short(curve.mean[i]));
            table.push([level.clone()].into_iter().chain(cells));
        }
        tables.push(table);
    }
    tables
}
