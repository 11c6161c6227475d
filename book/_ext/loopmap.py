"""The map of the training loop that heads every chapter.

    python book/_ext/loopmap.py 05_matrix_calculus        writes book/figures/05_matrix_calculus/map.svg

A chapter shows that file as a picture, in JupyterLab too. In the built book this
extension puts the drawing itself in the picture's place: in the colors of the page, by
day and by night, each box a link to a chapter that exists.
"""

import sys
from pathlib import Path

from contents import number
from docutils import nodes

BOX, GAP, HIGH, DROP = (
    128,
    30,
    56,
    36,
)  # a box's width, the space beside it, its height, the space below it
BOXES = {  # name: (what it handles, column, row, the chapters that explain it, best first)
    "initialize": ("W, b", 0, 0, (10,)),
    "forward": ("A → Z", 1, 0, (7, 5, 6)),
    "loss": ("J", 2, 0, (2, 8)),
    "backward": ("dZ → dW, db, dA", 2, 1, (7, 5, 6)),
    "update": ("θ ← θ − α·grad", 1, 1, (4, 11, 12)),
    "predict": ("new X → Z", 0, 1, (17, 14)),
}
ARROWS = "initialize forward, forward loss, loss backward, backward update, update forward, update predict"
LIT = {  # chapter: its place in the loop
    1: "forward", 2: "loss", 3: "backward", 4: "update", 5: "forward backward", 6: "forward backward",
    7: "forward backward", 8: "loss", 9: "update", 10: "initialize", 11: "update", 12: "update", 13: "update",
    14: "predict", 15: "loss update", 16: "forward backward", 17: "predict",
}  # fmt: skip
STYLE = """
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


def corner(name):
    """Return where the upper left corner of a box lies."""
    _, column, row, _ = BOXES[name]
    return 8 + column * (BOX + GAP), 8 + row * (HIGH + DROP)


def box(name, lit, link):
    """Draw one box, with what it handles in small print below its name."""
    (x, y), small = corner(name), BOXES[name][0]
    drawn = (
        f'<g class="{"lit" if lit else "dim"}"><rect class="box" x="{x}" y="{y}" width="{BOX}" height="{HIGH}" rx="8"/>'
        f'<text x="{x + BOX / 2:g}" y="{y + 23}">{name}</text>'
        f'<text class="small" x="{x + BOX / 2:g}" y="{y + 44}">{small}</text></g>'
    )
    return f'<a href="{link}">{drawn}</a>' if link and not lit else drawn


def arrow(start, end):
    """Draw an arrow between two boxes that are neighbors in a row or a column."""
    (x, y), (u, v) = corner(start), corner(end)
    across = (u > x) - (u < x)
    down = (v > y) - (v < y)
    x, y = x + BOX / 2 + across * BOX / 2, y + HIGH / 2 + down * HIGH / 2
    u, v = u + BOX / 2 - across * (BOX / 2 + 4), v + HIGH / 2 - down * (HIGH / 2 + 4)
    left = u - 9 * across - 5 * down, v - 9 * down + 5 * across
    right = u - 9 * across + 5 * down, v - 9 * down - 5 * across
    head = " ".join(f"{a:g},{b:g}" for a, b in ((u, v), left, right))
    return f'<path class="arrow" d="M{x:g},{y:g} L{u - 5 * across:g},{v - 5 * down:g}"/><polygon class="head" points="{head}"/>'


def svg(chapter, links=None):
    """Return the drawing with the boxes of a chapter lit; ``links``: box → address."""
    lit, width, height = (
        LIT[chapter].split(),
        16 + 3 * BOX + 2 * GAP,
        16 + 2 * HIGH + DROP,
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="loopmap" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="{"group" if links else "img"}" aria-label="{words(chapter)}"><style>{STYLE}</style>'
        f'<rect class="paper" width="{width}" height="{height}" rx="8"/>'
        + "".join(arrow(*pair.split()) for pair in ARROWS.split(","))
        + "".join(box(name, name in lit, (links or {}).get(name)) for name in BOXES)
        + "</svg>"
    )


def words(chapter):
    """Return what the drawing shows, for those who cannot see it."""
    return (
        "The training loop: initialize, then forward, loss, backward, update, and forward again; at the end, predict. "
        f"This chapter is about {' and '.join(LIT[chapter].split())}."
    )


def addresses(app, docname):
    """Return {box: address} of the chapters that exist, seen from a page."""
    chapters = {number(name): name for name in sorted(app.env.found_docs, reverse=True)}
    found = {
        name: next((chapters[c] for c in known if c in chapters), None)
        for name, (*_, known) in BOXES.items()
    }
    return {
        name: app.builder.get_relative_uri(docname, page)
        for name, page in found.items()
        if page
    }


def draw(app, doctree, docname):
    """Put the drawing itself in the place of each picture named map.svg."""
    chapter = number(docname)
    if app.builder.format != "html" or chapter not in LIT:
        return
    drawing = f'<span class="loop-map">{svg(chapter, addresses(app, docname))}</span>'
    for image in list(doctree.findall(nodes.image)):
        if image["uri"].endswith("/map.svg"):
            image.replace_self(nodes.raw("", drawing, format="html"))


def setup(app):
    """Register with Sphinx."""
    app.connect("doctree-resolved", draw)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    for stem in sys.argv[1:]:
        path = Path(__file__).resolve().parent.parent / "figures" / stem / "map.svg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(svg(number(stem)) + "\n", encoding="utf-8")
