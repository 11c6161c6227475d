"""A file must give back what was put in, or say why not: so it is cut, flipped, forged,
and its writer killed.
"""

import errno
import hashlib
import io
import json
import os
import signal
import stat
import subprocess
import sys
import time
import zipfile

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
from dnn.losses import LOSSES


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
    path = tmp_path_factory.getbasetemp() / "roundtrip.npz"
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
    storage.save(net, tmp_path / "net.npz")
    about = storage.load(tmp_path / "net.npz").about
    assert_array_equal(about.pop("shift"), [[1.5], [2.5]])
    assert about == {
        "classes": ("no", "yes"),
        "shape": (64, 64, 3),
        "n": 3,
        "rate": 0.5,
        "name": "cats – 猫",
    }


@pytest.mark.parametrize("loss", [None, *LOSSES.values()], ids=str)
def test_a_net_comes_back_with_what_its_outputs_mean(tmp_path, loss):
    net = mlp([3, 4, 2], loss=loss)
    storage.save(net, tmp_path / "net.npz")
    assert storage.load(tmp_path / "net.npz").loss == loss


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
    storage.save(net, tmp_path / "net.npz", optimizer, epoch=7)
    twin, other, epoch = storage.load_checkpoint(tmp_path / "net.npz")
    assert epoch == 7
    assert repr(other) == repr(optimizer)
    assert type(other) is type(optimizer)
    state = {k: v for k, v in vars(optimizer).items() if k != "bound"}
    assert vars(other).keys() == state.keys()
    for name, value in state.items():
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
    storage.save(sample(), tmp_path / "net.npz")
    assert storage.load_checkpoint(tmp_path / "net.npz")[1:] == (None, 0)


def test_the_same_net_gives_the_same_bytes_a_second_later(tmp_path):
    for name in ("a", "b"):
        time.sleep(2.01 * (name == "b"))  # an archive can store times, in two seconds
        storage.save(sample(), tmp_path / name, trained(Adam(), sample()))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_saving_replaces_and_leaves_nothing_beside(tmp_path):
    path = tmp_path / "net.npz"
    storage.save(mlp([2, 1]), path)
    storage.save(mlp([3, 1]), str(path))  # a path in words will do
    assert storage.load(str(path)).n_in == 3
    assert [p.name for p in tmp_path.iterdir()] == ["net.npz"]


def test_a_file_is_npz_that_others_can_read(tmp_path):
    net = sample()
    storage.save(net, tmp_path / "net.npz")
    with np.load(tmp_path / "net.npz", allow_pickle=False) as file:
        assert_array_equal(file["theta"], net.theta)
        told = json.loads(file["description"].tobytes())
    assert told["net"]["arguments"]["layers"]["list"][0] == {
        "kind": "Dense",
        "arguments": {"n_in": 3, "n_out": 5},
        "state": {},
    }


def test_no_hdf5_is_needed(tmp_path):
    code = (
        "import sys; sys.modules['h5py'] = None\n"
        "from dnn import mlp\nfrom dnn.files import storage\n"
        "storage.save(mlp([2, 1]), sys.argv[1]); print(storage.load(sys.argv[1]).n_in)"
    )
    done = child(code, tmp_path / "net.npz")
    assert (done.returncode, done.stdout, done.stderr) == (0, "2\n", "")


# ---- what cannot be saved ------------------------------------------------------------


class Secretive(Dropout):
    def __init__(self, share):
        super().__init__(share)


SINE = Activation("a sine", np.sin, lambda Z, A: np.cos(Z))
REFUSED = {
    "layer that keeps its argument to itself": (
        lambda: (Network([Dense(2, 1), Secretive(0.5)]),),
        "Secretive must keep its share as self.share",
    ),
    "activation": (lambda: (mlp([2, 2, 1], hidden=SINE),), "give it a name"),
    "schedule": (
        lambda: (sample(), Adam(lambda t: 0.1)),
        "give it a name, with def, to save it",
    ),
    "inner schedule": (
        lambda: (sample(), Adam(schedules.warmup(lambda t: 0.1, 3))),
        "give it a name",
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
        "optimizer s holds NaN or infinite values",
    ),
    "about complex": (lambda: (told(z=np.ones(2) * 1j),), "^about z must hold real"),
    "about a list": (lambda: (told([1, 2]),), r"^net\.about must be a dict, got"),
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
    path = tmp_path / "net.npz"
    storage.save(mlp([2, 1]), path)
    before = path.read_bytes()
    net, *more = make()
    with pytest.raises(ValueError, match=says):
        storage.save(net, path, *more)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["net.npz"]


def test_a_place_that_cannot_be_written_is_told_and_nothing_is_left(
    tmp_path, monkeypatch
):
    with pytest.raises(OSError, match="none"):
        storage.save(sample(), tmp_path / "none" / "net.npz")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "folder", tmp_path / "pipe", "/dev/null"):
        with pytest.raises(ValueError, match="not a file that can be replaced"):
            storage.save(sample(), place)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "pipe"]


