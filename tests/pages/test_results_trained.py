"""The sections on the trained weights: the landscape and a visitor's own picture, driven as a visitor drives them."""

import base64
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.special import softmax

from explorer import runs
from explorer.pages.results import own_picture
from explorer.pages.shared import ownership
from explorer.runs import recorded
from explorer.runs.landscape_job import Computation
from explorer.runs.limits import Limits
from explorer.runs.registry import Runs
from explorer.shell import texts
from explorer.shell.numbers import number
from explorer.stage import link

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("cookies")]

LOOKER = (sys.executable, str(Path(__file__).parents[1] / "runs" / "fake_looker.py"))
LANGUAGES = ["en", "zh"]
PAGE = "results"
LOGITS = [3.0, 1.0, -2.0, 0.5, 0.0, 7.0, -1.0, 2.0, -3.0, 0.25]
PIXEL = base64.b64encode(b"not looked at").decode()


@pytest.fixture
def server(monkeypatch, tmp_path):
    """A server without runs of its own, whose training program does not exist."""
    server = Runs(Limits(folder=tmp_path / "runs", spare=False), ("/no/such/program",))
    monkeypatch.setattr(runs, "of_this_server", lambda: server)
    return server


def answer(**more) -> dict:
    shown = {"picture": PIXEL, "preview": PIXEL, "size": [500, 300], "crop": [100.0, 0.0, 300], "notes": []}
    return {"logits": LOGITS, **shown, **more}


@pytest.fixture
def ask(monkeypatch, server, open_page):
    """Return a function that has a drawn picture answered by `answer` and returns the page."""

    def ask(language, answer):
        asked = []
        monkeypatch.setattr(server.classifier, "classify", lambda *arguments: asked.append(arguments) or answer)
        app = open_page(PAGE, language, part="own_picture")
        app.button(key="results.draw_one").click().run()
        assert not app.exception
        ((folder, data, _, present, _),) = asked
        assert present()
        assert folder == recorded.FOLDER / "synthetic" and data.startswith(b"\x89PNG")
        return app

    return ask


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("run", recorded.NAMES)
@pytest.mark.parametrize("plane", ["random", "path"])
def test_the_recorded_landscapes_are_shown_with_their_numbers(open_page, shown, server, language, run, plane):
    (file,) = (recorded.FOLDER / run / "landscapes").glob(f"{plane}-17-200-*.json")
    found = json.loads(file.read_text())
    text = shown(open_page(PAGE, language, part="landscape", run=run, plane=plane, look="contours"))
    assert number(found["trained"]) in text
    assert number(np.max(found["loss"]), 2) in text
    assert number(100 * found["seen"], 4 if plane == "random" else 1) in text
    labels = np.load(recorded.FOLDER / run / "test_labels.npy").astype(int)
    logits = np.load(sorted((recorded.FOLDER / run / "test_logits").glob("*.npy"))[-1]).astype(float)
    chosen = np.random.default_rng(0).permutation(len(labels))[:200]
    own = -np.log(softmax(logits[chosen], axis=1)[np.arange(200), labels[chosen]]).mean()
    assert number(own) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_has_not_been_computed_can_be_and_says_why_it_failed(open_page, server, language):
    app = open_page(PAGE, language, part="landscape", points="11", samples="500")
    assert "60,500" in app.info[0].value
    app.button(key="results.compute").click().run()
    assert not app.exception
    assert "no/such/program" in app.error[0].value.replace("\\", "")
    app.button(key="results.ready_path").click().run()
    assert app.session_state["results.plane"] == "path" and app.session_state["results.points"] == "17"
    assert not app.info


def test_a_computation_that_goes_on_shows_how_far_it_is_and_only_its_owner_a_way_to_stop_it(
    open_page, server, monkeypatch
):
    folder = recorded.FOLDER / "synthetic"
    settings = {"directions": "random", "points": 11, "samples": 200, "seed": 0, "max_seconds": 600.0}
    going = Computation("synthetic", folder, server.limits.folder / "recorded-synthetic", settings)
    going.before = None
    monkeypatch.setattr(going, "ended", lambda: None)
    monkeypatch.setattr(going, "progress", lambda: ("landscape", 30, 121, 42.0))
    monkeypatch.setattr(server, "computation", {going.id: going}.get)
    app = open_page(PAGE, part="landscape", points="11")
    (bar,) = app.get("progress")
    assert all(told in bar.proto.text for told in ("30 of 121", "42 s", "10 min"))
    monkeypatch.setattr(going, "progress", lambda: ("download", 85_400_000, 170_498_071, None))
    (bar,) = open_page(PAGE, part="landscape", points="11").get("progress")
    assert "85 of 170 MB" in bar.proto.text
    assert not [button for button in app.button if button.key == "results.stop"]
    app.session_state["train.secrets"] = {going.id: going.secret}
    app.run()
    assert app.button(key="results.stop")


