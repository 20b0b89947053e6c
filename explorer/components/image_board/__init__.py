"""The image board: an image to choose, shift and paint on, the ten templates, and the logits that they give."""

from dataclasses import dataclass

from explorer.components import assets
from explorer.figures.theme import CLASS_COLOURS
from explorer.images.templates import PAINTS, unpack
from explorer.shell.settings import Settings
from explorer.shell.texts import Words

_mount = assets.component("image_board")
STATE = ("pic", "right", "down", "light", "invert", "paint")


@dataclass(frozen=True)
class Paint:
    """The paint on the image, in the code of `templates.unpack`; nothing by default."""

    default: str = ""

    def check(self, value) -> str:
        unpack(value)
        return value

    parse = check

    def format(self, value: str) -> str:
        return value

    def allowed(self) -> str:
        return f"500.3k, … ({' '.join(PAINTS)} m .)"


def image_board(settings: Settings, words: Words, classes: list[str]) -> None:
    """Show the board for the settings `pic`, `right`, `down`, `light`, `invert` and `paint`."""
    board = f"{settings.page}.picture"
    key = f"{board}.{classes[0]}"
    data = {
        "board": board,
        "state": settings.values(*STATE),
        "presets": settings.presets_within(*STATE),
        "classes": classes,
        "colours": CLASS_COLOURS,
        "paints": PAINTS,
        "limits": {name: (settings.specs[name].low, settings.specs[name].high) for name in ("right", "down", "light")},
        "words": words.table("image_board"),
    }
    _mount(key=key, called=board, data=data, on_state_change=settings.on_state_change(key))
