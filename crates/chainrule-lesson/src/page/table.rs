//! A matrix of numbers in the page, which knows what its entries were computed from.

use super::math::DIGITS;
use crate::{Language, number::typeset};
use chainrule::trace::Quantity;
use std::fmt::Write;

/// More numbers than these are folded.
const MOST_OPEN: usize = 80;
/// Of larger tables only so many rows and columns are written.
const MOST_ROWS: usize = 64;
const MOST_COLUMNS: usize = 64;

/// Writes the numbers under this name; of a gradient, also its difference quotients.
///
/// `from` names what the entry in row i and column j was computed from, one word for each: `ij@name` is the entry in
/// row i and column j of that table, `i*@name` its row i, `*j@name` its column j, `0j@name` the entry j of a vector.
pub(super) fn write(
    html: &mut String,
    name: &str,
    quantity: &Quantity,
    from: &str,
    language: Language,
) {
    let (rows, columns) = quantity.rows_and_columns();
    let is_folded = rows * columns > MOST_OPEN;
    if is_folded {
        let words = language.say("numbers", "个数");
        let _ = write!(html, "<details><summary>{rows} × {columns} {words}</summary>");
    }
    html.push_str("<div class=\"pair\">");
    let numerical = quantity.numerical.as_deref();
    let twin = format!("{name}-n");
    let all = match numerical {
        Some(_) => format!("{from} ij@{twin}"),
        None => from.to_owned(),
    };
    matrix(html, name, &quantity.values, (rows, columns), all.trim(), language);
    if let (Some(numerical), Some(deviation)) = (numerical, quantity.deviation()) {
        html.push_str("<figure class=\"twin\">");
        matrix(html, &twin, numerical, (rows, columns), &format!("ij@{name}"), language);
        let words = language.say("numerically; largest distance", "差商；最大偏差");
        let distance = typeset(deviation, 2);
        let kind = if deviation < 1e-6 { "good" } else { "warning" };
        let _ =
            write!(html, "<figcaption class=\"{kind}\">{words} {distance}</figcaption></figure>");
    }
    html.push_str("</div>");
    if is_folded {
        html.push_str("</details>");
    }
    html.push('\n');
}

fn matrix(
    html: &mut String,
    name: &str,
    values: &[f64],
    (rows, columns): (usize, usize),
    from: &str,
    language: Language,
) {
    let (shown_rows, shown_columns) = (rows.min(MOST_ROWS), columns.min(MOST_COLUMNS));
    let _ = write!(html, "<div class=\"matrix\"><table id=\"{name}\" data-from=\"{from}\"><tbody>");
    for row in values.chunks(columns.max(1)).take(shown_rows) {
        html.push_str("<tr>");
        for &value in row.iter().take(shown_columns) {
            let _ = write!(html, "<td>{}</td>", typeset(value, DIGITS));
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
    if (shown_rows, shown_columns) != (rows, columns) {
        let words = language.say("are shown; --json writes all", "已列出；--json 写出全部");
        let _ = write!(html, "<p>{shown_rows} × {shown_columns} {words}</p>");
    }
    html.push_str("</div>");
}
