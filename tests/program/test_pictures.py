"""Pictures are read as they should be seen, and what is no picture is refused by name."""

import h5py
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from oracles import child
from PIL import Image
from samples import write_pictures

from dnn.files import pictures

# ---- many in HDF5 --------------------------------------------------------------------


IMAGES = np.zeros((6, 4, 5, 3), np.uint8)
WRONG = {
    "float pictures": {"images": IMAGES * 1.0},
    "one channel": {"images": IMAGES[..., 0]},
    "four channels": {"images": np.zeros((6, 4, 5, 4), np.uint8)},
    "no picture": {"images": IMAGES[:0], "labels": []},
    "a label short": {"labels": [0, 1, 0, 1, 0]},
    "a column of labels": {"labels": [[0], [1], [0], [1], [0], [1]]},
    "label of no class": {"labels": [0, 1, 2, 0, 1, 0]},
    "negative label": {"labels": [0, 1, -1, 0, 1, 0]},
    "half a label": {"labels": [0, 0.5, 1, 0, 1, 0]},
    "one class": {"classes": (b"cat",)},
    "words for labels": {"labels": [b"cat"] * 6},
    "numbers for classes": {"classes": (0, 1)},
    "another part": {"part": "other"},
    "a name that is no text": {"classes": (b"\xff", b"cat")},
}


@pytest.mark.parametrize(
    "claim",
    [
        {"shape": (2**20, 64, 64, 3), "dtype": np.uint8},  # nothing of it is stored
        {"shape": (2**30, 64, 64, 3), "dtype": np.uint8, "chunks": (1, 64, 64, 3)},
        {
            "shape": (6, 4, 5, 3),
            "dtype": np.uint8,
            "external": [("/dev/zero", 0, 360)],
        },
        {"shape": (6, 4, 5, 3), "dtype": h5py.string_dtype()},
        {"shape": None, "dtype": np.uint8},
    ],
    ids=["contiguous", "in chunks", "elsewhere", "texts", "empty"],
)
def test_a_file_that_claims_what_it_does_not_hold_is_refused_unread(claim, tmp_path):
    path = write_pictures(tmp_path / "odd.h5")
    with h5py.File(path, "r+") as file:
        del file["train_set_x"]
        file.create_dataset("train_set_x", **claim)
    with pytest.raises(ValueError, match=r"odd\.h5: not a file of pictures as"):
        pictures.read_images(path)


def test_pictures_assembled_from_other_files_are_refused(tmp_path):
    path = write_pictures(tmp_path / "odd.h5")
    layout = h5py.VirtualLayout((6, 4, 5, 3), np.uint8)
    layout[...] = h5py.VirtualSource(tmp_path / "other.h5", "x", (6, 4, 5, 3))
    with h5py.File(path, "r+") as file:
        del file["train_set_x"]
        file.create_virtual_dataset("train_set_x", layout)
    with pytest.raises(ValueError, match=r"odd\.h5: .*/train_set_x claims 360 bytes"):
        pictures.read_images(path)


def test_more_pictures_than_fit_at_once_are_refused(tmp_path, monkeypatch):
    path = write_pictures(tmp_path / "a.h5")
    monkeypatch.setattr(pictures, "LARGEST", 6 * 4 * 5 * 3)
    assert pictures.read_images(path)[0].shape == (6, 4, 5, 3)
    monkeypatch.setattr(pictures, "LARGEST", 6 * 4 * 5 * 3 - 1)
    with pytest.raises(ValueError, match=r"a\.h5: .*/train_set_x claims 360 bytes"):
        pictures.read_images(path)


def test_well_packed_pictures_are_read(tmp_path):
    path = write_pictures(tmp_path / "packed.h5")
    images = np.zeros((500, 16, 16, 3), np.uint8)
    with h5py.File(path, "r+") as file:
        del file["train_set_x"], file["train_set_y"]
        file.create_dataset("train_set_x", data=images, compression="gzip")
        file["train_set_y"] = np.zeros(500, int)
    assert path.stat().st_size < images.nbytes / 20
    assert_array_equal(pictures.read_images(path)[0], images)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_files_of_another_schema_are_refused_by_name(wrong, tmp_path):
    path = write_pictures(tmp_path / "odd.h5", **wrong)
    with pytest.raises(ValueError, match=r"^.*odd\.h5: ") as error:
        pictures.read_images(path)
    assert str(error.value).startswith(f"{path}: ")


@pytest.mark.parametrize(
    "content",
    [b"", b"no pictures", b"\x89HDF\r\n\x1a\n", b"\x89HDF\r\n\x1a\n" + bytes(1000)],
)
def test_files_that_are_no_hdf5_are_refused_by_name(content, tmp_path):
    (tmp_path / "odd.h5").write_bytes(content)
    with pytest.raises(
        ValueError,
        match=r"odd\.h5: not a file of pictures as datasets/README\.md describes it",
    ):
        pictures.read_images(tmp_path / "odd.h5")


