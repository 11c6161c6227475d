"""Draw the cats: 64×64 pictures of cats and of what is no cat, from a seed.

A book about learning needs pictures that can always be had, that belong to nobody, and
that are neither trivial nor hopeless. What makes these hard is built in on purpose.
Cats, dogs, rabbits and bears share coats, patterns, bodies and backgrounds, so no
average color gives a cat away. By day a dark subject stands before a light wall, by
night a light one before a dark wall, in about the same colors; so hardly a pixel is
brighter for cats than for others, and a weighted sum of pixels, which is all that
logistic regression has, goes only part of the way. Ears, pupils, whiskers and tail
decide: a net with a hidden layer learns day and night apart.

    python datasets/drawn/draw.py      writes train_catvnoncat.h5 and test_catvnoncat.h5 beside this file
"""

import hashlib
from pathlib import Path

import h5py
import numpy as np
from pen import Pen, palette, pick, shade
from PIL import Image, ImageDraw

SEED, CATS, COUNTS = 9, 0.4, {"train": 3200, "test": 800}
SIZE, OVER = (
    64,
    4,
)  # pictures are drawn OVER times too large and shrunk, which smooths every edge

# Walls and coats are equally warm on average: were walls bluer, red minus blue would
# show every outline.
DARK_COAT = palette("2c2a30 4e4c56 684026 7a5438 965428 423a34")
LIGHT_COAT = palette("f0eae0 cccacc e8a458 debe92 ecd0aa c4b09c")
DARK_WALL = palette("28304e 602c28 784622 54322c 5c441e 3c3c44 344e28")
LIGHT_WALL = palette("b2cee2 f0d682 eab886 c8d8a0 f0c2ac e2e2de")
DAY, NIGHT = (LIGHT_WALL, DARK_COAT, LIGHT_COAT), (DARK_WALL, LIGHT_COAT, DARK_COAT)
EYES = palette("e2c43c 78b450 5aa0c8 d28c32")
SKIN = palette("f0ceb2 d6a47c 966648 604030")
INK, WHITE, PINK, RED, YELLOW, GREEN = palette(
    "1c181c f4f2ec de8e92 ce545a e8be3c 548c4c"
)


# A coat is (fur, mark, pattern): the mark is light on dark fur, dark on light fur. What
# keeps its color by
# day and by night, as a pink nose does, is of use to a weighted sum of pixels: let it
# be small, or uncertain.


def gaze(pen, rng, y, apart, size, colors, pupil):
    """Draw two eyes of one of the colors, open or now and then shut; pupil is (rx, ry)."""
    shut, iris = rng.random() < 0.12, pick(rng, colors)
    for side in pen.sides():
        if shut:
            side.curve(
                INK, 0.07, (apart - size, y), (apart, y + 1.2 * size), (apart + size, y)
            )
        else:
            side.oval(iris, (apart, y, size, 0.9 * size))
            side.oval(INK, (apart, y, *pupil))


def skull(pen, coat, y, rx, ry):
    """Draw a head without a face: plain, with a tabby's stripes, a patch over one eye,
    or a blaze.
    """
    fur, mark, pattern = coat
    pen.oval(fur, (0, y, rx, ry))
    for x in (-0.22, 0, 0.22) if pattern == "tabby" else ():
        pen.line(mark, 0.1, (x, -0.5), (0.8 * x, -0.2))
    if pattern == "patch":
        pen.oval(mark, (0.35, -0.1, 0.32, 0.38, 15))
    if pattern == "blaze":
        pen.polygon(mark, (0, -0.5), (0.3, 0.4), (-0.3, 0.4))


