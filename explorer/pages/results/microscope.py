"""Test images to leaf through, and one of them with its logits, probabilities, loss and gradient."""

import math

import numpy as np
import streamlit as st

from explorer.components.gallery import Tile, gallery
from explorer.components.sample_card import sample_card
from explorer.images.cifar10_classes import CIFAR10
from explorer.images.shapes import SHAPES
from explorer.images.sheets import image_url
from explorer.maths import evaluation, losses
from explorer.pages.results import FOLLOW, ResultsSection, Scene
from explorer.pages.shared import photographs
from explorer.shell.numbers import number
from explorer.shell.visit import language_query
from explorer.stage.page import Page, page_path

PER_PAGE = 24
ANY = "any"
CLASSES = (ANY, *"0123456789")

NO_FILTER = {"true": ANY, "predicted": ANY, "verdict": "all", "sort": "loss", "up": False, "at": 1, "sample": FOLLOW}
PRESETS = {
    "worst": NO_FILTER,
    "surest_mistakes": NO_FILTER | {"verdict": "wrong", "sort": "confidence"},
    "closest": NO_FILTER | {"verdict": "wrong", "sort": "margin"},
    "barely_right": NO_FILTER | {"verdict": "right"},
    "untrained": NO_FILTER | {"epoch": 0},
}

# What answers each question; which pair of classes is confused most often depends on the run.
ANSWERS = {
    "surest_mistake": PRESETS["surest_mistakes"],
    "dear_but_right": PRESETS["barely_right"],
    "most_confused": NO_FILTER,
}

CODE = """import numpy as np

labels = np.load("{run}/test_labels.npy")
logits = np.load("{run}/test_logits/{epoch:04d}.npy").astype(float)
f, y = logits[{sample}], labels[{sample}]

p = np.exp(f - f.max())
p = p / p.sum()
loss = np.log(np.exp(f - f.max()).sum()) - (f[y] - f.max())
print(p.round(4), loss, (p - np.eye(len(p))[y]).round(4))
"""


