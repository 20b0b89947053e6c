"""The sections of the cross-entropy page, one a file: its presets, its code, and `show(page)`."""

import numpy as np

from explorer import frame, losses
from explorer.classes import CIFAR10

CAT, DOG, FROG = (CIFAR10.index(name) for name in ("cat", "dog", "frog"))


def class_names(page: frame.Page, labels=range(10)) -> list[str]:
    """Return the names of the classes in the visitor's language."""
    return [page.words(f"classes.{CIFAR10[label]}") for label in labels]


def target(now) -> np.ndarray:
    """Return the true distribution p over the ten classes, as the board has it."""
    if now.target == "hand":
        return np.array(now.p)
    return losses.smooth_labels(now.y, classes=10, smoothing=now.eps if now.target == "smoothed" else 0.0)


def guess(now) -> np.ndarray:
    """Return the predicted distribution q over the ten classes, as the board has it."""
    return np.array(now.q) if now.guess == "hand" else losses.softmax(now.z)
