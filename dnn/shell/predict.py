"""`python -m dnn predict`: let a saved net label pictures, or the examples of a set."""

import warnings
from argparse import Namespace
from collections.abc import Iterator

import numpy as np

from dnn.data import columns
from dnn.files import pictures, sets, storage
from dnn.shell import inputs, report, rows
from dnn.shell.begin import give_loss

__all__ = ["run"]


def run(given: Namespace) -> None:
    """Print what a saved net says of pictures, or of every example of a set."""
    net = _loaded(given.net)
    named = [n for n in given.input if n in sets.SETS or inputs.is_hdf5(n)]
    if named and given.input[1:]:
        raise ValueError(f"{named[0]} is a whole set: ask for it alone")
    if named:
        _print_set(net, named[0], given.form)
    elif net.about["shape"]:
        _print_pictures(net, given.input, given.form)
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
    give_loss(net, path)
    answers = len(net.predict(np.zeros((net.n_in, 1))))
    if answers > 1:
        raise ValueError(
            f"{path} gives {answers} answers an example, the shell prints one: use "
            "net.predict in Python"
        )
    return net


def _print_set(net, name, form=None):
    """Print the answer to every example of a set, and how well they do."""
    part, X, Y = _examples(net, name)
    if form:
        rows.show(_rows(net, X, Y), form)
        return
    lines = _labels(net, X, Y) if net.about["classes"] else _numbers(net, X, Y)
    for number, line in enumerate(lines):
        print(f"{number:>6}  {line}")
    print(f"{part} of {name}: {report.judge(net, X, Y)}")


def _examples(net, name):
    """Return what part of a set is judged, and its X and Y as this net sees them."""
    if inputs.is_hdf5(name):
        part, images, labels, classes = _part(name)
        X, Y = columns(images), sets.encode(labels, len(classes))
        shape = images.shape[1:]
    else:
        part, (_, _, X, Y, classes, _, shape) = "test part", sets.SETS[name]()
    _check_kind(net, name, classes, shape)
    if shape and (note := _note(net, X)):
        warnings.warn(f"{name}: {note}", stacklevel=2)
    return part, *inputs.scaled((X, Y), net.about)


def _part(path):
    """Return the test part of a file of pictures, or without one its training part."""
    found = inputs.read_apart(path, "test")
    if len(found[0]):
        return "test part", *found
    return "training part", *inputs.read_apart(path, "train")


def _check_kind(net, name, classes, shape):
    """Raise ValueError for other classes or sizes than those that a net knows."""
    known, size = net.about["classes"], net.about["shape"]
    if list(classes) != list(known):
        task = f"tells {', '.join(known)} apart" if known else "predicts real numbers"
        raise ValueError(
            f"the net {task}, {name} holds {', '.join(classes) or 'real numbers'}"
        )
    if shape and size and tuple(shape) != tuple(size):
        sees, holds = ("×".join(map(str, s)) for s in (size, shape))
        raise ValueError(f"the net sees pictures of {sees}, {name} holds {holds}")


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


def _said(net, X):
    """Yield what the net says of each example: a class and how sure it is, or a number."""
    if net.about["classes"]:
        for _, name, sure in _answers(net, X):
            yield {"label": name, "probability": float(sure)}
    else:
        for value in _unscaled(net, net.predict(X)):
            yield {"value": float(value)}


def _rows(net, X, Y):
    """Yield what the net says of each example, and what is true, as rows."""
    y = Y.argmax(axis=0) if len(Y) > 1 else Y[0].astype(int)
    classes = net.about["classes"]
    true = [classes[label] for label in y] if classes else _unscaled(net, Y).tolist()
    for number, (said, truth) in enumerate(zip(_said(net, X), true, strict=True)):
        yield {"example": number, **said, "true": truth}


# ---- pictures ------------------------------------------------------------------------


def _print_pictures(net, names, form):
    """Print what the net says of pictures; then say which ones could not be read."""
    paths, failed = pictures.gather(names), []
    found = _judged(net, paths, failed)
    if form or len(paths) > 1:
        rows.show(found, form, max(len(str(path)) for path in paths))
    else:
        for row in found:
            print(_sentence(row))
    if failed:
        raise ValueError("; ".join(map(str, failed)))


def _judged(net, paths, failed):
    """Yield a row for each picture; why one cannot be read goes into ``failed``."""
    features, _ = inputs.scalings(net.about)
    for path in paths:
        try:
            x = pictures.picture(path, net.about["shape"])
        except (OSError, ValueError) as error:
            failed.append(error)
            continue
        (said,) = _said(net, features(x))
        yield {"picture": str(path), **said, "note": _note(net, x)}


def _note(net, x):
    """Return what is odd about a picture for this net, or None."""
    known = net.about.get("background")
    seen = pictures.background(x, net.about["shape"])
    if None in (known, seen) or known == seen:
        return None
    return f"its background is {seen}, the net knows {known} ones: invert it"


def _sentence(row):
    """Return what a net says of one picture, in words."""
    if "value" in row:
        said = f"{row['value']:.5g}"
    else:
        said = f"{row['label']}, probability {row['probability']:.1%}"
    note = f"; {row['note']}" if row["note"] else ""
    return f"{row['picture']}: {said}{note}"