def test_a_link_stays_a_link_and_a_mode_is_kept(tmp_path):
    target, link = tmp_path / "real.npz", tmp_path / "net.npz"
    storage.save(mlp([2, 1]), target)
    target.chmod(0o600)
    link.symlink_to(target)
    storage.save(mlp([3, 1]), link)
    assert link.is_symlink()
    assert storage.load(target).n_in == 3
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EPERM, errno.EINVAL])
def test_what_cannot_be_renamed_over_is_written_in_place(tmp_path, monkeypatch, number):
    path = tmp_path / "net.npz"
    storage.save(mlp([2, 1]), path)

    def mounted(*args):
        raise OSError(number, "mounted by itself")

    monkeypatch.setattr(os, "replace", mounted)
    with pytest.warns(UserWarning, match=r"net\.npz: .* written in place"):
        storage.save(mlp([3, 1]), path)
    assert storage.load(path).n_in == 3
    assert [p.name for p in tmp_path.iterdir()] == ["net.npz"]


def test_what_a_process_that_is_gone_left_is_removed_and_anothers_work_is_not(tmp_path):
    gone, here = subprocess.Popen(["true"]), os.getppid()
    gone.wait()
    for process in (gone.pid, here):
        (tmp_path / f".net.npz.{process}.tmp").write_bytes(b"half a net")
    storage.save(mlp([2, 1]), tmp_path / "net.npz")
    left = sorted(p.name for p in tmp_path.iterdir())
    assert left == [f".net.npz.{here}.tmp", "net.npz"]


@pytest.mark.parametrize("place", ["fsync", "replace"])
def test_a_crash_in_writing_leaves_the_old_file_whole(place, tmp_path, monkeypatch):
    path = tmp_path / "net.npz"
    storage.save(mlp([2, 1]), path)

    def full(*args):
        raise OSError("no space left on the device")

    monkeypatch.setattr(os, place, full)
    with pytest.raises(OSError, match="no space left"):
        storage.save(sample(), path)
    assert storage.load(path).n_in == 2
    assert [p.name for p in tmp_path.iterdir()] == ["net.npz"]


def test_all_is_on_the_disk_before_it_takes_the_old_files_place(tmp_path, monkeypatch):
    events, replace = [], os.replace
    monkeypatch.setattr(os, "fsync", lambda fd: events.append(os.fstat(fd).st_size))
    monkeypatch.setattr(os, "replace", lambda *a: (events.append(a), replace(*a)))
    storage.save(mlp([2, 1]), tmp_path / "net.npz")
    size, (_, target) = events
    assert size == (tmp_path / "net.npz").stat().st_size
    assert target == tmp_path / "net.npz"


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
    path = tmp_path / "net.npz"
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
whole, odd = path.read_bytes(), path.with_name("odd.npz")
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
    storage.save(sample(), tmp_path / "net.npz", trained(Adam(), sample()))
    done = child(DAMAGES, tmp_path / "net.npz", 3000, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "all refused\n", "")


def test_every_flipped_byte_is_refused(tmp_path):
    path = tmp_path / "net.npz"
    storage.save(mlp([2, 1]), path)
    whole = path.read_bytes()
    with open(path, "r+b", buffering=0) as file:
        for place in range(len(whole)):
            file.seek(place)
            file.write(bytes([whole[place] ^ 1 << place % 8]))
            with pytest.raises(StorageError, match=r"net\.npz: "):
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
    (tmp_path / "odd.npz").write_bytes(content)
    with pytest.raises(StorageError, match=r"odd\.npz: not a net saved by dnn"):
        storage.load(tmp_path / "odd.npz")


def test_a_file_that_is_not_there_is_named(tmp_path):
    for path in (tmp_path / "none.npz", tmp_path):
        with pytest.raises(FileNotFoundError, match="no such file"):
            storage.load(path)


