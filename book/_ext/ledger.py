"""The ledger: which claims of the book the machine has checked, and how well.

`verify` prints one line for each claim, and the notebooks store it. From those lines come the badge beside each
equation and the page that lists them all, so that neither can say what was not computed.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.util.docutils import SphinxDirective

LINE = re.compile(r"^(eq-[\w-]+) holds (to \S+|within 5 standard errors|as a bound)$", re.MULTILINE)


class Check(NamedTuple):
    """One line that `verify` printed: the document, the cell's place in it, and what was found."""

    document: str
    cell: int
    found: str


def checks(app):
    """Return {label: Check} from the stored outputs of all notebooks; the first check of a label counts."""
    found = {}
    for path in sorted(Path(app.srcdir).glob("book/*.ipynb")):
        for number, cell in enumerate(json.loads(path.read_text())["cells"]):
            text = "".join("".join(output.get("text", "")) for output in cell.get("outputs", []))
            for label, how in LINE.findall(text):
                found.setdefault(label, Check(f"book/{path.stem}", number, f"checked {how}"))
    return found


def mark(app, doctree):
    """Give each checking cell a place to link to, and each checked equation its badge."""
    known = {label: check for label, check in checks(app).items() if check.document == app.env.docname}
    cells = {
        node.get("cell_index"): node for node in doctree.findall(nodes.container) if "cell" in node["classes"]
    }
    for label, check in known.items():
        cells[check.cell]["ids"].append(f"check-{label}")
    for equation in list(doctree.findall(nodes.math_block)):
        if equation.get("label") in known:
            link = badge(known[equation["label"]].found, f"#check-{equation['label']}")
            after = nodes.paragraph("", "", link, classes=["badge-line"])
            equation.parent.insert(equation.parent.index(equation) + 1, after)


def badge(text, uri):
    """Return a link that says how a claim was checked and leads to the cell that did."""
    return nodes.reference("", text, refuri=uri, internal=True, classes=["checked"])


class Ledger(SphinxDirective):
    """The table of all claims: equation, chapter, and what was found, linked."""

    def run(self):
        """Return the table, chapters in order and claims in the order of their checks."""
        claims = sorted(checks(self.env.app).items(), key=lambda item: item[1][:2])
        rows = [self.row(label, check) for label, check in claims]
        head = [nodes.paragraph("", name) for name in ("equation", "label", "chapter", "what was found")]
        group = nodes.tgroup("", *(nodes.colspec(colwidth=w) for w in (1, 3, 4, 3)), cols=4)
        group += nodes.thead("", line(head))
        group += nodes.tbody("", *rows)
        return [nodes.table("", group, classes=["ledger"])]

    def row(self, label, check):
        """Return one row of the table."""
        env = self.env
        here, there = env.docname, check.document
        equation = pending_xref(
            "",
            nodes.literal("", label),
            refdomain="math",
            reftype="eq",
            reftarget=label,
            refdoc=here,
            refwarn=True,
        )
        chapter = pending_xref(
            "",
            nodes.inline("", ""),
            refdomain="std",
            reftype="doc",
            reftarget="/" + there,
            refdoc=here,
            refexplicit=False,
        )
        uri = env.app.builder.get_relative_uri(here, there) + f"#check-{label}"
        cells = [equation, nodes.literal("", label), chapter, badge(check.found, uri)]
        return line([nodes.paragraph("", "", cell) for cell in cells])


def line(paragraphs):
    """Return a row of table cells."""
    return nodes.row("", *(nodes.entry("", paragraph) for paragraph in paragraphs))


def setup(app):
    """Register with Sphinx."""
    app.add_directive("ledger", Ledger)
    app.connect("doctree-read", mark)
    return {"parallel_read_safe": True}
