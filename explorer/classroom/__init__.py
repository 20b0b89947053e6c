"""What people in one room do together: rounds of the game, which somebody leads and others join by a link or a code."""

import functools

from explorer import runs
from explorer.classroom.registry import Classroom

FOLDER = "classroom"  # in the folder of the runs


@functools.cache
def of_this_server() -> Classroom:
    """Return what goes on in the rooms of this server."""
    return Classroom(runs.of_this_server().limits.folder / FOLDER)
