"""Take the picture of a page that the README shows, of the book as it is built.

python tests/site/picture.py        writes book/figures/page.webp
"""

import io

from PIL import Image
from playwright.sync_api import sync_playwright
from site_pages import SITE

from conftest import CHROMIUM, QUIET

SIZE = {"width": 1280, "height": 860}


def shot(page):
    """Return a picture of a page that shows its first widget, half played."""
    page.goto((SITE / "book" / "tour.html").as_uri())
    slider = page.locator("input[type=range]").first
    slider.fill(str(int(slider.get_attribute("max")) // 2))
    slider.evaluate(
        "e => { e.blur(); scrollBy(0, e.getBoundingClientRect().bottom - 640) }"
    )
    page.wait_for_timeout(1000)
    return page.screenshot()


if __name__ == "__main__":
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        picture = Image.open(io.BytesIO(shot(browser.new_page(viewport=SIZE))))
        browser.close()
    path = SITE.parents[1] / "book" / "figures" / "page.webp"
    picture.save(path, quality=80, method=6)
    print(f"{path}: {path.stat().st_size // 1000} kB")
