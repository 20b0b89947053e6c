"""Does, before a run is asked for, what takes seconds the first time."""

import contextlib
import os
from pathlib import Path

import torch

from explorer.protocol import recipes
from explorer.protocol.errors import Failure
from explorer.protocol.options import OPTIONS
from explorer.training import datasets, devices, models
from explorer.training.control import Control
from explorer.training.distributed import assemble
from explorer.training.loop import Training
from explorer.training.report import Progress, Report


def prepare() -> None:
    """Map the default data, and train a small network for one step on noise.

    In that step torch loads what it needs on first use, such as its compiler and the kernels of a device.
    """
    control = Control()
    with contextlib.suppress(Failure, OSError):
        datasets.preload(Progress(control, silent=True))
    nothing = {option.name: None for option in OPTIONS}
    settings = recipes.complete(nothing | {"model": "cnn", "epochs": 1})
    count = settings["batch_size"]  # as in a run, because what is loaded depends on it
    placement = devices.choose("auto", "auto", convolutional=True)
    images = torch.randint(256, (count, 32, 32, 3), dtype=torch.uint8, device=placement.device)
    labels = torch.arange(count, device=placement.device) % 10
    data = {f"{part}_images": images for part in ("train", "test", "sample")}
    data |= {f"{part}_labels": labels for part in ("train", "test")}
    with Path(os.devnull).open("w") as nowhere, assemble(placement.device) as team:
        model = models.build(settings, images, 10)
        Training(model, data, settings, placement, Report(nowhere, control), control, team).rehearse()
