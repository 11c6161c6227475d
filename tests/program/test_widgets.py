"""A figure that moves: the face of a page, and the live one."""

import io
import json
import re
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image

from dnn.files import pictures
from dnn.lab import plots, widgets
from dnn.lab.widgets.faces import VIEW

STEPS = range(0, 40, 2)


def frame(step, start="low"):
    figure, ax = plots.figure(height=1)
    ax.plot([0, 1], [0 if start == "low" else 9, step], label="it")
    ax.set_axis_off()  # quick to draw
    return figure


@pytest.fixture(scope="module")
def both():
    return widgets.explore(frame, step=STEPS, start=["low", "high"])


def test_the_page_holds_every_frame_and_its_words(both):
    page = both.page()
    stored = re.search(
        r'<script type="application/json">(.*?)</script>', page, re.DOTALL
    )
    data = json.loads(stored[1])
    assert data["values"] == [str(s) for s in STEPS]
    assert len(data["frames"]) == 40
    assert data["frames"][3][0] == "It rises from 0 to 6."
    assert data["frames"][23][0] == "It falls from 9 to 6."
    assert all(
        d.startswith("<svg") and 'aria-hidden="true"' in d for _, d in data["frames"]
    )
    assert data["frames"][0][1] in page.partition("<script")[0]
    assert 'aria-label="It stays at 0." role="img"' in page


def test_the_controls_of_the_page_are_named(both):
    page = both.page()
    assert re.search(
        r'<label[^>]*><span>step</span> <input type="range" min="0" max="19"', page
    )
    assert (
        "<span>start</span> <select><option>low</option><option>high</option>" in page
    )
    alone = widgets.explore(
        lambda the_rate: frame(the_rate), the_rate=np.linspace(0, 1, 20)
    )
    assert "<span>the rate</span>" in alone.page()
    assert "<select" not in alone.page()
    assert '"0.0526"' in alone.page()


def test_it_is_the_same_each_time(both):
    assert both._draw(step=8, start="high") == both.frames[24]
    assert both.page() == both.page()


def test_one_output_has_both_faces(both):
    bundle = both._repr_mimebundle_()
    assert set(bundle) == {VIEW, "text/html", "text/plain"}
    assert bundle[VIEW]["version_major"] == 2
    assert bundle["text/plain"] == (
        "A figure that moves: a slider of 20 values of step, a menu of 2 values of start."
    )


def controls(view):
    return {
        c.description: c for c in view.children[1].children if hasattr(c, "description")
    }


def test_the_live_face_computes_the_frame_it_is_asked_for(both, monkeypatch):
    asked = []

    def counted(step, start):
        asked.append((step, start))
        return frame(step, start), f"{start} at {step}"

    monkeypatch.setattr(both, "frame", counted)
    view = both.live()
    slider, menu = controls(view)["step"], controls(view)["start"]
    slider.value = 6
    menu.value = "high"
    assert asked == [(0, "low"), (6, "low"), (6, "high")]
    assert 'aria-label="high at 6"' in view.children[0].value
    assert "<svg" in view.children[0].value


def test_an_error_in_a_frame_is_seen_in_its_place(both, monkeypatch):
    def frail(step, start):
        if step == 2:
            raise ZeroDivisionError("no <such> step")
        return frame(step)

    monkeypatch.setattr(both, "frame", frail)
    view = both.live()
    controls(view)["step"].value = 2
    assert "ZeroDivisionError: no &lt;such&gt; step" in view.children[0].value
    controls(view)["step"].value = 4
    assert "<svg" in view.children[0].value


def test_an_error_in_a_first_frame_stops_the_cell():
    with pytest.raises(ZeroDivisionError):
        widgets.explore(lambda step: 1 / 0, step=STEPS)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "at least 20.*got none"),
        ({"step": range(19)}, "at least 20.*got 19 of step"),
        (
            {"a": STEPS, "b": "xy", "c": "xy"},
            "at most one menu; got 20 of a, 2 of b, 2 of c",
        ),
        ({"name": ["x"] * 20}, "name is the slider: its values must be numbers"),
        ({"step": STEPS, "start": ["low"]}, "start is the menu: .* 2 values or more"),
    ],
)
def test_values_that_make_no_controls_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        widgets.explore(frame, **values)


def test_a_frame_without_words_is_refused():
    with pytest.raises(ValueError, match=r"frame\(step=0\) has no words"):
        widgets.explore(lambda step: plots.figure(height=1)[0], step=STEPS)


def test_too_much_is_refused(monkeypatch):
    monkeypatch.setitem(widgets.explore.__globals__, "MOST", 10_000)
    with pytest.raises(ValueError, match=r"the 20 frames take .* fewer values of step"):
        widgets.explore(frame, step=STEPS)


# ---- a reader's own file -------------------------------------------------------------


def answer(path):
    """Tell what a text file says."""
    figure, _ = plots.figure(height=1)
    return figure, f"It says {int(path.read_text())} & no more."


@pytest.fixture
def asked(tmp_path):
    (tmp_path / "seven.txt").write_text("7")
    return widgets.ask(answer, tmp_path / "seven.txt")


def uploaded(content):
    """Return what the browser sends when a reader has chosen a file."""
    when = datetime.now(UTC)
    file = {"name": "a", "type": "", "size": 1, "last_modified": when}
    return ({**file, "content": memoryview(content)},)


def test_the_page_tells_of_the_example(asked):
    bundle = asked._repr_mimebundle_()
    assert set(bundle) == {VIEW, "text/html", "text/plain"}
    assert bundle["text/html"].startswith("<svg")
    assert 'aria-label="It says 7 &amp; no more." role="img"' in bundle["text/html"]
    assert bundle["text/plain"] == "It says 7 & no more. [figure]"


def test_the_button_asks_about_another_file(asked):
    button, view = asked.live().children
    assert 'aria-label="It says 7 &amp; no more."' in view.value
    button.value = uploaded(b"8")
    assert 'aria-label="It says 8 &amp; no more."' in view.value
    button.value = uploaded(b"a <picture>")
    assert "ValueError" in view.value
    assert "a &lt;picture&gt;" in view.value
    button.value = uploaded(b"9")
    assert "It says 9" in view.value


def test_a_picture_can_be_asked_about():
    def size(path):
        x = pictures.picture(path, (2, 2, 3))
        return plots.figure(height=1)[0], f"{path.name}: red {x[0, 0]:.1f}"

    file = io.BytesIO()
    Image.new("RGB", (5, 4), (255, 0, 0)).save(file, "PNG")
    asked = widgets.ask(lambda path: (plots.figure(height=1)[0], "none"), None)
    asked.answer = size
    button, view = asked.live().children
    button.value = uploaded(file.getvalue())
    assert 'aria-label="a: red 1.0"' in view.value


def test_an_answer_without_words_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"answer\(example\) has no words"):
        widgets.ask(lambda file: plots.figure(height=1)[0], tmp_path)
