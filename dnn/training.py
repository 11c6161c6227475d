"""The loop.

Training is a generator: each turn is one epoch and yields one record of it, so whoever
runs the loop decides what happens between epochs: print, plot, stop, or redraw a
widget. `fit` is the plainest such loop; it collects the records into arrays.
"""

from collections.abc import Callable
from math import isfinite
from typing import NamedTuple

import numpy as np

from dnn import checks
from dnn.layers import SHUFFLES
from dnn.losses import categorical_cross_entropy


class Record(NamedTuple):
    """One epoch.

    ``loss``, ``accuracy`` and ``penalty`` are means over the epoch's batches, weighted
    by their sizes, with dropout on and before each step; the penalty is not part of the
    loss. ``val_*`` are evaluated after the epoch, dropout off, NaN without ``val``.
    ``lr`` is the rate of the epoch's last step. Epochs count from 1.
    """

    epoch: int
    loss: float
    penalty: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    lr: float


class Diverged(ArithmeticError):
    """The loss was no longer finite; the net holds the last weights that were.

    Those are the weights before the loss that was not; or, where the weights themselves
    overflowed, those with which the epoch began, since a copy before every step would
    cost more than such weights are worth.
    """


class Callback:
    """What may be called between epochs; the base class does nothing."""

    needs_val = False

    def on_epoch(self, net, record):
        """Return True to stop after this epoch."""

    def on_end(self, net):
        """Be told that training is over, for whatever reason."""


class EarlyStopping(Callback):
    """Stop when the held-out loss has not improved for ``patience`` epochs, and restore
    the best weights.

    They are restored however training ends. ValueError without ``val``. Source: chapter
    14, def-early-stopping.
    """

    needs_val = True

    def __init__(self, patience):
        self.patience = checks.integer("patience", patience, 1)
        self.best = self.theta = None

    def on_epoch(self, net, record):
        """Remember the best weights so far; return True when patience is at an end."""
        # NaN is worst.
        if self.best is None or record.val_loss < np.fmin(self.best.val_loss, np.inf):
            self.best, self.theta = record, net.theta.copy()
        return record.epoch - self.best.epoch >= self.patience

    def on_end(self, net):
        """Put the best weights back, and be ready for another run."""
        if self.theta is not None:
            net.theta[...] = self.theta
        self.best = self.theta = None


def accuracy(Z, Y):
    """Return the fraction of examples whose most probable class is right; Z and Y are
    (n_L, m).
    """
    right = (
        (Z.real > 0) == (Y > 0.5)
        if len(Z) == 1
        else Z.argmax(axis=0) == Y.argmax(axis=0)
    )
    return np.count_nonzero(right) / Z.shape[1]


# What overflows is seen in the loss, and reported once.
@np.errstate(over="ignore", invalid="ignore")
def evaluate(net, loss, X, Y):
    """Return (loss, accuracy) of a net on X (n₀, m) and Y (n_L, m), dropout off and
    without any penalty.

    ValueError for data that do not fit the net. Source: chapter 09.
    """
    checks.function("loss", loss)
    X, Y = _examples(net, loss, X, Y)
    Z = net.forward(X)
    return float(loss(Z, Y)[0]), float(accuracy(Z, Y))


def batches(X, Y, batch_size, rng):
    """Yield the examples in random order, ``batch_size`` columns at a time; the last
    batch may be smaller.

    X is (n₀, m) and Y (n_L, m), each best kept as the transpose of contiguous rows. One
    batch is the data itself. Source: chapter 09, def-batches.
    """
    m = X.shape[1]
    if batch_size >= m:
        yield X, Y
        return
    order = rng.permutation(m)
    rows, labels = X.T, Y.T
    for start in range(0, m, batch_size):
        chosen = order[start : start + batch_size]
        yield rows.take(chosen, axis=0).T, labels.take(chosen, axis=0).T


def train(
    net,
    loss,
    optimizer,
    data,
    *,
    val=None,
    epochs=100,
    batch_size=64,
    penalty=None,
    seed=0,
    callbacks=(),
    start=0,
):
    """Return a generator that trains a net in place and yields a Record an epoch.

    ``data`` and ``val`` are pairs (X, Y) of (n₀, m) and (n_L, m); ``loss`` (Z, Y) → (J,
    dZ); ``penalty`` (theta, is_weight, m) → (R, dtheta); ``batch_size`` None is the
    full batch; ``start`` is the number of epochs already run, so that a resumed
    training shuffles as the whole would have. Everything is checked here, before the
    first epoch: ValueError. Diverged where the loss is not finite. Source: chapter 09,
    def-training.
    """
    checks.function("loss", loss)
    checks.methods("optimizer", optimizer, "step")
    if penalty is not None:
        checks.function("penalty", penalty)
    data = _examples(net, loss, *checks.pair("data", data))
    val = None if val is None else _examples(net, loss, *checks.pair("val", val))
    callbacks = _watchers(callbacks, val)
    m = data[0].shape[1]
    size = m if batch_size is None else checks.integer("batch_size", batch_size, 1)
    seed, first = checks.integer("seed", seed, 0), checks.integer("start", start, 0) + 1
    numbers = range(first, first + checks.integer("epochs", epochs, 0))
    run = Run(net, loss, optimizer, penalty, data, size, seed)
    return _epochs(run, val, callbacks, numbers)


