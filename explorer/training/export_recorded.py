"""Make a small copy of a finished run to ship with the explorer: python -m explorer.training.recording --help"""

import argparse
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import torch

SAMPLES = 10  # of the samples events one in so many is kept


def main(arguments: list[str] | None = None) -> None:
    """Copy the run that the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m explorer.training.recording", description=__doc__)
    parser.add_argument("run_folder", type=Path)
    parser.add_argument("place", type=Path)
    parser.add_argument("--numbers-only", action="store_true", help="no picture, no weights, and the logits as float16")
    record(**vars(parser.parse_args(arguments)))


def record(run_folder: Path, place: Path, numbers_only: bool = False) -> None:
    """Copy a run without checkpoint and snapshots, its weights as float16 and fewer samples events.

    numbers_only: for photographs that may not be passed on. No pictures and no weights, labels as uint8, logits as
    float16. Raises FileExistsError if there is anything at `place`.
    """
    place.mkdir(parents=True)
    (place / "test_logits").mkdir()
    shutil.copy(run_folder / "config.json", place)
    shutil.copytree(run_folder / "landscapes", place / "landscapes")
    (place / "events.jsonl").write_text("".join(_fewer((run_folder / "events.jsonl").read_text("utf-8"))), "utf-8")
    labels = np.load(run_folder / "test_labels.npy", allow_pickle=False)
    np.save(place / "test_labels.npy", labels.astype(np.uint8) if numbers_only else labels)
    for file in (run_folder / "test_logits").glob("*.npy"):
        logits = np.load(file, allow_pickle=False)
        np.save(place / "test_logits" / file.name, logits.astype(np.float16) if numbers_only else logits)
    if not numbers_only:
        for name in ("sample_images.npy", "sample_index.npy", "filters.npy"):
            shutil.copy(run_folder / name, place)
        weights = torch.load(run_folder / "weights.pt", map_location="cpu", weights_only=True)
        halves = {name: value.half() if value.is_floating_point() else value for name, value in weights.items()}
        torch.save(halves, place / "weights.pt")


def _fewer(events: str) -> list[str]:
    """Return the lines of the events, of the samples events one in `SAMPLES`."""
    lines = events.splitlines(keepends=True)
    samples = [i for i, line in enumerate(lines) if json.loads(line)["event"] == "samples"]
    left_out = set(samples) - set(samples[::SAMPLES])
    return [line for i, line in enumerate(lines) if i not in left_out]


if __name__ == "__main__":
    sys.exit(main())
