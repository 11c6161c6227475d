"""A whole net is checked against loops, against the complex step, and against PyTorch's
autograd, all parameters at once.
"""

import copy
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal
from oracles import LAYOUTS, layouts, torch_gradient

from dnn import (
    Activate,
    Dense,
    Dropout,
    Network,
    ReLU,
    Tanh,
    binary_cross_entropy,
    categorical_cross_entropy,
    complex_step,
    gradient_check,
    l2,
    lecun,
    mlp,
    sigmoid,
    softmax,
    squared_error,
)
from dnn.activations import ACTIVATIONS
from dnn.initializers import INITIALIZERS


def examples(n, m, rows, seed=0):
    rng = np.random.default_rng(seed)
    Y = (
        rng.integers(2, size=(1, m))
        if rows == 1
        else np.eye(rows)[rng.integers(rows, size=m)].T
    )
    return rng.standard_normal((n, m)), Y * 1.0


def loss_of(net):
    return binary_cross_entropy if net.n_out == 1 else categorical_cross_entropy


def own_gradient(net, X, Y, lam=0.0, m=1):
    J, dZ = loss_of(net)(net.forward(X, train=True), Y)
    net.backward(dZ)
    R, dtheta = l2(lam)(net.theta, net.is_weight, m)
    return J + R, net.grad + dtheta


# ---- gradients of whole nets ---------------------------------------------------------


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    "keep_prob", [None, {1: 0.7, 3: 0.5}], ids=["all kept", "dropout"]
)
@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_cost_and_gradient_equal_pytorchs(hidden, keep_prob, rows, dtype):
    net = mlp(
        [5, 8, 7, 6, rows], hidden=hidden, keep_prob=keep_prob, seed=3, dtype=dtype
    )
    net.theta[net.is_weight == 0] = np.linspace(
        -0.5, 0.5, int((1 - net.is_weight).sum())
    )
    X, Y = examples(5, 20, rows)
    J, grad = own_gradient(net, X, Y, lam=0.3, m=50)
    want_J, want_grad = torch_gradient(net, X, Y, lam=0.3, m=50)
    rtol = 2e-5 if dtype == "f4" else 1e-11
    assert grad.dtype == dtype
    assert_allclose(J, want_J, rtol=rtol)
    assert_allclose(grad, want_grad, rtol=rtol, atol=rtol * np.abs(want_grad).max())


