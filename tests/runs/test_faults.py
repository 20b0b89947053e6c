"""What goes wrong with runs: each fault is caused, the run stays readable, and the next one can be started."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
import tomllib
from pathlib import Path

import numpy as np
import pytest

from explorer.runs import Refused
from explorer.runs import run as run_module
from explorer.runs.folder import RunFolder
from explorer.runs.launcher import PROGRAM
from explorer.runs.results import Results
from explorer.shell import texts

YEAR = 365 * 86400


def here():
    return True


def told(run):
    return json.loads(run.answer(""))


def fill(disk):
    """Fill a disk, and return the file that it is full of."""
    waste = disk / "waste"
    with contextlib.suppress(OSError), waste.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    return waste


def next_run_goes_well(runs, wait):
    run = runs.start({"epochs": 1}, "the next", here)[0]
    wait(run.over)
    return run.state() == "finished"


@pytest.fixture
def going(make_runs, wait):
    """A registry, and a run of it that has begun to train."""
    runs = make_runs()
    run, secret = runs.start({"epochs": 100_000}, "me", here)
    wait(lambda: run.state() == "running" and run.folder.step)
    return runs, run, secret


@pytest.fixture
def tiny_disk(tmp_path):
    """A disk of 8 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    if (
        not shutil.which("mount")
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place], capture_output=True).returncode
    ):
        pytest.skip("a small disk cannot be mounted here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_trainer_that_is_killed_leaves_what_it_has_told(going, wait):
    runs, run, _ = going
    os.kill(run.trainer.pid, signal.SIGKILL)
    wait(run.over)
    answer = told(run)
    assert (answer["state"], answer["cause"], answer["exit_status"]) == ("interrupted", "killed", -9)
    assert answer["steps"]["rows"]
    assert next_run_goes_well(runs, wait)


def test_a_run_that_was_interrupted_in_the_middle_of_a_line_is_readable_up_to_it(going, wait):
    _, run, _ = going
    os.kill(run.trainer.pid, signal.SIGKILL)
    wait(run.over)
    steps = run.folder.step
    with (run.folder.path / "events.jsonl").open("a") as file:
        file.write('{"event": "step", "step": 99999, "lo')
    read = RunFolder(run.folder.path)
    read.read()
    assert read.step == steps


def test_a_run_whose_folder_is_deleted_ends_and_is_gone_for_its_watchers(going, wait):
    runs, run, _ = going
    shutil.rmtree(run.folder.path)
    assert runs.find(run.id) is None
    assert told(run)["steps"]["rows"], "who has the page open keeps what was drawn"
    wait(lambda: run.trainer.exit_status is not None)
    assert next_run_goes_well(runs, wait)


def test_the_folder_of_a_run_that_waits_cannot_be_made_any_more(going, wait):
    runs, run, secret = going
    waiting, _ = runs.start({}, "somebody", here)
    waiting.folder.path.touch()
    runs.command(run, secret, "stop")
    wait(lambda: waiting.state() == "failed")
    assert told(waiting)["ended"]["code"] == "start"
    assert runs.find(waiting.id) is waiting, "whoever waited for it learns of it"
    assert next_run_goes_well(runs, wait)


def test_a_full_disk_is_named_as_the_reason_and_the_next_run_goes_once_there_is_room(make_runs, tiny_disk, wait):
    runs = make_runs(folder=tiny_disk / "runs")
    run, _ = runs.start({"epochs": 100_000}, "me", here)
    wait(lambda: run.state() == "running" and run.folder.step)
    waste = fill(tiny_disk)
    wait(run.over)
    assert (told(run)["state"], told(run)["cause"]) == ("interrupted", "disk")
    assert run.folder.step
    refused = []
    with contextlib.suppress(OSError, Refused):
        refused.append(runs.start({}, "somebody", here)[0])
    for other in refused:
        wait(other.over)
    waste.unlink()
    assert next_run_goes_well(runs, wait)


@pytest.mark.slow
def test_the_real_program_says_that_its_disk_is_full_also_once_there_is_room_again(make_runs, tiny_disk, wait):
    runs = make_runs(PROGRAM, folder=tiny_disk / "runs", spare=0)
    settings = {"dataset": "synthetic", "model": "softmax", "train_size": 500, "checkpoint_seconds": 0}
    run, _ = runs.start(settings | {"epochs": 100_000}, "me", here)
    wait(lambda: run.state() == "running" and run.folder.step)
    waste = fill(tiny_disk)
    wait(run.over)
    waste.unlink()
    run._read_at = -1.0
    answer = told(run)
    assert answer["steps"]["rows"]
    # Its last event, if there was just room for it, or else its exit status.
    assert "disk" in ((answer["ended"] or {}).get("code"), answer["cause"])
    assert not list(run.folder.path.rglob("*.part"))


def test_a_program_that_cannot_record_how_it_failed_reports_it_by_its_exit_status(
    make_runs, wait, monkeypatch, tmp_path
):
    monkeypatch.setenv("FAKE_TRAINER", "unrecorded")
    monkeypatch.setenv("EXPLORER_RUNS_DIR", str(tmp_path / "runs"))
    run, _ = make_runs().start({}, "me", here)
    wait(run.over)
    answer = told(run)
    assert (answer["state"], answer["cause"]) == ("interrupted", "disk")
    assert answer["last_line"] == "no space in EXPLORER_RUNS_DIR", "and not where that is"


@pytest.mark.parametrize("jump", [-YEAR, YEAR])
def test_a_clock_that_is_set_removes_no_run_and_ends_none(make_runs, wait, monkeypatch, jump):
    runs = make_runs(keep_hours=1, grace=5.0)
    over, _ = runs.start({"epochs": 1}, "me", here)
    wait(over.over)
    elsewhere = runs.limits.folder / "made-elsewhere"
    elsewhere.mkdir()
    (elsewhere / "events.jsonl").write_text('{"event": "started"}\n')
    watched = runs.find("made-elsewhere")
    assert watched.state() == "running"
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + jump)
    monkeypatch.setattr(run_module, "CACHE_SECONDS", 0.0)
    going, _ = runs.start({"epochs": 100_000}, "me", here)
    wait(lambda: going.state() == "running" and going.folder.step > 5)
    runs.make_room()
    assert over.folder.path.is_dir()
    assert watched.state() == "running"


