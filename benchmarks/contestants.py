"""The same training, written for each library as its own users would.

Each contestant is made once from the data and then runs epochs on demand. All compute
in the dtype of the data, shuffle once an epoch, add up the loss, and use as many
threads as they do by default.
"""

from itertools import pairwise

import numpy as np

from dnn import (
    Adam,
    GradientDescent,
    binary_cross_entropy,
    categorical_cross_entropy,
    fit,
    mlp,
)


def ours(sizes, batch, adam, X, Y):
    """Return a function that trains `epochs` epochs with dnn."""
    net = mlp(sizes, dtype=X.dtype)
    loss = binary_cross_entropy if len(Y) == 1 else categorical_cross_entropy
    optimizer = Adam(lr=1e-4) if adam else GradientDescent(lr=1e-4)
    return lambda epochs: fit(
        net, loss, optimizer, (X, Y), epochs=epochs, batch_size=batch, progress=False
    )


def sklearn(sizes, batch, adam, X, Y):
    """Return a function that trains `epochs` epochs with scikit-learn's MLPClassifier."""
    from sklearn.neural_network import MLPClassifier

    rows = np.ascontiguousarray(X.T)
    labels = Y[0].astype(int) if len(Y) == 1 else Y.argmax(axis=0)
    settings = (
        {"solver": "adam"}
        if adam
        else {"solver": "sgd", "momentum": 0.0, "nesterovs_momentum": False}
    )

    def run(epochs):
        net = MLPClassifier(
            sizes[1:-1],
            alpha=0.0,
            batch_size=min(batch, len(rows)),
            learning_rate_init=1e-4,
            max_iter=epochs,
            tol=0.0,
            n_iter_no_change=10**9,
            **settings,
        )
        net.fit(rows, labels)

    return run


def torch(sizes, batch, adam, X, Y):
    """Return a function that trains `epochs` epochs with PyTorch, eager, on the CPU."""
    import torch
    from torch import nn

    rows = torch.from_numpy(np.ascontiguousarray(X.T))
    targets = torch.from_numpy(
        np.ascontiguousarray(Y.T) if len(Y) == 1 else Y.argmax(axis=0)
    )
    layers = [
        part
        for n_in, n_out in pairwise(sizes)
        for part in (nn.Linear(n_in, n_out), nn.ReLU())
    ]
    net = nn.Sequential(*layers[:-1]).to(rows.dtype)
    loss = nn.BCEWithLogitsLoss() if len(Y) == 1 else nn.CrossEntropyLoss()
    optimizer = (torch.optim.Adam if adam else torch.optim.SGD)(
        net.parameters(), lr=1e-4
    )

    def step(x, y):
        optimizer.zero_grad()
        J = loss(net(x), y)
        J.backward()
        optimizer.step()
        return J.item() * len(x)

    def run(epochs):
        for _ in range(epochs):
            if batch >= len(rows):
                step(rows, targets)
                continue
            for chosen in torch.randperm(len(rows)).split(batch):
                step(rows[chosen], targets[chosen])

    return run


def floor(sizes, batch, adam, X, Y):
    """Return a function that does only what no program can train without.

    That is the matrix products, forward and backward, into arrays allocated once, and
    the batches' `take` of rows, as in `dnn.training.batches`.
    """
    rng = np.random.default_rng(0)
    rows, labels, m = X.T, Y.T, X.shape[1]
    order = rng.permutation(m)
    batches = [order[start : start + batch] for start in range(0, m, batch)]

    def array(*shape):
        return rng.standard_normal(shape).astype(X.dtype)

    W = [array(n_out, n_in) for n_in, n_out in pairwise(sizes)]
    dW = [np.empty_like(w) for w in W]
    # A and dZ of each layer, by the width of a batch: the last may be smaller.
    arrays = {
        width: [[array(n, width) for n in (0, *sizes[1:])] for _ in ("A", "dZ")]
        for width in set(map(len, batches))
    }

    def run(epochs):
        for chosen in epochs * batches:
            A, dZ = arrays[len(chosen)]
            A[0] = X
            if len(batches) > 1:
                A[0] = rows.take(chosen, axis=0).T
                labels.take(chosen, axis=0)
            for l, w in enumerate(W):
                np.matmul(w, A[l], out=A[l + 1])
            for l in reversed(range(len(W))):
                np.matmul(dZ[l + 1], A[l].T, out=dW[l])
                if l:
                    np.matmul(W[l].T, dZ[l + 1], out=dZ[l])

    return run
