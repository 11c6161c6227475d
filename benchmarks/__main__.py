"""Time training epochs of dnn, of other libraries, and of the floor below them all.

Absolute times of a shared machine mean little, so the contestants take turns, and each
turn gives a ratio; what is printed is the median of the ratios and their quartiles. One
contestant is the floor: the bare matrix products and the gathering of batches, which no
program can do without.

    python -m benchmarks [turns]
"""

import sys
import time
import warnings
from importlib.util import find_spec

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
STEPS = {"descent": False, "Adam": True}
AIMS = (
    "Aims: plain descent ≤ 1.3 of the floor, Adam ≤ 1.6, [2,10,5,1] ≤ 3.5; "
    "≤ 0.75 of scikit-learn and of PyTorch, on every net in both dtypes."
)


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


def race(makers, case, adam, dtype, turns):
    """Return the times (turns, contestants), each turn one of every contestant."""
    sizes, m, batch, epochs = case
    data = examples(sizes, m, dtype)
    runs = [make(sizes, batch, adam, *data) for make in makers]
    for run in runs:
        run(1)
    return np.array([[seconds(run, epochs) for run in runs] for _ in range(turns)])


def spread(ratios):
    """Return a median and its quartiles as text."""
    low, middle, high = np.quantile(ratios, [0.25, 0.5, 0.75])
    return f"{middle:.2f} ({low:.2f}–{high:.2f})"


def report(case, step, dtype, times):
    """Print a line: our time, and its ratio to each of the others'."""
    (sizes, _, batch, epochs), mine = case, times[:, 0]
    columns = [f"{np.median(mine) / epochs * 1e3:.2f}"]
    columns += [spread(mine / theirs) for theirs in times[:, 1:].T]
    head = f"{str(sizes).replace(' ', ''):<19}{batch:>5}  {step:<8}{dtype.__name__:<8}"
    print(head + "".join(f"{column:>19}" for column in columns), flush=True)


def main(turns=15):
    """Race through all cases."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    rivals = {"floor": contestants.floor, "scikit-learn": contestants.sklearn}
    if find_spec("torch"):
        rivals["PyTorch"] = contestants.torch
    else:
        print("PyTorch is not installed and not compared: pip install -e .[oracle]")
    makers = [contestants.ours, *rivals.values()]
    print(f"ours / theirs: median (quartiles) of {turns} turns")
    titles = ["ms/epoch", *(f"ours/{name}" for name in rivals)]
    print(" " * 42 + "".join(f"{title:>19}" for title in titles))
    for case in CASES:
        for step, adam in STEPS.items():
            for dtype in (np.float64, np.float32):
                report(case, step, dtype, race(makers, case, adam, dtype, turns))
    print(AIMS)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
