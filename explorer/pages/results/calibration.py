"""Does a probability of 0.9 mean nine right out of ten? Reliability, its error, and one temperature for all logits."""

import math

import numpy as np
import streamlit as st

from explorer.components.calibration_board import calibration_board
from explorer.components.live_figure import captioned_figure, live_figure
from explorer.figures.results import reliability_figure, reliability_heights, temperature_figure
from explorer.maths import evaluation, losses
from explorer.pages.results import LAST, Scene
from explorer.shell.numbers import number
from explorer.stage.page import Page

STOPS = 101  # of the temperature slider, evenly in log T; 1 is among them

PRESETS = {
    "as_trained": {"T": 1.0, "bins": 15, "epoch": LAST},
    "too_sure": {"T": 0.5, "bins": 15, "epoch": LAST},
    "too_modest": {"T": 4.0, "bins": 15, "epoch": LAST},
    "first_epoch": {"T": 1.0, "bins": 15, "epoch": 1},
}

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


def show(page: Page, scene: Scene) -> None:
    """Show how sure the model is and how often it is right, at the chosen temperature."""
    now, words = page.now, page.words
    T = page.settings.specs["T"]
    best = evaluation.best_temperature(scene.logits, scene.labels)
    controls(page, best)
    # The slider's stops are what a setting can hold: rounded to its digits.
    stops = tuple(T.check(t) for t in np.geomspace(T.low, T.high, STOPS))
    steps = [rounded(values) for values in along(scene.logits, scene.labels, now.bins, stops)]
    chosen = at(scene.logits, scene.labels, now.bins, now.T)
    board = calibration_board(page.settings, words, steps, rounded(chosen))
    found = evaluation.reliability(scene.logits, scene.labels, now.bins, now.T)
    told = words(
        "calibration.reliability",
        T=number(now.T, 3),
        confidence=number(100 * chosen["confidence"], 1),
        accuracy=number(100 * chosen["accuracy"], 1),
        ece=number(100 * chosen["error"], 2),
        verdict=words(f"calibration.{verdict(chosen['confidence'], chosen['accuracy'])}"),
    )
    code = CODE.format(run=scene.results.path.name, epoch=scene.epoch, T=now.T, bins=now.bins)
    names = [words(f"calibration.{name}") for name in ("right", "over_gap", "under_gap")]
    titles = [words(f"calibration.{name}") for name in ("confidence", "accuracy", "count")]
    subject = f"{scene.results.path} {scene.epoch}"
    traces = [{"trace": trace, "y": name} for trace, name in ((0, "over"), (1, "held"), (2, "both"), (4, "counts"))]
    captioned_figure(
        reliability_figure(found, names, titles),
        "results.reliability",
        page.words,
        told,
        subject=subject,
        height=430,
        follow={"board": board, "traces": traces},
        code=code,
    )
    over_temperature(page, scene, best, steps, chosen, board, code)
    page.questions(
        {
            "best": bool(now.T != 1 and abs(now.T / best - 1) < 0.02) if 0 < best < math.inf else False,
            "balanced": bool(now.T != 1 and abs(chosen["confidence"] - chosen["accuracy"]) < 0.002),
            "worse": bool(chosen["loss"] >= 3 * scene.losses.mean()),
        }
    )
    page.code(code)


def verdict(confidence: float, accuracy: float) -> str:
    """Return how confidence and accuracy compare: within half a percent they count as equal."""
    if abs(confidence - accuracy) < 0.005:
        return "balanced"
    return "over" if confidence > accuracy else "under"


def controls(page: Page, best: float) -> None:
    """Show the bins, and the button for the best temperature."""
    words, setting = page.words, page.settings.specs
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    bins = setting["bins"]
    left.slider(words("calibration.bins"), bins.low, bins.high, **page.settings.widget("bins"))
    right.button(
        words("calibration.take_best", T=number(best, 3)),
        key="results.best",
        disabled=not setting["T"].low <= best <= setting["T"].high,
        on_click=page.settings.set,
        kwargs={"T": best},
        width="stretch",
    )


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


def over_temperature(page: Page, scene: Scene, best: float, steps: list, chosen: dict, board: str, code: str) -> None:
    """Show loss and calibration error over the temperature, with the chosen and the best one."""
    now, words = page.now, page.words
    least = {"loss": math.nan, "error": math.nan}
    told = words(
        "calibration.loss",
        T=number(now.T, 3),
        loss=number(chosen["loss"]),
        percent=number(100 * chosen["accuracy"], 1),
    )
    if 0 < best < math.inf:
        least = at(scene.logits, scene.labels, now.bins, best)
        lowest = words(
            "calibration.least", T=number(best, 3), loss=number(least["loss"]), ece=number(100 * least["error"], 2)
        )
    else:
        lowest = words("calibration.no_least", T=number(best, 0))
    told = words.sentences(told, lowest)
    temperatures = [step["T"] for step in steps]
    for column, (what, title) in zip(st.columns(2), (("loss", "mean_loss"), ("error", "ece")), strict=True):
        with column:
            live_figure(
                temperature_figure(
                    temperatures,
                    [step[what] for step in steps],
                    (best, least[what]),
                    (words("calibration.T"), words(f"calibration.{title}")),
                    share=what == "error",
                ),
                key=f"results.temperature.{what}",
                words=words,
                alt=told,
                subject=f"{scene.results.path} {scene.epoch}",
                height=300,
                follow={"board": board, "points": [{"x": "at", "y": what, "colour": "var(--text)"}]},
                code=code,
            )
    st.caption(told)
