"""Trainings and landscapes that a launcher starts, on whatever machine; a script stands in for it."""

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from explorer.runs.landscape_job import Computation
from explorer.runs.limits import Limits

HERE = Path(__file__).parent
LAUNCHER = (sys.executable, str(HERE / "launcher.py"))
LOOKER = (sys.executable, str(HERE / "fake_looker.py"))


def here():
    return True


@pytest.fixture
def machine(tmp_path):
    """The file with which the launcher gets its machine."""
    return tmp_path / "a-machine-is-free"


@pytest.fixture
def runs(make_runs, machine):
    return make_runs(launch=(*LAUNCHER, "--until", str(machine)))


@pytest.fixture
def running(runs, machine, wait):
    """A run that has taken steps, and its owner's secret."""
    machine.touch()
    run, secret = runs.start({}, "me", here)
    wait(lambda: run.state() == "running" and run.folder.step > 2)
    return run, secret


def told(run):
    return json.loads(run.answer(""))


def job(run):
    """The process that the launcher has started."""
    return int(Path(f"/proc/{run.trainer.pid}/task/{run.trainer.pid}/children").read_text().split()[0])


def test_a_run_waits_for_the_launchers_machine_and_says_so(runs, machine, wait):
    runs.prepare({"epochs": 2})
    assert not runs._launcher.waiting
    run, _ = runs.start({"epochs": 2}, "me", here)
    wait(lambda: "queued" in run.folder.log_tail()[1])
    assert (told(run)["state"], told(run)["awaited"], told(run)["queue_position"]) == ("starting", True, None)
    machine.touch()
    wait(run.over)
    assert (told(run)["state"], told(run)["awaited"]) == ("finished", False)
    assert run.folder.ended["test_accuracy"] == 0.5, "the launcher's own lines are no events"


def test_commands_reach_it(runs, running, wait):
    run, secret = running
    runs.command(run, secret, "set", learning_rate=0.5)
    wait(lambda: run.folder.changes or run.answer("") is None)
    runs.command(run, secret, "pause")
    wait(lambda: told(run)["paused"])
    step = run.folder.step
    runs.command(run, secret, "step", steps=1)
    wait(lambda: told(run) and run.folder.step == step + 1)
    runs.command(run, secret, "stop")
    wait(run.over)
    assert run.folder.ended["reason"] == "stopped" and not run.trainer.overdue
    runs.resume(run, secret, "me", here)
    wait(lambda: run.state() == "running")


def test_stopped_while_it_waits_it_gives_up_its_place(runs, wait, monkeypatch):
    monkeypatch.setattr("explorer.runs.run.LOADING_TIMEOUT", 0.3)
    run, secret = runs.start({}, "me", here)
    wait(lambda: "queued" in run.folder.log_tail()[1])
    runs.command(run, secret, "stop")
    wait(run.over)
    assert run.trainer.exit_status == -signal.SIGTERM
    assert run.folder.ended["reason"] == "stopped" and not run.folder.there()


def test_one_that_does_not_stop_is_sent_sigterm_through_the_launcher(runs, machine, wait, monkeypatch):
    monkeypatch.setenv("FAKE_TRAINER", "deaf")
    monkeypatch.setattr("explorer.runs.run.STOP_TIMEOUT", 0.3)
    machine.touch()
    run, secret = runs.start({}, "me", here)
    wait(lambda: run.state() == "running")
    runs.command(run, secret, "stop")
    wait(run.over)
    assert run.trainer.exit_status == 128 + signal.SIGTERM, "the launcher's own, of what it had started"
    assert told(run)["cause"] == "overdue"


def test_a_launcher_that_does_not_end_when_it_is_told_to_is_killed_with_what_it_started(make_runs, wait, monkeypatch):
    monkeypatch.setattr("explorer.runs.run.LOADING_TIMEOUT", 0.2)
    monkeypatch.setattr("explorer.runs.process.TERMINATED", 0.3)
    runs = make_runs(
        launch=("/bin/sh", "-c", "trap 'echo no >&2' TERM; sleep 1000 & echo up >&2; wait; wait; wait", "x")
    )
    run, secret = runs.start({}, "me", here)
    wait(lambda: run.folder.log_tail()[1] == "up")
    group = run.trainer.pid
    runs.command(run, secret, "stop")
    wait(run.over)
    assert run.trainer.exit_status == -signal.SIGKILL
    with pytest.raises(ProcessLookupError):
        wait(lambda: os.killpg(group, 0))


def test_a_job_that_was_killed_there_is_told_as_killed_and_resumed(runs, running, wait):
    run, secret = running
    os.kill(job(run), signal.SIGKILL)
    wait(run.over)
    assert (run.state(), told(run)["cause"]) == ("interrupted", "killed")
    assert told(run)["last_line"].startswith("launcher: task 0 exited")
    runs.resume(run, secret, "me", here)
    assert told(run)["awaited"]
    wait(lambda: run.state() == "running")
    assert not told(run)["awaited"]


def test_a_landscape_goes_through_the_launcher_and_a_short_answer_does_not(make_runs, machine, wait):
    runs = make_runs(program=LOOKER, launch=(*LAUNCHER, "--until", str(machine)))
    folder = runs.limits.folder / "a-run-of-ours"
    computation = runs.compute(Computation("a-run-of-ours", folder, folder / "landscapes", {"points": 4}), "me", here)
    assert computation.awaited and runs.classifier.classify(folder, b"12", "me", here)["logits"][0] == 2
    machine.touch()
    wait(computation.over)
    assert computation.ended()["code"] == "other-data", "not what the launcher printed"
    assert not [*(folder / "landscapes").iterdir()]


def test_its_memory_and_cores_are_not_this_machines(make_runs, monkeypatch):
    monkeypatch.setattr("explorer.protocol.machine.available", lambda: 1000)
    assert make_runs().memory_refusal({}) and not make_runs(launch=LAUNCHER).memory_refusal({})
    monkeypatch.setenv("EXPLORER_LAUNCH", "env A=1")
    assert Limits().launch[1:] == ("A=1",) and Path(Limits().launch[0]).name == "env"
    assert Limits().threads is None and Limits().apply({})["threads"] is None
    monkeypatch.setenv("EXPLORER_THREADS", "3")
    assert Limits().threads == 3


@pytest.mark.parametrize("words, said", [("no-such-launcher -n 1", "no-such-launcher"), ("srun 'x", "cannot be read")])
def test_a_launcher_that_is_not_there_is_said_at_the_start(monkeypatch, words, said):
    monkeypatch.setenv("EXPLORER_LAUNCH", words)
    with pytest.raises(ValueError, match=said):
        Limits()
