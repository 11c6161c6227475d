"""Every drawing is what its script draws."""

import runpy
import shutil

import loopmap
import pytest
from chapters import BOOK, NOTEBOOKS

FIGURES = BOOK / "figures"
SCRIPTS = sorted(FIGURES.glob("*/*.py"))


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
    assert kept == loopmap.svg(int(path.stem[:2])) + "\n"


def test_no_drawing_is_without_a_script():
    drawn = {path.parent for path in SCRIPTS}
    for path in FIGURES.glob("*/*.svg"):
        assert path.name == "map.svg" or path.parent in drawn, path