@pytest.mark.parametrize("cut", [0, 1, 63, 64, 65, 2000, -1])
def test_a_truncated_file_is_refused(tmp_path, cut):
    path = tmp_path / "net.npz"
    storage.save(sample(), path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(StorageError, match=r"net\.npz: not a net .* or cut short"):
        storage.load(path)


def test_a_file_of_the_earlier_form_is_told_from_damage(tmp_path):
    path = tmp_path / "net.npz"
    path.write_bytes(b"dnn net, version 1, 4096 bytes, sha256 " + bytes(4096))
    with pytest.raises(StorageError, match=r"net\.npz: of an earlier form, HDF5"):
        storage.load(path)


def forge(path, change=lambda told, arrays: None, **options):
    """Write a file with a right checksum whose contents are wrong."""
    net = sample()
    storage.save(net, path, trained(Adam(schedules.constant(0.1)), net), epoch=1)
    with np.load(path) as file:
        arrays = dict(file)
    told = json.loads(arrays.pop("description").tobytes())
    words = change(told, arrays) or json.dumps(told)
    archive = io.BytesIO()
    save = np.savez_compressed if options.get("packed") else np.savez
    save(archive, description=np.frombuffer(words.encode(), "u1"), **arrays)
    with zipfile.ZipFile(archive, "a") as file:
        file.comment = storage.MARK + b"0" * 64
    body = archive.getvalue()[:-64]
    path.write_bytes(body + hashlib.sha256(body).hexdigest().encode())


def layers(*configs):
    def change(told, arrays):
        told["net"]["arguments"]["layers"]["list"] = list(configs)

    return change


def of(part):
    """Return a function that makes a change of one part of the description."""
    places = {
        "layers": lambda told: told["net"]["arguments"]["layers"]["list"],
        "optimizer": lambda told: told["optimizer"],
        "told": lambda told: told,
    }
    return lambda edit: lambda told, arrays: edit(places[part](told)) and None


def array(name, **new):
    def change(told, arrays):
        arrays.pop(name)
        if new:
            arrays[name] = new["new"]

    return change


def dense(n_in, n_out, **more):
    return {
        "kind": "Dense",
        "arguments": {"n_in": n_in, "n_out": n_out, **more},
        "state": {},
    }


P = sample().theta.size
FORGED = {
    "no JSON": lambda told, arrays: "{",
    "nested too deep": lambda told, arrays: "[" * 60_000,
    "no layers": layers(),
    "layers are no list": of("told")(
        lambda told: told["net"]["arguments"].update(layers=5)
    ),
    "layers not there": of("told")(lambda told: told["net"]["arguments"].pop("layers")),
    "an unknown layer": of("layers")(
        lambda layers: layers.append({"kind": "Pickle", "arguments": {}, "state": {}})
    ),
    "a layer without a kind": layers({"arguments": {"n_in": 3, "n_out": 1}}),
    "a layer with an argument too many": layers(dense(3, 1, evil=1)),
    "a layer that is no record": layers("Dense"),
    "a layer that is an optimizer": layers(
        {"kind": "Adam", "arguments": {}, "state": {}}
    ),
    "negative sizes": layers(dense(-3, -1)),
    "sizes in words": layers(dense("3", "1")),
    "a size of its own": layers(dense(3, 2)),
    "a broken chain": layers(dense(3, 5), dense(4, 2)),
    "a huge layer": layers(dense(10**6, 10**6)),
    "an absurd layer": layers(dense(10**30, 10**30)),
    "an unknown activation": of("layers")(
        lambda layers: layers[1]["arguments"].update(activation={"named": "exec"})
    ),
    "a wrong keep_prob": of("layers")(
        lambda layers: layers[2]["arguments"].update(keep_prob=0)
    ),
    "an infinite keep_prob": of("layers")(
        lambda layers: layers[2]["arguments"].update(keep_prob=1e999)
    ),
    "a stream of another kind": of("layers")(
        lambda layers: layers[2]["state"]["rng"]["rng"].update(bit_generator="MT19937")
    ),
    "a stream out of range": of("layers")(
        lambda layers: layers[2]["state"]["rng"]["rng"]["state"].update(state=-1)
    ),
    "a stream beyond range": of("layers")(
        lambda layers: layers[2]["state"]["rng"]["rng"]["state"].update(state=2**200)
    ),
    "a stream of words": of("layers")(
        lambda layers: layers[2]["state"].update(rng="a")
    ),
    "a method replaced": of("layers")(
        lambda layers: layers[2]["state"].update(forward=layers[2]["state"]["rng"])
    ),
    "a loss that is none": of("told")(lambda told: told.update(loss={"named": "relu"})),
    "a loss of classes": of("told")(
        lambda told: told.update(loss={"named": "categorical_cross_entropy"})
    ),
    "about is no record": of("told")(lambda told: told.update(about={"list": [1, 2]})),
    "about not there": of("told")(lambda told: told.pop("about")),
    "a negative epoch": of("told")(lambda told: told.update(epoch=-1)),
    "half an epoch": of("told")(lambda told: told.update(epoch=0.5)),
    "an epoch in words": of("told")(lambda told: told.update(epoch="one")),
    "no theta": array("theta"),
    "no buffers": array("buffers"),
    "theta too short": array("theta", new=np.ones(P - 1)),
    "theta too long": array("theta", new=np.ones(P + 1)),
    "theta a matrix": array("theta", new=np.ones((P, 1))),
    "theta holds NaN": array("theta", new=np.full(P, np.nan)),
    "theta is infinite": array("theta", new=np.full(P, np.inf)),
    "theta in whole numbers": array("theta", new=np.ones(P, int)),
    "theta in words": array("theta", new=np.full(P, "1")),
    "theta complex": array("theta", new=np.ones(P, complex)),
    "theta of objects": array("theta", new=np.full(P, None)),
    "buffers that are none": array("buffers", new=np.ones(3)),
    "an unknown optimizer": of("optimizer")(lambda o: o.update(kind="os.system")),
    "a setting too many": of("optimizer")(lambda o: o["arguments"].update(evil=1)),
    "a step count below 0": of("optimizer")(lambda o: o["state"].update(t=-1)),
    "half a step": of("optimizer")(lambda o: o["state"].update(t=0.5)),
    "a rate that is none": of("optimizer")(lambda o: o["arguments"].update(lr=-1)),
    "a beta that is none": of("optimizer")(lambda o: o["arguments"].update(beta1=1)),
    "an unknown schedule": of("optimizer")(
        lambda o: o["arguments"]["lr"].update(kind="nothing")
    ),
    "a schedule that is a module": of("optimizer")(
        lambda o: o["arguments"]["lr"].update(kind="math")
    ),
    "a schedule without its rate": of("optimizer")(
        lambda o: o["arguments"]["lr"]["arguments"].pop("lr")
    ),
    "a vector too short": array("2", new=np.ones(P - 1)),
    "a vector that is a number": array("2", new=np.float64(1)),
    "a vector missing": array("2"),
    "a vector left out": of("optimizer")(lambda o: o["state"].pop("v")),
    "a vector that is not Adam's": of("optimizer")(
        lambda o: o["state"].update(evil=o["state"]["v"])
    ),
    "a vector instead of a setting": of("optimizer")(
        lambda o: o["state"].update(beta1=o["state"]["v"])
    ),
}


def test_the_forger_can_write_a_right_file(tmp_path):
    forge(tmp_path / "net.npz")
    assert_array_equal(storage.load(tmp_path / "net.npz").theta, trained_twin().theta)


def trained_twin():
    net = sample()
    trained(Adam(0.1), net)
    return net


@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED)
def test_a_right_checksum_does_not_make_a_net(tmp_path, change):
    path = tmp_path / "net.npz"
    forge(path, change)
    with pytest.raises(StorageError, match=r"net\.npz: does not describe a net"):
        storage.load_checkpoint(path)


