import json

import numpy as np
import pytest

from explorer.runs import process
from explorer.runs import run as module
from explorer.runs.process import Trainer
from explorer.runs.run import Run


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CACHE_SECONDS", 0.0)
    return Run(tmp_path)


def write(run, *events):
    with (run.folder.path / "events.jsonl").open("a") as file:
        file.writelines(json.dumps(event) + "\n" for event in events)


def steps(first, last):
    return [
        {
            "event": "step", "step": number, "epoch": 1, "loss": 123.456789 / number, "learning_rate": 0.0123456,
            "images": 128 * number, "seconds": number / 3,
        }
        for number in range(first, last + 1)
    ]  # fmt: skip


def epoch(number):
    return {
        "event": "epoch", "epoch": number, "train_loss": None, "test_loss": 2.0, "test_accuracy": 0.25,
        "class_accuracy": [0.123456789] * 10,
    }  # fmt: skip


def follow(run, cursor, rows, epochs):
    """Do what a watcher does until there is no more: put the rows where they belong. Return the cursor."""
    while True:
        body = run.answer(cursor)
        assert len(body) <= 10_000
        answer = json.loads(body)
        for have, new in ((rows, answer["steps"]), (epochs, answer["epochs"])):
            del have[new["from"] :]
            have += new["rows"]
        cursor = answer["cursor"]
        if not answer["more"]:
            return cursor


def test_a_watcher_who_follows_has_what_a_new_one_gets(run):
    rows, epochs, cursor = [], [], ""
    for first in range(1, 6000, 371):
        write(run, *steps(first, first + 370), epoch(first))
        cursor = follow(run, cursor, rows, epochs)
        fresh_rows, fresh_epochs = [], []
        follow(run, "", fresh_rows, fresh_epochs)
        assert rows == fresh_rows
        assert epochs == fresh_epochs
    assert len(rows) == len(run.folder.history.rows)
    assert rows[-1][1] == run.folder.step
    assert [item["step"] for item in epochs][:2] == [371, 742]


def test_however_many_cursors_are_made_up_few_answers_are_kept(run, monkeypatch):
    monkeypatch.setattr(module, "CACHE_SECONDS", 1e6)
    write(run, *steps(1, 20))
    answers = {run.answer(cursor) for cursor in ["", *(f"made-up-{number}" for number in range(500))]}
    assert len(answers) == 1  # each is answered from the beginning
    assert len(run._answers) <= module.ANSWERS


def test_a_watcher_of_a_run_that_went_back_begins_again(run):
    rows, epochs = [], []
    write(run, *steps(1, 20), epoch(1))
    cursor = follow(run, "", rows, epochs)
    (run.folder.path / "events.jsonl").unlink()
    write(run, *steps(1, 10), epoch(1), *[step | {"loss": 0.5} for step in steps(11, 30)], epoch(2))
    follow(run, cursor, rows, epochs)
    assert [row[2] for row in rows[9:]] == [12.346, *[0.5] * 20]
    assert [item["step"] for item in epochs] == [10, 30]


def test_a_watcher_keeps_a_bounded_number_of_very_many_evaluations(run):
    write(run, *map(epoch, range(5000)))
    rows, epochs = [], []
    cursor = follow(run, "", rows, epochs)
    assert len(epochs) <= 1001
    assert (epochs[0]["epoch"], epochs[-1]["epoch"]) == (0, 4999)
    write(run, *map(epoch, range(5000, 5003)))
    follow(run, cursor, rows, epochs)
    fresh = []
    follow(run, "", [], fresh)
    assert epochs == fresh
    assert epochs[-1]["epoch"] == 5002


def test_facts_are_reported_once_and_again_when_something_is_changed(run):
    write(run, {"event": "started", "dataset": "synthetic", "x": "y" * 3000}, *steps(1, 3))
    first = json.loads(run.answer(""))
    assert first["facts"]["started"]["dataset"] == "synthetic"
    assert "facts" not in json.loads(run.answer(first["cursor"]))
    write(run, {"event": "changed", "learning_rate": 0.5})
    again = json.loads(run.answer(first["cursor"]))
    assert again["facts"]["changes"] == [{"learning_rate": 0.5, "step": 3}]


def test_an_event_as_long_as_no_event_is_does_not_reach_the_watchers(run):
    write(run, {"event": "started", "dataset": "x" * 7000}, *steps(1, 1))
    assert json.loads(run.answer(""))["facts"]["started"] is None


def test_what_was_measured_along_the_way_arrives(run):
    measured = {"gradient_norm": 1.5, "update_ratio": 1e-3}
    write(run, *steps(1, 2), steps(3, 3)[0] | measured)
    rows = json.loads(run.answer(""))["steps"]["rows"]
    assert [row[8:] for row in rows] == [[None, None], [None, None], [1.5, 1e-3]]


