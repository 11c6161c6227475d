"""The loop is replayed by hand, batch for batch; then it is interrupted, resumed,
driven off the cliff and misused.
"""

import io
import re
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
import warnings
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from oracles import LAYOUTS

from dnn import (
    Adam,
    DivergenceError,
    EarlyStopping,
    GradientDescent,
    History,
    Momentum,
    Network,
    Record,
    binary_cross_entropy,
    categorical_cross_entropy,
    data,
    evaluate,
    fit,
    glorot,
    l2,
    mean_and_error,
    mlp,
    schedules,
    train,
)
from dnn.callbacks import Callback
from dnn.files import sets, storage
from dnn.training import batches


def examples(m=50, n=3, rows=1, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((m, n)).T
    if rows == 1:
        return X, (X[:1] + 0.5 * rng.standard_normal((1, m)) > 0) * 1.0
    return X, np.eye(rows)[rng.integers(rows, size=m)].T


def small(**options):
    return mlp([3, 6, 1], hidden="tanh", seed=1, **options)


def quick(
    net,
    *,
    loss=binary_cross_entropy,
    optimizer=None,
    data=None,
    epochs=3,
    batch_size=16,
    **options,
):
    return fit(
        net,
        loss,
        optimizer or GradientDescent(0.5),
        data or examples(),
        epochs=epochs,
        batch_size=batch_size,
        progress=False,
        **options,
    )


# ---- replayed by hand ----------------------------------------------------------------


def replay(net, lr, X, Y, epochs, batch_size, lam=0.0, seed=0):
    """Plain descent typed out, with λ over the whole m; return the epochs' means of
    loss, penalty and accuracy.
    """
    m, means = X.shape[1], []
    for epoch in range(epochs):
        order = (
            np.random.default_rng([seed, 2, epoch + 1]).permutation(m)
            if batch_size < m
            else np.arange(m)
        )
        totals = np.zeros(3)
        for start in range(0, m, batch_size):
            batch = order[start : start + batch_size]
            Z = net.forward(X[:, batch], train=True)
            J, dZ = binary_cross_entropy(Z, Y[:, batch])
            net.backward(dZ)
            penalty = (
                lam
                / (2 * m)
                * sum((layer.W**2).sum() for layer in net.layers if layer.shapes)
            )
            totals += len(batch) * np.array(
                [J, penalty, ((Z > 0) == Y[:, batch]).mean()]
            )
            net.theta -= lr * (net.grad + lam / m * net.is_weight * net.theta)
        means.append(totals / m)
    return np.array(means).T


@pytest.mark.parametrize("batch_size", [1, 7, 16, 25, 49, 50, 51, 1000])
@pytest.mark.parametrize("options", [{}, {"lam": 3.0}, {"seed": 5}])
def test_training_is_the_loop_typed_out(batch_size, options):
    """Known bugs here: λ over the batch's size, and a last, smaller batch weighing as
    much as the others.
    """
    net, twin = small(), small()
    X, Y = examples(50)
    lam = options.get("lam", 0.0)
    history = quick(
        net,
        batch_size=batch_size,
        penalty=l2(lam) if lam else None,
        seed=options.get("seed", 0),
    )
    loss, penalty, accuracy = replay(twin, 0.5, X, Y, 3, batch_size, **options)
    assert_allclose(net.theta, twin.theta, rtol=1e-10, atol=1e-13)
    assert_allclose(history.loss, loss, rtol=1e-11)
    assert_allclose(history.penalty, penalty, rtol=1e-11)
    assert_allclose(history.score, accuracy, rtol=1e-12)


def test_known_bug_lambda_divided_by_the_batchs_size():
    """With no loss to speak of, one step from W multiplies it by 1 − αλ/m, whatever the
    batch.
    """
    X, Y = np.zeros((3, 40)), np.tile([[0.0, 1.0]], 20)
    for batch_size in (40, 20):
        net = mlp([3, 1], seed=1)
        W = net.layers[0].W.copy()
        list(
            train(
                net,
                lambda Z, Y: (0.0, 0 * Z),
                GradientDescent(0.5),
                (X, Y),
                epochs=1,
                batch_size=batch_size,
                penalty=l2(4),
            )
        )
        assert_allclose(
            net.layers[0].W, W * (1 - 0.5 * 4 / 40) ** (40 // batch_size), rtol=1e-14
        )


def test_known_bug_a_last_smaller_batch_that_weighs_too_much():
    """With a rate of 0 nothing changes, so the mean over the batches 16 + 16 + 16 + 2
    is the cost of all 50.
    """
    net, (X, Y) = small(), examples(50)
    history = quick(net, optimizer=GradientDescent(0), epochs=2)
    loss, accuracy = evaluate(net, binary_cross_entropy, X, Y)
    assert_allclose(history.loss, loss, rtol=1e-13)
    assert_allclose(history.score, accuracy, rtol=1e-13)
    assert_array_equal(net.theta, small().theta)


@pytest.mark.parametrize("progress", [None, True, False])
def test_known_bug_costs_recorded_only_when_printed(progress, capsys):
    history = fit(
        small(), binary_cross_entropy, Adam(), examples(), epochs=7, progress=progress
    )
    assert [len(column) for column in history] == [7] * 7
    assert ("loss=" in capsys.readouterr().err) == (progress is True)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("progress", [None, True, False])
def test_a_bar_is_shown_in_a_terminal_unless_refused(progress, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    fit(small(), binary_cross_entropy, Adam(), examples(), epochs=7, progress=progress)
    shown = sys.stderr.getvalue()
    assert bool(shown) == (progress is not False)
    if shown:
        assert re.search(r"7/7 .*epoch/s, loss=\d\.\d+, score=0\.\d+\]", shown)


# ---- records and histories -----------------------------------------------------------


def test_a_history_holds_one_entry_an_epoch_in_arrays():
    net = small()
    history = quick(net, val=examples(20, seed=1), penalty=l2(1))
    assert isinstance(history, History)
    assert History._fields == Record._fields
    assert Record._fields == (
        "epoch",
        "loss",
        "penalty",
        "score",
        "val_loss",
        "val_score",
        "lr",
    )
    assert all(
        isinstance(column, np.ndarray) and column.shape == (3,) for column in history
    )
    assert_array_equal(history.epoch, [1, 2, 3])
    assert_array_equal(history.lr, 0.5)
    assert (history.penalty > 0).all()
    assert (np.diff(history.loss) < 0).all()
    assert_allclose(
        [history.val_loss[-1], history.val_score[-1]],
        evaluate(net, binary_cross_entropy, *examples(20, seed=1)),
    )


def test_held_out_columns_are_nan_without_val_and_nothing_is_nothing():
    history = quick(small())
    assert np.isnan([history.val_loss, history.val_score]).all()
    assert_array_equal(history.penalty, 0)
    assert [column.shape for column in quick(small(), epochs=0)] == [(0,)] * 7


def test_the_cost_recorded_has_dropout_on_and_the_held_out_one_has_not():
    net, (X, Y) = mlp([3, 50, 1], keep_prob={1: 0.5}, seed=1), examples()
    off = evaluate(net, binary_cross_entropy, X, Y)[0]
    on = binary_cross_entropy(net.copy().forward(X, train=True), Y)[0]
    history = quick(
        net, optimizer=GradientDescent(0), batch_size=None, epochs=1, val=(X, Y)
    )
    assert_allclose(history.loss, on, rtol=1e-13)
    assert_allclose(history.val_loss, off, rtol=1e-13)
    assert on != off


def test_the_rate_recorded_is_that_of_the_epochs_last_step():
    lr = schedules.inverse_time(1.0, 1)
    assert_allclose(
        quick(small(), optimizer=GradientDescent(lr)).lr,
        [1 / 4, 1 / 8, 1 / 12],
        rtol=1e-14,
    )
    lr = schedules.per_epoch(schedules.step(1.0, 0.5, 1), 4)
    assert_allclose(
        quick(small(), optimizer=GradientDescent(lr)).lr, [1, 0.5, 0.25], rtol=1e-14
    )


def test_many_classes_are_judged_by_the_most_probable_one():
    X, Y = examples(30, rows=3)
    net = mlp([3, 5, 3], seed=1)
    right = (net.forward(X).argmax(axis=0) == Y.argmax(axis=0)).mean()
    assert evaluate(net, categorical_cross_entropy, X, Y)[1] == right
    history = quick(
        net,
        loss=categorical_cross_entropy,
        data=(X, Y),
        optimizer=GradientDescent(0),
        epochs=1,
    )
    assert_allclose(history.score, right, rtol=1e-13)


def test_evaluate_is_the_loss_without_dropout_and_leaves_no_trace():
    net, (X, Y) = mlp([3, 9, 1], keep_prob={1: 0.5}, seed=1), examples()
    loss, accuracy = evaluate(net, binary_cross_entropy, X, Y)
    assert net.loss is None
    net.loss = binary_cross_entropy
    assert loss == binary_cross_entropy(net.forward(X), Y)[0]
    assert accuracy == (net.predict(X) == Y).mean()
    assert type(loss) is type(accuracy) is float
    assert net.layers[0].cache is None


def test_accuracy_of_even_odds_goes_to_no():
    net = mlp([3, 1], init="zeros")
    assert (
        evaluate(net, binary_cross_entropy, np.ones((3, 4)), np.array([[0, 0, 0, 1]]))[
            1
        ]
        == 0.75
    )


# ---- batches -------------------------------------------------------------------------


@given(
    m=st.integers(1, 20),
    batch_size=st.integers(1, 25),
    layout=st.sampled_from(sorted(LAYOUTS)),
)
def test_an_epoch_holds_every_example_once(m, batch_size, layout):
    X, Y = LAYOUTS[layout](np.arange(2 * m).reshape(2, m)), np.arange(m)[None]
    parts = list(batches(X, Y, batch_size, np.random.default_rng(0)))
    assert [x.shape[1] for x, _ in parts[:-1]] == [batch_size] * ((m - 1) // batch_size)
    seen = np.concatenate([np.concatenate([x, y]) for x, y in parts], axis=1)
    assert_array_equal(seen[2], seen[0])  # labels go with their examples
    assert_array_equal(seen[:, np.argsort(seen[0])], np.concatenate([X, Y]))


def test_a_batch_is_a_gather_of_contiguous_rows_and_shuffled():
    X, Y = examples()
    parts = list(batches(X, Y, 16, np.random.default_rng(0)))
    assert all(x.T.flags.c_contiguous and y.T.flags.c_contiguous for x, y in parts)
    assert (np.concatenate([x for x, _ in parts], axis=1) != X).any()


@pytest.mark.parametrize("batch_size", [50, 51, 10**9])
def test_a_full_batch_is_the_data_itself(batch_size):
    X, Y = examples()
    ((x, y),) = batches(X, Y, batch_size, None)  # no random number is drawn
    assert x is X
    assert y is Y


class Spy(Callback):
    """A loss and callback that keeps what it is shown."""

    def __init__(self):
        self.seen, self.records, self.ended = [], [], 0

    def __call__(self, Z, Y):
        self.seen.append((Z, Y))
        return binary_cross_entropy(Z, Y)

    def on_epoch(self, net, record):
        self.records.append(record)

    def on_end(self, net):
        self.ended += 1


@pytest.mark.parametrize("batch_size", [None, 64])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_training_on_the_cats_takes_three_times_their_memory_at_most(dtype, batch_size):
    """From pictures of the photographs' number and size to the last epoch, held-out
    part and optimizer's state included.
    """
    images = np.random.default_rng(0).integers(0, 256, (209, 64, 64, 3), np.uint8)
    net = mlp([12288, 20, 7, 5, 1], seed=0, dtype=dtype)
    whole = images.size * net.dtype.itemsize
    tracemalloc.start()
    X = (images.reshape(209, -1) / net.dtype.type(255)).T
    (A, a), held_out = data.split(X, np.arange(209)[None] % 2, 0.2)
    options = {"epochs": 2, "batch_size": batch_size, "progress": False}
    fit(net, binary_cross_entropy, Adam(), (A, a), val=held_out, **options)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= 3 * whole


@pytest.mark.parametrize("batch_size", [None, 50, 99])
def test_data_in_the_nets_dtype_are_never_copied(batch_size):
    net, spy, (X, Y) = small(), Spy(), examples()
    quick(net, loss=spy, data=(X, Y), batch_size=batch_size)
    assert all(np.shares_memory(y, Y) for _, y in spy.seen)
    assert np.shares_memory(net.layers[0].cache, X)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_data_of_any_type_are_cast_once_and_all_stays_in_the_nets(dtype):
    """The batches share one array, already in the net's dtype."""
    net, spy = small(dtype=dtype, keep_prob={1: 0.9}), Spy()
    optimizer = Adam(schedules.cosine(0.1, 100))
    X, Y = examples()
    history = quick(
        net,
        loss=spy,
        optimizer=optimizer,
        data=(X.astype(">f4"), Y.astype(bool)),
        batch_size=None,
        penalty=l2(1),
        epochs=2,
    )
    assert (
        {z.dtype for z, _ in spy.seen}
        == {y.dtype for _, y in spy.seen}
        == {np.dtype(dtype)}
    )
    assert np.shares_memory(spy.seen[0][1], spy.seen[1][1])
    dtypes = {layer.cache.dtype for layer in net.layers if layer.shapes}
    assert (
        dtypes
        == {net.theta.dtype, net.grad.dtype, optimizer.v.dtype, optimizer.s.dtype}
        == {np.dtype(dtype)}
    )
    assert history.loss.dtype == np.float64


@given(
    layout=st.sampled_from(sorted(LAYOUTS)),
    dtype=st.sampled_from(["f2", "f4", "f8", ">f8", "i1", ">i4", "u1"]),
    labels=st.sampled_from(["f4", "i8", ">i2", "u1", "?"]),
    m=st.integers(1, 6),
)
def test_layout_and_dtype_of_the_data_do_not_show_and_the_data_are_not_altered(
    layout, dtype, labels, m
):
    rng = np.random.default_rng(m)
    X, Y = (
        rng.integers(0, 3, (3, m)).astype(dtype),
        rng.integers(0, 2, (1, m)).astype(labels),
    )
    net, twin = small(), small()
    odd = LAYOUTS[layout](X), LAYOUTS[layout](Y)
    quick(net, data=odd, batch_size=4, epochs=1, val=odd)
    quick(twin, data=(X * 1.0, Y * 1.0), batch_size=4, epochs=1)
    assert_allclose(net.theta, twin.theta, rtol=1e-12, atol=1e-15)
    assert_array_equal(odd[0], X)
    assert_array_equal(odd[1], Y)


# ---- a generator ---------------------------------------------------------------------


def test_train_yields_a_record_an_epoch_and_a_break_stops_it():
    net, spy = small(), Spy()
    for record in train(
        net,
        binary_cross_entropy,
        GradientDescent(0.5),
        examples(),
        epochs=100,
        callbacks=[spy],
    ):
        assert isinstance(record, Record)
        assert (record.epoch, spy.ended) == (len(spy.records), 0)
        if record.epoch == 3:
            break
    assert record.epoch == 3
    twin = small()
    quick(twin, batch_size=64)
    assert_array_equal(net.theta, twin.theta)


def test_nothing_is_trained_before_the_first_next():
    net = small()
    run = train(net, binary_cross_entropy, GradientDescent(0.5), examples())
    assert_array_equal(net.theta, small().theta)
    assert next(run).epoch == 1
    assert (net.theta != small().theta).any()


def test_a_callback_sees_every_epoch_and_stops_it_and_is_told_of_the_end():
    class Stop(Spy):
        def on_epoch(self, net, record):
            super().on_epoch(net, record)
            return record.epoch == 2

    stop, spy = Stop(), Spy()
    history = quick(small(), epochs=10, callbacks=[stop, spy])
    assert_array_equal(history.epoch, [1, 2])
    assert [r.epoch for r in spy.records] == [r.epoch for r in stop.records] == [1, 2]
    assert spy.ended == stop.ended == 1
    assert Callback().on_epoch(None, None) is Callback().on_end(None) is None


def test_defaults():
    """100 epochs in batches of 64, seed 0: the contract's defaults, seen from what they
    do.
    """
    net, twin = small(), small()
    history = fit(
        net, binary_cross_entropy, GradientDescent(0.1), examples(65), progress=False
    )
    quick(
        twin,
        optimizer=GradientDescent(0.1),
        data=examples(65),
        epochs=100,
        batch_size=64,
        seed=0,
    )
    assert len(history.loss) == 100
    assert_array_equal(net.theta, twin.theta)
    assert (
        len(
            list(
                train(small(), binary_cross_entropy, GradientDescent(0.1), examples(2))
            )
        )
        == 100
    )


# ---- seeds and resuming --------------------------------------------------------------


def test_the_same_seed_gives_the_same_bits_and_another_does_not():
    runs = [small(keep_prob={1: 0.8}) for _ in range(3)]
    histories = [
        quick(net, optimizer=Adam(), seed=seed)
        for net, seed in zip(runs, (3, 3, 4), strict=True)
    ]
    assert_array_equal(runs[0].theta, runs[1].theta)
    assert_array_equal(histories[0].loss, histories[1].loss)
    assert (runs[0].theta != runs[2].theta).any()


def test_a_resumed_training_equals_the_whole(tmp_path):
    """Weights, optimizer, schedule, masks and shuffles all go on where they were, by
    hand and through a file.
    """

    def fresh():
        return mlp([3, 6, 1], keep_prob={1: 0.7}, seed=1), Adam(
            schedules.cosine(0.1, 100)
        )

    (whole, optimizer), options = fresh(), {"seed": 3, "penalty": l2(0.5)}
    history = quick(whole, optimizer=optimizer, epochs=5, **options)
    net, optimizer = fresh()
    first = quick(net, optimizer=optimizer, epochs=2, **options)
    storage.save(net, tmp_path / "net.h5", optimizer, epoch=2)
    rest = quick(net, optimizer=optimizer, epochs=3, start=2, **options)
    assert_array_equal(net.theta, whole.theta)
    assert_array_equal(np.concatenate([first, rest], axis=1), history)
    net, optimizer, start = storage.load_checkpoint(tmp_path / "net.h5")
    assert start == 2
    rest = quick(net, optimizer=optimizer, epochs=3, start=start, **options)
    assert_array_equal(net.theta, whole.theta)
    assert_array_equal(rest.epoch, [3, 4, 5])


def test_numpys_global_random_state_is_neither_read_nor_touched():
    np.random.seed(0)
    before = np.random.get_state()[1].copy()
    net = small(keep_prob={1: 0.5})
    quick(net, val=examples(5))
    data.split(*examples(), 0.2)
    data.spirals()
    assert_array_equal(np.random.get_state()[1], before)
    np.random.seed(1)
    twin = small(keep_prob={1: 0.5})
    quick(twin)
    assert_array_equal(twin.theta, net.theta)


# ---- early stopping ------------------------------------------------------------------


def scripted(losses):
    """A net-like object and the records of a run whose held-out losses are given."""
    net = mlp([1, 1])
    return net, [
        Record(i, 0.0, 0.0, 0.0, loss, 0.0, 0.0) for i, loss in enumerate(losses, 1)
    ]


@pytest.mark.parametrize(
    ("losses", "patience", "stops_at", "best"),
    [
        ([3, 2, 1, 2, 2, 2, 0], 3, 6, 3),
        ([3, 2, 1, 2, 2, 0.5, 1], 3, None, 6),
        ([1, 1, 1], 2, 3, 1),  # as good is not better
        ([1, 2], 1, 2, 1),
        ([3, 2, 1], 1, None, 3),
        ([np.inf, 5, 6], 1, 3, 2),
        ([np.nan, 5, 6], 1, 3, 2),
        ([5, np.nan, 4, np.nan, 6], 2, 5, 3),
    ],
)
def test_early_stopping_waits_and_restores_the_best(losses, patience, stops_at, best):
    (net, records), stopping = scripted(losses), EarlyStopping(patience)
    for record in records:
        net.theta[...] = record.epoch
        stop = stopping.on_epoch(net, record)
        assert stop == (record.epoch == stops_at)
        if stop:
            break
    stopping.on_end(net)
    assert (net.theta == best).all()
    net.theta[
        ...
    ] = -1.0  # it forgets, so that another run does not end with these weights
    stopping.on_end(net)
    assert (net.theta == -1).all()


def test_early_stopping_in_a_real_training_restores_the_best_weights():
    X, Y = examples(12)
    net, val = mlp([3, 30, 1], seed=1), examples(200, seed=9)
    history = quick(
        net,
        optimizer=Adam(0.05),
        data=(X, Y),
        val=val,
        epochs=200,
        callbacks=[EarlyStopping(10)],
    )
    best = history.val_loss.argmin()
    assert len(history.loss) == best + 11 < 200
    assert_allclose(
        evaluate(net, binary_cross_entropy, *val)[0], history.val_loss[best], rtol=1e-13
    )
    assert history.val_loss[best] < history.val_loss[-1]


@pytest.mark.parametrize("how", ["break", "Ctrl-C", "divergence"])
def test_early_stopping_restores_however_training_ends(how):
    val, seen = examples(30, seed=9), []

    class End(Callback):
        def on_epoch(self, net, record):
            seen.append((record.val_loss, net.theta.copy()))
            if record.epoch == 4 and how == "Ctrl-C":
                raise KeyboardInterrupt
            if record.epoch == 4 and how == "divergence":
                net.theta[...] = 1e308

    net = small()
    run = train(
        net,
        binary_cross_entropy,
        Momentum(9.0),
        examples(),
        val=val,
        batch_size=16,
        callbacks=[EarlyStopping(50), End()],
    )
    try:
        for record in run:
            if record.epoch == 4 and how == "break":
                break
    except (KeyboardInterrupt, DivergenceError):
        pass
    run.close()
    assert_array_equal(net.theta, min(seen, key=lambda pair: pair[0])[1])


def test_early_stopping_needs_something_to_watch():
    with pytest.raises(
        ValueError, match=r"^EarlyStopping watches the held-out loss: give val=\(X, Y\)"
    ):
        train(
            small(),
            binary_cross_entropy,
            Adam(),
            examples(),
            callbacks=[EarlyStopping(3)],
        )
    for bad in (0, -1, 1.5, None, True):
        with pytest.raises(
            ValueError, match=r"^patience must be a whole number of at least 1"
        ):
            EarlyStopping(bad)


# ---- Ctrl-C --------------------------------------------------------------------------


def interrupt_at(call, function=lambda *args: None):
    """Wrap a function so that its call number ``call`` is where Ctrl-C lands."""
    calls = iter(range(1, 10**9))

    def wrapped(*args):
        if next(calls) == call:
            raise KeyboardInterrupt
        return function(*args)

    return wrapped


@pytest.mark.parametrize("call", [1, 2, 5, 9])
@pytest.mark.parametrize(
    "place", ["loss", "callback", "optimizer", "penalty", "schedule"]
)
def test_ctrl_c_returns_what_was_learned(place, call):
    spy, optimizer, options = (
        Spy(),
        Adam(0.1),
        {"loss": binary_cross_entropy, "penalty": l2(1)},
    )
    if place == "loss":
        options["loss"] = interrupt_at(call, binary_cross_entropy)
    elif place == "penalty":
        options["penalty"] = interrupt_at(call, l2(1))
    elif place == "callback":
        spy.on_epoch = interrupt_at(call)
    elif place == "optimizer":
        optimizer.update = interrupt_at(call, optimizer.update)
    else:
        optimizer = Adam(interrupt_at(call, schedules.constant(0.1)))
    net = small()
    history = quick(
        net, optimizer=optimizer, epochs=20, val=examples(9), callbacks=[spy], **options
    )
    assert len(history.loss) < 20
    assert {len(column) for column in history} == {len(history.epoch)}
    assert np.isfinite(net.theta).all()
    assert (len(history.epoch) > 0) == (net.theta != small().theta).any() or len(
        history.epoch
    ) == 0
    assert spy.ended == 1


def test_ctrl_c_at_every_line_of_an_epoch():
    """Interrupted at the 1st, 2nd, 3rd, … line that runs inside an epoch, fit returns a
    history each time.
    """
    inside = {
        "_epoch",
        "step",
        "batches",
        "forward",
        "backward",
        "update",
        "vectors",
        "rate",
        "score",
        "accuracy",
        "evaluate",
    }
    inside |= {"logistic_cost", "__call__", "on_epoch"}

    def interrupted_at(line):
        def trace(frame, event, argument):
            nonlocal line
            if (
                frame.f_code.co_name not in inside
                or "/dnn/" not in frame.f_code.co_filename
            ):
                return None
            line -= event == "line"
            if line == 0 and event == "line":
                raise KeyboardInterrupt
            return trace

        net, spy, before = small(keep_prob={1: 0.9}), Spy(), sys.gettrace()
        sys.settrace(trace)
        try:
            history = quick(
                net,
                epochs=2,
                data=examples(4),
                val=examples(2),
                callbacks=[spy, EarlyStopping(5)],
                penalty=l2(1),
                batch_size=3,
            )
        finally:
            sys.settrace(before)
        assert {len(column) for column in history} == {len(history.epoch)}
        assert (
            len(history.epoch) == len(spy.records)
            or len(history.epoch) == len(spy.records) - 1
        )
        assert np.isfinite(net.theta).all()
        assert spy.ended == 1
        return line > 0  # it ran to the end

    line = 1
    while not interrupted_at(line):
        line += 1
    assert line > 100


CHILD = """
import signal, sys
import numpy as np
from dnn import Adam, categorical_cross_entropy, data, fit, mlp
from dnn.files import sets
from dnn.callbacks import Callback

class Tell(Callback):
    def on_epoch(self, net, record):
        if record.epoch == 2:
            print("running", flush=True)

signal.signal(signal.SIGINT, signal.default_int_handler)  # a process started in the background ignores it
arms = data.spirals()
for _ in range(int(sys.argv[1])):
    net = mlp([2, 20, 3], seed=1)
    before = net.theta.copy()
    history = fit(net, categorical_cross_entropy, Adam(), (arms.X, arms.Y), epochs=10**9, callbacks=[Tell()], progress=False)
    assert np.isfinite(net.theta).all() and (net.theta != before).any()
    assert len(history.loss) == history.epoch[-1] >= 1
    print("returned", flush=True)
"""


def test_a_real_ctrl_c_at_random_moments_in_a_process():
    times, command = 12, [sys.executable, "-c", CHILD]
    delays = np.random.default_rng(0).uniform(0, 0.01, times)
    with subprocess.Popen(
        [*command, str(times)], stdout=subprocess.PIPE, text=True
    ) as process:
        limit = threading.Timer(60, process.kill)
        limit.start()
        for delay in delays:
            assert process.stdout.readline() == "running\n"
            time.sleep(delay)
            process.send_signal(signal.SIGINT)
            assert process.stdout.readline() == "returned\n"
        assert process.wait() == 0
        limit.cancel()


# ---- divergence ----------------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [None, 16])
def test_divergence_says_so_and_keeps_finite_weights(batch_size):
    net = mlp([3, 6, 6, 1], seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(
            DivergenceError,
            match=r"^loss not finite in epoch \d+ at lr 1e\+200: try a smaller rate, "
            r"or scale the inputs; the net holds finite weights$",
        ):
            quick(
                net, optimizer=GradientDescent(1e200), epochs=50, batch_size=batch_size
            )
    assert np.isfinite(net.theta).all()
    assert issubclass(DivergenceError, ArithmeticError)


@pytest.mark.parametrize("worse", [np.nan, np.inf, -np.inf])
def test_a_loss_that_is_not_finite_takes_no_step(worse):
    """The loss is bad in the third batch of the second epoch: weights are those after
    six steps.
    """
    losses = iter([0.0] * 6 + [worse])
    calls = []

    def loss(Z, Y):
        calls.append(net.theta.copy())
        return next(losses), np.ones_like(Z)

    net = small()
    with pytest.raises(DivergenceError, match=r"in epoch 2 at lr 0.5"):
        quick(net, loss=loss, epochs=9)
    assert len(calls) == 7
    assert_array_equal(net.theta, calls[-1])


def test_weights_that_are_not_finite_go_back_to_the_last_epoch():
    """A gradient can be infinite though the loss is not; at the epoch's end, at the
    latest, that is seen.
    """
    starts = []

    def loss(Z, Y):
        starts.append(net.theta.copy())
        return 0.0, np.full_like(Z, np.nan if len(starts) == 5 else 1.0)

    net = small()
    with pytest.raises(DivergenceError, match="in epoch 2"):
        quick(net, loss=loss, epochs=9, batch_size=13)
    assert_array_equal(net.theta, starts[4])


def test_held_out_data_may_overflow_and_training_goes_on():
    X, Y = examples(20)
    history = quick(mlp([3, 9, 9, 1], seed=1), val=(X * 1e307, Y))
    assert (history.val_loss > 1e300).all() or np.isnan(history.val_loss).all()
    assert np.isfinite(history.loss).all()
    assert len(history.loss) == 3


@given(
    exponent=st.floats(-320, 308),
    rate=st.floats(-10, 300),
    rows=st.sampled_from([1, 3]),
    dtype=st.sampled_from([np.float32, np.float64]),
    m=st.integers(1, 5),
    hidden=st.sampled_from(["relu", "sigmoid", "tanh"]),
    make=st.sampled_from([GradientDescent, Momentum, Adam]),
)
def test_whatever_the_data_training_ends_well_or_says_why_not(
    exponent, rate, rows, dtype, m, hidden, make
):
    """Numbers of any size and any rate: weights end finite, in silence, or the error is
    one of two.
    """
    X, Y = examples(m, rows=rows)
    loss = binary_cross_entropy if rows == 1 else categorical_cross_entropy
    net = mlp([3, 4, rows], hidden=hidden, dtype=dtype)
    with np.errstate(over="ignore", under="ignore"):
        X = X * 10.0**exponent / 10
    options = {"loss": loss, "data": (X, Y), "optimizer": make(10.0**rate)}
    if np.abs(X).max() > np.finfo(dtype).max:
        with pytest.raises(ValueError, match=r"^X holds NaN or .* values in float32"):
            quick(net, batch_size=2, **options)
        return
    with suppress(DivergenceError):
        quick(net, batch_size=2, **options)
    assert np.isfinite(net.theta).all()


# ---- misuse --------------------------------------------------------------------------

X, Y = examples(6)
REFUSED = {
    "X transposed": (
        {"data": (X.T, Y)},
        r"^X must have shape \(3, m\).* its transpose would fit",
    ),
    "X one example": ({"data": (X[:, 0], Y[:, :1])}, r"^X must have shape \(3, m\)"),
    "no example": (
        {"data": (X[:, :0], Y[:, :0])},
        r"^X has shape \(3, 0\): it holds no example",
    ),
    "NaN in X": (
        {"data": (np.where(X > 1, np.nan, X) * np.nan, Y)},
        "^X holds NaN or infinite values",
    ),
    "infinite X": ({"data": (X * np.inf, Y)}, "^X holds NaN or infinite values"),
    "words in X": ({"data": (X.astype(str), Y)}, "^X must hold real numbers"),
    "Y transposed": (
        {"data": (X, Y.T)},
        r"^Y has shape \(6, 1\) but .* \(1, 6\): .*; its transpose would fit",
    ),
    "Y a vector": (
        {"data": (X, Y[0])},
        r"^Y has shape \(6,\) but .* \(1, 6\): .*; use Y\[None\]",
    ),
    "too few labels": (
        {"data": (X, Y[:, 1:])},
        r"^Y has shape \(1, 5\) but .* \(1, 6\): they must be equal$",
    ),
    "labels of −1 and 1": (
        {"data": (X, 2 * Y - 1)},
        "^Y must hold only the labels 0 and 1, got -1.0",
    ),
    "soft labels": (
        {"data": (X, Y * 0.5)},
        "^Y must hold only the labels 0 and 1, got 0.5",
    ),
    "NaN in Y": ({"data": (X, Y * np.nan)}, "^Y holds NaN or infinite values"),
    "val transposed": ({"val": (X.T, Y)}, r"^X must have shape \(3, m\)"),
    "val of no example": ({"val": (X[:, :0], Y[:, :0])}, "it holds no example"),
    "no batch": (
        {"batch_size": 0},
        "^batch_size must be a whole number of at least 1, got 0",
    ),
    "negative batch": ({"batch_size": -5}, "^batch_size must be"),
    "half a batch": ({"batch_size": 0.5}, "^batch_size must be"),
    "negative epochs": (
        {"epochs": -1},
        "^epochs must be a whole number of at least 0, got -1",
    ),
    "half an epoch": ({"epochs": 1.5}, "^epochs must be"),
    "negative start": ({"start": -1}, "^start must be a whole number of at least 0"),
    "negative seed": (
        {"seed": -1},
        "^seed must be a whole number of at least 0, got -1",
    ),
    "no seed": ({"seed": None}, "^seed must be a whole number of at least 0, got None"),
    "nothing to watch": ({"callbacks": [EarlyStopping(1)]}, "give val="),
}


@pytest.mark.parametrize(("options", "says"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("run", [train, fit])
def test_mistakes_are_refused_at_the_call_and_before_any_work(run, options, says):
    net, optimizer = small(), Adam()
    options = {"data": (X, Y), **options}
    with pytest.raises(ValueError, match=says):
        run(
            net, binary_cross_entropy, optimizer, options.pop("data"), **options
        )  # and not at the first next
    assert_array_equal(net.theta, small().theta)
    assert optimizer.t == 0


@pytest.mark.parametrize(
    "bad", [name for name in REFUSED if "X" in name or "Y" in name]
)
def test_evaluate_refuses_the_same_data(bad):
    with pytest.raises(ValueError, match=REFUSED[bad][1]):
        evaluate(small(), binary_cross_entropy, *REFUSED[bad][0]["data"])


@pytest.mark.parametrize(
    ("sizes", "Y"),
    [
        ([3, 1], Y),
        ([3, 1], np.ones((1, 6))),
        ([3, 2], np.concatenate([Y, Y])),
        ([3, 2], np.zeros((2, 6))),
        ([3, 2], np.ones((2, 6))),
    ],
    ids=["one row", "one row of ones", "equal rows", "no class", "two classes"],
)
def test_classes_must_be_one_hot(sizes, Y):
    with pytest.raises(
        ValueError,
        match=r"^Y must be one-hot or hold probabilities, in two rows or more that sum "
        r"to 1; got ",
    ):
        train(mlp(sizes), categorical_cross_entropy, Adam(), (X, Y))


def test_held_out_classes_must_be_one_hot_too():
    one_hot = np.concatenate([1 - Y, Y])
    with pytest.raises(ValueError, match=r"^Y must be one-hot or hold prob"):
        train(
            mlp([3, 2]),
            categorical_cross_entropy,
            Adam(),
            (X, one_hot),
            val=(X, np.ones((2, 6))),
        )


def test_two_classes_may_be_one_hot():
    net, Y2 = mlp([3, 2], seed=1), np.concatenate([1 - Y, Y])
    history = quick(net, loss=categorical_cross_entropy, data=(X, Y2))
    assert (np.diff(history.loss) < 0).all()


def test_a_class_number_is_told_of_one_hot():
    with pytest.raises(ValueError, match=r"use data.one_hot\(Y, 3\)"):
        train(
            mlp([3, 3]),
            categorical_cross_entropy,
            Adam(),
            (X, np.array([0, 1, 2, 0, 1, 2])),
        )


def test_several_yes_or_no_questions_may_have_any_answers():
    Y = np.array([[1, 0, 1, 1, 0, 0], [1, 1, 0, 1, 0, 1]])
    assert np.isfinite(quick(mlp([3, 2], seed=1), data=(X, Y)).loss).all()


# ---- beside scikit-learn -------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "loss", "sizes"),
    [
        (sets.breast_cancer, binary_cross_entropy, [30, 16, 1]),
        (sets.digits, categorical_cross_entropy, [64, 32, 10]),
    ],
)
def test_held_out_accuracy_is_no_worse_than_scikit_learns(make, loss, sizes):
    """Same architecture, kind of start, optimizer and budget; ten seeds, each with a
    half of its own to learn from and the other half to be judged by.

    A 95% interval of the mean difference has its lower end above −1%: this shows, and
    not merely fails to refute, that ours is no worse by as much as that.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    _, n, C = sizes
    known = {"learning_rate_init": 0.003, "batch_size": 64, "max_iter": 20}
    whole, differences = make(), []
    X, Y = np.hstack([whole.X, whole.X_test]), np.hstack([whole.Y, whole.Y_test])
    for seed in range(10):
        (A, a), (B, b) = data.split(X, Y, 0.5, seed)
        scale, y, want = (
            data.standardize(A),
            *(P.argmax(axis=0) if C > 1 else P[0] for P in (a, b)),
        )
        net = mlp(sizes, init=glorot, seed=seed)
        options = {"epochs": 20, "batch_size": 64, "seed": seed, "progress": False}
        fit(net, loss, Adam(0.003), (scale(A), a), **options)
        theirs = MLPClassifier(n, **known, alpha=0, tol=0, random_state=seed)
        with warnings.catch_warnings():  # the budget is spent, as it should be
            warnings.simplefilter("ignore", ConvergenceWarning)
            theirs.fit(scale(A).T, y)
        ours = (net.predict(scale(B))[0] == want).mean()
        assert ours > 0.9
        differences.append(ours - theirs.score(scale(B).T, want))
    mean, error = mean_and_error(differences)
    assert mean - 1.833 * error > -0.01  # Student's t, 9 degrees of freedom, one side


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"loss": "binary_cross_entropy"}, "loss must be a function"),
        ({"optimizer": "adam"}, "^optimizer must be an object with step, got 'adam'"),
        ({"optimizer": GradientDescent}, "^optimizer must be an object with step, got"),
        ({"optimizer": None}, "^optimizer must be an object with step, got None"),
        ({"penalty": 0.7}, "^penalty must be a function or an object, got 0.7"),
        ({"penalty": l2}, "^penalty must be a function or an object, got <class"),
        ({"data": (np.ones((2, 3)),)}, r"^data must be a pair \(X, Y\), got tuple"),
        ({"data": np.ones((2, 3))}, r"^data must be a pair \(X, Y\), got ndarray"),
        ({"data": data.moons(9)}, r"^data must be a pair \(X, Y\), got Dataset"),
        ({"val": ()}, r"^val must be a pair \(X, Y\), got tuple"),
        ({"net": None}, "^net must be an object with forward and backward, got None"),
        ({"net": Network}, "^net must be an object with forward and backward, got <cl"),
        (
            {"net": mlp([2, 1]).astype(complex)},
            "^net computes in complex128: train the real one",
        ),
        ({"callbacks": None}, "^callbacks must be a list of them, got None"),
        (
            {"callbacks": EarlyStopping(3)},
            "^callbacks must be a list of them, got <dnn",
        ),
        ({"callbacks": [EarlyStopping]}, "^a callback must be an object with on_epoch"),
        ({"callbacks": (print,)}, "^a callback must be an object with on_epoch and on"),
    ],
)
def test_what_is_no_part_of_a_training_is_refused_at_the_call(wrong, says):
    arguments = {
        "net": mlp([2, 1]),
        "loss": binary_cross_entropy,
        "optimizer": GradientDescent(0.1),
        "data": (np.ones((2, 3)), np.ones((1, 3))),
    } | wrong
    with pytest.raises(ValueError, match=says):
        train(**arguments)
    if wrong.keys() <= {"net", "loss"}:
        with pytest.raises(ValueError, match=says):
            evaluate(arguments["net"], arguments["loss"], *arguments["data"])
