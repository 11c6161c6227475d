"""The pipeline from a shell: `python -m dnn train`, `predict`, `fetch`.

Train a net on a named set, or on pictures in HDF5, and save it with a plot of its cost;
let a saved net label pictures; fetch the photographs. What a user gets wrong is
answered in a line, with exit code 2. Ctrl-C ends a training early, and what was
learned is saved.
"""

import argparse
import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from dnn import checks, data, storage
from dnn.activations import ACTIVATIONS
from dnn.evaluation import wilson
from dnn.initializers import INITIALIZERS
from dnn.losses import binary_cross_entropy, categorical_cross_entropy
from dnn.models import mlp
from dnn.optimizers import OPTIMIZERS
from dnn.penalties import l2
from dnn.training import Diverged, EarlyStopping, History, evaluate, fit

# Endings of files that hold many pictures; any other file is one picture.
PICTURES = {".h5", ".hdf5"}


# Reads pictures in a process of its own, and hands them over as NumPy's own format.
READER = """
import sys
import numpy as np
from dnn import data
try:
    parts = data.read_images(sys.argv[1])
except Exception as error:
    sys.exit(str(error) or type(error).__name__)
np.savez(sys.stdout.buffer, *parts)
"""
PATIENCE = 60  # seconds for it, and one more for every 10 MB


def main(arguments=None):
    """Run one command; return the exit code: 0, 1 where training diverged, 2 for a
    user's mistake.
    """
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
        print(end="", flush=True)  # a pipe that broke is told here, not at the exit
    except Diverged as error:
        return _complain(error, 1)
    except BrokenPipeError:  # who was reading has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except MemoryError as error:
        return _complain(f"not enough memory: {error}", 2)
    except (ValueError, OSError) as error:
        return _complain(error, 2)
    except KeyboardInterrupt:
        return _complain("interrupted", 130)
    return 0


def _complain(error, code):
    print(f"dnn: error: {error}", file=sys.stderr)
    return code


# ---- the options ---------------------------------------------------------------------


def _parser():
    words = __doc__.split("\n\n")[1]
    parser = argparse.ArgumentParser(prog="python -m dnn", description=words)
    parser.set_defaults(run=lambda options: parser.print_help())
    commands = parser.add_subparsers(metavar="train | predict | fetch")
    _add_train(commands)
    _add_predict(commands)
    words = "download the photographs of cats to datasets/photos and check them"
    _command(commands, "fetch", _fetch, words)
    return parser


def _command(commands, name, run, help):
    command = commands.add_parser(name, help=help, description=help)
    command.set_defaults(run=run)
    return command


# What a new net is made with. A saved net has decided these: --resume takes them from it.
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
# What each run may choose.
FREE = {
    "--data": ("cats", {}, f"{', '.join(data.SETS)}, or an HDF5 file of pictures"),
    "--test": (None, {}, "HDF5 pictures to judge the net by, beside a file in --data"),
    "--batch-size": (64, {"type": int}, "examples a step"),
    "--epochs": (150, {"type": int}, "passes over the data"),
    "--penalty": (0.0, {"type": float}, "λ of the L2 penalty on the weights"),
    "--patience": (None, {"type": int}, "with --validate: epochs without progress"),
    "--resume": (None, {}, "a saved net to go on with"),
    "--out": ("net.h5", {}, "where to save the net; the plot goes beside it as .png"),
}


def _add_train(commands):
    """Add the options; those decided once stay None unless given, see `_settle`."""
    train = _command(
        commands, "train", _train, "train a net, save it and a plot of its cost"
    )
    for flag, (default, settings, help) in (DECIDED | FREE).items():
        if default not in (None, []):
            shown = " ".join(map(str, default)) if flag == "--hidden" else default
            help += f" (default: {shown})"
        kept = default if flag in FREE else None
        train.add_argument(flag, default=kept, help=help, **settings)


def _add_predict(commands):
    words = "label pictures, or a test set, with a saved net"
    predict = _command(commands, "predict", _predict, words)
    predict.add_argument("net", help="a net that train saved")
    words = "a picture (cropped to a square, scaled), an HDF5 file of pictures, or a named set"
    predict.add_argument("input", help=words)


def _settle(options, decided):
    """Give the options in ``decided`` their values; refuse one that was given too."""
    for flag, value in decided.items():
        name = flag.strip("-").replace("-", "_")
        if options.resume and getattr(options, name) is not None:
            raise ValueError(f"{flag} was decided when {options.resume} was made")
        if getattr(options, name) is None:
            setattr(options, name, value)


