"""A gallery of test images as buttons; without images, each shows its probabilities as bars."""

from dataclasses import dataclass

import numpy as np

from explorer.components import assets
from explorer.figures.theme import CLASS_COLOURS
from explorer.images.sheets import image_url
from explorer.maths import losses
from explorer.shell.settings import Settings
from explorer.shell.texts import Words

_mount = assets.component("gallery")


@dataclass(frozen=True)
class Tile:
    """One test image: its number, its true class, its logits (K,), and the text below it."""

    sample: int
    label: int
    logits: np.ndarray
    text: str


def gallery(
    settings: Settings, words: Words, classes: list[str], tiles: list[Tile], images: np.ndarray | None, chosen: int
) -> None:
    """Show `tiles`, with `images` uint8 (len(tiles), 32, 32, 3) if there are any; a click sets `sample`."""
    key = f"{settings.page}.gallery"
    data = {
        "state": settings.values("sample"),
        "chosen": chosen,
        "tiles": [
            {
                "sample": tile.sample,
                "label": tile.label,
                "predicted": int(tile.logits.argmax()),
                "probabilities": losses.softmax(tile.logits),
                "text": tile.text,
            }
            for tile in tiles
        ],
        "sprite": image_url(images) if images is not None and len(images) else None,
        "classes": classes,
        "colours": CLASS_COLOURS,
        "words": words.table("gallery"),
    }
    _mount(key=key, data=data, on_state_change=settings.on_state_change(key))
