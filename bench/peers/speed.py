"""Other libraries on the workloads of the program `speed`. Prints one JSON line for each figure.

usage: speed.py WORKLOAD PEER [CSV]

A figure is the median of five runs in one process, after one that is not counted and in which the peer compiles and
allocates what it wants. Every run starts from the same weights.

Threads: OMP_NUM_THREADS says how many, one if it is not set. The libraries of products follow it, PyTorch is told,
polars has a variable of its own. JAX has no setting, but takes the processors that it may use; so the process is kept
on as many processors as it has threads, where the system can do that. With one thread JAX is much the faster for it.

`cargo xtask bench-peers` calls this with what the peers are fastest with: an allocator that keeps large buffers
instead of giving them back to the system at every step, and no preset core type.
"""

import json
import os
import statistics
import sys
import time

THREADS = int(os.environ.setdefault("OMP_NUM_THREADS", "1"))
# All of this must be settled before the libraries are loaded.
for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"):
    os.environ[name] = str(THREADS)
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])

RUNS = 5
EPOCHS = 5000  # of the sine
RATE, BETA1, BETA2, EPSILON = 0.01, 0.9, 0.999, 1e-8
# Layers, rows of a batch, rows of an epoch, epochs of a run.
MINI_BATCHES = {
    "tab": ([8, 64, 64, 1], 32, 20480, 2),
    "wide": ([64, 256, 256, 256, 1], 256, 51200, 2),
    "mnist": ([784, 512, 512, 10], 128, 12800, 3),
}
PREDICTIONS = {"predict 1-100-1": [1, 100, 1], "predict 8-64-64-1": [8, 64, 64, 1]}
CSV_ROWS, CSV_COLUMNS = 1_000_000, 20


def report(who, version, workload, precision, run, count):
    """Times `run`, which does `count` of what the workload counts, and prints the figure."""
    run()
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    value = statistics.median(seconds) / count
    unit = {"csv": "s", "sine": "µs/epoch"}.get(workload, "µs/row" if workload in PREDICTIONS else "µs/step")
    if unit != "s":
        value *= 1e6
    line = {"who": who, "version": version, "workload": workload, "precision": precision, "threads": THREADS}
    print(json.dumps(line | {"value": value, "unit": unit}, ensure_ascii=False), flush=True)


def weights(layers, dtype):
    """Weights [inputs × outputs] by He and biases of zero, layer by layer."""
    import numpy as np

    rng = np.random.default_rng(0)
    pairs = list(zip(layers, layers[1:]))
    return [((rng.standard_normal(p) * (2 / p[0]) ** 0.5).astype(dtype), np.zeros(p[1], dtype)) for p in pairs]


def sine(dtype):
    import numpy as np

    x = np.linspace(-10, 10, 100).reshape(-1, 1)
    return x.astype(dtype), np.sin(x).astype(dtype)


def samples(workload):
    """Random inputs, and as targets a curve of their sum or one of ten classes."""
    import numpy as np

    layers, _, rows, _ = MINI_BATCHES[workload]
    rng = np.random.default_rng(0)
    x = rng.standard_normal((rows, layers[0]), dtype=np.float32)
    if workload == "mnist":
        return x, rng.integers(0, layers[-1], rows)
    return x, np.sin(x.sum(axis=1, keepdims=True)).astype(np.float32)


def jax_step(loss, rate):
    """A step of Adam, written out: (parameters, m, v, t) and samples → the same after the step, and the loss."""
    import jax
    import jax.numpy as jnp

    def step(state, x, y):
        p, m, v, t = state
        t = t + 1
        value, g = jax.value_and_grad(loss)(p, x, y)
        m = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, m, g)
        v = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, v, g)
        c1, c2 = 1 - BETA1**t, 1 - BETA2**t
        p = jax.tree.map(lambda p, m, v: p - rate * (m / c1) / (jnp.sqrt(v / c2) + EPSILON), p, m, v)
        return (p, m, v, t), value

    return step


