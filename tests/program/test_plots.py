"""Figures: drawn in the page's ink, told in words made from their data."""

import re
from types import SimpleNamespace
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from oracles import child

from dnn import (
    Dense,
    Network,
    binary_cross_entropy,
    categorical_cross_entropy,
    mlp,
    squared_error,
)
from dnn.lab import plots, svg
from dnn.layers import Layer

X = np.array([[0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 0.0, 1.0]])
Y = np.array([[0, 1, 0, 1]])


def history(val=True):
    epoch = np.arange(1, 4)
    loss = np.array([0.9, 0.3, 0.1])
    val_loss = loss + 0.1 if val else np.full(3, np.nan)
    return SimpleNamespace(epoch=epoch, loss=loss, val_loss=val_loss)


def elements(figure):
    drawn = svg.element(figure, "")
    return list(ElementTree.fromstring(drawn).iter())


def test_a_figure_is_of_the_books_width_and_unknown_to_pyplot():
    import matplotlib.pyplot as plt

    figure, ax = plots.figure(height=2)
    assert figure.get_size_inches().tolist() == [7.2, 2.0]
    assert ax.figure is figure
    assert plots.figure(2, 3)[1].shape == (2, 3)
    assert plt.get_fignums() == []


def test_colors_are_told_apart_in_gray():
    gray = [
        np.dot(matplotlib.colors.to_rgb(c), (0.3, 0.59, 0.11)) for c in plots.COLORS[:3]
    ]
    assert min(abs(a - b) for a in gray for b in gray if a is not b) > 0.07
    assert len(plots.COLORS) == len(set(plots.COLORS)) == len(plots.STYLES)


# ---- the style -----------------------------------------------------------------------

DRAW = """
import io, sys
import matplotlib
from matplotlib.figure import Figure

def theirs():
    figure, file = Figure(), io.BytesIO()
    ax = figure.subplots()
    ax.plot([0, 1], [1, 0], label="theirs")
    ax.set_title("A title")
    ax.legend()
    figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()

matplotlib.rcParams["svg.hashsalt"] = "theirs"
before, drawn = dict(matplotlib.rcParams), theirs()
from types import SimpleNamespace
from dnn import mlp
from dnn.lab import experiments, plots, svg, widgets
import numpy as np

def ours():
    figure, axes = plots.figure(2, 3, height=6)
    epoch = np.arange(1, 4)
    history = SimpleNamespace(epoch=epoch, loss=1 / epoch, val_loss=2 / epoch)
    plots.cost(axes[0, 0], history)
    plots.bands(axes[0, 1], np.eye(3))
    plots.histograms(axes[0, 2], [epoch], ["epochs"])
    plots.contours(axes[1, 0], np.hypot, (0, 1), (0, 1))
    plots.boundary(axes[1, 1], mlp([2, 3, 1]), np.eye(2), np.array([[0, 1]]))
    plots.network(axes[1, 2], mlp([2, 3, 1]))
    return plots.words(figure), svg.element(figure, "")

"""


def test_the_lab_leaves_matplotlibs_settings_and_other_figures_alone():
    done = child(
        DRAW + "plain = ours()\n"
        "assert dict(matplotlib.rcParams) == before\n"
        "assert theirs() == drawn\n"
        "plots.use_style()\n"
        "assert matplotlib.rcParams['lines.linewidth'] == 2\n"
        "assert theirs() != drawn\n"
        "assert ours() == plain\n"
    )
    assert done.returncode == 0, done.stderr


# ---- the drawing ---------------------------------------------------------------------


def test_a_drawing_takes_the_pages_ink_and_font_and_is_the_same_each_time():
    def drawn():
        figure, ax = plots.figure()
        plots.cost(ax, history())
        return svg.element(figure, "")

    text = drawn()
    assert "currentColor" in text
    assert plots.INK not in text
    assert re.findall("font-family:[^;]*", text) == ["font-family:inherit"]
    assert not re.search(r"\d\.\d\d\d\d", text)
    assert text == drawn()
    assert len(text) < 12_000


