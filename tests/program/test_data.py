"""The data sets are held to their documented facts, and the files they come from to
being exactly what they should be.
"""

import hashlib
import http.server
import os
import threading
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal
from oracles import LAYOUTS, child
from PIL import Image

from dnn import data

PHOTOS = Path(os.environ.get("DNN_PHOTOS") or data.FOLDER / "photos")
needs_photos = pytest.mark.skipif(
    not all((PHOTOS / name).is_file() for name in data.SHA256),
    reason="needs the photographs: `python -m dnn fetch` downloads them, or set DNN_PHOTOS to their folder",
)
needs_drawings = pytest.mark.skipif(
    not all((data.FOLDER / "drawn" / name).is_file() for name in data.SHA256),
    reason="the drawings are not drawn yet",
)

# ---- shapes and facts ----------------------------------------------------------------

FACTS = {  # name: (n₀, m, rows of Y, m of the test part, classes, shape of a picture)
    "moons": (2, 500, 1, 500, ("0", "1"), None),
    "circles": (2, 300, 1, 300, ("0", "1"), None),
    "spirals": (2, 300, 3, 300, ("0", "1", "2"), None),
    "breast_cancer": (30, 455, 1, 114, ("malignant", "benign"), None),
    "digits": (64, 1438, 10, 359, tuple("0123456789"), (8, 8)),
    "cats": (12288, 209, 1, 50, ("non-cat", "cat"), (64, 64, 3)),
}


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        pytest.param(*item, marks=needs_photos if item[0] == "cats" else ())
        for item in FACTS.items()
    ],
)
def test_documented_facts(name, facts):
    n, m, rows, m_test, classes, shape = facts
    dataset = data.SETS[name]()
    assert (dataset.X.shape, dataset.Y.shape) == ((n, m), (rows, m))
    assert (dataset.X_test.shape, dataset.Y_test.shape) == ((n, m_test), (rows, m_test))
    assert (dataset.classes, dataset.shape) == (classes, shape)
    assert dataset.name.startswith(name)
    for part in dataset[:4]:
        assert part.dtype == np.float64
        assert part.T.flags.c_contiguous  # examples are contiguous rows
        assert np.isfinite(part).all()
    assert set(np.unique(dataset.Y)) == set(np.unique(dataset.Y_test)) == {0, 1}
    assert rows == 1 or (dataset.Y.sum(axis=0) == 1).all()
    again = data.SETS[name]()
    assert all(
        np.array_equal(a, b) for a, b in zip(dataset[:4], again[:4], strict=True)
    )


def test_the_sets_are_these():
    assert [*data.SETS] == [
        "moons",
        "circles",
        "spirals",
        "breast_cancer",
        "digits",
        "cats",
        "drawn_cats",
    ]


@pytest.mark.parametrize("make", [data.moons, data.circles, data.spirals])
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


def test_moons_are_scikit_learns():
    from sklearn.datasets import make_moons

    X, y = make_moons(500, noise=0.2, random_state=3)
    assert_array_equal(data.moons().X, X.T)
    assert_array_equal(data.moons().Y, [y])
    assert data.moons(40).X.shape == data.moons(40).X_test.shape == (2, 40)


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


@pytest.mark.parametrize("make", [data.moons, data.circles, data.spirals])
def test_the_test_part_is_that_of_the_seed_a_million_later(make):
    """So no seed that anybody types gives one set's examples to another's test."""
    assert_array_equal(make(seed=3).X_test, make(seed=1_000_003).X)


def test_bundled_sets_lose_no_example():
    from sklearn.datasets import load_breast_cancer, load_digits

    for dataset, bunch in (
        (data.breast_cancer(), load_breast_cancer()),
        (data.digits(), load_digits()),
    ):
        scale = 16 if dataset.name == "digits" else 1
        rows = np.concatenate([dataset.X, dataset.X_test], axis=1).T * scale
        assert_array_equal(np.sort(rows, axis=0), np.sort(bunch.data, axis=0))
        (X, _), _ = data.split(bunch.data.T / scale, bunch.target, 0.2, seed=0)
        assert_array_equal(X, dataset.X)
        Y = np.concatenate([dataset.Y, dataset.Y_test], axis=1)
        y = Y.argmax(axis=0) if len(Y) > 1 else Y[0]
        lookup = {
            row.tobytes(): label
            for row, label in zip(bunch.data / scale, bunch.target, strict=True)
        }
        assert all(
            lookup[x.tobytes()] == label
            for x, label in zip(rows / scale, y, strict=True)
        )
    assert data.digits().X.max() == 1


