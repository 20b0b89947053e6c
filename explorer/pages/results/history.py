"""One test image through the run: logits, probabilities, loss, and its path on the simplex of three classes."""

import html

import numpy as np
import streamlit as st

from explorer.figures.results import loss_figure, path_figure, sample_figure
from explorer.figures.theme import CLASS_COLOURS
from explorer.images.sheets import image_url
from explorer.maths import evaluation, losses
from explorer.pages.results import FOLLOW, ResultsSection, sample_history, written
from explorer.shell.numbers import number

CURVES = ("probabilities", "logits", "simplex")  # the last takes three classes
# What answers each question is an image, and which one depends on the run.
ANSWERS = {"forgotten": {}, "never": {}, "lucky": {}}

CODE = """import numpy as np
from pathlib import Path

y = np.load("{run}/test_labels.npy")[{sample}]
for file in sorted(Path("{run}/test_logits").glob("*.npy")):
    f = np.load(file)[{sample}].astype(float)
    p = np.exp(f - f.max())
    p = p / p.sum()
    three = p[{three}] / p[{three}].sum()  # its place on the simplex
    print(int(file.stem), f.round(2), p.round(4), -np.log(p[y]), three.round(4))
"""


class History(ResultsSection):
    """An image, what the model said of it at each evaluation, and the loss below."""

    answers = ANSWERS
    at_one_epoch = False

    def __init__(self, page, scene, notices):
        super().__init__(page, scene, notices)
        self.losses, predicted = sample_history(scene)
        self.hits = predicted == scene.labels
        self.found_by_visitor = FOLLOW < self.now.sample < len(scene.labels)  # until then, the costliest is shown
        self.sample = self.now.sample if self.found_by_visitor else int(scene.losses.argmax())
        self.label = int(scene.labels[self.sample])
        self.path = scene.results.path_of(self.sample, scene.epochs)
        self.three = evaluation.rivals(self.path, self.label)
        self.curves = CURVES if len(self.three) == 3 else CURVES[:2]
        worth_following = notable(self.losses, self.hits)
        self.presets = {name: {"sample": i} for name, i in worth_following.items() if i is not None}
        by_question = {"forgotten": self.forgotten(), "never": self.never(), "lucky": self.lucky()}
        self.answers = {name: {"sample": int(hits.argmax())} for name, hits in by_question.items() if hits.any()}

    def forgotten(self) -> np.ndarray:
        """Return which images were right at an evaluation, and wrong at the last one."""
        return self.hits[:-1].any(axis=0) & ~self.hits[-1]

    def never(self) -> np.ndarray:
        """Return which images were wrong at every evaluation."""
        return ~self.hits.any(axis=0)

    def lucky(self) -> np.ndarray:
        """Return which images were right before training, wrong at the next evaluation, and right at the last one."""
        first, second = self.hits[0], self.hits[min(1, len(self.hits) - 1)]
        return first & ~second & self.hits[-1]

    def controls(self):
        super().controls()
        self.choice("curve", self.words("curve.label"), self.curves)
        self.image()
        self.legend()
        st.markdown(self.words.sentences(self.said(), self.loss_said()))
        with st.container(key="screen-to-microscope"):
            st.button(
                self.words("time.to_microscope"),
                key="results.to_microscope",
                icon=":material/grid_view:",
                on_click=self.page.settings.set,
                kwargs={"part": "microscope"},
            )

    def image(self) -> None:
        """Show which image it is."""
        images, told = self.scene.results.images, self.about(self.sample)
        with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="medium"):
            if images is not None:
                url, alt = image_url(images[self.sample][np.newaxis]), html.escape(self.words("time.picture", **told))
                style = "image-rendering: pixelated; border-radius: 8px; width: 11rem; height: 11rem"
                st.html(f'<img src="{url}" alt="{alt}" style="{style}">', width="content")
            st.markdown(self.words("time.heading", **told), width="stretch")

    def legend(self) -> None:
        """Show which colour is which class."""
        entries = "".join(
            f'<span style="white-space: nowrap"><span style="color: {colour}" aria-hidden="true">●</span> '
            f"{'<b>' if k == self.label else ''}{html.escape(name)}{'</b>' if k == self.label else ''}</span> "
            for k, (name, colour) in enumerate(zip(self.scene.classes, CLASS_COLOURS, strict=False))
        )
        st.html(f'<div style="font-size: 0.95rem; display: flex; flex-wrap: wrap; gap: 2px 14px">{entries}</div>')

    def figure(self):
        now, scene, epoch = self.now, self.scene, self.words("epoch")
        if now.curve == "simplex":
            q = evaluation.among(self.path, self.three)
            names = [scene.classes[k] for k in self.three]
            figure = path_figure(q, [*map(written, scene.reached)], names, tuple(self.three), epoch)
        else:
            rows = self.path if now.curve == "logits" else losses.softmax(self.path)
            titles = (epoch, self.words(f"time.{now.curve}_axis"))
            figure = sample_figure(scene.reached, rows, scene.classes, self.label, titles)
        self.live_figure(figure, "time", self.said(), f"{self.sample} {now.curve}")
        with st.container(key="stage-minor-time"):
            names = (self.words("time.this"), self.words("time.mean"))
            titles = (epoch, self.words("time.loss_axis"))
            own, mean = self.losses[:, self.sample], self.losses.mean(axis=1)
            figure = loss_figure(scene.reached, own, mean, names, titles)
            self.live_figure(figure, "time.loss", self.loss_said(), str(self.sample))

    def said(self) -> str:
        """Say in words what became of the image."""
        scene, words, told = self.scene, self.words, self.about(self.sample)
        told |= {"at_first": self.after(scene.reached[0]), "at_last": self.after(scene.reached[-1])}
        if self.now.curve == "simplex":
            a, b, c = (scene.classes[k] for k in self.three)
            shares = evaluation.among(self.path, self.three)[-1]
            return words("time.simplex", a=a, b=b, c=c, shares=words.names(number(share, 3) for share in shares))
        rows, digits = (self.path, 2) if self.now.curve == "logits" else (losses.softmax(self.path), 4)
        before, after = (number(rows[at, self.label], digits) for at in (0, -1))
        return words(f"time.{self.now.curve}", **told, before=before, after=after)

    def loss_said(self) -> str:
        """Say in words what became of its loss."""
        before, after = (number(self.losses[at, self.sample]) for at in (0, -1))
        hits = int(self.hits[:, self.sample].sum())
        return self.words("time.loss", before=before, after=after, hits=hits, all=len(self.scene.epochs))

    def text(self):
        st.markdown(self.words("time.lead"))
        super().text()

    def found(self):
        which = {"forgotten": self.forgotten(), "never": self.never(), "lucky": self.lucky()}
        return {name: self.found_by_visitor and bool(them[self.sample]) for name, them in which.items()}

    def code(self):
        return CODE.format(run=self.scene.results.path.name, sample=self.sample, three=self.three.tolist())


def notable(sample_losses: np.ndarray, hits: np.ndarray) -> dict[str, int | None]:
    """Return the images worth following (or None): forgotten, learned last, and the one that wavered most.

    Both arguments are (evaluations, n).
    """
    risen = np.where(hits[:-1].any(axis=0) & ~hits[-1], sample_losses[-1] - sample_losses.min(axis=0), -1.0)
    # The last evaluation at which it was still wrong, of those that are right in the end.
    wrong_until = np.where(~hits, np.arange(len(hits))[:, np.newaxis], -1).max(axis=0)
    late = np.where(hits[-1], wrong_until + sample_losses[:-1].sum(axis=0) / (1 + sample_losses[:-1].sum()), -1.0)
    changes = (hits[1:] != hits[:-1]).sum(axis=0)
    found = {"forgotten": risen, "late": late, "wavering": np.where(changes > 1, changes, -1)}
    return {name: int(value.argmax()) if value.max() >= 0 else None for name, value in found.items()}
