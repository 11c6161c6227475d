"""What widgets share: a figure with its words as HTML, and an output with two faces."""

import html
import traceback
from collections.abc import Callable
from typing import Any

from matplotlib.figure import Figure

from dnn.lab import svg
from dnn.lab.words import words as words_of

__all__ = ["VIEW", "bundle", "named", "pane", "safely", "told"]

VIEW = "application/vnd.jupyter.widget-view+json"


def told(made: Figure | tuple[Figure, str], call: str) -> tuple[str, str]:
    """Return the words and the drawing of a figure, or of a pair (figure, words).

    ValueError, naming the call that made the figure, where there are no words.
    """
    figure, words = made if isinstance(made, tuple) else (made, words_of(made))
    if not words:
        raise ValueError(
            f"{call} has no words to tell it: give its Axes labels or a title, or "
            "return (figure, words)"
        )
    return words, svg.element(figure, 'aria-hidden="true"')


def named(words: str) -> str:
    """Return the attributes that give an element of a page its words."""
    return f'aria-label="{html.escape(words)}" role="img"'


def pane(words: str, drawn: str) -> str:
    """Return a drawing in an element that has its words."""
    return f"<div {named(words)}>{drawn}</div>"


def safely(draw: Callable[[], tuple[str, str]]) -> str:
    """Return what a function draws as HTML or, in its place, what went wrong."""
    try:
        return pane(*draw())
    except Exception:
        return f'<pre role="alert">{html.escape(traceback.format_exc(limit=-2))}</pre>'


def bundle(widget: Any, page: str) -> dict[str, Any]:
    """Return both faces for Jupyter: a program that knows live widgets takes those."""
    model = {"version_major": 2, "version_minor": 0, "model_id": widget.live().model_id}
    return {VIEW: model, "text/html": page, "text/plain": repr(widget)}
