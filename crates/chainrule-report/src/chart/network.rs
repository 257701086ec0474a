use super::{Chart, same_length};
use crate::figure::{Layer, Mark, Point, Proportion, Shape, Side, Word};
use crate::scale::{Scale, is_drawable, three_digits};
use crate::{Error, Labels, ink, text};

/// A layer with more units is folded: the first and the last remain, an ellipsis between them.
const MOST: usize = 12;
/// The width of the whole picture, in units of the font size, on the narrowest paper.
const EMS: f64 = 33.0;
/// Of a folded layer so many remain at each end.
const ENDS: usize = 5;

/// The weights between two layers of units.
#[derive(Debug, Clone, Copy)]
pub struct Weights<'a> {
    /// The units that they come from.
    pub inputs: usize,
    /// The units that they lead to.
    pub outputs: usize,
    /// w [inputs × outputs]: `w[i * outputs + j]` leads from unit i to unit j.
    pub w: &'a [f64],
}

/// A network as it is drawn on a blackboard: its units as circles, layer beside layer, and its
/// weights as lines, which are the thicker the greater the weight is beside the greatest of its
/// layer, in one colour where it is positive and in another where it is negative.
///
/// `inputs` and `outputs` are the names of the first and the last units; lists that are shorter
/// leave units without a name. Of a layer with more than 12 units ten are drawn, and an ellipsis.
/// Below each layer stands its number of units. `signs` are the names of the positive and the
/// negative weights in the legend. Nothing stands along the axes; `Labels::x` and `Labels::y` head the
/// table of the weights, for instance "from → to" and "weight".
///
/// # Errors
///
/// [`Error::Empty`] when there are no weights, [`Error::Length`] when a layer has not inputs ×
/// outputs of them, or as many inputs as the layer before has outputs.
pub fn network(
    labels: Labels<'_>,
    layers: &[Weights<'_>],
    inputs: &[&str],
    outputs: &[&str],
    signs: [&str; 2],
) -> Result<Chart, Error> {
    let sizes = sizes(labels, layers)?;
    let room = |names: &[&str]| {
        let longest = names.iter().map(|name| text::ems(&text::clean(name))).fold(0.0, f64::max);
        (0.07 + longest / EMS).min(0.36)
    };
    let (left, right) = (room(inputs), 1.0 - room(outputs));
    let across = |layer: usize| left + (right - left) * layer as f64 / layers.len() as f64;
    let slots = sizes.iter().map(|n| shown(*n).len()).max().unwrap_or(1).max(2);
    let place = |layer: usize, slot: usize| {
        let many = shown(sizes[layer]).len() as f64;
        // The lowest row is that of the numbers of units.
        let row = (slots as f64 - many) / 2.0 + slot as f64 + 0.5;
        (across(layer), 1.0 - row / (slots + 1) as f64)
    };

    let (mut positive, mut negative, mut notes) = (vec![], vec![], vec![]);
    for (layer, weights) in layers.iter().enumerate() {
        let drawable = weights.w.iter().filter(|w| is_drawable(**w));
        let greatest = drawable.fold(0.0, |most: f64, w| most.max(w.abs()));
        for (a, from) in shown(weights.inputs).into_iter().enumerate() {
            for (b, to) in shown(weights.outputs).into_iter().enumerate() {
                let (Some(from), Some(to)) = (from, to) else { continue };
                let w = weights.w[from * weights.outputs + to];
                if !is_drawable(w) {
                    continue;
                }
                let strength = if greatest > 0.0 { w.abs() / greatest } else { 0.0 };
                let links = if w < 0.0 { &mut negative } else { &mut positive };
                links.push((place(layer, a), place(layer + 1, b), strength));
                let name = |layer: usize, unit: usize, names: Option<&[&str]>| {
                    let name = names.and_then(|names| names.get(unit)).filter(|n| !n.is_empty());
                    name.map_or_else(|| format!("{layer}.{}", unit + 1), |name| text::clean(name))
                };
                let start = name(layer, from, (layer == 0).then_some(inputs));
                let end = name(layer + 1, to, (layer + 1 == layers.len()).then_some(outputs));
                let sign = text::clean(signs[usize::from(w < 0.0)]);
                notes.push([sign, format!("{start} → {end}"), three_digits(w)]);
            }
        }
    }
    let (units, words) = units_and_words(&sizes, &place, inputs, outputs);
    let layer = |name: &str, ink, shape| Layer { name: text::clean(name), ink, shape };
    let mut chart = Chart::new(labels, Scale::exact(0.0, 1.0), Scale::exact(0.0, 1.0));
    chart.figure.layers = vec![
        layer(signs[0], ink::CLASSES[0], Shape::Links { links: positive }),
        layer(signs[1], ink::CLASSES[1], Shape::Links { links: negative }),
        layer("", ink::QUIET, Shape::Points { points: units, mark: Mark::Unit }),
        layer("", ink::TEXT, Shape::Words { words }),
    ];
    chart.figure.axes = false;
    chart.figure.proportion = Proportion::Rows(slots + 1);
    chart.figure.notes = notes;
    Ok(chart)
}

/// The units of each layer.
fn sizes(labels: Labels<'_>, layers: &[Weights<'_>]) -> Result<Vec<usize>, Error> {
    let mut sizes: Vec<usize> = layers.first().map(|first| first.inputs).into_iter().collect();
    for (i, layer) in layers.iter().enumerate() {
        let before = sizes.last().copied().unwrap_or(0);
        same_length(&format!("the inputs of layer {}", i + 1), before, layer.inputs)?;
        let many = layer.inputs.saturating_mul(layer.outputs);
        same_length(&format!("the weights of layer {}", i + 1), many, layer.w.len())?;
        sizes.push(layer.outputs);
    }
    if sizes.is_empty() || sizes.contains(&0) {
        return Err(Error::Empty { what: format!("\"{}\" (a layer of units)", labels.title) });
    }
    Ok(sizes)
}

