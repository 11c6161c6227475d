"""An optimizer is a recurrence: so it is unrolled by hand, in plain floats, and raced
against PyTorch's.

Both are done step for step, over vectors shorter and longer than the blocks in which
ours are fed to it.
"""

import copy
import inspect
import math
import pickle
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal
from oracles import LAYOUTS, torch, torch_gradient

from dnn import (
    Adam,
    AdamW,
    GradientDescent,
    Momentum,
    Nesterov,
    RMSprop,
    binary_cross_entropy,
    categorical_cross_entropy,
    fit,
    l2,
    mlp,
    optimizers,
    schedules,
)
from dnn.optimizers import BLOCK, OPTIMIZERS

BY_NAME = pytest.mark.parametrize("kind", OPTIMIZERS.values(), ids=OPTIMIZERS)


def gradients(size, steps, dtype=float):
    """Gradients of very different sizes, some exactly zero: what real ones are like."""
    rng = np.random.default_rng(size)
    scale = 10.0 ** rng.integers(-6, 3, size)
    return [
        (scale * rng.standard_normal(size) * (rng.random(size) > 0.1)).astype(dtype)
        for _ in range(steps)
    ]


def run(optimizer, theta, grads):
    """Return theta after each step; ours works in place on a copy."""
    theta, path = theta.copy(), []
    for grad in grads:
        optimizer.step(theta, grad)
        path.append(theta.copy())
    return np.array(path)


# ---- the equations, in plain floats --------------------------------------------------


def unrolled_gradientdescent(theta, grads, lr):
    for g in grads:
        theta = theta - lr * g
        yield theta


def unrolled_momentum(theta, grads, lr, beta=0.9):
    v = 0.0
    for g in grads:
        v = beta * v + (1 - beta) * g
        theta = theta - lr * v
        yield theta


def unrolled_nesterov(theta, grads, lr, beta=0.9):
    v = 0.0
    for g in grads:
        v = beta * v + (1 - beta) * g
        theta = theta - lr * (beta * v + (1 - beta) * g)
        yield theta


def unrolled_rmsprop(theta, grads, lr, beta=0.9, eps=1e-8):
    s = 0.0
    for g in grads:
        s = beta * s + (1 - beta) * g * g
        theta = theta - lr * g / (math.sqrt(s) + eps)
        yield theta


def unrolled_adam(theta, grads, lr, beta1=0.9, beta2=0.999, eps=1e-8, decay=0.0):
    v = s = 0.0
    for t, g in enumerate(grads, 1):
        v = beta1 * v + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * g * g
        theta = theta - lr * decay * theta
        theta = theta - lr * (v / (1 - beta1**t)) / (
            math.sqrt(s / (1 - beta2**t)) + eps
        )
        yield theta


def unrolled_adamw(theta, grads, lr, decay=0.01, **others):
    return unrolled_adam(theta, grads, lr, decay=decay, **others)


SETTINGS = [
    (GradientDescent, {}),
    (Momentum, {}),
    (Momentum, {"beta": 0.0}),
    (Momentum, {"beta": 0.5}),
    (Nesterov, {}),
    (Nesterov, {"beta": 0.5}),
    (RMSprop, {}),
    (RMSprop, {"beta": 0.99, "eps": 0.1}),
    (Adam, {}),
    (Adam, {"beta1": 0.5, "beta2": 0.9, "eps": 0.1}),
    (AdamW, {}),
    (AdamW, {"decay": 0.5, "beta1": 0.5, "beta2": 0.9, "eps": 0.1}),
    (AdamW, {"decay": 0.0}),
]


