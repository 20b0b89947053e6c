"""The twelve statements of the essay (E1 to E12): whether each holds, where it moves, and its numbers."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from explorer.figures import cards as figures
from explorer.figures.theme import CLASS_COLOURS
from explorer.images.cifar10_classes import CAT, DOG, EXAMPLE
from explorer.maths import losses, multi_label
from explorer.maths.descent import descend
from explorer.pages.shared.views import View

ONE_HOT = losses.smooth_labels(CAT, 10, 0.0)
SMOOTHED = losses.smooth_labels(CAT, 10, 0.2)
SCORE = 2.0  # of one sample with two labels
BOTH_SURE = (9.0, 9.0, -9.0, -9.0)  # logits of four labels, of which the first two are true
SURE = 9.0  # the logit of the cat, where all others are 0


class Statement(NamedTuple):
    """A statement of the essay.

    verdict: "holds", "only_if" or "fails", as it stands; view: where it moves; numbers: by their names in the words.
    """

    verdict: str
    view: View
    numbers: Callable[[], dict[str, float]]
    figure: Callable[[], list[str]] | None = None


def _sigmoid():
    return {"one": losses.sigmoid(SCORE), "zero": losses.sigmoid(-SCORE)}


def _one_formula():
    return {"one": losses.bernoulli_likelihood(SCORE, 1), "zero": losses.bernoulli_likelihood(SCORE, 0)}


def _likelihood():
    z, y = np.array([SCORE, -1.0, 0.5]), np.array([1, 0, 1])
    p = losses.bernoulli_likelihood(z, y)
    mean = losses.binary_cross_entropy(z, y).mean()
    return {"first": p[0], "second": p[1], "third": p[2], "product": p.prod(), "mean": mean}


def _softmax():
    probabilities = losses.softmax(EXAMPLE)
    return {"cat": probabilities[CAT], "dog": probabilities[DOG]}


def _bars():
    return figures.board(EXAMPLE, losses.softmax(EXAMPLE), CLASS_COLOURS)


def _softmax_loss():
    cat, dog = losses.softmax_loss([EXAMPLE, EXAMPLE], [CAT, DOG])
    return {"cat": cat, "dog": dog, "mean": (cat + dog) / 2}


def _gradients():
    path = descend(lambda z: losses.softmax_loss_gradient(z, CAT), EXAMPLE, 1.0, 20)
    before, after = losses.softmax_loss(path[[0, -1]], CAT)
    gradient = losses.softmax_loss_gradient(EXAMPLE, CAT)
    one = losses.binary_cross_entropy_gradient(SCORE, 1)
    return {"one": one, "cat": gradient[CAT], "dog": gradient[DOG], "before": before, "after": after}


def _two_labels():
    labels = [1, 1, 0, 0]
    return {
        "floor": math.log(2),
        "softmax": multi_label.softmax_loss(BOTH_SURE, labels),
        "sigmoids": multi_label.sigmoid_loss(BOTH_SURE, labels),
    }


def _two_bars():
    groups = {"softmax": losses.softmax(BOTH_SURE)[:2], "sigmoid": losses.sigmoid(BOTH_SURE[:2])}
    return figures.two_bars(groups, CLASS_COLOURS[3:6:2])


def _cross_entropy():
    return {"other": losses.cross_entropy(SMOOTHED, losses.softmax(EXAMPLE)), "same": losses.entropy(SMOOTHED)}


def _sum():
    q = losses.softmax(EXAMPLE)
    return {
        "total": losses.cross_entropy(SMOOTHED, q),
        "entropy": losses.entropy(SMOOTHED),
        "divergence": losses.kl_divergence(SMOOTHED, q),
        "one_hot": losses.entropy(ONE_HOT),
    }


def _claim():
    q = losses.softmax(EXAMPLE)
    return {
        "one_hot": losses.entropy(ONE_HOT),
        "smoothed": losses.entropy(SMOOTHED),
        "gradient": (q - SMOOTHED)[CAT],
    }


def _ideal():
    right, wrong = (losses.softmax_loss(SURE * np.eye(10)[k], CAT) for k in (CAT, DOG))
    return {"right": right, "probability": losses.softmax(SURE * np.eye(10)[CAT])[CAT], "wrong": wrong}


def _derivation():
    q = losses.softmax(EXAMPLE)
    return {
        "divergence": losses.kl_divergence(ONE_HOT, q),
        "loss": losses.softmax_loss(EXAMPLE, CAT),
        "both": losses.kl_divergence(q, q),
    }


def _logits(values) -> str:
    return ",".join(f"{value:g}" for value in values)


# By the parts of the essay.
STATEMENTS = {
    "logistic_regression": {
        "e1": Statement("holds", View("logistic_regression", {"part": "sample", "z": "2", "y": "1"}), _sigmoid),
        "e2": Statement("holds", View("logistic_regression", {"part": "sample", "z": "2", "y": "0"}), _one_formula),
        "e3": Statement("holds", View("logistic_regression", {"part": "likelihood"}), _likelihood),
    },
    "softmax": {
        "e4": Statement("holds", View("softmax", {"part": "board"}), _softmax, _bars),
        "e5": Statement("holds", View("softmax", {"part": "samples"}), _softmax_loss),
        "e6": Statement("holds", View("softmax", {"part": "descent"}), _gradients),
        "e7": Statement(
            "only_if",
            View("softmax_or_sigmoid", {"part": "board", "z": _logits((*BOTH_SURE, *[0] * 6))}),
            _two_labels,
            _two_bars,
        ),
    },
    "cross_entropy": {
        "e8": Statement(
            "only_if",
            View("cross_entropy", {"part": "board", "guess": "hand", "q": _logits(SMOOTHED)}),
            _cross_entropy,
        ),
        "e9": Statement("holds", View("cross_entropy", {"part": "board"}), _sum),
        "e10": Statement("only_if", View("cross_entropy", {"part": "claim"}), _claim),
        "e11": Statement(
            "holds", View("cross_entropy", {"part": "derivation", "z": _logits(SURE * np.eye(10)[CAT])}), _ideal
        ),
        "e12": Statement("fails", View("cross_entropy", {"part": "derivation"}), _derivation),
    },
}
