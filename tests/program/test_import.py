"""Importing the program must be cheap and free of consequences, and offer what the book imports from it."""

import pytest
from oracles import child

import dnn


@pytest.mark.parametrize("module", ["dnn", "dnn.data", "dnn.schedules", "dnn.storage"])
def test_importing_loads_nothing_heavy(module):
    heavy = (
        "{'matplotlib', 'ipywidgets', 'h5py', 'sklearn', 'scipy', 'pooch', 'tqdm', 'PIL', 'torch', 'pandas'}"
    )
    done = child(f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))")
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_importing_changes_no_state_of_numpy_or_python():
    done = child(
        "import random, warnings, numpy as np\n"
        "state = lambda: (np.random.get_state()[1].tolist(), np.geterr(), np.get_printoptions(), random.getstate(), warnings.filters[:])\n"
        "before = state()\n"
        "import dnn, dnn.data, dnn.storage\n"
        "print(state() == before)"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")


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
    "Diverged",
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
    undocumented = [name for name in NAMES if not (getattr(dnn, name).__doc__ or "").strip()]
    assert undocumented == []