@pytest.mark.parametrize(
    ("kind", "settings"), SETTINGS, ids=lambda x: getattr(x, "__name__", str(x))
)
def test_every_step_is_the_equation(kind, settings):
    unrolled = globals()[f"unrolled_{kind.__name__.lower()}"]
    theta, grads = np.array([1.0, -2.0, 3e-4, 0.0, 5e3]), gradients(5, 40)
    got = run(kind(lr=0.03, **settings), theta, grads)
    for i in range(5):
        want = list(
            unrolled(theta[i].item(), [g[i].item() for g in grads], 0.03, **settings)
        )
        assert_allclose(got[:, i], want, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("kind", [Adam, AdamW])
@given(g=hnp.arrays(float, 4, elements=st.floats(-1e3, 1e3)))
def test_the_first_step_of_adam_is_the_sign_of_the_gradient_but_for_eps(kind, g):
    theta = np.zeros(4)
    kind(lr=0.1).step(theta, g)
    assert_allclose(theta, -0.1 * g / (np.abs(g) + 1e-8), rtol=1e-7, atol=1e-300)


# ---- known bugs ----------------------------------------------------------------------


@BY_NAME
def test_known_bug_an_optimizer_accepted_by_name_that_never_updates(kind):
    theta = np.ones(3)
    optimizer = kind()
    optimizer.step(theta, np.array([1.0, -1.0, 2.0]))
    assert theta[0] < 1 < theta[1]
    assert theta[2] < 1
    assert optimizer.t == 1


def test_every_optimizer_is_known_by_its_name_in_lower_case():
    assert list(OPTIMIZERS) == [
        "sgd",
        "gradientdescent",
        "momentum",
        "nesterov",
        "rmsprop",
        "adam",
        "adamw",
    ]
    assert list(OPTIMIZERS.values()) == [
        GradientDescent,
        GradientDescent,
        Momentum,
        Nesterov,
        RMSprop,
        Adam,
        AdamW,
    ]


@BY_NAME
@pytest.mark.parametrize("size", [1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 7])
def test_known_bug_a_step_counter_that_advances_more_than_once(kind, size):
    """The counter counts steps, not blocks, layers or vectors: all of a long vector
    steps as its first entry does.
    """
    optimizer, theta = kind(lr=0.1), np.ones(size)
    for t in range(1, 4):
        optimizer.step(theta, np.full(size, 0.5))
        assert optimizer.t == t
    assert_array_equal(
        theta, run(kind(lr=0.1), np.ones(1), [np.full(1, 0.5)] * 3)[-1, 0]
    )


def test_known_bug_a_decay_of_the_already_decayed_rate():
    """The rate at step t comes from t and α₀ alone; compounding would give 1/2, 1/6,
    1/24, … of it.
    """
    optimizer, theta, rates = (
        GradientDescent(schedules.inverse_time(0.6, rate=1)),
        np.zeros(1),
        [],
    )
    for _ in range(5):
        rates.append(optimizer.rate)
        before = theta.copy()
        optimizer.step(theta, np.ones(1))
        assert_allclose(before - theta, rates[-1], rtol=1e-14)
    assert_allclose(rates, [0.6, 0.3, 0.2, 0.15, 0.12], rtol=1e-15)


# ---- PyTorch -------------------------------------------------------------------------
# How its conventions map to ours; b is its buffer, p its parameter, g the gradient.
#
# Momentum: b ← βb + g from b = 0, p ← p − rb. Then v = (1−β)b obeys v ← βv + (1−β)g,
# which is ours, and αv = α(1−β)b: the same step if its rate is r = α(1−β).
# Nesterov: p ← p − r(g + βb), and with that r, α(1−β)(g + βb) = α((1−β)g + βv).
# Its dampening d, in b ← βb + (1−d)g, makes b our v if d = β, but for the first step,
# where b is set to the whole g: a step with a zero gradient before it mends that.
# RMSprop: its alpha is our β; ε is added outside the root in both.
# Adam: its divisor √s/√(1−β₂ᵗ) + ε is our √ŝ + ε.
# AdamW: p ← p − α·decay·p and then Adam's step; decay shrinks the old p in both. Its
# parameter groups, each with a decay of its own, are our vector of decays.

MIRRORS = {  # ours, and PyTorch's with the settings derived
    "gradient descent": (lambda lr: GradientDescent(lr), lambda o, p, lr: o.SGD(p, lr)),
    "momentum": (
        lambda lr: Momentum(lr, 0.8),
        lambda o, p, lr: o.SGD(p, lr * (1 - 0.8), momentum=0.8),
    ),
    "nesterov": (
        lambda lr: Nesterov(lr, 0.8),
        lambda o, p, lr: o.SGD(p, lr * (1 - 0.8), momentum=0.8, nesterov=True),
    ),
    "rmsprop": (
        lambda lr: RMSprop(lr, 0.95, 1e-6),
        lambda o, p, lr: o.RMSprop(p, lr, alpha=0.95, eps=1e-6),
    ),
    "adam": (
        lambda lr: Adam(lr, 0.8, 0.99, 1e-6),
        lambda o, p, lr: o.Adam(p, lr, betas=(0.8, 0.99), eps=1e-6),
    ),
    "adam, defaults": (lambda lr: Adam(lr), lambda o, p, lr: o.Adam(p, lr)),
    "adamw": (
        lambda lr: AdamW(lr, 0.3),
        lambda o, p, lr: o.AdamW(p, lr, weight_decay=0.3),
    ),
}


def run_torch(make, theta, grads, lr):
    t = torch()
    parameter = t.tensor(theta, requires_grad=True)
    optimizer, path = make(t.optim, [parameter], lr), []
    for grad in grads:
        parameter.grad = t.tensor(grad)
        optimizer.step()
        path.append(parameter.detach().numpy().copy())
    return np.array(path)


@pytest.mark.parametrize(("ours", "theirs"), MIRRORS.values(), ids=MIRRORS)
def test_every_step_equals_pytorchs(ours, theirs):
    theta, grads = np.linspace(-1, 1, 50), gradients(50, 300)
    assert_allclose(
        run(ours(0.02), theta, grads),
        run_torch(theirs, theta, grads, 0.02),
        rtol=1e-10,
        atol=1e-12,
    )


@pytest.mark.parametrize(("ours", "theirs"), MIRRORS.values(), ids=MIRRORS)
def test_every_step_equals_pytorchs_in_float32(ours, theirs):
    theta, grads = (
        np.linspace(-1, 1, 50, dtype=np.float32),
        gradients(50, 50, np.float32),
    )
    got = run(ours(0.02), theta, grads)
    assert got.dtype == np.float32
    assert_allclose(got, run_torch(theirs, theta, grads, 0.02), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("ours", "theirs"), MIRRORS.values(), ids=MIRRORS)
def test_every_step_equals_pytorchs_on_a_schedule(ours, theirs):
    """Its schedulers rescale the rate after each step, ours is asked for step 0, 1, …"""
    t, schedule = torch(), schedules.warmup(schedules.cosine(0.02, 60), 7)
    theta, grads = np.linspace(-1, 1, 50), gradients(50, 70)
    parameter = t.tensor(theta, requires_grad=True)
    optimizer = theirs(t.optim, [parameter], 0.02)
    scheduler = t.optim.lr_scheduler.LambdaLR(optimizer, lambda i: schedule(i) / 0.02)
    path = []
    for grad in grads:
        parameter.grad = t.tensor(grad)
        optimizer.step()
        scheduler.step()
        path.append(parameter.detach().numpy().copy())
    got = run(ours(schedule), theta, grads)
    assert_allclose(got, path, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("ours", "theirs"), MIRRORS.values(), ids=MIRRORS)
def test_a_whole_training_equals_pytorchs(ours, theirs, rows):
    """Shuffled batches, the last one smaller, with dropout and penalty: PyTorch is given
    the batches and the masks, and finds the gradients and the steps by itself.
    """
    t, rng, m, lam = torch(), np.random.default_rng(rows), 37, 0.5
    X = rng.standard_normal((4, m))
    Y = np.eye(3)[rng.integers(3, size=m)].T if rows == 3 else (X[:1] > 0) * 1.0
    net = mlp([4, 7, 5, rows], hidden="tanh", keep_prob={1: 0.8, 2: 0.5}, seed=3)
    masks, parameter = net.copy(), t.tensor(net.theta, requires_grad=True)
    optimizer = theirs(t.optim, [parameter], 0.02)
    for epoch in range(1, 6):
        order = np.random.default_rng([7, 2, epoch]).permutation(m)
        for batch in np.split(order, [16, 32]):
            masks.theta[...] = parameter.detach().numpy()
            masks.forward(X[:, batch], train=True)
            _, grad = torch_gradient(masks, X[:, batch], Y[:, batch], lam, m)
            parameter.grad = t.tensor(grad)
            optimizer.step()
    loss = binary_cross_entropy if rows == 1 else categorical_cross_entropy
    options = {"epochs": 5, "batch_size": 16, "penalty": l2(lam), "seed": 7}
    fit(net, loss, ours(0.02), (X, Y), progress=False, **options)
    assert_allclose(net.theta, parameter.detach().numpy(), rtol=1e-9, atol=1e-11)


def test_momentum_equals_pytorchs_dampened_one():
    grads = gradients(50, 300)
    theirs = run_torch(
        lambda o, p, lr: o.SGD(p, lr, momentum=0.9, dampening=0.9),
        np.ones(50),
        [np.zeros(50), *grads],
        0.02,
    )
    assert_allclose(
        run(Momentum(0.02), np.ones(50), grads), theirs[1:], rtol=1e-10, atol=1e-12
    )


def test_a_vector_of_decays_equals_pytorchs_parameter_groups():
    t = torch()
    theta, grads, decay = (
        np.linspace(-1, 1, 50),
        gradients(50, 100),
        np.repeat([0.3, 0.0], [30, 20]),
    )
    groups = [t.tensor(part, requires_grad=True) for part in (theta[:30], theta[30:])]
    theirs = t.optim.AdamW(
        [
            {"params": [p], "weight_decay": d}
            for p, d in zip(groups, (0.3, 0.0), strict=True)
        ],
        0.02,
    )
    got = run(AdamW(0.02, decay), theta, grads)
    for mine, grad in zip(got, grads, strict=True):
        groups[0].grad, groups[1].grad = t.tensor(grad[:30]), t.tensor(grad[30:])
        theirs.step()
        assert_allclose(
            mine,
            np.concatenate([p.detach().numpy() for p in groups]),
            rtol=1e-10,
            atol=1e-12,
        )


# ---- identities ----------------------------------------------------------------------


def test_momentum_and_nesterov_without_memory_are_plain_descent():
    theta, grads = np.ones(9), gradients(9, 20)
    plain = run(GradientDescent(0.1), theta, grads)
    assert_array_equal(run(Momentum(0.1, beta=0), theta, grads), plain)
    assert_array_equal(run(Nesterov(0.1, beta=0), theta, grads), plain)


def test_adamw_without_decay_is_adam_and_the_mask_spares_the_biases():
    net = mlp([3, 4, 1])
    grads = gradients(net.theta.size, 20)
    adam, adamw = (
        run(Adam(0.1), net.theta, grads),
        run(AdamW(0.1, 0.5 * net.is_weight), net.theta, grads),
    )
    assert_array_equal(run(AdamW(0.1, 0), net.theta, grads), adam)
    assert_array_equal(adamw[:, net.is_weight == 0], adam[:, net.is_weight == 0])
    assert (adamw != adam)[-1, net.is_weight == 1].all()


@BY_NAME
@pytest.mark.parametrize("block", [1, 3, 10, 11, 1000])
def test_blocks_do_not_show(kind, block, monkeypatch):
    theta, grads = np.linspace(-1, 1, 10), gradients(10, 10)
    want = run(kind(0.1), theta, grads)
    monkeypatch.setattr(optimizers, "BLOCK", block)
    assert_array_equal(run(kind(0.1), theta, grads), want)


def test_blocks_of_a_vector_of_decays_are_its_own():
    size = BLOCK + 5
    decay = np.linspace(0, 1, size)
    theta = np.ones(size)
    AdamW(0.1, decay).step(theta, np.zeros(size))
    assert_allclose(theta, 1 - 0.1 * decay, rtol=1e-15)


@BY_NAME
def test_an_optimizer_goes_on_where_it_was_and_a_pickled_one_does_too(kind):
    theta, grads = np.linspace(-1, 1, 10), gradients(10, 12)
    whole = run(kind(0.1), theta, grads)
    optimizer = kind(0.1)
    half = run(optimizer, theta, grads[:6])
    for later in (pickle.loads(pickle.dumps(optimizer)), copy.deepcopy(optimizer)):
        assert_array_equal(run(later, half[-1], grads[6:]), whole[6:])


@BY_NAME
def test_the_schedule_is_asked_for_step_0_1_2(kind):
    asked = []

    def lr(t):
        asked.append(t)
        return np.float32(0.1 / (t + 1))

    theta, grads = np.ones(3), gradients(3, 4)
    got = run(kind(lr), theta, grads)
    assert asked == [0, 1, 2, 3]
    first = run(kind(float(np.float32(0.1))), theta, grads[:1])
    assert_array_equal(got[:1], first)


@BY_NAME
@given(
    grad=hnp.arrays(float, st.integers(1, 7), elements=st.floats(-1e150, 1e150)),
    layout=st.sampled_from(sorted(LAYOUTS)),
    dtype=st.sampled_from(["f4", "f8", ">f8"]),
)
def test_a_step_takes_every_layout_and_leaves_the_gradient_alone(
    kind, grad, layout, dtype
):
    grad = np.clip(grad, -1e15, 1e15)  # whose square is a number in float32 too
    theta = np.ones(grad.size, dtype)
    want, odd = theta.copy(), LAYOUTS[layout](grad.astype(dtype))
    before = odd.copy()
    kind(0.1).step(want, grad.astype(dtype))
    kind(0.1).step(theta, odd)
    assert_array_equal(theta, want)
    assert_array_equal(odd, before)
    assert np.isfinite(theta).all()
    assert theta.dtype == dtype


@BY_NAME
def test_theta_may_be_a_strided_view(kind):
    table = np.zeros((5, 2))
    kind(0.1).step(table[:, 0], np.ones(5))
    assert (table[:, 0] < 0).all()
    assert_array_equal(table[:, 1], 0)


@BY_NAME
def test_float32_stays_float32(kind):
    optimizer, theta = kind(np.float64(0.1)), np.ones(3, np.float32)
    optimizer.step(theta, np.ones(3, np.float32))
    assert {getattr(optimizer, name).dtype for name in kind.state} <= {
        np.dtype(np.float32)
    }
    assert {
        type(v)
        for k, v in vars(optimizer).items()
        if k not in (*kind.state, "decay", "t", "size", "bound")
    } == {float}


# ---- settings ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "defaults"),
    [
        (GradientDescent, {"lr": 0.1}),
        (Momentum, {"lr": 0.1, "beta": 0.9}),
        (Nesterov, {"lr": 0.1, "beta": 0.9}),
        (RMSprop, {"lr": 0.001, "beta": 0.9, "eps": 1e-8}),
        (Adam, {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}),
        (
            AdamW,
            {"lr": 0.001, "decay": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
        ),
    ],
)
def test_defaults_and_fields(kind, defaults):
    assert {
        k: p.default for k, p in inspect.signature(kind).parameters.items()
    } == defaults
    assert {k: getattr(kind(), k) for k in defaults} == defaults
    assert [*inspect.signature(kind).parameters] == [*defaults]


def test_the_vectors_kept_are_named_as_in_the_equations():
    states = [kind.state for kind in OPTIMIZERS.values()]
    assert states == [(), (), ("v",), ("v",), ("s",), ("v", "s"), ("v", "s")]
    optimizer = Adam()
    optimizer.step(np.ones(1), np.array([2.0]))
    assert optimizer.v == pytest.approx(0.1 * 2)
    assert optimizer.s == pytest.approx(0.001 * 4)


def test_an_optimizer_prints_its_settings():
    assert repr(Momentum(0.5)) == "Momentum(lr=0.5, beta=0.9)"
    adam = Adam(schedules.step(0.1, 0.5, 10))
    adam.step(np.ones(2), np.ones(2))
    assert (
        repr(adam)
        == "Adam(lr=step(lr=0.1, factor=0.5, every=10), beta1=0.9, beta2=0.999, eps=1e-08)"
    )


BAD = [
    ("lr", -1e-9),
    ("lr", np.nan),
    ("lr", np.inf),
    ("lr", "fast"),
    ("lr", None),
    ("lr", True),
    ("lr", 10**400),
    ("lr", schedules.step),  # a kind of schedule, not yet a schedule
]
BAD_BETA = [-0.1, 1.0, 1.1, np.nan, "0.9", None]
BAD_EPS = [0.0, -1e-8, np.nan, np.inf, None]


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [(kind, *bad) for kind in OPTIMIZERS.values() for bad in BAD]
    + [(kind, "beta", b) for kind in (Momentum, Nesterov, RMSprop) for b in BAD_BETA]
    + [
        (kind, name, b)
        for kind in (Adam, AdamW)
        for name in ("beta1", "beta2")
        for b in BAD_BETA
    ]
    + [(kind, "eps", e) for kind in (RMSprop, Adam, AdamW) for e in BAD_EPS]
    + [(AdamW, "decay", d) for d in (-0.1, np.nan, [0.1, -0.1], [[0.1]], "much", 1j)],
)
def test_settings_that_make_no_sense_are_refused_by_name(kind, name, value):
    with pytest.raises(ValueError, match=f"^{name} (must|holds)"):
        kind(**{name: value})
    optimizer = kind()
    before = getattr(optimizer, name)
    with pytest.raises(ValueError, match=f"^{name} (must|holds)"):
        setattr(optimizer, name, value)
    assert getattr(optimizer, name) is before


