"""A layer: what maps A[l−1] to Z[l], and carries gradients back.

Whoever writes a layer states its parameters with their shapes, and two formulas, forward
and backward. All the rest follows, because of where the numbers live: the parameters of
a whole net lie in one vector theta, their gradients in one vector grad, and a layer
holds reshaped *views* of its stretch of them, W and b, dW and db. So an optimizer, a
penalty or a gradient check sees a vector of ℝᴾ, and a layer sees its matrices, and
nothing is ever copied between them.
"""

import copy
from functools import cache
from inspect import signature
from math import prod

import numpy as np

from dnn import checks
from dnn.checks import Array

__all__ = ["Dense", "Dropout", "Layer"]

# What random numbers are for: each purpose and layer has a stream of its own,
# np.random.default_rng([seed, purpose, *path]), where a path such as (3, 1) leads
# through nested nets: layer 1 of the net that is layer 3. A layer of one's own may take
# another purpose, 3 or more.
WEIGHTS, MASKS, SHUFFLES = range(3)


def lecun(n_out: int, n_in: int, rng: "np.random.Generator") -> Array:
    """Return W (n_out, n_in) of independent N(0, 1/n_in) entries.

    Outputs are then about as large as inputs.
    Source: chapter 10, def-lecun; LeCun et al. (1998).
    """
    return rng.standard_normal((n_out, n_in)) / np.sqrt(n_in)


class View:
    """An attribute that is a view of a vector: filled in place, never replaced."""

    def __init__(self, name: str):
        self.name = name

    def __set__(self, layer, value):
        if vars(layer).setdefault(self.name, value) is not value:
            remedy = f"write {self.name}[...] = … to fill it"
            raise AttributeError(f"{self.name} is a view of one long vector: {remedy}")


class Layer:
    """What all layers share: parameters that are views, copies, casts, a description.

    ``weights``, ``biases`` and ``buffers`` are {name: shape}. Weights are the parameters
    that penalties and decay shrink; biases all others, such as a scale; buffers, such as
    a running mean, are kept and saved with the parameters but not trained. A layer with
    W has a gradient dW beside it. A subclass has ``forward(A, train=False)``, which
    puts what backward needs into ``self.cache`` if ``train``, and ``backward(dA)``,
    which fills the gradients and returns that with respect to its input; with
    ``need_dA=False``, if it takes that, it may save the work. ValueError for a statement
    that makes no layer. Source: chapter 05, def-layer.
    """

    theta, grad, buffers = View("theta"), View("grad"), View("buffers")
    shapes, buffer_shapes, weights = {}, {}, ()
    n_in = n_out = None  # None: any number of inputs, and as many outputs
    cache = None  # what forward keeps for backward; copies go without it
    bound = False  # True in a network

    def __init__(self, weights=None, biases=None, buffers=None):
        weights, biases, buffers = weights or {}, biases or {}, buffers or {}
        if "theta" in vars(self):
            raise ValueError(f"{self!r} has stated its parameters: do it in one call")
        _refuse_statement(self, [*weights, *biases], {**weights, **biases, **buffers})
        self.weights, self.shapes = tuple(weights), {**weights, **biases}
        self.buffer_shapes = dict(buffers)
        P, Q = (sum(map(prod, s.values())) for s in (self.shapes, buffers))
        self.bind(np.zeros(P), np.zeros(P), np.zeros(Q))

    def bind(self, theta: Array, grad: Array, buffers: Array) -> None:
        """Lay the parameters out in theta, gradients in grad, buffers in buffers."""
        vars(self).update(theta=theta, grad=grad, buffers=buffers)
        self._view(self.shapes, theta)
        self._view({f"d{name}": shape for name, shape in self.shapes.items()}, grad)
        self._view(self.buffer_shapes, buffers)

    def _view(self, shapes, vector):
        """Make each name a view of its stretch of a vector."""
        start = 0
        for name, shape in shapes.items():
            if not hasattr(getattr(type(self), name, None), "__set__"):
                setattr(type(self), name, View(name))
            stop = start + prod(shape)
            vars(self)[name] = vector[start:stop].reshape(shape)
            start = stop

    @property
    def is_weight(self) -> Array:
        """1 where an entry of theta belongs to a weight, and 0 elsewhere, (P,)."""
        sizes = [prod(shape) for shape in self.shapes.values()]
        marks = [name in self.weights for name in self.shapes]
        return np.repeat(marks, sizes).astype(self.theta.real.dtype)

    @property
    def dtype(self) -> np.dtype:
        """The type in which everything is computed."""
        return self.theta.dtype

    def initialize(self, seed: int, path: tuple[int, ...]) -> None:
        """Draw this layer's random numbers, from streams that its path names.

        The last number of ``path`` is l, counting the layers that have weights; for a
        layer without any, its place in the network.
        """

    def copy(self) -> "Layer":
        """Return an independent copy, random streams included."""
        return copy.deepcopy(self)

    __copy__ = copy  # a shallow copy would share its arrays

    def astype(self, dtype) -> "Layer":
        """Return a copy that computes in another type; complex is for the complex step."""
        twin, dtype = self.copy(), checks.floating("dtype", dtype)
        twin.bind(*(v.astype(dtype) for v in (twin.theta, twin.grad, twin.buffers)))
        return twin

    def snapshot(self) -> tuple[Array, Array]:
        """Return copies of all that training changes: (theta, buffers)."""
        return self.theta.copy(), self.buffers.copy()

    def restore(self, snapshot: tuple[Array, Array]) -> None:
        """Put parameters and buffers back as they were at a `snapshot`."""
        self.theta[...], self.buffers[...] = snapshot

    def config(self) -> dict:
        """Return the arguments that build this layer again, as it keeps them by name."""
        names = signature(type(self)).parameters
        return {name: getattr(self, name) for name in names if hasattr(self, name)}

    def __repr__(self):
        told = [str(v) for v in self.config().values() if not callable(v)]
        return f"{type(self).__name__}({', '.join(told)})"

    def __getstate__(self):
        views = {*self.shapes, *(f"d{name}" for name in self.shapes)}
        derived = {*views, *self.buffer_shapes, "cache", "bound"}
        return {k: v for k, v in vars(self).items() if k not in derived}

    def __setstate__(self, state):
        vars(self).update(state)
        self.bind(self.theta, self.grad, self.buffers)


