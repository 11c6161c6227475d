"""Pictures are read as they should be seen, and what is no picture is refused by name."""

import os
from pathlib import Path

import h5py
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
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


# ---- of more than 8 bits, and with transparency --------------------------------------

RAMP = np.linspace(0, 1, 64)[None].repeat(64, axis=0)


def deep(dtype, white):
    """Return a ramp from black to white, in numbers of this type."""
    return np.round(white * RAMP).astype(dtype) if white > 1 else RAMP.astype(dtype)


DEEP = {
    "16 bits, PNG": ("a.png", deep("<u2", 65535)),
    "16 bits, TIFF": ("a.tif", deep("<u2", 65535)),
    "16 bits, from the other end": ("a.tif", deep(">u2", 65535)),
    "16 bits, JPEG 2000": ("a.jp2", deep("<u2", 65535)),
    "32 bits hold 8": ("a.tif", deep("i4", 255)),
    "32 bits hold 16": ("a.tif", deep("i4", 65535)),
    "32 bits": ("a.tif", deep("i4", 2**31 - 1)),
    "floats": ("a.tif", deep("f4", 1)),
}


@pytest.mark.parametrize(("name", "pixels"), DEEP.values(), ids=DEEP)
@pytest.mark.parametrize("shape", [(64, 64), (64, 64, 3), (8, 8)], ids=str)
def test_deep_pictures_are_their_twins_of_8_bits(name, pixels, shape, tmp_path):
    Image.fromarray(pixels).save(tmp_path / name)
    Image.fromarray(deep("u1", 255)).save(tmp_path / "twin.png")
    twin = pictures.picture(tmp_path / "twin.png", shape)
    found = pictures.picture(tmp_path / name, shape)
    assert_allclose(found, twin, rtol=0, atol=1 / 255)
    assert found.min() <= 1 / 15 < 14 / 15 <= found.max()


def test_a_gray_map_of_16_bits_is_read(tmp_path):
    head, body = b"P5 64 64 65535\n", deep(">u2", 65535).tobytes()
    (tmp_path / "a.pgm").write_bytes(head + body)
    found = pictures.picture(tmp_path / "a.pgm", (64, 64))
    assert_allclose(found.reshape(64, 64), RAMP, rtol=0, atol=1 / 255)


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        (255 * RAMP, "pixels from 0 to 255, not from 0 to 1"),
        (RAMP - 0.5, "pixels from -0.5 to 0.5, not from 0 to 1"),
        (np.where(RAMP < 0.5, RAMP, np.nan), "pixels from 0 to .*, not from 0 to 1"),
        (np.where(RAMP < 0.5, RAMP, np.inf), "pixels from 0 to inf, not from 0 to 1"),
    ],
    ids=["0 to 255", "below 0", "NaN", "infinite"],
)
def test_floats_of_no_known_white_are_refused(pixels, words, tmp_path):
    Image.fromarray(pixels.astype("f4")).save(tmp_path / "a.tif")
    with pytest.raises(ValueError, match=rf"a\.tif: not a picture .*{words}"):
        pictures.picture(tmp_path / "a.tif", (8, 8, 3))


def test_whole_numbers_below_0_are_refused(tmp_path):
    Image.fromarray(deep("i4", 65535) - 9).save(tmp_path / "a.tif")
    with pytest.raises(
        ValueError, match=r"pixels from -9 to 65526, not from 0 to 65535"
    ):
        pictures.picture(tmp_path / "a.tif", (8, 8, 3))


DISC = np.hypot(*np.mgrid[-31.5:32, -31.5:32]) < 20


def hidden(color):
    """Return a disc of orange, and around it a color that is transparent."""
    pixels = np.empty((64, 64, 4), np.uint8)
    pixels[:] = [*color, 0]
    pixels[DISC] = [200, 120, 40, 255]
    return Image.fromarray(pixels)


@pytest.mark.parametrize("shape", [(64, 64, 3), (8, 8, 3), (8, 8), (5, 9, 3)], ids=str)
def test_what_is_transparent_lies_on_white(shape, tmp_path):
    seen = np.where(DISC[..., None], [200, 120, 40], 255).astype(np.uint8)
    Image.fromarray(seen).save(tmp_path / "seen.png")
    want = pictures.picture(tmp_path / "seen.png", shape)
    for color in [(0, 0, 0), (255, 255, 255), (0, 255, 0)]:
        hidden(color).save(tmp_path / "a.png")
        found = pictures.picture(tmp_path / "a.png", shape)
        assert_allclose(found, want, rtol=0, atol=2 / 255)


