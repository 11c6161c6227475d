"""Importing the program must be cheap and free of consequences, and offer what the book
imports from it.
"""

import os

import numpy as np
import pytest
from oracles import LAYOUTS, child

import dnn
from dnn import data


@pytest.mark.parametrize(
    "module",
    [
        "dnn",
        "dnn.data",
        "dnn.schedules",
        "dnn.files.sets",
        "dnn.files.pictures",
        "dnn.files.storage",
        "dnn.lab.experiments",
    ],
)
def test_importing_loads_nothing_heavy(module):
    heavy = "{'joblib', 'threadpoolctl', 'matplotlib', 'ipywidgets', 'h5py', 'sklearn', 'scipy', 'pooch', 'tqdm', 'PIL', 'torch', 'pandas'}"
    done = child(f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))")
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_importing_changes_no_state_of_numpy_or_python():
    done = child(
        "import random, warnings, numpy as np\n"
        "state = lambda: (np.random.get_state()[1].tolist(), np.geterr(), np.get_printoptions(), random.getstate(), warnings.filters[:])\n"
        "before = state()\n"
        "import dnn, dnn.data, dnn.files.storage\n"
        "print(state() == before)"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")


IMPORTS = """
import time
start = time.process_time()
import numpy
middle = time.process_time()
import dnn
print(middle - start, time.process_time() - start)
"""


def test_importing_takes_little_longer_than_numpy(tmp_path):
    """At most 1.3 times as long: the fastest of several, since others use the machine,
    with both compiled beforehand, as Python leaves them after the first time.
    """
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(tmp_path)}
    environment = {"env": {**os.environ, **compiled}}
    child(IMPORTS, **environment)
    done = [child(IMPORTS, **environment) for _ in range(7)]
    times = [list(map(float, one.stdout.split())) for one in done]
    numpy_alone, all_of_it = map(min, zip(*times, strict=True))
    assert all_of_it <= 1.3 * numpy_alone


NAMES = [
    "mlp",
    "Network",
    "Dense",
    "Activate",
    "Dropout",
    "ReLU",
    "LeakyReLU",
    "Tanh",
    "Sigmoid",
    "Identity",
    "sigmoid",
    "softmax",
    "binary_cross_entropy",
    "categorical_cross_entropy",
    "squared_error",
    "Loss",
    "Layer",
    "Optimizer",
    "Callback",
    "lecun",
    "gradient_check",
    "verify",
    "verify_bound",
    "GradientDescent",
    "Momentum",
    "Nesterov",
    "RMSprop",
    "Adam",
    "AdamW",
    "l2",
    "train",
    "fit",
    "evaluate",
    "EarlyStopping",
    "DivergenceError",
    "Record",
    "History",
    "Activation",
    "VerificationError",
    "central_difference",
    "complex_step",
    "relative_error",
    "zeros",
    "normal",
    "xavier",
    "glorot",
    "he",
    "wilson",
    "mcnemar",
    "mean_and_error",
    "k_folds",
    "calibration",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_front_door_offers(name):
    assert hasattr(dnn, name)


def test_every_public_definition_says_what_it_is():
    undocumented = [
        name for name in NAMES if not (getattr(dnn, name).__doc__ or "").strip()
    ]
    assert undocumented == []


def frozen(*values, dtype=float):
    A = np.array(values, dtype)
    A.flags.writeable = False
    return A


X, Y, P = (
    frozen([1.0, 2.0, 3.0], [4.0, 5.0, 7.0]),
    frozen([0, 1, 1]),
    frozen(0.2, 0.6, 0.9),
)
CALLS = {
    "gradient_check": lambda: dnn.gradient_check(
        dnn.mlp([2, 3, 1]), dnn.binary_cross_entropy, X, Y
    ),
    "central_difference": lambda: dnn.central_difference(np.sum, X),
    "complex_step": lambda: dnn.complex_step(np.sum, X),
    "relative_error": lambda: dnn.relative_error(X, X),
    "verify": lambda: dnn.verify("eq-x", X, X, se=X),
    "verify_bound": lambda: dnn.verify_bound("eq-x", X, X),
    "sigmoid": lambda: dnn.sigmoid(X),
    "softmax": lambda: dnn.softmax(X),
    "mcnemar": lambda: dnn.mcnemar(Y > 0, Y < 1),
    "mean_and_error": lambda: dnn.mean_and_error(X),
    "calibration": lambda: dnn.calibration(P, Y[0]),
    "predict": lambda: dnn.mlp([2, 3, 1], loss=dnn.squared_error).predict(X),
    "predict_proba": lambda: dnn.mlp(
        [2, 3, 3], loss=dnn.categorical_cross_entropy
    ).predict_proba(X),
    "evaluate": lambda: dnn.evaluate(
        dnn.mlp([2, 3, 1]), dnn.binary_cross_entropy, X, Y
    ),
    "split": lambda: data.split(X, Y, 0.5),
    "standardize": lambda: data.standardize(X)(X),
    "one_hot": lambda: data.one_hot(Y[0], 2),
    "columns": lambda: data.columns(frozen(np.ones((2, 2, 3)), dtype=np.uint8)),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_no_public_call_writes_to_its_arguments(call):
    """They are read-only, so that writing to one would raise."""
    assert call() is not None


def flat(result):
    """Return all numbers in what a call returned, in one list."""
    if isinstance(result, tuple):
        return [x for part in result for x in flat(part)]
    return np.ravel(result).tolist()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_no_layout_of_the_arguments_shows(call, layout, monkeypatch):
    want = flat(call())
    for name in ("X", "Y", "P"):
        monkeypatch.setitem(globals(), name, LAYOUTS[layout](globals()[name]))
    np.testing.assert_allclose(flat(call()), want, rtol=1e-9, atol=1e-14)
