//! A figure on paper: SVG and PNG. Where everything goes is decided here; kuva draws it.

mod layout;
mod marks;
mod pen;
mod picture;

use kuva::prelude::SvgBackend;
use kuva::render::render::{Scene, TextAnchor};

use crate::Error;
use crate::figure::{Figure, Layer, Mark, Point, Proportion, Shape, Style};
use crate::ink;
use crate::text::ems;
use layout::{GAP, Layout, NARROW, SMALL, WIDTH, symbol};
use pen::Pen;

/// Half the extent of a mark in the legend.
const LEGEND_MARK: f64 = 4.0;

pub(crate) fn svg(figure: &Figure) -> String {
    let scene = scene(figure, WIDTH);
    let (width, height) = (scene.width, scene.height);
    // Without a viewBox a browser would crop the picture instead of scaling it.
    let svg = SvgBackend::new().with_pretty(true).render_scene(&scene);
    svg.replacen("<svg ", &format!("<svg viewBox=\"0 0 {width} {height}\" "), 1)
}

/// The contents of an SVG element for a page and its width and height: without a background, which
/// is the page's own. A page holds many charts, so that fewer samples are drawn.
pub(crate) fn inline_svg(figure: &Figure) -> (String, f64, f64) {
    const MOST_POINTS: usize = 1_200;
    let mut scene = scene(&figure.clone().thinned(MOST_POINTS), NARROW);
    scene.background_color = None;
    let svg = SvgBackend::new().render_scene(&scene);
    // The element and kuva's remark are left out; both end with the first `-->`.
    let contents = svg.split_once("-->").map_or(svg.as_str(), |(_, contents)| contents);
    let contents = contents.trim_end().trim_end_matches("</svg>");
    (contents.into(), scene.width, scene.height)
}

/// The fonts of the words of a picture, best first.
pub(crate) use pen::FONTS;

pub(crate) fn png(figure: &Figure) -> Result<Vec<u8>, Error> {
    picture::png(&scene(figure, WIDTH))
}

fn scene(figure: &Figure, width: f64) -> Scene {
    let layout = Layout::of(figure, width);
    let mut pen = Pen::new(width, layout.height);
    pen.group("stroke-linecap=\"round\" stroke-linejoin=\"round\"", |pen| {
        if figure.axes {
            axes(pen, &layout, figure);
        }
        for layer in &figure.layers {
            shape(pen, &layout, layer);
        }
        words(pen, &layout);
    });
    pen.into_scene()
}

/// The grid, the lines of the axes and the numbers along them.
fn axes(pen: &mut Pen, layout: &Layout, figure: &Figure) {
    let ((left, top), (right, bottom)) = (layout.at((0.0, 1.0)), layout.at((1.0, 0.0)));
    // Lines in the middle of a unit are sharp at every whole size.
    let sharp = |v: f64| v.floor() + 0.5;
    for tick in &layout.y_ticks {
        let y = layout.at((0.0, tick.at)).1;
        if figure.y.categories.is_empty() {
            pen.line((left, sharp(y)), (right, sharp(y)), ink::GRID);
        }
        pen.text((left - 8.0, y + 0.36 * SMALL), &tick.label, TextAnchor::End, ink::QUIET);
    }
    for tick in &layout.x_ticks {
        let x = layout.at((tick.at, 0.0)).0;
        if figure.x.categories.is_empty() {
            pen.line((sharp(x), top), (sharp(x), bottom), ink::GRID);
            pen.line((sharp(x), bottom), (sharp(x), bottom + 4.0), ink::AXIS);
        }
        // A long number at the end of the axis moves inwards.
        let half = 0.5 * SMALL * ems(&tick.label) + 1.0;
        let x = x.min(layout.width - half).max(half);
        pen.text((x, bottom + 18.0), &tick.label, TextAnchor::Middle, ink::QUIET);
    }
    pen.line((left, sharp(bottom)), (right, sharp(bottom)), ink::AXIS);
    if figure.proportion == Proportion::Square {
        pen.line((sharp(left), top), (sharp(left), bottom), ink::AXIS);
    }
}

