"""The loop.

Training is a generator: each turn is one epoch and yields one record of it, so whoever
runs the loop decides what happens between epochs: print, plot, stop, or redraw a
widget. `fit` is the plainest such loop; it collects the records into arrays.
"""

import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from math import isfinite
from typing import NamedTuple

import numpy as np

from dnn import checks
from dnn.checks import Array
from dnn.layers import SHUFFLES, carry_back
from dnn.losses import as_loss

Pair = tuple[Array, Array]  # (X, Y)
EPOCHS = 100  # unless told otherwise

__all__ = ["DivergenceError", "History", "Record", "evaluate", "fit", "train"]


class Record(NamedTuple):
    """One epoch.

    ``loss`` and ``penalty`` are means over the epoch's batches, weighted by their sizes,
    and ``score`` is the loss's measure of all their outputs, with dropout on and before
    each step; the penalty is not part of the loss. ``val_*`` are evaluated after the
    epoch, dropout off, NaN without ``val``. ``lr`` is the rate of the epoch's last
    step. Epochs count from 1.
    """

    epoch: int
    loss: float
    penalty: float
    score: float
    val_loss: float
    val_score: float
    lr: float


class History(Record):
    """Records as arrays, one entry an epoch; the fields are those of Record."""


class DivergenceError(ArithmeticError):
    """The loss was no longer finite; the net holds the last weights that were.

    Those are the weights before the loss that was not; or, where the weights themselves
    overflowed, those with which the epoch began, since a copy before every step would
    cost more than such weights are worth.
    """


# What overflows is seen in the loss, and reported once.
@np.errstate(over="ignore", invalid="ignore")
def evaluate(net, loss: Callable, X: Array, Y: Array) -> tuple[float, float]:
    """Return (loss, score) of a net on X (n₀, m) and Y (n_L, m), dropout off.

    Without any penalty. ValueError for data that do not fit the net. Source: chapter
    09.
    """
    loss = as_loss(loss)
    X, Y = _examples(net, loss, X, Y)
    Z = net.forward(X)
    return float(loss.cost(Z, Y)[0]), loss.score(Z, Y)


