"""The optimizers, and the schedules of the learning rate."""

import inspect
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import get_total_norm
from torch.optim import Optimizer

from explorer.training.models import Convolution, Head, ScaledHead

WARM_UP = 0.2  # share of a one-cycle run in which the learning rate rises

# Muon updates matrices only; the other weights have learning rates of their own (those of airbench94, and ADAMW).
BIAS, HEAD, MOMENTUM = 0.053, 0.67, 0.85  # of SGD; the rates are for the loss summed over the batch
ADAMW = 0.003


def _undecorated(kind: type[Optimizer]) -> type[Optimizer]:
    """Return the optimizer `kind` without the decorators that load torch's compiler, only to disable it here.

    Loading it takes a second or more, and 80 MB; another version of torch may still load it, which does no harm.
    """
    names = ("add_param_group", "zero_grad", "state_dict", "load_state_dict")
    methods = {name: inspect.unwrap(getattr(kind, name)) for name in names}
    return type(kind.__name__, (kind,), methods | {"step": torch.no_grad()(inspect.unwrap(kind.step))})


SGD, AdamW, Muon = map(_undecorated, (torch.optim.SGD, torch.optim.AdamW, torch.optim.Muon))


class BatchedMuon(Muon):
    """Muon that makes all matrices orthogonal at once: on a GPU a step takes 25 launches instead of 134.

    The matrices are padded with zeros to one size, which changes nothing: rows and columns of zeros stay zero.
    """

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            weights = [weight for weight in group["params"] if weight.grad is not None]
            for weight in weights:
                if not self.state[weight]:
                    self.state[weight]["momentum_buffer"] = torch.zeros_like(weight)
            grads, momentum = [weight.grad for weight in weights], group["momentum"]
            averages = [self.state[weight]["momentum_buffer"] for weight in weights]
            torch._foreach_lerp_(averages, grads, 1 - momentum)
            wanted = torch._foreach_lerp(grads, averages, momentum) if group["nesterov"] else averages
            moves = orthogonal(wanted, group["ns_coefficients"], group["ns_steps"], group["eps"])
            scales = [-group["lr"] * max(1, len(weight) / weight.shape[1]) ** 0.5 for weight in weights]
            torch._foreach_mul_(weights, 1 - group["lr"] * group["weight_decay"])
            torch._foreach_add_(weights, torch._foreach_mul(moves, scales))


def orthogonal(
    matrices: list[Tensor], coefficients: tuple[float, float, float], steps: int, eps: float
) -> list[Tensor]:
    """Return nearly orthogonal matrices with the singular vectors of these, by so many Newton–Schulz steps."""
    wide = [matrix if len(matrix) <= matrix.shape[1] else matrix.T for matrix in matrices]
    rows, columns = (max(matrix.shape[side] for matrix in wide) for side in (0, 1))
    x = torch.stack([F.pad(m.bfloat16(), (0, columns - m.shape[1], 0, rows - len(m))) for m in wide])
    x /= x.norm(dim=(1, 2), keepdim=True).clamp(min=eps)
    a, b, c = coefficients
    for _ in range(steps):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    found = [part[: len(m), : m.shape[1]] for part, m in zip(x.float(), wide, strict=True)]
    return [f if w is m else f.T for f, w, m in zip(found, wide, matrices, strict=True)]


