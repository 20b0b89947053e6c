"""The drawn shapes as a data set."""

from explorer.images.shapes import SHAPES, data_set
from explorer.training.report import Progress


def load(seed: int, progress: Progress):
    """Return classes, training images and labels, test images and labels, always the same for a seed."""
    return tuple(SHAPES), *data_set(seed, progress)
