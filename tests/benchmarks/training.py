"""How well and how fast it trains: accuracy after a minute, what the batches cost, and while it is watched."""

import io
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from app import server, wait_until
from tests.serving import ROOT

THREADS = str(len(os.sched_getaffinity(0)))
RECIPE = ("--recipe", "cpu-minute")
# Seconds, what differs from the recipe, and the accuracy to reach.
MINUTES = ((60, (), "≥ 83.5%"), (300, ("--filters", "48", "--crop", "2"), "≥ 88%"))


def train(*arguments: str) -> dict:
    """Run the training program; return its `finished` event."""
    command = [sys.executable, "-m", "explorer.training", "--threads", THREADS, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


class Pictures:
    """Pictures and labels in memory as a DataLoader wants them, each picture changed on its own by torchvision."""

    def __init__(self, images, labels, settings: dict):
        from torchvision.transforms import v2

        crop, flip = v2.RandomCrop(32, settings["crop"], padding_mode="reflect"), v2.RandomHorizontalFlip()
        changes = {"none": [], "flip": [flip], "flip-crop": [crop, flip]}[settings["augment"]]
        self.images, self.labels, self.changes = images, labels, changes

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, i: int) -> tuple:
        picture = self.images[i].permute(2, 0, 1)
        for change in self.changes:
            picture = change(picture)
        return picture.permute(1, 2, 0), self.labels[i]


class Loaded:
    """Batches from a DataLoader with as many workers as cores, in place of `Batches`."""

    def __init__(self, pictures: Pictures, batch_size: int, device):
        from torch.utils.data import DataLoader

        workers = int(THREADS)
        self._loader = DataLoader(pictures, batch_size, shuffle=True, num_workers=workers, persistent_workers=True)
        self._batches = iter(self._loader)  # the workers start here, off the clock
        self._taken, self.epoch, self._device = 0, 1, device

    @property
    def left(self) -> bool:
        return self._taken < len(self._loader)

    @property
    def passed(self) -> float:
        return self.epoch - 1 + self._taken / len(self._loader)

    def note(self, losses) -> None:
        """No image is skipped here."""

    def __next__(self) -> tuple:
        if not self.left:
            self._batches, self._taken, self.epoch = iter(self._loader), 0, self.epoch + 1
        self._taken += 1
        pictures, labels = next(self._batches)
        return pictures.to(self._device), labels.to(self._device), len(labels)


def prepared(arguments: list[str]):
    """Return a training with these arguments, before its first step, in this process."""
    import torch

    from explorer.protocol import options, recipes
    from explorer.training import datasets, devices, loop, models
    from explorer.training.control import Control
    from explorer.training.distributed import Team
    from explorer.training.report import Progress, Report

    settings, control = recipes.complete(options.parse(arguments)), Control()
    torch.set_num_threads(int(THREADS))
    placement = devices.choose(settings["device"], settings["precision"], convolutional=True)
    found = datasets.load(settings, Progress(control, silent=True))
    names = ("train_images", "train_labels", "test_images", "test_labels")
    data = {name: torch.from_numpy(getattr(found, name).copy()).to(placement.device) for name in names}
    data["sample_images"] = data["test_images"][:20]
    model = models.build(settings, data["train_images"], 10)
    return loop.Training(model, data, settings, placement, Report(io.StringIO(), control), control, Team())


def steps(training, count: int) -> None:
    """Take so many steps at the peak of the schedule."""
    settings = training.settings
    for _ in range(count):
        training._descend(settings["learning_rate"], settings["momentum"], settings["weight_decay"])


def share_of_batches(arguments: list[str], count: int = 40) -> float:
    """Return which share of a step's time making its batch takes."""
    training = prepared(arguments)
    training.clock.start()
    steps(training, 5)
    begun = time.perf_counter()
    steps(training, count)
    whole, begun = time.perf_counter() - begun, time.perf_counter()
    for _ in range(count):
        next(training.batches)
    return (time.perf_counter() - begun) / whole


def data_loader_speed(arguments: list[str]) -> float:
    """Return the images a second of the training with these arguments, whose batches come from a DataLoader."""
    training = prepared(arguments)
    images, labels = (training.data[name].cpu() for name in ("train_images", "train_labels"))
    pictures = Pictures(images, labels, training.settings)
    training.batches = Loaded(pictures, training.settings["batch_size"], training.placement.device)
    return training.run()["images_per_second"]


