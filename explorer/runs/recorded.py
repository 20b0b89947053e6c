"""The recorded runs that come with the explorer; explorer/recorded/README.md says how they were made."""

import functools
import json
import tomllib
from pathlib import Path

from explorer.runs.results import Results

FOLDER = Path(__file__).parent.parent / "recorded"
SHAPES, SOFTMAX, CNN, RESNET = "synthetic", "cifar10-softmax", "cifar10", "cifar10-resnet"
NAMES = (SHAPES, SOFTMAX, CNN, RESNET)
OF_MODELS = {"softmax": SOFTMAX, "cnn": CNN, "resnet": RESNET}  # trained on photographs


@functools.cache
def about(name: str) -> dict:
    """Return how the run `name` was made and ended.

    That is date, cores, processor, alone, python, numpy, torch, command, test_accuracy, and augmented_accuracy if the
    recipe gives one.
    """
    facts = tomllib.loads((FOLDER / "about.toml").read_text("utf-8"))[name]
    ended = json.loads((FOLDER / name / "events.jsonl").read_text("utf-8").splitlines()[-1])
    measured = {kind: ended.get(kind) for kind in ("test_accuracy", "augmented_accuracy")}
    return facts | measured | {"torch": json.loads((FOLDER / name / "config.json").read_text("utf-8"))["torch"]}


def images_of(name: str):
    """Return the test images of the run `name`, None if they are not on this server."""
    return Results(FOLDER / name).images


def usual() -> str:
    """Return the run to begin with: the CNN on photographs where those are on this server, else that on shapes."""
    return SHAPES if images_of(CNN) is None else CNN
