"""How well and how fast it trains: accuracy after a minute, against a DataLoader, and while it is watched."""

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

from app import ROOT, server, wait_until

THREADS = str(len(os.sched_getaffinity(0)))
RECIPE = ("--recipe", "cpu-minute")


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

    def __init__(self, pictures: Pictures, batch_size: int):
        from torch.utils.data import DataLoader

        workers = int(THREADS)
        self._loader = DataLoader(pictures, batch_size, shuffle=True, num_workers=workers, persistent_workers=True)
        self._batches = iter(self._loader)  # the workers start here, off the clock
        self._taken, self.epoch = 0, 1

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
        return pictures, labels, len(labels)


def data_loader_speed(dataset: list[str], seconds: float) -> float:
    """Return the images a second of the same training whose batches come from a DataLoader."""
    import torch

    from explorer.protocol import options, recipes
    from explorer.training import datasets, devices, loop, models
    from explorer.training.control import Control
    from explorer.training.distributed import Team
    from explorer.training.report import Progress, Report

    settings = recipes.complete(options.parse([*RECIPE, "--max-seconds", str(seconds), *dataset]))
    torch.set_num_threads(int(THREADS))
    control = Control()
    found = datasets.load(settings, Progress(control))
    names = ("train_images", "train_labels", "test_images", "test_labels")
    data = {name: torch.from_numpy(getattr(found, name).copy()) for name in names}
    data["sample_images"] = data["test_images"][:20]
    model = models.build(settings, data["train_images"], 10)
    placement = devices.choose("cpu", "auto", convolutional=True)
    with Path(os.devnull).open("w") as nowhere:
        training = loop.Training(model, data, settings, placement, Report(nowhere, control), control, Team())
        training.batches = Loaded(
            Pictures(data["train_images"], data["train_labels"], settings), settings["batch_size"]
        )
        return training.run()["images_per_second"]


def watched_speed(dataset: list[str], watchers: int, seconds: float) -> float:
    """Return the images a second of a run of the app's server that so many watchers poll twice a second."""
    with server() as (url, _, runs):
        folder = runs / f"benchmark-with-{watchers}-watchers"
        command = [sys.executable, "-m", "explorer.training", "--threads", THREADS, *RECIPE, *dataset]
        command += ["--max-seconds", str(seconds), "--run-dir", str(folder)]
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
        for thread in threads:
            thread.join()
        return json.loads((folder / "events.jsonl").read_text().splitlines()[-1])["images_per_second"]


def start_to_first_step(dataset: str, data_dir: Path | None, model: str, warm: bool) -> float:
    """Return the seconds from Start to the first step's event, from a new process or one that waits ready."""
    from explorer.runs.limits import Limits
    from explorer.runs.registry import Runs

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        places = {"EXPLORER_DATA_DIR": str(data_dir)} if data_dir else {}
        os.environ |= places  # where a waiting process looks ahead
        runs = Runs(Limits(folder=Path(folder), runs=1, seconds=None, threads=int(THREADS), spare=600.0))
        try:
            if warm:
                runs.prepare()
                time.sleep(20)
            begun = time.perf_counter()
            settings = {"dataset": dataset, "model": model, "epochs": 3}
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
    for seconds, target in ((60, "≥ 80 %"), (300, "≥ 86 %")) if long else ((60, "≥ 80 %"),):
        finished = train(*RECIPE, "--max-seconds", str(seconds), *dataset)
        accuracy = f"{100 * finished['test_accuracy']:.1f} %"
        yield f"accuracy after {seconds} s on {where}, no test-time augmentation", accuracy, target
    name = "folder" if data_dir else "synthetic"
    for model in ("softmax", "cnn"):
        cold, warm = ([start_to_first_step(name, data_dir, model, ready) for _ in range(3)] for ready in (False, True))
        told = f"{statistics.median(cold):.1f} ({min(cold):.1f}–{max(cold):.1f}) / "
        told += f"{statistics.median(warm):.2f} ({min(warm):.2f}–{max(warm):.2f}) s"
        yield (
            f"Start to the first point of the chart, {model}, new process / one that waits, 3 each",
            told,
            "≤ 6 / ≤ 0.5",
        )
    alone = train(*RECIPE, "--max-seconds", "20", *dataset)["images_per_second"]
    loader = data_loader_speed(dataset, 20)
    yield "images/s against a DataLoader", f"{alone:.0f} / {loader:.0f} = {alone / loader:.2f}", "≥ 1.3"
    for watchers in (1, 30):
        speed = watched_speed(dataset, watchers, 20)
        yield (
            f"images/s with {watchers} watching, against none",
            f"{speed:.0f} / {alone:.0f} = {speed / alone:.2f}",
            "≥ 0.95",
        )
