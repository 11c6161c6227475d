"""The rendered pages, as a reader's browser shows them: alone, whole, legible,
reachable.
"""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from site_pages import PAGES, SITE

WIDTHS = [360, 1280]


def test_the_site_is_built():
    assert (SITE / "index.html").is_file(), "build the book first: make book"
    assert len(PAGES) >= 3


def test_a_page_asks_nobody_and_complains_of_nothing(open_page, page_path):
    page = open_page(page_path)
    assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []
    assert page.said == []


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_runs_over_the_edge(open_page, page_path, width):
    page = open_page(page_path, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_by_everyone(open_page, page_path, scheme):
    page = open_page(page_path, scheme=scheme)
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    violations = Axe().run(page).response["violations"]
    grave = [
        f"{v['id']}: {node['html'][:120]}"
        for v in violations
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]
    assert grave == []


def test_equations_are_typeset(open_page, page_path):
    page = open_page(page_path)
    written = page.locator("div.math, span.math").count()
    assert (
        page.locator("div.math mjx-container, span.math mjx-container").count()
        >= written
    )
    assert page.locator("mjx-merror").count() == 0


def test_links_within_the_book_lead_somewhere(open_page, page_path):
    page = open_page(page_path)
    links = page.eval_on_selector_all(
        "article a[href]",
        "links => links.map(a => new URL(a.getAttribute('href'), document.baseURI).href)",
    )
    for link in {link for link in links if link.startswith("file:")}:
        address, _, anchor = link.partition("#")
        target = Path(unquote(urlsplit(address).path))
        assert target.is_file(), link
        assert not anchor or f'id="{anchor}"' in target.read_text(), link


def test_every_claim_wears_its_badge(open_page, page_path):
    page = open_page(page_path)
    equations = page.locator("div.math[id^='equation-eq-']").count()
    badges = page.eval_on_selector_all(
        "p.badge-line a.checked", "links => links.map(a => a.getAttribute('href'))"
    )
    assert len(badges) == equations
    for badge in badges:
        assert page.locator(f"[id='{badge[1:]}']").count() == 1
