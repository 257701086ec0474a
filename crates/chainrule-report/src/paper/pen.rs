//! Draws single things with kuva. Coordinates are those of the paper, y downwards.

use std::fmt::Write;

use kuva::render::color::Color;
use kuva::render::render::{PathData, Primitive, Scene, TextAnchor, TextSpan};

use super::layout::{SMALL, TITLE};
use crate::figure::{Mark, Point, Style};
use crate::ink::{self, Ink};

/// The fonts of the reader, those first that look best.
pub(crate) const FONTS: &str =
    "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif";
const WHITE: Color = Color::Rgb(255, 255, 255);

pub(super) struct Pen {
    scene: Scene,
}

fn colour(ink: Ink) -> Color {
    let [red, green, blue] = ink.rgb;
    Color::Rgb(red, green, blue)
}

impl Pen {
    pub(super) fn new(width: f64, height: f64) -> Self {
        let mut scene = Scene::new(width, height);
        scene.font_family = Some(FONTS.into());
        Self { scene }
    }

    pub(super) fn into_scene(self) -> Scene {
        self.scene
    }

    /// What `draw` draws has the SVG attributes in common.
    pub(super) fn group(&mut self, attributes: &str, draw: impl FnOnce(&mut Self)) {
        let extra_attrs = Some(attributes.into());
        self.scene.add(Primitive::GroupStart { transform: None, title: None, extra_attrs });
        draw(self);
        self.scene.add(Primitive::GroupEnd);
    }

    pub(super) fn curve(&mut self, points: &[Point], style: Style, ink: Ink) {
        let stroke_width = match style {
            Style::Wide | Style::Marked => 2.2,
            Style::Fine => 1.5,
            Style::Dashed => return self.dashes(points, 1.2, (4.5, 3.5), ink),
        };
        if style == Style::Marked {
            points.iter().for_each(|at| self.mark(*at, Mark::Dot, 3.4, 1.0, ink));
        }
        if let [alone] = points {
            return self.mark(*alone, Mark::Dot, stroke_width, 1.0, ink);
        }
        let (points, stroke, stroke_dasharray) = (points.into(), colour(ink), None);
        self.scene.add(Primitive::PolyLine { points, stroke, stroke_width, stroke_dasharray });
    }

    /// Dashes of `on` units, `off` units apart. Those of SVG would begin anew at each point of the
    /// curve in kuva's PNG.
    pub(super) fn dashes(&mut self, points: &[Point], width: f64, (on, off): (f64, f64), ink: Ink) {
        let mut path = String::new();
        // How far into the pattern the next piece begins.
        let mut phase = 0.0;
        for ends in points.windows(2) {
            let ((x, y), (dx, dy)) = (ends[0], (ends[1].0 - ends[0].0, ends[1].1 - ends[0].1));
            let length = dx.hypot(dy);
            let place = |at: f64| (x + dx * at / length, y + dy * at / length);
            let mut at = 0.0;
            while at < length {
                let is_on = phase < on;
                let rest = if is_on { on - phase } else { on + off - phase };
                let until = length.min(at + rest);
                if is_on {
                    let ((x1, y1), (x2, y2)) = (place(at), place(until));
                    // Writing to a string cannot fail.
                    let _ = write!(path, "M{x1:.2} {y1:.2}L{x2:.2} {y2:.2}");
                }
                // The pattern's joints are met exactly, so that no step is too small to count.
                phase = match (at + rest <= length, is_on) {
                    (true, true) => on,
                    (true, false) => 0.0,
                    (false, _) => phase + (length - at),
                };
                at = until;
            }
        }
        self.path(path, None, colour(ink), width);
    }

