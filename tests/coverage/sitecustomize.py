"""Notes which lines of explorer/ a process runs, in every process of a test run that finds this file on its path.

Python imports a module of this name when it starts: in the processes that test, in the servers that they open, and in
the training programs that those start. A process that is killed notes nothing.

Lines are noted by probes in the byte code. pytest-cov (`patch = subprocess`) would need a tracing function before
Python 3.12: 131 tests of a page and of runs took 29 s of processor time without coverage, 32 s so, and 59 s with it.
"""

import ast
import atexit
import builtins
import functools
import json
import os
import signal
import types
from importlib.machinery import SourceFileLoader
from pathlib import Path

from slipcover import Slipcover

FOLDER = f"{Path(__file__).parents[2] / 'explorer'}{os.sep}"
probes = Slipcover(d_miss_threshold=-1)  # probes stay where they are: threads may be running there


def counted(code):
    """Return `code` with probes in it, if it is of a file in explorer/."""
    is_ours = isinstance(code, types.CodeType) and str(Path(code.co_filename).absolute()).startswith(FOLDER)
    return probes.instrument(code) if is_ours else code


def write() -> None:
    """Write the lines that have been run, by file, into the folder that the environment names."""
    files = probes.get_coverage()["files"]
    lines = {str(Path(name).absolute()): found["executed_lines"] for name, found in files.items()}
    notes = Path(os.environ["EXPLORER_COVERAGE"], f"{os.getpid()}.json")
    begun = notes.with_suffix(".part")  # whoever is killed here leaves no half of one
    begun.write_text(json.dumps(lines))
    begun.replace(notes)


def _end(number: int, _) -> None:
    """Write, and end as without this: uvicorn hands a signal on to whoever had it before."""
    write()
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


def _leave(status: int, leave=os._exit) -> None:
    """Write, and end at once, as the training program does."""
    write()
    leave(status)


def _wrap(owner, name: str, applies) -> None:
    plain = getattr(owner, name)

    @functools.wraps(plain)
    def wrapped(*arguments, **options):
        found = plain(*arguments, **options)
        return counted(found) if applies(*arguments) else found

    setattr(owner, name, wrapped)


_wrap(SourceFileLoader, "get_code", lambda *_: True)  # modules, and a program's own
_wrap(builtins, "compile", lambda source, *_: isinstance(source, ast.AST))  # Streamlit's scripts
atexit.register(write)
os._exit = _leave
signal.signal(signal.SIGTERM, _end)
