"""What can be predicted of a training: computed by the few lines of it that matter, or read from a recorded run."""

import functools
import math

import numpy as np

from explorer.images import shapes
from explorer.maths import losses
from explorer.maths.comparison import exceeds
from explorer.maths.descent import descend
from explorer.predictions.kinds import Choice, Curve, Point
from explorer.runs import recorded

LN10 = math.log(10)
BATCH = 512
FIRST = 5  # steps
NO_RUN = {"run": "", "compare": ()}


@functools.cache
def _shapes() -> tuple[np.ndarray, np.ndarray]:
    """Return a batch of drawn shapes as rows of pixels, normalised and with a 1 for the bias, and their labels."""
    images, labels = shapes.draw(BATCH, np.random.default_rng(0))
    pixels = images.reshape(BATCH, -1) / 255
    return np.column_stack([(pixels - pixels.mean()) / pixels.std(), np.ones(BATCH)]), labels


@functools.cache
def softmax_regression(rate: float, steps: int) -> np.ndarray:
    """Return the mean loss of softmax regression on drawn shapes before and after each step of gradient descent."""
    x, y = _shapes()

    def gradient(weights):
        return x.T @ losses.softmax_loss_gradient(x @ weights, y) / BATCH

    path = descend(gradient, np.zeros((x.shape[1], 10)), rate, steps)
    return np.array([losses.softmax_loss(x @ weights, y).mean() for weights in path])


def _first_step(now) -> int:
    """Return the place of what the loss does in the first step: it falls (0), stays (1), or explodes (2)."""
    first, then = softmax_regression(float(now.rate), FIRST)[:2]
    return 0 if exceeds(first, then) else 2 if exceeds(then, 2 * LN10) else 1


def _recorded(run: str) -> np.ndarray:
    """Return the test loss of a recorded run before it and after each epoch."""
    return np.array([epoch["test_loss"] for epoch in recorded.folder(run).epochs])


SITUATIONS = {
    "first_loss": Point(
        "train",
        "train",
        NO_RUN | {"data": "synthetic", "model": "cnn"},
        right=lambda now: _recorded(recorded.SHAPES)[0],
        low=0,
        high=10,
        tolerance=0.4,
    ),
    "rate_ten": Choice(
        "train",
        "train",
        NO_RUN | {"data": "synthetic", "model": "softmax", "optimizer": "sgd", "schedule": "constant", "rate": "10"},
        options=("falls", "stays", "explodes"),
        right=_first_step,
        path=lambda now: (np.arange(FIRST + 1), softmax_regression(float(now.rate), FIRST)),
    ),
    "on_pixels": Curve(
        "train",
        "train",
        {"compare": (), "run": recorded.SOFTMAX, "x": "epoch", "view": "loss"},
        path=lambda now: (np.arange(len(_recorded(now.run))), _recorded(now.run)),
        at=(0, 1, 2, 4, 8, 14, 20),
        low=0,
        high=3,
        tolerance=0.3,
    ),
    "shuffled_labels": Point(
        "train",
        "train",
        NO_RUN | {"recipe": "shuffled-labels", "model": "cnn"},
        # The labels have nothing to do with the images: whatever is answered is right for one class in ten.
        right=lambda now: 100 / len(shapes.SHAPES),
        low=0,
        high=100,
        tolerance=6,
    ),
    "softmax_twice": Point(
        "train",
        "train",
        NO_RUN | {"recipe": "double-softmax", "model": "cnn"},
        # At best the first softmax gives the one-hot of the true class; the second takes that for logits.
        right=lambda now: losses.softmax_loss(np.eye(10)[0], 0),
        low=0,
        high=3,
        tolerance=0.2,
        ideas={"zero": lambda before, now: 0.0, "ln10": lambda before, now: LN10},
    ),
}
