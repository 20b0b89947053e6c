"""Images that a visitor brings as a ZIP file, to train on: unpacked, decoded by the training program, and kept small.

Only the images of 32×32 pixels are kept, as the training program writes decoded images: all of them in a folder that is
removed after some hours, and copies with the runs that are started on them.
"""

import json
import os
import secrets
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from explorer.protocol.data_sources import ABOUT, MOST_OWN, SPLITS, SUFFIXES
from explorer.protocol.safe_files import array
from explorer.runs.job import Job
from explorer.runs.limits import Refused
from explorer.runs.storage import HALF_OPENED, ID, OWN_IMAGES
from explorer.runs.zipped import check_compression, entries, inflate, opened, shown

SECONDS = 90.0  # in which the images have to be decoded
POLL = 0.1
LONGEST = 200  # bytes of a name, which disks can hold
DEEPEST = 4  # names in a path: a folder around all others, train or test, a class, an image
LEFT_OUT = "left_out.json"  # beside the decoded images: the program's notice of what it left out, or null


@dataclass(frozen=True)
class OwnImages:
    """Images that somebody has brought: their folder, the names of the classes, and how many images each has.

    `held_out`: whether those to test on are still among the others, so that a training has to hold them out;
    `left_out`: how many files and folders were left out, and the "first" of them, None if there were none.
    """

    folder: Path
    classes: list[str]
    counts: list[int]
    held_out: bool
    left_out: dict | None

    def examples(self, count: int) -> list[np.ndarray]:
        """Return the first images of each class, uint8 (count or fewer, 32, 32, 3)."""
        labels, images = (array(self.folder / f"train_{what}.npy") for what in ("labels", "images"))
        return [np.array(images[np.flatnonzero(labels == k)[:count]]) for k in range(len(self.classes))]


def find(id: str, home: Path) -> OwnImages | None:
    """Return the images with this id among those in the folder of the runs, None if they are gone."""
    folder = home / f"{OWN_IMAGES}{id}"
    if not ID.fullmatch(id):
        return None
    try:
        classes = json.loads((folder / ABOUT).read_text("utf-8"))["classes"]
        left_out = json.loads((folder / LEFT_OUT).read_text("utf-8"))
        train, test = (array(folder / f"{split}_labels.npy") for split in SPLITS)
    except (OSError, ValueError):
        return None
    counts = np.bincount(np.concatenate([train, test]), minlength=len(classes))
    return OwnImages(folder, classes, counts.tolist(), not len(test), left_out)


def keep(folder: Path) -> None:
    """Keep these images for some hours from now. Raises Refused if they are gone."""
    try:
        os.utime(folder)
    except FileNotFoundError:
        raise Refused("no_images") from None


def take(packed: BinaryIO, home: Path, most: int, process: Callable[[list[str], Path], subprocess.Popen]) -> str:
    """Unpack and decode the images in a ZIP file of folders, and return the id by which `find` gives them.

    home: the folder of the runs; most: bytes unpacked; process: starts the training program with arguments and a log.
    Raises Refused, with a code of `errors.OF_OWN_IMAGES` or another of the program's, or OSError if the disk is full.
    """
    with tempfile.TemporaryDirectory(prefix=HALF_OPENED, dir=home) as place:
        folder = Path(place) / "images"
        folder.mkdir()
        _unpack(packed, folder, most)
        told = _decode(folder, Path(place) / "log", process)
        (decoded,) = (folder / ".decoded").glob("[!.]*")
        (decoded / LEFT_OUT).write_text(json.dumps(told.get("notice")), "utf-8")
        id = secrets.token_urlsafe(12)
        decoded.rename(home / f"{OWN_IMAGES}{id}")
    return id


def _unpack(packed: BinaryIO, folder: Path, most: int) -> None:
    """Unpack the images; of other files, and of folders in a class, only the names, which tell what is left out."""
    archive, left, images = opened(packed), most, 0
    for name, entry in entries(archive).items():
        parts = name.split("/")
        if any(part.startswith(".") for part in parts):
            continue  # as in any data folder, where the training program keeps its own files under such names
        if any(len(part.encode("utf-8", "replace")) > LONGEST for part in parts):
            raise Refused("path", name=shown(name))
        place = folder.joinpath(*parts[:DEEPEST])
        try:
            if len(parts) > DEEPEST:
                place.mkdir(parents=True, exist_ok=True)
                continue
            if not name.lower().endswith(SUFFIXES):
                place.parent.mkdir(parents=True, exist_ok=True)
                place.touch()
                continue
            images += 1
            if images > MOST_OWN:
                raise Refused("images", most=MOST_OWN)
            check_compression(entry, name)
            left -= inflate(archive, entry, name, place, left, Refused("large", name=shown(name), most=most / 1e6))
        except (FileExistsError, NotADirectoryError, IsADirectoryError, UnicodeError):
            raise Refused("path", name=shown(name)) from None


def _decode(folder: Path, log: Path, process: Callable[[list[str], Path], subprocess.Popen]) -> dict:
    """Have the training program decode the images, and return its last event. Raises Refused."""
    job = Job(process, ["fetch", "--dataset", "folder", "--data-dir", str(folder), "--json"], log)
    until = time.monotonic() + SECONDS
    try:
        while (ended := job.ended()) is None:
            if time.monotonic() > until:
                raise Refused("slow", seconds=round(SECONDS))
            time.sleep(POLL)
    finally:
        job.trainer.close()
    if ended["event"] != "finished":
        values = {name: value for name, value in ended.items() if name not in ("event", "code", "message")}
        raise Refused(ended["code"], **values)
    return ended
