"""Cats, the test set opened: three candidates, trained on all 209 photographs.

What each is was settled by `cats_folds.py`, before. Kept are the logits of the 50 test
photographs, so that whatever is said of them can be computed.
"""

import numpy as np

from dnn import Adam, binary_cross_entropy, data, fit, mlp
from dnn.files import sets
from dnn.lab import experiments

SEEDS, EPOCHS = range(10), 100
CONFIGURATIONS = {
    "one number": {"see": "saturation", "sizes": [], "lr": 0.05},
    "logistic": {"see": "centered", "sizes": [], "lr": 1e-4},
    "deep": {"see": "centered", "sizes": [20, 7, 5], "lr": 1e-3},
}


def saturation(X):
    """Return one number a picture, (1, m): max − min of red, green, blue, on average."""
    pixels = X.reshape(-1, 3, X.shape[1])
    return (pixels.max(axis=1) - pixels.min(axis=1)).mean(axis=0, keepdims=True)


def judged(seed, see, sizes, lr):
    """Train on all training photographs; return the logits of the test photographs."""
    cats = sets.cats()
    if see == "saturation":
        X, X_test = saturation(cats.X), saturation(cats.X_test)
        X, X_test = map(data.standardize(X), (X, X_test))
    else:
        X, X_test = 2 * cats.X - 1, 2 * cats.X_test - 1
    net = mlp([len(X), *sizes, 1], seed=seed, dtype=np.float32)
    history = fit(
        net,
        binary_cross_entropy,
        Adam(lr),
        (X, cats.Y),
        epochs=EPOCHS,
        seed=seed,
        progress=False,
    )
    return {"logits": net.forward(X_test)[0], "accuracy": history.score[-1]}


if __name__ == "__main__":
    runs = experiments.compare(judged, CONFIGURATIONS, SEEDS)
    experiments.save(runs, "cats_test", CONFIGURATIONS, SEEDS)
