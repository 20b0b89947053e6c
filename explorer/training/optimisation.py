"""The descent: objective, optimizers, and how the learning rate moves."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WARM_UP = 0.2  # share of a one-cycle run in which the learning rate rises


def objective(logits: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    """Mean cross-entropy in nats (E5) to targets (1 − ε) onehot(y) + ε/K, with ε the smoothing."""
    return F.cross_entropy(logits, labels, label_smoothing=smoothing)


def optimizer(model: nn.Module, settings: dict[str, object], device: torch.device) -> torch.optim.Optimizer:
    """SGD with Nesterov's momentum, or AdamW; the weight decay spares biases and normalisation."""
    decayed = [weight for weight in model.parameters() if weight.ndim > 1]
    others = [weight for weight in model.parameters() if weight.ndim <= 1]
    groups = [{"params": decayed}, {"params": others, "weight_decay": 0.0}]
    common = {
        "lr": settings["learning_rate"],
        "weight_decay": settings["weight_decay"],
        "fused": device.type in ("cpu", "cuda"),
    }
    momentum = settings["momentum"]
    if settings["optimizer"] == "adamw":
        return torch.optim.AdamW(groups, betas=(momentum, 0.99), **common)
    return torch.optim.SGD(groups, momentum=momentum, nesterov=momentum > 0, **common)


def _constant(progress: float) -> float:
    return 1.0


def _cosine(progress: float) -> float:
    return 0.5 + 0.5 * math.cos(math.pi * progress)


def _one_cycle(progress: float) -> float:
    return min(progress / WARM_UP, (1 - progress) / (1 - WARM_UP))


# Progress 0 … 1 through the run in, share of the peak learning rate out.
SCHEDULES = {"constant": _constant, "cosine": _cosine, "one-cycle": _one_cycle}
