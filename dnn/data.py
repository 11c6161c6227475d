"""Examples are columns.

Every data set of the book comes as X, one column an example, and Y, one column of
labels. In memory the examples are contiguous rows, handed out as `rows.T`: the
mathematics sees columns, and taking a few of them is one fast gather. Sets in the plane
are drawn from a seed, the small real ones come with scikit-learn, the pictures of cats
from files.
"""

import hashlib
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
DRAWN = {
    "train_catvnoncat.h5": "69375e452d4395f9fca1fe65bbfce6aeb86d15abd999dbd6a13a01dd343557a2",
    "test_catvnoncat.h5": "af171d462715fb53b6c7daeca45ac3757652da1efc09a8554cf933ecdd5a2cc5",
}
LARGEST = 2**32  # bytes of pictures: more are not read at once
PACKED = 1100  # bytes that one stored byte may stand for: compression's limit


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
    """The map x → (x − shift)/scale, feature by feature; both are (n₀, 1), or (1, 1)
    for all features alike.
    """

    shift: np.ndarray
    scale: np.ndarray

    def __call__(self, X):
        checks.rows("X", X, len(self.shift) if len(self.shift) > 1 else None)
        return ((X.T - self.shift.T) / self.scale.T).T


def standardize(X):
    """Return the Scaling that gives each feature of X (n₀, m) mean 0 and variance 1;
    constants are only shifted.

    Take it from the training examples and use it on all. Source: chapter 04,
    def-standardize.
    """
    X = checks.inputs("X", X)
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
            f"labels must be whole numbers from 0 to {C - 1}, "
            f"got values from {labels.min()} to {labels.max()}"
        )
    return np.eye(C)[labels.astype(int)].T


def split(X, Y, fraction, seed=0):
    """Return ((X, Y), (Xv, Yv)), of which the second part is ``fraction`` of the
    examples, drawn at random.

    X is (n₀, m), Y (n_L, m). ValueError unless both parts hold an example. Source:
    chapter 14, def-split.
    """
    X, Y = checks.array("X", X), checks.array("Y", Y)
    if not X.ndim or X.shape[-1:] != Y.shape[-1:]:
        raise ValueError(
            f"X has shape {X.shape} and Y {Y.shape}: they must hold as many examples"
        )
    m = X.shape[-1]
    fraction = checks.number("fraction", fraction, 0, 1, above=True, below=True)
    held_out = round(m * fraction)
    if not 0 < held_out < m:
        raise ValueError(f"fraction {fraction} of {m} examples leaves a part empty")
    order = np.random.default_rng(checks.integer("seed", seed, 0)).permutation(m)
    parts = order[held_out:], order[:held_out]
    return tuple((X.T[part].T, Y.T[part].T) for part in parts)


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

    parts = *_arms(n, noise, seed), *_arms(n, noise, seed + 1_000_000)
    return Dataset(*parts, ("0", "1", "2"), "spirals")


