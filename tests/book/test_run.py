"""Executing a chapter is reproducible, and a failure costs nothing."""

import importlib.util

import nbformat
import pytest
from chapters import BOOK

spec = importlib.util.spec_from_file_location("run", BOOK / "run.py")
run = importlib.util.module_from_spec(spec)
spec.loader.exec_module(run)

WIDGET = "import ipywidgets\nipywidgets.IntSlider()"


def scratch(path, *sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def test_a_second_run_changes_no_byte(tmp_path):
    path = scratch(
        tmp_path / "99_scratch.ipynb", "print(1)", "print(2)\nprint(3)", WIDGET
    )
    run.execute(path)
    first = path.read_bytes()
    run.execute(path)
    assert path.read_bytes() == first
    notebook = nbformat.read(path, 4)
    assert [cell.execution_count for cell in notebook.cells] == [1, 2, 3]
    assert notebook.cells[1].outputs[0].text == "2\n3\n"
    assert "widgets" not in notebook.metadata
    assert b"99_scratch-0" in first


def test_of_two_faces_the_one_that_needs_no_kernel_is_stored(tmp_path):
    source = (
        "from dnn.lab import plots, widgets\n"
        "def frame(x):\n"
        "    figure, ax = plots.figure(height=1)\n"
        "    ax.plot([0, 1], [0, x])\n"
        "    return figure\n"
        "widgets.explore(frame, x=range(20))"
    )
    path = scratch(tmp_path / "99_scratch.ipynb", source)
    run.execute(path)
    first = path.read_bytes()
    (output,) = nbformat.read(path, 4).cells[0].outputs
    assert set(output.data) == {"text/html", "text/plain"}
    run.execute(path)
    assert path.read_bytes() == first


def test_a_chapter_that_fails_is_left_as_it_was(tmp_path):
    path = scratch(tmp_path / "99_scratch.ipynb", "print(1)", "1 / 0")
    before = path.read_bytes()
    with pytest.raises(SystemExit, match=r"99_scratch\.ipynb: left as it was"):
        run.execute(path)
    assert path.read_bytes() == before
