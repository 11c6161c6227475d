"""How to add what is not there: a layer, an activation function, a loss, an optimizer.

Read it as a guide. Each part writes something new as a reader would, with no line of
`dnn` changed, and the tests below put all of it through what every part of the program
must bear: gradients to 1e-10, training, copies, pickles, casts, early stopping.

A layer states its parameters, {name: shape}, in ``super().__init__``: ``weights`` are
what penalties shrink, ``biases`` all other parameters, ``buffers`` what is kept but not
trained. It has forward, which leaves in ``self.cache`` what backward needs, and
backward, which fills dW for each W and returns the gradient with respect to its input.
Arrays are filled in place; comparisons look at the real part, and nothing is
conjugated, so that the complex step of chapter 03 can differentiate the lines.
"""

import copy
import math
import pickle
from dataclasses import dataclass, replace

import numpy as np
import pytest

from dnn import (
    Activate,
    Activation,
    Adam,
    AdamW,
    Dense,
    DivergenceError,
    Dropout,
    EarlyStopping,
    GradientDescent,
    Layer,
    Loss,
    Network,
    Optimizer,
    ReLU,
    Tanh,
    binary_cross_entropy,
    categorical_cross_entropy,
    complex_step,
    data,
    evaluate,
    fit,
    gradient_check,
    l2,
    mlp,
    relative_error,
    softmax,
    squared_error,
)
from dnn.initializers import he
from dnn.layers import WEIGHTS

# ---- an activation function ----------------------------------------------------------


def gelu(Z):
    """The Gaussian error linear unit, by its tanh formula (Hendrycks & Gimpel, 2016)."""
    return Z * (1 + np.tanh(gelu_inside(Z))) / 2


def gelu_inside(Z):
    return math.sqrt(2 / math.pi) * (Z + 0.044715 * Z**3)


def gelu_derivative(Z, A):
    """Read off Z: GELU is not monotone, so A does not tell which z it came from."""
    t = np.tanh(gelu_inside(Z))
    inside = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * Z**2)
    return (1 + t) / 2 + Z * (1 - t * t) * inside / 2


GELU = Activation("gelu", gelu, gelu_derivative)


# ---- layers --------------------------------------------------------------------------


class BatchNorm(Layer):
    """Each feature to mean 0 and variance 1 over the batch, then scaled and shifted.

    Outside training the running mean and variance stand in for the batch's (Ioffe &
    Szegedy, 2015).
    """

    def __init__(self, n, memory=0.9, eps=1e-5):
        super().__init__(
            biases={"gamma": (n, 1), "beta": (n, 1)},
            buffers={"mean": (n, 1), "variance": (n, 1)},
        )
        self.n = self.n_in = self.n_out = n
        self.memory, self.eps = memory, eps
        self.gamma[...] = self.variance[...] = 1

    def forward(self, A, train=False):
        mean, variance = self.mean, self.variance
        if train:
            mean = A.mean(axis=1, keepdims=True)
            variance = ((A - mean) ** 2).mean(axis=1, keepdims=True)
            self.mean[...] = self.memory * self.mean + (1 - self.memory) * mean
            self.variance[...] = (
                self.memory * self.variance + (1 - self.memory) * variance
            )
        deviation = np.sqrt(variance + self.eps)
        N = (A - mean) / deviation
        if train:
            self.cache = N, deviation
        return self.gamma * N + self.beta

    def backward(self, dA):
        N, deviation = self.cache
        self.dgamma[...] = (dA * N).sum(axis=1, keepdims=True)
        self.dbeta[...] = dA.sum(axis=1, keepdims=True)
        dN = dA * self.gamma
        mean, along = (D.mean(axis=1, keepdims=True) for D in (dN, dN * N))
        return (dN - mean - N * along) / deviation


