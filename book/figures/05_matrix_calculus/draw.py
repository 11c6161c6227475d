"""Draw the three products of the dense layer: writes products.svg beside this file.

Each array is a grid with as many rows and columns as in the chapter's code: 4 inputs,
3 outputs, 5 examples. What is filled takes part in one entry of the result.
"""

from pathlib import Path

STYLE = """
.products { max-width: 27rem; width: 100%; height: auto; font: 600 16px system-ui, sans-serif; --paper: #fff; --ink: #333; --there: #0072b2; --back: #b04a00; }
html[data-theme=dark] .products { --paper: transparent; --ink: #d0d0d0; --there: #56b4e9; --back: #ffa04d; }
.products .paper { fill: var(--paper); }
.products text { text-anchor: middle; fill: var(--ink); }
.products .shape { font-size: 14px; font-weight: 400; }
.products path { fill: none; stroke: var(--ink); stroke-width: 1; }
.products rect.there { fill: var(--there); }
.products rect.back { fill: var(--back); }
"""
CELL, WIDE = 14, 346
IN, OUT, M = 4, 3, 5
NAMES = {IN: "in", OUT: "out"}  # their sizes are written n with this index


def size(n):
    """Write a size: n with an index, m, or a number."""
    if n not in NAMES:
        return "m" if n == M else f"{n}"
    return (
        f'n<tspan font-size="11" dy="4">{NAMES[n]}</tspan><tspan dy="-4">\u200b</tspan>'
    )


def grid(middle, y, name, rows, columns, kind, lit):
    """Draw an array under its name and over its shape; ``lit`` says which cells count."""
    x = middle - columns * CELL / 2
    for row in range(rows):
        for column in range(columns):
            if lit(row, column):
                yield (
                    f'<rect class="{kind}" x="{x + column * CELL:g}" y="{y + row * CELL:g}" '
                    f'width="{CELL}" height="{CELL}"/>'
                )
    across = "".join(
        f"M{x:g},{y + r * CELL:g} h{columns * CELL}" for r in range(rows + 1)
    )
    down = "".join(
        f"M{x + c * CELL:g},{y:g} v{rows * CELL}" for c in range(columns + 1)
    )
    yield f'<path d="{across}{down}"/>'
    yield f'<text x="{middle:g}" y="{y - 8:g}">{name}</text>'
    shape = f"({size(rows)}, {size(columns)})"
    yield f'<text class="shape" x="{middle:g}" y="{y + rows * CELL + 18:g}">{shape}</text>'


def sign(x, y, words):
    """Write a sign between two arrays."""
    return f'<text x="{x}" y="{y}">{words}</text>'


def row(r):
    return lambda i, j: i == r


def column(c):
    return lambda i, j: j == c


def entry(r, c):
    return lambda i, j: (i, j) == (r, c)


def products():
    """Draw forward, in blue, then the two gradients that are products, in orange."""
    k, j, i = 1, 2, 3  # an output, an input, an example
    yield from grid(45, 30, "Z", OUT, M, "there", entry(k, i))
    yield sign(97, 56, "=")
    yield from grid(145, 30, "W", OUT, IN, "there", row(k))
    yield from grid(222, 30, "A", IN, M, "there", column(i))
    yield sign(270, 56, "+")
    yield from grid(310, 30, "b", OUT, 1, "there", row(k))
    yield from grid(45, 142, "dW", OUT, IN, "back", entry(k, j))
    yield sign(97, 168, "=")
    yield from grid(150, 142, "dZ", OUT, M, "back", row(k))
    yield from grid(245, 142, "Aᵀ", M, IN, "back", column(j))
    yield from grid(45, 268, "dA", IN, M, "back", entry(j, i))
    yield sign(97, 301, "=")
    yield from grid(150, 268, "Wᵀ", IN, OUT, "back", row(j))
    yield from grid(245, 268, "dZ", OUT, M, "back", column(i))


if __name__ == "__main__":
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="products" viewBox="0 0 {WIDE} 350" width="{WIDE}" height="350">'
        f'<style>{STYLE}</style><rect class="paper" width="{WIDE}" height="350" rx="8"/>'
        f"{''.join(products())}</svg>\n"
    )
    path = Path(__file__).with_name("products.svg")
    path.write_text(drawing, encoding="utf-8")
    print(path.name)
