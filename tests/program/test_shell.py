"""The pipeline from a shell: trained, saved, resumed, asked; and every mistake answered
in a line.
"""

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys

import h5py
import numpy as np
import pytest
from PIL import Image
from samples import write_pictures

from dnn import fit, mlp
from dnn.__main__ import main
from dnn.files import sets, storage
from dnn.files.pictures import read_images
from dnn.shell import inputs

CLASSES = b"dark", b"bright"
QUICK = ["--hidden", "4", "--epochs", "3"]
BAR = rb"[1-9]\d*/1000000 .*epoch/s, loss=\d\.\d{4}, score=\d\.\d{3}\]"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Write twelve tiny pictures of two classes, the second one brighter, in the schema
    of the cats; and two nets, one of pictures and one that knows of none.
    """
    tmp_path = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    labels = np.arange(12) % 2
    images = (
        rng.integers(0, 100, (12, 8, 8, 3)) + 150 * labels[:, None, None, None]
    ).astype(np.uint8)
    for part in ("train", "test"):
        with h5py.File(tmp_path / f"{part}.h5", "w") as file:
            file[f"{part}_set_x"], file[f"{part}_set_y"] = images, labels
            file["list_classes"] = np.array(CLASSES)
    write_pictures(tmp_path / "labels.h5", classes=CLASSES, labels=labels[:6] + 1)
    large = np.zeros((6, 9, 9, 3), np.uint8)
    write_pictures(tmp_path / "large.h5", "test", classes=CLASSES, images=large)
    Image.fromarray(images[1]).resize((50, 40)).save(tmp_path / "bright.png")
    for name in ("notes.txt", "notes.h5"):
        (tmp_path / name).write_text("hello")
    with contextlib.chdir(tmp_path), contextlib.redirect_stdout(io.StringIO()):
        assert main(["train", "--data", "moons", *QUICK, "--out", "moons.npz"]) == 0
        assert (
            main(["train", "--data", "train.h5", *QUICK, "--out", "pictures.npz"]) == 0
        )
    return tmp_path


def shell(*arguments, cwd, **environment):
    """Run `python -m dnn` as a process of its own."""
    command = [sys.executable, "-m", "dnn", *map(str, arguments)]
    environment = {**os.environ, **environment}
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=60, env=environment
    )


def test_train_then_predict_a_file_and_a_picture(pictures, monkeypatch, capsys):
    done = shell(
        "train",
        "--data",
        "train.h5",
        "--test",
        "test.h5",
        *QUICK,
        "--epochs",
        60,
        cwd=pictures,
    )
    assert done.returncode == 0, done.stderr
    assert "12 of 12 right" in done.stdout
    assert (pictures / "net.png").read_bytes().startswith(b"\x89PNG")
    done = shell("predict", "net.npz", "bright.png", cwd=pictures)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("bright.png: bright, probability ")
    monkeypatch.chdir(pictures)
    assert main(["predict", "net.npz", "test.h5"]) == 0
    said = capsys.readouterr().out
    assert said.count("bright") == said.count("dark") == 6
    assert "12 of 12 right" in said


def test_help_of_each_command_names_its_options(capsys):
    for command, option in [
        ("train", "--optimizer"),
        ("predict", "input"),
        ("fetch", "--help"),
    ]:
        with pytest.raises(SystemExit) as stop:
            main([command, "--help"])
        assert stop.value.code == 0
        assert option in capsys.readouterr().out


def test_the_classes_of_many_are_predicted(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "--data", "digits", "--hidden", "32", "--epochs", "15"]) == 0
    assert main(["predict", "net.npz", "digits"]) == 0
    lines = capsys.readouterr().out.splitlines()
    right = int(re.match(r"test part of digits: (\d+) of 359 right", lines[-1])[1])
    assert right > 300
    assert sum(line.endswith("wrong") for line in lines) == 359 - right


def test_a_real_target_is_predicted_in_its_own_units(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = "train --data diabetes --hidden 8 --epochs 40 --lr 0.01"
    assert main(words.split()) == 0
    trained = capsys.readouterr().out
    assert main(["predict", "net.npz", "diabetes"]) == 0
    *lines, told = capsys.readouterr().out.splitlines()
    told = told.removeprefix("test part of diabetes: ")
    assert trained.splitlines()[-2] == f"test:       {told}"
    assert "right" not in trained
    R2 = float(re.fullmatch(r"R² (0\.\d{3}) on 88 examples, cost 0\.\d{4}", told)[1])
    pairs = [re.fullmatch(r" +(\d+) +(\S+)   true (\S+)", line) for line in lines]
    assert [int(pair[1]) for pair in pairs] == [*range(88)]
    y = sets.diabetes().Y_test[0]
    np.testing.assert_array_equal([float(pair[3]) for pair in pairs], y)
    predicted = np.array([float(pair[2]) for pair in pairs])
    want = 1 - ((predicted - y) ** 2).sum() / ((y - y.mean()) ** 2).sum()
    assert abs(R2 - want) < 1e-3
    assert R2 > 0.2


def test_the_loss_goes_by_the_labels_of_the_data(
    pictures, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    small = ["--hidden", "--epochs", "1"]
    for name, loss in (
        ("moons", "binary_cross_entropy"),
        ("spirals", "categorical_cross_entropy"),
        ("diabetes", "squared_error"),
    ):
        seen = []

        def recorded(net, given, *rest, seen=seen, **options):
            seen.append((net.loss.name, given.name))
            return fit(net, given, *rest, **options)

        monkeypatch.setattr("dnn.shell.train.fit", recorded)
        assert main(["train", "--data", name, *small]) == 0
        assert (
            main(["train", "--data", name, "--epochs", "1", "--resume", "net.npz"]) == 0
        )
        assert seen == [(loss, loss)] * 2


def train(words):
    """Run `train` in this process, on the moons and with a small net."""
    return main(["train", "--data", "moons", *words.split()])


@pytest.mark.parametrize(
    "option",
    [
        "seed 1",
        "penalty 50",
        "lr 0.1",
        "init glorot",
        "activation tanh",
        "batch-size 9",
        "optimizer momentum",
        "keep-prob 0.5",
        "validate 0.5",
        "hidden 5",
    ],
)
def test_an_option_changes_what_is_learned(option, pictures, tmp_path, capsys):
    words = ["train", "--data", "moons", *QUICK, *f"--{option}".split()]
    assert main([*words, "--out", str(tmp_path / "other.npz")]) == 0
    plain = storage.load(pictures / "moons.npz")
    other = storage.load(tmp_path / "other.npz")
    assert not np.array_equal(plain.theta, other.theta)


def test_a_net_computes_in_the_type_asked_for(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert train("--hidden 4 --epochs 1 --dtype float32") == 0
    assert storage.load("net.npz").theta.dtype == np.float32


def test_gray_pictures_are_read_by_a_net_of_gray_pictures(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "--data", "digits", "--hidden", "4", "--epochs", "1"]) == 0
    Image.fromarray(np.arange(144, dtype=np.uint8).reshape(12, 12)).save("gray.png")
    assert main(["predict", "net.npz", "gray.png"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("gray.png: ")


def test_a_net_saved_without_its_scaling_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    storage.save(mlp([2, 3, 1]), "bare.npz")
    assert main(["predict", "bare.npz", "moons"]) == 2
    assert "how its inputs were scaled" in capsys.readouterr().err


PLAIN = {"classes": [], "shape": (2, 2, 3), "shift": [[0.0]], "scale": [[1.0]]}


def test_a_number_is_read_off_a_picture(tmp_path, monkeypatch, capsys):
    """By a net made in Python, which says in what units its targets were."""
    monkeypatch.chdir(tmp_path)
    net = mlp([12, 1], init="zeros")
    net.theta[-1] = 0.5  # the bias
    net.about = PLAIN | {"target_shift": [[100.0]], "target_scale": [[8.0]]}
    storage.save(net, "net.npz")
    Image.new("RGB", (4, 4)).save("black.png")
    assert main(["predict", "net.npz", "black.png"]) == 0
    assert capsys.readouterr().out == "black.png: 104\n"


def test_a_net_of_several_answers_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    net = mlp([12, 2])
    net.about = PLAIN
    storage.save(net, "net.npz")
    assert main(["predict", "net.npz", "black.png"]) == 2
    assert "net.npz gives 2 answers an example" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("train --data moon", "did you mean 'moons'"),
        ("train --data moons --optimizer adm", "did you mean 'adam'"),
        ("train --data moons --activation rellu", "did you mean 'relu'"),
        ("train --data moons --init hee", "did you mean 'he'"),
        ("train --data absent.h5", "absent.h5: no such file"),
        ("train --data moons --test x.h5", "--test goes with"),
        ("train --data moons --lr -1", "--lr must be a number"),
        ("train --data moons --epochs -1", "--epochs must be"),
        (
            "train --data moons --every 0",
            "--every must be a whole number of at least 1",
        ),
        ("train --data moons --batch-size 0", "--batch-size must be"),
        ("train --data moons --keep-prob 1.5", "--keep-prob must be"),
        ("train --data moons --patience 3", "--patience needs --validate"),
        ("train --data moons --out nowhere/net.npz", "its folder does not exist"),
        ("train --data moons --out net.png", "the plot goes there"),
        ("train --data moons --validate 0", "--validate must be a number in (0, 1)"),
        ("train --data moons --validate 1", "--validate must be a number in (0, 1)"),
        ("train --data moons --validate 0.001", "of 500 examples leaves a part empty"),
        ("train --data moons --validate 0.2 --patience 0", "--patience must be"),
        ("train --data moons --resume absent.h5", "absent.h5: no such file"),
        ("predict absent.h5 moons", "absent.h5: no such file"),
        ("predict moons.npz bright.png", "was not trained on pictures"),
        ("predict moons.npz digits", "tells 0, 1 apart, digits holds 0, 1, 2, 3,"),
        ("predict moons.npz diabetes", "tells 0, 1 apart, diabetes holds real numbers"),
        ("predict moons.npz test.h5", "tells 0, 1 apart, test.h5 holds dark, bright"),
        ("predict moons.npz notes.H5", "notes.H5: no such file"),
        ("predict pictures.npz notes.h5", "notes.h5: not a file of pictures"),
        ("train --data moons --penalty -1", "--penalty must be a number in [0, inf)"),
        ("train --data moons --penalty nan", "--penalty must be a number in [0, inf)"),
        ("train --data moons --lr nan", "--lr must be a number in [0, inf), got nan"),
        ("train --data moons --hidden 0", "--hidden must be a whole number of at lea"),
        ("train --data moons --hidden 99999999999 9", "not enough memory: Unable to"),
        ("train --data moons --seed -1", "--seed must be a whole number of at least 0"),
        ("train --data moons --keep-prob 1 1 1 0.5", "4 probabilities for 3 layers"),
        ("train --data . ", "unknown data set '.': known are"),
        ("train --data moons --out .", "or it is a folder itself"),
        ("train --data moons --resume notes.txt", "notes.txt: not a net saved by"),
        ("train --data moons --resume .", ".: no such file"),
        ("predict pictures.npz notes.txt", "notes.txt: not a picture"),
        ("predict pictures.npz absent.jpg", "absent.jpg: no such file"),
        ("predict notes.txt bright.png", "notes.txt: not a net"),
        (
            "train --data table.csv",
            "table.csv: --data takes the name of a set, or pict",
        ),
        (
            "train --data table.csv",
            "such as .csv and .npz, go to dnn.fit in Python, re",
        ),
        ("train --data moons.npz", "a saved net goes to --resume"),
        ("train --data absent.hdf", "absent.hdf: no such file"),
        ("train --data labels.h5", "labels.h5: holds the labels 1, 2, but its classes"),
        (
            "train --data labels.h5",
            "classes are 0 dark, 1 bright: 2 names none; number",
        ),
        ("predict pictures.npz labels.h5", "number the labels from 0, as in list_cl"),
        (
            "predict pictures.npz large.h5",
            "sees pictures of 8×8×3, large.h5 holds 9×9×3",
        ),
        ("train --data train.h5 --test large.h5", "large.h5: pictures of other sizes"),
        (
            "train --data train.h5 --test large.h5",
            "(9, 9, 3) ('dark', 'bright'), not (",
        ),
        ("train --data train.h5 --test table.csv", "table.csv: no such file"),
    ],
)
def test_a_mistake_is_answered_in_a_line(
    arguments, words, pictures, monkeypatch, capsys
):
    monkeypatch.chdir(pictures)
    assert main(arguments.split()) == 2
    complaint = capsys.readouterr().err
    assert words in complaint
    assert complaint.startswith("dnn: error: ")
    assert complaint.count("\n") == 1


def test_misuse_exits_with_2_and_no_traceback(tmp_path):
    done = shell("train", "--epochs", "many", cwd=tmp_path)
    assert done.returncode == 2
    assert "usage:" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", ["trian", "predict", "train --dtype int8"])
def test_misuse_is_told_with_what_would_be_right(words, capsys):
    with pytest.raises(SystemExit) as stop:
        main(words.split())
    assert stop.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_alone_it_tells_what_it_can_do(tmp_path):
    """And does so in a terminal that knows no Greek letters."""
    done = shell(cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for command in ("train", "predict", "fetch"):
        assert f"    {command}  " in done.stdout
    done = shell("train", "--help", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert r"\u03bb of the L2 penalty" in done.stdout


# ---- files that would hang or crash it -----------------------------------------------

TRAPS = {
    "hang": "import time; time.sleep(60)",
    "crash": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
}

ENDED = {"hang": "hung", "crash": "crashed"}


@pytest.mark.parametrize("end", TRAPS)
def test_a_file_whose_reading_never_ends_well_is_refused(
    end, pictures, monkeypatch, capsys
):
    monkeypatch.chdir(pictures)
    monkeypatch.setattr(inputs, "READER", TRAPS[end])
    monkeypatch.setattr(inputs, "PATIENCE", 0.3)
    for words in ("train --data test.h5", "predict pictures.npz test.h5"):
        assert main(words.split()) == 2
        said = capsys.readouterr().err
        assert said == f"dnn: error: test.h5: damaged, reading it {ENDED[end]}\n"


def test_what_was_read_apart_is_what_was_written(pictures):
    apart = inputs.read_apart(pictures / "train.h5")
    here = read_images(pictures / "train.h5")
    for part, want in zip(apart, here, strict=True):
        np.testing.assert_array_equal(part, want)
    assert apart[2] == ("dark", "bright")


def test_fetch_finds_what_is_there_and_refuses_what_is_not_that(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("DNN_PHOTOS", str(tmp_path))
    for name in sets.SHA256:
        shutil.copy(sets.FOLDER / "drawn" / name, tmp_path)
    assert main(["fetch"]) == 2
    assert "not the file expected" in capsys.readouterr().err


def test_a_folder_without_the_photographs_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DNN_PHOTOS", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sets, "FOLDER", tmp_path)
    monkeypatch.setattr(sets, "PHOTOS", "http://127.0.0.1:9/")  # where nobody listens
    assert main(["train", "--data", "cats"]) == 2
    said = capsys.readouterr().err
    assert (
        f"DNN_PHOTOS names {tmp_path}, which lacks one of train_catvnoncat.h5, " in said
    )
    assert said.endswith("; in a shell, that is --data drawn_cats\n")
    monkeypatch.delenv("DNN_PHOTOS")
    assert main(["fetch"]) == 2
    assert "Error: " in (said := capsys.readouterr().err)
    assert "DNN_PHOTOS names" not in said


def test_ctrl_c_elsewhere_is_told(monkeypatch, capsys):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(sets, "find_photos", interrupted)
    assert main(["fetch"]) == 130
    assert capsys.readouterr().err == "dnn: error: interrupted\n"
