"""What is descended: the loss of each picture, from its logits and its label."""

import torch.nn.functional as F
from torch import Tensor


def targets(labels: Tensor, classes: int, smoothing: float) -> Tensor:
    """Return p = (1 − ε) onehot(y) + ε/K, shape (n, K), with ε the smoothing."""
    return (1 - smoothing) * F.one_hot(labels, classes).float() + smoothing / classes


def cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """H(p, q) = −Σ p ln q in nats, with q the softmax of the logits (E5, E8)."""
    return F.cross_entropy(logits, target, reduction="none")


def kl(logits: Tensor, target: Tensor) -> Tensor:
    """D_KL(p‖q) = H(p, q) − H(p) (E9, E12): the cross-entropy less a constant, with the same gradient q − p."""
    return F.kl_div(logits.log_softmax(1), target, reduction="none").sum(1)


def sigmoids(logits: Tensor, target: Tensor) -> Tensor:
    """Ten logistic regressions, one class against the rest each (E7): the sum of their cross-entropies."""
    return F.binary_cross_entropy_with_logits(logits, target, reduction="none").sum(1)


def squared(logits: Tensor, target: Tensor) -> Tensor:
    """Σ (q − p)²: its gradient vanishes where the model is sure, and wrong."""
    return (logits.softmax(1) - target).square().sum(1)


def double_softmax(logits: Tensor, target: Tensor) -> Tensor:
    """A common mistake: the probabilities go as if they were logits into a loss that takes the softmax itself.

    With ten classes it cannot fall below ln(e + 9) − 1 = 1.461.
    """
    return cross_entropy(logits.softmax(1), target)


LOSSES = {
    "cross-entropy": cross_entropy,
    "kl": kl,
    "sigmoids": sigmoids,
    "squared": squared,
    "double-softmax": double_softmax,
}


def objective(logits: Tensor, labels: Tensor, settings: dict[str, object]) -> Tensor:
    """Return the loss (n,) of each picture that `settings` name."""
    target = targets(labels, logits.shape[1], settings["label_smoothing"])
    return LOSSES[settings["loss"]](logits, target.to(logits.dtype))
