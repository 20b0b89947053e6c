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
from PIL import Image, ImageOps

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


def test_an_image_of_32_by_32_stays_as_it_is():
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


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_image_of_32_by_32_keeps_its_pixels_when_it_is_turned(orientation, kind):
    """The file's first row and first column lie where the standard of EXIF says."""
    upright = np.asarray(quarters(32, 32))
    lying = upright.swapaxes(0, 1) if orientation >= 5 else upright
    if orientation in (3, 4, 7, 8):  # the first row (5 to 8: the first column) is at the bottom (right)
        lying = lying[:, ::-1] if orientation >= 7 else lying[::-1]
    if orientation in (2, 3, 6, 7):
        lying = lying[::-1] if orientation >= 6 else lying[:, ::-1]
    exif = Image.Exif()
    exif[0x0112] = orientation
    lossless = {"WEBP": {"lossless": True}, "AVIF": {"quality": 100}}.get(kind, {})
    found = conversion.read(file(Image.fromarray(lying), kind, exif=exif, **lossless))
    assert_quarters(found.pixels, tolerance={"JPEG": 12, "AVIF": 12}.get(kind, 0))


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_orientation_that_is_none_turns_nothing(value):
    exif = Image.Exif()
    exif[0x0112] = value
    found = conversion.read(file(quarters(32, 32), exif=exif))
    assert_quarters(found.pixels)
    assert found.notes == ()


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_damaged_exif_is_no_reason_to_refuse_an_image():
    for damaged in (b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + bytes(9)):
        found = conversion.read(file(quarters(32, 32), "JPEG", exif=damaged))
        assert_quarters(found.pixels, tolerance=12)


def test_transparent_images_are_seen_on_white():
    image = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 64, 32))
    for kind, shown in (("RGBA", image), ("P", image.convert("P")), ("LA", image.convert("LA"))):
        found = conversion.read(file(shown))
        assert "transparent" in found.notes, kind
        assert found.pixels[30, 16].tolist() == [255, 255, 255]
        assert found.pixels[2, 16].tolist() != [255, 255, 255]


def test_half_transparent_is_half_white():
    """Each pixel is α·colour + (1 − α)·255."""
    random = np.random.default_rng(5)
    colour = random.integers(256, size=(32, 32, 3)).astype(np.uint8)
    alpha = random.integers(256, size=(32, 32, 1)).astype(np.uint8)
    share = alpha / 255
    coloured = Image.fromarray(np.concatenate([colour, alpha], axis=2))
    assert np.abs(conversion.read(file(coloured)).pixels - (share * colour + (1 - share) * 255)).max() <= 1
    grey = Image.fromarray(np.concatenate([colour[:, :, :1], alpha], axis=2), "LA")
    assert np.abs(conversion.read(file(grey)).pixels - (share * colour[:, :, :1] + (1 - share) * 255)).max() <= 1


@pytest.mark.parametrize("mode", ["1", "L", "I;16", "RGB", "P"])
def test_one_colour_that_a_file_names_transparent_is_white(mode):
    dark, key = {"1": (0, 255), "I;16": (0x1234, 0x1235), "RGB": ((9, 8, 7), (9, 8, 6))}.get(mode, (3, 4))
    image = Image.new(mode, (32, 32), dark)
    if mode == "P":
        image.putpalette(bytes(range(30)))
    if mode == "I;16":
        image = Image.fromarray(np.repeat([key, dark], 16 * 32).reshape(32, 32).astype(np.uint16))
    else:
        image.paste(key, (0, 0, 32, 16))
    transparent = 1 if mode == "1" else key  # PNG counts in the file's own depth
    found = conversion.read(file(image, transparency=transparent))
    assert "transparent" in found.notes
    assert found.pixels[0, 0].tolist() == [255, 255, 255]
    shown = {"1": [0] * 3, "L": [3] * 3, "I;16": [0x12] * 3, "RGB": [9, 8, 7], "P": [9, 10, 11]}[mode]
    assert found.pixels[31, 31].tolist() == shown


def test_print_colours_become_screen_colours():
    found = conversion.read(file(quarters(64, 64).convert("CMYK"), "JPEG", quality=95))
    assert found.notes == ("cmyk",)
    assert_quarters(found.pixels, tolerance=12)


def test_print_colours_kept_as_brightness_and_two_differences_become_screen_colours():
    """A JPEG file of four channels may hold Y, Cb, Cr and K: Adobe's marker says so by a 2."""
    inks = np.asarray(ImageOps.invert(quarters(64, 64)).convert("YCbCr"))  # of cyan, magenta and yellow
    no_black = np.full((64, 64, 1), 255, np.uint8)  # Adobe's files hold the inverse of the ink, and Pillow inverts too
    data = file(Image.fromarray(255 - np.concatenate([inks, no_black], axis=2), "CMYK"), "JPEG", quality=95)
    place = data.index(b"Adobe") + len(b"Adobe") + 6
    found = conversion.read(data[:place] + b"\2" + data[place + 1 :])
    assert found.notes == ("cmyk",)
    assert_quarters(found.pixels, tolerance=12)


@pytest.mark.parametrize("kind", ["<u2", ">u2", "<i4"])
def test_grey_of_16_bits_is_scaled_in_every_byte_order(kind):
    grey = np.random.default_rng(4).integers(0x10000, size=(32, 32))
    image = Image.open(io.BytesIO(file(Image.fromarray(grey.astype(kind)), "TIFF")))
    assert image.mode == {"<u2": "I;16", ">u2": "I;16B", "<i4": "I"}[kind]
    found = conversion.pixels(conversion.upright(image))
    assert np.abs(found[:, :, 0] - grey / 257).max() <= 1
    assert (found == found[:, :, :1]).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "HSV"])
def test_every_mode_of_an_image_becomes_rgb(mode):
    image = Image.new("RGB", (32, 32), "white").convert("RGBA" if mode == "RGBa" else mode).convert(mode)
    found = conversion.pixels(conversion.upright(image))
    assert found.shape == (32, 32, 3) and found.dtype == np.uint8
    assert found.min() >= 254


def test_grey_images_of_8_and_of_16_bits_agree():
    grey = np.random.default_rng(2).integers(256, size=(32, 32)).astype(np.uint8)
    eight = conversion.read(file(Image.fromarray(grey))).pixels
    sixteen = conversion.read(file(Image.fromarray(grey.astype(np.uint16) * 257))).pixels
    assert np.array_equal(eight, np.repeat(grey[:, :, None], 3, axis=2))
    assert np.array_equal(sixteen, eight)


def test_an_animation_shows_its_first_image():
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
def test_what_is_no_image_fails_by_name(data, code):
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
def test_a_small_file_that_is_the_largest_image_takes_no_more_memory_than_a_small_host_has():
    side = int(conversion.MOST_PIXELS**0.5)
    data = file(Image.new("RGBA", (side, side)))
    assert len(data) < 200_000
    done = subprocess.run([sys.executable, "-c", LARGEST], input=data, capture_output=True, check=True, cwd=ROOT)
    assert int(done.stdout) < 300 * 1024, "kilobytes; measured were 200 MB"


@pytest.mark.parametrize("kind", conversion.FORMATS)
def test_a_damaged_file_is_an_image_or_a_failure_and_nothing_else(kind):
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


def test_both_images_travel_as_png():
    told = conversion.read(PHOTOGRAPH).to_json()
    small, whole = (Image.open(io.BytesIO(base64.b64decode(told[name]))) for name in ("picture", "preview"))
    assert (small.size, whole.size) == ((32, 32), (200, 200))
