"""Break the program in every way that mutmut knows, one way at a time, and list the
changes that no test of the module noticed.

    python tests/mutants.py              every module of the core, in about an hour
    python tests/mutants.py losses …     these modules

Each module is changed in a copy, and judged by the tests of its own name alone. A
change that survives asks for an assertion, or for a reason why it changes nothing.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORE = [
    *("activations", "checks", "data", "evaluation", "gradcheck", "initializers"),
    *("layers", "losses", "models", "network", "optimizers", "penalties"),
    *("schedules", "storage", "training"),
]
# Some tests cannot see through the functions that mutmut puts in the place of ours, or
# take long and judge other things.
SKIPPED = "every_line or scikit_learns or killed_while_saving or thousands or real_ctrl"
SETTINGS = """
[tool.mutmut]
source_paths = ["dnn"]
only_mutate = ["dnn/{module}.py"]
also_copy = ["conftest.py", "datasets", "dnn"]
pytest_add_cli_args = ["-q", "-p", "no:cacheprovider", "-k", "not ({skipped})"]
pytest_add_cli_args_test_selection = ["tests/program/test_{module}.py"]
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
    words = SETTINGS.format(module=module, skipped=SKIPPED)
    (folder / "pyproject.toml").write_text(words)


def judge(module):
    """Run all mutants of a module, print the survivors, and return (killed, all)."""
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder), module)
        mutmut(folder, "run", "--max-children", "1")
        ends = re.findall(r"(\S+): (.+)", mutmut(folder, "results", "--all", "true"))
        survived = [name for name, end in ends if end not in ("killed", "timeout")]
        for name, end in ends:
            if end != "killed":
                print(end, mutmut(folder, "show", name), flush=True)
    print(f"{module}: {len(ends) - len(survived)} of {len(ends)} killed", flush=True)
    return len(ends) - len(survived), len(ends)


if __name__ == "__main__":
    counts = [judge(module) for module in sys.argv[1:] or CORE]
    killed, every = map(sum, zip(*counts, strict=True))
    print(f"in all: {killed} of {every} killed, {killed / every:.1%}")
