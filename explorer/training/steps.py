"""What is told of single steps, and how long they took."""

import math
import time

import torch
from torch import Tensor

from explorer.training.report import Report


class Clock:
    """Seconds of training; it stands still during evaluations and pauses."""

    def __init__(self):
        self._before = 0.0
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        return self._before + (0 if self._since is None else time.perf_counter() - self._since)

    @seconds.setter
    def seconds(self, seconds: float) -> None:
        self._before, self._since = seconds, None

    def start(self) -> None:
        if self._since is None:
            self._since = time.perf_counter()

    def stop(self) -> None:
        self._before, self._since = self.seconds, None


class StepEvents:
    """Steps on their way out: what they measured stays on the device and is fetched together, ten times a second.

    Fetching each loss on its own would make the device wait for the host at every step.
    """

    interval = 0.1

    def __init__(self, report: Report):
        self._report = report
        self._events: list[tuple[dict, dict[str, Tensor], int]] = []
        self._sent = time.perf_counter()
        self.summed, self.images = 0.0, 0  # loss × pictures, and pictures, since `reset`
        self.diverged: int | None = None  # the first step whose loss was not finite

    def add(self, event: dict, measured: dict[str, Tensor], images: int) -> None:
        """Take a step: its event, its loss and whatever else the device has measured, and its pictures."""
        self._events.append((event, measured, images))
        if time.perf_counter() - self._sent >= self.interval:
            self.send()

    def send(self) -> None:
        """Report all steps taken; after the first whose loss is not finite, that the run has diverged."""
        if self._events:
            told = []
            values = iter(
                torch.stack([value for _, measured, _ in self._events for value in measured.values()]).tolist()
            )
            for event, measured, images in self._events:
                event |= {name: next(values) for name in measured}
                told.append(event)
                self.summed += event["loss"] * images
                self.images += images
                if self.diverged is None and not math.isfinite(event["loss"]):
                    self.diverged = event["step"]
                    told.append({"event": "diverged", "step": self.diverged})
            self._report.emit(*told)
        self._events, self._sent = [], time.perf_counter()

    def reset(self) -> None:
        """Begin a new mean of the losses."""
        self.summed, self.images = 0.0, 0
