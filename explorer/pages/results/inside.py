"""The image opened in the microscope, inside the network: its feature maps, one product of them, its saliency maps."""

import contextlib
import hashlib

import numpy as np
import streamlit as st

from explorer import runs
from explorer.components.board_figure import board_figure
from explorer.components.inside_board import inside_board
from explorer.images.sheets import sprite
from explorer.maths import losses
from explorer.maths.comparison import exceeds
from explorer.pages.results import FOLLOW, ResultsSection
from explorer.pages.shared import ownership, photographs
from explorer.protocol.redact import without_paths
from explorer.runs import insides
from explorer.shell.numbers import number

PREDICTED = "predicted"
TARGETS = (PREDICTED, *"0123456789")
MOST_LAYERS, MOST_MAPS, SIDE = 40, 12, 32
MIDDLE = {"row": 16, "column": 16}
ASKED = "results.inside_asked"  # the run and the image that the network is asked about
ANSWER = "results.inside_answer"  # the last one: of which run and image, and what was answered
# What answers each question; where and which depends on the run and on the image.
ANSWERS = {"loudest": {"layer": 0, "map": 0}, "same_saliency": {}}

CODE = """import base64, json, subprocess
import numpy as np

# image.png: 32 × 32 pixels
with open("image.png", "rb") as file:
    command = ["python", "-m", "explorer.training", "classify", "{run}", "--inside"]
    found = json.loads(subprocess.run(command, stdin=file, capture_output=True).stdout)["inside"]

def array(text, kind, *shape):
    return np.frombuffer(base64.b64decode(text), kind).reshape(shape)

for k, rho in enumerate(found["similarity"]):
    print(k, rho)  # rank correlation of the saliency maps, trained and untrained
"""
PRODUCT = """
x, padding = array(found["input"], np.float32, 3, 32, 32), found["kernels"]["padding"]
kernel = array(found["kernels"]["values"], np.float32, -1, 3, {size}, {size})[{map}]
bias = array(found["kernels"]["bias"], np.float32, -1)[{map}]
x = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
patch = x[:, {row} : {row} + {size}, {column} : {column} + {size}]
print(patch, kernel, (patch * kernel).sum() + bias)
"""


