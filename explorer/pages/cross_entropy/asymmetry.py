"""One hump fitted to two, by D_KL(p‖q) and by D_KL(q‖p): what it means that the order matters."""

import numpy as np
import streamlit as st

from explorer.components.live_figure import live_figure
from explorer.figures.cross_entropy import DIVERGENCE, REVERSE, fit_figure
from explorer.maths import divergence
from explorer.shell.numbers import number
from explorer.stage.section import Section

LINE = np.linspace(-20, 20, 801)

PRESETS = {
    "two_humps": {"gap": 6, "share": 0.6, "start": -1},
    "other_start": {"gap": 6, "share": 0.6, "start": 4},
    "lopsided": {"gap": 7, "share": 0.9, "start": 4},
    "merged": {"gap": 1.5, "share": 0.6, "start": -1},
}

# What answers each question.
ANSWERS = {
    "lighter": PRESETS["other_start"],
    "same_fit": {"gap": 0.5, "share": 0.6, "start": -1},
    "between": {"gap": 5, "share": 0.5, "start": 0},
}

CODE = """import numpy as np

x = np.linspace(-20, 20, 801)


def hump(mean, deviation):  # ln of a normal density that sums to 1 on the points x
    f = -(((x - mean) / deviation) ** 2) / 2
    return f - np.log(np.exp(f).sum())


log_p = np.logaddexp(np.log({share}) + hump(-{gap} / 2, 1), np.log(1 - {share}) + hump({gap} / 2, 1))
p = np.exp(log_p)
for reverse in (False, True):
    m, s = {start}, 1.0
    for step in range({steps}):
        log_q = hump(m, s)
        q, ratio = np.exp(log_q), log_q - log_p
        pull = q * (ratio - q @ ratio) if reverse else q - p  # the gradient by ln q
        m, s = m - {rate} * (x - m) @ pull, s * np.exp(-{rate} / 2 * ((x - m) / s) ** 2 @ pull)
    print(m, s, q @ ratio if reverse else p @ -ratio)
"""


class Asymmetry(Section):
    """Both fits, one above the other on one axis."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        now = self.now
        self.log_p = divergence.log_two_humps(LINE, now.gap, now.share)
        self.forward, self.reverse = (
            divergence.fit_hump(self.log_p, LINE, reverse, mean=now.start) for reverse in (False, True)
        )

    def controls(self):
        for name, step in {"gap": 0.1, "share": 0.05, "start": 0.1}.items():
            setting = self.page.settings.specs[name]
            label = self.words(f"asymmetry.{name}")
            st.slider(label, float(setting.low), float(setting.high), step=step, **self.page.settings.widget(name))
        self.announce(self.says("forward", self.forward), self.says("reverse", self.reverse))

    def figure(self):
        for name, fit, symbol in (("forward", self.forward, DIVERGENCE), ("reverse", self.reverse, REVERSE)):
            live_figure(
                fit_figure(LINE, np.exp(self.log_p), fit, self.words(f"asymmetry.{name}", divergence=symbol)),
                key=f"cross_entropy.fit_{name}",
                words=self.words,
                alt=self.says(name, fit),
                code=self.code(),
            )

    def says(self, name: str, fit) -> str:
        """Return in words where a fit has come to."""
        return self.words(
            f"asymmetry.says_{name}",
            mean=number(round(fit.mean, 4) + 0.0),  # a mean of 0 is found up to roundings
            deviation=number(fit.deviation),
            value=number(fit.path[-1]),
            steps=len(fit.path) - 1,
        )

    def text(self):
        st.markdown(self.words("asymmetry.lead"))

    def found(self):
        now, forward, reverse = self.now, self.forward, self.reverse
        return {
            "lighter": now.gap >= 6 and _on_lighter_hump(reverse.mean, now),
            "same_fit": abs(forward.mean - reverse.mean) < 0.01 and abs(forward.deviation - reverse.deviation) < 0.01,
            "between": now.gap >= 4 and abs(reverse.mean) < 0.5,
        }

    def code(self):
        now = self.now
        # Plain steps that do not halve need a smaller rate, and more of them.
        return CODE.format(gap=now.gap, share=now.share, start=now.start, steps=3000, rate=0.1)


def _on_lighter_hump(mean: float, now) -> bool:
    """Return whether a fit stands on the hump that has less of the whole."""
    lighter = 1 if now.share > 0.5 else -1
    return now.share != 0.5 and abs(mean - lighter * now.gap / 2) < 0.5
