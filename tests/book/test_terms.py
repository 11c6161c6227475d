"""Terms of the glossary are linked in running text, once a page, and nowhere else."""

import sys

import pytest
from chapters import BOOK
from docutils import nodes

sys.path.insert(0, str(BOOK / "_ext"))
import terms


class Domain:
    def get_objects(self):
        names = ("gradient", "gradient descent", "cost")
        return [(n, n, "term", "book/glossary", f"term-{n}", 1) for n in names]


class App:
    class env:
        get_domain = staticmethod(lambda name: Domain())

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
    ],
)
def test_the_first_place_is_linked_and_the_text_kept(text, links):
    assert linked(nodes.Text(text)) == (text, links)


def test_code_titles_and_other_pages_are_left_alone():
    kinds = (nodes.literal, nodes.emphasis, nodes.math)
    assert linked(*(kind("", "gradient") for kind in kinds))[1] == []
    assert linked(nodes.Text("gradient"), page="book/notation")[1] == []
