"""Pictures of training, in the one style of the book.

`figure` makes a figure and its Axes; each other function takes Axes, draws on them and
returns them; `show` puts the figure on the page. The colors are those of Okabe and Ito,
told apart by every eye, in an order that gray print keeps, with line styles and markers
beside them.
"""

import html

import matplotlib
import numpy as np
from cycler import cycler
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from dnn import checks, svg
from dnn.losses import sigmoid, softmax
from dnn.svg import INK

BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE = "#56B4E9", "#CC79A7"
COLORS = [BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE]
STYLES = ["-", "--", "-.", ":", (0, (6, 1.5)), (0, (3, 1, 1, 1, 1, 1))]
MARKERS = ["o", "s", "^", "D", "v", "P"]
SIGNED = "PuOr_r"  # purple for −, white for 0, orange for +

# Set once, when this module is imported: legends and labels that a chapter adds later
# follow it too.
matplotlib.rcParams.update(
    {
        "font.size": 12,
        "font.sans-serif": ["DejaVu Sans"],
        "axes.titlesize": 12,
        "axes.labelpad": 8,
        "figure.titlesize": 12,
        "legend.fontsize": 12,
        "xtick.labelsize": 11,
        "ytick.labelsize": 11,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.grid": True,
        "grid.alpha": 0.15,
        "legend.frameon": False,
        "lines.linewidth": 2,
        "lines.markersize": 5,
        "image.interpolation": "none",
        "axes.prop_cycle": cycler(color=COLORS) + cycler(linestyle=STYLES),
        "svg.fonttype": "none",
        "svg.hashsalt": "dnn",
        "text.color": INK,
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "grid.color": INK,
    }
)


def figure(rows=1, columns=1, height=3.4, **subplots_options):
    """Return a new figure, 7.2 inches wide, and its Axes: one, or an array of them.

    ``height`` is in inches; the other options are those of Matplotlib's subplots. The
    figure is nobody's current one: nothing is left open.
    """
    new = Figure(figsize=(7.2, height), layout="constrained")
    return new, new.subplots(rows, columns, **subplots_options)


words = svg.words  # what a figure shows, in sentences made from its data


def show(figure, words=None):
    """Display the figure in a notebook as SVG that takes the page's ink and font.

    ``words`` tell what it shows; without them they are made from its data.
    """
    from IPython.display import display

    told = words or svg.words(figure)
    name = f'aria-label="{html.escape(told)}" role="img"'
    drawn = svg.element(figure, name)
    display({"text/html": drawn, "text/plain": f"{told} [figure]"}, raw=True)


# ---- curves --------------------------------------------------------------------------


def cost(ax, history, log=False):
    """Draw the cost of training, and of validation where there is one, against the
    epoch; return the Axes. ``log``: on a logarithmic scale.
    """
    ax.plot(history.epoch, history.loss, label="training")
    if np.isfinite(history.val_loss).any():
        ax.plot(history.epoch, history.val_loss, label="validation")
        ax.legend()
    ax.set(xlabel="epoch", ylabel="cost J")
    ax.set(yscale="log") if log else ax.set(ylim=(0, None))
    return ax


def bands(ax, runs, x=None, label=None, color=None):
    """Draw the median of ``runs`` (seeds, points) as a line, in a band that reaches from
    the smallest to the largest of them; return the Axes. ``x`` counts from 0 if None.
    """
    runs = checks.array("runs", runs)
    if runs.ndim != 2:
        raise ValueError(f"runs must have shape (seeds, points), got {runs.shape}")
    x = np.arange(runs.shape[1]) if x is None else x
    options = {} if color is None else {"color": color}
    (line,) = ax.plot(x, np.median(runs, axis=0), label=label, **options)
    shade = {"color": line.get_color(), "alpha": 0.22, "linewidth": 0}
    ax.fill_between(x, runs.min(axis=0), runs.max(axis=0), **shade)
    return ax


def histograms(axes, values, labels):
    """Draw the distribution of each array of ``values`` on Axes of its own, named by
    ``labels``; return the Axes. All share their bins, which span all values.
    """
    axes, values = _as_many(axes, labels), [np.ravel(v) for v in values]
    low, high = min(map(np.min, values)), max(map(np.max, values))
    edges = np.linspace(low, high if high > low else low + 1, 31)
    for ax, value, label in zip(axes, values, labels, strict=True):
        ax.hist(value, edges, color=BLUE)
        ax.set(title=label, yticks=[])
        ax.spines["left"].set_visible(False)
        mean, deviation = svg.few(value.mean()), svg.few(value.std())
        ax.set_label(
            f"{value.size} values, mean {mean}, standard deviation {deviation}"
        )
    return axes


# ---- the plane -----------------------------------------------------------------------


def contours(ax, f, xlim, ylim, levels=12):
    """Draw lines of equal height of f(x, y), which takes arrays; return the Axes.

    ``levels``: how many, or the heights themselves.
    """
    x, y = np.meshgrid(np.linspace(*xlim, 101), np.linspace(*ylim, 101))
    ax.contour(x, y, f(x, y), levels, colors=INK, linewidths=0.8, alpha=0.45)
    ax.grid(False)
    ax.set(xlim=xlim, ylim=ylim)
    return ax