@pytest.mark.parametrize("cut", [100, 800, 2000])
def test_a_truncated_file_is_refused_by_name(cut, tmp_path):
    path = write_pictures(tmp_path / "cut.h5")
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ValueError, match=r"cut\.h5: not a file of pictures"):
        pictures.read_images(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    for read in (
        pictures.read_images,
        lambda path: pictures.picture(path, (4, 4, 3)),
    ):
        with pytest.raises(FileNotFoundError, match=r"none\.h5: no such file"):
            read(tmp_path / "none.h5")


def test_a_gray_shape_makes_a_gray_picture(tmp_path):
    Image.new("RGB", (8, 8), (51, 51, 51)).save(tmp_path / "a.png")
    assert_array_equal(
        pictures.picture(tmp_path / "a.png", (4, 2)), np.full((8, 1), 0.2)
    )


# ---- one picture ---------------------------------------------------------------------


def test_a_picture_is_cropped_to_its_middle_and_scaled(tmp_path):
    pixels = np.zeros((8, 16, 3), np.uint8)
    pixels[:, 4:12] = 255  # the middle square is white
    pixels[:4, 4:8] = [255, 0, 0]  # but for a red quarter
    Image.fromarray(pixels).save(tmp_path / "a.png")
    x = pictures.picture(tmp_path / "a.png", (4, 4, 3))
    assert x.shape == (48, 1)
    want = np.ones((4, 4, 3))
    want[:2, :2] = [1, 0, 0]
    assert_array_equal(x[:, 0], want.ravel())
    tall = np.swapaxes(pixels, 0, 1)
    Image.fromarray(tall).save(tmp_path / "b.png")
    assert_array_equal(
        pictures.picture(tmp_path / "b.png", (4, 4, 3))[:, 0],
        np.swapaxes(want, 0, 1).ravel(),
    )


def test_a_wide_shape_is_height_by_width(tmp_path):
    Image.fromarray(np.full((9, 9, 3), 51, np.uint8)).save(tmp_path / "a.png")
    assert_array_equal(
        pictures.picture(tmp_path / "a.png", (2, 4, 3)), np.full((24, 1), 0.2)
    )


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "1", "CMYK", "I;16"])
def test_pictures_of_every_mode_become_red_green_and_blue(mode, tmp_path):
    path = tmp_path / ("a.tif" if mode in ("CMYK", "I;16") else "a.png")
    Image.new(mode, (8, 8)).save(path)
    assert pictures.picture(path, (4, 4, 3)).shape == (48, 1)


def test_a_photograph_is_turned_upright(tmp_path):
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:4] = 255
    exif = Image.Exif()
    exif[0x0112] = 3  # held upside down
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
    assert_array_equal(
        pictures.picture(tmp_path / "a.png", (2, 1, 3))[:, 0], [0, 0, 0, 1, 1, 1]
    )


def test_what_is_no_picture_is_refused_by_name(tmp_path, monkeypatch):
    Image.new("RGB", (64, 64)).save(tmp_path / "cut.png")
    whole = (tmp_path / "cut.png").read_bytes()
    for content in (b"", b"no picture", whole[: len(whole) // 2], whole[:20]):
        (tmp_path / "cut.png").write_bytes(content)
        with pytest.raises(
            ValueError, match=r"cut\.png: not a picture that can be read"
        ):
            pictures.picture(tmp_path / "cut.png", (4, 4, 3))
    (tmp_path / "bomb.png").write_bytes(whole)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(ValueError, match=r"bomb\.png: not a picture that can be read"):
        pictures.picture(tmp_path / "bomb.png", (4, 4, 3))


DAMAGED = """
import sys, warnings
from pathlib import Path
import numpy as np
from PIL import Image
from dnn.files import pictures

warnings.simplefilter("ignore")
path, rng = Path(sys.argv[1]) / "odd", np.random.default_rng(0)
image = Image.fromarray(rng.integers(0, 256, (20, 30, 3), np.uint8))
for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "ICO", "TGA", "PCX"):
    image.save(path, kind)
    whole = path.read_bytes()
    for i in range(60):
        body = bytearray(whole if i % 5 else whole[: rng.integers(len(whole))])
        for place in rng.integers(min(len(body), 200) + 1, size=3):
            body[place : place + 1] = rng.bytes(1)
        path.write_bytes(body)
        try:
            assert pictures.picture(path, (8, 8, 3)).shape == (192, 1)
        except ValueError as error:
            assert str(error).startswith(f"{path}: not a picture"), error
print("all read or refused")
"""


def test_damaged_pictures_are_read_or_refused_by_name(tmp_path):
    done = child(DAMAGED, tmp_path)
    assert (done.returncode, done.stdout) == (0, "all read or refused\n"), done.stderr