class Descent:
    """The optimizers of a model under one learning rate.

    Every group of weights has factors of the learning rate (`share`) and of the weight decay (`decay`). Biases and
    normalisation do not decay.

    Muon updates filters and hidden layers by an orthogonal matrix in each step. Filters are first scaled to norm √rows,
    which has no effect behind a normalisation. Biases and head are trained beside it at proportional learning rates: of
    a model with a scaled head by SGD with Nesterov's momentum (the weight decay is the share that they lose for each
    image of a step at the peak), of others by AdamW without decay.
    """

    def __init__(self, model: nn.Module, settings: dict[str, object], device: torch.device):
        self.weights = [weight for weight in model.parameters() if weight.requires_grad]
        self.filters = []
        fused = {"fused": device.type in ("cpu", "cuda")}
        if settings["optimizer"] == "muon":
            self.filters = [module.weight for module in model.modules() if isinstance(module, Convolution)]
            self.optimizers = _muon(model, settings, device, fused)
        else:
            groups = [
                {"params": [weight for weight in self.weights if weight.ndim > 1], "share": 1.0, "decay": 1.0},
                {"params": [weight for weight in self.weights if weight.ndim == 1], "share": 1.0, "decay": 0.0},
            ]
            self.optimizers = [(AdamW if settings["optimizer"] == "adamw" else SGD)(groups, **fused)]

    def step(self, rate: float, momentum: float, weight_decay: float) -> None:
        """Update the weights with this learning rate, momentum and weight decay."""
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["share"] * rate
                group["weight_decay"] = group["decay"] * weight_decay
                if optimizer is not self.optimizers[0]:
                    continue  # the momentum beside Muon is fixed
                if "betas" in group:
                    group["betas"] = (momentum, 0.99)
                else:
                    group["momentum"], group["nesterov"] = momentum, momentum > 0
        if self.filters:
            with torch.no_grad():
                norms = torch._foreach_norm(self.filters)
                torch._foreach_clamp_min_(norms, 1e-12)
                torch._foreach_div_(norms, [len(weight) ** 0.5 for weight in self.filters])
                torch._foreach_div_(self.filters, norms)
        for optimizer in self.optimizers:
            optimizer.step()

    def measured_step(self, rate: float, momentum: float, weight_decay: float) -> dict[str, Tensor]:
        """Take a step; return the norm of its gradient, and that of the update relative to that of the weights."""
        weights = [weight.detach() for weight in self.moving]
        before = [weight.clone() for weight in weights]
        gradient_norm = get_total_norm([weight.grad for weight in self.moving])
        self.step(rate, momentum, weight_decay)
        moved = get_total_norm(torch._foreach_sub(weights, before))
        return {"gradient_norm": gradient_norm, "update_ratio": moved / get_total_norm(before)}

    @property
    def moving(self) -> list[Tensor]:
        """The weights that have a gradient in this step."""
        return [weight for weight in self.weights if weight.grad is not None]

    def zero_grad(self) -> None:
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)

    def state_dict(self) -> list[dict]:
        return [optimizer.state_dict() for optimizer in self.optimizers]

    def load_state_dict(self, states: list[dict]) -> None:
        for optimizer, state in zip(self.optimizers, states, strict=True):
            optimizer.load_state_dict(state)


def _muon(model: nn.Module, settings: dict[str, object], device: torch.device, fused: dict) -> list[Optimizer]:
    """Return Muon for the matrices (the head's only if there is no other), and the optimizer of the other weights."""
    (head,) = (module for module in model.modules() if isinstance(module, Head | ScaledHead))
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    matrices = [weight for weight in trained if weight.ndim > 1 and weight is not head.weight] or [head.weight]
    biases = [weight for weight in trained if weight.ndim == 1]
    kind = BatchedMuon if device.type == "cuda" else Muon
    muon = kind([{"params": matrices, "share": 1.0, "decay": 0.0}], ns_steps=3, adjust_lr_fn="original")
    peak = settings["learning_rate"] or 1.0
    groups = []
    if isinstance(head, ScaledHead):
        for weights, per_image in ((biases, BIAS), ([head.weight], HEAD)):
            own = per_image * settings["batch_size"]  # the loss is the mean, not the sum
            groups.append({"params": weights, "share": own / peak, "decay": 1 / per_image})
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


# From the progress of the run, 0 to 1, to the share of the peak learning rate.
SCHEDULES = {"constant": _constant, "linear": _linear, "cosine": _cosine, "one-cycle": _one_cycle}