@pytest.mark.parametrize("make", [data.moons, data.circles, data.spirals])
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


@needs_photos
def test_facts_about_the_photographs():
    cats = data.cats()
    assert cats.Y.sum() == 72
    assert cats.Y_test.sum() == 33
    assert_array_equal(cats.X_test[:, 17], cats.X[:, 146])
    same = [
        (i, j)
        for i, x in enumerate(cats.X_test.T)
        for j in np.flatnonzero((cats.X.T[:, :50] == x[:50]).all(axis=1))
    ]
    assert [(i, j) for i, j in same if (cats.X[:, j] == cats.X_test[:, i]).all()] == [
        (17, 146)
    ]
    assert 0 <= cats.X.min() < cats.X.max() == 1
    rate = cats.Y.mean()
    cost = -(cats.Y_test * np.log(rate) + (1 - cats.Y_test) * np.log(1 - rate)).mean()
    assert round(cost, 3) == 0.847
    assert round(-(rate * np.log(rate) + (1 - rate) * np.log(1 - rate)), 3) == 0.644


@needs_drawings
def test_the_drawings_have_the_photographs_schema():
    size = 0
    for name, m in zip(data.DRAWN, (3200, 800), strict=True):
        path = data.find_drawings() / name
        images, labels, classes = data.read_images(path)
        assert (images.shape, labels.shape) == ((m, 64, 64, 3), (m,))
        assert classes == ("non-cat", "cat")
        assert labels.mean() == 0.4
        size += path.stat().st_size
    assert size <= 5e6


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
        match=rf"^labels must be whole numbers from 0 to 2, got values from {min(labels)} to {max(labels)}",
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


# ---- files of pictures ---------------------------------------------------------------


def pictures(
    path,
    part="train",
    m=6,
    classes=(b"non-cat", b"cat"),
    images=None,
    labels=None,
    **more,
):
    """Write a file of the schema, or one that is wrong in what is given."""
    rng = np.random.default_rng(m)
    images = rng.integers(0, 256, (m, 4, 5, 3), np.uint8) if images is None else images
    with h5py.File(path, "w") as file:
        file[f"{part}_set_x"] = images
        file[f"{part}_set_y"] = (
            np.arange(m) % len(classes) if labels is None else labels
        )
        file["list_classes"] = np.array(classes)
        for name, value in more.items():
            file[name] = value
    return path


def test_pictures_become_columns_of_values_from_0_to_1(tmp_path):
    train, test = (
        pictures(tmp_path / "train.h5"),
        pictures(tmp_path / "test.h5", "test", 3),
    )
    dataset = data.from_hdf5(train, test)
    images, labels, classes = data.read_images(train)
    assert dataset.X.shape == (60, 6)
    assert dataset.X_test.shape == (60, 3)
    assert dataset.shape == (4, 5, 3)
    assert (dataset.classes, classes, dataset.name) == (
        ("non-cat", "cat"),
        ("non-cat", "cat"),
        "train",
    )
    for i, image in enumerate(images):
        assert_array_equal(dataset.X[:, i], [v / 255 for v in image.ravel().tolist()])
    assert_array_equal(dataset.Y, [labels])
    assert dataset.Y.dtype == np.float64
    assert dataset.X.T.flags.c_contiguous
    assert data.from_hdf5(train, test, name="mine").name == "mine"


def test_without_a_test_file_the_test_part_is_empty(tmp_path):
    dataset = data.from_hdf5(pictures(tmp_path / "a.h5"))
    assert (dataset.X_test.shape, dataset.Y_test.shape) == ((60, 0), (1, 0))


def test_three_classes_are_one_hot(tmp_path):
    dataset = data.from_hdf5(pictures(tmp_path / "a.h5", classes=(b"a", b"b", b"c")))
    assert_array_equal(dataset.Y, np.tile(np.eye(3), 2))
    assert dataset.Y_test.shape == (3, 0)


