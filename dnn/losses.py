"""What a net is to make small, and what its outputs then mean.

A loss takes the logits Z, the net's last linear outputs, and the targets Y, and returns
the cost J and its gradient dZ. Taking logits, and not probabilities, lets each loss be
written by identities that are exact for every Z: nothing overflows, nothing is clipped,
no small constant hides inside a logarithm. The factor 1/m lives here and nowhere else,
so that all that follows backward is the bare chain rule.

Whoever chooses a loss has also chosen what logits mean. So a loss is a record that
carries the link from logits to predictions, the decision, the score of many decisions,
and the check of its targets. Matched with its link, each loss has the same gradient,
(prediction − Y)/m.

Comparisons look at the real part only. For real arrays that changes nothing; for
complex ones it lets the complex step of chapter 03 differentiate the very same lines.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dnn import checks
from dnn.checks import Array

__all__ = ["Loss", "binary_cross_entropy", "categorical_cross_entropy",
           "sigmoid", "softmax", "squared_error"]  # fmt: skip


@dataclass(frozen=True)
class Loss:
    """A cost on logits, and what the logits mean; called, it is the cost.

    ``cost`` (Z, Y) → (J, dZ); ``link`` Z → predictions; ``decide`` Z → decisions;
    ``measure`` (decisions, Y) → a score; ``check`` (name, Y) → Y, or
    ValueError; ``outputs`` is the smallest number of them that a net may have. Z and Y
    are (n, m). Source: chapter 02, def-loss.
    """

    name: str
    cost: Callable
    link: Callable | None = None
    decide: Callable | None = None
    measure: Callable | None = None
    check: Callable = checks.real
    outputs: int = 1

    def __call__(self, Z: Array, Y: Array) -> tuple[float, Array]:
        checks.same_shape("Y", Y, "Z", Z)
        return self.cost(Z, self.check("Y", Y))

    def score(self, Z: Array, Y: Array) -> float:
        """Return the measure of all these outputs at once; NaN for a loss without one."""
        return self.measure(self.decide(Z), Y) if self.measure else np.nan

    def __str__(self):
        return self.name


def as_loss(loss: Callable) -> Loss:
    """Return a loss as it is, and a plain function (Z, Y) → (J, dZ) as a Loss.

    Such outputs have no meaning that is known, and no score.
    """
    plain = not hasattr(loss, "cost")
    return Loss(repr(loss), checks.takes("loss", loss, "Z", "Y")) if plain else loss


def accuracy(decisions: Array, targets: Array) -> float:
    """Return the fraction of decisions that are right; both are (n, m)."""
    return float(np.mean(decisions == targets))


# ---- yes or no -----------------------------------------------------------------------


def sigmoid(Z: Array) -> Array:
    """Return 1/(1 + e^−Z), entry by entry, without overflow.

    Any shape. Source: chapter 02, def-sigmoid.
    """
    Z = np.asarray(Z) + 0.0  # whole numbers become floats
    # No exponent is positive; the second is −|z|, written so that Z may be complex.
    return np.exp(np.minimum(Z, 0)) / (1 + np.exp(np.minimum(Z, -Z)))


def logistic_cost(Z: Array, Y: Array) -> tuple[float, Array]:
    """Return (J, dZ): the mean of softplus(z) − y z, and its gradient (σ(Z) − Y)/m.

    Z, Y and dZ are (n, m), the mean is over the m examples; n > 1 means n yes-or-no
    questions, their losses added. ValueError if the shapes differ. Source: chapter 02,
    eq-bce-logits and eq-bce-gradient.
    """
    checks.same_shape("Y", Y, "Z", Z)
    m = Z.shape[1]
    e = np.exp(np.minimum(Z, -Z))  # e^−|z|
    # softplus(z) = max(z, 0) + log(1 + e^−|z|)
    losses = np.maximum(Z, 0) - Y * Z + np.log1p(e)
    A = np.exp(np.minimum(Z, 0)) / (1 + e)
    return losses.sum() / m, (A - Y) / m


def positive(Z: Array) -> Array:
    """Return 1 where z > 0, that is σ(z) > 1/2, and 0 elsewhere.

    Source: chapter 02, def-decision.
    """
    return (Z.real > 0).astype(int)


binary_cross_entropy = Loss(
    "binary_cross_entropy", logistic_cost, sigmoid, positive, accuracy, checks.labels
)


# ---- one of C classes ----------------------------------------------------------------


def softmax(Z: Array) -> Array:
    """Return e^z_k / Σ_j e^z_j down each column of Z (C, m), without overflow.

    Source: chapter 08, def-softmax; the shift by the largest logit is eq-softmax-shift.
    """
    Z = np.asarray(Z)
    # 0.0 makes floats of whole numbers: unsigned ones would wrap.
    E = np.exp(Z - (Z.real.max(axis=0) + 0.0))
    return E / E.sum(axis=0)


def softmax_cost(Z: Array, Y: Array) -> tuple[float, Array]:
    """Return (J, dZ): the mean of log Σ_k e^z_k − yᵀz, and its gradient (P − Y)/m.

    Z, Y and dZ are (C, m), columns of Y sum to 1, P = softmax(Z). ValueError if the
    shapes differ. Source: chapter 08, eq-cce-logits and eq-cce-gradient.
    """
    checks.same_shape("Y", Y, "Z", Z)
    Z = Z - Z.real.max(axis=0)
    E = np.exp(Z)
    total = E.sum(axis=0)
    m = Z.shape[1]
    return (np.log(total) - (Y * Z).sum(axis=0)).sum() / m, (E / total - Y) / m


def most_probable(Z: Array) -> Array:
    """Return the number of the largest logit of each column, (1, m) from 0."""
    return Z.real.argmax(axis=0, keepdims=True)


def class_accuracy(classes: Array, Y: Array) -> float:
    """Return the fraction of classes (1, m) that are the most probable ones of Y (C, m)."""
    return accuracy(classes, most_probable(Y))


categorical_cross_entropy = Loss(
    name="categorical_cross_entropy",
    cost=softmax_cost,
    link=softmax,
    decide=most_probable,
    measure=class_accuracy,
    check=checks.distributions,
    outputs=2,
)


# ---- a number ------------------------------------------------------------------------


def squared_cost(Z: Array, Y: Array) -> tuple[float, Array]:
    """Return (J, dZ): ‖Z − Y‖²/(2m), and its gradient (Z − Y)/m.

    Z, Y and dZ are (n, m). ValueError if the shapes differ. Source: chapter 08,
    def-squared-error and eq-squared-error-gradient.
    """
    checks.same_shape("Y", Y, "Z", Z)
    E, m = Z - Y, Z.shape[1]
    return (E * E).sum() / (2 * m), E / m


def r_squared(predictions: Array, Y: Array) -> float:
    """Return R² = 1 − ‖P − Y‖²/‖Y − mean‖², the part of the variance that is explained.

    Both are (n, m), means are by row; NaN where no target varies. Source: chapter 08,
    def-r-squared.
    """
    spread = np.sum((Y - Y.mean(axis=1, keepdims=True)) ** 2)
    varied = (Y[:, :1] != Y).any()  # rounding can give a constant a tiny spread
    return float(1 - np.sum((predictions - Y) ** 2) / spread) if varied else np.nan


squared_error = Loss("squared_error", squared_cost, np.positive, np.positive, r_squared)

_all = binary_cross_entropy, categorical_cross_entropy, squared_error
LOSSES = {loss.name: loss for loss in _all}