def jax_peer(workload):
    """The whole training, or an epoch of mini-batches, is one compiled program."""
    import jax
    import jax.numpy as jnp
    import numpy as np

    def forward(p, x):
        for w, b in p[:-1]:
            x = jnp.maximum(x @ w + b, 0)
        return x @ p[-1][0] + p[-1][1]

    def squared_error(p, x, y):
        return jnp.mean((forward(p, x) - y) ** 2)

    def cross_entropy(p, x, y):
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(forward(p, x)), y[:, None], axis=1))

    def start(layers, dtype):
        p = jax.tree.map(jnp.array, weights(layers, dtype))
        zeros = jax.tree.map(jnp.zeros_like, p)
        return p, zeros, zeros, jnp.zeros((), dtype)

    def figure(run, precision, count):
        report("JAX, jit and scan", jax.__version__, workload, precision, run, count)

    if workload == "sine":
        for dtype in ("float32", "float64"):
            jax.config.update("jax_enable_x64", dtype == "float64")
            x, y = (jnp.array(a) for a in sine(dtype))
            step = jax_step(squared_error, RATE)
            train = jax.jit(lambda state: jax.lax.scan(lambda s, _: step(s, x, y), state, length=EPOCHS))
            state = start([1, 100, 1], np.dtype(dtype))
            figure(lambda: jax.block_until_ready(train(state)), "f" + dtype[-2:], EPOCHS)
        return
    layers, batch, rows, epochs = MINI_BATCHES[workload]
    step = jax_step(cross_entropy if workload == "mnist" else squared_error, 1e-3)

    @jax.jit
    def epoch(state, key, x, y):
        shuffled = jax.random.permutation(key, rows).reshape(-1, batch)
        return jax.lax.scan(lambda s, chosen: step(s, x[chosen], y[chosen]), state, shuffled)[0]

    x, y = (jnp.array(a) for a in samples(workload))
    first = start(layers, np.float32)
    keys = jax.random.split(jax.random.key(0), epochs)

    def run():
        state = first
        for key in keys:
            state = epoch(state, key, x, y)
        jax.block_until_ready(state)

    figure(run, "f32", epochs * rows // batch)


def torch_peer(workload, compiled):
    """Adam in one fused kernel; or the whole step by way of torch.compile, which compiles Adam too."""
    import torch
    from torch import nn

    torch.set_num_threads(THREADS)
    torch.set_flush_denormal(True)
    who = "PyTorch, compiled step" if compiled else "PyTorch, fused Adam"
    version = torch.__version__.partition("+")[0]

    def trainer(layers, dtype, loss, rate):
        """A step on samples, and what sets everything back to the start."""
        parts = []
        for inputs, outputs in zip(layers, layers[1:]):
            parts += [nn.Linear(inputs, outputs), nn.ReLU()]
        model = nn.Sequential(*parts[:-1]).to(dtype)
        first = [torch.tensor(a) for w, b in weights(layers, str(dtype)[6:]) for a in (w.T.copy(), b)]
        adam = torch.optim.Adam(
            model.parameters(), lr=rate, betas=(BETA1, BETA2), eps=EPSILON, fused=None if compiled else True
        )

        def step(x, y):
            adam.zero_grad()
            loss(model(x), y).backward()
            adam.step()

        def restart():
            # In place: new arrays would be compiled for once more.
            with torch.no_grad():
                for p, f in zip(model.parameters(), first):
                    p.copy_(f)
            for state in adam.state.values():
                for value in state.values():
                    value.zero_()

        return torch.compile(step) if compiled else step, restart

    if workload == "sine":
        for dtype in (torch.float32, torch.float64):
            x, y = (torch.tensor(a) for a in sine(str(dtype)[6:]))
            step, restart = trainer([1, 100, 1], dtype, nn.MSELoss(), RATE)

            def run():
                restart()
                for _ in range(EPOCHS):
                    step(x, y)

            report(who, version, workload, "f" + str(dtype)[-2:], run, EPOCHS)
        return
    layers, batch, rows, epochs = MINI_BATCHES[workload]
    x, y = (torch.tensor(a) for a in samples(workload))
    step, restart = trainer(layers, torch.float32, nn.CrossEntropyLoss() if workload == "mnist" else nn.MSELoss(), 1e-3)

    def run():
        restart()
        for _ in range(epochs):
            for chosen in torch.randperm(rows).split(batch):
                step(x[chosen], y[chosen])

    report(who, version, workload, "f32", run, epochs * rows // batch)


def numpy_peer(workload):
    """By hand and with care: θ is one array, each layer's weights and biases one product, all buffers are kept."""
    import numpy as np

    for dtype in (np.float32, np.float64):
        x, y = sine(dtype)
        y, n = y[:, 0], len(x)
        ones = np.hstack([x, np.ones_like(x)])
        (w1, b1), (w2, b2) = weights([1, 100, 1], dtype)
        first = np.concatenate([w1.ravel(), b1, w2.ravel(), b2])
        h = b1.size
        theta, g, m, v, s, u = (np.zeros_like(first) for _ in range(6))
        z, a, dz = (np.zeros((n, h), dtype) for _ in range(3))
        active = np.zeros((n, h), bool)
        o = np.zeros(n, dtype)
        inner, d_inner = theta[: 2 * h].reshape(2, h), g[: 2 * h].reshape(2, h)
        outer, d_outer = theta[2 * h : 3 * h], g[2 * h : 3 * h]

        def run():
            theta[:], m[:], v[:] = first, 0, 0
            for t in range(1, EPOCHS + 1):
                np.dot(ones, inner, out=z)
                np.maximum(z, 0, out=a)
                np.dot(a, outer, out=o)
                np.add(o, theta[3 * h], out=o)
                np.subtract(o, y, out=o)
                loss = o.dot(o) / n
                np.multiply(o, 2 / n, out=o)
                np.dot(o, a, out=d_outer)
                g[3 * h] = o.sum()
                np.greater(z, 0, out=active)
                np.multiply(o[:, None], outer, out=dz)
                np.multiply(dz, active, out=dz)
                np.dot(ones.T, dz, out=d_inner)
                np.multiply(m, BETA1, out=m)
                np.multiply(g, 1 - BETA1, out=s)
                np.add(m, s, out=m)
                np.multiply(v, BETA2, out=v)
                np.multiply(g, g, out=s)
                np.multiply(s, 1 - BETA2, out=s)
                np.add(v, s, out=v)
                np.multiply(v, 1 / (1 - BETA2**t), out=s)
                np.sqrt(s, out=s)
                np.add(s, EPSILON, out=s)
                np.multiply(m, RATE / (1 - BETA1**t), out=u)
                np.divide(u, s, out=u)
                np.subtract(theta, u, out=theta)
            return loss

        report("numpy, by hand", np.__version__, workload, np.dtype(dtype).name.replace("loat", ""), run, EPOCHS)


def sklearn_peer(workload):
    """A fit is timed as it is: the check of the samples and the initial weights are a small part of it."""
    import sklearn
    import warnings

    from sklearn.neural_network import MLPClassifier, MLPRegressor

    warnings.filterwarnings("ignore")  # that it has not converged
    usual = {"n_iter_no_change": 10**9, "tol": 0.0, "alpha": 0.0, "random_state": 0}

    if workload == "sine":
        for dtype in ("float32", "float64"):
            x, y = sine(dtype)
            model = MLPRegressor(
                hidden_layer_sizes=(100,), batch_size=len(x), learning_rate_init=RATE, max_iter=EPOCHS, shuffle=False,
                **usual,
            )
            y = y[:, 0]
            report("scikit-learn", sklearn.__version__, workload, "f" + dtype[-2:], lambda: model.fit(x, y), EPOCHS)
        return
    layers, batch, rows, epochs = MINI_BATCHES[workload]
    x, y = samples(workload)
    kind = MLPClassifier if workload == "mnist" else MLPRegressor
    model = kind(hidden_layer_sizes=tuple(layers[1:-1]), batch_size=batch, max_iter=epochs, **usual)
    y = y.ravel()
    report("scikit-learn", sklearn.__version__, workload, "f32", lambda: model.fit(x, y), epochs * rows // batch)


def onnxruntime_peer(workload):
    """One row, again and again, in buffers that are bound once."""
    import numpy as np
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    layers = PREDICTIONS[workload]
    nodes, constants, value = [], [], "x"
    for k, (w, b) in enumerate(weights(layers, np.float32), 1):
        constants += [numpy_helper.from_array(w, f"w{k}"), numpy_helper.from_array(b, f"b{k}")]
        nodes.append(helper.make_node("Gemm", [value, f"w{k}", f"b{k}"], [f"z{k}"]))
        value = f"z{k}"
        if k < len(layers) - 1:
            nodes.append(helper.make_node("Relu", [value], [f"a{k}"]))
            value = f"a{k}"
    inputs = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, layers[0]])
    outputs = helper.make_tensor_value_info(value, TensorProto.FLOAT, [1, layers[-1]])
    graph = helper.make_graph(nodes, "network", [inputs], [outputs], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    x = np.ones((1, layers[0]), np.float32)
    y = np.zeros((1, layers[-1]), np.float32)
    bound = session.io_binding()
    bound.bind_ortvalue_input("x", onnxruntime.OrtValue.ortvalue_from_numpy(x))
    bound.bind_ortvalue_output(value, onnxruntime.OrtValue.ortvalue_from_numpy(y))
    rows = 20_000

    def run():
        for _ in range(rows):
            session.run_with_iobinding(bound)

    report("ONNX Runtime, bound buffers", onnxruntime.__version__, workload, "f32", run, rows)


def polars_peer(workload, file):
    import polars

    columns = {f"c{k}": polars.Float32 for k in range(CSV_COLUMNS)}
    check = polars.read_csv(file, schema=columns).to_numpy()
    assert check.shape == (CSV_ROWS, CSV_COLUMNS) and check.dtype == "float32"
    run = lambda: polars.read_csv(file, schema=columns).to_numpy()
    report("polars", polars.__version__, workload, "f32", run, 1)


def pandas_peer(workload, file):
    import pandas

    run = lambda: pandas.read_csv(file).to_numpy("float32")
    check = run()
    assert check.shape == (CSV_ROWS, CSV_COLUMNS)
    report("pandas, one thread", pandas.__version__, workload, "f32", run, 1)


PEERS = {
    "jax": jax_peer,
    "torch-fused": lambda workload: torch_peer(workload, compiled=False),
    "torch-compiled": lambda workload: torch_peer(workload, compiled=True),
    "numpy": numpy_peer,
    "scikit-learn": sklearn_peer,
    "onnxruntime": onnxruntime_peer,
    "polars": polars_peer,
    "pandas": pandas_peer,
}

if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    PEERS[sys.argv[2]](sys.argv[1], *sys.argv[3:])
