"""Training runs: started as processes of `python -m explorer.training`, watched through their folders."""

import functools

from explorer.runs.registry import NoCheckpoint, Runs, StillWaiting
from explorer.runs.run import Run

__all__ = ["NoCheckpoint", "Run", "Runs", "StillWaiting", "of_this_server"]


@functools.cache
def of_this_server() -> Runs:
    """Return the runs of this server."""
    return Runs()
