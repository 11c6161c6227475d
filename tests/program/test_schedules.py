"""A schedule is a function of the step: so it is compared with its closed form, asked
in no particular order.

One that keeps a count, or decays what it has already decayed, cannot pass.
"""

import math
import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import torch

from dnn import GradientDescent, schedules
from dnn.schedules import (
    constant,
    cosine,
    exponential,
    inverse_time,
    per_epoch,
    step,
    warmup,
)

CLOSED_FORMS = {
    "constant": (constant(0.3), lambda t: 0.3),
    "inverse_time": (
        inverse_time(0.3, 0.5, 4),
        lambda t: 0.3 / (1 + 0.5 * math.floor(t / 4)),
    ),
    "inverse_time, every step": (inverse_time(0.3, 2), lambda t: 0.3 / (1 + 2 * t)),
    "step": (step(0.3, 0.5, 10), lambda t: 0.3 * 0.5 ** math.floor(t / 10)),
    "exponential": (exponential(0.3, 0.01), lambda t: 0.3 * math.exp(-0.01 * t)),
    "cosine": (
        cosine(0.3, 100),
        lambda t: 0.15 * (1 + math.cos(math.pi * t / 100)) if t < 100 else 0.0,
    ),
    "warmup": (
        warmup(step(0.3, 0.5, 10), 8),
        lambda t: 0.3 * 0.5 ** (t // 10) * ((t + 1) / 8 if t < 7 else 1),
    ),
    "per_epoch": (
        per_epoch(exponential(0.3, 0.1), 7),
        lambda t: 0.3 * math.exp(-0.1 * (t // 7)),
    ),
    "warmup of per_epoch": (
        warmup(per_epoch(inverse_time(0.3, 1), 5), 3),
        lambda t: 0.3 / (1 + t // 5) * ((t + 1) / 3 if t < 2 else 1),
    ),
}


@pytest.mark.parametrize(
    ("schedule", "closed_form"), CLOSED_FORMS.values(), ids=CLOSED_FORMS
)
@given(steps=st.lists(st.integers(0, 300), min_size=1))
def test_a_schedule_is_its_closed_form_in_any_order(schedule, closed_form, steps):
    for t in [*steps, 0, 1, 2, 99, 100, 101]:
        assert schedule(t) == pytest.approx(closed_form(t), rel=1e-14, abs=1e-17)


@pytest.mark.parametrize(
    ("schedule", "closed_form"), CLOSED_FORMS.values(), ids=CLOSED_FORMS
)
def test_a_schedule_is_a_small_record(schedule, closed_form):
    assert pickle.loads(pickle.dumps(schedule)) == schedule
    assert hash(schedule) == hash(pickle.loads(pickle.dumps(schedule)))
    assert repr(schedule).startswith(type(schedule).__name__ + "(")
    with pytest.raises(FrozenInstanceError):
        schedule.lr = 1.0
    assert isinstance(schedule(3), float)


def test_three_schedules_are_pytorchs():
    """Its schedulers go step by step from rate to rate; ours are asked for each alone."""
    t = torch()
    kinds = t.optim.lr_scheduler
    mirrors = [
        (step(0.3, 0.5, 10), lambda o: kinds.StepLR(o, 10, 0.5)),
        (exponential(0.3, 0.01), lambda o: kinds.ExponentialLR(o, math.exp(-0.01))),
        (cosine(0.3, 100), lambda o: kinds.CosineAnnealingLR(o, 100)),
    ]
    for ours, theirs in mirrors:
        optimizer = t.optim.SGD([t.zeros(1)], 0.3)
        scheduler, rates = theirs(optimizer), []
        for _ in range(101):
            rates += scheduler.get_last_lr()
            optimizer.step()
            scheduler.step()
        assert [ours(i) for i in range(101)] == pytest.approx(
            rates, rel=1e-9, abs=1e-12
        )


def test_an_optimizer_follows_its_schedule():
    optimizer, rates = GradientDescent(warmup(cosine(0.3, 10), 3)), []
    theta = np.zeros(1)
    for _ in range(12):
        rates.append(optimizer.rate)
        optimizer.step(theta, np.zeros(1))
    want = [
        0.15 * (1 + math.cos(math.pi * t / 10)) * min(1, (t + 1) / 3) for t in range(10)
    ] + [0, 0]
    assert rates == pytest.approx(want, rel=1e-14, abs=1e-17)


COUNTS = [0, -1, 1.5, 2.0, "3", None, True, np.nan]
RATES = [-0.1, np.nan, np.inf, "fast", None, True]
MAKERS = {  # kind: its valid arguments
    constant: {"lr": 0.1},
    inverse_time: {"lr": 0.1, "rate": 0.1, "every": 2},
    step: {"lr": 0.1, "factor": 0.5, "every": 2},
    exponential: {"lr": 0.1, "rate": 0.1},
    cosine: {"lr": 0.1, "steps": 2},
    warmup: {"schedule": constant(0.1), "steps": 2},
    per_epoch: {"schedule": constant(0.1), "steps_per_epoch": 2},
}
WRONG = dict.fromkeys(("every", "steps", "steps_per_epoch"), COUNTS) | dict.fromkeys(
    ("lr", "rate", "factor"), RATES
)
WRONG["schedule"] = [0.1, None, "cosine", cosine]


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (kind, name, value)
        for kind, valid in MAKERS.items()
        for name in valid
        for value in WRONG[name]
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(kind, name, value):
    with pytest.raises(ValueError, match=f"^{name} must be a "):
        kind(**{**MAKERS[kind], name: value})


@pytest.mark.parametrize("kind", MAKERS)
def test_edges_of_what_makes_sense_are_accepted(kind):
    edge = {
        name: 1 if WRONG[name] is COUNTS else 0 if WRONG[name] is RATES else value
        for name, value in MAKERS[kind].items()
    }
    assert math.isfinite(kind(**edge)(5))


def test_any_function_of_the_step_can_be_wrapped():
    assert per_epoch(lambda epoch: 1 / (1 + epoch), 10)(25) == 1 / 3


def test_the_module_holds_these_and_no_others():
    kinds = {
        k
        for k, v in vars(schedules).items()
        if isinstance(v, type) and issubclass(v, schedules.Schedule)
    }
    assert kinds == {kind.__name__ for kind in MAKERS} | {"Schedule"}
