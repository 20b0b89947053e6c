"""The disk that runs may take: what goes, what stays, and what is said where nothing can go."""

import json
import os
import shutil
import time

import pytest

from explorer.protocol import options
from explorer.runs import Refused, registry, storage

MB = 10**6
HOUR = 3600.0


def here():
    return True


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    """Folders for data and caches of this test alone."""
    monkeypatch.setenv("EXPLORER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def put(tmp_path):
    """Return a function that puts a run folder of so many bytes that was used so many hours ago."""

    def put(name, hours, size=2 * MB, log=True):
        folder = tmp_path / "runs" / name
        (folder / "test_logits").mkdir(parents=True)
        (folder / "events.jsonl").write_text('{"event": "finished", "reason": "epochs"}\n')
        (folder / "test_logits" / "0000.npy").write_bytes(bytes(size))
        if log:
            (folder / "log.txt").touch()
        used = time.time() - HOUR * hours
        os.utime(folder / "events.jsonl", (used, used))
        return folder

    return put


def left(runs):
    return {path.name for path in runs.limits.folder.iterdir()}


def test_the_run_that_was_used_longest_ago_goes_first_until_the_rest_is_within_the_bound(make_runs, put):
    for hours in range(1, 6):
        put(f"{hours:016d}", hours)
    runs = make_runs(disk=7 * MB)
    runs.make_room()
    assert left(runs) == {f"{hours:016d}" for hours in (1, 2, 3)}
    runs.make_room()
    assert len(left(runs)) == 3


def test_what_is_watched_trains_or_was_put_there_by_hand_stays(make_runs, put, wait):
    runs = make_runs(disk=5 * MB)
    going, _ = runs.start({"epochs": 100_000}, "me", here)
    wait(lambda: going.state() == "running" and going.folder.step)
    watched, unwatched, young = put("w" * 16, 50), put("u" * 16, 40), put("y" * 16, 0)
    by_hand = [put("made-elsewhere", 90, log=False), put("sixteen-letters-", 90, log=False), put("with-a-log", 90)]
    (runs.limits.folder / "notes.txt").write_bytes(bytes(9 * MB))
    (runs.limits.folder / ("l" * 16)).symlink_to(by_hand[0])
    os.utime(going.folder.path / "events.jsonl", (0, 0))
    assert runs.find(watched.name)
    with pytest.raises(Refused) as refused:
        runs.make_room()
    assert (refused.value.code, refused.value.values["most"]) == ("disk", 0.0)
    assert not unwatched.exists()
    for folder in (watched, young, going.folder.path, *by_hand):
        assert folder.is_dir(), folder
    assert (runs.limits.folder / "notes.txt").exists()
    runs.find(watched.name).seen -= storage.WATCHED + 1
    runs.make_room()
    assert not watched.exists() and young.is_dir() and going.folder.path.is_dir()


def test_a_run_that_was_looked_at_lately_goes_after_one_that_was_not(make_runs, put):
    old, newer = put("o" * 16, 9), put("n" * 16, 3)
    runs = make_runs(disk=3 * MB)
    runs.find(old.name).seen -= storage.WATCHED + 1
    runs.make_room()
    assert old.is_dir() and not newer.exists()


def test_the_data_in_use_counts_but_stays_and_what_was_decoded_of_other_data_goes(make_runs, put, tmp_path):
    data = tmp_path / "data"
    mine, others = options.decoded_folders(data)[0] / "official", tmp_path / "cache/softmax-explorer/decoded/0123"
    for folder in (mine, others, data / "train" / "cat"):
        folder.mkdir(parents=True)
        (folder / "images.npy").write_bytes(bytes(3 * MB))
    os.utime(others, (0, 0))
    run = put("r" * 16, 1)
    runs = make_runs(disk=7 * MB)
    runs.make_room()
    assert mine.is_dir() and (data / "train" / "cat" / "images.npy").exists()
    assert not others.exists() and run.is_dir()
    object.__setattr__(runs.limits, "disk", 2 * MB)
    with pytest.raises(Refused, match="disk"):
        runs.start({}, "me", here)
    assert mine.is_dir() and left(runs) == set()


def test_a_start_is_refused_where_all_that_is_kept_is_in_use(make_runs, put):
    put("w" * 16, 0, size=5 * MB)
    runs = make_runs(disk=4 * MB)
    with pytest.raises(Refused, match="disk"):
        runs.start({}, "me", here)
    assert left(runs) == {"w" * 16}


def test_unless_the_host_says_otherwise_half_of_a_small_disk_stays_free(make_runs, put, monkeypatch):
    for hours in range(1, 6):
        put(f"{hours:016d}", hours)
    runs = make_runs()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("", (), {"free": 2 * MB}))
    runs.make_room()
    assert left(runs) == {f"{hours:016d}" for hours in (1, 2)}
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("", (), {"free": 10**15}))
    monkeypatch.setattr(storage, "USUAL", 3 * MB)
    runs.make_room()
    assert left(runs) == {f"{1:016d}"}


def test_many_small_folders_count_for_their_number(make_runs, put):
    for hours in range(1, 9):
        put(f"{hours:016d}", hours, size=10)
    runs = make_runs(disk=3 * MB)
    runs.make_room()
    assert len(left(runs)) == 3


def test_starts_and_stops_in_a_row_leave_few_folders_and_those_that_never_began_none(make_runs, wait, monkeypatch):
    monkeypatch.setattr(registry, "TICK", 0.02)
    monkeypatch.setattr(storage, "ALIVE", 0.0)
    monkeypatch.setattr(storage, "WATCHED", 0.0)
    runs = make_runs(disk=5 * MB)
    going, secret = runs.start({}, "me", here)
    for _ in range(30):
        waiting, other = runs.start({}, "somebody", here)
        runs.command(waiting, other, "stop")
        assert (waiting.state(), json.loads(waiting.answer(""))["ended"]["reason"]) == ("finished", "stopped")
        assert runs.find(waiting.id) is waiting
    assert left(runs) == {going.id}
    for _ in range(12):
        wait(lambda going=going: going.state() == "running" and going.folder.step)
        runs.command(going, secret, "stop")
        wait(lambda: not runs._training)
        going, secret = runs.start({}, "me", here)
    assert len(left(runs)) <= 6


def test_a_run_that_alone_fills_the_disk_is_stopped_and_reports_it(make_runs, wait, monkeypatch):
    monkeypatch.setattr(registry, "CHECK", 0.0)
    monkeypatch.setattr(storage, "LARGE", 0)
    runs = make_runs(disk=50 * MB)
    run, _ = runs.start({"epochs": 100_000}, "me", here)
    wait(lambda: run.state() == "running" and run.folder.step)
    assert not json.loads(run.answer(""))["outgrown"]
    (run.folder.path / "more.npy").write_bytes(bytes(26 * MB))
    wait(run.over)
    answer = json.loads(run.answer(""))
    assert (answer["state"], answer["outgrown"]) == ("finished", True)
