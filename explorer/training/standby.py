"""A process that has done all it can before it is told what to do: `python -m explorer.training wait`."""

import contextlib
import io
import json
import os
from pathlib import Path


def wait() -> list[str] | None:
    """Get ready, then return the arguments that this process is to run with; None if its input ends without any."""
    with contextlib.suppress(Exception):  # what goes wrong here does so again in the run, which reports it
        from explorer.training import warm_up

        warm_up.prepare()
    return ordered()


def ordered() -> list[str] | None:
    """Wait for arguments and return them; None if the input ends without any.

    They come as one line of standard input, {"arguments": […], "output": file, "log": file}: where standard output
    and standard error go from then on, null for where they are. What follows in the input is for the program.
    """
    # Unbuffered, a byte at a time: the commands that may follow are not for us.
    line = io.FileIO(0, closefd=False).readline()
    if not line:
        return None
    order = json.loads(line)
    for descriptor, name in ((1, order["output"]), (2, order["log"])):
        if name is not None:
            with Path(name).open("ab") as file:
                os.dup2(file.fileno(), descriptor)
    return order["arguments"]
