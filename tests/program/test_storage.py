"""A file must give back what was put in, or say why not: so it is cut, flipped, forged,
and its writer killed.
"""

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import time

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from oracles import child

from dnn import (
    Activate,
    Activation,
    Adam,
    AdamW,
    Dense,
    Dropout,
    GradientDescent,
    Momentum,
    Nesterov,
    Network,
    RMSprop,
    mlp,
    schedules,
)
from dnn.activations import ACTIVATIONS
from dnn.files import storage
from dnn.files.storage import StorageError


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    """Waiting for the disk is what makes saving slow; only two tests below are about
    it.
    """
    monkeypatch.setattr(os, "fsync", lambda file: None)


def sample(**options):
    return mlp([3, 5, 4, 1], hidden="tanh", keep_prob={1: 0.5}, seed=4, **options)


def trained(optimizer, net, steps=3):
    for _ in range(steps):
        net.forward(np.ones((3, 2)), train=True)
        net.grad[...] = np.linspace(-1, 1, net.theta.size)
        optimizer.step(net.theta, net.grad)
    return optimizer


# ---- round trips ---------------------------------------------------------------------


@given(
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    hidden=st.sampled_from(sorted(ACTIVATIONS)),
    dtype=st.sampled_from(["f2", "f4", "f8", ">f8"]),
    drop=st.booleans(),
)
def test_a_net_comes_back_to_the_bit(tmp_path_factory, sizes, hidden, dtype, drop):
    path = tmp_path_factory.getbasetemp() / "roundtrip.h5"
    net = mlp(
        sizes,
        hidden=hidden,
        keep_prob={1: 0.7} if drop and len(sizes) > 2 else None,
        seed=1,
        dtype=dtype,
    )
    storage.save(net, path)
    again = storage.load(path)
    assert str(again) == str(net)
    assert again.dtype == net.dtype
    assert_array_equal(again.theta, net.theta)
    assert_array_equal(again.is_weight, net.is_weight)
    X = np.random.default_rng(0).standard_normal((sizes[0], 4))
    assert_array_equal(again.forward(X, train=True), net.forward(X, train=True))


def test_a_net_carries_what_prediction_needs(tmp_path):
    net = sample()
    net.about = {
        "classes": ("no", "yes"),
        "shape": (64, 64, 3),
        "shift": np.array([[1.5], [2.5]]),
        "n": np.int64(3),
        "rate": np.float32(0.5),
        "name": "cats – 猫",
    }
    storage.save(net, tmp_path / "net.h5")
    assert storage.load(tmp_path / "net.h5").about == {
        "classes": ["no", "yes"],
        "shape": [64, 64, 3],
        "shift": [[1.5], [2.5]],
        "n": 3,
        "rate": 0.5,
        "name": "cats – 猫",
    }
    assert isinstance(net.about["classes"], tuple)  # what was saved stays as it was


OPTIMIZERS = {
    "gradientdescent": lambda P: GradientDescent(0.25),
    "momentum": lambda P: Momentum(0.25, 0.75),
    "nesterov": lambda P: Nesterov(0.25, 0.75),
    "rmsprop": lambda P: RMSprop(0.25, 0.75, 1e-4),
    "adam": lambda P: Adam(0.25, 0.5, 0.75, 1e-4),
    "adamw": lambda P: AdamW(0.25, 0.125, 0.5, 0.75, 1e-4),
    "adamw, a vector": lambda P: AdamW(0.25, np.linspace(0, 1, P)),
    "scheduled": lambda P: Adam(
        schedules.warmup(schedules.per_epoch(schedules.step(0.5, 0.5, 3), 2), 4)
    ),
}


@pytest.mark.parametrize("steps", [0, 3])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_a_checkpoint_goes_on_where_it_was(tmp_path, make, dtype, steps):
    net = sample(dtype=dtype)
    optimizer = trained(make(net.theta.size), net, steps)
    storage.save(net, tmp_path / "net.h5", optimizer, epoch=7)
    twin, other, epoch = storage.load_checkpoint(tmp_path / "net.h5")
    assert epoch == 7
    assert repr(other) == repr(optimizer)
    assert type(other) is type(optimizer)
    assert vars(other).keys() == vars(optimizer).keys()
    for name, value in vars(optimizer).items():
        assert_array_equal(getattr(other, name), value)
        assert np.asarray(getattr(other, name)).dtype == np.asarray(value).dtype
    trained(optimizer, net)
    trained(other, twin)
    assert_array_equal(twin.theta, net.theta)
    X = np.ones((3, 9))
    assert_array_equal(
        twin.forward(X, train=True), net.forward(X, train=True)
    )  # the stream of masks too


