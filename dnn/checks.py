"""Errors that speak.

Most mistakes with a neural net are mistakes of shape or of range, and NumPy, which
broadcasts, lets many of them pass in silence. So arguments are checked before any work
is done, and what is refused is refused by name: what came, what was expected, what to
do. Each check returns what it checked, ready for use.
"""

from collections.abc import Callable
from dataclasses import fields
from functools import partial
from inspect import signature
from typing import Any

import numpy as np

__all__ = ["Array", "Settings", "array", "choose", "distributions", "floating",
           "function", "inputs", "integer", "labels", "methods", "nonnegative", "number",
           "pair", "real", "rows", "same_shape", "setting", "takes", "targets"]  # fmt: skip

Array = np.ndarray  # what the program computes with


def choose(what: str, name: str, known: dict) -> Any:
    """Return ``known[name]``.

    An unknown name raises ValueError that lists the known ones and the nearest.
    """
    if isinstance(name, str) and name in known:
        return known[name]
    from difflib import get_close_matches  # not needed by those who know the names

    near = get_close_matches(str(name), known, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ValueError(f"unknown {what} {name!r}: {hint}known are {', '.join(known)}")


def number(name: str, value: Any, low=-np.inf, high=np.inf, ends: str = "[)") -> float:
    """Return a finite real number of an interval as a Python float.

    ``ends`` "[)" leaves the upper end out, as in the notation. ValueError otherwise. A
    Python float and not a NumPy scalar, because ``float32_array *= np.float64(…)``
    computes in double precision.
    """
    try:
        x = np.nan if isinstance(value, (bool, np.bool_, str)) else float(value)
    except (TypeError, ValueError, OverflowError):
        x = np.nan
    out = (x == low and ends[0] == "(") or (x == high and ends[1] == ")")
    if not low <= x <= high or not np.isfinite(x) or out:
        interval = f"{'(' if low == -np.inf else ends[0]}{low:g}, {high:g}{ends[1]}"
        raise ValueError(f"{name} must be a number in {interval}, got {value!r}")
    return x


def integer(name: str, value: Any, low: int) -> int:
    """Return a whole number of at least ``low`` as a Python int.

    ValueError otherwise, for True and False too.
    """
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if whole and value >= low:
        return int(value)
    raise ValueError(f"{name} must be a whole number of at least {low}, got {value!r}")


def function(name: str, value: Any) -> Callable:
    """Return what can be called; ValueError otherwise, and for a class."""
    if not callable(value) or isinstance(value, type):
        raise ValueError(f"{name} must be a function or an object, got {value!r}")
    return value


def methods(name: str, value: Any, *names: str) -> Any:
    """Return an object that has these methods; ValueError otherwise, and for a class."""
    has = all(callable(getattr(value, method, None)) for method in names)
    if isinstance(value, type) or not has:
        listed = " and ".join(names)
        raise ValueError(f"{name} must be an object with {listed}, got {value!r}")
    return value


def takes(name: str, value: Any, *arguments: str) -> Callable:
    """Return a function that can be called with these arguments, by their places.

    ValueError otherwise. A function of C that does not tell its arguments passes.
    """
    if getattr(value, "nin", len(arguments)) != len(arguments):  # a ufunc takes outputs
        raise ValueError(f"{name} must take ({', '.join(arguments)}), got {value!r}")
    try:
        taken = signature(function(name, value))
        taken.bind(*arguments)
    except TypeError:
        listed = ", ".join(arguments)
        raise ValueError(f"{name} must take ({listed}), and takes {taken}") from None
    except ValueError:
        return function(name, value)
    return value


def pair(name: str, value: Any) -> tuple:
    """Return a pair (X, Y) as it is; ValueError otherwise."""
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise ValueError(f"{name} must be a pair (X, Y), got {type(value).__name__}")
    return value


def floating(name: str, dtype: Any) -> np.dtype:
    """Return a dtype of real or complex floating numbers, in which a net can compute.

    ValueError otherwise.
    """
    try:
        return np.finfo(dtype) and np.dtype(dtype)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be float64 or float32, got {dtype!r}") from None


def array(name: str, values: Any) -> Array:
    """Return ``values`` as an array.

    ValueError where its rows differ in length, and where some are masked, since an
    array forgets which; and for a sparse matrix, which NumPy would take for one object.
    """
    if hasattr(values, "toarray"):
        raise ValueError(f"{name} is a sparse matrix: use {name}.toarray()")
    if np.ma.is_masked(values):
        raise ValueError(f"{name} holds masked values: fill or remove them first")
    try:
        return np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} makes no array: its rows differ in length") from None


def rows(name: str, A: Array, n: int | None = None) -> Array:
    """Return ``A``, (n, m), one example a column; n None is any number.

    ValueError otherwise.
    """
    shape = np.shape(A)
    if len(shape) == 2 and n in (None, shape[0]):
        return A
    fits = "; its transpose would fit" if shape[1:] == (n,) else ""
    wanted = f"({n or 'n'}, m), one example a column"
    raise ValueError(f"{name} must have shape {wanted}; got {shape}{fits}")


