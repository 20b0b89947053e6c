"""A run as a short program of PyTorch alone: the same model, loss, optimizer and schedule.

A test runs what is written here and compares its losses with the training program's.
"""

from explorer.pages.train.pytorch_models import CONVOLUTION, CONVOLUTIONAL, MATRIX_CONVOLUTION, MODELS, PIXELS
from explorer.protocol.layers import ACTIVATIONS

IMPORTS = """\
import math
import time

"""

TORCH = """\
import torch
import torch.nn.functional as F
from torch import nn
"""

CIFAR = """\
from torchvision.datasets import CIFAR10

train, test = (CIFAR10("data", train=part, download=True) for part in (True, False))
images, test_images = (torch.from_numpy(part.data) for part in (train, test))
labels, test_labels = (torch.tensor(part.targets) for part in (train, test))
"""

FOLDER = """\
from pathlib import Path

from PIL import Image

from explorer.images.conversion import pixels, upright
from explorer.training.folder_scan import scan

parts = scan(Path()).images.values()
images, test_images = (
    torch.stack([torch.tensor(pixels(upright(Image.open(entry.path)))) for entry, _ in part]) for part in parts
)
labels, test_labels = (torch.tensor([label for _, label in part]) for part in parts)
"""

DRAWN = """\
from explorer.images.shapes import draw

images, labels = map(torch.from_numpy, draw(12_000, np.random.default_rng({seed})))
images, test_images = images.split([10_000, 2_000])
labels, test_labels = labels.split([10_000, 2_000])
"""

DATA = {"folder": FOLDER, "synthetic": DRAWN}

SOME = """\
each = [torch.nonzero(labels == k)[:{each}, 0] for k in range(10)]
kept = torch.stack(each, 1).flatten()[:{size}]
images, labels = images[kept], labels[kept]
"""

NORMALISE = """\
some = images[:: max(1, len(images) // 10_000)].float()
mean, deviation = some.mean((0, 1, 2)), some.std((0, 1, 2)).clamp(min=1)
"""

ZERO = """\
for name, weight in model.named_parameters():
    if weight.ndim > 1 or name.endswith("bias"):
        nn.init.zeros_(weight)
"""

DEVICE = """
device = {device}
model = model.to(device{order})
images, labels, test_images, test_labels = (x.to(device) for x in (images, labels, test_images, test_labels))
mean, deviation = mean.to(device), deviation.to(device)
"""

ORDINARY = """
trained = [weight for weight in model.parameters() if weight.requires_grad]
groups = [
    {{"params": [weight for weight in trained if weight.ndim > 1], "peak": {rate}, "weight_decay": {decay}}},
    {{"params": [weight for weight in trained if weight.ndim == 1], "peak": {rate}, "weight_decay": 0}},
]
optimizers = [torch.optim.{optimizer}]
"""

MUON = """
head = model[-1].weight
trained = [weight for weight in model.parameters() if weight.requires_grad]
matrices = [weight for weight in trained if weight.ndim > 1 and weight is not head] or [head]
biases = [weight for weight in trained if weight.ndim == 1]
groups = [{{"params": matrices, "peak": {rate}, "weight_decay": 0}}]
{beside}
optimizers = [
    torch.optim.Muon(groups, momentum={momentum}, nesterov={nesterov}, ns_steps=3, adjust_lr_fn="original"),
    torch.optim.{optimizer},
]
"""

BESIDE = """\
rest = biases if matrices[0] is head else [*biases, head]
groups_beside = [{{"params": rest, "peak": {adamw}, "weight_decay": 0}}]"""

BESIDE_SCALED = """\
groups_beside = [
    {{"params": biases, "peak": {bias}, "weight_decay": {decay} / {bias}}},
    {{"params": [head], "peak": {head}, "weight_decay": {decay} / {head}}},
]"""

SCHEDULES = {
    "constant": "1.0",
    "linear": "1 - progress",
    "cosine": "0.5 + 0.5 * math.cos(math.pi * progress)",
    "one-cycle": "min(progress / 0.2, (1 - progress) / 0.8)",
}

TARGET = "target = {rest} * F.one_hot(labels[chosen], 10) + {share}"
LOSSES = {
    "cross-entropy": 'F.cross_entropy(logits, labels[chosen]{smoothing}, reduction="none")',
    "kl": 'F.kl_div(logits.log_softmax(1), target, reduction="none").sum(1)',
    "sigmoids": 'F.binary_cross_entropy_with_logits(logits, target, reduction="none").sum(1)',
    "squared": "(logits.softmax(1) - target).square().sum(1)",
    "double-softmax": 'F.cross_entropy(logits.softmax(1), labels[chosen]{smoothing}, reduction="none")',
}

