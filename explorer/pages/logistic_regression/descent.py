"""The way to the maximum: gradient descent and Newton's method over the weight and the bias (E3, E6)."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.components.weights_board import weights_board
from explorer.figures.logistic import falling_figure, landscape_figure, line_figure
from explorer.maths import logistic
from explorer.maths.comparison import exceeds, rises
from explorer.maths.surfaces import POINTS, Surface
from explorer.pages.logistic_regression import REACH, LogisticSection, estimate, hindrance, own_points
from explorer.shell.numbers import number

PLANE = "logistic.descent"

HILL = {"data": "overlapping", "seed": 0, "m": 40, "w": -2.0, "b": 3.0, "l2": 0.0}
GAP = {"data": "separable", "seed": 0, "m": 40, "w": 0.0, "b": 0.0, "l2": 0.0}

PRESETS = {
    "downhill": {**HILL, "rate": 1.0, "steps": 30, "newton": 0},
    "newton_beside": {**HILL, "rate": 1.0, "steps": 100, "newton": 8},
    "rate_too_large": {**HILL, "rate": 20.0, "steps": 60, "newton": 0},
    "diverging": {**HILL, "w": -1.0, "b": 1.0, "rate": 4.0, "l2": 0.5, "steps": 14, "newton": 0},
    "no_maximum": {**GAP, "rate": 10.0, "steps": 100, "newton": 12},
    "brought_back": {**GAP, "rate": 1.0, "l2": 0.05, "steps": 200, "newton": 8},
    "own_points": own_points,
}

# What answers each question.
ANSWERS = {
    "uphill": {**HILL, "rate": 16.0, "steps": 60, "newton": 0},
    "for_ever": {**GAP, "rate": 10.0, "steps": 300, "newton": 0},
    "same_place": {**HILL, "rate": 1.0, "steps": 300, "newton": 10},
}

CODE = """import numpy as np

x = np.array({x})
y = np.array({y})
X = np.column_stack([x, np.ones(len(x))])
theta = np.array([{w}, {b}])  # w, b
rate, l2 = {rate}, {l2}

for step in range({steps}):
    f = 1 / (1 + np.exp(-X @ theta))
    theta = theta - rate * (X.T @ (f - y) / len(y) + l2 * theta * [1, 0])
