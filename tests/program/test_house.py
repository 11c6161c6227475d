"""The house: a small core on NumPy alone, and around it what reads, shows and asks.

The folder says what is what, so these tests read it: which module imports what, how long
the program is, and whether each public name says what it takes and does.
"""

import ast
import io
import tokenize
from pathlib import Path

import pytest
from oracles import child

DNN = Path(__file__).resolve().parents[2] / "dnn"
OUTSIDE = {"__main__.py", "estimators.py"}  # they stand in the folder, and on the core
CORE = sorted(path for path in DNN.glob("*.py") if path.name not in OUTSIDE)
AROUND = [DNN / "__main__.py", *DNN.glob("files/*.py"), *DNN.glob("shell/*.py")]
AROUND += DNN.glob("estimators.py")
ALL = sorted(DNN.rglob("*.py"))


def name(path):
    return str(path.relative_to(DNN))


every_module = pytest.mark.parametrize("path", ALL, ids=map(name, ALL))


def lines_of_code(path):
    """Return how many lines hold code: no docstrings, comments or blanks."""
    text = path.read_text(encoding="utf-8")
    lines, layout = set(), {tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT}
    layout |= {tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in layout:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        kinds = ast.Module, ast.ClassDef, ast.FunctionDef
        if isinstance(node, kinds) and ast.get_docstring(node) is not None:
            lines -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return len(lines)


def test_lines_are_counted_as_one_would(tmp_path):
    path = tmp_path / "some.py"
    path.write_text('"""Two\nlines."""\n\n# why\nx = [\n    1,\n]  # three lines\n')
    assert lines_of_code(path) == 3


def test_the_core_is_small():
    assert sum(map(lines_of_code, CORE)) <= 1230


def test_with_files_and_shell_it_is_not_large():
    assert sum(map(lines_of_code, [*CORE, *AROUND])) <= 2390


# ---- who stands on whom --------------------------------------------------------------


def imported(path):
    """Return the dotted names that a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


STANDARD = {"collections", "contextlib", "copy", "dataclasses", "difflib", "functools"}
STANDARD |= {"importlib", "inspect", "itertools", "math", "sys", "typing", "weakref"}


@pytest.mark.parametrize("path", CORE, ids=map(name, CORE))
def test_the_core_stands_on_numpy_and_itself(path):
    mine = {".".join(part.split(".")[:2]) for part in imported(path)}
    mine = {part for part in mine if part.partition(".")[0] not in {*STANDARD, "numpy"}}
    known = {f"dnn.{other.stem}" for other in CORE}
    assert mine <= {*known, "tqdm.tqdm"}  # a bar, where that is installed


def test_importing_it_loads_numpy_and_nothing_else():
    code = (
        "import sys, numpy, inspect, dataclasses\n"
        "import numpy.random, numpy.linalg, numpy.ma\n"
        "before = {name.partition('.')[0] for name in sys.modules}\n"
        "import dnn, dnn.data, dnn.schedules\n"
        "after = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(after - before - set(sys.stdlib_module_names)))"
    )
    done = child(code)
    loaded = [part for part in ast.literal_eval(done.stdout) if "editable" not in part]
    assert loaded == ["dnn"]


# ---- what each says of itself --------------------------------------------------------


@every_module
def test_a_module_says_what_it_offers(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    if path.name == "__init__.py":
        return
    (offered,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    assert offered == sorted(
        offered, key=lambda n: (not n.isupper(), n[0].islower(), n)
    )
    code = f"from dnn import {path.stem}" if path.parent == DNN else ""
    assert offered or code is not None


def assigned(tree):
    """Yield the names that a module assigns."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from (part.id for part in node.targets if isinstance(part, ast.Name))


def definitions(path):
    """Yield the public functions, classes and methods of a module."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name[0] != "_":
            yield node
            yield from methods(node) if isinstance(node, ast.ClassDef) else []


def methods(node):
    """Yield the public methods of a class, and its properties but for their setters."""
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and part.name[0] != "_":
            setters = [d for d in part.decorator_list if "setter" in ast.unparse(d)]
            yield from [] if setters else [part]


@every_module
def test_each_docstring_begins_with_one_sentence_on_one_line(path):
    odd = []
    for node in definitions(path):
        first, *rest = (ast.get_docstring(node) or "").split("\n")
        if not first.endswith((".", ":")) or (rest and rest[0]):
            odd.append(f"{node.name}: {first}")
    assert odd == []


@pytest.mark.parametrize("path", CORE, ids=map(name, CORE))
def test_public_functions_say_what_they_take_and_return(path):
    """The equations of an optimizer, woven into its chapter, are left bare."""
    bare = [
        node.name
        for node in definitions(path)
        if isinstance(node, ast.FunctionDef)
        and not node.returns
        and node.name != "update"
    ]
    assert bare == []


def test_type_checkers_are_told_that_there_are_types():
    assert (DNN / "py.typed").is_file()