def watched(arguments: list[str], watchers: int) -> tuple[dict, float]:
    """Train on the app's server while so many watchers poll the run twice a second.

    Returns the run's `finished` event, and the seconds from the start of its process to its end.
    """
    with server() as (url, _, runs):
        folder = runs / f"benchmark-with-{watchers}-watchers"
        command = [sys.executable, "-m", "explorer.training", *arguments, "--run-dir", str(folder)]
        begun = time.perf_counter()
        run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until((folder / "events.jsonl").exists)
        address = f"{url}/{events_route()}".format(run=folder.name)

        def watch() -> None:
            cursor = ""
            while run.poll() is None:
                with urllib.request.urlopen(f"{address}?since={cursor}", timeout=30) as answer:
                    cursor = json.load(answer)["cursor"]
                time.sleep(0.5)

        threads = [threading.Thread(target=watch) for _ in range(watchers)]
        for thread in threads:
            thread.start()
        run.wait()
        seconds = time.perf_counter() - begun
        for thread in threads:
            thread.join()
        return json.loads((folder / "events.jsonl").read_text().splitlines()[-1]), seconds


def start_to_first_step(dataset: str, data_dir: Path | None, recipe: str, warm: bool) -> float:
    """Return the seconds from Start to the first step's event, from a new process or one that waits ready."""
    from explorer.runs.limits import Limits
    from explorer.runs.registry import Runs

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        places = {"EXPLORER_DATA_DIR": str(data_dir)} if data_dir else {}
        os.environ |= places  # where a waiting process looks ahead
        runs = Runs(Limits(folder=Path(folder), runs=1, seconds=None, threads=int(THREADS), spare=600.0))
        try:
            settings = {"dataset": dataset, "recipe": recipe, "epochs": 3}
            if warm:
                runs.prepare(settings)
                time.sleep(20)
            begun = time.perf_counter()
            run, secret = runs.start(settings | ({"data_dir": data_dir} if data_dir else {}), "benchmark", lambda: True)
            events = run.folder.path / "events.jsonl"
            wait_until(lambda: events.exists() and '"event": "step"' in events.read_text())
            taken = time.perf_counter() - begun
            runs.command(run, secret, "stop")
            wait_until(lambda: run.trainer.exit_status is not None)
            return taken
        finally:
            runs.close()


def events_route() -> str:
    from explorer.server import routes

    path = next(route.path for route in routes.routes() if route.path.endswith("events"))
    return re.sub(r"\{[^}]*\}", "{run}", path).lstrip("/")


def rows(data_dir: Path | None, long: bool):
    """Yield (what, measured, target) for every row of the table that training decides."""
    dataset = ["--dataset", "folder", "--data-dir", str(data_dir)] if data_dir else ["--dataset", "synthetic"]
    where = "the given images" if data_dir else "synthetic images"
    for seconds, more, target in MINUTES if long else MINUTES[:1]:
        given = [*RECIPE, *more, "--max-seconds", str(seconds), *dataset]
        runs = [train(*given, "--seed", str(seed)) for seed in range(3)]
        found = [100 * finished["test_accuracy"] for finished in runs]
        what = " ".join([f"accuracy after {seconds} s on {where}, mean of three seeds, one view", *more])
        yield what, f"{statistics.mean(found):.1f} ({min(found):.1f}–{max(found):.1f}) %", target
    name = "folder" if data_dir else "synthetic"
    for recipe in ("softmax-regression", "cpu-minute"):
        cold, warm = ([start_to_first_step(name, data_dir, recipe, ready) for _ in range(3)] for ready in (False, True))
        told = f"{statistics.median(cold):.1f} ({min(cold):.1f}–{max(cold):.1f}) / "
        told += f"{statistics.median(warm):.2f} ({min(warm):.2f}–{max(warm):.2f}) s"
        yield (
            f"Start to the first point of the chart, {recipe}, new process / one that waits, 3 each",
            told,
            "≤ 2.5 / ≤ 0.15",
        )
    alone = train(*RECIPE, "--max-seconds", "20", *dataset)["images_per_second"]
    share = share_of_batches([*RECIPE, "--device", "cpu", *dataset])
    yield "share of a step that making its batch takes", f"{100 * share:.1f}%", "≤ 3%"
    for watchers in (1, 30):
        finished, _ = watched(["--threads", THREADS, *RECIPE, "--max-seconds", "20", *dataset], watchers)
        speed = finished["images_per_second"]
        yield (
            f"images/s with {watchers} watching, against none",
            f"{speed:.0f} / {alone:.0f} = {speed / alone:.2f}",
            "≥ 0.95",
        )
