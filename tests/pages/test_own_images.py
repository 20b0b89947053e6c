"""Images of one's own: what the training page says before and after they come, and all that shows a run on them."""

import io
import shutil
import zipfile

import numpy as np
import pytest
from PIL import Image

from explorer import runs
from explorer.components import assets
from explorer.pages.train import own_images
from explorer.runs.limits import Limits
from explorer.runs.registry import Runs
from explorer.shell import texts

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("cookies")]
SECTIONS = ("microscope", "time", "whole", "calibration", "inside", "landscape", "own_picture")
NAMES = ["cat_1", "<b>lynx", "owl", "$x$"]


def zipped(classes, each=6):
    """A ZIP file of folders of these names, `each` images in the first, one more in each that follows, and a text."""
    random, file = np.random.default_rng(0), io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("<b>notes", "words")
        for k, name in enumerate(classes):
            for number in range(each + k):
                image = io.BytesIO()
                Image.fromarray(random.integers(256, size=(32, 32, 3)).astype(np.uint8)).save(image, "PNG")
                made.writestr(f"{name}/{number}.png", image.getvalue())
    file.seek(0)
    return file


@pytest.fixture
def bring(server, open_page, monkeypatch):
    """Return a function that opens the training page where images of these classes have been brought."""
    monkeypatch.setattr(runs.own_images, "SECONDS", 600.0)  # the machine's speed is not what is tested

    def bring(classes, language="en"):
        app = open_page("train", language, data="own", epochs="2", batch="16")
        app.session_state[own_images.ID] = server.uploads.images(zipped(classes))
        app.run()
        assert not app.exception, app.exception
        return app

    return bring


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_without_images_nothing_starts_and_the_page_says_what_is_needed(
    open_page, server, language, shown, monkeypatch
):
    words = texts.load(language, "train")
    app = open_page("train", language, data="own")
    assert not [one for one in app.get("bidi_component") if "run_monitor" in one.proto.component_name], "other data"
    assert words("untrained.title") not in shown(app)
    assert app.button(key="train.start").disabled
    said = shown(app)
    for name in ("how", "where", "place", "place_text"):
        assert words(f"images_upload.{name}", least=5, hours="12") in said
    assert words("images_upload.missing") in said
    assert len([area for area in app.get("bidi_component") if "run_upload" in area.proto.component_name]) == 1
    monkeypatch.setattr(assets, "by_route", lambda: False)
    assert words("images_upload.no_route") in shown(app.run())


def test_a_host_that_takes_no_files_says_so(open_page, monkeypatch, tmp_path, shown):
    made = Runs(Limits(folder=tmp_path / "runs", spare=0, upload=0), ("/no/such/program",))
    monkeypatch.setattr("explorer.runs.of_this_server", lambda: made)
    assert texts.load("en", "train")("images_upload.refused.off") in shown(open_page("train", data="own"))


def test_images_are_shown_as_the_network_sees_them_and_no_place_on_the_server_is_told(bring, server, shown):
    app = bring(NAMES)
    said = shown(app)
    assert "**30** images of **4** classes" in said and texts.load("en", "train")("images_upload.place") not in said
    assert [one for one in app.get("bidi_component") if "run_monitor" in one.proto.component_name]
    assert "Left out: 1, the first of them" in said and "notes" in said and "<b>notes" not in said
    (sheet,) = [element.value for element in app.get("html") if "<table>" in element.value]
    assert "&lt;b&gt;lynx" in sheet and sheet.count("data:image/png") == 4
    assert "ln 4 \\approx 1.386" in said and not app.button(key="train.start").disabled
    code = "\n".join(block.value for block in app.get("code"))
    for line in ("--dataset folder", "--data-dir my-images", "for k in range(4)", "nn.Linear(3072, 4)"):
        assert line in code
    assert str(server.limits.folder) not in said + code


def test_images_that_have_been_removed_are_asked_for_again(bring, server, shown):
    app, words = bring(NAMES), texts.load("en", "train")
    for folder in server.limits.folder.glob(".images-*"):
        shutil.rmtree(folder)
    app.button(key="train.start").click().run()
    assert not app.exception and [error.value for error in app.error] == [words("refused.no_images")]
    assert words("images_upload.missing") in shown(app) and not server.busy()


@pytest.mark.parametrize("language, classes", [("en", NAMES[:2]), ("zh", NAMES)])
def test_everything_after_training_works_with_as_many_classes(bring, server, open_page, wait, language, classes):
    app = bring(classes, language)
    app.button(key="train.start").click().run()
    (run,) = server.busy()
    wait(run.over)
    assert run.state() == "finished", run.folder.ended
    app.run()
    assert not app.exception and app.button(key="train.again")
    letters = {"cat_1": "cat 1", "<b>lynx": "b lynx", "owl": "owl", "$x$": "x"}
    expected = [letters[name] for name in run.folder.started["classes"]]
    for part in SECTIONS:
        app = open_page("results", language, run=run.id, part=part, true="9", target="9", truth="9", predicted="7")
        assert not app.exception, (part, app.exception)
        assert app.session_state["results.true"] == "any"
    assert len(app.selectbox[0].options) == len(classes) + 1 and app.selectbox[0].options[1:] == expected
    for curve in ("logits", "simplex"):
        app = open_page("results", language, run=run.id, part="time", curve=curve)
    lacks = texts.load(language, "results")("lacked", asked="curve = simplex")
    assert [warning.value for warning in app.warning] == [lacks] * (len(classes) == 2)
    assert app.session_state["results.curve"] == ("simplex" if len(classes) > 2 else "probabilities")
    app = open_page("guess", language, run=run.id)
    assert app.session_state["guess.run"] == run.id and len(app.session_state["guess.q"]) == len(classes)
    for _ in classes:  # a fifth of six to nine images of each class is one
        app.button(key="guess.answer").click().run()
        app.button(key="guess.next").click().run()
        assert not app.exception
    assert app.session_state["guess.draw"] == 1, "another game, after as many images as there are"
    app.button(key="guess.start").click().run()
    assert not app.exception and not app.warning


def test_the_same_training_again_has_the_same_images(bring, server, wait):
    app = bring(NAMES[:2])
    app.button(key="train.start").click().run()
    (first,) = server.busy()
    wait(first.over)
    app.run()
    app.button(key="train.again").click().run()
    (second,) = (run for run in server.busy() if run is not first)
    wait(second.over)
    one, other = (np.load(run.folder.path / "test_images.npy") for run in (first, second))
    assert second.has_own_images and np.array_equal(one, other)
