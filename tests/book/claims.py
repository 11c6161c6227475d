"""What a chapter claims, and what its stored outputs say was checked."""

import ast
import re

from ledger import LINE

EQUATION = re.compile(r"\$\$\s*\(((?:eq|def)-[\w-]+)\)")
HIDING = re.compile(r"nbval-(ignore-output|skip)|raises-exception|(remove|hide)-")
HIDING_LINE = re.compile(r"^\s*#+\s*(NBVAL_|PYTEST_VALIDATE)", re.MULTILINE)


def text_of(cell):
    """Return what a cell printed."""
    return "".join(
        "".join(output.get("text", "")) for output in cell.get("outputs", [])
    )


def claimed(notebook):
    """Return the labels of all displayed equations."""
    return [
        label
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for label in EQUATION.findall(cell.source)
    ]


def verified(source):
    """Return the labels that a cell hands to `verify` or `verify_bound`, written out: a
    print is no check.
    """
    calls = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and node.args
    ]
    names = {"verify", "verify_bound"}
    labels = [call.args[0] for call in calls if getattr(call.func, "id", None) in names]
    return {label.value for label in labels if isinstance(label, ast.Constant)}


def hidden(cell):
    """Tell whether a tag or a comment keeps a cell from the reader or from the tests."""
    tagged = any(HIDING.search(tag) for tag in cell.metadata.get("tags", []))
    return tagged or HIDING_LINE.search(cell.source) is not None


def checked(notebook):
    """Return the labels whose check held, in cells that nothing hides."""
    return {
        label
        for cell in notebook.cells
        if cell.cell_type == "code" and not hidden(cell)
        for label, _ in LINE.findall(text_of(cell))
        if label in verified(cell.source)
    }


def unproven(notebook):
    """Return the eq- labels without a check, and the checks without an equation."""
    labels = {label for label in claimed(notebook) if label.startswith("eq-")}
    return labels ^ checked(notebook)