def test_what_is_compressed_is_refused_unread(tmp_path):
    """A few bytes could stand for more than the memory holds."""
    forge(tmp_path / "net.npz", packed=True)
    with pytest.raises(StorageError, match=r"\(\w+\.npy is compressed\)"):
        storage.load(tmp_path / "net.npz")


REASONS = {
    "an unknown layer": r"\(Pickle is not known here: load\(path, kinds=\[Pickle, …\]",
    "an unknown activation": r"\(exec is not known here",
    "a wrong keep_prob": r"keep_prob must be a number in \(0, 1\], got 0",
    "a huge layer": r"Dense claims 1000000000000 parameters",
    "buffers that are none": r"buffers has shape \(3,\) but the net's .*\(0,\)",
    "theta holds NaN": "theta holds NaN or infinite values",
    "a negative epoch": r"\(epoch must be a whole number of at least 0",
    "an unknown optimizer": r"\(os.system is not known here",
    "a step count below 0": r"\(t must be a whole number of at least 0",
    "a rate that is none": "lr must be a number",
    "an unknown schedule": r"\(nothing is not known here",
}


@pytest.mark.parametrize(("name", "reason"), REASONS.items(), ids=REASONS)
def test_the_reason_is_told(tmp_path, name, reason):
    forge(tmp_path / "net.npz", FORGED[name])
    with pytest.raises(StorageError, match=reason):
        storage.load_checkpoint(tmp_path / "net.npz")


def test_loading_runs_nothing_that_the_file_names(tmp_path, monkeypatch):
    monkeypatch.setattr(
        schedules, "trap", lambda **fields: pytest.fail("it ran"), raising=False
    )
    change = of("optimizer")(lambda o: o["arguments"]["lr"].update(kind="trap"))
    forge(tmp_path / "net.npz", change)
    with pytest.raises(StorageError, match="trap is not known here"):
        storage.load(tmp_path / "net.npz")


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
    storage.save(net, tmp_path / "net.npz")
    assert str(storage.load(tmp_path / "net.npz")) == str(net)
