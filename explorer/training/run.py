"""One run from its settings to its weights."""

import numpy as np
import torch

from explorer.training import datasets, devices, models
from explorer.training.control import Control
from explorer.training.loop import Training
from explorer.training.report import Progress, Report, RunFolder

SAMPLES = 2  # test pictures of each class that a run folder shows


def train(settings: dict[str, object], control: Control, report: Report, progress: Progress) -> dict:
    """Load the data, train, report; return the `finished` event.

    Raises Failure and, if it was told to stop before the training began, Stopped.
    """
    if settings["threads"]:
        torch.set_num_threads(settings["threads"])
    torch.manual_seed(settings["seed"])
    placement = devices.place(settings["device"], settings["model"] in models.CONVOLUTIONAL)
    dataset = datasets.load(settings, progress)
    data = {
        name: torch.from_numpy(getattr(dataset, name)).to(placement.device)
        for name in ("train_images", "train_labels", "test_images", "test_labels")
    }
    model = models.build(settings["model"], data["train_images"], len(dataset.classes)).to(placement.device)
    if placement.channels_last:
        model = model.to(memory_format=torch.channels_last)
    started = {
        "event": "started",
        "dataset": dataset.kind,
        "classes": dataset.classes,
        "images": len(dataset.train_labels),
        "test_images": len(dataset.test_labels),
        "parameters": sum(weight.numel() for weight in model.parameters()),
        **placement.facts,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "configuration": {name: value if value is None else _plain(value) for name, value in settings.items()},
    }
    if dataset.notice:
        started["notice"] = dataset.notice
    if report.folder:
        _describe(report.folder, started, dataset)
    control.check()
    report.emit(started)
    finished = Training(model, data, settings, placement).run(report, progress, control)
    if report.folder:
        report.folder.write("weights.pt", lambda file: torch.save(model.state_dict(), file))
    return finished


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool) else str(value)


def _describe(folder: RunFolder, started: dict, dataset: datasets.Dataset) -> None:
    """Write what stays the same throughout the run."""
    labels = np.asarray(dataset.test_labels)
    index = np.concatenate([np.flatnonzero(labels == label)[:SAMPLES] for label in range(len(dataset.classes))])
    folder.write_json("config.json", {name: value for name, value in started.items() if name != "event"})
    folder.write_array("test_labels.npy", labels)
    folder.write_array("sample_index.npy", index)
    folder.write_array("sample_images.npy", dataset.test_images[index])
