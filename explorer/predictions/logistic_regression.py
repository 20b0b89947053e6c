"""What can be predicted on the page on logistic regression."""

import functools

import numpy as np

from explorer.maths import logistic, losses
from explorer.maths.comparison import exceeds, larger
from explorer.predictions.kinds import Bars, Choice, Curve, Point

ALL = 2000  # samples: all that the page has, so that their order does not matter


def _sample(z: float, squared: bool = False) -> dict:
    return {"z": z, "y": 1, "squared": squared}


def _loss(now):
    return losses.binary_cross_entropy(now.z, now.y)


def _steeper(now):
    """Return the place of what has the larger gradient: cross-entropy (0), the squared error (1), or neither (2)."""
    log, squared = (
        abs(float(gradient(now.z, now.y)))
        for gradient in (losses.binary_cross_entropy_gradient, losses.squared_error_gradient)
    )
    return larger(log, squared)


def _product(now):
    """Return the place of what the product of all likelihoods is in float64: more than half, little, or exactly 0."""
    likelihood = logistic.likelihood([now.w, now.b], *logistic.toy_data(now.data, now.m, now.seed))
    return 2 if likelihood == 0 else 1 if exceeds(0.5, likelihood) else 0


@functools.cache
def _descent(data: str, seed: int, m: int, start: tuple[float, float], rate: float, steps: int):
    """Return the weight and the loss along a descent."""
    x, y = logistic.toy_data(data, m, seed)
    path = logistic.gradient_descent(start, x, y, rate, steps)
    return path[:, 0], logistic.loss(path, x, y)


def _weights_and_losses(now):
    return _descent(now.data, now.seed, now.m, (now.w, now.b), now.rate, now.steps)


def _falling(now):
    return np.arange(now.steps + 1), _weights_and_losses(now)[1]


def _weight(now):
    return np.arange(now.steps + 1), _weights_and_losses(now)[0]


def _at_last(now):
    """Return the place of what the loss does in the end: it rests (0), jumps about (1), or has grown (2)."""
    _, found = _falling(now)
    end = found[-20:]
    return 2 if exceeds(found[-1], found[0]) else 1 if exceeds(np.ptp(end), 0.05) else 0


def _downhill(rate: float, steps: int) -> dict:
    start = {"w": -2.0, "b": 3.0, "l2": 0.0}
    return {"data": "overlapping", "seed": 0, "m": ALL, **start, "rate": rate, "steps": steps, "newton": 0}


SITUATIONS = {
    "coin": Point(
        "logistic_regression",
        "sample",
        _sample(0.0),
        right=_loss,
        low=0,
        high=2,
        tolerance=0.12,
        ideas={"half": lambda before, now: 0.5, "bit": lambda before, now: 1.0},
    ),
    "twice_as_wrong": Bars(
        "logistic_regression",
        "sample",
        _sample(-6.0),
        after={"z": -12.0},
        values=lambda now: [_loss(now)],
        rows=("loss",),
        asked=(0,),
        low=0,
        high=20,
        tolerance=1.2,
        ideas={"stays": lambda before, now: _loss(before)},
    ),
    "whose_gradient": Choice(
        "logistic_regression",
        "sample",
        _sample(-6.0, squared=True),
        options=("cross_entropy", "squared", "equal"),
        right=_steeper,
    ),
    "product": Choice(
        "logistic_regression",
        "likelihood",
        {"data": "overlapping", "seed": 0, "m": ALL, "w": 1.5, "b": 0.0},
        options=("large", "small", "zero"),
        right=_product,
    ),
    "downhill": Curve(
        "logistic_regression",
        "descent",
        _downhill(rate=1.0, steps=12),
        path=_falling,
        at=(0, 1, 2, 3, 4, 6, 8, 12),
        low=0,
        high=3,
        tolerance=0.3,
    ),
    "too_fast": Choice(
        "logistic_regression",
        "descent",
        _downhill(rate=20.0, steps=60),
        options=("rests", "jumps", "grows"),
        right=_at_last,
        path=_falling,
    ),
    "no_maximum": Choice(
        "logistic_regression",
        "descent",
        _downhill(rate=10.0, steps=300) | {"data": "separable", "w": 0.0, "b": 0.0},
        options=("rests", "without_end"),
        right=lambda now: int(not logistic.has_estimate(*logistic.toy_data(now.data, now.m, now.seed))),
        path=_weight,
    ),
}
