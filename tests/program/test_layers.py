"""A layer is right when loops typed from the indices and the complex step give what its
matrix products give.
"""

import copy
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from oracles import LAYOUTS

from dnn import Activate, Dense, Dropout, Network, Tanh, complex_step, lecun, mlp
from dnn.layers import Layer

sizes = st.integers(1, 5)


def dense(n_in=3, n_out=2, seed=0, dtype=float):
    """A layer with random parameters, in arrays of its own."""
    layer = Dense(n_in, n_out)
    vectors = np.random.default_rng(seed).standard_normal((2, n_out * n_in + n_out))
    layer.bind(*vectors.astype(dtype), np.zeros(0, dtype))
    return layer


# ---- the dense layer -----------------------------------------------------------------


@given(sizes, sizes, sizes, st.sampled_from(sorted(LAYOUTS)))
def test_forward_is_the_sum_over_inputs(n_in, n_out, m, layout):
    layer, A = dense(n_in, n_out), np.random.default_rng(1).standard_normal((n_in, m))
    Z = layer.forward(LAYOUTS[layout](A))
    want = [
        [
            sum(layer.W[i, k] * A[k, j] for k in range(n_in)) + layer.b[i, 0]
            for j in range(m)
        ]
        for i in range(n_out)
    ]
    assert_allclose(Z, want, rtol=1e-12, atol=1e-14)


@given(sizes, sizes, sizes, st.sampled_from(sorted(LAYOUTS)))
def test_backward_is_three_sums(n_in, n_out, m, layout):
    layer, rng = dense(n_in, n_out), np.random.default_rng(1)
    A, dZ = rng.standard_normal((n_in, m)), rng.standard_normal((n_out, m))
    layer.forward(LAYOUTS[layout](A), train=True)
    dA = layer.backward(LAYOUTS[layout](dZ))
    dW = [
        [sum(dZ[i, j] * A[k, j] for j in range(m)) for k in range(n_in)]
        for i in range(n_out)
    ]
    assert_allclose(layer.dW, dW, rtol=1e-12, atol=1e-14)
    assert_allclose(
        layer.db, [[sum(dZ[i])] for i in range(n_out)], rtol=1e-12, atol=1e-14
    )
    want = [
        [sum(layer.W[i, k] * dZ[i, j] for i in range(n_out)) for j in range(m)]
        for k in range(n_in)
    ]
    assert_allclose(dA, want, rtol=1e-12, atol=1e-14)


def test_backward_is_the_complex_step_of_any_cost():
    """For a cost Σ c∘Z the gradient dZ is c, and all others follow."""
    layer, rng = dense(4, 3), np.random.default_rng(2)
    A, c = rng.standard_normal((4, 5)), rng.standard_normal((3, 5))
    layer.forward(A, train=True)
    dA = layer.backward(c)
    W, b = layer.W.copy(), layer.b.copy()
    assert_allclose(
        layer.dW, complex_step(lambda W: (c * (W @ A + b)).sum(), W), rtol=1e-12
    )
    assert_allclose(
        layer.db, complex_step(lambda b: (c * (W @ A + b)).sum(), b), rtol=1e-12
    )
    assert_allclose(dA, complex_step(lambda A: (c * (W @ A + b)).sum(), A), rtol=1e-12)


def test_nothing_is_altered_and_nothing_computed_that_nobody_needs():
    layer, rng = dense(), np.random.default_rng(1)
    A, dZ, theta = (
        rng.standard_normal((3, 4)),
        rng.standard_normal((2, 4)),
        layer.theta.copy(),
    )
    before = A.copy(), dZ.copy()
    layer.forward(A, train=True)
    layer.backward(dZ)
    dW, db = layer.dW.copy(), layer.db.copy()
    layer.grad[...] = 7.0  # backward overwrites, it does not add
    assert layer.backward(dZ, need_dA=False) is None
    assert_array_equal(layer.dW, dW)
    assert_array_equal(layer.db, db)
    assert_array_equal(A, before[0])
    assert_array_equal(dZ, before[1])
    assert_array_equal(layer.theta, theta)


def test_the_inputs_are_remembered_in_training_only():
    layer, A, other = dense(), np.ones((3, 4)), np.zeros((3, 4))
    layer.forward(A)
    assert layer.cache is None
    layer.forward(A, train=True)
    layer.forward(other)
    assert layer.cache is A


@pytest.mark.parametrize("dtype", ["f4", "f8", "c16"])
def test_the_dtype_is_kept(dtype):
    layer, A = dense(dtype=dtype), np.ones((3, 4), dtype)
    assert layer.forward(A, train=True).dtype == dtype
    assert layer.backward(np.ones((2, 4), dtype)).dtype == dtype
    assert layer.dW.dtype == layer.db.dtype == dtype


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        ((4, 3), "its transpose would fit"),
        ((2, 4), r"\(2, 4\)$"),
        ((3,), r"\(3,\)$"),
        ((3, 1, 1), "got"),
    ],
)
def test_inputs_of_another_shape_are_refused(shape, says):
    with pytest.raises(
        ValueError, match=r"^A must have shape \(3, m\), one example a column; got"
    ) as error:
        dense().forward(np.ones(shape))
    error.match(says)


