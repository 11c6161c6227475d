"""Figures that move: one object, two faces.

`explore` takes a function that draws one frame and the values that a reader may choose;
`ask` takes a function that draws an answer about a reader's own file. In a running
notebook what they return is live: Python computes what a reader asks for. On a page, or
in a notebook that is not running, the same output is plain HTML, drawn beforehand; it
needs no kernel and no network.
"""

from dnn.lab.widgets.ask import Ask, ask
from dnn.lab.widgets.explore import Explore, explore

__all__ = ["Ask", "Explore", "ask", "explore"]
