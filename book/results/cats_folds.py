"""Cats, cross-validated: what each candidate costs on photographs it has not seen.

Five folds of the 209 training photographs, shuffled anew by each seed; the test set is
not touched. Of every candidate: the costs by epoch, training and held out, the share
right held out, and the logit that each photograph got while it was held out.
"""

import numpy as np

from dnn import Adam, binary_cross_entropy, data, fit, k_folds, l2, mlp
from dnn.files import sets
from dnn.lab import experiments

SEEDS, FOLDS, EPOCHS = range(10), 5, 100
DEEP = {"sizes": [20, 7, 5], "lr": 1e-3}
CONFIGURATIONS = {
    "one number": {"see": "saturation", "sizes": [], "lr": 0.05},
    "logistic": {"see": "centered", "sizes": [], "lr": 1e-4},
    "deep": {"see": "centered", **DEEP},
    "deep, pixels from 0": {"see": "as they are", **DEEP},
    "deep, penalty": {"see": "centered", **DEEP, "penalty": 30.0},
    "deep, dropout": {"see": "centered", **DEEP, "keep_prob": 0.5},
    "deep, mirrored too": {"see": "centered", **DEEP, "mirror": True},
}


def saturation(X):
    """Return one number a picture, (1, m): max − min of red, green, blue, on average."""
    pixels = X.reshape(-1, 3, X.shape[1])
    return (pixels.max(axis=1) - pixels.min(axis=1)).mean(axis=0, keepdims=True)


SEE = {
    "saturation": saturation,
    "centered": lambda X: 2 * X - 1,
    "as they are": np.array,
}


def mirrored(X, Y):
    """Return the pictures and, after them, what a mirror shows of them."""
    flipped = X.T.reshape(-1, 64, 64, 3)[:, :, ::-1].reshape(X.T.shape)
    return np.concatenate([X.T, flipped]).T, np.concatenate([Y, Y], axis=1)


def held_out(seed, see, sizes, lr, penalty=0.0, keep_prob=1.0, mirror=False):
    """Train on four folds and look at the fifth, for each of the five."""
    cats = sets.cats()
    X, logits, histories = SEE[see](cats.X), np.zeros(cats.Y.shape[1]), []
    for training, held in k_folds(X.shape[1], FOLDS, seed):
        A, Y = X.T[training].T, cats.Y[:, training]
        A, Y = mirrored(A, Y) if mirror else (A, Y)
        scaling = data.standardize(A) if see == "saturation" else np.array
        A, A_held = scaling(A), scaling(X.T[held].T)
        keep = {1: keep_prob} if sizes else None
        net = mlp([len(X), *sizes, 1], keep_prob=keep, seed=seed, dtype=np.float32)
        options = {"epochs": EPOCHS, "penalty": l2(penalty), "seed": seed}
        history = fit(
            net,
            binary_cross_entropy,
            Adam(lr),
            (A, Y),
            val=(A_held, cats.Y[:, held]),
            progress=False,
            **options,
        )
        logits[held] = net.forward(A_held)[0]
        histories.append([history.loss, history.val_loss, history.val_score])
    names = ("loss", "held_loss", "held_accuracy")
    means = np.mean(histories, axis=0, dtype=np.float32)
    return {**dict(zip(names, means, strict=True)), "logits": logits.astype(np.float32)}


if __name__ == "__main__":
    runs = experiments.compare(held_out, CONFIGURATIONS, SEEDS)
    experiments.save(runs, "cats_folds", CONFIGURATIONS, SEEDS)
