"""The judges are judged: derivatives known in closed form, and wrong claims that must
be refused.
"""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from dnn import (
    Activate,
    Dense,
    Dropout,
    LeakyReLU,
    Network,
    Tanh,
    VerificationError,
    binary_cross_entropy,
    categorical_cross_entropy,
    caught,
    central_difference,
    complex_step,
    gradient_check,
    mlp,
    relative_error,
    report,
    verify,
    verify_bound,
)

KNOWN = {  # f, and its derivative typed out
    "polynomial": (lambda x: (x**3 - 2 * x).sum(), lambda x: 3 * x**2 - 2),
    "exp": (lambda x: np.exp(x).sum(), np.exp),
    "sin": (lambda x: np.sin(x).sum(), np.cos),
    "log": (lambda x: np.log(x).sum(), lambda x: 1 / x),
    "squire": (  # the function of Squire & Trapp's paper
        lambda x: (np.exp(x) / np.sqrt(np.sin(x) ** 3 + np.cos(x) ** 3)).sum(),
        lambda x: (
            np.exp(x)
            * (3 * np.cos(x) + 5 * np.cos(3 * x) + 9 * np.sin(x) + np.sin(3 * x))
            / (8 * (np.sin(x) ** 3 + np.cos(x) ** 3) ** 1.5)
        ),
    ),
}


# ---- two derivatives -----------------------------------------------------------------


@pytest.mark.parametrize(("f", "slope"), KNOWN.values(), ids=KNOWN)
def test_complex_step_is_good_to_all_digits(f, slope):
    x = np.array([[0.3, 0.7, 1.1], [1.3, 0.2, 0.9]])
    assert_allclose(complex_step(f, x), slope(x), rtol=2e-14)


@pytest.mark.parametrize(("f", "slope"), KNOWN.values(), ids=KNOWN)
def test_central_difference_is_good_to_nine_digits(f, slope):
    x = np.array([[0.3, 0.7, 1.1], [1.3, 0.2, 0.9]])
    assert_allclose(central_difference(f, x), slope(x), rtol=1e-9, atol=1e-9)


def test_central_difference_errs_as_the_theory_says():
    """At x = 1 the error of e^x is e h²/6 from truncation, to a percent, while h is
    large.
    """
    for h in (1e-1, 1e-2, 1e-3):
        error = central_difference(lambda x: np.exp(x[0]), np.ones(1), h)[0] - math.e
        assert_allclose(error, math.e * h**2 / 6, rtol=1e-2)


def test_central_difference_divides_by_the_step_that_was_taken():
    """At 10⁶/3 the neighbors of x lie 6e-11 apart, and x ± h is not what was meant."""
    assert central_difference(lambda x: x[0], np.array([1e6 / 3]))[0] == 1.0


def test_the_default_h_lies_at_the_bottom_of_the_curve():
    def worst(**h):
        x = np.linspace(0.5, 1.5, 50)
        return np.abs(
            central_difference(lambda x: np.exp(x).sum(), x, **h) - np.exp(x)
        ).max()

    assert worst() < worst(h=6e-4)
    assert worst() < worst(h=6e-8)


def test_the_default_step_of_the_complex_step_is_too_small_to_matter():
    """The truncation error h²/6 vanishes, even where f is steep: at e^(1e6 x) only a
    tiny h will do.
    """
    assert_allclose(
        complex_step(lambda x: np.exp(1e6 * x[0]), np.zeros(1)), 1e6, rtol=1e-14
    )


@pytest.mark.parametrize("derive", [central_difference, complex_step])
@pytest.mark.parametrize(
    "x",
    [np.float64(0.5), np.array([1, 2, 3]), np.ones((2, 1, 3), np.float32)],
    ids=["number", "integers", "float32"],
)
def test_gradients_are_shaped_like_x_and_leave_it_alone(derive, x):
    before = np.array(x)
    gradient = derive(lambda x: (x * x).sum(), x)
    assert gradient.shape == x.shape
    assert gradient.dtype == np.float64
    assert_allclose(gradient, 2 * x, rtol=1e-9)
    assert_array_equal(x, before)


# ---- one number for two arrays -------------------------------------------------------


@pytest.mark.parametrize(
    ("got", "want", "error"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0.0),
        ([1.0, 2.0], [1.0, 1.0], 0.5),
        ([1.0, -4.0], [1.0, 4.0], 2.0),
        ([0.0, 0.0], [0.0, 0.0], 0.0),
        ([3.0, 1.0], [4.0, 1.0], 0.25),
        ([4.0, 1.0], [3.0, 1.0], 0.25),
        ([1e-300], [2e-300], 0.5),
        (3.0, 4.0, 0.25),
    ],
)
def test_relative_error_by_hand(got, want, error):
    assert relative_error(got, want) == error


