"""Examples are columns: scaled, labeled, split, and drawn in the plane from a seed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal
from oracles import LAYOUTS
from sklearn.datasets import make_circles, make_moons

from dnn import data

# ---- sets in the plane ---------------------------------------------------------------

PLANE = [data.moons, data.circles, data.spirals]


@pytest.mark.parametrize("seed", [0, 3, 1234])
@pytest.mark.parametrize("noise", [0, 0.05, 0.2, 1.5])
@pytest.mark.parametrize("m", [1, 2, 3, 7, 40, 101, 500])
def test_moons_and_circles_equal_those_of_make_moons_and_make_circles(m, noise, seed):
    for ours, theirs in (
        (data.moons, make_moons),
        (data.circles, lambda m, **given: make_circles(m, factor=0.5, **given)),
    ):
        dataset = ours(m, noise, seed)
        for X, Y, drawn in (
            (dataset.X, dataset.Y, seed),
            (dataset.X_test, dataset.Y_test, seed + 1_000_000),
        ):
            rows, y = theirs(m, noise=noise, random_state=drawn)
            assert X.T.tobytes() == rows.tobytes()
            assert_array_equal(Y, [y])


@pytest.mark.parametrize(
    ("make", "facts"),
    [
        (data.moons, (500, 500, 1, ("0", "1"), "moons")),
        (data.circles, (300, 300, 1, ("0", "1"), "circles")),
        (data.spirals, (300, 300, 3, ("0", "1", "2"), "spirals")),
    ],
)
def test_sets_in_the_plane_have_these_shapes(make, facts):
    m, m_test, rows, classes, name = facts
    dataset = make()
    assert (dataset.X.shape, dataset.Y.shape) == ((2, m), (rows, m))
    assert (dataset.X_test.shape, dataset.Y_test.shape) == ((2, m_test), (rows, m_test))
    assert (dataset.classes, dataset.name, dataset.shape) == (classes, name, None)
    for part in dataset[:4]:
        assert part.dtype == np.float64
        assert part.T.flags.c_contiguous  # examples are contiguous rows


@pytest.mark.parametrize("make", PLANE)
def test_points_are_drawn_from_a_seed_and_the_test_part_from_another(make):
    one, other = make(seed=1), make(seed=0)
    assert_array_equal(make(seed=1).X, one.X)
    for a, b in ((one.X, other.X), (one.X, one.X_test), (one.X_test, other.X_test)):
        assert not np.isin(a[0], b[0]).any(
            where=a[0] != 0
        )  # spirals all begin at the origin


def test_defaults_are_those_documented():
    for short, long in (
        (data.moons(), data.moons(500, 0.2, seed=3)),
        (data.circles(), data.circles(300, 0.05, seed=3)),
        (data.spirals(), data.spirals(100, 0.2, seed=0)),
    ):
        assert_array_equal(short.X, long.X)
        assert_array_equal(short.X_test, long.X_test)


def test_circles_are_one_within_another():
    dataset = data.circles(noise=0)
    radius = np.hypot(*dataset.X)
    assert_allclose(radius, np.where(dataset.Y[0] == 1, 0.5, 1.0), rtol=1e-12)
    assert (
        0.03
        < np.std(
            np.hypot(*data.circles().X) - np.where(data.circles().Y[0] == 1, 0.5, 1)
        )
        < 0.07
    )


def test_spirals_without_noise_are_the_formula():
    dataset = data.spirals(n=50, noise=0)
    for j in range(3):
        for i in range(50):
            r, theta = i / 50, 4 * j + 4 * i / 50
            x = dataset.X[:, 50 * j + i]
            assert_allclose(x, [r * np.sin(theta), r * np.cos(theta)], atol=1e-14)
            assert_array_equal(dataset.Y[:, 50 * j + i], np.arange(3) == j)


def test_spirals_noise_is_an_angle_of_that_spread():
    noisy, plain = data.spirals(n=2000, noise=0.2), data.spirals(n=2000, noise=0)
    assert_allclose(np.hypot(*noisy.X), np.hypot(*plain.X), atol=1e-14)
    complex_plane = [X[1] + 1j * X[0] for X in (noisy.X, plain.X)]
    angle = np.angle(
        complex_plane[0] / np.where(plain.X.any(axis=0), complex_plane[1], 1)
    )[1:]
    assert angle.std() == pytest.approx(0.2, rel=0.05)
    drawn = np.random.default_rng(0).standard_normal(6000)[1:]
    seen = plain.X.any(axis=0)[1:]  # at the center there is no angle
    assert_allclose(angle[seen], 0.2 * drawn[seen], atol=1e-9)


@pytest.mark.parametrize("make", PLANE)
def test_the_test_part_is_that_of_the_seed_a_million_later(make):
    """So no seed that anybody types gives one set's examples to another's test."""
    assert_array_equal(make(seed=3).X_test, make(seed=1_000_003).X)


@pytest.mark.parametrize("make", PLANE)
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((0,), r"^[mn] must be a whole number of at least 1"),
        ((-1,), "^[mn] must be"),
        ((2.5,), "^[mn] must be"),
        ((10, -0.1), "^noise must"),
        ((10, np.nan), "^noise must"),
        ((10, 0.1, -1), "^seed must"),
    ],
)
def test_points_that_cannot_be_drawn_are_refused(make, arguments, says):
    with pytest.raises(ValueError, match=says):
        make(*arguments)


# ---- scaling, labels, splits ---------------------------------------------------------


@given(
    hnp.arrays(
        float,
        st.tuples(st.integers(1, 4), st.integers(2, 9)),
        elements=st.floats(-1e6, 1e6, width=32),
    ),
    st.sampled_from(sorted(LAYOUTS)),
)
def test_standardized_features_have_mean_0_and_variance_1_and_constants_none(X, layout):
    X = LAYOUTS[layout](X)
    before = X.copy()
    Z = data.standardize(X)(X)
    varied = (X[:, :1] != X).any(axis=1)
    clear = varied & (
        X.std(axis=1) > 1e-6 * np.abs(X).max(axis=1)
    )  # else rounding is all there is
    assert_allclose(Z[clear].mean(axis=1), 0, atol=1e-8)
    assert_allclose(Z[clear].std(axis=1), 1, rtol=1e-8)
    assert_allclose(Z[~varied], 0, atol=1e-9 * np.abs(X).max())
    assert np.isfinite(Z).all()
    assert_array_equal(X, before)


@pytest.mark.parametrize("value", [0.1, 1e-300, 1e100, 5.0])
def test_a_constant_feature_is_only_shifted(value):
    """0.1 added up seven times and divided by seven is not 0.1: the rounding must not
    be blown up to 1.
    """
    scaling = data.standardize(np.full((1, 7), value))
    assert scaling.scale == 1
    assert abs(scaling(np.full((1, 7), value))).max() <= 1e-15 * value
    beside = data.standardize([[value] * 7, [0, 1, 0, 1, 0, 1, 0.5]])
    assert beside.scale[0] == 1  # what varies beside it, by less than 1, is scaled
    assert 0.4 < beside.scale[1] < 0.5


def test_scaling_by_hand_keeps_examples_contiguous_and_float32():
    X = np.array([[1, 3], [5, 5]], np.float32)
    scaling = data.standardize(X)
    assert_array_equal(scaling.shift, [[2], [5]])
    assert_array_equal(scaling.scale, [[1], [1]])
    Z = scaling(np.array([[4.0, 7.0], [0.0, 0.0]]).T)
    assert_array_equal(Z, [[2, -2], [2, -5]])  # columns are (4, 7) and (0, 0)
    assert Z.T.flags.c_contiguous
    assert scaling(X).dtype == np.float32


def test_a_scaling_takes_as_many_features_as_it_has_or_is_for_all_alike():
    scaling = data.standardize(np.ones((3, 2)))
    for shape in ((1, 4), (2, 4), (4, 4), (3,)):
        with pytest.raises(ValueError, match=r"^X must have shape \(3, m\)"):
            scaling(np.ones(shape))
    with pytest.raises(ValueError, match=r"^X must have shape \(2, m\)"):
        data.standardize(np.ones((2, 2)))(np.ones((3, 4)))
    alike = data.Scaling(np.ones((1, 1)), np.full((1, 1), 2.0))
    assert_array_equal(alike(np.full((3, 2), 5.0)), np.full((3, 2), 2))


@pytest.mark.parametrize(
    "X", [np.ones(3), np.ones((2, 0)), [[np.nan, 1]], [["a", "b"]], 3.0, None]
)
def test_what_cannot_be_scaled_is_refused(X):
    with pytest.raises(ValueError, match=r"^X "):
        data.standardize(X)


@given(
    st.integers(2, 9).flatmap(
        lambda C: st.tuples(st.just(C), st.lists(st.integers(0, C - 1), max_size=9))
    )
)
def test_one_hot_is_its_definition(C_labels):
    C, labels = C_labels
    Y = data.one_hot(labels, C)
    assert Y.shape == (C, len(labels))
    assert_array_equal(Y, [[float(label == c) for label in labels] for c in range(C)])
    assert Y.T.flags.c_contiguous


@pytest.mark.parametrize("labels", [[0, 1, 3], [-1, 0], [0.5], [0.0, 3.0]])
def test_labels_that_are_no_classes_are_refused(labels):
    with pytest.raises(
        ValueError,
        match=rf"^labels must be whole.* from 0 to 2.* {min(labels)} to {max(labels)}$",
    ):
        data.one_hot(labels, 3)
    with pytest.raises(ValueError, match=r"^labels holds NaN"):
        data.one_hot([np.nan], 3)
    for bad in (1, 0, 2.5):
        with pytest.raises(
            ValueError, match=r"^C must be a whole number of at least 2"
        ):
            data.one_hot([0], bad)


@given(m=st.integers(2, 40), fraction=st.floats(0.05, 0.95), seed=st.integers(0, 5))
def test_a_split_loses_no_example_and_keeps_its_label(m, fraction, seed):
    X, Y = np.arange(2 * m).reshape(2, m), np.arange(m)[None]
    if not 0 < round(m * fraction) < m:
        with pytest.raises(ValueError, match=r"^fraction .* leaves a part empty"):
            data.split(X, Y, fraction, seed)
        return
    (A, a), (B, b) = data.split(X, Y, fraction, seed)
    assert B.shape[1] == round(m * fraction)
    assert_array_equal(np.sort(np.concatenate([a, b], axis=1)), Y)
    for part, labels in ((A, a), (B, b)):
        assert_array_equal(part, X[:, labels[0]])
        assert part.T.flags.c_contiguous
    (again, _), _ = data.split(X, Y, fraction, seed)
    assert_array_equal(again, A)


def test_a_split_is_random_and_takes_labels_in_a_vector():
    X = np.arange(100)[None]
    (_, a), (_, b) = data.split(X, X[0], 0.5)
    assert a.shape == b.shape == (50,)
    assert (a != np.arange(50)).any()
    assert (np.diff(b) != 1).any()
    assert (
        data.split(X, X, 0.5, seed=1)[0][0] != data.split(X, X, 0.5, seed=2)[0][0]
    ).any()
    assert_array_equal(data.split(X, X, 0.5)[0][0], data.split(X, X, 0.5, seed=0)[0][0])


@pytest.mark.parametrize("fraction", [0, 1, -0.5, 1.5, np.nan, None, "half"])
def test_a_fraction_that_is_none_is_refused(fraction):
    with pytest.raises(ValueError, match=r"^fraction must be a number"):
        data.split(np.ones((2, 9)), np.ones((1, 9)), fraction)


def test_a_split_of_different_numbers_of_examples_is_refused():
    with pytest.raises(
        ValueError,
        match=r"^X has shape \(2, 9\) and Y \(9, 1\): they must hold as many examples",
    ):
        data.split(np.ones((2, 9)), np.ones((9, 1)), 0.5)
    for nothing in (3.0, None):
        with pytest.raises(
            ValueError, match=r"^X has shape \(\) and Y \(\): they must"
        ):
            data.split(nothing, nothing, 0.5)


def test_what_makes_no_array_cannot_be_split():
    ragged = [[1], [2, 3]]
    with pytest.raises(ValueError, match=r"^X makes no array: its rows differ"):
        data.split(ragged, np.ones((1, 9)), 0.5)
    with pytest.raises(ValueError, match=r"^Y makes no array: its rows differ"):
        data.split(np.ones((2, 9)), ragged, 0.5)


def test_vectors_can_be_split():
    x = np.arange(9.0)
    (a, b), (c, d) = data.split(x, 2 * x, 1 / 3)
    assert (a.shape, c.shape) == ((6,), (3,))
    assert_array_equal(b, 2 * a)
    assert_array_equal(d, 2 * c)


@pytest.mark.parametrize("seed", [-1, None, 0.5, "0"])
def test_a_split_takes_a_seed(seed):
    with pytest.raises(ValueError, match=r"^seed must be a whole number of at least 0"):
        data.split(np.ones((2, 9)), np.ones((1, 9)), 0.5, seed)


# ---- pictures as columns -------------------------------------------------------------

IMAGES = np.zeros((6, 4, 5, 3), np.uint8)


@pytest.mark.parametrize(
    "images", [IMAGES / 255, IMAGES.astype(int), IMAGES[0, 0, 0], np.uint8(3)]
)
def test_columns_are_made_of_bytes_alone(images):
    """Numbers from 0 to 1, divided by 255 once more, would be darkness."""
    with pytest.raises(
        ValueError, match=r"^images must be uint8 \(m, h, w, 3\), got .*\)$"
    ):
        data.columns(images)
    assert data.columns(np.full((1, 1, 1), 255, np.uint8)).tolist() == [[1.0]]
    assert data.columns(np.full((2, 3), 51, np.uint8)).tolist() == [[0.2] * 2] * 3


def test_pictures_of_different_sizes_make_no_columns():
    with pytest.raises(ValueError, match=r"^images makes no array: its rows differ"):
        data.columns([[1, 2], [3]])
