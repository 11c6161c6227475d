"""The pipeline from a shell: trained, saved, resumed, asked; and every mistake answered
in a line.
"""

import os
import shutil
import subprocess
import sys

import h5py
import numpy as np
import pytest
from PIL import Image

from dnn import data, mlp, storage
from dnn.__main__ import main

QUICK = ["--hidden", "4", "--epochs", "3"]


@pytest.fixture
def pictures(tmp_path):
    """Write twelve tiny pictures of two classes, the second one brighter, in the schema
    of the cats.
    """
    rng = np.random.default_rng(0)
    labels = np.arange(12) % 2
    images = (
        rng.integers(0, 100, (12, 8, 8, 3)) + 150 * labels[:, None, None, None]
    ).astype(np.uint8)
    for part in ("train", "test"):
        with h5py.File(tmp_path / f"{part}.h5", "w") as file:
            file[f"{part}_set_x"], file[f"{part}_set_y"] = images, labels
            file["list_classes"] = np.array([b"dark", b"bright"])
    Image.fromarray(images[1]).resize((50, 40)).save(tmp_path / "bright.png")
    return tmp_path


def shell(*arguments, cwd):
    """Run `python -m dnn` as a process of its own."""
    command = [sys.executable, "-m", "dnn", *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=60, env=os.environ
    )


def test_train_then_predict_a_file_and_a_picture(pictures):
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
    done = shell("predict", "net.h5", "test.h5", cwd=pictures)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("bright") == done.stdout.count("dark") == 6
    assert "12 of 12 right" in done.stdout
    done = shell("predict", "net.h5", "bright.png", cwd=pictures)
    assert done.stdout.startswith("bright.png: bright, probability ")


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
    assert main(["predict", "net.h5", "digits"]) == 0
    lines = capsys.readouterr().out.splitlines()
    right = int(lines[-1].split(" of 359 right")[0])
    assert right > 300
    assert sum(line.endswith("wrong") for line in lines) == 359 - right


def train(words):
    """Run `train` in this process, on the moons and with a small net."""
    return main(["train", "--data", "moons", *words.split()])


