"""Shuffled, cropped and flipped batches, made on the device that holds the images."""

from collections.abc import Callable

import torch
from torch import Tensor


class Batches:
    """All images (n, 32, 32, 3) and labels (n,) once an epoch, in random order, a batch at a time.

    `epoch` counts the epochs that have begun, from 1. Random numbers are drawn for whole batches and then divided, so
    that several processes together see what a single one would.
    """

    def __init__(self, images: Tensor, labels: Tensor, settings: dict[str, object], share: Callable = lambda x: x):
        self.images, self.labels, self.settings, self._share = images, labels, settings, share
        device, seed = labels.device, settings["seed"]
        self._generator = torch.Generator(device).manual_seed(seed)
        # Which images are flipped in the first epoch, if flips alternate; it depends on the seed alone.
        half = torch.Generator(device).manual_seed(seed + 1)
        self._flipped = torch.rand(len(labels), generator=half, device=device) < 0.5
        self.epoch = self._position = 0
        self._order = labels.new_empty(0)

    @property
    def left(self) -> bool:
        """Whether the epoch has images left."""
        return self._position < len(self._order)

    def __next__(self) -> tuple[Tensor, Tensor, int]:
        """Return this process's images and labels of the next batch, and how many the whole batch has."""
        if not self.left:
            self._order = torch.randperm(len(self.labels), generator=self._generator, device=self.labels.device)
            self.epoch, self._position = self.epoch + 1, 0
        chosen = self._order[self._position : self._position + self.settings["batch_size"]]
        self._position += len(chosen)
        return self._pick(chosen), self.labels[self._share(chosen)], len(chosen)

    def _pick(self, chosen: Tensor) -> Tensor:
        """Return the chosen images, with "flip" flipped, with "flip-crop" also shifted by up to `crop` pixels.

        Crop and flip are one gather, by the row and column of each pixel. Beyond the edge, the image is mirrored.
        """
        augment, crop = self.settings["augment"], self.settings["crop"]
        if augment == "none":
            return self.images[self._share(chosen)]
        count, side, device = len(chosen), self.images.shape[1], self.images.device
        rows = columns = torch.arange(side, device=device).expand(count, side)
        if augment == "flip-crop":
            shift = torch.randint(-crop, crop + 1, (2, count, 1), generator=self._generator, device=device)
            rows, columns = _mirrored(rows + shift[0], side), _mirrored(columns + shift[1], side)
        if self.settings["flip"] == "alternate":
            flip = self._flipped[chosen] ^ (self.epoch % 2 == 0)
        else:
            flip = torch.rand(count, generator=self._generator, device=device) < 0.5
        columns = torch.where(flip[:, None], side - 1 - columns, columns)
        chosen, rows, columns = self._share(chosen), self._share(rows), self._share(columns)
        return self.images[chosen[:, None, None], rows[:, :, None], columns[:, None, :]]

    def state_dict(self) -> dict[str, object]:
        """Return the order of the images, the position in it, and the state of the random generator."""
        return {
            "epoch": self.epoch,
            "position": self._position,
            "order": self._order.cpu(),
            "generator": self._generator.get_state(),
        }

    def load_state_dict(self, state: dict[str, object]) -> None:
        self.epoch, self._position = state["epoch"], state["position"]
        self._order = state["order"].to(self.labels.device)
        self._generator.set_state(state["generator"])


def _mirrored(index: Tensor, side: int) -> Tensor:
    return side - 1 - (side - 1 - index.abs()).abs()
