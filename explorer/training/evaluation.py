"""What a model says of the test pictures."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.training.devices import Placement
from explorer.training.report import Progress

BATCH = 1000


@torch.inference_mode()
def logits_of(model: nn.Module, images: Tensor, placement: Placement, progress: Progress) -> Tensor:
    """Return the logits (n, 10) of all pictures, float32, on the CPU."""
    model.eval()
    parts = []
    for done in range(0, len(images), BATCH):
        with placement.autocast():
            parts.append(model(images[done : done + BATCH]).float())
        progress.show("evaluate", min(done + BATCH, len(images)), len(images))
    return torch.cat(parts).cpu()


def measure(logits: Tensor, labels: Tensor) -> tuple[float, float]:
    """Return the mean cross-entropy in nats (without smoothing) and the share of right predictions."""
    loss = F.cross_entropy(logits.double(), labels)
    return loss.item(), (logits.argmax(1) == labels).double().mean().item()
