"""A trained model, read back from its run's folder."""

import json
import pickle
import zipfile
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from explorer.protocol.errors import Failure
from explorer.training import models
from explorer.training.resume import settings_of

UNREADABLE = (
    OSError,
    RuntimeError,
    EOFError,
    pickle.UnpicklingError,
    zipfile.BadZipFile,
    KeyError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True)
class Trained:
    """A model with its trained weights, float32 on the CPU; what it was trained with; and on what: "synthetic" …"""

    model: nn.Module
    settings: dict[str, object]
    dataset: str


def load(folder: Path) -> Trained:
    """Read the model of the run in `folder`; raise Failure if it is missing or damaged."""
    settings = settings_of(folder)
    path = folder / "weights.pt"
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        dataset, classes = str(config["dataset"]), len(config["classes"])
        # The buffers that are computed from images are overwritten by the saved ones.
        model = models.build(settings, torch.zeros(2, 32, 32, 3, dtype=torch.uint8), classes)
        _check_packed(path)
        model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except FileNotFoundError:
        raise Failure("no-weights", f"there is no {path}: the run has not ended, or has none") from None
    except UNREADABLE as error:
        reason = str(error).partition("\n")[0]  # torch adds a line for each tensor that does not fit
        raise Failure("weights", f"cannot read the weights in {path}: {reason}") from None
    if not all(torch.isfinite(weight).all() for weight in model.state_dict().values()):
        raise Failure("diverged", f"the weights in {path} are not finite: the run diverged")
    return Trained(model.eval(), settings, dataset)


def _check_packed(path: Path) -> None:
    """Raise ValueError for weights that unpack to more than the file holds: `torch.save` compresses nothing."""
    with zipfile.ZipFile(path) as packed:
        if sum(entry.file_size for entry in packed.infolist()) > path.stat().st_size:
            raise ValueError("they unpack to more than the file holds")
