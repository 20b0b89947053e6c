"""What goes wrong inside training: no memory, a full disk, a kill in the middle of writing."""

import io
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from explorer.protocol.errors import UNRECORDED, Failure
from explorer.training import __main__ as program
from explorer.training import run
from explorer.training.control import Control
from explorer.training.loop import Training
from explorer.training.report import Report, RunFolder
from explorer.training.resume import settings_of

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


# The training program with so many bytes more than it has once everything is imported. In a process of its own: what
# other tests have taken and freed would count.
NARROW = """
import re, resource, sys
from pathlib import Path
from explorer.training import run
from explorer.training.__main__ import main
size = int(re.search(r"VmSize:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024
resource.setrlimit(resource.RLIMIT_AS, (size + int(sys.argv[1]),) * 2)
sys.exit(main(sys.argv[2:]))
"""
# The training program with a thousandth of the GPU's memory.
STARVED = """
import sys
import torch
from explorer.training.__main__ import main
torch.cuda.set_per_process_memory_fraction(0.001)
sys.exit(main(sys.argv[1:]))
"""


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


@pytest.fixture
def few(folder):
    return "--dataset", "folder", "--data-dir", folder


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's account of memory")
@pytest.mark.parametrize(
    ("arguments", "megabytes", "code", "wanted_for"),
    [
        (("--dataset", "synthetic"), 25, "memory-images", "the images"),
        (("--model", "mlp", "--width", 16_384), 100, "memory-model", "the model mlp"),  # its weights take 201 MB
        (("--model", "mlp", "--width", 16_384), 300, "memory-model", "a copy of the untrained model"),
        (("--model", "mlp", "--width", 16_384), 500, "memory", "training with 37 images a step (--batch-size)"),
    ],
)
def test_without_memory_the_run_fails_and_says_what_it_was_wanted_for(few, arguments, megabytes, code, wanted_for):
    arguments = (megabytes << 20, *few, "--threads", 1, "--batch-size", 37, *arguments)
    command = [sys.executable, "-c", NARROW, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    event = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, event["event"], event["code"]) == (1, "failed", code)
    assert f"not enough memory for {wanted_for}:" in event["message"]


def test_without_memory_for_torch_itself_the_program_reports_it_and_records_it(tmp_path):
    command = [sys.executable, "-m", "explorer.training", "--dataset", "synthetic", "--run-dir", tmp_path / "run"]
    half = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({600 << 20},) * 2)"
    started = f"{half}; import os; os.execv({sys.executable!r}, {[*map(str, command)]!r})"
    done = subprocess.run([sys.executable, "-c", started], cwd=ROOT, capture_output=True, text=True, timeout=600)
    (event,) = map(json.loads, (tmp_path / "run" / "events.jsonl").read_text().splitlines())
    assert (done.returncode, event["event"], event["code"]) == (1, "failed", "memory-torch")
    assert json.loads(done.stdout) == event


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_real_gpu_without_memory_says_what_it_was_wanted_for(few, tmp_path):
    arguments = (*few, "--model", "mlp", "--width", 65_536, "--batch-size", 29, "--device", "cuda")
    command = [sys.executable, "-c", STARVED, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    event = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, event["code"]) == (1, "memory-model")
    assert "the model mlp" in event["message"] and "CUDA" in event["message"]


def test_a_gpu_without_memory_is_reported_in_the_same_way(train_whole, few, monkeypatch):
    def descend(*_):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    monkeypatch.setattr(Training, "_descend", descend)
    status, events = train_whole(*few, "--model", "softmax", "--batch-size", 41)
    assert (status, events[-1]["code"]) == (1, "memory")
    assert "41 images" in events[-1]["message"] and "2.00 GiB" in events[-1]["message"]


def test_a_damaged_image_fails_by_name_with_status_1(train_whole, folder, capsys):
    broken = folder / "train" / "ring" / "000.jpg"
    broken.write_bytes(broken.read_bytes()[:300])
    status, events = train_whole("--dataset", "folder", "--data-dir", folder)
    assert (status, [event["code"] for event in events]) == (1, ["picture-damaged"])
    assert events[0]["message"].startswith("…/pictures/train/ring/000.jpg") and str(broken) in capsys.readouterr().err