def test_what_a_drawing_refers_to_is_its_own():
    def ids(height):
        figure, ax = plots.figure(height=height)
        ax.plot(X[0], X[1], "o")
        text = svg.element(figure, "")
        known = re.findall(r' id="([^"]+)"', text)
        used = re.findall(r'(?:href="|url\()#([^")]+)', text)
        assert known
        assert set(used) <= set(known)
        assert len(known) == len(set(known))
        return set(known)

    assert not ids(3) & ids(4)


def test_axes_side_by_side_come_apart_on_a_narrow_page():
    figure, (left, right) = plots.figure(1, 2)
    left.plot([0, 1], [0, 1], "o-", label="left one")
    right.plot([0, 1], [1, 0], "o-", label="right one")
    left.legend()
    right.legend()
    figure.suptitle("p < 1")
    text = svg.element(figure, 'role="img"')
    box, title, *halves = (e for e in elements(figure) if e.tag in ("div", "svg"))
    assert (box.get("class"), title.text, len(halves)) == ("dnn-columns", "p < 1", 2)
    for half, name in zip(halves, ("left one", "right one"), strict=True):
        assert [t.text for t in half.iter("text") if "one" in t.text] == [name]
    sizes = np.array([half.get("viewBox").split() for half in halves], float)
    assert sizes[0, 0] == 0
    assert sizes[0, 2] == sizes[1, 0]
    assert abs(sizes[:, 2].sum() - 518.4) < 0.1
    assert (sizes[:, 1] > 10).all()  # below the title
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', text))
    assert used <= set(re.findall(r' id="([^"]+)"', text))


def test_what_cannot_come_apart_stays_whole():
    figure, ax = plots.figure()
    figure.colorbar(ax.imshow(np.eye(3)))
    ax.plot([0, 1], [0, 1])
    assert svg.element(figure, "").startswith("<svg")
    figure, axes = plots.figure(1, 2)
    plots.pictures(axes, [np.eye(3)] * 2)
    assert svg.element(figure, "").startswith("<svg")
    figure, axes = plots.figure(1, 2)
    figure.legend(axes[0].plot([0, 1]), ["both"], loc="outside lower center")
    assert svg.element(figure, "").startswith("<svg")


def test_many_points_say_their_style_once():
    figure, ax = plots.figure()
    ax.plot(np.arange(300), np.arange(300) % 7, "o", clip_on=False)
    uses = [e for e in elements(figure) if e.tag == "use"]
    assert sum("style" in e.attrib for e in uses) < 30
    assert len(uses) > 300


def test_hidden_axes_do_not_hinder_the_halves():
    figure, axes = plots.figure(2, 2)
    for ax in axes.flat:
        ax.plot([0, 1], [0, 1])
    axes[1, 0].set_visible(False)
    halves = [e for e in elements(figure) if e.tag == "svg"]
    assert len(halves) == 2


@pytest.mark.parametrize("size", [8, 64])
def test_pictures_lie_inside_as_webp(size):
    figure, ax = plots.figure()
    plots.pictures(ax, [np.linspace(0, 1, size * size).reshape(size, size)])
    (image,) = (e for e in elements(figure) if e.tag == "image")
    assert image.get("href").startswith("data:image/webp;base64,")
    assert ("pixelated" in image.get("style", "")) == (size == 8)


def test_show_displays_the_drawing_and_its_words(monkeypatch):
    shown = []
    monkeypatch.setattr(
        "IPython.display.display", lambda data, raw: shown.append((data, raw))
    )
    figure, ax = plots.figure()
    plots.cost(ax, history())
    plots.show(figure)
    plots.show(figure, 'what "it" < shows')
    (data, raw), (other, _) = shown
    assert raw
    assert set(data) == {"text/html", "text/plain"}
    told = "Cost J against epoch: training falls from 0.9 to 0.1; validation falls from 1 to 0.2."
    assert data["text/plain"] == f"{told} [figure]"
    root = ElementTree.fromstring(data["text/html"])
    assert (root.get("role"), root.get("aria-label")) == ("img", told)
    root = ElementTree.fromstring(other["text/html"])
    assert root.get("aria-label") == 'what "it" < shows'