RESERVED = frozenset(dir(Layer))  # no parameter can be called that


def _free(kind, name):
    """Tell whether a class has nothing of this name, or a View, which is only set."""
    other = getattr(kind, name, None)
    return other is None or hasattr(other, "__set__") > hasattr(other, "__get__")


def _refuse_statement(layer, parameters, shapes):
    """Raise ValueError for names or shapes that cannot be a layer's."""
    kind, names = type(layer).__name__, [*shapes, *(f"d{name}" for name in parameters)]
    for name in names:
        taken = name in RESERVED or name in vars(layer) or not _free(type(layer), name)
        if names.count(name) > 1 or taken:
            remedy = "name it otherwise, and set nothing before super().__init__(…)"
            raise ValueError(f"{kind} has something else called {name}: {remedy}")
    for name, shape in shapes.items():
        if not isinstance(shape, tuple):
            raise ValueError(f"{kind}: the shape of {name} must be a tuple: {shape!r}")
        for n in shape:
            checks.integer(f"{kind}: each number in the shape of {name}", n, 1)


@cache
def _saves(kind):
    return "need_dA" in signature(kind.backward).parameters


def carry_back(layer: Layer, dA: Array, need_dA: bool = True) -> Array | None:
    """Go back through a layer, which may save the work of a gradient nobody needs.

    It is told so if its backward takes that, by the name of ``need_dA``.
    """
    saving = {"need_dA": need_dA} if _saves(type(layer)) else {}
    return layer.backward(dA, **saving)


class Dense(Layer):
    """A dense layer, Z = W A + b.

    A is (n_in, m), W (n_out, n_in), b (n_out, 1), Z (n_out, m). ``init(n_out, n_in,
    rng)`` draws W when a network takes the layer in; until then W and b are zero.
    Source: chapter 05, def-dense.
    """

    def __init__(self, n_in: int, n_out: int, init=lecun):
        self.n_in = checks.integer("n_in", n_in, 1)
        self.n_out = checks.integer("n_out", n_out, 1)
        self.init = checks.function("init", init)
        super().__init__(weights={"W": (n_out, n_in)}, biases={"b": (n_out, 1)})

    def initialize(self, seed: int, path: tuple[int, ...]) -> None:
        """Draw W from this layer's stream, and set b to zero."""
        rng = np.random.default_rng([seed, WEIGHTS, *path])
        W = self.init(self.n_out, self.n_in, rng)
        checks.same_shape("init's W", checks.real("init's W", W), "W", self.W)
        self.W[...] = W
        self.b[...] = 0

    def forward(self, A: Array, train: bool = False) -> Array:
        """Return Z = W A + b, (n_out, m); keep A if ``train``.

        Source: chapter 05, def-dense.
        """
        checks.rows("A", A, self.n_in)
        if train:
            self.cache = A
        Z = self.W @ A
        Z += self.b
        return Z

    def backward(self, dZ: Array, need_dA: bool = True) -> Array | None:
        """Write dW = dZ Aᵀ and db = dZ 1; return dA = Wᵀ dZ, or None if not needed.

        Source: chapter 05, eq-dense-dw, eq-dense-db and eq-dense-da.
        """
        A = self.cache
        np.matmul(dZ, A.T, out=self.dW)
        dZ.sum(axis=1, keepdims=True, out=self.db)
        return self.W.T @ dZ if need_dA else None

    def config(self) -> dict:
        """Return n_in and n_out; what ``init`` drew is in W."""
        return {"n_in": self.n_in, "n_out": self.n_out}


class Dropout(Layer):
    """Inverted dropout: keep each entry with probability keep_prob, divided by that.

    A and the mask D are (n, m). Outside training it changes nothing.
    Source: chapter 16, def-dropout; Srivastava et al. (2014).
    """

    def __init__(self, keep_prob: float):
        super().__init__()
        self.keep_prob = checks.setting("keep_prob", keep_prob)
        self.rng = np.random.default_rng([0, MASKS])

    def initialize(self, seed: int, path: tuple[int, ...]) -> None:
        """Start this layer's stream of masks."""
        self.rng = np.random.default_rng([seed, MASKS, *path])

    def forward(self, A: Array, train: bool = False) -> Array:
        """Return A ∘ D / keep_prob while training, and A itself otherwise.

        Source: chapter 16, eq-dropout-mean.
        """
        if not train:
            return A
        D = self.cache = self.rng.random(A.shape, dtype=np.float32) < self.keep_prob
        return A * D / self.keep_prob

    def backward(self, dA: Array, need_dA: bool = True) -> Array | None:
        """Return dA ∘ D / keep_prob, with the mask that forward drew.

        Source: chapter 16, eq-dropout-backward.
        """
        D = self.cache
        return dA * D / self.keep_prob if need_dA else None
