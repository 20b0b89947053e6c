"""Which visitors are present at a run or a computation: it is stopped some time after the last has left."""

import time
from collections.abc import Callable

Present = Callable[[], bool]


class Attendance:
    """The visitors of each run. Not thread-safe."""

    def __init__(self):
        self._visitors: dict[str, dict[str, Present]] = {}  # by the run's id
        self._last_seen: dict[str, float] = {}

    def mark_present(self, run, visitor: str, present: Present) -> None:
        """Add a visitor to `run`; `present()` returns whether they are still there."""
        self._visitors.setdefault(run.id, {})[visitor] = present
        self._last_seen[run.id] = time.monotonic()

    def seconds_alone(self, run) -> float:
        """Return how many seconds nobody has been present at `run`, 0 if somebody is."""
        now = time.monotonic()
        if any(present() for present in self._visitors[run.id].values()):
            self._last_seen[run.id] = now
        return now - self._last_seen[run.id]

    def dismiss(self, run) -> None:
        """Forget the visitors of `run`, which is over."""
        del self._visitors[run.id], self._last_seen[run.id]

    def __len__(self) -> int:
        return len(self._visitors)
