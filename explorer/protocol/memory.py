"""How much memory a training takes on a CPU: estimated from its layers before there is a model, without torch.

Measured with torch 2.14 on two cores (beside its libraries, which every process shares): with each model, and from 16
to 10,000 pictures a step, the estimate is between 5 % below and 15 % above what was taken.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

from explorer.protocol import machine
from explorer.protocol.layers import layers

BASE = 360 << 20  # bytes: Python and torch, drawn pictures (others are mapped), and what torch sets aside
A_WEIGHT = {"sgd": 20, "adamw": 24, "muon": 30}  # bytes: itself, its gradient, the optimizer's, and copies of it
A_FEATURE = {"float32": 5.0, "bfloat16": 2.6}  # bytes of each number that a layer gives: kept for the gradient
EVALUATED = 250  # test pictures at a time
AN_EVALUATED = 5.5  # bytes of each number, of two layers that follow one another


@dataclass(frozen=True)
class Shortage:
    """A training that `needed` more bytes than are `free`; `batch` is the largest that would fit, None if none does."""

    needed: int
    free: int
    batch: int | None


def needed(settings: dict[str, object]) -> int:
    """Return the bytes that a training with complete `settings` takes on a CPU."""
    rows = layers(settings["model"], settings["width"])
    sizes = [math.prod(shape) for _, shape, _ in rows]
    weights = sum(count for *_, count in rows) * A_WEIGHT[settings["optimizer"]]
    pictures = min(settings["batch_size"], settings.get("train_size") or math.inf)
    step = pictures * sum(sizes) * A_FEATURE[_precision(settings, rows)]
    evaluation = EVALUATED * max(map(sum, pairwise(sizes))) * AN_EVALUATED
    return round(BASE + weights + max(step, evaluation))


def shortage(settings: dict[str, object], free: int | None) -> Shortage | None:
    """Return what is lacking if a training with complete `settings` has `free` bytes of memory; None if nothing is.

    Nothing is known to be lacking either where the free memory is not known (None), or a GPU has its own.
    """
    device = settings["device"]
    if free is None or device not in ("auto", "cpu") or (device == "auto" and machine.has_gpu()):
        return None
    if (wanted := needed(settings)) <= free:
        return None
    smaller = (1 << power for power in reversed(range(settings["batch_size"].bit_length())))
    fitting = (batch for batch in smaller if needed(settings | {"batch_size": batch}) <= free)
    return Shortage(wanted, free, next(fitting, None))


def _precision(settings: dict[str, object], rows: list[list]) -> str:
    if settings["precision"] != "auto":
        return settings["precision"]
    convolutional = any(name == "Convolution" for name, *_ in rows)
    return "bfloat16" if convolutional and machine.multiplies_bfloat16() else "float32"
