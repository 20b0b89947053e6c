"""The loss on a plane through a run's trained weights, after Li et al., "Visualizing the Loss Landscape of Neural
Nets" (2018).

    python -m explorer.training landscape RUN_FOLDER --directions path --points 21 --samples 500

The plane is θ + x·d₁ + y·d₂ with θ the trained weights. Directions are "random": normally distributed, each filter
(row of a weight matrix) scaled to the norm of the trained one, with 0 for biases and batch norm's own weights; or
"path": the two of length 1 along which the run's snapshots, relative to θ, vary most (PCA). The loss is the mean
cross-entropy in nats over a sample of test images, in float32. Batch norm keeps its running statistics, as
in every evaluation, so that the loss at (0, 0) is the run's own.
"""

import contextlib
import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from explorer.images.twins import fingerprints, twins
from explorer.protocol.errors import Failure
from explorer.protocol.json_numbers import dumps
from explorer.protocol.landscape_options import file_name, sample_indices
from explorer.protocol.safe_files import array, version
from explorer.training import datasets, devices, evaluation, models, snapshots, trained
from explorer.training.control import Control
from explorer.training.losses import mean_cross_entropy
from explorer.training.report import Progress, write_whole

SCHEMA = 1
SURE, FAR = 0.05, 2  # after this share of the allowed time, give up if it would take this many times as long
MOSTLY = 0.9  # share of the sample that has to be there
FLAT = 1e-6  # a second singular value below this share of the first counts as 0

Direction = list[Tensor]  # shaped as the trained weights


def write(settings: dict[str, object], control: Control) -> Path:
    """Compute the landscape with `settings` (`landscape_options`), and return the file to which it was written.

    Raises Failure if the run's folder, weights or images are unsuitable, Stopped if it was asked to stop.
    """
    folder = settings["run_folder"]
    target = settings.get("out") or folder / "landscapes"
    before = _weights(folder)
    found = dumps(compute(folder, settings, control))
    if _weights(folder) != before:
        raise Failure("no-weights", f"the run in {folder} has been resumed in the meantime")
    try:
        target.mkdir(parents=True, exist_ok=True)
        write_whole(target / file_name(settings), lambda file: file.write(found.encode()))
    except OSError as error:
        raise Failure("run-dir", f"cannot write to {target}: {error}") from None
    return target / file_name(settings)


def _weights(folder: Path) -> tuple | None:
    """Return the version of a run's trained weights, None if it has none."""
    with contextlib.suppress(OSError):
        return version(folder / "weights.pt")
    return None


def compute(folder: Path, settings: dict[str, object], control: Control) -> dict[str, object]:
    """Return the contents of the landscape's file, which explorer/training/__init__.py describes."""
    began = time.perf_counter()
    if settings.get("threads"):
        torch.set_num_threads(settings["threads"])
    run = trained.load(folder)
    placement = devices.choose(settings["device"], "float32", run.settings["model"] in models.CONVOLUTIONAL)
    progress = Progress(control)
    images, labels = sampled_images(folder, run, settings, progress)
    sample = torch.from_numpy(images).to(placement.device), torch.from_numpy(labels).long()
    model = run.model.to(placement.device)
    weights = snapshots.trained(model)
    path = path_of(folder, weights)
    if settings["directions"] == "random":
        directions = random_directions(weights, settings["seed"])
        across = down = np.linspace(-settings["span"], settings["span"], settings["points"])
        at = coordinates(path, directions)
    else:
        directions = path_directions(path, weights)
        at = coordinates(path, directions)
        margin = settings["span"] * np.ptp(at, axis=0).max()
        across, down = (np.linspace(k.min() - margin, k.max() + margin, settings["points"]) for k in at.T)
    moved = at @ torch.stack([snapshots.flat(direction) for direction in directions]).numpy()
    total = float(np.square(path).sum())

    allowed, first_point = settings.get("max_seconds") or math.inf, 0.0

    def limited(done: int, of: int) -> None:
        nonlocal first_point
        progress("landscape", done, of)
        now = time.perf_counter()
        first_point = first_point if done else now
        taken, left = now - began, (now - first_point) / max(1, done) * (of - done)
        # What would take far too long is given up early, because others are waiting.
        if taken > allowed or (taken > SURE * allowed and taken + left > FAR * allowed):
            raise Failure("too-long", f"{of} points would take more than the {allowed:g} seconds that are allowed")

    return {
        "schema": SCHEMA,
        **{name: settings[name] for name in ("directions", "points", "samples", "span", "seed")},
        "pictures": len(labels),
        "weights": path.shape[1],
        "x": across,
        "y": down,
        "trained": mean_loss(model, sample, placement),
        "loss": surface(weights, directions, (across, down), lambda: mean_loss(model, sample, placement), limited),
        "path": {"epochs": snapshots.epochs(folder), "x": at[:, 0], "y": at[:, 1]},
        "seen": float(np.square(moved).sum()) / total if total else None,
        **placement.facts,
        "torch": torch.__version__,
        "seconds": time.perf_counter() - began,
    }


