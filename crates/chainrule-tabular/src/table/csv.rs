//! CSV, as it is found in the wild: reading with exact complaints, and writing.

use super::{
    Table, TableError, check_names,
    separator::{self, plain},
};
use csv::{ByteRecord, Reader, ReaderBuilder, Writer};
use std::{
    io::{self, Write},
    path::Path,
};

/// Words that stand for a missing value, in small letters.
const MISSING: [&str; 7] = ["", "na", "n/a", "null", "none", "?", "-"];

pub(super) fn read(bytes: &[u8], file: &str) -> Result<Table, TableError> {
    let text = decode(bytes, file)?;
    let separator = separator::find(text);
    let text = plain(text, separator);
    Reading { file, text: &text, separator }.table()
}

pub(super) fn write(table: &Table, to: &mut dyn Write) -> io::Result<()> {
    let mut writer = Writer::from_writer(to);
    writer.write_record(table.names())?;
    let columns: Result<Vec<&[f64]>, TableError> =
        table.columns().map(|(_, column)| column).collect();
    let columns = columns.map_err(io::Error::other)?;
    for row in 0..table.rows() {
        writer.write_record(columns.iter().map(|column| shortest(column[row])))?;
    }
    writer.flush()
}

/// The shortest text that reads back as the same number.
fn shortest(value: f64) -> String {
    match value.abs() {
        1e-5..1e17 | 0.0 => value.to_string(),
        _ => format!("{value:e}"),
    }
}

/// A reader of rows that may be of any length. `text` must be [`plain`] for this separator.
pub(super) fn reader(text: &str, separator: Option<char>) -> Reader<&[u8]> {
    // A text has no zero byte, so that it separates nothing.
    let delimiter = separator.map_or(0, |separator| separator as u8);
    let mut builder = ReaderBuilder::new();
    builder.delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes())
}

/// The text in the bytes, without a byte order mark.
fn decode<'a>(bytes: &'a [u8], file: &str) -> Result<&'a str, TableError> {
    let not_text = |found: String| TableError::NotText { file: file.to_owned(), found };
    match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => return Err(not_text("UTF-16 text".to_owned())),
        [b'P', b'K', 3, 4, ..] => {
            return Err(not_text("a workbook of a spreadsheet, or a ZIP archive".to_owned()));
        }
        _ => {}
    }
    let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    if bytes.contains(&0) {
        return Err(not_text("not text: it contains zero bytes".to_owned()));
    }
    str::from_utf8(bytes).map_err(|error| {
        let (valid, _) = bytes.split_at(error.valid_up_to());
        let line = 1 + line_ends(valid);
        not_text(format!("not UTF-8 text: line {line} has a byte that does not belong there"))
    })
}

/// How many lines end here: by LF, CR LF or CR.
fn line_ends(bytes: &[u8]) -> usize {
    let lf = bytes.iter().filter(|byte| **byte == b'\n').count();
    let lone_cr = bytes.iter().zip(bytes[1.min(bytes.len())..].iter().chain([&b' ']));
    lf + lone_cr.filter(|(byte, next)| **byte == b'\r' && **next != b'\n').count()
}

/// A text on its way to a table.
struct Reading<'a> {
    file: &'a str,
    text: &'a str,
    separator: Option<char>,
}

