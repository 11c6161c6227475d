"""The book's contents, made from the chapters that are there.

`chapter-list` says what each is for, and `shown` puts a widget of one page on another; a
chapter's title in italics becomes a link to it. All of them read the notebooks
themselves, so that no page promises what the book does not hold.
"""

import json
import re
from functools import cache
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.addnodes import pending_xref
from sphinx.util.docutils import SphinxDirective

GOAL = re.compile(r"\*\*You will be able to\*\*\s*(.+?)(?:\n\s*\n|\n```|\Z)", re.DOTALL)


def chapters(app):
    """Return {number: page} of the chapters that exist, in order."""
    found = sorted(name for name in app.env.found_docs if number(name))
    return {number(name): name for name in found}


def number(docname):
    """Return the number that a chapter's file name begins with; None for other pages."""
    head = docname.rpartition("/")[2][:3]
    return int(head[:2]) if re.fullmatch(r"\d\d_", head) else None


def cells(app, docname):
    """Return the cells of a notebook."""
    path = Path(app.srcdir) / f"{docname}.ipynb"
    return read(path, path.stat().st_mtime_ns)


@cache
def read(path, time):
    """Return the cells of a file as it was at that time: it is read once."""
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def opening(app, docname):
    """Return a chapter's title, and what its box says that the reader will be able to do."""
    text = "".join(cells(app, docname)[0]["source"])
    title = re.search(r"^# (.+)$", text, re.MULTILINE)[1]
    goal = GOAL.search(text)
    return title, " ".join(goal[1].split()) if goal else ""


# ---- titles in italics ---------------------------------------------------------------


def names_of(title):
    """Return what a chapter is called in running text: its title, or the head of it.

    "Momentum and Nesterov" is *Momentum*, "RMSprop, Adam, AdamW" is *Adam* too.
    """
    head = re.split(": | and ", title)[0]
    return {title, head, *(head.split(", ") if head == title else [])}


def link_titles(app, doctree):
    """Make a link of each chapter's title, or its head, that stands in italics.

    So authors name a chapter that may not exist yet.
    """
    pages = {
        name: page
        for page in chapters(app).values()
        for name in names_of(opening(app, page)[0])
    }
    for title in list(doctree.findall(nodes.emphasis)):
        page = pages.get(title.astext())
        if page and page != app.env.docname:
            link = pending_xref(
                "",
                nodes.inline("", title.astext()),
                refdomain="std",
                reftype="doc",
                reftarget=f"/{page}",
                refdoc=app.env.docname,
                refexplicit=True,
                refwarn=True,
            )
            title.replace_self(link)


# ---- the directives ------------------------------------------------------------------


class ChapterList(SphinxDirective):
    """The chapters that exist, each with what its reader will be able to do."""

    def run(self):
        """Return the list, as MyST parses it."""
        self.env.note_reread()
        app, text = self.env.app, []
        for page in chapters(app).values():
            title, goal = opening(app, page)
            text += [
                f"{{doc}}`{title} </{page}>`",
                f": {goal[:1].upper()}{goal[1:]}",
                "",
            ]
        node = nodes.container()
        self.state.nested_parse(StringList(text), self.content_offset, node)
        return node.children


class Shown(SphinxDirective):
    """The first widget of another page, as that page stores it."""

    required_arguments = 1

    def run(self):
        """Return the widget's own HTML."""
        self.env.note_reread()
        name, _ = self.env.relfn2path(f"{self.arguments[0]}.ipynb")
        self.env.note_dependency(name)
        for cell in cells(self.env.app, name.removesuffix(".ipynb")):
            for output in cell.get("outputs", []):
                html = "".join(output.get("data", {}).get("text/html", ""))
                if 'type="range"' in html:
                    return [nodes.raw("", html, format="html")]
        raise self.error(f"{name} stores no widget")


def setup(app):
    """Register with Sphinx."""
    app.add_directive("chapter-list", ChapterList)
    app.add_directive("shown", Shown)
    app.connect("doctree-read", link_titles)
    return {"parallel_read_safe": True}
