"""Before a run: what can be set about it, and what an untrained model says of ten pictures."""

import base64
import functools

import numpy as np
import streamlit as st

from explorer import frame, losses
from explorer.components.run_monitor import run_monitor
from explorer.notation import number
from explorer.pages.train_parts import PROGRAM, RECIPE, SETTINGS, chosen, owner, recipe
from explorer.runs.folder import sprite
from explorer.synthetic import SHAPES, draw

USUAL = (("data", "model"), ("rate", "batch", "epochs", "limit"))
FURTHER = (
    ("optimizer", "schedule", "momentum", "decay"),
    ("loss", "smoothing", "augment", "size"),
    ("device", "seed"),
)


def controls(page: frame.Page) -> None:
    """Show what can be set about the next run, and the button that starts it."""
    now, words = page.now, page.words
    if now.recipe != "none":
        st.info(words(f"look.{now.recipe}"), icon=":material/visibility:")
    _rows(USUAL, now, words)
    with st.expander(words("further"), icon=":material/tune:"):
        _rows(FURTHER, now, words)
    st.button(
        words("start"),
        icon=":material/play_arrow:",
        type="primary",
        key="train.start",
        on_click=owner.start,
        args=(chosen(now), SETTINGS.set),
    )


def _rows(rows, now, words) -> None:
    own = recipe(now)
    for row in rows:
        for column, name in zip(st.columns(len(row)), row, strict=True):
            column.selectbox(
                words(f"controls.{name}"),
                PROGRAM[name][1].options,
                format_func=functools.partial(label, words, name, own.get(name, "")),
                help=words(f"help.{name}"),
                **SETTINGS.widget(name),
            )


def label(words, name: str, recommended: str, option: str) -> str:
    """Return how an option is shown: its words where it has some, else as it is; the recipe's with its value."""
    if option == RECIPE:
        return words("recipe", value=label(words, name, "", recommended))
    try:
        return words(f"{name}.{option}")
    except KeyError:
        return option


@functools.cache
def untrained(count: int = 500):
    """Draw shapes, and return them with their labels and an untrained softmax regression's logits of them."""
    random = np.random.default_rng(0)
    images, labels = draw(count, random)
    pixels = images.reshape(count, -1) / 255.0
    weights = random.normal(0, 0.001, (pixels.shape[1], len(SHAPES)))
    return images, labels, (pixels - pixels.mean()) / pixels.std() @ weights


def preview(words) -> None:
    """Show ten pictures and what an untrained model says of them."""
    images, labels, logits = untrained()
    loss = np.mean(losses.softmax_loss(logits, labels))
    right = np.mean(logits.argmax(axis=1) == labels)
    st.subheader(words("untrained.title"), anchor=False)
    st.markdown(words("untrained.text", n=len(labels), loss=number(loss, 3), percent=number(100 * right, 1)))
    _, ten = np.unique(labels, return_index=True)
    picture = base64.b64encode(sprite(images[ten])).decode()
    shown = {
        "sprite": f"data:image/png;base64,{picture}",
        "labels": labels[ten],
        "logits": logits[ten],
        "classes": list(SHAPES),
    }
    run_monitor(SETTINGS, words, preview=shown)
