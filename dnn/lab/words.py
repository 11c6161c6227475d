"""The words that tell a figure to readers who cannot see it, made from its data.

Of each Axes they say the title, what is drawn against what, and what each series does:
falls, rises, stays, or turns, and where.
"""

import re
from collections.abc import Iterator

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection, PathCollection
from matplotlib.container import Container
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from dnn.checks import Array

__all__ = ["few", "minus", "trend", "words"]


def words(figure: Figure) -> str:
    """Return what a figure shows, in a few sentences.

    The Axes are told in turn: title, labels, and what each series does, in few digits.
    Axes that hold nothing but a picture are told together; what an Axes is labeled
    with, ``ax.set_label(…)``, is taken as it is.
    """
    axes = [ax for ax in figure.axes if ax.get_label() != "<colorbar>"]
    pictures = [ax for ax in axes if ax.images and not (ax.lines or ax.get_label())]
    told = [_sentence(ax) for ax in axes if ax not in pictures]
    if pictures:
        told.insert(0, _gallery(pictures))
    sentences = [s for s in [figure.get_suptitle(), *told] if s]
    return " ".join(_capital(s).rstrip(".") + "." for s in sentences)


def trend(x: Array, y: Array) -> str:
    """Return what y does as x grows: falls, rises, stays, or turns, and where."""
    first, last, low, high = y[0], y[-1], y.min(), y.max()
    slack = 0.1 * (high - low)
    if high - low <= 0.01 * abs(y).max():
        return f"stays at {few(last)}"
    ends = f"from {few(first)} to {few(last)}"
    peak, dip = high > max(first, last) + slack, low < min(first, last) - slack
    if peak and dip:
        return f"varies between {few(low)} and {few(high)}, {ends}"
    if peak or dip:
        turn, place = (y.argmax(), "a peak") if peak else (y.argmin(), "a low")
        return f"goes {ends}, with {place} of {few(y[turn])} at {few(x[turn])}"
    return f"{'rises' if last > first else 'falls'} {ends}"


def few(number: float) -> str:
    """Return a number in two significant digits."""
    return f"{float(f'{number:.2g}') + 0.0:g}".replace("-", "−")


def minus(text: str) -> str:
    """Return a text with the minus of a negative number as a minus, not a hyphen."""
    return re.sub(r"(?<!\w)-(?=\d)", "−", text)


# ---- Axes ----------------------------------------------------------------------------


def _capital(sentence: str) -> str:
    """Return a sentence with a capital, unless it begins with a symbol such as θ."""
    first = sentence[0]
    return (first.upper() if first.isascii() else first) + sentence[1:]


def _gallery(axes: list[Axes]) -> str:
    """Return what Axes that hold nothing but a picture show, together."""
    shapes = dict.fromkeys(
        " by ".join(map(str, ax.images[0].get_array().shape[:2])) for ax in axes
    )
    titles = ", ".join(_plain(ax.get_title()) for ax in axes if ax.get_title())
    kind = "a picture" if len(axes) == 1 else f"{len(axes)} pictures"
    return f"{kind} of {' and '.join(shapes)} pixels" + (titles and f": {titles}")


def _sentence(ax: Axes) -> str:
    """Return what one Axes shows: its title, its labels and its series."""
    title, x, y = map(_plain, (ax.get_title(), ax.get_xlabel(), ax.get_ylabel()))
    against = f"{y} against {x}" if x and y else x or y
    if "log" in (ax.get_xscale(), ax.get_yscale()):
        against += " (logarithmic scale)"
    told = ax.get_label() or ": ".join(filter(None, (against, "; ".join(_series(ax)))))
    return ". ".join(_capital(part) for part in (title, told) if part)


def _series(ax: Axes) -> Iterator[str]:
    """Yield what each set of bars, line, set of points and picture of an Axes shows."""
    told = [*map(_bars, ax.containers), *map(_line, ax.lines)]
    told += map(_collection, ax.collections)
    told += [image.get_label() for image in ax.images if _is_named(image)]
    return filter(None, told)


# ---- series --------------------------------------------------------------------------


def _bars(bars: Container) -> str:
    """Return between which heights the bars lie, or nothing where there are none."""
    heights = [bar.get_height() for bar in getattr(bars, "patches", [])]
    if not heights:
        return ""
    return f"{_name(bars, 'bars')} from {few(min(heights))} to {few(max(heights))}"


def _line(line: Line2D) -> str:
    """Return the name of a line and what it does, or nothing where that is nothing."""
    told = _course(line)
    name = _name(line, "a line" if len(line.get_xdata()) > 1 else "a point")
    return told and f"{name} {told}"


def _course(line: Line2D) -> str:
    """Return what a line does, by its finite points."""
    x, y = (np.ravel(np.asarray(d, float)) for d in line.get_data())
    keep = np.isfinite(x) & np.isfinite(y)
    x, y = x[keep], y[keep]
    if len(y) == 1:
        return f"at ({few(x[0])}, {few(y[0])})"
    if len(y) == 0 or (len(y) == 2 and x[0] == x[1]):
        return ""  # nothing, or an upright line that only marks a place
    if line.get_linestyle() in ("None", "none", " ", ""):
        return f"of {len(y)} points"
    if (np.diff(x) < 0).any():
        return f"runs from ({few(x[0])}, {few(y[0])}) to ({few(x[-1])}, {few(y[-1])})"
    return trend(x, y)


def _collection(drawn: Collection) -> str:
    """Return what a set of points, or of contours, shows; nothing for another kind."""
    if isinstance(drawn, PathCollection):
        return f"{len(drawn.get_offsets())} points {_name(drawn, '')}".strip()
    levels = getattr(drawn, "levels", ())
    if len(levels) < 2:
        return ""
    return f"lines of equal height from {few(min(levels))} to {few(max(levels))}"


# ---- names ---------------------------------------------------------------------------


def _is_named(artist: Artist | Container) -> bool:
    """Return whether an artist has a label for a legend."""
    return bool(artist.get_label()) and not str(artist.get_label()).startswith("_")


def _name(artist: Artist | Container, default: str) -> str:
    """Return the label of an artist, or what to call it without one."""
    return _plain(artist.get_label()) if _is_named(artist) else default


def _plain(label: str) -> str:
    """Return a label without the marks of mathematics."""
    plain = re.sub(r"[${}]|\\(?:mathrm|mathbf)", "", str(label)).replace("\n", " ")
    return minus(plain)