class LayerNorm(Layer):
    """Each example to mean 0 and variance 1 over its features (Ba et al., 2016)."""

    def __init__(self, n, eps=1e-5):
        super().__init__(biases={"gamma": (n, 1), "beta": (n, 1)})
        self.n = self.n_in = self.n_out = n
        self.eps = eps
        self.gamma[...] = 1

    def forward(self, A, train=False):
        centered = A - A.mean(axis=0)
        deviation = np.sqrt((centered**2).mean(axis=0) + self.eps)
        N = centered / deviation
        if train:
            self.cache = N, deviation
        return self.gamma * N + self.beta

    def backward(self, dA):
        N, deviation = self.cache
        self.dgamma[...] = (dA * N).sum(axis=1, keepdims=True)
        self.dbeta[...] = dA.sum(axis=1, keepdims=True)
        dN = dA * self.gamma
        return (dN - dN.mean(axis=0) - N * (dN * N).mean(axis=0)) / deviation


class Conv2D(Layer):
    """A convolution of pictures (c, h, w), one a column, by kernels (k, c, s, s).

    No padding, so that each side loses s − 1 pixels.
    """

    def __init__(self, shape, kernels, side):
        c, h, w = shape
        super().__init__(
            weights={"W": (kernels, c, side, side)}, biases={"b": (kernels,)}
        )
        self.shape, self.kernels, self.side = shape, kernels, side
        self.n_in, self.n_out = c * h * w, kernels * (h - side + 1) * (w - side + 1)

    def initialize(self, seed, path):
        rng = np.random.default_rng([seed, WEIGHTS, *path])
        n_in = math.prod(self.W.shape[1:])
        self.W[...] = he(len(self.W), n_in, rng).reshape(self.W.shape)
        self.b[...] = 0

    def windows(self, pictures):
        sides = (self.side, self.side)
        return np.lib.stride_tricks.sliding_window_view(pictures, sides, axis=(2, 3))

    def forward(self, A, train=False):
        pictures = A.T.reshape(-1, *self.shape)
        seen = self.windows(pictures)
        if train:
            self.cache = seen
        Z = np.einsum("mchwst,kcst->mkhw", seen, self.W) + self.b[:, None, None]
        return Z.reshape(len(Z), -1).T

    def backward(self, dZ):
        seen = self.cache
        dZ = dZ.T.reshape(len(seen), self.kernels, *seen.shape[2:4])
        self.dW[...] = np.einsum("mchwst,mkhw->kcst", seen, dZ)
        self.db[...] = dZ.sum(axis=(0, 2, 3))
        edge = self.side - 1
        padded = np.pad(dZ, ((0, 0), (0, 0), (edge, edge), (edge, edge)))
        turned = self.W[:, :, ::-1, ::-1]
        dA = np.einsum("mkhwst,kcst->mchw", self.windows(padded), turned)
        return dA.reshape(len(dA), -1).T


class Residual(Network):
    """Layers with a way around them: A + f(A) (He et al., 2016)."""

    def forward(self, A, train=False):
        return A + super().forward(A, train)

    def backward(self, dZ):
        return dZ + super().backward(dZ)


# ---- losses --------------------------------------------------------------------------


def hinge_cost(Z, Y):
    """The mean of max(0, 1 − (2y − 1) z): a margin, and no probability."""
    sign, m = 2 * Y - 1, Z.shape[1]
    short = 1 - sign * Z
    return (short * (short.real > 0)).sum() / m, -sign * (short.real > 0) / m


hinge = replace(binary_cross_entropy, name="hinge", cost=hinge_cost, link=np.positive)


def huber_cost(Z, Y):
    """Half the square of an error up to 1, and straight beyond (Huber, 1964)."""
    E, m = Z - Y, Z.shape[1]
    far = np.sign(E.real) * (np.abs(E.real) > 1)
    near = E * (far == 0)
    return (near**2 / 2 + far * E - far**2 / 2).sum() / m, (near + far) / m


huber = replace(squared_error, name="huber", cost=huber_cost)


def smoothed_cost(Z, Y):
    """Cross-entropy with a tenth of each label spread over all classes."""
    return categorical_cross_entropy(Z, 0.9 * Y + 0.1 / len(Y))


smoothed = replace(categorical_cross_entropy, name="smoothed", cost=smoothed_cost)


# ---- optimizers ----------------------------------------------------------------------


