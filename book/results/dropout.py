"""Dropout: what a net makes of two hundred digits, with right labels and with wrong ones.

A net of [64, 200, 10] learns 200 handwritten digits, in one half of the runs with another
label, drawn at random, for a fifth of them. It keeps a share of its hidden units, or all
of them and pays a penalty. A share or a price is to be chosen by the digits that were
held out; those of the test set are for the judgment of what was chosen.
"""

import numpy as np

from dnn import Adam, categorical_cross_entropy, data, fit, l2, mlp
from dnn.files import sets
from dnn.lab import experiments
from dnn.training import evaluate

SEEDS = range(20)
SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0)
PRICES = (0.03, 0.1, 0.3, 1.0, 2.0, 4.0, 8.0, 16.0)
REMEDIES = {f"keep {share}": {"keep": share} for share in SHARES}
REMEDIES |= {f"price {price}": {"price": price} for price in PRICES}
CONFIGURATIONS = {
    f"{remedy}, {wrong} wrong": {**settings, "wrong": wrong}
    for wrong in (0, 40)
    for remedy, settings in REMEDIES.items()
}


def learned(seed, wrong, keep=1.0, price=0.0):
    """Return costs and shares of right answers, dropout off and without the penalty; and
    the share of wrong labels that were learned.
    """
    digits, loss = sets.digits(), categorical_cross_entropy
    (X, Y), held = data.split(digits.X, digits.Y, 0.3, seed=seed)
    X, Y = X[:, :200], Y[:, :200].copy()
    rng = np.random.default_rng(seed)
    labels = Y[:, :wrong].argmax(axis=0) + rng.integers(1, 10, wrong)
    Y[:, :wrong] = np.eye(10)[:, labels % 10]
    net = mlp([64, 200, 10], keep_prob={1: keep}, seed=seed)
    options = {"epochs": 100, "batch_size": 25, "seed": seed, "progress": False}
    fit(net, loss, Adam(3e-3), (X, Y), penalty=l2(price), **options)
    cost, _ = evaluate(net, loss, X, Y)
    held_cost, held_right = evaluate(net, loss, *held)
    test_cost, test_right = evaluate(net, loss, digits.X_test, digits.Y_test)
    found = {"cost": cost, "held_cost": held_cost, "held_right": held_right}
    believed = net.predict(X[:, :wrong])[0] == labels % 10 if wrong else np.zeros(1)
    found |= {"test_cost": test_cost, "test_right": test_right}
    return found | {"believed": believed.mean()}


if __name__ == "__main__":
    runs = experiments.compare(learned, CONFIGURATIONS, SEEDS)
    experiments.save(runs, "dropout", CONFIGURATIONS, SEEDS)