# ---- the commands --------------------------------------------------------------------


def _train(options):
    out = _writable(options.out)
    dataset = _load(options.data, options.test)
    net, optimizer, start = (_resume if options.resume else _fresh)(options, dataset)
    dataset, loss = _scaled(dataset, net.about), _loss(net)
    print(net, flush=True)
    history = _fit(options, net, loss, optimizer, start, dataset)
    # The best weights of an early stop go with no state of the optimizer's.
    kept = None if options.patience else optimizer
    storage.save(net, out, kept, start + len(history.epoch))
    if len(history.epoch) < options.epochs:
        print(f"stopped after {len(history.epoch)} of {options.epochs} epochs")
    plot = _plot(history, out.with_suffix(".png"))
    print(f"training:   {_judge(net, loss, dataset.X, dataset.Y)}")
    if dataset.X_test.shape[1]:
        print(f"test:       {_judge(net, loss, dataset.X_test, dataset.Y_test)}")
    print(f"saved {out} and {plot}")


def _predict(options):
    net = storage.load(options.net)
    if not {"classes", "shape", "shift", "scale"} <= net.about.keys():
        raise ValueError(
            f"{options.net} does not say how its inputs were scaled and its classes are "
            "called: `train` saves that, or set net.about before storage.save"
        )
    if options.input in data.SETS or _is_hdf5(options.input):
        return _predict_set(net, options)
    if not net.about["shape"]:
        raise ValueError(
            f"{options.net} was not trained on pictures: predict one of {', '.join(data.SETS)}"
        )
    _predict_picture(net, options.input)


def _fetch(options):
    print(f"the photographs are in {data.find_photos()}")


# ---- their steps ---------------------------------------------------------------------


def _writable(name):
    """Return the path to save to, or refuse it before hours of training are spent."""
    out = Path(name)
    if not out.parent.is_dir() or out.is_dir() or not os.access(out.parent, os.W_OK):
        raise ValueError(
            f"--out {name}: its folder does not exist or cannot be written to, or it is "
            "a folder itself"
        )
    if out.suffix == ".png":
        raise ValueError(f"--out {name}: the plot goes there; name the net otherwise")
    return out


def _is_hdf5(name):
    return Path(name).suffix.lower() in PICTURES


def _read_apart(path):
    """Return what `data.read_images` does, read in a process of its own: HDF5's parser
    can hang or crash on damaged bytes, and a process can be given up.
    """
    limit = PATIENCE + (os.path.getsize(path) / 1e7 if os.path.exists(path) else 0)
    command = [sys.executable, "-c", READER, path]
    try:
        done = subprocess.run(command, capture_output=True, timeout=limit)
    except subprocess.TimeoutExpired:
        raise ValueError(f"{path}: damaged, reading it hung") from None
    if done.returncode not in (0, 1):
        raise ValueError(f"{path}: damaged, reading it crashed")
    if done.returncode:
        raise ValueError(done.stderr.decode(errors="replace").strip())
    with np.load(io.BytesIO(done.stdout)) as parts:
        images, labels, classes = parts.values()
    return images, labels, tuple(classes.tolist())


def _load(name, test=None):
    """Return the data set of that name, or of those files."""
    if _is_hdf5(name):
        return data.from_hdf5(name, test, read=_read_apart)
    if test:
        raise ValueError("--test goes with an HDF5 file of pictures in --data")
    return checks.choose("data set", name, data.SETS)()


def _about(dataset, options):
    """Return what a saved net must know of its data and of how it was made."""
    # Pixels go to [−1, 1], since a common gray would drown the rest; tables of many
    # units to variance 1.
    gray = np.array([[0.5]])
    scaling = data.Scaling(gray, gray) if dataset.shape else data.standardize(dataset.X)
    made = {"seed": options.seed, "validate": options.validate}
    known = {"classes": list(dataset.classes), "shape": dataset.shape}
    return {**known, **scaling._asdict(), "made": made}


def _scaling(about):
    return data.Scaling(np.array(about["shift"]), np.array(about["scale"]))


def _scaled(dataset, about):
    """Return the data set as this net was trained to see it."""
    scaling = _scaling(about)
    return dataset._replace(X=scaling(dataset.X), X_test=scaling(dataset.X_test))


