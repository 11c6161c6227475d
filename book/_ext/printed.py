"""What a cell has printed, on a narrow page.

Printed sentences may wrap there; a printed table, known by its gaps, scrolls instead.
"""

from docutils import nodes


def mark(app, doctree, page):
    """Give each printed block without gaps between its words a class of its own."""
    for block in doctree.findall(nodes.literal_block):
        gaps = any("  " in line.strip() for line in block.astext().splitlines())
        if "output" in block["classes"] and not gaps:
            block["classes"].append("sentences")


def setup(app):
    """Register with Sphinx."""
    app.connect("doctree-resolved", mark)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
