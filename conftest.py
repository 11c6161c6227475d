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
    """Tell whether the photographs lie where `dnn.data` would look first."""
    folder = Path(os.environ.get("DNN_PHOTOS") or ROOT / "datasets" / "photos")
    return all(
        (folder / f"{part}_catvnoncat.h5").is_file() for part in ("train", "test")
    )


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
