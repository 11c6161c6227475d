"""An activation is checked against its definition, and its slope against the complex
step and, at the kink, by rule.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal
from oracles import layouts

from dnn import (
    Activate,
    Activation,
    Identity,
    LeakyReLU,
    ReLU,
    Sigmoid,
    Tanh,
    complex_step,
)
from dnn.activations import ACTIVATIONS

DEFINITIONS = {
    ReLU: lambda z: max(z, 0.0),
    LeakyReLU: lambda z: z if z > 0 else z / 100,
    Tanh: lambda z: (math.exp(z) - math.exp(-z)) / (math.exp(z) + math.exp(-z)),
    Sigmoid: lambda z: 1 / (1 + math.exp(-z)),
    Identity: lambda z: z,
}
EVERY = pytest.mark.parametrize(
    "activation", DEFINITIONS, ids=lambda activation: activation.name
)
values = hnp.arrays(
    float, (2, 3), elements=st.floats(-20, 20).filter(lambda z: abs(z) > 1e-6)
)


@EVERY
@given(Z=values, layout=layouts)
def test_g_is_its_definition_and_the_slope_its_derivative(activation, Z, layout):
    A = activation.g(layout(Z))
    assert_allclose(
        A,
        [[DEFINITIONS[activation](z) for z in row] for row in Z.tolist()],
        rtol=1e-12,
        atol=1e-15,
    )
    slope = complex_step(lambda Z: activation.g(Z).sum(), Z)
    assert_allclose(activation.derivative(Z, A), slope, rtol=1e-9, atol=1e-15)


@EVERY
def test_forward_and_backward_are_the_chain_rule(activation):
    layer, rng = Activate(activation), np.random.default_rng(0)
    Z, dA = rng.standard_normal((3, 4)), rng.standard_normal((3, 4))
    before = Z.copy(), dA.copy()
    A = layer.forward(Z)
    assert layer.cache is None
    assert layer.forward(Z, train=True) is layer.cache[1]
    assert layer.cache[0] is Z
    assert_array_equal(layer.cache[1], A)
    assert_array_equal(A, activation.g(Z))
    want = complex_step(lambda Z: (dA * activation.g(Z)).sum(), Z)
    assert_allclose(layer.backward(dA), want, rtol=1e-12)
    assert layer.backward(dA, need_dA=False) is None
    assert_array_equal(Z, before[0])
    assert_array_equal(dA, before[1])
    assert not np.shares_memory(A, Z)


@pytest.mark.parametrize(("activation", "slope"), [(ReLU, 0.0), (LeakyReLU, 0.01)])
@pytest.mark.parametrize("kink", [0.0, -0.0])
def test_at_the_kink_the_slope_is_the_left_one(activation, slope, kink):
    layer = Activate(activation)
    assert layer.forward(np.array([[kink]]), train=True) == 0
    assert layer.backward(np.array([[3.0]])) == 3 * slope
    assert activation.g(np.array([kink + 1e-20j])).imag == 1e-20 * slope


@EVERY
@pytest.mark.parametrize("dtype", ["f4", "f8", "c16"])
def test_the_dtype_is_kept(activation, dtype):
    layer, Z = Activate(activation), np.array([[-1, 0, 2]], dtype)
    assert layer.forward(Z, train=True).dtype == dtype
    assert layer.backward(np.ones_like(Z)).dtype == dtype


@EVERY
def test_complex_numbers_bend_where_their_real_part_does(activation):
    """The imaginary part is then the derivative times that of z, on either side of the
    kink.
    """
    for z in (-0.5, 0.5):
        Z = np.array([z])
        a, A = activation.g(Z + 1e-20j), activation.g(Z)
        assert_allclose(a.real, A, rtol=1e-15)
        assert_allclose(a.imag, 1e-20 * activation.derivative(Z, A), rtol=1e-13)


def test_at_infinity_a_bend_is_its_limit():
    Z = np.array([-np.inf, np.inf])
    assert_array_equal(ReLU.g(Z), [0, np.inf])
    assert_array_equal(LeakyReLU.g(Z), [-np.inf, np.inf])


@EVERY
def test_far_out_nothing_overflows(activation):
    Z = np.array([[-1e308, -1e5, 1e5, 1e308]])
    limits = {
        ReLU: ([0, 0, 1e5, 1e308], [0, 0, 1, 1]),
        LeakyReLU: ([-1e306, -1e3, 1e5, 1e308], [0.01, 0.01, 1, 1]),
        Tanh: ([-1, -1, 1, 1], [0, 0, 0, 0]),
        Sigmoid: ([0, 0, 1, 1], [0, 0, 0, 0]),
        Identity: ([-1e308, -1e5, 1e5, 1e308], [1, 1, 1, 1]),
    }[activation]
    assert_allclose(activation.g(Z)[0], limits[0], rtol=1e-15)
    assert_array_equal(activation.derivative(Z, activation.g(Z))[0], limits[1])


@pytest.mark.parametrize("wrong", ["relu", None, np.tanh, 3, Activate, type(ReLU)])
def test_what_is_no_activation_is_refused(wrong):
    with pytest.raises(ValueError, match=r"^activation must be an object with g and d"):
        Activate(wrong)


def test_activations_are_known_by_name():
    assert {
        "relu": ReLU,
        "leaky_relu": LeakyReLU,
        "tanh": Tanh,
        "sigmoid": Sigmoid,
        "identity": Identity,
    } == ACTIVATIONS
    assert all(name == activation.name for name, activation in ACTIVATIONS.items())
    assert Activate(Tanh).config() == {"activation": Tanh}
    assert [str(activation) for activation in ACTIVATIONS.values()] == [*ACTIVATIONS]


def test_g_takes_z_and_a_derivative_takes_z_and_a():
    def one(Z):
        return Z

    def two(Z, A):
        return Z

    assert Activation("plain", one, two).derivative is two
    with pytest.raises(ValueError, match=r"^g must take \(Z\), and takes \(Z, A\)$"):
        Activation("odd", two, two)
    with pytest.raises(
        ValueError, match=r"^derivative must take \(Z, A\), and takes \(Z\)$"
    ):
        Activation("odd", one, one)
    for nothing in (None, "relu", Activation):
        with pytest.raises(ValueError, match=r"^g must be a function or an object"):
            Activation("odd", nothing, two)
        with pytest.raises(ValueError, match=r"^derivative must be a function or an"):
            Activation("odd", one, nothing)
