"""What can be predicted on the page on the softmax loss."""

import math

import numpy as np

from explorer.images.cifar10_classes import CAT, DOG, EXAMPLE
from explorer.maths import losses, precision
from explorer.maths.descent import descend
from explorer.predictions.kinds import Bars, Choice, Curve, Point

LN10 = math.log(10)
DOG_LEADS = {height: tuple(float(height * (k == DOG)) for k in range(10)) for height in (2, 6, 9)}
CAT_ONE_UP = tuple(logit + (k == CAT) for k, logit in enumerate(DOG_LEADS[9]))
# Nine samples that are surely right, and one that is surely wrong; each its label, then its logits.
ONE_DISASTER = (
    *((label, *(12.0 * (k == label) for k in range(10))) for label in range(9)),
    (9, *(40.0 * (k == 1) for k in range(10))),
)
IN_FLOAT32 = ("right", "inf", "nan")  # what becomes of the naive loss, in the order of the options


def _board(z, y: int = CAT, **more) -> dict:
    return {"names": "classes", "z": z, "y": y, "T": 1.0} | more


def _probabilities(now):
    return losses.softmax(now.z, now.T)


def _loss(now):
    return losses.softmax_loss(now.z, now.y, now.T)


def _gradient(now):
    return losses.softmax_loss_gradient(now.z, now.y, now.T)


def _mean_loss(now):
    return np.mean([losses.softmax_loss(logits, label) for label, *logits in now.rows])


def _naive_in_float32(now):
    logits = precision.grown(now.z, now.grow, float(now.M))
    found = precision.loss_by_method(precision.cast(logits, np.float32), now.y)["naive"]
    return IN_FLOAT32.index(precision.judge(found, losses.softmax_loss(logits, now.y)))


def _falling(now):
    path = descend(lambda z: losses.softmax_loss_gradient(z, now.y, now.T), now.z, now.rate, now.steps)
    return np.arange(now.steps + 1), losses.softmax_loss(path, now.y, now.T)


SITUATIONS = {
    "which_class": Choice(
        "softmax",
        "board",
        _board((-1.2, 0.4, 2.1, 1.9, -6.0, 0.3, -0.7, 2.4, -2.0, 1.1)),
        right=lambda now: np.argmax(_probabilities(now)),
        given=lambda now: now.z,
        then=_probabilities,
        ideas={"farthest": lambda before, now: np.argmax(np.abs(now.z))},
    ),
    "loss_or_ln10": Point("softmax", "board", _board(DOG_LEADS[2]), right=_loss, low=0, high=2 * LN10, mark=LN10),
    "gradient_way": Bars(
        "softmax",
        "board",
        _board(EXAMPLE),
        values=_gradient,
        given=_probabilities,
        asked=(DOG,),
        low=-1,
        high=1,
        mark=0.0,
    ),
    "double_T": Bars(
        "softmax",
        "board",
        _board(DOG_LEADS[6], DOG),
        after={"T": 2.0},
        values=_probabilities,
        asked=(DOG,),
        low=0,
        high=1,
        tolerance=0.1,
        ideas={
            "halved": lambda before, now: _probabilities(before)[DOG] / 2,
            "stays": lambda before, now: _probabilities(before)[DOG],
        },
    ),
    "add_five": Bars(
        "softmax",
        "board",
        _board(EXAMPLE),
        after={"z": tuple(round(logit + 5, 1) for logit in EXAMPLE)},
        values=_probabilities,
        asked=(DOG,),
        low=0,
        high=1,
        tolerance=0.03,
    ),
    "hopeless": Bars(
        "softmax",
        "surface",
        _board(DOG_LEADS[9], a=CAT, b=DOG, quantity="loss"),
        after={"z": CAT_ONE_UP},
        values=lambda now: [_loss(now)],
        rows=("loss",),
        asked=(0,),
        low=0,
        high=12,
        tolerance=0.4,
        ideas={"stays": lambda before, now: _loss(before)},
    ),
    "one_disaster": Point(
        "softmax",
        "samples",
        {"names": "classes", "rows": ONE_DISASTER, "row": 10},
        right=_mean_loss,
        low=0,
        high=10,
        tolerance=0.6,
        ideas={"few": lambda before, now: 0.1},
    ),
    "add_hundred": Choice(
        "softmax",
        "numerics",
        {"names": "classes", "z": EXAMPLE, "y": CAT, "grow": "plus", "M": "100"},
        options=("same", "infinite", "nan"),
        right=_naive_in_float32,
    ),
    "loss_curve": Curve(
        "softmax",
        "descent",
        _board(DOG_LEADS[9], rate=1.0, steps=20, log=False),
        path=_falling,
        at=(0, 2, 4, 6, 8, 12, 16, 20),
        low=0,
        high=12,
        tolerance=1.0,
    ),
}
