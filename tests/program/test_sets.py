"""The data sets are held to their documented facts, and the files they come from to
being exactly what they should be.
"""

import hashlib
import http.server
import os
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from oracles import child
from samples import write_pictures

from dnn import data
from dnn.files import pictures, sets

PHOTOS = Path(os.environ.get("DNN_PHOTOS") or sets.FOLDER / "photos")
needs_photos = pytest.mark.skipif(
    not all((PHOTOS / name).is_file() for name in sets.SHA256),
    reason="needs the photographs: `python -m dnn fetch` downloads them, or set DNN_PHOTOS to their folder",
)
needs_drawings = pytest.mark.skipif(
    not all((sets.FOLDER / "drawn" / name).is_file() for name in sets.SHA256),
    reason="the drawings are not drawn yet",
)

# ---- shapes and facts ----------------------------------------------------------------

FACTS = {  # name: (n₀, m, rows of Y, m of the test part, classes, shape of a picture)
    "moons": (2, 500, 1, 500, ("0", "1"), None),
    "circles": (2, 300, 1, 300, ("0", "1"), None),
    "spirals": (2, 300, 3, 300, ("0", "1", "2"), None),
    "breast_cancer": (30, 455, 1, 114, ("malignant", "benign"), None),
    "digits": (64, 1438, 10, 359, tuple("0123456789"), (8, 8)),
    "diabetes": (10, 354, 1, 88, (), None),
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
    dataset = sets.SETS[name]()
    assert (dataset.X.shape, dataset.Y.shape) == ((n, m), (rows, m))
    assert (dataset.X_test.shape, dataset.Y_test.shape) == ((n, m_test), (rows, m_test))
    assert (dataset.classes, dataset.shape) == (classes, shape)
    assert dataset.name.startswith(name)
    for part in dataset[:4]:
        assert part.dtype == np.float64
        assert part.T.flags.c_contiguous  # examples are contiguous rows
        assert np.isfinite(part).all()
    if classes:
        assert set(np.unique(dataset.Y)) == set(np.unique(dataset.Y_test)) == {0, 1}
    assert rows == 1 or (dataset.Y.sum(axis=0) == 1).all()
    again = sets.SETS[name]()
    assert all(
        np.array_equal(a, b) for a, b in zip(dataset[:4], again[:4], strict=True)
    )


def test_the_sets_are_these():
    assert [*sets.SETS] == [
        "moons",
        "circles",
        "spirals",
        "breast_cancer",
        "digits",
        "diabetes",
        "cats",
        "drawn_cats",
    ]


def test_bundled_sets_lose_no_example():
    from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits

    for dataset, bunch in (
        (sets.breast_cancer(), load_breast_cancer()),
        (sets.digits(), load_digits()),
        (sets.diabetes(), load_diabetes(scaled=False)),
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
    assert sets.digits().X.max() == 1


def test_targets_of_the_diabetes_set_are_real_numbers():
    dataset = sets.diabetes()
    assert dataset.Y.min() == 25
    assert dataset.Y.max() == 346
    assert len(np.unique(dataset.Y)) > 100


@needs_photos
def test_facts_about_the_photographs():
    cats = sets.cats()
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
    for name, m in zip(sets.DRAWN, (3200, 800), strict=True):
        path = sets.find_drawings() / name
        images, labels, classes = pictures.read_images(path)
        assert (images.shape, labels.shape) == ((m, 64, 64, 3), (m,))
        assert classes == ("non-cat", "cat")
        assert labels.mean() == 0.4
        size += path.stat().st_size
    assert size <= 5e6


# ---- files of pictures ---------------------------------------------------------------


def test_pictures_become_columns_of_values_from_0_to_1(tmp_path):
    train, test = (
        write_pictures(tmp_path / "train.h5"),
        write_pictures(tmp_path / "test.h5", "test", 3),
    )
    dataset = sets.from_hdf5(train, test)
    images, labels, classes = pictures.read_images(train)
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
    assert sets.from_hdf5(train, test, name="mine").name == "mine"


def test_without_a_test_file_the_test_part_is_empty(tmp_path):
    dataset = sets.from_hdf5(write_pictures(tmp_path / "a.h5"))
    assert (dataset.X_test.shape, dataset.Y_test.shape) == ((60, 0), (1, 0))


def test_three_classes_are_one_hot(tmp_path):
    dataset = sets.from_hdf5(
        write_pictures(tmp_path / "a.h5", classes=(b"a", b"b", b"c"))
    )
    assert_array_equal(dataset.Y, np.tile(np.eye(3), 2))
    assert dataset.Y_test.shape == (3, 0)


@pytest.mark.parametrize(
    "other", [{"images": np.zeros((6, 5, 4, 3), np.uint8)}, {"classes": (b"a", b"b")}]
)
def test_a_test_file_of_other_pictures_is_refused(other, tmp_path):
    train, test = (
        write_pictures(tmp_path / "train.h5"),
        write_pictures(tmp_path / "test.h5", "test", **other),
    )
    with pytest.raises(
        ValueError,
        match=r"test\.h5: pictures of other sizes or classes than in .*train\.h5",
    ):
        sets.from_hdf5(train, test)


def test_another_way_to_read_is_taken():
    read = {"a": (np.zeros((6, 4, 5, 3), np.uint8), np.zeros(6, int), ("x", "y"))}
    assert sets.from_hdf5("a", "a", read=read.get).X_test.shape == (60, 6)


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
        write_pictures(tmp_path / "there" / f"{part}_catvnoncat.h5", part, m)
    files = {path.name: path.read_bytes() for path in (tmp_path / "there").iterdir()}
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.files, server.asked, server.interrupted = dict(files), [], False
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("DNN_PHOTOS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sets, "PHOTOS", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setattr(sets, "FOLDER", tmp_path / "here")
    digests = {name: hashlib.sha256(files[name]).hexdigest() for name in sets.SHA256}
    monkeypatch.setattr(sets, "SHA256", digests)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def held(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_photographs_are_downloaded_once_and_checked(source, tmp_path, capsys):
    folder = tmp_path / "here" / "photos"
    cats = sets.cats()
    assert cats.X.shape == (60, 6)
    assert cats.X_test.shape == (60, 3)
    assert cats.name == "cats (photos)"
    assert held(folder) == ["test_catvnoncat.h5", "train_catvnoncat.h5"]
    assert sorted(source.asked) == ["/test_catvnoncat.h5", "/train_catvnoncat.h5"]
    assert "%|" not in capsys.readouterr().err  # no bar
    assert sets.find_photos() == folder
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
        # where nobody listens
        monkeypatch.setattr(sets, "PHOTOS", "http://127.0.0.1:9/")
    with pytest.raises(
        FileNotFoundError,
        match=r"train_catvnoncat\.h5: .*could not be downloaded \([A-Z]\w+Error: .*\)\. "
        r"Set DNN_PHOTOS to a folder that holds them, or use the drawings that are shipped: "
        r'source="drawn"$',
    ):
        sets.cats()
    assert held(tmp_path / "here" / "photos") == []


def test_ctrl_c_while_downloading_leaves_nothing(source, tmp_path, monkeypatch):
    import requests

    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(requests.Response, "iter_content", interrupted)
    with pytest.raises(KeyboardInterrupt):
        sets.cats()
    assert held(tmp_path / "here" / "photos") == []


def test_the_folder_of_dnn_photos_comes_first(source, tmp_path, monkeypatch):
    monkeypatch.setenv("DNN_PHOTOS", str(tmp_path / "there"))
    assert sets.find_photos() == tmp_path / "there"
    assert source.asked == []
    assert not (tmp_path / "here").exists()


def test_where_dnn_photos_holds_none_the_usual_folder_is_used(
    source, tmp_path, monkeypatch
):
    (tmp_path / "there" / "test_catvnoncat.h5").unlink()  # one of two is not enough
    monkeypatch.setenv("DNN_PHOTOS", str(tmp_path / "there"))
    assert sets.find_photos() == tmp_path / "here" / "photos"
    assert held(tmp_path / "there") == ["train_catvnoncat.h5"]


def test_without_a_checkout_the_users_cache_is_used(source, tmp_path, monkeypatch):
    monkeypatch.setattr(sets, "FOLDER", None)
    cache = tmp_path / "cache" / "dnn"
    assert sets.find_photos() == cache
    assert held(cache) == ["test_catvnoncat.h5", "train_catvnoncat.h5"]
    assert len(source.asked) == 2
    monkeypatch.setattr(sets, "FOLDER", tmp_path / "here")
    assert sets.find_photos() == cache  # before anything is downloaded again
    assert len(source.asked) == 2
    assert not (tmp_path / "here").exists()


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
        sets.cats()
    assert path.exists()
    assert source.asked == []


@pytest.fixture
def drawings(tmp_path, monkeypatch):
    """Two small files in place of the drawings."""
    folder = tmp_path / "here" / "drawn"
    folder.mkdir(parents=True)
    for part, name in zip(("train", "test"), sets.DRAWN, strict=True):
        write_pictures(folder / name, part)
    digests = {p.name: hashlib.sha256(p.read_bytes()) for p in folder.iterdir()}
    monkeypatch.setattr(sets, "FOLDER", tmp_path / "here")
    monkeypatch.setattr(sets, "DRAWN", {k: v.hexdigest() for k, v in digests.items()})
    return folder


@pytest.mark.parametrize("name", ["train_catvnoncat.h5", "test_catvnoncat.h5"])
def test_damaged_drawings_are_refused_by_name(drawings, name):
    assert sets.cats("drawn").X.shape == (60, 6)
    body = bytearray((drawings / name).read_bytes())
    body[len(body) // 2] ^= 1
    (drawings / name).write_bytes(body)
    with pytest.raises(
        ValueError,
        match=rf"{name}: not the file expected .*; take it from the book again$",
    ):
        sets.cats("drawn")
    (drawings / name).unlink()
    with pytest.raises(FileNotFoundError, match=rf"{name}: no such file; it comes wi"):
        sets.cats("drawn")


def test_the_checksums_are_those_that_the_folder_of_the_data_tells():
    told = (sets.FOLDER / "README.md").read_text()
    for folder, digests in (("photos", sets.SHA256), ("drawn", sets.DRAWN)):
        for name, digest in digests.items():
            (line,) = (x for x in told.splitlines() if f"`{folder}/{name}`" in x)
            assert f"`{digest}`" in line


def test_a_folder_that_cannot_be_made_is_told(source, tmp_path):
    (tmp_path / "here").write_text("a file where a folder should be")
    with pytest.raises(FileNotFoundError, match="could not be downloaded"):
        sets.cats()


def test_known_bug_an_unknown_name_taken_in_silence():
    with pytest.raises(
        ValueError,
        match=r"unknown source 'photo': did you mean 'photos'\? known are photos, drawn",
    ):
        sets.cats("photo")


def test_the_drawings_are_one_of_the_sources(monkeypatch):
    monkeypatch.setattr(sets, "cats", lambda source: source)
    assert sets.drawn_cats() == "drawn"


def test_the_data_lie_beside_the_program():
    assert sets.FOLDER.name == "datasets"
    assert sets.FOLDER.parent == Path(data.__file__).parent.parent


def test_elsewhere_the_drawings_lie_within_it(drawings, tmp_path, monkeypatch):
    (tmp_path / "files").mkdir()
    drawings.rename(tmp_path / "files" / "drawn")
    monkeypatch.setattr(sets, "FOLDER", None)
    monkeypatch.setattr(sets, "HERE", tmp_path / "files" / "sets.py")
    assert sets.find_drawings() == tmp_path / "files" / "drawn"
    assert sets.cats("drawn").X.shape == (60, 6)


def test_a_folder_of_the_same_name_is_not_taken_for_the_data(tmp_path):
    """A package called datasets may lie beside an installed one."""
    shutil.copytree(Path(data.__file__).parent, tmp_path / "dnn")
    (tmp_path / "datasets").mkdir()
    code = "from dnn.files import sets; print(sets.FOLDER, sets.HERE)"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = child(code, cwd=tmp_path, env=environment)
    assert done.stdout == f"None {tmp_path / 'dnn' / 'files' / 'sets.py'}\n"


def test_photographs_of_the_book_are_these():
    assert sets.SHA256 == {
        "train_catvnoncat.h5": "fbe56ab67c3ae28d564e3a644189117976d6b31af0a3ce9bb17dbf22908af242",
        "test_catvnoncat.h5": "6a9d39ce52fa85953c5834695b8534a30ed8cfd54971fb2f080b5a24d002b951",
    }
    assert sets.PHOTOS.startswith("https://")
    assert sets.PHOTOS.endswith(
        "/nabeelshan78/deep-nn-from-scratch/80b8a1d04e7f390765f5fbe792381c52deffe457/datasets/"
    )
