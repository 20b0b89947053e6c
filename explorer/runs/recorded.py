"""The recorded runs that come with the explorer; explorer/recorded/README.md says how they were made."""

import functools
import json
import tomllib
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "recorded"
NAMES = ("synthetic", "cifar10")


@functools.cache
def about(name: str) -> dict:
    """Return when, where and how the run `name` was made: date, cores, processor, python, numpy, torch, command."""
    facts = tomllib.loads((FOLDER / "about.toml").read_text("utf-8"))[name]
    return facts | {"torch": json.loads((FOLDER / name / "config.json").read_text("utf-8"))["torch"]}
