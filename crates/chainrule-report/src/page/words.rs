//! The words that the page says by itself.

/// What the page calls its own parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The heading of the list of sections.
    pub contents: String,
    /// What unfolds the numbers behind a chart.
    pub data: String,
    /// The heading of the column with the names of the series of a chart.
    pub series: String,
    /// What follows a number of rows that the table of a chart leaves out.
    pub left_out: String,
}

impl Words {
    /// The words in the language of a tag: Chinese for `zh` and its kinds, else English.
    pub fn of_language(tag: &str) -> Self {
        let words = |contents: &str, data: &str, series: &str, left_out: &str| Self {
            contents: contents.into(),
            data: data.into(),
            series: series.into(),
            left_out: left_out.into(),
        };
        match tag.split('-').next().map(str::to_ascii_lowercase).as_deref() {
            Some("zh") => words("目录", "图表数据", "系列", "行未列出"),
            _ => words("Contents", "Data of this chart", "series", "more rows are not listed"),
        }
    }
}
