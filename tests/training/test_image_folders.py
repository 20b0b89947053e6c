"""Image folders: read once, cached, and refused with a clear reason."""

import os
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from explorer.images import conversion
from explorer.images.shapes import SHAPES
from explorer.protocol.errors import Failure
from explorer.training import image_folders

CLASSES = sorted(SHAPES)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def failure(folder, progress):
    with pytest.raises(Failure) as error:
        image_folders.load(folder, progress)
    return error.value


def test_images_and_labels_follow_the_names(folder, progress):
    classes, train_images, train_labels, test_images, test_labels, notice = image_folders.load(folder, progress)
    assert (list(classes), notice) == (CLASSES, None)
    assert train_labels.tolist() == [label for label in range(10) for _ in range(4)]
    assert test_labels.tolist() == [label for label in range(10) for _ in range(2)]
    assert train_images.dtype == test_images.dtype == np.uint8
    number = 4 * CLASSES.index("ring") + 1
    with Image.open(folder / "train" / "ring" / "001.png") as image:
        assert np.array_equal(train_images[number], np.asarray(image))


def test_a_second_load_decodes_nothing(folder, progress, monkeypatch):
    first = image_folders.load(folder, progress)
    monkeypatch.setattr(image_folders, "_pixels", lambda path: pytest.fail(f"decoded {path}"))
    second = image_folders.load(folder, progress)
    assert all(np.array_equal(a, b) for a, b in zip(first[1:5], second[1:5], strict=True))
    assert isinstance(second[1], np.memmap)


def test_a_changed_image_is_decoded_again_and_the_old_cache_removed(folder, progress):
    before = image_folders.load(folder, progress)[1][0].copy()
    path = folder / "train" / CLASSES[0] / "000.jpg"
    Image.fromarray(255 - before).save(path)
    os.utime(path, ns=(1, 1))
    after = image_folders.load(folder, progress)[1][0]
    assert np.abs(after.astype(int) - before).mean() > 20
    assert len(list((folder / ".decoded").glob("[!.]*"))) == 1


def kinds():
    """Files of 32×32 pixels as they are found, by name: (image, what it is saved with)."""
    random = np.random.default_rng(1)
    colour = Image.fromarray(random.integers(256, size=(32, 32, 3)).astype(np.uint8))
    see_through = Image.fromarray(random.integers(256, size=(32, 32, 4)).astype(np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    return {
        "grey.png": (colour.convert("L"), {}),
        "grey of 16 bits.png": (Image.fromarray(random.integers(1 << 16, size=(32, 32)).astype(np.uint16)), {}),
        "transparent.png": (see_through, {}),
        "transparent grey.png": (see_through.convert("LA"), {}),
        "transparent palette.png": (colour.quantize(16), {"transparency": bytes(range(0, 256, 16))}),
        "turned.png": (colour, {"exif": exif}),
        "turned.jpg": (colour, {"exif": exif}),
        "printed.jpg": (colour.convert("CMYK"), {}),
    }


def test_a_file_has_the_pixels_that_it_has_as_ones_own_image(folder, progress):
    place = folder / "train" / CLASSES[0]
    for path in place.iterdir():
        path.unlink()
    for name, (image, how) in kinds().items():
        image.save(place / name, **how)
    images = image_folders.load(folder, progress)[1]
    files = sorted(place.iterdir())
    assert len(files) == len(kinds())
    for path, pixels in zip(files, images[: len(files)], strict=True):
        assert np.array_equal(pixels, conversion.read(path.read_bytes()).pixels), path.name


def test_grey_of_16_bits_is_scaled_transparency_is_white_and_a_turned_image_is_turned(folder, progress):
    place = folder / "train" / CLASSES[0]
    images = kinds()
    sixteen, see_through = (np.asarray(images[name][0]) for name in ("grey of 16 bits.png", "transparent.png"))
    for number, name in enumerate(["grey of 16 bits.png", "transparent.png", "turned.png"]):
        image, how = images[name]
        image.save(place / f"00{number}.png", **how)
    (place / "000.jpg").unlink()
    (place / "002.jpg").unlink()
    grey, on_white, turned = image_folders.load(folder, progress)[1][:3].astype(float)
    assert np.abs(grey - sixteen[:, :, None] / 257).max() <= 1
    alpha = see_through[:, :, 3:] / 255
    assert np.abs(on_white - (alpha * see_through[:, :, :3] + (1 - alpha) * 255)).max() <= 1
    assert np.array_equal(turned, np.rot90(np.asarray(images["turned.png"][0]), -1)), "a quarter clockwise"


def test_what_an_earlier_conversion_decoded_is_decoded_again(folder, progress, monkeypatch):
    image_folders.load(folder, progress)
    monkeypatch.setattr(conversion, "VERSION", conversion.VERSION + 1)
    assert image_folders.load_decoded(folder) is None
    image_folders.load(folder, progress)
    assert image_folders.load_decoded(folder) and len(list((folder / ".decoded").glob("[!.]*"))) == 1


@pytest.mark.parametrize("name", ["000.jpg", "001.png"])
def test_a_truncated_image_is_named(folder, progress, name):
    path = folder / "train" / "star" / name
    path.write_bytes(path.read_bytes()[:-200])
    error = failure(folder, progress)
    assert error.code == "picture-damaged" and str(path) in str(error)
    assert not list((folder / ".decoded").glob("*/")), "nothing half decoded is left"


def test_an_image_of_another_size_is_cut_and_scaled_like_ones_own(folder, progress):
    path = folder / "train" / CLASSES[0] / "000.jpg"
    Image.fromarray(np.random.default_rng(0).integers(256, size=(60, 90, 3)).astype(np.uint8)).save(path)
    images = image_folders.load(folder, progress)[1]
    assert np.array_equal(images[0], conversion.read(path.read_bytes()).pixels)


def test_a_file_that_says_it_is_huge_is_named_and_not_decoded(folder, progress):
    path = folder / "test" / "disc" / "004.png"
    Image.new("L", (32, 32)).save(path)
    data = path.read_bytes()
    head = data[12:16] + struct.pack(">II", 60_000, 60_000) + data[24:29]
    path.write_bytes(data[:12] + head + struct.pack(">I", zlib.crc32(head)) + data[33:])
    error = failure(folder, progress)
    assert error.code == "picture-size" and str(path) in str(error)


def test_an_image_that_may_not_be_read_is_not_called_damaged(folder, progress, monkeypatch):
    def refused(path, **_):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(image_folders.Image, "open", refused)
    error = failure(folder, progress)
    assert error.code == "data-unreadable" and "000.jpg: Permission denied" in str(error)


def test_other_than_ten_classes_are_refused(folder, progress):
    (folder / "train" / "eleventh").mkdir()
    assert failure(folder, progress).code == "class-count"


def test_test_classes_must_be_the_training_classes(folder, progress):
    (folder / "test" / "ring").rename(folder / "test" / "rings")
    assert failure(folder, progress).code == "class-names"


def test_an_empty_class_is_refused(folder, progress):
    for path in (folder / "test" / "ring").iterdir():
        path.unlink()
    error = failure(folder, progress)
    assert error.code == "class-empty" and "ring" in str(error)


def test_a_folder_without_train_and_test_is_refused(tmp_path, progress):
    assert failure(tmp_path, progress).code == "folder-missing"
