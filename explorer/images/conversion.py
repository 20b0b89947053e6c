"""Converts a file to 32×32 RGB, in the same way for image folders and for a visitor's image.

Any bytes give an image or a Failure. Nothing here needs torch.
"""

import base64
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from explorer.protocol.errors import Failure

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF")
VERSION = 1  # of the conversion: images decoded by another version are decoded again
MOST_BYTES = 4_000_000  # base64 makes 5.4 of them: `maxMessageSize` in .streamlit/config.toml lets 6 through
MOST_PIXELS = 25_000_000  # which a file of 100 kB can have; they take up to 0.4 GB of memory
SIDE, PREVIEW = 32, 320
ORIENTATION = 0x0112  # of EXIF
# What turns an image upright, by its EXIF orientation; other values leave it as it is.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Grey of 16 bits in its byte orders. Older versions of Pillow give the 16 bits of a PNG file as I.
SIXTEEN_BITS = ("I;16", "I;16L", "I;16B", "I;16N", "I")


@dataclass(frozen=True)
class Converted:
    """A converted image, uint8 (32, 32, 3), and how it was made.

    `size`: (width, height) of the upright original; `crop`: (left, top, side) of the square in the middle; `preview`:
    the whole image at 320 pixels at most; `notes`: "turned", "animated", "transparent", "cmyk", "enlarged".
    """

    pixels: np.ndarray
    size: tuple[int, int]
    crop: tuple[float, float, float]
    preview: Image.Image
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return it for JSON, both images as PNG files in base64."""
        return {
            "picture": png(Image.fromarray(self.pixels)),
            "preview": png(self.preview),
            "size": self.size,
            "crop": self.crop,
            "notes": self.notes,
        }


def png(image: Image.Image) -> str:
    file = io.BytesIO()
    image.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def read(data: bytes) -> Converted:
    """Convert the largest square in the middle of a visitor's image.

    Raises Failure with the code "empty", "bytes" (too many), "pixels" (too many), "unknown" (no image of these formats)
    or "damaged".
    """
    if not data:
        raise Failure("empty", "the file is empty")
    if len(data) > MOST_BYTES:
        raise Failure("bytes", f"an image must not exceed {MOST_BYTES:,} bytes")
    try:
        file = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise Failure("pixels", f"an image must not exceed {MOST_PIXELS:,} pixels") from None
    except Exception as error:  # the decoders raise errors of many types
        raise Failure("unknown", f"not one of {', '.join(FORMATS)}: {error}") from None
    if file.width * file.height > MOST_PIXELS:
        raise Failure("pixels", f"{file.width}×{file.height} pixels are more than {MOST_PIXELS:,}")
    try:
        return _convert(file)
    except Exception as error:
        raise Failure("damaged", f"the image cannot be decoded: {error}") from None


def upright(file: Image.Image) -> Image.Image:
    """Decode an opened file: 8 bits, turned upright, and the first image of an animation.

    The mode is RGB, or RGBA if there may be transparent pixels.
    """
    file.load()
    turn = TURNS.get(orientation(file))
    image = _eight_bits(file) if file.mode in SIXTEEN_BITS else file
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode != mode:
        image = image.convert(mode)
    return image.transpose(turn) if turn is not None else image


def orientation(file: Image.Image) -> int:
    """Return the EXIF orientation of a decoded file, 1 if there is none that can be read."""
    try:
        return file.getexif().get(ORIENTATION, 1)
    except Exception:
        return 1


def pixels(image: Image.Image) -> np.ndarray:
    """Return the square in the middle of an image from `upright` as uint8 (32, 32, 3), on white.

    Each pixel is the mean of the area that it covers, so that an image of 32×32 stays as it is.
    """
    if image.size != (SIDE, SIDE):
        left, top, side = _middle(image.size)
        box = (left, top, left + side, top + side)
        image = image.resize((SIDE, SIDE), Image.Resampling.BOX, box=box)
    return np.asarray(_on_white(image))


def _middle(size: tuple[int, int]) -> tuple[float, float, int]:
    """Left, top and side of the largest square in the middle."""
    width, height = size
    side = min(size)
    return (width - side) / 2, (height - side) / 2, side


def _convert(file: Image.Image) -> Converted:
    notes = []
    # An MPO file holds several photographs, such as one for each eye, but is no animation.
    if getattr(file, "is_animated", False) and file.format != "MPO":
        notes.append("animated")
    image = upright(file)
    if orientation(file) in TURNS:
        notes.append("turned")
    if image.mode == "RGBA":
        notes.append("transparent")
    if file.mode == "CMYK":
        notes.append("cmyk")
    if min(image.size) < SIDE:
        notes.append("enlarged")
    scale = min(1.0, PREVIEW / max(image.size))
    preview = image.resize(tuple(max(1, round(scale * length)) for length in image.size), Image.Resampling.BOX)
    return Converted(pixels(image), image.size, _middle(image.size), _on_white(preview), tuple(notes))


def _eight_bits(grey: Image.Image) -> Image.Image:
    """Return grey of 16 bits as L, or as LA if a PNG file declares one value as transparent."""
    values = np.clip(np.asarray(grey), 0, 0xFFFF)
    eight = Image.fromarray((values >> 8).astype(np.uint8))
    transparent = grey.info.get("transparency")
    if transparent is None:
        return eight
    return Image.merge("LA", (eight, Image.fromarray(np.where(values == transparent, 0, 255).astype(np.uint8))))


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
