"""A figure for a page: SVG in the page's own ink, and the words that say what it shows.

Matplotlib writes SVG for print: black ink, fonts by name, six decimals. A page needs
less and other things: its own font, ink that turns light in the dark, ids that no other
figure has. And who cannot see the figure is told what the data in it do, in words made
from those data.
"""

import base64
import hashlib
import html
import io
import re
from xml.etree import ElementTree

import numpy as np
from matplotlib.collections import PathCollection

INK = "#222222"  # what becomes the page's own ink
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


# ---- the drawing ---------------------------------------------------------------------


def element(figure, attributes):
    """Return the figure as an element of a page. Equal figures give equal text.

    It is an ``<svg>`` or, where Axes stand side by side, two of them, which a narrow page
    puts one below the other. ``attributes``: those that give it a name, or hide it.
    """
    root = _drawn(figure)
    width, height = (72 * side for side in figure.get_size_inches())
    cut, top = _cut(figure)
    if not cut:
        (inside,) = _insides([root])
        return _svg(inside, (0, 0, width, height), attributes=attributes)
    boxes = [(0, top, cut, height - top), (cut, top, width - cut, height - top)]
    halves = [
        _svg(
            inside,
            box,
            f";min-width:0;flex:{box[2]:.4g} 1 {27 * box[2] / width:.4g}rem",
        )
        for inside, box in zip(_insides(_halves(figure, root, cut)), boxes, strict=True)
    ]
    title = html.escape(figure.get_suptitle())
    return (
        f'<div class="dnn-columns" style="display:flex;flex-wrap:wrap;align-items:start;'
        f'max-width:{width:g}pt" {attributes}><div style="flex:1 0 100%;text-align:center">'
        f"{title}</div>{''.join(halves)}</div>"
    )


def _svg(inside, box, style="", attributes=""):
    """Return a drawing, or what a box shows of it: left, top, width, height in points."""
    return (
        f'<svg class="dnn-figure" viewBox="{" ".join(f"{n:.5g}" for n in box)}" width="{box[2]:.5g}pt" '
        f'style="max-width:100%;height:auto;overflow:visible;font-family:inherit;font-size:12px{style}" '
        f'fill="currentColor" stroke-linejoin="round" text-rendering="geometricPrecision" '
        f"{attributes}>{inside}</svg>"
    )


def _drawn(figure):
    """Return Matplotlib's drawing of the figure."""
    file = io.StringIO()
    figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    return ElementTree.fromstring(file.getvalue())


def _cut(figure):
    """Return where a drawn figure can be cut between Axes side by side, and where they
    begin below its title, in points; twice 0 where it cannot. Rows of pictures stay.
    """
    axes = _seen(figure)
    if figure.legends or all(ax.images and not ax.lines for ax in axes):
        return 0, 0
    boxes = [ax.get_tightbbox() for ax in axes]
    _, _, width, height = figure.bbox.bounds
    left = max((b.x1 for b in boxes if b.x0 + b.x1 < width), default=0)
    right = min((b.x0 for b in boxes if b.x0 + b.x1 >= width), default=0)
    if not 0.4 * width < left <= right < 0.6 * width:
        return 0, 0
    point = 72 / figure.dpi
    return (left + right) / 2 * point, (height - max(b.y1 for b in boxes)) * point


def _seen(figure):
    return [ax for ax in figure.axes if ax.get_visible()]


def _halves(figure, root, cut):
    """Return the Axes left and right of a cut, each as an element; ids of one serve both."""
    halves = [ElementTree.Element("g"), ElementTree.Element("g")]
    axes = root.iterfind(".//{*}g[@id='figure_1']/{*}g")
    drawn = [group for group in axes if group.get("id").startswith("axes")]
    for ax, group in zip(_seen(figure), drawn, strict=True):
        halves[int(ax.get_tightbbox().x0 * 72 / figure.dpi > cut)].append(group)
    halves[0].extend(root.iterfind("{*}defs"))
    return halves


def _insides(parts):
    """Return what stands in each part of a drawing, for the page."""
    for part in parts:
        _tidy(part)
    text = "\f".join(
        "".join(ElementTree.tostring(e, "unicode") for e in part) for part in parts
    )
    for written, wanted in PAINTS.items():
        text = text.replace(written, wanted)
    return _own_ids(text).split("\f")


