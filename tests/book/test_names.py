"""Names in tables may break, and nowhere else."""

import names


def test_a_name_in_a_table_may_break_after_points_underscores_and_brackets():
    cell = '<code><span class="pre">dnn.layers.Dense(n_in,</span></code> a.b'
    context = {"body": f"{cell}<table><td>{cell}</td></table>{cell}"}
    names.let_break(None, "book/api", "page.html", context, None)
    marked = cell.replace(
        "dnn.layers.Dense(n_in", "dnn.<wbr>layers.<wbr>Dense(<wbr>n_<wbr>in"
    )
    assert context["body"] == f"{cell}<table><td>{marked}</td></table>{cell}"


def test_a_page_without_a_body_is_left_alone():
    context = {}
    names.let_break(None, "search", "search.html", context, None)
    assert context == {}
