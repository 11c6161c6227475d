"""The learning rate as a function of time.

A schedule is a small record that maps the step t = 0, 1, 2, … to α, and nothing else:
it keeps no count, so it can be asked out of order, plotted, pickled, and cannot
compound a decay on an already decayed rate.
"""

import math
from dataclasses import dataclass

from dnn.checks import Settings

__all__ = ["constant", "cosine", "exponential", "inverse_time", "per_epoch", "step",
           "warmup"]  # fmt: skip


class Schedule(Settings):
    """What all schedules share: settings that are checked, and a call."""


@dataclass(frozen=True)
class constant(Schedule):
    """α(t) = α₀. Source: chapter 13, def-constant."""

    lr: float

    def __call__(self, t: int) -> float:
        return self.lr


@dataclass(frozen=True)
class inverse_time(Schedule):
    """α(t) = α₀/(1 + rate ⌊t/every⌋).

    Source: chapter 13, def-inverse-time; Robbins & Monro (1951).
    """

    lr: float
    rate: float
    every: int = 1

    def __call__(self, t: int) -> float:
        return self.lr / (1 + self.rate * (t // self.every))


@dataclass(frozen=True)
class step(Schedule):
    """α(t) = α₀ factor^⌊t/every⌋. Source: chapter 13, def-step."""

    lr: float
    factor: float
    every: int

    def __call__(self, t: int) -> float:
        return self.lr * self.factor ** (t // self.every)


@dataclass(frozen=True)
class exponential(Schedule):
    """α(t) = α₀ e^(−rate t). Source: chapter 13, def-exponential."""

    lr: float
    rate: float

    def __call__(self, t: int) -> float:
        return self.lr * math.exp(-self.rate * t)


@dataclass(frozen=True)
class cosine(Schedule):
    """α(t) = α₀ (1 + cos(π t/steps))/2, and 0 from t = steps on.

    Source: chapter 13, def-cosine; Loshchilov & Hutter (2017).
    """

    lr: float
    steps: int

    def __call__(self, t: int) -> float:
        return self.lr * (1 + math.cos(math.pi * min(t / self.steps, 1))) / 2


@dataclass(frozen=True)
class warmup(Schedule):
    """α(t) = schedule(t) · min(1, (t + 1)/steps): a ramp laid over another schedule.

    Source: chapter 13, def-warmup.
    """

    schedule: Schedule
    steps: int

    def __call__(self, t: int) -> float:
        return self.schedule(t) * min(1, (t + 1) / self.steps)


@dataclass(frozen=True)
class per_epoch(Schedule):
    """α(t) = schedule(⌊t/steps_per_epoch⌋): a schedule of epochs, asked by steps.

    Source: chapter 13, def-per-epoch.
    """

    schedule: Schedule
    steps_per_epoch: int

    def __call__(self, t: int) -> float:
        return self.schedule(t // self.steps_per_epoch)
