"""The logistic board: one logit and the observed label, drawn by the browser as the logit moves."""

from explorer.components import assets
from explorer.figures.logistic import LABEL_COLOURS
from explorer.shell.settings import Settings
from explorer.shell.texts import Words

_mount = assets.component("logistic_board")
SLIDER = (-10, 10)


def logistic_board(settings: Settings, words: Words) -> str:
    """Show the board for the settings `z` and `y`, and return the name under which it publishes its values.

    Its formulas, which include the squared error if it is compared, are its figure.
    Published: z, y; p1 and p0, the probabilities of the labels; p, loss and gradient of the observed label, and
    squared and squared_gradient, those of the squared error; slope, that of the sigmoid.
    """
    board = f"{settings.page}.board"
    data = {
        "board": board,
        "state": settings.values("z", "y"),
        **settings.values("squared"),
        "presets": settings.presets_within("z", "y"),
        "colours": LABEL_COLOURS,
        "limits": {"slider": SLIDER, "z": (settings.specs["z"].low, settings.specs["z"].high)},
        "words": words.table("logistic_board"),
    }
    key = f"{board}.{words.language}"  # a component keeps what it was built with: other words need another one
    _mount(key=key, data=data, on_state_change=settings.on_state_change(key))
    return board
