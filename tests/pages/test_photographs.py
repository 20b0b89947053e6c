"""Where the server has the photographs, every page shows them; where it has not, it offers to get them."""

import json

import numpy as np
import pytest

from explorer import runs
from explorer.protocol.data_sources import FETCH
from explorer.runs import recorded
from explorer.runs.photographs import Progress
from explorer.runs.results import Results
from explorer.shell import texts
from tests import official_files

LANGUAGES = ["en", "zh"]
PLACES = {
    "home": {},
    "train": {},
    "train with CIFAR-10": {"data": "cifar10"},
    "train and a recorded run": {"run": "cifar10"},
    "results": {"run": "synthetic"},
    "results without images": {"run": "cifar10"},
    "guess": {},
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A data folder with decoded images that look to the recorded runs like theirs."""
    folder = tmp_path_factory.mktemp("data")
    images, labels = official_files.test_images_like_recorded()
    kept = folder / ".decoded" / "official"
    kept.mkdir(parents=True)
    np.save(kept / "test_images.npy", images)
    np.save(kept / "test_labels.npy", labels)
    (kept / "about.json").write_text(json.dumps({"classes": official_files.CLASSES}))
    return folder


pytestmark = pytest.mark.usefixtures("cookies")


@pytest.fixture
def here(copy, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA_DIR", str(copy))


@pytest.fixture
def photographs(monkeypatch):
    """Those of a server of its own, which is asked and starts nothing."""
    server = runs.Runs()
    monkeypatch.setattr(runs, "of_this_server", lambda: server)
    return server.photographs


def sent(app, board: str) -> dict:
    """Return what the browser is told by a component."""
    (told,) = [e.proto.bytes for e in app.get("bidi_component") if e.proto.component_name.endswith(board)]
    return json.loads(told)


def offered(app) -> bool:
    return "photographs.get" in {button.key for button in app.button}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
def test_where_they_are_missing_a_button_says_what_it_does(open_page, shown, photographs, place, language):
    app = open_page(place.split()[0], language, **PLACES[place])
    assert offered(app)
    text = shown(app)
    assert "170 MB" in text and "www.cs.toronto.edu" in text


@pytest.mark.parametrize("place", ["home", "train", "results", "guess"])
def test_where_they_are_there_is_no_button(open_page, here, place):
    assert not offered(open_page(place))


def test_a_run_that_has_its_images_needs_no_photographs(open_page, photographs):
    assert not offered(open_page("train", run=recorded.SHAPES))


def test_a_host_that_forbids_it_offers_nothing(open_page, monkeypatch):
    monkeypatch.setenv(FETCH, "no")
    for place in ("home", "train", "results", "guess"):
        assert not offered(open_page(place))


def test_results_and_game_begin_with_photographs(open_page, here):
    assert open_page("results").session_state["results.run"] == recorded.CNN
    assert open_page("guess").session_state["guess.run"] == recorded.CNN
    # A link that says something about a run, but not which, is about the one on drawn shapes, as it is everywhere.
    assert open_page("results", sample="3").session_state["results.run"] == recorded.SHAPES
    assert open_page("guess", draw="3").session_state["guess.run"] == recorded.SHAPES


@pytest.mark.parametrize("run", recorded.NAMES)
def test_the_game_is_played_with_every_recorded_run(open_page, here, run):
    app = open_page("guess", run=run)
    assert not app.info
    labels = Results(recorded.FOLDER / run).labels
    drawn = np.unique(labels)
    assert len(drawn) == 10
    app.button(key="guess.answer").click().run()
    assert not app.exception and "guess.next" in {button.key for button in app.button}


def test_before_training_the_images_are_photographs_unless_shapes_are_to_be_trained_on(open_page, shown, here):
    for model, run in recorded.OF_MODELS.items():
        app = open_page("train", model=model)
        first = json.loads((recorded.FOLDER / run / "config.json").read_text())
        assert sent(app, "run_monitor")["preview"]["classes"] == first["classes"]
        assert "Ten photographs of CIFAR-10" in shown(app)
    app = open_page("train", data="synthetic")
    assert "disc" in sent(app, "run_monitor")["preview"]["classes"]
    assert "Ten synthetic shapes" in shown(app)


def test_a_recorded_run_is_replayed_with_its_photographs(here):
    found = runs.of_this_server().find(recorded.CNN)
    assert found.folder.sample_sheet().startswith(b"\x89PNG")
    assert len(found.folder.sample_logits(0)["labels"]) == 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_while_they_come_everybody_sees_how_far_and_whoever_began_it_can_stop(
    open_page, photographs, monkeypatch, language
):
    monkeypatch.setattr(type(photographs), "going", True)
    monkeypatch.setattr(type(photographs), "stopping", False)
    monkeypatch.setattr(photographs, "progress", lambda: Progress("download", 51_000_000, 170_000_000, 2.5e6, 47.6))
    app = open_page("guess", language)
    (bar,) = app.get("progress")
    for told in ("51", "170 MB", "2.5 MB/s", {"en": "48 s", "zh": "48 秒"}[language]):
        assert told in bar.proto.text
    assert bar.proto.value == 30
    keys = {button.key for button in app.button}
    assert "photographs.get" not in keys and "photographs.stop" not in keys
    monkeypatch.setattr(photographs, "owned_by", lambda secret: True)
    stopped = []
    monkeypatch.setattr(photographs, "stop", stopped.append)
    app.run()
    app.button(key="photographs.stop").click().run()
    assert len(stopped) == 1


@pytest.mark.parametrize("name", ["guess", "results"])
def test_whoever_has_waited_for_them_is_told_once_and_shown_them(open_page, photographs, monkeypatch, copy, name):
    monkeypatch.setattr(type(photographs), "going", True)
    monkeypatch.setattr(type(photographs), "stopping", False)
    monkeypatch.setattr(photographs, "progress", lambda: Progress("decode", 1, 1, None, None))
    app = open_page(name)
    assert app.session_state[f"{name}.run"] == recorded.SHAPES and app.get("progress")
    monkeypatch.setattr(type(photographs), "going", False)
    monkeypatch.setenv("EXPLORER_DATA_DIR", str(copy))
    app.run()
    assert app.session_state[f"{name}.run"] == recorded.CNN
    assert not app.exception and not app.get("progress") and len(app.toast) == 1
    assert not app.run().toast


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["download", "no-fetch", "interrupted"])
def test_why_it_failed_is_said_and_it_can_be_tried_again(open_page, photographs, monkeypatch, language, code):
    monkeypatch.setattr(photographs, "failure", lambda: {"event": "failed", "code": code, "message": "x_y"})
    app = open_page("guess", language)
    failures = texts.load(language, "train").table("monitor.failures")
    assert failures.get(code, failures["other"]) in app.error[0].value and r"x\_y" in app.error[0].value
    again = texts.load(language, "guess")("photographs.again")
    assert app.button(key="photographs.get").label == again


def test_what_is_refused_is_said(open_page, photographs, monkeypatch):
    monkeypatch.setattr(photographs, "get", refuse)
    app = open_page("train")
    app.button(key="photographs.get").click().run()
    assert not app.exception
    assert "0.4 GB" in app.error[0].value


def refuse():
    raise runs.Refused("memory", needed=0.4, free=0.1)


def test_an_example_for_ones_own_picture_is_a_photograph_for_a_model_that_knows_photographs(open_page, here):
    for run, label in ((recorded.CNN, "Take a test photograph"), (recorded.SHAPES, "Make a synthetic shape")):
        app = open_page("results", part="own_picture", run=run)
        assert app.button(key="results.draw_one").label == label


def test_those_that_are_in_doubt_are_counted(open_page, shown, copy, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA_DIR", str(tmp_path))
    kept = tmp_path / ".decoded" / "official"
    kept.mkdir(parents=True)
    there = copy / ".decoded" / "official"
    for name in ("images", "labels"):
        np.save(kept / f"test_{name}.npy", np.load(there / f"test_{name}.npy")[:4000])
    (kept / "about.json").write_text("{}")
    found = Results(recorded.FOLDER / recorded.CNN).images.found
    assert f"{int((~found).sum()):,} of the 5,000 test images" in shown(open_page("results", run=recorded.CNN))
    assert 3900 < found.sum() <= 4000


def test_a_class_plays_with_photographs(open_page, here):
    app = open_page("guess", run=recorded.CNN)
    app.button(key="guess.start").click().run()
    assert not app.exception and not app.warning
    board = sent(app, "guess_board")
    assert board["image"].startswith("data:image/png") and "airplane" in json.dumps(board)
