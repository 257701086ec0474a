//! Values and what can be done with them.

use super::{
    Error, Graph, Length, Program, Shape,
    operation::{Function, Operation, Pair},
};
use crate::Real;
use ndarray::Array2;
use std::{
    fmt,
    ops::{Add, Div, Mul, Neg, Sub},
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

    /// Its numbers, computed from those of the inputs and of θ at the start.
    #[track_caller]
    pub fn value(self) -> Result<Array2<T>, Error> {
        self.value_at(&self.graph.theta())
    }

    /// Its numbers for another θ, such as one that has been trained.
    #[track_caller]
    pub fn value_at(self, theta: &[T]) -> Result<Array2<T>, Error> {
        let program = Program::new(self.graph, &[&[self]])?;
        let (expected, found) = (self.graph.list.borrow().theta.len(), theta.len());
        if expected != found {
            return Err(Error::Parameters { expected, found });
        }
        let mut memory = program.memory()?;
        program.run(0, theta, &mut memory, 0);
        let numbers = program.result(self.place, theta, &memory, 0).to_vec();
        let shape = self.shape().of(0);
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
        let needs = "it must be a single number; take the sum or the mean of it";
        Err(Error::shape(operation, shape, needs, Location::caller()))
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
            let error = Error::shapes("gradient", [shape, d_shape], needs, Location::caller());
            return vec![self.graph.fail(error); x.len()];
        }
        let mut is_x = vec![false; self.place + 1];
        x.iter().filter(|x| x.place <= self.place).for_each(|x| is_x[x.place] = true);
        let is_source = |place: usize, _| is_x[place];
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

/// Functions of two numbers. A single row, column or number is repeated as often as the other needs.
impl<'g, T: Real> Value<'g, T> {
    /// x · x
    #[track_caller]
    pub fn squared(self) -> Self {
        self * self
    }

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
            None if self.stretched("select", a).is_none() => self.misfit("select", a, STRETCHED),
            None => self.misfit("select", b, STRETCHED),
        }
    }

    #[track_caller]
    pub(super) fn function(self, function: Function) -> Self {
        self.graph.add(Operation::Function(function), [self], self.shape())
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

/// Messages.
impl<'g, T: Real> Value<'g, T> {
    /// What is wrong if the other value is one of another graph.
    #[track_caller]
    pub(super) fn is_foreign(self, other: Self, operation: &str) -> Option<Error> {
        let location = Location::caller();
        let is_foreign = self.graph.identity != other.graph.identity;
        is_foreign.then(|| Error::AnotherGraph { operation: operation.to_owned(), location })
    }

    /// Two operands that do not fit together, be it as they are of two graphs.
    #[track_caller]
    pub(super) fn misfit(self, operation: &str, other: Self, needs: &'static str) -> Self {
        let location = Location::caller();
        let error = match self.is_foreign(other, operation) {
            Some(error) => error,
            None => Error::shapes(operation, [self.shape(), other.shape()], needs, location),
        };
        self.graph.fail(error)
    }

    #[track_caller]
    pub(super) fn does_not_fit(self, operation: &str, needs: String) -> Self {
        self.graph.fail(Error::shape(operation, self.shape(), needs, Location::caller()))
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
        self.negated()
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