def test_resuming_equals_going_on(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    made = "--hidden 4 --keep-prob 0.8 --seed 5 --validate 0.3"
    assert train(f"{made} --epochs 6 --out whole.h5") == 0
    assert train(f"{made} --epochs 3 --out half.h5") == 0
    assert train("--epochs 3 --resume half.h5 --out both.h5") == 0
    whole, both = (storage.load_checkpoint(name) for name in ("whole.h5", "both.h5"))
    np.testing.assert_array_equal(whole[0].theta, both[0].theta)
    assert whole[2] == both[2] == 6
    assert whole[1].t == both[1].t == 6 * 6  # 350 examples are six batches of 64


@pytest.mark.parametrize(
    "flag", ["hidden 3", "lr 0.1", "seed 0", "validate 0.2", "dtype float32"]
)
def test_what_a_net_was_made_with_is_not_changed_by_resuming(
    flag, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert train("--hidden 4 --epochs 1") == 0
    assert train(f"--epochs 1 --resume net.h5 --{flag}") == 2
    assert (
        f"--{flag.split()[0]} was decided when net.h5 was made"
        in capsys.readouterr().err
    )


def test_a_net_resumes_on_its_own_kind_of_data_only(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert train("--hidden 4 --epochs 1") == 0
    assert main(["train", "--data", "digits", "--resume", "net.h5"]) == 2
    assert "(64, 10, " in capsys.readouterr().err


def test_an_early_stop_leaves_a_net_that_cannot_be_resumed(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert train("--hidden 4 --validate 0.3 --patience 2 --lr 3 --epochs 200") == 0
    _, optimizer, epochs = storage.load_checkpoint("net.h5")
    assert optimizer is None
    assert epochs < 200
    assert train("--resume net.h5") == 2
    assert "without its training" in capsys.readouterr().err


@pytest.mark.parametrize(
    "option",
    [
        "seed 1",
        "penalty 50",
        "lr 0.1",
        "init glorot",
        "activation tanh",
        "batch-size 9",
    ],
)
def test_an_option_changes_what_is_learned(option, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert train("--hidden 4 --epochs 2 --out plain.h5") == 0
    assert train(f"--hidden 4 --epochs 2 --{option} --out other.h5") == 0
    plain, other = storage.load("plain.h5"), storage.load("other.h5")
    assert not np.array_equal(plain.theta, other.theta)


def test_a_net_computes_in_the_type_asked_for(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert train("--hidden 4 --epochs 1 --dtype float32") == 0
    assert storage.load("net.h5").theta.dtype == np.float32


def test_gray_pictures_are_read_by_a_net_of_gray_pictures(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "--data", "digits", "--hidden", "4", "--epochs", "1"]) == 0
    Image.fromarray(np.arange(144, dtype=np.uint8).reshape(12, 12)).save("gray.png")
    assert main(["predict", "net.h5", "gray.png"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("gray.png: ")


def test_a_net_saved_without_its_scaling_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    storage.save(mlp([2, 3, 1]), "bare.h5")
    assert main(["predict", "bare.h5", "moons"]) == 2
    assert "how its inputs were scaled" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("train --data moon", "did you mean 'moons'"),
        ("train --data moons --optimizer adm", "did you mean 'adam'"),
        ("train --data moons --activation rellu", "did you mean 'relu'"),
        ("train --data moons --init hee", "did you mean 'he'"),
        ("train --data absent.h5", "absent.h5: no such file"),
        ("train --data moons --test x.h5", "--test goes with"),
        ("train --data moons --lr -1", "lr must be a number"),
        ("train --data moons --epochs -1", "epochs must be"),
        ("train --data moons --batch-size 0", "batch_size must be"),
        ("train --data moons --keep-prob 1.5", "keep_prob must be"),
        ("train --data moons --patience 3", "val=(X, Y)"),
        ("train --data moons --out nowhere/net.h5", "its folder does not exist"),
        ("train --data moons --out net.png", "the plot goes there"),
        ("train --data moons --validate 0", "fraction must be"),
        ("train --data moons --validate 0.2 --patience 0", "patience must be"),
        ("train --data moons --resume absent.h5", "absent.h5: no such file"),
        ("predict absent.h5 moons", "absent.h5: no such file"),
        ("predict moons.h5 bright.png", "was not trained on pictures"),
        ("predict moons.h5 digits", "64"),
        ("predict pictures.h5 notes.txt", "notes.txt: not a picture"),
        ("predict pictures.h5 absent.jpg", "absent.jpg: no such file"),
        ("predict notes.txt bright.png", "notes.txt: not a net"),
    ],
)
def test_a_mistake_is_answered_in_a_line(
    arguments, words, pictures, monkeypatch, capsys
):
    monkeypatch.chdir(pictures)
    (pictures / "notes.txt").write_text("hello")
    assert main(["train", "--data", "moons", *QUICK, "--out", "moons.h5"]) == 0
    assert main(["train", "--data", "train.h5", *QUICK, "--out", "pictures.h5"]) == 0
    capsys.readouterr()
    assert main(arguments.split()) == 2
    complaint = capsys.readouterr().err
    assert words in complaint
    assert complaint.startswith("dnn: error: ")
    assert complaint.count("\n") == 1


def test_misuse_exits_with_2_and_no_traceback(tmp_path):
    for arguments in ([], ["trian"], ["train", "--epochs", "many"], ["predict"]):
        done = shell(*arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert "usage:" in done.stderr
        assert "Traceback" not in done.stderr


def test_divergence_exits_with_1(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    options = ["--optimizer", "gradientdescent", "--lr", "1e200", "--epochs", "9"]
    assert main(["train", "--data", "moons", *options]) == 1
    assert "no longer finite" in capsys.readouterr().err
    assert not (tmp_path / "net.h5").exists()


def test_fetch_finds_what_is_there_and_refuses_what_is_not_that(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("DNN_PHOTOS", str(tmp_path))
    for name in data.SHA256:
        shutil.copy(data.FOLDER / "drawn" / name, tmp_path)
    assert main(["fetch"]) == 2
    assert "not the file expected" in capsys.readouterr().err
