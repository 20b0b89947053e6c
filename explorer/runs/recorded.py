"""The finished runs that come with the explorer (explorer/recorded/README.md says how they were made)."""

from pathlib import Path

FOLDER = Path(__file__).parent.parent / "recorded"
NAMES = ("synthetic", "cifar10")
