"""The logit board: ten faders, the true class and the temperature, drawn by the browser as they move."""

from explorer.components import assets
from explorer.figures.theme import CLASS_COLOURS
from explorer.settings import Settings
from explorer.wire import to_wire
from explorer.words import Words

_mount = assets.component("logit_board")
FADER = (-10, 10)


def logit_board(settings: Settings, words: Words, classes: list[str]) -> str:
    """Show the board for the settings `z`, `y` and `T`, and return the name under which it publishes its values.

    Published: z0 … z9, p0 … p9, g0 … g9 (softmax − onehot), loss, T, y.
    """
    key = f"{settings.page}.board"
    values = settings.values()
    data = {
        "board": key,
        "state": {name: values[name] for name in ("z", "y", "T")},
        "classes": classes,
        "colours": CLASS_COLOURS,
        "limits": {
            "fader": FADER,
            "z": (settings.table["z"].low, settings.table["z"].high),
            "T": (settings.table["T"].low, settings.table["T"].high),
        },
        "words": words.table("logit_board"),
    }
    _mount(key=key, data=to_wire(data), on_state_change=settings.take(key))
    return key
