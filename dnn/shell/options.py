"""What can be asked of the shell, and the words of its help."""

import argparse
from functools import partial
from typing import Any

from dnn import __version__, checks
from dnn.activations import ACTIVATIONS
from dnn.files.sets import SETS
from dnn.initializers import INITIALIZERS
from dnn.optimizers import OPTIMIZERS

__all__ = ["NETS", "chosen", "parser", "settle"]

PURPOSE = """\
Train a net on a named set, or on pictures in HDF5, and save it with a plot of its cost;
let a saved net label pictures; fetch the photographs. What a user gets wrong is
answered in a line, with exit code 2. Ctrl-C ends a training early, as SIGTERM and SIGHUP
do, and what was learned is saved.
"""
# What a net is made with and trained by: flag: (default, settings of argparse, help). A
# saved net has decided these, and --resume takes them from it.
DECIDED = {
    "--hidden": ([20, 7, 5], {"type": int, "nargs": "*"}, "sizes of the hidden layers"),
    "--activation": ("relu", {}, ", ".join(ACTIVATIONS)),
    "--init": ("he", {}, ", ".join(INITIALIZERS)),
    "--keep-prob": ([], {"type": float, "nargs": "*"}, "dropout of each hidden layer"),
    "--optimizer": ("adam", {}, ", ".join(OPTIMIZERS)),
    "--lr": (1e-3, {"type": float}, "learning rate"),
    "--dtype": ("float64", {"choices": ["float64", "float32"]}, "type to compute in"),
    "--seed": (0, {"type": int}, "of weights, masks, shuffles and the validation part"),
    "--validate": (None, {"type": float}, "fraction of the training set to hold out"),
    "--batch-size": (64, {"type": int}, "examples a step"),
    "--penalty": (0.0, {"type": float}, "λ of the L2 penalty on the weights"),
    "--data": ("cats", {}, f"{', '.join(SETS)}, or an HDF5 file of pictures"),
    "--test": (None, {}, "HDF5 pictures to judge the net by, beside a file in --data"),
    "--patience": (None, {"type": int}, "with --validate: epochs without progress"),
}
NETS = "hidden", "activation", "init", "keep_prob", "optimizer", "lr", "dtype"
RENEWABLE = "data", "test", "patience"  # --resume may be given others of these
# What each run may choose.
FREE = {
    "--epochs": (150, {"type": int}, "passes over the data"),
    "--every": (None, {"type": int}, "save the net every so many epochs, too"),
    "--resume": (None, {}, "a saved net to go on with, as it was trained"),
    "--out": ("net.npz", {}, "where to save the net; the plot goes beside it as .png"),
}
_whole, _count = partial(checks.integer, low=0), partial(checks.integer, low=1)
# What a number must be, and each of several.
RANGES = checks.SETTINGS | {
    **{"hidden": _count, "batch_size": _count, "seed": _whole, "epochs": _whole},
    "penalty": checks.SETTINGS["lam"],
    "validate": partial(checks.number, low=0, high=1, ends="()"),
}


def parser() -> argparse.ArgumentParser:
    """Return the parser of the commands train, predict and fetch."""
    parser = argparse.ArgumentParser(prog="python -m dnn", description=PURPOSE)
    version = f"dnn {__version__}"
    parser.add_argument("--version", action="version", version=version)
    commands = parser.add_subparsers(dest="command", metavar="train | predict | fetch")
    _add_train(commands)
    _add_predict(commands)
    words = "download the photographs of cats and check them"
    commands.add_parser("fetch", help=words, description=words)
    return parser


def _add_train(commands):
    """Add the options; those decided once stay None unless given, see `settle`."""
    words = "train a net, save it and a plot of its cost"
    train = commands.add_parser("train", help=words, description=words)
    for flag, (default, settings, help) in (DECIDED | FREE).items():
        if default not in (None, []):
            shown = " ".join(map(str, default)) if flag == "--hidden" else default
            help += f" (default: {shown})"
        kept = default if flag in FREE else None
        train.add_argument(flag, default=kept, help=help, **settings)


def _add_predict(commands):
    words = "label pictures, or a test set, with a saved net"
    predict = commands.add_parser("predict", help=words, description=words)
    predict.add_argument("net", help="a net that train saved")
    words = "pictures (cropped to a square, scaled) and folders of them; or one HDF5 file of pictures; or a named set"
    predict.add_argument("input", nargs="+", help=words)
    forms = predict.add_mutually_exclusive_group()
    for form in ("json", "csv"):
        words = f"print the answers as {form.upper()}"
        forms.add_argument(
            f"--{form}", dest="form", action="store_const", const=form, help=words
        )


def _names(flags):
    """Return {flag: the name under which argparse keeps it}."""
    return {flag: flag.strip("-").replace("-", "_") for flag in flags}


def chosen(given: argparse.Namespace) -> dict[str, Any]:
    """Return all that --resume must know of the options, by their names."""
    return {name: getattr(given, name) for name in _names(DECIDED).values()}


def settle(given: argparse.Namespace, made: dict[str, Any]) -> None:
    """Give each option that was not given its value in ``made``, or else its default.

    ``made`` is what a net that is resumed was made with, by the options' names.
    ValueError for an option that contradicts it, and for a number out of its range.
    """
    for flag, name in _names(DECIDED).items():
        value, known = getattr(given, name), made.get(name, DECIDED[flag][0])
        if value is None:
            setattr(given, name, known)
        elif value != known and name in made and name not in RENEWABLE:
            was = "" if known is None else f": {known}"
            raise ValueError(f"{flag} was decided when {given.resume} was made{was}")
    for flag, name in _names(DECIDED | FREE).items():
        _check(flag, getattr(given, name), RANGES.get(name))
    if given.patience and given.validate is None:
        raise ValueError("--patience needs --validate, the part that it watches")


def _check(flag, value, check):
    for number in value if isinstance(value, list) else [value]:
        if check and number is not None:
            check(flag, number)
