"""Skip the notebooks whose data are absent, without trying a download."""

import json
import os
from pathlib import Path

import pytest

# Two threads that wait for each other on two busy cores are slower than one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ROOT = Path(__file__).parent
REASON = "needs the photographs: `python -m dnn fetch` downloads them, or set DNN_PHOTOS to their folder"


def photos_present():
    """Tell whether the photographs lie in one of the places where `dnn.data` looks."""
    places = [os.environ.get("DNN_PHOTOS"), ROOT / "datasets" / "photos"]
    names = ["train_catvnoncat.h5", "test_catvnoncat.h5"]
    return any(all((Path(p) / n).is_file() for n in names) for p in places if p)


def pytest_collection_modifyitems(items):
    """Skip the cells of a notebook that says in its metadata that it needs what is not
    here.
    """
    needs = {}
    for item in items:
        if item.path.suffix == ".ipynb":
            if item.path not in needs:
                metadata = json.loads(item.path.read_text())["metadata"]
                needs[item.path] = metadata.get("dnn", {}).get("needs")
            if needs[item.path] == "photos" and not photos_present():
                item.add_marker(pytest.mark.skip(reason=REASON))