def test_a_net_alone_has_no_optimizer_and_no_epoch(tmp_path):
    storage.save(sample(), tmp_path / "net.h5")
    assert storage.load_checkpoint(tmp_path / "net.h5")[1:] == (None, 0)


def test_the_same_net_gives_the_same_bytes_a_second_later(tmp_path):
    for name in ("a", "b"):
        time.sleep(1.01 * (name == "b"))  # HDF5 can store times, in seconds
        storage.save(sample(), tmp_path / name, trained(Adam(), sample()))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_saving_replaces_and_leaves_nothing_beside(tmp_path):
    path = tmp_path / "net.h5"
    storage.save(mlp([2, 1]), path)
    storage.save(mlp([3, 1]), str(path))  # a path in words will do
    assert storage.load(str(path)).n_in == 3
    assert [p.name for p in tmp_path.iterdir()] == ["net.h5"]


def test_a_file_is_hdf5_that_others_can_read(tmp_path):
    net = sample()
    storage.save(net, tmp_path / "net.h5")
    with h5py.File(tmp_path / "net.h5") as file:
        assert_array_equal(file["theta"], net.theta)
        assert json.loads(file.attrs["layers"])[0] == {
            "kind": "Dense",
            "n_in": 3,
            "n_out": 5,
        }


# ---- what cannot be saved ------------------------------------------------------------


class Odd(Dropout):
    pass


BENT = Activation("sine", np.sin, np.cos)
REFUSED = {
    "layer": (
        lambda: (Network([Dense(2, 1), Odd(0.5)]),),
        "unknown kind of layer 'Odd': known are Activate, Dense, Dropout",
    ),
    "activation": (lambda: (mlp([2, 2, 1], hidden=BENT),), "unknown activation 'sine'"),
    "schedule": (
        lambda: (sample(), Adam(lambda t: 0.1)),
        "is not one of dnn.schedules, so that a file cannot describe it",
    ),
    "inner schedule": (
        lambda: (sample(), Adam(schedules.warmup(lambda t: 0.1, 3))),
        "is not one of dnn.schedules",
    ),
    "optimizer of its own kind": (
        lambda: (sample(), type("Adagrad", (Adam,), {})()),
        "unknown optimizer 'adagrad': known are adam, adamw",
    ),
    "optimizer by name": (
        lambda: (sample(), "adam"),
        "^optimizer must be an object with step, got 'adam'",
    ),
    "kind of optimizer": (lambda: (sample(), Adam), "^optimizer must be an object"),
    "optimizer of another net": (
        lambda: (sample(), trained(Adam(), mlp([3, 1]))),
        r"^the optimizer's v has shape \(4,\) but theta has shape \(49,\)",
    ),
    "decay of another net": (
        lambda: (sample(), AdamW(decay=np.ones(3))),
        r"^the optimizer's decay has shape \(3,\) but theta",
    ),
    "broken optimizer": (
        lambda: (sample(), spoiled(trained(Adam(), sample()), "s")),
        "^the optimizer's s holds NaN or infinite values",
    ),
    "about a function": (lambda: (told(f=print),), r"^net\.about must be a record of"),
    "about by tuples": (lambda: (told(**{"f": {(1, 2): 3}}),), r"^net\.about must be"),
    "about complex": (lambda: (told(z=np.ones(2) * 1j),), r"^net\.about must be a r"),
    "about a list": (lambda: (told([1, 2]),), r"^net\.about must be a record of"),
    "epoch": (
        lambda: (sample(), None, -1),
        "^epoch must be a whole number of at least 0",
    ),
    "half an epoch": (lambda: (sample(), None, 1.5), "^epoch must be a whole number"),
    "complex net": (
        lambda: (sample().astype(complex),),
        "^theta must hold real numbers",
    ),
    "broken net": (lambda: (spoiled(sample()),), "^theta holds NaN or infinite values"),
}


def spoiled(owner, name="theta"):
    getattr(owner, name)[0] = np.nan
    return owner


def told(*about, **more):
    net = sample()
    net.about = about[0] if about else more
    return net


