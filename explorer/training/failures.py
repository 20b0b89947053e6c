"""How a run ends when it cannot go on."""

UNRECORDED = 3  # the exit status of a run that failed and could not write so into its folder: the disk is full


class Failure(Exception):
    """A run that cannot go on: `code` is for programs (a page translates by it), the message for people."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


class Stopped(Exception):
    """Somebody asked the run to stop before it began to train."""
