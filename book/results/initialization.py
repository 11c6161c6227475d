"""Beginnings: what a net learns, by initializer, activation and depth.

Nets of 64 units a layer learn the handwritten digits, twenty epochs of plain gradient
descent, each with each of five rates. A fifth of the examples is held out; no test set
is opened. A run whose cost overflows counts as one that has learned nothing: cost
infinite, accuracy 0.
"""

import numpy as np

from dnn import GradientDescent, categorical_cross_entropy, data, fit, mlp
from dnn.files import sets
from dnn.lab import experiments
from dnn.training import DivergenceError, evaluate

SEEDS = range(10)
DEPTHS = (1, 2, 4, 8, 16, 32)
INITS = ("random", "lecun", "glorot", "he")
RATES = (0.01, 0.03, 0.1, 0.3, 1.0)
CONFIGURATIONS = {
    f"{hidden}, {init}, {depth}, {rate}": {
        "hidden": hidden,
        "init": init,
        "depth": depth,
        "rate": rate,
    }
    for hidden in ("relu", "tanh")
    for init in INITS
    for depth in DEPTHS
    for rate in RATES
}


def learned(seed, hidden, init, depth, rate):
    """Return the cost on the training examples and the accuracy on those held out."""
    digits = sets.digits()
    (X, Y), (X_held, Y_held) = data.split(digits.X, digits.Y, 0.2, seed=seed)
    scaled = data.standardize(X)
    net = mlp([64, *[64] * depth, 10], hidden, init, seed=seed)
    options = {"epochs": 20, "batch_size": 64, "seed": seed, "progress": False}
    loss, descent = categorical_cross_entropy, GradientDescent(rate)
    try:
        fit(net, loss, descent, (scaled(X), Y), **options)
    except DivergenceError:
        return {"cost": np.inf, "accuracy": 0.0}
    cost, _ = evaluate(net, loss, scaled(X), Y)
    _, accuracy = evaluate(net, loss, scaled(X_held), Y_held)
    return {"cost": cost, "accuracy": accuracy}


if __name__ == "__main__":
    runs = experiments.compare(learned, CONFIGURATIONS, SEEDS)
    experiments.save(runs, "initialization", CONFIGURATIONS, SEEDS)
