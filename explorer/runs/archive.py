"""A run's folder as one file to download."""

import re
import tempfile
import zipfile
from pathlib import Path
from typing import BinaryIO

# All files of a run but its log, which may contain paths of the server.
ARRAYS = "test_labels|test_images|sample_index|sample_images|fingerprints|templates|filters"
NAMES = re.compile(
    rf"(config\.json|events\.jsonl|weights\.pt|({ARRAYS})\.npy|test_logits/\d{{4,9}}\.npy|landscapes/[\w.-]{{1,80}}\.json)",
    re.ASCII,
)


def pack(folder: Path) -> BinaryIO:
    """Return a ZIP file, open at its beginning, of the files in `folder` that belong to a run.

    Links and files with other names are left out.
    """
    packed = tempfile.TemporaryFile()  # noqa: SIM115 (closed by whoever sends it)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in sorted([*folder.glob("*"), *folder.glob("test_logits/*"), *folder.glob("landscapes/*")]):
            name = file.relative_to(folder).as_posix()
            linked = file.is_symlink() or file.parent.is_symlink()
            if NAMES.fullmatch(name) and file.is_file() and not linked:
                archive.write(file, f"{folder.name}/{name}")
    packed.seek(0)
    return packed