@BY_NAME
def test_edges_of_what_makes_sense_are_accepted(kind):
    theta = np.ones(2)
    kind(lr=0).step(theta, np.ones(2))
    assert_array_equal(theta, 1)  # a rate of 0 goes nowhere
    kind(lr=np.int64(1)).step(theta, np.ones(2))
    assert (theta < 1).all()


@pytest.mark.parametrize("rate", [-0.1, np.nan, "0.1", None])
def test_a_schedule_that_returns_no_rate_is_refused(rate):
    optimizer, theta = GradientDescent(lambda t: rate), np.ones(2)
    with pytest.raises(ValueError, match=r"^lr must be a number"):
        optimizer.step(theta, np.ones(2))
    assert_array_equal(theta, 1)
    assert optimizer.t == 0


@BY_NAME
@pytest.mark.parametrize(
    "shapes", [((3,), (2,)), ((2, 2), (2, 2)), ((3,), (3, 1)), ((), ())]
)
def test_what_is_no_pair_of_vectors_is_refused(kind, shapes):
    with pytest.raises(ValueError, match="theta and grad must be vectors of one size"):
        kind().step(*map(np.ones, shapes))


@BY_NAME
def test_a_vector_of_another_size_is_refused_and_nothing_happens(kind):
    optimizer, theta = kind(), np.ones(4)
    optimizer.step(np.ones(3), np.ones(3))
    with pytest.raises(
        ValueError, match=r"1 steps on another vector, of 3 entries: take a new one"
    ):
        optimizer.step(theta, np.ones(4))
    assert optimizer.t == 1
    assert_array_equal(theta, 1)