@pytest.mark.parametrize(("make", "says"), REFUSED.values(), ids=REFUSED)
def test_what_could_not_be_loaded_again_is_not_saved_and_the_old_file_stays(
    make, says, tmp_path
):
    path = tmp_path / "net.h5"
    storage.save(mlp([2, 1]), path)
    before = path.read_bytes()
    net, *more = make()
    with pytest.raises(ValueError, match=says):
        storage.save(net, path, *more)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["net.h5"]


def test_a_place_that_cannot_be_written_is_told_and_nothing_is_left(
    tmp_path, monkeypatch
):
    with pytest.raises(OSError, match="none"):
        storage.save(sample(), tmp_path / "none" / "net.h5")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        storage.save(sample(), tmp_path / "folder")
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize("place", ["fsync", "replace"])
def test_a_crash_in_writing_leaves_the_old_file_whole(place, tmp_path, monkeypatch):
    path = tmp_path / "net.h5"
    storage.save(mlp([2, 1]), path)

    def full(*args):
        raise OSError("no space left on the device")

    monkeypatch.setattr(os, place, full)
    with pytest.raises(OSError, match="no space left"):
        storage.save(sample(), path)
    assert storage.load(path).n_in == 2
    assert [p.name for p in tmp_path.iterdir()] == ["net.h5"]


def test_all_is_on_the_disk_before_it_takes_the_old_files_place(tmp_path, monkeypatch):
    events, replace = [], os.replace
    monkeypatch.setattr(os, "fsync", lambda fd: events.append(os.fstat(fd).st_size))
    monkeypatch.setattr(os, "replace", lambda *a: (events.append(a), replace(*a)))
    storage.save(mlp([2, 1]), tmp_path / "net.h5")
    size, (_, target) = events
    assert size == (tmp_path / "net.h5").stat().st_size
    assert target == tmp_path / "net.h5"


KILLED = """
import sys
import numpy as np
from dnn import mlp
from dnn.files import storage

net, n = mlp([200, 200, 1], seed=0), 0
while True:
    n += 1
    net.theta[...] = n
    storage.save(net, sys.argv[1])
    print(n, flush=True)
"""


def test_a_process_killed_while_saving_leaves_a_whole_file(tmp_path):
    """A real SIGKILL, at ten moments: what is found is one of the nets saved, whole,
    and not an older one.
    """
    path = tmp_path / "net.h5"
    for moment in range(10):
        with subprocess.Popen(
            [sys.executable, "-c", KILLED, path], stdout=subprocess.PIPE, text=True
        ) as process:
            process.stdout.readline()
            try:
                process.wait(0.0007 * moment)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            done = [1, *map(int, process.stdout.read().split())][-1]
        theta = storage.load(path).theta
        assert (theta == theta[0]).all()
        assert theta[0] in (done, done + 1)


# ---- damaged, foreign, forged --------------------------------------------------------

DAMAGES = """
import sys, time
import numpy as np
from pathlib import Path
from dnn.files import storage

path, rng = Path(sys.argv[1]), np.random.default_rng(0)
whole, odd = path.read_bytes(), path.with_name("odd.h5")
theta = storage.load(path).theta
for i in range(int(sys.argv[2])):
    body = bytearray(whole)
    kind = i % 5
    place = int(rng.integers(len(body) if i % 2 else 600))  # half of the damages to the header
    if kind == 0:
        body[place] ^= 1 << int(rng.integers(8))
    elif kind == 1:
        body = body[:place]
    elif kind == 2:
        body[place : place + 16] = rng.bytes(16)
    elif kind == 3:
        body[place:place] = rng.bytes(1 + place % 7)
    else:
        body = bytearray(rng.bytes(place))
    if bytes(body) == whole:
        continue
    odd.unlink(missing_ok=True)  # a new file; some systems flush one that is written over
    odd.write_bytes(body)
    try:
        storage.load(odd)
    except storage.StorageError as error:
        assert str(error).startswith(f"{odd}: "), error
    else:
        sys.exit(f"damage {i} was not seen")
print("all refused")
"""


def test_thousands_of_random_damages_are_all_refused(tmp_path):
    storage.save(sample(), tmp_path / "net.h5", trained(Adam(), sample()))
    done = child(DAMAGES, tmp_path / "net.h5", 3000, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "all refused\n", "")


