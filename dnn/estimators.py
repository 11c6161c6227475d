"""Rows in, and scikit-learn's manners.

The book's examples are columns; scikit-learn's are rows, its labels are of any kind, and
whatever learns is an estimator that pipelines, grid searches and cross-validation can
drive. These two are such estimators, around the nets of `dnn.models.mlp`. They bring
features, and targets that are numbers, to mean 0 and variance 1 by themselves.
"""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from dnn import checks
from dnn.checks import Array
from dnn.data import one_hot, standardize
from dnn.losses import categorical_cross_entropy, squared_error
from dnn.models import mlp
from dnn.optimizers import OPTIMIZERS
from dnn.penalties import l2
from dnn.training import fit

__all__ = ["MLPClassifier", "MLPRegressor"]


class MLP(BaseEstimator):
    """What both share: the settings, the net and its training.

    ``hidden``: sizes of the hidden layers; ``activation``, ``keep_prob``: as
    `dnn.models.mlp` takes them; ``optimizer``: the name of one, at the rate ``lr``;
    ``epochs``, ``batch_size``: as `dnn.training.train` takes them; ``penalty``: λ of
    the L2 penalty; ``random_state``: a seed, scikit-learn's generator, or None for
    another net each time. After ``fit``, ``net_`` is the net, ``history_`` its training.
    """

    def __init__(
        self,
        hidden=(10, 5),
        activation="relu",
        keep_prob=None,
        optimizer="adam",
        lr=0.01,
        epochs=100,
        batch_size=64,
        penalty=0.0,
        random_state=0,
    ):
        self.hidden = hidden
        self.activation = activation
        self.keep_prob = keep_prob
        self.optimizer = optimizer
        self.lr = lr
        self.epochs = epochs
        self.batch_size = batch_size
        self.penalty = penalty
        self.random_state = random_state

    def _train(self, rows, Y, loss):
        """Train a new net on rows (m, n₀) and targets Y (n_L, m)."""
        seed = int(check_random_state(self.random_state).randint(2**31))
        sizes = [rows.shape[1], *np.ravel(self.hidden), len(Y)]
        self.net_ = mlp(sizes, self.activation, keep_prob=self.keep_prob, seed=seed)
        self.scaling_ = standardize(rows.T)
        pair = self.scaling_(rows.T), Y
        optimizer = checks.choose("optimizer", self.optimizer, OPTIMIZERS)(self.lr)
        how = {"epochs": self.epochs, "batch_size": self.batch_size, "seed": seed}
        how |= {"penalty": l2(self.penalty), "progress": False}
        self.history_ = fit(self.net_, loss, optimizer, pair, **how)
        return self

    def _columns(self, X):
        """Return rows (m, n₀) as the columns that the net was trained to see."""
        check_is_fitted(self)
        return self.scaling_(validate_data(self, X, reset=False).T)


class MLPClassifier(ClassifierMixin, MLP):
    """A net that tells two or more classes apart, whatever these are called.

    After ``fit``, ``classes_`` holds them, sorted. Settings are those of `MLP`.
    """

    def fit(self, X, y) -> "MLPClassifier":
        """Train on rows X (m, n₀) and labels y (m,); ValueError for a single class."""
        X, y = validate_data(self, X, y)
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        C = len(self.classes_)
        if C < 2:
            raise ValueError(f"y must hold two classes or more, got {C} class: {y[0]}")
        return self._train(X, one_hot(labels, C), categorical_cross_entropy)

    def predict_proba(self, X) -> Array:
        """Return the probability of each class, (m, C), for rows X (m, n₀)."""
        columns = self._columns(X)
        return self.net_.predict_proba(columns).T

    def predict(self, X) -> Array:
        """Return the label of each row of X (m, n₀), (m,)."""
        columns = self._columns(X)
        return self.classes_[self.net_.predict(columns)[0]]


class MLPRegressor(RegressorMixin, MLP):
    """A net that predicts a number. Settings are those of `MLP`."""

    def fit(self, X, y) -> "MLPRegressor":
        """Train on rows X (m, n₀) and numbers y (m,)."""
        X, y = validate_data(self, X, y, y_numeric=True)
        self.target_ = standardize(y[None])
        return self._train(X, self.target_(y[None]), squared_error)

    def predict(self, X) -> Array:
        """Return the number predicted for each row of X (m, n₀), (m,)."""
        columns = self._columns(X)
        shift, scale = self.target_
        return (shift + scale * self.net_.predict(columns))[0]
