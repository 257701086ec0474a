//! A chart in a page: the picture, its words for those who cannot see it, and its numbers.

use std::fmt::Write;

use super::escape::escape;
use super::{Table, Words};
use crate::Chart;
use crate::paper::FONTS;

/// At most about so many rows stand in the table of a chart.
const MOST_ROWS: usize = 60;

/// Writes a chart; `number` makes its names unique in the page.
pub(super) fn write(
    html: &mut String,
    chart: &Chart,
    alternative: &str,
    number: usize,
    words: &Words,
) {
    let (contents, width, height) = chart.inline_svg();
    let (title, alternative) = (escape(chart.title()), escape(alternative));
    let title = if title.is_empty() { alternative.clone() } else { title };
    let _ = write!(
        html,
        "<figure>\n<svg class=\"chart\" role=\"img\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"{FONTS}\" aria-labelledby=\"chart-{number}\" \
         aria-describedby=\"chart-{number}-words\">\n<title id=\"chart-{number}\">{title}</title>\n\
         <desc id=\"chart-{number}-words\">{alternative}</desc>\n{contents}\n</svg>\n",
    );
    data(html, chart, number, words);
    html.push_str("</figure>\n");
}

fn data(html: &mut String, chart: &Chart, number: usize, words: &Words) {
    let (table, left_out) = table(chart, words);
    if table.is_empty() {
        return;
    }
    let _ = writeln!(html, "<details><summary>{}</summary>", escape(&words.data));
    table.write(html, number);
    if left_out > 0 {
        let _ = writeln!(html, "<p>{left_out} {}</p>", escape(&words.left_out));
    }
    html.push_str("</details>\n");
}

/// The numbers of the chart, and how many rows are left out.
fn table(chart: &Chart, words: &Words) -> (Table, usize) {
    if let Some(matrix) = chart.matrix() {
        let table = Table::new(matrix.header);
        return (matrix.rows.into_iter().fold(table, Table::row), 0);
    }
    let data = chart.data(MOST_ROWS);
    let [x, y] = chart.axes();
    let name =
        |name: &str, letter: &str| if name.is_empty() { letter.into() } else { name.to_owned() };
    let (x, y) = (name(x, "x"), name(y, "y"));
    // Without names of series, the numbers along x name the rows.
    let named = data.rows.iter().any(|row| !row[0].is_empty());
    let mut table =
        if named { Table::new([words.series.clone(), x, y]) } else { Table::new([x, y]) };
    for row in data.rows {
        table.push(row.into_iter().skip(usize::from(!named)));
    }
    (table, data.left_out)
}
