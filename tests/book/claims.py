"""What a chapter claims, and what its stored outputs say was checked."""

import re

EQUATION = re.compile(r"\$\$\s*\(((?:eq|def)-[\w-]+)\)")
HOLDS = re.compile(r"^(eq-[\w-]+) holds (?:to \S+|within 5 standard errors|as a bound)$", re.MULTILINE)
HIDING = re.compile(r"nbval-(ignore-output|skip)|raises-exception|(remove|hide)-")


def text_of(cell):
    """Return what a cell printed."""
    return "".join("".join(output.get("text", "")) for output in cell.get("outputs", []))


def claimed(notebook):
    """Return the labels of all displayed equations."""
    return [
        label
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for label in EQUATION.findall(cell.source)
    ]


def checked(notebook):
    """Return the labels whose check held, in cells that no tag hides."""
    return {
        label
        for cell in notebook.cells
        if cell.cell_type == "code" and not any(HIDING.search(tag) for tag in cell.metadata.get("tags", []))
        for label in HOLDS.findall(text_of(cell))
        if label in cell.source
    }


def unproven(notebook):
    """Return the eq- labels without a check, and the checks without an equation."""
    labels = {label for label in claimed(notebook) if label.startswith("eq-")}
    return labels ^ checked(notebook)
