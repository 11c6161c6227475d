"""Figures that move: one object, two faces.

`explore` takes a function that draws one frame and the values that a reader may choose.
In a running notebook what it returns is live: the frame is computed as the slider
moves. On a page, or in a notebook that nobody runs, the same output is plain HTML with
all frames drawn beforehand; it needs no kernel and no network.
"""

import html
import json
import numbers
import tempfile
import traceback
from pathlib import Path

from dnn import svg

MOST = 600_000  # bytes of all frames of a widget
FEWEST = 20  # values of a slider, so that something moves
VIEW = "application/vnd.jupyter.widget-view+json"

STYLE = """
.dnn-explore{max-width:46rem;margin:.5rem 0}
.dnn-explore svg{display:block}
.dnn-explore .controls{display:flex;flex-wrap:wrap;gap:.4rem 1rem;align-items:center}
.dnn-explore .controls[hidden]{display:none}
.dnn-explore label{display:flex;gap:.5rem;align-items:center;min-height:44px;margin:0}
.dnn-explore label.main{flex:1 1 12rem}
.dnn-explore input{flex:1;min-width:0;height:44px;margin:0;cursor:pointer;accent-color:var(--dnn-blue,#0072b2)}
.dnn-explore button,.dnn-explore select{min-width:44px;height:44px;padding:0 .75rem;font:inherit;color:inherit;background:none;border:1px solid currentColor;border-radius:.4rem;cursor:pointer}
.dnn-explore button{min-width:5rem}
.dnn-explore option{color:#000;background:#fff}
.dnn-explore :focus-visible{outline:3px solid var(--dnn-blue,#0072b2);outline-offset:2px}
.dnn-explore .value{min-width:3.5rem;font-variant-numeric:tabular-nums}
.dnn-explore output{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
"""

SCRIPT = """
for (const box of document.querySelectorAll(".dnn-explore:not([data-ready])")) {
  box.dataset.ready = "";
  const [stage, controls, button, slider, value, select, said] = [".stage", ".controls",
    "button", "input", ".value", "select", "output"].map(s => box.querySelector(s));
  const {frames, values} = JSON.parse(box.querySelector("script").textContent);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let timer = null;
  const show = () => {
    const at = Number(slider.value), row = select ? select.selectedIndex : 0;
    const [words, picture] = frames[row * values.length + at];
    stage.innerHTML = picture;
    stage.setAttribute("aria-label", words);
    slider.setAttribute("aria-valuetext", values[at]);
    value.textContent = values[at];
    said.textContent = words;
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = still ? "Next" : "Play";
    said.setAttribute("aria-live", "polite");
  };
  const next = () => {
    if (slider.value === slider.max) return stop();
    slider.stepUp();
    show();
  };
  button.onclick = () => {
    if (timer) return stop();
    const again = slider.value === slider.max;
    if (again) { slider.value = 0; show(); }
    if (still) return again || next();
    said.setAttribute("aria-live", "off");
    button.textContent = "Pause";
    timer = setInterval(() => box.isConnected ? next() : stop(), Math.max(80, 6000 / values.length));
  };
  slider.oninput = () => { stop(); show(); };
  controls.onkeydown = event => event.stopPropagation(); // JupyterLab takes arrows for its own
  if (select) select.onchange = show;
  stop();
  slider.value = 0;
  controls.hidden = false;
}
"""


def explore(frame, **values):
    """Return a figure that a reader moves: ``frame(**one_value_each)`` draws it for each
    choice.

    ``frame`` returns a figure from `plots.figure`, or that and the words that tell it;
    without words they are made from the figure's data. ``values``: a list, range or
    array of 20 numbers or more becomes a slider; beside it may stand one shorter list,
    of strings or numbers, which becomes a menu. A control is named by its keyword, with
    spaces for underscores. ValueError for other values, or where all frames together
    take more than 600 kB.
    """
    return Explore(frame, *_controls(values))


