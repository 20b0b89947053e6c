"""Before a run: what can be set about it, what a start will do, and what an untrained network says of ten images."""

import functools
import math

import streamlit as st

from explorer import runs
from explorer.components.run_monitor import run_monitor
from explorer.pages.shared import ownership, recorded_label
from explorer.pages.train import (
    LEFT_OPEN,
    PROGRAM,
    SETTINGS,
    chosen,
    code,
    completed,
    option_label,
    questions,
    recipe_values,
)
from explorer.pages.train.monitor_section import RECORDED, MonitorSection, preview, untrained
from explorer.protocol import recipes
from explorer.protocol.data_sources import bytes_to_fetch
from explorer.protocol.options import data_folder
from explorer.shell.numbers import number

USUAL = (("data", "model"), ("rate", "batch"), ("epochs", "limit"))
FURTHER = {
    "descent": (("optimizer", "schedule"), ("momentum", "decay")),
    "loss": (("loss", "smoothing"),),
    "pictures": (("augment", "flip", "crop"), ("size", "shuffled", "raw"), ("small", "skip", "views")),
    "weights": (("width", "filters", "activation"), ("zero", "seed")),
    "machine": (("device", "precision"),),
}


class AtRest(MonitorSection):
    """What can be trained: Start and the settings, beside what an untrained network says."""

    def __init__(self, page):
        super().__init__(page)
        self.settings = chosen(self.now)
        ownership.prepare(self.settings)
        self.bytes_to_fetch = bytes_to_fetch(self.now.data, data_folder({"data_dir": None}))
        if page.shows("controls") and (refused := runs.of_this_server().memory_refusal(self.settings)):
            st.warning(self.words(f"refused.{refused.code}", **refused.values), icon=":material/memory:")

    def controls(self):
        self.still_going()
        if not self.page.shows("controls"):
            return
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                self.words("start"),
                icon=":material/play_arrow:",
                type="primary",
                key="train.start",
                on_click=ownership.start,
                args=(self.settings, SETTINGS.set),
            )
            if will_do := self.will_do():
                st.caption(will_do)
        _rows(USUAL, self.now, self.words)
        with st.expander(self.words("further"), icon=":material/tune:"):
            tabs = st.tabs([self.words(f"group.{name}") for name in FURTHER])
            for tab, rows in zip(tabs, FURTHER.values(), strict=True):
                with tab:
                    _rows(rows, self.now, self.words)
        self.room("facts")
        self.look(self.now.recipe)
        self.watch_recorded()

    def will_do(self) -> str:
        """Say what a start fetches first, and how long the training takes by what such a run took here before."""
        words, told = self.words, []
        if self.bytes_to_fetch:
            told.append(words("downloads", n=self.megabytes()))
        full = completed(self.settings)
        seconds = expected_seconds(self.settings, runs.of_this_server().last_alike(full))
        if full["epochs"] is None:
            told.append(words("ends_after", time=spoken(words, full["max_seconds"])))
        elif seconds is not None:
            told.append(words("takes", time=spoken(words, seconds)))
        return words.sentences(*told)

    def megabytes(self) -> str:
        """Return how much a start would fetch first."""
        return number(self.bytes_to_fetch / 1e6, 0)

    def monitor(self):
        run_monitor(SETTINGS, self.words, preview=preview(completed(self.settings)))

    def text(self):
        words = self.words
        loss, accuracy, images = untrained()
        st.subheader(words("untrained.title"), anchor=False)
        st.markdown(
            words("untrained.text", n=images, loss=number(loss, 3), percent=number(100 * accuracy, 1)),
        )
        if self.bytes_to_fetch:
            st.caption(words("will_fetch_auto" if self.now.data == "auto" else "will_fetch", n=self.megabytes()))
        super().text()
        st.subheader(words("replayed.title"), anchor=False)
        st.markdown(words("replayed.text"))
        recorded_label.label(words, RECORDED)

    def found(self):
        return questions.about(self.now.recipe, None, [])

    def show_code(self):
        code.show(self.page, self.settings)


def expected_seconds(settings: dict, earlier: runs.Run | None) -> float | None:
    """Return how long a training with these settings takes at the pace of an earlier run, None if that is unknown."""
    if earlier is None:
        return None
    full, folder = completed(settings), earlier.folder
    pace = (folder.ended or {}).get("images_per_second") or folder.images_per_second
    whole = full["epochs"] * folder.started["images"] / pace if full["epochs"] else math.inf
    seconds = min(whole, full["max_seconds"] or math.inf)
    return seconds if math.isfinite(seconds) else None


def spoken(words, seconds: float) -> str:
    """Return a time in words and one number, as the monitor says it."""
    if seconds < 90:
        return words("monitor.seconds", n=max(1, round(seconds)))
    return words("monitor.minutes", n=round(seconds / 60))


def _rows(rows, now, words) -> None:
    own = recipe_values(now)
    of_preset = recipes.RECIPES.get(now.recipe, {})
    for row in rows:
        shown = [name for name in row if _has_a_say(name, now, own)]
        for column, name in zip(st.columns(len(shown), gap="small") if shown else (), shown, strict=True):
            option, choice = PROGRAM[name]
            comes_from = words("preset" if option in of_preset else "usual")
            left_open = option_label(words, name, own[name]) + comes_from if name in own else ""
            SETTINGS.select_box(
                name,
                words(f"controls.{name}"),
                choice.options,
                functools.partial(_label, words, name, left_open),
                where=column,
                help=words(f"help.{name}"),
            )


def _has_a_say(name: str, now, own: dict) -> bool:
    """Return whether a control concerns what is trained at all."""
    if name == "width":
        return now.model == "mlp"
    if name in ("filters", "activation", "small"):
        return now.model == "cnn"
    if name in ("flip", "crop"):
        augment = own["augment"] if now.augment == LEFT_OPEN else now.augment
        return augment == "flip-crop" or (name == "flip" and augment == "flip")
    return True


def _label(words, name: str, left_open: str, option: str) -> str:
    return left_open if option == LEFT_OPEN else option_label(words, name, option)