def sampled_images(folder: Path, run: trained.Trained, settings: dict[str, object], progress: Progress):
    """Return a random sample of the test images, and their labels; all of them if there are not enough."""
    try:
        own = np.load(folder / "test_labels.npy", allow_pickle=False)
        if (folder / "test_images.npy").exists():
            chosen = sample_indices(len(own), settings["samples"], settings["seed"])
            return array(folder / "test_images.npy")[chosen], own[chosen].astype(np.int64)
    except (OSError, ValueError, IndexError) as error:
        raise Failure("folder", f"{folder} contains no labels of test images: {error}") from None
    # Photographs are found by their content, so any copy of the data will do.
    kind = "synthetic" if run.dataset == "synthetic" else "auto"
    wanted = run.settings | {"dataset": kind, "train_size": None, "shuffle_labels": False}
    wanted["data_dir"] = settings.get("data_dir")
    dataset = datasets.load(wanted, progress)
    if dataset.kind == "synthetic" != run.dataset:
        raise Failure(dataset.notice["reason"], dataset.notice["message"])
    try:
        places = _places(folder, own, dataset)
    except (OSError, ValueError) as error:
        raise Failure("folder", f"{folder} contains no fingerprints of its test images: {error}") from None
    chosen = sample_indices(len(own), settings["samples"], settings["seed"])
    found = chosen[places[chosen] >= 0]
    if len(found) < MOSTLY * len(chosen):
        raise Failure("other-data", "the test images found are not those of this run")
    return np.ascontiguousarray(dataset.test_images[places[found]]), own[found].astype(np.int64)


def _places(folder: Path, own: np.ndarray, dataset: datasets.Dataset) -> np.ndarray:
    """Return for each test image of a run with the labels `own` its index in the dataset, -1 where that is in doubt."""
    if (folder / "fingerprints.npy").exists():
        wanted = np.load(folder / "fingerprints.npy", allow_pickle=False)
        return twins(wanted, own, fingerprints(dataset.test_images), dataset.test_labels)
    # A run of an earlier version has none, but the same images in the same order have the same labels.
    same = np.array_equal(own, dataset.test_labels)
    return np.arange(len(own)) if same else np.full(len(own), -1)


def random_directions(weights: Direction, seed: int) -> list[Direction]:
    """Return two directions whose filters have the norms of the trained ones.

    A filter is a row of a matrix: the weights of one feature. Batch norm or the next layer can undo its scale, so that
    a step has to be relative to the norm to mean the same for every filter.
    """
    generator = torch.Generator().manual_seed(seed)
    directions = []
    for _ in range(2):
        direction = []
        for weight in weights:
            noise = torch.randn(weight.shape, generator=generator).to(weight.device)
            if weight.ndim == 1:
                direction.append(torch.zeros_like(noise))
            else:
                rows = tuple(range(1, weight.ndim))
                norms = [torch.linalg.vector_norm(each.detach(), dim=rows, keepdim=True) for each in (weight, noise)]
                direction.append(noise * norms[0] / norms[1])
        directions.append(direction)
    return directions


def path_directions(path: np.ndarray, weights: Direction) -> list[Direction]:
    """Return the two directions of length 1 along which the path varies most; it starts at the lower left.

    They are the first right singular vectors of `path`, computed from its small Gram matrix.
    """
    values, vectors = np.linalg.eigh(path @ path.T) if len(path) > 1 else ([0.0, 0.0], None)
    if not values[-2] > FLAT**2 * values[-1]:
        raise Failure("no-path", "a plane along the training path needs snapshots at three or more evaluations")
    directions = []
    for k in (-1, -2):
        direction = vectors[:, k] @ path / np.sqrt(values[k])
        direction *= -np.copysign(1, direction @ path[0])
        parts = torch.from_numpy(direction.astype(np.float32)).split([weight.numel() for weight in weights])
        directions.append([p.view(w.shape).to(w.device) for p, w in zip(parts, weights, strict=True)])
    return directions


def path_of(folder: Path, weights: Direction) -> np.ndarray:
    """Return the snapshots minus the trained weights, float64 (snapshots, n); the last is 0."""
    end = snapshots.flat(weights).numpy()
    try:
        found = [snapshots.read(folder, epoch) for epoch in snapshots.epochs(folder)]
        path = np.array([weights - end for weights in found], np.float64).reshape(len(found), len(end))
    except (OSError, ValueError) as error:
        raise Failure("snapshots", f"the snapshots in {folder} do not match its weights: {error}") from None
    path[-1:] = 0.0  # but for the rounding of the snapshot
    if not np.isfinite(path).all():
        raise Failure("diverged", f"the snapshots in {folder} are not finite: the run diverged")
    return path


def coordinates(path: np.ndarray, directions: list[Direction]) -> np.ndarray:
    """Return the points (snapshots, 2) of the plane that are nearest to the snapshots (least squares).

    If all matrices are 0, as after zero weights, the directions are 0, and every point is (0, 0).
    """
    basis = np.array([snapshots.flat(direction).double().numpy() for direction in directions])
    return (np.linalg.pinv(basis @ basis.T, hermitian=True) @ (basis @ path.T)).T


def mean_loss(model: torch.nn.Module, sample: tuple[Tensor, Tensor], placement: devices.Placement) -> float:
    """Return the mean cross-entropy in nats of a sample: images and labels."""
    images, labels = sample
    return mean_cross_entropy(evaluation.logits_of(model, images, placement), labels)


@torch.no_grad()
def surface(weights: Direction, directions: list[Direction], axes, loss_here: Callable, show: Callable) -> np.ndarray:
    """Return the losses [i, j]: loss_here() with the weights at y[i], x[j] of `axes` (x, y); call show(done, total)."""
    across, down = axes
    centre = [weight.clone() for weight in weights]
    loss = np.empty((len(down), len(across)))
    for done, (i, j) in enumerate(np.ndindex(loss.shape)):
        show(done, loss.size)
        for weight, middle, first, second in zip(weights, centre, *directions, strict=True):
            weight.copy_(middle + float(across[j]) * first + float(down[i]) * second)
        loss[i, j] = loss_here()
    show(loss.size, loss.size)
    for weight, middle in zip(weights, centre, strict=True):
        weight.copy_(middle)
    return loss