def cat_head(pen, rng, coat):
    """Pointed ears, upright pupils, and what `whiskers` draws."""
    fur, mark, _ = coat
    x, y = rng.uniform(0.62, 0.8), rng.uniform(-1.1, -0.9)
    inner = (
        tuple((m + p) // 2 for m, p in zip(mark, PINK, strict=True))
        if rng.random() < 0.5
        else shade(fur, 0.8)
    )
    for side in pen.sides():
        side.polygon(fur, (0.12, -0.4), (x, y), (0.82, 0.05))
        side.polygon(inner, (0.32, -0.45), (0.94 * x, 0.85 * y), (0.7, -0.15))
    skull(pen, coat, 0.12, 0.84, 0.68)
    gaze(pen, rng, 0.02, 0.36, 0.19, EYES, (rng.uniform(0.05, 0.13), 0.16))
    whiskers(pen, rng, coat)


def whiskers(pen, rng, coat):
    """Draw a cat's muzzle, its nose and its whiskers."""
    fur, mark, pattern = coat
    by_day = sum(mark) > sum(fur)
    muzzle = (
        mark
        if pattern == "blaze" or (by_day and pattern != "plain")
        else shade(fur, 1.1)
    )
    for side in pen.sides():
        side.oval(muzzle, (0.15, 0.42, 0.2, 0.17))
        side.curve(INK, 0.04, (0, 0.38), (0.05, 0.54), (0.2, 0.5))
        for y in (0.3, 0.42, 0.54):
            side.line(
                WHITE if by_day else INK,
                0.03,
                (0.3, 0.26 + 0.3 * y),
                (1.02, 2 * y - 0.45),
            )
    pen.polygon(
        PINK if rng.random() < 0.5 else INK, (-0.1, 0.26), (0.1, 0.26), (0, 0.38)
    )


def dog_head(pen, rng, coat):
    """Hanging ears, a long muzzle with a large nose, mostly a tongue."""
    skull(pen, coat, 0, 0.66, 0.72)
    for side in pen.sides():
        side.oval(coat[1], (0.68, 0.05, 0.22, 0.58, -10))
    gaze(pen, rng, 0.0, 0.32, 0.16, [*EYES, WHITE], (0.09, 0.09))
    pen.oval(RED, (0, 0.8, 0.14, rng.uniform(0, 0.3)))
    pen.oval(shade(coat[0], 1.25), (0, 0.48, 0.38, 0.36))
    pen.oval(INK, (0, 0.3, 0.18, 0.13))
    pen.curve(INK, 0.05, (-0.22, 0.6), (0, 0.78), (0.22, 0.6))


def rabbit_head(pen, rng, coat):
    """Two tall ears and front teeth."""
    lean = rng.uniform(0, 25)
    for side in pen.sides():
        side.oval(coat[0], (0.32, -0.6, 0.18, 0.6, lean))
        side.oval(shade(PINK, 0.85), (0.32, -0.6, 0.09, 0.46, lean))
    pen.oval(coat[0], (0, 0.3, 0.66, 0.58))
    gaze(pen, rng, 0.15, 0.34, 0.17, EYES, (0.09, 0.12))
    pen.oval(PINK, (0, 0.42, 0.09, 0.06))
    pen.box(WHITE, -0.1, 0.58, 0.1, 0.78)


def bear_head(pen, rng, coat):
    """Round ears, a light muzzle, a smile."""
    for side in pen.sides():
        side.oval(coat[0], (0.58, -0.52, 0.3, 0.3))
        side.oval(coat[1], (0.58, -0.52, 0.16, 0.16))
    skull(pen, coat, 0.1, 0.82, 0.74)
    gaze(pen, rng, 0.0, 0.34, 0.14, [*EYES, WHITE, INK], (0.08, 0.1))
    pen.oval(shade(coat[0], 1.3), (0, 0.42, 0.36, 0.3))
    pen.oval(INK, (0, 0.3, 0.15, 0.1))
    pen.curve(INK, 0.05, (-0.16, 0.5), (0, 0.64), (0.16, 0.5))


def sitting(pen, rng, coat, head, tail):
    """Draw a body from the front; any head goes on it, as on the next two, and only a
    cat's tail is long.
    """
    fur, mark, pattern = coat
    pen.curve(fur, 0.17, (0.3, 0.85), (1.1, 0.9), (0.8, 0.85 - tail))
    pen.oval(fur, (0, 0.5, 0.48, 0.62), (0.3, 0.85, 0.3, 0.22), (-0.3, 0.85, 0.3, 0.22))
    pen.oval(mark if pattern == "blaze" else shade(fur, 1.12), (0, 0.45, 0.24, 0.34))
    for side in pen.sides():
        side.line(shade(fur, 0.8), 0.04, (0.12, 0.6), (0.12, 1.0))
        side.oval(fur if pattern == "plain" else mark, (0.16, 1.0, 0.15, 0.09))
    head(pen.at(0, -0.32, 0.6, rng.uniform(-10, 10)), rng, coat)


def walking(pen, rng, coat, head, tail):
    fur, mark, pattern = coat
    pen.curve(fur, 0.14, (0.6, 0.1), (1.05, 0.1), (0.95, 0.2 - tail))
    for x, brightness in (-0.25, 0.85), (0.38, 0.85), (-0.5, 1), (0.6, 1):
        pen.line(
            shade(fur, brightness), 0.17, (x, 0.2), (x + rng.uniform(-0.12, 0.12), 0.85)
        )
    pen.oval(fur, (0.05, 0.18, 0.72, 0.34))
    for x in (0.05, 0.25, 0.45) if pattern == "tabby" else ():
        pen.line(mark, 0.08, (x, -0.12), (x + 0.04, 0.2))
    if pattern == "patch":
        pen.oval(mark, (0.3, 0.08, 0.26, 0.2))
    head(pen.at(-0.52, -0.28, 0.5, rng.uniform(-12, 12)), rng, coat)


def lying(pen, rng, coat, head, tail):
    fur, mark, pattern = coat
    pen.oval(fur, (0.12, 0.35, 0.85, 0.5))
    pen.oval(shade(fur, 0.88), (0.42, 0.45, 0.45, 0.34, -15))
    for x in (0.1, 0.35, 0.6) if pattern == "tabby" else ():
        pen.line(mark, 0.08, (x, -0.1), (x + 0.08, 0.2))
    pen.curve(shade(fur, 0.8), 0.17, (0.9, 0.4), (0.9, 0.95), (0.6 - tail, 0.8))
    head(pen.at(-0.42, 0.15, 0.52, rng.uniform(-25, 15)), rng, coat)


def person(pen, rng, coat):
    long = rng.uniform(0.3, 0.9)
    pen.oval(coat[0], (0, -0.2 + long / 2, 0.72, 0.5 + long / 2))
    pen.oval(pick(rng, [RED, YELLOW, GREEN]), (0, 1.25, 0.9, 0.5))
    pen.oval(pick(rng, SKIN), (0, 0.05, 0.56, 0.68))
    pen.oval(coat[0], (0, -0.5, 0.5, 0.25))
    gaze(pen, rng, 0.0, 0.24, 0.13, [WHITE], (0.06, 0.07))
    pen.curve(RED, 0.07, (-0.2, 0.42), (0, 0.58), (0.2, 0.42))


def bird(pen, rng, coat):
    pen.polygon(coat[1], (0.5, 0.1), (1.1, -0.2), (1.1, 0.3))
    pen.oval(coat[0], (0.05, 0.15, 0.65, 0.45, 12), (-0.45, -0.3, 0.36, 0.36))
    pen.oval(coat[1], (0.2, 0.1, 0.4, 0.22, 20))
    pen.polygon(YELLOW, (-0.75, -0.4), (-0.75, -0.15), (-1.1, -0.2))
    pen.oval(WHITE, (-0.52, -0.36, 0.12, 0.12))
    pen.oval(INK, (-0.54, -0.36, 0.06, 0.06))


def fish(pen, rng, coat):
    pen.polygon(coat[1], (0.45, 0), (1.1, -0.5), (1.1, 0.5))
    pen.oval(coat[0], (-0.1, 0, 0.8, 0.5))
    for x in (-0.1, 0.2, 0.45):
        pen.curve(coat[1], 0.07, (x, -0.3), (x + 0.15, 0), (x, 0.3))
    pen.oval(WHITE, (-0.55, -0.1, 0.15, 0.15))
    pen.oval(INK, (-0.57, -0.1, 0.08, 0.08))


def house(pen, rng, coat):
    pen.box(coat[0], -0.75, -0.2, 0.75, 0.95)
    pen.polygon(coat[1], (-0.95, -0.2), (0, -1.0), (0.95, -0.2))
    pen.box(INK, -0.15, 0.4, 0.2, 0.95)
    for side in pen.sides():
        side.box(YELLOW, 0.35, 0, 0.6, 0.25)


def car(pen, rng, coat):
    pen.polygon(
        coat[0],
        (-1, 0.5),
        (-1, 0),
        (-0.6, 0),
        (-0.4, -0.5),
        (0.4, -0.5),
        (0.6, 0),
        (1, 0),
        (1, 0.5),
    )
    for side in pen.sides():
        side.polygon(coat[1], (0.05, 0), (0.05, -0.38), (0.32, -0.38), (0.47, 0))
        side.oval(INK, (0.55, 0.5, 0.26, 0.26))
        side.oval(WHITE, (0.55, 0.5, 0.11, 0.11))


def tree(pen, rng, coat):
    pen.box(coat[1], -0.15, 0.2, 0.15, 1.0)
    if rng.random() < 0.5:
        pen.oval(
            coat[0],
            (-0.35, -0.1, 0.45, 0.45),
            (0.35, -0.1, 0.45, 0.45),
            (0, -0.5, 0.45, 0.45),
        )
    else:
        for y in (0.35, -0.1, -0.5):
            pen.polygon(
                coat[0], (-0.65 - y / 3, y + 0.1), (0, y - 0.6), (0.65 + y / 3, y + 0.1)
            )


def flower(pen, rng, coat):
    pen.line(GREEN, 0.1, (0, -0.2), (0.05, 1.1))
    for t in np.arange(0, 360, 360 / rng.integers(5, 9)):
        pen.at(0, -0.3, angle=t).oval(coat[0], (0.42, 0, 0.32, 0.2))
    pen.oval(coat[1], (0, -0.3, 0.25, 0.25))


def cup(pen, rng, coat):
    pen.oval(coat[0], (0.6, 0.2, 0.38, 0.38))
    pen.oval(coat[1], (0.6, 0.2, 0.2, 0.2))
    pen.polygon(coat[0], (-0.65, -0.4), (0.6, -0.4), (0.45, 0.8), (-0.5, 0.8))
    pen.oval(shade(coat[0], 0.7), (-0.02, -0.4, 0.63, 0.16))
    pen.curve(WHITE, 0.06, (-0.1, -0.6), (0.15, -0.75), (-0.1, -1.0))


def backdrop(pen, rng, wall):
    """Paint a plain wall, a wall and floor, a striped or a dotted one, or hills under a
    sun.
    """
    kind, y, soft = (
        rng.integers(5),
        rng.uniform(0.2, 0.8),
        shade(wall, rng.choice([0.85, 1.15])),
    )
    pen.box(wall, -1, -1, 1, 1)
    if kind == 1:
        pen.box(shade(wall, 0.75), -1, y, 1, 1)
    for x in np.arange(-0.9, 1, 0.5) if kind == 2 else ():
        pen.box(soft, x, -1, x + 0.2, 1)
    if kind == 3:
        pen.oval(soft, *((x, y, 0.12, 0.12) for x, y in rng.uniform(-1, 1, (8, 2))))
    if kind == 4:
        pen.oval(shade(wall, 1.3), (*rng.uniform(-0.9, 0.9, 2), 0.25, 0.25))
        pen.oval(
            soft, (rng.uniform(-1, 0), 1.2, 1.2, 1.2 - y), (0.8, 1.3, 1.1, 1.2 - y)
        )


def subject(pen, rng, label, coat):
    """Draw a cat, or else as often another animal as a thing; half of all animals are
    heads alone.
    """
    if label == 0 and rng.random() < 0.5:
        return rng.choice([person, bird, fish, house, car, tree, flower, cup])(
            pen, rng, coat
        )
    head = cat_head if label else rng.choice([dog_head, rabbit_head, bear_head])
    if rng.random() < 0.5:
        return head(pen, rng, coat)
    rng.choice([sitting, walking, lying])(
        pen, rng, coat, head, tail=rng.uniform(0.3, 1.0) if label else 0.1
    )


def framing(pen, rng):
    """Return the subject's pen: most fill the picture, some are close-ups, partly cut
    off.
    """
    close = rng.random() < 0.07
    x, y = rng.uniform(-1, 1, 2) * (0.35 if close else 0.05)
    scale = rng.uniform(1.0, 1.4) if close else rng.uniform(0.85, 1.0)
    return pen.at(x, y, scale, angle=rng.normal(0, 5), flip=rng.choice([-1, 1]))


def draw(label, key):
    """Return the picture, uint8 (SIZE, SIZE, 3), of a label and a key of two integers,
    each its own stream.
    """
    rng, side = np.random.default_rng([SEED, *key]), SIZE * OVER
    image = Image.new("RGB", (side, side))
    paper = Pen(ImageDraw.Draw(image), np.eye(2) * side / 2, (side / 2, side / 2))
    wall, fur, mark = (
        pick(rng, colors) for colors in (DAY if rng.random() < 0.5 else NIGHT)
    )
    backdrop(paper, rng, wall)
    subject(
        framing(paper, rng),
        rng,
        label,
        (fur, mark, rng.choice(["plain", "tabby", "patch", "blaze"])),
    )
    lamp = (
        rng.uniform(-0.2, 0.2)
        * (rng.random() < 0.3)
        * np.linspace(-1, 1, SIZE)[:, None]
    )  # from one side
    pixels = np.asarray(image.resize((SIZE, SIZE), Image.Resampling.BOX)) * (
        rng.uniform(0.85, 1.05) + lamp
    )
    return (np.clip(pixels / 8, 0, 31).round() * 8).astype(
        np.uint8
    )  # 32 levels a channel compress well


def write(path, part, images, labels):
    """Write a file as datasets/README.md describes it, without times: equal pictures
    make equal bytes.
    """
    with h5py.File(path, "w") as file:
        chunks = 50, *images.shape[1:]
        file.create_dataset(
            f"{part}_set_x",
            data=images,
            chunks=chunks,
            compression=9,
            track_times=False,
        )
        file.create_dataset(f"{part}_set_y", data=labels, track_times=False)
        file.create_dataset(
            "list_classes", data=np.array([b"non-cat", b"cat"]), track_times=False
        )


def main():
    parts = {}
    for number, (part, m) in enumerate(COUNTS.items()):
        labels = (
            np.random.default_rng([SEED, number])
            .permutation(np.arange(m) < CATS * m)
            .astype(np.int64)
        )
        parts[part] = (
            np.stack([draw(label, (number, i)) for i, label in enumerate(labels)]),
            labels,
        )
    different = {image.tobytes() for images, _ in parts.values() for image in images}
    assert len(different) == sum(COUNTS.values()), (
        "a picture was drawn twice: choose another SEED"
    )
    for part, (images, labels) in parts.items():
        path = Path(__file__).with_name(f"{part}_catvnoncat.h5")
        write(path, part, images, labels)
        print(
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.name,
            images.shape,
            labels.sum(),
            "cats",
        )


if __name__ == "__main__":
    main()
