"""Drawings are what their scripts draw; maps are true whichever chapters exist."""

import re
import runpy
import shutil

import diagrams
import nbformat
import pytest
from chapters import BOOK, NOTEBOOKS

FIGURES = BOOK / "figures"
SCRIPTS = sorted(FIGURES.glob("*/*.py"))
ALL = {chapter: f"title {chapter}" for chapter in diagrams.NEEDS}


def test_every_chapter_has_a_place_on_the_map():
    assert {int(path.name[:2]) for path in NOTEBOOKS} <= set(diagrams.NEEDS)


def test_what_a_chapter_says_it_needs_is_above_it_on_the_map():
    present = [int(path.name[:2]) for path in NOTEBOOKS]
    above = {chapter: set() for chapter in present}
    for need, chapter in diagrams.arrows(present):
        above[chapter] |= {need} | above[need]
    opening = {
        int(path.name[:2]): "".join(nbformat.read(path, 4).cells[0].source)
        for path in NOTEBOOKS
    }
    titles = {c: re.search("^# (.+)$", text, re.M)[1] for c, text in opening.items()}
    for chapter, text in opening.items():
        needs = re.search(r"\*\*It needs\*\*(.*?)```", text, re.DOTALL)[1]
        named = {
            c for c, title in titles.items() if re.search(rf"[*`]{title}[*` ]", needs)
        }
        assert named <= above[chapter], (
            f"{titles[chapter]}: draw what it needs, NEEDS in book/_ext/diagrams.py"
        )


def test_no_two_chapters_share_a_place():
    assert len(set(diagrams.places(ALL).values())) == len(ALL)


def test_a_chapter_needs_only_earlier_ones_drawn_above_it():
    rows = {chapter: row for chapter, (_, row) in diagrams.places(ALL).items()}
    for need, chapter in diagrams.arrows(ALL):
        assert need < chapter
        assert rows[need] < rows[chapter]


def test_a_missing_chapter_hands_its_needs_on():
    assert diagrams.arrows([1, 3, 7]) == [(1, 3), (3, 7)]


def test_what_a_chain_of_arrows_implies_is_not_drawn():
    assert (2, 7) not in diagrams.arrows([1, 2, 5, 7])


@pytest.mark.parametrize("present", [[5], [2, 17], list(ALL)])
def test_the_drawing_links_what_exists_and_nothing_else(present):
    titles = {chapter: ALL[chapter] for chapter in present}
    drawing = diagrams.chapter_map(titles, {c: f"{c:02}.html" for c in present})
    assert drawing.count("<a href=") == len(present)
    assert drawing.count("<polygon") == len(diagrams.arrows(present))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.parent.name)
def test_a_script_draws_what_stands_beside_it(script, tmp_path):
    runpy.run_path(shutil.copy(script, tmp_path), run_name="__main__")
    drawn = {path.name: path.read_text("utf-8") for path in tmp_path.glob("*.svg")}
    kept = {path.name: path.read_text("utf-8") for path in script.parent.glob("*.svg")}
    kept.pop("map.svg")
    assert drawn == kept
    assert drawn


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_map_is_as_it_is_drawn(path):
    kept = (FIGURES / path.stem / "map.svg").read_text("utf-8")
    assert kept == diagrams.loop_map(int(path.stem[:2])) + "\n"


def test_no_drawing_is_without_a_script():
    drawn = {path.parent for path in SCRIPTS}
    for path in FIGURES.glob("*/*.svg"):
        assert path.name == "map.svg" or path.parent in drawn, path
