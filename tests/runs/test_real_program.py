"""The real training program, started and watched as a page does: one short run on drawn shapes for all tests."""

import json
import os
import signal
from itertools import pairwise

import pytest

from explorer.runs import archive
from explorer.runs.limits import Limits
from explorer.runs.registry import Runs
from explorer.runs.results import Results

pytestmark = pytest.mark.slow

SETTINGS = {"dataset": "synthetic", "model": "softmax", "train_size": 500, "batch_size": 50}


@pytest.fixture(scope="module")
def runs(tmp_path_factory, in_use, wait):
    before, runs_there = in_use(), tmp_path_factory.mktemp("runs")
    runs = Runs(Limits(folder=runs_there, runs=2, seconds=None, threads=1, spare=60.0))
    yield runs
    runs.close()
    wait(
        lambda: not in_use(beyond=before)
    )  # whatever has happened to the runs, nothing is left of them but their folders
    assert {path.name for path in runs_there.iterdir()} == set(runs._known)


@pytest.fixture(scope="module")
def spare(runs):
    runs.prepare()
    return runs._launcher._spare


@pytest.fixture(scope="module")
def long_run(runs, spare):
    """The first run, which becomes of the spare process and writes a checkpoint after every step."""
    return runs.start(SETTINGS | {"epochs": 100_000, "checkpoint_seconds": 0}, "me", lambda: True)


@pytest.fixture(scope="module")
def finished(runs, long_run, wait):
    run, _ = runs.start(SETTINGS | {"epochs": 4}, "me", lambda: True)
    wait(run.over)
    return run


def test_every_step_and_every_evaluation_arrives(finished):
    assert finished.state() == "finished"
    assert finished.folder.step == 40
    assert finished.folder.epochs[0]["epoch"] == 0
    assert finished.folder.epochs[-1]["epoch"] == 4
    assert finished.folder.started["dataset"] == "synthetic"


def test_it_is_opened_as_it_was_from_the_zip_file_that_the_page_saves(runs, finished):
    opened = runs.find(runs.uploads.open(archive.pack(finished.folder.path)))
    assert opened.state() == "finished" and opened.folder.epochs == finished.folder.epochs
    results = Results(opened.folder.path)
    assert results.evaluations() == Results(finished.folder.path).evaluations() and results.images is not None


def test_the_first_loss_is_near_ln_10(finished):
    assert finished.folder.epochs[0]["test_loss"] == pytest.approx(2.303, abs=0.1)


def test_there_are_ten_sample_images_and_their_logits_after_each_evaluation(finished):
    assert finished.folder.sample_sheet().startswith(b"\x89PNG")
    for event in finished.folder.epochs:
        samples = finished.folder.sample_logits(event["epoch"])
        assert samples["labels"].tolist() == list(range(10))
        assert samples["logits"].shape == (10, 10)


def test_the_settings_reach_the_program(finished):
    configuration = finished.folder.started["configuration"]
    assert (configuration["batch_size"], configuration["threads"], configuration["epochs"]) == (50, 1, 4)


def test_a_waiting_program_becomes_a_run_that_heeds_commands_survives_a_kill_and_keeps_what_it_has(
    runs, spare, long_run, wait
):
    run, secret = long_run
    assert run.trainer.pid == spare.pid
    wait(lambda: run.state() == "running" and run.folder.step > 20)
    runs.command(run, secret, "pause")
    wait(lambda: run.state() == "running" and run.folder.paused)
    runs.command(run, secret, "resume")
    wait(lambda: run.state() == "running" and not run.folder.paused)

    os.kill(run.trainer.pid, signal.SIGKILL)  # it is writing a checkpoint, or has just done so
    wait(run.over)
    reached = run.folder.step
    assert json.loads(run.answer(""))["cause"] == "killed"
    wait(lambda: run not in runs._training)
    runs.resume(run, secret, "me", lambda: True)
    wait(lambda: run.state() == "running" and run.folder.step > reached)
    assert 0 < run.folder.started["resumed"] <= reached + 50
    rows = run.folder.history.rows
    assert rows[0].first == 1 and all(row.last + 1 == following.first for row, following in pairwise(rows))

    runs.command(run, secret, "stop")
    wait(run.over)
    assert run.folder.ended["reason"] == "stopped"
    assert json.loads(run.answer(""))["stopping"] is True


def test_a_failure_of_the_program_comes_with_its_code(runs, long_run, tmp_path, wait):
    (tmp_path / "empty").mkdir()
    run, _ = runs.start({"dataset": "folder", "data_dir": tmp_path / "empty"}, "me", lambda: True)
    wait(run.over)
    assert (run.state(), run.folder.ended["code"]) == ("failed", "folder-missing")