CLASSIFY = """

def classify(pictures):
    return model(pictures)
"""

CLASSIFY_16_BITS = """

def classify(pictures):
    with torch.autocast(device, torch.{precision}):
        features = model[:-1](pictures)
    return model[-1](features.float())
"""

EVALUATE = """

@torch.no_grad()
def evaluate():
    model.eval()
    logits = torch.cat([classify(pictures) for pictures in test_images.split(1000)])
    accuracy = (logits.argmax(1) == test_labels).float().mean()
    print(step, F.cross_entropy(logits, test_labels).item(), accuracy.item())
    model.train()


chance = torch.Generator().manual_seed({seed})
every = max(1, round(len(test_images) / len(images) / 4))
order, epoch, start, step, seconds = torch.arange(0), 0, 0, 0, 0.0
"""

LOOP = """\
while (progress := {progress}) < 1:
    if step == 0 or (start == len(order) and epoch % every == 0):
        evaluate()
    began = time.perf_counter()
    if start == len(order):
{order}\
        epoch, start = epoch + 1, 0
    batch = slice(start, start + {batch})
    chosen = order[batch].to(device)
{pictures}
    logits = classify(pictures)
    {loss}
    model.zero_grad()
{backward}\
    share = {schedule}
{scale}\
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = share * group["peak"]
        optimizer.step()
    step, start = step + 1, start + len(chosen)
    seconds += time.perf_counter() - began
evaluate()
"""

EPOCHS = "max(0, epoch - 1 + math.ceil(start / {batch}) / max(1, math.ceil(len(order) / {batch}))) / {epochs}"

ALL = """\
        order = torch.randperm(len(images), generator=chance)
"""
NOT_THE_EASY = """\
        kept = torch.arange(len(images))
        if epoch > 0:
            easy = (losses < losses.mean()).cpu()
            kept = kept[~easy | (torch.rand(len(kept), generator=chance) >= {skip})]
        order = kept[torch.randperm(len(kept), generator=chance)]
"""
LOSSES_SO_FAR = """\
losses = torch.zeros(len(images), device=device)
"""
SHIFTS = """\
        shifts = torch.randint(-{crop}, {crop} + 1, (len(order), 2), generator=chance)
"""
AT_RANDOM = """\
        flips = torch.rand(len(order), generator=chance) < 0.5
"""
BY_TURNS = """\
        flips = flipped[order] ^ (epoch % 2 == 1)
"""
SHIFTED = """\
    shift = shifts[batch].to(device)
    rows, columns = (31 - (31 - (torch.arange(32, device=device) + s[:, None]).abs()).abs() for s in shift.T)
"""
UNSHIFTED = """\
    rows = columns = torch.arange(32, device=device).expand(len(chosen), 32)
"""
GATHERED = """\
    columns = torch.where(flips[batch, None].to(device), 31 - columns, columns)
    pictures = images[chosen[:, None, None], rows[:, :, None], columns[:, None, :]]"""
FLIPPED = """\
flipped = torch.rand(len(images), generator=torch.Generator().manual_seed({seed} + 1)) < 0.5
"""
SMALLER = """
    if progress < {share}:
        pictures = pictures.permute(0, 3, 1, 2).float()
        pictures = F.interpolate(pictures, (24, 24), mode="bilinear", antialias=True).permute(0, 2, 3, 1)"""

MEAN = "loss = {loss}.mean()"
NOTED = """each = {loss}
    losses[chosen] = each.detach()
    loss = each.mean()"""

BACKWARD = """\
    loss.backward()
"""
BACKWARD_OF_THE_SUM = """\
    (len(chosen) * loss).backward()  # in float16 the small gradients of a mean would round to zero
    for weight in trained:
        if weight.grad is not None:
            weight.grad /= len(chosen)
"""

SCALE = """\
    for module in model.modules():
        if isinstance(module, Convolution):
            module.weight.data = F.normalize(module.weight.data, dim=(0, 1)) * len(module.weight) ** 0.5
"""


def program(settings: dict, dataset: str = "cifar10", device: str = "", precision: str = "float32") -> str:
    """Return the program for the complete settings of a run (see `recipes.complete`).

    dataset, device, precision: what "auto" came to, as the `started` event tells; device "": the GPU if there is one.
    """
    body = _data(settings, dataset) + _model(settings, device) + _descent(settings) + _loop(settings, precision)
    return IMPORTS + ("import numpy as np\n" if "np." in body else "") + TORCH + body


