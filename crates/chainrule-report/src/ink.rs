//! The colours, on paper and in the terminal.
//!
//! The classes have the colours of Okabe and Ito, *Color Universal Design* (2008), which
//! colour-blind readers tell apart, followed by three of Tol's muted scheme (*Colour Schemes*,
//! SRON/EPS/TN/09-002); yellow and black are left out, as they would shine or vanish.

/// One colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ink {
    /// Red, green and blue, 0 to 255.
    pub(crate) rgb: [u8; 3],
    /// The colour of the 256 that terminals have which is bright enough on black and dark enough on
    /// white; none is the terminal's own.
    pub(crate) terminal: Option<u8>,
}

const fn ink(rgb: u32, terminal: u8) -> Ink {
    Ink { rgb: [(rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8], terminal: Some(terminal) }
}

/// Titles and what must be read first.
pub(crate) const TEXT: Ink = Ink { rgb: [0x1f, 0x29, 0x33], terminal: None };
/// Numbers and names on the axes.
pub(crate) const QUIET: Ink = ink(0x52_5f_6b, 245);
/// The lines of the axes.
pub(crate) const AXIS: Ink = ink(0x9a_a5_b1, 245);
/// The grid.
pub(crate) const GRID: Ink = ink(0xe8_eb_ee, 245);
/// What was measured.
pub(crate) const SAMPLES: Ink = ink(0x7b_9f_c4, 74);
/// What is true.
pub(crate) const TRUTH: Ink = Ink { rgb: [0x1f, 0x29, 0x33], terminal: None };
/// What the network says.
pub(crate) const PREDICTION: Ink = CLASSES[1];

/// One colour for each class.
pub(crate) const CLASSES: [Ink; 10] = [
    ink(0x00_72_b2, 33),
    ink(0xd5_5e_00, 208),
    ink(0x00_9e_73, 36),
    ink(0xcc_79_a7, 175),
    ink(0xe6_9f_00, 178),
    ink(0x56_b4_e9, 74),
    ink(0x5b_5b_5b, 243),
    ink(0x99_99_33, 143),
    ink(0x88_22_55, 126),
    ink(0x33_22_88, 62),
];

/// The degrees of confidence that are told apart in a decision region.
pub(crate) const LEVELS: usize = 8;

/// For each class a pale and a strong background in the terminal, and a colour that is seen on both.
const IN_TERMINAL: [[u8; 3]; 10] = [
    [153, 111, 25],
    [223, 216, 130],
    [158, 115, 22],
    [225, 218, 132],
    [230, 222, 94],
    [195, 117, 31],
    [253, 248, 238],
    [193, 150, 58],
    [182, 175, 89],
    [183, 141, 55],
];

/// How much of the colour of its class a background has.
pub(crate) fn tint_share(level: usize) -> f64 {
    0.05 + 0.32 * level as f64 / (LEVELS - 1) as f64
}

/// What each colour is on a dark page: all are light enough to be read there, and the classes keep
/// their hues. The first is the white of edges.
pub(crate) const DARK: [(u32, u32); 16] = [
    (0xff_ff_ff, 0x1b_20_26),
    (0x1f_29_33, 0xe8_ec_f0),
    (0x52_5f_6b, 0xae_b8_c2),
    (0x9a_a5_b1, 0x6b_76_82),
    (0xe8_eb_ee, 0x2d_34_3c),
    (0x7b_9f_c4, 0x7b_9f_c4),
    (0x00_72_b2, 0x4a_a8_e8),
    (0xd5_5e_00, 0xf5_86_30),
    (0x00_9e_73, 0x2b_c0_94),
    (0xcc_79_a7, 0xdd_93_bb),
    (0xe6_9f_00, 0xf0_b0_30),
    (0x56_b4_e9, 0x8f_d0_f5),
    (0x5b_5b_5b, 0xa8_a8_a8),
    (0x99_99_33, 0xb8_b8_50),
    (0x88_22_55, 0xd0_5a_95),
    (0x33_22_88, 0x9a_8c_f0),
];

/// The background of a class, from nearly white at level 0 to a pastel at the last.
pub(crate) fn tint(class: usize, level: usize) -> Ink {
    let share = tint_share(level);
    let rgb = CLASSES[class % CLASSES.len()]
        .rgb
        .map(|c| (255.0 - share * (255.0 - f64::from(c))).round() as u8);
    Ink {
        rgb,
        terminal: Some(IN_TERMINAL[class % CLASSES.len()][usize::from(2 * level >= LEVELS)]),
    }
}

/// The colour of a sample over the backgrounds.
pub(crate) fn on_tint(class: usize) -> Ink {
    Ink { terminal: Some(IN_TERMINAL[class % CLASSES.len()][2]), ..CLASSES[class % CLASSES.len()] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tints_are_light_and_grow_with_confidence() {
        for class in 0..10 {
            let lightness = |level| tint(class, level).rgb.map(u32::from).iter().sum::<u32>();
            assert!((1..LEVELS).all(|level| lightness(level) < lightness(level - 1)), "{class}");
            assert!(lightness(LEVELS - 1) > 3 * 140, "{class}");
        }
    }
}
