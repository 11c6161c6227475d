"""A net in a file.

HDF5, and no pickle: a file holds numbers and names, and loading it runs nothing. HDF5's
own parser can hang or crash on damaged bytes, so a block of 512 bytes before the HDF5
part holds its length and SHA-256, and they are checked before the parser sees it. A
file is written beside its place and renamed into it: a crash, at any moment, leaves the
old file whole.
"""

import hashlib
import io
import json
import os
import re
from pathlib import Path

import numpy as np

from dnn import checks, schedules
from dnn.activations import ACTIVATIONS, Activate
from dnn.layers import Dense, Dropout
from dnn.network import Network
from dnn.optimizers import OPTIMIZERS

VERSION = 1
BLOCK = 512  # the smallest user block that HDF5 allows
LARGEST = 2**32  # bytes: a file beyond that is not one of ours
HEADER = re.compile(rb"dnn net, version (\d+), (\d+) bytes, sha256 ([0-9a-f]{64})\n\0*")
SCHEDULES = {kind.__name__: kind for kind in schedules.Schedule.__subclasses__()}
LAYERS = {
    "Dense": lambda n_in, n_out: Dense(n_in, n_out),
    "Activate": lambda activation: Activate(
        checks.choose("activation", activation, ACTIVATIONS)
    ),
    "Dropout": lambda keep_prob: Dropout(keep_prob),
}


class StorageError(ValueError):
    """A file that is not a net of ours, or no longer; the message names the file."""


def save(net, path, optimizer=None, epoch=0):
    """Write a net to ``path``, with its ``about``; with an optimizer, a checkpoint that
    training can go on from.

    ValueError for what a file cannot describe, and for parameters that are not finite;
    OSError where the folder cannot be written. The old file stays whole until the new
    one is.
    """
    path = Path(path)
    body = _pack(net, optimizer, epoch)
    if len(body) > LARGEST + BLOCK:
        raise ValueError(f"net of {len(body)} bytes: {LARGEST} are the most in a file")
    digest = hashlib.sha256(body[BLOCK:]).hexdigest()
    head = f"dnn net, version {VERSION}, {len(body) - BLOCK} bytes, sha256 {digest}\n"
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(beside, "wb") as file:
            file.write(head.encode().ljust(BLOCK, b"\0") + body[BLOCK:])
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def load(path):
    """Return the net in a file. StorageError, naming the file, where it is damaged,
    foreign or of another version.
    """
    return load_checkpoint(path)[0]


def load_checkpoint(path):
    """Return (net, optimizer, epoch) of a file; the optimizer is None where only the
    net was saved. Errors as `load`.
    """
    import h5py

    body = _checked_bytes(Path(path))
    try:
        with h5py.File(io.BytesIO(body)) as file:
            return _unpack(file)
    except Exception as error:  # whatever a forger's numbers led to
        raise StorageError(f"{path}: its contents make no net ({error})") from None


