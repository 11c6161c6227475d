"""Intervals and tests are checked against their published numbers, against brute force,
and by simulated coverage.
"""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

from dnn import calibration, k_folds, mcnemar, mean_and_error, wilson

# ---- one proportion ------------------------------------------------------------------


def test_wilson_of_forty_out_of_fifty():
    assert_allclose(wilson(40, 50), (0.6696, 0.8876), atol=5e-5)


@given(
    st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.floats(0.5, 4),
)
def test_wilsons_ends_solve_his_equation(right_n, z):
    """Each end is a p for which the observed proportion lies z standard errors away:
    (p̂ − p)² = z² p(1 − p)/n.
    """
    right, n = right_n
    low, high = wilson(right, n, z)
    assert 0 <= low <= right / n + 1e-15
    assert right / n - 1e-15 <= high <= 1
    for p in (low, high):
        assert (right / n - p) ** 2 == pytest.approx(
            z**2 * p * (1 - p) / n, rel=1e-6, abs=1e-12
        )


def test_wilson_is_symmetric_and_stays_inside():
    assert_allclose(wilson(10, 50), 1 - np.array(wilson(40, 50))[::-1], rtol=1e-14)
    assert wilson(0, 10)[0] == 0 < wilson(0, 10)[1]
    assert wilson(10, 10)[1] == 1 > wilson(10, 10)[0]


@pytest.mark.parametrize(("p", "n"), [(0.1, 50), (0.5, 50), (0.8, 50), (0.95, 209)])
def test_wilson_covers_about_95_percent(p, n):
    """Coverage computed exactly, by summing over all outcomes: within 2.5% of the
    promise.
    """
    coverage = sum(
        math.comb(n, k) * p**k * (1 - p) ** (n - k)
        for k in range(n + 1)
        if wilson(k, n)[0] <= p <= wilson(k, n)[1]
    )
    assert abs(coverage - 0.95) < 0.025


@pytest.mark.parametrize(
    ("right", "n", "says"),
    [
        (-1, 5, "right"),
        (6, 5, "right"),
        (np.nan, 5, "right"),
        (1, 0, "n"),
        (1, 2.5, "n"),
    ],
)
def test_wilson_refuses_counts_that_are_none(right, n, says):
    with pytest.raises(ValueError, match=f"^{says} must be"):
        wilson(right, n)


@pytest.mark.parametrize("z", [-1, np.nan, None])
def test_wilson_refuses_a_z_that_is_none(z):
    with pytest.raises(ValueError, match=r"^z must be a number"):
        wilson(1, 2, z)


# ---- two classifiers -----------------------------------------------------------------


@given(hnp.arrays(bool, st.tuples(st.just(2), st.integers(0, 9))))
def test_mcnemar_is_the_sum_over_all_coins(right):
    """Flip a coin for every example that one alone got right; count the ways at least
    as uneven as what was seen.
    """
    a, b = right
    n, seen = (a != b).sum(), abs(int((a & ~b).sum()) - int((b & ~a).sum()))
    ways = [
        abs(sum(flips)) >= seen for flips in itertools.product((-1, 1), repeat=int(n))
    ]
    assert mcnemar(a, b) == pytest.approx(np.mean(ways), rel=1e-12)
    assert mcnemar(a, b) == mcnemar(b, a)


def test_mcnemar_by_hand():
    a, b = (
        np.array([1] * 8 + [0] * 2 + [1] * 30),
        np.array([0] * 8 + [1] * 2 + [1] * 30),
    )
    assert mcnemar(a, b) == 2 * (1 + 10 + 45) / 1024
    assert mcnemar(a, a) == 1
    assert (
        mcnemar(np.ones(3000), np.zeros(3000)) < 1e-300
        or mcnemar(np.ones(3000), np.zeros(3000)) == 0
    )


def test_mcnemar_refuses_other_shapes():
    with pytest.raises(
        ValueError, match=r"^right_a has shape \(3,\) but right_b has shape \(1, 3\)"
    ):
        mcnemar(np.ones(3), np.ones((1, 3)))


@pytest.mark.parametrize("wrong", [["a", "b"], [0.5, 1], [np.nan, 1], [2, 1]])
def test_mcnemar_counts_right_and_wrong_only(wrong):
    with pytest.raises(ValueError, match=r"^right_a (must hold|holds NaN)"):
        mcnemar(wrong, [0, 1])
    with pytest.raises(ValueError, match=r"^right_b (must hold|holds NaN)"):
        mcnemar([0, 1], wrong)


# ---- a mean over runs ----------------------------------------------------------------


def test_mean_and_standard_error_by_hand():
    assert mean_and_error([1, 2, 3, 6]) == (3, math.sqrt((4 + 1 + 0 + 9) / 3) / 2)
    mean, error = mean_and_error([[1, 10], [3, 10]])
    assert_array_equal(mean, [2, 10])
    assert_allclose(error, [1, 0], rtol=1e-15)


