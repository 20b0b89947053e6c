"""The steps and evaluations of a run, thinned out so that they take a bounded amount of memory."""

import math
from dataclasses import dataclass

CAPACITY = 1000


@dataclass
class Row:
    """A summary of successive steps: the first and the last, their number, and the sum, least and greatest loss.

    Learning rate, images and seconds are those after the last step. The norm of the gradient and the ratio of update to
    weights are those measured last, None if none was. A loss that is nan makes sum, least and greatest nan.
    """

    first: int
    last: int
    count: int
    total: float
    low: float
    high: float
    learning_rate: float
    images: int
    seconds: float
    gradient_norm: float | None = None
    update_ratio: float | None = None

    @property
    def mean(self) -> float:
        return self.total / self.count

    def add(self, later: "Row") -> None:
        """Add the steps of `later`, which follow those of this row."""
        self.last = later.last
        self.count += later.count
        self.total += later.total
        self.low = _first_unless(later.low < self.low, self.low, later.low)
        self.high = _first_unless(later.high > self.high, self.high, later.high)
        self.learning_rate, self.images, self.seconds = later.learning_rate, later.images, later.seconds
        if later.gradient_norm is not None:
            self.gradient_norm, self.update_ratio = later.gradient_norm, later.update_ratio


def _first_unless(second_wins: bool, first: float, second: float) -> float:
    return second if second_wins or math.isnan(second) else first


class History:
    """At most `capacity` rows of `width` steps each; when it is full, pairs are merged and `width` doubles.

    `rows[r]` summarises the steps r · width … (r + 1) · width − 1, counted from 0; only the last row may hold fewer.
    `diverged` is the first step whose loss was not finite, or None.
    """

    def __init__(self, capacity: int = CAPACITY):
        if capacity < 2 or capacity % 2:
            raise ValueError(f"capacity must be an even number of 2 or more; got {capacity}")
        self.capacity = capacity
        self.width = 1
        self.rows: list[Row] = []
        self.diverged: int | None = None

    def add(self, step: int, loss: float, learning_rate=0.0, images=0, seconds=0.0, **measured: float | None) -> None:
        """Add one step, with `gradient_norm` and `update_ratio` where they were measured."""
        if self.diverged is None and not math.isfinite(loss):
            self.diverged = step
        row = Row(step, step, 1, loss, loss, loss, learning_rate, images, seconds, **measured)
        if self.rows and self.rows[-1].count < self.width:
            self.rows[-1].add(row)
            return
        if len(self.rows) == self.capacity:
            self._halve()
        self.rows.append(row)

    def _halve(self) -> None:
        merged = self.rows[::2]
        for row, later in zip(merged, self.rows[1::2], strict=True):
            row.add(later)
        self.rows, self.width = merged, 2 * self.width


class Thinned:
    """At most `capacity` + 1 of the items that were added: numbers 0, stride, 2 · stride …, and always the last."""

    def __init__(self, capacity: int = CAPACITY):
        self.capacity = capacity
        self.stride = 1
        self.items: list = []
        self._count = 0

    def add(self, item) -> None:
        """Add one item."""
        if self._count and (self._count - 1) % self.stride:
            self.items.pop()  # it was kept only because it was the last
        if len(self.items) == self.capacity:
            self.items, self.stride = self.items[::2], 2 * self.stride
        self.items.append(item)
        self._count += 1
