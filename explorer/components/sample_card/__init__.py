"""One test image with its ten logits, their probabilities, and the gradient of the loss, one row for each class."""

import numpy as np

from explorer.components import assets
from explorer.figures.theme import CLASS_COLOURS
from explorer.maths import losses
from explorer.shell.texts import Words

_mount = assets.component("sample_card")


def sample_card(
    key: str,
    words: Words,
    classes: list[str],
    logits: np.ndarray,
    label: int,
    image: str | None,
    alt: str,
    chosen: int | None = None,
    is_large: bool = False,
) -> None:
    """Show the sample with `logits` (10,) and the true class `label`; `image` is the URL of its image, if it has one.

    chosen: the number of a sample that was chosen elsewhere on the page; a new one is scrolled into view.
    is_large: whether it is the figure of a stage, and fills it.
    """
    data = {
        "image": image,
        "is_large": is_large,
        "classes": classes,
        "colours": CLASS_COLOURS,
        "label": label,
        "logits": logits,
        "probabilities": losses.softmax(logits),
        "gradient": losses.softmax_loss_gradient(logits, label),
        "alt": alt,
        "follows": chosen,
        "words": words.table("sample_card"),
    }
    _mount(key=key, data=data)
