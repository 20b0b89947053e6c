"""How well and how fast it trains: accuracy after a minute, against a DataLoader, and while it is watched."""

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

from app import ROOT, server, wait_until

THREADS = str(len(os.sched_getaffinity(0)))


def train(*arguments: str) -> dict:
    """Run the training program; return its `finished` event."""
    command = [sys.executable, "-m", "explorer.training", "--threads", THREADS, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def data_loader_speed(dataset: list[str], seconds: float) -> float:
    """Return the images a second of the same network and precision, its pictures fed by a DataLoader.

    The pictures lie in memory as tensors; there are as many workers as cores; flips are done picture by picture.
    """
    import torch
    from torch.utils.data import DataLoader, Dataset

    from explorer.training import datasets, devices, models, options, recipes
    from explorer.training.control import Control
    from explorer.training.report import Progress

    settings = recipes.complete(options.parse(["--model", "cnn", "--max-seconds", str(seconds), *dataset]))
    torch.set_num_threads(int(THREADS))
    data = datasets.load(settings, Progress(Control()))

    class Pictures(Dataset):
        images, labels = torch.from_numpy(data.train_images.copy()), torch.from_numpy(data.train_labels.copy())

        def __len__(self):
            return len(self.labels)

        def __getitem__(self, i):
            picture = self.images[i]
            return (picture.flip(1) if torch.rand(()) < 0.5 else picture), self.labels[i]

    placement = devices.place("cpu", convolutional=True)
    pictures = Pictures()
    model = models.build("cnn", pictures.images, 10).to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9, nesterov=True, weight_decay=5e-4)
    loader = DataLoader(
        pictures, settings["batch_size"], shuffle=True, num_workers=int(THREADS), persistent_workers=True
    )
    seen, begun = 0, None
    while True:
        for images, labels in loader:
            if begun is None:
                begun = time.perf_counter()  # workers have started
            with placement.autocast():
                logits = model(images)
            loss = torch.nn.functional.cross_entropy(logits.float(), labels)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            seen += len(labels)
            if time.perf_counter() - begun > seconds:
                return seen / (time.perf_counter() - begun)


def watched_speed(dataset: list[str], watchers: int, seconds: float) -> float:
    """Return the images a second of a run of the app's server that so many watchers poll twice a second."""
    with server() as (url, _, runs):
        folder = runs / f"benchmark-with-{watchers}-watchers"
        command = [sys.executable, "-m", "explorer.training", "--threads", THREADS, "--model", "cnn", *dataset]
        command += ["--max-seconds", str(seconds), "--run-dir", str(folder)]
        run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until((folder / "events.jsonl").exists)
        address = f"{url}/{_events_route()}".format(run=folder.name)

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


def _events_route() -> str:
    from explorer import server as routes

    path = next(route.path for route in routes.routes() if route.path.endswith("events"))
    return re.sub(r"\{[^}]*\}", "{run}", path).lstrip("/")


def rows(data_dir: Path | None, long: bool):
    """Yield (what, measured, target) for every row of the table that training decides."""
    sys.path.insert(0, str(ROOT))
    dataset = ["--dataset", "folder", "--data-dir", str(data_dir)] if data_dir else ["--dataset", "synthetic"]
    where = "the given pictures" if data_dir else "synthetic pictures"
    for seconds, target in ((60, "≥ 80 %"), (300, "≥ 86 %")) if long else ((60, "≥ 80 %"),):
        finished = train("--model", "cnn", "--max-seconds", str(seconds), *dataset)
        accuracy = f"{100 * finished['test_accuracy']:.1f} %"
        yield f"accuracy after {seconds} s on {where}, no test-time augmentation", accuracy, target
    alone = train("--model", "cnn", "--max-seconds", "20", *dataset)["images_per_second"]
    loader = data_loader_speed(dataset, 20)
    yield "images/s against a DataLoader", f"{alone:.0f} / {loader:.0f} = {alone / loader:.2f}", "≥ 1.3"
    for watchers in (1, 30):
        speed = watched_speed(dataset, watchers, 20)
        yield (
            f"images/s with {watchers} watching, against none",
            f"{speed:.0f} / {alone:.0f} = {speed / alone:.2f}",
            "≥ 0.95",
        )
