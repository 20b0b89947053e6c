"""What goes wrong inside training: no memory, a full disk, a kill in the middle of writing."""

import io
import json
import os
import re
import resource
import signal
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from explorer.training import __main__ as program
from explorer.training import run
from explorer.training.failures import Failure
from explorer.training.loop import Training
from explorer.training.report import Report, RunFolder
from explorer.training.resume import settings_of


@contextmanager
def limit(kind, amount):
    """Let this process have so much and no more."""
    before = resource.getrlimit(kind)
    resource.setrlimit(kind, (amount, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(kind, before)


@contextmanager
def as_nobody():
    """Give up the right of root, if this is root, to read whatever there is."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def memory_in_use():
    return int(re.search(r"VmSize:\s+(\d+)", Path("/proc/self/status").read_text())[1]) * 1024


@pytest.fixture
def train_whole(settings, control):
    """Return a function that does what the command line does with these arguments; events and exit status come back."""

    def train_whole(*arguments):
        stream = io.StringIO()
        report = Report(stream, control)
        status = program._reported(lambda: run.train(settings("--threads", 1, *arguments), control, report), report, {})
        return status, [json.loads(line) for line in stream.getvalue().splitlines()]

    threads = torch.get_num_threads()
    yield train_whole
    torch.set_num_threads(threads)


@pytest.fixture
def few(folder):
    return "--dataset", "folder", "--data-dir", folder


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's account of memory")
def test_without_memory_the_run_fails_and_names_the_batch_size(train_whole, few):
    arguments = ("--model", "mlp", "--width", 65_536, "--batch-size", 37)  # 805 MB of weights
    with limit(resource.RLIMIT_AS, memory_in_use() + 400 * 2**20):
        status, events = train_whole(*few, *arguments)
    assert (status, events[-1]["event"], events[-1]["code"]) == (1, "failed", "memory")
    assert "37 pictures a step (--batch-size)" in events[-1]["message"]


def test_a_gpu_without_memory_is_told_of_in_the_same_way(train_whole, few, monkeypatch):
    def descend(*_):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    monkeypatch.setattr(Training, "_descend", descend)
    status, events = train_whole(*few, "--model", "softmax", "--batch-size", 41)
    assert (status, events[-1]["code"]) == (1, "memory")
    assert "41 pictures" in events[-1]["message"] and "2.00 GiB" in events[-1]["message"]


def test_a_damaged_picture_fails_by_name_with_status_1(train_whole, folder, capsys):
    broken = folder / "train" / "ring" / "000.jpg"
    broken.write_bytes(broken.read_bytes()[:300])
    status, events = train_whole("--dataset", "folder", "--data-dir", folder)
    assert (status, [event["code"] for event in events]) == (1, ["picture-damaged"])
    assert str(broken) in events[0]["message"] and str(broken) in capsys.readouterr().err


@pytest.mark.parametrize("choice", ["folder", "auto"])
def test_pictures_that_may_not_be_read_fail_by_the_name_of_their_folder(train_whole, folder, choice):
    (folder / "train").chmod(0)
    try:
        with as_nobody():
            status, events = train_whole("--dataset", choice, "--data-dir", folder)
    finally:
        (folder / "train").chmod(0o755)
    assert (status, [event["code"] for event in events]) == (1, ["data-unreadable"])
    assert str(folder) in events[0]["message"] and "Permission denied" in events[0]["message"]


@pytest.mark.parametrize("content", [b"", b"no checkpoint"])
def test_a_checkpoint_that_is_none_cannot_be_resumed(train_whole, tmp_path, content):
    (tmp_path / "checkpoint.pt").write_bytes(content)
    status, events = train_whole("--resume", tmp_path)
    assert (status, [event["code"] for event in events]) == (1, ["resume"])


@pytest.mark.parametrize("content", [None, "", "[]", '{"configuration": {"epochs": 0}}'])
def test_a_folder_without_a_run_cannot_be_resumed(tmp_path, content):
    if content is not None:
        (tmp_path / "config.json").write_text(content)
    with pytest.raises(Failure) as error:
        settings_of(tmp_path)
    assert error.value.code == "resume" and str(tmp_path) in str(error.value)


def test_other_errors_are_not_taken_for_it(train_whole, few, monkeypatch):
    def descend(*_):
        raise RuntimeError("shapes cannot be multiplied")

    monkeypatch.setattr(Training, "_descend", descend)
    with pytest.raises(RuntimeError, match="shapes"):
        train_whole(*few, "--model", "softmax")


@pytest.mark.parametrize("file", ["checkpoint.pt", "events.jsonl"])
def test_a_full_disk_fails_by_name_and_what_was_recorded_stays_readable(training, data, tmp_path, file):
    """The limit is on the size of a file: the checkpoint of 120 kB meets it, or the events once they are as long."""
    folder = RunFolder(tmp_path / "run")
    checkpoints = 0 if file == "checkpoint.pt" else 1e6
    few = data | {name: data[name][:100] for name in ("train_images", "train_labels")}
    arguments = ("--model", "softmax", "--batch-size", 10, "--epochs", 500, "--checkpoint-seconds", checkpoints)
    stream = io.StringIO()
    one = training(*arguments, data=few, stream=stream, folder=folder)
    with limit(resource.RLIMIT_FSIZE, 80_000):
        status = program._reported(one.run, one.report, {})
    failed = json.loads(stream.getvalue().splitlines()[-1])
    assert (status, failed["code"]) == (1, "disk")
    assert str(folder.path) in failed["message"] and "File too large" in failed["message"]
    recorded = (folder.path / "events.jsonl").read_text().splitlines()
    last = recorded.pop() if file == "events.jsonl" else recorded[-1]
    assert all(json.loads(line) for line in recorded)
    assert file == "events.jsonl" or json.loads(last) == failed
    assert not list(folder.path.rglob("*.part"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a second process at once")
def test_a_kill_in_the_middle_of_writing_leaves_the_checkpoint_before(tmp_path):
    folder = RunFolder(tmp_path)
    folder.write("checkpoint.pt", lambda file: torch.save({"step": torch.tensor(7)}, file))

    def dies(file):
        file.write(b"half of one")
        file.flush()
        os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        try:
            folder.write("checkpoint.pt", dies)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert torch.load(tmp_path / "checkpoint.pt", weights_only=True) == {"step": torch.tensor(7)}
    # What the kill left behind is no obstacle, and gone with the next checkpoint.
    folder.write("checkpoint.pt", lambda file: torch.save({"step": torch.tensor(8)}, file))
    assert not list(tmp_path.glob("*.part"))


def test_a_folder_that_cannot_be_written_to_fails_before_anything_is_computed(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Failure) as error:
        RunFolder(tmp_path / "file" / "run")
    assert error.value.code == "run-dir" and str(tmp_path / "file") in str(error.value)