@given(
    st.lists(st.floats(-1e100, 1e100), min_size=1),
    st.lists(st.floats(-1e100, 1e100), min_size=1),
)
def test_relative_error_is_symmetric_and_between_0_and_2(a, b):
    n = min(len(a), len(b))
    error = relative_error(a[:n], b[:n])
    assert 0 <= error <= 2
    assert error == relative_error(b[:n], a[:n])


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (np.ones(3), np.ones((3, 1))),
        (np.ones(2), np.ones(3)),
        ([], []),
        ([np.nan], [1.0]),
        ([1.0], [np.inf]),
    ],
    ids=["m by 1", "other size", "empty", "NaN", "infinite"],
)
def test_what_cannot_be_compared_is_refused(got, want):
    with pytest.raises(
        ValueError, match=r"must be equal|^got or want holds NaN or infinite values$"
    ):
        relative_error(got, want)


# ---- verify --------------------------------------------------------------------------


def test_a_claim_that_holds_prints_one_line_and_returns_its_error(capsys):
    assert verify("eq-x", [1.0, 2.0], [1.0, 2.001], tol=1e-3) == pytest.approx(
        0.001 / 2.001
    )
    assert verify("eq-y", 2.0, 2.0, tol=0) == 0
    assert (
        verify("eq-z", 99.0, 100.0, tol=1e-2) == 0.01
    )  # the widest tolerance, reached exactly
    assert (
        capsys.readouterr().out
        == "eq-x holds to 1e-03\neq-y holds exactly\neq-z holds to 1e-02\n"
    )


def test_a_claim_that_fails_says_by_how_much(capsys):
    with pytest.raises(
        VerificationError, match=r"eq-x fails: relative error 5\.0e-01, tolerance 1e-03"
    ):
        verify("eq-x", 1.0, 2.0, tol=1e-3)
    assert capsys.readouterr().out == ""
    assert issubclass(VerificationError, AssertionError)


@pytest.mark.parametrize("tol", [0.0101, 1.0, -1e-9, np.nan, np.inf])
def test_a_tolerance_that_lets_anything_pass_is_refused(tol):
    with pytest.raises(ValueError, match=r"eq-x: tol must lie in \[0, 0.01\]"):
        verify("eq-x", 1.0, 1.0, tol=tol)


@pytest.mark.parametrize("options", [{}, {"tol": 1e-3, "se": 1.0}, {"tol": 0, "se": 0}])
def test_exactly_one_of_tol_and_se(options):
    with pytest.raises(ValueError, match=r"eq-x: give either tol.* or se"):
        verify("eq-x", 1.0, 1.0, **options)


def test_an_estimate_may_be_five_standard_errors_away(capsys):
    assert verify("eq-mean", [1.0, 6.0], [2.0, 1.0], se=[1.0, 1.0]) == 5.0
    assert verify("eq-mean", [1.0, 2.0], [1.5, 1.0], se=0.5) == 2.0
    assert capsys.readouterr().out == "eq-mean holds within 5 standard errors\n" * 2
    with pytest.raises(
        VerificationError,
        match=r"eq-mean fails: 5\.1 standard errors away, 5 are allowed",
    ):
        verify("eq-mean", 0.0, 5.1, se=1.0)
    with pytest.raises(VerificationError, match="nan standard errors"):
        verify("eq-mean", np.nan, 0.0, se=1.0)


@pytest.mark.parametrize("se", [0.0, -1.0, np.nan, [1.0, 0.0]])
def test_a_standard_error_that_is_none_is_refused(se):
    with pytest.raises(ValueError, match="eq-mean: se must be positive"):
        verify("eq-mean", [1.0, 1.0], [1.0, 1.0], se=se)
    with pytest.raises(ValueError, match="eq-mean: nothing to compare"):
        verify("eq-mean", [], [], se=1.0)


def test_a_bound_returns_its_smallest_slack(capsys):
    assert verify_bound("eq-bound", [1.0, 2.0], [4.0, 2.5]) == 0.5
    assert verify_bound("eq-bound", 1.0, 1.0) == 0
    assert capsys.readouterr().out == "eq-bound holds as a bound\n" * 2
    with pytest.raises(
        VerificationError, match=r"eq-bound fails: the bound is exceeded by 2\.0e\+00"
    ):
        verify_bound("eq-bound", [1.0, 5.0], [4.0, 3.0])
    with pytest.raises(VerificationError, match="eq-bound fails"):
        verify_bound("eq-bound", [1.0, np.nan], 4.0)
    with pytest.raises(ValueError, match="eq-bound: nothing to compare"):
        verify_bound("eq-bound", [], [])


