"""A run as a short program of PyTorch alone: the same model, loss, optimizer and schedule.

A test runs what is written here and compares its losses with the training program's.
"""

from explorer.pages.train.pytorch_data import data
from explorer.pages.train.pytorch_models import CONVOLUTIONAL, beginning, model

IMPORTS = """\
import math
import time

"""

TORCH = """\
import torch
import torch.nn.functional as F
from torch import nn
"""

DEVICE = """
device = {device}
model = model.to(device)
images, labels, test_images, test_labels = (x.to(device) for x in (images, labels, test_images, test_labels))
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

TARGET = "target = {rest} * F.one_hot(labels[chosen], {classes}) + {share}"
LOSSES = {
    "cross-entropy": 'F.cross_entropy(logits, labels[chosen]{smoothing}, reduction="none")',
    "kl": 'F.kl_div(logits.log_softmax(1), target, reduction="none").sum(1)',
    "sigmoids": 'F.binary_cross_entropy_with_logits(logits, target, reduction="none").sum(1)',
    "squared": "(logits.softmax(1) - target).square().sum(1)",
    "hinge": "(target * (F.relu(logits[:, None] - logits[:, :, None] + 1).sum(2) - 1)).sum(1)",
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
FREEZE = """\
        model[1].bias.requires_grad = epoch < 3  # afterwards no step goes back to the first layer
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


def program(
    settings: dict,
    dataset: str = "cifar10",
    device: str = "",
    precision: str = "float32",
    classes: int = 10,
    held_out: bool = False,
) -> str:
    """Return the program for the complete settings of a run (see `recipes.complete`).

    dataset, device, precision: what "auto" came to, as the `started` event tells; device "": the GPU if there is one.
    held_out: whether the test images have to be held out of image folders.
    """
    body = data(settings, dataset, classes, held_out) + _model(settings, device, classes) + _descent(settings)
    body += _loop(settings, precision, classes)
    return IMPORTS + ("import numpy as np\n" if "np." in body else "") + TORCH + body


def _model(settings: dict, device: str, classes: int) -> str:
    found = f'"{device}"' if device else '"cuda" if torch.cuda.is_available() else "cpu"'
    seed = f"torch.manual_seed({settings['seed']})\n"
    return seed + model(settings, classes) + beginning(settings) + DEVICE.format(device=found)


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


def _loop(settings: dict, precision: str, classes: int) -> str:
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
        share = _short(smoothing / classes)
        pictures += "\n    " + TARGET.format(rest=_short(1 - smoothing), share=share, classes=classes)
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
    if settings["model"] == "resnet":
        order += FREEZE
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