IMAGES = np.zeros((6, 4, 5, 3), np.uint8)
WRONG = {
    "float pictures": {"images": IMAGES * 1.0},
    "one channel": {"images": IMAGES[..., 0]},
    "four channels": {"images": np.zeros((6, 4, 5, 4), np.uint8)},
    "no picture": {"images": IMAGES[:0], "labels": []},
    "a label short": {"labels": [0, 1, 0, 1, 0]},
    "a column of labels": {"labels": [[0], [1], [0], [1], [0], [1]]},
    "label of no class": {"labels": [0, 1, 2, 0, 1, 0]},
    "negative label": {"labels": [0, 1, -1, 0, 1, 0]},
    "half a label": {"labels": [0, 0.5, 1, 0, 1, 0]},
    "one class": {"classes": (b"cat",)},
    "words for labels": {"labels": [b"cat"] * 6},
    "numbers for classes": {"classes": (0, 1)},
    "another part": {"part": "other"},
    "a name that is no text": {"classes": (b"\xff", b"cat")},
}


@pytest.mark.parametrize(
    "claim",
    [
        {"shape": (2**20, 64, 64, 3), "dtype": np.uint8},  # nothing of it is stored
        {"shape": (2**30, 64, 64, 3), "dtype": np.uint8, "chunks": (1, 64, 64, 3)},
        {
            "shape": (6, 4, 5, 3),
            "dtype": np.uint8,
            "external": [("/dev/zero", 0, 360)],
        },
        {"shape": (6, 4, 5, 3), "dtype": h5py.string_dtype()},
        {"shape": None, "dtype": np.uint8},
    ],
    ids=["contiguous", "in chunks", "elsewhere", "texts", "empty"],
)
def test_a_file_that_claims_what_it_does_not_hold_is_refused_unread(claim, tmp_path):
    path = pictures(tmp_path / "odd.h5")
    with h5py.File(path, "r+") as file:
        del file["train_set_x"]
        file.create_dataset("train_set_x", **claim)
    with pytest.raises(ValueError, match=r"odd\.h5: not a file of pictures as"):
        data.read_images(path)


def test_pictures_assembled_from_other_files_are_refused(tmp_path):
    path = pictures(tmp_path / "odd.h5")
    layout = h5py.VirtualLayout((6, 4, 5, 3), np.uint8)
    layout[...] = h5py.VirtualSource(tmp_path / "other.h5", "x", (6, 4, 5, 3))
    with h5py.File(path, "r+") as file:
        del file["train_set_x"]
        file.create_virtual_dataset("train_set_x", layout)
    with pytest.raises(ValueError, match=r"odd\.h5: .*/train_set_x claims 360 bytes"):
        data.read_images(path)


def test_more_pictures_than_fit_at_once_are_refused(tmp_path, monkeypatch):
    path = pictures(tmp_path / "a.h5")
    monkeypatch.setattr(data, "LARGEST", 6 * 4 * 5 * 3)
    assert data.read_images(path)[0].shape == (6, 4, 5, 3)
    monkeypatch.setattr(data, "LARGEST", 6 * 4 * 5 * 3 - 1)
    with pytest.raises(ValueError, match=r"a\.h5: .*/train_set_x claims 360 bytes"):
        data.read_images(path)


def test_well_packed_pictures_are_read(tmp_path):
    path = pictures(tmp_path / "packed.h5")
    images = np.zeros((500, 16, 16, 3), np.uint8)
    with h5py.File(path, "r+") as file:
        del file["train_set_x"], file["train_set_y"]
        file.create_dataset("train_set_x", data=images, compression="gzip")
        file["train_set_y"] = np.zeros(500, int)
    assert path.stat().st_size < images.nbytes / 20
    assert_array_equal(data.read_images(path)[0], images)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_files_of_another_schema_are_refused_by_name(wrong, tmp_path):
    path = pictures(tmp_path / "odd.h5", **wrong)
    with pytest.raises(ValueError, match=r"^.*odd\.h5: ") as error:
        data.from_hdf5(path)
    assert str(error.value).startswith(f"{path}: ")


@pytest.mark.parametrize(
    "content",
    [b"", b"no pictures", b"\x89HDF\r\n\x1a\n", b"\x89HDF\r\n\x1a\n" + bytes(1000)],
)
def test_files_that_are_no_hdf5_are_refused_by_name(content, tmp_path):
    (tmp_path / "odd.h5").write_bytes(content)
    with pytest.raises(
        ValueError,
        match=r"odd\.h5: not a file of pictures as datasets/README\.md describes it",
    ):
        data.read_images(tmp_path / "odd.h5")


