"""Error messages for visitors: without the paths of this machine's folders. The log keeps the whole message."""

import os
import re
import sys
from pathlib import Path

VARIABLES = ("EXPLORER_DATA_DIR", "EXPLORER_RUNS_DIR", "XDG_CACHE_HOME")


def without_paths(text: str, *folders: Path | None) -> str:
    """Return `text` with the folders of this machine replaced by names that still help whoever set it up.

    A folder named by an environment variable becomes the variable's name, each of `folders` its last part, home "~".

    >>> without_paths("cannot read /mnt/ann/pictures/cat.jpg", Path("/mnt/ann/pictures"))
    'cannot read …/pictures/cat.jpg'
    """
    words = {sys.prefix: "…", str(Path(__file__).parents[2]): "…", str(Path.home()): "~"}
    words |= {str(folder): f"…/{folder.name}" for folder in filter(None, folders)}
    words |= {os.environ[name]: name for name in VARIABLES if os.environ.get(name)}
    words |= {os.path.realpath(path): word for path, word in words.items()}
    for path in sorted(words, key=len, reverse=True):
        if Path(path).is_absolute() and len(Path(path).parts) > 1:
            # As it is, and as Python quotes it; but no longer name that begins with the same letters.
            for written in (path, repr(path)[1:-1]):
                text = re.sub(re.escape(written.rstrip(os.sep)) + r"(?=[\\/\s'\":,;)]|$)", words[path], text)
    return text
