"""A visitor's picture: whatever the bytes are, they become 32×32 pixels or a Failure with a code."""

import base64
import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.images import conversion
from explorer.protocol.errors import Failure

ROOT = Path(__file__).parents[2]


def file(image, kind="PNG", **more) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def quarters(width, height, colours=("red", "lime", "blue", "white")):
    """Four quarters of one colour each: upper left, upper right, lower left, lower right."""
    image = Image.new("RGB", (width, height))
    for place, colour in enumerate(colours):
        left, top = place % 2 * width // 2, place // 2 * height // 2
        image.paste(Image.new("RGB", (width - width // 2, height - height // 2), colour), (left, top))
    return image


CORNERS = {"red": (1, 1), "lime": (1, 30), "blue": (30, 1), "white": (30, 30)}
RGB = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}


def assert_quarters(pixels, tolerance=0):
    for name, place in CORNERS.items():
        assert np.abs(pixels[place].astype(int) - RGB[name]).max() <= tolerance, name


def test_a_picture_of_32_by_32_stays_as_it_is():
    pixels = np.random.default_rng(0).integers(256, size=(32, 32, 3)).astype(np.uint8)
    found = conversion.read(file(Image.fromarray(pixels)))
    assert np.array_equal(found.pixels, pixels)
    assert (found.size, found.crop, found.notes) == ((32, 32), (0, 0, 32), ())


@pytest.mark.parametrize("kind", conversion.FORMATS)
def test_every_format_is_read(kind):
    found = conversion.read(file(quarters(96, 96), kind))
    assert_quarters(found.pixels, tolerance=12)


def test_each_pixel_is_the_mean_of_what_lies_in_it():
    pixels = np.random.default_rng(1).integers(256, size=(128, 128, 3)).astype(np.uint8)
    means = pixels.reshape(32, 4, 32, 4, 3).mean(axis=(1, 3))
    found = conversion.read(file(Image.fromarray(pixels))).pixels
    assert np.abs(found - means).max() <= 1  # rounded for the columns, and once more for the rows


@pytest.mark.parametrize(("size", "crop"), [((300, 100), (100, 0, 100)), ((50, 81), (0, 15.5, 50))])
def test_the_square_in_the_middle_is_cut_out(size, crop):
    image = Image.new("RGB", size, "red")
    left, top, side = crop
    image.paste(Image.new("RGB", (side, side), "blue"), (int(left), int(top)))
    found = conversion.read(file(image))
    assert (found.size, found.crop) == (size, crop)
    assert found.pixels[16, 16].tolist() == [0, 0, 255]
    assert found.pixels[16, 2].tolist() == [0, 0, 255]
    assert max(found.preview.size) <= conversion.PREVIEW


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_as_its_exif_says(orientation):
    upright = quarters(80, 80)
    turns = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    lying = upright
    for turn in turns.get(orientation, []):
        lying = lying.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = conversion.read(file(lying, "JPEG", exif=exif, quality=95))
    assert_quarters(found.pixels, tolerance=12)
    assert ("turned" in found.notes) == (orientation > 1)


def test_transparent_pictures_are_seen_on_white():
    image = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 64, 32))
    for kind, shown in (("RGBA", image), ("P", image.convert("P")), ("LA", image.convert("LA"))):
        found = conversion.read(file(shown))
        assert "transparent" in found.notes, kind
        assert found.pixels[30, 16].tolist() == [255, 255, 255]
        assert found.pixels[2, 16].tolist() != [255, 255, 255]


def test_print_colours_become_screen_colours():
    found = conversion.read(file(quarters(64, 64).convert("CMYK"), "JPEG", quality=95))
    assert found.notes == ("cmyk",)
    assert_quarters(found.pixels, tolerance=12)


def test_grey_pictures_of_8_and_of_16_bits_agree():
    grey = np.random.default_rng(2).integers(256, size=(32, 32)).astype(np.uint8)
    eight = conversion.read(file(Image.fromarray(grey))).pixels
    sixteen = conversion.read(file(Image.fromarray(grey.astype(np.uint16) * 257))).pixels
    assert np.array_equal(eight, np.repeat(grey[:, :, None], 3, axis=2))
    assert np.array_equal(sixteen, eight)


def test_an_animation_shows_its_first_picture():
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    for kind in ("GIF", "WEBP", "PNG"):
        found = conversion.read(file(frames[0], kind, save_all=True, append_images=frames[1:], duration=100))
        assert found.notes == ("animated",), kind
        assert np.abs(found.pixels[16, 16].astype(int) - (255, 0, 0)).max() < 12


def test_one_pixel_becomes_32_by_32_of_it():
    found = conversion.read(file(Image.new("RGB", (1, 1), (10, 20, 30))))
    assert (found.pixels == (10, 20, 30)).all()
    assert found.notes == ("enlarged",)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(side):
    """A PNG file of a few bytes that says it has side × side pixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


PHOTOGRAPH = file(quarters(200, 200), "JPEG")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"hello, I am no picture", "unknown"),
        (b"%PDF-1.7 ...", "unknown"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unknown"),
        (file(Image.new("RGB", (9, 9)), "TIFF"), "unknown"),
        (PHOTOGRAPH[: len(PHOTOGRAPH) // 2], "damaged"),
        (file(quarters(99, 99))[:200], "damaged"),
        (bomb(8_000), "pixels"),
        (bomb(60_000), "pixels"),
        (bytes(conversion.MOST_BYTES + 1), "bytes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_picture_fails_by_name(data, code):
    with pytest.raises(Failure) as failure:
        conversion.read(data)
    assert failure.value.code == code


LARGEST = r"""
import re, sys
from pathlib import Path
from explorer.images import conversion
def peak():
    return int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1])
before = peak()
assert conversion.read(sys.stdin.buffer.read()).notes == ("transparent",)
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory as Linux tells it")
def test_a_small_file_that_is_the_largest_picture_takes_no_more_memory_than_a_small_host_has():
    side = int(conversion.MOST_PIXELS**0.5)
    data = file(Image.new("RGBA", (side, side)))
    assert len(data) < 200_000
    done = subprocess.run([sys.executable, "-c", LARGEST], input=data, capture_output=True, check=True, cwd=ROOT)
    assert int(done.stdout) < 300 * 1024, "kilobytes; measured were 200 MB"


@pytest.mark.parametrize("kind", conversion.FORMATS)
def test_a_damaged_file_is_a_picture_or_a_failure_and_nothing_else(kind):
    whole = file(quarters(48, 48), kind)
    random = np.random.default_rng(3)
    for _ in range(40):
        harmed = bytearray(whole)
        for place in random.integers(len(whole), size=3):
            harmed[place] = random.integers(256)
        try:
            assert conversion.read(bytes(harmed)).pixels.shape == (32, 32, 3)
        except Failure as failure:
            assert failure.code in {"unknown", "damaged", "pixels"}


def test_both_pictures_travel_as_png():
    told = conversion.read(PHOTOGRAPH).to_json()
    small, whole = (Image.open(io.BytesIO(base64.b64decode(told[name]))) for name in ("picture", "preview"))
    assert (small.size, whole.size) == ((32, 32), (200, 200))