class Microscope(ResultsSection):
    """A gallery of test images, and the opened one with its numbers."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page, scene, notices):
        super().__init__(page, scene, notices)
        now = self.now
        self.values = {
            "loss": scene.losses,
            "confidence": losses.softmax(scene.logits).max(axis=1),
            "margin": evaluation.margin(scene.logits, scene.labels),
        }
        self.selected = selected(now, scene, self.values[now.sort])
        self.pages = -(-len(self.selected) // PER_PAGE)
        self.at = min(now.at, self.pages)
        self.here = self.selected[(self.at - 1) * PER_PAGE : self.at * PER_PAGE] if self.pages else self.selected
        chosen = FOLLOW < now.sample < len(scene.labels)
        self.sample = now.sample if chosen else int(self.here[0]) if len(self.here) else None
        counts = evaluation.confusion(scene.labels, scene.predicted, len(scene.classes))
        np.fill_diagonal(counts, 0)
        true, predicted = map(str, np.unravel_index(counts.argmax(), counts.shape))
        self.most_confused = {"true": true, "predicted": predicted}
        self.answers = ANSWERS | {"most_confused": NO_FILTER | self.most_confused}

    def controls(self):
        super().controls()
        self.filters()
        if self.sample is None:
            st.info(self.words("microscope.none"))
            return
        self.opened()

    def filters(self) -> None:
        """Show what can be asked of the images: true and predicted class, right or wrong, and the order."""
        words, classes = self.words, self.scene.classes
        with st.container(horizontal=True, gap="small"):
            for name in ("true", "predicted"):
                self.page.settings.select_box(
                    name,
                    words(f"microscope.{name}"),
                    CLASSES[: len(classes) + 1],
                    lambda k: words("microscope.any") if k == ANY else classes[int(k)],
                    width="stretch",
                )
            self.choice("verdict", words("verdict.label"))
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            self.choice("sort", words("sort.label"))
            st.toggle(words("microscope.up"), **self.page.settings.widget("up"))

    def opened(self) -> None:
        """Show the opened image with its numbers, and the ways to other pages with its logits."""
        words, scene, sample = self.words, self.scene, self.sample
        images = scene.results.images
        told = self.about(sample)
        st.markdown(words(f"microscope.heading_{'right' if scene.right[sample] else 'wrong'}", **told))
        sample_card(
            "results.card",
            words,
            scene.classes,
            scene.logits[sample],
            int(scene.labels[sample]),
            None if images is None else image_url(images[sample][np.newaxis]),
            words("microscope.card", **told),
            sample if self.now.sample == sample else None,
        )
        links(self.page, scene, scene.logits[sample], int(scene.labels[sample]), sample)
        with st.container(key="screen-to-time", horizontal=True, gap="small"):
            for part, icon in (("time", "timeline"), ("inside", "layers")):
                st.button(
                    words(f"microscope.to_{part}"),
                    key=f"results.to_{part}",
                    icon=f":material/{icon}:",
                    on_click=self.page.settings.set,
                    kwargs={"part": part, "sample": sample},
                )

    def figure(self):
        if self.sample is None:
            return
        words, scene, value = self.words, self.scene, self.values[self.now.sort]
        images = scene.results.images
        tiles = [
            Tile(
                i,
                int(scene.labels[i]),
                scene.logits[i],
                words(f"microscope.{self.now.sort}", value=number(value[i], 3)),
            )
            for i in map(int, self.here)
        ]
        shown = None if images is None else images[self.here]
        gallery(self.page.settings, words, scene.classes, tiles, shown, self.sample)
        self.leaf()
        if images is None:
            st.caption(words("microscope.no_pictures"))
        if not scene.results.has_own_images and self.page.claim("photographs"):
            photographs.offer(self.page)

    def leaf(self) -> None:
        """Say which of the images the gallery shows, and show the buttons that leaf through it."""
        words, at, pages = self.words, self.at, self.pages
        count = words("microscope.found", count=len(self.selected), all=len(self.scene.labels), at=at, pages=pages)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(count, width="stretch")
            for name, to in (("back", at - 1), ("on", at + 1)) if pages > 1 else ():
                st.button(
                    words(f"microscope.{name}"),
                    key=f"results.{name}",
                    disabled=not 1 <= to <= pages,
                    on_click=self.page.settings.set,
                    kwargs={"at": to, "sample": FOLLOW},
                )

    def text(self):
        words, scene, sample = self.words, self.scene, self.sample
        if sample is not None:
            f, y = scene.logits[sample], int(scene.labels[sample])
            q, gradient = losses.softmax(f), losses.softmax_loss_gradient(f, y)
            st.markdown(
                words(
                    "microscope.said",
                    **self.about(sample),
                    q=number(q[y], significant(q[y])),
                    loss=number(scene.losses[sample]),
                    pull=number(gradient[y]),
                    other=scene.classes[int(np.argmax(np.where(np.arange(len(f)) == y, -1, gradient)))],
                    push=number(np.delete(gradient, y).max()),
                )
            )
        st.markdown(words("microscope.lead"))
        if scene.results.images is None:
            st.markdown(words("microscope.why_no_pictures"))
        elif missing := int((~scene.results.images.found).sum()):
            st.markdown(words("microscope.some_pictures", count=missing, all=len(scene.labels)))
        super().text()

    def found(self):
        """What is there on arrival answers no question."""
        now, scene, sample = self.now, self.scene, self.sample
        wrong, confidence = ~scene.right, self.values["confidence"]
        looked = sample is not None and any(getattr(now, name) != value for name, value in NO_FILTER.items())
        return {
            "surest_mistake": bool(looked and wrong[sample] and confidence[sample] == confidence[wrong].max()),
            "dear_but_right": bool(
                looked and scene.right[sample] and scene.losses[sample] == scene.losses[scene.right].max()
            ),
            "most_confused": bool(wrong.any() and self.most_confused.items() <= vars(now).items()),
        }

    def code(self):
        return CODE.format(run=self.scene.results.path.name, epoch=self.scene.epoch, sample=self.sample or 0)


def selected(now, scene: Scene, by: np.ndarray) -> np.ndarray:
    """Return the numbers of the images that the filters let through, in the order of `by`.

    Losses and confidences fall, margins rise in size: the most telling come first, unless the order is reversed.
    """
    kept = {"all": np.ones(len(by), bool), "right": scene.right, "wrong": ~scene.right}[now.verdict]
    if now.true != ANY:
        kept = kept & (scene.labels == int(now.true))
    if now.predicted != ANY:
        kept = kept & (scene.predicted == int(now.predicted))
    keys = np.abs(by) if now.sort == "margin" else -by
    found = np.flatnonzero(kept)
    found = found[np.argsort(keys[found], kind="stable")]
    return found[::-1] if now.up else found


def significant(value: float) -> int:
    """Return how many decimals show three digits of a probability, 4 at least; −ln of it can then be checked."""
    return max(4, 2 - math.floor(math.log10(value))) if value > 1e-12 else 4


def links(page: Page, scene: Scene, f: np.ndarray, y: int, sample: int | None = None) -> None:
    """Show the links that carry logits, true class, and the image of a `sample` to the pages of the lesson.

    None are shown for other classes than theirs.
    """
    drawn = scene.results.config.get("dataset") == "synthetic"
    if list(SHAPES if drawn else CIFAR10) != list(scene.results.classes):
        return  # the pages of the lesson have other classes
    z = ",".join(f"{value:.4f}" for value in f)
    names = {"names": "shapes" if drawn else "classes"}
    targets = {
        "softmax": names | {"z": z, "y": str(y)},
        "cross_entropy": names | {"z": z, "y": str(y), "target": "onehot", "guess": "logits", "k": str(y)},
        "softmax_or_sigmoid": {"example": "shapes" if drawn else "cifar10", "z": z, "y": str(y), "several": "0"},
    }
    with st.container(key=f"screen-links-{sample}", gap=None):  # neither on paper nor presented
        st.markdown(page.words("microscope.open_in"))
        with st.container(horizontal=True, gap="small"):
            for target, query in targets.items():
                if sample is not None and scene.results.images is not None:
                    query["photo"] = f"{page.settings.values()['run']}.{sample}"
                st.page_link(
                    page_path(target),
                    label=page.words(f"pages.{target}"),
                    icon=":material/open_in_new:",
                    query_params=query | language_query(),
                )
