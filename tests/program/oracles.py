"""Other roads to the same numbers: loops typed from the indices, PyTorch where it is
installed, a child process.

Nothing here calls what it is to judge: a net is only read, for its sizes, parameters
and masks.
"""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import strategies as st

# The same values in every memory layout that NumPy knows; a user's array may have any
# of them.
LAYOUTS = {
    "C": np.ascontiguousarray,
    "Fortran": np.asfortranarray,
    "strided": lambda A: np.repeat(A, 2, axis=-1)[..., ::2],
    "reversed": lambda A: A[..., ::-1].copy()[..., ::-1],
    "swapped": lambda A: A.astype(A.dtype.newbyteorder()),
    "read-only": lambda A: _frozen(A.copy()),
}
layouts = st.sampled_from(sorted(LAYOUTS)).map(LAYOUTS.get)


def _frozen(A):
    A.flags.writeable = False
    return A


def torch():
    """Return PyTorch, or skip the test and say why."""
    return pytest.importorskip(
        "torch", reason="PyTorch, an optional oracle, is not installed"
    )


def torch_gradient(net, X, Y, lam=0.0, m=1):
    """Return (J + R, gradient) by PyTorch's autograd, with the masks that the net's
    last training forward drew.
    """
    t = torch()
    bends = {
        "relu": t.relu,
        "leaky_relu": lambda Z: t.nn.functional.leaky_relu(Z, 0.01),
        "tanh": t.tanh,
        "sigmoid": t.sigmoid,
        "identity": lambda Z: Z,
    }
    theta = t.tensor(net.theta, requires_grad=True)
    A, start, R = t.tensor(X.astype(net.dtype)), 0, 0.0
    for layer in net.layers:
        if hasattr(layer, "W"):
            n_out, n_in = layer.W.shape
            W = theta[start : start + n_out * n_in].reshape(n_out, n_in)
            start += n_out * n_in
            A = W @ A + theta[start : start + n_out].reshape(n_out, 1)
            start += n_out
            R = R + lam / (2 * m) * (W * W).sum()
        elif hasattr(layer, "activation"):
            A = bends[layer.activation.name](A)
        else:
            A = A * t.tensor(layer.cache) / layer.keep_prob
    if len(A) == 1:
        J = t.nn.functional.binary_cross_entropy_with_logits(
            A, t.tensor(Y.astype(net.dtype))
        )
    else:
        J = t.nn.functional.cross_entropy(A.T, t.tensor(Y.argmax(axis=0)))
    (J + R).backward()
    return float((J + R).detach()), theta.grad.numpy()


def loop_forward(weights, biases, X, bend):
    """Return the logits of a net as nested lists would have them: one example, one
    unit, one input at a time.
    """
    columns = []
    for x in X.T.tolist():
        for depth, (W, b) in enumerate(zip(weights, biases, strict=True), 1):
            x = [
                sum(w * a for w, a in zip(row, x, strict=True)) + c
                for row, c in zip(W, b, strict=True)
            ]
            x = [bend(z) for z in x] if depth < len(weights) else x
        columns.append(x)
    return np.array(columns).T


def loop_bce(Z, Y):
    """Return the mean of −[y log a + (1 − y) log(1 − a)], a = 1/(1 + e^−z), one example
    at a time.
    """
    total = 0.0
    for z, y in zip(Z.ravel().tolist(), Y.ravel().tolist(), strict=True):
        a = 1 / (1 + math.exp(-z))
        total -= y * math.log(a) + (1 - y) * math.log(1 - a)
    return total / Z.shape[1]


def loop_cce(Z, Y):
    """Return the mean of −log of the probability of each right class, one example at a
    time.
    """
    total = 0.0
    for z, y in zip(Z.T.tolist(), Y.T.tolist(), strict=True):
        p = [math.exp(k) / sum(math.exp(j) for j in z) for k in z]
        total -= math.log(p[y.index(1)])
    return total / Z.shape[1]


def child(code, *arguments, timeout=60, **options):
    """Run Python code in a process of its own, and return it when done."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, **options
    )
