"""Does, before a run is asked for, what takes seconds the first time."""

import contextlib
import ctypes
import os
from pathlib import Path

import torch

from explorer.protocol import machine, memory, options, recipes
from explorer.protocol.errors import Failure
from explorer.training import datasets, devices, models
from explorer.training.control import Control
from explorer.training.distributed import assemble
from explorer.training.loop import Training
from explorer.training.report import Progress, Report

FEW = 512  # images in a step of a rehearsal on a CPU, which must not take longer than it saves


def prepare() -> None:
    """Map the default data."""
    with contextlib.suppress(Failure, OSError):
        datasets.preload(Progress(Control(), silent=True))


def rehearse(arguments: list[str]) -> None:
    """Train for a step or two on noise with these arguments of the program.

    In these steps torch loads what it needs on first use, such as its compiler and the kernels of a device.
    """
    control, settings = Control(), recipes.complete(options.parse(arguments))
    placement = devices.choose(settings["device"], settings["precision"], settings["model"] in models.CONVOLUTIONAL)
    if placement.device.type == "cpu":
        settings["batch_size"] = min(settings["batch_size"], FEW)
        if memory.shortage(settings, machine.available()):
            return
    count = settings["batch_size"]  # on a GPU as in a run, because what is loaded depends on it
    images = torch.randint(256, (count, 32, 32, 3), dtype=torch.uint8, device=placement.device)
    labels = torch.arange(count, device=placement.device) % 10
    data = {f"{part}_images": images for part in ("train", "test", "sample")}
    data |= {f"{part}_labels": labels for part in ("train", "test")}
    with Path(os.devnull).open("w") as nowhere, assemble(placement.device) as team:
        model = models.build(settings, images, 10)
        Training(model, data, settings, placement, Report(nowhere, control), control, team).rehearse()
    del model, data, images
    _give_back()


def _give_back() -> None:
    """Give freed memory back to the system, where the C library can: a process that waits has no use for it."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
