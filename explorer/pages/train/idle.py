"""Before a run: what can be set about it, and what an untrained model says of ten pictures."""

import base64
import functools

import numpy as np
import streamlit as st

from explorer import runs
from explorer.components.run_monitor import run_monitor
from explorer.images.shapes import SHAPES, draw
from explorer.images.sheets import sprite
from explorer.maths import losses
from explorer.pages.shared import ownership
from explorer.pages.train import PROGRAM, RECIPE, SETTINGS, chosen, completed, recipe
from explorer.protocol import recipes
from explorer.protocol.data_sources import bytes_to_fetch
from explorer.protocol.layers import layers
from explorer.protocol.options import data_folder
from explorer.shell.numbers import number
from explorer.stage.page import Page

USUAL = (("data", "model"), ("rate", "batch", "epochs", "limit"))
FURTHER = {
    "descent": (("optimizer", "schedule"), ("momentum", "decay")),
    "loss": (("loss", "smoothing"),),
    "pictures": (("augment", "flip", "crop"), ("size", "shuffled", "raw")),
    "weights": (("width", "zero", "seed"),),
    "machine": (("device", "precision"),),
}


def controls(page: Page) -> None:
    """Show what can be set about the next run, and the button that starts it."""
    now, words = page.now, page.words
    look(words, now.recipe)
    _rows(USUAL, now, words)
    with st.expander(words("further"), icon=":material/tune:"):
        for tab, rows in zip(st.tabs([words(f"group.{name}") for name in FURTHER]), FURTHER.values(), strict=True):
            with tab:
                _rows(rows, now, words)
    if lacking := runs.of_this_server().lacking(chosen(now)):
        st.warning(words(f"refused.{lacking.code}", **lacking.values), icon=":material/memory:")
    if size := bytes_to_fetch(now.data, data_folder({"data_dir": None})):
        told = words("will_fetch_auto" if now.data == "auto" else "will_fetch", n=number(size / 1e6, 0))
        st.caption(told)
    st.button(
        words("start"),
        icon=":material/play_arrow:",
        type="primary",
        key="train.start",
        on_click=ownership.start,
        args=(chosen(now), SETTINGS.set),
    )


def look(words, recipe: str | None) -> None:
    """Say what a recipe, if there is one, lets one see."""
    if recipe in recipes.RECIPES:
        st.info(words(f"look.{recipe}"), icon=":material/visibility:")


def _rows(rows, now, words) -> None:
    own = recipe(now)
    of_preset = recipes.RECIPES.get(now.recipe, {})
    for row in rows:
        shown = [name for name in row if _has_a_say(name, now, own)]
        for column, name in zip(st.columns(len(shown)), shown, strict=True):
            option, choice = PROGRAM[name]
            left_open = words("preset" if option in of_preset else "usual")
            SETTINGS.select_box(
                name,
                words(f"controls.{name}"),
                choice.options,
                functools.partial(label, words, name, own.get(name, ""), left_open),
                where=column,
                help=words(f"help.{name}"),
            )


def _has_a_say(name: str, now, own: dict) -> bool:
    """Return whether a control concerns what is trained at all."""
    if name == "width":
        return now.model == "mlp"
    if name in ("flip", "crop"):
        augment = own["augment"] if now.augment == RECIPE else now.augment
        return augment == "flip-crop" or (name == "flip" and augment == "flip")
    return True


def label(words, name: str, recommended: str, left_open: str, option: str) -> str:
    """Return how an option is shown: its words where it has some, else as it is; what is left open with its value."""
    if option == RECIPE:
        return f"{label(words, name, '', '', recommended)}{left_open}"
    try:
        return words(f"{name}.{option}")
    except KeyError:
        return f"{int(option):,}" if option.isdecimal() else option


@functools.cache
def untrained(count: int = 500):
    """Draw shapes, and return them with their labels and an untrained softmax regression's logits of them."""
    random = np.random.default_rng(0)
    images, labels = draw(count, random)
    pixels = images.reshape(count, -1) / 255.0
    weights = random.normal(0, 0.001, (pixels.shape[1], len(SHAPES)))
    return images, labels, (pixels - pixels.mean()) / pixels.std() @ weights


def preview(page: Page) -> None:
    """Show the layers of the chosen model, and ten pictures with what an untrained model says of them."""
    now, words = page.now, page.words
    width = completed(chosen(now))["width"]
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
        "rows": layers(now.model, width),
    }
    run_monitor(SETTINGS, words, preview=shown)
