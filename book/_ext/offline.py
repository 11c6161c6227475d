"""Pages that need no network and carry no more than they use.

MathJax comes from a package, trimmed to the one component and the fonts that the pages
load; scripts that a page has no use for are left out of it.
"""

import shutil
from importlib.metadata import files
from pathlib import Path

MATHJAX = ["tex-chtml-full.js", "output/chtml/fonts"]


def copy_mathjax(app, exception):
    """Copy the parts of MathJax that pages load, once the site is written."""
    if exception or app.builder.format != "html":
        return
    entry = next(
        f for f in files("sphinx-mathjax-offline") if f.name == "tex-chtml-full.js"
    )
    source, target = (
        Path(entry.locate()).parent,
        Path(app.outdir) / "_static" / "mathjax",
    )
    for part in MATHJAX:
        if (source / part).is_dir():
            shutil.copytree(source / part, target / part, dirs_exist_ok=True)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / part, target / part)


def tidy(app, page, template, context, doctree):
    """Leave out scripts without a use here, and roles that no bibliography may have."""
    context["script_files"] = [
        file for file in context["script_files"] if "thebe" not in str(file).lower()
    ]
    for role in (' role="list"', ' role="doc-biblioentry"'):
        context["body"] = context.get("body", "").replace(role, "")


def setup(app):
    """Register with Sphinx."""
    app.config.mathjax_path = "mathjax/tex-chtml-full.js"
    app.connect("build-finished", copy_mathjax)
    app.connect("html-page-context", tidy, priority=900)
    return {"parallel_read_safe": True}
