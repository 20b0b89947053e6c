"""A visitor's own image: cut to 32×32 and answered by the trained model, in a process of the training program."""

import base64
import contextlib
import html
import math

import numpy as np
import streamlit as st

from explorer import runs
from explorer.components.image_upload import image_upload
from explorer.components.sample_card import sample_card
from explorer.figures.surface import MARK
from explorer.images import shapes
from explorer.images.conversion import FORMATS, MOST_BYTES, MOST_PIXELS
from explorer.images.sheets import image_url, sprite
from explorer.maths import losses
from explorer.maths.comparison import exceeds
from explorer.pages.results import ResultsSection
from explorer.pages.results.microscope import links, significant
from explorer.pages.shared import ownership
from explorer.protocol.safe_files import version
from explorer.shell.numbers import number

PREDICTED = "predicted"
TRUTHS = (PREDICTED, *"0123456789")
UNSURE = 0.9  # below this confidence an example has more than one probability to show
ANSWER = "results.own"
TURN = "results.own_turn"  # how many images have been answered
GIVEN = "results.own_given"  # the model that is asked, and the image that it is asked about
# What answers each question; which class was the least likely depends on the image.
ANSWERS = {"worse_than_a_guess": {}}

CODE = """import json
import subprocess

import numpy as np

with open("my-picture.jpg", "rb") as file:
    command = ["python", "-m", "explorer.training", "classify", "{run}"]
    answer = json.loads(subprocess.run(command, stdin=file, capture_output=True).stdout)
f = np.array(answer["logits"])
p = np.exp(f - f.max())
print(f, p / p.sum())
"""


