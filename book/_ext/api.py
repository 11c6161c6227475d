"""The reference: what the modules of dnn say of themselves.

`api` reads a module's source and lists its public classes and functions with their
docstrings, as they stand, in the order of the file. A docstring may name the chapter
and the equation that its lines compute; where those exist, they become links. `shell`
sets down what `python -m dnn --help` says.
"""

import ast
import re
from argparse import HelpFormatter
from functools import partial
from pathlib import Path

from contents import cells, chapters, opening
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

CHAPTER = re.compile(r"\b[Cc]hapter\s+(\d\d)\b")  # a line may end between the two
LABEL = re.compile(r"\$\$ *\(((?:eq|def)-[\w-]+)\)")


def entries(body):
    """Return the public definitions of a module or class that a reader can use."""
    kinds = (ast.ClassDef, ast.FunctionDef)
    return [
        node
        for node in body
        if isinstance(node, kinds)
        and not node.name.startswith("_")
        and ast.get_docstring(node)
    ]


def instances(tree):
    """Return {name: value} of what a module makes of its classes, such as ReLU."""
    return {
        node.targets[0].id: ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and isinstance(node.targets[0], ast.Name)
        and not node.targets[0].id.isupper()
    }


def signature(node):
    """Return the arguments in parentheses, without self; of a class, those that make
    one, or nothing where it inherits them.
    """
    if isinstance(node, ast.FunctionDef):
        arguments = ast.unparse(node.args)
        return f"({re.sub('^self(, )?', '', arguments)})"
    made = [n for n in node.body if getattr(n, "name", "") == "__init__"]
    fields = [n for n in node.body if isinstance(n, ast.AnnAssign)]
    if made:
        return signature(made[0])
    values = [f"={ast.unparse(n.value)}" if n.value else "" for n in fields]
    names = [n.target.id + v for n, v in zip(fields, values, strict=True)]
    return f"({', '.join(names)})" if fields else ""


def directive(node, links, method=False):
    """Return the MyST lines that describe a class, function or method."""
    if isinstance(node, ast.ClassDef):
        kind, fence = "class", ":" * 6
    else:
        decorated = {getattr(d, "id", "") for d in node.decorator_list}
        kind = (
            ("property" if "property" in decorated else "method")
            if method
            else "function"
        )
        fence = ":" * 5
    shown = "" if kind == "property" else signature(node)
    lines = [f"{fence}{{py:{kind}}} {node.name}{shown}", ""]
    lines += links(ast.get_docstring(node)).splitlines()
    if kind == "class":
        for inner in entries(node.body):
            lines += ["", *directive(inner, links, method=True)]
    return [*lines, fence, ""]


def linker(app):
    """Return a function that turns chapters and labels of a docstring into links."""
    found = {f"{c:02}": page for c, page in chapters(app).items()}
    labels = {
        label
        for page in found.values()
        for cell in cells(app, page)
        if cell["cell_type"] == "markdown"
        for label in LABEL.findall("".join(cell["source"]))
    }

    def chapter(match):
        page = found.get(match[1])
        return f"{{doc}}`{opening(app, page)[0]} </{page}>`" if page else match[0]

    def label(match):
        return f"{{eq}}`{match[0]}`" if match[0] in labels else match[0]

    def links(docstring):
        text = CHAPTER.sub(chapter, docstring.replace("$", r"\$"))
        return re.sub(r"\b(?:eq|def)-[\w-]*\w", label, text)

    return links


class Api(SphinxDirective):
    """The public part of one module of dnn."""

    required_arguments = 1

    def run(self):
        """Return what the module and its definitions say of themselves."""
        self.env.note_reread()
        name = self.arguments[0]
        source = Path(self.env.srcdir) / "dnn" / f"{name}.py"
        tree = ast.parse(source.read_text(encoding="utf-8"))
        links = linker(self.env.app)
        text = [f":::{{py:module}} dnn.{name}", ":::", ""]
        text += [*links(ast.get_docstring(tree)).splitlines(), ""]
        for node in entries(tree.body):
            text += directive(node, links)
        for made, value in instances(tree).items():
            text += [f":::{{py:data}} {made}", f":value: {value}", ":::", ""]
        container = nodes.container()
        self.state.nested_parse(StringList(text), self.content_offset, container)
        return container.children


def helps():
    """Return {command line: what its --help prints}, on lines of 72 letters."""
    from dnn.__main__ import _parser

    parser = _parser()
    commands = (parser, *parser._subparsers._group_actions[0].choices.values())
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
    app.add_directive("shell", Shell)
    app.config.add_module_names = False
    app.add_directive("api", Api)
    return {"parallel_read_safe": True}
