"""A wheel works alone: installed into an environment of its own, far from the book.

It is installed twice, as it is and with its extra `files`, from where pip finds packages;
where that cannot be reached, these tests are skipped and say so.
"""

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
PLAIN = {"dnn", "numpy", "pip", "setuptools"}  # the last two are those of Python 3.11


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel from a copy of what it is made of."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    for name in ("dnn", "datasets/drawn"):
        shutil.copytree(ROOT / name, folder / name)
    pip(
        sys.executable, "wheel", "--no-deps", "--no-build-isolation", folder, cwd=folder
    )
    (path,) = folder.glob("*.whl")
    return path


def pip(python, *arguments, **options):
    command = [python, "-m", "pip", *map(str, arguments), "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if "No matching distribution" in done.stderr:
        pytest.skip(f"needs a package index: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr


class Alone:
    """An environment with this wheel, a user's cache, and a folder to work in."""

    def __init__(self, folder, wheel, extra=""):
        venv.create(folder / "venv", with_pip=True)
        self.bin, self.work, self.cache = (
            folder / "venv/bin",
            folder / "work",
            folder / "cache",
        )
        self.work.mkdir()
        pip(self.bin / "python", "install", f"{wheel}{extra}")
        (self.packages,) = (folder / "venv/lib").glob("*/site-packages")
        self.before = self.held()

    def held(self):
        """Return what lies in site-packages, but for what Python compiles there."""
        found = self.packages.rglob("*")
        return {p for p in found if "__pycache__" not in p.parts}

    def run(self, *command, code=0):
        """Run a command of this environment; return what it says."""
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "DNN_"))
        }
        kept |= {"XDG_CACHE_HOME": str(self.cache), "http_proxy": "http://127.0.0.1:9"}
        kept |= {"https_proxy": "http://127.0.0.1:9"}  # where nobody listens
        first, *rest = command
        done = subprocess.run(
            [self.bin / first, *rest],
            cwd=self.work,
            env=kept,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def bare(wheel, tmp_path_factory):
    yield from alone(tmp_path_factory.mktemp("bare"), wheel)


@pytest.fixture(scope="module")
def with_files(wheel, tmp_path_factory):
    yield from alone(tmp_path_factory.mktemp("files"), wheel, "[files]")


def alone(*arguments):
    """Yield an environment; after all that was done in it, its packages are the same."""
    environment = Alone(*arguments)
    yield environment
    assert environment.held() == environment.before


def test_a_wheel_holds_the_program_and_the_drawings(wheel):
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())
    for path in (ROOT / "dnn").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert str(path.relative_to(ROOT)) in names
    assert {
        f"dnn/files/drawn/{part}_catvnoncat.h5" for part in ("train", "test")
    } <= names
    assert {name.partition("/")[0] for name in names} == {"dnn", "dnn-0.1.0.dist-info"}


# ---- as it is ------------------------------------------------------------------------


def test_alone_it_brings_numpy(bare):
    code = "from importlib.metadata import distributions as d; print(*{p.name for p in d()})"
    assert {"dnn", "numpy"} <= set(bare.run("python", "-c", code).split()) <= PLAIN


def test_its_command_tells_its_version(bare):
    assert bare.run("dnn", "--version") == "dnn 0.1.0\n"
    assert bare.run("python", "-m", "dnn", "--version") == "dnn 0.1.0\n"


def test_numpy_alone_trains_on_points_and_draws_no_plot(bare):
    said = bare.run("dnn", "train", "--data", "moons", "--epochs", "2")
    assert (
        "saved net.npz, without a plot of its cost: No module named 'matplotlib'"
        in said
    )
    assert " of 500 right" in bare.run("dnn", "predict", "net.npz", "moons")
    assert [path.name for path in bare.work.iterdir()] == ["net.npz"]


@pytest.mark.parametrize(
    "words", ["train --data digits", "train --data drawn_cats", "fetch"]
)
def test_what_needs_more_says_how_to_get_it(words, bare):
    said = bare.run("dnn", *words.split(), code=2)
    assert (
        "dnn: error: pip install 'dnn[files]' brings what is missing: No module" in said
    )


def test_results_would_lie_where_one_works(bare):
    code = "from dnn.lab import experiments; print(experiments.RESULTS.resolve())"
    assert bare.run("python", "-c", code) == f"{bare.work / 'book' / 'results'}\n"


# ---- with its extra ------------------------------------------------------------------


@pytest.mark.parametrize("name", ["moons", "drawn_cats", "digits"])
def test_with_files_it_trains_on_every_kind_of_set(name, with_files):
    words = ["--hidden", "4", "--epochs", "2", "--out", f"{name}.npz"]
    said = with_files.run("dnn", "train", "--data", name, *words)
    assert f"saved {name}.npz, without a plot of its cost: " in said
    assert " right (" in with_files.run("dnn", "predict", f"{name}.npz", name)


def test_photographs_are_kept_in_the_users_cache(with_files):
    said = with_files.run("dnn", "fetch", code=2)
    path = with_files.cache / "dnn" / "train_catvnoncat.h5"
    assert f"dnn: error: {path}: the photographs are not here" in said


def test_its_estimators_and_storage_work(with_files):
    code = (
        "from sklearn.datasets import load_iris\n"
        "from dnn.estimators import MLPClassifier\n"
        "from dnn.files import storage\n"
        "X, y = load_iris(return_X_y=True)\n"
        "net = MLPClassifier(hidden=(10, 5)).fit(X, y)\n"
        "storage.save(net.net_, 'iris.npz')\n"
        "print(net.score(X, y) > 0.9, storage.load('iris.npz'))\n"
    )
    assert with_files.run("python", "-c", code).startswith("True layer ")
