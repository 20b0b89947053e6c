"""Files that a visitor gives and that are no pictures, or too much of one: refused by the real program, in words."""

import base64
import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from streamlit.runtime.scriptrunner import StopException

from explorer.components.image_upload import decoded
from explorer.images.conversion import FORMATS, MOST_BYTES
from explorer.pages.results import own_picture
from explorer.shell import texts


def file(kind="PNG", size=(64, 64)):
    memory = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)).save(memory, kind)
    return memory.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb():
    """A PNG file of some hundred bytes that says it has 3.6 billion pixels."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def sent(data):
    return base64.b64encode(data).decode()


GIVEN = {
    "nothing": (sent(b""), "empty"),
    "no base64": ("<script>", "empty"),
    "no text": (["a", "list"], "empty"),
    "a text": (sent(b"I am no picture"), "unknown"),
    "HTML": (sent(b"<html><script>alert(1)</script></html>"), "unknown"),
    "a drawing with scripts": (sent(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), "unknown"),
    "another kind": (sent(file("TIFF")), "unknown"),
    "half of one": (sent(file("JPEG")[:2000]), "damaged"),
    "a bomb": (sent(bomb()), "pixels"),
    "huge": (sent(file("PNG") + bytes(MOST_BYTES)), "bytes"),
}


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_what_is_no_picture_is_refused_with_what_to_do_and_the_next_one_can_be_given(
    open_page, server, monkeypatch, tmp_path, language
):
    waiting = []
    monkeypatch.setattr(own_picture, "image_upload", lambda *_: decoded(waiting.pop(), MOST_BYTES) if waiting else None)
    app = open_page("results", language, part="own_picture")
    table = texts.load(language, "results").table("own_picture.failed")
    for name, (text, code) in GIVEN.items():
        waiting.append(text)
        app.run()
        assert not app.exception, name
        (error,) = app.error
        assert error.value.startswith(table[code].partition("@{")[0]), name
        assert code != "unknown" or all(kind in error.value for kind in FORMATS)
        assert app.button(key="results.draw_one"), name
    assert not (tmp_path / "runs").exists(), "nothing that a visitor gives is kept"


def test_a_rerun_that_comes_while_the_model_is_asked_does_not_lose_the_image(open_page, server, monkeypatch):
    answers = iter([StopException(), {"failed": "slow"}])

    def classify(*arguments):
        answer = next(answers)
        if isinstance(answer, BaseException):
            raise answer  # as Streamlit ends a script for the sake of the next run
        return answer

    monkeypatch.setattr(server.classifier, "classify", classify)
    app = open_page("results", part="own_picture")
    app.button(key="results.draw_one").click().run()
    assert not app.error
    app.run()
    (error,) = app.error
    assert error.value.startswith(texts.load("en", "results")("own_picture.failed.slow")[:20])
    assert next(answers, None) is None and not app.run().exception


def test_a_text_that_is_too_long_for_any_file_is_not_decoded():
    for size in range(9):
        assert decoded(sent(bytes(size)), 5) == bytes(min(size, 6))
    assert decoded("=" * 10_000, 5) == bytes(6)
