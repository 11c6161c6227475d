"""Each chapter as a whole: executed, proven, described, of a size to be read in one
sitting.
"""

import json
import re

import nbformat
import pytest
from chapters import BOOK, NOTEBOOKS, ROOT
from claims import EQUATION, HIDING, claimed, unproven

IMAGES = {"image/png", "image/jpeg", "image/svg+xml"}
HALVES = (
    r'(<div class="dnn-columns"[^>]*>).*?</svg></div>'  # one picture: it has the words
)
FRAMES = re.compile(r'<script type="application/json">(.*?)</script>', re.DOTALL)
WORDED = re.compile(
    r"""(?:alt|aria-label)=["'][^"']{20,}|<title[^>]*>[^<]{20,}|aria-hidden=["']true"""
)
BOOKS = [pytest.param(nbformat.read(path, 4), id=path.stem) for path in NOTEBOOKS]
PAGES = [
    pytest.param(nbformat.read(path, 4), id=path.stem)
    for path in sorted(BOOK.glob("*.ipynb"))
]
DRAWN = re.compile(r"```\{figure\} \S+\n(.*?)```", re.DOTALL)
BY_PLACE = re.compile(
    r"(?i)\bwidgets?\b|\b(first|last|next|previous) (picture|figure)s?\b"
    r"|\b(picture|figure) (above|below|at the top)\b"
)


