"""`python -m dnn predict`: let a saved net label pictures, or the examples of a set."""

from argparse import Namespace
from collections.abc import Iterator

import numpy as np

from dnn.data import columns
from dnn.files import pictures, sets, storage
from dnn.shell import inputs, report
from dnn.shell.train import matching_loss

__all__ = ["run"]


def run(given: Namespace) -> None:
    """Print what a saved net says of a picture, or of every example of a set."""
    net = _loaded(given.net)
    if given.input in sets.SETS or inputs.is_hdf5(given.input):
        _print_set(net, given.input)
    elif net.about["shape"]:
        _print_picture(net, given.input)
    else:
        raise ValueError(
            f"{given.net} was not trained on pictures: predict one of {', '.join(sets.SETS)}"
        )


def _loaded(path):
    """Return a net that knows its data, gives one answer an example, and has a loss."""
    net = storage.load(path)
    if not {"classes", "shape", "shift", "scale"} <= net.about.keys():
        raise ValueError(
            f"{path} does not say how its inputs were scaled and its classes are "
            "called: `train` saves that, or set net.about before storage.save"
        )
    net.loss = net.loss or matching_loss(net.about["classes"], net.n_out)
    answers = len(net.predict(np.zeros((net.n_in, 1))))
    if answers > 1:
        raise ValueError(
            f"{path} gives {answers} answers an example, the shell prints one: use "
            "net.predict in Python"
        )
    return net


def _print_set(net, name):
    """Print the answer to every example of a set, and how well they do."""
    X, Y = _examples(net, name)
    lines = _labels(net, X, Y) if net.about["classes"] else _numbers(net, X, Y)
    for number, line in enumerate(lines):
        print(f"{number:>6}  {line}")
    print(report.judge(net, X, Y))


def _examples(net, name):
    """Return the test part of a named set, or all of a file, as this net sees it."""
    if inputs.is_hdf5(name):
        images, labels, classes = inputs.read_apart(name)
        X, Y = columns(images), sets.encode(labels, len(classes))
    else:
        dataset = sets.SETS[name]()
        X, Y, classes = dataset.X_test, dataset.Y_test, dataset.classes
    _check_classes(net, name, classes)
    features, targets = inputs.scalings(net.about)
    return features(X), targets(Y)


def _check_classes(net, name, classes):
    known = net.about["classes"]
    if list(classes) != known:
        task = f"tells {', '.join(known)} apart" if known else "predicts real numbers"
        raise ValueError(
            f"the net {task}, {name} holds {', '.join(classes) or 'real numbers'}"
        )


def _labels(net, X, Y) -> Iterator[str]:
    """Yield the label of each example, how sure the net is, and whether it is wrong."""
    y = Y.argmax(axis=0) if len(Y) > 1 else Y[0]
    for (label, name, sure), right in zip(_answers(net, X), y, strict=True):
        yield f"{name:<12} {sure:6.1%}{'' if label == right else '   wrong'}"


def _numbers(net, X, Y) -> Iterator[str]:
    """Yield the number predicted for each example, and the true one."""
    predicted, true = _unscaled(net, net.predict(X)), _unscaled(net, Y)
    for value, truth in zip(predicted, true, strict=True):
        yield f"{value:>12.5g}   true {truth:.5g}"


def _unscaled(net, Y):
    """Return targets (1, m) in their own units, (m,)."""
    _, (shift, scale) = inputs.scalings(net.about)
    return (shift + scale * Y)[0]


def _answers(net, X):
    """Yield the label of each example, the name of its class and how sure the net is."""
    for (label,), P in zip(net.predict(X).T, net.predict_proba(X).T, strict=True):
        sure = P[label] if len(P) > 1 else (P[0] if label else 1 - P[0])
        yield label, net.about["classes"][label], sure


def _print_picture(net, path):
    features, _ = inputs.scalings(net.about)
    X = features(pictures.picture(path, net.about["shape"]))
    if net.about["classes"]:
        ((_, name, sure),) = _answers(net, X)
        print(f"{path}: {name}, probability {sure:.1%}")
    else:
        (value,) = _unscaled(net, net.predict(X))
        print(f"{path}: {value:.5g}")
