"""What is to be trained: a new net, or a saved one that goes on as it was trained."""

from argparse import Namespace

from dnn import checks, losses
from dnn.files import storage
from dnn.models import mlp
from dnn.optimizers import OPTIMIZERS
from dnn.shell import inputs, options

__all__ = ["begin", "give_loss"]

AS_THEY_ARE = {"shift": [[0.0]], "scale": [[1.0]]}  # a scaling that changes nothing


def begin(given: Namespace) -> tuple:
    """Return the net to train, its optimizer, the epochs it has seen, and its examples.

    Those are pairs (X, Y) by what they are for, scaled; ``given`` is settled.
    """
    net, optimizer, epoch = _loaded(given) if given.resume else (None, None, 0)
    options.settle(given, net.about["made"] if net else {})
    dataset = inputs.load(given.data, given.test)
    parts = inputs.parts(dataset, given.validate, given.seed)
    made = options.chosen(given) | {"digest": inputs.digest(dataset)}
    if net:
        _refuse_misfit(given, net, dataset, made["digest"])
    else:
        net, optimizer = _fresh(given, dataset)
        net.about = inputs.fitted(dataset, *parts["training"])
    net.about = inputs.described(dataset) | net.about | {"made": made}
    give_loss(net, given.resume or given.out)
    parts = {name: inputs.scaled(pair, net.about) for name, pair in parts.items()}
    return net, optimizer, epoch, parts


def _fresh(given, dataset):
    """Return the net that the options describe, and its optimizer."""
    kept, hidden = len(given.keep_prob), len(given.hidden)
    if kept > hidden:
        raise ValueError(f"--keep-prob gives {kept} probabilities for {hidden} layers")
    optimizer = checks.choose("optimizer", given.optimizer, OPTIMIZERS)(given.lr)
    net = mlp(
        [len(dataset.X), *given.hidden, len(dataset.Y)],
        hidden=given.activation,
        init=given.init,
        keep_prob=dict(enumerate(given.keep_prob, 1)),
        seed=given.seed,
        dtype=given.dtype,
    )
    return net, optimizer


def _loaded(given):
    """Return a saved net that can go on, its optimizer, and the epochs it has seen."""
    path, (net, optimizer, epoch) = given.resume, storage.load_checkpoint(given.resume)
    if optimizer is None:
        raise ValueError(f"{path} holds a net without its training: none to resume")
    made = net.about.get("made", {})
    if "data" not in made:
        if given.data is None:
            raise ValueError(f"{path} does not say what it was trained on: give --data")
        how = "scaled as it says" if "shift" in net.about else "as they are"
        print(f"{path} was saved from Python: it sees the data of {given.data} {how}")
    decided = dict.fromkeys(options.NETS) | made
    net.about = AS_THEY_ARE | net.about | {"made": decided}
    return net, optimizer, epoch


def _refuse_misfit(given, net, dataset, digest):
    """Raise ValueError for other examples than those that a net was trained on."""
    made, path = net.about["made"], given.resume
    if made.get("digest", digest) != digest:
        other = f"{given.data} holds other examples than {made['data']} did"
        raise ValueError(f"{other} when {path} was made: train a new net on them")
    known = net.n_in, net.n_out, list(net.about.get("classes") or dataset.classes)
    found = len(dataset.X), len(dataset.Y), list(dataset.classes)
    if known != found:
        was = f"{path} was made for (inputs, outputs, classes) {known}"
        raise ValueError(f"{was}, {given.data} has {found}")


def give_loss(net, path: str) -> None:
    """Give a net the loss that its classes ask for, unless it has one of that kind."""
    wanted = _matching_loss(net.about["classes"], net.n_out)
    net.loss = net.loss or wanted
    if net.loss.link is not wanted.link:
        classes = ", ".join(net.about["classes"]) or "none"
        was = f"{path} was trained with {net.loss}"
        raise ValueError(f"{was}, its classes ({classes}) ask for {wanted}")


def _matching_loss(classes, n_out):
    """Return the loss of these classes; without any, targets are real numbers."""
    if not classes:
        return losses.squared_error
    one = n_out == 1
    return losses.binary_cross_entropy if one else losses.categorical_cross_entropy
