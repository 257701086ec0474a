//! Values and what can be done with them.

use super::{
    Error, Graph, Length, Over, Program, Shape,
    operation::{Function, Operation, Pair, product_shape, shapes},
};
use crate::Real;
use ndarray::Array2;
use std::{
    fmt,
    ops::{Add, Bound, Div, Mul, Neg, Range, RangeBounds, Sub},
    panic::Location,
};

/// A matrix in an expression: what an operation will give.
///
/// A light handle, to be copied like a number.
pub struct Value<'g, T> {
    pub(super) graph: &'g Graph<T>,
    /// Its place in the graph's list.
    pub(super) place: usize,
}

impl<T> Clone for Value<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Value<'_, T> {}

/// What the right side of an operation can be: a value, or a number.
pub trait Operand<'g, T> {
    /// It as a value of the graph.
    #[track_caller]
    fn on(self, graph: &'g Graph<T>) -> Value<'g, T>;
}

impl<'g, T: Real> Operand<'g, T> for Value<'g, T> {
    fn on(self, _: &'g Graph<T>) -> Value<'g, T> {
        self
    }
}

impl<'g, T: Real> Operand<'g, T> for T {
    #[track_caller]
    fn on(self, graph: &'g Graph<T>) -> Value<'g, T> {
        graph.constant(self)
    }
}

/// Numbers.
impl<'g, T: Real> Value<'g, T> {
    /// Its shape.
    pub fn shape(self) -> Shape {
        self.graph.node(self.place).shape
    }

    /// Its place in the graph's list.
    pub(crate) fn node(self) -> usize {
        self.place
    }

    /// Its numbers now, computed from those of the inputs and of θ at the start.
    #[track_caller]
    pub fn value(self) -> Result<Array2<T>, Error> {
        let program = Program::new(self.graph, &[&[self]])?;
        let mut memory = program.memory()?;
        let theta = self.graph.theta();
        program.run(0, &theta, &mut memory, 0);
        let shape = self.shape().of(0);
        let numbers = program.result(self.place, &theta, &memory, 0).to_vec();
        Ok(Array2::from_shape_vec(shape, numbers).expect("as many numbers as the shape has"))
    }

    /// Its only number.
    #[track_caller]
    pub fn item(self) -> Result<T, Error> {
        self.expect_number("item")?;
        Ok(self.value()?[[0, 0]])
    }

    #[track_caller]
    pub(super) fn expect_number(self, operation: &str) -> Result<(), Error> {
        self.graph.check()?;
        let shape = self.shape();
        if shape == Shape::NUMBER {
            return Ok(());
        }
        let needs = "it must be a single number; take the sum or the mean of it".to_owned();
        let location = Location::caller();
        Err(Error::Shape { operation: operation.to_owned(), shape, needs, location })
    }
}

/// Derivatives.
impl<'g, T: Real> Value<'g, T> {
    /// Finds ∂L/∂v for every v that this loss depends on; see [`gradient`](Self::gradient).
    ///
    /// Called again, on this loss or another one of the graph, it forgets what it found before.
    #[track_caller]
    pub fn backward(self) -> Result<(), Error> {
        self.expect_number("backward")?;
        let dy = self.graph.constant(T::one());
        let is_source =
            |_, operation| matches!(operation, Operation::Input | Operation::Parameter { .. });
        let gradients = self.graph.chain_rule(self, dy, is_source);
        self.graph.list.borrow_mut().gradients = gradients;
        self.graph.check()
    }

    /// ∂L/∂v for this value v, after the loss went [`backward`](Self::backward).
    #[track_caller]
    pub fn gradient(self) -> Result<Self, Error> {
        self.graph.check()?;
        let place = self.graph.list.borrow().gradients.get(self.place).copied().flatten();
        let location = Location::caller();
        let place = place.ok_or(Error::NoGradient { shape: self.shape(), location })?;
        Ok(Self { place, ..self })
    }

    /// ∂y/∂x for this single number y and each x, which is a value like any other: zero where y does not depend on x.
    #[track_caller]
    pub fn gradient_by<const N: usize>(self, x: [Self; N]) -> [Self; N] {
        let gradients = self.pull_back(self.graph.constant(T::one()), &x);
        std::array::from_fn(|i| gradients[i])
    }