class Inside(ResultsSection):
    """What the trained model makes of the image that the microscope shows: known already, or to be asked for."""

    answers = ANSWERS
    at_one_epoch = False

    def __init__(self, page, scene, notices):
        super().__init__(page, scene, notices)
        self.path, self.home = scene.results.path, runs.of_this_server().limits.folder
        trained = scene.results.logits(scene.epochs[-1])
        # Until an image is opened in the microscope: the one with the smallest loss, which is mostly a clear one.
        is_opened = FOLLOW < self.now.sample < len(scene.labels)
        self.sample = self.now.sample if is_opened else int(losses.softmax_loss(trained, scene.labels).argmin())
        self.told = self.about(self.sample) | {"predicted": scene.classes[int(trained[self.sample].argmax())]}
        of, self.answer = st.session_state.get(ANSWER, (None, {}))
        if of != (self.path, self.sample):
            self.answer = {}
        self.seen = insides.find(self.path, self.home, self.sample)
        if not self.seen and "inside" in self.answer:  # where nothing can be written
            with contextlib.suppress(*insides.NOTHING):
                self.seen = insides.read(self.answer["inside"], self.path)
        if not self.seen:
            return
        now, similarity = self.now, self.seen.similarity
        self.predicted = int(self.seen.logits.argmax())
        self.target = self.predicted if now.target == PREDICTED else int(now.target)
        self.layer = min(now.layer, len(self.seen.layers) - 1)
        self.map = min(now.map, len(self.seen.layers[self.layer].channels) - 1)
        self.first = self.seen.layers[0].steps[0].maps
        _, height, width = self.first.shape
        self.row, self.column = min(now.row, height - 1), min(now.column, width - 1)
        *_, last = (k for k, layer in enumerate(self.seen.layers) if len(layer.shape) == 3 or k == 0)
        if last:
            self.presets = {name: {"layer": k, "map": 0} for name, k in (("first_maps", 0), ("last_maps", last))}
        self.has_places = height > 1
        top = np.unravel_index(np.abs(self.first[0].astype(int)).argmax(), self.first[0].shape)
        loudest = ANSWERS["loudest"] | dict(zip(("row", "column"), map(int, top), strict=True))
        self.nearest = int(np.argmax([-2.0 if rho is None else rho for rho in similarity]))
        self.answers = {"loudest": loudest, "same_saliency": {"target": str(self.nearest)}}

    def controls(self):
        super().controls()
        words = self.words
        st.markdown(words("inside.heading", **self.told))
        if not self.seen:
            self.missing()
            return
        named = hashlib.sha256(self.seen.image.tobytes() + self.seen.logits.tobytes()).hexdigest()[:8]
        label = int(self.scene.labels[self.sample])
        inside_board(self.page.settings, words, f"{self.path.name}.{named}", self.scene.classes, label, self.facts())
        self.announce(self.saliency_said())

    def facts(self) -> dict:
        """Return what the board draws."""
        seen, kernels = self.seen, self.seen.kernels
        return {
            "image": seen.image,
            "input": seen.scaled,
            "kernels": kernels and kernels.values,
            "bias": [] if kernels is None else kernels.bias.tolist(),
            "padding": 0 if kernels is None else kernels.padding,
            "layers": [
                {"shape": layer.shape, "channels": layer.channels, "steps": [vars(step) for step in layer.steps]}
                for layer in seen.layers
            ],
            "saliency": seen.saliency,
            "untrained": seen.untrained,
            "logits": seen.logits,
        }

    def missing(self) -> None:
        """Show the button that asks the network, or what is to be had first."""
        words, lacking = self.words, self.lacking()
        if lacking == "image" and self.page.claim("photographs"):
            photographs.offer(self.page)
        if lacking:
            return
        ownership.prepare()
        if "failed" in self.answer:
            st.error(words.why("inside.failed", self.answer["failed"], self.answer.get("message", "")))
        this = self.path, self.sample
        st.button(
            words("inside.look"),
            icon=":material/search:",
            type="primary",
            key="results.look_inside",
            on_click=st.session_state.__setitem__,
            args=(ASKED, this),
        )
        # The wish is kept until it is answered: a rerun that comes meanwhile ends this one.
        if st.session_state.get(ASKED) == this:
            with st.spinner(words("inside.looking")):
                answer = self.look(sprite(self.scene.results.images[self.sample][np.newaxis]))
            st.session_state[ANSWER] = this, answer
            del st.session_state[ASKED]
            st.rerun()
        st.caption(words("inside.missing"))

    def lacking(self) -> str:
        """Return what the network cannot be asked without: "image", "weights" or ""."""
        images = self.scene.results.images
        if images is None or not images.found[self.sample]:
            return "image"
        return "" if (self.path / "weights.pt").is_file() else "weights"

    def look(self, image: bytes) -> dict:
        """Return what the training program answers, {"inside": …} or {"failed": code, …}, and keep it with the run."""
        answer = runs.of_this_server().classifier.classify(self.path, image, *ownership.visitor(), inside=True)
        if "failed" not in answer:
            try:
                insides.read(answer["inside"], self.path)
            except insides.NOTHING as error:
                return {"failed": "other", "message": without_paths(str(error), self.path)}
            with contextlib.suppress(OSError):
                insides.keep(self.path, self.home, self.sample, answer["inside"])
        return answer

    def figure(self):
        if self.seen:
            board_figure(f"{self.page.settings.page}.inside")
        elif lacking := self.lacking():
            st.info(self.words(f"inside.no_{lacking}"), icon=":material/hide_image:")
        else:
            st.caption(self.words("inside.will_show"))

    def saliency_said(self) -> str:
        """Say how alike the saliency maps of the trained and of the untrained network are."""
        rho, k = self.seen.similarity[self.target], self.scene.classes[self.target]
        if rho is None:
            return self.words("inside.flat", k=k)
        return self.words("inside.alike", k=k, rho=number(rho, 2))

    def text(self):
        words = self.words
        st.markdown(words("inside.lead"))
        if self.seen:
            kind = "kernels" if self.seen.kernels else "templates" if self.has_places else "vector"
            st.markdown(words(f"inside.meaning_{kind}"))
        st.markdown(words("inside.caveat"))
        super().text()

    def found(self):
        if not self.seen:  # there is nothing to find anything in
            return {}
        rho = self.seen.similarity[self.target]
        is_nearest = rho is not None and not exceeds(self.seen.similarity[self.nearest], rho)
        found = {"same_saliency": self.now.target != PREDICTED and is_nearest}
        if not self.has_places:
            return found
        size = np.abs(self.first.astype(int))[self.map if self.layer == 0 else 0]
        here = size[self.row, self.column]
        return {"loudest": bool(self.layer == 0 and here > 0 and here == size.max())} | found

    def code(self):
        if not self.seen:
            return ""
        code = CODE.format(run=self.path.name)
        if self.seen.kernels:
            size, which = self.seen.kernels.values.shape[-1], self.map if self.layer == 0 else 0
            code += PRODUCT.format(size=size, map=which, row=self.row, column=self.column)
        return code