def _controls(values):
    """Return the slider and the menu, each as (keyword, values); the menu may be None."""
    controls = sorted(
        ((k, list(v)) for k, v in values.items()), key=lambda c: -len(c[1])
    )
    if not 1 <= len(controls) <= 2 or len(controls[0][1]) < FEWEST:
        raise ValueError(
            f"values must be those of one slider, at least {FEWEST}, and of at most one "
            f"menu; got {', '.join(f'{len(v)} of {k}' for k, v in controls) or 'none'}"
        )
    slider, menu = (*controls, None)[:2]
    if not all(isinstance(v, numbers.Number) for v in slider[1]):
        raise ValueError(f"{slider[0]} is the slider: its values must be numbers")
    if menu and len(menu[1]) < 2:
        raise ValueError(
            f"{menu[0]} is the menu: it must have 2 values or more to choose from"
        )
    return slider, menu


def _text(value):
    """Return how a value is written beside its control."""
    if isinstance(value, numbers.Number) and not isinstance(value, numbers.Integral):
        return f"{value:.3g}".replace("-", "−")
    return str(value)


class Explore:
    """A figure with its controls; notebooks show it, see `explore`."""

    def __init__(self, frame, slider, menu):
        self.frame, self.slider, self.menu = frame, slider, menu
        rows = [{menu[0]: v} for v in menu[1]] if menu else [{}]
        choices = [{slider[0]: v, **row} for row in rows for v in slider[1]]
        self.frames = [self._draw(**choice) for choice in choices]
        size = sum(
            len(words.encode()) + len(drawn.encode()) for words, drawn in self.frames
        )
        if size > MOST:
            raise ValueError(
                f"the {len(choices)} frames take {size // 1000} kB, more than "
                f"{MOST // 1000}: have fewer values of {' or '.join(choices[0])}, or draw "
                "fewer points, lines and pixels in a frame"
            )

    def _draw(self, **choice):
        """Return one frame: its words and its drawing."""
        given = ", ".join(f"{k}={v!r}" for k, v in choice.items())
        return _told(self.frame(**choice), f"frame({given})")

    def __repr__(self):
        count = f"{len(self.slider[1])} values of {_label(self.slider)}"
        also = (
            f", a menu of {len(self.menu[1])} values of {_label(self.menu)}"
            if self.menu
            else ""
        )
        return f"A figure that moves: a slider of {count}{also}."

    def _repr_mimebundle_(self, include=None, exclude=None):
        """Return both faces: a program that knows live widgets takes those."""
        model = {
            "version_major": 2,
            "version_minor": 0,
            "model_id": self.live().model_id,
        }
        return {VIEW: model, "text/html": self.page(), "text/plain": repr(self)}

    # ---- the face on a page ----------------------------------------------------------

    def page(self):
        """Return the HTML: the first frame, the controls, all frames, and the script that
        joins them. Without the script, the first frame stands alone.
        """
        words, drawn = self.frames[0]
        texts = [_text(v) for v in self.slider[1]]
        stored = json.dumps(
            {"values": texts, "frames": self.frames}, ensure_ascii=False
        )
        stored = stored.replace("</", "<\\/")  # or it would end the script
        return (
            f'<div class="dnn-explore"><style>{STYLE}</style>\n'
            f'<div class="stage" aria-label="{html.escape(words)}" role="img">{drawn}</div>\n'
            f'<div class="controls" hidden>\n<button type="button">Play</button>\n'
            f'<label class="main"><span>{_label(self.slider)}</span> <input type="range" '
            f'min="0" max="{len(texts) - 1}" value="0" aria-valuetext="{texts[0]}"> '
            f'<span class="value" aria-hidden="true">{texts[0]}</span></label>\n'
            f'{self._menu_on_page()}</div>\n<output aria-live="polite"></output>\n'
            f'<script type="application/json">{stored}</script>\n'
            f"<script>{SCRIPT}</script></div>"
        )

    def _menu_on_page(self):
        if not self.menu:
            return ""
        options = "".join(
            f"<option>{html.escape(_text(v))}</option>" for v in self.menu[1]
        )
        return f"<label><span>{_label(self.menu)}</span> <select>{options}</select></label>\n"

    # ---- the live face ---------------------------------------------------------------

    def live(self):
        """Return live controls, and the frame that follows them: computed anew at each
        move, so that it follows the reader's changes too.
        """
        import ipywidgets

        view = ipywidgets.HTML()
        controls = {
            name: kind(
                options=[(_text(v), v) for v in values],
                description=label,
                style={"description_width": "initial"},
            )
            for kind, name, values, label in self._live_controls(ipywidgets)
        }
        controls[self.slider[0]].layout.flex = "1 1 20rem"  # long enough for its steps
        play = ipywidgets.Play(max=len(self.slider[1]) - 1, interval=250)
        ipywidgets.jslink((play, "value"), (controls[self.slider[0]], "index"))

        def update(_=None):
            view.value = self._safely({name: c.value for name, c in controls.items()})

        for control in controls.values():
            control.observe(update, "value")
        update()
        below = ipywidgets.HBox(
            [play, *controls.values()],
            layout={"flex_flow": "wrap", "max_width": "46rem"},
        )
        return ipywidgets.VBox([view, below])

    def _live_controls(self, ipywidgets):
        yield ipywidgets.SelectionSlider, *self.slider, _label(self.slider)
        if self.menu:
            yield ipywidgets.Dropdown, *self.menu, _label(self.menu)

    def _safely(self, choice):
        """Return a frame as HTML; what goes wrong in it is shown in its place."""
        return _safely(lambda: self._draw(**choice))


