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


def products(sizes, batch, adam, X, Y):
    """Return a function that does the matrix products of `epochs` epochs, and nothing
    else.
    """
    m = X.shape[1]
    rng = np.random.default_rng(0)
    weights = [
        rng.standard_normal((n_out, n_in)).astype(X.dtype)
        for n_in, n_out in pairwise(sizes)
    ]
    widths = [min(batch, m - start) for start in range(0, m, batch)]
    arrays = {
        w: [rng.standard_normal((w, n)).astype(X.dtype).T for n in sizes]
        for w in set(widths)
    }
    outputs = [np.empty_like(W) for W in weights]

    def run(epochs):
        for width in epochs * widths:
            A = arrays[width]
            for l, W in enumerate(weights):
                W @ A[l]
                np.matmul(A[l + 1], A[l].T, out=outputs[l])
                if l:
                    W.T @ A[l + 1]

    return run
