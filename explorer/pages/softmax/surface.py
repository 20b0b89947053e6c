"""The loss, a probability or a component of the gradient over any two of the logits (E4 to E6)."""

import numpy as np
import streamlit as st

from explorer.components.live_figure import captioned_figure, live_figure
from explorer.figures.softmax import cut_figure
from explorer.figures.surface import FOLLOWING, lift, surface_figure
from explorer.maths import surfaces
from explorer.maths.comparison import exceeds
from explorer.pages.softmax import FIRST, SURE_AND_WRONG, beside_board, heading
from explorer.shell.numbers import number
from explorer.shell.page import Page

CAT_FAR_BEHIND = (*FIRST[:3], -9.0, *FIRST[4:])

PRESETS = {
    "cat_against_dog": {"z": FIRST, "y": 3, "T": 1.0, "a": 3, "b": 5, "quantity": "loss", "chord": False},
    "far_out": {"z": SURE_AND_WRONG, "y": 3, "T": 1.0, "a": 3, "b": 5, "quantity": "loss", "chord": False},
    "two_wrong": {"z": FIRST, "y": 3, "T": 1.0, "a": 5, "b": 7, "quantity": "loss", "chord": False},
    "dog_rises": {"z": FIRST, "y": 3, "T": 1.0, "a": 3, "b": 5, "quantity": "probability", "of": 5, "chord": False},
    "pull": {"z": FIRST, "y": 3, "T": 1.0, "a": 3, "b": 5, "quantity": "gradient", "of": 3, "chord": False},
    "chord": {
        "z": CAT_FAR_BEHIND,
        "y": 3,
        "T": 1.0,
        "a": 3,
        "b": 5,
        "quantity": "loss",
        "chord": True,
        "u": 9.0,
        "v": -9.0,
    },
}

CODE = """import numpy as np

f = np.array({z})  # the logits
y, T = {y}, {T}  # the true class, the temperature
a, b, k = {a}, {b}, {of}  # the two logits that span the ground, and the class looked at


def height(f):
    s = (f - f.max(axis=-1, keepdims=True)) / T
    log_p = s - np.log(np.exp(s).sum(axis=-1, keepdims=True))
    return {formula}


grid = np.tile(f, ({points}, {points}, 1))
axis = np.linspace({low}, {high}, {points})
grid[..., a], grid[..., b] = np.meshgrid(axis, axis)
print(height(f), height(grid).min(), height(grid).max())
"""
CHORD_CODE = """
second = f.copy()
second[[a, b]] = {u}, {v}  # the other end of the chord
print((height(f) + height(second)) / 2, height((f + second) / 2))  # at the middle: the chord, the surface
"""
FORMULAS = {
    "loss": "-log_p[..., y]",
    "probability": "np.exp(log_p[..., k])",
    "gradient": "(np.exp(log_p[..., k]) - (k == y)) / T",
}


def show(page: Page, classes: list[str]) -> None:
    """Show the surface with the board's point on it, and the chord to a second point if that is asked for."""
    now, words = page.now, page.words
    heading(page, "surface")
    controls(page, classes)
    with beside_board(page, classes, "surface", ground(now)):
        if now.a == now.b:
            st.info(words("surface.same"), icon=":material/info:")
            return
        below = draw(page, classes)
    page.questions({"not_convex": now.chord and below, "flat_top": on_flat_top(page)})
    page.code(source(page))


def controls(page: Page, classes: list[str]) -> None:
    """Show which two logits span the ground, and what the height is."""
    words, now = page.words, page.now

    def choose_class(name: str, disabled: bool = False) -> None:
        label = words(f"surface.{name}")
        page.settings.select_box(name, label, range(10), classes.__getitem__, width=140, disabled=disabled)

    def choose(name: str) -> None:
        st.segmented_control(
            words(f"surface.{name}"),
            page.settings.table[name].options,
            format_func=lambda option: words(f"{name}.{option}"),
            required=True,
            width="content",
            **page.settings.widget(name),
        )

    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        choose_class("a")
        choose_class("b")
        choose("quantity")
        choose_class("of", disabled=now.quantity == "loss")
        choose("view")


def half_width(now) -> float:
    """Return how far the axes reach: to ±10, or beyond the points where these lie further out."""
    far = max(abs(now.z[now.a]), abs(now.z[now.b]))
    return 10.0 if far <= 10 else float(np.ceil(1.2 * far))


def span(now) -> tuple[float, float]:
    """Return bounds of the height, which stay where they are while the faders move within the axes."""
    if now.quantity == "probability":
        return 0.0, 1.0
    if now.quantity == "gradient":
        return (-1 / now.T, 0.0) if now.of == now.y else (0.0, 1 / now.T)
    # ln Σ e^(fⱼ/T) − f_y/T is at most ln 10 above the largest gap
    reach = half_width(now)
    lowest = -reach if now.y in (now.a, now.b) else now.z[now.y]
    return 0.0, float((max(reach, *now.z) - lowest) / now.T + np.log(10))