@BY_NAME
def test_known_bug_a_used_optimizer_that_trains_another_net_in_silence(kind):
    """At the end of its schedule, it would train that one at a rate of 0."""
    optimizer, first = kind(schedules.cosine(0.1, 5)), np.ones(3)
    for _ in range(5):
        optimizer.step(first, np.ones(3))
    assert optimizer.rate == 0
    table = np.ones((2, 3))
    for other in (np.ones(3), first.copy(), table[0], table[1]):
        with pytest.raises(ValueError, match=r"another vector.* or reset\(\) it"):
            optimizer.step(other, np.ones(3))
    del first, other  # it does not matter that the first net is gone
    with pytest.raises(ValueError, match="another vector"):
        optimizer.step(np.ones(3), np.ones(3))
    optimizer.reset()
    optimizer.step(table[0], np.ones(3))
    assert (optimizer.t, optimizer.rate) == (1, schedules.cosine(0.1, 5)(1))
    optimizer.step(table[:1].ravel(), np.ones(3))  # another view of the same memory
    line = np.ones(6)
    other = kind(0.1)
    other.step(line[::2], np.ones(3))
    with pytest.raises(ValueError, match="another vector"):
        other.step(line[:3], np.ones(3))
    with pytest.raises(ValueError, match="another vector"):
        optimizer.step(table[1], np.ones(3))


