"""Examples are columns.

Every data set of the book comes as X, one column an example, and Y, one column of
labels. In memory the examples are contiguous rows, handed out as `rows.T`: the
mathematics sees columns, and taking a few of them is one fast gather. Sets in the plane
are drawn from a seed, the small real ones come with scikit-learn, the pictures of cats
from files.
"""

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dnn import checks

FOLDER = Path(__file__).resolve().parent.parent / "datasets"
PHOTOS = "https://raw.githubusercontent.com/nabeelshan78/deep-nn-from-scratch/80b8a1d04e7f390765f5fbe792381c52deffe457/datasets/"
SHA256 = {
    "train_catvnoncat.h5": "fbe56ab67c3ae28d564e3a644189117976d6b31af0a3ce9bb17dbf22908af242",
    "test_catvnoncat.h5": "6a9d39ce52fa85953c5834695b8534a30ed8cfd54971fb2f080b5a24d002b951",
}


class Dataset(NamedTuple):
    """Examples to learn from and examples to be judged by.

    X (n₀, m) and X_test are features; Y (1, m) holds 0/1, or (C, m) is one-hot;
    ``classes`` names the labels; ``shape`` is that of one picture, or None.
    """

    X: np.ndarray
    Y: np.ndarray
    X_test: np.ndarray
    Y_test: np.ndarray
    classes: tuple
    name: str
    shape: tuple | None = None


class Scaling(NamedTuple):
    """The map x → (x − shift)/scale, feature by feature; both are (n₀, 1)."""

    shift: np.ndarray
    scale: np.ndarray

    def __call__(self, X):
        return ((X.T - self.shift.T) / self.scale.T).T


def standardize(X):
    """Return the Scaling that gives each feature of X (n₀, m) mean 0 and variance 1;
    constants are only shifted.

    Take it from the training examples and use it on all. Source: chapter 04,
    def-standardize.
    """
    X = checks.inputs("X", X, len(X))
    # Rounding can give a constant a tiny deviation.
    varied = (X[:, :1] != X).any(axis=1, keepdims=True)
    scale = np.where(varied, X.std(axis=1, keepdims=True), 0)
    return Scaling(X.mean(axis=1, keepdims=True), np.where(scale > 0, scale, 1.0))


def one_hot(labels, C):
    """Return Y (C, m) with a single 1 in each column, at the row that ``labels`` (m,)
    names.

    ValueError for labels that are not whole numbers from 0 to C − 1. Source: chapter
    08, def-one-hot.
    """
    labels = np.ravel(checks.real("labels", labels))
    C = checks.integer("C", C, 2)
    if not np.isin(labels, np.arange(C)).all():
        raise ValueError(
            f"labels must be whole numbers from 0 to {C - 1}, got values from {labels.min()} to {labels.max()}"
        )
    return np.eye(C)[labels.astype(int)].T


def split(X, Y, fraction, seed=0):
    """Return ((X, Y), (Xv, Yv)), of which the second part is ``fraction`` of the
    examples, drawn at random.

    X is (n₀, m), Y (n_L, m). ValueError unless both parts hold an example. Source:
    chapter 14, def-split.
    """
    m = np.shape(X)[-1]
    if np.shape(Y)[-1] != m:
        raise ValueError(
            f"X has shape {np.shape(X)} and Y {np.shape(Y)}: they must hold as many examples"
        )
    held_out = round(
        m * checks.number("fraction", fraction, 0, 1, above=True, below=True)
    )
    if not 0 < held_out < m:
        raise ValueError(f"fraction {fraction} of {m} examples leaves a part empty")
    order = np.random.default_rng(seed).permutation(m)
    parts = order[held_out:], order[:held_out]
    return tuple((np.asarray(X).T[part].T, np.asarray(Y).T[part].T) for part in parts)


