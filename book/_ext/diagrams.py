"""The book's drawings, and the two maps that are made here.

`chapter-map` draws which chapter stands on which. The map of the training loop heads
every chapter, as a picture that JupyterLab shows, too:

    python book/_ext/diagrams.py 05_matrix_calculus        writes book/figures/05_matrix_calculus/map.svg

In the built book a drawing takes the place of its picture: in the colors of the page,
by day and by night, with the picture's words, each box of a map a link to a chapter that
exists.
"""

import html
import sys
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

from contents import chapters, number, opening
from docutils import nodes
from sphinx.util.docutils import SphinxDirective


class Grid(NamedTuple):
    """Boxes in columns and rows: their size, and the space beside and below each."""

    width: int
    gap: int
    height: int
    drop: int

    def middle(self, column):
        """Return the x of a column's middle."""
        return 8 + column * (self.width + self.gap) + self.width / 2

    def top(self, row):
        """Return the y of a row's upper edge."""
        return 8 + row * (self.height + self.drop)

    def box(self, column, row):
        """Draw the box at a place."""
        return f'<rect class="box" x="{self.middle(column) - self.width / 2:g}" y="{self.top(row)}" width="{self.width}" height="{self.height}" rx="8"/>'

    def size(self, columns, rows):
        """Return the width and the height of a drawing of so many boxes."""
        right = self.middle(columns - 1) + self.width / 2
        return int(right) + 8, self.top(rows - 1) + self.height + 8


def svg(name, size, role, words, style, *parts):
    """Return the drawing that consists of these parts."""
    width, height = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{name}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="{role}" aria-label="{html.escape(words)}"><style>{style}</style>{"".join(parts)}</svg>'
    )


def arrow(line, x, y, across=0, down=1):
    """Draw a line, the end of an SVG path, and a head that points from it to (x, y)."""
    left = x - 9 * across - 5 * down, y - 9 * down + 5 * across
    right = x - 9 * across + 5 * down, y - 9 * down - 5 * across
    head = " ".join(f"{u:g},{v:g}" for u, v in ((x, y), left, right))
    return f'<path class="arrow" d="M{line}"/><polygon class="head" points="{head}"/>'


# ---- the map of the chapters ---------------------------------------------------------

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
CHAPTERS = Grid(148, 20, 64, 38)
CHAPTER_STYLE = """
.chapter-map { display: block; max-width: 33rem; margin-block: 1rem; }
.chaptermap { width: 100%; height: auto; font: 500 15px system-ui, sans-serif; --paper: #fff; --ink: #333; --line: #666; --hot: #0072b2; }
html[data-theme=dark] .chaptermap { --paper: #121212; --ink: #e0e0e0; --line: #a0a0a0; --hot: #56b4e9; }
.chaptermap .box { fill: var(--paper); stroke: var(--line); stroke-width: 1.5; }
.chaptermap .arrow { fill: none; stroke: var(--line); stroke-width: 1.5; }
.chaptermap .head { fill: var(--line); }
.chaptermap text { fill: var(--ink); text-anchor: middle; }
.chaptermap a:hover .box, .chaptermap a:focus .box { stroke: var(--hot); stroke-width: 4; }
"""


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


def path(start, end, taken):
    """Draw an arrow from one place down to another, past the boxes of rows between."""
    (column, row), (goal, last) = start, end
    side = (column > goal) - (column < goal)
    points = [(CHAPTERS.middle(column), CHAPTERS.top(row) + CHAPTERS.height)]
    for between in range(row + 1, last):
        free = not side and (goal, between) not in taken
        aside = 0 if free else (side or 1) * (CHAPTERS.width + CHAPTERS.gap) / 2
        x, y = CHAPTERS.middle(goal) + aside, CHAPTERS.top(between)
        points += [(x, y), (x, y + CHAPTERS.height)]
    # What comes from the side ends beside the middle, so that heads stay apart.
    x, tip = CHAPTERS.middle(goal) + 26 * side, CHAPTERS.top(last) - 1
    points.append((x, tip - 6))
    return arrow("L".join(map(bend, points[::2], points[1::2])), x, tip)