@dataclass(eq=False)
class Lion(Optimizer):
    """Steps of one size, in the direction of a sign (Chen et al., 2023)."""

    lr: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.99

    state = ("v",)

    def update(self, theta, grad, lr, v):
        theta -= lr * np.sign(self.beta1 * v + (1 - self.beta1) * grad)
        v *= self.beta2
        v += (1 - self.beta2) * grad


@dataclass
class Clipped:
    """An optimizer whose gradients are shortened to a norm (Pascanu et al., 2013).

    The norm is the whole vector's, so it is taken before the inner optimizer is fed.
    """

    optimizer: Optimizer
    norm: float

    @property
    def rate(self):
        return self.optimizer.rate

    def step(self, theta, grad):
        size = np.linalg.norm(grad)
        scale = self.norm / size if size > self.norm else 1.0
        self.optimizer.step(theta, scale * grad)


# ---- nets made of them ---------------------------------------------------------------


def plain(*layers):
    return [Dense(4, 6), *layers, Dense(6, 3)]


NETS = {
    "gelu": lambda: plain(Activate(GELU)),
    "batch norm": lambda: plain(BatchNorm(6), Activate(Tanh)),
    "batch norm first": lambda: [BatchNorm(4), *plain(Activate(Tanh))],
    "layer norm": lambda: plain(LayerNorm(6), Activate(Tanh)),
    "convolution": lambda: [Conv2D((1, 2, 2), 3, 2), Activate(Tanh), Dense(3, 3)],
    "two convolutions": lambda: [
        Conv2D((1, 2, 2), 2, 1),
        Activate(Tanh),
        Conv2D((2, 2, 2), 3, 2),
    ],
    "residual": lambda: plain(Residual([Dense(6, 6), Activate(Tanh), Dense(6, 6)])),
    "nested": lambda: [
        Network([Dense(4, 5), Dropout(0.7), Network([Dense(5, 6), BatchNorm(6)])]),
        Activate(Tanh),
        Residual([BatchNorm(6), Network([Dense(6, 6)])]),
        Dense(6, 3),
    ],
}
nets = pytest.mark.parametrize("layers", NETS.values(), ids=NETS)


def soft(rng):
    return softmax(rng.standard_normal((3, 40)))


LOSSES = {  # each with targets for three outputs
    "hinge": (hinge, lambda rng: rng.integers(0, 2, (3, 40)) * 1.0),
    "huber": (huber, lambda rng: 2 * rng.standard_normal((3, 40))),
    "smoothed": (smoothed, soft),
    "several questions": (
        binary_cross_entropy,
        lambda rng: rng.integers(0, 2, (3, 40)) * 1.0,
    ),
    "soft targets": (categorical_cross_entropy, soft),
    "numbers": (squared_error, lambda rng: rng.standard_normal((3, 40))),
}
losses = pytest.mark.parametrize(("loss", "targets"), LOSSES.values(), ids=LOSSES)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def examples(rng):
    """Four features, three classes that depend on them."""
    X = rng.standard_normal((4, 120))
    return X, data.one_hot((X[:3] + X[1:]).argmax(axis=0), 3)


def train(net, examples, loss=categorical_cross_entropy, epochs=30, **options):
    return fit(net, loss, Adam(0.01), examples, epochs=epochs, batch_size=30, **options)


# ---- layers bear everything ----------------------------------------------------------


@nets
def test_gradients_are_those_of_the_complex_step(layers, examples):
    net = Network(layers(), seed=1)
    X, Y = (A[:, :9] for A in examples)
    assert gradient_check(net, categorical_cross_entropy, X, Y) < 1e-10


@nets
def test_backward_returns_the_gradient_with_respect_to_the_input(layers, examples):
    net, twin = Network(layers(), seed=1), Network(layers(), seed=1).astype(complex)
    X, Y = (A[:, :7] for A in examples)

    def cost(X):
        return categorical_cross_entropy(twin.copy().forward(X, train=True), Y)[0]

    want = complex_step(cost, X)
    dX = net.backward(categorical_cross_entropy(net.forward(X, train=True), Y)[1])
    assert relative_error(dX, want) < 1e-10


