"""How a net does: in a line, and in a picture of its cost."""

import io
from pathlib import Path

import numpy as np

from dnn.checks import Array
from dnn.evaluation import wilson
from dnn.files import atomic
from dnn.losses import accuracy, class_accuracy, r_squared
from dnn.network import Network
from dnn.training import History, Record, evaluate

__all__ = ["judge", "plot"]


def judge(net: Network, X: Array, Y: Array) -> str:
    """Return how a net does on X (n₀, m) and Y (n_L, m), in words.

    An accuracy comes with its interval; another score, such as R², has none.
    """
    (J, score), m = evaluate(net, net.loss, X, Y), X.shape[1]
    if net.loss.measure not in (accuracy, class_accuracy):
        name = "R²" if net.loss.measure is r_squared else "score"
        return f"{name} {score:.3f} on {m} examples, cost {J:.4f}"
    right = round(score * m)
    low, high = wilson(right, m)
    interval = f"95% interval {low:.1%} to {high:.1%}"
    return f"{right} of {m} right ({score:.1%}, {interval}), cost {J:.4f}"


def plot(records: list[Record], path: Path) -> str:
    """Draw the cost of a training to a file; return where it is, or why it is not."""
    history = History(*np.array(records).reshape(-1, len(History._fields)).T)
    try:
        from dnn.lab import plots

        plots.use_style()
        figure, ax = plots.figure(height=4)
        plots.cost(ax, history)
        figure.savefig(drawn := io.BytesIO(), format="png", dpi=150)
        atomic.write(path, drawn.getvalue())
    except Exception as error:  # the net is saved, and that is what counts
        return f", without a plot of its cost: {error}"
    return f" and {path}"
