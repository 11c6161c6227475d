"""Downhill.

An optimizer changes a vector theta in place, given the gradient there. It knows nothing
of nets: the same lines race on a surface in the plane and train a million weights.
`update` holds the equations; the base class counts steps, asks the schedule, keeps the
state vectors, and feeds `update` blocks of all of them that fit in the processor's
cache, which is where the speed comes from.
"""

import numpy as np

from dnn import checks

# Entries of each vector at a time: a few such blocks share a second-level cache.
BLOCK = 32_768


class Optimizer:
    """What all optimizers share.

    ``lr``: a number ≥ 0 or a schedule, a function of the step t = 0, 1, …; ``t`` counts
    the steps taken. An optimizer goes on where it was when used again. ValueError for a
    rate that is no rate.
    """

    state = ()  # names of the vectors it keeps, all zero at first
    size = None  # P, from the first step on

    def __init__(self, lr):
        schedule = callable(lr) and checks.function("lr", lr)
        self.lr = schedule or checks.number("lr", lr, 0)
        self.t = 0

    @property
    def rate(self):
        """α for the next step."""
        return checks.number("lr", self.lr(self.t), 0) if callable(self.lr) else self.lr

    def step(self, theta, grad):
        """Take one step, in place. theta and grad are (P,); ValueError if P is not that
        of earlier steps.
        """
        vectors = self.vectors(theta, grad)
        lr = self.rate
        self.t += 1
        for start in range(0, theta.size, BLOCK):
            block = slice(start, start + BLOCK)
            self.update(
                theta[block], grad[block], lr, *(vector[block] for vector in vectors)
            )

    def vectors(self, theta, grad):
        """Return the state vectors, made on the first step and shaped like theta ever
        after.
        """
        if theta.ndim != 1 or theta.shape != grad.shape:
            raise ValueError(
                f"theta and grad must be vectors of one size, got {theta.shape} and {grad.shape}"
            )
        if self.size not in (None, theta.size):
            raise ValueError(
                f"this optimizer has been stepping a vector of {self.size} entries and cannot go on "
                f"with one of {theta.size}: use a new optimizer for another net"
            )
        if self.size is None:
            vars(self).update({name: np.zeros_like(theta) for name in self.state})
            self.size = theta.size
        return [vars(self)[name] for name in self.state]

    def __repr__(self):
        inner = {*self.state, "t", "size"}
        settings = {k: v for k, v in vars(self).items() if k not in inner}
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in settings.items())})"


class GradientDescent(Optimizer):
    """θ ← θ − α g. Source: chapter 04, def-gradient-descent; Cauchy (1847)."""

    def __init__(self, lr=0.1):
        super().__init__(lr)

    def update(self, theta, grad, lr):
        """Apply def-gradient-descent to one block, in place."""
        theta -= lr * grad


class Momentum(Optimizer):
    """v ← βv + (1−β)g, θ ← θ − αv. Source: chapter 11, def-momentum; Polyak (1964)."""

    state = ("v",)

    def __init__(self, lr=0.1, beta=0.9):
        super().__init__(lr)
        self.beta = checks.number("beta", beta, 0, 1, below=True)

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


class RMSprop(Optimizer):
    """s ← βs + (1−β)g², θ ← θ − αg/(√s + ε).

    Source: chapter 12, def-rmsprop; Tieleman & Hinton (2012).
    """

    state = ("s",)

    def __init__(self, lr=0.001, beta=0.9, eps=1e-8):
        super().__init__(lr)
        self.beta = checks.number("beta", beta, 0, 1, below=True)
        self.eps = checks.number("eps", eps, 0, above=True)

    def update(self, theta, grad, lr, s):
        """Apply def-rmsprop to one block, in place."""
        s *= self.beta
        s += (1 - self.beta) * grad**2
        theta -= lr * grad / (np.sqrt(s) + self.eps)


class Adam(Optimizer):
    """v̂ = v/(1−β₁ᵗ), ŝ = s/(1−β₂ᵗ), θ ← θ − αv̂/(√ŝ + ε).

    Source: chapter 12, def-adam; Kingma & Ba (2015).
    """

    state = ("v", "s")

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        super().__init__(lr)
        self.beta1 = checks.number("beta1", beta1, 0, 1, below=True)
        self.beta2 = checks.number("beta2", beta2, 0, 1, below=True)
        self.eps = checks.number("eps", eps, 0, above=True)

    def update(self, theta, grad, lr, v, s):
        """Apply def-adam to one block, in place; t counts this step."""
        v *= self.beta1
        v += (1 - self.beta1) * grad
        s *= self.beta2
        s += (1 - self.beta2) * grad**2
        root = np.sqrt(s / (1 - self.beta2**self.t))  # √ŝ
        theta -= lr / (1 - self.beta1**self.t) * v / (root + self.eps)


class AdamW(Adam):
    """Adam's step with θ ← θ − α·decay·θ beside it.

    Source: chapter 12, def-adamw; Loshchilov & Hutter (2019).

    ``decay``: a number ≥ 0, or a vector (P,) of them, such as ``0.01 * net.is_weight``.
    """

    def __init__(self, lr=0.001, decay=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
        super().__init__(lr, beta1, beta2, eps)
        self.decay = np.array(checks.real("decay", decay), float)
        if self.decay.ndim > 1 or (self.decay < 0).any():
            raise ValueError(
                "decay must be a number of at least 0, or a vector of them"
            )

    def vectors(self, theta, grad):
        """Return the state vectors and, beside them, the decay of each entry of theta."""
        if self.decay.ndim and self.decay.shape != theta.shape:
            raise ValueError(
                f"decay has shape {self.decay.shape}, theta {theta.shape}: they must be equal"
            )
        return [
            *super().vectors(theta, grad),
            np.broadcast_to(self.decay.astype(theta.dtype), theta.shape),
        ]

    def update(self, theta, grad, lr, v, s, decay):
        """Apply def-adamw to one block, in place."""
        theta -= lr * decay * theta
        super().update(theta, grad, lr, v, s)


OPTIMIZERS = {
    kind.__name__.lower(): kind
    for kind in (GradientDescent, Momentum, Nesterov, RMSprop, Adam, AdamW)
}
