"""Bends.

Without something bent between them, two dense layers are one dense layer. An activation
is a function g, applied entry by entry, and its slope. The slope is read off the output
A = g(Z), which is kept anyway, and not off Z, which therefore need not be. At a kink
each takes the slope of its left side.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dnn import checks
from dnn.layers import Layer
from dnn.losses import sigmoid


class Activation(NamedTuple):
    """A bend: its name, g(Z), and its slope g′(Z) as a function of A = g(Z), each entry
    by entry.
    """

    name: str
    g: Callable
    slope: Callable


def relu(Z):
    """Return max(z, 0). Source: chapter 06, def-relu; Nair & Hinton (2010)."""
    return np.maximum(Z, 0) if Z.dtype.kind == "f" else Z * (Z.real > 0)


def relu_slope(A):
    """Return 1 where a > 0 and 0 elsewhere. Source: chapter 06, eq-relu-slope."""
    return np.sign(A.real)  # A is never below 0


def leaky_relu(Z):
    """Return z where z > 0 and z/100 elsewhere.

    Source: chapter 06, def-leaky-relu; Maas et al. (2013).
    """
    return np.where(Z.real > 0, Z, 0.01 * Z)


def leaky_relu_slope(A):
    """Return 1 where a > 0 and 1/100 elsewhere.

    Source: chapter 06, eq-leaky-relu-slope.
    """
    return np.where(A.real > 0, 1, 0.01).astype(A.dtype)


def tanh_slope(A):
    """Return 1 − a². Source: chapter 06, eq-tanh-slope."""
    return 1 - A * A


def sigmoid_slope(A):
    """Return a (1 − a). Source: chapter 06, eq-sigmoid-slope."""
    return A * (1 - A)


ReLU = Activation("relu", relu, relu_slope)
LeakyReLU = Activation("leaky_relu", leaky_relu, leaky_relu_slope)
Tanh = Activation("tanh", np.tanh, tanh_slope)
Sigmoid = Activation("sigmoid", sigmoid, sigmoid_slope)
Identity = Activation("identity", np.positive, np.ones_like)

ACTIVATIONS = {
    activation.name: activation
    for activation in (ReLU, LeakyReLU, Tanh, Sigmoid, Identity)
}


class Activate(Layer):
    """The layer A = g(Z), entry by entry. Z, A and their gradients are (n, m).

    Source: chapter 06, def-activation.
    """

    caches = ("A",)

    def __init__(self, activation):
        self.activation = checks.methods("activation", activation, "g", "slope")
        super().__init__()

    def forward(self, Z, train=False):
        """Return A = g(Z); remember it if ``train``."""
        A = self.activation.g(Z)
        if train:
            self.A = A
        return A

    def backward(self, dA, need_dA=True):
        """Return dZ = dA ∘ g′(Z), the slope read off A.

        Source: chapter 06, eq-activation-backward.
        """
        return dA * self.activation.slope(self.A) if need_dA else None

    def config(self):
        """Return the activation's name."""
        return {"activation": self.activation.name}
