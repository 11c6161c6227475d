"""Dropout: what a net makes of two hundred digits, with right labels and with wrong ones.

A net of [64, 200, 10] learns 200 handwritten digits, in one half of the runs with another
label, drawn at random, for a fifth of them. It keeps a share of its hidden units, or all
of them and has a penalty, or is one of five that learn apart and are averaged. A share or
a strength is to be chosen by the digits that were held out; those of the test set are for
the judgment of what was chosen.
"""

import numpy as np

from dnn import Adam, categorical_cross_entropy, data, fit, l2, mlp
from dnn.files import sets
from dnn.lab import experiments

SEEDS = range(20)
SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0)
STRENGTHS = (0.03, 0.1, 0.3, 1.0, 2.0, 4.0, 8.0, 16.0)
REMEDIES = {f"keep {share}": {"keep": share} for share in SHARES}
REMEDIES |= {f"penalty {strength}": {"strength": strength} for strength in STRENGTHS}
REMEDIES |= {"five nets": {"members": 5}}
CONFIGURATIONS = {
    f"{remedy}, {wrong} wrong": {**settings, "wrong": wrong}
    for wrong in (0, 40)
    for remedy, settings in REMEDIES.items()
}


def trained(X, Y, seed, keep, strength):
    """Return a net that has learned these digits."""
    net = mlp([64, 200, 10], keep_prob={1: keep}, seed=seed)
    options = {"epochs": 100, "batch_size": 25, "seed": seed, "progress": False}
    loss, penalty = categorical_cross_entropy, l2(strength)
    fit(net, loss, Adam(3e-3), (X, Y), penalty=penalty, **options)
    return net


def mean_logits(nets, X):
    """Return logits whose softmax is the mean of the nets' probabilities."""
    logits = [net.forward(X) for net in nets]
    logs = [Z - np.logaddexp.reduce(Z, axis=0) for Z in logits]
    return np.logaddexp.reduce(logs, axis=0) - np.log(len(nets))


def learned(seed, wrong, keep=1.0, strength=0.0, members=1):
    """Return costs and accuracies, dropout off and without the penalty; and the share of
    wrong labels that were learned.
    """
    digits, loss = sets.digits(), categorical_cross_entropy
    (X, Y), held = data.split(digits.X, digits.Y, 0.3, seed=seed)
    X, Y = X[:, :200], Y[:, :200].copy()
    rng = np.random.default_rng(seed)
    labels = (Y[:, :wrong].argmax(axis=0) + rng.integers(1, 10, wrong)) % 10
    Y[:, :wrong] = np.eye(10)[:, labels]
    seeds = seed + 1000 * np.arange(members)  # of the nets; the first is the run's own
    nets = [trained(X, Y, int(own), keep, strength) for own in seeds]
    Z, Z_held, Z_test = (mean_logits(nets, A) for A in (X, held[0], digits.X_test))
    believed = Z[:, :wrong].argmax(axis=0) == labels if wrong else np.zeros(1)
    return {
        "cost": loss(Z, Y)[0],
        "held_cost": loss(Z_held, held[1])[0],
        "held_accuracy": loss.score(Z_held, held[1]),
        "test_cost": loss(Z_test, digits.Y_test)[0],
        "test_accuracy": loss.score(Z_test, digits.Y_test),
        "believed": believed.mean(),
    }


if __name__ == "__main__":
    runs = experiments.compare(learned, CONFIGURATIONS, SEEDS)
    experiments.save(runs, "dropout", CONFIGURATIONS, SEEDS)
