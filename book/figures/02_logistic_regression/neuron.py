"""Draw the neuron, forward and backward: writes neuron.svg beside this file.

Above stand the values, from the inputs to the loss; below, the slope of the loss by each
of them, from the loss back to the weights.
"""

from pathlib import Path

STYLE = """
.neuron { max-width: 33rem; width: 100%; height: auto; font: 600 17px system-ui, sans-serif; --paper: #fff; --ink: #333; --lit: #0072b2; --back: #b04a00; }
html[data-theme=dark] .neuron { --paper: transparent; --ink: #d0d0d0; --lit: #56b4e9; --back: #ffa04d; }
.neuron .paper { fill: var(--paper); }
.neuron circle { fill: none; stroke: var(--ink); stroke-width: 1.5; }
.neuron .lit { stroke: var(--lit); stroke-width: 3; }
.neuron path { fill: none; stroke: var(--ink); stroke-width: 2; }
.neuron polygon, .neuron text { fill: var(--ink); }
.neuron text { text-anchor: middle; }
.neuron .small { font-size: 15px; font-weight: 400; }
.neuron .back { stroke: var(--back); stroke-dasharray: 5 4; }
.neuron polygon.back, .neuron text.back { fill: var(--back); stroke: none; }
"""
HIGH, LOW = 86, 232  # the row of values, the row of slopes
INPUTS = {"x₁": 28, "x₂": 78, "xₙ": 144, "1": 184}
Z, A, LOSS = 196, 306, 416


def text(x, y, words, kind=""):
    """Write words about a place."""
    return f'<text class="{kind}" x="{x}" y="{y}">{words}</text>'


def node(x, y, name, r=24, kind=""):
    """Draw a circle that holds a name."""
    return f'<circle class="{kind}" cx="{x}" cy="{y}" r="{r}"/>' + text(x, y + 6, name)


def arrow(x, y, u, v, kind=""):
    """Draw an arrow from (x, y) to (u, v)."""
    length = ((u - x) ** 2 + (v - y) ** 2) ** 0.5
    a, b = (u - x) / length, (v - y) / length
    corners = [(u, v), (u - 9 * a - 5 * b, v - 9 * b + 5 * a)]
    corners.append((u - 9 * a + 5 * b, v - 9 * b - 5 * a))
    head = " ".join(f"{p:.1f},{q:.1f}" for p, q in corners)
    line = f"M{x:.1f},{y:.1f} L{u - 5 * a:.1f},{v - 5 * b:.1f}"
    return f'<path class="{kind}" d="{line}"/><polygon class="{kind}" points="{head}"/>'


def entering():
    """Draw the inputs, each with its weight, and the bias as the weight of a 1."""
    for (name, y), weight in zip(INPUTS.items(), ("w₁", "w₂", "wₙ", "b"), strict=True):
        length = ((Z - 26) ** 2 + (HIGH - y) ** 2) ** 0.5
        a, b = (Z - 26) / length, (HIGH - y) / length
        yield node(26, y, name, 17)
        yield arrow(26 + 18 * a, y + 18 * b, Z - 28 * a, HIGH - 28 * b)
        yield text(84, y + 0.34 * (HIGH - y) - 6, weight, "small")
    yield text(26, 117, "⋮")


def values():
    """Draw the row of values."""
    yield node(Z, HIGH, "z", 27, "lit")
    yield node(A, HIGH, "a", 27)
    yield node(LOSS, HIGH, "ℓ", 27)
    yield arrow(Z + 28, HIGH, A - 28, HIGH)
    yield arrow(A + 28, HIGH, LOSS - 28, HIGH)
    yield text(Z, 46, "Σ wⱼ xⱼ + b", "small")
    yield text(A, 46, "σ(z)", "small")
    yield text(LOSS, 46, "−log P(y)", "small")
    yield node(LOSS, 156, "y", 17)
    yield arrow(LOSS, 138, LOSS, HIGH + 29)


def slopes():
    """Draw the row of slopes, and the factor that leads from each to the next."""
    yield text(LOSS, LOW + 6, "1", "back")
    yield text(A, LOW - 9, "a − y", "back")
    yield f'<path class="back" style="stroke-dasharray: none" d="M{A - 34},{LOW} H{A + 34}"/>'
    yield text(A, LOW + 19, "a (1 − a)", "back")
    yield text(Z, LOW + 6, "a − y", "back")
    yield text(52, LOW + 6, "(a − y) xⱼ", "back")
    yield arrow(LOSS - 14, LOW, A + 44, LOW, "back")
    yield arrow(A - 42, LOW, Z + 30, LOW, "back")
    yield arrow(Z - 30, LOW, 100, LOW, "back")
    yield text((A + Z) / 2 - 6, LOW - 28, "× a (1 − a)", "small back")
    yield text((Z + 70) / 2, LOW - 14, "× xⱼ", "small back")


def svg():
    """Return the drawing."""
    drawn = "".join([*entering(), *values(), *slopes()])
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="neuron" viewBox="0 0 460 264" width="460" height="264">'
        f'<style>{STYLE}</style><rect class="paper" width="460" height="264" rx="8"/>{drawn}</svg>'
    )


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text(svg() + "\n", encoding="utf-8")