def bend(start, end):
    """Draw a line down from one point to another, upright at both."""
    (x, y), (u, v) = start, end
    half = (y + v) / 2
    return f"{x:g},{y:g} C{x:g},{half:g} {u:g},{half:g} {u:g},{v:g}"


def chapter_box(place, title, link):
    """Draw one chapter's box, a link, with its title in as many lines as it takes."""
    lines = wrap(title, 15)
    x = CHAPTERS.middle(place[0])
    y = CHAPTERS.top(place[1]) + CHAPTERS.height / 2 + 5 - 9 * (len(lines) - 1)
    text = "".join(
        f'<tspan x="{x:g}" y="{y + 18 * i:g}">{html.escape(line)}</tspan>'
        for i, line in enumerate(lines)
    )
    return f'<a href="{link}" aria-label="{html.escape(title)}">{CHAPTERS.box(*place)}<text>{text}</text></a>'


def chapter_map(titles, links):
    """Return the drawing of the chapters in ``titles``, {number: title}."""
    place = places(titles)
    rows, taken = max(row for _, row in place.values()) + 1, set(place.values())
    parts = [path(place[a], place[b], taken) for a, b in arrows(titles)]
    parts += [chapter_box(place[c], titles[c], links[c]) for c in titles]
    words = chapter_words(titles)
    size = CHAPTERS.size(3, rows)
    return svg("chaptermap", size, "group", words, CHAPTER_STYLE, *parts)


def chapter_words(titles):
    """Return what the drawing shows, for those who cannot see it."""
    above = {chapter: [] for chapter in titles}
    for need, chapter in arrows(titles):
        above[chapter].append(titles[need])
    needs = [f"{titles[c]} needs {' and '.join(n)}" for c, n in above.items() if n]
    return ". ".join(["The chapters, each below those that it needs", *needs]) + "."


class ChapterMap(SphinxDirective):
    """The drawing of the chapters that exist, each box a link."""

    def run(self):
        """Return the drawing."""
        self.env.note_reread()  # the chapters may have changed
        app, address = self.env.app, self.env.app.builder.get_relative_uri
        pages = chapters(app)
        titles = {c: opening(app, page)[0] for c, page in pages.items()}
        links = {c: address(self.env.docname, page) for c, page in pages.items()}
        drawing = f'<div class="chapter-map">{chapter_map(titles, links)}</div>'
        return [nodes.raw("", drawing, format="html")]


# ---- the map of the training loop ----------------------------------------------------

BOXES = {  # name: its column and row, what it handles, the chapters that explain it, best first
    "initialize": (0, 0, "W, b", (10,)),
    "forward": (1, 0, "A → Z", (7, 5, 6)),
    "loss": (2, 0, "J", (2, 8)),
    "backward": (2, 1, "dZ → dW, db, dA", (7, 5, 6)),
    "update": (1, 1, "θ ← θ − α·grad", (4, 11, 12)),
    "predict": (0, 1, "new X → Z", (17, 14)),
}
STEPS = "initialize forward, forward loss, loss backward, backward update, update forward, update predict"
LIT = {  # chapter: its place in the loop
    1: "forward", 2: "loss", 3: "backward", 4: "update", 5: "forward backward", 6: "forward backward",
    7: "forward backward", 8: "loss", 9: "update", 10: "initialize", 11: "update", 12: "update", 13: "update",
    14: "predict", 15: "loss update", 16: "forward backward", 17: "predict",
}  # fmt: skip
LOOP = Grid(128, 30, 56, 36)
LOOP_STYLE = """
.loop-map svg.loopmap { max-width: 33rem; }
.loopmap { font: 600 17px system-ui, sans-serif; --paper: #fff; --ink: #333; --lit: #0072b2; --on-lit: #fff; }
html[data-theme=dark] .loopmap { --paper: transparent; --ink: #d0d0d0; --lit: #56b4e9; --on-lit: #111; }
.loopmap .paper { fill: var(--paper); }
.loopmap .box { fill: none; stroke: var(--ink); stroke-width: 1.5; }
.loopmap .arrow { fill: none; stroke: var(--ink); stroke-width: 2; }
.loopmap .head, .loopmap text { fill: var(--ink); }
.loopmap text { text-anchor: middle; }
.loopmap .small { font-size: 14px; font-weight: 400; }
.loopmap .lit .box { fill: var(--lit); stroke: var(--lit); }
.loopmap .lit text { fill: var(--on-lit); }
.loopmap a text:first-of-type { text-decoration: underline; }
.loopmap a:focus .box, .loopmap a:hover .box { stroke-width: 4; }
"""


