"""How good is it, and how sure are we?

An accuracy is an estimate from so many images, and a comparison of two nets is one on
the same images. These few functions put the interval beside the number: for one
proportion, for a difference of two on the same examples, for a mean over seeds, and for
probabilities that claim to be frequencies.
"""

import math

import numpy as np

from dnn import checks
from dnn.checks import Array

__all__ = ["calibration", "k_folds", "mcnemar", "mean_and_error", "wilson"]


def wilson(right: float, n: int, z: float = 1.96) -> tuple[float, float]:
    """Return (low, high): Wilson's interval for a proportion, ``right`` seen of ``n``.

    z = 1.96 covers about 95%. ValueError unless 0 ≤ right ≤ n, n ≥ 1, z ≥ 0. Source:
    chapter 14, eq-wilson; Wilson (1927).
    """
    n = checks.integer("n", n, 1)
    p = checks.number("right", right, 0, n, "[]") / n
    z = checks.number("z", z, 0)
    center = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(center - half, 0.0), min(center + half, 1.0)


def mcnemar(right_a: Array, right_b: Array) -> float:
    """Return the two-sided p-value of "two classifiers err equally often".

    Both have judged the same examples. ``right_a`` and ``right_b`` are boolean, one entry an example: only those that one
    alone got right count, and under the hypothesis each is a fair coin. It is not the
    probability of the hypothesis: it is that of a split at least so uneven, under it.
    ValueError for other entries, and if the shapes differ. Source: chapter 14,
    eq-mcnemar; McNemar (1947).
    """
    checks.same_shape("right_a", right_a, "right_b", right_b)
    a = checks.labels("right_a", right_a) == 1
    b = checks.labels("right_b", right_b) == 1
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    n, k = only_a + only_b, min(only_a, only_b)
    tail = sum(math.comb(n, i) for i in range(k + 1))
    return min(1.0, 2 * tail / 2**n)


def mean_and_error(values: Array) -> tuple[Array, Array]:
    """Return the mean of independent runs and its standard error, over the first axis.

    At least two runs, else ValueError. Source: chapter 14, eq-standard-error.
    """
    values = np.atleast_1d(checks.real("values", values))
    if len(values) < 2:
        raise ValueError(f"values must hold at least two runs, got {len(values)}")
    return values.mean(axis=0), values.std(axis=0, ddof=1) / math.sqrt(len(values))


def k_folds(m: int, k: int, seed: int = 0) -> list[tuple[Array, Array]]:
    """Return k pairs (train, held_out) of m shuffled indices, each held out once.

    ValueError unless 2 ≤ k ≤ m. Source: chapter 14, def-cross-validation.
    """
    m, k = checks.integer("m", m, 2), checks.integer("k", k, 2)
    if k > m:
        raise ValueError(f"k must be at most the number of examples, {m}, got {k}")
    rng = np.random.default_rng(checks.integer("seed", seed, 0))
    folds = np.array_split(rng.permutation(m), k)
    return [
        (np.concatenate([*folds[:i], *folds[i + 1 :]]), held_out)
        for i, held_out in enumerate(folds)
    ]


def calibration(P: Array, Y: Array, bins: int = 10) -> tuple[Array, Array, Array]:
    """Return (claimed, seen, count) by bins of equal width.

    That is the mean probability, the frequency of 1, and the number of examples.

    P, from 0 to 1, and Y, 0 or 1, hold one entry an example, else ValueError; empty
    bins are left out. Source: chapter 14, def-calibration.
    """
    checks.same_shape("P", P, "Y", Y)
    P, Y = np.ravel(checks.real("P", P)), np.ravel(checks.labels("Y", Y))
    if P.size == 0:
        raise ValueError("P and Y hold no example")
    if ((P < 0) | (P > 1)).any():
        got = f"{P.min()} to {P.max()}"
        raise ValueError(f"P must hold probabilities from 0 to 1, got {got}")
    place = np.minimum((P * checks.integer("bins", bins, 1)).astype(int), bins - 1)
    count = np.bincount(place, minlength=bins)
    kept = count > 0
    claimed, seen = (np.bincount(place, values, bins)[kept] for values in (P, Y))
    return claimed / count[kept], seen / count[kept], count[kept]
