"""What can be predicted on the page on softmax or sigmoid."""

import numpy as np

from explorer.maths import losses, multi_label
from explorer.maths.comparison import exceeds
from explorer.maths.descent import descend
from explorer.predictions.kinds import Bars, Choice, Point

STYLES = ("landscape", "outdoors", "indoors", "portrait")
PHOTOGRAPH = (2.2, 1.9, -2.5, -1.0)
ALONG = np.linspace(-6, 6, 121)


def _styles(z, *true: int, **more) -> dict:
    return {
        "example": "style",
        "z": z + (0.0,) * (10 - len(z)),
        "y": tuple(map(str, true)),
        "several": True,
    } | more


def _logits(now):
    return np.array(now.z[: len(STYLES)])


def _at_rest(now):
    labels = np.array([float(str(k) in now.y) for k in range(len(STYLES))])
    path = descend(lambda z: multi_label.softmax_loss_gradient(z, labels), _logits(now), now.rate, now.step)
    return losses.softmax(path[-1])


def _what_falls(now):
    """Return the place of what falls for outdoors: both probabilities (0), one of them (1, 2), or neither (3)."""
    by_softmax, by_sigmoid = (
        bool(exceeds(of(np.array(PHOTOGRAPH))[1], of(_logits(now))[1])) for of in (losses.softmax, losses.sigmoid)
    )
    return [(True, True), (True, False), (False, True), (False, False)].index((by_softmax, by_sigmoid))


SITUATIONS = {
    "sum_of_sigmoids": Point(
        "softmax_or_sigmoid",
        "board",
        _styles(PHOTOGRAPH, 0, 1),
        right=lambda now: losses.sigmoid(_logits(now)).sum(),
        low=0,
        high=4,
        tolerance=0.35,
        ideas={"one": lambda before, now: 1.0},
    ),
    "raise_one": Choice(
        "softmax_or_sigmoid",
        "board",
        _styles(PHOTOGRAPH, 0, 1),
        after={"z": _styles((PHOTOGRAPH[0] + 3, *PHOTOGRAPH[1:]))["z"]},
        options=("both", "softmax", "sigmoid", "neither"),
        right=_what_falls,
    ),
    "second_label": Bars(
        "softmax_or_sigmoid",
        "descent",
        _styles((0.0,) * 4, 0, rate=1.0, step=100),
        after={"y": ("0", "1")},
        values=_at_rest,
        rows=STYLES,
        asked=(0, 1),
        low=0,
        high=1,
        tolerance=0.08,
        ideas={
            "both": lambda before, now: [1.0, 1.0],
            "stays": lambda before, now: _at_rest(before)[:2],
        },
    ),
    "two_is_sigmoid": Point(
        "softmax_or_sigmoid",
        "two",
        {"z1": 1.5, "z2": -0.5, "view": "surface"},
        right=lambda now: -np.diff(losses.log_softmax([now.z1, now.z2])),
        curve=lambda now: (ALONG, losses.sigmoid(ALONG)),
        low=-6,
        high=6,
        tolerance=0.35,
        ideas={"first": lambda before, now: now.z1, "sum": lambda before, now: now.z1 + now.z2},
    ),
}
