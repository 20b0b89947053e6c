"""The weights board: sliders for the weights and the bias, and their likelihood and loss, updated as they move."""

import hashlib

import numpy as np

from explorer.components import assets
from explorer.figures.logistic import FEW
from explorer.protocol.json_numbers import dumps
from explorer.shell.settings import Settings
from explorer.shell.texts import Words

_mount = assets.component("weights_board")


LIKELIHOOD = ("likelihood", "log_likelihood", "loss")


def weights_board(
    settings: Settings,
    words: Words,
    names: tuple[str, ...],
    x: np.ndarray,
    y: np.ndarray,
    grid: np.ndarray,
    l2: float = 0.0,
    numbers: tuple[str, ...] = ("loss",),
    points: str = "",
) -> str:
    """Show the board for the settings `names`, the bias last, and return the name under which it publishes its values.

    x, y: the samples (m × d, d = 1 or 2 features) and their labels; grid: the points at which the model is drawn along
    a feature; numbers: those of `LIKELIHOOD` that are shown.
    points: the board whose points the samples are, if they can be moved: what is shown follows them.
    Published, as `figures.logistic` draws it: the settings, loss, curve (d = 1) or surface (d = 2), bars0 and bars1
    (of the samples of either label) with feet0 and feet1, where they are along the first feature, and the running
    log_product and log_sum of the likelihood.
    """
    samples = {"x": x, "y": y, "grid": grid, "l2": l2, "few": len(x) <= FEW}
    # A figure of other samples must not follow what was published for these.
    board = f"{settings.page}.weights.{hashlib.sha256(dumps(samples).encode()).hexdigest()[:8]}"
    limits = {name: (settings.specs[name].low, settings.specs[name].high) for name in names}
    data = {
        "board": board,
        "names": names,
        "state": settings.values(*names),
        "presets": settings.presets_within(*names),
        "limits": limits,
        "numbers": numbers,
        "samples": samples,
        "points": points,
        "words": words.table("weights_board"),
    }
    # A component keeps what it was built with: other sliders or words need another one.
    key = f"{settings.page}.weights.{'-'.join(names + numbers)}.{words.language}"
    _mount(key=key, called=f"{settings.page}.weights", data=data, on_state_change=settings.on_state_change(key))
    return board