def test_what_the_model_says_of_the_samples_arrives_while_it_trains(run, tmp_path):
    np.save(tmp_path / "test_labels.npy", np.repeat(np.arange(10), 2))
    np.save(tmp_path / "sample_index.npy", np.arange(20))
    np.save(tmp_path / "sample_images.npy", np.zeros((20, 32, 32, 3), np.uint8))
    logits = np.arange(200.0).reshape(20, 10)
    write(run, {"event": "samples", "step": 7, "logits": logits.tolist()})
    answer = json.loads(run.answer(""))
    assert answer["samples"] == {"step": 7, "labels": list(range(10)), "logits": logits[::2].tolist()}
    assert "samples" not in json.loads(run.answer(answer["cursor"]))


@pytest.mark.parametrize("logits", [None, [], [[1]], "x", [[0] * 10] * 3])
def test_samples_that_fit_no_images_are_passed_over(run, logits):
    write(run, {"event": "samples", "step": 7, "logits": logits}, *steps(1, 1))
    assert json.loads(run.answer("")).get("samples") is None


def test_a_pause_and_its_end_are_reported(run):
    write(run, {"event": "started"}, {"event": "paused", "step": 3})
    assert json.loads(run.answer(""))["paused"] is True
    write(run, {"event": "resumed", "step": 3})
    assert json.loads(run.answer(""))["paused"] is False


def test_an_answer_with_nothing_new_is_short(run):
    write(run, *steps(1, 900), *map(epoch, range(100)))
    cursor = follow(run, "", [], [])
    assert len(run.answer(cursor)) < 800


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "1-2", "1-1-99999999-1-0-0-0", "-1-1-0-0-0-0", "1-1-²-0-0-0-0", "1-" * 8, "9" * 50, "1-4-3-1-2-0-0"],
)
def test_a_cursor_that_makes_no_sense_gets_everything(run, cursor):
    write(run, *steps(1, 3))
    answer = json.loads(run.answer(cursor))
    assert answer["steps"]["from"] == 0
    assert [row[0] for row in answer["steps"]["rows"]] == [1, 2, 3]


def test_a_loss_that_is_not_finite_is_sent_as_a_string(run):
    write(run, steps(1, 1)[0] | {"loss": "inf"}, steps(2, 2)[0] | {"loss": "nan"})
    rows = json.loads(run.answer(""))["steps"]["rows"]
    assert [row[2] for row in rows] == ["inf", "nan"]


def test_watchers_share_one_reading(run, monkeypatch):
    monkeypatch.setattr(module, "CACHE_SECONDS", 60.0)
    run._read_at = -60.0
    write(run, *steps(1, 3))
    first = run.answer("")
    write(run, *steps(4, 5))
    assert run.answer("") is first


def test_a_run_from_elsewhere_is_running_until_it_falls_silent(run, monkeypatch):
    write(run, {"event": "started"}, *steps(1, 3))
    assert run.state() == "running"
    monkeypatch.setattr(module, "SILENCE", -1.0)
    assert run.state() == "interrupted"
    write(run, {"event": "finished", "reason": "epochs"})
    assert run.state() == "finished"


class Alive:
    """A process of a run that goes on, as far as this server knows."""

    exit_status, stopping = None, False


@pytest.mark.parametrize("cut", [True, False])
def test_a_resumed_run_is_starting_until_it_says_something_new(run, cut):
    before = [{"event": "started"}, *steps(1, 20)]
    write(run, *before, {"event": "finished", "reason": "stopped"})
    assert run.state() == "finished"
    run.requeue()
    assert run.state() == "waiting"
    run.queue_position, run.trainer = None, Alive()
    assert run.state() == "starting"
    if cut:  # else the checkpoint was the last that it said
        (run.folder.path / "events.jsonl").unlink()
        write(run, *before)
    write(run, {"event": "started", "resumed": 20})
    assert run.state() == "running"


def test_a_failure_is_reported_with_its_code(run):
    write(run, {"event": "failed", "code": "download", "message": "no network"})
    assert run.state() == "failed"
    assert json.loads(run.answer(""))["ended"]["code"] == "download"


class Process:
    """A process that does not end until it is killed."""

    stdin, killed = None, False

    def poll(self):
        return -9 if self.killed else None

    def kill(self):
        self.killed = True


def test_a_run_that_is_stopped_may_take_its_time_over_an_evaluation_if_it_gets_on_with_it(run, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(process.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(Trainer, "send", lambda *_: None)
    write(run, {"event": "started"}, *steps(1, 3))
    run.trainer, trainer = None, Trainer(Process())
    run.state()
    run.trainer = trainer
    trainer.stop()
    for done in range(5):
        (run.folder.path / "log.txt").write_text(json.dumps({"progress": "evaluate", "done": done, "total": 9}) + "\n")
        run.tend()
        now[0] += module.STOP_TIMEOUT - 1
        run.tend()
        assert not trainer.overdue
    now[0] += 2
    run.tend()
    assert trainer.overdue and json.loads(run.answer(""))["cause"] == "overdue"
