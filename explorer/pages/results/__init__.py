"""The sections of the page on a run's results, one module each, and what they have in common: an open run."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from explorer.components.live_figure import live_figure
from explorer.maths import losses
from explorer.pages.shared import recorded_label, run_choice
from explorer.pages.shared.lookup import folder, names_of, usable
from explorer.pages.shared.open_run import open_run
from explorer.runs.results import Results
from explorer.shell.numbers import number
from explorer.shell.settings import Settings
from explorer.shell.texts import plain
from explorer.shell.visit import language_query, presenting
from explorer.stage.page import Page, page_path
from explorer.stage.section import Section

LAST = -1  # the setting `epoch`: the last evaluation there is
FOLLOW = -1  # the setting `sample`: whichever image is first in the gallery
OF_A_CLASS = ("true", "predicted", "target", "truth")  # settings that name a class by its number
# What is said where a run, or some of it, cannot be shown.
NOTICES = {
    "unknown_run": ":material/link_off:",
    "no_results": ":material/hourglass_empty:",
    "left_out": ":material/trending_up:",
    "lacked": ":material/link_off:",
}


@dataclass(frozen=True)
class Scene:
    """An open run: its results, the chosen evaluation, and what the logits say there.

    `epochs` are those with finite logits; `classes` the names as people read them; `losses` (n,) per image.
    """

    results: Results
    epochs: list[int]
    epoch: int
    classes: list[str]
    logits: np.ndarray
    losses: np.ndarray

    @property
    def reached(self) -> list[float]:
        """How many epochs were over at each evaluation."""
        return [self.results.reached(epoch) for epoch in self.epochs]

    @property
    def labels(self) -> np.ndarray:
        return self.results.labels

    @property
    def predicted(self) -> np.ndarray:
        return self.logits.argmax(axis=1)

    @property
    def right(self) -> np.ndarray:
        return self.predicted == self.labels


def open_scene(page: Page) -> tuple[Scene | None, dict[str, str]]:
    """Return the chosen run as it stood after the chosen epoch, or None, and what is to be said of it by `NOTICES`.

    Where the run or the evaluation that is asked for does not exist, the settings say afterwards what is shown instead.
    """
    words, settings, notices = page.words, page.settings, {}
    if folder(page.now.run) is None:
        notices["unknown_run"] = words("unknown_run", run=plain(page.now.run))
        settings.set(run=settings.specs["run"].default)
        leave_run(page, page.now.run)
    results, evaluations = None, []
    with contextlib.suppress(OSError, ValueError):
        results = Results(folder(settings.values()["run"]))
        evaluations = results.evaluations()
    epochs = usable(results) if evaluations else []
    if not evaluations:
        notices["no_results"] = words("no_results")
    elif len(epochs) < len(evaluations):
        notices["left_out"] = words("left_out")
    if evaluations and (asked := lacked(settings, results, evaluations)):
        listed = words.names(f"{name} = {value}" for name, value in asked.items())
        notices["lacked"] = words("lacked", asked=listed)
        settings.set(**{name: settings.specs[name].default for name in asked})
    if page.now.epoch not in (*epochs[:-1], LAST):
        settings.set(epoch=LAST)
    vars(page.now).update(settings.values())
    if not epochs:
        return None, notices
    epoch = epochs[-1] if page.now.epoch == LAST else page.now.epoch
    logits = results.logits(epoch)
    sample_losses = losses.softmax_loss(logits, results.labels)
    return Scene(results, epochs, epoch, names_of(words, results.classes), logits, sample_losses), notices


def lacked(settings: Settings, results: Results, evaluations: list[int]) -> dict[str, object]:
    """Return the settings that ask for what a run lacks: a class, an evaluation, an image, three classes."""
    values = settings.values()
    beyond = [name for name in OF_A_CLASS if values[name] in map(str, range(len(results.classes), 10))]
    if values["epoch"] not in (*evaluations, LAST):
        beyond.append("epoch")
    if values["sample"] >= len(results.labels):
        beyond.append("sample")
    if len(results.classes) < 3 and values["curve"] == "simplex":
        beyond.append("curve")
    return {name: values[name] for name in beyond}


def leave_run(page: Page, before: str) -> None:
    """Leave what was chosen of the run before; what the new run has too stays: its classes, and an image of both."""
    settings = page.settings
    settings.set(epoch=LAST, at=1)
    tested_on = []
    for run in (before, settings.values()["run"]):
        with contextlib.suppress(OSError, ValueError, TypeError):
            results = Results(folder(run))
            tested_on.append(results.labels)
    if len(tested_on) < 2 or not np.array_equal(*tested_on):
        settings.set(sample=FOLLOW)
    if tested_on:
        settings.set(**{name: settings.specs[name].default for name in lacked(settings, results, [])})


class RunSection(Section):
    """A section of this page: beside its presets, the choice of the run."""

    def __init__(self, page: Page, notices: dict[str, str]):
        super().__init__(page)
        self.notices = notices

    def common(self):
        """Show the choice of the run: those recorded, the one named or watched last, and one from a file."""
        if not (self.page.shows("presets") and self.page.claim("run")):
            return
        run = self.page.settings.values()["run"]
        with st.container(horizontal=True, vertical_alignment="center", width="content", gap="small"):
            run_choice.show(self.page, lambda _: True, lambda: leave_run(self.page, run))
            if not presenting():
                open_run(self.page, leave_run)

    def show_notices(self) -> None:
        """Say what could not be shown as it was asked for, once a page."""
        if self.page.claim("notices"):
            for name, notice in self.notices.items():
                (st.info if name == "no_results" else st.warning)(notice, icon=NOTICES[name])


class NoResults(RunSection):
    """Instead of any section, where the run has nothing to show yet."""

    def figure(self):
        self.show_notices()


class ResultsSection(RunSection):
    """A section on an open run, at one of its evaluations unless it is on the whole run or on its trained weights."""

    at_one_epoch = True

    def __init__(self, page: Page, scene: Scene, notices: dict[str, str]):
        super().__init__(page, notices)
        self.scene = scene

    def controls(self):
        """Say what could not be shown as asked for, and show the choice of the evaluation; the rest comes after."""
        self.show_notices()
        if not (self.at_one_epoch and len(self.scene.epochs) > 1 and self.page.claim("epoch")):
            return
        *earlier, last = self.scene.epochs
        named = self.words("last", epoch=written(self.scene.results.reached(last)))
        st.select_slider(
            self.words("after_epoch"),
            [*earlier, LAST],
            format_func=lambda epoch: named if epoch == LAST else written(epoch),
            **self.page.settings.widget("epoch"),
        )

    def live_figure(self, figure, name: str, alt: str, subject: str = "", **options) -> None:
        """Show a live figure of this page; `subject`: what it shows of the run."""
        subject = f"{self.scene.results.path} {subject}"
        live_figure(figure, f"results.{name}", self.words, alt, subject, code=self.code(), **options)

    def text(self):
        """Show the way into the game, and of a recorded run how it was made; what else there is comes before."""
        if not self.page.claim("label"):
            return
        if self.scene.results.images:
            st.page_link(
                page_path("guess"),
                label=self.words("to_the_game"),
                icon=":material/casino:",
                query_params={"run": self.now.run} | language_query(),
            )
        recorded_label.label(self.words, self.now.run)

    def after(self, epochs: float) -> str:
        """Say when in its run an evaluation came, that after so many epochs."""
        return self.words("after.epoch" if epochs == int(epochs) else "after.epochs", epochs=written(epochs))

    def about(self, sample: int) -> dict:
        """Return what the words about one image are filled in with."""
        return {
            "i": str(sample),  # its name, no count
            "y": self.scene.classes[self.scene.labels[sample]],
            "predicted": self.scene.classes[self.scene.predicted[sample]],
        }


def written(epochs: float) -> str:
    """Return how many epochs were over at an evaluation as people read it: 1,000, or 0.21 of a run ended within one."""
    return f"{epochs:,}" if epochs == int(epochs) else number(epochs, 2)


@st.cache_data(max_entries=20, show_spinner=False)
def through_run(path: str, versions: tuple) -> tuple[np.ndarray, np.ndarray]:
    """Return losses and predictions (evaluations × n) of all test images through the run in the folder `path`."""
    results = Results(Path(path))
    through = (results.logits(epoch) for epoch, *_ in versions)
    found = [(losses.softmax_loss(logits, results.labels), logits.argmax(1)) for logits in through]
    return np.array([loss for loss, _ in found]), np.array([predicted for _, predicted in found])


def sample_history(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Return losses and predictions (evaluations × n) of all test images through the scene's run."""
    return through_run(str(scene.results.path), scene.results.versions(scene.epochs))
