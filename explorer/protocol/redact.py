"""What everybody may read of an error: without the places of this machine's folders. The log keeps the whole."""

import os
import re
import sys
from pathlib import Path

VARIABLES = ("EXPLORER_DATA_DIR", "EXPLORER_RUNS_DIR", "XDG_CACHE_HOME")


def without_places(text: str, *folders: Path | None) -> str:
    """Return `text` with other words for the folders of this machine: what helps whoever set it up, and tells no more.

    What the environment names becomes the variable's name, each of `folders` its last name, home ~.

    >>> without_places("cannot read /mnt/ann/pictures/cat.jpg", Path("/mnt/ann/pictures"))
    'cannot read …/pictures/cat.jpg'
    """
    words = {sys.prefix: "…", str(Path(__file__).parents[2]): "…", str(Path.home()): "~"}
    words |= {str(folder): f"…/{folder.name}" for folder in filter(None, folders)}
    words |= {os.environ[name]: name for name in VARIABLES if os.environ.get(name)}
    words |= {os.path.realpath(place): word for place, word in words.items()}
    for place in sorted(words, key=len, reverse=True):
        if Path(place).is_absolute() and len(Path(place).parts) > 1:
            # As it is, or as Python quotes it; no folder that only begins with the same letters.
            for written in (place, repr(place)[1:-1]):
                text = re.sub(re.escape(written.rstrip(os.sep)) + r"(?=[\\/\s'\":,;)]|$)", words[place], text)
    return text
