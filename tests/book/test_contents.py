"""The drawn map of the chapters: complete, and true whichever of them exist."""

import re

import api
import contents
import nbformat
import pytest
from chapters import BOOK, NOTEBOOKS, ROOT

ALL = {chapter: f"title {chapter}" for chapter in contents.NEEDS}


def test_every_chapter_has_a_place_on_the_map():
    assert {int(path.name[:2]) for path in NOTEBOOKS} <= set(contents.NEEDS)


def test_what_a_chapter_says_it_needs_is_above_it_on_the_map():
    present = [int(path.name[:2]) for path in NOTEBOOKS]
    above = {chapter: set() for chapter in present}
    for need, chapter in contents.arrows(present):
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
            f"{titles[chapter]}: draw what it needs, NEEDS in book/_ext/contents.py"
        )


def test_no_two_chapters_share_a_place():
    assert len(set(contents.places(ALL).values())) == len(ALL)


def test_a_chapter_needs_only_earlier_ones_drawn_above_it():
    rows = {chapter: row for chapter, (_, row) in contents.places(ALL).items()}
    for need, chapter in contents.arrows(ALL):
        assert need < chapter
        assert rows[need] < rows[chapter]


def test_a_missing_chapter_hands_its_needs_on():
    assert contents.arrows([1, 3, 7]) == [(1, 3), (3, 7)]


def test_what_a_chain_of_arrows_implies_is_not_drawn():
    assert (2, 7) not in contents.arrows([1, 2, 5, 7])


@pytest.mark.parametrize("present", [[5], [2, 17], list(ALL)])
def test_the_drawing_links_what_exists_and_nothing_else(present):
    titles = {chapter: ALL[chapter] for chapter in present}
    drawing = contents.svg(titles, {c: f"{c:02}.html" for c in present})
    assert drawing.count("<a href=") == len(present)
    assert drawing.count("<polygon") == len(contents.arrows(present))


def test_the_reference_lists_every_module():
    listed = set(re.findall(r"\{api\} (\w+)", (BOOK / "api.md").read_text()))
    modules = {path.stem for path in (ROOT / "dnn").glob("*.py")}
    assert listed == modules - {"__init__", "__main__"}


def test_the_reference_shows_every_command_of_the_shell():
    assert "{shell}" in (BOOK / "api.md").read_text()
    helps = api.helps()
    assert [command.split()[-1] for command in helps] == [
        "dnn",
        "train",
        "predict",
        "fetch",
    ]
    assert "--resume" in helps["python -m dnn train"]
    assert max(len(line) for text in helps.values() for line in text.splitlines()) <= 72