    /// The chain rule from dy on: dx = dy · ∂y/∂x for each x, where dy has the shape of y.
    #[track_caller]
    pub fn pull_back(self, dy: Self, x: &[Self]) -> Vec<Self> {
        let (shape, d_shape) = (self.shape(), dy.shape());
        for &other in x.iter().chain([&dy]) {
            if let Some(error) = self.is_foreign(other, "gradient") {
                return vec![self.graph.fail(error); x.len()];
            }
        }
        if shape != d_shape {
            let needs = match d_shape == Shape::NUMBER {
                true => "only a single number has a gradient; take the sum or the mean of it",
                false => "dy must have the shape of y",
            };
            let error = shapes("gradient", [shape, d_shape], needs, Location::caller());
            return vec![self.graph.fail(error); x.len()];
        }
        let is_source = |place, _| x.iter().any(|x| x.place == place);
        let gradients = self.graph.chain_rule(self, dy, is_source);
        let zero = |x: &Self| self.graph.constant(T::zero()).broadcast(x.shape());
        x.iter()
            .map(|x| match gradients.get(x.place).copied().flatten() {
                Some(place) => Self { place, ..self },
                None => zero(x),
            })
            .collect()
    }
}

/// Functions of single numbers.
impl<'g, T: Real> Value<'g, T> {
    /// eˣ
    #[track_caller]
    pub fn exp(self) -> Self {
        self.function(Function::Exp)
    }

    /// The natural logarithm.
    #[track_caller]
    pub fn ln(self) -> Self {
        self.function(Function::Ln)
    }

    /// √x
    #[track_caller]
    pub fn sqrt(self) -> Self {
        self.function(Function::Sqrt)
    }

    /// sin x
    #[track_caller]
    pub fn sin(self) -> Self {
        self.function(Function::Sin)
    }

    /// cos x
    #[track_caller]
    pub fn cos(self) -> Self {
        self.function(Function::Cos)
    }

    /// tanh x
    #[track_caller]
    pub fn tanh(self) -> Self {
        self.function(Function::Tanh)
    }

    /// 1 / (1 + e⁻ˣ)
    #[track_caller]
    pub fn sigmoid(self) -> Self {
        self.function(Function::Sigmoid)
    }

    /// ln(1 + eˣ)
    #[track_caller]
    pub fn softplus(self) -> Self {
        self.function(Function::Softplus)
    }

    /// max(x, 0), with the derivative 0 at 0
    #[track_caller]
    pub fn relu(self) -> Self {
        self.function(Function::Relu)
    }

    /// |x|, with the derivative 0 at 0
    #[track_caller]
    pub fn abs(self) -> Self {
        self.function(Function::Abs)
    }

    /// −1, 0 or 1; its derivative is 0.
    #[track_caller]
    pub fn sign(self) -> Self {
        self.function(Function::Sign)
    }

    /// 1 for x > 0, else 0; its derivative is 0.
    #[track_caller]
    pub fn step(self) -> Self {
        self.function(Function::Step)
    }

    /// x · x
    #[track_caller]
    pub fn squared(self) -> Self {
        self * self
    }

    /// The same numbers as a constant: no gradient goes through it.
    #[track_caller]
    pub fn detach(self) -> Self {
        self.function(Function::Detach)
    }

    #[track_caller]
    fn function(self, function: Function) -> Self {
        self.graph.add(Operation::Function(function), [self], self.shape())
    }
}

/// Functions of two numbers. A single row, column or number is repeated as often as the other needs.
impl<'g, T: Real> Value<'g, T> {
    /// xᵖ
    #[track_caller]
    pub fn power(self, p: impl Operand<'g, T>) -> Self {
        self.pair(Pair::Power, p)
    }

    /// The larger one.
    #[track_caller]
    pub fn maximum(self, other: impl Operand<'g, T>) -> Self {
        self.pair(Pair::Maximum, other)
    }

    /// The smaller one.
    #[track_caller]
    pub fn minimum(self, other: impl Operand<'g, T>) -> Self {
        -(-self).maximum(-other.on(self.graph))
    }

    /// 1 where x < other, else 0; its derivative is 0.
    #[track_caller]
    pub fn less(self, other: impl Operand<'g, T>) -> Self {
        self.pair(Pair::Less, other)
    }

