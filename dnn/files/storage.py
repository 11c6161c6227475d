"""A net in a file: arrays in NumPy's own form, .npz, and a description of them in JSON.

No pickle: a file holds numbers and names, and loading it runs nothing but the classes
that `dnn` or the caller knows by those names. The last bytes of the file, a comment to
the archive, are the SHA-256 of all before; nothing is parsed until they agree. A file is
written beside its place and renamed into it: a crash leaves the old one whole.
"""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import numpy as np

from dnn import activations, checks, initializers, layers, losses, network, schedules
from dnn.files import atomic
from dnn.files.descriptions import build, describe, name_of
from dnn.optimizers import OPTIMIZERS

__all__ = ["StorageError", "load", "load_checkpoint", "save"]

MARK = b"dnn net, version 2, sha256 "
DIGEST = 64  # letters of a SHA-256
OLD = b"dnn net, version 1"
VECTORS = "theta", "buffers"
KINDS = [layers.Dense, layers.Dropout, activations.Activate, network.Network]
KINDS += [*OPTIMIZERS.values(), *schedules.Schedule.__subclasses__()]
KINDS += [*activations.ACTIVATIONS.values(), *losses.LOSSES.values()]
KINDS += [*initializers.INITIALIZERS.values(), initializers.normal]


class StorageError(ValueError):
    """A file that is not a net of ours, or no longer; the message names the file."""


def save(net, path, optimizer=None, epoch: int = 0) -> None:
    """Write a net to ``path``; with an optimizer, a checkpoint to go on from.

    A link's target is written, and its mode kept. ValueError for what a file cannot
    describe, for parameters that are not finite, and for a device, pipe or folder;
    OSError where the folder cannot be written. The old file stays whole until the new
    one is.
    """
    arrays = {name: checks.real(name, getattr(net, name)) for name in VECTORS}
    _refuse_misfit(net, optimizer)
    told = {"net": net, "about": net.about, "loss": net.loss, "optimizer": optimizer}
    told = {name: describe(name, value, arrays) for name, value in told.items()}
    told["epoch"] = checks.integer("epoch", epoch, 0)
    words = np.frombuffer(json.dumps(told).encode(), "u1")
    archive = io.BytesIO()
    np.savez(archive, description=words, **arrays)
    with zipfile.ZipFile(archive, "a") as file:
        file.comment = MARK + b"0" * DIGEST
    body = archive.getvalue()[:-DIGEST]
    atomic.write(path, body + hashlib.sha256(body).hexdigest().encode())


def _refuse_misfit(net, optimizer):
    """Raise ValueError for what is no optimizer, or another net's."""
    if not isinstance(net.about, dict):
        raise ValueError(f"net.about must be a dict, got {net.about!r}")
    if optimizer is not None:
        checks.methods("optimizer", optimizer, "step")
        for name, value in vars(optimizer).items():
            if isinstance(value, np.ndarray) and value.ndim:
                checks.same_shape(f"the optimizer's {name}", value, "theta", net.theta)


def load(path, kinds=()):
    """Return the net in a file.

    ``kinds``: classes, activations, losses and functions of one's own that it was made
    of. StorageError, naming the file, where it is damaged, foreign or of another form.
    """
    return load_checkpoint(path, kinds)[0]


def load_checkpoint(path, kinds=()) -> tuple:
    """Return (net, optimizer, epoch); the optimizer is None where none was saved.

    ``kinds`` and errors as in `load`.
    """
    archive = io.BytesIO(_checked_bytes(Path(path)))
    known = {name_of(kind): kind for kind in [*KINDS, *kinds]}
    try:
        with zipfile.ZipFile(archive) as file:
            _refuse_packed(file)
        with np.load(archive, allow_pickle=False) as file:
            return _unpack(dict(file), known)
    except Exception as error:  # whatever a forger's numbers led to
        raise StorageError(f"{path}: does not describe a net ({error})") from None


def _unpack(arrays, known):
    """Return the net, the optimizer and the epoch that a file describes."""
    told = json.loads(arrays["description"].tobytes())
    theta, buffers = (checks.real(name, arrays[name]) for name in VECTORS)
    parts = {name: build(told[name], arrays, known) for name in told}
    net = parts["net"].astype(theta.dtype)
    checks.same_shape("theta", theta, "the net's theta", net.theta)
    checks.same_shape("buffers", buffers, "the net's buffers", net.buffers)
    net.restore((theta, buffers))
    net.loss, net.about = parts["loss"], dict(parts["about"])
    return net, parts["optimizer"], checks.integer("epoch", parts["epoch"], 0)


def _refuse_packed(file):
    """Raise ValueError for arrays that are larger than the bytes they take here."""
    packed = [part.filename for part in file.infolist() if part.compress_type]
    if packed:
        raise ValueError(f"{packed[0]} is compressed")


def _checked_bytes(path):
    """Return the whole file, once it agrees with the SHA-256 at its end."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    whole = path.read_bytes()
    if whole.startswith(OLD):
        raise StorageError(f"{path}: of an earlier form, HDF5: train and save it again")
    body, digest = whole[:-DIGEST], whole[-DIGEST:]
    if not body.endswith(MARK):
        raise StorageError(f"{path}: not a net saved by dnn, or cut short")
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise StorageError(f"{path}: damaged, its checksum does not match")
    return whole