def code(notebook):
    """Return the code cells."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook):
    """Return all Markdown as one text."""
    return "\n\n".join(
        cell.source for cell in notebook.cells if cell.cell_type == "markdown"
    )


def undescribed(notebook):
    """Return the indices of cells that show an image without words for who cannot see
    it.
    """
    return [
        number
        for number, cell in enumerate(notebook.cells)
        for output in cell.get("outputs", [])
        if silent(
            output.get("data", {}),
            cell.metadata.get("mystnb", {}).get("image", {}).get("alt", ""),
        )
    ]


def shows_figure(cell):
    """Return the outputs of a cell that are figures."""
    html = ["".join(o.get("data", {}).get("text/html", "")) for o in cell.outputs]
    return [shown for shown in html if re.search("<svg|<img", shown)]


def silent(data, alt):
    """Tell whether an output shows an image without words: its own in HTML, those of
    each frame in a widget, else the cell's ``alt``.
    """
    if "text/html" in data:
        html = "".join(data["text/html"])
        whole = re.sub(HALVES, r"\1", html, flags=re.DOTALL)
        images = re.findall(r"<img\b[^>]*>|<svg\b.*?</svg>", whole, re.DOTALL)
        images += re.findall(r'<[a-z]+ [^>]*role="img"[^>]*>', html)
        frames = [f for s in FRAMES.findall(html) for f in json.loads(s)["frames"]]
        return not (
            all(map(WORDED.search, images))
            and all(len(words) >= 20 for words, _ in frames)
        )
    return bool(IMAGES & set(data)) and len(alt) < 20


def words(text):
    """Count the words of prose: no code, no formulas, no directive lines."""
    for pattern in (
        r"```.*?```",
        r"\$\$.*?\$\$",
        r"\$[^$]*\$",
        r"<svg.*?</svg>",
        r"<[^>]*>",
        r"^[:`]{3,}.*$|^:\w+:.*$",
    ):
        text = re.sub(pattern, " ", text, flags=re.DOTALL | re.MULTILINE)
    return len(re.findall(r"[A-Za-z][\w’'-]*", text))


def without_exercises(text):
    """Return prose without exercises and solutions."""
    for pattern in (
        r"(?P<fence>`{3,})\{(?:exercise|solution)\}.*?\n(?P=fence)",
        r"\{(?P<kind>exercise|solution)-start\}.*?\{(?P=kind)-end\}",
    ):
        text = re.sub(pattern, " ", text, flags=re.DOTALL)
    return text


def unlinked(text):
    """Return prose without exercises, solutions, headings, links, and the names of the
    course's exercise that *Cats* takes up.
    """
    text = without_exercises(text)
    for pattern in (
        r"^#+ [^\n]*$",
        r"\{\w+\}`[^`]*`",
        r"\b[Aa] well-known exercise|\bthe exercise (?:promised|made)",
    ):
        text = re.sub(pattern, " ", text, flags=re.DOTALL | re.MULTILINE)
    return text


@pytest.mark.parametrize("notebook", PAGES)
def test_it_was_executed_from_top_to_bottom(notebook):
    assert [cell.execution_count for cell in code(notebook)] == list(
        range(1, len(code(notebook)) + 1)
    )
    assert "widgets" not in notebook.metadata
    for cell in code(notebook):
        kinds = {output.output_type for output in cell.outputs}
        assert "error" not in kinds or "raises-exception" in cell.metadata.get(
            "tags", []
        )


@pytest.mark.parametrize("notebook", PAGES)
def test_every_claim_is_checked_and_every_check_claimed(notebook):
    assert not unproven(notebook)


@pytest.mark.parametrize("notebook", BOOKS)
def test_a_chapter_claims_something(notebook):
    assert any(label.startswith("eq-") for label in claimed(notebook))


@pytest.mark.parametrize("notebook", PAGES)
def test_every_image_has_words_beside_it(notebook):
    assert not undescribed(notebook)
    assert not re.findall(r"!\[\s*\]\(", prose(notebook))
    for options in DRAWN.findall(prose(notebook)):
        assert re.search(r'^:alt: ".{20,}"$', options, re.MULTILINE)


@pytest.mark.parametrize("notebook", BOOKS)
def test_it_has_exercises_with_solutions(notebook):
    exercises = re.findall(
        r"\{exercise(?:-start)?\}.*?\n:label: *(\S+)", prose(notebook)
    )
    solutions = re.findall(r"\{solution(?:-start)?\} *(\S+)", prose(notebook))
    assert len(exercises) >= 5
    assert sorted(exercises) == sorted(solutions)


@pytest.mark.parametrize("notebook", BOOKS)
def test_it_can_be_read_in_one_sitting(notebook):
    assert 1000 < words(without_exercises(prose(notebook))) <= 3500


@pytest.mark.parametrize("notebook", PAGES)
def test_equations_are_referred_to_by_label(notebook):
    text = prose(notebook)
    assert not re.findall(r"\b[Ee]q(?:uation|\.)s? *\(?\d", text)
    assert not re.findall(r"\b[Cc]hapter \d", text)
    for label in re.findall(r"\{eq\}`([^`]+)`", text):
        assert label in claimed(notebook), f"{label} is referred to and not there"


@pytest.mark.parametrize("notebook", BOOKS)
def test_exercises_are_referred_to_by_label(notebook):
    assert not re.search(r"(?i)\bexercises?\b", unlinked(prose(notebook)))


@pytest.mark.parametrize("notebook", PAGES)
def test_every_figure_has_a_label_and_a_caption(notebook):
    for cell in code(notebook):
        if shows_figure(cell):
            figure = cell.metadata.get("mystnb", {}).get("figure", {})
            assert figure.get("name", "").startswith("fig-"), cell.source
            assert len(figure["caption"]) >= 20
            assert len(shows_figure(cell)) == 1, "two figures: have two cells"


@pytest.mark.parametrize("notebook", PAGES)
def test_figures_are_referred_to_by_label(notebook):
    assert not BY_PLACE.search(prose(notebook))


@pytest.mark.parametrize("notebook", PAGES)
def test_every_figure_is_spoken_of(notebook):
    figures = [c.metadata.get("mystnb", {}).get("figure", {}) for c in code(notebook)]
    names = {figure["name"] for figure in figures if figure}
    names |= set(re.findall(r"^:name: *(fig-\S+)", prose(notebook), re.MULTILINE))
    spoken_of = re.findall(r"\{numref\}`(?:[^`<]*<)?([\w-]+)", prose(notebook))
    assert names <= set(spoken_of)


@pytest.mark.parametrize("notebook", PAGES)
def test_no_cell_ends_in_a_bare_value(notebook):
    """What `verify` returns, left as a cell's last value, would be shown."""
    for cell in code(notebook):
        for output in cell.outputs:
            assert output.output_type != "execute_result" or "text/html" in output.data


def test_labels_are_used_once_in_the_book():
    labels = [label for page in PAGES for label in claimed(*page.values)]
    assert len(labels) == len(set(labels))


