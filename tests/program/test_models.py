"""`mlp` is a convenience: it must build the very net that loops, or the layers written
out, describe.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from oracles import loop_forward

from dnn import (
    Activate,
    Dense,
    Dropout,
    Network,
    ReLU,
    Tanh,
    glorot,
    he,
    mlp,
    normal,
    xavier,
    zeros,
)

BENDS = {
    "relu": lambda z: max(z, 0.0),
    "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
    "tanh": math.tanh,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "identity": lambda z: z,
}


@pytest.mark.parametrize("hidden", BENDS)
@given(sizes=st.lists(st.integers(1, 4), min_size=2, max_size=5), m=st.integers(1, 3))
def test_the_logits_are_those_of_loops(hidden, sizes, m):
    net = mlp(sizes, hidden=hidden, seed=1)
    net.theta += 0.1
    X = np.random.default_rng(m).standard_normal((sizes[0], m))
    dense = [layer for layer in net.layers if layer.shapes]
    Z = loop_forward(
        [d.W.tolist() for d in dense],
        [d.b.ravel().tolist() for d in dense],
        X,
        BENDS[hidden],
    )
    assert_allclose(net.forward(X), Z, rtol=1e-12, atol=1e-14)
    assert net.forward(X).shape == (sizes[-1], m)


def test_it_is_the_layers_written_out():
    short = mlp(
        [2, 10, 5, 1],
        hidden=Tanh,
        init=he,
        keep_prob={2: 0.8},
        seed=3,
        dtype=np.float32,
    )
    long = [
        Dense(2, 10, he),
        Activate(Tanh),
        Dense(10, 5, he),
        Activate(Tanh),
        Dropout(0.8),
        Dense(5, 1, he),
    ]
    long = Network(long, seed=3, dtype=np.float32)
    assert str(short) == str(long)
    assert_array_equal(short.theta, long.theta)
    X = np.ones((2, 50))
    assert_array_equal(short.forward(X, train=True), long.forward(X, train=True))


def test_defaults():
    assert str(mlp([2, 3, 1])) == str(
        Network([Dense(2, 3), Activate(ReLU), Dense(3, 1)])
    )
    assert_array_equal(
        mlp([2, 3, 1]).theta,
        Network([Dense(2, 3, he), Activate(ReLU), Dense(3, 1, he)], seed=0).theta,
    )
    assert mlp([2, 1]).dtype == np.float64


@pytest.mark.parametrize(
    "init",
    [
        "he",
        "xavier",
        "glorot",
        "random",
        "zeros",
        he,
        normal(0.3),
        lambda n, k, rng: rng.random((n, k)),
    ],
)
def test_an_initializer_by_name_or_itself_goes_to_every_layer(init):
    function = {
        "he": he,
        "xavier": xavier,
        "glorot": glorot,
        "random": normal(0.01),
        "zeros": zeros,
    }.get(init, init)
    net = mlp([3, 4, 2], init=init, seed=5)
    assert_array_equal(
        net.layers[0].W, function(4, 3, np.random.default_rng([5, 0, 1]))
    )
    assert_array_equal(
        net.layers[2].W, function(2, 4, np.random.default_rng([5, 0, 2]))
    )
    assert_array_equal(net.theta[net.is_weight == 0], 0)


def test_initializers_by_layer_leave_the_others_to_he():
    net, plain = (
        mlp([3, 4, 4, 2], init={1: "zeros", 3: normal(0.3)}, seed=5),
        mlp([3, 4, 4, 2], seed=5),
    )
    assert_array_equal(net.layers[0].W, np.zeros((4, 3)))
    assert_array_equal(net.layers[2].W, plain.layers[2].W)
    assert_array_equal(
        net.layers[4].W, normal(0.3)(2, 4, np.random.default_rng([5, 0, 3]))
    )


def test_a_layer_that_keeps_all_has_no_dropout():
    assert str(mlp([2, 3, 3, 1], keep_prob={1: 1.0, 2: 1})) == str(mlp([2, 3, 3, 1]))


@pytest.mark.parametrize(
    ("sizes", "says"),
    [
        ([], "sizes must"),
        ([3], "sizes must"),
        (3, "sizes must"),
        (None, "sizes must"),
        ([[2, 1]], "sizes must"),
        ([3, 0], "sizes must be a whole number of at least 1, got 0"),
        ([3, -1, 2], "got -1"),
        ([3, 2.5], "got 2.5"),
        ([3, "1"], "got '1'"),
        ([True, 1], "got True"),
        ([2, [2, 3], 1], r"got \[2, 3\]"),
        ("abc", "got 'a'"),
    ],
)
def test_sizes_that_make_no_net_are_refused(sizes, says):
    with pytest.raises(ValueError, match=r"^sizes") as error:
        mlp(sizes)
    error.match(says)


@pytest.mark.parametrize("sizes", [(3, 2), np.array([3, 2]), range(3, 1, -1)])
def test_sizes_may_be_any_sequence(sizes):
    assert (mlp(sizes).n_in, mlp(sizes).n_out) == (3, 2)


def test_known_bug_an_unknown_name_taken_in_silence():
    with pytest.raises(
        ValueError,
        match=r"unknown activation 'rleu': did you mean 'relu'\? known are relu, leaky_relu, tanh, sigmoid, identity$",
    ):
        mlp([2, 2, 1], hidden="rleu")
    with pytest.raises(
        ValueError,
        match=r"unknown initializer 'xaver': did you mean 'xavier'\? known are zeros, random, lecun, xavier, glorot, he$",
    ):
        mlp([2, 2, 1], init="xaver")
    with pytest.raises(ValueError, match="unknown initializer 'none'"):
        mlp([2, 2, 1], init={2: "none"})
    with pytest.raises(ValueError, match="unknown activation 'rleu'"):
        mlp([2, 1], hidden="rleu")  # though it has no hidden layer


@pytest.mark.parametrize("layer", [0, 3, -1, "1", 1.5])
@pytest.mark.parametrize("name", ["keep_prob", "init"])
def test_a_layer_that_is_not_there_is_refused(name, layer):
    value = {"keep_prob": 0.5, "init": "he"}[name]
    last = {"keep_prob": 2, "init": 3}[name]
    layer = 4 if name == "init" and layer == 3 else layer
    with pytest.raises(
        ValueError, match=rf"^{name} must be a dict .* of layers from 1 to {last}, got"
    ):
        mlp([2, 3, 3, 1], **{name: {layer: value}})


@pytest.mark.parametrize("bad", [0.8, [0.8], 0, "0.8", ()])
def test_keep_probabilities_come_by_layer(bad):
    with pytest.raises(ValueError, match=r"^keep_prob must be a dict \{layer: value\}"):
        mlp([2, 3, 1], keep_prob=bad)


@pytest.mark.parametrize("bad", [0, 1.1, -0.5, np.nan, "0.5", None])
def test_a_keep_probability_outside_0_to_1_is_refused(bad):
    with pytest.raises(ValueError, match=r"^keep_prob must be a number"):
        mlp([2, 3, 1], keep_prob={1: bad})


@pytest.mark.parametrize("bad", [None, 3, ["relu"], np.tanh, Activate, Dense(1, 1)])
def test_what_is_no_activation_is_refused(bad):
    for sizes in ([2, 3, 1], [2, 1]):
        with pytest.raises(ValueError, match=r"^hidden must be an object with g and d"):
            mlp(sizes, hidden=bad)


@pytest.mark.parametrize("bad", [None, 3, ["he"], normal, {2: 0.01}])
def test_what_is_no_initializer_is_refused(bad):
    with pytest.raises(ValueError, match=r"^init must be a function or an object, got"):
        mlp([2, 3, 1], init=bad)


def test_a_net_without_hidden_layers_has_nowhere_to_drop():
    with pytest.raises(ValueError, match=r"^keep_prob must be a dict .* to 0, got"):
        mlp([2, 1], keep_prob={1: 0.5})


def test_arguments_stay_as_they_were():
    sizes, init, keep_prob = [2, 3, 1], {1: "zeros"}, {1: 0.5}
    mlp(sizes, init=init, keep_prob=keep_prob)
    assert (sizes, init, keep_prob) == ([2, 3, 1], {1: "zeros"}, {1: 0.5})