    /// 1 where x = other, else 0; its derivative is 0.
    #[track_caller]
    pub fn equal(self, other: impl Operand<'g, T>) -> Self {
        self.pair(Pair::Equal, other)
    }

    /// a where this is not 0, else b. What is not chosen has no influence, not even as NaN.
    #[track_caller]
    pub fn select(self, a: impl Operand<'g, T>, b: impl Operand<'g, T>) -> Self {
        let (a, b) = (a.on(self.graph), b.on(self.graph));
        let shapes = self.stretched("select", a).zip(self.stretched("select", b));
        let shape = shapes.and_then(|(left, right)| left.stretched(right));
        match shape {
            Some(shape) => {
                let operands = [self, a, b].map(|value| value.broadcast(shape));
                self.graph.add(Operation::Select, operands, shape)
            }
            None => self.misfit("select", a, STRETCHED),
        }
    }

    #[track_caller]
    fn pair(self, pair: Pair, other: impl Operand<'g, T>) -> Self {
        let other = other.on(self.graph);
        match self.stretched(pair.name(), other) {
            Some(shape) => self.graph.add(Operation::Pair(pair), [self, other], shape),
            None => self.misfit(pair.name(), other, STRETCHED),
        }
    }

    fn stretched(self, operation: &str, other: Self) -> Option<Shape> {
        let shape = match self.is_foreign(other, operation) {
            Some(_) => None,
            None => self.shape().stretched(other.shape()),
        };
        shape.filter(|shape| shape.rows != Length::Batch || shape.columns != Length::Batch)
    }
}

const STRETCHED: &str = "they need the same shape; only a single row, column or number is repeated";

/// Matrices.
impl<'g, T: Real> Value<'g, T> {
    /// The matrix product: [m × k] with [k × n] gives [m × n].
    #[track_caller]
    pub fn dot(self, other: Self) -> Self {
        if self.is_foreign(other, "matrix product").is_some() {
            return self.misfit("matrix product", other, "");
        }
        let shape = product_shape(self.shape(), other.shape());
        let node = self.graph.node(self.place);
        match shape {
            Err(needs) => self.misfit("matrix product", other, needs),
            Ok(Shape { rows: Length::Batch, columns: Length::Batch }) => {
                self.misfit("matrix product", other, "a matrix of [batch × batch] has no plan")
            }
            // Aᵀ is read as it lies.
            Ok(shape) if node.operation == Operation::Transpose => {
                let a = Self { place: node.operands[0], ..self };
                self.graph.add(Operation::Product { transposed: true }, [a, other], shape)
            }
            Ok(shape) => {
                self.graph.add(Operation::Product { transposed: false }, [self, other], shape)
            }
        }
    }

    /// Rows as columns.
    #[track_caller]
    pub fn t(self) -> Self {
        let node = self.graph.node(self.place);
        match node.operation {
            Operation::Transpose => Self { place: node.operands[0], ..self },
            _ => self.graph.add(Operation::Transpose, [self], node.shape.transposed()),
        }
    }

    /// The same numbers, row by row, in another shape.
    #[track_caller]
    pub fn reshape(self, shape: impl Into<Shape>) -> Self {
        let (from, to) = (self.shape(), shape.into());
        let fits = match (from.rows, from.columns) {
            (Length::Fixed(_), Length::Fixed(_)) => to.of(0) != [0, 0] && to.len(0) == from.len(0),
            _ => from == to,
        };
        match fits {
            true if from == to => self,
            true => self.graph.add(Operation::Reshape, [self], to),
            false => self.does_not_fit("reshape", format!("{to} has another number of entries")),
        }
    }

    /// Some of the rows and columns, such as `slice(.., 0..2)`.
    #[track_caller]
    pub fn slice(self, rows: impl RangeBounds<usize>, columns: impl RangeBounds<usize>) -> Self {
        let shape = self.shape();
        let (rows, some_rows) = places(rows, shape.rows);
        let (columns, some_columns) = places(columns, shape.columns);
        let fits = |places: &Option<Range<usize>>, length: Length| {
            places.as_ref().is_none_or(|places| length.has(places))
        };
        if !fits(&rows, shape.rows) || !fits(&columns, shape.columns) {
            return self.does_not_fit("slice", format!("there is no {some_rows} × {some_columns}"));
        }
        let length = |places: &Option<Range<usize>>, all| {
            places.as_ref().map_or(all, |places| Length::Fixed(places.len()))
        };
        let part =
            Shape { rows: length(&rows, shape.rows), columns: length(&columns, shape.columns) };
        let start = |places: Option<Range<usize>>| places.map_or(0, |places| places.start);
        self.part(start(rows), start(columns), part)
    }

