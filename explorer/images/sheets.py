"""Sheets of small images: one below the other in one PNG, or in rows in one JPEG."""

import base64
import io

import numpy as np
from PIL import Image

QUALITY = 82  # of a JPEG: noise takes most of the space, and colours are off by 10 of 255 on average


def jpeg(images: np.ndarray) -> bytes:
    """Return images uint8 (rows, columns, height, width, 3) in rows and columns as a JPEG.

    With sides that are multiples of 8 and all colours in full size, no image spoils its neighbour.
    """
    rows, columns, height, width, _ = images.shape
    sheet = images.transpose(0, 2, 1, 3, 4).reshape(rows * height, columns * width, 3)
    file = io.BytesIO()
    Image.fromarray(sheet).save(file, "JPEG", quality=QUALITY, subsampling=0)
    return file.getvalue()


def sprite(images: np.ndarray) -> bytes:
    """Return images uint8 (n, height, width, 3) one below the other as a PNG."""
    count, height, width, _ = images.shape
    file = io.BytesIO()
    Image.fromarray(images.reshape(count * height, width, 3)).save(file, "PNG")
    return file.getvalue()


def image_url(images: np.ndarray) -> str:
    """Return images uint8 (n, height, width, 3), one below the other, as the address of a PNG."""
    return f"data:image/png;base64,{base64.b64encode(sprite(images)).decode()}"
