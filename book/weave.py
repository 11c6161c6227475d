"""Weave the program into the chapters.

`dnn/*.py` is the one source. A code cell whose first line names a definition, `#
dnn.layers.Dense.forward`, or several, `# dnn.activations.ReLU, Tanh`, shows them; this
script copies them there. With `--check` it copies nothing and fails where a cell
differs.
"""

import ast
import sys
import textwrap
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent


def definitions(name):
    """Return the source of what a first line names: a dotted name, and after commas the
    names of its neighbors.
    """
    first, *others = name.split(", ")
    home = first.rpartition(".")[0]
    return "\n".join(map(definition, [first, *(f"{home}.{other}" for other in others)]))


def definition(name):
    """Return the source of a class, function, method or assignment of `dnn`, by its
    dotted name.
    """
    module, path = located(name)
    source = module.read_text()
    node = ast.parse(source)
    for part in path:
        found = [child for child in node.body if part in names(child)]
        if not found:
            raise SystemExit(f"{name}: {module.name} defines no {part}")
        node = found[0]
    first = min(
        [
            node.lineno,
            *(decorator.lineno for decorator in getattr(node, "decorator_list", [])),
        ]
    )
    return textwrap.dedent("\n".join(source.splitlines()[first - 1 : node.end_lineno]))


def located(name):
    """Return the file of the module that a dotted name leads through, and the rest."""
    folder, parts = ROOT, name.split(".")
    while (folder / parts[0]).is_dir():
        folder, parts = folder / parts[0], parts[1:]
    return folder / f"{parts[0]}.py", parts[1:]


def names(node):
    """Return the names that a statement defines."""
    targets = getattr(node, "targets", None) or [getattr(node, "target", node)]
    return {getattr(target, "name", getattr(target, "id", None)) for target in targets}


def woven(cell):
    """Return what a cell's first line says that it quotes, or None."""
    first = cell.source.partition("\n")[0]
    return (
        first[2:].strip()
        if cell.cell_type == "code" and first.startswith("# dnn.")
        else None
    )


def weave(path, check):
    """Copy each quoted definition into its cell, or only compare; return the names of
    cells that differed.
    """
    notebook, drifted = nbformat.read(path, as_version=4), []
    for cell in filter(woven, notebook.cells):
        source = f"# {woven(cell)}\n{definitions(woven(cell))}"
        if cell.source != source:
            drifted.append(f"{path.name}: {woven(cell)}")
            cell.source = source
    if drifted and not check:
        nbformat.write(notebook, path)
    return drifted


def main(check):
    """Weave all chapters; with ``check``, exit with a message where one has drifted."""
    drifted = [
        name
        for path in sorted((ROOT / "book").glob("*.ipynb"))
        for name in weave(path, check)
    ]
    if check and drifted:
        raise SystemExit(
            "drifted from dnn, run `make weave`:\n  " + "\n  ".join(drifted)
        )


if __name__ == "__main__":
    main("--check" in sys.argv[1:])
