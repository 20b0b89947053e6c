"""The sections of the softmax page, one module each."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import streamlit as st

from explorer.components.logit_board import logit_board
from explorer.figures.theme import CLASS_COLOURS
from explorer.maths.surfaces import POINTS
from explorer.pages.shared import linked_image
from explorer.pages.shared.named_section import NamedSection
from explorer.shell.numbers import number

SURE_AND_WRONG = (0, 0, 0, 0, 0, 9, 0, 0, 0, 0)
# How many of the ten classes take part, and which of them first, after the true class: cat, dog, frog, bird, deer.
SIZES = ("2", "3", "5", "10")
FIRST = (3, 5, 6, 2, 4)


class SoftmaxSection(NamedSection):
    """A section on one board of logits, beside whatever figure it has.

    As many classes as the setting `n` says take part, `labels`, the true class among them; the other logits are not
    shown and do not count. `logits` are theirs, and `label` is the place of the true class among them.
    """

    takes_temperature = False  # as it was set on the board, without a slider of its own

    def __init__(self, page):
        super().__init__(page)
        now = self.now
        order = dict.fromkeys((now.y, *FIRST, *range(10)))
        self.labels = sorted(list(order)[: int(now.n)])
        self.label = self.labels.index(now.y)
        self.logits = np.array(now.z)[self.labels]
        self.classes = self.class_names(self.labels)
        self.colours = [CLASS_COLOURS[label] for label in self.labels]

    def class_name(self, label: int) -> str:
        """Return what the class `label` is called."""
        return self.classes[self.labels.index(label)]

    def keep_to_labels(self, *names: str) -> None:
        """Replace each of the settings `names` that is no class that takes part by one that none of the others is."""
        chosen = {name: getattr(self.now, name) for name in names}
        for name in names:
            if chosen[name] not in self.labels:
                chosen[name] = next(label for label in self.labels if label not in chosen.values())
        self.page.settings.set(**chosen)
        vars(self.now).update(chosen)

    def common(self) -> None:
        if self.page.claim("n"):
            self.choice("n", self.words("classes_of_board"))
        if self.takes_temperature and self.now.T != 1 and self.page.claim("T"):
            st.button(
                self.words("temperature_is", T=number(self.now.T, 2)),
                icon=":material/restart_alt:",
                key="softmax.temperature",
                type="tertiary",
                on_click=self.page.settings.set,
                kwargs={"T": 1.0},
            )

    def lay_ground(self) -> None:
        """Lay the ground of a surface: two logits, at the places `a` and `b`, each along the values of `axis`.

        `axis` goes from −`reach` to `reach`: to ±10, or beyond the point if that lies further out.
        """
        self.keep_to_labels("a", "b")
        now = self.now
        self.a, self.b = self.labels.index(now.a), self.labels.index(now.b)
        far = max(abs(now.z[now.a]), abs(now.z[now.b]))
        self.reach = 10.0 if far <= 10 else float(np.ceil(1.2 * far))
        self.axis = np.linspace(-self.reach, self.reach, POINTS)

    def axes(self) -> None:
        """Offer the two classes whose logits span the ground, and how the surface over it is seen."""
        if not self.page.claim("axes"):
            return
        words, settings = self.words, self.page.settings
        with st.container(horizontal=True, gap="small"):
            for name in ("a", "b"):
                settings.select_box(name, words(f"surface.{name}"), self.labels, self.class_name, width=140)
            self.choice("view", words("surface.view"))

    def board(self, beside: str = "", surfaces: Mapping[str, dict] = MappingProxyType({})) -> None:
        """Show the image that the logits in the link belong to, if there is one, and the board with its sliders."""
        linked_image.show(self.page)
        settings, colours = self.page.settings, self.colours
        labels = () if len(self.labels) == 10 else self.labels
        logit_board(
            settings, self.words, self.classes, beside=beside, surfaces=surfaces, colours=colours, labels=labels
        )
