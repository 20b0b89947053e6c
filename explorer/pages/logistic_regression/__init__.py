"""The sections of the page on logistic regression, one module each."""

import numpy as np
import streamlit as st

from explorer.components.live_figure import live_figure
from explorer.components.points_board import GROUND, board_of, points_board
from explorer.figures.logistic import LABEL_COLOURS
from explorer.maths import logistic
from explorer.maths.sampling import evenly
from explorer.stage.section import Section

MOST = 2000
STANDING = 60  # samples in the plane
OWN = "own"  # the toy data that the visitor sets
REACH = 6.0  # how far from 0 the visitor's points may be, in either feature
BEGIN = 24  # how many of the toy data the visitor begins with


@st.cache_data(max_entries=30, show_spinner=False)
def _in_random_order(data: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    x, y = logistic.toy_data(data, MOST, seed)
    order = np.random.default_rng(seed).permutation(MOST)
    if data == "outlier":  # it comes first, so that it is among few samples too
        order = np.r_[0, order[order != 0]]
    return x[order].round(4), y[order]


@st.cache_data(max_entries=100, show_spinner=False)
def standing_samples(data: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the samples in the plane: x (m × 2) and y."""
    return logistic.toy_data(data, STANDING, seed, features=2)


def given_points(data: str, seed: int) -> tuple[tuple[float, float, int], ...]:
    """Return the points with which the visitor begins: some of the toy data in the plane."""
    x, y = standing_samples(data, seed)
    some = evenly(STANDING, BEGIN)
    return tuple(
        (round(float(x1), 2) + 0.0, round(float(x2), 2) + 0.0, int(label))
        for (x1, x2), label in zip(x[some], y[some], strict=True)
    )


def own_points(now) -> dict:
    """Return the preset of the visitor's own points, which begin as those of the toy data that are shown."""
    return {"data": OWN} if now.data == OWN else {"data": OWN, "own": given_points(now.data, now.seed)}


@st.cache_data(max_entries=100, show_spinner=False)
def estimate(x: np.ndarray, y: np.ndarray, l2: float = 0.0) -> np.ndarray | None:
    """Return where the loss has its minimum, or None where it has none."""
    return logistic.maximum_likelihood_estimate(x, y, l2)


@st.cache_data(max_entries=100, show_spinner=False)
def hindrance(x: np.ndarray, y: np.ndarray) -> str | None:
    """Return why the likelihood has no single maximum, or None where it has one."""
    return logistic.hindrance(x, y)


class LogisticSection(Section):
    """A section whose curves or samples have two labels."""

    def live_figure(self, figure, name: str, **options) -> None:
        """Show a live figure of this page."""
        live_figure(figure, key=f"logistic.{name}", words=self.words, code=self.code(), **options)

    @property
    def label_names(self) -> tuple[str, str]:
        """What label 0 and label 1 are called."""
        return self.words("label_0"), self.words("label_1")

    @property
    def own(self) -> tuple[tuple[float, float, int], ...]:
        """The visitor's own points, none where the toy data are others."""
        if self.now.data != OWN:
            return ()
        return self.now.own or given_points("overlapping", self.now.seed)

    def samples(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the chosen samples, x (m × 1) and y: a larger m adds samples to those that were there.

        Of the visitor's own points x is the first feature.
        """
        if self.own:
            own = np.array(self.own)
            return own[:, :1], own[:, 2].astype(int)
        x, y = _in_random_order(self.now.data, self.now.seed)
        return x[: self.now.m], y[: self.now.m]

    def sample_controls(self, *names: str) -> None:
        """Show the choice of the toy data, and their `names`, `m` and `seed`, where no section above has them."""
        page, table = self.page, self.page.settings.specs
        if self.own:  # neither drawn at random nor of any number
            names = ()
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            for name in ("data", *names):
                if not page.claim(name):
                    continue
                setting = table[name]
                if name == "data":
                    options = {option: self.words(f"data.{option}") for option in setting.options}
                    page.settings.select_box("data", self.words("data.label"), options, options.get, width="stretch")
                elif name == "m":
                    st.slider(self.words("m"), setting.low, setting.high, width="stretch", **page.settings.widget("m"))
                else:
                    self.whole(name, self.words(name))

    @property
    def own_board(self) -> str:
        """The board that publishes the visitor's own points, "" where the data are others."""
        return board_of(self.page.settings) if self.own else ""

    def points_board(self, plane: str, line: bool = False) -> None:
        """Show the board of the visitor's own points, which lie on the `plane`; `line`: along one feature."""
        kinds = [(name, colour, GROUND) for name, colour in zip(self.label_names, LABEL_COLOURS, strict=True)]
        points_board(self.page.settings, self.words, self.own, kinds, [plane], line)

    def whole(self, name: str, label: str) -> None:
        """Show a field for the whole number `name`."""
        setting = self.page.settings.specs[name]
        st.number_input(label, setting.low, setting.high, width=100, **self.page.settings.widget(name))
