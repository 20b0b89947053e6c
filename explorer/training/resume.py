"""The settings of a run that is to be resumed, read from its folder."""

from pathlib import Path

from explorer.protocol.errors import Failure
from explorer.protocol.json_numbers import loads
from explorer.protocol.options import OF_THE_MACHINE, OPTIONS
from explorer.protocol.recipes import complete


def settings_of(folder: Path) -> dict[str, object]:
    """Return the settings with which the run in `folder` was started; raise Failure if there is none.

    Options that are newer than the run have their general defaults, whatever the recipe says of them by now.
    """
    try:
        saved = loads((folder / "config.json").read_text("utf-8"))["configuration"]
        read = {
            option.name: option.read(saved[option.name])
            for option in OPTIONS
            if option.name not in OF_THE_MACHINE and saved.get(option.name) is not None
        }
        return complete(read | {"recipe": None}) | {"recipe": read.get("recipe")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Failure("resume", f"{folder} holds no run to resume: {error}") from None
