//! How the model came about.

use super::Subject;
use crate::{args::Language, failure::Failure, text};
use chainrule_report::{Chart, Labels, Section, Series, Table, chart};
use chainrule_tabular::{Decision, Training};

pub(super) fn section(subject: &Subject<'_>) -> Result<Section, Failure> {
    let Subject { model, language, trainings, .. } = *subject;
    let record = model.record();
    let mut section = Section::new(language.say("How it was made", "训练过程"));
    if !record.decisions.is_empty() {
        let header = match language {
            Language::En => ["decision", "why", "to decide otherwise"],
            Language::Zh => ["决定", "理由", "改变它的选项"],
        };
        let mut table = Table::new(header)
            .caption(language.say("Decided without being asked", "自动作出的决定"));
        for Decision { what, why, flag } in &record.decisions {
            table.push([what.clone(), why.clone(), flag.clone().unwrap_or("–".to_owned())]);
        }
        section = section.table(table);
        if language == Language::Zh {
            section = section.paragraph("以上各项照录模型文件中的英文原文。");
        }
    }
    if let Some(training) = trainings.iter().find(|training| !training.history.epochs.is_empty()) {
        let many = trainings.len();
        section = section
            .subheading(language.say("The course of a training", "训练曲线"))
            .paragraph(match (many, language) {
                (1, Language::En) => "There was one training.".to_owned(),
                (1, Language::Zh) => "只有一次训练。".to_owned(),
                (_, Language::En) => format!("The first of {many} trainings."),
                (_, Language::Zh) => format!("{many} 次训练中的第一次。"),
            })
            .chart(
                loss(training, subject.loss_unit, language)?,
                language.say(
                    "The loss of the rows that train and of those that judge, round by round.",
                    "训练数据和验证数据的损失随轮次的变化。",
                ),
            );
    }
    section = section
        .subheading(language.say("Once more", "重现"))
        .code(subject.command)
        .fact(language.say("version", "版本"), format!("chainrule {}", record.chainrule));
    if !record.optimizer.is_empty() {
        section = section.fact(language.say("method", "方法"), record.optimizer.clone());
    }
    if record.learning_rate > 0.0 {
        section = section
            .fact(language.say("learning rate", "学习率"), record.learning_rate.to_string())
            .fact(language.say("rows in a step", "每步的行数"), record.batch_size.to_string());
    }
    if record.folds > 1 {
        section = section.fact(
            language.say("folds × starts", "折数 × 起点数"),
            format!("{} × {}", record.folds, record.starts),
        );
    }
    section = section.fact(language.say("seed", "随机种子"), record.seed.to_string());
    if let Some(data) = &record.data {
        section =
            section.fact(language.say("SHA-256 of the table", "数据的 SHA-256"), data.clone());
    }
    Ok(section)
}

/// The losses of a training.
fn loss(training: &Training, unit: Option<f64>, language: Language) -> Result<Chart, Failure> {
    let history = &training.history;
    let factor = unit.unwrap_or(1.0);
    let x: Vec<f64> = history.epochs.iter().map(|epoch| epoch.number as f64 + 1.0).collect();
    let train: Vec<f64> = history.epochs.iter().map(|epoch| factor * epoch.training_loss).collect();
    let judge: Vec<f64> = history
        .epochs
        .iter()
        .map(|epoch| epoch.validation_loss.map_or(f64::NAN, |loss| factor * loss))
        .collect();
    let (round, y) = match (text::round(history), unit) {
        (round, Some(_)) => (round, language.say("mean squared error", "均方误差")),
        (round, None) => (round, language.say("loss", "损失")),
    };
    let x_name = match language {
        Language::En => round.to_owned(),
        Language::Zh => "轮次".to_owned(),
    };
    let best = match language {
        Language::En => format!("best {round}"),
        Language::Zh => "最佳轮次".to_owned(),
    };
    let labels = Labels { title: language.say("The training", "训练"), x: &x_name, y };
    let validation = judge.iter().any(|loss| loss.is_finite());
    let validation =
        validation.then(|| Series::new(language.say("rows that judge", "验证数据"), &x, &judge));
    let train = Series::new(language.say("rows that train", "训练数据"), &x, &train);
    Ok(chart::loss(labels, train, validation, &best)?)
}
