"""Errors that speak.

Most mistakes with a neural net are mistakes of shape or of range, and NumPy, which
broadcasts, lets many of them pass in silence. So arguments are checked before any work
is done, and what is refused is refused by name: what came, what was expected, what to
do. Each check returns what it checked, ready for use.
"""

import numpy as np


def choose(what, name, known):
    """Return ``known[name]``.

    An unknown name raises ValueError that lists the known ones and the nearest.
    """
    if isinstance(name, str) and name in known:
        return known[name]
    from difflib import get_close_matches

    near = get_close_matches(str(name), known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise ValueError(
        f"unknown {what} {name!r}: known are {', '.join(sorted(known))}{hint}"
    )


def number(name, value, low=-np.inf, high=np.inf, *, above=False, below=False):
    """Return a finite real number as a Python float, within [low, high].

    With ``above`` or ``below`` that end of the interval is left out. ValueError
    otherwise. A Python float and not a NumPy scalar, because ``float32_array *=
    np.float64(…)`` computes in double precision.
    """
    try:
        x = float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} must be a number, got {value!r}") from None
    inside = (low < x if above else low <= x) and (x < high if below else x <= high)
    if isinstance(value, (bool, np.bool_, str)) or not np.isfinite(x) or not inside:
        interval = f"{'(' if above or low == -np.inf else '['}{low:g}, {high:g}{')' if below or high == np.inf else ']'}"
        raise ValueError(f"{name} must be a number in {interval}, got {value!r}")
    return x


def integer(name, value, low):
    """Return a whole number of at least ``low`` as a Python int; ValueError otherwise."""
    if (
        isinstance(value, (bool, np.bool_))
        or not isinstance(value, (int, np.integer))
        or value < low
    ):
        raise ValueError(
            f"{name} must be a whole number of at least {low}, got {value!r}"
        )
    return int(value)


def function(name, value):
    """Return what can be called; ValueError otherwise, and for a class."""
    if not callable(value) or isinstance(value, type):
        raise ValueError(f"{name} must be a function or an object, got {value!r}")
    return value


def pair(name, value):
    """Return a pair (X, Y) as it is; ValueError otherwise."""
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise ValueError(f"{name} must be a pair (X, Y), got {type(value).__name__}")
    return value


def floating(name, dtype):
    """Return a dtype of real or complex floating numbers, in which a net can compute;
    ValueError otherwise.
    """
    try:
        computes = np.dtype(dtype).kind in "fc"
    except TypeError:
        computes = False
    if not computes:
        raise ValueError(
            f"{name} must be a type of floating numbers, such as float64 or float32, got {dtype!r}"
        )
    return np.dtype(dtype)


def rows(name, A, n):
    """Raise ValueError unless ``A`` is (n, m): one example a column."""
    shape = np.shape(A)
    if len(shape) != 2 or shape[0] != n:
        fits = (
            f"; its transpose {shape[::-1]} would fit"
            if len(shape) == 2 and shape[1] == n
            else ""
        )
        raise ValueError(
            f"{name} must have shape ({n}, m), one example a column; got {shape}{fits}"
        )


def same_shape(name, A, other_name, other):
    """Raise ValueError unless the two arrays have one shape; a (m,) beside a (1, m)
    would broadcast.
    """
    a, b = np.shape(A), np.shape(other)
    if a != b:
        fits = "; its transpose would fit" if a[::-1] == b and len(a) == 2 else ""
        raise ValueError(
            f"{name} has shape {a} but {other_name} has shape {b}: they must be equal{fits}"
        )


def real(name, values):
    """Return ``values`` as an array of finite real numbers (bool, int or float);
    ValueError otherwise.
    """
    A = np.asarray(values)
    if A.dtype.kind not in "buif":
        raise ValueError(f"{name} must hold real numbers, got dtype {A.dtype}")
    if not np.isfinite(A).all():
        raise ValueError(
            f"{name} holds NaN or infinite values: remove or replace them first"
        )
    return A


def inputs(name, X, n):
    """Return ``X`` as an array of finite real numbers, (n, m) with m ≥ 1; ValueError
    otherwise.
    """
    X = np.asarray(X)
    rows(name, X, n)
    if X.shape[1] == 0:
        raise ValueError(f"{name} has shape {X.shape}: it holds no example")
    return real(name, X)


def labels(name, Y, shape):
    """Return ``Y`` as an array of zeros and ones of the given shape (n_L, m);
    ValueError otherwise.
    """
    Y = np.asarray(Y)
    if Y.shape != shape:
        fits = "; its transpose would fit" if Y.shape[::-1] == shape else ""
        if Y.ndim == 1 and Y.shape[0] == shape[1]:
            fits = (
                "; use Y[None]"
                if shape[0] == 1
                else f"; use data.one_hot(Y, {shape[0]})"
            )
        raise ValueError(
            f"{name} must have shape {shape}, the net's outputs by the examples; got {Y.shape}{fits}"
        )
    odd = Y[(real(name, Y) != 0) & (Y != 1)]
    if odd.size:
        raise ValueError(f"{name} must hold only the labels 0 and 1, got {odd[0]}")
    return Y
