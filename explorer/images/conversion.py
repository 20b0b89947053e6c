"""A visitor's picture, from the bytes of a file to 32×32 pixels. Whatever the bytes are, it is a picture or a Failure.

Nothing here needs torch.
"""

import base64
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from explorer.protocol.errors import Failure

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF")
MOST_BYTES = 10_000_000
MOST_PIXELS = 25_000_000  # a file of 100 kB may have as many; they take up to 0.4 GB
SIDE, PREVIEW = 32, 320


@dataclass(frozen=True)
class Picture:
    """The picture in the middle, uint8 (32, 32, 3), and how it came about.

    `size` (width, height) turned as its EXIF says; `crop` (left, top, side), the square in the middle; `preview`, the
    whole at 320 pixels at most; `notes`, what was done beside: "turned", "animated", "transparent", "cmyk", "enlarged".
    """

    pixels: np.ndarray
    size: tuple[int, int]
    crop: tuple[float, float, float]
    preview: Image.Image
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return it for JSON, both pictures as PNG files in base64."""
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


def read(data: bytes) -> Picture:
    """Cut the largest square out of the middle; each of the 32×32 pixels is the mean of what lies in it.

    An animation shows its first picture, what is transparent is seen on white. Raises Failure with the code
    "empty", "bytes" (too many), "pixels" (too many), "unknown" (no picture, or of another kind) or "damaged".
    """
    if not data:
        raise Failure("empty", "there is nothing in the file")
    if len(data) > MOST_BYTES:
        raise Failure("bytes", f"a picture may have {MOST_BYTES:,} bytes")
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise Failure("pixels", f"a picture may have {MOST_PIXELS:,} pixels") from None
    except Exception as error:  # each format has its own ways to fail
        raise Failure("unknown", f"this is no {', '.join(FORMATS)}: {error}") from None
    if image.width * image.height > MOST_PIXELS:
        raise Failure("pixels", f"{image.width}×{image.height} pixels are more than {MOST_PIXELS:,}")
    try:
        return _square(image)
    except Exception as error:
        raise Failure("damaged", f"the picture cannot be decoded: {error}") from None


def _square(image: Image.Image) -> Picture:
    notes = []
    # A photograph that holds another one for each eye, or a small one of itself, does not move.
    if getattr(image, "is_animated", False) and image.format != "MPO":
        notes.append("animated")
    image.load()
    if image.getexif().get(0x0112, 1) in range(2, 9):
        notes.append("turned")
        image = ImageOps.exif_transpose(image)
    if image.has_transparency_data:
        notes.append("transparent")
        image = _of_mode("RGBA", image)
    elif image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    else:
        if image.mode == "CMYK":
            notes.append("cmyk")
        image = _of_mode("RGB", image)
    width, height = image.size
    side = min(width, height)
    if side < SIDE:
        notes.append("enlarged")
    left, top = (width - side) / 2, (height - side) / 2
    small = image.resize((SIDE, SIDE), Image.Resampling.BOX, box=(left, top, left + side, top + side))
    scale = min(1.0, PREVIEW / max(width, height))
    preview = image.resize(tuple(max(1, round(scale * length)) for length in image.size), Image.Resampling.BOX)
    return Picture(np.asarray(_on_white(small)), (width, height), (left, top, side), _on_white(preview), tuple(notes))


def _of_mode(mode: str, image: Image.Image) -> Image.Image:
    return image if image.mode == mode else image.convert(mode)  # which would copy it


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