def boundary(ax, net, X, Y, resolution=80):
    """Draw what a net says in each place of the plane, and the examples; return the Axes.

    The color is that of the likeliest class, the stronger the surer; X is (2, m), Y
    (1, m) or one-hot (C, m), of at most six classes. For one logit the line p = 1/2 is
    drawn.
    """
    X = checks.inputs("X", X, 2)
    if net.n_out > len(COLORS):
        raise ValueError(
            f"net tells {net.n_out} classes apart, and there are {len(COLORS)} colors"
        )
    (left, low), (right, high) = X.min(axis=1) - 0.4, X.max(axis=1) + 0.4
    x, y = np.linspace(left, right, resolution), np.linspace(low, high, resolution)
    Z = net.forward(np.array([g.ravel() for g in np.meshgrid(x, y)]))
    P = softmax(Z) if len(Z) > 1 else np.vstack([1 - sigmoid(Z), sigmoid(Z)])
    C, best = len(P), P.argmax(axis=0)
    sure = (P.max(axis=0) - 1 / C) / (1 - 1 / C)
    tint = np.column_stack(
        [np.array([to_rgb(c) for c in COLORS[:C]])[best], 0.5 * sure]
    )
    extent = {"extent": (left, right, low, high), "origin": "lower", "aspect": "auto"}
    ax.imshow(tint.reshape(resolution, resolution, 4), **extent)
    if len(Z) == 1 and Z.min() < 0 < Z.max():
        ax.contour(x, y, Z.reshape(resolution, -1), [0], colors=INK, linewidths=2)
    truth = Y.argmax(axis=0) if len(Y) > 1 else Y[0].astype(int)
    for k in range(C):
        _points(ax, X[:, truth == k], k)
    right = np.mean(net.predict(X)[0] == truth)
    ax.set_label(
        f"decision regions of {C} classes; {100 * right:.0f}% of {X.shape[1]} examples "
        "lie in the region of their own class"
    )
    ax.grid(False)
    return ax


def _points(ax, X, k):
    """Draw the examples of class k, in its color and its marker."""
    edge = {"markeredgecolor": "#ffffff", "markeredgewidth": 0.6, "linestyle": "none"}
    ax.plot(*X, marker=MARKERS[k], color=COLORS[k], label=f"class {k}", **edge)


# ---- pictures and nets ---------------------------------------------------------------


def pictures(axes, images, titles=None, limit=None):
    """Draw each of the ``images`` on Axes of its own (or all of a figure's); return them.

    An image is (h, w, 3) in color, or (h, w): ink on paper from 0 to its largest value
    or, with a ``limit`` or where there are negative values, purple for − and orange for
    +, from −limit to limit (the largest size, each image its own, if None).
    """
    axes = _as_many(axes, images)
    for ax, image, title in zip(
        axes, images, titles or [""] * len(images), strict=True
    ):
        image = np.asarray(image)
        top = limit or np.abs(image).max() or 1
        signed = image.ndim == 2 and (limit is not None or image.min() < 0)
        colors = (
            {"cmap": SIGNED, "vmin": -top} if signed else {"cmap": "gray_r", "vmin": 0}
        )
        ax.imshow(image, vmax=top, **colors)
        ax.set(xticks=[], yticks=[], title=title)
        ax.grid(False)
        ax.spines[:].set_visible(False)
    return axes


def _as_many(axes, things):
    """Return the Axes, or a figure's, as a list with one for each thing."""
    axes = np.ravel(axes.axes if isinstance(axes, Figure) else axes)
    if len(axes) != len(things):
        raise ValueError(
            f"{len(things)} to draw, on Axes of its own each; got {len(axes)}"
        )
    return axes


def network(ax, net, most=10):
    """Draw a net from itself: its units as dots, layer by layer, of each layer at most
    ``most``, and its weights as lines, blue for +, dashed orange for −, wider where they
    are larger; return the Axes. Below each layer stands its size.
    """
    weights = [layer.W for layer in net.layers if "W" in layer.shapes]
    sizes = [net.n_in, *(len(W) for W in weights)]
    layers = [_shown(n, most) for n in sizes]
    for column, W in enumerate(weights):
        _lines(ax, column, W, *layers[column], *layers[column + 1])
    for column, (n, (units, heights)) in enumerate(zip(sizes, layers, strict=True)):
        ax.scatter([column] * len(units), heights, 90, INK, zorder=3)
        if n > len(units):
            ax.text(column, (most - 1) / 2 - most // 2, "⋮", ha="center", va="center")
        ax.text(column, -most / 2 - 0.5, f"{n}", ha="center", va="center")
    ax.set(xlim=(-0.3, len(weights) + 0.3), ylim=(-most / 2 - 1, most / 2))
    ax.set_axis_off()
    ax.set_label(f"a net of {' → '.join(map(str, sizes))} units")
    return ax


def _shown(n, most):
    """Return which units of a layer are drawn, and at what heights; a gap stands for the
    others.
    """
    if n <= most:
        return np.arange(n), (n - 1) / 2 - np.arange(n)
    slots = np.delete(np.arange(most), most // 2)
    return np.where(slots < most // 2, slots, slots + n - most), (most - 1) / 2 - slots


def _lines(ax, column, W, starts, left, ends, right):
    """Draw the weights between the units shown of two layers."""
    w = W[np.ix_(ends, starts)].ravel()
    places = [[(column, y), (column + 1, z)] for z in right for y in left]
    ax.add_collection(
        LineCollection(
            places,
            colors=np.where(w < 0, ORANGE, BLUE),
            linewidths=0.2 + 2.8 * np.abs(w) / (np.abs(W).max() or 1),
            linestyles=["--" if negative else "-" for negative in w < 0],
        )
    )
