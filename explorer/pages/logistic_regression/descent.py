"""The way to the maximum: gradient descent and Newton's method over the weight and the bias (E3, E6)."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.components.live_figure import live_figure
from explorer.components.weights_board import weights_board
from explorer.figures.logistic import falling_figure, landscape_figure
from explorer.maths import logistic
from explorer.maths.comparison import exceeds, rises
from explorer.maths.surfaces import POINTS, Surface
from explorer.pages.logistic_regression import choice, data_controls, estimate, lead, samples, whole
from explorer.shell.numbers import number
from explorer.shell.page import Page

CONTROLS = ("m",)
HILL = {"data": "overlapping", "seed": 0, "m": 40, "w": -2.0, "b": 3.0, "l2": 0.0}
GAP = {"data": "separable", "seed": 0, "m": 40, "w": 0.0, "b": 0.0, "l2": 0.0}

PRESETS = {
    "downhill": {**HILL, "rate": 1.0, "steps": 30, "newton": 0},
    "newton_beside": {**HILL, "rate": 1.0, "steps": 100, "newton": 8},
    "rate_too_large": {**HILL, "rate": 20.0, "steps": 60, "newton": 0},
    "diverging": {**HILL, "w": -1.0, "b": 1.0, "rate": 4.0, "l2": 0.5, "steps": 14, "newton": 0},
    "no_maximum": {**GAP, "rate": 10.0, "steps": 100, "newton": 12},
    "brought_back": {**GAP, "rate": 1.0, "l2": 0.05, "steps": 200, "newton": 8},
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
class Descent:
    """A path (steps + 1 × 2), the loss along it, and since which step it is outside the picture, if it is."""

    path: np.ndarray
    losses: np.ndarray
    left: int | None


@st.cache_data(max_entries=100, show_spinner=False)
def descend(method: str, theta, x, y, steps: int, rate: float, l2: float, window) -> Descent:
    """Return the descent by `method` from `theta`."""
    if method == "newton":
        path = logistic.newton(theta, x, y, steps, l2)
    else:
        path = logistic.gradient_descent(theta, x, y, steps, rate, l2)
    (w_low, w_high), (b_low, b_high) = window
    w, b = path.T
    inside = np.flatnonzero((w >= w_low) & (w <= w_high) & (b >= b_low) & (b <= b_high))
    left = int(inside[-1]) + 1 if inside.size else 0
    return Descent(path, logistic.loss(path, x, y, l2), left if left < len(path) else None)


@st.cache_data(max_entries=100, show_spinner=False)
def landscape(x, y, l2: float, window) -> Surface:
    """Return J over the window of weights and biases."""
    w, b = (np.linspace(*limits, POINTS) for limits in window)
    return Surface(w, b, logistic.loss_surface(w, b, x, y, l2))


def show(page: Page) -> None:
    """Show the start, the steps, the landscape with both paths, and the loss along them."""
    now, words = page.now, page.words
    lead(page, "descent")
    if not now.show:
        data_controls(page, *CONTROLS)
    x, y = samples(page)
    window = tuple((page.settings.table[name].low, page.settings.table[name].high) for name in "wb")
    surface, best = landscape(x, y, now.l2, window), estimate(x, y, now.l2)
    start = (now.w, now.b)
    gradient = descend("gradient", start, x, y, now.steps, now.rate, now.l2, window)
    newton = descend("newton", start, x, y, now.newton, now.rate, now.l2, window)
    lowest = None if best is None else float(logistic.loss(best, x, y, now.l2))

    descents = {"gradient": gradient} | ({"newton": newton} if now.newton else {})
    told = [_told(page, name, descent) for name, descent in descents.items()]
    told.append(_estimate(page, x, y, best, lowest))
    code = CODE.format(x=x[:, 0].tolist(), y=y.tolist(), w=now.w, b=now.b, rate=now.rate, l2=now.l2, steps=now.steps)
    paths = {words(f"descent.{name}"): descent for name, descent in descents.items()}
    picture, steering = st.columns([3, 2], gap="medium")
    with steering:
        st.markdown(words("descent.start"))
        board = weights_board(page.settings, words, ("w", "b"), x, y, np.zeros(1), l2=now.l2)
        _steering(page)
    with picture:
        choice(page, "seen")
        live_figure(
            landscape_figure(surface, paths, best, words("descent.estimate"), now.seen == "contours"),
            key="logistic.landscape",
            words=words,
            alt=words.sentences(words("descent.landscape_alt"), *told),
            subject=now.seen,
            height=450,
            follow={"board": board, "points": [{"x": "w", "y": "b", "colour": "var(--accent)"}]},
            code=code,
        )
    falling, said = st.columns([3, 2], gap="medium")
    with falling:
        st.markdown(words("descent.falling"))
        live_figure(
            falling_figure(paths, lowest, words("descent.step"), words("descent.estimate")),
            key="logistic.falling",
            words=words,
            alt=words.sentences(words("descent.falling_alt"), *told),
            subject=str(best is None),
            height=280,
            code=code,
        )
    with said:
        for sentence in told:
            st.markdown(sentence)
    page.questions(
        {
            "uphill": bool(now.l2 == 0 and rises(gradient.losses).any()),
            "for_ever": bool(now.data == "separable" and now.l2 == 0 and gradient.losses[-1] < 0.01),
            "same_place": bool(
                best is not None
                and now.l2 == 0
                and np.allclose(gradient.path[-1], best, atol=5e-4)
                and np.allclose(newton.path[-1], best, atol=5e-4)
            ),
        }
    )
    page.code(code)


def _steering(page: Page) -> None:
    """Show the learning rate, the L2 term, and the buttons that take steps."""
    words, settings = page.words, page.settings
    table = settings.table
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        low, high = table["rate"].low, table["rate"].high
        st.number_input(words("descent.rate"), low, high, step=0.5, format="%.2f", **settings.widget("rate"))
        whole(page, "steps", words("descent.steps"))
    with right:
        st.slider(words("descent.l2"), table["l2"].low, table["l2"].high, step=0.01, **settings.widget("l2"))
        whole(page, "newton", words("descent.newton_steps"))
    with st.container(horizontal=True, gap="small"):
        for count in (1, 10, 100):
            _step_button(page, "steps", count, words("descent.more", count=count))
        _step_button(page, "newton", 1, words("descent.more_newton"))
        st.button(
            words("descent.back"),
            key=f"{settings.page}.descent.back",
            on_click=settings.set,
            kwargs={"steps": 0, "newton": 0},
            type="tertiary",
        )


def _step_button(page: Page, name: str, count: int, label: str) -> None:
    most = page.settings.table[name].high
    now = getattr(page.now, name)
    st.button(
        label,
        key=f"{page.settings.page}.descent.{name}.{count}",
        on_click=page.settings.set,
        kwargs={name: min(now + count, most)},
        disabled=now >= most,
    )


def _told(page: Page, method: str, descent: Descent) -> str:
    """Say in words where a descent has come to."""
    words = page.words
    w, b = descent.path[-1]
    steps = len(descent.path) - 1
    asked = page.now.newton if method == "newton" else page.now.steps
    parts = [
        words(
            f"descent.{method}_told",
            steps=steps,
            rate=number(page.now.rate, 2),
            w=number(w, 3),
            b=number(b, 3),
            loss=number(descent.losses[-1]),
        )
    ]
    if steps < asked:
        parts.append(words("descent.ended"))
    if descent.left is not None:
        parts.append(words("descent.left", step=descent.left))
    if method == "gradient" and (how := _risen(descent.losses, page.now.rate, page.now.l2)):
        parts.append(words(f"descent.{how}"))
    return words.sentences(*parts)


def _risen(heights: np.ndarray, rate: float, l2: float) -> str | None:
    """Return how J rose along a gradient descent: it "diverges", is "higher" than at the start, or "swings"."""
    if np.isnan(heights[-1]) or exceeds(heights[-1], heights[0]):
        return "diverges" if logistic.grows_without_bound(rate, l2) else "higher"
    return "swings" if rises(heights).any() else None


def _estimate(page: Page, x, y, best, lowest) -> str:
    """Say in words where the maximum of the likelihood is, or why there is none."""
    words = page.words
    if best is not None:
        name = "with_l2" if page.now.l2 else "exists"
        return words(f"descent.{name}", w=number(best[0], 3), b=number(best[1], 3), loss=number(lowest))
    if len(set(y.tolist())) == 1:
        return words("descent.one_label")
    return words("descent.none")
