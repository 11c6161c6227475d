"""Names in tables and titles may break, and nowhere else."""

import names
import pytest


@pytest.mark.parametrize("narrow", ["<table><td>{}</td></table>", "<h3>{}</h3>"])
def test_a_name_may_break_after_points_underscores_and_brackets(narrow):
    cell = '<code><span class="pre">dnn.layers.Dense(n_in,</span></code> a.b'
    context = {"body": cell + narrow.format(cell) + cell}
    names.let_break(None, "book/api", "page.html", context, None)
    marked = cell.replace(
        "dnn.layers.Dense(n_in", "dnn.<wbr>layers.<wbr>Dense(<wbr>n_<wbr>in"
    )
    assert context["body"] == cell + narrow.format(marked) + cell


def test_a_page_without_a_body_is_left_alone():
    context = {}
    names.let_break(None, "search", "search.html", context, None)
    assert context == {}
