"""The ledger: which claims of the book the machine has checked, and how well.

`verify` prints one line for each claim, and the notebooks store it. From those lines
come the badge beside each equation and the page that lists them all, so that neither
can say what was not computed.
"""

import json
import re
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.util.docutils import SphinxDirective

LINE = re.compile(
    r"^(eq-[\w-]+) holds (exactly|to \S+|within 5 standard errors|as a bound)$",
    re.MULTILINE,
)
EQUATION = re.compile(r"\$\$((?:(?!\$\$).)+)\$\$ *\((eq-[\w-]+)\)", re.DOTALL)


class Claim(NamedTuple):
    """An equation that `verify` printed a line for.

    That is its page, label and formula, the cell that checks it, and what was found.
    """

    document: str
    label: str
    formula: str
    cell: int
    found: str


def claims(app):
    """Return the claims of all chapters, in order.

    Where one is checked twice, its first check counts.
    """
    paths = (
        Path(app.srcdir) / f"{document}.ipynb"
        for document in sorted(app.env.found_docs)
    )
    return [claim for path in paths if path.is_file() for claim in claims_of(path)]


def claims_of(path):
    """Return the claims of one chapter, in the order of its equations."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = "\n\n".join(
        "".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"
    )
    formulas, found = (
        {label: formula.strip() for formula, label in EQUATION.findall(text)},
        {},
    )
    for number, cell in enumerate(cells):
        printed = "".join(
            "".join(output.get("text", "")) for output in cell.get("outputs", [])
        )
        for label, how in LINE.findall(printed):
            found.setdefault(label, (number, f"checked {how}"))
    return [
        Claim(f"book/{path.stem}", label, formulas[label], *found[label])
        for label in formulas
        if label in found
    ]


def mark(app, doctree):
    """Give each checking cell a place to link to, and each checked equation its badge."""
    known = {
        claim.label: claim for claim in claims(app) if claim.document == app.env.docname
    }
    cells = {
        node["cell_index"]: node
        for node in doctree.findall(nodes.container)
        if "cell_index" in node
    }
    for claim in known.values():
        cells[claim.cell]["ids"].append(f"check-{claim.label}")
    for equation in list(doctree.findall(nodes.math_block)):
        if equation.get("label") in known:
            after = nodes.paragraph(
                "", "", badge(known[equation["label"]]), classes=["badge-line"]
            )
            equation.parent.insert(equation.parent.index(equation) + 1, after)


def badge(claim, page=""):
    """Return a link that says how a claim was checked and leads to the cell that did."""
    uri = f"{page}#check-{claim.label}"
    return nodes.reference(
        "", claim.found, refuri=uri, internal=True, classes=["checked"]
    )


class Ledger(SphinxDirective):
    """All claims, chapter by chapter: formula, a link to its place, what was found."""

    def run(self):
        """Return the list."""
        self.env.note_reread()  # the chapters may have changed
        found = []
        for document, group in groupby(
            claims(self.env.app), lambda claim: claim.document
        ):
            found.append(
                nodes.rubric(
                    "", "", self.link("std", "doc", f"/{document}", nodes.inline())
                )
            )
            found += [node for claim in group for node in self.entry(claim)]
        return found

    def entry(self, claim):
        """Return a formula, and under it its label, a link to its place, and its badge."""
        formula = nodes.math_block(
            "", claim.formula, label=None, number=None, nowrap=False
        )
        formula["docname"] = self.env.docname
        place = self.link("math", "eq", claim.label, nodes.inline())
        page = self.env.app.builder.get_relative_uri(self.env.docname, claim.document)
        parts = [nodes.literal("", claim.label), place, badge(claim, page)]
        return [formula, nodes.paragraph("", "", *parts, classes=["claim-line"])]

    def link(self, domain, kind, target, text):
        """Return a cross-reference, whose text Sphinx fills in."""
        return pending_xref(
            "",
            text,
            refdomain=domain,
            reftype=kind,
            reftarget=target,
            refdoc=self.env.docname,
            refexplicit=False,
            refwarn=True,
        )


def setup(app):
    """Register with Sphinx."""
    app.add_directive("ledger", Ledger)
    app.connect("doctree-read", mark)
    return {"parallel_read_safe": True}
