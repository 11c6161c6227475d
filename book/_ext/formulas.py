"""Formulas in running text, with the comma or the period that follows them.

To a browser a formula is a box, and it may break the line between a box and a comma. A
short formula and its punctuation are therefore set into one piece that does not break.
"""

import re

from docutils import nodes

LONG = 40  # letters of TeX; a longer formula may have to break within
CLOSING = re.compile(r"[,.;:!?)’”]+")


def keep(app, doctree, page):
    """Set each short formula and the punctuation after it into one piece."""
    for formula in list(doctree.findall(nodes.math)):
        after = formula.next_node(descend=False, siblings=True)
        closing = isinstance(after, nodes.Text) and CLOSING.match(after)
        if closing and len(formula.astext()) <= LONG:
            # Not by `replace`, which would take the first text that reads the same.
            at = next(i for i, node in enumerate(after.parent) if node is after)
            after.parent[at] = nodes.Text(after[closing.end() :])
            piece = nodes.inline(classes=["unbroken"])
            formula.replace_self(piece)
            piece += [formula, nodes.Text(closing[0])]


def setup(app):
    """Register with Sphinx."""
    app.connect("doctree-resolved", keep)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
