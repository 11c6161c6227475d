"""Activation functions.

Without something nonlinear between them, two dense layers are one dense layer. An
activation function g is applied entry by entry, and its derivative g′ is read off
whichever is cheaper: the input Z, or the output A = g(Z), which the next layer keeps
anyway. At a kink each takes the derivative of its left side.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dnn import checks
from dnn.checks import Array
from dnn.layers import Layer
from dnn.losses import sigmoid

__all__ = ["Activate", "Activation", "Identity", "LeakyReLU", "ReLU", "Sigmoid", "Tanh"]


@dataclass(frozen=True)
class Activation:
    """An activation function: its name, g(Z), and derivative(Z, A) = g′(Z), A = g(Z).

    Each works entry by entry; ValueError for a derivative that takes anything else.
    Source: chapter 06, def-activation.
    """

    name: str
    g: Callable
    derivative: Callable

    def __post_init__(self):
        checks.takes("g", self.g, "Z")
        checks.takes("derivative", self.derivative, "Z", "A")

    def __str__(self):
        return self.name


def relu(Z: Array) -> Array:
    """Return max(z, 0). Source: chapter 06, def-relu; Nair & Hinton (2010)."""
    return np.maximum(Z, 0) if Z.dtype.kind == "f" else Z * (Z.real > 0)


def relu_derivative(Z: Array, A: Array) -> Array:
    """Return 1 where a > 0 and 0 elsewhere. Source: chapter 06, eq-relu-derivative."""
    return np.sign(A.real)  # A is never below 0


def leaky_relu(Z: Array) -> Array:
    """Return z where z > 0 and z/100 elsewhere.

    Source: chapter 06, def-leaky-relu; Maas et al. (2013).
    """
    return np.where(Z.real > 0, Z, 0.01 * Z)


def leaky_relu_derivative(Z: Array, A: Array) -> Array:
    """Return 1 where a > 0 and 1/100 elsewhere.

    Source: chapter 06, eq-leaky-relu-derivative.
    """
    return np.where(A.real > 0, 1, 0.01).astype(A.dtype)


def tanh_derivative(Z: Array, A: Array) -> Array:
    """Return 1 − a². Source: chapter 06, eq-tanh-derivative."""
    return 1 - A * A


def sigmoid_derivative(Z: Array, A: Array) -> Array:
    """Return a (1 − a). Source: chapter 06, eq-sigmoid-layer-derivative."""
    return A * (1 - A)


def identity_derivative(Z: Array, A: Array) -> Array:
    """Return ones."""
    return np.ones_like(A)


ReLU = Activation("relu", relu, relu_derivative)
LeakyReLU = Activation("leaky_relu", leaky_relu, leaky_relu_derivative)
Tanh = Activation("tanh", np.tanh, tanh_derivative)
Sigmoid = Activation("sigmoid", sigmoid, sigmoid_derivative)
Identity = Activation("identity", np.positive, identity_derivative)

ACTIVATIONS = {g.name: g for g in (ReLU, LeakyReLU, Tanh, Sigmoid, Identity)}


class Activate(Layer):
    """The layer A = g(Z), entry by entry; Z, A and their gradients are (n, m).

    Source: chapter 06, def-activation.
    """

    def __init__(self, activation: Activation):
        super().__init__()
        checks.methods("activation", activation, "g", "derivative")
        self.activation = activation

    def forward(self, Z: Array, train: bool = False) -> Array:
        """Return A = g(Z); keep Z and A if ``train``."""
        A = self.activation.g(Z)
        if train:
            self.cache = Z, A
        return A

    def backward(self, dA: Array, need_dA: bool = True) -> Array | None:
        """Return dZ = dA ∘ g′(Z).

        Source: chapter 06, eq-activation-backward.
        """
        return dA * self.activation.derivative(*self.cache) if need_dA else None
