"""Before a run: what can be set about it, what a start will do, and what an untrained network says of ten images."""

import functools
import math

import streamlit as st

from explorer import runs
from explorer.components.run_monitor import run_monitor
from explorer.pages.shared import ownership, photographs, recorded_label
from explorer.pages.train import (
    LEFT_OPEN,
    OWN,
    PROGRAM,
    SETTINGS,
    chosen,
    code,
    completed,
    in_browser,
    option_label,
    own_images,
    questions,
    recipe_values,
    shortest,
)
from explorer.pages.train.monitor_section import MonitorSection, preview, untrained
from explorer.pages.train.pytorch_data import MY_IMAGES
from explorer.protocol import recipes
from explorer.protocol.data_sources import bytes_to_fetch
from explorer.protocol.options import data_folder
from explorer.runs import recorded
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
        self.here = self.now.where == "browser"
        self.own = own_images.brought() if self.now.data == OWN else None
        self.awaits_images = self.now.data == OWN and not self.own
        self.in_browser = in_browser.training(self.now) if self.here else None
        self.settings = chosen(self.now) | ({"data_dir": self.own.folder} if self.own else {})
        self.bytes_to_fetch = 0
        if self.in_browser:
            self.settings = shortest(in_browser.settings(self.now))
        elif not self.here:
            ownership.prepare(self.settings)
            self.bytes_to_fetch = bytes_to_fetch(self.settings["dataset"], data_folder({"data_dir": None}))
            if page.shows("controls") and (refused := runs.of_this_server().memory_refusal(self.settings)):
                st.warning(self.words(f"refused.{refused.code}", **refused.values), icon=":material/memory:")

    def controls(self):
        self.still_going()
        if not self.page.shows("controls"):
            return
        self.choice("where", self.words("controls.where"))
        if self.here:
            self.start_here()
        else:
            self.start_on_the_server()
        _rows(USUAL[:1], self.now, self.words)
        if self.now.data == OWN:
            own_images.show(self.words, self.own)
        _rows(USUAL[1:], self.now, self.words)
        with st.expander(self.words("further"), icon=":material/tune:"):
            groups = {name: rows for name, rows in FURTHER.items() if not (self.here and name == "machine")}
            tabs = st.tabs([self.words(f"group.{name}") for name in groups])
            for tab, rows in zip(tabs, groups.values(), strict=True):
                with tab:
                    _rows(rows, self.now, self.words)
        self.room("facts")
        self.look(self.now.recipe)
        self.watch_recorded()

    def start_here(self) -> None:
        """Make room for the buttons of a training in this browser."""
        if not self.in_browser:
            in_browser.say_what_is_in_the_way(self.page)
            return
        self.room("commands")
        self.room("replay")

    def start_on_the_server(self) -> None:
        """Show Start, and what it will do."""
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                self.words("start"),
                icon=":material/play_arrow:",
                type="primary",
                key="train.start",
                disabled=self.awaits_images,
                on_click=ownership.start,
                args=(self.settings, SETTINGS.set),
            )
            if will_do := self.will_do():
                st.caption(will_do)
        if in_browser.server_is_busy():
            st.caption(self.words("in_browser.busy"))
            in_browser.offer(self.page)
        if self.now.data in ("auto", "cifar10"):
            photographs.offer(self.page)

    def will_do(self) -> str:
        """Say what a start fetches first, and how long the training takes by what such a run took here before."""
        words, told = self.words, []
        if self.awaits_images:
            return words("images_upload.missing")
        if self.bytes_to_fetch:
            told.append(words("downloads", n=self.megabytes()))
        full = completed(self.settings)
        seconds = expected_seconds(self.settings, runs.of_this_server().last_alike(full))
        if self.own and sum(self.own.counts) < 2 * full["batch_size"]:
            told.append(words("images_upload.few"))
        if full["epochs"] is None:
            told.append(words("ends_after", time=words.duration(full["max_seconds"])))
        elif seconds is not None:
            told.append(words("takes", time=words.duration(seconds)))
        return words.sentences(*told)

    def megabytes(self) -> str:
        """Return how much a start would fetch first."""
        return photographs.megabytes(self.bytes_to_fetch)

    def figure(self):
        if not self.awaits_images:
            super().figure()
        elif self.page.shows("monitor"):
            own_images.show_place(self.words)

    def room(self, part):
        if not self.awaits_images:
            super().room(part)

    def monitor(self):
        shown = preview(completed(self.settings), self.own)
        run_monitor(SETTINGS, self.words, preview=shown, in_browser=self.in_browser)

    def text(self):
        words = self.words
        if not self.awaits_images:
            st.subheader(words("untrained.title"), anchor=False)
            st.markdown(self.untrained_said())
        if self.bytes_to_fetch:
            st.caption(words("will_fetch_auto" if self.now.data == "auto" else "will_fetch", n=self.megabytes()))
        super().text()
        st.subheader(words("replayed.title"), anchor=False)
        st.markdown(words("replayed.text"))
        recorded_label.label(words, recorded.usual())

    def untrained_said(self) -> str:
        """Say what the images are, and what an untrained network makes of them."""
        if self.own:
            count = len(self.own.classes)
            return self.words("untrained.own", n=count, loss=number(math.log(count), 3))
        folder = untrained(completed(self.settings))
        first = folder.epochs[0]
        return self.words(
            "untrained.shapes" if folder.started["dataset"] == "synthetic" else "untrained.photographs",
            n=folder.started["test_images"],
            loss=number(first["test_loss"], 3),
            percent=number(100 * first["test_accuracy"], 1),
        )

    def found(self):
        return questions.about(self.now.recipe, None, [])

    def show_code(self):
        if self.awaits_images:  # how many classes they have is not known
            code.show_all(self.page, {self.words("code.command"): self.settings | {"data_dir": MY_IMAGES}})
        else:
            code.show(self.page, self.settings, own=self.own)


def expected_seconds(settings: dict, earlier: runs.Run | None) -> float | None:
    """Return how long a training with these settings takes at the pace of an earlier run, None if that is unknown."""
    if earlier is None:
        return None
    full, folder = completed(settings), earlier.folder
    pace = (folder.ended or {}).get("images_per_second") or folder.images_per_second
    whole = full["epochs"] * folder.started["images"] / pace if full["epochs"] else math.inf
    seconds = min(whole, full["max_seconds"] or math.inf)
    return seconds if math.isfinite(seconds) else None


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
