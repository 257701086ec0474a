//! The operations: each value beside its rule.
//!
//! A rule says how ∂L/∂y becomes ∂L/∂x. It is written with values of the graph, hence is a part of the graph itself and
//! can be differentiated again.

use super::{Length, Over, Shape, Value};
use crate::{
    Real,
    kernel::{self, Work, elementary},
};

/// What makes a node out of its operands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Operation {
    /// Numbers from outside.
    Input,
    /// A part of θ that begins here.
    Parameter { start: usize },
    /// A part of the graph's constants that begins here.
    Constant { start: usize },
    /// How many numbers such a shape has.
    Count(Shape),
    /// y = f(x), number by number.
    Function(Function),
    /// y = f(a, b), number by number.
    Pair(Pair),
    /// y = a where the mask is not 0, else b.
    Select,
    /// A·B, or Aᵀ·B.
    Product { transposed: bool },
    /// Aᵀ.
    Transpose,
    /// The same numbers, row by row, in another shape.
    Reshape,
    /// A part of a matrix that begins here.
    Slice { row: usize, column: usize },
    /// A matrix at this place among zeros.
    Place { row: usize, column: usize },
    /// A row, a column or a number, repeated.
    Broadcast,
    /// The sum.
    Sum(Over),
    /// The largest number.
    Largest(Over),
}

/// y = f(x) and, with dy = ∂L/∂y, the rule for dx = ∂L/∂x. Where it is `None`, dx = 0.
macro_rules! functions {
    (($x:ident, $y:ident, $dy:ident)
     $($(#[$doc:meta])* $method:ident $name:ident: $value:expr, $dx:expr;)*) => {
        /// Functions of one number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Function { $($name),* }

        /// Functions of each number.
        impl<'g, T: Real> Value<'g, T> {
            $($(#[$doc])*
            #[track_caller]
            pub fn $method(self) -> Self {
                self.function(Function::$name)
            })*
        }

        impl Function {
            fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($method)),* }
            }

            fn value<T: Real>(self, x: &[T], y: &mut [T]) {
                match self { $(Self::$name => kernel::map(x, y, |$x| $value)),* }
            }

            #[allow(unused_variables, reason = "some rules need x, some y")]
            fn rule<'g, T: Real>(
                self,
                $x: Value<'g, T>,
                $y: Value<'g, T>,
                $dy: Value<'g, T>,
            ) -> Option<Value<'g, T>> {
                match self { $(Self::$name => $dx.into()),* }
            }
        }
    };
}

functions! { (x, y, dy)
    //                 y =                                             dx =
    /// −x
    negated Negate:    -x,                                             -dy;
    /// |x|, with the derivative 0 at 0
    abs Abs:           x.abs(),                                        dy * x.sign();
    /// −1, 0 or 1; its derivative is 0.
    sign Sign:         sign(x),                                        None;
    /// 1 for x > 0, else 0; its derivative is 0.
    step Step:         if x > T::zero() { T::one() } else { T::zero() }, None;
    /// max(x, 0), with the derivative 0 at 0
    relu Relu:         if x <= T::zero() { T::zero() } else { x },     dy * x.step();
    /// √x
    sqrt Sqrt:         x.sqrt(),                                       dy / (y + y);
    /// eˣ
    exp Exp:           elementary::exp(x),                             dy * y;
    /// The natural logarithm.
    ln Ln:             elementary::ln(x),                              dy / x;
    /// sin x
    sin Sin:           x.sin(),                                        dy * x.cos();
    /// cos x
    cos Cos:           x.cos(),                                        -(dy * x.sin());
    /// tanh x
    tanh Tanh:         elementary::tanh(x),                            dy - dy * y * y;
    /// 1 / (1 + e⁻ˣ)
    sigmoid Sigmoid:   elementary::sigmoid(x),                         dy * (y - y * y);
    /// ln(1 + eˣ)
    softplus Softplus: elementary::softplus(x),                        dy * x.sigmoid();
    /// The same numbers as a constant: no gradient goes through it.
    detach Detach:     x,                                              None;
}

