"""The loss, a probability or a component of the gradient over any two of the logits (E4 to E6)."""

from functools import cached_property, partial

import numpy as np
import streamlit as st

from explorer.components.live_figure import live_figure
from explorer.figures.softmax import cut_figure
from explorer.figures.surface import BOARDS, floor, surface_figure
from explorer.images.cifar10_classes import EXAMPLE
from explorer.maths import surfaces
from explorer.maths.comparison import exceeds
from explorer.pages.softmax import SURE_AND_WRONG, SoftmaxSection
from explorer.shell.numbers import number

CAT_FAR_BEHIND = (*EXAMPLE[:3], -9.0, *EXAMPLE[4:])

PRESETS = {
    "cat_against_dog": {"z": EXAMPLE, "y": 3, "T": 1.0, "a": 3, "b": 5, "quantity": "loss", "chord": False},
    "far_out": {"z": SURE_AND_WRONG, "y": 3, "T": 1.0, "a": 3, "b": 5, "quantity": "loss", "chord": False},
    "two_wrong": {"z": EXAMPLE, "y": 3, "T": 1.0, "a": 5, "b": 7, "n": "10", "quantity": "loss", "chord": False},
    "dog_rises": {"z": EXAMPLE, "y": 3, "T": 1.0, "a": 3, "b": 5, "quantity": "probability", "of": 5, "chord": False},
    "pull": {"z": EXAMPLE, "y": 3, "T": 1.0, "a": 3, "b": 5, "quantity": "gradient", "of": 3, "chord": False},
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

# What answers each question.
ANSWERS = {
    "not_convex": PRESETS["chord"] | {"z": EXAMPLE, "quantity": "probability", "of": 3},
    "flat_top": {
        "z": CAT_FAR_BEHIND,
        "y": 3,
        "T": 1.0,
        "a": 3,
        "b": 5,
        "quantity": "gradient",
        "of": 3,
    },
}

ALONG = np.linspace(0, 1, 41)  # the places on the chord
FOLLOW = {"board": "softmax.board"}

CODE = """import numpy as np

f = np.array({z})  # the logits
y, T = {y}, {T}  # the place of the true class among them, the temperature
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


class Surface(SoftmaxSection):
    """The height over two logits, with the board's point on it, and a chord to a second point."""

    presets = PRESETS
    answers = ANSWERS
    takes_temperature = True

    def __init__(self, page):
        super().__init__(page)
        now = self.now
        self.lay_ground()
        self.keep_to_labels("of")
        self.of = self.labels.index(now.of)
        self.point = (now.z[now.a], now.z[now.b])
        if now.chord:
            # The surface at both ends of the chord and at its middle, and the middle of the chord itself.
            x, y = (np.linspace(start, end, 3) for start, end in zip(self.point, (now.u, now.v), strict=True))
            self.start, self.surface_middle, self.end = self.height(x, y)
            self.chord_middle = (self.start + self.end) / 2

    def controls(self):
        self.board(beside="surface", surfaces={"": self.surface_spec()})
        words, settings = self.words, self.page.settings
        self.axes()
        with st.container(horizontal=True, gap="small"):
            self.choice("quantity", words("surface.quantity"))
            settings.select_box(
                "of",
                words("surface.of"),
                self.labels,
                self.class_name,
                width=140,
                disabled=self.now.quantity == "loss",
            )
        st.toggle(words("surface.draw_chord"), **settings.widget("chord"))
        if self.now.chord:
            for name, axis in zip("uv", (self.a, self.b), strict=True):
                setting = settings.specs[name]
                label = words(f"surface.{name}", k=self.classes[axis])
                st.slider(label, setting.low, setting.high, step=0.1, **settings.widget(name))
            if self.now.a != self.now.b:
                st.caption(self.compared())

    def figure(self):
        now, words = self.now, self.words
        if now.a == now.b:
            st.info(words("surface.same"), icon=":material/info:")
            return
        titles = (f"f({self.classes[self.a]})", f"f({self.classes[self.b]})", self.what())
        lines = {}
        if now.chord:
            lines = {
                words("surface.chord"): ("chord_x", "chord_y", "chord"),
                words("surface.under"): ("chord_x", "chord_y", "cut"),
            }
        drawn = surfaces.Surface(self.axis, self.axis, "surface")
        live_figure(
            partial(surface_figure, drawn, titles, BOARDS, lines, now.view == "contours", self.span(), self.lowest()),
            key="softmax.surface",
            words=words,
            alt=self.alt,
            subject=f"{now.view} {now.quantity} {now.of} {now.a} {now.b} {now.n} {self.reach}",
            follow=FOLLOW,
            code=self.code(),
        )
        if now.chord:
            with st.container(key="stage-minor-surface"):
                self.cut()

    def what(self) -> str:
        """Return what the height is."""
        return self.words(f"height.{self.now.quantity}", k=self.classes[self.of])

    def lowest(self) -> tuple[bool, bool]:
        """Return whether the logits of both axes are high in the corner in which the surface is lowest."""
        if self.now.quantity == "loss":
            return self.a == self.label, self.b == self.label
        return self.a != self.of, self.b != self.of

    @cached_property
    def alt(self) -> str:
        """Return in words what the surface shows."""
        return self.words(
            "surface.alt",
            what=self.what(),
            a=self.classes[self.a],
            b=self.classes[self.b],
            y=self.classes[self.label],
            za=number(self.point[0], 2),
            zb=number(self.point[1], 2),
            value=number(float(self.height(*self.point))),
        )

    def cut(self) -> None:
        """Draw the cut along the chord."""
        names = (self.words("surface.under"), self.words("surface.chord"))
        titles = (self.words("surface.along"), self.what())
        live_figure(
            partial(cut_figure, ALONG, names, titles),
            key="softmax.cut",
            words=self.words,
            alt=self.compared(),
            follow=FOLLOW,
            code=self.code(),
        )

    def compared(self) -> str:
        """Say whether the middle of the chord lies above or below the surface."""
        return self.words(
            f"chord.{self.side()}",
            start=number(self.start),
            end=number(self.end),
            chord=number(self.chord_middle),
            surface=number(self.surface_middle),
            gap=number(abs(self.chord_middle - self.surface_middle)),
        )

    def text(self):
        st.subheader(self.words("surface.title"), anchor=False)
        st.markdown(self.words("surface.lead"))
        st.caption(self.alt)
        st.markdown(self.words(f"convex.{self.now.quantity}"))

    def found(self):
        now = self.now
        of_true_class = now.quantity == "gradient" and now.of == now.y
        return {
            "not_convex": now.chord and now.a != now.b and self.side() == "below",
            "flat_top": of_true_class and float(self.height(*self.point)) < -0.99 / now.T,
        }

    def side(self) -> str:
        """Return on which side of the surface the chord's middle lies."""
        chord, surface = self.chord_middle, self.surface_middle
        return "above" if exceeds(chord, surface) else "below" if exceeds(surface, chord) else "on"

    def height(self, x, y):
        """Return the height over the logits `x` of class a and `y` of class b (arrays), the others as on the board."""
        now = self.now
        logits = np.tile(self.logits, (*np.shape(x), 1))
        logits[..., self.a], logits[..., self.b] = x, y
        return surfaces.softmax_quantity(logits, self.label, now.quantity, self.of, now.T)

    def span(self) -> tuple[float, float]:
        """Return bounds of the height, which stay where they are while the sliders move within the axes."""
        now = self.now
        if now.quantity == "probability":
            return 0.0, 1.0
        if now.quantity == "gradient":
            return (-1 / now.T, 0.0) if now.of == now.y else (0.0, 1 / now.T)
        # ln Σ e^(fⱼ/T) − f_y/T is at most ln n above the largest gap
        lowest = -self.reach if now.y in (now.a, now.b) else now.z[now.y]
        return 0.0, float((max(self.reach, *self.logits) - lowest) / now.T + np.log(len(self.logits)))

    def surface_spec(self) -> dict:
        """Return what the board has to know to move the surface."""
        now, (low, high) = self.now, self.span()
        spec = {"a": self.a, "b": self.b, "quantity": now.quantity, "of": self.of}
        chord = {"to": (now.u, now.v), "along": ALONG} if now.chord else None
        return spec | {"axis": self.axis, "low": floor(low, high), "chord": chord}

    def code(self):
        now = self.now
        return (CODE + CHORD_CODE if now.chord else CODE).format(
            z=self.logits.tolist(),
            y=self.label,
            T=now.T,
            a=self.a,
            b=self.b,
            points=surfaces.POINTS,
            of=self.of,
            low=-self.reach,
            high=self.reach,
            u=now.u,
            v=now.v,
            formula=FORMULAS[now.quantity],
        )
