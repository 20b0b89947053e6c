"""One run from its settings to its weights."""

import pickle
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from explorer.images.twins import fingerprints
from explorer.protocol.data_sources import MOST_OWN
from explorer.protocol.errors import Failure, memory_for, memory_ran_out
from explorer.protocol.layers import layers
from explorer.protocol.options import OF_THE_MACHINE
from explorer.training import datasets, devices, evaluation, models
from explorer.training.control import Control
from explorer.training.distributed import Team, assemble, local_rank
from explorer.training.loop import Training
from explorer.training.report import Progress, Report, RunFolder
from explorer.training.resume import settings_of

MISFIT = (RuntimeError, KeyError, TypeError, ValueError, AttributeError, IndexError)  # of a wrong checkpoint


def train(settings: dict[str, object], control: Control, report: Report) -> None:
    """Load the data, train and report up to the `finished` event, with torchrun's other processes if any.

    Raises Failure, also if memory runs out, and Stopped if it was asked to stop before the training began.
    """
    convolutional = settings["model"] in models.CONVOLUTIONAL
    placement = devices.choose(settings["device"], settings["precision"], convolutional, local_rank())
    with assemble(placement.device) as team:
        _train(settings, placement, control, report, team)


def _train(
    settings: dict[str, object], placement: devices.Placement, control: Control, report: Report, team: Team
) -> None:
    if settings["threads"]:
        torch.set_num_threads(settings["threads"])
    torch.manual_seed(settings["seed"])
    checkpoint = _checkpoint(settings)
    if checkpoint and settings["data_dir"] is None and checkpoint.get("data_dir"):
        settings = settings | {"data_dir": Path(checkpoint["data_dir"])}
    progress = Progress(control, silent=not team.leads)
    with team.leader_first(), memory_for("memory-images", "the images"):
        dataset = datasets.load(settings, progress)
    progress("model", 0, None)
    index = evaluation.sample_index(dataset.test_labels, len(dataset.classes))
    with memory_for("memory-images", f"the images, on the device {placement.device}"):
        data = {
            name: _tensor(getattr(dataset, name)).to(placement.device)
            for name in ("train_images", "train_labels", "test_images", "test_labels")
        }
        data["sample_images"] = data["test_images"][torch.from_numpy(index).to(placement.device)]
    with memory_for("memory-model", f"the model {settings['model']}"):
        model = models.build(settings, data["train_images"], len(dataset.classes))
    started = {
        "event": "started",
        "dataset": dataset.kind,
        "classes": dataset.classes,
        "images": len(dataset.train_labels),
        "test_images": len(dataset.test_labels),
        "parameters": sum(weight.numel() for weight in model.parameters() if weight.requires_grad),
        "layers": layers(settings, len(dataset.classes)),
        **placement.facts,
        "threads": torch.get_num_threads(),
        "processes": team.size,
        "torch": torch.__version__,
        "configuration": {name: value for name, value in settings.items() if name not in OF_THE_MACHINE},
    }
    if dataset.held_out:
        started["held_out"] = True
    if dataset.notice:
        started["notice"] = dataset.notice
    if checkpoint:
        started["resumed"] = checkpoint["run"]["step"]
        # Settings changed by command are kept, unless they are given again.
        before = settings_of(settings["resume"])
        settings = settings | {n: v for n, v in checkpoint["settings"].items() if settings[n] == before[n]}
    with memory_for("memory-model", f"the model {settings['model']}"):
        training = Training(model, data, settings, placement, report, control, team)
    if checkpoint:
        _go_back(training, checkpoint)
    control.check()
    if report.folder:
        if checkpoint:
            report.folder.cut(checkpoint["events"])
        _describe(report.folder, started, dataset, index)
    report.emit(started)
    if checkpoint and (anew := {n: settings[n] for n, v in checkpoint["settings"].items() if settings[n] != v}):
        report.emit({"event": "changed", "step": checkpoint["run"]["step"], **anew})
    with memory_for("memory", f"training with {settings['batch_size']} images a step (--batch-size)"):
        finished = training.run()
    if report.folder:
        report.folder.write("weights.pt", lambda file: torch.save(model.state_dict(), file))
    report.emit(finished)


def _tensor(array: np.ndarray) -> Tensor:
    """Return the array as a tensor over the same memory. Images are mapped read-only, of which torch warns in vain, as
    nothing writes to them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return torch.from_numpy(array)


def _checkpoint(settings: dict[str, object]) -> dict | None:
    """Return the checkpoint to resume from, if there is to be one."""
    if settings["resume"] is None:
        return None
    path = settings["resume"] / "checkpoint.pt"
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        int(checkpoint["run"]["step"]), int(checkpoint["events"]), dict(checkpoint["settings"])
    except (OSError, EOFError, pickle.UnpicklingError, *MISFIT) as error:
        raise Failure("resume", f"cannot resume from {path}: {error}") from None
    return checkpoint


def _go_back(training: Training, checkpoint: dict) -> None:
    try:
        training.load_state_dict(checkpoint)
    except MISFIT as error:
        if memory_ran_out(error):
            raise
        reason = str(error).partition("\n")[0]  # torch adds a line for each tensor that does not fit
        raise Failure("resume", f"the checkpoint does not match its run: {reason}") from None


def _describe(folder: RunFolder, started: dict, dataset: datasets.Dataset, index: np.ndarray) -> None:
    """Write the files that stay the same throughout the run."""
    folder.write_json("config.json", {name: value for name, value in started.items() if name != "event"})
    folder.write_array("test_labels.npy", np.asarray(dataset.test_labels))
    folder.write_array("sample_index.npy", index)
    folder.write_array("sample_images.npy", dataset.test_images[index])
    if dataset.kind == "folder" and len(dataset.test_labels) <= MOST_OWN:
        folder.write_array("test_images.npy", np.asarray(dataset.test_images))
    folder.write_array("fingerprints.npy", fingerprints(dataset.test_images))
