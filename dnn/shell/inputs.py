"""What the commands read: data sets by name, pictures in HDF5, and their scaling.

HDF5's parser can hang or crash on damaged bytes, so it runs in a process of its own,
which can be given up.
"""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from dnn import checks
from dnn.checks import Array
from dnn.data import Dataset, Scaling, standardize
from dnn.files import sets

__all__ = ["described", "is_hdf5", "load", "read_apart", "scaled", "scalings"]

# Endings of files that hold many pictures; any other file is one picture.
HDF5 = {".h5", ".hdf5"}
# Reads pictures, and hands them over as NumPy's own format.
READER = """
import sys
import numpy as np
from dnn.files import pictures
try:
    parts = pictures.read_images(sys.argv[1])
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
        return sets.from_hdf5(name, test, read=read_apart)
    if test:
        raise ValueError("--test goes with an HDF5 file of pictures in --data")
    return checks.choose("data set", name, sets.SETS)()


def read_apart(path: str | Path) -> tuple[Array, Array, tuple[str, ...]]:
    """Return what `dnn.files.pictures.read_images` does, from a process of its own.

    ValueError, naming the file, where that fails, hangs or crashes.
    """
    limit = PATIENCE + (os.path.getsize(path) / 1e7 if os.path.exists(path) else 0)
    command = [sys.executable, "-c", READER, path]
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


# ---- what a net knows of its data ----------------------------------------------------


def described(dataset: Dataset) -> dict[str, Any]:
    """Return what a saved net must know of its data: classes, shape, scalings."""
    # Pixels go to [−1, 1], since a common gray would drown the rest; tables of many
    # units to variance 1, and so do real targets.
    gray = np.array([[0.5]])
    scaling = Scaling(gray, gray) if dataset.shape else standardize(dataset.X)
    known = {"classes": list(dataset.classes), "shape": dataset.shape}
    known |= scaling._asdict()
    if not dataset.classes:
        target = standardize(dataset.Y)
        known |= {"target_shift": target.shift, "target_scale": target.scale}
    return known


def scalings(about: dict[str, Any]) -> tuple[Scaling, Scaling]:
    """Return the Scaling of a net's features and that of its targets.

    Labels stay as they are.
    """
    target = about.get("target_shift", [[0.0]]), about.get("target_scale", [[1.0]])
    pairs = (about["shift"], about["scale"]), target
    return tuple(Scaling(*map(np.array, pair)) for pair in pairs)


def scaled(dataset: Dataset, about: dict[str, Any]) -> Dataset:
    """Return the data set as a net that knows this about its data was trained to see it."""
    (X, Y, X_test, Y_test), (features, targets) = dataset[:4], scalings(about)
    parts = features(X), targets(Y), features(X_test), targets(Y_test)
    return Dataset(*parts, *dataset[4:])