impl Reading<'_> {
    fn table(&self) -> Result<Table, TableError> {
        let mut reader = reader(self.text, self.separator);
        let mut record = ByteRecord::new();
        if !self.next(&mut reader, &mut record)? {
            return Err(TableError::Empty { file: self.file() });
        }
        let names = self.header(&record)?;
        let body = reader.position().byte() as usize;

        let mut columns = vec![Ok(Vec::new()); names.len()];
        let mut rows = 0;
        while self.next(&mut reader, &mut record)? {
            if record.len() == names.len() {
                self.row(&record, &names, &mut columns);
                rows += 1;
            } else if !is_blank(&record) {
                let (expected, found) = (names.len(), record.len());
                let line = self.line(&record);
                return Err(TableError::Ragged { file: self.file(), line, expected, found });
            }
        }
        if rows == 0 {
            return Err(TableError::HeaderOnly { file: self.file() });
        }
        if let [name] = &names[..] {
            self.no_gaps(body, name)?;
        }
        Ok(Table { names, columns, rows, separator: self.separator })
    }

    fn file(&self) -> String {
        self.file.to_owned()
    }

    fn next(&self, reader: &mut Reader<&[u8]>, to: &mut ByteRecord) -> Result<bool, TableError> {
        reader.read_byte_record(to).map_err(|error| TableError::Unreadable {
            path: Path::new(self.file).to_owned(),
            reason: error.to_string(),
        })
    }

    fn header(&self, record: &ByteRecord) -> Result<Vec<String>, TableError> {
        if is_blank(record) {
            return Err(TableError::Empty { file: self.file() });
        }
        if record.iter().all(|cell| text(cell).parse::<f64>().is_ok()) {
            return Err(TableError::NoHeader { file: self.file() });
        }
        let names: Vec<String> = record.iter().map(|cell| text(cell).to_owned()).collect();
        check_names(&names, self.file)?;
        Ok(names)
    }

    /// Adds a row to the columns. A column ends with its first cell that is not a finite number.
    fn row(
        &self,
        record: &ByteRecord,
        names: &[String],
        columns: &mut [Result<Vec<f64>, TableError>],
    ) {
        for ((cell, name), column) in record.iter().zip(names).zip(columns) {
            let Ok(values) = column else { continue };
            match text(cell).parse::<f64>() {
                Ok(value) if value.is_finite() => values.push(value),
                Ok(_) => *column = Err(self.complaint(Complaint::NotFinite, record, name, cell)),
                Err(_) => *column = Err(self.complaint(Complaint::of(cell), record, name, cell)),
            }
        }
    }

    #[cold]
    fn complaint(
        &self,
        complaint: Complaint,
        at: &ByteRecord,
        name: &str,
        cell: &[u8],
    ) -> TableError {
        let (file, line, column) = (self.file(), self.line(at), name.to_owned());
        let text = text(cell).to_owned();
        match complaint {
            Complaint::NotFinite => TableError::NotFinite { file, line, column, text },
            Complaint::Missing => TableError::Missing { file, line, column, text },
            Complaint::DecimalComma => TableError::DecimalComma { file, line, column, text },
            Complaint::Text => TableError::Text { file, line, column, text },
        }
    }

    /// The line, from 1, on which this row begins.
    fn line(&self, record: &ByteRecord) -> usize {
        let position = record.position().map_or(0, |position| position.byte() as usize);
        // The position is the end of the row before; line ends may follow it.
        let bytes = self.text.as_bytes();
        let more =
            bytes[position..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        1 + line_ends(&bytes[..position + more])
    }

    /// In a single column a blank line may be a missing value, which must not be skipped in silence.
    fn no_gaps(&self, header_end: usize, name: &str) -> Result<(), TableError> {
        let (header, body) = self.text.split_at(header_end);
        let (header, body) = (header.trim_end_matches(['\r', '\n']), body.trim_end());
        // The text from the end of the header's line on, whether or not the reader went past that end.
        let body = &self.text[header.len()..header_end + body.len()];
        let body = body.replace("\r\n", "\n");
        match body.split(['\r', '\n']).skip(1).position(|line| line.trim().is_empty()) {
            None => Ok(()),
            Some(row) => Err(TableError::Missing {
                file: self.file(),
                line: 2 + line_ends(header.as_bytes()) + row,
                column: name.to_owned(),
                text: String::new(),
            }),
        }
    }
}

/// What is wrong with a cell.
enum Complaint {
    NotFinite,
    Missing,
    DecimalComma,
    Text,
}

impl Complaint {
    /// Of a cell that is not a number.
    fn of(cell: &[u8]) -> Self {
        let text = text(cell);
        if MISSING.contains(&text.to_ascii_lowercase().as_str()) {
            Self::Missing
        } else if text.matches(',').count() == 1 && text.replace(',', ".").parse::<f64>().is_ok() {
            Self::DecimalComma
        } else {
            Self::Text
        }
    }
}

/// The cell without the blanks around it; a byte order mark counts as one.
fn text(cell: &[u8]) -> &str {
    // The cells of a text are text: they are cut at separators, quotes and line ends.
    let text = str::from_utf8(cell).unwrap_or("\u{FFFD}");
    text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{FEFF}')
}

/// Whether it is a line of blanks.
fn is_blank(record: &ByteRecord) -> bool {
    record.len() == 1 && text(&record[0]).is_empty()
}
