//! The columns of the table.

use super::{
    Subject,
    words::{short, thousands},
};
use crate::args::Language;
use chainrule_report::{Section, Table};
use chainrule_tabular::table::{ColumnType, Profile, Schema};

/// Of a column so many of its values are named.
const MOST_LEVELS: usize = 4;
/// Of a table so many columns are told.
const MOST_COLUMNS: usize = 200;

pub(super) fn section(subject: &Subject<'_>, schema: &Schema) -> Section {
    let Subject { model, language, .. } = *subject;
    let header = match language {
        Language::En => ["column", "type", "use", "missing", "different", "values"],
        Language::Zh => ["列", "类型", "用途", "缺失", "不同值", "取值"],
    };
    let (rows, columns) = (language.rows(schema.rows()), schema.profiles().len());
    let mut section = Section::new(language.say("The data", "数据")).paragraph(match language {
        Language::En => format!("{rows}, {} columns.", thousands(columns)),
        Language::Zh => format!("{rows}，{} 列。", thousands(columns)),
    });
    let mut table = Table::new(header);
    for profile in schema.profiles().iter().take(MOST_COLUMNS) {
        let is = |name: &str| profile.name == name;
        let used = if model.targets().iter().any(|target| is(&target.name)) {
            language.say("target", "目标")
        } else if model.inputs().iter().any(|input| is(&input.name)) {
            language.say("input", "输入")
        } else {
            "–"
        };
        let missing = match profile.missing {
            0 => "0".to_owned(),
            missing => {
                let part = 100.0 * missing as f64 / schema.rows().max(1) as f64;
                format!("{} ({part:.1} %)", thousands(missing))
            }
        };
        table.push([
            profile.name.clone(),
            kind(profile.kind, language).to_owned(),
            used.to_owned(),
            missing,
            thousands(profile.distinct),
            values(profile, language),
        ]);
    }
    section = section.table(table);
    match columns.saturating_sub(MOST_COLUMNS) {
        0 => section,
        more => section.paragraph(match language {
            Language::En => format!("{more} more columns are not listed."),
            Language::Zh => format!("另有 {more} 列未列出。"),
        }),
    }
}

fn kind(kind: ColumnType, language: Language) -> &'static str {
    match (kind, language) {
        (kind, Language::En) => kind.name(),
        (ColumnType::Number, _) => "数值",
        (ColumnType::Integer, _) => "整数",
        (ColumnType::Boolean, _) => "二值",
        (ColumnType::Category, _) => "类别",
        (ColumnType::Date, _) => "日期",
        (ColumnType::Identifier, _) => "标识",
        (ColumnType::Text, _) => "文本",
        (ColumnType::Constant, _) => "常数",
    }
}

/// The range of numbers; the most frequent ones of other values.
fn values(profile: &Profile, language: Language) -> String {
    let is_number = matches!(profile.kind, ColumnType::Number | ColumnType::Integer);
    match profile.numeric {
        Some(numeric) if is_number => {
            let (min, max) = (short(numeric.min), short(numeric.max));
            let median = short(numeric.median);
            match language {
                Language::En => format!("{min} to {max}, median {median}"),
                Language::Zh => format!("{min} 到 {max}，中位数 {median}"),
            }
        }
        _ if matches!(profile.kind, ColumnType::Identifier | ColumnType::Text) => {
            let first = profile.levels.first().map_or("", |level| level.value.as_str());
            match language {
                Language::En => format!("such as {}", cut(first)),
                Language::Zh => format!("例如 {}", cut(first)),
            }
        }
        _ => {
            let levels = profile.levels.iter().take(MOST_LEVELS);
            let levels: Vec<String> =
                levels.map(|level| format!("{} ({})", cut(&level.value), level.count)).collect();
            let more = if profile.distinct > MOST_LEVELS { ", …" } else { "" };
            levels.join(", ") + more
        }
    }
}

/// A value that is not too long for a cell.
fn cut(value: &str) -> String {
    const LONGEST: usize = 40;
    match value.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}
