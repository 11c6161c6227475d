"""Names of the program in tables, on a narrow page.

There a long name has to break, and it breaks where a reader would: after a point, an
underscore, a comma or a bracket that opens.
"""

import re

from docutils import nodes

PLACE = re.compile(r"(?<=[\w\])][._,(\[])(?=[^\W\d])")


def let_break(app, doctree, page):
    """Mark in each table the places at which a name may break."""
    for entry in doctree.findall(nodes.entry):
        for literal in list(entry.findall(nodes.literal)):
            parts = PLACE.split(literal.astext())
            if len(parts) > 1 and len(literal.children) == 1:
                literal.clear()
                for part in parts[:-1]:
                    literal += [nodes.Text(part), nodes.raw("", "<wbr>", format="html")]
                literal += nodes.Text(parts[-1])


def setup(app):
    """Register with Sphinx."""
    app.connect("doctree-resolved", let_break)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