/// Title, names of the axes and legend.
fn words(pen: &mut Pen, layout: &Layout) {
    if let Some((place, title)) = &layout.title {
        pen.title(*place, title);
    }
    if let Some((place, name)) = &layout.y_name {
        pen.text(*place, name, TextAnchor::Start, ink::QUIET);
    }
    if let Some((place, name)) = &layout.x_name {
        pen.text(*place, name, TextAnchor::Middle, ink::QUIET);
    }
    for ((x, y), text, layer) in &layout.legend {
        let (middle, end) = (y - 0.36 * SMALL, x + symbol(layer));
        let centre = ((x + end) / 2.0, middle);
        match &layer.shape {
            Shape::Curve { style, .. } => {
                let style = if *style == Style::Marked {
                    pen.mark(centre, Mark::Dot, LEGEND_MARK, 1.0, layer.ink);
                    Style::Wide
                } else {
                    *style
                };
                pen.curve(&[(*x, middle), (end, middle)], style, layer.ink);
            }
            Shape::Points { mark, .. } => pen.mark(centre, *mark, LEGEND_MARK, 1.0, layer.ink),
            Shape::Ring { .. } => pen.ring(centre),
            Shape::Bars { .. } => {
                pen.area(marks::rectangle((*x, middle + 4.5), (end, middle - 4.5)), layer.ink, 0.9);
            }
            Shape::Band { .. } => {
                let corners = ((*x, middle + 4.5), (end, middle - 4.5));
                pen.area(marks::rectangle(corners.0, corners.1), layer.ink, marks::BAND);
            }
            Shape::Ranges { .. } => {
                marks::range(
                    pen,
                    ((*x + end) / 2.0, middle + 6.0),
                    (centre.0, middle - 6.0),
                    true,
                    layer.ink,
                );
            }
            Shape::Links { .. } => {
                marks::links(pen, layer.ink, &[((*x, middle), (end, middle), 0.7)]);
            }
            Shape::Cells { .. } | Shape::Tiles { .. } | Shape::Words { .. } => {}
        }
        pen.text((end + GAP, *y), text, TextAnchor::Start, ink::TEXT);
    }
}

fn shape(pen: &mut Pen, layout: &Layout, layer: &Layer) {
    match &layer.shape {
        Shape::Cells { columns, cells } => marks::background(pen, layout, *columns, cells),
        Shape::Curve { pieces, style } => {
            for piece in pieces {
                let piece: Vec<Point> = piece.iter().map(|place| layout.at(*place)).collect();
                pen.curve(&piece, *style, layer.ink);
            }
        }
        Shape::Points { points, mark } => {
            // The more there are, the smaller and paler: a crowd shows its density.
            let (size, opacity) = match (mark, points.len()) {
                (Mark::Class(_), ..=300) => (3.6, 1.0),
                (Mark::Class(_), _) => (2.6, 1.0),
                (Mark::Dot, ..=250) => (2.9, 0.75),
                (Mark::Dot, ..=800) => (2.3, 0.65),
                (Mark::Dot, _) => (1.9, 0.5),
                (Mark::Unit, _) => (5.5, 1.0),
            };
            for place in points {
                pen.mark(layout.at(*place), *mark, size, opacity, layer.ink);
            }
        }
        Shape::Ring { at } => {
            let foot = layout.at((at.0, 0.0));
            let at = layout.at(*at);
            pen.dashes(&[at, foot], 1.0, (1.0, 3.0), ink::AXIS);
            pen.ring(at);
        }
        Shape::Bars { bars } => {
            let path =
                bars.iter().map(|(low, high)| marks::rectangle(layout.at(*low), layout.at(*high)));
            pen.area(path.collect(), layer.ink, 0.9);
        }
        Shape::Ranges { ranges, capped } => {
            for (from, to) in ranges {
                marks::range(pen, layout.at(*from), layout.at(*to), *capped, layer.ink);
            }
        }
        Shape::Band { pieces } => pieces.iter().for_each(|piece| {
            let lower = piece.iter().map(|(x, low, _)| layout.at((*x, *low)));
            let upper = piece.iter().rev().map(|(x, _, high)| layout.at((*x, *high)));
            pen.area(marks::polygon(lower.chain(upper)), layer.ink, marks::BAND);
        }),
        Shape::Tiles { columns, tiles } => marks::tiles(pen, layout, layer.ink, *columns, tiles),
        Shape::Links { links } => {
            let links =
                links.iter().map(|(a, b, strength)| (layout.at(*a), layout.at(*b), *strength));
            marks::links(pen, layer.ink, &links.collect::<Vec<_>>());
        }
        Shape::Words { words } => {
            words.iter().for_each(|word| marks::word(pen, layout, layer.ink, word))
        }
    }
}
