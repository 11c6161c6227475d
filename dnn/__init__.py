"""Deep neural networks from scratch, in NumPy.

The program of the book: each module is built by a chapter, and says which. What most
programs need is here; `data`, `schedules`, `storage`, `plots` and `widgets` are imported
when asked for.
"""

from dnn.activations import (
    Activate,
    Activation,
    Identity,
    LeakyReLU,
    ReLU,
    Sigmoid,
    Tanh,
)
from dnn.evaluation import calibration, k_folds, mcnemar, mean_and_error, wilson
from dnn.gradcheck import (
    VerificationError,
    caught,
    central_difference,
    complex_step,
    gradient_check,
    relative_error,
    report,
    verify,
    verify_bound,
)
from dnn.initializers import glorot, he, normal, xavier, zeros
from dnn.layers import Dense, Dropout
from dnn.losses import binary_cross_entropy, categorical_cross_entropy, sigmoid, softmax
from dnn.models import mlp
from dnn.network import Network
from dnn.optimizers import Adam, AdamW, GradientDescent, Momentum, Nesterov, RMSprop
from dnn.penalties import l2
from dnn.training import Diverged, EarlyStopping, History, Record, evaluate, fit, train

__version__ = "0.1.0"
