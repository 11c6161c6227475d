"""A figure as an element of a page: SVG in the page's own ink and font.

Where Axes stand side by side the drawing is cut into two, which a page shows beside
each other or, where it is narrow, one below the other.
"""

import html
import io
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dnn.lab.style import in_style
from dnn.lab.tidy import tidied

__all__ = ["element"]

Box = tuple[float, float, float, float]  # left, top, width, height in points


@in_style
def element(figure: Figure, attributes: str) -> str:
    """Return the figure as an element of a page; equal figures give equal text.

    It is an ``<svg>`` or, where Axes stand side by side, two of them, which a narrow
    page puts one below the other. ``attributes`` give it a name, or hide it.
    """
    root = _drawn(figure)
    cut, top = _cut(figure)
    if cut:
        return _side_by_side(figure, root, cut, top, attributes)
    (inside,) = tidied([root])
    return _svg(inside, (0, 0, *_size(figure)), attributes=attributes)


def _size(figure: Figure) -> tuple[float, float]:
    """Return the width and the height of a figure in points."""
    width, height = figure.get_size_inches()
    return 72 * width, 72 * height


def _drawn(figure: Figure) -> Element:
    """Return Matplotlib's drawing of the figure."""
    file = io.StringIO()
    figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    return ElementTree.fromstring(file.getvalue())


def _svg(inside: str, box: Box, style: str = "", attributes: str = "") -> str:
    """Return a drawing, or what a box shows of it, as an element of a page."""
    return (
        f'<svg class="dnn-figure" viewBox="{" ".join(f"{n:.5g}" for n in box)}" '
        f'width="{box[2]:.5g}pt" style="max-width:100%;height:auto;overflow:visible;'
        f'font-family:inherit;font-size:12px{style}" fill="currentColor" '
        f'stroke-linejoin="round" text-rendering="geometricPrecision" '
        f"{attributes}>{inside}</svg>"
    )


# ---- Axes side by side ---------------------------------------------------------------


def _side_by_side(
    figure: Figure, root: Element, cut: float, top: float, attributes: str
) -> str:
    """Return a drawing cut into two, which stand side by side where there is room."""
    width, height = _size(figure)
    left, right = tidied(_halves(figure, root, cut))
    halves = (
        _half(left, (0, top, cut, height - top), width),
        _half(right, (cut, top, width - cut, height - top), width),
    )
    return (
        f'<div class="dnn-columns" style="display:flex;flex-wrap:wrap;'
        f'align-items:start;max-width:{width:g}pt" {attributes}>'
        f'<div style="flex:1 0 100%;text-align:center">'
        f"{html.escape(figure.get_suptitle())}</div>{''.join(halves)}</div>"
    )


def _half(inside: str, box: Box, width: float) -> str:
    """Return what a box shows of a drawing, in a row as wide as its share of it."""
    share = f"{box[2]:.4g} 1 {27 * box[2] / width:.4g}rem"
    return _svg(inside, box, f";min-width:0;flex:{share}")


def _cut(figure: Figure) -> tuple[float, float]:
    """Return where a drawn figure can be cut between Axes side by side, in points.

    The second number is where they begin, below its title. Both are 0 where the figure
    cannot be cut. Rows of pictures stay whole.
    """
    axes = _seen(figure)
    if figure.legends or all(ax.images and not ax.lines for ax in axes):
        return 0, 0
    boxes = [ax.get_tightbbox() for ax in axes]
    _, _, width, height = figure.bbox.bounds
    left = max((b.x1 for b in boxes if b.x0 + b.x1 < width), default=0)
    right = min((b.x0 for b in boxes if b.x0 + b.x1 >= width), default=0)
    if not 0.4 * width < left <= right < 0.6 * width:
        return 0, 0
    point = 72 / figure.dpi
    return (left + right) / 2 * point, (height - max(b.y1 for b in boxes)) * point


def _seen(figure: Figure) -> list[Axes]:
    """Return the Axes that are not hidden."""
    return [ax for ax in figure.axes if ax.get_visible()]


def _halves(figure: Figure, root: Element, cut: float) -> list[Element]:
    """Return the Axes left and right of a cut, each as an element.

    Definitions go to the left one: the ids of one half serve both.
    """
    halves = [Element("g"), Element("g")]
    axes = root.iterfind(".//{*}g[@id='figure_1']/{*}g")
    drawn = [group for group in axes if group.get("id").startswith("axes")]
    for ax, group in zip(_seen(figure), drawn, strict=True):
        halves[int(ax.get_tightbbox().x0 * 72 / figure.dpi > cut)].append(group)
    halves[0].extend(root.iterfind("{*}defs"))
    return halves
