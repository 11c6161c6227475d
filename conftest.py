"""Skip the notebooks whose data are absent, without trying a download."""

import json
import os
from functools import cache
from pathlib import Path

import pytest

# Two threads that wait for each other on two busy cores are slower than one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ROOT = Path(__file__).parent
REASON = "needs the photographs: `python -m dnn fetch` downloads them, or set DNN_PHOTOS to their folder"


def photos_present():
    """Tell whether the photographs lie where `dnn.files.sets` looks for them."""
    places = [os.environ.get("DNN_PHOTOS"), ROOT / "datasets" / "photos"]
    names = ["train_catvnoncat.h5", "test_catvnoncat.h5"]
    return any(all((Path(p) / n).is_file() for n in names) for p in places if p)


@pytest.fixture
def photos():
    """Skip the test, and say why, where the photographs are absent."""
    if not photos_present():
        pytest.skip(REASON)


def needs(item):
    """Return what the notebook that an item executes says in its metadata that it needs."""
    if item.path.suffix == ".ipynb":
        path = item.path
    elif item.get_closest_marker("executes"):
        path = item.callspec.params["path"]
    else:
        return None
    return needs_of(path)


@cache
def needs_of(path):
    """Return what the notebook at a path says that it needs, or None."""
    return json.loads(path.read_text())["metadata"].get("dnn", {}).get("needs")


def pytest_collection_modifyitems(items):
    """Skip what executes a notebook that needs what is not here."""
    for item in items:
        if needs(item) == "photos" and not photos_present():
            item.add_marker(pytest.mark.skip(reason=REASON))
