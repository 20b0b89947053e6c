"""Evaluation on images that the model is not trained on."""

import numpy as np
import torch
from torch import Tensor, nn

from explorer.training.batches import mirrored
from explorer.training.devices import Placement
from explorer.training.losses import mean_cross_entropy

BATCH = 250  # more is no faster on a CPU, and the features of a thousand images take 170 MB
SAMPLES = 2  # sample images of each class
SHIFTS = {0: 0.5, -1: 0.25, 1: 0.25}  # in pixels, of the views that are averaged, and their shares


@torch.inference_mode()
def logits_of(model: nn.Module, images: Tensor, placement: Placement, show=lambda done, total: None) -> Tensor:
    """Return the logits (n, K) of all images, float32, on the CPU; call `show(done, total)` after each part."""
    training = model.training
    model.eval()
    logits = torch.empty(0)
    for done in range(0, len(images), BATCH):
        with placement.autocast():
            part = model(images[done : done + BATCH]).float()
        if not len(logits):  # allocated once, as small results between large features would fragment the memory
            logits = part.new_empty(len(images), part.shape[1])
        logits[done : done + BATCH] = part
        del part
        show(min(done + BATCH, len(images)), len(images))
    model.train(training)
    return logits.cpu()


def augmented_logits_of(
    model: nn.Module, images: Tensor, placement: Placement, show=lambda done, total: None
) -> Tensor:
    """Return the mean logits (n, K) of six views of each image: as it is (1/2), shifted by a pixel up and left (1/4)
    and down and right (1/4), each also mirrored."""
    views = [(share / 2, by, flip) for by, share in SHIFTS.items() for flip in (False, True)]

    def of_view(number: int) -> Tensor:
        share, by, flip = views[number]
        seen = view(images, by, flip)
        return share * logits_of(model, seen, placement, lambda n, of: show(number * of + n, len(views) * of))

    return sum(of_view(number) for number in range(len(views)))


def view(images: Tensor, by: int, flip: bool) -> Tensor:
    """Return the images (n, side, side, 3), moved down and right by so many pixels, and mirrored if `flip`."""
    side = images.shape[1]
    rows = mirrored(torch.arange(side, device=images.device) - by, side)
    return images[:, rows][:, :, rows.flip(0) if flip else rows]


def measure(logits: Tensor, labels: Tensor) -> dict[str, object]:
    """Return the mean cross-entropy in nats (without smoothing), the accuracy, and the accuracy for each class (nan for
    a class without images)."""
    right = (logits.argmax(1) == labels).double()
    classes = logits.shape[1]
    counts = torch.bincount(labels, minlength=classes)
    return {
        "test_loss": mean_cross_entropy(logits, labels),
        "test_accuracy": right.mean().item(),
        "class_accuracy": (torch.bincount(labels, right, minlength=classes) / counts).tolist(),
    }


def sample_index(labels: np.ndarray, classes: int) -> np.ndarray:
    """Return the indices of the first two images of each class."""
    return np.concatenate([np.flatnonzero(labels == label)[:SAMPLES] for label in range(classes)])