def test_every_form_of_transparency_is_seen(tmp_path):
    """Half of a picture is black, the other half black too, but transparent."""
    alpha = np.repeat([[255, 0]], 2, axis=0).astype(np.uint8)
    dark = np.zeros((2, 2), np.uint8)
    forms = {
        "gray": (Image.fromarray(np.dstack([dark, alpha])), {}),
        "palette": (Image.fromarray(alpha).convert("P"), {}),
        "key": (Image.fromarray(255 - alpha), {"transparency": 255}),
        "color key": (
            Image.fromarray(np.dstack([255 - alpha] * 3)),
            {"transparency": (255, 255, 255)},
        ),
    }
    forms["palette"][0].putpalette([0] * 768)
    forms["palette"][1]["transparency"] = bytes([0] + [255] * 255)
    for name, (image, options) in forms.items():
        image.save(tmp_path / f"{name}.png", **options)
        x = pictures.picture(tmp_path / f"{name}.png", (2, 2))
        assert_array_equal(x[:, 0], [0, 1, 0, 1], err_msg=name)


def test_a_veil_lets_half_of_the_paper_through(tmp_path):
    Image.new("RGBA", (9, 9), (0, 0, 0, 51)).save(tmp_path / "a.png")
    x = pictures.picture(tmp_path / "a.png", (3, 3, 3))
    assert_allclose(x, 0.8, rtol=0, atol=1 / 255)


# ---- what is no file, and what is large ----------------------------------------------


def test_what_is_no_file_is_refused_before_it_is_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    for path in (tmp_path / "pipe.png", tmp_path, Path("/dev/zero")):
        with pytest.raises(ValueError, match=f"{path}: a folder, pipe or device, not"):
            pictures.picture(path, (4, 4, 3))


PEAK = """
import sys
from pathlib import Path
from dnn.files import pictures

x = pictures.picture(sys.argv[1], (64, 64, 3))
words = Path("/proc/self/status").read_text().split()
print(words[words.index("VmHWM:") + 1], x.min(), x.max())
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
def test_fifty_megapixels_fit_in_half_a_gigabyte(tmp_path):
    """Of a phone that was held upright: turned, and seen whole."""
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (8192, 6144), "white").save(tmp_path / "a.jpg", exif=exif)
    done = child(PEAK, tmp_path / "a.jpg")
    peak, low, high = map(float, done.stdout.split())
    assert peak < 500_000  # in kilobytes
    assert low == high == 1


def test_a_large_photograph_is_the_small_one(tmp_path):
    """What is not decoded is not missed."""
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(0, 256, (6, 8, 3), np.uint8))
    large = coarse.resize((1600, 1200), Image.Resampling.BICUBIC)
    large.save(tmp_path / "a.jpg", quality=95)
    large.save(tmp_path / "a.png")
    jpeg, png = (
        pictures.picture(tmp_path / f"a.{k}", (16, 16, 3)) for k in ("jpg", "png")
    )
    assert np.abs(jpeg - png).mean() < 2 / 255
    assert np.abs(jpeg - png).max() < 8 / 255


# ---- many in a folder, and what lies behind them -------------------------------------


def test_folders_stand_for_the_pictures_in_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = [
        "b.png",
        "a.JPG",
        "notes.txt",
        ".c.png",
        "sub/d.tiff",
        ".hidden/e.png",
        "f",
    ]
    for name in names:
        path = tmp_path / "all" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "all" / "folder.png").mkdir()
    found = pictures.gather(["z", "all", "all/f"])
    assert list(map(str, found)) == [
        "z", "all/a.JPG", "all/b.png", "all/sub/d.tiff", "all/f",
    ]  # fmt: skip
    inside = pictures.gather([tmp_path / "all" / ".hidden"])  # asked for by name
    assert inside == [tmp_path / "all" / ".hidden" / "e.png"]
    with pytest.raises(
        ValueError, match=r"^all/folder.png: a folder without a picture"
    ):
        pictures.gather(["all/b.png", "all/folder.png"])


def test_a_background_is_what_the_edges_agree_on():
    ink = np.zeros((20, 6, 6))
    ink[:, 1:-1, 1:-1] = 1
    ink[:, 0, :4] = 1  # which may reach the edge
    X = ink.reshape(20, -1).T
    assert pictures.background(X, (6, 6)) == "dark"
    assert pictures.background(1 - X, (6, 6)) == "light"
    assert pictures.background(X[:, :1], (6, 6)) == "dark"
    odd = np.where(np.arange(20) < 1, 1 - X, X)
    assert pictures.background(odd, (6, 6)) == "dark"  # all but one in twenty
    odd = np.where(np.arange(20) < 2, 1 - X, X)
    assert pictures.background(odd, (6, 6)) is None
    assert pictures.background(1 - odd, (6, 6)) is None


def test_a_background_may_be_colored():
    red = np.zeros((4, 4, 3))
    red[..., 0] = 1
    assert pictures.background(red.reshape(-1, 1), (4, 4, 3)) == "dark"
    assert pictures.background(1 - red.reshape(-1, 1), (4, 4, 3)) == "light"
