//! The verdict and the scores.

use super::{
    Seen, Subject,
    words::{short, thousands},
};
use crate::{args::Language, evaluation, text};
use chainrule_report::{Section, Table, page::Kind};
use chainrule_tabular::{
    Comparison, Evaluation, Measures, Target, TargetEvaluation,
    evaluate::{Coverage, Interval, Verdict},
};

/// With fewer rows scores are mostly chance.
const FEW_ROWS: usize = 50;

pub(super) fn section(subject: &Subject<'_>, comparisons: &[Comparison]) -> Section {
    let Subject { model, language, .. } = *subject;
    let mut section = Section::new(language.say("In short", "概要"));
    let record = model.record();
    for target in record.evaluation.iter().flat_map(|evaluation| &evaluation.targets) {
        if let Some((kind, words)) = verdict(target, language) {
            section = section.notice(kind, words);
        }
    }
    if let Some(evaluation) = &record.evaluation
        && evaluation.rows < FEW_ROWS
    {
        let rows = language.rows(evaluation.rows);
        let words = match language {
            Language::En => format!("The scores come from only {rows}: they are mostly chance."),
            Language::Zh => format!("评分只来自 {rows}，偶然性很大。"),
        };
        section = section.notice(Kind::Warning, words);
    }
    section = facts(section, subject);
    section = match &record.evaluation {
        Some(evaluation) => scores(section, evaluation, language),
        None => section.paragraph(language.say(
            "The model's file has no scores: nobody has measured it on rows that it does not know.",
            "模型文件中没有评分：尚未在模型没有见过的数据上检验过。",
        )),
    };
    let rows = language.rows(comparisons.first().map_or(0, |one| one.rows.len()));
    let (kind, words) = shown(subject.seen, &rows, language);
    section = section.notice(kind, words);
    match (subject.seen, model.evaluate(subject.shown, super::level(model))) {
        (Seen::Unknown, Ok(evaluation)) => {
            let title = match language {
                Language::En => format!("On {rows} of the table that was given"),
                Language::Zh => format!("在给定表格的 {rows} 上"),
            };
            evaluation.targets.iter().fold(section, |section, target| {
                section.subheading(title.clone()).table(table(target, language))
            })
        }
        _ => section,
    }
}

/// What the rows are that all charts show.
fn shown(seen: Seen, rows: &str, language: Language) -> (Kind, String) {
    let words = match (seen, language) {
        (Seen::No, Language::En) => {
            format!("The charts of errors show {rows} that no training and no decision has seen.")
        }
        (Seen::No, Language::Zh) => format!("误差图显示的是训练和选择时都没有见过的 {rows}。"),
        (Seen::Yes, Language::En) => format!(
            "No rows were kept for the scores, so the charts of errors show {rows} of which most were \
             trained on: on new rows the errors are larger."
        ),
        (Seen::Yes, Language::Zh) => {
            format!("没有留出测试数据，误差图显示的 {rows} 大多参加过训练：在新数据上误差会更大。")
        }
        (Seen::Unknown, Language::En) => format!(
            "The charts of errors show {rows}: all of the table that was given whose target is known. If the \
             model was trained on some of them, it is worse on new ones. The scores of the training are those above."
        ),
        (Seen::Unknown, Language::Zh) => format!(
            "误差图显示给定表格中目标已知的全部 {rows}。如果其中有些参加过训练，在新数据上误差会更大。训练时的评分见上表。"
        ),
    };
    (if seen == Seen::Yes { Kind::Warning } else { Kind::Note }, words)
}

/// Whether the model is worth more than what is cheap to have.
fn verdict(target: &TargetEvaluation, language: Language) -> Option<(Kind, String)> {
    let kind = match target.verdict? {
        Verdict::Better => Kind::Good,
        Verdict::Undecided | Verdict::Worse => Kind::Warning,
    };
    let words = match language {
        Language::En => evaluation::verdict(target)?,
        Language::Zh => chinese_verdict(target)?,
    };
    Some((kind, words))
}

fn chinese_verdict(target: &TargetEvaluation) -> Option<String> {
    let (verdict, best) = (target.verdict?, target.best_baseline()?);
    let (name, rival) = (&target.target, Language::Zh.baseline(&best.name));
    Some(match verdict {
        Verdict::Better => {
            let measure = evaluation::title(target.measures.main_name());
            let part = 100.0 * (1.0 - target.measures.main() / best.measures.main());
            format!("对于 {name}，模型优于{rival}：{measure} 低 {part:.0} %。")
        }
        Verdict::Undecided => format!(
            "对于 {name}，这些数据不能说明模型优于{rival}：请选用更简单的方法，或收集更多数据。"
        ),
        Verdict::Worse => {
            format!("对于 {name}，{rival}优于模型：请选用它，或尝试其他设置。")
        }
    })
}

