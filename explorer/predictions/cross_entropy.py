"""What can be predicted on the page on cross-entropy and KL divergence."""

import functools

import numpy as np

from explorer.images.cifar10_classes import CAT, EXAMPLE, NO_DOG, PEOPLE
from explorer.maths import divergence, losses
from explorer.maths.comparison import exceeds, larger
from explorer.predictions.kinds import Choice, Point

LINE, SEEN = np.linspace(-20, 20, 801), np.linspace(-8, 8, 161)
SMOOTHED = {"names": "classes", "target": "smoothed", "eps": 0.2, "y": CAT, "guess": "logits"}
HUMPS = {"gap": 6, "share": 0.6, "start": -1}
STEP = 1e-5  # of a numerical derivative


def _target(now):
    return losses.smooth_labels(now.y, classes=10, smoothing=now.eps)


def _divergence(now):
    """Return the place of what D_KL(p‖q) is: below 0.5, from there on, or infinite."""
    found = float(losses.kl_divergence(now.p, now.q))
    return 2 if np.isinf(found) else int(exceeds(found, 0.5))


def _steeper(now):
    """Return the place of what is steeper in the logits: H(p,q) (0), D_KL(p‖q) (1), or neither (2)."""
    p, moves = _target(now), STEP * np.eye(10)
    up, down = (losses.softmax(np.array(now.z) + sign * moves) for sign in (1, -1))
    entropy, kl = (
        np.linalg.norm([of(p, above) - of(p, below) for above, below in zip(up, down, strict=True)]) / (2 * STEP)
        for of in (losses.cross_entropy, losses.kl_divergence)
    )
    return larger(entropy, kl, by=1e-6)


@functools.cache
def _fit(gap: float, share: float, start: float, reverse: bool) -> float:
    """Return the mean of the one hump that fits two best, by D_KL(p‖q) or by D_KL(q‖p) from `start`."""
    return divergence.fit_hump(divergence.log_two_humps(LINE, gap, share), LINE, reverse, mean=start).mean


def _humps(now):
    return SEEN, np.exp(divergence.log_two_humps(SEEN, now.gap, now.share))


def _hump(reverse: bool, **ideas) -> Point:
    return Point(
        "cross_entropy",
        "asymmetry",
        HUMPS,
        right=lambda now: _fit(now.gap, now.share, now.start, reverse),
        curve=_humps,
        low=-8,
        high=8,
        tolerance=0.8,
        ideas=ideas,
    )


SITUATIONS = {
    "floor": Point(
        "cross_entropy",
        "board",
        SMOOTHED | {"z": EXAMPLE},
        after={"z": tuple(round(float(np.log(41)), 4) * (k == CAT) for k in range(10))},  # where q is p
        right=lambda now: losses.entropy(_target(now)),
        low=0,
        high=3,
        tolerance=0.15,
        ideas={"zero": lambda before, now: 0.0},
    ),
    "ruled_out": Choice(
        "cross_entropy",
        "board",
        {"names": "classes", "target": "hand", "p": PEOPLE, "guess": "hand", "q": NO_DOG},
        options=("small", "large", "infinite"),
        right=_divergence,
    ),
    "same_gradient": Choice(
        "cross_entropy",
        "claim",
        SMOOTHED | {"z": EXAMPLE, "k": CAT},
        options=("cross_entropy", "divergence", "neither"),
        right=_steeper,
    ),
    "forward": _hump(False, mode=lambda before, now: -now.gap / 2),
    "reverse": _hump(True, middle=lambda before, now: (0.5 - now.share) * now.gap),
}