    /// A sample: `size` is half its extent. The forms of classes have a white edge.
    pub(super) fn mark(&mut self, at: Point, mark: Mark, size: f64, opacity: f64, ink: Ink) {
        const EDGE: f64 = 0.9;
        let corners: &[Point] = match mark {
            Mark::Dot => return self.circle(at, size, opacity, colour(ink), None),
            Mark::Unit => return self.circle(at, size, 1.0, WHITE, Some((colour(ink), 1.8))),
            Mark::Class(class) => match class % 5 {
                0 => return self.circle(at, size, opacity, colour(ink), Some((WHITE, EDGE))),
                1 => &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
                2 => &[(-1.15, 0.9), (0.0, -1.2), (1.15, 0.9)],
                3 => &[(0.0, -1.3), (1.1, 0.0), (0.0, 1.3), (-1.1, 0.0)],
                _ => &[(-1.15, -0.9), (0.0, 1.2), (1.15, -0.9)],
            },
        };
        let mut path = String::new();
        for (corner, command) in corners.iter().zip("MLLL".chars()) {
            let (x, y) = (at.0 + corner.0 * size, at.1 + corner.1 * size);
            let _ = write!(path, "{command}{x:.2} {y:.2}");
        }
        path.push('Z');
        self.path(path, Some(colour(ink)), WHITE, EDGE);
    }

    /// What is pointed out.
    pub(super) fn ring(&mut self, at: Point) {
        self.circle(at, 4.2, 1.0, WHITE, Some((colour(ink::TEXT), 1.6)));
    }

    pub(super) fn line(&mut self, (x1, y1): Point, (x2, y2): Point, ink: Ink) {
        let (stroke, stroke_width, stroke_dasharray) = (colour(ink), 1.0, None);
        self.scene.add(Primitive::Line { x1, y1, x2, y2, stroke, stroke_width, stroke_dasharray });
    }

    /// What a path in SVG's notation encloses.
    pub(super) fn area(&mut self, d: String, ink: Ink, opacity: f64) {
        let (fill, stroke, opacity) = (Some(colour(ink)), Color::None, Some(opacity));
        let (stroke_width, stroke_dasharray) = (0.0, None);
        let path = PathData { d, fill, stroke, stroke_width, opacity, stroke_dasharray };
        self.scene.add(Primitive::Path(Box::new(path)));
    }

    pub(super) fn title(&mut self, place: Point, text: &str) {
        let span = TextSpan { bold: true, ..TextSpan::plain(text) };
        self.write(place, span, TITLE, TextAnchor::Start, ink::TEXT);
    }

    pub(super) fn text(&mut self, place: Point, text: &str, anchor: TextAnchor, ink: Ink) {
        self.write(place, TextSpan::plain(text), SMALL, anchor, ink);
    }

    /// All text goes through spans: kuva would read `$` in plain text as the start of a formula.
    fn write(&mut self, (x, y): Point, span: TextSpan, size: f64, anchor: TextAnchor, ink: Ink) {
        let (spans, size, color) = (vec![span], size as u32, Some(colour(ink)));
        self.scene.add(Primitive::RichText { x, y, spans, size, anchor, color });
    }

    fn circle(&mut self, at: Point, r: f64, opacity: f64, fill: Color, edge: Option<(Color, f64)>) {
        let ((cx, cy), (stroke, stroke_width)) = (at, edge.unzip());
        let fill_opacity = (opacity < 1.0).then_some(opacity);
        self.scene.add(Primitive::Circle { cx, cy, r, fill, fill_opacity, stroke, stroke_width });
    }

    fn path(&mut self, d: String, fill: Option<Color>, stroke: Color, stroke_width: f64) {
        let (opacity, stroke_dasharray) = (None, None);
        let path = PathData { d, fill, stroke, stroke_width, opacity, stroke_dasharray };
        self.scene.add(Primitive::Path(Box::new(path)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_go_on_across_the_points_of_a_curve() {
        let mut pen = Pen::new(10.0, 10.0);
        // Seven units in three pieces, one of them empty: a dash, a gap, and a dash round a corner.
        let points = [(0.0, 0.0), (5.0, 0.0), (5.0, 0.0), (5.0, 2.0)];
        pen.dashes(&points, 1.0, (2.0, 2.0), ink::TEXT);
        let scene = pen.into_scene();
        let Some(Primitive::Path(path)) = scene.elements.first() else { panic!("no path") };
        let expected = "M0.00 0.00L2.00 0.00M4.00 0.00L5.00 0.00M5.00 0.00L5.00 1.00";
        assert_eq!(path.d, expected);
    }
}
