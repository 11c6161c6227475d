"""A figure with a slider, and perhaps a menu: drawn for each choice a reader has."""

import html
import json
import numbers
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from dnn.lab.widgets.faces import bundle, named, safely, told

if TYPE_CHECKING:
    import ipywidgets

__all__ = ["Explore", "explore"]

MOST = 600_000  # bytes of all frames of a widget
FEWEST = 20  # values of a slider, so that something moves
STYLE, SCRIPT = (
    Path(__file__).with_name(name).read_text(encoding="utf-8")
    for name in ("explore.css", "explore.js")
)
Control = tuple[str, list]  # a keyword, and the values to choose from


def explore(
    frame: Callable[..., Figure | tuple[Figure, str]], **values: Iterable
) -> "Explore":
    """Return a figure that a reader moves: a frame is drawn for each choice of values.

    ``frame(**one_value_each)`` returns a figure from `plots.figure`, or that and the
    words that tell it; without words they are made from the figure's data. ``values``:
    a list, range or array of 20 numbers or more becomes a slider; beside it may stand
    one shorter list, of strings or numbers, which becomes a menu. A control is named by
    its keyword, with spaces for underscores. ValueError for other values, or where all
    frames together take more than 600 kB.
    """
    return Explore(frame, *_controls(values))


class Explore:
    """A figure with its controls; notebooks show it, see `explore`."""

    def __init__(self, frame, slider: Control, menu: Control | None):
        self.frame, self.slider, self.menu = frame, slider, menu
        rows = [{menu[0]: v} for v in menu[1]] if menu else [{}]
        choices = [{slider[0]: v, **row} for row in rows for v in slider[1]]
        self.frames = [self._draw(**choice) for choice in choices]
        _check_size(self.frames, choices[0])

    def _draw(self, **choice) -> tuple[str, str]:
        """Return one frame: its words and its drawing."""
        given = ", ".join(f"{k}={v!r}" for k, v in choice.items())
        return told(self.frame(**choice), f"frame({given})")

    def __repr__(self) -> str:
        count = f"{len(self.slider[1])} values of {_label(self.slider)}"
        if self.menu:
            count += f", a menu of {len(self.menu[1])} values of {_label(self.menu)}"
        return f"A figure that moves: a slider of {count}."

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        """Return both faces, for Jupyter."""
        return bundle(self, self.page())

    # ---- the face on a page ----------------------------------------------------------

    def page(self) -> str:
        """Return the HTML: the first frame, the controls, all frames, and the script.

        The script joins them. Without it, the first frame stands alone.
        """
        words, drawn = self.frames[0]
        return (
            f'<div class="dnn-explore"><style>\n{STYLE}</style>\n'
            f'<div class="stage" {named(words)}>{drawn}</div>\n'
            f'<div class="controls" hidden>\n<button type="button">Play</button>\n'
            f"{self._slider_on_page()}{self._menu_on_page()}</div>\n"
            f'<output aria-live="polite"></output>\n'
            f'<script type="application/json">{self._stored()}</script>\n'
            f"<script>\n{SCRIPT}</script></div>"
        )

    def _slider_on_page(self) -> str:
        """Return the slider's HTML, with the value that it stands at beside it."""
        first, last = _text(self.slider[1][0]), len(self.slider[1]) - 1
        return (
            f'<label class="main"><span>{_label(self.slider)}</span> '
            f'<input type="range" min="0" max="{last}" value="0" '
            f'aria-valuetext="{first}"> '
            f'<span class="value" aria-hidden="true">{first}</span></label>\n'
        )

    def _menu_on_page(self) -> str:
        """Return the menu's HTML, or nothing where there is none."""
        if not self.menu:
            return ""
        values = [html.escape(_text(v)) for v in self.menu[1]]
        options = "".join(f"<option>{value}</option>" for value in values)
        return (
            f"<label><span>{_label(self.menu)}</span> "
            f"<select>{options}</select></label>\n"
        )

    def _stored(self) -> str:
        """Return all frames and the texts of the slider's values as JSON for a page."""
        stored = {"values": [_text(v) for v in self.slider[1]], "frames": self.frames}
        text = json.dumps(stored, ensure_ascii=False)
        return text.replace("</", "<\\/")  # or it would end the script

    # ---- the live face ---------------------------------------------------------------

    def live(self) -> "ipywidgets.VBox":
        """Return live controls, and the frame that follows them.

        It is computed anew at each move, so that it follows a reader's changes too.
        """
        import ipywidgets

        view, controls = ipywidgets.HTML(), self._live_controls()

        def update(_=None):
            choice = {name: c.value for name, c in controls.items()}
            view.value = safely(lambda: self._draw(**choice))

        for control in controls.values():
            control.observe(update, "value")
        update()
        row = [_play(controls[self.slider[0]]), *controls.values()]
        layout = {"flex_flow": "wrap", "max_width": "46rem"}
        return ipywidgets.VBox([view, ipywidgets.HBox(row, layout=layout)])

    def _live_controls(self) -> dict[str, "ipywidgets.Widget"]:
        """Return the live slider, and the menu where there is one, by keyword."""
        from ipywidgets import Dropdown, SelectionSlider

        controls = {self.slider[0]: _live(SelectionSlider, self.slider)}
        controls[self.slider[0]].layout.flex = "1 1 20rem"  # long enough for its steps
        if self.menu:
            controls[self.menu[0]] = _live(Dropdown, self.menu)
        return controls


