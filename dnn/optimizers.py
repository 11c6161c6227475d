"""Downhill.

An optimizer changes a vector theta in place, given the gradient there. It knows nothing
of nets: the same lines race on a surface in the plane and train a million weights.
`update` holds the equations; the base class counts steps, asks the schedule, keeps the
state vectors, and feeds `update` blocks of all of them that fit in the processor's
cache, which is where the speed comes from. What needs the whole vector, such as clipping
by its norm, is an object with a `step` of its own around another's.
"""

import copy
import weakref
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dnn import checks
from dnn.checks import Array

__all__ = ["Adam", "AdamW", "GradientDescent", "Momentum", "Nesterov", "Optimizer",
           "RMSprop"]  # fmt: skip

Rate = float | Callable  # α, or a schedule: a function of the step

# Entries of each vector at a time: a few such blocks share a second-level cache.
BLOCK = 32_768


@dataclass(eq=False)
class Optimizer:
    """What all optimizers share.

    ``lr``: a number ≥ 0 or a schedule, a function of the step t = 0, 1, …; ``t`` counts
    the steps taken. Settings are checked whenever they are set: ValueError. An
    optimizer belongs to the first vector that it steps, and goes on there where it was;
    a copied or loaded one belongs to the next vector of that size.
    """

    lr: Rate

    state = ()  # names of the vectors it keeps, all zero at first
    t = 0
    size = None  # P, from the first step on
    bound = None  # the memory it steps: no part of its state, copies go without

    def __setattr__(self, name, value):
        schedule = name == "lr" and callable(value)
        check = checks.function if schedule else checks.setting
        super().__setattr__(name, check(name, value))

    @property
    def rate(self) -> float:
        """α for the next step."""
        return checks.number("lr", self.lr(self.t), 0) if callable(self.lr) else self.lr

    def step(self, theta: Array, grad: Array) -> None:
        """Take one step, in place; theta and grad are (P,).

        ValueError if theta is another vector than that of earlier steps.
        """
        vectors = self.vectors(theta, grad)
        lr = self.rate
        self.t += 1
        for start in range(0, theta.size, BLOCK):
            block = slice(start, start + BLOCK)
            self.update(
                theta[block], grad[block], lr, *(vector[block] for vector in vectors)
            )

    def vectors(self, theta: Array, grad: Array) -> list[Array]:
        """Return the state vectors, made for the first theta and kept ever after."""
        if theta.ndim != 1 or theta.shape != grad.shape:
            got = f"{theta.shape} and {grad.shape}"
            raise ValueError(f"theta and grad must be vectors of one size, got {got}")
        self.bound = self.belong(theta) or self.bound
        if self.size is None:
            vars(self).update({name: np.zeros_like(theta) for name in self.state})
            self.size = theta.size
        return [vars(self)[name] for name in self.state]

    def belong(self, theta: Array) -> tuple | None:
        """Return the memory that theta is, or None if it is known.

        ValueError if theta is another vector than that of earlier steps.
        """
        owner = theta if theta.base is None else theta.base
        if self.size == theta.size and self.bound and self.bound[0]() is theta:
            return None  # the usual case, and the cheapest test
        place = theta.__array_interface__["data"][0], theta.strides
        if self.bound is None and self.size in (None, theta.size):
            return weakref.ref(owner), place
        if self.bound and self.bound[0]() is owner and self.bound[1] == place:
            return None
        steps = f"{self.t} steps on another vector, of {self.size} entries"
        remedy = "take a new one here, or reset() it to begin anew"
        raise ValueError(f"this optimizer has taken {steps}: {remedy}")

    def reset(self) -> None:
        """Forget all steps, as if new; the settings stay."""
        for name in {*self.state, "t", "size", "bound"} & vars(self).keys():
            delattr(self, name)

    def __copy__(self):
        return copy.deepcopy(self)  # two must not share their vectors

    def __getstate__(self):
        return {k: v for k, v in vars(self).items() if k != "bound"}


