"""Three classes in the plane: the regions of softmax regression and of one logistic regression a class."""

import numpy as np
import streamlit as st

from explorer.components.live_figure import live_figure
from explorer.figures.softmax_or_sigmoid import regions_figure
from explorer.maths import losses, three_classes
from explorer.pages.softmax_or_sigmoid import slider
from explorer.stage.section import Section

AXIS = np.linspace(-4, 4, 121)
GRID = np.stack(np.meshgrid(AXIS, AXIS), axis=-1)

PRESETS = {
    "two_at_once": {"points": "overlapping", "spread": 0.45, "seed": 0},
    "apart": {"points": "separate", "spread": 0.45, "seed": 0},
    "blurred": {"points": "separate", "spread": 1.0, "seed": 0},
    "in_a_row": {"points": "row", "spread": 0.45, "seed": 0},
}

# What answers each question.
ANSWERS = {
    "at_once": {"points": "overlapping", "spread": 0.1, "seed": 0},
    "row": {"points": "row", "spread": 0.2, "seed": 0},
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


class Plane(Section):
    """The points, and which classes either model names where."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        now = self.now
        self.x, self.labels, softmax, sigmoids = fitted(now.points, now.spread, now.seed)
        # Of each model: what it names, its probabilities, its parameters and its boundaries.
        self.models = {
            "softmax": (three_classes.largest, losses.softmax, softmax, three_classes.softmax_boundaries),
            "sigmoid": (three_classes.above_half, losses.sigmoid, sigmoids, three_classes.sigmoid_boundaries),
        }
        self.correct = {
            name: three_classes.exactly_right(named(three_classes.logits(theta, self.x)), self.labels)
            for name, (named, _, theta, _) in self.models.items()
        }

    def controls(self):
        words, settings = self.words, self.page.settings
        seed = settings.specs["seed"]
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            with st.container():
                slider(self, "spread", step=0.05)
            st.number_input(words("seed"), seed.low, seed.high, width=100, **settings.widget("seed"))
        self.choice("points", words("points.label"), wrap=True)
        st.markdown(words(f"plane.{self.now.points}"))
        for name in self.models:
            st.markdown(self.told(name))
        if self.now.points != "overlapping":
            _, _, theta, _ = self.models["sigmoid"]
            largest = three_classes.largest(three_classes.logits(theta, self.x))
            by_size = three_classes.exactly_right(largest, self.labels)
            st.markdown(words("plane.by_size", right=by_size, all=len(self.x)))

    def told(self, name: str) -> str:
        """Return in words how a model names classes, and how often it is right."""
        return self.words(f"plane.alt_{name}", right=self.correct[name], all=len(self.x))

    def figure(self):
        with st.container(key="stage-pair-plane"):
            for name, (named, probabilities, theta, boundaries) in self.models.items():
                over_grid = three_classes.logits(theta, GRID)
                live_figure(
                    regions_figure(
                        AXIS,
                        named(over_grid),
                        probabilities(over_grid),
                        self.x,
                        self.labels,
                        [self.words("plane.class", k=k) for k in range(3)],
                        boundaries(theta),
                        own_boundary=name == "sigmoid",
                        title=self.words(
                            "plane.title",
                            name=self.words(f"softmax_vs_sigmoid_board.{name}"),
                            right=self.correct[name],
                            all=len(self.x),
                        ),
                    ),
                    key=f"softmax_or_sigmoid.plane.{name}",
                    words=self.words,
                    alt=self.told(name),
                    code=self.code(),
                )

    def text(self):
        st.markdown(self.words("plane.lead"))

    def found(self):
        points, correct, count = self.now.points, self.correct, len(self.x)
        return {
            "at_once": points == "overlapping" and correct["sigmoid"] == count,
            "row": points == "row" and correct["softmax"] == count and correct["sigmoid"] < 0.7 * count,
        }

    def code(self):
        now = self.now
        centres, labels = three_classes.CLUSTERS[now.points]
        return CODE.format(
            centres=centres.round(12).tolist(),
            labels=labels.astype(int).tolist(),
            spread=now.spread,
            seed=now.seed,
            l2=three_classes.L2,
        )