z = X @ theta
print(theta, np.logaddexp(0, np.where(y == 1, -z, z)).mean() + l2 / 2 * theta[0] ** 2)
"""


@dataclass(frozen=True)
class Trajectory:
    """A path (steps + 1 × 2), the loss along it, and since which step it is outside the figure, if it is."""

    path: np.ndarray
    losses: np.ndarray
    left: int | None


@st.cache_data(max_entries=100, show_spinner=False)
def descend(method: str, theta, x, y, steps: int, rate: float, l2: float, window) -> Trajectory:
    """Return the descent by `method` from `theta`."""
    if method == "newton":
        path = logistic.newton(theta, x, y, steps, l2)
    else:
        path = logistic.gradient_descent(theta, x, y, rate, steps, l2)
    (w_low, w_high), (b_low, b_high) = window
    w, b = path.T
    inside = np.flatnonzero((w >= w_low) & (w <= w_high) & (b >= b_low) & (b <= b_high))
    left = int(inside[-1]) + 1 if inside.size else 0
    return Trajectory(path, logistic.loss(path, x, y, l2), left if left < len(path) else None)


@st.cache_data(max_entries=100, show_spinner=False)
def landscape(x, y, l2: float, window) -> Surface:
    """Return J over the window of weights and biases."""
    w, b = (np.linspace(*limits, POINTS) for limits in window)
    return Surface(w, b, logistic.loss_surface(w, b, x, y, l2))


class Descent(LogisticSection):
    """The landscape of the loss with the paths of both methods, and the loss along them."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        now, table = self.now, page.settings.specs
        self.x, self.y = self.samples()
        self.window = tuple((table[name].low, table[name].high) for name in "wb")
        self.best = estimate(self.x, self.y, now.l2)
        self.lowest = None if self.best is None else float(logistic.loss(self.best, self.x, self.y, now.l2))
        self.gradient, self.newton = (
            descend(method, (now.w, now.b), self.x, self.y, steps, now.rate, now.l2, self.window)
            for method, steps in (("gradient", now.steps), ("newton", now.newton))
        )
        self.descents = {"gradient": self.gradient} | ({"newton": self.newton} if now.newton else {})
        self.told = [self.tell(name, descent) for name, descent in self.descents.items()] + [self.tell_estimate()]

    def controls(self):
        self.board = weights_board(
            self.page.settings,
            self.words,
            ("w", "b"),
            self.x,
            self.y,
            np.zeros(1),
            l2=self.now.l2,
            points=self.own_board,
        )
        if self.own:
            self.own_line()
        self.steering()
        self.sample_controls("m", "seed")
        with st.container(gap=None):
            for sentence in self.told:
                st.markdown(sentence)

    def own_line(self) -> None:
        """Show the visitor's own points along their feature, where they can be moved."""
        self.points_board(PLANE, line=True)
        alt = self.words("own.alt", count=len(self.y), ones=int(self.y.sum()))
        drawn = line_figure(self.x[:, 0], self.y, self.label_names, REACH)
        self.live_figure(drawn, "line", alt=alt, plane=PLANE)
        st.caption(self.words("own.line"))

    def steering(self) -> None:
        """Show the steps of both methods, the learning rate, the L2 term, and how the landscape is seen."""
        words, widget, table = self.words, self.page.settings.widget, self.page.settings.specs
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            self.whole("steps", words("descent.steps"))
            for count in (1, 10, 100):
                self.step_button("steps", count, words("descent.more", count=count))
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            self.whole("newton", words("descent.newton_steps"))
            self.step_button("newton", 1, words("descent.more_newton"))
            st.button(
                words("descent.back"),
                key=f"{self.page.settings.page}.descent.back",
                on_click=self.page.settings.set,
                kwargs={"steps": 0, "newton": 0},
                type="tertiary",
            )
            self.choice("seen", words("seen.label"))
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            rate, l2 = table["rate"], table["l2"]
            label = words("descent.rate")
            st.number_input(label, rate.low, rate.high, step=0.5, format="%.2f", width=150, **widget("rate"))
            st.slider(words("descent.l2"), l2.low, l2.high, step=0.01, width="stretch", **widget("l2"))

    def step_button(self, name: str, count: int, label: str) -> None:
        """Show the button that takes `count` more steps."""
        settings = self.page.settings
        most, now = settings.specs[name].high, getattr(self.now, name)
        st.button(
            label,
            key=f"{settings.page}.descent.{name}.{count}",
            on_click=settings.set,
            kwargs={name: min(now + count, most)},
            disabled=now >= most,
        )

    def figure(self):
        now, words = self.now, self.words
        paths = {words(f"descent.{name}"): descent for name, descent in self.descents.items()}
        surface = landscape(self.x, self.y, now.l2, self.window)
        least = words("descent.estimate")
        self.live_figure(
            landscape_figure(surface, paths, self.best, least, now.seen == "contours"),
            "landscape",
            alt=words.sentences(words("descent.landscape_alt"), *self.told),
            subject=now.seen,
            follow={"board": self.board, "points": [{"x": "w", "y": "b", "colour": "var(--accent)"}]},
        )
        with st.container(key="stage-minor-descent"):
            self.live_figure(
                falling_figure(paths, self.lowest, (words("descent.step"), words("descent.loss")), least),
                "falling",
                alt=words.sentences(words("descent.falling_alt"), *self.told),
                subject=str(self.best is None),
            )

    def text(self):
        st.markdown(self.words("descent.lead"))

    def tell(self, method: str, descent: Trajectory) -> str:
        """Say in words where a descent has come to."""
        now, words = self.now, self.words
        w, b = descent.path[-1]
        steps = len(descent.path) - 1
        asked = now.newton if method == "newton" else now.steps
        parts = [
            words(
                f"descent.{method}_told",
                steps=steps,
                rate=number(now.rate, 2),
                w=number(w, 3),
                b=number(b, 3),
                loss=number(descent.losses[-1]),
            )
        ]
        if steps < asked:
            parts.append(words("descent.ended"))
        if descent.left is not None:
            parts.append(words("descent.left", step=descent.left))
        if method == "gradient" and (how := _risen(descent.losses, now.rate, now.l2)):
            parts.append(words(f"descent.{how}"))
        return words.sentences(*parts)

    def tell_estimate(self) -> str:
        """Say in words where the maximum of the likelihood is, or why there is none."""
        words = self.words
        if self.best is not None:
            w, b = self.best
            name = "with_l2" if self.now.l2 else "exists"
            return words(f"descent.{name}", w=number(w, 3), b=number(b, 3), loss=number(self.lowest))
        return words(f"descent.{hindrance(self.x, self.y)}")

    def found(self):
        now = self.now
        reached = self.best is not None and all(
            np.allclose(descent.path[-1], self.best, atol=5e-4) for descent in (self.gradient, self.newton)
        )
        return {
            "uphill": bool(now.l2 == 0 and rises(self.gradient.losses).any()),
            "for_ever": bool(now.data == "separable" and now.l2 == 0 and self.gradient.losses[-1] < 0.01),
            "same_place": now.l2 == 0 and reached,
        }

    def code(self):
        now = self.now
        return CODE.format(
            x=self.x[:, 0].tolist(), y=self.y.tolist(), w=now.w, b=now.b, rate=now.rate, l2=now.l2, steps=now.steps
        )


def _risen(heights: np.ndarray, rate: float, l2: float) -> str | None:
    """Return how J rose along a gradient descent: it "diverges", is "higher" than at the start, or "swings"."""
    if np.isnan(heights[-1]) or exceeds(heights[-1], heights[0]):
        return "diverges" if logistic.grows_without_bound(rate, l2) else "higher"
    return "swings" if rises(heights).any() else None
