"""Terms of the glossary, linked where a page first uses them.

Nobody marks a term by hand: the glossary lists them, some under several names, and this
extension finds, in the running text of each chapter, the first place of each, in the
singular or the plural, in italics or not.
"""

import re

from docutils import nodes

GLOSSARY = "book/glossary"
# Inside these a word is no running text, or already leads somewhere.
NOT_TEXT = (nodes.reference, nodes.literal, nodes.math, nodes.raw, nodes.Titular)
# Words that also have a plain meaning: a link would often explain the wrong one. They
# are linked in the chapter that defines them.
DEFINED_IN = {
    "accuracy": "02",
    "batch": "09",
    "border": "07",
    "cache": "07",
    "canonical": "08",
    "cost": "02",
    "dead": "06",
    "decay": "12",
    "glorot": "10",
    "label": "02",
    "loss": "02",
    "mask": "16",
    "nesterov": "11",
    "path": "07",
    "penalty": "15",
    "plateau": "10",
    "prior": "15",
    "regression": "08",
    "schedule": "13",
    "seed": "05",
    "smooth": "04",
    "surprise": "02",
    "symmetry": "10",
    "unit": "06",
    "view": "05",
    "weight": "02",
    "xavier": "10",
}


def entries(env, page):
    """Return {name in small letters: anchor of its entry} of what a page may link."""
    found = {}
    for entry in env.get_doctree(GLOSSARY).findall(nodes.definition_list_item):
        names = [child for child in entry.children if isinstance(child, nodes.term)]
        for name in names:
            word = name.astext().lower()
            chapter = DEFINED_IN.get(word)
            if chapter is None or page.startswith(f"book/{chapter}_"):
                found[word] = names[0]["ids"][0]
    return found


def pattern(terms):
    """Return what finds any of the terms, the longer ones first."""
    ordered = sorted(terms, key=len, reverse=True)
    return re.compile(
        rf"(?<![\w-])({'|'.join(map(re.escape, ordered))})(s?)\b", re.IGNORECASE
    )


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
    """Link the first place of each term on a page, by whichever of its names."""
    if not re.match(r"book/(\d\d_|tour)", page):
        return
    terms = entries(app.env, page)
    find, linked = pattern(terms), set()
    for text in running_text(doctree):
        parts, start = [], 0
        for match in find.finditer(text):
            anchor = terms[match[1].lower()]
            if anchor not in linked:
                linked.add(anchor)
                uri = f"{app.builder.get_relative_uri(page, GLOSSARY)}#{anchor}"
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