/// y = f(a, b) and the rules for da and db. A row, a column or a number fits any matrix; its gradient is then the sum
/// over its copies, which [`Operation::rule`] adds.
macro_rules! pairs {
    (($a:ident, $b:ident, $y:ident, $dy:ident)
     $($name:ident $words:literal: $value:expr, $da:expr, $db:expr;)*) => {
        /// Functions of two numbers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Pair { $($name),* }

        impl Pair {
            pub(super) fn name(self) -> &'static str {
                match self { $(Self::$name => $words),* }
            }

            fn value<T: Real>(self, a: Matrix<T>, b: Matrix<T>, y: &mut [T], columns: usize) {
                match self { $(Self::$name => pair(a, b, y, columns, |$a, $b| $value)),* }
            }

            #[allow(unused_variables, reason = "some rules need a and b, some y")]
            fn rule<'g, T: Real>(
                self,
                operand: usize,
                $a: Value<'g, T>,
                $b: Value<'g, T>,
                $y: Value<'g, T>,
                $dy: Value<'g, T>,
            ) -> Option<Value<'g, T>> {
                match (self, operand) {
                    $((Self::$name, 0) => $da.into(), (Self::$name, _) => $db.into()),*
                }
            }
        }
    };
}

pairs! { (a, b, y, dy)
    //                    y =           da =                            db =
    Add "sum":            a + b,        dy,                             dy;
    Subtract "difference": a - b,       dy,                             -dy;
    Multiply "product":   a * b,        dy * b,                         dy * a;
    Divide "quotient":    a / b,        dy / b,                         -(dy * y / b);
    Power "power":        power(a, b),  dy * b.select(b * a.power(b - T::one()), T::zero()),
                          dy * a.select(y * a.ln(), T::zero());
    // Where both are the same, each has one half.
    Maximum "maximum":    if a > b || a.is_nan() { a } else { b },
                          dy * (b.less(a) + a.equal(b) * T::of(0.5)),   dy * (a.less(b) + a.equal(b) * T::of(0.5));
    Less "comparison":    if a < b { T::one() } else { T::zero() },  None, None;
    Equal "comparison":   if a == b { T::one() } else { T::zero() }, None, None;
}

