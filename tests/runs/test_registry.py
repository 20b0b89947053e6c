import contextlib
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from explorer.protocol import machine
from explorer.runs import Refused
from explorer.runs import run as run_module
from explorer.runs.limits import Limits

FAKE = Path(__file__).parent / "fake_trainer.py"
ROOT = Path(__file__).parents[2]


def here():
    return True


def gone():
    return False


def alive(pid):
    """Whether the process is there and no zombie that a killed parent left behind."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def pid_of(run):
    return run.trainer.pid


def events(run):
    return [json.loads(line) for line in (run.folder.path / "events.jsonl").read_text().splitlines()]


def test_a_run_goes_from_its_start_to_its_end(make_runs, wait):
    run = make_runs().start({"model": "softmax", "epochs": 3}, "me", here)[0]
    wait(lambda: run.over())
    assert run.state() == "finished"
    assert [event["epoch"] for event in run.folder.epochs] == [0, 1, 2, 3]
    assert run.folder.step == 6


def test_stop_lets_the_program_write_its_last_event(make_runs, wait):
    runs = make_runs()
    run, secret = runs.start({}, "me", here)
    wait(lambda: run.folder.step > 2 or run.state() == "failed")
    runs.command(run, secret, "stop")
    wait(lambda: run.over() and run.trainer.exit_status is not None)
    assert events(run)[-1]["reason"] == "stopped"
    assert run.trainer.exit_status == 0


def test_a_program_that_does_not_stop_is_killed(make_runs, wait, monkeypatch):
    monkeypatch.setenv("FAKE_TRAINER", "deaf")
    monkeypatch.setattr(run_module, "STOP_TIMEOUT", 0.2)
    runs = make_runs()
    run, secret = runs.start({}, "me", here)
    wait(lambda: run.state() == "running")
    runs.command(run, secret, "stop")
    wait(lambda: run.over())
    assert (run.state(), run.trainer.exit_status) == ("interrupted", -signal.SIGKILL)
    assert json.loads(run.answer(""))["cause"] == "overdue", "it is not said that the system killed it"


def test_a_run_that_still_loads_is_stopped_soon_and_counts_as_stopped(make_runs, wait, monkeypatch):
    monkeypatch.setattr(run_module, "LOADING_TIMEOUT", 0.2)
    monkeypatch.setenv("FAKE_TRAINER", "loads")
    runs = make_runs()
    run, secret = runs.start({}, "me", here)
    wait(lambda: run.folder.log_tail()[0])
    assert run.state() == "starting"
    runs.command(run, secret, "stop")
    wait(run.over)
    answer = json.loads(run.answer(""))
    assert (answer["state"], answer["ended"]["reason"], answer["cause"]) == ("finished", "stopped", None)
    assert not run.folder.path.exists() and runs.find(run.id) is run


def test_a_run_that_loads_to_go_on_is_stopped_soon_and_loses_nothing(make_runs, wait, monkeypatch):
    monkeypatch.setattr(run_module, "LOADING_TIMEOUT", 0.2)
    runs = make_runs()
    run, secret = runs.start({}, "me", here)
    wait(lambda: run.state() == "running" and run.folder.step)
    os.kill(run.trainer.pid, signal.SIGKILL)
    wait(run.over)
    told = events(run)[:2]
    monkeypatch.setenv("FAKE_TRAINER", "loads")
    runs.resume(run, secret, "me", here)
    wait(lambda: run.trainer and run.state() == "starting")
    runs.command(run, secret, "stop")
    wait(run.over)
    assert (run.state(), run.folder.ended["reason"], run.resumable) == ("finished", "stopped", True)
    assert events(run)[:2] == told


def test_a_process_that_dies_is_reported_with_its_exit_status_and_last_line(make_runs, wait, monkeypatch):
    monkeypatch.setenv("FAKE_TRAINER", "die")
    run = make_runs().start({}, "me", here)[0]
    wait(lambda: run.over())
    answer = json.loads(run.answer(""))
    assert (answer["state"], answer["exit_status"], answer["last_line"]) == ("interrupted", 77, "out of memory")


def test_a_failure_ends_the_run(make_runs, wait, monkeypatch):
    monkeypatch.setenv("FAKE_TRAINER", "fail")
    run = make_runs().start({}, "me", here)[0]
    wait(lambda: run.over())
    assert run.state() == "failed"


def test_a_program_that_cannot_be_started_is_a_failure(make_runs):
    run = make_runs(program=("/nonexistent/python",)).start({}, "me", here)[0]
    assert run.state() == "failed"
    assert json.loads(run.answer(""))["ended"]["code"] == "start"


def test_one_run_trains_at_a_time_and_the_others_wait_in_order(make_runs, wait):
    runs = make_runs()
    (first, secret), (second, _), (third, _) = (runs.start({}, who, here) for who in "abc")
    assert [run.queue_position for run in (first, second, third)] == [None, 1, 2]
    assert (second.state(), third.state()) == ("waiting", "waiting")
    runs.command(first, secret, "stop")
    wait(lambda: (second.queue_position, third.queue_position) == (None, 1))
    wait(lambda: second.state() == "running")


def test_a_run_pauses_goes_by_steps_and_goes_on(make_runs, wait):
    runs = make_runs()
    run, secret = runs.start({"epochs": 100_000}, "me", here)
    wait(lambda: run.state() == "running" and run.folder.step)
    runs.command(run, secret, "pause")
    wait(lambda: run.state() == "running" and run.folder.paused)
    assert run.pause_requested
    rested = run.folder.step
    runs.command(run, secret, "step", steps=3)
    wait(lambda: run.state() == "running" and run.folder.step == rested + 3 and run.folder.paused)
    assert run.pause_requested
    runs.command(run, secret, "resume")
    wait(lambda: run.state() == "running" and run.folder.step > rested + 9)
    assert not run.pause_requested


def test_what_is_changed_while_a_run_goes_on_is_remembered_with_its_step(make_runs, wait):
    runs = make_runs()
    run, secret = runs.start({"epochs": 100_000}, "me", here)
    wait(lambda: run.state() == "running" and run.folder.step)
    runs.command(run, secret, "set", learning_rate=0.01)
    wait(lambda: run.state() == "running" and run.folder.changes)
    (change,) = run.folder.changes
    assert change["learning_rate"] == 0.01
    assert 0 < change["step"] <= run.folder.step


def test_a_run_that_is_over_goes_on_from_its_checkpoint(make_runs, wait):
    runs = make_runs()
    run, secret = runs.start({"epochs": 100_000}, "me", here)
    wait(lambda: run.state() == "running" and run.folder.step)
    runs.resume(run, secret, "me", here)
    assert run.resumed == 0, "it goes on already"
    os.kill(run.trainer.pid, signal.SIGKILL)
    wait(run.over)
    wait(lambda: not runs._training)
    with pytest.raises(PermissionError):
        runs.resume(run, "", "somebody", here)
    runs.resume(run, secret, "me", here)
    wait(lambda: run.state() == "running" and run.folder.step)
    runs.command(run, secret, "stop")
    wait(run.over)
    assert run.folder.ended["reason"] == "stopped"
    assert [event["event"] for event in events(run)].count("started") == 2
    wait(lambda: not runs._training)
    runs.resume(run, secret, "me", here)
    assert not run.over()
    wait(lambda: run.state() == "running" and run.folder.ended is None)
    assert runs.find(run.id) is run


def test_a_run_goes_on_as_soon_as_it_has_reported_its_end(make_runs, wait, monkeypatch):
    monkeypatch.setenv("FAKE_TRAINER", "lingers")
    runs = make_runs()
    run, secret = runs.start({}, "me", here)
    wait(lambda: run.state() == "running" and run.folder.step)
    runs.command(run, secret, "stop")
    wait(run.over)
    leaving = run.trainer
    assert leaving.exit_status is None
    runs.resume(run, secret, "me", here)
    assert leaving.exit_status is not None, "no two write into one folder"
    wait(lambda: run.state() == "running" and run.folder.step)
    assert [event["event"] for event in events(run)].count("finished") == 0


def test_a_run_without_a_checkpoint_does_not_go_on(make_runs, wait):
    runs = make_runs()
    run, secret = runs.start({}, "me", here)
    wait(lambda: run.state() == "running" and run.folder.step)
    runs.command(run, secret, "stop")
    wait(run.over)
    (run.folder.path / "checkpoint.pt").unlink()
    with pytest.raises(Refused, match="no_checkpoint"):
        runs.resume(run, secret, "me", here)


def test_a_run_that_waits_to_go_on_can_be_taken_back_and_loses_nothing(make_runs, wait):
    runs = make_runs()
    run, secret = runs.start({"epochs": 100_000}, "me", here)
    wait(lambda: run.state() == "running" and run.folder.step)
    os.kill(run.trainer.pid, signal.SIGKILL)
    wait(lambda: run.over() and not runs._training)
    told = events(run)
    runs.start({}, "somebody", here)
    runs.resume(run, secret, "me", here)
    assert run.queue_position == 1
    runs.command(run, secret, "stop")
    run._read_at = -1.0
    assert (run.state(), run.folder.ended["reason"]) == ("finished", "stopped")
    assert events(run) == told
    assert run.resumable


def test_a_waiting_run_can_be_taken_back(make_runs):
    runs = make_runs()
    runs.start({}, "me", here)
    waiting, secret = runs.start({}, "me", here)
    runs.command(waiting, secret, "stop")
    waiting._read_at = -1.0
    assert waiting.state() == "finished"
    assert waiting.trainer is None


def test_a_run_that_everybody_has_left_stops_after_the_grace_period(make_runs, wait):
    run = make_runs(grace=0.3).start({}, "me", gone)[0]
    wait(lambda: run.over())
    assert events(run)[-1]["reason"] == "stopped"


def test_a_run_goes_on_while_its_owner_is_there_in_another_tab(make_runs, wait):
    runs = make_runs(grace=0.0)
    run, secret = runs.start({}, "me", here)
    runs.mark_present(run, secret, "another tab", here)
    runs.mark_present(run, secret, "me", gone)
    wait(lambda: run.folder.step > 60 or run.over())
    assert run.state() == "running"


def test_somebody_who_only_watches_does_not_keep_a_run_going(make_runs, wait):
    runs = make_runs(grace=0.3)
    run, _ = runs.start({}, "me", gone)
    runs.mark_present(run, "no secret", "somebody", here)
    wait(run.over)
    assert events(run)[-1]["reason"] == "stopped"


def test_a_run_that_is_to_be_kept_goes_on_without_its_owner(make_runs, wait):
    runs = make_runs(grace=0.3)
    there = ["me"]
    run, secret = runs.start({}, "me", lambda: bool(there))
    runs.keep(run, secret, True)
    there.clear()
    wait(lambda: run.folder.step > 60 or run.over())
    assert run.state() == "running"
    runs.keep(run, secret, False)
    wait(run.over)


def test_only_its_owner_commands_a_run(make_runs, wait):
    runs = make_runs()
    run, secret = runs.start({}, "me", here)
    _, other = runs.start({}, "somebody", here)
    for stranger in ("", other, secret[:-1], "ü" * 5000, "\ud800"):
        with pytest.raises(PermissionError):
            runs.command(run, stranger, "stop")
        with pytest.raises(PermissionError):
            runs.keep(run, stranger, True)
    wait(lambda: run.state() == "running")


def test_a_run_from_elsewhere_belongs_to_nobody(make_runs, tmp_path):
    folder = tmp_path / "runs" / "made-elsewhere"
    folder.mkdir(parents=True)
    (folder / "events.jsonl").touch()
    assert not make_runs().find("made-elsewhere").owned_by("")


def test_a_visitor_waits_with_one_run_only(make_runs, tmp_path):
    runs = make_runs()
    runs.start({}, "me", here)
    waiting, secret = runs.start({}, "me", here)
    with pytest.raises(Refused, match="still_waiting"):
        runs.start({}, "me", here)
    runs.start({}, "somebody else", here)
    assert len(list((tmp_path / "runs").iterdir())) == 1, "who waits takes no room"
    runs.command(waiting, secret, "stop")
    runs.start({}, "me", here)


def test_sixty_starts_by_one_script_leave_places_for_others_and_their_turn(make_runs, wait):
    runs = make_runs(waiting=20)
    first, secret = runs.start({}, "script 0", here, "192.0.2.1")
    waiting = []
    for number in range(1, 60):
        with contextlib.suppress(Refused):
            waiting.append(runs.start({}, f"script {number}", here, "192.0.2.1")[0])
    assert len(waiting) == 10
    with pytest.raises(Refused, match="queue_share"):
        runs.start({}, "another at this address", here, "192.0.2.1")
    honest, _ = runs.start({}, "me", here, "192.0.2.2")
    assert honest.queue_position == 1
    assert [run.queue_position for run in waiting] == list(range(2, 12))
    runs.command(first, secret, "stop")
    wait(lambda: honest.state() == "running")
    assert not list(runs.limits.folder.glob("*/log.txt"))[2:]


def test_a_run_is_kept_only_while_it_trains_and_only_so_many_are(make_runs, wait):
    runs = make_runs(runs=2)
    (first, secret), (second, other), (third, late) = (runs.start({}, who, here) for who in "abc")
    with pytest.raises(Refused, match="keep_waiting"):
        runs.keep(third, late, True)
    runs.keep(first, secret, True)
    runs.keep(first, secret, True)
    with pytest.raises(Refused) as refused:
        runs.keep(second, other, True)
    assert (refused.value.code, refused.value.values) == ("keep_full", {"most": 1})
    assert (first.keep_running, second.keep_running, third.keep_running) == (True, False, False)
    runs.command(first, secret, "stop")
    wait(lambda: first.over() and first not in runs._training)
    runs.keep(second, other, True)
    runs.resume(first, secret, "a", here)
    assert not first.keep_running


def test_a_host_may_have_no_run_kept(make_runs):
    runs = make_runs(kept=0)
    run, secret = runs.start({}, "me", here)
    with pytest.raises(Refused, match="keep_full"):
        runs.keep(run, secret, True)
    runs.keep(run, secret, False)


def test_a_training_for_which_memory_is_lacking_is_refused_with_what_would_fit(make_runs, monkeypatch):
    monkeypatch.setattr(machine, "available", lambda: 1_100_000_000)
    monkeypatch.setattr(machine, "has_gpu", lambda: False)
    monkeypatch.setattr(machine, "multiplies_bfloat16", lambda: True)
    runs = make_runs()
    large = {"model": "resnet", "batch_size": 2048}
    with pytest.raises(Refused, match="memory_batch") as refused:
        runs.start(large, "me", here)
    told = refused.value.values
    assert (told["free"], 2.2 < told["needed"] < 3) == (1.1, True)
    assert runs.memory_refusal(large | {"batch_size": told["batch"]}) is None
    monkeypatch.setattr(machine, "available", lambda: 500_000_000)
    assert runs.memory_refusal(large).code == "memory_model"
    monkeypatch.setattr(machine, "available", lambda: 300_000_000)
    assert runs.memory_refusal({"model": "softmax"}).code == "memory"
    assert not runs.limits.folder.exists()


def test_what_a_training_will_have_given_back_counts_as_free_for_the_next(make_runs, monkeypatch):
    monkeypatch.setattr(machine, "has_gpu", lambda: False)
    runs = make_runs(spare=0)
    going, _ = runs.start({}, "somebody", here)
    monkeypatch.setattr(machine, "available", lambda: 1)
    monkeypatch.setattr(machine, "beside_files", lambda pid: 10**9 if pid == going.trainer.pid else 0)
    waiting, secret = runs.start({"model": "softmax"}, "me", here)
    assert waiting.queue_position == 1
    runs.command(waiting, secret, "stop")
    object.__setattr__(runs.limits, "runs", 2)
    with pytest.raises(Refused, match="memory"):
        runs.start({"model": "softmax"}, "me", here)


def test_the_folder_of_a_run_does_not_hold_the_secret(make_runs, wait):
    run, secret = make_runs().start({"epochs": 2}, "me", here)
    wait(run.over)
    for file in filter(Path.is_file, run.folder.path.rglob("*")):
        assert secret.encode() not in file.read_bytes()


def test_closing_ends_every_process(make_runs, wait):
    runs = make_runs(runs=2)
    several = [runs.start({}, who, here)[0] for who in "abc"]
    wait(lambda: all(run.state() == "running" for run in several[:2]))
    runs.close()
    assert [alive(pid_of(run)) for run in several[:2]] == [False, False]
    assert [events(run)[-1]["reason"] for run in several[:2]] == ["stopped"] * 2
    assert several[2].folder.ended["reason"] == "stopped" and not several[2].folder.path.exists()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes in /proc")
def test_the_trainer_ends_when_the_server_is_killed(tmp_path, wait):
    server = textwrap.dedent(f"""
        import sys, time
        sys.path.insert(0, {str(ROOT)!r})
        from explorer.runs.limits import Limits
        from explorer.runs.registry import Runs
        from pathlib import Path
        runs = Runs(Limits(folder=Path({str(tmp_path)!r})), ({sys.executable!r}, {str(FAKE)!r}))
        run, _ = runs.start({{}}, "me", lambda: True)
        while run.state() != "running":
            time.sleep(0.02)
        print(run.trainer.pid, flush=True)
        time.sleep(60)
    """)
    with subprocess.Popen([sys.executable, "-c", server], stdout=subprocess.PIPE, text=True) as owner:
        pid = int(owner.stdout.readline())
        assert alive(pid)
        owner.kill()
    try:
        wait(lambda: not alive(pid))
    finally:
        if alive(pid):
            os.kill(pid, signal.SIGKILL)


def test_a_run_made_elsewhere_is_found_by_its_folder(make_runs, tmp_path):
    folder = tmp_path / "runs" / "made-elsewhere"
    folder.mkdir(parents=True)
    (folder / "events.jsonl").write_text('{"event": "finished", "reason": "epochs"}\n')
    runs = make_runs()
    assert runs.find("made-elsewhere").state() == "finished"
    assert runs.find("made-elsewhere") is runs.find("made-elsewhere")


@pytest.mark.parametrize(
    "id",
    [
        "",
        "unknown-run",
        "..",
        "../elsewhere",
        "..%2Felsewhere",
        "elsewhere/../elsewhere",
        "a" * 65,
        "elsewhere\n",
        "./elsewhere",
    ],
)
def test_an_id_that_names_no_run_finds_none(make_runs, tmp_path, id):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "events.jsonl").touch()
    assert make_runs().find(id) is None


def test_ids_cannot_be_guessed_from_one_another(make_runs):
    runs = make_runs()
    ids = {runs.start({}, who, here)[0].id for who in "abcde"}
    assert len(ids) == 5
    assert all(len(id) == 16 for id in ids)


def test_only_a_few_finished_runs_stay_in_memory(make_runs, tmp_path, monkeypatch):
    monkeypatch.setattr("explorer.runs.known.REMEMBERED", 3)
    runs = make_runs()
    mine = runs.start({}, "me", here)[0]
    for number in range(6):
        folder = tmp_path / "runs" / f"elsewhere-{number}"
        folder.mkdir()
        (folder / "events.jsonl").touch()
        runs.find(folder.name)
    assert len(runs._known) == 4
    assert runs.find(mine.id) is mine


def test_only_runs_that_are_over_for_long_are_removed(make_runs, tmp_path, wait):
    runs = make_runs(keep_hours=1)
    going, _ = runs.start({"epochs": 100_000}, "me", here)
    wait(lambda: going.state() == "running")
    folder = tmp_path / "runs"
    for name in ("old-enough", "not-old-enough", "no-run-at-all", "short"):
        (folder / name).mkdir()
        (folder / name / "events.jsonl").touch()
    (folder / "no-run-at-all" / "events.jsonl").rename(folder / "no-run-at-all" / "diary.txt")
    for name in ("only-a-log", "without-a-word", "not-yet-a-word", "something-else"):
        (folder / name / "test_logits").mkdir(parents=True)
    (folder / "only-a-log" / "log.txt").touch()
    (folder / "something-else" / "test_logits" / "notes.txt").touch()
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "events.jsonl").touch()
    (folder / "linked-run").symlink_to(tmp_path / "linked")
    for file in (*folder.glob("[!n]*/*"), folder / "no-run-at-all" / "diary.txt"):
        if file.parent.name != going.id:
            os.utime(file, (0, 0))
    for name in ("only-a-log", "without-a-word", "something-else"):
        os.utime(folder / name, (0, 0))
        os.utime(folder / name / "test_logits", (0, 0))
    runs.make_room()
    left = {path.name for path in folder.iterdir()}
    assert left == {
        going.id, "not-old-enough", "no-run-at-all", "short", "linked-run", "not-yet-a-word", "something-else",
    }  # fmt: skip
    assert going.state() == "running"
    assert runs.find("old-enough") is None


@pytest.mark.parametrize("settings", [{"model": "transformer"}, {"epochs": 0}, {"colour": "red"}])
def test_settings_that_the_program_does_not_know_are_refused_before_anything_is_started(make_runs, tmp_path, settings):
    with pytest.raises(ValueError, match=r"model|epochs|colour"):
        make_runs().start(settings, "me", here)
    assert not (tmp_path / "runs").exists()


def test_the_server_limits_time_and_threads():
    limits = Limits(folder=Path(), runs=1, seconds=100.0, threads=2)
    assert limits.apply({"max_seconds": None}) == {"max_seconds": 100.0, "threads": 2}
    assert limits.apply({"max_seconds": 30.0})["max_seconds"] == 30.0
    assert limits.apply({"max_seconds": 500.0})["max_seconds"] == 100.0


def test_the_environment_sets_the_limits(monkeypatch, tmp_path):
    given = {"RUNS_DIR": tmp_path, "MAX_RUNS": 3, "MAX_SECONDS": 90, "THREADS": 2, "MAX_WAITING": 7, "MAX_KEPT": 0}
    for name, value in given.items():
        monkeypatch.setenv(f"EXPLORER_{name}", str(value))
    limits = Limits()
    assert (limits.folder, limits.runs, limits.seconds, limits.threads) == (tmp_path, 3, 90.0, 2)
    assert (limits.waiting, limits.kept) == (7, 0)


@pytest.mark.parametrize("text", ["0", "-1", "many", "nan"])
def test_a_limit_that_is_no_number_above_zero_is_refused(monkeypatch, text):
    monkeypatch.setenv("EXPLORER_MAX_RUNS", text)
    with pytest.raises(ValueError, match="EXPLORER_MAX_RUNS"):
        Limits()