    /// A row, column or number as often as the shape needs.
    #[track_caller]
    pub fn broadcast(self, shape: impl Into<Shape>) -> Self {
        let (from, to) = (self.shape(), shape.into());
        match from.stretched(to) {
            _ if from == to => self,
            Some(shape) if shape == to => self.graph.add(Operation::Broadcast, [self], to),
            _ => self.does_not_fit("broadcast", format!("it can not be repeated to {to}")),
        }
    }

    /// The part of this shape that begins here.
    #[track_caller]
    pub(super) fn part(self, row: usize, column: usize, shape: Shape) -> Self {
        self.graph.add(Operation::Slice { row, column }, [self], shape)
    }

    /// It at this place among zeros.
    #[track_caller]
    pub(super) fn place(self, row: usize, column: usize, shape: Shape) -> Self {
        self.graph.add(Operation::Place { row, column }, [self], shape)
    }

    /// The sum over what was repeated: the gradient of a value of this shape that was.
    #[track_caller]
    pub(super) fn sum_to(self, shape: Shape) -> Self {
        let mut sum = self;
        for (over, is_repeated) in [
            (Over::Rows, shape.rows != self.shape().rows),
            (Over::Columns, shape.columns != self.shape().columns),
        ] {
            if is_repeated {
                sum = sum.sum(over);
            }
        }
        sum
    }
}

/// Reductions.
impl<'g, T: Real> Value<'g, T> {
    /// The sum.
    #[track_caller]
    pub fn sum(self, over: Over) -> Self {
        self.graph.add(Operation::Sum(over), [self], self.shape().reduced(over))
    }

    /// The mean.
    #[track_caller]
    pub fn mean(self, over: Over) -> Self {
        let Shape { rows, columns } = self.shape();
        let shape = match over {
            Over::All => Shape { rows, columns },
            Over::Rows => Shape { rows, columns: Length::ONE },
            Over::Columns => Shape { rows: Length::ONE, columns },
        };
        let count = self.graph.add(Operation::Count(shape), [], Shape::NUMBER);
        self.sum(over) / count
    }

    /// The largest number. Several that are equal share its gradient.
    #[track_caller]
    pub fn max(self, over: Over) -> Self {
        self.graph.add(Operation::Largest(over), [self], self.shape().reduced(over))
    }

    /// ln Σ eˣ = c + ln Σ eˣ⁻ᶜ for any c; with the largest x as c nothing overflows.
    #[track_caller]
    pub fn log_sum_exp(self, over: Over) -> Self {
        let c = self.max(over).detach();
        c + (self - c).exp().sum(over).ln()
    }

    /// eˣ / Σ eˣ. Over the columns, each row has the sum 1.
    #[track_caller]
    pub fn softmax(self, over: Over) -> Self {
        let c = self.max(over).detach();
        let e = (self - c).exp();
        e / e.sum(over)
    }
}

/// Matrices side by side (over the columns) or one above the other (over the rows).
///
/// # Panics
///
/// If there are none.
#[track_caller]
pub fn concatenate<'g, T: Real>(values: &[Value<'g, T>], over: Over) -> Value<'g, T> {
    let (&first, others) = values.split_first().expect("at least one value to concatenate");
    let mut whole = first;
    for &next in others {
        whole = whole.followed_by(next, over); // no closure, which would hide the caller's line
    }
    whole
}

