"""Many runs, not one.

One training is an anecdote: another seed starts elsewhere, shuffles otherwise and ends
elsewhere. So whatever the book compares it runs over several seeds, each run under one
BLAS thread, so that neither the number of workers nor their haste changes a bit. What
takes minutes is a script in `book/results`; what it found lies beside it, in a small
file that says how it was made, and chapters load that.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

import dnn
from dnn import checks
from dnn.checks import Array

if TYPE_CHECKING:
    import h5py

__all__ = [
    "RESULTS",
    "RunError",
    "compare",
    "fingerprint",
    "load",
    "provenance",
    "save",
]

RESULTS = Path(__file__).resolve().parents[2] / "book" / "results"
if not RESULTS.is_dir():  # a wheel is not where results belong: the working folder is
    RESULTS = Path("book", "results")

Run = Callable[..., dict[str, Any]]
Configurations = dict[str, dict[str, Any]]  # name → keyword arguments of a run
Runs = dict[str, dict[str, Array]]  # name → key → array (seeds, …)
Part = TypeVar("Part")


class RunError(RuntimeError):
    """A run that failed; the message names its configuration and seed."""


def compare(
    run: Run,
    configurations: Configurations,
    seeds: Iterable[int] = range(10),
    jobs: int | None = None,
) -> Runs:
    """Run every configuration with every seed; return what they found, by name.

    That is {name: {key: array (seeds, …)}}.
    ``run(seed, **configuration)`` returns a dict of numbers or arrays, of the same keys
    and shapes for all seeds; ``configurations`` is {name: keyword arguments}; ``jobs``
    is the number of processes, by default one for each core. ValueError for what cannot
    be run or stacked, RunError where a run fails.
    """
    from joblib import Parallel, cpu_count, delayed

    seeds = _checked(run, configurations, seeds)
    jobs = cpu_count() if jobs is None else checks.integer("jobs", jobs, 1)
    tasks = [(name, seed) for name in configurations for seed in seeds]
    found = Parallel(n_jobs=min(jobs, len(tasks)), backend="loky")(
        delayed(_once)(run, name, seed, configurations[name]) for name, seed in tasks
    )
    by_name = [found[i : i + len(seeds)] for i in range(0, len(found), len(seeds))]
    pairs = zip(configurations, by_name, strict=True)
    return {name: _stack(name, runs) for name, runs in pairs}


def _checked(
    run: Run, configurations: Configurations, seeds: Iterable[int]
) -> list[int]:
    """Return the seeds as a list; ValueError for what cannot be run."""
    checks.function("run", run)
    seeds = [checks.integer("seeds", seed, 0) for seed in seeds]
    if not seeds or not isinstance(configurations, dict) or not configurations:
        raise ValueError(
            "compare needs a seed and a configuration, {name: keyword arguments}, or "
            "more"
        )
    return seeds


def _once(
    run: Run, name: str, seed: int, configuration: dict[str, Any]
) -> dict[str, Any]:
    """Run once, under one BLAS thread, here or in a worker."""
    from threadpoolctl import threadpool_limits

    try:
        with threadpool_limits(1):
            return run(seed, **configuration)
    except Exception as error:
        raise RunError(
            f"configuration {name!r}, seed {seed}: {type(error).__name__}: {error}"
        ) from error


def _stack(name: str, found: list[dict[str, Any]]) -> dict[str, Array]:
    """Return {key: array (seeds, …)} of what the seeds of one configuration found."""
    dicts = all(isinstance(one, dict) for one in found)
    if not dicts or any(one.keys() != found[0].keys() for one in found):
        raise ValueError(
            f"configuration {name!r}: run must return a dict, of the same keys for all "
            "seeds"
        )
    return {key: _array(name, key, [one[key] for one in found]) for key in found[0]}


def _array(name: str, key: str, values: list) -> Array:
    """Return what the seeds found under one key as one array, (seeds, …)."""
    arrays = [np.asarray(value) for value in values]
    if not str(key).isidentifier() or {a.dtype.kind for a in arrays} - set("buif"):
        raise ValueError(
            f"configuration {name!r}: {key!r} must be a name, of numbers or arrays of "
            "them"
        )
    shapes = {array.shape for array in arrays}
    if len(shapes) > 1:
        raise ValueError(
            f"configuration {name!r}: {key} has shapes {sorted(shapes)}, by seed; make "
            "them one, say with NaN where a run stopped early"
        )
    return np.stack(arrays)


# ---- results that a script found -----------------------------------------------------


def save(
    runs: Runs, name: str, configurations: Configurations, seeds: Sequence[int]
) -> Path:
    """Write what `compare` found to book/results/NAME.h5, and how; return the path.

    How it was made is the versions of dnn and NumPy, the configurations and seeds, and
    the fingerprint of the script book/results/NAME.py. No date, so that the same runs
    make the same file. ValueError where there is no such script, or for a configuration
    that JSON cannot hold.
    """
    import h5py

    made = {
        "dnn": dnn.__version__,
        "numpy": np.__version__,
        "seeds": list(map(int, seeds)),
        "script": fingerprint(name),
    }
    described = [(key, _described(key, configurations[key])) for key in runs]
    path = RESULTS / f"{name}.h5"
    with h5py.File(path, "w") as file:
        file.attrs["made"] = json.dumps(made)
        for number, pair in enumerate(described):
            _write(file.create_group(str(number)), pair, runs[pair[0]])
    return path


def _write(
    group: "h5py.Group",
    pair: tuple[str, dict[str, Any]],
    arrays: dict[str, Array],
) -> None:
    """Write one configuration, as (name, keyword arguments), and what it found."""
    group.attrs["configuration"] = json.dumps(pair)
    for key, values in arrays.items():
        group.create_dataset(key, data=values, track_times=False)


def load(name: str) -> Runs:
    """Return what the script book/results/NAME.py found, as `compare` returned it.

    FileNotFoundError or ValueError, naming the file, where it is not there or not that.
    """
    return _read(name, _runs)


def provenance(name: str) -> dict[str, Any]:
    """Return how a result was made: dnn, numpy, seeds, configurations, script.

    The last is a fingerprint. Errors as `load`.
    """
    return _read(name, _made)


def fingerprint(name: str) -> str:
    """Return the SHA-256 of the text of book/results/NAME.py.

    Line endings do not count. ValueError where there is no such script.
    """
    script = RESULTS / f"{name}.py"
    if not script.is_file():
        raise ValueError(
            f"book/results/{name}.py: no such script, and a result is saved under the "
            "name of the one that finds it"
        )
    return hashlib.sha256(script.read_text(encoding="utf-8").encode()).hexdigest()


def _read(name: str, part: Callable[["h5py.File"], Part]) -> Part:
    """Return a part of the result of this name; errors as `load`."""
    import h5py

    path = _found(name)
    try:
        with h5py.File(path) as file:
            return part(file)
    except (OSError, KeyError, ValueError) as error:
        raise ValueError(
            f"book/results/{name}.h5: not a result that can be read; "
            f"`make experiments` makes it again ({error})"
        ) from None


def _found(name: str) -> Path:
    """Return where the result of this name is; FileNotFoundError if it is not there."""
    path = RESULTS / f"{name}.h5"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in RESULTS.glob("*.h5"))) or "none"
        raise FileNotFoundError(
            f"book/results/{name}.h5: no such file; `make experiments` makes the "
            f"results (here: {known})"
        )
    return path


def _runs(file: "h5py.File") -> Runs:
    """Return what the runs found, the configurations in the order they were saved."""
    runs = {}
    for number in range(len(file)):
        group = file[str(number)]
        key, _ = json.loads(group.attrs["configuration"])
        runs[key] = {array: values[()] for array, values in group.items()}
    return runs


def _made(file: "h5py.File") -> dict[str, Any]:
    """Return how the result was made."""
    pairs = [json.loads(group.attrs["configuration"]) for group in file.values()]
    return {**json.loads(file.attrs["made"]), "configurations": dict(pairs)}


def _described(name: str, configuration: dict[str, Any]) -> dict[str, Any]:
    """Return a configuration as JSON holds it: arrays as lists, functions by name."""

    def plain(value: Any) -> Any:
        """Return what JSON can hold for a value that it cannot."""
        if hasattr(value, "tolist"):
            return value.tolist()
        if hasattr(value, "__qualname__"):
            return value.__qualname__
        raise ValueError(
            f"configuration {name!r} holds {value!r}, which JSON cannot hold"
        )

    return json.loads(json.dumps(configuration, default=plain))
