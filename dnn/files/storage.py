"""A net in a file: arrays in NumPy's own form, .npz, and a description of them in JSON.

No pickle: a file holds numbers and names, and loading it runs nothing but the classes
that `dnn` or the caller knows by those names. The last bytes of the file, a comment to
the archive, are the SHA-256 of all before; nothing is parsed until they agree. A file is
written beside its place and renamed into it: a crash leaves the old one whole.
"""

import hashlib
import inspect
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from dnn import activations, checks, initializers, layers, losses, network, schedules
from dnn.files import atomic
from dnn.optimizers import OPTIMIZERS

__all__ = ["StorageError", "load", "load_checkpoint", "save"]

MARK = b"dnn net, version 2, sha256 "
OLD = b"dnn net, version 1"
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
    OSError where the folder cannot be written.
    """
    told = {"net": net, "about": dict(net.about), "loss": net.loss}
    arrays = {key: checks.real(key, getattr(net, key)) for key in ("theta", "buffers")}
    told |= {"optimizer": optimizer, "epoch": checks.integer("epoch", epoch, 0)}
    words = json.dumps({key: _describe(key, told[key], arrays) for key in told})
    archive = io.BytesIO()
    np.savez(archive, description=np.frombuffer(words.encode(), "u1"), **arrays)
    with zipfile.ZipFile(archive, "a") as file:
        file.comment = MARK + b"0" * 64
    body = archive.getvalue()[:-64]
    atomic.write(path, body + hashlib.sha256(body).hexdigest().encode())


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
    known = {_name(kind): kind for kind in [*KINDS, *kinds]}
    try:
        with np.load(archive, allow_pickle=False) as file:
            told = json.loads(file["description"].tobytes())
            parts = {name: _build(told[name], file, known) for name in told}
            net = parts["net"].astype(file["theta"].dtype)
            net.restore(
                [checks.real(name, file[name]) for name in ("theta", "buffers")]
            )
        net.loss, net.about = parts["loss"], parts["about"]
        return net, parts["optimizer"], checks.integer("epoch", parts["epoch"], 0)
    except Exception as error:  # whatever a forger's numbers led to
        raise StorageError(f"{path}: does not describe a net ({error})") from None


# ---- what JSON can hold of it --------------------------------------------------------


def _name(kind):
    return getattr(kind, "name", None) or getattr(kind, "__name__", repr(kind))


def _nameable(name, value):
    if not _name(value).isidentifier():
        raise ValueError(
            f"{name} holds {value!r}: give it a name, with def, to save it"
        )
    return _name(value)


def _describe(name, value, arrays) -> Any:
    """Return a value as JSON can hold it; its arrays go into ``arrays``, by number."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        arrays[key := str(len(arrays))] = checks.real(name, value)
        return {"array": key}
    if isinstance(value, (list, tuple)):
        return {type(value).__name__: [_describe(name, v, arrays) for v in value]}
    if isinstance(value, dict):
        return {
            "dict": {k: _describe(f"{name} {k}", v, arrays) for k, v in value.items()}
        }
    if isinstance(value, np.random.Generator):
        return {"rng": value.bit_generator.state}
    if inspect.isroutine(value) or isinstance(getattr(value, "name", None), str):
        return {"named": _nameable(name, value)}
    return _describe_object(name, value, arrays)


def _describe_object(name, value, arrays):
    """Return an object's kind, the arguments that build it again, and its state."""
    kind = type(value)
    parts = {"arguments": _arguments(kind, value), "state": _state(value)}
    described = {k: _describe(name, v, arrays)["dict"] for k, v in parts.items()}
    return {"kind": kind.__name__, **described}


def _arguments(kind, value):
    """Return the arguments of an object's class, which it must keep by their names."""
    needed = inspect.signature(kind).parameters
    kept = value.config() if hasattr(value, "config") else vars(value)
    for name, parameter in needed.items():
        if name not in kept and parameter.default is parameter.empty:
            raise ValueError(f"{kind.__name__} must keep its {name} as self.{name}")
    return {name: kept[name] for name in needed if name in kept}


def _state(value):
    """Return what has changed in an object since it was built, beside its parameters."""
    kept = vars(value)
    streams = [k for k, v in kept.items() if isinstance(v, np.random.Generator)]
    names = [*streams, *getattr(value, "state", ()), "t", "size"]
    return {name: kept[name] for name in names if name in kept}


def _build(told, file, known) -> Any:
    """Return what was described."""
    if not isinstance(told, dict):
        return told
    if "kind" in told:
        return _build_object(told, file, known)
    ((form, inside),) = told.items()
    if form == "dict":
        return {k: _build(v, file, known) for k, v in inside.items()}
    if form in ("list", "tuple"):
        return {"list": list, "tuple": tuple}[form](
            _build(v, file, known) for v in inside
        )
    if form == "array":
        return checks.real(form, file[inside])
    if form == "rng":
        rng = np.random.default_rng()
        rng.bit_generator.state = inside
        return rng
    return _known(inside, known)


def _build_object(told, file, known):
    kind = _known(told["kind"], known)
    value = kind(**{k: _build(v, file, known) for k, v in told["arguments"].items()})
    vars(value).update({k: _build(v, file, known) for k, v in told["state"].items()})
    return value


def _known(name, known):
    if name not in known:
        raise ValueError(f"{name} is not known here: load(path, kinds=[{name}, …])")
    return known[name]


# ---- bytes ---------------------------------------------------------------------------


def _checked_bytes(path):
    """Return the whole file, once it agrees with the SHA-256 at its end."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    whole = path.read_bytes()
    if whole.startswith(OLD):
        raise StorageError(f"{path}: of an earlier form, HDF5: train and save it again")
    body, digest = whole[:-64], whole[-64:]
    if not body.endswith(MARK):
        raise StorageError(f"{path}: not a net saved by dnn, or cut short")
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise StorageError(f"{path}: damaged, its checksum does not match")
    return whole
