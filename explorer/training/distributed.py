"""Several processes, started by torchrun, that train one model on shares of every batch; or one process alone.

Process 0 leads: it alone reads commands, reports, evaluates and writes; the others only train.
"""

import os
from contextlib import contextmanager
from datetime import timedelta

import torch
from torch import Tensor, distributed, nn

PAUSE_TIMEOUT = timedelta(days=30)  # the others wait for the leader while the run is paused


class Team:
    """This process among all: `rank` of `size`."""

    def __init__(self, rank: int = 0, size: int = 1, group=None):
        self.rank, self.size = rank, size
        self._group = group  # of the same processes, with a long timeout

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def wrap(self, model: nn.Module) -> nn.Module:
        """Return the model with its gradients averaged over the processes."""
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
        """Return the leader's numbers, in all processes."""
        if self.size == 1:
            return list(numbers)
        sent = torch.tensor(numbers, dtype=torch.float64)
        distributed.broadcast(sent, 0, group=self._group)
        return sent.tolist()

    @contextmanager
    def leader_first(self):
        """Let the leader run the block before the others do: it may download, decode and cache images."""
        if not self.leads:
            self.follow(0.0)
        yield
        if self.leads:
            self.follow(0.0)


def local_rank() -> int | None:
    """This process's number among those that torchrun started on this machine; None if it started none."""
    return int(os.environ["LOCAL_RANK"]) if "TORCHELASTIC_RUN_ID" in os.environ else None


@contextmanager
def assemble(device: torch.device):
    """Join the processes that torchrun started, if any, to train on `device`; leave them at the end."""
    if local_rank() is None:
        yield Team()
        return
    # There is no NCCL on Windows, where gloo exchanges the tensors of a GPU too.
    nccl = device.type == "cuda" and distributed.is_nccl_available()
    distributed.init_process_group("cpu:gloo,cuda:nccl" if nccl else "gloo")
    try:
        group = distributed.new_group(backend="gloo", timeout=PAUSE_TIMEOUT)
        yield Team(distributed.get_rank(), distributed.get_world_size(), group)
    finally:
        distributed.destroy_process_group()
