"""Solvers of others on the lesson's curve: sin x without noise, 100 points, a 1-20-1 tanh network, f64.

usage: solvers.py STARTS.json

STARTS.json, which the program `solvers` writes, has the samples and for each seed the initial weights, the same for
all. Prints one JSON object: for each peer the runs, with the seconds, the final mean squared error and the course
[[seconds, error], ...] of the first ones. Each peer has one thread and a warm-up that is not timed.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import json
import sys
import time
import warnings

import numpy as np

problem = json.load(open(sys.argv[1]))
X = np.array(problem["x"]).reshape(-1, 1)
Y = np.array(problem["y"]).reshape(-1, 1)
GOAL = problem["goal"]
STARTS = [
    [np.array(s["w1"]).reshape(1, -1), np.array(s["b1"]), np.array(s["w2"]).reshape(-1, 1), np.array(s["b2"])]
    for s in problem["starts"]
]
N = len(X)


class Course:
    """Times and errors; what it costs to note them is not timed."""

    def __init__(self):
        self.points, self.best, self.extra, self.start = [], float("inf"), 0.0, time.perf_counter()

    def note(self, loss):
        now = time.perf_counter()
        if loss < self.best:
            self.best = loss
            self.points.append([now - self.start - self.extra, loss])
        self.extra += time.perf_counter() - now

    def run(self):
        return {"seconds": time.perf_counter() - self.start - self.extra, "loss": self.best, "course": self.points}


def numpy_lm(start, iterations=1000):
    """Levenberg and Marquardt's method as a textbook has it: (JᵀJ + µI) δ = −Jᵀr, µ times or divided by ten."""
    w1, b1, w2, b2 = [p.copy() for p in start]
    h = w1.size
    theta = np.concatenate([w1.ravel(), b1, w2.ravel(), b2])

    def residuals(theta):
        a = np.tanh(X * theta[:h] + theta[h : 2 * h])
        return a, a @ theta[2 * h : 3 * h] + theta[3 * h] - Y[:, 0]

    course = Course()
    mu = 1e-2
    a, r = residuals(theta)
    loss = r @ r / N
    for _ in range(iterations):
        d = (1 - a * a) * theta[2 * h : 3 * h]
        jacobian = np.hstack([d * X, d, a, np.ones((N, 1))])
        gram, gradient = jacobian.T @ jacobian, jacobian.T @ r
        while True:
            step = np.linalg.solve(gram + mu * np.eye(theta.size), -gradient)
            trial = theta + step
            a_trial, r_trial = residuals(trial)
            loss_trial = r_trial @ r_trial / N
            if loss_trial < loss:
                theta, a, r, loss, mu = trial, a_trial, r_trial, loss_trial, max(mu / 10, 1e-15)
                break
            mu *= 10
            if mu > 1e12:
                return course.run()
        course.note(loss)
        if loss < GOAL:
            break
    return course.run()


def scipy_lm(start):
    """MINPACK's lmder by way of scipy, with the same Jacobian."""
    from scipy.optimize import least_squares

    h = start[0].size
    course = Course()

    def f(theta):
        r = np.tanh(X * theta[:h] + theta[h : 2 * h]) @ theta[2 * h : 3 * h] + theta[3 * h] - Y[:, 0]
        course.note(r @ r / N)
        return r

    def jacobian(theta):
        a = np.tanh(X * theta[:h] + theta[h : 2 * h])
        d = (1 - a * a) * theta[2 * h : 3 * h]
        return np.hstack([d * X, d, a, np.ones((N, 1))])

    theta = np.concatenate([p.ravel() for p in start])
    least_squares(f, theta, jacobian, method="lm", xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=1000)
    return course.run()


def torch_lbfgs(start, iterations=3000):
    import torch

    torch.set_num_threads(1)
    x, y = torch.tensor(X), torch.tensor(Y)
    p = [torch.tensor(v, requires_grad=True) for v in start]
    optimizer = torch.optim.LBFGS(
        p, max_iter=iterations, tolerance_grad=1e-12, tolerance_change=1e-16, line_search_fn="strong_wolfe"
    )
    course = Course()

    def closure():
        optimizer.zero_grad()
        loss = ((torch.tanh(x @ p[0] + p[1]) @ p[2] + p[3] - y) ** 2).mean()
        loss.backward()
        course.note(loss.item())
        return loss

    optimizer.step(closure)
    return course.run()


def sklearn_lbfgs(seed, iterations):
    from sklearn.neural_network import MLPRegressor

    network = MLPRegressor(
        hidden_layer_sizes=(STARTS[0][0].size,), activation="tanh", solver="lbfgs", alpha=0.0, tol=0.0,
        max_iter=iterations, max_fun=10**9, random_state=seed,
    )
    start = time.perf_counter()
    network.fit(X, Y[:, 0])
    seconds = time.perf_counter() - start
    return seconds, float(np.mean((network.predict(X) - Y[:, 0]) ** 2))


def sklearn_runs(seeds):
    """scikit-learn tells no course: it is put together from runs of different lengths."""
    runs = []
    for seed in seeds:
        course = [sklearn_lbfgs(seed, k) for k in (10, 30, 100, 300, 1000, 3000, 5000)] if seed == 0 else [
            sklearn_lbfgs(seed, 5000)
        ]
        runs.append({"seconds": course[-1][0], "loss": course[-1][1], "course": course})
    return runs


warnings.filterwarnings("ignore")
peers = {}
for name, peer in [("numpy LM", numpy_lm), ("scipy LM (MINPACK)", scipy_lm), ("PyTorch L-BFGS", torch_lbfgs)]:
    try:
        peer(STARTS[0])
        peers[name] = [peer(start) for start in STARTS]
    except ImportError as error:
        print(f"{name}: left out, {error}", file=sys.stderr)
try:
    sklearn_lbfgs(0, 10)
    peers["scikit-learn lbfgs"] = sklearn_runs(range(len(STARTS)))
except ImportError as error:
    print(f"scikit-learn: left out, {error}", file=sys.stderr)
json.dump(peers, sys.stdout)
