"""Draw a dense layer's backward step, and a whole pass there and back: writes step.svg
and flow.svg beside this file.

In both, the way forward is blue and leads down the left side, the way back is orange and
leads up the right side, and dashed lines carry over what was kept.
"""

from pathlib import Path

STYLE = """
.NAME { max-width: WIDTH; width: 100%; height: auto; font: 600 16px system-ui, sans-serif; --paper: #fff; --ink: #333; --there: #0072b2; --back: #b04a00; }
html[data-theme=dark] .NAME { --paper: transparent; --ink: #d0d0d0; --there: #56b4e9; --back: #ffa04d; }
.NAME .paper { fill: var(--paper); }
.NAME text { text-anchor: middle; fill: var(--ink); }
.NAME .small { font-size: 15px; font-weight: 400; }
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
        yield text(x, y + 22 * (number - (len(lines) - 1) / 2), line)


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
    left, right, middle = 90, 350, 118
    yield arrow(left, 34, left, middle - 44, "there")
    yield text(left, 20, "A[l−1]")
    yield from box(left, middle, "there", ["W[l] A[l−1]", "+ b[l] 1ᵀ"], 150, 84)
    yield arrow(left, middle + 44, left, 200, "there")
    yield text(left, 216, "Z[l]")
    yield arrow(right, 202, right, middle + 44, "back")
    yield text(right, 216, "dZ[l]")
    lines = ["dW[l] = dZ[l] A[l−1]ᵀ", "db[l] = dZ[l] 1", "W[l]ᵀ dZ[l]"]
    yield from box(right, middle, "back", lines, 222, 84)
    yield arrow(right, middle - 44, right, 34, "back")
    yield text(right, 20, "dA[l−1]")
    yield arrow(left + 77, middle, right - 113, middle, "kept")
    yield text((left + right) / 2 - 18, middle - 14, "A[l−1]", "small")
    yield text((left + right) / 2 - 18, middle + 16, "kept", "small")


def flow():
    """Draw a net of three dense layers, there and back."""
    left, right, first, gap = 108, 392, 96, 78
    rows = [
        ("W[1] X + b[1] 1ᵀ", "X", "dW[1], db[1]", "Z[1]", "dZ[1]"),
        ("g(Z[1])", "A[1]", "dA[1] ∘ g′(Z[1])", "A[1]", "dA[1]"),
        ("W[2] A[1] + b[2] 1ᵀ", "A[1]", "dW[2], db[2]", "Z[2]", "dZ[2]"),
        ("g(Z[2])", "A[2]", "dA[2] ∘ g′(Z[2])", "A[2]", "dA[2]"),
        ("W[3] A[2] + b[3] 1ᵀ", "A[2]", "dW[3], db[3]", "Z[3]", "dZ[3]"),
    ]
    yield text(left, 20, "X")
    yield arrow(left, 32, left, first - 22, "there")
    y = first
    for there, kept, back, down, up in rows:
        yield from box(left, y, "there", [there], 196)
        yield from box(right, y, "back", [back], 180)
        yield arrow(left + 100, y, right - 92, y, "kept")
        yield text((left + right) / 2 + 4, y - 13, kept, "small")
        yield arrow(left, y + 21, left, y + gap - 22, "there")
        yield text(left + 28, y + gap / 2, down, "there")
        yield arrow(right, y + gap - 21, right, y + 22, "back")
        yield text(right + 32, y + gap / 2, up, "back")
        y += gap
    yield from box(left, y, "there", ["the loss, with Y"], 196)
    yield from box(right, y, "back", ["(σ(Z[3]) − Y) / m"], 180)
    yield arrow(left + 100, y, right - 92, y, "kept")
    yield text((left + right) / 2 + 4, y - 13, "Z[3], Y", "small")
    yield arrow(left, y + 21, left, y + 50, "there")
    yield text(left, y + 64, "J")


if __name__ == "__main__":
    drawing("step", 470, 236, step(), "30rem")
    drawing("flow", 496, 578, flow(), "31rem")