def test_every_single_flipped_bit_of_the_header_is_refused(tmp_path):
    path = tmp_path / "net.h5"
    storage.save(mlp([2, 1]), path)
    whole = path.read_bytes()
    head = len(whole[:512].rstrip(b"\0"))
    with open(path, "r+b", buffering=0) as file:
        for place in [*range(head + 2), 511, 512]:
            for bit in range(8):
                file.seek(place)
                file.write(bytes([whole[place] ^ 1 << bit]))
                with pytest.raises(StorageError, match=r"net\.h5: "):
                    storage.load(path)
            file.seek(place)
            file.write(whole[place : place + 1])
    storage.load(path)  # and whole again, it is taken


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"dnn net",
        b"\x89HDF\r\n\x1a\n",
        bytes(512),
        bytes(5000),
        b"PK\x03\x04" * 200,
    ],
)
def test_a_foreign_file_is_refused(tmp_path, content):
    (tmp_path / "odd.h5").write_bytes(content)
    with pytest.raises(StorageError, match=r"odd\.h5: not a net saved by dnn\.storage"):
        storage.load(tmp_path / "odd.h5")


def test_a_file_that_is_not_there_is_named(tmp_path):
    for path in (tmp_path / "none.h5", tmp_path):
        with pytest.raises(FileNotFoundError, match="no such file"):
            storage.load(path)


