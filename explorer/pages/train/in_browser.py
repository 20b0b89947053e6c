"""Training in the visitor's own browser: what it can train, and how it is chosen and started."""

import secrets

import streamlit as st

from explorer import runs
from explorer.images import shapes
from explorer.pages.train import LEFT_OPEN, PROGRAM, SETTINGS, chosen, completed
from explorer.protocol.layers import layers
from explorer.protocol.routes import IMAGES
from explorer.stage.page import Page

BEGIN = "train.begin_in_browser"  # a name for the visitor's last wish to start one at once
TRAIN, TEST = (rows * shapes.ACROSS * len(shapes.SHAPES) for rows in shapes.ROWS)
WIDEST = 1024
# What components/run_monitor/in_browser/ has, by the options of the training program; the first replaces all others.
OFFERED = {
    "model": ("softmax", "mlp"),
    "dataset": ("synthetic", "auto"),
    "optimizer": ("sgd",),
    "loss": ("cross-entropy",),
    "augment": ("none", "flip"),
    "flip": ("random",),
    "train_size": (None,),
    "skip_easy": (0.0,),
    "shuffle_labels": (False,),
    "six_views": (False,),
}


def settings(now) -> dict:
    """Return complete settings of the training program for what the controls say, on the shapes that a browser gets."""
    return completed(chosen(now) | {"dataset": "synthetic", "train_size": TRAIN})


def obstacles(now) -> list[str]:
    """Return the controls that ask for what a browser does not train."""
    full = completed(chosen(now))
    of_options = {option: name for name, (option, _) in PROGRAM.items()}
    found = [of_options[option] for option, offered in OFFERED.items() if full.get(option) not in offered]
    return [*found, "width"] if full["model"] == "mlp" and full["width"] > WIDEST else found


def remedy(now) -> dict:
    """Return what to set instead of what is in the way: a browser's own, and no recipe that asks for others."""
    found = obstacles(now)
    if not found:
        return {}
    choices = {name: PROGRAM[name][1].options for name in found}
    ours = {name: LEFT_OPEN if LEFT_OPEN in choices[name] else OFFERED[PROGRAM[name][0]][0] for name in found}
    return ours | {"recipe": "none"}


def take_remedy(now) -> None:
    """Set what a browser trains, and that it does."""
    SETTINGS.set(where="browser", run="", **remedy(now))


def begin() -> None:
    """Have the browser start at once."""
    SETTINGS.set(where="browser", run="")
    st.session_state[BEGIN] = secrets.token_hex(4)


def training(now) -> dict | None:
    """Return what the run monitor is told of the training, None if it cannot be."""
    if obstacles(now):
        return None
    full = settings(now)
    rows = layers(full)
    started = {
        "dataset": "synthetic",
        "classes": list(shapes.SHAPES),
        "images": TRAIN,
        "test_images": TEST,
        "parameters": sum(count for _, _, count in rows),
        "layers": rows,
        "device": "browser",
        "precision": "float32",
        "configuration": {name: value for name, value in full.items() if value is not None},
    }
    return {"started": started, "sheet": f"{IMAGES}/shapes.jpg", "begin": st.session_state.get(BEGIN)}


def say_what_is_in_the_way(page: Page) -> None:
    """Say which settings a browser does not train, and offer to change them."""
    words = page.words
    names = words.names(words(f"controls.{name}") for name in obstacles(page.now))
    st.caption(words("in_browser.cannot", names=names))
    st.button(words("in_browser.change"), key="train.change_for_browser", on_click=take_remedy, args=(page.now,))


def offer(page: Page) -> None:
    """Offer to start in the browser at once, or say what would have to be chosen for that."""
    words = page.words
    if obstacles(page.now):
        say_what_is_in_the_way(page)
        return
    st.button(words("in_browser.begin"), icon=":material/bolt:", key="train.begin_in_browser", on_click=begin)
    st.caption(words("monitor.in_browser.before", train=TRAIN, test=TEST))


def server_is_busy() -> bool:
    """Return whether a run that is started on the server now would wait."""
    served = runs.of_this_server()
    return len(served.busy()) >= served.limits.runs
