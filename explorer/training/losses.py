"""The losses that can be minimised, for each image, from its logits and its label.

Infinite logits are treated exactly: −inf is a probability of 0, and a single +inf a probability of 1. Several +inf, or
nothing but −inf, have no limit, and the loss is nan.
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def targets(labels: Tensor, classes: int, smoothing: float) -> Tensor:
    """Return p = (1 − ε) onehot(y) + ε/K, shape (n, K), with ε the smoothing."""
    share = smoothing / classes
    target = torch.full((len(labels), classes), share, device=labels.device)
    return target.scatter_(1, labels[:, None], 1 - smoothing + share)


def shifted(logits: Tensor) -> Tensor:
    """f_k − max f, exactly 0 for the largest: the softmax is the same, and inf − inf is 0 where it has a limit."""
    largest, index = logits.max(1, keepdim=True)
    return (logits - largest).scatter(1, index, 0.0)


def expectation(target: Tensor, values: Tensor) -> Tensor:
    """Σ p·v of each row, with 0 · ∞ = 0."""
    return torch.where(target > 0, target * values, 0.0).sum(1)


class Known(torch.autograd.Function):
    """A loss (n,) of the logits (n, K) whose gradient is known: it is finite where the loss is infinite."""

    @staticmethod
    def forward(ctx, logits: Tensor, loss: Tensor, gradient: Tensor) -> Tensor:
        ctx.save_for_backward(gradient)
        return loss

    @staticmethod
    def backward(ctx, upstream: Tensor) -> tuple[Tensor, None, None]:
        (gradient,) = ctx.saved_tensors
        return upstream[:, None] * gradient, None, None


def cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """H(p, q) = −Σ p ln q in nats, with q the softmax of the logits (E5, E8); its gradient is q − p (E6)."""
    log_q = shifted(logits.detach()).log_softmax(1)
    return Known.apply(logits, -expectation(target, log_q), log_q.exp() - target)


def kl(logits: Tensor, target: Tensor) -> Tensor:
    """D_KL(p‖q) = H(p, q) − H(p) (E9, E12): the cross-entropy less a constant, with the same gradient q − p."""
    return cross_entropy(logits, target) + expectation(target, target.log())


def sigmoids(logits: Tensor, target: Tensor) -> Tensor:
    """Ten logistic regressions, each for one class against the rest (E7): the sum of their cross-entropies.

    A term is p·max(−z, 0) + (1 − p)·max(z, 0) + ln(1 + e^(−|z|)), with the gradient σ(z) − p (E6).
    """
    z = logits.detach()
    wrong = expectation(target, F.relu(-z)) + expectation(1 - target, F.relu(z))
    return Known.apply(logits, wrong + z.abs().neg().exp().log1p().sum(1), z.sigmoid() - target)


def squared(logits: Tensor, target: Tensor) -> Tensor:
    """Σ (q − p)²: its gradient vanishes where the model is confident and wrong."""
    return (shifted(logits).softmax(1) - target).square().sum(1)


def hinge(logits: Tensor, target: Tensor) -> Tensor:
    """Σ_y p(y) Σ_{k≠y} max(0, f_k − f_y + 1): the hinge loss (`maths/hinge.py`) on average over p.

    Its subgradient counts the classes whose term is above 0; at a kink, where the term is 0, it does not.
    """
    f = logits.detach()
    classes = f.shape[1]
    # [n, y, k]: f_k − f_y, 0 where they are equal, also if infinite, and the terms' margins.
    gap = (f[:, None] - f[:, :, None]).masked_fill(f[:, None] == f[:, :, None], 0.0)
    margins = (gap + 1).masked_fill(torch.eye(classes, dtype=torch.bool, device=f.device), 0.0)
    loss = expectation(target, F.relu(margins).sum(2))
    pulls = (margins > 0) * target[:, :, None]
    has_limit = shifted(f).isnan().any(1).logical_not()
    return Known.apply(logits, torch.where(has_limit, loss, torch.nan), pulls.sum(1) - pulls.sum(2))


def double_softmax(logits: Tensor, target: Tensor) -> Tensor:
    """A common mistake: the probabilities are passed, like logits, to a loss that takes the softmax itself.

    With ten classes it cannot fall below ln(e + 9) − 1 = 1.461.
    """
    return F.cross_entropy(shifted(logits).softmax(1), target, reduction="none")


LOSSES = {
    "cross-entropy": cross_entropy,
    "kl": kl,
    "sigmoids": sigmoids,
    "squared": squared,
    "hinge": hinge,
    "double-softmax": double_softmax,
}


def objective(logits: Tensor, labels: Tensor, settings: dict[str, object]) -> Tensor:
    """Return the loss of each image (n,) by the settings."""
    if logits.is_cuda and settings["loss"] == "cross-entropy":
        # The same in three launches instead of twenty; of an infinite logit, it is nan sooner.
        smoothing = settings["label_smoothing"]
        return F.cross_entropy(logits, labels, label_smoothing=smoothing, reduction="none")
    target = targets(labels, logits.shape[1], settings["label_smoothing"])
    return LOSSES[settings["loss"]](logits, target.to(logits.dtype))


def mean_cross_entropy(logits: Tensor, labels: Tensor) -> float:
    """Return the mean over all images of −ln q(y) in nats, in float64, whatever loss is minimised."""
    return F.cross_entropy(shifted(logits.double()), labels).item()
