"""Pictures, one in a file or many in HDF5."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from dnn.checks import Array
from dnn.data import columns

__all__ = ["ENDINGS", "background", "gather", "picture", "read_images"]

# What the names of pictures end in, where a folder is asked for all of its own.
ENDINGS = {".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff"}
ENDINGS |= {".webp"}
LARGEST = 2**32  # bytes of pictures: more are not read at once
PACKED = 1100  # bytes that one stored byte may stand for: compression's limit


# ---- one in a file -------------------------------------------------------------------


def picture(path: str | Path, shape: tuple[int, ...]) -> Array:
    """Return a picture file as one column (h·w·3, 1), values from 0 to 1.

    It is cropped to its middle and scaled to ``shape``, (h, w, 3), or (h, w) for gray;
    what is transparent lies on white. ValueError, naming the file, where it is no
    picture, and for a folder, pipe or device; FileNotFoundError where it is not there.
    """
    from PIL import Image

    if not Path(path).exists():
        raise FileNotFoundError(f"{path}: no such file")
    if not Path(path).is_file():
        raise ValueError(f"{path}: a folder, pipe or device, not the file of a picture")
    try:
        with Image.open(path) as image:
            pixels = _cropped(image, shape)
    except Exception as error:  # whatever the bytes led to
        raise ValueError(f"{path}: not a picture that can be read ({error})") from None
    return columns(pixels[None])


def _cropped(image, shape):
    """Return the middle of a picture, upright and scaled, uint8 of this shape."""
    from PIL import Image, ImageOps

    size = shape[1], shape[0]
    # Of a photograph in JPEG no more than this is decoded, and what lies in memory is
    # scaled before it is copied: fifty million pixels fit.
    image.draft(None, (4 * size[0], 4 * size[1]))
    ImageOps.exif_transpose(image, in_place=True)
    large = _averageable(image)
    small = ImageOps.fit(large, size, Image.Resampling.BOX)
    if large.mode == "F":
        pixels = _of_8_bits(np.asarray(small), large.getextrema(), image.mode)
        small = Image.fromarray(pixels)
    paper = Image.new("RGBA", size, "white")
    seen = Image.alpha_composite(paper, small.convert("RGBA"))
    return np.asarray(seen.convert("RGB" if len(shape) == 3 else "L"))


def _averageable(image):
    """Return a picture in a mode whose pixels can be averaged; in F, if they are deep."""
    if image.mode[0] in "IF":
        return image.convert("F")
    if image.mode in ("L", "LA", "RGB", "RGBA") and "transparency" not in image.info:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _of_8_bits(pixels, extremes, mode):
    """Return scaled gray pixels as uint8, by what white is in the picture they are of.

    That is 1 for floats and 65,535 for 16 bits. Numbers of 32 bits do not tell, so that
    it is the largest one of 8, 16 or 31 bits, the first that none exceeds. ValueError
    for pixels outside.
    """
    low, high = extremes
    whites = {"F": [1], "I": [255, 65535, 2**31]}.get(mode, [65535])
    white = next((white for white in whites if high <= white), whites[-1])
    shares = pixels / white
    if low < 0 or not (shares < 1.001).all():  # nor for NaN
        raise ValueError(f"pixels from {low:g} to {high:g}, not from 0 to {white}")
    return np.round(255 * shares).astype(np.uint8)


def gather(paths: Iterable[str | Path]) -> list[Path]:
    """Return these files, and in the place of a folder the pictures in it, by name.

    Those in folders below it count too, and nothing whose name begins with a dot.
    ValueError for a folder that holds none.
    """
    found = []
    for path in map(Path, paths):
        inside = _inside(path) if path.is_dir() else [path]
        if not inside:
            known = " ".join(sorted(ENDINGS))
            raise ValueError(f"{path}: a folder without a picture ({known})")
        found += inside
    return found


def _inside(folder):
    """Return the pictures in a folder and below it, sorted."""
    named = [p for p in folder.rglob("*") if p.suffix.lower() in ENDINGS]
    shown = [p for p in named if "/." not in f"/{p.relative_to(folder).as_posix()}"]
    return sorted(p for p in shown if p.is_file())


def background(X: Array, shape: tuple[int, ...]) -> str | None:
    """Return what lies behind pictures X (n₀, m), "dark" or "light"; None if it varies.

    A picture's is the median of the values along its edge; nineteen in twenty agree.
    """
    pixels = X.T.reshape(-1, *shape)
    edge = np.ones(shape[:2], bool)
    edge[1:-1, 1:-1] = False
    along = pixels[:, edge].reshape(len(pixels), -1)
    light = np.mean(np.median(along, axis=1) > 0.5)
    return "light" if light >= 0.95 else "dark" if light <= 0.05 else None


# ---- many in HDF5 --------------------------------------------------------------------


def read_images(
    path: str | Path, part: str | None = None
) -> tuple[Array, Array, tuple[str, ...]]:
    """Return (images, labels, classes) of one part of an HDF5 file of pictures.

    Images are uint8 (m, h, w, 3), labels int64 (m,). The schema is that of
    datasets/README.md: ``train_set_x``, ``train_set_y`` or the same with ``test``, and
    ``list_classes``. ``part``, "train" or "test": that part, with no image where the
    file lacks it; None: the first that it holds. FileNotFoundError or ValueError, naming
    the file, where it is not there or not that. HDF5's own parser can hang or crash on
    bytes damaged in certain ways: read a file of unknown origin in a process of its own,
    as the shell does.
    """
    import h5py

    if not Path(path).is_file():
        raise FileNotFoundError(f"{path}: no such file")
    try:
        with h5py.File(path) as file:
            images, labels, classes = _read(file, part)
    except Exception as error:  # whatever the bytes led to
        raise ValueError(
            f"{path}: not a file of pictures as datasets/README.md describes it ({error})"
        ) from None
    if images is None:
        return np.empty((0, 0, 0, 3), np.uint8), np.empty(0, int), classes
    _check_pictures(path, images, labels)
    _check_classes(path, labels, classes)
    return images, labels, classes


def _read(file, part):
    """Return what an open file holds of a part; None for pictures that it lacks."""
    held = [name for name in ("train", "test") if f"{name}_set_x" in file]
    if not held:
        raise ValueError(f"neither train_set_x nor test_set_x in it, but {[*file]}")
    classes = tuple(name.decode() for name in _whole(file["list_classes"]))
    part = part or held[0]
    if part not in held:
        return None, None, classes
    return _whole(file[f"{part}_set_x"]), _whole(file[f"{part}_set_y"]), classes


def _whole(dataset):
    """Return all of a dataset, or refuse it, unread, if it claims more than is stored."""
    stored = PACKED * dataset.id.get_storage_size()
    if dataset.external or dataset.nbytes > min(stored, LARGEST):
        raise ValueError(f"{dataset.name} claims {dataset.nbytes} bytes")
    return dataset[:]


def _check_pictures(path, images, labels):
    colored = images.dtype == np.uint8 and images.shape[3:] == (3,) and images.size
    if not colored or labels.shape != images.shape[:1]:
        raise ValueError(
            f"{path}: pictures must be uint8 (m, h, w, 3) and labels (m,), got "
            f"{images.dtype} {images.shape}, {labels.shape}"
        )


def _check_classes(path, labels, classes):
    """Raise ValueError for fewer than two classes, and for labels that name none."""
    if len(classes) < 2:
        raise ValueError(f"{path}: list_classes names {[*classes]}, not two or more")
    found = np.unique(labels).tolist()
    odd = [label for label in found if label not in range(len(classes))]
    if odd:
        numbered = ", ".join(f"{n} {name}" for n, name in enumerate(classes))
        raise ValueError(
            f"{path}: holds the labels {_few(found)}, but its classes are {numbered}: "
            f"{_few(odd)} names none; number the labels from 0, as in list_classes"
        )


def _few(values):
    return ", ".join(map(str, values[:9])) + ", …" * (len(values) > 9)
