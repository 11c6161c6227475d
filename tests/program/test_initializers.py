"""An initializer promises a distribution: its moments are estimated, and held to five
standard errors.
"""

import math

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dnn import Dense, Network, glorot, he, lecun, mlp, normal, xavier, zeros
from dnn.initializers import INITIALIZERS

N_OUT, N_IN = 300, 200
VARIANCES = {
    "random": 0.01**2,
    "lecun": 1 / N_IN,
    "xavier": 2 / (N_IN + N_OUT),
    "glorot": 2 / (N_IN + N_OUT),
    "he": 2 / N_IN,
}


def draw(init, seed=0):
    return init(N_OUT, N_IN, np.random.default_rng(seed))


@pytest.mark.parametrize(("name", "variance"), VARIANCES.items(), ids=VARIANCES)
def test_mean_and_variance(name, variance):
    W = draw(INITIALIZERS[name])
    kurtosis = (
        1.8 if INITIALIZERS[name] is glorot else 3.0
    )  # of the uniform and of the normal distribution
    assert W.shape == (N_OUT, N_IN)
    assert abs(W.mean()) < 5 * math.sqrt(variance / W.size)
    assert abs((W**2).mean() / variance - 1) < 5 * math.sqrt((kurtosis - 1) / W.size)
    assert abs((W**4).mean() / variance**2 / kurtosis - 1) < 0.1


def test_glorot_is_uniform_up_to_its_bound():
    bound = math.sqrt(6 / (N_IN + N_OUT))
    assert bound * 0.999 < np.abs(draw(glorot)).max() <= bound


def test_zeros_are_zeros():
    assert_array_equal(draw(zeros), np.zeros((N_OUT, N_IN)))


def test_he_keeps_the_second_moment_through_deep_relu_and_smaller_weights_do_not():
    X = np.random.default_rng(1).standard_normal((100, 200))
    moments = {}
    for init in (he, normal(0.01)):
        net, A = mlp([100] * 11, init=init), X
        for layer in net.layers[:-1]:
            A = layer.forward(A)
        moments[init] = (A**2).mean()
    assert 0.2 < moments[he] < 5
    assert moments[normal(0.01)] < 1e-10


def test_normal_is_a_record_of_its_std():
    assert normal(0.5) == normal(std=0.5) == normal(np.float64(0.5))
    assert type(normal(np.float64(0.5)).std) is float
    assert_array_equal(draw(normal(2.0)), 2.0 * draw(normal(1.0)))
    for bad in (0, -1, np.nan, np.inf, "small", None):
        with pytest.raises(ValueError, match=r"^std must be a number"):
            normal(bad)


def test_initializers_are_known_by_name():
    assert {
        "zeros": zeros,
        "random": normal(0.01),
        "lecun": lecun,
        "xavier": xavier,
        "glorot": glorot,
        "he": he,
    } == INITIALIZERS
    assert xavier is glorot  # one person, Xavier Glorot


@pytest.mark.parametrize("init", INITIALIZERS.values(), ids=INITIALIZERS)
def test_all_randomness_is_that_of_the_stream_handed_down(init):
    assert_array_equal(draw(init), draw(init))
    assert init is zeros or (draw(init) != draw(init, seed=1)).all()


def test_a_net_draws_each_layer_from_its_own_stream():
    net = Network([Dense(3, 4, init=he), Dense(4, 4, init=glorot)], seed=9)
    assert_array_equal(net.layers[0].W, he(4, 3, np.random.default_rng([9, 0, 1])))
    assert_array_equal(net.layers[1].W, glorot(4, 4, np.random.default_rng([9, 0, 2])))
