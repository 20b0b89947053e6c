"""The spare process: ready before it is needed, and gone when nobody is there who might."""

import json
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from explorer.runs.launcher import NICENESS, REHEARSALS, end


def here():
    return True


def prepared(runs):
    """Prepare a start; return the spare process, None if there is none."""
    with runs._lock:  # before its keeper looks
        runs.prepare()
        return runs._launcher._spare


def test_a_run_is_the_spare_process_put_to_work(make_runs, wait):
    runs = make_runs()
    spare = prepared(runs)
    run, secret = runs.start({"epochs": 100_000}, "me", here)
    assert run.trainer.pid == spare.pid
    wait(lambda: run.state() == "running" and run.folder.step)
    assert run.folder.log_tail()[0]["progress"] == "draw"
    runs.command(run, secret, "stop")
    wait(run.over)
    assert run.folder.ended["reason"] == "stopped"


def test_one_spare_process_is_enough_and_none_is_kept_beside_a_training(make_runs, wait):
    runs = make_runs(runs=2)
    spare = prepared(runs)
    assert prepared(runs) is spare
    run, secret = runs.start({}, "me", here)
    assert prepared(runs) is None
    runs.command(run, secret, "stop")
    wait(run.over)
    wait(lambda: prepared(runs))


def test_the_spare_process_is_told_what_the_page_shows_but_not_without_end(make_runs):
    runs = make_runs()
    spare = prepared(runs)
    told = []
    spare.stdin = SimpleNamespace(write=lambda line: told.append(json.loads(line)), close=spare.stdin.close)
    for epochs in (1, 1, *range(2, 100)):
        runs.prepare({"recipe": "cpu-minute", "epochs": epochs})
    assert told[:2] == [{"rehearse": ["--recipe", "cpu-minute", "--epochs", str(n)]} for n in (1, 2)]
    assert len(told) == REHEARSALS


def test_a_small_host_keeps_none(make_runs):
    assert prepared(make_runs(spare=0)) is None


def test_the_spare_process_is_given_up_when_nobody_has_come_for_long(make_runs, wait):
    spare = prepared(make_runs(spare=0.1))
    wait(lambda: spare.returncode is not None)


def test_the_spare_process_ends_with_the_server(make_runs):
    runs = make_runs()
    spare = prepared(runs)
    runs.close()
    assert spare.returncode is not None


def test_a_spare_process_that_dies_is_not_replaced_and_not_missed(make_runs, wait, monkeypatch):
    monkeypatch.setenv("FAKE_TRAINER", "quit")
    runs = make_runs()
    spare = prepared(runs)
    wait(lambda: spare.returncode is not None and not runs._launcher.waiting)
    assert prepared(runs) is None
    run = runs.start({"epochs": 2}, "me", here)[0]
    wait(run.over)
    assert run.state() == "finished"


def test_a_spare_process_that_has_just_died_is_not_missed(make_runs, wait):
    runs = make_runs()
    spare = prepared(runs)
    with runs._lock:  # before its keeper looks
        spare.kill()
        os.waitid(os.P_PID, spare.pid, os.WEXITED | os.WNOWAIT)
        run = runs.start({"epochs": 2}, "me", here)[0]
    assert run.trainer.pid != spare.pid
    wait(run.over)
    assert run.state() == "finished"


@pytest.mark.parametrize("spare", [True, False])
def test_short_work_is_asked_and_answers_through_pipes(make_runs, tmp_path, spare):
    runs = make_runs()
    process = prepared(runs) if spare else None
    started = runs.process(["--run-dir", str(tmp_path), "--epochs", "1"])
    assert (started is process) == spare
    answer, _ = started.communicate(b"", timeout=180)
    assert answer == b""
    assert started.returncode == 0
    assert (tmp_path / "events.jsonl").is_file()


def test_nobody_waits_for_a_program_that_reads_nothing(make_runs, wait):
    program = (sys.executable, "-c", "import time; time.sleep(60)")
    runs = make_runs(program=program)
    run, secret = runs.start({}, "me", here)
    began = time.monotonic()
    for _ in range(3000):
        runs.command(run, secret, "pause")
    assert time.monotonic() - began < 10
    run.trainer.close()


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="this system knows no niceness")
def test_a_training_comes_after_the_pages(make_runs):
    spare = prepared(make_runs())
    assert os.getpriority(os.PRIO_PROCESS, spare.pid) == NICENESS
    session = Path(f"/proc/{spare.pid}/autogroup")
    assert not session.exists() or session.read_text().endswith(f"nice {NICENESS}\n")


def test_a_training_comes_after_the_pages_also_where_linux_asks_to_wait_with_that(make_runs, monkeypatch):
    asked = []

    def write_text(path, text):
        if path.name == "autogroup":
            asked.append(text)
        if len(asked) == 1:
            raise BlockingIOError

    monkeypatch.setattr(Path, "write_text", write_text)
    prepared(make_runs())
    assert asked == [str(NICENESS)] * 2


@pytest.mark.skipif(not Path("/proc/self/oom_score_adj").exists(), reason="this system has no such scores")
def test_where_memory_runs_out_the_system_ends_a_training_before_the_server(make_runs):
    runs = make_runs()
    spare = prepared(runs)
    run, _ = runs.start({}, "me", lambda: True)
    started = runs.process(["--run-dir", "/nonexistent"])
    for pid in (spare.pid, run.trainer.pid, started.pid):
        assert Path(f"/proc/{pid}/oom_score_adj").read_text() == "1000\n"
    end(started)
    assert int(Path("/proc/self/oom_score_adj").read_text()) < 1000