# ---- the words -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("y", "told"),
    [
        ([1, 2, 4], "rises from 1 to 4"),
        ([0.694, 0.3, 0.0512], "falls from 0.69 to 0.051"),
        ([5, 5.001, 5], "stays at 5"),
        ([0, 3, 1], "goes from 0 to 1, with a peak of 3 at 20"),
        ([1, -3, 0], "goes from 1 to 0, with a low of −3 at 20"),
        ([0, 5, -5, 0], "varies between −5 and 5, from 0 to 0"),
        ([np.nan, 2, 1], "falls from 2 to 1"),
    ],
)
def test_a_line_is_told_by_what_it_does(y, told):
    figure, ax = plots.figure()
    ax.plot(10 * np.arange(1, len(y) + 1), y, label="it")
    ax.set(title="Title", xlabel="x", ylabel="$y_{1}$")
    assert plots.words(figure) == f"Title. Y_1 against x: it {told}."


def test_other_series_are_told_too():
    figure, axes = plots.figure(2, 2)
    axes[0, 0].scatter(*X, label="of class 1")
    axes[0, 1].bar([1, 2], [3, 7], label="counts")
    axes[1, 0].plot([0, 2, 1], [0, 1, 3], label="path")
    axes[1, 1].plot([1, 1], [0, 1])
    axes[1, 1].plot(2, 3, "o")
    figure.suptitle("all")
    assert plots.words(figure) == (
        "All. 4 points of class 1. Counts from 3 to 7. Path runs from (0, 0) to (1, 3). "
        "A point at (2, 3)."
    )


def test_pictures_are_told_together():
    figure, axes = plots.figure(1, 2)
    plots.pictures(axes, np.zeros((2, 8, 6)), ["one", "two"])
    assert plots.words(figure) == "2 pictures of 8 by 6 pixels: one, two."


# ---- what is drawn -------------------------------------------------------------------


def test_cost_draws_training_and_where_there_is_one_validation():
    _, ax = plots.figure()
    assert plots.cost(ax, history(val=False)) is ax
    assert [line.get_label() for line in ax.lines] == ["training"]
    assert ax.get_ylim()[0] == 0
    _, ax = plots.figure()
    plots.cost(ax, history(), log=True)
    assert len(ax.lines) == 2
    assert ax.get_yscale() == "log"


def test_bands_draw_the_median_between_the_extremes():
    _, ax = plots.figure()
    runs = np.array([[1.0, 4.0], [2.0, 6.0], [6.0, 5.0]])
    assert plots.bands(ax, runs, label="runs", color=plots.GREEN) is ax
    assert ax.lines[0].get_ydata().tolist() == [2, 5]
    assert ax.lines[0].get_color() == plots.GREEN
    corners = ax.collections[0].get_paths()[0].vertices
    assert {tuple(c) for c in corners} >= {(0, 1), (0, 6), (1, 4), (1, 6)}


def test_boundary_draws_the_line_of_one_half_where_it_is():
    net = mlp([2, 1], seed=0)
    net.layers[0].W[...], net.layers[0].b[...] = [[2.0, 0.0]], [[-3.0]]
    figure, ax = plots.figure()
    plots.boundary(ax, net, X, Y)
    (half,) = ax.collections[0].get_paths()
    np.testing.assert_allclose(half.vertices[:, 0], 1.5, atol=1e-9)
    assert [len(line.get_xdata()) for line in ax.lines] == [2, 2]
    assert len({(line.get_color(), line.get_marker()) for line in ax.lines}) == 2
    tint = ax.images[0].get_array()
    assert tint[0, 0, :3].tolist() == list(matplotlib.colors.to_rgb(plots.BLUE))
    assert tint[0, -1, :3].tolist() == list(matplotlib.colors.to_rgb(plots.ORANGE))
    assert "2 classes; 50% of 4 examples" in plots.words(figure)


def test_boundary_of_three_classes_has_no_line():
    _, ax = plots.figure()
    plots.boundary(ax, mlp([2, 3]), X, np.eye(3)[[0, 1, 2, 2]].T)
    assert len(ax.collections) == 0
    assert [len(line.get_xdata()) for line in ax.lines] == [1, 1, 2]


