"""The results that chapters load are what the scripts beside them find.

How each was made is recorded with it: the versions, the seeds, the configurations, a
fingerprint of the script. What holds it is that one run is made again here, the first
configuration with the first seed, and compared with what is stored.
"""

import ast
import inspect
import runpy

import numpy as np
import pytest
from chapters import BOOK, ROOT

from dnn.lab import experiments

RESULTS = BOOK / "results"
NAMES = sorted({path.stem for path in RESULTS.glob("*.*")})


def compared(script):
    """Return the name of the function that a script hands to `compare`."""
    for node in ast.walk(ast.parse(script)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("compare"):
            return node.args[0].id
    raise AssertionError("the script compares nothing")


@pytest.mark.parametrize("name", NAMES)
def test_one_run_made_again_is_the_one_that_is_stored(name, request):
    path = RESULTS / f"{name}.py"
    module = runpy.run_path(path)
    run, configurations = module[compared(path.read_text())], module["CONFIGURATIONS"]
    if "sets.cats()" in inspect.getsource(run):
        request.getfixturevalue("photos")
    stored = experiments.load(name)
    assert stored.keys() == configurations.keys()
    first, seed = next(iter(configurations)), next(iter(module["SEEDS"]))
    found = run(seed, **configurations[first])
    assert found.keys() == stored[first].keys()
    for key, value in found.items():  # another machine's last bits grow in a training
        want = stored[first][key][0]
        np.testing.assert_allclose(value, want, rtol=0.05, atol=0.02, err_msg=key)


@pytest.mark.parametrize("name", NAMES)
def test_a_result_says_how_it_was_made(name):
    made = experiments.provenance(name)
    module = runpy.run_path(RESULTS / f"{name}.py")
    assert made["seeds"] == list(module["SEEDS"])
    assert made["configurations"].keys() == module["CONFIGURATIONS"].keys()
    assert len(made["script"]) == 64


@pytest.mark.parametrize("name", NAMES)
def test_a_result_is_small_and_names_no_place(name):
    content = (RESULTS / f"{name}.h5").read_bytes()
    assert len(content) < 500_000
    assert str(ROOT).encode() not in content
    assert b"/home/" not in content
