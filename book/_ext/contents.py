"""The book's contents, made from the chapters that are there.

`chapter-map` draws which chapter stands on which, `chapter-list` says what each is for,
and `shown` puts a widget of one page on another; a chapter's title in italics becomes a
link to it. All of them read the notebooks themselves, so that no page promises what the
book does not hold.
"""

import json
import re
from functools import cache
from pathlib import Path
from textwrap import wrap
from xml.sax.saxutils import escape

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.addnodes import pending_xref
from sphinx.util.docutils import SphinxDirective

NEEDS = {  # chapter: its column in the drawing, the chapters that it stands on
    1: (1, ()),
    2: (1, (1,)),
    3: (1, (2,)),
    4: (2, (2,)),
    5: (1, (3,)),
    6: (1, (5,)),
    7: (1, (4, 6)),
    8: (0, (7,)),
    9: (1, (7,)),
    10: (0, (8, 9)),
    11: (2, (4,)),
    12: (2, (11,)),
    13: (2, (9, 12)),
    14: (1, (8, 9)),
    15: (1, (12, 14)),
    16: (0, (10, 14)),
    17: (1, (13, 15, 16)),
    18: (1, (17,)),
}
WIDE, HIGH, GUTTER, DROP = 148, 64, 20, 38  # a box, the space beside it and below it
STYLE = """
.chapter-map { display: block; max-width: 33rem; margin-block: 1rem; }
.chaptermap { width: 100%; height: auto; font: 500 15px system-ui, sans-serif; --paper: #fff; --ink: #333; --line: #666; --hot: #0072b2; }
html[data-theme=dark] .chaptermap { --paper: #121212; --ink: #e0e0e0; --line: #a0a0a0; --hot: #56b4e9; }
.chaptermap rect { fill: var(--paper); stroke: var(--line); stroke-width: 1.5; }
.chaptermap path { fill: none; stroke: var(--line); stroke-width: 1.5; }
.chaptermap polygon { fill: var(--line); }
.chaptermap text { fill: var(--ink); text-anchor: middle; }
.chaptermap a:hover rect, .chaptermap a:focus rect { stroke: var(--hot); stroke-width: 4; }
"""
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


# ---- the map -------------------------------------------------------------------------


def standing_on(chapter, present):
    """Return the present chapters that a chapter stands on, through those that are not."""
    found = set()
    for need in NEEDS[chapter][1]:
        found |= {need} if need in present else standing_on(need, present)
    return found


def arrows(present):
    """Return the pairs (lower, upper) to draw: none that a chain of others implies."""
    direct = {chapter: standing_on(chapter, present) for chapter in present}

    def reach(chapter):
        return direct[chapter].union(*map(reach, direct[chapter]))

    return [
        (need, chapter)
        for chapter in present
        for need in sorted(direct[chapter])
        if not any(need in reach(other) for other in direct[chapter])
    ]


def places(present):
    """Return {chapter: (column, row)}, each in the first free row below its needs."""
    place = {}
    for chapter in sorted(present):
        column, below = NEEDS[chapter][0], standing_on(chapter, present)
        row = max((place[need][1] + 1 for need in below), default=0)
        while (column, row) in place.values():
            row += 1
        place[chapter] = column, row
    return place


def middle(column):
    """Return the x of a column's middle."""
    return 8 + column * (WIDE + GUTTER) + WIDE / 2


def top(row):
    """Return the y of a row's upper edge."""
    return 8 + row * (HIGH + DROP)


def path(start, end, taken):
    """Draw an arrow from one place down to another, past the boxes of rows between."""
    (column, row), (goal, last) = start, end
    side = (column > goal) - (column < goal)
    points = [(middle(column), top(row) + HIGH)]
    for between in range(row + 1, last):
        free = not side and (goal, between) not in taken
        x = middle(goal) + (0 if free else (side or 1) * (WIDE + GUTTER) / 2)
        points += [(x, top(between)), (x, top(between) + HIGH)]
    # What comes from the side ends beside the middle, so that heads stay apart.
    x, tip = middle(goal) + 26 * side, top(last) - 1
    points.append((x, tip - 6))
    line = "L".join(map(bend, points[::2], points[1::2]))
    head = f"{x:g},{tip:g} {x - 5:g},{tip - 9:g} {x + 5:g},{tip - 9:g}"
    return f'<path d="M{line}"/><polygon points="{head}"/>'


def bend(start, end):
    """Draw a line down from one point to another, upright at both."""
    (x, y), (u, v) = start, end
    half = (y + v) / 2
    return f"{x:g},{y:g} C{x:g},{half:g} {u:g},{half:g} {u:g},{v:g}"


def box(place, title, link):
    """Draw one chapter's box, a link, with its title in as many lines as it takes."""
    x, y = middle(place[0]), top(place[1])
    lines = wrap(title, 15)
    first = y + HIGH / 2 + 5 - 9 * (len(lines) - 1)
    text = "".join(
        f'<tspan x="{x:g}" y="{first + 18 * i:g}">{escape(line)}</tspan>'
        for i, line in enumerate(lines)
    )
    return (
        f'<a href="{link}" aria-label="{escape(title)}"><rect x="{x - WIDE / 2:g}" y="{y:g}" width="{WIDE}" height="{HIGH}" rx="8"/>'
        f"<text>{text}</text></a>"
    )


def svg(titles, links):
    """Return the drawing of the chapters in ``titles``, {number: title}."""
    place = places(titles)
    width = 16 + 3 * WIDE + 2 * GUTTER
    height = 16 + max(row for _, row in place.values()) * (HIGH + DROP) + HIGH
    taken = set(place.values())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chaptermap" viewBox="0 0 {width} {height}" '
        f'role="group" aria-label="{escape(words(titles))}"><style>{STYLE}</style>'
        + "".join(path(place[a], place[b], taken) for a, b in arrows(titles))
        + "".join(box(place[c], titles[c], links[c]) for c in titles)
        + "</svg>"
    )


def words(titles):
    """Return what the drawing shows, for those who cannot see it."""
    above = {chapter: [] for chapter in titles}
    for need, chapter in arrows(titles):
        above[chapter].append(titles[need])
    needs = [f"{titles[c]} needs {' and '.join(n)}" for c, n in above.items() if n]
    return ". ".join(["The chapters, each below those that it needs", *needs]) + "."


# ---- titles in italics ---------------------------------------------------------------


def link_titles(app, doctree):
    """Make a link of each chapter's title that stands in italics, as authors name a
    chapter that may not exist yet.
    """
    pages = {opening(app, page)[0]: page for page in chapters(app).values()}
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


class ChapterMap(SphinxDirective):
    """The drawing of the chapters that exist, each box a link."""

    def run(self):
        """Return the drawing; the page is read anew at every build, for the chapters
        may have changed.
        """
        self.env.note_reread()
        app, here = self.env.app, self.env.docname
        present = chapters(app)
        titles = {c: opening(app, page)[0] for c, page in present.items()}
        links = {
            c: app.builder.get_relative_uri(here, page) for c, page in present.items()
        }
        drawing = f'<div class="chapter-map">{svg(titles, links)}</div>'
        return [nodes.raw("", drawing, format="html")]


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
    app.add_directive("chapter-map", ChapterMap)
    app.add_directive("chapter-list", ChapterList)
    app.add_directive("shown", Shown)
    app.connect("doctree-read", link_titles)
    return {"parallel_read_safe": True}
