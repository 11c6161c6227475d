"""Break the program in every way that mutmut knows, one way at a time, and list the
changes that no test of the module noticed.

    python tests/mutants.py              every module of the core, in about an hour
    python tests/mutants.py losses …     these modules

Each module is changed in a copy, and judged by the tests of its own name, or by JUDGES. A
change that survives asks for an assertion, or for a reason why it changes nothing: the
reasons are in EXPLAINED, by the lines that the change puts in, so that what is printed
is new.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORE = [
    *("activations", "callbacks", "checks", "data", "evaluation", "gradcheck"),
    *("initializers", "layers", "losses", "models", "network", "optimizers"),
    *("penalties", "schedules", "training"),
    *("files/atomic", "files/descriptions", "files/sets", "files/pictures"),
    "files/storage",
]
# Whose tests judge a module; its own name's, where it is not here.
JUDGES = {
    "callbacks": ["training", "extending"],
    "layers": ["layers", "extending"],
    "network": ["network", "extending"],
    "files/atomic": ["storage"],
    "files/descriptions": ["storage", "extending"],
}
# Some tests cannot see through the functions that mutmut puts in the place of ours, or
# take long and judge other things.
SKIPPED = "every_line or scikit_learns or killed_while_saving or thousands or real_ctrl"
SETTINGS = """
[tool.mutmut]
source_paths = ["dnn"]
only_mutate = ["dnn/{module}.py"]
also_copy = ["conftest.py", "datasets", "dnn"]
pytest_add_cli_args = ["-q", "-p", "no:cacheprovider", "-k", "not ({skipped})"]
pytest_add_cli_args_test_selection = {tests}
use_git_change_detection = false
timeout_constant = 60
process_isolation = "forkserver" # a fork of a process in which PyTorch ran would hang

