//! Tables of words and numbers.

use std::fmt::Write;

use super::escape::escape;

/// A table with a header; the first cell of each row names the row.
///
/// A column whose cells are all numbers is aligned to the right.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    caption: String,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table under a header, whose first name is that of the column of row names.
    pub fn new<S: Into<String>>(header: impl IntoIterator<Item = S>) -> Self {
        Self { header: header.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// A caption above the table.
    pub fn caption(mut self, text: impl Into<String>) -> Self {
        self.caption = text.into();
        self
    }

    /// One more row. Cells that the header has no column for are left out, missing ones are empty.
    pub fn row<S: Into<String>>(mut self, cells: impl IntoIterator<Item = S>) -> Self {
        self.push(cells);
        self
    }

    /// Adds a row; the same for use in a loop.
    pub fn push<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let mut cells: Vec<String> = cells.into_iter().map(Into::into).collect();
        cells.resize(self.header.len(), String::new());
        self.rows.push(cells);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A table that scrolls inside its own box. Its place in the keyboard's order lets it be
    /// scrolled without a mouse; `number` makes the name of its caption unique in the page.
    pub(super) fn write(&self, html: &mut String, number: usize) {
        let id = format!("table-{number}");
        let label = if self.caption.is_empty() {
            format!("aria-label=\"{}\"", escape(&self.header.join(", ")))
        } else {
            format!("aria-labelledby=\"{id}\"")
        };
        let _ = write!(
            html,
            "<div class=\"scroll\" role=\"region\" tabindex=\"0\" {label}>\n<table>\n"
        );
        if !self.caption.is_empty() {
            let caption = escape(&self.caption);
            let _ = writeln!(html, "<caption id=\"{id}\" dir=\"auto\">{caption}</caption>");
        }
        let numbers: Vec<bool> =
            (0..self.header.len()).map(|column| self.is_of_numbers(column)).collect();
        let class = |column: usize| if numbers[column] { " class=\"n\"" } else { "" };
        html.push_str("<thead><tr>");
        for (column, name) in self.header.iter().enumerate() {
            let (class, name) = (class(column), escape(name));
            let _ = write!(html, "<th scope=\"col\"{class} dir=\"auto\">{name}</th>");
        }
        html.push_str("</tr></thead>\n<tbody>\n");
        for row in &self.rows {
            html.push_str("<tr>");
            for (column, cell) in row.iter().enumerate() {
                let (class, cell) = (class(column), escape(cell));
                // Numbers have one direction, which saves the attribute.
                let direction = if numbers[column] { "" } else { " dir=\"auto\"" };
                let _ = match column {
                    0 => write!(html, "<th scope=\"row\"{class}{direction}>{cell}</th>"),
                    _ => write!(html, "<td{class}{direction}>{cell}</td>"),
                };
            }
            html.push_str("</tr>\n");
        }
        html.push_str("</tbody>\n</table>\n</div>\n");
    }

    /// Whether a column has at least one number and nothing else but gaps.
    fn is_of_numbers(&self, column: usize) -> bool {
        let mut cells = self.rows.iter().map(|row| row[column].trim()).filter(|cell| !is_gap(cell));
        cells.clone().next().is_some() && cells.all(is_number)
    }
}

/// Whether a cell says that there is no number.
fn is_gap(cell: &str) -> bool {
    matches!(cell, "" | "–" | "—" | "-" | "−")
}

/// Whether a cell begins like a number: perhaps a sign or a bound, then a digit. A name with its
/// number, as "3 · blue", is none.
fn is_number(cell: &str) -> bool {
    if cell.contains('·') {
        return false;
    }
    let cell =
        cell.trim_start_matches(['+', '-', '−', '±', '<', '>', '≤', '≥', '~', '≈', ' ', '$', '€']);
    let number = cell.split([' ', '±', '(', '…', '–']).next().unwrap_or_default();
    number.starts_with(|c: char| c.is_ascii_digit())
        && number.chars().all(|c| !c.is_alphabetic() || matches!(c, 'e' | 'E'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_words() {
        for cell in ["0.12", "−3", "+4.5 %", "<0.001", "1.2e-5", "6×10²³", "0.3 ± 0.1", "12 MPa"]
        {
            assert!(is_number(cell), "{cell}");
        }
        for cell in ["a", "1H OCEAN", "3 · blue", "2nd", "<1H", "", "x1"] {
            assert!(!is_number(cell), "{cell}");
        }
    }

    #[test]
    fn rows_have_as_many_cells_as_the_header() {
        let table = Table::new(["measure", "value"]).row(["a"]).row(["b", "1", "more"]);
        assert_eq!(table.rows, [["a", ""], ["b", "1"]]);
        assert!(table.is_of_numbers(1) && !table.is_of_numbers(0));
        let mut html = String::new();
        table.write(&mut html, 1);
        assert!(
            html.contains("<th scope=\"row\" dir=\"auto\">b</th><td class=\"n\">1</td>"),
            "{html}"
        );
    }
}
