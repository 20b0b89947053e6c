"""The settings of a run that is to be resumed, read from its folder."""

from pathlib import Path

from explorer.protocol.errors import Failure
from explorer.protocol.json_numbers import loads
from explorer.protocol.options import configured


def settings_of(folder: Path) -> dict[str, object]:
    """Return the settings with which the run in `folder` was started; raise Failure if there is none."""
    try:
        return configured(loads((folder / "config.json").read_text("utf-8"))["configuration"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Failure("resume", f"{folder} contains no run that can be read: {error}") from None
