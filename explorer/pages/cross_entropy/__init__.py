"""The sections of the page on cross-entropy, one module each."""

from dataclasses import dataclass

import numpy as np

from explorer.images.cifar10_classes import CIFAR10
from explorer.maths import losses
from explorer.maths.comparison import without_roundings

CAT, DOG, FROG = (CIFAR10.index(name) for name in ("cat", "dog", "frog"))


@dataclass(frozen=True)
class Measured:
    """The two distributions of the board, and what there is to say about them, in nats."""

    p: np.ndarray
    q: np.ndarray
    entropy: float
    cross_entropy: float
    forward: float
    reverse: float


def measure(now, guess: str = "") -> Measured:
    """Return what the ten-class board shows, with q by `guess` ("logits", "hand") where that is fixed."""
    if now.target == "hand":
        p = np.array(now.p)
    else:
        p = losses.smooth_labels(now.y, classes=10, smoothing=now.eps if now.target == "smoothed" else 0.0)
    by_hand = (guess or now.guess) == "hand"
    q = np.array(now.q) if by_hand else losses.softmax(now.z)
    return _measure(p, q, None if by_hand else now.z)


def one_hot(now) -> Measured:
    """Return what a board shows whose target is the one-hot of the true class, and q the softmax."""
    return _measure(losses.smooth_labels(now.y, classes=10, smoothing=0.0), losses.softmax(now.z), now.z)


def _measure(p, q, logits) -> Measured:
    entropy = float(losses.entropy(p))
    forward, reverse = (float(without_roundings(losses.kl_divergence(*pair), of=entropy)) for pair in ((p, q), (q, p)))
    if entropy == 0 and logits is not None:
        # ln q from the logits keeps the digits of a tiny loss, which q has lost.
        forward = float(losses.softmax_loss(logits, int(np.argmax(p))))
    cross_entropy = forward if entropy == 0 else float(losses.cross_entropy(p, q))
    return Measured(p, q, entropy, cross_entropy, forward, reverse)