def _fresh(options, dataset):
    _settle(options, {flag: default for flag, (default, *_) in DECIDED.items()})
    sizes = [len(dataset.X), *options.hidden, len(dataset.Y)]
    keep_prob = dict(enumerate(options.keep_prob, 1))
    net = mlp(
        sizes, options.activation, options.init, keep_prob, options.seed, options.dtype
    )
    net.about = _about(dataset, options)
    return net, checks.choose("optimizer", options.optimizer, OPTIMIZERS)(options.lr), 0


def _resume(options, dataset):
    net, optimizer, epochs = storage.load_checkpoint(options.resume)
    if optimizer is None or "made" not in net.about:
        raise ValueError(
            f"{options.resume} holds a net without its training: it cannot be resumed"
        )
    made = {f"--{name}": value for name, value in net.about["made"].items()}
    _settle(options, dict.fromkeys(DECIDED) | made)
    mine = (net.n_in, net.n_out, net.about["classes"])
    given = (len(dataset.X), len(dataset.Y), list(dataset.classes))
    if mine != given:
        raise ValueError(
            f"{options.resume} was made for (inputs, outputs, classes) {mine}, "
            f"{options.data} has {given}"
        )
    return net, optimizer, epochs


def _loss(net):
    return binary_cross_entropy if net.n_out == 1 else categorical_cross_entropy


def _fit(options, net, loss, optimizer, start, dataset):
    training, val = (dataset.X, dataset.Y), None
    if options.validate is not None:
        part = checks.number(
            "--validate", options.validate, 0, 1, above=True, below=True
        )
        training, val = data.split(dataset.X, dataset.Y, part, options.seed)
    callbacks = [] if options.patience is None else [EarlyStopping(options.patience)]
    given = {name: getattr(options, name) for name in ("epochs", "batch_size", "seed")}
    penalty = l2(checks.number("--penalty", options.penalty, 0))
    given |= {"penalty": penalty, "callbacks": callbacks, "start": start}
    return fit(net, loss, optimizer, training, val=val, **given)


def _judge(net, loss, X, Y):
    J, accuracy = evaluate(net, loss, X, Y)
    m = X.shape[1]
    low, high = wilson(round(accuracy * m), m)
    return f"{round(accuracy * m)} of {m} right ({accuracy:.1%}, 95% interval {low:.1%} to {high:.1%}), cost {J:.4f}"


def _plot(history: History, path):
    from dnn import plots

    figure, ax = plots.figure(height=4)
    plots.cost(ax, history)
    figure.savefig(path, dpi=150)
    return path


def _predict_set(net, options):
    """Print the label of every example of the test part, or of a file, and how many are
    right.
    """
    X, Y = _examples(net, options.input)
    y = Y.argmax(axis=0) if len(Y) > 1 else Y[0]
    for number, (label, name, sure) in enumerate(_answers(net, X)):
        wrong = "" if label == y[number] else "   wrong"
        print(f"{number:>6}  {name:<12} {sure:6.1%}{wrong}")
    print(_judge(net, _loss(net), X, Y))


def _examples(net, name):
    """Return the test part of a named set, or all of a file, as this net sees it."""
    if _is_hdf5(name):
        images, labels, classes = _read_apart(name)
        _refuse_strangers(net, name, classes)
        X, Y = data.columns(images), data.encode(labels, len(classes))
    else:
        dataset = data.SETS[name]()
        _refuse_strangers(net, name, dataset.classes)
        X, Y = dataset.X_test, dataset.Y_test
    return _scaling(net.about)(X), Y


def _refuse_strangers(net, name, classes):
    if list(classes) != net.about["classes"]:
        raise ValueError(
            f"the net tells {', '.join(net.about['classes'])} apart, {name} holds {', '.join(classes)}"
        )


def _answers(net, X):
    """Yield the label of each example, the name of its class and how sure the net is."""
    for (label,), P in zip(net.predict(X).T, net.predict_proba(X).T, strict=True):
        sure = P[label] if len(P) > 1 else (P[0] if label else 1 - P[0])
        yield label, net.about["classes"][label], sure


def _predict_picture(net, path):
    X = _scaling(net.about)(data.picture(path, net.about["shape"]))
    ((_, name, sure),) = _answers(net, X)
    print(f"{path}: {name}, probability {sure:.1%}")


if __name__ == "__main__":
    if sys.stdout:
        sys.stdout.reconfigure(errors="backslashreplace")  # not every terminal has a λ
    sys.exit(main())