def test_boundary_takes_the_probabilities_of_the_loss():
    def drawn(loss):
        net = mlp([2, 4, n_out], seed=1, loss=loss)
        figure, ax = plots.figure()
        plots.boundary(ax, net, X, np.eye(n_out)[[0, 1, 0, 1]].T if n_out > 1 else Y)
        return ax.images[0].get_array(), plots.words(figure)

    for n_out, loss in [(1, binary_cross_entropy), (3, categorical_cross_entropy)]:
        (tint, told), (bare_tint, bare_told) = drawn(loss), drawn(None)
        np.testing.assert_array_equal(tint, bare_tint)
        assert told == bare_told
        net = mlp([2, 4, n_out], seed=1, loss=loss)
        corner = X.min(axis=1, keepdims=True) - 0.4
        P = net.predict_proba(corner)[:, 0]
        sure = max(P[0], 1 - P[0]) * 2 - 1 if n_out == 1 else (3 * P.max() - 1) / 2
        assert tint[0, 0, 3] == pytest.approx(0.5 * sure)


def test_boundary_of_three_classes_tells_how_many_examples_are_right():
    net = mlp([2, 3], seed=0)
    net.layers[0].W[...] = [[-1.0, 0.0], [0.0, 0.0], [1.0, 0.0]]
    net.layers[0].b[...] = [[1.0], [0.0], [-1.0]]  # class 0 left of 1, else class 2
    figure, ax = plots.figure()
    plots.boundary(ax, net, X + 0.1, np.eye(3)[[0, 1, 2, 0]].T)
    assert "3 classes; 50% of 4 examples" in plots.words(figure)


@pytest.mark.parametrize(
    ("n_out", "loss"),
    [(1, squared_error), (2, squared_error), (2, binary_cross_entropy)],
)
def test_boundary_refuses_outputs_that_are_no_probabilities_of_classes(n_out, loss):
    net, T = mlp([2, n_out], seed=0, loss=loss), np.zeros((n_out, 4))
    with pytest.raises(ValueError, match=f"with {loss.name} the outputs .* net.loss ="):
        plots.boundary(plots.figure()[1], net, X, T)
    net.loss = None
    plots.boundary(plots.figure()[1], net, X, T)


def test_pictures_with_signs_have_white_at_zero():
    _, axes = plots.figure(1, 3)
    plots.pictures(axes, [[[0.0, 2.0]], [[-1.0, 4.0]], np.zeros((2, 2, 3))])
    gray, signed, _ = (ax.images[0] for ax in axes)
    assert gray.get_clim() == (0, 2)
    assert signed.get_clim() == (-4, 4)
    assert signed.get_cmap().name == plots.SIGNED
    _, axes = plots.figure(1, 2)
    plots.pictures(axes[0].figure, [[[-1.0]], [[0.5]]], limit=2)
    assert [ax.images[0].get_clim() for ax in axes] == [(-2, 2), (-2, 2)]


def test_a_network_is_drawn_from_itself():
    figure, ax = plots.figure()
    net = mlp([2, 30, 1], seed=0)
    plots.network(ax, net)
    lines, *dots = ax.collections[0], *ax.collections[2:]
    assert [len(d.get_offsets()) for d in dots] == [2, 9, 1]
    W = net.layers[0].W
    shown = W[[0, 1, 2, 3, 4, 26, 27, 28, 29]].ravel()
    widths = lines.get_linewidths()
    assert np.argmax(widths) == np.argmax(abs(shown))
    negative = [
        c[:3].tolist() == list(matplotlib.colors.to_rgb(plots.ORANGE))
        for c in lines.get_colors()
    ]
    assert negative == (shown < 0).tolist()
    assert [t.get_text() for t in ax.texts] == ["2", "⋮", "30", "1"]
    assert plots.words(figure) == "A net of 2 → 30 → 1 units."


