"""Beginnings.

An initializer is a function (n_out, n_in, rng) → W of shape (n_out, n_in). All but the
first two keep the size of what runs through the net as it was; they differ in the
activation they assume, and in whether they look forward only or backward too.
"""

from dataclasses import dataclass

import numpy as np

from dnn import checks
from dnn.layers import xavier


def zeros(n_out, n_in, rng):
    """Return zeros: every unit of a layer then stays like every other.

    Source: chapter 10, eq-symmetry.
    """
    return np.zeros((n_out, n_in))


@dataclass(frozen=True)
class normal:
    """The initializer with independent N(0, std²) entries; ``std`` > 0, else
    ValueError.

    Source: chapter 10.
    """

    std: float

    def __post_init__(self):
        object.__setattr__(self, "std", checks.number("std", self.std, 0, above=True))

    def __call__(self, n_out, n_in, rng):
        return self.std * rng.standard_normal((n_out, n_in))


def glorot(n_out, n_in, rng):
    """Return entries uniform with variance 2/(n_in + n_out).

    Source: chapter 10, def-glorot; Glorot & Bengio (2010).
    """
    bound = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-bound, bound, (n_out, n_in))


def he(n_out, n_in, rng):
    """Return N(0, 2/n_in) entries: ReLU passes half of E[z²] on.

    Source: chapter 10, def-he; He et al. (2015).
    """
    return rng.standard_normal((n_out, n_in)) * np.sqrt(2 / n_in)


INITIALIZERS = {
    "zeros": zeros,
    "random": normal(0.01),
    "xavier": xavier,
    "glorot": glorot,
    "he": he,
}