@pytest.mark.parametrize("cut", [0, 1, 511, 512, 513, 2000, -1])
def test_a_truncated_file_is_refused(tmp_path, cut):
    path = tmp_path / "net.h5"
    storage.save(sample(), path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(
        StorageError,
        match=r"net\.h5: (not a net|holds \d+ bytes instead of \d+; it was cut or grew)",
    ):
        storage.load(path)


def header(version, length, digest):
    return (
        f"dnn net, version {version}, {length} bytes, sha256 {digest}\n".encode().ljust(
            512, b"\0"
        )
    )


@pytest.mark.parametrize("version", [0, 2, 99])
def test_another_version_is_told_from_damage(tmp_path, version):
    path = tmp_path / "net.h5"
    storage.save(sample(), path)
    path.write_bytes(
        path.read_bytes().replace(b"version 1", f"version {version}".encode(), 1)[
            : path.stat().st_size
        ]
    )
    if version == 99:  # its header is longer by a byte, cut from the padding
        whole = path.read_bytes()
        path.write_bytes(whole[:511] + whole[512:])
    with pytest.raises(
        StorageError,
        match=rf"net\.h5: written in version {version} of the format, this program reads 1",
    ):
        storage.load(path)


def test_a_header_that_lies_about_the_length_is_refused(tmp_path):
    path = tmp_path / "net.h5"
    storage.save(sample(), path)
    body = path.read_bytes()[512:]
    digest = hashlib.sha256(body).hexdigest()
    for length in (0, 1, len(body) - 1, len(body) + 1, 2**40, 10**300):
        path.write_bytes(header(1, length, digest) + body)
        with pytest.raises(
            StorageError,
            match=rf"net\.h5: holds {512 + len(body)} bytes instead of {512 + length}",
        ):
            storage.load(path)


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "net.h5"
    storage.save(sample(), path)
    length = path.stat().st_size - 512
    monkeypatch.setattr(storage, "LARGEST", length)
    storage.load(path)
    storage.save(sample(), path)
    monkeypatch.setattr(storage, "LARGEST", length - 1)
    with pytest.raises(
        ValueError, match=rf"^net of {length + 512} bytes: {length - 1}"
    ):
        storage.save(sample(), path)
    with pytest.raises(StorageError, match=r"net\.h5: "):
        storage.load(path)


def forge(path, **changes):
    """Write a file with a right checksum whose contents are wrong: each change is made
    to the open HDF5 file.
    """
    net = sample()
    storage.save(net, path, trained(Adam(schedules.constant(0.1)), net), epoch=1)
    buffer = io.BytesIO(path.read_bytes())
    with h5py.File(buffer, "r+") as file:
        for change in changes.values():
            change(file)
    body = buffer.getvalue()[512:]
    path.write_bytes(header(1, len(body), hashlib.sha256(body).hexdigest()) + body)


def attribute(name, value, group="/"):
    return lambda file: file[group].attrs.__setitem__(name, value)


def replaced(name, **dataset):
    def change(file):
        del file[name]
        file.create_dataset(name, **dataset)

    return change


def edited(name, edit, group="/"):
    def change(file):
        value = json.loads(file[group].attrs[name])
        value = edit(value) or value
        file[group].attrs[name] = json.dumps(value)

    return change


def layers(*configs):
    return attribute("layers", json.dumps(configs))


def dense(n_in, n_out):
    return {"kind": "Dense", "n_in": n_in, "n_out": n_out}


P = sample().theta.size
FORGED = {
    "no layers": layers(),
    "layers are no list": attribute("layers", "5"),
    "layers are no JSON": attribute("layers", "{"),
    "layers nested too deep": attribute("layers", "[" * 60_000),
    "layers not there": lambda file: file.attrs.__delitem__("layers"),
    "an unknown layer": edited(
        "layers", lambda layers: layers.append({"kind": "Pickle"})
    ),
    "a layer without a kind": layers({"n_in": 3, "n_out": 1}),
    "a layer with an argument too many": layers({**dense(3, 1), "evil": 1}),
    "a layer that is no record": layers("Dense"),
    "negative sizes": layers(dense(-3, -1)),
    "sizes in words": layers(dense("3", "1")),
    "a size of its own": layers(dense(3, 2)),
    "a broken chain": layers(dense(3, 5), dense(4, 2)),
    "a huge layer": layers(dense(10**6, 10**6)),
    "an absurd layer": layers(dense(10**30, 10**30)),
    "a huge layer of many": layers(*[dense(60_000, 60_000)] * 20),
    "an unknown activation": edited(
        "layers", lambda layers: layers[1].update(activation="exec")
    ),
    "a wrong keep_prob": edited("layers", lambda layers: layers[2].update(keep_prob=0)),
    "an infinite keep_prob": edited(
        "layers", lambda layers: layers[2].update(keep_prob=1e999)
    ),
    "an overlong keep_prob": edited(
        "layers", lambda layers: layers[2].update(keep_prob=10**400)
    ),
    "a stream of another kind": edited(
        "layers", lambda layers: layers[2].update(rng={"bit_generator": "MT19937"})
    ),
    "a stream out of range": edited(
        "layers", lambda layers: layers[2]["rng"]["state"].update(state=-1)
    ),
    "a stream beyond range": edited(
        "layers", lambda layers: layers[2]["rng"]["state"].update(state=2**200)
    ),
    "a stream of words": edited("layers", lambda layers: layers[2].update(rng="abc")),
    "about is no JSON": attribute("about", "{"),
    "about is no record": attribute("about", "[1, 2]"),
    "about not there": lambda file: file.attrs.__delitem__("about"),
    "a negative epoch": attribute("epoch", -1),
    "half an epoch": attribute("epoch", 0.5),
    "an epoch in words": attribute("epoch", "one"),
    "no theta": lambda file: file.__delitem__("theta"),
    "theta is a group": lambda file: (
        file.__delitem__("theta"),
        file.create_group("theta"),
    ),
    "theta too short": replaced("theta", data=np.ones(P - 1)),
    "theta too long": replaced("theta", data=np.ones(P + 1)),
    "theta a matrix": replaced("theta", data=np.ones((P, 1))),
    "theta holds NaN": replaced("theta", data=np.full(P, np.nan)),
    "theta is infinite": replaced("theta", data=np.full(P, np.inf)),
    "theta in whole numbers": replaced("theta", data=np.ones(P, int)),
    "theta in words": replaced("theta", data=[b"1"] * P),
    "theta complex": replaced("theta", data=np.ones(P, complex)),
    "theta claimed and not stored": replaced("theta", shape=(P,), dtype=float),
    "theta of a hostile size": replaced("theta", shape=(2**45,), dtype=float),
    "theta compressed": replaced("theta", data=np.ones(P), compression="gzip"),
    "theta chunked and sparse": replaced(
        "theta", shape=(2**45,), dtype=float, chunks=(1024,)
    ),
    "theta elsewhere": replaced(
        "theta", shape=(P,), dtype=float, external=[("/dev/zero", 0, P * 8)]
    ),
    "an unknown optimizer": attribute("kind", "os.system", "optimizer"),
    "settings are no JSON": attribute("settings", "{", "optimizer"),
    "settings not there": lambda file: file["optimizer"].attrs.__delitem__("settings"),
    "a setting too many": edited("settings", lambda s: s.update(evil=1), "optimizer"),
    "a step count below 0": edited("settings", lambda s: s.update(t=-1), "optimizer"),
    "no step count": edited("settings", lambda s: s.pop("t") and None, "optimizer"),
    "a rate that is none": edited("settings", lambda s: s.update(lr=-1), "optimizer"),
    "a beta that is none": edited("settings", lambda s: s.update(beta1=1), "optimizer"),
    "an unknown schedule": edited(
        "settings",
        lambda s: s["lr"].update({"schedule of kind": "nothing"}),
        "optimizer",
    ),
    "a schedule that is a module": edited(
        "settings", lambda s: s.update(lr={"schedule of kind": "math"}), "optimizer"
    ),
    "a schedule that is a helper": edited(
        "settings",
        lambda s: s.update(lr={"schedule of kind": "_rate", "name": "x", "value": 3}),
        "optimizer",
    ),
    "a schedule without its rate": edited(
        "settings", lambda s: s["lr"].pop("lr") and None, "optimizer"
    ),
    "a vector too short": replaced("optimizer/v", data=np.ones(P - 1)),
    "a vector that is a number": replaced("optimizer/v", data=1.0),
    "a vector of a hostile size": replaced("optimizer/v", shape=(2**45,), dtype=float),
    "a vector that is a group": lambda file: (
        file.__delitem__("optimizer/v"),
        file.create_group("optimizer/v"),
    ),
    "a vector missing": lambda file: file.__delitem__("optimizer/v"),
    "a vector that is not Adam's": lambda file: file.create_dataset(
        "optimizer/evil", data=np.ones(P)
    ),
    "a vector instead of a setting": lambda file: file.create_dataset(
        "optimizer/beta1", data=np.ones(P)
    ),
}


def test_the_forger_can_write_a_right_file(tmp_path):
    forge(tmp_path / "net.h5")
    assert_array_equal(storage.load(tmp_path / "net.h5").theta, trained_twin().theta)


def trained_twin():
    net = sample()
    trained(Adam(0.1), net)
    return net


@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED)
def test_a_right_checksum_does_not_make_a_net(tmp_path, change):
    path = tmp_path / "net.h5"
    forge(path, change=change)
    with pytest.raises(StorageError, match=r"net\.h5: its contents make no net"):
        storage.load_checkpoint(path)


