"""What can be asked of the shell, and the words of its help."""

import argparse
from typing import Any

from dnn.activations import ACTIVATIONS
from dnn.files.sets import SETS
from dnn.initializers import INITIALIZERS
from dnn.optimizers import OPTIMIZERS

__all__ = ["DEFAULTS", "parser", "settle"]

PURPOSE = """\
Train a net on a named set, or on pictures in HDF5, and save it with a plot of its cost;
let a saved net label pictures; fetch the photographs. What a user gets wrong is
answered in a line, with exit code 2. Ctrl-C ends a training early, and what was
learned is saved.
"""
# What a new net is made with: flag: (default, settings of argparse, help). A saved net
# has decided these, and --resume takes them from it.
DECIDED = {
    "--hidden": ([20, 7, 5], {"type": int, "nargs": "*"}, "sizes of the hidden layers"),
    "--activation": ("relu", {}, ", ".join(ACTIVATIONS)),
    "--init": ("he", {}, ", ".join(INITIALIZERS)),
    "--keep-prob": (
        [],
        {"type": float, "nargs": "*"},
        "dropout, for each hidden layer",
    ),
    "--optimizer": ("adam", {}, ", ".join(OPTIMIZERS)),
    "--lr": (1e-3, {"type": float}, "learning rate"),
    "--dtype": ("float64", {"choices": ["float64", "float32"]}, "type to compute in"),
    "--seed": (0, {"type": int}, "of weights, masks, shuffles and the validation part"),
    "--validate": (None, {"type": float}, "fraction of the training set to hold out"),
}
DEFAULTS = {flag: default for flag, (default, *_) in DECIDED.items()}
# What each run may choose.
FREE = {
    "--data": ("cats", {}, f"{', '.join(SETS)}, or an HDF5 file of pictures"),
    "--test": (None, {}, "HDF5 pictures to judge the net by, beside a file in --data"),
    "--batch-size": (64, {"type": int}, "examples a step"),
    "--epochs": (150, {"type": int}, "passes over the data"),
    "--penalty": (0.0, {"type": float}, "λ of the L2 penalty on the weights"),
    "--patience": (None, {"type": int}, "with --validate: epochs without progress"),
    "--resume": (None, {}, "a saved net to go on with"),
    "--out": ("net.npz", {}, "where to save the net; the plot goes beside it as .png"),
}


def parser() -> argparse.ArgumentParser:
    """Return the parser of the commands train, predict and fetch."""
    parser = argparse.ArgumentParser(prog="python -m dnn", description=PURPOSE)
    commands = parser.add_subparsers(dest="command", metavar="train | predict | fetch")
    _add_train(commands)
    _add_predict(commands)
    words = "download the photographs of cats to datasets/photos and check them"
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
    words = "a picture (cropped to a square, scaled), an HDF5 file of pictures, or a named set"
    predict.add_argument("input", help=words)


def settle(given: argparse.Namespace, decided: dict[str, Any]) -> None:
    """Give the options in ``decided``, by their flags, the values that it holds.

    ValueError for an option that was given too, where a net is resumed.
    """
    for flag, value in decided.items():
        name = flag.strip("-").replace("-", "_")
        if given.resume and getattr(given, name) is not None:
            raise ValueError(f"{flag} was decided when {given.resume} was made")
        if getattr(given, name) is None:
            setattr(given, name, value)