def _checked_bytes(path):
    """Return the whole file, once its header, length and checksum agree."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    with open(path, "rb") as file:
        head = file.read(BLOCK)
        length, digest = _promised(path, head)
        size = path.stat().st_size
        if length != size - BLOCK or length > LARGEST:
            raise StorageError(
                f"{path}: holds {size} bytes instead of {length + BLOCK}; it was cut or grew"
            )
        body = head + file.read(length)
    if hashlib.sha256(body[BLOCK:]).hexdigest() != digest:
        raise StorageError(f"{path}: damaged, its checksum does not match")
    return body


def _promised(path, head):
    """Return the length and SHA-256 that a header promises for what follows it."""
    match = HEADER.fullmatch(head)
    if not match:
        raise StorageError(f"{path}: not a net saved by dnn.files.storage")
    if int(match[1]) != VERSION:
        raise StorageError(
            f"{path}: written in version {int(match[1])} of the format, this program reads {VERSION}"
        )
    return int(match[2]), match[3].decode()


def _pack(net, optimizer, epoch):
    """Return the bytes of an HDF5 file, its first block left for the header."""
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w", userblock_size=BLOCK) as file:
        file.attrs.update(layers=json.dumps([_describe(layer) for layer in net.layers]))
        file.attrs["epoch"] = checks.integer("epoch", epoch, 0)
        file.attrs["about"] = _describe_about(net.about)
        file.create_dataset("theta", data=checks.real("theta", net.theta))
        if optimizer is not None:
            _pack_optimizer(file.create_group("optimizer"), optimizer, net.theta)
    return buffer.getvalue()


def _describe(layer):
    kind = type(layer).__name__
    config = {
        "kind": checks.choose("kind of layer", kind, LAYERS) and kind,
        **layer.config(),
    }
    if hasattr(layer, "rng"):
        config["rng"] = layer.rng.bit_generator.state
    if "activation" in config:
        checks.choose("activation", config["activation"], ACTIVATIONS)
    return config


def _describe_about(about):
    try:
        return json.dumps(dict(about), default=lambda value: value.tolist())
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(
            f"net.about must be a record of numbers, texts and lists of them: {error}"
        ) from None


def _pack_optimizer(group, optimizer, theta):
    checks.methods("optimizer", optimizer, "step")
    kind = type(optimizer).__name__.lower()
    checks.choose("optimizer", kind, OPTIMIZERS)
    settings = {}
    for name, value in vars(optimizer).items():
        if isinstance(value, np.ndarray):
            if value.ndim:
                checks.same_shape(f"the optimizer's {name}", value, "theta", theta)
            value = checks.real(f"the optimizer's {name}", value)
            group.create_dataset(name, data=value)
        elif name != "size":
            settings[name] = _describe_schedule(value) if callable(value) else value
    group.attrs.update(kind=kind, settings=json.dumps(settings))


def _describe_schedule(schedule):
    kind = type(schedule).__name__
    if SCHEDULES.get(kind) is not type(schedule):
        raise ValueError(
            f"lr {schedule!r} is not one of dnn.schedules, so that a file cannot describe it"
        )
    fields = {
        k: _describe_schedule(v) if callable(v) else v
        for k, v in vars(schedule).items()
    }
    return {"schedule of kind": kind, **fields}


def _unpack(file):
    configs = json.loads(file.attrs["layers"])
    theta = _vector(
        file["theta"], (sum(map(_size, configs)),)
    )  # before anything as large is made
    net = Network([_build(config) for config in configs], seed=None, dtype=theta.dtype)
    net.theta[...] = theta
    net.about = dict(json.loads(file.attrs["about"]))
    optimizer = (
        _unpack_optimizer(file["optimizer"], net.theta) if "optimizer" in file else None
    )
    return net, optimizer, checks.integer("epoch", file.attrs["epoch"], 0)


def _size(config):
    """Return how many parameters the layer described has."""
    return config["n_out"] * (config["n_in"] + 1) if config["kind"] == "Dense" else 0


def _build(config):
    rng = config.pop("rng", None)
    layer = checks.choose("kind of layer", config.pop("kind"), LAYERS)(**config)
    if rng:
        layer.rng.bit_generator.state = rng
    return layer


def _vector(dataset, shape):
    """Return a vector stored in this file; its size is checked before a byte is read,
    and it must be finite.
    """
    here = (
        dataset.id.get_storage_size() == dataset.nbytes
        and dataset.id.get_offset() is not None
    )
    if dataset.shape != shape or not here:
        raise ValueError(
            f"{dataset.name} has shape {dataset.shape} where {shape} was expected, all of it in this file"
        )
    return checks.real(dataset.name, dataset[()])


def _unpack_optimizer(group, theta):
    kind = checks.choose("optimizer", group.attrs["kind"], OPTIMIZERS)
    settings = json.loads(group.attrs["settings"])
    steps = checks.integer("t", settings.pop("t"), 0)
    if isinstance(settings["lr"], dict):
        settings["lr"] = _build_schedule(settings["lr"])
    vectors = {
        name: _vector(
            dataset, theta.shape if name in kind.state or dataset.shape else ()
        )
        for name, dataset in group.items()
    }
    state = {name: vectors.pop(name) for name in kind.state if steps}
    optimizer = kind(**settings, **vectors)
    optimizer.t = steps
    if steps:
        vars(optimizer).update(state, size=theta.size)
    return optimizer


def _build_schedule(fields):
    kind = checks.choose("schedule", fields.pop("schedule of kind"), SCHEDULES)
    return kind(
        **{
            k: _build_schedule(v) if isinstance(v, dict) else v
            for k, v in fields.items()
        }
    )
