"""The estimators are held to scikit-learn's own manners, and to the nets inside them."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from oracles import child
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from dnn import Adam, categorical_cross_entropy, data, fit, l2, mlp, softmax
from dnn.estimators import MLPClassifier, MLPRegressor

BOTH = pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
X, y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])


@BOTH
def test_scikit_learn_finds_nothing_to_complain_of(kind):
    """But for arrays of other libraries, about which it asks only where told to."""
    found = check_estimator(kind(), on_skip=None, on_fail=None)
    odd = [check for check in found if check["status"] != "passed"]
    assert {check["check_name"] for check in odd} <= {"check_array_api_input"}
    assert {check["status"] for check in odd} <= {"skipped"}
    assert len(found) > 50


def test_the_core_does_not_load_it():
    code = "import sys, dnn, dnn.files.sets; print({'sklearn', 'dnn.estimators'} & {*sys.modules})"
    assert child(code).stdout == "set()\n"


# ---- labels and rows -----------------------------------------------------------------


KINDS = {
    "whole": y,
    "negative": -y,
    "floats": y * 1.0,
    "texts": NAMES[y],
    "objects": NAMES[y].astype(object),
    "bools": y == 1,
    "two": NAMES[(y > 0) * 1],
}


@pytest.mark.parametrize("labels", KINDS.values(), ids=KINDS)
def test_labels_are_of_any_kind(labels):
    net = MLPClassifier().fit(X, labels)
    assert_array_equal(net.classes_, np.unique(labels))
    said = net.predict(X)
    assert said.dtype == labels.dtype
    assert np.mean(said == labels) > 0.95
    P = net.predict_proba(X)
    assert P.shape == (150, len(net.classes_))
    assert_allclose(P.sum(axis=1), 1)
    assert_array_equal(net.classes_[P.argmax(axis=1)], said)
    assert net.score(X, labels) == np.mean(said == labels)


def test_data_frames_are_rows_too():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=["a", "b", "c", "d"])
    labels = pandas.Series(pandas.Categorical(NAMES[y]))
    net = MLPClassifier(epochs=20).fit(frame, labels)
    assert [*net.feature_names_in_] == ["a", "b", "c", "d"]
    assert_array_equal(
        net.predict(frame), MLPClassifier(epochs=20).fit(X, NAMES[y]).predict(X)
    )
    with pytest.raises(ValueError, match="feature names should match"):
        net.predict(frame[["b", "a", "c", "d"]])


def test_it_is_the_net_that_one_would_train_by_hand():
    made = {
        "hidden": (7,),
        "activation": "tanh",
        "keep_prob": {1: 0.9},
    }
    net = MLPClassifier(
        **made, lr=0.02, epochs=9, batch_size=32, penalty=0.3, random_state=5
    )
    net.fit(X, y)
    seed = int(np.random.RandomState(5).randint(2**31))
    scaling = data.standardize(X.T)
    hand = mlp([4, 7, 3], "tanh", keep_prob={1: 0.9}, seed=seed)
    pair = scaling(X.T), data.one_hot(y, 3)
    how = {"epochs": 9, "batch_size": 32, "penalty": l2(0.3), "seed": seed}
    history = fit(hand, categorical_cross_entropy, Adam(0.02), pair, **how)
    assert_array_equal(net.net_.theta, hand.theta)
    assert_array_equal(net.history_.loss, history.loss)
    assert_allclose(net.predict_proba(X), softmax(hand.forward(pair[0])).T)


def test_numbers_are_predicted_in_their_own_units():
    rows, target = load_diabetes(return_X_y=True, scaled=False)
    net = MLPRegressor(hidden=8, epochs=40).fit(rows, target)
    assert net.predict(rows).shape == (442,)
    assert net.score(rows, target) > 0.45
    more = MLPRegressor(hidden=8, epochs=40).fit(rows, 1000 * target - 7)
    assert_allclose(more.predict(rows), 1000 * net.predict(rows) - 7, rtol=1e-6)


# ---- at home -------------------------------------------------------------------------


def test_it_learns_what_others_learn():
    rows, labels = load_breast_cancer(return_X_y=True)
    assert cross_val_score(MLPClassifier(), rows, labels, cv=3).mean() > 0.94
    rows, target = load_diabetes(return_X_y=True)
    net = MLPRegressor(hidden=(), penalty=1.0)
    assert cross_val_score(net, rows, target, cv=3).mean() > 0.4


def test_a_grid_is_searched_within_a_pipeline():
    grid = {"mlpclassifier__hidden": [(), (6,)], "mlpclassifier__lr": [1e-6, 0.02]}
    pipeline = make_pipeline(StandardScaler(), MLPClassifier(epochs=30))
    found = GridSearchCV(pipeline, grid, cv=3, error_score="raise").fit(X, NAMES[y])
    assert found.best_params_["mlpclassifier__lr"] == 0.02
    assert found.best_score_ > 0.9
    assert set(found.predict(X)) == set(NAMES)


@BOTH
def test_it_is_kept_and_copied(kind):
    net = kind(hidden=[3], epochs=3).fit(X, y)
    again = pickle.loads(pickle.dumps(net))
    assert_array_equal(again.predict(X), net.predict(X))
    bare = clone(net)
    assert bare.get_params() == net.get_params()
    with pytest.raises(NotFittedError):
        bare.predict(X)
    assert_array_equal(bare.fit(X, y).net_.theta, net.net_.theta)


@BOTH
def test_chance_comes_from_the_state_that_is_given(kind):
    def theta(state):
        return kind(epochs=1, random_state=state).fit(X, y).net_.theta

    assert_array_equal(theta(3), theta(3))
    assert not np.array_equal(theta(3), theta(4))
    assert not np.array_equal(theta(None), theta(None))
    state = np.random.RandomState(3)
    assert_array_equal(theta(state), theta(3))
    assert not np.array_equal(theta(state), theta(3))  # it has moved on


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"optimizer": "adm"}, "unknown optimizer 'adm': did you mean 'adam'"),
        ({"activation": "rellu"}, "did you mean 'relu'"),
        ({"hidden": (3, 0)}, "sizes must be a whole number of at least 1, got"),
        ({"hidden": "wide"}, "sizes must be a whole number of at least 1, got"),
        ({"lr": -1}, "lr must be a number"),
        ({"epochs": -1}, "epochs must be"),
        ({"penalty": -1}, "lam must be a number"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_when_it_is_used(made, words):
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        MLPRegressor(**made).fit(X, y)


def test_a_single_class_is_refused():
    with pytest.raises(
        ValueError, match="y must hold two classes or more, got 1 class: a"
    ):
        MLPClassifier().fit(X, ["a"] * 150)
