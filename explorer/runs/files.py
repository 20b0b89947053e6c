"""Files of a run folder, which may have been made by anybody: plain ones only, and arrays without pickles."""

import stat
from pathlib import Path

import numpy as np


def plain(path: Path) -> Path:
    """Return `path` if it is a file in its run folder; raise OSError for a link, a pipe, or nothing at all."""
    linked = path.parent.is_symlink()  # of a run folder's sub-folder, or the run folder itself
    if linked or not stat.S_ISREG(path.lstat().st_mode):
        raise OSError(f"{path} is no plain file")
    return path


def array(path: Path) -> np.memmap:
    """Return the array in the file, mapped; raise OSError or ValueError if there is none, or one of objects."""
    return np.lib.format.open_memmap(plain(path), mode="r")
