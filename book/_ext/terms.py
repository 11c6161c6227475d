"""Terms of the glossary, linked where a page first uses them.

Nobody marks a term by hand: the glossary lists them, and this extension finds, in the
running text of each chapter, the first place of each, in the singular or the plural.
"""

import re

from docutils import nodes

# Inside these a word is no running text, or already leads somewhere.
NOT_TEXT = (nodes.reference, nodes.literal, nodes.math, nodes.Titular, nodes.emphasis)
# Words that also have a plain meaning: a link would often explain the wrong one.
PLAIN = {
    "accuracy",
    "batch",
    "bend",
    "cache",
    "cost",
    "label",
    "loss",
    "penalty",
    "plateau",
    "schedule",
    "seed",
    "unit",
    "weight",
}


def entries(env):
    """Return {term in small letters: (page, anchor)}."""
    return {
        name.lower(): (page, anchor)
        for name, _, kind, page, anchor, _ in env.get_domain("std").get_objects()
        if kind == "term" and name.lower() not in PLAIN
    }


def pattern(terms):
    """Return what finds any of the terms, the longer ones first."""
    ordered = sorted(terms, key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(map(re.escape, ordered))})(s?)\b", re.IGNORECASE)


def running_text(doctree):
    """Yield the pieces of text that a term may be linked in."""
    for paragraph in doctree.findall(nodes.paragraph):
        for text in list(paragraph.findall(nodes.Text)):
            above, node = [], text.parent
            while node is not None:
                above.append(node)
                node = node.parent
            if not any(isinstance(node, NOT_TEXT) for node in above):
                yield text


def link(app, doctree, page):
    """Link the first place of each term on a page."""
    terms = entries(app.env)
    if not re.match(r"book/(\d\d_|tour)", page) or not terms:
        return
    for text in running_text(doctree):
        parts, start = [], 0
        for match in pattern(terms).finditer(text) if terms else ():
            target, anchor = terms.pop(match[1].lower(), (None, None))
            if target:
                uri = f"{app.builder.get_relative_uri(page, target)}#{anchor}"
                parts.append(nodes.Text(text[start : match.start()]))
                parts.append(
                    nodes.reference(
                        "", match[0], refuri=uri, internal=True, classes=["term"]
                    )
                )
                start = match.end()
        if parts:
            text.parent.replace(text, [*parts, nodes.Text(text[start:])])


def setup(app):
    """Register with Sphinx."""
    app.connect("doctree-resolved", link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
