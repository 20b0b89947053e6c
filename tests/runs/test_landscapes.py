"""Landscapes on this server: computed in the queue of the runs, read with care; and pictures that are answered."""

import json
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from explorer.runs import landscape_job, landscapes, recorded, registry
from explorer.runs.archive import pack
from explorer.runs.landscape_job import Computation
from explorer.runs.limits import Refused

LOOKER = (sys.executable, str(Path(__file__).parent / "fake_looker.py"))
SYNTHETIC = recorded.FOLDER / "synthetic"


@pytest.fixture
def server(make_runs):
    return make_runs(program=LOOKER, spare=False)


@pytest.fixture
def ask(server):
    """Return a function that asks for a landscape of some run."""

    def ask(points, visitor="me", run="a-run-of-ours"):
        folder = server.limits.folder / run
        return server.compute(
            Computation(run, folder, folder / "landscapes", {"points": points}), visitor, lambda: True
        )

    return ask


def test_a_landscape_is_computed_and_lies_in_the_runs_folder(server, ask, wait):
    computation = ask(3)
    wait(computation.over)
    assert computation.ended()["reason"] == "computed"
    run = server.limits.folder / "a-run-of-ours"
    found = landscapes.find(run, server.limits.folder, {"points": 3})
    assert (found.trained, found.seen, found.epochs) == (1.0, 0.5, [0, 1])
    assert found.at(np.array([[0, 0], [-0.5, 0], [-0.5, -0.5]])).tolist() == [1, 1.5, 2]
    assert [file.name for file in (run / "landscapes").iterdir()] == ["random-3-500-1-0.json"]
    assert landscapes.find(run, server.limits.folder, {"points": 5}) is None


def test_it_reports_how_far_it_is_and_only_who_knows_the_secret_stops_it(server, ask, wait):
    computation = ask(9)
    wait(lambda: computation.progress()[1] == 5)
    assert computation.progress()[::2] == ("landscape", 25)
    computation.trainer.send("resume")
    wait(lambda: computation.progress()[1] == 6)
    assert computation.progress()[3] > 0
    assert ask(9, "another") is computation
    with pytest.raises(PermissionError):
        server.command(computation, "guessed", "stop")
    server.command(computation, computation.secret, "stop")
    wait(computation.over)
    assert computation.ended()["reason"] == "stopped"
    assert not list(computation.file.parent.iterdir())


def test_it_can_be_asked_for_again_the_moment_that_it_has_ended(server, ask, wait, monkeypatch):
    monkeypatch.setattr(registry, "TICK", 0.7)
    first = ask(5)
    wait(lambda: first.progress()[1] == 6)
    first.trainer.send("stop")
    first.trainer._process.wait()
    with ThreadPoolExecutor(8) as several:
        ends = list(several.map(lambda _: first.ended(), range(8)))
    assert ends == 8 * [{"event": "finished", "reason": "stopped"}]
    again = ask(5)
    assert again is not first
    wait(lambda: again.progress()[1] == 6)
    server.command(again, again.secret, "stop")
    wait(lambda: not server._training)


def test_it_waits_for_its_turn_and_a_visitor_has_only_one_thing_waiting(server, ask, wait):
    first, second = ask(5), ask(6)
    assert (first.queue_position, second.queue_position) == (None, 1)
    with pytest.raises(Refused, match="still_waiting"):
        ask(7)
    server.command(first, first.secret, "stop")
    wait(lambda: second.queue_position is None)
    server.command(second, second.secret, "stop")
    wait(second.over)


def test_a_failure_comes_with_its_code_and_a_death_without_a_message_too(ask, wait, server):
    failing, dying = ask(4), ask(8)
    wait(failing.over)
    assert failing.ended()["code"] == "other-data"
    wait(lambda: dying.progress()[1] == 6)
    dying.trainer._process.kill()
    wait(dying.over)
    assert dying.ended()["code"] == "interrupted"
    assert ask(4) is not failing


def test_one_that_does_not_obey_a_stop_is_ended_soon_and_counts_as_stopped(server, ask, wait, monkeypatch):
    monkeypatch.setattr(landscape_job, "STOP_TIMEOUT", 0.2)
    computation = ask(12)
    wait(lambda: computation.progress()[1] == 6)
    server.command(computation, computation.secret, "stop")
    wait(computation.over)
    assert computation.ended()["reason"] == "stopped"


