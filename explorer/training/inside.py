"""What one image becomes inside a trained model: its feature maps, layer by layer, and its saliency maps.

    python -m explorer.training classify RUN_FOLDER --inside < cat.png

Of every layer at most MOST maps are kept, those of the largest mean size, as whole numbers from −127 to 127 times a
scale that the maps of one step share. A saliency map is max over the colours of |∂f_k/∂x|, after Simonyan et al., "Deep
Inside Convolutional Networks" (2014). Beside it stands that of the same model before training, drawn from the run's
random seed: Adebayo et al., "Sanity Checks for Saliency Maps" (2018), ask whether the two can be told apart.
"""

import base64
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from explorer.protocol.errors import Failure
from explorer.protocol.safe_files import digest
from explorer.training import models, trained

SCHEMA = 1
MOST = 12  # maps of a layer
LEVELS = 127  # of a map's numbers, above and below 0
BEGINNING = (models.Convolution, models.Whitening, nn.Linear)  # what begins a layer; what follows are its further steps


def look(run: trained.Trained, folder: Path, pixels: Tensor) -> dict[str, object]:
    """Return what explorer/runs/insides.py reads, for one image uint8 (32, 32, 3); raise Failure if it overflows."""
    model, normalise = run.model, run.model[0]
    with torch.no_grad():
        scaled = normalise(pixels[None])[0]
        found = {
            "schema": SCHEMA,
            "weights": digest(folder / "weights.pt"),
            "logits": model(pixels[None])[0].tolist(),
            "image": _packed(pixels.numpy()),
            "input": _packed(scaled.numpy()),
            "layers": [_layer(*steps) for steps in layers(model, pixels)],
        }
    if isinstance(model[1], models.Convolution | models.Whitening):
        found["kernels"] = _kernels(model[1], found["layers"][0]["channels"])
    maps = saliency(model, pixels), saliency(untrained(run), pixels)
    if not all(np.isfinite(some).all() for some in (found["logits"], *maps)):
        raise Failure("diverged", "the model's numbers for this image are not finite")
    found["similarity"] = [rank_correlation(*pair) for pair in zip(*maps, strict=True)]
    found["saliency"], found["untrained"] = (_packed(np.array([_grey(each) for each in some])) for some in maps)
    return found


def layers(model: nn.Sequential, pixels: Tensor) -> list[list[tuple[str, Tensor]]]:
    """Return the layers of a model as steps: the name of a module, and what it gives for the image uint8 (32, 32, 3).

    The last numbers before the logits are a layer of their own. A model that has none, softmax regression, has instead
    the products of the image with the templates of the K classes, summed over the colours: (K, 32, 32).
    """
    found: list[list[tuple[str, Tensor]]] = []
    features = model[0](pixels[None])
    scaled = features[0]
    *hidden, head = list(model)[1:]
    for module in hidden:
        features = module(features)
        # A nonlinearity may be computed in place.
        step = type(module).__name__, features[0].detach().clone()
        if isinstance(module, nn.Flatten):
            continue
        if isinstance(module, BEGINNING) or (step[1].ndim == 3 and step[1].shape[1:] == (1, 1)):
            found.append([])
        found[-1].append(step)
    if not found:
        templates = head.weight.view(-1, *scaled.shape)
        found.append([("Template", (templates * scaled).sum(1).detach())])
    return found


def _layer(*steps: tuple[str, Tensor]) -> dict[str, object]:
    """Return a layer's shape, the numbers of the maps that are kept, and these maps after each step."""
    shape = list(steps[-1][1].shape)
    if len(shape) == 1 or shape[1:] == [1, 1]:  # single numbers: all of them, as one line
        kept, steps = [0], [(name, values.reshape(1, 1, -1)) for name, values in steps]
        shape = [steps[-1][1].shape[-1]]
    else:
        size = steps[-1][1].abs().mean((1, 2))
        kept = size.argsort(descending=True, stable=True)[:MOST].tolist()
        kept = kept if shape[0] > MOST else list(range(shape[0]))
    return {"shape": shape, "channels": kept, "steps": [_step(name, values[kept].numpy()) for name, values in steps]}


def _step(name: str, maps: np.ndarray) -> dict[str, object]:
    """Return maps (n, height, width) as whole numbers and their scale: the size of the largest number."""
    scale = float(np.abs(maps).max())
    if not np.isfinite(scale):
        raise Failure("diverged", "the model's numbers for this image are not finite")
    whole = np.rint(maps * (LEVELS / scale) if scale else maps)
    return {"name": name, "scale": scale, "maps": _packed(whole.astype(np.int8))}


def _kernels(first: nn.Module, channels: list[int]) -> dict[str, object]:
    """Return the kernels (maps, 3, size, size) and biases (maps) of a first convolution, and its padding."""
    kept = first.filters[channels].detach().numpy().astype(np.float32)
    whitens = isinstance(first, models.Whitening)
    bias = first.bias[channels].detach().numpy() if whitens else np.zeros(len(channels), np.float32)
    return {"values": _packed(kept), "bias": _packed(bias), "padding": 0 if whitens else first.size // 2}


def saliency(model: nn.Module, pixels: Tensor) -> np.ndarray:
    """Return max over the colours of |∂f_k/∂x|, (K, 32, 32), of each logit k for one image uint8 (32, 32, 3)."""
    images = pixels.float().repeat(model[-1].out_features, 1, 1, 1).requires_grad_()
    (gradient,) = torch.autograd.grad(model(images).diagonal().sum(), images)
    return gradient.abs().amax(-1).numpy()


def untrained(run: trained.Trained) -> nn.Module:
    """Return the run's model as it was before training: its weights drawn from the seed, its whitening as it is."""
    torch.manual_seed(run.settings["seed"])
    classes = run.model[-1].out_features
    model = models.build(run.settings, torch.zeros(2, 32, 32, 3, dtype=torch.uint8), classes)
    before, after = dict(model.named_buffers()), dict(run.model.named_buffers())
    for name in ("0.mean", "0.deviation", "1.filters"):
        if name in before:
            before[name].copy_(after[name])
    return model.eval()


def rank_correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    """Return Spearman's rank correlation of two maps, from −1 to 1; None if one of them is the same everywhere."""
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(np.corrcoef(_ranks(one), _ranks(other))[0, 1])


def _ranks(values: np.ndarray) -> np.ndarray:
    """Return the ranks of all values; equal ones share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (counts.cumsum() - (counts - 1) / 2)[place.ravel()]


def _grey(values: np.ndarray) -> np.ndarray:
    """Return a map as greys from 0 to 255, the largest value."""
    return np.rint(values * (255 / values.max()) if values.max() else values).astype(np.uint8)


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()
