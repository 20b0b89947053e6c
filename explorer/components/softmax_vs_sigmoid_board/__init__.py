"""The same logits through one softmax and through independent sigmoids, drawn by the browser as they move."""

from explorer.components import assets
from explorer.figures.theme import CLASS_COLOURS
from explorer.shell.settings import Settings
from explorer.shell.texts import Words

_mount = assets.component("softmax_vs_sigmoid_board")
SLIDER = (-10, 10)


def softmax_vs_sigmoid_board(settings: Settings, words: Words, classes: list[str]) -> str:
    """Show the board for the settings `z`, `y` (the names "0" … of the true classes) and `several`; return its name.

    Its figure, a row of bars for each class, and its "sums" stand where `board_figure` makes room for them.
    `z` may hold more logits than there are classes: the first ones are shown, the others kept.
    """
    key = f"{settings.page}.board"
    data = {
        "board": key,
        "state": settings.values("z", "y", "several"),
        "presets": settings.presets_within("z", "y", "several"),
        "classes": classes,
        "colours": CLASS_COLOURS[: len(classes)],
        "limits": {"slider": SLIDER, "z": (settings.specs["z"].low, settings.specs["z"].high)},
        "words": words.table("softmax_vs_sigmoid_board"),
    }
    _mount(key=key, data=data, on_state_change=settings.on_state_change(key))
    return key