@pytest.mark.parametrize("choice", ["folder", "auto"])
def test_images_that_may_not_be_read_fail_by_the_name_of_their_folder(train_whole, folder, capsys, choice):
    (folder / "train").chmod(0)
    try:
        with as_nobody():
            status, events = train_whole("--dataset", choice, "--data-dir", folder)
    finally:
        (folder / "train").chmod(0o755)
    assert (status, [event["code"] for event in events]) == (1, ["data-unreadable"])
    assert "…/pictures" in events[0]["message"] and "Permission denied" in events[0]["message"]
    assert str(folder) not in events[0]["message"] and str(folder) in capsys.readouterr().err


HARM = {
    "empty": lambda file: os.truncate(file, 0),
    "half of one": lambda file: os.truncate(file, file.stat().st_size // 2),
    "noise": lambda file: file.write_bytes(b"no checkpoint"),
    "something else": lambda file: torch.save([1, 2], file),
    "a part missing": lambda file: torch.save(torch.load(file) | {"descent": {}}, file),
    "another model's": lambda file: torch.save(torch.load(file) | {"model": {"weight": torch.zeros(3)}}, file),
}


@pytest.fixture(scope="module")
def stopped_run(tmp_path_factory, make_folder, settings):
    """A run of a few steps, with its checkpoint, and its pictures."""
    place = tmp_path_factory.mktemp("stopped")
    pictures = make_folder(place / "pictures")
    report = Report(io.StringIO(), Control())
    report.folder = RunFolder(place / "run")
    arguments = ("--dataset", "folder", "--data-dir", pictures, "--model", "softmax", "--batch-size", 10)
    run.train(settings(*arguments, "--epochs", 2), Control(), report)
    return place / "run", pictures


@pytest.mark.parametrize("harm", HARM)
def test_a_checkpoint_that_is_none_cannot_be_resumed_and_nothing_is_lost(train_whole, stopped_run, tmp_path, harm):
    run = shutil.copytree(stopped_run[0], tmp_path / "run")
    HARM[harm](run / "checkpoint.pt")
    before = (run / "events.jsonl").read_bytes()
    status, events = train_whole("--resume", run, "--dataset", "folder", "--data-dir", stopped_run[1])
    assert (status, [event["code"] for event in events]) == (1, ["resume"])
    assert (run / "events.jsonl").read_bytes() == before


def test_a_checkpoint_from_before_it_told_the_data_folder_can_be_resumed(train_whole, stopped_run, tmp_path):
    run = shutil.copytree(stopped_run[0], tmp_path / "run")
    checkpoint = torch.load(run / "checkpoint.pt")
    assert checkpoint.pop("data_dir") == str(stopped_run[1])
    torch.save(checkpoint, run / "checkpoint.pt")
    arguments = ("--dataset", "folder", "--data-dir", stopped_run[1], "--model", "softmax", "--batch-size", 10)
    status, events = train_whole("--resume", run, *arguments, "--epochs", 3)
    assert (status, events[0]["resumed"], events[-1]["event"]) == (0, checkpoint["run"]["step"], "finished")


def test_a_run_resumed_for_fewer_epochs_than_it_has_had_ends_at_once(train_whole, stopped_run, tmp_path):
    run = shutil.copytree(stopped_run[0], tmp_path / "run")
    arguments = ("--dataset", "folder", "--data-dir", stopped_run[1], "--model", "softmax", "--batch-size", 10)
    status, events = train_whole("--resume", run, *arguments, "--epochs", 1)
    assert (status, [event["event"] for event in events]) == (0, ["started", "finished"])
    assert (events[-1]["reason"], events[-1]["test_accuracy"] is None) == ("epochs", False)


def test_what_is_given_again_where_a_run_goes_on_counts_as_changed_there(train_whole, stopped_run, tmp_path):
    run = shutil.copytree(stopped_run[0], tmp_path / "run")
    arguments = ("--dataset", "folder", "--data-dir", stopped_run[1], "--model", "softmax", "--batch-size", 10)
    arguments = ("--resume", run, *arguments, "--learning-rate", 0.07)
    _, events = train_whole(*arguments, "--epochs", 3, folder=RunFolder(run, resume=True))
    assert events[1] == {"event": "changed", "step": 8, "learning_rate": 0.07}
    _, events = train_whole(*arguments, "--epochs", 4, folder=RunFolder(run, resume=True))
    assert (events[0]["resumed"], events[1]["event"]) == (12, "step")


def test_a_run_that_goes_on_leaves_nothing_of_what_came_after_its_checkpoint(train_whole, stopped_run, tmp_path):
    run = shutil.copytree(stopped_run[0], tmp_path / "run")
    later = [run / "test_logits" / "0007.npy", run / "snapshots" / "0007.npy", run / "landscapes" / "random.json"]
    (run / "landscapes").mkdir()
    for file in later:
        file.write_bytes(b"of weights that the run has left")
    (run / "test_logits" / "notes.npy").touch()
    before = {file: file.stat().st_mtime_ns for file in run.glob("*/000*.npy")}
    arguments = ("--dataset", "folder", "--data-dir", stopped_run[1], "--model", "softmax", "--batch-size", 10)
    (run / "weights.pt").write_bytes(b"those of the end")
    HARM["noise"](run / "checkpoint.pt")
    arguments = ("--resume", run, *arguments, "--epochs", 3)
    assert train_whole(*arguments, folder=RunFolder(run, resume=True))[0] == 1
    assert all(file.exists() for file in later), "what cannot go on keeps what it has"
    shutil.copy(stopped_run[0] / "checkpoint.pt", run)
    assert train_whole(*arguments, folder=RunFolder(run, resume=True))[0] == 0
    assert not [file for file in later if file.exists()]
    assert {file.stem for file in run.glob("test_logits/*")} == {"0000", "0001", "0002", "0003"}
    assert all(file.stat().st_mtime_ns == time for file, time in before.items() if file not in later)
    assert (run / "weights.pt").read_bytes() != b"those of the end"


def test_events_that_a_crash_left_shorter_than_the_checkpoint_says_go_on_in_a_line_of_their_own(tmp_path):
    folder = RunFolder(tmp_path)
    folder.append('{"event": "started"}\n{"event": "step", "st')
    folder.cut(1000)
    folder.append('{"event": "started"}\n')
    first, half, last = (tmp_path / "events.jsonl").read_text().splitlines()
    assert first == last == '{"event": "started"}' and half.startswith('{"event": "step"')


@pytest.mark.parametrize("content", [None, "", "[]", '{"configuration": {"epochs": 0}}'])
def test_a_folder_without_a_run_cannot_be_resumed(tmp_path, content):
    if content is not None:
        (tmp_path / "config.json").write_text(content)
    with pytest.raises(Failure) as error:
        settings_of(tmp_path)
    assert error.value.code == "resume" and str(tmp_path) in str(error.value)


def test_other_errors_are_not_taken_for_it(train_whole, few, monkeypatch, capsys):
    def descend(*_):
        raise RuntimeError("shapes cannot be multiplied")

    monkeypatch.setattr(Training, "_descend", descend)
    status, events = train_whole(*few, "--model", "softmax")
    assert (status, events[-1]["code"]) == (1, "error")
    assert "shapes cannot" in events[-1]["message"] and "Traceback" in capsys.readouterr().err


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
        status = program._reported(one.run, one.report, {}, folder.path)
    failed = json.loads(stream.getvalue().splitlines()[-1])
    assert (status, failed["code"]) == (UNRECORDED if file == "events.jsonl" else 1, "disk")
    assert "…/run" in failed["message"] and "File too large" in failed["message"]
    recorded = (folder.path / "events.jsonl").read_text().splitlines()
    last = recorded.pop() if file == "events.jsonl" else recorded[-1]
    assert all(json.loads(line) for line in recorded)
    assert file == "events.jsonl" or json.loads(last) == failed
    assert not list(folder.path.rglob("*.part"))


def test_a_disk_that_is_full_while_images_are_decoded_is_not_taken_for_unreadable_images(
    train_whole, few, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with limit(resource.RLIMIT_FSIZE, 80_000):  # the training pictures take 120 kB
        status, events = train_whole(*few, "--model", "softmax", "--epochs", 1)
    assert (status, [event["code"] for event in events]) == (1, ["cache"])
    assert not list(tmp_path.rglob(".part-*")) and not list(tmp_path.rglob("train_images.npy"))
    assert train_whole(*few, "--model", "softmax", "--epochs", 1)[0] == 0, "the next run, once there is room"


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


# Trains, is killed after a while, and goes on, again and again; torch is imported once for all of them.
KILLED_AGAIN_AND_AGAIN = """
import os, shutil, signal, sys, time
import numpy as np
from explorer.training import run
from explorer.training.__main__ import main

place, times, *arguments = sys.argv[1:]
random = np.random.default_rng(0)
order = [*arguments, "--run-dir", place]
for number in range(int(times)):
    child = os.fork()
    if child == 0:
        os._exit(main(order))
    while not os.path.exists(place + "/checkpoint.pt"):
        time.sleep(0.001)
    time.sleep(random.uniform(0, 0.3))
    os.kill(child, signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    shutil.copytree(place, f"{place}-{number}")
    order = ["--resume", place]
sys.exit(main([*order, "--max-seconds", "0.1"]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a second process at once")
def test_a_run_that_is_killed_at_any_moment_can_be_read_and_goes_on(few, tmp_path):
    place, times = tmp_path / "run", 8
    arguments = (*few, "--model", "softmax", "--batch-size", 10, "--seed", 3, "--epochs", 100_000)
    command = [sys.executable, "-c", KILLED_AGAIN_AND_AGAIN, place, times, *arguments, "--checkpoint-seconds", 0]
    done = subprocess.run([*map(str, command), "--threads", "1"], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    steps = 0
    for number in range(times):
        left = tmp_path / f"run-{number}"
        checkpoint = torch.load(left / "checkpoint.pt", weights_only=True)
        assert checkpoint["run"]["step"] >= steps, "what was saved is not lost"
        steps = checkpoint["run"]["step"]
        *whole, _ = (left / "events.jsonl").read_bytes().split(b"\n")
        told = [event["step"] for event in map(json.loads, whole) if event["event"] == "step"]
        assert told == list(range(1, len(told) + 1)) and len(told) >= steps
    events = [json.loads(line) for line in (place / "events.jsonl").read_text("utf-8").splitlines()]
    assert [event.get("resumed") for event in events if event["event"] == "started"][-1] == steps
    assert events[0]["configuration"]["seed"] == 3 and events[0]["configuration"]["model"] == "softmax"
    told = [event["step"] for event in events if event["event"] == "step"]
    assert told == list(range(1, len(told) + 1)) and len(told) >= steps
    assert [event["event"] for event in events].count("finished") == 1
    assert not list(place.rglob("*.part"))


def test_a_folder_that_cannot_be_written_to_fails_before_anything_is_computed(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Failure) as error:
        RunFolder(tmp_path / "file" / "run")
    assert error.value.code == "run-dir" and str(tmp_path / "file") in str(error.value)


def test_a_run_from_before_an_option_is_resumed_as_it_was_whatever_its_recipe_says_by_now(tmp_path):
    of_then = {"recipe": "cpu-minute", "model": "cnn", "optimizer": "muon", "max_seconds": 60.0}
    (tmp_path / "config.json").write_text(json.dumps({"configuration": of_then}))
    found = settings_of(tmp_path)
    assert {name: found[name] for name in of_then} == of_then
    assert (found["activation"], found["small_images"], found["skip_easy"]) == ("relu", 0.0, 0.0)