def _data(settings: dict, dataset: str) -> str:
    seed, size = settings["seed"], settings["train_size"]
    text = DATA.get(dataset, CIFAR).format(seed=seed)
    if size:
        text += SOME.format(size=size, each=-(-size // 10))
    if settings["shuffle_labels"]:
        text += f"labels = torch.from_numpy(np.random.default_rng({seed}).permutation(labels.numpy()))\n"
    return text + ("mean, deviation = torch.zeros(3), torch.ones(3)\n" if settings["no_normalise"] else NORMALISE)


def _model(settings: dict, device: str) -> str:
    model, muon = settings["model"], settings["optimizer"] == "muon"
    text = PIXELS
    if model in CONVOLUTIONAL:
        text += MATRIX_CONVOLUTION if muon else CONVOLUTION
    text += MODELS[model].format(**settings | {"activation": ACTIVATIONS[settings["activation"]]})
    if settings["zero_weights"]:
        text += ZERO
    found = f'"{device}"' if device else '"cuda" if torch.cuda.is_available() else "cpu"'
    order = ", memory_format=torch.channels_last" if model in CONVOLUTIONAL else ""
    return text + DEVICE.format(device=found, order=order)


def _descent(settings: dict) -> str:
    name, rate, momentum, decay = (settings[n] for n in ("optimizer", "learning_rate", "momentum", "weight_decay"))
    sgd = f"SGD(groups, momentum={momentum}, nesterov={momentum > 0})"
    if name != "muon":
        adamw = f"AdamW(groups, betas=({momentum}, 0.99))"
        return ORDINARY.format(rate=rate, decay=decay, optimizer=adamw if name == "adamw" else sgd)
    if settings["model"] == "resnet":  # under its scaled head SGD, in proportion to the batch
        size = settings["batch_size"]
        beside = BESIDE_SCALED.format(decay=_short(decay * size), bias=_short(0.053 * size), head=_short(0.67 * size))
        other = "SGD(groups_beside, momentum=0.85, nesterov=True)"
    else:
        beside, other = BESIDE.format(adamw=0.003), "AdamW(groups_beside)"
    return MUON.format(rate=rate, momentum=momentum, nesterov=momentum > 0, beside=beside, optimizer=other)


def _loop(settings: dict, precision: str) -> str:
    seed, batch, epochs, limit = (settings[n] for n in ("seed", "batch_size", "epochs", "max_seconds"))
    sixteen = "float16" if precision == "float16" else "bfloat16"  # a foreign run may say anything
    classify = CLASSIFY if precision == "float32" else CLASSIFY_16_BITS.format(precision=sixteen)
    text = classify + EVALUATE.format(seed=seed)
    order, pictures = _drawn(settings)
    if settings["skip_easy"]:
        text += LOSSES_SO_FAR
    if settings["augment"] != "none" and settings["flip"] == "alternate":
        text += FLIPPED.format(seed=seed)
    loss, smoothing = LOSSES[settings["loss"]], settings["label_smoothing"]
    if "target" in loss:
        pictures += "\n    " + TARGET.format(rest=_short(1 - smoothing), share=_short(smoothing / 10))
    loss = loss.format(smoothing=f", label_smoothing={smoothing}" if smoothing else "")
    scale = settings["optimizer"] == "muon" and settings["model"] in CONVOLUTIONAL
    so_far = [EPOCHS.format(batch=batch, epochs=epochs)] if epochs else []
    so_far += [f"seconds / {limit:g}"] if limit else []
    return text + LOOP.format(
        progress=f"max({', '.join(so_far)})" if len(so_far) > 1 else so_far[0],
        order=order,
        batch=batch,
        pictures=pictures,
        loss=(NOTED if settings["skip_easy"] else MEAN).format(loss=loss),
        backward=BACKWARD_OF_THE_SUM if precision == "float16" else BACKWARD,
        schedule=SCHEDULES[settings["schedule"]],
        scale=SCALE if scale else "",
    )


def _drawn(settings: dict) -> tuple[str, str]:
    """Return the lines that draw an epoch's order, shifts and flips, and those that make a batch of them."""
    skip, augment = settings["skip_easy"], settings["augment"]
    order = NOT_THE_EASY.format(skip=skip) if skip else ALL
    pictures = "    pictures = images[chosen]"
    if augment == "flip-crop":
        order += SHIFTS.format(crop=settings["crop"])
    if augment != "none":
        order += BY_TURNS if settings["flip"] == "alternate" else AT_RANDOM
        pictures = (SHIFTED if augment == "flip-crop" else UNSHIFTED) + GATHERED
    if settings["small_images"] and settings["model"] == "cnn":
        pictures += SMALLER.format(share=settings["small_images"])
    return order, pictures


def _short(value: float) -> float:
    """Return `value` without what is left of binary fractions: 0.9, not 0.9000000000000000222."""
    return float(f"{value:.12g}")
