"""Ten classes of drawn shapes with random position, size, angle and colour, used where there are no photographs."""

import threading
from collections.abc import Callable

import numpy as np

from explorer.images.sheets import jpeg

SIZE = 32
TRAIN, TEST = 10_000, 2_000  # images of the data set
ACROSS, ROWS = 50, (4, 1)  # images in a row of the sheet, and rows of each class: for training, and for the test


def draw(
    count: int, random: np.random.Generator, progress: Callable[[str, int, int], None] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Draw equally many images of each class, shuffled: uint8 (count, 32, 32, 3), and their labels (count,).

    After each class, calls `progress("draw", classes drawn, all classes)`.
    """
    images = np.empty((count, SIZE, SIZE, 3), np.uint8)
    labels = random.permutation(np.arange(count) % len(SHAPES))
    for label, inside in enumerate(SHAPES.values()):
        chosen = np.flatnonzero(labels == label)
        images[chosen] = _drawn(len(chosen), inside, random)
        if progress:
            progress("draw", label + 1, len(SHAPES))
    return images, labels


def data_set(seed: int, progress: Callable[[str, int, int], None] | None = None) -> tuple[np.ndarray, ...]:
    """Return training images and labels, test images and labels, always the same for a seed.

    progress: as in `draw`.
    """
    images, labels = draw(TRAIN + TEST, np.random.default_rng(seed), progress)
    return images[:TRAIN], labels[:TRAIN], images[TRAIN:], labels[TRAIN:]


def for_the_sheet(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return the images of the sheet, uint8 (50 rows, 50, 32, 32, 3), and their labels (50 rows, 50).

    They are the first of each class in the data set of the seed: four rows of training images, class by class, and
    below these, one row of test images.
    """
    *train, test_images, test_labels = data_set(seed)
    images, labels = [], []
    for (all_images, all_labels), rows in zip((train, (test_images, test_labels)), ROWS, strict=True):
        for label in range(len(SHAPES)):
            first = np.flatnonzero(all_labels == label)[: rows * ACROSS]
            images.append(all_images[first].reshape(rows, ACROSS, SIZE, SIZE, 3))
            labels.append(np.full((rows, ACROSS), label))
    return np.concatenate(images), np.concatenate(labels)


_drawing = threading.Lock()
_sheet: list[bytes] = []


def sheet() -> bytes:
    """Return the images of `for_the_sheet` as one JPEG of less than 2 MB, made once: drawing them takes a second."""
    with _drawing:
        if not _sheet:
            _sheet.append(jpeg(for_the_sheet()[0]))
    return _sheet[0]


def _drawn(count: int, inside, random: np.random.Generator) -> np.ndarray:
    def uniform(low, high, channels=1):
        return random.uniform(low, high, (count, 1, 1, channels)).astype(np.float32)

    # The pixels in the coordinates of the shape, in which it is centred, upright and of radius 1.
    grid = np.arange(SIZE, dtype=np.float32) - (SIZE - 1) / 2
    down, across = grid[None, :, None, None] - uniform(-5, 5), grid[None, None, :, None] - uniform(-5, 5)
    turn, radius = uniform(-0.35, 0.35), uniform(7, 12)
    x = (across * np.cos(turn) + down * np.sin(turn)) / radius
    y = (down * np.cos(turn) - across * np.sin(turn)) / radius
    # The edge is one pixel wide, and soft.
    cover = np.clip(0.5 - inside(x, y) * radius, 0, 1)
    ground, ink = uniform(40, 160, channels=3), uniform(90, 230, channels=3)
    image = ground + cover * (ink - ground) + uniform(-40, 40) * x / 2
    image += random.standard_normal(image.shape, np.float32) * uniform(8, 32)
    return np.clip(image, 0, 255).astype(np.uint8)


# Shapes of radius 1 as signed distances: negative inside, positive outside (y points down).
def _disc(x, y):
    return np.hypot(x, y) - 0.9


def _ring(x, y):
    return np.abs(np.hypot(x, y) - 0.75) - 0.2


def _crescent(x, y):
    return np.maximum(np.hypot(x, y) - 0.95, 0.75 - np.hypot(x - 0.4, y))


def _square(x, y):
    return np.maximum(np.abs(x), np.abs(y)) - 0.8


def _frame(x, y):
    return np.abs(np.maximum(np.abs(x), np.abs(y)) - 0.7) - 0.17


def _triangle(x, y):
    return np.maximum(0.87 * np.abs(x) - 0.5 * y - 0.42, y - 0.75)


def _cross(x, y):
    return np.maximum(np.minimum(np.abs(x), np.abs(y)) - 0.25, np.maximum(np.abs(x), np.abs(y)) - 0.95)


def _star(x, y):
    """Five points: the angle is folded into half a point, whose edge is a straight line."""
    sector = 2 * np.pi / 5
    angle = np.abs((np.arctan2(x, -y) + sector / 2) % sector - sector / 2)
    distance = np.hypot(x, y)
    return 0.8 * (distance * np.cos(angle) + 1.25 * distance * np.sin(angle) - 1)


def _stripes(x, y):
    return np.maximum(0.1 * np.sin(4 * np.pi * y), np.hypot(x, y) - 0.95)


def _checks(x, y):
    return np.maximum(0.13 * np.sin(2.3 * np.pi * x) * np.sin(2.3 * np.pi * y), _square(x, y))


SHAPES = {
    "disc": _disc,
    "ring": _ring,
    "crescent": _crescent,
    "square": _square,
    "frame": _frame,
    "triangle": _triangle,
    "cross": _cross,
    "star": _star,
    "stripes": _stripes,
    "checkerboard": _checks,
}
