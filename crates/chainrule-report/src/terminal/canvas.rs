//! A grid of letters with colours.

use crate::ink::Ink;
use crate::text::letter_columns;

/// The place of a dot: 2 in each column, 4 in each row.
type Dot = (usize, usize);

/// Rows of cells. What is drawn outside is not drawn.
pub(super) struct Canvas {
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) colour: bool,
    cells: Vec<Cell>,
}

/// What is seen where several things would share a cell; the later the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Reference,
    Sample,
    Curve,
}

#[derive(Clone, Copy, Default)]
struct Cell {
    /// None: the dots.
    letter: Option<char>,
    /// The dots of a braille letter, in Unicode's order.
    dots: u8,
    rank: Option<Rank>,
    /// Whether it is the right half of a wide letter.
    covered: bool,
    front: Option<u8>,
    back: Option<u8>,
}

impl Canvas {
    pub(super) fn new(columns: usize, rows: usize, colour: bool) -> Self {
        Self { columns, rows, colour, cells: vec![Cell::default(); columns * rows] }
    }

    fn cell(&mut self, column: usize, row: usize) -> Option<&mut Cell> {
        if column < self.columns { self.cells.get_mut(row * self.columns + column) } else { None }
    }

    /// One letter, over whatever is there.
    pub(super) fn put(&mut self, column: usize, row: usize, letter: char, ink: Ink) {
        if let Some(cell) = self.cell(column, row) {
            *cell = Cell {
                letter: Some(letter),
                front: ink.terminal,
                back: cell.back,
                ..Cell::default()
            };
        }
    }

    /// Words from left to right. A wide letter takes two cells; a mark that joins another none.
    pub(super) fn write(&mut self, mut column: usize, row: usize, words: &str, ink: Ink) {
        for letter in words.chars() {
            let width = letter_columns(letter);
            if width == 0 || column + width > self.columns {
                continue;
            }
            self.put(column, row, letter, ink);
            if let Some(right) = self.cell(column + 1, row).filter(|_| width == 2) {
                *right = Cell { covered: true, ..Cell::default() };
            }
            column += width;
        }
    }

    /// One cell in two colours, above and below.
    pub(super) fn halves(
        &mut self,
        column: usize,
        row: usize,
        upper: Option<Ink>,
        lower: Option<Ink>,
    ) {
        let (upper, lower) =
            (upper.and_then(|ink| ink.terminal), lower.and_then(|ink| ink.terminal));
        let (letter, front, back) = match (upper, lower) {
            (upper, lower) if upper == lower => (' ', None, upper),
            (None, lower) => ('▄', lower, None),
            (upper, lower) => ('▀', upper, lower),
        };
        if let Some(cell) = self.cell(column, row) {
            *cell = Cell { letter: Some(letter), front, back, ..Cell::default() };
        }
    }

    /// One dot. A cell has one colour: what ranks higher drives out what ranks lower, and of equals
    /// the last gives its colour.
    pub(super) fn dot(&mut self, (x, y): Dot, ink: Ink, rank: Rank) {
        const BITS: [[u8; 2]; 4] = [[0, 3], [1, 4], [2, 5], [6, 7]];
        if let Some(cell) = self.cell(x / 2, y / 4) {
            if cell.rank > Some(rank) {
                return;
            }
            if cell.rank < Some(rank) {
                *cell = Cell { rank: Some(rank), ..Cell::default() };
            }
            cell.dots |= 1 << BITS[y % 4][x % 2];
            cell.front = ink.terminal;
        }
    }

    /// Straight lines from dot to dot; a dashed one leaves out three dots after each three.
    pub(super) fn curve(&mut self, dots: &[Dot], dashed: bool, ink: Ink, rank: Rank) {
        if let Some(first) = dots.first() {
            self.dot(*first, ink, rank);
        }
        let mut drawn = 0;
        for ends in dots.windows(2) {
            let ((x, y), (to_x, to_y)) = (ends[0], ends[1]);
            let steps = x.abs_diff(to_x).max(y.abs_diff(to_y));
            let between = |from: usize, to: usize, share: f64| {
                (from as f64 + (to as f64 - from as f64) * share).round() as usize
            };
            for i in 1..=steps {
                drawn += 1;
                if !dashed || drawn % 6 < 3 {
                    let share = i as f64 / steps as f64;
                    self.dot((between(x, to_x, share), between(y, to_y, share)), ink, rank);
                }
            }
        }
    }

    /// The lines, without spaces at their ends.
    pub(super) fn into_text(self) -> String {
        let mut text = String::new();
        for row in self.cells.chunks(self.columns.max(1)) {
            let end = row.iter().rposition(|cell| !cell.is_blank()).map_or(0, |last| last + 1);
            let mut now = (None, None);
            for cell in row[..end].iter().filter(|cell| !cell.covered) {
                // The colour of a space is not seen.
                let front = cell.front.filter(|_| cell.glyph() != ' ');
                let wanted = if self.colour { (front, cell.back) } else { (None, None) };
                if wanted != now {
                    text.push_str(&escape(wanted));
                    now = wanted;
                }
                text.push(cell.glyph());
            }
            if now != (None, None) {
                text.push_str("\x1b[0m");
            }
            text.push('\n');
        }
        text
    }
}

impl Cell {
    fn glyph(&self) -> char {
        match self.letter {
            Some(letter) => letter,
            None if self.dots == 0 => ' ',
            None => char::from_u32(0x2800 + u32::from(self.dots)).unwrap_or(' '),
        }
    }

    fn is_blank(&self) -> bool {
        self.glyph() == ' ' && self.back.is_none() && !self.covered
    }
}

/// The escape sequence for a front and a back colour; none is the terminal's own.
fn escape((front, back): (Option<u8>, Option<u8>)) -> String {
    let front = front.map_or(String::new(), |n| format!(";38;5;{n}"));
    let back = back.map_or(String::new(), |n| format!(";48;5;{n}"));
    format!("\x1b[0{front}{back}m")
}
