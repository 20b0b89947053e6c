"""Make a small copy of a finished run to ship with the explorer: python -m explorer.training.export_recorded --help"""

import argparse
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import torch

SAMPLES = 10  # one in so many samples events is kept


def main(arguments: list[str] | None = None) -> None:
    """Export the run that the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m explorer.training.export_recorded", description=__doc__)
    parser.add_argument("run_folder", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--numbers-only", action="store_true", help="no image, no weights, and the logits as float16")
    export(**vars(parser.parse_args(arguments)))


def export(run_folder: Path, target: Path, numbers_only: bool = False) -> None:
    """Copy a run without checkpoint and snapshots, its weights as float16 and fewer samples events.

    numbers_only: for photographs that may not be published: no images and no weights, labels as uint8, logits as
    float16. Raises FileExistsError if `target` exists.
    """
    target.mkdir(parents=True)
    (target / "test_logits").mkdir()
    shutil.copy(run_folder / "config.json", target)
    shutil.copytree(run_folder / "landscapes", target / "landscapes")
    (target / "events.jsonl").write_text("".join(_fewer((run_folder / "events.jsonl").read_text("utf-8"))), "utf-8")
    labels = np.load(run_folder / "test_labels.npy", allow_pickle=False)
    np.save(target / "test_labels.npy", labels.astype(np.uint8) if numbers_only else labels)
    for file in (run_folder / "test_logits").glob("*.npy"):
        logits = np.load(file, allow_pickle=False)
        np.save(target / "test_logits" / file.name, logits.astype(np.float16) if numbers_only else logits)
    if not numbers_only:
        for name in ("sample_images.npy", "sample_index.npy", "filters.npy"):
            shutil.copy(run_folder / name, target)
        weights = torch.load(run_folder / "weights.pt", map_location="cpu", weights_only=True)
        halves = {name: value.half() if value.is_floating_point() else value for name, value in weights.items()}
        torch.save(halves, target / "weights.pt")


def _fewer(events: str) -> list[str]:
    """Return the lines of the events, with only one in `SAMPLES` of the samples events."""
    lines = events.splitlines(keepends=True)
    samples = [i for i, line in enumerate(lines) if json.loads(line)["event"] == "samples"]
    left_out = set(samples) - set(samples[::SAMPLES])
    return [line for i, line in enumerate(lines) if i not in left_out]


if __name__ == "__main__":
    sys.exit(main())
