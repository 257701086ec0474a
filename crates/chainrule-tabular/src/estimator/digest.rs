//! Which table it was: a hash of its names and cells.

use crate::{Table, table::Values};
use sha2::{Digest, Sha256};

/// Stands for the bytes of a missing word.
const MISSING: u64 = u64::MAX;

/// SHA-256 over the names and cells of a table, column by column, in hexadecimal digits.
///
/// Of a column come the length of its name and the name, 0 for numbers or 1 for words, the number of its cells, and the
/// cells: the eight bytes of a number, one and the same NaN for each gap, or the length of a word and the word, whose
/// length is 2⁶⁴ − 1 in a gap. Lengths have eight bytes, and everything is little-endian. So a table has the same hash
/// whatever file it was read from, and another one as soon as a cell, a name or the order of either is another.
pub(crate) fn of(table: &Table) -> String {
    let mut hash = Sha256::new();
    for (name, column) in table.columns() {
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name);
        match column.values() {
            Values::Numbers(values) => {
                hash.update([0]);
                hash.update((values.len() as u64).to_le_bytes());
                for value in values.iter() {
                    let value = if value.is_nan() { f64::NAN } else { value };
                    hash.update(value.to_le_bytes());
                }
            }
            Values::Words(words) => {
                hash.update([1]);
                hash.update((words.codes().len() as u64).to_le_bytes());
                for row in 0..words.codes().len() {
                    let word = words.word(row);
                    let length = word.map_or(MISSING, |word| word.len() as u64);
                    hash.update(length.to_le_bytes());
                    hash.update(word.unwrap_or_default());
                }
            }
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(csv: &str) -> String {
        of(&Table::read_csv(csv.as_bytes(), "t").unwrap())
    }

    #[test]
    fn the_same_cells_have_the_same_hash_and_no_others() {
        let tables = [
            "x,y\n1,a\n2,b\n",
            "x,z\n1,a\n2,b\n",
            "x,y\n1,a\n2,c\n",
            "x,y\n1,a\n,b\n",
            "x,y\n1,a\n2,\n",
            "x,y\n2,b\n1,a\n",
            "y,x\na,1\nb,2\n",
            "x,y\n1,a\n2,b\n2,b\n",
            "xy\n1\n2\n",
        ];
        let hashes: Vec<String> = tables.iter().map(|table| hash(table)).collect();
        for (i, hash) in hashes.iter().enumerate() {
            assert_eq!(hash.len(), 64);
            assert!(!hashes[..i].contains(hash), "{:?}", tables[i]);
        }
        assert_eq!(hashes[0], hash("x;y\n1.0;a\n2e0; b\n\n"));
    }

    /// The bytes of the documentation, put together by hand.
    #[test]
    fn the_hash_is_that_of_the_documented_bytes() {
        let mut bytes = vec![1, 0, 0, 0, 0, 0, 0, 0, b'x', 0, 1, 0, 0, 0, 0, 0, 0, 0];
        bytes.extend([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
        bytes.extend([1, 0, 0, 0, 0, 0, 0, 0, b'y', 1, 1, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend([1, 0, 0, 0, 0, 0, 0, 0, b'a']);
        let expected: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hash("x,y\n1,a\n"), expected);
    }
}
