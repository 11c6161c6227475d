"""The rendered pages, as a reader's browser shows them: alone, whole, legible,
reachable.
"""

import re
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from site_pages import PAGES, SITE


def test_the_site_is_built():
    assert (SITE / "index.html").is_file(), "build the book first: make book"
    assert len(PAGES) >= 3


def test_a_page_asks_nobody_and_complains_of_nothing(page):
    assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []
    assert page.said == []


def test_nothing_runs_over_the_edge_of_a_desk(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_nothing_runs_over_the_edge_of_a_phone(page):
    desk = page.viewport_size
    page.set_viewport_size({"width": 360, "height": 900})
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(desk)
    assert width <= 360


@pytest.mark.slow
def test_it_can_be_read_by_everyone(page):
    assert grave(page, "light") == []


@pytest.mark.slow
def test_it_can_be_read_by_everyone_at_night(open_page, page_path):
    # At night a page has other colors, and is otherwise the same.
    page = open_page(page_path, scheme="dark")
    assert grave(page, "dark", runOnly=["color-contrast"]) == []


def grave(page, scheme, **options):
    """Return what keeps somebody from reading the page in this color scheme."""
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    options["resultTypes"] = ["violations"]  # to list what is well takes as long again
    with without_formulas(page):
        violations = Axe().run(page, options=options).response["violations"]
    return [
        f"{v['id']}: {node['html'][:120]}"
        for v in violations
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]


@contextmanager
def without_formulas(page):
    """Take the insides of formulas away: MathJax's, half of a page's elements, and its
    own to test.
    """
    page.evaluate("""() => {
        window.formulas = [...document.querySelectorAll("mjx-container")].map(
            formula => [formula, [...formula.childNodes]]);
        formulas.forEach(([formula]) => formula.replaceChildren());
    }""")
    try:
        yield
    finally:
        page.evaluate(
            "formulas.forEach(([formula, its]) => formula.replaceChildren(...its))"
        )


def test_equations_are_typeset(page):
    written = page.locator("div.math, span.math").count()
    assert (
        page.locator("div.math mjx-container, span.math mjx-container").count()
        >= written
    )
    assert page.locator("mjx-merror").count() == 0


def test_links_within_the_book_lead_somewhere(page):
    links = page.eval_on_selector_all(
        "article a[href]",
        "links => links.map(a => new URL(a.getAttribute('href'), document.baseURI).href)",
    )
    for link in {link for link in links if link.startswith("file:")}:
        address, _, anchor = link.partition("#")
        target = Path(unquote(urlsplit(address).path))
        assert target.is_file(), link
        assert not anchor or f'id="{anchor}"' in target.read_text(), link


def test_every_term_of_the_glossary_is_linked_somewhere():
    glossary = (SITE / "book" / "glossary.html").read_text(encoding="utf-8")
    entries = re.findall(r'(?<!</dt>)<dt id="(term-[^"]+)"', glossary)
    text = "".join(path.read_text(encoding="utf-8") for path in PAGES)
    linked = set(re.findall(r'class="term[^>]*glossary\.html#(term-[^"]+)"', text))
    assert len(entries) > 60
    assert [entry for entry in entries if entry not in linked] == []


def test_every_claim_wears_its_badge(page):
    equations = page.locator("div.math[id^='equation-eq-']").count()
    badges = page.eval_on_selector_all(
        "p.badge-line a.checked", "links => links.map(a => a.getAttribute('href'))"
    )
    assert len(badges) == equations
    for badge in badges:
        assert page.locator(f"[id='{badge[1:]}']").count() == 1
