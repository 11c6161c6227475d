"""A wrong operation in a woven definition makes a check of its chapter fail.

Each arithmetic operation of each definition that a chapter quotes is turned, one at a
time (+ into −, × into ÷, a value into its negative), in the reader's cell and nowhere
else, and the chapter is run: it must not reach its end, and for each definition it is a
`verify` that stops it at least once. (That it does reach its end as it stands, nbval
tells.)
"""

import ast
import contextlib
import io
import multiprocessing
from unittest import mock

import matplotlib.pyplot as plt
import nbformat
import pytest
from chapters import NOTEBOOKS
from test_weave import weave

from dnn import VerificationError

plt.switch_backend("Agg")
FORK = multiprocessing.get_context("fork")


OTHER = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}


class Plant(ast.NodeTransformer):
    """Change one place of a definition, the ``place``-th that it knows how to change."""

    def __init__(self, place):
        self.left = place

    def hit(self):
        self.left -= 1
        return self.left == -1

    def visit_Raise(self, node):
        return node  # what a refusal says is no formula


class Turn(Plant):
    """Turn the sign of an operation."""

    swaps = (ast.Add, ast.Sub)

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, self.swaps) and not idle(node) and self.hit():
            node.op = OTHER[type(node.op)]()
        return node

    def visit_AugAssign(self, node):
        if isinstance(node.op, self.swaps) and self.hit():
            node.op = OTHER[type(node.op)]()
        return node


class Divide(Turn):
    """Divide instead of multiplying, and the other way round."""

    swaps = (ast.Mult, ast.Div)


class Oppose(Plant):
    """Turn the sign of a matrix product, or of what is computed into ``out=``, by turning
    its first argument, or what it is a method of.
    """

    def visit_BinOp(self, node):
        self.generic_visit(node)
        opposed = isinstance(node.op, ast.MatMult) and self.hit()
        return ast.UnaryOp(ast.USub(), node) if opposed else node

    def visit_Call(self, node):
        self.generic_visit(node)
        if any(keyword.arg == "out" for keyword in node.keywords) and self.hit():
            if node.args:
                node.args[0] = ast.UnaryOp(ast.USub(), node.args[0])
            else:
                node.func.value = ast.UnaryOp(ast.USub(), node.func.value)
        return node


class Negate(Plant):
    """Negate a value that is returned, for definitions that compute without a sign."""

    def negated(self, node, field):
        self.generic_visit(node)
        value = getattr(node, field)
        if value is not None and self.hit():
            # times −1, which takes truth values too
            setattr(node, field, ast.BinOp(ast.Constant(-1), ast.Mult(), value))
        return node

    def visit_Return(self, node):
        return self.negated(node, "value")

    def visit_Lambda(self, node):
        return self.negated(node, "body")


def idle(node):
    """Tell whether an operation puts texts or lists together, or adds a zero."""
    texts = (ast.JoinedStr, ast.List)
    if any(isinstance(side, texts) for side in (node.left, node.right)):
        return True
    values = [getattr(side, "value", None) for side in (node.left, node.right)]
    return any(isinstance(value, str) for value in values) or values[1] == 0


def turned(source):
    """Return the source with each of its operations turned in turn."""
    signs = every(Turn, source) + every(Oppose, source)
    return (signs or every(Negate, source)) + every(Divide, source)


def every(transformer, source):
    """Return what a transformer makes of the source at its first place, its second, and
    so on.
    """
    found = []
    while True:
        turn = transformer(len(found))
        tree = ast.fix_missing_locations(turn.visit(ast.parse(source)))
        if turn.left >= 0:
            return found
        found.append(ast.unparse(tree))


