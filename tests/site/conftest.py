"""A browser, and the pages it is to read."""

import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from site_pages import PAGES
from xdist.scheduler import LoadScopeScheduling

CHROMIUM = (
    os.environ.get("CHROMIUM")
    or shutil.which("chromium")
    or shutil.which("google-chrome")
)
QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_generate_tests(metafunc):
    """Run a test of a page on every page, all tests of one page together."""
    if "page_path" in metafunc.fixturenames:
        metafunc.parametrize(
            "page_path", PAGES, ids=lambda path: path.stem, scope="module"
        )


class ByPage(LoadScopeScheduling):
    """Leave all tests of a page to one process, which opens it once."""

    def _split_scope(self, nodeid):
        return nodeid.partition("[")[2] or nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Return what deals the tests out to the processes, whatever ``--dist`` says."""
    return ByPage(config, log)


@pytest.fixture(scope="session")
def browser():
    """Start Chromium once; skip, and say why, where there is none."""
    if not CHROMIUM:
        pytest.skip(
            "no Chromium found: install it (Debian: chromium) or set CHROMIUM to its path"
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


def visit(browser, path, width=1280, scheme="light"):
    """Open a page at a width and in a color scheme; record what it asks for and says."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    page = context.new_page()
    page.asked, page.said = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on(
        "console",
        lambda message: (
            page.said.append(message.text) if message.type == "error" else None
        ),
    )
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.goto(path.as_uri(), wait_until="load")
    page.wait_for_function(
        "!window.MathJax || !MathJax.startup || !MathJax.startup.promise || MathJax.startup.promise.then(() => true)"
    )
    return page


@pytest.fixture
def open_page(browser):
    """Return a function that opens a page of a test's own, as `visit` does."""
    pages = []

    def open_page(*arguments, **options):
        pages.append(visit(browser, *arguments, **options))
        return pages[-1]

    yield open_page
    for page in pages:
        page.context.close()


@pytest.fixture(scope="module")
def page(browser, page_path):
    """Open a page once, on a desk and by day, for all tests that only look at it."""
    page = visit(browser, page_path)
    yield page
    page.context.close()
