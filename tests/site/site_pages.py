"""Where the rendered pages are."""

from pathlib import Path

SITE = Path(__file__).resolve().parents[2] / "_build" / "html"
PAGES = sorted(SITE.glob("book/*.html"))
