"""A network: layers, one after another.

Forward is a loop over the layers, backward the same loop from the end. What the network
adds is ownership: all parameters live in one vector `theta`, all gradients in one
vector `grad`, and the layers' matrices are views of them. Training, saving and checking
a net are then operations on a vector. Seen from outside a network maps columns to
columns and carries gradients back, so it is a layer itself, and nets nest.
"""

from collections.abc import Sequence

import numpy as np

from dnn import checks
from dnn.checks import Array
from dnn.layers import Layer, View, carry_back
from dnn.losses import LOSSES, Loss

__all__ = ["Network"]


class Network(Layer):
    """Layers in a row, their parameters in one vector.

    ``theta``, ``grad`` and ``is_weight`` are (P,): parameters, their gradients, and 1
    where an entry belongs to a weight. ``seed`` draws the initial weights and the masks,
    a stream for each layer; with None the layers keep the values they hold. ``loss``
    says what the outputs mean, see `loss`. The network takes the layers over: a layer
    belongs to one network. ``about`` is what storage keeps beside the numbers.
    ValueError for layers that do not fit together. Source: chapter 07, def-network.
    """

    is_weight = View("is_weight")

    def __init__(
        self,
        layers: Sequence[Layer],
        seed=0,
        dtype=np.float64,
        loss: Loss | None = None,
    ):
        self._layers, self._loss, self.about = _listed(layers), None, {}
        self.n_in, self.n_out = _chained(self.layers)  # n₀ inputs and n_L logits
        seed = seed if seed is None else checks.integer("seed", seed, 0)
        self.loss = loss
        self._gather(checks.floating("dtype", dtype))
        if seed is not None:
            self.initialize(seed, ())

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers; a net with others is another net."""
        return self._layers

    @property
    def loss(self) -> Loss | None:
        """What the outputs mean: set by hand or by training, see `dnn.losses.Loss`.

        Another loss of the same link may replace it; ValueError for another link, and
        for what has none.
        """
        return self._loss

    @loss.setter
    def loss(self, loss):
        _refuse_loss(loss, self._loss, self.n_out)
        self._loss = loss

    def _gather(self, dtype):
        """Move all parameters into one vector, and leave the layers views of it."""
        vectors = [(layer.theta, layer.grad, layer.buffers) for layer in self.layers]
        whole = map(np.concatenate, zip(*vectors, strict=True))
        self.bind(*(vector.astype(dtype) for vector in whole))

    def bind(self, theta: Array, grad: Array, buffers: Array) -> None:
        """Take these vectors for one's own, and deal them out to the layers."""
        p = q = 0
        for layer in self.layers:
            P, Q = slice(p, p + layer.theta.size), slice(q, q + layer.buffers.size)
            layer.bind(theta[P], grad[P], buffers[Q])
            layer.bound, p, q = True, P.stop, Q.stop
        marks = np.concatenate([layer.is_weight for layer in self.layers])
        vars(self).update(theta=theta, grad=grad, buffers=buffers, is_weight=marks)

    def initialize(self, seed: int, path: tuple[int, ...]) -> None:
        """Draw the random numbers of each layer, from streams of its own."""
        # Weights do not depend on what lies between the layers that have some.
        number = 0
        for place, layer in enumerate(self.layers, 1):
            weighs = layer.is_weight.any()
            number += int(weighs)
            own = (number,) if weighs else (place,)
            if hasattr(layer, "layers") and not weighs:
                own = (0, place)  # apart from the net with weights of that number
            layer.initialize(seed, (*path, *own))

    def forward(self, X: Array, train: bool = False) -> Array:
        """Return the logits Z[L], (n_L, m), of X, (n₀, m); ``train`` keeps all caches.

        ValueError for another shape and for values that are not finite. Source: chapter
        07, def-forward.
        """
        A = X if self.bound else self._checked(X, train)
        for layer in self.layers:
            A = layer.forward(A, train)
        if train:
            self.cache = A
        return A

    def _checked(self, X, train):
        """Return X in this net's type, or refuse it.

        The training loop has looked at its data once and cast them, so that what comes
        to be trained on, in the right type, is taken as it is.
        """
        if train and getattr(X, "dtype", None) == self.dtype:
            return checks.rows("X", X, self.n_in)
        return checks.inputs("X", X, self.n_in, self.dtype)

    def backward(self, dZ: Array, need_dA: bool = True) -> Array | None:
        """Fill ``grad`` from dZ (n_L, m) and return dX, or None if that is not needed.

        dZ is the gradient with respect to the last training logits. ValueError for
        another shape, or before a forward with ``train=True``. Source: chapter 07,
        eq-backpropagation.
        """
        if self.cache is None:
            raise ValueError("backward needs forward(X, train=True) before it")
        checks.same_shape("dZ", dZ, "Z", self.cache)
        dA = dZ
        for layer in self.layers[:0:-1]:
            dA = layer.backward(dA)
        return carry_back(self.layers[0], dA, need_dA)

    def predict_proba(self, X: Array) -> Array:
        """Return the predictions that the loss links to the logits, (n_L, m).

        Probabilities, after `binary_cross_entropy` and `categorical_cross_entropy`.
        """
        return self._meaning().link(self.forward(X))

    def predict(self, X: Array) -> Array:
        """Return what the loss decides: labels 0 or 1, (n_L, m), or classes, (1, m).

        After `squared_error`, the numbers predicted, (n_L, m).
        """
        return self._meaning().decide(self.forward(X))

    def _meaning(self):
        if self.loss is None:
            remedy = f"train it, or set net.loss to one of {', '.join(LOSSES)}"
            raise ValueError(f"no loss says what this net's outputs mean: {remedy}")
        return self.loss

    def __getstate__(self):
        views = {"theta", "grad", "buffers", "is_weight"}
        return {k: v for k, v in super().__getstate__().items() if k not in views}

    def __setstate__(self, state):
        vars(self).update(state)
        self._gather(self.layers[0].dtype)

    def config(self) -> dict:
        """Return the layers, and no seed, which would draw their numbers anew."""
        return {"layers": list(self.layers), "seed": None}

    def __repr__(self):
        return f"{type(self).__name__}({len(self.layers)} layers)"

    def __str__(self):
        """Draw a table of the layers: each one's outputs and number of parameters."""
        lines, n = [f"{'layer':<21}{'output':>9}{'parameters':>12}"], self.n_in
        for layer in self.layers:
            n = layer.n_out or n
            lines.append(f"{layer!r:<21}{f'({n}, m)':>9}{layer.theta.size:>12,}")
        total = f"in all, {self.dtype}"
        return "\n".join([*lines, f"{total:<30}{self.theta.size:>12,}"])