def _tidy(parent):
    """Drop what a page does not need, shorten the rest."""
    for child in list(parent):
        name = child.tag = child.tag.rpartition("}")[2]
        if name in ("metadata", "style"):
            parent.remove(child)
            continue
        child.tail, child.text = None, _minus((child.text or "").strip())
        if name in ("g", "image"):
            child.attrib.pop("id", None)
        if XLINK in child.attrib:
            child.set("href", child.attrib.pop(XLINK))
        for key in PLACES & child.attrib.keys():
            child.set(key, _short(child.get(key), 3 if key == "transform" else 1))
        if "transform" in child.attrib and child.get("transform").startswith(
            "rotate(0"
        ):
            child.attrib.pop("transform")
        if "style" in child.attrib:
            level = "transform" not in child.attrib
            child.set("style", _plain(child.get("style"), child.text, level))
        if name == "image":
            child.set("href", _small_image(child.get("href"), child.get("width")))
            if float(child.get("width")) > SMALL:
                child.attrib.pop("style", None)
        _tidy(child)
    parent[:] = [kept for child in parent for kept in _unwrapped(child)]
    _hoist(parent)


def _unwrapped(child):
    """Return a child without the groups around it that say nothing, if it is seen."""
    if child.get("style") == "fill:none" or (child.tag == "g" and not child.attrib):
        return list(child)
    return [child]


def _minus(text):
    """Write the minus of a negative number as a minus, not as a hyphen."""
    return re.sub(r"(?<!\w)-(?=\d)", "−", text)


def _short(numbers, digits):
    """Round the numbers in a path or a place, and close it up."""
    rounded = re.sub(
        r"-?\d+\.\d+(?:e-?\d+)?",
        lambda n: f"{round(float(n[0]), digits) + 0.0:g}",
        numbers,
    )
    rounded = re.sub(r"\s+", " ", rounded.replace("-0 ", "0 ")).strip()
    return re.sub(r" ?([A-Za-z]) (?=[-\d])", r"\1", rounded)


def _plain(style, text, level):
    """Leave the font to the page; give short labels a size relative to the drawing's."""
    style = re.sub(r"font-family:[^;]*;?\s*", "", style)
    both_sides = level and "text-anchor: middle" in style
    if 0 < len(text) <= (SHORTISH if both_sides else SHORT):
        style = re.sub(
            r"font-size: ([\d.]+)px",
            lambda m: f"font-size:{float(m[1]) / 12:.3g}em",
            style,
        )
    return re.sub(r"([:;])\s+", r"\1", style).strip("; ")


def _hoist(group):
    """Say once, for all markers of a series, what is the same for all."""
    styles = {child.get("style") for child in group}
    if len(group) > 1 and len(styles) == 1 and group[0].tag == "use":
        group.set("style", styles.pop() or "")
        for child in group:
            child.attrib.pop("style", None)


def _small_image(uri, width):
    """Return a picture as WebP: exact where it is small, else as good as the eye asks."""
    from PIL import Image

    picture = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
    file = io.BytesIO()
    picture.save(file, "WEBP", lossless=float(width) <= SMALL, quality=85, method=6)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()


def _own_ids(text):
    """Give ids a prefix made from the drawing, so that no two drawings share one."""
    prefix = "f" + hashlib.sha256(text.encode()).hexdigest()[:8]
    ids = {
        name: f"{prefix}-{n}"
        for n, name in enumerate(re.findall(r' id="([^"]+)"', text))
    }
    return re.sub(
        r'( id="|href="#|url\(#)([^")]+)', lambda m: m[1] + ids.get(m[2], m[2]), text
    )


# ---- the words -----------------------------------------------------------------------


def words(figure):
    """Return what a figure shows, the Axes in turn: title, axes' labels, and what
    each series does, in few digits. Axes that hold nothing but a picture are told
    together; what an Axes is labeled with, ``ax.set_label(…)``, is taken as it is.
    """
    top = figure.get_suptitle()
    axes = [ax for ax in figure.axes if ax.get_label() != "<colorbar>"]
    pictures = [ax for ax in axes if ax.images and not (ax.lines or ax.get_label())]
    told = [_sentence(ax) for ax in axes if ax not in pictures]
    if pictures:
        told.insert(0, _gallery(pictures))
    sentences = [s for s in [top, *told] if s]
    return " ".join(_capital(s).rstrip(".") + "." for s in sentences)