impl Operation {
    /// What it is called in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Parameter { .. } => "parameter",
            Self::Constant { .. } | Self::Count(_) => "constant",
            Self::Function(function) => function.name(),
            Self::Pair(pair) => pair.name(),
            Self::Select => "select",
            Self::Product { .. } => "matrix product",
            Self::Transpose => "transpose",
            Self::Reshape => "reshape",
            Self::Slice { .. } => "slice",
            Self::Place { .. } => "concatenation",
            Self::Broadcast => "broadcast",
            Self::Sum(_) => "sum",
            Self::Largest(_) => "max",
        }
    }

    /// How many operands it has.
    pub(super) fn operands(self) -> usize {
        match self {
            Self::Input | Self::Parameter { .. } | Self::Constant { .. } | Self::Count(_) => 0,
            Self::Pair(_) | Self::Product { .. } => 2,
            Self::Select => 3,
            _ => 1,
        }
    }

    /// Writes the value y, of this shape, of the operands x. Not for leaves, whose numbers come from elsewhere.
    pub(super) fn value<T: Real>(self, x: [Matrix<T>; 3], y: &mut [T], shape: [usize; 2]) {
        let [a, b, c] = x;
        match self {
            Self::Input | Self::Parameter { .. } | Self::Constant { .. } | Self::Count(_) => {}
            Self::Function(function) => function.value(a.numbers, y),
            Self::Pair(pair) => pair.value(a, b, y, shape[1]),
            Self::Select => {
                let choices = b.numbers.iter().zip(c.numbers);
                for ((y, &mask), (&b, &c)) in y.iter_mut().zip(a.numbers).zip(choices) {
                    *y = if mask != T::zero() { b } else { c };
                }
            }
            Self::Product { transposed: false } => {
                let [rows, inner] = a.shape;
                kernel::product(a.numbers, b.numbers, None, y, [rows, inner, shape[1]]).now();
            }
            Self::Product { transposed: true } => {
                let [inner, rows] = a.shape;
                kernel::transposed_product(a.numbers, b.numbers, y, [rows, inner, shape[1]]).now();
            }
            Self::Transpose => kernel::transpose(a.numbers, a.shape[0], a.shape[1], y),
            Self::Reshape => y.copy_from_slice(a.numbers),
            Self::Slice { row, column } => {
                let rows = y.chunks_exact_mut(shape[1].max(1));
                for (y, a) in rows.zip(a.rows().skip(row)) {
                    y.copy_from_slice(&a[column..column + shape[1]]);
                }
            }
            Self::Place { row, column } => {
                kernel::clear(y);
                let rows = y.chunks_exact_mut(shape[1].max(1)).skip(row);
                for (y, a) in rows.zip(a.rows()) {
                    y[column..column + a.len()].copy_from_slice(a);
                }
            }
            Self::Broadcast => {
                for (i, y) in y.chunks_exact_mut(shape[1].max(1)).enumerate() {
                    match a.row(i) {
                        [number] => y.fill(*number),
                        row => y.copy_from_slice(row),
                    }
                }
            }
            Self::Sum(Over::All) => y[0] = sum(a.numbers),
            Self::Sum(Over::Rows) => kernel::column_sums(a.numbers, y).now(),
            Self::Sum(Over::Columns) => y.iter_mut().zip(a.rows()).for_each(|(y, a)| *y = sum(a)),
            Self::Largest(Over::All) => {
                y[0] = a.numbers.iter().copied().fold(T::neg_infinity(), larger)
            }
            Self::Largest(Over::Rows) => {
                y.fill(T::neg_infinity());
                for a in a.rows() {
                    y.iter_mut().zip(a).for_each(|(y, &a)| *y = larger(*y, a));
                }
            }
            Self::Largest(Over::Columns) => {
                for (y, a) in y.iter_mut().zip(a.rows()) {
                    *y = a.iter().copied().fold(T::neg_infinity(), larger);
                }
            }
        }
    }

    /// The gradient by one of the operands x of y, from dy. `None` where it is zero.
    pub(super) fn rule<'g, T: Real>(
        self,
        operand: usize,
        x: [Value<'g, T>; 3],
        y: Value<'g, T>,
        dy: Value<'g, T>,
    ) -> Option<Value<'g, T>> {
        let [a, b, _] = x;
        Some(match (self, operand) {
            (Self::Function(function), _) => return function.rule(a, y, dy),
            (Self::Pair(pair), _) => pair.rule(operand, a, b, y, dy)?.sum_to(x[operand].shape()),
            // y = a or b: dy goes to the one that was chosen.
            (Self::Select, 1) => a.select(dy, T::zero()),
            (Self::Select, 2) => a.select(T::zero(), dy),
            // Y = AB: dA = dY Bᵀ, dB = Aᵀ dY
            (Self::Product { transposed: false }, 0) => dy.dot(b.t()),
            (Self::Product { transposed: false }, _) => a.t().dot(dy),
            // Y = AᵀB: dA = B dYᵀ, dB = A dY
            (Self::Product { transposed: true }, 0) => b.dot(dy.t()),
            (Self::Product { transposed: true }, _) => a.dot(dy),
            (Self::Transpose, _) => dy.t(),
            (Self::Reshape, _) => dy.reshape(a.shape()),
            // What was left out has no influence; what was put among zeros has its own.
            (Self::Slice { row, column }, _) => dy.place(row, column, a.shape()),
            (Self::Place { row, column }, _) => dy.part(row, column, a.shape()),
            // Each copy adds its gradient; each summand has that of the sum.
            (Self::Broadcast, _) => dy.sum_to(a.shape()),
            (Self::Sum(_), _) => dy.broadcast(a.shape()),
            // The largest number has it all; several equal ones share it.
            (Self::Largest(over), _) => {
                let mask = a.equal(y);
                mask * (dy / mask.sum(over))
            }
            _ => return None,
        })
    }

    /// Whether a row of the result depends on several rows of a batch, for operands of these shapes.
    pub(super) fn mixes_rows(self, x: &[Shape]) -> bool {
        let is_batch = |length| length == Length::Batch;
        match self {
            Self::Sum(over) | Self::Largest(over) => {
                is_batch(x[0].columns) || over != Over::Columns && is_batch(x[0].rows)
            }
            Self::Product { transposed: false } => is_batch(x[0].columns),
            Self::Product { transposed: true } => is_batch(x[0].rows),
            Self::Transpose => is_batch(x[0].rows),
            Self::Count(shape) => is_batch(shape.rows) || is_batch(shape.columns),
            _ => false,
        }
    }
}