@nets
def test_gradients_fill_the_one_vector(layers, examples):
    net = Network(layers(), seed=1)
    X, Y = examples
    net.backward(categorical_cross_entropy(net.forward(X, train=True), Y)[1])
    assert np.count_nonzero(net.grad) > 0.9 * net.grad.size


@nets
def test_it_learns(layers, examples):
    net = Network(layers(), seed=1)
    history = train(net, examples, epochs=60)
    assert history.loss[-1] < 0.8 * history.loss[0]
    loss, score = evaluate(net, categorical_cross_entropy, *examples)
    assert loss < history.loss[0]
    assert score == np.mean(net.predict(examples[0]) == examples[1].argmax(axis=0))


@nets
@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, Network.copy, lambda net: net.astype(float)]
)
def test_a_copy_is_equal_and_apart(layers, duplicate, examples):
    net = Network(layers(), seed=1)
    train(net, examples, epochs=3)
    twin = duplicate(net)
    assert np.array_equal(twin.forward(examples[0]), net.forward(examples[0]))
    before = net.snapshot()
    train(twin, examples, epochs=2)
    assert all(map(np.array_equal, net.snapshot(), before))
    train(net, examples, epochs=2)  # goes the same way, masks included
    assert all(map(np.array_equal, net.snapshot(), twin.snapshot()))


@nets
def test_a_pickle_brings_back_everything_but_caches(layers, examples):
    net = Network(layers(), seed=1)
    train(net, examples, epochs=3)
    again = pickle.loads(pickle.dumps(net))
    assert again.loss == net.loss
    assert all(map(np.array_equal, net.snapshot(), again.snapshot()))
    assert np.array_equal(again.predict(examples[0]), net.predict(examples[0]))
    assert all(layer.cache is None for layer in again.layers)
    again.theta[...] = 0
    assert not any(layer.theta.any() for layer in again.layers)


@nets
def test_float32_and_back(layers, examples):
    net = Network(layers(), seed=1)
    train(net, examples, epochs=3)
    single = net.astype(np.float32)
    assert {single.theta.dtype, single.grad.dtype, single.buffers.dtype} == {
        np.dtype(np.float32)
    }
    Z = single.forward(examples[0])
    assert Z.dtype == np.float32
    np.testing.assert_allclose(Z, net.forward(examples[0]), rtol=1e-3, atol=1e-4)
    single.backward(single.forward(examples[0], train=True))
    assert single.grad.dtype == np.float32
    train(single, examples, epochs=2)
    assert np.isfinite(single.astype(float).theta).all()


@nets
def test_early_stopping_brings_back_parameters_and_buffers(layers, examples, rng):
    net, seen = Network(layers(), seed=1), []

    class Watch(EarlyStopping):
        def on_epoch(self, net, record):
            seen.append((record.val_loss, net.snapshot()))
            return super().on_epoch(net, record)

    X, Y = examples
    wrong = Y[:, rng.permutation(Y.shape[1])]  # held-out labels that get worse
    train(net, (X, Y), val=(X, wrong), epochs=40, callbacks=[Watch(patience=3)])
    _, best = min(seen, key=lambda epoch: epoch[0])
    assert len(seen) < 40
    assert all(map(np.array_equal, net.snapshot(), best))


def test_divergence_leaves_the_last_finite_buffers_too(examples):
    net = Network([Dense(4, 6), BatchNorm(6), Dense(6, 3)], seed=1)
    with pytest.raises(DivergenceError, match="epoch 1 at lr 1e"):
        fit(net, squared_error, GradientDescent(1e200), examples, epochs=3)
    assert all(np.isfinite(vector).all() for vector in net.snapshot())


# ---- batch normalization, both modes -------------------------------------------------


