"""The Python that stands in Markdown pages runs, from the top of each page to its end."""

import re

import pytest
from chapters import BOOK, ROOT

CODE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [
    path
    for path in (ROOT / "README.md", *sorted(BOOK.glob("*.md")))
    if CODE.search(path.read_text())
]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_it_runs(path):
    names = {}
    for source in CODE.findall(path.read_text()):
        exec(compile(source, path.name, "exec"), names)
