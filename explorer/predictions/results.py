"""What can be predicted of a trained network: read from a recorded run's logits for its test images."""

import numpy as np

from explorer.images.cifar10_classes import CAT
from explorer.maths import losses
from explorer.maths.comparison import exceeds
from explorer.predictions.kinds import Bars, Choice, Point
from explorer.runs import recorded

OF_CNN = {"run": recorded.CNN, "epoch": -1}


def _right(now, T: float = 1.0) -> np.ndarray:
    """Return whether each test image is right by its logits divided by T."""
    logits, labels = recorded.tested(now.run)
    return (logits / T).argmax(axis=1) == labels


def _by_class(now) -> np.ndarray:
    """Return how many test images of each class are right, in percent."""
    right, (_, labels) = _right(now), recorded.tested(now.run)
    return np.array([100 * right[labels == k].mean() for k in range(10)])


def _confidence(now, right: bool) -> float:
    """Return the mean probability of the predicted class, in percent, where that is right, or where it is not."""
    logits, _ = recorded.tested(now.run)
    return 100 * losses.softmax(logits).max(axis=1)[_right(now) == right].mean()


def _moves(before: float, after: float) -> int:
    """Return the place of what a number does: it falls (0), stays (1), or rises (2)."""
    return 1 + int(exceeds(after, before)) - int(exceeds(before, after))


SITUATIONS = {
    "sure_mistakes": Point(
        "results",
        "microscope",
        OF_CNN,
        right=lambda now: _confidence(now, right=False),
        low=10,
        high=100,
        tolerance=8,
        ideas={"as_sure": lambda before, now: _confidence(now, right=True)},
    ),
    "cats": Bars(
        "results",
        "whole",
        OF_CNN | {"view": "confusion"},
        values=_by_class,
        asked=(CAT,),
        low=0,
        high=100,
        tolerance=8,
        ideas={"mean": lambda before, now: 100 * _right(now).mean()},
    ),
    "half_as_sure": Choice(
        "results",
        "calibration",
        OF_CNN | {"T": 1.0},
        after={"T": 2.0},
        options=("falls", "stays", "rises"),
        right=lambda now: _moves(_right(now).mean(), _right(now, now.T).mean()),
    ),
}
