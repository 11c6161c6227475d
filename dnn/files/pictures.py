"""Pictures, one in a file or many in HDF5."""

from pathlib import Path

import numpy as np

from dnn.checks import Array
from dnn.data import columns

__all__ = ["picture", "read_images"]

LARGEST = 2**32  # bytes of pictures: more are not read at once
PACKED = 1100  # bytes that one stored byte may stand for: compression's limit


def picture(path: str | Path, shape: tuple[int, ...]) -> Array:
    """Return a picture file as one column (h·w·3, 1), values from 0 to 1.

    It is cropped to its middle and scaled to ``shape``, (h, w, 3), or (h, w) for gray.
    ValueError, naming the file, where it is no picture; FileNotFoundError where it is
    not there.
    """
    from PIL import Image

    if not Path(path).exists():
        raise FileNotFoundError(f"{path}: no such file")
    try:
        with Image.open(path) as image:
            pixels = _cropped(image, shape)
    except Exception as error:  # whatever the bytes led to
        raise ValueError(f"{path}: not a picture that can be read ({error})") from None
    return columns(pixels[None])


def _cropped(image, shape):
    """Return the middle of a picture, upright and scaled, uint8 of this shape."""
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(image).convert("RGB" if len(shape) == 3 else "L")
    size = (shape[1], shape[0])
    return np.asarray(ImageOps.fit(image, size, Image.Resampling.BOX))


def read_images(path: str | Path) -> tuple[Array, Array, tuple[str, ...]]:
    """Return (images, labels, classes) of an HDF5 file of pictures.

    Images are uint8 (m, h, w, 3), labels int64 (m,). The schema is that of
    datasets/README.md: ``train_set_x``, ``train_set_y`` or the same with ``test``, and
    ``list_classes``. FileNotFoundError or ValueError, naming the file, where it is not
    there or not that. HDF5's own parser can hang or crash on bytes damaged in certain
    ways: read a file of unknown origin in a process of its own, as the shell does.
    """
    import h5py

    if not Path(path).is_file():
        raise FileNotFoundError(f"{path}: no such file")
    try:
        with h5py.File(path) as file:
            images, labels, classes = _parts(file)
    except Exception as error:  # whatever the bytes led to
        raise ValueError(
            f"{path}: not a file of pictures as datasets/README.md describes it ({error})"
        ) from None
    _check_pictures(path, images, labels)
    _check_classes(path, labels, classes)
    return images, labels, classes


def _parts(file):
    """Return what an open file holds under the names of the schema."""
    part = "train_set" if "train_set_x" in file else "test_set"
    classes = tuple(name.decode() for name in _whole(file["list_classes"]))
    return _whole(file[part + "_x"]), _whole(file[part + "_y"]), classes


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
    if len(classes) < 2 or not np.isin(labels, np.arange(len(classes))).all():
        raise ValueError(
            f"{path}: labels must be numbers of its classes, two or more, got {len(classes)} classes"
        )
