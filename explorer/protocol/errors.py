"""How a run ends when it cannot go on."""

from collections.abc import Iterator
from contextlib import contextmanager

UNRECORDED = 3  # the exit status of a run that failed and could not write so into its folder: the disk is full


class Failure(Exception):
    """A run that cannot go on: `code` is for programs (a page translates by it), the message for people."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


class Stopped(Exception):
    """Somebody asked the run to stop before it began to train."""


def memory_ran_out(error: Exception) -> bool:
    """Whether an error says so: torch does in words, on the CPU and on a GPU, and so do its libraries."""
    words = ("can't allocate memory", "out of memory", "Cannot allocate memory", "failed to map segment")
    of_onednn = "could not create a primitive"  # which computes convolutions on a CPU
    return isinstance(error, MemoryError) or any(said in str(error) for said in (*words, of_onednn))


@contextmanager
def memory_for(code: str, what: str) -> Iterator[None]:
    """Let it be said, by the Failure `code`, what the memory was wanted for if it runs out in this block."""
    try:
        yield
    except Failure:
        raise
    except Exception as error:
        if not memory_ran_out(error):
            raise
        raise Failure(code, f"there is not enough memory for {what}: {error}") from error
