"""Examples are columns.

Every data set of the book comes as X, one column an example, and Y, one column of
labels or targets. In memory the examples are contiguous rows, handed out as `rows.T`:
the mathematics sees columns, and taking a few of them is one fast gather. Sets in the
plane are drawn here, from a seed; `dnn.files.sets` reads the real ones.
"""

from typing import NamedTuple

import numpy as np

from dnn import checks
from dnn.checks import Array

__all__ = ["Dataset", "Scaling", "circles", "columns", "moons", "one_hot",
           "spirals", "split", "standardize"]  # fmt: skip


class Dataset(NamedTuple):
    """Examples to learn from, and examples to be judged by.

    X (n₀, m) and X_test are features. Y (1, m) holds 0/1, (C, m) is one-hot, and
    ``classes`` names the labels; or Y holds real targets, and ``classes`` is ().
    ``shape`` is that of one picture, or None.
    """

    X: Array
    Y: Array
    X_test: Array
    Y_test: Array
    classes: tuple[str, ...]
    name: str
    shape: tuple[int, ...] | None = None


def columns(images: Array) -> Array:
    """Return pictures, (m, h, w, 3) or gray (m, h, w), as the columns of X (h·w·3, m).

    They come as uint8, and their values go from 0 to 1. ValueError for another type,
    whose values would mean something else.
    """
    images = checks.array("images", images)
    if images.dtype != np.uint8 or images.ndim < 2:
        got = f"{images.dtype} {images.shape}"
        raise ValueError(f"images must be uint8 (m, h, w, 3), got {got}")
    return (images.reshape(len(images), np.prod(images.shape[1:], dtype=int)) / 255).T


class Scaling(NamedTuple):
    """The map x → (x − shift)/scale, feature by feature.

    Both are (n₀, 1), or (1, 1) for all features alike.
    """

    shift: Array
    scale: Array

    def __call__(self, X: Array) -> Array:
        """Return X (n₀, m), scaled."""
        n = len(self.shift) if len(self.shift) > 1 else None
        X = checks.rows("X", checks.array("X", X), n)
        return ((X.T - self.shift.T) / self.scale.T).T


def standardize(X: Array) -> Scaling:
    """Return the Scaling that gives each feature of X (n₀, m) mean 0 and variance 1.

    Constants are only shifted. Take it from the training examples and use it on all.
    Source: chapter 04, def-standardize.
    """
    X = checks.inputs("X", X)
    # Rounding can give a constant a tiny deviation.
    varied = (X[:, :1] != X).any(axis=1, keepdims=True)
    scale = X.std(axis=1, keepdims=True)
    scale = np.where(varied & (scale > 0), scale, 1.0)
    return Scaling(X.mean(axis=1, keepdims=True), scale)


def one_hot(labels: Array, C: int) -> Array:
    """Return Y (C, m) with a single 1 in each column, at the row that labels (m,) names.

    ValueError for labels that are not whole numbers from 0 to C − 1. Source: chapter
    08, def-one-hot.
    """
    labels = np.ravel(checks.real("labels", labels))
    C = checks.integer("C", C, 2)
    if not np.isin(labels, np.arange(C)).all():
        got = f"{labels.min()} to {labels.max()}"
        raise ValueError(f"labels must be whole, from 0 to {C - 1}; got {got}")
    return np.eye(C)[labels.astype(int)].T


def split(X: Array, Y: Array, fraction: float, seed: int = 0) -> tuple:
    """Return ((X, Y), (Xv, Yv)), the second part a random fraction of the examples.

    X is (n₀, m), Y (n_L, m). ValueError unless both parts hold an example. Source:
    chapter 14, def-split.
    """
    X, Y = checks.array("X", X), checks.array("Y", Y)
    if not X.ndim or X.shape[-1:] != Y.shape[-1:]:
        shapes = f"X has shape {X.shape} and Y {Y.shape}"
        raise ValueError(f"{shapes}: they must hold as many examples")
    m = X.shape[-1]
    fraction = checks.number("fraction", fraction, 0, 1, ends="()")
    held_out = round(m * fraction)
    if not 0 < held_out < m:
        raise ValueError(f"fraction {fraction} of {m} examples leaves a part empty")
    order = np.random.default_rng(checks.integer("seed", seed, 0)).permutation(m)
    parts = order[held_out:], order[:held_out]
    return tuple((X.T[part].T, Y.T[part].T) for part in parts)


# ---- sets in the plane ---------------------------------------------------------------


def moons(m: int = 500, noise: float = 0.2, seed: int = 3) -> Dataset:
    """Return two interleaved half circles in the plane, m points.

    ``noise`` is the standard deviation of what is added to each coordinate. The points
    are those of scikit-learn's ``make_moons``, as those of `circles` are its
    ``make_circles``'.
    """
    m = checks.integer("m", m, 1)
    t, u = np.linspace(0, np.pi, m // 2), np.linspace(0, np.pi, m - m // 2)
    upper = np.cos(t), np.sin(t)
    lower = 1 - np.cos(u), 1 - np.sin(u) - 0.5
    return _two_curves("moons", upper, lower, noise, seed)


def circles(m: int = 300, noise: float = 0.05, seed: int = 3) -> Dataset:
    """Return a circle within a circle of twice its radius, m points."""
    m = checks.integer("m", m, 1)
    halves = m // 2, m - m // 2
    t, u = (np.linspace(0, 2 * np.pi, n, endpoint=False) for n in halves)
    outer, inner = (np.cos(t), np.sin(t)), (np.cos(u) / 2, np.sin(u) / 2)
    return _two_curves("circles", outer, inner, noise, seed)


def spirals(n: int = 100, noise: float = 0.2, seed: int = 0) -> Dataset:
    """Return three spiral arms in the plane, of n points each.

    r = i/n and θ = 4j + 4i/n + noise · N(0, 1), in arm j = 0, 1, 2.
    """
    n = checks.integer("n", n, 1)
    j, i = np.divmod(np.arange(3 * n), n)

    def draw(noise, seed):
        turn = noise * np.random.default_rng(seed).standard_normal(3 * n)
        theta = 4 * j + 4 * i / n + turn
        points = np.stack([np.sin(theta), np.cos(theta)], axis=1)
        return (i[:, None] / n * points).T, one_hot(j, 3)

    return _drawn("spirals", draw, noise, seed)


def _two_curves(name, first, second, noise, seed):
    """Return the set of points on two curves, (2, n) each, shuffled and scattered."""
    points = np.ascontiguousarray(np.concatenate([first, second], axis=1).T)
    y = np.repeat([0.0, 1.0], [len(first[0]), len(second[0])])

    def draw(noise, seed):
        rng = np.random.RandomState(seed)  # scikit-learn's generator, and its order
        order = rng.permutation(len(y))
        return (points[order] + rng.normal(0, noise, points.shape)).T, y[order][None]

    return _drawn(name, draw, noise, seed)


def _drawn(name, draw, noise, seed):
    """Return the set that ``draw`` makes of a seed, its test part from a distant one."""
    noise, seed = checks.number("noise", noise, 0), checks.integer("seed", seed, 0)
    X, Y = draw(noise, seed)
    classes = tuple(str(label) for label in range(max(len(Y), 2)))
    return Dataset(X, Y, *draw(noise, seed + 1_000_000), classes, name)
