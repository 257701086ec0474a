//! How the page looks.

use std::fmt::Write;

use crate::ink::DARK;

/// The style of the page. A chart's colours are those of its SVG; on a dark page each is replaced by
/// its counterpart, and on paper it is not.
pub fn css() -> String {
    let mut css: String = include_str!("style.css").into();
    css.push_str("@media screen and (prefers-color-scheme: dark) {\n");
    for (light, dark) in DARK {
        for what in ["fill", "stroke"] {
            // Writing to a string cannot fail.
            let _ = writeln!(css, ".chart [{what}=\"#{light:06x}\"] {{ {what}: #{dark:06x} }}");
        }
    }
    css.push_str("}\n");
    css
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ink::{self, Ink};

    #[test]
    fn every_colour_of_a_chart_has_a_counterpart_in_the_dark() {
        let css = css();
        let inks = [ink::TEXT, ink::QUIET, ink::AXIS, ink::GRID, ink::SAMPLES, ink::TRUTH];
        for Ink { rgb: [r, g, b], .. } in inks.into_iter().chain(ink::CLASSES) {
            assert!(css.contains(&format!("[fill=\"#{r:02x}{g:02x}{b:02x}\"]")), "{r} {g} {b}");
        }
    }

    /// The relative luminance of WCAG 2.1.
    fn luminance(rgb: u32) -> f64 {
        let channel = |shift: u32| {
            let c = f64::from(rgb >> shift & 255) / 255.0;
            if c <= 0.03928 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
    }

    #[test]
    fn words_and_curves_stand_out_in_the_dark() {
        // The page behind the charts is the counterpart of white.
        let page = luminance(DARK[0].1);
        let contrast = |rgb: u32| (luminance(rgb) + 0.05) / (page + 0.05);
        // Text (WCAG 2.1, 1.4.3), then curves and marks (1.4.11); axes and grid stay quiet.
        DARK[1..3].iter().for_each(|(_, dark)| assert!(contrast(*dark) >= 4.5, "{dark:x}"));
        DARK[5..].iter().for_each(|(_, dark)| assert!(contrast(*dark) >= 4.0, "{dark:x}"));
    }
}