fn facts(section: Section, subject: &Subject<'_>) -> Section {
    let Subject { model, language, .. } = *subject;
    let (record, layers) = (model.record(), model.architecture());
    let target = |target: &Target| format!("{} ({})", target.name, language.task(&target.values));
    let targets: Vec<String> = model.targets().iter().map(target).collect();
    let hidden: Vec<String> = layers.hidden.iter().map(usize::to_string).collect();
    let network = match (hidden.is_empty(), language) {
        (true, _) => language.say("no hidden layers", "没有隐藏层").to_owned(),
        (false, Language::En) => {
            format!("{} hidden units, {}", hidden.join(" + "), layers.activation)
        }
        (false, Language::Zh) => format!("隐藏层 {}，{}", hidden.join(" + "), layers.activation),
    };
    let rows = match (record.rows, record.test_rows, language) {
        (0, ..) => String::new(),
        (rows, 0, _) => language.rows(rows),
        (rows, test, Language::En) => {
            format!("{}, of which {} for the scores", language.rows(rows), thousands(test))
        }
        (rows, test, Language::Zh) => {
            format!("{}，其中 {} 用于评分", language.rows(rows), language.rows(test))
        }
    };
    let members = model.members().len();
    let several = match (members, language) {
        (1, _) => network,
        (members, Language::En) => format!("{network}; the mean of {members} such networks"),
        (members, Language::Zh) => format!("{network}；{members} 个这样的网络取平均"),
    };
    section
        .fact(language.say("predicts", "预测"), targets.join(", "))
        .fact(
            language.say("from", "依据"),
            match language {
                Language::En => text::count(model.inputs().len(), "input"),
                Language::Zh => format!("{} 个输入", model.inputs().len()),
            },
        )
        .fact(language.say("rows", "数据"), if rows.is_empty() { "–".to_owned() } else { rows })
        .fact(language.say("network", "网络"), several)
        .fact(language.say("parameters of each", "每个网络的参数"), thousands(model.parameters()))
}

fn scores(mut section: Section, evaluation: &Evaluation, language: Language) -> Section {
    let rows = language.rows(evaluation.rows);
    let title = match (evaluation.unseen, language) {
        (true, Language::En) => format!("Scores on {rows} that no decision has seen"),
        (true, Language::Zh) => format!("在没有见过的 {rows} 上的评分"),
        (false, Language::En) => {
            format!("Scores on the {rows} that told when to stop, which flatters a little")
        }
        (false, Language::Zh) => format!("在决定何时停止训练的 {rows} 上的评分（略偏乐观）"),
    };
    for target in &evaluation.targets {
        let caption = match evaluation.targets.len() {
            1 => title.clone(),
            _ => format!("{}: {title}", target.target),
        };
        section = section.subheading(caption).table(table(target, language));
        if let Some(Coverage { level, quality }) = &target.intervals {
            let (level, held) = (100.0 * level, 100.0 * quality.coverage);
            let width = short(quality.mean_width);
            section = section.paragraph(match language {
                Language::En => format!(
                    "Intervals for {level:.0} % hold {held:.1} % of the true values; their mean width is {width}."
                ),
                Language::Zh => {
                    format!("{level:.0} % 的区间包含了 {held:.1} % 的真实值；平均宽度为 {width}。")
                }
            });
        }
    }
    section
}

/// The measures of the model beside those of the cheap ones.
fn table(target: &TargetEvaluation, language: Language) -> Table {
    let names = match &target.measures {
        Measures::Numbers { .. } => vec!["rmse", "mae", "r2"],
        Measures::Classes { names, .. } if names.len() == 2 => {
            vec!["accuracy", "balanced_accuracy", "f1", "roc_auc", "log_loss", "brier"]
        }
        Measures::Classes { .. } => vec!["accuracy", "balanced_accuracy", "f1", "log_loss"],
    };
    let header = names.iter().map(|name| title(name, language));
    let mut table = Table::new([String::new()].into_iter().chain(header));
    let mut push = |label: &str, measures: &Measures| {
        let named = measures.named();
        let cell = |name: &&str| {
            let value = named.iter().find(|(other, _)| other == name);
            value.map_or("–".to_owned(), |(_, value)| short(*value))
        };
        table.push([label.to_owned()].into_iter().chain(names.iter().map(cell)));
    };
    push(language.say("model", "模型"), &target.measures);
    for baseline in &target.baselines {
        push(language.baseline(&baseline.name), &baseline.measures);
    }
    if !target.uncertainty.is_empty() {
        let ends = |name: &&str| match target.uncertainty.iter().find(|(other, _)| other == name) {
            Some((_, Interval { low, high })) => {
                format!("{} … {}", short(*low), short(*high))
            }
            None => "–".to_owned(),
        };
        let label = language.say("model, 95 % interval", "模型，95 % 区间").to_owned();
        table.push([label].into_iter().chain(names.iter().map(ends)));
    }
    table
}

fn title(name: &str, language: Language) -> String {
    match (language, name) {
        (Language::Zh, "accuracy") => "准确率".to_owned(),
        (Language::Zh, "balanced_accuracy") => "平衡准确率".to_owned(),
        (Language::Zh, "log_loss") => "对数损失".to_owned(),
        _ => evaluation::title(name),
    }
}
