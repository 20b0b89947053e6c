"""What a model says of visitors' images: in turn, one process for all of them, and every end of it has its word."""

import io
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.images.conversion import MOST_BYTES
from explorer.runs import classification, recorded
from explorer.runs.limits import Limits
from explorer.runs.registry import Runs

LOOKER = (sys.executable, str(Path(__file__).parent / "fake_looker.py"))
SYNTHETIC = recorded.FOLDER / "synthetic"


def here():
    return True


@pytest.fixture
def server(make_runs):
    return make_runs(program=LOOKER, spare=0, pictures=4, picture_seconds=120.0)


def ask(server, data, visitor="me", address="", present=here):
    return server.classifier.classify(SYNTHETIC, data, visitor, present, address)


@pytest.fixture
def in_line(server, wait):
    """Return a function that lets visitors come, by (visitor, address), each with an image of as many bytes as came.

    Nobody is answered before all of them have come. It returns who was answered, in that order; how others were
    refused; and the answers.
    """

    def in_line(*visitors):
        classifier, done = server.classifier, []

        def one(number, visitor, address):
            done.append((visitor, ask(server, bytes(number), visitor, address)))

        with ThreadPoolExecutor(len(visitors)) as several:
            classifier._busy = True
            for number, (visitor, address) in enumerate(visitors, start=1):
                several.submit(one, number, visitor, address)
                wait(lambda number=number: len(classifier._queue) + len(done) == number)
            with classifier._turn:
                classifier._busy = False
                classifier._turn.notify_all()
        answered = sorted((pair for pair in done if "logits" in pair[1]), key=lambda pair: pair[1]["turn"])
        refused = [answer["failed"] for _, answer in done if "failed" in answer]
        return [visitor for visitor, _ in answered], refused, [answer for _, answer in answered]

    return in_line


def test_one_process_answers_all_who_wait_and_then_ends(in_line, in_use):
    before = in_use()
    order, refused, answers = in_line(*((name, name) for name in "abc"))
    assert (order, refused) == (["a", "b", "c"], [])
    assert [answer["logits"][0] for answer in answers] == [1.0, 2.0, 3.0]
    assert len({answer["pid"] for answer in answers}) == 1
    assert "children" not in in_use(beyond=before)


def test_where_processes_may_wait_it_stays_for_a_time(make_runs, wait, monkeypatch):
    runs = make_runs(program=LOOKER, spare=60.0)
    first = ask(runs, b"1")["pid"]
    monkeypatch.setattr(classification, "IDLE", 0.05)
    assert ask(runs, b"22")["pid"] == first
    wait(lambda: runs.classifier._process is None)
    assert ask(runs, b"22")["pid"] != first


def test_an_honest_visitor_has_the_next_turn_however_many_one_address_asks(in_line):
    script = [(f"script {number}", "a") for number in range(4)]
    order, refused, _ = in_line(*script, ("me", "b"))
    assert (order, refused) == (["script 0", "me", "script 1"], ["busy", "busy"])


def test_a_visitor_has_one_image_in_line(in_line):
    assert in_line(("me", "a"), ("me", "a"))[:2] == (["me"], ["waiting"])


def test_whoever_has_left_is_no_more_in_line(server, monkeypatch):
    monkeypatch.setattr(classification, "POLL", 0.01)
    server.classifier._busy = True
    assert ask(server, b"1", present=lambda: False)["failed"] == "busy"
    monkeypatch.setattr(classification, "QUEUE_TIMEOUT", 0.05)
    assert ask(server, b"1")["failed"] == "busy"
    assert not server.classifier._queue
    server.classifier._busy = False
    assert ask(server, b"1")["logits"]


def test_a_file_that_is_too_large_never_comes_to_the_process(server):
    assert ask(server, bytes(MOST_BYTES + 1)) == {"failed": "bytes", "message": ""}
    assert server.classifier._process is None
    assert ask(server, bytes(MOST_BYTES))["logits"] == [float(MOST_BYTES)] * 10


def test_every_end_of_the_process_has_its_word_and_the_next_image_is_answered(make_runs):
    server = make_runs(program=LOOKER, spare=60.0, picture_seconds=120.0)
    assert ask(server, b"")["failed"] == "empty"
    assert ask(server, b"die")["failed"] == "died"
    assert ask(server, b"12345")["logits"] == [5.0] * 10
    object.__setattr__(server.limits, "picture_seconds", 0.3)
    assert ask(server, b"sleep")["failed"] == "slow"
    object.__setattr__(server.limits, "picture_seconds", 120.0)
    assert ask(server, b"12345")["logits"] == [5.0] * 10


def test_loading_has_a_time_of_its_own(server, monkeypatch):
    monkeypatch.setattr(classification, "LOADING", 1.0)
    object.__setattr__(server.limits, "picture_seconds", 600.0)
    assert ask(server, b"sleep")["failed"] == "slow"


def test_a_process_that_loads_for_ever_is_ended(make_runs, monkeypatch):
    monkeypatch.setattr(classification, "LOADING", 0.1)
    runs = make_runs(program=(sys.executable, "-c", "import time; time.sleep(600)"), spare=0)
    assert ask(runs, b"1")["failed"] == "slow"
    assert runs.classifier._process is None
    dying = make_runs(program=(sys.executable, "-c", ""), spare=0)
    monkeypatch.setattr(classification, "LOADING", 60.0)
    assert ask(dying, b"1")["failed"] == "died"


def test_a_program_that_cannot_be_started_is_reported_without_its_folder(server):
    nowhere = Runs(Limits(folder=server.limits.folder, spare=0), ("/no/such/program",))
    assert ask(nowhere, b"12345")["failed"] == "start"


@pytest.mark.slow
@pytest.mark.parametrize("waits", [False, True])
def test_the_recorded_weights_give_the_recorded_logits(tmp_path, monkeypatch, waits):
    place = 3
    file = io.BytesIO()
    Image.fromarray(np.load(SYNTHETIC / "sample_images.npy")[place]).save(file, "PNG")
    monkeypatch.setattr(classification, "LOADING", 600.0)  # the visitor's patience is not what is tested
    runs = Runs(Limits(folder=tmp_path, spare=60.0, picture_seconds=600.0))
    if waits:
        runs.prepare()
    try:
        own = np.load(SYNTHETIC / "test_logits" / "0006.npy")[np.load(SYNTHETIC / "sample_index.npy")[place]]
        for _ in range(2):
            answer = ask(runs, file.getvalue())
            assert np.allclose(answer["logits"], own, atol=0.02 * np.abs(own).max())
            assert ask(runs, b"no image")["failed"] == "unknown"
    finally:
        runs.close()
