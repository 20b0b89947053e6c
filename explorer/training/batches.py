"""Shuffled, cropped and flipped batches, drawn on the device where the pictures lie."""

from collections.abc import Iterator

import torch
from torch import Tensor

SHIFT = 4  # pixels a crop is moved by at most


def epoch(
    images: Tensor, labels: Tensor, size: int, augment: str, generator: torch.Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield all pictures (n, 32, 32, 3) and labels (n,) once, in random order, `size` at a time."""
    order = torch.randperm(len(labels), generator=generator, device=labels.device)
    for chosen in order.split(size):
        yield pick(images, chosen, augment, generator), labels[chosen]


def pick(images: Tensor, chosen: Tensor, augment: str, generator: torch.Generator) -> Tensor:
    """Return the chosen pictures, "flip"ped by chance, with "flip-crop" also shifted by up to 4 pixels.

    Crop and flip are one gather: each picture says which of its rows and columns it shows. What lies beyond
    the edge is the picture mirrored there.
    """
    if augment == "none":
        return images[chosen]
    count, side, device = len(chosen), images.shape[1], images.device
    rows = columns = torch.arange(side, device=device).expand(count, side)
    if augment == "flip-crop":
        shift = torch.randint(-SHIFT, SHIFT + 1, (2, count, 1), generator=generator, device=device)
        rows, columns = _mirrored(rows + shift[0], side), _mirrored(columns + shift[1], side)
    flip = torch.rand((count, 1), generator=generator, device=device) < 0.5
    columns = torch.where(flip, side - 1 - columns, columns)
    return images[chosen[:, None, None], rows[:, :, None], columns[:, None, :]]


def _mirrored(place: Tensor, side: int) -> Tensor:
    return side - 1 - (side - 1 - place.abs()).abs()