@dataclass(eq=False)
class GradientDescent(Optimizer):
    """θ ← θ − α g. Source: chapter 04, def-gradient-descent; Cauchy (1847)."""

    lr: Rate = 0.1

    def update(self, theta, grad, lr):
        """Apply def-gradient-descent to one block, in place."""
        theta -= lr * grad


@dataclass(eq=False)
class Momentum(Optimizer):
    """v ← βv + (1−β)g, θ ← θ − αv. Source: chapter 11, def-momentum; Polyak (1964)."""

    lr: Rate = 0.1
    beta: float = 0.9

    state = ("v",)

    def update(self, theta, grad, lr, v):
        """Apply def-momentum to one block, in place."""
        v *= self.beta
        v += (1 - self.beta) * grad
        theta -= lr * v


class Nesterov(Momentum):
    """v ← βv + (1−β)g, θ ← θ − α(βv + (1−β)g).

    Source: chapter 11, eq-nesterov; Nesterov (1983), Sutskever et al. (2013).
    """

    def update(self, theta, grad, lr, v):
        """Apply eq-nesterov to one block, in place."""
        v *= self.beta
        v += (1 - self.beta) * grad
        theta -= lr * (self.beta * v + (1 - self.beta) * grad)


@dataclass(eq=False)
class RMSprop(Optimizer):
    """s ← βs + (1−β)g², θ ← θ − αg/(√s + ε).

    Source: chapter 12, def-rmsprop; Tieleman & Hinton (2012).
    """

    lr: Rate = 0.001
    beta: float = 0.9
    eps: float = 1e-8

    state = ("s",)

    def update(self, theta, grad, lr, s):
        """Apply def-rmsprop to one block, in place."""
        s *= self.beta
        s += (1 - self.beta) * grad**2
        theta -= lr * grad / (np.sqrt(s) + self.eps)


@dataclass(eq=False)
class Adam(Optimizer):
    """v̂ = v/(1−β₁ᵗ), ŝ = s/(1−β₂ᵗ), θ ← θ − αv̂/(√ŝ + ε).

    Source: chapter 12, def-adam; Kingma & Ba (2015).
    """

    lr: Rate = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8

    state = ("v", "s")

    def update(self, theta, grad, lr, v, s):
        """Apply def-adam to one block, in place; t counts this step."""
        v *= self.beta1
        v += (1 - self.beta1) * grad
        s *= self.beta2
        s += (1 - self.beta2) * grad**2
        root = np.sqrt(s / (1 - self.beta2**self.t))  # √ŝ
        theta -= lr / (1 - self.beta1**self.t) * v / (root + self.eps)


@dataclass(eq=False)
class AdamW(Optimizer):
    """Adam's step with θ ← θ − α·decay·θ beside it.

    ``decay``: a number ≥ 0, or a vector (P,) of them, such as ``0.01 * net.is_weight``.
    Source: chapter 12, def-adamw; Loshchilov & Hutter (2019).
    """

    lr: Rate = 0.001
    decay: float | Array = 0.01
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8

    state = ("v", "s")

    def vectors(self, theta: Array, grad: Array) -> list[Array]:
        """Return the state vectors and, beside them, the decay of each entry of theta."""
        if self.decay.shape not in ((), theta.shape):
            shapes = f"decay has shape {self.decay.shape}, theta {theta.shape}"
            raise ValueError(f"{shapes}: they must be equal")
        decay = np.broadcast_to(self.decay.astype(theta.dtype), theta.shape)
        return [*super().vectors(theta, grad), decay]

    def update(self, theta, grad, lr, v, s, decay):
        """Apply def-adamw to one block, in place."""
        theta -= lr * decay * theta
        Adam.update(self, theta, grad, lr, v, s)


_all = GradientDescent, Momentum, Nesterov, RMSprop, Adam, AdamW
OPTIMIZERS = {"sgd": GradientDescent, **{kind.__name__.lower(): kind for kind in _all}}
