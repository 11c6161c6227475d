"""Many runs, not one.

One training is an anecdote: another seed starts elsewhere, shuffles otherwise and ends
elsewhere. So whatever the book compares it runs over several seeds, each run under one
BLAS thread, so that neither the number of workers nor their haste changes a bit. What
takes minutes is a script in `book/results`; what it found lies beside it, in a small
file that says how it was made, and chapters load that.
"""

import hashlib
import json
from pathlib import Path

import numpy as np

import dnn
from dnn import checks

RESULTS = Path(__file__).resolve().parent.parent / "book" / "results"


class RunError(RuntimeError):
    """A run that failed; the message names its configuration and seed."""


def compare(run, configurations, seeds=range(10), jobs=None):
    """Run every configuration with every seed; return {name: {key: array (seeds, …)}}.

    ``run(seed, **configuration)`` returns a dict of numbers or arrays, of the same keys
    and shapes for all seeds; ``configurations`` is {name: keyword arguments}; ``jobs``
    is the number of processes, by default one for each core. ValueError for what cannot
    be run or stacked, RunError where a run fails.
    """
    from joblib import Parallel, cpu_count, delayed

    checks.function("run", run)
    seeds = [checks.integer("seeds", seed, 0) for seed in seeds]
    if not seeds or not isinstance(configurations, dict) or not configurations:
        raise ValueError(
            "compare needs a seed and a configuration, {name: keyword arguments}, or more"
        )
    jobs = cpu_count() if jobs is None else checks.integer("jobs", jobs, 1)
    tasks = [(name, seed) for name in configurations for seed in seeds]
    found = Parallel(n_jobs=min(jobs, len(tasks)), backend="loky")(
        delayed(_once)(run, name, seed, configurations[name]) for name, seed in tasks
    )
    rows = zip(*[iter(found)] * len(seeds), strict=True)
    return {
        name: _stack(name, row) for name, row in zip(configurations, rows, strict=True)
    }


def _once(run, name, seed, configuration):
    """Run once, under one BLAS thread, here or in a worker."""
    from threadpoolctl import threadpool_limits

    try:
        with threadpool_limits(1):
            return run(seed, **configuration)
    except Exception as error:
        raise RunError(
            f"configuration {name!r}, seed {seed}: {type(error).__name__}: {error}"
        ) from error


def _stack(name, found):
    """Return {key: array (seeds, …)} of what the seeds of one configuration found."""
    if not all(
        isinstance(one, dict) and one.keys() == found[0].keys() for one in found
    ):
        raise ValueError(
            f"configuration {name!r}: run must return a dict, of the same keys for all seeds"
        )
    stacked = {}
    for key in found[0]:
        arrays = [np.asarray(one[key]) for one in found]
        shapes = {array.shape for array in arrays}
        if not str(key).isidentifier() or {a.dtype.kind for a in arrays} - set("buif"):
            raise ValueError(
                f"configuration {name!r}: {key!r} must be a name, of numbers or arrays of them"
            )
        if len(shapes) > 1:
            raise ValueError(
                f"configuration {name!r}: {key} has shapes {sorted(shapes)}, by seed; "
                "make them one, say with NaN where a run stopped early"
            )
        stacked[key] = np.stack(arrays)
    return stacked


# ---- results that a script found -----------------------------------------------------


def save(runs, name, configurations, seeds):
    """Write what `compare` found to book/results/NAME.h5, with how it was made; return
    the path.

    That is the versions of dnn and NumPy, the configurations and seeds, and the
    fingerprint of the script book/results/NAME.py. No date, so that the same runs make
    the same file. ValueError where there is no such script, or for a configuration that
    JSON cannot hold.
    """
    import h5py

    path = RESULTS / f"{name}.h5"
    made = {
        "dnn": dnn.__version__,
        "numpy": np.__version__,
        "seeds": list(map(int, seeds)),
        "script": fingerprint(name),
    }
    described = [(key, _described(key, configurations[key])) for key in runs]
    with h5py.File(path, "w") as file:
        file.attrs["made"] = json.dumps(made)
        for number, (key, configuration) in enumerate(described):
            group = file.create_group(str(number))
            group.attrs["configuration"] = json.dumps([key, configuration])
            for array, values in runs[key].items():
                group.create_dataset(array, data=values, track_times=False)
    return path


def load(name):
    """Return what the script book/results/NAME.py found, as `compare` returned it.

    FileNotFoundError or ValueError, naming the file, where it is not there or not that.
    """
    return _read(name, _runs)


def provenance(name):
    """Return how a result was made: dnn, numpy, seeds, configurations, script, the last
    a fingerprint. Errors as `load`.
    """
    return _read(name, _made)


def fingerprint(name):
    """Return the SHA-256 of the text of book/results/NAME.py; ValueError where there is
    none.
    """
    script = RESULTS / f"{name}.py"
    if not script.is_file():
        raise ValueError(
            f"book/results/{name}.py: no such script, and a result is saved under the name of the one that finds it"
        )
    return hashlib.sha256(script.read_text(encoding="utf-8").encode()).hexdigest()


def _read(name, part):
    import h5py

    path = RESULTS / f"{name}.h5"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in RESULTS.glob("*.h5"))) or "none"
        raise FileNotFoundError(
            f"book/results/{name}.h5: no such file; `make experiments` makes the results (here: {known})"
        )
    try:
        with h5py.File(path) as file:
            return part(file)
    except (OSError, KeyError, ValueError) as error:
        raise ValueError(
            f"book/results/{name}.h5: not a result that can be read; `make experiments` makes it again ({error})"
        ) from None


def _runs(file):
    runs = {}
    for number in range(len(file)):
        group = file[str(number)]
        key, _ = json.loads(group.attrs["configuration"])
        runs[key] = {array: values[()] for array, values in group.items()}
    return runs


def _made(file):
    pairs = [json.loads(group.attrs["configuration"]) for group in file.values()]
    return {**json.loads(file.attrs["made"]), "configurations": dict(pairs)}


def _described(name, configuration):
    """Return a configuration as JSON can hold it: arrays as lists, functions by name."""

    def plain(value):
        if hasattr(value, "tolist"):
            return value.tolist()
        if hasattr(value, "__qualname__"):
            return value.__qualname__
        raise ValueError(f"configuration {name!r} holds {value!r}, which no file can")

    return json.loads(json.dumps(configuration, default=plain))
