"""Numbers by chapter: Figure 5.2, Exercise 5.4.

Sphinx counts what has a number through the whole book. Here the count begins anew on
each page, and in a chapter the number of its file comes first. References follow.
"""

from contents import number


def by_chapter(app, env):
    """Number anew what Sphinx has numbered, page by page."""
    for page, kinds in env.toc_fignumbers.items():
        chapter = number(page)
        for kind, numbers in kinds.items():
            kinds[kind] = {
                anchor: (chapter, place) if chapter else (place,)
                for place, anchor in enumerate(numbers, 1)
            }
    return []


def setup(app):
    """Register with Sphinx."""
    app.connect("env-get-updated", by_chapter, priority=900)
    return {"parallel_read_safe": True}
