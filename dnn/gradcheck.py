"""Gradient checking: trust, but differentiate.

A wrong gradient rarely crashes; it only learns worse. So every formula of the book is
checked against a derivative taken by another road: a central difference, good to about
ten digits, or the complex step, good to all of them. `verify` compares the two and says
so in one line, from which the book's ledger is made.
"""

from collections.abc import Callable

import numpy as np

from dnn import checks
from dnn.checks import Array

__all__ = ["VerificationError", "caught", "central_difference", "complex_step",
           "gradient_check", "relative_error", "report", "verify", "verify_bound"]  # fmt: skip


class VerificationError(AssertionError):
    """A claim of the book that did not hold when it was computed."""


def central_difference(f: Callable, x: Array, h: float = 6e-6) -> Array:
    """Return the gradient of a real f at the real array x: (f(x+h) − f(x−h))/(2h).

    Shaped like x. The default h, the cube root of the machine's epsilon, balances
    truncation against rounding. Source: chapter 03, def-central-difference, eq-best-h.
    """
    x = np.array(x, dtype=float)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        # x ± h are rounded: divide by the step that was taken, not by 2h.
        gradient[i] = (f(up) - f(down)) / (up[i] - down[i])
    return gradient


def complex_step(f: Callable, x: Array, h: float = 1e-20) -> Array:
    """Return the gradient of f at the real array x, by Im f(x + ih)/h.

    No difference, so nothing cancels. Shaped like x; f must be analytic near x and be computed by operations that take
    complex numbers. Source: chapter 03, eq-complex-step; Squire & Trapp (1998).
    """
    x = np.asarray(x, dtype=float)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        z = x.astype(complex)
        z[i] += 1j * h
        gradient[i] = np.imag(f(z)) / h
    return gradient


def relative_error(got: Array, want: Array) -> float:
    """Return max|got − want| / max(|got|, |want|), or 0 where both are zero.

    One number for two arrays of one shape, which must be finite and not empty:
    ValueError otherwise.
    """
    got, want = np.asarray(got), np.asarray(want)
    if got.shape != want.shape or got.size == 0:
        shapes = f"got has shape {got.shape}, want {want.shape}"
        raise ValueError(f"{shapes}: they must be equal and not empty")
    scale = max(np.max(np.abs(got)), np.max(np.abs(want)))
    if not np.isfinite(scale):
        raise ValueError("got or want holds NaN or infinite values")
    return float(np.max(np.abs(got - want)) / scale) if scale > 0 else 0.0


def gradient_check(net, loss: Callable, X: Array, Y: Array) -> float:
    """Return the relative error of backpropagation against the complex step.

    Over all parameters of a net; X (n₀, m), Y (n_L, m). The net itself is left as it
    was. Every evaluation starts from a copy of one complex twin, random streams
    included, so that dropout draws the same masks each time. Source: chapter 07.
    """
    X = checks.inputs("X", X, net.n_in, net.dtype)
    checked, twin = net.copy(), net.astype(complex)

    def cost(theta):
        copy = twin.copy()
        copy.theta[...] = theta
        return loss(copy.forward(X, train=True), Y)[0]

    checked.backward(loss(checked.forward(X, train=True), Y)[1])
    return relative_error(checked.grad, complex_step(cost, net.theta))


def verify(label: str, got: Array, want: Array, tol=None, se=None) -> float:
    """Compare a formula with its computation, print one line and return the error.

    With ``tol`` (at most 1e-2): the relative error of `got` against `want`. With
    ``se``, the standard errors of a Monte Carlo estimate: the largest distance in units
    of them, which may be 5. VerificationError, with the error, where the claim fails;
    ValueError for shapes that differ or a tolerance that would let anything pass.
    """
    _refuse_misuse(label, tol, se)
    if se is not None:
        return _verify_estimate(label, got, want, se)
    error = relative_error(got, want)
    if error > tol:
        found = f"relative error {error:.1e}, tolerance {tol:.0e}"
        raise VerificationError(f"{label} fails: {found}")
    print(f"{label} holds {f'to {tol:.0e}' if tol else 'exactly'}")
    return error


def _refuse_misuse(label, tol, se):
    """Raise ValueError for a comparison that would let anything pass."""
    if (tol is None) == (se is None):
        choice = "either tol, for an identity, or se, for a Monte Carlo estimate"
        raise ValueError(f"{label}: give {choice}")
    if se is None and not 0 <= tol <= 1e-2:
        limits = "in [0, 0.01], since a wider one would let wrong formulas pass"
        raise ValueError(f"{label}: tol must lie {limits}; got {tol}")
    if tol is None and not (np.size(se) and np.all(np.asarray(se) > 0)):
        raise ValueError(f"{label}: se must be positive and not empty")


def _verify_estimate(label, got, want, se):
    got, want, se = np.broadcast_arrays(got, want, se)
    if got.size == 0:
        raise ValueError(f"{label}: nothing to compare")
    distance = float(np.max(np.abs(got - want) / se))
    if not distance <= 5:
        found = f"{distance:.1f} standard errors away, 5 are allowed"
        raise VerificationError(f"{label} fails: {found}")
    print(f"{label} holds within 5 standard errors")
    return distance


def verify_bound(label: str, low: Array, high: Array) -> float:
    """Check low ≤ high, entry by entry, print one line, return min(high − low).

    VerificationError where the bound fails, NaN included.
    """
    slack = np.subtract(high, low)
    if slack.size == 0:
        raise ValueError(f"{label}: nothing to compare")
    if not np.all(slack >= 0):
        found = f"the bound is exceeded by {-np.min(slack):.1e}"
        raise VerificationError(f"{label} fails: {found}")
    print(f"{label} holds as a bound")
    return float(np.min(slack))


def report(sentence: str, truth: bool) -> None:
    """Print a sentence about a result, if it is true.

    AssertionError, with the sentence, where it is not.
    """
    if not truth:
        raise AssertionError(sentence)
    print(sentence)


def caught(bug: str, got: Array, want: Array, tol=None, se=None) -> None:
    """Hand a bug to `verify`, which must stop it, and print its name and the error.

    ``tol`` and ``se`` as in `verify`; without either, tol is 1e-10. ValueError for a
    tolerance that would let anything pass; AssertionError, with the bug's name, where
    nothing stops it.
    """
    tol = 1e-10 if tol is None and se is None else tol
    _refuse_misuse(bug, tol, se)
    try:
        verify(bug, got, want, tol, se)
    except (VerificationError, ValueError) as error:
        print(f"{bug}: {type(error).__name__}")
    else:
        raise AssertionError(f"no check stopped this bug: {bug}")
