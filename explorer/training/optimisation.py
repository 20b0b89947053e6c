"""The descent: optimizers, and how the learning rate moves."""

import inspect
import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.optim import Optimizer

from explorer.training.models import Convolution, Head, ScaledHead

WARM_UP = 0.2  # share of a one-cycle run in which the learning rate rises

# Beside Muon, which moves matrices only, the rest has rates of its own (airbench94's, and one for plain heads).
BIAS, HEAD, MOMENTUM = 0.053, 0.67, 0.85  # SGD's; the rates are for the loss summed over the batch
ADAMW = 0.003


def _plain(kind: type[Optimizer]) -> type[Optimizer]:
    """Return the optimizer `kind` without the decorators by which torch loads its compiler, only to keep it out here.

    That takes a second at least, and 80 MB. A version of torch with other decorators may do so again, no more.
    """
    names = ("add_param_group", "zero_grad", "state_dict", "load_state_dict")
    methods = {name: inspect.unwrap(getattr(kind, name)) for name in names}
    return type(kind.__name__, (kind,), methods | {"step": torch.no_grad()(inspect.unwrap(kind.step))})


SGD, AdamW, Muon = map(_plain, (torch.optim.SGD, torch.optim.AdamW, torch.optim.Muon))


class Descent:
    """The optimizers of a model under one learning rate.

    Every group of weights has its `share` of the learning rate, and its `decay`, a factor of the weight decay;
    both spare what they should: biases and normalisation do not decay.

    Muon moves matrices: filters and hidden layers, each step by an orthogonal matrix. Filters are first scaled to
    norm √rows, which a normalisation behind them undoes. Biases and head descend beside it in the same proportion:
    under a scaled head by SGD with Nesterov's momentum (the weight decay is the share that they lose a step at the
    peak), else by AdamW without decay.
    """

    def __init__(self, model: nn.Module, settings: dict[str, object], device: torch.device):
        self.weights = [weight for weight in model.parameters() if weight.requires_grad]
        self.filters = []
        fused = {"fused": device.type in ("cpu", "cuda")}
        if settings["optimizer"] == "muon":
            self.filters = [module.weight for module in model.modules() if isinstance(module, Convolution)]
            self.optimizers = _muon(model, settings, fused)
        else:
            groups = [
                {"params": [weight for weight in self.weights if weight.ndim > 1], "share": 1.0, "decay": 1.0},
                {"params": [weight for weight in self.weights if weight.ndim == 1], "share": 1.0, "decay": 0.0},
            ]
            self.optimizers = [(AdamW if settings["optimizer"] == "adamw" else SGD)(groups, **fused)]

    def step(self, rate: float, momentum: float, weight_decay: float) -> None:
        """Go down the gradients at this learning rate, momentum and weight decay."""
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["share"] * rate
                group["weight_decay"] = group["decay"] * weight_decay
                if optimizer is not self.optimizers[0]:
                    continue  # beside Muon, momentum is fixed
                if "betas" in group:
                    group["betas"] = (momentum, 0.99)
                else:
                    group["momentum"], group["nesterov"] = momentum, momentum > 0
        with torch.no_grad():
            for weight in self.filters:
                weight.copy_(F.normalize(weight, dim=(0, 1)) * len(weight) ** 0.5)
        for optimizer in self.optimizers:
            optimizer.step()

    def zero_grad(self) -> None:
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)

    def state_dict(self) -> list[dict]:
        return [optimizer.state_dict() for optimizer in self.optimizers]

    def load_state_dict(self, states: list[dict]) -> None:
        for optimizer, state in zip(self.optimizers, states, strict=True):
            optimizer.load_state_dict(state)


def _muon(model: nn.Module, settings: dict[str, object], fused: dict) -> list[Optimizer]:
    """Muon for the matrices (the head's too if there is no other), and what moves the rest."""
    (head,) = (module for module in model.modules() if isinstance(module, Head | ScaledHead))
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    matrices = [weight for weight in trained if weight.ndim > 1 and weight is not head.weight] or [head.weight]
    biases = [weight for weight in trained if weight.ndim == 1]
    muon = Muon([{"params": matrices, "share": 1.0, "decay": 0.0}], ns_steps=3, adjust_lr_fn="original")
    peak = settings["learning_rate"] or 1.0
    groups = []
    if isinstance(head, ScaledHead):
        for weights, per_picture in ((biases, BIAS), ([head.weight], HEAD)):
            own = per_picture * settings["batch_size"]  # the loss is the mean, not the sum
            groups.append({"params": weights, "share": own / peak, "decay": 1 / own})
        return [muon, SGD(groups, momentum=MOMENTUM, nesterov=True, **fused)]
    rest = biases if matrices[0] is head.weight else [*biases, head.weight]
    return [muon, AdamW([{"params": rest, "share": ADAMW / peak, "decay": 0.0}], **fused)]


def _linear(progress: float) -> float:
    return 1 - progress


def _constant(progress: float) -> float:
    return 1.0


def _cosine(progress: float) -> float:
    return 0.5 + 0.5 * math.cos(math.pi * progress)


def _one_cycle(progress: float) -> float:
    return min(progress / WARM_UP, (1 - progress) / (1 - WARM_UP))


# Progress 0 … 1 through the run in, share of the peak learning rate out.
SCHEDULES = {"constant": _constant, "linear": _linear, "cosine": _cosine, "one-cycle": _one_cycle}