def test_two_servers_share_a_folder_and_neither_harms_the_others_runs(make_runs, wait, monkeypatch):
    monkeypatch.setattr(run_module, "HEARTBEAT", 0.0)
    monkeypatch.setattr(run_module, "CACHE_SECONDS", 0.0)
    one, other = make_runs(), make_runs(keep_hours=1)
    run, secret = one.start({"epochs": 100_000}, "me", here)
    wait(lambda: run.state() == "running" and run.folder.step)
    waiting, _ = one.start({}, "me", here)
    seen = other.find(run.id)
    assert seen.state() == "running"
    with pytest.raises(PermissionError):
        other.command(seen, secret, "stop")
    assert other.find(waiting.id) is None, "it has told nothing yet"
    one.command(run, secret, "pause")
    wait(lambda: run.state() == "running" and run.folder.paused)
    # It rests for so long that it would count as old, but for the signs of life that its own server gives.
    os.utime(run.folder.path / "events.jsonl", (0, 0))
    wait(lambda: (run.folder.path / "events.jsonl").stat().st_mtime > 0)
    other.make_room()
    assert run.folder.path.is_dir()
    own, _ = other.start({"epochs": 1}, "me", here)
    wait(own.over)
    other.close()
    assert run.trainer.exit_status is None


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files in /proc")
def test_fifty_runs_started_and_stopped_leave_nothing_behind(make_runs, wait, monkeypatch, in_use):
    monkeypatch.setattr("explorer.runs.registry.TICK", 0.02)
    monkeypatch.setattr(run_module, "LOADING_TIMEOUT", 180.0)  # a busy machine may take long to begin
    runs = make_runs(runs=5, keep_hours=1)
    before = in_use()
    for _ in range(10):
        several = [runs.start({"epochs": 100_000}, f"visitor {number}", here) for number in range(5)]
        for run, secret in several:
            runs.command(run, secret, "stop")
        wait(lambda several=several: all(run.trainer and run.trainer.exit_status is not None for run, _ in several))
    wait(lambda: not runs._training and not in_use(beyond=before))
    assert not runs._attendance and not runs._queue
    folders = list(runs.limits.folder.iterdir())
    assert len(folders) == 50
    for folder in folders:
        os.utime(folder / "events.jsonl", (0, 0))
    runs.make_room()
    assert not list(runs.limits.folder.iterdir())