def _capital(sentence):
    """Return a sentence with a capital, unless it begins with a symbol such as θ."""
    first = sentence[0]
    return (first.upper() if first.isascii() else first) + sentence[1:]


def _gallery(axes):
    shapes = dict.fromkeys(
        " by ".join(map(str, ax.images[0].get_array().shape[:2])) for ax in axes
    )
    titles = [_text(ax.get_title()) for ax in axes if ax.get_title()]
    kind = "a picture" if len(axes) == 1 else f"{len(axes)} pictures"
    return f"{kind} of {' and '.join(shapes)} pixels" + (
        f": {', '.join(titles)}" if titles else ""
    )


def _sentence(ax):
    title, x, y = map(_text, (ax.get_title(), ax.get_xlabel(), ax.get_ylabel()))
    against = f"{y} against {x}" if x and y else x or y
    if "log" in (ax.get_xscale(), ax.get_yscale()):
        against += " (logarithmic scale)"
    told = ax.get_label() or ": ".join(filter(None, (against, "; ".join(_series(ax)))))
    return ". ".join(_capital(part) for part in (title, told) if part)


def _series(ax):
    """Say what each line, set of points, set of bars and picture of an Axes does."""
    for bars in ax.containers:
        heights = [bar.get_height() for bar in getattr(bars, "patches", [])]
        if heights:
            yield f"{_name(bars, 'bars')} from {few(min(heights))} to {few(max(heights))}"
    for line in ax.lines:
        if told := _line(line):
            yield f"{_name(line, 'a line' if len(line.get_xdata()) > 1 else 'a point')} {told}"
    for points in ax.collections:
        if isinstance(points, PathCollection):
            yield f"{len(points.get_offsets())} points {_name(points, '')}".strip()
        elif hasattr(points, "levels") and len(points.levels) > 1:
            yield f"lines of equal height from {few(min(points.levels))} to {few(max(points.levels))}"
    yield from (image.get_label() for image in ax.images if _named(image))


def _line(line):
    x, y = (np.ravel(np.asarray(d, float)) for d in line.get_data())
    keep = np.isfinite(x) & np.isfinite(y)
    x, y = x[keep], y[keep]
    if len(y) == 1:
        return f"at ({few(x[0])}, {few(y[0])})"
    if len(y) == 0 or (len(y) == 2 and x[0] == x[1]):
        return ""  # nothing, or an upright line that only marks a place
    if line.get_linestyle() in ("None", "none", " ", ""):
        return f"of {len(y)} points"
    if (np.diff(x) < 0).any():
        return f"runs from ({few(x[0])}, {few(y[0])}) to ({few(x[-1])}, {few(y[-1])})"
    return trend(x, y)


def trend(x, y):
    """Return what y does as x grows: falls, rises, stays, or turns, and where."""
    first, last, low, high = y[0], y[-1], y.min(), y.max()
    slack = 0.1 * (high - low)
    if high - low <= 0.01 * abs(y).max():
        return f"stays at {few(last)}"
    ends = f"from {few(first)} to {few(last)}"
    peak, dip = high > max(first, last) + slack, low < min(first, last) - slack
    if peak and dip:
        return f"varies between {few(low)} and {few(high)}, {ends}"
    if peak or dip:
        turn, place = (y.argmax(), "a peak") if peak else (y.argmin(), "a low")
        return f"goes {ends}, with {place} of {few(y[turn])} at {few(x[turn])}"
    return f"{'rises' if last > first else 'falls'} {ends}"


def few(number):
    """Return a number in two significant digits."""
    return f"{float(f'{number:.2g}') + 0.0:g}".replace("-", "−")


def _named(artist):
    return artist.get_label() and not str(artist.get_label()).startswith("_")


def _name(artist, default):
    return _text(artist.get_label()) if _named(artist) else default


def _text(label):
    """Return a label without the marks of mathematics."""
    plain = re.sub(r"[${}]|\\(?:mathrm|mathbf)", "", str(label)).replace("\n", " ")
    return _minus(plain)