def _plane(make, m, noise, seed, name):
    """Return a set in the plane, and as many points again, drawn from another seed, to
    be judged by.
    """
    m, noise, seed = (
        checks.integer("m", m, 1),
        checks.number("noise", noise, 0),
        checks.integer("seed", seed, 0),
    )
    (X, y), (X_test, y_test) = (
        make(m, noise=noise, random_state=s) for s in (seed, seed + 1_000_000)
    )
    return Dataset(X.T, y[None] * 1.0, X_test.T, y_test[None] * 1.0, ("0", "1"), name)


def moons(m=500, noise=0.2, seed=3):
    """Return two interleaved half circles in the plane, m points."""
    from sklearn.datasets import make_moons

    return _plane(make_moons, m, noise, seed, "moons")


def circles(m=300, noise=0.05, seed=3):
    """Return a circle within a circle of twice its radius, m points."""
    from sklearn.datasets import make_circles

    def make(m, noise, random_state):
        return make_circles(m, noise=noise, random_state=random_state, factor=0.5)

    return _plane(make, m, noise, seed, "circles")


def spirals(n=100, noise=0.2, seed=0):
    """Return three spiral arms of n points each: r = i/n, θ = 4j + 4i/n + noise · N(0,
    1), in arm j = 0, 1, 2.
    """
    n, noise, seed = (
        checks.integer("n", n, 1),
        checks.number("noise", noise, 0),
        checks.integer("seed", seed, 0),
    )

    def draw(seed):
        j, i = np.divmod(np.arange(3 * n), n)
        theta = (
            4 * j
            + 4 * i / n
            + noise * np.random.default_rng(seed).standard_normal(3 * n)
        )
        return np.ascontiguousarray(
            (i / n * np.array([np.sin(theta), np.cos(theta)])).T
        ).T, one_hot(j, 3)

    return Dataset(*draw(seed), *draw(seed + 1_000_000), ("0", "1", "2"), "spirals")


def _bundled(bunch, Y, name, shape=None):
    """Return one of scikit-learn's bundled sets; a fifth of it, always the same, is the
    test set.
    """
    (X, Y), (X_test, Y_test) = split(bunch.data.T, Y, 0.2, seed=0)
    return Dataset(
        X, Y, X_test, Y_test, tuple(map(str, bunch.target_names)), name, shape
    )


def breast_cancer():
    """Return 30 measurements, as they were taken, of 569 tumors, malignant (0) or
    benign (1).
    """
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer()
    return _bundled(bunch, bunch.target[None] * 1.0, "breast_cancer")


