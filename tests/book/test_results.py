"""The results that chapters load were found by the scripts that lie beside them."""

import pytest
from chapters import BOOK, ROOT

from dnn.lab import experiments

RESULTS = BOOK / "results"
NAMES = sorted({path.stem for path in RESULTS.glob("*.*")})


@pytest.mark.parametrize("name", NAMES)
def test_the_script_is_the_one_that_found_the_result(name):
    made = experiments.provenance(name)["script"]
    assert made == experiments.fingerprint(name), (
        f"book/results/{name}.py has changed since: run `make experiments`"
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_result_is_small_and_names_no_place(name):
    content = (RESULTS / f"{name}.h5").read_bytes()
    assert len(content) < 500_000
    assert str(ROOT).encode() not in content
    assert b"/home/" not in content