@BY_NAME
def test_an_optimizer_keeps_no_vector_alive(kind):
    optimizer, theta = kind(0.1), np.ones(3)
    gone = weakref.ref(theta)
    optimizer.step(theta, np.ones(3))
    del theta
    assert gone() is None


@BY_NAME
def test_a_copy_belongs_to_the_next_vector_of_its_size(kind):
    optimizer = kind(0.1)
    optimizer.step(np.ones(3), np.ones(3))
    for duplicate in (
        copy.copy,
        copy.deepcopy,
        lambda o: pickle.loads(pickle.dumps(o)),
    ):
        twin = duplicate(optimizer)
        with pytest.raises(ValueError, match="of 3 entries"):
            twin.step(np.ones(4), np.ones(4))
        before = [getattr(optimizer, name).copy() for name in kind.state]
        twin.step(np.ones(3), -5 * np.ones(3))
        assert twin.t == 2
        for name, vector in zip(kind.state, before, strict=True):
            assert_array_equal(getattr(optimizer, name), vector)


def test_a_decay_of_another_size_is_refused():
    with pytest.raises(ValueError, match=r"decay has shape \(3,\), theta \(4,\)"):
        AdamW(decay=np.ones(3)).step(np.ones(4), np.ones(4))


def test_a_decay_is_the_optimizers_own():
    decay = np.ones(2)
    optimizer = AdamW(0.1, decay)
    decay[...] = 1000
    assert_array_equal(optimizer.decay, 1)


def test_a_decay_is_computed_in_the_type_of_theta():
    """In double precision float32 would be slower, and round otherwise."""
    optimizer, theta = AdamW(decay=1), np.ones(3, np.float32)
    assert optimizer.decay.dtype == float
    assert optimizer.vectors(theta, theta)[-1].dtype == np.float32