def test_sources_named_in_docstrings_exist_in_chapters_that_do():
    """A docstring may name a chapter to come, but not a label that the chapter, once
    written, lacks.
    """
    written = {
        path.stem[:2]: set(claimed(nbformat.read(path, 4))) for path in NOTEBOOKS
    }
    for path in (ROOT / "dnn").glob("*.py"):
        for chapter, rest in re.findall(
            r"[Cc]hapter (\d\d), ([^;\n]*)", path.read_text()
        ):
            for label in re.findall(r"(?:eq|def)-[\w-]*\w", rest):
                assert label in written.get(chapter, {label}), (
                    f"{path.name}: chapter {chapter} has no {label}"
                )


@pytest.mark.parametrize(
    "path", sorted(BOOK.glob("*.ipynb")), ids=lambda path: path.stem
)
def test_a_file_is_small(path):
    assert path.stat().st_size < 2_000_000


# ---- the tests themselves can fail ---------------------------------------------------


def scratch(equation, source, printed, tags=()):
    """Return a notebook of one equation and one cell."""
    output = nbformat.v4.new_output("stream", text=printed)
    cell = nbformat.v4.new_code_cell(
        source, outputs=[output], metadata={"tags": list(tags)}
    )
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell(equation), cell]
    )


CLAIM = (
    "$$ a = b $$ (eq-ab)",
    'verify("eq-ab", a, b, tol=1e-9)',
    "eq-ab holds to 1e-09\n",
)


def test_a_checked_claim_passes():
    assert not unproven(scratch(*CLAIM))


@pytest.mark.parametrize(
    "notebook",
    [
        scratch(CLAIM[0], "print()", "\n"),
        scratch(CLAIM[0], CLAIM[1], "eq-ab fails\n"),
        scratch(CLAIM[0], "print('eq-ab holds to 1e-09')", CLAIM[2]),
        scratch(CLAIM[0], f"# NBVAL_SKIP\n{CLAIM[1]}", CLAIM[2]),
        scratch("$$ a = b $$", CLAIM[1], CLAIM[2]),
        *(
            scratch(*CLAIM, tags=[tag])
            for tag in (
                "nbval-skip",
                "nbval-ignore-output",
                "raises-exception",
                "hide-cell",
            )
        ),
    ],
)
def test_a_claim_unchecked_or_hidden_is_noticed(notebook):
    assert unproven(notebook) == {"eq-ab"}


@pytest.mark.parametrize(
    "data",
    [
        {"image/png": "AA=="},
        {
            "text/html": '<img src="data:image/webp;base64,AA==">',
            "text/plain": "a widget",
        },
        {"text/html": '<svg role="img"><path d=""/></svg>'},
        {"text/html": '<div aria-label="" role="img"><svg aria-hidden="true"></svg>'},
        {
            "text/html": '<script type="application/json">{"frames": [["a curve that falls '
            'and levels off", "<svg><\\/svg>"], ["", "<svg><\\/svg>"]]}</script>'
        },
    ],
)
def test_an_image_without_words_is_noticed(data):
    cell = nbformat.v4.new_code_cell(
        "show()", outputs=[nbformat.v4.new_output("display_data", data)]
    )
    assert undescribed(nbformat.v4.new_notebook(cells=[cell])) == [0]


def test_an_image_with_words_passes():
    html = '<img alt="the boundary after twenty steps" src=""><svg><title>a curve that falls and levels off</title></svg>'
    cell = nbformat.v4.new_code_cell(
        "show()", outputs=[nbformat.v4.new_output("display_data", {"text/html": html})]
    )
    assert undescribed(nbformat.v4.new_notebook(cells=[cell])) == []


def test_patterns_know_what_they_look_for():
    assert EQUATION.findall("$$\na\n$$ (eq-x-y)") == ["eq-x-y"]
    assert HIDING.search("remove-input")
    assert not HIDING.search("full-width")
    assert words("one $x + y$ two\n```{note}\nthree\n```\n:label: x\n") == 2
    assert BOOK.is_dir()
    linked = "## Exercises\n{ref}`ex-a` shows\n```{exercise} ★\nthis exercise\n```\n"
    assert "exercise" not in unlinked(linked).lower()
    assert "an exercise shows" in unlinked(f"{linked}an exercise shows")
