"""The chapters show the program as it is, and use nothing before it is introduced."""

import ast
import builtins
import importlib.util
import subprocess
import symtable
import sys

import nbformat
import pytest
from chapters import AROUND, BOOK, CHAPTER_OF, NOTEBOOKS, ROOT

spec = importlib.util.spec_from_file_location("weave", BOOK / "weave.py")
weave = importlib.util.module_from_spec(spec)
spec.loader.exec_module(weave)

QUOTED = [
    (path, cell)
    for path in NOTEBOOKS
    for cell in nbformat.read(path, 4).cells
    if weave.woven(cell)
]


def imports(tree):
    """Return the modules of dnn that a module imports, at any depth."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "dnn":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            "dnn."
        ):
            found.add(node.module.split(".")[1])
    return found


def test_no_cell_has_drifted():
    done = subprocess.run(
        [sys.executable, BOOK / "weave.py", "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_every_module_has_its_chapter():
    inside = (ROOT / "dnn").iterdir()
    modules = {path.stem for path in inside if path.stem[0] != "_" or path.suffix}
    assert modules - {"__init__", "py"} == CHAPTER_OF.keys() | AROUND.keys()


@pytest.mark.parametrize("module", sorted(CHAPTER_OF))
def test_a_module_imports_only_what_earlier_chapters_built(module):
    tree = ast.parse((ROOT / "dnn" / f"{module}.py").read_text())
    late = {
        name
        for name in imports(tree)
        if (CHAPTER_OF | AROUND)[name] > CHAPTER_OF[module]
    }
    assert not late, (
        f"chapter {CHAPTER_OF[module]:02} builds {module}, which imports {late}"
    )


@pytest.mark.parametrize(
    ("path", "cell"), QUOTED, ids=lambda value: getattr(value, "stem", "")
)
def test_a_definition_is_quoted_in_the_chapter_that_may_show_it(path, cell):
    module = weave.woven(cell).split(".")[1]
    assert int(path.stem[:2]) >= (CHAPTER_OF | AROUND)[module]


def test_a_definition_is_quoted_once():
    names = [name for _, cell in QUOTED for name in weave.woven(cell).split(", ")]
    assert len(names) == len(set(names))


def scopes(source):
    """Yield the scope of a cell's top level, then every scope inside it."""
    queue = [symtable.symtable(source, "cell", "exec")]
    while queue:
        yield queue[0]
        queue += queue.pop(0).get_children()


def bound(source):
    """Return the names that a cell binds at its top level, and the ones it loads from
    there in any scope.
    """
    top, *inner = scopes(source)
    binds = {
        s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()
    }
    loads = {s.get_name() for s in top.get_symbols() if s.is_referenced()}
    loads |= {
        s.get_name() for scope in inner for s in scope.get_symbols() if s.is_global()
    }
    return binds, loads


def unknown(notebook):
    """Return the names that woven cells load from nowhere: no cell before, nor their
    own, binds them.
    """
    known, missing = set(dir(builtins)) | {"__name__"}, set()
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        binds, loads = bound(cell.source)
        known |= binds
        missing |= (loads - known) if weave.woven(cell) else set()
    return missing


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_woven_cells_use_only_names_already_introduced(path):
    assert not unknown(nbformat.read(path, 4))


def scratch(*sources):
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources]
    )


def test_a_name_from_a_later_cell_is_noticed():
    assert unknown(
        scratch("# dnn.x.f\ndef f(x):\n    return np.sum(x)", "import numpy as np")
    ) == {"np"}
    assert not unknown(
        scratch("import numpy as np", "# dnn.x.f\ndef f(x):\n    return np.sum(x)")
    )


def test_a_name_that_only_another_function_binds_is_noticed():
    assert unknown(
        scratch("def g():\n    h = 1", "# dnn.x.f\ndef f(x):\n    return h(x)")
    ) == {"h"}


def test_drift_is_noticed_and_mended(tmp_path):
    path = tmp_path / "99_scratch.ipynb"
    nbformat.write(scratch("# dnn.activations.relu\ndef relu(Z):\n    return -Z"), path)
    assert weave.weave(path, check=True) == ["99_scratch.ipynb: dnn.activations.relu"]
    weave.weave(path, check=False)
    assert weave.weave(path, check=True) == []
    assert "Z.real > 0" in nbformat.read(path, 4).cells[0].source


@pytest.mark.parametrize(
    "name",
    [
        "dnn.layers.Dense",
        "dnn.layers.Dense.forward",
        "dnn.activations.ReLU",
        "dnn.training._epoch",
        "dnn.files.storage.save",
    ],
)
def test_every_kind_of_definition_can_be_quoted(name):
    source = weave.definition(name)
    ast.parse(source)
    assert name.split(".")[-1] in source


def test_neighbors_can_be_quoted_together():
    both = weave.definitions("dnn.activations.relu_derivative, Tanh")
    assert both.startswith("def relu_derivative(Z: Array, A: Array) -> Array:")
    assert both.endswith('\nTanh = Activation("tanh", np.tanh, tanh_derivative)')


def test_an_unknown_definition_is_refused_by_name():
    with pytest.raises(
        SystemExit, match=r"dnn\.layers\.Dens: layers.py defines no Dens$"
    ):
        weave.definition("dnn.layers.Dens")
