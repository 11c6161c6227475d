"""What JSON can hold of a net, and how it is built again.

An object becomes the name of its kind, the arguments that build it again, which it keeps
under their names, and what has changed in it since: streams of random numbers, the
vectors of an optimizer. Arrays go aside, under numbers. Building runs no kind but those
that it is handed.
"""

import inspect
from typing import Any

import numpy as np

from dnn import checks

__all__ = ["build", "describe", "name_of"]

PARTS = "arguments", "state"


def name_of(kind) -> str:
    """Return the name that a file gives to a class, a record or a function."""
    return getattr(kind, "name", None) or getattr(kind, "__name__", repr(kind))


def _nameable(name, value):
    if not name_of(value).isidentifier():
        raise ValueError(
            f"{name} holds {value!r}: give it a name, with def, to save it"
        )
    return name_of(value)


def describe(name, value, arrays) -> Any:
    """Return a value as JSON can hold it; its arrays go into ``arrays``, by number."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        arrays[key := str(len(arrays))] = checks.real(name, value)
        return {"array": key}
    if isinstance(value, (list, tuple)):
        return {type(value).__name__: [describe(name, v, arrays) for v in value]}
    if isinstance(value, dict):
        return {
            "dict": {k: describe(f"{name} {k}", v, arrays) for k, v in value.items()}
        }
    if isinstance(value, np.random.Generator):
        return {"rng": value.bit_generator.state}
    if inspect.isroutine(value) or isinstance(getattr(value, "name", None), str):
        return {"named": _nameable(name, value)}
    return _describe_object(name, value, arrays)


def _describe_object(name, value, arrays):
    """Return an object's kind, the arguments that build it again, and its state."""
    kind = type(value)
    parts = {"arguments": _arguments(kind, value), "state": _state(value)}
    described = {k: describe(name, v, arrays)["dict"] for k, v in parts.items()}
    return {"kind": kind.__name__, **described}


def _arguments(kind, value):
    """Return the arguments of an object's class, which it must keep by their names."""
    needed = inspect.signature(kind).parameters
    kept = value.config() if hasattr(value, "config") else vars(value)
    for name, parameter in needed.items():
        if name not in kept and parameter.default is parameter.empty:
            raise ValueError(f"{kind.__name__} must keep its {name} as self.{name}")
    return {name: kept[name] for name in needed if name in kept}


def _state(value):
    """Return what has changed in an object since it was built, beside its parameters."""
    kept = vars(value)
    streams = [k for k, v in kept.items() if isinstance(v, np.random.Generator)]
    names = [*streams, *getattr(value, "state", ()), "t", "size"]
    return {name: kept[name] for name in names if name in kept}


def build(told, arrays, known) -> Any:
    """Return what was described."""
    if not isinstance(told, dict):
        return told
    if "kind" in told:
        return _build_object(told, arrays, known)
    ((form, inside),) = told.items()
    if form == "dict":
        return {k: build(v, arrays, known) for k, v in inside.items()}
    if form in ("list", "tuple"):
        made = [build(v, arrays, known) for v in inside]
        return made if form == "list" else tuple(made)
    if form == "array":
        return checks.real(form, arrays[inside])
    if form == "rng":
        rng = np.random.default_rng()
        rng.bit_generator.state = inside
        return rng
    return _known(inside, known)


def _build_object(told, arrays, known):
    """Return an object of a known kind, as it was: built, then given its state."""
    kind = _known(told["kind"], known)
    parts = ({k: build(v, arrays, known) for k, v in told[p].items()} for p in PARTS)
    arguments, state = parts
    claimed = arguments.get("n_in", 1) * arguments.get("n_out", 1)
    if claimed > arrays["theta"].size:
        raise ValueError(f"{told['kind']} claims {claimed} parameters")
    value = kind(**arguments)
    for name, part in state.items():
        _refuse_state(value, name, part, arrays["theta"])
    if state.get("t") and not state.keys() >= {*value.state, "size"}:
        raise ValueError(f"{told['kind']} lacks a part of its state")
    vars(value).update(state)
    return value


def _refuse_state(value, name, part, theta):
    """Raise ValueError for what cannot be a part of this object's state."""
    if name in ("t", "size"):
        checks.integer(name, part, 0)
    elif name in getattr(value, "state", ()):
        checks.same_shape(name, part, "theta", theta)
    elif not all(isinstance(r, np.random.Generator) for r in (part, vars(value)[name])):
        raise ValueError(f"{name} is no part of the state of {value!r}")


def _known(name, known):
    if name not in known:
        raise ValueError(f"{name} is not known here: load(path, kinds=[{name}, …])")
    return known[name]
