"""The pipeline from a shell: `python -m dnn train`, `predict`, `fetch`.

Train a net on a named set, or on pictures in HDF5, and save it with a plot of its cost;
let a saved net label pictures; fetch the photographs. What a user gets wrong is
answered in a line, with exit code 2.
"""

import argparse
import os
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


def main(arguments=None):
    """Run one command; return the exit code: 0, 1 where training diverged, 2 for a
    user's mistake.
    """
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except Diverged as error:
        return _complain(error, 1)
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
    parser = argparse.ArgumentParser(
        prog="python -m dnn", description=__doc__.split("\n\n")[1]
    )
    commands = parser.add_subparsers(required=True, metavar="train | predict | fetch")
    _add_train(commands)
    predict = _command(
        commands, "predict", _predict, "label pictures, or a test set, with a saved net"
    )
    predict.add_argument("net", help="a net that train saved")
    predict.add_argument(
        "input",
        help="a picture (cropped to a square, scaled), an HDF5 file of pictures, or a named set",
    )
    _command(
        commands,
        "fetch",
        _fetch,
        "download the photographs of cats to datasets/photos and check them",
    )
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
    print(net)
    history = _fit(options, net, loss, optimizer, start, dataset)
    # The best weights of an early stop go with no state of the optimizer's.
    kept = None if options.patience else optimizer
    storage.save(net, out, kept, start + len(history.epoch))
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
    if options.input in data.SETS or Path(options.input).suffix in PICTURES:
        return _predict_set(net, options)
    shape = net.about["shape"]
    if not shape:
        raise ValueError(
            f"{options.net} was not trained on pictures: predict one of {', '.join(data.SETS)}"
        )
    _print_classes(
        net, options.input, _scaling(net.about)(data.picture(options.input, shape))
    )


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


def _load(name, test=None):
    """Return the data set of that name, or of those files."""
    if Path(name).suffix in PICTURES:
        return data.from_hdf5(name, test)
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
        training, val = data.split(dataset.X, dataset.Y, options.validate, options.seed)
    return fit(
        net,
        loss,
        optimizer,
        training,
        val=val,
        epochs=options.epochs,
        batch_size=options.batch_size,
        penalty=l2(options.penalty),
        seed=options.seed,
        callbacks=[] if options.patience is None else [EarlyStopping(options.patience)],
        start=start,
    )


def _judge(net, loss, X, Y):
    J, accuracy = evaluate(net, loss, X, Y)
    m = X.shape[1]
    low, high = wilson(round(accuracy * m), m)
    return f"{round(accuracy * m)} of {m} right ({accuracy:.1%}, 95 % interval {low:.1%} to {high:.1%}), cost {J:.4f}"


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
    if Path(options.input).suffix in PICTURES:
        images, labels, _ = data.read_images(options.input)
        X = data.columns(images)
        Y = labels[None] * 1.0 if net.n_out == 1 else data.one_hot(labels, net.n_out)
    else:
        dataset = data.SETS[options.input]()
        X, Y = dataset.X_test, dataset.Y_test
    X = _scaling(net.about)(X)
    for number, (P, Z) in enumerate(
        zip(net.predict_proba(X).T, net.predict(X).T, strict=True)
    ):
        label = int(Z[0])
        right = "" if label == _label(Y[:, number]) else "   wrong"
        print(
            f"{number:>6}  {net.about['classes'][label]:<12} {_confidence(P, label):6.1%}{right}"
        )
    print(_judge(net, _loss(net), X, Y))


def _label(y):
    return int(y[0]) if len(y) == 1 else int(y.argmax())


def _confidence(P, label):
    return P[label] if len(P) > 1 else (P[0] if label else 1 - P[0])


def _print_classes(net, name, x):
    label = int(net.predict(x)[0, 0])
    print(
        f"{name}: {net.about['classes'][label]}, probability {_confidence(net.predict_proba(x)[:, 0], label):.1%}"
    )


if __name__ == "__main__":
    sys.exit(main())
