"""Many seeds give one answer, however they are run, and a result says how it was made."""

import json
import os
import re
import time

import h5py
import numpy as np
import pytest
from oracles import child

from dnn.lab import experiments
from dnn.lab.experiments import RunError, compare, fingerprint, load, provenance, save


def draw(seed, scale=1.0):
    """Return what depends on the seed and the configuration alone."""
    values = scale * np.random.default_rng(seed).standard_normal(3)
    return {"values": values, "largest": values.max()}


def large(seed):
    """Multiply matrices that two BLAS threads would share, and sum in another order."""
    A = np.random.default_rng(seed).standard_normal((300, 400)).astype(np.float32)
    return {"product": (A @ A.T).sum(axis=1)}


def late_first(seed):
    """The earlier seeds take longer, so that they finish last."""
    time.sleep(0.1 * (3 - seed))
    return {"seed": seed}


# ---- comparing -----------------------------------------------------------------------


def test_runs_are_stacked_by_seed_under_their_configuration():
    runs = compare(draw, {"b": {}, "a": {"scale": 2.0}}, seeds=[3, 1], jobs=1)
    assert list(runs) == ["b", "a"]
    assert (runs["a"]["values"].shape, runs["a"]["largest"].shape) == ((2, 3), (2,))
    np.testing.assert_array_equal(runs["a"]["values"][1], draw(1, 2.0)["values"])
    np.testing.assert_array_equal(runs["b"]["largest"][0], draw(3)["largest"])


def test_ten_seeds_unless_told():
    assert compare(draw, {"a": {}}, jobs=1)["a"]["largest"].shape == (10,)


def test_workers_give_the_bits_of_a_serial_run():
    here, there = (compare(large, {"": {}}, range(3), jobs)[""] for jobs in (1, 2))
    np.testing.assert_array_equal(here["product"], there["product"])


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_has_one_blas_thread_and_gives_it_back(jobs):
    def threads(seed):
        from threadpoolctl import threadpool_info

        return {"most": max(pool["num_threads"] for pool in threadpool_info())}

    before = threads(0)
    assert compare(threads, {"": {}}, range(2), jobs)[""]["most"].tolist() == [1, 1]
    assert threads(0) == before


def test_the_order_of_completion_does_not_show():
    runs = compare(late_first, {"": {}}, range(4), jobs=4)
    assert runs[""]["seed"].tolist() == [0, 1, 2, 3]


def test_two_jobs_are_two_processes():
    def process(seed):
        time.sleep(0.05)
        return {"id": os.getpid()}

    ids = set(compare(process, {"": {}}, range(8), jobs=2)[""]["id"].tolist())
    assert os.getpid() not in ids
    assert len(ids) == 2


def test_a_function_defined_in_a_notebook_can_be_sent_to_workers():
    done = child(
        "from dnn.lab.experiments import compare\n"
        "offset = 5\n"
        "def helper(x): return x + offset\n"
        "def run(seed, factor): return {'y': factor * helper(seed)}\n"
        "print(compare(run, {'': {'factor': 2}}, range(2), jobs=2)['']['y'].tolist())"
    )
    assert (done.returncode, done.stdout) == (0, "[10, 12]\n"), done.stderr


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failing_run_is_named(jobs):
    def fail(seed, rate):
        return {"y": [1, 2][seed]}

    with pytest.raises(
        RunError, match=r"configuration 'high', seed 2: IndexError: list index"
    ):
        compare(fail, {"high": {"rate": 1}}, range(3), jobs)


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (lambda seed: seed, "'c': run must return a dict"),
        (lambda seed: {f"k{seed}": 1}, "'c': run must return a dict, of the same keys"),
        (lambda seed: {"y": np.zeros(seed)}, r"'c': y has shapes \[\(0,\), \(1,\)\]"),
        (lambda seed: {"y": "text"}, "'c': 'y' must be a name, of numbers"),
        (lambda seed: {"y": None}, "'c': 'y' must be a name, of numbers"),
        (lambda seed: {"a/b": 1}, "'c': 'a/b' must be a name"),
    ],
)
def test_what_cannot_be_stacked_is_refused(run, message):
    with pytest.raises(ValueError, match=message):
        compare(run, {"c": {}}, range(2), jobs=1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("draw", {"c": {}}), "run must be .* got 'draw'"),
        ((draw, {}), "needs a seed and a configuration"),
        ((draw, ["c"]), "needs a seed and a configuration"),
        ((draw, {"c": {}}, []), "needs a seed and a configuration"),
        ((draw, {"c": {}}, [-1]), "seeds must be a whole number of at least 0"),
        ((draw, {"c": {}}, [0.5]), "seeds must be a whole number of at least 0"),
        ((draw, {"c": {}}, [0], 0), "jobs must be a whole number of at least 1"),
    ],
)
def test_what_cannot_be_run_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        compare(*arguments)