# What may lie in the runs' folder.


def test_a_line_of_a_million_characters_is_passed_over_and_not_kept(tmp_path):
    run = RunFolder(tmp_path)
    good = json.dumps({"event": "step", "step": 1, "loss": 1, "learning_rate": 1, "images": 1, "seconds": 1}) + "\n"
    with (tmp_path / "events.jsonl").open("w") as file:
        file.write("x" * 1_000_000)
        file.flush()
        run.read()
        assert len(run._rest) < 10_000
        file.write("y" * 1_000_000 + "\n" + good)
    run.read()
    assert run.step == 1


def test_very_many_lines_are_read_a_part_at_a_time_quickly_and_all_of_them(tmp_path):
    """A tenth of a million, of a run that diverged on the way; a million take ten times as long and no more memory."""
    line = '{{"event":"step","step":{},"loss":{},"learning_rate":0.1,"images":{},"seconds":{},"more":"{}"}}\n'
    losses = ["2.3"] * 60_000 + ['"inf"'] * 20_000 + ['"nan"'] * 20_000
    with (tmp_path / "events.jsonl").open("w") as file:
        for step, loss in enumerate(losses, start=1):
            file.write(line.format(step, loss, 50 * step, step / 1000, "x" * 40))
        file.write("what is none stops nobody\n" + '{"event":"finished","reason":"epochs"}\n')
    run = run_module.Run(tmp_path)
    first = told(run)
    assert (first["state"], first["more"]) == ("starting", True)
    assert 0 < run.folder.step < 40_000
    begun = time.thread_time()
    looks = 1
    while run.state() != "finished":
        looks += 1
        assert looks < 10
    assert time.thread_time() - begun < 5, "0.4 s of a core"
    history = run.folder.history
    assert (run.folder.step, history.diverged, len(history.rows) <= history.capacity) == (100_000, 60_001, True)
    assert history.rows[-1].mean != history.rows[-1].mean
    assert history.rows[0].mean == pytest.approx(2.3)


def test_events_without_end_are_not_read_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr("explorer.runs.folder.MOST", 5 << 20)
    (tmp_path / "events.jsonl").touch()
    os.truncate(tmp_path / "events.jsonl", 10**12)  # of which nothing is on the disk
    run = RunFolder(tmp_path)
    seen = []
    while not seen or run.has_unread:
        run.read()
        seen.append(run._offset)
    assert seen == [2 << 20, 4 << 20, 5 << 20]


@pytest.fixture
def made_elsewhere(make_runs):
    """A run with all that a folder may hold, finished; and the registry that finds it."""
    runs = make_runs()
    folder = runs.limits.folder / "made-elsewhere"
    (folder / "test_logits").mkdir(parents=True)
    configuration = {"event": "started", "dataset": "synthetic", "classes": list("abcdefghij"), "configuration": {}}
    (folder / "events.jsonl").write_text(
        json.dumps(configuration) + '\n{"event": "samples", "step": 1, "logits": ' + str([[0] * 10] * 20) + "}\n"
    )
    (folder / "config.json").write_text(json.dumps(configuration))
    (folder / "log.txt").write_text("last output\n")
    np.save(folder / "test_labels.npy", np.repeat(np.arange(10), 2))
    np.save(folder / "sample_index.npy", np.arange(20))
    np.save(folder / "sample_images.npy", np.zeros((20, 32, 32, 3), np.uint8))
    np.save(folder / "templates.npy", np.ones((10, 32, 32, 3), np.float16))
    np.save(folder / "test_logits" / "0000.npy", np.zeros((20, 10), np.float32))
    return runs, folder


def seen(runs, name="made-elsewhere"):
    """All that a server shows of a run: what is None or absent in it cannot be had."""
    run = runs.find(name)
    if run is None:
        return None
    run._read_at = -1.0
    answer = told(run)
    try:
        results = Results(run.folder.path).logits(0).shape
    except (OSError, ValueError):
        results = None
    return {
        "started": answer.get("facts", {}).get("started") and answer["facts"]["started"]["dataset"],
        "last_line": answer["last_line"],
        "live": answer.get("samples") is not None,
        "pictures": run.folder.sample_sheet() is not None,
        "weights": run.folder.weights_sheet() is not None,
        "logits": run.folder.sample_logits(0) is not None,
        "results": results,
    }


