"""A pen that draws in coordinates of its own.

Whoever draws a head should not have to know where on the paper it is, how large, how
tilted, or whether it looks left or right. So a pen carries an affine map from its
coordinates to pixels, and makes other pens with other maps: the head's is the body's,
moved. All is drawn with polygons and lines, since any such map takes a polygon to a
polygon, but an upright ellipse to a tilted one.
"""

import numpy as np


def palette(colors):
    """Return a list of (red, green, blue) from hexadecimal numbers with blanks between."""
    return [tuple(bytes.fromhex(color)) for color in colors.split()]


def shade(color, factor):
    """Make a color darker (factor below 1) or lighter (above 1)."""
    return tuple(int(min(v * factor, 255)) for v in color)


def pick(rng, colors):
    """Choose a color and vary it a little, brightness most."""
    color = np.array(colors[rng.integers(len(colors))]) * rng.uniform(
        0.85, 1.12
    ) + rng.uniform(-8, 8, 3)
    return tuple(int(v) for v in np.clip(color, 0, 255))


class Pen:
    """Draws through an affine map, so that a subject can live in [-1, 1]², x to the
    right and y downward.
    """

    def __init__(self, canvas, matrix, origin):
        self.canvas, self.matrix, self.origin = (
            canvas,
            matrix,
            np.asarray(origin, float),
        )

    def at(self, x, y, scale=1.0, angle=0.0, flip=1):
        """Return a pen whose origin is our point (x, y), turned by degrees: so a head
        gets onto a body.
        """
        c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        turn = scale * np.array([[c * flip, -s], [s * flip, c]])
        return Pen(self.canvas, self.matrix @ turn, self.matrix @ (x, y) + self.origin)

    def sides(self):
        """Return this pen and its mirror image: what both draw is symmetrical."""
        return self, self.at(0, 0, flip=-1)

    def _pixels(self, points):
        return [
            tuple(p) for p in np.asarray(points, float) @ self.matrix.T + self.origin
        ]

    def polygon(self, color, *points):
        self.canvas.polygon(self._pixels(points), fill=color)

    def box(self, color, left, top, right, bottom):
        self.polygon(color, (left, top), (right, top), (right, bottom), (left, bottom))

    def oval(self, color, *ovals):
        """Fill ellipses, each (x, y, x-radius, y-radius) or the same with a tilt in
        degrees.
        """
        t = np.linspace(0, 2 * np.pi, 40)
        for x, y, rx, ry, *tilt in ovals:
            self.at(x, y, angle=sum(tilt)).polygon(
                color, *zip(rx * np.cos(t), ry * np.sin(t), strict=True)
            )

    def line(self, color, width, *points):
        """Stroke a line; its width is in our units too, so it shrinks with the drawing."""
        pixels = max(1, round(width * np.sqrt(abs(np.linalg.det(self.matrix)))))
        self.canvas.line(self._pixels(points), fill=color, width=pixels, joint="curve")

    def curve(self, color, width, a, b, c):
        """Stroke the quadratic Bézier curve from a to c that leans toward b: a tail, a
        smile.
        """
        t = np.linspace(0, 1, 24)[:, None]
        self.line(
            color,
            width,
            *(
                (1 - t) ** 2 * np.array(a)
                + 2 * t * (1 - t) * np.array(b)
                + t**2 * np.array(c)
            ),
        )
        self.oval(color, (*c, width / 2, width / 2))
