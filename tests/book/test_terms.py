"""Terms of the glossary are linked in running text, once a page, and nowhere else."""

import pytest
import terms
from chapters import BOOK
from docutils import nodes


def glossary():
    """Return a glossary of three entries, one of them under two names."""
    listed = nodes.definition_list()
    for names in (
        ["gradient"],
        ["gradient descent"],
        ["saturation", "saturated"],
        ["cost"],
    ):
        heads = [nodes.term("", name, ids=[f"term-{name}"]) for name in names]
        listed += nodes.definition_list_item("", *heads)
    return listed


class App:
    class env:
        get_doctree = staticmethod(lambda page: glossary())

    class builder:
        get_relative_uri = staticmethod(lambda page, target: "glossary.html")


def linked(*children, page="book/99_scratch"):
    paragraph = nodes.paragraph("", "", *children)
    terms.link(App, nodes.section("", paragraph), page)
    links = paragraph.findall(nodes.reference)
    return paragraph.astext(), [link.astext() for link in links if link["refuri"]]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        (
            "The gradients of a gradient, by Gradient descent.",
            ["gradients", "Gradient descent"],
        ),
        ("A gradienter is no term, and the cost is a plain word.", []),
        ("A saturated unit; saturation.", ["saturated"]),
    ],
)
def test_the_first_place_is_linked_and_the_text_kept(text, links):
    assert linked(nodes.Text(text)) == (text, links)


def test_a_plain_word_is_linked_where_it_is_defined():
    assert linked(nodes.Text("the cost"), page="book/02_logistic_regression")[1] == [
        "cost"
    ]


def test_a_term_in_italics_is_linked():
    assert linked(nodes.emphasis("", "saturated"))[1] == ["saturated"]


def test_code_and_other_pages_are_left_alone():
    kinds = (nodes.literal, nodes.title, nodes.math, nodes.raw)
    assert linked(*(kind("", "gradient") for kind in kinds))[1] == []
    assert linked(nodes.Text("gradient"), page="book/notation")[1] == []


def test_words_with_a_chapter_of_their_own_are_in_the_glossary():
    text = (BOOK / "glossary.md").read_text(encoding="utf-8")
    assert set(terms.DEFINED_IN) <= {line.lower() for line in text.splitlines()}
