"""The codes by which pages translate what happens to a run, and the exceptions that end one."""

from collections.abc import Iterator
from contextlib import contextmanager

UNRECORDED = 3  # the exit status of a run that failed, and could not record it because the disk is full

# The codes of failures, by what fails; each has a sentence in the texts but for the last two, which show their message.
OF_DATA = {"download", "download-page", "no-fetch", "checksum", "archive"}
OF_DATA |= {"data-dir", "data-unreadable", "cache", "train-size"}
OF_FOLDERS = {"folder-missing", "class-count", "class-names", "class-case", "class-empty", "class-few"}
OF_FOLDERS |= {"link", "picture-size", "picture-damaged"}
OF_MEMORY = {"memory", "memory-images", "memory-model", "memory-torch"}
OF_A_TRAINING = {"start", "device", "resume", "disk", "run-dir", "run-dir-taken"}
OF_A_TRAINING |= OF_DATA | OF_FOLDERS | OF_MEMORY
OF_THE_WEIGHTS = {"no-weights", "weights", "diverged"}
OF_A_LANDSCAPE = {"folder-missing", "other-data", "no-path", "snapshots", "too-long", "interrupted", "start"}
OF_AN_IMAGE = {"empty", "bytes", "pixels", "unknown", "damaged", "waiting", "busy", "slow", "start", "died"}
OF_AN_UPLOAD = {"off", "origin", "secret", "bytes", "busy", "often", "slow", "disk"}
OF_AN_UPLOAD |= {"zip", "entries", "path", "link", "encrypted", "compression", "twice", "unknown", "missing", "large"}
OF_AN_UPLOAD |= {"damaged", "config", "event", "lines", "array", "landscape", "weights"}
OF_OWN_IMAGES = OF_AN_UPLOAD - {"unknown", "missing", "config", "event", "lines", "array", "landscape", "weights"}
OF_OWN_IMAGES |= OF_FOLDERS | {"images"}
FAILURES = OF_A_TRAINING | OF_THE_WEIGHTS | OF_A_LANDSCAPE | OF_AN_IMAGE | {"folder", "error"}

NOTICES = {"synthetic-instead", "left-out"}
PREPARATION = {"wait", "extract", "download", "retry", "check", "decode", "draw", "model"}
PROGRESS = PREPARATION | {"evaluate", "landscape"}
# What messages say when memory ran out; torch and its libraries have no exception for it.
OUT_OF_MEMORY = (
    "can't allocate memory",
    "out of memory",
    "Cannot allocate memory",
    "failed to map segment",
    "could not create a primitive",  # oneDNN, which computes convolutions on a CPU
    "Unable to find a valid cuDNN algorithm",  # cuDNN on a small GPU, which needs memory to work in; so the next two
    "unable to find an engine",
    "ALLOC_FAILED",
)
REASONS = (None, "epochs", "seconds", "stopped")  # for which a training finishes; None: it goes on


def known(code: str, table: set[str]) -> str:
    """Return `code`; raise ValueError if it is not in the table."""
    if code not in table:
        raise ValueError(f"{code!r} is none of {', '.join(sorted(table))}")
    return code


class Failure(Exception):
    """A run that cannot go on. The message is for people.

    Programs read `code`, one of FAILURES, and `values`, which fill in its sentence on a page.
    """

    def __init__(self, code: str, message: str, **values):
        super().__init__(message)
        self.code = known(code, FAILURES)
        self.values = values


class Stopped(Exception):
    """The run was asked to stop before it began to train."""


def memory_ran_out(error: Exception) -> bool:
    """Whether memory ran out."""
    return isinstance(error, MemoryError) or any(said in str(error) for said in OUT_OF_MEMORY)


@contextmanager
def memory_for(code: str, what: str) -> Iterator[None]:
    """Raise the Failure `code` if memory runs out in this block; its message says that it was wanted for `what`."""
    try:
        yield
    except Failure:
        raise
    except Exception as error:
        if not memory_ran_out(error):
            raise
        raise Failure(code, f"there is not enough memory for {what}: {error}") from error
