"""Drawings in the page's own colors.

A chapter shows an SVG file of `book/figures` as a picture, in JupyterLab too. In the
built book this extension sets the drawing itself into the page, so that its style sees
whether it is day or night; the words of the picture go with it. (The map of the training
loop has links besides, and an extension of its own.)
"""

import html
from pathlib import Path

from docutils import nodes


def draw(app, doctree, docname):
    """Put each drawing in the place of its picture."""
    if app.builder.format != "html":
        return
    for image in list(doctree.findall(nodes.image)):
        path = Path(app.srcdir) / image["uri"]
        if path.suffix == ".svg" and path.name != "map.svg" and path.is_file():
            words = html.escape(image["alt"])
            drawing = path.read_text(encoding="utf-8").replace(
                "<svg ", f'<svg role="img" aria-label="{words}" ', 1
            )
            image.replace_self(nodes.raw("", drawing, format="html"))


def setup(app):
    """Register with Sphinx."""
    app.connect("doctree-resolved", draw)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
