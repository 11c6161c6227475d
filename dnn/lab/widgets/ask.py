"""A figure about a file, which a reader may replace by one of their own."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from dnn.lab.widgets.faces import bundle, named, pane, safely, told

if TYPE_CHECKING:
    import ipywidgets

__all__ = ["Ask", "ask"]


def ask(answer: Callable[[Any], Figure | tuple[Figure, str]], example: Any) -> "Ask":
    """Return a figure about a file that a reader may replace by one of their own.

    ``answer(path)`` returns a figure, or that and the words that tell it. On a page
    stands the answer about ``example``; a running notebook adds a button to choose
    another file.
    """
    return Ask(answer, example)


class Ask:
    """A figure about a file, with a button to choose one; see `ask`."""

    def __init__(self, answer, example):
        self.answer = answer
        self.first = told(answer(example), "answer(example)")

    def __repr__(self) -> str:
        return f"{self.first[0]} [figure]"

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        """Return both faces, for Jupyter."""
        words, drawn = self.first
        return bundle(self, drawn.replace('aria-hidden="true"', named(words), 1))

    def live(self) -> "ipywidgets.VBox":
        """Return a button that takes a file, and the answer about it below."""
        import ipywidgets

        view = ipywidgets.HTML(pane(*self.first))
        button = ipywidgets.FileUpload(accept="image/*", description="Your picture")

        def update(change):
            view.value = safely(lambda: self._about(change["new"][0]))

        button.observe(update, "value")
        return ipywidgets.VBox([button, view])

    def _about(self, upload: dict[str, Any]) -> tuple[str, str]:
        """Return the words and the drawing of the answer about an uploaded file."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, Path(upload["name"]).name)
            path.write_bytes(upload["content"])
            return told(self.answer(path), "answer(path)")
