"""The drawn shapes as a data set."""

import numpy as np

from explorer.images.shapes import SHAPES, draw
from explorer.training.report import Progress

TRAIN, TEST = 10_000, 2_000


def load(seed: int, progress: Progress):
    """Return classes, training images and labels, test images and labels, always the same for a seed."""
    random = np.random.default_rng(seed)
    images, labels = draw(TRAIN + TEST, random, progress)
    return tuple(SHAPES), images[:TRAIN], labels[:TRAIN], images[TRAIN:], labels[TRAIN:]