@pytest.mark.parametrize("init", INITIALIZERS)
def test_gradients_equal_pytorchs_from_every_beginning(init):
    net = mlp([5, 8, 7, 1], init=init, seed=3)
    X, Y = examples(5, 20, 1)
    J, grad = own_gradient(net, X, Y)
    want_J, want_grad = torch_gradient(net, X, Y)
    assert_allclose(J, want_J, rtol=1e-12)
    assert_allclose(grad, want_grad, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_every_parameter_of_a_deep_net_against_the_complex_step(hidden, rows):
    net = mlp([3, 4, 4, 3, 2, rows], hidden=hidden, keep_prob={2: 0.8}, seed=2)
    assert gradient_check(net, loss_of(net), *examples(3, 7, rows)) < 1e-13


@given(
    sizes=st.lists(st.integers(1, 4), min_size=2, max_size=5),
    hidden=st.sampled_from(sorted(ACTIVATIONS)),
    init=st.sampled_from(["he", "lecun", "glorot", "random", "zeros"]),
    m=st.integers(1, 3),
    drop=st.sampled_from([1, 0.5, 0.9]),
    size=st.sampled_from([1e-6, 1, 30]),
    layout=layouts,
)
def test_gradients_of_nets_of_any_size_and_make(
    sizes, hidden, init, m, drop, size, layout
):
    keep_prob = dict.fromkeys(range(1, len(sizes) - 1), drop)
    net = mlp(sizes, hidden=hidden, init=init, keep_prob=keep_prob, seed=m)
    net.theta[...] += 0.05
    X, Y = examples(sizes[0], m, sizes[-1], seed=m)
    X, Y = layout(size * X), layout(Y)
    assert gradient_check(net, loss_of(net), X, Y) < 1e-12


def test_a_net_by_hand_may_begin_and_end_as_it_likes():
    net = Network(
        [
            Dropout(0.5),
            Activate(Tanh),
            Dense(3, 4),
            Dense(4, 4),
            Activate(Tanh),
            Dense(4, 2),
            Activate(Tanh),
        ],
        seed=1,
    )
    assert (net.n_in, net.n_out) == (3, 2)
    assert gradient_check(net, categorical_cross_entropy, *examples(3, 6, 2)) < 1e-13


# ---- known bug -----------------------------------------------------------------------


def test_known_bug_masks_on_the_wrong_layer_when_only_some_layers_drop():
    """With keep_prob={1: 1.0, 2: 0.5, 3: 0.5} nothing may drop after layer 1, and half
    after layers 2 and 3.
    """
    net = mlp(
        [4, 10, 20, 30, 1], hidden="sigmoid", keep_prob={1: 1.0, 2: 0.5, 3: 0.5}, seed=0
    )
    A, zeros, depth = examples(4, 50, 1)[0], {}, 0
    for layer in net.layers:
        A = layer.forward(A, train=True)
        depth += bool(layer.shapes)
        if not layer.shapes:
            zeros[depth] = (A == 0).mean()
    assert zeros.keys() == {1, 2, 3}
    assert zeros[1] == 0
    for depth, size in ((2, 20), (3, 30)):
        assert abs(zeros[depth] - 0.5) < 5 * math.sqrt(0.25 / (size * 50))
    masks = [layer.cache for layer in net.layers if "keep_prob" in layer.config()]
    assert [mask.shape for mask in masks] == [(20, 50), (30, 50)]
    for mask, place in zip(masks, (5, 8), strict=True):  # each from its own stream
        stream = np.random.default_rng([0, 1, place])
        assert_array_equal(mask, stream.random(mask.shape, dtype=np.float32) < 0.5)


def test_known_bug_two_dropouts_after_one_dense_layer_draw_one_mask():
    """Then the second one would drop nothing more, and scale what is left again."""
    net = Network([Dense(3, 50), Dropout(0.5), Activate(Tanh), Dropout(0.5)], seed=4)
    net.forward(examples(3, 40, 1)[0], train=True)
    one, other = net.layers[1].cache, net.layers[3].cache
    assert abs((one & other).mean() - 0.25) < 5 * math.sqrt(0.25 * 0.75 / one.size)


# ---- one vector ----------------------------------------------------------------------


def test_theta_is_all_parameters_in_order_and_layers_are_views():
    net = mlp([3, 4, 2], keep_prob={1: 0.5})
    first, last = net.layers[0], net.layers[-1]
    want = [first.W.ravel(), first.b.ravel(), last.W.ravel(), last.b.ravel()]
    assert_array_equal(net.theta, np.concatenate(want))
    assert_array_equal(net.is_weight, np.repeat([1, 0, 1, 0], [12, 4, 8, 2]))
    assert net.theta.shape == net.grad.shape == net.is_weight.shape == (26,)
    net.theta[...] = np.arange(26)
    net.grad[...] = np.arange(26) * 10
    assert_array_equal(last.W, np.arange(16, 24).reshape(2, 4))
    assert_array_equal(last.db, [[240], [250]])


@pytest.mark.parametrize("name", ["theta", "grad", "is_weight"])
def test_vectors_are_filled_and_never_replaced(name):
    net = mlp([3, 2])
    with pytest.raises(
        AttributeError, match=rf"^{name} is a view .* write {name}\[...\] = …"
    ):
        setattr(net, name, np.ones(8))
    before = getattr(net, name).copy()
    exec(f"net.{name} += 1", {"net": net})
    assert_array_equal(getattr(net, name), before + 1)


DUPLICATES = {
    "method": lambda net: net.copy(),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda net: pickle.loads(pickle.dumps(net)),
    "astype": lambda net: net.astype(float),
}


@pytest.mark.parametrize("duplicate", DUPLICATES.values(), ids=DUPLICATES)
def test_a_duplicate_is_equal_and_apart(duplicate):
    net = mlp([3, 5, 4, 1], keep_prob={1: 0.5}, seed=4)
    net.about["classes"] = ["a", "b"]
    X, Y = examples(3, 8, 1)
    own_gradient(net, X, Y)
    twin = duplicate(net)
    for name in ("theta", "grad", "is_weight"):
        assert_array_equal(getattr(twin, name), getattr(net, name))
        assert not np.shares_memory(getattr(twin, name), getattr(net, name))
    assert twin.about == net.about
    assert twin.about is not net.about
    assert str(twin) == str(net)
    for mine, layer in zip(net.layers, twin.layers, strict=True):
        for name in layer.shapes:
            assert np.shares_memory(getattr(layer, name), twin.theta)
            assert np.shares_memory(getattr(layer, "d" + name), twin.grad)
            assert getattr(layer, name).shape == getattr(mine, name).shape
    assert_array_equal(
        twin.forward(X, train=True), net.forward(X, train=True)
    )  # masks too: the stream goes along
    assert_array_equal(own_gradient(twin, X, Y)[1], own_gradient(net, X, Y)[1])
    with pytest.raises(AttributeError, match="is a view"):
        twin.layers[0].W = np.ones((5, 3))
    twin.theta += 1
    assert (twin.theta != net.theta).all()


def test_a_copy_in_another_type_computes_in_it():
    net = mlp([3, 5, 1], keep_prob={1: 0.5})
    X, _ = examples(3, 8, 1)
    for dtype in (np.float32, np.complex128):
        twin = net.astype(dtype)
        assert twin.dtype == twin.theta.dtype == twin.grad.dtype == dtype
        assert twin.forward(X, train=True).dtype == dtype
        assert_allclose(twin.forward(X).real, net.forward(X), rtol=1e-5)
    assert net.dtype == np.float64


# ---- forward and its answers ---------------------------------------------------------


@given(
    layout=layouts,
    dtype=st.sampled_from(["f2", "f4", "f8", "i1", "u1", "?", ">f8", ">i4"]),
    m=st.integers(1, 4),
)
def test_forward_takes_every_layout_and_dtype_and_leaves_x_alone(layout, dtype, m):
    net = mlp([3, 4, 2], hidden="tanh")
    X = np.random.default_rng(m).integers(0, 2, (3, m)).astype(dtype)
    odd = layout(X)
    before = odd.copy()
    Z = net.forward(odd)
    assert_allclose(Z, net.forward(X.astype(float)), rtol=1e-12, atol=1e-14)
    assert Z.shape == (2, m)
    assert Z.dtype == np.float64
    assert_array_equal(odd, before)
    assert net.forward(odd.tolist()).shape == (2, m)


@given(hnp.arrays(float, (3, 2), elements=st.floats(-1e100, 1e100)))
def test_probabilities_of_any_input_are_probabilities(X):
    for rows in (1, 4):
        loss = binary_cross_entropy if rows == 1 else categorical_cross_entropy
        net = mlp([3, 4, rows], seed=1, loss=loss)
        P = net.predict_proba(X)
        assert P.shape == (rows, 2)
        assert ((P >= 0) & (P <= 1)).all()
        assert rows == 1 or np.allclose(P.sum(axis=0), 1)


def test_the_loss_says_what_outputs_mean():
    X, _ = examples(3, 9, 1)
    one = mlp([3, 4, 1], seed=1, loss=binary_cross_entropy)
    many = mlp([3, 4, 3], seed=1, loss=categorical_cross_entropy)
    assert_array_equal(one.predict_proba(X), sigmoid(one.forward(X)))
    assert_array_equal(many.predict_proba(X), softmax(many.forward(X)))
    assert_array_equal(one.predict(X), (one.predict_proba(X) > 0.5).astype(int))
    assert_array_equal(many.predict(X), [many.predict_proba(X).argmax(axis=0)])
    assert set(one.predict(X)[0]) == {0, 1}
    assert one.predict(X).dtype == many.predict(X).dtype == int
    one.layers[-1].W[...] = 0  # even odds are no 1
    assert_array_equal(one.predict(X), np.zeros((1, 9)))


def test_several_yes_or_no_questions_are_no_softmax():
    net, (X, _) = mlp([3, 4, 2], loss=binary_cross_entropy), examples(3, 9, 1)
    assert_array_equal(net.predict_proba(X), sigmoid(net.forward(X)))
    assert_array_equal(net.predict(X), (net.forward(X) > 0).astype(int))


def test_numbers_are_predicted_as_they_are():
    net, (X, _) = mlp([3, 4, 2], loss=squared_error), examples(3, 9, 1)
    assert_array_equal(net.predict_proba(X), net.forward(X))
    assert_array_equal(net.predict(X), net.forward(X))


@pytest.mark.parametrize("method", ["predict", "predict_proba"])
def test_without_a_loss_nothing_is_guessed(method):
    net = mlp([3, 4, 2])
    with pytest.raises(ValueError, match=r"^no loss says .* train it, or set net.loss"):
        getattr(net, method)(np.ones((3, 1)))
    net.loss = squared_error
    getattr(net, method)(np.ones((3, 1)))


def test_another_meaning_is_refused_until_the_first_is_given_up():
    net = mlp([3, 2], loss=binary_cross_entropy)
    with pytest.raises(
        ValueError, match="mean what binary_cross_entropy says, and not"
    ):
        net.loss = categorical_cross_entropy
    assert net.loss is binary_cross_entropy
    net.loss = None
    net.loss = categorical_cross_entropy
    for wrong in (np.tanh, lambda Z, Y: (0, Z), "mse", sigmoid):
        with pytest.raises(ValueError, match=r"^net.loss must be a Loss with a link"):
            net.loss = wrong


def test_softmax_of_one_output_is_refused():
    with pytest.raises(ValueError, match="needs 2 outputs or more, not 1"):
        mlp([3, 1], loss=categorical_cross_entropy)


def test_dropout_is_off_unless_training():
    net, (X, _) = mlp([3, 20, 1], keep_prob={1: 0.5}), examples(3, 9, 1)
    assert_array_equal(net.forward(X), net.forward(X))
    assert (net.forward(X, train=True) != net.forward(X)).any()


@pytest.mark.parametrize("method", ["forward", "predict", "predict_proba"])
@pytest.mark.parametrize(
    ("X", "says"),
    [
        (
            np.ones((4, 3)),
            r"^X must have shape \(3, m\), one example a column; got \(4, 3\); its transpose would fit",
        ),
        (np.ones((2, 5)), r"^X must have shape \(3, m\).*got \(2, 5\)$"),
        (np.ones(3), r"^X must have shape \(3, m\).*got \(3,\)$"),
        (np.ones((3, 0)), r"^X has shape \(3, 0\): it holds no example"),
        (np.full((3, 1), np.nan), "^X holds NaN or infinite values"),
        (np.full((3, 1), -np.inf), "^X holds NaN or infinite values"),
        (np.ones((3, 1), complex), "^X must hold real numbers, got dtype complex128"),
        (np.full((3, 1), "one"), "^X must hold real numbers, got dtype <U3"),
        (np.full((3, 1), None), "^X must hold real numbers, got dtype object"),
    ],
)
def test_inputs_that_fit_no_net_are_refused(method, X, says):
    with pytest.raises(ValueError, match=says):
        getattr(mlp([3, 2], loss=squared_error), method)(X)


def test_a_training_forward_refuses_another_shape_too():
    with pytest.raises(ValueError, match=r"^X must have shape \(3, m\)"):
        mlp([3, 2]).forward(np.ones((4, 3)), train=True)


def test_a_training_forward_takes_what_is_not_finite_and_passes_it_on():
    """The loop looks at the data once, before the first epoch, and then at the loss."""
    X = np.array([[np.nan], [1], [1]])
    assert np.isnan(mlp([3, 2]).forward(X, train=True)).all()


@pytest.mark.parametrize("train", [True, False])
def test_complex_inputs_go_to_a_complex_net_alone(train):
    """The complex step by X needs them, dropout off as well as on."""
    net, (X, _) = mlp([3, 4, 2], hidden="tanh"), examples(3, 5, 2)
    Z = net.astype(complex).forward(X + 1e-20j, train=train)
    assert Z.dtype == complex
    dX = complex_step(lambda X: net.astype(complex).forward(X, train).sum(), X)
    assert_allclose(Z.imag.sum(), 1e-20 * dX.sum(), rtol=1e-12)
    with pytest.raises(ValueError, match=r"^X must hold real numbers, got dtype comp"):
        net.forward(X + 1e-20j, train=train)
    with pytest.raises(ValueError, match=r"^X holds NaN or infinite values in comp"):
        net.astype(complex).forward(np.full((3, 1), np.nan), train=False)


@pytest.mark.parametrize("train", [True, False])
def test_inputs_beyond_the_range_of_the_nets_type_are_refused(train):
    net, X = mlp([3, 2], dtype=np.float32), np.full((3, 1), 1e39)
    with pytest.raises(ValueError, match=r"^X holds NaN or infinite values in float32"):
        net.forward(X, train=train)
    assert np.isfinite(net.forward(X / 10, train=train)).all()


# ---- what makes no net ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "says"),
    [
        (
            lambda: [],
            r"^layers must hold one with a size, such as Dense\(2, 1\)$",
        ),
        (lambda: [Activate(ReLU), Dropout(0.5)], "layers must hold one with a size"),
        (
            lambda: [Dense(2, 3), Activate(ReLU), Dense(4, 1)],
            r"layer 3, Dense\(4, 1\), takes 4 inputs but gets 3",
        ),
        (
            lambda: [Dense(2, 3)] * 2,
            "^layer 1 lies in another place or net: build another for each place$",
        ),
        (
            lambda: Network([Dense(2, 3)]).layers,
            "^layer 1 lies in another place or net",
        ),
        (lambda: None, "^layers must be a list of layers, got None"),
        (lambda: Dense(2, 3), r"^layers must be a list of layers, got Dense\(2, 3\)"),
        (lambda: "Dense", "^layers must be a list of layers, got 'Dense'"),
        (lambda: [Dense], "^layer 1 must be an object with bind and forward and back"),
        (lambda: [Dense(2, 3), ReLU], "^layer 2 must be an object with bind and"),
        (lambda: [Dense(2, 3), "relu"], "^layer 2 must be an object .* got 'relu'"),
    ],
)
def test_layers_that_make_no_net_are_refused(layers, says):
    with pytest.raises(ValueError, match=says):
        Network(layers())


