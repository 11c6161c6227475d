"""Small files of pictures, for whatever reads them."""

import h5py
import numpy as np


def write_pictures(
    path,
    part="train",
    m=6,
    classes=(b"non-cat", b"cat"),
    images=None,
    labels=None,
    **more,
):
    """Write an HDF5 file of the schema, or one that is wrong in what is given."""
    rng = np.random.default_rng(m)
    images = rng.integers(0, 256, (m, 4, 5, 3), np.uint8) if images is None else images
    with h5py.File(path, "w") as file:
        file[f"{part}_set_x"] = images
        file[f"{part}_set_y"] = (
            np.arange(m) % len(classes) if labels is None else labels
        )
        file["list_classes"] = np.array(classes)
        for name, value in more.items():
            file[name] = value
    return path
