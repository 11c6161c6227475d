"""Mini-batches: how many steps a net needs, by the size of its batches and its rate.

A net [30, 10, 1] learns from the tumors by plain gradient descent until the cost of all
training examples, looked at after every step, is below 0.05. Where it does not get there
within some ten times as many steps as the best rate takes, the number is NaN.
"""

import numpy as np

from dnn import GradientDescent, binary_cross_entropy, data, mlp
from dnn.files import sets
from dnn.lab import experiments
from dnn.training import batches

SEEDS = range(10)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 455)
RATES = [round(0.025 * 2 ** (k / 2), 4) for k in range(16)]
CONFIGURATIONS = {
    f"{size}, {rate}": {"batch_size": size, "rate": rate}
    for size in SIZES
    for rate in RATES
}


def steps_needed(seed, batch_size, rate):
    """Count steps until the cost is below 0.05."""
    cancer = sets.breast_cancer()
    X, Y = data.standardize(cancer.X)(cancer.X), 1 - cancer.Y
    net, descent = mlp([30, 10, 1], seed=seed), GradientDescent(rate)
    rng = np.random.default_rng([seed, batch_size])
    most = 200 + 10_000 // batch_size
    with np.errstate(over="ignore", invalid="ignore"):  # a rate may be too large
        while descent.t < most:
            for x, y in batches(X, Y, batch_size, rng):
                _, dZ = binary_cross_entropy(net.forward(x, train=True), y)
                net.backward(dZ)
                descent.step(net.theta, net.grad)
                if not np.isfinite(net.theta).all():
                    return {"steps": np.nan}
                if binary_cross_entropy(net.forward(X), Y)[0] < 0.05:
                    return {"steps": float(descent.t)}
    return {"steps": np.nan}


if __name__ == "__main__":
    runs = experiments.compare(steps_needed, CONFIGURATIONS, SEEDS)
    experiments.save(runs, "minibatches", CONFIGURATIONS, SEEDS)
