"""How much memory a training takes on a CPU: estimated from its layers before there is a model, without torch.

Measured with torch 2.14 on two cores, without the libraries, which all processes share: for each model and for 16 to
10,000 images a step, the estimate lies between 5% below and 15% above the memory that was used.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

from explorer.protocol import machine
from explorer.protocol.layers import layers

BASE = 360 << 20  # bytes: Python, torch and its reserve, and the drawn shapes (other images are memory-mapped)
A_WEIGHT = {"sgd": 20, "adamw": 24, "muon": 30}  # bytes of a weight, its gradient, the optimizer's state, and copies
# Bytes of each number in a layer's output, kept for the gradient.
A_FEATURE = {"float32": 5.0, "bfloat16": 2.6, "float16": 2.6}
EVALUATED = 250  # test images at a time
AN_EVALUATED = 5.5  # bytes of each number in the outputs of two consecutive layers


@dataclass(frozen=True)
class Shortage:
    """A training that `needed` more bytes than are `free`; `batch` is the largest that would fit, None if none does."""

    needed: int
    free: int
    batch: int | None


def needed(settings: dict[str, object]) -> int:
    """Return the bytes that a training with complete `settings` takes on a CPU."""
    rows = layers(settings)
    sizes = [math.prod(shape) for _, shape, _ in rows]
    weights = sum(count for *_, count in rows) * A_WEIGHT[settings["optimizer"]]
    images = min(settings["batch_size"], settings.get("train_size") or math.inf)
    step = images * sum(sizes) * A_FEATURE[_precision(settings, rows)]
    evaluation = EVALUATED * max(map(sum, pairwise(sizes))) * AN_EVALUATED
    return round(BASE + weights + max(step, evaluation))


def shortage(settings: dict[str, object], free: int | None) -> Shortage | None:
    """Return a Shortage if `free` bytes of memory are too few for a training with complete `settings`, else None.

    None also if the free memory is not known (None), or if the training runs on a GPU, which has its own.
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
