"""Sheets of small images: one below the other in one PNG."""

import base64
import io

import numpy as np
from PIL import Image


def sprite(images: np.ndarray) -> bytes:
    """Return images uint8 (n, height, width, 3) one below the other as a PNG."""
    count, height, width, _ = images.shape
    file = io.BytesIO()
    Image.fromarray(images.reshape(count * height, width, 3)).save(file, "PNG")
    return file.getvalue()


def image_url(images: np.ndarray) -> str:
    """Return images uint8 (n, height, width, 3), one below the other, as the address of a PNG."""
    return f"data:image/png;base64,{base64.b64encode(sprite(images)).decode()}"
