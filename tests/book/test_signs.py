"""A wrong sign in a woven definition makes a check of its chapter fail.

Each arithmetic operation of each definition that a chapter quotes is turned, one at a time (+ into −, a value into
its negative), in the reader's cell and nowhere else, and the chapter is run: some cell must raise.
"""

import ast
import contextlib
import io

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import pytest
from chapters import NOTEBOOKS
from test_weave import weave

mpl.use("Agg")


class Turn(ast.NodeTransformer):
    """Turn the sign of one operation of a definition, the ``place``-th."""

    def __init__(self, place):
        self.left = place

    def hit(self):
        self.left -= 1
        return self.left == -1

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, (ast.Add, ast.Sub)) and not strings(node) and self.hit():
            node.op = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        elif isinstance(node.op, ast.MatMult) and self.hit():
            return ast.UnaryOp(ast.USub(), node)
        return node

    def visit_AugAssign(self, node):
        if isinstance(node.op, (ast.Add, ast.Sub)) and self.hit():
            node.op = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        return node

    def visit_Call(self, node):
        """Turn what is computed into ``out=``, by turning its first argument, or what the method belongs to."""
        self.generic_visit(node)
        if any(keyword.arg == "out" for keyword in node.keywords) and self.hit():
            if node.args:
                node.args[0] = ast.UnaryOp(ast.USub(), node.args[0])
            else:
                node.func.value = ast.UnaryOp(ast.USub(), node.func.value)
        return node


def strings(node):
    """Tell whether a sum is one of texts."""
    return any(isinstance(side, (ast.Constant, ast.JoinedStr)) for side in (node.left, node.right))


def turned(source):
    """Yield the source with each of its signs turned in turn."""
    for place in range(99):
        turn = Turn(place)
        tree = ast.fix_missing_locations(turn.visit(ast.parse(source)))
        if turn.left >= 0:
            return
        yield ast.unparse(tree)


def survives(notebook, index, source):
    """Run a chapter with one cell replaced; tell whether it ran to its end."""
    names = {"__name__": "__main__"}
    plt.close("all")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for number, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                text = source if number == index else cell.source
                try:
                    exec(compile(text, f"cell {number}", "exec"), names)
                except Exception:
                    if "raises-exception" not in cell.metadata.get("tags", []):
                        return False
    return True


def mutants():
    """Yield every turned sign of every chapter as a test case."""
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, 4)
        for index, cell in enumerate(notebook.cells):
            if weave.woven(cell):
                for number, source in enumerate(turned(cell.source)):
                    yield pytest.param(
                        notebook, index, source, id=f"{path.stem}-{weave.woven(cell)}-{number}"
                    )


@pytest.mark.parametrize(("notebook", "index", "source"), list(mutants()))
def test_a_turned_sign_is_caught(notebook, index, source):
    assert not survives(notebook, index, source), f"no check noticed:\n{source}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_chapter_itself_survives(path):
    assert survives(nbformat.read(path, 4), -1, "")


def test_signs_are_found():
    source = "def f(a, b):\n    c = a + b\n    np.matmul(a, b, out=c)\n    a.sum(out=b)\n    c -= a\n    return a @ b"
    assert len(list(turned(source))) == 5
