"""The reference: complete, and made of docstrings that become what autodoc reads."""

import inspect
import re
from importlib import import_module
from pkgutil import walk_packages
from types import SimpleNamespace

import api
import numpy as np
import pytest
from chapters import BOOK, NOTEBOOKS, ROOT

import dnn

REFERENCE = (BOOK / "api.md").read_text(encoding="utf-8")
MODULES = [m.name for m in walk_packages(dnn.__path__, "dnn.") if not m.ispkg]
APP = SimpleNamespace(
    srcdir=ROOT,
    env=SimpleNamespace(found_docs=[f"book/{path.stem}" for path in NOTEBOOKS]),
)


def has_automodule(thing):
    """Say whether autodoc lists it with its module; an instance needs an autodata."""
    return inspect.isclass(thing) or inspect.isroutine(thing)


def public(module):
    """Return {name: object} of a module's public classes, functions and instances."""
    found = import_module(module)
    things = {name: getattr(found, name) for name in getattr(found, "__all__", ())}
    return {
        name: thing
        for name, thing in things.items()
        if has_automodule(thing) or type(thing).__module__.startswith("dnn.")
    }


@pytest.mark.parametrize("module", MODULES)
def test_the_reference_describes_every_public_name(module):
    assert hasattr(import_module(module), "__all__")
    described = [
        thing
        for listed in re.findall(r"automodule:: (\S+)", REFERENCE)
        for thing in public(listed).values()
        if has_automodule(thing)
    ]
    for name in re.findall(r"autodata:: (\S+)", REFERENCE):
        home, _, own = name.rpartition(".")
        described.append(public(home)[own])
    for name, thing in public(module).items():
        assert any(thing is other for other in described), name


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("chapter 05", ":doc:`Matrix calculus and the dense layer </book/05_matrix_calculus>`"),
        ("Chapter\n05", ":doc:`Matrix calculus and the dense layer </book/05_matrix_calculus>`"),
        ("chapter 99", "chapter 99"),
        ("eq-dense-dw, def-dense.", ":eq:`eq-dense-dw`, :eq:`def-dense`."),
        ("``|z|`` and `net`", "``|z|`` and ``net``"),
        ("|z|, n_L, a * b, *args", r"\|z\|, n\_L, a \* b, \*args"),
        ("*views* of theta\n\nand grad", "*views* of theta\n\nand grad"),
    ],
)  # fmt: skip
def test_a_docstring_becomes_what_autodoc_reads(said, read):
    lines = said.split("\n")
    api.linked(APP, "function", "dnn.f", None, {}, lines)
    assert "\n".join(lines) == read


def test_a_record_is_described_by_its_parts():
    lines = ["The docstring of its class."]
    thing = SimpleNamespace(name="tanh", g=np.tanh, derivative=len)
    api.linked(APP, "data", "dnn.activations.Tanh", thing, {}, lines)
    assert lines == ["name ``tanh``, g ``tanh``, derivative ``len``."]


@pytest.mark.parametrize(
    ("what", "name", "stays_out"),
    [
        ("class", "backward", False),
        ("class", "theta", False),
        ("class", "epoch", True),
        ("module", "epoch", False),
    ],
)
def test_methods_and_properties_are_described_and_fields_are_not(what, name, stays_out):
    class Things:
        epoch = 1
        theta = property(lambda self: 1)

        def backward(self):
            pass

    thing = vars(Things)[name]
    assert api.left_out(APP, what, name, thing, False, {}) == stays_out


def test_the_reference_shows_every_command_of_the_shell():
    assert "{shell}" in REFERENCE
    helps = api.helps()
    assert [command.split()[-1] for command in helps] == [
        "dnn",
        "train",
        "predict",
        "fetch",
    ]
    assert "--resume" in helps["python -m dnn train"]
    assert max(len(line) for text in helps.values() for line in text.splitlines()) <= 72
