"""Several processes that train one model on shares of every batch, or one process alone.

Started by torchrun, process 0 leads: it alone reads commands, reports, evaluates and writes; in step with it, the
others only train.
"""

import os
from contextlib import contextmanager
from datetime import timedelta

import torch
from torch import Tensor, distributed, nn

STOP_TIMEOUT = timedelta(days=30)  # the others wait as long as the run pauses


class Team:
    """This process among the others: `rank` of `size`, and the `place` on its own machine."""

    def __init__(self, rank: int = 0, size: int = 1, place: int = 0, patient=None):
        self.rank, self.size, self.place = rank, size, place
        self._patient = patient  # torch's group of the same processes, for waiting

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def wrap(self, model: nn.Module) -> nn.Module:
        """Return what to train: the model, with its gradients averaged over the processes."""
        return model if self.size == 1 else nn.parallel.DistributedDataParallel(model)

    def share(self, chosen: Tensor) -> Tensor:
        """Return this process's part of a batch."""
        return chosen[self.rank :: self.size]

    def sum(self, value: Tensor) -> Tensor:
        """Return the sum of `value` over the processes."""
        if self.size > 1:
            distributed.all_reduce(value)
        return value

    def follow(self, *numbers: float) -> list[float]:
        """Return the leader's numbers."""
        if self.size == 1:
            return list(numbers)
        told = torch.tensor(numbers, dtype=torch.float64)
        distributed.broadcast(told, 0, group=self._patient)
        return told.tolist()

    @contextmanager
    def leader_first(self):
        """Let the leader do what follows before the others: it may download, decode and cache."""
        if not self.leads:
            self.follow(0.0)
        yield
        if self.leads:
            self.follow(0.0)


@contextmanager
def assemble():
    """Join the processes that torchrun started, if it did; leave them at the end."""
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        yield Team()
        return
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    distributed.init_process_group(backend)
    try:
        patient = distributed.new_group(backend="gloo", timeout=STOP_TIMEOUT)
        yield Team(distributed.get_rank(), distributed.get_world_size(), int(os.environ["LOCAL_RANK"]), patient)
    finally:
        distributed.destroy_process_group()
