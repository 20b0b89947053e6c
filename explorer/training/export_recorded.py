"""Make a small copy of a finished run to ship with the explorer: python -m explorer.training.export_recorded --help"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch

LARGE = 4_000_000  # bytes of weights from which they are rounded to float16
SAMPLES = 10  # one in so many samples events is kept
# Copied as they are, where a run has them.
WHOLE = ("sample_index.npy", "fingerprints.npy", "filters.npy", "templates.npy")


def main(arguments: list[str] | None = None) -> None:
    """Export the run that the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m explorer.training.export_recorded", description=__doc__)
    parser.add_argument("run_folder", type=Path)
    parser.add_argument("target", type=Path)
    export(**vars(parser.parse_args(arguments)))


def export(run_folder: Path, target: Path) -> None:
    """Copy a run without checkpoint and snapshots, with fewer samples events, and its logits in half precision.

    Images are copied of drawn shapes alone: photographs may not be published. Raises FileExistsError if there is a
    `target` already.
    """
    target.mkdir(parents=True)
    (target / "test_logits").mkdir()
    shutil.copy(run_folder / "config.json", target)
    shutil.copytree(run_folder / "landscapes", target / "landscapes")
    (target / "events.jsonl").write_text("".join(_fewer((run_folder / "events.jsonl").read_text("utf-8"))), "utf-8")
    np.save(target / "test_labels.npy", np.load(run_folder / "test_labels.npy", allow_pickle=False).astype(np.uint8))
    for file in (run_folder / "test_logits").glob("*.npy"):
        np.save(target / "test_logits" / file.name, halved(np.load(file, allow_pickle=False)))
    drawn = json.loads((run_folder / "config.json").read_text("utf-8"))["dataset"] == "synthetic"
    for name in (*WHOLE, *["sample_images.npy"] * drawn):
        if (run_folder / name).exists():
            shutil.copy(run_folder / name, target)
    weights = torch.load(run_folder / "weights.pt", map_location="cpu", weights_only=True)
    if sum(value.nbytes for value in weights.values()) > LARGE:
        for name, value in weights.items():  # in place, to keep the versions of the layers that come with it
            weights[name] = value.half() if value.is_floating_point() else value
    torch.save(weights, target / "weights.pt")


def halved(logits: np.ndarray) -> np.ndarray:
    """Return logits (n, 10) as float16, in which the same one of each row is the largest.

    Where rounding has made another one as large, it is rounded up instead.
    """
    halves, largest = logits.astype(np.float16), logits.argmax(axis=1)
    tied = np.flatnonzero(halves.argmax(axis=1) != largest)
    halves[tied, largest[tied]] = np.nextafter(halves[tied].max(axis=1), np.float16(np.inf))
    return halves


def _fewer(events: str) -> list[str]:
    """Return the lines of the events, with only one in `SAMPLES` of the samples events, and the last."""
    lines = events.splitlines(keepends=True)
    samples = [i for i, line in enumerate(lines) if json.loads(line)["event"] == "samples"]
    left_out = set(samples) - {*samples[::SAMPLES], *samples[-1:]}
    return [line for i, line in enumerate(lines) if i not in left_out]


if __name__ == "__main__":
    main()
