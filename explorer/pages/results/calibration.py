"""Does a probability of 0.9 mean nine right out of ten? Reliability, its error, and one temperature for all logits."""

import math

import numpy as np
import streamlit as st

from explorer.components.calibration_board import calibration_board
from explorer.figures.results import reliability_figure, reliability_heights, temperature_figure
from explorer.maths import evaluation, losses
from explorer.pages.results import LAST, ResultsSection
from explorer.shell.numbers import number

STOPS = 101  # of the temperature slider, evenly in log T; 1 is among them

PRESETS = {
    "as_trained": {"T": 1.0, "bins": 15, "epoch": LAST},
    "too_sure": {"T": 0.5, "bins": 15, "epoch": LAST},
    "too_modest": {"T": 4.0, "bins": 15, "epoch": LAST},
    "first_epoch": {"T": 1.0, "bins": 15, "epoch": 1},
}

# What answers each question; which temperature does depends on the run and on the evaluation.
AGREEMENT = 0.002  # between mean confidence and accuracy
ANSWERS = {"best": {}, "balanced": {}, "worse": {}}

CODE = """import numpy as np

labels = np.load("{run}/test_labels.npy")
f = np.load("{run}/test_logits/{epoch:04d}.npy").astype(float) / {T}

f = f - f.max(axis=1, keepdims=True)
p = np.exp(f) / np.exp(f).sum(axis=1, keepdims=True)
loss = (np.log(np.exp(f).sum(axis=1)) - f[np.arange(len(f)), labels]).mean()
confidence, right = p.max(axis=1), p.argmax(axis=1) == labels
place = np.ceil(confidence * {bins})  # the bin from (m − 1)/{bins} to m/{bins}
ece = sum(
    np.mean(place == m) * abs(right[place == m].mean() - confidence[place == m].mean()) for m in np.unique(place)
)
print(loss, right.mean(), ece)
"""


