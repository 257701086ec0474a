//! How far to go along a direction: a step that satisfies the strong Wolfe conditions.
//!
//! With φ(α) = L(θ + αd), a step is good if it goes down far enough and the slope has become small enough:
//!
//! > φ(α) ≤ φ(0) + c₁ α φ'(0) and |φ'(α)| ≤ c₂ |φ'(0)|, c₁ = 10⁻⁴, c₂ = 0.9
//!
//! First an interval is found that holds such steps, then it is narrowed by cubic interpolation: algorithms
//! 3.5 and 3.6 of Nocedal and Wright, *Numerical Optimization*, 2nd edition.

/// A point of φ.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    pub(super) step: f64,
    pub(super) value: f64,
    pub(super) slope: f64,
}

const ENOUGH_DECREASE: f64 = 1e-4;
const SMALL_SLOPE: f64 = 0.9;
const MOST_EVALUATIONS: usize = 30;

/// Looks for a good step, `first` being the first one that is tried; `phi` computes φ and φ'. Returns the last point
/// that was computed, which is good, or at least lower than the start; `None` if there is no such point.
///
/// Where φ or its slope is no finite number it counts as infinitely high.
pub(super) fn strong_wolfe(
    start: Point,
    first: f64,
    mut phi: impl FnMut(f64) -> Point,
) -> Option<Point> {
    let is_high = |p: &Point| {
        let line = start.value + ENOUGH_DECREASE * p.step * start.slope;
        p.value > line || !p.value.is_finite() || !p.slope.is_finite()
    };
    let is_flat = |p: &Point| p.slope.abs() <= SMALL_SLOPE * start.slope.abs();

    let (mut low, mut step) = (start, first);
    let mut high = None;
    for _ in 0..MOST_EVALUATIONS {
        let point = phi(step);
        if is_high(&point) || (low.step > 0.0 && point.value >= low.value) {
            high = Some(point);
        } else if is_flat(&point) {
            return Some(point);
        } else {
            // Lower than all before: it is the new low end, and the other end lies where it falls to.
            let falls_towards = match high {
                None => point.slope < 0.0,
                Some(high) => point.slope * (high.step - point.step) < 0.0,
            };
            if !falls_towards {
                high = Some(low);
            }
            low = point;
        }
        step = match high {
            None => 4.0 * low.step,
            Some(high) => between(low, high),
        };
        let width = high.map_or(f64::INFINITY, |high| (high.step - low.step).abs());
        if width <= 1e-14 * low.step.max(high.map_or(0.0, |high| high.step)) {
            break;
        }
    }
    // No good step, but perhaps a lower point.
    (low.step > 0.0 && low.value < start.value).then(|| phi(low.step))
}

/// The minimum of the cubic through both ends, kept away from them.
fn between(low: Point, high: Point) -> f64 {
    let width = high.step - low.step;
    let middle = low.step + 0.5 * width;
    let d1 = low.slope + high.slope - 3.0 * (low.value - high.value) / (low.step - high.step);
    let root = d1 * d1 - low.slope * high.slope;
    if root < 0.0 || root.is_nan() {
        return middle;
    }
    let d2 = root.sqrt().copysign(width);
    let step = high.step - width * (high.slope + d2 - d1) / (high.slope - low.slope + 2.0 * d2);
    let part = (step - low.step) / width;
    if part.is_finite() { low.step + width * part.clamp(0.1, 0.9) } else { middle }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Searches along φ from 0 and returns the point and how often φ was computed.
    fn search(first: f64, phi: impl Fn(f64) -> (f64, f64)) -> (Option<Point>, usize) {
        let mut count = 0;
        let at = |step: f64| {
            let (value, slope) = phi(step);
            Point { step, value, slope }
        };
        let point = strong_wolfe(at(0.0), first, |step| {
            count += 1;
            at(step)
        });
        (point, count)
    }

    #[test]
    fn both_conditions_hold() {
        // A parabola, a slow and a steep function, one with a wall, and one that oscillates.
        let functions: [&dyn Fn(f64) -> (f64, f64); 5] = [
            &|a| ((a - 1.0) * (a - 1.0), 2.0 * (a - 1.0)),
            &|a| (-a / (a * a + 2.0), (a * a - 2.0) / (a * a + 2.0).powi(2)),
            &|a| ((a - 1.0).powi(4) * 1e4, (a - 1.0).powi(3) * 4e4),
            &|a| {
                if a < 3.0 {
                    (-a - (3.0 - a).ln(), -1.0 + 1.0 / (3.0 - a))
                } else {
                    (f64::NAN, f64::NAN)
                }
            },
            &|a| (-a + (3.0 * a).cos() * 0.5, -1.0 - 1.5 * (3.0 * a).sin()),
        ];
        for (i, phi) in functions.iter().enumerate() {
            for first in [1e-6, 0.01, 1.0, 2.5, 40.0, 1e6] {
                let (point, count) = search(first, phi);
                let point = point.unwrap_or_else(|| panic!("function {i} from {first}"));
                let (value, slope) = phi(0.0);
                assert!(point.value <= value + 1e-4 * point.step * slope, "{i} {first} {point:?}");
                assert!(point.slope.abs() <= 0.9 * slope.abs(), "{i} {first} {point:?}");
                assert!(count <= 30, "{count}");
            }
        }
    }

    #[test]
    fn a_direction_that_only_rises_has_no_step() {
        assert!(search(1.0, |a| (a, -1.0)).0.is_none());
    }
}