def test_a_true_sentence_is_printed_and_a_false_one_raised(capsys):
    report("two is more than one", np.bool_(2 > 1))
    assert capsys.readouterr().out == "two is more than one\n"
    with pytest.raises(AssertionError, match=r"^one is more than two$"):
        report("one is more than two", 1 > 2)
    assert capsys.readouterr().out == ""


def test_a_bug_that_is_caught_says_by_what(capsys):
    caught("half", 1.0, 2.0)
    caught("a row too many", np.ones((2, 3)), np.ones((1, 3)))
    caught("a tenth", 1.1, 1.0, tol=1e-2)
    caught("six errors off", 6.0, 0.0, se=1.0)
    assert capsys.readouterr().out == (
        "half: VerificationError\na row too many: ValueError\n"
        "a tenth: VerificationError\nsix errors off: VerificationError\n"
    )


@pytest.mark.parametrize(
    ("got", "allowed"),
    [(1.0, {}), (1 + 0.9e-10, {}), (1.005, {"tol": 1e-2}), (5.9, {"se": 1.0})],
)
def test_a_bug_that_passes_is_told(got, allowed, capsys):
    with pytest.raises(
        AssertionError, match=r"^no check stopped this bug: a bug$"
    ) as error:
        caught("a bug", got, 1.0, **allowed)
    assert error.type is AssertionError
    assert capsys.readouterr().out.startswith("a bug holds ")


@pytest.mark.parametrize(
    "allowed",
    [{"tol": 0.05}, {"se": 0.0}, {"se": []}, {"tol": 1e-3, "se": 1.0}],
)
def test_what_lets_anything_pass_catches_nothing(allowed):
    with pytest.raises(ValueError, match=r"^a bug: (tol|se|give either)"):
        caught("a bug", 1.0, 2.0, **allowed)


# ---- a whole net ---------------------------------------------------------------------


def examples(n, m, rows):
    rng = np.random.default_rng(3)
    Y = (
        rng.integers(2, size=(1, m))
        if rows == 1
        else np.eye(rows)[rng.integers(rows, size=m)].T
    )
    return rng.standard_normal((n, m)), Y


@pytest.mark.parametrize(
    ("rows", "loss"), [(1, binary_cross_entropy), (3, categorical_cross_entropy)]
)
def test_a_right_net_passes_with_dropout_on_and_is_left_as_it_was(rows, loss):
    net = mlp([3, 6, 4, rows], hidden="tanh", keep_prob={1: 0.6, 2: 0.5}, seed=1)
    net.grad[...] = 7.0
    theta, stream = net.theta.copy(), net.layers[2].rng.bit_generator.state
    X, Y = examples(3, 9, rows)
    assert gradient_check(net, loss, X, Y) < 1e-14
    assert_array_equal(net.theta, theta)
    assert_array_equal(net.grad, 7.0)
    assert net.layers[2].rng.bit_generator.state == stream
    assert not hasattr(net.layers[0], "A")


def test_a_net_in_float32_passes_to_its_own_precision():
    X, Y = examples(3, 9, 1)
    assert (
        1e-9
        < gradient_check(
            mlp([3, 5, 1], hidden="tanh", dtype=np.float32), binary_cross_entropy, X, Y
        )
        < 1e-6
    )


@pytest.mark.parametrize(
    ("X", "says"),
    [
        (np.ones((9, 3)), r"shape \(3, m\)"),
        (np.ones((3, 0)), "no example"),
        (np.full((3, 9), np.nan), "NaN"),
    ],
)
def test_inputs_that_fit_no_net_are_refused(X, says):
    with pytest.raises(ValueError, match=rf"^X .*{says}"):
        gradient_check(mlp([3, 1]), binary_cross_entropy, X, np.ones((1, 9)))


class WrongBias(Dense):
    def backward(self, dZ, need_dA=True):
        dA = super().backward(dZ, need_dA)
        self.db[...] = -self.db
        return dA


class WrongInputs(Dense):
    def backward(self, dZ, need_dA=True):
        return None if not need_dA else 1.01 * super().backward(dZ)


class ForgetsTheMask(Dropout):
    def backward(self, dA, need_dA=True):
        return dA / self.keep_prob


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: [WrongBias(3, 5), Activate(Tanh), Dense(5, 1)],
        lambda: [Dense(3, 5), Activate(Tanh), WrongInputs(5, 1)],
        lambda: [Dense(3, 5), Activate(Tanh), ForgetsTheMask(0.5), Dense(5, 1)],
        lambda: [
            Dense(3, 5),
            Activate(replace(Tanh, derivative=LeakyReLU.derivative)),
            Dense(5, 1),
        ],
    ],
    ids=["bias", "inputs", "mask", "slope"],
)
def test_a_wrong_backward_is_caught(wrong):
    X, Y = examples(3, 9, 1)
    assert gradient_check(Network(wrong(), seed=1), binary_cross_entropy, X, Y) > 1e-3
