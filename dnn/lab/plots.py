"""Pictures of training, in the one style of the book.

`figure` makes a figure and its Axes; each other function takes Axes, draws on them and
returns them; `show` puts the figure on the page. All of them draw in the book's style
and leave Matplotlib's own settings alone. A notebook that adds to the Axes itself calls
`use_style` first, so that what it adds looks like the rest.
"""

import html
from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from dnn import checks
from dnn.checks import Array
from dnn.lab import svg
from dnn.lab import words as prose
from dnn.lab.nets import boundary, network
from dnn.lab.style import (
    BLUE,
    COLORS,
    GREEN,
    INK,
    MARKERS,
    ORANGE,
    PURPLE,
    SIGNED,
    SKY,
    STYLE,
    STYLES,
    VERMILION,
    in_style,
    use_style,
)
from dnn.training import History

__all__ = [
    "BLUE",
    "COLORS",
    "GREEN",
    "INK",
    "MARKERS",
    "ORANGE",
    "PURPLE",
    "SIGNED",
    "SKY",
    "STYLE",
    "STYLES",
    "VERMILION",
    "bands",
    "boundary",
    "contours",
    "cost",
    "figure",
    "histograms",
    "network",
    "pictures",
    "show",
    "use_style",
    "words",
]

words = prose.words  # what a figure shows, in sentences made from its data


@in_style
def figure(
    rows: int = 1, columns: int = 1, height: float = 3.4, **subplots_options
) -> tuple[Figure, Axes | Array]:
    """Return a new figure, 7.2 inches wide, and its Axes: one, or an array of them.

    ``height`` is in inches; the other options are those of Matplotlib's subplots.
    Pyplot does not keep the figure, so there is nothing to close.
    """
    new = Figure(figsize=(7.2, height), layout="constrained")
    return new, new.subplots(rows, columns, **subplots_options)


def show(figure: Figure, words: str | None = None) -> None:
    """Display the figure in a notebook as SVG that takes the page's ink and font.

    ``words`` tell what it shows; without them they are made from its data.
    """
    from IPython.display import display

    told = words or prose.words(figure)
    drawn = svg.element(figure, f'aria-label="{html.escape(told)}" role="img"')
    display({"text/html": drawn, "text/plain": f"{told} [figure]"}, raw=True)


# ---- curves --------------------------------------------------------------------------


@in_style
def cost(ax: Axes, history: History, log: bool = False) -> Axes:
    """Draw the cost of training, and of validation if any, per epoch; return the Axes.

    ``history`` is what `fit` returns. ``log``: on a logarithmic scale.
    """
    ax.plot(history.epoch, history.loss, label="training")
    if np.isfinite(history.val_loss).any():
        ax.plot(history.epoch, history.val_loss, label="validation")
        ax.legend()
    ax.set(xlabel="epoch", ylabel="cost J")
    ax.set(yscale="log") if log else ax.set(ylim=(0, None))
    return ax


@in_style
def bands(
    ax: Axes,
    runs: ArrayLike,
    x: ArrayLike | None = None,
    label: str | None = None,
    color: str | None = None,
) -> Axes:
    """Draw the median of runs as a line in a band that holds them all; return the Axes.

    ``runs`` is (seeds, points); the band reaches from the smallest to the largest of
    the seeds. ``x``, (points,), counts from 0 if None. ValueError for another shape.
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


@in_style
def histograms(
    axes: Sequence[Axes] | Figure, values: Sequence[ArrayLike], labels: Sequence[str]
) -> Array:
    """Draw the distribution of each array on Axes of its own; return the Axes.

    ``labels`` are the titles. The ``values``, arrays of any shape, share bins that span
    them all.
    """
    axes, values = _as_many(axes, labels), [np.ravel(v) for v in values]
    low, high = min(map(np.min, values)), max(map(np.max, values))
    edges = np.linspace(low, high if high > low else low + 1, 31)
    for ax, value, label in zip(axes, values, labels, strict=True):
        ax.hist(value, edges, color=BLUE)
        ax.set(title=label, yticks=[])
        ax.spines["left"].set_visible(False)
        mean, deviation = prose.few(value.mean()), prose.few(value.std())
        told = f"{value.size} values, mean {mean}, standard deviation {deviation}"
        ax.set_label(told)
    return axes


# ---- the plane -----------------------------------------------------------------------


@in_style
def contours(
    ax: Axes,
    f: Callable[[Array, Array], Array],
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    levels: int | Sequence[float] = 12,
) -> Axes:
    """Draw lines of equal height of f(x, y), which takes arrays; return the Axes.

    ``levels``: how many, or the heights themselves.
    """
    x, y = np.meshgrid(np.linspace(*xlim, 101), np.linspace(*ylim, 101))
    ax.contour(x, y, f(x, y), levels, colors=INK, linewidths=0.8, alpha=0.45)
    ax.grid(False)
    ax.set(xlim=xlim, ylim=ylim)
    return ax


# ---- pictures ------------------------------------------------------------------------


@in_style
def pictures(
    axes: Axes | Sequence[Axes] | Figure,
    images: Sequence[ArrayLike],
    titles: Sequence[str] | None = None,
    limit: float | None = None,
) -> Array:
    """Draw each image on Axes of its own (or all of a figure's); return the Axes.

    An image is (h, w, 3) in color, or (h, w): ink on paper from 0 to its largest value
    or, with a ``limit`` or where there are negative values, purple for − and orange
    for +, from −limit to limit (the largest size, each image its own, if None).
    """
    axes = _as_many(axes, images)
    titles = titles or [""] * len(images)
    for ax, image, title in zip(axes, images, titles, strict=True):
        _picture(ax, np.asarray(image), limit)
        ax.set(xticks=[], yticks=[], title=title)
        ax.grid(False)
        ax.spines[:].set_visible(False)
    return axes


def _picture(ax: Axes, image: Array, limit: float | None) -> None:
    """Draw one image in its own colors, in gray, or in the two colors of signs."""
    top = limit or np.abs(image).max() or 1
    signed = image.ndim == 2 and (limit is not None or image.min() < 0)
    cmap, low = (SIGNED, -top) if signed else ("gray_r", 0)
    ax.imshow(image, cmap=cmap, vmin=low, vmax=top)


def _as_many(axes: Axes | Sequence[Axes] | Figure, things: Sequence) -> Array:
    """Return the Axes, or a figure's, as an array with one for each thing."""
    axes = np.ravel(axes.axes if isinstance(axes, Figure) else axes)
    if len(axes) != len(things):
        raise ValueError(
            f"{len(things)} to draw, on Axes of its own each; got {len(axes)}"
        )
    return axes
