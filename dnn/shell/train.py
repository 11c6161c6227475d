"""`python -m dnn train`: train a net, save it, and say how it does."""

import os
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from dnn import checks
from dnn.callbacks import EarlyStopping
from dnn.data import split
from dnn.files import storage
from dnn.losses import (
    Loss,
    binary_cross_entropy,
    categorical_cross_entropy,
    squared_error,
)
from dnn.models import mlp
from dnn.optimizers import OPTIMIZERS
from dnn.penalties import l2
from dnn.shell import inputs, options, report
from dnn.training import fit

__all__ = ["matching_loss", "run"]


def run(given: Namespace) -> None:
    """Train a net as the options ask, save it and a plot of its cost."""
    out = _writable(given.out)
    dataset = inputs.load(given.data, given.test)
    begin = _resumed if given.resume else _fresh
    net, optimizer, start = begin(given, dataset)
    dataset = inputs.scaled(dataset, net.about)
    print(net, flush=True)
    history = _fit(given, net, optimizer, start, dataset)
    # The best weights of an early stop go with no state of the optimizer's.
    kept = None if given.patience else optimizer
    storage.save(net, out, kept, start + len(history.epoch))
    if len(history.epoch) < given.epochs:
        print(f"stopped after {len(history.epoch)} of {given.epochs} epochs")
    plot = report.plot(history, out.with_suffix(".png"))
    print(f"training:   {report.judge(net, dataset.X, dataset.Y)}")
    if dataset.X_test.shape[1]:
        print(f"test:       {report.judge(net, dataset.X_test, dataset.Y_test)}")
    print(f"saved {out} and {plot}")


def _writable(name):
    """Return the path to save to, or refuse it before hours of training are spent."""
    out = Path(name)
    if not out.parent.is_dir() or out.is_dir() or not os.access(out.parent, os.W_OK):
        raise ValueError(
            f"--out {name}: its folder does not exist or cannot be written to, or it is "
            "a folder itself"
        )
    if out.suffix == ".png":
        raise ValueError(f"--out {name}: the plot goes there; name the net otherwise")
    return out


def matching_loss(classes: Sequence[str], n_out: int) -> Loss:
    """Return the loss of a net with so many outputs for these classes.

    Where there are none, the targets are real numbers.
    """
    if not classes:
        return squared_error
    return binary_cross_entropy if n_out == 1 else categorical_cross_entropy


def _fresh(given, dataset):
    """Return a new net, its optimizer, and that it has seen no epoch yet."""
    options.settle(given, options.DEFAULTS)
    net = _built(given, len(dataset.X), len(dataset.Y))
    net.loss = matching_loss(dataset.classes, net.n_out)
    made = {"seed": given.seed, "validate": given.validate}
    net.about = {**inputs.described(dataset), "made": made}
    optimizer = checks.choose("optimizer", given.optimizer, OPTIMIZERS)
    return net, optimizer(given.lr), 0


def _built(given, n_in, n_out):
    """Return the net that the options describe."""
    kept, hidden = len(given.keep_prob), len(given.hidden)
    if kept > hidden:
        raise ValueError(f"--keep-prob gives {kept} probabilities for {hidden} layers")
    return mlp(
        [n_in, *given.hidden, n_out],
        hidden=given.activation,
        init=given.init,
        keep_prob=dict(enumerate(given.keep_prob, 1)),
        seed=given.seed,
        dtype=given.dtype,
    )


def _resumed(given, dataset):
    """Return a saved net, its optimizer, and how many epochs it has seen."""
    net, optimizer, epochs = storage.load_checkpoint(given.resume)
    if optimizer is None or "made" not in net.about:
        raise ValueError(
            f"{given.resume} holds a net without its training: it cannot be resumed"
        )
    made = {f"--{name}": value for name, value in net.about["made"].items()}
    options.settle(given, dict.fromkeys(options.DEFAULTS) | made)
    known = (net.n_in, net.n_out, net.about["classes"])
    found = (len(dataset.X), len(dataset.Y), list(dataset.classes))
    if known != found:
        raise ValueError(
            f"{given.resume} was made for (inputs, outputs, classes) {known}, "
            f"{given.data} has {found}"
        )
    net.loss = net.loss or matching_loss(dataset.classes, net.n_out)
    return net, optimizer, epochs


def _fit(given, net, optimizer, start, dataset):
    """Train as the options ask; return the History."""
    training, val = (dataset.X, dataset.Y), None
    if given.validate is not None:
        part = checks.number("--validate", given.validate, 0, 1, ends="()")
        training, val = split(*training, part, given.seed)
    return fit(
        net,
        net.loss,
        optimizer,
        training,
        val=val,
        epochs=given.epochs,
        batch_size=given.batch_size,
        penalty=l2(checks.number("--penalty", given.penalty, 0)),
        seed=given.seed,
        callbacks=[] if given.patience is None else [EarlyStopping(given.patience)],
        start=start,
    )