class Run(NamedTuple):
    """What stays the same through a training."""

    net: object
    loss: Callable
    optimizer: object
    penalty: Callable | None
    data: tuple
    batch_size: int
    seed: int


def _epochs(run, val, callbacks, numbers):
    """Run the epochs of these numbers; whatever ends them, the callbacks are told."""
    try:
        for number in numbers:
            means, lr = _epoch(run, number)
            held_out = evaluate(run.net, run.loss, *val) if val else (np.nan, np.nan)
            record = Record(number, *means, *held_out, lr)
            stop = [callback.on_epoch(run.net, record) for callback in callbacks]
            yield record
            if any(stop):
                return
    finally:
        for callback in callbacks:
            callback.on_end(run.net)


# What overflows is seen in the loss, and reported once.
@np.errstate(over="ignore", invalid="ignore")
def _epoch(run, number):
    """Run one epoch; return its mean (loss, penalty, accuracy) and the last rate."""
    loss, penalty, outputs, before = 0.0, 0.0, [], run.net.theta.copy()
    rng = np.random.default_rng([run.seed, SHUFFLES, number])
    for X, Y in batches(*run.data, run.batch_size, rng):
        lr = run.optimizer.rate
        J, R, Z = step(run, X, Y)
        if not isfinite(J):
            raise _diverged(run.net, before, number, lr)
        share = X.shape[1] / run.data[0].shape[1]
        loss, penalty = loss + share * J, penalty + share * R
        outputs.append((Z, Y))
    if not np.isfinite(run.net.theta).all():
        raise _diverged(run.net, before, number, lr)
    Z, Y = (np.hstack(parts) for parts in zip(*outputs, strict=True))
    return (float(loss), float(penalty), accuracy(Z, Y)), lr


def step(run, X, Y):
    """Take one step on one batch; return loss, penalty and logits, all before it.

    The penalty is told the size of the whole training set, not of the batch. A loss
    that is not finite takes no step. Source: chapter 09, def-training.
    """
    net, R = run.net, 0.0
    Z = net.forward(X, train=True)
    J, dZ = run.loss(Z, Y)
    if isfinite(J):
        net.backward(dZ)
        if run.penalty is not None:
            m = run.data[0].shape[1]
            R, dtheta = run.penalty(net.theta, net.is_weight, m)
            net.grad += dtheta
        run.optimizer.step(net.theta, net.grad)
    return J, R, Z


def _diverged(net, before, epoch, lr):
    if not np.isfinite(net.theta).all():
        net.theta[...] = before
    return Diverged(
        f"the loss is no longer finite in epoch {epoch} at learning rate {lr:g}: try a smaller one, or scale "
        "the inputs; the net holds the last finite weights"
    )


def _watchers(callbacks, val):
    """Return the callbacks in a list, or refuse what is none and what has no ``val``."""
    if not isinstance(callbacks, (list, tuple)):
        raise ValueError(f"callbacks must be a list of them, got {callbacks!r}")
    for callback in callbacks:
        checks.methods("a callback", callback, "on_epoch", "on_end")
        if val is None and callback.needs_val:
            raise ValueError(
                f"{type(callback).__name__} watches the held-out loss: give val=(X, Y)"
            )
    return list(callbacks)


def _examples(net, loss, X, Y):
    """Return X and Y in the net's dtype, as transposes of contiguous rows, or refuse
    them.
    """
    checks.methods("net", net, "forward", "backward")
    if net.dtype.kind == "c":
        raise ValueError(
            f"net computes in {net.dtype}, to check gradients by: train the real one"
        )
    X = checks.inputs("X", X, net.n_in, net.dtype)
    Y = checks.labels("Y", Y, (net.n_out, X.shape[1]))
    if loss is categorical_cross_entropy and not (
        len(Y) > 1 and (Y.sum(axis=0) == 1).all()
    ):
        raise ValueError(
            "categorical_cross_entropy takes one-hot Y: two rows or more, a single 1 in each column"
        )
    return tuple(np.ascontiguousarray(A.T, net.dtype).T for A in (X, Y))


class History(NamedTuple):
    """Records as arrays, one entry an epoch; the fields are those of Record."""

    epoch: np.ndarray
    loss: np.ndarray
    penalty: np.ndarray
    accuracy: np.ndarray
    val_loss: np.ndarray
    val_accuracy: np.ndarray
    lr: np.ndarray


def fit(net, loss, optimizer, data, *, epochs=100, progress=None, **options):
    """Train a net in place and return the History; Ctrl-C returns what there is so far.

    Arguments are those of `train`. ``progress``: a bar in a terminal (None), always
    (True) or never (False). Source: chapter 09, def-training.
    """
    records, run = [], train(net, loss, optimizer, data, epochs=epochs, **options)
    try:
        for record in _shown(run, epochs, progress):
            records.append(record)
    except KeyboardInterrupt:
        run.close()
    columns = zip(*records, strict=True) if records else [()] * len(Record._fields)
    return History(*(np.array(column) for column in columns))


def _shown(run, epochs, progress):
    """Yield the records of a run, and show a bar of them."""
    from tqdm import tqdm

    disable = None if progress is None else not progress
    with tqdm(run, total=epochs, unit="epoch", disable=disable) as bar:
        for record in bar:
            if not bar.disable:
                loss, accuracy = f"{record.loss:.4f}", f"{record.accuracy:.3f}"
                bar.set_postfix(loss=loss, accuracy=accuracy, refresh=False)
            yield record