[tool.pytest.ini_options]
addopts = "--strict-markers"
"""
# A failing example is enough; a smaller one would not be looked at. And what all tests
# need is loaded once, before the process that runs one mutant splits off.
UNSHRUNK = """
import contextlib, importlib
for name in ("torch", "h5py", "tqdm", "sklearn.neural_network", "sklearn.datasets"):
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
from hypothesis import Phase
settings.load_profile("program")
settings.register_profile("mutants", phases=[Phase.explicit, Phase.generate])
settings.load_profile("mutants")
"""

EXPLAINED = {  # (module, reason): lines
    ("losses", "the same number by other arithmetic"): {
        "Z = np.asarray(Z) - 0.0  # floats, where whole numbers came",
        "E = np.exp(Z - (Z.real.max(axis=0) - 0.0))",
    },
    ("losses", "a softmax does not feel a shift"): {
        "E = np.exp(Z - (Z.real.max(axis=0) + 1.0))",
    },
    ("data", "the same number by other arithmetic"): {
        'return Dataset(X.T, y[None] / 1.0, X_test.T, y_test[None] * 1.0, ("0", "1"), name)',
        'return Dataset(X.T, y[None] * 1.0, X_test.T, y_test[None] / 1.0, ("0", "1"), name)',
        'return _bundled(bunch, bunch.target[None] / 1.0, "breast_cancer")',
        "return labels[None] / 1.0 if C == 2 else one_hot(labels, C)",
    },
    ("data", "a scale of 0 becomes 1 a line later"): {
        "scale = np.where(varied, X.std(axis=1, keepdims=True), 1)",
    },
    ("data", "the default, written out or left out"): {
        "(X, Y), (X_test, Y_test) = split(bunch.data.T, Y, 0.2, )",
        "return (images.reshape(len(images), np.prod(images.shape[1:], dtype=None)) / 255).T",
        "return (images.reshape(len(images), np.prod(images.shape[1:], )) / 255).T",
    },
    ("data", "another name of one hash"): {
        'if hashlib.file_digest(file, "SHA256").hexdigest() != digest:',
    },
    ("data", "a folder that holds nothing becomes the usual one a line later"): {
        'folder = Path(os.environ.get("DNN_PHOTOS") or FOLDER / "XXphotosXX")',
        'folder = Path(os.environ.get("DNN_PHOTOS") or FOLDER / "PHOTOS")',
    },
    ("training", "no label lies between 0 and 1"): {
        "(Z.real > 0) == (Y >= 0.5)",
    },
    ("training", "X and Y hold as many examples"): {
        "m = data[1].shape[1]",
        "m = run.data[1].shape[1]",
    },
    ("training", "all records have the same fields"): {
        "columns = zip(*records, strict=None) if records else [()] * len(Record._fields)",
        "columns = zip(*records, ) if records else [()] * len(Record._fields)",
        "columns = zip(*records, strict=False) if records else [()] * len(Record._fields)",
    },
    ("training", "a bar that is drawn anew more often"): {
        "bar.set_postfix(loss=loss, accuracy=accuracy, refresh=None)",
        "bar.set_postfix(loss=loss, accuracy=accuracy, )",
        "bar.set_postfix(loss=loss, accuracy=accuracy, refresh=True)",
    },
    ("layers", "equal is one draw in 2**24, and for keep_prob = 1 none"): {
        "self.D = self.rng.random(A.shape, dtype=np.float32) <= self.keep_prob",
    },
    ("layers", "runs when the class is made, before mutmut turns the change on"): {
        "self.name = None",
    },
    ("network", "another empty value, used as a truth value alone"): {
        'n = ""',
    },
    ("checks", "another empty value, used as a truth value alone"): {
        "computes = None",
    },
    ("checks", "letters that name no kind of number"): {
        'computes = np.dtype(dtype).kind in "XXfcXX"',
        'if A.dtype.kind not in ("XXbuifcXX" if np.dtype(dtype).kind == "c" else "buif"):',
        'if A.dtype.kind not in ("buifc" if np.dtype(dtype).kind == "c" else "XXbuifXX"):',
    },
    ("checks", "the nearest name comes first, however many follow"): {
        "near = get_close_matches(str(name), known, )",
        "near = get_close_matches(str(name), known, n=2)",
    },
    ("gradcheck", "what passes here is refused by forward, in the same words"): {
        'X = checks.inputs("X", X, None, net.dtype)',
        'X = checks.inputs("X", X, net.n_in, None)',
        'X = checks.inputs("X", X, net.n_in, )',
    },
    ("storage", "shows only in a file that another program is writing to"): {
        "body = head + file.read(None)",
    },
}
REASONS = {
    (module, line): why for (module, why), lines in EXPLAINED.items() for line in lines
}


def mutmut(folder, *words):
    """Run mutmut in a folder, and return what it prints."""
    command = [Path(sys.executable).with_name("mutmut"), *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout[-3000:] + done.stderr[-3000:])
    return done.stdout


def prepare(folder, module):
    """Copy the program and its tests, and say what to change and how to judge it."""
    for name in ("dnn", "tests/program"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "conftest.py", folder)
    with open(folder / "tests/program/conftest.py", "a") as file:
        file.write(UNSHRUNK)
    (folder / "datasets").symlink_to(ROOT / "datasets")
    words = SETTINGS.format(module=module, tests=tests_of(module), skipped=SKIPPED)
    (folder / "pyproject.toml").write_text(words)


def tests_of(module):
    """Return the files of tests that judge a module."""
    names = JUDGES.get(module, [module.rpartition("/")[2]])
    return [f"tests/program/test_{name}.py" for name in names]


def run_alone(folder, module, mutant):
    """Return how one mutant ends in a process of its own: mutmut calls a timeout what
    pytest, started twice in one process, could not start.
    """
    selected = [*tests_of(module), "-k", f"not ({SKIPPED})"]
    words = ["-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *selected]
    environment = {**os.environ, "MUTANT_UNDER_TEST": mutant, "PYTHONPATH": "."}
    options = {"cwd": folder / "mutants", "env": environment, "timeout": 300}
    try:
        done = subprocess.run([sys.executable, *words], capture_output=True, **options)
    except subprocess.TimeoutExpired:
        return "timeout"
    # 2 is a Ctrl-C that a test sent and nothing caught, or what cannot be imported.
    ends = {0: "survived", 1: "killed", 2: "killed"}
    return ends.get(done.returncode, "no result")


def reason(module, change):
    """Return why a change of a module, as mutmut shows it, makes no difference, or None."""
    added = re.findall(r"^\+(?!\+\+)(.*)", change, re.MULTILINE)
    return REASONS.get((module, "".join(added).strip()))


def judge(module):
    """Run all mutants of a module, print what is neither killed nor explained, and
    return how many ended how.
    """
    with tempfile.TemporaryDirectory() as place:
        folder, counts = Path(place), Counter()
        prepare(folder, module)
        mutmut(folder, "run", "--max-children", "1")
        for name, end in re.findall(
            r"(\S+): (.+)", mutmut(folder, "results", "--all", "true")
        ):
            if end == "timeout":
                end = run_alone(folder, module, name)
            change = "" if end == "killed" else mutmut(folder, "show", name)
            if end == "survived" and reason(module, change):
                end = "explained"
            elif end != "killed":
                print(end, change, flush=True)
            counts[end] += 1
    print(f"{module}: {dict(counts)}", flush=True)
    return counts


if __name__ == "__main__":
    counts = sum(map(judge, sys.argv[1:] or CORE), Counter())
    print(f"in all: {dict(counts)}, {counts['killed'] / counts.total():.1%} killed")
