"""Nets by their sizes.

A multilayer perceptron is dense layers with bends between them. `mlp` builds one from a
list of sizes; it is a convenience over `Network`, which takes the same layers written
out.
"""

from itertools import pairwise

import numpy as np

from dnn import checks
from dnn.activations import ACTIVATIONS, Activate
from dnn.initializers import INITIALIZERS
from dnn.layers import Dense, Dropout
from dnn.network import Network


def mlp(sizes, hidden="relu", init="he", keep_prob=None, seed=0, dtype=np.float64):
    """Return the net of layer sizes [n₀, n₁, …, n_L], the last one logits.

    ``hidden``: an activation or its name; ``init``: an initializer, its name, or
    {layer: either}, layers counted from 1 and He's for those not named; ``keep_prob``:
    {hidden layer: probability}, dropout after that layer. ValueError for sizes that
    make no net, unknown names, layers that are not there. Source: chapter 07,
    def-network.
    """
    sizes = _sizes(sizes)
    last = len(sizes) - 1
    hidden = _named("activation", hidden, ACTIVATIONS)
    checks.methods("hidden", hidden, "g", "slope")
    init = init if isinstance(init, dict) else dict.fromkeys(range(1, last + 1), init)
    init = _per_layer("init", init, last)
    keep = _per_layer("keep_prob", {} if keep_prob is None else keep_prob, last - 1)
    layers = []
    for number, (n_in, n_out) in enumerate(pairwise(sizes), 1):
        draw = _named("initializer", init.get(number, "he"), INITIALIZERS)
        layers += [Dense(n_in, n_out, draw)]
        layers += [Activate(hidden)] if number < last else []
        layers += [Dropout(keep[number])] if keep.get(number, 1) != 1 else []
    return Network(layers, seed, dtype)


def _sizes(sizes):
    known = list(sizes) if np.iterable(sizes) else []
    if len(known) < 2:
        raise ValueError(
            f"sizes must list the numbers of inputs, of hidden units and of outputs, got {sizes!r}"
        )
    return [checks.integer("sizes", n, 1) for n in known]


def _per_layer(name, values, last):
    """Return the dict {layer: value}, or refuse one that names a layer outside 1 …
    last.
    """
    if not isinstance(values, dict):
        raise ValueError(f"{name} must be a dict {{layer: value}}, got {values!r}")
    absent = [layer for layer in values if layer not in range(1, last + 1)]
    if absent:
        raise ValueError(
            f"{name} names layer {absent[0]!r}, but the layers it can go to are 1 to {last}"
        )
    return values


def _named(what, value, known):
    return checks.choose(what, value, known) if isinstance(value, str) else value
