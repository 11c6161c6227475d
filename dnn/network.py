"""A network: layers, one after another.

Forward is a loop over the layers, backward the same loop from the end. What the network
adds is ownership: all parameters live in one vector `theta`, all gradients in one
vector `grad`, and the layers' matrices are views of them. Training, saving and checking
a net are then operations on a vector.
"""

import copy

import numpy as np

from dnn import checks
from dnn.layers import View
from dnn.losses import sigmoid, softmax


class Network:
    """Layers in a row, their parameters in one vector.

    ``theta``, ``grad`` and ``is_weight`` are (P,): parameters, their gradients, and 1
    where an entry belongs to a W. ``seed`` draws the initial weights and the masks, a
    stream for each layer; with None the layers keep the values they hold. The network
    takes the layers over: a layer belongs to one network. ``about`` is what storage
    keeps beside the numbers. ValueError where the layers make no net. Source: chapter
    07, def-network.
    """

    theta, grad, is_weight = View(), View(), View()

    def __init__(self, layers, seed=0, dtype=np.float64):
        self.layers = _listed(layers)
        self.about = {}
        _refuse_broken_chain(self.layers)
        # n₀ inputs and n_L logits.
        self.n_in = next(layer.n_in for layer in self.layers if layer.n_in)
        self.n_out = next(layer.n_out for layer in self.layers[::-1] if layer.n_out)
        if seed is not None:
            checks.integer("seed", seed, 0)
        self._gather(dtype)
        if seed is not None:
            self._initialize(seed)

    def _gather(self, dtype):
        """Move all parameters into one vector, and leave the layers views of it."""
        dtype = checks.floating("dtype", dtype)
        theta = np.concatenate([layer.theta for layer in self.layers]).astype(dtype)
        grad = np.concatenate([layer.grad for layer in self.layers]).astype(dtype)
        start = 0
        for layer in self.layers:
            stop = start + layer.theta.size
            layer.bind(theta[start:stop], grad[start:stop])
            layer.bound = True
            start = stop
        vars(self).update(
            theta=theta,
            grad=grad,
            is_weight=_mark_weights(self.layers, theta.real.dtype),
        )

    def _initialize(self, seed):
        # Weights do not depend on what lies between the layers that have some.
        number = 0
        for place, layer in enumerate(self.layers, 1):
            number += "W" in layer.shapes
            layer.initialize(seed, number if "W" in layer.shapes else place)

    @property
    def dtype(self):
        """The type in which everything is computed."""
        return self.theta.dtype

    def forward(self, X, train=False):
        """Return the logits Z[L], (n_L, m), of X, (n₀, m); with ``train``, layers keep
        what backward needs.

        ValueError for another shape and for values that are not finite; the loop has
        looked at its data once and cast them, so that in training what is of the net's
        type is taken as it is. Source: chapter 07, def-forward.
        """
        if train and getattr(X, "dtype", None) == self.dtype:
            A = checks.rows("X", X, self.n_in)
        else:
            A = checks.inputs("X", X, self.n_in, self.dtype)
        for layer in self.layers:
            A = layer.forward(A, train)
        if train:
            self.Z = A
        return A

    def backward(self, dZ):
        """Fill ``grad`` from dZ (n_L, m), the gradient by the last training logits.

        ValueError for another shape, or before a forward with ``train=True``.
        Source: chapter 07, eq-backpropagation.
        """
        if not hasattr(self, "Z"):
            raise ValueError(
                "nothing to go back through: call forward(X, train=True) first"
            )
        checks.same_shape("dZ", dZ, "Z", self.Z)
        dA = dZ
        for layer in reversed(self.layers):
            dA = layer.backward(dA, need_dA=layer is not self.layers[0])

    def predict_proba(self, X):
        """Return probabilities: P(y = 1), (1, m), for one logit, else a softmax of the
        C logits, (C, m).
        """
        Z = self.forward(X)
        return sigmoid(Z) if self.n_out == 1 else softmax(Z)

    def predict(self, X):
        """Return the most probable class of each example, (1, m) whole numbers from 0."""
        Z = self.forward(X)
        if self.n_out == 1:
            return (Z > 0).astype(int)
        return Z.argmax(axis=0, keepdims=True)

    def copy(self):
        """Return an independent copy, random streams included."""
        return copy.deepcopy(self)

    __copy__ = copy  # a shallow copy would share its layers' arrays

    def astype(self, dtype):
        """Return a copy that computes in another type; in complex, it is the complex
        step's twin.
        """
        twin = self.copy()
        twin._gather(dtype)
        return twin

    def __getstate__(self):
        views = {"theta", "grad", "is_weight"}
        return {k: v for k, v in vars(self).items() if k not in {*views, "Z"}}

    def __setstate__(self, state):
        vars(self).update(state)
        self._gather(self.layers[0].theta.dtype)

    def __str__(self):
        """A table of the layers: what each is, what comes out of it, how many
        parameters it has.
        """
        lines, n = [f"{'layer':<21}{'output':>9}{'parameters':>12}"], self.n_in
        for layer in self.layers:
            n = layer.n_out or n
            lines.append(f"{layer!r:<21}{f'({n}, m)':>9}{layer.theta.size:>12,}")
        return "\n".join(
            [*lines, f"{'in all, ' + str(self.dtype):<30}{self.theta.size:>12,}"]
        )


def _mark_weights(layers, dtype):
    marks = [
        np.full(r * c, name == "W")
        for layer in layers
        for name, (r, c) in layer.shapes.items()
    ]
    return np.concatenate(marks).astype(dtype)


def _listed(layers):
    """Return the layers in a list, or refuse what is none, or lies elsewhere too."""
    if not isinstance(layers, (list, tuple)):
        raise ValueError(f"layers must be a list of layers, got {layers!r}")
    for place, layer in enumerate(layers, 1):
        checks.methods(f"layer {place}", layer, "bind", "forward", "backward")
    twice = len(set(map(id, layers))) < len(layers)
    if twice or any(layer.bound for layer in layers):
        raise ValueError(
            "a layer belongs to one place in one network: build another for each place"
        )
    return list(layers)


def _refuse_broken_chain(layers):
    if not any(layer.n_in for layer in layers):
        raise ValueError(
            "layers must hold at least one with a size of its own, such as Dense(2, 1)"
        )
    n = None
    for place, layer in enumerate(layers, 1):
        if layer.n_in and n and layer.n_in != n:
            raise ValueError(
                f"layer {place}, {layer!r}, takes {layer.n_in} inputs but gets {n}"
            )
        n = layer.n_out or n
