"""The events of the steps, and the clock of the training."""

import math
import time

import torch
from torch import Tensor

from explorer.training.report import Report


class Clock:
    """Seconds of training, without evaluations and pauses."""

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
    """The steps that have not been reported yet. Their measurements are fetched from the device ten times a second.

    Fetching each loss separately would make the device wait for the host in every step.
    """

    interval = 0.1

    def __init__(self, report: Report):
        self._report = report
        self._events: list[tuple[dict, dict[str, Tensor], int]] = []
        self._sent = time.perf_counter()
        self.summed, self.images = 0.0, 0  # loss × images, and images, since `reset`
        self.diverged: int | None = None  # the first step whose loss was not finite

    def add(self, event: dict, measured: dict[str, Tensor], images: int) -> None:
        """Add a step: its event, the measurements on the device (its loss and others), and its number of images."""
        self._events.append((event, measured, images))
        if time.perf_counter() - self._sent >= self.interval:
            self.send()

    def send(self) -> None:
        """Report the steps, and after the first whose loss is not finite, that the run has diverged."""
        if self._events:
            events = []
            values = iter(
                torch.stack([value for _, measured, _ in self._events for value in measured.values()]).tolist()
            )
            for event, measured, images in self._events:
                event |= {name: next(values) for name in measured}
                events.append(event)
                self.summed += event["loss"] * images
                self.images += images
                if self.diverged is None and not math.isfinite(event["loss"]):
                    self.diverged = event["step"]
                    events.append({"event": "diverged", "step": self.diverged})
            self._report.emit(*events)
        self._events, self._sent = [], time.perf_counter()

    def reset(self) -> None:
        """Start a new mean of the losses."""
        self.summed, self.images = 0.0, 0