def _live(kind: type, control: Control) -> "ipywidgets.Widget":
    """Return a live control of this kind."""
    return kind(
        options=[(_text(v), v) for v in control[1]],
        description=_label(control),
        style={"description_width": "initial"},
    )


def _play(slider: "ipywidgets.SelectionSlider") -> "ipywidgets.Play":
    """Return a button that moves a slider by itself."""
    import ipywidgets

    play = ipywidgets.Play(max=len(slider.options) - 1, interval=250)
    ipywidgets.jslink((play, "value"), (slider, "index"))
    return play


# ---- controls ------------------------------------------------------------------------


def _controls(values: dict[str, Iterable]) -> tuple[Control, Control | None]:
    """Return the slider, and the menu or None; ValueError for other values."""
    controls = [(keyword, list(several)) for keyword, several in values.items()]
    controls.sort(key=lambda control: -len(control[1]))
    if not 1 <= len(controls) <= 2 or len(controls[0][1]) < FEWEST:
        given = ", ".join(f"{len(v)} of {keyword}" for keyword, v in controls)
        raise ValueError(
            f"values must be those of one slider, at least {FEWEST}, and of at most "
            f"one menu; got {given or 'none'}"
        )
    slider, menu = (*controls, None)[:2]
    _check_kinds(slider, menu)
    return slider, menu


def _check_kinds(slider: Control, menu: Control | None) -> None:
    """Raise ValueError for a slider without numbers, or a menu without a choice."""
    if not all(isinstance(v, numbers.Number) for v in slider[1]):
        raise ValueError(f"{slider[0]} is the slider: its values must be numbers")
    if menu and len(menu[1]) < 2:
        raise ValueError(
            f"{menu[0]} is the menu: it must have 2 values or more to choose from"
        )


def _check_size(frames: list[tuple[str, str]], choice: dict[str, Any]) -> None:
    """Raise ValueError where all frames together are too much for a page."""
    size = sum(len(part.encode()) for frame in frames for part in frame)
    if size > MOST:
        raise ValueError(
            f"the {len(frames)} frames take {size // 1000} kB, more than "
            f"{MOST // 1000}: have fewer values of {' or '.join(choice)}, or draw "
            "fewer points, lines and pixels in a frame"
        )


def _text(value: Any) -> str:
    """Return how a value is written beside its control."""
    if isinstance(value, numbers.Number) and not isinstance(value, numbers.Integral):
        return f"{value:.3g}".replace("-", "−")
    return str(value)


def _label(control: Control) -> str:
    """Return how a control is named: its keyword, with spaces, for a page."""
    return html.escape(control[0].replace("_", " "))