def _listed(layers):
    """Return the layers in a tuple, or refuse what is none, or lies elsewhere too."""
    if not isinstance(layers, (list, tuple)):
        raise ValueError(f"layers must be a list of layers, got {layers!r}")
    for place, layer in enumerate(layers, 1):
        checks.methods(f"layer {place}", layer, "bind", "forward", "backward")
        checks.takes(f"layer {place}'s forward", layer.forward, "A", "train")
        checks.takes(f"layer {place}'s backward", layer.backward, "dA")
        if "theta" not in vars(layer):
            remedy = "call super().__init__(weights={…}, biases={…}) in its __init__"
            raise ValueError(f"layer {place} has not stated its parameters: {remedy}")
        if layer.bound or any(other is layer for other in layers[place:]):
            remedy = "build another for each place"
            raise ValueError(f"layer {place} lies in another place or net: {remedy}")
    return tuple(layers)


def _chained(layers):
    """Return how many inputs and outputs layers in a row have, or refuse a gap."""
    first = n = None
    for place, layer in enumerate(layers, 1):
        if layer.n_in not in (None, n or layer.n_in):
            gap = f"takes {layer.n_in} inputs but gets {n}"
            raise ValueError(f"layer {place}, {layer!r}, {gap}")
        first, n = first or layer.n_in, layer.n_out or n
    if not first:
        raise ValueError("layers must hold one with a size, such as Dense(2, 1)")
    return first, n


def _refuse_loss(loss, known, n_out):
    """Raise ValueError for a loss that cannot say what these outputs mean."""
    if loss is None:
        return
    if getattr(loss, "link", None) is None:
        raise ValueError(f"net.loss must be a Loss with a link, got {loss!r}")
    if known and known.link != loss.link:
        remedy = "build another net, or set net.loss = None first"
        raise ValueError(f"outputs mean what {known} says, and not {loss}: {remedy}")
    if n_out < loss.outputs:
        raise ValueError(f"{loss} needs {loss.outputs} outputs or more, not {n_out}")