def loop_box(name, lit, link):
    """Draw one box, with what it handles in small print below its name."""
    column, row, small, _ = BOXES[name]
    x, y = LOOP.middle(column), LOOP.top(row)
    drawn = (
        f'<g class="{"lit" if lit else "dim"}">{LOOP.box(column, row)}<text x="{x:g}" y="{y + 23}">{name}</text>'
        f'<text class="small" x="{x:g}" y="{y + 44}">{small}</text></g>'
    )
    return f'<a href="{link}">{drawn}</a>' if link and not lit else drawn


def step(start, end):
    """Draw an arrow between two boxes that are neighbors in a row or a column."""
    (column, row, *_), (goal, last, *_) = BOXES[start], BOXES[end]
    across, down = goal - column, last - row
    wide, high = LOOP.width / 2, LOOP.height / 2
    x, y = LOOP.middle(column) + across * wide, LOOP.top(row) + high + down * high
    u = LOOP.middle(goal) - across * (wide + 4)
    v = LOOP.top(last) + high - down * (high + 4)
    line = f"{x:g},{y:g} L{u - 5 * across:g},{v - 5 * down:g}"
    return arrow(line, u, v, across, down)


def loop_map(chapter, links=None):
    """Return the drawing with the boxes of a chapter lit; ``links``: box → address."""
    lit, role = LIT[chapter].split(), "group" if links else "img"
    words = (
        "The training loop: initialize, then forward, loss, backward, update, and forward again; at the end, predict. "
        f"This chapter is about {' and '.join(lit)}."
    )
    width, height = size = LOOP.size(3, 2)
    parts = [f'<rect class="paper" width="{width}" height="{height}" rx="8"/>']
    parts += [step(*pair.split()) for pair in STEPS.split(",")]
    parts += [loop_box(name, name in lit, (links or {}).get(name)) for name in BOXES]
    return svg("loopmap", size, role, words, LOOP_STYLE, *parts)


def addresses(app, docname):
    """Return {box: address} of the chapters that exist, seen from a page."""
    pages = chapters(app)
    return {
        name: app.builder.get_relative_uri(docname, pages[chapter])
        for name, (*_, known) in BOXES.items()
        for chapter in [c for c in known if c in pages][:1]
    }


# ---- drawings in the page ------------------------------------------------------------


def draw(app, doctree, docname):
    """Put each drawing in the place of its picture."""
    if app.builder.format != "html":
        return
    for image in list(doctree.findall(nodes.image)):
        file = Path(app.srcdir) / image["uri"]
        if file.name == "map.svg":
            drawing = loop_map(number(docname), addresses(app, docname))
            drawing = f'<span class="loop-map">{drawing}</span>'
        elif file.suffix == ".svg" and file.is_file():
            role = f'<svg role="img" aria-label="{html.escape(image["alt"])}" '
            drawing = file.read_text(encoding="utf-8").replace("<svg ", role, 1)
        else:
            continue
        image.replace_self(nodes.raw("", drawing, format="html"))


def setup(app):
    """Register with Sphinx."""
    app.add_directive("chapter-map", ChapterMap)
    app.connect("doctree-resolved", draw)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    for stem in sys.argv[1:]:
        file = Path(__file__).resolve().parent.parent / "figures" / stem / "map.svg"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(loop_map(number(stem)) + "\n", encoding="utf-8")
