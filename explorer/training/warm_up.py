"""All that takes seconds when it is done for the first time, done before a run is asked for."""

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
    """Map the data that runs use unless told otherwise, and train a small network for one step on noise.

    The step loads what torch loads on first use (its compiler with the first optimizer, a device's kernels).
    """
    control = Control()
    with contextlib.suppress(Failure, OSError):
        datasets.look_ahead(Progress(control, silent=True))
    nothing = {option.name: None for option in OPTIONS}
    settings = recipes.complete(nothing | {"model": "cnn", "epochs": 1})
    count = settings["batch_size"]  # as in a run: some of what is loaded depends on it
    placement = devices.place("auto", "auto", convolutional=True)
    pictures = torch.randint(256, (count, 32, 32, 3), dtype=torch.uint8, device=placement.device)
    labels = torch.arange(count, device=placement.device) % 10
    data = {f"{part}_images": pictures for part in ("train", "test", "sample")}
    data |= {f"{part}_labels": labels for part in ("train", "test")}
    with Path(os.devnull).open("w") as nowhere, assemble() as team:
        model = models.build(settings, pictures, 10)
        Training(model, data, settings, placement, Report(nowhere, control), control, team).run()