@pytest.mark.parametrize("seed", [-1, 1.5, "0", True])
def test_a_seed_that_is_none_is_refused_before_the_layers_are_taken_over(seed):
    layer = Dense(2, 1)
    with pytest.raises(ValueError, match=r"^seed must be a whole number of at least 0"):
        Network([layer], seed=seed)
    Network([layer])


@pytest.mark.parametrize("dtype", [int, bool, str, "float46", object])
def test_a_type_that_holds_no_real_numbers_is_refused(dtype):
    with pytest.raises(ValueError, match=r"^dtype"):
        Network([Dense(2, 1)], dtype=dtype)
    with pytest.raises(ValueError, match=r"^dtype"):
        mlp([2, 1]).astype(dtype)


# ---- seeds ---------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bits_and_another_does_not():
    one, same, other = (
        mlp([3, 5, 1], keep_prob={1: 0.5}, seed=seed) for seed in (1, 1, 2)
    )
    X, _ = examples(3, 8, 1)
    assert_array_equal(one.theta, same.theta)
    assert_array_equal(one.forward(X, train=True), same.forward(X, train=True))
    assert (one.theta != other.theta)[one.is_weight == 1].all()
    assert len(np.unique(one.theta[one.is_weight == 1])) == one.is_weight.sum()


def test_adding_dropout_changes_no_initial_weight():
    plain, dropped = (
        mlp([3, 5, 4, 1], seed=1),
        mlp([3, 5, 4, 1], keep_prob={1: 0.5, 2: 0.9}, seed=1),
    )
    assert_array_equal(plain.theta, dropped.theta)


