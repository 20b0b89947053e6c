"""Training runs: processes of `python -m explorer.training`, which the server follows through their folders."""

import functools

from explorer.runs.landscape_job import Computation
from explorer.runs.limits import Refused
from explorer.runs.registry import Runs
from explorer.runs.run import Run

__all__ = ["Computation", "Refused", "Run", "Runs", "of_this_server"]


@functools.cache
def of_this_server() -> Runs:
    """Return the runs of this server."""
    return Runs()