def _label(control):
    return html.escape(control[0].replace("_", " "))


def _told(made, call):
    """Return the words and the drawing of a figure, or of a pair (figure, words)."""
    figure, words = made if isinstance(made, tuple) else (made, svg.words(made))
    if not words:
        raise ValueError(
            f"{call} has no words to tell it: give its Axes labels or a title, or return "
            "(figure, words)"
        )
    return words, svg.element(figure, 'aria-hidden="true"')


def _pane(words, drawn):
    return f'<div aria-label="{html.escape(words)}" role="img">{drawn}</div>'


def _safely(draw):
    """Return what ``draw`` tells and draws as HTML, or, in its place, what went wrong."""
    try:
        return _pane(*draw())
    except Exception:
        return f'<pre role="alert">{html.escape(traceback.format_exc(limit=-2))}</pre>'


# ---- a question about a reader's own file --------------------------------------------


def ask(answer, example):
    """Return a figure about a file that a reader may replace by one of their own.

    ``answer(path)`` returns a figure, or that and the words that tell it. On a page stands the answer about ``example``; a running notebook
    adds a button to choose another file.
    """
    return Ask(answer, example)


class Ask:
    """A figure about a file, with a button to choose one; see `ask`."""

    def __init__(self, answer, example):
        self.answer = answer
        self.first = _told(answer(example), "answer(example)")

    def __repr__(self):
        return f"{self.first[0]} [figure]"

    def _repr_mimebundle_(self, include=None, exclude=None):
        """Return both faces, as `Explore` does."""
        model = {
            "version_major": 2,
            "version_minor": 0,
            "model_id": self.live().model_id,
        }
        words, drawn = self.first
        named = drawn.replace(
            'aria-hidden="true"', f'aria-label="{html.escape(words)}" role="img"', 1
        )
        return {VIEW: model, "text/html": named, "text/plain": repr(self)}

    def live(self):
        """Return a button that takes a file, and the answer about it below."""
        import ipywidgets

        view = ipywidgets.HTML(_pane(*self.first))
        button = ipywidgets.FileUpload(accept="image/*", description="Your picture")

        def update(change):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, Path(change["new"][0]["name"]).name)
                path.write_bytes(change["new"][0]["content"])
                view.value = _safely(lambda: _told(self.answer(path), "answer(path)"))

        button.observe(update, "value")
        return ipywidgets.VBox([button, view])
