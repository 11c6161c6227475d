"""The penalty is λ/(2m) ‖W‖² with m the whole training set, typed out here, and its
gradient the complex step.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from dnn import complex_step, l2, mlp


def by_hand(net, lam, m):
    weights = [
        w
        for layer in net.layers
        if layer.shapes
        for row in layer.W.tolist()
        for w in row
    ]
    return lam / (2 * m) * sum(w * w for w in weights)


@given(lam=st.floats(1e-6, 1e3) | st.just(0.0), m=st.integers(1, 1000))
def test_penalty_and_gradient_are_the_definition(lam, m):
    net = mlp([3, 4, 2])
    net.theta += 0.1  # biases that are not zero, and are to be free
    R, dtheta = l2(lam)(net.theta, net.is_weight, m)
    assert_allclose(R, by_hand(net, lam, m), rtol=1e-12)
    want = complex_step(lambda theta: l2(lam)(theta, net.is_weight, m)[0], net.theta)
    assert_allclose(dtheta, want, rtol=1e-12)
    assert_array_equal(dtheta[net.is_weight == 0], 0)
    assert_allclose(
        dtheta, lam / m * np.where(net.is_weight == 1, net.theta, 0), rtol=1e-14
    )


def test_arguments_stay_as_they_were_and_float32_stays_float32():
    net = mlp([3, 4, 2], dtype=np.float32)
    theta, marks = net.theta.copy(), net.is_weight.copy()
    R, dtheta = l2(np.float64(0.3))(net.theta, net.is_weight, 7)
    assert R.dtype == dtheta.dtype == np.float32
    assert_array_equal(net.theta, theta)
    assert_array_equal(net.is_weight, marks)


@pytest.mark.parametrize("bad", [-0.1, np.nan, np.inf, "0.1", None, True])
def test_a_negative_lambda_is_refused(bad):
    with pytest.raises(ValueError, match=r"^lam must be a number"):
        l2(bad)


def test_l2_is_a_record():
    assert l2(0.7) == l2(lam=0.7)
    assert hash(l2(0.7)) == hash(l2(lam=0.7))  # it is frozen
    assert repr(l2(0.7)) == "l2(lam=0.7)"