def ground(now) -> dict:
    """Return what the board has to know to move the surface."""
    low, high = span(now)
    axis = np.linspace(-half_width(now), half_width(now), surfaces.POINTS)
    over = {name: getattr(now, name) for name in ("a", "b", "quantity", "of")}
    return over | {"axis": axis, "low": low, "lift": lift(low, high)}


def height(now, x, y):
    """Return the height over the logits `x` of class a and `y` of class b (arrays), the others as on the board."""
    logits = np.tile(np.array(now.z), (*np.shape(x), 1))
    logits[..., now.a], logits[..., now.b] = x, y
    return surfaces.softmax_quantity(logits, now.y, now.quantity, now.of, now.T)


def draw(page: Page, classes: list[str]) -> bool:
    """Draw the surface; return whether the middle of the chord lies below it."""
    now, words = page.now, page.words
    reach = half_width(now)
    extent = (-reach, reach)
    drawn = surfaces.softmax_surface(now.z, now.y, (now.a, now.b), now.quantity, now.of, now.T, extent)
    first = (now.z[now.a], now.z[now.b])
    value = float(height(now, *first))
    what = words(f"height.{now.quantity}", k=classes[now.of])
    titles = (f"f({classes[now.a]})", f"f({classes[now.b]})", what)
    alt = words(
        "surface.alt",
        what=what,
        a=classes[now.a],
        b=classes[now.b],
        y=classes[now.y],
        za=number(first[0], 2),
        zb=number(first[1], 2),
        value=number(value),
    )
    lines = {}
    if now.chord:
        t = np.linspace(0, 1, 41)
        x, y = (start + t * (end - start) for start, end in zip(first, (now.u, now.v), strict=True))
        curve = height(now, x, y)
        straight = curve[0] + t * (curve[-1] - curve[0])
        lines = {words("surface.chord"): (x, y, straight), words("surface.under"): (x, y, curve)}
    contours = now.view == "contours"
    if contours:
        follow = {"points": [{"x": f"z{now.a}", "y": f"z{now.b}", "colour": "var(--text)"}]}
    else:
        follow = {"traces": [] if now.chord or now.show else FOLLOWING}
    captioned_figure(
        surface_figure(drawn, titles, (*first, value), lines, contours, span(now)),
        key="softmax.surface",
        words=words,
        alt=alt,
        subject=f"{now.view} {now.quantity} {now.of} {now.a} {now.b} {reach}",
        follow={"board": "softmax.board"} | follow,
        code=source(page),
    )
    st.toggle(words("surface.draw_chord"), **page.settings.widget("chord"))
    return now.chord and draw_chord(page, classes, t, curve, straight)


def draw_chord(page: Page, classes: list[str], t, curve, straight) -> bool:
    """Show the second point, and the cut along the chord; return whether its middle lies below the surface."""
    now, words = page.now, page.words
    for column, name, axis in zip(st.columns(2), "uv", (now.a, now.b), strict=True):
        setting = page.settings.table[name]
        column.slider(
            words(f"surface.{name}", k=classes[axis]),
            setting.low,
            setting.high,
            step=0.1,
            **page.settings.widget(name),
        )
    middle = len(t) // 2
    on_chord, on_surface = straight[middle], curve[middle]
    side = "above" if exceeds(on_chord, on_surface) else "below" if exceeds(on_surface, on_chord) else "on"
    alt = words(
        f"chord.{side}",
        start=number(curve[0]),
        end=number(curve[-1]),
        chord=number(on_chord),
        surface=number(on_surface),
        gap=number(abs(on_chord - on_surface)),
    )
    names = (words("surface.under"), words("surface.chord"))
    titles = (words("surface.along"), words(f"height.{now.quantity}", k=classes[now.of]))
    live_figure(
        cut_figure(t, curve, straight, names, titles),
        key="softmax.cut",
        words=words,
        alt=alt,
        height=260,
        code=source(page),
    )
    st.markdown(alt + " " + words(f"convex.{now.quantity}"))
    return side == "below"


def on_flat_top(page: Page) -> bool:
    """Return whether the height is the true class's component of the gradient, and nearly −1/T at the board."""
    now = page.now
    of_true_class = now.quantity == "gradient" and now.of == now.y
    return of_true_class and float(height(now, now.z[now.a], now.z[now.b])) < -0.99 / now.T


def source(page: Page) -> str:
    """Return the lines that compute the surface."""
    now = page.now
    reach = half_width(now)
    code = CODE + CHORD_CODE if now.chord else CODE
    return code.format(
        z=list(now.z),
        y=now.y,
        T=now.T,
        a=now.a,
        b=now.b,
        points=surfaces.POINTS,
        of=now.of,
        low=-reach,
        high=reach,
        u=now.u,
        v=now.v,
        formula=FORMULAS[now.quantity],
    )