def test_a_whole_folder_is_shown_whole(made_elsewhere, monkeypatch):
    monkeypatch.setattr(run_module, "SILENCE", -1.0)
    runs, _ = made_elsewhere
    assert seen(runs) == {
        "started": "synthetic", "last_line": "last output", "live": True, "pictures": True, "weights": True,
        "logits": True, "results": (20, 10),
    }  # fmt: skip


NEEDED = {
    "events.jsonl": {"started", "live"},
    "config.json": {"results"},
    "log.txt": {"last_line"},
    "test_labels.npy": {"pictures", "logits", "live", "results"},
    "sample_index.npy": {"pictures", "logits", "live"},
    "sample_images.npy": {"pictures", "logits", "live"},
    "templates.npy": {"weights"},
    "test_logits/0000.npy": {"logits", "results"},
}


FAULTS = ("linked", "pipe", "folder", "pickle", "empty", "noise", "nested", "archive", "huge")


@pytest.mark.parametrize(
    ("name", "fault"), [(name, fault) for name in NEEDED for fault in FAULTS if fault != "huge" or name[-4:] == ".npy"]
)
def test_a_file_that_is_not_what_it_should_be_is_not_read_and_the_rest_is(
    made_elsewhere, tmp_path, monkeypatch, name, fault
):
    monkeypatch.setattr(run_module, "SILENCE", -1.0)
    runs, folder = made_elsewhere
    whole = seen(runs)
    assert runs._known.pop("made-elsewhere")
    place = folder / name
    if fault == "linked":
        place.rename(tmp_path / "outside")
        place.symlink_to(tmp_path / "outside")
    else:
        place.unlink()
        match fault:
            case "pipe":
                os.mkfifo(place)
            case "folder":
                place.mkdir()
            case "pickle":
                with place.open("wb") as file:
                    np.save(file, np.array([{"a": print}], dtype=object), allow_pickle=True)
            case "empty":
                place.touch()
            case "noise":
                place.write_bytes(np.random.default_rng(0).bytes(5000))
            case "nested":
                place.write_text("[" * 5000 + "\n")
            case "archive":
                with place.open("wb") as file:
                    np.savez(file, a=np.arange(3))
            case "huge":  # 1 TB, of which nothing is on the disk
                np.lib.format.open_memmap(place, "w+", np.int64, (125_000_000_000,))
    found = seen(runs)
    if name == "events.jsonl" and fault in ("linked", "pipe", "folder"):
        assert found is None, "a run is known by its events"
    elif name == "log.txt" and fault not in ("linked", "pipe", "folder", "empty"):
        assert found | {"last_line": ""} == whole | {"last_line": ""}
    else:
        assert {what for what, value in found.items() if value != whole[what]} == NEEDED[name]


def test_a_link_to_a_run_elsewhere_is_none(made_elsewhere, tmp_path):
    runs, folder = made_elsewhere
    folder.rename(tmp_path / "outside-run")
    folder.symlink_to(tmp_path / "outside-run")
    assert runs.find("made-elsewhere") is None
    (folder.parent / "made-elsewhere-2").mkdir()
    (folder.parent / "made-elsewhere-2" / "events.jsonl").touch()
    (folder.parent / "made-elsewhere-2" / "test_logits").symlink_to(tmp_path / "outside-run" / "test_logits")
    assert runs.find("made-elsewhere-2").folder.sample_logits(0) is None


def test_images_too_large_to_be_samples_are_not_read(made_elsewhere):
    runs, folder = made_elsewhere
    # Ten thousand pictures of 100 MB each: the file is sparse, and nobody has that much memory.
    array = np.lib.format.open_memmap(folder / "sample_images.npy", "w+", np.uint8, (10_000, 5800, 5800, 3))
    del array
    assert seen(runs)["pictures"] is False


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_reason_for_which_a_run_is_interrupted_has_its_words(language):
    table = tomllib.loads((texts.FOLDER / language / "train.toml").read_text("utf-8"))
    assert set(table["monitor"]["broken"]) == set(run_module.CAUSES)