/// The units of a layer that are drawn, from top to bottom; none is the ellipsis.
fn shown(units: usize) -> Vec<Option<usize>> {
    if units <= MOST {
        return (0..units).map(Some).collect();
    }
    let last = (units - ENDS..units).map(Some);
    (0..ENDS).map(Some).chain([None]).chain(last).collect()
}

/// The places of all units, and the words beside, between and below them.
fn units_and_words(
    sizes: &[usize],
    place: &impl Fn(usize, usize) -> Point,
    inputs: &[&str],
    outputs: &[&str],
) -> (Vec<Point>, Vec<Word>) {
    let (mut units, mut words) = (vec![], vec![]);
    for (layer, size) in sizes.iter().enumerate() {
        for (slot, unit) in shown(*size).into_iter().enumerate() {
            let at = place(layer, slot);
            let Some(unit) = unit else {
                words.push(Word { at, side: Side::On, text: "⋮".into() });
                continue;
            };
            units.push(at);
            let mut name = |names: &[&str], side| {
                let name = names.get(unit).map(|name| text::clean(name)).unwrap_or_default();
                if !name.is_empty() {
                    words.push(Word { at, side, text: name });
                }
            };
            if layer == 0 {
                name(inputs, Side::Left);
            }
            if layer + 1 == sizes.len() {
                name(outputs, Side::Right);
            }
        }
        let (x, _) = place(layer, 0);
        words.push(Word { at: (x, 0.02), side: Side::On, text: size.to_string() });
    }
    (units, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_layer_is_folded() {
        assert_eq!(shown(2), [Some(0), Some(1)]);
        assert_eq!(shown(12).len(), 12);
        let hundred = shown(100);
        assert_eq!((hundred.len(), hundred[4], hundred[5]), (11, Some(4), None));
        assert_eq!((hundred[6], hundred[10]), (Some(95), Some(99)));
    }

    #[test]
    fn each_weight_is_a_line_of_its_sign_and_size() {
        let w = [0.5, -1.0, 0.25, 1.0];
        let layers = [Weights { inputs: 2, outputs: 2, w: &w }];
        let chart = network(Labels::default(), &layers, &["a", "b"], &["c"], ["+", "−"]).unwrap();
        let strengths = |layer: usize| match &chart.figure.layers[layer].shape {
            Shape::Links { links } => links.iter().map(|link| link.2).collect::<Vec<_>>(),
            shape => panic!("{shape:?}"),
        };
        assert_eq!((strengths(0), strengths(1)), (vec![0.5, 0.25, 1.0], vec![1.0]));
        let note = |row: usize| chart.figure.notes[row].join(" ");
        assert_eq!((note(1).as_str(), note(2).as_str()), ("− a → 1.2 −1.00", "+ b → c 0.250"));
    }

    #[test]
    fn layers_must_fit_each_other() {
        let first = Weights { inputs: 2, outputs: 3, w: &[0.0; 6] };
        let network =
            |layers: &[Weights<'_>]| network(Labels::default(), layers, &[], &[], ["", ""]);
        assert!(network(&[first]).is_ok());
        let second = Weights { inputs: 2, outputs: 1, w: &[0.0; 2] };
        assert!(matches!(
            network(&[first, second]),
            Err(Error::Length { expected: 3, found: 2, .. })
        ));
        let short = Weights { w: &[0.0; 5], ..first };
        assert!(matches!(network(&[short]), Err(Error::Length { expected: 6, found: 5, .. })));
        assert!(matches!(network(&[]), Err(Error::Empty { .. })));
        let none = Weights { inputs: 2, outputs: 0, w: &[] };
        assert!(matches!(network(&[none]), Err(Error::Empty { .. })));
    }
}
