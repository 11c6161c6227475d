"""The shell mixes no numbers: each figure is that of the examples its label names, and
what goes on goes on as it began.
"""

import re

import h5py
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from samples import write_pictures

from dnn import Adam, binary_cross_entropy, data, fit, l2, mlp, squared_error
from dnn.__main__ import main
from dnn.data import split, standardize
from dnn.files import sets, storage
from dnn.files.pictures import read_images
from dnn.shell import inputs, report

CLASSES = b"dark", b"bright"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """Work in a folder of one's own; draw no plots and start no processes, for speed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(inputs, "read_apart", read_images)
    monkeypatch.setattr(report, "plot", lambda records, path: "")


def train(words):
    """Run `train` in this process, on the moons and with a small net."""
    return main(["train", "--data", "moons", *words.split()])


def dnn(words):
    """Run a command in this process."""
    return main(words.split())


def resume(words):
    """Run `train` in this process, with what the words say and nothing else."""
    return main(["train", "--resume", *words.split()])


def write_both(path, m=40, m_test=10, seed=0):
    """Write a file that holds both parts, of pictures at random."""
    rng = np.random.default_rng(seed)
    images, tests = (rng.integers(0, 256, (n, 4, 4, 3), np.uint8) for n in (m, m_test))
    more = {"test_set_x": tests, "test_set_y": np.arange(m_test) % 2}
    return write_pictures(path, m=m, classes=CLASSES, images=images, **more)


def figures(said):
    """Return {label: (right, of how many)} of what `train` printed."""
    found = re.findall(r"^(\w[\w ]*): +(\d+) of (\d+) right", said, re.MULTILINE)
    return {label: (int(right), int(m)) for label, right, m in found}


def right(net, X, Y):
    """Return (right, of how many), counted one by one."""
    answers = [net.predict(x[:, None])[0, 0] for x in X.T]
    return sum(a == y for a, y in zip(answers, Y[0], strict=True)), X.shape[1]


# ---- parts ---------------------------------------------------------------------------


def test_figures_are_those_of_the_part_that_their_label_names(capsys):
    assert train("--hidden 4 --epochs 9 --lr 0.1 --validate 0.3 --seed 2") == 0
    told = figures(capsys.readouterr().out)
    net, moons = storage.load("net.npz"), data.moons()
    training, held_out = split(moons.X, moons.Y, 0.3, seed=2)
    seen = standardize(training[0])
    assert_array_equal(net.about["shift"], seen.shift)  # fitted on that part alone
    assert_array_equal(net.about["scale"], seen.scale)
    assert told == {
        "training": right(net, seen(training[0]), training[1]),
        "held out": right(net, seen(held_out[0]), held_out[1]),
        "test": right(net, seen(moons.X_test), moons.Y_test),
    }
    assert [m for _, m in told.values()] == [350, 150, 500]


def test_real_targets_are_scaled_by_the_part_trained_on():
    words = "--hidden 3 --epochs 1 --validate 0.5 --seed 1"
    assert main(["train", "--data", "diabetes", *words.split()]) == 0
    about, diabetes = storage.load("net.npz").about, sets.diabetes()
    (X, Y), _ = split(diabetes.X, diabetes.Y, 0.5, seed=1)
    assert_array_equal(about["shift"], standardize(X).shift)
    assert_array_equal(about["target_shift"], standardize(Y).shift)
    assert_array_equal(about["target_scale"], standardize(Y).scale)


def test_a_file_that_holds_both_parts_serves_as_both(capsys):
    write_both("both.h5")
    words = "train --data both.h5 --hidden 8 --epochs 40"
    assert main(words.split()) == 0
    told = figures(capsys.readouterr().out)
    assert [m for _, m in told.values()] == [40, 10]
    assert dnn("predict net.npz both.h5") == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert len(lines) == 10
    assert last.startswith(f"test part of both.h5: {told['test'][0]} of 10 right")


def test_each_file_is_asked_for_the_part_of_its_role(capsys):
    write_both("both.h5", seed=1)
    write_pictures(
        "train.h5",
        m=6,
        classes=CLASSES,
        images=np.eye(6, 48, dtype="u1").reshape(6, 4, 4, 3),
    )
    write_pictures(
        "test.h5", "test", m=4, classes=CLASSES, images=np.zeros((4, 4, 4, 3), "u1")
    )
    for given, sizes in (
        ("--data train.h5", [6]),
        ("--data train.h5 --test test.h5", [6, 4]),
        ("--data train.h5 --test both.h5", [6, 10]),
        ("--data both.h5 --test test.h5", [40, 4]),
    ):
        assert dnn(f"train {given} --hidden --epochs 1") == 0
        assert [m for _, m in figures(capsys.readouterr().out).values()] == sizes
    assert dnn("predict net.npz train.h5") == 0
    assert "\ntraining part of train.h5: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("--data test.h5", "test.h5: holds no train_set_x, but only test_set_x"),
        ("--data both.h5 --test train.h5", "train.h5: holds no test_set_x, but only"),
        ("--data both.h5 --test both.h5", "--data and --test name the same file"),
        ("--data both.h5 --test ./both.h5", "--data alone uses its test part"),
        ("--data link.h5 --test both.h5", "link.h5: --data and --test name the same"),
        ("--data odd.h5", "odd.h5: pictures of other sizes or classes than in odd.h5"),
    ],
)
def test_a_part_is_not_taken_for_another(given, words, tmp_path, capsys):
    write_both("both.h5")
    write_pictures("train.h5", classes=CLASSES)
    write_pictures("test.h5", "test", classes=CLASSES)
    write_both("odd.h5")
    with h5py.File("odd.h5", "r+") as file:
        del file["test_set_x"]
        file["test_set_x"] = np.zeros((10, 5, 5, 3), np.uint8)
    (tmp_path / "link.h5").symlink_to("both.h5")
    assert dnn(f"train {given} --epochs 1") == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("read", [read_images, inputs.read_apart])
def test_pictures_are_read_by_their_part(read):
    path = write_both("both.h5")
    with h5py.File(path) as file:
        for part in ("train", "test"):
            images, labels, classes = read(path, part)
            assert_array_equal(images, file[f"{part}_set_x"])
            assert_array_equal(labels, file[f"{part}_set_y"])
            assert classes == ("dark", "bright")
        assert_array_equal(read(path)[0], file["train_set_x"])
    images, labels, classes = read(write_pictures("a.h5", classes=CLASSES), "test")
    assert (len(images), len(labels), classes) == (0, 0, ("dark", "bright"))


# ---- going on ------------------------------------------------------------------------


def same(one, other):
    """Assert that two checkpoints hold the same net, optimizer and epoch, to the bit."""
    (net, optimizer, epoch), (twin, again, number) = map(
        storage.load_checkpoint, (one, other)
    )
    assert_array_equal(net.theta, twin.theta)
    assert_array_equal(optimizer.v, again.v)
    assert (optimizer.t, epoch) == (again.t, number)


def test_resuming_equals_going_on():
    made = "--hidden 4 --keep-prob 0.8 --seed 5 --validate 0.3"
    assert train(f"{made} --epochs 6 --out whole.npz") == 0
    assert train(f"{made} --epochs 3 --out half.npz") == 0
    assert resume("half.npz --epochs 3 --out both.npz") == 0
    same("whole.npz", "both.npz")
    _, optimizer, epochs = storage.load_checkpoint("both.npz")
    assert epochs == 6
    assert optimizer.t == 6 * 6  # 350 examples are six batches of 64


def test_what_is_not_repeated_is_as_it_was(capsys):
    write_both("both.h5", seed=3)
    made = "train --data both.h5 --hidden 4 --penalty 20 --batch-size 7 --validate 0.2"
    assert dnn(f"{made} --epochs 4 --out whole.npz") == 0
    told = capsys.readouterr().out.splitlines()
    assert dnn(f"{made} --epochs 2 --out half.npz") == 0
    assert resume("half.npz --epochs 1 --out more.npz") == 0
    capsys.readouterr()
    assert resume("more.npz --epochs 1 --out both.npz") == 0
    same("whole.npz", "both.npz")
    assert capsys.readouterr().out.splitlines()[:-1] == told[:-1]
    # Repeating what was decided contradicts nothing, and a file may have moved.
    write_both("moved.h5", seed=3)
    again = "--data moved.h5 --hidden 4 --penalty 20 --batch-size 7 --validate 0.2"
    assert resume(f"half.npz --epochs 2 --out again.npz {again}") == 0
    same("whole.npz", "again.npz")


def test_early_stopping_and_another_test_part_go_on_too(capsys):
    assert train("--hidden 4 --validate 0.3 --epochs 2 --patience 9 --every 1") == 0
    write_both("both.h5")
    write_pictures(
        "test.h5", "test", m=4, classes=CLASSES, images=np.zeros((4, 4, 4, 3), "u1")
    )
    assert dnn("train --data both.h5 --hidden 2 --epochs 1 --out b.npz") == 0
    capsys.readouterr()
    assert resume("b.npz --epochs 1 --test test.h5 --out c.npz") == 0
    assert figures(capsys.readouterr().out)["test"][1] == 4
    assert storage.load("c.npz").about["made"]["test"] == "test.h5"
    assert storage.load("net.npz").about["made"]["patience"] == 9


@pytest.mark.parametrize(
    "flag",
    [
        "hidden 3",
        "lr 0.1",
        "seed 1",
        "validate 0.2",
        "dtype float32",
        "penalty 0.5",
        "batch-size 32",
        "activation tanh",
        "keep-prob 0.5",
        "optimizer momentum",
        "init xavier",
    ],
)
def test_what_a_net_was_made_with_is_not_changed_by_resuming(flag, capsys):
    assert train("--hidden 4 --epochs 1") == 0
    assert train(f"--epochs 1 --resume net.npz --{flag}") == 2
    said = capsys.readouterr().err
    assert f"--{flag.split()[0]} was decided when net.npz was made" in said


def test_it_is_said_what_was_decided(capsys):
    assert train("--hidden 4 --epochs 1 --penalty 2") == 0
    assert resume("net.npz --penalty 0") == 2
    assert capsys.readouterr().err.endswith("when net.npz was made: 2.0\n")


def test_a_net_resumes_on_its_own_examples_only(capsys):
    assert train("--hidden 4 --epochs 1") == 0
    assert dnn("train --data circles --resume net.npz") == 2
    said = capsys.readouterr().err
    assert "circles holds other examples than moons did when net.npz was made" in said
    write_both("both.h5")
    assert dnn("train --data both.h5 --epochs 1 --hidden 2") == 0
    write_both("both.h5", seed=7)
    assert resume("net.npz --epochs 1") == 2
    assert "both.h5 holds other examples than both.h5 did" in capsys.readouterr().err


def test_a_net_without_its_training_cannot_be_resumed(capsys):
    assert train("--hidden 4 --validate 0.3 --patience 2 --lr 3 --epochs 200") == 0
    _, optimizer, epochs = storage.load_checkpoint("net.npz")
    assert optimizer is None
    assert epochs < 200
    assert train("--resume net.npz") == 2
    assert "without its training" in capsys.readouterr().err


# ---- from Python and back ------------------------------------------------------------


def python_made(about=None, loss=binary_cross_entropy, **options):
    """Save what was trained in Python for three epochs; return the data, as it saw them."""
    moons = data.moons()
    net, optimizer = mlp([2, 4, 1], seed=1, loss=loss), Adam(0.01)
    net.about = about or {}
    shift, scale = (
        np.array(net.about.get(k, v)) for k, v in (("shift", 0), ("scale", 1))
    )
    X, Y = (moons.X - shift) / scale, moons.Y
    fit(net, loss, optimizer, (X, Y), epochs=3, **options)
    storage.save(net, "python.npz", optimizer, 3)
    return net, optimizer, (X, Y)


@pytest.mark.parametrize("about", [{}, {"shift": [[0.5], [0.25]], "scale": [[2.0]]}])
def test_what_was_saved_from_python_goes_on_in_the_shell(about, capsys):
    net, optimizer, pair = python_made(about, batch_size=50, penalty=l2(3))
    words = "python.npz --data moons --batch-size 50 --penalty 3 --epochs 2"
    assert resume(f"{words} --out shell.npz") == 0
    how = "scaled as it says" if about else "as they are"
    told = capsys.readouterr().out
    assert told.startswith(
        f"python.npz was saved from Python: it sees the data of moons {how}\n"
    )
    options = {"batch_size": 50, "penalty": l2(3), "start": 3}
    fit(net, binary_cross_entropy, optimizer, pair, epochs=2, **options)
    storage.save(net, "python.npz", optimizer, 5)
    same("python.npz", "shell.npz")
    # From now on it is the shell's: it knows its data, its classes and its options.
    assert resume("shell.npz --epochs 1") == 0
    assert dnn("predict net.npz moons") == 0
    assert storage.load("net.npz").about["made"]["penalty"] == 3


def test_what_was_saved_in_the_shell_goes_on_in_python():
    made = "--hidden 4 --keep-prob 0.9 --batch-size 30 --penalty 2 --validate 0.4"
    assert train(f"{made} --epochs 5 --out whole.npz") == 0
    assert train(f"{made} --epochs 2 --out half.npz") == 0
    net, optimizer, epoch = storage.load_checkpoint("half.npz")
    made, moons = net.about["made"], data.moons()
    (X, Y), _ = split(moons.X, moons.Y, made["validate"], made["seed"])
    X = (X - net.about["shift"]) / net.about["scale"]
    options = {"batch_size": made["batch_size"], "penalty": l2(made["penalty"])}
    fit(net, net.loss, optimizer, (X, Y), epochs=3, start=epoch, **options)
    storage.save(net, "half.npz", optimizer, epoch + 3)
    same("whole.npz", "half.npz")
    assert resume("half.npz --epochs 1") == 0


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("python.npz", "does not say what it was trained on: give --data"),
        ("python.npz --data digits", "(inputs, outputs, classes) (2, 1, ['0', '1'"),
        (
            "python.npz --data moons --lr 0.1",
            "--lr was decided when python.npz was made\n",
        ),
        (
            "numbers.npz --data moons",
            "with squared_error, its classes (0, 1) ask for b",
        ),
        (
            "named.npz --data moons",
            "(2, 1, ['no', 'yes']), moons has (2, 1, ['0', '1'])",
        ),
        ("bare.npz --data moons", "without its training: none to resume"),
    ],
)
def test_what_does_not_fit_python_made_is_refused(words, complaint, tmp_path, capsys):
    python_made(loss=squared_error)
    (tmp_path / "python.npz").rename("numbers.npz")
    python_made({"classes": ("no", "yes")})
    (tmp_path / "python.npz").rename("named.npz")
    storage.save(python_made()[0], "bare.npz")
    assert resume(f"{words} --epochs 1") == 2
    assert complaint in capsys.readouterr().err