@pytest.mark.parametrize("cut", [100, 800, 2000])
def test_a_truncated_file_is_refused_by_name(cut, tmp_path):
    path = pictures(tmp_path / "cut.h5")
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ValueError, match=r"cut\.h5: not a file of pictures"):
        data.read_images(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    for read in (
        data.read_images,
        data.from_hdf5,
        lambda path: data.picture(path, (4, 4, 3)),
    ):
        with pytest.raises(FileNotFoundError, match=r"none\.h5: no such file"):
            read(tmp_path / "none.h5")


@pytest.mark.parametrize(
    "other", [{"images": np.zeros((6, 5, 4, 3), np.uint8)}, {"classes": (b"a", b"b")}]
)
def test_a_test_file_of_other_pictures_is_refused(other, tmp_path):
    train, test = (
        pictures(tmp_path / "train.h5"),
        pictures(tmp_path / "test.h5", "test", **other),
    )
    with pytest.raises(
        ValueError,
        match=r"test\.h5: pictures of other sizes or classes than in .*train\.h5",
    ):
        data.from_hdf5(train, test)


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


def test_a_gray_shape_makes_a_gray_picture(tmp_path):
    Image.new("RGB", (8, 8), (51, 51, 51)).save(tmp_path / "a.png")
    assert_array_equal(data.picture(tmp_path / "a.png", (4, 2)), np.full((8, 1), 0.2))


def test_another_way_to_read_is_taken():
    read = {"a": (IMAGES, np.zeros(6, int), ("x", "y"))}
    assert data.from_hdf5("a", "a", read=read.get).X_test.shape == (60, 6)


# ---- one picture ---------------------------------------------------------------------


def test_a_picture_is_cropped_to_its_middle_and_scaled(tmp_path):
    pixels = np.zeros((8, 16, 3), np.uint8)
    pixels[:, 4:12] = 255  # the middle square is white
    pixels[:4, 4:8] = [255, 0, 0]  # but for a red quarter
    Image.fromarray(pixels).save(tmp_path / "a.png")
    x = data.picture(tmp_path / "a.png", (4, 4, 3))
    assert x.shape == (48, 1)
    want = np.ones((4, 4, 3))
    want[:2, :2] = [1, 0, 0]
    assert_array_equal(x[:, 0], want.ravel())
    tall = np.swapaxes(pixels, 0, 1)
    Image.fromarray(tall).save(tmp_path / "b.png")
    assert_array_equal(
        data.picture(tmp_path / "b.png", (4, 4, 3))[:, 0],
        np.swapaxes(want, 0, 1).ravel(),
    )


def test_a_wide_shape_is_height_by_width(tmp_path):
    Image.fromarray(np.full((9, 9, 3), 51, np.uint8)).save(tmp_path / "a.png")
    assert_array_equal(
        data.picture(tmp_path / "a.png", (2, 4, 3)), np.full((24, 1), 0.2)
    )


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "1", "CMYK", "I;16"])
def test_pictures_of_every_mode_become_red_green_and_blue(mode, tmp_path):
    path = tmp_path / ("a.tif" if mode in ("CMYK", "I;16") else "a.png")
    Image.new(mode, (8, 8)).save(path)
    assert data.picture(path, (4, 4, 3)).shape == (48, 1)


def test_a_photograph_is_turned_upright(tmp_path):
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:4] = 255
    exif = Image.Exif()
    exif[0x0112] = 3  # held upside down
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
    assert_array_equal(
        data.picture(tmp_path / "a.png", (2, 1, 3))[:, 0], [0, 0, 0, 1, 1, 1]
    )


