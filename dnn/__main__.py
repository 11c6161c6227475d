"""The pipeline from a shell: `python -m dnn train`, `predict`, `fetch`.

Train a net on a named set, or on pictures in HDF5, and save it with a plot of its cost;
let a saved net label pictures; fetch the photographs. What a user gets wrong is
answered in a line, with exit code 2.
"""

import argparse
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

PICTURES = {
    ".h5",
    ".hdf5",
}  # endings of files that hold many; any other file is one picture


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
        return _complain("interrupted; nothing was written", 130)
    return 0


def _complain(error, code):
    print(f"dnn: error: {error}", file=sys.stderr)
    return code


class Help(argparse.ArgumentDefaultsHelpFormatter):
    """Tell the default of an option, where it has one."""

    def _get_help_string(self, action):
        return (
            super()._get_help_string(action)
            if action.default not in (None, [])
            else action.help
        )


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
    command = commands.add_parser(
        name, help=help, description=help, formatter_class=Help
    )
    command.set_defaults(run=run)
    return command


def _add_train(commands):
    train = _command(
        commands, "train", _train, "train a net, save it and a plot of its cost"
    )
    add = train.add_argument
    add(
        "--data",
        default="cats",
        help=f"{', '.join(data.SETS)}, or an HDF5 file of pictures",
    )
    add(
        "--test", help="an HDF5 file to judge the net by, beside an HDF5 file of --data"
    )
    add(
        "--hidden",
        type=int,
        nargs="*",
        default=[20, 7, 5],
        metavar="N",
        help="sizes of the hidden layers",
    )
    add("--activation", default="relu", help=", ".join(ACTIVATIONS))
    add("--init", default="he", help=", ".join(INITIALIZERS))
    add(
        "--keep-prob",
        type=float,
        nargs="*",
        default=[],
        metavar="P",
        help="dropout: a probability for each hidden layer",
    )
    add("--optimizer", default="adam", help=", ".join(OPTIMIZERS))
    add("--lr", type=float, default=1e-3, help="learning rate")
    add("--batch-size", type=int, default=64, metavar="B", help="examples a step")
    add("--epochs", type=int, default=150, metavar="E", help="passes over the data")
    add(
        "--penalty",
        type=float,
        default=0.0,
        metavar="LAMBDA",
        help="L2 penalty on the weights",
    )
    add(
        "--validate",
        type=float,
        metavar="FRACTION",
        help="part of the training set to hold out",
    )
    add(
        "--patience",
        type=int,
        metavar="E",
        help="stop early, with --validate, after so many epochs without progress",
    )
    add(
        "--dtype",
        default="float64",
        choices=["float64", "float32"],
        help="type to compute in",
    )
    add(
        "--seed",
        type=int,
        default=0,
        help="of weights, masks, shuffles and the validation part",
    )
    add(
        "--resume",
        metavar="NET",
        help="go on from a saved net and its optimizer, whatever the options above say of them",
    )
    add(
        "--out",
        default="net.h5",
        metavar="FILE",
        help="where to save the net; the plot goes beside it as .png",
    )


# ---- the commands --------------------------------------------------------------------


def _train(options):
    out = _writable(options.out)
    dataset, about = _load(options.data, options.test)
    net, optimizer, start = (
        _resume(options, dataset, about)
        if options.resume
        else _fresh(options, dataset, about)
    )
    loss = _loss(net)
    print(net)
    history = _fit(options, net, loss, optimizer, start, dataset)
    storage.save(net, out, optimizer, start + len(history.epoch))
    plot = _plot(history, out.with_suffix(".png"))
    print(f"training:   {_judge(net, loss, dataset.X, dataset.Y)}")
    if dataset.X_test.shape[1]:
        print(f"test:       {_judge(net, loss, dataset.X_test, dataset.Y_test)}")
    print(f"saved {out} and {plot}")


def _predict(options):
    net = storage.load(options.net)
    if options.input in data.SETS or Path(options.input).suffix in PICTURES:
        return _predict_set(net, options)
    shape = net.about.get("shape")
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
    if not out.parent.is_dir() or out.is_dir():
        raise ValueError(
            f"--out {name}: its folder does not exist, or it is a folder itself"
        )
    return out


def _load(name, test=None):
    """Return a data set, scaled as a net likes it, and what a saved net must know of
    it.
    """
    if Path(name).suffix in PICTURES:
        dataset = data.from_hdf5(name, test)
    elif test:
        raise ValueError(
            "--test goes with an HDF5 file of pictures in --data; a named set brings its own test set"
        )
    else:
        dataset = checks.choose("data set", name, data.SETS)()
    # Pixels go to [−1, 1], since a common gray would drown the rest; tables of many
    # units to variance 1.
    scaling = (
        data.Scaling(np.array([[0.5]]), np.array([[0.5]]))
        if dataset.shape
        else data.standardize(dataset.X)
    )
    about = {"classes": dataset.classes, "shape": dataset.shape, **scaling._asdict()}
    return dataset._replace(X=scaling(dataset.X), X_test=scaling(dataset.X_test)), about


def _scaling(about):
    return data.Scaling(np.array(about["shift"]), np.array(about["scale"]))


def _fresh(options, dataset, about):
    sizes = [len(dataset.X), *options.hidden, len(dataset.Y)]
    keep_prob = dict(enumerate(options.keep_prob, 1))
    net = mlp(
        sizes, options.activation, options.init, keep_prob, options.seed, options.dtype
    )
    net.about = about
    return net, checks.choose("optimizer", options.optimizer, OPTIMIZERS)(options.lr), 0


def _resume(options, dataset, about):
    net, optimizer, epochs = storage.load_checkpoint(options.resume)
    if optimizer is None:
        raise ValueError(
            f"{options.resume} holds a net without an optimizer: it cannot be gone on from"
        )
    if (net.n_in, net.n_out) != (len(dataset.X), len(dataset.Y)):
        raise ValueError(
            f"{options.resume} takes {net.n_in} inputs, {options.data} has {len(dataset.X)}"
        )
    net.about = about
    return net, optimizer, epochs


def _loss(net):
    return binary_cross_entropy if net.n_out == 1 else categorical_cross_entropy


def _fit(options, net, loss, optimizer, start, dataset):
    training, val = (dataset.X, dataset.Y), None
    if options.validate:
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
        callbacks=[EarlyStopping(options.patience)] if options.patience else [],
        start=start,
    )


def _judge(net, loss, X, Y):
    J, accuracy = evaluate(net, loss, X, Y)
    m = X.shape[1]
    low, high = wilson(round(accuracy * m), m)
    return f"{round(accuracy * m)} of {m} right ({accuracy:.1%}, 95 % interval {low:.1%} to {high:.1%}), cost {J:.4f}"


def _plot(history: History, path):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from dnn import plots

    figure = Figure(figsize=(6.4, 4), layout="constrained")
    FigureCanvasAgg(figure)
    plots.cost(figure.subplots(), history)
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
