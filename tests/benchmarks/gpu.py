"""The fast recipe on a graphics card: accuracy, time, what keeps it busy. Reduced on a CPU, to try the script."""

import io
import json
import math
import statistics
import time
from pathlib import Path

import torch
from torch.profiler import ProfilerActivity, profile
from training import data_loader_speed, prepared, steps, watched

from explorer.protocol import options, recipes
from explorer.training import run
from explorer.training.control import Control
from explorer.training.report import Report

SEEDS = 20
REDUCED = ("--train-size", "20", "--batch-size", "20", "--epochs", "1", "--device", "cpu")


def rows(data_dir: Path | None):
    """Yield (what, measured, target) for every row of the table that a graphics card decides."""
    cuda = torch.cuda.is_available()
    card = torch.cuda.get_device_name() if cuda else "a CPU, reduced"
    images = ["--dataset", "folder", "--data-dir", str(data_dir)] if data_dir else ["--dataset", "synthetic"]
    given = [*images, *(() if cuda else REDUCED)]
    fast = ["--recipe", "gpu-94", *given]

    runs = [trained([*fast, "--seed", str(seed)]) for seed in range(SEEDS if cuda else 2)]
    for which in ("test_accuracy", "augmented_accuracy"):
        found = [100 * finished[which] for finished in runs]
        error = statistics.stdev(found) / len(found) ** 0.5
        what = "one view" if which == "test_accuracy" else "six views"
        yield f"gpu-94 on {card}, {what}, {len(found)} seeds", f"{statistics.mean(found):.2f} ± {error:.2f}%", "94%"
    clock = statistics.median(finished["seconds"] for finished in runs)
    yield f"gpu-94 on {card}, seconds on the clock, six views included", f"{clock:.2f} s", "H200 ≤ 2.0, A100 ≤ 2.6"

    finished, whole = watched(fast, watchers=1)
    share = finished["seconds"] / clock
    told = f"{finished['seconds']:.2f} / {whole:.2f} s"
    yield "gpu-94 with one watching, on the clock / with the start of its process", told, "the second at most twice"
    yield "its clock, watched against alone", f"{share:.2f}", "≤ 1.05"

    alone = statistics.median(finished["images_per_second"] for finished in runs)
    loader = data_loader_speed(fast)
    yield "gpu-94, images/s against a DataLoader", f"{alone:.0f} / {loader:.0f} = {alone / loader:.1f}", "≥ 3"

    training = prepared(fast)
    training.steps.interval = math.inf  # the losses are fetched ten times a second, which waits
    training.rehearse()
    training.clock.start()
    steps(training, 1)
    yield (
        "what makes the host wait in a step of gpu-94",
        what_waits(training, 30) if cuda else "not on a CPU",
        "nothing",
    )
    yield "a step of gpu-94", *step_profile(training, 20 if cuda else 1, cuda)
    memory = f"{torch.cuda.max_memory_allocated() / 1e9:.2f} GB" if cuda else "not on a CPU"
    yield "memory of the card at most", memory, ""

    for precision in ("bfloat16", "float16"):
        finished = trained([*fast, "--precision", precision])
        told = f"{100 * finished['augmented_accuracy']:.2f} % in {finished['seconds']:.2f} s"
        yield f"gpu-94 in {precision}, one seed", told, "the faster one is kept"
    finished = trained(["--recipe", "cpu-minute", "--max-seconds", "10" if cuda else "1", *given])
    speed = f"{100 * finished['test_accuracy']:.2f} % at {finished['images_per_second']:.0f} images/s"
    yield f"the recipe of the minute on {card}, {finished['seconds']:.0f} s", speed, ""


def trained(arguments: list[str]) -> dict:
    """Train in this process; return the `finished` event."""
    control, stream = Control(), io.StringIO()
    run.train(recipes.complete(options.parse(arguments)), control, Report(stream, control))
    return json.loads(stream.getvalue().splitlines()[-1])


def what_waits(training, count: int) -> str:
    """Return what first makes the host wait for the card in so many steps."""
    torch.cuda.set_sync_debug_mode("error")
    try:
        steps(training, count)
    except RuntimeError as error:
        return str(error).partition("\n")[0]
    finally:
        torch.cuda.set_sync_debug_mode("default")
    return f"nothing in {count} steps"


def step_profile(training, count: int, cuda: bool) -> tuple[str, str]:
    """Return what a step takes: its operations, and on a card the share of the time in which none is at work."""
    training.placement.synchronize()
    with profile(activities=[ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if cuda else [])]) as seen:
        begun = time.perf_counter()
        steps(training, count)
        training.placement.synchronize()
        taken = time.perf_counter() - begun
    on_card = [event for event in seen.events() if event.device_type == torch.autograd.DeviceType.CUDA]
    if not cuda:
        return f"{len(seen.events()) / count:.0f} operations in {1000 * taken / count:.1f} ms", ""
    busy = sum(event.device_time for event in on_card) / 1e6
    told = f"{len(on_card) / count:.0f} kernels in {1000 * taken / count:.2f} ms, idle {100 * (1 - busy / taken):.0f}%"
    return told, "7.4 ms estimated for an H200"
