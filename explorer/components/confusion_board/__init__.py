"""The confusion matrix as a table of buttons: a click on a cell chooses the images that the microscope shows."""

import numpy as np

from explorer.components import assets
from explorer.figures.theme import CLASS_COLOURS
from explorer.shell.settings import Settings
from explorer.shell.texts import Words

_mount = assets.component("confusion_board")


def confusion_board(settings: Settings, words: Words, classes: list[str], counts: np.ndarray, alt: str) -> None:
    """Show `counts` (K, K), rows the true classes; a click sets `true`, `predicted`, and opens the microscope."""
    key = f"{settings.page}.confusion"
    data = {
        "state": settings.values("part", "true", "predicted", "verdict", "at", "sample"),
        "counts": counts,
        "classes": classes,
        "colours": CLASS_COLOURS,
        "alt": alt,
        "words": words.table("confusion_board"),
    }
    _mount(key=key, data=data, on_state_change=settings.on_state_change(key))
