"""A short formula keeps its comma, and a printed sentence is told from a table."""

import formulas
import printed
import pytest
from docutils import nodes


def pieces(*children):
    """Return the texts of what a paragraph of these children keeps in one piece."""
    paragraph = nodes.paragraph("", "", *children)
    before = paragraph.astext()
    formulas.keep(None, paragraph, "book/99_scratch")
    assert paragraph.astext() == before
    return [node.astext() for node in paragraph.findall(nodes.inline)]


@pytest.mark.parametrize(
    ("children", "kept"),
    [
        ([nodes.math("", "x"), nodes.Text(", say")], ["x,"]),
        ([nodes.math("", "x"), nodes.Text("?) And")], ["x?)"]),
        ([nodes.math("", "x"), nodes.Text(" and")], []),
        ([nodes.math("", "x"), nodes.math("", "y"), nodes.Text(".")], ["y."]),
        ([nodes.math("", "x" * 41), nodes.Text(",")], []),
        ([nodes.Text(", a"), nodes.math("", "x"), nodes.Text(", a")], ["x,"]),
    ],
)
def test_a_short_formula_keeps_what_closes_it(children, kept):
    assert pieces(*children) == kept


@pytest.mark.parametrize(
    ("text", "classes", "wraps"),
    [
        ("it holds:\n  to 1e-12, in half of all cases\n", ["output"], True),
        ("layer     output", ["output"], False),
        ("x = 1", [], False),
    ],
)
def test_printed_sentences_wrap_and_tables_do_not(text, classes, wraps):
    block = nodes.literal_block(text, text, classes=list(classes))
    printed.mark(None, nodes.container("", block), "book/99_scratch")
    assert ("sentences" in block["classes"]) == wraps
