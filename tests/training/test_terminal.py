"""At a terminal a person reads how a training gets on; JSON is written where a program reads."""

import json
import os
import pty
import signal
import subprocess
import sys
from contextlib import suppress

import pytest

from tests.training.conftest import ROOT


def at_a_terminal(*arguments, on=b"images/s", then=None):
    """Train at a terminal; return the exit status and what the terminal was sent. When it is sent `on`, call `then`."""
    return at_a_terminal_alone("--threads", 1, *arguments, on=on, then=then)


def at_a_terminal_alone(*arguments, on=b"", then=None):
    """Run the program with no other arguments than these, as `at_a_terminal` does."""
    ours, its = pty.openpty()
    command = [sys.executable, "-m", "explorer.training", *map(str, arguments)]
    program = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=its, stderr=its)
    os.close(its)
    sent = b""
    with suppress(OSError):  # the end of what a terminal is sent
        while part := os.read(ours, 4096):
            sent += part
            if then and on in sent:
                then(program)
                then = None
    os.close(ours)
    return program.wait(), sent.decode().replace("\r\n", "\n")


def interrupt(program):
    program.send_signal(signal.SIGINT)


@pytest.fixture
def data(make_folder, tmp_path):
    return ("--dataset", "folder", "--data-dir", make_folder(tmp_path / "data"), "--model", "softmax")


def lines(sent: str) -> list[str]:
    """Return the lines as they stand in the end, each written over as often as it moved."""
    return [line.rpartition("\r")[2].rstrip() for line in sent.removesuffix("\n").split("\n")]


def test_one_line_an_epoch_and_at_the_end_where_the_run_is_and_how_to_look_at_it(data, tmp_path):
    status, sent = at_a_terminal(*data, "--epochs", 2, "--run-dir", tmp_path / "my-first-run")
    assert status == 0 and "{" not in sent
    first, *rest = [line for line in lines(sent) if line]
    assert first.startswith("Training softmax (30,730 parameters) on 40 images (image folders), testing on 20;")
    assert [line.split()[:2] for line in rest[:3]] == [["Epoch", "0"], ["Epoch", "1"], ["Epoch", "2"]]
    assert all("test loss" in line and "test accuracy" in line for line in rest[:3])
    assert rest[3].startswith("Done: test accuracy ")
    end = "\n".join(rest[4:])
    assert f"The run is in {tmp_path / 'my-first-run'}." in end
    assert f"EXPLORER_RUNS_DIR={tmp_path} streamlit run app.py" in end and "/train?run=my-first-run" in end
    events = (tmp_path / "my-first-run" / "events.jsonl").read_text().splitlines()
    assert json.loads(events[-1])["event"] == "finished"


def test_the_line_that_moves_says_loss_speed_and_the_time_left_and_ctrl_c_ends_with_an_evaluation(data):
    status, sent = at_a_terminal(*data, "--max-seconds", 600, then=interrupt)
    assert status == 0
    moving = next(part for part in sent.split("\r") if "images/s" in part)
    assert "loss" in moving and moving.rstrip().endswith("left") and moving.split()[-2] in ("9:59", "10:00")
    told = [line for line in lines(sent) if line]
    assert told[-3].startswith("Epoch") and "test accuracy" in told[-3]
    assert told[-2].startswith("Stopped: test accuracy") and "--run-dir" in told[-1]


def test_work_before_the_training_has_a_bar(data):
    _, sent = at_a_terminal(*data, "--epochs", 1)
    assert any(part.startswith("Decoding the images  [####") for part in sent.split("\r"))


def test_what_fails_is_said_in_a_sentence(tmp_path):
    status, sent = at_a_terminal("--dataset", "folder", "--data-dir", tmp_path / "nothing")
    assert status == 1
    assert lines(sent)[-1] == f"{tmp_path / 'nothing'} contains no folders with images"


@pytest.mark.parametrize("piped", [True, False])
def test_a_program_reads_json_from_a_pipe_and_where_it_is_asked_for(data, piped):
    if piped:
        command = [sys.executable, "-m", "explorer.training", *map(str, data), "--epochs", "1"]
        sent = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    else:
        _, sent = at_a_terminal(*data, "--epochs", 1, "--json")
    events = [json.loads(line) for line in sent.splitlines()]
    assert [event["event"] for event in events if "event" in event][-1] == "finished"


def test_the_photographs_are_got_beforehand_by_one_command(make_folder, tmp_path):
    data = make_folder(tmp_path / "data")
    status, sent = at_a_terminal_alone("fetch", "--data-dir", data)
    assert status == 0 and "Decoding the images  [####" in sent
    assert lines(sent)[-1] == "The images are ready: 40 to train on, and 20 to test on."
    assert list((data / ".decoded").glob("*/about.json"))


def test_ctrl_c_stops_it(make_folder, tmp_path):
    data = make_folder(tmp_path / "data", train=400)
    status, sent = at_a_terminal_alone("fetch", "--data-dir", data, on=b"Decoding", then=interrupt)
    assert status == 0 and lines(sent)[-1] == "Stopped."


def test_a_landscape_that_is_stopped_says_so(data, tmp_path):
    at_a_terminal(*data, "--epochs", 1, "--run-dir", tmp_path / "run")
    folder = tmp_path / "run"
    arguments = ("landscape", folder, "--data-dir", data[3], "--points", 101, "--samples", 20)
    status, sent = at_a_terminal_alone(*arguments, on=b"Computing the landscape", then=interrupt)
    assert status == 0 and lines(sent)[-1] == "Stopped."
