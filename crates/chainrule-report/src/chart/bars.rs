use super::{Chart, scale_of};
use crate::figure::{Axis, Layer, Point, Proportion, Shape};
use crate::scale::{Scale, is_drawable};
use crate::{Error, Labels, ink, text};

/// More bars than this are not drawn.
const MOST: usize = 30;

/// One bar: a value under a name.
#[derive(Debug, Clone, Copy)]
pub struct Bar<'a> {
    /// What the value belongs to, for instance a column of a table.
    pub name: &'a str,
    /// The length of the bar; it may be negative.
    pub value: f64,
    /// The ends of the error bar, where there is one.
    pub range: Option<(f64, f64)>,
}

/// Values with names, such as the importance of each input: horizontal bars from zero, the greatest
/// at the top, with error bars.
///
/// `Labels::x` names the values, `Labels::y` the names. Of more than 30 bars the greatest 29 are
/// drawn, and below them an ellipsis with the number of the others. A value that is not finite has
/// no bar.
///
/// # Errors
///
/// [`Error::Empty`] when there is no finite value.
pub fn bars(labels: Labels<'_>, bars: &[Bar<'_>]) -> Result<Chart, Error> {
    let mut sorted: Vec<Bar<'_>> = bars.to_vec();
    let size = |bar: &Bar<'_>| if is_drawable(bar.value) { bar.value } else { f64::NEG_INFINITY };
    sorted.sort_by(|a, b| size(b).total_cmp(&size(a)));
    in_this_order(labels, &sorted, Foot::Zero)
}

/// Where bars begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Foot {
    /// At zero, always.
    Zero,
    /// At zero, unless differences could not be seen then; points stand for the bars there.
    ZeroOrNone,
}

/// The bars from top to bottom.
pub(super) fn in_this_order(
    labels: Labels<'_>,
    bars: &[Bar<'_>],
    foot: Foot,
) -> Result<Chart, Error> {
    let shown = if bars.len() > MOST { &bars[..MOST - 1] } else { bars };
    let mut names: Vec<String> = shown.iter().map(|bar| text::clean(bar.name)).collect();
    if bars.len() > shown.len() {
        names.push(format!("… ({})", bars.len() - shown.len()));
    }
    names.reverse();

    let values = || shown.iter().flat_map(|bar| ends(bar).into_iter().chain([bar.value]));
    let around = scale_of(Scale::around(values()), labels.title)?;
    let from_zero = scale_of(Scale::from_zero(values()), labels.title)?;
    let is_bar = foot == Foot::Zero || from_zero.span() <= 3.0 * around.span();
    let x = if is_bar { from_zero } else { around };
    let rows = names.len();
    // The first is at the top; y grows upwards.
    let middle = |i: usize| 1.0 - (i as f64 + 0.5) / rows as f64;

    let (mut low, mut points, mut ranges) = (vec![], vec![], vec![]);
    let zero = x.place(0.0).unwrap_or(0.0);
    for (i, bar) in shown.iter().enumerate() {
        let Some(end) = x.place(bar.value) else { continue };
        let (y, half) = (middle(i), 0.34 / rows as f64);
        let (left, right) = (end.min(zero), end.max(zero));
        low.push((((left, y - half), (right, y + half)), bar.value < 0.0));
        points.push((end, y));
        let places: Option<Vec<f64>> = ends(bar).into_iter().map(|v| x.place(v)).collect();
        if let Some([from, to]) = places.as_deref() {
            ranges.push(((*from, y), (*to, y)));
        }
    }
    let layer = |ink, shape| Layer { name: String::new(), ink, shape };
    let mut layers = vec![];
    if is_bar {
        for (negative, ink) in [(false, ink::CLASSES[0]), (true, ink::CLASSES[1])] {
            let bars: Vec<(Point, Point)> =
                low.iter().filter(|bar| bar.1 == negative).map(|bar| bar.0).collect();
            layers.extend((!bars.is_empty()).then(|| layer(ink, Shape::Bars { bars })));
        }
    } else {
        let mark = crate::figure::Mark::Class(0);
        layers.push(layer(ink::CLASSES[0], Shape::Points { points, mark }));
    }
    if !ranges.is_empty() {
        layers.push(layer(ink::TEXT, Shape::Ranges { ranges, capped: true }));
    }
    let mut chart = Chart::new(labels, x, Scale::exact(0.0, 1.0));
    chart.figure.y.categories = Axis::parts(names.into_iter());
    chart.figure.proportion = Proportion::Rows(rows.max(2));
    chart.figure.layers = layers;
    Ok(chart)
}

/// The ends of the error bar, or none.
fn ends(bar: &Bar<'_>) -> Vec<f64> {
    let drawable = bar.range.filter(|range| is_drawable(range.0) && is_drawable(range.1));
    let with_value = drawable.filter(|_| is_drawable(bar.value));
    with_value.map_or_else(Vec::new, |(low, high)| vec![low.min(high), low.max(high)])
}
