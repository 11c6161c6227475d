"""`python -m dnn train`: train a net, save it, and say how it does."""

import os
from argparse import Namespace
from functools import partial
from pathlib import Path

from dnn.callbacks import EarlyStopping
from dnn.files import storage
from dnn.penalties import l2
from dnn.shell import report
from dnn.shell.begin import begin
from dnn.shell.keeping import Keeper, keep
from dnn.training import DivergenceError, fit

__all__ = ["run"]


def run(given: Namespace) -> None:
    """Train a net as the options ask, save it and a plot of its cost."""
    out = _writable(given.out)
    net, optimizer, start, parts = begin(given)
    print(net, flush=True)
    save = partial(storage.save, net, out, optimizer)
    with Keeper(net, save, given.every) as keeper:
        trouble = _fit(given, net, optimizer, start, parts, keeper)
        # The best weights of an early stop go with no state of the optimizer's, and
        # where the loss overflowed, that may have overflowed too.
        apart = given.patience or isinstance(trouble, DivergenceError)
        epoch = start + len(keeper.records)
        saved, wrong = keep(net, out, None if apart else optimizer, epoch)
        _report(given, net, parts, keeper.records, saved)
    trouble = trouble or wrong
    if trouble:
        trouble.add_note(f"the net as far as it came is in {saved}")
        raise trouble


def _writable(name):
    """Return the path to save to, or refuse it before hours of training are spent."""
    target = Path(os.path.realpath(name))
    odd = target.exists() and not target.is_file()
    writable = any(os.access(place, os.W_OK) for place in (target, target.parent))
    if odd or not writable or not target.parent.is_dir():
        raise ValueError(
            f"--out {name}: its folder does not exist or cannot be written to, or it is "
            "a folder itself, a pipe or a device"
        )
    if target.suffix == ".png":
        raise ValueError(f"--out {name}: the plot goes there; name the net otherwise")
    return Path(name)


def _fit(given, net, optimizer, start, parts, keeper):
    """Train as the options ask; return what went wrong on the way, if anything did."""
    watched = [] if given.patience is None else [EarlyStopping(given.patience)]
    try:
        fit(
            net,
            net.loss,
            optimizer,
            parts["training"],
            val=parts.get("held out"),
            epochs=given.epochs,
            batch_size=given.batch_size,
            penalty=l2(given.penalty),
            seed=given.seed,
            callbacks=[keeper, *watched],
            start=start,
        )
    except DivergenceError as error:
        if not watched:
            net.restore(keeper.whole)  # the steps since then led nowhere
        return error
    except (OSError, MemoryError) as error:
        return error
    return None


def _report(given, net, parts, records, saved):
    """Draw the cost; say where all is, and how the net does on each of the parts."""
    drawn = report.plot(records, saved.with_suffix(".png"))
    if len(records) < given.epochs:
        print(f"stopped after {len(records)} of {given.epochs} epochs")
    for name, (X, Y) in parts.items():
        print(f"{name + ':':<12}{report.judge(net, X, Y)}")
    print(f"saved {saved}{drawn}")
