"""A widget on a page: moved by key, by finger and by itself, and told to who cannot see
it; two on a page, and none in need of a network.
"""

import pytest

from dnn.lab import plots, svg, widgets


def frame(step, start):
    figure, ax = plots.figure(height=2)
    ax.plot([0, 1, 2], [0 if start == "low" else 50, step, step], label="it")
    return figure


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Write a page with two widgets, in the language of the theme."""
    path = tmp_path_factory.mktemp("page") / "two.html"
    one = widgets.explore(frame, step=range(1, 21), start=["low", "high"]).page()
    path.write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Two</title>'
        '<meta name="viewport" content="width=device-width"><style>:root{color-scheme:light dark}</style>'
        f"<main><h1>Two</h1>{one}{one}</main>",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def box(open_page, path):
    """Open it, and return the first widget."""
    return open_page(path, width=360).locator(".dnn-explore").first


def words(box):
    return box.locator(".stage").get_attribute("aria-label")


def test_keys_move_the_slider_and_it_says_where_it_is(box):
    slider = box.locator("input")
    slider.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowRight"):
        slider.press(key)
    assert words(box) == "It rises from 0 to 3."
    assert slider.get_attribute("aria-valuetext") == "3"
    assert box.locator(".value").inner_text() == "3"
    assert box.locator("output").inner_text() == words(box)
    slider.press("End")
    assert words(box) == "It rises from 0 to 20."


def test_keys_on_a_control_are_nobody_elses(box):
    box.page.evaluate("addEventListener('keydown', e => { document.title = e.key })")
    for control in ("input", "select", "button"):
        box.locator(control).press("ArrowRight")
    assert box.page.title() == "Two"
    box.page.evaluate("document.activeElement.blur()")
    box.page.keyboard.press("ArrowRight")
    assert box.page.title() == "ArrowRight"


def test_the_menu_chooses_among_the_frames(box):
    box.locator("input").press("End")
    box.locator("select").select_option("high")
    assert words(box) == "It falls from 50 to 20."
    box.locator("input").press("Home")
    assert words(box) == "It falls from 50 to 1."


def test_it_plays_quietly_to_its_end_and_again(box):
    button, slider = box.locator("button"), box.locator("input")
    assert box.locator("output").get_attribute("aria-live") == "polite"
    slider.evaluate("s => { s.value = 17; s.dispatchEvent(new Event('input')) }")
    button.press("Enter")
    assert button.inner_text() == "Pause"
    assert box.locator("output").get_attribute("aria-live") == "off"
    box.page.wait_for_function(
        "document.querySelector('.dnn-explore button').textContent === 'Play'"
    )
    assert words(box) == "It rises from 0 to 20."
    assert box.locator("output").get_attribute("aria-live") == "polite"
    button.click()
    box.page.wait_for_timeout(400)
    button.click()
    at = int(slider.input_value())
    assert 0 <= at < 6
    box.page.wait_for_timeout(400)
    assert int(slider.input_value()) == at


def test_who_wants_no_motion_gets_steps(browser, path):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(path.as_uri())
    box = page.locator(".dnn-explore").first
    button = box.locator("button")
    assert button.inner_text() == "Next"
    button.click()
    page.wait_for_timeout(500)
    assert words(box) == "It rises from 0 to 2."
    box.locator("input").press("End")
    button.click()
    assert words(box) == "It rises from 0 to 1."
    context.close()


def test_two_widgets_do_not_disturb_each_other(box):
    other = box.page.locator(".dnn-explore").nth(1)
    other.locator("input").press("End")
    other.locator("select").select_option("high")
    assert (words(box), words(other)) == (
        "It rises from 0 to 1.",
        "It falls from 50 to 20.",
    )
    assert box.page.said == []


def test_a_finger_finds_the_controls(box):
    for control in ("button", "input", "select"):
        size = box.locator(control).bounding_box()
        assert size["height"] >= 44, control
        assert size["width"] >= 44, control
    assert box.page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_ink_and_focus_are_seen(open_page, path, scheme):
    page = open_page(path, scheme=scheme)
    text = page.locator(".dnn-explore svg text").first
    light = text.evaluate("t => getComputedStyle(t).fill") == "rgb(255, 255, 255)"
    assert light == (scheme == "dark")
    page.locator(".dnn-explore input").first.press("ArrowRight")
    outline = page.locator(".dnn-explore input").first.evaluate(
        "s => getComputedStyle(s).outlineWidth"
    )
    assert outline == "3px"


def test_without_scripts_the_first_frame_is_seen(browser, path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    box = page.locator(".dnn-explore").first
    assert words(box) == "It rises from 0 to 1."
    assert box.locator("svg").is_visible()
    assert not box.locator("button").is_visible()
    context.close()


@pytest.mark.parametrize(("width", "beside"), [(360, False), (640, True), (1280, True)])
def test_halves_of_a_figure_stand_side_by_side_where_there_is_room(
    open_page, tmp_path, width, beside
):
    figure, axes = plots.figure(1, 2)
    for ax in axes:
        ax.plot([0, 1], [0, 1])
    path = tmp_path / "halves.html"
    path.write_text(
        f'<meta name="viewport" content="width=device-width">{svg.element(figure, "")}',
        encoding="utf-8",
    )
    page = open_page(path, width=width)
    left, right = (half.bounding_box() for half in page.locator("svg").all())
    assert (left["x"] + left["width"] <= right["x"] + 1) == beside
    assert (left["y"] + left["height"] <= right["y"] + 1) == (not beside)
    assert abs(left["width"] / right["width"] - 1) < 0.2
    assert page.evaluate("document.documentElement.scrollWidth") <= width
