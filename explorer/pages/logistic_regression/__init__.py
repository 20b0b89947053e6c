"""The sections of the page on logistic regression, one module each."""

import numpy as np
import streamlit as st

from explorer.components.live_figure import live_figure
from explorer.maths import logistic
from explorer.stage.section import Section

MOST = 2000


@st.cache_data(max_entries=30, show_spinner=False)
def _in_random_order(data: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    x, y = logistic.toy_data(data, MOST, seed)
    order = np.random.default_rng(seed).permutation(MOST)
    if data == "outlier":  # it comes first, so that it is among few samples too
        order = np.r_[0, order[order != 0]]
    return x[order].round(4), y[order]


@st.cache_data(max_entries=100, show_spinner=False)
def estimate(x: np.ndarray, y: np.ndarray, l2: float = 0.0) -> np.ndarray | None:
    """Return where the loss has its minimum, or None where it has none."""
    return logistic.maximum_likelihood_estimate(x, y, l2)


class LogisticSection(Section):
    """A section whose curves or samples have two labels."""

    def live_figure(self, figure, name: str, **options) -> None:
        """Show a live figure of this page."""
        live_figure(figure, key=f"logistic.{name}", words=self.words, code=self.code(), **options)

    @property
    def label_names(self) -> tuple[str, str]:
        """What label 0 and label 1 are called."""
        return self.words("label_0"), self.words("label_1")

    def samples(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the chosen samples, x (m × 1) and y: a larger m adds samples to those that were there."""
        x, y = _in_random_order(self.now.data, self.now.seed)
        return x[: self.now.m], y[: self.now.m]

    def sample_controls(self, *names: str) -> None:
        """Show the choice of the toy data, and their `names`, `m` and `seed`, where no section above has them."""
        page, table = self.page, self.page.settings.specs
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

    def whole(self, name: str, label: str) -> None:
        """Show a field for the whole number `name`."""
        setting = self.page.settings.specs[name]
        st.number_input(label, setting.low, setting.high, width=100, **self.page.settings.widget(name))