def digits():
    """Return 1,797 handwritten digits of 8×8 pixels with values from 0 to 1, one-hot."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    bunch.data = bunch.data / 16
    return _bundled(bunch, one_hot(bunch.target, 10), "digits", (8, 8))


def read_images(path):
    """Return (images, labels, classes) of an HDF5 file: uint8 (m, h, w, 3), int64 (m,),
    a tuple of names.

    The schema is that of datasets/README.md: ``train_set_x``, ``train_set_y`` or the
    same with ``test``, and ``list_classes``. FileNotFoundError or ValueError, naming
    the file, where it is not there or not that.
    """
    import h5py

    if not Path(path).is_file():
        raise FileNotFoundError(f"{path}: no such file")
    try:
        with h5py.File(path) as file:
            part = "train_set" if "train_set_x" in file else "test_set"
            images, labels = file[part + "_x"][:], file[part + "_y"][:]
            classes = tuple(name.decode() for name in file["list_classes"][:])
    except (OSError, KeyError, AttributeError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path}: not a file of pictures as datasets/README.md describes it ({error})"
        ) from None
    if (
        images.dtype != np.uint8
        or images.shape[3:] != (3,)
        or labels.shape != images.shape[:1]
        or images.size == 0
    ):
        raise ValueError(
            f"{path}: pictures must be uint8 (m, h, w, 3) and labels (m,), got {images.shape}, {labels.shape}"
        )
    if len(classes) < 2 or not np.isin(labels, np.arange(len(classes))).all():
        raise ValueError(
            f"{path}: labels must be numbers of its classes, two or more, got {len(classes)} classes"
        )
    return images, labels, classes


def columns(images):
    """Return pictures, uint8 (m, h, w, 3), as columns X (h·w·3, m) of values from 0 to
    1.
    """
    return (images.reshape(len(images), np.prod(images.shape[1:], dtype=int)) / 255).T


def from_hdf5(train, test=None, name=None):
    """Return the Dataset of one or two HDF5 files of pictures; without ``test`` its
    test part is empty.

    Two classes make Y (1, m), more make it one-hot. Errors are those of `read_images`.
    """
    images, labels, classes = read_images(train)
    judged = read_images(test) if test else (images[:0], labels[:0], classes)
    if judged[2] != classes or judged[0].shape[1:] != images.shape[1:]:
        raise ValueError(f"{test}: pictures of other sizes or classes than in {train}")

    def encode(labels):
        return (
            labels[None] * 1.0 if len(classes) == 2 else one_hot(labels, len(classes))
        )

    X_test, Y_test = columns(judged[0]), encode(judged[1])
    return Dataset(
        columns(images),
        encode(labels),
        X_test,
        Y_test,
        classes,
        name or Path(train).stem,
        images.shape[1:],
    )


def cats(source="photos"):
    """Return cats and other pictures, 64×64×3 with values from 0 to 1: 12,288 features,
    labels 1 for a cat.

    ``source``: "photos", 209 and 50 photographs, looked for in $DNN_PHOTOS, then in
    datasets/photos, else downloaded there; or "drawn", our drawings, which are shipped.
    FileNotFoundError where the photographs cannot be had.
    """
    find = checks.choose(
        "source", source, {"photos": find_photos, "drawn": lambda: FOLDER / "drawn"}
    )
    folder = find()
    return from_hdf5(*(folder / name for name in SHA256), name=f"cats ({source})")


def find_photos():
    """Return the folder that holds the photographs, fetched if need be and checked by
    SHA-256.
    """
    folder = Path(os.environ.get("DNN_PHOTOS") or FOLDER / "photos")
    if not all((folder / name).is_file() for name in SHA256):
        folder = FOLDER / "photos"
    for name, digest in SHA256.items():
        _retrieve(folder, name, digest)
    return folder


def _retrieve(folder, name, digest):
    """Make sure that the file is there and is what it should be; a damaged one is never
    used.
    """
    import pooch

    path = folder / name
    if path.is_file():
        if pooch.file_hash(path) != digest:
            raise ValueError(
                f"{path}: not the file expected (its SHA-256 is another); remove it and fetch it again"
            )
        return
    try:
        pooch.retrieve(
            PHOTOS + name,
            f"sha256:{digest}",
            fname=name,
            path=folder,
            progressbar=False,
        )
    except (OSError, ValueError) as error:
        raise FileNotFoundError(
            f"{path}: the photographs are not here and could not be downloaded ({type(error).__name__}: {error}). Set DNN_PHOTOS "
            'to a folder that holds them, or use the drawings that are shipped: source="drawn"'
        ) from None


def picture(path, shape):
    """Return a picture file as one column, (h·w·3, 1): cropped to a square about its
    middle, scaled to ``shape``.

    ValueError, naming the file, where it is no picture; FileNotFoundError where it is
    not there.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            image = ImageOps.fit(
                ImageOps.exif_transpose(image).convert(
                    "RGB" if len(shape) == 3 else "L"
                ),
                (shape[1], shape[0]),
                Image.Resampling.BOX,
            )
    except FileNotFoundError:
        raise FileNotFoundError(f"{path}: no such file") from None
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        Image.DecompressionBombError,
    ) as error:
        raise ValueError(f"{path}: not a picture that can be read ({error})") from None
    return columns(np.asarray(image)[None])


def drawn_cats():
    """Return the drawings, ``cats(source="drawn")``."""
    return cats("drawn")


SETS = {
    f.__name__: f
    for f in (moons, circles, spirals, breast_cancer, digits, cats, drawn_cats)
}
