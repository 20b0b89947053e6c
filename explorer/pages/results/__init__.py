"""The sections of the page on a run's results, one module each: its `PRESETS`, and `show(page, scene)`."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from explorer.maths import losses
from explorer.runs.results import Results
from explorer.shell.numbers import number
from explorer.shell.texts import Words
from explorer.stage.page import Page

LAST = -1  # the setting `epoch`: the last evaluation there is
FIRST = -1  # the setting `sample`: the first that the gallery shows


@dataclass(frozen=True)
class Scene:
    """An open run: its results, the chosen evaluation, and what the logits say there.

    `epochs` are those with finite logits; `classes` the names as people read them; `losses` (n,) per picture.
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


def scene(results: Results, epochs: list[int], epoch: int, classes: list[str]) -> Scene:
    """Return the run as it stood after `epoch`."""
    logits = results.logits(epoch)
    return Scene(results, epochs, epoch, classes, logits, losses.softmax_loss(logits, results.labels))


def written(epochs: float) -> str:
    """Return how many epochs were over at an evaluation as people read it: 1,000, or 0.21 of a run ended within one."""
    return f"{epochs:,}" if epochs == int(epochs) else number(epochs, 2)


def after(words: Words, epochs: float) -> str:
    """Say when in its run an evaluation came."""
    return words("after.epoch" if epochs == int(epochs) else "after.epochs", epochs=written(epochs))


@st.cache_data(max_entries=20, show_spinner=False)
def through_run(path: str, versions: tuple) -> tuple[np.ndarray, np.ndarray]:
    """Return losses and predictions (evaluations × n) of all test pictures through the run in the folder `path`."""
    results = Results(Path(path))
    through = (results.logits(epoch) for epoch, *_ in versions)
    found = [(losses.softmax_loss(logits, results.labels), logits.argmax(1)) for logits in through]
    return np.array([loss for loss, _ in found]), np.array([predicted for _, predicted in found])


def sample_history(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Return losses and predictions (evaluations × n) of all test pictures through the scene's run."""
    return through_run(str(scene.results.path), scene.results.versions(scene.epochs))


def choice(page: Page, name: str, where=st, **more) -> None:
    """Show the choice between the options of the setting `name`."""
    where.segmented_control(
        page.words(f"{name}.label"),
        page.settings.specs[name].options,
        format_func=lambda option: page.words(f"{name}.{option}"),
        required=True,
        **more,
        **page.settings.widget(name),
    )


def sample_words(page: Page, scene: Scene, sample: int) -> dict:
    """Return what the words about one picture are filled in with."""
    return {
        "i": str(sample),  # its name, no count
        "y": scene.classes[scene.labels[sample]],
        "predicted": scene.classes[scene.predicted[sample]],
    }
