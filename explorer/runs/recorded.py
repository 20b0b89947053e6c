"""The recorded runs that come with the explorer; explorer/recorded/README.md says how they were made."""

import functools
import json
import tomllib
from pathlib import Path

import numpy as np

from explorer.runs.folder import RunFolder
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


@functools.cache
def folder(name: str) -> RunFolder:
    """Return what the run `name` has recorded, read once."""
    found = RunFolder(FOLDER / name)
    found.read()
    return found


@functools.cache
def tested(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the logits of the run `name` for its test images at its end, and their labels."""
    results = Results(FOLDER / name)
    return results.logits(results.evaluations()[-1]), results.labels


def images_of(name: str):
    """Return the test images of the run `name`, None if they are not on this server."""
    return Results(FOLDER / name).images


def usual() -> str:
    """Return the run to begin with: the CNN on photographs where those are on this server, else that on shapes."""
    return SHAPES if images_of(CNN) is None else CNN