def test_what_is_no_picture_is_refused_by_name(tmp_path, monkeypatch):
    Image.new("RGB", (64, 64)).save(tmp_path / "cut.png")
    whole = (tmp_path / "cut.png").read_bytes()
    for content in (b"", b"no picture", whole[: len(whole) // 2], whole[:20]):
        (tmp_path / "cut.png").write_bytes(content)
        with pytest.raises(
            ValueError, match=r"cut\.png: not a picture that can be read"
        ):
            data.picture(tmp_path / "cut.png", (4, 4, 3))
    (tmp_path / "bomb.png").write_bytes(whole)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(ValueError, match=r"bomb\.png: not a picture that can be read"):
        data.picture(tmp_path / "bomb.png", (4, 4, 3))


DAMAGED = """
import sys, warnings
from pathlib import Path
import numpy as np
from PIL import Image
from dnn import data

warnings.simplefilter("ignore")
path, rng = Path(sys.argv[1]) / "odd", np.random.default_rng(0)
image = Image.fromarray(rng.integers(0, 256, (20, 30, 3), np.uint8))
for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "ICO", "TGA", "PCX"):
    image.save(path, kind)
    whole = path.read_bytes()
    for i in range(60):
        body = bytearray(whole if i % 5 else whole[: rng.integers(len(whole))])
        for place in rng.integers(min(len(body), 200) + 1, size=3):
            body[place : place + 1] = rng.bytes(1)
        path.write_bytes(body)
        try:
            assert data.picture(path, (8, 8, 3)).shape == (192, 1)
        except ValueError as error:
            assert str(error).startswith(f"{path}: not a picture"), error
print("all read or refused")
"""


def test_damaged_pictures_are_read_or_refused_by_name(tmp_path):
    done = child(DAMAGED, tmp_path)
    assert (done.returncode, done.stdout) == (0, "all read or refused\n"), done.stderr


# ---- fetching ------------------------------------------------------------------------


class Handler(http.server.BaseHTTPRequestHandler):
    """Serve the two files, in the manner that the test asks for."""

    def do_GET(self):
        body = self.server.files.get(self.path.lstrip("/"))
        self.server.asked.append(self.path)
        if body is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.server.interrupted else body)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A server on this machine that holds two small files, in place of the one out
    there.
    """
    (tmp_path / "there").mkdir()
    for part, m in (("train", 6), ("test", 3)):
        pictures(tmp_path / "there" / f"{part}_catvnoncat.h5", part, m)
    files = {path.name: path.read_bytes() for path in (tmp_path / "there").iterdir()}
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.files, server.asked, server.interrupted = dict(files), [], False
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("DNN_PHOTOS", raising=False)
    monkeypatch.setattr(data, "PHOTOS", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setattr(data, "FOLDER", tmp_path / "here")
    digests = {name: hashlib.sha256(files[name]).hexdigest() for name in data.SHA256}
    monkeypatch.setattr(data, "SHA256", digests)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def held(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_photographs_are_downloaded_once_and_checked(source, tmp_path, capsys):
    folder = tmp_path / "here" / "photos"
    cats = data.cats()
    assert cats.X.shape == (60, 6)
    assert cats.X_test.shape == (60, 3)
    assert cats.name == "cats (photos)"
    assert held(folder) == ["test_catvnoncat.h5", "train_catvnoncat.h5"]
    assert sorted(source.asked) == ["/test_catvnoncat.h5", "/train_catvnoncat.h5"]
    assert "%|" not in capsys.readouterr().err  # no bar
    assert data.find_photos() == folder
    assert len(source.asked) == 2


@pytest.mark.parametrize("fault", ["interrupted", "wrong", "missing", "offline"])
def test_a_download_that_fails_leaves_nothing_and_says_what_to_do(
    source, tmp_path, fault, monkeypatch
):
    if fault == "interrupted":
        source.interrupted = True
    elif fault == "wrong":
        source.files["train_catvnoncat.h5"] = b"some other file"
    elif fault == "missing":
        source.files.clear()
    else:
        monkeypatch.setattr(
            data, "PHOTOS", "http://127.0.0.1:9/"
        )  # where nobody listens
    with pytest.raises(
        FileNotFoundError,
        match=r"train_catvnoncat\.h5: .*could not be downloaded \([A-Z]\w+Error: .*\)\. "
        r"Set DNN_PHOTOS to a folder that holds them, or use the drawings that are shipped: "
        r'source="drawn"$',
    ):
        data.cats()
    assert held(tmp_path / "here" / "photos") == []


def test_ctrl_c_while_downloading_leaves_nothing(source, tmp_path, monkeypatch):
    import requests

    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(requests.Response, "iter_content", interrupted)
    with pytest.raises(KeyboardInterrupt):
        data.cats()
    assert held(tmp_path / "here" / "photos") == []


def test_the_folder_of_dnn_photos_comes_first(source, tmp_path, monkeypatch):
    monkeypatch.setenv("DNN_PHOTOS", str(tmp_path / "there"))
    assert data.find_photos() == tmp_path / "there"
    assert source.asked == []
    assert not (tmp_path / "here").exists()


def test_where_dnn_photos_holds_none_the_usual_folder_is_used(
    source, tmp_path, monkeypatch
):
    (tmp_path / "there" / "test_catvnoncat.h5").unlink()  # one of two is not enough
    monkeypatch.setenv("DNN_PHOTOS", str(tmp_path / "there"))
    assert data.find_photos() == tmp_path / "here" / "photos"
    assert held(tmp_path / "there") == ["train_catvnoncat.h5"]


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty"])
def test_a_damaged_file_is_refused_by_name_and_left_alone(
    source, tmp_path, monkeypatch, damage
):
    path = tmp_path / "there" / "test_catvnoncat.h5"
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(
        {"flipped": bytes(body), "cut": bytes(body[:-1]), "empty": b""}[damage]
    )
    monkeypatch.setenv("DNN_PHOTOS", str(tmp_path / "there"))
    with pytest.raises(
        ValueError,
        match=r"test_catvnoncat\.h5: not the file expected .* remove it and fetch it again",
    ):
        data.cats()
    assert path.exists()
    assert source.asked == []


@pytest.fixture
def drawings(tmp_path, monkeypatch):
    """Two small files in place of the drawings."""
    folder = tmp_path / "here" / "drawn"
    folder.mkdir(parents=True)
    for part, name in zip(("train", "test"), data.DRAWN, strict=True):
        pictures(folder / name, part)
    digests = {p.name: hashlib.sha256(p.read_bytes()) for p in folder.iterdir()}
    monkeypatch.setattr(data, "FOLDER", tmp_path / "here")
    monkeypatch.setattr(data, "DRAWN", {k: v.hexdigest() for k, v in digests.items()})
    return folder


@pytest.mark.parametrize("name", ["train_catvnoncat.h5", "test_catvnoncat.h5"])
def test_damaged_drawings_are_refused_by_name(drawings, name):
    assert data.cats("drawn").X.shape == (60, 6)
    body = bytearray((drawings / name).read_bytes())
    body[len(body) // 2] ^= 1
    (drawings / name).write_bytes(body)
    with pytest.raises(
        ValueError,
        match=rf"{name}: not the file expected .*; take it from the book again$",
    ):
        data.cats("drawn")
    (drawings / name).unlink()
    with pytest.raises(FileNotFoundError, match=rf"{name}: no such file; it comes wi"):
        data.cats("drawn")


def test_the_checksums_are_those_that_the_folder_of_the_data_tells():
    told = (data.FOLDER / "README.md").read_text()
    for folder, digests in (("photos", data.SHA256), ("drawn", data.DRAWN)):
        for name, digest in digests.items():
            (line,) = (x for x in told.splitlines() if f"`{folder}/{name}`" in x)
            assert f"`{digest}`" in line


def test_a_folder_that_cannot_be_made_is_told(source, tmp_path):
    (tmp_path / "here").write_text("a file where a folder should be")
    with pytest.raises(FileNotFoundError, match="could not be downloaded"):
        data.cats()


def test_known_bug_an_unknown_name_taken_in_silence():
    with pytest.raises(
        ValueError,
        match=r"unknown source 'photo': known are drawn, photos; did you mean 'photos'\?",
    ):
        data.cats("photo")


def test_the_drawings_are_one_of_the_sources(monkeypatch):
    monkeypatch.setattr(data, "cats", lambda source: source)
    assert data.drawn_cats() == "drawn"


def test_the_data_lie_beside_the_program():
    assert data.FOLDER.name == "datasets"
    assert data.FOLDER.parent == Path(data.__file__).parent.parent


def test_photographs_of_the_book_are_these():
    assert data.SHA256 == {
        "train_catvnoncat.h5": "fbe56ab67c3ae28d564e3a644189117976d6b31af0a3ce9bb17dbf22908af242",
        "test_catvnoncat.h5": "6a9d39ce52fa85953c5834695b8534a30ed8cfd54971fb2f080b5a24d002b951",
    }
    assert data.PHOTOS.startswith("https://")
    assert data.PHOTOS.endswith(
        "/nabeelshan78/deep-nn-from-scratch/80b8a1d04e7f390765f5fbe792381c52deffe457/datasets/"
    )
