"""Snapshots of the trained weights at some evaluations: the path of the training, in a limited amount of disk space."""

import re
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from explorer.training.report import RunFolder

FOLDER = "snapshots"
NAME = re.compile(r"(\d{4,9})\.npy")
BYTES = 24_000_000  # of all snapshots of one run together, approximately
FEWEST, MOST = 4, 20


def trained(model: nn.Module) -> list[nn.Parameter]:
    """Return the parameters that are trained, in the model's order."""
    return [weight for weight in model.parameters() if weight.requires_grad]


def flat(weights: list[Tensor]) -> Tensor:
    """Return all weights one after the other, float32 (n,), on the CPU."""
    return torch.cat([weight.detach().reshape(-1).float().cpu() for weight in weights])


def save(folder: RunFolder, model: nn.Module, epoch: int, epochs_per_evaluation: int) -> None:
    """Write the trained weights after `epoch`, float16 (n,), and remove others if there are too many.

    The remaining ones are evenly spaced: evaluations 0, s, 2s … for a power of two s, and always the last.
    """
    weights = flat(trained(model)).half().numpy()
    folder.write_array(f"{FOLDER}/{epoch:04d}.npy", weights)
    most = min(MOST, max(FEWEST, BYTES // weights.nbytes))
    spacing = epochs_per_evaluation
    while epoch // spacing + 2 > most:
        spacing *= 2
    for other in epochs(folder.path):
        if other % spacing and other != epoch:
            (folder.path / FOLDER / f"{other:04d}.npy").unlink(missing_ok=True)


def epochs(folder: Path) -> list[int]:
    """Return the epochs of the snapshots in a run folder."""
    found = (NAME.fullmatch(file.name) for file in (folder / FOLDER).glob("*.npy"))
    return sorted(int(match[1]) for match in found if match)


def read(folder: Path, epoch: int) -> np.ndarray:
    """Return the snapshot after `epoch`, float32 (n,). Raises ValueError or OSError for a damaged one."""
    weights = np.load(folder / FOLDER / f"{epoch:04d}.npy", allow_pickle=False)
    if weights.ndim != 1 or weights.dtype != np.float16:
        raise ValueError(f"the snapshot after epoch {epoch} is not an array of weights")
    return weights.astype(np.float32)
