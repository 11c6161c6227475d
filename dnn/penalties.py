"""A cost of large weights.

A penalty is any function (theta, is_weight, m) → (R, dtheta), the penalty and its
gradient. The training loop adds it to cost and gradient and knows nothing more of it.
"""

from dataclasses import dataclass

from dnn import checks
from dnn.checks import Array

__all__ = ["l2"]


@dataclass(frozen=True)
class l2(checks.Settings):
    """The penalty λ/(2m) ‖W‖², over all weights and no bias.

    ``lam`` ≥ 0, else ValueError; m is the size of the whole training set, never of the
    batch, so that a step means the same whatever the batch. Source: chapter 15, def-l2.
    """

    lam: float

    def __call__(self, theta: Array, is_weight: Array, m: int) -> tuple[float, Array]:
        """Return (R, dtheta) with dtheta = λ/m W, zero for biases.

        Source: chapter 15, eq-l2-gradient.
        """
        dtheta = self.lam / m * is_weight * theta
        return dtheta @ theta / 2, dtheta
