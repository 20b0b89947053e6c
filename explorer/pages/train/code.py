"""What does the same without the page: a command line and a program that train, and one that takes the weights."""

import streamlit as st

from explorer.pages.train import completed, pytorch_weights
from explorer.pages.train.pytorch_data import MY_IMAGES
from explorer.pages.train.pytorch_program import program
from explorer.protocol import options
from explorer.runs.folder import RunFolder
from explorer.runs.own_images import OwnImages
from explorer.runs.results import IMAGES
from explorer.shell.texts import plain
from explorer.stage.page import Page


def show(page: Page, settings: dict, run: RunFolder | None = None, own: OwnImages | None = None) -> None:
    """Show them for settings of the training program; if a run has begun with them, with what "auto" came to there.

    own: the visitor's images, if it is to train on those.
    """
    words, started = page.words, (run and run.started) or {}
    if not (place := page.code_expander()):
        return
    with place:
        st.markdown(words("code.command"))
        if own:
            settings = settings | {"data_dir": MY_IMAGES}
        elif run:
            settings = settings | place_of_images(run)
        st.code(command(settings), language="bash", wrap_lines=True)
        st.markdown(words("code.program"))
        full = completed(settings)
        told = {name: started[name] for name in ("dataset", "precision") if isinstance(started.get(name), str)}
        told.setdefault("dataset", full["dataset"])
        told.setdefault("precision", full["precision"] if full["precision"] != "auto" else "float32")
        classes = own.classes if own else started.get("classes")
        told["classes"] = len(classes) if classes else 10
        told["held_out"] = own.held_out if own else bool(started.get("held_out"))
        st.code(program(full, device=_device(started), **told), language="python")
        if run and run.there("weights.pt"):
            st.markdown(words("code.weights"))
            st.code(pytorch_weights.program(full, run.there("sample_images.npy"), told["classes"]), language="python")


def show_all(page: Page, commands: dict[str, dict]) -> None:
    """Show the command lines of several runs, by what the page calls them."""
    if not (place := page.code_expander()):
        return
    with place:
        for called, settings in commands.items():
            st.markdown(plain(called))
            st.code(command(settings), language="bash", wrap_lines=True)


def place_of_images(run: RunFolder) -> dict:
    """Return the settings by which a command line finds the images of a run on image folders; none for another run."""
    return {"dataset": "folder", "data_dir": MY_IMAGES} if run.there(IMAGES) else {}


def command(settings: dict) -> str:
    """Return the command line that trains with these settings."""
    return "python -m explorer.training " + " ".join(options.command_line(settings))


def _device(started: dict) -> str:
    device = str(started.get("device", "")).split(":")[0]
    return device if device in ("cpu", "cuda", "mps") else ""
