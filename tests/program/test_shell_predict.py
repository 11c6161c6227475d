"""A saved net is asked about pictures, folders of them and whole sets, for people and
for programs; and says where a picture is not of the kind that it knows.
"""

import contextlib
import csv
import io
import json
import os

import h5py
import numpy as np
import pytest
from PIL import Image, ImageOps

import dnn
from dnn import mlp
from dnn.__main__ import main
from dnn.files import sets, storage

ODD = "its background is light, the net knows dark ones: invert it"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Train a net on the digits; draw five of them, in light ink and in dark."""
    folder = tmp_path_factory.mktemp("digits")
    digits = sets.digits()
    pixels = np.round(255 * digits.X_test[:, :5].T).astype(np.uint8).reshape(5, 8, 8)
    (folder / "screen").mkdir()
    (folder / "paper" / "deep").mkdir(parents=True)
    for i, image in enumerate(map(Image.fromarray, pixels)):
        large = image.resize((48, 48), Image.Resampling.NEAREST)
        large.save(folder / "screen" / f"{i}.png")
        ImageOps.invert(large).save(folder / "paper" / "deep" / f"{i}.png")
    (folder / "screen" / "notes.txt").write_text("no picture")
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
        words = "train --data digits --hidden 32 --epochs 20 --out digits.npz"
        assert main(words.split()) == 0
    return folder


@pytest.fixture
def ask(folder, monkeypatch, capsys):
    """Return a function that runs `predict` and returns its code, and what it said."""
    monkeypatch.chdir(folder)

    def ask(words):
        code = main(["predict", *words.split()])
        return code, *capsys.readouterr()

    return ask


def right():
    return sets.digits().Y_test[:, :5].argmax(axis=0)


# ---- pictures and folders ------------------------------------------------------------


def test_a_folder_makes_a_table(ask):
    code, out, err = ask("digits.npz screen")
    head, *lines = out.splitlines()
    assert (code, err) == (0, "")
    assert head.split() == ["picture", "label", "probability", "note"]
    for i, (line, label) in enumerate(zip(lines, right(), strict=True)):
        name, said, sure = line.split()
        assert (name, said) == (f"screen/{i}.png", str(label))
        assert 0.3 < float(sure.rstrip("%")) / 100 <= 1
        assert line.index("%") == head.index("probability") + len("probability") - 1


def test_any_number_of_pictures_and_folders_is_taken(ask):
    _, out, _ = ask("digits.npz screen/4.png paper screen")
    names = [line.split()[0] for line in out.splitlines()[1:]]
    assert names == [
        "screen/4.png",
        *(f"paper/deep/{i}.png" for i in range(5)),
        *(f"screen/{i}.png" for i in range(5)),
    ]


def test_a_single_picture_makes_a_sentence(ask):
    _, out, _ = ask("digits.npz screen/3.png")
    assert out.startswith(f"screen/3.png: {right()[3]}, probability ")
    assert out.count("\n") == 1


def test_answers_are_given_as_json(ask):
    found = json.loads(ask("digits.npz screen --json")[1])
    assert [row["label"] for row in found] == list(map(str, right()))
    assert [row["picture"] for row in found] == [f"screen/{i}.png" for i in range(5)]
    assert all(0.3 < row["probability"] <= 1 and row["note"] is None for row in found)
    (alone,) = json.loads(ask("digits.npz screen/3.png --json")[1])
    assert alone == found[3]


def test_answers_are_given_as_csv(ask):
    found = list(
        csv.DictReader(io.StringIO(ask("digits.npz paper screen/2.png --csv")[1]))
    )
    assert [row["note"] for row in found] == [ODD] * 5 + [""]
    assert found[5]["label"] == str(right()[2])
    assert 0.3 < float(found[5]["probability"]) <= 1


def test_the_others_are_judged_where_some_cannot_be_read(ask):
    code, out, err = ask(
        "digits.npz screen/0.png none.png screen/1.png screen/notes.txt"
    )
    assert code == 2
    assert [line.split()[0] for line in out.splitlines()[1:]] == [
        "screen/0.png",
        "screen/1.png",
    ]
    assert err.startswith(
        "dnn: error: none.png: no such file; screen/notes.txt: not a pic"
    )
    assert err.count("\n") == 1
    code, out, err = ask("digits.npz none.png --json")
    assert (code, json.loads(out)) == (2, [])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("empty", "empty: a folder without a picture (.bmp .gif"),
        ("pipe.png", "pipe.png: a folder, pipe or device, not the file of a picture"),
        ("digits screen", "digits is a whole set: ask for it alone"),
        ("screen/0.png x.h5", "x.h5 is a whole set: ask for it alone"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_a_line(words, told, ask, folder):
    (folder / "empty").mkdir(exist_ok=True)
    if not (folder / "pipe.png").exists():
        os.mkfifo(folder / "pipe.png")
    code, out, err = ask(f"digits.npz {words}")
    assert (code, out) == (2, "")
    assert err.startswith(f"dnn: error: {told}")


def test_a_number_is_read_off_each_picture(ask, folder):
    net = mlp([64, 1], init="zeros")
    net.theta[-1] = 0.5  # the bias
    net.about = {"classes": [], "shape": (8, 8), "shift": [[0.0]], "scale": [[1.0]]}
    net.about |= {"target_shift": [[100.0]], "target_scale": [[8.0]]}
    storage.save(net, folder / "number.npz")
    _, out, _ = ask("number.npz screen")
    assert out.splitlines()[0].split() == ["picture", "value", "note"]
    assert [line.split() for line in out.splitlines()[1:]] == [
        [f"screen/{i}.png", "104"] for i in range(5)
    ]
    assert json.loads(ask("number.npz screen/1.png --json")[1]) == [
        {"picture": "screen/1.png", "value": 104.0, "note": None}
    ]


# ---- ink on paper, and on a screen ---------------------------------------------------


def test_a_net_knows_what_lies_behind_its_pictures(folder):
    assert storage.load(folder / "digits.npz").about["background"] == "dark"


def test_a_picture_the_wrong_way_round_is_told(ask):
    _, out, _ = ask("digits.npz paper/deep/1.png")
    assert out.endswith(f"%; {ODD}\n")
    _, out, _ = ask("digits.npz paper screen")
    assert [line.endswith(ODD) for line in out.splitlines()[1:]] == [True] * 5 + [
        False
    ] * 5


def test_so_is_a_whole_file_of_them(ask, folder):
    digits = sets.digits()
    pixels = np.round(255 * (1 - digits.X_test[:, :20].T)).astype(np.uint8)
    net = mlp([192, 10], loss=dnn.categorical_cross_entropy)
    about = {"classes": list(digits.classes), "shape": (8, 8, 3), "background": "dark"}
    net.about = about | {"shift": [[0.5]], "scale": [[0.5]]}
    storage.save(net, folder / "color.npz")
    with h5py.File(folder / "paper.h5", "w") as file:
        file["test_set_x"] = pixels.reshape(20, 8, 8, 1).repeat(3, axis=3)
        file["test_set_y"] = digits.Y_test[:, :20].argmax(axis=0)
        file["list_classes"] = np.array([name.encode() for name in digits.classes])
    with pytest.warns(UserWarning, match=f"^paper.h5: {ODD}$"):
        code, out, _ = ask("color.npz paper.h5")
    assert (code, len(out.splitlines())) == (0, 21)


def test_a_net_that_knows_none_says_nothing(ask, folder):
    net = storage.load(folder / "digits.npz")
    rest = {key: value for key, value in net.about.items() if key != "background"}
    for known in ({"background": None}, {}):
        net.about = rest | known
        storage.save(net, folder / "other.npz")
        assert "background" not in ask("other.npz paper screen")[1]


# ---- whole sets, for programs --------------------------------------------------------


def test_the_examples_of_a_set_are_given_as_rows(ask):
    _, table, _ = ask("digits.npz digits")
    found = json.loads(ask("digits.npz digits --json")[1])
    y = sets.digits().Y_test.argmax(axis=0)
    assert [row["true"] for row in found] == list(map(str, y))
    assert [row["example"] for row in found] == list(range(359))
    wrong = sum(row["label"] != row["true"] for row in found)
    assert f"{359 - wrong} of 359 right" in table
    assert table.count("wrong") == wrong
    lines = ask("digits.npz digits --csv")[1].splitlines()
    assert lines[0] == "example,label,probability,true"
    assert len(lines) == 360


def test_real_targets_are_given_as_rows(ask, folder, capsys):
    words = "train --data diabetes --hidden --epochs 20 --lr 0.01 --out diabetes.npz"
    assert main(words.split()) == 0
    capsys.readouterr()
    found = json.loads(ask("diabetes.npz diabetes --json")[1])
    np.testing.assert_allclose(
        [row["true"] for row in found], sets.diabetes().Y_test[0]
    )
    assert (
        np.corrcoef([(row["value"], row["true"]) for row in found], rowvar=False)[0, 1]
        > 0.5
    )


# ---- and of itself -------------------------------------------------------------------


def test_only_one_form_is_asked_for(ask, capsys):
    with pytest.raises(SystemExit) as stop:
        ask("digits.npz screen --json --csv")
    assert stop.value.code == 2
    assert "not allowed with argument" in capsys.readouterr().err


def test_its_version_is_told(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"dnn {dnn.__version__}\n"
