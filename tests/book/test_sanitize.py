"""What nbval compares of a figure and of a widget: their words and controls; what it
does not: how they are drawn, and the numbers in the words.
"""

import re

import pytest
from chapters import ROOT
from nbval.plugin import get_sanitize_patterns

from dnn.lab import plots, widgets

PATTERNS = get_sanitize_patterns(
    (ROOT / "tests/book/nbval_sanitize.cfg").read_text(encoding="utf-8")
)


def sanitized(text):
    """Return what nbval compares."""
    for regex, replace in PATTERNS:
        text = re.sub(regex, replace, text)
    return text


def shown(monkeypatch, y, label="it"):
    """Return the two texts of a figure of one line."""
    kept = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: kept.append(data))
    figure, ax = plots.figure(height=1)
    ax.plot([1, 2], y, label=label)
    plots.show(figure)
    return [sanitized(text) for text in kept[0].values()]


def page(y, name="step"):
    def frame(**choice):
        figure, ax = plots.figure(height=1)
        ax.plot([1, 2, 3], [0, choice[name], y], label="it")
        return figure

    return sanitized(widgets.explore(frame, **{name: range(20)}).page())


def test_another_machines_numbers_do_not_matter(monkeypatch):
    assert shown(monkeypatch, [0.5, 0.25]) == shown(monkeypatch, [0.52, -1.3e-9])
    assert page(91) == page(92.5)


def test_words_and_controls_do(monkeypatch):
    falls = shown(monkeypatch, [2, 1])
    for other in (shown(monkeypatch, [1, 2]), shown(monkeypatch, [2, 1], "that")):
        assert all(a != b for a, b in zip(falls, other, strict=True))
    assert page(91) != page(-91)
    assert page(91) != page(91, "epoch")


def test_a_drawing_is_left_out_and_its_place_kept(monkeypatch):
    html, _ = shown(monkeypatch, [2, 1])
    assert html == '<svg aria-label="It falls from N to N." role="img">'
    assert "<path" not in page(91)
    assert "LOOKS" in page(91)


@pytest.mark.parametrize("text", ["[0.1, 2.5]", "eq-x holds to 1e-10", "12 of 50"])
def test_numbers_elsewhere_are_compared(text):
    assert sanitized(text) == text


def test_a_drawing_in_two_halves_is_one_drawing(monkeypatch):
    kept = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: kept.append(data))
    figure, axes = plots.figure(1, 2, height=2)
    for ax in axes:
        ax.plot([1, 2], [2, 1], label="it")
    figure.suptitle("Two")
    plots.show(figure)
    assert sanitized(kept[0]["text/html"]).startswith('<svg aria-label="Two. It falls')
    assert sanitized(kept[0]["text/html"]).endswith('role="img">')
