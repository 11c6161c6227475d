"""A layer: what maps A[l−1] to Z[l], and carries gradients back.

A layer knows three things: how to go forward, how to go backward, and where its
parameters live. The last is the unusual one. All parameters of a net lie in one vector
theta, all their gradients in one vector grad, and a layer holds reshaped *views* of its
stretch of them: W and b, dW and db. So an optimizer, a penalty or a gradient check sees
a vector of ℝᴾ, and a layer sees its matrices, and nothing is ever copied between them.
"""

import numpy as np

from dnn import checks

# What random numbers are for: each purpose and layer has a stream of its own,
# np.random.default_rng([seed, purpose, layer]).
WEIGHTS, MASKS, SHUFFLES = range(3)


def xavier(n_out, n_in, rng):
    """Return W (n_out, n_in) of independent N(0, 1/n_in) entries.

    Outputs are then about as large as inputs.
    Source: chapter 10, def-xavier; LeCun et al. (1998), Glorot & Bengio (2010).
    """
    return rng.standard_normal((n_out, n_in)) / np.sqrt(n_in)


class View:
    """An attribute that is a view of a vector: filled in place, never replaced."""

    def __set_name__(self, owner, name):
        self.name = name

    def __set__(self, layer, value):
        if value is not vars(layer).get(self.name):
            raise AttributeError(
                f"{self.name} is a view of one long vector: "
                f"write {self.name}[...] = … to fill it"
            )


class Layer:
    """What all layers share: parameters that are views, and a state without caches."""

    theta, grad = View(), View()
    shapes = {}  # name → shape of each parameter
    caches = ()  # what forward keeps for backward
    n_in = n_out = None  # None: any number of inputs, and as many outputs
    bound = False  # True in a network

    def __init__(self):
        size = sum(rows * columns for rows, columns in self.shapes.values())
        self.bind(np.zeros(size), np.zeros(size))

    def bind(self, theta, grad):
        """Lay parameters out in theta, gradients in grad, vectors of this size."""
        vars(self).update(theta=theta, grad=grad)
        start = 0
        for name, (rows, columns) in self.shapes.items():
            stop = start + rows * columns
            vars(self)[name] = theta[start:stop].reshape(rows, columns)
            vars(self)["d" + name] = grad[start:stop].reshape(rows, columns)
            start = stop

    def initialize(self, seed, number):
        """Draw this layer's random numbers. ``number`` is l, counting the layers that
        have a W; for a layer without one, its place in the network.
        """

    def config(self):
        """Return what it takes to build this layer again, as keyword arguments."""
        return {}

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(map(str, self.config().values()))})"

    def __getstate__(self):
        views = {*self.shapes, *("d" + name for name in self.shapes)}
        derived = {*views, *self.caches, "bound"}
        return {k: v for k, v in vars(self).items() if k not in derived}

    def __setstate__(self, state):
        vars(self).update(state)
        self.bind(self.theta, self.grad)


class Dense(Layer):
    """A dense layer, Z = W A + b.

    A is (n_in, m), W (n_out, n_in), b (n_out, 1), Z (n_out, m). ``init(n_out, n_in,
    rng)`` draws W when a network takes the layer in; until then W and b are zero.
    Source: chapter 05, def-dense.
    """

    W, b, dW, db = View(), View(), View(), View()
    caches = ("A",)

    def __init__(self, n_in, n_out, init=xavier):
        self.n_in = checks.integer("n_in", n_in, 1)
        self.n_out = checks.integer("n_out", n_out, 1)
        self.init = checks.function("init", init)
        self.shapes = {"W": (self.n_out, self.n_in), "b": (self.n_out, 1)}
        super().__init__()

    def initialize(self, seed, number):
        """Draw W from the stream of layer ``number``, and set b to zero."""
        rng = np.random.default_rng([seed, WEIGHTS, number])
        W = self.init(self.n_out, self.n_in, rng)
        checks.same_shape("init's W", checks.real("init's W", W), "W", self.W)
        self.W[...] = W
        self.b[...] = 0

    def forward(self, A, train=False):
        """Return Z = W A + b, (n_out, m); remember A if ``train``.

        Source: chapter 05, def-dense.
        """
        checks.rows("A", A, self.n_in)
        if train:
            self.A = A
        Z = self.W @ A
        Z += self.b
        return Z

    def backward(self, dZ, need_dA=True):
        """Write dW = dZ Aᵀ and db = dZ 1; return dA = Wᵀ dZ, or None if not needed.

        Source: chapter 05, eq-dense-dw, eq-dense-db and eq-dense-da.
        """
        np.matmul(dZ, self.A.T, out=self.dW)
        dZ.sum(axis=1, keepdims=True, out=self.db)
        return self.W.T @ dZ if need_dA else None

    def config(self):
        """Return n_in and n_out; the weights are kept apart."""
        return {"n_in": self.n_in, "n_out": self.n_out}


class Dropout(Layer):
    """Inverted dropout: keep each entry with probability keep_prob, divided by that.

    A and the mask D are (n, m). Outside training it changes nothing.
    Source: chapter 16, def-dropout;
    Srivastava et al. (2014).
    """

    caches = ("D",)

    def __init__(self, keep_prob):
        self.keep_prob = checks.number("keep_prob", keep_prob, 0, 1, above=True)
        self.rng = np.random.default_rng([0, MASKS])
        super().__init__()

    def initialize(self, seed, number):
        """Start the stream of masks of the layer at place ``number``."""
        self.rng = np.random.default_rng([seed, MASKS, number])

    def forward(self, A, train=False):
        """Return A ∘ D / keep_prob while training, and A itself otherwise.

        Source: chapter 16, eq-dropout-mean.
        """
        if not train:
            return A
        self.D = self.rng.random(A.shape, dtype=np.float32) < self.keep_prob
        return A * self.D / self.keep_prob

    def backward(self, dA, need_dA=True):
        """Return dA ∘ D / keep_prob, with the mask that forward drew.

        Source: chapter 16, eq-dropout-backward.
        """
        return dA * self.D / self.keep_prob if need_dA else None

    def config(self):
        """Return keep_prob."""
        return {"keep_prob": self.keep_prob}