REASONS = {
    "an unknown layer": r"\(unknown kind of layer 'Pickle'",
    "an unknown activation": r"\(unknown activation 'exec'",
    "a wrong keep_prob": r"keep_prob must be a number in \(0, 1\], got 0",
    "theta too short": rf"/theta has shape \({P - 1},\) where \({P},\) was expected",
    "theta holds NaN": "/theta holds NaN or infinite values",
    "a negative epoch": r"\(epoch must be a whole number of at least 0",
    "an unknown optimizer": r"\(unknown optimizer 'os.system'",
    "a step count below 0": r"\(t must be a whole number of at least 0",
    "a rate that is none": "lr must be a number",
    "an unknown schedule": r"\(unknown schedule 'nothing'",
}


@pytest.mark.parametrize(("name", "reason"), REASONS.items(), ids=REASONS)
def test_the_reason_is_told(tmp_path, name, reason):
    forge(tmp_path / "net.h5", change=FORGED[name])
    with pytest.raises(StorageError, match=reason):
        storage.load_checkpoint(tmp_path / "net.h5")


def test_a_hostile_size_takes_no_memory(tmp_path):
    """A net that claims 20 layers of 29 GB is refused within 1 GB, in a process that
    may have no more.
    """
    forge(tmp_path / "net.h5", change=FORGED["a huge layer of many"])
    done = child(
        "import resource, sys\n"
        "import h5py\n"
        "from dnn.files import storage\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))\n"
        "try:\n    storage.load(sys.argv[1])\n"
        "except storage.StorageError as error:\n    print(error)",
        tmp_path / "net.h5",
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert "its contents make no net" in done.stdout
    assert "emory" not in done.stdout
    assert "shape" in done.stdout


def test_loading_runs_nothing_that_the_file_names(tmp_path, monkeypatch):
    monkeypatch.setattr(
        schedules, "trap", lambda **fields: pytest.fail("it ran"), raising=False
    )
    forge(
        tmp_path / "net.h5",
        change=edited(
            "settings", lambda s: s.update(lr={"schedule of kind": "trap"}), "optimizer"
        ),
    )
    with pytest.raises(StorageError, match="its contents make no net"):
        storage.load(tmp_path / "net.h5")


def test_a_storage_error_is_a_value_error():
    assert issubclass(StorageError, ValueError)


def test_every_layer_can_be_saved(tmp_path):
    net = Network(
        [
            Dropout(0.5),
            Dense(2, 3),
            *map(Activate, ACTIVATIONS.values()),
            Dense(3, 1),
            Dropout(0.9),
        ],
        seed=1,
    )
    storage.save(net, tmp_path / "net.h5")
    assert str(storage.load(tmp_path / "net.h5")) == str(net)