def outcomes(notebook):
    """Run a chapter, and from each woven cell on once more for each sign turned in it;
    return {name: {source: what stopped it}}: None, "a check" or, for want of one, "a
    crash".

    Each of those goes on in a process of its own, forked at the cell: what leads up to
    it is computed once.
    """
    names, found = {"__name__": "__main__"}, {}
    plt.close("all")
    with (
        mock.patch("dnn.lab.widgets.explore"),  # nobody is looking
        mock.patch("joblib.cpu_count", return_value=1),  # a fork can use no workers
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        last = max((i for i, cell in enumerate(cells) if signs_of(cell)), default=-1)
        for i, cell in enumerate(cells[: last + 1]):
            for source in signs_of(cell):
                planted = [nbformat.v4.new_code_cell(source), *cells[i + 1 :]]
                stopped = in_a_fork(stopped_by, planted, names)
                found.setdefault(weave.woven(cell), {})[source] = stopped
            assert stopped_by([cell], names) is None
    return found


def signs_of(cell):
    """Return a cell's source with each sign turned, if the cell quotes a formula."""
    name = weave.woven(cell)
    return turned(cell.source) if name and name not in STRUCTURE else []


def stopped_by(cells, names):
    """Execute cells one after the other; return what stopped them, if anything did."""
    for cell in cells:
        try:
            exec(compile(cell.source, "a cell", "exec"), names)
        except Exception as error:
            if "raises-exception" not in cell.metadata.get("tags", []):
                return "a check" if isinstance(error, VerificationError) else "a crash"
    return None


def in_a_fork(function, *arguments):
    """Return what a function returns in a copy of this process."""
    ours, theirs = FORK.Pipe(duplex=False)
    child = FORK.Process(target=lambda: theirs.send(function(*arguments)))
    child.start()
    theirs.close()
    found = ours.recv()
    child.join()
    return found


STRUCTURE = {
    "dnn.layers.View",
    "dnn.layers.Layer._view",
    "dnn.activations.Activation",
    "dnn.network.Network.bind",
    "dnn.network.Network._gather",
    "dnn.models.mlp",
    "dnn.files.storage._checked_bytes",
    "dnn.initializers.zeros",  # −0 is 0
}  # they hold arrays, put parts together or refuse, and state no formula


@pytest.mark.executes
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_turned_sign_is_caught_by_a_check(path):
    for name, found in outcomes(nbformat.read(path, 4)).items():
        assert "a check" in found.values(), name
        assert not [source for source, stopped in found.items() if stopped is None]


# ---- the test itself can fail --------------------------------------------------------

WOVEN_CELL = "# dnn.x.f\ndef f(a, b):\n    return a - b"


def scratch(check):
    """Return a notebook of one woven cell and one check of it."""
    sources = ("from dnn import verify", WOVEN_CELL, check)
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources]
    )


@pytest.mark.parametrize(
    ("check", "stopped"),
    [
        ('verify("eq-f", f(3, 1), 2, tol=1e-12)', "a check"),
        ('verify("eq-f", f(3, 0), 3, tol=1e-12)', None),
        ("[0, 1, 2][f(3, 1)]", "a crash"),
    ],
)
def test_what_stops_a_turned_sign_is_told(check, stopped):
    found = outcomes(scratch(check))["dnn.x.f"]
    assert list(found.values()) == [stopped]


def test_signs_are_found():
    source = "def f(a, b):\n    c = a + b\n    np.matmul(a, b, out=c)\n    a.sum(out=c)\n    c -= a\n    return a @ b"
    assert len(turned(source)) == 5
    assert turned("def f(a):\n    return 2 * a") == [
        "def f(a):\n    return -1 * (2 * a)",
        "def f(a):\n    return 2 / a",
    ]
    assert not every(Turn, "def f(a):\n    return a + 0.0")
    assert (
        len(
            turned(
                "ReLU = Activation('relu', lambda Z: np.maximum(Z, 0), lambda A: A > 0)"
            )
        )
        == 2
    )
    assert turned("def f(a):\n    return a > 0") == [
        "def f(a):\n    return -1 * (a > 0)"
    ]
    assert not turned("class Pair(NamedTuple):\n    first: float\n    second: float")
