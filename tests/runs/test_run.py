import json

import pytest

from explorer.runs import run as module
from explorer.runs.run import Run


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "FRESH", 0.0)
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
    return {"event": "epoch", "epoch": number, "train_loss": None, "test_loss": 2.0, "test_accuracy": 0.25}


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


def test_an_answer_with_nothing_new_is_short(run):
    write(run, *steps(1, 900), *map(epoch, range(100)))
    cursor = follow(run, "", [], [])
    assert len(run.answer(cursor)) < 600


@pytest.mark.parametrize("cursor", ["", "x", "1-2", "1-99999999-0", "-1-0-0", "1-²-0", "1-1-1-1", "9" * 5000, "4-3-2"])
def test_a_cursor_that_makes_no_sense_gets_everything(run, cursor):
    write(run, *steps(1, 3))
    answer = json.loads(run.answer(cursor))
    assert answer["steps"]["from"] == 0
    assert [row[0] for row in answer["steps"]["rows"]] == [1, 2, 3]


def test_a_loss_that_is_not_finite_crosses_as_a_word(run):
    write(run, steps(1, 1)[0] | {"loss": "inf"}, steps(2, 2)[0] | {"loss": "nan"})
    rows = json.loads(run.answer(""))["steps"]["rows"]
    assert [row[2] for row in rows] == ["inf", "nan"]


def test_watchers_share_one_reading(run, monkeypatch):
    monkeypatch.setattr(module, "FRESH", 60.0)
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


def test_a_failure_is_told_with_its_code(run):
    write(run, {"event": "failed", "code": "download", "message": "no network"})
    assert run.state() == "failed"
    assert json.loads(run.answer(""))["ended"]["code"] == "download"