def test_the_default_seed_is_0():
    assert_array_equal(
        Network([Dense(3, 2)]).theta, Network([Dense(3, 2)], seed=0).theta
    )
    assert_array_equal(mlp([3, 2]).theta, mlp([3, 2], seed=0).theta)


def test_a_pickle_holds_parameters_and_gradients_once():
    net = mlp([100, 100])
    assert len(pickle.dumps(net)) < 2.5 * net.theta.nbytes


def test_without_a_seed_the_layers_keep_what_they_hold():
    layer = Dense(2, 1)
    layer.W[...] = [[3, 4]]
    layer.b[...] = 5
    assert_array_equal(Network([layer], seed=None).theta, [3, 4, 5])


# ---- print ---------------------------------------------------------------------------


def test_a_net_prints_as_a_table():
    net = mlp([12288, 20, 1], keep_prob={1: 0.8}, dtype=np.float32)
    assert str(net).splitlines() == [
        "layer                   output  parameters",
        "Dense(12288, 20)       (20, m)     245,780",
        "Activate(relu)         (20, m)           0",
        "Dropout(0.8)           (20, m)           0",
        "Dense(20, 1)            (1, m)          21",
        "in all, float32                    245,801",
    ]


def test_every_layout_of_labels_gives_one_gradient():
    net = mlp([3, 4, 2], hidden="tanh")
    X, Y = examples(3, 5, 2)
    want = own_gradient(net, X, Y)[1].copy()
    for layout in LAYOUTS.values():
        assert_allclose(
            own_gradient(net, layout(X), layout(Y))[1], want, rtol=1e-12, atol=1e-15
        )