def _arms(n, noise, seed):
    j, i = np.divmod(np.arange(3 * n), n)
    turn = noise * np.random.default_rng(seed).standard_normal(3 * n)
    theta = 4 * j + 4 * i / n + turn
    rows = (i / n * np.array([np.sin(theta), np.cos(theta)])).T
    return np.ascontiguousarray(rows).T, one_hot(j, 3)


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
    the file, where it is not there or not that. HDF5's own parser can hang or crash on
    bytes damaged in certain ways: read a file of unknown origin in a process of its
    own, as the shell does.
    """
    import h5py

    if not Path(path).is_file():
        raise FileNotFoundError(f"{path}: no such file")
    try:
        with h5py.File(path) as file:
            part = "train_set" if "train_set_x" in file else "test_set"
            images, labels = _whole(file[part + "_x"]), _whole(file[part + "_y"])
            classes = tuple(name.decode() for name in _whole(file["list_classes"]))
    except Exception as error:  # whatever the bytes led to
        raise ValueError(
            f"{path}: not a file of pictures as datasets/README.md describes it ({error})"
        ) from None
    _refuse_others(path, images, labels, classes)
    return images, labels, classes


def _whole(dataset):
    """Return what a dataset holds; one that claims more than is stored in its file is
    refused before a byte is read.
    """
    stored = PACKED * dataset.id.get_storage_size()
    if dataset.external or dataset.nbytes > min(stored, LARGEST):
        raise ValueError(f"{dataset.name} claims {dataset.nbytes} bytes")
    return dataset[:]


def _refuse_others(path, images, labels, classes):
    if (
        images.dtype != np.uint8
        or images.shape[3:] != (3,)
        or labels.shape != images.shape[:1]
        or images.size == 0
    ):
        raise ValueError(
            f"{path}: pictures must be uint8 (m, h, w, 3) and labels (m,), got "
            f"{images.dtype} {images.shape}, {labels.shape}"
        )
    if len(classes) < 2 or not np.isin(labels, np.arange(len(classes))).all():
        raise ValueError(
            f"{path}: labels must be numbers of its classes, two or more, got {len(classes)} classes"
        )


def columns(images):
    """Return pictures, uint8 (m, h, w, 3) or gray (m, h, w), as columns, values from 0
    to 1: X (h·w·3, m).

    ValueError for another type, whose values would mean something else.
    """
    images = checks.array("images", images)
    if images.dtype != np.uint8 or images.ndim < 2:
        raise ValueError(
            f"images must be uint8 (m, h, w, 3), got {images.dtype} {images.shape}"
        )
    return (images.reshape(len(images), np.prod(images.shape[1:], dtype=int)) / 255).T


def encode(labels, C):
    """Return Y of the numbers of C classes, ``labels`` (m,): (1, m) for two, else
    one-hot.
    """
    return labels[None] * 1.0 if C == 2 else one_hot(labels, C)


def from_hdf5(train, test=None, name=None, read=read_images):
    """Return the Dataset of one or two HDF5 files of pictures; without ``test`` its
    test part is empty.

    Two classes make Y (1, m), more make it one-hot. ``read`` is `read_images`, or what
    does the same more carefully; errors are its own, and ValueError where the two files
    do not go together.
    """
    images, labels, classes = read(train)
    judged = read(test) if test else (images[:0], labels[:0], classes)
    if judged[2] != classes or judged[0].shape[1:] != images.shape[1:]:
        raise ValueError(f"{test}: pictures of other sizes or classes than in {train}")
    X, X_test = columns(images), columns(judged[0])
    Y, Y_test = encode(labels, len(classes)), encode(judged[1], len(classes))
    name, shape = name or Path(train).stem, images.shape[1:]
    return Dataset(X, Y, X_test, Y_test, classes, name, shape)


def cats(source="photos"):
    """Return cats and other pictures, 64×64×3 with values from 0 to 1: 12,288 features,
    labels 1 for a cat.

    ``source``: "photos", 209 and 50 photographs, looked for in $DNN_PHOTOS, then in
    datasets/photos, else downloaded there; or "drawn", our drawings, which are shipped.
    FileNotFoundError where they cannot be had, ValueError where a file is damaged.
    """
    sources = {"photos": find_photos, "drawn": find_drawings}
    folder = checks.choose("source", source, sources)()
    return from_hdf5(*(folder / name for name in SHA256), name=f"cats ({source})")


def find_drawings():
    """Return the folder that holds the drawings, checked by SHA-256."""
    for name, digest in DRAWN.items():
        path = FOLDER / "drawn" / name
        if not path.is_file():
            raise FileNotFoundError(f"{path}: no such file; it comes with the book")
        _refuse_another(path, digest, "take it from the book again")
    return FOLDER / "drawn"


def find_photos():
    """Return the folder that holds the photographs, fetched if need be and checked by
    SHA-256.
    """
    folder = Path(os.environ.get("DNN_PHOTOS") or FOLDER / "photos")
    if not all((folder / name).is_file() for name in SHA256):
        folder = FOLDER / "photos"
    for name, digest in SHA256.items():
        if not (folder / name).is_file():
            _download(folder, name, digest)
        _refuse_another(folder / name, digest, "remove it and fetch it again")
    return folder


def _refuse_another(path, digest, remedy):
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
        raise FileNotFoundError(
            f"{folder / name}: the photographs are not here and could not be downloaded ({type(error).__name__}: {error}). Set DNN_PHOTOS "
            'to a folder that holds them, or use the drawings that are shipped: source="drawn"'
        ) from None


def picture(path, shape):
    """Return a picture file as one column, (h·w·3, 1): cropped to a square about its
    middle, scaled to ``shape``.

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


def drawn_cats():
    """Return the drawings, ``cats(source="drawn")``."""
    return cats("drawn")


SETS = {
    f.__name__: f
    for f in (moons, circles, spirals, breast_cancer, digits, cats, drawn_cats)
}
