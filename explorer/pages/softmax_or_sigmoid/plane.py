"""Three classes in the plane: the regions of softmax regression and of one logistic regression a class."""

import numpy as np
import streamlit as st

from explorer.components.live_figure import live_figure
from explorer.components.points_board import GROUND, points_board
from explorer.figures.softmax_or_sigmoid import regions_figure
from explorer.figures.theme import CLASS_COLOURS
from explorer.maths import losses, three_classes
from explorer.maths.sampling import evenly
from explorer.pages.softmax_or_sigmoid import slider
from explorer.stage.section import Section

OWN = "own"  # the points that the visitor sets
REACH = 4.0
BEGIN = 24  # how many of the points of clusters the visitor begins with
AXIS = np.linspace(-REACH, REACH, 121)
GRID = np.stack(np.meshgrid(AXIS, AXIS), axis=-1)

# In which points are set: that of each model.
PLANES = {"softmax": "softmax_or_sigmoid.plane.softmax", "sigmoid": "softmax_or_sigmoid.plane.sigmoid"}

PRESETS = {
    "two_at_once": {"points": "overlapping", "spread": 0.45, "seed": 0},
    "apart": {"points": "separate", "spread": 0.45, "seed": 0},
    "blurred": {"points": "separate", "spread": 1.0, "seed": 0},
    "in_a_row": {"points": "row", "spread": 0.45, "seed": 0},
    "own_points": lambda now: (
        {"points": OWN} | ({} if now.points == OWN else {"own": given_points(now.points, now.spread, now.seed)})
    ),
}

# What answers each question.
ANSWERS = {
    "at_once": {"points": "overlapping", "spread": 0.1, "seed": 0},
    "row": {"points": "row", "spread": 0.2, "seed": 0},
}

DRAWN = """centres = np.array({centres})
labels = np.array({labels})
m = 20 * len(centres)
x = np.repeat(centres, 20, axis=0) + {spread} * np.random.default_rng({seed}).normal(size=(m, 2))
x, y = np.column_stack([x, np.ones(m)]), np.repeat(labels, 20, axis=0)"""
SET = """x = np.array({x})
y = np.array({y})
m = len(x)
x = np.column_stack([x, np.ones(m)])"""
CODE = """import numpy as np

{points}
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


def given_points(points: str, spread: float, seed: int) -> tuple[tuple[float, float, int], ...]:
    """Return the points with which the visitor begins: some of those of the clusters, within reach."""
    x, labels = three_classes.clusters(points, spread=spread, seed=seed)
    near = (np.abs(x) <= REACH).all(axis=-1)
    x, labels = x[near], labels[near]
    kinds = (labels[:, np.newaxis] == three_classes.KINDS).all(axis=-1).argmax(axis=-1)
    return tuple((*(x[i].round(2) + 0.0).tolist(), int(kinds[i])) for i in evenly(len(x), BEGIN))


@st.cache_data(max_entries=100, show_spinner=False)
def clustered(points: str, spread: float, seed: int) -> tuple[np.ndarray, ...]:
    """Return the points of clusters and their labels, with the parameters fitted to them (`fitted`)."""
    return fitted(*three_classes.clusters(points, spread=spread, seed=seed))


@st.cache_data(max_entries=100, show_spinner=False)
def set_by_hand(own: tuple[tuple[float, float, int], ...]) -> tuple[np.ndarray, ...]:
    """Return the visitor's own points and their labels, with the parameters fitted to them (`fitted`)."""
    points = np.array(own)
    return fitted(points[:, :2], three_classes.KINDS[points[:, 2].astype(int)].astype(float))


def fitted(x: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return points, labels, and the parameters of the softmax and of the logistic regressions."""
    return x, labels, three_classes.softmax_regression(x, labels), three_classes.sigmoid_regressions(x, labels)


class Plane(Section):
    """The points, and which classes either model names where."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        now = self.now
        self.own = ()
        if now.points == OWN:
            self.own = now.own or given_points("overlapping", now.spread, now.seed)
        self.x, self.labels, softmax, sigmoids = (
            set_by_hand(self.own) if self.own else clustered(now.points, now.spread, now.seed)
        )
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
        if self.own:
            names = [words("plane.class", k=words.names(map(str, np.flatnonzero(row)))) for row in three_classes.KINDS]
            kinds = [(name, *_colours(row)) for name, row in zip(names, three_classes.KINDS, strict=True)]
            points_board(settings, words, self.own, kinds, list(PLANES.values()))
        else:
            seed = settings.specs["seed"]
            with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
                with st.container():
                    slider(self, "spread", step=0.05)
                st.number_input(words("seed"), seed.low, seed.high, width=100, **settings.widget("seed"))
        self.choice("points", words("points.label"), wrap=True)
        with st.container(key="told-plane"):
            self.say()

    def say(self) -> None:
        """Say what the points are, and how often either model is right."""
        words = self.words
        st.markdown(words(f"plane.{self.now.points}"))
        self.announce(*self.limits())
        for name in self.models:
            st.markdown(self.told(name))
        if (self.labels.sum(axis=-1) == 1).all():
            _, _, theta, _ = self.models["sigmoid"]
            largest = three_classes.largest(three_classes.logits(theta, self.x))
            by_size = three_classes.exactly_right(largest, self.labels)
            st.markdown(words("plane.by_size", right=by_size, all=len(self.x)))

    def limits(self) -> list[str]:
        """Say in words of which classes no bias is best, because no point has them or every point has."""
        absent = np.flatnonzero(~self.labels.any(axis=0))
        common = np.flatnonzero(self.labels.all(axis=0))
        return [
            self.words(f"plane.{name}", classes=self.words.names(self.words("plane.class", k=k) for k in classes))
            for name, classes in (("absent", absent), ("common", common))
            if len(classes)
        ]

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
                    plane=PLANES[name] if self.own else "",
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
        if self.own:
            points = SET.format(x=self.x.tolist(), y=self.labels.astype(int).tolist())
        else:
            centres, labels = three_classes.CLUSTERS[now.points]
            points = DRAWN.format(
                centres=centres.round(12).tolist(),
                labels=labels.astype(int).tolist(),
                spread=now.spread,
                seed=now.seed,
            )
        return CODE.format(points=points, l2=three_classes.L2)


def _colours(row) -> tuple[str, str]:
    """Return the colour of a point with these labels and that of its rim."""
    inside, *others = np.flatnonzero(row)
    return CLASS_COLOURS[inside], CLASS_COLOURS[others[0]] if others else GROUND
