"""Where logits come from (E4): an image times ten learned templates.

The templates are the weights of a softmax regression on drawn shapes; `components/image_board/README.md` says how
they were trained. The browser loads the same two files and computes the same; a test compares the two.
"""

import functools
import re
from pathlib import Path

import numpy as np

from explorer.images.shapes import SIZE

FOLDER = Path(__file__).parents[1] / "components" / "image_board"
# Colours to paint with; "m" is the mean colour of the border of the image, and "." leaves a pixel as it is.
PAINTS = {
    "k": (0, 0, 0),
    "w": (1, 1, 1),
    "r": (0.8, 0.15, 0.1),
    "g": (0.2, 0.6, 0.2),
    "b": (0.15, 0.3, 0.8),
    "y": (0.95, 0.8, 0.2),
}
RIM = "m"
BARE = "."


@functools.cache
def load() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the weights W (10 × 3072), the biases b (10) and the images (10 × 32 × 32 × 3, from 0 to 1)."""
    templates = np.load(FOLDER / "templates.npy").astype(np.float64)
    images = np.load(FOLDER / "images.npy") / 255
    return templates[:, :-1], templates[:, -1], images


def altered(image, right=0, down=0, light=0.0, inverted=False, paint="") -> np.ndarray:
    """Return `image` shifted by pixels (its edge is repeated), made lighter, inverted, and painted over.

    `paint` is a run-length code of the 1,024 pixels, row by row, such as "500.3k": 500 unpainted ones, three black.
    """
    rows, columns = np.clip(np.arange(SIZE) - down, 0, SIZE - 1), np.clip(np.arange(SIZE) - right, 0, SIZE - 1)
    changed = np.clip(image[rows][:, columns] + light, 0, 1)
    if inverted:
        changed = 1 - changed
    rim = np.concatenate([changed[0], changed[-1], changed[1:-1, 0], changed[1:-1, -1]]).mean(axis=0)
    flat = changed.reshape(-1, 3).copy()
    for pixel, letter in enumerate(unpack(paint)):
        if letter != BARE:
            flat[pixel] = rim if letter == RIM else PAINTS[letter]
    return flat.reshape(image.shape)


def logits(image) -> np.ndarray:
    """f = x·W + b: ten sums of 3,072 products, one for each class."""
    weights, bias, _ = load()
    return weights @ np.ravel(image) + bias


def unpack(paint: str) -> str:
    """Return one letter for each pixel; raise ValueError for an invalid code, or one that is too long."""
    letters = "".join(PAINTS) + RIM + re.escape(BARE)
    if not re.fullmatch(rf"(?:[1-9]\d{{0,3}}[{letters}])*", paint):
        raise ValueError(f"paint must be runs such as 500.3k; got {paint!r:.80}")
    runs = re.findall(r"(\d+)(\D)", paint)
    if sum(int(length) for length, _ in runs) > SIZE * SIZE:
        raise ValueError(f"paint must cover {SIZE * SIZE} pixels at most; got {paint!r:.80}")
    return "".join(letter * int(length) for length, letter in runs)