def test_a_reload_leaves_a_computation_going_and_its_owner_able_to_stop_it(
    open_page, monkeypatch, tmp_path, cookies, wait
):
    server = Runs(Limits(folder=tmp_path / "runs", spare=0, grace=0.0), LOOKER)
    monkeypatch.setattr(runs, "of_this_server", lambda: server)
    there = []

    def visit():
        """Come in a new session, and leave by then the one before."""
        me = str(len(there))
        there.append(me)
        monkeypatch.setattr(ownership, "visitor", lambda: (me, lambda: me in there, ""))
        app = open_page(PAGE, part="landscape", points="11")
        there[:-1] = [""] * (len(there) - 1)
        return app

    def can_stop(app):
        return any(button.key == "results.stop" for button in app.button)

    app = visit()
    app.button(key="results.compute").click().run()
    (going,) = server.busy()
    assert can_stop(app)
    (kept,) = [json.loads(e.proto.bytes) for e in app.get("bidi_component") if "remember" in e.proto.component_name]
    wait(lambda: going.progress()[1] == 6)
    watcher = visit()
    server._advance()
    assert not going.stopping and not can_stop(watcher)
    cookies[kept["prefix"] + kept["id"]] = kept["secret"]
    reloaded = visit()
    server._advance()
    assert not going.stopping and can_stop(reloaded)
    reloaded.button(key="results.stop").click().run()
    wait(going.over)
    assert going.ended()["reason"] == "stopped"
    server.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", ["inside", "landscape", "own_picture"])
def test_a_run_without_weights_says_so(open_page, shown, server, language, part):
    folder = shutil.copytree(recorded.FOLDER / "synthetic", server.limits.folder / "without-weights")
    (folder / "weights.pt").unlink()
    app = open_page(PAGE, language, part=part, run="without-weights", points="11")
    told = texts.load(language, "results")(f"{part}.no_weights")
    assert told in [info.value for info in app.info]
    assert not [
        button for button in app.button if button.key in {"results.compute", "results.draw_one", "results.look_inside"}
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_to_a_picture_is_shown_with_its_numbers_and_links(ask, shown, language):
    app = ask(language, answer(notes=["turned", "cmyk"]))
    text, q = shown(app), softmax(LOGITS)
    assert number(100 * q[5], 1) in text
    assert number(-np.log(q[5])) in text
    assert "500 × 300" in text and "EXIF" in text and "CMYK" in text
    z = ",".join(f"{value:.4f}" for value in LOGITS)
    links = [link.proto.query_string.replace("%2C", ",") for link in app.get("page_link")]
    assert sum(z in link and "y=5" in link for link in links) == 3
    (truth,) = app.selectbox
    truth.set_value("2").run()
    assert number(-np.log(q[2])) in shown(app)
    assert len(app.success) == 1, "that is more than ln 10"
    app.button(key="results.forget").click().run()
    assert own_picture.ANSWER not in app.session_state
    assert number(-np.log(q[2])) not in shown(app)


CODES = ("empty", "bytes", "pixels", "unknown", "damaged", "busy", "slow", "start", "died", "no-weights", "something")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_way_to_fail_has_a_message(ask, language):
    told = [ask(language, {"failed": code, "message": "**why** it did"}).error[0].value for code in CODES]
    assert len(set(told)) == len(CODES)
    assert not any("@{" in text or "**why**" in text for text in told)


def test_another_run_is_asked_about_the_same_picture_only_when_the_visitor_wants(ask, shown, server, monkeypatch):
    app = ask("en", answer())
    other = shutil.copytree(recorded.FOLDER / "synthetic", server.limits.folder / "run-of-my-own")
    app.query_params["run"] = other.name
    monkeypatch.setattr(link, "is_history_navigation", lambda: True)
    app.run()
    assert not app.exception
    assert number(100 * softmax(LOGITS)[5], 1) not in shown(app)
    assert app.button(key="results.ask_again")