def batches(
    X: Array, Y: Array, batch_size: int, rng: "np.random.Generator"
) -> Iterator[Pair]:
    """Yield the examples in random order, ``batch_size`` columns at a time.

    The last batch may be smaller. X is (n₀, m) and Y (n_L, m), each best kept as the
    transpose of contiguous rows. One batch is the data itself. Source: chapter 09,
    def-batches.
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
    loss: Callable,
    optimizer,
    data: Pair,
    *,
    val: Pair | None = None,
    epochs: int = EPOCHS,
    batch_size: int | None = 64,
    penalty: Callable | None = None,
    seed: int = 0,
    callbacks=(),
    start: int = 0,
) -> Iterator[Record]:
    """Return a generator that trains a net in place and yields a Record an epoch.

    ``data`` and ``val`` are pairs (X, Y) of (n₀, m) and (n_L, m); ``loss``, a Loss,
    becomes the net's, and a plain function (Z, Y) → (J, dZ) trains with a score of NaN;
    ``penalty`` (theta, is_weight, m) → (R, dtheta); ``batch_size`` None is the full
    batch; ``start`` is the number of epochs already run, so that a resumed training
    shuffles as the whole would have. Everything is checked here, before the first
    epoch: ValueError. DivergenceError where the loss is not finite. Source: chapter 09,
    def-training.
    """
    loss = as_loss(loss)
    checks.methods("optimizer", optimizer, "step")
    if penalty is not None:
        checks.function("penalty", penalty)
    data = _examples(net, loss, *checks.pair("data", data))
    val = None if val is None else _examples(net, loss, *checks.pair("val", val))
    callbacks = _callbacks(callbacks, val)
    m = data[0].shape[1]
    size = m if batch_size is None else checks.integer("batch_size", batch_size, 1)
    seed, first = checks.integer("seed", seed, 0), checks.integer("start", start, 0) + 1
    numbers = range(first, first + checks.integer("epochs", epochs, 0))
    if hasattr(optimizer, "belong"):
        optimizer.belong(net.theta)  # refuses one that belongs to another net
    net.loss = loss if loss.link else net.loss
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
    """Run one epoch; return its mean (loss, penalty, score) and the last rate."""
    loss, penalty, outputs, before = 0.0, 0.0, [], run.net.snapshot()
    rng = np.random.default_rng([run.seed, SHUFFLES, number])
    for X, Y in batches(*run.data, run.batch_size, rng):
        lr = getattr(run.optimizer, "rate", np.nan)
        J, R, Z = step(run, X, Y)
        if not isfinite(J):
            raise _diverged(run.net, before, number, lr)
        share = X.shape[1] / run.data[0].shape[1]
        loss, penalty = loss + share * J, penalty + share * R
        outputs.append((Z, Y))
    if not np.isfinite(run.net.theta).all():
        raise _diverged(run.net, before, number, lr)
    Z, Y = (np.hstack(parts) for parts in zip(*outputs, strict=True))
    return (float(loss), float(penalty), run.loss.score(Z, Y)), lr


def step(run: Run, X: Array, Y: Array) -> tuple[float, float, Array]:
    """Take one step on one batch; return loss, penalty and logits, all before it.

    The penalty is told the size of the whole training set, not of the batch. A loss
    that is not finite takes no step. Source: chapter 09, def-training.
    """
    net, R = run.net, 0.0
    Z = net.forward(X, train=True)
    J, dZ = run.loss.cost(Z, Y)
    if isfinite(J):
        carry_back(net, dZ, need_dA=False)
        if run.penalty is not None:
            m = run.data[0].shape[1]
            R, dtheta = run.penalty(net.theta, net.is_weight, m)
            net.grad += dtheta
        run.optimizer.step(net.theta, net.grad)
    return J, R, Z


def _diverged(net, before, epoch, lr):
    if not all(np.isfinite(vector).all() for vector in net.snapshot()):
        net.restore(before)
    remedy = "try a smaller rate, or scale the inputs; the net holds finite weights"
    return DivergenceError(f"loss not finite in epoch {epoch} at lr {lr:g}: {remedy}")


def _callbacks(callbacks, val):
    """Return the callbacks in a list, or refuse what is none and what has no ``val``."""
    if not isinstance(callbacks, (list, tuple)):
        raise ValueError(f"callbacks must be a list of them, got {callbacks!r}")
    for callback in callbacks:
        checks.methods("a callback", callback, "on_epoch", "on_end")
        if val is None and callback.needs_val:
            kind = type(callback).__name__
            raise ValueError(f"{kind} watches the held-out loss: give val=(X, Y)")
    return list(callbacks)


def _examples(net, loss, X, Y):
    """Return X and Y in the net's dtype, as transposes of contiguous rows."""
    checks.methods("net", net, "forward", "backward")
    if net.dtype.kind == "c":
        raise ValueError(f"net computes in {net.dtype}: train the real one instead")
    X = checks.inputs("X", X, net.n_in, net.dtype)
    Y = loss.check("Y", checks.targets("Y", Y, (net.n_out, X.shape[1])))
    return tuple(np.ascontiguousarray(A.T, net.dtype).T for A in (X, Y))


def fit(net, loss, optimizer, data: Pair, *, progress=None, **options) -> History:
    """Train a net in place and return the History; Ctrl-C returns what there is so far.

    Arguments are those of `train`. ``progress``: a bar in a terminal (None), always
    (True) or never (False). Source: chapter 09, def-training.
    """
    records, run = [], train(net, loss, optimizer, data, **options)
    try:
        for record in _shown(run, options.get("epochs", EPOCHS), progress):
            records.append(record)
    except KeyboardInterrupt:
        run.close()
    columns = zip(*records, strict=True) if records else [()] * len(Record._fields)
    return History(*map(np.array, columns))


def _shown(run, epochs, progress):
    """Return the records of a run, behind a bar that counts them where one is wanted."""
    seen = sys.stderr and (sys.stderr.isatty() if progress is None else progress)
    if not seen or not find_spec("tqdm"):
        return run
    from tqdm import tqdm

    return _told(tqdm(run, total=epochs, unit="epoch"))


def _told(bar):
    """Yield the records behind a bar, which tells each one's loss and score."""
    for record in bar:
        bar.set_postfix(loss=record.loss, score=record.score, refresh=False)
        yield record