def test_backward_needs_a_training_forward_and_its_shape():
    net = mlp([3, 4, 1])
    with pytest.raises(
        ValueError,
        match=r"^backward needs forward\(X, train=True\) before it$",
    ):
        net.backward(np.zeros((1, 5)))
    net.forward(np.zeros((3, 5)), train=True)
    for shape in ((5, 1), (1, 1), (1, 6), (2, 5), (5,)):
        with pytest.raises(ValueError, match=r"^dZ has shape .* but Z has .*\(1, 5\)"):
            net.backward(np.zeros(shape))
    with pytest.raises(ValueError, match=r"needs forward\(X, train=True\)"):
        net.copy().backward(np.zeros((1, 5)))
    net.backward(np.zeros((1, 5)))


def test_layer_l_draws_from_stream_l():
    net = mlp([3, 4, 2], init="lecun", seed=5)
    for number, layer in enumerate((net.layers[0], net.layers[2]), 1):
        rng = np.random.default_rng([5, 0, number])
        want = lecun(layer.n_out, layer.n_in, rng)
        assert_array_equal(layer.W, want)


def test_nothing_goes_back_beyond_the_first_layer():
    """On wide inputs that product would be the dearest of all."""
    net, asked = mlp([3, 4, 1]), []
    for layer in net.layers:

        def backward(dA, need_dA=True, kept=layer.backward):
            asked.append(need_dA)
            return kept(dA, need_dA)

        layer.backward = backward
    net.forward(np.ones((3, 5)), train=True)
    assert net.backward(np.ones((1, 5)), need_dA=False) is None
    assert asked == [True, True, False]
    assert net.backward(np.ones((1, 5))).shape == (3, 5)


def test_lists_train_as_arrays_do():
    X = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    net = mlp([3, 2])
    assert_array_equal(net.forward(X, train=True), net.forward(np.array(X)))