class OwnPicture(ResultsSection):
    """A place for an image, and what the model says of it; until there is one, what it said of a test image."""

    answers = ANSWERS
    at_one_epoch = False

    def __init__(self, page, scene, notices):
        super().__init__(page, scene, notices)
        self.path = scene.results.path
        self.model = None  # which weights would answer, None where the run's folder holds none
        with contextlib.suppress(OSError):
            self.model = str(self.path), version(self.path / "weights.pt")
        self.kept = st.session_state.get(ANSWER) if self.model else None
        given = self.kept["answer"] if self.kept else {}
        self.is_by_another = "logits" in given and self.kept["model"] != self.model
        self.answer = given if "logits" in given and not self.is_by_another else None
        self.example = None
        if self.answer:
            self.logits = np.array(self.answer["logits"], np.float64)
        else:
            tested = scene.results.logits(scene.epochs[-1])
            telling = (losses.softmax(tested).max(axis=1) < UNSURE) & (tested.argmax(axis=1) == scene.labels)
            self.example = int(telling.argmax())  # the first such, if there is one
            self.logits = tested[self.example]
        self.q = losses.softmax(self.logits)
        self.predicted = int(self.logits.argmax())
        self.label = self.predicted if self.now.truth == PREDICTED else int(self.now.truth)
        self.loss = losses.softmax_loss(self.logits, self.label)
        self.answers = {"worse_than_a_guess": {"truth": str(self.q.argmin())}}

    def controls(self):
        super().controls()
        words, classes = self.words, self.scene.classes
        if self.model:
            self.take()
        else:
            st.info(words("own_picture.no_weights"), icon=":material/info:")
        if self.kept and "failed" in self.kept["answer"]:
            self.refused(self.kept["answer"])
        st.markdown(self.heading())
        self.page.settings.select_box(
            "truth",
            words("own_picture.truth"),
            TRUTHS[: len(classes) + 1],
            lambda k: words("own_picture.as_predicted") if k == PREDICTED else classes[int(k)],
            width="stretch",
        )
        q, loss = number(self.q[self.label], significant(self.q[self.label])), number(self.loss)
        st.markdown(words("own_picture.said", y=classes[self.label], q=q, loss=loss))
        if self.answer:
            st.html(self.as_it_came())
            width, height = self.answer["size"]
            st.caption(words("own_picture.size", width=width, height=height, side=number(self.answer["crop"][2], 0)))
            for note in self.answer["notes"]:
                st.caption(words(f"own_picture.notes.{note}"))
        links(self.page, self.scene, self.logits, self.label, self.example)

    def take(self) -> None:
        """Take an image, have the model answer it, and show that answer from the next run on."""
        ownership.prepare()
        words, scene, turn = self.words, self.scene, st.session_state.get(TURN, 0)
        given = image_upload("results.drop", words, MOST_BYTES, turn)
        st.caption(words("own_picture.where"))
        with st.container(horizontal=True):
            photographs = None if scene.results.config["dataset"] == "synthetic" else scene.results.images
            label = words(f"own_picture.{'draw' if photographs is None else 'take'}")
            if st.button(label, icon=":material/casino:", key="results.draw_one"):
                given = drawn_shape() if photographs is None else sprite(photographs[any_of(photographs.found)])
            if self.is_by_another and st.button(
                words("own_picture.again"), icon=":material/replay:", key="results.ask_again"
            ):
                given = base64.b64decode(self.kept["answer"]["picture"])
            if self.kept:
                st.button(words("own_picture.forget"), icon=":material/delete:", key="results.forget", on_click=forget)
        # It is kept until it is answered: a rerun that comes meanwhile ends this one.
        if given is not None:
            st.session_state[GIVEN] = self.model, given
        model, given = st.session_state.get(GIVEN, (None, None))
        if given is not None and model == self.model:
            with st.spinner(words("own_picture.asking")):
                answer = runs.of_this_server().classifier.classify(self.path, given, *ownership.visitor())
            st.session_state[ANSWER] = {"model": self.model, "answer": answer}
            st.session_state[TURN] = turn + 1
            del st.session_state[GIVEN]
            self.page.settings.set(truth=PREDICTED)
            st.rerun()

    def figure(self):
        sample_card(
            "results.own_card",
            self.words,
            self.scene.classes,
            self.logits,
            self.label,
            self.image(),
            self.words("own_picture.card"),
            is_large=True,
        )

    def heading(self) -> str:
        """Say in words what the model answers."""
        classes, percent = self.scene.classes, number(100 * self.q.max(), 1)
        told = {"predicted": classes[self.predicted], "percent": percent}
        if self.answer:
            return self.words("own_picture.heading", **told)
        y = classes[self.scene.labels[self.example]]
        return self.words("own_picture.example", **told, i=str(self.example), y=y)

    def image(self) -> str | None:
        """Return the URL of the image as the model got it, if there is one."""
        if self.answer:
            return f"data:image/png;base64,{self.answer['picture']}"
        images = self.scene.results.images
        return None if images is None else image_url(images[self.example][np.newaxis])

    def refused(self, answer: dict) -> None:
        """Say why there is no answer."""
        allowed = {
            "formats": self.words.names(FORMATS),
            "megabytes": MOST_BYTES // 1_000_000,
            "megapixels": MOST_PIXELS // 1_000_000,
        }
        said = self.words.why("own_picture.failed", answer["failed"], answer.get("message", ""), **allowed)
        st.error(said, icon=":material/broken_image:")

    def as_it_came(self) -> str:
        """Return the whole image with the square that was cut out, as HTML."""
        width, height = self.answer["size"]
        left, top, side = self.answer["crop"]
        place = f"left: {100 * left / width}%; top: {100 * top / height}%"
        size = f"width: {100 * side / width}%; height: {100 * side / height}%"
        frame = f"position: absolute; box-sizing: border-box; border: 3px solid {MARK}; border-radius: 4px"
        image = "display: block; border-radius: 6px; max-width: 100%; max-height: 12rem; min-width: 40px"
        return (
            '<div style="position: relative; width: fit-content; max-width: 14rem; line-height: 0">'
            f'<img src="data:image/png;base64,{self.answer["preview"]}"'
            f' alt="{html.escape(self.words("own_picture.whole"))}" style="{image}">'
            f'<span style="{frame}; {place}; {size}"></span></div>'
        )

    def text(self):
        st.markdown(self.words("own_picture.lead"))
        super().text()

    def found(self):
        return {"worse_than_a_guess": bool(exceeds(self.loss, math.log(len(self.logits))))}

    def code(self):
        return CODE.format(run=self.path.name)


def forget() -> None:
    st.session_state.pop(ANSWER, None)


def drawn_shape() -> bytes:
    """Draw a shape that no run has seen, and return it as a PNG file."""
    images, _ = shapes.draw(10, np.random.default_rng())
    return sprite(images[:1])


def any_of(there: np.ndarray) -> np.ndarray:
    """Return the number of one image that is there, in an array of length 1."""
    return np.random.default_rng().choice(np.flatnonzero(there), 1)
