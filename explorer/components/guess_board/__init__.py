"""The guess board: an image and ten sliders for what it might be; later the network's answer and the truth."""

from collections.abc import Callable

import numpy as np

from explorer.components import assets
from explorer.figures.theme import CLASS_COLOURS
from explorer.images.sheets import image_url
from explorer.shell.settings import Settings
from explorer.shell.texts import Words

BOARD = "guess.board"
_mount = assets.component("guess_board")


def guess_board(
    settings: Settings,
    words: Words,
    classes: list[str],
    image: np.ndarray,
    alt: str,
    open: bool = True,
    answer: tuple[float, ...] | None = None,
    revealed: tuple[np.ndarray, int] | None = None,
    beside: bool = True,
    low: bool = False,
    round: dict | None = None,
    on_answer_change: Callable[[], None] = lambda: None,
) -> None:
    """Show `image` uint8 (32, 32, 3); while it is `open`, the setting `q` by sliders that keep the sum 1.

    What comes of it stands `beside` it, where a `board_figure` of `BOARD` makes room, else below: what each class
    would cost; afterwards `answer`, if there is one, as bars, and once it is `revealed` the network's probabilities
    (K,) beside it and the true class marked, neither of which the browser is told before; without both, the image.
    low: whether it leaves room for a figure below. round: for a player, {"route": of the round, "player": their name,
    "place": that is shown here, "images": how many, "given": [[index, answer], …], "past": [[index, loss, the network's
    loss], …] of what was revealed, "loss": the network's, if this is revealed}. The board then goes on with the round
    by itself, and the sliders are the player's own. Answers are posted to the round; where they cannot be,
    `on_answer_change` is called, with {"at", "answer"} as the component's `answer`.
    """
    network, label = revealed or (None, None)
    data = {
        "state": settings.values("q"),
        "open": open,
        "answer": answer,
        "network": network,
        "label": label,
        "image": image_url(image[np.newaxis]),
        "alt": alt,
        "classes": classes,
        "colours": CLASS_COLOURS,
        "board": BOARD,
        "beside": beside,
        "low": low,
        "round": round,
        "words": words.table("guess_board")
        | {"told": words.table("told"), "standing": words.table("standing"), "between": words("between.sentences")},
    }
    _mount(key=BOARD, data=data, on_state_change=settings.on_state_change(BOARD), on_answer_change=on_answer_change)
