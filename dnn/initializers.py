"""Weight initialization.

An initializer is a function (n_out, n_in, rng) → W of shape (n_out, n_in). All but
zeros and normal keep the size of what runs through the net as it was; they differ in
the activation function they assume, and in whether they look forward only or backward
too.
"""

from dataclasses import dataclass

import numpy as np

from dnn import checks
from dnn.checks import Array
from dnn.layers import lecun

__all__ = ["glorot", "he", "lecun", "normal", "xavier", "zeros"]


def zeros(n_out: int, n_in: int, rng: "np.random.Generator") -> Array:
    """Return zeros: every unit of a layer then stays like every other.

    Source: chapter 10, eq-symmetry.
    """
    return np.zeros((n_out, n_in))


@dataclass(frozen=True)
class normal(checks.Settings):
    """The initializer with independent N(0, std²) entries.

    ``std`` > 0, else ValueError. Source: chapter 10.
    """

    std: float

    def __call__(self, n_out: int, n_in: int, rng: "np.random.Generator") -> Array:
        return self.std * rng.standard_normal((n_out, n_in))


def glorot(n_out: int, n_in: int, rng: "np.random.Generator") -> Array:
    """Return entries uniform with variance 2/(n_in + n_out).

    Source: chapter 10, def-glorot; Glorot & Bengio (2010).
    """
    bound = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-bound, bound, (n_out, n_in))


xavier = glorot  # one person, Xavier Glorot


def he(n_out: int, n_in: int, rng: "np.random.Generator") -> Array:
    """Return N(0, 2/n_in) entries: ReLU passes half of E[z²] on.

    Source: chapter 10, def-he; He et al. (2015).
    """
    return rng.standard_normal((n_out, n_in)) * np.sqrt(2 / n_in)


INITIALIZERS = {
    "zeros": zeros,
    "random": normal(0.01),
    "lecun": lecun,
    "xavier": xavier,
    "glorot": glorot,
    "he": he,
}
