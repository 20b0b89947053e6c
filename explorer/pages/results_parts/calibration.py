"""Does a probability of 0.9 mean nine right out of ten? Reliability, its error, and one temperature for all logits."""

import math

import numpy as np
import streamlit as st

from explorer import evaluation, losses
from explorer.components.live_figure import live_figure
from explorer.figures.results import reliability_figure, temperature_figure
from explorer.frame import Page
from explorer.notation import number
from explorer.pages.results_parts import LAST, Scene

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
    best = evaluation.best_temperature(scene.logits, scene.labels)
    controls(page, best)
    found = evaluation.reliability(scene.logits, scene.labels, now.bins, now.T)
    confidence = losses.softmax(scene.logits, now.T).max(axis=1).mean()
    accuracy = scene.right.mean()
    told = words(
        "calibration.reliability",
        T=number(now.T, 3),
        confidence=number(100 * confidence, 1),
        accuracy=number(100 * accuracy, 1),
        ece=number(100 * found.error, 2),
        verdict=words(f"calibration.{verdict(confidence, accuracy)}"),
    )
    code = CODE.format(run=scene.results.path.name, epoch=scene.epoch, T=now.T, bins=now.bins)
    live_figure(
        reliability_figure(
            found,
            (words("calibration.right"), words("calibration.gap")),
            (words("calibration.confidence"), words("calibration.accuracy"), words("calibration.count")),
        ),
        key="results.reliability",
        words=words,
        alt=told,
        subject=str(scene.epoch),
        height=430,
        code=code,
    )
    st.caption(told)
    over_temperature(page, scene, best, found.error, code)
    page.questions(
        {
            "best": bool(now.T != 1 and abs(now.T / best - 1) < 0.02) if 0 < best < math.inf else False,
            "balanced": bool(now.T != 1 and abs(confidence - accuracy) < 0.002),
            "worse": bool(losses.softmax_loss(scene.logits, scene.labels, now.T).mean() >= 3 * scene.losses.mean()),
        }
    )
    page.code(code)


def verdict(confidence: float, accuracy: float) -> str:
    """Return how confidence and accuracy compare: within half a percent they count as equal."""
    if abs(confidence - accuracy) < 0.005:
        return "balanced"
    return "over" if confidence > accuracy else "under"


def controls(page: Page, best: float) -> None:
    """Show temperature and bins, and the button for the best temperature."""
    words, widget, setting = page.words, page.settings.widget, page.settings.table
    left, middle, right = st.columns([4, 2, 2], vertical_alignment="bottom")
    T = setting["T"]
    left.slider(words("calibration.T"), float(T.low), float(T.high), step=0.05, **widget("T"))
    middle.slider(words("calibration.bins"), setting["bins"].low, setting["bins"].high, **widget("bins"))
    right.button(
        words("calibration.take_best", T=number(best, 3)),
        key="results.best",
        disabled=not T.low <= best <= T.high,
        on_click=page.settings.set,
        kwargs={"T": best},
        width="stretch",
    )


@st.cache_data(max_entries=50, show_spinner=False)
def curves(logits: np.ndarray, labels: np.ndarray, bins: int, low: float, high: float) -> tuple[np.ndarray, ...]:
    """Return temperatures from `low` to `high`, and mean loss and calibration error at each."""
    temperatures = np.geomspace(low, high, 61)
    mean_losses = [losses.softmax_loss(logits, labels, t).mean() for t in temperatures]
    errors = [evaluation.reliability(logits, labels, bins, t).error for t in temperatures]
    return temperatures, np.array(mean_losses), np.array(errors)


def over_temperature(page: Page, scene: Scene, best: float, error: float, code: str) -> None:
    """Show loss and calibration error over the temperature, with the chosen and the best one."""
    now, words, T = page.now, page.words, page.settings.table["T"]
    chosen = (now.T, float(losses.softmax_loss(scene.logits, scene.labels, now.T).mean()), error)
    least = (best, math.nan, math.nan)
    told = words(
        "calibration.loss", T=number(now.T, 3), loss=number(chosen[1]), percent=number(100 * scene.right.mean(), 1)
    )
    if 0 < best < math.inf:
        least = (
            best,
            float(losses.softmax_loss(scene.logits, scene.labels, best).mean()),
            evaluation.reliability(scene.logits, scene.labels, now.bins, best).error,
        )
        told += words("calibration.least", T=number(best, 3), loss=number(least[1]), ece=number(100 * least[2], 2))
    else:
        told += words("calibration.no_least", T=number(best, 0))
    live_figure(
        temperature_figure(
            *curves(scene.logits, scene.labels, now.bins, T.low, T.high),
            chosen,
            least,
            (words("calibration.T"), words("calibration.mean_loss"), words("calibration.ece")),
        ),
        key="results.temperature",
        words=words,
        alt=told,
        subject=str(scene.epoch),
        height=420,
        code=code,
    )
    st.caption(told)
