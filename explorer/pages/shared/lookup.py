"""What is opened of a run: its folder, the evaluations that can be shown, and its classes as people read them."""

import contextlib
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from explorer import runs
from explorer.images.cifar10_classes import CIFAR10
from explorer.runs.results import Results
from explorer.shell.texts import Words

LONGEST = 30  # letters of a class's name


def folder(run: str) -> Path | None:
    """Return the folder of a recorded run or of one of this server, or None."""
    found = runs.of_this_server().find(run)
    return found.folder.path if found else None


def usable(results: Results) -> list[int]:
    """Return the epochs of the evaluations whose logits are whole and finite."""
    there = []
    for epoch in results.evaluations():
        with contextlib.suppress(OSError):  # a link, or gone meanwhile
            there += results.versions([epoch])
    return _whole(str(results.path), tuple(there))


@st.cache_data(max_entries=100, show_spinner=False)
def _whole(place: str, versions: tuple) -> list[int]:
    results = Results(Path(place))

    def whole(epoch: int) -> bool:
        try:
            return bool(np.isfinite(results.logits(epoch)).all())
        except (OSError, ValueError):
            return False

    return [epoch for epoch, *_ in versions if whole(epoch)]


def names_of(words: Words, classes: Sequence[str]) -> list[str]:
    """Return the names of a run's classes: of CIFAR-10 and of the shapes in the visitor's language, others as they are.

    Anybody may have made the run: of a long name the beginning is shown, its letters and digits, of one without any the
    class's number.
    """
    known = words.table("shapes") | words.table("classes")
    if len(classes) == len(CIFAR10) and all(name in known for name in classes):
        return [known[name] for name in classes]
    return [_letters(name) or str(k) for k, name in enumerate(classes)]


def _letters(name: str) -> str:
    found = " ".join(re.findall(r"[^\W_]+", name[: 10 * LONGEST]))
    return found if len(found) <= LONGEST else found[:LONGEST] + "…"
