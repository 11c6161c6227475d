"""Draw a dense layer's backward step, and a whole pass there and back: writes step.svg
and flow.svg beside this file.

In both, the way forward is blue and leads down the left side, the way back is orange and
leads up the right side, and dashed lines carry over what was kept. Small print is
shapes.
"""

from pathlib import Path

STYLE = """
.NAME { max-width: WIDTH; width: 100%; height: auto; font: 600 16px system-ui, sans-serif; --paper: #fff; --ink: #333; --there: #0072b2; --back: #b04a00; }
html[data-theme=dark] .NAME { --paper: transparent; --ink: #d0d0d0; --there: #56b4e9; --back: #ffa04d; }
.NAME .paper { fill: var(--paper); }
.NAME text { text-anchor: middle; fill: var(--ink); }
.NAME .small { font-size: 15px; font-weight: 400; }
.NAME .shape { font-size: 14px; font-weight: 400; }
.NAME rect.there { fill: none; stroke: var(--there); stroke-width: 2; }
.NAME rect.back { fill: none; stroke: var(--back); stroke-width: 2; }
.NAME path { fill: none; stroke-width: 2; }
.NAME path.there { stroke: var(--there); }
.NAME path.back { stroke: var(--back); }
.NAME path.kept { stroke: var(--ink); stroke-dasharray: 5 4; }
.NAME polygon.there, .NAME text.there { fill: var(--there); }
.NAME polygon.back, .NAME text.back { fill: var(--back); }
.NAME polygon.kept { fill: var(--ink); }
"""
HERE = Path(__file__).parent


def text(x, y, words, kind=""):
    """Write words about a place."""
    return f'<text class="{kind}" x="{x}" y="{y + 5}">{words}</text>'


def box(x, y, kind, lines, wide=168, high=40):
    """Draw a box about a place, with lines of text in it."""
    yield (
        f'<rect class="{kind}" x="{x - wide / 2}" y="{y - high / 2}" width="{wide}" '
        f'height="{high}" rx="8"/>'
    )
    for number, line in enumerate(lines):
        kind = "shape" if "(n[" in line else ""
        yield text(x, y + 22 * (number - (len(lines) - 1) / 2), line, kind)


def arrow(x, y, u, v, kind):
    """Draw a straight arrow from (x, y) to (u, v), upright or level."""
    a, b = (u > x) - (u < x), (v > y) - (v < y)
    corners = [(u, v), (u - 9 * a - 5 * b, v - 9 * b + 5 * a)]
    corners.append((u - 9 * a + 5 * b, v - 9 * b - 5 * a))
    head = " ".join(f"{p},{q}" for p, q in corners)
    line = f"M{x},{y} L{u - 6 * a},{v - 6 * b}"
    return f'<path class="{kind}" d="{line}"/><polygon class="{kind}" points="{head}"/>'


def drawing(name, width, height, parts, most):
    """Write the parts to a file of this name."""
    style = STYLE.replace("NAME", name).replace("WIDTH", most)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{name}" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<style>{style}</style><rect class="paper" width="{width}" height="{height}" '
        f'rx="8"/>{"".join(parts)}</svg>\n'
    )
    (HERE / f"{name}.svg").write_text(svg, encoding="utf-8")


def step():
    """Draw one dense layer: forward on the left, backward on the right."""
    left, right, middle, high = 92, 368, 132, 152
    yield text(left, 20, "A[l−1]")
    yield text(left + 76, 20, "(n[l−1], m)", "shape")
    yield arrow(left, 34, left, middle - high / 2 - 2, "there")
    lines = ["W[l] A[l−1]", "+ b[l] 1ᵀ", "", "W[l]: (n[l], n[l−1])", "b[l]: (n[l], 1)"]
    yield from box(left, middle, "there", lines, 172, high)
    yield arrow(left, middle + high / 2 + 2, left, 250, "there")
    yield text(left, 266, "Z[l]")
    yield text(left + 62, 266, "(n[l], m)", "shape")
    yield text(right, 266, "dZ[l]")
    yield text(right + 66, 266, "(n[l], m)", "shape")
    yield arrow(right, 250, right, middle + high / 2 + 2, "back")
    lines = ["dW[l] = dZ[l] A[l−1]ᵀ", "(n[l], n[l−1])", "db[l] = dZ[l] 1", "(n[l], 1)"]
    lines += ["dA[l−1] = W[l]ᵀ dZ[l]", "(n[l−1], m)"]
    yield from box(right, middle, "back", lines, 218, high)
    yield arrow(right, middle - high / 2 - 2, right, 34, "back")
    yield text(right, 20, "dA[l−1]")
    yield text(right - 84, 20, "(n[l−1], m)", "shape")
    yield arrow(left + 88, middle, right - 111, middle, "kept")
    center = (left + right) / 2 - 13
    for place, word in (
        (-34, "kept:"),
        (-14, "A[l−1]"),
        (18, "at hand:"),
        (38, "W[l]"),
    ):
        yield text(center, middle + place, word, "small")


def flow():
    """Draw a net of three dense layers, there and back."""
    left, right, first, gap = 108, 388, 98, 92
    # forward, kept, at hand, backward, what leaves downward, what comes from below
    rows = [("W[1] X + b[1] 1ᵀ", "X", "", ["dW[1], db[1]"], "Z[1]", "dZ[1]")]
    for k, l in ((1, 2), (2, 3)):
        back = [f"dZ[{k}] =", f"dA[{k}] ∘ g′(Z[{k}])"]
        rows.append((f"g(Z[{k}])", f"A[{k}]", "", back, f"A[{k}]", f"dA[{k}]"))
        dense, back = f"W[{l}] A[{k}] + b[{l}] 1ᵀ", [f"dW[{l}], db[{l}]"]
        back.append(f"dA[{k}] = W[{l}]ᵀ dZ[{l}]")
        rows.append((dense, f"A[{k}]", f"W[{l}]", back, f"Z[{l}]", f"dZ[{l}]"))
    back = ["dZ[3] =", "(σ(Z[3]) − Y) / m"]
    rows.append(("the loss, with Y", "Z[3], Y", "", back, "", ""))
    yield text(left, 20, "X")
    yield text(left + 48, 20, "(n[0], m)", "shape")
    yield arrow(left, 32, left, first - 29, "there")
    y = first
    for there, kept, beside, back, down, up in rows:
        yield from box(left, y, "there", [there], 196, 54)
        yield from box(right, y, "back", back, 194, 54)
        yield arrow(left + 100, y, right - 99, y, "kept")
        yield text((left + right) / 2 - 3, y - 13, kept, "small")
        yield text((left + right) / 2 - 3, y + 15, beside, "small")
        yield arrow(left, y + 28, left, y + gap - 29, "there")
        if up:
            shape = f"(n[{up[3]}], m)"
            yield text(left + 30, y + gap / 2, down, "there")
            yield text(left + 86, y + gap / 2, shape, "shape")
            yield arrow(right, y + gap - 28, right, y + 29, "back")
            yield text(right + 34, y + gap / 2, up, "back")
            yield text(right - 44, y + gap / 2, shape, "shape")
        y += gap
    yield text(left, y - 16, "J")


if __name__ == "__main__":
    drawing("step", 486, 286, step(), "31rem")
    drawing("flow", 496, 646, flow(), "31rem")
