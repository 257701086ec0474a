//! Examples that others have published, with the numbers that stand there.

use chainrule::{
    graph::{Graph, Operand, Over, Value},
    ndarray::array,
};

fn assert_near(ours: f64, theirs: f64, tolerance: f64) {
    assert!((ours - theirs).abs() <= tolerance, "{ours}, not {theirs}");
}

/// The example of micrograd's README (Andrej Karpathy, github.com/karpathy/micrograd): 24.7041, 138.8338, 645.5773.
#[test]
fn micrograd() {
    let graph = Graph::<f64>::new();
    let (a, b) = (graph.number(-4.0), graph.number(2.0));
    let mut c = a + b;
    let mut d = a * b + b.power(3.0);
    c = c + (c + 1.0);
    c = c + (1.0 + c + (-a));
    d = d + (d * 2.0 + (b + a).relu());
    d = d + (3.0 * d + (b - a).relu());
    let e = c - d;
    let f = e.power(2.0);
    let mut g = f / 2.0;
    g = g + 10.0 / f;
    g.backward().unwrap();
    assert_near(g.item().unwrap(), 24.7041, 5e-5);
    assert_near(a.gradient().unwrap().item().unwrap(), 138.8338, 5e-5);
    assert_near(b.gradient().unwrap().item().unwrap(), 645.5773, 5e-5);
}

/// A neuron of two inputs, from the same author's lecture on back-propagation: tanh(x₁w₁ + x₂w₂ + b) = 0.7071, with gradients of −1.5, 0.5, 1 and 0.
#[test]
fn neuron() {
    let graph = Graph::<f64>::new();
    let (x1, x2) = (graph.number(2.0), graph.number(0.0));
    let (w1, w2) = (graph.number(-3.0), graph.number(1.0));
    let b = graph.number(6.881_373_587_019_543);
    let o = (x1 * w1 + x2 * w2 + b).tanh();
    o.backward().unwrap();
    assert_near(o.item().unwrap(), std::f64::consts::FRAC_1_SQRT_2, 1e-12);
    for (value, expected) in [(x1, -1.5), (x2, 0.5), (w1, 1.0), (w2, 0.0)] {
        assert_near(value.gradient().unwrap().item().unwrap(), expected, 5e-5);
    }
}

/// PyTorch's introduction to autograd: Q = 3a³ − b² has the gradients 9a² and −2b.
#[test]
fn pytorch_introduction() {
    let graph = Graph::<f64>::new();
    let a = graph.input(&array![[2.0, 3.0]]);
    let b = graph.input(&array![[6.0, 4.0]]);
    let q = 3.0 * a.power(3.0) - b.power(2.0);
    let [da, db] = q.sum(Over::All).gradient_by([a, b]);
    assert_eq!(da.value().unwrap(), array![[36.0, 81.0]]);
    assert_eq!(db.value().unwrap(), array![[-12.0, -8.0]]);
}

/// PyTorch's gentle tutorial: z = 3(x + 2)² for ones, whose mean has the gradient 4.5.
#[test]
fn pytorch_mean() {
    let graph = Graph::<f64>::new();
    let x = graph.input(&array![[1.0, 1.0], [1.0, 1.0]]);
    let y = x + 2.0;
    let out = (y * y * 3.0).mean(Over::All);
    let [dx] = out.gradient_by([x]);
    assert_eq!(out.item().unwrap(), 27.0);
    assert_eq!(dx.value().unwrap(), array![[4.5, 4.5], [4.5, 4.5]]);
}

/// The cases of minitorch's module on back-propagation: with f(x, y) = x + y + 10, from dy = 5.
#[test]
fn minitorch() {
    type Number<'g> = Value<'g, f64>;
    fn f<'g>(x: impl Operand<'g, f64>, y: Number<'g>) -> Number<'g> {
        y + x + 10.0
    }
    let slope = |expression: &dyn for<'g> Fn(Number<'g>) -> Number<'g>| {
        let graph = Graph::<f64>::new();
        let v = graph.number(0.0);
        expression(v).pull_back(graph.number(5.0), &[v])[0].item().unwrap()
    };
    assert_eq!(slope(&|v| f(0.0, v)), 5.0);
    assert_eq!(slope(&|v| f(0.0, f(0.0, v))), 5.0);
    assert_eq!(slope(&|v| twice(v)), 10.0);
    fn twice(v: Number<'_>) -> Number<'_> {
        f(f(0.0, v), f(0.0, v))
    }
    assert_eq!(slope(&|v| twice(f(0.0, v))), 10.0);
}