def same_shape(name: str, A: Array, other_name: str, other: Array) -> None:
    """Raise ValueError unless the two arrays have one shape.

    A (m,) beside a (1, m) would broadcast.
    """
    a, b = np.shape(A), np.shape(other)
    if a != b:
        both = f"{name} has shape {a} but {other_name} has shape {b}"
        raise ValueError(f"{both}: they must be equal{_remedy(name, A, b)}")


def _remedy(name, A, wanted):
    """Return what would make an array of one shape fit another, where that is known."""
    given = np.shape(A)
    if given[::-1] == wanted and len(given) == 2:
        return "; its transpose would fit"
    if given == wanted[1:] and wanted[0] == 1:
        array = name if isinstance(A, np.ndarray) else f"np.asarray({name})"
        return f"; use {array}[None]"
    one_hot = name == "Y" and given == wanted[1:]
    return f"; use data.one_hot(Y, {wanted[0]})" if one_hot else ""


def real(name: str, values: Any, dtype: Any = None) -> Array:
    """Return ``values`` as an array of finite real numbers, in ``dtype`` if given.

    bool, int or float; where ``dtype`` is complex they may be complex too. ValueError
    otherwise.
    """
    A = array(name, values)
    if A.dtype.kind not in ("buifc" if np.dtype(dtype).kind == "c" else "buif"):
        raise ValueError(f"{name} must hold real numbers, got dtype {A.dtype}")
    with np.errstate(over="ignore"):  # what a smaller type cannot hold is infinite
        A = np.asarray(A, dtype)
    if not np.isfinite(A).all():
        where = f" in {dtype}" if dtype else ""
        raise ValueError(f"{name} holds NaN or infinite values{where}: replace them")
    return A


def inputs(name: str, X: Any, n: int | None = None, dtype: Any = None) -> Array:
    """Return ``X``, (n, m) with m ≥ 1, as an array of finite numbers, see `real`.

    ValueError otherwise.
    """
    X = rows(name, array(name, X), n)
    if X.shape[1] == 0:
        raise ValueError(f"{name} has shape {X.shape}: it holds no example")
    return real(name, X, dtype)


def targets(name: str, Y: Any, shape: tuple) -> Array:
    """Return ``Y`` as an array of finite numbers of the given shape (n_L, m).

    ValueError otherwise.
    """
    A = array(name, Y)
    same_shape(name, Y, "the net's outputs for these examples", np.empty(shape))
    return real(name, A)


def labels(name: str, Y: Any) -> Array:
    """Return ``Y`` as an array of zeros and ones; ValueError otherwise."""
    Y = array(name, Y)
    odd = Y[(real(name, Y) != 0) & (Y != 1)]
    if odd.size:
        raise ValueError(f"{name} must hold only the labels 0 and 1, got {odd[0]}")
    return Y


def distributions(name: str, Y: Any) -> Array:
    """Return ``Y``, (C, m), as an array whose columns are probabilities of C ≥ 2 classes.

    One-hot columns are such; ValueError where one holds a negative number or does not
    sum to 1.
    """
    Y = rows(name, real(name, Y))
    wrong = (np.abs(Y.sum(axis=0) - 1) > 1e-5) | (Y.min(axis=0) < 0) | (len(Y) < 2)
    if wrong.any():
        wanted = "be one-hot or hold probabilities, in two rows or more that sum to 1"
        raise ValueError(f"{name} must {wanted}; got {Y[:, wrong.argmax()].tolist()}")
    return Y


def nonnegative(name: str, values: Any) -> Array:
    """Return ``values``, a number or several, as an array; ValueError below zero."""
    A = np.array(real(name, values), float)
    if (A < 0).any() or A.ndim > 1:
        raise ValueError(f"{name} must be a number or a vector, 0 or more; got {A}")
    return A


# ---- settings ------------------------------------------------------------------------

_from_0 = partial(number, low=0, ends="[)")
_above_0 = partial(number, low=0, ends="()")
_below_1 = partial(number, low=0, high=1, ends="[)")
_count = partial(integer, low=1)

SETTINGS = {
    **dict.fromkeys(("lr", "rate", "factor", "lam"), _from_0),
    **dict.fromkeys(("beta", "beta1", "beta2"), _below_1),
    **dict.fromkeys(("eps", "std"), _above_0),
    **dict.fromkeys(("every", "steps", "steps_per_epoch", "patience"), _count),
    "keep_prob": partial(number, low=0, high=1, ends="(]"),
    "schedule": function,
    "decay": nonnegative,
}


def setting(name: str, value: Any) -> Any:
    """Return a setting, checked by its name; one that is not known here as it is.

    ValueError for a value that makes no sense under that name.
    """
    check = SETTINGS.get(name)
    return check(name, value) if check else value


class Settings:
    """What frozen records of settings share: fields checked when one is made."""

    def __post_init__(self):
        for field in fields(self):
            value = setting(field.name, getattr(self, field.name))
            object.__setattr__(self, field.name, value)