@pytest.mark.parametrize("bad", [0, -1, 1.5, "3", None, True])
def test_sizes_that_are_none_are_refused_by_name(bad):
    with pytest.raises(ValueError, match=r"^n_in must be a whole number of at least 1"):
        Dense(bad, 2)
    with pytest.raises(
        ValueError, match=r"^n_out must be a whole number of at least 1"
    ):
        Dense(2, bad)


def test_a_new_layer_owns_zeros_and_draws_its_weights_when_told():
    layer = Dense(3, 2)
    assert_array_equal(layer.theta, np.zeros(8))
    assert_array_equal(layer.grad, np.zeros(8))
    layer.b[...] = 5.0
    layer.initialize(7, (4,))
    assert_array_equal(layer.W, lecun(2, 3, np.random.default_rng([7, 0, 4])))
    assert_array_equal(layer.b, 0)


def test_lecun_keeps_the_variance():
    W = lecun(400, 100, np.random.default_rng(0))
    assert W.shape == (400, 100)
    assert abs(W.mean()) < 5 * 0.1 / math.sqrt(W.size)
    assert abs((W**2).mean() * 100 - 1) < 5 * math.sqrt(2 / W.size)


# ---- views ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["W", "b", "dW", "db", "theta", "grad", "buffers"])
@pytest.mark.parametrize(
    "make", [dense, lambda: mlp([3, 2]).layers[0]], ids=["alone", "in a net"]
)
def test_views_are_filled_and_never_replaced(name, make):
    layer = make()
    view = getattr(layer, name)
    with pytest.raises(
        AttributeError,
        match=rf"^{name} is a view .* write {name}\[...\] = … to fill it",
    ):
        setattr(layer, name, view + 1)
    assert getattr(layer, name) is view
    before = view.copy()
    exec(f"layer.{name} += 1", {"layer": layer})
    assert_array_equal(getattr(layer, name), before + 1)
    assert getattr(layer, name) is view


def test_theta_is_w_row_by_row_and_then_b():
    theta, grad = np.arange(8.0), np.arange(8.0) * 10
    layer = Dense(3, 2)
    layer.bind(theta, grad, np.zeros(0))
    assert_array_equal(layer.W, [[0, 1, 2], [3, 4, 5]])
    assert_array_equal(layer.b, [[6], [7]])
    assert_array_equal(layer.dW, [[0, 10, 20], [30, 40, 50]])
    assert_array_equal(layer.db, [[60], [70]])
    theta[0] = 99
    assert layer.W[0, 0] == 99


@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))],
    ids=["deepcopy", "pickle"],
)
@pytest.mark.parametrize(
    "make",
    [dense, lambda: Activate(Tanh), lambda: Dropout(0.5)],
    ids=["Dense", "Activate", "Dropout"],
)
def test_a_duplicate_is_bound_to_arrays_of_its_own(duplicate, make):
    layer = make()
    layer.forward(np.ones((3, 2)), train=True)
    twin = duplicate(layer)
    assert_array_equal(twin.theta, layer.theta)
    assert_array_equal(twin.grad, layer.grad)
    assert twin.cache is None  # what backward would need stays behind
    for name in layer.shapes:
        assert_array_equal(getattr(twin, name), getattr(layer, name))
        assert np.shares_memory(getattr(twin, name), twin.theta)
        assert np.shares_memory(getattr(twin, "d" + name), twin.grad)
        assert not np.shares_memory(getattr(twin, name), layer.theta)
    assert_array_equal(
        twin.forward(np.ones((3, 2)), train=True),
        layer.forward(np.ones((3, 2)), train=True),
    )


def test_layers_print_how_to_make_them():
    assert [*map(repr, [Dense(3, 2), Activate(Tanh), Dropout(0.8)])] == [
        "Dense(3, 2)",
        "Activate(tanh)",
        "Dropout(0.8)",
    ]
    assert Dense(3, 2).config() == {"n_in": 3, "n_out": 2}
    assert Dropout(0.8).config() == {"keep_prob": 0.8}
    assert Layer().initialize(0, (1,)) is None
    assert copy.deepcopy(Layer()).theta.size == 0


# ---- dropout -------------------------------------------------------------------------


