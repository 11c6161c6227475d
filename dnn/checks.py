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


def methods(name, value, *names):
    """Return an object that has these methods; ValueError otherwise, and for a class."""
    if isinstance(value, type) or not all(
        callable(getattr(value, method, None)) for method in names
    ):
        raise ValueError(
            f"{name} must be an object with {' and '.join(names)}, got {value!r}"
        )
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


def array(name, values):
    """Return ``values`` as an array; ValueError where its rows differ in length, and
    where some are masked, since an array forgets which.
    """
    if np.ma.is_masked(values):
        raise ValueError(f"{name} holds masked values: fill or remove them first")
    try:
        return np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} makes no array: its rows differ in length") from None


def rows(name, A, n=None):
    """Return ``A``, (n, m), one example a column; n None is any number. ValueError
    otherwise.
    """
    shape = np.shape(A)
    if len(shape) != 2 or n not in (None, shape[0]):
        fits = (
            f"; its transpose {shape[::-1]} would fit"
            if len(shape) == 2 and shape[1] == n
            else ""
        )
        raise ValueError(
            f"{name} must have shape ({n or 'n'}, m), one example a column; got {shape}{fits}"
        )
    return A


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


def real(name, values, dtype=None):
    """Return ``values`` as an array of finite real numbers (bool, int or float), in
    ``dtype`` if that is given; ValueError otherwise.

    Where ``dtype`` is complex they may be complex too.
    """
    A = array(name, values)
    if A.dtype.kind not in ("buifc" if np.dtype(dtype).kind == "c" else "buif"):
        raise ValueError(f"{name} must hold real numbers, got dtype {A.dtype}")
    with np.errstate(over="ignore"):  # what a smaller type cannot hold is infinite
        A = np.asarray(A, dtype)
    if not np.isfinite(A).all():
        raise ValueError(
            f"{name} holds NaN or infinite values{'' if dtype is None else f' in {dtype}'}: remove or replace them first"
        )
    return A


def inputs(name, X, n=None, dtype=None):
    """Return ``X``, (n, m) with m ≥ 1, as an array of finite numbers, see `real`;
    ValueError otherwise.
    """
    X = rows(name, array(name, X), n)
    if X.shape[1] == 0:
        raise ValueError(f"{name} has shape {X.shape}: it holds no example")
    return real(name, X, dtype)


def labels(name, Y, shape):
    """Return ``Y`` as an array of zeros and ones of the given shape (n_L, m);
    ValueError otherwise.
    """
    Y = array(name, Y)
    if Y.shape != shape:
        raise ValueError(
            f"{name} must have shape {shape}, the net's outputs by the examples; "
            f"got {Y.shape}{_remedy(Y.shape, shape)}"
        )
    odd = Y[(real(name, Y) != 0) & (Y != 1)]
    if odd.size:
        raise ValueError(f"{name} must hold only the labels 0 and 1, got {odd[0]}")
    return Y


def _remedy(given, wanted):
    """Return what would make labels of one shape those of another, where that is known."""
    if given[::-1] == wanted:
        return "; its transpose would fit"
    if given == wanted[1:]:
        one = wanted[0] == 1
        return "; use Y[None]" if one else f"; use data.one_hot(Y, {wanted[0]})"
    return ""
