"""What single test images become inside a run's trained model: kept with the run, or for the recorded runs, in a folder
of this server. `python -m explorer.training classify RUN_FOLDER --inside` computes it (explorer/training/inside.py)."""

import base64
import contextlib
import functools
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.protocol.events import COUNTS
from explorer.protocol.json_numbers import dumps, loads
from explorer.protocol.layers import ACTIVATIONS
from explorer.protocol.safe_files import digest, regular_file, version, write_whole
from explorer.runs import recorded

SCHEMA = 1
STEPS = {"Convolution", "Whitening", "MaxPool2d", "AdaptiveMaxPool2d", "BatchNorm2d", "GELU", "Linear", "Template"}
STEPS |= set(ACTIVATIONS.values())
MOST_BYTES = 1_000_000
MOST_KEPT = 100  # images of one run
NOTHING = (OSError, ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True)
class Step:
    """One step of a layer: the name of its module, and its maps int8 (n, height, width); 127 stands for `scale`."""

    name: str
    scale: float
    maps: np.ndarray


@dataclass(frozen=True)
class Layer:
    """A layer: the shape of what it gives, and the steps of its maps with the numbers `channels`, the strongest first.

    Where it gives single numbers, all of them are one map of height 1.
    """

    shape: list[int]
    channels: list[int]
    steps: list[Step]


@dataclass(frozen=True)
class Kernels:
    """The first convolution: kernels float32 (n, 3, size, size) of the maps that are kept, biases (n), padding."""

    values: np.ndarray
    bias: np.ndarray
    padding: int

    def products(self, scaled: np.ndarray, which: int, row: int, column: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the patch (3, size, size) of the network's input (3, 32, 32) under a kernel, and patch ⊙ kernel."""
        size, around = self.values.shape[-1], self.padding
        padded = np.pad(scaled, ((0, 0), (around, around), (around, around)))
        patch = padded[:, row : row + size, column : column + size]
        return patch, patch * self.values[which]


@dataclass(frozen=True)
class Inside:
    """One image uint8 (32, 32, 3), the network's input (3, 32, 32) made of it, its layers and logits (K).

    saliency, untrained: greys uint8 (K, 32, 32) of each logit, of the trained and the untrained network; similarity:
    their rank correlations, None where one of them is the same everywhere. `kernels`: None without a convolution.
    """

    logits: np.ndarray
    image: np.ndarray
    scaled: np.ndarray
    layers: list[Layer]
    kernels: Kernels | None
    saliency: np.ndarray
    untrained: np.ndarray
    similarity: list[float | None]


def find(run: Path, home: Path, sample: int) -> Inside | None:
    """Return what the test image `sample` becomes in the present weights of `run`, if that is known.

    home: the folder of this server's runs.
    """
    for folder in (run / "inside", folder_for(run, home)):
        with contextlib.suppress(*NOTHING):
            file = regular_file(folder / f"{sample}.json")
            if file.stat().st_size <= MOST_BYTES:
                return read(loads(file.read_text("utf-8")), run)
    return None


def folder_for(run: Path, home: Path) -> Path:
    """Return the folder into which it is written: nothing is added to a recorded run."""
    return home / f"recorded-{run.name}" / "inside" if run.parent == recorded.FOLDER else run / "inside"


def keep(run: Path, home: Path, sample: int, facts: dict) -> None:
    """Write what the training program answered, in place of the oldest if there are many. Raises OSError."""
    folder = folder_for(run, home)
    folder.mkdir(parents=True, exist_ok=True)
    before = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime)
    for file in before[: max(0, len(before) - MOST_KEPT + 1)]:
        file.unlink(missing_ok=True)
    write_whole(folder / f"{sample}.json", dumps(facts))


def read(facts: dict, run: Path) -> Inside:
    """Check what the training program answered; raise one of `NOTHING` if it does not fit, or is of other weights."""
    if facts["schema"] != SCHEMA or facts["weights"] != _digest(run, version(regular_file(run / "weights.pt"))):
        raise ValueError("it is of other weights, or of another kind")
    logits = np.array(facts["logits"], np.float64)
    similarity = [None if value is None else float(value) for value in facts["similarity"]]
    classes = len(similarity)
    if logits.shape != (classes,) or classes not in COUNTS or not np.isfinite(logits).all():
        raise ValueError("there is not a logit for each class")
    layers = [_layer(layer) for layer in facts["layers"]]
    if not layers:
        raise ValueError("there are no layers")
    kernels = None
    if found := facts.get("kernels"):
        bias = _unpacked(found["bias"], np.float32, len(layers[0].channels))
        values = _unpacked(found["values"], np.float32, len(bias), 3, -1)
        size, padding = math.isqrt(values.shape[-1]), int(found["padding"])
        if layers[0].steps[0].maps.shape[-1] != 32 + 2 * padding - size + 1:
            raise ValueError("the first maps do not fit their kernels")
        kernels = Kernels(values.reshape(len(bias), 3, size, size), bias, padding)
    return Inside(
        logits=logits,
        image=_unpacked(facts["image"], np.uint8, 32, 32, 3),
        scaled=_unpacked(facts["input"], np.float32, 3, 32, 32),
        layers=layers,
        kernels=kernels,
        saliency=_unpacked(facts["saliency"], np.uint8, classes, 32, 32),
        untrained=_unpacked(facts["untrained"], np.uint8, classes, 32, 32),
        similarity=similarity,
    )


@functools.lru_cache(maxsize=16)
def _digest(run: Path, _version: tuple) -> str:
    return digest(run / "weights.pt")


def _layer(found: dict) -> Layer:
    shape, channels = [int(size) for size in found["shape"]], [int(number) for number in found["channels"]]
    steps = []
    for step in found["steps"]:
        maps = _unpacked(step["maps"], np.int8, len(channels), -1)
        width = maps.shape[1] if len(shape) == 1 else math.isqrt(maps.shape[1])
        scale = float(step["scale"])
        if step["name"] not in STEPS or not 0 <= scale < math.inf:
            raise ValueError("a step is of no known kind")
        steps.append(Step(step["name"], scale, maps.reshape(len(channels), -1, width)))
    if not steps or len(shape) not in (1, 3):
        raise ValueError("a layer has no steps")
    return Layer(shape, channels, steps)


def _unpacked(text: str, kind: type, *shape: int) -> np.ndarray:
    """Return an array that the training program has packed; raise ValueError if it has another size."""
    found = np.frombuffer(base64.b64decode(text, validate=True), kind).reshape(shape)
    if found.size == 0 or (kind is np.float32 and not np.isfinite(found).all()):
        raise ValueError("an array is empty or not finite")
    return found
