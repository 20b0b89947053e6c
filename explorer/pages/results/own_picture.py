"""A visitor's own picture: cut to 32×32 and answered by the trained model, in a process of the training program."""

import base64
import html
import io
import math

import numpy as np
import streamlit as st
from PIL import Image

from explorer import runs
from explorer.components.image_upload import image_upload
from explorer.components.sample_card import sample_card
from explorer.figures.surface import MARK
from explorer.images import shapes
from explorer.images.conversion import FORMATS, MOST_BYTES, MOST_PIXELS
from explorer.maths import losses
from explorer.maths.comparison import exceeds
from explorer.pages.results import Scene
from explorer.pages.results.microscope import links, significant
from explorer.pages.shared import ownership
from explorer.protocol.safe_files import version
from explorer.shell.numbers import number
from explorer.stage.page import Page, plain

PREDICTED = "predicted"
TRUTHS = (PREDICTED, *"0123456789")
ANSWER = "results.own"
TURN = "results.own_turn"  # how many pictures have been answered
PRESETS = {}

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


def show(page: Page, scene: Scene) -> None:
    """Take a picture, and show what the model says of it."""
    words, path = page.words, scene.results.path
    try:
        model = str(path), version(path / "weights.pt")
    except OSError:
        st.info(words("own_picture.no_weights"), icon=":material/info:")
        return
    ownership.prepare()
    turn = st.session_state.get(TURN, 0)
    given = image_upload("results.drop", words, MOST_BYTES, turn)
    with st.container(horizontal=True):
        if st.button(words("own_picture.draw"), icon=":material/casino:", key="results.draw_one"):
            given = drawn_shape()
        shown = st.session_state.get(ANSWER)
        again = shown and "logits" in shown["answer"] and shown["model"] != model
        if again and st.button(words("own_picture.again"), icon=":material/replay:", key="results.ask_again"):
            given = base64.b64decode(shown["answer"]["picture"])
        if shown:
            st.button(words("own_picture.forget"), icon=":material/delete:", key="results.forget", on_click=forget)
    if given is not None:
        with st.spinner(words("own_picture.asking")):
            answer = runs.of_this_server().classifier.classify(path, given, *ownership.visitor())
        st.session_state[ANSWER] = {"model": model, "answer": answer}
        st.session_state[TURN] = turn + 1
        page.settings.set(truth=PREDICTED)
        st.rerun()
    if shown and "failed" in shown["answer"]:
        refused(page, shown["answer"])
    elif shown and not again:
        answered(page, scene, shown["answer"])
    page.code(CODE.format(run=path.name))


def forget() -> None:
    st.session_state.pop(ANSWER, None)


def drawn_shape() -> bytes:
    """Draw a shape that no run has seen, and return it as a PNG file."""
    images, _ = shapes.draw(10, np.random.default_rng())
    file = io.BytesIO()
    Image.fromarray(images[0]).save(file, "PNG")
    return file.getvalue()


def refused(page: Page, answer: dict) -> None:
    """Say why there is no answer."""
    codes = page.words.table("own_picture.failed")
    code = answer["failed"] if answer["failed"] in codes else "other"
    values = {
        "reason": plain(str(answer.get("message", ""))[:200]),
        "formats": page.words.names(FORMATS),
        "megabytes": MOST_BYTES // 1_000_000,
        "megapixels": MOST_PIXELS // 1_000_000,
    }
    st.error(page.words(f"own_picture.failed.{code}", **values), icon=":material/broken_image:")


def answered(page: Page, scene: Scene, answer: dict) -> None:
    """Show the picture as it came and as the model got it, and the model's logits of it."""
    words, now = page.words, page.now
    f = np.array(answer["logits"], np.float64)
    q = losses.softmax(f)
    predicted = int(f.argmax())
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.html(side_by_side(page, answer))
        width, height = answer["size"]
        st.caption(words("own_picture.size", width=width, height=height, side=number(answer["crop"][2], 0)))
        for note in answer["notes"]:
            st.caption(words(f"own_picture.notes.{note}"))
    with right:
        st.markdown(words("own_picture.heading", predicted=scene.classes[predicted], percent=number(100 * q.max(), 1)))
        page.settings.select_box(
            "truth",
            words("own_picture.truth"),
            TRUTHS,
            lambda k: words("own_picture.as_predicted") if k == PREDICTED else scene.classes[int(k)],
            width=260,
        )
        y = predicted if now.truth == PREDICTED else int(now.truth)
        loss = losses.softmax_loss(f, y)
        sample_card("results.own_card", words, scene.classes, f, y, None, words("own_picture.card"))
        st.markdown(words("own_picture.said", y=scene.classes[y], q=number(q[y], significant(q[y])), loss=number(loss)))
        links(page, scene, f, y)
    page.questions({"worse_than_a_guess": bool(exceeds(loss, math.log(len(f))))})


def side_by_side(page: Page, answer: dict) -> str:
    """Return the whole picture with the square that was cut out, and that square at 32×32, as HTML."""
    words = page.words
    width, height = answer["size"]
    left, top, side = answer["crop"]
    place = f"left: {100 * left / width}%; top: {100 * top / height}%"
    size = f"width: {100 * side / width}%; height: {100 * side / height}%"
    frame = f"position: absolute; box-sizing: border-box; border: 3px solid {MARK}; border-radius: 4px"
    picture = "display: block; border-radius: 6px; image-rendering"
    return (
        '<div style="display: flex; flex-wrap: wrap; gap: 16px; align-items: flex-start">'
        f'<div style="position: relative; max-width: 200px; line-height: 0">'
        f'<img src="data:image/png;base64,{answer["preview"]}" alt="{html.escape(words("own_picture.whole"))}"'
        f' style="{picture}: auto; max-width: 100%; max-height: 320px; min-width: 40px">'
        f'<span style="{frame}; {place}; {size}"></span></div>'
        f'<img src="data:image/png;base64,{answer["picture"]}" alt="{html.escape(words("own_picture.small"))}"'
        f' width="128" height="128" style="{picture}: pixelated"></div>'
    )
