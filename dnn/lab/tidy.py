"""Matplotlib's SVG, tidied for a page.

Matplotlib writes for print: black ink, fonts by name, six decimals. A page needs less
and other things: its own font, ink that turns light in the dark, ids that no other
figure has.
"""

import base64
import hashlib
import io
import re
from collections.abc import Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from dnn.lab.style import INK
from dnn.lab.words import minus

__all__ = ["tidied"]

PAINTS = {  # a page may brighten the blue where it is dark
    INK: "currentColor",
    "#000000": "currentColor",
    "#0072b2": "var(--dnn-blue,#0072b2)",
    " />": "/>",
}
XLINK = "{http://www.w3.org/1999/xlink}href"
PLACES = {"d", "x", "y", "width", "height", "transform"}  # attributes of coordinates
SMALL = 40  # pictures of up to so many pixels a side keep their pixels' edges
SHORT = 24  # labels of up to so many letters may grow on a narrow screen,
SHORTISH = 40  # and those of up to so many that are level and grow to both sides


def tidied(parts: Sequence[Element]) -> list[str]:
    """Return what stands in each part of a drawing, for the page."""
    for part in parts:
        _tidy(part)
    text = "\f".join(
        "".join(ElementTree.tostring(e, "unicode") for e in part) for part in parts
    )
    for written, wanted in PAINTS.items():
        text = text.replace(written, wanted)
    return _own_ids(text).split("\f")


def _own_ids(text: str) -> str:
    """Give ids a prefix made from the drawing, so that no two drawings share one."""
    prefix = "f" + hashlib.sha256(text.encode()).hexdigest()[:8]
    found = enumerate(re.findall(r' id="([^"]+)"', text))
    ids = {name: f"{prefix}-{n}" for n, name in found}
    return re.sub(
        r'( id="|href="#|url\(#)([^")]+)', lambda m: m[1] + ids.get(m[2], m[2]), text
    )


def _tidy(parent: Element) -> None:
    """Drop what a page does not need below an element, and shorten the rest."""
    for child in list(parent):
        child.tag = child.tag.rpartition("}")[2]
        if child.tag in ("metadata", "style"):
            parent.remove(child)
            continue
        _shorten(child)
        if child.tag == "image":
            _shrink(child)
        _tidy(child)
    parent[:] = [kept for child in parent for kept in _unwrapped(child)]
    _hoist(parent)


def _shorten(child: Element) -> None:
    """Write the text, the places and the style of an element in fewer letters."""
    child.tail, child.text = None, minus((child.text or "").strip())
    if child.tag in ("g", "image"):
        child.attrib.pop("id", None)
    if XLINK in child.attrib:
        child.set("href", child.attrib.pop(XLINK))
    for key in PLACES & child.attrib.keys():
        child.set(key, _short(child.get(key), 3 if key == "transform" else 1))
    if child.get("transform", "").startswith("rotate(0"):
        child.attrib.pop("transform")
    if "style" in child.attrib:
        level = "transform" not in child.attrib
        child.set("style", _plain(child.get("style"), child.text, level))


def _shrink(image: Element) -> None:
    """Pack the picture of an element; let the page smooth it where it is large."""
    image.set("href", _webp(image.get("href"), image.get("width")))
    if float(image.get("width")) > SMALL:
        image.attrib.pop("style", None)


def _webp(uri: str, width: str) -> str:
    """Return a picture as WebP: exact where it is small, else as good as eyes ask."""
    from PIL import Image

    picture = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
    file = io.BytesIO()
    picture.save(file, "WEBP", lossless=float(width) <= SMALL, quality=85, method=6)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()


def _unwrapped(child: Element) -> list[Element]:
    """Return a child without the groups around it that say nothing, if it is seen."""
    if child.get("style") == "fill:none" or (child.tag == "g" and not child.attrib):
        return list(child)
    return [child]


def _hoist(group: Element) -> None:
    """Say once, for all markers of a series, what is the same for all."""
    styles = {child.get("style") for child in group}
    if len(group) > 1 and len(styles) == 1 and group[0].tag == "use":
        group.set("style", styles.pop() or "")
        for child in group:
            child.attrib.pop("style", None)


def _short(numbers: str, digits: int) -> str:
    """Round the numbers in a path or a place, and close it up."""
    rounded = re.sub(
        r"-?\d+\.\d+(?:e-?\d+)?",
        lambda n: f"{round(float(n[0]), digits) + 0.0:g}",
        numbers,
    )
    rounded = re.sub(r"\s+", " ", rounded.replace("-0 ", "0 ")).strip()
    return re.sub(r" ?([A-Za-z]) (?=[-\d])", r"\1", rounded)


def _plain(style: str, text: str, level: bool) -> str:
    """Leave the font to the page; size short labels relative to the drawing's."""
    style = re.sub(r"font-family:[^;]*;?\s*", "", style)
    both_sides = level and "text-anchor: middle" in style
    if 0 < len(text) <= (SHORTISH if both_sides else SHORT):
        style = re.sub(
            r"font-size: ([\d.]+)px",
            lambda m: f"font-size:{float(m[1]) / 12:.3g}em",
            style,
        )
    return re.sub(r"([:;])\s+", r"\1", style).strip("; ")