def test_one_that_does_not_obey_its_time_is_ended_by_the_server(server, wait, monkeypatch):
    monkeypatch.setattr(landscape_job, "LATE", 0.2)
    folder = server.limits.folder / "a-run-of-ours"
    slow = Computation("a-run-of-ours", folder, folder / "landscapes", {"points": 5, "max_seconds": 0.1})
    server.compute(slow, "me", lambda: True)
    wait(slow.over)
    assert slow.ended()["code"] == "too-long"


def test_nothing_is_added_to_a_recorded_run(tmp_path):
    assert landscapes.folder_for(SYNTHETIC, tmp_path) == tmp_path / "recorded-synthetic"
    assert landscapes.folder_for(tmp_path / "run", tmp_path) == tmp_path / "run" / "landscapes"


@pytest.mark.parametrize("name", recorded.NAMES)
@pytest.mark.parametrize("directions", ["random", "path"])
def test_the_recorded_runs_have_both_landscapes(name, directions, tmp_path):
    settings = {"directions": directions, "points": 17, "samples": 200}
    found = landscapes.find(recorded.FOLDER / name, tmp_path, settings)
    folder = recorded.FOLDER / name
    logits = np.load(sorted((folder / "test_logits").glob("*.npy"))[-1]).astype(float)
    labels = np.load(folder / "test_labels.npy")
    chosen = np.random.default_rng(0).permutation(len(labels))[:200]
    f, y = logits[chosen], labels[chosen].astype(int)
    own = np.mean(np.log(np.exp(f - f.max(1, keepdims=True)).sum(1)) + f.max(1) - f[np.arange(200), y])
    assert found.trained == pytest.approx(own, rel=0.02)  # bfloat16 there, float32 here
    assert not found.path[-1].any()
    assert (found.seen > 0.5) == (directions == "path")


FACTS = {"schema": 1, "x": [-1, 0, 1], "y": [-1, 0, 1], "loss": [[3, 2, 3], [2, 1, 2], [3, 2, "inf"]], "trained": 1.0}
FACTS |= {"path": {"epochs": [0, 1], "x": [-0.5, 0], "y": [0.5, 0]}, "seen": 0.5, "pictures": 9, "weights": 30}
FACTS |= {"samples": 9, "seed": 0}
HARMS = {
    "no JSON": "{",
    "a list": "[]",
    "another schema": {"schema": 2},
    "a ragged surface": {"loss": [[1, 2, 3], [1, 2], [1]]},
    "a surface of words": {"loss": [["a", "b", "c"]] * 3},
    "a surface of another size": {"loss": [[1, 2], [3, 4]]},
    "a grid that goes back": {"x": [0, 2, 1]},
    "a grid without end": {"y": [0, 1, "inf"]},
    "a path without epochs": {"path": {"x": [1], "y": [1]}},
    "a path that does not fit": {"path": {"epochs": [1, 2], "x": [1], "y": [1]}},
    "an epoch without end": {"path": {"epochs": ["inf"], "x": [1], "y": [1]}},
    "a surface out of all numbers": {"loss": [["inf"] * 3] * 3},
    "a number too large": {"x": [0, 1, 10**400]},
    "lists within lists": "[" * 100_000,
    "no count of pictures": {"pictures": None},
    "a seed that is none": {"seed": -1},
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=list(HARMS))
def test_what_is_no_landscape_counts_as_none(tmp_path, harm):
    place = tmp_path / "run" / "landscapes"
    place.mkdir(parents=True)
    file = place / "random-3-500-1-0.json"
    file.write_text(json.dumps(FACTS))
    assert landscapes.find(tmp_path / "run", tmp_path, {"points": 3})
    file.write_text(harm if isinstance(harm, str) else json.dumps(FACTS | harm))
    assert landscapes.find(tmp_path / "run", tmp_path, {"points": 3}) is None


def test_a_landscape_behind_a_link_counts_as_none_and_archives_take_real_ones_along(tmp_path):
    run = tmp_path / "some-run"
    (run / "landscapes").mkdir(parents=True)
    (run / "landscapes" / "random-3-500-1-0.json").symlink_to(SYNTHETIC / "config.json")
    (run / "landscapes" / "path-3-500-0.25-0.json").write_text("{}")
    assert landscapes.find(run, tmp_path, {"points": 3}) is None
    with pack(run) as packed, zipfile.ZipFile(packed) as archive:
        assert archive.namelist() == ["some-run/landscapes/path-3-500-0.25-0.json"]
