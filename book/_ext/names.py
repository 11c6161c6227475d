"""Names of the program in tables and titles, on a narrow page.

There a long name has to break, and it breaks where a reader would: after a point, an
underscore, a comma or a bracket that opens. The marks go into the finished page, so
that the search still knows the name as one word.
"""

import re

NARROW = re.compile(r"<(table|h3)\b.*?</\1>", re.DOTALL)
NAME = re.compile(r'(?<=<span class="pre">)[^<]+(?=</span>)')
PLACE = re.compile(r"(?<=[\w\])][._,(\[])(?=[^\W\d])")


def let_break(app, page, template, context, doctree):
    """Mark in tables and titles of a page the places at which a name may break."""
    if "body" in context:
        context["body"] = NARROW.sub(breakable, context["body"])


def breakable(narrow):
    """Return the HTML of a table or a title with the marks in its names."""
    return NAME.sub(lambda name: PLACE.sub("<wbr>", name[0]), narrow[0])


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", let_break)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
