"""A spare process that prepares, and then waits for its arguments: `python -m explorer.training wait`."""

import contextlib
import io
import json
import os
from collections.abc import Callable
from pathlib import Path


def wait() -> list[str] | None:
    """Prepare, then return the arguments for this process; None if its input ends without any."""
    with contextlib.suppress(Exception):  # the run meets the same error again, and reports it
        from explorer.training import warm_up

        warm_up.prepare()
    return read_order(rehearse)


def rehearse(arguments: list[str]) -> None:
    """Do ahead what takes seconds the first time that a run with these arguments is started."""
    with contextlib.suppress(Exception):  # as above
        from explorer.training import warm_up

        warm_up.rehearse(arguments)


def read_order(rehearse: Callable[[list[str]], None]) -> list[str] | None:
    """Wait for arguments and return them; None if the input ends without any.

    They come in one line of standard input, {"arguments": […], "output": file, "log": file}. Standard output and
    standard error are redirected to the two files, unless they are null. Further input is for the program. Lines before
    it, {"rehearse": […]}, say what arguments are likely to come.
    """
    # Unbuffered, byte by byte, to leave the commands that may follow in the input.
    lines = io.FileIO(0, closefd=False)
    while line := lines.readline():
        order = json.loads(line)
        if "arguments" in order:
            break
        rehearse(order["rehearse"])
    else:
        return None
    for descriptor, name in ((1, order["output"]), (2, order["log"])):
        if name is not None:
            with Path(name).open("ab") as file:
                os.dup2(file.fileno(), descriptor)
    return order["arguments"]
