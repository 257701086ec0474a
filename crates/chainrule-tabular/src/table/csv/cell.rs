//! Cells: where they end, what stands in them, and the numbers among them.

use super::super::numbers::Decimal;
use memchr::memchr;
use std::borrow::Cow;

pub(super) fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// Where the cell that begins `at` here would end if it had no quotes: at a separator, a line end or the end
/// of the text.
fn end(text: &[u8], at: usize, separator: u8) -> usize {
    let rest = &text[at..];
    let length = rest.iter().position(|byte| *byte == separator || is_line_end(*byte));
    at + length.unwrap_or(rest.len())
}

/// The cell that begins here, without its quotes, and where it ends.
pub(super) fn cell(text: &[u8], at: usize, separator: u8) -> (Cow<'_, [u8]>, usize) {
    if text.get(at) != Some(&b'"') {
        let end = end(text, at, separator);
        return (Cow::Borrowed(&text[at..end]), end);
    }
    let inside = at + 1;
    let Some(after) = past_quotes(text, inside) else {
        return (single(&text[inside..]), text.len());
    };
    let mut cell = single(&text[inside..after - 1]);
    let end = end(text, after, separator);
    if end > after {
        // What follows the closing quote belongs to the cell as it is.
        cell.to_mut().extend_from_slice(&text[after..end]);
    }
    (cell, end)
}

/// All cells of the row that begins here, and where it ends.
pub(super) fn cells(text: &[u8], mut at: usize, separator: u8) -> (Vec<Cow<'_, [u8]>>, usize) {
    let mut cells = Vec::new();
    loop {
        let (next, end) = cell(text, at, separator);
        cells.push(next);
        if text.get(end) != Some(&separator) {
            return (cells, end);
        }
        at = end + 1;
    }
}

/// The place after the quote that closes what begins here, just `inside` the opening one. Two quotes are one
/// that belongs to the cell.
pub(super) fn past_quotes(text: &[u8], inside: usize) -> Option<usize> {
    let mut at = inside;
    loop {
        let after = at + memchr(b'"', &text[at..])? + 1;
        if text.get(after) != Some(&b'"') {
            return Some(after);
        }
        at = after + 1;
    }
}

/// The same with a single quote for every two.
fn single(quoted: &[u8]) -> Cow<'_, [u8]> {
    if memchr(b'"', quoted).is_none() {
        return Cow::Borrowed(quoted);
    }
    let mut last = false;
    let keep = |byte: &u8| {
        last = *byte == b'"' && !last;
        *byte != b'"' || last
    };
    Cow::Owned(quoted.iter().copied().filter(keep).collect())
}

/// The cell without the blanks around it; a byte order mark counts as one.
pub(super) fn trimmed(cell: &[u8]) -> &str {
    // The cells of a text are text: they are cut at separators, quotes and line ends.
    let text = str::from_utf8(cell).unwrap_or("\u{FFFD}");
    text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{FEFF}')
}

/// The number that begins here, and where it ends, if it is of the usual kind: digits, perhaps a sign and a
/// point, and no exponent.
///
/// Its digits are an integer m, and k of them stand behind the point. With m ≤ 2⁵³ its value is the number nearest to the
/// text, the one that `parse` finds. All others are left to `parse`.
#[inline]
pub(super) fn number(text: &[u8], at: usize) -> Option<(Decimal, usize)> {
    let is_negative = text.get(at) == Some(&b'-');
    let start = at + usize::from(is_negative);
    let mut m = 0u64;
    let mut at = digits(text, start, &mut m);
    let mut count = at - start;
    let mut k = 0;
    if text.get(at) == Some(&b'.') {
        let point = at + 1;
        at = digits(text, point, &mut m);
        k = at - point;
        count += k;
    }
    // More digits than 19 may not fit into m.
    if count == 0 || count > 19 || m > 1 << f64::MANTISSA_DIGITS {
        return None;
    }
    Some((Decimal { is_negative, m, k }, at))
}

/// Appends the digits that begin here to m, and returns where they end.
#[inline]
fn digits(text: &[u8], mut at: usize, m: &mut u64) -> usize {
    while let Some(byte) = text.get(at)
        && byte.is_ascii_digit()
    {
        *m = m.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotes_hold_cells_together() {
        for (text, expected, end) in [
            ("a,b", "a", 1),
            ("a\"b\",c", "a\"b\"", 4),
            ("\"a,\n\"\"b\"\"\"\r\n", "a,\n\"b\"", 10),
            ("\"a\"b\"\",c", "ab\"\"", 6),
            ("\"\",c", "", 2),
            ("\"a\n", "a\n", 3),
            ("\"\"\"", "\"", 3),
            ("", "", 0),
        ] {
            let (cell, place) = cell(text.as_bytes(), 0, b',');
            assert_eq!((str::from_utf8(&cell).unwrap(), place), (expected, end), "{text:?}");
        }
    }

    #[test]
    fn only_usual_numbers_are_read_here() {
        let number = |text, at| number(text, at).map(|(decimal, end)| (decimal.value(), end));
        for text in ["", "-", ".", "+1", "inf", "NaN", "9007199254740993", "00000000000000000001"] {
            assert_eq!(number(text.as_bytes(), 0), None, "{text:?}");
        }
        assert_eq!(number(b"9007199254740992", 0), Some((9007199254740992.0, 16)));
        // Whether what follows belongs to the number is for the caller to see.
        assert_eq!(number(b"x,1.5e3", 2), Some((1.5, 5)));
    }

    /// The rows that the crate csv finds.
    fn records(text: &str) -> Vec<Vec<Vec<u8>>> {
        let mut reader = ::csv::ReaderBuilder::new();
        let reader = reader.has_headers(false).flexible(true).from_reader(text.as_bytes());
        let records = reader.into_byte_records().map(|record| record.unwrap());
        records.map(|record| record.iter().map(<[u8]>::to_vec).collect()).collect()
    }

    proptest! {
        #[test]
        fn cells_are_those_of_the_crate_csv(text in "[a,,\"\"\r\n\n;é]{0,40}") {
            let (mut rows, mut at) = (Vec::new(), 0);
            let bytes = text.as_bytes();
            let skip = |at: usize| at + bytes[at..].iter().take_while(|b| is_line_end(**b)).count();
            while skip(at) < bytes.len() {
                let (row, end) = cells(bytes, skip(at), b',');
                rows.push(row.into_iter().map(Cow::into_owned).collect::<Vec<_>>());
                at = end;
            }
            prop_assert_eq!(rows, records(&text));
        }

        #[test]
        fn numbers_are_those_of_the_standard_library(text in "-?[0-9]{0,14}\\.?[0-9]{0,19}") {
            if let Some((value, end)) = number(text.as_bytes(), 0) {
                prop_assert_eq!(end, text.len());
                prop_assert_eq!(value.value().to_bits(), text.parse::<f64>().unwrap().to_bits());
            }
        }
    }
}
