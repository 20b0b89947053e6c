"""The inside board: one image's feature maps layer by layer, one product of the first convolution, saliency maps."""

import base64

import numpy as np

from explorer.components import assets
from explorer.figures.theme import CLASS_COLOURS
from explorer.images.sheets import image_url
from explorer.shell.settings import Settings
from explorer.shell.texts import Words

_mount = assets.component("inside_board")
STATE = ("layer", "map", "row", "column", "target")


def inside_board(settings: Settings, words: Words, named: str, classes: list[str], label: int, facts: dict) -> str:
    """Show the board for the settings of `STATE`, and return its name, under which it draws its `figure`.

    named: a name for the image and the weights; label: the true class. facts: `image` uint8 (32, 32, 3), `input` and
    `kernels` float32, `bias`, `padding` (`kernels`: None without a convolution), `layers` with their `shape`,
    `channels`, and `steps` of a `name`, a `scale` and `maps` int8, `saliency` and `untrained` uint8, `logits`.
    """
    board = f"{settings.page}.inside"
    data = {
        "board": board,
        "state": settings.values(*STATE),
        "classes": classes,
        "colours": CLASS_COLOURS,
        "label": label,
        **facts,
        "image": image_url(facts["image"][np.newaxis]),
        "input": _packed(facts["input"]),
        "kernels": facts["kernels"] is not None and _packed(facts["kernels"]),
        "size": 0 if facts["kernels"] is None else facts["kernels"].shape[-1],
        "layers": [layer | {"steps": [_step(step) for step in layer["steps"]]} for layer in facts["layers"]],
        "saliency": _packed(facts["saliency"]),
        "untrained": _packed(facts["untrained"]),
        "words": words.table("inside_board"),
    }
    # A component keeps what it was built with: another image or language needs another one.
    key = f"{board}.{named}.{words.language}"
    _mount(key=key, called=board, data=data, on_state_change=settings.on_state_change(key))
    return board


def _step(step: dict) -> dict:
    _, height, width = step["maps"].shape
    return step | {"height": height, "width": width, "maps": _packed(step["maps"])}


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()
