"""Shuffled, cropped and flipped batches, made on the device that holds the images."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.protocol.errors import Failure
from explorer.training.distributed import Team

SMALL = 24  # pixels a side of the images that a training may begin with


class Batches:
    """All images (n, 32, 32, 3) and labels (n,) once an epoch, in random order, a batch at a time.

    `epoch` counts the epochs that have begun, from 1. Random numbers are drawn on the CPU, for a whole epoch and for
    all processes: the same seed gives the same batches on every device, however many processes divide them.
    """

    def __init__(self, images: Tensor, labels: Tensor, settings: dict[str, object], team: Team):
        if team.size > 1 and settings["skip_easy"]:
            raise Failure("error", "--skip-easy needs the losses of all images, and so a single process")
        if team.size > min(settings["batch_size"], len(labels)):
            raise Failure("error", f"a batch has too few images for {team.size} processes")
        self.images, self.labels, self.settings, self._team = images, labels, settings, team
        self._generator = torch.Generator().manual_seed(settings["seed"])
        # Which images are flipped in the first epoch, if flips alternate; it depends on the seed alone.
        half = torch.Generator().manual_seed(settings["seed"] + 1)
        self._flipped = torch.rand(len(labels), generator=half) < 0.5
        self._losses = torch.full((len(labels),), math.inf, device=labels.device)  # of each image, when last trained on
        self.epoch = self._position = 0
        self._order = labels.new_empty(0)
        self._shift, self._flip = labels.new_empty(0, 2), labels.new_empty(0, dtype=torch.bool)

    @property
    def left(self) -> bool:
        """Whether the epoch has images left."""
        return self._position < len(self._order)

    @property
    def passed(self) -> float:
        """How many epochs have passed, counted by steps."""
        size = self.settings["batch_size"]
        steps = math.ceil(len(self._order) / size)
        return self.epoch - 1 + math.ceil(self._position / size) / steps if self.epoch else 0.0

    def __next__(self) -> tuple[Tensor, Tensor, int]:
        """Return this process's images and labels of the next batch, and how many the whole batch has."""
        if not self.left:
            self._begin_epoch()
        until = self._position + self.settings["batch_size"]
        if len(self._order) - until < self._team.size:
            until = len(self._order)  # a smaller last batch would leave a process without images
        batch = slice(self._position, until)
        self._position, self._batch = until, self._team.share(self._order[batch])
        shift, flip = self._team.share(self._shift[batch]), self._team.share(self._flip[batch])
        return self._pick(self._batch, shift, flip), self.labels[self._batch], len(self._order[batch])

    def note(self, losses: Tensor) -> None:
        """Remember the loss of each image in the latest batch."""
        if self.settings["skip_easy"]:
            self._losses[self._batch] = losses.detach().float()

    def _begin_epoch(self) -> None:
        """Draw the order of the images, and how each is shifted and flipped."""
        settings, device = self.settings, self.labels.device
        kept = torch.arange(len(self.labels))
        if settings["skip_easy"] and self.epoch:
            easy = (self._losses < self._losses.mean()).cpu()
            kept = kept[~easy | (torch.rand(len(kept), generator=self._generator) >= settings["skip_easy"])]
        order = kept[torch.randperm(len(kept), generator=self._generator)]
        shift, flip = torch.zeros(len(order), 2, dtype=torch.long), torch.zeros(len(order), dtype=torch.bool)
        if settings["augment"] == "flip-crop":
            shift = torch.randint(-settings["crop"], settings["crop"] + 1, shift.shape, generator=self._generator)
        if settings["augment"] != "none" and settings["flip"] == "random":
            flip = torch.rand(len(order), generator=self._generator) < 0.5
        elif settings["augment"] != "none":
            flip = self._flipped[order] ^ (self.epoch % 2 == 1)
        self._order, self._shift, self._flip = (_moved(drawn, device) for drawn in (order, shift, flip))
        self.epoch, self._position = self.epoch + 1, 0

    def _pick(self, chosen: Tensor, shift: Tensor, flip: Tensor) -> Tensor:
        """Return the chosen images, shifted and flipped as drawn unless "augment" is "none".

        Shift and flip are one gather, by the row and column of each pixel. Beyond the edge, the image is mirrored.
        """
        if self.settings["augment"] == "none":
            return self.images[chosen]
        side = self.images.shape[1]
        pixels = torch.arange(side, device=chosen.device)
        rows, columns = (mirrored(pixels + by[:, None], side) for by in shift.T)
        columns = torch.where(flip[:, None], side - 1 - columns, columns)
        return self.images[chosen[:, None, None], rows[:, :, None], columns[:, None, :]]

    def state_dict(self) -> dict[str, object]:
        """Return what has been drawn for the epoch, the position in it, and what the next ones depend on."""
        drawn = {"order": self._order, "shift": self._shift, "flip": self._flip, "losses": self._losses}
        return {
            "epoch": self.epoch,
            "position": self._position,
            "generator": self._generator.get_state(),
            **{name: tensor.cpu() for name, tensor in drawn.items()},
        }

    def load_state_dict(self, state: dict[str, object]) -> None:
        self.epoch, self._position = state["epoch"], state["position"]
        self._generator.set_state(state["generator"])
        device = self.labels.device
        self._order, self._shift, self._flip, self._losses = (
            state[name].to(device) for name in ("order", "shift", "flip", "losses")
        )


def smaller(images: Tensor) -> Tensor:
    """Return the images (n, 32, 32, 3) with SMALL pixels a side, as float; each is the mean of those it covers."""
    channels_first = images.permute(0, 3, 1, 2).float()
    return F.interpolate(channels_first, (SMALL, SMALL), mode="bilinear", antialias=True).permute(0, 2, 3, 1)


def _moved(drawn: Tensor, device: torch.device) -> Tensor:
    """Return a tensor on the device, to a GPU without waiting for it."""
    return drawn.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else drawn.to(device)


def mirrored(index: Tensor, side: int) -> Tensor:
    """Return the indices of pixels in 0 … side − 1; those beyond the edge are the mirror images of those within."""
    return side - 1 - (side - 1 - index.abs()).abs()
