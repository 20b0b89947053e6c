"""Both descents step by step: probabilities and losses at one step, drawn by the browser as it is moved or played."""

import numpy as np

from explorer.components import assets
from explorer.figures.theme import CLASS_COLOURS
from explorer.shell.settings import Settings
from explorer.shell.texts import Words

_mount = assets.component("descent_board")


def descent_board(
    settings: Settings,
    words: Words,
    classes: list[str],
    softmax: dict[str, np.ndarray] | None,
    sigmoid: dict[str, np.ndarray],
) -> str:
    """Show the board for the settings `step` and `y`, and return the name under which it publishes its values.

    softmax, sigmoid: the `probabilities` (steps × classes) and the `loss` (steps) along each path; None where
    softmax has no loss. Published: step, softmax and sigmoid (the losses), p0 … and s0 … (the probabilities).
    """
    key = f"{settings.page}.descent"
    data = {
        "board": key,
        "state": settings.values("step", "y", "several"),
        "presets": settings.presets_within("step"),
        "classes": classes,
        "colours": CLASS_COLOURS[: len(classes)],
        "paths": {name: path and _short(path) for name, path in (("softmax", softmax), ("sigmoid", sigmoid))},
        "words": words.table("descent_board"),
    }
    _mount(key=key, data=data, on_state_change=settings.on_state_change(key))
    return key


def _short(path):
    """Six digits, more than are shown: a path has some thousand numbers."""
    return {name: [_six_digits(row) for row in np.asarray(values)] for name, values in path.items()}


def _six_digits(row):
    return [float(f"{value:.6g}") for value in row] if np.ndim(row) else float(f"{row:.6g}")