/// The shape of a matrix product, or what it needs.
pub(super) fn product_shape(a: Shape, b: Shape) -> Result<Shape, &'static str> {
    match a.columns == b.rows {
        true => Ok(Shape { rows: a.rows, columns: b.columns }),
        false => Err("the left one needs as many columns as the right one has rows"),
    }
}

/// Numbers, row by row, with their shape.
#[derive(Clone, Copy)]
pub(super) struct Matrix<'a, T> {
    pub(super) numbers: &'a [T],
    pub(super) shape: [usize; 2],
}

impl<'a, T> Matrix<'a, T> {
    fn rows(self) -> std::slice::ChunksExact<'a, T> {
        self.numbers.chunks_exact(self.shape[1].max(1))
    }

    /// A row; of a single one, that one.
    fn row(self, i: usize) -> &'a [T] {
        let columns = self.shape[1];
        let i = if self.shape[0] == 1 { 0 } else { i };
        &self.numbers[i * columns..(i + 1) * columns]
    }
}

/// Writes y = f(a, b), where a single row, column or number is repeated.
fn pair<T: Real>(
    a: Matrix<T>,
    b: Matrix<T>,
    y: &mut [T],
    columns: usize,
    f: impl Fn(T, T) -> T + Copy + Sync,
) {
    let n = y.len();
    let one_row = |a: &mut [T], x: &[T], z: &[T]| match (x, z) {
        ([x], z) => {
            let x = *x;
            kernel::map(z, a, |z| f(x, z));
        }
        (x, [z]) => {
            let z = *z;
            kernel::map(x, a, |x| f(x, z));
        }
        (x, z) => kernel::zip(x, z, a, f),
    };
    if [a, b].iter().all(|x| [1, n].contains(&x.numbers.len())) {
        return one_row(y, a.numbers, b.numbers);
    }
    for (i, y) in y.chunks_exact_mut(columns.max(1)).enumerate() {
        one_row(y, a.row(i), b.row(i));
    }
}

fn sum<T: Real>(x: &[T]) -> T {
    T::of(kernel::sum(x, x, |x, _| x.f64()))
}

fn larger<T: Real>(a: T, b: T) -> T {
    if a > b || a.is_nan() { a } else { b }
}

/// −1, 0 or 1.
fn sign<T: Real>(x: T) -> T {
    if x > T::zero() {
        T::one()
    } else if x < T::zero() {
        -T::one()
    } else {
        x
    }
}

/// aᵇ; whole exponents by multiplication alone.
fn power<T: Real>(a: T, b: T) -> T {
    match b.to_i32() {
        Some(whole) if T::of(f64::from(whole)) == b && whole.unsigned_abs() <= 64 => a.powi(whole),
        _ => a.powf(b),
    }
}
