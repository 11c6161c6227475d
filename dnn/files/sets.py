"""The data sets of the book, by name.

Those in the plane are drawn by `dnn.data`, the small real ones come with scikit-learn,
the pictures of cats lie in files: datasets/README.md says where they come from.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from dnn import checks
from dnn.checks import Array
from dnn.data import Dataset, circles, columns, moons, one_hot, spirals, split
from dnn.files.pictures import read_images

__all__ = ["FOLDER", "SETS", "breast_cancer", "cats", "diabetes", "digits",
           "drawn_cats", "encode", "find_drawings", "find_photos",
           "from_hdf5"]  # fmt: skip

HERE = Path(__file__).resolve()
# The data of a checkout; a wheel holds the drawings beside this module, and photographs
# are kept in the user's cache.
FOLDER = HERE.parents[2] / "datasets"
FOLDER = FOLDER if (FOLDER / "drawn").is_dir() else None
PHOTOS = "https://raw.githubusercontent.com/nabeelshan78/deep-nn-from-scratch/80b8a1d04e7f390765f5fbe792381c52deffe457/datasets/"
SHA256 = {
    "train_catvnoncat.h5": "fbe56ab67c3ae28d564e3a644189117976d6b31af0a3ce9bb17dbf22908af242",
    "test_catvnoncat.h5": "6a9d39ce52fa85953c5834695b8534a30ed8cfd54971fb2f080b5a24d002b951",
}
DRAWN = {
    "train_catvnoncat.h5": "69375e452d4395f9fca1fe65bbfce6aeb86d15abd999dbd6a13a01dd343557a2",
    "test_catvnoncat.h5": "af171d462715fb53b6c7daeca45ac3757652da1efc09a8554cf933ecdd5a2cc5",
}


# ---- inside scikit-learn -------------------------------------------------------------


def breast_cancer() -> Dataset:
    """Return 30 measurements, as they were taken, of 569 tumors.

    Labels: malignant (0) or benign (1).
    """
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer()
    Y = bunch.target[None] * 1.0
    return _bundled("breast_cancer", bunch.data, Y, bunch.target_names)


def digits() -> Dataset:
    """Return 1,797 handwritten digits of 8×8 pixels with values from 0 to 1, one-hot."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    Y = one_hot(bunch.target, 10)
    return _bundled("digits", bunch.data / 16, Y, bunch.target_names, (8, 8))


def diabetes() -> Dataset:
    """Return 10 measurements, as they were taken, of 442 patients with diabetes.

    The targets, (1, m), are real numbers: how far the disease had come a year later.
    """
    from sklearn.datasets import load_diabetes

    bunch = load_diabetes(scaled=False)
    return _bundled("diabetes", bunch.data, bunch.target[None])


def _bundled(name, rows, Y, classes=(), shape=None):
    """Return a set of scikit-learn's; a fifth of it, always the same, is its test part."""
    (X, Y), (X_test, Y_test) = split(rows.T, Y, 0.2, seed=0)
    return Dataset(X, Y, X_test, Y_test, tuple(map(str, classes)), name, shape)


# ---- pictures in HDF5 ----------------------------------------------------------------


def from_hdf5(
    train: str | Path,
    test: str | Path | None = None,
    name: str | None = None,
    read: Callable = read_images,
) -> Dataset:
    """Return the set of the training part of one HDF5 file, and a test part.

    That is the test part of ``test``, or without it of the same file, empty where it
    holds none. Two classes make Y (1, m), more make it one-hot. ``read`` is
    `dnn.files.pictures.read_images`, or what does the same more carefully; errors are
    its own, and ValueError where a file lacks its part or two do not go together.
    """
    images, labels, classes = _part(train, "train", read)
    judged = _part(test, "test", read) if test else read(train, "test")
    if not len(judged[0]):
        judged = images[:0], labels[:0], classes
    if judged[2] != classes or judged[0].shape[1:] != images.shape[1:]:
        raise ValueError(
            f"{test or train}: pictures of other sizes or classes than in {train}: "
            f"{judged[0].shape[1:]} {judged[2]}, not {images.shape[1:]} {classes}"
        )
    X, X_test = columns(images), columns(judged[0])
    Y, Y_test = encode(labels, len(classes)), encode(judged[1], len(classes))
    name, shape = name or Path(train).stem, images.shape[1:]
    return Dataset(X, Y, X_test, Y_test, classes, name, shape)


