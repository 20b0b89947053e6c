"""What trains the same without the page: a command line, and a short program of PyTorch."""

import streamlit as st

from explorer.pages.train import completed
from explorer.pages.train.pytorch_program import program
from explorer.protocol import options
from explorer.stage.page import Page, plain


def show(page: Page, settings: dict, started: dict | None = None) -> None:
    """Show both for settings of the training program, and what "auto" came to if a run's `started` event tells."""
    words, started = page.words, started or {}
    if not (place := page.code_expander()):
        return
    with place:
        st.markdown(words("code.command"))
        st.code(command(settings), language="bash", wrap_lines=True)
        st.markdown(words("code.program"))
        full = completed(settings)
        told = {name: started[name] for name in ("dataset", "precision") if isinstance(started.get(name), str)}
        told.setdefault("dataset", full["dataset"])
        told.setdefault("precision", full["precision"] if full["precision"] != "auto" else "float32")
        st.code(program(full, device=_device(started), **told), language="python")


def show_all(page: Page, commands: dict[str, dict]) -> None:
    """Show the command lines of several runs, by what the page calls them."""
    if not (place := page.code_expander()):
        return
    with place:
        for called, settings in commands.items():
            st.markdown(plain(called))
            st.code(command(settings), language="bash", wrap_lines=True)


def command(settings: dict) -> str:
    """Return the command line that trains with these settings."""
    return "python -m explorer.training " + " ".join(options.command_line(settings))


def _device(started: dict) -> str:
    device = str(started.get("device", "")).split(":")[0]
    return device if device in ("cpu", "cuda", "mps") else ""
