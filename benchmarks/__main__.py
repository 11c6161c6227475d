"""Time training epochs of dnn, scikit-learn and PyTorch against each other, turn by turn.

Absolute times of a shared machine mean little, so the contestants take turns, and each turn gives a ratio; what is
printed is the median of the ratios and their quartiles. The last column is what part of our own time goes into the
bare matrix products, which no program can do without.

    python -m benchmarks [rounds]
"""

import sys
import time
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from benchmarks import contestants

# sizes of the net, examples, examples a batch, epochs a turn
CASES = [
    ([12288, 20, 7, 5, 1], 209, 209, 20),
    ([12288, 20, 7, 5, 1], 209, 64, 8),
    ([2, 10, 5, 1], 500, 64, 40),
    ([784, 512, 256, 10], 4096, 128, 1),
]


def examples(sizes, m, dtype):
    """Return X (n₀, m) and labels that fit the net, drawn at random."""
    rng = np.random.default_rng(0)
    X = rng.random((m, sizes[0])).astype(dtype).T
    if sizes[-1] == 1:
        return X, rng.integers(0, 2, (1, m)).astype(dtype)
    return X, np.eye(sizes[-1], dtype=dtype)[rng.integers(0, sizes[-1], m)].T


def seconds(run, epochs):
    """Return the time a number of epochs takes."""
    start = time.perf_counter()
    run(epochs)
    return time.perf_counter() - start


def race(sizes, m, batch, epochs, adam, dtype, rounds):
    """Return the times (rounds, 4) of ours, scikit-learn, PyTorch and the bare products."""
    data = examples(sizes, m, dtype)
    makers = (
        contestants.ours,
        contestants.sklearn,
        contestants.torch,
        contestants.products,
    )
    runs = [make(sizes, batch, adam, *data) for make in makers]
    for run in runs:
        run(1)
    return np.array([[seconds(run, epochs) for run in runs] for _ in range(rounds)])


def spread(ratios):
    """Return a median and its quartiles as text."""
    low, middle, high = np.quantile(ratios, [0.25, 0.5, 0.75])
    return f"{middle:.2f} ({low:.2f}–{high:.2f})"


def main(rounds=15):
    """Print a line for each case."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    print(f"ours / theirs: median (quartiles) of {rounds} turns\n")
    print(
        f"{'net':<20}{'batch':>6} {'step':<9}{'dtype':<9}{'ms/epoch':>9}  {'scikit-learn':<19}{'PyTorch':<19}products / ours"
    )
    for sizes, m, batch, epochs in CASES:
        for adam in (False, True):
            for dtype in (np.float64, np.float32):
                times = race(sizes, m, batch, epochs, adam, dtype, rounds)
                mine = times[:, 0]
                print(
                    f"{str(sizes).replace(' ', ''):<20}{batch:>6} {'Adam' if adam else 'descent':<9}{dtype.__name__:<9}"
                    f"{np.median(mine) / epochs * 1e3:>9.2f}  {spread(mine / times[:, 1]):<19}{spread(mine / times[:, 2]):<19}"
                    f"{spread(times[:, 3] / mine)}",
                    flush=True,
                )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
