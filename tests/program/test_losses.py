"""A loss is right when it equals its definition where that can be computed, and its
limit where it cannot.

The definitions are typed out in loops; far out, where they overflow, the identities'
limits are known exactly.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal
from oracles import layouts, loop_bce, loop_cce, torch

from dnn import (
    Loss,
    binary_cross_entropy,
    categorical_cross_entropy,
    checks,
    complex_step,
    losses,
    sigmoid,
    softmax,
    squared_error,
)
from dnn.losses import (
    accuracy,
    as_loss,
    class_accuracy,
    most_probable,
    positive,
    r_squared,
)

LOSSES = [binary_cross_entropy, categorical_cross_entropy]
logits = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=5).flatmap(
    lambda shape: hnp.arrays(float, shape, elements=st.floats(-1e6, 1e6))
)


def one_hot_for(Z, rng):
    return np.eye(len(Z))[rng.integers(len(Z), size=Z.shape[1])].T


@pytest.fixture
def rng():
    return np.random.default_rng(5)


# ---- sigmoid -------------------------------------------------------------------------


def test_sigmoid_is_its_definition():
    Z = np.linspace(-20, 20, 41)
    assert_allclose(sigmoid(Z), [1 / (1 + math.exp(-z)) for z in Z], rtol=1e-14)
    assert sigmoid(0.0) == 0.5
    assert_array_equal(sigmoid([0, 0]), [0.5, 0.5])


def test_sigmoid_far_out_is_its_limit():
    assert_array_equal(
        sigmoid(np.array([-np.inf, -1e308, -800, 800, 1e308, np.inf])),
        [0, 0, 0, 1, 1, 1],
    )
    assert_allclose(
        sigmoid(-40.0), math.exp(-40), rtol=1e-14
    )  # small, and still right to all digits
    assert_allclose(sigmoid(-700.0), math.exp(-700), rtol=1e-14)


@pytest.mark.parametrize(
    "dtype", ["f2", "f4", "f8", "i1", "i8", "u1", "c16", ">f8", ">f4"]
)
def test_sigmoid_takes_every_dtype(dtype):
    Z = np.array([[0, 1, 3, 5]], dtype)
    assert_allclose(
        sigmoid(Z),
        [[1 / (1 + math.exp(-z)) for z in (0, 1, 3, 5)]],
        rtol=1e-3 if "2" in dtype else 1e-6,
    )
    assert sigmoid(Z).dtype == (
        Z.dtype.newbyteorder("=") if Z.dtype.kind in "fc" else sigmoid(Z).dtype
    )


# ---- binary cross-entropy ------------------------------------------------------------


def test_bce_is_its_definition(rng):
    Z = rng.normal(0, 5, (1, 30))
    Y = rng.integers(2, size=Z.shape)
    J, dZ = binary_cross_entropy(Z, Y)
    assert_allclose(J, loop_bce(Z, Y), rtol=1e-12)
    assert_allclose(
        dZ,
        [[(1 / (1 + math.exp(-z)) - y) / 30 for z, y in zip(Z[0], Y[0], strict=True)]],
        rtol=1e-12,
    )


def test_bce_of_several_rows_adds_their_losses(rng):
    Z, Y = rng.normal(0, 2, (3, 7)), rng.integers(2, size=(3, 7))
    assert_allclose(binary_cross_entropy(Z, Y)[0], loop_bce(Z, Y), rtol=1e-12)


def test_known_bug_an_epsilon_that_flattens_saturation():
    """A confident mistake must hurt: at z = 40, y = 0 the loss is 40 and its slope 1,
    to the last bit.
    """
    J, dZ = binary_cross_entropy(np.array([[40.0]]), np.array([[0]]))
    assert J == 40
    assert dZ == 1
    J, dZ = binary_cross_entropy(np.array([[-40.0]]), np.array([[1]]))
    assert J == 40
    assert dZ == -1
    J, dZ = binary_cross_entropy(np.array([[40.0]]), np.array([[1]]))
    assert_allclose(
        J, math.exp(-40), rtol=1e-12
    )  # right, and not by a constant in the logarithm


@pytest.mark.parametrize(
    ("z", "y", "loss", "slope"),
    [(1e308, 0, 1e308, 1), (-1e308, 1, 1e308, -1), (1e308, 1, 0, 0), (-1e308, 0, 0, 0)],
)
def test_bce_never_overflows(z, y, loss, slope):
    J, dZ = binary_cross_entropy(np.array([[z]]), np.array([[y]]))
    assert loss == J
    assert dZ == slope


# ---- softmax and its cross-entropy ---------------------------------------------------


def test_softmax_is_its_definition(rng):
    Z = rng.normal(0, 3, (4, 6))
    want = [
        [math.exp(Z[k, i]) / sum(math.exp(Z[j, i]) for j in range(4)) for i in range(6)]
        for k in range(4)
    ]
    assert_allclose(softmax(Z), want, rtol=1e-13)
    assert_allclose(softmax(Z.tolist()), want, rtol=1e-13)


@pytest.mark.parametrize("dtype", ["f2", "f4", "i1", "u1", ">f8"])
def test_softmax_takes_every_dtype(dtype):
    Z = [[0, 5], [1, 3], [2, 2]]
    rtol = 2e-3 if dtype == "f2" else 1e-6
    assert_allclose(softmax(np.array(Z, dtype)), softmax(np.array(Z, float)), rtol=rtol)


def test_softmax_far_out_is_its_limit():
    assert_array_equal(
        softmax(np.array([[5e307, -5e307], [-5e307, 0], [0, 5e307]])),
        [[1, 0], [0, 0], [0, 1]],
    )


def test_each_column_of_a_softmax_is_its_own():
    """A shift by the largest of all logits would leave nothing of the second column."""
    P = softmax(np.array([[2000.0, -2000.0], [2000.0, -2000.0]]))
    assert_array_equal(P, np.full((2, 2), 0.5))


def test_cce_is_its_definition(rng):
    Z = rng.normal(0, 3, (4, 9))
    Y = one_hot_for(Z, rng)
    J, dZ = categorical_cross_entropy(Z, Y)
    assert_allclose(J, loop_cce(Z, Y), rtol=1e-12)
    assert_allclose(
        dZ, (np.exp(Z) / np.exp(Z).sum(axis=0) - Y) / 9, rtol=1e-12, atol=1e-16
    )


def test_cce_does_not_feel_a_shift(rng):
    Z = rng.normal(0, 3, (4, 9))
    Y = one_hot_for(Z, rng)
    shifted = categorical_cross_entropy(Z + rng.normal(0, 100, (1, 9)), Y)
    assert_allclose(shifted[0], categorical_cross_entropy(Z, Y)[0], rtol=1e-12)
    assert_allclose(
        shifted[1], categorical_cross_entropy(Z, Y)[1], rtol=1e-12, atol=1e-15
    )


def test_cce_far_out_is_its_limit():
    Z, Y = np.array([[1e4, 1e4], [0, 0]]), np.array([[1, 0], [0, 1]])
    J, dZ = categorical_cross_entropy(Z, Y)
    assert J == 1e4 / 2  # right once, and 10,000 away the other time
    assert_array_equal(dZ, [[0, 0.5], [0, -0.5]])


def test_two_classes_are_a_sigmoid_of_the_difference(rng):
    Z, y = rng.normal(0, 3, (2, 8)), rng.integers(2, size=(1, 8))
    two = categorical_cross_entropy(Z, np.concatenate([1 - y, y]))
    one = binary_cross_entropy(Z[1:] - Z[:1], y)
    assert_allclose(two[0], one[0], rtol=1e-13)
    assert_allclose(two[1][1:], one[1], rtol=1e-12, atol=1e-16)


# ---- both ----------------------------------------------------------------------------


def labels_for(loss, Z, rng):
    return (
        one_hot_for(Z, rng)
        if loss is categorical_cross_entropy
        else rng.integers(2, size=Z.shape) * 1.0
    )


@pytest.mark.parametrize("loss", LOSSES)
@given(Z=logits, layout=layouts)
def test_gradient_is_the_complex_step_whatever_the_layout(loss, Z, layout):
    Z = np.clip(Z, -30, 30)
    Y = labels_for(loss, Z, np.random.default_rng(Z.size))
    _, dZ = loss.cost(layout(Z), layout(Y))
    want = complex_step(lambda Z: loss.cost(Z, Y)[0], Z)
    assert_allclose(dZ, want, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("loss", LOSSES)
@given(Z=logits, dtype=st.sampled_from(["f4", "f8", "i8"]))
def test_any_logits_give_finite_numbers_and_stay_as_they_were(loss, Z, dtype):
    Z = Z.astype(dtype)
    Y = labels_for(loss, Z, np.random.default_rng(Z.size)).astype(np.float32)
    before = Z.copy(), Y.copy()
    J, dZ = loss.cost(Z, Y)
    assert J >= 0
    assert np.isfinite(J)
    assert dZ.shape == Z.shape
    assert dZ.dtype == (np.float32 if dtype == "f4" else np.float64)
    assert (np.abs(dZ) <= 1 / Z.shape[1]).all()
    assert_array_equal(Z, before[0])
    assert_array_equal(Y, before[1])


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("dtype", ["?", "u1", "i1", "i8", "f2", ">f4"])
def test_labels_of_every_dtype_count_alike(loss, dtype, rng):
    Z = rng.normal(0, 3, (3, 8))
    Y = labels_for(loss, Z, rng)
    J, dZ = loss(Z, Y.astype(dtype))
    assert_allclose(J, loss(Z, Y)[0], rtol=1e-14)
    assert_allclose(dZ, loss(Z, Y)[1], rtol=1e-14)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_losses_equal_pytorch(dtype, rng):
    t = torch()
    Z = rng.normal(0, 10, (1, 50)).astype(dtype)
    Y = rng.integers(2, size=Z.shape).astype(dtype)
    z = t.tensor(Z, requires_grad=True)
    J = t.nn.functional.binary_cross_entropy_with_logits(z, t.tensor(Y))
    J.backward()
    rtol = 1e-5 if dtype == "f4" else 1e-12
    assert_allclose(binary_cross_entropy(Z, Y)[0], J.item(), rtol=rtol)
    assert_allclose(
        binary_cross_entropy(Z, Y)[1],
        z.grad.numpy(),
        rtol=rtol,
        atol=1e-9 if dtype == "f4" else 1e-17,
    )

    Z = rng.normal(0, 10, (5, 50)).astype(dtype)
    Y = one_hot_for(Z, rng).astype(dtype)
    z = t.tensor(Z, requires_grad=True)
    J = t.nn.functional.cross_entropy(z.T, t.tensor(Y.argmax(axis=0)))
    J.backward()
    assert_allclose(categorical_cross_entropy(Z, Y)[0], J.item(), rtol=rtol)
    assert_allclose(
        categorical_cross_entropy(Z, Y)[1],
        z.grad.numpy(),
        rtol=rtol,
        atol=1e-9 if dtype == "f4" else 1e-16,
    )


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("shape", "says"),
    [
        ((7,), r"\(7,\)"),
        ((7, 1), "transpose"),
        ((1, 6), r"\(1, 6\)"),
        ((2, 7), r"\(2, 7\)"),
    ],
)
def test_labels_of_another_shape_are_refused(loss, shape, says):
    with pytest.raises(
        ValueError, match=r"^Y has shape .* but Z has shape \(1, 7\)"
    ) as error:
        loss(np.zeros((1, 7)), np.zeros(shape))
    error.match(says)


# ---- numbers -------------------------------------------------------------------------


def test_squared_error_is_its_definition(rng):
    Z, Y = rng.standard_normal((2, 3, 7))
    J, dZ = squared_error(Z, Y)
    terms = [(z - y) ** 2 for z, y in zip(Z.ravel(), Y.ravel(), strict=True)]
    assert_allclose(J, math.fsum(terms) / 14, rtol=1e-14)
    want = complex_step(lambda Z: squared_error(Z, Y)[0], Z)
    assert_allclose(dZ, want, rtol=1e-12, atol=1e-16)
    with pytest.raises(
        ValueError, match=r"^Y has shape \(3,\) but Z has shape \(1, 3\)"
    ):
        squared_error(np.ones((1, 3)), np.ones(3))


def test_r_squared_is_one_minus_what_is_left_of_the_variance():
    Y = np.array([[1.0, 2.0, 6.0], [10.0, 10.0, 40.0]])  # means 3 and 20
    assert r_squared(Y, Y) == 1
    assert r_squared(np.array([[3.0] * 3, [20.0] * 3]), Y) == 0
    P = Y + np.array([[1.0, 0, 0], [0, -2.0, 0]])
    assert r_squared(P, Y) == pytest.approx(1 - 5 / (4 + 1 + 9 + 100 + 100 + 400))
    assert math.isnan(r_squared(np.ones((1, 3)), np.ones((1, 3))))
    assert math.isnan(r_squared(np.zeros((1, 7)), np.full((1, 7), 0.7)))
    assert type(r_squared(P, Y)) is float


# ---- what outputs mean ---------------------------------------------------------------


def test_decisions():
    Z = np.array([[-1.0, 0.0, 1e-300], [2.0, -0.0, 1e-300]])
    assert_array_equal(positive(Z), [[0, 0, 1], [1, 0, 1]])
    assert_array_equal(positive(Z + 1j), positive(Z))
    assert_array_equal(most_probable(Z), [[1, 0, 0]])  # of equal ones the first
    assert_array_equal(most_probable(Z + 1j), most_probable(Z))
    assert positive(Z).dtype == most_probable(Z).dtype == int


def test_accuracy_is_the_fraction_of_all_decisions_that_are_right():
    assert accuracy(np.array([[1, 0], [1, 1]]), np.array([[1, 0], [0, 1]])) == 0.75
    assert type(accuracy(np.ones((1, 3)), np.ones((1, 3)))) is float


def test_several_questions_are_scored_by_all_their_answers():
    Z, Y = np.array([[1.0, -1], [1, 1], [-1, 1]]), np.array([[1, 0], [1, 0], [1, 1]])
    assert binary_cross_entropy.score(Z, Y) == pytest.approx(4 / 6)


def test_classes_are_scored_by_the_most_probable_one_of_soft_targets_too():
    Z, Y = (
        np.array([[1.0, 0, 0], [0, 2, 1]]),
        np.array([[0.6, 0.6, 0.1], [0.4, 0.4, 0.9]]),
    )
    assert categorical_cross_entropy.score(Z, Y) == pytest.approx(2 / 3)


def test_the_records_say_what_they_are():
    kinds = {
        "binary_cross_entropy": (sigmoid, positive, accuracy, checks.labels, 1),
        "categorical_cross_entropy": (
            softmax,
            most_probable,
            class_accuracy,
            checks.distributions,
            2,
        ),
        "squared_error": (np.positive, np.positive, r_squared, checks.real, 1),
    }
    found = {
        name: (loss.link, loss.decide, loss.measure, loss.check, loss.outputs)
        for name, loss in losses.LOSSES.items()
    }
    assert found == kinds
    assert [str(loss) for loss in losses.LOSSES.values()] == [*kinds]


def test_a_plain_function_becomes_a_loss_without_a_meaning():
    def cost(Z, Y):
        return 3.0, Z

    loss, Z = as_loss(cost), np.ones((1, 2))
    assert loss == Loss(repr(cost), cost)
    assert loss(Z, Z)[0] == 3
    assert math.isnan(loss.score(Z, Z))
    assert (loss.link, loss.decide, loss.measure) == (None, None, None)
    assert as_loss(squared_error) is squared_error
    for wrong in (None, "mse", Loss):
        with pytest.raises(ValueError, match=r"^loss must be a function or an object"):
            as_loss(wrong)
    with pytest.raises(ValueError, match=r"^loss must take \(Z, Y\), and takes \(Z\)"):
        as_loss(lambda Z: 0)


@pytest.mark.parametrize("loss", [*LOSSES, squared_error], ids=str)
def test_called_a_loss_looks_at_its_targets(loss):
    with pytest.raises(ValueError, match=r"^Y "):
        loss(np.zeros((2, 1)), np.array([[np.inf], [0.0]]))
