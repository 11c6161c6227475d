"""Drawn cats: how often a net is right, by the number of drawings it learned from.

Each seed draws its own m of the 3,200 training drawings; every net takes as many steps,
whatever m; all are judged by the 800 test drawings, and nothing is chosen by these.
"""

import numpy as np

from dnn import Adam, binary_cross_entropy, fit, mlp
from dnn.files import sets
from dnn.lab import experiments

SEEDS, STEPS, BATCH = range(10), 1000, 64
SIZES = (100, 200, 400, 800, 1600, 3200)
NETS = {
    "logistic": {"sizes": [], "lr": 1e-4},
    "deep": {"sizes": [20, 7, 5], "lr": 1e-3},
}
CONFIGURATIONS = {
    f"{name}, {m}": {"m": m, **net} for name, net in NETS.items() for m in SIZES
}


def learned(seed, m, sizes, lr):
    """Train on m drawings; return for each test drawing whether the net was right."""
    cats = sets.cats("drawn")
    chosen = np.random.default_rng(seed).permutation(cats.X.shape[1])[:m]
    X, Y = 2 * cats.X.T[chosen].T - 1, cats.Y[:, chosen]
    net = mlp([len(X), *sizes, 1], seed=seed, dtype=np.float32)
    epochs = STEPS // -(-m // BATCH)
    history = fit(
        net,
        binary_cross_entropy,
        Adam(lr),
        (X, Y),
        epochs=epochs,
        batch_size=BATCH,
        seed=seed,
        progress=False,
    )
    right = net.predict(2 * cats.X_test - 1) == cats.Y_test
    return {"right": right[0], "accuracy": history.score[-1]}


if __name__ == "__main__":
    runs = experiments.compare(learned, CONFIGURATIONS, SEEDS)
    experiments.save(runs, "cats_drawn", CONFIGURATIONS, SEEDS)
