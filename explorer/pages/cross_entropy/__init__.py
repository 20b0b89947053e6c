"""The sections of the page on cross-entropy, one module each."""

from dataclasses import dataclass

import numpy as np

from explorer.components.distribution_board import distribution_board
from explorer.figures.theme import CLASS_COLOURS
from explorer.maths import losses
from explorer.maths.comparison import without_roundings
from explorer.pages.shared.named_section import NamedSection

SOFTMAX = "f = np.array({z})  # the logits\nq = np.exp(f - f.max()) / np.exp(f - f.max()).sum()"


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


def ten_classes(section: NamedSection, board: str, *parts: str, **more) -> None:
    """Show a board of all ten classes, on which the `parts` are the settings of the same names.

    more: further arguments of `distribution_board`.
    """
    names = {part: part for part in parts}
    settings, words = section.page.settings, section.words
    distribution_board(board, settings, words, section.class_names(), CLASS_COLOURS, names, **more)


def code_of_q(now) -> str:
    """Return the Python that computes the q of the board."""
    return f"q = np.array({list(now.q)})" if now.guess == "hand" else SOFTMAX.format(z=list(now.z))
