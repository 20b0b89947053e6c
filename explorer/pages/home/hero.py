"""What there is to touch at once: four classes, their probabilities, and the loss as a surface with a point on it."""

import math
from functools import partial

import numpy as np

from explorer.components.live_figure import live_figure
from explorer.components.logit_board import logit_board
from explorer.figures.surface import BOARDS, floor, surface_figure
from explorer.figures.theme import CLASS_COLOURS
from explorer.images.cifar10_classes import CIFAR10
from explorer.maths import losses, surfaces
from explorer.shell.numbers import number
from explorer.stage.section import Section

CLASSES = ("cat", "dog", "bird", "truck")
START = (0.0, 3.0, 1.0, -1.0)  # the dog is ahead
REACH = 10.0  # of every score, to both sides
AXIS = np.linspace(-REACH, REACH, surfaces.POINTS)
GOAL = 0.1  # nats
# ln Σ e^(fⱼ − f_y) is at most HIGH.
LOW, HIGH = 0.0, 2 * REACH + math.log(len(CLASSES))
# From where the true class's score rises towards the viewer, so that the point comes down the slope that is seen.
CAMERA = {"eye": {"x": 1.2, "y": -1.34, "z": 0.75}, "center": {"x": -0.03, "y": -0.03, "z": -0.15}}


class Hero(Section):
    """Four sliders beside the surface over the true class's score and that of its rival."""

    def __init__(self, page):
        super().__init__(page)
        self.classes = [self.words(f"classes.{name}") for name in CLASSES]
        self.axes = (self.now.y, 1 if self.now.y != 1 else 0)

    def controls(self):
        true_class, rival = self.axes
        ground = {"a": true_class, "b": rival, "quantity": "loss", "of": true_class}
        colours = [CLASS_COLOURS[CIFAR10.index(name)] for name in CLASSES]
        logit_board(
            self.page.settings,
            self.words,
            self.classes,
            beside="surface",
            surfaces={"": ground | {"axis": AXIS, "low": floor(LOW, HIGH)}},
            colours=colours,
            goal=GOAL,
        )

    def figure(self):
        z, y = self.now.z, self.now.y
        loss = float(losses.softmax_loss(z, y))
        point = [z[axis] for axis in self.axes]
        names = [self.classes[axis] for axis in self.axes]
        titles = (*(self.words("surface.axis", k=name) for name in names), self.words("surface.loss"))
        live_figure(
            partial(_surface, titles),
            "home.surface",
            self.words,
            self.words(
                "surface.alt",
                a=names[0],
                b=names[1],
                y=names[0],
                za=number(point[0], 2),
                zb=number(point[1], 2),
                value=number(loss),
            ),
            subject=str(self.axes),
            follow={"board": "home.board"},
        )


def _surface(titles: tuple[str, str, str]):
    drawn = surface_figure(surfaces.Surface(AXIS, AXIS, "surface"), titles, BOARDS, z_range=(LOW, HIGH))
    return drawn.update_layout(scene_camera=CAMERA)