class Calibration(ResultsSection):
    """How sure the model is and how often it is right, at a temperature that is moved."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page, scene, notices):
        super().__init__(page, scene, notices)
        now, T = self.now, page.settings.specs["T"]
        # The slider's stops are what a setting can hold: rounded to its digits.
        self.stops = tuple(T.check(t) for t in np.geomspace(T.low, T.high, STOPS))
        self.steps = [rounded(step) for step in along(scene.logits, scene.labels, now.bins, self.stops)]
        self.chosen = at(scene.logits, scene.labels, now.bins, now.T)
        self.best = evaluation.best_temperature(scene.logits, scene.labels)
        self.has_best = T.low <= self.best <= T.high
        self.least = {"loss": math.nan, "error": math.nan}
        if 0 < self.best < math.inf:
            self.least = at(scene.logits, scene.labels, now.bins, self.best)
        self.answers = {name: {"T": value} for name, value in self.answering().items() if value is not None}

    def answering(self) -> dict[str, float | None]:
        """Return a temperature that answers each question, where there is one."""
        confidences = np.array([step["confidence"] for step in self.steps])
        accuracy = self.chosen["accuracy"]
        crossed = confidences.min() <= accuracy <= confidences.max()  # the confidence falls as T rises
        balanced = 10 ** np.interp(accuracy, confidences[::-1], np.log10(self.stops)[::-1])
        worse = [step["T"] for step in reversed(self.steps) if self.is_worse(step)]
        return {
            "best": self.best if self.has_best else None,
            "balanced": float(balanced) if crossed else None,
            "worse": worse[0] if worse else None,
        }

    def is_worse(self, step: dict) -> bool:
        """Return whether the mean loss is three times what it is at T = 1."""
        return bool(step["loss"] >= 3 * self.scene.losses.mean())

    def controls(self):
        super().controls()
        words, settings = self.words, self.page.settings
        self.board = calibration_board(settings, words, self.steps, rounded(self.chosen))
        bins = settings.specs["bins"]
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            st.slider(words("calibration.bins"), bins.low, bins.high, width="stretch", **settings.widget("bins"))
            st.button(
                words("calibration.take_best", T=number(self.best, 3)),
                key="results.best",
                disabled=not self.has_best,
                on_click=settings.set,
                kwargs={"T": self.best},
            )
        self.announce(words.sentences(self.reliability_said(), self.over_temperature_said()))

    def figure(self):
        words, scene, now = self.words, self.scene, self.now
        found = evaluation.reliability(scene.logits, scene.labels, now.bins, now.T)
        names = [words(f"calibration.{name}") for name in ("right", "over_gap", "under_gap")]
        titles = [words(f"calibration.{name}") for name in ("confidence", "accuracy", "count")]
        self.live_figure(
            reliability_figure(found, names, titles),
            "reliability",
            self.reliability_said(),
            str(scene.epoch),
            follow={"board": self.board},
        )
        with st.container(key="stage-minor-calibration"):
            for what, title in (("loss", "mean_loss"), ("error", "ece")):
                self.over_temperature(what, words(f"calibration.{title}"))

    def over_temperature(self, what: str, title: str) -> None:
        """Show the loss or the calibration error over the temperature, with the chosen and the best one."""
        self.live_figure(
            temperature_figure(
                self.stops,
                [step[what] for step in self.steps],
                (self.best, self.least[what]),
                (self.words("calibration.T"), title),
                share=what == "error",
            ),
            f"temperature.{what}",
            self.over_temperature_said(),
            str(self.scene.epoch),
            follow={"board": self.board, "points": [{"x": "at", "y": what, "colour": "var(--text)"}]},
        )

    def reliability_said(self) -> str:
        """Say in words how confidence and accuracy compare."""
        chosen, words = self.chosen, self.words
        return words(
            "calibration.reliability",
            T=number(self.now.T, 3),
            confidence=number(100 * chosen["confidence"], 1),
            accuracy=number(100 * chosen["accuracy"], 1),
            ece=number(100 * chosen["error"], 2),
            verdict=words(f"calibration.{verdict(chosen['confidence'], chosen['accuracy'])}"),
        )

    def over_temperature_said(self) -> str:
        """Say in words what the loss is, and where it is smallest."""
        chosen, words, least = self.chosen, self.words, self.least
        loss, percent = number(chosen["loss"]), number(100 * chosen["accuracy"], 1)
        told = words("calibration.loss", T=number(self.now.T, 3), loss=loss, percent=percent)
        if not 0 < self.best < math.inf:
            return words.sentences(told, words("calibration.no_least", T=number(self.best, 0)))
        loss, ece = number(least["loss"]), number(100 * least["error"], 2)
        return words.sentences(told, words("calibration.least", T=number(self.best, 3), loss=loss, ece=ece))

    def text(self):
        st.markdown(self.words("calibration.lead"))
        super().text()

    def found(self):
        T, chosen, best = self.now.T, self.chosen, self.best
        return {
            "best": bool(T != 1 and 0 < best < math.inf and abs(T / best - 1) < 0.02),
            "balanced": bool(T != 1 and abs(chosen["confidence"] - chosen["accuracy"]) < AGREEMENT),
            "worse": self.is_worse(chosen),
        }

    def code(self):
        now = self.now
        return CODE.format(run=self.scene.results.path.name, epoch=self.scene.epoch, T=now.T, bins=now.bins)


def verdict(confidence: float, accuracy: float) -> str:
    """Return how confidence and accuracy compare: within half a percent they count as equal."""
    if abs(confidence - accuracy) < 0.005:
        return "balanced"
    return "over" if confidence > accuracy else "under"


def at(logits: np.ndarray, labels: np.ndarray, bins: int, T: float) -> dict:
    """Return what holds at one temperature: mean loss, calibration error, mean confidence, accuracy, and the bins."""
    found = evaluation.reliability(logits, labels, bins, T)
    held = found.counts > 0
    weights = found.counts[held] / found.counts.sum()
    return {
        "T": T,
        "at": math.log10(T),
        "loss": float(losses.softmax_loss(logits, labels, T).mean()),
        "error": found.error,
        "confidence": float(weights @ found.confidence[held]),
        "accuracy": float(weights @ found.accuracy[held]),
        **reliability_heights(found),
    }


@st.cache_data(max_entries=20, show_spinner=False)
def along(logits: np.ndarray, labels: np.ndarray, bins: int, temperatures: tuple[float, ...]) -> list[dict]:
    """Return what holds at each of the temperatures."""
    return [at(logits, labels, bins, T) for T in temperatures]


def rounded(values: dict) -> dict:
    """Return the values as they are sent to the browser: to six digits, more than it shows, the temperature whole."""
    return {
        name: value if name == "T" else [float(f"{v:.6g}") for v in value] if np.ndim(value) else float(f"{value:.6g}")
        for name, value in values.items()
    }
