"""Three classes in the plane: the regions of softmax regression and of one logistic regression a class."""

import numpy as np
import streamlit as st

from explorer.components.live_figure import captioned_figure
from explorer.figures.softmax_or_sigmoid import regions_figure
from explorer.maths import losses, three_classes
from explorer.pages.softmax_or_sigmoid import Scene, choice, lead, slider
from explorer.stage.page import Page

AXIS = np.linspace(-4, 4, 121)
GRID = np.stack(np.meshgrid(AXIS, AXIS), axis=-1)

PRESETS = {
    "two_at_once": {"points": "overlapping", "spread": 0.45, "seed": 0},
    "apart": {"points": "separate", "spread": 0.45, "seed": 0},
    "blurred": {"points": "separate", "spread": 1.0, "seed": 0},
    "in_a_row": {"points": "row", "spread": 0.45, "seed": 0},
}

CODE = """import numpy as np

centres = np.array({centres})
labels = np.array({labels})
m = 20 * len(centres)
x = np.repeat(centres, 20, axis=0) + {spread} * np.random.default_rng({seed}).normal(size=(m, 2))
x, y = np.column_stack([x, np.ones(m)]), np.repeat(labels, 20, axis=0)
p = y / y.sum(axis=1, keepdims=True)

one, three = np.zeros((3, 3)), np.zeros((3, 3))  # one softmax, three logistic regressions
for _ in range(8000):
    q = np.exp(x @ one.T)
    q = q / q.sum(axis=1, keepdims=True)
    s = 1 / (1 + np.exp(-x @ three.T))
    one -= 0.3 * ((q - p).T @ x / m + {l2} * one * [1, 1, 0])
    three -= 0.3 * ((s - y).T @ x / m + {l2} * three * [1, 1, 0])
print("softmax", (np.eye(3)[(x @ one.T).argmax(axis=1)] == y).all(axis=1).sum(), "of", m)
print("sigmoids", ((x @ three.T > 0) == y).all(axis=1).sum(), "of", m)
"""


@st.cache_data(max_entries=100, show_spinner=False)
def fitted(points: str, spread: float, seed: int) -> tuple[np.ndarray, ...]:
    """Return the points, their labels, and the parameters of the softmax and of the logistic regressions."""
    x, labels = three_classes.clusters(points, spread=spread, seed=seed)
    return x, labels, three_classes.softmax_regression(x, labels), three_classes.sigmoid_regressions(x, labels)


def show(page: Page, _scene: Scene) -> None:
    """Show the points, and which classes either model names where."""
    now, words = page.now, page.words
    lead(page, "plane")
    left, middle, right = st.columns([5, 4, 2], vertical_alignment="bottom")
    with left:
        choice(page, "points")
    with middle:
        slider(page, "spread", step=0.05)
    seed = page.settings.specs["seed"]
    right.number_input(words("seed"), seed.low, seed.high, **page.settings.widget("seed"))
    st.markdown(words(f"plane.{now.points}"))

    x, labels, softmax, sigmoids = fitted(now.points, now.spread, now.seed)
    code = source(now)
    models = {
        "softmax": (three_classes.largest, losses.softmax, softmax, three_classes.softmax_boundaries),
        "sigmoid": (three_classes.above_half, losses.sigmoid, sigmoids, three_classes.sigmoid_boundaries),
    }
    correct = {}
    for column, (name, (named, probabilities, theta, boundaries)) in zip(st.columns(2), models.items(), strict=True):
        over_grid = three_classes.logits(theta, GRID)
        correct[name] = three_classes.exactly_right(named(three_classes.logits(theta, x)), labels)
        alt = words(f"plane.alt_{name}", right=correct[name], all=len(x))
        with column:
            st.markdown(f"**{words(f'softmax_vs_sigmoid_board.{name}')}**")
            captioned_figure(
                regions_figure(
                    AXIS,
                    named(over_grid),
                    probabilities(over_grid),
                    x,
                    labels,
                    [words("plane.class", k=k) for k in range(3)],
                    boundaries(theta),
                    own_boundary=name == "sigmoid",
                ),
                key=f"softmax_or_sigmoid.plane.{name}",
                words=words,
                alt=alt,
                height=400,
                code=code,
            )
    if now.points != "overlapping":
        by_size = three_classes.exactly_right(three_classes.largest(three_classes.logits(sigmoids, x)), labels)
        st.markdown(words("plane.by_size", right=by_size, all=len(x)))
    page.questions(
        {
            "at_once": now.points == "overlapping" and correct["sigmoid"] == len(x),
            "row": now.points == "row" and correct["softmax"] == len(x) and correct["sigmoid"] < 0.7 * len(x),
        }
    )
    page.code(code)


def source(now) -> str:
    """Return the lines that draw the points, train both models and count the points they get right."""
    centres, labels = three_classes.CLUSTERS[now.points]
    return CODE.format(
        centres=centres.round(12).tolist(),
        labels=labels.astype(int).tolist(),
        spread=now.spread,
        seed=now.seed,
        l2=three_classes.L2,
    )
