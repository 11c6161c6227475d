"""What the commands read: data sets by name, pictures in HDF5, parts, scalings.

HDF5's parser can hang or crash on damaged bytes, so it runs in a process of its own,
which can be given up.
"""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from dnn import checks
from dnn.checks import Array
from dnn.data import Dataset, Scaling, split, standardize
from dnn.files import pictures, sets
from dnn.training import Pair

__all__ = ["described", "digest", "fitted", "is_hdf5", "load", "parts",
           "read_apart", "scaled", "scalings"]  # fmt: skip

# Endings of files that hold many pictures; any other file is one picture.
HDF5 = {".h5", ".hdf5", ".hdf"}
TAKEN = """--data takes the name of a set, or pictures in HDF5 as datasets/README.md
describes them; tables and arrays, such as .csv and .npz, go to dnn.fit in Python, read
by numpy.loadtxt or numpy.load, and a saved net goes to --resume""".replace("\n", " ")
# Reads pictures, and hands them over as NumPy's own format.
READER = """
import sys
import numpy as np
from dnn.files import pictures
try:
    parts = pictures.read_images(*sys.argv[1:])
except Exception as error:
    sys.exit(str(error) or type(error).__name__)
np.savez(sys.stdout.buffer, *parts)
"""
PATIENCE = 60  # seconds for it, and one more for every 10 MB


def is_hdf5(name: str) -> bool:
    """Return whether a file of this name holds many pictures."""
    return Path(name).suffix.lower() in HDF5


def load(name: str, test: str | None = None) -> Dataset:
    """Return the data set of that name, or of those files."""
    if is_hdf5(name):
        if test and os.path.realpath(test) == os.path.realpath(name):
            remedy = "--data alone uses its test part, if it has one"
            raise ValueError(f"{name}: --data and --test name the same file; {remedy}")
        return sets.from_hdf5(name, test, read=read_apart)
    if test:
        raise ValueError("--test goes with an HDF5 file of pictures in --data")
    if Path(name).suffix:
        raise ValueError(f"{name}: {TAKEN}")
    try:
        return checks.choose("data set", name, sets.SETS)()
    except FileNotFoundError as error:
        error.add_note("in a shell, that is --data drawn_cats")
        raise


def read_apart(
    path: str | Path, part: str | None = None
) -> tuple[Array, Array, tuple[str, ...]]:
    """Return what `dnn.files.pictures.read_images` does, from a process of its own.

    ValueError, naming the file, where that fails, hangs or crashes.
    """
    limit = PATIENCE + (os.path.getsize(path) / 1e7 if os.path.exists(path) else 0)
    command = [sys.executable, "-c", READER, path, *([part] if part else [])]
    try:
        done = subprocess.run(command, capture_output=True, timeout=limit)
    except subprocess.TimeoutExpired:
        raise ValueError(f"{path}: damaged, reading it hung") from None
    if done.returncode not in (0, 1):
        raise ValueError(f"{path}: damaged, reading it crashed")
    if done.returncode:
        raise ValueError(done.stderr.decode(errors="replace").strip())
    with np.load(io.BytesIO(done.stdout)) as parts:
        images, labels, classes = parts.values()
    return images, labels, tuple(classes.tolist())


# ---- what each example is for --------------------------------------------------------


def parts(dataset: Dataset, fraction: float | None, seed: int) -> dict[str, Pair]:
    """Return the pairs (X, Y) to train on, to hold out and to test by, by their names.

    ``fraction`` None holds none out; a set without a test part has none here either.
    """
    X, Y, X_test, Y_test = dataset[:4]
    found = {"training": (X, Y)}
    if fraction is not None:
        found["training"], found["held out"] = split(X, Y, fraction, seed)
    if X_test.shape[1]:
        found["test"] = X_test, Y_test
    return found


def digest(dataset: Dataset) -> int:
    """Return a number that tells a set's training examples from others.

    In single precision: another machine draws the same moons but for the last bits.
    """
    X, Y = (np.ascontiguousarray(part.T, np.float32) for part in dataset[:2])
    return crc32(Y, crc32(X))


# ---- what a net knows of its data ----------------------------------------------------


def described(dataset: Dataset) -> dict[str, Any]:
    """Return what a saved net must know of its data beside their scaling."""
    behind = pictures.background(dataset.X, dataset.shape) if dataset.shape else None
    known = {"classes": list(dataset.classes), "shape": dataset.shape}
    return known | {"background": behind}


def fitted(dataset: Dataset, X: Array, Y: Array) -> dict[str, Array]:
    """Return the scalings of a set, by the examples X (n₀, m) and Y (n_L, m) of it."""
    # Pixels go to [−1, 1], since a common gray would drown the rest; tables of many
    # units to variance 1, and so do real targets.
    gray = np.array([[0.5]])
    known = (Scaling(gray, gray) if dataset.shape else standardize(X))._asdict()
    if not dataset.classes:
        known["target_shift"], known["target_scale"] = standardize(Y)
    return known


def scalings(about: dict[str, Any]) -> tuple[Scaling, Scaling]:
    """Return the Scaling of a net's features and that of its targets.

    Labels stay as they are.
    """
    target = about.get("target_shift", [[0.0]]), about.get("target_scale", [[1.0]])
    pairs = (about["shift"], about["scale"]), target
    return tuple(Scaling(*map(np.array, pair)) for pair in pairs)


def scaled(pair: Pair, about: dict[str, Any]) -> Pair:
    """Return (X, Y) as a net that knows this about its data was trained to see it."""
    (X, Y), (features, targets) = pair, scalings(about)
    return features(X), targets(Y)
