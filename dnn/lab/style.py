"""The look of the book's figures: colors, dashes, markers, and settings of Matplotlib.

The colors are those of Okabe and Ito, told apart by every eye, in an order that gray
print keeps, with line styles and markers beside them. Importing this module changes no
setting: a function that draws is decorated with `in_style`, and a notebook that adds to
a figure on its own calls `use_style` first.
"""

import matplotlib
from cycler import cycler

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
    "in_style",
    "use_style",
]

BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE = "#56B4E9", "#CC79A7"
INK = "#222222"  # becomes the page's own ink
COLORS = [BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE]
STYLES = ["-", "--", "-.", ":", (0, (6, 1.5)), (0, (3, 1, 1, 1, 1, 1))]
MARKERS = ["o", "s", "^", "D", "v", "P"]
SIGNED = "PuOr_r"  # purple for −, white for 0, orange for +

STYLE = {
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


in_style = matplotlib.rc_context(STYLE)  # a decorator: draw so, then restore


def use_style() -> None:
    """Set the book's style for all that Matplotlib draws in this process from now on.

    The lines, legends and labels that a notebook adds to its Axes on its own then look
    like what `dnn.lab.plots` draws. ``matplotlib.rcdefaults()`` undoes it.
    """
    matplotlib.rcParams.update(STYLE)
