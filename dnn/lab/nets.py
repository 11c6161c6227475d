"""Pictures of nets: what one says of the plane, and what it is made of.

Both are drawn from the net itself, by its forward pass and by its weights, so that no
picture can show another net than the one that computes.
"""

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from numpy.typing import ArrayLike

from dnn import checks
from dnn.checks import Array
from dnn.lab.style import BLUE, COLORS, INK, MARKERS, ORANGE, in_style
from dnn.layers import Layer
from dnn.losses import sigmoid, softmax
from dnn.network import Network

__all__ = ["boundary", "network"]

Shown = tuple[Array, Array]  # units of a layer, and their heights

# ---- the plane -----------------------------------------------------------------------


@in_style
def boundary(
    ax: Axes, net: Network, X: ArrayLike, Y: Array, resolution: int = 80
) -> Axes:
    """Draw which class a net gives each place of the plane, and the examples.

    Return the Axes. The color is that of the likeliest class, the stronger the surer;
    of one logit the line where it is 0 is drawn. X is (2, m), Y (1, m) or one-hot
    (C, m), of at most six classes. Probabilities are those of the net's loss; without
    one, a sigmoid of one logit or a softmax of several. ValueError for a net that gives
    no probability to each class, and for more classes than there are colors.
    """
    X = checks.inputs("X", X, 2)
    left, low = X.min(axis=1) - 0.4
    right, high = X.max(axis=1) + 0.4
    x, y = np.linspace(left, right, resolution), np.linspace(low, high, resolution)
    Z = net.forward(np.array([g.ravel() for g in np.meshgrid(x, y)]))
    tint = _tint(_probabilities(net, Z)).reshape(resolution, resolution, 4)
    ax.imshow(tint, extent=(left, right, low, high), origin="lower", aspect="auto")
    if len(Z) == 1 and Z.min() < 0 < Z.max():
        ax.contour(x, y, Z.reshape(resolution, -1), [0], colors=INK, linewidths=2)
    _examples(ax, X, Y, _probabilities(net, net.forward(X)))
    ax.grid(False)
    return ax


def _probabilities(net: Network, Z: Array) -> Array:
    """Return the probability of each class, (C, m), that a net's logits (n, m) say."""
    guess = sigmoid if len(Z) == 1 else softmax
    P = guess(Z) if net.loss is None else net.loss.link(Z)
    P = np.vstack([1 - P, P]) if len(P) == 1 else P
    if len(P) > len(COLORS):
        raise ValueError(
            f"net tells {len(P)} classes apart, and there are {len(COLORS)} colors"
        )
    if P.min() < 0 or not np.allclose(P.sum(axis=0), 1, atol=1e-3):
        raise ValueError(
            f"with {net.loss} the outputs of net are not the probabilities of classes "
            "of which one is right, and boundary draws those; with net.loss = None it "
            f"draws a {guess.__name__} of the logits"
        )
    return P


def _tint(P: Array) -> Array:
    """Return a color (m, 4) for each column of probabilities (C, m)."""
    C, best = len(P), P.argmax(axis=0)
    sure = (P.max(axis=0) - 1 / C) / (1 - 1 / C)
    colors = np.array([to_rgb(c) for c in COLORS[:C]])
    return np.column_stack([colors[best], 0.5 * sure])


def _examples(ax: Axes, X: Array, Y: Array, P: Array) -> None:
    """Draw the examples, each class in its look; tell how many are right."""
    truth = Y.argmax(axis=0) if len(Y) > 1 else Y[0].astype(int)
    edge = {"markeredgecolor": "#ffffff", "markeredgewidth": 0.6, "linestyle": "none"}
    for k in range(len(P)):
        look = {"marker": MARKERS[k], "color": COLORS[k], **edge}
        ax.plot(*X[:, truth == k], label=f"class {k}", **look)
    right = np.mean(P.argmax(axis=0) == truth)
    ax.set_label(
        f"decision regions of {len(P)} classes; {100 * right:.0f}% of {X.shape[1]} "
        "examples lie in the region of their own class"
    )


# ---- units and weights ---------------------------------------------------------------


@in_style
def network(ax: Axes, net: Network, most: int = 10) -> Axes:
    """Draw a net from itself, its units as dots and its weights as lines.

    Return the Axes. Of each layer at most ``most`` units are shown, and below it stands
    its size; lines are blue for +, dashed orange for −, wider for larger weights. Nets
    inside it are drawn layer by layer too. ValueError for a layer that changes the
    number of units without a matrix of weights, such as a convolution.
    """
    weights = list(_matrices(net))
    sizes = [net.n_in, *(len(W) for W in weights)]
    layers = [_shown(n, most) for n in sizes]
    for column, W in enumerate(weights):
        _lines(ax, column, W, layers[column], layers[column + 1])
    for column, (n, (_, heights)) in enumerate(zip(sizes, layers, strict=True)):
        _units(ax, column, n, heights, most)
    ax.set(xlim=(-0.3, len(weights) + 0.3), ylim=(-most / 2 - 1, most / 2))
    ax.set_axis_off()
    ax.set_label(f"a net of {' → '.join(map(str, sizes))} units")
    return ax


def _matrices(net: Network) -> Iterator[Array]:
    """Yield the weights (n_out, n_in) that lead from one layer's units to others."""
    n = net.n_in
    for layer in _flat(net):
        for name in layer.weights:
            if len(layer.shapes[name]) == 2 and layer.shapes[name][1] == n:
                n = layer.shapes[name][0]
                yield getattr(layer, name)
        if layer.n_out not in (None, n):
            raise ValueError(
                f"{layer!r} cannot be drawn: no matrix of weights, (n_out, n_in), "
                f"leads from {n} units to its {layer.n_out}"
            )


def _flat(net: Network) -> Iterator[Layer]:
    """Yield the layers of a net in order, those of nets inside it in their place."""
    for layer in net.layers:
        yield from _flat(layer) if hasattr(layer, "layers") else [layer]


def _shown(n: int, most: int) -> Shown:
    """Return which units of a layer are drawn, and how high; a gap stands for more."""
    if n <= most:
        return np.arange(n), (n - 1) / 2 - np.arange(n)
    slots = np.delete(np.arange(most), most // 2)
    return np.where(slots < most // 2, slots, slots + n - most), (most - 1) / 2 - slots


def _units(ax: Axes, column: int, n: int, heights: Array, most: int) -> None:
    """Draw the units shown of a layer of n, dots where some are left out, and n."""
    ax.scatter([column] * len(heights), heights, 90, INK, zorder=3)
    if n > len(heights):
        ax.text(column, (most - 1) / 2 - most // 2, "⋮", ha="center", va="center")
    ax.text(column, -most / 2 - 0.5, f"{n}", ha="center", va="center")


def _lines(ax: Axes, column: int, W: Array, left: Shown, right: Shown) -> None:
    """Draw the weights between the units shown of two layers."""
    (starts, y_left), (ends, y_right) = left, right
    w = W[np.ix_(ends, starts)].ravel()
    lines = LineCollection(
        [[(column, y), (column + 1, z)] for z in y_right for y in y_left],
        colors=np.where(w < 0, ORANGE, BLUE),
        linewidths=0.2 + 2.8 * np.abs(w) / (np.abs(W).max() or 1),
        linestyles=["--" if negative else "-" for negative in w < 0],
    )
    ax.add_collection(lines)