def test_the_standard_error_is_the_spread_of_means():
    runs = np.random.default_rng(0).normal(5, 2, (10, 20000))
    mean, error = mean_and_error(runs)
    assert (
        np.sqrt((error**2).mean())
        == pytest.approx(mean.std(), rel=0.03)
        == pytest.approx(2 / math.sqrt(10), rel=0.03)
    )


@pytest.mark.parametrize("values", [[1.0], [], 1.0, [[1.0, 2.0]]])
def test_one_run_has_no_error(values):
    with pytest.raises(ValueError, match=r"^values must hold at least two runs"):
        mean_and_error(values)


def test_runs_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match=r"^values holds NaN"):
        mean_and_error([1.0, np.nan])


# ---- folds ---------------------------------------------------------------------------


@given(
    st.integers(2, 30).flatmap(lambda m: st.tuples(st.just(m), st.integers(2, m))),
    st.integers(0, 9),
)
def test_every_example_is_held_out_exactly_once(m_k, seed):
    m, k = m_k
    folds = list(k_folds(m, k, seed))
    assert len(folds) == k
    assert sorted(np.concatenate([held_out for _, held_out in folds])) == list(range(m))
    for train, held_out in folds:
        assert sorted([*train, *held_out]) == list(range(m))
        assert len(held_out) in (m // k, m // k + 1)


def test_folds_are_shuffled_by_their_seed():
    one, same, other = (
        [held_out.tolist() for _, held_out in k_folds(20, 4, seed)]
        for seed in (1, 1, 2)
    )
    assert one == same != other
    assert sorted(one[0]) != list(range(5))
    assert [h.tolist() for _, h in k_folds(20, 4)] == [
        h.tolist() for _, h in k_folds(20, 4, 0)
    ]


@pytest.mark.parametrize(
    ("m", "k", "says"),
    [
        (1, 2, "^m must be"),
        (5, 1, "^k must be a whole"),
        (5, 0, "^k must"),
        (5, 6, "^k must be at most the number of examples, 5, got 6"),
        (5, 2.5, "^k must"),
    ],
)
def test_folds_that_cannot_be_are_refused_at_the_call(m, k, says):
    with pytest.raises(ValueError, match=says):
        k_folds(m, k)


@pytest.mark.parametrize("seed", [-1, None, 0.5, "0"])
def test_folds_take_a_seed(seed):
    with pytest.raises(ValueError, match=r"^seed must be a whole number of at least 0"):
        k_folds(5, 2, seed)


# ---- calibration ---------------------------------------------------------------------


def test_calibration_by_hand():
    P, Y = [[0.05, 0.15, 0.19, 0.95, 1.0, 0.0]], [[0, 1, 0, 1, 1, 0]]
    claimed, seen, count = calibration(P, Y)
    assert_allclose(claimed, [0.025, 0.17, 0.975], rtol=1e-14)
    assert_allclose(seen, [0, 0.5, 1])
    assert_array_equal(count, [2, 2, 2])
    claimed, seen, count = calibration(P, Y, bins=1)
    assert (claimed.item(), seen.item(), count.item()) == (
        pytest.approx(2.34 / 6),
        0.5,
        6,
    )


@given(
    hnp.arrays(float, st.integers(1, 50), elements=st.floats(0, 1)), st.integers(1, 12)
)
def test_calibration_loses_no_example(P, bins):
    Y = (np.arange(P.size) % 2).astype(float)
    claimed, seen, count = calibration(P, Y, bins)
    assert count.sum() == P.size
    assert len(claimed) == len(seen) == len(count) <= bins
    assert (count * claimed).sum() == pytest.approx(P.sum())
    assert (count * seen).sum() == pytest.approx(Y.sum())
    assert (np.diff(claimed) > 0).all()


def test_probabilities_that_are_frequencies_look_like_it():
    rng = np.random.default_rng(0)
    P = rng.random(100_000)
    claimed, seen, count = calibration(P, rng.random(P.size) < P)
    assert (np.abs(seen - claimed) < 5 * np.sqrt(claimed * (1 - claimed) / count)).all()


@pytest.mark.parametrize(
    ("P", "Y", "bins", "says"),
    [
        ([0.5], [[1]], 10, r"^P has shape \(1,\) but Y has shape \(1, 1\)"),
        ([-0.1], [1], 10, "^P must hold probabilities"),
        ([1.1], [1], 10, "^P must hold probabilities"),
        ([np.nan], [1], 10, "^P holds NaN"),
        ([0.5], [2], 10, "^Y must hold only the labels 0 and 1"),
        ([], [], 10, "^P and Y hold no example"),
        ([0.5], [1], 0, "^bins must be a whole number"),
    ],
)
def test_calibration_refuses_what_is_no_probability(P, Y, bins, says):
    with pytest.raises(ValueError, match=says):
        calibration(P, Y, bins)
