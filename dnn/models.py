"""Nets by their sizes.

A multilayer perceptron is dense layers with activation functions between them. `mlp` builds one from a
list of sizes; it is a convenience over `Network`, which takes the same layers written
out.
"""

from itertools import pairwise

import numpy as np

from dnn import checks
from dnn.activations import ACTIVATIONS, Activate
from dnn.initializers import INITIALIZERS
from dnn.layers import Dense, Dropout
from dnn.losses import Loss
from dnn.network import Network

__all__ = ["mlp"]


def mlp(
    sizes,
    hidden="relu",
    init="he",
    keep_prob: dict[int, float] | None = None,
    seed: int | None = 0,
    dtype=np.float64,
    loss: Loss | None = None,
) -> Network:
    """Return the net of layer sizes [n₀, n₁, …, n_L], the last one logits.

    ``hidden``: an activation or its name; ``init``: an initializer, its name, or
    {layer: either}, layers counted from 1 and He's for those not named; ``keep_prob``:
    {hidden layer: probability}, dropout after that layer; ``loss``: see `Network`.
    ValueError for unknown names, and for sizes or layers that a net cannot have.
    Source: chapter 07, def-network.
    """
    sizes = _sizes(sizes)
    last = len(sizes) - 1
    hidden = _named("activation", hidden, ACTIVATIONS)
    checks.methods("hidden", hidden, "g", "derivative")
    draws = init if isinstance(init, dict) else dict.fromkeys(range(1, last + 1), init)
    draws = _per_layer("init", draws, last)
    keep = _per_layer("keep_prob", {} if keep_prob is None else keep_prob, last - 1)
    layers = []
    for number, (n_in, n_out) in enumerate(pairwise(sizes), 1):
        draw = _named("initializer", draws.get(number, "he"), INITIALIZERS)
        layers += [Dense(n_in, n_out, draw)]
        layers += [Activate(hidden)] if number < last else []
        layers += [Dropout(keep[number])] if keep.get(number, 1) != 1 else []
    return Network(layers, seed, dtype, loss)


def _sizes(sizes):
    known = list(sizes) if np.iterable(sizes) else []
    if len(known) > 1:
        return [checks.integer("sizes", n, 1) for n in known]
    raise ValueError(f"sizes must list inputs, units and outputs, got {sizes!r}")


def _per_layer(name, values, last):
    """Return the dict {layer: value}, unless it names layers outside 1 … last."""
    known = range(1, last + 1)
    if isinstance(values, dict) and all(layer in known for layer in values):
        return values
    wanted = f"a dict {{layer: value}} of layers from 1 to {last}"
    raise ValueError(f"{name} must be {wanted}, got {values!r}")


def _named(what, value, known):
    return checks.choose(what, value, known) if isinstance(value, str) else value