def _part(path, part, read):
    """Return one part of a file, which must hold it."""
    found = read(path, part)
    if not len(found[0]):
        other = "test" if part == "train" else "train"
        raise ValueError(f"{path}: holds no {part}_set_x, but only {other}_set_x")
    return found


def encode(labels: Array, C: int) -> Array:
    """Return Y of the labels (m,) of C classes: (1, m) for two, else one-hot (C, m)."""
    return labels[None] * 1.0 if C == 2 else one_hot(labels, C)


def cats(source: str = "photos") -> Dataset:
    """Return cats and other pictures, 64×64×3 with values from 0 to 1; 1 for a cat.

    X has 12,288 features. ``source``: "photos", 209 and 50 photographs, looked for in
    $DNN_PHOTOS, then in datasets/photos, where there is such a folder, then in the
    user's cache, else downloaded; or "drawn", our drawings, which are shipped.
    FileNotFoundError where they cannot be had, ValueError where a file is damaged.
    """
    sources = {"photos": find_photos, "drawn": find_drawings}
    folder = checks.choose("source", source, sources)()
    return from_hdf5(*(folder / name for name in SHA256), name=f"cats ({source})")


def drawn_cats() -> Dataset:
    """Return the drawings, ``cats(source="drawn")``."""
    return cats("drawn")


def find_drawings() -> Path:
    """Return the folder that holds the drawings, checked by SHA-256."""
    folder = (FOLDER or HERE.parent) / "drawn"
    for name, digest in DRAWN.items():
        path = folder / name
        if not path.is_file():
            raise FileNotFoundError(f"{path}: no such file; it comes with the book")
        _check_digest(path, digest, "take it from the book again")
    return folder


def find_photos() -> Path:
    """Return the folder that holds the photographs, checked by SHA-256.

    They are fetched if need be, into datasets/photos or the user's cache.
    """
    import pooch

    cache = Path(pooch.os_cache("dnn"))
    home = FOLDER / "photos" if FOLDER else cache
    places = Path(os.environ.get("DNN_PHOTOS") or home), home, cache
    whole = (p for p in places if all((p / name).is_file() for name in SHA256))
    folder = next(whole, home)
    for name, digest in SHA256.items():
        if not (folder / name).is_file():
            _download(folder, name, digest)
        _check_digest(folder / name, digest, "remove it and fetch it again")
    return folder


def _check_digest(path, digest, remedy):
    with open(path, "rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != digest:
            raise ValueError(
                f"{path}: not the file expected (its SHA-256 is another); {remedy}"
            )


def _download(folder, name, digest):
    """Fetch a file; what is cut or altered on the way is not kept."""
    import pooch

    options = {"fname": name, "path": folder, "progressbar": False}
    try:
        pooch.retrieve(PHOTOS + name, f"sha256:{digest}", **options)
    except (OSError, ValueError) as error:
        named = os.environ.get("DNN_PHOTOS")
        lacks = f"DNN_PHOTOS names {named}, which lacks one of {', '.join(SHA256)}. "
        raise FileNotFoundError(
            f"{folder / name}: the photographs are not here and could not be downloaded "
            f"({type(error).__name__}: {error}). {lacks if named else ''}Set DNN_PHOTOS "
            'to a folder that holds them, or use the drawings that are shipped: source="drawn"'
        ) from None


_MAKERS = moons, circles, spirals, breast_cancer, digits, diabetes, cats, drawn_cats
SETS: dict[str, Callable[..., Dataset]] = {make.__name__: make for make in _MAKERS}