impl<'g, T: Real> Value<'g, T> {
    #[track_caller]
    fn followed_by(self, other: Self, over: Over) -> Self {
        const OPERATION: &str = "concatenation";
        if self.is_foreign(other, OPERATION).is_some() {
            return self.misfit(OPERATION, other, "");
        }
        let (a, b) = (self.shape(), other.shape());
        let start = |length: Length| length.of(0);
        let whole = match over {
            Over::Columns if a.rows == b.rows => {
                a.columns.and(b.columns).map(|columns| Shape { columns, ..a })
            }
            Over::Rows if a.columns == b.columns => {
                a.rows.and(b.rows).map(|rows| Shape { rows, ..a })
            }
            _ => None,
        };
        match (whole, over) {
            (Some(shape), Over::Rows) => {
                self.place(0, 0, shape) + other.place(start(a.rows), 0, shape)
            }
            (Some(shape), _) => self.place(0, 0, shape) + other.place(0, start(a.columns), shape),
            (None, Over::Columns) => {
                self.misfit(OPERATION, other, "they need as many rows as each other")
            }
            (None, Over::Rows) => self.misfit(
                OPERATION,
                other,
                "they need as many columns as each other, and a fixed number of rows",
            ),
            (None, Over::All) => {
                self.misfit(OPERATION, other, "it goes over the rows or over the columns")
            }
        }
    }
}

/// Messages.
impl<'g, T: Real> Value<'g, T> {
    /// What is wrong if the other value is one of another graph.
    #[track_caller]
    fn is_foreign(self, other: Self, operation: &str) -> Option<Error> {
        let location = Location::caller();
        let is_foreign = self.graph.identity != other.graph.identity;
        is_foreign.then(|| Error::AnotherGraph { operation: operation.to_owned(), location })
    }

    /// Two operands that do not fit together, be it as they are of two graphs.
    #[track_caller]
    fn misfit(self, operation: &str, other: Self, needs: &'static str) -> Self {
        let location = Location::caller();
        let error = match self.is_foreign(other, operation) {
            Some(error) => error,
            None => shapes(operation, [self.shape(), other.shape()], needs, location),
        };
        self.graph.fail(error)
    }

    #[track_caller]
    fn does_not_fit(self, operation: &str, needs: String) -> Self {
        let (shape, location) = (self.shape(), Location::caller());
        self.graph.fail(Error::Shape { operation: operation.to_owned(), shape, needs, location })
    }
}

/// The places that a range means, or none for all of them, and its words.
fn places(range: impl RangeBounds<usize>, length: Length) -> (Option<Range<usize>>, String) {
    let start = match range.start_bound() {
        Bound::Included(&start) => start,
        Bound::Excluded(&start) => start + 1,
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(&end) => Some(end + 1),
        Bound::Excluded(&end) => Some(end),
        Bound::Unbounded => None,
    };
    let words = format!("{start}..{}", end.map_or(String::new(), |end| end.to_string()));
    match (start, end, length) {
        (0, None, _) => (None, words),
        (_, end, Length::Fixed(length)) => (Some(start..end.unwrap_or(length)), words),
        (_, end, Length::Batch) => (Some(start..end.unwrap_or(start)), words),
    }
}

impl<T: Real> fmt::Debug for Value<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let node = self.graph.node(self.place);
        write!(f, "{} {}", node.operation.name(), node.shape)
    }
}

impl<T: Real> Neg for Value<'_, T> {
    type Output = Self;

    #[track_caller]
    fn neg(self) -> Self {
        self.function(Function::Negate)
    }
}

/// `value ∘ value`, `value ∘ number` and `number ∘ value`.
macro_rules! operators {
    ($($trait:ident $method:ident $pair:ident;)*) => {$(
        impl<'g, T: Real, O: Operand<'g, T>> $trait<O> for Value<'g, T> {
            type Output = Value<'g, T>;

            #[track_caller]
            fn $method(self, other: O) -> Value<'g, T> {
                self.pair(Pair::$pair, other)
            }
        }

        operators!($trait $method $pair, f32);
        operators!($trait $method $pair, f64);
    )*};
    ($trait:ident $method:ident $pair:ident, $number:ident) => {
        impl<'g> $trait<Value<'g, $number>> for $number {
            type Output = Value<'g, $number>;

            #[track_caller]
            fn $method(self, other: Value<'g, $number>) -> Value<'g, $number> {
                other.graph.constant(self).pair(Pair::$pair, other)
            }
        }
    };
}

operators! {
    Add add Add;
    Sub sub Subtract;
    Mul mul Multiply;
    Div div Divide;
}