# ---- results in files ----------------------------------------------------------------

CONFIGURATIONS = {"rate 1/8": {"scale": 0.125}, "a": {"scale": np.float32(2)}}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of results, with one script."""
    monkeypatch.setattr(experiments, "RESULTS", tmp_path)
    (tmp_path / "found.py").write_text("# finds it\n")
    return tmp_path


@pytest.fixture
def runs():
    return compare(draw, CONFIGURATIONS, range(2), jobs=1)


def test_what_was_saved_is_loaded_in_its_order(folder, runs):
    assert save(runs, "found", CONFIGURATIONS, range(2)) == folder / "found.h5"
    loaded = load("found")
    assert list(loaded) == list(runs)
    for name, arrays in runs.items():
        assert loaded[name].keys() == arrays.keys()
        for key, values in arrays.items():
            np.testing.assert_array_equal(loaded[name][key], values)
            assert loaded[name][key].dtype == values.dtype


def test_more_configurations_than_ten_keep_their_order(folder):
    many = {f"c{n}": {"scale": float(n)} for n in range(12)}
    save(compare(draw, many, [0], jobs=1), "found", many, [0])
    assert list(load("found")) == list(many)


def test_a_result_says_how_it_was_made(folder, runs):
    save(runs, "found", CONFIGURATIONS, range(2))
    made = provenance("found")
    assert made["configurations"] == {"rate 1/8": {"scale": 0.125}, "a": {"scale": 2.0}}
    assert made["seeds"] == [0, 1]
    assert made["script"] == fingerprint("found")
    assert (made["dnn"], made["numpy"]) == (experiments.dnn.__version__, np.__version__)


def test_functions_are_described_by_name(folder):
    chosen = {"a": {"f": np.linalg.norm, "g": draw}}
    runs = compare(lambda seed, f, g: g(seed), chosen, [0], jobs=1)
    save(runs, "found", chosen, [0])
    assert provenance("found")["configurations"]["a"] == {"f": "norm", "g": "draw"}


def test_the_same_runs_make_the_same_file_which_names_no_place(folder, runs):
    first = save(runs, "found", CONFIGURATIONS, range(2)).read_bytes()
    time.sleep(1.1)  # HDF5 counts whole seconds
    assert save(runs, "found", CONFIGURATIONS, range(2)).read_bytes() == first
    assert str(folder).encode() not in first


def test_a_changed_script_is_seen_and_another_line_ending_is_not(folder):
    before = fingerprint("found")
    (folder / "found.py").write_bytes(b"# finds it\r\n")
    assert fingerprint("found") == before
    (folder / "found.py").write_text("# finds it otherwise\n")
    assert fingerprint("found") != before


def test_a_result_without_a_script_is_refused(folder, runs):
    with pytest.raises(ValueError, match=r"book/results/lost\.py: no such script"):
        save(runs, "lost", CONFIGURATIONS, range(2))
    assert not (folder / "lost.h5").exists()


def test_a_configuration_that_no_file_can_hold_is_refused_before_writing(folder, runs):
    with pytest.raises(ValueError, match="configuration 'a' holds <object"):
        save(runs, "found", {**CONFIGURATIONS, "a": {"x": object()}}, range(2))
    assert not (folder / "found.h5").exists()


def test_an_absent_result_says_how_to_make_it_and_what_is_here(folder, runs):
    with pytest.raises(FileNotFoundError, match=r"found\.h5.*make experiments.*none"):
        load("found")
    save(runs, "found", CONFIGURATIONS, range(2))
    with pytest.raises(FileNotFoundError, match=r"fond\.h5.*\(here: found\)"):
        load("fond")


def damaged(path, kind):
    if kind == "cut":
        path.write_bytes(path.read_bytes()[:600])
    elif kind == "text":
        path.write_text("no result")
    else:
        with h5py.File(path, "r+") as file:
            if kind == "no group":
                file.move("0", "zero")
            else:
                file["0"].attrs["configuration"] = json.dumps(7)[:0]


@pytest.mark.parametrize("kind", ["cut", "text", "no group", "no JSON"])
def test_a_damaged_result_is_refused_by_name(folder, runs, kind):
    damaged(save(runs, "found", CONFIGURATIONS, range(2)), kind)
    with pytest.raises(ValueError, match=r"book/results/found\.h5.*make experiments"):
        load("found")


def test_results_are_found_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert re.search(r"book.results$", str(experiments.RESULTS))
    assert (experiments.RESULTS.parent / "weave.py").is_file()