class Scaled(Layer):
    """Each unit by a weight of its own, (n, 1)."""

    def __init__(self, n):
        super().__init__(weights={"gamma": (n, 1)})
        self.n_in = self.n_out = n

    def forward(self, A, train=False):
        return self.gamma * A

    def backward(self, dA):
        return self.gamma * dA


class Halved(Layer):
    """Every second unit, without a weight."""

    def __init__(self, n):
        super().__init__()
        self.n_in, self.n_out = n, n // 2

    def forward(self, A, train=False):
        return A[::2]

    def backward(self, dA):
        return np.repeat(dA, 2, axis=0)


def test_nets_inside_a_net_are_drawn_layer_by_layer():
    inner = Network([Dense(3, 4), Scaled(4), Dense(4, 3)])
    net = Network([Dense(2, 3), inner, Scaled(3), Dense(3, 1)])
    figure, ax = plots.figure()
    plots.network(ax, net)
    assert plots.words(figure) == "A net of 2 → 3 → 4 → 3 → 1 units."
    lines = [c for c in ax.collections if hasattr(c, "get_segments")]
    assert [len(c.get_segments()) for c in lines] == [6, 12, 12, 3]


def test_a_network_that_changes_its_units_without_a_matrix_is_refused():
    net = Network([Dense(2, 4), Halved(4), Dense(2, 1)])
    with pytest.raises(
        ValueError, match=r"Halved.* no matrix .* from 4 units to its 2"
    ):
        plots.network(plots.figure()[1], net)


def test_contours_are_those_of_the_function():
    _, ax = plots.figure()
    plots.contours(ax, lambda x, y: x + 2 * y, (0, 1), (0, 1), levels=[1.0])
    (line,) = ax.collections[0].get_paths()
    np.testing.assert_allclose(line.vertices @ [1, 2], 1, atol=1e-9)


def test_a_symbol_that_begins_a_sentence_stays_the_symbol():
    figure, ax = plots.figure()
    ax.plot([0, 1], [0, 1])
    ax.set(xlabel="step", ylabel="θ")
    assert plots.words(figure).startswith("θ against step: a line rises")


def test_contours_are_told_in_words_and_stay_out_of_a_legend(recwarn):
    figure, ax = plots.figure()
    plots.contours(ax, lambda x, y: x + 2 * y, (0, 1), (0, 1), levels=[1.0, 2.0])
    ax.plot([0, 1], [0, 1], label="a path")
    legend = ax.legend()
    assert [text.get_text() for text in legend.get_texts()] == ["a path"]
    assert "lines of equal height from 1 to 2" in plots.words(figure)
    assert not recwarn


def test_histograms_share_their_bins():
    figure, axes = plots.figure(1, 2)
    plots.histograms(axes, [np.zeros(5), np.array([-1.0, 1.0])], ["a", "b"])
    assert axes[0].patches[0].get_x() == axes[1].patches[0].get_x() == -1
    assert plots.words(figure).startswith(
        "A. 5 values, mean 0, standard deviation 0. B. 2 values"
    )


NET = mlp([2, 7])


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda ax: plots.bands(ax, [1.0, 2.0]), r"\(seeds, points\), got \(2,\)"),
        (lambda ax: plots.boundary(ax, NET, X, Y), "7 classes.* 6 colors"),
        (lambda ax: plots.boundary(ax, NET, X.T, Y), r"X must have shape \(2, m\)"),
        (lambda ax: plots.pictures(ax, [X, X]), "2 to draw.* got 1"),
        (lambda ax: plots.histograms([ax, ax], [X], ["a"]), "1 to draw.* got 2"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, message):
    with pytest.raises(ValueError, match=message):
        draw(plots.figure()[1])


def test_negative_numbers_have_a_minus_and_words_their_hyphens():
    figure, ax = plots.figure()
    ax.plot([0, 1], [0, 1], label="-1 to 3, one-hot, 64-bit")
    ax.set_title("mean -15.5")
    ax.legend()
    texts = [e.text for e in elements(figure) if e.tag == "text"]
    assert {"−1 to 3, one-hot, 64-bit", "mean −15.5"} <= set(texts)
    assert plots.words(figure).startswith("Mean −15.5.")
