"""What the training page shows before, during and after a run alike: the loss chart beside the ten images."""

import base64
import math
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import streamlit as st

from explorer import runs
from explorer.components.board_figure import board_figure
from explorer.components.run_monitor import BOARD, run_monitor
from explorer.images.sheets import image_url
from explorer.pages.shared import ownership
from explorer.pages.train import SETTINGS, chosen, preset
from explorer.protocol import recipes
from explorer.protocol.layers import layers
from explorer.protocol.routes import RUNS
from explorer.runs import recorded
from explorer.runs.folder import RunFolder
from explorer.runs.own_images import OwnImages
from explorer.stage.section import Section

# A preset is about the next run, also while another is shown.
PRESETS = {name: preset(name) | {"run": ""} for name in recipes.RECIPES}


def _started(recipe: str, **values) -> Callable[[], dict]:
    """Return what starts a run of a recipe, with some settings of its own, and needs nothing set beside that."""

    def start() -> dict:
        SETTINGS.set(**preset(recipe) | values | {"compare": ()})
        ownership.start(chosen(SimpleNamespace(**SETTINGS.values())), SETTINGS.set)
        return {}

    start.label = "question.train"
    return start


# The recorded CNN answers two questions; the others are answered by a run of the visitor's own.
OF_RECORDED = ("ln10", "cpu-minute")
ANSWERS = (
    {name: {"compare": (), "run": recorded.CNN} for name in OF_RECORDED}
    | {recipe: _started(recipe) for recipe in recipes.RECIPES if recipe not in OF_RECORDED}
    | {"softmax-on-shapes": _started("softmax-regression", data="synthetic")}
)


class MonitorSection(Section):
    """A section whose figure is the run monitor."""

    presets = PRESETS
    answers = ANSWERS
    with_images = True  # beside the chart

    def figure(self):
        if not self.page.shows("monitor"):
            return
        with st.container(key="stage-pair-train"):
            board_figure(BOARD, "chart")
            if self.with_images:
                board_figure(BOARD, "images")
        board_figure(BOARD, "status")
        self.monitor()
        if not self.page.shows("text"):
            board_figure(BOARD, "rest")

    def monitor(self) -> None:
        """Show the run monitor, which draws into the rooms beside it."""
        run_monitor(SETTINGS, self.words)

    def text(self):
        self.room("rest")

    def room(self, part: str) -> None:
        """Make room for a part of the monitor, if that is shown."""
        if self.page.shows("monitor"):
            board_figure(BOARD, part)

    def still_going(self, but: runs.Run | None = None) -> None:
        """Offer the way to a run of the visitor's that still goes on, unless it is `but`."""
        going = ownership.going()
        if going is None or going is but:
            return
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(self.words("still_going"), width="content")
            st.button(
                self.words("show_it"),
                key="train.show_it",
                type="tertiary",
                on_click=SETTINGS.set,
                kwargs={"run": going.id},
            )

    def look(self, recipe: str | None) -> None:
        """Say what a recipe, if there is one, lets one see."""
        if recipe in recipes.RECIPES:
            st.caption(f":material/visibility: {self.words(f'look.{recipe}')}")

    def watch_recorded(self) -> None:
        """Offer a recorded run, which is played once more."""
        st.button(
            self.words("watch_recorded"),
            key="train.watch_recorded",
            icon=":material/play_circle:",
            type="tertiary",
            on_click=SETTINGS.set,
            kwargs={"run": recorded.usual(), "replay": "5"},
        )


def route(run: str) -> tuple[str, str]:
    """Return where the routes of a run lie, and its name."""
    return f"{RUNS}/{run}", run


def untrained(settings: dict) -> RunFolder:
    """Return the recorded run of which the first evaluation shows how a training with complete `settings` begins.

    That is one on photographs, if some are to be trained on and are on this server, else the one on drawn shapes.
    """
    if settings["dataset"] != "synthetic":
        folder = recorded.folder(recorded.OF_MODELS.get(settings["model"], recorded.CNN))
        if folder.sample_sheet():
            return folder
    return recorded.folder(recorded.SHAPES)


def preview(settings: dict, own: OwnImages | None = None) -> dict:
    """Return what the monitor shows until a run has something to show: what an untrained network says of ten images.

    settings: complete ones, of the network whose layers are listed. Of images of one's own it says nothing yet: about
    the same probability for each class.
    """
    if own:
        classes = len(own.classes)
        return {
            "sprite": image_url(np.concatenate(own.examples(1))),
            "classes": own.classes,
            "test_loss": math.log(classes),
            "test_accuracy": 1 / classes,
            "rows": layers(settings, classes),
            "labels": list(range(classes)),
            "logits": np.zeros((classes, classes)),
        }
    folder = untrained(settings)
    first = folder.epochs[0]
    return {
        "sprite": f"data:image/png;base64,{base64.b64encode(folder.sample_sheet()).decode()}",
        "classes": folder.started["classes"],
        "test_loss": first["test_loss"],
        "test_accuracy": first["test_accuracy"],
        "rows": layers(settings),
        **folder.sample_logits(0),
    }
