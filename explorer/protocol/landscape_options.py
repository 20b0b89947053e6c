"""The options of a loss landscape, and the file that it is written to. Nothing here needs torch."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from explorer.protocol.options import TABLE, Option, Parser, read

DEFAULTS = {"directions": "random", "points": 21, "samples": 500, "seed": 0}
SPAN = {"random": 1.0, "path": 0.25}

OPTIONS = (
    Option(
        "directions", str, "along two random directions, or along the training path; default random", ("random", "path")
    ),
    Option("points", int, "points along each side; default 21", minimum=3, maximum=201),
    Option(
        "samples", int, "test images in the mean loss, chosen by the seed; default 500", minimum=1, maximum=1_000_000
    ),
    Option(
        "span",
        float,
        "random: how far each filter is moved, in multiples of its norm, default 1; path: how far the plane extends "
        "beyond the training path, as a share of its length, default 0.25",
        minimum=0.001,
        maximum=100,
    ),
    Option("seed", int, "random seed for directions and images", minimum=0, maximum=2**32 - 1),
    Option("out", Path, "write the landscape into this folder instead of RUN_FOLDER/landscapes"),
    Option("events", Path, "write the events into this file instead of standard output"),
    *(TABLE[name] for name in ("data_dir", "device", "threads")),
    replace(TABLE["max_seconds"], help="give up after this many seconds"),
    *(TABLE[name] for name in ("commands", "json")),
)
BY_NAME = {option.name: option for option in OPTIONS}


def parse(arguments: list[str]) -> dict[str, object]:
    """Read a command line. Wrong arguments end the process with exit status 2 and a message."""
    parser = Parser(
        prog="python -m explorer.training landscape",
        description="Compute the loss on a plane through a run's trained weights.",
        allow_abbrev=False,
    )
    parser.add_argument("run_folder", type=Path, metavar="RUN_FOLDER")
    return complete(read(parser, OPTIONS, arguments))


def complete(settings: dict[str, object]) -> dict[str, object]:
    """Fill in defaults for the settings that are None or missing."""
    given = {name: value for name, value in settings.items() if value is not None}
    filled = settings | DEFAULTS | given
    return {"span": SPAN[filled["directions"]], "device": "auto"} | {k: v for k, v in filled.items() if v is not None}


def file_name(settings: dict[str, object]) -> str:
    """Return the name of the file that a landscape is written to; it contains all settings that change its numbers.

    >>> file_name(complete({"points": 11}))
    'random-11-500-1-0.json'
    >>> file_name(complete({"directions": "path", "seed": 4294967295}))
    'path-21-500-0.25-4294967295.json'
    """
    words = (settings[name] for name in ("directions", "points", "samples", "span", "seed"))
    return "-".join(word if isinstance(word, str) else f"{word:.15g}" for word in words) + ".json"


def sample_indices(images: int, samples: int, seed: int) -> np.ndarray:
    """Return the indices of a random sample of `images` images, in ascending order."""
    return np.sort(np.random.default_rng(seed).permutation(images)[:samples])
