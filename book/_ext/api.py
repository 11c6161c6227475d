"""The reference: docstrings for Sphinx's autodoc, and the commands of the shell.

Docstrings are plain text, and this extension makes of them what autodoc reads: a name
between backticks is code, and a chapter or an equation that a docstring names as its
source becomes a link. `shell` sets down what `python -m dnn --help` says.
"""

import re
from argparse import HelpFormatter
from functools import partial

from contents import chapters, opening
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

PIECE = re.compile(
    r"``(?P<code>.+?)``"
    r"|`(?P<name>.+?)`"
    r"|\b[Cc]hapter\s+(?P<chapter>\d\d)\b"  # a line may end between the two
    r"|\b(?P<label>(?:eq|def)-[\w-]*\w)"
    r"|(?P<emphasis>\*\w[\w ]*\*)"
    r"|(?P<sign>[\\*|_`])",  # means something to autodoc, and nothing to us
    re.DOTALL,
)


def linked(app, what, name, thing, options, lines):
    """Turn the lines of a docstring, in place, into what autodoc reads."""
    if what == "data":  # a record: its parts, and not its class's docstring again
        parts = {k: getattr(part, "__name__", part) for k, part in vars(thing).items()}
        lines[:] = [", ".join(f"{k} ``{part}``" for k, part in parts.items()) + "."]
        return
    pages = {f"{number:02}": page for number, page in chapters(app).items()}

    def piece(match):
        kind, text = match.lastgroup, match[match.lastgroup]
        if kind in ("code", "name"):
            return f"``{text}``"
        if kind == "chapter" and text in pages:
            page = pages[text]
            return f":doc:`{opening(app, page)[0]} </{page}>`"
        if kind == "label":
            return f":eq:`{text}`"
        return rf"\{text}" if kind == "sign" else match[0]

    lines[:] = PIECE.sub(piece, "\n".join(lines)).split("\n")


def left_out(app, what, name, thing, skip, options):
    """Return whether a name stays out; a class's fields do, as its signature has them."""
    method = isinstance(thing, property) or getattr(thing, "__name__", None) == name
    return skip or (what == "class" and not method)


def helps():
    """Return {command line: what its --help prints}, on lines of 72 letters."""
    from dnn.shell.options import parser

    whole = parser()
    commands = (whole, *whole._subparsers._group_actions[0].choices.values())
    for command in commands:
        command.formatter_class = partial(HelpFormatter, width=72)
    return {command.prog: command.format_help().rstrip() for command in commands}


class Shell(SphinxDirective):
    """The commands of `python -m dnn`, each with what its --help prints."""

    def run(self):
        """Return a block for each command, under its name."""
        self.env.note_reread()
        found = []
        for command, text in helps().items():
            name = nodes.literal(command, command)
            found.append(nodes.paragraph("", "", name))
            found.append(nodes.literal_block(text, text, language="text"))
        return found


def setup(app):
    """Register with Sphinx."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", linked)
    app.connect("autodoc-skip-member", left_out)
    app.add_directive("shell", Shell)
    return {"parallel_read_safe": True}