def test_batch_norm_uses_the_batch_while_training_and_its_memory_otherwise(rng):
    layer = BatchNorm(3)
    net = Network([layer, Dense(3, 1)], seed=0)
    X = 5 + 2 * rng.standard_normal((3, 1000))
    N = layer.forward(X, train=True)
    np.testing.assert_allclose(N.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(N.std(axis=1), 1, atol=1e-4)
    np.testing.assert_allclose(net.buffers[:3], 0.1 * X.mean(axis=1))
    for _ in range(100):
        layer.forward(X, train=True)
    np.testing.assert_allclose(layer.forward(X), N, atol=1e-3)
    assert np.shares_memory(layer.mean, net.buffers)


# ---- what is a weight ----------------------------------------------------------------


def test_penalties_and_decay_know_weights_by_the_layers_statement():
    net = Network([Conv2D((1, 3, 3), 2, 2), BatchNorm(8), Dense(8, 1)], seed=0)
    marks = {"W": 8, "b": 2, "gamma": 8, "beta": 8}
    assert net.is_weight.tolist() == [1] * marks["W"] + [0] * 18 + [1] * 8 + [0]
    R, dtheta = l2(2.0)(net.theta, net.is_weight, 10)
    kernels, dense = net.layers[0].W, net.layers[2].W
    want = ((kernels**2).sum() + (dense**2).sum()) / 10
    np.testing.assert_allclose(R, want, rtol=1e-13)
    np.testing.assert_allclose(dtheta[:8], kernels.ravel() / 5, rtol=1e-13)
    decay = AdamW(0.1, decay=0.5 * net.is_weight)
    before = net.theta.copy()
    decay.step(net.theta, np.zeros_like(net.theta))
    np.testing.assert_allclose(net.theta, before * (1 - 0.05 * net.is_weight))


# ---- nets in nets --------------------------------------------------------------------


def test_an_inner_net_draws_numbers_of_its_own():
    inner = [Dense(3, 3), Activate(ReLU), Dense(3, 3)]
    net = Network([Dense(3, 3), Network(inner), Dense(3, 3), Network([Dense(3, 3)])])
    drawn = [net.layers[0].W, inner[0].W, inner[2].W, net.layers[2].W]
    drawn.append(net.layers[3].layers[0].W)
    assert len({W.tobytes() for W in drawn}) == 5
    want = np.random.default_rng([0, WEIGHTS, 2, 1]).standard_normal((3, 3))
    np.testing.assert_array_equal(inner[0].W, want / np.sqrt(3))


def test_no_two_nets_draw_the_same_masks():
    first, second = Dropout(0.5), Dropout(0.5)
    net = Network(
        [
            Dense(3, 3),
            Dense(3, 3),
            Network([BatchNorm(3), first]),  # the third layer, without a weight
            Network([Dense(3, 3), second]),  # the third with one
        ]
    )
    net.forward(np.ones((3, 50)), train=True)
    assert (first.cache != second.cache).any()


def test_a_net_in_a_net_is_the_same_layers_in_a_row(examples):
    row = Network([Dense(4, 5), Activate(Tanh), Dense(5, 3)], seed=3)
    copies = copy.deepcopy(row.layers)
    nested = Network([Network(copies[:2], seed=None), copies[2]], seed=None)
    assert np.array_equal(row.theta, nested.theta)
    assert np.array_equal(row.forward(examples[0]), nested.forward(examples[0]))
    train(row, examples, epochs=3)
    train(nested, examples, epochs=3)
    assert np.array_equal(row.theta, nested.theta)


# ---- losses --------------------------------------------------------------------------


@losses
def test_the_gradient_of_a_loss_is_that_of_the_complex_step(loss, targets, rng):
    Z, Y = 2 * rng.standard_normal((3, 40)), targets(rng)
    assert (
        relative_error(loss(Z, Y)[1], complex_step(lambda Z: loss(Z, Y)[0], Z)) < 1e-10
    )


@losses
def test_a_loss_trains_a_net_and_says_what_it_means(loss, targets, rng):
    X, net = rng.standard_normal((4, 40)), mlp([4, 16, 3])
    Y = targets(rng)
    history = fit(net, loss, Adam(0.02), (X, Y), epochs=150)
    assert net.loss is loss
    assert history.loss[-1] < history.loss[0]
    assert history.score[-1] > history.score[0]
    assert np.array_equal(net.predict_proba(X), loss.link(net.forward(X)))
    assert np.array_equal(net.predict(X), loss.decide(net.forward(X)))
    assert evaluate(net, loss, X, Y)[1] == loss.score(net.forward(X), Y)
    assert pickle.loads(pickle.dumps(loss)) == loss
    assert copy.deepcopy(net).loss == loss


@losses
def test_targets_that_a_loss_cannot_mean_are_refused(loss, targets, rng):
    Y = targets(rng)
    Y[0, 0] = np.nan
    with pytest.raises(ValueError, match="Y holds NaN"):
        loss(rng.standard_normal(Y.shape), Y)


def test_losses_come_back_from_a_worker_equal():
    from joblib import Parallel, delayed

    sent = [hinge, huber, smoothed, binary_cross_entropy, squared_error]
    back = Parallel(n_jobs=2, backend="loky")(delayed(copy.copy)(loss) for loss in sent)
    assert back == sent


def test_label_smoothing_replaces_cross_entropy_and_a_margin_does_not(examples):
    net = mlp([4, 6, 3], loss=categorical_cross_entropy)
    train(net, examples, loss=smoothed, epochs=1)
    assert net.loss is smoothed
    with pytest.raises(ValueError, match="smoothed says, and not hinge"):
        train(net, (examples[0], examples[1]), loss=hinge, epochs=1)
    with pytest.raises(ValueError, match="2 outputs or more"):
        mlp([4, 1], loss=smoothed)


def test_a_wrapped_loss_still_looks_at_its_targets(examples):
    def weighted(Z, Y):
        J, dZ = categorical_cross_entropy(Z, Y)
        return 2 * J, 2 * dZ

    X, Y = examples
    net = mlp([4, 6, 3])
    history = fit(net, weighted, GradientDescent(0.1), (X, Y), epochs=2)
    assert np.isnan(history.score).all()
    assert net.loss is None
    wrong = Y.copy()
    wrong[:, 5] = [1, 1, 0]
    with pytest.raises(ValueError, match=r"sum to 1; got \[1.0, 1.0, 0.0\]"):
        fit(net, weighted, GradientDescent(0.1), (X, wrong), epochs=2)


def test_a_loss_of_ones_own_from_nothing(rng):
    """Poisson regression: counts, a mean e^z, the score by squared errors."""

    def cost(Z, Y):
        m = Z.shape[1]
        return (np.exp(Z) - Y * Z).sum() / m, (np.exp(Z) - Y) / m

    def explained(means, Y):
        return float(1 - np.sum((means - Y) ** 2) / np.sum((Y - Y.mean()) ** 2))

    counts = Loss("poisson", cost, np.exp, np.exp, explained)
    X = rng.standard_normal((2, 300))
    Y = rng.poisson(np.exp(X[:1])) * 1.0
    net = mlp([2, 1])
    assert gradient_check(net, counts, X[:, :5], Y[:, :5]) < 1e-10
    history = fit(net, counts, Adam(0.05), (X, Y), epochs=50)
    assert history.score[-1] > 0.4
    assert evaluate(net, counts, X, Y)[1] == explained(net.predict(X), Y)


# ---- optimizers, against steps unrolled by hand --------------------------------------


def test_lion_by_hand(rng):
    theta, g = rng.standard_normal(5), rng.standard_normal((3, 5))
    want, v = theta.copy(), np.zeros(5)
    for grad in g:
        want = want - 0.1 * np.sign(0.9 * v + 0.1 * grad)
        v = 0.99 * v + 0.01 * grad
    lion = Lion(0.1)
    for grad in g:
        lion.step(theta, grad)
    np.testing.assert_allclose(theta, want, rtol=1e-14)


def test_clipping_around_adam_by_hand(rng):
    theta, g = rng.standard_normal(50_000), rng.standard_normal((3, 50_000))
    g[1] /= 1000  # short enough to be left alone
    want, v, s = theta.copy(), 0.0, 0.0
    for t, grad in enumerate(g, 1):
        short = grad * min(1, 1 / math.sqrt(sum(x * x for x in grad.tolist())))
        v, s = 0.9 * v + 0.1 * short, 0.999 * s + 0.001 * short**2
        root = np.sqrt(s / (1 - 0.999**t))
        want = want - 0.1 * v / (1 - 0.9**t) / (root + 1e-8)
    clipped, before = Clipped(Adam(0.1), norm=1.0), g.copy()
    for grad in g:
        clipped.step(theta, grad)
    np.testing.assert_allclose(theta, want, rtol=1e-12, atol=1e-14)
    assert np.array_equal(g, before)


@pytest.mark.parametrize(
    "make", [lambda: Lion(0.01), lambda: Clipped(Adam(0.01), norm=0.5)]
)
def test_optimizers_of_ones_own_train(make, examples):
    net, optimizer = mlp([4, 6, 3]), make()
    history = fit(net, categorical_cross_entropy, optimizer, examples, epochs=40)
    assert history.loss[-1] < 0.6 * history.loss[0]
    assert history.lr.tolist() == [0.01] * 40
    twin_net, twin = copy.deepcopy((net, optimizer))
    more = [
        fit(n, categorical_cross_entropy, o, examples, epochs=2)
        for n, o in ((net, optimizer), (twin_net, twin))
    ]
    assert np.array_equal(more[0].loss, more[1].loss)


def test_a_residual_net_trains_by_itself(examples):
    net = Residual([Dense(4, 4), Activate(Tanh), Dense(4, 4)], seed=1)
    X = examples[0]
    assert fit(net, squared_error, Adam(0.01), (X, 2 * X), epochs=30).score[-1] > 0.9


# ---- mistakes in a statement are errors in words -------------------------------------


class Forgetful(Layer):
    def __init__(self):
        self.n_in = 2

    def forward(self, A, train=False):
        return A

    backward = forward


class Early(Layer):
    def __init__(self):
        self.W = np.zeros((2, 2))
        super().__init__(weights={"W": (2, 2)})


class Late(Layer):
    def __init__(self):
        super().__init__(weights={"W": (2, 2)})
        self.W = np.ones((2, 2))


class Twice(Dense):
    def __init__(self):
        super().__init__(2, 2)
        Layer.__init__(self, biases={"gain": (2, 1)})


class Named(Layer):
    scale = 1.0

    def __init__(self):
        super().__init__(biases={"scale": (2,)})


def stating(**statement):
    return lambda: type("Odd", (Layer,), {})(**statement)


MISTAKES = {
    "no statement": (lambda: Network([Forgetful()]), "has not stated its parameters"),
    "set before": (Early, "Early has something else called W"),
    "set after": (Late, r"W is a view .* write W\[...\]"),
    "in two calls": (Twice, "has stated its parameters: do it in one call"),
    "an attribute's name": (Named, "Named has something else called scale"),
    "a method's name": (stating(weights={"copy": (2,)}), "called copy"),
    "the vector's name": (stating(weights={"theta": (2,)}), "called theta"),
    "said twice": (
        stating(weights={"W": (2,)}, biases={"W": (2,)}),
        "something else called",
    ),
    "a gradient's name": (
        stating(weights={"W": (2,)}, biases={"dW": (2,)}),
        "called dW",
    ),
    "no tuple": (stating(weights={"W": 3}), "shape of W must be a tuple"),
    "a side of 0": (stating(weights={"W": (2, 0)}), "at least 1, got 0"),
    "half a pixel": (stating(buffers={"mean": (2.5,)}), "at least 1, got 2.5"),
    "a slope of A": (
        lambda: Activation("old", np.tanh, lambda A: 1 - A * A),
        r"derivative must take \(Z, A\), and takes \(A\)",
    ),
    "no training": (
        lambda: Network([type("Odd", (Dense,), {"forward": lambda self, A: A})(2, 2)]),
        r"layer 1's forward must take \(A, train\)",
    ),
}


@pytest.mark.parametrize(("make", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_statement_is_said_at_construction(make, words):
    with pytest.raises((ValueError, AttributeError), match=words):
        make()


def test_no_layer_can_be_slipped_in_unseen():
    net = mlp([2, 3, 1])
    with pytest.raises(AttributeError):
        net.layers.append(Dense(1, 1))
    with pytest.raises(AttributeError):
        net.layers = [Dense(2, 1)]