@pytest.mark.parametrize("keep_prob", [0.1, 0.5, 0.8])
def test_dropout_keeps_the_mean_and_has_the_variance_derived(keep_prob):
    """E[a D/p] = a, and its variance is a² (1 − p)/p."""
    A = np.full((100, 1000), 3.0)
    dropped = Dropout(keep_prob).forward(A, train=True)
    variance = 9 * (1 - keep_prob) / keep_prob
    assert set(np.unique(dropped)) == {0.0, 3.0 / keep_prob}
    assert abs(dropped.mean() - 3) < 5 * math.sqrt(variance / A.size)
    assert dropped.var() == pytest.approx(variance, rel=0.05)
    rows = dropped.mean(
        axis=1
    )  # and the entries are independent, so that means over rows spread as they should
    assert rows.var() == pytest.approx(variance / 1000, rel=0.6)


def test_dropout_goes_backward_through_the_mask_it_drew():
    layer, rng = Dropout(0.5), np.random.default_rng(0)
    A, dA = rng.standard_normal((4, 6)), rng.standard_normal((4, 6))
    out = layer.forward(A, train=True)
    D = out != 0
    assert 0 < D.sum() < D.size
    assert_array_equal(out, np.where(D, 2 * A, 0))
    assert_array_equal(layer.backward(dA), np.where(D, 2 * dA, 0))
    assert layer.backward(dA, need_dA=False) is None
    assert (layer.forward(A, train=True) != out).any()  # a new mask each time


def test_outside_training_dropout_does_nothing_at_all():
    layer, A = Dropout(0.5), np.ones((3, 4))
    state = layer.rng.bit_generator.state
    assert layer.forward(A) is A
    assert layer.rng.bit_generator.state == state
    assert layer.cache is None


def test_keeping_all_keeps_all():
    A = np.random.default_rng(0).standard_normal((100, 1000))
    assert_array_equal(Dropout(1).forward(A, train=True), A)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c16"])
def test_dropout_keeps_the_dtype_and_draws_the_same_mask_in_each(dtype):
    layer, A = Dropout(0.5), np.ones((50, 50), dtype)
    assert layer.forward(A, train=True).dtype == dtype
    assert layer.backward(A).dtype == dtype
    plain = Dropout(0.5)
    plain.forward(np.ones((50, 50)), train=True)
    assert_array_equal(layer.cache, plain.cache)


def test_the_stream_of_masks_is_that_of_its_seed_and_layer():
    layer, A = Dropout(0.5), np.ones((5, 5))
    layer.forward(A, train=True)
    assert_array_equal(
        layer.cache,
        np.random.default_rng([0, 1]).random((5, 5), dtype=np.float32) < 0.5,
    )
    layer.initialize(7, (2,))
    layer.forward(A, train=True)
    assert_array_equal(
        layer.cache,
        np.random.default_rng([7, 1, 2]).random((5, 5), dtype=np.float32) < 0.5,
    )


@pytest.mark.parametrize("bad", [0, -0.1, 1.1, np.nan, np.inf, "0.5", None, True])
def test_a_keep_probability_outside_0_to_1_is_refused(bad):
    with pytest.raises(ValueError, match=r"^keep_prob must be a number"):
        Dropout(bad)


def test_a_layer_belongs_to_one_place_in_one_network():
    layer = Dense(2, 2)
    with pytest.raises(ValueError, match="layer 1 lies in another place or net"):
        Network([layer, layer])
    Network([layer])
    with pytest.raises(ValueError, match="build another for each place"):
        Network([layer])


def test_an_initializer_of_another_shape_is_refused():
    layer = Dense(3, 2, init=lambda n_out, n_in, rng: np.ones(n_in))
    with pytest.raises(
        ValueError, match=r"^init's W has shape \(3,\) but W has shape \(2, 3\)"
    ):
        layer.initialize(0, (1,))


@pytest.mark.parametrize(
    ("W", "says"),
    [
        (np.full((2, 3), np.nan), "holds NaN or infinite values"),
        (np.full((2, 3), 1j), "must hold real numbers, got dtype complex128"),
        ([[1, 2], [3]], "makes no array: its rows differ in length"),
    ],
)
def test_an_initializer_of_no_numbers_is_refused(W, says):
    with pytest.raises(ValueError, match=f"^init's W {says}"):
        Dense(3, 2, init=lambda *_: W).initialize(0, (1,))


@pytest.mark.parametrize("init", ["he", None, 0.01, lecun(2, 3, np.random), Dense])
def test_an_initializer_is_a_function(init):
    with pytest.raises(ValueError, match=r"^init must be a function or an object, got"):
        Dense(3, 2, init=init)


def test_a_copy_of_a_bound_layer_is_free_for_another_network():
    net = Network([Dense(3, 2)])
    again = Network([copy.deepcopy(net.layers[0])], seed=None)
    assert_array_equal(again.theta, net.theta)


def test_a_layers_state_holds_its_vectors_and_no_view_of_them():
    layer = Dense(3, 2)
    layer.forward(np.ones((3, 4)), train=True)
    state = {"n_in", "n_out", "init", "weights", "shapes", "buffer_shapes"}
    assert layer.__getstate__().keys() == state | {"theta", "grad", "buffers"}
